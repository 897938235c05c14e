"""A graded submission, entered by nbgrader's own steps with nothing in between.

nbgrader takes a notebook through its steps in two passes of nbconvert, which copies it, validates
it after every step, and writes it out to read it again; and its steps ask the database for one cell
after another. Here the same steps run, in the same order, on the same notebook: whatever decides
about a score, a comment or a source is nbgrader's code.

That is done only for the steps of the course's own `nbgrader_config.py`. Whatever else a course has
configured takes nbgrader's way.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, cast

import nbformat
from nbconvert.exporters.exporter import ResourcesDict
from nbformat import NotebookNode, v4
from nbgrader import preprocessors as steps
from nbgrader import utils
from nbgrader.api import Gradebook
from nbgrader.converters import Autograde
from nbgrader.preprocessors.base import NbGraderPreprocessor
from traitlets.utils.importstring import import_item

from autograder.batch.entry_rows import LessonRows, SubmissionRows
from autograder.batch.notebook_text import notebook_text
from autograder.nbgrader_plugins.context import REBUILT
from autograder.nbgrader_plugins.execute import ExecuteAndJudge
from autograder.nbgrader_plugins.reader import SubmissionExporter
from autograder.nbgrader_plugins.sanitize import RebuildSubmission
from autograder.submission.rebuild import Rebuilt

Taken = tuple[NotebookNode, ResourcesDict]

# As in nbgrader_config.py.
SANITIZE: tuple[type[NbGraderPreprocessor], ...] = (
    RebuildSubmission,
    steps.ClearOutput,
    steps.DeduplicateIds,
    steps.OverwriteKernelspec,
    steps.OverwriteCells,
    steps.CheckCellMetadata,
)
AUTOGRADE: tuple[type[NbGraderPreprocessor], ...] = (
    ExecuteAndJudge,
    steps.LimitOutput,
    steps.SaveAutoGrades,
    steps.AssignLatePenalties,
    steps.CheckCellMetadata,
)


class DirectEntry:
    """The steps of one batch, made once, and what all of its submissions have in common."""

    def __init__(self, converter: Autograde) -> None:
        self._converter = converter
        self._exporter: Any = converter.exporter
        self._sanitize = [step(parent=self._exporter) for step in SANITIZE]
        self._autograde = [step(parent=self._exporter) for step in AUTOGRADE]
        self._lesson: LessonRows | None = None
        self._checked: set[str] = set()
        self._shorter: dict[type, Callable[[Any, NotebookNode, ResourcesDict], Taken]] = {
            steps.OverwriteKernelspec: self._overwrite_kernelspec,
            steps.OverwriteCells: self._overwrite_cells,
            steps.CheckCellMetadata: self._check_metadata,
            ExecuteAndJudge: self._execute,
            steps.SaveAutoGrades: self._save_grades,
        }

    @classmethod
    def of(cls, converter: Autograde) -> DirectEntry | None:
        """The direct way, where the course has configured nothing that it leaves out."""
        exporter: Any = converter.exporter
        is_the_courses = (
            type(exporter) is SubmissionExporter
            and exporter.nbformat_version == v4.nbformat
            and not converter.writer.files
            and _classes(converter.sanitize_preprocessors) == SANITIZE
            and _classes(converter.autograde_preprocessors) == AUTOGRADE
        )
        entry = cls(converter) if is_the_courses else None
        if entry and any(getattr(step, "add_missing_cells", False) for step in entry._sanitize):
            return None
        return entry

    def enter(self, filename: str) -> None:
        """Do what `Autograde.convert_single_notebook` does."""
        resources = self._resources(filename)
        notebook = self._exporter.handed_in(filename, resources)
        notebook, resources = self._take(self._sanitize, notebook, resources)
        rebuilt: Rebuilt | None = resources.get(REBUILT)
        with utils.setenv(NBGRADER_EXECUTION="autograde"):
            resources = self._resources(filename)
            if rebuilt and rebuilt.settled:  # `ExecuteAndJudge` would rebuild it, and get the same
                resources[REBUILT] = rebuilt
            notebook, resources = self._take(self._autograde, notebook, resources)
        self._converter.write_single_notebook(notebook_text(notebook) + "\n", resources)

    def _resources(self, filename: str) -> ResourcesDict:
        """What nbconvert gives to the first step of a pass."""
        resources = self._converter.init_single_notebook_resources(filename)
        path = Path(filename)
        resources["metadata"] = {"name": path.stem, "path": str(path.parent)}
        return cast(ResourcesDict, self._exporter._init_resources(resources))

    def _take(
        self, taken: Sequence[Any], notebook: NotebookNode, resources: ResourcesDict
    ) -> Taken:
        for step in taken:
            if step.enabled:
                run = self._shorter.get(type(step), type(step).preprocess)
                notebook, resources = run(step, notebook, resources)
        return notebook, resources

    def _of_lesson(self, resources: ResourcesDict) -> LessonRows:
        """The lesson's cells in the gradebook, which hold for the batch."""
        if self._lesson is None:
            about = resources["nbgrader"]
            with Gradebook(about["db_url"]) as gradebook:
                self._lesson = LessonRows(gradebook, about["notebook"], about["assignment"])
        return self._lesson

    def _overwrite_kernelspec(self, step: Any, nb: NotebookNode, resources: ResourcesDict) -> Taken:
        kernelspec = json.loads(self._of_lesson(resources).kernelspec)
        if kernelspec:
            nb.metadata["kernelspec"] = kernelspec
        return nb, resources

    def _overwrite_cells(self, step: Any, nb: NotebookNode, resources: ResourcesDict) -> Taken:
        _tell(step, resources)
        step.gradebook = self._of_lesson(resources)
        return _cell_by_cell(step, nb, resources)

    def _check_metadata(self, step: Any, nb: NotebookNode, resources: ResourcesDict) -> Taken:
        """Once for each different answer, of which a class has one: the metadata of the release."""
        about = [
            [c.cell_type, c.metadata["nbgrader"]] for c in nb.cells if "nbgrader" in c.metadata
        ]
        seen = json.dumps(about, sort_keys=True)
        if seen not in self._checked:
            nb, resources = step.preprocess(nb, resources)
            self._checked.add(seen)
        return nb, resources

    def _execute(self, step: Any, nb: NotebookNode, resources: ResourcesDict) -> Taken:
        """All that comes from a kernel comes in here: what is no notebook then is not entered."""
        nb, resources = step.preprocess(nb, resources)
        ran = [cell for cell in nb.cells if cell.get("outputs")]
        nbformat.validate(NotebookNode(nb, cells=ran), relax_add_props=True)
        return nb, resources

    def _save_grades(self, step: Any, nb: NotebookNode, resources: ResourcesDict) -> Taken:
        _tell(step, resources)
        with Gradebook(resources["nbgrader"]["db_url"]) as gradebook:
            names = step.notebook_id, step.assignment_id, step.student_id
            step.gradebook = SubmissionRows(gradebook, *names)
            taken = _cell_by_cell(step, nb, resources)
            gradebook.db.commit()
        return taken


def _tell(step: Any, resources: ResourcesDict) -> None:
    """What nbgrader's steps remember of the notebook in hand."""
    about = resources["nbgrader"]
    step.notebook_id, step.assignment_id = about["notebook"], about["assignment"]
    step.student_id, step.db_url = about["student"], about["db_url"]


def _cell_by_cell(step: Any, nb: NotebookNode, resources: ResourcesDict) -> Taken:
    """What a step does once it has opened the gradebook."""
    return cast(Taken, NbGraderPreprocessor.preprocess(step, nb, resources))


def _classes(configured: Sequence[Any]) -> tuple[Any, ...]:
    """The steps that a course names, or lists."""
    return tuple(import_item(each) if isinstance(each, str) else each for each in configured)
