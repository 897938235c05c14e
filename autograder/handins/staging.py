"""The hand-ins of a batch, each in the place where nbgrader looks for it.

nbgrader knows a submission by its path. What is handed in often lies elsewhere, and is never
changed; so a batch works on copies, in a folder of its own.
"""

from __future__ import annotations

import json
import shutil
import stat
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import replace
from pathlib import Path

from autograder.course.course import Course
from autograder.course.lesson import Lesson
from autograder.course.private import FOLDER, mark, sweep, write_atomically
from autograder.handins import HandIn

STAGING = "staging"
REASONS = ".reasons.json"
TIMESTAMP = "timestamp.txt"
TIMESTAMP_BYTES = 10_000
# What a text cell may show, and a person who grades it has to see.
PICTURES = frozenset({".gif", ".jpeg", ".jpg", ".png", ".webp"})
DAY = 86_400.0
PICTURE_BYTES, MOST_PICTURES = 10_000_000, 20


class Stage:
    """A folder like `submitted/`, with one lesson in it.

    folder: from the course's folder, as nbgrader wants it.
    hand_ins: what each learner handed in, without its content.
    paths: of each learner who handed in anything, where nbgrader finds it.
    """

    def __init__(self, course: Course, lesson: Lesson, root: Path) -> None:
        self.folder = str(root.relative_to(course.root))
        self._course, self._lesson, self._root = course, lesson, root
        self._reasons: dict[str, str] = {}
        self.hand_ins: dict[str, HandIn] = {}
        self.paths: dict[str, Path] = {}

    @property
    def is_empty(self) -> bool:
        """Whether nobody handed in anything, be it good or bad."""
        return not self.paths and not any(each.problem for each in self.hand_ins.values())

    @property
    def to_grade(self) -> dict[str, Path]:
        """The notebooks that were found."""
        return {who: path for who, path in self.paths.items() if not self.hand_ins[who].problem}

    def add(self, hand_in: HandIn) -> None:
        """Put a hand-in there; one without a notebook as an empty file, and the reason beside."""
        self.hand_ins[hand_in.student] = replace(hand_in, content=None)
        if hand_in.is_absent or not hand_in.entered:
            return
        folder = self._root / hand_in.student / self._lesson.id
        path = folder / f"{self._lesson.slug}.ipynb"
        write_atomically(path, hand_in.content or b"")
        for name, content in self._beside(hand_in):
            write_atomically(folder / name, content)
        if hand_in.problem:
            self._reasons[hand_in.student] = hand_in.problem
            write_atomically(self._root / REASONS, json.dumps(self._reasons).encode())
        self.paths[hand_in.student] = path

    def _beside(self, hand_in: HandIn) -> Iterator[tuple[str, bytes]]:
        """What travels with a notebook: when it was handed in, and pictures."""
        folder = self._course.root / "submitted" / hand_in.student / self._lesson.id
        places = [] if folder.is_symlink() else [folder]
        places += [hand_in.path.parent] if hand_in.path else []
        stamps = (_content(place / TIMESTAMP) for place in places)
        stamp = next((content for content in stamps if content is not None), None)
        if stamp is not None:
            yield TIMESTAMP, stamp[:TIMESTAMP_BYTES]
        if places:
            yield from _pictures(places[-1])


@contextmanager
def stage(course: Course, lesson: Lesson) -> Iterator[Stage]:
    """A stage for one batch, removed at its end. What a killed one left goes with the next batch,
    or, if that was on another machine, a day later."""
    folder = course.root / FOLDER / STAGING
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    for left in folder.iterdir():
        if left.lstat().st_mtime < time.time() - DAY:
            shutil.rmtree(left, ignore_errors=True)
    sweep(course.root / FOLDER)
    root = Path(tempfile.mkdtemp(prefix=f"{lesson.id}{mark()}", dir=folder))
    try:
        yield Stage(course, lesson, root)
    finally:
        shutil.rmtree(root, ignore_errors=True)


def reason_for(path: Path) -> str:
    """Why there is no notebook at a path of a stage; nothing, for any other path."""
    student, root = path.parent.parent.name, path.parent.parent.parent
    if root.parent.name != STAGING or root.parent.parent.name != FOLDER:
        return ""
    with suppress(OSError, ValueError):
        return str(json.loads((root / REASONS).read_text(encoding="utf-8")).get(student, ""))
    return ""


def _pictures(folder: Path) -> Iterator[tuple[str, bytes]]:
    try:
        names = sorted(path.name for path in folder.iterdir() if path.suffix in PICTURES)
    except OSError:
        return
    for name in names[:MOST_PICTURES]:
        content = _content(folder / name)
        if content is not None and len(content) <= PICTURE_BYTES:
            yield name, content


def _content(path: Path) -> bytes | None:
    """The beginning of a file, if it is one: a byte more than a picture may have, at most."""
    with suppress(OSError):
        if stat.S_ISREG(path.lstat().st_mode):
            with path.open("rb") as file:
                return file.read(PICTURE_BYTES + 1)
    return None
