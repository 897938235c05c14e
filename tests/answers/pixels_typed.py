"""Answers to lesson 17 typed in a hurry: right ones, and wrong ones with their names."""

from __future__ import annotations

import numpy as np

from .pixels_embeddings import unit


def ap_by_trapezoids_of_the_envelope(scores, is_match, n_truth):
    """Where recall rises, the envelope is level: trapezoids from recall 0 are the same steps."""
    if n_truth == 0 or len(scores) == 0:
        return 0.0
    hits = np.cumsum(is_match[np.argsort(-scores)])
    p = np.maximum.accumulate((hits / np.arange(1, len(hits) + 1))[::-1])[::-1]
    return np.trapezoid(np.append(1.0, p), np.append(0.0, hits / n_truth))


def ap_with_a_tiny_guard(scores, is_match, n_truth):
    if n_truth == 0 or len(scores) == 0:
        return 0.0
    m = is_match[np.argsort(-scores)]
    hits, misses = np.cumsum(m), np.cumsum(1 - m)
    p = hits / (hits + misses + 1e-9)
    p = np.maximum.accumulate(p[::-1])[::-1]
    return np.sum(np.diff(hits / (n_truth + 1e-9), prepend=0) * p)


def nce_with_lengths_of_at_least_a_little(a, b, temperature=0.07):
    a, b = (v / np.maximum(np.linalg.norm(v, axis=1, keepdims=True), 1e-8) for v in (a, b))
    z = a @ b.T / temperature
    rows, columns = (np.logaddexp.reduce(z, axis=axis) - np.diag(z) for axis in (1, 0))
    return 0.5 * (rows + columns).mean()


def rows_of(logits):
    return np.moveaxis(logits, 1, -1).reshape(-1, logits.shape[1])


def surprises(rows, targets):
    return np.logaddexp.reduce(rows, axis=1) - rows[np.arange(len(rows)), targets.ravel()]


def pixels_all_reversed(logits, targets):
    return surprises(logits.T.reshape(-1, logits.shape[1]), targets).mean()


def pixels_last_axis_forward(logits, targets):
    return surprises(np.moveaxis(logits, -1, 1).reshape(-1, logits.shape[1]), targets).mean()


def pixels_in_bits(logits, targets):
    return surprises(rows_of(logits), targets).mean() / np.log(2)


def pixels_one_softmax(logits, targets):
    p = np.exp(logits - logits.max())
    return -np.log(np.take_along_axis(p / p.sum(), targets[:, None], axis=1)).mean()


def pixels_by_class(logits, targets):
    each = surprises(rows_of(logits), targets)
    return np.mean([each[targets.ravel() == c].mean() for c in np.unique(targets)])


def dice_brackets_missing(probs, target, eps=1e-6):
    return 1 - (2 * (probs * target).sum() + eps) / probs.sum() + target.sum() + eps


def dice_of_pythons_sum(probs, target, eps=1e-6):
    return 1 - (2 * sum(probs * target) + eps) / (sum(probs) + sum(target) + eps)


def dice_floored(probs, target, eps=1e-6):
    return 1 - 2 * (probs * target).sum() / max(probs.sum() + target.sum(), eps)


def dice_of_both_classes(probs, target, eps=1e-6):
    one = [(p, t) for p, t in ((probs, target), (1 - probs, 1 - target))]
    return np.mean([1 - (2 * (p * t).sum() + eps) / (p.sum() + t.sum() + eps) for p, t in one])


def iou_by_table(pred, target, n_classes):
    table = np.zeros((n_classes, n_classes))
    table[target.ravel(), pred.ravel()] += 1
    shared = np.diag(table)
    union = table.sum(axis=0) + table.sum(axis=1) - shared
    return np.mean(shared[union > 0] / union[union > 0])


def iou_image_by_image(pred, target, n_classes):
    of_images = []
    for said, true in zip(pred, target, strict=True):
        classes = np.union1d(said, true)
        each = [
            np.sum((said == c) & (true == c)) / np.sum((said == c) | (true == c)) for c in classes
        ]
        of_images.append(np.mean(each))
    return np.mean(of_images)


def parts_of(a, b):
    low, high = np.maximum(a[:, :2], b[:, :2]), np.minimum(a[:, 2:], b[:, 2:])
    return high - low, np.prod(a[:, 2:] - a[:, :2], axis=1), np.prod(b[:, 2:] - b[:, :2], axis=1)


def box_iou_over_truth(a, b):
    sides, _, truth = parts_of(a, b)
    return np.prod(sides.clip(0), axis=1) / truth


def box_iou_clipped_late(a, b):
    sides, one, other = parts_of(a, b)
    shared = np.prod(sides, axis=1)
    return (shared / (one + other - shared)).clip(0, 1)


def box_iou_like_its_input(a, b):
    sides, one, other = parts_of(a, b)
    shared = np.prod(sides.clip(0), axis=1)
    out = np.zeros_like(a[:, 0])
    out[:] = shared / (one + other - shared)
    return out


def ap_of_nothing_is_one(scores, is_match, n_truth):
    return 1.0 if n_truth == 0 else ap_with_a_tiny_guard(scores, is_match, n_truth)


def ap_turned_once(scores, is_match, n_truth):
    if n_truth == 0 or len(scores) == 0:
        return 0.0
    hits = np.cumsum(is_match[np.argsort(-scores)])
    p = np.maximum.accumulate((hits / np.arange(1, len(hits) + 1))[::-1])
    return np.sum(np.diff(hits / n_truth, prepend=0) * p)


def nce_one_way_of_any_length(a, b, temperature=0.07):
    z = a @ b.T / temperature
    return (np.logaddexp.reduce(z, axis=1) - np.diag(z)).mean()


def nce_divided_afterwards(a, b, temperature=0.07):
    z = unit(a) @ unit(b).T
    rows, columns = (np.logaddexp.reduce(z, axis=axis) - np.diag(z) for axis in (1, 0))
    return (rows + columns).mean() / 2 / temperature


def nce_without_the_partner(a, b, temperature=0.07):
    z = unit(a) @ unit(b).T / temperature
    rest = np.where(np.eye(len(a), dtype=bool), -np.inf, z)
    rows, columns = (np.logaddexp.reduce(rest, axis=axis) - np.diag(z) for axis in (1, 0))
    return (rows + columns).mean() / 2


def nce_guarded(a, b, temperature=0.07):
    a, b = (v / (np.linalg.norm(v, axis=1, keepdims=True) + 1e-8) for v in (a, b))
    z = a @ b.T / temperature
    rows, columns = (np.logaddexp.reduce(z, axis=axis) - np.diag(z) for axis in (1, 0))
    return (rows + columns).mean() / 2


RIGHT = {
    "average_precision": (ap_by_trapezoids_of_the_envelope,),
    "info_nce": (nce_with_lengths_of_at_least_a_little,),
}
HURRIED = {
    "pixel_cross_entropy": {
        pixels_all_reversed: "all_axes_reversed",
        pixels_last_axis_forward: "last_axis_moved_forward",
        pixels_in_bits: "logarithm_to_base_two",
        pixels_one_softmax: "softmax_over_everything",
        pixels_by_class: "classes_averaged_first",
    },
    "dice_loss": {
        dice_brackets_missing: "denominator_without_brackets",
        dice_of_pythons_sum: "summed_over_the_first_axis",
        dice_floored: "eps_as_a_floor",
        dice_of_both_classes: "background_averaged_in",
    },
    "mean_iou": {
        iou_by_table: "repeated_pairs_counted_once",
        iou_image_by_image: "averaged_along_any_first_axis",
    },
    "box_iou": {
        box_iou_over_truth: "over_the_second_box",
        box_iou_clipped_late: "iou_clipped_not_sides",
        box_iou_like_its_input: "cut_to_whole_numbers",
    },
    "average_precision": {
        ap_of_nothing_is_one: "nothing_to_find_is_perfect",
        ap_turned_once: "reversed_once",
    },
    "info_nce": {
        nce_one_way_of_any_length: "not_normalised + one_direction",
        nce_divided_afterwards: "temperature_divides_the_loss",
        nce_without_the_partner: "partner_left_out",
        nce_guarded: "guarded_lengths_1e_8",
    },
}
