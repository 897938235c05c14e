"""Probes of what is in the folder: after saving, and after a crash in the middle of it."""

import io
import os
import pathlib
import shutil
from contextlib import ExitStack, contextmanager
from typing import Any
from unittest.mock import patch

import torch

from autograder.api import Inputs, Probes, outcome

from .keeper import Run, names_in, returned, run_seeds, saved, scratch

probes = Probes()
checkpoints = probes.exercise("save_checkpoint__load_checkpoint")
SAVE: Any = torch.save
MINIMAL = ("model", "optimizer")


@checkpoints.probe(
    "one file, at exactly the path",
    points=0.1875,
    inputs=run_seeds,
    kind="side",
    experiment="save as run.checkpoint, by a str and by a Path, and list the folder.",
)
def places(impl: Any, inputs: Inputs) -> Any:
    """What is in a folder after saving under several names, as str and as Path, and twice."""
    seen: Inputs = {}
    run = Run(inputs["seeds"][0], small=True)
    for name, epoch, best in (("run.checkpoint", inputs["epoch"], None), ("run", 0, 0.1 + 0.2)):
        with scratch() as folder:
            path = folder / name
            saved(impl, run, path, *MINIMAL, epoch=1)
            first = names_in(folder)
            saved(impl, run, str(path), *MINIMAL, epoch=epoch, best=best)
            form: Any = str if name == "run" else pathlib.Path
            back = impl.load_checkpoint(form(path), model=run.model)
            seen[f"after saving as {name}"] = {
                "files": [first, names_in(folder)],
                **returned(back),
            }
    return seen


@checkpoints.probe(
    "a new file is written aside",
    points=0.25,
    inputs=run_seeds,
    kind="side",
    experiment="keep a hard link to the old file (os.link), save, and compare its bytes.",
)
def asides(impl: Any, inputs: Inputs) -> Any:
    """Whether an older file, held by a second name, is written to when a new one replaces it."""
    with scratch() as folder:
        path, held = folder / "run.pt", folder / "held.pt"
        run = Run(inputs["seeds"][0], small=True)
        saved(impl, run, path, *MINIMAL, epoch=1)
        content = path.read_bytes()
        os.link(path, held)
        with other_disks(folder):
            saved(impl, run, path, *MINIMAL, epoch=2)
        return {
            "was the older file written to?": held.read_bytes() != content,
            "files": names_in(folder),
        }


@contextmanager
def other_disks(folder: pathlib.Path) -> Any:
    """Nothing can be renamed into a folder from elsewhere, as if elsewhere were another disk."""
    inside = os.path.realpath(folder)

    def guarded(real: Any) -> Any:
        def rename(source: Any, target: Any, *args: Any, **kwargs: Any) -> Any:
            if not os.path.realpath(source).startswith(inside):
                raise OSError(18, "Invalid cross-device link")
            return real(source, target, *args, **kwargs)

        return rename

    with ExitStack() as stack:
        for owner, name in ((os, "replace"), (os, "rename"), (os, "link")):
            stack.enter_context(patch.object(owner, name, guarded(getattr(owner, name))))
        yield


def refuse(*args: Any, **kwargs: Any) -> Any:
    raise OSError(13, "Permission denied")


def fail(*args: Any, **kwargs: Any) -> Any:
    raise RuntimeError("no state")


def half_a_save(value: Any, file: Any, *args: Any, **kwargs: Any) -> None:
    """What torch.save leaves when the disk is full: half of it, and an exception."""
    buffer = io.BytesIO()
    SAVE(value, buffer)
    half = buffer.getvalue()[: buffer.tell() // 2]
    if hasattr(file, "write"):
        file.write(half)
    else:
        with open(file, "wb") as target:  # noqa: PTH123 (pathlib may be patched)
            target.write(half)
    raise OSError(28, "No space left on device")


@contextmanager
def no_renames() -> Any:
    """Nothing can be renamed, by whichever door."""
    with ExitStack() as stack:
        for name in ("replace", "rename", "renames", "link"):
            stack.enter_context(patch.object(os, name, refuse))
        for name in ("replace", "rename"):
            stack.enter_context(patch.object(pathlib.Path, name, refuse))
        stack.enter_context(patch.object(shutil, "move", refuse))
        yield


CRASHES: Any = {
    "when the optimizer's state_dict fails": lambda run: patch.object(
        run.optimizer, "state_dict", fail
    ),
    "when the disk is full": lambda run: patch.object(torch, "save", half_a_save),
    "when the file cannot be renamed": lambda run: no_renames(),
}


@checkpoints.probe(
    "a crash while saving leaves the old file whole, and no other",
    points=0.5,
    inputs=run_seeds,
    kind="side",
    experiment="let torch.save raise after half of the bytes, and list the folder.",
)
def crashes(impl: Any, inputs: Inputs) -> Any:
    """What is in the folder after every crash, over an older file and where there was none."""
    seen = {}
    for what, crash in CRASHES.items():
        for where in ("over an older file", "where there was none"):
            with scratch() as folder:
                path, run = folder / "run.pt", Run(inputs["seeds"][0], small=True)
                if where == "over an older file":
                    saved(impl, run, path, *MINIMAL, epoch=1)
                content = path.read_bytes() if path.exists() else b""
                with crash(run):
                    raised = outcome(saved, impl, run, path, *MINIMAL, epoch=2)
                left = _left(impl, path, content, run)
                said = isinstance(raised, Exception)
                seen[f"{what}, {where}"] = {"files": names_in(folder), "left": left, "said": said}
    return seen


def _left(impl: Any, path: Any, content: bytes, run: Run) -> Any:
    """What is at the path: nothing, the old file, rubble, or a file that loads as some epoch."""
    if not path.exists():
        return "nothing"
    if content and path.read_bytes() == content:
        return "old"
    try:
        return impl.load_checkpoint(path, model=run.model)["epoch"]
    except Exception:  # noqa: BLE001 (whatever it is: the file is of no use)
        return "rubble"
