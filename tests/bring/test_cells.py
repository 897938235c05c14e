"""Bring cells, from a lesson's source to its two notebooks, and what `build` refuses."""

from __future__ import annotations

import nbformat
import pytest
from nbformat import NotebookNode

from autograder.authoring.build import build
from autograder.authoring.lint import problems
from autograder.bring.reference import solution_notebook
from autograder.course.cells import Kind, kind
from autograder.course.course import Course
from autograder.course.notebooks import release_path, solution_path

MORE = "91_more"
FIRST = "# bring: Counter (lesson 90)"
REFERENCE = f'''{FIRST}
class Counter:
    """Counts how often it was told to."""

    def __init__(self, start=0):
        self.count = start

    def add(self, steps):
        """Add `steps`, and return the count."""
        self.count += steps
        return self.count'''


def cell(notebook: NotebookNode, name: str = "bring_Counter") -> NotebookNode:
    return next(c for c in notebook.cells if c.id == name)


def edit(course: Course, old: str, new: str) -> list[str]:
    """The problems of the second lesson with `old` replaced by `new`."""
    path = course.solutions / MORE / "more.py"
    text = path.read_text()
    assert old in text
    path.write_text(text.replace(old, new, 1))
    return [str(problem) for problem in problems(course.lesson(MORE))]


def test_a_lesson_with_a_bring_cell_has_no_problem(course: Course) -> None:
    assert problems(course.lesson(MORE)) == []


def test_the_release_keeps_the_given_part_and_its_tag(course: Course) -> None:
    given = cell(course.lesson(MORE).release())
    assert kind(given) is Kind.BRING
    assert given.source.startswith(FIRST)
    assert "always begins at 0" in given.source
    assert "raises-exception" not in given.metadata.tags


def test_the_solution_notebook_brings_the_reference(course: Course) -> None:
    assert cell(solution_notebook(course.lesson(MORE))).source == REFERENCE


def test_build_runs_what_was_brought_and_then_nothing_is_stale(course: Course) -> None:
    build(course, [MORE])
    assert build(course, [MORE], check=True) == []
    lesson = course.lesson(MORE)
    built = nbformat.read(solution_path(course, lesson), as_version=4)
    released = nbformat.read(release_path(course, lesson), as_version=4)
    assert cell(built).source == REFERENCE
    assert (
        cell(built, "test_tally-1").outputs[0].text == "[5, 6, 8]\n"
    )  # the given part begins at 0
    assert "always begins at 0" in cell(released).source


def test_a_changed_reference_makes_the_solution_notebook_stale(course: Course) -> None:
    build(course, [MORE])
    path = course.solutions / "90_tiny" / "tiny.py"
    path.write_text(path.read_text().replace("self.count += steps", "self.count += 1 * steps"))
    [stale] = build(course, [MORE], check=True)
    assert stale.path == solution_path(course, course.lesson(MORE))


def test_the_id_of_a_bring_cell_does_not_depend_on_the_cells_above(course: Course) -> None:
    before = [c.id for c in course.lesson(MORE).release().cells]
    edit(
        course, "# %% [markdown]\n# ## Bring your", "# %% [markdown]\n# x\n\n# %% [markdown]\n# ##"
    )
    after = [c.id for c in course.lesson(MORE).release().cells]
    assert before != after
    assert "bring_Counter" in before
    assert "bring_Counter" in after


@pytest.mark.parametrize(
    ("first", "problem"),
    [
        ("# bring Counter from lesson 90", "a bring cell begins with a line"),
        ("# bring: Counter (lesson 92)", "there is no lesson 92"),
        ("# bring: Counter (lesson 91)", "91_more does not come before 91_more"),
        ("# bring: Count (lesson 90)", "90_tiny has no exercise Count; it has Counter, double"),
        ("# bring: Counter, double (lesson 90)", "has to bind double"),
        ("# bring: prediction_count (lesson 90)", "90_tiny has no exercise prediction_count"),
    ],
)
def test_build_refuses_a_first_line_that_nothing_answers(
    course: Course, first: str, problem: str
) -> None:
    found = edit(course, FIRST, first)
    assert any(problem in one for one in found), found


def test_build_refuses_to_bring_what_the_lesson_asks_for(course: Course) -> None:
    found = edit(course, FIRST, "# bring: tally (lesson 90)")
    assert any("this lesson asks for that itself" in one for one in found), found


def test_a_helper_of_which_the_lesson_has_another_is_renamed(course: Course) -> None:
    edit(course, FIRST, "# bring: Counter, double (lesson 90)\ndouble = abs\n\n")
    assert "SCALE = 2.0\n\n\ndef double" in solution_notebook(course.lesson(MORE)).cells[3].source
    assert edit(course, "STEP = 1", "STEP, SCALE = 1, 3.0") == []
    assert "return SCALE_90 * x" in solution_notebook(course.lesson(MORE)).cells[3].source


def test_build_refuses_a_helper_that_cannot_be_renamed(course: Course) -> None:
    tiny = course.solutions / "90_tiny" / "tiny.py"
    tiny.write_text(tiny.read_text().replace("SCALE * x", "float(f'{SCALE}') * x"))
    edit(course, FIRST, "# bring: Counter, double (lesson 90)\ndouble = abs\n\n")
    found = edit(course, "STEP = 1", "STEP, SCALE = 1, 3.0")
    assert any("brings SCALE, which this lesson has otherwise" in one for one in found), found


def test_build_refuses_other_cells_that_need_more_of_the_given_part(course: Course) -> None:
    edit(course, FIRST, f"{FIRST}\nTITLE = 'a tally'\n\n")
    found = edit(course, "print(tally(", "print(TITLE, tally(")
    assert any("only the given part binds TITLE" in one for one in found), found


def test_what_the_lesson_has_the_same_is_not_brought_twice(course: Course) -> None:
    edit(course, FIRST, "# bring: Counter, double (lesson 90)\ndouble = abs\n\n")
    edit(course, "STEP = 1", "STEP = 1\nSCALE = 2.0  # the same")
    assert "SCALE = " not in solution_notebook(course.lesson(MORE)).cells[3].source
