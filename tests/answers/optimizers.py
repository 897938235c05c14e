"""Answers to lesson 05, right and wrong: see the modules that this one gathers."""

from __future__ import annotations

from . import optimizers_loops, optimizers_more, optimizers_plain, optimizers_torchlike
from .optimizers_real import REAL
from .optimizers_real_class import REAL_CLASS
from .optimizers_wrong import EDITS, all_edited
from .optimizers_wrong_class import OF_CLASS
from .optimizers_wrong_state import OF_STATE

more = optimizers_more
KEYS = (
    "sgd_step",
    "momentum_step",
    "classical_momentum_step",
    "adagrad_step",
    "rmsprop_step",
    "adam_step",
    "adamw_step",
    "radam_step",
    "newton_step",
    "Adam",
    "optimizer_floats",
)
SETS = {
    "plain": optimizers_plain,
    "torchlike": optimizers_torchlike,
    "loops": optimizers_loops,
}
MORE = {
    "sgd_step": [more.sgd_by_einsum],
    "momentum_step": [more.momentum_expanded],
    "classical_momentum_step": [more.classical_as_difference],
    "adagrad_step": [more.adagrad_by_power],
    "rmsprop_step": [more.rmsprop_by_average],
    "adam_step": [more.adam_epsilon_hat],
    "adamw_step": [more.adamw_by_hand],
    "radam_step": [more.radam_masked],
    "newton_step": [
        more.newton_by_eigenvectors,
        more.newton_by_least_squares,
        more.newton_as_column,
    ],
    "Adam": [more.AdamInGroups, more.AdamOfSlots],
    "optimizer_floats": [more.floats_by_index],
}

RIGHT = {
    key: {
        **{label: {key: getattr(module, key)} for label, module in SETS.items()},
        **{answer.__name__: {key: answer} for answer in MORE[key]},
    }
    for key in KEYS
}

THOUGHTS = {**REAL, "Adam": REAL_CLASS}
WRONG = {
    key: {
        **{label: all_edited(key, edits) for label, edits in labelled.items()},
        **{label: names for label, (names, _) in THOUGHTS[key].items()},
    }
    for key, labelled in {**EDITS, "Adam": {**OF_CLASS, **OF_STATE}}.items()
}
NAMED = {
    key: {label: name for label, (_, name) in labelled.items()}
    for key, labelled in THOUGHTS.items()
}
