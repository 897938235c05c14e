"""Mistakes in ReduceOnPlateau: what counts as better, and when a cut is due."""

from __future__ import annotations

from autograder.api import Bank

KEY = "ReduceOnPlateau"
BETTER = "if metric < self.best * (1 - self.threshold):"
KEPT = "            self.best = metric\n            self.bad_epochs = 0\n"
WORSE = "        else:\n            self.bad_epochs += 1\n"
DUE = "if self.bad_epochs > self.patience:"
AFTER_CUT = "            self.cooling = self.cooldown\n            self.bad_epochs = 0\n"


def declare(bank: Bank) -> None:
    _comparing(bank)
    _counting(bank)


def _comparing(bank: Bank) -> None:
    bank.edit(
        KEY,
        "compares_with_the_last",
        "Each metric is compared with the one before it, not with the best, so that a metric that "
        "creeps up and down counts as improving. Keep the best, and change it only when it is "
        "beaten.",
        (WORSE, WORSE + "        self.best = metric if metric == metric else self.best\n"),
    )
    bank.edit(
        KEY,
        "absolute_threshold",
        "The threshold is taken off the best as it is, so that it means something else for a loss "
        "of 1000 and for one of 0.001. It is a part of the best.",
        (BETTER, "if metric < self.best - self.threshold:"),
        source="torch ReduceLROnPlateau, threshold_mode='abs'",
    )
    bank.edit(
        KEY,
        "no_threshold",
        "Any metric below the best counts as an improvement, however little it is below: the "
        "threshold has no effect. Compare with best times (1 - threshold).",
        (BETTER, "if metric < self.best:"),
    )
    bank.edit(
        KEY,
        "threshold_upwards",
        "The metric is compared with best times (1 + threshold), so that one that is a little "
        "worse counts as better. Lower is better: the bar lies below the best.",
        (BETTER, "if metric < self.best * (1 + self.threshold):"),
    )
    bank.edit(
        KEY,
        "tie_is_better",
        "A metric that is exactly at the bar counts as an improvement, so that a flat one with a "
        "threshold of 0 is never cut. It has to be below.",
        ("metric < self.best", "metric <= self.best"),
    )
    bank.edit(
        KEY,
        "best_moves_by_less_than_the_threshold",
        "The best follows every lower metric, those within the threshold too, so that a slow fall "
        "never counts as an improvement. The best moves when the bar is beaten, and only then.",
        (WORSE, WORSE + "            self.best = min(self.best, metric)\n"),
    )
    bank.edit(
        KEY,
        "best_not_remembered",
        "An improvement sets the count back, but the first best stays for ever, so that everything "
        "below it counts as better. Keep the new best.",
        (
            KEPT,
            "            self.best = min(self.best, 1e9 if self.best < 1e9 else metric)\n"
            "            self.bad_epochs = 0\n",
        ),
    )
    bank.edit(
        KEY,
        "higher_is_better",
        "A metric above the best counts as an improvement, as for an accuracy. Here lower is "
        "better: the metric is a loss.",
        (BETTER, "if self.best == np.inf or metric > self.best * (1 + self.threshold):"),
        source="torch ReduceLROnPlateau, mode='max'",
    )
    bank.edit(
        KEY,
        "threshold_of_the_size",
        "The threshold is a part of the size of the best, |best|, so that negative metrics have to "
        "fall as well. PyTorch multiplies the best by 1 - threshold as it stands, which for "
        "negative ones lies above.",
        (
            BETTER,
            "if metric < self.best and self.best - metric > self.threshold * abs(self.best) "
            "or self.best == np.inf > metric:",
        ),
    )
    bank.edit(
        KEY,
        "nan_is_the_best",
        "NaN gets in as the best, because the question asked is whether the metric is worse, and "
        "NaN is not. After that nothing is ever better. Ask whether it is better.",
        (BETTER, "if not metric >= self.best * (1 - self.threshold):"),
    )
    bank.edit(
        KEY,
        "nan_is_skipped",
        "An epoch with NaN is passed over, neither better nor bad. It is a bad epoch: it counts, "
        "and uses up patience and cooldown.",
        (BETTER, "if metric != metric:\n            return self.lr\n        " + BETTER),
    )


def _counting(bank: Bank) -> None:
    bank.edit(
        KEY,
        "cut_an_epoch_early",
        "The rate is cut when the count of bad epochs reaches patience. So many are borne: the "
        "next one cuts. With patience 0 the first bad epoch does.",
        (DUE, "if self.bad_epochs >= max(self.patience, 1):"),
    )
    bank.edit(
        KEY,
        "cut_at_patience",
        "The rate is cut as soon as the count of bad epochs equals patience, with patience 0 at "
        "every epoch, good ones too. The count has to be larger than patience.",
        (DUE, "if self.bad_epochs >= self.patience:"),
    )
    bank.edit(
        KEY,
        "cut_an_epoch_late",
        "The rate is cut one epoch too late: patience + 1 bad epochs are borne. The first bad "
        "epoch beyond patience cuts.",
        (DUE, "if self.bad_epochs > self.patience + 1:"),
    )
    bank.edit(
        KEY,
        "decided_before_counting",
        "Whether a cut is due is decided before this epoch's metric has been counted, so that it "
        "comes one epoch late and falls on good epochs too. Count first, then decide.",
        (BETTER, "due = self.bad_epochs > self.patience\n        " + BETTER),
        (DUE, "if due:"),
    )
    bank.edit(
        KEY,
        "count_not_reset_by_a_cut",
        "The count of bad epochs goes on after a cut, so that every further bad epoch cuts again. "
        "A cut starts the count from 0.",
        (AFTER_CUT, "            self.cooling = self.cooldown\n"),
    )
    bank.edit(
        KEY,
        "count_not_reset_by_an_improvement",
        "Bad epochs are added up over the whole run: an improvement does not set the count back to "
        "0. Patience speaks of bad epochs in a row.",
        (KEPT, "            self.best = metric\n"),
    )
    bank.edit(
        KEY,
        "one_epoch_forgiven",
        "An improvement takes one bad epoch off the count. It sets the count to 0: patience begins "
        "anew.",
        (
            KEPT,
            "            self.best = metric\n"
            "            self.bad_epochs = max(self.bad_epochs - 1, 0)\n",
        ),
    )
    bank.edit(
        KEY,
        "best_forgotten_at_a_cut",
        "A cut also forgets the best, so that the next metric counts as an improvement, however "
        "bad it is. The best is that of the whole run.",
        (AFTER_CUT, AFTER_CUT + "            self.best = np.inf\n"),
    )
