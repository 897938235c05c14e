"""Which of what a learner handed in is a lesson's notebook, if that can be told for certain."""

from __future__ import annotations

from pathlib import Path, PurePosixPath

from nbformat import NotebookNode

from autograder.course.course import Course
from autograder.course.delimiters import squeeze
from autograder.course.lesson import Lesson
from autograder.handins.commands import Commands
from autograder.handins.items import Found, HandIn, Other
from autograder.handins.reasons import Reasons, concerning, listed, named
from autograder.handins.search import Search
from autograder.handins.where import Where
from autograder.handins.whose import Likeness, likeness
from autograder.submission.rebuild import rebuild

MOST_COPIES = 20  # different notebooks of one lesson that are compared


class Decision:
    """Looks at one learner's folder for the notebook of one lesson."""

    def __init__(self, course: Course, lesson: Lesson, student: str) -> None:
        self._course, self._lesson, self._student = course, lesson, student
        self._where = Where(course, lesson, student)
        self._commands = Commands(course, lesson, student)
        self._search = Search(self._where.root, course.root)
        self._reasons = Reasons(course, student, self._search, self._where, self._commands)
        self._like: dict[int, Likeness] = {}

    def hand_in(self) -> HandIn:
        """The notebook, or why there is none."""
        self._search.look(self._where.root, self._where.elsewhere)
        if not self._mine():
            for name in sorted(self._where.elsewhere):
                self._search.look(self._where.root / name)
        groups = self._groups(self._mine())
        if not groups:
            return self._reasons.explain()
        chosen = self._choose(groups)
        if chosen is None:
            return self._several(groups)
        found = chosen[0]
        remark = self._remark(found, [g for g in groups if g is not chosen])
        return HandIn(
            self._student,
            found.content,
            found.place,
            remark,
            path=found.path,
            digest=found.cells.digest,
        )

    # --- which one -------------------------------------------------------------------------------

    def _mine(self) -> list[Found]:
        """The notebooks of this lesson. Outside of its folder, a name in common is not enough."""
        return [
            found
            for found in self._search.found
            if self._lesson.id in self._likeness(found).lessons
            and (self._where.is_here(found.place) or self._likeness(found).by_cells)
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
        if len(worked) == 1 or worked[0][0].place == self._where.exact:
            return worked[0]
        return None

    def _order(self, found: Found) -> tuple[bool, bool, int, str]:
        depth = len(PurePosixPath(found.place).parts)
        return found.place != self._where.exact, found.packed, depth, found.place

    def _cells(self, found: Found) -> list[NotebookNode]:
        cells: list[NotebookNode] = rebuild(found.cells, self._lesson).notebook.cells
        return cells

    def _is_worked_on(self, found: Found) -> bool:
        released = self._lesson.release().cells
        return _squeezed(self._cells(found)) != _squeezed(released)

    def _likeness(self, found: Found) -> Likeness:
        if id(found) not in self._like:
            self._like[id(found)] = likeness(found.cells, self._course, self._lesson)
        return self._like[id(found)]

    # --- what to say of it -----------------------------------------------------------------------

    def _remark(self, chosen: Found, left: list[list[Found]]) -> str:
        others = concerning(self._search, self._where)
        in_its_place = [other for other in others if other.place == self._where.exact]
        said = []
        if chosen.place != self._where.exact:
            said = [f"found as {named(chosen.place)}", *map(_what, in_its_place)]
        for group in left:
            place = group[0].place
            if self._is_worked_on(group[0]):
                said.append(f"{named(place)} differs, and was not graded")
            elif place == self._where.exact:
                said.append(f"{named(place)} is as it was released")
        said += [_what(other) for other in others if other.unread]
        return "; ".join(dict.fromkeys(said))

    def _several(self, groups: list[list[Found]]) -> HandIn:
        firsts = [group[0] for group in groups]
        newest = max(firsts, key=lambda found: (_modified(found.path), found.place))
        problem = f"{len(firsts)} notebooks that differ: {listed([f.place for f in firsts])}"
        return HandIn(self._student, problem=problem, command=self._commands.take(newest))


def _squeezed(cells: list[NotebookNode]) -> list[str]:
    return [squeeze(cell.source) for cell in cells]


def _what(other: Other) -> str:
    return f"{named(other.place)} {other.what}"


def _modified(path: Path) -> float:
    try:
        return path.lstat().st_mtime
    except OSError:
        return 0.0
