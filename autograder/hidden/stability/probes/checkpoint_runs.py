"""Probes of runs that are saved, loaded and continued."""

from typing import Any
from unittest.mock import patch

import torch

from autograder.api import EXACT, Inputs, Probes

from .keeper import Run, draws, returned, run_seeds, saved, scratch, seed_everything
from .values import array, noting

probes = Probes()
checkpoints = probes.exercise("save_checkpoint__load_checkpoint")


def halves_drawn(seed: int) -> None:
    """Seed all generators, and leave halves of a draw behind in those that keep them."""
    seed_everything(seed)
    draws()


@checkpoints.probe(
    "each part of a run, after loading it into another",
    points=1.0,
    inputs=run_seeds,
    experiment="load into a new run, and compare state_dict() of every part with the saved one.",
)
def parts(impl: Any, inputs: Inputs) -> Any:
    """What each part does next, apart from the others: nothing here draws a random number.

    Two processes agree on a trained weight to nine digits or so, since a sum is rounded otherwise
    with more threads or on another processor. What has to be equal to the last bit is what was
    saved and what was loaded, in one process: the bank looks at that.
    """
    one, other, noise, _ = inputs["seeds"]
    run, fresh = Run(one), Run(other, lr=0.02)
    halves_drawn(noise)
    run.go(2)
    with scratch() as folder:
        saved(impl, run, folder / "run.pt", epoch=inputs["epoch"])
        kept = run.everything()
        run.go(1)  # what goes on after saving is not what was saved
        halves_drawn(noise + 1)
        fresh.go(1)
        impl.load_checkpoint(folder / "run.pt", **fresh.parts())
    seen = fresh.everything()
    rates, scales = [], []
    for _ in range(2):
        fresh.scheduler.step()
        rates.append(fresh.rates())
        scales.append(fresh.scaler.update())
    return {
        "the model": seen["weights"],
        "the optimizer": seen["optimizer"],
        "the scheduler": {"now": seen["scheduler"], "its next rates": rates},
        "the scaler": {"now": seen["scaler"], "its next scales": scales},
        "what was saved": kept,
    }


@checkpoints.probe(
    "what every random generator draws next",
    points=0.75,
    inputs=run_seeds,
    tolerance=EXACT,
    experiment="save, draw from random, np.random and torch; load, and draw again.",
)
def generators(impl: Any, inputs: Inputs) -> Any:
    return around_a_load(impl, inputs)


@checkpoints.probe(
    "what they draw next when the model alone is loaded",
    points=0.25,
    inputs=run_seeds,
    tolerance=EXACT,
    experiment="load with model= only, and draw from random, np.random and torch.",
)
def generators_alone(impl: Any, inputs: Inputs) -> Any:
    return around_a_load(impl, inputs, "model")


def around_a_load(impl: Any, inputs: Inputs, *names: str) -> Any:
    """What the generators draw after saving, and after loading once they have moved on."""
    one, _, noise, more = inputs["seeds"]
    run = Run(one, small=True)
    with scratch() as folder:
        halves_drawn(noise)
        saved(impl, run, folder / "run.pt", best={"loss": 0.5})
        after_saving = draws()
        halves_drawn(more)
        impl.load_checkpoint(folder / "run.pt", **run.parts(*names))
        return {"after saving": after_saving, "after loading": draws()}


@checkpoints.probe(
    "a run that is saved, loaded and continued",
    points=0.5,
    inputs=run_seeds,
    experiment="take three steps after saving; load, take them again, and compare all weights.",
)
def resumes(impl: Any, inputs: Inputs) -> Any:
    """Go on after saving; load into another run and go on; go back in the same run and go on."""
    one, other, noise, more = inputs["seeds"]
    run, fresh = Run(one), Run(other, lr=0.02)
    with scratch() as folder:
        seed_everything(noise)
        saved(impl, run.go(2), folder / "run.pt")
        end = run.go(2).everything()
        seed_everything(more)
        impl.load_checkpoint(folder / "run.pt", **fresh.go(1).parts())
        resumed = fresh.go(2).everything()
        impl.load_checkpoint(folder / "run.pt", **run.parts())
        return {"uninterrupted": end, "resumed": resumed, "gone back": run.go(2).everything()}


@checkpoints.probe(
    "loading the model alone, or with some of the rest",
    points=0.5,
    inputs=run_seeds,
    experiment="load with model= only, and see that the optimizer is left as it was.",
)
def some_parts(impl: Any, inputs: Inputs) -> Any:
    one, other, noise, _ = inputs["seeds"]
    seed_everything(noise)
    seen: Inputs = {}
    with scratch() as folder:
        whole, bare = folder / "whole.pt", folder / "bare.pt"
        saved(impl, Run(one, small=True).go(2), whole)
        saved(impl, Run(one, small=True).go(1), bare, "model", "optimizer")
        for path, names in (
            (whole, ("model", "scheduler", "scaler")),
            (bare, ("model", "optimizer")),
        ):
            fresh = Run(other, lr=0.02, small=True)
            impl.load_checkpoint(path, **fresh.parts(*names))
            what = f"after loading {' and '.join(names)} from {path.stem}.pt"
            seen[what] = fresh.everything()
    return seen


@checkpoints.probe("epoch and best", points=0.375, inputs=run_seeds, tolerance=EXACT)
def epoch_and_best(impl: Any, inputs: Inputs) -> Any:
    """All kinds of values at once: most mistakes are looked at here, so it is one file."""
    run = Run(inputs["seeds"][0], small=True)
    best: Any = {
        "loss": 0.1 + 0.2,
        "epoch": 4,
        "name": "reader",
        "stopped": False,
        "losses": [1.5, 0.75, float("inf")],
        "state": {"w": torch.arange(3.0), "steps": torch.tensor(7)},
        "order": torch.Generator().manual_seed(inputs["epoch"]).get_state()[:40],
        "none": None,
    }
    with scratch() as folder:
        path, names = folder / "run.pt", ("model", "optimizer")
        saved(impl, run, path, *names, epoch=inputs["epoch"], best=best)
        return arrays(returned(impl.load_checkpoint(path, model=run.model)))


@checkpoints.probe(
    "where tensors are loaded to",
    points=0.0625,
    inputs=run_seeds,
    kind="side",
    experiment="save on a GPU, load on a machine without one, and look at best.",
)
def loaded_to(impl: Any, inputs: Inputs) -> Any:
    """Where torch.load is asked to bring what was saved on a GPU."""
    run, places = Run(inputs["seeds"][0], small=True), list[str]()
    with scratch() as folder:
        saved(impl, run, folder / "run.pt", "model", "optimizer")
        with patch.object(torch, "load", noting(torch.load, places)):
            impl.load_checkpoint(folder / "run.pt", model=run.model)
    return {"do tensors of a GPU come back on the CPU?": set(places) <= {"cpu"}}


def arrays(value: Any) -> Any:
    """Tensors as arrays, to any depth; tuples as lists."""
    if isinstance(value, dict):
        return {key: arrays(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [arrays(item) for item in value]
    return array(value)
