"""Answers to the norm and the clips of lesson 11."""

import math
from typing import Any

import numpy as np
import torch

# global_grad_norm


def norm_of_norms(parameters: Any) -> Any:
    norms = [p.grad.norm() for p in parameters if p.grad is not None]
    return torch.stack(norms).norm().item() if norms else 0.0


def norm_in_a_loop(parameters: Any) -> Any:
    total = 0.0
    for p in parameters:
        if p.grad is None:
            continue
        total += float((p.grad.detach() ** 2).sum())
    return total**0.5


def norm_in_float32(parameters: Any) -> Any:
    total = torch.tensor(0.0)
    with torch.no_grad():
        for p in parameters:
            if p.grad is not None:
                total += torch.sum(p.grad.float() ** 2)
    return torch.sqrt(total).item()


def norm_in_numpy(parameters: Any) -> Any:
    rows = [p.grad.detach().cpu().numpy().ravel() for p in parameters if p.grad is not None]
    return np.linalg.norm(np.concatenate(rows)) if rows else np.float64(0)


def norm_of_a_flat_vector(parameters: Any) -> Any:
    flat = [p.grad.reshape(-1) for p in list(parameters) if isinstance(p.grad, torch.Tensor)]
    return torch.linalg.vector_norm(torch.cat(flat)).item() if flat else 0.0


def norm_by_hypot(parameters: Any) -> Any:
    norm = 0.0
    for p in parameters:
        if p.grad is not None:
            norm = math.hypot(norm, p.grad.norm().item())
    return norm


# wrong


def norm_that_crashes_on_none(parameters: Any) -> Any:
    return torch.cat([p.grad.flatten() for p in parameters]).norm().item()


def norm_of_a_sum(parameters: Any) -> Any:
    return sum(p.grad.norm().item() for p in parameters if p.grad is not None)


def norm_as_a_tensor(parameters: Any) -> Any:
    norms = [p.grad.norm() for p in parameters if p.grad is not None]
    return torch.stack(norms).norm() if norms else torch.tensor(0.0)


def norm_by_max(parameters: Any) -> Any:
    return max((p.grad.norm().item() for p in parameters if p.grad is not None), default=0.0)


def norm_without_a_root(parameters: Any) -> Any:
    return sum((p.grad**2).sum().item() for p in parameters if p.grad is not None)


# clip_grad_norm


def clip_plain(parameters: Any, max_norm: Any, eps: Any = 1e-6) -> Any:
    params = list(parameters)
    norm = norm_of_norms(params)
    if math.isnan(norm) or math.isinf(norm):
        raise RuntimeError("gradients exploded")
    coefficient = max_norm / (norm + eps)
    if coefficient < 1:
        for p in params:
            if p.grad is not None:
                p.grad *= coefficient
    return norm


@torch.no_grad()
def clip_by_copying(parameters: Any, max_norm: Any, eps: Any = 1e-6) -> Any:
    grads = [p.grad for p in parameters if p.grad is not None]
    total = torch.zeros((), dtype=torch.float64)
    for grad in grads:
        total = total + grad.double().pow(2).sum()
    norm = total.sqrt()
    if not torch.isfinite(norm):
        raise RuntimeError(f"norm {norm}")
    factor = torch.clamp(max_norm / (norm + eps), max=1.0)
    for grad in grads:
        grad.copy_(grad * factor)
    return norm.item()


def clip_by_foreach(parameters: Any, max_norm: Any, eps: Any = 1e-6) -> Any:
    grads = [p.grad.data for p in parameters if p.grad is not None]
    if not grads:
        return 0.0
    norm = float(torch.linalg.vector_norm(torch.stack(torch._foreach_norm(grads))))
    if norm in (math.inf, -math.inf) or norm != norm:
        raise RuntimeError("not finite")
    torch._foreach_mul_(grads, min(1.0, max_norm / (norm + eps)))
    return np.float64(norm)


# wrong


def clip_each(parameters: Any, max_norm: Any, eps: Any = 1e-6) -> Any:
    params = [p for p in parameters if p.grad is not None]
    norm = norm_of_norms(params)
    if not math.isfinite(norm):
        raise RuntimeError("not finite")
    for p in params:
        own = p.grad.norm().item()
        if own > max_norm:
            p.grad.mul_(max_norm / (own + eps))
    return norm


def clip_used_up(parameters: Any, max_norm: Any, eps: Any = 1e-6) -> Any:
    norm = norm_in_a_loop(parameters)
    if not math.isfinite(norm):
        raise RuntimeError("not finite")
    for p in parameters:
        if p.grad is not None:
            p.grad.mul_(min(1.0, max_norm / (norm + eps)))
    return norm


def clip_with_nan(parameters: Any, max_norm: Any, eps: Any = 1e-6) -> Any:
    params = [p for p in parameters if p.grad is not None]
    norm = norm_in_a_loop(params)
    for p in params:
        p.grad.mul_(min(1.0, max_norm / (norm + eps)))
    return norm


def clip_and_stretch(parameters: Any, max_norm: Any, eps: Any = 1e-6) -> Any:
    params = [p for p in parameters if p.grad is not None]
    norm = norm_in_a_loop(params)
    if not math.isfinite(norm):
        raise RuntimeError("not finite")
    for p in params:
        p.grad.mul_(max_norm / (norm + eps))
    return norm


def clip_into_new_tensors(parameters: Any, max_norm: Any, eps: Any = 1e-6) -> Any:
    params = [p for p in parameters if p.grad is not None]
    norm = norm_in_a_loop(params)
    if not math.isfinite(norm):
        raise RuntimeError("not finite")
    for p in params:
        p.grad = p.grad * min(1.0, max_norm / (norm + eps))
    return norm


# clip_grad_value


def cut_with_data(parameters: Any, clip_value: Any) -> Any:
    for p in filter(lambda p: p.grad is not None, parameters):
        p.grad.data.clamp_(min=-clip_value, max=clip_value)


def cut_with_masks(parameters: Any, clip_value: Any) -> Any:
    with torch.no_grad():
        for p in parameters:
            if p.grad is not None:
                p.grad[p.grad > clip_value] = clip_value
                p.grad[p.grad < -clip_value] = -clip_value
    return None


def cut_by_copying(parameters: Any, clip_value: Any) -> Any:
    for p in parameters:
        if p.grad is None:
            continue
        p.grad.copy_(torch.minimum(p.grad, torch.tensor(clip_value)).clip(-clip_value))


def cut_above(parameters: Any, clip_value: Any) -> Any:
    for p in parameters:
        if p.grad is not None:
            p.grad.clamp_(max=clip_value)


def cut_and_dropped(parameters: Any, clip_value: Any) -> Any:
    for p in parameters:
        if p.grad is not None:
            p.grad.clamp(-clip_value, clip_value)


def cut_until_none(parameters: Any, clip_value: Any) -> Any:
    for p in parameters:
        p.grad.clamp_(-clip_value, clip_value)


RIGHT: Any = {
    "global_grad_norm": {
        f.__name__: {"global_grad_norm": f}
        for f in (
            *(norm_of_norms, norm_in_a_loop, norm_in_float32, norm_in_numpy),
            *(norm_of_a_flat_vector, norm_by_hypot),
        )
    },
    "clip_grad_norm": {
        f.__name__: {"clip_grad_norm": f} for f in (clip_plain, clip_by_copying, clip_by_foreach)
    },
    "clip_grad_value": {
        f.__name__: {"clip_grad_value": f} for f in (cut_with_data, cut_with_masks, cut_by_copying)
    },
}
WRONG: Any = {
    "global_grad_norm": {
        f.__name__: {"global_grad_norm": f}
        for f in (
            *(norm_that_crashes_on_none, norm_of_a_sum, norm_as_a_tensor),
            *(norm_by_max, norm_without_a_root),
        )
    },
    "clip_grad_norm": {
        f.__name__: {"clip_grad_norm": f}
        for f in (clip_each, clip_used_up, clip_with_nan, clip_and_stretch, clip_into_new_tensors)
    },
    "clip_grad_value": {
        f.__name__: {"clip_grad_value": f} for f in (cut_above, cut_and_dropped, cut_until_none)
    },
}
NAMED: Any = {
    "global_grad_norm": {
        "norm_of_a_sum": "sum_of_norms",
        "norm_as_a_tensor": "returns_the_tensor",
        "norm_by_max": "largest_norm",
        "norm_without_a_root": "root_left_out",
    },
    "clip_grad_norm": {
        "clip_each": "each_tensor_by_its_own_norm",
        "clip_used_up": "iterator_gone_through_twice",
        "clip_with_nan": "not_finite_goes_on",
        "clip_and_stretch": "always_rescaled",
        "clip_into_new_tensors": "new_tensors_in_grad",
    },
    "clip_grad_value": {
        "cut_above": "upper_limit_only",
        "cut_and_dropped": "not_written_back",
        "cut_until_none": "missing_gradients_not_skipped",
    },
}
