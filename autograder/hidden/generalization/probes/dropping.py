"""Probes of dropout, both ways."""

from typing import Any

import numpy as np

from autograder.api import FORMULA, Draws, Inputs, Probes, label, snapshot
from autograder.hidden.generalization.probes.chance import Kept, Refused, a_seed, fresh, seeds

probes = Probes()
dropout = probes.exercise("dropout_forward__dropout_backward")

NAMES = ("out", "mask")


def many_elements(rng: np.random.Generator) -> Inputs:
    """4000 elements away from 0, and 400 that are 0, for three probabilities."""
    x = rng.uniform(0.5, 2.0, size=(55, 80)) * rng.choice([-1, 1], size=(55, 80))
    x[rng.permutation(55)[:5]] = 0.0
    return {"x": x, "p": [0.2, 0.7, 0.0], "seed": a_seed(rng)}


@dropout.probe(
    "what is dropped and what is kept in training",
    points=0.5,
    inputs=many_elements,
    experiment="drop 20000 ones with p = 0.2: print np.unique(mask) and the share of zeros.",
)
def training(impl: Any, inputs: Inputs) -> Any:
    return {
        f"for p = {p:g}": label(
            impl.dropout_forward(inputs["x"].copy(), p, fresh([inputs["seed"], i])), NAMES
        )
        for i, p in enumerate(inputs["p"])
    }


def arrays(rng: np.random.Generator) -> Inputs:
    x = {"for a batch": rng.normal(size=(4, 3)), "for images": rng.normal(size=(2, 3, 2))}
    return {"x": x, "seed": a_seed(rng)}


def state_of(rng: np.random.Generator) -> list[Any]:
    """Everything that a draw would change, as text."""
    state = rng.bit_generator.state
    return [str(state["state"]), str([state["has_uint32"], state["uinteger"]])]


@dropout.probe(
    "evaluation",
    points=0.45,
    inputs=arrays,
    tolerance=FORMULA,
    experiment="compare out with x, and the state of rng before and after.",
)
def evaluation(impl: Any, inputs: Inputs) -> Any:
    seen = {}
    for where, x in inputs["x"].items():
        for p in (0.0, 0.4):
            rng = fresh(inputs["seed"])
            before = state_of(rng)
            named = label(impl.dropout_forward(x, p, rng, training=False), NAMES)
            states = [before, state_of(rng)]
            seen[f"{where}, p = {p:g}"] = {**snapshot(named), "states": states}
    return seen


def masks(rng: np.random.Generator) -> Inputs:
    """A gradient and a mask for each case; both have zeros that the other does not have."""
    cases = {}
    for p, shape in ((0.25, (4, 3)), (0.8, (3, 2, 5)), (0.5, (6,)), (0.0, (2, 2))):
        kept, dout = rng.random(size=shape) < 0.6, rng.normal(size=shape)
        kept.flat[:2], dout.flat[1:3] = True, 0.0
        kept.flat[-1] = p == 0
        cases[f"for p = {p:g}"] = {"dout": dout, "mask": kept / (1 - p)}
    return cases


@dropout.probe(
    "the backward with a given mask",
    points=0.5,
    inputs=masks,
    tolerance=FORMULA,
    experiment="try dout = [1, 1] with mask [0, 4]: dx is [0, 4].",
)
def backward(impl: Any, inputs: Inputs) -> Any:
    return {where: {"dx": impl.dropout_backward(**case)} for where, case in inputs.items()}


def one_mask(impl: Any, inputs: Inputs, rng: np.random.Generator) -> Any:
    return impl.dropout_forward(inputs["x"], 0.5, rng)[1]


@dropout.probe(
    "every element dropped independently, by rng alone",
    points=0.25,
    inputs=lambda rng: {**seeds(rng), "x": rng.normal(size=(8, 12, 10))},
    experiment="drop ones of shape (5, 8) with p = 0.5 twice with one rng, and print the masks.",
)
def chance(impl: Any, inputs: Inputs) -> Any:
    """The draws of one mask; then one hundred small masks with one rng."""
    rng = fresh(inputs["seeds"][0])
    small = [impl.dropout_forward(np.ones((4, 5)), 0.5, rng)[1] for _ in range(100)]
    return {"draws": Draws(one_mask)(impl, inputs), "small": [np.asarray(m) for m in small]}


def refused(rng: np.random.Generator) -> Inputs:
    modes = ((p, training) for p in (-0.1, 1.0, 1.5) for training in (True, False))
    return {
        "right": {"x": rng.normal(size=(8, 8)), "p": 0.5, "training": True},
        "refused": {f"for p = {p:g} with training={t}": {"p": p, "training": t} for p, t in modes},
        "seed": a_seed(rng),
    }


dropout.probe(
    "p outside [0, 1)",
    name="refuses",
    points=0.2,
    inputs=refused,
    kind="side",
    experiment="try p = 1 and p = -0.1, with training=True and training=False.",
)(Refused("dropout_forward", *NAMES))


def arguments(rng: np.random.Generator) -> Inputs:
    mask = (rng.random((3, 4)) < 0.5) * 2.0
    given = {"x": rng.normal(size=(8, 8)), "dout": rng.normal(size=(3, 4)), "mask": mask}
    return {"arguments": given, "seed": a_seed(rng)}


@dropout.probe(
    "new arrays of float64, with your inputs left as they were",
    name="pure",
    points=0.1,
    inputs=arguments,
    kind="side",
)
@Kept
def pure(impl: Any, given: Inputs, rng: np.random.Generator) -> Any:
    modes = {}
    for p, training in ((0.0, True), (0.5, True), (0.5, False)):
        forward = impl.dropout_forward(given["x"], p, rng, training)
        modes[f"with p = {p:g} and training={training}"] = label(forward, NAMES)
    dx = impl.dropout_backward(given["dout"], given["mask"])
    return {"forward": modes, "dx": dx}
