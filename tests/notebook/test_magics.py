"""`%check`, `%hint`, `%solution` and `%progress` in an IPython shell in this process."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from IPython.core.interactiveshell import InteractiveShell

from autograder.feedback.card import with_code
from tests.helpers.shells import DOWNHILL, UPHILL, run

ROOT = Path(__file__).resolve().parents[2]
WALK = """import numpy as np
def descend(grad_fn, x0, lr, steps):
    path = [np.array(x0, dtype=float)]
    for _ in range(steps):
        path.append(descent_step(path[-1], grad_fn(path[-1]), lr))
    return np.array(path)"""
TORCH = "import torch\n\ndef descent_step(x, grad, lr):\n    return torch.sub(x, lr * grad).numpy()"


@pytest.fixture
def shell(monkeypatch: pytest.MonkeyPatch) -> Iterator[InteractiveShell]:
    """A shell in the folder of lesson 00, with the magics and no history on disk."""
    monkeypatch.chdir(ROOT / "notebooks" / "00_orientation")
    InteractiveShell.clear_instance()
    shell = InteractiveShell.instance()
    shell.history_manager.enabled = False
    shell.extension_manager.load_extension("autograder.magics")
    yield shell
    shell.history_manager.end_session()
    InteractiveShell.clear_instance()


def test_a_kernel_that_only_starts_imports_nothing_for_them() -> None:
    code = (
        "import sys, autograder.magics; print('numpy' in sys.modules or 'jupytext' in sys.modules)"
    )
    answer = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True
    )
    assert answer.stdout.strip() == "False"


def test_check_says_what_differs_and_names_the_mistake(shell: InteractiveShell) -> None:
    run(shell, UPHILL)
    card = run(shell, "%check descent_step")
    text = repr(card)
    assert text.startswith("descent_step: 0 of 1 points.")
    assert text.index("expected") < text.index("it climbs: the gradient points uphill")
    html = card._repr_html_()
    assert "aria-label='descent_step: 0 of 1 points, not right yet'" in html
    assert html.startswith("<div role='status' aria-live='polite'>")
    assert html.count("<div") == html.count("</div>")


def test_check_gives_full_marks_after_the_mistake_is_mended(shell: InteractiveShell) -> None:
    run(shell, UPHILL)
    run(shell, "%check descent_step")
    run(shell, DOWNHILL)
    assert "<strong>right</strong>" in run(shell, "%check descent_step")._repr_html_()


def test_check_alone_checks_what_was_begun(shell: InteractiveShell, capsys) -> None:
    assert run(shell, "%check") is None
    assert "Nothing is written yet" in capsys.readouterr().out
    run(shell, DOWNHILL)
    run(shell, "prediction_edge = None")
    assert [c.verdict.exercise for c in run(shell, "%check").cards] == ["descent_step"]


def test_what_was_not_run_is_not_begun(shell: InteractiveShell) -> None:
    card = run(shell, "%check descend")
    assert "`descend` is not known in this kernel" in repr(card)
    assert "not begun" in card._repr_html_()


def test_a_mistake_in_what_it_calls_is_said_first(shell: InteractiveShell) -> None:
    run(shell, UPHILL)
    run(shell, WALK)
    assert "It calls descent_step, which is not right yet" in repr(run(shell, "%check descend"))


def test_a_library_that_is_the_exercise_is_refused_as_in_grading(shell: InteractiveShell) -> None:
    run(shell, TORCH)
    assert "write that part yourself" in repr(run(shell, "%check descent_step"))
    run(shell, DOWNHILL)
    assert repr(run(shell, "%check descent_step")).startswith("descent_step: 1 of 1. ")


def test_a_comparison_with_a_library_is_not_refused(shell: InteractiveShell) -> None:
    run(shell, "import torch as x\nfrom torch.autograd import grad\nlr = x.tensor(0.1)")
    run(shell, DOWNHILL)
    run(shell, "from torch import *")
    assert repr(run(shell, "%check descent_step")).startswith("descent_step: 1 of 1. ")


def test_a_name_that_becomes_a_library_is_refused_until_it_is_put_back(
    shell: InteractiveShell,
) -> None:
    run(shell, DOWNHILL.replace("lr * grad", "np.multiply(lr, grad)"))
    run(shell, "import torch as np")
    assert "write that part yourself" in repr(run(shell, "%check descent_step"))
    run(shell, "import numpy as np")
    assert repr(run(shell, "%check descent_step")).startswith("descent_step: 1 of 1. ")


def test_a_parameter_is_not_to_blame_for_the_exercise_of_its_name(shell: InteractiveShell) -> None:
    run(shell, UPHILL)
    own = "step = lambda descent_step, gradient, lr: descent_step + lr * gradient\n"
    run(shell, own + WALK.replace("descent_step(path", "step(path"))
    assert "It calls" not in repr(run(shell, "%check descend"))


def test_a_prediction_that_is_wrong_does_not_show_the_letter(shell: InteractiveShell) -> None:
    run(shell, 'prediction_edge = "z"')
    html = run(shell, "%check prediction_edge")._repr_html_()
    assert "Write one of the letters" in html
    assert "The run shows" not in html


def test_a_print_or_an_error_of_the_learners_is_no_traceback_of_ours(
    shell: InteractiveShell, capsys: pytest.CaptureFixture[str]
) -> None:
    run(shell, "def descent_step(x, grad, lr):\n    print('hello')\n    return x / 0")
    card = run(shell, "%check descent_step")
    assert "it raised ZeroDivisionError at `return x / 0`" in repr(card)
    assert "hello" not in capsys.readouterr().out.replace(repr(card), "")


def test_hints_come_in_order_and_are_counted(shell: InteractiveShell) -> None:
    hints = [run(shell, "%hint descend").data for _ in range(4)]
    for number, text in enumerate(hints[:3], start=1):
        assert text.startswith(f"**Hint {number} of 3: ")
        assert "<details>" not in text
    assert hints[3].startswith("**Hint 3 of 3: ")
    assert "`%solution descend`" in hints[3]
    assert "no hints" in run(shell, "%hint prediction_edge").data


def test_every_exercise_of_every_lesson_has_up_to_three_hints() -> None:
    from autograder.course.course import Course
    from autograder.notebook.magics import _hints

    for lesson_id in Course.find(ROOT).lesson_ids():
        lesson = Course.find(ROOT).lesson(lesson_id)
        for key, exercise in lesson.exercises.items():
            steps = len(_hints(lesson, key))
            assert steps == 0 if exercise.is_prediction else 1 <= steps <= 3, key


def test_solution_shows_the_reference_without_marks(shell: InteractiveShell) -> None:
    text = run(shell, "%solution descent_step").data
    assert "return x - lr * grad" in text
    assert "SOLUTION" not in text


def test_progress_adds_up(shell: InteractiveShell) -> None:
    run(shell, DOWNHILL)
    text = run(shell, "%progress").data
    assert "| `descent_step` | 1 of 1 | right |" in text
    assert "| `descend` | 0 of 2 | not begun |" in text
    assert "**1 of 7 points.**" in text


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("%check descent_stp", "did you mean descent_step?"),
        ("%hint", "say which exercise, one of: descent_step, descend"),
        ("%solution nothing_like_it", "There are descent_step, descend"),
    ],
)
def test_what_can_be_mended_is_one_line(
    shell: InteractiveShell, capsys: pytest.CaptureFixture[str], line: str, said: str
) -> None:
    assert run(shell, line) is None
    out = capsys.readouterr().out
    assert said in out
    assert out.count("\n") == 1


def test_elsewhere_they_say_where_to_go(
    shell: InteractiveShell, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(ROOT)
    run(shell, "%check descent_step")
    assert "from its own folder" in capsys.readouterr().out


def test_code_is_marked_and_everything_is_escaped() -> None:
    assert with_code("x_new[0, 1] differs: expected 0.5, got <b>.") == (
        "<code>x_new[0, 1]</code> differs: expected <code>0.5</code>, got <code>&lt;b&gt;</code>."
    )
    assert with_code("look at `-=` & the loss") == "look at <code>-=</code> &amp; the loss"
    plain = "loss is of another kind: expected a float, got an array of shape (3,)"
    assert with_code(plain) == plain
