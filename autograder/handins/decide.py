"""Which of what a learner handed in is the notebook of a lesson; and if that cannot be told for
certain, why not, and what helps."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path, PurePosixPath

from nbformat import NotebookNode

from autograder.course import LESSON_ID, Course
from autograder.handins.commands import Commands
from autograder.handins.items import Found, Helps, Other, is_named_notebook
from autograder.handins.kinds import ARCHIVES, EXPORTS
from autograder.handins.search import Search
from autograder.handins.spelling import shown
from autograder.handins.whose import Likeness, likeness
from autograder.layout import squeeze
from autograder.lesson import Lesson
from autograder.rebuild import rebuild

MOST_COPIES = 20  # different notebooks of one lesson that are compared
NAMED = 3  # how many files a reason names


@dataclass(frozen=True)
class HandIn:
    """What one learner handed in for a lesson.

    content: the notebook that is graded; None if there is none.
    place: where it was found, from the learner's folder.
    remark: what should be known of it.
    problem, command: why there is no notebook, and what helps; both are empty for a learner who
    handed in nothing at all for this lesson.
    path: the file in which it is.
    entered: whether the gradebook should have it, with 0 points if there is no notebook.
    """

    student: str
    content: bytes | None = field(default=None, repr=False)
    place: str = ""
    remark: str = ""
    problem: str = ""
    command: str = ""
    path: Path | None = None
    entered: bool = True

    @property
    def is_absent(self) -> bool:
        """Whether nothing at all was handed in for this lesson."""
        return self.content is None and not self.problem


class Decision:
    """Looks at one learner's folder for the notebook of one lesson."""

    def __init__(self, course: Course, lesson: Lesson, student: str) -> None:
        self._course, self._lesson, self._student = course, lesson, student
        self._root = course.root / "submitted" / student
        self._commands = Commands(course, lesson, student)
        self._search = Search(self._root, course.root)
        self._exact = f"{lesson.id}/{lesson.slug}.ipynb"
        self._like: dict[int, Likeness] = {}

    def hand_in(self) -> HandIn:
        """The notebook, or why there is none."""
        self._search.look(self._root, self._elsewhere)
        if not self._mine():
            for name in sorted(self._elsewhere):
                self._search.look(self._root / name)
        groups = self._groups(self._mine())
        if not groups:
            return self._none()
        chosen = self._choose(groups)
        if chosen is None:
            return self._several(groups)
        found = chosen[0]
        remark = self._remark(found, [g for g in groups if g is not chosen])
        return HandIn(self._student, found.content, found.place, remark, path=found.path)

    # --- which one -------------------------------------------------------------------------------

    def _mine(self) -> list[Found]:
        """The notebooks of this lesson. Outside of its folder, a name in common is not enough."""
        return [
            found
            for found in self._search.found
            if self._lesson.id in self._likeness(found).lessons
            and (self._is_here(found.place) or self._likeness(found).by_cells)
        ]

    def _groups(self, mine: list[Found]) -> list[list[Found]]:
        """Notebooks that would be graded alike together; the best place of each first."""
        mine = sorted(mine, key=self._order)
        alike: dict[tuple[object, ...], list[Found]] = {}
        for found in mine:
            key = tuple((c.cell_type, c.source, c.grade_id) for c in found.cells.cells)
            alike.setdefault(key, []).append(found)
        groups = list(alike.values())
        if not 1 < len(groups) <= MOST_COPIES:
            return groups
        rebuilt: dict[tuple[str, ...], list[Found]] = {}
        for group in groups:
            text = tuple(cell.source for cell in self._cells(group[0]))
            rebuilt.setdefault(text, []).extend(group)
        return [sorted(group, key=self._order) for group in rebuilt.values()]

    def _choose(self, groups: list[list[Found]]) -> list[Found] | None:
        """The one that was worked on; of several, the one that is where it belongs."""
        if len(groups) == 1:
            return groups[0]
        worked = groups
        if len(groups) <= MOST_COPIES:
            worked = [g for g in groups if self._is_worked_on(g[0])] or groups[:1]
        if len(worked) == 1 or worked[0][0].place == self._exact:
            return worked[0]
        return None

    def _order(self, found: Found) -> tuple[bool, bool, int, str]:
        depth = len(PurePosixPath(found.place).parts)
        return found.place != self._exact, found.packed, depth, found.place

    def _cells(self, found: Found) -> list[NotebookNode]:
        cells: list[NotebookNode] = rebuild(found.cells, self._lesson).notebook.cells
        return cells

    def _is_worked_on(self, found: Found) -> bool:
        released = self._lesson.release().cells
        return _squeezed(self._cells(found)) != _squeezed(released)

    def _likeness(self, found: Found) -> Likeness:
        if id(found) not in self._like:
            self._like[id(found)] = likeness(found.cells, self._course)
        return self._like[id(found)]

    # --- what to say of it -----------------------------------------------------------------------

    def _remark(self, chosen: Found, left: list[list[Found]]) -> str:
        said = []
        if chosen.place != self._exact:
            said.append(f"found as {_named(chosen.place)}")
            said += [
                f"{_named(o.place)} {o.what}" for o in self._others() if o.place == self._exact
            ]
        for group in left:
            place = group[0].place
            if self._is_worked_on(group[0]):
                said.append(f"{_named(place)} differs, and was not graded")
            elif place == self._exact:
                said.append(f"{_named(place)} is as it was released")
        said += [f"{_named(o.place)} {o.what}" for o in self._others() if o.unread]
        return "; ".join(dict.fromkeys(said))

    def _several(self, groups: list[list[Found]]) -> HandIn:
        firsts = [group[0] for group in groups]
        newest = max(firsts, key=lambda found: (_modified(found.path), found.place))
        problem = f"{len(firsts)} notebooks that differ: {_listed([f.place for f in firsts])}"
        return HandIn(self._student, problem=problem, command=self._commands.take(newest))

    def _none(self) -> HandIn:
        """Why there is no notebook: the most telling of what is there."""
        reasons = sorted(self._reasons(), key=lambda reason: reason[0])
        if reasons:
            problem = "; ".join(text for _, text, _ in reasons[:NAMED])
            more = len(reasons) - NAMED
            problem += f"; and {more} more" if more > 0 else ""
            return HandIn(self._student, problem=problem, command=reasons[0][2])
        if self._search.checkpoints:
            path = self._search.checkpoints[0]
            problem = f"only a checkpoint of JupyterLab's: {shown(self._search.place(path))}"
            return HandIn(self._student, problem=problem, command=self._commands.copy(path))
        if self._elsewhere and not any(map(self._is_here, self._names)):
            return HandIn(self._student, remark="handed in nothing for this lesson")
        return HandIn(self._student, problem="the folder is empty", command=self._commands.ask())

    def _reasons(self) -> list[tuple[int, str, str]]:
        """(rank, reason, command) for whatever may be meant as the hand-in."""
        reasons = []
        for found in self._search.found:
            if self._is_here(found.place):
                reasons.append(self._foreign(found))
        for other in self._others():
            rank, command = self._advice(other)
            reasons.append((rank, f"{_named(other.place)} {other.what}", command))
        return reasons

    def _foreign(self, found: Found) -> tuple[int, str, str]:
        lessons = sorted(self._likeness(found).lessons)
        if not lessons:
            return 6, f"{_named(found.place)} has nothing of this lesson", self._commands.ask()
        command = self._commands.move_to(found, self._course.lesson(lessons[0]))
        return 1, f"{_named(found.place)} is the notebook of {lessons[0]}", command

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

    def _others(self) -> list[Other]:
        return [o for o in self._search.others if self._concerns(o)]

    def _concerns(self, other: Other) -> bool:
        """Whether what is no notebook has to do with this lesson."""
        first = PurePosixPath(other.place).parts[:1]
        return self._is_here(other.place) or (
            other.unread and not self._elsewhere.intersection(first)
        )

    # --- where -----------------------------------------------------------------------------------

    @cached_property
    def _names(self) -> list[str]:
        try:
            return sorted(path.name for path in self._root.iterdir())
        except OSError:
            return []

    @cached_property
    def _elsewhere(self) -> frozenset[str]:
        """The folders of other lessons."""
        return frozenset(filter(self._is_another_lessons, self._names))

    def _is_here(self, place: str) -> bool:
        """Whether something is in the lesson's folder, however that is spelt, or named like it."""
        first = next(iter(PurePosixPath(place).parts), "")
        return first == self._lesson.id or is_like(first, self._lesson)

    def _is_another_lessons(self, name: str) -> bool:
        path = self._root / name
        if name == self._lesson.id or path.is_symlink() or not path.is_dir():
            return False
        known = name in self._course.lesson_ids()
        return known or bool(LESSON_ID.fullmatch(name) and not is_like(name, self._lesson))


def is_like(name: str, lesson: Lesson) -> bool:
    """Whether a name means a lesson: `00-Orientation`, `Orientation (1).zip`, `lesson 0`."""
    numbers = [int(number) for number in re.findall(r"\d+", name)[:2]]
    slug = lesson.slug.replace("_", "")
    return slug in re.sub(r"[\W_]", "", name.lower()) or numbers == [int(lesson.id[:2])]


def _squeezed(cells: list[NotebookNode]) -> list[str]:
    return [squeeze(cell.source) for cell in cells]


def _named(place: str) -> str:
    return "the folder" if place == "." else shown(place)


def _listed(places: list[str]) -> str:
    more = len(places) - NAMED
    named = ", ".join(map(shown, places[:NAMED]))
    return f"{named} and {more} more" if more > 0 else named


def _modified(path: Path) -> float:
    try:
        return path.lstat().st_mtime
    except OSError:
        return 0.0
