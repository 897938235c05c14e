"""Probes of box_iou, and pairs of boxes."""

import numpy as np

from autograder.api import FORMULA, Calls, Inputs, Probes

probes = Probes()
box_iou = probes.exercise("box_iou")

iou = Calls("box_iou", "IoU", order="a, b")


def near_boxes(rng: np.random.Generator, n: int, unit: float = 1.0) -> Inputs:
    """Boxes whose sides are a few units long, each with another one that overlaps it."""
    low, sides = rng.uniform(-3, 3, size=(n, 2)), rng.uniform(2, 5, size=(n, 2))
    a = np.concatenate([low, low + sides], axis=1)
    b = a + rng.uniform(-0.9, 0.9, size=(n, 4))
    return {"a": unit * a, "b": unit * b}


def apart(rng: np.random.Generator) -> Inputs:
    """Boxes that do not meet, in every direction."""
    sides, low = rng.uniform(1, 2, size=(8, 2)), rng.uniform(-1, 1, size=(8, 2))
    a = np.concatenate([low, low + sides], axis=1)
    ways = np.array([(5, 0.5), (-5, 0.5), (0.5, 5), (0.5, -5), (5, 6), (-6, -5), (5, -6), (-6, 5)])
    return {"a": a, "b": a + np.tile(ways, 2)}


def just_apart(rng: np.random.Generator) -> Inputs:
    """Boxes with a small gap in both directions: the product of two gaps is a small area."""
    a = apart(rng)["a"][:4]
    ways = np.array([(1, 1), (1, -1), (-1, 1), (-1, -1)])
    shifts = ways * (a[:, 2:] - a[:, :2] + rng.uniform(0.3, 0.7, size=(4, 2)))
    return {"a": a, "b": a + np.tile(shifts, 2)}


def touching(rng: np.random.Generator) -> Inputs:
    a = np.array([[0, 0, 2, 3]] * 4) * 1.0
    b = np.array([[2, 0, 4, 3], [0, 3, 2, 4], [2, 3, 5, 5], [-1, -2, 0, 0]]) * 1.0
    return {"a": a, "b": b}


def inside(rng: np.random.Generator) -> Inputs:
    outer = near_boxes(rng, 3)["a"]
    margin = rng.uniform(0.2, 0.9, size=(3, 2))
    inner = outer + np.concatenate([margin, -margin], axis=1)
    return {"a": np.concatenate([outer, inner]), "b": np.concatenate([inner, outer])}


def whole(rng: np.random.Generator) -> Inputs:
    low, sides = rng.integers(-3, 4, size=(4, 2)), rng.integers(3, 7, size=(4, 2))
    a = np.concatenate([low, low + sides], axis=1)
    return {"a": a, "b": a + rng.integers(-1, 2, size=(4, 4))}


def same(rng: np.random.Generator) -> Inputs:
    boxes = near_boxes(rng, 3)["a"]
    return {"a": boxes, "b": boxes.copy()}


box_iou.probe(
    "boxes that overlap",
    points=0.5,
    inputs=lambda rng: {"for six pairs": near_boxes(rng, 6), "for one pair": near_boxes(rng, 1)},
    name="overlapping",
    tolerance=FORMULA,
    experiment="draw the boxes 0, 0, 2, 2 and 1, 1, 3, 3: 1 is shared, 7 are covered.",
)(iou)
box_iou.probe(
    "boxes that do not meet",
    points=0.5,
    inputs=lambda rng: {
        "for boxes apart": apart(rng),
        "for boxes just apart": just_apart(rng),
        "for boxes that touch": touching(rng),
    },
    name="apart",
    tolerance=FORMULA,
    experiment="print both sides of the intersection of two boxes that miss in both directions.",
)(iou)
box_iou.probe(
    "one box inside the other, and equal boxes",
    points=0.3,
    inputs=lambda rng: {"for a box inside the other": inside(rng), "for equal boxes": same(rng)},
    name="inside",
    tolerance=FORMULA,
    experiment="put a box of area 1 into one of area 4: it is 1/4.",
)(iou)
box_iou.probe(
    "boxes in other units",
    points=0.5,
    inputs=lambda rng: {
        "for coordinates near 0.01": near_boxes(rng, 4, 0.005),
        "for coordinates near 1000": near_boxes(rng, 4, 300.0),
        "for coordinates of integers": whole(rng),
    },
    name="units",
    tolerance=FORMULA,
    experiment="multiply both boxes by 1000: the IoU stays the same.",
)(iou)
box_iou.pure("IoU", points=0.2, inputs=lambda rng: near_boxes(rng, 4))
