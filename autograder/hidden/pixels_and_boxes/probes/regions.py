"""Probes of pixel_cross_entropy and dice_loss."""

import numpy as np

from autograder.api import FORMULA, Calls, Inputs, Probes

probes = Probes()
probes.predictions("few_pixels", "disjoint", "temperature")
pixels = probes.exercise("pixel_cross_entropy")
dice = probes.exercise("dice_loss")

of_pixels = Calls("pixel_cross_entropy", "loss", order="logits, targets")
of_masks = Calls("dice_loss", "loss", order="probs, target, eps")


def images(rng: np.random.Generator, n: int, c: int, h: int, w: int, scale: float = 2.0) -> Inputs:
    logits, targets = scale * rng.normal(size=(n, c, h, w)), rng.integers(0, c, size=(n, h, w))
    return {"logits": logits, "targets": targets}


def far_images(rng: np.random.Generator) -> Inputs:
    behind = np.zeros((1, 2, 2, 2))
    behind[0, 1] = np.array([[1e4, 60.0], [-1e4, 0.5]])
    made: Inputs = {
        "for targets far below": {"logits": behind, "targets": np.zeros((1, 2, 2), dtype=np.int64)}
    }
    for level in (1e4, -1e4):
        near = images(rng, 1, 3, 2, 3)
        made[f"for pixels near {level:g}"] = {**near, "logits": near["logits"] + level}
    return made


def mask(rng: np.random.Generator, *shape: int, share: float = 0.4, top: float = 0.95) -> Inputs:
    target = (rng.uniform(size=shape) < share).astype(np.float64)
    target.flat[0] = 1.0
    return {"probs": rng.uniform(0.05 * top, top, size=shape), "target": target}


def masks(rng: np.random.Generator) -> Inputs:
    hard = mask(rng, 4, 4)
    hard["probs"] = (rng.uniform(size=(4, 4)) < 0.5).astype(np.float64)
    whole = mask(rng, 3, 5)
    whole["target"] = whole["target"].astype(np.int64)
    return {
        "for a map": mask(rng, 4, 5),
        "for a row of pixels": mask(rng, 7),
        "for a small region": mask(rng, 6, 6, share=0.1),
        "for low probabilities": mask(rng, 3, 4, top=0.01),
        "for probabilities of 0 and 1": hard,
        "for a mask of integers": whole,
    }


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
    channel = {name: array[:, None].copy() for name, array in batch.items()}
    return {"for two images": batch, "for the same with a channel axis": channel}


pixels.probe(
    "two batches of images",
    points=0.8,
    inputs=lambda rng: {
        "for two images of 4 x 5": images(rng, 2, 3, 4, 5),
        "for three images of 2 x 1": images(rng, 3, 4, 2, 1),
        "for logits above ten": images(rng, 1, 2, 3, 4, 20.0),
    },
    name="images",
    tolerance=FORMULA,
    experiment="take one image of 1 x 2 pixels, and compare with cross_entropy of two rows.",
)(of_pixels)
pixels.probe(
    "sizes that are all equal, and one pixel",
    points=0.5,
    inputs=lambda rng: {
        "for three images of 3 x 3 with 3 classes": images(rng, 3, 3, 3, 3),
        "for one pixel": images(rng, 1, 3, 1, 1),
    },
    name="square",
    tolerance=FORMULA,
    experiment="change one logit of one pixel: only that pixel's loss changes.",
)(of_pixels)
pixels.probe(
    "logits of -1e4 and 1e4",
    points=0.5,
    inputs=far_images,
    name="stable",
    experiment="one pixel with logits 0 and 1e4 and target 0 costs 10000.",
)(of_pixels)
pixels.pure("loss", points=0.2, inputs=lambda rng: images(rng, 2, 3, 2, 3))

dice.probe(
    "masks with probabilities",
    points=0.9,
    inputs=masks,
    name="soft_masks",
    tolerance=FORMULA,
    experiment="try [1, 1, 0, 0] with target [1, 0, 1, 0]: half of each is shared, it costs 1/2.",
)(of_masks)
dice.probe(
    "another eps",
    points=0.4,
    inputs=lambda rng: {
        "for eps = 0.5": {**mask(rng, 3, 3), "eps": 0.5},
        "for eps = 3": {**mask(rng, 2, 4), "eps": 3.0},
    },
    name="large_eps",
    tolerance=FORMULA,
    experiment="four zeros against four ones with eps = 1: it is 1 - 1/5.",
)(of_masks)
dice.probe(
    "masks with nothing in them, and the default eps",
    points=0.2,
    inputs=empty_masks,
    name="empty",
    tolerance=FORMULA,
    experiment="try zeros against zeros: nothing there and nothing said costs 0.",
)(of_masks)
dice.probe(
    "a batch of a large and a small region",
    points=0.3,
    inputs=uneven_batch,
    name="batch",
    tolerance=FORMULA,
    experiment="flatten both arrays first: the loss stays the same.",
)(of_masks)
dice.pure("loss", points=0.2, inputs=lambda rng: mask(rng, 3, 3))
