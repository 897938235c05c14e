"""Mistakes in EarlyStopping."""

from __future__ import annotations

from autograder.api import Bank

KEY = "EarlyStopping"
IF = "if val_loss < self.best_loss - self.min_delta:"
STORE = "self.best_loss, self.best_epoch = val_loss, self.epoch"
RESET = "self.waited = 0\n"
ELSE = "        else:\n            self.waited += 1\n"
ANSWER = "return self.waited >= self.patience"
START = 'self.best_loss, self.best_epoch, self.best_params = float("inf"), -1, None'


def declare(bank: Bank) -> None:
    _counting(bank)
    _improving(bank)
    _best(bank)


def _counting(bank: Bank) -> None:
    bank.edit(
        KEY,
        "one_update_late",
        "It says stop one update late: the count has to exceed patience. True comes at the "
        "patience-th update without improvement, not at the one after.",
        (ANSWER, "return self.waited > self.patience"),
        source="PyTorch, ReduceLROnPlateau (num_bad_epochs > patience)",
    )
    bank.edit(
        KEY,
        "one_update_early",
        "It says stop one update early: the count starts at 1, or the improvement itself is "
        "counted. Only updates without improvement count.",
        (ANSWER, "return self.waited >= max(1, self.patience - 1)"),
    )
    bank.edit(
        KEY,
        "counter_not_reset",
        "The count goes on after an improvement, so that bad updates add up over the whole run. "
        "They have to be consecutive: an improvement sets the count to 0.",
        ("            self.waited = 0\n", ""),
    )
    bank.edit(
        KEY,
        "says_stop_once",
        "It says stop at the patience-th update only, and False again at the next, although "
        "nothing has improved. Use at least, not equal.",
        (ANSWER, "return self.waited == self.patience"),
        about="anything",
    )
    bank.edit(
        KEY,
        "stops_for_ever",
        "Once it has said stop it says so for ever, even after an improvement. The answer depends "
        "on the count alone, and an improvement sets that to 0.",
        (
            ANSWER,
            "self.done = getattr(self, 'done', False) or self.waited >= self.patience\n"
            "        return self.done",
        ),
        about="anything",
    )
    bank.edit(
        KEY,
        "counts_since_the_last_rise",
        "The count is set to 0 whenever the loss falls below the one before, so a curve that "
        "zigzags above its best never ends. Compare with the best loss.",
        (
            ELSE,
            "        elif val_loss < getattr(self, 'previous', float('-inf')):\n"
            "            self.waited = 0\n"
            "        else:\n            self.waited += 1\n        self.previous = val_loss\n",
        ),
        about="anything",
    )
    bank.edit(
        KEY,
        "small_improvement_resets",
        "A loss that beats the best by less than min_delta sets the count to 0, so tiny steps keep "
        "it waiting for ever. Less than min_delta is no improvement.",
        (
            ELSE,
            "        elif val_loss < self.best_loss:\n            self.waited = 0\n" + ELSE,
        ),
        about="anything",
    )


def _improving(bank: Bank) -> None:
    bank.edit(
        KEY,
        "min_delta_ignored",
        "Any loss below the best is an improvement, whatever min_delta is. It has to be lower than "
        "the best minus min_delta.",
        (IF, "if val_loss < self.best_loss:"),
    )
    bank.edit(
        KEY,
        "min_delta_with_the_other_sign",
        "min_delta is added to the best loss, so losses that are worse by less than that count as "
        "improvements. Subtract it.",
        (IF, "if val_loss < self.best_loss + self.min_delta:"),
    )
    bank.edit(
        KEY,
        "ties_improve",
        "A loss that is exactly the best minus min_delta counts as an improvement, and so does a "
        "tie. The comparison is strict.",
        (IF, "if val_loss <= self.best_loss - self.min_delta:"),
    )
    bank.edit(
        KEY,
        "ties_improve_by_difference",
        "A loss that is exactly the best minus min_delta counts as an improvement, and so does a "
        "tie. The comparison is strict.",
        (IF, "if self.best_loss - val_loss >= self.min_delta:"),
    )
    bank.edit(
        KEY,
        "min_delta_relative",
        "min_delta is taken as a fraction of the best loss. Here it is a difference, in the units "
        "of the loss.",
        (IF, "if val_loss < self.best_loss * (1 - self.min_delta):"),
        source="PyTorch, ReduceLROnPlateau (threshold_mode='rel')",
    )
    bank.edit(
        KEY,
        "nan_improves",
        "NaN counts as an improvement, and becomes the best loss. Every comparison with NaN is "
        "False: write the question so that False means no improvement.",
        (IF, "if not val_loss >= self.best_loss - self.min_delta:"),
    )
    bank.edit(
        KEY,
        "higher_is_better",
        "It waits for a higher number, as for an accuracy. What comes in is a loss: lower is "
        "better.",
        (IF, "if val_loss > self.best_loss + self.min_delta or self.best_epoch < 0:"),
    )
    bank.edit(
        KEY,
        "compared_with_the_last",
        "Each loss is compared with the one before, not with the best, so any step down from a "
        "peak counts as an improvement. Compare with best_loss.",
        (
            IF,
            "previous = getattr(self, 'previous', float('inf'))\n"
            "        self.previous = val_loss\n"
            "        if val_loss < previous - self.min_delta:",
        ),
    )


def _best(bank: Bank) -> None:
    bank.edit(
        KEY,
        "best_follows_small_steps",
        "best_loss follows every lower loss, also one that is no improvement, so many small steps "
        "never add up to one. It changes only on an improvement.",
        (ELSE, ELSE + "            self.best_loss = min(self.best_loss, val_loss)\n"),
    )
    bank.edit(
        KEY,
        "best_loss_is_the_last",
        "best_loss is overwritten at every update, so that it is the last loss and not the best. "
        "It changes only on an improvement.",
        ("self.epoch += 1\n", "self.epoch += 1\n        self.best_loss = val_loss\n"),
    )
    bank.edit(
        KEY,
        "epochs_from_1",
        "best_epoch counts updates from 1. The first update is number 0, as in every index of this "
        "course.",
        (STORE, "self.best_loss, self.best_epoch = val_loss, self.epoch + 1"),
    )
    bank.edit(
        KEY,
        "epochs_count_improvements",
        "best_epoch counts improvements, because the number of updates advances only there. Every "
        "update counts, whatever its loss.",
        ("        self.epoch += 1\n", ""),
        (
            "            self.waited = 0\n",
            "            self.waited = 0\n            self.epoch += 1\n",
        ),
    )
    bank.edit(
        KEY,
        "starts_at_epoch_0",
        "best_epoch is 0 before anything has come in, which is the number of the first update. "
        "Before an improvement it is -1.",
        (START, START.replace("-1", "0")),
        about="anything",
    )
    bank.edit(
        KEY,
        "other_defaults",
        "The default of patience is not 5. Defaults are part of the interface: look at the "
        "signature.",
        ("patience=5", "patience=10"),
        about="anything",
    )
