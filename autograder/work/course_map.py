"""The map of the course: every lesson with its time, its points and where its learner stands."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from urllib.parse import quote

from autograder.course.course import Course
from autograder.course.exchange import released
from autograder.course.lesson import Lesson
from autograder.feedback.text import points
from autograder.work.progress_record import Judged, Record

TIME = re.compile(r"\*\*(?:It takes|Time:)\*\*\s+([^.,:;]*?\b(?:hours?|minutes?)\b[^.,:;]*)")
HEADING = re.compile(r"^# +(.+)$", re.MULTILINE)


@dataclass(frozen=True)
class Stop:
    """A lesson on the map, and what was judged in it so far."""

    lesson: Lesson
    judged: dict[str, Judged]
    path: Path

    @property
    def title(self) -> str:
        """`05 - Rules for the step`, as the lesson says it."""
        found = HEADING.search(self._prose)
        return found[1].strip() if found else self.lesson.id

    @property
    def time(self) -> str:
        """`about three hours`, as the lesson says it; empty if it does not."""
        found = TIME.search(self._prose)
        return " ".join(found[1].split()) if found else ""

    @property
    def out_of(self) -> float:
        """The points of its exercises, without those that a person gives."""
        return sum(exercise.points for exercise in self.lesson.exercises.values())

    @property
    def earned(self) -> float:
        """The points of the last verdicts."""
        return sum(entry.score for key, entry in self.judged.items() if key in self._exercises)

    @property
    def done(self) -> int:
        """How many exercises are right, and how many predictions were made."""
        passed = (key for key, entry in self.judged.items() if entry.status == "passed")
        return sum(key in self._exercises for key in passed)

    @property
    def is_done(self) -> bool:
        """Whether every exercise is right, and every prediction made."""
        return self.done == len(self._exercises)

    @property
    def status(self) -> str:
        """Where its learner stands, in a few words."""
        if self.is_done:
            return "all done"
        if not any(key in self._exercises for key in self.judged):
            return "not begun"
        return f"{self.done} of {len(self._exercises)} exercises done"

    @property
    def _exercises(self) -> dict[str, object]:
        return dict(self.lesson.exercises)

    @cached_property
    def _prose(self) -> str:
        first = (c.source for c in self.lesson.notebook().cells[:4] if c.cell_type == "markdown")
        return "\n\n".join(first)


def stops(course: Course, record: Record) -> list[Stop]:
    """The lessons of a course, in order."""
    return [
        Stop(lesson, record.of(lesson.id), course.work / lesson.id / f"{lesson.slug}.ipynb")
        for lesson in map(course.lesson, course.lesson_ids())
    ]


def course_map(course: Course, record: Record, seen_from: Path) -> str:
    """The map as Markdown, with links for a notebook in the folder `seen_from`."""
    lines = ["| lesson | time | points | |", "|---|---|---|---|"]
    every = stops(course, record)
    handed_out = released(course)
    for stop in every:
        name = _link(stop, seen_from)
        score = f"{points(stop.earned)} of {points(stop.out_of)}"
        status = stop.status if stop.path.is_file() else _absent(stop, handed_out)
        lines.append(f"| {name} | {stop.time} | {score} | {status} |")
    earned, whole = sum(s.earned for s in every), sum(s.out_of for s in every)
    lines += ["", f"**{points(earned)} of {points(whole)} points.**", *_next(every, seen_from)]
    return "\n".join(lines)


def _absent(stop: Stop, handed_out: dict[str, Path]) -> str:
    """How to come by a lesson that is not in `work/`."""
    if stop.lesson.id in handed_out:
        return "fetch it: *Nbgrader* > *Assignment List*"
    return f"`%work {stop.lesson.id}` puts it here"


def _next(every: list[Stop], seen_from: Path) -> Iterator[str]:
    """The lesson to go on with: the first that is begun, else the first that is not done."""
    there = [stop for stop in every if stop.path.is_file() and not stop.is_done]
    begun = [stop for stop in there if stop.status != "not begun"]
    for stop in (begun or there)[:1]:
        yield f"\n{'Go on' if begun else 'Begin'} with {_link(stop, seen_from)}."


def _link(stop: Stop, seen_from: Path) -> str:
    """The title, as a link if there is a notebook behind it."""
    title = stop.title.replace("|", "\\|")
    if not stop.path.is_file():
        return title
    return f"[{title}]({quote(Path(os.path.relpath(stop.path, seen_from)).as_posix())})"
