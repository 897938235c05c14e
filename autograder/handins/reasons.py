"""Why nothing of what a learner handed in is the notebook of a lesson, and what helps."""

from __future__ import annotations

from pathlib import PurePosixPath

from autograder.course.course import Course
from autograder.handins.commands import Commands
from autograder.handins.items import Found, HandIn, Helps, Other, is_litter, is_named_notebook
from autograder.handins.kinds import ARCHIVES, EXPORTS
from autograder.handins.search import Search
from autograder.handins.spelling import shown
from autograder.handins.where import Where
from autograder.handins.whose import likeness

NAMED = 3  # how many files a reason names


class Reasons:
    """Goes through all that was found with one learner."""

    def __init__(
        self, course: Course, student: str, search: Search, where: Where, commands: Commands
    ) -> None:
        self._course, self._student = course, student
        self._search, self._where, self._commands = search, where, commands

    def explain(self) -> HandIn:
        """Why there is no notebook: the most telling of what is there; or that nothing is."""
        reasons = sorted(self._reasons(), key=lambda reason: reason[0])
        if reasons:
            problem = "; ".join(text for _, text, _ in reasons[:NAMED])
            more = len(reasons) - NAMED
            problem += f"; and {more} more" if more > 0 else ""
            return HandIn(self._student, problem=problem, command=reasons[0][2])
        if self._search.checkpoints:
            path = self._search.checkpoints[0]
            problem = f"only a checkpoint of JupyterLab's: {named(self._search.place(path))}"
            return HandIn(self._student, problem=problem, command=self._commands.copy(path))
        is_here = any(map(self._where.is_here, self._where.names))
        if not is_here and (self._where.elsewhere or self._search.found):
            return HandIn(self._student, remark="handed in nothing for this lesson")
        empty = is_here or all(map(is_litter, self._where.names))
        problem = "the folder is empty" if empty else "nothing in the folder is of this lesson"
        return HandIn(self._student, problem=problem, command=self._commands.ask())

    def _reasons(self) -> list[tuple[int, str, str]]:
        """(rank, reason, command) for whatever may be meant as the hand-in."""
        reasons = []
        for found in self._search.found:
            if self._where.is_here(found.place):
                reasons.append(self._foreign(found))
        for other in concerning(self._search, self._where):
            rank, command = self._advice(other)
            reasons.append((rank, f"{named(other.place)} {other.what}", command))
        return reasons

    def _foreign(self, found: Found) -> tuple[int, str, str]:
        lessons = sorted(likeness(found.cells, self._course).lessons)
        if not lessons:
            return 6, f"{named(found.place)} has nothing of this lesson", self._commands.ask()
        command = self._commands.move_to(found, self._course.lesson(lessons[0]))
        return 1, f"{named(found.place)} is the notebook of {lessons[0]}", command

    def _advice(self, other: Other) -> tuple[int, str]:
        if other.unread:
            return 0, self._helping(other)
        if is_named_notebook(PurePosixPath(other.place).name):
            return 2, self._helping(other)
        if other.helps is Helps.CONVERT:
            return 3, self._helping(other)
        return (4 if other.kind in EXPORTS | ARCHIVES else 5), self._helping(other)

    def _helping(self, other: Other) -> str:
        if other.helps is Helps.UNPACK:
            return self._commands.unpack(other.path)
        if other.helps is Helps.ALLOW:
            return self._commands.allow(other.path)
        if other.helps is Helps.CONVERT:
            return self._commands.convert(other.path)
        return self._commands.ask()


def concerning(search: Search, where: Where) -> list[Other]:
    """What is no notebook, and has to do with the lesson."""
    return [
        other
        for other in search.others
        if where.is_here(other.place) or (other.unread and not where.is_elsewhere(other.place))
    ]


def named(place: str) -> str:
    """A place for people."""
    return "the folder" if place == "." else shown(place)


def listed(places: list[str]) -> str:
    """Some places for people, the first ones by name."""
    more = len(places) - NAMED
    first = ", ".join(map(named, places[:NAMED]))
    return f"{first} and {more} more" if more > 0 else first
