"""Lesson 14's ranks in threads: what gloo does, and an error at once where it would hang."""

import threading
import time
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
import torch
import torch.distributed as dist
from torch import nn
from torch.nn.parallel import DistributedDataParallel

from autograder.hidden.scaling_out.probes import team
from autograder.hidden.scaling_out.probes.processes import apart, together
from autograder.hidden.scaling_out.probes.team import Apart, Unawaited

LONG = 60.0  # seconds: nothing here takes as long, however busy the machine
Op = dist.ReduceOp


def full(*numbers: float) -> torch.Tensor:
    return torch.tensor(numbers, dtype=torch.float32)


def reductions(rank: int) -> Any:
    seen = []
    for op in (Op.SUM, Op.AVG, Op.PRODUCT, Op.MAX, Op.MIN):
        for dtype in (torch.float32, torch.float64, torch.bfloat16, torch.int64):
            if op != Op.AVG or dtype.is_floating_point:
                numbers = (torch.arange(4) + 1 + rank).to(dtype)
                dist.all_reduce(numbers, op=op)
                seen.append(numbers.tolist())
    for op in (Op.BAND, Op.BOR, Op.BXOR):
        bits = torch.arange(4) + rank
        dist.all_reduce(bits, op=op)
        seen.append(bits.tolist())
    strided, flags = torch.arange(6.0)[::2] + rank, torch.tensor([rank == 0, False])
    dist.all_reduce(strided)
    dist.all_reduce(flags)
    several = [full(rank), full(1, rank)]
    dist.all_reduce_coalesced(several)
    to_one = full(1, rank)
    dist.reduce(to_one, dst=1)
    return seen, strided, flags, several, to_one if rank == 1 else None


def gatherings(rank: int) -> Any:
    slots = [torch.zeros(2) for _ in range(3)]
    dist.all_gather(slots, full(rank, 7))
    table = torch.zeros(6)
    dist.all_gather_into_tensor(table, full(rank, rank + 1))
    own = [torch.zeros(1) for _ in range(3)] if rank == 0 else None
    dist.gather(full(rank), own, dst=0)
    mine, part, dealt = torch.zeros(1), torch.zeros(1), torch.zeros(3)
    dist.scatter(mine, [full(5), full(6), full(7)] if rank == 0 else None, src=0)
    dist.reduce_scatter(part, [full(rank), full(10), full(20)])
    dist.all_to_all_single(dealt, torch.arange(3.0) + 10 * rank)
    columns = torch.arange(6.0).view(2, 3).t() + rank
    dist.broadcast(columns, src=1)
    return slots, table, own, mine, part, dealt, columns


def objects(rank: int) -> Any:
    everyone: list[Any] = [None] * 3
    dist.all_gather_object(everyone, {"rank": rank})
    gathered: Any = [None] * 3 if rank == 2 else None
    dist.gather_object((rank,), gathered, dst=2)
    told, dealt = [rank + 5, None], [None]
    dist.broadcast_object_list(told, src=1)
    dist.scatter_object_list(dealt, ["a", "b", "c"] if rank == 0 else None, src=0)
    return everyone, gathered, told, dealt


def messages(rank: int) -> Any:
    """In a ring; the receiving end is ready first, as it has to be for somebody."""
    ring, back, tagged = torch.zeros(2), torch.zeros(1), torch.zeros(1)
    coming: Any = dist.irecv(ring, (rank - 1) % 3)
    dist.send(full(rank, 9), (rank + 1) % 3)
    coming.wait()
    batch = [
        dist.P2POp(dist.isend, full(rank), (rank - 1) % 3),
        dist.P2POp(dist.irecv, back, (rank + 1) % 3),
    ]
    for work in dist.batch_isend_irecv(batch):
        work.wait()
    if rank == 0:
        sent: list[Any] = [dist.isend(full(tag), 1, tag=tag) for tag in (4, 5)]
        for work in sent:
            work.wait()
    elif rank == 1:
        dist.recv(tagged, 0, tag=5)
        dist.recv(torch.zeros(1), 0, tag=4)
    return ring, back, tagged


def in_the_background(rank: int) -> Any:
    one, other = full(rank, 1), full(rank)
    works = [dist.all_reduce(one, async_op=True), dist.broadcast(other, 2, async_op=True)]
    for work in reversed(works):
        work.wait()
    waits = dist.barrier(async_op=True)
    waits.wait()
    return one, other, [work.is_completed() for work in (*works, waits)], works[0].result()


def groups(rank: int) -> Any:
    ends: Any = dist.new_group([2, 0])
    own: Any = dist.new_subgroups(1)[0]  # type: ignore[no-untyped-call]
    whole, alone = dist.new_group(), full(1)
    dist.all_reduce(alone, group=own)
    everyone = full(rank)
    dist.all_reduce(everyone, group=whole)
    outer = full(rank + 1)
    if rank != 1:
        dist.all_reduce(outer, group=ends)
        dist.broadcast(everyone, src=2, group=ends)
        dist.barrier(group=ends)
    places = [dist.get_rank(group) for group in (ends, own, whole)]
    sizes = [dist.get_world_size(group) for group in (ends, own, whole)]
    return alone, everyone, outer, places, sizes, dist.get_process_group_ranks(whole)


def wrapped(rank: int) -> Any:
    """DDP in several buckets, its buffers, accumulation, and a group of its own."""
    torch.manual_seed(rank)
    layers = nn.Sequential(nn.Linear(3, 4), nn.BatchNorm1d(4), nn.Linear(4, 1))
    ddp = DistributedDataParallel(layers, bucket_cap_mb=0.00001, process_group=dist.new_group())
    x = torch.arange(6.0).view(2, 3) * (1 + rank)
    for synced in (False, True, True):
        with ddp.no_sync() if not synced else torch.enable_grad():
            ddp(x).square().mean().backward()
    return [p.grad for p in layers.parameters()], list(layers.buffers())


def ends_early(rank: int) -> Any:
    said: Any = dist.get_rank(), dist.get_world_size(), dist.get_backend(), dist.is_initialized()
    try:
        dist.init_process_group("gloo")
    except ValueError as error:
        said = (*said, str(error))
    dist.destroy_process_group()
    return said, dist.is_initialized()


def plain(value: Any) -> Any:
    if isinstance(value, torch.Tensor):
        return value.detach().double().numpy().round(5).tolist()
    return [plain(one) for one in value] if isinstance(value, list | tuple) else value


JOBS: tuple[Callable[[int], Any], ...] = (
    *(reductions, gatherings, objects, messages, in_the_background, groups, wrapped),
    ends_early,
)


@pytest.mark.parametrize("job", JOBS)
@pytest.mark.filterwarnings("ignore")
def test_ranks_in_threads_do_what_gloo_does(job: Any) -> None:
    def shown(rank: int) -> Any:
        return plain(job(rank))

    assert together(shown, 3)[0] == apart(shown, 3)
    assert not dist.is_initialized()


def test_random_states_are_each_ranks_own() -> None:
    def draw(rank: int) -> Any:
        torch.manual_seed(rank)
        np.random.seed(rank)  # noqa: NPY002 (what learners use)
        dist.barrier()
        return torch.rand(1).item(), np.random.rand()  # noqa: NPY002

    wanted = [
        (
            torch.rand(1, generator=torch.Generator().manual_seed(rank)).item(),
            np.random.RandomState(rank).rand(),
        )
        for rank in (0, 1)
    ]
    np.random.seed(5)  # noqa: NPY002
    assert together(draw, 2)[0] == wanted
    assert np.random.rand() == np.random.RandomState(5).rand()  # noqa: NPY002


def leaves_early(rank: int) -> None:
    if rank == 0:
        dist.all_reduce(torch.ones(2))


def other_sizes(rank: int) -> None:
    dist.all_reduce(torch.ones(2 + rank))


def other_calls(rank: int) -> None:
    if rank == 0:
        dist.barrier()
    else:
        dist.all_reduce(torch.ones(2))


def both_send_first(rank: int) -> None:
    dist.send(torch.ones(2), 1 - rank)
    dist.recv(torch.zeros(2), 1 - rank)


def nobody_sends(rank: int) -> None:
    if rank == 0:
        dist.recv(torch.zeros(2), 1)


def one_makes_a_group(rank: int) -> None:
    if rank == 0:
        dist.new_group([0, 1])


def waits_for_an_unfinished(rank: int) -> None:
    if rank == 0:
        dist.all_reduce(torch.ones(2), async_op=True).wait()


@pytest.mark.parametrize(
    "job",
    [
        *(leaves_early, other_sizes, other_calls, both_send_first, nobody_sends),
        *(one_makes_a_group, waits_for_an_unfinished),
    ],
)
def test_where_gloo_hangs_or_aborts_threads_say_so(job: Any) -> None:
    began = time.monotonic()
    with pytest.raises(Apart, match=r"rank 0 .*rank 1"):
        together(job, 2)
    assert time.monotonic() - began < LONG
    assert not dist.is_initialized()


def test_a_result_that_nobody_waited_for_is_not_there_yet() -> None:
    seen = {}

    def impatient(rank: int) -> None:
        numbers = full(1)
        dist.all_reduce(numbers, async_op=True)
        seen[rank] = numbers.item()

    with pytest.raises(Unawaited, match="rank 0 never waits for its all_reduce of 1 float32"):
        together(impatient, 2)
    assert seen[1] == 1.0


def test_a_rank_may_wait_for_a_file_of_another(tmp_path: Any) -> None:
    """Rank 1 has the first turn, and does not know that it keeps rank 0 from working."""
    there = tmp_path / "there"

    def job(rank: int) -> bool:
        while rank == 1 and not there.exists():
            time.sleep(0.01)
        there.touch()
        return True

    assert together(job, 2)[0] == [True, True]


def test_what_stops_this_thread_ends_all_ranks(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(team, "PATIENCE", 0.05)

    def job(rank: int) -> None:
        while rank == 1:
            pass
        raise KeyboardInterrupt

    before = threading.active_count()
    with pytest.raises(KeyboardInterrupt):
        together(job, 2)
    assert threading.active_count() == before
    assert not dist.is_initialized()
