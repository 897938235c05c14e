"""Answers to lesson 08, right and wrong: see the modules that this one gathers."""

from __future__ import annotations

from typing import Any

from . import numpy_trainer_objects as objects
from . import numpy_trainer_plain as plain
from .numpy_trainer_seen import SEEN
from .numpy_trainer_wrong import EDITS, edited

KEYS = (
    "init_mlp",
    "forward__backward",
    "train_epoch",
    "evaluate",
    "save_checkpoint__load_checkpoint",
    "fit",
)


def names_of(key: str, module: Any) -> dict[str, Any]:
    """What an answer defines."""
    return {name: getattr(module, name) for name in key.split("__")}


RIGHT = {key: {"plain": names_of(key, plain), "objects": names_of(key, objects)} for key in KEYS}

WRONG = {
    key: {
        **{label: edited(key, edits) for label, edits in EDITS[key].items()},
        **{label: edited(key, edits, objects) for label, (edits, _) in SEEN[key].items()},
    }
    for key in KEYS
}

NAMED = {key: {label: name for label, (_, name) in SEEN[key].items()} for key in KEYS}
