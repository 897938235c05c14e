"""What is done with a rebuilt notebook, in order: cells are run, exercises are judged."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from nbformat import NotebookNode

from autograder.course.cells import grade_id
from autograder.course.lesson import Exercise, Lesson
from autograder.grading.attempts import Stand


@dataclass(frozen=True)
class Step:
    """A cell that is run; or, behind it, an exercise that is judged by its graded cell."""

    index: int
    cell: NotebookNode
    exercise: Exercise | None = None


def steps(notebook: NotebookNode, lesson: Lesson, stands: Mapping[str, Stand]) -> list[Step]:
    """Cells in their order, and exercises where they stand.

    The graded cell of an exercise that stands elsewhere is a cell as others are; that of one that
    stands nowhere is left out.
    """
    tests = {grade_id(cell): cell for cell in notebook.cells}
    keys = {exercise.test_id: key for key, exercise in lesson.exercises.items()}
    found = []
    for index, cell in enumerate(notebook.cells):
        key = keys.get(grade_id(cell) or "")
        is_run = key is None or (key in stands and stands[key].behind != index)
        if cell.cell_type == "code" and is_run:
            found.append(Step(index, cell))
        for exercise in lesson.exercises.values():
            if exercise.key in stands and stands[exercise.key].behind == index:
                found.append(Step(index, tests[exercise.test_id], exercise))
    return found
