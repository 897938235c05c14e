"""Probes of the two losses."""

from typing import Any

import numpy as np

from autograder.api import FLOAT64, FORMULA, Calls, Inputs, Probes, results
from autograder.hidden.backprop.probes.batches import Shapes, batches, drawn

probes = Probes()
cross_entropy = probes.exercise("softmax_cross_entropy", tolerance=FORMULA)
mse = probes.exercise("mse_backward", tolerance=FORMULA)
ORDER = "logits, targets"


def batch(rng: np.random.Generator, n: int, c: int) -> Inputs:
    return {"logits": 2 * rng.normal(size=(n, c)), "targets": rng.integers(0, c, size=n)}


def several(rng: np.random.Generator) -> Inputs:
    sure = batch(rng, 3, 4)
    sure["logits"][np.arange(3), sure["targets"]] += 14.0
    tied = {"logits": np.array([[2.0, 2.0, -1.0], [0.0, 0.0, 0.0]]), "targets": np.array([1, 2])}
    shifts = {"for logits above 10": 12.0, "for logits below -10": -18.0}
    return {
        "for six rows": batch(rng, 6, 4),
        "for three rows": batch(rng, 3, 5),
        "for rows that are nearly sure": sure,
        "for equal logits": tied,
        **{
            where: {"logits": shift + rng.uniform(0, 4, size=(2, 3)), "targets": np.array([2, 0])}
            for where, shift in shifts.items()
        },
    }


def one_and_doubled(rng: np.random.Generator) -> Inputs:
    once = batch(rng, 3, 4)
    twice = {name: np.concatenate([array, array]) for name, array in once.items()}
    return {"for one row": batch(rng, 1, 3), "for every row twice": twice}


def square(rng: np.random.Generator) -> Inputs:
    """Where a sum that lost its axis still stands against the table, and divides columns."""
    logits = rng.normal(size=(3, 3))
    return {"for as many rows as classes": {"logits": logits, "targets": np.array([2, 0, 2])}}


def far_logits(rng: np.random.Generator) -> Inputs:
    near_rows = {**batch(rng, 3, 4), "logits": rng.normal(size=(3, 4))}
    near_rows["logits"] += np.array([[1e4], [-1e4], [0.0]])
    gap = float(rng.uniform(0.5, 2.0))
    rows = {
        "for a target 1e4 below": [0.0, 1e4],
        "for a target 2e4 below": [-1e4, 1e4, 1e4 - gap],
        "for a target 1e4 above": [1e4, 0.0],
        "for a target 100 below": [-50.0 - gap, 50.0],
    }
    return {
        "for rows of -1e4 and of 1e4": near_rows,
        **{
            where: {"logits": np.array([row]), "targets": np.array([0])}
            for where, row in rows.items()
        },
    }


@cross_entropy.probe(
    "the loss of several batches",
    points=0.5,
    inputs=several,
    experiment="try logits of all zeros: the loss is the logarithm of the number of classes.",
)
def loss(impl: Any, inputs: Inputs) -> Any:
    called = results(impl.softmax_cross_entropy, inputs, ORDER)
    return {where: {"loss": both[0]} for where, both in called}


@cross_entropy.probe(
    "the gradient of several batches",
    points=0.5,
    inputs=several,
    experiment="sum each row of dlogits, and compare with numerical_gradient of the loss.",
)
def gradient(impl: Any, inputs: Inputs) -> Any:
    called = results(impl.softmax_cross_entropy, inputs, ORDER)
    return {where: {"dlogits": both[1]} for where, both in called}


loss_and_dlogits = Calls("softmax_cross_entropy", "loss", "dlogits", order=ORDER)
cross_entropy.probe(
    "as many rows as classes",
    name="square",
    points=0.125,
    inputs=square,
    experiment="print the shapes of what you subtract and divide by: they keep the axis of sums.",
)(loss_and_dlogits)
cross_entropy.probe(
    "one row, and every row twice",
    name="batch_sizes",
    points=0.125,
    inputs=one_and_doubled,
    experiment="stack a batch on itself: the loss stays, each row's gradient halves.",
)(loss_and_dlogits)
cross_entropy.probe(
    "logits of -1e4 and 1e4",
    name="stable",
    points=0.5,
    inputs=far_logits,
    kind="side",
    tolerance=FLOAT64,  # at 1e4 rounding alone is 1e-12
    experiment="try logits [[0, 1e4]] with target 0: the loss is 10000.",
)(loss_and_dlogits)
cross_entropy.pure("loss", "dlogits", points=0.25, inputs=lambda rng: batch(rng, 4, 3))


def one_shape(*shape: int) -> Shapes:
    return {"pred": shape, "target": shape}


def tables(rng: np.random.Generator) -> Inputs:
    tied = drawn(rng, one_shape(3, 2))
    tied["pred"][1] = tied["target"][1]
    several = batches(one_shape, scales=True, for_a_table=(4, 3))(rng)
    return {**several, "where a row is right": tied}


for name, topic, points, inputs in (
    ("vector", "a vector", 0.25, batches(one_shape, for_a_vector=(5,))),
    ("table", "a table", 0.5, tables),
):
    mse.probe(
        topic,
        name=name,
        points=points,
        inputs=inputs,
        experiment="compare it with numerical_gradient of np.mean((pred - target) ** 2).",
    )(Calls("mse_backward", "dpred", order="pred, target"))
mse.pure(
    "dpred",
    points=0.25,
    inputs=lambda rng: drawn(rng, one_shape(2, 3, 2)),
    topic="three axes, and what is passed in stays unchanged",
)
