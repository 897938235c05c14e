"""Probes of the steps of one epoch, and of what it returns."""

from typing import Any

import numpy as np

from autograder.api import FORMULA, Inputs, Probes, snapshot
from autograder.hidden.numpy_trainer.probes.nets import grouped, in_order, network

probes = Probes()
epoch = probes.exercise("train_epoch")


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
    scales = {"with two groups": 100.0, "with a group for each array": 1.0, "with one group": 0.01}
    return {"params": params, "x": x, "y": y, "cases": cases, "scales": scales, "lr": 0.3}


def far(rng: np.random.Generator) -> Inputs:
    """Rows of logits that lie far apart, and so do the rows: by 1e4 each. All classes are right."""
    params = {"W1": rng.normal(size=(3, 3)), "b1": rng.permutation([1e4, 0.0, 0.0])}
    params["W1"][0] = 1e4
    x, y = rng.normal(size=(6, 3)), np.full(6, np.argmax(params["b1"]))
    x[:, 0] = rng.permutation([-1.0, -1.0, -1.0, 1.0, 1.0, 1.0])
    cases = {"for logits 1e4 apart": [["W1", "b1"]]}
    return {"params": params, "x": x, "y": y, "cases": cases, "scales": {}, "lr": 0.1}


def exchanged(rng: np.random.Generator) -> Inputs:
    """Groups in the order of the dict, but for arrays of one shape, which are in each other's
    places: gradients that come in the order of the dict fit, and are the wrong ones."""
    made = twins(rng)
    names = list(made["params"])
    swaps = {"W1": "W3", "W3": "W1", "b1": "b2", "b2": "b1"}
    one_group = [[swaps.get(name, name) for name in names]]
    return {**made, "cases": {"with arrays of one shape exchanged": one_group}, "scales": {}}


@epoch.probe(
    "an epoch of one batch, with groups in any order",
    points=0.75,
    inputs=twins,
    tolerance=FORMULA,
    experiment="take all rows as one batch: new minus old is -lr times each gradient.",
)
def one_batch(impl: Any, inputs: Inputs) -> Any:
    """An epoch of one batch: what comes back, what moved, and the rates."""
    seen = {}
    for where, names in inputs["cases"].items():
        params = snapshot(inputs["params"])
        before, optimizer = dict(params), grouped(params, names)
        x, y = inputs["x"] * inputs["scales"].get(where, 1.0), inputs["y"]
        rng = np.random.default_rng(0)
        loss = impl.train_epoch(params, optimizer, x, y, 50, inputs["lr"], 0.0, rng)
        seen[where] = {
            "loss": loss,
            "rates": [step["rates"] for step in optimizer.seen],
            **{f"{name} after the step": array for name, array in in_order(before).items()},
        }
    return seen


epoch.probe(
    "arrays of one shape in each other's places",
    points=0.25,
    inputs=exchanged,
    name="exchanged",
    tolerance=FORMULA,
    experiment="give the optimizer W3 before W1: each has to be moved by its own gradient.",
)(one_batch)


def copies(rng: np.random.Generator) -> Inputs:
    """The same sample several times: no permutation makes a difference."""
    params = network(rng, [3, 4, 3])
    x, y = np.tile(rng.normal(size=3), (8, 1)), np.full(8, int(rng.integers(3)))
    return {"params": params, "x": x, "y": y}


@epoch.probe(
    "uneven batches while the parameters move",
    points=0.9,
    inputs=copies,
    tolerance=FORMULA,
    experiment="train on eight copies of one row, in batches of 3: weigh the three losses.",
)
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
            "parameters": in_order(params),
        }
    return seen


epoch.probe(
    "logits of 1e4",
    points=0.25,
    inputs=far,
    name="large",
    kind="side",
    tolerance=FORMULA,
    experiment="give all rows one class, and 1e4 to its bias: the loss should be 0, and not nan.",
)(one_batch)
