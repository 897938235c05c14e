"""Wrong answers to the checkpoints of lesson 11, as tutorials have them."""

import os
import random
from typing import Any

import numpy as np
import torch

from .stability_checkpoints import KEY, load_flat, save_flat


def save_as_in_the_tutorial(
    path: Any,
    *,
    model: Any,
    optimizer: Any,
    scheduler: Any = None,
    scaler: Any = None,
    epoch: Any,
    best: Any,
) -> None:
    torch.save(
        {
            "model": model.state_dict(),
            "optimizer": optimizer.state_dict(),
            "scheduler": scheduler.state_dict() if scheduler else None,
            "scaler": scaler.state_dict() if scaler else None,
            "epoch": epoch,
            "best": best,
        },
        path,
    )


def load_as_in_the_tutorial(
    path: Any, *, model: Any, optimizer: Any = None, scheduler: Any = None, scaler: Any = None
) -> Any:
    saved = torch.load(path, weights_only=True)
    model.load_state_dict(saved["model"])
    if optimizer:
        optimizer.load_state_dict(saved["optimizer"])
    if scheduler:
        scheduler.load_state_dict(saved["scheduler"])
    if scaler:
        scaler.load_state_dict(saved["scaler"])
    return {"epoch": saved["epoch"], "best": saved["best"]}


def save_straight(path: Any, **run: Any) -> None:
    """All that the right one saves, into the file itself."""
    partial = str(path) + ".new"
    save_flat(partial, **run)
    with open(partial, "rb") as source, open(path, "wb") as target:  # noqa: PTH123
        target.write(source.read())
    os.remove(partial)  # noqa: PTH107


def load_without_numpy(path: Any, **parts: Any) -> Any:
    kept = np.random.get_state()  # noqa: NPY002
    try:
        return load_flat(path, **parts)
    finally:
        np.random.set_state(kept)  # noqa: NPY002


def load_without_python(path: Any, **parts: Any) -> Any:
    kept = random.getstate()
    try:
        return load_flat(path, **parts)
    finally:
        random.setstate(kept)


def load_without_torch(path: Any, **parts: Any) -> Any:
    kept = torch.get_rng_state()
    try:
        return load_flat(path, **parts)
    finally:
        torch.set_rng_state(kept)


def load_without_the_scheduler(path: Any, *, scheduler: Any = None, **parts: Any) -> Any:
    if scheduler is None:
        return load_flat(path, **parts)
    kept = dict(scheduler.state_dict())
    try:
        return load_flat(path, scheduler=scheduler, **parts)
    finally:
        scheduler.load_state_dict(kept)


def pair(save: Any, load: Any) -> Any:
    return {"save_checkpoint": save, "load_checkpoint": load}


WRONG: Any = {
    KEY: {
        "as in the tutorial": pair(save_as_in_the_tutorial, load_as_in_the_tutorial),
        "written over": pair(save_straight, load_flat),
        "without NumPy": pair(save_flat, load_without_numpy),
        "without Python": pair(save_flat, load_without_python),
        "without torch": pair(save_flat, load_without_torch),
        "without the scheduler": pair(save_flat, load_without_the_scheduler),
    }
}
NAMED: Any = {
    KEY: {
        "without NumPy": "numpy_random_forgotten",
        "without Python": "python_random_forgotten",
        "without torch": "torch_random_forgotten",
        "without the scheduler": "scheduler_state_forgotten",
    }
}
