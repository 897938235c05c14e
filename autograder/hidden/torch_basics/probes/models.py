"""Models whose parameters the probes of lesson 09 count, freeze and sort."""

from typing import Any

import torch
from torch import nn


class Nested(nn.Module):
    """Layers at three depths, a batch norm with its buffers, and a parameter of the model's own."""

    def __init__(self, width: int, outputs: int) -> None:
        super().__init__()
        conv = nn.Conv2d(1, width, 3)
        self.body = nn.Sequential(conv, nn.Sequential(nn.BatchNorm2d(width), nn.ReLU()))
        self.gate = nn.Linear(width, width, bias=False)
        self.scale = nn.Parameter(torch.ones(width))  # one axis, and neither bias nor norm
        self.head = nn.Linear(width, outputs)


def nested(width: int = 4, outputs: int = 3) -> Any:
    return Nested(width, outputs)


class Odd(nn.Module):
    """Names that begin with "head", contain it or end in it, and a bias that no layer owns."""

    def __init__(self) -> None:
        super().__init__()
        self.header = nn.Linear(2, 3)
        self.heads = nn.ModuleList([nn.Linear(3, 3)])
        self.head2 = nn.Linear(3, 3)
        self.body = nn.ModuleDict({"head": nn.Linear(3, 2), "last": nn.Linear(3, 2)})
        self.unbiased = nn.ModuleDict({"bias_net": nn.Linear(2, 2)})
        self.head = nn.Sequential(nn.Linear(3, 3), nn.LayerNorm(3))
        self.bias = nn.Parameter(torch.zeros(3))


class HeadItself(nn.Module):
    """A parameter that is the head."""

    def __init__(self) -> None:
        super().__init__()
        self.body = nn.Linear(2, 3)
        self.head = nn.Parameter(torch.ones(3, 2))


class Norms(nn.Module):
    """One norm layer of every kind, a subclass of one, and a linear layer called "norm"."""

    def __init__(self) -> None:
        super().__init__()
        self.norm = nn.Linear(3, 3)
        self.batch = nn.ModuleList([nn.BatchNorm1d(4), nn.BatchNorm2d(4), nn.BatchNorm3d(4)])
        self.instance = nn.InstanceNorm2d(4, affine=True)
        self.layer = nn.LayerNorm((2, 3))
        self.group = nn.GroupNorm(2, 4)
        self.rms = nn.RMSNorm(4)
        self.bare = nn.BatchNorm1d(4, affine=False)
        self.own = Named(5)
        self.table = nn.Embedding(5, 3)
        self.head = nn.Linear(3, 2)


class Named(nn.LayerNorm):
    """A layer norm by inheritance."""


def with_norms() -> Any:
    return Norms()


class Tied(nn.Module):
    """One layer that is used in two places, a weight that two layers share, and a frozen one."""

    def __init__(self, width: int) -> None:
        super().__init__()
        layer = nn.Linear(width, width)
        self.stack = nn.Sequential(layer, nn.ReLU(), layer)
        self.up = nn.Linear(width, width)
        self.down = nn.Linear(width, width, bias=False)
        self.down.weight = self.up.weight
        self.norm = nn.LayerNorm(width)
        self.head = nn.Linear(width, 2)


def tied(width: int) -> Any:
    return Tied(width)
