"""Looks into archives without unpacking them: nothing is written, and no more is read than a budget
allows, whatever an archive says of its sizes."""

from __future__ import annotations

import bz2
import gzip
import io
import os
import struct
import tarfile
import zipfile
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import BinaryIO, cast

from autograder.handins.kinds import HEAD, Kind, kind_of
from autograder.submission.read import FILE_BYTES

DEPTH = 3  # archives in archives
MOST_FILES = 5000  # of one learner, folders and archives together
MOST_BYTES = 4 * FILE_BYTES
MOST_NAMES = 4_000_000  # bytes of a zip's table of contents, which is read before anything else
# Others can be made to give any amount for a few bytes, before anybody could stop them.
METHODS = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)
END, END_SIZE = b"PK\x05\x06", 22


class Unreadable(Exception):
    """An archive that cannot be looked into; the message says why."""


class Broken(Unreadable):
    """An archive that nothing can be taken from."""


class TooMuch(Unreadable):
    """More than is read of what one learner handed in."""


@dataclass
class Budget:
    """How much is still read of what one learner handed in."""

    files: int = MOST_FILES
    room: int = MOST_BYTES

    def count(self) -> None:
        """One more file or folder.

        Raises:
            TooMuch: that was one too many.
        """
        self.files -= 1
        if self.files < 0:
            raise TooMuch(f"holds more than {MOST_FILES} files")

    def read(self, stream: BinaryIO, most: int) -> bytes:
        """At most so many bytes of a stream.

        Raises:
            TooMuch: there is no budget for them.
        """
        content = stream.read(most)
        self.room -= len(content)
        if self.room < 0:
            raise TooMuch(f"holds more than {MOST_BYTES / 1e6:.0f} MB")
        return content


@dataclass
class Bounded(io.RawIOBase):
    """A stream that costs budget, for readers that skip what they do not want by reading it."""

    stream: BinaryIO
    budget: Budget
    head: bytes = field(default=b"")

    def read(self, size: int = -1) -> bytes:
        """Some bytes, those first that were looked at already."""
        if self.head:
            given, self.head = self.head[:size], self.head[size:]
            return given
        return self.budget.read(self.stream, min(size, FILE_BYTES) if size >= 0 else FILE_BYTES)


Visit = Callable[[str, BinaryIO], None]


def look_into(stream: BinaryIO, kind: Kind, name: str, budget: Budget, visit: Visit) -> None:
    """Call `visit` with the name and the content of each file in an archive.

    Raises:
        Unreadable: it is locked, broken, too large, or of a kind that is not read.
    """
    try:
        if kind is Kind.ZIP:
            _zip(stream, budget, visit)
        elif kind is Kind.TAR:
            _tar(Bounded(stream, budget), budget, visit)
        elif kind in (Kind.GZIP, Kind.BZIP2):
            _compressed(stream, kind, name, budget, visit)
        else:
            raise Unreadable("is packed in a way that is not read here")
    except (Unreadable, MemoryError):
        raise
    except Exception as error:  # what a broken archive can raise has no end
        raise Broken("is broken, or only the beginning of an archive") from error


def _zip(stream: BinaryIO, budget: Budget, visit: Visit) -> None:
    if _size_of_contents(stream) > MOST_NAMES:
        raise TooMuch(f"holds more than {MOST_FILES} files")
    with zipfile.ZipFile(stream) as archive:
        files = [info for info in archive.infolist() if not info.is_dir()]
        for info in files:
            budget.count()
            if info.flag_bits & 1:
                raise Unreadable("is locked with a password")
            if info.compress_type not in METHODS:
                raise Unreadable("is packed in a way that is not read here")
            with archive.open(info) as member:
                visit(info.filename, cast(BinaryIO, member))


def _size_of_contents(stream: BinaryIO) -> int:
    """What a zip says of its table of contents: as much of it is read, before any file is."""
    stream.seek(0, os.SEEK_END)
    stream.seek(max(0, stream.tell() - END_SIZE - 0xFFFF))
    end = stream.read()
    at = end.rfind(END)
    stream.seek(0)
    return int(struct.unpack_from("<I", end, at + 12)[0]) if at >= 0 else 0


def _tar(stream: Bounded, budget: Budget, visit: Visit) -> None:
    with tarfile.open(fileobj=stream, mode="r|", errorlevel=2) as archive:
        for info in archive:
            budget.count()
            member = archive.extractfile(info) if info.isreg() else None  # links lead elsewhere
            if member is not None:
                visit(info.name, cast(BinaryIO, member))


def _compressed(stream: BinaryIO, kind: Kind, name: str, budget: Budget, visit: Visit) -> None:
    """One compressed file: a tar archive as a rule, or a notebook alone."""
    opened = gzip.GzipFile(fileobj=stream) if kind is Kind.GZIP else bz2.BZ2File(stream)
    with opened as unpacked:
        content = cast(BinaryIO, unpacked)
        head = budget.read(content, HEAD)
        bounded = Bounded(content, budget, head)
        if kind_of(head) is Kind.TAR:
            _tar(bounded, budget, visit)
        else:
            budget.count()
            visit(name.rpartition(".")[0] or name, cast(BinaryIO, bounded))
