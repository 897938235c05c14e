"""`timestamp.txt`: when something was handed in, as platforms and editors leave it."""

from __future__ import annotations

import codecs
import stat
import unicodedata
from datetime import datetime
from pathlib import Path

from autograder.handins.moments import Unclear, read_moment

NAME = "timestamp.txt"
BYTES = 4096
SHOWN = 60
MARKS = {  # the longest first: UTF-32's begins as UTF-16's does
    codecs.BOM_UTF32_LE: "utf-32",
    codecs.BOM_UTF32_BE: "utf-32",
    codecs.BOM_UTF8: "utf-8-sig",
    codecs.BOM_UTF16_LE: "utf-16",
    codecs.BOM_UTF16_BE: "utf-16",
}


class UnreadableTimestamp(ValueError):
    """A timestamp that cannot be read for certain; the message says why, and what to do."""


def read_timestamp(folder: Path) -> datetime | None:
    """The time in a folder's `timestamp.txt`, in UTC without a zone; None if it has no such file.

    Raises:
        UnreadableTimestamp: there is one, and what it says is not certain.
    """
    path = folder / NAME
    text = ""
    try:
        about = path.lstat()
        if not stat.S_ISREG(about.st_mode):
            raise Unclear("not a regular file")
        if about.st_size > BYTES:
            raise Unclear("too long for a timestamp")
        text = decoded(path.read_bytes())
        return _moment(text)
    except FileNotFoundError:
        return None
    except OSError as error:
        raise _unreadable(text, f"cannot be read: {error.strerror or error}") from error
    except Unclear as error:
        raise _unreadable(text, str(error)) from error


def decoded(content: bytes) -> str:
    """The text of a file in UTF-8, UTF-16, UTF-32 or Windows's Latin-1, without what is unseen."""
    text = content.decode(_encoding(content), "replace")
    kept = (c for c in text if c.isspace() or unicodedata.category(c) not in ("Cc", "Cf"))
    return unicodedata.normalize("NFKC", "".join(kept)).strip()


def _encoding(content: bytes) -> str:
    for mark, encoding in MARKS.items():
        if content.startswith(mark):
            return encoding
    if b"\0" in content:  # every second byte of a date in UTF-16
        return "utf-16-be" if content[0] == 0 else "utf-16-le"
    try:
        content.decode()
    except UnicodeDecodeError:
        return "cp1252"
    return "utf-8"


def _moment(text: str) -> datetime:
    """The moment that all lines with a number agree on; a line without one is a heading."""
    lines = [line for line in text.splitlines() if any(map(str.isdigit, line))]
    if not lines:
        raise Unclear("empty" if not text else "it names no date")
    moments = {read_moment(line) for line in lines}
    if len(moments) > 1:
        raise Unclear("its lines name different times")
    return moments.pop()


def _unreadable(text: str, why: str) -> UnreadableTimestamp:
    line = " ".join(text.split())
    quoted = f" {line[:SHOWN]!r}" if line else ""
    return UnreadableTimestamp(
        f"the timestamp{quoted} could not be read ({why}): no late penalty was counted; "
        "write it as 2026-01-14 12:00:00 UTC"
    )
