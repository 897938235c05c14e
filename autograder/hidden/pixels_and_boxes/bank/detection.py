"""Mistakes in detection_loss."""

from autograder.api import Bank

bank = Bank()
detection = bank.exercise("detection_loss")

CLS, OBJ = "cross_entropy(cls_logits, cls_targets)", "bce_with_logits(obj_logits, obj_targets)"
BOX = "np.mean(1 - box_iou(boxes, box_targets))"
# The smooth L1 loss, with a beta of 1.
CORNERS = "np.mean(np.where((far := np.abs(boxes - box_targets)) < 1, far**2 / 2, far - 0.5))"
ZIPPED = "zip(weights, parts.values(), strict=True)"
RETURNED = 'return {**parts, "total": total}'

GENERALISED = (
    "hull = np.maximum(boxes, box_targets)[:, 2:] - np.minimum(boxes, box_targets)[:, :2]\n"
    "    areas = sum(np.prod(c[:, 2:] - c[:, :2], axis=1) for c in (boxes, box_targets))\n"
    "    iou = box_iou(boxes, box_targets)\n"
    "    generalised = iou - 1 + areas / (1 + iou) / np.prod(hull, axis=1)\n    "
)

LOGARITHM = (
    "The box part is minus the logarithm of the IoU, as in UnitBox. Here it is one minus the IoU, "
    "averaged over the rows."
)
for (name, old, new), text in {
    ("iou_for_a_loss", "(1 - box_iou", "(box_iou"): (
        "The box part is the mean IoU, which is 1 for perfect boxes, and training would make it "
        "small. A loss is small where things are right: one minus the IoU."
    ),
    ("boxes_of_objects_only", BOX, f"{BOX[:-1]}[obj_targets > 0.5])"): (
        "The box part is averaged over the rows that hold an object. Many detectors do that; here "
        "the mean is over all rows."
    ),
    (
        "boxes_masked_but_all_counted",
        BOX,
        "np.mean((1 - box_iou(boxes, box_targets)) * obj_targets)",
    ): (
        "Rows without an object cost nothing in the box part but still count in its mean. Here it "
        "is the mean of 1 - IoU over all rows."
    ),
    ("corners_for_overlap", BOX, CORNERS): (
        "The box part is the smooth L1 loss of the corners. Here it is one minus the IoU, averaged "
        "over the rows."
    ),
    ("absolute_corners", BOX, "np.mean(np.abs(boxes - box_targets))"): (
        "The box part is the absolute error of the corners, which depends on the unit of length. "
        "Here it is one minus the IoU, averaged over the rows."
    ),
    ("squared_corners", BOX, "np.mean((boxes - box_targets) ** 2)"): (
        "The box part is the squared error of the corners. Here it is one minus the IoU, averaged "
        "over the rows."
    ),
    **{
        (
            f"logarithm_of_the_iou_plus_{eps.replace('-', '_')}",
            BOX,
            f"-np.mean(np.log(box_iou(boxes, box_targets) + {eps}))",
        ): LOGARITHM
        for eps in ("1e-6", "1e-7", "1e-8", "1e-9", "1e-12")
    },
    ("boxes_summed", "np.mean(1", "np.sum(1"): (
        "The box part is summed over the rows, so it grows with the batch while the others do not. "
        "It is a mean, as they are."
    ),
    (
        "classes_of_objects_only",
        CLS,
        "cross_entropy(cls_logits[obj_targets > 0.5], cls_targets[obj_targets > 0.5])",
    ): (
        "The class part is averaged over the rows that hold an object. Here it is the mean "
        "cross-entropy over all rows."
    ),
    ("classes_summed", CLS, f'{CLS[:-1]}, "sum")'): (
        "The class part is summed over the rows, so it grows with the batch while the others do "
        "not. It is a mean, as they are."
    ),
    ("objectness_clipped", OBJ, "bce_with_logits(np.clip(obj_logits, -16.1, 16.1), obj_targets)"): (
        "The objectness goes through a clipped sigmoid, so a sure mistake costs no more than about "
        "16. Your bce_with_logits is exact: call it on the logits."
    ),
    **{
        (
            f"objectness_by_a_logarithm_plus_{eps.replace('-', '_')}",
            OBJ,
            "-np.mean(\n        obj_targets * np.log(1 / (1 + np.exp(-obj_logits)) + "
            f"{eps})\n        + (1 - obj_targets) * "
            f"np.log(1 / (1 + np.exp(obj_logits)) + {eps})\n    )",
        ): (
            "The objectness is the logarithm of a sigmoid plus a small number, so a sure mistake "
            "costs no more than about 16 to 28. Your bce_with_logits is exact: call it on the "
            "logits."
        )
        for eps in ("1e-7", "1e-8", "1e-12")
    },
    ("sigmoid_twice", OBJ, "bce_with_logits(1 / (1 + np.exp(-obj_logits)), obj_targets)"): (
        "The objectness logits go through a sigmoid before the loss, which contains one already. "
        "Pass it the logits."
    ),
    (
        "weights_in_the_parts",
        RETURNED,
        f"parts = {{k: w * parts[k] for k, w in zip(parts, weights)}}\n    {RETURNED}",
    ): (
        "The parts come back multiplied by their weights. They are reported as they are, so that "
        "changing a weight does not look like learning; only the total is weighted."
    ),
    ("weights_ignored", ZIPPED, "zip((1.0, 1.0, 1.0), parts.values(), strict=True)"): (
        "The total is the plain sum of the parts: the weights have no effect. Each part is "
        "multiplied by its own weight."
    ),
    (
        "weights_in_another_order",
        ZIPPED,
        "zip([weights[1], weights[0], weights[2]], parts.values(), strict=True)",
    ): (
        "The weights are given to the parts in another order: box first, then class. They are for "
        "class, box and objectness, in this order."
    ),
    ("weighted_mean", RETURNED, f"total = total / sum(weights)\n    {RETURNED}"): (
        "The total is divided by the sum of the weights. It is the weighted sum, undivided: larger "
        "weights make it larger."
    ),
    ("mean_of_the_parts", RETURNED, f"total = total / 3\n    {RETURNED}"): (
        "The total is divided by the number of parts. It is the weighted sum, undivided: the "
        "weights alone say how much of each part it holds."
    ),
    (
        "box_and_objectness_weights_swapped",
        ZIPPED,
        "zip([weights[0], weights[2], weights[1]], parts.values(), strict=True)",
    ): (
        "The second weight goes to the objectness and the third to the boxes. They are for class, "
        "box and objectness, in this order."
    ),
    ("softmax_twice", CLS, CLS.replace("(cls_logits", "(softmax(cls_logits)")): (
        "The class logits go through a softmax before the cross-entropy, which contains one "
        "already. Pass it the logits."
    ),
    ("objectness_summed", OBJ, f'{OBJ[:-1]}, "sum")'): (
        "The objectness is summed over the rows, so it grows with the batch while the others do "
        "not. It is a mean, as they are."
    ),
    ("objectness_squared", OBJ, "np.mean((1 / (1 + np.exp(-obj_logits)) - obj_targets) ** 2)"): (
        "The objectness is the squared error of its probability, as in the first YOLO. Here it is "
        "the mean binary cross-entropy of the logits."
    ),
    (
        "iou_as_objectness_target",
        OBJ,
        OBJ.replace("targets", "targets * box_iou(boxes, box_targets)"),
    ): (
        "The target of the objectness is multiplied by the IoU, as in YOLO. Here the targets are "
        "taken as they come: object or not."
    ),
    ("objectness_of_objects_only", OBJ, "np.mean(obj_targets * np.logaddexp(0, -obj_logits))"): (
        "The objectness has the half of the rows with an object only: saying yes everywhere costs "
        "nothing. Rows without one cost -log(1 - p); bce_with_logits has both halves."
    ),
    (
        "weights_twice",
        RETURNED,
        f"parts = {{k: w * parts[k] for k, w in zip(parts, weights)}}\n"
        f"    total = sum(w * part for w, part in zip(weights, parts.values()))\n    {RETURNED}",
    ): (
        "The parts are weighted, and once more in the total, so a weight of 2 counts 4. Keep the "
        "parts as they are and weight only the total."
    ),
    ("objectness_left_out", ZIPPED, "zip(weights[:2], list(parts.values())[:2], strict=True)"): (
        "The total has the class and box parts only. The weight and the loss of the objectness "
        "belong to it too."
    ),
    **{
        (
            f"objectness_clipped_at_{eps.replace('-', '_')}",
            OBJ,
            "-np.mean(obj_targets * np.log(\n"
            f"        p := np.clip(1 / (1 + np.exp(-obj_logits)), {eps}, 1 - {eps})\n"
            "    ) + (1 - obj_targets) * np.log(1 - p))",
        ): (
            "The probability of the objectness is kept away from 0 and 1, so a sure mistake costs "
            f"no more than about {most}. Your bce_with_logits is exact: call it on the logits."
        )
        for eps, most in {"1e-6": 14, "1e-7": 16, "1e-8": 18, "1e-12": 28, "1e-15": 35}.items()
    },
}.items():
    source = "Redmon et al. (2016), section 2.2" if name == "boxes_of_objects_only" else ""
    detection.edit(name, text, (old, new), source=source)
detection.edit(
    "boxes_not_averaged",
    "The box part is one number for each row, because box_iou returns one for each. Average over "
    "the rows: every part is one number.",
    (BOX, "1 - box_iou(boxes, box_targets)"),
    about="anything",
)
detection.edit(
    "everything_summed",
    "All three parts are summed over the rows, so the total grows with the batch. Each part is a "
    "mean over the rows.",
    (CLS, f'{CLS[:-1]}, "sum")'),
    ("np.mean(1", "np.sum(1"),
    (OBJ, f'{OBJ[:-1]}, "sum")'),
)
detection.edit(
    "objectness_on_paper",
    "The objectness is worked out by a sigmoid and its logarithm, and log(0) makes it nan for sure "
    "answers. Your bce_with_logits is safe: call it on the logits.",
    (
        OBJ,
        "-np.mean(obj_targets * np.log(p := 1 / (1 + np.exp(-obj_logits))) "
        "+ (1 - obj_targets) * np.log(1 - p))",
    ),
    about="anything",
)
detection.edit(
    "penalised_for_the_gap",
    "The box part is one minus the generalised IoU, which also counts the empty part of the hull. "
    "Here it is one minus the plain IoU, averaged over the rows.",
    ("parts = {", f"{GENERALISED}parts = {{"),
    (BOX, "np.mean(1 - generalised)"),
)
