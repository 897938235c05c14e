"""Answers to lesson 14, right and wrong, written in other ways than the reference and the bank."""

import contextlib
import math
from collections import OrderedDict
from pathlib import Path
from typing import Any

import numpy as np
import torch
import torch.distributed as dist
from torch import nn
from torch.nn import functional as F
from torch.utils.data import BatchSampler, DataLoader, DistributedSampler, Subset

# shard_indices


def shard_with_a_loop(
    n: Any, rank: Any, world_size: Any, epoch: Any, seed: Any, drop_last: Any = False
) -> Any:
    """Dealt card by card, by remainders."""
    g = torch.Generator()
    g.manual_seed(epoch + seed)
    cards = torch.randperm(n, generator=g)
    rounds = n // world_size if drop_last else (n + world_size - 1) // world_size
    return [int(cards[(r * world_size + rank) % n]) for r in range(rounds)]


def shard_with_a_tensor(
    n: Any, rank: Any, world_size: Any, epoch: Any, seed: Any, drop_last: Any = False
) -> Any:
    """Laid out as a table, of which a rank takes a column."""
    g = torch.Generator(device="cpu")
    g.manual_seed(seed + epoch)
    order = torch.randperm(n, generator=g)
    if drop_last:
        order = order[: n - n % world_size]
    elif n % world_size:
        rows = math.ceil(n / world_size)
        order = order.repeat(world_size + 1)[: rows * world_size]
    return order.view(-1, world_size)[:, rank].tolist()


def shard_padded_short(
    n: Any, rank: Any, world_size: Any, epoch: Any, seed: Any, drop_last: Any = False
) -> Any:
    """The padding that everyone writes first."""
    g = torch.Generator()
    g.manual_seed(seed + epoch)
    order = torch.randperm(n, generator=g).tolist()
    total = n // world_size * world_size if drop_last else math.ceil(n / world_size) * world_size
    order += order[: total - len(order)]
    return order[:total][rank::world_size]


def shard_in_blocks(
    n: Any, rank: Any, world_size: Any, epoch: Any, seed: Any, drop_last: Any = False
) -> Any:
    g = torch.Generator()
    g.manual_seed(seed + epoch)
    each = n // world_size if drop_last else -(-n // world_size)
    order = torch.randperm(n, generator=g).repeat(world_size + 1)
    return order[each * rank : each * (rank + 1)].tolist()


# average_gradients


def average_at_once(model: Any) -> None:
    """One flat tensor for everything: flags behind, gradients in front."""
    params = list(model.parameters())
    grads = [torch.zeros_like(p) if p.grad is None else p.grad for p in params]
    flags = torch.tensor([0.0 if p.grad is None else 1.0 for p in params])
    flat = torch.cat([*(g.reshape(-1) for g in grads), flags])
    dist.all_reduce(flat, op=dist.ReduceOp.SUM)
    flat /= dist.get_world_size()
    at = 0
    for p, used in zip(params, flat[-len(params) :], strict=True):
        if used > 0:
            p.grad = flat[at : at + p.numel()].view_as(p).clone()
        at += p.numel()


def average_in_the_background(model: Any) -> None:
    """Objects to agree on, then asynchronous calls, waited for at the end."""
    names: list[Any] = [None] * dist.get_world_size()
    dist.all_gather_object(names, [n for n, p in model.named_parameters() if p.grad is not None])
    used = {name for one in names for name in one}
    works = []
    for name, p in model.named_parameters():
        if name in used:
            g = p.data.new_zeros(p.shape) if p.grad is None else p.grad.clone(
                memory_format=torch.contiguous_format
            )  # fmt: skip
            g /= dist.get_world_size()
            works.append((p, g, dist.all_reduce(g, async_op=True)))
    for p, g, work in works:
        work.wait()
        p.grad = g


@torch.no_grad()
def average_by_gathering(model: Any) -> None:
    size = dist.get_world_size()
    for p in model.parameters():
        has = torch.tensor(int(p.grad is not None))
        dist.all_reduce(has, op=dist.ReduceOp.MAX)
        if not has.item():
            continue
        mine = torch.zeros(p.shape) if p.grad is None else p.grad.contiguous()
        slots = [torch.empty(p.shape) for _ in range(size)]
        dist.all_gather(slots, mine)
        mean: Any = torch.stack(slots).sum(0) / size
        if p.grad is None:
            p.grad = mean
        else:
            p.grad.copy_(mean)


def average_by_messages(model: Any) -> None:
    """Rank 0 collects, adds up, and sends the means back; flags travel with the numbers."""
    rank, size = dist.get_rank(), dist.get_world_size()
    for p in model.parameters():
        grad = torch.zeros(p.shape) if p.grad is None else p.grad
        mine = torch.cat([torch.tensor([float(p.grad is not None)]), grad.reshape(-1)])
        if rank == 0:
            for other in range(1, size):
                theirs = torch.empty_like(mine)
                dist.recv(theirs, other)
                mine += theirs
            for other in range(1, size):
                dist.send(mine, other)
        else:
            dist.send(mine, 0)
            dist.recv(mine, 0)
        if mine[0] > 0:
            p.grad = (mine[1:] / size).view_as(p).clone()


def average_in_a_group(model: Any) -> None:
    """In a group of its own, with the operation that divides."""
    everyone: Any = dist.new_group(list(range(dist.get_world_size())))
    params = list(model.parameters())
    has = torch.tensor([p.grad is not None for p in params])
    dist.all_reduce(has, group=everyone)
    for p in (p for p, h in zip(params, has, strict=True) if h):
        grad: Any = torch.zeros_like(p) if p.grad is None else p.grad.contiguous()
        dist.all_reduce(grad, op=dist.ReduceOp.AVG, group=everyone)
        p.grad = grad.detach()


def average_without_waiting(model: Any) -> None:
    params = list(model.parameters())
    has = torch.tensor([float(p.grad is not None) for p in params])
    dist.all_reduce(has)
    for p in (p for p, h in zip(params, has.tolist(), strict=True) if h):
        grad: Any = torch.zeros_like(p) if p.grad is None else p.grad.contiguous()
        dist.all_reduce(grad, async_op=True)
        p.grad = grad / dist.get_world_size()


def average_and_return(model: Any) -> Any:
    means = []
    for p in model.parameters():
        grad: Any = torch.zeros_like(p) if p.grad is None else p.grad.clone().contiguous()
        dist.all_reduce(grad)
        means.append(grad / dist.get_world_size())
    return means


def average_into_one_slot(model: Any) -> None:
    for p in model.parameters():
        grad: Any = torch.zeros_like(p) if p.grad is None else p.grad.contiguous()
        slots = [torch.zeros_like(grad)] * dist.get_world_size()
        dist.all_gather(slots, grad)
        p.grad = sum(slots) / dist.get_world_size()


def summed_gradients(model: Any) -> None:
    for p in model.parameters():
        if p.grad is not None:
            dist.all_reduce(p.grad)


def average_as_in_the_tutorial(model: Any) -> None:
    """PyTorch's own tutorial, which knows of no missing gradients."""
    size = float(dist.get_world_size())
    for param in model.parameters():
        dist.all_reduce(param.grad.data, op=dist.ReduceOp.SUM)
        param.grad.data /= size


def average_skipping(model: Any) -> None:
    for p in model.parameters():
        if p.grad is not None:
            g = p.grad.contiguous()
            dist.all_reduce(g)
            p.grad = g / dist.get_world_size()


def average_zeros_everywhere(model: Any) -> None:
    for p in model.parameters():
        g = torch.zeros_like(p) if p.grad is None else p.grad.contiguous()
        dist.all_reduce(g)
        p.grad = g / dist.get_world_size()


# sum_across_ranks


def sum_one_by_one(values: Any) -> Any:
    result = {}
    for key in sorted(values.keys()):
        t = torch.as_tensor(values[key], dtype=torch.double)
        dist.all_reduce(t)
        result[key] = t.item()
    return result


def sum_of_objects(values: Any) -> Any:
    everyone: list[Any] = [None for _ in range(dist.get_world_size())]
    dist.all_gather_object(everyone, values)
    return {key: np.float64(sum(one[key] for one in everyone)) for key in values}


def sum_through_rank_0(values: Any) -> Any:
    """Gathered by one rank, which tells the others."""
    names = sorted(values)
    vector = torch.from_numpy(np.array([values[n] for n in names], dtype=np.float64))
    dist.reduce(vector, dst=0)
    dist.broadcast(vector, src=0)
    return OrderedDict((n, float(v)) for n, v in zip(names, vector, strict=True))


def sum_unsorted(values: Any) -> Any:
    vector = torch.tensor(list(values.values()), dtype=torch.float64)
    dist.all_reduce(vector)
    return dict(zip(values, vector.tolist(), strict=True))


def sum_in_default_dtype(values: Any) -> Any:
    result = {}
    for key in sorted(values):
        t = torch.tensor(float(values[key]))
        dist.all_reduce(t)
        result[key] = t.item()
    return result


def sum_of_what_torch_makes(values: Any) -> Any:
    result = {}
    for key in sorted(values):
        t = torch.tensor(values[key])
        dist.all_reduce(t)
        result[key] = t.item()
    return result


def sum_without_waiting(values: Any) -> Any:
    keys = sorted(values)
    t = torch.tensor([float(values[key]) for key in keys], dtype=torch.float64)
    dist.all_reduce(t, async_op=True)
    return dict(zip(keys, t.tolist(), strict=True))


# train_distributed: what it needs of the notebook it finds in its own module.


def train_with_ddp(
    model: Any,
    dataset: Any,
    *,
    epochs: Any,
    batch_size: Any,
    lr: Any,
    seed: Any,
    accumulation_steps: Any = 1,
    checkpoint_path: Any = None,
) -> Any:
    """Indices first, then batches by hand; a counter decides when to step."""
    rank, world = dist.get_rank(), dist.get_world_size()
    ddp: Any = nn.parallel.DistributedDataParallel(model)
    ddp.train()
    sgd = torch.optim.SGD(ddp.parameters(), lr)
    device = next(ddp.parameters()).device
    history = []
    for epoch in range(epochs):
        mine = shard_with_a_loop(len(dataset), rank, world, epoch, seed)
        groups = list(BatchSampler(mine, batch_size * accumulation_steps, False))
        total = torch.zeros(2, dtype=torch.float64)
        for group in groups:
            parts = list(BatchSampler(group, batch_size, False))
            sgd.zero_grad(set_to_none=False)
            for i, part in enumerate(parts):
                x = torch.stack([dataset[j][0] for j in part]).to(device)
                y = torch.stack([torch.as_tensor(dataset[j][1]) for j in part]).to(device)
                with contextlib.ExitStack() as stack:
                    if i < len(parts) - 1:
                        stack.enter_context(ddp.no_sync())
                    mean = nn.CrossEntropyLoss()(ddp(x), y)
                    (mean * len(part) / len(group)).backward()
                total += torch.tensor([mean.item() * len(part), len(part)])
            sgd.step()
        dist.all_reduce(total)
        history.append((total[0] / total[1]).item())
    if checkpoint_path and rank == 0:
        torch.save({"epoch": epochs, "model": ddp.module.state_dict()}, checkpoint_path)
    dist.barrier()
    return history


def train_by_hand(
    model: Any,
    dataset: Any,
    *,
    epochs: Any,
    batch_size: Any,
    lr: Any,
    seed: Any,
    accumulation_steps: Any = 1,
    checkpoint_path: Any = None,
) -> Any:
    """No wrapper: weights sent by rank 0, gradients summed in one tensor, steps by hand; saved in
    every epoch."""
    world = dist.get_world_size()
    params = list(model.parameters())
    for p in params:
        dist.broadcast(p.data, 0)
    model.train()
    losses = []
    for epoch in range(epochs):
        share = shard_with_a_tensor(len(dataset), dist.get_rank(), world, epoch, seed)
        batches = list(DataLoader(Subset(dataset, share), batch_size))
        total = 0.0
        for start in range(0, len(batches), accumulation_steps):
            group = batches[start : start + accumulation_steps]
            flat: Any = 0.0
            for x, y in group:
                loss = F.cross_entropy(model(x), y, reduction="sum")
                grads = torch.autograd.grad(loss, params)
                flat = flat + torch.cat([g.flatten() for g in grads])
                total += float(loss.detach())
            dist.all_reduce(flat)
            flat /= world * sum(len(y) for _, y in group)
            with torch.no_grad():
                for p, g in zip(params, flat.split([p.numel() for p in params]), strict=True):
                    p -= lr * g.view_as(p)
        everyone: list[Any] = [None] * world
        dist.all_gather_object(everyone, (total, len(share)))
        losses.append(sum(t for t, _ in everyone) / sum(n for _, n in everyone))
        if checkpoint_path is not None:
            if dist.get_rank() == 0:
                held = {"epoch": epoch, "model": model.state_dict()}
                torch.save(held, str(checkpoint_path) + ".part")
                Path(str(checkpoint_path) + ".part").replace(checkpoint_path)
            dist.barrier()
    return losses


def train_like_most(
    model: Any,
    dataset: Any,
    *,
    epochs: Any,
    batch_size: Any,
    lr: Any,
    seed: Any,
    accumulation_steps: Any = 1,
    checkpoint_path: Any = None,
    forget_epoch: bool = False,
    own_loss: bool = False,
    halves: bool = True,
    module: bool = False,
    destroys: bool = False,
) -> Any:
    """The loop of most tutorials, with a mistake of one's choice."""
    ddp: Any = nn.parallel.DistributedDataParallel(model)
    sampler: Any = DistributedSampler(dataset, seed=seed, shuffle=True)
    loader = DataLoader(dataset, batch_size=batch_size, sampler=sampler)
    optimizer = torch.optim.SGD(ddp.parameters(), lr=lr)
    ddp.train()
    result = []
    for epoch in range(epochs):
        if not forget_epoch:
            sampler.set_epoch(epoch)
        sums = torch.zeros(2, dtype=torch.float64)
        optimizer.zero_grad()
        for i, (x, y) in enumerate(loader):
            last = (i + 1) % accumulation_steps == 0 or i + 1 == len(loader)
            with contextlib.nullcontext() if last else ddp.no_sync():
                first = i - i % accumulation_steps
                whole = len(list(sampler)[first * batch_size :][: accumulation_steps * batch_size])
                loss: Any = F.cross_entropy(ddp(x), y)
                weight = len(y) / whole if halves else 1 / accumulation_steps
                (loss * weight).backward()
            if last:
                optimizer.step()
                optimizer.zero_grad()
            sums += torch.tensor([loss.item() * len(y), len(y)])
        if not own_loss:
            dist.all_reduce(sums)
        result.append(float(sums[0] / sums[1]))
    if checkpoint_path is not None:
        if dist.get_rank() == 0:
            state = ddp.state_dict() if module else model.state_dict()
            torch.save({"model": state}, checkpoint_path)
        dist.barrier()
    if destroys:
        dist.destroy_process_group()
    return result


def with_mistake(**mistakes: bool) -> Any:
    def train_distributed(model: Any, dataset: Any, **options: Any) -> Any:
        return train_like_most(model, dataset, **options, **mistakes)

    return train_distributed


RIGHT: dict[str, dict[str, dict[str, Any]]] = {
    "shard_indices": {
        "loop": {"shard_indices": shard_with_a_loop},
        "tensor": {"shard_indices": shard_with_a_tensor},
    },
    "average_gradients": {
        "at once": {"average_gradients": average_at_once},
        "in the background": {"average_gradients": average_in_the_background},
        "by gathering": {"average_gradients": average_by_gathering},
        "by messages": {"average_gradients": average_by_messages},
        "in a group": {"average_gradients": average_in_a_group},
    },
    "sum_across_ranks": {
        "one by one": {"sum_across_ranks": sum_one_by_one},
        "objects": {"sum_across_ranks": sum_of_objects},
        "through rank 0": {"sum_across_ranks": sum_through_rank_0},
    },
    "train_distributed": {
        "DDP": {"train_distributed": train_with_ddp},
        "by hand": {"train_distributed": train_by_hand},
        "like most": {"train_distributed": train_like_most},
    },
}

WRONG: dict[str, dict[str, dict[str, Any]]] = {
    "shard_indices": {
        "padded once": {"shard_indices": shard_padded_short},
        "blocks": {"shard_indices": shard_in_blocks},
    },
    "average_gradients": {
        "tutorial": {"average_gradients": average_as_in_the_tutorial},
        "not waited for": {"average_gradients": average_without_waiting},
        "returned": {"average_gradients": average_and_return},
        "one slot": {"average_gradients": average_into_one_slot},
        "summed": {"average_gradients": summed_gradients},
        "skipping": {"average_gradients": average_skipping},
        "zeros everywhere": {"average_gradients": average_zeros_everywhere},
    },
    "sum_across_ranks": {
        "unsorted": {"sum_across_ranks": sum_unsorted},
        "default dtype": {"sum_across_ranks": sum_in_default_dtype},
        "torch's dtype": {"sum_across_ranks": sum_of_what_torch_makes},
        "not waited for": {"sum_across_ranks": sum_without_waiting},
    },
    "train_distributed": {
        "no set_epoch": {"train_distributed": with_mistake(forget_epoch=True)},
        "own loss": {"train_distributed": with_mistake(own_loss=True)},
        "divided by the steps": {"train_distributed": with_mistake(halves=False)},
        "module saved": {"train_distributed": with_mistake(module=True)},
        "destroys": {"train_distributed": with_mistake(destroys=True)},
    },
}

NAMED: dict[str, dict[str, str]] = {
    "shard_indices": {"padded once": "padded_once_only", "blocks": "contiguous_blocks"},
    "average_gradients": {
        "skipping": "skipped_where_missing",
        "not waited for": "not_waited_for",
        "returned": "returned_not_written",
        "summed": "summed_where_there_is_one",
        "zeros everywhere": "zeros_for_all",
    },
    "sum_across_ranks": {
        "unsorted": "order_of_the_dict",
        "default dtype": "in_float32",
        "torch's dtype": "type_left_to_torch",
        "not waited for": "sums_not_waited_for",
    },
    "train_distributed": {
        "no set_epoch": "set_epoch_forgotten",
        "own loss": "own_loss_reported",
        "divided by the steps": "divided_by_accumulation_steps",
        "module saved": "wrapper_saved",
        "destroys": "group_destroyed",
    },
}
