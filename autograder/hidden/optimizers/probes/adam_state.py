"""Probes of what the class Adam saves and loads."""

from __future__ import annotations

from typing import Any

import numpy as np

from autograder.api import Probe, Probes, attempt, snapshot
from autograder.hidden.optimizers.probes.adam_class import (
    TWINS,
    Groups,
    Run,
    gradients,
    problem,
    refusal,
    scramble,
)

KEY = "Adam"
TALL, WIDE = (3, 2), (2, 3)


def resumable(rng: np.random.Generator) -> dict[str, Any]:
    """Two groups with both kinds of decay; the rate of the second is changed on the way."""
    groups: Groups = [TWINS, [(3,), (1, 3)]]
    return problem(
        rng,
        groups,
        steps=7,
        overrides=[{}, {"decoupled": False, "betas": (0.8, 0.9)}],
        lr=0.1,
        weight_decay=0.1,
    )


def resume(impl: Any, inputs: dict[str, Any]) -> Any:
    """Save after three steps, go on; load into a new optimizer, and into the old one."""
    grads = inputs["grads"]
    run = Run(impl, inputs)
    run.steps(grads[:2])
    run.set_rate(1, 0.03)
    run.step(grads[2])
    state = run.optimizer.state_dict()
    again = snapshot(state)
    kept = snapshot(run.params)
    scramble(run.optimizer.state_dict())
    seen = {"state": again, "uninterrupted": run.steps(grads[3:])}

    resumed = Run(impl, inputs, kept)
    resumed.optimizer.load_state_dict(state)
    scramble(state)
    seen["resumed"] = resumed.steps(grads[3:])

    for arrays, saved in zip(run.params, kept, strict=True):
        for array, values in zip(arrays, saved, strict=True):
            array[...] = values
    run.optimizer.load_state_dict(again)
    seen["gone back"] = run.steps(grads[3:])
    twice = Run(impl, inputs, kept)
    twice.optimizer.load_state_dict(again)
    seen["loaded a second time"] = twice.steps(grads[3:])
    return seen


OWN: Groups = [[WIDE, (4,)], [(3,), (2,)]]
MISFITS: dict[str, Groups] = {
    "with fewer groups": [[WIDE, (4,)]],
    "with more groups": [[WIDE, (4,)], [(3,), (2,)], [(2,)]],
    "with the same arrays in other groups": [[WIDE], [(4,), (3,), (2,)]],
    "with one array less in the last group": [[WIDE, (4,)], [(3,)]],
    "with one array more in the last group": [[WIDE, (4,)], [(3,), (2,), (2,)]],
    "with a transposed array": [[TALL, (4,)], [(3,), (2,)]],
    "with one number more in the last array": [[WIDE, (4,)], [(3,), (3,)]],
    "with one more axis in the last array": [[WIDE, (4,)], [(3,), (1, 2)]],
    "with a single number in the last array": [[WIDE, (4,)], [(3,), (1,)]],
}


def misfits(rng: np.random.Generator) -> dict[str, Any]:
    """One optimizer, and others whose states do not fit it."""
    others = {
        label: problem(rng, shapes, steps=3, scale=2.0, lr=0.7, eps=0.1)
        for label, shapes in MISFITS.items()
    }
    return {"own": problem(rng, OWN, lr=0.1), "others": others, "first": gradients(rng, OWN, 2)}


def refuses(impl: Any, inputs: dict[str, Any]) -> Any:
    """States that do not fit, saved before and after the first step, loaded before and after it."""
    own = inputs["own"]
    fresh, stepped = Run(impl, own), Run(impl, own)
    first = fresh.optimizer.state_dict()
    stepped.steps(inputs["first"])
    seen: dict[str, Any] = {}
    for label, other in inputs["others"].items():
        saver = Run(impl, other)
        early = saver.optimizer.state_dict()
        saver.steps(other["grads"])
        late = saver.optimizer.state_dict()
        seen[label] = {
            f"the answer to a state saved {saved} the first step and loaded {loaded} it": refusal(
                run, state
            )
            for saved, state in (("after", late), ("before", early))
            for loaded, run in (("before", fresh), ("after", stepped))
        }
    return {
        **seen,
        "after the refusals": {
            "options": [attempt(fresh.options), attempt(stepped.options)],
            "a run from the start": attempt(fresh.steps, own["grads"]),
            "a run in mid-run": attempt(stepped.steps, own["grads"]),
        },
        "after going back to the start": {
            "the answer to a state that fits": refusal(stepped, first),
            "the run": attempt(stepped.steps, own["grads"]),
        },
    }


def declare(probes: Probes) -> None:
    """Declare them."""
    declared = [
        Probe(
            "resume",
            "a run saved, loaded and continued, bit for bit",
            0.75,
            resumable,
            resume,
            experiment="save, take a step, and look at what you saved: it should not have moved.",
        ),
        Probe(
            "refuses",
            "states that do not fit are refused and change nothing",
            0.75,
            misfits,
            refuses,
            experiment="load a state of two arrays into an optimizer of one, at once.",
        ),
    ]
    for probe in declared:
        probes.add(KEY, probe)
