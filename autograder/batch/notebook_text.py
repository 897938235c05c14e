"""A notebook as nbformat writes it, sooner where a class has cells in common."""

from __future__ import annotations

import json
from functools import lru_cache
from typing import Any

from nbformat import NotebookNode, from_dict, v4

KEPT = 20_000  # characters of a cell that is kept
OPENS, CLOSES = '{\n "cells": [', '],\n "metadata": {'


def notebook_text(notebook: NotebookNode) -> str:
    """What `nbformat.v4.writes` makes of it.

    Most cells of a submission are the release's, and what passes prints the same: their text is
    kept. The writer takes most of its time for its line breaks.
    """
    empty = v4.writes(NotebookNode(notebook, cells=[]))
    assert empty.startswith(OPENS + CLOSES)
    cells = ",\n  ".join(map(_text_of, notebook.cells))
    return f"{OPENS}\n  {cells}\n {empty.removeprefix(OPENS)}" if cells else empty


def _text_of(cell: NotebookNode) -> str:
    compact = json.dumps(cell)
    return _kept_text(compact) if len(compact) <= KEPT else _written(cell)


@lru_cache(maxsize=1024)
def _kept_text(compact: str) -> str:
    return _written(from_dict(json.loads(compact)))


def _written(cell: Any) -> str:
    alone = str(v4.writes(NotebookNode(cells=[cell], metadata=NotebookNode())))
    return alone.removeprefix(f"{OPENS}\n  ").removesuffix('\n ],\n "metadata": {}\n}')
