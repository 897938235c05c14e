"""Mistakes in box_iou."""

from __future__ import annotations

from autograder.api import Bank

IOU = "box_iou"
SIDES, SHARED = "np.maximum(high - low, 0)", "sides[:, 0] * sides[:, 1]"
UNION = "(area_a + area_b - shared)"


def declare(bank: Bank) -> None:
    """Mistakes in the intersection, then in what it is divided by."""
    _iou(bank)
    _denominators(bank)


def _iou(bank: Bank) -> None:
    bank.edit(
        IOU,
        "sides_not_clipped",
        "Sides of the intersection may come out negative. One negative side gives a negative IoU, "
        "and two give a positive one for boxes that never meet. A side is at least 0.",
        (SIDES, "high - low"),
    )
    bank.edit(
        IOU,
        "area_clipped_not_sides",
        "The area of the intersection is clipped at 0, and not its sides. Where both are negative "
        "their product is positive, and boxes far apart seem to overlap.",
        (SIDES, "high - low"),
        (SHARED, f"np.maximum({SHARED}, 0)"),
    )
    bank.edit(
        IOU,
        "absolute_sides",
        "The sides of the intersection lose their signs, so a gap counts as an overlap. Where the "
        "boxes do not meet, the side is 0.",
        (SIDES, "np.abs(high - low)"),
    )
    bank.edit(
        IOU,
        "one_pixel_more",
        "Every side is made one longer, as for boxes of whole pixels that include their last one. "
        "Here coordinates are real numbers: a side is their difference.",
        (SIDES, "np.maximum(high - low + 1, 0)"),
        (
            "(a[:, 2] - a[:, 0]) * (a[:, 3] - a[:, 1])",
            "(a[:, 2] - a[:, 0] + 1) * (a[:, 3] - a[:, 1] + 1)",
        ),
        (
            "(b[:, 2] - b[:, 0]) * (b[:, 3] - b[:, 1])",
            "(b[:, 2] - b[:, 0] + 1) * (b[:, 3] - b[:, 1] + 1)",
        ),
        source="rbgirshick/py-faster-rcnn, voc_eval.py",
    )
    bank.edit(
        IOU,
        "width_and_height_read",
        "The last two numbers of a box are read as its width and height. They are the coordinates "
        "of the opposite corner.",
        (
            "low = ",
            "a, b = (np.concatenate([c[:, :2], c[:, :2] + c[:, 2:]], 1) for c in (a, b))\n"
            "    low = ",
        ),
    )
    bank.edit(
        IOU,
        "corners_read_as_x_x_y_y",
        "The four numbers are read as x1, x2, y1, y2. They come as x1, y1, x2, y2: two corners, "
        "one after the other.",
        ("low = ", "a, b = a[:, [0, 2, 1, 3]], b[:, [0, 2, 1, 3]]\n    low = "),
    )
    bank.edit(
        IOU,
        "every_box_with_every_box",
        "Every box is compared with every other, which gives (N, N). Here boxes come in pairs, row "
        "by row: one number for each row.",
        (
            "low = ",
            "n = len(a)\n    a, b = np.repeat(a, n, axis=0), np.tile(b, (n, 1))\n    low = ",
        ),
        (f"return shared / {UNION}", f"return (shared / {UNION}).reshape(n, n)"),
        source="torchvision.ops.box_iou",
        about="anything",
    )


def _denominators(bank: Bank) -> None:
    for name, text, new, source in (
        (
            "overlap_counted_twice",
            "Both areas are added without taking the intersection off, which they both contain. "
            "Equal boxes then have an IoU of a half.",
            "(area_a + area_b)",
            "",
        ),
        (
            "over_the_first_box",
            "The intersection is divided by the area of the first box, so a huge second box is "
            "perfect. The union of both stands below the line.",
            "area_a",
            "",
        ),
        (
            "over_the_smaller_box",
            "The intersection is divided by the smaller area, so a box inside another is perfect. "
            "The union of both stands below the line.",
            "np.minimum(area_a, area_b)",
            "",
        ),
        (
            "over_the_enclosing_box",
            "The intersection is divided by the area of the smallest box around both, which has "
            "corners that belong to neither. The union is their areas minus the intersection.",
            "np.prod(np.maximum(a[:, 2:], b[:, 2:]) - np.minimum(a[:, :2], b[:, :2]), axis=1)",
            "",
        ),
        (
            "eps_below",
            "A small number is added below the line. Boxes have an area, so nothing needs it, and "
            "for boxes in fractions of an image it is not small.",
            "(area_a + area_b - shared + 1e-6)",
            "ultralytics/yolov5, utils/metrics.py, there 1e-7",
        ),
    ):
        bank.edit(IOU, name, text, (UNION, new), source=source)
    bank.edit(
        IOU,
        "dice_of_boxes",
        "Twice the intersection over the sum of the areas: this is the Dice coefficient of two "
        "boxes. The IoU is the intersection over the union.",
        (f"shared / {UNION}", "2 * shared / (area_a + area_b)"),
    )
