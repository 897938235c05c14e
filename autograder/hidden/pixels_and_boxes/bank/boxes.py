"""Mistakes in box_iou."""

from autograder.api import Bank

bank = Bank()
box_iou = bank.exercise("box_iou")

UNION = "(area_a + area_b - shared)"
SHARED = "sides[:, 0] * sides[:, 1]"
UNCLIPPED = ("sides = np.maximum(", "sides = (", ", 0)", ")")
AREAS = tuple(f"({c}[:, 2] - {c}[:, 0]) * ({c}[:, 3] - {c}[:, 1])" for c in "ab")
SUMMED = tuple((area, area.replace(") * (", ") + (")) for area in AREAS)
LONGER = tuple((area, area.replace("])", "] + 1)")) for area in AREAS)

for (name, *edits), text in {
    ("sides_not_clipped", *UNCLIPPED): (
        "Sides of the intersection may come out negative. One negative side gives a negative IoU, "
        "and two give a positive one for boxes that never meet. A side is at least 0."
    ),
    ("area_clipped_not_sides", *UNCLIPPED, SHARED, f"np.maximum({SHARED}, 0)"): (
        "The area of the intersection is clipped at 0, not its sides. Where both are negative "
        "their product is positive, and boxes far apart seem to overlap."
    ),
    ("absolute_sides", "sides = np.maximum(", "sides = np.abs(", ", 0)", ")"): (
        "The sides of the intersection lose their signs, so a gap counts as an overlap. Where the "
        "boxes do not meet, the side is 0."
    ),
    (
        "width_and_height_read",
        "low = ",
        "a, b = (np.concatenate([c[:, :2], c[:, :2] + c[:, 2:]], 1) for c in (a, b))\n    low = ",
    ): (
        "The last two numbers of a box are read as its width and height. They are the coordinates "
        "of the opposite corner."
    ),
    (
        "centre_and_size_read",
        "low = ",
        "halves = [c[:, 2:] / 2 for c in (a, b)]\n"
        "    a, b = (np.hstack([c[:, :2] - h, c[:, :2] + h]) for c, h in zip((a, b), halves))\n"
        "    low = ",
    ): (
        "A box is read as its centre and its size, as some detectors write it. The four numbers "
        "are two opposite corners."
    ),
    (
        "corners_read_as_x_x_y_y",
        "low = ",
        "a, b = a[:, [0, 2, 1, 3]], b[:, [0, 2, 1, 3]]\n    low = ",
    ): (
        "The four numbers are read as x1, x2, y1, y2. They come as x1, y1, x2, y2: two corners, "
        "one after the other."
    ),
    ("overlap_counted_twice", " - shared", ""): (
        "Both areas are added, and the intersection, which is in both, is never subtracted. Equal "
        "boxes then have an IoU of one half."
    ),
    ("over_the_first_box", UNION, "area_a"): (
        "The intersection is divided by the area of the first box, so a huge second box is "
        "perfect. Divide by the union of both."
    ),
    ("over_the_second_box", UNION, "area_b"): (
        "The intersection is divided by the area of the second box, so a huge first box is "
        "perfect. Divide by the union of both."
    ),
    ("one_area_twice", UNION, "(2 * area_a - shared)"): (
        "The area of the first box is counted twice and that of the second never. The union is "
        "both areas minus the intersection: look at the names in the second area."
    ),
    (
        "one_side_is_enough",
        *UNCLIPPED,
        f"shared = {SHARED}",
        "shared = np.where(np.any(sides > 0, axis=1), np.prod(sides, axis=1), 0.0)",
    ): (
        "The sides are multiplied as soon as one of them is positive, so boxes beside each other "
        "get a negative IoU. Boxes meet only where both sides are positive."
    ),
    ("sides_added", SHARED, "sides[:, 0] + sides[:, 1]", *SUMMED[0], *SUMMED[1]): (
        "The sides are added where an area is their product. This compares how far round the boxes "
        "it is, and boxes side by side seem to overlap."
    ),
    ("over_the_smaller_box", UNION, "np.minimum(area_a, area_b)"): (
        "The intersection is divided by the smaller area, so a box inside another is perfect. The "
        "union of both is the denominator."
    ),
    ("over_the_larger_box", UNION, "np.maximum(area_a, area_b)"): (
        "The intersection is divided by the larger area, so what the smaller box has for itself "
        "costs nothing. The union of both is the denominator."
    ),
    (
        "areas_from_the_origin",
        AREAS[0],
        "a[:, 2] * a[:, 3]",
        AREAS[1],
        "b[:, 2] * b[:, 3]",
    ): (
        "The areas are x2 times y2, which is right for boxes that begin at the origin or are given "
        "by width and height. A side is the difference of two corners."
    ),
    (
        "lowest_and_highest_swapped",
        "np.maximum(a[:, :2]",
        "np.minimum(a[:, :2]",
        "np.minimum(a[:, 2:]",
        "np.maximum(a[:, 2:]",
    ): (
        "The lower corner takes the smaller and the upper corner the larger number, which gives "
        "the box around both. The intersection is the other way round: larger low, smaller high."
    ),
    (
        "over_the_enclosing_box",
        UNION,
        "np.prod(np.maximum(a[:, 2:], b[:, 2:]) - np.minimum(a[:, :2], b[:, :2]), axis=1)",
    ): (
        "The intersection is divided by the area of the smallest box around both, which has "
        "corners that belong to neither. The union is their areas minus the intersection."
    ),
    (
        "iou_clipped_not_sides",
        *UNCLIPPED,
        f"return shared / {UNION}",
        f"return np.clip(shared / {UNION}, 0, 1)",
    ): (
        "The ratio is clipped between 0 and 1, not the sides, so boxes that miss in both ways "
        "still seem to overlap. A side is at least 0."
    ),
    ("sides_clipped_at_one", "np.maximum(high - low, 0)", "np.clip(high - low, 0, 1)"): (
        "The sides are kept between 0 and 1, as for boxes in fractions of an image, so larger "
        "overlaps are cut off. Boxes come in any unit: a side has no upper limit."
    ),
    ("overlap_subtracted_twice", "- shared)", "- 2 * shared)"): (
        "The intersection is subtracted twice, which leaves what only one of the boxes covers. The "
        "union holds it once: both areas, minus the intersection once."
    ),
    ("one_minus_the_iou", f"return shared / {UNION}", f"return 1 - shared / {UNION}"): (
        "This is one minus the IoU, a loss: 0 for equal boxes. The IoU itself is 1 for them; the "
        "loss comes in a later exercise."
    ),
    (
        "penalised_for_the_gap",
        f"return shared / {UNION}",
        f"union = {UNION}\n"
        "    low, high = np.minimum(a[:, :2], b[:, :2]), np.maximum(a[:, 2:], b[:, 2:])\n"
        "    hull = np.prod(high - low, axis=1)\n"
        "    return shared / union - (hull - union) / hull",
    ): (
        "This is the generalised IoU, which is negative for boxes far apart. The plain IoU is the "
        "intersection over the union, and 0 for them."
    ),
    ("dice_of_boxes", f"shared / {UNION}", "2 * shared / (area_a + area_b)"): (
        "Twice the intersection over the sum of the areas: this is the Dice coefficient of two "
        "boxes. The IoU is the intersection over the union."
    ),
}.items():
    box_iou.edit(name, text, *zip(edits[::2], edits[1::2], strict=True))

PIXEL = (
    "Every side is made one longer, as for boxes of whole pixels that include their last one. Here "
    "coordinates are real numbers: a side is their difference."
)
SOURCE = "rbgirshick/py-faster-rcnn, voc_eval.py"
box_iou.edit("one_pixel_more", PIXEL, ("high - low", "high - low + 1"), *LONGER, source=SOURCE)
box_iou.edit("one_pixel_more_in_the_overlap", PIXEL, ("high - low", "high - low + 1"))
box_iou.edit("one_pixel_more_in_the_areas", PIXEL, *LONGER)
for eps in ("1e-6", "1e-7", "1e-8", "1e-9", "1e-10"):
    box_iou.edit(
        f"eps_below_{eps.replace('-', '_')}",
        "A small number is added to the denominator. Boxes have an area, so nothing needs it, and "
        "for boxes in fractions of an image it is not small.",
        ("- shared)", f"- shared + {eps})"),
        source="ultralytics/yolov5, utils/metrics.py" if eps == "1e-7" else "",
    )
box_iou.edit(
    "every_box_with_every_box",
    "Every box is compared with every other, which gives (N, N). Here boxes come in pairs, row by "
    "row: one number for each row.",
    ("low = ", "n = len(a)\n    a, b = np.repeat(a, n, axis=0), np.tile(b, (n, 1))\n    low = "),
    (f"return shared / {UNION}", f"return (shared / {UNION}).reshape(n, n)"),
    source="torchvision.ops.box_iou",
    about="anything",
)
box_iou.edit(
    "averaged_over_rows",
    "One number comes back, the mean over all rows. Each pair of boxes has its own IoU: the result "
    "has the shape (N,).",
    (f"return shared / {UNION}", f"return np.mean(shared / {UNION})"),
    about="anything",
)
box_iou.edit(
    "cut_to_whole_numbers",
    "The result takes its type from the boxes: for boxes of whole numbers every IoU below 1 is cut "
    "to 0. Make the array with np.zeros(len(a)).",
    (f"return shared / {UNION}", f"return (shared / {UNION}).astype(a.dtype)"),
    about="anything",
)
box_iou.edit(
    "rows_left_out",
    "Rows of boxes that do not meet are left out of the result, so it is shorter than the input. "
    "Every row has its number, 0 for those.",
    (f"return shared / {UNION}", f"return (shared / {UNION})[shared > 0]"),
    about="anything",
)
