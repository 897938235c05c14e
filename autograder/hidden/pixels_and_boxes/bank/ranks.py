"""Mistakes in average_precision."""

from typing import Any

from autograder.api import Bank

bank = Bank()
average_precision = bank.exercise("average_precision")

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
MISTAKES: dict[Any, str] = {
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
    **{
        (
            f"eps_below_the_line{name}",
            "np.arange(1, len(hits) + 1)",
            f"(np.arange(1, len(hits) + 1) + {eps})",
            "hits / n_truth",
            f"hits / {found}",
        ): (
            "A small number is added to a denominator, so a perfect ranking falls short of 1. "
            "Ranks start at 1 and n_truth = 0 is caught first: nothing needs it."
        )
        for name, eps, found in (
            ("", "1e-6", "(n_truth + 1e-6)"),
            ("_for_precision", "1e-6", "n_truth"),
        )
    },
    ("precision_over_all_detections", "np.arange(1, len(hits) + 1)", "len(hits)"): (
        "The hits are divided by the number of all detections, so precision rises along the list. "
        "After k detections it is the hits so far over k."
    ),
    ("recall_over_all_detections", "hits / n_truth", "hits / len(hits)"): (
        "The hits are divided by the number of detections for the recall, so it ends wherever the "
        "list does. Recall is the share of the objects in truth."
    ),
    (
        "unsure_ones_dropped",
        "hits = np.cumsum(",
        "is_match, scores = is_match[scores >= 0.5], scores[scores >= 0.5]\n"
        "    if len(scores) == 0:\n        return 0.0\n    hits = np.cumsum(",
    ): (
        "Detections below a score of one half are dropped first. The curve looks at every cut: all "
        "of them are ranked, and only their order counts."
    ),
    ("reversed_once", f"{ENVELOPE}\n", f"{ENVELOPE.removesuffix('[::-1]')}\n"): (
        "The best precision still to come is collected from the end and left in that order, while "
        "recall runs from the front. Turn it round once more."
    ),
    ("only_later_ranks", AREA, AREA.replace("best_to_come", "np.append(best_to_come[1:], 0.0)")): (
        "Each increase of recall meets the best precision of strictly later ranks, so the last hit "
        "counts nothing. The rank itself is among those to come."
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
}
for (name, *edits), text in MISTAKES.items():
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
average_precision.edit(
    "nothing_to_find_is_perfect",
    "Where there is nothing to find, the result is 1. The text says 0.0 for it, as for a list "
    "without detections.",
    ("return 0.0", "return 1.0 * (n_truth == 0)"),
    about="anything",
)
average_precision.edit(
    "steps_not_added",
    "One area for each rank comes back. The result is a single number: add them up.",
    (AREA, "return np.diff(recall, prepend=0.0) * best_to_come"),
    about="anything",
)
