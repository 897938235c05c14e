"""Answers to `combined_loss`, `freeze`, `count_parameters` and `parameter_groups` of lesson 09."""

from typing import Any

import torch
from torch import nn

# combined_loss


def loss_by_library(predictions: Any, targets: Any, mae_weight: float = 0.1) -> Any:
    squared = nn.MSELoss()(predictions, targets)
    return squared + mae_weight * nn.L1Loss()(predictions, targets)


def loss_by_where(predictions: Any, targets: Any, mae_weight: float = 0.1) -> Any:
    e = targets - predictions
    absolute = torch.where(e > 0, e, -e)
    return torch.sum(e * e + mae_weight * absolute) / e.numel()


def loss_by_maximum(predictions: Any, targets: Any, mae_weight: float = 0.1) -> Any:
    e = (predictions - targets).flatten()
    return torch.dot(e, e) / len(e) + mae_weight * torch.maximum(e, -e).mean()


def loss_by_norm(predictions: Any, targets: Any, mae_weight: float = 0.1) -> Any:
    e = predictions - targets
    return e.pow(2).mean() + mae_weight * e.pow(2).pow(0.5).mean()


def loss_by_rows(predictions: Any, targets: Any, mae_weight: float = 0.1) -> Any:
    e = predictions - targets
    return ((e**2).sum() + mae_weight * e.abs().sum()) / max(
        1, len(e.reshape(len(e), -1)) if e.dim() else 1
    )


# freeze


def freeze_at_once(module: Any) -> Any:
    return module.requires_grad_(False)


def freeze_by_recursion(module: Any) -> None:
    for p in module._parameters.values():
        if p is not None:
            p.requires_grad_(False)
    for child in module.children():
        freeze_by_recursion(child)


def freeze_by_name(module: Any) -> Any:
    for _, p in module.named_parameters():
        p.requires_grad = False
        p.grad = None
    return module


def freeze_by_depth(module: Any) -> None:
    for child in module.children():
        for p in child.parameters():
            p.requires_grad = False


def freeze_without_gradients(module: Any) -> None:
    with torch.no_grad():
        for p in module.parameters():
            p.grad = None


# count_parameters


def count_by_identity(model: Any, trainable_only: bool = True) -> int:
    seen = {}
    for part in model.modules():
        for p in part.parameters(recurse=False):
            seen[id(p)] = p
    total = 0
    for p in seen.values():
        if trainable_only and not p.requires_grad:
            continue
        size = 1
        for side in p.shape:
            size *= side
        total += size
    return total


def count_by_filter(model: Any, trainable_only: bool = True) -> Any:
    parameters = model.parameters()
    if trainable_only:
        parameters = filter(lambda p: p.requires_grad, parameters)
    return torch.tensor([p.nelement() for p in parameters]).sum().item()


def count_by_layers(model: Any, trainable_only: bool = True) -> int:
    return sum(
        p.numel()
        for part in (model.children() if list(model.children()) else [model])
        for p in part.parameters()
        if p.requires_grad or not trainable_only
    )


def count_saved(model: Any, trainable_only: bool = True) -> int:
    if trainable_only:
        return sum(p.numel() for p in model.parameters() if p.requires_grad)
    return sum(v.numel() for v in model.state_dict().values())


# parameter_groups


def group_for_each(
    model: Any, lr: Any, head_lr: Any, weight_decay: Any, head: str = "head"
) -> list[Any]:
    """One group a parameter; norm layers are told by the class's name."""
    bare = set()
    for part in model.modules():
        normalises = any("Norm" in kind.__name__ for kind in type(part).__mro__)
        for name, p in part.named_parameters(recurse=False):
            if normalises or name == "bias":
                bare.add(id(p))
    depth = head.count(".") + 1
    found = []
    for name, p in model.named_parameters():
        rate = head_lr if ".".join(name.split(".")[:depth]) == head else lr
        decay = 0 if id(p) in bare else weight_decay
        found.append({"params": [p], "lr": rate, "weight_decay": decay})
    return found


def four_groups(
    model: Any, lr: Any, head_lr: Any, weight_decay: Any, head: str = "head"
) -> list[Any]:
    """Four groups, empty ones among them."""
    kinds = (nn.LayerNorm, nn.GroupNorm, nn.RMSNorm, nn.BatchNorm1d, nn.BatchNorm2d)
    kinds += (nn.BatchNorm3d, nn.SyncBatchNorm, nn.InstanceNorm1d, nn.InstanceNorm2d)
    kinds += (nn.InstanceNorm3d,)
    groups: dict[tuple[bool, bool], list[Any]] = {}
    for a in (False, True):
        for b in (False, True):
            groups[a, b] = []
    seen = set()
    for prefix, module in model.named_modules():
        for name, p in module.named_parameters(recurse=False):
            if p in seen:
                continue
            seen.add(p)
            full = f"{prefix}.{name}" if prefix else name
            inside = full == head or full.startswith(head + ".")
            groups[inside, isinstance(module, kinds) or name == "bias"].append(p)
    return [
        {
            "params": parameters,
            "lr": head_lr if inside else lr,
            "weight_decay": 0.0 if bare else weight_decay,
        }
        for (inside, bare), parameters in groups.items()
    ]


def groups_by_head_module(
    model: Any, lr: Any, head_lr: Any, weight_decay: Any, head: str = "head"
) -> list[Any]:
    """The head is an attribute: a head that is missing raises."""
    part = model.get_submodule(head)
    inside = {id(p) for p in part.parameters()}
    found = group_for_each(model, lr, lr, weight_decay, head)
    for group in found:
        if id(group["params"][0]) in inside:
            group["lr"] = head_lr
    return found


def groups_of_trainable(
    model: Any, lr: Any, head_lr: Any, weight_decay: Any, head: str = "head"
) -> list[Any]:
    found = group_for_each(model, lr, head_lr, weight_decay, head)
    return [group for group in found if group["params"][0].requires_grad]


def groups_by_axes(
    model: Any, lr: Any, head_lr: Any, weight_decay: Any, head: str = "head"
) -> list[Any]:
    found = group_for_each(model, lr, head_lr, weight_decay, head)
    for group in found:
        group["weight_decay"] = weight_decay if group["params"][0].ndim >= 2 else 0.0
    return found


RIGHT = {
    "combined_loss": {
        "library": {"combined_loss": loss_by_library},
        "where": {"combined_loss": loss_by_where},
        "maximum": {"combined_loss": loss_by_maximum},
    },
    "freeze": {
        "at once": {"freeze": freeze_at_once},
        "recursion": {"freeze": freeze_by_recursion},
        "names": {"freeze": freeze_by_name},
    },
    "count_parameters": {
        "identity": {"count_parameters": count_by_identity},
        "filter": {"count_parameters": count_by_filter},
    },
    "parameter_groups": {
        "one each": {"parameter_groups": group_for_each},
        "four": {"parameter_groups": four_groups},
    },
}
WRONG = {
    "combined_loss": {
        "a root": {"combined_loss": loss_by_norm},
        "by rows": {"combined_loss": loss_by_rows},
    },
    "freeze": {
        "children": {"freeze": freeze_by_depth},
        "gradients cleared": {"freeze": freeze_without_gradients},
    },
    "count_parameters": {
        "layers": {"count_parameters": count_by_layers},
        "saved": {"count_parameters": count_saved},
    },
    "parameter_groups": {
        "an attribute": {"parameter_groups": groups_by_head_module},
        "trainable": {"parameter_groups": groups_of_trainable},
        "axes": {"parameter_groups": groups_by_axes},
    },
}
NAMED = {
    "combined_loss": {"a root": "root_at_zero"},
    "freeze": {"gradients cleared": "no_flag_changes"},
    "parameter_groups": {"trainable": "frozen_left_out", "axes": "one_axis_is_bare"},
}
