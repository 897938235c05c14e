"""From a lesson's source to its two notebooks, and what `build` refuses."""

from __future__ import annotations

import re
import shutil
from pathlib import Path

import nbformat
import pytest

from autograder.authoring.build import BuildError, build
from autograder.authoring.build import write_release as release
from autograder.authoring.lint import problems
from autograder.course.course import Course
from autograder.course.notebooks import release_path, solution_path, to_bytes

FIXTURES = Path(__file__).parents[1] / "fixtures"
TINY = "90_tiny"
FOLDED = 'jupyter={"source_hidden": true}'


@pytest.fixture
def course(tmp_path, monkeypatch):
    """A course with the tiny lesson, whose hidden tests every kernel finds."""
    shutil.copytree(FIXTURES / "tiny_course", tmp_path / "course")
    startup = tmp_path / "ipython" / "profile_default" / "startup"
    startup.mkdir(parents=True)
    hidden = str(FIXTURES / "tiny_hidden")
    (startup / "00-tiny.py").write_text(
        f"import autograder.hidden\nautograder.hidden.__path__.append({hidden!r})\n"
    )
    monkeypatch.setenv("IPYTHONDIR", str(tmp_path / "ipython"))
    (tmp_path / "course" / "nbgrader_config.py").touch()
    return Course(tmp_path / "course")


def edit(course, old, new, count=1):
    """The problems of the tiny lesson with `old` replaced by `new`."""
    path = course.solutions / TINY / "tiny.py"
    text = path.read_text()
    assert old in text
    path.write_text(text.replace(old, new, count))
    return [str(problem) for problem in problems(course.lesson(TINY))]


def cell(notebook, name):
    return next(c for c in notebook.cells if c.id == name)


# What a learner gets.


@pytest.mark.parametrize(
    ("name", "stub"),
    [
        ("double", 'raise NotImplementedError("double is not written yet")'),
        ("Counter", 'raise NotImplementedError("Counter.__init__ is not written yet")'),
        ("Counter", 'raise NotImplementedError("Counter.add is not written yet")'),
        ("prediction_count", "prediction_count = None"),
    ],
)
def test_stubs_say_what_is_missing(course, name, stub):
    assert stub in cell(course.lesson(TINY).release(), name).source


@pytest.mark.parametrize(
    "secret",
    [
        "SCALE * x",
        "self.count",
        '"c"\n',
        "autograder",
        "grade(",
        "MARK",
        "BEGIN",
        "END",
        "next call",
    ],
)
def test_release_leaks_nothing(course, secret):
    assert secret not in "\n".join(c.source for c in course.lesson(TINY).release().cells)


def test_released_notebook_runs_to_the_end_and_keeps_no_output(course):
    notebook = course.lesson(TINY).release()
    raising = {c.id for c in notebook.cells if "raises-exception" in c.metadata.get("tags", [])}
    assert raising == {
        "test_double", "test_double-1", "test_prediction_count", "test_Counter", "test_Counter-1",
    }  # fmt: skip
    assert not any(c.get("outputs") for c in notebook.cells)


def test_metadata_is_what_jupyterlab_writes_on_opening(course):
    metadata = course.lesson(TINY).release().metadata
    assert set(metadata) == {"kernelspec", "language_info"}
    assert metadata.kernelspec.name == "python3"
    assert metadata.language_info.codemirror_mode == {"name": "ipython", "version": 3}


def test_two_builds_are_the_same_bytes(course):
    release(course, course.lesson(TINY))
    first = release_path(course, course.lesson(TINY)).read_bytes()
    nbformat.validate(nbformat.reads(first.decode(), as_version=4))
    assert first == to_bytes(
        type(course.lesson(TINY)).read(course.lesson(TINY).source_path).release()
    )


# The solution notebook.


def test_build_runs_the_solution_and_then_nothing_is_stale(course):
    assert [str(s.path.name) for s in build(course)] == ["tiny.ipynb", "tiny.ipynb"]
    assert build(course, check=True) == []
    notebook = nbformat.read(solution_path(course, course.lesson(TINY)), as_version=4)
    assert cell(notebook, "test_double-1").outputs[0].text == "[0. 2. 4.]\n"
    assert "double: 2 of 2" in cell(notebook, "test_double").outputs[0].text
    assert not any("execution" in c.metadata for c in notebook.cells)
    assert not any(o.get("name") == "stderr" for c in notebook.cells for o in c.get("outputs", []))

    edit(course, "Add it to itself.", "Add x to x.")
    assert {s.path for s in build(course, check=True)} == {
        release_path(course, course.lesson(TINY)),
        solution_path(course, course.lesson(TINY)),
    }


def test_a_failing_solution_cell_is_named(course):
    assert edit(course, "return SCALE * x", "return 1 / 0") == []
    with pytest.raises(BuildError, match=r"tiny\.py:\d+: test_double: ZeroDivisionError: division"):
        build(course)


# What is refused, each with file and line.


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("    ### END SOLUTION\n", "    ### END SOLUTIONS\n", r"'END SOLUTION' has to be a"),
        ("    ### END SOLUTION\n", "    # END SOLUTION\n", r"'END SOLUTION' has to be a"),
        ("    ### END SOLUTION\n", "", r"without '### END SOLUTION' below it"),
        ("# A tiny lesson", "# BEGIN SOLUTION", r"tiny\.py:\d+: 'BEGIN SOLUTION' has to be a"),
        ("# === END MARK SCHEME ===", "", r"without '=== END MARK SCHEME ===' below it"),
        ('# %% tags=["setup"]', "# %%", r"tag it"),
        ('# %% tags=["demo"]', '# %% tags=["demo", "setup"]', r"tag it"),
        ('# %% tags=["demo"]', '# %% tags=["check"]', r"a source has no check cells"),
        ('print(doubled)', "print(doubled)\n" * 26, r"a demo cell of \d+ lines .*: fold it"),
        ('SCALE = 2.0', "SCALE = 2.0\n" * 16, r"a setup cell of \d+ lines .*: fold it"),
        ('tags=["demo"]', f'{FOLDED} tags=["demo"]', r"begins with one line of comment"),
        ('tags=["demo"]', f'{FOLDED} tags=["demo"]\n# One.\n# Two.', r"one line of comment"),
        ('# %% nbgrader={"grade": true', f'# %% {FOLDED} nbgrader={{"grade": true',
         r"a graded cell is for its reader"),
        ("print(doubled)", "plt.show()", r"plt\.show\(\) describes nothing"),
        ('"grade_id": "double"', '"grade_id": "check_double"', r"looks like a check cell's"),
        ('"grade_id": "Counter"', '"grade_id": "double"', r"'double' is used 2 times"),
        ('"grade_id": "Counter"', '"grade_id": "Clock"', r"no solution cell above defines Counter"),
        ('"grade_id": "Counter"', '"grade_id": "Clock"', r"no graded cell asks for .* 'Clock'"),
        ('"points": 4', '"points": 5', r"points have to be one of \(1, 2, 4, 6\), got 5"),
        ('"locked": true, "points": 4', '"points": 4', r"nbgrader metadata needs exactly"),
        ('"locked": true, "points": 4', '"locked": false, "points": 4', r"cells are locked"),
        ('grade("double")', 'grade("Counter")', r"hidden tests have to be .*grade\(\"double\"\)"),
        ('grade("double")', 'grade("double")\nx = 1', r"hidden tests have to be"),
        ("hidden.tiny import grade", "hidden.other import grade", r"hidden tests have to be"),
        ("assert double(np.ones(3)).shape", "1 == double(1) or None # ", r"ends in a statement"),
        ("class Counter:", "class Count:", r"no solution cell above defines Counter"),
        ("assert Counter().add(2)", "assert doubled is not None or Counter().add(2)",
         r"doubled is bound only in a demo cell"),
        ("doubled = double(", "double = len(", r"a demo cell binds double, .*: use another name"),
        ("print(doubled)", "def Counter():\n    pass\n", r"a demo cell binds Counter"),
        ("print(doubled)", "import math as double", r"a demo cell binds double"),
        ("SCALE = 2.0", "SCALE = double = 2.0", r"a setup cell binds double"),
        ("assert Counter()", "double = 1\nassert Counter()", r"a graded cell binds double"),
    ],
)  # fmt: skip
def test_problems_have_file_and_line(course, old, new, said):
    found = edit(course, old, new)
    pattern = re.compile(r"tiny\.py:\d+: .*" + said.removeprefix(r"tiny\.py:\d+: "))
    assert any(pattern.search(problem) for problem in found), found


def test_nothing_is_written_when_something_is_wrong(course):
    edit(course, '"points": 4', '"points": 5')
    with pytest.raises(BuildError, match=r"tiny\.py:\d+: points"):
        build(course)
    assert not course.notebooks.exists()


@pytest.mark.parametrize("ending", ["print(double(1))", "np.testing.assert_allclose(1, 1)"])
def test_calls_without_a_value_may_end_a_graded_cell(course, ending):
    assert edit(course, '"the shape stays"\n', f'"the shape stays"\n{ending}\n') == []


def test_a_parameter_may_have_the_name_of_a_demo_variable(course):
    assert edit(course, "def add(self, steps):", "def add(self, steps, doubled=0):") == []


@pytest.mark.parametrize(
    "line",
    [f'# %% {FOLDED} tags=["demo"]\n# Doubles.', '# %% open="all of it is read" tags=["demo"]'],
)
def test_a_long_cell_is_folded_or_says_why_not(course, line):
    assert edit(course, '# %% tags=["demo"]', line) == []
    assert edit(course, "print(doubled)", "print(doubled)\n" * 26) == []
    metadata = cell(course.lesson(TINY).release(), "test_double-1").metadata
    assert "open" not in metadata
    assert metadata.get("jupyter") == ({"source_hidden": True} if "jupyter" in line else None)


def test_each_lesson_leads_to_the_next(course):
    shutil.copytree(course.solutions / TINY, course.solutions / "91_more")
    (course.solutions / "91_more" / "tiny.py").rename(course.solutions / "91_more" / "more.py")
    (problem,) = problems(course.lesson(TINY))
    assert "the last cell has to link to (../91_more/more.ipynb)" in problem.text
    path = course.solutions / TINY / "tiny.py"
    text = path.read_text() + "\n# %% [markdown]\n# **Next:** [more](../91_more/more.ipynb).\n"
    path.write_text(text)
    assert problems(course.lesson(TINY)) == []
    path.write_text(text.replace("91_more/more", "92_less/less"))
    assert "to link to (../91_more/more.ipynb)" in problems(course.lesson(TINY))[0].text
    shutil.rmtree(course.solutions / "91_more")
    assert "no other lesson, being the last" in problems(course.lesson(TINY))[0].text
