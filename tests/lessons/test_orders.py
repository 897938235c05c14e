"""The order of parameters is part of the contract: who declares another one loses points."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest

from autograder.authoring.orders import order_problem
from autograder.course.cells import Kind, kind
from autograder.course.course import Course
from autograder.course.lesson import Lesson
from autograder.course.reference import execute_source_over, exercise_source, load_reference
from autograder.harness.local import LocalRunner
from autograder.harness.patterns import Calls
from autograder.harness.probe import load_probes
from autograder.judging.judge import Judge
from autograder.judging.verdict import Verdict
from autograder.static_analysis.program import Program

LESSONS = Course.find().lesson_ids()
# What one of the two does to the result, the other does as well: no call can tell.
SYMMETRIC = {
    *("mse", "mae", "huber", "smooth_l1", "sample_weighted", "dice_loss", "box_iou", "mean_iou"),
    *("relative_error", "relu_backward", "dropout_backward", "combined_loss", "info_nce"),
    "carbon_grams",
}
# Tensor.mean calls Tensor.sum: with the second alone, the reference shows something else.
NOT_NAMED = {"Tensor.sum"}


def defined(tree: ast.Module, names: tuple[str, ...]) -> Iterator[tuple[str, ast.FunctionDef, int]]:
    """The functions and public methods of an exercise, and how many parameters are no one's."""
    for node in tree.body:
        if isinstance(node, ast.FunctionDef) and node.name in names:
            yield node.name, node, 0
        if isinstance(node, ast.ClassDef) and node.name in names:
            for member in node.body:
                if (
                    isinstance(member, ast.FunctionDef)
                    and not member.decorator_list
                    and (member.name == "__init__" or not member.name.startswith("_"))
                ):
                    yield f"{node.name}.{member.name}", member, 1


def swapped(function: ast.FunctionDef, first: int) -> bool:
    """Swap the first two parameters in the signature alone; whether they can be."""
    places, defaults = function.args.args, function.args.defaults
    required = len(places) - len(defaults)
    if len(places) < first + 2 or first < required < first + 2:
        return False
    places[first], places[first + 1] = places[first + 1], places[first]
    if first >= required:
        at = first - required
        defaults[at], defaults[at + 1] = defaults[at + 1], defaults[at]
    return True


def swaps(lesson: Lesson) -> Iterator[tuple[str, str, str]]:
    """Exercise, function, and the reference's source in which its first two are swapped."""
    for key, exercise in lesson.exercises.items():
        source = exercise_source(lesson, key)
        for number, (name, _, _) in enumerate(defined(ast.parse(source), exercise.names)):
            tree = ast.parse(source)
            _, function, first = list(defined(tree, exercise.names))[number]
            if not exercise.is_prediction and swapped(function, first):
                yield key, name, ast.unparse(tree)


def verdict_of(judge: Judge, key: str, source: str) -> Verdict:
    lesson = judge.lesson
    reference = load_reference(lesson).__dict__
    names = execute_source_over(source, f"swapped_{key}", reference)
    findings = judge.examine(key, LocalRunner({**reference, **names}), show=False)
    cells = [cell.source for cell in lesson.notebook().cells if kind(cell) is Kind.SETUP]
    return judge.verdict(findings, wrote=lambda: Program([*cells, source], ran=True))


@pytest.mark.parametrize("lesson_id", LESSONS)
def test_parameters_in_another_order_lose_points_and_are_named(lesson_id: str) -> None:
    lesson = Course.find().lesson(lesson_id)
    judge, seen = Judge(lesson, 20261128), 0
    for key, name, source in swaps(lesson):
        verdict = verdict_of(judge, key, source)
        assert (verdict.status == "passed") == (name in SYMMETRIC), name
        if verdict.status != "passed" and name not in NOT_NAMED:
            assert verdict.diagnosis is not None, name
            assert verdict.diagnosis.misconception == "arguments_swapped", name
            assert f"`{name.removesuffix('.__init__')}" in verdict.diagnosis.text
        seen += 1
    assert seen


@pytest.mark.parametrize("lesson_id", LESSONS)
def test_patterns_call_by_place_in_the_order_of_the_reference(lesson_id: str) -> None:
    lesson = Course.find().lesson(lesson_id)
    reference: dict[str, Any] = load_reference(lesson).__dict__
    for several in load_probes(lesson.slug).values():
        for probe in several:
            assert order_problem(probe, reference) == "", probe.name


def test_a_wrong_order_and_none_at_all_are_problems() -> None:
    lesson = Course.find().lesson("00_orientation")
    reference: dict[str, Any] = load_reference(lesson).__dict__
    probe = load_probes(lesson.slug)["descent_step"][0]
    for order, said in (("x, lr", "calls descent_step by place as (x, lr)"), ("", "say order=")):
        wrong = replace(probe, run=Calls("descent_step", "x_new", order=order))
        assert order_problem(wrong, reference).startswith(said)
