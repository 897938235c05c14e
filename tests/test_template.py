"""The template lesson is a lesson: who copies it starts from something that works."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

import autograder.hidden
from autograder.authoring.audit import audit_lesson
from autograder.authoring.lint import problems
from autograder.course.course import Course

TEMPLATE = Path(__file__).resolve().parents[1] / "templates" / "lesson"


@pytest.fixture
def lesson(tmp_path, monkeypatch):
    """The template's lesson in a course of its own, its hidden tests found beside ours."""
    shutil.copytree(TEMPLATE, tmp_path, dirs_exist_ok=True)
    (tmp_path / "nbgrader_config.py").touch()
    hidden = str(tmp_path / "autograder" / "hidden")
    monkeypatch.setattr(autograder.hidden, "__path__", [*autograder.hidden.__path__, hidden])
    return Course.find(tmp_path).lesson("99_topic")


def test_build_accepts_it(lesson):
    assert [str(problem) for problem in problems(lesson)] == []


def test_its_hidden_tests_catch_and_name_every_misconception(lesson):
    audit = audit_lesson(lesson)
    assert audit.problems == []
    assert [row.diagnosed_as for row in audit.rows] == [
        row.misconception.name for row in audit.rows
    ]
    assert len(audit.rows) == 3


def test_copying_it_puts_each_file_where_it_belongs():
    files = {str(path.relative_to(TEMPLATE)) for path in TEMPLATE.rglob("*.py")}
    assert files == {
        "solutions/99_topic/topic.py",
        "autograder/hidden/topic/__init__.py",
        "autograder/hidden/topic/bank.py",
        "autograder/hidden/topic/probes.py",
    }
