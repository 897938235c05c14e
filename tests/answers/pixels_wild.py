"""Wrong answers to lesson 17 as people write them, none of them taken from the bank, and the
misconception, or the two, that each should be named as."""

from __future__ import annotations

import numpy as np

from .losses_wild import shifted
from .pixels_parts import iou_by_loops


def pixels_as_rows(logits, targets):
    n, c, h, w = logits.shape
    p = shifted(logits.reshape(n * h * w, c))
    return -np.log(p[np.arange(n * h * w), targets.ravel()]).mean()


def dice_of_sigmoids(probs, target, eps=1e-6):
    n = probs.shape[0]
    p, t = (1 / (1 + np.exp(-probs))).reshape(n, -1), target.reshape(n, -1)
    overlap = (p * t).sum(1)
    return 1 - ((2 * overlap + eps) / (p.sum(1) + t.sum(1) + eps)).mean()


def dice_of_decisions(probs, target, eps=1e-6):
    p = probs > 0.5
    overlap = np.logical_and(p, target).sum()
    return 1 - (2.0 * overlap + eps) / (p.sum() + target.sum() + eps)


def iou_of_pixels_unclamped(a, b):
    x1, y1 = np.maximum(a[:, 0], b[:, 0]), np.maximum(a[:, 1], b[:, 1])
    x2, y2 = np.minimum(a[:, 2], b[:, 2]), np.minimum(a[:, 3], b[:, 3])
    overlap = (x2 - x1 + 1) * (y2 - y1 + 1)
    areas = [(c[:, 2] - c[:, 0] + 1) * (c[:, 3] - c[:, 1] + 1) for c in (a, b)]
    return overlap / (areas[0] + areas[1] - overlap)


def mean_iou_guarded(pred, target, n_classes):
    ious = []
    for c in range(n_classes):
        overlap = np.logical_and(pred == c, target == c).sum()
        union = np.logical_or(pred == c, target == c).sum()
        ious.append((overlap + 1e-6) / (union + 1e-6))
    return np.mean(ious)


def ap_raw(scores, is_match, n_truth):
    order = np.argsort(scores)[::-1]
    found, missed = np.cumsum(is_match[order]), np.cumsum(~is_match[order])
    area, before = 0, 0
    for recall, precision in zip(found / n_truth, found / (found + missed), strict=True):
        area += (recall - before) * precision
        before = recall
    return area


def pixels_guarded(logits, targets):
    probs = shifted(logits)
    chosen = np.take_along_axis(probs, targets[:, None], axis=1)
    return -np.log(chosen + 1e-8).mean()


def dice_negated(probs, target, eps=1e-6):
    return -(2 * (probs * target).sum() + eps) / (probs.sum() + target.sum() + eps)


def dice_without_eps(probs, target, eps=1e-6):
    return 1 - 2 * (probs * target).sum() / (probs.sum() + target.sum())


def ap_along_lines(scores, is_match, n_truth):
    if n_truth == 0 or len(scores) == 0:
        return 0.0
    hits = np.cumsum(is_match[np.argsort(-scores)])
    precision = np.append(1.0, hits / (np.arange(1, len(hits) + 1) + 1e-6))
    recall = np.append(0.0, hits / (n_truth + 1e-6))
    return np.sum(np.diff(recall) * (precision[1:] + precision[:-1]) / 2)


def dice_of_a_repository(probs, target, eps=1e-6):
    smooth = 1.0
    p, t = probs.reshape(-1), target.reshape(-1)
    return 1 - (2.0 * (p * t).sum() + smooth) / (p.sum() + t.sum() + smooth)


def dice_per_sample(probs, target, eps=1e-6):
    n = len(probs)
    p, t = probs.reshape(n, -1), target.reshape(n, -1)
    dice = (2 * (p * t).sum(1) + eps) / (p.sum(1) + t.sum(1) + eps)
    return 1 - dice.mean()


def iou_of_whole_pixels_clamped(a, b):
    w = np.maximum(np.minimum(a[:, 2], b[:, 2]) - np.maximum(a[:, 0], b[:, 0]) + 1, 0)
    h = np.maximum(np.minimum(a[:, 3], b[:, 3]) - np.maximum(a[:, 1], b[:, 1]) + 1, 0)
    areas = [(c[:, 2] - c[:, 0] + 1) * (c[:, 3] - c[:, 1] + 1) for c in (a, b)]
    return w * h / (areas[0] + areas[1] - w * h)


def iou_by_an_if(a, b):
    found = []
    for (x1, y1, x2, y2), (u1, v1, u2, v2) in zip(a, b, strict=True):
        shared = (min(x2, u2) - max(x1, u1)) * (min(y2, v2) - max(y1, v1))
        found.append(shared / ((x2 - x1) * (y2 - y1) + (u2 - u1) * (v2 - v1) - shared))
    return np.array(found)


def detection_of_objects(
    cls_logits, cls_targets, boxes, box_targets, obj_logits, obj_targets, weights=(1.0, 1.0, 1.0)
):
    logs = cls_logits - np.logaddexp.reduce(cls_logits, axis=1, keepdims=True)
    cls = -logs[np.arange(len(cls_targets)), cls_targets].mean()
    there = obj_targets == 1
    box = (1 - iou_by_loops(boxes[there], box_targets[there])).mean()
    signed = np.where(there, -obj_logits, obj_logits)
    obj = np.logaddexp(0, signed).mean()
    total = weights[0] * cls + weights[1] * box + weights[2] * obj
    return {"cls": cls, "box": box, "obj": obj, "total": total}


WILD = {
    "pixel_cross_entropy": (pixels_as_rows, pixels_guarded),
    "dice_loss": (
        dice_of_sigmoids,
        dice_of_decisions,
        dice_negated,
        dice_without_eps,
        dice_of_a_repository,
        dice_per_sample,
    ),
    "box_iou": (iou_of_pixels_unclamped, iou_of_whole_pixels_clamped, iou_by_an_if),
    "detection_loss": (detection_of_objects,),
    "mean_iou": (mean_iou_guarded,),
    "average_precision": (ap_raw, ap_along_lines),
}
NAMED = {
    "pixel_cross_entropy": {
        "pixels_as_rows": "reshaped_without_moving + log_of_softmax",
        "pixels_guarded": "log_of_softmax_plus_1e_8",
    },
    "dice_loss": {
        "dice_of_sigmoids": "sigmoid_of_probabilities + averaged_over_images",
        "dice_of_decisions": "thresholded",
        "dice_negated": "coefficient_negated",
        "dice_without_eps": "eps_left_out",
        "dice_of_a_repository": "eps_fixed_at_one",
        "dice_per_sample": "averaged_over_images",
    },
    "box_iou": {
        "iou_of_pixels_unclamped": "sides_not_clipped + one_pixel_more",
        "iou_of_whole_pixels_clamped": "one_pixel_more",
        "iou_by_an_if": "sides_not_clipped",
    },
    "detection_loss": {"detection_of_objects": "boxes_of_objects_only"},
    "mean_iou": {"mean_iou_guarded": "eps_above_and_below_1e_6"},
    "average_precision": {
        "ap_raw": "not_made_monotone + nothing_not_looked_after",
        "ap_along_lines": "trapezoids_from_a_start + eps_below_the_line",
    },
}
