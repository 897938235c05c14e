"""Answers to lesson 15 as they were met: symptoms that are hidden, and faults that are added."""

from typing import Any

import numpy as np
import torch
from torch import nn
from torch.nn import functional as F

from .clinic_parts import as_answers

# Right.


def weighted_batch_means(model: Any, loader: Any) -> Any:
    """The mean of the batches' accuracies, each by its size: another rounding for each cutting."""
    model.eval()
    total, seen = 0.0, 0
    with torch.no_grad():
        for x, y in loader:
            total += (model(x).argmax(1) == y).float().mean().item() * len(y)
            seen += len(y)
    model.train()
    return total / seen


def ones_elsewhere(probabilities: Any, targets: Any) -> Any:
    chosen = F.one_hot(targets, probabilities.shape[1]).bool()
    return -torch.where(chosen, probabilities, 1.0).log().sum(dim=1).mean()


def shuffled_pairs(x: Any, y: Any, batch_size: Any, seed: Any) -> Any:
    order = torch.rand(len(x), generator=torch.Generator().manual_seed(seed)).argsort()
    return [(x[rows], y[rows]) for rows in order.split(batch_size)]


# Wrong.


def counts_by_batches(model: Any, loader: Any) -> Any:
    """Divided by the number of batches, and left in evaluation mode."""
    model.eval()
    with torch.no_grad():
        right = sum((model(x).argmax(1) == y).sum().item() for x, y in loader)
    return right / len(loader)


def same_dropout_each_time(model: Any, loader: Any) -> Any:
    torch.manual_seed(0)
    with torch.no_grad():
        hits = [model(x).argmax(1) == y for x, y in loader]
    return torch.cat(hits).double().mean().item()


def split_and(statistics: Any, best: bool = False) -> Any:
    """A split whose shift and scale are those that `statistics` makes of the training rows."""

    def loop(x: Any, y: Any, model: Any, epochs: Any, seed: Any) -> Any:
        order = torch.randperm(len(x), generator=torch.Generator().manual_seed(seed))
        test, train = order[: len(x) // 5], order[len(x) // 5 :]
        shift, scale = statistics(x[train])
        x = (x - shift) / scale
        optimizer = torch.optim.SGD(model.parameters(), lr=0.1)
        seen = []
        for _ in range(epochs):
            optimizer.zero_grad()
            F.cross_entropy(model(x[train]), y[train]).backward()
            optimizer.step()
            if best:
                with torch.no_grad():
                    seen.append((model(x[test]).argmax(1) == y[test]).float().mean().item())
        with torch.no_grad():
            last = (model(x[test]).argmax(1) == y[test]).float().mean().item()
        return max(seen, default=last)

    return loop


def neighbours(x: Any, y: Any, batch_size: Any, seed: Any) -> Any:
    draw = torch.Generator().manual_seed(seed)
    for a, b in zip(x.split(batch_size), y.split(batch_size), strict=True):
        rows = torch.randperm(len(a), generator=draw)
        yield a[rows], b[rows]


def rolled(x: Any, y: Any, batch_size: Any, seed: Any) -> Any:
    for rows in torch.arange(len(x)).roll(seed % 29 + 1).split(batch_size):
        yield x[rows], y[rows]


def shuffled_where_they_are(x: Any, y: Any, batch_size: Any, seed: Any) -> Any:
    order = torch.randperm(len(x), generator=torch.Generator().manual_seed(seed))
    x[:], y[:] = x[order], y[order]
    yield from zip(x.split(batch_size), y.split(batch_size), strict=True)


def nan_taken_out(probabilities: Any, targets: Any) -> Any:
    """The value is right; the way back still divides 0 by 0."""
    chosen = F.one_hot(targets, probabilities.shape[1])
    return -(chosen * probabilities.log()).nansum(1).mean()


def scaled_epoch(steps: Any, kind: Any = torch.float16) -> Any:
    """An epoch whose lines behind backward are `steps`."""

    def loop(
        model: Any, loader: Any, criterion: Any, optimizer: Any, scaler: Any, max_norm: Any
    ) -> Any:
        losses = []
        for x, y in loader:
            optimizer.zero_grad()
            with torch.autocast("cpu", dtype=kind, enabled=kind is not torch.float32):
                loss = criterion(model(x), y)
            scaler.scale(loss).backward()
            steps(model, optimizer, scaler, max_norm)
            scaler.update()
            losses.append(loss.item())
        return losses

    return loop


def as_asked(model: Any, optimizer: Any, scaler: Any, max_norm: Any) -> None:
    scaler.unscale_(optimizer)
    nn.utils.clip_grad_norm_(model.parameters(), max_norm)
    scaler.step(optimizer)


def zeros_for_infinities(model: Any, optimizer: Any, scaler: Any, max_norm: Any) -> None:
    """Momentum moves the weights on where the scaler would have left the step out."""
    scaler.unscale_(optimizer)
    for p in model.parameters():
        p.grad.nan_to_num_(0.0, 0.0, 0.0)
    nn.utils.clip_grad_norm_(model.parameters(), max_norm)
    optimizer.step()


def told_its_epoch(
    model: Any, loader: Any, criterion: Any, optimizer: Any, scheduler: Any, epochs: Any
) -> Any:
    rates = []
    for epoch in range(epochs):
        rates.append(optimizer.param_groups[0]["lr"])
        for x, y in loader:
            optimizer.zero_grad()
            criterion(model(x), y).backward()
            optimizer.step()
        scheduler.step(epoch)
    return rates


def tree(diverges: Any, overfits: Any) -> Any:
    """A tree with two questions of its own, of both lists over the first training loss."""

    def diagnose(history: Any) -> Any:
        train, val = (np.array(history[name]) for name in ("train_loss", "val_loss"))
        train, val = train / train[0], val / train[0]
        if not np.isfinite([train, val]).all() or diverges(train, val):
            return "diverging"
        if overfits(train, val):
            return "overfitting"
        if train[-1] > 0.75:
            return "underfitting"
        return (
            "plateau" if train[-1] > 0.4 and np.ptp(train[len(train) // 2 :]) < 0.03 else "healthy"
        )

    return diagnose


def ends_above(train: Any, val: Any) -> bool:
    return bool(train[-1] > 1)


def climbs(train: Any, val: Any) -> bool:
    return bool(val[-1] >= 1.2 * val.min())


RIGHT = {
    **as_answers("loop_04", weighted=weighted_batch_means),
    **as_answers("loop_06", pairs=shuffled_pairs),
    **as_answers("loop_07", ones=ones_elsewhere),
    **as_answers("loop_10", steps=scaled_epoch(as_asked)),
    **as_answers("diagnose", tree=tree(ends_above, climbs)),
}
WRONG = {
    **as_answers("loop_04", by_batches=counts_by_batches, seeded=same_dropout_each_time),
    **as_answers(
        "loop_05",
        best=split_and(lambda known: (known.mean(0), known.std(0)), best=True),
        centred=split_and(lambda known: (known.mean(0), 1.0)),
        one_for_all=split_and(lambda known: (known.mean(), known.std())),
    ),
    **as_answers("loop_06", near=neighbours, rolled=rolled, in_place=shuffled_where_they_are),
    **as_answers("loop_07", taken_out=nan_taken_out),
    **as_answers(
        "loop_10",
        no_half=scaled_epoch(as_asked, torch.float32),
        zeros=scaled_epoch(zeros_for_infinities),
    ),
    **as_answers("loop_11", told=told_its_epoch),
    **as_answers(
        "diagnose",
        gap=tree(ends_above, lambda train, val: val[-1] - train[-1] > 0.1),
        ever=tree(lambda train, val: train.max() > 1, climbs),
        validation=tree(lambda train, val: max(train[-1], val[-1] / val[0]) > 1, climbs),
    ),
}
NAMED: dict[str, dict[str, str]] = {
    "loop_04": {"by batches": "divided_by_batches", "seeded": "seeded_instead"},
    "loop_05": {
        "best": "best_of_the_test",
        "centred": "only_centred",
        "one for all": "one_mean_for_all_columns",
    },
    "loop_06": {
        "near": "shuffled_within_batches",
        "rolled": "rolled_by_the_seed",
        "in place": "shuffled_in_place",
    },
    "loop_07": {"taken out": "logarithm_mended_behind"},
    "loop_10": {"no half": "in_float32"},
    "loop_11": {"told": "told_the_number_of_this_epoch"},
    "diagnose": {"gap": "gap_of_a_tenth", "ever": "ever_above_its_start"},
}
