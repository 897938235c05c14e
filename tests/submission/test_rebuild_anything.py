"""Rebuilding, whatever happened to a notebook."""

from __future__ import annotations

import copy
import re

import nbformat
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from nbformat.v4 import new_code_cell

from tests.helpers.rebuilding import ANSWERS, LESSON, RELEASE, cell, mended


@st.composite
def manglings(draw):
    """Answered notebooks to which a few of the things happened that happen to notebooks."""
    notebook = LESSON.release()
    for name in draw(st.sets(st.sampled_from(sorted(ANSWERS)))):
        cell(notebook, name).source = ANSWERS[name]
    for _ in range(draw(st.integers(0, 8))):
        draw(st.sampled_from(MANGLERS))(draw, notebook.cells)
    return notebook


def a_cell(draw, cells):
    return draw(st.integers(0, len(cells) - 1)) if cells else None


def shuffle(draw, cells):
    cells[:] = draw(st.permutations(cells))


def duplicate(draw, cells):
    if cells:
        cells.insert(draw(st.integers(0, len(cells))), copy.deepcopy(cells[a_cell(draw, cells)]))


def delete(draw, cells):
    if cells:
        del cells[a_cell(draw, cells)]


def retag(draw, cells):
    if cells:
        one, other = cells[a_cell(draw, cells)], cells[a_cell(draw, cells)]
        one.metadata, other.metadata = other.metadata, one.metadata


def forget(draw, cells):
    if cells:
        cells[a_cell(draw, cells)].metadata = nbformat.from_dict({})


def retype(draw, cells):
    if cells:
        kinds = st.sampled_from(["code", "markdown", "raw"])
        cells[a_cell(draw, cells)].cell_type = draw(kinds)


def split(draw, cells):
    if cells:
        at = a_cell(draw, cells)
        lines = cells[at].source.split("\n")
        cut = draw(st.integers(0, len(lines)))
        second = copy.deepcopy(cells[at])
        cells[at].source, second.source = "\n".join(lines[:cut]), "\n".join(lines[cut:])
        cells.insert(at + 1, second)


def merge(draw, cells):
    if len(cells) > 1:
        at = draw(st.integers(0, len(cells) - 2))
        cells[at].source += "\n" + cells.pop(at + 1).source


def rename_id(draw, cells):
    if cells:
        cells[a_cell(draw, cells)].id = draw(st.sampled_from([c.id for c in RELEASE.cells]))


def add(draw, cells):
    source = st.sampled_from(
        ["x = 1", "def f(:", "    return 2", "double = f", "%check", "text here"]
    )
    cells.insert(draw(st.integers(0, len(cells))), new_code_cell(draw(source)))


MANGLERS = [shuffle, duplicate, delete, retag, forget, retype, split, merge, rename_id, add]


def lines_of(notebook):
    return {line.strip() for one in notebook.cells for line in one.source.split("\n")}


@settings(max_examples=150, deadline=None, suppress_health_check=list(HealthCheck))
@given(manglings())
def test_rebuilding_twice_is_rebuilding_once_and_no_line_is_lost(notebook):
    result = mended(notebook)
    assert lines_of(notebook) - lines_of(RELEASE) <= lines_of(result)


@settings(max_examples=150, deadline=None, suppress_health_check=list(HealthCheck))
@given(st.data())
def test_the_last_definition_stays_the_last(data):
    """Whatever was moved, copied or renamed, and however often it was tried."""
    notebook = LESSON.release()
    cell(notebook, "double").source = data.draw(st.sampled_from(["", "# below", attempt(0)]))
    for number in range(1, data.draw(st.integers(1, 4))):
        named = data.draw(st.booleans())
        one = copy.deepcopy(cell(notebook, "double")) if named else new_code_cell()
        one.source = attempt(number)
        notebook.cells.insert(data.draw(st.integers(0, len(notebook.cells))), one)
    for _ in range(data.draw(st.integers(0, 4))):
        data.draw(st.sampled_from([shuffle, retag, forget]))(data.draw, notebook.cells)
    written = [c.source for c in notebook.cells if TRIED.match(c.source)]
    rebuilt = [c.source for c in mended(notebook).cells if TRIED.match(c.source)]
    assert rebuilt[-1:] == written[-1:]


TRIED = re.compile(r"def double\(x\):\n    return \d \* x\Z")


def attempt(number):
    return f"def double(x):\n    return {number} * x"
