"""Lesson 00: other right answers pass, other wrong ones do not, the numbers in its prose hold."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from ..answers import orientation_typed as typed
from ..answers.orientation import NAMED, RIGHT, WRONG
from .common import AnswersAndBank
from .helpers import judge_names, merged

LESSON = "00_orientation"


class TestAnswersAndBank(AnswersAndBank):
    lesson_id, right = LESSON, RIGHT
    wrong, named = merged(WRONG, typed.TYPED), merged(NAMED, typed.NAMED)


def test_a_blank_exercise_is_not_attempted() -> None:
    def blank(*args: Any, **kwargs: Any) -> Any:
        raise NotImplementedError("descend is not written yet")

    assert judge_names(LESSON, "descend", {"descend": blank}).status == "not_attempted"


def test_a_known_mistake_is_named() -> None:
    verdict = judge_names(
        LESSON, "descent_step", {"descent_step": lambda x, grad, lr: x + lr * grad}
    )
    assert verdict.diagnosis is not None
    assert verdict.diagnosis.misconception == "plus_sign"


def first_within(solved: Any, lr: float) -> int:
    path = solved.descend(solved.parabola_gradient, 1.0, lr, 400)
    return int(np.argmax(np.abs(path) < 0.01))


def test_a_tenth_of_the_rate_takes_about_ten_times_the_steps(solved: Any) -> None:
    assert first_within(solved, 0.1) == 21
    assert first_within(solved, 0.01) == 228


def test_the_edge_of_the_parabola_is_a_jump_for_ever(solved: Any) -> None:
    path = solved.descend(solved.parabola_gradient, 1.0, 1.0, 4)
    assert path.tolist() == [1.0, -1.0, 1.0, -1.0, 1.0]
    assert solved.descend(solved.parabola_gradient, 1.0, 0.5, 1)[-1] == 0.0


def test_above_the_edge_of_the_bowl_the_height_falls_once_and_then_grows(solved: Any) -> None:
    path = solved.descend(solved.bowl_gradient, np.array([-2.0, 1.0]), 0.6, 8)
    heights = solved.bowl(path)
    assert heights[1] < heights[0]
    assert (np.diff(heights[1:]) > 0).all()
    np.testing.assert_allclose(path[1:, 0] / path[:-1, 0], -0.2)
    np.testing.assert_allclose(path[1:, 1] / path[:-1, 1], -1.4)


@pytest.mark.parametrize("curvatures", [(1.0, 8.0), (2.0, 4.0), (2.0,)])
def test_the_edge_separates_arriving_from_flying_away(
    solved: Any, curvatures: tuple[float, ...]
) -> None:
    c, edge = np.array(curvatures), solved.largest_stable_lr(curvatures)
    for factor, arrives in ((0.99, True), (1.01, False)):
        last = solved.descend(lambda x: c * x, np.ones(len(c)), factor * edge, 2000)[-1]
        assert (np.abs(last).max() < 1e-6) == arrives


def test_the_flat_coordinate_of_the_second_question_takes_228_steps(solved: Any) -> None:
    assert solved.largest_stable_lr([1.0, 100.0]) == 0.02
    assert 0.98**227 > 0.01 > 0.98**228


def test_the_saddle_of_the_third_question(solved: Any) -> None:
    slope = np.array([2.0, -2.0])
    stays = solved.descend(lambda x: slope * x, np.array([1.0, 0.0]), 0.1, 200)
    leaves = solved.descend(lambda x: slope * x, np.array([1.0, 1e-6]), 0.1, 200)
    assert np.abs(stays[-1]).max() < 1e-12
    np.testing.assert_allclose(leaves[-1, 1] / leaves[-2, 1], 1.2)
