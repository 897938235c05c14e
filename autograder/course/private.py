"""What a course keeps for itself, in a folder of its own, for its owner's eyes; and how files are
written that a killed process, or a full disk, must not leave half."""

from __future__ import annotations

import contextlib
import os
import re
import secrets
import shutil
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO, Any

FOLDER = ".autograder"
# In the names of drafts, and of a batch's folder: whose they are.
MARK = re.compile(r"~(?P<host>[\w.-]+)~(?P<pid>\d+)~")


def write_atomically(path: Path, data: bytes, *, durable: bool = False) -> None:
    """Write a file that only its owner can read, all of it or nothing.

    With `durable`, that holds when the whole machine stops; it takes a while.
    """
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    # The mode has to be there from the first byte on.
    with whole(path, "xb", opener=lambda name, flags: os.open(name, flags, 0o600)) as file:
        file.write(data)
        if durable:
            file.flush()
            os.fsync(file.fileno())


@contextmanager
def whole(path: str | os.PathLike[str], mode: str = "w", **settings: Any) -> Iterator[IO[Any]]:
    """Like `open`, for writing: the file takes its place at the end of the block, or never.

    Raises:
        OSError: it cannot be written; the error names the file.
    """
    target = Path(path)
    draft = target.with_name(f"{target.name}{mark()}{secrets.token_hex(4)}")
    try:
        with open(draft, mode, **settings) as file:  # noqa: PTH123 (`Path.open` has no opener)
            yield file
        draft.replace(target)
    except OSError as error:
        if error.errno is None or error.filename not in (None, str(draft)):
            raise
        raise type(error)(error.errno, error.strerror, str(target)) from error
    finally:
        draft.unlink(missing_ok=True)


def mark() -> str:
    """A part of a name that says which process it belongs to."""
    host = re.sub(r"[^\w.-]", "_", socket.gethostname()) or "localhost"
    return f"~{host}~{os.getpid()}~"


def sweep(folder: Path) -> None:
    """Remove what processes of this host left below a folder that ended in the middle of it."""
    for place, folders, files in os.walk(folder):
        for name in filter(_is_left, [*folders, *files]):
            path = Path(place, name)
            if path.is_dir():
                shutil.rmtree(path, ignore_errors=True)
            else:
                with contextlib.suppress(OSError):
                    path.unlink(missing_ok=True)
        folders[:] = [name for name in folders if not MARK.search(name)]


def _is_left(name: str) -> bool:
    found = MARK.search(name)
    if found is None or f"~{found['host']}~" not in mark():
        return False
    try:
        os.kill(int(found["pid"]), 0)
    except ProcessLookupError:
        return True
    except (OSError, OverflowError):
        return False  # it runs, and is somebody else's
    return False
