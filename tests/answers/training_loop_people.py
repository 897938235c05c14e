"""Wrong answers to lesson 10 that were taken for right, or for another thought, once."""

import random
from collections.abc import Callable
from typing import Any

from torch import nn
from torch.optim.lr_scheduler import ReduceLROnPlateau
from torch.utils.data import DataLoader

Told = Callable[..., Any]  # train_step, train_epoch, evaluate as other answers have them


def train_epoch_by(train: Told) -> Told:
    """Any frozen module that rests goes on resting."""

    def every_frozen_part_rests(
        model: Any, loader: Any, criterion: Any, optimizer: Any, device: Any
    ) -> Any:
        resting = [
            module
            for module in model.modules()
            if not module.training
            and any(True for _ in module.parameters())
            and not any(p.requires_grad for p in module.parameters())
        ]

        def batches() -> Any:
            for batch in loader:
                for module in resting:
                    module.eval()
                yield batch

        return train(model, batches(), criterion, optimizer, device)

    return every_frozen_part_rests


def evaluate_by(measure: Told) -> Told:
    """Modes of the model and its children come back, and nobody else's."""

    def two_levels_of_modes(model: Any, loader: Any, criterion: Any, device: Any) -> Any:
        modes = {module: module.training for module in (model, *model.children())}
        model.eval()
        try:
            return measure(model, loader, criterion, device)
        finally:
            for module, mode in modes.items():
                module.training = mode

    return two_levels_of_modes


class Batches:
    """Always the same batches, in another order."""

    def __init__(self, dataset: Any, batch_size: int, seed: int, shuffle: bool) -> None:
        self.batches = list(DataLoader(dataset, batch_size))
        self.random = random.Random(seed)
        self.shuffle = shuffle

    def __iter__(self) -> Any:
        if self.shuffle:
            self.random.shuffle(self.batches)
        return iter(self.batches)


def batches_shuffled(dataset: Any, batch_size: int, seed: int, shuffle: bool = True) -> Any:
    return Batches(dataset, batch_size, seed, shuffle)


def fit_by(train: Told, measure: Told, fault: str) -> Told:
    """A run in which schedulers other than a plateau's are stepped early, late or never."""

    def run(
        model: nn.Module,
        train_loader: Any,
        val_loader: Any,
        criterion: Any,
        optimizer: Any,
        scheduler: Any,
        epochs: int,
        device: Any,
    ) -> Any:
        other = None if isinstance(scheduler, ReduceLROnPlateau) else scheduler
        rows = []
        for _ in range(epochs):
            rate = optimizer.param_groups[0]["lr"]
            if other and fault == "early":
                other.step()
            loss = train(model, train_loader, criterion, optimizer, device)
            measured = measure(model, val_loader, criterion, device)
            rows.append((rate, loss, *measured))
            if isinstance(scheduler, ReduceLROnPlateau):
                scheduler.step(measured[0])
            if other and fault == "twice":
                other.step()
                other.step()
        names = ("lr", "train_loss", "val_loss", "val_accuracy")
        return dict(zip(names, map(list, zip(*rows, strict=True)), strict=True))

    run.__name__ = f"steps_{fault}"
    return run


NAMED = {
    "train_epoch": {"every_frozen_part_rests": "other_layers_taken_for_frozen"},
    "evaluate": {"two_levels_of_modes": "nested_modes_forgotten"},
    "fit": {"steps_early": "rate_noted_and_then_changed", "steps_never": "plateau_alone_stepped"},
}
