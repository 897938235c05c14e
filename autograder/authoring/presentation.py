"""What `build` asks of the way in which a lesson meets its reader.

Long code that is not there to be read is folded, figures carry a description, and the end of a
lesson leads to the next.
"""

from __future__ import annotations

import re

from autograder.authoring.source_cells import Found, SourceCell
from autograder.course.cells import Kind
from autograder.course.course import Course
from autograder.course.lesson import Lesson

# Longer cells of these kinds are folded, or their metadata say why not: `open="..."`.
LINES = {Kind.SETUP: 15, Kind.BRING: 25, Kind.DEMO: 25}
UNDESCRIBED = re.compile(r"\bplt\.show\(")
LESSON_LINK = re.compile(r"\]\(\.\./(\d\d_[^)]*)\)")


def lint_folds(lesson: Lesson, source_cells: list[SourceCell]) -> Found:
    """Long set-up and demo cells are folded, and begin with a line that says what they are."""
    for cell in source_cells:
        if cell.cell.cell_type != "code":
            continue
        folded = bool(cell.cell.metadata.get("jupyter", {}).get("source_hidden"))
        length, most = len(cell.source.splitlines()), LINES.get(cell.kind)
        if folded and most is None:
            yield cell.line, f"a {cell.kind.value} cell is for its reader: do not fold it"
        elif folded and not _says_what_it_is(cell.source):
            yield cell.line, "a folded cell begins with one line of comment: what it shows or gives"
        elif most and length > most and not folded and not cell.cell.metadata.get("open"):
            text = f"a {cell.kind.value} cell of {length} lines (more than {most})"
            yield cell.line, f'{text}: fold it, or say open="why not"'


def lint_figures(lesson: Lesson, source_cells: list[SourceCell]) -> Found:
    """Figures are shown with a description."""
    for cell in source_cells:
        if cell.cell.cell_type == "code" and UNDESCRIBED.search(cell.source):
            yield cell.line, 'plt.show() describes nothing: show_figure("what is to be seen")'


def lint_next(lesson: Lesson, source_cells: list[SourceCell]) -> Found:
    """The last cell links to the lesson that follows, and to no other."""
    course = Course(lesson.source_path.parents[2])
    following = [name for name in course.lesson_ids() if name > lesson.id][:1]
    wanted = [f"{name}/{course.lesson(name).slug}.ipynb" for name in following]
    last = source_cells[-1]
    if LESSON_LINK.findall(last.source) != wanted:
        link = f"(../{wanted[0]})" if wanted else "no other lesson, being the last"
        yield last.line, f"the last cell has to link to {link}"


def _says_what_it_is(source: str) -> bool:
    first, *others = source.splitlines() or [""]
    return first.startswith("# ") and not (others and others[0].startswith("#"))
