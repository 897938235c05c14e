"""Mistakes in `combined_loss`, `freeze`, `count_parameters` and `parameter_groups`."""

from typing import Any

from autograder.api import Bank

Mistakes = dict[tuple[Any, ...], str]  # (name, (old, new), ...): sentence
bank = Bank()
loss, freeze = bank.exercise("combined_loss"), bank.exercise("freeze")
count, groups = bank.exercise("count_parameters"), bank.exercise("parameter_groups")

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

# parameter_groups

IN_HEAD = 'name == head or name.startswith(f"{head}.")'
BARE = 'name.split(".")[-1] == "bias" or id(parameter) in in_norms'
KEY = "(head_lr if in_head else lr, 0.0 if bare else weight_decay)"
NAMED = "for name, parameter in model.named_parameters():"
NORMS = """        nn.modules.batchnorm._NormBase,  # batch and instance norms of every kind
        nn.LayerNorm,
        nn.GroupNorm,
        nn.RMSNorm,
"""
APPEND = "groups.setdefault(key, []).append(parameter)"

GROUPS: Mistakes = {
    ("norm_weights_decay", (BARE, 'name.split(".")[-1] == "bias"')): (
        "Weights of norm layers decay like any other: they are called weight, too. Which "
        "parameters belong to norm layers is known to the modules, not to the names."
    ),
    ("biases_decay", (BARE, "id(parameter) in in_norms")): (
        "Biases decay like weights. They multiply nothing, and recipes leave them out: ask for the "
        "last part of the name as well."
    ),
    ("everything_decays", (KEY, "(head_lr if in_head else lr, weight_decay)")): (
        "Every parameter has the decay, biases and norm layers included. Those go into groups of "
        "their own, with a decay of 0."
    ),
    ("nothing_decays", (KEY, "(head_lr if in_head else lr, 0.0)")): (
        "No parameter decays. Only biases and the weights of norm layers are to be left out."
    ),
    (
        "decay_the_other_way_round",
        (KEY, "(head_lr if in_head else lr, weight_decay if bare else 0.0)"),
    ): ("Biases and norm layers decay, and weights do not. It is the other way round."),
    ("one_axis_is_bare", (BARE, "parameter.dim() <= 1")): (
        "Everything with one axis or none goes without decay. That is a common shortcut; a scale "
        "or a gate of the model's own decays here, and a layer norm over two axes does not."
    ),
    ("names_with_norm", (BARE, '"bias" in name or "norm" in name')): (
        "Norm layers are told by the word norm in their name. In a Sequential they are called 1 "
        "or 2, and a linear layer may be called norm: ask for the module's type."
    ),
    ("bias_anywhere_in_the_name", (BARE, '"bias" in name or id(parameter) in in_norms')): (
        "Any name that contains bias counts as one, so a layer that is called bias_net goes "
        "without decay. A parameter's own name is the last part."
    ),
    ("bias_behind_a_dot_only", (BARE, 'name.endswith(".bias") or id(parameter) in in_norms')): (
        "A bias is told by a dot and the word, so one that belongs to the model itself, called "
        "bias alone, is missed. Compare the last part of the name."
    ),
    ("batch_norms_only", (NORMS, "        nn.modules.batchnorm._BatchNorm,\n")): (
        "Only batch norms count as norm layers. There are layer, group, instance and RMS norms as "
        "well, and their weights shouldn't decay either."
    ),
    (
        "batch_and_layer_norms_only",
        (NORMS, "        nn.modules.batchnorm._BatchNorm,\n        nn.LayerNorm,\n"),
    ): (
        "Batch and layer norms count as norm layers, and group, instance or RMS norms do not. The "
        "text lists them all."
    ),
    ("head_by_prefix", (IN_HEAD, "name.startswith(head)")): (
        "Every name that begins with the head's letters counts as the head: header.weight and "
        "heads.0 as well. Ask for the name itself, or for it and a dot."
    ),
    ("head_anywhere", (IN_HEAD, "head in name")): (
        "Every name that contains the head's counts as the head: body.head.weight and "
        "header.weight as well. It is counted from the model's top."
    ),
    ("head_as_any_part", (IN_HEAD, 'head in name.split(".")')): (
        "A part of any depth that has the head's name counts as the head, and a head whose name "
        "has dots is never found. It is counted from the model's top."
    ),
    ("head_with_a_dot_only", (IN_HEAD, 'name.startswith(f"{head}.")')): (
        "Only names with a dot behind the head's are found. A parameter may be the head itself."
    ),
    ("head_fixed", (IN_HEAD, 'name == "head" or name.startswith("head.")')): (
        "The head is always the part called head, whatever the argument says. That is only the "
        "default."
    ),
    ("first_part_of_the_name", (IN_HEAD, 'name.split(".")[0] == head')): (
        "The first part of each name is compared with the head's, so a head that lies deeper, with "
        "dots in its name, is never found."
    ),
    ("one_rate", (KEY, "(lr, 0.0 if bare else weight_decay)")): (
        "The head has the same rate as everything else. Its parameters go into groups with head_lr."
    ),
    ("rates_swapped", (KEY, "(lr if in_head else head_lr, 0.0 if bare else weight_decay)")): (
        "The head has the body's rate, and the body the head's. Look at the two branches."
    ),
    (
        "head_without_rules",
        (KEY, "(head_lr, weight_decay) if in_head else (lr, 0.0 if bare else weight_decay)"),
    ): (
        "Everything in the head decays, its biases and norms as well. The two questions are "
        "independent: there may be four kinds of parameters."
    ),
    (
        "bare_head_at_the_bodys_rate",
        (KEY, "(lr, 0.0) if bare else (head_lr if in_head else lr, weight_decay)"),
    ): (
        "The head's biases and norms have the body's rate. The two questions are independent: "
        "there may be four kinds of parameters."
    ),
}
for (name, *edits), text in GROUPS.items():
    groups.edit(name, text, *edits)

GROUPS_ANYTHING: Mistakes = {
    (
        "frozen_left_out",
        (NAMED, NAMED + "\n        if not parameter.requires_grad:\n            continue"),
    ): (
        "Frozen parameters are left out: once they are thawed, no optimizer knows them. Every "
        "parameter goes into a group; without a gradient it isn't moved."
    ),
    (
        "shared_twice",
        (NAMED, "for name, parameter in model.named_parameters(remove_duplicate=False):"),
    ): (
        "A parameter that two layers share is in the groups twice, and would be stepped twice. "
        "It has two names and is one object: keep each once."
    ),
    (
        "options_left_to_the_optimizer",
        ('"weight_decay": decay', '**({"weight_decay": decay} if decay else {})'),
    ): (
        "Groups without decay don't say so, and get the optimizer's own default, which is not 0 "
        "for AdamW. Write the 0 into the group."
    ),
    ("names_for_parameters", (APPEND, "groups.setdefault(key, []).append(name)")): (
        "The groups hold names, with which no optimizer can do anything. It wants the parameters "
        "themselves, the very objects that the model holds."
    ),
    (
        "norms_left_out",
        (
            APPEND,
            f"if id(parameter) not in in_norms:\n            {APPEND}",
        ),
    ): (
        "Parameters of norm layers are in no group: they are never trained. Without decay does not "
        "mean without a step."
    ),
}
for (name, *edits), text in GROUPS_ANYTHING.items():
    groups.edit(name, text, *edits, about="anything")
