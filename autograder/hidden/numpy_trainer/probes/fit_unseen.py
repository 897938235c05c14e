"""The probe of a real task: digits that nobody can look up."""

from functools import lru_cache
from typing import Any

import numpy as np

from autograder.api import Given, Probes, data_file
from autograder.hidden.numpy_trainer.probes.fitting import config

probes = Probes()
fit = probes.exercise("fit")
HELD_OUT = 500
NEIGHBOURS = 5


@lru_cache(maxsize=1)
def digits() -> tuple[Any, Any]:
    """Images float64 (1797, 64), and their digits."""
    with np.load(data_file("digits.npz"), allow_pickle=False) as file:
        x, y = file["x"].reshape(-1, 64) / 16.0, file["y"]
    return 3 * (x - x.mean(axis=0)), y


def are_clear(x: Any, y: Any, rows: int) -> Any:
    """Which of the first rows are clear: their nearest neighbours among all rows show the same
    digit as they do. 94 of 100 do."""
    single = x.astype(np.float32)
    squares = np.sum(single**2, axis=1)
    far = squares - 2 * single[:rows] @ single.T
    far[np.arange(rows), np.arange(rows)] = np.inf
    nearest = np.argpartition(far, NEIGHBOURS, axis=1)[:, :NEIGHBOURS]
    return np.all(y[nearest] == y[:rows, None], axis=1)


def fresh_split(rng: np.random.Generator) -> Given:
    """A training and a held-out set, with pixels and classes renamed.

    The held-out images are clear ones, so that right answers are never unlucky. Over 200 splits
    each, 98.7 % of them were right with the given optimizer and 98.8 % with an Adam, with
    deviations of 0.54 % and 0.61 %; the fewest were 96.6 %. 95 % are asked for: 6 deviations.
    """
    x, y = digits()
    order, pixels, classes = rng.permutation(len(x)), rng.permutation(64), rng.permutation(10)
    x, y = x[order][:, pixels], classes[y[order]]
    clear = are_clear(x, y, HELD_OUT)
    settings = config(
        sizes=[64, 48, 10],
        epochs=6,
        batch_size=32,
        lr=0.03,
        min_lr=0.0,
        warmup_epochs=1,
        weight_decay=0.01,
        patience=9,
        val_fraction=0.1,
    )
    inputs = {
        "x": x[HELD_OUT:],
        "y": y[HELD_OUT:],
        "config": settings,
        "seed": int(rng.integers(2**32)),
    }
    return Given(inputs, {"images": x[:HELD_OUT][clear], "labels": y[:HELD_OUT][clear]})


@fit.probe(
    "images of digits that it was not trained on",
    points=1.0,
    inputs=fresh_split,
    kind="side",  # it says how well a run learns: a thought shows itself in the others
    seconds=30.0,
    experiment="train on load_digits() without 400 rows, and evaluate those.",
)
def predicts(impl: Any, inputs: Any) -> Any:
    """The returned parameters. The judge looks at held-out images with them: where the learner's
    code runs are neither these nor their labels, and no array of its making meets them there."""
    rng = np.random.default_rng(inputs["seed"])
    params, _ = impl.fit(inputs["x"], inputs["y"], inputs["config"], rng)
    return {name: np.array(params[name]) for name in sorted(params)}
