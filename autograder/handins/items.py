"""What a search finds in a learner's folder, and what it comes to."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import Enum
from pathlib import Path

from autograder.handins.kinds import Kind
from autograder.submission.read import Submission

# What systems and tools leave behind.
LITTER = frozenset({"__MACOSX", "__pycache__", "node_modules", "Thumbs.db", "desktop.ini"})


@dataclass(frozen=True)
class Found:
    """A notebook.

    place: where it is, from the learner's folder; what is in an archive is as if in a folder.
    path: the file on disk, which may be an archive.
    """

    place: str
    path: Path
    content: bytes = field(repr=False)
    cells: Submission = field(repr=False)
    packed: bool = False


class Helps(Enum):
    """What helps where there is no notebook."""

    ASK = "ask for it"
    ALLOW = "allow it to be read"
    CONVERT = "make a notebook of it"
    UNPACK = "unpack it by hand"


@dataclass(frozen=True)
class Other:
    """What is no notebook, and what it is instead: `orientation.py` `is a script`.

    unread: nobody can say whether there is a notebook in it.
    """

    place: str
    path: Path
    what: str
    kind: Kind | None = None
    helps: Helps = Helps.ASK
    unread: bool = False


@dataclass(frozen=True)
class HandIn:
    """What one learner handed in for a lesson.

    content: the notebook that is graded; None if there is none.
    digest: of its cells.
    place: where it was found, from the learner's folder.
    remark: what should be known of it.
    problem, command: why there is no notebook, and what helps; both are empty for a learner who
    handed in nothing at all for this lesson.
    path: the file in which it is.
    entered: whether the gradebook should have it, with 0 points if there is no notebook.
    """

    student: str
    content: bytes | None = field(default=None, repr=False)
    place: str = ""
    remark: str = ""
    problem: str = ""
    command: str = ""
    path: Path | None = None
    entered: bool = True
    digest: str = ""

    @property
    def is_absent(self) -> bool:
        """Whether nothing at all was handed in for this lesson."""
        return self.content is None and not self.problem


def is_litter(name: str) -> bool:
    """Whether a system or a tool left this behind."""
    return (name.startswith(".") and name != "..") or name in LITTER


def is_named_notebook(name: str) -> bool:
    """Whether a file is named like a notebook, whatever was put before or behind."""
    return ".ipynb" in name.lower()
