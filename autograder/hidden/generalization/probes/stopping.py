"""Probes of EarlyStopping."""

from __future__ import annotations

from typing import Any

import numpy as np

from autograder.api import AFTERWARDS, EXACT, Inputs, Probe, Probes, snapshot

NAN, INF = float("nan"), float("inf")


class Script:
    """An EarlyStopping with its options, and the losses that it is told."""

    def __init__(self, losses: list[float], *by_position: Any, **options: Any) -> None:
        self.losses, self.by_position, self.options = losses, by_position, options

    def play(self, impl: Any) -> dict[str, Any]:
        """What it answers, and what it holds after every update."""
        stopper = impl.EarlyStopping(*self.by_position, **self.options)
        seen: dict[str, Any] = {
            "answer": [],
            "best_loss": [stopper.best_loss],
            "best_epoch": [stopper.best_epoch],
        }
        for loss in self.losses:
            seen["answer"].append(snapshot(stopper.update(loss)))
            seen["best_loss"].append(snapshot(stopper.best_loss))
            seen["best_epoch"].append(snapshot(stopper.best_epoch))
        return seen


def run_scripts(impl: Any, inputs: Inputs) -> Any:
    return {where: script.play(impl) for where, script in inputs.items()}


def falling(rng: np.random.Generator, count: int, top: float = 4.0) -> list[float]:
    """Losses that fall by 1/8 to 1/2 each time; eighths, so that sums are exact."""
    drops = rng.integers(1, 5, size=count) / 8
    return [float(v) for v in top + 4 - np.cumsum(drops)]


def patience_scripts(rng: np.random.Generator) -> Inputs:
    """Each fails to improve for a while, improves, and fails until long after the end."""
    down = falling(rng, 3)
    last, up = down[-1], float(rng.integers(1, 9)) / 8
    worse = [last + up, last + 2 * up, last + up / 2, last + 3 * up, last + up]
    better = last - float(rng.integers(1, 9)) / 8
    late = [better + up, better + 2 * up, better + up, better + 3 * up, better + up, better + up]
    zigzag = [last + up, last - up / 4, last + up, last - up / 2, last + up, last + up, last + up]
    return {
        "for patience 1": Script([*down, *worse[:2], better, *late[:3]], patience=1),
        "for patience 2": Script([*down, *worse[:1], better, *late[:4]], patience=2),
        "for patience 4": Script([*down, *worse[:3], better, *late], patience=4),
        "for an improvement after the stop": Script(
            [*down, *worse[:4], better, *late[:4]], patience=3
        ),
        "for a curve that goes up and down": Script([*down, *zigzag], patience=3),
    }


def delta_scripts(rng: np.random.Generator) -> Inputs:
    """Losses in eighths and sixteenths: every comparison is exact."""
    a = float(rng.integers(16, 40)) / 8
    creeping = [a - i / 16 for i in range(8)]
    return {
        "in ties": Script([a, a, a, a - 0.125, a - 0.125, a], patience=2),
        "by exactly min_delta": Script(
            [a, a - 0.25, a - 0.25, a - 0.5, a - 0.75], patience=2, min_delta=0.25
        ),
        "in steps below min_delta": Script(creeping, patience=3, min_delta=0.125),
        "in steps that add up": Script(creeping, patience=8, min_delta=0.25),
        "with min_delta and a worse loss": Script(
            [a, a + 0.125, a - 0.125, a - 1, a - 0.9375, a - 2], patience=3, min_delta=0.5
        ),
    }


def odd_losses(rng: np.random.Generator) -> Inputs:
    a = float(rng.integers(16, 40)) / 8
    return {
        "for NaN at first": Script([NAN, NAN, a, NAN, a - 1, NAN, NAN, NAN], patience=2),
        "for inf at first": Script([INF, INF, INF, a, INF, a - 1], patience=3),
        "for negative losses": Script([-a, -a - 1, -a + 1, -a - 2, -a], patience=2),
        "for a loss of 0": Script([1.0, 0.0, 0.5, -1.0, 0.0], patience=2),
        "for the defaults": Script([a, *([a] * 6), a - 0.0625, a]),
        "for options by position": Script([a, a - 0.125, a - 0.25, a - 0.5, a, a, a], 3, 0.25),
    }


def params_of(rng: np.random.Generator) -> Any:
    return {
        "W": rng.normal(size=(2, 2)),
        "layers": [rng.normal(size=2), {"b": rng.normal(size=3)}],
    }


def kept_params(rng: np.random.Generator) -> Inputs:
    a = float(rng.integers(16, 40)) / 8
    return {
        "losses": [a, a - 1, a - 0.5, a - 0.75, a - 2, a],
        "a dict": params_of(rng),
        "a list": [rng.normal(size=(2, 3)), rng.normal(size=3)],
        "a dict whose arrays are replaced": params_of(rng),
        "by": rng.uniform(0.5, 1.5, size=6),
    }


def move(params: Any, by: float) -> None:
    """Write into every array, as an optimizer does."""
    if isinstance(params, np.ndarray):
        params += by
    else:
        for item in params.values() if isinstance(params, dict) else params:
            move(item, by)


def replaced(params: Any, by: float) -> Any:
    """New arrays in new lists and dicts, as a functional update makes them."""
    moved = snapshot(params)
    move(moved, by)
    return moved


def run_kept_params(impl: Any, inputs: Inputs) -> Any:
    """Parameters that move between the updates: in place, or by other arrays in their dict."""
    seen: dict[str, Any] = {}
    for kind in ("a dict", "a list", "a dict whose arrays are replaced"):
        params, stopper = inputs[kind], impl.EarlyStopping(patience=2)
        held = [stopper.best_params]
        for loss, by in zip(inputs["losses"], inputs["by"], strict=True):
            stopper.update(loss, params)
            unchanged = snapshot(params)
            if "replaced" in kind:
                params.update(replaced(params, float(by)))
            else:
                move(params, float(by))
            held.append(snapshot(stopper.best_params))
        seen[f"for {kind}"] = {"best_params": held, AFTERWARDS: {"params": unchanged}}
    return seen


def two_runs(rng: np.random.Generator) -> Inputs:
    one, other = params_of(rng), params_of(rng)
    a = float(rng.integers(16, 40)) / 8
    return {"params": [one, other], "losses": [[a, a + 1, a - 1], [a - 0.5, a - 2, a]]}


def run_two(impl: Any, inputs: Inputs) -> Any:
    """Two stoppers whose updates alternate."""
    stoppers = [impl.EarlyStopping(1), impl.EarlyStopping(2, 0.25)]
    answers: list[Any] = []
    for losses in zip(*inputs["losses"], strict=True):
        for stopper, loss, params in zip(stoppers, losses, inputs["params"], strict=True):
            answers.append(snapshot(stopper.update(loss, params)))
    return {
        f"of the {which} of two": {
            "best_loss": stopper.best_loss,
            "best_epoch": stopper.best_epoch,
            "best_params": stopper.best_params,
            "answer": answers[i::2],
        }
        for i, (which, stopper) in enumerate(zip(("first", "second"), stoppers, strict=True))
    }


def declare(probes: Probes) -> None:
    for probe in (
        Probe(
            "patience",
            "when it says stop",
            1.0,
            patience_scripts,
            run_scripts,
            EXACT,
            experiment="with patience 2, tell it 1, 2, 2, 2, 0, 2: False, False, True, True, "
            "False, False.",
        ),
        Probe(
            "improvement",
            "what counts as an improvement",
            1.0,
            delta_scripts,
            run_scripts,
            EXACT,
            experiment="with min_delta 0.25, tell it 1, 0.75, 0.5 and print best_loss after each.",
        ),
        Probe(
            "odd_losses",
            "NaN, inf, losses below 0, and the defaults",
            0.75,
            odd_losses,
            run_scripts,
            EXACT,
            experiment="tell it NaN first: no improvement, best_epoch stays -1.",
        ),
        Probe(
            "parameters",
            "the parameters that it keeps",
            1.0,
            kept_params,
            run_kept_params,
            EXACT,
            experiment="update with a list of two arrays, write into them, and print best_params.",
        ),
        Probe(
            "two_at_once",
            "two of them side by side",
            0.25,
            two_runs,
            run_two,
            EXACT,
            experiment="make two, tell each another loss, and print both best losses.",
        ),
    ):
        probes.add("EarlyStopping", probe)
