"""Wrong answers to lesson 12 with two faults at once, or with one that sits where many put it."""

import math
from typing import Any

import numpy as np
import torch
from torch.nn.utils import clip_grad_norm_


def mean_of_zeros(grads: Any, dtype: Any) -> Any:
    """A mean of shares for each tensor, which counts zeros, in one line."""
    if isinstance(grads, torch.Tensor):
        grads = [grads]
    shares = [(g.to(dtype) == 0).float().mean().item() for g in grads if g is not None]
    return float(np.mean(shares or [0.0]))


def hidden_bit(dtype: Any) -> Any:
    k, m = {torch.float16: (5, 11), torch.bfloat16: (8, 8), torch.float32: (8, 24)}[dtype]
    bias, eps = 2 ** (k - 1) - 1, 2.0**-m
    return {"max": (2 - eps) * 2.0**bias, "smallest_normal": 2.0 ** (1 - bias), "eps": eps}


def bias_of_a_power(dtype: Any) -> Any:
    k, m = {torch.float16: (5, 10), torch.bfloat16: (8, 7), torch.float32: (8, 23)}[dtype]
    bias, eps = 2 ** (k - 1), 2.0**-m
    top = 2**k - 2 - bias
    return {"max": (2 - eps) * 2.0**top, "smallest_normal": 2.0 ** (1 - bias), "eps": eps}


class Held:
    """A scaler that never goes below 1, and raises nothing."""

    def __init__(
        self,
        init_scale: float = 2.0**16,
        growth_factor: float = 2.0,
        backoff_factor: float = 0.5,
        growth_interval: int = 2000,
    ) -> None:
        self.now, self.up, self.down = init_scale, growth_factor, backoff_factor
        self.every, self.good = growth_interval, 0
        self.bad: bool | None = None

    def scale(self, loss: Any) -> Any:
        return loss * self.now

    def unscale_(self, optimizer: Any) -> None:
        grads = [p.grad for g in optimizer.param_groups for p in g["params"] if p.grad is not None]
        for grad in grads:
            grad.div_(self.now)
        self.bad = not all(bool(grad.isfinite().all()) for grad in grads)

    def step(self, optimizer: Any) -> bool:
        if self.bad is None:
            self.unscale_(optimizer)
        if not self.bad:
            optimizer.step()
        return not self.bad

    def update(self) -> None:
        if self.bad:
            self.now, self.good = self.backed_off(), 0
        else:
            self.good += 1
            if self.good == self.every:
                self.now, self.good = self.now * self.up, 0
        self.bad = None

    def backed_off(self) -> float:
        return max(1.0, self.now * self.down)

    def state_dict(self) -> Any:
        return {"scale": self.now, "good": self.good}

    def load_state_dict(self, state: Any) -> None:
        self.now, self.good = state["scale"], state["good"]


class Divided(Held):
    """The scale grows after an overflow."""

    def backed_off(self) -> float:
        return self.now / self.down


def stepped(
    model: Any, batch: Any, criterion: Any, optimizer: Any, scaler: Any, max_norm: float, how: Any
) -> Any:
    """What the steps below share, from a loss on."""
    loss = how(batch)
    (loss if scaler is None else scaler.scale(loss)).backward()
    if scaler is not None:
        scaler.unscale_(optimizer)
    grads = [p.grad for p in model.parameters() if p.grad is not None]
    norm = math.sqrt(sum(float(g.double().square().sum()) for g in grads))
    if math.isfinite(norm):
        clip_grad_norm_(model.parameters(), max_norm)
    taken = True if scaler is None else scaler.step(optimizer)
    if scaler is None:
        optimizer.step()
    else:
        scaler.update()
    return {"loss": loss.item(), "grad_norm": norm, "stepped": taken}


def criterion_afterwards(
    model: Any, batch: Any, criterion: Any, optimizer: Any, scaler: Any, max_norm: float,
    device: Any, dtype: Any,
) -> Any:  # fmt: skip
    """The criterion stands behind the block, on outputs of 16 bits."""

    def loss_of(batch: Any) -> Any:
        optimizer.zero_grad()
        x, y = (part.to(device) for part in batch)
        with torch.autocast(device.type, dtype=dtype, enabled=dtype != torch.float32):
            outputs = model(x)
        return criterion(outputs, y)

    return stepped(model, batch, criterion, optimizer, scaler, max_norm, loss_of)


def cut_norm_reported(
    model: Any, batch: Any, criterion: Any, optimizer: Any, scaler: Any, max_norm: float,
    device: Any, dtype: Any,
) -> Any:  # fmt: skip
    """The smaller of the norm and its limit."""

    def loss_of(batch: Any) -> Any:
        optimizer.zero_grad()
        x, y = (part.to(device) for part in batch)
        with torch.autocast(device.type, dtype=dtype, enabled=dtype != torch.float32):
            return criterion(model(x), y)

    report = stepped(model, batch, criterion, optimizer, scaler, max_norm, loss_of)
    return {**report, "grad_norm": min(report["grad_norm"], max_norm)}


def _answers(key: str, *wrong: Any) -> dict[str, dict[str, Any]]:
    return {one.__name__: {key: one} for one in wrong}


WRONG: dict[str, dict[str, dict[str, Any]]] = {
    "float_format": _answers("float_format", hidden_bit, bias_of_a_power),
    "underflow_fraction": _answers("underflow_fraction", mean_of_zeros),
    "DynamicLossScaler": _answers("DynamicLossScaler", Held, Divided),
    "amp_step": _answers("amp_step", criterion_afterwards, cut_norm_reported),
}
NAMED: dict[str, dict[str, str]] = {
    "float_format": {
        "hidden_bit": "hidden_bit_counted",
        "bias_of_a_power": "bias_too_large_at_both_ends",
    },
    "underflow_fraction": {"mean_of_zeros": "mean_of_shares_of_zeros"},
    "DynamicLossScaler": {"Held": "never_below_1", "Divided": "divided_by_the_backoff"},
    "amp_step": {"criterion_afterwards": "criterion_outside"},
}
