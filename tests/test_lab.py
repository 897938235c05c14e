"""`make lab`: the server it starts has the course's settings and nbgrader's extensions."""

from __future__ import annotations

import json
import re
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from autograder.course.course import Course

from .browser.course import ROOT, TOKEN, copy_course, make_lab


class Lab:
    """A running `make lab`, asked over HTTP as a browser would."""

    def __init__(self, address: str) -> None:
        self.root = address

    def get(self, path: str) -> tuple[str, str]:
        """The address where redirects end, and what stands there."""
        request = urllib.request.Request(
            self.root + path, headers={"Authorization": f"token {TOKEN}"}
        )
        with urllib.request.urlopen(request, timeout=20) as answer:
            return answer.url, answer.read().decode()

    def json(self, path: str) -> Any:
        return json.loads(self.get(path)[1])


@pytest.fixture(scope="module")
def course(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy of the course: what `make lab` puts into `work/` is not put into ours."""
    return copy_course(tmp_path_factory.mktemp("lab") / "course")


@pytest.fixture(scope="module")
def lab(course: Path) -> Iterator[Lab]:
    home = course.with_name("home")
    home.mkdir()
    with make_lab(course, home) as address:
        yield Lab(address)


def test_it_opens_the_map_of_the_course(lab: Lab) -> None:
    address, _ = lab.get("/")
    assert address.endswith("/lab/tree/work/start.ipynb")
    assert lab.json("/api/contents/work/start.ipynb?content=0")["type"] == "notebook"
    links = re.findall(r"\]\((\S+)\)", json.dumps(lab.json("/api/contents/work/start.ipynb")))
    assert len(set(links)) == len(Course(ROOT).lesson_ids())
    for link in set(links):
        assert lab.json(f"/api/contents/work/{link}?content=0")["type"] == "notebook"


def test_it_says_what_it_does_before_it_does_it(lab: Lab, course: Path) -> None:
    first, second, *_ = course.with_name("home").joinpath("lab.log").read_text().splitlines()
    assert first.startswith("Starting JupyterLab")
    assert second == f"{len(Course(ROOT).lesson_ids())} lessons put into work/."


def test_it_asks_nobody_for_news(lab: Lab) -> None:
    settings = lab.json("/lab/api/settings/@jupyterlab/apputils-extension:notification")
    defaults = {key: value["default"] for key, value in settings["schema"]["properties"].items()}
    assert defaults["fetchNews"] == "false"
    assert defaults["checkForUpdates"] is False


def test_its_python_is_the_environments(lab: Lab) -> None:
    kernels = lab.json("/api/kernelspecs")
    assert kernels["default"] == "python3"
    assert kernels["kernelspecs"]["python3"]["spec"]["language"] == "python"


def test_formgrader_finds_the_course_and_its_exchange(lab: Lab) -> None:
    _, page = lab.get("/formgrader/manage_assignments")
    assert "warning-exchange" not in page, "the exchange folder is not there"
    assert "alert-danger" not in page
    assert "solutions" in page, "nbgrader_config.py was not read"


def test_nbgraders_menu_has_its_server_side(lab: Lab) -> None:
    assert lab.json("/assignments?course_id=descent")["success"] is True
    assert lab.json("/nbgrader_version?version=0.9.6")["success"] is True
