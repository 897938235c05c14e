"""More wrong answers to lesson 01 as people type them, and what each should be named as."""

from __future__ import annotations

import numpy as np

from .losses_wild import plain, shifted


def mse_of_a_table(pred, target, reduction="mean"):
    squares = np.square(pred - target)
    return squares.sum() / (2 * len(pred)) if reduction == "mean" else plain(squares, reduction)


def mae_of_each_row(pred, target, reduction="mean"):
    sizes = abs(pred - target)
    return {"none": sizes, "mean": sizes.mean(axis=-1), "sum": sizes.sum(axis=-1)}[reduction]


def huber_summed(pred, target, delta=1.0, reduction="mean"):
    error = np.abs(target - pred)
    tail = delta * error - 0.5 * delta**2
    return np.sum(np.where(error < delta, 0.5 * error**2, tail))


def huber_smooth(pred, target, delta=1.0, reduction="mean"):
    losses = delta**2 * (np.sqrt(1 + ((target - pred) / delta) ** 2) - 1)
    return plain(losses, reduction)


def smooth_l1_scaled(pred, target, beta=1.0, reduction="mean"):
    d = np.abs(pred - target) / beta
    return plain(np.where(d < 1, 0.5 * d**2, d - 0.5), reduction)


def softmax_of_large_logits(logits):
    exps = np.exp(logits)
    return exps / (exps.sum(axis=-1, keepdims=True) + 1e-8)


def softmax_within_bounds(logits):
    exps = np.exp(np.clip(logits, -500, 500))
    return exps / exps.sum(axis=-1, keepdims=True)


def cross_entropy_row_by_row(logits, targets, reduction="mean"):
    probs = shifted(logits)
    losses = [-np.log(probs[i, label] + 1e-5) for i, label in enumerate(targets)]
    return plain(np.array(losses), reduction)


def cross_entropy_of_one_hot_rows(logits, targets, reduction="mean"):
    hot = np.zeros_like(logits)
    hot[np.arange(len(targets)), targets] = 1
    log_probs = logits - np.logaddexp.reduce(logits, axis=1, keepdims=True)
    return plain(-hot * log_probs, reduction)


def cross_entropy_over_the_batch(logits, targets, reduction="mean"):
    exps = np.exp(logits - logits.max(axis=1, keepdims=True))
    probs = exps / exps.sum()
    return plain(-np.log(probs[range(len(targets)), targets]), reduction)


def one_hot_both_ways(logits, target_probs, reduction="mean"):
    p = np.clip(shifted(logits), 1e-12, 1 - 1e-12)
    terms = target_probs * np.log(p) + (1 - target_probs) * np.log(1 - p)
    return plain(-terms.sum(axis=1), reduction)


def bce_of_exact_answers(logits, targets, reduction="mean"):
    p = 1 / (1 + np.exp(-logits))
    return plain(-np.log(np.where(targets == 1, p, 1 - p)), reduction)


TYPED = {
    "mse": (mse_of_a_table,),
    "mae": (mae_of_each_row,),
    "huber": (huber_summed, huber_smooth),
    "smooth_l1": (smooth_l1_scaled,),
    "softmax": (softmax_of_large_logits, softmax_within_bounds),
    "cross_entropy": (
        cross_entropy_row_by_row,
        cross_entropy_of_one_hot_rows,
        cross_entropy_over_the_batch,
    ),
    "cross_entropy_one_hot": (one_hot_both_ways,),
    "bce_with_logits": (bce_of_exact_answers,),
}
NAMED = {
    "mse": {"mse_of_a_table": "half_over_the_rows"},
    "mae": {"mae_of_each_row": "reduced_along_the_last_axis"},
    "huber": {
        "huber_summed": "reduction_ignored_and_summed",
        "huber_smooth": "smooth_everywhere",
    },
    "smooth_l1": {"smooth_l1_scaled": "error_divided_by_beta"},
    "softmax": {
        "softmax_of_large_logits": "no_maximum_subtracted_and_eps_in_the_sum_1e_8",
        "softmax_within_bounds": "logits_clipped",
    },
    "cross_entropy": {
        "cross_entropy_row_by_row": "log_of_softmax_plus_1e_5",
        "cross_entropy_of_one_hot_rows": "classes_kept_apart",
        "cross_entropy_over_the_batch": "softmax_over_everything_and_its_logarithm",
    },
    "cross_entropy_one_hot": {"one_hot_both_ways": "binary_terms_clipped_at_1e_12"},
    "bce_with_logits": {"bce_of_exact_answers": "targets_compared_with_one_as_on_paper"},
}
