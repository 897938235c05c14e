"""Probes of EarlyStopping."""

from typing import Any

import numpy as np

from autograder.api import AFTERWARDS, OVERWRITTEN, Inputs, Probes, overwrite, snapshot

probes = Probes()
stopping = probes.exercise("EarlyStopping")

NAN, INF = float("nan"), float("inf")
ANSWERS = tuple(f"the answer to update {number}" for number in range(4))


class Script:
    """An EarlyStopping with its options, and the losses that it is told."""

    def __init__(self, losses: list[float], *by_position: Any, **options: Any) -> None:
        self.losses, self.by_position, self.options = losses, by_position, options

    def play(self, impl: Any) -> dict[str, Any]:
        """What it holds and what it answers, update by update."""
        stopper = impl.EarlyStopping(*self.by_position, **self.options)
        seen = {}
        for number, loss in enumerate(self.losses):
            answer = stopper.update(loss)
            held = {"best_loss": stopper.best_loss, "best_epoch": stopper.best_epoch}
            seen[f"after update {number}"] = snapshot({**held, "the answer": answer})
        return seen


def run_scripts(impl: Any, inputs: Inputs) -> Any:
    return {where: script.play(impl) for where, script in inputs.items()}


def falling(rng: np.random.Generator, count: int) -> list[float]:
    """Losses that fall by 1/8 to 1/2 each time; eighths, so that sums are exact."""
    return [float(v) for v in 8 - np.cumsum(rng.integers(1, 5, size=count) / 8)]


def a_loss(rng: np.random.Generator) -> float:
    """A loss from 2 to 5, in eighths: every comparison is exact."""
    return float(rng.integers(16, 40)) / 8


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
        "for a late improvement": Script([*down, *worse[:4], better, *late[:4]], patience=3),
        "for a curve that goes up and down": Script([*down, *zigzag], patience=3),
    }


def delta_scripts(rng: np.random.Generator) -> Inputs:
    a = a_loss(rng)
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
        "for negative losses": Script([-a, -a - 1, -a + 1, -a - 2, -a], patience=2),
        "for a loss of 0": Script([1.0, 0.0, 0.5, -1.0, 0.0], patience=2),
        "for tiny losses": Script([a / 2**40, a / 2**41, a / 2**42, a], patience=2),
        "for losses of thousands": Script([4096 * a, 4096 * a - 0.125, 4096 * a], patience=2),
    }


def odd_losses(rng: np.random.Generator) -> Inputs:
    a = a_loss(rng)
    return {
        "for NaN at first": Script([NAN, NAN, a, NAN, a - 1, NAN, NAN, NAN], patience=2),
        "for inf at first": Script([INF, INF, INF, a, INF, a - 1], patience=3),
    }


stopping.probe(
    "when it says stop",
    name="patience",
    points=1.0,
    inputs=patience_scripts,
    experiment="with patience 2, tell it 1, 2, 2, 2, 0, 2: False, False, True, True, False, False.",
)(run_scripts)
stopping.probe(
    "what counts as an improvement",
    name="improvement",
    points=1.0,
    inputs=delta_scripts,
    experiment="with min_delta 0.25, tell it 1, 0.75, 0.5 and print best_loss after each.",
)(run_scripts)
stopping.probe(
    "NaN and inf",
    name="odd_losses",
    points=0.4,
    inputs=odd_losses,
    experiment="tell it NaN first: no improvement, best_epoch stays -1.",
)(run_scripts)


def params_of(rng: np.random.Generator) -> Any:
    return {
        "W": rng.normal(size=(2, 2)),
        "layers": [rng.normal(size=2), {"b": rng.normal(size=3)}, (rng.normal(size=2),)],
    }


def kept_params(rng: np.random.Generator) -> Inputs:
    a = a_loss(rng)
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


@stopping.probe(
    "the parameters that it keeps",
    points=1.0,
    inputs=kept_params,
    experiment="update with a list of two arrays, write into them, and print best_params.",
)
def parameters(impl: Any, inputs: Inputs) -> Any:
    """Parameters that move between the updates: in place, or by other arrays in their dict."""
    seen: dict[str, Any] = {}
    for kind in ("a dict", "a list", "a dict whose arrays are replaced"):
        params, stopper = inputs[kind], impl.EarlyStopping(patience=2)
        for number, (loss, by) in enumerate(zip(inputs["losses"], inputs["by"], strict=True)):
            stopper.update(loss, params)
            moved = snapshot(params) if "replaced" in kind else params
            move(moved, float(by))
            if "replaced" in kind:
                params.update(moved)
            held = {"best_params": snapshot(stopper.best_params)}
            seen[f"for {kind} after update {number}"] = held
    return seen


def two_runs(rng: np.random.Generator) -> Inputs:
    a = a_loss(rng)
    losses = [[a, a + 1, a - 1, a], [a - 0.5, a - 2, a, a]]
    return {"params": [params_of(rng), params_of(rng)], "losses": losses}


@stopping.probe(
    "two of them side by side",
    points=0.25,
    inputs=two_runs,
    experiment="make two, tell each another loss, and print both best losses.",
)
def two_at_once(impl: Any, inputs: Inputs) -> Any:
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
            **dict(zip(ANSWERS, answers[i::2], strict=True)),
        }
        for i, (which, stopper) in enumerate(zip(("first", "second"), stoppers, strict=True))
    }


def default_scripts(rng: np.random.Generator) -> Inputs:
    a = a_loss(rng)
    return {
        "for the defaults": Script([a, *([a] * 6), a - 0.0625, a]),
        "for options by position": Script([a, a - 0.125, a - 0.25, a - 0.5, a, a, a], 3, 0.25),
    }


@stopping.probe(
    "the defaults, and what it holds at first",
    points=0.2,
    inputs=default_scripts,
    kind="side",
    experiment="make one without arguments, and print its three attributes.",
)
def defaults(impl: Any, inputs: Inputs) -> Any:
    stopper = impl.EarlyStopping()
    attributes = ("best_loss", "best_epoch", "best_params")
    seen: Inputs = {"at first": {name: getattr(stopper, name) for name in attributes}}
    return {**seen, **run_scripts(impl, inputs)}


@stopping.probe(
    "answers that are bools, with your parameters left as they were",
    points=0.15,
    inputs=lambda rng: {"params": params_of(rng), "losses": [2.0, 1.0, 3.0, 4.0]},
    kind="side",
)
def pure(impl: Any, inputs: Inputs) -> Any:
    stopper, params = impl.EarlyStopping(patience=2), inputs["params"]
    answers = [snapshot(stopper.update(loss, params)) for loss in inputs["losses"]]
    seen = {**dict(zip(ANSWERS, answers, strict=True)), AFTERWARDS: {"params": snapshot(params)}}
    overwrite(params)
    return {**seen, OVERWRITTEN: {"best_params": snapshot(stopper.best_params)}}
