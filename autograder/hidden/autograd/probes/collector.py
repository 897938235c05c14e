"""Large graphs without the garbage collector, which would look through them again and again."""

from __future__ import annotations

import contextlib
import gc
from collections.abc import Iterator


@contextlib.contextmanager
def switched_off() -> Iterator[None]:
    """No collection while a large graph is built and walked."""
    before = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if before:
            gc.enable()
