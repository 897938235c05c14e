"""Probes of mean_iou and average_precision."""

import numpy as np

from autograder.api import FORMULA, Calls, Inputs, Probes, Tolerance

probes = Probes()
mean_iou = probes.exercise("mean_iou")
average_precision = probes.exercise("average_precision")

# A guard of 1e-9 beneath a fraction is as good as none; one of 1e-8 is seen.
GUARDED = Tolerance(4e-9, 1e-12)

of_maps = Calls("mean_iou", "the result", order="pred, target, n_classes")
of_ranks = Calls("average_precision", "the result", order="scores, is_match, n_truth")


def maps(rng: np.random.Generator, *shape: int, classes: tuple[int, ...], n: int) -> Inputs:
    """Two maps that agree in about two thirds of the pixels; all of `classes` occur in both."""
    target = rng.choice(classes, size=shape)
    pred = np.where(rng.uniform(size=shape) < 0.6, target, rng.choice(classes, size=shape))
    target.flat[: len(classes)] = classes
    pred.flat[: len(classes)] = classes
    pred.flat[-1] = classes[0] if target.flat[-1] != classes[0] else classes[-1]
    return {"pred": pred, "target": target, "n_classes": n}


def one_sided(rng: np.random.Generator) -> Inputs:
    """Class 3 only in the prediction, class 2 only in the target, class 4 in neither."""
    invented, missed = (maps(rng, 4, 5, classes=(0, 1), n=5) for _ in range(2))
    invented["pred"][1, 1:3], missed["target"][1, 1:3] = 3, 2
    both = maps(rng, 5, 5, classes=(0, 1, 4), n=5)
    both["pred"][1, :2], both["target"][2, 2:] = 3, 2
    single = maps(rng, 3, 5, classes=(0, 1), n=3)
    single["pred"][0, 4] = 2
    return {
        "for a class that only the prediction has": invented,
        "for a class that only the target has": missed,
        "for one of each": both,
        "for a class of one pixel": single,
    }


def uneven_maps(rng: np.random.Generator) -> Inputs:
    """Two images: one with two classes, one with a third that the first does not have."""
    batch = maps(rng, 2, 4, 4, classes=(0, 1), n=3)
    batch["target"][1, 2:], batch["pred"][1, 3:] = 2, 2
    batch["pred"][0, 3] = 1
    return {"for two images": batch}


def ranked(rng: np.random.Generator, start: str, middle: int, end: str, missed: int) -> Inputs:
    """Detections in the order of their scores: a fixed start and end, and something between."""
    bits = rng.integers(0, 2, size=middle)
    bits[:3] = [0, 1, 0]
    found = np.array([*map(int, start), *bits, *map(int, end)], dtype=bool)
    scores = np.sort(rng.uniform(0.05, 0.95, size=found.size))[::-1]
    scores = scores + 1e-3 * np.arange(found.size, 0, -1)
    return {"scores": scores, "is_match": found, "n_truth": int(found.sum()) + missed}


def shuffled(rng: np.random.Generator, given: Inputs, scale: float = 1.0) -> Inputs:
    order = rng.permutation(len(given["scores"]))
    return {
        "scores": scale * given["scores"][order] - (scale > 1) * 2 * scale,
        "is_match": given["is_match"][order],
        "n_truth": given["n_truth"],
    }


def hits_only(rng: np.random.Generator, *scores: float) -> Inputs:
    found = np.ones(len(scores), dtype=bool)
    return {"scores": np.array(scores), "is_match": found, "n_truth": int(rng.integers(5, 9))}


def nothing_to_rank(rng: np.random.Generator) -> Inputs:
    scores, none = rng.uniform(size=3), np.zeros(3, dtype=bool)
    empty = {"scores": np.zeros(0), "is_match": np.zeros(0, dtype=bool)}
    last = np.arange(3) == np.argmin(scores)
    return {
        "with two objects and a hit": {"scores": scores.copy(), "is_match": last, "n_truth": 2},
        "without objects": {"scores": scores, "is_match": none, "n_truth": 0},
        "without detections": {**empty, "n_truth": 3},
        "without either": {**empty, "n_truth": 0},
        "without a hit": {"scores": scores.copy(), "is_match": none.copy(), "n_truth": 4},
    }


mean_iou.probe(
    "maps in which all classes occur",
    points=0.5,
    inputs=lambda rng: {
        "for a map of three classes": maps(rng, 4, 6, classes=(0, 1, 2), n=3),
        "for a row of pixels": maps(rng, 15, classes=(0, 1), n=2),
    },
    name="maps",
    tolerance=FORMULA,
    experiment="take two classes and six pixels, and count overlap and union by hand.",
)(of_maps)
mean_iou.probe(
    "maps in which some classes do not occur",
    points=0.5,
    inputs=lambda rng: {
        "for three of six classes": maps(rng, 5, 4, classes=(0, 2, 5), n=6),
        "without class 0": maps(rng, 4, 4, classes=(1, 3), n=4),
    },
    name="absent",
    tolerance=FORMULA,
    experiment="raise n_classes by 10: the result stays the same.",
)(of_maps)
mean_iou.probe(
    "classes that only one of the two maps has",
    points=0.5,
    inputs=one_sided,
    name="one_sided",
    tolerance=FORMULA,
    experiment="say class 2 at one pixel where the target never has it: a 0 joins the mean.",
)(of_maps)
mean_iou.probe(
    "a batch of two images",
    points=0.3,
    inputs=uneven_maps,
    name="batch",
    tolerance=FORMULA,
    experiment="flatten both batches first: the result stays the same.",
)(of_maps)
mean_iou.pure("the result", points=0.2, inputs=lambda rng: maps(rng, 3, 4, classes=(0, 1, 2), n=4))

average_precision.probe(
    "detections that come in order",
    points=0.5,
    inputs=lambda rng: {
        "for a hit first": ranked(rng, "10", 6, "011", 0),
        "for a miss first": ranked(rng, "01", 6, "110", 0),
    },
    name="ranked",
    tolerance=GUARDED,
    experiment="rank hit, miss, hit of two objects: the precisions are 1, 1/2, 2/3, the area 5/6.",
)(of_ranks)
average_precision.probe(
    "detections in any order",
    points=0.6,
    inputs=lambda rng: {
        "for shuffled detections": shuffled(rng, ranked(rng, "110", 7, "01", 1)),
        "for negative scores": shuffled(rng, ranked(rng, "1110", 5, "1000", 2), 50.0),
    },
    name="any_order",
    tolerance=GUARDED,
    experiment="shuffle scores and matches together: the area stays the same.",
)(of_ranks)
average_precision.probe(
    "objects that were never found",
    points=0.5,
    inputs=lambda rng: {
        "for five objects missed": ranked(rng, "10", 5, "01", 5),
        "for hits only": hits_only(rng, 0.9, 0.7, 0.4),
        "for one hit": hits_only(rng, 0.6),
    },
    name="missed",
    tolerance=GUARDED,
    experiment="two hits and four objects: recall ends at 1/2, and so does the area.",
)(of_ranks)
average_precision.probe(
    "no objects, no detections, no hits",
    points=0.2,
    inputs=nothing_to_rank,
    name="nothing",
    tolerance=GUARDED,
    experiment="call it with n_truth = 0, and with empty arrays: both give 0.0.",
)(of_ranks)
average_precision.pure(
    "the result", points=0.2, inputs=lambda rng: shuffled(rng, ranked(rng, "10", 4, "01", 1))
)
