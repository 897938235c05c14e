"""What `build` asks of a lesson's bring cells."""

from __future__ import annotations

from collections import Counter

from autograder.authoring.source_cells import Found, SourceCell
from autograder.bring.reference import brought_reference
from autograder.course.bring_header import wanted
from autograder.course.cells import Kind
from autograder.course.lesson import Lesson, LessonError
from autograder.static_analysis.names import bound_names, used_names


def lint_brings(lesson: Lesson, source_cells: list[SourceCell]) -> Found:
    """Each names what an earlier lesson asks for and this one does not, holds a given part that
    binds all of it, and takes no name of this lesson's."""
    asked_for = {name for exercise in lesson.exercises.values() for name in exercise.names}
    brings = [(i, cell) for i, cell in enumerate(source_cells) if cell.kind is Kind.BRING]
    ids = Counter(str(cell.cell.id) for _, cell in brings)
    for index, cell in brings:
        header = wanted(cell.source)
        if header is None or header.line != cell.source.split("\n")[0]:
            yield cell.line, "a bring cell begins with a line `# bring: NAME, NAME (lesson NN)`"
            continue
        if own := sorted(asked_for & set(header.names)):
            yield (
                cell.line,
                f"{', '.join(own)}: this lesson asks for that itself, so none brings it",
            )
            continue
        if lacking := [name for name in header.names if name not in bound_names(cell.source)]:
            yield cell.line, f"the given part of a bring cell has to bind {', '.join(lacking)}"
        others = [c for c in source_cells if c is not cell and c.cell.cell_type == "code"]
        elsewhere = frozenset().union(*(bound_names(c.source) for c in others))
        more = bound_names(cell.source) - elsewhere - set(header.names)
        for name in sorted(more & frozenset().union(*(used_names(c.source) for c in others))):
            yield cell.line, f"only the given part binds {name}, which what is brought does not"
        if ids[str(cell.cell.id)] > 1:
            yield cell.line, f"two cells bring {', '.join(header.names)}"
        try:
            _, fitted = brought_reference(lesson, index)
        except LessonError as error:
            yield cell.line, str(error)
            continue
        for name in fitted.clashes:
            text = f"the reference brings {name}, which this lesson has otherwise"
            yield cell.line, f"{text}: rename one of them"
