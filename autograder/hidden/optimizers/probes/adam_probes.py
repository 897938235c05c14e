"""Probes of the class Adam: six points."""

from __future__ import annotations

from typing import Any

import numpy as np

from autograder.api import Probe, Probes, overwrite, snapshot
from autograder.hidden.optimizers.probes.adam_class import (
    TWINS,
    Groups,
    Run,
    problem,
    stepwise,
)

KEY = "Adam"


def twins(rng: np.random.Generator) -> dict[str, Any]:
    """Two tensors of one shape that start equal, and another; Adam without decay."""
    return problem(rng, [TWINS], scale=0.1, lr=0.1, betas=(0.8, 0.95), eps=1e-2)


def decayed(decoupled: bool) -> Any:
    """The same with a decay of 0.3, by default the decoupled one."""

    def inputs(rng: np.random.Generator) -> dict[str, Any]:
        told: dict[str, Any] = {} if decoupled else {"decoupled": False}
        return problem(rng, [TWINS], lr=0.1, eps=1e-2, weight_decay=0.3, **told)

    return inputs


def overridden(rng: np.random.Generator) -> dict[str, Any]:
    """Five groups, each with other options of its own, 0.0 and False among them."""
    groups: Groups = [TWINS, [(3,)], [(2, 2)], [(3,), (3,)], [(2,)]]
    return problem(
        rng,
        groups,
        steps=4,
        overrides=[
            {},
            {"lr": 0.3, "betas": (0.5, 0.7)},
            {"weight_decay": 0.0, "eps": 0.5},
            {"decoupled": False, "lr": 0.02},
            {"lr": 0.0},
        ],
        lr=0.1,
        betas=(0.8, 0.95),
        eps=1e-2,
        weight_decay=0.3,
        decoupled=True,
    )


def overridden_other_way(rng: np.random.Generator) -> dict[str, Any]:
    """L2 for all but one group, and no decay for all but two."""
    return problem(
        rng,
        [[(3,)], [(3,)], [(2, 2)]],
        steps=3,
        overrides=[{"weight_decay": 0.4}, {"weight_decay": 0.4, "decoupled": True}, {"eps": 0.0}],
        lr=0.1,
        eps=1e-2,
        decoupled=False,
    )


def both_ways(rng: np.random.Generator) -> dict[str, Any]:
    """Overrides in both directions."""
    return {"first": overridden(rng), "second": overridden_other_way(rng)}


def overrides(impl: Any, inputs: dict[str, Any]) -> Any:
    """The resolved options, and what the steps make of them."""
    seen = {}
    for which in ("first", "second"):
        run = Run(impl, inputs[which])
        seen[which] = {
            "at the start": run.options(),
            "after the steps": run.steps(inputs[which]["grads"]),
        }
    return {"with many overrides": seen["first"], "with L2 by default": seen["second"]}


def rates(rng: np.random.Generator) -> dict[str, Any]:
    """Two groups, the first of two arrays that start equal and at first stand still: its rate is
    written before steps 1, 2, 4 and 6, the other's before step 3."""
    groups: Groups = [[(2, 2), (2, 2)], [(3,)]]
    made = problem(rng, groups, overrides=[{}, {"lr": 0.2}], lr=0.1, weight_decay=0.3)
    made["rates"] = {1: {0: 0.0}, 2: {0: 0.05}, 3: {1: 0.01}, 4: {0: 0.0}, 6: {0: 0.3}}
    return made


def neighbours(rng: np.random.Generator) -> dict[str, Any]:
    """Tiny gradients with the default options, an override, and a second optimizer beside it."""
    shapes: Groups = [[(2, 3), (2, 3)], [(4,)]]
    made = problem(
        rng, shapes, steps=4, scale=2e-8, size=0.01, overrides=[{}, {"weight_decay": 0.3}]
    )
    made["overrides"][1]["decoupled"] = False
    made["neighbour"] = problem(rng, [[(2, 3)]], steps=6, lr=0.1)
    return made


def leaves_alone(impl: Any, inputs: dict[str, Any]) -> Any:
    """Steps with gradients that the caller reuses, beside another optimizer of the same kind."""
    run, neighbour = Run(impl, inputs), Run(impl, inputs["neighbour"])
    neighbour.steps(inputs["neighbour"]["grads"][:2])
    afterwards = []
    for grads, others in zip(inputs["grads"], inputs["neighbour"]["grads"][2:], strict=True):
        given = snapshot(grads)
        run.optimizer.step(given)
        afterwards.append(snapshot(given))
        overwrite(given)
        neighbour.step(others)
    seen = {"after four steps": run.seen(), "in the other optimizer": neighbour.seen()}
    run.set_rate(0, 0.7)
    held = [[snapshot(array) for array in group["params"]] for group in run.optimizer.groups]
    return {
        **seen,
        "inputs afterwards": {"grads": afterwards},
        "caller's dicts": run.dicts,
        "groups' params": held,
    }


def declare(probes: Probes) -> None:
    """Declare them, the rule first, then what is around it."""
    declared = [
        Probe(
            "six_steps",
            "six steps for three arrays, two of one shape, eps = 0.01",
            1.0,
            twins,
            stepwise,
            experiment="give it one array, then two: the first should move the same way in both.",
        ),
        Probe(
            "decoupled_decay",
            "a decoupled decay of 0.3",
            0.75,
            decayed(decoupled=True),
            stepwise,
            experiment="set every gradient to 0: a weight keeps 1 - lr * weight_decay of itself.",
        ),
        Probe(
            "l2_decay",
            "an L2 decay of 0.3",
            0.5,
            decayed(decoupled=False),
            stepwise,
            experiment="set every gradient to 0: L2's first step moves each weight by about lr.",
        ),
        Probe(
            "overrides",
            "options of single groups, 0.0 and False included",
            1.0,
            both_ways,
            overrides,
            experiment="print .groups for one group with lr=0.0 and one without.",
        ),
        Probe(
            "rate_changed",
            "rates written on the way",
            0.5,
            rates,
            stepwise,
            experiment="write .groups[0]['lr'] = 0.0 and step: nothing in that group should move.",
        ),
        Probe(
            "leaves_alone",
            "default options; your dicts, gradients and other optimizers stay as they were",
            0.75,
            neighbours,
            leaves_alone,
        ),
    ]
    for probe in declared:
        probes.add(KEY, probe)
