"""Answers to lesson 10, right and wrong, written in other ways than the reference and the bank."""

import copy
import math
import random
from collections import defaultdict
from contextlib import contextmanager
from typing import Any

import numpy as np
import torch
from torch import nn
from torch.nn import functional as F
from torch.optim.lr_scheduler import ReduceLROnPlateau
from torch.utils.data import DataLoader, RandomSampler, Subset, default_collate

from . import training_loop_people as people
from . import training_loop_wild as wild

# train_step


def step_by_the_model(model: Any, batch: Any, criterion: Any, optimizer: Any) -> Any:
    model.zero_grad(set_to_none=False)
    loss = criterion(model(batch[0]), batch[1])
    loss.backward()
    optimizer.step()
    return float(loss)


def step_with_autograd_grad(model: Any, batch: Any, criterion: Any, optimizer: Any) -> Any:
    x, y = batch
    wanted = [p for p in model.parameters() if p.requires_grad]
    loss = criterion(model(x), y)
    for p, g in zip(wanted, torch.autograd.grad(loss, wanted), strict=True):
        p.grad = g
    optimizer.step()
    return loss.detach().cpu().numpy()


def step_with_closure(model: Any, batch: Any, criterion: Any, optimizer: Any) -> Any:
    def closure() -> Any:
        optimizer.zero_grad()
        loss = criterion(model(batch[0]), batch[1])
        loss.backward()
        return loss

    return optimizer.step(closure).item()


def step_clearing_late_and_after(model: Any, batch: Any, criterion: Any, optimizer: Any) -> Any:
    x, y = batch
    loss = criterion(model(x), y)
    for p in model.parameters():
        p.grad = None
    loss.backward()
    optimizer.step()
    optimizer.zero_grad()
    return np.float64(loss.item())


# train_epoch


def is_frozen(module: Any) -> bool:
    own = list(module.parameters(recurse=False))
    kept = hasattr(module, "running_mean") and not module.training and len(own) > 0
    return kept and all(not p.requires_grad for p in own)


def epoch_inline(model: Any, loader: Any, criterion: Any, optimizer: Any, device: Any) -> Any:
    modes = {module: not is_frozen(module) for module in model.modules()}
    for module, mode in modes.items():
        module.training = mode
    losses, sizes = [], []
    for x, y in loader:
        x, y = x.to(device, non_blocking=True), y.to(device, non_blocking=True)
        optimizer.zero_grad()
        loss = criterion(model(x), y)
        loss.backward()
        optimizer.step()
        losses.append(loss.detach())
        sizes.append(y.shape[0])
    return np.average([loss.item() for loss in losses], weights=sizes)


def epoch_on_the_device(
    model: Any, loader: Any, criterion: Any, optimizer: Any, device: Any
) -> Any:
    model.to(device)
    norms = [m for m in model.modules() if isinstance(m, torch.nn.modules.batchnorm._BatchNorm)]
    resting = [m for m in norms if m.affine and not (m.training or m.weight.requires_grad)]
    resting = [m for m in resting if not m.bias.requires_grad]
    total, seen = torch.zeros((), device=device), 0
    for batch in loader:
        model.train()
        nn.ModuleList(resting).eval()
        x, y = (part.to(device=device) for part in batch)
        optimizer.zero_grad(set_to_none=True)
        loss = criterion(model(x), y)
        loss.backward()
        optimizer.step()
        with torch.no_grad():
            total += loss * x.size(0)
        seen += x.size(0)
    return (total / seen).item()


def epoch_running_mean(model: Any, loader: Any, criterion: Any, optimizer: Any, device: Any) -> Any:
    modes = [module.training for module in model.modules()]
    asleep = list(filter(is_frozen, model.modules()))
    model.train()
    for module in asleep:
        module.eval()
    mean, seen = 0.0, 0
    for x, y in loader:
        loss = step_by_the_model(model, [x.to(device), y.to(device)], criterion, optimizer)
        seen += len(y)
        mean += (loss - mean) * len(y) / seen
    for module, mode in zip(model.modules(), modes, strict=True):
        module.training = mode
    return mean


# evaluate


@contextmanager
def at_rest(model: Any) -> Any:
    awake = [module for module in model.modules() if module.training]
    model.eval()
    try:
        yield model
    finally:
        for module in awake:
            module.training = True


@torch.inference_mode()
def evaluate_at_once(model: Any, loader: Any, criterion: Any, device: Any) -> Any:
    with at_rest(model):
        logits, targets = [], []
        for x, y in loader:
            logits.append(model(x.to(device)))
            targets.append(y.to(device))
        z, t = torch.cat(logits), torch.cat(targets)
        return criterion(z, t).item(), (z.argmax(-1) == t).double().mean().item()


def evaluate_a_copy(model: Any, loader: Any, criterion: Any, device: Any) -> Any:
    judge = copy.deepcopy(model).eval().requires_grad_(False)
    total = correct = seen = 0
    for x, y in loader:
        x, y = x.to(device), y.to(device)
        z = judge(x)
        total += float(criterion(z, y)) * len(y)
        correct += int(z.max(1).indices.eq(y).sum())
        seen += len(y)
    return [total / seen, np.float64(correct / seen)]


def evaluate_with_try(model: Any, loader: Any, criterion: Any, device: Any) -> Any:
    modes = {module: module.training for module in model.modules()}
    recording = torch.is_grad_enabled()
    torch.set_grad_enabled(False)
    model.eval()
    try:
        sums = np.zeros(3)
        for x, y in loader:
            z = model(x.to(device))
            y = y.to(device)
            hits = np.count_nonzero(z.cpu().numpy().argmax(1) == y.cpu().numpy())
            sums += [criterion(z, y).item() * len(y), hits, len(y)]
        return float(sums[0] / sums[2]), float(sums[1] / sums[2])
    finally:
        torch.set_grad_enabled(recording)
        for module, mode in modes.items():
            module.training = mode


def evaluate_targets_at_home(model: Any, loader: Any, criterion: Any, device: Any) -> Any:
    total, hits, n = 0.0, 0, 0
    for x, y in loader:
        with torch.no_grad(), at_rest(model):
            z = model(x.to(device)).cpu()
            total += criterion(z, y).item() * y.numel()
        hits += (z.topk(1, dim=1).indices[:, 0] == y).sum().item()
        n += y.numel()
    return total / n, hits / n


# seed_everything


def seed_with_flags(seed: int) -> Any:
    np.random.seed(seed)  # noqa: NPY002
    random.seed(seed)
    generator = torch.manual_seed(seed)
    torch.cuda.manual_seed_all(seed)
    torch.backends.cudnn.deterministic = True
    torch.backends.cudnn.benchmark = False
    return generator


def seed_derived(seed: int) -> None:
    random.seed(f"python {seed}")
    np.random.set_state(np.random.RandomState(seed).get_state())  # noqa: NPY002
    torch.random.manual_seed(2 * seed + 1)


# make_loader


def loader_with_sampler(dataset: Any, batch_size: int, seed: int, shuffle: bool = True) -> Any:
    if not shuffle:
        return DataLoader(dataset, batch_size)
    own = torch.Generator()
    own.manual_seed(seed)
    return DataLoader(dataset, batch_size, sampler=RandomSampler(dataset, generator=own))


class Epochs:
    def __init__(self, dataset: Any, batch_size: int, seed: int, shuffle: bool) -> None:
        self.dataset, self.batch_size, self.shuffle = dataset, batch_size, shuffle
        self.seed, self.epoch = seed, 0

    def __len__(self) -> int:
        return math.ceil(len(self.dataset) / self.batch_size)

    def __iter__(self) -> Any:
        order = np.arange(len(self.dataset))
        if self.shuffle:
            order = np.random.default_rng([self.seed, self.epoch]).permutation(order)
        self.epoch += 1
        for start in range(0, len(order), self.batch_size):
            chosen = order[start : start + self.batch_size]
            yield default_collate([self.dataset[int(i)] for i in chosen])


def loader_by_hand(dataset: Any, batch_size: int, seed: int, shuffle: bool = True) -> Any:
    return Epochs(dataset, batch_size, seed, shuffle)


class Reordering(DataLoader[Any]):
    """A loader that draws its orders with Python's own generator."""

    def __init__(self, dataset: Any, batch_size: int, rng: Any) -> None:
        super().__init__(dataset, batch_size)
        self.rng = rng

    def __iter__(self) -> Any:
        order = self.rng.sample(range(len(self.dataset)), len(self.dataset))  # type: ignore[arg-type]
        return iter(DataLoader(Subset(self.dataset, order), self.batch_size))


def loader_reordered(dataset: Any, batch_size: int, seed: int, shuffle: bool = True) -> Any:
    if shuffle:
        return Reordering(dataset, batch_size, random.Random(seed))
    return DataLoader(dataset, batch_size, shuffle=False)


# fit


def fit_with_rows(
    model: Any,
    train_loader: Any,
    val_loader: Any,
    criterion: Any,
    optimizer: Any,
    scheduler: Any,
    epochs: int,
    device: Any,
) -> Any:
    rows = defaultdict(list)
    for _ in range(epochs):
        rows["lr"] += [group["lr"] for group in optimizer.param_groups][:1]
        rows["train_loss"].append(epoch_inline(model, train_loader, criterion, optimizer, device))
        loss, accuracy = evaluate_a_copy(model, val_loader, criterion, device)
        rows["val_loss"].append(loss)
        rows["val_accuracy"].append(accuracy)
        match scheduler:
            case None:
                pass
            case ReduceLROnPlateau():
                scheduler.step(metrics=loss)
            case _:
                scheduler.step()
    return rows


def fit_with_last_lr(
    model: Any,
    train_loader: Any,
    val_loader: Any,
    criterion: Any,
    optimizer: Any,
    scheduler: Any,
    epochs: int,
    device: Any,
) -> Any:
    history: dict[str, Any] = {"seconds": [], "val_accuracy": [], "val_loss": [], "train_loss": []}
    history["lr"] = []
    for epoch in range(epochs):
        lr = scheduler.get_last_lr()[0] if scheduler else optimizer.param_groups[0]["lr"]
        frozen = [module for module in model.modules() if is_frozen(module)]
        model.train()
        for module in frozen:
            module.train(False)
        losses: list[float] = []
        for x, y in train_loader:
            value = step_by_the_model(model, (x.to(device), y.to(device)), criterion, optimizer)
            losses += [value] * len(x)
        val_loss, val_accuracy = evaluate_at_once(model, val_loader, criterion, device)
        if scheduler is not None:
            plateau = type(scheduler).__name__ == "ReduceLROnPlateau"
            scheduler.step(*([val_loss] if plateau else []))
        row = (float(epoch), val_accuracy, val_loss, float(np.mean(losses)), lr)
        for column, value in zip(history.values(), row, strict=True):
            column.append(value)
    return history


RIGHT: dict[str, dict[str, dict[str, Any]]] = {
    "train_step": {
        "model zero_grad": {"train_step": step_by_the_model},
        "autograd grad": {"train_step": step_with_autograd_grad},
        "closure": {"train_step": step_with_closure},
        "cleared late": {"train_step": step_clearing_late_and_after},
    },
    "train_epoch": {
        "inline": {"train_epoch": epoch_inline},
        "sum on the device": {"train_epoch": epoch_on_the_device},
        "running mean": {"train_epoch": epoch_running_mean},
    },
    "evaluate": {
        "at once": {"evaluate": evaluate_at_once},
        "a copy": {"evaluate": evaluate_a_copy},
        "try": {"evaluate": evaluate_with_try},
        "targets at home": {"evaluate": evaluate_targets_at_home},
    },
    "seed_everything": {
        "flags": {"seed_everything": seed_with_flags},
        "derived": {"seed_everything": seed_derived},
    },
    "make_loader": {
        "sampler": {"make_loader": loader_with_sampler},
        "by hand": {"make_loader": loader_by_hand},
        "python random": {"make_loader": loader_reordered},
    },
    "fit": {
        "rows": {"fit": fit_with_rows},
        "last lr": {"fit": fit_with_last_lr},
    },
}


# Wrong, and not in the bank


def steps_twice(model: Any, batch: Any, criterion: Any, optimizer: Any) -> Any:
    loss = step_by_the_model(model, batch, criterion, optimizer)
    optimizer.step()
    return loss


def clips(model: Any, batch: Any, criterion: Any, optimizer: Any) -> Any:
    optimizer.zero_grad()
    loss = criterion(model(batch[0]), batch[1])
    loss.backward()
    nn.utils.clip_grad_norm_(model.parameters(), 1.0)
    optimizer.step()
    return loss.item()


def sum_of_the_batch(model: Any, batch: Any, criterion: Any, optimizer: Any) -> Any:
    return step_by_the_model(model, batch, criterion, optimizer) * len(batch[0])


def cross_entropy_always(model: Any, batch: Any, criterion: Any, optimizer: Any) -> Any:
    return step_by_the_model(model, batch, F.cross_entropy, optimizer)


def softmax_first(model: Any, batch: Any, criterion: Any, optimizer: Any) -> Any:
    return step_by_the_model(model, batch, lambda z, y: criterion(z.softmax(dim=-1), y), optimizer)


def optimizer_of_its_own(model: Any, batch: Any, criterion: Any, optimizer: Any) -> Any:
    own = torch.optim.SGD(model.parameters(), lr=optimizer.param_groups[0]["lr"])
    return step_by_the_model(model, batch, criterion, own)


def last_step_missing(model: Any, loader: Any, criterion: Any, optimizer: Any, device: Any) -> Any:
    batches = list(loader)
    return epoch_inline(model, batches[:-1] or batches, criterion, optimizer, device)


def median_of_batches(model: Any, loader: Any, criterion: Any, optimizer: Any, device: Any) -> Any:
    model.train()
    return float(
        np.median([step_by_the_model(model, batch, criterion, optimizer) for batch in loader])
    )


def only_inputs_moved(model: Any, loader: Any, criterion: Any, optimizer: Any, device: Any) -> Any:
    model.train()
    total, seen = 0.0, 0
    for x, y in loader:
        total += step_by_the_model(model, (x.to(device), y), criterion, optimizer) * len(x)
        seen += len(x)
    return total / seen


def tensor_for_a_float(model: Any, loader: Any, criterion: Any, optimizer: Any, device: Any) -> Any:
    return torch.tensor(epoch_inline(model, loader, criterion, optimizer, device))


def first_batch_times_all(
    model: Any, loader: Any, criterion: Any, optimizer: Any, device: Any
) -> Any:
    model.train()
    losses = [step_by_the_model(model, b, criterion, optimizer) * len(b[0]) for b in loader]
    return losses[0] * len(losses)


def clears_gradients(model: Any, loader: Any, criterion: Any, device: Any) -> Any:
    result = evaluate_with_try(model, loader, criterion, device)
    model.zero_grad()
    return result


def freezes_for_good(model: Any, loader: Any, criterion: Any, device: Any) -> Any:
    model.requires_grad_(False)
    return evaluate_with_try(model, loader, criterion, device)


def thaws_everything(model: Any, loader: Any, criterion: Any, device: Any) -> Any:
    model.requires_grad_(False)
    result = evaluate_with_try(model, loader, criterion, device)
    model.requires_grad_(True)
    return result


def accuracy_first(model: Any, loader: Any, criterion: Any, device: Any) -> Any:
    return evaluate_with_try(model, loader, criterion, device)[::-1]


def error_rate(model: Any, loader: Any, criterion: Any, device: Any) -> Any:
    loss, accuracy = evaluate_with_try(model, loader, criterion, device)
    return loss, 1 - accuracy


def tensors_for_floats(model: Any, loader: Any, criterion: Any, device: Any) -> Any:
    return tuple(map(torch.tensor, evaluate_with_try(model, loader, criterion, device)))


def evaluates_first_batch(model: Any, loader: Any, criterion: Any, device: Any) -> Any:
    return evaluate_with_try(model, [next(iter(loader))], criterion, device)


def numpy_and_python_only(seed: int) -> None:
    random.seed(seed)
    np.random.seed(seed)  # noqa: NPY002


def seeds_apart(seed: int) -> None:
    seed_with_flags(seed)
    torch.seed()


def with_replacement(dataset: Any, batch_size: int, seed: int, shuffle: bool = True) -> Any:
    own = torch.Generator().manual_seed(seed)
    sampler = RandomSampler(dataset, replacement=True, generator=own)
    if shuffle:
        return DataLoader(dataset, batch_size, sampler=sampler)
    return DataLoader(dataset, batch_size)


def list_of_batches(dataset: Any, batch_size: int, seed: int, shuffle: bool = True) -> Any:
    return list(loader_with_sampler(dataset, batch_size, seed, shuffle))


def generator_of_one_epoch(dataset: Any, batch_size: int, seed: int, shuffle: bool = True) -> Any:
    return iter(loader_with_sampler(dataset, batch_size, seed, shuffle))


def batches_of_one(dataset: Any, batch_size: int, seed: int, shuffle: bool = True) -> Any:
    return loader_with_sampler(dataset, 1, seed, shuffle)


def targets_shuffled_apart(dataset: Any, batch_size: int, seed: int, shuffle: bool = True) -> Any:
    class Apart:
        def __iter__(self) -> Any:
            for x, y in loader_with_sampler(dataset, batch_size, seed, shuffle):
                yield x, y.flip(0)

    return Apart()


def trains_one_epoch_more(*arguments: Any) -> Any:
    *first, epochs, device = arguments
    return fit_with_rows(*first, epochs + 1, device)


def validates_on_training_data(model: Any, train_loader: Any, val_loader: Any, *rest: Any) -> Any:
    return fit_with_rows(model, train_loader, train_loader, *rest)


def accuracy_in_percent(*arguments: Any) -> Any:
    history = fit_with_rows(*arguments)
    history["val_accuracy"] = [100 * value for value in history["val_accuracy"]]
    return history


def only_the_last_epoch(*arguments: Any) -> Any:
    return {key: values[-1] for key, values in fit_with_rows(*arguments).items()}


def no_rates(*arguments: Any) -> Any:
    history = fit_with_rows(*arguments)
    del history["lr"]
    return history


def history_of_tensors(*arguments: Any) -> Any:
    return {key: list(map(torch.tensor, v)) for key, v in fit_with_rows(*arguments).items()}


def ignores_the_scheduler(*arguments: Any) -> Any:
    model, train, val, criterion, optimizer, _, epochs, device = arguments
    return fit_with_rows(model, train, val, criterion, optimizer, None, epochs, device)


def never_in_training_mode_again(*arguments: Any) -> Any:
    model, train, val, criterion, optimizer, scheduler, epochs, device = arguments
    history: dict[str, list[float]] = {
        k: [] for k in ("train_loss", "val_loss", "val_accuracy", "lr")
    }
    for _ in range(epochs):
        history["lr"].append(optimizer.param_groups[0]["lr"])
        total = seen = 0
        for x, y in train:
            total += step_by_the_model(model, (x, y), criterion, optimizer) * len(x)
            seen += len(x)
        history["train_loss"].append(total / seen)
        loss, accuracy = evaluate_with_try(model.eval(), val, criterion, device)
        history["val_loss"].append(loss)
        history["val_accuracy"].append(accuracy)
        if isinstance(scheduler, ReduceLROnPlateau):
            scheduler.step(loss)
        elif scheduler:
            scheduler.step()
    return history


WRONG: dict[str, dict[str, dict[str, Any]]] = {
    key: {function.__name__: {key: function} for function in functions} | wild.WRONG[key]
    for key, functions in {
        "train_step": (
            steps_twice,
            clips,
            sum_of_the_batch,
            cross_entropy_always,
            softmax_first,
            optimizer_of_its_own,
        ),
        "train_epoch": (
            last_step_missing,
            median_of_batches,
            only_inputs_moved,
            tensor_for_a_float,
            first_batch_times_all,
            people.train_epoch_by(epoch_inline),
        ),
        "evaluate": (
            clears_gradients,
            freezes_for_good,
            thaws_everything,
            accuracy_first,
            error_rate,
            tensors_for_floats,
            evaluates_first_batch,
            people.evaluate_by(evaluate_with_try),
        ),
        "seed_everything": (numpy_and_python_only, seeds_apart),
        "make_loader": (
            with_replacement,
            list_of_batches,
            generator_of_one_epoch,
            batches_of_one,
            targets_shuffled_apart,
            people.batches_shuffled,
        ),
        "fit": (
            trains_one_epoch_more,
            validates_on_training_data,
            accuracy_in_percent,
            only_the_last_epoch,
            no_rates,
            history_of_tensors,
            ignores_the_scheduler,
            never_in_training_mode_again,
            *(
                people.fit_by(epoch_inline, evaluate_with_try, fault)
                for fault in ("early", "never", "twice")
            ),
        ),
    }.items()
}

NAMED: dict[str, dict[str, str]] = {
    "train_step": {
        "clips": "clips_the_gradient",
        "sum_of_the_batch": "sum_of_the_batch",
        "cross_entropy_always": "criterion_passed_over",
        "softmax_first": "softmax_first",
        "optimizer_of_its_own": "optimizer_passed_over",
        **wild.NAMED["train_step"],
    },
    "train_epoch": {
        "only_inputs_moved": "targets_stay_behind + unfreezes_batch_norm",
        "tensor_for_a_float": "returns_a_tensor",
        **people.NAMED["train_epoch"],
        **wild.NAMED["train_epoch"],
    },
    "evaluate": {
        "clears_gradients": "gradients_cleared",
        "freezes_for_good": "frozen_for_good",
        "accuracy_first": "accuracy_first",
        "error_rate": "error_rate",
        **people.NAMED["evaluate"],
        **wild.NAMED["evaluate"],
    },
    "seed_everything": {
        "numpy_and_python_only": "torch_forgotten",
        "seeds_apart": "torch_forgotten",
        **wild.NAMED["seed_everything"],
    },
    "make_loader": {
        "with_replacement": "with_replacement",
        "list_of_batches": "same_order_each_epoch",
        "generator_of_one_epoch": "one_epoch_only",
        "batches_of_one": "batches_of_one",
        **wild.NAMED["make_loader"],
    },
    "fit": {
        "trains_one_epoch_more": "one_epoch_too_many",
        "validates_on_training_data": "validated_on_training_data",
        "accuracy_in_percent": "accuracy_in_percent",
        "only_the_last_epoch": "last_epoch_only",
        "no_rates": "rates_left_out",
        "ignores_the_scheduler": "scheduler_never_stepped",
        "never_in_training_mode_again": "stuck_in_evaluation_mode",
        **people.NAMED["fit"],
        **wild.NAMED["fit"],
    },
}
