"""Probes of crashes while a checkpoint is written."""

import os
import zipfile
from typing import Any
from unittest.mock import patch

from autograder.api import Inputs, Probes, outcome
from autograder.hidden.numpy_trainer.probes.keeper import Run, names_in, run_seeds, scratch

probes = Probes()
checkpoints = probes.exercise("save_checkpoint__load_checkpoint")
OPENS: Any = zipfile.ZipFile.open


def no_room(self: Any, name: Any, mode: str = "r", *args: Any, **kwargs: Any) -> Any:
    """In the place of `ZipFile.open`, through which NumPy writes, too."""
    if mode == "w":
        raise OSError(28, "No space left on device")
    return OPENS(self, name, mode, *args, **kwargs)


def refuse(*args: Any, **kwargs: Any) -> Any:
    raise OSError(13, "Permission denied")


def fail(*args: Any, **kwargs: Any) -> Any:
    raise RuntimeError("no state")


CRASHES: Any = {
    "when the optimizer's state_dict fails": lambda run: patch.object(
        run.optimizer, "state_dict", fail
    ),
    "when the disk is full": lambda run: patch.object(zipfile.ZipFile, "open", no_room),
    "when the file cannot be renamed": lambda run: patch.multiple(
        os, replace=refuse, rename=refuse, renames=refuse
    ),
}


@checkpoints.probe(
    "a new file is written aside",
    points=0.25,
    inputs=run_seeds,
    experiment="keep a hard link to the old file (os.link), save, and compare its bytes.",
)
def asides(impl: Any, inputs: Inputs) -> Any:
    """Whether an older file, held by a second name, is written to when a new one replaces it."""
    with scratch() as folder:
        path, held = folder / "run.npz", folder / "held.npz"
        run = Run(inputs["seeds"][0], plain=True).go(1)
        run.save(impl, path, 1)
        content = path.read_bytes()
        os.link(path, held)
        run.go(1).save(impl, path, 2)
        return {"older file written to": held.read_bytes() != content, "files": names_in(folder)}


@checkpoints.probe(
    "a crash while saving leaves the old file whole, and no other",
    points=0.5,
    inputs=run_seeds,
    experiment="let np.savez raise in the middle, and list the folder.",
)
def crashes(impl: Any, inputs: Inputs) -> Any:
    """What is in the folder after every crash, over an older file and where there was none."""
    seen = {}
    for what, crash in CRASHES.items():
        for where in ("over an older file", "where there was none"):
            with scratch() as folder:
                path = folder / "run.npz"
                run = Run(inputs["seeds"][0], plain=True).go(1)
                if where == "over an older file":
                    run.save(impl, path, 1)
                content = path.read_bytes() if path.exists() else b""
                with crash(run.go(1)):
                    outcome(run.save, impl, path, 2)
                left = _left(impl, path, content, inputs)
                seen[f"{what}, {where}"] = {"files": names_in(folder), "left": left}
    return seen


def _left(impl: Any, path: Any, content: bytes, inputs: Inputs) -> Any:
    """What is at the path: nothing, the old file, rubble, or a file that loads as some epoch."""
    if not path.exists():
        return "nothing"
    if content and path.read_bytes() == content:
        return "old"
    try:
        return Run(inputs["seeds"][1], plain=True).load(impl, path)
    except Exception:  # noqa: BLE001 (whatever it is: the file is of no use)
        return "rubble"
