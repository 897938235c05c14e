"""The seeds of `%check`: a few for each lesson, whose banks a process in the background has run.

On a fresh seed, the first check of a wrong answer waits for the reference and for some of the bank.
On one of these it waits for the learner's code alone. They are drawn on this machine, and scores
know nothing of them: a grade has the seed of its batch.
"""

from __future__ import annotations

import hashlib
import json
import secrets
import shutil
from pathlib import Path

from autograder.course.course import Course
from autograder.course.lesson import Lesson
from autograder.course.private import FOLDER
from autograder.course.seeds import draw_seed
from autograder.grading.dependencies import dependencies

MOST = 4  # so that a wrong answer that is right on one of them meets another
COMPLETE = "complete"


class Seeds:
    """The kept seeds of one lesson, in the edition in which it is now."""

    def __init__(self, course: Course, lesson: Lesson) -> None:
        text = json.dumps(dependencies(course, lesson))
        self._lesson = course.root / FOLDER / "seeds" / lesson.id
        self.folder = self._lesson / hashlib.sha256(text.encode()).hexdigest()[:16]

    def choose(self) -> tuple[int, Path]:
        """A seed for a kernel, and the folder in which what is known of it stands, or will.

        Raises:
            OSError: the course folder cannot be written.
        """
        known = self.known()
        complete = [seed for seed in known if self.is_complete(seed)]
        seed = secrets.choice(complete) if complete else (known or [self.draw()])[0]
        return seed, self.place(seed)

    def known(self) -> list[int]:
        """Those there are, the one of which most is known in front."""
        if not self.folder.is_dir():
            return []
        known = {int(f.name): len(list(f.iterdir())) for f in self.folder.iterdir() if f.is_dir()}
        return sorted(known, key=lambda seed: (-known[seed], seed))

    def draw(self) -> int:
        """Begin a new one."""
        seed = draw_seed()
        self.place(seed).mkdir(mode=0o700, parents=True)
        return seed

    def place(self, seed: int) -> Path:
        """Where what is known of a seed stands, a file for each exercise."""
        return self.folder / str(seed)

    def is_complete(self, seed: int) -> bool:
        """Whether everything that could be prepared is there."""
        return (self.place(seed) / COMPLETE).exists()

    def complete(self, seed: int) -> None:
        """Note that a seed is done."""
        (self.place(seed) / COMPLETE).touch(mode=0o600)

    def forget_others(self) -> None:
        """Take away what was kept of earlier editions of the lesson."""
        for folder in self._lesson.iterdir():
            if folder.is_dir() and folder != self.folder:
                shutil.rmtree(folder, ignore_errors=True)
