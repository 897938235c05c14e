"""Answers to lesson 09, right and wrong, written in other ways than the reference and the bank."""

import math
from typing import Any

import torch
from torch import nn
from torch.nn import functional as F

from ..lessons.helpers import merged
from . import torch_layers as layers
from . import torch_people as people
from . import torch_rules as rules

# gradient_of


def gradient_by_backward(f: Any, x: Any) -> Any:
    inner = x.clone().detach().requires_grad_(True)
    f(inner).backward()
    return inner.grad


def gradient_of_a_view(f: Any, x: Any) -> Any:
    inner = x.data
    inner.requires_grad = True
    with torch.enable_grad():
        value = f(inner)
    return torch.autograd.grad(value, [inner])[0].detach().clone()


def gradient_by_jacobian(f: Any, x: Any) -> Any:
    return torch.autograd.functional.jacobian(f, x.detach())


def gradient_by_func(f: Any, x: Any) -> Any:
    return torch.func.grad(f)(x.detach())


def gradient_summed(f: Any, x: Any) -> Any:
    point = nn.Parameter(x.detach().clone())
    value = f(point)
    value.backward(torch.ones_like(value))
    return torch.empty_like(x).requires_grad_(False).detach().copy_(point.grad)


def gradient_kept_at_x(f: Any, x: Any) -> Any:
    asked = x.requires_grad
    x.requires_grad_(True)
    f(x).backward()
    found = x.grad
    if not asked:
        x.requires_grad_(False)
    return found


def gradient_numerical(f: Any, x: Any) -> Any:
    flat = x.detach().double().flatten()
    found = torch.zeros_like(flat)
    for i in range(len(flat)):
        step = torch.zeros_like(flat)
        step[i] = 1e-3
        up, down = (flat + step).reshape(x.shape), (flat - step).reshape(x.shape)
        found[i] = (f(up) - f(down)) / 2e-3
    return found.reshape(x.shape).to(x.dtype)


def gradient_of_the_sum_inside(f: Any, x: Any) -> Any:
    inner = x.detach().clone().requires_grad_()
    return torch.autograd.grad(f(inner.sum().expand(x.shape)), inner)[0]


# ClippedSquare


class ByWhere(torch.autograd.Function):
    @staticmethod
    def forward(ctx: Any, x: Any) -> Any:
        inside = x.abs() < 1
        ctx.save_for_backward(x, inside)
        return torch.where(inside, x * x, torch.ones_like(x))

    @staticmethod
    def backward(ctx: Any, grad_output: Any) -> Any:
        x, inside = ctx.saved_tensors
        grad = torch.zeros_like(x)
        grad[inside] = (2 * x * grad_output)[inside]
        return grad


class WithSetup(torch.autograd.Function):
    @staticmethod
    def forward(x: Any) -> Any:
        return x.clamp(-1, 1).square()

    @staticmethod
    def setup_context(ctx: Any, inputs: Any, output: Any) -> None:
        ctx.save_for_backward(*inputs)

    @staticmethod
    def backward(ctx: Any, *grads: Any) -> Any:
        (x,) = ctx.saved_tensors
        return grads[0].clone().mul_(2 * x).masked_fill_(x.abs() > 1, 0.0)


class FromTheSlope(torch.autograd.Function):
    @staticmethod
    def forward(ctx: Any, x: Any) -> Any:
        square = x.pow(2)
        ctx.slope = 2 * x * (square <= 1)
        return torch.minimum(square, torch.ones((), dtype=x.dtype))

    @staticmethod
    def backward(ctx: Any, g: Any) -> Any:
        return g * ctx.slope


class Detoured(torch.autograd.Function):
    """A backward that lets everything through below the upper kink."""

    @staticmethod
    def forward(ctx: Any, x: Any) -> Any:
        ctx.save_for_backward(x)
        return x.square().clamp_max(1)

    @staticmethod
    def backward(ctx: Any, g: Any) -> Any:
        (x,) = ctx.saved_tensors
        return torch.where(x >= 1, torch.zeros_like(x), 2 * x * g)


class HalfHeld(torch.autograd.Function):
    """A backward with half of the slope outside."""

    @staticmethod
    def forward(ctx: Any, x: Any) -> Any:
        ctx.save_for_backward(x)
        return (x * x).clamp(0, 1)

    @staticmethod
    def backward(ctx: Any, g: Any) -> Any:
        (x,) = ctx.saved_tensors
        return torch.where(x.abs() > 1, x * g, 2 * x * g)


# conv2d


def refuse(x: Any, weight: Any, bias: Any, padding: int) -> None:
    if weight.size(1) != x.size(1):
        raise ValueError("channels")
    if bias is not None and tuple(bias.size()) != (weight.size(0),):
        raise ValueError("bias")
    if any(k > n + 2 * padding for k, n in zip(weight.shape[2:], x.shape[2:], strict=True)):
        raise ValueError("kernel")


def conv_by_places(x: Any, weight: Any, bias: Any = None, stride: int = 1, padding: int = 0) -> Any:
    refuse(x, weight, bias, padding)
    n, _, h, w = x.shape
    f, _, kh, kw = weight.shape
    padded = F.pad(x, [padding] * 4)
    rows, columns = (h + 2 * padding - kh) // stride + 1, (w + 2 * padding - kw) // stride + 1
    found = []
    for i in range(0, rows * stride, stride):
        for j in range(0, columns * stride, stride):
            window = padded[:, :, i : i + kh, j : j + kw].reshape(n, 1, -1)
            found.append((window * weight.reshape(1, f, -1)).sum(dim=2))
    out = torch.stack(found, dim=2).view(n, f, rows, columns)
    return out + bias.view(1, -1, 1, 1) if bias is not None else out


def conv_by_writing(
    x: Any, weight: Any, bias: Any = None, stride: int = 1, padding: int = 0
) -> Any:
    refuse(x, weight, bias, padding)
    n, c, h, w = x.shape
    f, _, kh, kw = weight.shape
    padded = x.new_zeros(n, c, h + 2 * padding, w + 2 * padding)
    padded[:, :, padding : padding + h, padding : padding + w] = x
    out = x.new_zeros(
        n, f, (h + 2 * padding - kh) // stride + 1, (w + 2 * padding - kw) // stride + 1
    )
    for image in range(n):
        for k in range(f):
            for i in range(out.shape[2]):
                for j in range(out.shape[3]):
                    top, left = i * stride, j * stride
                    window = padded[image, :, top : top + kh, left : left + kw]
                    out[image, k, i, j] = (window * weight[k]).sum()
                    if bias is not None:
                        out[image, k, i, j] += bias[k]
    return out


def conv_by_columns(
    x: Any, weight: Any, bias: Any = None, stride: int = 1, padding: int = 0
) -> Any:
    refuse(x, weight, bias, padding)
    _f, _, kh, kw = weight.shape
    columns = F.unfold(x, (kh, kw), padding=padding, stride=stride)
    out = weight.flatten(1) @ columns
    if bias is not None:
        out = out + bias[:, None]
    rows = (x.shape[2] + 2 * padding - kh) // stride + 1
    return out.unflatten(2, (rows, -1))


def conv_by_shifts(x: Any, weight: Any, bias: Any = None, stride: int = 1, padding: int = 0) -> Any:
    """One place of the kernel at a time."""
    refuse(x, weight, bias, padding)
    kh, kw = weight.shape[2:]
    padded = nn.ZeroPad2d(padding)(x)
    rows = (padded.shape[2] - kh) // stride + 1
    columns = (padded.shape[3] - kw) // stride + 1
    out: Any = 0
    for u in range(kh):
        for v in range(kw):
            seen = padded[:, :, u::stride, v::stride][:, :, :rows, :columns]
            out = out + torch.einsum("nchw,fc->nfhw", seen, weight[:, :, u, v])
    return out if bias is None else out + bias.reshape(-1, 1, 1)


def conv_by_strides(
    x: Any, weight: Any, bias: Any = None, stride: int = 1, padding: int = 0
) -> Any:
    refuse(x, weight, bias, padding)
    x = F.pad(x, (padding,) * 4).contiguous()
    n, c, h, w = x.shape
    kh, kw = weight.shape[2:]
    shape = (n, c, (h - kh) // stride + 1, (w - kw) // stride + 1, kh, kw)
    s = x.stride()
    windows = x.as_strided(shape, (s[0], s[1], s[2] * stride, s[3] * stride, s[2], s[3]))
    out = torch.tensordot(windows, weight, dims=([1, 4, 5], [1, 2, 3])).permute(0, 3, 1, 2)
    return out if bias is None else out + bias[None, :, None, None]


def conv_by_fourier(
    x: Any, weight: Any, bias: Any = None, stride: int = 1, padding: int = 0
) -> Any:
    refuse(x, weight, bias, padding)
    x = F.pad(x, (padding, padding, padding, padding))
    size = tuple(x.shape[2:])
    product = torch.fft.rfft2(x)[:, None] * torch.fft.rfft2(weight, s=size).conj()[None]
    full = torch.fft.irfft2(product.sum(dim=2), s=size)
    kh, kw = weight.shape[2:]
    out = full[:, :, : size[0] - kh + 1 : stride, : size[1] - kw + 1 : stride]
    return out if bias is None else out + bias[:, None, None]


def conv_written_in_float32(
    x: Any, weight: Any, bias: Any = None, stride: int = 1, padding: int = 0
) -> Any:
    out = conv_by_writing(x, weight, bias, stride, padding)
    return torch.zeros(out.shape) + out.float()


def conv_centred(x: Any, weight: Any, bias: Any = None, stride: int = 1, padding: int = 0) -> Any:
    """Windows that begin at the last place and come back: the remainder is left out in front."""
    refuse(x, weight, bias, padding)
    turned = conv_by_shifts(x.flip(2, 3), weight.flip(2, 3), bias, stride, padding)
    return turned.flip(2, 3)


def conv_with_asserts(
    x: Any, weight: Any, bias: Any = None, stride: int = 1, padding: int = 0
) -> Any:
    try:
        refuse(x, weight, bias, padding)
    except ValueError as error:
        raise RuntimeError(str(error)) from None
    return conv_by_shifts(x, weight, bias, stride, padding)


def conv_square_only(
    x: Any, weight: Any, bias: Any = None, stride: int = 1, padding: int = 0
) -> Any:
    refuse(x, weight, bias, padding)
    k = weight.shape[2]
    columns = F.unfold(x, k, padding=padding, stride=stride)
    out = (weight.flatten(1) @ columns).reshape(len(x), len(weight), -1)
    side = math.isqrt(out.shape[2])
    out = out.reshape(len(x), len(weight), side, side)
    return out if bias is None else out + bias[:, None, None]


RIGHT = merged(
    {
        "gradient_of": {
            "backward": {"gradient_of": gradient_by_backward},
            "data": {"gradient_of": gradient_of_a_view},
            "jacobian": {"gradient_of": gradient_by_jacobian},
            "func.grad": {"gradient_of": gradient_by_func},
            "a parameter": {"gradient_of": gradient_summed},
        },
        "ClippedSquare": {
            "where": {"ClippedSquare": ByWhere},
            "setup_context": {"ClippedSquare": WithSetup},
            "the slope kept": {"ClippedSquare": FromTheSlope},
        },
        "conv2d": {
            "places": {"conv2d": conv_by_places},
            "written into zeros": {"conv2d": conv_by_writing},
            "columns": {"conv2d": conv_by_columns},
            "shifts": {"conv2d": conv_by_shifts},
            "strides": {"conv2d": conv_by_strides},
            "Fourier": {"conv2d": conv_by_fourier},
        },
    },
    layers.RIGHT,
    rules.RIGHT,
    people.RIGHT,
)
WRONG = merged(
    {
        "gradient_of": {
            "kept at x": {"gradient_of": gradient_kept_at_x},
            "numerical": {"gradient_of": gradient_numerical},
            "of the sum": {"gradient_of": gradient_of_the_sum_inside},
        },
        "ClippedSquare": {
            "one kink": {"ClippedSquare": Detoured},
            "half outside": {"ClippedSquare": HalfHeld},
        },
        "conv2d": {
            "float32": {"conv2d": conv_written_in_float32},
            "from the end": {"conv2d": conv_centred},
            "other errors": {"conv2d": conv_with_asserts},
            "squares only": {"conv2d": conv_square_only},
        },
    },
    layers.WRONG,
    rules.WRONG,
    people.WRONG,
)
NAMED = merged(
    {
        "ClippedSquare": {"one kink": "mask_without_absolute_value"},
        "conv2d": {"float32": "float32_inside"},
    },
    layers.NAMED,
    rules.NAMED,
    people.NAMED,
)
