"""Reads what was handed in, so that a file that is no notebook costs its owner and nobody else."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import nbformat
from nbconvert.exporters import NotebookExporter
from nbformat import NotebookNode

from autograder.handins.staging import reason_for
from autograder.nbgrader_plugins.context import HANDED_IN
from autograder.submission.read import NotANotebook, Submission, Submitted, read_notebook
from autograder.submission.slots import as_cell


class SubmissionExporter(NotebookExporter):
    """nbgrader's exporter of `autograde`, with a reader that nothing handed in can stop."""

    def from_filename(self, filename: str, resources: Any = None, **kw: Any) -> Any:
        """Read a submission, or, in nbgrader's second pass, the notebook made from it."""
        if not getattr(self.parent, "_sanitizing", True):
            return super().from_filename(filename, resources, **kw)
        resources = dict(resources or {})
        notebook = self.handed_in(filename, resources)
        return self.from_notebook_node(notebook, resources, **kw)  # type: ignore[no-untyped-call]

    def handed_in(self, filename: str, resources: dict[str, Any]) -> NotebookNode:
        """What was handed in, for the next step. `resources` says why, if that is nothing."""
        path = Path(filename)
        resources["metadata"] = {"name": path.stem, "path": str(path.parent)}
        try:
            submission = read_notebook(path)
        except NotANotebook as error:
            reason = reason_for(path)
            resources["not_there" if reason else "unreadable"] = why = reason or str(error)
            self.log.warning("%s is not a notebook (%s): it is graded as blank", filename, why)
            submission = Submission(())
        ids = _different_ids(submission.cells)
        cells = list(map(_with_grade_id, submission.cells, ids))
        notebook: NotebookNode = nbformat.from_dict(
            {
                "cells": cells,
                "metadata": {HANDED_IN: submission.digest},
                "nbformat": 4,
                "nbformat_minor": 5,
            }
        )
        return notebook


def _different_ids(cells: Sequence[Submitted]) -> list[str]:
    """One for each cell: notebooks before format 4.5 have none, and a cell that was copied outside
    Jupyter has another's. nbformat warns of each such cell, twice."""
    known: dict[str, None] = {}
    for place, cell in enumerate(cells):
        own = cell.id if cell.id and cell.id not in known else f"handed-in-{place}"
        while own in known:
            own += "-"
        known[own] = None
    return list(known)


def _with_grade_id(cell: Submitted, cell_id: str) -> dict[str, Any]:
    """The cell for the next step, which rebuilds the notebook; nothing else looks at it."""
    metadata = {"nbgrader": {"grade_id": cell.grade_id}} if cell.grade_id else {}
    return {**as_cell(cell, cell_id), "metadata": metadata}
