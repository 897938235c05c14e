"""Mistakes in what a loss scaler does about an overflow, beside those in `scaling`."""

from typing import Any

from autograder.api import Bank

from .scaling import BACK_OFF, FINITE, FOUND, GUARD, REACHED, START_ANEW, TAKEN

Mistakes = dict[tuple[Any, ...], str]  # (name, (old, new), ...): sentence
bank = Bank()
scaler = bank.exercise("DynamicLossScaler")

STEPS = "        optimizer.step()\n"
REPLACED = "                    p.grad.nan_to_num_(0.0, 0.0, 0.0)\n"
ZEROED = """        if self._overflowed:
            for group in optimizer.param_groups:
                for p in group["params"]:
                    if p.grad is not None:
                        p.grad.zero_()
"""
REFUSED = (
    "            raise RuntimeError("
    'f"unscale_ was called on gradients that are {self._stage} already")\n'
)

VALUES: Mistakes = {
    ("all_have_to_overflow", (FINITE, "if not torch.isfinite(p.grad).any():")): (
        "A gradient counts as overflowed only if none of its values is finite. One inf is enough "
        "to ruin the step: all of them have to be finite."
    ),
    ("inf_replaced_after_it_was_found", (FOUND, FOUND + REPLACED), (GUARD, STEPS)): (
        "After an overflow the infinite values are replaced by zeros and the step is taken, though "
        "`step` says that it wasn't. Skip the step as a whole, for every parameter."
    ),
    ("steps_with_zeros_instead", (GUARD, ZEROED + STEPS)): (
        "After an overflow the gradients are set to 0 and the optimizer steps all the same: "
        "momentum and averages decay, and move the weights. Don't call its `step` at all."
    ),
    ("backs_off_twice", (GUARD, f"{GUARD}        else:\n            {BACK_OFF}")): (
        "The scale backs off in `step` and again in `update`, so one overflow costs two factors. "
        "`step` only skips: the scale changes in `update`, and nowhere else."
    ),
    ("divided_by_the_backoff", (BACK_OFF, BACK_OFF.replace("*=", "/="))): (
        "The scale is divided by backoff_factor, which is below 1, so after an overflow it grows. "
        "Multiply: the name says factor."
    ),
    ("backs_off_by_the_growth", (BACK_OFF, "self._scale /= self._growth_factor\n")): (
        "After an overflow the scale is divided by growth_factor. With the defaults that is the "
        "same; backoff_factor is an argument of its own."
    ),
    ("skips_count_as_steps", (START_ANEW, START_ANEW.replace("else", "if True"))): (
        "A skipped step counts as the first of the next good ones, so the scale grows one step too "
        "early. Count only steps that were taken."
    ),
    ("every_update_counts", (START_ANEW, "        if True:")): (
        "Every update counts towards growth, skipped ones included. The scale may grow only after "
        "growth_interval steps in a row that were taken."
    ),
    ("grows_one_step_early", (REACHED, REACHED.replace("== ", ">= -1 + "))): (
        "The scale grows one good step too early: the count has to reach growth_interval itself. "
        "Mind whether it is raised before or after the comparison."
    ),
    ("never_below_1", (BACK_OFF, BACK_OFF + "            self._scale = max(1.0, self._scale)\n")): (
        "The scale is held at 1 or more. Gradients can be too large for float16 by themselves, and "
        "then the scale has to fall below 1: no limit was asked for."
    ),
}
for (name, *edits), text in VALUES.items():
    scaler.edit(name, text, *edits)

CLEARED = "        else:\n            optimizer.zero_grad()\n"
ANYTHING: Mistakes = {
    ("gradients_cleared_on_a_skip", (GUARD, GUARD + CLEARED)): (
        "After a skipped step the gradients are cleared. Whoever logs them finds nothing: clearing "
        "is the loop's affair, and `step` leaves them where they are."
    ),
    ("finding_inverted", (FINITE, "if torch.isfinite(p.grad).all():")): (
        "A gradient counts as overflowed when it is finite, so good steps are skipped and the "
        "others taken. torch.isfinite is True for what is fine."
    ),
    ("none_where_it_was_taken", (TAKEN, "return False if self._overflowed else None")): (
        "Where the step was taken `step` returns None, or what the optimizer's own step returns, "
        "which is None as well. The caller asks whether it was taken: True."
    ),
    ("large_counts_as_overflowed", (FINITE, "if not p.grad.square().sum().isfinite():")): (
        "A gradient is squared, or its norm taken, to see whether it is finite. Squares of large "
        "numbers overflow by themselves, and a good step is skipped: look at the values."
    ),
    ("second_unscale_does_nothing", (REFUSED, "            return\n")): (
        "A second `unscale_` before `update` returns in silence. A loop that calls it twice has a "
        "fault, and wants to hear of it: raise RuntimeError."
    ),
}
for (name, *edits), text in ANYTHING.items():
    scaler.edit(name, text, *edits, about="anything")
