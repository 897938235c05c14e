"""Lesson 06: other right answers pass, other wrong ones do not, the numbers in its prose hold."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest

from ..answers.schedules import NAMED, RIGHT, WRONG
from .common import AnswersAndBank

LESSON = "06_schedules"


class TestAnswersAndBank(AnswersAndBank):
    lesson_id, right, wrong, named = LESSON, RIGHT, WRONG, NAMED
    fewest_right = 3
    fewest_wrong = 5
    fewest_mistakes = 8


# The reference against torch


def torch_rates(make: Any, steps: int) -> list[float]:
    torch = pytest.importorskip("torch")
    optimizer = torch.optim.SGD([torch.nn.Parameter(torch.zeros(1))], lr=0.7)
    scheduler = make(torch.optim.lr_scheduler, optimizer)
    rates = []
    for _ in range(steps):
        rates.append(optimizer.param_groups[0]["lr"])
        optimizer.step()
        scheduler.step()
    return rates


def close(mine: list[float], theirs: list[float]) -> None:
    np.testing.assert_allclose(mine, theirs, rtol=1e-12, atol=1e-15)


@pytest.mark.parametrize("total", [1, 2, 3, 4, 7, 10, 20, 25, 33, 100])
@pytest.mark.parametrize("start", [0.02, 0.07, 0.26, 0.3, 0.37, 0.55, 0.77, 0.95])
def test_one_cycle_is_torch_s(solved: Any, total: int, start: float) -> None:
    factors = {"div_factor": 6.0, "final_div_factor": 40.0}
    for options in ({}, factors):
        theirs = torch_rates(
            lambda lrs, opt, options=options: lrs.OneCycleLR(
                opt,
                0.7,
                total_steps=total,
                pct_start=start,
                anneal_strategy="cos",
                three_phase=False,
                cycle_momentum=False,
                **options,
            ),
            total,
        )
        close([solved.one_cycle(t, 0.7, total, start, **options) for t in range(total)], theirs)


def test_where_torch_divides_zero_by_zero() -> None:
    """What the lesson does not ask for is what torch does not answer."""
    with pytest.raises(ZeroDivisionError):
        torch_rates(lambda lrs, opt: lrs.OneCycleLR(opt, 0.7, total_steps=10, pct_start=0.1), 1)


def test_the_other_schedules_are_torch_s(solved: Any) -> None:
    steps = range(50)
    close(
        [solved.step_decay(t, 0.7, 7, 0.4) for t in steps],
        torch_rates(lambda lrs, opt: lrs.StepLR(opt, 7, 0.4), 50),
    )
    close(
        [solved.exponential_decay(t, 0.7, 0.9) for t in steps],
        torch_rates(lambda lrs, opt: lrs.ExponentialLR(opt, 0.9), 50),
    )
    close(
        [solved.cosine(t, 0.7, 49, 0.1) for t in steps],
        torch_rates(lambda lrs, opt: lrs.CosineAnnealingLR(opt, 49, 0.1), 50),
    )
    close(
        [solved.linear_warmup(t, 0.7, 9) for t in steps],
        torch_rates(lambda lrs, opt: lrs.LinearLR(opt, 1 / 9, total_iters=8), 50),
    )


@pytest.mark.parametrize("seed", range(40))
def test_reduce_on_plateau_is_torch_s(solved: Any, seed: int) -> None:
    torch = pytest.importorskip("torch")
    rng = np.random.default_rng(seed)
    pool = [-2.0, -1.0, 0.0, 0.5, 0.75, 1.0, 1.0, 1.25, 3.0, math.nan]
    metrics = rng.choice(pool if seed % 2 else pool[4:], size=80)
    options = {
        "factor": float(rng.uniform(0.2, 0.9)),
        "patience": int(rng.integers(0, 4)),
        "threshold": float(rng.choice([0.0, 1e-4, 0.25])),
        "cooldown": int(rng.integers(0, 4)),
        "min_lr": float(rng.choice([0.0, 0.1])),
    }
    optimizer = torch.optim.SGD([torch.nn.Parameter(torch.zeros(1))], lr=0.7)
    theirs = torch.optim.lr_scheduler.ReduceLROnPlateau(
        optimizer, "min", threshold_mode="rel", eps=0, **options
    )
    mine = solved.ReduceOnPlateau(0.7, **options)
    for metric in metrics:
        theirs.step(metric)
        assert math.isclose(mine.step(metric), optimizer.param_groups[0]["lr"], rel_tol=1e-12)


# The numbers in the prose


def test_the_network_s_gradient_is_right(solved: Any) -> None:
    rng = np.random.default_rng(0)
    network = solved.new_network(rng)
    pixels, classes = (part[:5] for part in solved.load_digits()[0])
    _, slopes = solved.loss_and_slopes(network, pixels, classes)
    for weights, slope in zip(network, slopes, strict=True):
        for index in [(0, 0), (20, 3), (-1, 5)]:
            kept = weights[index]
            weights[index] = kept + 1e-6
            up, _ = solved.loss_and_slopes(network, pixels, classes)
            weights[index] = kept - 1e-6
            down, _ = solved.loss_and_slopes(network, pixels, classes)
            weights[index] = kept
            assert abs((up - down) / 2e-6 - slope[index]) < 1e-7


@pytest.mark.parametrize(("rate", "floor"), [(0.4, 0.125), (0.2, 0.056), (0.1, 0.026)])
def test_a_constant_rate_has_a_floor(solved: Any, rate: float, floor: float) -> None:
    """4000 runs, 30 steps: the mean is within 2 % (five sigmas; one in a million)."""
    measured = np.mean(solved.noisy_bowl(lambda step: rate, 80)[-30:])
    assert abs(rate / (2 * (2 - rate)) - floor) < 5e-4
    assert abs(measured / floor - 1) < 0.03


def test_half_the_rate_every_69_steps(solved: Any) -> None:
    assert round(math.log(0.5) / math.log(0.99)) == 69


def test_warm_up_repairs_a_bad_start_and_a_good_one_needs_none(solved: Any) -> None:
    def end(warmup: int, gain: float) -> float:
        rate_at = lambda t: solved.warmup_cosine(t, 0.8, warmup, 300)
        loss, _ = solved.train(rate_at, 300, momentum=0.0, gain=gain)
        return float(loss)

    assert end(30, 3.0) < end(0, 3.0) / 2
    assert end(290, 3.0) < end(0, 3.0) / 2
    assert round(end(0, 1.0), 3) == round(end(30, 1.0), 3) == 0.085


def test_the_linear_rule_holds_up_to_128_and_breaks(solved: Any) -> None:
    def end(batch: int) -> float:
        rate = solved.linear_scaling(0.05, 8, batch)
        steps = 5 * 1440 // batch
        return float(solved.train(lambda t: rate, steps, batch=batch, momentum=0.0)[0])

    assert 0.17 < end(8) < 0.23
    assert 0.17 < end(128) < 0.25
    assert end(256) > 1
    assert end(512) > 0.95 * math.log(10)
