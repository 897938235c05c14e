"""Probes of `fit` resumed from a checkpoint, and of its seed."""

import shutil
import tempfile
from pathlib import Path
from typing import Any

import numpy as np
import torch
from torch.utils.data import DataLoader, TensorDataset

from autograder.api import Inputs, Probes

from .shown import Batches, Config, Net, columns, flat_start, stir, two_sets

probes = Probes()
fit = probes.exercise("fit")
NUMBERS = ("train_loss", "val_loss", "val_accuracy", "lr", "grad_norm", "skipped_steps")


class Case:
    """A run that can be made again: its settings, and whether a generator shuffles its data."""

    def __init__(self, inputs: Inputs, shuffled: bool, dropout: float, **changes: Any) -> None:
        self.inputs, self.shuffled, self.dropout = inputs, shuffled, dropout
        self.settings: Inputs = {"epochs": 3, "lr": 0.2, "momentum": 0.0, **changes}

    def parts(self, order: int) -> Any:
        """A model, and its loaders; a run that is resumed begins with other weights."""
        x, y = self.inputs["train"]
        weights = {name: value * order for name, value in self.inputs["weights"].items()}
        train: Any = Batches(x, y, 4, 4)
        if self.shuffled:
            drawn = torch.Generator().manual_seed(order)
            data = TensorDataset(torch.as_tensor(x), torch.as_tensor(y))
            train = DataLoader(data, 4, shuffle=True, generator=drawn)
        if self.settings.get("patience"):  # labels that contradict the rule: the loss rises
            weights = flat_start(weights)
            return Net(weights, self.dropout), train, Batches(x[:7], (y[:7] + 1) % 3, 7)
        model = Net(weights, self.dropout)
        return model, train, Batches(*self.inputs["validate"], 7)

    def go(self, impl: Any, order: int, note: Any = None, **more: Any) -> Inputs:
        """The numbers of a run, and its weights at the end."""
        model, train, validate = self.parts(order)
        stir(order + more.pop("drawn", 0))
        resume, callbacks = more.pop("resume", None), [] if note is None else [note]
        config = Config(**{**self.settings, **more})
        history = impl.fit(model, train, validate, config, resume=resume, callbacks=callbacks)
        return {"history": columns(history, *NUMBERS), "weights": model.tensors()}

    def resumed(self, impl: Any, path: Path) -> Inputs:
        """A run in one piece, beside one that goes on from what lay there after two epochs."""
        kept = path.with_suffix(".kept")

        def keep(history: Any) -> None:
            if len(history["val_loss"]) == 2:
                shutil.copy(path, kept)

        whole = self.go(impl, 1, keep, checkpoint_path=path)
        return {"whole": whole, "again": self.go(impl, 2, resume=kept)}


def cases(inputs: Inputs) -> dict[str, Case]:
    """Two things to forget in each, which different numbers of it show."""
    plan: Inputs = {"schedule": "warmup_cosine", "warmup_steps": 4}
    return {
        "with momentum and averages": Case(inputs, False, 0.0, momentum=0.9, ema_decay=0.8),
        "with dropout and patience": Case(inputs, False, 0.2, lr=0.05, patience=3, epochs=5),
        "with a schedule and a shuffled order": Case(inputs, True, 0.0, **plan),
    }


@fit.probe(
    "a run that is stopped and resumed, bit for bit",
    points=0.75,
    inputs=two_sets(8, 7),
    experiment="compare weights and history of a run in one piece and in two, with torch.equal.",
)
def resumes(impl: Any, inputs: Inputs) -> Any:
    with tempfile.TemporaryDirectory() as folder:
        return {
            where: case.resumed(impl, Path(folder) / f"{number}.pt")
            for number, (where, case) in enumerate(cases(inputs).items())
        }


@fit.probe(
    "the same seed, whatever was drawn before",
    points=0.1875,
    inputs=two_sets(8, 7),
    experiment="run twice with seed=1 on a model with dropout, and draw some numbers in between.",
)
def seeds(impl: Any, inputs: Inputs) -> Any:
    case = Case(inputs, False, 0.5, epochs=1)
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
