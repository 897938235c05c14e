"""Mistakes in the class Adam: the options of its groups, and its decay."""

from autograder.api import Bank
from autograder.hidden.optimizers.bank.adam_class import CALLED, MADE

bank = Bank()
adam = bank.exercise("Adam")
SHRUNK, L2 = "param = param * (1 - lr * decay)", "grad = grad + decay * param"
BRANCH, START = 'if group["decoupled"]:', "        self.t = 0\n"

adam.edit(
    "overrides_ignored",
    "Every group gets the optimizer's options, whatever its own dict says. A group's option holds "
    "in that group: the defaults fill in only what is missing.",
    (MADE, '{**group, **options, "params": list(group["params"])}'),
)
adam.edit(
    "zero_is_no_override",
    "An option of 0.0 or False is taken for a missing one, and the default holds instead. Ask "
    "whether the key is there, not whether its value is true.",
    (
        MADE,
        '{**options, **{k: v for k, v in group.items() if k == "params" or v},'
        ' "params": list(group["params"])}',
    ),
)
adam.edit(
    "only_rate_overridden",
    "A group's own lr holds, and its other options are ignored. Every option can be set for a "
    "group: weight_decay is the commonest one.",
    (MADE, '{**options, "lr": group.get("lr", lr), "params": list(group["params"])}'),
)
for option in ("lr", "betas", "eps", "weight_decay", "decoupled"):
    adam.edit(
        f"{option}_not_overridden",
        f"Every group steps with the {option} of the optimizer, whatever its own dict says. Each "
        "option holds in its group: the defaults fill in only what is missing.",
        (MADE, MADE.replace('"params":', f'"{option}": {option}, "params":')),
    )
adam.edit(
    "caller_dicts_filled_in",
    "The options are written into the caller's dicts, which are then shared: a rate set here shows "
    "there. Make a new dict for each group.",
    (
        f"[{MADE} for group in groups]",
        "groups\n        for group in groups:\n            for name, value in options.items():\n"
        "                group.setdefault(name, value)",
    ),
    about="anything",
)
adam.edit(
    "rate_read_once",
    "The rates are read when the optimizer is made, so that one written into .groups later changes "
    "nothing. Read each option from its group at every step.",
    (START, START + "        self.rates = [g['lr'] for g in self.groups]\n"),
    (CALLED, CALLED.replace("(group,", "({**group, 'lr': self.rates[i]},")),
)
adam.edit(
    "first_group_for_all",
    "Every group steps with the options of the first. Each has its own rate, betas and decay: read "
    "them inside the loop over groups.",
    (CALLED, CALLED.replace("(group,", "(self.groups[0],")),
)
adam.edit(
    "zero_rate_is_no_rate",
    "A rate of 0.0 written into .groups is taken for none, and the default holds instead. Zero is "
    "a rate: a frozen group, or the start of a warm-up.",
    (START, START + "        self.rate = lr\n"),
    (CALLED, CALLED.replace("(group,", "({**group, 'lr': group['lr'] or self.rate},")),
)
adam.edit(
    "always_l2",
    "The decay is always added to the gradient, where Adam divides it away again. With "
    "decoupled=True, the default, it shrinks the parameter itself.",
    (BRANCH, "if False:"),
    source="Loshchilov and Hutter (2019)",
)
adam.edit(
    "always_decoupled",
    "The decay always shrinks the parameter. With decoupled=False it is L2: weight_decay times the "
    "parameter joins the gradient, and passes through both averages.",
    (BRANCH, "if True:"),
)
adam.edit(
    "decoupled_the_wrong_way_round",
    "The two decays are exchanged: decoupled=True adds to the gradient, and False shrinks the "
    "parameter. Decoupled means outside the gradient.",
    (BRANCH, 'if not group["decoupled"]:'),
)
adam.edit(
    "decay_not_scaled_by_lr",
    "The parameter shrinks by weight_decay itself. Here the factor is 1 - lr * weight_decay, so "
    "that a smaller rate, or a schedule, decays less.",
    (SHRUNK, "param = param * (1 - decay)"),
    source="Loshchilov and Hutter (2019), algorithm 2, line 12",
)
adam.edit(
    "decay_after_step",
    "The decay shrinks the parameter that has already stepped, so that the step itself decays too. "
    "Shrink the old parameter first, then take Adam's step.",
    # The same as a factor on the result, and it leaves the call to other mistakes.
    (SHRUNK, f"{SHRUNK}\n            lr = lr * (1 - lr * decay)"),
)
adam.edit(
    "decay_left_out",
    "weight_decay is never used: with a gradient of zero nothing moves. It shrinks the parameter, "
    "or joins the gradient where decoupled is False.",
    (SHRUNK, "pass"),
    (L2, "pass"),
)
adam.edit(
    "decayed_twice",
    "With decoupled=True the parameter shrinks, and the decay joins the gradient as well. It is "
    "one or the other: the gradient of the loss alone enters the averages.",
    (SHRUNK, "grad, param = grad + decay * param, param * (1 - lr * decay)"),
)
adam.edit(
    "decay_added_into_gradient",
    "L2 is added into the caller's gradient array, which holds another gradient after the step. "
    "Make a new array for the sum.",
    (L2, "grad += decay * param"),
    source="CMU 10-714, homework 2",
)
