"""Mistakes in ReduceOnPlateau: the cooldown, and how far a cut goes."""

from __future__ import annotations

from autograder.api import Bank

KEY = "ReduceOnPlateau"
COOLING = (
    "        if self.cooling > 0:\n            self.cooling -= 1\n            self.bad_epochs = 0\n"
)
CUT = "self.lr = float(max(self.lr * self.factor, self.min_lr))"
BETTER = "if metric < self.best * (1 - self.threshold):"
SET = "            self.cooling = self.cooldown\n"


def declare(bank: Bank) -> None:
    _cooldown(bank)
    _cuts(bank)


def _cooldown(bank: Bank) -> None:
    bank.edit(
        KEY,
        "no_cooldown",
        "The cooldown has no effect: bad epochs are counted from the first one after a cut. For "
        "cooldown epochs after a cut none is counted.",
        (COOLING, ""),
    )
    bank.edit(
        KEY,
        "counts_during_the_cooldown",
        "During the cooldown bad epochs are still counted, and only the cut has to wait, so that "
        "it comes at once when the cooldown is over. The count is 0 all through it.",
        (
            COOLING,
            "        if self.cooling > 0:\n            self.cooling -= 1\n"
            "            return self.lr\n",
        ),
    )
    bank.edit(
        KEY,
        "cooldown_an_epoch_short",
        "The cooldown is one epoch too short: the epoch of the cut is taken for its first one. It "
        "begins with the epoch after.",
        (SET, "            self.cooling = max(self.cooldown - 1, 0)\n"),
    )
    bank.edit(
        KEY,
        "cooldown_an_epoch_long",
        "The cooldown is one epoch too long, and there is one even where cooldown is 0. It covers "
        "cooldown epochs after the one of the cut.",
        (SET, "            self.cooling = self.cooldown + 1\n"),
    )
    bank.edit(
        KEY,
        "deaf_during_the_cooldown",
        "During the cooldown metrics are not looked at, so that a new best is missed. Only the "
        "counting stops: an improvement is still one.",
        (
            BETTER,
            "if self.cooling > 0:\n            self.cooling -= 1\n"
            "            return self.lr\n        " + BETTER,
        ),
    )
    bank.edit(
        KEY,
        "improvement_ends_the_cooldown",
        "An improvement ends the cooldown, so that the bad epochs after it are counted too soon. "
        "The cooldown lasts for its number of epochs, good or bad.",
        (COOLING, "        if self.bad_epochs == 0:\n            self.cooling = 0\n" + COOLING),
    )
    bank.edit(
        KEY,
        "cooldown_from_the_start",
        "The run begins with a cooldown, as if there had been a cut before the first epoch. At "
        "first nothing is cooling down.",
        ("self.cooling = 0\n", "self.cooling = self.cooldown\n"),
    )


def _cuts(bank: Bank) -> None:
    bank.edit(
        KEY,
        "no_min_lr",
        "Nothing keeps the rate from falling below min_lr. A cut takes the larger of the product "
        "and min_lr.",
        (CUT, "self.lr = float(self.lr * self.factor)"),
    )
    bank.edit(
        KEY,
        "stops_above_min_lr",
        "A cut that would go below min_lr is left out, so that the rate stays above it. It goes "
        "down to min_lr exactly.",
        (
            CUT,
            "self.lr = float(self.lr * self.factor if self.lr * self.factor >= self.min_lr "
            "else self.lr)",
        ),
    )
    bank.edit(
        KEY,
        "tiny_cuts_left_out",
        "A cut of less than 1e-8 is left out. That is PyTorch's eps at its default; here eps is 0, "
        "and every cut counts.",
        (
            CUT,
            "lower = float(max(self.lr * self.factor, self.min_lr))\n"
            "            self.lr = lower if self.lr - lower > 1e-8 else self.lr",
        ),
        source="torch ReduceLROnPlateau, eps=1e-8",
    )
    bank.edit(
        KEY,
        "factor_is_taken_away",
        "A cut takes the part factor away and keeps the rest, so that factor = 0.1 keeps nine "
        "tenths. The rate is multiplied by factor.",
        ("self.lr * self.factor", "self.lr * (1 - self.factor)"),
    )
    bank.edit(
        KEY,
        "divided_by_factor",
        "A cut divides by factor, which is below 1, so that the rate grows. Multiply by it.",
        ("self.lr * self.factor", "self.lr / self.factor"),
    )
    bank.edit(
        KEY,
        "always_from_the_first_rate",
        "Every cut is made from the first rate, so that the second one changes nothing. A cut "
        "multiplies the rate as it is now.",
        ("self.lr = float(lr)\n", "self.lr = self.first = float(lr)\n"),
        ("self.lr * self.factor", "self.first * self.factor"),
    )
    bank.edit(
        KEY,
        "the_rate_before_the_cut",
        "step returns the rate that held before this epoch's cut, so that the caller trains one "
        "more epoch with it. Return the rate from now on.",
        (BETTER, "before = self.lr\n        " + BETTER),
        ("return self.lr", "return before"),
    )
    bank.edit(
        KEY,
        "state_in_the_class",
        "The best and the counts belong to the class, so that two objects share them and a second "
        "run begins with the first one's best. They belong on self.",
        ("        self.best = np.inf\n", "        ReduceOnPlateau.best = np.inf\n"),
        ("            self.best = metric\n", "            ReduceOnPlateau.best = metric\n"),
    )
