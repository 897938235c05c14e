"""A learner's notebook meets a new edition, cell by cell."""

from __future__ import annotations

import pytest
from nbformat import NotebookNode
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook, new_output

from autograder.course.cells import identify_cells
from autograder.work.editions import carry_over, only_what_is_mine

STUB = "def f(x):\n    raise NotImplementedError"


def solution(source: str = STUB, name: str = "f") -> NotebookNode:
    nbgrader = {"grade_id": name, "solution": True, "grade": False, "task": False}
    return new_code_cell(source, metadata={"nbgrader": nbgrader})


def graded(source: str = "assert f(1) == 1", name: str = "test_f") -> NotebookNode:
    nbgrader = {"grade_id": name, "solution": False, "grade": True, "task": False}
    return new_code_cell(source, metadata={"nbgrader": nbgrader})


def task() -> NotebookNode:
    return new_markdown_cell("Why?", metadata={"nbgrader": {"grade_id": "why", "task": True}})


def edition(*cells: NotebookNode) -> NotebookNode:
    return identify_cells(new_notebook(cells=list(cells)))


def lesson(title: str = "# Old", demo: str = "f(2)", *more: NotebookNode) -> NotebookNode:
    end = new_code_cell(demo), task(), new_markdown_cell("*Your answer here.*")
    return edition(new_markdown_cell(title), *more, solution(), graded(), *end)


def own(source: str, name: str = "c0ffee00") -> NotebookNode:
    return new_code_cell(source, id=name)


def begun(given: NotebookNode, **sources: str) -> NotebookNode:
    """A copy of an edition with sources in its cells, by their ids (`_` for `-`)."""
    mine: NotebookNode = new_notebook(cells=[NotebookNode(cell) for cell in given.cells])
    for cell in mine.cells:
        cell.source = sources.get(cell.id.replace("-", "_"), cell.source)
    return mine


def sources(notebook: NotebookNode) -> list[str]:
    return [cell.source for cell in notebook.cells]


def test_what_nobody_touched_is_the_new_edition() -> None:
    new = lesson("# New", "f(3)", new_markdown_cell("More."))
    assert carry_over(begun(lesson()), lesson(), new) == new


def test_an_answer_goes_where_its_exercise_went() -> None:
    new = edition(new_markdown_cell("# New"), solution(name="g"), solution(), graded())
    made = carry_over(begun(lesson(), f="def f(x): return x"), lesson(), new)
    assert sources(made) == ["# New", STUB, "def f(x): return x", "assert f(1) == 1"]


def test_an_answer_in_words_is_found_though_ids_moved() -> None:
    new = lesson("# New", "f(2)", new_markdown_cell("More."), new_code_cell("1"))
    made = carry_over(begun(lesson(), why_1="So."), lesson(), new)
    assert made.cells[-1].source == "So."


def test_a_changed_demo_stays_where_the_author_left_it_alone() -> None:
    made = carry_over(begun(lesson(), test_f_1="f(9)"), lesson(), lesson("# New"))
    assert sources(made) == [*sources(lesson("# New"))[:3], "f(9)", "Why?", "*Your answer here.*"]


def test_where_both_changed_a_cell_both_stay() -> None:
    made = carry_over(begun(lesson(), test_f_1="f(9)"), lesson(), lesson("# Old", "f(3)"))
    assert sources(made)[3:5] == ["f(3)", "f(9)"]


def test_the_tests_are_the_new_editions() -> None:
    new = edition(new_markdown_cell("# Old"), solution(), graded("assert f(1) == 2"))
    made = carry_over(begun(lesson(), test_f="assert True"), lesson(), new)
    assert sources(made)[2:4] == ["assert f(1) == 2", "assert True"]
    assert "nbgrader" not in made.cells[3].metadata


def test_an_exercise_that_is_gone_leaves_its_answer() -> None:
    new = edition(new_markdown_cell("# New"), solution(name="g"), graded(name="test_g"))
    made = carry_over(begun(lesson(), f="def f(x): return x"), lesson(), new)
    assert "def f(x): return x" in sources(made)


def test_cells_of_ones_own_stay_behind_what_they_stood_behind() -> None:
    mine = begun(lesson())
    mine.cells.insert(0, own("import this", "0"))
    mine.cells.insert(3, own("f(7)", "1"))
    made = carry_over(mine, lesson(), lesson("# New", "f(2)", new_markdown_cell("More.")))
    assert sources(made)[:5] == ["import this", "# New", "More.", STUB, "f(7)"]


def test_a_split_answer_stays_split_and_no_two_cells_have_one_id() -> None:
    mine = begun(lesson(), f="def f(x):\n    return g(x)")
    mine.cells.insert(2, NotebookNode(solution("def g(x):\n    return x"), id="5p1it"))
    mine.cells.insert(3, own("f(1)", "start-2"))
    made = carry_over(mine, lesson(), lesson("# New", "f(2)", new_markdown_cell("More.")))
    assert sources(made)[2:5] == ["def f(x):\n    return g(x)", "def g(x):\n    return x", "f(1)"]
    ids = [cell.id for cell in made.cells]
    assert len(ids) == len(set(ids))


def test_what_ran_keeps_its_output_and_what_changed_loses_it() -> None:
    mine = begun(lesson(), f="def f(x): return x")
    for number, cell in enumerate(mine.cells):
        if cell.cell_type == "code":
            cell.outputs, cell.execution_count = [new_output("stream", text=str(number))], number
    made = carry_over(mine, lesson(), lesson("# New", "f(3)"))
    ran = {c.source: c.execution_count for c in made.cells if c.cell_type == "code"}
    assert ran == {"def f(x): return x": 1, "assert f(1) == 1": 2, "f(3)": None}


def test_a_pasted_picture_comes_along() -> None:
    mine = begun(lesson(), why_1="![](x.png)")
    mine.cells[-1]["attachments"] = {"x.png": {"image/png": "AAAA"}}
    made = carry_over(mine, lesson(), lesson("# New"))
    assert made.cells[-1].attachments["x.png"] == {"image/png": "AAAA"}


@pytest.mark.parametrize("lost", [[], ["id"], ["id", "metadata"]])
def test_an_editor_that_drops_ids_loses_no_answer(lost: list[str]) -> None:
    mine = begun(lesson(), f="def f(x): return x", why_1="So.")
    for cell in mine.cells:
        if "id" in lost:
            del cell["id"]
        if "metadata" in lost:
            cell["metadata"] = NotebookNode()
    made = carry_over(mine, lesson(), lesson("# New"))
    assert {"def f(x): return x", "So."} <= set(sources(made))
    assert "# Old" not in sources(made)


def test_without_the_edition_it_began_as_answers_and_own_cells_are_told_by_their_place() -> None:
    mine = begun(lesson("# Old", "f(1)"), f="def f(x): return x", why_1="So.")
    mine.cells.insert(5, own("1"))  # between the question and its answer
    new = lesson("# New", "f(3)", new_markdown_cell("More."))
    made = carry_over(only_what_is_mine(mine, new), new, new)
    assert sources(made) == [
        "# New", "More.", "def f(x): return x", "assert f(1) == 1", "f(3)", "Why?", "1", "So.",
    ]  # fmt: skip


def test_carrying_over_leaves_what_it_is_given_alone() -> None:
    mine, given, new = begun(lesson(), f="def f(x): return x"), lesson(), lesson("# New")
    carry_over(mine, given, new)
    assert (given, new) == (lesson(), lesson("# New"))
    assert mine == begun(lesson(), f="def f(x): return x")
