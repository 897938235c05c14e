"""Mistakes in the class Adam: its rule, its counter and its parameters. Options: adam_groups."""

from autograder.api import Bank
from autograder.hidden.optimizers.bank.adam_rule import MISTAKES

bank = Bank()
adam = bank.exercise("Adam")
ABOVE = 'averages after this step, as new arrays."""\n'
COUNTED = "        self.t = self.t + 1\n"
LOOP = '            for j, param in enumerate(group["params"]):\n'
CALLED = "new = self._updated(group, param, grads[i][j], self.m[i][j], self.v[i][j])"
WRITTEN = "param[...], self.m[i][j], self.v[i][j] = new"
MADE = '{**options, **group, "params": list(group["params"])}'
FIRST_M = '[[np.zeros_like(param) for param in group["params"]] for group in self.groups]'

for mistake in MISTAKES:
    # Here these are a counter that never advances, and averages that are forgotten.
    if mistake.name not in ("corrected_by_beta_alone", "averages_not_returned"):
        adam.edit(mistake.name, mistake.text, mistake.called(ABOVE, 8, "self.t"), **mistake.more)
adam.edit(
    "t_once_a_parameter",
    "t advances with every array, so that all but the first are corrected as if many steps had "
    "passed. One step is one step for all of them: count it outside the loops.",
    (COUNTED, ""),
    (LOOP, LOOP + "                self.t = self.t + 1\n"),
)
adam.edit(
    "t_once_a_group",
    "t advances with every group, so that the later groups are corrected as if many steps had "
    "passed. One step is one step for all groups: count it before the loops.",
    (COUNTED, ""),
    (LOOP, "            self.t = self.t + 1\n" + LOOP),
)
adam.edit(
    "t_never_advances",
    "Every step divides by 1 - beta, because t stays at 1 or is no power there. What the averages "
    "lack shrinks with each step: advance t, and raise beta to it.",
    (COUNTED, "        self.t = 1\n"),
)
adam.edit(
    "t_advances_afterwards",
    "What adam_step gets for t at the first step is less than 1, and refused: there the correction "
    "divides by 1 - 1. The first step is number 1: advance t before it is used.",
    (COUNTED, ""),
    (WRITTEN, WRITTEN + "\n        self.t = self.t + 1"),
    about="exceptions",
)
adam.edit(
    "parameters_rebound",
    "The arrays that the caller holds never move: a step makes new ones, or moves copies. The "
    "model keeps its own. Write into the very arrays that came in with the groups.",
    (WRITTEN, WRITTEN.replace("param[...]", 'group["params"][j]')),
)
adam.edit(
    "parameters_copied",
    "The arrays that the caller holds never move: a step makes new ones, or moves copies. The "
    "model keeps its own. Write into the very arrays that came in with the groups.",
    (MADE, MADE.replace('list(group["params"])', 'copy.deepcopy(list(group["params"]))')),
    equivalent_to="parameters_rebound",
)
adam.edit(
    "state_by_shape",
    "Arrays of one shape share their averages: the state is found by shape, and each gradient "
    "enters the other's history. Every array has a state of its own: find it by position.",
    (
        CALLED,
        'k = [one.shape for one in group["params"]].index(param.shape)\n'
        "                " + CALLED.replace("[i][j],", "[i][k],").replace("[j])", "[k])"),
    ),
    (WRITTEN, "param[...], self.m[i][k], self.v[i][k] = new"),
)
adam.edit(
    "state_in_the_class",
    "The averages belong to the class, so that the optimizer made last shares its own with all "
    "others. Make them in __init__, on self.",
    (f"self.m = {FIRST_M}", f"Adam.m = {FIRST_M}"),
    (f"self.v = {FIRST_M}", f"Adam.v = {FIRST_M}"),
    about="anything",
)
adam.edit(
    "gradient_kept",
    "The first average is the caller's gradient array itself, not a copy. When that array is "
    "filled again, the history changes with it. Build m from new arrays.",
    (
        WRITTEN,
        WRITTEN + "\n                if self.t == 1:\n"
        "                    self.m[i][j] = grads[i][j]\n"
        "                    self.m[i][j] *= 1 - group['betas'][0]",
    ),
)
adam.edit(
    "averages_forgotten",
    "The averages start from zero at every step, although t goes on, so that nothing is "
    "remembered. Store what the rule returns for the next step.",
    (WRITTEN, "param[...] = new[0]"),
)
