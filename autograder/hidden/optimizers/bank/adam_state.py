"""Mistakes in what the class Adam saves, loads and refuses, and what its resumed runs share."""

import re
from typing import Any

import numpy as np

from autograder.api import Bank, Number, Other

bank = Bank()
adam = bank.exercise("Adam")
STATE = 'state = {"t": self.t, "m": self.m, "v": self.v, "options": options}'
SAVED = "        return copy.deepcopy(state)"
COPIED = "        state = copy.deepcopy(state)\n"
LOADED = '        self.t, self.m, self.v = state["t"], state["m"], state["v"]\n'
UPDATED = "            group.update(options)"
MISFIT = "        if here != there:\n"
REFUSED = '            raise ValueError(f"state has to be of shapes {here}, got {there}")\n'
COMPARED = 'here, there = _shapes(self.m), _shapes(state["m"])'
LENIENT = (", strict=True):\n" + UPDATED, ", strict=False):\n" + UPDATED)
RUNS = {
    "resumed": "the resumed run",
    "gone back": "the run that went back",
    "loaded a second time": "the run that was loaded a second time",
}


@adam.observe("resume")
def ends(raw: Any, inputs: Any, secrets: Any) -> Any:
    """Where the uninterrupted run and the others end."""
    last = "after the last step"
    return {last: raw["uninterrupted"], **{f"{last} of {RUNS[run]}": raw[run] for run in RUNS}}


@adam.observe("bit_for_bit")
def parting(raw: Any, inputs: Any, secrets: Any) -> Any:
    """In how many places the runs differ in any bit, and what a snapshot holds beside plain
    data: each may keep its state in a form of its own."""
    whole = raw["uninterrupted"].items()
    differing = {run: sum(int(np.sum(a != raw[run][name])) for name, a in whole) for run in RUNS}
    return {
        **{
            f"the number of values in which {RUNS[run]} differs": Number(count, "int64")
            for run, count in differing.items()
        },
        "types in the state that are not plain data": sorted(set(odd_types(raw["state"]))),
    }


def odd_types(value: Any) -> list[str]:
    """Types other than dicts, lists, tuples, arrays, numbers and strings."""
    if isinstance(value, Other):
        return [] if value.type_name.startswith("array of ") else [value.type_name]
    items = value.values() if isinstance(value, dict) else value
    if isinstance(value, dict | list | tuple):
        return [name for item in items for name in odd_types(item)]
    return []


for name, handed_out in (
    ("state_not_copied", "state"),
    ("state_copied_at_the_surface", "copy.copy(state)"),
):
    adam.edit(
        name,
        "state_dict hands out the optimizer's own arrays, perhaps inside a new dict, so that later "
        "steps rewrite what was saved. A snapshot stays as it was: copy to the bottom.",
        (SAVED, f"        return {handed_out}"),
        equivalent_to="state_not_copied",
    )
adam.edit(
    "saved_without_t",
    "The counter is not in the state, so that a resumed run corrects its old averages as if it "
    "were at its start. Save t with the averages.",
    (STATE, STATE.replace("self.t", "0")),
)
adam.edit(
    "saved_without_squares",
    "The average of the squares is not in the state, so that a resumed run divides by one that "
    "starts from zero. Both averages have to be saved.",
    (STATE, STATE.replace("self.v", "[[0 * v for v in vs] for vs in self.v]")),
)
adam.edit(
    "saved_without_options",
    "The options don't come back with the state. Where a rate was changed on the way, the resumed "
    "run goes on with the rate that it was made with. Save and load them with the averages.",
    (UPDATED, "            pass"),
)
adam.edit(
    "saved_in_single_precision",
    "The averages are saved as float32, which keeps seven digits of sixteen. The resumed run stays "
    "close, and is not the same: bit for bit needs the type they have.",
    (
        STATE,
        re.sub(r"self\.([mv])", r"[[a.astype(np.float32) for a in one] for one in self.\1]", STATE),
    ),
    about="anything",
)
adam.edit(
    "loaded_without_copying",
    "load_state_dict keeps the arrays that it was given, so that whoever changes the state later, "
    "or loads it twice, changes this optimizer. Copy what is loaded.",
    (COPIED, ""),
)
adam.edit(
    "loaded_only_before_the_first_step",
    "A state is loaded only into an optimizer that has not stepped yet. Going back to an earlier "
    "state replaces whatever averages there are.",
    (COPIED, COPIED + "        if self.t > 0:\n            return\n"),
)
adam.edit(
    "every_state_accepted",
    "Any state is loaded, and one that does not fit breaks a later step, or broadcasts and breaks "
    "nothing that anyone sees. Compare groups, counts and shapes first.",
    (MISFIT + REFUSED, ""),
    LENIENT,
    about="anything",
)
adam.edit(
    "only_counts_compared",
    "Groups and parameters are counted, and shapes are not compared: a transposed array passes. "
    "NumPy may even broadcast it. Compare the shape of every array.",
    (COMPARED, 'here, there = [len(g) for g in self.m], [len(g) for g in state["m"]]'),
    about="anything",
)
adam.edit(
    "only_sizes_compared",
    "The number of elements is compared, not the shape, so that a transposed array passes with its "
    "numbers in the wrong places. Compare the shapes themselves.",
    ("return [[array.shape for", "return [[array.size for"),
    about="anything",
)
adam.edit(
    "groups_not_compared",
    "The arrays are compared as one long list, so that a state with the same arrays in other "
    "groups passes. Each group has to have as many as it had.",
    (COMPARED, 'here, there = sum(_shapes(self.m), []), sum(_shapes(state["m"]), [])'),
    LENIENT,
    about="anything",
)
adam.edit(
    "compared_after_the_first_step",
    "States are compared only where averages exist, so that before the first step any state is "
    "accepted. The parameters are known from the start: compare with their shapes.",
    (MISFIT, '        if self.t > 0 and state["t"] > 0 and here != there:\n'),
    LENIENT,
    about="anything",
)
adam.edit(
    "compared_after_loading",
    "The state is taken in before it is compared, so that the error comes when the optimizer has "
    "already changed. Compare everything first, then load.",
    (MISFIT + REFUSED, ""),
    (COPIED + LOADED, COPIED + LOADED + MISFIT + REFUSED),
    about="anything",
)
