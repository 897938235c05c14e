"""Probes of gradients that are averaged, and of sums over ranks."""

from typing import Any

import numpy as np
import torch
from torch import nn

from autograder.api import Inputs, Probes, Tolerance

from .processes import together
from .shown import array, by_rank, number

probes = Probes()
# float32 sums of three numbers, in any order.
average = probes.exercise("average_gradients", tolerance=Tolerance(1e-5, 1e-6))
sums = probes.exercise("sum_across_ranks", tolerance=Tolerance(1e-12, 1e-12))
Rng = np.random.Generator
SHAPES = ((3, 2), (3,), (2, 3), (2,))
GRADS = "the gradients"


def model_with(grads: Any, strided: bool = False) -> nn.Module:
    """Two layers whose gradients are given; None where there is none."""
    model = nn.Sequential(nn.Linear(2, 3), nn.Tanh(), nn.Linear(3, 2))
    for p, grad in zip(model.parameters(), grads, strict=True):
        p.data.fill_(0.5)
        p.grad = None if grad is None else torch.tensor(grad).float()
        if strided and p.grad is not None and p.grad.ndim == 2:
            p.grad = p.grad.t().contiguous().t()
    return model


def gradients(model: nn.Module) -> list[Any]:
    return [array(p.grad) for p in model.parameters()]


def some(rng: Rng, ranks: int, missing: tuple[tuple[int, int], ...] = ()) -> Inputs:
    """Gradients for each rank and parameter; those that are missing, as (rank, parameter)."""
    of = [[rng.normal(size=shape) + 1 for shape in SHAPES] for _ in range(ranks)]
    return {
        "ranks": [[None if (r, i) in missing else g for i, g in enumerate(gs)]
                  for r, gs in enumerate(of)]
    }  # fmt: skip


def averaged(impl: Any, inputs: Inputs, strided: bool = False) -> Any:
    given = inputs["ranks"]

    def job(rank: int) -> Any:
        model = model_with(given[rank], strided)
        impl.average_gradients(model)
        return {GRADS: gradients(model)}

    return by_rank(together(job, len(given))[0])


@average.probe(
    "gradients on every rank, two ranks and three",
    points=0.75,
    inputs=lambda rng: {"two": some(rng, 2), "three": some(rng, 3)},
    experiment="print p.grad on each rank before and after, for one small parameter.",
)
def all_there(impl: Any, inputs: Inputs) -> Any:
    return {f"with {name} ranks": averaged(impl, one) for name, one in inputs.items()}


@average.probe(
    "gradients that are missing",
    points=0.5,
    inputs=lambda rng: some(rng, 3, ((0, 1), (1, 1), (2, 3), (0, 2), (1, 2), (2, 2))),
    experiment="delete p.grad of one parameter on rank 0 only, and print which calls each rank "
    "makes.",
)
def some_missing(impl: Any, inputs: Inputs) -> Any:
    return averaged(impl, inputs)


@average.probe(
    "gradients that are strided",
    points=0.375,
    inputs=lambda rng: some(rng, 2),
    experiment="make a gradient with g.t().contiguous().t(), and print is_contiguous().",
)
def strided_ones(impl: Any, inputs: Inputs) -> Any:
    """One rank has them strided, the other has not."""
    given = inputs["ranks"]

    def job(rank: int) -> Any:
        model = model_with(given[rank], strided=rank == 1)
        impl.average_gradients(model)
        return {GRADS: gradients(model)}

    return by_rank(together(job, len(given))[0])


@average.probe(
    "weights, tied and frozen parameters, one rank",
    points=0.375,
    inputs=lambda rng: {**some(rng, 2), "alone": some(rng, 1, ((0, 1),))},
    kind="side",
)
def beside(impl: Any, inputs: Inputs) -> Any:
    given = inputs["ranks"]

    def job(rank: int) -> Any:
        model = model_with(given[rank])
        model.add_module("again", model[0])  # type: ignore[index]
        model.add_module("norm", nn.BatchNorm1d(2))
        model[2].bias.requires_grad_(False)  # type: ignore[index]
        model[2].bias.grad = None  # type: ignore[index]
        model.norm.running_mean.fill_(float(rank))  # type: ignore[union-attr, operator]
        came = impl.average_gradients(model=model)
        return {
            GRADS: gradients(model),
            "the weights": [array(p) for p in model.parameters()],
            "the buffers": [array(b) for b in model.buffers()],
            "which parameters are trained": [p.requires_grad for p in model.parameters()],
            "is there a result?": came is not None and came is not model,
        }

    seen = by_rank(together(job, 2)[0])
    return {**seen, "with one rank": averaged(impl, inputs["alone"])}


def of_ranks(rng: Rng, ranks: int, names: tuple[str, ...]) -> list[Inputs]:
    return [{name: float(rng.normal() * 3) for name in names} for _ in range(ranks)]


def summed(impl: Any, given: list[Inputs]) -> Any:
    def job(rank: int) -> Any:
        values = dict(given[rank])
        found = impl.sum_across_ranks(values)
        if not isinstance(found, dict):
            return {"the sums": found}
        return {"the sums": {str(k): number(found[k]) for k in sorted(found, key=str)}}

    return by_rank(together(job, len(given))[0])


@sums.probe(
    "several numbers, two ranks and three",
    points=0.75,
    inputs=lambda rng: {
        "two ranks": of_ranks(rng, 2, ("loss", "correct", "count")),
        "three ranks": of_ranks(rng, 3, ("b", "a")),
        "one rank": of_ranks(rng, 1, ("loss",)),
    },
    experiment="print the dict on each rank before and after.",
)
def of_several(impl: Any, inputs: Inputs) -> Any:
    return {f"with {name}": summed(impl, given) for name, given in inputs.items()}


def turned(rng: Rng) -> Inputs:
    given = of_ranks(rng, 3, ("loss", "count", "correct", "area"))
    given[1] = dict(reversed(given[1].items()))
    given[2] = {name: given[2][name] for name in ("count", "area", "loss", "correct")}
    return {"given": given}


@sums.probe(
    "dicts in different orders",
    points=0.5,
    inputs=turned,
    experiment="build the dict on rank 1 the other way round.",
)
def in_any_order(impl: Any, inputs: Inputs) -> Any:
    return summed(impl, inputs["given"])


def large(rng: Rng) -> Inputs:
    """Sums that float32 rounds, of ints and of floats."""
    one, other = (2**24 + 2 * int(rng.integers(1, 1000)) + 1 for _ in range(2))
    small = float(rng.normal() * 1e-9)
    return {"given": [{"count": one, "loss": 1.0}, {"count": other + 1, "loss": small}]}


@sums.probe(
    "counts that float32 cannot hold",
    points=0.5,
    inputs=large,
    experiment="sum 16777217 on one rank and 2 on the other.",
)
def in_float64(impl: Any, inputs: Inputs) -> Any:
    return summed(impl, inputs["given"])


@sums.probe(
    "the dict that goes in, floats that come out",
    points=0.25,
    inputs=lambda rng: {"given": of_ranks(rng, 2, ("x", "y"))},
    kind="side",
)
def new_and_old(impl: Any, inputs: Inputs) -> Any:
    given = inputs["given"]

    def job(rank: int) -> Any:
        values = {**given[rank], "count": 7}
        kept = dict(values)
        found = impl.sum_across_ranks(values=values)
        return {
            "the sums": {str(k): number(found[k]) for k in sorted(found)},
            "is the dict that went in as it was?": values == kept,
            "is it a new dict?": found is not values,
            "are there tensors in it?": any(isinstance(v, torch.Tensor) for v in found.values()),
        }

    return by_rank(together(job, len(given))[0])
