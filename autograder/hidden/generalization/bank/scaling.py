"""Mistakes in standardize."""

from functools import partial

from autograder.api import Bank
from autograder.hidden.generalization.bank.forms import kept

bank = Bank()
standardize = bank.exercise("standardize")
mistake = partial(standardize.edit, about="anything")  # not seen in numbers
standardize.observe("pure")(kept(lambda results, *sets: results))

STATISTICS = "mean, std = train.mean(axis=0), train.std(axis=0)"
FIRST = "mean, std = "
CONSTANT = "constant = train.max(axis=0) == train.min(axis=0)"
SCALE = "np.where(constant, 1.0, std)"
SCALED = "(x - mean) / scale"
RESULT = f"np.where(constant, 0.0, {SCALED})"
WHOLE_TABLE = (STATISTICS, "mean, std = train.mean(), train.std()")
ONE_MEAN = (
    "One mean and one deviation are taken over the whole table. Each feature has its own: reduce "
    "along axis 0, the rows."
)
EPS = (
    "A small eps in the denominator stands in for the rule on constant features: in other sets "
    "they explode, and features in tiny units shrink. Compare max with min."
)
NEVER = (CONSTANT, "constant = np.zeros(std.shape, dtype=bool)")

standardize.edit(
    "statistics_of_all_data",
    "Mean and deviation are taken over all sets together, so test rows help to decide how training "
    "rows look: a leak. Use the training rows alone.",
    (
        STATISTICS,
        "every = np.concatenate([train, *others])\n"
        "    mean, std = every.mean(axis=0), every.std(axis=0)",
    ),
    source="Hastie, Tibshirani and Friedman (2009), section 7.10.2",
)
standardize.edit(
    "each_set_by_its_own",
    "Every set is scaled by its own mean and deviation, so the same row looks different in each, "
    "and a single row has none. Use the training rows' statistics for all.",
    (
        FIRST,
        f"if others:\n        return [standardize(x)[0] for x in (train, *others)]\n    {FIRST}",
    ),
)
standardize.edit(
    "sample_deviation",
    "The deviation divides by N - 1. Here it is the population deviation, which divides by N: look "
    "at ddof.",
    ("train.std(axis=0)", "train.std(axis=0, ddof=1)"),
    source="torch.std (its default correction)",
)
standardize.edit(
    "variance_for_deviation",
    "The difference from the mean is divided by the variance. Its unit is squared: divide by the "
    "standard deviation, its root.",
    ("train.std(axis=0)", "train.var(axis=0)"),
)
standardize.edit("one_mean_for_all_features", ONE_MEAN, WHOLE_TABLE)
standardize.edit("one_mean_for_all_features_and_no_rule", ONE_MEAN, WHOLE_TABLE, NEVER)
standardize.edit(
    "eps_added",
    "A small eps is added to the deviation, which shrinks features whose scale is tiny. Here "
    "nothing is added: constant features are found by max and min.",
    (SCALE, "np.where(constant, 1.0, std + 1e-8)"),
    source="layer and batch normalisation, which do add one",
)
standardize.edit(
    "scaled_to_0_and_1",
    "Features are mapped to 0 to 1 by their smallest and largest value, which is another scaling. "
    "Here they get mean 0 and deviation 1.",
    (STATISTICS, "mean, std = train.min(axis=0), np.ptp(train, axis=0)"),
    source="scikit-learn, MinMaxScaler",
)
standardize.edit(
    "only_centred",
    "The mean is taken away, but nothing is divided by the deviation, so features keep their "
    "units. Divide by the training rows' deviation.",
    (SCALED, "x - mean"),
)
standardize.edit(
    "only_scaled",
    "Features are divided by their deviation, but keep their mean. Subtract the training rows' "
    "mean first.",
    (SCALED, "x / scale"),
)

standardize.edit(
    "constant_by_deviation_0",
    "A feature counts as constant if its deviation is exactly 0. Thirty copies of 0.1 have a tiny "
    "one, by rounding, and are blown up: compare max with min.",
    (CONSTANT, "constant = std == 0"),
)
mistake(
    "constant_by_threshold",
    "A feature counts as constant if its deviation is below a threshold, so features in tiny units "
    "vanish. Compare its largest with its smallest value.",
    (CONSTANT, "constant = std < 1e-8"),
)
standardize.edit(
    "constant_features_only_centred",
    "A feature that is constant in training is centred and left so: in other sets it is not 0, in "
    "units of its own. It becomes 0 everywhere.",
    (RESULT, SCALED),
    source="scikit-learn, StandardScaler",
)
standardize.edit(
    "deviation_0_replaced_by_1",
    "Only a deviation of exactly 0 is replaced, by 1: rounding hides constant features from that, "
    "and other sets keep their difference. Compare max with min; then 0 everywhere.",
    (CONSTANT, "constant = std == 0"),
    (RESULT, SCALED),
)
for eps in ("1e-8", "1e-5", "1e-6", "1e-7", "1e-10", "1e-12"):
    name = "eps_for_constant_features" + ("" if eps == "1e-8" else f"_{eps.replace('-', '_')}")
    standardize.edit(name, EPS, NEVER, (SCALE, f"std + {eps}"))
standardize.edit("eps_under_the_root", EPS, NEVER, (SCALE, "np.sqrt(std**2 + 1e-8)"))
standardize.edit("deviation_kept_above_eps", EPS, NEVER, (SCALE, "np.maximum(std, 1e-8)"))
standardize.edit(
    "nan_replaced",
    "A feature that is constant in training is divided by 0, and only nan is replaced: other sets "
    "hold huge numbers, and rounding gives noise. Find such features by max and min first.",
    NEVER,
    (RESULT, f"np.nan_to_num({SCALED})"),
)
mistake(
    "constant_features_divided",
    "A feature that is constant in training is divided by its deviation of 0, which gives nan, or "
    "noise blown up. It becomes 0 in every set.",
    NEVER,
)

mistake(
    "in_place",
    "The numbers are right, but the training rows are overwritten in place: whoever still needs "
    "them finds them changed. Return new arrays.",
    (
        f"return [{RESULT} for x in (train, *others)]",
        f"results = [{RESULT} for x in (train, *others)]\n"
        "    train[...] = results[0]\n    return results",
    ),
)
mistake(
    "training_rows_left_out",
    "Only the other sets come back. The training rows are scaled as well, and stand first in the "
    "list.",
    ("(train, *others)]", "others]"),
)
