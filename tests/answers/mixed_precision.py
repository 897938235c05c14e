"""Answers to lesson 12, right and wrong, written in other ways than the reference and the bank."""

import math
from typing import Any

import numpy as np
import torch
from torch.nn.utils import clip_grad_norm_

from .mixed_precision_scalers import RIGHT_SCALERS, WRONG_SCALERS

# float_format


def format_from_finfo(dtype: Any) -> Any:
    info = torch.finfo(dtype)
    return {"max": info.max, "smallest_normal": info.tiny, "eps": info.eps, "bits": info.bits}


def format_by_experiment(dtype: Any) -> Any:
    """Halve and double in the format itself."""
    one = torch.ones((), dtype=dtype)
    eps = one.clone()
    while one + eps / 2 > one:
        eps /= 2
    top = one.clone()
    while torch.isfinite(top * 2):
        top *= 2
    low = one.clone()
    while (low / 2) * (1 + eps) != low / 2:
        low /= 2
    return {
        "eps": eps.item(),
        "max": (top * (2 - eps)).item(),
        "smallest_normal": low.item(),
    }


def format_from_fields(dtype: Any) -> Any:
    """The two ends and the neighbour of 1, put together bit by bit."""
    total = torch.finfo(dtype).bits
    ones, m = {torch.float16: (5, 10), torch.bfloat16: (8, 7), torch.float32: (8, 23)}[dtype]
    whole = torch.int16 if total == 16 else torch.int32

    def number(exponent: int, fraction: int) -> float:
        return float(torch.tensor((exponent << m) | fraction, dtype=whole).view(dtype))

    middle = (1 << (ones - 1)) - 1
    return {
        "max": np.float64(number((1 << ones) - 2, (1 << m) - 1)),
        "smallest_normal": number(1, 0),
        "eps": number(middle, 1) - number(middle, 0),
    }


def format_with_decimal_eps(dtype: Any) -> Any:
    info = torch.finfo(dtype)
    return {"max": info.max, "smallest_normal": info.tiny, "eps": info.resolution}


def format_of_smallest(dtype: Any) -> Any:
    info = torch.finfo(dtype)
    return {"max": info.max, "smallest_normal": info.tiny * info.eps, "eps": info.eps}


# underflow_fraction


def underflow_at_once(grads: Any, dtype: Any) -> Any:
    if torch.is_tensor(grads):
        grads = [grads]
    flat = [g.detach().reshape(-1) for g in grads if g is not None]
    values = torch.cat(flat) if flat else torch.zeros(1)
    values = values[values != 0]
    if len(values) == 0:
        return 0.0
    return values.to(dtype).eq(0).double().mean().item()


def underflow_by_threshold(grads: Any, dtype: Any) -> Any:
    """Half of the smallest subnormal, ties included, rounds to 0."""
    floor = torch.finfo(dtype).tiny * torch.finfo(dtype).eps / 2
    kept = lost = 0
    for g in (grads,) if isinstance(grads, torch.Tensor) else grads:
        if g is not None:
            size = g.double().abs().numpy()
            lost += int(((size > 0) & (size <= floor)).sum())
            kept += int((size > floor).sum())
    return lost / max(lost + kept, 1)


def underflow_of_each(grads: Any, dtype: Any) -> Any:
    if isinstance(grads, torch.Tensor):
        return underflow_of_each((grads,), dtype)
    before = after = 0
    for g in filter(lambda g: g is not None, grads):
        before += int(torch.count_nonzero(g))
        after += int(torch.count_nonzero(g.type(dtype)))
    return np.float64((before - after) / before) if before else 0


def underflow_below_normal(grads: Any, dtype: Any) -> Any:
    tiny = torch.finfo(dtype).tiny
    given = [grads] if torch.is_tensor(grads) else [g for g in grads if g is not None]
    small = sum(int(((g != 0) & (abs(g) < tiny)).sum()) for g in given)
    return small / max(1, sum(int((g != 0).sum()) for g in given))


def underflow_of_everything(grads: Any, dtype: Any) -> Any:
    given = [grads] if torch.is_tensor(grads) else [g for g in grads if g is not None]
    lost = sum(int(((g != 0) & (g.to(dtype) == 0)).sum()) for g in given)
    total = sum(g.numel() for g in given)
    return lost / total if total else 0.0


def underflow_in_percent_of_zeros(grads: Any, dtype: Any) -> Any:
    given = [grads] if torch.is_tensor(grads) else [g for g in grads if g is not None]
    return float(np.mean([float((g.to(dtype) == 0).float().mean()) for g in given] or [0.0]))


# amp_step


def step_with_torchs_clipping(
    model: Any,
    batch: Any,
    criterion: Any,
    optimizer: Any,
    scaler: Any,
    max_norm: Any,
    device: Any,
    dtype: Any,
) -> Any:
    x, y = batch
    x, y = x.to(device, non_blocking=True), y.to(device=device)
    optimizer.zero_grad(set_to_none=True)
    with torch.amp.autocast(
        device_type=device.type, dtype=dtype, enabled=dtype is not torch.float32
    ):
        loss = criterion(model(x), y)
    scaled = loss if scaler is None else scaler.scale(loss)
    scaled.backward()
    if scaler is not None:
        scaler.unscale_(optimizer)
    norm = clip_grad_norm_(model.parameters(), max_norm).item()
    if scaler is None:
        optimizer.step()
        return {"loss": float(loss), "grad_norm": norm, "stepped": True}
    taken = scaler.step(optimizer)
    scaler.update()
    return {"loss": float(loss), "grad_norm": norm, "stepped": bool(taken)}


def step_that_asks_the_scale(
    model: Any,
    batch: Any,
    criterion: Any,
    optimizer: Any,
    scaler: Any,
    max_norm: Any,
    device: Any,
    dtype: Any,
) -> Any:
    """The criterion in float32 outside the block, the skip noticed by the scale."""
    x, y = [part.to(device) for part in batch]
    for p in model.parameters():
        p.grad = None
    if dtype == torch.float32:
        outputs = model(x)
    else:
        with torch.autocast(str(device.type), dtype):
            outputs = model(x)
    loss = criterion(outputs.float(), y)
    with_grad = [p for p in model.parameters() if p.requires_grad]
    if scaler is None:
        gradients = torch.autograd.grad(loss, with_grad)
    else:
        gradients = torch.autograd.grad(scaler.scale(loss), with_grad)
    for p, g in zip(with_grad, gradients, strict=True):
        p.grad = g
    if scaler is not None:
        scaler.unscale_(optimizer)
    norm = math.sqrt(sum(float((p.grad.double() ** 2).sum()) for p in with_grad))
    if max_norm < norm < math.inf:
        for p in with_grad:
            p.grad = p.grad * (max_norm / norm)
    if scaler is None:
        optimizer.step()
        stepped = True
    else:
        before = scaler.state_dict()["scale"]
        scaler.step(optimizer)
        scaler.update()
        stepped = scaler.state_dict()["scale"] >= before
    return {"loss": loss.detach().cpu().numpy(), "grad_norm": np.float64(norm), "stepped": stepped}


class NoScaler:
    """What stands in for a scaler where there is none."""

    def scale(self, loss: Any) -> Any:
        return loss

    def unscale_(self, optimizer: Any) -> None:
        """Nothing was scaled."""

    def step(self, optimizer: Any) -> bool:
        optimizer.step()
        return True

    def update(self) -> None:
        """Nothing to adapt."""


def step_with_a_stand_in(
    model: Any,
    batch: Any,
    criterion: Any,
    optimizer: Any,
    scaler: Any,
    max_norm: Any,
    device: Any,
    dtype: Any,
) -> Any:
    scaler = scaler or NoScaler()
    inputs, targets = batch[0].to(device), batch[1].to(device)
    model.zero_grad()
    with torch.autocast(
        device.type,
        dtype=dtype if dtype != torch.float32 else None,
        enabled=dtype in (torch.float16, torch.bfloat16),
    ):
        outputs = model(inputs)
        loss = criterion(outputs, targets)
    scaler.scale(loss).backward()
    scaler.unscale_(optimizer)
    grads = [p.grad for g in optimizer.param_groups for p in g["params"] if p.grad is not None]
    norm = torch.linalg.vector_norm(torch.stack([torch.linalg.vector_norm(g) for g in grads]))
    if torch.isfinite(norm):
        factor = torch.clamp(max_norm / (norm + 1e-6), max=1.0)
        torch._foreach_mul_(grads, factor)
    stepped = scaler.step(optimizer)
    scaler.update()
    return {"loss": loss.item(), "grad_norm": norm.item(), "stepped": stepped}


def step_clipping_too_early(
    model: Any,
    batch: Any,
    criterion: Any,
    optimizer: Any,
    scaler: Any,
    max_norm: Any,
    device: Any,
    dtype: Any,
) -> Any:
    x, y = (part.to(device) for part in batch)
    optimizer.zero_grad()
    with torch.autocast(device.type, dtype=dtype, enabled=dtype != torch.float32):
        loss = criterion(model(x), y)
    (loss if scaler is None else scaler.scale(loss)).backward()
    norm = clip_grad_norm_(model.parameters(), max_norm).item()
    stepped = True
    if scaler is None:
        optimizer.step()
    else:
        stepped = scaler.step(optimizer)
        scaler.update()
    return {"loss": loss.item(), "grad_norm": norm, "stepped": stepped}


def step_in_float32(
    model: Any,
    batch: Any,
    criterion: Any,
    optimizer: Any,
    scaler: Any,
    max_norm: Any,
    device: Any,
    dtype: Any,
) -> Any:
    x, y = (part.to(device) for part in batch)
    optimizer.zero_grad()
    loss = criterion(model(x), y)
    (loss if scaler is None else scaler.scale(loss)).backward()
    if scaler is not None:
        scaler.unscale_(optimizer)
    norm = clip_grad_norm_(model.parameters(), max_norm).item()
    stepped = True
    if scaler is None:
        optimizer.step()
    else:
        stepped = scaler.step(optimizer)
        scaler.update()
    return {"loss": loss.item(), "grad_norm": norm, "stepped": stepped}


def step_as_in_the_tutorial(
    model: Any,
    batch: Any,
    criterion: Any,
    optimizer: Any,
    scaler: Any,
    max_norm: Any,
    device: Any,
    dtype: Any,
) -> Any:
    """With a scaler of its own, which starts anew at each step."""
    x, y = (part.to(device) for part in batch)
    own = torch.amp.GradScaler(device.type, enabled=dtype == torch.float16)
    optimizer.zero_grad()
    with torch.autocast(device.type, dtype=dtype, enabled=dtype != torch.float32):
        loss = criterion(model(x), y)
    own.scale(loss).backward()
    own.unscale_(optimizer)
    norm = clip_grad_norm_(model.parameters(), max_norm).item()
    own.step(optimizer)
    own.update()
    return {"loss": loss.item(), "grad_norm": norm, "stepped": math.isfinite(norm)}


def step_without_update_after_a_skip(
    model: Any,
    batch: Any,
    criterion: Any,
    optimizer: Any,
    scaler: Any,
    max_norm: Any,
    device: Any,
    dtype: Any,
) -> Any:
    if scaler is None:
        args = model, batch, criterion, optimizer, scaler, max_norm, device, dtype
        return step_with_torchs_clipping(*args)
    x, y = (part.to(device) for part in batch)
    optimizer.zero_grad()
    with torch.autocast(device.type, dtype=dtype, enabled=dtype != torch.float32):
        loss = criterion(model(x), y)
    scaler.scale(loss).backward()
    scaler.unscale_(optimizer)
    norm = clip_grad_norm_(model.parameters(), max_norm).item()
    if not math.isfinite(norm):
        return {"loss": loss.item(), "grad_norm": norm, "stepped": False}
    stepped = scaler.step(optimizer)
    scaler.update()
    return {"loss": loss.item(), "grad_norm": norm, "stepped": stepped}


RIGHT: dict[str, dict[str, dict[str, Any]]] = {
    "float_format": {
        "finfo": {"float_format": format_from_finfo},
        "by experiment": {"float_format": format_by_experiment},
        "bit fields": {"float_format": format_from_fields},
    },
    "underflow_fraction": {
        "at once": {"underflow_fraction": underflow_at_once},
        "threshold": {"underflow_fraction": underflow_by_threshold},
        "counted before and after": {"underflow_fraction": underflow_of_each},
    },
    "DynamicLossScaler": RIGHT_SCALERS,
    "amp_step": {
        "clip_grad_norm_": {"amp_step": step_with_torchs_clipping},
        "asks the scale": {"amp_step": step_that_asks_the_scale},
        "stand-in": {"amp_step": step_with_a_stand_in},
    },
}

WRONG: dict[str, dict[str, dict[str, Any]]] = {
    "float_format": {
        "decimal digits": {"float_format": format_with_decimal_eps},
        "smallest subnormal": {"float_format": format_of_smallest},
    },
    "underflow_fraction": {
        "below normal": {"underflow_fraction": underflow_below_normal},
        "of everything": {"underflow_fraction": underflow_of_everything},
        "mean of shares of zeros": {"underflow_fraction": underflow_in_percent_of_zeros},
    },
    "DynamicLossScaler": WRONG_SCALERS,
    "amp_step": {
        "clips too early": {"amp_step": step_clipping_too_early},
        "float32": {"amp_step": step_in_float32},
        "own scaler": {"amp_step": step_as_in_the_tutorial},
        "no update after a skip": {"amp_step": step_without_update_after_a_skip},
    },
}

NAMED: dict[str, dict[str, str]] = {
    "float_format": {
        "decimal digits": "decimal_digits",
        "smallest subnormal": "smallest_subnormal",
    },
    "underflow_fraction": {
        "below normal": "subnormals_count_as_lost",
        "of everything": "zeros_in_the_denominator",
    },
    "DynamicLossScaler": {
        "steps on inf": "steps_on_inf",
        "inf only": "inf_only",
        "twice": "unscaled_twice",
    },
    "amp_step": {
        "clips too early": "clips_scaled_gradients",
        "float32": "no_autocast",
        "no update after a skip": "updated_only_after_a_step",
    },
}
