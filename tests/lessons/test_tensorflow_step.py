"""Lesson 16: right answers by other hands, wrong ones, what the text promises."""

from __future__ import annotations

from typing import Any

import pytest

pytest.importorskip("tensorflow", reason="lesson 16 needs TensorFlow: `make tensorflow`")

import keras
import numpy as np
import torch
from torch.nn import functional as F

from ..answers.tensorflow_step import NAMED, RIGHT, WRONG
from .common import AnswersAndBank

LESSON = "16_tensorflow"
# Keras says so where a variable has no gradient; TensorFlow's own protobuf code is not of today.
pytestmark = [
    pytest.mark.filterwarnings("ignore:Gradients do not exist"),
    pytest.mark.filterwarnings("ignore::DeprecationWarning"),
]


class TestAnswersAndBank(AnswersAndBank):
    lesson_id, right, wrong, named = LESSON, RIGHT, WRONG, NAMED
    fewest_mistakes = 10


OPTIMIZERS: dict[str, tuple[Any, Any]] = {
    "sgd": (lambda p: torch.optim.SGD(p, lr=0.1), lambda: keras.optimizers.SGD(0.1)),
    "momentum": (
        lambda p: torch.optim.SGD(p, lr=0.05, momentum=0.9),
        lambda: keras.optimizers.SGD(0.05, momentum=0.9),
    ),
    "nesterov": (
        lambda p: torch.optim.SGD(p, lr=0.05, momentum=0.9, nesterov=True),
        lambda: keras.optimizers.SGD(0.05, momentum=0.9, nesterov=True),
    ),
    "adam": (
        lambda p: torch.optim.Adam(p, lr=1e-3, eps=1e-8),
        lambda: keras.optimizers.Adam(1e-3, epsilon=1e-8),
    ),
}


def gaps(solved: Any, name: str, seed: int, corrected: bool = False) -> float:
    """The largest difference of weights in ten steps of both libraries."""
    net, model = solved.twins(seed)
    theirs, ours = OPTIMIZERS[name][0](net.parameters()), OPTIMIZERS[name][1]()
    criterion, largest = keras.losses.SparseCategoricalCrossentropy(from_logits=True), 0.0
    for t, (x, y) in enumerate(solved.clothes_batches(32, 10), 1):
        if corrected:
            ours.epsilon = 1e-8 * (1 - 0.999**t) ** 0.5
        solved.train_step(net, solved.as_torch((x, y)), F.cross_entropy, theirs)
        solved.tf_train_step(model, ours, criterion, x, y)
        largest = max(largest, solved.gap(net, model))
    return largest


@pytest.mark.parametrize("seed", [0, 1])
@pytest.mark.parametrize("name", ["sgd", "momentum", "nesterov"])
def test_ten_steps_equal_pytorchs(solved: Any, name: str, seed: int) -> None:
    assert gaps(solved, name, seed) < 1e-5


@pytest.mark.parametrize("seed", [0, 1])
def test_adam_is_another_until_epsilon_is_corrected(solved: Any, seed: int) -> None:
    assert gaps(solved, "adam", seed) > 1e-4
    assert gaps(solved, "adam", seed, corrected=True) < 1e-5


def test_keras_coasts_where_pytorch_stands_still() -> None:
    """Prediction c."""
    p, v = torch.nn.Parameter(torch.zeros(1)), keras.Variable(np.zeros(1, np.float32))
    theirs = torch.optim.SGD([p], lr=0.1, momentum=0.9)
    ours = keras.optimizers.SGD(0.1, momentum=0.9)
    at_ten = []
    for step in range(30):
        if step == 10:
            theirs.param_groups[0]["lr"] = ours.learning_rate = 0.0
            at_ten = [p.item(), float(v[0])]
        p.grad = torch.ones(1)
        theirs.step()
        ours.apply([keras.ops.ones(1)], [v])
    assert at_ten[0] == pytest.approx(at_ten[1])
    assert p.item() == at_ten[0]
    assert float(v[0]) < 2 * at_ten[1]
