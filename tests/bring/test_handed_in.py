"""What a learner has in a bring cell: rebuilt, graded, and carried into a new edition."""

from __future__ import annotations

import pytest
from nbformat import NotebookNode

from autograder.course.cells import Kind, kind
from autograder.course.course import Course
from autograder.grading.attempts import Attempts
from autograder.grading.grade import grade_notebook
from autograder.submission.rebuild import rebuild
from autograder.work.editions import carry_over, is_own, only_what_is_mine

MORE = "91_more"
FIRST = "# bring: Counter (lesson 90)"
MINE = f"""{FIRST}
class Counter:
    def __init__(self, start=0):
        self.count = start

    def add(self, steps):
        self.count += steps
        return self.count"""
TALLY = "def tally(counter, steps):\n    return [counter.add(n) for n in steps]"


def cell(notebook: NotebookNode, name: str = "bring_Counter") -> NotebookNode:
    return next(c for c in notebook.cells if c.id == name)


def answered(course: Course, brought: str = MINE, tally: str = TALLY) -> NotebookNode:
    notebook = course.lesson(MORE).release()
    cell(notebook).source = brought
    cell(notebook, "tally").source = tally
    return notebook


def test_what_was_brought_goes_into_its_cell(course: Course) -> None:
    result = rebuild(answered(course), course.lesson(MORE)).notebook
    assert cell(result).source == MINE
    assert kind(cell(result)) is Kind.BRING
    assert rebuild(result, course.lesson(MORE)).notebook == result


@pytest.mark.parametrize("left", ["", "%bring", f"{FIRST}\n%bring", f"{FIRST}\nclass Counter("])
def test_the_given_part_stays_where_nothing_was_brought(course: Course, left: str) -> None:
    result = rebuild(answered(course, left), course.lesson(MORE)).notebook
    assert cell(result).source == cell(course.lesson(MORE).release()).source


def test_what_was_switched_off_as_text_is_not_run(course: Course) -> None:
    notebook = answered(course)
    cell(notebook).cell_type = "markdown"
    result = rebuild(notebook, course.lesson(MORE)).notebook
    assert "always begins at 0" in cell(result).source
    assert [c.source for c in result.cells if c.cell_type == "markdown" and c.source == MINE]


def test_a_cell_that_lost_its_id_is_known_by_its_first_line(course: Course) -> None:
    notebook = answered(course)
    for other in notebook.cells:
        other.pop("id")
        other.metadata.pop("tags", None)
    assert cell(rebuild(notebook, course.lesson(MORE)).notebook).source == MINE


def test_what_was_brought_in_a_cell_of_ones_own_stays_there(course: Course) -> None:
    notebook = answered(course, cell(course.lesson(MORE).release()).source)
    extra = NotebookNode(cell_type="code", id="c0ffee00", metadata={}, source=MINE, outputs=[])
    notebook.cells.insert(5, extra)
    result = rebuild(notebook, course.lesson(MORE)).notebook
    assert "always begins at 0" in cell(result).source
    assert [c.source for c in result.cells if c.id == "extra-1"] == [MINE]


def test_what_was_brought_is_never_an_answer(course: Course) -> None:
    lesson = course.lesson(MORE)
    notebook = answered(course, f"{MINE}\n\n{TALLY}", cell(lesson.release(), "tally").source)
    verdict = grade_notebook(rebuild(notebook, lesson), seed=1, sealed=False)
    assert verdict.verdict.exercises["tally"].status == "not_attempted"


def test_a_helper_that_was_brought_does_not_move_an_exercise(course: Course) -> None:
    lesson = course.lesson(MORE)
    notebook = answered(course, f"{MINE}\n\ndef helper():\n    return Counter")
    rebuilt = rebuild(notebook, lesson).notebook
    stand = Attempts(rebuilt, lesson).stand(lesson.exercises["tally"])
    assert rebuilt.cells[stand.behind].id == "test_tally"


@pytest.mark.sealed
def test_a_brought_class_is_used_in_a_sealed_kernel(course: Course) -> None:
    lesson = course.lesson(MORE)
    uses = TALLY.replace("add(n)", "add(n + Counter(5).count - 5)")
    for brought, status in ((f"%bring\n{MINE}", "passed"), (None, "failed")):
        source = brought or cell(lesson.release()).source  # the given part begins at 0
        rebuilt = rebuild(answered(course, source, uses), lesson)
        graded = grade_notebook(rebuilt, seed=1).verdict.exercises["tally"]
        assert graded.status == status, graded


def test_a_new_edition_keeps_what_was_brought(course: Course) -> None:
    given = course.lesson(MORE).release()
    path = course.solutions / MORE / "more.py"
    path.write_text(path.read_text().replace("The given part: counts", "Given: counts"))
    new = course.lesson(MORE).release()
    assert cell(new).source != cell(given).source
    assert cell(carry_over(answered(course), given, new)).source == MINE
    assert cell(carry_over(given, given, new)) == cell(new)
    assert MINE in [c.source for c in only_what_is_mine(answered(course), new).cells]
    assert not is_own(cell(given))
