"""Probes of `fit` resumed from a checkpoint, and of its seed."""

import shutil
import tempfile
from pathlib import Path
from typing import Any

import numpy as np
import torch
from torch.utils.data import DataLoader, TensorDataset

from autograder.api import Inputs, Probes

from .shown import Batches, Config, Net, columns, stir, two_sets

probes = Probes()
fit = probes.exercise("fit")
NUMBERS = ("train_loss", "val_loss", "val_accuracy", "lr", "grad_norm", "skipped_steps")


class Case:
    """A run that can be made again: its settings, and whether a generator shuffles its data."""

    def __init__(self, inputs: Inputs, shuffled: bool, dropout: float, **changes: Any) -> None:
        self.inputs, self.shuffled, self.dropout = inputs, shuffled, dropout
        self.settings: Inputs = {"epochs": 4, "lr": 0.2, "momentum": 0.9, **changes}

    def parts(self, order: int) -> Any:
        """A model, and its loaders."""
        x, y = self.inputs["train"]
        train: Any = Batches(x, y, 4, 4, 4)
        if self.shuffled:
            drawn = torch.Generator().manual_seed(order)
            data = TensorDataset(torch.as_tensor(x), torch.as_tensor(y))
            train = DataLoader(data, 4, shuffle=True, generator=drawn)
        return Net(self.inputs["weights"], self.dropout), train, Batches(*self.validate(), 7)

    def validate(self) -> Any:
        """Labels that contradict the rule where patience is asked for: the loss rises."""
        x, y = self.inputs["validate"]
        return x, (y + 1) % 3 if self.settings.get("patience") else y

    def go(self, impl: Any, stop: int, order: int, resume: Any = None, **more: Any) -> Inputs:
        """The numbers of a run, and its weights at the end of each epoch."""
        model, train, validate = self.parts(order)
        stir(order)

        def note(history: Any) -> Any:
            return len(history["val_loss"]) == stop

        config = Config(**self.settings, **more)
        history = impl.fit(model, train, validate, config, resume=resume, callbacks=[note])
        return {"history": columns(history, *NUMBERS), "weights": model.tensors()}

    def resumed(self, impl: Any) -> Inputs:
        """A run in one piece, beside a run that is stopped after two epochs and resumed."""
        with tempfile.TemporaryDirectory() as folder:
            path, kept = Path(folder) / "run.pt", Path(folder) / "kept.pt"
            whole = self.go(impl, 99, 1)
            self.go(impl, 2, 1, checkpoint_path=path)
            shutil.copy(path, kept)
            again = self.go(impl, 99, 2, resume=kept, checkpoint_path=path)
        return {"whole": whole, "again": again}


def cases(inputs: Inputs) -> dict[str, Case]:
    warm = {"schedule": "warmup_cosine", "warmup_steps": 5}
    return {
        "with momentum and a schedule": Case(inputs, False, 0.0, **warm),
        "with AdamW and dropout": Case(inputs, False, 0.4, optimizer="adamw", lr=0.02),
        "with data in a shuffled order": Case(inputs, True, 0.0),
        "with averages": Case(inputs, False, 0.0, ema_decay=0.8),
        "with patience": Case(inputs, False, 0.0, patience=3),
    }


@fit.probe(
    "a run that is stopped and resumed, bit for bit",
    points=0.75,
    inputs=two_sets(12, 7),
    experiment="compare weights and history of a run in one piece and in two, with torch.equal.",
)
def resumes(impl: Any, inputs: Inputs) -> Any:
    return {where: case.resumed(impl) for where, case in cases(inputs).items()}


@fit.probe(
    "the same seed, whatever was drawn before",
    points=0.1875,
    inputs=two_sets(12, 7),
    experiment="run twice with seed=1 on a model with dropout, and draw some numbers in between.",
)
def seeds(impl: Any, inputs: Inputs) -> Any:
    case = Case(inputs, False, 0.5, epochs=1)
    runs = {
        name: case.go(impl, 99, order, seed=seed)["weights"]
        for name, order, seed in (("one", 1, 5), ("again", 2, 5), ("other", 1, 6))
    }
    same = [
        all(np.array_equal(runs["one"][k], runs[name][k]) for k in runs["one"])
        for name in ("again", "other")
    ]
    return {
        "are two runs with one seed the same?": same[0],
        "are runs with two seeds the same?": same[1],
    }
