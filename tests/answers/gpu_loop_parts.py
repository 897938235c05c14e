"""Answers to lesson 13 but for `fit`, written in other ways than the reference and the bank."""

import contextlib
import copy
import functools
import math
from collections.abc import Iterator
from dataclasses import dataclass, fields
from typing import Any

import torch
from torch import nn
from torch.optim import lr_scheduler

# TrainConfig


@dataclass
class Fields:
    """The contract's fields; what checks them is below."""

    epochs: int = 5
    batch_size: int = 128
    optimizer: str = "adamw"
    lr: float = 1e-3
    momentum: float = 0.9
    weight_decay: float = 0.01
    schedule: str = "warmup_cosine"
    warmup_steps: int = 100
    min_lr: float = 0.0
    max_grad_norm: float | None = 1.0
    accumulation_steps: int = 1
    precision: str = "auto"
    label_smoothing: float = 0.0
    ema_decay: float | None = None
    patience: int | None = None
    channels_last: bool = True
    compile: bool = False
    num_workers: int = 0
    seed: int = 0
    checkpoint_path: Any = None
    log_dir: Any = None
    progress: bool = True
    capture: bool = False


@dataclass
class ByIfs(Fields):
    """One `if` after another."""

    def __post_init__(self) -> None:
        if self.epochs < 1 or self.batch_size < 1 or self.accumulation_steps < 1:
            raise ValueError("there has to be one of each")
        if self.patience is not None and self.patience < 1:
            raise ValueError(f"patience is {self.patience}")
        if not self.lr > 0:
            raise ValueError(f"lr is {self.lr}")
        if self.max_grad_norm is not None and self.max_grad_norm <= 0:
            raise ValueError(f"max_grad_norm is {self.max_grad_norm}")
        if self.warmup_steps < 0:
            raise ValueError(f"warmup_steps is {self.warmup_steps}")
        for part in (self.momentum, self.label_smoothing, self.ema_decay or 0.0):
            if not 0 <= part < 1:
                raise ValueError(f"{part} is not in [0, 1)")
        if self.optimizer not in {"adamw", "sgd"}:
            raise ValueError(self.optimizer)
        if self.schedule not in {"warmup_cosine", "constant", "one_cycle"}:
            raise ValueError(self.schedule)
        if self.precision not in {"auto", "float32", "bfloat16", "float16"}:
            raise ValueError(self.precision)


class BadField(ValueError):
    """A ValueError of its own kind."""


@dataclass
class ByTable(Fields):
    """A rule for each field, in a table."""

    def __post_init__(self) -> None:
        one = lambda v: v >= 1
        part = lambda v: 0.0 <= v < 1.0
        some = lambda v: v > 0
        rules: dict[str, Any] = {
            **dict.fromkeys(("epochs", "batch_size", "accumulation_steps", "patience"), one),
            **dict.fromkeys(("momentum", "label_smoothing", "ema_decay"), part),
            **dict.fromkeys(("lr", "max_grad_norm"), some),
            "warmup_steps": lambda v: v >= 0,
            "optimizer": ("adamw", "sgd").__contains__,
            "schedule": ["one_cycle", "warmup_cosine", "constant"].__contains__,
            "precision": ["auto", "float32", "bfloat16", "float16"].__contains__,
        }
        for field in fields(self):
            value = getattr(self, field.name)
            if value is not None and field.name in rules and not rules[field.name](value):
                raise BadField(f"{field.name}: {value}")


@dataclass
class WithoutTheNames(ByIfs):
    """Looks at numbers only."""

    def __post_init__(self) -> None:
        if min(self.epochs, self.batch_size, self.accumulation_steps) < 1 or self.lr <= 0:
            raise ValueError("too small")


# build_optimizer


def by_modules(model: nn.Module, config: Any) -> torch.optim.Optimizer:
    """Module by module; its own parameters without recursion."""
    norms = (nn.LayerNorm, nn.GroupNorm, nn.RMSNorm, nn.modules.batchnorm._NormBase)
    groups: dict[float, list[Any]] = {config.weight_decay: [], 0.0: []}
    met: set[Any] = set()
    for module in model.modules():
        for name, p in module.named_parameters(recurse=False):
            if p not in met:
                met.add(p)
                bare = name == "bias" or isinstance(module, norms)
                groups[0.0 if bare else config.weight_decay].append(p)
    listed = [{"params": ps, "weight_decay": d} for d, ps in groups.items()]
    if config.optimizer == "adamw":
        return torch.optim.AdamW(listed, lr=config.lr)
    return torch.optim.SGD(listed, lr=config.lr, momentum=config.momentum)


def group_for_each(model: nn.Module, config: Any) -> torch.optim.Optimizer:
    """Every parameter in a group of its own."""
    kinds = ["BatchNorm", "InstanceNorm", "LayerNorm", "GroupNorm", "RMSNorm"]
    owners = dict(model.named_modules())
    groups = []
    for name, p in model.named_parameters():
        owner, _, last = name.rpartition(".")
        norm = any(type(owners[owner]).__name__.startswith(kind) for kind in kinds)
        groups.append({"params": [p], "weight_decay": 0 if norm or last == "bias" else None})
    for group in groups:
        if group["weight_decay"] is None:
            group["weight_decay"] = config.weight_decay  # type: ignore[assignment]
    options = {"momentum": config.momentum} if config.optimizer == "sgd" else {}
    kind: Any = {"sgd": torch.optim.SGD, "adamw": torch.optim.AdamW}[config.optimizer]
    return kind(groups, lr=config.lr, foreach=True, **options)  # type: ignore[no-any-return]


def names_with_norm(model: nn.Module, config: Any) -> torch.optim.Optimizer:
    """Takes for a norm layer what has "norm" in its name."""
    bare = [p for n, p in model.named_parameters() if "norm" in n or n.endswith("bias")]
    rest = [p for n, p in model.named_parameters() if not ("norm" in n or n.endswith("bias"))]
    groups = [{"params": rest, "weight_decay": config.weight_decay}]
    groups += [{"params": bare, "weight_decay": 0.0}]
    if config.optimizer == "adamw":
        return torch.optim.AdamW(groups, lr=config.lr)
    return torch.optim.SGD(groups, lr=config.lr, momentum=config.momentum)


# build_scheduler


def warm(step: int, base: float, warmup: int, total: int, low: float) -> float:
    if step < warmup:
        return base * (step + 1) / warmup
    part = min(1.0, (step - warmup) / (total - warmup))
    return low + 0.5 * (base - low) * (1 + math.cos(math.pi * part))


def by_lambda(optimizer: Any, config: Any, steps_per_epoch: int) -> Any:
    """Torch's LambdaLR, with a factor of the rate; torch's OneCycleLR."""
    total = config.epochs * steps_per_epoch
    if config.schedule == "one_cycle":
        return lr_scheduler.OneCycleLR(optimizer, config.lr, total, cycle_momentum=False)

    def factor(step: int) -> float:
        if config.schedule == "constant":
            return 1.0
        return warm(step, config.lr, config.warmup_steps, total, config.min_lr) / config.lr

    return lr_scheduler.LambdaLR(optimizer, factor)


class Listed:
    """All the rates in a list beforehand."""

    def __init__(self, optimizer: Any, rates: list[float]) -> None:
        self.optimizer, self.rates, self.at = optimizer, rates, -1
        self.step()

    def step(self) -> None:
        self.at += 1
        for group in self.optimizer.param_groups:
            group["lr"] = self.rates[min(self.at, len(self.rates) - 1)]

    def state_dict(self) -> dict[str, Any]:
        return {"at": self.at, "rates": list(self.rates)}

    def load_state_dict(self, state: dict[str, Any]) -> None:
        self.at, self.rates = state["at"] - 1, list(state["rates"])
        self.step()


def by_list(optimizer: Any, config: Any, steps_per_epoch: int) -> Any:
    n = config.epochs * steps_per_epoch
    if config.schedule == "constant":
        return Listed(optimizer, [config.lr] * n)
    if config.schedule == "warmup_cosine":
        made = [warm(i, config.lr, config.warmup_steps, n, config.min_lr) for i in range(n)]
        return Listed(optimizer, made)
    dummy = torch.optim.SGD([torch.zeros(1)], lr=1.0)
    cycle, rates = lr_scheduler.OneCycleLR(dummy, config.lr, n, cycle_momentum=False), []
    for _ in range(n):
        rates.append(dummy.param_groups[0]["lr"])
        dummy.step()
        cycle.step()
    return Listed(optimizer, rates)


def cycling_momentum(optimizer: Any, config: Any, steps_per_epoch: int) -> Any:
    """OneCycleLR as it comes."""
    if config.schedule != "one_cycle":
        return by_lambda(optimizer, config, steps_per_epoch)
    return lr_scheduler.OneCycleLR(optimizer, config.lr, config.epochs * steps_per_epoch)


def per_epoch(optimizer: Any, config: Any, steps_per_epoch: int) -> Any:
    """A cosine over epochs."""
    return lr_scheduler.CosineAnnealingLR(optimizer, config.epochs, config.min_lr)


# EMA


class ByDeepCopy:
    """Keeps a whole copy of the model, and trades memory with it."""

    def __init__(self, model: nn.Module, decay: float) -> None:
        self.decay = decay
        self.shadow = copy.deepcopy(model)
        for p in self.shadow.parameters():
            p.requires_grad_(False)

    def pairs(self, model: nn.Module) -> list[Any]:
        mine = (*self.shadow.parameters(), *self.shadow.buffers())
        return list(zip(mine, (*model.parameters(), *model.buffers()), strict=True))

    @torch.no_grad()
    def update(self, model: nn.Module) -> None:
        parameters = len(list(model.parameters()))
        for i, (mine, theirs) in enumerate(self.pairs(model)):
            if i < parameters:
                mine.mul_(self.decay).add_(theirs, alpha=1 - self.decay)
            else:
                mine.copy_(theirs)

    @contextlib.contextmanager
    def swap(self, model: nn.Module) -> Iterator[None]:
        def trade() -> None:
            for mine, theirs in self.pairs(model):
                mine.data, theirs.data = theirs.data, mine.data

        trade()
        try:
            yield
        finally:
            trade()


class Swapped:
    """A context manager by hand, which restores a state_dict."""

    def __init__(self, model: nn.Module, averages: Any) -> None:
        self.model, self.averages = model, averages

    def __enter__(self) -> None:
        self.kept = {k: v.detach().clone() for k, v in self.model.state_dict().items()}
        self.model.load_state_dict(self.averages)

    def __exit__(self, *_: Any) -> None:
        self.model.load_state_dict(self.kept)


class ByStateDict:
    """Averages of a state_dict, name by name."""

    def __init__(self, model: nn.Module, decay: float) -> None:
        self.d = decay
        self.avg = {k: v.detach().clone() for k, v in model.state_dict().items()}

    def update(self, model: nn.Module) -> None:
        for name, value in model.state_dict().items():
            if value.dtype.is_floating_point:
                self.avg[name] = self.d * self.avg[name] + (1 - self.d) * value
            else:
                self.avg[name] = value.clone()

    def swap(self, model: nn.Module) -> Any:
        return Swapped(model, self.avg)


class NeverCopied(ByStateDict):
    """A state_dict is taken for a copy."""

    def __init__(self, model: nn.Module, decay: float) -> None:
        self.d, self.avg = decay, dict(model.state_dict())


# carbon_grams


def in_kilowatts(
    power_watts: Any, hours: Any, devices: Any, pue: Any = 1.2, grams_per_kwh: Any = 400.0
) -> Any:
    kilowatts = power_watts / 1e3
    return functools.reduce(lambda a, b: a * b, (kilowatts, hours, devices, pue, grams_per_kwh))


def by_joules(
    power_watts: Any, hours: Any, devices: Any, pue: Any = 1.2, grams_per_kwh: Any = 400.0
) -> Any:
    joules = sum(power_watts * hours * 3600 for _ in range(devices)) * pue
    return grams_per_kwh * joules / 3.6e6


def other_default(
    power_watts: Any, hours: Any, devices: Any, pue: Any = 1.0, grams_per_kwh: Any = 400.0
) -> Any:
    return in_kilowatts(power_watts, hours, devices, pue, grams_per_kwh)


RIGHT: dict[str, Any] = {
    "TrainConfig": {"ifs": {"TrainConfig": ByIfs}, "a table": {"TrainConfig": ByTable}},
    "build_optimizer": {
        "by modules": {"build_optimizer": by_modules},
        "a group for each": {"build_optimizer": group_for_each},
    },
    "build_scheduler": {
        "torch's": {"build_scheduler": by_lambda},
        "a list": {"build_scheduler": by_list},
    },
    "EMA": {"a deep copy": {"EMA": ByDeepCopy}, "a state_dict": {"EMA": ByStateDict}},
    "carbon_grams": {
        "kilowatts": {"carbon_grams": in_kilowatts},
        "joules": {"carbon_grams": by_joules},
    },
}
WRONG: dict[str, Any] = {
    "TrainConfig": {
        "no checks": {"TrainConfig": Fields},
        "numbers": {"TrainConfig": WithoutTheNames},
    },
    "build_optimizer": {"norm by name": {"build_optimizer": names_with_norm}},
    "build_scheduler": {
        "momentum cycles": {"build_scheduler": cycling_momentum},
        "epochs": {"build_scheduler": per_epoch},
    },
    "EMA": {"no copy": {"EMA": NeverCopied}},
    "carbon_grams": {"another default": {"carbon_grams": other_default}},
}
NAMED: dict[str, Any] = {"build_scheduler": {"momentum cycles": "momentum_cycled"}}
