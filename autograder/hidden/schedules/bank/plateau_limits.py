"""Mistakes in ReduceOnPlateau: the cooldown, and how far a cut goes."""

from autograder.api import Bank
from autograder.hidden.schedules.bank.plateau import BAR, BEGIN, COUNT, DUE, KEPT, RECOUNT
from autograder.hidden.schedules.bank.rows import Rows, table

SOURCES = {
    "cooldown_an_epoch_short": "keras.callbacks.ReduceLROnPlateau",
    "tiny_cuts_left_out": "torch ReduceLROnPlateau, eps=1e-8",
}
bank = Bank()
plateau = bank.exercise("ReduceOnPlateau")
COOLING = (
    "        if self.cooling > 0:\n            self.cooling -= 1\n            self.bad_epochs = 0\n"
)
COOLING_AND_OUT = COOLING.replace("self.bad_epochs = 0", "return self.lr")
CUT = "self.lr = float(max(self.lr * self.factor, self.min_lr))"
SET = "self.cooling = self.cooldown"
COOLING_FIRST = (
    (COOLING, ""),
    (BEGIN, BEGIN + COOLING),
    (COUNT, "self.bad_epochs += 1 if self.cooling == 0 else 0\n"),
)
KERAS = (
    "This is the rule of Keras' callback: its threshold is an amount and no part of the best, its "
    "count is one epoch ahead, and its cooldown an epoch short. Go through the three steps again."
)
BY_AN_AMOUNT = (BAR, "metric < self.best - self.threshold:")
for name, counting in (
    ("as_in_keras", (DUE, "if self.bad_epochs >= max(self.patience, 1):")),
    ("as_in_older_keras", (RECOUNT, "self.bad_epochs = 1\n        return")),
):
    plateau.edit(name, KERAS, BY_AN_AMOUNT, counting, *COOLING_FIRST)

MISTAKES: Rows = {
    ("no_cooldown", (COOLING, "")): (
        "The cooldown has no effect: bad epochs are counted from the first one after a cut. For "
        "cooldown epochs after a cut none is counted."
    ),
    ("counts_during_the_cooldown", (COOLING, COOLING_AND_OUT)): (
        "During the cooldown bad epochs are still counted, and only the cut has to wait, so that "
        "it comes at once when the cooldown is over. The count is 0 all through it."
    ),
    ("cooldown_an_epoch_short", *COOLING_FIRST): (
        "The cooldown is one epoch too short: its last epoch, or that of the cut itself, is taken "
        "off before anything is counted. It covers cooldown epochs after the one of the cut."
    ),
    ("cooldown_an_epoch_long", (SET, "self.cooling = self.cooldown + 1")): (
        "The cooldown is one epoch too long, and there is one even where cooldown is 0. It covers "
        "cooldown epochs after the one of the cut."
    ),
    ("deaf_during_the_cooldown", (BEGIN, BEGIN + COOLING_AND_OUT)): (
        "During the cooldown metrics are not looked at, so that a new best is missed. Only the "
        "counting stops: an improvement is still one."
    ),
    (
        "improvement_ends_the_cooldown",
        (COOLING, "        self.cooling *= self.bad_epochs > 0\n" + COOLING),
    ): (
        "An improvement ends the cooldown, so that the bad epochs after it are counted too soon. "
        "The cooldown lasts for its number of epochs, good or bad."
    ),
    ("only_bad_epochs_cool", (COOLING, COOLING.replace("> 0:", "> 0 and self.bad_epochs > 0:"))): (
        "Only bad epochs use up the cooldown, so that one with improvements in it lasts too long. "
        "It covers cooldown epochs after a cut, good or bad."
    ),
    ("cooldown_from_the_start", ("self.cooling = 0\n", "self.cooling = self.cooldown\n")): (
        "The run begins with a cooldown, as if there had been a cut. At first nothing cools down."
    ),
    ("no_min_lr", (CUT, "self.lr = float(self.lr * self.factor)")): (
        "Nothing keeps the rate above min_lr. A cut takes the larger of the product and min_lr."
    ),
    (
        "stops_above_min_lr",
        (CUT, "self.lr *= self.factor ** (self.lr * self.factor >= self.min_lr)"),
    ): ("A cut that would go below min_lr is left out. It is made, and goes down to min_lr."),
    (
        "tiny_cuts_left_out",
        (
            CUT,
            f"before = self.lr\n            {CUT}\n"
            "            self.lr = self.lr if before - self.lr > 1e-8 else before",
        ),
    ): ("A cut of less than 1e-8 is left out, as by PyTorch's eps. Here every cut counts."),
    ("factor_is_taken_away", ("self.lr * self.factor", "self.lr * (1 - self.factor)")): (
        "A cut takes the part factor away and keeps the rest, so that factor = 0.1 keeps nine "
        "tenths. The rate is multiplied by factor."
    ),
    ("divided_by_factor", ("self.lr * self.factor", "self.lr / self.factor")): (
        "A cut divides by factor, which is below 1, so that the rate grows. Multiply by it."
    ),
    (
        "always_from_the_first_rate",
        ("self.lr = float(lr)\n", "self.lr = self.first = float(lr)\n"),
        ("self.lr * self.factor", "self.first * self.factor"),
    ): ("Every cut is made from the first rate, so a second changes nothing. Cut the current one."),
    (
        "the_rate_before_the_cut",
        (BEGIN, f"{BEGIN}        before = self.lr\n"),
        ("return self.lr", "return before"),
    ): (
        "step returns the rate that held before this epoch's cut, so that the caller trains one "
        "more epoch with it. Return the rate from now on."
    ),
    (
        "state_in_the_class",
        ("        self.best = np.inf\n", "        ReduceOnPlateau.best = np.inf\n"),
        (KEPT, "ReduceOnPlateau.best = metric"),
    ): (
        "The best and the counts belong to the class, so that two objects share them and a second "
        "run begins with the first one's best. They belong on self."
    ),
    ("nothing_returned", ("return self.lr", "return None")): (
        "step sets the rate and returns nothing, so that a caller who uses what it returns has "
        "None. Return the rate from now on, the same as self.lr."
    ),
}
table(plateau, MISTAKES, SOURCES, about="anything")
