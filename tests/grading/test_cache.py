"""What a kept result depends on: a grade older than the code that gives it is never served."""

from __future__ import annotations

import copy
from dataclasses import replace
from pathlib import Path

import pytest

from autograder.course.course import Course
from autograder.grading.cache import Cache
from autograder.grading.grade import Graded
from autograder.judging.verdict import LessonVerdict
from autograder.submission.rebuild import rebuild
from tests.helpers.rebuilding import LESSON, RELEASE

ENGINE = Path(__file__).resolve().parents[2] / "autograder"
GRADED = Graded(RELEASE, LessonVerdict(LESSON.id, 7, True, {}, (), ()))


@pytest.fixture
def course(tmp_path: Path) -> Course:
    return Course(tmp_path)


def test_a_result_is_found_again_by_its_content_alone(course: Course) -> None:
    rebuilt = rebuild(RELEASE, LESSON)
    cache = Cache(course, LESSON)
    key = cache.key(rebuilt, 7)
    assert cache.get(key) is None
    cache.put(key, GRADED)
    again = Cache(course, LESSON)
    assert again.key(rebuild(RELEASE, LESSON), 7) == key
    assert again.get(key) == GRADED
    others = {again.key(rebuilt, 8), Cache(course, LESSON, sealed=False).key(rebuilt, 7)}
    rebuilt.notebook.cells[-1].source += "\n# mine"
    others.add(again.key(rebuilt, 7))
    assert key not in others
    assert len(others) == 3


def test_a_file_is_found_again_as_it_was_handed_in(course: Course) -> None:
    cache = Cache(course, LESSON)
    name = cache.name(b"{}", 7)
    assert cache.recall(name) is None
    cache.put("0", GRADED, name)
    again = Cache(course, LESSON)
    assert again.recall(again.name(b"{}", 7)) == ("0", GRADED)
    others = {again.name(b"{} ", 7), again.name(b"{}", 8)}
    others.add(Cache(course, LESSON, full=True).name(b"{}", 7))
    assert [again.recall(other) for other in others] == [None] * 3
    [path] = course.root.rglob("0.json")
    path.unlink()
    assert Cache(course, LESSON).recall(name) is None
    cache.put("1", replace(GRADED, settled=False), cache.name(b"[]", 7))
    assert Cache(course, LESSON).recall(cache.name(b"[]", 7)) is None


def test_what_a_clock_ended_is_kept_by_nobody_else(course: Course) -> None:
    cache = Cache(course, LESSON)
    cache.put("0", replace(GRADED, settled=False))
    assert cache.get("0") is not None
    assert copy.deepcopy(cache) is cache, "nbgrader's steps copy their settings"
    assert Cache(course, LESSON).get("0") is None


def test_a_damaged_result_counts_as_none(course: Course) -> None:
    cache = Cache(course, LESSON)
    cache.put("0", GRADED)
    [path] = course.root.rglob("0.json")
    path.write_bytes(path.read_bytes()[:100])
    assert Cache(course, LESSON).get("0") is None


def test_a_course_is_found_from_anywhere(tmp_path: Path) -> None:
    assert Course.find(tmp_path).root == ENGINE.parent
    assert Course.find(ENGINE / "grading").root == ENGINE.parent
