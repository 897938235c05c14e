"""Answers to the accumulated epoch of lesson 11."""

from itertools import islice
from typing import Any

import torch

Args = Any


def in_lists_of_batches(
    model: Any, loader: Any, criterion: Any, optimizer: Any, accumulation_steps: Any, device: Any
) -> Any:
    """Collects a group's batches first, so that its size is known."""
    model.train()
    total, seen, batches = 0.0, 0, iter(loader)
    while group := list(islice(batches, accumulation_steps)):
        n = sum(len(x) for x, _ in group)
        optimizer.zero_grad()
        for x, y in group:
            x, y = x.to(device), y.to(device)
            loss = criterion(model(x), y) * (len(x) / n)
            loss.backward()
            total += loss.item() * n
        optimizer.step()
        seen += n
    return total / seen


def by_rescaling(
    model: Any, loader: Any, criterion: Any, optimizer: Any, accumulation_steps: Any, device: Any
) -> Any:
    """Keeps the gradient a running mean: what is there shrinks as more samples come."""
    model.train()
    parameters = [p for group in optimizer.param_groups for p in group["params"]]
    optimizer.zero_grad(set_to_none=False)
    losses, sizes, held = [], [], 0
    for i, batch in enumerate(loader):
        x, y = (part.to(device) for part in batch)
        n = x.shape[0]
        for p in parameters:
            if p.grad is not None:
                p.grad *= held / (held + n)
        held += n
        loss = criterion(model(x), y)
        (loss * n / held).backward()
        losses.append(loss.detach())
        sizes.append(n)
        if (i + 1) % accumulation_steps == 0:
            optimizer.step()
            optimizer.zero_grad(set_to_none=False)
            held = 0
    if held:
        optimizer.step()
    weights = torch.tensor(sizes, dtype=torch.float64)
    return float((torch.stack(losses).cpu().double() * weights).sum() / weights.sum())


def with_a_look_ahead(
    model: Any, loader: Any, criterion: Any, optimizer: Any, accumulation_steps: Any, device: Any
) -> Any:
    """Asks for the next batch before it decides about the step."""
    model.train()
    model.zero_grad()
    total = samples = in_group = steps = 0
    stream = iter(loader)
    batch = next(stream)
    while batch is not None:
        x, y = batch[0].to(device), batch[1].to(device)
        loss = criterion(model(x), y)
        (loss * x.size(0)).backward()
        total += loss.item() * x.size(0)
        samples += x.size(0)
        in_group += x.size(0)
        steps += 1
        batch = next(stream, None)
        if steps == accumulation_steps or batch is None:
            for p in model.parameters():
                if p.grad is not None:
                    p.grad = p.grad / in_group
            optimizer.step()
            model.zero_grad()
            in_group = steps = 0
    return total / samples


def by_grad_function(
    model: Any, loader: Any, criterion: Any, optimizer: Any, accumulation_steps: Any, device: Any
) -> Any:
    """Adds up gradients of its own, and puts them into .grad at the end of a group."""
    model.train()
    wanted = [p for p in model.parameters() if p.requires_grad]
    sums: Any = None
    total, seen, n, k = 0.0, 0, 0, 0

    def step() -> None:
        for p, g in zip(wanted, sums, strict=True):
            p.grad = g / n
        optimizer.step()

    for x, y in loader:
        x, y = x.to(device), y.to(device)
        loss = criterion(model(x), y)
        grads = [len(x) * g for g in torch.autograd.grad(loss, wanted)]
        sums = grads if sums is None else [a + b for a, b in zip(sums, grads, strict=True)]
        total, seen, n, k = total + loss.item() * len(x), seen + len(x), n + len(x), k + 1
        if k == accumulation_steps:
            step()
            sums, n, k = None, 0, 0
    if k:
        step()
    return total / seen


# wrong


def the_usual_loop(
    model: Any, loader: Any, criterion: Any, optimizer: Any, accumulation_steps: Any, device: Any
) -> Any:
    model.train()
    optimizer.zero_grad()
    total = count = 0
    for i, (x, y) in enumerate(loader):
        x, y = x.to(device), y.to(device)
        loss = criterion(model(x), y) / accumulation_steps
        loss.backward()
        total += loss.item() * accumulation_steps * len(x)
        count += len(x)
        if (i + 1) % accumulation_steps == 0:
            optimizer.step()
            optimizer.zero_grad()
    return total / count


def the_usual_loop_with_a_last_step(
    model: Any, loader: Any, criterion: Any, optimizer: Any, accumulation_steps: Any, device: Any
) -> Any:
    model.train()
    optimizer.zero_grad()
    total = count = waiting = 0
    for x, y in loader:
        x, y = x.to(device), y.to(device)
        loss = criterion(model(x), y)
        (loss / accumulation_steps).backward()
        total += loss.item() * len(x)
        count += len(x)
        waiting += 1
        if waiting == accumulation_steps:
            optimizer.step()
            optimizer.zero_grad()
            waiting = 0
    if waiting:
        optimizer.step()
    return total / count


def one_backward(
    model: Any, loader: Any, criterion: Any, optimizer: Any, accumulation_steps: Any, device: Any
) -> Any:
    model.train()
    total, seen, batches = 0.0, 0, list(loader)
    for i in range(0, len(batches), accumulation_steps):
        group = [(x.to(device), y.to(device)) for x, y in batches[i : i + accumulation_steps]]
        n = sum(len(x) for x, _ in group)
        loss = sum(criterion(model(x), y) * len(x) for x, y in group) / n
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        total, seen = total + loss.item() * n, seen + n
    return total / seen


def concatenated(
    model: Any, loader: Any, criterion: Any, optimizer: Any, accumulation_steps: Any, device: Any
) -> Any:
    """Right numbers, with the memory of the large batch: graded as right but for nothing."""
    model.train()
    total, seen, batches = 0.0, 0, list(loader)
    for i in range(0, len(batches), accumulation_steps):
        xs, ys = zip(*batches[i : i + accumulation_steps], strict=True)
        x, y = torch.cat(xs).to(device), torch.cat(ys).to(device)
        optimizer.zero_grad()
        loss = criterion(model(x), y)
        loss.backward()
        optimizer.step()
        total, seen = total + loss.item() * len(x), seen + len(x)
    return total / len(batches)


def never_divided(
    model: Any, loader: Any, criterion: Any, optimizer: Any, accumulation_steps: Any, device: Any
) -> Any:
    model.train()
    optimizer.zero_grad()
    total = count = waiting = 0
    for x, y in loader:
        x, y = x.to(device), y.to(device)
        loss = criterion(model(x), y)
        loss.backward()
        total, count, waiting = total + loss.item() * len(x), count + len(x), waiting + 1
        if waiting == accumulation_steps:
            optimizer.step()
            optimizer.zero_grad()
            waiting = 0
    if waiting:
        optimizer.step()
    return total / count


def the_loop_of_blogs(
    model: Any, loader: Any, criterion: Any, optimizer: Any, accumulation_steps: int, device: Any
) -> float:
    """Divided by the number of batches, the rest dropped, batches averaged: three at once."""
    model.train()
    optimizer.zero_grad()
    total = batches = 0.0
    for i, (x, y) in enumerate(loader):
        loss = criterion(model(x.to(device)), y.to(device)) / accumulation_steps
        loss.backward()
        total, batches = total + loss.item() * accumulation_steps, batches + 1
        if (i + 1) % accumulation_steps == 0:
            optimizer.step()
            optimizer.zero_grad()
    return total / batches


def batches_averaged_and_divided(
    model: Any, loader: Any, criterion: Any, optimizer: Any, accumulation_steps: int, device: Any
) -> float:
    """Divided by the number of batches, and batches averaged, with a last step."""
    model.train()
    losses, held = list[float](), 0
    optimizer.zero_grad()
    for x, y in loader:
        loss = criterion(model(x.to(device)), y.to(device))
        (loss / accumulation_steps).backward()
        losses.append(loss.item())
        held += 1
        if held == accumulation_steps:
            optimizer.step()
            optimizer.zero_grad()
            held = 0
    if held:
        optimizer.step()
        optimizer.zero_grad()
    return sum(losses) / len(losses)


def evaluating_afterwards(
    model: Any, loader: Any, criterion: Any, optimizer: Any, accumulation_steps: int, device: Any
) -> float:
    """Right, and then the mode is another one."""
    args = model, loader, criterion, optimizer, accumulation_steps, device
    loss: float = in_lists_of_batches(*args)
    model.eval()
    return loss


KEY = "accumulate_epoch"


def the_loop_with_its_report(
    model: Any, loader: Any, criterion: Any, optimizer: Any, accumulation_steps: Any, device: Any
) -> Any:
    """The loop of most tutorials; what it reports is the divided loss."""
    model.train()
    total = 0.0
    for i, (x, y) in enumerate(loader):
        loss = criterion(model(x.to(device)), y.to(device)) / accumulation_steps
        loss.backward()
        total += loss.item()
        if (i + 1) % accumulation_steps == 0:
            optimizer.step()
            optimizer.zero_grad()
    return total / (i + 1)


RIGHT: Any = {
    KEY: {
        f.__name__: {KEY: f}
        for f in (in_lists_of_batches, by_rescaling, with_a_look_ahead, by_grad_function)
    }
}
WRONG: Any = {
    KEY: {
        f.__name__: {KEY: f}
        for f in (
            *(the_usual_loop, the_usual_loop_with_a_last_step, one_backward),
            *(concatenated, never_divided, the_loop_of_blogs),
            *(batches_averaged_and_divided, evaluating_afterwards, the_loop_with_its_report),
        )
    }
}
NAMED: Any = {
    KEY: {
        "the_usual_loop_with_a_last_step": "divided_by_the_steps",
        "one_backward": "graphs_kept_until_the_step",
        "never_divided": "sum_of_batch_means",
        "the_loop_of_blogs": "the_common_loop",
        "batches_averaged_and_divided": "divided_by_the_steps + mean_of_losses",
        "evaluating_afterwards": "evaluation_mode_afterwards",
        "the_loop_with_its_report": "the_common_loop_with_its_report + old_gradients_count",
    }
}
