"""Mistakes in one pass through a data set, and in an epoch of training."""

from typing import Any

from autograder.api import Bank

Mistakes = dict[tuple[Any, ...], str]  # (name, (old, new), ...): sentence
bank = Bank()
epoch, evaluate = bank.exercise("train_epoch"), bank.exercise("evaluate")


@epoch.observe("graphs_let_go")
def graphs_let_go(raw: Any, inputs: Any, secrets: Any) -> Any:
    """The last one or two losses may still be in a variable; all of them may not."""
    kept = raw.pop("graphs of earlier batches").value
    return {**raw, "does memory grow with every batch?": kept > 2}


# In both: the solutions have these pieces in common, and people go wrong in the same ways.
MEANS, MEAN, COUNT = (" * len(inputs)", ""), "total / count", "count += len(inputs)"
MOVE, RETURN = "inputs, targets = inputs.to(device), targets.to(device)", "return total / count"
OF_BATCHES = (COUNT, "count += 1")

IN_BOTH: Mistakes = {
    ("sum_over_samples", (MEAN, "total")): (
        "The losses are weighed by their samples and added up, and the sum comes back: it grows "
        "with the size of the data set. A mean is divided by the number of samples in the end."
    ),
    ("sum_of_batch_means", MEANS, (MEAN, "total")): (
        "The batches' mean losses are added up, and the sum comes back: it grows with the number "
        "of batches. Weigh each by its samples, and divide by all of them in the end."
    ),
    ("means_over_samples", MEANS): (
        "Mean losses of batches are added as they are and divided by the length of the data set: "
        "the 1/N is taken twice. Each mean has to be multiplied by its batch's size first."
    ),
    ("adds_the_loss_twice", ("total += ", "total += 2 * ")): (
        "Each batch's loss is added to the total twice, so the result is double the mean. Look at "
        "the lines of the loop that change the running sum."
    ),
}
for (name, *edits), text in IN_BOTH.items():
    epoch.edit(name, text, *edits)
    evaluate.edit(name, text, *edits)

IN_BOTH_ANYTHING: Mistakes = {
    ("asks_for_the_data_set", (RETURN, f"count = len(loader.dataset)\n    {RETURN}")): (
        "The loader is asked for what only a DataLoader has, its data set or its batch size: a "
        "list of batches and a generator have neither. Count the samples as they come by."
    ),
    ("asks_for_a_length", (RETURN, f"len(loader)\n    {RETURN}")): (
        "The loader is asked for its length, or for a batch by its number, and a generator has "
        "neither. Go through the batches, and count them as they come by."
    ),
    ("batches_stay_where_they_are", (MOVE, "pass")): (
        "Batches go into the model from wherever the loader left them. On a CPU nothing shows; on "
        "a GPU the first batch raises. Move inputs and targets to the device."
    ),
    ("targets_stay_behind", (MOVE, "inputs = inputs.to(device)")): (
        "The inputs are moved to the device and the targets are not. On a CPU nothing shows; on a "
        "GPU the criterion raises. Both parts of a batch have to move."
    ),
    ("samples_over_batches", (MEAN, "total / len(loader)")): (
        "Losses are weighed by their samples, and the sum is divided by the number of batches: the "
        "result grows with the batch size. Divide by the samples, which were added up."
    ),
    ("full_batches_assumed", (" * len(inputs)", " * loader.batch_size")): (
        "Every loss is weighed by the loader's batch size, the short last batch as well. Weigh by "
        "the samples that a batch really holds: the length of its inputs."
    ),
}
for (name, *edits), text in IN_BOTH_ANYTHING.items():
    epoch.edit(name, text, *edits, about="anything")
    evaluate.edit(name, text, *edits, about="anything")

# train_epoch

CALL = "loss = train_step(model, (inputs, targets), criterion, optimizer)"
TRAIN, STEP = "    model.train()\n", "        optimizer.step()\n"
INLINE = f"""optimizer.zero_grad()
        batch_loss = criterion(model(inputs), targets)
        batch_loss.backward()
{STEP}        loss = batch_loss.item()"""
UNCLEARED = (CALL, INLINE.removeprefix("optimizer.zero_grad()\n        "))
ONCE = ("return", "optimizer.step()\n    return")
AFTERWARDS = f"""total = 0.0
    with torch.no_grad():
        for inputs, targets in loader:
            {MOVE}
            total += criterion(model(inputs), targets).item() * len(inputs)
    {RETURN}"""
WITH_GRAPH = (CALL, INLINE.replace(".item()", "")), (MEAN, "(total / count).item()")
TENSOR = (MEAN, "torch.tensor(total / count, dtype=torch.float64)")

BATCH_MEANS = (
    "The batches' means are averaged as if all batches were of one size: a short last batch counts "
    "as much as a full one. Weigh each loss by the samples behind it."
)
ZOO = "mrdbourke/pytorch-deep-learning, going_modular/engine.py"
epoch.edit("mean_of_batch_means", BATCH_MEANS, MEANS, OF_BATCHES, source=ZOO)
BY_LEN = MEANS, (MEAN, "total / len(loader)")
epoch.edit("divided_by_len_of_the_loader", BATCH_MEANS, *BY_LEN, source=ZOO, about="anything")
OF_TRAINING: Mistakes = {
    ("counts_elements", ("loss * len(inputs)", "loss * targets.numel()")): (
        "Losses are weighed by the number of target elements and divided by that of samples: with "
        "two targets a sample the result is twice the mean. Weigh by samples, the first axis."
    ),
    ("last_batch_only", (MEAN, "loss")): (
        "The loss of the last batch comes back. It is one noisy sample of the epoch; the mean over "
        "all samples needs a running sum and a count."
    ),
    ("never_cleared", UNCLEARED): (
        "Within the epoch gradients are never cleared: backward adds to what is there, so each "
        "step repeats those of all batches before. Clear them for each batch."
    ),
    ("cleared_once_an_epoch", (TRAIN, f"{TRAIN}    optimizer.zero_grad()\n"), UNCLEARED): (
        "Gradients are cleared once, before the loop, and add up from batch to batch: each step "
        "repeats those before it in this epoch. Clear them inside the loop."
    ),
    (
        "one_step_for_all",
        (TRAIN, f"{TRAIN}    optimizer.zero_grad()\n"),
        (CALL, UNCLEARED[1].replace(STEP, "")),
        ONCE,
    ): (
        "Gradients add up over all batches, and the optimizer steps once, after the loop: "
        "full-batch descent. Every batch is to move the weights."
    ),
    ("measured_after_the_epoch", (RETURN, AFTERWARDS)): (
        "The loss is measured in a second pass, with the weights at the end of the epoch. Asked "
        "for is the mean of the losses before each step, which cost nothing more."
    ),
    ("one_step_an_epoch", (CALL, INLINE.replace(STEP, "")), ONCE): (
        "The optimizer steps once, after the loop, with the gradient of the last batch. Every "
        "batch is to move the weights: look at the indentation of the step."
    ),
}
for (name, *edits), text in OF_TRAINING.items():
    epoch.edit(name, text, *edits)

UNFREEZES = (
    "A batch norm that was frozen is in training mode in this epoch: model.train() switches every "
    "module. Note which ones are frozen before that call, and put them back after it."
)
THAWED = ("        module.eval()\n", "        pass\n")
TOO_LATE = (TRAIN, ""), ("    frozen = []\n", f"{TRAIN}    frozen = []\n")
epoch.edit("unfreezes_batch_norm", UNFREEZES, THAWED, about="anything")
for name, *edits in (
    ("looks_for_frozen_ones_too_late", *TOO_LATE),
    ("batch_norm_of_images_only", ("BATCH_NORMS", "nn.BatchNorm2d")),
):
    epoch.edit(name, UNFREEZES, *edits, about="anything", equivalent_to="unfreezes_batch_norm")

WHICH_ARE_FROZEN: Mistakes = {
    ("evaluation_mode_taken_for_frozen", (" and needs and not any(needs)", "")): (
        "Every batch norm that comes in evaluation mode stays in it, the trainable ones too: after "
        "an evaluation they would all be switched off. A frozen one has no trainable parameter."
    ),
    ("frozen_by_parameters_alone", (" and not module.training", "")): (
        "A batch norm without trainable parameters is put into evaluation mode although it came in "
        "training mode. Then its statistics are meant to move: its mode has to say it as well."
    ),
    ("no_parameters_taken_for_frozen", (" and needs", "")): (
        "A batch norm without parameters counts as frozen: none of none is trainable, and a test "
        "over an empty list is passed. It has nothing to freeze, so it trains."
    ),
    ("partly_frozen_taken_for_frozen", ("not any(needs)", "not all(needs)")): (
        "A batch norm counts as frozen if one of its parameters is. One with a trainable weight or "
        "bias is still being trained: frozen means that none of them is trainable."
    ),
}
for (name, *edits), text in WHICH_ARE_FROZEN.items():
    epoch.edit(name, text, *edits, about="anything")

OF_TRAINING_ANYTHING: Mistakes = {
    ("other_layers_taken_for_frozen", ("isinstance(module, BATCH_NORMS) and needs", "needs")): (
        "Every frozen module that came in evaluation mode stays in it, also one that is no batch "
        "norm: a frozen part with dropout stays without. Only batch norms are an exception."
    ),
    ("first_batch_only", ("    return total", "        return total")): (
        "The epoch ends after its first batch: the return is inside the loop. Go through all of "
        "them, then divide once."
    ),
    ("no_training_mode", (TRAIN, "")): (
        "The model stays in the mode in which it came: after an evaluation, dropout is off for the "
        "whole epoch and batch norm learns no statistics. Call model.train() at the start."
    ),
    ("evaluation_mode_on", (TRAIN, "    model.eval()\n")): (
        "The epoch puts the model into evaluation mode: dropout is off, and batch norm uses old "
        "statistics. Training needs both at work: say model.train() where the epoch begins."
    ),
    ("keeps_the_graphs", *WITH_GRAPH): (
        "Each batch's loss is kept as a tensor, graph and all: nothing can be freed until the "
        "epoch is over, so memory grows batch by batch. Keep numbers."
    ),
    ("returns_a_tensor", TENSOR): (
        "A tensor comes back where a number is asked for. The value is right, but it stays on its "
        "device and is no float: take the number out of it."
    ),
    ("all_losses", (" = 0.0, 0", " = [], 0"), ("loss * len(inputs)", "[loss]"), (MEAN, "total")): (
        "A list of the batches' losses comes back. One number is asked for, the mean over all "
        "samples of the epoch: weigh them by their samples."
    ),
}
for (name, *edits), text in OF_TRAINING_ANYTHING.items():
    epoch.edit(name, text, *edits, about="anything")
