"""Where a learner stands, in this kernel and before it: what `%progress` shows."""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import quote

from autograder.course import Course, CourseError
from autograder.messages import points
from autograder.progress_record import Judged, digests, record_for, saved_sources

if TYPE_CHECKING:
    from autograder.lesson import Lesson
    from autograder.verdict import Verdict

NOTHING_YET = "Nothing is written yet. Write an exercise, run its cell, then check it: `%check {}`."
RUN_FIRST = (
    "Nothing has been run in this kernel yet. Run your cells first "
    "(Run > Run All Cells), then `%check` again."
)
ELSEWHERE = (
    "You are working in notebooks/{0}/, whose files are replaced when the course is updated. "
    "Work in {1} instead: `make lab` puts it there, with what you have written here."
)
_told: set[Path] = set()  # a kernel is told once


def remember(lesson: Lesson, verdicts: Sequence[Verdict], sources: Sequence[str]) -> None:
    """Keep verdicts beyond this kernel; `sources` are the cells that have run in it, in order.

    Who works in `notebooks/` is told, once in a kernel, where to work instead.
    """
    course = Course.find()
    asked = [lesson.exercises[verdict.exercise] for verdict in verdicts]
    record_for(course).add(lesson.id, verdicts, digests(asked, sources))
    here = Path.cwd().resolve()
    if here == (course.notebooks / lesson.id).resolve() and here not in _told:
        _told.add(here)
        path = f"{course.work.name}/{lesson.id}/{lesson.slug}.ipynb"
        print(ELSEWHERE.format(lesson.id, path))


def nothing_to_check(lesson: Lesson) -> str:
    """What to do where nothing that is asked for is defined."""
    if record_for(Course.find()).of(lesson.id) or any(_written(lesson)):
        return RUN_FIRST
    return NOTHING_YET.format(next(iter(lesson.exercises)))


def lesson_table(lesson: Lesson, verdicts: Sequence[Verdict]) -> str:
    """A lesson's exercises as Markdown: as they are now, or as they were when last judged."""
    from autograder.card import WORDS

    before = record_for(Course.find()).of(lesson.id)
    saved = digests(lesson.exercises.values(), saved_sources(Path(f"{lesson.slug}.ipynb")))
    rows, now, then = ["| exercise | points | |", "|---|---|---|"], 0.0, 0.0
    for verdict in verdicts:
        word, score, earlier = WORDS[verdict.status], verdict.score, before.get(verdict.exercise)
        if verdict.status == "not_attempted" and earlier is not None:
            word, score = _as_it_was(earlier, saved.get(verdict.exercise)), earlier.score
            then += score
        else:
            now += score
        earned = f"{points(score)} of {points(verdict.max_score)}"
        rows.append(f"| `{verdict.exercise}` | {earned} | {word} |")
    total = f"**{points(now + then)} of {points(sum(v.max_score for v in verdicts))} points.**"
    if then:
        total += f" {points(then)} of them from before this kernel started."
    return "\n".join([*rows, "", total + _read_by_a_person(lesson)])


def whole_course() -> str:
    """The map of the course as Markdown, with links for the notebook that shows it."""
    from autograder.course_map import course_map

    course = Course.find()
    return course_map(course, record_for(course), Path.cwd().resolve())


def put_into_work(lesson_ids: Sequence[str]) -> str:
    """Put lessons into `work/`; what was done, as Markdown, with a link to each."""
    from autograder.workplace import Workplace, fill

    course = Course.find()
    if not lesson_ids:
        raise CourseError(f"say which lesson, one of: {', '.join(course.lesson_ids())}")
    done, place = fill(course, lesson_ids), Workplace(course)
    lessons = [course.lesson(name) for name in lesson_ids]
    links = [
        f"[{path.name}]({quote(Path(os.path.relpath(path, Path.cwd().resolve())).as_posix())})"
        for path in map(place.notebook, lessons)
        if path.is_file()
    ]
    return "  \n".join([*done.said, *done.problems, *(f"Open {link}." for link in links)])


def _as_it_was(earlier: Judged, saved: str | None) -> str:
    """What is known of an exercise that has not run in this kernel."""
    from autograder.card import WORDS

    was = next((word for status, word in WORDS.items() if status == earlier.status), "judged")
    edited = saved is not None and earlier.source not in ("", saved)
    return f"{was} on {earlier.day}, {'edited since' if edited else 'not run in this kernel yet'}"


def _read_by_a_person(lesson: Lesson) -> str:
    if not lesson.manual:
        return ""
    most = points(sum(question.points for question in lesson.manual))
    return f" A person reads your answers to the questions, for up to {most} more."


def _written(lesson: Lesson) -> list[str]:
    """The exercises that the saved notebook answers."""
    from autograder.names import defined_names

    blank = {cell.source.strip() for cell in lesson.release().cells}
    sources = saved_sources(Path(f"{lesson.slug}.ipynb"))
    mine = frozenset[str]().union(*(defined_names(s) for s in sources if s.strip() not in blank))
    return [key for key, item in lesson.exercises.items() if mine & set(item.names)]
