"""nbgrader's own pages and buttons do what the course's command line does."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from pathlib import Path

import nbformat
import pytest
from nbgrader.api import Gradebook
from playwright.sync_api import Page, expect

from autograder.course.course import Course

from .notebook import Notebook
from .test_learner import DOWNHILL, WALK

pytestmark = pytest.mark.browser
LESSON = "00_orientation"


QUESTION = "gradient_zero"
THOUGHT = "A gradient of zero is a flat place: a bottom, a top, or a saddle."


def hand_in(course: Path, student: str = "ana") -> Path:
    """Two of three exercises are written, and one question is answered in words."""
    notebook = nbformat.read(course / "notebooks" / LESSON / "orientation.ipynb", as_version=4)
    for before, cell in zip([None, *notebook.cells], notebook.cells, strict=False):
        cell.source = {"descent_step": DOWNHILL, "descend": WALK}.get(cell.id, cell.source)
        if before is not None and before.metadata.get("nbgrader", {}).get("grade_id") == QUESTION:
            cell.source = THOUGHT
    path = course / "submitted" / student / LESSON / "orientation.ipynb"
    path.parent.mkdir(parents=True)
    nbformat.write(notebook, path)
    return path


def judged(course: Path, notebook: Path) -> float:
    """The score that `autograder judge` gives."""
    answer = subprocess.run(
        [sys.executable, "-m", "autograder", "judge", str(notebook), "--json"],
        cwd=course,
        capture_output=True,
        text=True,
        check=False,
    )
    score: float = json.loads(answer.stdout)["score"]
    return score


def press(page: Page, button: str) -> None:
    """Click on one of the formgrader's signs, and close its report of success."""
    page.locator(f"tr:has-text('{LESSON}'), tr:has-text('ana')").first.locator(button).click()
    page.locator("#success-modal, #error-modal").first.wait_for()
    report = page.locator(".modal-body").inner_text()
    assert page.locator("#success-modal").count() == 1, report
    page.locator(".modal-footer button").last.click()
    page.locator(".modal").first.wait_for(state="detached")


def test_formgrader_lists_the_lessons_without_a_warning(page: Page, lab: str, course: Path) -> None:
    page.goto(f"{lab}/formgrader/manage_assignments")
    for lesson in Course(course).lesson_ids():
        expect(page.locator("td.name", has_text=lesson)).to_be_visible()
    expect(page.locator(".alert-warning, .alert-danger")).to_have_count(0)


@pytest.mark.sealed
def test_formgraders_buttons_grade_as_judge_does(page: Page, lab: str, course: Path) -> None:
    submitted = hand_in(course)
    page.goto(f"{lab}/formgrader/manage_assignments")
    press(page, ".assign a")
    page.goto(f"{lab}/formgrader/manage_submissions/{LESSON}")
    press(page, ".autograde a")
    score = judged(course, submitted)
    assert score == 3.0
    expect(page.locator("td.score")).to_have_text(re.compile(rf"^{score:g} / "))
    press(page, ".generate-feedback a")
    feedback = course / "feedback" / "ana" / LESSON / "orientation.html"
    assert "largest_stable_lr" in feedback.read_text()


def test_validate_runs_visible_tests_only_and_ends(
    instructors_page: Page, instructors_lab: str
) -> None:
    page = instructors_page
    page.goto(f"{instructors_lab}/lab/tree/notebooks/{LESSON}/orientation.ipynb")
    notebook = Notebook(page)
    notebook.write("descent_step", DOWNHILL)
    page.get_by_role("menuitem", name="Nbgrader", exact=True).click()
    expect(page.locator(".lm-Menu-itemLabel", has_text="Formgrader").first).to_be_visible()
    page.keyboard.press("Escape")
    page.get_by_role("button", name="Validate").click()
    report = page.locator(".jp-Dialog-content")
    expect(report).to_contain_text("failed")
    expect(report).to_contain_text("descend is not written yet")
    expect(report).not_to_contain_text("autograder")
    report.get_by_role("button").last.click()
    notebook.shut_down()


@pytest.mark.sealed
def test_an_answer_in_words_is_read_beside_its_mark_scheme_and_gets_points(
    page: Page, lab: str, course: Path
) -> None:
    hand_in(course, "ben")
    grade = [sys.executable, "-m", "autograder", "grade", LESSON, "--student", "ben"]
    subprocess.run(grade, cwd=course, check=True, capture_output=True)

    database = f"sqlite:///{course / 'gradebook.db'}"
    with Gradebook(database) as gradebook:
        handed_in = gradebook.find_submission_notebook("orientation", LESSON, "ben").id
    page.goto(f"{lab}/formgrader/submissions/{handed_in}")
    expect(page.get_by_text(THOUGHT)).to_be_visible()
    question = page.locator(".nbgrader_cell", has=page.locator(f"#{QUESTION}"))
    expect(question).to_contain_text("1 point:")  # the mark scheme
    question.locator("input.score").fill("2")
    question.locator("input.score").press("Tab")
    expect(question.locator(".score-saved")).to_be_visible()

    with Gradebook(database) as gradebook:
        graded = gradebook.find_grade(QUESTION, "orientation", LESSON, "ben")
        assert graded.manual_score == 2.0
        assert gradebook.find_submission(LESSON, "ben").score == 5.0
