"""Mistakes in a training step."""

from typing import Any

from autograder.api import Bank

Mistakes = dict[tuple[Any, ...], str]  # (name, (old, new), ...): sentence
bank = Bank()
step = bank.exercise("train_step")

CLEAR, BACKWARD = "    optimizer.zero_grad()\n", "    loss.backward()\n"
STEP, LOSS = "    optimizer.step()\n", "loss = criterion(outputs, targets)"
UNPACK, RETURN = "    inputs, targets = batch\n", "return loss.item()"
PLAIN = """    for p in model.parameters():
        p.data -= optimizer.param_groups[0]["lr"] * p.grad
"""

CLIP = "    nn.utils.clip_grad_norm_(model.parameters(), 1.0)\n"

NOTHING_MOVES = (
    "No weight ever moves: there is no step, or this batch's gradients are not there when it "
    "comes, not computed yet or already cleared. Look at the order of clearing, backward and step."
)
AT_REST = "zero_grad_between"
step.edit(AT_REST, NOTHING_MOVES, (CLEAR, ""), (BACKWARD, BACKWARD + CLEAR))
for name, *edits in (
    ("step_before_backward", (BACKWARD + STEP, STEP + BACKWARD)),
    ("no_backward", (BACKWARD, "")),
    ("no_step", (STEP, "")),
):
    step.edit(name, NOTHING_MOVES, *edits, equivalent_to=AT_REST)

VALUES: Mistakes = {
    ("no_zero_grad", (CLEAR, "")): (
        "Old gradients are never cleared: backward adds to what is there, so each step repeats all "
        "those before it. Look at what has to happen before a new gradient is computed."
    ),
    ("cleared_at_the_end_only", (CLEAR, ""), (STEP, STEP + CLEAR)): (
        "Gradients are cleared after the step and not before the first: what somebody else left "
        "there still counts once. Clear first, and the step depends on its own batch only."
    ),
    ("optimizer_passed_over", (STEP, PLAIN)): (
        "Each step is plain gradient descent at the optimizer's rate; momentum and weight decay "
        "have no say. The rule belongs to the optimizer that is passed in: step that one."
    ),
    ("clips_the_gradient", (STEP, CLIP + STEP)): (
        "The gradient is clipped before the step, so large ones lose their length. That is not "
        "asked for here: a step uses the gradient that backward has left."
    ),
    ("steps_twice", (STEP, STEP + STEP)): (
        "The optimizer steps twice with the same gradient. The second step uses a slope that was "
        "measured somewhere else: one backward, one step."
    ),
    ("backward_twice", (BACKWARD, "    loss.backward(retain_graph=True)\n" + BACKWARD)): (
        "backward is called twice, so the gradient is there twice over: each step is as large as "
        "with double the rate. One step, one backward."
    ),
    ("predictions_squeezed", (LOSS, "loss = criterion(outputs.squeeze(), targets)")): (
        "Outputs lose their axes of length 1 before the criterion sees them. Targets of shape (N, "
        "1) then meet (N,), and broadcasting compares every output with every target."
    ),
    ("softmax_first", (LOSS, "loss = criterion(outputs.softmax(dim=1), targets)")): (
        "Outputs go through a softmax before the criterion, and cross-entropy takes one of its "
        "own: two of them flatten the gradient. Pass on the logits as the model gives them."
    ),
    ("mean_divided_again", (LOSS, LOSS + " / len(inputs)")): (
        "The loss is divided by the number of samples, but the criterion has taken the mean "
        "already. Loss and gradient come out too small by the batch size."
    ),
    ("sum_of_the_batch", (RETURN, RETURN + " * len(inputs)")): (
        "The loss that comes back is multiplied by the number of samples. A step reports the "
        "batch's mean, as the criterion gives it; weighing batches is the epoch's affair."
    ),
    ("loss_after_the_step", (RETURN, "return criterion(model(inputs), targets).item()")): (
        "The loss that comes back is computed again after the step. The one to report is the one "
        "whose gradient was taken, before the weights changed; it costs nothing more."
    ),
    ("loss_rounded", (RETURN, "return round(loss.item(), 4)")): (
        "The loss is rounded before it comes back. That is for a printout: whoever averages or "
        "compares losses needs all of their digits."
    ),
}
for (name, *edits), text in VALUES.items():
    step.edit(name, text, *edits)

ANYTHING: Mistakes = {
    ("one_batch_late", (CLEAR, ""), (BACKWARD + STEP, STEP + CLEAR + BACKWARD)): (
        "The optimizer steps before backward, with the gradient of the batch before: each step is "
        "one batch late. Compute this batch's gradient first, then step."
    ),
    ("targets_first", (LOSS, "loss = criterion(targets, outputs)")): (
        "The criterion gets the targets first and the outputs second, as in Keras. Losses are not "
        "symmetric: torch's take outputs, then targets. Look at the order of the two."
    ),
    ("inputs_flattened", ("model(inputs)", "model(inputs.flatten(1))")): (
        "The network refuses what it gets: inputs with more axes than one are flattened, or lose "
        "them otherwise. Networks of images need theirs: pass the inputs on as they are."
    ),
    ("returns_the_tensor", (RETURN, "return loss")): (
        "A tensor comes back where a number is asked for: it holds on to the graph of this batch "
        "as long as anybody keeps it. Take the Python number out of it."
    ),
    ("returns_a_detached_tensor", (RETURN, "return loss.detach()")): (
        "A tensor comes back where a Python number is asked for. Detached it holds no graph, but "
        "it stays on its device and is no float: take the number out of it."
    ),
    ("returns_nothing", (f"    {RETURN}\n", "")): (
        "The step is made, and nothing comes back. The curve of a run is drawn from the loss of "
        "each batch, as a number: look at the last line."
    ),
    ("forces_training_mode", (UNPACK, UNPACK + "    model.train()\n")): (
        "The step switches the model to training mode: a caller who froze batch norm on purpose "
        "loses that. The mode belongs to whoever calls; a step leaves it alone."
    ),
    ("forces_evaluation_mode", (UNPACK, UNPACK + "    model.eval()\n")): (
        "The step switches the model to evaluation mode, in which dropout and batch norm sleep. "
        "The mode belongs to whoever calls; a step leaves it alone."
    ),
    ("criterion_passed_over", (LOSS, "loss = F.cross_entropy(outputs, targets)")): (
        "The loss is always cross-entropy, whatever criterion is passed in. A regression then "
        "trains on the wrong thing, without a word: call the argument."
    ),
}
for (name, *edits), text in ANYTHING.items():
    step.edit(name, text, *edits, about="anything")
step.by_exceptions("inputs_flattened")
