"""A learner brings an optimizer of an earlier lesson into the cell that asks for it."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from autograder.course.course import Course

from .notebook import HERE, Notebook

pytestmark = pytest.mark.browser

LESSON, EARLIER = "08_numpy_trainer", "05_optimizers"
CELL = "bring_Adam"
SOURCE = f"""id => {HERE}.content.widgets
    .find(cell => cell.model.id === id).model.sharedModel.getSource()"""


@pytest.fixture
def trainer(page: Page, lab: str, course: Path) -> Iterator[Notebook]:
    """Lesson 08 in `work/`, blank."""
    page.goto(f"{lab}/lab/tree/work/{LESSON}/numpy_trainer.ipynb?reset")
    notebook = Notebook(page)
    yield notebook
    notebook.shut_down()


def solve_earlier_lesson(course: Path) -> None:
    """Put the reference into the learner's notebook of the lesson that has the optimizer."""
    answers = {c.id: c.source for c in Course(course).lesson(EARLIER).notebook().cells}
    path = course / "work" / EARLIER / "optimizers.ipynb"
    notebook = json.loads(path.read_text("utf-8"))
    for cell in notebook["cells"]:
        if cell["metadata"].get("nbgrader", {}).get("solution"):
            cell["source"] = answers[cell["id"]]
    path.write_text(json.dumps(notebook), "utf-8")


def test_what_is_written_there_stands_here(trainer: Notebook, course: Path) -> None:
    page = trainer.page
    given = page.evaluate(SOURCE, CELL)
    for setup in ("start-2", "start-7"):
        trainer.run(setup)
    said = trainer.write(CELL, f"{given}\n%bring")
    expect(said).to_contain_text("`Adam` is not written yet in work/05_optimizers/optimizers.ipynb")
    assert page.evaluate(SOURCE, CELL) == f"{given}\n%bring"

    solve_earlier_lesson(course)
    expect(trainer.run(CELL)).to_contain_text("Brought `Adam` from work/05_optimizers")
    source = page.evaluate(SOURCE, CELL)
    assert source.startswith("# bring: Adam (lesson 05)\ndef adam_step(")
    assert "\nclass Adam:" in source
    assert "%bring" not in source
    said = trainer.add(CELL, "print(Adam is Momentum, Adam.__name__)")
    expect(said).to_have_text("False Adam")

    said = trainer.add(CELL, "%bring softmax_cross_entropy")
    expect(said).to_contain_text("`softmax_cross_entropy` is not written yet in work/02_backprop")
