"""Mistakes in detection_loss."""

from __future__ import annotations

from autograder.api import Bank

DETECTION = "detection_loss"
PART = "np.mean(1 - box_iou(boxes, box_targets))"
ZIPPED = "zip(weights, parts.values(), strict=True)"
RETURNED = 'return {**parts, "total": total}'


def declare(bank: Bank) -> None:
    """Mistakes in the parts, then in the total."""
    _detection(bank)
    _totals(bank)


def _detection(bank: Bank) -> None:
    bank.edit(
        DETECTION,
        "iou_for_a_loss",
        "The box part is the mean IoU, which is 1 for perfect boxes and would be made small. A "
        "loss is small where things are right: one minus the IoU.",
        (PART, "np.mean(box_iou(boxes, box_targets))"),
    )
    bank.edit(
        DETECTION,
        "boxes_of_objects_only",
        "The box part is averaged over the rows that hold an object. Many detectors do so; the "
        "contract here says all rows.",
        (PART, "np.mean(1 - box_iou(boxes, box_targets)[obj_targets > 0.5])"),
        source="Redmon et al. (2016), section 2.2",
    )
    bank.edit(
        DETECTION,
        "boxes_masked_but_all_counted",
        "Rows without an object cost nothing in the box part, and still count in its mean. The "
        "contract says the mean of 1 - IoU over all rows.",
        (PART, "np.mean((1 - box_iou(boxes, box_targets)) * obj_targets)"),
    )
    bank.edit(
        DETECTION,
        "corners_for_overlap",
        "The box part is the smooth L1 loss of the corners. Here it is one minus the IoU, averaged "
        "over the rows.",
        (PART, "smooth_l1(boxes, box_targets)"),
    )
    bank.edit(
        DETECTION,
        "boxes_not_averaged",
        "The box part is one number for each row, because box_iou returns one for each. Average "
        "over the rows: every part is one number.",
        (PART, "1 - box_iou(boxes, box_targets)"),
        about="anything",
    )
    bank.edit(
        DETECTION,
        "boxes_summed",
        "The box part is summed over the rows, so it grows with the batch while the others do not. "
        "It is a mean, as they are.",
        (PART, "np.sum(1 - box_iou(boxes, box_targets))"),
    )
    bank.edit(
        DETECTION,
        "classes_of_objects_only",
        "The class part is averaged over the rows that hold an object. The contract here says the "
        "mean cross-entropy, over all rows.",
        (
            "cross_entropy(cls_logits, cls_targets)",
            "cross_entropy(cls_logits[obj_targets > 0.5], cls_targets[obj_targets > 0.5])",
        ),
    )
    bank.edit(
        DETECTION,
        "objectness_clipped",
        "The objectness goes through a clipped sigmoid, so a sure mistake costs no more than about "
        "16. Your bce_with_logits is exact: call it on the logits.",
        (
            "bce_with_logits(obj_logits, obj_targets)",
            "bce_with_logits(np.clip(obj_logits, -16.1, 16.1), obj_targets)",
        ),
    )
    bank.edit(
        DETECTION,
        "sigmoid_twice",
        "The objectness logits go through a sigmoid before the loss, which has one of its own. It "
        "expects logits.",
        (
            "bce_with_logits(obj_logits, obj_targets)",
            "bce_with_logits(1 / (1 + np.exp(-obj_logits)), obj_targets)",
        ),
    )


def _totals(bank: Bank) -> None:
    bank.edit(
        DETECTION,
        "weights_in_the_parts",
        "The parts come back multiplied by their weights. They are reported as they are, so that "
        "changing a weight does not look like learning; only the total is weighted.",
        (
            RETURNED,
            "parts = {k: weight * parts[k] for k, weight in zip(parts, weights)}\n"
            f"    {RETURNED}",
        ),
    )
    bank.edit(
        DETECTION,
        "weights_ignored",
        "The total is the plain sum of the parts: the weights have no effect. Each part is "
        "multiplied by its own weight.",
        (ZIPPED, "zip((1.0, 1.0, 1.0), parts.values(), strict=True)"),
    )
    bank.edit(
        DETECTION,
        "weights_in_another_order",
        "The weights are given to the parts in another order: box first, then class. They are for "
        "class, box and objectness, in this order.",
        (ZIPPED, "zip([weights[1], weights[0], weights[2]], parts.values(), strict=True)"),
    )
    bank.edit(
        DETECTION,
        "weighted_mean",
        "The total is divided by the sum of the weights. It is the weighted sum, undivided: larger "
        "weights make it larger.",
        (RETURNED, f"total = total / sum(weights)\n    {RETURNED}"),
    )
    bank.edit(
        DETECTION,
        "objectness_left_out",
        "The total has the class and box parts only. The weight and the loss of the objectness "
        "belong to it too.",
        (ZIPPED, "zip(weights[:2], list(parts.values())[:2], strict=True)"),
    )
