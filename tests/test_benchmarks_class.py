"""What `make bench` says of a class: that everything is counted, and that both sides did the
work."""

from __future__ import annotations

import io
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from rich.console import Console

from autograder.course.cells import Kind, kind
from autograder.course.course import Course
from autograder.demo.students import as_bytes
from autograder.harness.local import LocalRunner
from benchmarks import cost, in_kernel
from benchmarks.__main__ import asked
from benchmarks.class_table import Plan, class_tables, comparison, scaled
from benchmarks.cost import CannotCount, CommandFailed, Cost, cost_of
from benchmarks.graders import HandedIn, Ours, Plain, environment
from benchmarks.learners import BLANK, SOLVED, WRONG, class_of, without_demos
from benchmarks.memory import growth

COURSE = Course.find()
LESSON = COURSE.lesson("05_optimizers")
BURN = "import time\nwhile time.process_time() < {seconds}: pass"
IN_A_KERNEL = """
import sys
from autograder.harness.kernel import KernelRunner
from autograder.sandbox import Limits, Policy, SealedKernel
kernel = SealedKernel(Policy(data=None, torch=False))
kernel.start()
KernelRunner(kernel, Limits()).run_cell(sys.argv[1])
kernel.close()
"""


@pytest.fixture
def counting() -> Iterator[None]:
    """Only where a control group can be made."""
    try:
        with cost._control_group():
            yield
    except CannotCount as error:
        pytest.skip(str(error))


@pytest.mark.sealed
@pytest.mark.usefixtures("counting")
def test_what_a_sealed_kernel_takes_is_counted(tmp_path: Path) -> None:
    """It ends with its PID namespace, and of such an end no parent is told what was taken."""
    cpu = [
        cost_of([sys.executable, "-c", IN_A_KERNEL, code], tmp_path, environment()).cpu
        for code in ("pass", BURN.format(seconds=4))
    ]
    assert cpu[1] - cpu[0] > 3


@pytest.mark.usefixtures("counting")
def test_what_outlives_a_command_is_waited_for_and_counted(tmp_path: Path) -> None:
    script = "import subprocess, sys; subprocess.Popen([sys.executable, '-c', sys.argv[1]])"
    cost = cost_of([sys.executable, "-c", script, BURN.format(seconds=2)], tmp_path, environment())
    assert cost.cpu > 2
    assert cost.wall < cost.cpu, "the command itself had ended long before"


@pytest.mark.usefixtures("counting")
def test_a_command_that_fails_has_no_cost(tmp_path: Path) -> None:
    with pytest.raises(CommandFailed, match=r"(?s)exit status 3\nsorry"):
        cost_of([sys.executable, "-c", "print('sorry'); exit(3)"], tmp_path, environment())


def test_where_cpu_time_cannot_be_counted_one_line_says_so(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def refuse(_: Path) -> None:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(Path, "mkdir", refuse)
    with pytest.raises(CannotCount, match=r"\(Permission denied\); be root"), cost._control_group():
        pass
    monkeypatch.undo()
    monkeypatch.setattr("benchmarks.graders.cost_of", lambda *_: cost._control_group().__enter__())
    monkeypatch.setattr(cost, "_own_group", lambda: Path("/nowhere"))
    (said,) = class_tables(COURSE, Plan())
    assert str(said).startswith("The tables of a class are left out: CPU time is counted in")


def test_a_class_that_is_larger_begins_as_a_smaller_one() -> None:
    ten, five = list(class_of(LESSON, 10)), list(class_of(LESSON, 5))
    assert [learner.kind for learner in five] == [SOLVED, SOLVED, WRONG, SOLVED, BLANK]
    notebooks = [as_bytes(learner.notebook) for learner in ten]
    assert notebooks[:5] == [as_bytes(learner.notebook) for learner in five]
    code = {
        "".join(cell.source for cell in learner.notebook.cells if cell.cell_type == "code")
        for learner in ten
    }
    assert len(code) == 10, "what is kept of one would serve another"


def test_without_demos_everything_else_is_left() -> None:
    learner = next(iter(class_of(LESSON, 1)))
    before, after = learner.notebook.cells, without_demos(learner).notebook.cells
    assert [cell for cell in before if kind(cell) is not Kind.DEMO] == after
    assert len(after) < len(before)


def test_hidden_tests_on_nbgraders_side_give_the_points_of_ours(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    cells = in_kernel.plain_source(LESSON).cells
    graded = [cell.source for cell in cells if kind(cell) is Kind.GRADED]
    assert len(graded) == len(LESSON.exercises)
    for source, key in zip(graded, LESSON.exercises, strict=True):
        *_, call, end = source.splitlines()
        assert (call, end) == (f"score('05_optimizers', '{key}')", "### END HIDDEN TESTS")
    judge = in_kernel._judge(LESSON.id)
    wrong = {"sgd_step": lambda param, grad, lr, weight_decay=0.0: param + lr * grad}
    monkeypatch.setattr(sys.modules["__main__"], "sgd_step", wrong["sgd_step"], raising=False)
    expected = judge.verdict(judge.examine("sgd_step", LocalRunner(wrong))).score
    assert in_kernel.score(LESSON.id, "sgd_step") == expected < LESSON.exercises["sgd_step"].points


@pytest.mark.parametrize("grader", [Ours(), Plain()], ids=["ours", "nbgrader"])
def test_a_grader_that_leaves_work_out_is_told(
    grader: Ours | Plain, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("benchmarks.graders.cost_of", lambda *_: Cost(0.0, 0.0))
    handed = HandedIn(grader, COURSE, LESSON, class_of(LESSON, 5), tmp_path)
    full = sum(exercise.points for exercise in LESSON.exercises.values())
    names = [learner.name for learner in handed.learners]
    right = dict(zip(names, (full, full, full / 2, full, 0.0), strict=True))
    monkeypatch.setattr(HandedIn, "scores", lambda _: right)
    assert handed.grade(feedback=False) == Cost(0.0, 0.0)
    with pytest.raises(CommandFailed, match="wrote no feedback for solved-000"):
        handed.grade()
    for name, got in (("solved-001", full - 1), ("blank-004", 1.0), ("wrong-002", full)):
        monkeypatch.setattr(HandedIn, "scores", lambda _, n=name, g=got: {**right, n: g})
        with pytest.raises(CommandFailed, match=f"gave {name} {got}"):
            handed.grade(feedback=False)


def test_a_cost_that_was_not_measured_is_on_the_line_of_two_that_were() -> None:
    assert scaled({5: 60.0, 10: 110.0}, 40) == 410.0
    assert scaled({5: 60.0, 10: 110.0, 40: 400.0}, 40) == 400.0


def test_a_comparison_says_what_was_scaled() -> None:
    ours = {40: [Cost(40.0, 80.0)] * 3}
    for plain, said in (
        ({5: [Cost(61.0, 60.0)] * 3, 10: [Cost(112.0, 110.0)] * 3}, "nbgrader, scaled to 40 / "),
        ({40: [Cost(412.0, 410.0)] * 3}, "nbgrader / autograder, 40"),
    ):
        console = Console(file=io.StringIO(), width=200)
        console.print(comparison("title", Plan((40,), tuple(plain)), ours, plain, aim=12))
        assert isinstance(console.file, io.StringIO)
        text = console.file.getvalue()
        row = next(line for line in text.splitlines() if said in line)
        assert "5.12" in row, "410 seconds by 80"
        assert "CPU 12 missed" in row


def test_what_can_be_asked_for() -> None:
    assert asked([]) == ([], None)
    assert asked(["05_optimizers"]) == (["05_optimizers"], None)
    assert asked(["--class", "40"]) == ([], Plan(sizes=(40,)))
    wanted = ["--class", "40", "--nbgrader", "40", "--rounds", "1"]
    assert asked(wanted) == ([], Plan((40,), (40,), 1))
    for words in (["--nbgrader", "40"], ["--rounds", "0"], ["--class", "0"]):
        with pytest.raises(SystemExit):
            asked(words)


@pytest.mark.sealed
def test_one_kernel_more_takes_less_than_a_process_of_its_own() -> None:
    ready, afterwards = growth(COURSE, None, kernels=1)
    assert afterwards == []
    assert 5 < ready[0] < 80, "NumPy, matplotlib and ipykernel by themselves take more"
