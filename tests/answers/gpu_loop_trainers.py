"""Wrong answers to `fit` of lesson 13 that two right loops become by one change."""

from collections.abc import Mapping
from dataclasses import replace
from functools import partial
from typing import Any

import torch
from torch.nn import functional as F

from .gpu_loop_fits import Trainer, by_an_object, in_one_piece


class BestOnly(Trainer):
    """Writes a file for each new best."""

    def save(self, path: Any) -> None:
        if self.history["val_loss"][-1] == min(self.history["val_loss"]):
            super().save(path)


class StaysInTraining(Trainer):
    """Measures as it trains."""

    @torch.no_grad()
    def validate(self) -> Any:
        outputs = [((self.ema[0] if self.ema else self.model)(x), y) for x, y in self.val]
        logits, y = (torch.cat(part) for part in zip(*outputs, strict=True))
        return F.cross_entropy(logits, y).item(), (logits.argmax(-1) == y).double().mean().item()


class MeansOfMeans(Trainer):
    """A mean over batches."""

    @torch.no_grad()
    def validate(self) -> Any:
        model = (self.ema[0] if self.ema else self.model).eval()
        rows = [
            (F.cross_entropy(model(x), y), (model(x).argmax(1) == y).float()) for x, y in self.val
        ]
        losses, hits = zip(*rows, strict=True)
        return torch.stack(losses).mean().item(), sum(h.mean().item() for h in hits) / len(hits)


class Unfinished(Trainer):
    """Leaves the last weights, whatever was measured."""

    def finish(self) -> None:
        pass


def told(**changes: Any) -> Any:
    """A loop that goes by another config than the one that it was given."""

    def fit(model: Any, train_loader: Any, val_loader: Any, config: Any, **rest: Any) -> Any:
        known = {name: change(config) for name, change in changes.items()}
        return in_one_piece(model, train_loader, val_loader, replace(config, **known), **rest)

    return fit


def another(kind: Any) -> Any:
    """A loop of that kind of trainer."""
    return partial(by_an_object, kind=kind)


OTHER_PRECISION = {"float16": "bfloat16"}


WRONG: dict[str, Any] = {
    "fit": {
        "saves the best": {"fit": another(BestOnly)},
        "measures in training mode": {"fit": another(StaysInTraining)},
        "means of means": {"fit": another(MeansOfMeans)},
        "leaves the last weights": {"fit": another(Unfinished)},
        "no smoothing": {"fit": told(label_smoothing=lambda c: 0.0)},
        "one seed": {"fit": told(seed=lambda c: 0)},
        "one half for the other": {
            "fit": told(precision=lambda c: OTHER_PRECISION.get(c.precision, c.precision))
        },
        "patience early": {"fit": told(patience=lambda c: c.patience and max(1, c.patience - 1))},
    }
}
# None: no thought of the bank does the same, and none may be named.
NAMED: dict[str, Mapping[str, str | None]] = {
    "fit": {
        "saves the best": "saved_when_better",
        "measures in training mode": "validated_in_training_mode",
        "means of means": "validation_by_batches",
        "leaves the last weights": "averages_not_left + last_weights_left",
        "no smoothing": "smoothing_ignored",
        "one seed": None,
        "one half for the other": None,
        "patience early": "patience_one_early",
    }
}
