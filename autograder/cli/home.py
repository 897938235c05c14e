"""A home folder for a user who has none: a number without a passwd entry, in a container, say."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path


@contextmanager
def home_folder() -> Iterator[None]:
    """Where there is no home folder to write to, one for this command and what it starts.

    Jupyter, IPython and matplotlib look for theirs in it, and some stop where there is none.
    """
    if _has_home():
        yield
        return
    before = os.environ.get("HOME")
    with tempfile.TemporaryDirectory(prefix="descent-home-") as folder:
        os.environ["HOME"] = folder
        try:
            yield
        finally:
            if before is None:
                del os.environ["HOME"]
            else:
                os.environ["HOME"] = before


def _has_home() -> bool:
    if os.environ.get("HOME") == "":
        return False  # which pathlib takes for /
    try:
        home = Path.home()
    except RuntimeError:
        return False
    return home.is_dir() and os.access(home, os.R_OK | os.W_OK | os.X_OK)
