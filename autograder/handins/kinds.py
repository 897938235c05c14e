"""What a file is, by its first bytes: names of files lie."""

from __future__ import annotations

import codecs
from enum import Enum
from pathlib import PurePath

HEAD = 512  # bytes: the mark of a tar archive is the last to come, at 257
JSON_WIDE = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)  # an editor's doing
PACKED = (b"7z\xbc\xaf'\x1c", b"Rar!", b"\xfd7zXZ\0", b"\x28\xb5\x2f\xfd")
PAGES = (b"<!doctype html", b"<html", b"<?xml")
SCRIPTS = (".py", ".r", ".m", ".jl")


class Kind(Enum):
    """A kind of file, and what to call it."""

    EMPTY = "an empty file"
    JSON = "a file of JSON"
    ZIP = "a zip archive"
    GZIP = "a gzip archive"
    BZIP2 = "a bzip2 archive"
    TAR = "a tar archive"
    PACKED = "an archive"
    PAGE = "an HTML page"
    PDF = "a PDF"
    SCRIPT = "a script"
    OTHER = "another kind of file"


ARCHIVES = frozenset({Kind.ZIP, Kind.GZIP, Kind.BZIP2, Kind.TAR, Kind.PACKED})
EXPORTS = frozenset({Kind.PAGE, Kind.PDF, Kind.SCRIPT})


def kind_of(head: bytes, name: str = "") -> Kind:
    """The kind of a file that begins like this. Only a script is known by its name."""
    text = head.removeprefix(codecs.BOM_UTF8).lstrip().lower()
    starts = {
        Kind.ZIP: (b"PK\x03\x04", b"PK\x05\x06"),
        Kind.GZIP: (b"\x1f\x8b",),
        Kind.BZIP2: (b"BZh",),
        Kind.PACKED: PACKED,
        Kind.PDF: (b"%PDF",),
    }
    found = next((kind for kind, marks in starts.items() if head.startswith(marks)), None)
    if found:
        return found
    if head[257:262] == b"ustar":
        return Kind.TAR
    if text.startswith(b"{") or head.startswith(JSON_WIDE):
        return Kind.JSON
    if text.startswith(PAGES):
        return Kind.PAGE
    if PurePath(name.lower()).suffix in SCRIPTS:
        return Kind.SCRIPT
    return Kind.OTHER if text else Kind.EMPTY
