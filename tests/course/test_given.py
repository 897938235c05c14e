"""Code that is given and wrong on purpose: released in its cell, not attempted until mended."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import nbformat
import pytest
from IPython.core.interactiveshell import InteractiveShell

from autograder.authoring.lint import problems
from autograder.course.course import Course
from autograder.course.delimiters import SOLUTION
from autograder.course.given import given_bodies, is_as_given
from autograder.course.lesson import Lesson

CLINIC = "15_clinic"
KEY = "loop_06"
TINY = Path(__file__).parents[1] / "fixtures" / "tiny_course" / "solutions" / "90_tiny" / "tiny.py"
GIVEN = '''# %% tags=["setup", "given"]
def given_double(x):
    """As given."""
    # twice, they said

    return SCALE + x


'''


@pytest.fixture(scope="module")
def clinic() -> Lesson:
    return Course.find().lesson(CLINIC)


def released(lesson: Lesson, key: str) -> str:
    return str(next(cell.source for cell in lesson.release().cells if cell.id == key))


def tiny(given: str = GIVEN) -> Lesson:
    """The tiny lesson, in which `double` is to be mended."""
    mark = '# %% nbgrader={"grade": false, "grade_id": "double"'
    source = TINY.read_text()
    assert mark in source
    return Lesson("90_tiny", TINY, source.replace(mark, given + mark))


def test_what_is_given_stands_where_the_solution_was() -> None:
    cell = released(tiny(), "double")
    assert cell == (
        'def double(x):\n    """Twice x. x: float64 (n,)."""\n    # twice, they said\n\n'
        "    return SCALE + x"
    )
    assert SOLUTION.begin not in cell


def test_other_exercises_have_their_stubs() -> None:
    assert "Counter.add is not written yet" in released(tiny(), "Counter")
    assert list(given_bodies(tiny().notebook().cells)) == ["double"]


def test_only_the_released_cell_is_as_given() -> None:
    lesson = tiny()
    exercise, cell = lesson.exercises["double"], released(lesson, "double")
    assert is_as_given(lesson, exercise, [cell])
    assert is_as_given(lesson, exercise, [cell.replace("    ", "  ") + "\n\n"])
    assert not is_as_given(lesson, exercise, [cell.replace("+", "*")])
    assert not is_as_given(lesson, exercise, [cell, "double = len"])
    stub = lesson.exercises["Counter"]
    assert not is_as_given(lesson, stub, [released(lesson, "Counter")])


@pytest.mark.parametrize(
    ("given", "said"),
    [
        (GIVEN.replace("given_double", "given_triple"), "given_triple is no given_<name>"),
        (GIVEN.replace("given_double", "twice"), "twice is no given_<name>"),
        (GIVEN.replace('"setup"', '"demo"'), "the tag given is for setup cells"),
    ],
)
def test_build_refuses_what_nothing_mends(given: str, said: str) -> None:
    assert any(said in str(problem) for problem in problems(tiny(given)))


def test_build_takes_what_something_mends() -> None:
    assert not any("given" in str(problem) for problem in problems(tiny()))


# In a kernel, and in grading.


@pytest.fixture
def shell(monkeypatch: pytest.MonkeyPatch, tmp_path: Path, clinic: Lesson) -> Iterator[object]:
    """A shell beside a notebook of the clinic, with the magics and no history on disk."""
    folder = tmp_path / "work" / CLINIC
    folder.mkdir(parents=True)
    nbformat.write(clinic.release(), folder / "clinic.ipynb")
    monkeypatch.chdir(folder)
    InteractiveShell.clear_instance()
    shell = InteractiveShell.instance()
    shell.history_manager.enabled = False
    shell.extension_manager.load_extension("autograder.magics")
    yield shell
    shell.history_manager.end_session()
    InteractiveShell.clear_instance()


def run(shell: InteractiveShell, source: str) -> object:
    result = shell.run_cell(source, store_history=True, silent=False)
    result.raise_error()
    return result.result


def test_check_calls_a_loop_as_it_was_given_not_attempted(
    shell: InteractiveShell, clinic: Lesson
) -> None:
    cell = released(clinic, KEY)
    run(shell, "import torch")
    run(shell, cell)
    said = repr(run(shell, f"%check {KEY}"))
    assert "Not attempted yet. It is as it was given." in said
    run(shell, cell.replace("y = y[torch", "y = y[torch  # no\n"))
    assert f"{KEY}: 0 of 2 points." in repr(run(shell, f"%check {KEY}"))
    mended = cell.replace("    y = y[", "    draw.manual_seed(seed)\n    y = y[")
    assert mended != cell
    run(shell, mended)
    assert "<strong>right</strong>" in run(shell, f"%check {KEY}")._repr_html_()
    run(shell, cell)  # and back again
    assert "Not attempted yet" in repr(run(shell, f"%check {KEY}"))


def test_a_notebook_as_it_was_given_is_not_attempted_throughout(
    tmp_path: Path, clinic: Lesson
) -> None:
    from click.testing import CliRunner

    from autograder.cli.commands import main

    path = tmp_path / "clinic.ipynb"
    nbformat.write(clinic.release(), path)
    done = CliRunner().invoke(main, ["judge", str(path), "--json", "--unsealed"])
    verdicts = json.loads(done.stdout)["exercises"]
    assert {one["status"] for one in verdicts.values()} == {"not_attempted"}
    assert len(verdicts) == len(clinic.exercises)
