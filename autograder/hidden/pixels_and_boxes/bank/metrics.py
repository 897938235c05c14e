"""Mistakes in mean_iou and average_precision."""

from autograder.api import Bank

bank = Bank()
mean_iou, average_precision = bank.exercise("mean_iou"), bank.exercise("average_precision")

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

AREA = "return np.sum(np.diff(recall, prepend=0.0) * best_to_come)"
ENVELOPE = "np.maximum.accumulate(precision[::-1])[::-1]"
SLANT = (
    "The area is taken along slanted lines between the points of the curve. Here it falls in "
    "steps: each increase of recall times the best precision still to come."
)
SLANTED = (
    "p, r = np.append({}), np.append({})\n    return np.sum(np.diff(r) * (p[1:] + p[:-1]) / 2)"
)
SOURCES = {
    "a_hundred_and_one_points": "cocodataset/cocoapi, cocoeval.py",
    "not_made_monotone": "scikit-learn, average_precision_score",
    "trapezoids": "scikit-learn, metrics.auc",
    "eleven_points": "Everingham et al. (2010), section 4.2",
}
for (name, *edits), text in {
    ("not_ranked", "[np.argsort(-scores)]", ""): (
        "The detections are taken in the order in which they come. They are ranked by score first, "
        "the highest in front."
    ),
    ("lowest_first", "(-scores)", "(scores)"): (
        "The detections are ranked by score, the lowest first, so the least sure ones decide. The "
        "highest score comes first."
    ),
    ("ranks_for_order", "np.argsort(-scores)", "np.argsort(np.argsort(-scores))"): (
        "The order that sorts the scores is sorted once more, which gives each detection's rank. "
        "Indexing needs the order itself."
    ),
    ("not_made_monotone", ENVELOPE, "precision"): (
        "The raw precision is used at each rank, without looking ahead. At each recall the best "
        "precision that is still to come counts."
    ),
    ("monotone_from_the_left", ENVELOPE, "np.maximum.accumulate(precision)"): (
        "The best precision so far is carried along, from the left. It is the best that is still "
        "to come: from the right."
    ),
    ("lowest_to_the_left", ENVELOPE, "np.minimum.accumulate(precision)"): (
        "Precision is made monotone by the lowest value so far, which punishes an early miss for "
        "ever. The best value still to come counts."
    ),
    (
        "a_hundred_and_one_points",
        AREA,
        "return np.mean([max(precision[recall >= t], default=0) for t in np.linspace(0, 1, 101)])",
    ): (
        "Precision is read at 101 recalls, 0 to 1 in hundredths, as COCO does. Here the whole area "
        "under the steps counts."
    ),
    ("trapezoids_from_a_start", AREA, SLANTED.format("1.0, precision", "0.0, recall")): SLANT,
    (
        "trapezoids_of_the_envelope",
        AREA,
        SLANTED.format("1.0, np.append(best_to_come, 0.0)", "0.0, np.append(recall, 1.0)"),
    ): SLANT,
    (
        "eps_below_the_line",
        "np.arange(1, len(hits) + 1)",
        "(np.arange(1, len(hits) + 1) + 1e-6)",
        "hits / n_truth",
        "hits / (n_truth + 1e-6)",
    ): (
        "A small number is added to both denominators, so a perfect ranking falls short of 1. "
        "Ranks start at 1 and n_truth = 0 is caught first: nothing needs it."
    ),
    ("recall_of_the_found", "hits / n_truth", "hits / max(hits[-1], 1)"): (
        "Recall is the share of the matches that were found, so objects that nobody detected cost "
        "nothing. It is divided by the number of objects in truth."
    ),
    ("first_step_lost", AREA, "return np.sum(np.diff(recall) * best_to_come[1:])"): (
        "The increases of recall start at the second detection, so a hit in first place adds no "
        "area. Before the first detection, recall is 0."
    ),
    ("trapezoids", AREA, "return np.sum(np.diff(recall) * (precision[1:] + precision[:-1]) / 2)"): (
        SLANT
    ),
    (
        "eleven_points",
        AREA,
        "return np.mean([max(precision[recall >= t], default=0) for t in np.arange(11) * 0.1])",
    ): (
        "Precision is read at eleven recalls, 0 to 1 in tenths, as before 2010. Here the whole "
        "area under the steps counts."
    ),
    (
        "mean_precision_at_the_hits",
        ENVELOPE,
        "precision",
        "hits / n_truth",
        "hits / max(hits[-1], 1)",
    ): (
        "The raw precisions at the hits are averaged over the hits. Objects that were not found "
        "count too, and at each recall the best precision still to come."
    ),
    ("mean_precision_of_all_ranks", AREA, "return np.mean(best_to_come)"): (
        "The precision is averaged over all detections, misses too. Only an increase of recall "
        "adds area: the ranks of the hits."
    ),
    ("final_precision", AREA, "return 1.0 * precision[-1]"): (
        "This is the share of all detections that match: the precision at the end of the list. The "
        "ranking has no effect on it."
    ),
}.items():
    average_precision.edit(
        name, text, *zip(edits[::2], edits[1::2], strict=True), source=SOURCES.get(name, "")
    )
average_precision.edit(
    "nothing_not_looked_after",
    "Without objects recall is 0/0, and the result is nan. Both cases, no objects and no "
    "detections, give 0.0 before anything is divided.",
    ("if n_truth == 0 or len(scores) == 0:", "if len(scores) == 0:"),
    about="anything",
)
