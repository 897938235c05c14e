"""Mistakes in standardize."""

from __future__ import annotations

from autograder.api import Bank

KEY = "standardize"
STATISTICS = "mean, std = train.mean(axis=0), train.std(axis=0)"
CONSTANT = "constant = train.max(axis=0) == train.min(axis=0)"
RETURN = "return [np.where(constant, 0.0, (x - mean) / scale) for x in (train, *others)]"


def declare(bank: Bank) -> None:
    _statistics(bank)
    _constant(bank)
    bank.edit(
        KEY,
        "in_place",
        "The numbers are right, but the training rows are overwritten in place: whoever still "
        "needs them finds them changed. Return new arrays.",
        (
            RETURN,
            "results = [np.where(constant, 0.0, (x - mean) / scale) for x in (train, *others)]\n"
            "    train[...] = results[0]\n    return results",
        ),
        about="anything",
    )
    bank.edit(
        KEY,
        "training_rows_left_out",
        "Only the other sets come back. The training rows are scaled as well, and stand first in "
        "the list.",
        ("for x in (train, *others)]", "for x in others]"),
        about="anything",
    )


def _statistics(bank: Bank) -> None:
    bank.edit(
        KEY,
        "statistics_of_all_data",
        "Mean and deviation are taken over all sets together, so that test rows help to choose how "
        "training rows look: a leak. Use the training rows alone.",
        (
            STATISTICS,
            "every = np.concatenate([train, *others])\n"
            "    mean, std = every.mean(axis=0), every.std(axis=0)",
        ),
        source="Hastie, Tibshirani and Friedman (2009), section 7.10.2",
    )
    bank.edit(
        KEY,
        "each_set_by_its_own",
        "Every set is scaled by its own mean and deviation, so the same row looks different in "
        "each, and a single row has none. Use the training rows' statistics for all.",
        (
            RETURN,
            "own = [np.where(constant, 0.0, (train - mean) / scale)]\n"
            "    for x in others:\n"
            "        spread = x.std(axis=0) if len(x) else np.ones(x.shape[1:])\n"
            "        centre = x.mean(axis=0) if len(x) else mean\n"
            "        flat = constant | (spread == 0)\n"
            "        own.append(np.where(flat, 0.0, (x - centre) / np.where(flat, 1.0, spread)))\n"
            "    return own",
        ),
    )
    bank.edit(
        KEY,
        "sample_deviation",
        "The deviation divides by N - 1. Here it is the population deviation, which divides by N: "
        "look at ddof.",
        ("train.std(axis=0)", "train.std(axis=0, ddof=1 if len(train) > 1 else 0)"),
        source="torch.std (its default correction)",
    )
    bank.edit(
        KEY,
        "variance_for_deviation",
        "The difference from the mean is divided by the variance. Its unit is squared: divide by "
        "the standard deviation, its root.",
        ("train.std(axis=0)", "train.var(axis=0)"),
    )
    bank.edit(
        KEY,
        "one_mean_for_all_features",
        "One mean and one deviation are taken over the whole table. Each feature has its own: "
        "reduce along axis 0, the rows.",
        (STATISTICS, "mean, std = train.mean(), train.std() or 1.0"),
    )
    bank.edit(
        KEY,
        "eps_added",
        "A small eps is added to the deviation, which shrinks features whose scale is tiny. Here "
        "nothing is added: constant features are found by max and min.",
        ("np.where(constant, 1.0, std)", "np.where(constant, 1.0, std + 1e-8)"),
        source="layer and batch normalisation, which do add one",
    )
    bank.edit(
        KEY,
        "scaled_to_0_and_1",
        "Features are mapped to 0 to 1 by their smallest and largest value, which is another "
        "scaling. Here they get mean 0 and deviation 1.",
        (STATISTICS, "mean, std = train.min(axis=0), np.ptp(train, axis=0)"),
        source="scikit-learn, MinMaxScaler",
    )
    bank.edit(
        KEY,
        "only_centred",
        "The mean is taken away, but nothing is divided by the deviation, so that features keep "
        "their units. Divide by the training rows' deviation.",
        ("(x - mean) / scale", "x - mean"),
    )
    bank.edit(
        KEY,
        "only_scaled",
        "Features are divided by their deviation, but keep their mean. Take the training rows' "
        "mean away first.",
        ("(x - mean) / scale", "x / scale"),
    )


def _constant(bank: Bank) -> None:
    bank.edit(
        KEY,
        "constant_by_deviation_0",
        "A feature counts as constant if its deviation is exactly 0. Thirty copies of 0.1 have a "
        "tiny one, by rounding, and are blown up: compare max with min.",
        (CONSTANT, "constant = std == 0"),
    )
    bank.edit(
        KEY,
        "constant_by_threshold",
        "A feature counts as constant if its deviation is below a threshold, so features in tiny "
        "units vanish. Compare its largest with its smallest value.",
        (CONSTANT, "constant = std < 1e-8"),
        about="anything",
    )
    bank.edit(
        KEY,
        "constant_features_only_centred",
        "A feature that is constant in training is centred and left so: in other sets it is not 0, "
        "in units of its own. It becomes 0 everywhere.",
        ("np.where(constant, 0.0, (x - mean) / scale)", "(x - mean) / scale"),
        source="scikit-learn, StandardScaler",
    )
    bank.edit(
        KEY,
        "deviation_0_replaced_by_1",
        "Only a deviation of exactly 0 is replaced, by 1: rounding hides constant features from "
        "that, and other sets keep their difference. Compare max with min; then 0 everywhere.",
        (CONSTANT, "constant = std == 0"),
        ("np.where(constant, 0.0, (x - mean) / scale)", "(x - mean) / scale"),
    )
    bank.edit(
        KEY,
        "eps_for_constant_features",
        "A small eps in the division takes the place of the rule for constant features: in other "
        "sets they explode, and features in tiny units shrink. Compare max with min.",
        (CONSTANT, "constant = np.zeros(std.shape, dtype=bool)"),
        ("np.where(constant, 1.0, std)", "std + 1e-8"),
    )
    bank.edit(
        KEY,
        "constant_features_divided",
        "A feature that is constant in training is divided by its deviation of 0, which gives nan, "
        "or noise blown up. It becomes 0 in every set.",
        (CONSTANT, "constant = np.zeros(std.shape, dtype=bool)"),
        about="anything",
    )
