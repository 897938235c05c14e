"""matplotlib's list of fonts, which a new home folder would take seconds to make again."""

from __future__ import annotations

import functools
import os
import subprocess
import sys
import tempfile
from pathlib import Path

FIND = "import matplotlib.font_manager"


@functools.cache
def font_lists() -> dict[str, str]:
    """Name and text of the host's font lists; made once, kept in the user's cache folder.

    Who has no such folder, or none to write to, makes them once a process. Nothing where matplotlib
    is not installed: the kernel then makes its own.
    """
    try:
        return _lists(_cache() / f"matplotlib-{sys.version_info.major}.{sys.version_info.minor}")
    except (OSError, RuntimeError):  # RuntimeError: a user without a home folder
        with tempfile.TemporaryDirectory(prefix="descent-") as folder:
            return _lists(Path(folder))


def _cache() -> Path:
    named = os.environ.get("XDG_CACHE_HOME")
    return (Path(named) if named else Path.home() / ".cache") / "descent"


def _lists(folder: Path) -> dict[str, str]:
    """What is in `folder`, or was made there now. Raises: OSError."""
    folder.mkdir(parents=True, exist_ok=True)
    found = sorted(folder.glob("fontlist-*.json"))
    return {path.name: path.read_text() for path in found or _make(folder)}


def _make(folder: Path) -> list[Path]:
    environment = {**os.environ, "MPLCONFIGDIR": str(folder), "MPLBACKEND": "agg"}
    subprocess.run(
        [sys.executable, "-c", FIND],
        env=environment,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        timeout=120,
        check=False,
    )
    return sorted(folder.glob("fontlist-*.json"))
