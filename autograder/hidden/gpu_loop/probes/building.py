"""Probes of the optimizer and of the schedule that a config asks for."""

from typing import Any

import numpy as np
import torch
from torch import nn

from autograder.api import Inputs, Probes, Tolerance

from .shown import CLOSE, Config, array, plain

probes = Probes()
optimizers = probes.exercise("build_optimizer", tolerance=CLOSE)
schedules = probes.exercise("build_scheduler", tolerance=Tolerance(1e-6, 1e-12))
Rng = np.random.Generator


class Mixed(nn.Module):
    """Convolutions and layers with every kind of parameter: of norms, biases, shared and bare."""

    def __init__(self) -> None:
        super().__init__()
        self.conv = nn.Conv2d(2, 3, 1)
        self.batch, self.group = nn.BatchNorm2d(3), nn.GroupNorm(3, 3)
        self.inner = nn.Sequential(nn.Linear(3, 4), nn.LayerNorm(4), nn.Linear(4, 4, bias=False))
        self.rms, self.instance = nn.RMSNorm(4), nn.InstanceNorm1d(4, affine=True)
        self.scale = nn.Parameter(torch.ones(4))  # one axis, and neither a norm's nor a bias
        self.unbiased = nn.Linear(4, 2)  # a name that has "bias" in it, and a weight
        self.tied = nn.Linear(4, 4)
        shared: Any = self.inner[2]
        self.tied.weight = shared.weight


def groups_of(optimizer: Any, model: nn.Module) -> Inputs:
    """By name of the parameter, what its group says; and how often each is there."""
    names = {id(p): name for name, p in model.named_parameters()}
    seen: Inputs = {}
    for group in optimizer.param_groups:
        for p in group["params"]:
            name = names.get(id(p), "a stranger")
            told = {"weight_decay": plain(group["weight_decay"]), "lr": plain(group["lr"])}
            told["groups"] = seen.get(name, {}).get("groups", 0) + 1
            seen[name] = told
    return seen


def numbers(rng: Rng) -> Inputs:
    return {
        "lr": float(rng.uniform(0.01, 0.2)),
        "weight_decay": float(rng.uniform(0.1, 0.4)),
        "momentum": float(rng.uniform(0.3, 0.7)),
        "start": rng.normal(size=(3, 4)),
        "slopes": rng.normal(size=(4, 3, 4)),
    }


def config_of(inputs: Inputs, **changes: Any) -> Config:
    known = {name: inputs[name] for name in ("lr", "weight_decay", "momentum")}
    return Config(**known, **changes)


@optimizers.probe(
    "a model with norms, biases and shared weights",
    points=0.75,
    inputs=numbers,
    experiment="print the name and the weight_decay of every parameter of such a model.",
)
def decays(impl: Any, inputs: Inputs) -> Any:
    model = Mixed()
    model.conv.weight.requires_grad_(False)
    seen = {}
    for kind in ("adamw", "sgd"):
        built = impl.build_optimizer(model, config_of(inputs, optimizer=kind))
        seen[f"by {kind}"] = groups_of(built, model)
    return seen


@optimizers.probe(
    "some steps of each",
    points=0.75,
    inputs=numbers,
    experiment="take two steps beside torch's own AdamW and SGD with the same settings.",
)
def steps(impl: Any, inputs: Inputs) -> Any:
    seen: Inputs = {}
    for kind in ("sgd", "adamw"):
        model = nn.Linear(4, 3, dtype=torch.float64)
        with torch.no_grad():
            model.weight.copy_(torch.as_tensor(inputs["start"]))
            model.bias.zero_()
        built = impl.build_optimizer(model, config_of(inputs, optimizer=kind))
        for number, slopes in enumerate(inputs["slopes"]):
            model.weight.grad = torch.as_tensor(slopes).clone()
            model.bias.grad = torch.as_tensor(slopes[:, 0]).clone()
            built.step()
            weights = {"weight": array(model.weight), "bias": array(model.bias)}
            seen[f"after step {number + 1} of {kind}"] = weights
    return seen


@optimizers.probe(
    "a model without norms, and one without biases", points=0.25, inputs=numbers, kind="side"
)
def small_models(impl: Any, inputs: Inputs) -> Any:
    models = {
        "for one linear layer": nn.Linear(2, 2),
        "for weights alone": nn.Linear(2, 2, bias=False),
        "for a norm alone": nn.LayerNorm(2),
    }
    return {
        where: groups_of(impl.build_optimizer(model=model, config=config_of(inputs)), model)
        for where, model in models.items()
    }


@optimizers.probe(
    "the kind of optimizer, and a model left alone", points=0.25, inputs=numbers, kind="side"
)
def kinds(impl: Any, inputs: Inputs) -> Any:
    seen: Inputs = {}
    for kind, wanted in (("adamw", torch.optim.AdamW), ("sgd", torch.optim.SGD)):
        model = Mixed()
        before = array(model.conv.weight)
        built = impl.build_optimizer(model, config_of(inputs, optimizer=kind))
        seen[f"for {kind}"] = {
            "is it torch's?": isinstance(built, wanted),
            "did the weights stay?": bool(np.array_equal(before, array(model.conv.weight))),
        }
    return seen


def rates(impl: Any, config: Config, steps_per_epoch: int, **settings: Any) -> Any:
    """The rates of a run of steps, group by group, and what else of the groups has changed."""
    kind = torch.optim.AdamW if config.optimizer == "adamw" else torch.optim.SGD
    two = [torch.zeros(1, requires_grad=True) for _ in range(2)]
    groups = [{"params": [p], "weight_decay": d} for p, d in zip(two, (0.1, 0.0), strict=True)]
    optimizer = kind(groups, lr=config.lr, **settings)
    others = [name for name in optimizer.param_groups[0] if name in ("momentum", "betas")]
    before = [[group[name] for name in others] for group in optimizer.param_groups]
    schedule = impl.build_scheduler(optimizer, config, steps_per_epoch)
    seen, moved = [], False
    for _ in range(config.epochs * steps_per_epoch):
        seen.append([float(group["lr"]) for group in optimizer.param_groups])
        now = [[group[name] for name in others] for group in optimizer.param_groups]
        moved = moved or now != before
        optimizer.step()
        schedule.step()
    decays = [group["weight_decay"] for group in optimizer.param_groups]
    return {
        "rates": np.array(seen),
        "did momentum or betas change?": moved,
        "weight_decay afterwards": decays,
    }


def plans(rng: Rng) -> Inputs:
    """Configs, each with a number of steps in an epoch."""
    lr, low = float(rng.uniform(0.05, 0.5)), float(rng.uniform(0.001, 0.02))
    warm: Inputs = {"schedule": "warmup_cosine", "lr": lr}
    return {
        "for warmup_cosine": ({**warm, "epochs": 3, "warmup_steps": 5, "min_lr": low}, 7),
        "for warmup_cosine without a warm-up": ({**warm, "epochs": 2, "min_lr": low}, 6),
        "for one warm-up step": ({**warm, "epochs": 4, "warmup_steps": 1}, 3),
        "for one_cycle": ({**warm, "schedule": "one_cycle", "epochs": 2}, 9),
        "for one_cycle with settings of the other": (
            {"schedule": "one_cycle", "lr": lr, "epochs": 5, "warmup_steps": 4, "min_lr": low},
            *(4,),
        ),
        "for constant": ({**warm, "schedule": "constant", "epochs": 2, "warmup_steps": 4}, 3),
    }


@schedules.probe(
    "the rates of whole runs",
    points=1.25,
    inputs=plans,
    experiment="step it through a short run, and print beside each rate lesson 06's function.",
)
def whole_runs(impl: Any, inputs: Inputs) -> Any:
    return {
        where: {"rates": rates(impl, Config(**plan), steps)["rates"]}
        for where, (plan, steps) in inputs.items()
    }


@schedules.probe(
    "nothing but the rate changes", points=0.25, inputs=plans, kind="side",
    experiment="print momentum and betas of every group after a few steps of one_cycle.",
)  # fmt: skip
def only_the_rate(impl: Any, inputs: Inputs) -> Any:
    plan, steps = inputs["for one_cycle"]
    seen = {}
    for kind, settings in (("sgd", {"momentum": 0.7}), ("adamw", {"betas": (0.8, 0.9)})):
        came = rates(impl, Config(optimizer=kind, **plan), steps, **settings)
        del came["rates"]
        seen[f"for {kind}"] = came
    return seen


@schedules.probe(
    "a schedule saved, and loaded into a new one",
    points=0.5,
    inputs=plans,
    experiment="save its state after five steps, load it into a new one, and compare the rates.",
)
def resumed(impl: Any, inputs: Inputs) -> Any:
    seen: Inputs = {}
    for where in ("for warmup_cosine", "for one_cycle"):
        plan, steps = inputs[where]
        config = Config(**plan)
        runs = []
        for _ in range(2):
            optimizer = torch.optim.SGD([torch.zeros(1, requires_grad=True)], lr=config.lr)
            runs.append((optimizer, impl.build_scheduler(optimizer, config, steps)))
        (first, schedule), (second, other) = runs
        for _ in range(5):
            first.step()
            schedule.step()
        second.load_state_dict(first.state_dict())
        other.load_state_dict(schedule.state_dict())
        later = []
        for _ in range(4):
            later.append(float(second.param_groups[0]["lr"]))
            second.step()
            other.step()
        seen[where] = {"rates after the load": np.array(later)}
    return seen
