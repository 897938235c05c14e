"""Writing files that someone may be working in: whole or not at all, and never over what is new."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

try:
    import fcntl
except ImportError:  # Windows: the last writer wins, and what it writes is whole
    fcntl = None  # type: ignore[assignment]


class Changed(Exception):
    """A file is no longer what it was when the decision to replace it was made."""


def replace(
    path: Path, content: bytes, expected: bytes | None = None, durable: bool = True
) -> None:
    """Put `content` in the place of a file, in one step: a crash leaves the old file or the new.

    With `durable`, that holds when the whole machine stops; it takes a while.

    Raises:
        Changed: `expected` is given, and the file holds something else by now.
    """
    temporary = _beside(path, content, durable)
    try:
        if path.exists():
            shutil.copymode(path, temporary)
        if expected is not None and path.read_bytes() != expected:
            raise Changed(str(path))
        temporary.replace(path)
    finally:
        temporary.unlink(missing_ok=True)


def create(path: Path, content: bytes) -> None:
    """Write a new file, in one step.

    Raises:
        FileExistsError: there is one already.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    temporary = _beside(path, content)
    try:
        _rename_if_free(temporary, path)
    finally:
        temporary.unlink(missing_ok=True)


@contextmanager
def locked(path: Path) -> Iterator[None]:
    """Hold a lock on `path` among this course's processes, where the file system has locks."""
    with path.open("ab") as file:
        if fcntl is not None:
            with suppress(OSError):
                fcntl.flock(file, fcntl.LOCK_EX)
        yield


def _beside(path: Path, content: bytes, durable: bool = True) -> Path:
    """A hidden file in the same folder with this content."""
    temporary = path.with_name(f".{path.name}.{os.getpid()}.tmp")
    with temporary.open("wb") as file:
        file.write(content)
        if durable:
            file.flush()
            os.fsync(file.fileno())
    return temporary


def _rename_if_free(temporary: Path, path: Path) -> None:
    """Renaming replaces what is there; linking refuses, where the file system has links."""
    try:
        path.hardlink_to(temporary)
    except FileExistsError:
        raise
    except OSError:
        if os.path.lexists(path):
            raise FileExistsError(str(path)) from None
        temporary.rename(path)
