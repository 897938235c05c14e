"""A check says which run it judged, and first of all if a newer version is waiting."""

from __future__ import annotations

import json
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from IPython.core.interactiveshell import InteractiveShell

UPHILL = "def descent_step(x, grad, lr):\n    return x + lr * grad"
DOWNHILL = "def descent_step(x, grad, lr):\n    return x - lr * grad"
Save = Callable[..., None]


def checked(shell: InteractiveShell, name: str = "descent_step") -> Any:
    result = shell.run_cell(f"%check {name}", store_history=True)
    result.raise_error()
    return result.result.cards[0]


def run(shell: InteractiveShell, *sources: str) -> None:
    """Run cells, whatever they raise."""
    for source in sources:
        shell.run_cell(source, store_history=True)


def test_the_run_that_made_it_is_named(shell: InteractiveShell) -> None:
    run(shell, "1 + 1", UPHILL)
    card = checked(shell)
    assert repr(card).startswith("descent_step: 0 of 1 points. Judged: In [2].")
    assert ">In [2]</span>" in card._repr_html_()
    run(shell, "2 + 2", DOWNHILL)
    assert repr(checked(shell)) == "descent_step: 1 of 1. Judged: In [5]."


@pytest.mark.parametrize(
    "source",
    [
        "from functools import wraps\ndef plain(f):\n    @wraps(f)\n    def g(*a): return f(*a)\n"
        "    return g\n@plain\n" + DOWNHILL,
        "descent_step = lambda x, grad, lr: x - lr * grad",
        "import functools\ndef own(lr, x, grad): return x - lr * grad\n"
        "def descent_step(x, grad, lr): return functools.partial(own, lr)(x, grad)",
    ],
    ids=["decorated", "lambda", "helper"],
)
def test_however_it_was_defined(shell: InteractiveShell, source: str) -> None:
    run(shell, "1 + 1", source, "descent_step")
    assert checked(shell).verdict.run == "In [2]"


def test_a_value_is_of_the_last_cell_that_set_it(shell: InteractiveShell) -> None:
    run(shell, "prediction_edge = 'a'", "prediction_edge = 'b'", "1/0\nprediction_edge = 'c'")
    card = checked(shell, "prediction_edge")
    assert card.verdict.run == "In [2]"
    assert "In [3] stopped at line 1, `1/0` (ZeroDivisionError)" in repr(card)


def test_a_later_version_with_a_syntax_error_is_said_first(shell: InteractiveShell) -> None:
    run(shell, UPHILL, "1 + 1", DOWNHILL + "\n    x = (1,\n")
    card = checked(shell)
    note = card.verdict.note
    assert note.startswith("In [3] has a syntax error at line 3, `x = (1,`")
    assert note.endswith("so its `descent_step` is not there. This verdict is about In [1].")
    assert card._repr_html_().index("syntax error") < card._repr_html_().index("Different")


def test_a_cell_that_stopped_before_it_came_there_is_said_first(shell: InteractiveShell) -> None:
    run(shell, DOWNHILL, f"import math\nmath.sqrt(-1)\n{UPHILL}")
    assert "In [2] stopped at line 2, `math.sqrt(-1)` (ValueError)" in checked(shell).verdict.note


def test_a_cell_that_stopped_behind_it_counts(shell: InteractiveShell) -> None:
    run(shell, UPHILL, f"{DOWNHILL}\n1/0")
    card = checked(shell)
    assert card.verdict.status == "passed"
    assert (card.verdict.run, card.verdict.note) == ("In [2]", "")


def test_a_version_mended_since_is_not_spoken_of(shell: InteractiveShell) -> None:
    run(shell, "def descent_step(x, grad, lr)\n    return x", DOWNHILL)
    assert checked(shell).verdict.note == ""


def test_a_name_that_never_came_about_says_why(shell: InteractiveShell) -> None:
    run(shell, "def descent_step(x, grad, lr)\n    return x")
    said = repr(checked(shell))
    assert "is not known in this kernel: In [1] has a syntax error at line 1" in said


@pytest.fixture
def save(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Save:
    """Writes the notebook of this kernel, some seconds from now."""
    path = tmp_path / "orientation.ipynb"
    monkeypatch.setenv("JPY_SESSION_NAME", str(path))

    def save(*sources: str, later: float = 60.0, grade_id: str = "descent_step") -> None:
        cells = [
            {"cell_type": "code", "metadata": {}, "source": source.splitlines(keepends=True)}
            for source in sources
        ]
        cells[0]["metadata"] = {"nbgrader": {"grade_id": grade_id}}
        path.write_text(json.dumps({"cells": cells}))
        stamp = path.stat().st_mtime + later
        os.utime(path, (stamp, stamp))

    return save


def test_a_cell_edited_since_is_said_first(shell: InteractiveShell, save: Save) -> None:
    run(shell, UPHILL)
    save(DOWNHILL, "%check descent_step")
    note = checked(shell).verdict.note
    assert note.startswith("The saved notebook has another version of `descent_step`, which was")
    assert note.endswith("This verdict is about In [1].")
    run(shell, DOWNHILL)
    assert checked(shell).verdict.note == ""


def test_an_edit_that_is_no_python_yet_is_one_too(shell: InteractiveShell, save: Save) -> None:
    run(shell, UPHILL)
    save("def descent_step(x, grad, lr):\n    return x - (lr * grad")
    assert "another version" in checked(shell).verdict.note


@pytest.mark.parametrize(
    ("saved", "later"),
    [
        ((UPHILL.replace("x + lr", "x  +  lr") + "  # up",), 60.0),
        ((DOWNHILL,), -60.0),
        ((DOWNHILL, UPHILL), 60.0),
        (("1 + 1",), 60.0),
    ],
    ids=["white space and comments", "saved before it ran", "it stands elsewhere", "not in it"],
)
def test_what_is_not_certain_is_not_said(
    shell: InteractiveShell, save: Save, saved: tuple[str, ...], later: float
) -> None:
    run(shell, UPHILL)
    save(*saved, later=later)
    assert checked(shell).verdict.note == ""


def test_two_versions_in_cells_of_ones_own_are_not_certain(
    shell: InteractiveShell, save: Save
) -> None:
    run(shell, UPHILL)
    save("1 + 1", DOWNHILL, DOWNHILL + "  + 0", grade_id="another")
    assert checked(shell).verdict.note == ""


def test_a_notebook_that_cannot_be_read_says_nothing(
    shell: InteractiveShell, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "orientation.ipynb").write_text("[]")
    monkeypatch.setenv("JPY_SESSION_NAME", str(tmp_path / "orientation.ipynb"))
    run(shell, UPHILL)
    assert checked(shell).verdict.note == ""
