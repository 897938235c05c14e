"""Where a course's files are: lesson sources, built notebooks, data."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

import autograder
from autograder.course.lesson import Lesson

LESSON_ID = re.compile(r"\d{2}_[a-z][a-z0-9_]*")
REPOSITORY = Path(autograder.__file__).resolve().parents[1]


class CourseError(Exception):
    """Something that the person at the command line can mend: one clear line."""


@dataclass(frozen=True)
class Course:
    """A folder with `nbgrader_config.py`, `solutions/` and whatever nbgrader puts beside them."""

    root: Path

    @classmethod
    def find(cls, start: Path | None = None) -> Course:
        """The course around `start` (default: the working folder), else the one installed from.

        Raises:
            CourseError: neither is a course.
        """
        here = (start or Path.cwd()).resolve()
        for folder in (here, *here.parents, REPOSITORY):
            if (folder / "nbgrader_config.py").is_file() and (folder / "solutions").is_dir():
                return cls(folder)
        raise CourseError(
            f"no course at {here} or above it: a course has nbgrader_config.py and solutions/; "
            "change to its folder first"
        )

    @property
    def solutions(self) -> Path:
        """Lesson sources, and the executed solution notebooks built from them."""
        return self.root / "solutions"

    @property
    def notebooks(self) -> Path:
        """Learners' notebooks, as nbgrader's release step makes them."""
        return self.root / "notebooks"

    @property
    def work(self) -> Path:
        """Where a learner writes: git ignores it, and nothing there is ever overwritten."""
        return self.root / "work"

    @property
    def data(self) -> Path:
        """Data sets that the lessons read."""
        return self.root / "data"

    def lesson_ids(self) -> list[str]:
        """The lessons that have a source, in order."""
        if not self.solutions.is_dir():
            return []
        return sorted(
            folder.name
            for folder in self.solutions.iterdir()
            if LESSON_ID.fullmatch(folder.name) and source_in(folder)
        )

    def lesson_folder(self, here: Path) -> Path | None:
        """The folder of a lesson, named by its id, in which one works: this one, or one above."""
        known = self.lesson_ids()
        return next((folder for folder in (here, *here.parents) if folder.name in known), None)

    def lesson(self, lesson_id: str) -> Lesson:
        """One lesson, read from its source (again only when the source has changed).

        Raises:
            CourseError: there is no such lesson.
        """
        if lesson_id not in self.lesson_ids():
            known = ", ".join(self.lesson_ids()) or "none"
            raise CourseError(f"no lesson {lesson_id!r}; there are: {known}")
        path = source_in(self.solutions / lesson_id)
        assert path is not None  # or its id would not be listed
        return _read_lesson(path, path.stat().st_mtime_ns)


def source_in(folder: Path) -> Path | None:
    """The source of a lesson: named as its folder is, or the only one there.

    A kernel started in the folder would take `torch.py` for torch, so lesson 09's has another name.
    """
    named = folder / f"{folder.name[3:]}.py"
    if named.is_file():
        return named
    several = sorted(folder.glob("*.py"))
    return several[0] if len(several) == 1 else None


def data_file(name: str) -> Path:
    """A data set of the course around the working folder: `data_file("digits.npz")`."""
    return Course.find().data / name


@lru_cache(maxsize=64)
def _read_lesson(path: Path, _modified: int) -> Lesson:
    return Lesson.read(path)
