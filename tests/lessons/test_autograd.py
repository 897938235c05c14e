"""Lesson 03: other right answers pass, other wrong ones do not, the numbers in its prose hold."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from autograder.course.reference import execute_source_over, exercise_source

from ..answers.autograd import NAMED, RIGHT, WRONG
from ..answers.autograd_tapes import right_tapes, wrapped, wrong_tapes
from ..answers.autograd_tensors import Closures, Numbered
from ..answers.autograd_wrong import WRONG_TENSORS, Recursive
from .common import AnswersAndBank
from .helpers import judge_names, lesson_of

LESSON = "03_autograd"


class TestAnswersAndBank(AnswersAndBank):
    lesson_id, right, wrong, named = LESSON, RIGHT, WRONG, NAMED


# A tape needs a Tensor


class Unwatched(Closures):
    """As the first edition had it: nobody is told, and there is no list."""

    watchers: Any = property()

    def _tell(self, out: Any, pairs: Any) -> None:
        pass


def unwritten(*args: Any) -> Any:
    raise NotImplementedError("Tensor is not written yet")


@pytest.mark.parametrize("tensor", [unwritten, Unwatched, *WRONG_TENSORS.values()])
@pytest.mark.filterwarnings("ignore::RuntimeWarning")
def test_a_right_tape_is_right_on_a_notebook_whose_tensor_is_not(tensor: Any) -> None:
    names = {"Tape": right_tapes(tensor)["Lines"], "Tensor": tensor}
    verdict = judge_names(LESSON, "Tape", names)
    assert verdict.status == "passed"
    assert getattr(tensor, "watchers", []) in ([], Unwatched.watchers)


@pytest.mark.parametrize("tensor", [Closures, Numbered])
def test_a_tape_of_the_reference_is_right_on_any_right_tensor(tensor: Any, solved: Any) -> None:
    lesson = lesson_of(LESSON)
    names = {**solved.__dict__, "Tensor": tensor}
    cell = execute_source_over(exercise_source(lesson, "Tape"), "tape_elsewhere", names)
    verdict = judge_names(LESSON, "Tape", {"Tape": cell["Tape"], "Tensor": tensor})
    assert verdict.status == "passed"


def test_a_tape_may_answer_in_tensors() -> None:
    """The contract speaks of a list, and not of what is in it: hidden tests take both."""
    names = {"Tape": wrapped(Numbered), "Tensor": Numbered}
    assert judge_names(LESSON, "Tape", names).status == "passed"


def test_a_wrong_tape_is_wrong_without_a_tensor_too() -> None:
    names = {"Tape": wrong_tapes(unwritten)["Borrowing"], "Tensor": unwritten}
    verdict = judge_names(LESSON, "Tape", names)
    assert verdict.score < verdict.max_score


def test_watchers_of_the_learner_are_put_back() -> None:
    """A tape that was broken off may have left one in, which is no fault of what is checked."""

    def broken(out: Any) -> None:
        raise TypeError("a watcher of one argument")

    Closures.watchers.append(broken)
    try:
        for key, names in {
            "Tensor": {"Tensor": Closures},
            "Tape": {"Tape": right_tapes(Closures)["Asking"], "Tensor": Closures},
        }.items():
            assert judge_names(LESSON, key, names).status == "passed"
            assert Closures.watchers == [broken]
    finally:
        Closures.watchers.clear()


def test_a_tape_that_left_its_watcher_in_does_not_cost_the_next_exercise(solved: Any) -> None:
    names = {"Tape": wrong_tapes(solved.Tensor)["StaysIn"], "Tensor": solved.Tensor}
    assert judge_names(LESSON, "Tape", names).status != "passed"
    assert solved.Tensor.watchers == []


def test_only_depth_is_lost_by_recursion() -> None:
    verdict = judge_names(LESSON, "Tensor", {"Tensor": Recursive})
    assert [p.name for p in verdict.probes if p.status != "passed"] == ["deep"]


# The reference against torch


def test_the_reference_equals_torch(solved: Any) -> None:
    torch = pytest.importorskip("torch")
    rng = np.random.default_rng(7)
    a, b = rng.uniform(0.5, 1.5, size=(2, 3, 4))
    row, square = rng.normal(size=(1, 4)), rng.normal(size=(4, 4))

    def everything(a: Any, b: Any, row: Any, square: Any) -> Any:
        h = (a @ square + row).relu() / (1 + b**2) - 2**a + 3 / b
        k = (h.T @ a).tanh() * square.sum() - h.mean()
        return (k.reshape(16) ** 3).mean() + (a**b).log().sum() + (-b).exp().mean() - row.sum()

    ours = [solved.Tensor(value) for value in (a, b, row, square)]
    theirs = [torch.tensor(value, requires_grad=True) for value in (a, b, row, square)]
    loss, torch_loss = everything(*ours), everything(*theirs)
    loss.backward()
    torch_loss.backward()
    np.testing.assert_allclose(loss.data, torch_loss.item(), rtol=1e-12)
    for mine, other in zip(ours, theirs, strict=True):
        np.testing.assert_allclose(mine.grad, other.grad.numpy(), rtol=1e-10, atol=1e-12)


def test_numbers_and_arrays_of_numpy_may_stand_on_the_left(solved: Any) -> None:
    t = solved.Tensor([1.0, 2.0])
    for out in (np.float64(3) * t, np.array([3.0, 3.0]) * t):
        assert isinstance(out, solved.Tensor)
        np.testing.assert_array_equal(out.data, [3, 6])


# The numbers in the prose


def test_the_graph_of_section_one(solved: Any) -> None:
    w, x, b, y = (solved.Tensor(value) for value in (0.5, 3, 1, 4))
    p = w * x
    s = p + b
    d = s - y
    loss = d * d
    loss.backward()
    values = [float(t.data) for t in (p, s, d, loss)]
    slopes = [float(t.grad) for t in (w, x, b, y, p, s, d, loss)]
    assert values == [1.5, 2.5, -1.5, 2.25]
    assert slopes == [-9, -1.5, -3, 3, -3, -3, -3, 1]


def test_twenty_doublings_are_two_million_visits(solved: Any) -> None:
    root = solved.Node(1.0)
    ways = {id(root): 1}
    for _ in range(20):
        child = solved.Node(1.0, (root, root))
        ways[id(child)] = 1 + 2 * ways[id(root)]
        root = child
    assert ways[id(root)] == 2**21 - 1
    assert len(solved.topological_order(root)) == 21


def test_a_tanh_that_is_used_three_times(solved: Any) -> None:
    h = (solved.Tensor(0.25) * solved.Tensor(2.0)).tanh()
    (h + h * h).backward()
    assert f"{float(h.data):.2f} {float(h.grad):.2f}" == "0.46 1.92"


def test_a_gradient_that_is_never_cleared_swings(solved: Any) -> None:
    x, path = solved.Tensor(1.0), []
    for _ in range(60):
        (x * x / 2).backward()
        x.data = x.data - 0.1 * x.grad
        path.append(float(x.data))
    assert min(path) < -0.95
    assert max(path[40:]) > 0.95


def test_the_network_of_the_lesson_learns_and_equals_the_one_by_hand(solved: Any) -> None:
    rng = np.random.default_rng(3)
    x, y = solved.spirals(rng)
    start, one_hot = solved.start_params(rng), np.eye(3)[y]
    params = {name: solved.Tensor(value) for name, value in start.items()}
    for _ in range(400):
        loss = solved.loss_of(params, x, one_hot)
        loss.backward()
        params = {name: solved.Tensor(p.data - 0.3 * p.grad) for name, p in params.items()}
    assert 0.04 < float(loss.data) < 0.07
    plain = {name: p.data for name, p in params.items()}
    loss = solved.loss_of(params, x, one_hot)
    loss.backward()
    value, grads = solved.loss_by_hand(plain, x, one_hot)
    np.testing.assert_allclose(loss.data, value, rtol=1e-12)
    for name, grad in grads.items():
        np.testing.assert_allclose(params[name].grad, grad, atol=1e-14)
