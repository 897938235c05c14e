"""Probes of what the class Adam saves and loads."""

from typing import Any

import numpy as np

from autograder.api import FORMULA, Inputs, Probes, outcome, scramble, snapshot
from autograder.hidden.optimizers.probes.adam_run import (
    TOLD,
    TWINS,
    Groups,
    Run,
    gradients,
    problem,
)

probes = Probes()
adam = probes.exercise("Adam")
TALL, WIDE = (3, 2), (2, 3)
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


def resumable(rng: np.random.Generator) -> Inputs:
    """Two groups with both kinds of decay; the rate of the second is changed on the way."""
    own: list[Inputs] = [{}, {"decoupled": False, "betas": (0.7, 0.9)}]
    groups: Groups = [TWINS, [(3,), (1, 3)]]
    return problem(rng, groups, overrides=own, weight_decay=0.1, **TOLD)


def misfits(rng: np.random.Generator) -> Inputs:
    """One optimizer, and others whose states do not fit it."""
    others = {
        where: problem(rng, shapes, steps=3, scale=2.0, lr=0.7, eps=0.1)
        for where, shapes in MISFITS.items()
    }
    return {"own": problem(rng, OWN, lr=0.1), "others": others, "first": gradients(rng, OWN, 2)}


@adam.probe(
    "a snapshot of plain data, and a resumed run that is the same bit for bit",
    points=0.25,
    inputs=resumable,
    name="bit_for_bit",
    kind="side",
)
@adam.probe(
    "a run saved, loaded and continued",
    points=0.5,
    inputs=resumable,
    tolerance=FORMULA,
    experiment="save, take a step, and look at what you saved: it should not have moved.",
)
def resume(impl: Any, inputs: Inputs) -> Inputs:
    """Save after three steps, go on; load into a new optimizer, and into the old one."""
    grads = inputs["grads"]
    run = Run(impl, inputs)
    run.steps(grads[:2])
    run.set_rate(1, 0.03)
    run.steps(grads[2:3])
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


@adam.probe(
    "states that do not fit are refused and change nothing",
    points=0.5,
    inputs=misfits,
    kind="side",
    experiment="load a state of two arrays into an optimizer of one, at once.",
)
def refuses(impl: Any, inputs: Inputs) -> Inputs:
    """States that do not fit, saved before and after the first step, loaded before and after it."""
    own = inputs["own"]
    fresh, stepped = Run(impl, own), Run(impl, own)
    first = fresh.optimizer.state_dict()
    stepped.steps(inputs["first"])
    seen: Inputs = {}
    for where, other in inputs["others"].items():
        saver = Run(impl, other)
        early = saver.optimizer.state_dict()
        saver.steps(other["grads"])
        late = saver.optimizer.state_dict()
        seen[where] = {
            f"what came of loading a state saved {saved} the first step {loaded} it": outcome(
                run.optimizer.load_state_dict, snapshot(state)
            )
            for saved, state in (("after", late), ("before", early))
            for loaded, run in (("before", fresh), ("after", stepped))
        }
    back = "in the run after going back to the start"
    return {
        **seen,
        "after the refusals": {"options": [outcome(fresh.options), outcome(stepped.options)]},
        "in a run from the start": outcome(fresh.steps, own["grads"]),
        "in a run from the middle": outcome(stepped.steps, own["grads"]),
        "what came of loading a state that fits": outcome(stepped.optimizer.load_state_dict, first),
        back: outcome(stepped.steps, own["grads"]),
    }
