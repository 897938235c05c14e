"""Probes of minibatches."""

from typing import Any

import numpy as np

from autograder.api import Draws, Inputs, Probes
from autograder.hidden.generalization.probes.chance import Kept, a_seed, fresh, seeds

probes = Probes()
minibatches = probes.exercise("minibatches")


def data(n: int, x_shape: tuple[int, ...], y_shape: tuple[int, ...] = ()) -> Inputs:
    """Rows of x and y; row i holds i in x, and 1000 + i in y."""
    x = np.arange(float(n)).reshape((n,) + (1,) * len(x_shape)) * np.ones(x_shape)
    y = np.arange(n).reshape((n,) + (1,) * len(y_shape)) * np.ones(y_shape, dtype=np.int64)
    return {"x": x, "y": 1000 + y}


def epochs(rng: np.random.Generator) -> Inputs:
    n = 4 * int(rng.integers(4, 9)) + 3
    tokens = {"x": np.arange(11), "y": 1000.0 + np.arange(11)}
    cases = {
        "for rows of numbers": {**data(n, (3,)), "batch_size": 4},
        "for images": {**data(9, (2, 3)), "batch_size": 3},
        "for plain numbers": {**data(7, ()), "batch_size": 2},
        "with targets of several axes": {**data(10, (2,), (3, 2)), "batch_size": 5},
        "for integers with targets that are floats": {**tokens, "batch_size": 4},
        "in batches of one": {**data(5, (2,)), "batch_size": 1},
    }
    return {"cases": cases, "seed": a_seed(rng)}


LAST = {
    "for 10 rows in fours": (10, 4),
    "for 12 rows in fours": (12, 4),
    "for 9 rows in fours": (9, 4),
    "for 5 rows in eights": (5, 8),
    "for 8 rows in eights": (8, 8),
    "for 3 rows in ones": (3, 1),
}


def rows_to_shuffle(rng: np.random.Generator) -> Inputs:
    return {**seeds(rng), "x": np.arange(60.0)[:, None] * np.ones(2), "y": np.arange(60)}


@minibatches.probe(
    "every row once an epoch, each with its own target",
    points=0.75,
    inputs=epochs,
    experiment="let y be the row number that x holds, and compare them in every batch.",
)
def pairs(impl: Any, inputs: Inputs) -> Any:
    """Epochs by themselves, and two whose batches are drawn in turn."""
    cases, seed = inputs["cases"], inputs["seed"]
    seen = {
        where: list(impl.minibatches(**case, rng=fresh([seed, i])))
        for i, (where, case) in enumerate(cases.items())
    }
    first = cases["for plain numbers"]
    both = [iter(impl.minibatches(**first, rng=fresh([seed, 10 + i]))) for i in range(2)]
    in_turn = list(zip(*both, strict=True))
    for which, name in enumerate(("first", "second")):
        seen[f"for the {name} of two epochs at once"] = [batches[which] for batches in in_turn]
    return seen


@minibatches.probe(
    "the last batch, kept and dropped",
    points=0.5,
    inputs=lambda rng: {"seed": a_seed(rng), "cases": LAST},
    experiment="print the batch sizes for 10, 12 and 3 rows in fours, with and without drop_last.",
)
def last_batch(impl: Any, inputs: Inputs) -> Any:
    seen: dict[str, Any] = {}
    for where, (n, size) in inputs["cases"].items():
        x, y = np.arange(2.0 * n).reshape(n, 2), np.arange(n)
        for dropping in (False, True):
            rng = fresh(inputs["seed"])
            sizes = [len(xb) for xb, _ in impl.minibatches(x, y, size, rng, dropping)]
            seen[f"{where}, drop_last={dropping}"] = {"batch sizes": sizes}
    return seen


@minibatches.probe(
    "what the order depends on",
    name="chance",
    points=0.4,
    inputs=rows_to_shuffle,
    experiment="run two epochs with one rng, and one with a fresh rng of that seed.",
)
@Draws
def chance(impl: Any, inputs: Inputs, rng: np.random.Generator) -> Any:
    batches = impl.minibatches(inputs["x"].copy(), inputs["y"].copy(), 20, rng)
    return [np.array(batch[1]) for batch in batches]


@minibatches.probe(
    "a generator: one batch at a time",
    points=0.25,
    inputs=lambda rng: {**data(11, (3,)), "seed": a_seed(rng)},
    kind="side",
    experiment="call next() on what comes back.",
)
def generator(impl: Any, inputs: Inputs) -> Any:
    epoch = impl.minibatches(inputs["x"], inputs["y"], 4, fresh(inputs["seed"]))
    kind = {
        "handing out the first batch by next()": hasattr(epoch, "__next__"),
        "ending after the last batch": hasattr(epoch, "__iter__"),
    }
    return {"kind": kind, "batches": list(epoch)}


minibatches.probe(
    "batches that are copies, with your data left in order",
    name="pure",
    points=0.1,
    inputs=lambda rng: {"arguments": {**data(11, (3,)), "batch_size": 4}, "seed": a_seed(rng)},
    kind="side",
    experiment="write into a batch: x must not change.",
)(Kept(lambda impl, arguments, rng: list(impl.minibatches(**arguments, rng=rng))))
