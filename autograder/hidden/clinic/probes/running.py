"""Probes of loops around the step: a scaler (10), a schedule (11), a checkpoint (12)."""

import random
import tempfile
from pathlib import Path
from typing import Any

import numpy as np
import torch
from torch import nn
from torch.nn import functional as F

from autograder.api import Inputs, Probes, Tolerance

from .models import CLOSE, Rng, flat, loaded, network, plain, some

probes = Probes()
# Right repairs clip at max_norm, or at max_norm times the scale: 1e-6 in the denominator apart.
scaled = probes.exercise("loop_10", tolerance=Tolerance(2e-4, 1e-5))
paced = probes.exercise("loop_11", tolerance=CLOSE)
restored = probes.exercise("loop_12", tolerance=CLOSE)


class Recorded:
    """PyTorch's scaler, which remembers what it was asked."""

    def __init__(self, **options: Any) -> None:
        self.theirs = torch.amp.GradScaler("cpu", **options)

    def __getattr__(self, name: str) -> Any:
        return getattr(self.theirs, name)


def half_run(
    impl: Any, inputs: Inputs, max_norm: float, named: bool = False, **options: Any
) -> Any:
    """One epoch with a scaler: what it returned, the weights, the scale, and in what the network
    computed."""
    net, kinds = network(inputs["weights"], torch.float32), set()
    net.register_forward_hook(lambda _, x, out: kinds.add(str(out.dtype)))
    optimizer = torch.optim.SGD(net.parameters(), lr=0.3, momentum=0.5)
    scaler, batches = Recorded(**options), loaded(inputs, torch.float32)
    if named:
        losses = impl.loop_10(
            model=net,
            loader=batches,
            criterion=nn.CrossEntropyLoss(),
            optimizer=optimizer,
            scaler=scaler,
            max_norm=max_norm,
        )
    else:
        losses = impl.loop_10(net, batches, F.cross_entropy, optimizer, scaler, max_norm)
    return {
        "the returned losses": plain(losses),
        "the weights afterwards": flat(net),
        "the scale afterwards": scaler.get_scale(),
        "does the network compute in float16?": kinds == {"torch.float16"},
    }


@scaled.probe(
    "gradients longer than max_norm, and shorter",
    points=1.0,
    inputs=lambda rng: some(rng, 2),
    experiment="print the norm that the clipping returns, and the scale.",
)
def clipped(impl: Any, inputs: Inputs) -> Any:
    return {
        f"with max_norm = {norm}": half_run(impl, inputs, norm, init_scale=256.0, growth_interval=2)
        for norm in (0.1, 30.0)
    }


@scaled.probe(
    "a scale that is too high at first, and again later",
    points=0.5,
    inputs=lambda rng: some(rng, 3),
    experiment="start with a scale of 2**24, and print scaler.get_scale() after each batch.",
)
def too_high(impl: Any, inputs: Inputs) -> Any:
    """The second time momentum has something to go on with: a gradient of 0 is no skipped step."""
    growing: dict[str, Any] = {
        "growth_interval": 1,
        "growth_factor": 2.0**14,
        "backoff_factor": 2.0**-14,
    }
    return half_run(impl, inputs, 0.2, init_scale=2.0**24, **growing)


@scaled.probe("by keyword", points=0.5, inputs=lambda rng: some(rng, 2, 4), kind="side")
def by_keyword(impl: Any, inputs: Inputs) -> Any:
    return half_run(impl, inputs, 0.15, named=True, init_scale=64.0)


def paced_run(impl: Any, inputs: Inputs, make: Any, named: bool = False) -> Inputs:
    net = network(inputs["weights"])
    optimizer = torch.optim.SGD(net.parameters(), lr=0.2)
    scheduler, batches = make(optimizer), loaded(inputs)
    if named:
        rates = impl.loop_11(
            model=net,
            loader=batches,
            criterion=nn.CrossEntropyLoss(),
            optimizer=optimizer,
            scheduler=scheduler,
            epochs=4,
        )
    else:
        rates = impl.loop_11(net, batches, F.cross_entropy, optimizer, scheduler, 4)
    return {"the rates": plain(rates), "the weights afterwards": flat(net)}


def exponential(optimizer: Any) -> Any:
    return torch.optim.lr_scheduler.ExponentialLR(optimizer, 0.7)


def steps(optimizer: Any) -> Any:
    return torch.optim.lr_scheduler.StepLR(optimizer, 2, 0.5)


def warm_up(optimizer: Any) -> Any:
    return torch.optim.lr_scheduler.LinearLR(optimizer, 0.25, total_iters=3)


SCHEDULES = {"exponential": exponential, "a warm-up": warm_up}


@paced.probe(
    "a schedule that falls, and one that climbs",
    points=1.0,
    inputs=lambda rng: some(rng, 2),
    experiment="count the calls of scheduler.step in an epoch of two batches.",
)
def rates(impl: Any, inputs: Inputs) -> Any:
    return {name: paced_run(impl, inputs, make) for name, make in SCHEDULES.items()}


@paced.probe("steps of two epochs", points=0.5, inputs=lambda rng: some(rng, 3, 4))
def in_steps(impl: Any, inputs: Inputs) -> Any:
    return paced_run(impl, inputs, steps)


@paced.probe("by keyword", points=0.5, inputs=lambda rng: some(rng, 2, 4), kind="side")
def paced_by_keyword(impl: Any, inputs: Inputs) -> Any:
    return paced_run(impl, inputs, exponential, named=True)


def adam(net: Any, lr: float) -> Any:
    return torch.optim.Adam(net.parameters(), lr=lr)


def momentum(net: Any, lr: float) -> Any:
    return torch.optim.SGD(net.parameters(), lr=lr, momentum=0.9)


def go_on(net: nn.Module, optimizer: Any, batches: list[Any]) -> Any:
    """The weights after a few steps more."""
    for x, y in batches:
        optimizer.zero_grad()
        loss: Any = F.cross_entropy(net(x), y)
        loss.backward()
        optimizer.step()
    return flat(net)


def as_lesson_11_saves(net: nn.Module, optimizer: Any, epoch: int) -> Inputs:
    """All that is in a file of lesson 11: whoever loads it with what they wrote there may."""
    version, words, gauss = random.getstate()
    kind, keys, *rest = np.random.get_state()  # noqa: NPY002
    state = {"python": (version, torch.tensor(words), gauss), "torch": torch.get_rng_state()}
    state |= {"numpy": (kind, torch.from_numpy(keys), *rest), "cuda": []}
    shapes = [[p.shape for p in group["params"]] for group in optimizer.param_groups]
    run = {"epoch": epoch, "best": {"val_loss": 0.5}, "random": state, "shapes": shapes}
    return {**run, "model": net.state_dict(), "optimizer": optimizer.state_dict()}


def restart(impl: Any, inputs: Inputs, make: Any, named: bool = False) -> Inputs:
    """A run that is saved after some steps, and restored into objects with another rate."""
    net, batches = network(inputs["weights"]), loaded(inputs)
    optimizer = make(net, 0.1)
    go_on(net, optimizer, batches)
    others = {name: w + 1 for name, w in inputs["weights"].items()}
    fresh = network(others)
    new = make(fresh, 0.03)
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "run.pt")
        torch.save(as_lesson_11_saves(net, optimizer, inputs["epoch"]), path)
        if named:
            epoch = impl.loop_12(path=str(path), model=fresh, optimizer=new)
        else:
            epoch = impl.loop_12(path, fresh, new)
    seen = {"the epoch": plain(epoch), "the rate of the optimizer": new.param_groups[0]["lr"]}
    return {**seen, "the weights three batches later": go_on(fresh, new, batches)}


def saved(rng: Rng) -> Inputs:
    return some(rng, 3, epoch=int(rng.integers(3, 40)))


@restored.probe(
    "a run with Adam that goes on",
    points=1.0,
    inputs=saved,
    experiment="print optimizer.state_dict() before the save and after the restart.",
)
def with_adam(impl: Any, inputs: Inputs) -> Any:
    return restart(impl, inputs, adam)


@restored.probe("a run with momentum that goes on", points=0.5, inputs=saved)
def with_momentum(impl: Any, inputs: Inputs) -> Any:
    return restart(impl, inputs, momentum)


@restored.probe("by keyword, the path a string", points=0.5, inputs=saved, kind="side")
def restart_by_keyword(impl: Any, inputs: Inputs) -> Any:
    return restart(impl, inputs, adam, named=True)
