"""Probes of detection_loss."""

from typing import Any

import numpy as np

from autograder.api import FORMULA, Calls, Inputs, Probes, Purity
from autograder.hidden.pixels_and_boxes.probes.boxes import near_boxes

probes = Probes()
detection = probes.exercise("detection_loss")

PARTS = ("cls", "box", "obj", "total")


class Parts:
    """What the patterns call in place of the learner's function: its dict, which may have other
    entries too, as a tuple."""

    def __init__(self, impl: Any) -> None:
        self.impl = impl

    def detection_loss(self, *args: Any, **kwargs: Any) -> Any:
        parts = self.impl.detection_loss(*args, **kwargs)
        if not isinstance(parts, dict):
            raise TypeError(f"a dict should come back, got {type(parts).__name__}")
        for name in PARTS:
            if name not in parts:
                raise TypeError(
                    f"the dict should have an entry {name!r}, got {sorted(map(str, parts))}"
                )
        return tuple(parts[name] for name in PARTS)


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


def some(rng: np.random.Generator) -> Inputs:
    whole = detections(rng, 4, 4)
    whole["obj_targets"] = whole["obj_targets"].astype(np.int64)
    return {
        "for six rows": detections(rng, 6, 4),
        "for two rows": detections(rng, 2, 3),
        "for four rows of four classes": whole,
    }


def far(rng: np.random.Generator) -> Inputs:
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


def weighted(rng: np.random.Generator) -> Inputs:
    unequal = tuple(float(w) for w in rng.uniform(0.3, 3.0, size=3))
    return {
        "for three weights": {**detections(rng, 5, 4), "weights": unequal},
        "for a weight of 0": {**detections(rng, 4, 3), "weights": (0.0, 2.0, 0.5)},
        "for integer weights": {**detections(rng, 4, 3), "weights": (1, 2, 5)},
    }


@detection.probe(
    "the three parts, and their sum",
    points=0.75,
    inputs=some,
    tolerance=FORMULA,
    experiment="call cross_entropy, box_iou and bce_with_logits yourself, and compare.",
)
def parts(impl: Any, inputs: Inputs) -> Any:
    return Calls("detection_loss", *PARTS)(Parts(impl), inputs)


detection.probe(
    "the total with weights, and the parts without",
    points=0.6,
    inputs=weighted,
    name="total",
    tolerance=FORMULA,
    experiment="call it twice with other weights: only the total changes.",
)(parts)


@detection.probe(
    "arguments in the order of the text",
    points=0.2,
    inputs=lambda rng: {**detections(rng, 5, 3), "weights": (2.0, 0.5, 1.5)},
    kind="side",
    experiment="without weights the total is the sum of the parts.",
)
def in_order(impl: Any, inputs: Inputs) -> Any:
    return dict(zip(PARTS, Parts(impl).detection_loss(*inputs.values()), strict=True))


detection.probe(
    "logits of -1e4 and 1e4, and boxes that miss",
    points=0.25,
    inputs=far,
    name="stable",
    experiment="one objectness logit of 1e4 with target 0 costs 10000.",
)(parts)


@detection.probe(
    "your inputs stay as they were, and a second call gives the same",
    points=0.2,
    inputs=lambda rng: {**detections(rng, 4, 3), "weights": (2.0, 0.5, 1.5)},
    kind="side",
)
def pure(impl: Any, inputs: Inputs) -> Any:
    return Purity("detection_loss", *PARTS)(Parts(impl), inputs)
