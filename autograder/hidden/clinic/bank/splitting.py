"""Mistakes in a split with its scaling (05), and what its right answers share."""

from typing import Any

import numpy as np

from autograder.api import Bank, Number

bank = Bank()
split = bank.exercise("loop_05")
EPOCHS = 3  # of the probes


def number(value: Any) -> Any:
    return value.value if isinstance(value, Number) else value


def slopes(rows: Any, x: Any) -> Any:
    """What each column was multiplied with, where one scaling of it gives all rows: sorted, they
    lie on a line. None where it does not."""
    found = []
    for got, given in zip(np.sort(rows, axis=0).T, np.sort(x, axis=0).T, strict=True):
        slope, shift = np.polyfit(given, got, 1)
        if not np.allclose(got, slope * given + shift, atol=2e-3):
            return None
        found.append(slope)
    return np.array(found)


def whose(came: Any, right: Any, trained: Any) -> str:
    """The rows whose accuracy came back. `right`: the rows that are named correctly, if known."""
    if right is not None and isinstance(came, float | int) and 0 < trained.sum() < len(trained):
        test = right[~trained].mean()
        parts = {"the test rows": test, "the training rows": right[trained].mean()}
        parts |= {"all rows": right.mean(), "the test rows, in percent": 100 * test}
        for name, accuracy in parts.items():
            if abs(came - accuracy) < 1e-4:
                return name
    return "no part of the rows"


def honest(raw: Any, inputs: Any) -> dict[str, Any]:
    """What every honest split has in common, whatever rows it draws and however it trains."""
    rows: Any = np.asarray(raw["rows"])
    times: Any = np.asarray(raw["times trained"])
    trained: Any = times > 0
    logits: Any = np.asarray(raw["logits"])
    x: Any = inputs["x"].astype(np.float32)
    y = inputs["y"]
    test: Any = rows[~trained]
    seen: dict[str, Any] = {
        "were all rows used?": len(rows) == len(x),
        "is there a test part of less than half?": 1 <= len(test) < len(rows) / 2,
        "do the columns of the training rows have mean 0?": centred(rows[trained]),
        "do the columns of the training rows have deviation 1?": spread(rows[trained]),
        "do the columns of all rows have mean 0?": centred(rows),
        "do the columns of the test rows have mean 0?": centred(test),
        "do the columns of all rows have deviation 1?": spread(rows),
        "was anything trained?": number(raw["moved"]),
    }
    scale = slopes(rows, x) if len(rows) == len(x) else None
    seen["are all rows scaled by the same numbers?"] = scale is not None
    seen["are all columns divided by one number?"] = scale is not None and is_one(scale / scale[0])
    seen["are the columns only shifted?"] = scale is not None and is_one(scale)
    seen["was each training row used once an epoch?"] = set(times[trained].tolist()) == {EPOCHS}
    better, right = False, None
    if scale is not None and len(test):
        # Sorted by the first column, rows are those of x, whatever they were scaled with.
        labels = y[np.argsort(x[:, 0])]
        right = logits.argmax(axis=1) == labels
        started: Any = np.asarray(raw["first logits"])
        before, after = (surprise(z, labels)[trained].mean() for z in (started, logits))
        better = bool(after < before)
    seen["does training help on the training rows?"] = better
    seen["the accuracy that comes back is that of"] = whose(number(raw["accuracy"]), right, trained)
    return seen


def is_one(values: Any) -> bool:
    return bool(np.allclose(values, 1, atol=2e-3))


def surprise(logits: Any, labels: Any) -> Any:
    """Cross-entropy, row by row."""
    z = logits - logits.max(axis=1, keepdims=True)
    return np.log(np.exp(z).sum(axis=1)) - z[np.arange(len(z)), labels]


def centred(rows: Any) -> bool:
    return len(rows) > 0 and bool(np.abs(rows.mean(axis=0)).max() < 2e-3)


def spread(rows: Any) -> bool:
    """Deviation 1, with N or N - 1 below the fraction line."""
    return len(rows) > 0 and bool(np.abs(rows.std(axis=0) - 1).max() < 0.02)


@split.observe("seen_rows")
def one_run(raw: Any, inputs: Any, secrets: Any) -> Any:
    return honest(raw, inputs)


@split.observe("reported")
def turned(raw: Any, inputs: Any, secrets: Any) -> Any:
    """Of a network that says the opposite in the end, so that training does not seem to help."""
    seen = honest(raw, inputs)
    return {name: value for name, value in seen.items() if not name.startswith("does training")}


@split.observe("seeds")
def three_runs(raw: Any, inputs: Any, secrets: Any) -> Any:
    kept = {name: np.asarray(run["times trained"]) > 0 for name, run in raw.items()}

    def same(one: str, other: str) -> bool:
        return kept[one].shape == kept[other].shape and bool((kept[one] == kept[other]).all())

    return {
        **honest(raw["first"], inputs),
        "are x and y as they were?": number(raw["first"]["unchanged"]),
        "are the test rows the same for the same seed?": same("first", "again"),
        "are they the same for another seed?": same("first", "other"),
    }


STATISTICS = """known = x[train]  # all that the scaling may know
    x = (x - known.mean(dim=0)) / (known.std(dim=0) + 1e-6)"""
TESTED, GENERATOR = "model(x[test])", "draw.manual_seed(seed)"
SPLIT = "test, train = order[:held], order[held:]"

split.edit(
    "scaled_by_all_rows",
    "Means and deviations are those of all rows, so the test rows have a say in what the network "
    "is trained on. Split first, and take both from the training rows.",
    (STATISTICS, "x = (x - x.mean(dim=0)) / (x.std(dim=0) + 1e-6)"),
    about="anything",
)
split.edit(
    "test_scaled_by_itself",
    "The test rows are scaled with means and deviations of their own. In use, one row at a time, "
    "there are none: the numbers of the training rows hold for all.",
    (
        STATISTICS,
        """x = x.clone()
    for rows in (train, test):
        x[rows] = (x[rows] - x[rows].mean(dim=0)) / (x[rows].std(dim=0) + 1e-6)""",
    ),
    about="anything",
)
split.edit(
    "scaled_by_test_rows",
    "Means and deviations are those of the test rows. They are what nobody knows before the test: "
    "take the training rows'.",
    ("known = x[train]", "known = x[test]"),
    about="anything",
)
split.edit(
    "test_rows_not_scaled",
    "The network is tested on rows that weren't scaled, and was trained on rows that were. The "
    "numbers from the training rows hold for all.",
    (STATISTICS, STATISTICS.replace("    x =", "    plain, x = x, ").replace("x,  (", "x, (")),
    (TESTED, "model(plain[test])"),
    about="anything",
)
split.edit(
    "not_scaled_at_all",
    "No leak, and no scaling either: the docstring asks for columns with mean 0 and deviation 1 "
    "on the training rows.",
    (STATISTICS, ""),
    about="anything",
)
split.edit(
    "mean_from_train_deviation_from_all",
    "The means come from the training rows, the deviations from all rows. Both are learned from "
    "data: both have to come from the training rows.",
    ("(known.std(dim=0) + 1e-6)", "(x.std(dim=0) + 1e-6)"),
    about="anything",
)
split.edit(
    "trained_on_everything",
    "All rows are trained on, test rows too, so the test only shows what was learned by heart.",
    (SPLIT, "test, train = order[:held], order"),
    about="anything",
)
split.edit(
    "tested_on_training_rows",
    "The accuracy that comes back is that of the training rows. The test rows are there for it, "
    "and for nothing else.",
    (TESTED, "model(x[train])"),
    ("y[test])", "y[train])"),
    about="anything",
)
split.edit(
    "seed_ignored",
    "The split doesn't depend on `seed`: two seeds give the same test rows. Use it for the draw.",
    (GENERATOR, "draw.manual_seed(0)"),
    about="anything",
)
split.edit(
    "uphill",
    "Training makes the network worse on the rows that it trains on: it climbs. The loss and the "
    "step were fine: leave their signs alone.",
    ("F.cross_entropy(model(x[train]), y[train])", "F.cross_entropy(-model(x[train]), y[train])"),
    about="anything",
)
split.edit(
    "one_epoch_less",
    "The training rows are gone through once less than asked for. There are `epochs` passes.",
    ("range(epochs)", "range(1, epochs)"),
    about="anything",
)
split.edit(
    "deviation_from_train_mean_from_all",
    "The deviations come from the training rows, the means from all rows. Both are learned from "
    "data: both have to come from the training rows.",
    ("(x - known.mean(dim=0))", "(x - x.mean(dim=0))"),
    about="anything",
)
split.edit(
    "only_centred",
    "The means are subtracted, and nothing is divided by the deviations: columns have mean 0 and "
    "keep their width. Deviation 1 is asked for as well.",
    (" / (known.std(dim=0) + 1e-6)", ""),
    about="anything",
)
split.edit(
    "one_mean_for_all_columns",
    "All columns share one mean and one deviation: without `dim=0` they are those of all numbers "
    "together. Each column has its own.",
    (STATISTICS, STATISTICS.replace("dim=0", "")),
    about="anything",
)
split.edit(
    "rows_in_place_of_columns",
    "Means and deviations are those of each row, over its own columns. Standardizing is done "
    "column by column, over the training rows: `dim=0`.",
    (
        STATISTICS,
        "x = (x - x.mean(dim=1, keepdim=True)) / (x.std(dim=1, keepdim=True) + 1e-6)",
    ),
    about="anything",
)
split.edit(
    "parts_swapped",
    "The network trains on the fifth that is kept for the test, and is tested on the rest: train "
    "and test have changed places.",
    (SPLIT, "train, test = order[:held], order[held:]"),
    about="anything",
)
split.edit(
    "seed_left_out",
    "The split comes from the global generator and doesn't depend on `seed`: the same seed gives "
    "other test rows each time.",
    ("torch.randperm(len(x), generator=draw)", "torch.randperm(len(x))"),
    about="anything",
)
split.edit(
    "tested_on_all_rows",
    "The accuracy that comes back is that of all rows, and most of them were trained on. Ask for "
    "the test rows alone.",
    (TESTED, "model(x)"),
    ("y[test])", "y)"),
    about="anything",
)
split.edit(
    "in_percent",
    "The accuracy comes back in percent. It is a fraction of the test rows, between 0 and 1.",
    ("return (predicted", "return 100 * (predicted"),
    about="anything",
)
split.edit(
    "best_of_the_test",
    "The best test accuracy of all epochs comes back, so the test rows have chosen the moment. "
    "That is another leak: test once, when training is over.",
    ("model.train()\n", "model.train()\n    best = 0.0\n"),
    (
        "        optimizer.step()\n",
        """        optimizer.step()
        with torch.no_grad():
            hits = model(x[test]).argmax(dim=1) == y[test]
        best = max(best, hits.float().mean().item())
""",
    ),
    ("return (predicted == y[test]).float().mean().item()", "return best"),
    about="anything",
)
split.edit(
    "scaled_in_place",
    "The split is honest, and the caller's own x is scaled in place: whoever gave it finds other "
    "numbers in it. Make a new tensor.",
    (STATISTICS, "known = x[train]\n    x.sub_(known.mean(dim=0)).div_(known.std(dim=0) + 1e-6)"),
    about="anything",
)
