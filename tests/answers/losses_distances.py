"""Independent answers to lesson 01 of the regression losses, right and wrong."""

from __future__ import annotations

import math

import numpy as np


class ShapesDiffer(ValueError):
    """A ValueError of one's own is one."""


def finish(losses, reduction, shape):
    """Many losses as one, by arithmetic on a list."""
    if reduction not in ("none", "mean", "sum"):
        raise ValueError(f"reduction: {reduction}")
    if reduction == "none":
        return np.array(losses, dtype=float).reshape(shape)
    return math.fsum(losses) / (len(losses) if reduction == "mean" else 1)


def by_loops(loss):
    """A loss of one difference as a loss of arrays."""

    def over_arrays(pred, target, reduction):
        if pred.shape != target.shape:
            raise ShapesDiffer(f"{pred.shape} is not {target.shape}")
        pairs = zip(pred.ravel().tolist(), target.ravel().tolist(), strict=True)
        return finish([float(loss(p - t)) for p, t in pairs], reduction, pred.shape)

    return over_arrays


def mse_by_loops(pred, target, reduction="mean"):
    return by_loops(lambda r: r * r)(pred, target, reduction)


def mse_by_norm(pred, target, reduction="mean"):
    if reduction not in {"none", "mean", "sum"}:
        raise ValueError("reduction")
    if list(pred.shape) != list(target.shape):
        raise ValueError("shapes")
    difference = np.asarray(target, dtype=float) - np.asarray(pred, dtype=float)
    if reduction == "none":
        return np.square(difference)
    total = np.linalg.norm(difference.ravel()) ** 2
    return np.asarray(total / difference.size if reduction == "mean" else total)


def mse_by_einsum(pred, target, reduction="mean"):
    flat = (1.0 * pred - target).reshape(-1) if pred.shape == target.shape else None
    if flat is None or reduction not in ("none", "mean", "sum"):
        raise ValueError("shapes or reduction")
    together = float(np.einsum("i,i->", flat, flat))
    return {"none": (flat**2).reshape(pred.shape), "sum": together, "mean": together / len(flat)}[
        reduction
    ]


def mae_by_loops(pred, target, reduction="mean"):
    return by_loops(abs)(pred, target, reduction)


def mae_by_maximum(pred, target, reduction="mean"):
    if pred.shape != target.shape or reduction not in ("none", "mean", "sum"):
        raise ValueError("shapes or reduction")
    losses = (np.maximum(pred, target) - np.minimum(pred, target)).astype(float)
    return (
        losses if reduction == "none" else np.average(losses) * losses.size ** (reduction == "sum")
    )


def huber_by_loops(pred, target, delta=1.0, reduction="mean"):
    def one(r):
        return r * r / 2 if abs(r) < delta else delta * abs(r) - delta**2 / 2

    return by_loops(one)(pred, target, reduction)


def huber_by_clipping(pred, target, delta=1.0, reduction="mean"):
    if pred.shape != target.shape:
        raise ValueError("shapes")
    size = np.abs(pred - target)
    near = np.clip(size, 0, delta)
    losses = near * (size - near / 2)
    if reduction == "none":
        return losses
    if reduction not in ("mean", "sum"):
        raise ValueError(reduction)
    return getattr(losses, reduction)()


def smooth_l1_by_loops(pred, target, beta=1.0, reduction="mean"):
    def one(r):
        return r * r / (2 * beta) if abs(r) <= beta else abs(r) - beta / 2

    return by_loops(one)(pred, target, reduction)


def smooth_l1_by_huber(pred, target, beta=1.0, reduction="mean"):
    return huber_by_clipping(pred, target, beta, reduction) / beta


# Wrong in ways that the bank does not know


def mse_unbiased(pred, target, reduction="mean"):
    losses = mse_by_loops(pred, target, "none")
    if reduction == "mean":
        return losses.sum() / max(losses.size - 1, 1)
    return mse_by_loops(pred, target, reduction)


def mse_in_place(pred, target, reduction="mean"):
    value = mse_by_loops(pred.copy(), target, reduction)
    if pred.dtype.kind == "f":
        pred -= target
    return value


def mse_asserts(pred, target, reduction="mean"):
    assert pred.shape == target.shape
    return mse_by_loops(pred, target, reduction)


def mse_flat_none(pred, target, reduction="mean"):
    value = mse_by_loops(pred, target, reduction)
    return value.ravel() if reduction == "none" else value


def mse_single_precision(pred, target, reduction="mean"):
    return np.float32(mse_by_loops(pred, target, reduction))


def mse_sum_by_default(pred, target, reduction="sum"):
    return mse_by_loops(pred, target, reduction)


def mae_relative(pred, target, reduction="mean"):
    return by_loops(abs)(pred, target, reduction) / (1e-8 + np.abs(target).mean())


def mae_largest(pred, target, reduction="mean"):
    losses = mae_by_loops(pred, target, "none")
    return losses.max() if reduction == "mean" else mae_by_loops(pred, target, reduction)


def mae_warns(pred, target, reduction="mean"):
    if pred.shape != target.shape:
        return float("nan")
    return mae_by_loops(pred, target, reduction)


def huber_pseudo(pred, target, delta=1.0, reduction="mean"):
    return by_loops(lambda r: delta**2 * (math.sqrt(1 + (r / delta) ** 2) - 1))(
        pred, target, reduction
    )


def huber_one_piece_for_all(pred, target, delta=1.0, reduction="mean"):
    if np.mean(np.abs(pred - target)) <= delta:
        return by_loops(lambda r: r * r / 2)(pred, target, reduction)
    return by_loops(lambda r: delta * (abs(r) - delta / 2))(pred, target, reduction)


def huber_options_swapped(pred, target, reduction="mean", delta=1.0):
    return huber_by_loops(pred, target, delta, reduction)


def smooth_l1_tails_of_beta(pred, target, beta=1.0, reduction="mean"):
    return by_loops(lambda r: r * r / (2 * beta) if abs(r) < beta else beta * (abs(r) - beta / 2))(
        pred, target, reduction
    )


def smooth_l1_log_cosh(pred, target, beta=1.0, reduction="mean"):
    return by_loops(lambda r: beta * math.log(math.cosh(min(abs(r) / beta, 500))))(
        pred, target, reduction
    )


def smooth_l1_tenth(pred, target, beta=0.1, reduction="mean"):
    return smooth_l1_by_loops(pred, target, beta, reduction)
