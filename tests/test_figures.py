"""Every figure of the course reaches its page with a description of what is to be seen."""

from __future__ import annotations

import shutil
import subprocess
import sys
from html.parser import HTMLParser
from pathlib import Path

import nbformat
import pytest
from nbconvert import HTMLExporter
from nbformat.v4 import new_code_cell, new_notebook, new_output

from autograder.course.course import Course
from autograder.course.notebooks import solution_path
from autograder.feedback.outputs import shown_of
from tests.feedback.making import PNG

ROOT = Path(__file__).resolve().parents[1]
COURSE = Course.find(ROOT)
IMAGE = '<img alt="A line." src="data:image/png;base64,{}">'


class Images(HTMLParser):
    """The attributes of each image of a page, drawings that name themselves one included."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.found: list[dict[str, str | None]] = []
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag == "img" or dict(attrs).get("role") == "img":
            self.found.append(dict(attrs))


@pytest.mark.parametrize("lesson_id", COURSE.lesson_ids())
def test_every_image_of_a_solution_page_is_described(lesson_id: str) -> None:
    notebook = nbformat.read(solution_path(COURSE, COURSE.lesson(lesson_id)), as_version=4)
    # The code alone would take most of the time: it is coloured, and cleaned.
    page, _ = HTMLExporter(exclude_input=True).from_notebook_node(notebook)
    images = Images(page).found
    described = [image.get("alt") or image.get("aria-label") or "" for image in images]
    assert len(described) >= 6
    assert all(len(text) > 20 for text in described)


def test_feedback_keeps_the_image_and_its_description() -> None:
    image = IMAGE.format(PNG)
    output = new_output("display_data", data={"text/html": image, "text/plain": "A line."})
    (shown,) = shown_of([output])
    assert shown.picture is not None
    assert shown.picture.alt == "A line."
    assert shown.picture.source in image


@pytest.mark.parametrize(("alt", "passes"), [("A line.", True), ("A curve.", False)])
def test_nbval_compares_descriptions_and_not_bytes(tmp_path: Path, alt: str, passes: bool) -> None:
    for name in ("conftest.py", "nbval.cfg"):
        shutil.copy2(COURSE.solutions / name, tmp_path / name)
    source = f"from IPython.display import HTML, display\ndisplay(HTML({IMAGE.format('aGk=')!r}))"
    stored = IMAGE.format("b3RoZXI=").replace("A line.", alt)
    plain = "<IPython.core.display.HTML object>"
    output = new_output("display_data", data={"text/html": stored, "text/plain": plain})
    notebook = new_notebook(cells=[new_code_cell(source, outputs=[output], execution_count=1)])
    notebook.metadata.kernelspec = {"name": "python3", "display_name": "Python 3"}
    nbformat.write(notebook, tmp_path / "one.ipynb")
    done = subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "--nbval", "one.ipynb"],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert (done.returncode == 0) is passes, done.stdout
