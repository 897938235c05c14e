"""Independent answers to lesson 17 of pixels, masks, boxes and metrics, right and wrong."""

from __future__ import annotations

import math
from collections import Counter

import numpy as np

from .losses_classes import bce_by_logaddexp, cross_entropy_by_rows, log_softmax_by_logaddexp


def pixels_by_loops(logits, targets):
    n, _, h, w = logits.shape
    places = [(i, r, c) for i in range(n) for r in range(h) for c in range(w)]
    losses = [
        cross_entropy_by_rows(logits[i, :, r, c][None], targets[i, r, c][None])
        for i, r, c in places
    ]
    return sum(losses) / len(losses)


def pixels_by_take(logits, targets):
    top = logits.max(axis=1, keepdims=True)
    total = np.log(np.exp(logits - top).sum(axis=1)) + top[:, 0]
    own = np.take_along_axis(logits, targets[:, None], axis=1)[:, 0]
    return np.asarray((total - own).mean())


def pixels_by_masks(logits, targets):
    logs = log_softmax_by_logaddexp(logits.transpose(0, 2, 3, 1))
    return -sum(logs[..., c][targets == c].sum() for c in range(logits.shape[1])) / targets.size


def dice_by_loops(probs, target, eps=1e-6):
    x, y = [float(v) for v in probs.flat], [float(v) for v in target.flat]
    shared = math.fsum(a * b for a, b in zip(x, y, strict=True))
    return 1 - (2 * shared + eps) / (math.fsum(x) + math.fsum(y) + eps)


def dice_by_difference(probs, target, eps=1e-6):
    sizes = probs.sum() + target.sum()
    return np.asarray((sizes - 2 * np.vdot(probs, target)) / (sizes + eps))


def iou_by_loops(a, b):
    out = []
    for (x1, y1, x2, y2), (u1, v1, u2, v2) in zip(a.tolist(), b.tolist(), strict=True):
        shared = max(0, min(x2, u2) - max(x1, u1)) * max(0, min(y2, v2) - max(y1, v1))
        out.append(shared / ((x2 - x1) * (y2 - y1) + (u2 - u1) * (v2 - v1) - shared))
    return np.array(out)


def iou_by_columns(a, b):
    ax1, ay1, ax2, ay2 = a.T
    bx1, by1, bx2, by2 = b.T
    wide = np.clip(np.minimum(ax2, bx2) - np.maximum(ax1, bx1), 0, None)
    high = np.clip(np.minimum(ay2, by2) - np.maximum(ay1, by1), 0, None)
    shared = np.where((wide > 0) & (high > 0), wide * high, 0)
    rest = (ax2 - ax1) * (ay2 - ay1) - shared
    return shared / (rest + (bx2 - bx1) * (by2 - by1))


def iou_by_pairs(a, b):
    """The diagonal of all pairs, with corners on an axis of their own."""
    first, second = a.reshape(-1, 1, 2, 2), b.reshape(1, -1, 2, 2)
    sides = np.minimum(first[:, :, 1], second[:, :, 1]) - np.maximum(
        first[:, :, 0], second[:, :, 0]
    )
    shared = np.prod(np.where(sides > 0, sides, 0), axis=-1)
    areas = [np.prod(c[:, :, 1] - c[:, :, 0], axis=-1) for c in (first, second)]
    return np.diagonal(shared / (areas[0] + areas[1] - shared)).copy()


def detection_plain(
    cls_logits,
    cls_targets,
    boxes,
    box_targets,
    obj_logits,
    obj_targets,
    weights=(1.0, 1.0, 1.0),
):
    a = cross_entropy_by_rows(cls_logits, cls_targets)
    b = 1 - iou_by_loops(boxes, box_targets).mean()
    c = bce_by_logaddexp(obj_logits, obj_targets)
    total = weights[0] * a + weights[1] * b + weights[2] * c
    return dict(total=total, obj=c, box=b, cls=a)  # noqa: C408


def detection_by_dot(
    cls_logits, cls_targets, boxes, box_targets, obj_logits, obj_targets, weights=(1, 1, 1)
):
    parts = np.array(
        [
            cross_entropy_by_rows(cls_logits, cls_targets),
            np.mean(1 - iou_by_columns(boxes, box_targets)),
            bce_by_logaddexp(obj_logits, obj_targets),
        ]
    )
    named = dict(zip(("cls", "box", "obj"), parts, strict=True))
    return {**named, "total": np.dot(parts, np.array(weights, dtype=float)), "rows": len(boxes)}


def mean_iou_by_counts(pred, target, n_classes):
    both = Counter(zip(pred.ravel().tolist(), target.ravel().tolist(), strict=True))
    ious = []
    for c in range(n_classes):
        union = sum(n for pair, n in both.items() if c in pair)
        if union:
            ious.append(both[c, c] / union)
    return sum(ious) / len(ious)


def mean_iou_by_confusion(pred, target, n_classes):
    matrix = np.bincount(
        (n_classes * target + pred).ravel(), minlength=n_classes * n_classes
    ).reshape(n_classes, n_classes)
    shared = np.diagonal(matrix)
    union = matrix.sum(axis=0) + matrix.sum(axis=1) - shared
    with np.errstate(invalid="ignore"):
        return np.asarray(np.nanmean(shared / union))


def mean_iou_by_sets(pred, target, n_classes):
    said, true = list(enumerate(pred.flat)), list(enumerate(target.flat))
    ious = []
    for c in {*pred.flat, *target.flat}:
        a, b = ({i for i, label in cells if label == c} for cells in (said, true))
        ious.append(len(a & b) / len(a | b))
    return float(np.mean(ious))


def ap_by_loops(scores, is_match, n_truth):
    ranked = sorted(zip(scores.tolist(), is_match.tolist(), strict=True), reverse=True)
    if not n_truth or not ranked:
        return 0
    hits, points = 0, []
    for k, (_, match) in enumerate(ranked, 1):
        hits += match
        points.append((hits / n_truth, hits / k))
    area, before = 0.0, 0.0
    for i, (recall, _) in enumerate(points):
        area += (recall - before) * max(p for _, p in points[i:])
        before = recall
    return area


def ap_over_hits(scores, is_match, n_truth):
    """Each hit adds 1 / n_truth times the best precision at this hit or a later one."""
    if n_truth == 0 or scores.size == 0:
        return np.float64(0)
    ranks = np.flatnonzero(is_match[np.argsort(scores)[::-1]]) + 1
    precision = np.arange(1, len(ranks) + 1) / ranks
    best = [precision[i:].max() for i in range(len(ranks))]
    return np.asarray(np.sum(best) / n_truth)


# Wrong in ways that the bank does not know


def pixels_first_image(logits, targets):
    return pixels_by_loops(logits[:1], targets[:1])


def pixels_mean_of_classes(logits, targets):
    logs = log_softmax_by_logaddexp(logits.transpose(0, 2, 3, 1))
    return np.mean([-logs[..., c][targets == c].mean() for c in np.unique(targets)])


def pixels_map(logits, targets):
    top = logits.max(axis=1, keepdims=True)
    total = np.log(np.exp(logits - top).sum(axis=1)) + top[:, 0]
    return total - np.take_along_axis(logits, targets[:, None], axis=1)[:, 0]


def dice_generous(probs, target, eps=1e-6):
    return dice_by_loops(probs, target, eps) / 2


def dice_logarithm(probs, target, eps=1e-6):
    return -math.log(max(1 - dice_by_loops(probs, target, eps), 1e-12))


def dice_eps_default_smaller(probs, target, eps=1e-8):
    return dice_by_loops(probs, target, eps)


def dice_zero_when_empty(probs, target, eps=1e-6):
    return 0.0 if target.sum() == 0 else dice_by_loops(probs, target, eps)


def iou_generalised(a, b):
    low, high = np.minimum(a[:, :2], b[:, :2]), np.maximum(a[:, 2:], b[:, 2:])
    hull = np.prod(high - low, axis=1)
    areas = [np.prod(c[:, 2:] - c[:, :2], axis=1) for c in (a, b)]
    iou = iou_by_loops(a, b)
    union = sum(areas) / (1 + iou)
    return iou - (hull - union) / hull


def iou_mean(a, b):
    return iou_by_loops(a, b).mean()


def iou_of_whole_pixels(a, b):
    return iou_by_loops(np.round(a), np.round(b) + 1e-3)


def iou_in_place(a, b):
    value = iou_by_loops(a, b)
    a[:, 2:] -= a[:, :2]
    return value


def detection_tuple(*args, weights=(1.0, 1.0, 1.0)):
    return tuple(detection_plain(*args, weights=weights).values())


def detection_rooted(*args, **options):
    parts = detection_plain(*args, **options)
    return {**parts, "box": math.sqrt(parts["box"])}


def detection_mean_total(*args, **options):
    parts = detection_plain(*args, **options)
    return {**parts, "total": parts["total"] / 3}


def detection_weights_squared(*args, weights=(1.0, 1.0, 1.0), **options):
    return detection_plain(*args, **options, weights=tuple(w * w for w in weights))


def mean_iou_weighted(pred, target, n_classes):
    ious = [
        (np.mean(target == c), mean_iou_by_counts(pred == c, target == c, 2))
        for c in range(n_classes)
    ]
    return float(sum(share * iou for share, iou in ious))


def mean_iou_median(pred, target, n_classes):
    ious = [
        np.sum((pred == c) & (target == c)) / np.sum((pred == c) | (target == c))
        for c in np.union1d(pred, target)
    ]
    return float(np.median(ious))


def mean_iou_up_to_largest(pred, target, n_classes):
    return (
        mean_iou_by_counts(pred, target, n_classes)
        * len(np.union1d(pred, target))
        / (1 + max(pred.max(), target.max()))
    )


def ap_capped(scores, is_match, n_truth):
    return min(ap_by_loops(scores, is_match, n_truth), 0.5)


def ap_hundred_points(scores, is_match, n_truth):
    if n_truth == 0 or len(scores) == 0:
        return 0.0
    hits = np.cumsum(is_match[np.argsort(-scores)])
    precision, recall = hits / np.arange(1, len(hits) + 1), hits / n_truth
    levels = np.linspace(0, 1, 101)
    return float(np.mean([precision[recall >= t].max(initial=0) for t in levels]))


def ap_raises(scores, is_match, n_truth):
    if n_truth == 0 or len(scores) == 0:
        raise ValueError("nothing to rank")
    return ap_by_loops(scores, is_match, n_truth)


def ap_by_ranks_of_scores(scores, is_match, n_truth):
    return ap_by_loops(np.abs(scores), is_match, n_truth)
