"""Everything in a learner's folder that may be a notebook, and what else lies there.

Files are read, links that lead out of the folder are not followed, and nothing is changed.
"""

from __future__ import annotations

import io
import os
import stat
from collections import deque
from collections.abc import Iterator
from itertools import islice
from pathlib import Path, PurePosixPath
from typing import BinaryIO

from autograder.handins.archives import (
    DEPTH,
    MOST_FILES,
    Broken,
    Budget,
    TooMuch,
    Unreadable,
    look_into,
)
from autograder.handins.items import Found, Helps, Other, is_litter, is_named_notebook
from autograder.handins.kinds import ARCHIVES, HEAD, Kind, kind_of
from autograder.handins.spelling import shown
from autograder.submission.read import FILE_BYTES, NotANotebook, read_notebook

CHECKPOINTS = ".ipynb_checkpoints"
# What nbgrader keeps beside a submission.
OURS = frozenset({"timestamp.txt", "submission_secret.txt"})
FOLDERS = 20  # folders in folders
FLAGS = os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC  # a pipe must not be waited for


class NotRegular(Exception):
    """What looks like a file is none."""


class Search:
    """Looks through a learner's folder, piece by piece, within one budget."""

    def __init__(self, root: Path, course_root: Path) -> None:
        self.found: list[Found] = []
        self.others: list[Other] = []
        self.checkpoints: list[Path] = []
        self._root, self._real = root, root.resolve()
        self._course = course_root.resolve()
        self._budget = Budget()
        self._packed: list[tuple[Path, Path, Kind]] = []  # archives, and what to open

    def look(self, start: Path, leave_out: frozenset[str] = frozenset()) -> None:
        """Look through a folder, but not in some of its folders; archives last."""
        try:
            for path in self._walk(start, leave_out):
                self._open(path)
        except TooMuch as error:
            self._note(start, str(error), unread=True)
        while self._packed:
            path, target, kind = self._packed.pop(0)
            try:
                self._open_archive(path, target)
            except TooMuch as error:
                place = self.place(path)
                self.others.append(Other(place, path, str(error), kind, Helps.UNPACK, unread=True))

    def place(self, path: Path) -> str:
        """Where a file is, from the learner's folder."""
        return str(path.relative_to(self._root))

    # --- on disk ---------------------------------------------------------------------------------

    def _walk(self, start: Path, leave_out: frozenset[str]) -> Iterator[Path]:
        """The files of a folder, then those of the folders in it: a large one hides no other."""
        waiting = deque([(start, 0)])
        while waiting:
            folder, depth = waiting.popleft()
            for entry in self._entries(folder):
                path = folder / entry.name
                if entry.name == CHECKPOINTS:
                    self._note_checkpoints(path)
                elif is_litter(entry.name) or entry.name in OURS:
                    continue
                elif not entry.is_dir(follow_symlinks=False):
                    yield path
                elif depth == FOLDERS:
                    self._note(path, "lies too deep in folders", unread=True)
                elif depth or entry.name not in leave_out:
                    waiting.append((path, depth + 1))

    def _entries(self, folder: Path) -> Iterator[os.DirEntry[str]]:
        try:
            with os.scandir(folder) as entries:
                for entry in sorted(islice(entries, MOST_FILES + 1), key=lambda e: e.name):
                    self._budget.count()
                    yield entry
        except OSError as error:
            self._unopened(folder, error)

    def _note_checkpoints(self, folder: Path) -> None:
        try:
            with os.scandir(folder) as entries:
                names = sorted(e.name for e in entries if e.is_file(follow_symlinks=False))
        except OSError:
            return
        self.checkpoints += [folder / name for name in names if name.endswith(".ipynb")]

    def _open(self, path: Path) -> None:
        """Read a file; archives have to wait."""
        try:
            target = self._target(path)
            if target is None:
                return
            with _regular(target) as stream:
                kind = kind_of(stream.read(HEAD), path.name)
                if kind in ARCHIVES:
                    self._packed.append((path, target, kind))
                    return
                stream.seek(0)
                self._look_at(self.place(path), path, stream, 0)
        except NotRegular:
            self._note(path, "is a pipe or a device, and no file")
        except OSError as error:
            self._unopened(path, error)

    def _open_archive(self, path: Path, target: Path) -> None:
        try:
            with _regular(target) as stream:
                self._look_at(self.place(path), path, stream, 0)
        except OSError as error:
            self._unopened(path, error)

    def _target(self, path: Path) -> Path | None:
        """The file to open: for a link, where it leads, if that is in the learner's folder."""
        mode = path.lstat().st_mode
        if not stat.S_ISLNK(mode):
            return path
        try:
            target = path.resolve(strict=True)
        except (OSError, RuntimeError):  # RuntimeError: a circle of links, before Python 3.13
            self._note(path, "is a link that leads nowhere")
            return None
        if not target.is_relative_to(self._real):
            within = target.is_relative_to(self._course)
            to = target.relative_to(self._course) if within else target
            self._note(path, f"is a link to {shown(str(to))}, and is not followed")
            return None
        return None if target.is_dir() else target  # a folder is met where it is

    def _unopened(self, path: Path, error: OSError) -> None:
        what = f"cannot be opened ({error.strerror or error})"
        self._note(path, what, helps=Helps.ALLOW, unread=True)

    def _note(
        self, path: Path, what: str, *, helps: Helps = Helps.ASK, unread: bool = False
    ) -> None:
        self.others.append(Other(self.place(path), path, what, None, helps, unread))

    # --- on disk, or in an archive ---------------------------------------------------------------

    def _look_at(self, place: str, path: Path, stream: BinaryIO, depth: int) -> None:
        """One file, on disk or in an archive."""
        name = PurePosixPath(place).name
        head = self._budget.read(stream, HEAD)
        kind = kind_of(head, name)
        if kind is Kind.JSON:
            content = head + self._budget.read(stream, FILE_BYTES)
            self._read(place, path, content, packed=depth > 0)
        elif kind in ARCHIVES:
            self._archive(place, path, kind, head, stream, depth)
        elif not depth or kind is Kind.SCRIPT or is_named_notebook(name):
            what = "is no notebook" if kind is Kind.OTHER else f"is {kind.value}"
            script = Helps.UNPACK if depth else Helps.CONVERT
            helps = script if kind is Kind.SCRIPT else Helps.ASK
            self.others.append(Other(place, path, what, kind, helps))

    def _read(self, place: str, path: Path, content: bytes, *, packed: bool) -> None:
        try:
            self.found.append(Found(place, path, content, read_notebook(content), packed))
        except NotANotebook as error:
            self.others.append(Other(place, path, f"is no notebook: {error}", Kind.JSON))

    def _archive(
        self, place: str, path: Path, kind: Kind, head: bytes, stream: BinaryIO, depth: int
    ) -> None:
        if depth == DEPTH:
            what = "is in too many archives"
            self.others.append(Other(place, path, what, kind, Helps.UNPACK, unread=True))
            return
        if depth:  # what is in an archive is read from its beginning to its end only
            stream = io.BytesIO(head + self._budget.read(stream, FILE_BYTES))
        stream.seek(0)
        before = len(self.found), len(self.others)
        inside: list[tuple[str, bytes]] = []

        def visit(name: str, member: BinaryIO) -> None:
            if not any(map(is_litter, PurePosixPath(name.replace("\\", "/")).parts)):
                inside.append((f"{place}/{name}", self._worth(name, member)))

        try:
            look_into(stream, kind, PurePosixPath(place).name, self._budget, visit)
        except TooMuch:
            raise
        except Unreadable as error:
            helps = Helps.ASK if isinstance(error, Broken) else Helps.UNPACK
            self.others.append(Other(place, path, str(error), kind, helps, unread=True))
        for member, content in inside:
            self._look_at(member, path, io.BytesIO(content), depth + 1)
        if before == (len(self.found), len(self.others)):
            self.others.append(Other(place, path, f"is {kind.value} without a notebook", kind))

    def _worth(self, name: str, member: BinaryIO) -> bytes:
        """Of a file in an archive, its beginning, and the rest if there can be a notebook in it."""
        head = self._budget.read(member, HEAD)
        kind = kind_of(head, name)
        wanted = kind is Kind.JSON or kind in ARCHIVES
        return head + self._budget.read(member, FILE_BYTES) if wanted else head


def _regular(path: Path) -> BinaryIO:
    """Open a file, but nothing that would have to be waited for."""
    stream = os.fdopen(os.open(path, FLAGS), "rb")
    if stat.S_ISREG(os.fstat(stream.fileno()).st_mode):
        return stream
    stream.close()
    raise NotRegular
