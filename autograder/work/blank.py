"""Whether anyone wrote in a released notebook: what is built over such a one is lost."""

from __future__ import annotations

from pathlib import Path

import nbformat
from nbformat import NotebookNode
from nbgrader.utils import compute_checksum

from autograder.course.cells import CHECK_ID, check_cell, grade_id, nbgrader_of
from autograder.course.course import Course
from autograder.course.lesson import Lesson
from autograder.course.notebooks import release_path
from autograder.work.editions import is_own

PLACE_TO_ANSWER = "*Your answer here.*"


def refusal(course: Course, lesson: Lesson) -> str | None:
    """Why the learner's notebook of a lesson must not be replaced, if someone wrote in it."""
    path = release_path(course, lesson)
    written = written_in(path, lesson.release())
    if written is None:
        return None
    place = f"{course.work.name}/{lesson.id}"
    return f"{path}: holds {written}, which would be lost: move the file to {place}/ first"


def written_in(path: Path, release: NotebookNode) -> str | None:
    """What in the file of a released notebook someone wrote, if anyone did: in a few words.

    `release` is the present edition of its lesson; the file may be of an earlier one.
    """
    if not path.is_file():
        return None
    try:
        notebook = nbformat.reads(path.read_text(encoding="utf-8"), as_version=4)
    except (ValueError, KeyError, AttributeError, TypeError):
        return "what cannot be read as a notebook"
    return written_cell(notebook, release)


def written_cell(notebook: NotebookNode, release: NotebookNode) -> str | None:
    """The first cell of a notebook that someone wrote or changed, if anyone did: in a few words."""
    known = {cell.source.strip() for cell in release.cells} | {"", PLACE_TO_ANSWER}
    for before, cell in zip([None, *notebook.cells], notebook.cells, strict=False):
        if cell.source.strip() in known:
            continue
        checksum = nbgrader_of(cell).get("checksum")
        if checksum is not None and checksum != compute_checksum(cell):
            return f"what someone wrote in {grade_id(cell)}"
        if before is not None and nbgrader_of(before).get("task"):
            return f"an answer to {grade_id(before)}"
        if is_own(cell) and not _is_released_check(cell):
            return "a cell that someone added"
        if checksum is None and cell.get("execution_count"):
            return f"a cell that someone changed and ran, {cell.id}"
    return None


def _is_released_check(cell: NotebookNode) -> bool:
    """Whether a cell is the check that some edition has, perhaps of an exercise that is gone."""
    return bool(cell.source == check_cell(cell.id.removeprefix(CHECK_ID)).source)
