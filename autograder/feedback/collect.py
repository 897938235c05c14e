"""An executed notebook, its verdicts and its scores -> what its page says."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from nbformat import NotebookNode

from autograder.course import delimiters
from autograder.course.cells import Kind, grade_id, kind
from autograder.course.delimiters import squeeze
from autograder.course.lesson import Exercise, Lesson
from autograder.feedback.outputs import shown_of
from autograder.feedback.page import ExercisePart, Grade, Grades, Page, QuestionPart, Written
from autograder.judging.verdict import Status, Verdict
from autograder.static_analysis.names import defined_names
from autograder.submission.align import ELSEWHERE
from autograder.submission.limits import left_out

# In an executed notebook's metadata: what grading found out about the file that was handed in.
HAND_IN = "hand_in"
TITLE = re.compile(r"(?m)^# (.+)$")


def collect(
    notebook: NotebookNode,
    lesson: Lesson,
    verdicts: Mapping[str, Verdict],
    grades: Grades,
    student: str,
) -> Page:
    """The page of one submission.

    Args:
        notebook: as grading left it: the release's cells, with the learner's in and between them.
        verdicts: by exercise; where one is missing, what its graded cell printed stands for it.
    """
    return _Collector(notebook, lesson, verdicts, grades).page(student)


class _Collector:
    def __init__(
        self,
        notebook: NotebookNode,
        lesson: Lesson,
        verdicts: Mapping[str, Verdict],
        grades: Grades,
    ) -> None:
        self._lesson, self._verdicts, self._grades = lesson, verdicts, grades
        self._source = lesson.cells
        self._released = {cell.id: squeeze(cell.source) for cell in lesson.released.cells}
        self._cells: list[NotebookNode] = notebook.cells
        self._about: Mapping[str, Any] = notebook.metadata.get(HAND_IN) or {}
        self._used: set[int] = set()  # the cells that a part of the page shows, by index
        self._own = [i for i, cell in enumerate(self._cells) if self._is_learners(cell)]

    def page(self, student: str) -> Page:
        problem = str(self._about.get("problem", ""))
        if problem:  # nothing was read: there is nothing to say of any exercise
            grades = self._grades
            return Page(self._title(), student, grades.score, grades.max_score, problem=problem)
        exercises = tuple(map(self._exercise, self._lesson.exercises.values()))
        questions = tuple(self._questions())
        others = [self._cells[i] for i in self._own if i not in self._used]
        return Page(
            self._title(),
            student,
            self._grades.score,
            self._grades.max_score,
            self._grades.late_penalty,
            moved=tuple(self._moved()),
            unread=tuple(self._unread()),
            exercises=exercises,
            questions=questions,
            others=tuple(map(_written, others)),
        )

    def _is_learners(self, cell: NotebookNode) -> bool:
        """Whether a cell says something that the release does not."""
        if kind(cell) in (Kind.GRADED, Kind.TASK, Kind.CHECK) or cell.source.endswith(ELSEWHERE):
            return False
        known = self._released.get(cell.id)
        return bool(cell.source.strip()) and known != squeeze(cell.source)

    def _title(self) -> str:
        first = next((c.source for c in self._source if c.cell_type == "markdown"), "")
        found = TITLE.search(first)
        return found[1].strip() if found else self._lesson.id

    def _moved(self) -> Iterator[str]:
        notes = self._about.get("notes")
        for note in notes if isinstance(notes, list) else []:
            name, _, said = str(note).partition(": ")
            yield f"`{name}`: {said}."

    def _unread(self) -> Iterator[str]:
        found = (left_out(self._cells[index].source) for index in self._own)
        return (f"{said}." for said in found if said)

    def _exercise(self, exercise: Exercise) -> ExercisePart:
        found = [i for i in self._own if _is_for(self._cells[i], exercise)]
        if not found:  # what a learner wrote into the cell of another exercise
            found = [i for i in self._own if _defines(self._cells[i], exercise)]
        self._used.update(found)
        return ExercisePart(
            self._verdict(exercise),
            self._grades.by_id.get(exercise.test_id, Grade(max_score=exercise.points)),
            tuple(_written(self._cells[index]) for index in found),
            self._above(exercise.key) if exercise.is_prediction else "",
            tuple(self._comments(exercise.solution_ids)),
        )

    def _verdict(self, exercise: Exercise) -> Verdict:
        """The verdict; of a notebook that was graded before verdicts were kept whole, its text."""
        if exercise.key in self._verdicts:
            return self._verdicts[exercise.key]
        cell = next((c for c in self._cells if grade_id(c) == exercise.test_id), None)
        shown = shown_of(cell.outputs if cell else [])
        first, _, text = "\n".join(one.text for one in shown[:1]).partition("\n")
        grade = self._grades.by_id.get(exercise.test_id, Grade(max_score=exercise.points))
        if "Not attempted yet." in first:
            return Verdict(exercise.key, "not_attempted", 0.0, grade.max_score)
        status: Status = "passed" if grade.score >= grade.max_score else "failed"
        note = text.removesuffix(f"\n{float(grade.score)!r}")
        return Verdict(exercise.key, status, grade.score, grade.max_score, note=note)

    def _above(self, name: str) -> str:
        """The text right above a cell of the lesson."""
        cells = self._source
        at = next((i for i, cell in enumerate(cells) if grade_id(cell) == name), 0)
        return str(cells[at - 1].source) if at and cells[at - 1].cell_type == "markdown" else ""

    def _comments(self, names: Iterable[str]) -> Iterator[str]:
        return (said for name in names if (said := self._grades.comments.get(name, "").strip()))

    def _questions(self) -> Iterator[QuestionPart]:
        texts = {grade_id(c): c.source for c in self._source if kind(c) is Kind.TASK}
        for question in self._lesson.manual:
            text = texts[question.name]
            found = list(self._below(question.name))
            self._used.update(found)
            yield QuestionPart(
                question.name,
                delimiters.without(text, delimiters.SCHEME),
                _scheme(text),
                self._grades.by_id.get(question.name, Grade(0.0, question.points, waits=True)),
                tuple(_written(self._cells[index]) for index in found),
                tuple(self._comments([question.name])),
            )

    def _below(self, name: str) -> Iterator[int]:
        """The learner's cells between a question and the next thing that is the lesson's."""
        places = [i for i, cell in enumerate(self._cells) if grade_id(cell) == name]
        below = False  # the lesson's own text for the answer
        for index in range(places[0] + 1 if places else len(self._cells), len(self._cells)):
            cell = self._cells[index]
            if cell.id in self._released:
                if below or kind(cell) is not Kind.PROSE:
                    return
                below = True
            if index in self._own and index not in self._used:
                yield index


def _is_for(cell: NotebookNode, exercise: Exercise) -> bool:
    """Whether a cell is an exercise's, or one of the learner's own that defines it."""
    if (name := grade_id(cell)) is not None:
        return name in exercise.solution_ids
    return _defines(cell, exercise)


def _defines(cell: NotebookNode, exercise: Exercise) -> bool:
    if cell.cell_type != "code" or not any(name in cell.source for name in exercise.names):
        return False  # nothing has to be parsed
    return bool(defined_names(cell.source) & frozenset(exercise.names))


def _scheme(text: str) -> str:
    return "\n".join(
        line for region in delimiters.regions(text, delimiters.SCHEME) for line in region.body(text)
    ).strip()


def _written(cell: NotebookNode) -> Written:
    is_code = cell.cell_type == "code"
    attachments = cell.get("attachments") or {}
    return Written(
        str(cell.source),
        cell.cell_type != "markdown",
        shown_of(cell.get("outputs")) if is_code else (),
        attachments if isinstance(attachments, dict) else {},
    )
