"""Wrong answers to lesson 13: what right loops become by one change, and slips of their parts."""

import contextlib
import copy
from collections.abc import Mapping
from dataclasses import replace
from functools import partial
from typing import Any

import torch
from torch import nn
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


def bias_somewhere(model: Any, config: Any) -> Any:
    """By whether a name has "bias" in it."""
    kinds = (nn.modules.batchnorm._NormBase, nn.LayerNorm, nn.GroupNorm, nn.RMSNorm)
    norms = [p for m in model.modules() if isinstance(m, kinds) for p in m.parameters()]
    groups: Any = [{"params": [], "weight_decay": config.weight_decay}]
    groups.append({"params": [], "weight_decay": 0.0})
    for name, p in model.named_parameters():
        groups["bias" in name or any(p is q for q in norms)]["params"].append(p)
    if config.optimizer == "sgd":
        return torch.optim.SGD(groups, lr=config.lr, momentum=config.momentum)
    return torch.optim.AdamW(groups, lr=config.lr)


def tensors(model: Any) -> dict[str, Any]:
    """Parameters and buffers by name, a shared one once."""
    return {name: t.detach() for name, t in (*model.named_parameters(), *model.named_buffers())}


class IntegersToo:
    """Averages everything that a model has."""

    def __init__(self, model: Any, decay: float) -> None:
        self.state, self.decay = copy.deepcopy(tensors(model)), decay

    def update(self, model: Any) -> None:
        for name, value in tensors(model).items():
            self.state[name].copy_(self.decay * self.state[name] + (1 - self.decay) * value)

    @contextlib.contextmanager
    def swap(self, model: Any) -> Any:
        kept = copy.deepcopy(self.borrowed(model))
        for name, value in tensors(model).items():
            value.copy_(self.state[name])
        try:
            yield
        finally:
            for name, value in self.borrowed(model).items():
                value.copy_(kept[name])

    def borrowed(self, model: Any) -> dict[str, Any]:
        """What has to be put back."""
        return tensors(model)


class ParametersBack(IntegersToo):
    """Averages as it should, and puts back the parameters."""

    def update(self, model: Any) -> None:
        for name, value in tensors(model).items():
            if value.is_floating_point():
                self.state[name].lerp_(value, 1 - self.decay)
            else:
                self.state[name].copy_(value)

    def borrowed(self, model: Any) -> dict[str, Any]:
        return {name: p.detach() for name, p in model.named_parameters()}


WRONG: dict[str, Any] = {
    "build_optimizer": {"bias somewhere": {"build_optimizer": bias_somewhere}},
    "EMA": {
        "integers too": {"EMA": IntegersToo},
        "parameters back": {"EMA": ParametersBack},
    },
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
    },
}
# None: no thought of the bank does the same, and none may be named.
NAMED: dict[str, Mapping[str, str | None]] = {
    "build_optimizer": {"bias somewhere": "bias_anywhere_in_the_name"},
    "EMA": {"integers too": "integers_averaged", "parameters back": "buffers_not_restored"},
    "fit": {
        "saves the best": "saved_when_better",
        "measures in training mode": "validated_in_training_mode",
        "means of means": "validation_by_batches",
        "leaves the last weights": "averages_not_left + last_weights_left",
        "no smoothing": "smoothing_ignored",
        "one seed": None,
        "one half for the other": None,
        "patience early": "patience_one_early",
    },
}
