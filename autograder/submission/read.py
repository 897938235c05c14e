"""What was handed in, read as data: nothing in it is trusted, and only its text is kept."""

from __future__ import annotations

import hashlib
import json
import stat
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from autograder.submission.limits import bounded

FILE_BYTES = 64_000_000  # figures and animations included
IMAGES = ("image/png", "image/jpeg", "image/gif")  # SVG can hold scripts
CELL_TYPES = {"code": "code", "raw": "raw"}  # `markdown`, and the `heading` and `html` of old


class NotANotebook(ValueError):
    """What was handed in cannot be read as a notebook; the message says why."""


@dataclass(frozen=True)
class Submitted:
    """A cell as the learner left it."""

    cell_type: str
    source: str
    grade_id: str | None = None
    id: str | None = None
    attachments: dict[str, dict[str, str]] = field(default_factory=dict, compare=False)
    number: int = field(default=0, compare=False)  # its place in the order of the submission


@dataclass(frozen=True)
class Submission:
    """The cells of a notebook that was handed in."""

    cells: tuple[Submitted, ...]

    @property
    def digest(self) -> str:
        """A hash of what the learner wrote; outputs, and what an editor adds, are not in it."""
        text = json.dumps([[c.cell_type, c.source, c.grade_id, c.attachments] for c in self.cells])
        return hashlib.sha256(text.encode()).hexdigest()


def read_notebook(handed_in: Submission | Mapping[str, Any] | bytes | Path) -> Submission:
    """Read a notebook of any version of the format, valid or nearly so.

    Of files, no more is read than `limits` allows; notebooks that this process holds already are
    read whole.

    Raises:
        NotANotebook: it is none, cannot be read, or is a file that is too large.
    """
    if isinstance(handed_in, Submission):
        return handed_in
    if isinstance(handed_in, Path):
        handed_in = _read_file(handed_in)
    if isinstance(handed_in, bytes):
        return Submission(bounded(read_notebook(_read_json(handed_in)).cells))
    return Submission(tuple(map(_read_cell, _cells_of(handed_in))))


def _read_file(path: Path) -> bytes:
    try:
        about = path.lstat()
        if not stat.S_ISREG(about.st_mode):  # a link could name someone else's work, a pipe hangs
            raise NotANotebook("not a regular file")
        if about.st_size > FILE_BYTES:
            raise NotANotebook(f"larger than {FILE_BYTES / 1e6:.0f} MB")
        return path.read_bytes()
    except OSError as error:
        raise NotANotebook(f"cannot be read: {error.strerror or error}") from error


def _read_json(content: bytes) -> Mapping[str, Any]:
    if not content.strip():
        raise NotANotebook("the file is empty")
    if len(content) > FILE_BYTES:
        raise NotANotebook(f"larger than {FILE_BYTES / 1e6:.0f} MB")
    try:
        document = json.loads(content)
    except (ValueError, RecursionError, MemoryError) as error:
        raise NotANotebook(f"not JSON, or only the beginning of it: {error}"[:200]) from None
    if not isinstance(document, Mapping):
        raise NotANotebook("JSON, but not a notebook")
    return document


def _cells_of(document: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    """The cells of format 4, or of the worksheets that formats 2 and 3 had."""
    cells = document.get("cells")
    if cells is None and isinstance(document.get("worksheets"), list):
        sheets = [sheet for sheet in document["worksheets"] if isinstance(sheet, Mapping)]
        cells = [cell for sheet in sheets for cell in sheet.get("cells") or ()]
    if not isinstance(cells, list):
        raise NotANotebook("JSON, but not a notebook: it has no list of cells")
    return [cell for cell in cells if isinstance(cell, Mapping)]


def _read_cell(cell: Mapping[str, Any]) -> Submitted:
    metadata = _mapping(cell.get("metadata"))
    cell_type = CELL_TYPES.get(str(cell.get("cell_type")), "markdown")
    source = _text(cell.get("source", cell.get("input", "")))
    if cell.get("cell_type") == "heading":
        source = f"{'#' * _level(cell)} {source}"
    return Submitted(
        cell_type,
        source,
        _name(_mapping(metadata.get("nbgrader")).get("grade_id")),
        _name(cell.get("id")),
        {} if cell_type == "code" else _images(_mapping(cell.get("attachments"))),
    )


def _mapping(value: Any) -> Mapping[str, Any]:
    return value if isinstance(value, dict | Mapping) else {}  # `dict` alone is looked up sooner


def _name(value: Any) -> str | None:
    return value if isinstance(value, str) and value else None


def _level(cell: Mapping[str, Any]) -> int:
    level = cell.get("level")
    return level if isinstance(level, int) and 1 <= level <= 6 else 1


def _text(value: Any) -> str:
    """A source is a string or a list of lines; what UTF-8 cannot hold is replaced."""
    lines = value if isinstance(value, list) else [value]
    try:
        text = "".join(lines)
    except TypeError:  # not all of them are strings
        text = "".join(line for line in lines if isinstance(line, str))
    if not text.isascii():
        text = text.encode("utf-8", "replace").decode()
    return text.replace("\r\n", "\n").replace("\r", "\n") if "\r" in text else text


def _images(attachments: Mapping[str, Any]) -> dict[str, dict[str, str]]:
    kept: dict[str, dict[str, str]] = {}
    for name, bundle in attachments.items():
        for kind, data in _mapping(bundle).items():
            text = "".join(data) if isinstance(data, list) and all(_is_text(data)) else data
            if kind in IMAGES and isinstance(text, str) and text.isascii():
                kept.setdefault(_text(name)[:200], {})[kind] = text
    return kept


def _is_text(lines: list[Any]) -> list[bool]:
    return [isinstance(line, str) for line in lines]
