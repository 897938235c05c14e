"""The solution notebook brings the reference's: a bring cell with the earlier lesson's own code."""

from __future__ import annotations

from functools import lru_cache

from nbformat import NotebookNode

from autograder.bring.extract import extract
from autograder.bring.fit import Fitted, fit
from autograder.course.bring_header import Wanted, wanted
from autograder.course.cells import Kind, kind
from autograder.course.course import Course
from autograder.course.lesson import Lesson, LessonError

DEFINE = (Kind.SETUP, Kind.BRING, Kind.SOLUTION)


def solution_notebook(lesson: Lesson) -> NotebookNode:
    """The lesson's source, its bring cells filled with what earlier lessons' solutions say.

    Raises:
        LessonError: one of them names what no earlier lesson asks for, or takes a name of this one.
    """
    notebook = lesson.notebook()
    for index, cell in enumerate(notebook.cells):
        if kind(cell) is Kind.BRING:
            asked, fitted = brought_reference(lesson, index)
            if fitted.clashes:
                names = ", ".join(fitted.clashes)
                raise LessonError(f"{asked.line}: brings {names}, which {lesson.id} has otherwise")
            cell.source = f"{asked.line}\n{fitted.extract.source}"
    return notebook


def brought_reference(lesson: Lesson, index: int) -> tuple[Wanted, Fitted]:
    """What the reference puts into the bring cell of that index.

    Raises:
        LessonError: its first line is none, or names what no earlier lesson asks for.
    """
    cells = lesson.notebook().cells
    asked = wanted(cells[index].source)
    if asked is None:
        said = cells[index].source.split("\n")[0]
        raise LessonError(f"a bring cell begins with `# bring: NAME (lesson NN)`, not {said!r}")
    origin = source_of(asked, lesson)
    above, elsewhere = around(cells, index)
    return asked, fit(extract(solved_sources(origin), asked.names), asked, above, elsewhere)


@lru_cache(maxsize=32)
def solved_sources(lesson: Lesson) -> tuple[str, ...]:
    """What a lesson's solution notebook defines, cell by cell.

    Kept: a lesson that brings from several others meets each of theirs again and again.
    """
    return tuple(cell.source for cell in solution_notebook(lesson).cells if kind(cell) in DEFINE)


def around(cells: list[NotebookNode], index: int) -> tuple[list[str], list[str]]:
    """The sources of a lesson's setup cells above a place, and of its other code elsewhere."""
    others = [(i, c) for i, c in enumerate(cells) if c.cell_type == "code" and i != index]
    above = [c.source for i, c in others if i < index and kind(c) is Kind.SETUP]
    return above, [c.source for i, c in others if i > index or kind(c) is not Kind.SETUP]


def source_of(asked: Wanted, lesson: Lesson) -> Lesson:
    """The earlier lesson that a bring cell of `lesson` names, all of whose names it asks for.

    Raises:
        LessonError: there is none, or it does not ask for one of the names.
    """
    course = Course(lesson.source_path.parents[2])
    found = [name for name in course.lesson_ids() if int(name[:2]) == asked.number]
    if not found:
        raise LessonError(f"{asked.line}: there is no lesson {asked.number:02d}")
    if not found[0] < lesson.id:
        raise LessonError(f"{asked.line}: {found[0]} does not come before {lesson.id}")
    origin = course.lesson(found[0])
    names = {n for e in origin.exercises.values() if not e.is_prediction for n in e.names}
    unknown = [name for name in asked.names if name not in names]
    if unknown:
        known = ", ".join(sorted(names))
        raise LessonError(
            f"{asked.line}: {origin.id} has no exercise {', '.join(unknown)}; it has {known}"
        )
    return origin
