"""Lesson 12: right answers by other hands, wrong ones outside the bank, what the text promises."""

import math
from typing import Any

import numpy as np
import pytest
import torch
from torch import nn
from torch.nn import functional as F

from ..answers import mixed_precision as answers
from ..answers import mixed_precision_people as people
from ..answers import mixed_precision_seen as seen
from .common import AnswersAndBank
from .helpers import merged

LESSON = "12_mixed_precision"
CPU = torch.device("cpu")


class TestAnswersAndBank(AnswersAndBank):
    lesson_id, right = LESSON, merged(answers.RIGHT, people.RIGHT)
    wrong = merged(answers.WRONG, seen.WRONG, people.WRONG)
    named = merged(answers.NAMED, seen.NAMED, people.NAMED)
    # 16 bits are 4e-3 apart: a mistake of format is no larger, beside a tolerance of 2e-5.
    nearest = 30


def test_the_setup_reads_the_clothes_in_batches(solved: Any) -> None:
    batches = solved.clothes_batches(50, 4)
    assert [tuple(x.shape) for x, _ in batches] == [(50, 1, 28, 28)] * 4
    assert all(x.dtype == torch.float32 and y.dtype == torch.int64 for x, y in batches)
    again = solved.clothes_batches(50, 4)
    assert all(torch.equal(a[0], b[0]) for a, b in zip(batches, again, strict=True))


def losses_of_the_deep_net(solved: Any, dtype: torch.dtype, seed: int) -> Any:
    net = solved.deep_net(seed)
    optimizer, losses = torch.optim.Adam(net.parameters(), lr=1e-3), []
    for x, y in solved.clothes_batches(60, 160):
        optimizer.zero_grad()
        with torch.autocast("cpu", dtype, enabled=dtype != torch.float32):
            loss: Any = F.cross_entropy(net(x), y)
        loss.backward()
        optimizer.step()
        losses.append(loss.item())
    return np.array(losses)


@pytest.mark.skipif(torch.cuda.is_available(), reason="the networks of the setup are on the GPU")
@pytest.mark.parametrize("seed", [0, 1])
def test_the_deep_net_learns_in_float32_and_stands_still_in_float16(solved: Any, seed: int) -> None:
    """Prediction b, on both seeds of the figure."""
    assert losses_of_the_deep_net(solved, torch.float32, seed)[-10:].mean() < 1.9
    still = losses_of_the_deep_net(solved, torch.float16, seed)
    assert abs(still[-10:].mean() - math.log(10)) < 0.02


@pytest.mark.skipif(torch.cuda.is_available(), reason="the networks of the setup are on the GPU")
def test_most_gradients_of_the_deep_net_underflow(solved: Any) -> None:
    ((x, y),) = solved.clothes_batches(60, 1)
    net = solved.deep_net()
    loss: Any = F.cross_entropy(net(x), y)
    loss.backward()
    grads = [p.grad for p in net.parameters()]
    assert 0.5 < solved.underflow_fraction(grads, torch.float16) < 0.9
    assert solved.underflow_fraction(grads, torch.bfloat16) == 0


@pytest.mark.parametrize("clip_first", [False, True])
def test_clipping_first_hardly_moves(solved: Any, clip_first: bool) -> None:
    """Prediction c."""
    torch.manual_seed(0)
    net, x, y = nn.Linear(4, 3), torch.randn(20, 4), torch.arange(20) % 3
    first = net.weight.detach().clone()
    optimizer, scaler = torch.optim.SGD(net.parameters(), lr=0.1), solved.DynamicLossScaler()
    for _ in range(5):
        if clip_first:
            optimizer.zero_grad()
            scaler.scale(F.cross_entropy(net(x), y)).backward()
            nn.utils.clip_grad_norm_(net.parameters(), 1.0)
            scaler.step(optimizer)
            scaler.update()
        else:
            args = net, (x, y), F.cross_entropy, optimizer, scaler, 1.0, CPU, torch.float16
            solved.amp_step(*args)
    moved = (net.weight.detach() - first).norm().item()
    assert moved < 1e-5 if clip_first else moved > 1e-2


@pytest.mark.parametrize("fused", [False, True])
@pytest.mark.parametrize("seed", range(5))
def test_the_reference_scaler_does_what_torchs_does(solved: Any, seed: int, fused: bool) -> None:
    """The same scales and weights on random scripts, a third of whose gradients are not finite."""
    rng = np.random.default_rng(seed)
    bad = rng.random(40) < 0.3
    slopes = np.where(bad, rng.choice([np.inf, -np.inf, np.nan], 40), rng.normal(size=40))
    options: Any = {"init_scale": 1024.0, "growth_factor": 4.0, "backoff_factor": 0.25}
    runs = []
    for scaler in (
        solved.DynamicLossScaler(**options, growth_interval=2),
        torch.amp.GradScaler("cpu", **options, growth_interval=2),
    ):
        weight = nn.Parameter(torch.ones(2))
        optimizer, scales = torch.optim.Adam([weight], lr=0.1, fused=fused), []
        for slope in slopes:
            optimizer.zero_grad()
            scaler.scale((weight * float(slope)).sum()).backward()
            scaler.step(optimizer)
            scaler.update()
            scales.append(scaler.state_dict()["scale"])
        runs.append((scales, weight.detach()))
    assert runs[0][0] == runs[1][0]
    torch.testing.assert_close(runs[0][1], runs[1][1], rtol=1e-6, atol=0)


def test_a_state_goes_through_a_file_that_is_loaded_with_weights_only(
    solved: Any, tmp_path: Any
) -> None:
    """As lesson 11 saves it."""
    torch.save(solved.DynamicLossScaler(init_scale=8.0).state_dict(), tmp_path / "scaler.pt")
    fresh = solved.DynamicLossScaler()
    fresh.load_state_dict(torch.load(tmp_path / "scaler.pt", weights_only=True))
    assert fresh.state_dict()["scale"] == 8.0
