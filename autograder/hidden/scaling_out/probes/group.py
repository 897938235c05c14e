"""A process group whose ranks are threads: what gloo does, and where gloo would hang, an error.

Reductions and broadcasts read a tensor's memory as gloo does: from where it begins, one number
after the other, whatever its strides.
"""

# mypy: disable-error-code="override, assignment, misc, attr-defined, call-arg"
# (of torch's overloads, these are the forms that torch.distributed calls)
from __future__ import annotations  # where it is unpickled, nothing is there but what is called

from collections.abc import Callable
from typing import Any

import torch
import torch.distributed as dist
from torch.futures import Future

from .reduction import memory, reduced
from .team import Call, Meeting, Team

Arrived = list[Any]


def size_of(*tensors: Any) -> str:
    """How much is sent: `3 float32`."""
    return " + ".join(f"{t.numel()} {str(t.dtype).removeprefix('torch.')}" for t in tensors)


def handle_type() -> type:
    """What calls give back; made anew each time, as no kernel could unpickle such a class."""

    class Handle(dist.Work):
        """What a call gives back: done once all ranks have called, and waited for by `wait`."""

        def __init__(self, team: Team, meeting: Meeting, result: Any) -> None:
            super().__init__()
            self._team, self._meeting, self._given = team, meeting, result
            self._waited = False

        def wait(self, timeout: Any = None) -> bool:
            if not self._waited:
                self._team.wait(self._meeting)
                self._waited = True
            return True

        synchronize = wait

        def is_completed(self) -> bool:
            return self._team.ask(self._meeting)

        def is_success(self) -> bool:
            return self._meeting.settled and not self._meeting.error

        def exception(self) -> Any:
            return RuntimeError(self._meeting.error) if self._meeting.error else None

        def result(self) -> Any:
            return self._given

        def get_future(self) -> Any:
            self.wait()
            future: Any = Future()
            future.set_result(self._given)
            return future

    return Handle


class ThreadGroup(dist.ProcessGroup):
    """The view that one rank has of a group: the interface of torch's process groups.

    Args:
        handle: the class of what its calls give back.
        members: ranks in the team, in the order of their ranks in the group.
    """

    def __init__(self, team: Team, handle: type, members: tuple[int, ...], name: str) -> None:
        super().__init__(members.index(team.rank), len(members))
        self._team, self._handle, self._members, self._name = team, handle, members, name

    def size(self) -> int:
        return len(self._members)

    def rank(self) -> int:
        """That of whoever asks: a module that is first imported in one rank may keep its group as a
        default for all."""
        return self._members.index(self._team.rank)

    def getBackendName(self) -> str:
        return "threads"  # of "gloo", torch would ask more than there is

    @property
    def group_name(self) -> str:
        return self._name

    @property
    def pg_name(self) -> str:
        return self._name

    def _come(self, asked: str, data: Any, act: Callable[[Arrived], None], result: Any) -> Any:
        @torch.no_grad()
        def quietly(arrived: Arrived) -> None:
            act(arrived)

        call = Call(asked, asked, data, quietly)
        meeting = self._team.come(self._name, self._members, call)
        return self._handle(self._team, meeting, result)

    def allreduce(self, tensors: Any, opts: Any = None) -> Any:
        tensors = [tensors] if isinstance(tensors, torch.Tensor) else list(tensors)
        op = dist.ReduceOp.SUM if opts is None else opts.reduceOp

        def act(arrived: Arrived) -> None:
            for same in zip(*arrived, strict=True):
                result = reduced([memory(t) for t in same], op)
                for tensor in same:
                    memory(tensor).copy_(result)

        self._team.sent[self._team.rank] += sum(t.numel() for t in tensors)
        return self._come(f"all_reduce of {size_of(*tensors)}", tensors, act, tensors)

    allreduce_coalesced = allreduce

    def reduce(self, tensors: Any, opts: Any) -> Any:
        root = opts.rootRank

        def act(arrived: Arrived) -> None:
            memory(arrived[root][0]).copy_(reduced([memory(a[0]) for a in arrived], opts.reduceOp))

        place = f"reduce to {root} of {size_of(tensors[0])}"
        return self._come(place, list(tensors), act, list(tensors))

    def broadcast(self, tensors: Any, opts: Any = None) -> Any:
        tensors = [tensors] if isinstance(tensors, torch.Tensor) else list(tensors)
        root = 0 if opts is None or isinstance(opts, int) else opts.rootRank

        def act(arrived: Arrived) -> None:
            for same in zip(*arrived, strict=True):
                for tensor in same:
                    if tensor is not same[root]:
                        memory(tensor).copy_(memory(same[root]))

        place = f"broadcast from {root} of {size_of(*tensors)}"
        return self._come(place, tensors, act, tensors)

    def barrier(self, opts: Any = None) -> Any:
        return self._come("barrier", None, lambda arrived: None, [])

    def together(self, place: str) -> None:
        """All ranks call this, in the same place."""
        self._come(place, None, lambda arrived: None, []).wait()

    def monitored_barrier(self, *args: Any, **kwargs: Any) -> None:
        self.barrier().wait()

    def allgather(self, outputs: Any, inputs: Any, opts: Any = None) -> Any:
        return self._gathered("all_gather", outputs, inputs, range(self.size()))

    def gather(self, outputs: Any, inputs: Any, opts: Any) -> Any:
        return self._gathered(f"gather to {opts.rootRank}", outputs, inputs, [opts.rootRank])

    def _gathered(self, kind: str, outputs: Any, inputs: Any, receivers: Any) -> Any:
        for slot in outputs[0] if outputs else []:
            if slot.shape != inputs[0].shape:
                raise RuntimeError(
                    f"{kind}: invalid tensor size (expected {tuple(inputs[0].shape)}, "
                    f"got {tuple(slot.shape)})"
                )

        def act(arrived: Arrived) -> None:
            values = [one["in"].detach().clone() for one in arrived]
            for rank in receivers:
                for slot, value in zip(arrived[rank]["out"][0], values, strict=True):
                    slot.detach().copy_(value)

        given = {"out": outputs, "in": inputs[0]}
        return self._come(f"{kind} of {size_of(inputs[0])}", given, act, outputs)

    def _allgather_base(self, output: Any, given: Any, opts: Any = None) -> Any:
        parts = list(output.view(-1).chunk(self.size()))
        return self.allgather([parts], [given.contiguous().view(-1)])

    all_gather_single = _allgather_base

    def scatter(self, outputs: Any, inputs: Any, opts: Any) -> Any:
        given, root = {"out": outputs[0], "in": inputs}, opts.rootRank

        def act(arrived: Arrived) -> None:
            for one, part in zip(arrived, arrived[root]["in"][0], strict=True):
                one["out"].detach().copy_(part)

        place = f"scatter from {root} of {size_of(outputs[0])}"
        return self._come(place, given, act, outputs)

    def reduce_scatter(self, outputs: Any, inputs: Any, opts: Any) -> Any:
        given = {"out": outputs[0], "in": list(inputs[0])}

        def act(arrived: Arrived) -> None:
            sums = [reduced([a["in"][rank] for a in arrived], opts.reduceOp)
                    for rank in range(self.size())]  # fmt: skip
            for one, part in zip(arrived, sums, strict=True):
                one["out"].detach().copy_(part)

        return self._come(f"reduce_scatter of {size_of(outputs[0])}", given, act, outputs)

    def _reduce_scatter_base(self, output: Any, given: Any, opts: Any) -> Any:
        return self.reduce_scatter([output], [list(given.chunk(self.size()))], opts)

    reduce_scatter_single = _reduce_scatter_base

    def alltoall(self, outputs: Any, inputs: Any, opts: Any = None) -> Any:
        def act(arrived: Arrived) -> None:
            parts = [[part.detach().clone() for part in one["in"]] for one in arrived]
            for rank, one in enumerate(arrived):
                for slot, sent in zip(one["out"], parts, strict=True):
                    slot.detach().copy_(sent[rank])

        given = {"out": list(outputs), "in": list(inputs)}
        return self._come(f"all_to_all of {len(given['in'])} tensors", given, act, outputs)

    def alltoall_base(
        self, output: Any, given: Any, taken: Any, sent: Any, opts: Any = None
    ) -> Any:
        cut = [whole.split(list(sizes)) if sizes else whole.chunk(self.size())
               for whole, sizes in ((output, taken), (given, sent))]  # fmt: skip
        return self.alltoall(*cut)

    def _message(self, source: int, to: int, tag: int, tensor: Any, place: str) -> Any:
        """Both ends of a message meet, on a channel of their own."""

        def act(arrived: Arrived) -> None:
            with torch.no_grad():
                memory(arrived[1]).copy_(memory(arrived[0]))

        ends = self._members[source], self._members[to]
        channel = f"{self._name}: {source} to {to}, tag {tag}"
        call = Call(place, size_of(tensor), tensor, act)
        meeting = self._team.come(channel, ends, call)
        return self._handle(self._team, meeting, [tensor])

    def send(self, tensors: Any, to: int, tag: int = 0) -> Any:
        place = f"send to {to} of {size_of(tensors[0])}"
        return self._message(self.rank(), to, tag, tensors[0], place)

    def recv(self, tensors: Any, source: int, tag: int = 0) -> Any:
        place = f"recv from {source} of {size_of(tensors[0])}"
        return self._message(source, self.rank(), tag, tensors[0], place)

    def recv_anysource(self, tensors: Any, tag: int = 0) -> Any:
        raise RuntimeError("recv from any rank isn't possible here: say from which, with src=")
