"""Lesson 11: right answers by other hands, wrong ones outside the bank, what the text promises."""

import copy
import math
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from torch import nn

from autograder.api import equal
from autograder.course.course import Course
from autograder.course.reference import load_reference
from autograder.harness.local import LocalRunner
from autograder.judging.judge import Judge

from ..answers.stability import NAMED, RIGHT, WRONG
from .common import AnswersAndBank
from .helpers import judge_names

LESSON = "11_stability"


class TestAnswersAndBank(AnswersAndBank):
    lesson_id, right, wrong, named = LESSON, RIGHT, WRONG, NAMED
    fewest_mistakes = 10


def test_the_norm_and_the_clip_are_those_of_torch(solved: Any) -> None:
    generator = torch.Generator().manual_seed(0)
    for most in (0.1, 1.0, 100.0):
        ours = [nn.Parameter(torch.zeros(n, 3)) for n in (1, 4, 9)]
        theirs = [nn.Parameter(torch.zeros_like(p)) for p in ours]
        for p, q in zip(ours, theirs, strict=True):
            p.grad = torch.randn(p.shape, generator=generator)
            q.grad = p.grad.clone()
        their_norm = nn.utils.clip_grad_norm_(theirs, most).item()
        assert solved.global_grad_norm(ours) == pytest.approx(their_norm, rel=1e-6)
        assert solved.clip_grad_norm(ours, most) == pytest.approx(their_norm, rel=1e-6)
        for p, q in zip(ours, theirs, strict=True):
            assert p.grad is not None
            assert q.grad is not None
            torch.testing.assert_close(p.grad, q.grad, rtol=1e-5, atol=1e-7)


def reading_run(solved: Any, seed: int, lr: float, most: float | None) -> list[float]:
    """The losses of the lesson's first runs: 25 steps of SGD on the plays."""
    net = solved.PlayNet(seed)
    optimizer = torch.optim.SGD(net.parameters(), lr=lr)
    losses = []
    for batch in solved.make_loader(solved.lines_of(solved.plays, 400, 50, seed), 16, seed):
        x, y = (part.to(solved.device) for part in batch)
        optimizer.zero_grad()
        loss = solved.per_character(net(x), y)
        loss.backward()
        if most is not None:
            solved.clip_grad_norm(net.parameters(), most)
        optimizer.step()
        losses.append(loss.item())
        if not math.isfinite(losses[-1]):
            break
    return losses


@pytest.mark.parametrize("seed", range(5))
def test_the_network_explodes_without_a_clip_and_learns_with_one(solved: Any, seed: int) -> None:
    """Prediction c, on more seeds than the lesson shows."""
    assert not math.isfinite(reading_run(solved, seed, 0.5, None)[-1])
    clipped = reading_run(solved, seed, 0.5, 1.0)
    assert max(clipped[-5:]) < math.log(73)


@pytest.mark.parametrize("seed", range(3))
def test_the_norm_tells_how_far_the_next_step_goes(solved: Any, seed: int) -> None:
    """What the lesson reads off its table: small norms, until one that throws the weights far."""
    net, norms, losses = solved.PlayNet(seed), list[float](), list[float]()
    optimizer = torch.optim.SGD(net.parameters(), lr=0.5)
    optimizer.register_step_pre_hook(
        lambda *_: norms.append(solved.global_grad_norm(net.parameters()))
    )
    for batch in solved.make_loader(solved.lines_of(solved.plays, 400, 50, seed), 16, seed):
        on_device = [part.to(solved.device) for part in batch]
        losses.append(solved.train_step(net, on_device, solved.per_character, optimizer))
        if norms[-1] > 10:
            break
    assert max(0.5 * norm for norm in norms[:-1]) < 2
    assert 0.5 * norms[-1] > 50
    assert norms[-1] / norms[0] > 5 * losses[-1] / losses[0]


def test_optimizers_of_torch_do_not_compare_shapes() -> None:
    """What the lesson says of torch, and why a checkpoint holds shapes of its own."""
    wide, narrow = nn.Parameter(torch.ones(4)), nn.Parameter(torch.ones(1))
    saved = torch.optim.Adam([wide])
    wide.grad = torch.ones(4)
    saved.step()
    loaded = torch.optim.Adam([narrow])
    loaded.load_state_dict(saved.state_dict())
    assert loaded.state[narrow]["exp_avg"].shape == (4,)


def test_a_schedule_that_is_built_changes_a_loaded_rate() -> None:
    def parts() -> Any:
        optimizer = torch.optim.SGD([nn.Parameter(torch.ones(1))], lr=1.0)
        return optimizer, lambda: torch.optim.lr_scheduler.LinearLR(optimizer, 0.1, total_iters=10)

    optimizer, schedule = parts()
    scheduler = schedule()
    for _ in range(5):
        optimizer.step()
        scheduler.step()
    rate = optimizer.param_groups[0]["lr"]
    other, late = parts()
    other.load_state_dict(optimizer.state_dict())
    late()
    assert other.param_groups[0]["lr"] != pytest.approx(rate)


def test_a_part_of_the_points_for_a_checkpoint_that_only_survives_no_crash(solved: Any) -> None:
    """Whoever writes in place has a run that resumes, and all points for that."""

    def in_place(path: Any, **run: Any) -> None:
        aside = Path(str(path) + ".aside")
        solved.save_checkpoint(aside, **run)
        Path(path).write_bytes(aside.read_bytes())
        aside.unlink()

    names = {"save_checkpoint": in_place, "load_checkpoint": solved.load_checkpoint}
    verdict = judge_names(LESSON, "save_checkpoint__load_checkpoint", names)
    assert 5 < verdict.score < 6


def test_a_loaded_run_may_round_as_another_processor_but_is_what_was_saved() -> None:
    """Weights after some steps are nine digits alike on two machines; what is loaded is, in one
    process, what was saved, to the last bit. A file in float32 loses that."""
    key = "save_checkpoint__load_checkpoint"
    lesson = Course.find().lesson(LESSON)
    judge = Judge(lesson, seed=1)
    probe = next(probe for probe in judge.probes(key) if probe.name == "parts")
    raw = judge.examine(key, LocalRunner(load_reference(lesson).__dict__)).raw["parts"]

    def seen(change: Callable[[Any], Any], *parts: str) -> Any:
        changed = copy.deepcopy(raw)
        for part in parts:
            weights = changed[part]["weights"] if part == "what was saved" else changed[part]
            for name, value in weights.items():
                weights[name] = change(value) if value.dtype == np.float64 else value
        return judge.bank.observation(key, "parts", changed, {}, {})

    here = seen(lambda w: w)
    elsewhere = seen(lambda w: w * (1 + 1e-9), "the model", "what was saved")
    halved = seen(lambda w: w.astype(np.float32).astype(np.float64), "the model")
    assert equal(here, elsewhere, probe.tolerance)
    assert not equal(here, halved, probe.tolerance)
