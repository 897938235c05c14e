"""Mistakes in the training of the network."""

from autograder.api import Bank

bank = Bank()
train = bank.exercise("train_mlp")
ONE_MORE = "[*losses, mlp_loss_and_grads(params, x, y)[0]]"
UPDATE = "params = {name: value - lr * grads[name] for name, value in params.items()}"

for name, changed, *edits in (
    (
        "updated_in_place",
        "the training changes",
        (UPDATE, "for name in params:\n            params[name] -= lr * grads[name]"),
    ),
    ("shared_without_steps", "training without steps hands back"),
):
    train.edit(
        name,
        f"Copying a dict copies references, not arrays, so {changed} the arrays that were handed "
        "in. Each array needs a copy of its own, made before the loop.",
        ("{name: value.copy() for name, value in params.items()}", "dict(params)"),
        *edits,
        about="anything",
    )
for name, held, losses in (
    ("loss_after_update", "the losses after the updates", f"{ONE_MORE}[1:]"),
    ("one_loss_too_many", "that of the final parameters too", ONE_MORE),
    ("last_loss_only", "the last loss alone", "losses[-1:]"),
    ("losses_summed", "sums over the rows", "[len(x) * loss for loss in losses]"),
):
    train.edit(
        name,
        f"losses holds {held}. losses[i] is the loss before update i: one for each step, and the "
        "first is that of the parameters that were given.",
        ("return params, losses", f"return params, {losses}"),
        about="anything",
    )
train.edit(
    "gradients_of_the_start",
    "The gradients are taken once, at the start, and used for every step. Each step needs the "
    "gradients at the parameters as they are then.",
    ("    for _ in range(steps):", "    start = params\n    for _ in range(steps):"),
    (UPDATE, f"grads = mlp_loss_and_grads(start, x, y)[1]\n        {UPDATE}"),
)
for name, subtracted, code in (
    ("uphill", "added", "value + lr * grads[name]"),
    ("learning_rate_ignored", "subtracted without lr", "value - grads[name]"),
    ("step_divided_by_rows", "divided by the rows again", "value - lr * grads[name] / len(x)"),
):
    train.edit(
        name,
        f"The gradient is {subtracted} in the update. It points uphill, and it is that of a mean "
        "already: each step subtracts lr times the gradient, and nothing else.",
        ("value - lr * grads[name]", code),
    )
for name, moving, part in (
    ("biases_not_trained", "the weights move", 'name[0] == "W"'),
    ("weights_not_trained", "the biases move", 'name[0] == "b"'),
    ("output_layer_only", "the second layer moves", 'name[1] == "2"'),
):
    train.edit(
        name,
        f"Only {moving}, and the other parameters stay where they began. All four are trained: "
        "every key of the dict is updated.",
        ("lr * grads[name]", f"lr * grads[name] * ({part})"),
    )
for name, turns in (
    ("one_step_short", "steps - 1"),
    ("one_step_more", "steps + 1"),
    ("at_least_once", "max(steps, 1)"),
):
    train.edit(
        name,
        "The number of updates is not the one asked for. steps counts the updates: try 0 and 1, "
        "and count the turns of the loop.",
        ("range(steps)", f"range({turns})"),
        about="anything",
    )
train.edit(
    "one_parameter_at_a_time",
    "Each parameter is updated before the gradient of the next one is taken, so the later ones "
    "see a network that has already moved. Take all gradients first, then move everything.",
    (
        UPDATE,
        'for name in ("W1", "b1", "W2", "b2"):\n'
        "            _, grads = mlp_loss_and_grads(params, x, y)\n"
        "            params[name] = params[name] - lr * grads[name]",
    ),
)
