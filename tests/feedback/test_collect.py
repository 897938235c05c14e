"""Which of a submission's cells a page shows, and where."""

from __future__ import annotations

from nbformat.v4 import new_code_cell, new_markdown_cell

from autograder.demo.students import right_sources
from autograder.feedback.page import Grade
from autograder.judging.verdict import Verdict
from tests.feedback.making import (
    LESSON,
    QUESTION,
    answer,
    graded,
    grades,
    html_of,
    page_of,
    said,
    stream,
    verdicts,
)


def part(page, name):
    (found,) = (part for part in (*page.exercises, *page.questions) if part.name == name)
    return found


def sources(cells):
    return [cell.source for cell in cells]


def test_an_exercise_has_the_learners_code_and_what_it_printed():
    page = page_of(graded(outputs={"descent_step": [stream("hello\n")]}))
    (cell,) = part(page, "descent_step").cells
    assert cell.source == right_sources(LESSON)["descent_step"]
    assert [one.text for one in cell.shown] == ["hello"]


def test_a_blank_exercise_has_no_code_and_the_lesson_is_not_there():
    blank = {k: Verdict(k, "not_attempted", 0.0, 1.0) for k in LESSON.exercises}
    page = page_of(graded(sources={}), judged=blank)
    assert all(not part.cells for part in (*page.exercises, *page.questions))
    assert not page.others
    words = said(html_of(graded(sources={}), judged=blank))
    assert "is not written yet" not in words
    assert "assert" not in words


def test_every_attempt_is_shown_in_its_order():
    def change(notebook):
        notebook.cells.append(new_code_cell("def descent_step(x, grad, lr):\n    return 2"))

    first, second = sources(part(page_of(graded(change)), "descent_step").cells)
    assert first.startswith("def descent_step")
    assert second.endswith("return 2")


def test_what_is_written_in_the_cell_of_another_exercise_is_shown_with_both():
    right = right_sources(LESSON)
    both = f"{right['descent_step']}\n\n{right['descend']}"
    page = page_of(graded(sources={**right, "descent_step": both, "descend": ""}))
    assert sources(part(page, "descent_step").cells) == [both]
    assert sources(part(page, "descend").cells) == [both]


def test_an_answer_may_be_several_cells():
    def change(notebook):
        answer(notebook, "It is flat.")
        place = next(i for i, cell in enumerate(notebook.cells) if cell.source == "It is flat.")
        notebook.cells[place + 1 : place + 1] = [
            new_code_cell("print(1 / 3)"), new_markdown_cell("So it need not be the bottom.")
        ]  # fmt: skip

    page = page_of(graded(change))
    found = part(page, QUESTION)
    assert sources(found.cells) == ["It is flat.", "print(1 / 3)", "So it need not be the bottom."]
    assert [cell.is_code for cell in found.cells] == [False, True, False]
    assert not page.others
    assert all(not other.cells for other in page.questions if other.name != QUESTION)


def test_a_question_has_its_text_and_its_scheme_apart():
    found = part(page_of(), QUESTION)
    assert "MARK SCHEME" not in found.text + found.scheme
    assert "1 point:" in found.scheme
    assert "1 point:" not in found.text


def test_a_prediction_has_its_question():
    key = next(key for key, e in LESSON.exercises.items() if e.is_prediction)
    assert "(a)" in part(page_of(), key).question
    page = html_of()
    assert page.index("<summary>The question</summary>") > page.index(f'<article id="{key}">')


def test_what_belongs_to_no_exercise_is_folded():
    def change(notebook):
        notebook.cells.insert(2, new_code_cell("def helper(x):\n    return x"))

    notebook = graded(change)
    assert sources(page_of(notebook).others) == ["def helper(x):\n    return x"]
    assert "1 that belong to no exercise" not in said(html_of(notebook))
    assert "1 cell that belongs to no exercise" in said(html_of(notebook))


def test_what_was_not_found_in_its_place_or_not_read_is_said_at_the_top():
    def change(notebook):
        notebook.cells.insert(2, new_code_cell("# Cell 3 is too large to read: 6.2 MB, and so on."))

    notes = ["descend: found by the name that it defines"]
    page = html_of(graded(change, hand_in={"problem": "", "notes": notes}))
    words = said(page)
    assert "descend: found by the name that it defines." in words
    assert words.index("was not read, and is not graded") < words.index("was found, and counts")
    assert "Cell 3 is too large to read: 6.2 MB, and so on." in words[: words.index("What to do")]
    assert page.index("About the file you handed in") < page.index("What to do next")


def test_a_file_that_is_no_notebook_has_a_page_that_says_so_and_nothing_else():
    why = "**What you handed in could not be read as a notebook: the file is empty.** 0 points."
    words = said(html_of(graded(sources={}, hand_in={"problem": why, "notes": []})))
    assert "could not be read as a notebook: the file is empty." in words
    assert "hand it in again" in words
    assert "descent_step" not in words
    assert "not begun" not in words


def test_of_an_earlier_edition_the_printed_verdict_is_shown():
    text = "A visible test fails: downhill\ndescent_step: 0 of 1 points.\nDifferent: its sign.\n"
    blank = "descend: 0 of 2 points. Not attempted yet.\n"
    score = {"output_type": "execute_result", "data": {"text/plain": "0.0"}}
    outputs = {
        "test_descent_step": [stream(text), score],
        "test_descend": [stream(blank), score],
    }
    kept = verdicts()
    del kept["descent_step"], kept["descend"]
    given = grades(test_descent_step=Grade(0.0, 1.0), test_descend=Grade(0.0, 2.0))
    page = page_of(graded(outputs=outputs), judged=kept, given=given)
    verdict = part(page, "descent_step").verdict
    assert verdict.status == "failed"
    assert "Different: its sign." in verdict.note
    assert "0.0" not in verdict.note
    assert part(page, "descend").verdict.status == "not_attempted"
