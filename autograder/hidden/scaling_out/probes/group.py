"""A process group whose ranks are threads: what gloo does, and where gloo would hang, an error.

Reductions and broadcasts read a tensor's memory as gloo does: from where it begins, one number
after the other, whatever its strides.
"""

# mypy: disable-error-code="override, assignment, misc, attr-defined, call-arg"
# (of torch's overloads, these are the forms that torch.distributed calls)
from collections.abc import Callable
from typing import Any

import torch
import torch.distributed as dist
from torch._C._distributed_c10d import _create_work_from_future
from torch.futures import Future

Arrived = list[Any]


def work_of(result: Any) -> Any:
    """Work that is done."""
    future: Any = Future()
    future.set_result(result)
    return _create_work_from_future(future)


def memory(tensor: Any) -> Any:
    """The numbers of a tensor as they lie in memory, as gloo sees them."""
    plain = tensor.detach()
    if plain.is_contiguous():
        return plain.view(-1)
    return torch.as_strided(plain, (plain.numel(),), (1,), plain.storage_offset())


def reduced(tensors: Any, op: Any) -> Any:
    """The tensors of all ranks, made one."""
    stack = torch.stack(tuple(tensors))
    if op == dist.ReduceOp.AVG:
        return stack.sum(0, dtype=stack.dtype) / len(stack)
    kinds: dict[Any, Callable[[Any], Any]] = {
        dist.ReduceOp.MAX: lambda s: s.amax(0),
        dist.ReduceOp.MIN: lambda s: s.amin(0),
        dist.ReduceOp.PRODUCT: lambda s: s.prod(0),
    }
    for kind, function in kinds.items():
        if op == kind:
            return function(stack)
    return stack.sum(0, dtype=stack.dtype)


class ThreadGroup(dist.ProcessGroup):
    """The view that one rank has of the team: the interface of a process group.

    `meet(rank, kind, data, act)` waits for all ranks, calls `act(all data)` once, and raises where
    they ask for different things.
    """

    def __init__(self, rank: int, size: int, team: Any) -> None:
        super().__init__(rank, size)
        self._place, self._size, self._team = rank, size, team

    def size(self) -> int:
        return self._size

    def rank(self) -> int:
        return self._place

    def getBackendName(self) -> str:
        return "threads"  # of "gloo", torch would ask more than there is

    @property
    def group_name(self) -> str:
        return "team"

    @property
    def pg_name(self) -> str:
        return "team"

    def _meet(self, kind: str, data: Any, act: Callable[[Arrived], None]) -> Any:
        with torch.no_grad():
            self._team.meet(self._place, kind, data, act)
        return work_of(data if isinstance(data, list) else [data])

    def allreduce(self, tensors: Any, opts: Any = None) -> Any:
        tensors = [tensors] if isinstance(tensors, torch.Tensor) else list(tensors)
        op = dist.ReduceOp.SUM if opts is None else opts.reduceOp
        lengths = "+".join(f"{t.numel()} {t.dtype}" for t in tensors)

        def act(arrived: Arrived) -> None:
            for same in zip(*arrived, strict=True):
                result = reduced([memory(t) for t in same], op)
                for tensor in same:
                    memory(tensor).copy_(result)

        self._team.note(self._place, sum(t.numel() for t in tensors))
        return self._meet(f"all_reduce of {lengths}", tensors, act)

    allreduce_coalesced = allreduce

    def reduce(self, tensors: Any, opts: Any) -> Any:
        root = opts.rootRank

        def act(arrived: Arrived) -> None:
            memory(arrived[root][0]).copy_(reduced([memory(a[0]) for a in arrived], opts.reduceOp))

        return self._meet(f"reduce to {root} of {tensors[0].numel()}", list(tensors), act)

    def broadcast(self, tensors: Any, opts: Any = None) -> Any:
        tensors = [tensors] if isinstance(tensors, torch.Tensor) else list(tensors)
        root = 0 if opts is None or isinstance(opts, int) else opts.rootRank

        def act(arrived: Arrived) -> None:
            for same in zip(*arrived, strict=True):
                for tensor in same:
                    if tensor is not same[root]:
                        memory(tensor).copy_(memory(same[root]))

        lengths = "+".join(str(t.numel()) for t in tensors)
        return self._meet(f"broadcast from {root} of {lengths}", tensors, act)

    def barrier(self, opts: Any = None) -> Any:
        return self._meet("barrier", [torch.zeros(1)], lambda arrived: None)

    def monitored_barrier(self, *args: Any, **kwargs: Any) -> None:
        self.barrier()

    def allgather(self, outputs: Any, inputs: Any, opts: Any = None) -> Any:
        return self._gathered("all_gather", outputs, inputs, range(self._size))

    def gather(self, outputs: Any, inputs: Any, opts: Any) -> Any:
        return self._gathered(f"gather to {opts.rootRank}", outputs, inputs, [opts.rootRank])

    def _gathered(self, kind: str, outputs: Any, inputs: Any, receivers: Any) -> Any:
        given = {"out": outputs, "in": inputs[0]}

        def act(arrived: Arrived) -> None:
            values = [one["in"].detach().clone() for one in arrived]
            for rank in receivers:
                for slot, value in zip(arrived[rank]["out"][0], values, strict=True):
                    slot.detach().copy_(value)

        self._meet(f"{kind} of {inputs[0].numel()}", given, act)
        return work_of(outputs)

    def _allgather_base(self, output: Any, given: Any, opts: Any = None) -> Any:
        parts = list(output.view(-1).chunk(self._size))
        self.allgather([parts], [given.contiguous().view(-1)])
        return work_of([output])

    all_gather_single = _allgather_base

    def scatter(self, outputs: Any, inputs: Any, opts: Any) -> Any:
        given, root = {"out": outputs[0], "in": inputs}, opts.rootRank

        def act(arrived: Arrived) -> None:
            for one, part in zip(arrived, arrived[root]["in"][0], strict=True):
                one["out"].detach().copy_(part)

        self._meet(f"scatter from {root} of {outputs[0].numel()}", given, act)
        return work_of(outputs)

    def reduce_scatter(self, outputs: Any, inputs: Any, opts: Any) -> Any:
        given = {"out": outputs[0], "in": [t.detach().clone() for t in inputs[0]]}

        def act(arrived: Arrived) -> None:
            for rank, one in enumerate(arrived):
                one["out"].detach().copy_(reduced([a["in"][rank] for a in arrived], opts.reduceOp))

        self._meet(f"reduce_scatter of {outputs[0].numel()}", given, act)
        return work_of(outputs)

    def _reduce_scatter_base(self, output: Any, given: Any, opts: Any) -> Any:
        return self.reduce_scatter([output], [list(given.chunk(self._size))], opts)

    reduce_scatter_single = _reduce_scatter_base

    def send(self, tensors: Any, to: int, tag: int = 0) -> Any:
        self._team.post(self._place, to, tag, tensors[0].detach().clone())
        return work_of(tensors)

    def recv(self, tensors: Any, source: int, tag: int = 0) -> Any:
        tensors[0].detach().copy_(self._team.fetch(source, self._place, tag))
        return work_of(tensors)
