"""Probes of files that are whole: a run goes on, and of what is in the folder."""

from typing import Any

import numpy as np

from autograder.api import Inputs, Probes
from autograder.hidden.numpy_trainer.probes.keeper import Run, names_in, run_seeds, scratch

probes = Probes()
checkpoints = probes.exercise("save_checkpoint__load_checkpoint")
NAMES = ("run.npz", "run.checkpoint")


@checkpoints.probe(
    "a run that is saved, loaded and continued",
    points=1.0,
    inputs=run_seeds,
    experiment="save, draw rng.random() and take a step; load, and do both again.",
)
def resumes(impl: Any, inputs: Inputs) -> Any:
    """Save in mid-run, go on; load into another run, and go on from there; then once more."""
    one, other = Run(inputs["seeds"][0]), Run(inputs["seeds"][1], lr=0.7).go(2)
    with scratch() as folder:
        path = folder / "run.npz"
        one.go(3)
        before = one.state()
        one.save(impl, path, inputs["epoch"])
        after = one.state()
        end = one.go(3).state()
        epoch = other.load(impl, path)
        loaded = other.state()
        in_place = all(other.params[name] is array for name, array in other.arrays.items())
        resumed = other.go(3).state()
        one.load(impl, path)
        back = one.go(3).state()
    return {
        "epoch": epoch,
        "in place": in_place and set(other.params) == set(other.arrays),
        "before": before,
        "after": after,
        "loaded": loaded,
        "end": end,
        "resumed": resumed,
        "back": back,
    }


@checkpoints.probe(
    "a state with empty lists and dicts, before the first step",
    points=0.25,
    inputs=run_seeds,
    experiment="save an optimizer whose state holds an empty list and an empty dict.",
)
def fresh(impl: Any, inputs: Inputs) -> Any:
    """The same before the first step, where a state has empty things in it."""
    one = Run(inputs["seeds"][0], full=False)
    other = Run(inputs["seeds"][1], lr=0.7, full=False).go(1)
    with scratch() as folder:
        path = folder / "run.npz"
        before = one.state()
        one.save(impl, path, 0)
        epoch = other.load(impl, path)
        loaded = other.state()
    return {"epoch": epoch, "before": before, "loaded": loaded}


@checkpoints.probe(
    "one file, at exactly the path, without pickle",
    points=0.75,
    inputs=run_seeds,
    experiment="save as run.checkpoint and list the folder.",
)
def places(impl: Any, inputs: Inputs) -> Any:
    """What is in a folder after saving under several names, as str and as Path, and twice."""
    seen: dict[str, Any] = {}
    one = Run(inputs["seeds"][0], plain=True).go(2)
    for name in NAMES:
        with scratch() as folder:
            path = folder / name
            one.save(impl, path, 1)
            first = names_in(folder)
            one.save(impl, str(path), inputs["epoch"])
            other = Run(inputs["seeds"][1], plain=True)
            seen[f"after saving as {name}"] = {
                "files": [first, names_in(folder)],
                "epoch": other.load(impl, str(path)),
                "epoch by a Path": other.load(impl, path),
                "files afterwards": names_in(folder),
                "members that are pickles": _pickles(path),
            }
    return seen


def _pickles(path: Any) -> int:
    """How many members NumPy does not read without pickle."""
    count = 0
    with np.load(path, allow_pickle=False) as archive:
        for name in archive.files:
            try:
                archive[name]
            except ValueError:
                count += 1
    return count
