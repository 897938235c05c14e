"""What `nbgrader generate_assignment --force`, and formgrader's button, must not remove."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from nbconvert.exporters.exporter import ResourcesDict
from nbformat import NotebookNode
from nbgrader.converters import GenerateAssignment
from nbgrader.converters.base import NbGraderException
from nbgrader.preprocessors.base import NbGraderPreprocessor

from autograder.course.course import Course


class KeepAnswers(NbGraderPreprocessor):
    """Changes no notebook. nbgrader makes its steps before it removes the released notebooks that
    it will replace: time to refuse, if someone wrote in one of them."""

    def __init__(self, **settings: Any) -> None:
        super().__init__(**settings)  # type: ignore[no-untyped-call]
        converter = getattr(self.parent, "parent", None)
        if isinstance(converter, GenerateAssignment) and converter.force and converter.coursedir:
            self._refuse(converter, Course.find(Path(converter.coursedir.root)))

    def _refuse(self, converter: GenerateAssignment, course: Course) -> None:
        """Raise nbgrader's own error for the first released notebook that holds an answer."""
        from autograder.work.blank import refusal

        asked = {Path(folder).name for folder in converter.assignments}
        for lesson_id in filter(asked.__contains__, course.lesson_ids()):
            why = refusal(course, course.lesson(lesson_id))
            if why:
                converter.log.error(why)
                raise NbGraderException(why)

    def preprocess(
        self, nb: NotebookNode, resources: ResourcesDict
    ) -> tuple[NotebookNode, ResourcesDict]:
        """Nothing to do."""
        return nb, resources
