"""How much memory this process holds."""

from __future__ import annotations

import contextlib
import functools
import importlib
from typing import Any


def resident() -> float:
    """Bytes of memory that this process holds; 0 where nobody can say."""
    process = _process()
    return float(process.memory_info().rss) if process is not None else 0.0


@functools.cache
def _process() -> Any:
    """The kernel's process; psutil comes with ipykernel."""
    with contextlib.suppress(ImportError):
        return importlib.import_module("psutil").Process()
    return None
