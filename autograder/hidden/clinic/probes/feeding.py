"""Probes of what feeds a network: a split with its scaling (05), and batches (06).

What comes back is raw: rows as the network met them, batches as they came. The observers in the
bank make of it what all right answers share, whatever they draw.
"""

from typing import Any

import numpy as np
import torch
from torch import nn

from autograder.api import Inputs, Probes

from .models import Rng, array, plain

probes = Probes()
split, feed = probes.exercise("loop_05"), probes.exercise("loop_06")
ROWS, COLUMNS, CLASSES, EPOCHS = 60, 4, 3, 3


class Witness(nn.Module):
    """A linear network that notes each row it meets, and whether a gradient came back through it.

    The notes are shared by copies of it. One that `turns` says the opposite of most rows
    once one has been trained on in the last epoch: its last accuracy is not its best.
    """

    notes: "Notes"

    def __init__(self, weight: Any, turns: bool = False) -> None:
        super().__init__()
        self.turns = turns
        self.linear = nn.Linear(COLUMNS, CLASSES)
        with torch.no_grad():
            self.linear.weight.copy_(torch.tensor(weight))
            self.linear.bias.zero_()
        object.__setattr__(self, "notes", Notes())

    def forward(self, x: Any) -> Any:
        out = self.linear(x)
        if self.notes.turned:
            out = torch.where(x[:, :1] < 1, -out, out)
        entry = [array(x), array(out), np.zeros(len(x), dtype=bool)]
        self.notes.append(entry)
        if out.requires_grad:
            out.register_hook(lambda g, entry=entry: self.note(g, entry))
        return out

    def note(self, g: Any, entry: list[Any]) -> None:
        entry[2] = array(g.abs().sum(1) > 0)
        if self.turns:
            self.notes.turned = bool(met(self)["times trained"].max() >= EPOCHS)


class Notes(list[Any]):
    """A list that a deep copy shares, and whether its network has turned."""

    turned = False

    def __deepcopy__(self, memo: Any) -> "Notes":
        return self


def rows(rng: Rng) -> Inputs:
    """Rows far from standard, each column with one row far away; the first tells them apart. The
    classes can be learned, not without mistakes."""
    x = rng.normal(size=(ROWS, COLUMNS)) * [1, 5, 0.2, 2] + [0, 20, -3, 1]
    x[:, 0] = rng.permutation(np.linspace(-4, 9, ROWS) + rng.uniform(-0.05, 0.05, ROWS))
    for column in range(1, COLUMNS):
        x[rng.integers(ROWS), column] *= 4
    weight = rng.normal(size=(COLUMNS, CLASSES))
    true = ((x - x.mean(axis=0)) / x.std(axis=0)) @ weight
    return {
        "x": x,
        "y": (true + rng.normal(size=true.shape)).argmax(axis=1),
        "weight": 0.2 * rng.normal(size=(CLASSES, COLUMNS)),
        "good weight": 0.5 * weight.T,
        "seed": int(rng.integers(1000)),
    }


def met(model: Witness) -> Inputs:
    """Each different row that the network met: its numbers, how often it was trained on, and the
    first and the last outputs for it."""
    known: dict[Any, Any] = {}
    for x, out, trained in model.notes:
        keys = map(tuple, np.round(x[:, :2], 4).tolist())
        for key, row, logits, was in zip(keys, x, out, trained, strict=True):
            _, times, first, _ = known.get(key, (row, 0, logits, logits))
            known[key] = row, times + int(was), first, logits
    if not known:
        return {"rows": 0}
    seen = zip(*(known[key] for key in sorted(known)), strict=True)
    names = "rows", "times trained", "first logits", "logits"
    return {name: np.array(values) for name, values in zip(names, seen, strict=True)}


def run_of(
    impl: Any,
    inputs: Inputs,
    seed: int,
    epochs: int = EPOCHS,
    named: bool = False,
    turns: bool = False,
) -> Inputs:
    weight = inputs["good weight" if turns else "weight"]
    model = Witness(weight, turns)
    x, y = torch.tensor(inputs["x"]).float(), torch.tensor(inputs["y"])
    if named:
        came = impl.loop_05(x=x, y=y, model=model, epochs=epochs, seed=seed)
    else:
        came = impl.loop_05(x, y, model, epochs, seed)
    moved = not torch.equal(model.linear.weight, torch.tensor(weight).float())
    same = torch.equal(x, torch.tensor(inputs["x"]).float())
    return {"accuracy": plain(came), "moved": moved, "unchanged": same, **met(model)}


@split.probe(
    "what the network gets to see",
    points=1.0,
    inputs=rows,
    experiment="print x[train].mean(dim=0) and x[train].std(dim=0) as the network gets them.",
)
def seen_rows(impl: Any, inputs: Inputs) -> Any:
    return run_of(impl, inputs, inputs["seed"])


@split.probe(
    "the accuracy that comes back",
    points=0.5,
    inputs=rows,
    experiment="count by hand: which test rows does the trained network name correctly?",
)
def reported(impl: Any, inputs: Inputs) -> Any:
    return run_of(impl, inputs, inputs["seed"] + 1, turns=True)


@split.probe(
    "the same seed twice, another one, and inputs that stay", points=0.5, inputs=rows, kind="side"
)
def seeds(impl: Any, inputs: Inputs) -> Any:
    seed = inputs["seed"]
    return {
        "first": run_of(impl, inputs, seed, named=True),
        "again": run_of(impl, inputs, seed, 1),
        "other": run_of(impl, inputs, seed + 1, 1),
    }


def numbered(rng: Rng) -> Inputs:
    """How many samples, and in batches of what size."""
    return {"seed": int(rng.integers(1000)), "cases": [[40, 7], [36, 12]]}


def batches_of(impl: Any, size: int, batch_size: int, seed: int, flat: bool) -> Any:
    """Batches of samples that say which they are: x is (i, -i) or an image of i, y is i."""
    y = torch.arange(size)
    x = torch.stack([y, -y], dim=1).float() if flat else y.float()[:, None, None, None] + 0.5
    kept = x.clone(), y.clone()
    came = [
        (array(a).reshape(len(a), -1)[:, 0], array(b))
        for a, b in impl.loop_06(x, y, batch_size, seed)
    ]
    same = torch.equal(x, kept[0]) and torch.equal(y, kept[1])
    return {"batches": came, "unchanged": same}


@feed.probe(
    "inputs beside their targets",
    points=1.0,
    inputs=numbered,
    experiment="x = torch.arange(10), y the same: look at what comes out.",
)
def pairs(impl: Any, inputs: Inputs) -> Any:
    return {
        f"for {n} samples in batches of {size}": batches_of(impl, n, size, inputs["seed"], n == 40)
        for n, size in inputs["cases"]
    }


@feed.probe("one seed twice, and another", points=0.5, inputs=numbered)
def orders(impl: Any, inputs: Inputs) -> Any:
    seed = inputs["seed"]
    return {
        name: batches_of(impl, 40, 8, given, True)
        for name, given in (("first", seed), ("again", seed), ("other", seed + 1))
    }


@feed.probe("inputs that stay, by keyword", points=0.5, inputs=numbered, kind="side")
def stays(impl: Any, inputs: Inputs) -> Any:
    x = torch.arange(30.0)[:, None]
    y = torch.arange(30)
    came = [
        (array(a)[:, 0], array(b))
        for a, b in impl.loop_06(x=x, y=y, batch_size=10, seed=inputs["seed"])
    ]
    same = torch.equal(x[:, 0].long(), torch.arange(30)) and torch.equal(y, torch.arange(30))
    return {"for 30 samples by keyword": {"batches": came, "unchanged": same}}
