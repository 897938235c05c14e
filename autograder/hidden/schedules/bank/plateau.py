"""Mistakes in ReduceOnPlateau: what counts as better, and when a cut is due."""

from autograder.api import Bank
from autograder.hidden.schedules.bank.rows import Rows, table

SOURCES = {
    "absolute_threshold": "torch ReduceLROnPlateau, threshold_mode='abs'",
    "higher_is_better": "torch ReduceLROnPlateau, mode='max'",
    "counted_after_the_cut": "keras.callbacks.ReduceLROnPlateau, up to Keras 2.1",
}
bank = Bank()
plateau = bank.exercise("ReduceOnPlateau")
BEGIN = 'the same as `self.lr`.\n        """\n'
UNSEEN = "self.best == np.inf"
BAR = "metric < self.best * (1 - self.threshold):"
KEPT = "self.best = metric"
FORGIVEN = "self.bad_epochs = 0\n        else"
COUNT = "self.bad_epochs += 1\n"
DUE = "if self.bad_epochs > self.patience:"
RECOUNT = "self.bad_epochs = 0\n        return"

MISTAKES: Rows = {
    ("cut_an_epoch_early", (DUE, "if self.bad_epochs >= max(self.patience, 1):")): (
        "The rate is cut when the count of bad epochs reaches patience. So many are borne: the "
        "next one cuts. With patience 0 the first bad epoch does."
    ),
    ("cut_at_patience", (DUE, "if self.bad_epochs >= self.patience:")): (
        "The rate is cut as soon as the count of bad epochs equals patience, with patience 0 at "
        "every epoch, good ones too. The count has to be larger than patience."
    ),
    ("cut_an_epoch_late", (DUE, "if self.bad_epochs > self.patience + 1:")): (
        "The rate is cut an epoch too late: the first bad epoch beyond patience cuts, not the next."
    ),
    ("absolute_threshold", (BAR, "metric < self.best - self.threshold:")): (
        "The threshold is taken off the best as it is, so that it means something else for a loss "
        "of 1000 and for one of 0.001. It is a part of the best."
    ),
    ("no_threshold", (BAR, "metric < self.best:")): (
        "Any metric below the best counts as an improvement, however little it is below: the "
        "threshold has no effect. Compare with best times (1 - threshold)."
    ),
    ("threshold_upwards", (BAR, "metric < self.best * (1 + self.threshold):")): (
        "The metric is compared with best times (1 + threshold), so that one that is a little "
        "worse counts as better. Lower is better: the bar lies below the best."
    ),
    ("threshold_as_the_bar", (BAR, "metric < min(self.best * self.threshold, 1e9):")): (
        "The bar is best times threshold, so that a metric has to fall to a ten-thousandth to "
        "count as better. The threshold is the part that comes off: best times (1 - threshold)."
    ),
    ("tie_is_better", (BAR, "metric <= self.best * (1 - self.threshold):")): (
        "A metric that is exactly at the bar counts as an improvement, so that a flat one with a "
        "threshold of 0 is never cut. It has to be below."
    ),
    ("infinity_is_never_beaten", (BAR, "self.best - metric > self.threshold * self.best:")): (
        "The fall is set against threshold times the best, and while the best is infinite both are "
        "infinite or NaN, so that nothing is ever better. Compare with best * (1 - threshold)."
    ),
    ("higher_is_better", (BAR, f"{UNSEEN} or metric > self.best * (1 + self.threshold):")): (
        "A metric above the best counts as better. Here lower is better: the metric is a loss."
    ),
    (
        "threshold_of_the_size",
        (BAR, "metric < min(self.best, 1e99) - self.threshold * min(abs(self.best), 1e99):"),
    ): (
        "The threshold is a part of the size of the best, |best|, so that negative metrics have to "
        "fall as well. Multiply the best by 1 - threshold: for negative ones that lies above."
    ),
    ("nan_is_the_best", (BAR, "not metric >= self.best * (1 - self.threshold):")): (
        "NaN gets in as the best, because the question asked is whether the metric is worse, and "
        "NaN is not. After that nothing is ever better. Ask whether it is better."
    ),
    ("first_metric_is_the_best", (BAR, f"{UNSEEN} or {BAR}")): (
        "The first metric becomes the best without a comparison, NaN too, and after that nothing "
        "is ever better. Start from infinity, so that every metric has to be below the best."
    ),
    ("compares_with_the_last", (COUNT, f"{COUNT}        self.best = metric\n")): (
        "Each metric is compared with the one before it, not with the best, so that a metric that "
        "creeps up and down counts as improving. The best changes only when it is beaten."
    ),
    (
        "best_moves_by_less_than_the_threshold",
        (COUNT, f"{COUNT}            self.best = min(self.best, metric)\n"),
    ): (
        "The best follows every lower metric, those within the threshold too, so that a slow fall "
        "never counts as an improvement. The best moves when the bar is beaten, and only then."
    ),
    ("best_not_remembered", (KEPT, f"self.best = metric if {UNSEEN} else self.best")): (
        "An improvement sets the count back, but the first best stays for ever, so that everything "
        "below it counts as better. Keep the new best."
    ),
    (
        "nan_is_skipped",
        (BEGIN, f"{BEGIN}        if metric != metric:\n            return self.lr\n"),
    ): (
        "An epoch with NaN is passed over, neither better nor bad. It is a bad epoch: it counts, "
        "and uses up patience and cooldown."
    ),
    (
        "decided_before_counting",
        (BEGIN, f"{BEGIN}        due = self.bad_epochs > self.patience\n"),
        (DUE, "if due:"),
    ): (
        "Whether a cut is due is decided before this epoch's metric has been counted, so that it "
        "comes one epoch late and falls on good epochs too. Count first, then decide."
    ),
    ("count_not_reset_by_a_cut", (RECOUNT, "pass\n        return")): (
        "The count of bad epochs goes on after a cut, so every bad one cuts again. Set it to 0."
    ),
    ("counted_after_the_cut", (RECOUNT, "self.bad_epochs = 1\n        return")): (
        "The epoch is counted after the cut that it brings about, so that the count begins at 1, "
        "and each further cut comes an epoch early. Count first, then cut and set the count to 0."
    ),
    ("count_not_reset_by_an_improvement", (FORGIVEN, "pass\n        else")): (
        "Bad epochs are added up over the whole run: an improvement does not set the count back to "
        "0. Patience speaks of bad epochs in a row."
    ),
    (
        "one_epoch_forgiven",
        (FORGIVEN, "self.bad_epochs -= self.bad_epochs > 0\n        else"),
    ): "An improvement takes one bad epoch off the count. It sets it to 0: patience begins anew.",
    ("best_forgotten_at_a_cut", (RECOUNT, f"self.best = np.inf\n            {RECOUNT}")): (
        "A cut also forgets the best, so that the next metric counts as an improvement, however "
        "bad it is. The best is that of the whole run."
    ),
    ("metric_of_the_cut_is_the_best", (RECOUNT, f"self.best = metric\n            {RECOUNT}")): (
        "A cut makes the metric of its epoch the best, so that a return to the old best counts as "
        "an improvement. The best is that of the whole run, and a cut leaves it alone."
    ),
}
table(plateau, MISTAKES, SOURCES)
