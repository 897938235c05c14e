"""Mistakes in a loss scaler."""

from typing import Any

from autograder.api import Bank

Mistakes = dict[tuple[Any, ...], str]  # (name, (old, new), ...): sentence
bank = Bank()
scaler = bank.exercise("DynamicLossScaler")
scaler.forbids("torch.amp.GradScaler", "torch.cuda.amp.GradScaler")


@scaler.observe("resumed")
def but_for_the_state(raw: Any, inputs: Any, secrets: Any) -> Any:
    """What a state is made of is the learner's own; what comes of it counts."""
    return {name: value for name, value in raw.items() if name != "state"}


DIVIDE, FINITE = "p.grad.div_(self._scale)", "if not torch.isfinite(p.grad).all():"
FOUND = "                    self._overflowed = True\n"
GUARD = "        if not self._overflowed:\n            optimizer.step()\n"
UNSCALED_YET = '        if self._stage == "scaled":\n            self.unscale_(optimizer)\n'
BACK_OFF = "self._scale *= self._backoff_factor\n"
START_ANEW = "            self._taken_in_a_row = 0\n        else:"
GROW = "self._scale *= self._growth_factor\n"
REACHED = "if self._taken_in_a_row == self._growth_interval:"
AFTER_GROWTH = f"                {GROW}                self._taken_in_a_row = 0\n"
FORGET = '        self._stage = "scaled"\n        self._overflowed = False\n\n    def state_dict'
TAKEN = "return not self._overflowed"
STATE = '{"scale": self._scale, "taken_in_a_row": self._taken_in_a_row}'
LOAD_SCALE = 'self._scale = float(state["scale"])\n'
LOAD_COUNT = 'self._taken_in_a_row = int(state["taken_in_a_row"])'
SCALED = "return loss * self._scale"
ONE_STEP = '        self._stage = "stepped"\n'
NOT_ANEW = AFTER_GROWTH, f"                {GROW}"
ONCE_MORE = '        self._stage = "scaled"\n        self.unscale_(optimizer)\n'
OVERWRITES = "self._overflowed = not torch.isfinite(p.grad).all()\n"
REMEMBERS = FORGET.replace("        self._overflowed = False\n", "")
UPDATES = f"""{ONE_STEP}        overflowed = self._overflowed
        self.update()
        self._stage, self._overflowed = "stepped", overflowed
"""
NO_GRAD = "                if p.grad is None:\n                    continue\n"

VALUES: Mistakes = {
    ("steps_on_inf", (GUARD, "        optimizer.step()\n")): (
        "The optimizer steps whatever the gradients are. One inf in a gradient makes inf or nan of "
        "weights, for the rest of the run: step only if all of them are finite."
    ),
    ("inf_replaced_and_stepped", (DIVIDE, f"{DIVIDE}.nan_to_num_(0.0, 0.0, 0.0)")): (
        "Infinite gradients are replaced by numbers, and the step is taken. Where one overflowed, "
        "the others are of a broken backward pass as well: skip the whole step."
    ),
    ("count_goes_on_after_a_skip", (START_ANEW, "        else:")): (
        "A skipped step doesn't set the count of good steps back, so the scale grows after steps "
        "that were not in a row, and overflows again. Start counting anew."
    ),
    ("grows_at_every_step_then", NOT_ANEW, (REACHED, REACHED.replace("==", ">="))): (
        "After the first growth the scale grows at every step, because the count isn't set back. "
        "A growth uses the steps up: count from zero again."
    ),
    ("grows_once_only", NOT_ANEW): (
        "After a growth the count runs on past the interval, and never meets it again before the "
        "next skip. A growth uses the steps up: count from zero again."
    ),
    ("grows_one_step_late", (REACHED, REACHED.replace("==", ">"))): (
        "The scale grows one good step too late. `growth_interval` steps in a row are enough: with "
        "an interval of 1 it would grow after each."
    ),
    ("never_grows", (GROW, "pass\n")): (
        "The scale never grows. One unlucky batch then costs range for the rest of the run: after "
        "`growth_interval` good steps in a row, try a larger one."
    ),
    ("grows_after_every_step", (REACHED, "if True:")): (
        "The scale grows after every step that was taken, whatever the interval. It then overflows "
        "every other step: count good steps first."
    ),
    ("never_backs_off", (BACK_OFF, "pass\n")): (
        "A skipped step leaves the scale as it is, so the next one overflows again, and so on "
        "forever. That a step was skipped is the news that the scale is too high."
    ),
    ("skip_leaves_the_scaler_as_it_was", (BACK_OFF + START_ANEW, "pass\n        else:")): (
        "After a skipped step `update` does nothing: the scale stays too high, and the count of "
        "good steps runs on. A skip has to back off and to start the count anew."
    ),
    ("always_two", (GROW, "self._scale *= 2.0\n"), (BACK_OFF, "self._scale *= 0.5\n")): (
        "The scale is doubled and halved, whatever factors were given. The defaults are 2 and "
        "0.5, and both are arguments: use them."
    ),
    ("step_does_not_unscale", (UNSCALED_YET, "")): (
        "`step` steps with gradients that are still scaled if nobody called `unscale_`, and "
        "doesn't look for inf either. Do both there, unless it was done."
    ),
    ("unscaled_twice", (UNSCALED_YET, ONCE_MORE)): (
        "`step` unscales also when `unscale_` was called before, so that the gradients are divided "
        "by the scale twice. Remember whether it was done."
    ),
    ("unscale_multiplies", (DIVIDE, "p.grad.mul_(self._scale)")): (
        "Unscaling multiplies by the scale once more. The loss was multiplied, so the gradients "
        "have to be divided."
    ),
    ("inf_only", (FINITE, "if torch.isinf(p.grad).any():")): (
        "Only inf is looked for, and nan goes through. inf - inf and 0 times inf are nan, so an "
        "overflow often arrives as one: look for everything that isn't finite."
    ),
    ("nan_only", (FINITE, "if torch.isnan(p.grad).any():")): (
        "Only nan is looked for, and inf goes through. A gradient that is too large for its format "
        "is inf first: look for everything that isn't finite."
    ),
    ("last_parameter_decides", (f"{FINITE}\n{FOUND}", OVERWRITES)): (
        "Each parameter overwrites what was found in those before it, so the last one decides. "
        "Once an inf was found it has to stay found until `update`."
    ),
    ("first_group_only", ("in optimizer.param_groups:", "in optimizer.param_groups[:1]:")): (
        "Only the first parameter group is unscaled and looked at. Biases, heads or norm layers "
        "often have groups of their own: go through all of them."
    ),
    ("finding_never_forgotten", (FORGET, REMEMBERS)): (
        "Once an inf was found, every later step is skipped too, and the scale falls without end. "
        "A finding holds for one iteration: `update` has to forget it."
    ),
    ("step_updates", (ONE_STEP, UPDATES)): (
        "`step` changes the scale itself, and then `update` does it again: it backs off twice and "
        "counts double. The scale changes in `update` only."
    ),
    ("scale_divides", (SCALED, "return loss / self._scale")): (
        "The loss is divided by the scale, which makes its gradients smaller still, and they "
        "underflow sooner. Multiply: they have to be lifted."
    ),
    ("count_not_saved", (STATE, '{"scale": self._scale, "taken_in_a_row": 0}')): (
        "The count of good steps is not in the state, or it is lost on loading. A resumed run "
        "grows its scale later than one that was never interrupted: save and load both."
    ),
    ("scale_not_loaded", (LOAD_SCALE, "pass\n")): (
        "Loading leaves the scale at its first value. After a resume the run has to find it "
        "again, and skips steps that it would have taken."
    ),
}  # fmt: skip
for (name, *edits), text in VALUES.items():
    scaler.edit(name, text, *edits)
scaler.edit(
    "count_not_loaded",
    VALUES[("count_not_saved", (STATE, '{"scale": self._scale, "taken_in_a_row": 0}'))],
    (LOAD_COUNT, "self._taken_in_a_row = 0"),
    equivalent_to="count_not_saved",
)

ANYTHING: Mistakes = {
    ("gradients_cleared", (ONE_STEP, f"{ONE_STEP}        optimizer.zero_grad()\n")): (
        "The gradients are cleared by `step`. Whoever logs them or accumulates finds nothing: "
        "clearing is the loop's affair, and `step` leaves them where they are."
    ),
    ("bools_swapped", (TAKEN, "return self._overflowed")): (
        "`step` says True when it was skipped. It is asked whether the step was taken: True for "
        "finite gradients."
    ),
    ("none_not_skipped", (NO_GRAD, "")): (
        "Where a parameter has no gradient, None is taken for one. Frozen or unused parameters "
        "have none, and the optimizer skips them: do the same."
    ),
    ("never_ready_again", (FORGET, FORGET.replace('        self._stage = "scaled"\n', ""))): (
        "`unscale_` or `step` is refused in an iteration that is new: what lasts for one iteration "
        "is still there from the one before. `update` ends it, and sets all of that back."
    ),
    ("says_nothing", (f"        {TAKEN}\n", "")): (
        "`step` returns None, as PyTorch's does. Here it says whether the step was taken, so that "
        "a schedule can wait: True or False."
    ),
    ("loss_detached", (SCALED, "return loss.detach() * self._scale")): (
        "The scaled loss has no graph any more, so `backward` on it raises. It has to stay a "
        "tensor that can be differentiated: multiply, and nothing else."
    ),
    ("loss_changed_in_place", (SCALED, "return loss.mul_(self._scale)")): (
        "The loss is scaled in place: whoever logs it afterwards logs the scaled one. Return a new "
        "tensor, and leave the loss as it is."
    ),
    ("second_unscale_allowed", ('        if self._stage != "scaled":\n', "        if False:\n")): (
        "A second `unscale_` before `update` divides the gradients again, in silence. It raises "
        "RuntimeError, and so does one after `step`."
    ),
    ("unscale_after_step_allowed", ('_stage != "scaled"', '_stage == "unscaled"')): (
        "`unscale_` after `step` divides gradients that the step has unscaled already. Until "
        "`update` begins the next iteration it has to raise RuntimeError."
    ),
    ("second_step_allowed", ('if self._stage == "stepped":', "if False:")): (
        "A second `step` before `update` steps again with the same gradients. It raises "
        "RuntimeError: an iteration has one step."
    ),
    ("value_error_instead", ("RuntimeError(f", "ValueError(f"), ("RuntimeError(", "ValueError(")): (
        "Calls out of turn raise ValueError. No value is wrong here, the moment is: that is a "
        "RuntimeError, as PyTorch's."
    ),
}  # fmt: skip
for (name, *edits), text in ANYTHING.items():
    scaler.edit(name, text, *edits, about="anything")
scaler.by_exceptions("none_not_skipped", "never_ready_again", "loss_detached")

STAYS_SCALED = (
    "`unscale_` leaves the gradients as they are: the division isn't there, or its result is "
    "dropped and `p.grad` keeps the scaled values. Write the quotient where the optimizer looks."
)
scaler.edit("unscale_only_looks", STAYS_SCALED, (DIVIDE, "pass"))
scaler.edit(
    "unscaled_copy_dropped",
    STAYS_SCALED,
    (DIVIDE, "p.grad.div(self._scale)"),
    equivalent_to="unscale_only_looks",
)
