"""Where in a rebuilt notebook each exercise is judged: the last definition of each name counts.

Cells run in their order, so an exercise whose names, or what these reach, are defined below its
graded cell is judged behind the last of these definitions, as `%check` would after Run All. Every
other exercise is judged at its graded cell: what stands below cannot change it.
"""

from __future__ import annotations

import builtins
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from nbformat import NotebookNode

from autograder.course.cells import Kind, grade_id, kind
from autograder.course.lesson import Exercise, Lesson
from autograder.static_analysis.names import bound_names, defined_names
from autograder.static_analysis.statements import statements

LATER = "A cell below the tests defines this again, and the last definition is the one that counts."
BUILTINS = frozenset(dir(builtins))


@dataclass(frozen=True)
class Stand:
    """Where an exercise is judged: behind the cell of index `behind`.

    `cells` hold the versions of its names that count. `replaced` says that one of them stands below
    the graded cell, and undoes another.
    """

    behind: int
    cells: frozenset[int]
    replaced: bool


class Attempts:
    """Which cells of a rebuilt notebook define and bind which names. The release's demos and stubs
    are no attempts, nor is what was brought."""

    def __init__(self, notebook: NotebookNode, lesson: Lesson) -> None:
        self._exercises = list(lesson.exercises.values())
        self._asked_for = {name for exercise in self._exercises for name in exercise.names}
        self._index: dict[str, int] = {}  # of graded and solution cells, by grade_id
        self._given = BUILTINS
        self._imports: dict[str, set[str]] = {}  # what given names stand for, if for a library
        self._sources: dict[int, str] = {}
        self._extra: set[int] = set()  # cells that the release does not know
        self._demos: set[int] = set()  # demo cells that the learner edited
        self._sort(notebook, {cell.id: cell.source for cell in lesson.released.cells})
        self._defined = _by_name(defined_names, self._sources)
        self._bound = _by_name(bound_names, self._sources)
        self._changed = _by_name(_changed_names, self._sources)
        self._uses: dict[int, dict[str, set[str]]] = {}

    def _sort(self, notebook: NotebookNode, released: dict[str, str]) -> None:
        for index, cell in enumerate(notebook.cells):
            role = kind(cell)
            if role in (Kind.GRADED, Kind.SOLUTION):
                self._index[grade_id(cell) or ""] = index
            if role in (Kind.SETUP, Kind.BRING):
                self._given |= bound_names(cell.source)
                self._imports |= _imports(cell.source)
            elif role is not Kind.GRADED and cell.cell_type == "code":
                if released.get(cell.id) == cell.source:
                    continue
                self._sources[index] = cell.source
                if role is Kind.UNKNOWN:
                    (self._demos if cell.id in released else self._extra).add(index)

    def stand(self, exercise: Exercise) -> Stand:
        """Where an exercise is judged."""
        test = self._index[exercise.test_id]
        written = [self._written(name) for name in exercise.names]
        cells = {at[-1] for at in written if at}
        base = max([test, *cells])
        if not all(written):
            cells |= {self._index[slot] for slot in exercise.solution_ids}
        replaced = any(len(at) > 1 and at[-1] > test for at in written)
        return Stand(max([base, *self._reached(exercise, base)]), frozenset(cells), replaced)

    def _written(self, name: str) -> list[int]:
        """The cells that define a name of an exercise. An edited demo is asked only where there is
        no other, and so is a value that a call made."""
        defined = self._defined.get(name, [])
        return [i for i in defined if i not in self._demos] or defined or self._bound.get(name, [])

    def _reached(self, exercise: Exercise, base: int) -> Iterator[int]:
        """The cells of everything that an exercise's names reach."""
        waiting, seen = list(exercise.names), set[str]()
        while waiting:
            name = waiting.pop()
            if name in seen:
                continue
            seen.add(name)
            if name in self._given and name not in self._asked_for:
                yield from self._put_back(name, base)
                continue
            at = self._where(name, base)
            for index in () if at is None else (at, *self._patches(name, at)):
                yield index
                waiting.extend(self._uses_of(index, name))

    def _patches(self, name: str, at: int) -> list[int]:
        """The cells below its definition that set something in a function or class, as in
        `Adam.step = step`."""
        changed = self._changed.get(name, []) if name in self._defined else []
        return [i for i in changed if i > at and i in self._extra]

    def _put_back(self, name: str, base: int) -> list[int]:
        """The last cell that binds a given name, if another one had taken the name before."""
        bound = [i for i in self._bound.get(name, []) if i in self._extra]
        known = self._imports.get(name)
        taken = [i for i in bound if _imports(self._sources[i]).get(name) != known or not known]
        later = [i for i in bound if i > base]
        return later[-1:] if any(i <= base for i in taken) else []

    def _where(self, name: str, base: int) -> int | None:
        """The cell whose version of a name counts for an exercise whose own names are ready behind
        the cell `base`. A helper that another exercise has in its cell is that exercise's, unless
        there is no other of this name."""
        if name in self._asked_for:
            return next(reversed(self._written(name)), None)
        bound, defined = self._bound.get(name, []), self._defined.get(name, [])
        later = [i for i in defined if i > base and i in self._extra]
        above = [i for i in bound if i <= base]
        return next(iter(later[-1:] or above[-1:] or defined[:1] or bound[:1]), None)

    def _uses_of(self, index: int, name: str) -> set[str]:
        """The global names that a cell needs to make, and to use, one of its names."""
        if index not in self._uses:
            found = self._uses[index] = {}
            for statement in statements(self._sources[index]):
                uses = {read for read, _ in statement.reads}
                for bound in statement.binds | statement.may_change:
                    found.setdefault(bound, set()).update(uses)
        return self._uses[index].get(name, set())


def _changed_names(source: str) -> frozenset[str]:
    """The names in which a cell sets an attribute or an item."""
    return frozenset().union(*(statement.may_change for statement in statements(source)))


def _imports(source: str) -> dict[str, set[str]]:
    """The library paths that a cell's names stand for at its end."""
    found: dict[str, set[str]] = {}
    for statement in statements(source):
        for binding in statement.said.bindings:
            if binding.scope is statement.said.module and isinstance(binding.value, str):
                found.setdefault(binding.name, set()).add(binding.value)
    return found


def _by_name(
    names_of: Callable[[str], frozenset[str]], sources: dict[int, str]
) -> dict[str, list[int]]:
    """The indices of the cells, in order, that have each name."""
    found: dict[str, list[int]] = {}
    for index, source in sources.items():
        for name in names_of(source):
            found.setdefault(name, []).append(index)
    return found
