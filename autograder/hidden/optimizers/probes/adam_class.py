"""Probes of the class Adam: its rule, both decays, and what it leaves alone."""

from typing import Any

import numpy as np

from autograder.api import AFTERWARDS, FORMULA, Inputs, Probes, overwrite, snapshot
from autograder.hidden.optimizers.probes.adam_run import TOLD, TWINS, Groups, Run, problem, stepwise

probes = Probes()
adam = probes.exercise("Adam")


def twins(rng: np.random.Generator) -> Inputs:
    """Two tensors of one shape that start equal, and another; Adam without decay."""
    return problem(rng, [TWINS], scale=0.1, **TOLD)


def at_first(rng: np.random.Generator) -> Inputs:
    """One step with large gradients, where no eps shows."""
    return problem(rng, [TWINS], steps=1, scale=1e6, **{**TOLD, "eps": 0.0})


def without_gradients(rng: np.random.Generator) -> Inputs:
    """The decoupled decay alone, at two rates."""
    own: list[Inputs] = [{}, {"lr": 0.02}]
    return problem(
        rng, [TWINS, [(3,)]], overrides=own, steps=3, scale=0.0, weight_decay=0.3, **TOLD
    )


def decayed(rng: np.random.Generator) -> Inputs:
    """The same arrays, and a decoupled decay of 0.3."""
    return problem(rng, [TWINS], weight_decay=0.3, **TOLD)


def decayed_by_l2(rng: np.random.Generator) -> Inputs:
    """The same arrays, and an L2 decay of 0.3."""
    return problem(rng, [TWINS], weight_decay=0.3, **{**TOLD, "decoupled": False})


def neighbours(rng: np.random.Generator) -> Inputs:
    """Tiny gradients with the default options, overrides, and a second optimizer beside it."""
    shapes: Groups = [[(2, 3), (2, 3)], [(4,)], [(3,)]]
    own: list[Inputs] = [{}, {"weight_decay": 0.3, "decoupled": False}, {"weight_decay": 0.3}]
    made = problem(rng, shapes, steps=4, scale=2e-8, size=0.01, overrides=own)
    made["neighbour"] = problem(rng, [[(2, 3)]], steps=6, lr=0.1)
    return made


adam.probe(
    "six steps for three arrays, two of one shape, eps = 0.01",
    points=0.75,
    inputs=twins,
    name="six_steps",
    tolerance=FORMULA,
    experiment="give it one array, then two: the first should move the same way in both.",
)(stepwise)
adam.probe(
    "the first step, with large gradients",
    points=0.25,
    inputs=at_first,
    name="first_step",
    tolerance=FORMULA,
    experiment="try gradients of 0.001, 1 and 1000: each weight should move by about lr.",
)(stepwise)
adam.probe(
    "a decoupled decay of 0.3 where every gradient is zero",
    points=0.25,
    inputs=without_gradients,
    name="no_gradient",
    tolerance=FORMULA,
    experiment="set every gradient to 0: a weight keeps 1 - lr * weight_decay of itself.",
)(stepwise)
adam.probe(
    "a decoupled decay of 0.3",
    points=0.5,
    inputs=decayed,
    name="decoupled_decay",
    tolerance=FORMULA,
    experiment="set every gradient to 0: a weight keeps 1 - lr * weight_decay of itself.",
)(stepwise)
adam.probe(
    "an L2 decay of 0.3",
    points=0.75,
    inputs=decayed_by_l2,
    name="l2_decay",
    tolerance=FORMULA,
    experiment="set every gradient to 0: L2's first step moves each weight by about lr.",
)(stepwise)


@adam.probe(
    "default options; what .groups holds; your dicts, gradients and other optimizers stay as they "
    "were",
    points=0.75,
    inputs=neighbours,
    kind="side",
    tolerance=FORMULA,
)
def leaves_alone(impl: Any, inputs: Inputs) -> Inputs:
    """Steps with gradients that the caller reuses, beside another optimizer of the same kind."""
    run, neighbour = Run(impl, inputs), Run(impl, inputs["neighbour"])
    options = run.options()
    neighbour.steps(inputs["neighbour"]["grads"][:2])
    afterwards = []
    for grads, others in zip(inputs["grads"], inputs["neighbour"]["grads"][2:], strict=True):
        given = snapshot(grads)
        run.optimizer.step(given)
        afterwards.append(snapshot(given))
        overwrite(given)
        neighbour.optimizer.step(others)
    seen = {"after four steps": run.seen(), "in the other optimizer": neighbour.seen()}
    run.set_rate(0, 0.7)
    held = [[snapshot(array) for array in group["params"]] for group in run.optimizer.groups]
    return {
        **seen,
        **options,
        AFTERWARDS: {"grads": afterwards},
        "your dicts": run.dicts,
        "the arrays in .groups": held,
    }
