"""Probes of stratified_split."""

from typing import Any

import numpy as np

from autograder.api import Draws, Inputs, Probes
from autograder.hidden.generalization.probes.chance import Kept, Refused, a_seed, fresh, seeds
from autograder.hidden.generalization.probes.splitting import HALVES, sums_for

probes = Probes()
stratified = probes.exercise("stratified_split")


def classes_of(rng: np.random.Generator, sizes: dict[Any, int]) -> Any:
    """Labels in shuffled order, each as often as said."""
    return rng.permutation(np.array([label for label, n in sizes.items() for _ in range(n)]))


def many_classes(rng: np.random.Generator) -> Inputs:
    """Eight classes of about 100 rows: a split that ignores them meets all 24 bounds less than once
    in 1e9 draws."""
    sizes = {label: int(rng.integers(90, 130)) for label in range(8)}
    rare = {0: int(rng.integers(400, 500)), 1: 30, 2: 24}
    cases = {
        "for eight classes": (classes_of(rng, {**sizes, 3: 101}), (0.5, 0.25, 0.25)),
        "for rare classes": (classes_of(rng, rare), (0.6, 0.2, 0.2)),
        "for four parts": (classes_of(rng, {0: 47, 1: 58, 2: 69}), (0.3, 0.3, 0.3, 0.1)),
    }
    return {"cases": cases, "seed": a_seed(rng)}


def odd_labels(rng: np.random.Generator) -> Inputs:
    names = {"cat": 91, "dog": 82, "a longer name": 73}
    cases = {
        "for labels 0, 1, 2": (classes_of(rng, {0: 81, 1: 94, 2: 68}), (0.7, 0.3)),
        "for labels with gaps": (classes_of(rng, {3: 85, 40: 91, 900: 72}), (0.7, 0.3)),
        "for negative labels": (classes_of(rng, {-5: 84, -1: 93, 2: 80}), (0.5, 0.3, 0.2)),
        "for labels that are strings": (classes_of(rng, names), (0.6, 0.4)),
        "for labels that are floats": (classes_of(rng, {0.25: 78, 0.75: 87}), HALVES),
    }
    return {"cases": cases, "seed": a_seed(rng)}


def tiny_classes(rng: np.random.Generator) -> Inputs:
    cases = {
        "for a single class": (np.full(9, 6), HALVES),
        "for classes of one row each": (np.arange(5) * 2 - 3, (0.6, 0.4)),
        "with a fraction of 0": (classes_of(rng, {1: 80, 2: 60}), (0.75, 0.0, 0.25)),
    }
    return {"cases": cases, "seed": a_seed(rng)}


def run_stratified(impl: Any, inputs: Inputs) -> Any:
    """Each case with four seeds: what a wrong split does in all of them is no draw."""
    return {
        where: [
            impl.stratified_split(labels, fractions, fresh([inputs["seed"], i, again]))
            for again in range(4)
        ]
        for i, (where, (labels, fractions)) in enumerate(inputs["cases"].items())
    }


stratified.probe(
    "the share of every class in every part",
    name="shares",
    points=0.75,
    inputs=many_classes,
    experiment="count every class in every part, beside fraction times class size.",
)(run_stratified)
stratified.probe(
    "labels of all kinds, and every row in exactly one part",
    name="any_labels",
    points=0.5,
    inputs=odd_labels,
    experiment="try labels [-5, 40, 40, -5], and labels that are strings.",
)(run_stratified)
stratified.probe(
    "what the choice of rows depends on",
    name="chance",
    points=0.35,
    inputs=lambda rng: {**seeds(rng), "labels": np.repeat(np.array([4, 7]), 60)},
    experiment="split 60 equal labels with two seeds: the parts hold other rows.",
)(Draws(lambda impl, inputs, rng: impl.stratified_split(inputs["labels"], HALVES, rng)))
stratified.probe(
    "tiny classes, and a fraction of 0",
    name="edges",
    points=0.15,
    inputs=tiny_classes,
    experiment="try five rows of five classes.",
)(run_stratified)


stratified.probe(
    "fractions that do not sum to 1",
    name="refuses",
    points=0.15,
    inputs=lambda rng: sums_for({"labels": np.repeat(np.arange(3), 10)}, rng),
    kind="side",
    experiment="try fractions that sum to 0.9, and ten fractions of 0.1.",
)(Refused("stratified_split", "parts"))
stratified.probe(
    "arrays of integers, with your labels left as they were",
    name="pure",
    points=0.1,
    inputs=lambda rng: {
        "arguments": {"labels": classes_of(rng, {5: 9, -2: 14}), "fractions": np.array(HALVES)},
        "seed": a_seed(rng),
    },
    kind="side",
)(Kept(lambda impl, arguments, rng: impl.stratified_split(**arguments, rng=rng)))
