"""In the place of nbgrader's `Execute`: runs a submission in a sealed kernel, and judges it."""

from __future__ import annotations

import json

from nbconvert.exporters.exporter import ResourcesDict
from nbformat import NotebookNode
from nbgrader.preprocessors.base import NbGraderPreprocessor
from traitlets import Bool, Instance, Int

from autograder.course import delimiters
from autograder.course.cells import Kind, kind
from autograder.course.lesson import Lesson
from autograder.grading.batch_seeds import seeds_of
from autograder.grading.cache import Cache
from autograder.grading.grade import Graded, grade_notebook
from autograder.nbgrader_plugins.context import HANDED_IN, REBUILT, course_of, lesson_of
from autograder.submission.rebuild import Rebuilt, rebuild

LOCKED = (Kind.GRADED, Kind.TASK)


class ExecuteAndJudge(NbGraderPreprocessor):
    """Writes verdicts as the outputs of the graded cells, where nbgrader looks for scores.

    Whatever goes wrong here is raised: nbgrader then enters nothing, names the submission among its
    errors, and goes on with the next.
    """

    seed = Int(
        None, allow_none=True, help="Of the inputs; by default, that of the lesson's batch."
    ).tag(config=True)
    sealed = Bool(True, help="Whether kernels are sealed. Only you can say that not.").tag(
        config=True
    )
    cache = Instance(
        Cache, allow_none=True, help="Of a batch; by default, one of the course's results."
    ).tag(config=True)
    full = Bool(False, help="Whether the demo cells of the release run too.").tag(config=True)

    def preprocess(
        self, nb: NotebookNode, resources: ResourcesDict
    ) -> tuple[NotebookNode, ResourcesDict]:
        """Grade the notebook, and write what came out into it and into a file beside it."""
        lesson = lesson_of(resources)
        resources[HANDED_IN] = nb.metadata.pop(HANDED_IN, "")
        rebuilt = resources.get(REBUILT) or self._rebuilt(nb, lesson)
        graded = self._grade(rebuilt, lesson, resources)
        _copy_outputs(graded.notebook, nb)
        for cell in nb.cells:
            if kind(cell) is Kind.GRADED:
                cell.source = delimiters.without(cell.source, delimiters.HIDDEN)
        verdict = json.dumps(graded.verdict.as_json(whole=True), indent=1) + "\n"
        resources.setdefault("outputs", {})[f"{lesson.slug}.verdict.json"] = verdict.encode()
        return nb, resources

    def _rebuilt(self, nb: NotebookNode, lesson: Lesson) -> Rebuilt:
        """The notebook again from the release alone: nbgrader's database, from which it has just
        restored graded and task cells, may be older. They keep their places: a learner's own cell
        behind one of them is behind it when it runs."""
        released = {cell.id: cell for cell in lesson.released.cells}
        cells = [released.get(c.id) if kind(c) in LOCKED else c for c in nb.cells]
        return rebuild({"cells": [cell for cell in cells if cell is not None]}, lesson)

    def _grade(self, rebuilt: Rebuilt, lesson: Lesson, resources: ResourcesDict) -> Graded:
        course = course_of(resources)
        seed = self.seed
        if seed is None:
            who = resources["nbgrader"]["student"]
            seed = seeds_of(course, lesson.id, {who: resources[HANDED_IN]})[who]
        cache = self.cache or Cache(course, lesson, sealed=self.sealed, full=self.full)
        key = cache.key(rebuilt, seed)
        graded = cache.get(key)
        if graded is None:
            graded = grade_notebook(rebuilt, seed=seed, sealed=self.sealed, full=self.full)
            cache.put(key, graded)
        return graded


def _copy_outputs(executed: NotebookNode, nb: NotebookNode) -> None:
    """Outputs by cell id. A graded cell without any would have full marks."""
    ran = {cell.id: cell for cell in executed.cells if cell.cell_type == "code"}
    for cell in nb.cells:
        if cell.cell_type != "code":
            continue
        cell.outputs = ran[cell.id].outputs if cell.id in ran else []
        cell.execution_count = ran[cell.id].execution_count if cell.id in ran else None
        if kind(cell) is Kind.GRADED and not cell.outputs:
            raise RuntimeError(f"no verdict for {cell.id}: grade the lesson's cells anew")
