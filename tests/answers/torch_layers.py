"""Answers to `Linear` and `MLP` of lesson 09."""

import itertools
import math
from typing import Any

import torch
from torch import nn
from torch.nn import functional as F

# Linear


class InOut(nn.Module):
    def __init__(self, in_features: int, out_features: int) -> None:
        nn.Module.__init__(self)
        self.W = nn.Parameter(torch.empty(in_features, out_features))
        self.b = nn.Parameter(torch.zeros(1, out_features))
        nn.init.normal_(self.W, mean=0.0, std=math.sqrt(2 / in_features))

    def forward(self, inputs: Any) -> Any:
        return torch.matmul(inputs, self.W) + self.b.squeeze(0)


class Kaiming(nn.Module):
    def __init__(self, in_features: int, out_features: int) -> None:
        super().__init__()
        self.register_parameter("bias", nn.Parameter(torch.zeros(out_features)))
        self.weight = nn.Parameter(torch.zeros(out_features, in_features))
        with torch.no_grad():
            nn.init.kaiming_normal_(self.weight, nonlinearity="relu")

    def forward(self, x: Any) -> Any:
        return torch.einsum("...i,oi->...o", x, self.weight) + self.bias


class Uniform(nn.Module):
    def __init__(self, in_features: int, out_features: int) -> None:
        super().__init__()
        bound = math.sqrt(6 / in_features)
        weight = torch.empty(out_features, in_features).uniform_(-bound, bound)
        self.p = nn.ParameterDict({"w": weight, "b": torch.zeros(out_features)})

    def forward(self, x: Any) -> Any:
        flat = x.reshape(-1, x.shape[-1])
        return torch.addmm(self.p["b"], flat, self.p["w"].t()).reshape(*x.shape[:-1], -1)


class Flattening(InOut):
    """Rows only: leading axes are lost."""

    def forward(self, x: Any) -> Any:
        return x.reshape(-1, x.shape[-1]) @ self.W + self.b


class BiasDrawn(InOut):
    def __init__(self, in_features: int, out_features: int) -> None:
        super().__init__(in_features, out_features)
        nn.init.normal_(self.b)


class NewEachTime(nn.Module):
    def __init__(self, in_features: int, out_features: int) -> None:
        super().__init__()
        self.weight = nn.Parameter(
            torch.randn(out_features, in_features) * (2 / in_features) ** 0.5
        )
        self.bias = nn.Parameter(torch.zeros(out_features))

    def forward(self, x: Any) -> Any:
        return x @ torch.randn_like(self.weight).T + self.bias


class Positive(InOut):
    """The right deviation, and a mean that is not 0."""

    def __init__(self, in_features: int, out_features: int) -> None:
        super().__init__(in_features, out_features)
        with torch.no_grad():
            self.W.add_(0.2)


class VarianceDrawn(InOut):
    def __init__(self, in_features: int, out_features: int) -> None:
        super().__init__(in_features, out_features)
        nn.init.normal_(self.W, std=2 / in_features)


# MLP


class WithModuleList(nn.Module):
    def __init__(self, sizes: Any, dropout: float = 0.0) -> None:
        super().__init__()
        pairs = list(itertools.pairwise(sizes))
        self.linears = nn.ModuleList(nn.Linear(a, b) for a, b in pairs)
        self.drop = nn.Dropout(p=dropout)

    def forward(self, x: Any) -> Any:
        for layer in self.linears[:-1]:
            x = self.drop(F.relu(layer(x)))
        return self.linears[-1](x)


class Functional(nn.Module):
    """Dropout before the ReLU is the same: it only sets to zero and scales up."""

    def __init__(self, sizes: Any, dropout: float = 0.0) -> None:
        super().__init__()
        self.p, self.depth = dropout, len(sizes) - 1
        for i in range(self.depth):
            setattr(self, f"layer{i}", Kaiming(sizes[i], sizes[i + 1]))

    def forward(self, x: Any) -> Any:
        for i in range(self.depth):
            x = getattr(self, f"layer{i}")(x)
            if i < self.depth - 1:
                x = F.dropout(x, self.p, self.training).clamp(min=0)
        return x


class Sequential(nn.Sequential):
    def __init__(self, sizes: Any, dropout: float = 0.0) -> None:
        *hidden, outputs = sizes
        layers: list[nn.Module] = []
        for i, (a, b) in enumerate(zip(hidden, [*hidden[1:], outputs], strict=True)):
            layers.append(InOut(a, b))
            if i + 1 < len(hidden):
                layers += [nn.ReLU(inplace=True), nn.Dropout(dropout)]
        super().__init__(*layers)


class OwnMask(nn.Module):
    """Dropout by hand."""

    def __init__(self, sizes: Any, dropout: float = 0.0) -> None:
        super().__init__()
        self.dropout = dropout
        self.weights = nn.ParameterList()
        self.biases = nn.ParameterList()
        for a, b in itertools.pairwise(sizes):
            self.weights.append(nn.Parameter(torch.randn(a, b) * (2 / a) ** 0.5))
            self.biases.append(nn.Parameter(torch.zeros(b)))

    def forward(self, x: Any) -> Any:
        for i, (w, b) in enumerate(zip(self.weights, self.biases, strict=True)):
            x = x @ w + b
            if i + 1 < len(self.weights):
                x = x.relu()
                if self.training and self.dropout:
                    x = x * (torch.rand_like(x) >= self.dropout) / (1 - self.dropout)
        return x


class AlwaysDropping(WithModuleList):
    def forward(self, x: Any) -> Any:
        for layer in self.linears[:-1]:
            x = F.dropout(F.relu(layer(x)), self.drop.p)
        return self.linears[-1](x)


class DroppingInputs(WithModuleList):
    def forward(self, x: Any) -> Any:
        return super().forward(self.drop(x))


class Popping(WithModuleList):
    def __init__(self, sizes: Any, dropout: float = 0.0) -> None:
        super().__init__(list(sizes), dropout)
        if isinstance(sizes, list):
            sizes.reverse()


class SharedMask(OwnMask):
    """Dropout that forgets to scale."""

    def forward(self, x: Any) -> Any:
        for i, (w, b) in enumerate(zip(self.weights, self.biases, strict=True)):
            x = x @ w + b
            if i + 1 < len(self.weights):
                x = x.relu()
                if self.training and self.dropout:
                    x = x * (torch.rand_like(x) >= self.dropout)
        return x


class InADict(nn.Module):
    def __init__(self, sizes: Any, dropout: float = 0.0) -> None:
        super().__init__()
        self.layers = {i: nn.Linear(a, b) for i, (a, b) in enumerate(itertools.pairwise(sizes))}
        self.drop = nn.Dropout(dropout)

    def forward(self, x: Any) -> Any:
        for i, layer in self.layers.items():
            x = layer(x)
            if i + 1 < len(self.layers):
                x = self.drop(x.relu())
        return x


class ReluEverywhere(WithModuleList):
    def forward(self, x: Any) -> Any:
        for layer in self.linears:
            x = F.relu(layer(x))
        return x


RIGHT = {
    "Linear": {
        "in, out": {"Linear": InOut},
        "kaiming": {"Linear": Kaiming},
        "uniform": {"Linear": Uniform},
    },
    "MLP": {
        "ModuleList": {"MLP": WithModuleList},
        "functional": {"MLP": Functional},
        "a Sequential": {"MLP": Sequential},
        "parameter lists": {"MLP": OwnMask},
    },
}
WRONG = {
    "Linear": {
        "flattening": {"Linear": Flattening},
        "bias drawn": {"Linear": BiasDrawn},
        "new each time": {"Linear": NewEachTime},
        "positive": {"Linear": Positive},
        "variance": {"Linear": VarianceDrawn},
    },
    "MLP": {
        "always dropping": {"MLP": AlwaysDropping},
        "inputs": {"MLP": DroppingInputs},
        "reversed": {"MLP": Popping},
        "not scaled": {"MLP": SharedMask},
        "a dict": {"MLP": InADict},
        "relu everywhere": {"MLP": ReluEverywhere},
    },
}
NAMED = {
    "Linear": {"variance": "variance_for_deviation"},
    "MLP": {
        "a dict": "layers_in_a_list",
        "relu everywhere": "relu_after_the_last + no_dropout",
        "not scaled": "not_scaled",
        "inputs": "dropout_on_inputs",
    },
}
