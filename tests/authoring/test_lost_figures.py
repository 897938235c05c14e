"""Figures reach notebooks whatever the environment says of matplotlib, or `build` says that not."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import nbformat
import pytest
from jupyter_client.manager import start_new_kernel

from autograder.authoring.build import BuildError, build
from autograder.course.course import Course
from autograder.course.notebooks import solution_path

ROOT = Path(__file__).resolve().parents[2]
TINY = "90_tiny"
INLINE = "module://matplotlib_inline.backend_inline"
IPYMPL = "module://ipympl.backend_nbagg"


@pytest.fixture
def course(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Course:
    """A course with the tiny lesson, which draws a figure unless NO_FIGURE is set."""
    fixtures = ROOT / "tests" / "fixtures"
    shutil.copytree(fixtures / "tiny_course", tmp_path / "course")
    (tmp_path / "course" / "nbgrader_config.py").touch()
    startup = tmp_path / "ipython" / "profile_default" / "startup"
    startup.mkdir(parents=True)
    (startup / "00-tiny.py").write_text(
        "import autograder.hidden\n"
        f"autograder.hidden.__path__.append({str(fixtures / 'tiny_hidden')!r})\n"
    )
    monkeypatch.setenv("IPYTHONDIR", str(tmp_path / "ipython"))
    course = Course(tmp_path / "course")
    draw(
        course,
        "import os\nimport matplotlib.pyplot as plt\n"
        "if 'NO_FIGURE' not in os.environ:\n    plt.plot(doubled)\n",
    )
    return course


def draw(course: Course, code: str) -> None:
    """Put code into the demo cell."""
    path = course.solutions / TINY / "tiny.py"
    path.write_text(path.read_text().replace("print(doubled)\n", code + "print(doubled)\n"))


def kinds(course: Course) -> list[str]:
    """What the demo cell of the built notebook shows."""
    notebook = nbformat.read(solution_path(course, course.lesson(TINY)), as_version=4)
    [cell] = [c for c in notebook.cells if "plt.plot" in c.source]
    return [kind for output in cell.outputs for kind in output.get("data", {})]


def test_build_shows_figures_whatever_the_environment_says(
    course: Course, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("MPLBACKEND", "Agg")
    build(course)
    assert "image/png" in kinds(course)


def test_build_refuses_figures_that_were_drawn_and_not_shown(course: Course) -> None:
    path = course.solutions / TINY / "tiny.py"
    path.write_text(
        path.read_text().replace("import os", "import matplotlib; matplotlib.use('agg')")
    )
    path.write_text(path.read_text().replace("if 'NO_FIGURE' not in os.environ", "if True"))
    with pytest.raises(BuildError, match=r"tiny\.py:1: figures were drawn and not shown"):
        build(course)
    assert not solution_path(course, course.lesson(TINY)).exists()


def test_build_refuses_to_lose_a_figure(course: Course, monkeypatch: pytest.MonkeyPatch) -> None:
    build(course)
    monkeypatch.setenv("NO_FIGURE", "1")
    with pytest.raises(BuildError, match=r"no figure came of test_double-1, as it did before"):
        build(course)
    assert "image/png" in kinds(course)
    draw(course, "# Another cell, whose author wants no figure.\n")
    build(course)
    assert kinds(course) == []


@pytest.mark.parametrize(
    ("named", "used"), [("Agg", INLINE), ("TkAgg", INLINE), ("", INLINE), (IPYMPL, IPYMPL)]
)
def test_kernels_of_the_course_show_figures(
    named: str, used: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    profile = tmp_path / "profile_default"
    profile.mkdir()
    shutil.copy(ROOT / "etc" / "ipython" / "ipython_config.py", profile)
    monkeypatch.setenv("MPLBACKEND", named)
    monkeypatch.setenv("IPYTHONDIR", str(tmp_path))
    manager, client = start_new_kernel()
    said: list[str] = []
    try:
        client.execute_interactive(
            "import os; print(os.environ['MPLBACKEND'])",
            output_hook=lambda message: said.append(message["content"].get("text", "")),
            timeout=30,
        )
    finally:
        client.stop_channels()
        manager.shutdown_kernel(now=True)
        manager.cleanup_resources()
    assert "".join(said).strip() == used


def test_nbval_finds_the_figures_again(tmp_path: Path) -> None:
    for name in ("conftest.py", "nbval.cfg"):
        shutil.copy(ROOT / "solutions" / name, tmp_path)
    cell = nbformat.v4.new_code_cell("import matplotlib.pyplot as plt\n_ = plt.plot([1])")
    cell.execution_count = 1
    data = {"image/png": "", "text/plain": "<Figure size 640x480 with 1 Axes>"}
    cell.outputs = [nbformat.v4.new_output("display_data", data)]
    nbformat.write(nbformat.v4.new_notebook(cells=[cell]), tmp_path / "one.ipynb")
    done = subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "--nbval", str(tmp_path)],
        env={**os.environ, "MPLBACKEND": "Agg", "IPYTHONDIR": str(tmp_path / "ipython")},
        cwd=tmp_path,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert done.returncode == 0, done.stdout
