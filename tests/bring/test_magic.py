"""`%bring` in an IPython shell in this process."""

from __future__ import annotations

import io
from collections.abc import Callable, Iterator
from contextlib import redirect_stdout
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import nbformat
import pytest
from IPython.core.completer import provisionalcompleter
from IPython.core.interactiveshell import InteractiveShell

from autograder.bring.reference import solution_notebook
from autograder.course.cells import Kind, kind
from autograder.course.course import Course
from autograder.course.notebooks import to_bytes

TINY, MORE = "90_tiny", "91_more"
FIRST = "# bring: Counter (lesson 90)"
RIGHT = """class Counter:
    def __init__(self, start=0):
        self.count = start

    def add(self, steps):
        self.count = self.count + steps
        return self.count"""
WRONG = RIGHT.replace("return self.count", "return steps")
HELPED = """import math
STEP = 2


def half(x):
    return math.trunc(x / STEP)


class Counter:
    def __init__(self, start=0):
        self.count = 2 * start

    def add(self, steps):
        self.count += 2 * steps
        return half(self.count)


Counter(1).add(3)
print("not to be brought")"""


@dataclass
class Output:
    """What a cell printed, and the text that it has now."""

    said: str
    text: str | None


@pytest.fixture
def shell(course: Course, monkeypatch: pytest.MonkeyPatch) -> Iterator[InteractiveShell]:
    """A shell in the folder of the second lesson in work/, whose setup has run."""
    folder = course.work / MORE
    folder.mkdir(parents=True)
    monkeypatch.chdir(folder)
    InteractiveShell.clear_instance()
    shell = InteractiveShell.instance()
    shell.history_manager.enabled = False
    shell.extension_manager.load_extension("autograder.magics")
    for cell in course.lesson(MORE).release().cells:
        if kind(cell) is Kind.SETUP:
            shell.run_cell(cell.source, store_history=True).raise_error()
    yield shell
    shell.history_manager.end_session()
    InteractiveShell.clear_instance()


@pytest.fixture
def run(shell: InteractiveShell) -> Callable[[str], Output]:
    def run(source: str) -> Output:
        shell.payload_manager.clear_payload()
        printed = io.StringIO()
        with redirect_stdout(printed):
            shell.run_cell(source, store_history=True).raise_error()
        payload = list(shell.payload_manager.read_payload())
        assert all(p["source"] == "set_next_input" and p["replace"] for p in payload)
        assert len(payload) <= 1
        return Output(printed.getvalue().strip(), payload[0]["text"] if payload else None)

    return run


@pytest.fixture
def given(course: Course) -> str:
    """The bring cell as the release has it."""
    cells = course.lesson(MORE).release().cells
    return next(str(c.source) for c in cells if kind(c) is Kind.BRING)


def write(course: Course, place: str = "work", **sources: str) -> Path:
    """A learner's notebook of the first lesson."""
    notebook = course.lesson(TINY).release()
    for cell in notebook.cells:
        cell.source = sources.get(cell.id, cell.source)
    path = course.root / place / TINY / "tiny.ipynb"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(to_bytes(notebook))
    return path


def begins_at_five(shell: Any) -> bool:
    """The given counter always begins at 0."""
    return bool(shell.user_ns["Counter"](5).count == 5)


@pytest.mark.parametrize("place", ["above", "below"])
def test_in_a_bring_cell_it_replaces_the_given_part(
    course: Course, run: Any, shell: Any, given: str, place: str
) -> None:
    write(course, Counter=RIGHT)
    cell = {"above": given.replace("\n", "\n%bring\n", 1), "below": f"{given}\n\n%bring"}[place]
    ran = run(cell)
    assert ran.text == f"{FIRST}\n{RIGHT}"
    assert begins_at_five(shell)
    assert ran.said == (
        "Brought `Counter` from work/90_tiny/tiny.ipynb: it stands in this cell now, and has run."
    )


def test_in_a_new_cell_it_replaces_its_line_and_runs_at_once(
    course: Course, run: Any, shell: Any
) -> None:
    write(course, Counter=RIGHT)
    ran = run("# mine\n%bring Counter\ncounter = Counter(5)")
    assert ran.text == f"# mine\n{FIRST}\n{RIGHT}\ncounter = Counter(5)"
    assert shell.user_ns["counter"].count == 5


@pytest.mark.parametrize("line", ["%bring Counter 90", "%bring Counter 90_tiny", "%bring Counter"])
def test_a_cell_with_nothing_else_begins_with_the_line_that_brings_again(
    course: Course, run: Any, line: str
) -> None:
    write(course, Counter=RIGHT)
    assert run(line).text == f"{FIRST}\n{RIGHT}"


def test_what_it_reaches_comes_along_and_nothing_else(course: Course, run: Any, shell: Any) -> None:
    write(course, Counter=HELPED)
    ran = run("%bring Counter")
    assert "print" not in ran.text
    assert "Counter(1)" not in ran.text
    assert "import math" in ran.text
    assert shell.user_ns["Counter"](4).add(1) == 5


def test_a_name_of_which_the_lesson_has_another_is_renamed(
    course: Course, run: Any, shell: Any
) -> None:
    write(course, Counter=HELPED)
    ran = run("%bring Counter")
    assert "STEP_90 = 2" in ran.text
    assert "math.trunc(x / STEP_90)" in ran.text
    assert shell.user_ns["STEP"] == 1
    assert "This notebook has another `STEP`; yours is called `STEP_90` here." in ran.said
    assert "with `STEP_90`, `half`" in ran.said


def test_a_name_that_cannot_be_renamed_is_said(course: Course, run: Any, shell: Any) -> None:
    write(course, Counter=HELPED.replace("(x / STEP)", "(x / int(f'{STEP}'))"))
    ran = run("%bring Counter")
    assert ran.text is None
    assert "needs `STEP`, and this notebook has another `STEP`" in ran.said
    assert "Counter" not in shell.user_ns


def test_what_the_lesson_has_the_same_is_left_out(course: Course, run: Any) -> None:
    same = RIGHT.replace("start=0", "start=STEP - 1")
    write(course, Counter=f"import numpy as np\nSTEP = 1  # one\n\n\n{same}")
    assert run("%bring Counter").text == f"{FIRST}\n{same}"


def test_a_helper_of_the_learners_own_here_is_not_clobbered(
    course: Course, run: Any, shell: Any
) -> None:
    write(course, Counter=HELPED)
    run("def half(x):\n    return 'mine'")
    assert "def half_90(x)" in run("%bring Counter").text
    assert shell.user_ns["half"](1) == "mine"


@pytest.mark.parametrize(
    ("source", "said"),
    [
        (
            None,
            "There is no notebook of lesson 90 of yours yet: `%work 90_tiny` puts one into work/.",
        ),
        ("", "`Counter` is not written yet in work/90_tiny/tiny.ipynb, or not saved."),
        (
            WRONG,
            "`Counter` is not right yet (2 of 4 points): open work/90_tiny/tiny.ipynb and run "
            "`%check Counter` to see what differs.",
        ),
        (
            RIGHT.replace("= start", "= nowhere").replace("class", "nothing()\nclass"),
            "`Counter` is not right yet (0 of 4 points): open work/90_tiny/tiny.ipynb and run "
            "`%check Counter` to see what differs.",
        ),
        (
            f"@nothing\n{RIGHT}",
            "`Counter` is not ready to bring: alone, its cells stop: NameError: name 'nothing' "
            "is not defined (work/90_tiny/tiny.ipynb).",
        ),
    ],
)  # fmt: skip
def test_what_is_not_ready_stays_there_and_the_given_part_has_run(
    course: Course, run: Any, shell: Any, given: str, source: str | None, said: str
) -> None:
    if source is not None:
        write(course, **({"Counter": source} if source else {}))
    ran = run(f"%bring\n{given}")
    assert ran.said == f"{said} The given `Counter` stays."
    assert ran.text is None
    assert shell.user_ns["Counter"](5).count == 0


def test_endless_code_does_not_hold_up_the_kernel(
    course: Course, run: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DESCENT_PROBE_SECONDS", "0.3")
    write(
        course, Counter=f"def forever(made):\n    while True:\n        pass\n\n\n@forever\n{RIGHT}"
    )
    said = run("%bring Counter").said
    assert "its cells stop: it was still running after 0.3" in said


def test_a_torch_shortcut_is_not_brought(course: Course, run: Any) -> None:
    lesson = course.solutions / TINY / "tiny.py"
    numbered = course.solutions / "03_tiny" / "tiny.py"
    numbered.parent.mkdir()
    lesson.rename(numbered)
    notebook = course.lesson("03_tiny").release()
    for cell in notebook.cells:
        if cell.id == "double":
            cell.source = "import torch\n\n\ndef double(x):\n    return torch.add(x, x)"
    path = course.work / "03_tiny" / "tiny.ipynb"
    path.parent.mkdir(parents=True)
    path.write_bytes(to_bytes(notebook))
    said = run("%bring double").said
    assert said.startswith("`double` is not right yet (0 of 2 points)")


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("%bring tally", "`tally` is what this lesson asks you to write: write it anew here."),
        ("%bring Countr", "No earlier lesson asks for `Countr`. Did you mean `Counter`?"),
        ("%bring Counter 12", "Lesson 12 has no exercise `Counter`; `Counter` is in lesson 90."),
        ("%bring 90", "say what: `%bring NAME`, or `%bring NAME LESSON`, as in `%bring Adam 05`"),
        (
            "%bring",
            "In a cell that begins with `# bring: ...` write `%bring`; elsewhere `%bring Adam 05`. "
            "This notebook has cells to bring Counter (lesson 90) into.",
        ),
        ("if 1:\n    %bring Counter", "Write %bring on a line of its own, at its very beginning."),
    ],
)
def test_what_nobody_can_answer_is_said_in_one_line(
    course: Course, run: Any, line: str, said: str
) -> None:
    write(course, Counter=RIGHT)
    ran = run(line)
    assert (ran.said, ran.text) == (said, None)


def test_of_several_lessons_none_is_guessed(course: Course, run: Any) -> None:
    write(course, Counter=RIGHT)
    other = course.solutions / "89_tiny" / "tiny.py"
    other.parent.mkdir()
    other.write_text((course.solutions / TINY / "tiny.py").read_text())
    said = run("%bring Counter").said
    assert said == "Several lessons ask for `Counter`: `%bring Counter 89` or `%bring Counter 90`."
    assert run("%bring Counter 90").text == f"{FIRST}\n{RIGHT}"


def test_bringing_again_brings_the_newest(course: Course, run: Any, shell: Any) -> None:
    write(course, Counter=RIGHT)
    first = run("%bring Counter").text
    newer = RIGHT.replace("self.count + steps", "steps + self.count")
    write(course, Counter=newer)
    assert run(f"{first}\n%bring").text == f"{FIRST}\n{newer}"


def test_what_the_learner_added_to_the_cell_stays(course: Course, run: Any, given: str) -> None:
    write(course, Counter=RIGHT)
    ran = run(f"{given}\n\n\nmine = Counter(5)\n%bring\n%who")
    assert ran.text == f"{FIRST}\n{RIGHT}\n\n\nmine = Counter(5)\n\n\n%who"


def test_the_last_definition_counts(course: Course, run: Any) -> None:
    path = write(course, Counter=WRONG)
    notebook = nbformat.read(path, as_version=4)
    notebook.cells.append(nbformat.v4.new_code_cell(RIGHT, id="c0ffee00"))
    path.write_bytes(to_bytes(notebook))
    assert run("%bring Counter").text == f"{FIRST}\n{RIGHT}"


def test_a_notebook_beside_this_one_is_asked_before_the_course(course: Course, run: Any) -> None:
    write(course, "notebooks", Counter=RIGHT)
    assert "from notebooks/90_tiny/tiny.ipynb" in run("%bring Counter").said
    write(course)
    assert "from notebooks/90_tiny/tiny.ipynb" in run("%bring Counter").said
    write(course, Counter=WRONG)
    assert "open work/90_tiny/tiny.ipynb" in run("%bring Counter").said


def test_of_two_names_the_one_that_is_ready_is_brought(
    course: Course, run: Any, shell: Any, given: str
) -> None:
    path = course.solutions / MORE / "more.py"
    both = "# bring: Counter, double (lesson 90)"
    path.write_text(
        path.read_text().replace(FIRST, f"{both}\ndef double(x):\n    return 2 * x\n\n")
    )
    write(course, Counter=RIGHT)
    ran = run(
        f"{both}\n%bring\ndef double(x):\n    return 2 * x\n\n\n{given.partition(chr(10))[2]}"
    )
    assert ran.text == f"{both}\n{RIGHT}\n\n\ndef double(x):\n    return 2 * x"
    assert begins_at_five(shell)
    assert "`double` is not written yet" in ran.said
    assert ran.said.endswith("The given `double` stays.")


def test_a_check_of_the_exercise_sees_what_was_brought(
    course: Course, run: Any, shell: Any
) -> None:
    write(course, Counter=RIGHT)
    run("%bring Counter")
    run("def tally(counter, steps):\n    return [counter.add(n) for n in steps]")
    assert "tally: 2 of 2" in run("%check tally").said
    table = shell.run_cell("%progress").result.data
    assert "| `tally` | 2 of 2 |" in table
    assert "Counter" not in table
    assert FIRST in shell.history_manager.input_hist_raw[2]


def test_what_was_brought_needs_nothing_of_ours(course: Course, run: Any) -> None:
    write(course, Counter=HELPED)
    names: dict[str, Any] = {}
    exec(run("%bring Counter").text, names)
    assert names["Counter"](4).add(1) == 5


def test_tab_offers_names_and_then_lessons(course: Course, shell: Any) -> None:
    def offered(line: str) -> set[str]:
        with provisionalcompleter():
            return {c.text for c in shell.Completer.completions(line, len(line))}

    assert "Counter" in offered("%bring Cou")
    assert "90" in offered("%bring Counter ")
    assert "tally" not in offered("%bring ta")


def test_the_reference_can_be_brought_everywhere_it_is(course: Course, run: Any) -> None:
    reference = next(c.source for c in course.lesson(TINY).notebook().cells if c.id == "Counter")
    write(course, Counter=reference)
    cells = solution_notebook(course.lesson(MORE)).cells
    assert run("%bring Counter").text == next(c.source for c in cells if kind(c) is Kind.BRING)
