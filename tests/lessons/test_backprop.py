"""Lesson 02: other right answers pass, other wrong ones do not, the numbers in its prose hold."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from ..answers.backprop import LINEAR, NAMED, RIGHT, WRONG
from ..answers.backprop_layers import linear_loops, linear_loops_back
from .common import AnswersAndBank
from .helpers import judge_names

LESSON = "02_backprop"


class TestAnswersAndBank(AnswersAndBank):
    lesson_id, right, wrong, named = LESSON, RIGHT, WRONG, NAMED


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

    def forward(x: Any, W: Any, b: Any) -> Any:
        out, cache = linear_loops(x, W, b)
        return out, Sealed(cache)

    names = {
        "linear_forward": forward,
        "linear_backward": lambda dout, cache: linear_loops_back(dout, cache.open()),
    }
    assert judge_names(LESSON, LINEAR, names).status == "passed"


def test_reference_equals_torch(solved: Any) -> None:
    torch = pytest.importorskip("torch")
    rng = np.random.default_rng(7)
    params = solved.init_params(rng, inputs=3, hidden=5, classes=4)
    x, y = rng.normal(size=(6, 3)), rng.integers(0, 4, size=6)
    loss, grads = solved.mlp_loss_and_grads(params, x, y)
    leaves = {name: torch.tensor(value, requires_grad=True) for name, value in params.items()}
    hidden = torch.relu(torch.tensor(x) @ leaves["W1"] + leaves["b1"])
    logits = hidden @ leaves["W2"] + leaves["b2"]
    theirs = torch.nn.functional.cross_entropy(logits, torch.tensor(y))
    theirs.backward()
    np.testing.assert_allclose(loss, theirs.item(), rtol=1e-12)
    for name in params:
        np.testing.assert_allclose(grads[name], leaves[name].grad.numpy(), atol=1e-14)


# The numbers in the prose


def test_the_error_of_central_differences_is_a_v(solved: Any) -> None:
    points = np.linspace(0.3, 1.2, 7)
    error = {
        eps: solved.relative_error(
            solved.numerical_gradient(lambda x: np.sum(np.sin(x)), points, eps), np.cos(points)
        )
        for eps in (1e-1, 1e-2, 1e-3, 1e-5, 1e-6, 1e-12)
    }
    assert 90 < error[1e-1] / error[1e-2] < 110
    assert 90 < error[1e-2] / error[1e-3] < 110
    assert error[1e-5] < 1e-9
    assert error[1e-6] < 1e-8
    assert error[1e-12] > 1e-5


def test_the_chain_of_the_figure(solved: Any) -> None:
    chain = lambda v: (max(v[0] * v[1] + v[2], 0.0) - 2.0) ** 2
    slopes = solved.numerical_gradient(chain, np.array([1.5, 0.8, -0.2]))
    np.testing.assert_allclose(slopes, [-1.6, -3.0, -2.0], atol=1e-6)


def test_nudging_a_linear_layer_takes_78_calls(solved: Any) -> None:
    calls = []
    for size in ((6, 4), (4, 3), (3,)):
        solved.numerical_gradient(lambda v: calls.append(v) or 0.0, np.zeros(size))
    assert len(calls) == 78


def test_all_zeros_leave_b2_only(solved: Any) -> None:
    x, _ = solved.half_moons(np.random.default_rng(5))
    y = (np.arange(len(x)) % 3 == 0).astype(np.int64)
    zeros = {
        name: np.zeros_like(value)
        for name, value in solved.init_params(np.random.default_rng(0)).items()
    }
    _, grads = solved.mlp_loss_and_grads(zeros, x, y)
    assert [name for name, grad in grads.items() if np.abs(grad).max() > 1e-12] == ["b2"]


def test_the_network_of_the_lesson_learns(solved: Any) -> None:
    rng = np.random.default_rng(5)
    x, y = solved.half_moons(rng)
    trained, losses = solved.train_mlp(solved.init_params(rng), x, y, lr=1.0, steps=400)
    assert 0.9 < losses[0] < 1.1
    assert solved.mlp_loss_and_grads(trained, x, y)[0] < 0.02
    hidden, _ = solved.relu_forward(x @ trained["W1"] + trained["b1"])
    assert (np.argmax(hidden @ trained["W2"] + trained["b2"], axis=1) == y).all()
