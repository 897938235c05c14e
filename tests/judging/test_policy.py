"""What an exercise may not call: said by the lesson itself, and in one sentence."""

from __future__ import annotations

import pytest

from autograder.course.course import Course
from autograder.course.lesson import LessonError
from autograder.judging.bank import Bank, LessonBank
from autograder.judging.judge import Judge
from autograder.judging.policy import refusal
from autograder.static_analysis.program import Program

COURSE = Course.find()
IN_NUMPY = [*(f"{number:02d}" for number in range(9)), "17"]


def test_the_lessons_written_in_numpy_say_so() -> None:
    lessons = map(COURSE.lesson, COURSE.lesson_ids())
    assert [lesson.id[:2] for lesson in lessons if lesson.is_numpy] == IN_NUMPY


@pytest.mark.parametrize(
    ("lesson_id", "key", "call", "why"),
    [
        ("05_optimizers", "sgd_step", "torch.sub", "This lesson is written in NumPy"),
        ("09_torch", "Linear", "torch.nn.Linear", "what this exercise asks for"),
        ("09_torch", "conv2d", "torch.nn.functional.conv2d", "what this exercise asks for"),
        ("11_stability", "clip_grad_norm", "torch.nn.utils.clip_grad_norm_", "what this exercise"),
        ("11_stability", "clip_grad_value", "torch.nn.utils.clip_grad_value_", "what this"),
        ("12_mixed_precision", "DynamicLossScaler", "torch.amp.GradScaler", "what this exercise"),
        ("13_gpu_loop", "EMA", "torch.optim.swa_utils.AveragedModel", "what this exercise"),
        ("14_scaling_out", "shard_indices", "torch.utils.data.DistributedSampler", "what this"),
        ("14_scaling_out", "average_gradients", "torch.nn.parallel.DistributedDataParallel", ""),
    ],
)
def test_a_forbidden_call_is_refused_by_name(lesson_id: str, key: str, call: str, why: str) -> None:
    judge = Judge(COURSE.lesson(lesson_id), 1)
    exercise = judge.lesson.exercises[key]
    answer = f"import torch\ndef {key}(*given):\n    return {call}(*given)"
    verdict = refusal(judge, exercise, Program([answer]))
    assert verdict is not None
    assert (verdict.status, verdict.score) == ("forbidden", 0.0)
    assert verdict.note.startswith(f"It calls {call}")
    assert why in verdict.note
    honest = f"import numpy as np\ndef {key}(*given):\n    return np.sum(given)"
    assert refusal(judge, exercise, Program([honest])) is None


def test_nothing_is_forbidden_in_an_exercise_that_is_not_there() -> None:
    bank = Bank()
    bank.exercise("no_such_exercise").forbids("torch.sin")
    with pytest.raises(LessonError, match="no_such_exercise"):
        LessonBank(COURSE.lesson("09_torch"), [bank], {})
