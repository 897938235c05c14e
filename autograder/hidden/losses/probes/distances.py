"""Probes of mse, mae, huber and smooth_l1."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from autograder.api import Inputs, Probe, Probes, Purity
from autograder.hidden.losses.probes.calls import Each, Reductions, Refusals, refuses_unknown


def pair(rng: np.random.Generator, *shape: int, scale: float = 1.0) -> Inputs:
    """Predictions and targets whose differences lie on both sides of 0 and of `scale`."""
    size = int(np.prod(shape))
    away = np.where(np.arange(size) % 2, rng.uniform(1.5, 4, size), rng.uniform(0.2, 0.8, size))
    away[1:2] = rng.uniform(1.4, 1.7)  # beyond the bend, and its square is not, for a bend at 0.3
    signs = np.where(np.arange(size) // 2 % 2, -1, 1)
    target = rng.normal(size=shape)
    return {"pred": target + scale * (away * signs).reshape(shape), "target": target}


def elementwise(option: str) -> Callable[[np.random.Generator], Inputs]:
    """Pairs of several shapes, reduction "none"; the option too, where there is one."""

    def inputs(rng: np.random.Generator) -> Inputs:
        options = (1.0, 0.3, 2.5, 1.7, 0.6) if option else (1.0,) * 5
        shapes = {
            "a vector": pair(rng, 5, scale=options[0]),
            "a table": pair(rng, 4, 3, scale=options[1]),
            "three axes": pair(rng, 2, 3, 2, scale=options[2]),
            "one number": pair(rng, 1, scale=options[3]),
            "a transposed table": pair(rng, 3, 4, scale=options[4]),
        }
        shapes["a transposed table"]["pred"] = np.asfortranarray(
            shapes["a transposed table"]["pred"]
        )
        made: Inputs = {}
        for (where, arrays), value in zip(shapes.items(), options, strict=True):
            given = {option: value} if option and where != "a vector" else {}
            said = f" and {option} = {value}" if given else ""
            made[f"for {where}{said}"] = {**arrays, **given, "reduction": "none"}
        return made

    return inputs


def other_shapes(rng: np.random.Generator) -> Inputs:
    column, row, five = rng.normal(size=(5, 1)), rng.normal(size=(1, 5)), rng.normal(size=5)
    stretched = ((column, five), (five, column), (column, row), (five, row), (five, five[:1]))
    pairs = (*stretched, (np.stack([five, five]), five), (five, five[:4]))
    right = pair(rng, 5)
    refused: Inputs = {
        f"for {a.shape} against {b.shape}": {"pred": a, "target": b} for a, b in pairs
    }
    refused["for (5, 1) against (5,) with reduction='none'"] = {
        "pred": column,
        "target": five,
        "reduction": "none",
    }
    return {"right": right, "refused": refused}


def whole_numbers(rng: np.random.Generator) -> Inputs:
    target = rng.integers(-9, 9, size=(3, 4))
    pred = target + rng.choice([-3, -2, -1, 1, 2, 4], size=(3, 4))
    arrays = {"pred": pred, "target": target}
    return {
        f"for the {word} of integers": {**arrays, "reduction": word} for word in ("mean", "sum")
    }


def declare_one(probes: Probes, name: str, points: float, option: str = "") -> None:
    """The probes of one loss; `points` is what its cell is worth."""
    for probe in (
        Probe(
            "elementwise",
            "the loss of each element",
            0.3 * points,
            elementwise(option),
            Each(name, "loss"),
            experiment=f'call {name} with reduction="none" on single differences: 0.5, -0.5, 3, '
            "-3, and compare with the formula.",
        ),
        Probe(
            "reductions",
            "a table's mean, sum, and neither",
            0.25 * points,
            lambda rng: pair(rng, 4, 3),
            Reductions(name, *((0.8,) if option else ())),
            experiment='compare "mean" and "sum" with np.mean and np.sum of what "none" gives.',
        ),
        Probe(
            "other_shapes",
            "arrays whose shapes differ",
            0.2 * points,
            other_shapes,
            Refusals(name),
            experiment="print the shape of the difference of a (5, 1) and a (5,) array.",
        ),
        refuses_unknown(name, 0.1 * points, lambda rng: pair(rng, 5)),
        Probe(
            "integers",
            "integers",
            0.1 * points,
            whole_numbers,
            Each(name, "loss"),
            experiment="look at the dtype of the sum of the losses of integers.",
        ),
        Probe(
            "pure",
            "nothing that was handed in is changed",
            0.05 * points,
            lambda rng: {**pair(rng, 3, 2), "reduction": "none"},
            Purity(name, "loss"),
        ),
    ):
        probes.add(name, probe)


def declare(probes: Probes) -> None:
    """In the order of the lesson."""
    declare_one(probes, "mse", 2)
    declare_one(probes, "mae", 1)
    declare_one(probes, "huber", 2, "delta")
    declare_one(probes, "smooth_l1", 1, "beta")
