"""Mistakes in EarlyStopping: when it stops, and what counts as an improvement."""

from functools import partial
from typing import Any

from autograder.api import Bank, Number
from autograder.hidden.generalization.bank.forms import count

bank = Bank()
stopping = bank.exercise("EarlyStopping")
mistake = partial(stopping.edit, about="anything")  # not seen in numbers

ANSWER = "the answer"


@stopping.observe("patience", "improvement", "odd_losses")
def scripts(raw: Any, inputs: Any, secrets: Any) -> Any:
    """Each update; and the number of the first one that says stop (-1: none does). Whether answers
    are bools, another probe says."""
    seen: dict[str, Any] = {}
    for where, updates in raw.items():
        seen[where] = {
            after: {**one, ANSWER: as_bool(one[ANSWER])} for after, one in updates.items()
        }
        stops = [one[ANSWER] is True for one in seen[where].values()]
        seen[where]["the number of the first update that says stop"] = count(
            stops.index(True) if True in stops else -1
        )
    return seen


def as_bool(answer: Any) -> Any:
    return bool(answer.value) if isinstance(answer, Number) else answer


IMPROVED = "val_loss < self.best_loss - self.min_delta"
IF = f"if {IMPROVED}:"
STORE = "self.best_loss, self.best_epoch = val_loss, self.epoch"
RESET = "            self.waited = 0\n"
ELSE = "        else:\n            self.waited += 1\n"
STOP = "return self.waited >= self.patience"
START = 'self.best_loss, self.best_epoch, self.best_params = float("inf"), -1, None'

NOT_RESET = (
    "The count goes on after an improvement, so bad updates add up over the whole run. They have "
    "to be consecutive: an improvement sets the count to 0."
)

stopping.edit(
    "one_update_late",
    "It says stop one update late: the count has to exceed patience. True comes at the patience-th "
    "update without improvement, not at the one after.",
    (STOP, "return self.waited > self.patience"),
    source="PyTorch, ReduceLROnPlateau (num_bad_epochs > patience)",
)
stopping.edit(
    "one_update_early",
    "It says stop one update early: the count starts at 1, or the improvement itself is counted. "
    "Only updates without improvement count.",
    (STOP, "return self.waited >= max(1, self.patience - 1)"),
)
stopping.edit("counter_not_reset", NOT_RESET, (RESET, ""))
stopping.edit(
    "counter_not_reset_in_silence",
    NOT_RESET,
    (RESET, "            self.epoch += 1\n            return False\n"),
)
stopping.edit(
    "only_worse_losses_count",
    "An update counts only if its loss is above the best by more than min_delta: ties and NaN keep "
    "it waiting for ever. Whatever is no improvement counts; min_delta is part of the improvement.",
    (" - self.min_delta", ""),
    (ELSE, ELSE.replace("else", "elif val_loss > self.best_loss + self.min_delta")),
)
mistake(
    "says_stop_once",
    "It says stop at the patience-th update only, and False again at the next, although nothing "
    "has improved. Use at least, not equal.",
    (STOP, "return self.waited == self.patience"),
)
mistake(
    "starts_over_after_a_stop",
    "The count is set to 0 when it says stop, so the next update is told to go on, although "
    "nothing has improved. Only an improvement resets the count.",
    (
        STOP,
        "if self.waited < self.patience:\n            return False\n"
        "        self.waited = 0\n        return True",
    ),
)
mistake(
    "stops_for_ever",
    "Once it has said stop it says so for ever, even after an improvement. The answer depends on "
    "the count alone, and an improvement sets that to 0.",
    (
        STOP,
        "self.done = getattr(self, 'done', False) or self.waited >= self.patience\n"
        "        return self.done",
    ),
)
mistake(
    "counts_since_the_last_rise",
    "The count is set to 0 whenever the loss falls below the one before, so a curve that zigzags "
    "above its best never ends. Compare with the best loss.",
    (
        ELSE,
        "        elif val_loss < getattr(self, 'previous', float('-inf')):\n"
        "            self.waited = 0\n"
        "        else:\n            self.waited += 1\n        self.previous = val_loss\n",
    ),
)
mistake(
    "small_improvement_resets",
    "A loss that beats the best by less than min_delta sets the count to 0, so tiny steps keep it "
    "waiting for ever. Less than min_delta is no improvement.",
    (ELSE, "        elif val_loss < self.best_loss:\n            self.waited = 0\n" + ELSE),
)

TIES = (
    "A loss that is exactly the best minus min_delta counts as an improvement, and so does a tie. "
    "The comparison is strict."
)

stopping.edit(
    "min_delta_ignored",
    "Any loss below the best is an improvement, whatever min_delta is. It has to be lower than the "
    "best minus min_delta.",
    (" - self.min_delta", ""),
)
stopping.edit(
    "min_delta_with_the_other_sign",
    "min_delta is added to the best loss, so losses that are worse by less than that count as "
    "improvements. Subtract it.",
    (" - self.min_delta", " + self.min_delta"),
)
stopping.edit("ties_improve", TIES, ("if val_loss < ", "if val_loss <= "))
stopping.edit(
    "ties_improve_by_difference", TIES, (IMPROVED, "self.best_loss - val_loss >= self.min_delta")
)
stopping.edit(
    "min_delta_relative",
    "min_delta is taken as a fraction of the best loss. Here it is a difference, in the units of "
    "the loss.",
    ("self.best_loss - self.min_delta", "self.best_loss * (1 - self.min_delta)"),
    source="PyTorch, ReduceLROnPlateau (threshold_mode='rel')",
)
stopping.edit(
    "nan_improves",
    "NaN counts as an improvement, and becomes the best loss. Every comparison with NaN is False: "
    "write the question so that False means no improvement.",
    (IMPROVED, "not val_loss >= self.best_loss - self.min_delta"),
)
stopping.edit(
    "nan_and_ties_improve",
    "The question is whether the loss got worse, and NaN and ties fall through to the "
    "improvements. Ask whether it improved, with a strict comparison: NaN then says no.",
    (IMPROVED, "not val_loss > self.best_loss - self.min_delta"),
    source="Bjarten, early-stopping-pytorch",
)
mistake(
    "first_loss_is_best",
    "The first loss is taken as the best, whatever it is: after a NaN nothing is ever lower. Start "
    "from inf, and let the first loss be compared like every other.",
    (IMPROVED, f"self.epoch == 0 or {IMPROVED}"),
)
stopping.edit(
    "higher_is_better",
    "It waits for a higher number, as for an accuracy. What comes in is a loss: lower is better.",
    (IMPROVED, "val_loss > self.best_loss + self.min_delta or self.best_epoch < 0"),
)
stopping.edit(
    "compared_with_the_last",
    "Each loss is compared with the one before, not with the best, so any step down from a peak "
    "counts as an improvement. Compare with best_loss.",
    (
        IF,
        "previous = getattr(self, 'previous', float('inf'))\n"
        "        self.previous = val_loss\n"
        "        if val_loss < previous - self.min_delta:",
    ),
)
