"""Probes of `diagnose`: clear cases, by the numbers of the text, at all scales and lengths."""

import math
from typing import Any

import numpy as np

from autograder.api import Calls, Inputs, Probes, snapshot

probes = Probes()
diagnose = probes.exercise("diagnose")
Rng = np.random.Generator


def history(rng: Rng, train: Any, val: Any) -> Inputs:
    """A run whose two curves are given as fractions, at a scale of its own."""
    scale = float(np.exp(rng.uniform(-3, 3)))
    train, val = np.asarray(train), np.asarray(val)
    made = {"train_loss": (scale * train / train[0]).tolist(), "val_loss": None}
    made["val_loss"] = (scale * val / train[0]).tolist()
    return {"history": made}


def falling(to: float, epochs: int, speed: float = 9.0) -> Any:
    """From 1 to `to`, exponentially: level in the last half."""
    fall = np.exp(-speed * np.linspace(0, 1, epochs))
    fall = (fall - fall[-1]) / (1 - fall[-1])
    return to + (1 - to) * fall


def plain_runs(rng: Rng) -> Inputs:
    """One run for each word, and a second length for some."""
    t = np.linspace(0, 1, 14)
    level = rng.uniform(0.48, 0.6)
    return {
        "for a run that learns": history(rng, falling(0.12, 20), 1.05 * falling(0.16, 20)),
        "for one that stands still half way": history(
            rng, falling(level, 24, 14), falling(level + 0.03, 24, 14)
        ),
        "for one that never got going": history(rng, 1 - 0.12 * t, 1.02 - 0.11 * t),
        "for one whose validation climbs": history(
            rng, falling(0.05, 18), falling(0.3, 18) + 0.5 * np.linspace(0, 1, 18) ** 2
        ),
        "for one that explodes": history(rng, 0.9 + 2 * t**3 - 0.2 * t, 0.9 + 2 * t**3),
    }


def with_entry(values: Any, place: int, entry: float) -> Any:
    values = np.array(values)
    values[place] = entry
    return values


def not_finite(rng: Rng) -> Inputs:
    """Runs with a loss that isn't finite, somewhere, in one of the lists."""
    fine, also = falling(0.1, 12), 1.05 * falling(0.14, 12)
    low, high = falling(0.03, 16), falling(0.3, 16) + 0.6 * np.linspace(0, 1, 16) ** 2
    end = with_entry(fine, -1, math.nan)
    return {
        "with nan at the end of training": history(rng, end, also),
        "with nan in the middle of validation": history(rng, fine, with_entry(also, 5, math.nan)),
        "with one inf in the middle of training": history(rng, with_entry(fine, 4, np.inf), also),
        "with inf at the end of training": history(rng, with_entry(fine, -1, np.inf), also),
        "with inf at the end of validation": history(rng, fine, with_entry(also, -1, np.inf)),
        "with nan early, and validation that climbs": history(
            rng, low, with_entry(high, 2, math.nan)
        ),
    }


def two_answers(rng: Rng) -> Inputs:
    """Runs to which more than one question of the table says yes, or nearly."""
    t = np.linspace(0, 1, 20)
    dip = 0.35 + 0.65 * np.exp(-8 * t)
    return {
        "for validation that climbs, training above 0.4": history(
            rng, falling(0.5, 20, 5), falling(0.62, 20, 12) + 0.35 * t**2
        ),
        "for validation that climbs, to a low end": history(
            rng, falling(0.02, 20), falling(0.1, 20) + 0.12 * t**2
        ),
        "for training that hardly moves": history(rng, falling(0.96, 20), falling(0.97, 20)),
        "for training that falls, then ends above its start": history(
            rng, dip + 1.3 * t**4, 1.1 * dip + 1.3 * t**4
        ),
        "for validation that swung early and ends at its minimum": history(
            rng, falling(0.1, 20), falling(0.15, 20) + 0.5 * np.exp(-60 * (t - 0.3) ** 2)
        ),
        "for a slow fall that ends above 3/4, with a loss above 1": history(
            rng, 1 - 0.2 * t, 1 - 0.19 * t
        ),
        "for validation that climbs, training above 3/4": history(
            rng, 1 - 0.2 * t, 1.02 - 0.6 * t + 0.85 * t**2
        ),
        "for validation that climbs above its start": history(
            rng, falling(0.05, 20, 5), falling(0.5, 20, 12) + 0.9 * t**2
        ),
        "for validation that climbs early, then stays": history(
            rng,
            falling(0.03, 20, 4),
            falling(0.3, 20, 20) + 0.2 * np.tanh(6 * np.maximum(t - 0.2, 0)),
        ),
    }


def detours(rng: Rng) -> Inputs:
    """Runs of which one number alone says something else than the whole."""
    t = np.linspace(0, 1, 20)
    learns, bump = 0.12 + 0.88 * np.exp(-6 * t), 14 * t * np.exp(-8 * t)
    return {
        "for training that rises first, then learns": history(
            rng, learns + bump, 1.03 * learns + bump + 0.02
        ),
        "for training that rises a little at the end": history(
            rng, falling(0.15, 20, 12) + 0.08 * t**4, falling(0.26, 20, 12) + 0.02 * t**4
        ),
        "for a standstill with validation above it all the time": history(
            rng, falling(0.6, 30, 16), falling(0.82, 30, 16)
        ),
        "for training that ends at 1.2, and validation below its start": history(
            rng, 1 + 0.2 * t**2 - 0.2 * t * (1 - t), 1.7 - 0.4 * t
        ),
    }


def near_the_limits(rng: Rng) -> Inputs:
    """Runs on either side of a limit of the table, some per cent away."""
    t = np.linspace(0, 1, 20)
    low = falling(0.2, 20, 12)
    still = falling(0.5, 30, 16)
    return {
        "for validation 30 % above its minimum": history(
            rng, falling(0.02, 20, 5), low * (1 + 0.32 * t**6)
        ),
        "for validation 10 % above its minimum": history(
            rng, falling(0.15, 20, 5), low * (1 + 0.1 * t**6)
        ),
        "for training that stands still at 0.5": history(rng, still, still + 0.02),
        "for training that stands still at 0.34": history(
            rng, falling(0.34, 30, 16), falling(0.36, 30, 16)
        ),
        "for training that ends at 0.82": history(rng, falling(0.82, 20), falling(0.83, 20)),
        "for training that stands still at 0.62": history(
            rng, falling(0.62, 30, 16), falling(0.64, 30, 16)
        ),
    }


diagnose.probe("one run for each word", points=1.25, inputs=plain_runs, name="plain")(
    Calls("diagnose", "the word", order="history")
)
diagnose.probe(
    "losses that aren't finite",
    points=0.75,
    inputs=not_finite,
    name="not_finite",
    experiment="put nan into each of the lists in turn: which of your comparisons is True then?",
)(Calls("diagnose", "the word", order="history"))
diagnose.probe(
    "runs to which two questions say yes",
    points=0.5,
    inputs=two_answers,
    name="two_answers",
    experiment="for such a run, print the answer to each of your questions on its own.",
)(Calls("diagnose", "the word", order="history"))
diagnose.probe(
    "runs near a limit",
    points=0.5,
    inputs=near_the_limits,
    name="limits",
    experiment="divide both lists by the first training loss, and print what each limit gets.",
)(Calls("diagnose", "the word", order="history"))


diagnose.probe(
    "runs with a detour",
    points=0.5,
    inputs=detours,
    name="detours",
    experiment="print the first and the last of both lists, their lowest and their highest.",
)(Calls("diagnose", "the word", order="history"))


@diagnose.probe(
    "a history with more in it, which stays as it is", points=0.5, inputs=plain_runs, kind="side"
)
def other_entries(impl: Any, inputs: Inputs) -> Any:
    seen = {}
    for where, one in inputs.items():
        given = {"lr": [0.1] * 3, **snapshot(one["history"]), "val_accuracy": [0.5]}
        word = impl.diagnose(given)
        seen[where] = {"the word": word, "the history afterwards": given}
    return seen
