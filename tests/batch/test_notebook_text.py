"""Notebooks as text: byte for byte nbformat's."""

from __future__ import annotations

import nbformat
import pytest
from nbformat import v4

from autograder.batch.notebook_text import notebook_text
from autograder.course.course import Course

LESSON = Course.find().lesson("00_orientation")
CELLS = [
    v4.new_code_cell('print("a\u2028b")\n\n"cells": []\n', id="a"),
    v4.new_code_cell("x\ry\x0cz", id="b", outputs=[v4.new_output("stream", text="1\n2\n")]),
    v4.new_markdown_cell("\u00e4 \U0001f600 \\n", id="c", attachments={"p": {"image/png": "aGk="}}),
    v4.new_raw_cell("", id="d"),
    v4.new_code_cell("x = 1\n" * 9000, id="e", metadata={"trusted": True, "tags": []}),
    v4.new_code_cell("{}", id="f", outputs=[v4.new_output("display_data", {"text/html": "<b>\n"})]),
]
METADATA = {"signature": "x", "cells": ["\n"], "hand_in": {"notes": ["\n ],"], "problem": ""}}


@pytest.mark.parametrize("cells", [[], CELLS[:1], CELLS, CELLS[::-1]])
def test_it_is_what_nbformat_writes(cells):
    notebook = v4.new_notebook(cells=cells, metadata=METADATA)
    for _ in range(2):
        assert notebook_text(notebook) == v4.writes(notebook)


def test_a_lesson_is_what_nbformat_writes():
    for notebook in (LESSON.notebook(), LESSON.release()):
        assert notebook_text(notebook) == nbformat.writes(notebook)
        notebook.metadata = {}
        assert notebook_text(notebook) == nbformat.writes(notebook)
