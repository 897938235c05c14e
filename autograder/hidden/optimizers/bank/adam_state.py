"""Mistakes in what the class Adam saves, loads and refuses."""

from __future__ import annotations

from autograder.api import Bank

KEY = "Adam"
STATE = 'state = {"t": self.t, "m": self.m, "v": self.v, "options": options}'
SAVED = "        return copy.deepcopy(state)"
COPIED = "        state = copy.deepcopy(state)\n"
LOADED = '        self.t, self.m, self.v = state["t"], state["m"], state["v"]\n'
UPDATED = "            group.update(options)"
MISFIT = "        if here != there:\n"
REFUSED = '            raise ValueError(f"state has to be of shapes {here}, got {there}")\n'


def declare(bank: Bank) -> None:
    """Saving, loading, refusing."""
    _saving(bank)
    _loading(bank)
    _refusing(bank)


def _saving(bank: Bank) -> None:
    bank.edit(
        KEY,
        "state_not_copied",
        "state_dict hands out the optimizer's own arrays, perhaps inside a new dict, so that "
        "later steps rewrite what was saved. A snapshot stays as it was: copy to the bottom.",
        (SAVED, "        return state"),
    )
    bank.edit(
        KEY,
        "state_copied_at_the_surface",
        "state_dict hands out the optimizer's own arrays, perhaps inside a new dict, so that "
        "later steps rewrite what was saved. A snapshot stays as it was: copy to the bottom.",
        (SAVED, "        return copy.copy(state)"),
        equivalent_to="state_not_copied",
    )
    bank.edit(
        KEY,
        "saved_without_t",
        "The counter is not in the state, so that a resumed run corrects its old averages as if "
        "it were at its start. Save t with the averages.",
        (STATE, STATE.replace("self.t", "0")),
    )
    bank.edit(
        KEY,
        "saved_without_squares",
        "The average of the squares is not in the state, so that a resumed run divides by one that "
        "starts from zero. Both averages have to be saved.",
        (STATE, STATE.replace("self.v", "[[0 * v for v in vs] for vs in self.v]")),
    )
    bank.edit(
        KEY,
        "saved_without_options",
        "The options are not in the state. Where a rate was changed on the way, the resumed run "
        "goes on with the rate that it was made with. Save them with the averages.",
        (UPDATED, "            pass"),
    )
    bank.edit(
        KEY,
        "saved_in_single_precision",
        "The averages are saved as float32, which keeps seven digits of sixteen. The resumed run "
        "stays close, and is not the same: bit for bit needs the type they have.",
        (
            STATE,
            STATE.replace(
                "self.m", "[[m.astype(np.float32).astype(float) for m in ms] for ms in self.m]"
            ),
        ),
        about="anything",
    )


def _loading(bank: Bank) -> None:
    bank.edit(
        KEY,
        "loaded_without_copying",
        "load_state_dict keeps the arrays that it was given, so that whoever changes the state "
        "later, or loads it twice, changes this optimizer. Copy what is loaded.",
        (COPIED, ""),
    )
    bank.edit(
        KEY,
        "loaded_only_before_the_first_step",
        "A state is loaded only into an optimizer that has not stepped yet. Going back to an "
        "earlier state replaces whatever averages there are.",
        (COPIED, COPIED + "        if self.t > 0:\n            return\n"),
    )


def _refusing(bank: Bank) -> None:
    bank.edit(
        KEY,
        "every_state_accepted",
        "Any state is loaded, and one that does not fit breaks a later step, or broadcasts and "
        "breaks nothing that anyone sees. Compare groups, counts and shapes first.",
        (MISFIT + REFUSED, ""),
        (", strict=True):\n" + UPDATED, ", strict=False):\n" + UPDATED),
        about="anything",
    )
    bank.edit(
        KEY,
        "only_counts_compared",
        "Groups and parameters are counted, and shapes are not compared: a transposed array "
        "passes. NumPy may even broadcast it. Compare the shape of every array.",
        (
            'here, there = _shapes(self.m), _shapes(state["m"])',
            'here, there = [len(g) for g in self.m], [len(g) for g in state["m"]]',
        ),
        about="anything",
    )
    bank.edit(
        KEY,
        "only_sizes_compared",
        "The number of elements is compared, not the shape, so that a transposed array passes "
        "with its numbers in the wrong places. Compare the shapes themselves.",
        ("return [[array.shape for", "return [[array.size for"),
        about="anything",
    )
    bank.edit(
        KEY,
        "groups_not_compared",
        "The arrays are compared as one long list, so that a state with the same arrays in other "
        "groups passes. Each group has to have as many as it had.",
        (
            'here, there = _shapes(self.m), _shapes(state["m"])',
            'here, there = sum(_shapes(self.m), []), sum(_shapes(state["m"]), [])',
        ),
        (", strict=True):\n" + UPDATED, ", strict=False):\n" + UPDATED),
        about="anything",
    )
    bank.edit(
        KEY,
        "compared_after_the_first_step",
        "States are compared only where averages exist, so that before the first step any state "
        "is accepted. The parameters are known from the start: compare with their shapes.",
        (MISFIT, '        if self.t > 0 and state["t"] > 0 and here != there:\n'),
        (", strict=True):\n" + UPDATED, ", strict=False):\n" + UPDATED),
        about="anything",
    )
    bank.edit(
        KEY,
        "compared_after_loading",
        "The state is taken in before it is compared, so that the error comes when the optimizer "
        "has already changed. Compare everything first, then load.",
        (MISFIT + REFUSED, ""),
        (COPIED + LOADED, COPIED + LOADED + MISFIT + REFUSED),
        about="anything",
    )
