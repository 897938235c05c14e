"""Lessons that nbgrader's exchange hands out: fetched into `work/`, submitted from there."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from nbgrader.server_extensions.assignment_list.handlers import AssignmentList

from autograder.authoring.build import write_release
from autograder.course.course import Course
from autograder.course.notebooks import to_bytes
from autograder.work.working_copy import read
from autograder.work.workplace import fill

ROOT = Path(__file__).parents[2]
TINY, OTHER = "90_tiny", "91_tiny"


@pytest.fixture(scope="module")
def handed_out(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The tiny course and a second lesson; the first is in the exchange."""
    root = tmp_path_factory.mktemp("exchange") / "course"
    shutil.copytree(ROOT / "tests" / "fixtures" / "tiny_course", root)
    shutil.copytree(root / "solutions" / TINY, root / "solutions" / OTHER)
    shutil.copy2(ROOT / "nbgrader_config.py", root)
    (root / "exchange").mkdir()
    (root / "exchange").chmod(0o777)
    course = Course(root)
    notebook = course.lesson(TINY).notebook()
    (root / "solutions" / TINY / "tiny.ipynb").write_bytes(to_bytes(notebook))
    for command in ("generate_assignment", "release_assignment"):
        assert nbgrader(course, command, TINY).returncode == 0
    return root


@pytest.fixture
def course(handed_out: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Course:
    """A copy of it for one learner."""
    for name in ("HOME", "JUPYTER_DATA_DIR", "JUPYTER_CONFIG_DIR"):
        monkeypatch.setenv(name, str(tmp_path / "home"))
    return Course(Path(shutil.copytree(handed_out, tmp_path / "course")))


def nbgrader(course: Course, *arguments: str) -> subprocess.CompletedProcess[str]:
    """Run nbgrader in the course's folder."""
    scripts = Path(sys.executable).parent
    return subprocess.run(
        [scripts / "nbgrader", *arguments],
        cwd=course.root,
        env={**os.environ, "PATH": f"{scripts}{os.pathsep}{os.environ['PATH']}"},
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )


def test_what_can_be_fetched_is_not_put_there(course: Course) -> None:
    assert fill(course).said == []
    assert not (course.work / TINY).exists()
    assert not (course.work / OTHER).exists(), "it may be handed out next week"
    [problem] = fill(course, [TINY]).problems
    assert problem.endswith("`nbgrader fetch_assignment 90_tiny`")
    page = (course.work / "start.ipynb").read_text()
    assert "Assignment List" in page
    assert "`%work 91_tiny` puts it here" in page
    assert fill(course, [OTHER]).said == ["1 lesson put into work/."]
    assert (course.work / OTHER / "tiny.ipynb").is_file()


def test_nbgraders_commands_fetch_into_work_and_submit_from_there(course: Course) -> None:
    fill(course)
    fetched = nbgrader(course, "fetch_assignment", TINY)
    assert fetched.returncode == 0, fetched.stderr
    notebook = course.work / TINY / "tiny.ipynb"
    assert fill(course).problems == []
    notebook.write_bytes(notebook.read_bytes().replace(b"is not written yet", b"is mine"))
    written = notebook.read_bytes()
    assert fill(course).said == []
    assert notebook.read_bytes() == written
    submitted = nbgrader(course, "submit", TINY)
    assert submitted.returncode == 0, submitted.stderr
    [handed_in] = (course.root / "exchange" / "descent" / "inbound").glob("*/tiny.ipynb")
    assert handed_in.read_bytes() == written


def test_check_cells_of_what_was_fetched_are_made_ready(course: Course) -> None:
    assert nbgrader(course, "fetch_assignment", TINY).returncode == 0
    fill(course)
    cells = read((course.work / TINY / "tiny.ipynb").read_bytes()).cells
    assert [c.source for c in cells] == [
        c.source.removeprefix("# ") if c.source.startswith("# %check ") else c.source
        for c in course.lesson(TINY).release().cells
    ]
    assert "%check double" in [c.source for c in cells]


def test_a_new_release_is_not_laid_over_what_was_fetched(course: Course) -> None:
    fill(course)
    nbgrader(course, "fetch_assignment", TINY)
    fill(course)  # makes its check cells ready
    notebook = course.work / TINY / "tiny.ipynb"
    before = notebook.read_bytes()
    source = course.solutions / TINY / "tiny.py"
    source.write_text(source.read_text().replace("# A tiny lesson", "# A small lesson"))
    write_release(course, course.lesson(TINY))
    assert fill(course).said == []
    assert notebook.read_bytes() == before


def test_assignment_list_finds_fetches_and_submits(
    course: Course, monkeypatch: pytest.MonkeyPatch
) -> None:
    fill(course)
    monkeypatch.chdir(course.root)
    monkeypatch.setattr(sys, "argv", ["jupyter-lab"])
    manager = AssignmentList()
    manager.root_dir = str(course.root)

    def status() -> list[tuple[str, str]]:
        listed = manager.list_assignments(course_id="descent")
        assert listed["success"], listed["value"]
        return [(item["assignment_id"], item["status"]) for item in listed["value"]]

    assert status() == [(TINY, "released")]
    assert manager.fetch_assignment("descent", TINY) == {"success": True}
    assert status() == [(TINY, "fetched")]
    assert (course.work / TINY / "tiny.ipynb").is_file()
    assert manager.submit_assignment("descent", TINY) == {"success": True}
    assert status() == [(TINY, "fetched"), (TINY, "submitted")]


def test_a_notebook_from_before_is_not_handed_in(course: Course) -> None:
    fill(course)
    nbgrader(course, "fetch_assignment", TINY)
    folder = course.work / TINY
    shutil.copy2(folder / "tiny.ipynb", folder / "tiny (before 2026-11-28).ipynb")
    assert nbgrader(course, "submit", TINY).returncode == 0
    [handed_in] = (course.root / "exchange" / "descent" / "inbound").iterdir()
    assert [path.name for path in handed_in.glob("*.ipynb")] == ["tiny.ipynb"]


@pytest.mark.sealed
def test_feedback_comes_back_under_nbgraders_names(course: Course) -> None:
    config = course.root / "nbgrader_config.py"
    hidden = f"autograder.hidden.__path__.append({str(ROOT / 'tests/fixtures/tiny_hidden')!r})"
    config.write_text(f"{config.read_text()}\nimport autograder.hidden\n{hidden}\n")
    for command in (
        *("fetch_assignment", "submit", "collect", "autograde", "generate_feedback"),
        *("release_feedback", "fetch_feedback"),
    ):
        done = nbgrader(course, command, TINY)
        assert done.returncode == 0, f"{command}: {done.stderr}"
    [released] = (course.root / "exchange" / "descent" / "feedback").iterdir()
    assert released.suffix == ".html"
    [fetched] = (course.work / TINY / "feedback").glob("*/*")
    assert fetched.name == "tiny.html"
    assert fetched.read_bytes() == released.read_bytes()
    assert "3 exercises are not begun" in fetched.read_text()


@pytest.mark.parametrize("wrote", [True, False])
def test_generate_assignment_refuses_to_remove_what_someone_wrote(
    course: Course, wrote: bool
) -> None:
    notebook = course.notebooks / TINY / "tiny.ipynb"
    if wrote:
        notebook.write_bytes(notebook.read_bytes().replace(b"raise NotImpl", b"return 2  # Not"))
    before = notebook.read_bytes()
    done = nbgrader(course, "generate_assignment", TINY, "--force")
    assert done.returncode == wrote
    assert ("move the file to work/90_tiny/ first" in " ".join(done.stderr.split())) is wrote
    assert notebook.read_bytes() == before
