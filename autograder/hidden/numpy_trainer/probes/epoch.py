"""Probes of one epoch."""

from __future__ import annotations

from typing import Any

import numpy as np

from autograder.api import AFTERWARDS, Inputs, Probe, Probes, snapshot
from autograder.hidden.numpy_trainer.probes.passes import network

KEY = "train_epoch"


class Recorder:
    """Plain gradient descent with lesson 05's interface, that notes what it is given."""

    def __init__(self, groups: Any) -> None:
        self.groups = [{"lr": 123.0, **group} for group in groups]
        self.seen: list[Any] = []

    def step(self, grads: Any) -> None:
        rates = [group["lr"] for group in self.groups]
        self.seen.append({"grads": snapshot([list(some) for some in grads]), "rates": rates})
        for group, some in zip(self.groups, grads, strict=True):
            for array, grad in zip(group["params"], some, strict=True):
                array -= group["lr"] * grad

    def state_dict(self) -> Any:
        return {}

    def load_state_dict(self, state: Any) -> None:
        pass


def grouped(params: Any, names: Any) -> Recorder:
    """An optimizer over the arrays of `params`, in groups of these names."""
    return Recorder([{"params": [params[name] for name in some]} for some in names])


def twins(rng: np.random.Generator) -> Inputs:
    """Two hidden layers of one shape and value, whose arrays only identity tells apart."""
    params = network(rng, [3, 3, 3, 3])
    for name in ("b1", "b2", "b3"):
        params[name] = np.zeros(3)
    params["W2"] = params["W1"].copy()
    x, y = rng.normal(size=(7, 3)), rng.integers(0, 3, size=7)
    cases = {
        "with two groups": [["b2", "W3", "b1"], ["W1", "b3", "W2"]],
        "with a group for each array": [["W2"], ["b3"], ["W1"], ["b1"], ["W3"], ["b2"]],
        "with one group": [["b3", "W3", "W2", "b2", "W1", "b1"]],
    }
    return {"params": params, "x": x, "y": y, "cases": cases, "lr": 0.3}


def one_batch(impl: Any, inputs: Inputs) -> Any:
    """An epoch of one batch: what comes back, what moved, and the rates."""
    seen: dict[str, Any] = {}
    for where, names in inputs["cases"].items():
        params = snapshot(inputs["params"])
        before = dict(params)
        optimizer = grouped(params, names)
        x, y = inputs["x"], inputs["y"]
        rng = np.random.default_rng(0)
        loss = impl.train_epoch(params, optimizer, x, y, 50, inputs["lr"], 0.0, rng)
        seen[where] = {
            "loss": loss,
            "rates": [step["rates"] for step in optimizer.seen],
            **{f"{name} after the step": before[name] for name in sorted(before)},
        }
    return {**seen, AFTERWARDS: snapshot({"x": inputs["x"], "y": inputs["y"]})}


def copies(rng: np.random.Generator) -> Inputs:
    """The same sample several times: no permutation makes a difference."""
    params = network(rng, [3, 4, 3])
    x, y = np.tile(rng.normal(size=3), (8, 1)), np.full(8, int(rng.integers(3)))
    return {"params": params, "x": x, "y": y}


def moving(impl: Any, inputs: Inputs) -> Any:
    """Batches of 3, 3 and 2, and batches of 1, while the parameters move; two epochs in a row."""
    seen = {}
    for where, size in (("in batches of 3, 3 and 2", 3), ("in batches of 1", 1)):
        params = snapshot(inputs["params"])
        optimizer = grouped(params, [["W1", "b1", "W2", "b2"]])
        rng = np.random.default_rng(0)
        losses = [
            impl.train_epoch(params, optimizer, inputs["x"], inputs["y"], size, lr, 0.0, rng)
            for lr in (0.1, 0.03)
        ]
        seen[where] = {
            "loss of the first epoch": losses[0],
            "loss of the second epoch": losses[1],
            "steps": len(optimizer.seen),
            "rates": [step["rates"][0] for step in optimizer.seen],
            "parameters": [params[name] for name in ("W1", "b1", "W2", "b2")],
        }
    return seen


CLASSES = 4


def marked(rng: np.random.Generator) -> Inputs:
    """Every row has a feature of its own, so that a gradient shows who was in the batch."""
    n = 15
    params = {"W1": rng.normal(size=(n, CLASSES)), "b1": rng.normal(size=CLASSES)}
    y = rng.permutation(np.arange(n) % CLASSES)
    return {"params": params, "x": np.eye(n), "y": y, "seed": int(rng.integers(2**32))}


def batches(impl: Any, inputs: Inputs) -> Any:
    """Gradients of every batch of several epochs in which nothing moves."""

    def epochs(size: int, seed: int, count: int) -> Any:
        optimizer = grouped(inputs["params"], [["W1", "b1"]])
        rng = np.random.default_rng(seed)
        losses = [
            impl.train_epoch(
                inputs["params"], optimizer, inputs["x"], inputs["y"], size, 0.0, 0.0, rng
            )
            for _ in range(count)
        ]
        return {"losses": losses, "W1": [step["grads"][0][0] for step in optimizer.seen]}

    seed = inputs["seed"]
    np.random.seed(1)  # noqa: NPY002 (nobody should look at it)
    seen = {"fours": epochs(4, seed, 1), "ones": epochs(1, seed, 2)}
    np.random.seed(2)  # noqa: NPY002
    return {**seen, "again": epochs(1, seed, 2), "other": epochs(1, seed + 1, 1)}


def droppable(rng: np.random.Generator) -> Inputs:
    """One sample, and many hidden units that are all open."""
    units = 4000
    params = {
        "W1": np.zeros((1, units)),
        "b1": np.ones(units),
        "W2": rng.normal(size=(units, 2)) / 20,
        "b2": np.zeros(2),
    }
    x, y = np.ones((1, 1)), np.zeros(1, dtype=np.int64)
    return {"params": params, "x": x, "y": y, "p": 0.2, "seed": int(rng.integers(2**32))}


def dropped(impl: Any, inputs: Inputs) -> Any:
    """What comes back, and the gradient of the second layer, whose rows show the masks."""
    params = snapshot(inputs["params"])
    optimizer = grouped(params, [["W1", "b1", "W2", "b2"]])
    rng = np.random.default_rng(inputs["seed"])
    loss = impl.train_epoch(params, optimizer, inputs["x"], inputs["y"], 1, 0.0, inputs["p"], rng)
    return {"loss": loss, "W2": optimizer.seen[0]["grads"][0][2]}


def declare(probes: Probes) -> None:
    for probe in (
        Probe(
            "one_batch",
            "an epoch of one batch, with groups in any order",
            1.25,
            twins,
            one_batch,
            experiment="take all rows as one batch: new minus old is -lr times each gradient.",
        ),
        Probe(
            "moving",
            "uneven batches while the parameters move",
            1.0,
            copies,
            moving,
            experiment="train on eight copies of one row, in batches of 3: weigh the three losses.",
        ),
        Probe(
            "batches",
            "which rows are in which batch",
            1.25,
            marked,
            batches,
            experiment="with x = np.eye(6), the nonzero rows of the gradient of W1 are the batch.",
        ),
        Probe(
            "dropped",
            "dropout while training",
            0.5,
            droppable,
            dropped,
            experiment="train with lr = 0 and p = 0.5 twice: the two losses should differ.",
        ),
    ):
        probes.add(KEY, probe)
