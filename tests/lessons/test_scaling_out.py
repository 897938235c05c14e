"""Lesson 14: right answers by other hands, wrong ones outside the bank, what the text promises."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest
import torch
import torch.distributed as dist
from torch.utils.data import DistributedSampler

from autograder.authoring.audit import SAFETY
from autograder.harness.probe import load_probes
from autograder.hidden.scaling_out.probes import processes
from autograder.hidden.scaling_out.probes.processes import Died, apart

from ..answers.scaling_out import NAMED, RIGHT, WRONG
from .common import AnswersAndBank

LESSON = "14_scaling_out"
LONG = 120.0  # seconds: nothing here takes as long, however busy the machine


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


def test_probes_travel_to_a_kernel_that_has_none_of_our_modules(tmp_path: Path) -> None:
    """Two ranks there, in threads: neither the class of a group nor of a handle may be missing."""
    (probe,) = [p for p in load_probes("scaling_out")["sum_across_ranks"] if p.name == "in_float64"]
    (tmp_path / "probe").write_bytes(probe.payload(probe.given(1, "sum_across_ranks").inputs))
    program = """
import pickle, sys, types
import torch, torch.distributed as dist
assert not any(name.startswith("autograder") for name in sys.modules)
run, inputs = pickle.load(open("probe", "rb"))
def sum_across_ranks(values):
    sums = torch.tensor([float(values[name]) for name in sorted(values)], dtype=torch.float64)
    dist.all_reduce(sums)
    return dict(zip(sorted(values), sums.tolist()))
print(run(types.SimpleNamespace(sum_across_ranks=sum_across_ranks), inputs).keys())
"""
    ran = subprocess.run(
        [sys.executable, "-P", "-c", program], cwd=tmp_path, capture_output=True, text=True
    )
    assert "on rank 1" in ran.stdout, ran.stderr


def other_sizes(rank: int) -> None:
    dist.all_reduce(torch.ones(2 + rank))


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
def test_processes_that_die_or_hang_are_told_and_ended(
    job: Any, said: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    if job is spins:  # the others are told at once, however long they might take
        monkeypatch.setattr(processes, "GLOO_SECONDS", 1.0)
        monkeypatch.setattr(processes, "ALL_SECONDS", 3.0)
    before = children()
    with pytest.raises((Died, RuntimeError), match=said):
        apart(job, 2)
    assert children() <= before


@pytest.mark.parametrize(
    ("job", "said"), [(lambda: killed(dist.get_rank()), "SIGKILL"), (lambda: 1 // 0, "ZeroDiv")]
)
def test_launch_says_who_failed(solved: Any, job: Any, said: str) -> None:
    before, began = children(), time.monotonic()
    with pytest.raises(RuntimeError, match=said):
        solved.launch(job, 2, seconds=LONG)
    assert time.monotonic() - began < LONG / 2  # as soon as it happens, not when the time is up
    assert children() <= before


def test_launch_does_not_wait_for_a_rank_that_never_comes(solved: Any) -> None:
    def late() -> None:
        if dist.get_rank() == 0:
            dist.barrier()
        else:
            time.sleep(LONG)

    before, began = children(), time.monotonic()
    with pytest.raises(RuntimeError, match=r"rank . was still running|Timed out|timed out"):
        solved.launch(late, 2, seconds=1)
    assert time.monotonic() - began < LONG / 2
    assert children() <= before


def test_launch_hands_on_what_is_not_written(solved: Any) -> None:
    def stub() -> None:
        raise NotImplementedError("stub is not written yet")

    with pytest.raises(NotImplementedError, match="stub is not written yet"):
        solved.launch(stub, 2)
