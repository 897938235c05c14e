"""Mistakes in `parameter_groups`."""

from typing import Any

from autograder.api import Bank

Mistakes = dict[tuple[Any, ...], str]  # (name, (old, new), ...): sentence
bank = Bank()
groups = bank.exercise("parameter_groups")

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
    ("bias_or_one_axis", (BARE, 'name.split(".")[-1] == "bias" or parameter.dim() <= 1')): (
        "Beside biases, everything with one axis goes without decay. That is a common shortcut; a "
        "scale of the model's own decays here, and a layer norm over two axes does not."
    ),
    ("one_axis_or_norm", (BARE, BARE + " or parameter.dim() <= 1")): (
        "Everything with one axis goes without decay, beside biases and norms: a scale or a gate "
        "of the model's own decays here. Ask for the owner, not for the shape."
    ),
    (
        "norm_in_the_name",
        (BARE, 'name.split(".")[-1] == "bias" or "norm" in name'),
    ): (
        "Norm layers are told by the word norm in their name. In a Sequential they are called 1 or "
        "2, and a linear layer may be called norm: ask for the module's type."
    ),
    ("no_rms_norm", ("        nn.RMSNorm,\n", "")): (
        "RMS norm is missing among the norm layers, so its weight decays. The text lists batch, "
        "instance, layer, group and RMS norm."
    ),
    ("no_instance_norm", ("batchnorm._NormBase", "batchnorm._BatchNorm")): (
        "Instance norm is missing among the norm layers, so its weight decays where it has one. "
        "The text lists batch, instance, layer, group and RMS norm."
    ),
    (
        "subclasses_missed",
        (
            "isinstance(module, norms)",
            'type(module).__module__.startswith("torch.nn") and isinstance(module, norms)',
        ),
    ): (
        "Norm layers are told by their exact type, or its name, so a class that inherits from one "
        "is missed. isinstance knows about inheritance."
    ),
    ("head_never_decays", (BARE, BARE + " or in_head")): (
        "Nothing in the head decays, its weights included. The two questions are independent: "
        "there may be four kinds of parameters."
    ),
    (
        "head_rate_multiplied",
        (KEY, "(head_lr * lr if in_head else lr, 0.0 if bare else weight_decay)"),
    ): (
        "The head's rate is a multiple of the body's. It is a rate by itself: pass it on as it "
        "came."
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
    ("rate_left_to_the_optimizer", ('"lr": rate, ', "")): (
        "The groups don't say their rate, so all get the optimizer's own. Write it into each group."
    ),
    ("names_for_parameters", (APPEND, "groups.setdefault(key, []).append(name)")): (
        "The optimizer refuses the groups: they hold names, or something else that is no "
        "parameter. It wants the parameters themselves, the very objects that the model holds."
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
groups.by_exceptions("names_for_parameters")
