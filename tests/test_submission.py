"""What can be read of a file that was handed in, and whose lesson it is."""

from __future__ import annotations

import json
import os

import nbformat
import pytest
from nbformat.v4 import new_code_cell

from autograder.course import Course
from autograder.rebuild import NotANotebook, UnknownLesson, belongs, identify, rebuild
from tests.rebuilding import (
    DOUBLE,
    LESSON,
    RELEASE,
    TINY,
    answered_notebook,
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
        (json.dumps({"cells": [{}] * 3000}).encode(), "more than 2000 cells"),
        (json.dumps({"cells": [{"source": "x" * 6_000_000}]}).encode(), "5 MB"),
    ],
)
def test_what_is_no_notebook_says_why(content, why):
    with pytest.raises(NotANotebook, match=why):
        rebuild(content, LESSON)


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
