"""Probes of pixel_cross_entropy and dice_loss."""

from __future__ import annotations

import numpy as np

from autograder.api import Inputs, Probe, Probes, Purity
from autograder.hidden.losses.probes.calls import Each

PIXELS = "pixel_cross_entropy"


def images(rng: np.random.Generator, n: int, c: int, h: int, w: int) -> Inputs:
    return {
        "logits": 2 * rng.normal(size=(n, c, h, w)),
        "targets": rng.integers(0, c, size=(n, h, w)),
    }


def far_images(rng: np.random.Generator) -> Inputs:
    behind = np.zeros((1, 2, 2, 2))
    behind[0, 1] = np.array([[1e4, 60.0], [-1e4, 0.5]])
    apart = rng.normal(size=(1, 3, 2, 3))
    apart[0, :, 0] += 1e4
    apart[0, :, 1] -= 1e4
    return {
        "for targets far below": {"logits": behind, "targets": np.zeros((1, 2, 2), dtype=np.int64)},
        "for pixels near 1e4 and -1e4": {
            "logits": apart,
            "targets": rng.integers(0, 3, size=(1, 2, 3)),
        },
    }


def mask(rng: np.random.Generator, *shape: int, share: float = 0.4) -> Inputs:
    target = (rng.uniform(size=shape) < share).astype(np.float64)
    target.flat[0] = 1.0
    return {"probs": rng.uniform(0.05, 0.95, size=shape), "target": target}


def empty_masks(rng: np.random.Generator) -> Inputs:
    faint = 1e-6 * rng.uniform(0.5, 2, size=(3, 3))
    nothing = np.zeros((3, 3))
    return {
        "for an empty mask, predicted empty": {"probs": nothing.copy(), "target": nothing.copy()},
        "for an empty mask and faint probabilities": {"probs": faint, "target": nothing.copy()},
        "for a mask that was missed": {"probs": nothing.copy(), "target": np.ones((3, 3))},
    }


def uneven_batch(rng: np.random.Generator) -> Inputs:
    """A large region in the first image and a small one in the second."""
    batch = mask(rng, 2, 4, 5)
    batch["target"][0], batch["target"][1] = 1.0, 0.0
    batch["target"][1, 0, :2] = 1.0
    return {"for two images": batch, "for the same with a channel axis": _with_channel(batch)}


def _with_channel(batch: Inputs) -> Inputs:
    return {name: array[:, None].copy() for name, array in batch.items()}


def declare(probes: Probes) -> None:
    """In the order of the lesson."""
    for probe in (
        Probe(
            "images",
            "two batches of images",
            0.75,
            lambda rng: {
                "for two images of 4 x 5": images(rng, 2, 3, 4, 5),
                "for three images of 2 x 1": images(rng, 3, 4, 2, 1),
            },
            Each(PIXELS, "loss"),
            experiment="take one image of 1 x 2 pixels, and compare with cross_entropy of two "
            "rows.",
        ),
        Probe(
            "square",
            "sizes that are all equal, and one pixel",
            0.5,
            lambda rng: {
                "for three images of 3 x 3 with 3 classes": images(rng, 3, 3, 3, 3),
                "for one pixel": images(rng, 1, 3, 1, 1),
            },
            Each(PIXELS, "loss"),
            experiment="change one logit of one pixel: only that pixel's loss changes.",
        ),
        Probe(
            "stable",
            "logits of -1e4 and 1e4",
            0.5,
            far_images,
            Each(PIXELS, "loss"),
            experiment="one pixel with logits 0 and 1e4 and target 0 costs 10000.",
        ),
        Probe(
            "pure",
            "nothing that was handed in is changed",
            0.25,
            lambda rng: images(rng, 2, 3, 2, 3),
            Purity(PIXELS, "loss"),
        ),
    ):
        probes.add(PIXELS, probe)
    for probe in (
        Probe(
            "soft_masks",
            "masks with probabilities",
            0.75,
            lambda rng: {
                "for a map": mask(rng, 4, 5),
                "for a row of pixels": mask(rng, 7),
                "for a small region": mask(rng, 6, 6, share=0.1),
            },
            Each("dice_loss", "loss"),
            experiment="try probabilities [1, 1, 0, 0] with target [1, 0, 1, 0]: half of each is "
            "shared, and the loss is 1/2.",
        ),
        Probe(
            "large_eps",
            "another eps",
            0.4,
            lambda rng: {
                "for eps = 0.5": {**mask(rng, 3, 3), "eps": 0.5},
                "for eps = 3": {**mask(rng, 2, 4), "eps": 3.0},
            },
            Each("dice_loss", "loss"),
            experiment="four zeros against four ones with eps = 1: it is 1 - 1/5.",
        ),
        Probe(
            "empty",
            "masks with nothing in them, and the default eps",
            0.35,
            empty_masks,
            Each("dice_loss", "loss"),
            experiment="try zeros against zeros: nothing there and nothing said costs 0.",
        ),
        Probe(
            "batch",
            "a batch of a large and a small region",
            0.25,
            uneven_batch,
            Each("dice_loss", "loss"),
            experiment="flatten both arrays first: the loss stays the same.",
        ),
        Probe(
            "pure",
            "an integer mask, and nothing that was handed in is changed",
            0.25,
            lambda rng: {
                "probs": rng.uniform(size=(3, 3)),
                "target": np.tile(rng.integers(0, 2, size=3), (3, 1)) | np.eye(3, dtype=np.int64),
            },
            Purity("dice_loss", "loss"),
        ),
    ):
        probes.add("dice_loss", probe)
