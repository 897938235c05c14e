"""Probes of info_nce."""

import numpy as np

from autograder.api import FORMULA, Calls, Inputs, Probes

probes = Probes()
info_nce = probes.exercise("info_nce")

nce = Calls("info_nce", "loss", order="a, b, temperature")


def partners(
    rng: np.random.Generator, n: int, d: int, near: float = 1.0, **options: float
) -> Inputs:
    """Embeddings of about length 1 to 3, and their partners: the same with noise."""
    a = rng.normal(size=(n, d))
    return {"a": a, "b": a + near * rng.normal(size=(n, d)), **options}


def uneven_lengths(rng: np.random.Generator) -> Inputs:
    """Rows of very different lengths, those of one side longer than those of the other."""
    given = partners(rng, 5, 3, temperature=0.4)
    scale = 10.0 ** rng.uniform(-2, 2, size=(5, 1))
    return {
        "for rows of any length": {**given, "a": given["a"] * scale},
        "for long rows on one side": {**given, "b": given["b"] * 30.0},
        "for short rows on both sides": {
            "a": 0.01 * given["a"],
            "b": 0.02 * given["b"],
            "temperature": 0.4,
        },
    }


def crowded(rng: np.random.Generator) -> Inputs:
    """Many rows of a find the same row of b nearest: the two directions differ."""
    given = partners(rng, 6, 3, 0.5, temperature=0.3)
    given["b"][:4] = given["b"][0] + 0.1 * rng.normal(size=(4, 3))
    few = partners(rng, 3, 5, 2.0, temperature=0.2)
    few["a"][1:] = few["a"][0] + 0.05 * rng.normal(size=(2, 5))
    return {"for partners that crowd together": given, "for rows that crowd together": few}


def small_temperature(rng: np.random.Generator) -> Inputs:
    wrong = partners(rng, 4, 3, 0.1, temperature=1e-3)
    wrong["b"] = wrong["b"][::-1].copy()
    sharp = partners(rng, 5, 4, 0.3, temperature=5e-4)
    sharp["b"][0] = -sharp["b"][0]
    return {"for partners in reverse": wrong, "for one opposite partner": sharp}


info_nce.probe(
    "pairs, at the default temperature",
    points=0.5,
    inputs=lambda rng: {
        "for six pairs": partners(rng, 6, 4),
        "for three pairs of more numbers": partners(rng, 3, 7, 0.3),
    },
    name="default",
    tolerance=FORMULA,
    experiment="print the table of logits: with equal rows, its diagonal is 1 / 0.07.",
)(nce)
info_nce.probe(
    "other temperatures",
    points=0.4,
    inputs=lambda rng: {
        "for temperature = 0.5": partners(rng, 5, 4, temperature=0.5),
        "for temperature = 2": partners(rng, 4, 4, temperature=2.0),
        "for one pair": partners(rng, 1, 3, temperature=1.0),
    },
    name="temperatures",
    tolerance=FORMULA,
    experiment="double the temperature: every logit is half of what it was.",
)(nce)
info_nce.probe(
    "rows of any length",
    points=0.4,
    inputs=uneven_lengths,
    name="lengths",
    tolerance=FORMULA,
    experiment="multiply one row of a by 100: the loss stays the same.",
)(nce)
info_nce.probe(
    "rows that crowd together, so that the directions differ",
    points=0.25,
    inputs=crowded,
    name="directions",
    tolerance=FORMULA,
    experiment="print both cross-entropies: of the table of logits, and of its transpose.",
)(nce)
info_nce.probe(
    "small temperatures",
    points=0.25,
    inputs=small_temperature,
    name="stable",
    experiment="a pair of opposite rows at temperature 0.001 costs up to 2000, and not inf.",
)(nce)
info_nce.pure("loss", points=0.2, inputs=lambda rng: partners(rng, 4, 3, temperature=0.5))
