"""The first of nbgrader's sanitising steps: from here on, the notebook is ours."""

from __future__ import annotations

from nbconvert.exporters.exporter import ResourcesDict
from nbformat import NotebookNode
from nbgrader.preprocessors.base import NbGraderPreprocessor

from autograder.cells import grade_id
from autograder.lesson import Lesson
from autograder.nbgrader_plugins.context import HANDED_IN, label, lesson_of
from autograder.rebuild import belongs, rebuild
from autograder.release import saved_sources
from autograder.submission import Submission, Submitted, read_notebook

UNREADABLE = "**What you handed in could not be read as a notebook: {why}.** It gets 0 points."
NOT_THERE = "**No notebook of this lesson could be graded: {why}.** It gets 0 points."
OTHER = "**This notebook is not the one of {lesson}.** It gets 0 points. Did you hand in another?"


class RebuildSubmission(NbGraderPreprocessor):
    """Puts the learner's sources into the released notebook."""

    def preprocess(
        self, nb: NotebookNode, resources: ResourcesDict
    ) -> tuple[NotebookNode, ResourcesDict]:
        """Rebuild, and say in the log what had to be mended."""
        lesson = lesson_of(resources)
        rebuilt = rebuild(self._handed_in(nb, lesson, resources), lesson)
        for note in rebuilt.notes:
            self.log.info("%s: %s", label(resources), note)
        for cell in rebuilt.notebook.cells:  # or nbgrader takes each hidden test for an edit
            cell.source = saved_sources(lesson).get(grade_id(cell) or "", cell.source)
        if HANDED_IN in nb.metadata:
            rebuilt.notebook.metadata[HANDED_IN] = nb.metadata[HANDED_IN]
        return rebuilt.notebook, resources

    def _handed_in(self, nb: NotebookNode, lesson: Lesson, resources: ResourcesDict) -> Submission:
        """The submission, or, in the place of one that is none, a note to its owner."""
        if "not_there" in resources:
            why = str(resources["not_there"])
            return Submission((Submitted("markdown", NOT_THERE.format(why=why)),))
        if "unreadable" in resources:
            why = str(resources["unreadable"])
            return Submission((Submitted("markdown", UNREADABLE.format(why=why)),))
        if not belongs(nb, lesson):
            self.log.warning("%s is the notebook of another lesson", label(resources))
            return Submission((Submitted("markdown", OTHER.format(lesson=lesson.id)),))
        return read_notebook(nb)
