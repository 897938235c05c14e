"""Probes of crashes while a checkpoint is written."""

import os
import shutil
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from autograder.api import Inputs, Probes, outcome
from autograder.hidden.numpy_trainer.probes.keeper import Run, names_in, run_seeds, scratch

probes = Probes()
checkpoints = probes.exercise("save_checkpoint__load_checkpoint")


@contextmanager
def optimizer_fails(run: Run) -> Iterator[None]:
    """The optimizer has no state to give."""

    def fail() -> Any:
        raise RuntimeError("no state")

    run.optimizer.state_dict = fail
    try:
        yield
    finally:
        del run.optimizer.state_dict


@contextmanager
def disk_is_full(run: Run) -> Iterator[None]:
    """The third member of an archive finds no room: NumPy, too, writes through `ZipFile.open`."""
    opens: Any = zipfile.ZipFile.open
    count = 0

    def fail(self: Any, name: Any, mode: str = "r", *args: Any, **kwargs: Any) -> Any:
        nonlocal count
        count += mode == "w"
        if mode == "w" and count > 2:
            raise OSError(28, "No space left on device")
        return opens(self, name, mode, *args, **kwargs)

    zipfile.ZipFile.open = fail  # type: ignore[method-assign]
    try:
        yield
    finally:
        zipfile.ZipFile.open = opens  # type: ignore[method-assign]


@contextmanager
def name_is_refused(run: Run) -> Iterator[None]:
    """No file can be given another name."""
    functions = [(os, "replace"), (os, "rename"), (os, "renames"), (shutil, "move")]
    kept = [getattr(module, name) for module, name in functions]

    def fail(*args: Any, **kwargs: Any) -> Any:
        raise OSError(13, "Permission denied")

    for module, name in functions:
        setattr(module, name, fail)
    try:
        yield
    finally:
        for (module, name), function in zip(functions, kept, strict=True):
            setattr(module, name, function)


CRASHES = {
    "when the optimizer's state_dict fails": optimizer_fails,
    "when the disk is full half-way": disk_is_full,
    "when the file cannot be renamed": name_is_refused,
}


@checkpoints.probe(
    "a crash while saving leaves the old file whole, and no other",
    points=0.5,
    inputs=run_seeds,
    experiment="let np.savez raise in the middle, and list the folder.",
)
def crashes(impl: Any, inputs: Inputs) -> Any:
    """What is in the folder after every crash, over an older file and where there was none."""
    seen: dict[str, Any] = {}
    for what, crash in CRASHES.items():
        for older in (True, False):
            with scratch() as folder:
                path = folder / "run.npz"
                run = Run(inputs["seeds"][0], plain=True).go(1)
                if older:
                    run.save(impl, path, 1)
                content = path.read_bytes() if older else b""
                run.go(1)
                with crash(run):
                    outcome(run.save, impl, path, 2)
                where = "over an older file" if older else "where there was none"
                seen[f"{what}, {where}"] = {
                    "files": names_in(folder),
                    "left": _left(impl, path, content, inputs),
                }
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
