"""Lesson 10: right answers by other hands, wrong ones outside the bank, what the text promises."""

import math
from typing import Any

import numpy as np
import pytest
import torch
from torch.nn import functional as F

from ..answers.training_loop import NAMED, RIGHT, WRONG
from .common import AnswersAndBank
from .helpers import judge_names

LESSON = "10_training_loop"


class TestAnswersAndBank(AnswersAndBank):
    lesson_id, right, wrong, named = LESSON, RIGHT, WRONG, NAMED
    fewest_wrong = 0


def test_a_tensor_for_a_number_is_named() -> None:
    def tensor(model: Any, batch: Any, criterion: Any, optimizer: Any) -> Any:
        optimizer.zero_grad()
        loss = criterion(model(batch[0]), batch[1])
        loss.backward()
        optimizer.step()
        return loss

    verdict = judge_names(LESSON, "train_step", {"train_step": tensor})
    assert verdict.diagnosis is not None
    assert verdict.diagnosis.misconception == "returns_the_tensor"


def test_the_setup_reads_the_digits_and_says_where_it_looked(
    solved: Any, tmp_path: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    images, labels = solved.load_digits()
    assert images.shape == (1797, 1, 8, 8)
    assert images.dtype == torch.float32
    assert labels.dtype == torch.int64
    assert 0 == images.min() < images.max() == 1
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("DESCENT_DATA", raising=False)
    with pytest.raises(FileNotFoundError, match="DESCENT_DATA"):
        solved.load_digits()


def test_the_digits_are_found_where_descent_data_says(
    solved: Any, tmp_path: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    np.savez(tmp_path / "digits.npz", x=np.full((2, 8, 8), 16, np.uint8), y=np.array([1, 2]))
    (tmp_path / "elsewhere").mkdir()
    monkeypatch.chdir(tmp_path / "elsewhere")
    monkeypatch.setenv("DESCENT_DATA", str(tmp_path))
    images, labels = solved.load_digits()
    assert images.shape == (2, 1, 8, 8)
    assert labels.tolist() == [1, 2]


def test_the_forgotten_zero_grad_leads_at_first_and_breaks_out(solved: Any) -> None:
    """Prediction c: after 30 steps a fifth of the right loss, later above where it began."""
    batches = solved.fixed_batches(solved.digit_sets()[0], 64) * 10
    losses = {}
    for forgetful in (False, True):
        model = solved.small_network()
        optimizer = torch.optim.SGD(model.parameters(), lr=0.1)
        if forgetful:
            optimizer.zero_grad = lambda: None
        losses[forgetful] = [
            solved.train_step(model, batch, F.cross_entropy, optimizer) for batch in batches
        ]
    assert losses[True][30] / losses[False][30] == pytest.approx(0.2, abs=0.05)
    assert losses[False][-1] < 0.5
    assert max(losses[True][60:]) > math.log(10)


def test_the_mean_over_samples_of_the_prediction() -> None:
    """Prediction a, and the answer that a mean of batch means would give."""
    sizes, means = np.array([32, 32, 32, 4]), np.array([0, 0, 0, 10])
    assert np.average(means, weights=sizes) == pytest.approx(0.4)
    assert means.mean() == 2.5
