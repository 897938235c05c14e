"""What all right initialisers share: features of raw draws, coarse enough that every draw agrees.

A feature is the nearest of a few landmarks, among them the right value and what known mistakes
give; what is near none of them is rounded. So two draws of one mistake have equal features too.

False alarms. For about 20,000 weights: the deviation may be 3.5 % off (its standard error: uniform
0.32 %, normal 0.5 %), the mean 0.055 deviations (0.007), the fourth moment 0.35 (0.035), and the
largest of uniform draws lies below 0.9985 of the bound once in 1e12. For 4800 uniform weights: the
deviation 6 % (0.65 %), the mean 0.12 (0.0145), the fourth moment 0.35 (0.013), and the largest lies
below 0.99 of the bound once in 1e20. The narrowest of these is seven standard errors wide: a right
answer fails less than once in 1e10 verdicts.
"""

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from autograder.api import Number

ROOT3 = 3**0.5
MOMENTS = (1.8, 3.0, 2.365)  # uniform, normal, normal cut off at two deviations


def xavier_deviations(n: int, m: int) -> list[float]:
    """The deviation asked for, and those that mistakes in the formula give."""
    both, bound = (2 / (n + m)) ** 0.5, (6 / (n + m)) ** 0.5
    return [
        both,
        both / ROOT3,  # the deviation taken for the bound
        both * 2**0.5,  # ReLU's gain
        both / 2**0.5,  # the sum of the fans, not their mean
        bound,  # the bound taken for the deviation
        6 / (n + m) / ROOT3,  # no root
        2 / (n + m),  # the variance taken for the deviation
        bound / 2 / ROOT3,  # from 0 to the bound
        (1 / 3 / (n + m)) ** 0.5,  # 1 for 6
        1.0,
        2**0.5 / (n + m),  # the root of 6 alone
        2**0.5 / (n**0.5 + m**0.5),  # the roots of the fans added
        (2 / n + m / 3) ** 0.5,  # brackets forgotten
        0.01,
        *((k / n) ** 0.5 for k in (1, 2, 1 / 3)),
        (1 / m) ** 0.5,
    ]


def he_deviations(n: int, m: int) -> list[float]:
    """The deviation asked for, and those that mistakes in the formula give."""
    asked = (2 / n) ** 0.5
    return [
        asked,
        (1 / n) ** 0.5,
        (2 / m) ** 0.5,
        (2 / (n + m)) ** 0.5,
        2 / n,
        2**0.5 / n,
        (6 / n) ** 0.5,
        (4 / (n + m)) ** 0.5,
        asked / ROOT3,
        asked / 2 / ROOT3,  # uniform from 0 upwards
        2 / n**0.5,  # the 2 outside the root
        1 / asked,  # divided by the deviation
        1.0,
        0.01,
    ]


def nearest(value: float, landmarks: Sequence[float], band: float) -> Number:
    """1 where a value is near it, else the landmark that it is near, else its first two digits."""
    if abs(value - 1) < band:
        return Number(1.0, "float64")
    if np.isfinite(value) and value != 0:
        best = min(landmarks, key=lambda landmark: abs(value / landmark - 1))
        if abs(value / best - 1) < band:
            return Number(float(f"{best:.6g}"), "float64")
    return Number(float(f"{value:.2g}"), "float64")


MATRIX = "the weight matrix"
SHARE = "the share of distinct weights"
DEVIATION = "the ratio of the standard deviation to the right one"
CENTRE = "the mean relative to the deviation"
MOMENT = "the fourth moment over the squared variance (uniform 1.8, normal 3)"
LARGEST = "the largest weight relative to the bound"


def distribution(
    W: Any, first: Any, deviations: Sequence[float], band: float, bounded: bool
) -> dict[str, Any]:
    """Features of one set of weights; `first` is a matrix whose shape is compared."""
    names = (MATRIX, SHARE, DEVIATION, CENTRE, MOMENT, *((LARGEST,) if bounded else ()))
    if not (isinstance(W, np.ndarray) and W.dtype.kind == "f" and W.size):
        return {**dict.fromkeys(names), MATRIX: first}
    ratios = [deviation / deviations[0] for deviation in deviations]
    with np.errstate(all="ignore"):
        deviation = np.std(W)
        centre = np.mean(W) / deviation
        moment = np.mean((W - np.mean(W)) ** 4) / deviation**4
        largest = np.max(np.abs(W)) / (ROOT3 * deviations[0])
    seen = {
        MATRIX: np.zeros(first.shape, first.dtype),
        SHARE: _share(W),
        DEVIATION: nearest(float(deviation) / deviations[0], ratios, band),
        CENTRE: _near_zero(float(centre), 0.055 if W.size > 10000 else 0.12),
        MOMENT: _moment(float(moment)),
    }
    if bounded:
        exact = 1.5e-3 if W.size > 10000 else 1e-2
        seen[LARGEST] = nearest(min(float(largest), 1.5), [*ratios, 1.5], exact)  # or more
    return seen


def _near_zero(value: float, band: float) -> Number:
    return Number(0.0, "float64") if abs(value) < band else nearest(value, [ROOT3, -ROOT3], 0.05)


def _moment(value: float) -> Number:
    close = [moment for moment in MOMENTS if abs(value - moment) < 0.35]
    best = min(close, key=lambda moment: abs(value - moment)) if close else round(value, 1)
    return Number(float(best), "float64")


def _share(W: Any) -> Number:
    share = len(np.unique(W)) / W.size  # float32 draws repeat a few of 20,000
    return Number(1.0 if share > 0.99 else round(share, 2), "float64")


Deviations = Callable[[int, int], list[float]]


def matrices(deviations: Deviations, bounded: bool) -> Callable[[Any, Any, Any], Any]:
    """Observes one matrix for each pair of fans."""

    def observe(raw: Any, inputs: Any, secrets: Any) -> Any:
        return {
            where: distribution(
                W, W, deviations(inputs[where]["fan_in"], inputs[where]["fan_out"]), 0.035, bounded
            )
            for where, W in raw.items()
        }

    return observe


def many_small(raw: Any, inputs: Any, secrets: Any) -> Any:
    """Observes many small matrices from one generator."""
    return {
        where: distribution(
            one["all"],
            one["first"],
            xavier_deviations(inputs[where]["fan_in"], inputs[where]["fan_out"]),
            0.06,
            bounded=True,
        )
        for where, one in raw.items()
    }


def sources(raw: Any, inputs: Any, secrets: Any) -> Any:
    """What depends on what: no draw is compared with the reference's."""

    def same(one: str, other: str) -> bool:
        return bool(np.array_equal(raw[one], raw[other]))

    before, after = raw["global state"]
    return {
        "the weight matrix": np.zeros_like(raw["first"]),
        "does the same seed give the same weights?": same("first", "again"),
        "does another seed give the same weights?": same("first", "other"),
        "do two calls with one generator give the same weights?": same("first", "second"),
        "are the global generators left alone?": all(
            np.array_equal(getattr(one, "value", one), getattr(other, "value", other))
            for one, other in zip(before, after, strict=True)
        ),
    }
