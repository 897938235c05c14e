"""A cell that takes too long, ends its kernel or fails costs nothing but itself."""

from __future__ import annotations

from typing import Any

import pytest
from nbformat import NotebookNode
from nbformat.v4 import new_code_cell

from autograder.course.cells import grade_id
from autograder.course.course import Course
from autograder.demo.students import fill_in, right_sources
from autograder.grading.grade import Graded, grade_notebook
from autograder.harness.kernel import KernelRunner
from autograder.sandbox import Limits
from autograder.submission.rebuild import rebuild

pytestmark = pytest.mark.sealed

LESSON = Course.find().lesson("00_orientation")
KILL = "import os, subprocess\nsubprocess.run(['kill', '-9', str(os.getpid())])"
LATER = "import os, subprocess\nsubprocess.Popen(f'sleep 0.5; kill -9 {os.getpid()}', shell=True)"
QUICK = Limits(cell_seconds=5.0)


def answered(**above: str) -> NotebookNode:
    """Right answers, and a cell above each of some cells, by grade_id."""
    notebook = fill_in(LESSON, right_sources(LESSON))
    for name, source in above.items():
        notebook.cells.insert(at(notebook, name), new_code_cell(source))
    return notebook


def at(notebook: NotebookNode, name: str) -> int:
    """Where a cell is."""
    return [grade_id(cell) for cell in notebook.cells].index(name)


def with_answer(source: str) -> NotebookNode:
    """Right answers, but for the cell of `descend`, in which `ANSWER` stands for the right one."""
    notebook = answered()
    cell = notebook.cells[at(notebook, "descend")]
    cell.source = source.replace("ANSWER", cell.source)
    return notebook


def grade(notebook: NotebookNode, limits: Limits = QUICK) -> Graded:
    """Grade a notebook that was handed in."""
    return grade_notebook(rebuild(notebook, LESSON), seed=7, limits=limits)


def lost(graded: Graded) -> set[str]:
    """The exercises without full marks."""
    exercises = graded.verdict.exercises.items()
    return {key for key, verdict in exercises if verdict.score < verdict.max_score}


@pytest.mark.parametrize(
    "cell",
    [
        KILL,
        LATER,
        "!kill -9 $PPID",
        "import ctypes\nctypes.string_at(0)",
        "get_ipython().kernel.io_loop.stop()",
        "import signal\nsignal.setitimer(signal.ITIMER_REAL, 0.3)",
        "import json\njson.dumps = lambda *given, **more: 'true'",
    ],
    ids=["at once", "a moment later", "by the shell", "fault", "loop", "alarm", "no message"],
)
def test_an_ended_kernel_costs_nobody_points(cell: str) -> None:
    assert lost(grade(answered(descend=cell))) == set()


def test_as_many_cells_as_one_likes_may_be_given_up() -> None:
    cells = ["import time\ntime.sleep(100)", KILL, "while True: pass", KILL, "input(); 1 / 0"]
    graded = grade(
        answered(**{f"test_{n}": c for n, c in zip(LESSON.exercises, cells, strict=False)})
    )
    assert lost(graded) == set()
    said = [o.text for c in graded.notebook.cells for o in c.get("outputs", []) if "text" in o]
    assert sum("This cell was stopped" in text for text in said) == 4


def test_an_answer_whose_own_cell_is_given_up_is_still_judged() -> None:
    assert lost(grade(with_answer(f"ANSWER\n{KILL}"))) == set()
    assert lost(grade(with_answer("while True:\n    pass\nANSWER"))) == set()


def test_what_is_never_defined_has_the_reason_for_which_its_cell_was_given_up() -> None:
    graded = grade(with_answer("while True:\n    pass"))
    assert lost(graded) == {"descend"}
    verdict = graded.verdict.exercises["descend"]
    assert verdict.status == "timeout"
    assert verdict.note.startswith("It was stopped: it ")


def test_an_answer_that_ends_the_kernel_when_it_is_called_loses_only_itself() -> None:
    body = KILL.replace("\n", "; ")
    graded = grade(with_answer(f"def descend(grad_fn, x0, lr, steps):\n    {body}"))
    assert lost(graded) == {"descend"}
    assert "ended its kernel" in graded.verdict.exercises["descend"].note


@pytest.mark.parametrize(
    "line",
    [
        "import pandas as pd",
        "from google.colab import drive\ndrive.mount('/content/drive')",
        "!pip install tqdm",
        "%matplotlib widget",
        "steps = int(input('how many? '))",
        "assert False",
    ],
)
def test_a_line_that_fails_above_an_answer_costs_nothing(line: str) -> None:
    assert lost(grade(with_answer(f"{line}\nANSWER"))) == set()


def test_the_verdict_says_where_the_cell_of_a_missing_name_stopped() -> None:
    graded = grade(with_answer("import pandas as pd\ndescend = pd.Series.descend\n"))
    verdict = graded.verdict.exercises["descend"]
    assert verdict.probes[0].message == (
        "`descend` is not defined: its cell stopped at `import pandas as pd` "
        "(ModuleNotFoundError: No module named 'pandas')"
    )
    assert verdict.note == (
        "pandas is not installed where this is graded, so the answer has to work without it."
    )


def test_a_second_attempt_that_is_no_python_is_an_attempt() -> None:
    notebook = answered()
    slot = notebook.cells[at(notebook, "descend")]
    slot.source = slot.source.replace(")", "", 1)
    broken, slot.source = slot.source, LESSON.release().cells[at(notebook, "descend")].source
    notebook.cells.append(new_code_cell(broken))
    verdict = grade(notebook).verdict.exercises["descend"]
    assert verdict.status == "error"
    assert verdict.probes[0].message == (
        "`descend` is not written yet: its cell stopped at `def descend(grad_fn, x0, lr, steps:` "
        "(SyntaxError: '(' was never closed)"
    )


def test_a_letter_without_quotes_says_where_it_stopped() -> None:
    notebook = answered()
    notebook.cells[at(notebook, "prediction_edge")].source = "prediction_edge = c"
    verdict = grade(notebook).verdict.exercises["prediction_edge"]
    assert verdict.probes[0].message == (
        "`prediction_edge` is not defined: its cell stopped at `prediction_edge = c` "
        "(NameError: name 'c' is not defined)"
    )


def test_results_come_out_whatever_ipython_takes_for_its_shell() -> None:
    cells = "import IPython\nIPython.embed()\nget_ipython().clear_instance()\n"
    assert lost(grade(answered(descend=f"{cells}IPython.display.publish_display_data = None"))) == (
        set()
    )


def test_a_cell_that_was_too_large_says_so() -> None:
    note = "# Cell 3 is too large to read: 6.0 MB, and a notebook may hold 5 MB of code."
    verdict = grade(with_answer(note)).verdict.exercises["descend"]
    assert verdict.note == note.removeprefix("# ")


def test_what_was_right_before_an_answer_ended_its_kernel_counts(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """A result that is sent while the kernel ends does not arrive: the second time,
    each probe waits for the one before it."""
    apart, run_all = [], KernelRunner.run_all

    def watched(self: KernelRunner, asked: Any, names: Any) -> Any:
        apart.append((names, self.apart))
        return run_all(self, asked, names)

    monkeypatch.setattr(KernelRunner, "run_all", watched)
    answer = (
        "ANSWER\n_right, _calls = descend, []\n"
        "def descend(*args, **named):\n"
        "    _calls.append(1)\n"
        "    if len(_calls) > 40: __import__('ctypes').string_at(0)\n"
        "    return _right(*args, **named)"
    )
    passed = []
    for calls in (8, 12):  # some of them in the visible tests
        notebook = with_answer(answer.replace("40", str(calls)))
        verdict = grade(notebook).verdict.exercises["descend"]
        passed.append([probe.status for probe in verdict.probes].count("passed"))
        assert all(p.status == "error" for p in verdict.probes[passed[-1] :])
    assert 0 < passed[0] < passed[1] < len(verdict.probes)
    assert [how for names, how in apart if names == ("descend",)] == [False, True] * 2
