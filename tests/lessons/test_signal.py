"""Lesson 04: other right answers pass, other wrong ones do not, the numbers in its prose hold."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from autograder.hidden.signal.bank.features import he_deviations, nearest, xavier_deviations

from ..answers import signal_typed as typed
from ..answers.signal import BATCH, LAYER, RIGHT, WRONG
from ..answers.signal_batchnorm import loops, loops_back
from ..answers.signal_real import NAMED, REAL
from .common import AnswersAndBank
from .helpers import judge_names, lesson_of, merged

LESSON = "04_signal"


class TestAnswersAndBank(AnswersAndBank):
    lesson_id, right = LESSON, RIGHT
    wrong, named = merged(WRONG, REAL, typed.TYPED), merged(NAMED, typed.NAMED)


def test_every_cache_is_private() -> None:
    """A cache that cannot be looked at, compared or copied is as good as any other."""

    class Sealed:
        __slots__ = ("_Sealed__content", "__weakref__")

        def __init__(self, content: Any) -> None:
            self.__content = content

        def open(self) -> Any:
            return self.__content

        def __deepcopy__(self, memo: Any) -> Any:
            raise AssertionError("a probe looked into a cache")

    def forward(*args: Any, **kwargs: Any) -> Any:
        out, cache, *averages = loops(*args, **kwargs)
        return out, Sealed(cache), *averages

    names = {
        "batchnorm_forward": forward,
        "batchnorm_backward": lambda dout, cache: loops_back(dout, cache.open()),
    }
    assert judge_names(LESSON, BATCH, names).status == "passed"


# The initialisers: many seeds, and landmarks that do not crowd the right value


@pytest.mark.parametrize("key", ["xavier_uniform", "he_normal"])
def test_no_draw_fails_a_right_initialiser(key: str) -> None:
    for seed in range(100, 108):
        for label in ("transposed", "standard", "unit"):
            if label in RIGHT[key]:
                assert judge_names(LESSON, key, RIGHT[key][label], seed).status == "passed"


def test_a_mistake_is_named_with_other_draws_than_the_banks() -> None:
    def wide(fan_in: int, fan_out: int, rng: Any) -> Any:
        return np.sqrt(1 / fan_in) * rng.standard_normal((fan_out, fan_in)).T

    def narrow(fan_in: int, fan_out: int, rng: Any) -> Any:
        return (2 * rng.random((fan_in, fan_out)) - 1) * np.sqrt(2 / (fan_in + fan_out))

    for seed in range(1, 6):
        verdict = judge_names(LESSON, "he_normal", {"he_normal": wide}, seed)
        assert verdict.diagnosis is not None
        assert verdict.diagnosis.misconception == "xavier_gain"
        verdict = judge_names(LESSON, "xavier_uniform", {"xavier_uniform": narrow}, seed)
        assert verdict.diagnosis is not None
        assert verdict.diagnosis.misconception == "bound_without_root_three"


@pytest.mark.parametrize("deviations", [xavier_deviations, he_deviations])
def test_landmarks_keep_their_distance_from_the_right_value(deviations: Any) -> None:
    for few, many in ((68, 276), (68, 287), (73, 276), (73, 287)):
        for fans in ((few, many), (many, few)):
            asked, *others = deviations(*fans)
            landmarks = [1.0, *(other / asked for other in others)]
            assert min(abs(landmark - 1) for landmark in landmarks[1:]) > 0.06
            for error in (-0.0349, 0.0, 0.0349):
                assert nearest(1 + error, landmarks, 0.035).value == 1.0


# An independent oracle


def nudged(loss: Any, array: Any) -> Any:
    """Central differences."""
    grad = np.empty(array.shape)
    for index in np.ndindex(array.shape):
        step = np.zeros(array.shape)
        step[index] = 1e-5
        grad[index] = (loss(array + step) - loss(array - step)) / 2e-5
    return grad


def test_batchnorm_backward_equals_central_differences(solved: Any) -> None:
    rng = np.random.default_rng(0)
    given = [rng.normal(size=size) for size in ((5, 3), 3, 3)]
    dout, zero, one = rng.normal(size=(5, 3)), np.zeros(3), np.ones(3)
    _, cache, _, _ = solved.batchnorm_forward(*given, zero, one, eps=0.3)
    for i, grad in enumerate(solved.batchnorm_backward(dout, cache)):
        loss = lambda value, i=i: np.sum(
            dout
            * solved.batchnorm_forward(*given[:i], value, *given[i + 1 :], zero, one, eps=0.3)[0]
        )
        np.testing.assert_allclose(grad, nudged(loss, given[i]), atol=1e-8)


def test_layernorm_backward_equals_central_differences(solved: Any) -> None:
    rng = np.random.default_rng(0)
    given = [rng.normal(size=size) for size in ((2, 3, 4), 4, 4)]
    dout = rng.normal(size=(2, 3, 4))
    _, cache = solved.layernorm_forward(*given, eps=0.3)
    for i, grad in enumerate(solved.layernorm_backward(dout, cache)):
        loss = lambda value, i=i: np.sum(
            dout * solved.layernorm_forward(*given[:i], value, *given[i + 1 :], eps=0.3)[0]
        )
        np.testing.assert_allclose(grad, nudged(loss, given[i]), atol=1e-8)


def test_reference_equals_torch(solved: Any) -> None:
    torch = pytest.importorskip("torch")
    rng = np.random.default_rng(7)
    layer = torch.nn.BatchNorm1d(4, momentum=0.3, eps=0.01, dtype=torch.float64)
    mean, var = np.zeros(4), np.ones(4)
    for _ in range(4):
        x = 3 + 2 * rng.normal(size=(6, 4))
        out, _, mean, var = solved.batchnorm_forward(
            x, np.ones(4), np.zeros(4), mean, var, momentum=0.3, eps=0.01
        )
        np.testing.assert_allclose(out, layer(torch.tensor(x)).detach().numpy(), atol=1e-12)
    np.testing.assert_allclose(mean, layer.running_mean.numpy(), rtol=1e-12)
    np.testing.assert_allclose(var, layer.running_var.numpy(), rtol=1e-12)
    layer.eval()
    out, _, _, _ = solved.batchnorm_forward(
        x, np.ones(4), np.zeros(4), mean, var, eps=0.01, training=False
    )
    np.testing.assert_allclose(out, layer(torch.tensor(x)).detach().numpy(), atol=1e-12)
    x, dout = rng.normal(size=(2, 3, 5)), rng.normal(size=(2, 3, 5))
    gamma, beta = rng.normal(size=5), rng.normal(size=5)
    leaves = [torch.tensor(array, requires_grad=True) for array in (x, gamma, beta)]
    theirs = torch.nn.functional.layer_norm(leaves[0], (5,), leaves[1], leaves[2])
    theirs.backward(torch.tensor(dout))
    out, cache = solved.layernorm_forward(x, gamma, beta)
    np.testing.assert_allclose(out, theirs.detach().numpy(), atol=1e-12)
    for mine, leaf in zip(solved.layernorm_backward(dout, cache), leaves, strict=True):
        np.testing.assert_allclose(mine, leaf.grad.numpy(), atol=1e-12)


# The numbers in the prose


def test_equal_units_stay_equal_and_one_random_side_is_enough(solved: Any) -> None:
    half, rng = np.full((2, 8), 0.5), np.random.default_rng(1)
    path, loss = solved.train_hidden(half, np.full(8, 0.5))
    assert [solved.distinct_units(W) for W in path[::100]] == [1, 1, 1, 1]
    assert loss > 0.25
    path, loss = solved.train_hidden(half, rng.normal(size=8))
    assert solved.distinct_units(path[-1]) == 8
    assert loss < 0.1
    path, _ = solved.train_hidden(np.zeros((2, 8)), np.zeros(8))
    assert np.abs(path).max() == 0


def test_he_keeps_fifty_layers_and_ten_per_cent_more_does_not(solved: Any) -> None:
    rng = np.random.default_rng(2)
    x = rng.normal(size=(64, 256))
    weights = [solved.he_normal(256, 256, rng) for _ in range(50)]
    for gain, low, high in ((0.9, 0.001, 0.02), (1.0, 0.2, 4), (1.1, 25, 500)):
        _, stds = solved.forward_statistics(x, [gain * W for W in weights], solved.relu)
        assert low < stds[-1] < high
    assert round(1.1**50) == 117


def test_gradient_norms_follow_their_theory(solved: Any) -> None:
    rng = np.random.default_rng(0)
    x, starts = rng.normal(size=(64, 256)), solved.four_starts(rng)
    for weights, factor, *_ in starts.values():
        norms = solved.gradient_norms(x, weights, solved.relu)
        assert 0.2 < norms[0] / factor**50 < 5
    small = starts["deviation 0.01"][0]
    growth, branch = np.sqrt(np.pi / (np.pi - 1)), np.sqrt(1 + 0.5 * 256 * 0.01**2)
    assert round(growth, 2) == 1.21
    assert round(branch, 3) == 1.006
    for repair, factor in (("batch norm", growth), ("layer norm", 1.0), ("residual", branch)):
        norms = solved.gradient_norms(x, small, solved.relu, repair)
        assert 0.4 < norms[0] / factor**50 < 2.5, repair


def test_tanh_with_xavier_fades_like_one_over_the_root(solved: Any) -> None:
    rng = np.random.default_rng(0)
    weights = [solved.xavier_uniform(256, 256, rng) for _ in range(50)]
    _, stds = solved.forward_statistics(rng.normal(size=(64, 256)), weights, np.tanh)
    np.testing.assert_allclose(stds[9::10], 1 / np.sqrt(1 + 2 * np.arange(10, 51, 10)), rtol=0.1)


def test_pairs_are_keyed_as_the_curriculum_has_them() -> None:
    keys = lesson_of(LESSON).exercises
    assert {BATCH, LAYER} <= set(keys)
    assert sum(exercise.points for exercise in keys.values()) == 18
