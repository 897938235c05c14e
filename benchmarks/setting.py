"""What is trained, on what and how: the same for all who take part."""

from __future__ import annotations

import math
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path
from typing import Any

import numpy as np
import torch
from torch import Tensor, nn
from torch.utils.data import DataLoader, TensorDataset

MAX_NORM = 1.0


@dataclass(frozen=True)
class Setting:
    """One comparison: a net, its batches, and what every loop has to do with them.

    Attributes:
        samples: of an epoch, whole batches of them.
        epochs: how many are timed, after one that is not.
        resident: batches are cut on the device, without a DataLoader.
    """

    name: str
    net: Callable[[], nn.Module]
    batch: int
    samples: int
    epochs: int
    device: str = "cpu"
    precision: str = "float32"
    channels_last: bool = False
    resident: bool = False

    def model(self) -> nn.Module:
        """A fresh one on its device, always with the same weights."""
        torch.manual_seed(0)
        model = self.net().to(self.device)
        if self.channels_last:
            model = model.to(memory_format=torch.channels_last)  # type: ignore[call-overload]
        return model

    def parameters(self) -> int:
        """How many the net has."""
        return sum(parameter.numel() for parameter in self.net().parameters())

    def config(self, lesson: Any, **knobs: Any) -> Any:
        """Lesson 13's `TrainConfig` with every knob off that the bare loop does not have."""
        values = {
            "epochs": self.epochs + 1,
            "batch_size": self.batch,
            "schedule": "constant",
            "warmup_steps": 0,
            "max_grad_norm": MAX_NORM,
            "precision": self.precision,
            "channels_last": self.channels_last,
            "progress": False,
        }
        return lesson.TrainConfig(**{**values, **knobs})

    def loaders(self, data: Path) -> tuple[Any, Any]:
        """Whole shuffled batches to train with, and one batch to validate with."""
        images, labels = (part[: self.samples] for part in clothes(data, "train"))
        if len(images) < self.samples or self.samples % self.batch:
            raise ValueError(f"{self.samples} samples are not whole batches of {self.batch}")
        if self.resident:
            images, labels = images.to(self.device), labels.to(self.device)
            one = Resident(images[: self.batch], labels[: self.batch], self.batch)
            return Resident(images, labels, self.batch), one
        held = TensorDataset(images[: self.batch], labels[: self.batch])
        pinned = self.device != "cpu"
        train = TensorDataset(images, labels)
        return (
            DataLoader(train, self.batch, shuffle=True, pin_memory=pinned),
            DataLoader(held, self.batch, pin_memory=pinned),
        )


@dataclass(frozen=True)
class Resident:
    """Shuffled batches of tensors that are on the device already."""

    images: Tensor
    labels: Tensor
    batch: int

    def __len__(self) -> int:
        return math.ceil(len(self.images) / self.batch)

    def __iter__(self) -> Iterator[tuple[Tensor, Tensor]]:
        order = torch.randperm(len(self.images), device=self.images.device)
        for start in range(0, len(order), self.batch):
            rows = order[start : start + self.batch]
            yield self.images[rows], self.labels[rows]


@dataclass
class Clock:
    """Reads the time at the end of each epoch, once the device has finished its work."""

    device: str
    times: list[float] = field(default_factory=list)

    def read(self, *_: object) -> None:
        """An epoch has ended: a callback of `fit`, which it returns nothing to."""
        if self.device != "cpu":
            torch.cuda.synchronize(self.device)
        self.times.append(time.perf_counter())

    def rate(self, samples: int) -> float:
        """Samples a second, from the end of the first epoch to the end of the last."""
        return samples * (len(self.times) - 1) / (self.times[-1] - self.times[0])


@lru_cache(maxsize=2)
def clothes(data: Path, part: str) -> tuple[Tensor, Tensor]:
    """Fashion-MNIST's images (n, 1, 28, 28), float32 with mean 0 and deviation 1, and labels."""
    with np.load(data / "fashion_mnist.npz") as held:
        scale = held["x_train"].mean(), held["x_train"].std()
        images, labels = held[f"x_{part}"], held[f"y_{part}"]
    pixels = torch.from_numpy(((images - scale[0]) / scale[1]).astype(np.float32))
    return pixels.reshape(-1, 1, 28, 28), torch.from_numpy(labels).long()


def small_mlp() -> nn.Module:
    """So little arithmetic that what a loop adds to a step is seen."""
    return nn.Sequential(nn.Flatten(), nn.Linear(784, 64), nn.ReLU(), nn.Linear(64, 10))


def conv_net(width: int) -> nn.Module:
    """Three blocks of `width`, twice and four times as many channels, then a linear layer."""
    layers: list[nn.Module] = []
    channels = 1
    for wide in (width, 2 * width, 4 * width):
        layers += [nn.Conv2d(channels, wide, 3, padding=1, bias=False), nn.BatchNorm2d(wide)]
        layers += [nn.ReLU(), nn.MaxPool2d(2)]
        channels = wide
    return nn.Sequential(*layers, nn.Flatten(), nn.Dropout(0.2), nn.Linear(channels * 9, 10))
