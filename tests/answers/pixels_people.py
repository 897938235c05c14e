"""More wrong answers to lesson 17 as people type them, and what each should be named as."""

from __future__ import annotations

import numpy as np

from .pixels_embeddings import unit


def pixels_over_the_batch(logits, targets):
    logs = logits - np.logaddexp.reduce(logits, axis=0)[None]
    return -np.take_along_axis(logs, targets[:, None], 1).mean()


def pixels_on_paper(logits, targets):
    n, c = logits.shape[:2]
    z = logits.reshape(n, c, -1).transpose(0, 2, 1).reshape(-1, c)
    p = np.exp(z) / np.exp(z).sum(1, keepdims=True)
    return -np.log(p[np.arange(len(z)), targets.ravel()] + 1e-10).mean()


def pixels_with_one_maximum(logits, targets):
    z = logits.transpose(0, 2, 3, 1)
    e = np.exp(z - z.max())
    p = e / e.sum(-1, keepdims=True)
    return -np.log(np.take_along_axis(p, targets[..., None], -1)).mean()


def dice_of_means(probs, target, eps=1e-6):
    overlap = (probs * target).mean()
    return 1 - (2 * overlap + eps) / (probs.mean() + target.mean() + eps)


def dice_along_the_rows(probs, target, eps=1e-6):
    overlap = (probs * target).sum(-1)
    return (1 - (2 * overlap + eps) / (probs.sum(-1) + target.sum(-1) + eps)).mean()


def sides(a, b):
    low, high = np.maximum(a[:, :2], b[:, :2]), np.minimum(a[:, 2:], b[:, 2:])
    return np.clip(high - low, 0, None)


def iou_of_far_corners(a, b):
    shared = np.prod(sides(a, b), axis=1)
    return shared / (a[:, 2] * a[:, 3] + b[:, 2] * b[:, 3] - shared)


def iou_over_the_larger(a, b):
    areas = [np.prod(c[:, 2:] - c[:, :2], axis=1) for c in (a, b)]
    return np.prod(sides(a, b), axis=1) / np.maximum(*areas)


def detection_by_a_sigmoid(
    cls_logits, cls_targets, boxes, box_targets, obj_logits, obj_targets, weights=(1.0, 1.0, 1.0)
):
    logs = cls_logits - np.logaddexp.reduce(cls_logits, axis=1, keepdims=True)
    cls = -logs[np.arange(len(cls_targets)), cls_targets].mean()
    shared = np.prod(sides(boxes, box_targets), axis=1)
    areas = [np.prod(c[:, 2:] - c[:, :2], axis=1) for c in (boxes, box_targets)]
    box = (1 - shared / (sum(areas) - shared)).mean()
    p = 1 / (1 + np.exp(-obj_logits))
    yes, no = np.log(p + 1e-7), np.log(1 - p + 1e-7)
    obj = -(obj_targets * yes + (1 - obj_targets) * no).mean()
    total = np.dot(weights, (cls, box, obj))
    return {"cls": cls, "box": box, "obj": obj, "total": total}


def ap_of_a_challenge(scores, is_match, n_truth):
    """Everything but the ranking."""
    if n_truth == 0 or len(scores) == 0:
        return 0.0
    hits, misses = np.cumsum(is_match), np.cumsum(1 - is_match)
    recall = np.concatenate([[0], hits / n_truth, [1]])
    precision = np.concatenate([[0], hits / (hits + misses), [0]])
    for i in range(len(precision) - 1, 0, -1):
        precision[i - 1] = max(precision[i - 1], precision[i])
    (steps,) = np.where(recall[1:] != recall[:-1])
    return ((recall[steps + 1] - recall[steps]) * precision[steps + 1]).sum()


def nce_on_paper(a, b, temperature=0.07):
    e = np.exp(unit(a) @ unit(b).T / temperature)
    return -np.log(np.diag(e) / e.sum(1)).mean()


def nce_of_two_views(a, b, temperature=0.07):
    n, rows = len(a), np.concatenate([unit(a), unit(b)])
    z = rows @ rows.T / temperature
    np.fill_diagonal(z, -1e9)
    partner = np.r_[np.arange(n) + n, np.arange(n)]
    return (np.logaddexp.reduce(z, axis=1) - z[np.arange(2 * n), partner]).mean()


def nce_multiplied_as_it_comes(a, b, temperature=0.07):
    z = (a @ b.T) * temperature
    rows, columns = (np.logaddexp.reduce(z, axis=axis) - np.diag(z) for axis in (1, 0))
    return (rows.mean() + columns.mean()) / 2


PEOPLE = {
    "pixel_cross_entropy": (pixels_over_the_batch, pixels_on_paper, pixels_with_one_maximum),
    "dice_loss": (dice_of_means, dice_along_the_rows),
    "box_iou": (iou_of_far_corners, iou_over_the_larger),
    "detection_loss": (detection_by_a_sigmoid,),
    "average_precision": (ap_of_a_challenge,),
    "info_nce": (nce_on_paper, nce_of_two_views, nce_multiplied_as_it_comes),
}
NAMED = {
    "pixel_cross_entropy": {
        "pixels_over_the_batch": "softmax_over_the_batch",
        "pixels_on_paper": "on_paper_plus_1e_10",
        "pixels_with_one_maximum": "maximum_of_everything",
    },
    "dice_loss": {"dice_of_means": "means_for_sums", "dice_along_the_rows": "averaged_over_rows"},
    "box_iou": {
        "iou_of_far_corners": "areas_from_the_origin",
        "iou_over_the_larger": "over_the_larger_box",
    },
    "detection_loss": {"detection_by_a_sigmoid": "objectness_by_a_logarithm_plus_1e_7"},
    "average_precision": {"ap_of_a_challenge": "not_ranked"},
    "info_nce": {
        "nce_on_paper": "one_direction_on_paper",
        "nce_of_two_views": "negatives_of_both_sides",
        "nce_multiplied_as_it_comes": "not_normalised + temperature_multiplied",
    },
}
