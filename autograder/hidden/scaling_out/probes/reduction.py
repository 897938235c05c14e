"""Tensors of all ranks made one, number by number, with gloo's operations and refusals."""

from collections.abc import Callable
from functools import reduce
from typing import Any

import torch
import torch.distributed as dist

BITS: dict[Any, Callable[[Any, Any], Any]] = {
    dist.ReduceOp.BAND: torch.bitwise_and,
    dist.ReduceOp.BOR: torch.bitwise_or,
    dist.ReduceOp.BXOR: torch.bitwise_xor,
}
KINDS: dict[Any, Callable[[Any], Any]] = {
    dist.ReduceOp.SUM: lambda stack: stack.sum(0, dtype=stack.dtype),
    dist.ReduceOp.MAX: lambda stack: stack.amax(0),
    dist.ReduceOp.MIN: lambda stack: stack.amin(0),
    dist.ReduceOp.PRODUCT: lambda stack: stack.prod(0, dtype=stack.dtype),
}


def memory(tensor: Any) -> Any:
    """The numbers of a tensor as they lie in memory, as gloo sees them."""
    plain = tensor.detach()
    if plain.is_contiguous():
        return plain.view(-1)
    return torch.as_strided(plain, (plain.numel(),), (1,), plain.storage_offset())


def reduced(tensors: Any, op: Any) -> Any:
    """The tensors of all ranks, made one.

    Raises:
        RuntimeError: gloo knows no such operation for these numbers.
    """
    stack = torch.stack(tuple(tensors))
    if op == dist.ReduceOp.AVG:
        if not stack.is_floating_point():
            raise RuntimeError(f"Cannot use ReduceOp.AVG with {stack.dtype}")
        return stack.sum(0, dtype=stack.dtype) / len(stack)
    for kind, bits in BITS.items():
        if op == kind:
            return reduce(bits, stack)
    for kind, function in KINDS.items():
        if op == kind:
            return function(stack)
    raise RuntimeError(f"Cannot use {op} with gloo")
