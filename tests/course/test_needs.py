"""A lesson that needs what is not installed: one clear line everywhere, and nothing is lost."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from pathlib import Path

import nbformat
import pytest
from click.testing import CliRunner
from nbformat.v4 import new_code_cell

from autograder.authoring.build import build
from autograder.batch.grade_class import grade_lesson
from autograder.bring.reference import solution_notebook
from autograder.cli.commands import main
from autograder.course.cells import Kind, kind
from autograder.course.course import REPOSITORY, Course
from autograder.course.needs import NotInstalled, lacking, needs, runnable, skipped
from autograder.course.notebooks import release_path, solution_path, to_bytes
from autograder.judging.judge import Judge

LESSON = "16_tensorflow"
SAID = "TensorFlow is not installed here; `make tensorflow` installs it"
NATIVE = "libcudart.so.11: cannot open shared object file\nSee the install guide."
BROKEN = (
    "TensorFlow is installed here and cannot be imported: "
    "ImportError: libcudart.so.11: cannot open shared object file"
)

# As `tests/test_blank.py` runs a notebook, in an environment that has no TensorFlow.
ABSENT = """
import sys
sys.modules["tensorflow"] = None  # an import of it is a ModuleNotFoundError
"""
RUN_ALL = """
import json, sys
from IPython.core.interactiveshell import InteractiveShell
shell, ends = InteractiveShell.instance(), []
shell.history_manager.enabled = False
shell.extension_manager.load_extension("autograder.magics")
for source in json.load(sys.stdin):
    print("\\n== cell")
    ends.append(shell.run_cell(source, store_history=True).error_in_exec is None)
print("\\n" + json.dumps(ends))
"""


@pytest.fixture(autouse=True)
def nothing_installed(monkeypatch: pytest.MonkeyPatch) -> None:
    """As if TensorFlow were not there, whether it is or not."""
    monkeypatch.setitem(sys.modules, "tensorflow", None)


@pytest.fixture
def broken(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder with a TensorFlow that is there and cannot be imported, to look in first."""
    package = tmp_path / "broken" / "tensorflow"
    package.mkdir(parents=True)
    (package / "__init__.py").write_text(f"raise ImportError({NATIVE!r})\n")
    monkeypatch.delitem(sys.modules, "tensorflow")
    monkeypatch.syspath_prepend(package.parent)
    return package.parent


@pytest.fixture
def course(tmp_path: Path) -> Course:
    """This course with one notebook, a solution that somebody built where TensorFlow is."""
    for name in Course.find().lesson_ids():  # it brings what others bring in turn
        source = Course.find().lesson(name).source_path
        (tmp_path / "solutions" / name).mkdir(parents=True)
        shutil.copy(source, tmp_path / "solutions" / name)
    shutil.copy(REPOSITORY / "nbgrader_config.py", tmp_path)
    course = Course(tmp_path)
    lesson = course.lesson(LESSON)
    notebook = solution_notebook(lesson)
    code = next(c for c in notebook.cells if c.cell_type == "code")
    code.outputs = [nbformat.v4.new_output("stream", text="made with TensorFlow\n")]
    solution_path(course, lesson).write_bytes(to_bytes(notebook))
    return course


def test_the_source_says_what_it_needs() -> None:
    course = Course.find()
    assert needs(course.lesson(LESSON)) == ("tensorflow",)
    assert needs(course.lesson("12_mixed_precision")) == ()
    assert lacking(course.lesson(LESSON)) == SAID
    assert lacking(course.lesson("12_mixed_precision")) == ""
    assert LESSON not in runnable(course)
    assert "12_mixed_precision" in runnable(course)


def test_nothing_is_judged() -> None:
    with pytest.raises(NotInstalled, match=f"{LESSON} cannot be judged: {SAID}"):
        Judge(Course.find().lesson(LESSON), 1)


def test_no_submission_gets_points_or_loses_any(course: Course) -> None:
    place = course.root / "submitted" / "ana" / LESSON
    place.mkdir(parents=True)
    (place / "tensorflow_step.ipynb").write_bytes(to_bytes(course.lesson(LESSON).release()))
    with pytest.raises(NotInstalled, match=SAID):
        grade_lesson(course, LESSON)
    assert not (course.root / "gradebook.db").exists()


@pytest.mark.parametrize("command", ["judge {}", "grade 16_tensorflow"])
def test_the_command_line_says_it_and_fails(command: str, tmp_path: Path) -> None:
    notebook = tmp_path / "tensorflow_step.ipynb"
    notebook.write_bytes(to_bytes(Course.find().lesson(LESSON).release()))
    done = CliRunner().invoke(main, command.format(notebook).split())
    assert done.exit_code == 2
    assert done.stderr.strip() == f"autograder: {LESSON} cannot be judged: {SAID}"


@pytest.mark.parametrize("options", [[], ["--mutate"]])
def test_an_audit_leaves_it_out_and_says_so(options: list[str]) -> None:
    done = CliRunner().invoke(main, ["audit", *options, LESSON])
    assert done.exit_code == 0
    assert done.output == f"{skipped(Course.find().lesson(LESSON))}\n"


def test_a_build_keeps_what_was_made_with_the_package(course: Course) -> None:
    solved = solution_path(course, course.lesson(LESSON))
    before = solved.read_bytes()
    stale = build(course, [LESSON])
    assert [item.path for item in stale] == [release_path(course, course.lesson(LESSON))]
    assert not any(item.left for item in stale)
    assert solved.read_bytes() == before
    assert build(course, [LESSON]) == []
    assert build(course, [LESSON], check=True) == []


def test_a_build_says_what_it_could_not_make_anew(course: Course) -> None:
    lesson = course.lesson(LESSON)
    solved, before = solution_path(course, lesson), solution_path(course, lesson).read_bytes()
    text = lesson.source_path.read_text()
    lesson.source_path.write_text(text.replace("Where does the gradient live?", "Where is it?"))
    (left,) = [item for item in build(course, [LESSON]) if item.left]
    assert left.path == solved
    assert SAID in str(left)
    assert solved.read_bytes() == before
    assert "Where is it?" in release_path(course, lesson).read_text()
    assert [item.path for item in build(course, [LESSON], check=True)] == [solved]


def test_a_broken_one_is_as_good_as_none(broken: Path, course: Course) -> None:
    assert lacking(course.lesson(LESSON)) == BROKEN
    assert LESSON not in runnable(course)
    with pytest.raises(NotInstalled, match=f"{LESSON} cannot be judged: {BROKEN}"):
        Judge(Course.find().lesson(LESSON), 1)
    solved = solution_path(course, course.lesson(LESSON))
    before = solved.read_bytes()
    build(course, [LESSON])
    assert solved.read_bytes() == before
    with pytest.raises(NotInstalled, match=BROKEN):
        grade_lesson(course, LESSON)


@pytest.mark.parametrize("which", ["blank", "solution"])
def test_the_notebooks_run_to_their_ends_and_say_one_line(which: str) -> None:
    begin = "TensorFlow is not installed here, so the cells below do nothing."
    says_one_line(which, ABSENT + RUN_ALL, begin, SAID)


def test_so_they_do_with_a_broken_one(broken: Path) -> None:
    begin = "TensorFlow can't be imported here (ImportError: libcudart.so.11:"
    says_one_line(
        "solution", f"import sys; sys.path.insert(0, {str(broken)!r})\n{RUN_ALL}", begin, BROKEN
    )


def says_one_line(which: str, run_all: str, begin: str, why: str) -> None:
    course = Course.find()
    lesson = course.lesson(LESSON)
    notebook = lesson.release() if which == "blank" else lesson.notebook()
    cells = [cell for cell in notebook.cells if cell.cell_type == "code"]
    cells += [new_code_cell("%check tf_train_step"), new_code_cell("%progress")]
    done = subprocess.run(
        [sys.executable, "-c", run_all],
        input=json.dumps([cell.source for cell in cells]),
        cwd=lesson.source_path.parent,
        capture_output=True,
        text=True,
        timeout=120,
        check=True,
    )
    *_, last = done.stdout.strip().splitlines()
    assert json.loads(last) == [True] * len(cells)
    said = [text.strip() for text in done.stdout.split("== cell")[1:]]
    assert said[0].startswith(begin)
    assert len(said[0].splitlines()) == 1
    assert set(said[1:-2]) == {""}
    assert said[-2] == f"{LESSON} cannot be judged: {why}"
    assert f"{LESSON}: skipped: {why}" in said[-1]
    assert any(kind(cell) is Kind.GRADED for cell in cells)
