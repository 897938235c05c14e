"""Lesson 14: right answers by other hands, wrong ones outside the bank, what the text promises."""

import os
import signal
import time
from pathlib import Path
from typing import Any

import pytest
import torch
import torch.distributed as dist
from torch.utils.data import DistributedSampler

from autograder.audit import SAFETY
from autograder.hidden.scaling_out.probes.processes import Died, apart, together
from autograder.hidden.scaling_out.probes.team import Apart

from ..answers.scaling_out import NAMED, RIGHT, WRONG
from .common import AnswersAndBank

LESSON = "14_scaling_out"


class TestAnswersAndBank(AnswersAndBank):
    lesson_id, right, wrong, named = LESSON, RIGHT, WRONG, NAMED
    nearest = SAFETY

    @pytest.mark.slow  # minutes: its visible tests start processes for every mistake
    def test_the_bank_holds(self) -> None:
        super().test_the_bank_holds()


@pytest.mark.parametrize("drop_last", [False, True])
@pytest.mark.parametrize("n", [1, 2, 7, 12, 31])
@pytest.mark.parametrize("size", [1, 2, 3, 5])
def test_shards_are_the_samplers(solved: Any, n: int, size: int, drop_last: bool) -> None:
    for rank in range(size):
        data: Any = range(n)
        sampler: Any = DistributedSampler(data, size, rank, seed=4, drop_last=drop_last)
        sampler.set_epoch(3)
        assert solved.shard_indices(n, rank, size, 3, 4, drop_last) == list(sampler)


def collectives(rank: int) -> Any:
    """What a right answer may call, and some that trip."""
    strided = torch.arange(6.0)[::2] + rank
    dist.all_reduce(strided)
    mean = torch.tensor([1.0 + rank])
    dist.all_reduce(mean, op=dist.ReduceOp.MAX)
    work = dist.all_reduce(mean, async_op=True)
    work.wait()
    slots = [torch.zeros(2) for _ in range(2)]
    dist.all_gather(slots, torch.full((2,), float(rank)))
    objects: list[Any] = [None, None]
    dist.all_gather_object(objects, {"rank": rank})
    told = [rank + 5]
    dist.broadcast_object_list(told, src=1)
    passed = torch.zeros(1)
    if rank == 0:
        dist.send(torch.ones(1), 1)
    else:
        dist.recv(passed, 0)
    to_one = torch.ones(2)
    dist.reduce(to_one, dst=1)
    mine = torch.zeros(1)
    dist.scatter(mine, [torch.ones(1), torch.ones(1) * 2] if rank == 0 else None, src=0)
    dist.barrier()
    tensors = [strided, mean, *slots, passed, mine]
    if rank == 1:
        tensors.append(to_one)
    return [t.tolist() for t in tensors], objects, told, dist.get_backend(), dist.get_world_size()


def test_a_team_of_threads_does_what_gloo_does() -> None:
    """Strided sums included."""
    assert together(collectives, 2)[0] == apart(collectives, 2)
    assert not dist.is_initialized()


def test_ranks_have_random_states_of_their_own() -> None:
    def draw(rank: int) -> float:
        torch.manual_seed(rank)
        dist.barrier()
        return torch.rand(1).item()

    wanted = [torch.rand(1, generator=torch.Generator().manual_seed(r)).item() for r in (0, 1)]
    assert together(draw, 2)[0] == wanted


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


@pytest.mark.parametrize("job", [leaves_early, other_sizes, other_calls])
def test_where_gloo_hangs_or_aborts_threads_say_so_at_once(job: Any) -> None:
    began = time.monotonic()
    with pytest.raises(Apart, match=r"rank 0 .*rank 1"):
        together(job, 2)
    assert time.monotonic() - began < 2
    assert not dist.is_initialized()


def killed(rank: int) -> None:
    if rank == 1:
        os.kill(os.getpid(), signal.SIGKILL)
    dist.all_reduce(torch.ones(2))


def spins(rank: int) -> None:
    while rank == 1:
        pass
    dist.barrier()


def children() -> set[str]:
    return set(Path(f"/proc/self/task/{os.getpid()}/children").read_text("ascii").split())


@pytest.mark.parametrize(
    ("job", "said"),
    [
        (killed, "SIGKILL"),
        (other_sizes, "SIGABRT|Connection|waiting"),
        (spins, "Timed out|time was up"),
    ],
)
def test_processes_that_die_or_hang_are_told_and_ended(job: Any, said: str) -> None:
    before, began = children(), time.monotonic()
    with pytest.raises((Died, RuntimeError), match=said):
        apart(job, 2)
    assert time.monotonic() - began < 10
    assert children() <= before


@pytest.mark.parametrize(
    ("job", "said"), [(lambda: killed(dist.get_rank()), "SIGKILL"), (lambda: 1 // 0, "ZeroDiv")]
)
def test_launch_says_who_failed(solved: Any, job: Any, said: str) -> None:
    before, began = children(), time.monotonic()
    with pytest.raises(RuntimeError, match=said):
        solved.launch(job, 2)
    assert time.monotonic() - began < 10
    assert children() <= before


def test_launch_does_not_wait_for_a_rank_that_never_comes(solved: Any) -> None:
    def late() -> None:
        if dist.get_rank() == 0:
            dist.barrier()
        else:
            time.sleep(60)

    before, began = children(), time.monotonic()
    with pytest.raises(RuntimeError, match=r"rank . was still running|Timed out|timed out"):
        solved.launch(late, 2, seconds=1)
    assert time.monotonic() - began < 8
    assert children() <= before


def test_launch_hands_on_what_is_not_written(solved: Any) -> None:
    def stub() -> None:
        raise NotImplementedError("stub is not written yet")

    with pytest.raises(NotImplementedError, match="stub is not written yet"):
        solved.launch(stub, 2)
