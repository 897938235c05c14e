"""What `make lab` opens: the map of the course, right before anything is run."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from .notebook import Notebook
from .test_learner import DOWNHILL

pytestmark = pytest.mark.browser


def test_the_map_opens_first_and_leads_to_the_lessons(page: Page, lab: str, course: Path) -> None:
    page.goto(f"{lab}/lab/tree/work/start.ipynb?reset")  # no tabs of other tests
    start = Notebook(page)
    page.wait_for_timeout(2000)  # what would mark it as changed comes after the kernel's greeting
    assert not start.changed()
    rows = page.locator(".jp-OutputArea-output.jp-RenderedMarkdown tbody tr")
    expect(rows).to_have_count(len(list((course / "solutions").glob("[0-9]*"))))
    expect(rows.first).to_contain_text("about 60 minutes")
    expect(rows.first).to_contain_text("not begun")
    rows.first.get_by_role("link").click()
    expect(page.get_by_role("heading", name="00 - The descent").first).to_be_visible()
    start.shut_down()


def test_a_restarted_kernel_knows_what_was_right(notebook: Notebook) -> None:
    notebook.write("descent_step", DOWNHILL)
    notebook.add("test_descent_step", "%check descent_step")
    notebook.restart()
    progress = notebook.add("test_descent_step", "%progress")
    expect(progress.locator("tbody tr").first).to_contain_text("right on")
    expect(progress).to_contain_text("1 of 7 points")
    whole = notebook.add("test_descent_step", "%progress all")
    there = re.compile("/work/00_orientation/orientation.ipynb")
    expect(whole.get_by_role("link").first).to_have_attribute("href", there)
