"""Probes of `combined_loss`, `freeze`, `count_parameters` and `parameter_groups`."""

from typing import Any

import numpy as np
import torch
from torch import nn

from autograder.api import AFTERWARDS, EXACT, FLOAT32, FORMULA, Inputs, Probes, outcome

from .models import HeadItself, Odd, nested, tied, with_norms
from .tensors import array, leaf

probes = Probes()
loss = probes.exercise("combined_loss", tolerance=FORMULA)
freeze = probes.exercise("freeze", tolerance=EXACT)
count = probes.exercise("count_parameters", tolerance=EXACT)
groups = probes.exercise("parameter_groups", tolerance=FORMULA)
Rng = np.random.Generator

# combined_loss


def errors(rng: Rng) -> Inputs:
    """Targets and predictions that are nowhere equal."""
    seen: Inputs = {}
    cases: tuple[tuple[str, tuple[int, ...], Inputs], ...] = (
        ("with the default weight", (6,), {}),
        ("for shape (3, 4) and weight 0.7", (3, 4), {"mae_weight": 0.7}),
        ("for shape () and weight 2", (), {"mae_weight": 2.0}),
    )
    for where, shape, how in cases:
        targets = rng.normal(size=shape) * 2
        error = rng.uniform(0.3, 2.0, size=shape) * rng.choice([-1, 1], size=shape)
        seen[where] = {"predictions": targets + error, "targets": targets, **how}
    return seen


@loss.probe(
    "losses and their gradients",
    points=0.5,
    inputs=errors,
    experiment="take errors of 1 and -3: both means can be computed in your head.",
)
def values(impl: Any, inputs: Inputs) -> Any:
    seen = {}
    for where, one in inputs.items():
        predictions = leaf(one["predictions"])
        how = {k: v for k, v in one.items() if k == "mae_weight"}
        came = impl.combined_loss(predictions, torch.tensor(one["targets"]), **how)
        ended = outcome(lambda came=came: came.backward())
        seen[where] = {"the loss": array(came), "the gradient": ended or array(predictions.grad)}
    return seen


def partly_exact(rng: Rng) -> Inputs:
    predictions = rng.normal(size=(4, 3))
    return {"predictions": predictions, "error": np.array([[0.0], [1.5], [0.0], [-0.5]])}


@loss.probe(
    "predictions that are exactly right",
    points=0.3,
    inputs=partly_exact,
    experiment="print predictions.grad where predictions equal targets.",
)
def at_zero(impl: Any, inputs: Inputs) -> Any:
    given, error = inputs["predictions"], inputs["error"]
    predictions = leaf(given)
    came = impl.combined_loss(predictions, torch.tensor(given + error), 0.4)
    came.backward()
    gradient = array(predictions.grad)
    return {
        "the loss": array(came),
        "the gradient where predictions are wrong": gradient[1::2],
        "is it finite where they are right?": bool(np.isfinite(gradient[::2]).all()),
    }


@loss.probe(
    "a tensor of shape () with its graph, inputs as they were",
    points=0.2,
    inputs=lambda rng: {"p": rng.normal(size=(5, 1)), "t": rng.normal(size=(5, 1))},
    kind="side",
    tolerance=FLOAT32,
)
def form(impl: Any, inputs: Inputs) -> Any:
    predictions, targets = leaf(inputs["p"].astype(np.float32)), torch.tensor(inputs["t"]).float()
    came = impl.combined_loss(predictions, targets, mae_weight=0.0)
    return {
        "the loss": came,
        AFTERWARDS: {"predictions": array(predictions), "targets": array(targets)},
    }


# freeze


def nothing(rng: Rng) -> Inputs:
    return {}


def wanting(model: nn.Module) -> Inputs:
    return {
        f"does {name} require a gradient?": p.requires_grad for name, p in model.named_parameters()
    }


@freeze.probe("a module with modules below it", points=0.5, inputs=nothing)
def all_below(impl: Any, inputs: Inputs) -> Any:
    model = nested()
    impl.freeze(model)
    return {**wanting(model), "how many parameters are there?": len(list(model.parameters()))}


@freeze.probe("a part of a model, some of it frozen before", points=0.3, inputs=nothing)
def a_part(impl: Any, inputs: Inputs) -> Any:
    model = nested()
    model.body[0].bias.requires_grad = False
    impl.freeze(model.body)
    impl.freeze(model.gate)
    return wanting(model)


def an_input(rng: Rng) -> Inputs:
    return {"x": rng.normal(size=(3, 4)).astype(np.float32)}


@freeze.probe("a gradient still flows through it", points=0.1, inputs=an_input, kind="side")
def flows_through(impl: Any, inputs: Inputs) -> Any:
    layer, x = nn.Linear(4, 2), leaf(inputs["x"])
    impl.freeze(layer)
    layer(x).sum().backward()
    return {
        "is there a gradient for the inputs?": x.grad is not None,
        "is there one for the weight?": layer.weight.grad is not None,
    }


@freeze.probe("modes and buffers as they were", points=0.1, inputs=nothing, kind="side")
def modes(impl: Any, inputs: Inputs) -> Any:
    model = nested()
    model.body[0].eval()
    impl.freeze(model)
    return {
        "modes": [module.training for module in model.modules()],
        "buffers": sorted(name for name, _ in model.named_buffers()),
        "parameters": sorted(name for name, _ in model.named_parameters()),
    }


# count_parameters


@count.probe(
    "parameters at every depth, and no buffers",
    points=0.4,
    inputs=lambda rng: {"widths": [int(n) for n in rng.integers(3, 9, size=2)]},
)
def at_every_depth(impl: Any, inputs: Inputs) -> Any:
    model = nested(*inputs["widths"])
    return {
        "by default": impl.count_parameters(model),
        "for a part": impl.count_parameters(model.body),
        "all of them": impl.count_parameters(model, False),
    }


def some_frozen(model: nn.Module) -> nn.Module:
    for name, p in model.named_parameters():
        if name.endswith("0.weight") or name == "gate":
            p.requires_grad = False
    return model


@count.probe(
    "frozen parameters",
    points=0.3,
    inputs=lambda rng: {"widths": [int(n) for n in rng.integers(3, 9, size=2)]},
)
def frozen(impl: Any, inputs: Inputs) -> Any:
    model = some_frozen(nested(*inputs["widths"]))
    return {
        "by default": impl.count_parameters(model),
        "with trainable_only=True": impl.count_parameters(model, trainable_only=True),
        "with trainable_only=False": impl.count_parameters(model, trainable_only=False),
        "for a part": impl.count_parameters(model.body),
        "all of a part": impl.count_parameters(model.body, False),
    }


@count.probe(
    "shared parameters",
    points=0.3,
    inputs=lambda rng: {"width": int(rng.integers(3, 9))},
)
def shared(impl: Any, inputs: Inputs) -> Any:
    model = tied(inputs["width"])
    return {
        "for layers and weights used twice": impl.count_parameters(model),
        "for a layer used twice": impl.count_parameters(model.stack),
        "for a wider model": impl.count_parameters(tied(inputs["width"] + 2)),
        "all of them": impl.count_parameters(model, trainable_only=False),
    }


# parameter_groups


def rates(rng: Rng) -> Inputs:
    low, high, decay = rng.uniform(0.02, 0.05), rng.uniform(0.2, 0.4), rng.uniform(0.3, 0.6)
    return {"lr": float(low), "head_lr": float(high), "weight_decay": float(decay)}


def stepped(model: nn.Module, several: Any) -> Inputs:
    """Each parameter after a step of SGD with these groups, from ones, with gradients of ones: the
    optimizer's own rate and decay are far off, and show where a group leaves one out."""
    several = [dict(group) for group in several]
    seen: Inputs = {"how often each parameter is in a group": {}}
    listed = [id(p) for group in several for p in members(group)]
    for name, p in model.named_parameters():
        seen["how often each parameter is in a group"][name] = listed.count(id(p))
        with torch.no_grad():
            p.fill_(1.0)
        p.grad = torch.ones_like(p)
    for group in several:
        group["params"] = [p for i, p in enumerate(members(group)) if p is not None]
    torch.optim.SGD([g for g in several if g["params"]], lr=50.0, weight_decay=70.0).step()
    after = {name: array(p).ravel()[:1] for name, p in model.named_parameters()}
    return {"parameters after a step": after, **seen}


def members(group: Any) -> list[Any]:
    """The parameters of a group, which torch also takes as a single tensor or as an iterator."""
    inside = group["params"]
    if isinstance(inside, torch.Tensor):
        return [inside]
    group["params"] = list(inside)
    return list(group["params"])


@groups.probe(
    "a network with a batch norm and a head",
    points=1.5,
    inputs=rates,
    experiment="print name, lr and weight_decay of every parameter, by identity.",
)
def usual(impl: Any, inputs: Inputs) -> Any:
    model = nested().double()
    return stepped(model, impl.parameter_groups(model, **inputs))


@groups.probe("names that are nearly head", points=0.75, inputs=rates)
def nearly(impl: Any, inputs: Inputs) -> Any:
    model, lone = Odd().double(), HeadItself().double()
    return {
        "for the head": stepped(model, impl.parameter_groups(model, **inputs)),
        "for a head inside of another part": stepped(
            model, impl.parameter_groups(model, **inputs, head="body.head")
        ),
        "for a head that is a parameter": stepped(
            lone, impl.parameter_groups(lone, **inputs, head="head")
        ),
    }


@groups.probe("norm layers of every kind, and what only looks like one", points=0.75, inputs=rates)
def norms(impl: Any, inputs: Inputs) -> Any:
    model = with_norms().double()
    return stepped(model, impl.parameter_groups(model, **inputs))


@groups.probe("frozen and shared parameters", points=0.625, inputs=rates)
def each_once(impl: Any, inputs: Inputs) -> Any:
    model = some_frozen(tied(4)).double()
    model.get_parameter("head.weight").requires_grad = False
    return stepped(model, impl.parameter_groups(model, **inputs))


@groups.probe(
    "arguments by place, a model without that head", points=0.375, inputs=rates, kind="side"
)
def by_place(impl: Any, inputs: Inputs) -> Any:
    model = nested().double()
    wants = [p.requires_grad for p in model.parameters()]
    came = impl.parameter_groups(model, *inputs.values(), "no_such_head")
    plain = nn.Linear(3, 2).double()
    return {
        **stepped(model, came),
        "does each parameter require gradients as before?": wants
        == [p.requires_grad for p in model.parameters()],
        "for a single layer": stepped(plain, impl.parameter_groups(plain, *inputs.values())),
    }
