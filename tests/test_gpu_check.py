"""`make gpu-check`, as far as a machine without a GPU can tell."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
import torch
from rich.console import Console

from autograder.course.course import REPOSITORY, Course
from autograder.course.reference import load_reference
from benchmarks import gpu_check
from benchmarks.gpu_check import (
    MIXED,
    LessonRun,
    chosen,
    lesson_table,
    main,
    run_lesson,
    speed_table,
)

TINY = REPOSITORY / "tests/fixtures/tiny_course/solutions/90_tiny/tiny.py"
TOLD = 'device = "cuda:0"\n'


@pytest.fixture
def tiny(tmp_path: Path) -> Course:
    """A course whose only lesson is small, and numbered as one that is checked."""
    place = tmp_path / "solutions" / "10_tiny"
    place.mkdir(parents=True)
    shutil.copy(REPOSITORY / "nbgrader_config.py", tmp_path)
    text = TINY.read_text(encoding="utf-8")
    kept = [cell for cell in text.split("\n# %%") if '"grade": true' not in cell]
    (place / "tiny.py").write_text("\n# %%".join(kept), encoding="utf-8")
    return Course(tmp_path)


def edit(course: Course, old: str, new: str) -> None:
    path = course.solutions / "10_tiny" / "tiny.py"
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new), encoding="utf-8")


def test_without_a_gpu_it_says_so_and_is_no_error(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(torch.cuda, "is_available", lambda: False)
    monkeypatch.setattr(gpu_check, "run_lesson", None)
    assert main() == 0
    assert capsys.readouterr().out.startswith("gpu-check: skipped: torch ")


def test_lessons_10_to_14_are_looked_at() -> None:
    numbers = [int(lesson.id[:2]) for lesson in chosen(Course.find())]
    assert numbers[:3] == [10, 11, 12]
    assert max(numbers) <= 14


def test_a_notebook_is_run_and_says_where_it_computed(tiny: Course) -> None:
    edit(tiny, "SCALE = 2.0", f"SCALE = 2.0\n{TOLD}")
    ran = run_lesson(tiny.lesson("10_tiny"))
    assert (ran.problem, ran.device) == ("", "cuda:0")
    assert ran.cells > 2
    assert ran.seconds > 0
    assert [path.name for path in (tiny.solutions / "10_tiny").iterdir()] == ["tiny.py"]


def test_a_notebook_that_fails_is_named(tiny: Course) -> None:
    edit(tiny, "SCALE = 2.0", "SCALE = 1 / 0")
    ran = run_lesson(tiny.lesson("10_tiny"))
    assert ran.problem == "ZeroDivisionError: division by zero"


@pytest.mark.parametrize(
    ("ran", "status"),
    [
        (LessonRun("10_tiny", 5, 1.0, "cuda", 3.0), 0),
        (LessonRun("10_tiny", 5, 1.0, "cpu"), 1),
        (LessonRun("10_tiny", 5, 1.0, problem="ValueError: no"), 1),
    ],
)
def test_the_status_says_whether_all_ran_on_the_gpu(
    ran: LessonRun, status: int, tiny: Course, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(torch.cuda, "is_available", lambda: True)
    monkeypatch.setattr(torch.cuda, "get_device_name", lambda number: "a card")
    monkeypatch.setattr(gpu_check, "run_lesson", lambda lesson: ran)
    monkeypatch.setattr(Course, "find", classmethod(lambda cls: tiny))
    assert main() == status


@pytest.mark.skipif(torch.cuda.is_available(), reason="the networks of the setup are on the GPU")
def test_the_tables_have_every_precision(capsys: pytest.CaptureFixture[str]) -> None:
    names = load_reference(Course.find().lesson(MIXED))
    before = torch.get_float32_matmul_precision()
    console = Console(width=120)
    console.print(speed_table(names, widths=(2,), steps=1))
    console.print(lesson_table([LessonRun("10_training_loop", 30, 12.4, "cuda", 120.0)]))
    said = capsys.readouterr().out
    assert torch.get_float32_matmul_precision() == before
    for word in ("float32", "TF32", "bfloat16", "float16, scaled", "10_training_loop", "120"):
        assert word in said
