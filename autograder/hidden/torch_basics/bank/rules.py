"""Mistakes in `freeze` and `count_parameters`."""

from typing import Any

from autograder.api import Bank

Mistakes = dict[tuple[Any, ...], str]  # (name, (old, new), ...): sentence
bank = Bank()
freeze, count = bank.exercise("freeze"), bank.exercise("count_parameters")

# freeze

EACH, OFF = "for parameter in module.parameters():", "parameter.requires_grad = False"
LOOP = f"{EACH}\n        {OFF}"

LAYERS = (
    "Only layers of some types are frozen: others, or the module's own parameters, are left out. "
    "Freeze every parameter below the module."
)

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
        "own_parameters_left_out",
        (EACH, "for parameter in [p for c in module.children() for p in c.parameters()]:"),
    ): (
        "Everything below the children is frozen, and what belongs to the module itself is not: a "
        "single layer has no children at all. Ask the module for its parameters."
    ),
    (
        "norms_left_learning",
        (
            LOOP,
            "for part in module.modules():\n        if not hasattr(part, 'running_mean'):\n"
            "            for parameter in part.parameters(recurse=False):\n"
            "                parameter.requires_grad = False",
        ),
    ): (
        "Batch norms are spared, and their weights and biases go on learning. Every parameter is "
        "to be frozen; their buffers are another matter."
    ),
    ("switched_on", (OFF, "parameter.requires_grad = True")): (
        "The flags are set to True: what was frozen learns again. Freezing sets them to False."
    ),
    (
        "linear_layers_alone",
        (
            LOOP,
            "for part in module.modules():\n        if isinstance(part, nn.Linear):\n"
            "            part.requires_grad_(False)",
        ),
    ): LAYERS,
    (
        "linear_layers_only",
        (
            LOOP,
            "for part in module.modules():\n        if isinstance(part, (nn.Linear, nn.Conv2d)):\n"
            "            part.requires_grad_(False)",
        ),
    ): LAYERS,
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
        "The parameters are taken off the list of parameters: they are buffers now, and cannot be "
        "thawed again. Leave them where they are, and set their flags."
    ),
    ("first_parameter_only", (OFF, f"{OFF}\n        break")): (
        "The loop ends after its first parameter. Every one has to be frozen: look at the "
        "indentation of what ends the loop."
    ),
}
for (name, *edits), text in FREEZING.items():
    freeze.edit(name, text, *edits, about="anything")

NOTHING = (
    "No parameter's flag changes: whatever was set, emptied or switched off, it wasn't the flag "
    "that autograd looks at. Assign False to the requires_grad of each parameter."
)
freeze.edit("no_flag_changes", NOTHING, (LOOP, "module.requires_grad = False"), about="anything")
for name, edit in (
    ("comparison_for_assignment", (OFF, "parameter.requires_grad == False")),
    ("detached_copies", (OFF, "parameter.detach().requires_grad_(False)")),
):
    freeze.edit(name, NOTHING, edit, about="anything", equivalent_to="no_flag_changes")

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
    (
        "buffers_always_counted",
        (
            WANTED,
            "[p for p in (*model.parameters(), *model.buffers()) "
            "if p.requires_grad or not trainable_only]",
        ),
    ): (
        "Where all are asked for, buffers are counted as well: a batch norm's running statistics. "
        "They aren't learned: count parameters only."
    ),
    (
        "only_the_other_kind",
        (WANTED, "[p for p in model.parameters() if p.requires_grad == trainable_only]"),
    ): (
        "With trainable_only=False the frozen ones alone are counted. False means that the flag "
        "doesn't matter: all of them."
    ),
    (
        "counted_at_every_level",
        (
            WANTED,
            "[p for m in model.modules() for p in m.parameters() "
            "if p.requires_grad or not trainable_only]",
        ),
    ): (
        "Each parameter is counted once for every module that it lies in: modules() names all "
        "levels, and parameters() goes down from each. Use one of the two."
    ),
    (
        "own_parameters_missed",
        (
            WANTED,
            "[p for c in model.children() for p in c.parameters() "
            "if p.requires_grad or not trainable_only]",
        ),
    ): (
        "What belongs to the model itself is missed, and what two children share is counted twice. "
        "Ask the model for its parameters, not its children."
    ),
    (
        "biases_left_out",
        (
            WANTED,
            "[p for n, p in model.named_parameters() "
            "if 'bias' not in n and (p.requires_grad or not trainable_only)]",
        ),
    ): (
        "Parameters whose name has bias in it are left out. Biases are learned like weights, and "
        "count like them."
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
    (
        "flags_asked_of_the_state_dict",
        (
            WANTED,
            "[p for p in model.state_dict().values() if p.requires_grad or not trainable_only]",
        ),
    ): (
        "The tensors of a state_dict are detached: none of them requires a gradient, so by default "
        "nothing counts, and buffers do otherwise. Go through parameters()."
    ),
    (
        "every_name_counted",
        (
            WANTED,
            "[p for _, p in model.named_parameters(remove_duplicate=False) "
            "if p.requires_grad or not trainable_only]",
        ),
    ): (
        "A parameter with two names is counted under both. It is held once: leave remove_duplicate "
        "as it is, and each comes once."
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
