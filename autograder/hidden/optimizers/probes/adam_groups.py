"""Probes of the options of the class Adam: those of its groups, and rates that change."""

import numpy as np

from autograder.api import FORMULA, Inputs, Probes
from autograder.hidden.optimizers.probes.adam_run import TOLD, TWINS, Groups, problem, stepwise

probes = Probes()
adam = probes.exercise("Adam")


def overridden(rng: np.random.Generator) -> Inputs:
    """Five groups, each with other options of its own, 0.0 and False among them."""
    groups: Groups = [TWINS, [(3,)], [(2, 2)], [(3,), (3,)], [(2,)]]
    own: list[Inputs] = [
        {},
        {"lr": 0.3, "betas": (0.5, 0.7)},
        {"weight_decay": 0.0, "eps": 0.5},
        {"decoupled": False, "lr": 0.02},
        {"lr": 0.0},
    ]
    return problem(rng, groups, steps=4, overrides=own, weight_decay=0.3, **TOLD)


def overridden_other_way(rng: np.random.Generator) -> Inputs:
    """L2 for all but one group, and no decay for all but two."""
    own: list[Inputs] = [{"weight_decay": 0.4}, {"weight_decay": 0.4, "decoupled": True}, {}]
    own[2] = {"eps": 0.0}
    groups: Groups = [[(3,)], [(3,)], [(2, 2)]]
    return problem(rng, groups, steps=3, overrides=own, **{**TOLD, "decoupled": False})


def rates(rng: np.random.Generator) -> Inputs:
    """Two groups, the first of two arrays that start equal and at first stand still: its rate is
    written before steps 1, 2, 4 and 6, the other's before step 3."""
    groups: Groups = [[(2, 2), (2, 2)], [(3,)]]
    made = problem(rng, groups, overrides=[{}, {"lr": 0.2}], weight_decay=0.3, **TOLD)
    made["rates"] = {1: {0: 0.0}, 2: {0: 0.05}, 3: {1: 0.01}, 4: {0: 0.0}, 6: {0: 0.3}}
    return made


adam.probe(
    "options of single groups, 0.0 and False included",
    points=0.5,
    inputs=overridden,
    name="overrides",
    tolerance=FORMULA,
    experiment="print .groups for one group with lr=0.0 and one without.",
)(stepwise)
adam.probe(
    "options of single groups, with L2 for the others",
    points=0.5,
    inputs=overridden_other_way,
    name="overrides_of_l2",
    tolerance=FORMULA,
    experiment="print .groups for one group with decoupled=True, where the default is False.",
)(stepwise)
adam.probe(
    "rates written on the way",
    points=0.5,
    inputs=rates,
    name="rate_changed",
    tolerance=FORMULA,
    experiment="write .groups[0]['lr'] = 0.0 and step: nothing in that group should move.",
)(stepwise)
