"""Mistakes in the class Adam: its counter, its groups, its decay. What it saves: adam_state.py."""

from __future__ import annotations

from autograder.hidden.optimizers.bank import adam_rule
from autograder.misconception import Bank

KEY = "Adam"
COUNTED = "        self.t = self.t + 1\n"
LOOP = '            for j, param in enumerate(group["params"]):\n'
CALLED = "new = self._updated(group, param, grads[i][j], self.m[i][j], self.v[i][j])"
WRITTEN = "param[...], self.m[i][j], self.v[i][j] = new"
RULE = "return adam_step(param, grad, m, v, self.t, lr, beta1, beta2, eps)"
SHRUNK, L2 = "param = param * (1 - lr * decay)", "grad = grad + decay * param"
MADE = '{**options, **group, "params": list(group["params"])}'
FIRST_M = '[[np.zeros_like(param) for param in group["params"]] for group in self.groups]'


def declare(bank: Bank) -> None:
    """The mistakes of Adam's rule, then those that only a class can make."""
    adam_rule.declare_in(bank, KEY, RULE, indent=8, t="self.t", pure=False)
    _counter(bank)
    _parameters(bank)
    _groups(bank)
    _decay(bank)


def _counter(bank: Bank) -> None:
    bank.edit(
        KEY,
        "t_once_a_parameter",
        "t advances with every array, so that all but the first are corrected as if many steps "
        "had passed. One step is one step for all of them: count it outside the loops.",
        (COUNTED, ""),
        (LOOP, LOOP + "                self.t = self.t + 1\n"),
        source="CURRICULUM, lesson 05; field notes, row 3",
    )
    bank.edit(
        KEY,
        "t_once_a_group",
        "t advances with every group, so that the later groups are corrected as if many steps "
        "had passed. One step is one step for all groups: count it before the loops.",
        (COUNTED, ""),
        (LOOP, "            self.t = self.t + 1\n" + LOOP),
    )
    bank.edit(
        KEY,
        "t_never_advances",
        "Every step divides by 1 - beta, because t stays at 1 or is no power there. What the "
        "averages lack shrinks with each step: advance t, and raise beta to it.",
        (COUNTED, "        self.t = 1\n"),
    )
    bank.edit(
        KEY,
        "t_advances_afterwards",
        "t is 0 while the first step is taken, and advances after it. There the correction "
        "divides by 1 - 1. The first step is number 1: advance t before it is used.",
        (COUNTED, ""),
        (WRITTEN, WRITTEN + "\n        self.t = self.t + 1"),
        source="field notes, row 3",
        about="anything",
    )


def _parameters(bank: Bank) -> None:
    bank.edit(
        KEY,
        "parameters_rebound",
        "The arrays that the caller holds never move: a step makes new ones, or moves copies. "
        "The model keeps its own. Write into the very arrays that came in with the groups.",
        (WRITTEN, WRITTEN.replace("param[...]", 'group["params"][j]')),
        source="field notes, row 10",
    )
    bank.edit(
        KEY,
        "parameters_copied",
        "The arrays that the caller holds never move: a step makes new ones, or moves copies. "
        "The model keeps its own. Write into the very arrays that came in with the groups.",
        (MADE, MADE.replace('list(group["params"])', 'copy.deepcopy(list(group["params"]))')),
        source="field notes, row 10",
        equivalent_to="parameters_rebound",
    )
    bank.edit(
        KEY,
        "state_by_shape",
        "Arrays of one shape share their averages: the state is found by shape, and each "
        "gradient enters the other's history. Every array has a state of its own: find it by "
        "position.",
        (
            CALLED,
            'k = [one.shape for one in group["params"]].index(param.shape)\n'
            "                " + CALLED.replace("[i][j],", "[i][k],").replace("[j])", "[k])"),
        ),
        (WRITTEN, "param[...], self.m[i][k], self.v[i][k] = new"),
        source="field notes, row 11",
    )
    bank.edit(
        KEY,
        "state_in_the_class",
        "The averages belong to the class, so that the optimizer made last shares its own with "
        "all others. Make them in __init__, on self.",
        (f"self.m = {FIRST_M}", f"Adam.m = {FIRST_M}"),
        (f"self.v = {FIRST_M}", f"Adam.v = {FIRST_M}"),
        about="anything",
    )
    bank.edit(
        KEY,
        "gradient_kept",
        "The first average is the caller's gradient array itself, not a copy. When that array is "
        "filled again, the history changes with it. Build m from new arrays.",
        (
            WRITTEN,
            WRITTEN + "\n                if self.t == 1:\n"
            "                    self.m[i][j] = grads[i][j]\n"
            "                    self.m[i][j] *= 1 - group['betas'][0]",
        ),
        source="field notes, row 9",
    )
    bank.edit(
        KEY,
        "averages_forgotten",
        "The averages start from zero at every step, although t goes on, so that nothing is "
        "remembered. Store what the rule returns for the next step.",
        (WRITTEN, "param[...] = new[0]"),
        source="field notes, row 16",
    )


def _groups(bank: Bank) -> None:
    bank.edit(
        KEY,
        "overrides_ignored",
        "Every group gets the optimizer's options, whatever its own dict says. A group's option "
        "holds in that group: the defaults fill in only what is missing.",
        (MADE, '{**group, **options, "params": list(group["params"])}'),
    )
    bank.edit(
        KEY,
        "zero_is_no_override",
        "An option of 0.0 or False is taken for a missing one, and the default holds instead. "
        "Ask whether the key is there, not whether its value is true.",
        (
            MADE,
            '{**options, **{k: v for k, v in group.items() if k in ("params", "eps") or v},'
            ' "params": list(group["params"])}',
        ),
        source="CURRICULUM, lesson 05",
    )
    bank.edit(
        KEY,
        "only_rate_overridden",
        "A group's own lr holds, and its other options are ignored. Every option can be set for "
        "a group: weight_decay is the commonest one.",
        (
            MADE,
            '{**options, "lr": group.get("lr", lr), "params": list(group["params"])}',
        ),
    )
    bank.edit(
        KEY,
        "caller_dicts_filled_in",
        "The options are written into the caller's dicts, which are then shared: a rate set here "
        "shows there. Make a new dict for each group.",
        (
            f"[{MADE} for group in groups]",
            "groups\n"
            + " " * 8
            + "for group in groups:\n"
            + " " * 12
            + "for name, value in options.items():\n"
            + " " * 16
            + "group.setdefault(name, value)",
        ),
        about="anything",
    )
    bank.edit(
        KEY,
        "rate_read_once",
        "The rates are read when the optimizer is made, so that one written into .groups later "
        "changes nothing. Read each option from its group at every step.",
        (
            "        self.t = 0\n",
            "        self.t = 0\n        self.rates = [g['lr'] for g in self.groups]\n",
        ),
        (CALLED, CALLED.replace("(group,", "({**group, 'lr': self.rates[i]},")),
        source="field notes, row 13",
    )
    bank.edit(
        KEY,
        "first_group_for_all",
        "Every group steps with the options of the first. Each has its own rate, betas and "
        "decay: read them inside the loop over groups.",
        (CALLED, CALLED.replace("(group,", "(self.groups[0],")),
    )
    bank.edit(
        KEY,
        "zero_rate_is_no_rate",
        "A rate of 0.0 written into .groups is taken for none, and the default holds instead. "
        "Zero is a rate: a frozen group, or the start of a warm-up.",
        ("        self.t = 0\n", "        self.t = 0\n        self.rate = lr\n"),
        (CALLED, CALLED.replace("(group,", "({**group, 'lr': group['lr'] or self.rate},")),
    )


def _decay(bank: Bank) -> None:
    branch = 'if group["decoupled"]:'
    bank.edit(
        KEY,
        "always_l2",
        "The decay is always added to the gradient, where Adam divides it away again. With "
        "decoupled=True, the default, it shrinks the parameter itself.",
        (branch, "if False:"),
        source="Loshchilov and Hutter (2019); field notes, row 6",
    )
    bank.edit(
        KEY,
        "always_decoupled",
        "The decay always shrinks the parameter. With decoupled=False it is L2: weight_decay "
        "times the parameter joins the gradient, and passes through both averages.",
        (branch, "if True:"),
        source="field notes, row 6",
    )
    bank.edit(
        KEY,
        "decoupled_the_wrong_way_round",
        "The two decays are exchanged: decoupled=True adds to the gradient, and False shrinks "
        "the parameter. Decoupled means outside the gradient.",
        (branch, 'if not group["decoupled"]:'),
    )
    bank.edit(
        KEY,
        "decay_not_scaled_by_lr",
        "The parameter shrinks by weight_decay itself. Here the factor is 1 - lr * weight_decay, "
        "so that a smaller rate, or a schedule, decays less.",
        (SHRUNK, "param = param * (1 - decay)"),
        source="Loshchilov and Hutter (2019), algorithm 2, line 12; field notes, row 7",
    )
    bank.edit(
        KEY,
        "decay_after_step",
        "The decay shrinks the parameter that has already stepped, so that the step itself "
        "decays too. Shrink the old parameter first, then take Adam's step.",
        (SHRUNK, "pass"),
        (
            RULE,
            "param, m, v = adam_step(param, grad, m, v, self.t, lr, beta1, beta2, eps)\n"
            "        left = 1 - lr * decay if group['decoupled'] else 1\n"
            "        return param * left, m, v",
        ),
        source="field notes, row 7",
    )
    bank.edit(
        KEY,
        "decay_left_out",
        "weight_decay is never used: with a gradient of zero nothing moves. It shrinks the "
        "parameter, or joins the gradient where decoupled is False.",
        (SHRUNK, "pass"),
        (L2, "pass"),
    )
    bank.edit(
        KEY,
        "decayed_twice",
        "With decoupled=True the parameter shrinks, and the decay joins the gradient as well. It "
        "is one or the other: the gradient of the loss alone enters the averages.",
        (SHRUNK, "grad, param = grad + decay * param, param * (1 - lr * decay)"),
    )
    bank.edit(
        KEY,
        "decay_added_into_gradient",
        "L2 is added into the caller's gradient array, which holds another gradient after the "
        "step. Make a new array for the sum.",
        (L2, "grad += decay * param"),
        source="field notes, row 9",
    )
