"""Names of files, for people and for a shell: learners choose them, and a line must stay one."""

from __future__ import annotations

import os
import shlex


def quoted(text: str) -> str:
    """A path as a shell reads it; what is not printable is spelt out, so that a line stays one."""
    if text.isprintable():
        return shlex.quote(text)
    spelt = "".join(f"\\{char}" if char in "\\'" else shown(char) for char in text)
    return f"$'{spelt}'"


def shown(text: str) -> str:
    """A name for people: on one line, and in characters that can be printed."""
    return "".join(char if char.isprintable() else _bytes(char) for char in text)


def _bytes(char: str) -> str:
    return "".join(f"\\x{byte:02x}" for byte in os.fsencode(char))
