"""Percent-format text as a notebook: jupytext's result, without jupytext where a text is plain.

Importing jupytext takes longer than a whole check, as it brings a server along. Lessons need a part
of the format that is easy to read; a text with anything else in it is left to jupytext.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Any

from nbformat import NotebookNode, from_dict

CELL = re.compile(r"# %%(?P<markdown> \[markdown\])?(?P<options>(?: [a-z]+=.*)?)")
OPTION = re.compile(r" (nbgrader|tags|jupyter|open)=")
HEADER = re.compile(r"# ---\n(?:#.*\n)*?# ---\n\n?")
MARK = re.compile(r"\s*#\s*(%%|<codecell>|In\[)")  # what begins a cell, were it not in the way
# What may be a magic, or an escaped beginning of a cell, is written as a comment in the source.
MAGIC = re.compile(
    r"\s*[%!?]|\s*#[#\s]*([%!?+]|[a-zA-Z_$\d]*\s*=\s*[%!]|\S*\?\s*$"
    r"|(cat|cd|cp|mv|rm|rmdir|mkdir|copy|ddir|echo|ls|ldir|ren)\b)"
)
FENCE = re.compile(r"# *(```|~~~)")


class _NotPlain(Exception):
    """Something that only jupytext knows how to read."""


def read_percent(text: str) -> NotebookNode:
    """The cells of a text, with their types, sources and metadata.

    What each build sets anew (ids, the notebook's metadata, how many lines stand between two cells)
    may differ from what jupytext says.
    """
    try:
        cells = list(_plain_cells(text))
    except (_NotPlain, ValueError):
        import jupytext

        notebook: NotebookNode = jupytext.reads(text, fmt="py:percent")
        return notebook
    made: NotebookNode = from_dict(
        {"cells": cells, "metadata": {}, "nbformat": 4, "nbformat_minor": 5}
    )
    return made


def _plain_cells(text: str) -> Iterator[dict[str, Any]]:
    header = HEADER.match(text)
    lines = text[header.end() if header else 0 :].splitlines()
    starts = [number for number, line in enumerate(lines) if MARK.match(line)]
    if not starts or starts[0] != 0 or set(text) & set("\f\v\r\x1c\x1d\x1e\x85\u2028\u2029"):
        raise _NotPlain
    for start, end in zip(starts, [*starts[1:], len(lines)], strict=True):
        found = CELL.fullmatch(lines[start])
        if found is None:
            raise _NotPlain
        body, metadata = _body(lines[start + 1 : end]), _metadata(found["options"])
        if found["markdown"]:
            source = "\n".join(_markdown(body))
            yield {"cell_type": "markdown", "metadata": metadata, "source": source}
        else:
            source = "\n".join(_code(body))
            kept: dict[str, Any] = {"execution_count": None, "outputs": []}
            yield {"cell_type": "code", "metadata": metadata, "source": source, **kept}


def _body(lines: list[str]) -> list[str]:
    """Without the blank line, or the two, that part a cell from the next."""
    for _ in range(2):
        if lines and not lines[-1]:
            lines = lines[:-1]
    if lines and not lines[-1]:
        raise _NotPlain
    return lines


def _metadata(options: str) -> dict[str, Any]:
    found, place, decoder = {}, 0, json.JSONDecoder()
    while place < len(options):
        option = OPTION.match(options, place)
        if option is None:
            raise _NotPlain
        found[option[1]], place = decoder.raw_decode(options, option.end())
    return found


def _markdown(lines: list[str]) -> Iterator[str]:
    """Text that stands in comments."""
    if sum(bool(FENCE.match(line)) for line in lines) % 2:
        raise _NotPlain
    for line in lines:
        if line != "#" and not line.startswith("# "):
            raise _NotPlain
        yield line[2:]


def _code(lines: list[str]) -> Iterator[str]:
    quotes = [sum(line.count(mark) for line in lines) for mark in ('"""', "'''")]
    if any(count % 2 for count in quotes) or any(map(MAGIC.match, lines)):
        raise _NotPlain
    yield from lines
