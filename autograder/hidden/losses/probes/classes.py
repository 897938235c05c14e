"""Probes of log_softmax and softmax."""

import numpy as np

from autograder.api import FORMULA, Calls, Inputs, Probes, Tolerance

probes = Probes()
RESULT = "the result"
# Rounding stays below 1e-15 here, and 1e-8 in a sum of exponentials is well beyond it.
NARROW = Tolerance(1e-10, 1e-13)


def rows(rng: np.random.Generator) -> Inputs:
    cases = {
        "five rows": 2 * rng.normal(size=(5, 4)),
        "one row": 2 * rng.normal(size=(1, 4)),
        "logits below one": 0.1 * rng.normal(size=(7, 2)),
        "logits above ten": 20 + 5 * rng.normal(size=(2, 6)),
        "logits below minus ten": -30 + 3 * rng.normal(size=(2, 3)),
        "equal logits and zeros": np.array([[0.0, 0.0, 0.0], [1.5, 1.5, -2.0], [-3.0, -3.0, -3.0]]),
    }
    return {f"for {where}": {"logits": logits} for where, logits in cases.items()}


def square(rng: np.random.Generator) -> Inputs:
    return {f"for {n} rows of {n} logits": {"logits": 2 * rng.normal(size=(n, n))} for n in (3, 4)}


def other_axes(rng: np.random.Generator) -> Inputs:
    sizes = {"one axis": (4,), "three axes": (2, 3, 4), "four axes": (2, 3, 3, 2)}
    made = {f"for {where}": {"logits": 2 * rng.normal(size=s)} for where, s in sizes.items()}
    return {**made, "for one class": {"logits": rng.normal(size=(3, 1))}}


def far(rng: np.random.Generator) -> Inputs:
    near, gap = rng.normal(size=(3, 4)), float(rng.uniform(0.5, 2.0))
    return {
        "for rows near 1e4, -1e4 and 0": {"logits": near + np.array([[1e4], [-1e4], [0.0]])},
        "for logits 1e4 apart": {"logits": np.array([[0.0, 1e4, 1e4 - gap], [-1e4, 1e4, 0.0]])},
        "for logits 40 apart": {"logits": np.array([[0.0, -40.0 - gap, -1.0]])},
        "for one axis": {"logits": np.array([-1e4, -1e4 - gap, -1e4 + gap])},
    }


for name, worth in (("log_softmax", 2.0), ("softmax", 1.0)):
    exercise, run = probes.exercise(name), Calls(name, RESULT)
    exercise.probe(
        "rows of logits",
        points=0.3 * worth,
        inputs=rows,
        name="rows",
        tolerance=FORMULA,
        experiment="try [[0, 0], [log 3, 0]]: the probabilities are 1/2, 1/2 and 3/4, 1/4.",
    )(run)
    exercise.probe(
        "as many rows as classes",
        points=0.1 * worth,
        inputs=square,
        name="square",
        tolerance=FORMULA,
        experiment="take three rows of three logits, and change the last: only its row changes.",
    )(run)
    exercise.probe(
        "one, three and four axes",
        points=0.25 * worth,
        inputs=other_axes,
        name="axes",
        tolerance=NARROW,
        experiment="exponentiate or not, then sum along the last axis: each sum is 1.",
    )(run)
    # Near 1e4 a rounding error is 1e-12, and some right answers show it in full.
    exercise.probe(
        "logits of -1e4 and 1e4",
        points=0.25 * worth,
        inputs=far,
        name="stable",
        experiment="try [[0, 1e4], [-1e4, -1e4]]: each row is exact, whatever the other is.",
    )(run)
    exercise.pure(
        RESULT, points=0.1 * worth, inputs=lambda rng: {"logits": 2 * rng.normal(size=(3, 4))}
    )
