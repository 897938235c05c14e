"""Probes of mse, mae, huber and smooth_l1."""

from collections.abc import Callable
from typing import Any

import numpy as np

from autograder.api import FORMULA, Calls, Inputs, Probes
from autograder.hidden.losses.probes.calls import REFUSED, Reductions, apart, try_average, unknown

probes = Probes()
probes.predictions("outlier")

# Shape, the size of the differences, and where the bend lies, if there is one.
PAIRS = {
    "a vector": ((5,), 1.0, 1.0),
    "a table": ((4, 3), 0.3, 0.3),
    "three axes": ((2, 3, 2), 25.0, 50.0),
    "one number": ((1,), 1.7, 1.7),
    "a transposed table": ((3, 4), 0.004, 0.004),
}


def pair(rng: np.random.Generator, *shape: int, scale: float = 1.0) -> Inputs:
    """Predictions and targets whose differences lie on both sides of 0 and of `scale`, one at 0."""
    size = int(np.prod(shape))
    away = np.where(np.arange(size) % 2, rng.uniform(1.5, 4, size), rng.uniform(0.2, 0.8, size))
    away[1:2] = rng.uniform(1.4, 1.7)  # beyond the bend, and its square is not, for a bend at 0.3
    away[3:5] = [rng.uniform(3, 4), 0.0][: len(away[3:5])]
    signs = np.where(np.arange(size) // 2 % 2, -1, 1)
    target = rng.normal(size=shape)
    return {"pred": target + scale * (away * signs).reshape(shape), "target": target}


def elementwise(option: str) -> Callable[[np.random.Generator], Inputs]:
    """Pairs of several shapes and scales."""

    def inputs(rng: np.random.Generator) -> Inputs:
        made: Inputs = {}
        for shape, (sizes, scale, bend) in PAIRS.items():
            given = {option: bend} if option and shape != "a vector" else {}
            said = f" and {option} = {bend}" if given else ""
            arrays = pair(rng, *sizes, scale=scale)
            if shape == "a transposed table":
                arrays["pred"] = np.asfortranarray(arrays["pred"])
            made[f"for {shape}{said}"] = {**arrays, **given, "reduction": "none"}
        return made

    return inputs


def single(option: str) -> Callable[[np.random.Generator], Inputs]:
    """One difference at a time, within the bend and beyond it, too high and too low."""

    def inputs(rng: np.random.Generator) -> Inputs:
        made: Inputs = {}
        for where, away in (("within", 0.6), ("beyond", 2.0), ("below", -0.7), ("far below", -3.0)):
            target, bend = rng.normal(size=1), float(rng.uniform(0.3, 3.0))
            arrays = {"pred": target + bend * away, "target": target}
            made[f"for one number {where}"] = {**arrays, option: bend}
        return made

    return inputs


def other_shapes(rng: np.random.Generator) -> Inputs:
    column, row, five = rng.normal(size=(5, 1)), rng.normal(size=(1, 5)), rng.normal(size=5)
    stretched = ((column, five), (five, column), (column, row), (five, row), (five, five[:1]))
    pairs = (*stretched, (np.stack([five, five]), five), (five, five[:4]))
    refused: Inputs = {
        f"for {a.shape} against {b.shape}": {"pred": a, "target": b} for a, b in pairs
    }
    none: Inputs = {"pred": column, "target": five, "reduction": "none"}
    refused["for (5, 1) against (5,) with reduction='none'"] = none
    return {"right": pair(rng, 5), "refused": refused}


def whole_numbers(rng: np.random.Generator) -> Inputs:
    made: Inputs = {}
    for word in ("mean", "sum", "none"):
        target = rng.integers(-9, 9, size=(3, 4))
        pred = target + rng.choice([-3, -2, -1, 0, 2, 4], size=(3, 4))
        made[f"for integers and reduction={word!r}"] = {
            "pred": pred,
            "target": target,
            "reduction": word,
        }
    return made


def table(rng: np.random.Generator) -> Inputs:
    return pair(rng, 4, 3)


LOSSES: tuple[tuple[str, float, str], ...] = (
    ("mse", 2.0, ""),
    ("mae", 1.0, ""),
    ("huber", 2.0, "delta"),
    ("smooth_l1", 1.0, "beta"),
)
for name, worth, option in LOSSES:
    loss = probes.exercise(name)
    parameters = ("pred", "target", *([option] if option else []), "reduction")
    run: Any = Calls(name, "loss", order=", ".join(parameters))
    loss.probe(
        "the loss of each element",
        points=(0.3 if option else 0.4) * worth,
        inputs=elementwise(option),
        name="elementwise",
        tolerance=FORMULA,
        experiment=f'call {name} with reduction="none" on differences of 0.5, -0.5, 3 and -3.',
    )(run)
    loss.probe(
        "a table's mean, sum, and neither",
        points=0.25 * worth,
        inputs=table,
        name="reductions",
        tolerance=FORMULA,
        experiment='compare "mean" and "sum" with np.mean and np.sum of what "none" gives.',
    )(Reductions(name, *((0.8,) if option else ())))
    if option:
        loss.probe(
            "one number at a time",
            points=0.1 * worth,
            inputs=single(option),
            name="single",
            tolerance=FORMULA,
            experiment=f"call {name} on [2.0] and [0.0], with {option} above 2 and below.",
        )(run)
    loss.refuses(
        "arrays whose shapes differ",
        "loss",
        points=0.1 * worth,
        inputs=other_shapes,
        name="other_shapes",
        experiment="print the shape of the difference of a (5, 1) and a (5,) array.",
    )
    loss.refuses(
        REFUSED,
        "loss",
        points=0.1 * worth,
        inputs=unknown(lambda rng: pair(rng, 5)),
        name="unknown_reductions",
        experiment=try_average(name),
    )
    loss.probe(
        "integers",
        points=0.1 * worth,
        inputs=whole_numbers,
        name="integers",
        kind="side",
        experiment="look at the dtype of the losses of integers.",
    )(run)
    loss.pure("loss", points=0.05 * worth, inputs=apart(table))
