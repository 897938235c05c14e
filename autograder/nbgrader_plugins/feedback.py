"""Feedback pages, as nbgrader asks for them: its file names, its gradebook, our page."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any, cast

from nbconvert.exporters import Exporter
from nbconvert.exporters.exporter import ResourcesDict
from nbformat import NotebookNode
from nbformat.v4 import reads as read_version_4
from nbgrader.api import Gradebook
from nbgrader.preprocessors.base import NbGraderPreprocessor
from traitlets import default

from autograder.feedback.collect import collect
from autograder.feedback.render import render
from autograder.grading.batch_seeds import feedback_is_written
from autograder.judging.verdict import LessonVerdict, Verdict
from autograder.nbgrader_plugins.context import course_of, lesson_of
from autograder.nbgrader_plugins.grades import grades_of, open_gradebook

GRADED = "graded_notebook"  # in the resources of a conversion: the file that is converted


class CleanCells(NbGraderPreprocessor):
    """Does nothing: the page shows nothing that has to be taken out first. A course's own
    `nbgrader_config.py` may name it."""

    def preprocess(
        self, nb: NotebookNode, resources: ResourcesDict
    ) -> tuple[NotebookNode, ResourcesDict]:
        """Leave the notebook as it is."""
        return nb, resources


class FeedbackExporter(Exporter):
    """nbgrader's exporter of feedback: what grading left of a submission, as a page."""

    output_mimetype = "text/html"
    gradebook: Gradebook | None = None  # that all pages of a batch share

    @default("file_extension")
    def _html(self) -> str:
        return ".html"

    def from_filename(
        self, filename: str, resources: dict[str, Any] | None = None, **kw: Any
    ) -> tuple[Any, dict[str, Any]]:
        """Read what grading wrote, which is not looked at twice."""
        resources = {**(resources or {}), GRADED: filename}
        notebook = read_version_4(Path(filename).read_text(encoding="utf-8"))
        return self.from_notebook_node(notebook, resources, **kw)

    def from_notebook_node(
        self, nb: NotebookNode, resources: dict[str, Any] | None = None, **kw: Any
    ) -> tuple[Any, dict[str, Any]]:
        """The page of one submission, whose inputs are not used again from here on. Where there is
        no step before it, as in the course's own configuration, nothing is copied: the page only
        reads."""
        if self._preprocessors:
            nb, resources = super().from_notebook_node(nb, resources, **kw)
        made = cast(ResourcesDict, cast(Any, self)._init_resources(resources))
        about, lesson = made["nbgrader"], lesson_of(made)
        student = str(about["student"])
        feedback_is_written(course_of(made), lesson.id, [student])
        with open_gradebook(about, self.gradebook) as gradebook:
            grades = grades_of(about, gradebook)
        page = collect(nb, lesson, verdicts_beside(made.get(GRADED)), grades, student)
        return render(page), made


def verdicts_beside(notebook: str | None) -> dict[str, Verdict]:
    """The verdicts that grading left beside a notebook; none, where they were not kept whole."""
    if notebook is None:
        return {}
    path = Path(notebook).with_suffix(".verdict.json")
    try:
        verdict = LessonVerdict.from_json(json.loads(path.read_text(encoding="utf-8")))
    except (OSError, ValueError, KeyError, TypeError):
        return {}
    whole = all(probe.topic for each in verdict.exercises.values() for probe in each.probes)
    return verdict.exercises if whole else {}
