"""Probes of the two-layer network: its loss and its gradients."""

from typing import Any

import numpy as np

from autograder.api import FLOAT64, FORMULA, Inputs, Probes, results

probes = Probes()
mlp = probes.exercise("mlp_loss_and_grads", tolerance=FORMULA)


def network(rng: np.random.Generator, n: int, d: int, h: int, c: int) -> Inputs:
    sizes = {"b2": (c,), "W1": (d, h), "b1": (h,), "W2": (h, c)}  # an order that is not the text's
    return {
        "params": {name: rng.normal(size=size) for name, size in sizes.items()},
        "x": rng.normal(size=(n, d)),
        "y": rng.integers(0, c, size=n),
    }


def several(rng: np.random.Generator) -> Inputs:
    large = network(rng, 5, 3, 6, 4)
    large["x"] = rng.uniform(10, 20, size=(5, 3))
    large["params"]["W2"] *= 0.05
    return {"for a batch": network(rng, 6, 3, 5, 4), "for inputs above 10": large}


def square(rng: np.random.Generator) -> Inputs:
    """Where what takes one array for another fits, and is a wrong number."""
    return {"for square arrays": network(rng, 3, 3, 3, 3)}


def corners(rng: np.random.Generator) -> Inputs:
    """A row of zeros with zero biases puts hidden units exactly at 0."""
    at_zero = network(rng, 4, 3, 5, 3)
    at_zero["x"][1] = 0.0
    at_zero["params"]["b1"][[0, 2, 3]] = 0.0
    return {"for hidden units at 0": at_zero, "for one row": network(rng, 1, 3, 4, 3)}


def large_logits(rng: np.random.Generator) -> Inputs:
    wide = network(rng, 4, 3, 5, 3)
    wide["params"]["b2"] = np.array([1e4, 0.0, -1e4])
    apart = network(rng, 3, 2, 4, 3)
    apart["params"]["b2"] += 1e4
    return {"for logits 1e4 apart": wide, "for logits near 1e4": apart}


def only(*names: str) -> Any:
    """A run that shows the loss or some of the gradients, for each network of the inputs."""

    def run(impl: Any, inputs: Inputs) -> Any:
        seen = {}
        for where, (loss, grads) in results(impl.mlp_loss_and_grads, inputs, "params, x, y"):
            named = {"loss": loss, **{f"grads['{name}']": grad for name, grad in grads.items()}}
            seen[where] = {name: named[name] for name in names}
        return seen

    return run


LAYERS = {"hidden": ("grads['W1']", "grads['b1']"), "output": ("grads['W2']", "grads['b2']")}
everything = only("loss", *LAYERS["output"], *LAYERS["hidden"])

mlp.probe("the loss", name="loss", points=0.5, inputs=several)(only("loss"))
for layer in ("output", "hidden"):
    mlp.probe(
        f"the gradients of the {layer} layer",
        name=f"{layer}_layer",
        points=1.125,
        inputs=several,
        experiment="check one parameter at a time with numerical_gradient, the last layer first.",
    )(only(*LAYERS[layer]))
mlp.probe(
    "square arrays",
    name="square",
    points=0.25,
    inputs=square,
    experiment="put the parameters into the dict in another order: nothing may change.",
)(everything)
mlp.probe(
    "hidden units exactly at 0, and one row",
    name="corners",
    points=0.125,
    inputs=corners,
    experiment="set a row of x and b1 to 0: its hidden units sit at 0, and pass no gradient.",
)(everything)
mlp.probe(
    "logits near 1e4",
    name="stable",
    points=0.375,
    inputs=large_logits,
    kind="side",
    tolerance=FLOAT64,  # at 1e4 rounding alone is 1e-12
    experiment="add 10000 to b2: neither loss nor gradients change.",
)(everything)
mlp.pure(
    "loss",
    "grads",
    points=0.5,
    inputs=lambda rng: network(rng, 4, 2, 3, 3),
    topic="its keys, and what is passed in stays unchanged",
)
