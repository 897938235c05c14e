"""Mistakes in mean_iou."""

from autograder.api import Bank

bank = Bank()
mean_iou = bank.exercise("mean_iou")

KEPT, RATIO, MEAN = "if either > 0:", "np.sum(said & true) / either", "return np.mean(ious)"

PER_IMAGE = (
    "The mean IoU is computed for each image, or row, and then averaged. A batch counts as one "
    "map: overlaps and unions are counted over all of it."
)
for (name, old, new), text in {
    ("absent_counts_as_zero", MEAN, "return np.sum(ious) / n_classes"): (
        "A class that occurs in neither map counts with 0, so raising n_classes lowers the result. "
        "Such a class is 0/0: it is left out of the mean."
    ),
    ("absent_counts_as_one", MEAN, "return (np.sum(ious) + n_classes - len(ious)) / n_classes"): (
        "A class that occurs in neither map counts as perfect, so raising n_classes lifts the "
        "result. Such a class is left out of the mean."
    ),
    ("only_classes_of_the_target", KEPT, "if np.sum(true) > 0:"): (
        "Only classes that occur in the target count, so inventing a class costs less than it "
        "should. A class that only the prediction has counts, with 0."
    ),
    ("only_classes_of_the_prediction", KEPT, "if np.sum(said) > 0:"): (
        "Only classes that occur in the prediction count, so missing a class completely costs "
        "nothing. A class that only the target has counts, with 0."
    ),
    ("only_classes_of_both", KEPT, "if np.sum(said) > 0 and np.sum(true) > 0:"): (
        "Only classes that occur in both maps count. A class that one of them has and the other "
        "does not has an IoU of 0, and lowers the mean."
    ),
    ("background_left_out", "in range(n_classes)", "in range(1, n_classes)"): (
        "Class 0 is skipped, as if it were background that does not count. Here every class that "
        "occurs counts."
    ),
    (
        "averaged_over_images",
        "ious = []",
        "if np.ndim(pred) > 2:\n"
        "        return np.mean([mean_iou(p, t, n_classes) for p, t in zip(pred, target)])\n"
        "    ious = []",
    ): PER_IMAGE,
    (
        "averaged_along_the_first_axis",
        "ious = []",
        "if np.ndim(pred) > 1:\n        pairs = zip(pred, target)\n        return np.mean("
        "[mean_iou(p.ravel(), t.ravel(), n_classes) for p, t in pairs])\n    ious = []",
    ): PER_IMAGE,
    ("classes_up_to_the_largest", "range(n_classes)", "range(np.max(target) + 1)"): (
        "The classes are counted from the target, so one above all of them that only the "
        "prediction has is never seen. n_classes says how many there are."
    ),
    ("one_minus_the_mean_iou", MEAN, "return 1 - np.mean(ious)"): (
        "This is one minus the mean IoU, 0 for a perfect map. It is a metric, not a loss: a "
        "perfect map gets 1."
    ),
    ("agreement_of_each_class", RATIO, "np.mean(said == true)"): (
        "For each class, pixels count as right where neither map has it, so rare classes look "
        "nearly perfect. Only pixels that one of the maps gives the class count: the union."
    ),
    ("over_all_pixels", RATIO, "np.sum(said & true) / np.size(pred)"): (
        "The overlap is divided by the number of all pixels, so a perfect map of two classes gets "
        "a half. Divide by the union of that class."
    ),
    ("pixel_accuracy", MEAN, "return np.mean(pred == target)"): (
        "This is the share of pixels that are right. A class with many pixels decides it; the mean "
        "IoU gives each class one vote."
    ),
    (
        "weighted_by_frequency",
        RATIO,
        "np.sum(said & true) / either * np.mean(true) * len(np.union1d(pred, target))",
    ): (
        "Each class counts with its share of the target's pixels, so large classes decide: this is "
        "the frequency-weighted IoU. The mean gives each class one vote."
    ),
    ("recall_of_each_class", RATIO, "np.sum(said & true) / max(np.sum(true), 1)"): (
        "The overlap is divided by the pixels that truly have the class, so predicting one class "
        "everywhere is perfect for it. Divide by the union."
    ),
    ("precision_of_each_class", RATIO, "np.sum(said & true) / max(np.sum(said), 1)"): (
        "The overlap is divided by the pixels that are predicted to have the class, so a single "
        "right pixel is perfect for it. Divide by the union."
    ),
    ("dice_of_each_class", RATIO, "2 * np.sum(said & true) / (np.sum(said) + np.sum(true))"): (
        "Twice the overlap over the sum of both sizes: this is the Dice coefficient of each class. "
        "The IoU divides the overlap by the union."
    ),
    ("overlap_counted_twice", RATIO, "np.sum(said & true) / (np.sum(said) + np.sum(true))"): (
        "The two sizes are added, and the overlap, which is in both of them, is never subtracted, "
        "so a perfect map gets a half. The union counts each pixel once."
    ),
    (
        "all_classes_in_one_ratio",
        MEAN,
        "same = np.sum(pred == target)\n    return same / (2 * np.size(pred) - same)",
    ): (
        "Overlaps and unions are added up over the classes and divided once, so large classes "
        "decide. Each class has its own ratio, and the ratios are averaged."
    ),
}.items():
    mean_iou.edit(name, text, (old, new))
mean_iou.edit(
    "absent_not_looked_after",
    "A class that occurs in neither map is divided all the same, 0/0, and the mean is nan. Such a "
    "class is left out of the mean.",
    (KEPT, "if True:"),
    about="anything",
)
for eps in ("1e-6", "1e-7", "1e-8"):
    for where, worth, overlap in (
        ("below", "nothing, and lowers the mean", "np.sum(said & true)"),
        ("above_and_below", "1, and lifts the mean", f"(np.sum(said & true) + {eps})"),
    ):
        mean_iou.edit(
            f"eps_{where}_{eps.replace('-', '_')}",
            "A small number keeps 0/0 away. So a class that occurs in neither map counts as "
            f"{worth}, and all other classes are a little off. Leave such a class out.",
            (KEPT, "if True:"),
            (RATIO, f"{overlap} / (either + {eps})"),
        )
mean_iou.edit(
    "classes_not_averaged",
    "One ratio for each class comes back. The result is a single number, their mean.",
    (MEAN, "return ious"),
    about="anything",
)
mean_iou.edit(
    "averaged_along_any_first_axis",
    "The maps are taken apart along their first axis, a row of pixels into single ones, and the "
    "results are averaged. A batch counts as one map: count over all of it.",
    (
        "def mean_iou(",
        "def averaged(iou):\n"
        "    def mean(pred, target, n_classes):\n"
        "        return np.mean([iou(p, t, n_classes) for p, t in zip(pred, target)])\n\n"
        "    return mean\n\n\n"
        "@averaged\ndef mean_iou(",
    ),
)
mean_iou.edit(
    "repeated_pairs_counted_once",
    "The table is filled by `table[target, pred] += 1`, and NumPy adds 1 once for each pair that "
    "occurs, however often. Use np.add.at, or np.bincount.",
    (
        "ious = []",
        "ious, table = [], np.zeros((n_classes, n_classes))\n"
        "    table[np.ravel(target), np.ravel(pred)] += 1\n"
        "    sizes = table.sum(axis=0) + table.sum(axis=1)",
    ),
    ("either = np.sum(said | true)", "either = sizes[c] - table[c, c]"),
    (RATIO, "table[c, c] / either"),
)
