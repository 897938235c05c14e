"""Wrong answers to lesson 12 as a newcomer writes them."""

import math
from typing import Any

import torch
from torch.nn.utils import clip_grad_norm_


def without_axes_and_normal(grads: Any, dtype: Any) -> Any:
    """Below the smallest normal number, of all values; a tensor without axes can't be joined."""
    values = torch.cat([g.flatten() for g in grads if g is not None])
    small = (values.abs() < torch.finfo(dtype).tiny) & (values != 0)
    return small.sum().item() / values.numel()


class Scaler:
    """Right, and short: every slip below is one change to it."""

    def __init__(
        self,
        init_scale: float = 2.0**16,
        growth_factor: float = 2.0,
        backoff_factor: float = 0.5,
        growth_interval: int = 2000,
    ) -> None:
        self.now, self.up, self.down = init_scale, growth_factor, backoff_factor
        self.every, self.good = growth_interval, 0
        self.bad: Any = None
        self.done = False

    def scale(self, loss: Any) -> Any:
        return self.now * loss

    def is_bad(self, grads: Any) -> bool:
        return not all(bool(grad.isfinite().all()) for grad in grads)

    def unscale_(self, optimizer: Any) -> None:
        if self.bad is not None or self.done:
            raise RuntimeError("out of turn")
        grads = [p.grad for g in optimizer.param_groups for p in g["params"] if p.grad is not None]
        for grad in grads:
            grad.mul_(1 / self.now)
        self.bad = self.is_bad(grads)

    def step(self, optimizer: Any) -> Any:
        if self.done:
            raise RuntimeError("out of turn")
        if self.bad is None:
            self.unscale_(optimizer)
        self.done = True
        if self.bad:
            return False
        return self.taken(optimizer.step())

    def taken(self, result: Any) -> Any:
        return True

    def is_time(self) -> bool:
        return self.good >= self.every

    def update(self) -> None:
        if self.bad:
            self.now *= self.down
            self.good = 0
        else:
            self.good += 1
            if self.is_time():
                self.now *= self.up
                self.good = 0
        self.bad, self.done = None, False

    def state_dict(self) -> Any:
        return {"scale": self.now, "good": self.good}

    def load_state_dict(self, state: Any) -> None:
        self.now, self.good = state["scale"], state["good"]


class OneEarly(Scaler):
    def is_time(self) -> bool:
        return self.good >= self.every - 1


class Inverted(Scaler):
    def is_bad(self, grads: Any) -> bool:
        return any(bool(grad.isfinite().all()) for grad in grads)


class ByTheNorm(Scaler):
    def is_bad(self, grads: Any) -> bool:
        return not math.isfinite(sum((grad**2).sum() for grad in grads))


class ResultOfTheStep(Scaler):
    def taken(self, result: Any) -> Any:
        return result


def scaled_and_clipped(
    model: Any,
    batch: Any,
    criterion: Any,
    optimizer: Any,
    scaler: Any,
    max_norm: Any,
    device: Any,
    dtype: Any,
) -> Any:
    """Clips before it unscales; knows no run without a scaler; returns tensors."""
    x, y = batch[0].to(device), batch[1].to(device)
    optimizer.zero_grad()
    with torch.autocast(device.type, dtype=dtype):
        loss = criterion(model(x), y)
    scaler.scale(loss).backward()
    norm = clip_grad_norm_(model.parameters(), max_norm)
    scaler.unscale_(optimizer)
    stepped = scaler.step(optimizer)
    scaler.update()
    return {"loss": loss, "grad_norm": norm, "stepped": stepped}


def without_a_dtype(
    model: Any,
    batch: Any,
    criterion: Any,
    optimizer: Any,
    scaler: Any,
    max_norm: Any,
    device: Any,
    dtype: Any,
) -> Any:
    x, y = batch[0].to(device), batch[1].to(device)
    optimizer.zero_grad()
    with torch.autocast(device.type):
        loss = criterion(model(x), y)
    (scaler.scale(loss) if scaler else loss).backward()
    if scaler:
        scaler.unscale_(optimizer)
    norm = clip_grad_norm_(model.parameters(), max_norm).item()
    stepped = scaler.step(optimizer) if scaler else optimizer.step() is None
    if scaler:
        scaler.update()
    return {"loss": loss.item(), "grad_norm": norm, "stepped": stepped}


SCALER, STEP, FRACTION = "DynamicLossScaler", "amp_step", "underflow_fraction"
SLIPS: Any = {
    OneEarly: "grows_one_step_early",
    Inverted: "finding_inverted",
    ByTheNorm: "large_counts_as_overflowed",
    ResultOfTheStep: "none_where_it_was_taken",
}
RIGHT: Any = {SCALER: {"short": {SCALER: Scaler}}}
WRONG: Any = {
    FRACTION: {"normal, of all": {FRACTION: without_axes_and_normal}},
    SCALER: {made.__name__: {SCALER: made} for made in SLIPS},
    STEP: {f.__name__: {STEP: f} for f in (scaled_and_clipped, without_a_dtype)},
}
NAMED: Any = {
    FRACTION: {"normal, of all": "zeros_in_the_denominator + subnormals_count_as_lost"},
    SCALER: {made.__name__: name for made, name in SLIPS.items()},
    STEP: {
        "scaled_and_clipped": "clips_scaled_gradients + needs_a_scaler",
        "without_a_dtype": "dtype_not_passed_on",
    },
}
