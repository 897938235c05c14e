"""Answers to lesson 15's loops that train, right and wrong, written in other ways."""

from typing import Any

import torch
from torch import nn
from torch.nn import functional as F

from .clinic_parts import NAMED_PARTS, RIGHT_PARTS, WRONG_PARTS

# What the loops 01, 02, 03, 08 and 09 should do is one thing.


def cleared_behind_the_step(
    model: Any, loader: Any, criterion: Any, optimizer: Any, epochs: Any
) -> Any:
    history = []
    for _ in range(epochs):
        model.train()
        sums, count = 0.0, 0
        for inputs, targets in loader:
            batch_loss = criterion(model(inputs), targets)
            batch_loss.backward()
            optimizer.step()
            optimizer.zero_grad(set_to_none=False)
            sums += float(batch_loss.detach()) * targets.shape[0]
            count += targets.shape[0]
        history.append(sums / count)
    return history


def gradients_taken_apart(
    model: Any, loader: Any, criterion: Any, optimizer: Any, epochs: Any
) -> Any:
    """No backward at all: what autograd returns is put into `.grad`."""
    parameters = [p for p in model.parameters() if p.requires_grad]
    history = []
    for _ in range(epochs):
        seen = []
        for x, y in loader:
            loss = criterion(model(x), y)
            for p, g in zip(parameters, torch.autograd.grad(loss, parameters), strict=True):
                p.grad = g
            optimizer.step()
            seen.append(loss.detach())
        history.append(torch.stack(seen).mean().item())
    return history


def with_a_closure(model: Any, loader: Any, criterion: Any, optimizer: Any, epochs: Any) -> Any:
    history = [0.0] * epochs
    for epoch in range(epochs):
        total = 0
        for x, y in loader:

            def closure(x: Any = x, y: Any = y) -> Any:
                model.zero_grad()
                loss = criterion(model(x), y)
                loss.backward()
                return loss

            history[epoch] += optimizer.step(closure).item() * len(y)
            total += len(y)
        history[epoch] /= total
    return history


def nll_of_logs(model: Any, loader: Any, criterion: Any, optimizer: Any, epochs: Any) -> Any:
    losses = []
    for _ in range(epochs):
        total = seen = 0
        for x, y in loader:
            optimizer.zero_grad()
            outputs = model(x).log_softmax(dim=1)
            loss = F.nll_loss(outputs, y)
            loss.backward()
            optimizer.step()
            total += loss.item() * len(x)
            seen += len(x)
        losses.append(total / seen)
    return losses


def logs_of_probabilities(
    model: Any, loader: Any, criterion: Any, optimizer: Any, epochs: Any
) -> Any:
    """The logarithm undoes the softmax, up to a constant that the criterion doesn't see."""
    losses = []
    for _ in range(epochs):
        total = seen = 0
        for x, y in loader:
            optimizer.zero_grad()
            loss = criterion(model(x).softmax(dim=-1).log(), y)
            loss.backward()
            optimizer.step()
            total += loss.item() * len(x)
            seen += len(x)
        losses.append(total / seen)
    return losses


def own_rate_put_back(model: Any, loader: Any, criterion: Any, optimizer: Any, epochs: Any) -> Any:
    for group in optimizer.param_groups:
        rate = group["lr"] / 0.01
        group["lr"] = rate * 0.01
    return cleared_behind_the_step(model, loader, criterion, optimizer, epochs)


def layer_by_layer(model: Any, loader: Any, criterion: Any, optimizer: Any, epochs: Any) -> Any:
    losses = []
    for p in model.parameters():
        p.requires_grad_(True)
    *body, head = model.children()
    for _ in range(epochs):
        total = seen = 0
        for x, y in loader:
            optimizer.zero_grad()
            features = x
            for layer in body:
                features = layer(features)
            loss = criterion(head(features), y)
            loss.backward()
            optimizer.step()
            total += loss.item() * len(x)
            seen += len(x)
        losses.append(total / seen)
    return losses


def cleared_at_the_end_of_an_epoch(
    model: Any, loader: Any, criterion: Any, optimizer: Any, epochs: Any
) -> Any:
    losses = []
    for _ in range(epochs):
        total = seen = 0
        for x, y in loader:
            loss = criterion(model(x), y)
            loss.backward()
            optimizer.step()
            total += loss.item() * len(x)
            seen += len(x)
        optimizer.zero_grad()
        losses.append(total / seen)
    return losses


def weights_decayed_by_hand(
    model: Any, loader: Any, criterion: Any, optimizer: Any, epochs: Any
) -> Any:
    """By hand, momentum left out."""
    losses = []
    for _ in range(epochs):
        total = seen = 0
        for x, y in loader:
            model.zero_grad()
            loss = criterion(model(x), y)
            loss.backward()
            for group in optimizer.param_groups:
                for p in group["params"]:
                    p.data.sub_(p.grad, alpha=group["lr"])
            total += loss.item() * len(x)
            seen += len(x)
        losses.append(total / seen)
    return losses


def with_a_softmax_layer(
    model: Any, loader: Any, criterion: Any, optimizer: Any, epochs: Any
) -> Any:
    whole = nn.Sequential(model, nn.Softmax(dim=1))
    return cleared_behind_the_step(whole, loader, criterion, optimizer, epochs)


def rate_cut_by_ten(model: Any, loader: Any, criterion: Any, optimizer: Any, epochs: Any) -> Any:
    for group in optimizer.param_groups:
        group["lr"] = group["lr"] / 0.01 / 10
    return cleared_behind_the_step(model, loader, criterion, optimizer, epochs)


def features_cut_off(model: Any, loader: Any, criterion: Any, optimizer: Any, epochs: Any) -> Any:
    losses = []
    for _ in range(epochs):
        total = seen = 0
        for x, y in loader:
            optimizer.zero_grad()
            features = model[:-1](x).detach()
            loss = criterion(model[-1](features), y)
            loss.backward()
            optimizer.step()
            total += loss.item() * len(x)
            seen += len(x)
        losses.append(total / seen)
    return losses


WAYS = {
    "cleared behind the step": cleared_behind_the_step,
    "autograd.grad": gradients_taken_apart,
    "a closure": with_a_closure,
}
FURTHER: dict[str, dict[str, Any]] = {
    "loop_03": {"nll of logs": nll_of_logs, "logs of probabilities": logs_of_probabilities},
    "loop_08": {"rate put back": own_rate_put_back},
    "loop_09": {"layer by layer": layer_by_layer},
}
TRAINING = ("loop_01", "loop_02", "loop_03", "loop_08", "loop_09")

RIGHT: dict[str, dict[str, dict[str, Any]]] = {
    key: {label: {key: way} for label, way in {**WAYS, **FURTHER.get(key, {})}.items()}
    for key in TRAINING
} | RIGHT_PARTS

WRONG: dict[str, dict[str, dict[str, Any]]] = {
    "loop_01": {"cleared by the epoch": {"loop_01": cleared_at_the_end_of_an_epoch}},
    "loop_02": {"by hand": {"loop_02": weights_decayed_by_hand}},
    "loop_03": {"a softmax layer": {"loop_03": with_a_softmax_layer}},
    "loop_08": {"a tenth": {"loop_08": rate_cut_by_ten}},
    "loop_09": {"cut off": {"loop_09": features_cut_off}},
    **WRONG_PARTS,
}

NAMED: dict[str, dict[str, str]] = {
    "loop_01": {"cleared by the epoch": "cleared_once_an_epoch"},
    "loop_02": {"by hand": "by_hand_only"},
    "loop_03": {"a softmax layer": "softmax_first"},
    "loop_08": {"a tenth": "ten_times"},
    "loop_09": {"cut off": "body_without_a_graph"},
    **NAMED_PARTS,
}
