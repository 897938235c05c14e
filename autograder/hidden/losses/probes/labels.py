"""Probes of bce_with_logits and sample_weighted."""

import numpy as np

from autograder.api import FORMULA, Calls, Inputs, Probes
from autograder.hidden.losses.probes.calls import REFUSED, Reductions, apart, try_average, unknown

probes = Probes()
bce = probes.exercise("bce_with_logits")
sample_weighted = probes.exercise("sample_weighted")

each = Calls("bce_with_logits", "loss", order="logits, targets, reduction")


def questions(rng: np.random.Generator, *shape: int) -> Inputs:
    """Yes-or-no questions of which the first is a yes, and the last a no."""
    targets = rng.integers(0, 2, size=shape).astype(np.float64)
    targets.flat[0], targets.flat[-1] = 1.0, 0.0
    return {"logits": 2 * rng.normal(size=shape), "targets": targets}


def many_questions(rng: np.random.Generator) -> Inputs:
    made = {
        "a vector": questions(rng, 6),
        "a table of labels": questions(rng, 4, 3),
        "three axes": questions(rng, 2, 3, 2),
        "logits below one": {**questions(rng, 3, 2), "logits": rng.uniform(-0.2, 0.2, (3, 2))},
        "logits above ten": {**questions(rng, 9), "logits": rng.uniform(10, 14, 9)},
        "logits below minus ten": {**questions(rng, 4), "logits": rng.uniform(-14, -10, 4)},
        "whole answers": questions(rng, 5),
        "logits of 0": {"logits": np.zeros(3), "targets": np.array([1.0, 0.0, 0.25])},
    }
    made["whole answers"]["targets"] = made["whole answers"]["targets"].astype(np.int64)
    return {f"for {where}": {**one, "reduction": "none"} for where, one in made.items()}


def soft(rng: np.random.Generator, *shape: int) -> Inputs:
    """Answers between no and yes, on both sides of a half, the two ends and the half among them."""
    made = questions(rng, *shape)
    between = rng.uniform(0.05, 0.45, size=shape)
    between.flat[1::2] += 0.5
    between.flat[2] = 0.5
    between.flat[0], between.flat[-1] = 1.0, 0.0
    return {**made, "targets": between}


def far(rng: np.random.Generator) -> Inputs:
    sizes = np.array([1e4, 800.0, float(rng.uniform(30, 50)), float(rng.uniform(15, 20))])
    logits, between = np.concatenate([sizes, -sizes]), float(rng.uniform(0.6, 0.9))
    made: Inputs = {}
    for said, answer in (("0", 0.0), ("1", 1.0), ("between 0 and 1", between)):
        targets = np.full(8, answer)
        one = {"logits": logits.copy(), "targets": targets, "reduction": "none"}
        made[f"for answers of {said}"] = one
    return made


bce.probe(
    "the loss of each question",
    points=0.5,
    inputs=many_questions,
    name="elementwise",
    tolerance=FORMULA,
    experiment="a logit of 0 costs log 2 for both answers; log 3 costs log(4/3) or log 4.",
)(each)
bce.probe(
    "answers between no and yes",
    points=0.2,
    inputs=lambda rng: {
        "for soft answers": {**soft(rng, 7), "reduction": "none"},
        "for a table of soft answers": {**soft(rng, 4, 2), "reduction": "none"},
    },
    name="soft",
    tolerance=FORMULA,
    experiment="for a target of 0.25, take a quarter of the loss for yes and three for no.",
)(each)
bce.probe(
    "a table's mean, sum, and neither",
    points=0.4,
    inputs=lambda rng: questions(rng, 5, 3),
    name="reductions",
    tolerance=FORMULA,
    experiment='compare "mean" and "sum" with np.mean and np.sum of what "none" gives.',
)(Reductions("bce_with_logits"))
bce.probe(
    "logits of -1e4 and 1e4",
    points=0.5,
    inputs=far,
    name="stable",
    experiment="try 1e4 with targets 1 and 0: sure and right costs 0, sure and wrong 10000.",
)(each)
bce.refuses(
    REFUSED,
    "loss",
    points=0.2,
    inputs=unknown(lambda rng: questions(rng, 4)),
    name="unknown_reductions",
    experiment=try_average("bce_with_logits"),
)
bce.pure("loss", points=0.2, inputs=apart(lambda rng: questions(rng, 3, 2)))


def weighted(rng: np.random.Generator, n: int, scale: float = 1.0) -> Inputs:
    losses = scale * rng.uniform(0.2, 3, size=n)
    return {"losses": losses, "weights": rng.uniform(0.5, 4, size=n)}


def weights_of_all_kinds(rng: np.random.Generator) -> Inputs:
    sparse = weighted(rng, 6)
    sparse["weights"][[0, 2, 5]], sparse["losses"][3] = 0.0, 0.0
    return {
        "for zero weights": sparse,
        "for one example": weighted(rng, 1),
        "for equal weights": {"losses": rng.uniform(1, 2, size=4), "weights": np.full(4, 2.5)},
    }


sample_weighted.probe(
    "seven examples with weights",
    points=0.45,
    inputs=lambda rng: {
        "for seven examples": weighted(rng, 7),
        "for losses below one": weighted(rng, 5, 0.01),
        "for losses above ten": weighted(rng, 4, 100.0),
    },
    name="weighted",
    tolerance=FORMULA,
    experiment="double all weights: the loss doubles.",
)(Calls("sample_weighted", "loss", order="losses, weights"))
sample_weighted.probe(
    "weights of 0, one example, equal weights",
    points=0.45,
    inputs=weights_of_all_kinds,
    name="kinds",
    tolerance=FORMULA,
    experiment="losses 1, 2, 3, 6 with weights 0, 0, 2, 0: it is 6 / 4.",
)(Calls("sample_weighted", "loss", order="losses, weights"))
sample_weighted.pure(
    "loss",
    points=0.1,
    inputs=lambda rng: {"losses": rng.uniform(1, 2, 5), "weights": rng.integers(1, 9, 5)},
)
