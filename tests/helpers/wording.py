"""How a sentence of ours should not read, wherever it comes from."""

from __future__ import annotations

import re

UNFORTUNATE = {
    "brackets that run into each other after a phrase": re.compile(r"(?<!`) [^`]*\]\[[^`]*(?!`)$"),
    "None as a sentence's end": re.compile(r"None\."),
    "a double space": re.compile(r"  "),
    "a negative zero": re.compile(r"(?<![\w.])-0(?![\d.])"),
    "a full stop at the end": re.compile(r"\.$"),
    "an index without a thing": re.compile(r"(?:^|: )\["),
    "a word said twice": re.compile(r"\b(for|of|with|at|the) \1\b"),
    "punctuation in a heap": re.compile(r",[:,]|: :| [,:]"),
}


def assert_reads_well(message: str, kind: str) -> None:
    """kind: of the difference that it describes."""
    assert re.match(r"[a-z`.']|[A-Z]\w*\b|\d", message), message
    for what, pattern in UNFORTUNATE.items():
        quoted = kind == "exception" or what.startswith("a word")  # another's words; a label's
        assert quoted or not pattern.search(message), f"{what}: {message}"
