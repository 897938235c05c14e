"""Answers to lesson 09 in the styles that people use, and mistakes as they make them, named."""

from itertools import pairwise
from typing import Any

import torch
from torch import nn
from torch.nn import functional as F

from .torch_rules import group_for_each

# gradient_of


def gradient_by_hook(f: Any, x: Any) -> Any:
    caught = []
    point = x.detach().clone().requires_grad_()
    inner = point * 1
    inner.register_hook(caught.append)
    f(inner).backward()
    return caught[0].clone()


def gradient_by_vjp(f: Any, x: Any) -> Any:
    out, pullback = torch.func.vjp(f, x.detach())
    return pullback(torch.ones_like(out))[0]


def gradient_of_a_clone(f: Any, x: Any) -> Any:
    z = x.clone().requires_grad_(True)
    f(z).backward()
    return z.grad


def gradient_after_zeroing(f: Any, x: Any) -> Any:
    x.requires_grad_()
    if x.grad is not None:
        x.grad.zero_()
    f(x).backward()
    return x.grad.clone()


# conv2d


def fitting(x: Any, weight: Any, bias: Any, padding: int) -> tuple[int, ...]:
    kernels, channels, kh, kw = weight.shape
    if channels != x.shape[1]:
        raise ValueError("channels")
    if bias is not None and tuple(bias.shape) != (kernels,):
        raise ValueError("bias")
    if kh > x.shape[-2] + 2 * padding or kw > x.shape[-1] + 2 * padding:
        raise ValueError("kernel")
    return int(kh), int(kw)


def conv_with(change: str) -> Any:
    """A right one with one fault."""

    def conv(x: Any, weight: Any, bias: Any = None, stride: int = 1, padding: int = 0) -> Any:
        kh, kw = weight.shape[2:] if change == "flip" else fitting(x, weight, bias, padding)
        if change == "flip":  # and nothing is refused
            weight = weight.flip(2, 3)
        x = F.pad(x, [padding] * 4)
        high, wide = (x.shape[2] - kh) // stride + 1, (x.shape[3] - kw) // stride + 1
        out = x.new_zeros(len(x), len(weight), high, wide)
        for i in range(high):
            for j in range(wide):
                top, left = (i, j) if change == "place" else (i * stride, j * stride)
                window = x[:, :, top : top + kh, left : left + kw]
                if change == "channels":
                    window = window[:, -1:].expand_as(window) / window.shape[1]
                out[:, :, i, j] = torch.tensordot(window, weight, ((1, 2, 3), (1, 2, 3)))
        if bias is None:
            return out
        return out + (bias if change == "bias" else bias[:, None, None])

    return conv


# Linear


class Kept(nn.Module):
    """Parameters in a dict."""

    def __init__(self, in_features: int, out_features: int) -> None:
        super().__init__()
        weight = nn.init.kaiming_normal_(torch.empty(out_features, in_features))
        self.kept = nn.ParameterDict({"W": weight, "b": torch.zeros(out_features)})

    def forward(self, x: Any) -> Any:
        return torch.einsum("...i,oi->...o", x, self.kept["W"]) + self.kept["b"]


class Double(nn.Module):
    """float64 by way of NumPy's habits."""

    def __init__(self, in_features: int, out_features: int) -> None:
        super().__init__()
        weight = torch.randn(in_features, out_features, dtype=torch.float64)
        self.W = nn.Parameter(weight * (2 / in_features) ** 0.5)
        self.b = nn.Parameter(torch.zeros(out_features, dtype=torch.float64))

    def forward(self, x: Any) -> Any:
        return x @ self.W + self.b


# MLP


class Nested(nn.Module):
    """A network that holds the rest of itself."""

    def __init__(self, sizes: Any, dropout: float = 0.0) -> None:
        super().__init__()
        first, second, *rest = sizes
        self.here = nn.Linear(first, second)
        self.rest = Nested([second, *rest], dropout) if rest else None
        self.dropout = nn.Dropout(dropout)

    def forward(self, x: Any) -> Any:
        x = self.here(x)
        return x if self.rest is None else self.rest(self.dropout(x.clamp(min=0)))


class Bare(nn.Module):
    """Weights and biases in lists of parameters, dropout by hand."""

    def __init__(self, sizes: Any, dropout: float = 0.0) -> None:
        super().__init__()
        layers = [nn.Linear(a, b) for a, b in pairwise(sizes)]
        self.weights = nn.ParameterList(layer.weight for layer in layers)
        self.biases = nn.ParameterList(layer.bias for layer in layers)
        self.p = dropout

    def forward(self, x: Any) -> Any:
        for k, (weight, bias) in enumerate(zip(self.weights, self.biases, strict=True)):
            if k:
                x = F.dropout(F.relu(x), self.p, self.training)
            x = x @ weight.T + bias
        return x


class Squeezed(Nested):
    def forward(self, x: Any) -> Any:
        return super().forward(x).squeeze()


class ByRows(Nested):
    def __init__(self, sizes: Any, dropout: float = 0.0) -> None:
        super().__init__(sizes, dropout)
        part: Any = self
        while part is not None:
            part.dropout, part = nn.Dropout1d(dropout), part.rest


# parameter_groups


def groups_by_prefix_of_trainable(
    model: Any, lr: Any, head_lr: Any, weight_decay: Any, head: str = "head"
) -> Any:
    found = group_for_each(model, lr, head_lr, weight_decay, head)
    names = {p: name for name, p in model.named_parameters()}
    for group in found:
        group["lr"] = head_lr if names[group["params"][0]].startswith(head) else lr
    return [group for group in found if group["params"][0].requires_grad]


RIGHT = {
    "gradient_of": {
        "hook": {"gradient_of": gradient_by_hook},
        "vjp": {"gradient_of": gradient_by_vjp},
    },
    "Linear": {"a dict": {"Linear": Kept}},
    "MLP": {"nested": {"MLP": Nested}, "bare": {"MLP": Bare}},
}
WRONG = {
    "gradient_of": {
        "a clone": {"gradient_of": gradient_of_a_clone},
        "zeroed": {"gradient_of": gradient_after_zeroing},
    },
    "conv2d": {
        f"fault: {change}": {"conv2d": conv_with(change)}
        for change in ("flip", "place", "channels", "bias")
    },
    "Linear": {"float64": {"Linear": Double}},
    "MLP": {"squeezed": {"MLP": Squeezed}, "rows": {"MLP": ByRows}},
    "parameter_groups": {"two faults": {"parameter_groups": groups_by_prefix_of_trainable}},
}
NAMED = {
    "gradient_of": {"a clone": "grad_of_a_clone", "zeroed": "grad_of_x_zeroed"},
    "conv2d": {
        "fault: flip": "kernel_flipped",
        "fault: place": "moved_by_one",
        "fault: bias": "bias_along_the_columns",
    },
    "MLP": {"squeezed": "squeezed", "rows": "whole_rows_dropped"},
    "parameter_groups": {"two faults": "head_by_prefix + frozen_left_out"},
}
