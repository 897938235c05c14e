"""Mistakes in an epoch of groups, and what its right answers share."""

from typing import Any

from autograder.api import Bank, Number

Mistakes = dict[tuple[Any, ...], str]  # (name, (old, new), ...): sentence
bank = Bank()
epoch = bank.exercise("accumulate_epoch")


@epoch.observe("graphs_let_go")
def graphs_let_go(raw: Any, inputs: Any, secrets: Any) -> Any:
    """The graph of the last batch may still hang on a name; more than one is growth."""
    alive = raw["graphs of earlier batches"]
    count = alive.value.real if isinstance(alive, Number) else 0
    said = "at most one" if count <= 1 else "those of a group" if count <= 8 else "all of them"
    return {**raw, "graphs of earlier batches": said}


TRAIN, CLEAR = "    model.train()\n", "    model.train()\n    optimizer.zero_grad()\n"
MOVE = "        inputs, targets = inputs.to(device), targets.to(device)\n"
SUM = " * len(inputs)  # the sum over the batch"
LOSS = "loss = criterion(model(inputs), targets)" + SUM
TOTAL, COUNT = "total += loss.item()", "count += len(inputs)"
FULL, RESET = "if number % accumulation_steps == 0:", "            held = 0\n"
STEP = "            step_with_mean(optimizer, held)\n"
LAST = "    if held > 0:\n        step_with_mean(optimizer, held)\n"
DIVIDE, RETURN = "p.grad.div_(samples)", "return total / count"
CLEARED = "    optimizer.step()\n    optimizer.zero_grad()\n"
GROUP_LOSS = "loss.backward()"
OF_THE_MEAN, HELD = "(loss / len(inputs)).backward()", "held += len(inputs)"
SKIPS_ONE = "if number % accumulation_steps != 1:\n            loss.backward()"
LOOP = "    for number, (inputs, targets) in enumerate(loader, 1):\n"

WEIGHTS: Mistakes = {
    (
        "divided_by_the_steps",
        (GROUP_LOSS, "(loss / len(inputs) / accumulation_steps).backward()"),
        (DIVIDE, "pass"),
    ): (
        "Every group's gradient is divided by accumulation_steps. That is right for full groups of "
        "equal batches only: a short last group then takes too small a step. Weigh by samples."
    ),
    (
        "mean_of_batch_means",
        (GROUP_LOSS, OF_THE_MEAN),
        (HELD, "held += 1"),
    ): (
        "Each batch of a group weighs the same, whatever its size, so the few samples of a short "
        "batch count too much. Each sample has to weigh the same."
    ),
    ("not_divided", (DIVIDE, "pass")): (
        "The gradients are sums over the group's samples when the step comes, so the step is "
        "longer by their number. A large batch takes the mean."
    ),
    ("sum_of_batch_means", (GROUP_LOSS, OF_THE_MEAN), (DIVIDE, "pass")): (
        "The batches' mean gradients are added and never divided, so the step is longer by their "
        "number. The large batch's gradient is a mean over its samples."
    ),
    ("last_group_never_stepped", (LAST, "")): (
        "The last group is not full, and its step never comes: those samples are seen and thrown "
        "away. After the loop, ask whether anything is held."
    ),
    (
        "last_group_by_the_full_number",
        (STEP, STEP + "            full = held\n"),
        (LAST, LAST.replace("optimizer, held", "optimizer, locals().get('full', held)")),
    ): (
        "The last group's gradient is divided by the samples of a full group, so its step is too "
        "small. Divide by the samples that are in it."
    ),
    (
        "the_common_loop",
        (GROUP_LOSS, "(loss / len(inputs) / accumulation_steps).backward()"),
        (DIVIDE, "pass"),
        (LAST, ""),
        (TOTAL, "total += loss.item() / len(inputs)"),
        (COUNT, "count += 1"),
    ): (
        "Losses are divided by accumulation_steps, a last group that isn't full is never stepped, "
        "and batches are averaged for the report. Here every sample has to count, and equally."
    ),
    (
        "the_common_loop_with_its_report",
        (GROUP_LOSS, "(loss / len(inputs) / accumulation_steps).backward()"),
        (DIVIDE, "pass"),
        (LAST, ""),
        (TOTAL, "total += loss.item() / len(inputs) / accumulation_steps"),
        (COUNT, "count += 1"),
    ): (
        "Losses are divided by accumulation_steps, for the report as well, and a last group that "
        "isn't full is never stepped. Every sample has to count, and equally; the report is the "
        "mean over them."
    ),
    (
        "by_the_samples_of_full_batches",
        (STEP, STEP.replace("held", "accumulation_steps * len(inputs)")),
        (LAST, LAST.replace("optimizer, held", "optimizer, accumulation_steps * len(inputs)")),
    ): (
        "A group's gradient is divided by accumulation_steps times the size of one batch, as if "
        "all were full and of that size. Count the samples that came."
    ),
    ("one_batch_left_out", (GROUP_LOSS, SKIPS_ONE)): (
        "One batch of each group has no backward pass, so its samples don't count in the step. "
        "Every batch adds its gradients; only the step waits."
    ),
    ("stepped_at_the_first", (FULL, "if (number - 1) % accumulation_steps == 0:")): (
        "The step comes after the first batch of a group, so groups are shifted by one. Step when "
        "accumulation_steps batches have been added up."
    ),
    ("steps_at_every_batch", (FULL, "if True:")): (
        "The optimizer steps after every batch, so nothing is accumulated. Step after every "
        "accumulation_steps batches only."
    ),
    ("one_step_for_all", (FULL, "if False:")): (
        "The optimizer steps once, at the end of the epoch, whatever accumulation_steps is. Step "
        "after every accumulation_steps batches."
    ),
    ("not_cleared_between_groups", (CLEARED, "    optimizer.step()\n")): (
        "The gradients are not cleared after a step, so each group repeats those before it. "
        "A group begins with empty gradients."
    ),
    ("cleared_at_every_batch", (MOVE, MOVE + "        optimizer.zero_grad()\n")): (
        "The gradients are cleared before every batch, so only the last batch of a group counts. "
        "Clear once for each group: the adding up is the point."
    ),
    ("old_gradients_count", (CLEAR, TRAIN)): (
        "Gradients that were left there before the epoch count in its first step. Clear before the "
        "first batch as well."
    ),
    ("samples_not_reset", (RESET, "")): (
        "The count of samples goes on from group to group, so later groups are divided by "
        "too much. Set it back to 0 after each step."
    ),
    ("mean_of_losses", (TOTAL, "total += loss.item() / len(inputs)"), (COUNT, "count += 1")): (
        "What comes back is the mean of the batches' losses: a short batch counts as much as "
        "a full one. Add up sums over samples, and divide once by their number."
    ),
    ("sum_of_losses", (RETURN, "return total")): (
        "The sum of all samples' losses comes back. Asked for is the mean: divide by the number of "
        "samples."
    ),
    ("loss_of_the_scaled", (TOTAL, "total += loss.item() / accumulation_steps")): (
        "What is added up for the report is the loss that was divided for accumulation. The "
        "mean over samples has nothing to do with the groups."
    ),
    ("loss_by_batches", (RETURN, "return total / number")): (
        "The summed losses are divided by the number of batches, not of samples. The mean over "
        "samples does not depend on how they were cut."
    ),
}
for (name, *edits), text in WEIGHTS.items():
    epoch.edit(name, text, *edits)

ONE_BACKWARD = (
    (GROUP_LOSS, "group = loss + (group if held else 0)"),
    (STEP, "            group.backward()\n" + STEP),
    (LAST, LAST.replace("        step", "        group.backward()\n        step")),
)
ANYTHING: Mistakes = {
    ("left_in_the_mode_it_came_in", (CLEAR, "    optimizer.zero_grad()\n")): (
        "The model stays in the mode in which it came. After an evaluation that is "
        "evaluation mode, and dropout sleeps for the whole epoch: say model.train() where it "
        "begins."
    ),
    ("needs_a_length", (LOOP, "    _ = len(loader)\n" + LOOP)): (
        "The loader is asked for its length, which a generator doesn't have. Whether a batch "
        "is the last one, you know when the loop is over."
    ),
    ("batches_not_moved", (MOVE, "")): (
        "The batches are used where they lie. On a GPU the model is elsewhere: move inputs and "
        "targets to the device."
    ),
    ("targets_not_moved", (MOVE, "        inputs = inputs.to(device)\n")): (
        "The inputs are moved to the device, the targets are not. The criterion needs both in one "
        "place."
    ),
    ("graphs_kept_until_the_step", *ONE_BACKWARD): (
        "The losses of a group are added up as tensors, with one backward at the end. The "
        "gradient is right, but all its graphs are kept until then: that is the memory of "
        "the large batch."
    ),
    (
        "tensors_added_up",
        (TOTAL, "total = total + loss"),
        (RETURN, "return (total / count).item()"),
    ): (
        "Losses are added up as tensors, which keeps the graph of every batch until the "
        "epoch ends. Add up numbers."
    ),
    ("returns_a_tensor", (TOTAL, "total = total + loss.detach()")): (
        "A tensor comes back where a number is asked for. The value is right, but it is no float: "
        "take the number out of it."
    ),
    ("returns_nothing", (f"    {RETURN}\n", "")): (
        "The epoch is trained, and nothing comes back. Asked for is the mean loss over all "
        "samples: look at the last line."
    ),
    ("tensor_with_its_graphs", (TOTAL, "total = total + loss")): (
        "Losses are added up as tensors: a tensor comes back where a number is asked for, and it "
        "holds the graph of every batch. Add up `loss.item()`."
    ),
    ("missing_gradients_not_skipped", ("if p.grad is not None:", "if True:")): (
        "A parameter without a gradient raises an error: its .grad is None. Frozen layers have "
        "none: skip them."
    ),
    ("evaluation_mode_afterwards", (RETURN, "model.eval()\n    " + RETURN)): (
        "The model is in evaluation mode afterwards. Training mode was asked for, during the epoch "
        "and after it: whoever evaluates says so."
    ),
    (
        "list_of_losses",
        (" = 0.0, 0, 0", " = [], 0, 0"),
        (TOTAL, "total.append(loss.item() / len(inputs))"),
        (RETURN, "return total"),
    ): (
        "A list of the batches' losses comes back. One number is asked for, the mean over "
        "all samples of the epoch."
    ),
}
for (name, *edits), text in ANYTHING.items():
    epoch.edit(name, text, *edits, about="anything")
