"""Probes of the largest stable rate."""

from typing import Any

import numpy as np

from autograder.api import AFTERWARDS, FORMULA, Calls, Inputs, Probes

probes = Probes()
rate = probes.exercise("largest_stable_lr", tolerance=FORMULA)

TRY_ONE_BOWL = (
    "take c = (2, 4), and find with descend the rate from which the path no longer arrives."
)
RATE = Calls("largest_stable_lr", "lr")


def cases(**curvatures: Any) -> Inputs:
    """Arguments by phrase: `for_one_curvature` is said as "for one curvature"."""
    return {case.replace("_", " "): (c,) for case, c in curvatures.items()}


def floats(rng: np.random.Generator) -> Inputs:
    small, large = rng.uniform(0.2, 1.0, size=2), float(rng.uniform(5.0, 9.0))
    far = [float(rng.uniform(1e-4, 1e-3)), float(rng.uniform(1e3, 1e4)), 1.0]
    middle = [float(small[0]), large, float(small[1]), 2.0]
    return cases(
        with_the_largest_in_the_middle=middle,
        with_the_largest_first=sorted(middle, reverse=True),
        with_the_largest_last=sorted(middle),
        for_curvatures_far_apart=far,
        for_curvatures_below_1=[float(c) for c in rng.uniform(0.1, 0.9, size=3)],
        for_tiny_curvatures=[float(c) for c in rng.uniform(1e-6, 1e-5, size=2)],
        for_equal_curvatures=[large, large],
    )


def sequences(rng: np.random.Generator) -> Inputs:
    values = rng.uniform(0.5, 9.0, size=5)
    return cases(for_a_tuple=tuple(map(float, values)), for_an_array=values, for_one=[values[0]])


def whole_numbers(rng: np.random.Generator) -> Inputs:
    most = 2 * int(rng.integers(5, 9)) + 1
    return cases(for_a_list=[3, most, 8], for_an_array=np.array([most, 4, 2]), for_one_of_1=(1,))


def list_and_array(rng: np.random.Generator) -> Inputs:
    values = rng.permutation(np.array([3.0, 0.5, 1.0, 2.0])) * float(rng.uniform(1.1, 1.9))
    return cases(for_a_list=values.tolist(), for_an_array=values)


for name, topic, make in (
    ("any_order", "curvatures in any order, and of any size", floats),
    ("sequences", "tuples, arrays, and one curvature alone", sequences),
    ("whole_numbers", "integers", whole_numbers),
):
    rate.probe(topic, points=0.25, inputs=make, name=name, experiment=TRY_ONE_BOWL)(RATE)


@rate.probe("curvatures left as they were", points=0.25, inputs=list_and_array, kind="side")
def unchanged(impl: Any, inputs: Inputs) -> Any:
    seen = {"at first": RATE(impl, inputs), "a second time": RATE(impl, inputs)}
    left = {where.removeprefix("for "): one for where, (one,) in inputs.items()}
    return {**seen, AFTERWARDS: left}
