"""Library calls that *are* the exercise: they score nothing, whatever they return."""

from __future__ import annotations

from autograder.course.lesson import Exercise
from autograder.judging.judge import Judge
from autograder.judging.verdict import Verdict
from autograder.static_analysis.forbidden import AUTOGRAD_LIBRARIES, library_uses
from autograder.static_analysis.program import Program


def forbidden_uses(judge: Judge, exercise: Exercise, program: Program) -> list[str]:
    """The library paths that an exercise's names reach and may not, shortest first: what its bank
    forbids, and in a lesson written in NumPy every library that differentiates."""
    paths = judge.bank.forbidden.get(exercise.key, ())
    if judge.lesson.is_numpy:
        paths += AUTOGRAD_LIBRARIES
    return library_uses(exercise.names, program, paths)


def refusal(judge: Judge, exercise: Exercise, program: Program) -> Verdict | None:
    """The verdict on an exercise that calls what it may not; None if it does not."""
    uses = forbidden_uses(judge, exercise, program)
    if not uses:
        return None
    why = f"It calls {uses[0]}, which is what this exercise asks for: write it yourself."
    if judge.lesson.is_numpy:
        why = f"It calls {uses[0]}. This lesson is written in NumPy: write that part yourself."
    return judge.refused(exercise.key, "forbidden", why)
