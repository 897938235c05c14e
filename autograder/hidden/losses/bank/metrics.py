"""Mistakes in mean_iou and average_precision."""

from __future__ import annotations

from autograder.api import Bank
from autograder.hidden.losses.bank.shared import whole_as_float

IOU, AP = "mean_iou", "average_precision"
LOOP = "for c in range(n_classes):"
KEPT = "if either > 0:"
MASKS = "said, true = pred == c, target == c"
AREA = "return np.sum(np.diff(recall, prepend=0.0) * best_to_come)"
ENVELOPE = "np.maximum.accumulate(precision[::-1])[::-1]"


def declare(bank: Bank) -> None:
    """In the order of the lesson."""
    bank.observe(AP, "nothing")(whole_as_float)
    _which_classes(bank)
    _which_ratio(bank)
    _ranking(bank)
    _areas(bank)


def _which_classes(bank: Bank) -> None:
    bank.edit(
        IOU,
        "absent_counts_as_zero",
        "A class that occurs in neither map counts with 0, so raising n_classes lowers the result. "
        "Such a class is 0/0: it is left out of the mean.",
        ("return np.mean(ious)", "return np.sum(ious) / n_classes"),
    )
    bank.edit(
        IOU,
        "absent_not_looked_after",
        "A class that occurs in neither map is divided all the same, 0/0, and the mean is nan. "
        "Such a class is left out of the mean.",
        (KEPT, "if True:"),
        about="anything",
    )
    bank.edit(
        IOU,
        "absent_counts_as_one",
        "A class that occurs in neither map counts as perfect, so raising n_classes lifts the "
        "result. Such a class is left out of the mean.",
        ("return np.mean(ious)", "return (np.sum(ious) + n_classes - len(ious)) / n_classes"),
    )
    bank.edit(
        IOU,
        "only_classes_of_the_target",
        "Only classes that occur in the target count, so inventing a class costs less than it "
        "should. A class that only the prediction has counts, with 0.",
        (KEPT, "if np.sum(true) > 0:"),
    )
    bank.edit(
        IOU,
        "only_classes_of_the_prediction",
        "Only classes that occur in the prediction count, so a class that was never said is "
        "forgiven. A class that only the target has counts, with 0.",
        (KEPT, "if np.sum(said) > 0:"),
    )
    bank.edit(
        IOU,
        "only_classes_of_both",
        "Only classes that occur in both maps count. A class that one of them has and the other "
        "does not has an IoU of 0, and lowers the mean.",
        (KEPT, "if np.sum(said) > 0 and np.sum(true) > 0:"),
    )
    bank.edit(
        IOU,
        "background_left_out",
        "Class 0 is skipped, as if it were background that does not count. Here every class that "
        "occurs counts.",
        (LOOP, "for c in range(1, n_classes):"),
    )
    bank.edit(
        IOU,
        "averaged_over_images",
        "The mean IoU is computed for each image, or row, and then averaged. A batch counts as one "
        "map: overlaps and unions are counted over all of it.",
        (
            "ious = []",
            "if np.ndim(pred) > 2:\n"
            "        return np.mean([mean_iou(p, t, n_classes) for p, t in zip(pred, target)])\n"
            "    ious = []",
        ),
    )


def _which_ratio(bank: Bank) -> None:
    ratio = "np.sum(said & true) / either"
    bank.edit(
        IOU,
        "pixel_accuracy",
        "This is the share of pixels that are right. A class with many pixels decides it; the mean "
        "IoU gives each class one vote.",
        ("return np.mean(ious)", "return np.mean(pred == target)"),
    )
    bank.edit(
        IOU,
        "recall_of_each_class",
        "The overlap is divided by the pixels that truly have the class, so saying one class "
        "everywhere is perfect for it. The union stands below the line.",
        (ratio, "np.sum(said & true) / max(np.sum(true), 1)"),
    )
    bank.edit(
        IOU,
        "dice_of_each_class",
        "Twice the overlap over the sum of both sizes: this is the Dice coefficient of each class. "
        "The IoU divides the overlap by the union.",
        (ratio, "2 * np.sum(said & true) / (np.sum(said) + np.sum(true))"),
    )
    bank.edit(
        IOU,
        "all_classes_in_one_ratio",
        "Overlaps and unions are added up over the classes and divided once, so large classes "
        "decide. Each class has its own ratio, and the ratios are averaged.",
        (
            "return np.mean(ious)",
            "same = np.sum(pred == target)\n    return same / (2 * np.size(pred) - same)",
        ),
    )


def _ranking(bank: Bank) -> None:
    bank.edit(
        AP,
        "not_ranked",
        "The detections are taken in the order in which they come. They are ranked by score first, "
        "the highest in front.",
        ("is_match[np.argsort(-scores)]", "is_match"),
    )
    bank.edit(
        AP,
        "lowest_first",
        "The detections are ranked by score, the lowest first, so the least sure ones decide. The "
        "highest score comes first.",
        ("np.argsort(-scores)", "np.argsort(scores)"),
    )
    bank.edit(
        AP,
        "ranks_for_order",
        "The order that sorts the scores is sorted once more, which gives each detection's rank. "
        "Indexing needs the order itself.",
        ("np.argsort(-scores)", "np.argsort(np.argsort(-scores))"),
    )
    bank.edit(
        AP,
        "not_made_monotone",
        "The raw precision is used at each rank, without looking ahead. At each recall the best "
        "precision that is still to come counts.",
        (ENVELOPE, "precision"),
        source="scikit-learn, average_precision_score",
    )
    bank.edit(
        AP,
        "monotone_from_the_left",
        "The best precision so far is carried along, from the left. It is the best that is still "
        "to come: from the right.",
        (ENVELOPE, "np.maximum.accumulate(precision)"),
    )
    bank.edit(
        AP,
        "lowest_to_the_left",
        "Precision is made monotone by the lowest value so far, which punishes an early miss for "
        "ever. The best value still to come counts.",
        (ENVELOPE, "np.minimum.accumulate(precision)"),
    )
    bank.edit(
        AP,
        "recall_of_the_found",
        "Recall is the share of the matches that were found, so objects that nobody detected cost "
        "nothing. It is divided by the number of objects in truth.",
        ("recall = hits / n_truth", "recall = hits / max(hits[-1], 1)"),
    )


def _areas(bank: Bank) -> None:
    bank.edit(
        AP,
        "first_step_lost",
        "The increases of recall start at the second detection, so a hit in first place adds no "
        "area. Before the first detection, recall is 0.",
        (AREA, "return np.sum(np.diff(recall) * best_to_come[1:])"),
    )
    bank.edit(
        AP,
        "trapezoids",
        "The area is taken along slanted lines between the points of the raw curve. Here it falls "
        "in steps: each increase of recall times the best precision still to come.",
        (
            AREA,
            "return np.sum(np.diff(recall) * (precision[1:] + precision[:-1]) / 2)",
        ),
        source="scikit-learn, metrics.auc",
    )
    bank.edit(
        AP,
        "eleven_points",
        "Precision is read at eleven recalls, 0 to 1 in tenths, as before 2010. Here the whole "
        "area under the steps counts.",
        (
            AREA,
            "return np.mean([np.max(precision[recall >= t - 1e-12], initial=0.0) "
            "for t in np.linspace(0, 1, 11)])",
        ),
        source="Everingham et al. (2010), section 4.2",
    )
    bank.edit(
        AP,
        "mean_precision_at_the_hits",
        "The raw precisions at the hits are averaged over the hits. Objects that were not found "
        "count too, and at each recall the best precision still to come.",
        (ENVELOPE, "precision"),
        ("recall = hits / n_truth", "recall = hits / max(hits[-1], 1)"),
    )
    bank.edit(
        AP,
        "mean_precision_of_all_ranks",
        "The precision is averaged over all detections, misses too. Only an increase of recall "
        "adds area: the ranks of the hits.",
        (AREA, "return np.mean(best_to_come)"),
    )
    bank.edit(
        AP,
        "final_precision",
        "This is the share of all detections that match: the precision at the end of the list. The "
        "ranking has no effect on it.",
        (AREA, "return 1.0 * precision[-1]"),
    )
    bank.edit(
        AP,
        "nothing_not_looked_after",
        "Without objects recall is 0/0, and the result is nan. Both cases, no objects and no "
        "detections, give 0.0 before anything is divided.",
        ("if n_truth == 0 or len(scores) == 0:", "if len(scores) == 0:"),
        about="anything",
    )
