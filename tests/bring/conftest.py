"""A course of two lessons, of which the second may bring a counter that the first asks for."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

import autograder.hidden
from autograder.course.course import Course

FIXTURES = Path(__file__).parents[1] / "fixtures"


@pytest.fixture
def course(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Course:
    """Its hidden tests are found here and in every kernel."""
    root = tmp_path / "course"
    shutil.copytree(FIXTURES / "tiny_course", root)
    shutil.copytree(FIXTURES / "bring_course", root, dirs_exist_ok=True)
    hidden = [*autograder.hidden.__path__, str(FIXTURES / "tiny_hidden")]
    monkeypatch.setattr(autograder.hidden, "__path__", hidden)
    startup = tmp_path / "ipython" / "profile_default" / "startup"
    startup.mkdir(parents=True)
    (startup / "00-tiny.py").write_text(
        f"import autograder.hidden\nautograder.hidden.__path__[:] = {hidden!r}\n"
    )
    monkeypatch.setenv("IPYTHONDIR", str(tmp_path / "ipython"))
    (root / "nbgrader_config.py").touch()
    return Course(root)
