"""Answers to the other loops of lesson 15, and to `diagnose`."""

import copy
from pathlib import Path
from typing import Any

import numpy as np
import torch
from torch import nn
from torch.nn import functional as F
from torch.utils.data import DataLoader, TensorDataset

# loop_04


@torch.inference_mode()
def asked_as_a_copy(model: Any, loader: Any) -> Any:
    judge = copy.deepcopy(model)
    judge.eval()
    hits = [(judge(x).max(dim=1).indices == y).double() for x, y in loader]
    return float(torch.cat(hits).mean())


def asked_with_finally(model: Any, loader: Any) -> Any:
    was = model.training
    model.train(False)
    good = total = 0
    try:
        with torch.no_grad():
            for x, y in loader:
                good += int(torch.eq(model(x).argmax(-1), y).sum())
                total += y.numel()
    finally:
        model.train(was)
    return good / total


def asked_and_left(model: Any, loader: Any) -> Any:
    model.eval()
    with torch.no_grad():
        hits = [(model(x).argmax(dim=1) == y).float() for x, y in loader]
    return torch.cat(hits).mean().item()


# loop_05


def split_by_numpy(x: Any, y: Any, model: Any, epochs: Any, seed: Any) -> Any:
    """Another generator, another part for the test, mini-batches, Adam, deviations over N."""
    rng = np.random.default_rng(seed)
    order = torch.tensor(rng.permutation(len(x)))
    cut = int(0.75 * len(x))
    train, test = order[:cut], order[cut:]
    mean, std = x[train].mean(0), x[train].std(0, unbiased=False)
    ready_x, ready_y = (x[train] - mean) / std, y[train]
    optimizer = torch.optim.Adam(model.parameters(), lr=1e-2)
    for _ in range(epochs):
        for rows in torch.randperm(cut).split(16):
            loss = F.cross_entropy(model(ready_x[rows]), ready_y[rows])
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
    model.eval()
    with torch.inference_mode():
        guesses = model((x[test] - mean) / std).argmax(1)
    return (guesses == y[test]).double().mean().item()


def split_by_sets(x: Any, y: Any, model: Any, epochs: Any, seed: Any) -> Any:
    data = TensorDataset(x, y)
    sizes = [len(x) - len(x) // 5, len(x) // 5]
    draw = torch.Generator().manual_seed(seed)
    known, held = torch.utils.data.random_split(data, sizes, generator=draw)
    (train_x, train_y), (test_x, test_y) = (
        next(iter(DataLoader(part, batch_size=len(part)))) for part in (known, held)
    )
    shift, scale = train_x.mean(dim=0, keepdim=True), train_x.std(dim=0, keepdim=True) + 1e-8
    train_x, test_x = (train_x - shift) / scale, (test_x - shift) / scale
    optimizer = torch.optim.SGD(model.parameters(), lr=0.1, momentum=0.9)
    for _ in range(epochs):
        model.train()
        optimizer.zero_grad()
        F.cross_entropy(model(train_x), train_y).backward()
        optimizer.step()
        with torch.no_grad():  # a look at the curves on the way
            model(train_x)
    with torch.no_grad():
        return np.mean((model.eval()(test_x).argmax(1) == test_y).numpy())


def split_then_scaled_together(x: Any, y: Any, model: Any, epochs: Any, seed: Any) -> Any:
    order = torch.tensor(np.random.default_rng(seed).permutation(len(x)))
    test, train = order[: len(x) // 5], order[len(x) // 5 :]
    everything = torch.cat([x[train], x[test]])
    mean, std = everything.mean(0), everything.std(0)
    optimizer = torch.optim.SGD(model.parameters(), lr=0.1)
    for _ in range(epochs):
        optimizer.zero_grad()
        F.cross_entropy(model((x[train] - mean) / std), y[train]).backward()
        optimizer.step()
    with torch.no_grad():
        return (model((x[test] - mean) / std).argmax(1) == y[test]).float().mean().item()


def each_part_by_itself(x: Any, y: Any, model: Any, epochs: Any, seed: Any) -> Any:
    order = torch.tensor(np.random.default_rng(seed).permutation(len(x)))
    test, train = order[: len(x) // 5], order[len(x) // 5 :]
    known = (x[train] - x[train].mean(0)) / x[train].std(0)
    held = (x[test] - x[test].mean(0)) / x[test].std(0)
    optimizer = torch.optim.SGD(model.parameters(), lr=0.1)
    for _ in range(epochs):
        optimizer.zero_grad()
        F.cross_entropy(model(known), y[train]).backward()
        optimizer.step()
    with torch.no_grad():
        return (model(held).argmax(1) == y[test]).float().mean().item()


# loop_06


def two_generators_of_one_seed(x: Any, y: Any, batch_size: Any, seed: Any) -> Any:
    x = x[torch.randperm(len(x), generator=torch.Generator().manual_seed(seed))]
    y = y[torch.randperm(len(y), generator=torch.Generator().manual_seed(seed))]
    for begin in range(0, len(x), batch_size):
        yield x[begin : begin + batch_size], y[begin : begin + batch_size]


def by_a_loader(x: Any, y: Any, batch_size: Any, seed: Any) -> Any:
    draw = torch.Generator().manual_seed(seed)
    yield from DataLoader(TensorDataset(x, y), batch_size, shuffle=True, generator=draw)


def by_numpy(x: Any, y: Any, batch_size: Any, seed: Any) -> Any:
    order = np.random.default_rng(seed).permutation(len(x))
    return ((x[rows], y[rows]) for rows in torch.tensor(order).split(batch_size))


def unshuffled(x: Any, y: Any, batch_size: Any, seed: Any) -> Any:
    for begin in range(0, len(x), batch_size):
        yield x[begin : begin + batch_size], y[begin : begin + batch_size]


# loop_07


def picked(probabilities: Any, targets: Any) -> Any:
    return -probabilities[torch.arange(len(targets)), targets].log().mean()


def gathered_and_clamped(probabilities: Any, targets: Any) -> Any:
    true_ones = probabilities.gather(1, targets[:, None]).clamp(1e-7, 1.0)
    return true_ones.log().neg().mean()


def with_xlogy(probabilities: Any, targets: Any) -> Any:
    return -torch.xlogy(F.one_hot(targets, probabilities.shape[1]), probabilities).sum(1).mean()


def by_log_softmax(probabilities: Any, targets: Any) -> Any:
    logs = torch.log_softmax(probabilities.clamp_min(1e-9).log(), dim=1)
    return F.nll_loss(logs, targets)


def with_a_tiny_eps(probabilities: Any, targets: Any) -> Any:
    chosen = F.one_hot(targets, probabilities.size(1)).to(probabilities)
    return -(chosen * (probabilities + 1e-8).log()).sum(dim=1).mean()


def logs_made_finite(probabilities: Any, targets: Any) -> Any:
    chosen = F.one_hot(targets, probabilities.shape[1])
    return -(chosen * probabilities.log().nan_to_num(neginf=-100.0)).sum() / len(targets)


def with_a_large_eps(probabilities: Any, targets: Any) -> Any:
    return -(probabilities + 1e-3).log()[torch.arange(len(targets)), targets].mean()


def nan_to_zero(probabilities: Any, targets: Any) -> Any:
    chosen = F.one_hot(targets, probabilities.shape[1])
    return torch.nan_to_num(-(chosen * probabilities.log()).sum(1)).mean()


# loop_10


def limit_times_the_scale(
    model: Any, loader: Any, criterion: Any, optimizer: Any, scaler: Any, max_norm: Any
) -> Any:
    """Clipped while scaled, at a limit that is scaled as well."""
    losses = []
    for x, y in loader:
        optimizer.zero_grad()
        with torch.autocast(x.device.type, dtype=torch.float16):
            loss = criterion(model(x), y)
        scaler.scale(loss).backward()
        nn.utils.clip_grad_norm_(model.parameters(), max_norm * scaler.get_scale())
        scaler.step(optimizer)
        scaler.update()
        losses.append(loss.item())
    return losses


def clipped_by_hand(
    model: Any, loader: Any, criterion: Any, optimizer: Any, scaler: Any, max_norm: Any
) -> Any:
    out = []
    for batch in loader:
        model.zero_grad(set_to_none=True)
        with torch.amp.autocast("cpu", torch.float16):
            loss = criterion(model(batch[0]), batch[1])
        out.append(loss.detach().float().item())
        scaler.scale(loss).backward()
        scaler.unscale_(optimizer)
        grads = [p.grad for p in model.parameters() if p.grad is not None]
        norm = torch.stack([g.norm() for g in grads]).norm()
        if norm > max_norm:
            for g in grads:
                g *= max_norm / norm
        scaler.step(optimizer)
        scaler.update()
    return out


def clip_forgotten(
    model: Any, loader: Any, criterion: Any, optimizer: Any, scaler: Any, max_norm: Any
) -> Any:
    return limit_times_the_scale(model, loader, criterion, optimizer, scaler, 1e9)


# loop_11


def rates_from_the_schedule(
    model: Any, loader: Any, criterion: Any, optimizer: Any, scheduler: Any, epochs: Any
) -> Any:
    rates = []
    for epoch in range(epochs):
        if epoch:
            scheduler.step()
        rates += scheduler.get_last_lr()
        for x, y in loader:
            loss = criterion(model(x), y)
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
    return rates


def stepped_with_the_last_batch(
    model: Any, loader: Any, criterion: Any, optimizer: Any, scheduler: Any, epochs: Any
) -> Any:
    rates = np.zeros(epochs)
    for epoch in range(epochs):
        rates[epoch] = optimizer.param_groups[0]["lr"]
        for number, (x, y) in enumerate(loader, 1):
            optimizer.zero_grad()
            criterion(model(x), y).backward()
            optimizer.step()
            if number == len(loader):
                scheduler.step()
    return list(rates)


def rates_afterwards(
    model: Any, loader: Any, criterion: Any, optimizer: Any, scheduler: Any, epochs: Any
) -> Any:
    rates = []
    for _ in range(epochs):
        for x, y in loader:
            optimizer.zero_grad()
            criterion(model(x), y).backward()
            optimizer.step()
        scheduler.step()
        rates.append(scheduler.get_last_lr()[0])
    return rates


# loop_12


def optimizer_first(path: Any, model: Any, optimizer: Any) -> Any:
    with Path(path).open("rb") as file:
        saved = torch.load(file, map_location="cpu", weights_only=True)
    optimizer.load_state_dict(saved["optimizer"])
    model.load_state_dict(saved["model"], strict=True)
    return int(saved["epoch"])


def every_part_that_there_is(path: Any, model: Any, optimizer: Any) -> Any:
    saved = torch.load(path, weights_only=True)
    for name, part in {"model": model, "optimizer": optimizer}.items():
        part.load_state_dict(saved[name])
    torch.set_rng_state(saved["random"]["torch"])
    return saved["epoch"]


def rate_only(path: Any, model: Any, optimizer: Any) -> Any:
    saved = torch.load(path, weights_only=True)
    model.load_state_dict(saved["model"])
    for mine, theirs in zip(
        optimizer.param_groups, saved["optimizer"]["param_groups"], strict=True
    ):
        mine.update({k: v for k, v in theirs.items() if k != "params"})
    return saved["epoch"]


# diagnose


def by_ratios(history: Any) -> Any:
    train = np.array(history["train_loss"], dtype=float)
    val = np.array(history["val_loss"], dtype=float)
    if not (np.isfinite(train).all() and np.isfinite(val).all()):
        return "diverging"
    train, val = train / train[0], val / train[0]
    if train[-1] > 1:
        return "diverging"
    best = int(val.argmin())
    if val[-1] / val[best] > 1.2 and train[best:].min() < train[best]:
        return "overfitting"
    half = train[len(train) // 2 :]
    if 0.4 < train[-1] <= 2 / 3 and np.ptp(half) < 0.03:
        return "plateau"
    if train[-1] > 0.75 and abs(val[-1] - train[-1]) < 0.1:
        return "underfitting"
    return "healthy"


def as_a_list_of_questions(history: Any) -> Any:
    """From the last word to the first: the first yes wins."""
    train, val = list(history["train_loss"]), list(history["val_loss"])
    start, end, middle = train[0], train[-1], train[len(train) // 2]
    finite = bool(torch.isfinite(torch.tensor(train + val)).all())
    questions = {
        "diverging": not finite or end > start,
        "overfitting": finite and val[-1] > 1.2 * min(val[:-1]),
        "healthy": end < 0.4 * start and val[-1] < 0.4 * start,
        "plateau": end < start * 0.67 and abs(middle - end) < 0.03 * start,
        "underfitting": end > 0.75 * start,
    }
    return next((word for word, yes in questions.items() if yes), "healthy")


def without_nan(history: Any) -> Any:
    train, val = history["train_loss"], history["val_loss"]
    if train[-1] > train[0]:
        return "diverging"
    if val[-1] > 1.2 * min(val):
        return "overfitting"
    if train[-1] > 0.75 * train[0]:
        return "underfitting"
    return "plateau" if train[-1] > 0.4 * train[0] else "healthy"


def as_answers(key: str, **labelled: Any) -> dict[str, dict[str, dict[str, Any]]]:
    return {key: {label.replace("_", " "): {key: one} for label, one in labelled.items()}}


RIGHT_PARTS: dict[str, dict[str, dict[str, Any]]] = {
    **as_answers("loop_04", copy=asked_as_a_copy, with_finally=asked_with_finally),
    **as_answers("loop_05", numpy=split_by_numpy, sets=split_by_sets),
    **as_answers(
        "loop_06", one_seed=two_generators_of_one_seed, loader=by_a_loader, numpy=by_numpy
    ),
    **as_answers(
        "loop_07",
        picked=picked,
        clamped=gathered_and_clamped,
        log_softmax=by_log_softmax,
        tiny_eps=with_a_tiny_eps,
    ),
    **as_answers("loop_10", scaled_limit=limit_times_the_scale, by_hand=clipped_by_hand),
    **as_answers("loop_11", schedule=rates_from_the_schedule, last=stepped_with_the_last_batch),
    **as_answers("loop_12", optimizer_first=optimizer_first, every_part=every_part_that_there_is),
    **as_answers("diagnose", ratios=by_ratios, questions=as_a_list_of_questions),
}
WRONG_PARTS: dict[str, dict[str, dict[str, Any]]] = {
    **as_answers("loop_04", left=asked_and_left),
    **as_answers("loop_05", together=split_then_scaled_together, apart=each_part_by_itself),
    **as_answers("loop_06", unshuffled=unshuffled),
    **as_answers(
        "loop_07",
        large_eps=with_a_large_eps,
        nan_to_zero=nan_to_zero,
        xlogy=with_xlogy,
        finite_logs=logs_made_finite,
    ),
    **as_answers("loop_10", forgotten=clip_forgotten),
    **as_answers("loop_11", afterwards=rates_afterwards),
    **as_answers("loop_12", rate_only=rate_only),
    **as_answers("diagnose", no_nan=without_nan),
}
NAMED_PARTS: dict[str, dict[str, str]] = {
    "loop_04": {"left": "left_in_evaluation"},
    "loop_05": {"together": "scaled_by_all_rows", "apart": "test_scaled_by_itself"},
    "loop_06": {"unshuffled": "not_shuffled"},
    "loop_07": {
        "large eps": "a_thousandth_added",
        "nan to zero": "nan_counted_as_nothing",
        "xlogy": "logarithm_mended_behind",
        "finite logs": "logarithm_mended_behind",
    },
    "loop_10": {"forgotten": "never_clipped"},
    "loop_11": {"afterwards": "rate_of_the_next_epoch"},
    "loop_12": {"rate only": "only_the_rate"},
}
