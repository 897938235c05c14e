"""Probes of `fit` resumed from a checkpoint, and of its seed."""

import shutil
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import torch
from torch.utils.data import DataLoader, TensorDataset

from autograder.api import Inputs, Probes

from .shown import Batches, Config, Net, columns, flat_start, stir, trained, two_sets

probes = Probes()
fit = probes.exercise("fit")
NUMBERS = ("train_loss", "val_loss", "val_accuracy", "lr", "grad_norm", "skipped_steps")
EXPERIMENT = "compare weights and history of a run in one piece and in two, with torch.equal."


class InOrder(Batches):
    """Batches that say when they are gone through anew."""

    begins: Callable[[], None]

    def __iter__(self) -> Iterator[list[Any]]:
        self.begins()
        return super().__iter__()


class Shuffled(DataLoader[Any]):
    """A DataLoader that says the same."""

    begins: Callable[[], None]

    def __iter__(self) -> Any:
        self.begins()
        return super().__iter__()


class Case:
    """A run of two epochs that can be made again: its settings, and what its batches are."""

    def __init__(
        self, inputs: Inputs, *sizes: int, shuffled: bool = False, dropout: float = 0.0, **more: Any
    ) -> None:
        self.inputs, self.sizes, self.shuffled, self.dropout = inputs, sizes, shuffled, dropout
        self.settings: Inputs = {"epochs": 2, "lr": 0.2, "momentum": 0.0, **more}

    def parts(self, order: int) -> Any:
        """A model, and its loaders; a run that is resumed begins with other weights."""
        x, y = self.inputs["train"]
        weights = {name: value * order for name, value in self.inputs["weights"].items()}
        train: Any = InOrder(x, y, *self.sizes)
        if self.shuffled:
            drawn = torch.Generator().manual_seed(order)
            data = TensorDataset(torch.as_tensor(x), torch.as_tensor(y))
            train = Shuffled(data, self.sizes[0], shuffle=True, generator=drawn)
        if self.settings.get("patience"):  # labels that contradict the rule: the loss rises
            weights = flat_start(weights)
            return Net(weights, self.dropout), train, Batches(x[:7], (y[:7] + 1) % 3, 7)
        model = Net(weights, self.dropout)
        return model, train, Batches(*self.inputs["validate"], 7)

    def go(self, impl: Any, order: int, begins: Any = None, **more: Any) -> Inputs:
        """The numbers of a run, and its weights at the end."""
        model, train, validate = self.parts(order)
        train.begins = begins or (lambda: None)
        stir(order + more.pop("drawn", 0))
        resume = more.pop("resume", None)
        config = Config(**{**self.settings, **more})
        history = trained(impl, model, train, validate, config, resume=resume)
        return {"history": columns(history, *NUMBERS), "weights": model.tensors()}

    def resumed(self, impl: Any) -> Inputs:
        """A run in one piece, beside one that goes on before its last epoch."""
        with tempfile.TemporaryDirectory() as folder:
            path, kept = Path(folder) / "run.pt", Path(folder) / "kept.pt"
            epochs = list[bool]()

            def keep() -> None:
                """When an epoch begins, the one before is over, whatever is done last in it."""
                if path.exists():
                    shutil.copy(path, kept)

            whole = self.go(impl, 1, keep, checkpoint_path=path)
            if not kept.exists():
                return {"a file": False}
            again = self.go(impl, 2, lambda: epochs.append(True), resume=kept)
            return {"a file": True, "whole": whole, "again": again, "epochs": len(epochs)}


# Each forgets what another one doesn't show. A few steps each, as every mistake that has nothing
# to do with a resume is told by one of them from one that has.
@fit.probe(
    "a run with momentum, stopped and resumed, bit for bit",
    points=0.1875,
    inputs=two_sets(8, 7),
    experiment=EXPERIMENT,
)
def resumes(impl: Any, inputs: Inputs) -> Any:
    return Case(inputs, 8, momentum=0.9).resumed(impl)


@fit.probe(
    "a run with dropout and averages, stopped and resumed, bit for bit",
    points=0.1875,
    inputs=two_sets(8, 7),
    experiment=EXPERIMENT,
)
def resumes_averages(impl: Any, inputs: Inputs) -> Any:
    return Case(inputs, 8, dropout=0.2, ema_decay=0.8, epochs=3).resumed(impl)


@fit.probe(
    "a run with a schedule and a shuffled order, stopped and resumed, bit for bit",
    points=0.1875,
    inputs=two_sets(8, 7),
    experiment=EXPERIMENT,
)
def resumes_order(impl: Any, inputs: Inputs) -> Any:
    plan: Inputs = {"schedule": "warmup_cosine", "warmup_steps": 3}
    return Case(inputs, 4, 4, shuffled=True, **plan).resumed(impl)


@fit.probe(
    "a run with patience, stopped and resumed",
    points=0.1875,
    inputs=two_sets(8, 7),
    experiment="print the number of epochs of a run in one piece and in two.",
)
def resumes_patience(impl: Any, inputs: Inputs) -> Any:
    return Case(inputs, 8, patience=2, epochs=4).resumed(impl)


@fit.probe(
    "the same seed, whatever was drawn before",
    points=0.1875,
    inputs=two_sets(8, 7),
    experiment="run twice with seed=1 on a model with dropout, and draw some numbers in between.",
)
def seeds(impl: Any, inputs: Inputs) -> Any:
    case = Case(inputs, 8, dropout=0.5, epochs=1)
    runs = {
        name: case.go(impl, 1, seed=seed, drawn=drawn)["weights"]
        for name, drawn, seed in (("one", 1, 5), ("again", 2, 5), ("other", 1, 6))
    }
    same = [
        all(np.array_equal(runs["one"][k], runs[name][k]) for k in runs["one"])
        for name in ("again", "other")
    ]
    return {
        "are two runs with one seed the same?": same[0],
        "are runs with two seeds the same?": same[1],
    }
