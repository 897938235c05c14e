"""Probes of box_iou and detection_loss."""

from __future__ import annotations

from typing import Any

import numpy as np

from autograder.api import (
    AFTERWARDS,
    OVERWRITTEN,
    Inputs,
    Probe,
    Probes,
    Purity,
    overwrite,
    snapshot,
)
from autograder.hidden.losses.probes.calls import Each

PARTS = ("cls", "box", "obj", "total")


def near_boxes(rng: np.random.Generator, n: int, unit: float = 1.0) -> Inputs:
    """Boxes whose sides are a few units long, each with another one that overlaps it."""
    low, sides = rng.uniform(-3, 3, size=(n, 2)), rng.uniform(2, 5, size=(n, 2))
    a = np.concatenate([low, low + sides], axis=1)
    b = a + rng.uniform(-0.9, 0.9, size=(n, 4))
    return {"a": unit * a, "b": unit * b}


def apart(rng: np.random.Generator) -> Inputs:
    """Boxes that do not meet, in every direction."""
    sides = rng.uniform(1, 2, size=(8, 2))
    low = rng.uniform(-1, 1, size=(8, 2))
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


def same(rng: np.random.Generator) -> Inputs:
    boxes = near_boxes(rng, 3)["a"]
    return {"a": boxes, "b": boxes.copy()}


def detections(rng: np.random.Generator, n: int, c: int) -> Inputs:
    boxes = near_boxes(rng, n)
    exists = (np.arange(n) % 3 > 0).astype(np.float64)
    return {
        "cls_logits": 2 * rng.normal(size=(n, c)),
        "cls_targets": rng.integers(0, c, size=n),
        "boxes": boxes["a"],
        "box_targets": boxes["b"],
        "obj_logits": 2 * rng.normal(size=n),
        "obj_targets": exists,
    }


def far_detections(rng: np.random.Generator) -> Inputs:
    given = detections(rng, 4, 3)
    given["cls_logits"][0] = [0.0, 1e4, -1e4]
    given["cls_logits"][1] += 1e4
    given["cls_targets"][0] = 0
    given["obj_logits"] = np.array([1e4, -1e4, 1e4, -30.0])
    given["obj_targets"] = np.array([0.0, 0.0, 1.0, 1.0])
    missed = detections(rng, 3, 2)
    missed["box_targets"] = missed["boxes"] + 50.0
    missed["obj_logits"] = np.array([-1e4, 2.0, -2.0])
    missed["obj_targets"] = np.array([1.0, 1.0, 0.0])
    return {"for logits of 1e4": given, "for boxes that miss": missed}


class Detection:
    """Some entries of the dict, for each set of arguments, under its phrase."""

    def __init__(self, *names: str) -> None:
        self.names = names

    def __call__(self, impl: Any, inputs: Inputs) -> Any:
        seen = {}
        for where, given in inputs.items():
            seen[where] = entries(impl.detection_loss(**given), *self.names)
        return seen


def entries(parts: Any, *names: str) -> Any:
    """Some entries of a dict, which may have others; None for one that is missing."""
    return {name: parts.get(name) for name in names} if isinstance(parts, dict) else parts


def weighted_detections(rng: np.random.Generator) -> Inputs:
    unequal = tuple(float(w) for w in rng.uniform(0.3, 3.0, size=3))
    return {
        "for three weights": {**detections(rng, 5, 4), "weights": unequal},
        "for a weight of 0": {**detections(rng, 4, 3), "weights": (0.0, 2.0, 0.5)},
        "for integer weights": {**detections(rng, 4, 3), "weights": (1, 2, 5)},
    }


def in_order_of_the_contract(impl: Any, inputs: Inputs) -> Any:
    return entries(impl.detection_loss(*inputs.values()), *PARTS)


class PureParts:
    """The parts; then the inputs, and the parts once those were overwritten."""

    def __call__(self, impl: Any, inputs: Inputs) -> Any:
        named = entries(impl.detection_loss(**inputs), *PARTS)
        seen = {"at first": snapshot(named), AFTERWARDS: snapshot(inputs)}
        overwrite(inputs)
        return {**seen, OVERWRITTEN: snapshot(named)}


def declare(probes: Probes) -> None:
    """In the order of the lesson."""
    for probe in (
        Probe(
            "overlapping",
            "boxes that overlap",
            0.5,
            lambda rng: {"for six pairs": near_boxes(rng, 6), "for one pair": near_boxes(rng, 1)},
            Each("box_iou", "IoU"),
            experiment="draw the boxes 0, 0, 2, 2 and 1, 1, 3, 3: 1 is shared, 7 are covered.",
        ),
        Probe(
            "apart",
            "boxes that do not meet",
            0.5,
            lambda rng: {
                "for boxes apart": apart(rng),
                "for boxes just apart": just_apart(rng),
                "for boxes that touch": touching(rng),
            },
            Each("box_iou", "IoU"),
            experiment="print both sides of the intersection for two boxes that miss each other "
            "in both directions.",
        ),
        Probe(
            "inside",
            "one box inside the other, and equal boxes",
            0.25,
            lambda rng: {"for a box inside the other": inside(rng), "for equal boxes": same(rng)},
            Each("box_iou", "IoU"),
            experiment="put a box of area 1 into one of area 4: it is 1/4.",
        ),
        Probe(
            "units",
            "boxes in other units",
            0.5,
            lambda rng: {
                "for coordinates near 0.01": near_boxes(rng, 4, 0.005),
                "for coordinates near 1000": near_boxes(rng, 4, 300.0),
            },
            Each("box_iou", "IoU"),
            experiment="multiply both boxes by 1000: the IoU stays the same.",
        ),
        Probe(
            "pure",
            "nothing that was handed in is changed",
            0.25,
            lambda rng: near_boxes(rng, 4),
            Purity("box_iou", "IoU"),
        ),
    ):
        probes.add("box_iou", probe)
    for probe in (
        Probe(
            "parts",
            "the three parts",
            0.75,
            lambda rng: {
                "for six rows": detections(rng, 6, 4),
                "for two rows": detections(rng, 2, 3),
            },
            Detection("cls", "box", "obj"),
            experiment="call cross_entropy, box_iou and bce_with_logits yourself, and compare.",
        ),
        Probe(
            "total",
            "the total with weights, and the parts without",
            0.5,
            weighted_detections,
            Detection(*PARTS),
            experiment="call it twice with other weights: only the total changes.",
        ),
        Probe(
            "default_weights",
            "no weights, arguments in the order of the text",
            0.25,
            lambda rng: detections(rng, 5, 3),
            in_order_of_the_contract,
            experiment="without weights the total is the sum of the parts.",
        ),
        Probe(
            "stable",
            "logits of -1e4 and 1e4, and boxes that miss",
            0.25,
            far_detections,
            Detection(*PARTS),
            experiment="one objectness logit of 1e4 with target 0 costs 10000.",
        ),
        Probe(
            "pure",
            "nothing that was handed in is changed",
            0.25,
            lambda rng: {**detections(rng, 4, 3), "weights": (2.0, 0.5, 1.5)},
            PureParts(),
        ),
    ):
        probes.add("detection_loss", probe)
