"""The one file that somebody asked for by its path: read, or named with what is wrong with it."""

from __future__ import annotations

import stat
from difflib import get_close_matches
from pathlib import Path

from autograder.handins import shown
from autograder.handins.commands import UNPACK
from autograder.handins.kinds import ARCHIVES, EXPORTS, HEAD, kind_of
from autograder.handins.spelling import quoted
from autograder.submission.read import NotANotebook, Submission, read_notebook

NAMED = 3  # notebooks of a folder


def read_asked(path: Path) -> Submission:
    """The notebook at a path, whatever its name.

    Raises:
        NotANotebook: there is none; the message names the path, and what to ask for instead.
    """
    wrong = _wrong(path)
    if wrong:
        raise NotANotebook(f"{shown(str(path))} {wrong}")
    try:
        return read_notebook(path)
    except NotANotebook as error:
        raise NotANotebook(f"{shown(str(path))}: {error}") from error


def _wrong(path: Path) -> str:
    """What is at the path instead of a notebook, if that can be seen at once."""
    try:
        mode = path.lstat().st_mode
        if stat.S_ISLNK(mode):
            return _link(path)
        if stat.S_ISDIR(mode):
            return _folder(path)
        if not stat.S_ISREG(mode):
            return "is a pipe or a device, and no file"
        with path.open("rb") as file:
            kind = kind_of(file.read(HEAD), path.name)
    except FileNotFoundError:
        return f"does not exist{_near(path)}"
    except (OSError, ValueError) as error:
        return f"cannot be read: {getattr(error, 'strerror', None) or error}"
    if kind in ARCHIVES and kind in UNPACK:
        command = UNPACK[kind].format(file=quoted(str(path)), folder=quoted(str(path.parent)))
        return f"is {kind.value}: judge the notebook in it, after {command}"
    return f"is {kind.value}, and no notebook" if kind in EXPORTS else ""


def _link(path: Path) -> str:
    """A link is not followed, because a learner may have made it; whoever means it can say so."""
    try:
        target = path.resolve(strict=True)
    except (OSError, RuntimeError):  # RuntimeError: a circle of links, before Python 3.13
        return "is a link that leads nowhere"
    return f"is a link, and not followed; if you mean it: autograder judge {quoted(str(target))}"


def _folder(path: Path) -> str:
    inside = sorted(file for file in path.iterdir() if file.suffix.lower() == ".ipynb")
    if not inside:
        return "is a folder, and no notebook"
    named = ", ".join(shown(str(file)) for file in inside[:NAMED])
    more = f", and {len(inside) - NAMED} more" if len(inside) > NAMED else ""
    return f"is a folder: name a notebook in it ({named}{more})"


def _near(path: Path) -> str:
    try:
        names = [other.name for other in path.parent.iterdir()]
    except OSError:
        return ""
    near = get_close_matches(path.name, names, n=1, cutoff=0.7)
    return f"; did you mean {shown(str(path.with_name(near[0])))}?" if near else ""
