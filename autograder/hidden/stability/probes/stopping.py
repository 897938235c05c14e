"""Probes of EarlyStopping: when it says stop, and which weights it keeps."""

from typing import Any
from unittest.mock import patch

import numpy as np
import torch
from torch import nn

from autograder.api import Inputs, Probes, snapshot

from .values import CLOSE, array, noting, number

probes = Probes()
stopping = probes.exercise("EarlyStopping", tolerance=CLOSE)

NAN, INF = float("nan"), float("inf")
ANSWER = "the answer"


class Script:
    """An EarlyStopping with its options, and the losses that it is told."""

    def __init__(self, losses: list[float], *by_position: Any, **options: Any) -> None:
        self.losses, self.by_position, self.options = losses, by_position, options

    def play(self, impl: Any) -> dict[str, Any]:
        """What it holds and what it answers, update by update."""
        stopper = impl.EarlyStopping(*self.by_position, **self.options)
        seen = {}
        for i, loss in enumerate(self.losses):
            answer = stopper.update(loss)
            held = {"best_loss": number(stopper.best_loss), "best_epoch": stopper.best_epoch}
            seen[f"after update {i}"] = snapshot({**held, ANSWER: answer})
        return seen


def run_scripts(impl: Any, inputs: Inputs) -> Any:
    return {where: script.play(impl) for where, script in inputs.items()}


def a_loss(rng: np.random.Generator) -> float:
    """A loss from 2 to 5, in eighths: every comparison is exact."""
    return float(rng.integers(16, 40)) / 8


def patience_scripts(rng: np.random.Generator) -> Inputs:
    """Each fails to improve for a while, improves, and fails until long after the end."""
    down = [float(v) for v in 8 - np.cumsum(rng.integers(1, 5, size=3) / 8)]
    last, up = down[-1], float(rng.integers(1, 9)) / 8
    worse = [last + up, last + 2 * up, last + up / 2]
    better = last - float(rng.integers(1, 9)) / 8
    late = [better + up, better + 2 * up, better + up, better + 3 * up, better + up]
    zigzag = [last + up, last - up / 4, last + up, last - up / 2, last + up, last + up, last + up]
    return {
        "for patience 1": Script([*down, *worse[:2], better, *late[:3]], patience=1),
        "for patience 2": Script([*down, *worse[:1], better, *late[:4]], patience=2),
        "for patience 4": Script([*down, *worse, better, *late], patience=4),
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
    points=0.5,
    inputs=patience_scripts,
    experiment="with patience 2, tell it 1, 2, 2, 2, 0, 2: False, False, True, True, False, False.",
)(run_scripts)
stopping.probe(
    "what counts as an improvement",
    name="improvement",
    points=0.4375,
    inputs=delta_scripts,
    experiment="with min_delta 0.25, tell it 1, 0.75, 0.5 and print best_loss after each.",
)(run_scripts)
stopping.probe(
    "NaN and inf",
    name="odd_losses",
    points=0.1875,
    inputs=odd_losses,
    experiment="tell it NaN first: no improvement, best_epoch stays -1.",
)(run_scripts)


class Stack(nn.Module):
    """Two weights and a batch norm, whose buffers are floats and an integer."""

    def __init__(self, values: Inputs) -> None:
        super().__init__()
        self.first = nn.Linear(2, 3, bias=False)
        self.norm = nn.BatchNorm1d(3)
        self.first.weight.data = torch.tensor(values["weight"])
        self.norm.running_mean = torch.tensor(values["mean"])

    def move(self, by: float) -> None:
        """Write into every tensor, as training does."""
        with torch.no_grad():
            for tensor in (*self.parameters(), *self.buffers()):
                tensor.add_(1 if tensor.dtype == torch.int64 else by)


def kept_weights(rng: np.random.Generator) -> Inputs:
    a = a_loss(rng)
    return {
        "weight": rng.normal(size=(3, 2)),
        "mean": rng.normal(size=3),
        "losses": [a, a - 1, a - 0.5, a - 0.75, a - 2, a],
        "by": rng.uniform(0.5, 1.5, size=6),
    }


def state_of(stopper: Any) -> Any:
    """What it keeps, as arrays; anything that is no dict as it is."""
    state = stopper.best_state
    return {k: array(v) for k, v in state.items()} if isinstance(state, dict) else state


@stopping.probe(
    "the weights that it keeps",
    points=0.5,
    inputs=kept_weights,
    experiment="update with a model, write into its weights, update again, and look at best_state.",
)
def weights(impl: Any, inputs: Inputs) -> Any:
    """A model that moves between the updates, and goes back to the best at the end."""
    model, stopper, seen = Stack(inputs), impl.EarlyStopping(patience=2), {}
    for i, (loss, by) in enumerate(zip(inputs["losses"], inputs["by"], strict=True)):
        stopper.update(loss, model)
        model.move(float(by))
        seen[f"after update {i}"] = {"best_state": state_of(stopper)}
    model.load_state_dict(stopper.best_state)
    back = {name: array(tensor) for name, tensor in model.state_dict().items()}
    return {**seen, "after loading best_state": {"the model": back}}


@stopping.probe("two of them side by side", points=0.0625, inputs=kept_weights)
def two_at_once(impl: Any, inputs: Inputs) -> Any:
    """Two stoppers whose updates alternate."""
    stoppers = [impl.EarlyStopping(1), impl.EarlyStopping(2, 0.25)]
    models = [Stack(inputs), Stack({**inputs, "weight": inputs["weight"] + 1})]
    for i, loss in enumerate(inputs["losses"]):
        for stopper, model, shift in zip(stoppers, models, (0.0, 0.75), strict=True):
            stopper.update(loss + shift * (i % 2), model=model)
            model.move(0.5)
    return {
        f"of the {which} of two": {
            "best_loss": number(stopper.best_loss),
            "best_epoch": stopper.best_epoch,
            "best_state": state_of(stopper),
        }
        for which, stopper in zip(("first", "second"), stoppers, strict=True)
    }


@stopping.probe(
    "the copy is on the CPU",
    points=0.125,
    inputs=lambda rng: {},
    kind="side",
    experiment="say where best_state's tensors are if the model is on a GPU.",
)
def on_the_cpu(impl: Any, inputs: Inputs) -> Any:
    """A model on "meta", where there are no numbers, stands for one on a GPU: nothing can be
    brought to the CPU from there, so the update of a right answer cannot succeed. One that goes
    through torch.load does, and stays on "meta"; where it would be loaded to is asked instead."""
    stopper, loaded_to = impl.EarlyStopping(), list[str]()
    with patch.object(torch, "load", noting(torch.load, loaded_to)):
        try:
            stopper.update(1.0, nn.Linear(2, 2, device="meta"))
        except Exception as error:
            if "is not written yet" in str(error):
                raise
            return {"the device of best_state": "cpu"}
    state = stopper.best_state
    places = [t.device.type for t in state.values()] if isinstance(state, dict) else ["none"]
    return {"the device of best_state": max(loaded_to or places, key="cpu".__ne__)}


def default_scripts(rng: np.random.Generator) -> Inputs:
    a = a_loss(rng)
    return {
        "for the defaults": Script([a, *([a] * 6), a - 0.0625, a]),
        "for options by position": Script([a, a - 0.125, a - 0.25, a - 0.5, a, a, a], 3, 0.25),
    }


@stopping.probe(
    "the defaults, and what it holds at first",
    points=0.125,
    inputs=default_scripts,
    kind="side",
    experiment="make one without arguments, and print its three attributes.",
)
def defaults(impl: Any, inputs: Inputs) -> Any:
    stopper = impl.EarlyStopping()
    attributes = ("best_loss", "best_epoch", "best_state")
    seen: Inputs = {"at first": {name: getattr(stopper, name) for name in attributes}}
    return {**seen, **run_scripts(impl, inputs)}


class Watched(Stack):
    """Notes when it is moved or cast itself; a copy of it notes its own."""

    def __init__(self, values: Inputs) -> None:
        super().__init__(values)
        self.moves = list[str]()

    def _apply(self, *args: Any, **options: Any) -> Any:
        self.moves.append("moved")
        parent: Any = super()
        return parent._apply(*args, **options)


@stopping.probe(
    "answers that are bools, and a model left as it was",
    points=0.0625,
    inputs=kept_weights,
    kind="side",
)
def left_alone(impl: Any, inputs: Inputs) -> Any:
    stopper, model = impl.EarlyStopping(patience=2), Watched(inputs)
    model.first.weight.grad = torch.ones(3, 2, dtype=torch.float64)
    answers, modes = [], []
    for trains, loss in ((False, 2.0), (True, 1.0), (False, 3.0), (True, 4.0)):
        answers.append(snapshot(stopper.update(loss, model.train(trains))))
        modes.append(model.training)
    after = {name: array(tensor) for name, tensor in model.state_dict().items()}
    kept = {"in training mode": modes, "gradient": array(model.first.weight.grad)}
    needs = [p.requires_grad for p in model.parameters()]
    return {
        "the answers": answers,
        "afterwards": {**after, **kept, "requires_grad": needs},
        "was the model itself moved or cast?": bool(model.moves),
    }
