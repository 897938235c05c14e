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
            graded = Graded(notebook, LessonVerdict.from_json(kept["verdict"]))
        except (OSError, ValueError, KeyError, TypeError):
            return None
        self._here[key] = graded
        return graded

    def put(self, key: str, graded: Graded, name: str = "") -> None:
        """Keep a result, under the name of a file as well; on disk only if it would be the same on
        an idle machine."""
        if graded.settled:
            kept = {"notebook": graded.notebook, "verdict": graded.verdict.as_json(whole=True)}
            write_atomically(self._folder / f"{key}.json", json.dumps(kept).encode())
        self.hold(key, graded, name)

    def hold(self, key: str, graded: Graded, name: str = "") -> None:
        """Have a result in this object, and give it a name: on disk it is already."""
        self._here[key] = graded
        if name and graded.settled:
            write_atomically(self._folder / f"{name}.key", key.encode())

    def name(self, handed_in: bytes, seed: int) -> str:
        """A hash of a file as it was handed in, and of all that its verdict depends on besides."""
        digest = hashlib.sha256(handed_in).hexdigest()
        return hashlib.sha256(json.dumps([self._setting, seed, digest]).encode()).hexdigest()

    def recall(self, name: str) -> tuple[str, Graded] | None:
        """The result for a file, with its key: of one that nobody changed, nothing is rebuilt."""
        try:
            key = (self._folder / f"{name}.key").read_text(encoding="ascii")
        except (OSError, ValueError):
            return None
        graded = self.get(key)
        return None if graded is None else (key, graded)
