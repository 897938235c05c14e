"""matplotlib's list of fonts, which a new home folder would take seconds to make again."""

from __future__ import annotations

import functools
import os
import subprocess
import sys
from pathlib import Path

FIND = "import matplotlib.font_manager"


@functools.cache
def font_lists() -> dict[str, str]:
    """Name and text of the host's font lists; made once, kept in the user's cache folder.

    Nothing where matplotlib is not installed, or cannot write one: the kernel then makes its own.
    """
    cache = Path(os.environ.get("XDG_CACHE_HOME") or Path("~/.cache").expanduser()) / "descent"
    folder = cache / f"matplotlib-{sys.version_info.major}.{sys.version_info.minor}"
    found = sorted(folder.glob("fontlist-*.json"))
    return {path.name: path.read_text() for path in found or _make(folder)}


def _make(folder: Path) -> list[Path]:
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError:
        return []
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
