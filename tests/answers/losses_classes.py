"""Independent answers to lesson 01 of the losses over classes and labels, right and wrong."""

from __future__ import annotations

import math

import numpy as np


def one_row(row):
    """The logarithms of the softmax of a list, by Python's own mathematics."""
    top = max(row)
    total = math.log(math.fsum(math.exp(z - top) for z in row))
    return [z - top - total for z in row]


def log_softmax_by_rows(logits):
    table = np.asarray(logits, dtype=float).reshape(-1, logits.shape[-1])
    return np.array([one_row(row) for row in table.tolist()]).reshape(logits.shape)


def log_softmax_by_logaddexp(logits):
    return logits - np.logaddexp.reduce(np.asarray(logits, dtype=float), axis=-1)[..., None]


def log_softmax_on_a_copy(logits):
    out = np.array(logits, dtype=np.float64)
    out -= out.max(axis=out.ndim - 1, keepdims=True)
    out -= np.log(np.exp(out).sum(axis=-1, keepdims=True))
    return out


def softmax_by_ratio(logits):
    weights = np.exp(logits - np.amax(logits, axis=-1)[..., np.newaxis])
    return np.divide(weights, weights.sum(-1)[..., np.newaxis])


def softmax_by_rows(logits):
    return np.apply_along_axis(lambda row: np.exp(one_row(row.tolist())), -1, logits)


def softmax_by_differences(logits):
    """1 over the sum of the exponentials of all differences."""
    z = np.asarray(logits, dtype=float)
    with np.errstate(over="ignore"):
        return 1 / np.exp(z[..., None, :] - z[..., :, None]).sum(axis=-1)


def reduced(losses, reduction):
    if reduction == "none":
        return np.asarray(losses, dtype=float)
    if reduction in ("mean", "sum"):
        return getattr(np, reduction)(losses)
    raise ValueError(f"reduction = {reduction}")


def cross_entropy_by_rows(logits, targets, reduction="mean"):
    rows = zip(logits.tolist(), targets.tolist(), strict=True)
    return reduced([-one_row(row)[target] for row, target in rows], reduction)


def cross_entropy_by_gaps(logits, targets, reduction="mean"):
    own = np.take_along_axis(logits, targets[:, None], axis=1)
    return np.asarray(reduced(np.logaddexp.reduce(logits - own, axis=1), reduction))


def cross_entropy_with_eye(logits, targets, reduction="mean"):
    if reduction not in ("none", "mean", "sum"):
        raise ValueError(reduction)
    hot = np.eye(logits.shape[1])[targets]
    losses = np.einsum("nc,nc->n", hot, -log_softmax_by_logaddexp(logits))
    return losses if reduction == "none" else float(reduced(losses, reduction))


def one_hot_by_loops(logits, target_probs, reduction="mean"):
    losses = [
        -math.fsum(q * p for q, p in zip(true, one_row(row), strict=True))
        for true, row in zip(target_probs.tolist(), logits.tolist(), strict=True)
    ]
    return reduced(losses, reduction)


def one_hot_by_diagonal(logits, target_probs, reduction="mean"):
    table = log_softmax_by_logaddexp(logits) @ np.transpose(target_probs)
    return reduced(-np.diagonal(table).copy(), reduction)


def one_hot_by_logits(logits, target_probs, reduction="mean"):
    """Where rows sum to 1, the normaliser minus the mean logit."""
    return reduced(
        np.logaddexp.reduce(logits, axis=1) - (logits * target_probs).sum(axis=1), reduction
    )


def bce_by_logaddexp(logits, targets, reduction="mean"):
    return reduced(np.logaddexp(0, logits) - logits * targets, reduction)


def bce_two_terms(logits, targets, reduction="mean"):
    yes, no = np.logaddexp(0, -logits), np.logaddexp(0, logits)
    return reduced(targets * yes + (1 - targets) * no, reduction)


def bce_by_loops(logits, targets, reduction="mean"):
    def one(z, t):
        return max(z, 0.0) - t * z + math.log1p(math.exp(-abs(z)))

    losses = [one(z, t) for z, t in zip(logits.flat, targets.flat, strict=True)]
    return reduced(np.array(losses).reshape(logits.shape), reduction)


def weighted_by_dot(losses, weights):
    return np.dot(losses, weights) / losses.shape[0]


def weighted_by_loops(losses, weights):
    return math.fsum(a * b for a, b in zip(losses, weights, strict=True)) / len(weights)


# Wrong in ways that the bank does not know


def log_softmax_clipped(logits):
    return np.maximum(log_softmax_by_rows(logits), -100)


def log_softmax_single(logits):
    return log_softmax_by_rows(logits).astype(np.float32)


def log_softmax_rounded_max(logits):
    z = np.clip(logits, -500, 500)
    return z - np.log(np.exp(z).sum(axis=-1, keepdims=True))


def log_softmax_tables_only(logits):
    n, _ = logits.shape
    return log_softmax_by_rows(logits).reshape(n, -1)


def softmax_tempered(logits):
    return softmax_by_ratio(logits / 2)


def softmax_squared(logits):
    weights = np.asarray(logits, dtype=float) ** 2
    return weights / weights.sum(axis=-1, keepdims=True)


def softmax_base_two(logits):
    return softmax_by_ratio(logits * np.log(2))


def cross_entropy_smoothed(logits, targets, reduction="mean"):
    plain = cross_entropy_by_rows(logits, targets, "none")
    return reduced(0.9 * plain - 0.1 * log_softmax_by_rows(logits).mean(axis=1), reduction)


def cross_entropy_column(logits, targets, reduction="mean"):
    losses = cross_entropy_by_rows(logits, targets, "none")[:, None]
    return reduced(losses, reduction)


def cross_entropy_brier(logits, targets, reduction="mean"):
    gap = softmax_by_ratio(logits) - np.eye(logits.shape[1])[targets]
    return reduced((gap**2).sum(axis=1), reduction)


def cross_entropy_ignores_zero(logits, targets, reduction="mean"):
    losses = np.where(targets > 0, cross_entropy_by_rows(logits, targets, "none"), 0.0)
    return reduced(losses, reduction)


def one_hot_first_axis(logits, target_probs, reduction="mean"):
    return reduced(-(target_probs * log_softmax_by_rows(logits)).sum(axis=0), reduction)


def one_hot_largest_only(logits, target_probs, reduction="mean"):
    return reduced((-target_probs * log_softmax_by_rows(logits)).max(axis=1), reduction)


def one_hot_normalised(logits, target_probs, reduction="mean"):
    total = one_hot_by_loops(logits, target_probs, "none")
    return reduced(total / np.maximum((target_probs > 0).sum(axis=1), 1), reduction)


def bce_weights_yes(logits, targets, reduction="mean"):
    return reduced(bce_two_terms(logits, targets, "none") * (1 + targets), reduction)


def bce_of_hard_answers(logits, targets, reduction="mean"):
    return reduced(np.logaddexp(0, np.where(targets > 0.5, -logits, logits)), reduction)


def bce_of_any_yes(logits, targets, reduction="mean"):
    def one(z, t):
        z = -z if t else z
        return max(z, 0.0) + math.log1p(math.exp(-abs(z)))

    losses = [one(z, t) for z, t in zip(logits.flat, targets.flat, strict=True)]
    return reduced(np.array(losses).reshape(logits.shape), reduction)


def bce_hinge(logits, targets, reduction="mean"):
    return reduced(np.maximum(0, 1 - (2 * targets - 1) * logits), reduction)


def bce_of_rows(logits, targets, reduction="mean"):
    losses = bce_two_terms(logits, targets, "none")
    return reduced(losses.reshape(len(losses), -1).mean(axis=1), reduction)


def bce_clipped_logits(logits, targets, reduction="mean"):
    return bce_two_terms(np.clip(logits, -100, 100), targets, reduction)


def weighted_half(losses, weights):
    return 0.5 * weighted_by_dot(losses, weights)


def weighted_rooted(losses, weights):
    return float(np.mean(losses * np.sqrt(weights)))


def weighted_scaled(losses, weights):
    return float(np.mean(losses * weights / weights.max()))
