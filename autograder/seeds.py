"""Seeds: one for each batch, from a key that no kernel ever sees."""

from __future__ import annotations

import hashlib
import hmac
import json
import os
import secrets
from pathlib import Path

from autograder.course import Course, CourseError

FOLDER = ".autograder"


def batch_seed(course: Course, lesson_id: str, *, new: bool = False) -> int:
    """The seed of a lesson's current batch; with `new`, of the next one.

    The seed is HMAC-SHA256(course key, lesson, batch), cut to 53 bits so that JSON keeps it exact.

    Raises:
        CourseError: the course folder cannot be written.
    """
    try:
        key = _course_key(course)
        batches = course.root / FOLDER / "batches.json"
        numbers = json.loads(batches.read_text()) if batches.exists() else {}
        if new or lesson_id not in numbers:
            numbers[lesson_id] = numbers.get(lesson_id, 0) + 1
            write_atomically(batches, json.dumps(numbers).encode())
    except (OSError, ValueError) as error:
        raise CourseError(f"cannot keep the course's key and batches: {error}") from error
    text = f"{lesson_id}/{numbers[lesson_id]}".encode()
    return int.from_bytes(hmac.new(key, text, hashlib.sha256).digest()[:8], "big") >> 11


def _course_key(course: Course) -> bytes:
    path = course.root / FOLDER / "course.key"
    if not path.exists():
        write_atomically(path, secrets.token_bytes(32))
    return path.read_bytes()


def write_atomically(path: Path, data: bytes) -> None:
    """Write a file that only its owner can read, all of it or nothing."""
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    draft = path.with_name(f"{path.name}.{os.getpid()}.{secrets.token_hex(4)}")
    with open(  # noqa: PTH123 (the mode has to be there from the first byte on)
        os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb"
    ) as file:
        file.write(data)
    draft.replace(path)


def draw_seed() -> int:
    """A seed that nobody could have known, for a verdict outside of any batch."""
    return secrets.randbits(53)
