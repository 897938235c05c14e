"""Probes of the two passes without chance: logits and gradients."""

from typing import Any

import numpy as np

from autograder.api import AFTERWARDS, FORMULA, OVERWRITTEN, Inputs, Probes, overwrite, snapshot
from autograder.hidden.numpy_trainer.probes.nets import batch, in_order

probes = Probes()
passes = probes.exercise("forward__backward")


def usual(rng: np.random.Generator) -> Inputs:
    return {
        "for three layers": batch(rng, 5, [4, 6, 3, 2]),
        "for large inputs": batch(rng, 7, [3, 5, 2], scale=30.0),
        "for tiny inputs": batch(rng, 7, [3, 5, 2], scale=1e-3),
    }


def corners(rng: np.random.Generator) -> Inputs:
    """A row of zeros with zero biases puts hidden units exactly at 0; wide values; one row."""
    at_zero = batch(rng, 4, [3, 5, 3])
    at_zero["x"][1] = 0.0
    at_zero["params"]["b1"][[0, 2, 3]] = 0.0
    far = batch(rng, 3, [2, 4, 3])
    far["params"]["b2"] = np.array([1e4, 0.0, -1e4])
    return {
        "where hidden units are exactly 0": at_zero,
        "for logits of 1e4": far,
        "for one row": batch(rng, 1, [3, 4, 2]),
        "without a hidden layer": batch(rng, 5, [3, 4]),
        "for five layers": batch(rng, 6, [4, 3, 5, 3, 2, 4]),
    }


@passes.probe(
    "the logits in evaluation",
    points=0.75,
    inputs=usual,
    tolerance=FORMULA,
    experiment="compute two layers by hand for one row, and compare.",
)
def evaluates(impl: Any, inputs: Inputs) -> Any:
    """The logits in evaluation, whatever p is, without a generator and with one."""
    seen = {}
    for where, one in inputs.items():
        generators = {"logits": None, "logits with a generator": np.random.default_rng(0)}
        seen[where] = {
            name: snapshot(impl.forward(one["params"], one["x"], 0.4, rng, False)[0])
            for name, rng in generators.items()
        }
    return seen


@passes.probe(
    "the gradients of every parameter without dropout",
    points=1.0,
    inputs=usual,
    tolerance=FORMULA,
    experiment="nudge one weight of each layer, as in lesson 02, with p = 0.",
)
def differentiates(impl: Any, inputs: Inputs) -> Any:
    """Logits and gradients in training with p = 0."""
    seen = {}
    for where, one in inputs.items():
        rng = np.random.default_rng(0)
        logits, caches = impl.forward(one["params"], one["x"], 0.0, rng, True)
        seen[where] = {"logits": snapshot(logits), **gradients(impl, one["dlogits"], caches)}
    return seen


passes.probe(
    "square layers, and as many rows",
    points=0.25,
    inputs=lambda rng: {"for square layers": batch(rng, 3, [3, 3, 3, 3])},
    name="square",  # where what takes one array for another is a wrong number, and no exception
    tolerance=FORMULA,
    experiment="put the parameters into the dict in another order: nothing may change.",
)(differentiates)
passes.probe(
    "other depths, one row, units at zero, large logits",
    points=0.4,
    inputs=corners,
    name="corners",
    tolerance=FORMULA,
    experiment="try sizes [3, 4], which have no hidden layer, and a batch of one row.",
)(differentiates)


def gradients(impl: Any, dlogits: Any, caches: Any) -> Inputs:
    return named(impl.backward(dlogits, caches))


def named(grads: Inputs) -> Inputs:
    return {f"the gradient of {name}": snapshot(grad) for name, grad in in_order(grads).items()}


def two_batches(rng: np.random.Generator) -> Inputs:
    sizes = [3, 6, 6, 2]
    return {"first": batch(rng, 5, sizes), "second": batch(rng, 1, sizes)}


@passes.probe(
    "what is passed in stays unchanged, and caches can be used twice",
    points=0.35,
    inputs=two_batches,
    kind="side",
    tolerance=FORMULA,
    experiment="call backward twice with the same caches: the gradients should be equal.",
)
def several(impl: Any, inputs: Inputs) -> Any:
    """Caches of two batches are outstanding at a time, and each is spent twice."""
    seen, kept, caches = {}, {}, {}
    params = inputs["first"]["params"]
    for name, one in inputs.items():
        rng = np.random.default_rng(0)
        caches[name] = impl.forward(params, one["x"], 0.0, rng, True)[1]
    for time in ("the first time", "the second time"):
        for name, one in inputs.items():
            grads = impl.backward(one["dlogits"], caches[name])
            where = f"for the {name} batch, asked {time}"
            seen[where], kept[where] = named(grads), grads
    seen[AFTERWARDS] = snapshot(inputs)
    overwrite(inputs)
    seen[OVERWRITTEN] = {where: named(grads) for where, grads in kept.items()}
    return seen
