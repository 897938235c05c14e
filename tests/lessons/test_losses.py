"""Lesson 01: other right answers pass, other wrong ones do not, the numbers in its prose hold."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from ..answers.losses import RIGHT, WRONG
from ..answers.losses_typed import NAMED as TYPED
from ..answers.losses_wild import NAMED
from .common import AnswersAndBank
from .helpers import merged

LESSON = "01_losses"


class TestAnswersAndBank(AnswersAndBank):
    lesson_id, right, wrong, named = LESSON, RIGHT, WRONG, merged(NAMED, TYPED)
    nearest = 99  # float32, and 1e-8 in a sum of exponentials, are that close to exact


def test_reference_equals_torch(solved: Any) -> None:
    torch = pytest.importorskip("torch")
    F, t = torch.nn.functional, torch.tensor
    rng = np.random.default_rng(7)
    pred, target = 3 * rng.normal(size=(6, 4)), rng.normal(size=(6, 4))
    classes, yes = rng.integers(0, 4, size=6), rng.integers(0, 2, size=(6, 4))
    soft = solved.softmax(rng.normal(size=(6, 4)))
    wide = pred * 1e4 / np.abs(pred).max()
    for how in ("none", "mean", "sum"):
        for ours, theirs in (
            (solved.mse(pred, target, how), F.mse_loss(t(pred), t(target), reduction=how)),
            (solved.mae(pred, target, how), F.l1_loss(t(pred), t(target), reduction=how)),
            (
                solved.huber(pred, target, 0.7, how),
                F.huber_loss(t(pred), t(target), delta=0.7, reduction=how),
            ),
            (
                solved.smooth_l1(pred, target, 0.7, how),
                F.smooth_l1_loss(t(pred), t(target), beta=0.7, reduction=how),
            ),
            (
                solved.cross_entropy(wide, classes, how),
                F.cross_entropy(t(wide), t(classes), reduction=how),
            ),
            (
                solved.cross_entropy_one_hot(wide, soft, how),
                F.cross_entropy(t(wide), t(soft), reduction=how),
            ),
            (
                solved.bce_with_logits(wide, yes, how),
                F.binary_cross_entropy_with_logits(t(wide), t(yes).double(), reduction=how),
            ),
        ):
            np.testing.assert_allclose(ours, theirs.numpy(), rtol=1e-12, atol=1e-12)
    np.testing.assert_allclose(solved.log_softmax(wide), F.log_softmax(t(wide), -1), rtol=1e-12)
    np.testing.assert_allclose(solved.softmax(wide), F.softmax(t(wide), -1), atol=1e-15)


# The numbers in the prose


def test_mean_and_median_are_the_favourites(solved: Any) -> None:
    numbers, guesses = np.array([1.0, 2.0, 3.0, 4.0, 90.0]), np.linspace(0, 90, 901)
    for loss, best in ((solved.mse, 20.0), (solved.mae, 3.0)):
        found = min(guesses, key=lambda g, loss=loss: loss(np.full(5, g), numbers))
        assert found == pytest.approx(best)


def test_the_square_follows_outliers_in_proportion(solved: Any) -> None:
    slopes = {
        (name, depth): solved.fit_line(loss, *solved.line_with_outliers(depth))[0]
        for name, loss in (
            ("mse", solved.mse),
            ("mae", solved.mae),
            ("huber", lambda p, t: solved.huber(p, t, delta=0.5)),
        )
        for depth in (0.0, 6.0, 12.0)
    }
    for depth in (6.0, 12.0):
        exact = np.polyfit(*solved.line_with_outliers(depth), 1)[0]
        assert slopes["mse", depth] == pytest.approx(exact, abs=0.01)
    for name in ("mae", "huber"):
        assert slopes[name, 6.0] == pytest.approx(slopes[name, 12.0], abs=0.01)
        assert slopes[name, 0.0] - slopes[name, 12.0] < 0.2


def test_a_second_softmax_has_a_floor(solved: Any) -> None:
    logits = np.zeros((1, 10))
    logits[0, 3] = 1e4
    twice = solved.cross_entropy(solved.softmax(logits), np.array([3]))
    assert twice == pytest.approx(np.log(np.e + 9) - 1)
    assert round(float(twice), 2) == 1.46


def test_a_case_of_weight_49_balances(solved: Any) -> None:
    ill = (np.arange(1000) < 20).astype(np.int64)
    weights = np.where(ill == 1, 49, 1)
    cost = lambda z: solved.sample_weighted(
        solved.bce_with_logits(np.full(1000, z), ill, "none"), weights
    )
    assert cost(0.0) < min(cost(-0.05), cost(0.05))


def test_perfect_predictions_that_are_stretched_cost_twice_the_variance() -> None:
    target = np.arange(5.0)
    assert np.mean((target[:, None] - target) ** 2) == 2 * np.var(target) == 4.0


def test_a_sigmoid_too_many_costs_a_third(solved: Any) -> None:
    assert solved.bce_with_logits(np.ones(1), np.ones(1)) == pytest.approx(0.31, abs=0.005)


def test_how_float64_ends() -> None:
    with np.errstate(over="ignore"):
        assert np.exp(710.0) == np.inf
        assert np.exp(709.0) < np.inf
        assert np.exp(-746.0) == 0 < np.exp(-745.0)
    assert -np.log(1e-12) == pytest.approx(27.6, abs=0.05)
