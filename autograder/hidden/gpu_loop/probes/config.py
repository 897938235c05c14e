"""Probes of TrainConfig, and of what a run costs."""

from typing import Any

import numpy as np

from autograder.api import Calls, Inputs, Probes, outcome

probes = Probes()
config = probes.exercise("TrainConfig")
carbon = probes.exercise("carbon_grams")
Rng = np.random.Generator
FIELDS = (
    *("epochs", "batch_size", "optimizer", "lr", "momentum", "weight_decay", "schedule"),
    *("warmup_steps", "min_lr", "max_grad_norm", "accumulation_steps", "precision"),
    *("label_smoothing", "ema_decay", "patience", "channels_last", "compile", "num_workers"),
    *("seed", "checkpoint_path", "log_dir", "progress", "capture"),
)


def held(made: Any) -> Any:
    """Its fields by name; an exception as it is."""
    return made if isinstance(made, Exception) else {f: getattr(made, f) for f in FIELDS}


def nonsense(rng: Rng) -> Inputs:
    """Each with one field that cannot be; and some that are at the very edge of what can be."""
    less, more = float(rng.uniform(0.1, 2)), float(rng.uniform(1.01, 3))
    counts = ("epochs", "batch_size", "accumulation_steps", "patience")
    parts = ("momentum", "label_smoothing", "ema_decay")
    refused: list[Inputs] = [{name: value} for name in counts for value in (0, -3)]
    refused += [{name: value} for name in parts for value in (-less, 1.0, more)]
    refused += [{name: value} for name in ("lr", "max_grad_norm") for value in (0.0, -less)]
    refused += [{"warmup_steps": -1}, {"optimizer": "adam"}, {"schedule": "cosine"}]
    refused += [{"precision": "half"}, {"optimizer": "AdamW"}, {"precision": "fp16"}]
    edges: list[Inputs] = [{name: 1} for name in counts]
    edges += [{name: 0.0} for name in parts] + [{"ema_decay": 0.9999}, {"warmup_steps": 0}]
    edges += [{"lr": less * 1e-6}, {"lr": 30.0}, {"max_grad_norm": less * 1e-6}]
    edges += [{"max_grad_norm": None}, {"patience": None, "ema_decay": None}]
    edges += [{"optimizer": name} for name in ("adamw", "sgd")]
    edges += [{"schedule": name} for name in ("constant", "one_cycle", "warmup_cosine")]
    edges += [{"precision": name} for name in ("auto", "float32", "bfloat16", "float16")]
    return {"refused": refused, "edges": edges}


# What can be comes first: an error there, say of None compared with a number, is said as it is.
@config.probe(
    "what is at the edge and can be",
    points=0.5,
    inputs=nonsense,
    experiment="make one with ema_decay=0.0, with warmup_steps=0, with max_grad_norm=None.",
)
def accepts(impl: Any, inputs: Inputs) -> Any:
    seen = {}
    for changes in inputs["edges"]:
        came = outcome(impl.TrainConfig, **changes)
        said = ", ".join(f"{name}={value!r}" for name, value in changes.items())
        kept = came if isinstance(came, Exception) else {n: getattr(came, n) for n in changes}
        seen[f"for {said}"] = kept
    return seen


@config.probe(
    "nonsense in one field",
    points=1.0,
    inputs=nonsense,
    experiment="make one with patience=0, with momentum=1.0, with max_grad_norm=0.0.",
)
def refuses(impl: Any, inputs: Inputs) -> Any:
    seen = {}
    for changes in inputs["refused"]:
        came = outcome(impl.TrainConfig, **changes)
        name, value = next(iter(changes.items()))
        seen[f"for {name}={value!r}"] = came if isinstance(came, Exception) else "a config"
    return seen


def places(rng: Rng) -> Inputs:
    return {
        "values": (
            *(int(rng.integers(2, 9)), 32, "sgd", 0.5, 0.8, 0.1, "one_cycle", 7, 0.01, 2.0, 3),
            *("float32", 0.1, 0.9, 4, False, False, 2, 5, "run.pt", "logs", False, False),
        )
    }


@config.probe(
    "the defaults, and the order of the fields",
    points=0.25,
    inputs=places,
    kind="side",
    experiment="print TrainConfig(), and TrainConfig(3, 64).",
)
def fields(impl: Any, inputs: Inputs) -> Any:
    return {
        "by default": held(impl.TrainConfig()),
        "by place": held(impl.TrainConfig(*inputs["values"])),
    }


@config.probe(
    "capture, which only fit can judge",
    points=0.25,
    inputs=lambda rng: {},
    kind="side",
    experiment="make one with capture=True and accumulation_steps=4.",
)
def capture_is_fits_business(impl: Any, inputs: Inputs) -> Any:
    cases: dict[str, Inputs] = {
        "with capture": {"capture": True},
        "with capture and accumulation": {"capture": True, "accumulation_steps": 4},
        "with capture and float16": {"capture": True, "precision": "float16"},
    }
    return {where: held(outcome(impl.TrainConfig, **case)) for where, case in cases.items()}


def runs(rng: Rng) -> Inputs:
    watts, hours = rng.uniform(50, 700, size=3), rng.uniform(0.01, 500, size=3)
    devices = [int(n) for n in rng.integers(1, 4000, size=3)]
    known = {"pue": float(rng.uniform(1, 2)), "grams_per_kwh": float(rng.uniform(5, 900))}
    one = {"power_watts": float(watts[0]), "hours": float(hours[0]), "devices": 1}
    return {
        "for one device": one,
        "for many": {**one, "hours": float(hours[1]), "devices": devices[1]},
        "for a building and a grid of their own": {**one, "devices": devices[2], **known},
        "for no time at all": {**one, "hours": 0.0},
    }


carbon.probe("runs of one device and of many", points=0.75, inputs=runs, name="grams")(
    Calls("carbon_grams", "grams", order="power_watts, hours, devices, pue, grams_per_kwh")
)


def by_name(rng: Rng) -> Inputs:
    known = {"hours": 2.0, "grams_per_kwh": 30.0, "devices": 5}
    return {"for another grid": {**known, "power_watts": float(rng.uniform(50, 400))}}


carbon.probe(
    "the building's default, and names", points=0.125, inputs=by_name, name="named", kind="side"
)(Calls("carbon_grams", "grams", order="power_watts, hours, devices, pue, grams_per_kwh"))


@carbon.probe("an int for what is one", points=0.125, inputs=lambda rng: {}, kind="side")
def whole_numbers(impl: Any, inputs: Inputs) -> Any:
    return {"for whole watts and hours": {"grams": float(impl.carbon_grams(300, 3, 2))}}
