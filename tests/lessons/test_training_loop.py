"""Lesson 10: right answers by other hands, wrong ones outside the bank, what the text promises."""

import math
from typing import Any

import numpy as np
import pytest
import torch
from torch.nn import functional as F
from torch.utils.data import DataLoader, TensorDataset

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


def test_the_forgotten_zero_grad_leads_at_first_and_diverges(solved: Any) -> None:
    """Prediction c: after 30 steps well below the right loss, later above where it began."""
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
    assert losses[True][30] < losses[False][30] / 2
    assert losses[False][-1] < 0.6
    assert max(losses[True][60:]) > math.log(10)


def test_one_more_draw_changes_every_later_order() -> None:
    """Prediction b: of five epochs, the first alone has the order that it has without the draw."""
    numbers = torch.arange(24)
    orders: list[list[list[int]]] = []
    for extra in (0, 1):
        torch.manual_seed(3)
        loader = DataLoader(TensorDataset(numbers), 8, shuffle=True)
        orders.append([])
        for _ in range(5):
            orders[-1].append([int(sample) for (batch,) in loader for sample in batch])
            torch.rand(extra)
    assert [one == two for one, two in zip(*orders, strict=True)] == [True, *[False] * 4]


def test_the_clothes_are_scaled_and_cut_as_in_lesson_08(solved: Any) -> None:
    """The same rows of the same file, the same scaling, a tenth for validation."""
    images, labels = solved.load_clothes("train")
    with np.load(solved.find_data("fashion_mnist.npz")) as fashion:
        expected = fashion["x_train"].reshape(-1, 784) / 255.0 - 0.286
        assert np.allclose(images.flatten(1).numpy(), expected, atol=1e-6)
        assert labels.tolist() == fashion["y_train"].tolist()
    train, val = solved.clothes_sets()
    assert (len(train), len(val)) == (9000, 1000)
    assert min(np.bincount(val.tensors[1])) > 50
