"""Where a learner stands, in this kernel and before it: what `%progress` shows."""

from __future__ import annotations

import os
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import quote

from autograder.course.course import Course, CourseError
from autograder.feedback.text import points
from autograder.work.progress_record import Judged, Record, digests, record_path, saved_sources

if TYPE_CHECKING:
    from autograder.course.lesson import Lesson
    from autograder.judging.verdict import Verdict

NOTHING_YET = "Nothing is written yet. Write an exercise, run its cell, then check it: `%check {}`."
RUN_FIRST = (
    "Nothing has been run in this kernel yet. Run your cells first "
    "(Run > Run All Cells), then `%check` again."
)
NOT_RUN = "not run in this kernel yet"
ELSEWHERE = (
    "You are working in notebooks/{0}/, whose files are replaced when the course is updated. "
    "Work in {1} instead: `make lab` puts it there, with what you have written here."
)


class Standing:
    """Where a learner stands in a course, as one kernel knows it."""

    def __init__(self) -> None:
        self._records: dict[Path | None, Record] = {}
        self._told: set[Path] = set()

    @property
    def _record(self) -> Record:
        path = record_path(Course.find())
        return self._records.setdefault(path, Record(path))

    def remember(self, lesson: Lesson, verdicts: Sequence[Verdict], sources: Sequence[str]) -> None:
        """Keep verdicts beyond this kernel; `sources` are the cells that have run in it, in order.

        Who works in `notebooks/` is told, once in a kernel, where to work instead.
        """
        asked = [lesson.exercises[verdict.exercise] for verdict in verdicts]
        self._record.add(lesson.id, verdicts, digests(asked, sources))
        course, here = Course.find(), Path.cwd().resolve()
        if here == (course.notebooks / lesson.id).resolve() and here not in self._told:
            self._told.add(here)
            print(ELSEWHERE.format(lesson.id, f"work/{lesson.id}/{lesson.slug}.ipynb"))

    def nothing_to_check(self, lesson: Lesson) -> str:
        """What to do where nothing that is asked for is defined."""
        if self._record.of(lesson.id) or any(map(_Saved(lesson).answers, lesson.exercises)):
            return RUN_FIRST
        return NOTHING_YET.format(next(iter(lesson.exercises)))

    def lesson_table(self, lesson: Lesson, verdicts: Sequence[Verdict]) -> str:
        """A lesson's exercises as Markdown: as they are now, or as they were when last judged."""
        from autograder.feedback.card import word_of

        before = self._record.of(lesson.id)
        saved = _Saved(lesson)
        rows, now, then = ["| exercise | points | |", "|---|---|---|"], 0.0, 0.0
        for verdict in verdicts:
            word, score = word_of(verdict), verdict.score
            earlier = before.get(verdict.exercise)
            if verdict.status == "not_attempted" and earlier is not None:
                word, score = (
                    _as_it_was(verdict, earlier, saved.is_another(verdict.exercise, earlier)),
                    earlier.score,
                )
                then += score
            elif verdict.status == "not_attempted" and saved.answers(verdict.exercise):
                word = f"written, {NOT_RUN}"
            else:
                now += score
            earned = f"{points(score)} of {points(verdict.max_score)}"
            rows.append(f"| `{verdict.exercise}` | {earned} | {word} |")
        total = f"**{points(now + then)} of {points(sum(v.max_score for v in verdicts))} points.**"
        if then:
            total += f" {points(then)} of them from before this kernel started."
        return "\n".join([*rows, "", total + _read_by_a_person(lesson)])

    def whole_course(self) -> str:
        """The map of the course as Markdown, with links for the notebook that shows it."""
        from autograder.work.course_map import course_map

        return course_map(Course.find(), self._record, Path.cwd().resolve())


def put_into_work(lesson_ids: Sequence[str]) -> str:
    """Put lessons into `work/`; what was done, as Markdown, with a link to each."""
    from autograder.work.workplace import Workplace, fill

    course = Course.find()
    if not lesson_ids:
        raise CourseError(f"say which lesson, one of: {', '.join(course.lesson_ids())}")
    done, place = fill(course, lesson_ids, renew=False), Workplace(course)
    lessons = [course.lesson(name) for name in lesson_ids]
    links = [
        f"[{path.name}]({quote(Path(os.path.relpath(path, Path.cwd().resolve())).as_posix())})"
        for path in map(place.notebook, lessons)
        if path.is_file()
    ]
    return "  \n".join([*done.said, *done.problems, *(f"Open {link}." for link in links)])


class _Saved:
    """The notebook whose kernel this is, as it was last saved."""

    def __init__(self, lesson: Lesson) -> None:
        self._path = Path(f"{lesson.slug}.ipynb")
        self._digests = digests(lesson.exercises.values(), saved_sources(self._path))
        self._lesson = lesson

    def answers(self, exercise: str) -> bool:
        """Whether it has another text for an exercise than the release."""
        here = self._digests.get(exercise)
        return here is not None and here != self._stubs.get(exercise)

    @cached_property
    def _stubs(self) -> dict[str, str]:
        given = Course.find().work / ".descent" / "given" / f"{self._lesson.id}.ipynb"
        blank = saved_sources(given) or [cell.source for cell in self._lesson.release().cells]
        return digests(self._lesson.exercises.values(), blank)

    def is_another(self, exercise: str, judged: Judged) -> bool:
        """Whether it was saved with another answer after a verdict."""
        try:
            saved = datetime.fromtimestamp(self._path.stat().st_mtime)
        except OSError:
            return False
        later = saved > datetime.fromisoformat(judged.when)
        return later and bool(judged.source) and self._digests.get(exercise) != judged.source


def _as_it_was(verdict: Verdict, earlier: Judged, edited: bool) -> str:
    """What is known of an exercise that has not run in this kernel."""
    from autograder.feedback.card import WORDS, word_of

    known = next((status for status in WORDS if status == earlier.status), None)
    was = word_of(replace(verdict, status=known)) if known else "judged"
    return f"{was} on {earlier.day}, {'edited since' if edited else NOT_RUN}"


def _read_by_a_person(lesson: Lesson) -> str:
    if not lesson.manual:
        return ""
    most = points(sum(question.points for question in lesson.manual))
    return f" A person reads your answers to the questions, for up to {most} more."
