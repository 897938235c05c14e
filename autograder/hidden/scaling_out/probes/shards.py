"""Probes of who gets which sample, and the predictions."""

import random
from typing import Any

import numpy as np
import torch

from autograder.api import EXACT, Calls, Inputs, Probes

probes = Probes()
probes.predictions("no_set_epoch", "unused_parameter", "ring")
shards = probes.exercise("shard_indices", tolerance=EXACT)
Rng = np.random.Generator
ORDER = "n, rank, world_size, epoch, seed, drop_last"


def call(n: int, rank: int, size: int, epoch: int, seed: int, **more: Any) -> Inputs:
    return {"n": n, "rank": rank, "world_size": size, "epoch": epoch, "seed": seed, **more}


def padded(rng: Rng) -> Inputs:
    """Sizes that fit, and that leave one or two over; every rank of one of them."""
    seed, n = int(rng.integers(1, 1000)), 3 * int(rng.integers(4, 8)) + 1
    made = {f"for rank {rank} of 3": call(n, rank, 3, 0, seed) for rank in range(3)}
    made["where one is missing"] = call(n + 1, 2, 3, 0, seed)
    made["in epoch 2"] = call(n, 1, 3, 2, seed)
    made["where it fits"] = call(16, 3, 4, 1, seed)
    made["for one process"] = call(n, 0, 1, 1, seed + 5)
    return made


def dropped(rng: Rng) -> Inputs:
    seed, n = int(rng.integers(1, 1000)), 4 * int(rng.integers(4, 8)) + 3
    made = {
        f"for rank {rank} of 4": call(n, rank, 4, rank, seed, drop_last=True) for rank in range(4)
    }
    made["where it fits"] = call(12, 1, 2, 0, seed, drop_last=True)
    made["without drop_last"] = call(n, 3, 4, 1, seed, drop_last=False)
    return made


def few(rng: Rng) -> Inputs:
    """More ranks than samples: the permutation is repeated more than once."""
    seed = int(rng.integers(1, 1000))
    return {
        "for 2 samples and 7 ranks": call(2, 5, 7, 0, seed),
        "for 1 sample and 3 ranks": call(1, 2, 3, 4, seed),
        "for 3 samples and 8 ranks": call(3, 7, 8, 1, seed),
    }


shards.probe(
    "shares that are padded",
    points=0.75,
    inputs=padded,
    name="padded",
    experiment="compare with list(DistributedSampler(range(n), world_size, rank, seed=seed)).",
)(Calls("shard_indices", "indices", order=ORDER))
shards.probe(
    "shares with drop_last",
    points=0.5,
    inputs=dropped,
    name="dropped",
    experiment="print the shares of all ranks: together they hold no sample twice.",
)(Calls("shard_indices", "indices", order=ORDER))
shards.probe(
    "fewer samples than ranks",
    points=0.375,
    inputs=few,
    name="few",
    experiment="try two samples and seven ranks: each rank gets one.",
)(Calls("shard_indices", "indices", order=ORDER))


def numpy_state() -> Any:
    state: Any = np.random.get_state()  # noqa: NPY002 (what learners may use)
    return state[1].copy()


@shards.probe(
    "the global random state, plain ints",
    points=0.375,
    inputs=lambda rng: {"call": call(13, 1, 2, 3, int(rng.integers(1, 1000)))},
    kind="side",
)
def leaves_no_trace(impl: Any, inputs: Inputs) -> Any:
    torch.manual_seed(5)
    before = torch.get_rng_state(), numpy_state(), random.getstate()
    first = impl.shard_indices(**inputs["call"])
    after = torch.get_rng_state(), numpy_state(), random.getstate()
    kept = [
        torch.equal(before[0], after[0]),
        bool((before[1] == after[1]).all()),
        before[2] == after[2],
    ]
    torch.manual_seed(6)
    return {
        "is it a list?": isinstance(first, list),
        "of ints?": all(isinstance(i, int | np.integer) for i in first),
        "are torch's, NumPy's and Python's states as before?": kept,
        "the same again": list(impl.shard_indices(**inputs["call"])),
    }
