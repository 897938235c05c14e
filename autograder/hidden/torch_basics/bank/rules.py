"""Mistakes in `combined_loss`, `freeze` and `count_parameters`."""

from typing import Any

from autograder.api import Bank

Mistakes = dict[tuple[Any, ...], str]  # (name, (old, new), ...): sentence
bank = Bank()
loss, freeze = bank.exercise("combined_loss"), bank.exercise("freeze")
count = bank.exercise("count_parameters")

# combined_loss

SUM = "(error**2).mean() + mae_weight * error.abs().mean()"
SQUARED, ABSOLUTE = "(error**2).mean()", "mae_weight * error.abs().mean()"

LOSS: Mistakes = {
    ("sums_for_means", (SUM, SUM.replace("mean", "sum"))): (
        "Both parts are summed, so the loss grows with the number of elements, and with it the "
        "best rate. Take means over all elements."
    ),
    ("absolute_sum", (ABSOLUTE, "mae_weight * error.abs().sum()")): (
        "The squared part is a mean and the absolute part a sum: their balance shifts with the "
        "batch size. Both are means over all elements."
    ),
    ("weight_on_the_square", (SUM, "mae_weight * (error**2).mean() + error.abs().mean()")): (
        "The weight is on the squared error. It belongs to the absolute one; the squared error "
        "counts in full."
    ),
    ("shares_of_one", (SQUARED, "(1 - mae_weight) * (error**2).mean()")): (
        "The squared error is weighed with what is left of 1. It counts in full: the weight says "
        "how much of the absolute error is added to it."
    ),
    ("weight_left_out", (ABSOLUTE, "error.abs().mean()")): (
        "The absolute error is added in full, whatever the weight is. Multiply it by the argument."
    ),
    ("weight_fixed", (ABSOLUTE, "0.1 * error.abs().mean()")): (
        "The weight is always 0.1, which is only the default. Whoever passes another one is not "
        "heard: use the argument."
    ),
    ("half_the_square", (SQUARED, "(error**2).mean() / 2")): (
        "The squared error is halved, as in Huber's loss. Here it is the plain mean of squares."
    ),
    ("root_of_the_mean", (SQUARED, "(error**2).mean().sqrt()")): (
        "The root of the mean squared error is taken. It is the mean of squares that is asked for."
    ),
    ("absolute_value_forgotten", (ABSOLUTE, "mae_weight * error.mean()")): (
        "The mean of the errors is added with their signs, so that errors in both directions "
        "cancel. Take absolute values first."
    ),
    ("absolute_of_the_mean", (ABSOLUTE, "mae_weight * error.mean().abs()")): (
        "The mean is taken before the absolute value: errors in both directions cancel. First the "
        "absolute value of each, then the mean."
    ),
    ("square_of_the_mean", (SQUARED, "error.mean() ** 2")): (
        "The mean error is squared, in which errors of both signs cancel. First the square of "
        "each, then the mean."
    ),
    ("absolute_error_without_gradient", (ABSOLUTE, "mae_weight * error.detach().abs().mean()")): (
        "The value is right, but the absolute part is outside of the graph: small errors do not "
        "pull. Leave out `.detach()`, `.item()` and `.data`."
    ),
}
for (name, *edits), text in LOSS.items():
    loss.edit(name, text, *edits)

LOSS_ANYTHING: Mistakes = {
    ("a_number", (SUM, f"({SUM}).item()")): (
        "A Python number comes back: the graph is gone, and backward impossible. A loss stays a "
        "tensor until its gradient is taken."
    ),
    ("one_for_each_row", (SUM, "(error**2).mean(-1) + mae_weight * error.abs().mean(-1)")): (
        "One loss for each row comes back. Backward needs one number: the mean over all elements."
    ),
    ("outside_of_the_graph", (SUM, f"({SUM}).detach()")): (
        "The loss comes back outside of the graph: its number is right, and backward raises. Leave "
        "out `.detach()`, `.data` and NumPy."
    ),
}
for (name, *edits), text in LOSS_ANYTHING.items():
    loss.edit(name, text, *edits, about="anything")

ROOT = (
    "The absolute value is the root of a square. The root's slope at 0 is infinite, and times 0 it "
    "is nan: one exact prediction spoils every gradient. Use abs."
)
OF_SQUARE = "mae_weight * (error**2).sqrt().mean()"
loss.edit("root_at_zero", ROOT, (ABSOLUTE, OF_SQUARE), about="anything")
loss.edit(
    "power_of_one_half",
    ROOT,
    (ABSOLUTE, "mae_weight * ((error**2) ** 0.5).mean()"),
    about="anything",
    equivalent_to="root_at_zero",
)

# freeze

EACH, OFF = "for parameter in module.parameters():", "parameter.requires_grad = False"
LOOP = f"{EACH}\n        {OFF}"

FREEZING: Mistakes = {
    ("own_parameters_only", (EACH, "for parameter in module.parameters(recurse=False):")): (
        "Only the parameters that belong to the module itself are frozen, and none of the layers "
        "below it. parameters() goes all the way down unless it is told not to."
    ),
    (
        "direct_children_only",
        (
            EACH,
            "for parameter in [p for c in module.children() for p in c.parameters(recurse=False)]:",
        ),
    ): (
        "Only the direct children are frozen; layers inside of them go on learning, and so does "
        "the module's own. parameters() goes all the way down."
    ),
    ("evaluation_for_freezing", (LOOP, "module.eval()")): (
        "Evaluation mode is set, which changes what dropout and batch norm do. Parameters still "
        "get gradients: the flag of each has to be set."
    ),
    (
        "weights_only",
        (
            LOOP,
            "for name, parameter in module.named_parameters():\n"
            "        if name.endswith('weight'):\n            parameter.requires_grad = False",
        ),
    ): (
        "Only what is called weight is frozen; biases, and parameters with other names, go on "
        "learning. Freeze every parameter."
    ),
    (
        "linear_layers_only",
        (
            LOOP,
            "for part in module.modules():\n        if isinstance(part, (nn.Linear, nn.Conv2d)):\n"
            "            part.requires_grad_(False)",
        ),
    ): (
        "Only layers of some types are frozen: a batch norm, or the module's own parameters, are "
        "left out. Freeze every parameter below the module."
    ),
    ("flags_turned_round", (OFF, "parameter.requires_grad = not parameter.requires_grad")): (
        "Each flag is turned round: what was frozen before learns again. Set it to False, "
        "whatever it was."
    ),
    ("evaluation_as_well", (LOOP, f"module.eval()\n    {LOOP}")): (
        "The module is put into evaluation mode as well: dropout sleeps, and whoever calls has not "
        "asked for that. Only the flags are to change."
    ),
    (
        "made_into_buffers",
        (
            LOOP,
            "for part in module.modules():\n"
            "        for name, parameter in list(part._parameters.items()):\n"
            "            if parameter is not None:\n                delattr(part, name)\n"
            "                part.register_buffer(name, parameter.data)",
        ),
    ): (
        "The parameters are taken off the account: they are buffers now, and cannot be thawed "
        "again. Leave them where they are, and set their flags."
    ),
    ("first_parameter_only", (OFF, f"{OFF}\n        break")): (
        "The loop ends after its first parameter. Every one has to be frozen: look at the "
        "indentation of what ends the loop."
    ),
}
for (name, *edits), text in FREEZING.items():
    freeze.edit(name, text, *edits, about="anything")

NOTHING = (
    "No parameter's flag changes: it is set on the module, where nobody looks, or compared, or "
    "set on a detached copy that is thrown away. Assign to each parameter's own requires_grad."
)
freeze.edit("flag_on_the_module", NOTHING, (LOOP, "module.requires_grad = False"), about="anything")
for name, edit in (
    ("comparison_for_assignment", (OFF, "parameter.requires_grad == False")),
    ("detached_copies", (OFF, "parameter.detach().requires_grad_(False)")),
):
    freeze.edit(name, NOTHING, edit, about="anything", equivalent_to="flag_on_the_module")

# count_parameters

WANTED = "[p for p in model.parameters() if p.requires_grad or not trainable_only]"
NUMEL = "sum(p.numel() for p in wanted)"

COUNTING: Mistakes = {
    ("frozen_counted", (WANTED, "list(model.parameters())")): (
        "Frozen parameters are counted, whatever the argument says. By default only those count "
        "that require gradients."
    ),
    ("never_the_frozen", (WANTED, "[p for p in model.parameters() if p.requires_grad]")): (
        "Frozen parameters never count, also where all are asked for. The argument decides which "
        "of both numbers is wanted."
    ),
    (
        "the_argument_turned_round",
        (WANTED, "[p for p in model.parameters() if p.requires_grad or trainable_only]"),
    ): (
        "The argument works the other way round: all are counted when only trainable ones are "
        "asked for. Look at the condition."
    ),
    (
        "frozen_ones_only",
        (WANTED, "[p for p in model.parameters() if not (p.requires_grad and trainable_only)]"),
    ): (
        "By default the frozen parameters are counted, and the others are not. Look at the "
        "condition: those that require gradients stay."
    ),
    (
        "buffers_counted",
        (NUMEL, "sum(p.numel() for p in wanted) + sum(b.numel() for b in model.buffers())"),
    ): (
        "Buffers are counted as well: a batch norm's running statistics. They aren't learned: "
        "count parameters only."
    ),
    ("tensors_for_elements", (NUMEL, "len(wanted)")): (
        "The parameters are counted, and not the numbers in them. A weight of 3 by 4 counts 12."
    ),
    ("first_axis_only", (NUMEL, "sum(len(p) for p in wanted)")): (
        "Of each parameter its first axis is counted. A weight of 3 by 4 holds 12 numbers."
    ),
    (
        "shared_counted_twice",
        (
            WANTED,
            "[p for m in model.modules() for p in m._parameters.values() "
            "if p is not None and (p.requires_grad or not trainable_only)]",
        ),
    ): (
        "A parameter that two layers share is counted in both. It is held once: parameters() of "
        "the whole model names it once."
    ),
    ("state_dict_counted", (WANTED, "list(model.state_dict().values())")): (
        "Everything in the state_dict is counted: buffers, frozen parameters, and a shared one "
        "once for each of its names. Go through parameters()."
    ),
    (
        "top_level_only",
        (
            WANTED,
            "[p for p in model.parameters(recurse=False) if p.requires_grad or not trainable_only]",
        ),
    ): (
        "Only the model's own parameters are counted, and those of the layers below are not. "
        "parameters() goes all the way down."
    ),
    (
        "matrices_only",
        (
            WANTED,
            "[p for p in model.parameters() "
            "if p.dim() > 1 and (p.requires_grad or not trainable_only)]",
        ),
    ): (
        "Parameters with one axis are left out: biases, and the weights of norm layers. They are "
        "learned, and count."
    ),
    ("bytes_for_numbers", (NUMEL, "sum(p.numel() * p.element_size() for p in wanted)")): (
        "Bytes are counted: four for each number in float32. Asked for is how many numbers there "
        "are."
    ),
    (
        "sizes_told_apart_by_shape",
        (NUMEL, "sum({tuple(p.shape): p.numel() for p in wanted}.values())"),
    ): (
        "Of parameters with one shape only one is counted: shared ones are told by what they look "
        "like. Two are the same only if they are the same object."
    ),
}
for (name, *edits), text in COUNTING.items():
    count.edit(name, text, *edits)
