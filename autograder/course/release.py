"""A lesson as its learners get it, by nbgrader's own steps and a few of ours.

`nbgrader generate_assignment` runs the steps as `nbgrader_config.py` lists them; `release_notebook`
runs the same without a database. Both give the same bytes.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterable, Mapping
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from nbconvert.exporters.exporter import ResourcesDict
from nbformat import NotebookNode
from nbgrader import preprocessors as steps
from nbgrader import utils
from nbgrader.preprocessors.base import NbGraderPreprocessor

from autograder.course import cells, delimiters
from autograder.course.cells import PREDICTION, Kind
from autograder.course.given import given_bodies

if TYPE_CHECKING:
    from autograder.course.lesson import Lesson

RAISES = "raises-exception"  # so that Run All reaches the end of a notebook half written
DEFINITION = re.compile(r"(?P<indent>\s*)(?:async\s+def|def|class)\s+(?P<name>\w+)")


class ReleaseError(ValueError):
    """A cell that cannot be released; the message names the notebook and the cell."""


class ClearSolutions(steps.ClearSolutions):
    """nbgrader's step, with stubs that say what is missing, and no guess about a delimiter."""

    def preprocess(
        self, nb: NotebookNode, resources: ResourcesDict
    ) -> tuple[NotebookNode, ResourcesDict]:
        """See first what is given to be mended."""
        self._given = given_bodies(nb.cells)
        return super().preprocess(nb, resources)

    def preprocess_cell(
        self, cell: NotebookNode, resources: ResourcesDict, cell_index: int
    ) -> tuple[NotebookNode, ResourcesDict]:
        """Put a stub, or what is given to be mended, in the place of each solution region."""
        where = f"{_notebook_name(resources)}, cell {cells.grade_id(cell) or cell_index}"
        try:
            is_solution = cells.kind(cell) is Kind.SOLUTION
            if bool(delimiters.regions(cell.source, delimiters.SOLUTION)) != is_solution:
                problem = "a solution cell without" if is_solution else "not a solution cell, but"
                raise ReleaseError(f"{where}: {problem} a solution region")
            for other in delimiters.ALL:
                delimiters.regions(cell.source, other)
        except delimiters.DelimiterError as error:
            raise ReleaseError(f"{where}, line {error.line}: {error}") from None
        cell.source = clear_solutions(cell.source, cells.grade_id(cell) or "", self._given)
        return cell, resources


class CheckCells(NbGraderPreprocessor):
    """A cell beneath each graded one that asks `%check` about it.

    That of a prediction stands beneath the experiment that is tagged with its name, if there is
    one: it says what the run shows, and nobody should be told before.
    """

    def preprocess(
        self, nb: NotebookNode, resources: ResourcesDict
    ) -> tuple[NotebookNode, ResourcesDict]:
        """Put them in. As comments, they run wherever there is no `%check`."""
        given, nb.cells = nb.cells, []
        waiting = {tag for cell in given for tag in cells.tags(cell)}
        for cell in given:
            nb.cells.append(cell)
            keys = [tag for tag in cells.tags(cell) if tag.startswith(PREDICTION)]
            if cells.kind(cell) is Kind.GRADED:
                keys = [str(cells.grade_id(cell)).removeprefix("test_")]
                keys = [key for key in keys if key not in waiting]
            nb.cells += map(cells.check_cell, keys)
        return nb, resources


class LearnersCells(NbGraderPreprocessor):
    """Metadata, tags and white space of the learner's notebook. Between the two checksums."""

    def preprocess(
        self, nb: NotebookNode, resources: ResourcesDict
    ) -> tuple[NotebookNode, ResourcesDict]:
        """Leave nothing that two builds, or two editors, would write differently."""
        for cell in nb.cells:
            cell.source = cell.source.rstrip()
            cell.metadata.pop("execution", None)
            cell.metadata.pop("open", None)  # why it is not folded: a word among authors
            if cells.kind(cell) in (Kind.GRADED, Kind.DEMO) and RAISES not in cells.tags(cell):
                cell.metadata["tags"] = [*cells.tags(cell), RAISES]
        return cells.identify_cells(nb), resources


# As in nbgrader_config.py, without SaveCells, which stands between the two and writes the database.
UNTIL_SAVED: tuple[type[NbGraderPreprocessor], ...] = (
    steps.LockCells,
    ClearSolutions,
    steps.ClearOutput,
    steps.CheckCellMetadata,
    steps.ComputeChecksums,
)
STEPS: tuple[type[NbGraderPreprocessor], ...] = (
    *UNTIL_SAVED,
    steps.ClearHiddenTests,
    steps.ClearMarkScheme,
    CheckCells,
    LearnersCells,
    steps.ComputeChecksums,
    steps.CheckCellMetadata,
)


def release_notebook(notebook: NotebookNode, lesson: Lesson) -> NotebookNode:
    """The learner's notebook of a lesson. Changes and returns `notebook`.

    Raises:
        ReleaseError: delimiters are unbalanced, or stand where they do not belong.
    """
    return _after(STEPS, notebook, lesson)


@lru_cache(maxsize=16)
def saved_sources(lesson: Lesson) -> Mapping[str, str]:
    """The cells that learners cannot edit as nbgrader's gradebook has them, by `grade_id`: with
    hidden tests and mark schemes."""
    saved = _after(UNTIL_SAVED, lesson.notebook(), lesson)
    return {
        cells.grade_id(cell) or "": cell.source for cell in saved.cells if utils.is_locked(cell)
    }


def _after(
    taken: Iterable[type[NbGraderPreprocessor]], notebook: NotebookNode, lesson: Lesson
) -> NotebookNode:
    resources: Any = ResourcesDict()
    resources["nbgrader"] = {"notebook": lesson.slug, "assignment": lesson.id}
    for step in taken:
        notebook, resources = step().preprocess(notebook, resources)
    return notebook


def clear_solutions(source: str, name: str, given: Mapping[str, list[str]]) -> str:
    """The source with a stub for each solution region. `name` is the cell's `grade_id`.

    A function of which a body is `given`, and to be mended, has that body instead.
    """
    lines = source.split("\n")

    def stub(region: delimiters.Region) -> list[str]:
        first = lines[region.begin]
        indent = first[: len(first) - len(first.lstrip())]
        prediction = _prediction("\n".join(region.body(source)))
        if prediction:
            return [f"{indent}{prediction} = None"]
        missing = _enclosing_name(lines[: region.begin], len(indent)) or name
        if missing in given:
            return [indent + line if line else line for line in given[missing]]
        return [f'{indent}raise NotImplementedError("{missing} is not written yet")']

    return delimiters.replace(source, delimiters.SOLUTION, stub)


def _prediction(body: str) -> str | None:
    """The name, if the region does no more than answer `prediction_<topic> = "c"`."""
    try:
        statements = ast.parse(body).body
    except SyntaxError:
        return None
    match statements:
        case [ast.Assign(targets=[ast.Name(id=name)], value=ast.Constant())]:
            return name if name.startswith("prediction_") else None
    return None


def _enclosing_name(above: list[str], indent: int) -> str:
    """`Adam.step`: the classes and functions around a line, from the text above it."""
    names: list[str] = []
    for line in reversed(above):
        definition = DEFINITION.match(line)
        if definition and len(definition["indent"]) < indent:
            names.append(definition["name"])
            indent = len(definition["indent"])
    return ".".join(reversed(names))


def _notebook_name(resources: ResourcesDict) -> str:
    about = resources.get("nbgrader", {})
    return f"{about.get('assignment', '?')}/{about.get('notebook', '?')}"
