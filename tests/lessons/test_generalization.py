"""Lesson 07: other right answers pass, other wrong ones do not, the numbers in its prose hold."""

from __future__ import annotations

import itertools
import math
import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from autograder.harness.probe import load_probes

from ..answers.generalization import NAMED, RIGHT, WRONG
from .common import AnswersAndBank

LESSON = "07_generalization"


class TestAnswersAndBank(AnswersAndBank):
    lesson_id, right, wrong, named = LESSON, RIGHT, WRONG, NAMED
    fewest_right = 3
    fewest_wrong = 7
    fewest_mistakes = 9


def test_probes_stand_alone(tmp_path: Path) -> None:
    """Every payload loads where nothing of the course can be imported, and holds no answer."""
    for key, probes in load_probes("generalization").items():
        for probe in probes:
            payload = probe.payload(probe.given(1, key).inputs)
            assert b"misconception" not in payload
            (tmp_path / f"{key}.{probe.name}.pkl").write_bytes(payload)
    script = f"""
import pathlib, pickle, sys
sys.modules["autograder"] = None
for file in sorted(pathlib.Path({str(tmp_path)!r}).glob("*.pkl")):
    run, inputs = pickle.loads(file.read_bytes())
    assert callable(run), file
"""
    subprocess.run([sys.executable, "-c", script], check=True, cwd=tmp_path)


# The reference against other ways to know


def best_sizes(n: int, shares: list[float]) -> tuple[int, ...]:
    """Of all sizes that add up to n, those with the least sum of squares from the shares; among
    equals the one that favours earlier parts."""
    around = [range(math.floor(s), math.floor(s) + 2) for s in shares]
    possible = [c for c in itertools.product(*around) if sum(c) == n]
    cost = lambda c: round(sum((a - s) ** 2 for a, s in zip(c, shares, strict=True)), 9)
    return min(possible, key=lambda c: (cost(c), tuple(-a for a in c)))


def test_largest_remainder_is_the_nearest_whole_split(solved: Any) -> None:
    rng = np.random.default_rng(1)
    for _ in range(200):
        n, parts = int(rng.integers(0, 60)), int(rng.integers(1, 5))
        eighths = rng.multinomial(8, np.ones(parts) / parts) / 8
        found = solved.split(n, eighths, np.random.default_rng(0))
        assert tuple(map(len, found)) == best_sizes(n, [float(n * f) for f in eighths])


@pytest.mark.parametrize(
    ("n", "fractions", "sizes"),
    [
        (10, (0.7, 0.2, 0.1), (7, 2, 1)),
        (10, (0.55, 0.25, 0.2), (6, 2, 2)),
        (100, (0.145, 0.855), (15, 85)),  # 14.499999999999998 in floats: a tie on paper
        (100, (0.29, 0.71), (29, 71)),
        (10, (0.1,) * 10, (1,) * 10),
        (5, (0.1,) * 10, (1,) * 5 + (0,) * 5),
        (60, (0.7, 0.2, 0.1), (42, 12, 6)),
    ],
)
def test_sizes_known_by_hand(solved: Any, n: int, fractions: Any, sizes: Any) -> None:
    assert tuple(map(len, solved.split(n, fractions, np.random.default_rng(0)))) == sizes


def test_standardize_and_dropout_equal_torch(solved: Any) -> None:
    torch = pytest.importorskip("torch")
    rng = np.random.default_rng(2)
    train, other = 3 + 2 * rng.normal(size=(20, 4)), rng.normal(size=(5, 4))
    std, mean = torch.std_mean(torch.tensor(train), dim=0, correction=0)
    ours, theirs = solved.standardize(train, other)
    np.testing.assert_allclose(ours, ((torch.tensor(train) - mean) / std).numpy(), atol=1e-13)
    np.testing.assert_allclose(theirs, ((torch.tensor(other) - mean) / std).numpy(), atol=1e-13)
    torch.manual_seed(0)
    leaf = torch.tensor(train, requires_grad=True)
    out = torch.nn.functional.dropout(leaf, 0.3)
    dout = rng.normal(size=out.shape)
    out.backward(torch.tensor(dout))
    mask = out.detach().numpy() / train
    np.testing.assert_allclose(solved.dropout_backward(dout, mask), leaf.grad.numpy(), atol=1e-13)


def test_slopes_of_the_given_network_are_its_gradients(solved: Any) -> None:
    rng = np.random.default_rng(3)
    net = solved.new_network(rng, 5, inputs=4, classes=3)
    x, y = rng.normal(size=(6, 4)), rng.integers(0, 3, size=6)
    grads = solved.slopes(net, x, y, 0.0, rng, None)
    for w, grad in zip(net, grads, strict=True):
        for index in np.ndindex(w.shape):
            old = w[index]
            w[index] = old + 1e-6
            up = solved.loss_of(net, x, y)
            w[index] = old - 1e-6
            down = solved.loss_of(net, x, y)
            w[index] = old
            assert abs((up - down) / 2e-6 - grad[index]) < 1e-7


# The numbers in the prose


def test_a_right_mask_stays_within_the_bound_of_the_visible_test() -> None:
    """|share - 0.2| < 0.02 over 20000 elements: 7 standard deviations."""
    deviations = 0.02 / math.sqrt(0.2 * 0.8 / 20000)
    assert math.erfc(deviations / math.sqrt(2)) < 1e-11


def test_the_widest_network_has_53002_weights(solved: Any) -> None:
    net = solved.new_network(np.random.default_rng(0), 256)
    assert sum(w.size for w in net) == 53002
    assert round(53002 / 300) == 177


def test_plain_splits_miss_a_rare_class_once_in_nine() -> None:
    none = math.comb(380, 40) / math.comb(400, 40)
    assert 1 / 9 < none < 1 / 8


@pytest.mark.parametrize("seed", [5])
def test_small_batches_learn_most_in_an_epoch(solved: Any, seed: int) -> None:
    data = solved.clothes_data(seed=seed)
    ends = [
        solved.train(data, width=64, epochs=20, batch_size=size, lr=0.01)[1][-1, 0]
        for size in (8, 64, 300)
    ]
    assert ends[0] < 0.7 * ends[1] < 0.7 * ends[2]


@pytest.mark.parametrize("seed", [5])
def test_the_widest_network_is_within_5_percent_of_the_best(solved: Any, seed: int) -> None:
    data = solved.clothes_data(seed=seed)
    lowest = [solved.train(data, width=w, epochs=60)[1][:, 1].min() for w in (8, 32, 256)]
    assert lowest[2] < 1.05 * min(lowest)
