"""The first of nbgrader's sanitising steps: from here on, the notebook is ours."""

from __future__ import annotations

from nbconvert.exporters.exporter import ResourcesDict
from nbformat import NotebookNode, from_dict
from nbgrader.preprocessors.base import NbGraderPreprocessor

from autograder.course.cells import grade_id
from autograder.course.lesson import Lesson
from autograder.course.release import saved_sources
from autograder.feedback.collect import HAND_IN
from autograder.nbgrader_plugins.context import HANDED_IN, REBUILT, label, lesson_of
from autograder.submission.read import Submission, Submitted, read_notebook
from autograder.submission.rebuild import belongs, rebuild

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
        submission = read_notebook(nb)
        problem = self._problem(submission, lesson, resources)
        if problem:
            submission = Submission((Submitted("markdown", problem),))
        rebuilt = rebuild(submission, lesson)
        for note in rebuilt.notes:
            self.log.info("%s: %s", label(resources), note)
        resources[REBUILT] = rebuilt
        notebook: NotebookNode = from_dict(rebuilt.notebook)
        for cell in notebook.cells:  # or nbgrader takes each hidden test for an edit
            cell.source = saved_sources(lesson).get(grade_id(cell) or "", cell.source)
        notebook.metadata[HAND_IN] = {"problem": problem, "notes": rebuilt.notes}
        if HANDED_IN in nb.metadata:
            notebook.metadata[HANDED_IN] = nb.metadata[HANDED_IN]
        return notebook, resources

    def _problem(self, submission: Submission, lesson: Lesson, resources: ResourcesDict) -> str:
        """Why there is nothing to grade, if so."""
        if "not_there" in resources:
            return NOT_THERE.format(why=resources["not_there"])
        if "unreadable" in resources:
            return UNREADABLE.format(why=resources["unreadable"])
        if not belongs(submission, lesson):
            self.log.warning("%s is the notebook of another lesson", label(resources))
            return OTHER.format(lesson=lesson.id)
        return ""
