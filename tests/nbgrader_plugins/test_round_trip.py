"""A class through nbgrader's own command line: assignment, autograde, feedback."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import nbformat
import pytest
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook
from nbgrader.api import Gradebook

from autograder.authoring.build import write_release
from autograder.course.course import Course
from autograder.course.notebooks import to_bytes

ROOT = Path(__file__).parents[2]
FIXTURES = ROOT / "tests" / "fixtures"
TINY = "90_tiny"
ANSWERS = {
    "double": "def double(x):\n    return x + x",
    "prediction_count": 'prediction_count = "c"',
    "Counter": (
        "class Counter:\n    def __init__(self, start=0):\n        self.count = start\n\n"
        "    def add(self, steps):\n        self.count += steps\n        return self.count"
    ),
}
SECRETS = ("SCALE * x", "self.count = start  #", "autograder.hidden", "HIDDEN TESTS", 'grade("')

pytestmark = pytest.mark.sealed


def nbgrader(course, *arguments):
    """Run nbgrader as an instructor would, in the course's folder."""
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


def hand_in(course, student, content, **beside):
    folder = course.root / "submitted" / student / TINY
    folder.mkdir(parents=True)
    content = content if isinstance(content, bytes) else json.dumps(content).encode()
    (folder / "tiny.ipynb").write_bytes(content)
    for name, text in beside.items():
        (folder / name.replace("__", ".")).write_text(text)
    return folder


def answered(course, **changes):
    notebook = course.lesson(TINY).release()
    for cell in notebook.cells:
        cell.source = {**ANSWERS, **changes}.get(cell.id, cell.source)
    return notebook


@pytest.fixture(scope="module")
def course(tmp_path_factory):
    """The tiny course in a folder of its own, its hidden tests where every process finds them."""
    root = tmp_path_factory.mktemp("tiny") / "course"
    shutil.copytree(FIXTURES / "tiny_course", root)
    config = (ROOT / "nbgrader_config.py").read_text()
    hidden = f"autograder.hidden.__path__.append({str(FIXTURES / 'tiny_hidden')!r})"
    (root / "nbgrader_config.py").write_text(f"{config}\nimport autograder.hidden\n{hidden}\n")
    course = Course(root)
    lesson = course.lesson(TINY)
    (root / "solutions" / TINY / "tiny.ipynb").write_bytes(to_bytes(lesson.notebook()))
    result = nbgrader(course, "generate_assignment", TINY)
    assert result.returncode == 0, result.stderr
    return course


@pytest.fixture(scope="module")
def graded(course):
    """A class handed in and graded, with feedback."""
    ana = answered(course)
    for cell in ana.cells:
        if "check" in cell.metadata.get("tags", []):
            cell.source = cell.source.removeprefix("# ")
    ana.cells.insert(4, new_code_cell("import warnings\nwarnings.warn('careful')\nprint('x')"))
    hand_in(course, "ana", ana, numpy__py="raise SystemExit", x__pkl="x")
    hand_in(course, "blank", course.lesson(TINY).release())
    half = answered(course, double="def double(x):\n    return x * x")
    words = next(cell for cell in half.cells if cell.id == "why_count-1")
    words.source = "Because <script>alert(1)</script> it **keeps** $a < b$."
    hand_in(course, "ben", half)
    copied = answered(course)
    copied.cells += [c for c in answered(course).cells if c.id == "test_double"]
    for cell in copied.cells:
        cell.metadata["tags"] = ["skip-execution"]
    hand_in(course, "copier", copied)
    hand_in(course, "garbage", b"\x89PNG not a notebook")
    hand_in(course, "truncated", to_bytes(answered(course))[:900])
    hand_in(course, "empty", b"")
    hand_in(course, "stranger", new_notebook(cells=[new_markdown_cell("hi"), new_code_cell("1")]))
    linked = hand_in(course, "linked", b"x")
    (linked / "tiny.ipynb").unlink()
    (linked / "tiny.ipynb").symlink_to(course.solutions / TINY / "tiny.ipynb")
    folder = course.root / "submitted" / "folder" / TINY / "tiny.ipynb"
    folder.mkdir(parents=True)
    killed = answered(course, Counter="import os\nos._exit(0)")
    hand_in(course, "killer", killed)
    result = nbgrader(course, "autograde", TINY)
    assert result.returncode == 0, result.stderr[-3000:]
    feedback = nbgrader(course, "generate_feedback", TINY)
    assert feedback.returncode == 0, feedback.stderr[-3000:]
    return result.stderr


def score(course, student):
    with Gradebook(f"sqlite:///{course.root / 'gradebook.db'}", "descent") as gradebook:
        return gradebook.find_submission_notebook("tiny", TINY, student).score


def autograded(course, student):
    return nbformat.read(course.root / "autograded" / student / TINY / "tiny.ipynb", as_version=4)


def page(course, student):
    return (course.root / "feedback" / student / TINY / "tiny.html").read_text()


def test_generate_assignment_gives_the_bytes_of_build(course):
    by_nbgrader = (course.notebooks / TINY / "tiny.ipynb").read_bytes()
    write_release(course, course.lesson(TINY))
    assert (course.notebooks / TINY / "tiny.ipynb").read_bytes() == by_nbgrader


def test_release_leaks_nothing_and_carries_nothing_else(course):
    assert [p.name for p in (course.notebooks / TINY).iterdir()] == ["tiny.ipynb"]
    text = (course.notebooks / TINY / "tiny.ipynb").read_text()
    for secret in (*SECRETS, "MARK SCHEME", "SOLUTION", "self.count", "jupytext"):
        assert secret not in text


@pytest.mark.parametrize(
    ("student", "points"),
    [
        ("ana", 7), ("blank", 0), ("ben", 5), ("copier", 7), ("garbage", 0), ("truncated", 0),
        ("empty", 0), ("stranger", 0), ("linked", 0), ("folder", 0), ("killer", 3),
    ],
)  # fmt: skip
def test_scores(course, graded, student, points):
    assert score(course, student) == points


def test_what_nobody_changed_is_not_called_changed(course, graded):
    assert "has changed" not in graded


def test_nobody_reads_warnings_of_the_database(course, graded):
    assert "SAWarning" not in graded


@pytest.mark.parametrize("student", ["garbage", "truncated", "empty", "linked", "folder"])
def test_what_is_no_notebook_is_named_and_told(course, graded, student):
    assert f"{student}/{TINY}/tiny.ipynb is not a notebook" in graded
    assert "could not be read as a notebook" in page(course, student)


def test_a_notebook_of_another_lesson_is_named_and_told(course, graded):
    assert f"stranger/{TINY}/tiny is the notebook of another lesson" in graded
    assert "not the one of 90_tiny" in page(course, "stranger")


def test_autograded_notebooks_hold_messages_and_no_hidden_tests(course, graded):
    for student in ("ana", "blank", "ben", "killer"):
        notebook = autograded(course, student)
        text = json.dumps(notebook)
        assert not [secret for secret in SECRETS if secret in text]
        tests = [c for c in notebook.cells if c.id.startswith("test_") and "nbgrader" in c.metadata]
        assert all(c.outputs[-1].output_type == "execute_result" for c in tests)


def test_files_beside_the_notebook_do_not_travel(course, graded):
    beside = sorted(p.name for p in (course.root / "autograded" / "ana" / TINY).iterdir())
    assert beside == ["tiny.ipynb", "tiny.verdict.json"]


def test_the_verdict_lies_beside_the_autograded_notebook(course, graded):
    path = course.root / "autograded" / "ben" / TINY / "tiny.verdict.json"
    verdict = json.loads(path.read_text())
    assert verdict["exercises"]["double"]["diagnosis"]["misconception"] == "squared"


def test_check_cells_that_were_used_are_not_in_feedback(course, graded):
    used = [cell for cell in autograded(course, "ana").cells if cell.id.startswith("check_")]
    assert [cell.source for cell in used] == [
        "# %check double", "# %check prediction_count", "# %check Counter",
    ]  # fmt: skip
    assert "%check" not in page(course, "ana")


def test_feedback_has_messages_mark_schemes_and_no_scripts(course, graded):
    html = page(course, "ben")
    assert "The number is squared." in html
    assert "because the next call continues from it" in html
    assert "<strong>keeps</strong>" in html
    assert "<script" not in html
    assert not [secret for secret in SECRETS if secret in html]
    assert [p.name for p in (course.root / "feedback" / "ben" / TINY).iterdir()] == ["tiny.html"]


def test_feedback_names_each_part_with_its_points_and_what_was_found(course, graded):
    html = page(course, "ben")
    assert '<a href="#double">' in html
    assert "1 exercise is not right yet: <code>double</code>." in html
    assert "why_count</code>: not graded yet, 3 points" in html
    assert "1 question for 3 points is not graded yet: a person reads your answers." in html
    assert "<math" in html
    assert "5 of 10 points" in html
    assert len(html) < 40_000


def test_feedback_has_the_points_and_the_words_of_a_person(course, graded):
    before = score(course, "copier")
    with Gradebook(f"sqlite:///{course.root / 'gradebook.db'}", "descent") as gradebook:
        for name, points in (("why_count", 2.0), ("test_double", 1.5)):
            grade = gradebook.find_grade(name, "tiny", TINY, "copier")
            grade.manual_score, grade.needs_manual_grade = points, False
        for name in ("why_count", "double"):
            comment = gradebook.find_comment(name, "tiny", TINY, "copier")
            comment.manual_comment = f"Of {name}: <script>alert(2)</script> see $x < y$"
        submission = gradebook.find_submission_notebook("tiny", TINY, "copier")
        submission.late_submission_penalty = 1.0
        gradebook.db.commit()
    result = nbgrader(course, "generate_feedback", TINY, "--force", "--student", "copier")
    assert result.returncode == 0, result.stderr[-2000:]
    html = page(course, "copier")
    assert "why_count</code>: 2 of 3 points" in html
    assert "A person looked at this, and gave 1.5 of 2 points." in html
    assert html.count("Comment from the person grading this") == 2
    assert "Of double: &lt;script&gt;" in html
    assert "Handed in late: 1 of the 8.5 points that you earned are taken off." in html
    assert "7.5 of 10 points" in html
    assert score(course, "copier") == before + 1.5


def test_feedback_is_made_of_what_an_earlier_edition_graded(course, graded):
    folder = course.root / "autograded" / "ben" / TINY
    kept = (folder / "tiny.verdict.json").read_text()
    verdict = json.loads(kept)
    for exercise in verdict["exercises"].values():
        for probe in exercise["probes"]:
            del probe["topic"], probe["kind"], probe["certain"], probe["experiment"]
    (folder / "tiny.verdict.json").write_text(json.dumps(verdict))
    try:
        made = nbgrader(course, "generate_feedback", TINY, "--force", "--student", "ben")
    finally:
        (folder / "tiny.verdict.json").write_text(kept)
    assert made.returncode == 0, made.stderr[-2000:]
    assert "The number is squared." in page(course, "ben")


def test_an_error_of_ours_stops_one_submission_and_leaves_no_old_points(course, graded):
    hand_in(course, "unlucky", answered(course))
    assert nbgrader(course, "autograde", TINY, "--student", "unlucky").returncode == 0
    assert score(course, "unlucky") == 7
    shutil.rmtree(course.root / "autograded" / "unlucky")
    hand_in(course, "zoe", answered(course))
    config = course.root / "nbgrader_config.py"
    before = config.read_text()
    config.write_text(
        before
        + "from autograder.nbgrader_plugins import execute\n"
        + "real = execute.ExecuteAndJudge._grade\n"
        + "def broken(self, rebuilt, lesson, resources):\n"
        + "    if resources['nbgrader']['student'] == 'unlucky': raise OSError('disk')\n"
        + "    return real(self, rebuilt, lesson, resources)\n"
        + "execute.ExecuteAndJudge._grade = broken\n"
    )
    try:
        result = nbgrader(course, "autograde", TINY)
    finally:
        config.write_text(before)
    assert result.returncode == 1
    assert (
        f"There was an error processing assignment '{TINY}' for student 'unlucky'" in result.stderr
    )
    assert score(course, "unlucky") == 0
    assert not (course.root / "autograded" / "unlucky" / TINY).exists()
    assert score(course, "zoe") == 7


def seed(course, student):
    path = course.root / "autograded" / student / TINY / "tiny.verdict.json"
    return json.loads(path.read_text())["seed"]


def test_what_is_handed_in_after_feedback_meets_new_inputs(course, graded):
    before = seed(course, "ben")
    assert seed(course, "ana") == before
    shutil.rmtree(course.root / "submitted" / "ben")
    hand_in(course, "ben", answered(course))
    for student in ("ana", "ben"):
        result = nbgrader(course, "autograde", TINY, "--force", "--student", student)
        assert result.returncode == 0, result.stderr[-2000:]
    assert seed(course, "ana") == before
    assert seed(course, "ben") != before


def test_a_course_folder_with_brackets_releases_no_source_and_finds_everyone(course, graded):
    odd = Course(course.root.parent / "tiny [2026] (a)")
    shutil.copytree(course.root / "solutions", odd.root / "solutions")
    shutil.copy(course.root / "nbgrader_config.py", odd.root)
    hand_in(odd, "s1 [late]", answered(odd), numpy__py="1")
    hand_in(odd, "s1 l", answered(odd, double=""))
    assert nbgrader(odd, "generate_assignment", TINY).returncode == 0
    assert [p.name for p in (odd.notebooks / TINY).iterdir()] == ["tiny.ipynb"]
    result = nbgrader(odd, "autograde", TINY, "--student", "s1 [late]")
    assert result.returncode == 0, result.stderr[-2000:]
    assert score(odd, "s1 [late]") == 7
    beside = sorted(p.name for p in (odd.root / "autograded" / "s1 [late]" / TINY).iterdir())
    assert beside == ["tiny.ipynb", "tiny.verdict.json"]
    assert not (odd.root / "autograded" / "s1 l").exists()


def test_what_lies_beside_a_notebook_ends_nothing(course, graded):
    folder = hand_in(course, "messy", answered(course))
    (folder / "timestamp.txt").mkdir()
    (folder / "gone").symlink_to("/nowhere")
    os.mkfifo(folder / "pipe")
    result = nbgrader(course, "autograde", TINY, "--student", "messy")
    assert result.returncode == 0, result.stderr[-2000:]
    assert "the timestamp could not be read (not a regular file)" in result.stderr
    assert score(course, "messy") == 7


def test_plain_nbgrader_gives_no_points(course, graded, tmp_path):
    """Somebody grades with nbgrader's own Execute: the hidden line refuses."""
    handed_in = shutil.ignore_patterns("submitted")
    shutil.copytree(course.root, tmp_path / "plain", symlinks=True, ignore=handed_in)
    plain = Course(tmp_path / "plain")
    shutil.rmtree(plain.root / "autograded")
    hand_in(plain, "ana", answered(plain))
    config = plain.root / "nbgrader_config.py"
    config.write_text(
        'c = get_config()\nc.CourseDirectory.course_id = "descent"\n'
        'c.CourseDirectory.source_directory = "solutions"\n'
        'c.CourseDirectory.release_directory = "notebooks"\n'
    )
    result = nbgrader(plain, "autograde", TINY)
    assert result.returncode == 0, result.stderr[-2000:]
    assert score(plain, "ana") == 0
