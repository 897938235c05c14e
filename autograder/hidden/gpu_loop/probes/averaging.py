"""Probes of the averages of a model's weights."""

from typing import Any

import numpy as np
import torch
from torch import nn

from autograder.api import Inputs, Probes, Tolerance, outcome

from .shown import CLOSE, array

probes = Probes()
ema = probes.exercise("EMA", tolerance=CLOSE)
Rng = np.random.Generator
EXACTLY = Tolerance(0.0, 0.0)


class Stack(nn.Module):
    """A weight that is used twice, a frozen one, and a batch norm with its buffers."""

    def __init__(self, start: Any) -> None:
        super().__init__()
        self.first, self.norm = nn.Linear(2, 3), nn.BatchNorm1d(3)
        self.frozen = nn.Parameter(torch.tensor(start[0]), requires_grad=False)
        self.again = self.first
        with torch.no_grad():
            self.first.weight.copy_(torch.as_tensor(start).reshape(3, 2))
            self.first.bias.copy_(torch.as_tensor(start[:3]))
        self.double()

    def put(self, values: Any, count: int) -> None:
        """Write one row of values into every tensor, as training would."""
        with torch.no_grad():
            for tensor, value in zip(self.parameters(), values, strict=False):
                tensor.copy_(tensor * 0.5 + float(value))
            norm: Any = self.norm
            norm.running_mean.add_(float(values[0]))
            norm.num_batches_tracked.fill_(count)

    def tensors(self) -> Inputs:
        """Parameters by name, and the integer buffer."""
        named = {name: array(p) for name, p in self.named_parameters()}
        return {**named, "num_batches_tracked": array(self.norm.num_batches_tracked)}


def script(rng: Rng) -> Inputs:
    return {
        "start": rng.normal(size=6),
        "values": rng.normal(size=(4, 5)),
        "decays": [float(rng.uniform(0.5, 0.95)), 0.0, 0.99],
    }


def averaged(average: Any, model: Any) -> Inputs:
    """What the model has inside `swap`."""
    with average.swap(model):
        return model.tensors()  # type: ignore[no-any-return]


@ema.probe(
    "the averages after each update",
    points=1.5,
    inputs=script,
    experiment="with one weight and decay 0.9: start at 1, update at 0: 0.9, 0.81, 0.729.",
)
def averages(impl: Any, inputs: Inputs) -> Any:
    seen: Inputs = {}
    for decay in inputs["decays"]:
        model = Stack(inputs["start"])
        average = impl.EMA(model, decay)
        steps = {"at first": averaged(average, model)}
        for count, values in enumerate(inputs["values"], 1):
            model.put(values, count)
            average.update(model)
            steps[f"after update {count}"] = averaged(average, model)
        seen[f"for the {('first', 'second', 'third')[len(seen)]} decay"] = steps
    return seen


@ema.probe(
    "a model that moves on before the first update",
    points=0.25,
    inputs=script,
    experiment="make an average, change the weights in place, and look inside swap.",
)
def a_copy(impl: Any, inputs: Inputs) -> Any:
    model = Stack(inputs["start"])
    average = impl.EMA(model=model, decay=0.9)
    model.put(inputs["values"][0], 1)
    return {"after the weights moved": averaged(average, model)}


@ema.probe(
    "everything back after swap",
    points=0.75,
    inputs=script,
    tolerance=EXACTLY,
    experiment="compare the state_dict before and after the block with torch.equal.",
)
def restored(impl: Any, inputs: Inputs) -> Any:
    """After the block, and after an exception in it; also where training wrote in between."""
    seen: Inputs = {}
    for where in ("after the block", "after an exception in the block"):
        model = Stack(inputs["start"])
        average = impl.EMA(model, 0.7)
        for count, values in enumerate(inputs["values"], 1):
            model.put(values, count)
            average.update(model)
        before = {name: array(t) for name, t in model.state_dict().items()}
        came = outcome(_look, average, model, where != "after the block")
        after = {name: array(t) for name, t in model.state_dict().items()}
        same = {name: bool(np.array_equal(before[name], after[name])) for name in before}
        seen[where] = {
            "is every tensor back?": all(same.values()),
            "what came out of it": came if isinstance(came, Exception) else "nothing",
        }
    return seen


def _look(average: Any, model: Any, stumble: bool) -> None:
    with average.swap(model):
        if stumble:
            raise KeyError("the evaluation failed")


@ema.probe(
    "the model inside the block",
    points=0.5,
    inputs=script,
    kind="side",
    experiment="compare id(p) of every parameter before, in and after the block.",
)
def same_objects(impl: Any, inputs: Inputs) -> Any:
    model = Stack(inputs["start"])
    average = impl.EMA(model, 0.5)
    model.put(inputs["values"][0], 1)
    average.update(model)
    before = list(model.parameters())
    needs = [p.requires_grad for p in before]
    x = torch.ones(4, 2, dtype=torch.float64)
    with average.swap(model):
        inside = list(model.parameters())
        out = model.eval().norm(model.first(x))
    after = list(model.parameters())
    return {
        "are the Parameters the same ones?": all(
            p is q is r for p, q, r in zip(before, inside, after, strict=True)
        ),
        "requires_grad afterwards": needs == [p.requires_grad for p in after],
        "is the output finite?": bool(torch.isfinite(out).all()),
    }


@ema.probe(
    "updates that leave the model alone, and the model's own copy",
    points=0.5,
    inputs=script,
    kind="side",
    experiment="look at the weights before and after update, and at their requires_grad.",
)
def left_alone(impl: Any, inputs: Inputs) -> Any:
    model = Stack(inputs["start"])
    average = impl.EMA(model, 0.5)
    model.put(inputs["values"][0], 1)
    model.first.weight.grad = torch.ones(3, 2, dtype=torch.float64)
    before = model.tensors()
    average.update(model)
    return {
        "the model after an update": model.tensors(),
        "did it move?": any(not np.array_equal(before[n], t) for n, t in model.tensors().items()),
        "its gradient": array(model.first.weight.grad),
        "in training mode": model.training,
        "do the weights still learn?": [p.requires_grad for p in model.parameters()],
    }


@ema.probe(
    "two averages of one model",
    points=0.5,
    inputs=script,
    kind="side",
    experiment="make two with different decays, update both, and look into each.",
)
def two_at_once(impl: Any, inputs: Inputs) -> Any:
    model = Stack(inputs["start"])
    slow, fast = impl.EMA(model, 0.9), impl.EMA(model, 0.1)
    for count, values in enumerate(inputs["values"], 1):
        model.put(values, count)
        slow.update(model)
        fast.update(model)
    return {
        "of the slow one": averaged(slow, model),
        "of the fast one": averaged(fast, model),
        "the model afterwards": model.tensors(),
    }
