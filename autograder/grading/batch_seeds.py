"""Seeds: one for each batch, from a key that no kernel ever sees.

Feedback may show inputs. So what is handed in after feedback on a batch was written belongs to the
next one. Whoever is graded again without having handed in anew keeps the batch, and the verdict.
"""

from __future__ import annotations

import fcntl
import hashlib
import hmac
import json
import secrets
from collections.abc import Collection, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field, replace
from functools import lru_cache
from pathlib import Path

from autograder.course.course import Course, CourseError
from autograder.course.private import FOLDER, write_atomically


@dataclass
class _Batches:
    """What is kept of a lesson: its current batch, whether feedback on that was written, and for
    each learner the digest of what was handed in last, and its batch."""

    batch: int = 1
    told: bool = False
    graded: dict[str, tuple[str, int]] = field(default_factory=dict)

    def copy(self) -> _Batches:
        """The same, to be changed."""
        return replace(self, graded=dict(self.graded))

    def next(self) -> int:
        """The batch of what is handed in now."""
        return self.batch + self.told

    def begin(self, batch: int) -> None:
        """Go on with a batch, on which nobody has feedback."""
        self.told = self.told and batch == self.batch
        self.batch = batch


def seeds_of(
    course: Course, lesson_id: str, handed_in: Mapping[str, str], *, new: bool = False
) -> dict[str, int]:
    """The seed for each learner's submission, of which the digest is given.

    With `new`, all of them are a batch of their own.

    Raises:
        CourseError: the course folder cannot be written.
    """
    with _batches(course, lesson_id) as (key, kept):
        asked = {
            who
            for who, digest in handed_in.items()
            if new or kept.graded.get(who, ("", 0))[0] != digest
        }
        if asked:
            kept.begin(kept.batch + 1 if new and kept.graded else kept.next())
            kept.graded |= {who: (handed_in[who], kept.batch) for who in sorted(asked)}
        return {who: _seed(key, lesson_id, kept.graded[who][1]) for who in handed_in}


def batch_seed(course: Course, lesson_id: str) -> int:
    """The seed with which a lesson is graded that is handed in now.

    Raises:
        CourseError: the course folder cannot be written.
    """
    with _batches(course, lesson_id) as (key, kept):
        return _seed(key, lesson_id, kept.next())


def feedback_is_written(course: Course, lesson_id: str, learners: Collection[str]) -> None:
    """Remember that these learners are about to see inputs of the batch that they were graded in.

    Raises:
        CourseError: the course folder cannot be written.
    """
    with _batches(course, lesson_id) as (_, kept):
        seen = {kept.graded[who][1] for who in learners if who in kept.graded}
        kept.told = kept.told or kept.batch in seen


@contextmanager
def _batches(course: Course, lesson_id: str) -> Iterator[tuple[bytes, _Batches]]:
    """The course's key and what is kept of a lesson, for one process at a time; what is changed is
    written, all of it or nothing."""
    folder = course.root / FOLDER
    path = folder / "batches" / f"{lesson_id}.json"
    try:
        folder.mkdir(mode=0o700, exist_ok=True)
        with (folder / "lock").open("w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            kept = _read(path)
            before = kept.copy()
            yield _course_key(folder / "course.key"), kept
            if kept != before or not path.exists():
                write_atomically(path, json.dumps(asdict(kept)).encode(), durable=True)
    except OSError as error:
        raise CourseError(f"cannot keep the course's key and batches: {error}") from error


def _read(path: Path) -> _Batches:
    """What a file says. Every submission of a class asks: one file is remembered as it was read,
    until another has taken its place."""
    if not path.exists():
        return _Batches()
    about = path.stat()
    return _parsed(path, about.st_ino, about.st_mtime_ns, about.st_size).copy()


@lru_cache(maxsize=1)
def _parsed(path: Path, *file: int) -> _Batches:
    try:
        kept = _Batches(**json.loads(path.read_text(encoding="utf-8")))
        graded = {who: (str(digest), int(batch)) for who, (digest, batch) in kept.graded.items()}
        return _Batches(int(kept.batch), bool(kept.told), graded)
    except (ValueError, TypeError, AttributeError) as error:
        raise CourseError(f"{path} is damaged: {error}") from error


def _seed(key: bytes, lesson_id: str, batch: int) -> int:
    """HMAC-SHA256(course key, lesson, batch), cut to 53 bits so that JSON keeps it exact."""
    text = f"{lesson_id}/{batch}".encode()
    return int.from_bytes(hmac.new(key, text, hashlib.sha256).digest()[:8], "big") >> 11


def _course_key(path: Path) -> bytes:
    if not path.exists():
        write_atomically(path, secrets.token_bytes(32), durable=True)
    return path.read_bytes()
