"""What can be read of a file that was handed in, and whose lesson it is."""

from __future__ import annotations

import json
import os
import time

import nbformat
import pytest
from nbformat.v4 import new_code_cell

from autograder.course.course import Course
from autograder.submission.limits import left_out
from autograder.submission.read import read_notebook
from autograder.submission.rebuild import NotANotebook, UnknownLesson, belongs, identify, rebuild
from tests.helpers.rebuilding import (
    DOUBLE,
    LESSON,
    RELEASE,
    TINY,
    answered_notebook,
    cell,
    is_answered,
    mended,
)


@pytest.fixture
def answered():
    """The released notebook with right answers in it."""
    return answered_notebook()


# Files.


@pytest.mark.parametrize(
    ("content", "why"),
    [
        (b"", "empty"),
        (b"\x00\xff\xfe garbage", "not JSON"),
        (b'{"cells": [', "not JSON"),
        (b"[" * 200_000, "not JSON"),
        (b'{"cells": 3}', "no list of cells"),
        (b"[1, 2]", "not a notebook"),
    ],
)
def test_what_is_no_notebook_says_why(content, why):
    with pytest.raises(NotANotebook, match=why):
        rebuild(content, LESSON)


# What is too much costs a cell, and not the notebook.

PHOTO = "![page.jpg](data:image/jpeg;base64," + "iVBOR/w0+" * 450_000 + "==)"


def read(cells):
    return read_notebook(json.dumps({"cells": cells}).encode()).cells


def code(source):
    return {"cell_type": "code", "source": source}


def text(source):
    return {"cell_type": "markdown", "source": source}


def test_pasted_pictures_count_against_no_limit_and_are_kept():
    photos = f"Mine:\n\n{PHOTO}\n\n{PHOTO}"
    kept = read([text(photos), text(f'<img src="{PHOTO[12:-1]}">'), code(DOUBLE)])
    assert [cell.source for cell in kept[::2]] == [photos, DOUBLE]
    assert PHOTO[12:-1] in kept[1].source


def test_pictures_stay_in_the_answer_that_a_person_reads(answered):
    cell(answered, "why_count-1").source = PHOTO
    assert cell(mended(nbformat.writes(answered).encode()), "why_count-1").source == PHOTO


@pytest.mark.parametrize(
    "source", ["x" * 6_000_000, f"photo = '{PHOTO}{PHOTO}'", "# " + PHOTO + PHOTO]
)
def test_a_code_cell_that_is_too_large_is_left_out_alone(source):
    kept = read([code("a = 1"), code(source), code(DOUBLE)])
    assert [cell.source for cell in kept[::2]] == ["a = 1", DOUBLE]
    assert left_out(kept[1].source).startswith("Cell 2 is too large to read: ")
    assert len(kept[1].source) < 200


def test_the_largest_cells_are_left_out_first():
    kept = read([code("a" * 2_000_000), code("b" * 4_000_000), code(DOUBLE), code("c" * 2_900_000)])
    assert [len(left_out(cell.source)) > 0 for cell in kept] == [False, True, False, False]


@pytest.mark.parametrize("cell_type", ["markdown", "raw"])
def test_a_text_that_is_too_long_keeps_its_beginning(cell_type):
    kept = read([{"cell_type": cell_type, "source": "Because. " * 700_000}, code(DOUBLE)])
    assert left_out(kept[0].source).startswith("Cell 1 is too large to read: 6.3 MB")
    assert "Because. Because." in kept[0].source
    assert len(kept[0].source) < 11_000
    assert kept[1].source == DOUBLE


def test_cells_without_text_are_not_counted():
    assert [c.source for c in read([code(" "), *[{}] * 3000, code(DOUBLE)])] == [DOUBLE]


def test_of_too_many_cells_those_of_the_release_are_kept():
    named = {**code(DOUBLE), "metadata": {"nbgrader": {"grade_id": "double"}}}
    kept = read([*[code("x = 1")] * 3000, named])
    assert len(kept) == 2001
    assert kept[-2].source == DOUBLE
    assert left_out(kept[-1].source) == "More than 2000 cells: 1001 of 3001 were left out"


@pytest.mark.parametrize(
    "piece", ["data:image/", "data:image/png;base64,", "data:image/a;base64", "a;base64,", "![]("]
)
def test_looking_for_pictures_takes_no_longer_than_reading(piece):
    started = time.process_time()
    read([text(piece * (20_000_000 // len(piece)))])
    assert time.process_time() - started < 10


def test_ordinary_notes_say_nothing_of_what_was_left_out():
    assert left_out("# Cell 3 is too large to like") == ""


def test_links_pipes_and_folders_are_no_notebooks(tmp_path):
    (tmp_path / "folder.ipynb").mkdir()
    os.mkfifo(tmp_path / "pipe.ipynb")
    (tmp_path / "link.ipynb").symlink_to(TINY)
    for name in ("folder", "pipe", "link"):
        with pytest.raises(NotANotebook, match="not a regular file"):
            rebuild(tmp_path / f"{name}.ipynb", LESSON)
    with pytest.raises(NotANotebook, match="cannot be read"):
        rebuild(tmp_path / "none.ipynb", LESSON)


@pytest.mark.parametrize(
    "junk",
    [
        {"cells": [None, 3, {"cell_type": 4, "source": {"a": 1}, "metadata": [], "id": 7}]},
        {
            "cells": [
                {"cell_type": "code", "source": ["a", None, "\ud800"], "attachments": {"x": 1}}
            ]
        },
        {"cells": [{"metadata": {"nbgrader": {"grade_id": ["double"]}}, "source": "x"}]},
        {"cells": [{"cell_type": "code", "source": "a" + ".b" * 99_000}]},
        {"cells": [{"cell_type": "code", "source": "(" * 9_000}]},
        {"cells": [{"cell_type": "code", "source": "%a\n" * 50_000}]},
    ],
)
def test_junk_within_a_notebook_does_no_harm(junk):
    result = mended(json.loads(json.dumps(junk)))
    nbformat.writes(result).encode()


@pytest.mark.parametrize("version", [2, 3])
def test_old_formats_are_read(version):
    old = {
        "nbformat": version,
        "worksheets": [
            {
                "cells": [
                    {"cell_type": "heading", "level": 2, "source": "Mine"},
                    {"cell_type": "code", "input": DOUBLE.splitlines(keepends=True)},
                ]
            }
        ],
    }
    result = mended(json.dumps(old).encode())
    assert is_answered(result, "double")
    assert result.cells[0].source == "## Mine"


def test_format_4_without_ids_is_read(answered):
    for one in answered.cells:
        del one["id"]
    result = mended(answered)
    assert [c.id for c in result.cells] == [c.id for c in RELEASE.cells]


# Whose notebook is it?


def test_the_lesson_is_known_by_what_it_has_in_common(answered, tmp_path):
    course = Course(TINY.parents[2])
    assert identify(answered, course).id == "90_tiny"
    stray = nbformat.v4.new_notebook(cells=[new_code_cell("x = 1")])
    assert not belongs(stray, LESSON)
    assert belongs(nbformat.v4.new_notebook(cells=[new_code_cell(DOUBLE)]), LESSON)
    with pytest.raises(UnknownLesson, match="nothing in common"):
        identify(stray, course)
