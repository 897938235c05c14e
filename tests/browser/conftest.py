"""A course, its JupyterLab and a browser, each started once."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect, sync_playwright

from .course import TOKEN, copy_course, make_lab
from .notebook import Notebook

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
QUIET = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)
PATIENCE = 90_000  # milliseconds
expect.set_options(timeout=PATIENCE)


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """Chromium; without one, tests are skipped, or fail where DESCENT_REQUIRE_BROWSER=1."""
    path = next(filter(None, map(shutil.which, NAMES)), None)
    if path is None:
        reason = f"needs one of {', '.join(NAMES)} on PATH (Debian: apt-get install chromium)"
        if os.environ.get("DESCENT_REQUIRE_BROWSER", "") not in ("", "0"):
            pytest.fail(reason, pytrace=False)
        pytest.skip(reason)
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=path, args=QUIET)
        yield chromium
        chromium.close()


@pytest.fixture(scope="session")
def course(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy of the course."""
    return copy_course(tmp_path_factory.mktemp("browser") / "course")


@pytest.fixture(scope="session")
def lab(browser: Browser, course: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of `make lab` in that copy."""
    with make_lab(course, tmp_path_factory.mktemp("home")) as address:
        yield address


@pytest.fixture(scope="session")
def instructors_lab(
    browser: Browser, course: Path, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[str]:
    """The address of `make teach` in that copy."""
    with make_lab(course, tmp_path_factory.mktemp("teacher"), "teach") as address:
        yield address


@pytest.fixture
def page(browser: Browser, lab: str) -> Iterator[Page]:
    """A page that has shown its token, in a context of its own."""
    with _page(browser, lab) as page:
        yield page


@pytest.fixture
def instructors_page(browser: Browser, instructors_lab: str) -> Iterator[Page]:
    """The same, of `make teach`."""
    with _page(browser, instructors_lab) as page:
        yield page


@contextmanager
def _page(browser: Browser, lab: str) -> Iterator[Page]:
    with browser.new_context(viewport={"width": 1280, "height": 900}) as context:
        context.set_default_timeout(PATIENCE)
        page = context.new_page()
        page.goto(f"{lab}/api/status?token={TOKEN}")
        yield page


@pytest.fixture
def notebook(page: Page, lab: str, course: Path) -> Iterator[Notebook]:
    """Lesson 00 in `work/`, blank, with a kernel that is ready."""
    folder = course / "work" / "00_orientation"
    blank = course / "work" / ".descent" / "given" / "00_orientation.ipynb"
    shutil.copy2(blank, folder / "orientation.ipynb")  # Validate, for one, saves it
    (course / "work" / ".descent" / "progress.json").unlink(missing_ok=True)
    page.goto(f"{lab}/lab/tree/work/00_orientation/orientation.ipynb?reset")  # no other tabs
    notebook = Notebook(page)
    yield notebook
    notebook.shut_down()
