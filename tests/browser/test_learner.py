"""A learner opens the first lesson, writes, checks, and moves a slider."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import expect

from .notebook import Notebook

pytestmark = pytest.mark.browser

UPHILL = "def descent_step(x, grad, lr):\n    return x + lr * grad"
DOWNHILL = "def descent_step(x, grad, lr):\n    return x - lr * grad"
WALK = """def descend(grad_fn, x0, lr, steps):
    path = [np.array(x0, dtype=float)]
    for _ in range(steps):
        path.append(descent_step(path[-1], grad_fn(path[-1]), lr))
    return np.array(path)"""
LARGEST = "def largest_stable_lr(curvatures):\n    return 2 / max(curvatures)"
SLIDER = "test_largest_stable_lr-6"


def test_opening_shows_the_lesson_and_changes_nothing(notebook: Notebook) -> None:
    page = notebook.page
    expect(page.get_by_role("heading", name="00 - The descent")).to_be_visible()
    expect(page.locator(".jp-Notebook mjx-container").first).to_be_visible()
    page.wait_for_timeout(2000)  # what would mark it as changed comes after the kernel's greeting
    assert not notebook.changed()
    assert "jp-mod-dirty" not in (notebook.tab.get_attribute("class") or "")
    expect(page.locator(".Toastify__toast")).to_have_count(0)


def test_what_is_for_instructors_is_out_of_sight(notebook: Notebook) -> None:
    page = notebook.page
    expect(page.get_by_role("button", name="Validate")).to_have_count(0)
    expect(page.get_by_title("Create Assignment")).to_have_count(0)
    page.get_by_role("menuitem", name="Nbgrader", exact=True).click()
    expect(page.locator(".lm-Menu-itemLabel", has_text="Assignment List")).to_be_visible()
    offered = page.locator(".lm-Menu-itemLabel").all_inner_texts()
    assert [item for item in offered if item] == ["Assignment List"]


def test_run_all_of_the_blank_notebook_ends_without_a_traceback(notebook: Notebook) -> None:
    outputs = notebook.run_all()
    assert [o for cell in outputs.values() for o in cell if o["output_type"] == "error"] == []
    said = notebook.cell("test_descent_step").locator(".jp-Cell-outputArea")
    expect(said).to_have_text("descent_step is not written yet")


def test_check_names_the_mistake_and_then_gives_the_points(notebook: Notebook) -> None:
    notebook.write("descent_step", UPHILL)
    live = notebook.write("check_descent_step", "%check descent_step").get_by_role("status")
    card = live.get_by_role("group")
    expect(card).to_have_attribute("aria-label", "descent_step: 0 of 1 points, not right yet")
    expect(card).to_contain_text("it climbs: the gradient points uphill")

    notebook.write("descent_step", DOWNHILL)
    card = notebook.run("check_descent_step").get_by_role("group")
    expect(card).to_have_attribute("aria-label", "descent_step: 1 of 1 points, right")

    hint = notebook.add("test_descent_step", "%hint descent_step")
    expect(hint).to_contain_text("Hint 1 of 3")
    progress = notebook.add("test_descent_step", "%progress")
    expect(progress.locator("tbody tr").first).to_contain_text("1 of 1")
    expect(progress).to_contain_text("1 of 7 points")


def test_an_edit_that_was_saved_and_not_run_is_said_before_the_verdict(notebook: Notebook) -> None:
    notebook.write("descent_step", UPHILL)
    notebook.edit("descent_step", DOWNHILL)
    notebook.save()
    card = notebook.write("check_descent_step", "%check descent_step").get_by_role("group")
    expect(card).to_contain_text("The saved notebook has another version of descent_step")
    expect(card).to_contain_text(re.compile(r"This verdict is about In \[\d+\]"))
    notebook.run("descent_step")
    card = notebook.run("check_descent_step").get_by_role("group")
    expect(card).to_have_attribute("aria-label", "descent_step: 1 of 1 points, right")


def test_a_slider_moves_its_figure(notebook: Notebook) -> None:
    notebook.run("start-3")
    notebook.write("descent_step", DOWNHILL)
    notebook.write("descend", WALK)
    notebook.write("largest_stable_lr", LARGEST)
    output = notebook.run(SLIDER)
    figure = output.locator(".jupyter-widgets .jp-OutputArea img")
    expect(figure).to_be_visible()
    before = figure.get_attribute("src")
    output.locator(".noUi-handle").press("ArrowRight")
    expect(output.locator(".widget-readout")).to_have_text("0.31")
    expect(figure).not_to_have_attribute("src", before or "")
    expect(figure).to_have_attribute("alt", re.compile("rate 0.31"))
    still = output.locator("img").first
    expect(still).to_have_attribute("alt", re.compile("^Four views of the bowl"))


def test_what_only_prepares_is_folded_and_says_what_it_is(notebook: Notebook) -> None:
    folded = notebook.cell("start-3")
    expect(folded.locator(".cm-content")).to_have_count(0)
    expect(folded).to_contain_text("# Given: NumPy as np")
    folded.locator(".jp-Placeholder-content").click()
    expect(folded.locator(".cm-content")).to_contain_text("import numpy as np")


def test_the_end_of_a_lesson_leads_to_the_next(notebook: Notebook) -> None:
    notebook.cell("gradient_zero-2").scroll_into_view_if_needed()
    link = notebook.page.get_by_role("link", name="lesson 01")
    expect(link).to_have_attribute("href", re.compile("/work/01_losses/losses.ipynb"))
