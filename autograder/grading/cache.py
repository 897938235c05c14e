"""Results that are kept: a killed batch goes on where it was, and a regrade touches what
changed."""

from __future__ import annotations

import hashlib
import json
from typing import Any

import nbformat

from autograder.course.course import Course
from autograder.course.lesson import Lesson
from autograder.course.private import FOLDER, write_atomically
from autograder.grading.dependencies import dependencies
from autograder.grading.grade import Graded
from autograder.judging.verdict import LessonVerdict
from autograder.submission.rebuild import Rebuilt


class Cache:
    """Graded submissions of one lesson, in `.autograder/results/` under a key of all that they
    depend on, and, for those that must not be kept, in this object.

    version: that of whoever grades here.
    """

    def __init__(
        self, course: Course, lesson: Lesson, *, sealed: bool = True, full: bool = False
    ) -> None:
        self._folder = course.root / FOLDER / "results" / lesson.id
        self.version = dependencies(course, lesson)
        self._setting = json.dumps([self.version, sealed, full])
        self._here: dict[str, Graded] = {}

    def __deepcopy__(self, memo: dict[int, Any]) -> Cache:
        """The same object: nbgrader's steps copy their settings, and this is one of them."""
        return self

    def key(self, rebuilt: Rebuilt, seed: int) -> str:
        """A hash of the rebuilt notebook and of everything else that a verdict depends on."""
        cells = [[c.cell_type, c.get("id"), c.source, c.metadata] for c in rebuilt.notebook.cells]
        text = json.dumps([self._setting, seed, cells], sort_keys=True)
        return hashlib.sha256(text.encode()).hexdigest()

    def get(self, key: str) -> Graded | None:
        """What was put there, or None; a damaged file counts as none."""
        if key in self._here:
            return self._here[key]
        try:
            kept = json.loads((self._folder / f"{key}.json").read_text(encoding="utf-8"))
            notebook = nbformat.from_dict(kept["notebook"])
            return Graded(notebook, LessonVerdict.from_json(kept["verdict"]))
        except (OSError, ValueError, KeyError, TypeError):
            return None

    def put(self, key: str, graded: Graded) -> None:
        """Keep a result; on disk only if it would be the same on an idle machine."""
        self.hold(key, graded)
        if graded.settled:
            kept = {"notebook": graded.notebook, "verdict": graded.verdict.as_json(whole=True)}
            write_atomically(self._folder / f"{key}.json", json.dumps(kept).encode())

    def hold(self, key: str, graded: Graded) -> None:
        """Have a result in this object; on disk it is already, or it need not be."""
        self._here[key] = graded
