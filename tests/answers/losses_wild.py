"""Wrong answers to lesson 01 as people write them, none of them taken from the bank, and the
misconception, or the two, that each should be named as."""

from __future__ import annotations

import numpy as np


def plain(losses, reduction):
    """A reduction that takes any other word for "none"."""
    if reduction == "mean":
        return losses.mean()
    elif reduction == "sum":
        return losses.sum()
    return losses


def shifted(logits):
    exps = np.exp(logits - logits.max(axis=1, keepdims=True))
    return exps / exps.sum(axis=1, keepdims=True)


def mse_per_row(pred, target, reduction="mean"):
    squares = (pred - target) ** 2
    if reduction == "mean":
        return squares.sum() / pred.shape[0]
    elif reduction == "sum":
        return squares.sum()
    elif reduction == "none":
        return squares


def mse_of_a_course(pred, target, reduction="mean"):
    assert pred.shape == target.shape
    diff = np.array(pred, float) - np.array(target, float)
    if reduction == "none":
        return diff * diff
    total = (diff * diff).sum()
    return total if reduction == "sum" else total / (2 * diff.size)


def mae_signed(pred, target, reduction="mean"):
    return plain(target - pred, reduction)


def huber_without_delta(pred, target, delta=1.0, reduction="mean"):
    err = np.abs(pred - target)
    quadratic = np.minimum(err, 1.0)
    return plain(0.5 * quadratic**2 + (err - quadratic), reduction)


def huber_with_if(pred, target, delta=1.0, reduction="mean"):
    r = np.abs(target - pred)
    if r <= delta:
        loss = 0.5 * r**2
    else:
        loss = delta * r - 0.5 * delta**2
    return plain(loss, reduction)


def huber_half_of_delta(pred, target, delta=1.0, reduction="mean"):
    out = []
    for p, t in zip(np.ravel(pred), np.ravel(target), strict=False):
        e = abs(p - t)
        out.append(e * e / 2 if e < delta else delta * e - delta / 2)
    return plain(np.array(out).reshape(np.shape(pred)), reduction)


def smooth_l1_by_masks(pred, target, beta=1.0, reduction="mean"):
    diff = np.abs(pred - target)
    near = diff < beta
    return plain(near * 0.5 * diff**2 + (1 - near) * (diff - 0.5 * beta), reduction)


def log_softmax_of_one_maximum(logits):
    x = logits - logits.max()
    return x - np.log(np.sum(np.exp(x), axis=-1, keepdims=True))


def softmax_down_the_columns(logits):
    e_x = np.exp(logits - np.max(logits))
    return e_x / e_x.sum(axis=0)


def softmax_guarded(logits):
    num = np.exp(logits - np.max(logits, axis=-1, keepdims=True))
    return num / (np.sum(num, axis=-1, keepdims=True) + 1e-6)


def softmax_of_a_book(logits):
    if logits.ndim == 2:
        x = logits.T
        x = x - np.max(x, axis=0)
        return (np.exp(x) / np.sum(np.exp(x), axis=0)).T
    x = logits - np.max(logits)
    return np.exp(x) / np.sum(np.exp(x))


def cross_entropy_by_log_sum_exp(logits, targets, reduction="mean"):
    correct = logits[np.arange(len(logits)), targets]
    return plain(-correct + np.log(np.sum(np.exp(logits), axis=1)), reduction)


def cross_entropy_clipped(logits, targets, reduction="mean"):
    p = np.clip(shifted(logits), 1e-15, 1 - 1e-15)
    return plain(np.array([-np.log(p[i, t]) for i, t in enumerate(targets)]), reduction)


def cross_entropy_from_one(logits, targets, reduction="mean"):
    e = np.exp(logits)
    p = e / e.sum(axis=1, keepdims=True)
    return plain(-np.log(p[np.arange(len(targets)), targets - 1]), reduction)


def one_hot_by_means(logits, target_probs, reduction="mean"):
    p = np.exp(logits) / np.sum(np.exp(logits), axis=1, keepdims=True)
    return plain(-np.mean(target_probs * np.log(p), axis=1), reduction)


def bce_other_guard(logits, targets, reduction="mean"):
    m = np.maximum(-logits, 0)
    return plain(m - logits * targets + np.log(1 + np.exp(-np.abs(logits))), reduction)


def bce_of_the_targets(logits, targets, reduction="mean"):
    x, z = targets, logits
    return plain(np.maximum(x, 0) - x * z + np.log1p(np.exp(-np.abs(x))), reduction)


def bce_clipped_per_row(logits, targets, reduction="mean"):
    s = np.clip(1 / (1 + np.exp(-logits)), 1e-7, 1 - 1e-7)
    loss = -(targets * np.log(s) + (1 - targets) * np.log(1 - s))
    return loss.mean(axis=-1) if reduction == "mean" else plain(loss, reduction)


def weighted_average(losses, weights):
    return np.average(losses, weights=weights)


WILD = {
    "mse": (mse_per_row, mse_of_a_course),
    "mae": (mae_signed,),
    "huber": (huber_without_delta, huber_with_if, huber_half_of_delta),
    "smooth_l1": (smooth_l1_by_masks,),
    "log_softmax": (log_softmax_of_one_maximum,),
    "softmax": (softmax_down_the_columns, softmax_guarded, softmax_of_a_book),
    "cross_entropy": (
        cross_entropy_by_log_sum_exp,
        cross_entropy_clipped,
        cross_entropy_from_one,
    ),
    "cross_entropy_one_hot": (one_hot_by_means,),
    "bce_with_logits": (bce_other_guard, bce_of_the_targets, bce_clipped_per_row),
    "sample_weighted": (weighted_average,),
}
NAMED = {
    "mse": {"mse_per_row": "averaged_over_rows_only", "mse_of_a_course": "half_the_mean"},
    "mae": {"mae_signed": "sign_kept_the_other_way_round"},
    "huber": {
        "huber_without_delta": "delta_ignored",
        "huber_with_if": "if_on_an_array",
        "huber_half_of_delta": "offset_not_scaled",
    },
    "smooth_l1": {"smooth_l1_by_masks": "not_divided_by_beta"},
    "log_softmax": {"log_softmax_of_one_maximum": "maximum_of_all"},
    "softmax": {
        "softmax_down_the_columns": "maximum_of_all_and_first_axis_of_the_sum",
        "softmax_guarded": "eps_in_the_sum_1e_6",
        "softmax_of_a_book": "table_or_one_row",
    },
    "cross_entropy": {
        "cross_entropy_by_log_sum_exp": "no_maximum_subtracted",
        "cross_entropy_clipped": "probabilities_clipped_at_1e_15",
        "cross_entropy_from_one": "targets_from_one + as_on_paper",
    },
    "cross_entropy_one_hot": {"one_hot_by_means": "averaged_over_classes + as_on_paper"},
    "bce_with_logits": {
        "bce_of_hard_answers": "targets_compared_with_half",
        "bce_other_guard": "guard_of_the_other_sign",
        "bce_of_the_targets": "roles_swapped",
        "bce_clipped_per_row": "sigmoid_clipped_at_1e_7 + averaged_along_the_last_axis",
    },
    "sample_weighted": {"weighted_average": "divided_by_the_weights"},
}
