"""`%bring` of lesson 05's optimizer in lesson 08: with what it calls, which is named at fault."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from IPython.core.interactiveshell import InteractiveShell

from autograder.bring.request import requested
from autograder.course.bring_header import Wanted
from autograder.course.cells import Kind, kind
from autograder.course.course import Course, CourseError
from autograder.course.notebooks import to_bytes

REAL = Course(Path(__file__).resolve().parents[2])
EARLIER, TRAINER = "05_optimizers", "08_numpy_trainer"


@pytest.fixture
def shell(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[InteractiveShell]:
    """A shell in lesson 08's folder of a course with the real lessons, where its setup has run."""
    for name in ("solutions", "data", "nbgrader_config.py"):
        (tmp_path / name).symlink_to(REAL.root / name)
    folder = tmp_path / "work" / TRAINER
    folder.mkdir(parents=True)
    monkeypatch.chdir(folder)
    InteractiveShell.clear_instance()
    shell = InteractiveShell.instance()
    shell.history_manager.enabled = False
    shell.extension_manager.load_extension("autograder.magics")
    for cell in REAL.lesson(TRAINER).release().cells:
        if kind(cell) is Kind.SETUP:
            shell.run_cell(cell.source, store_history=True).raise_error()
    yield shell
    shell.history_manager.end_session()
    InteractiveShell.clear_instance()


@pytest.fixture
def bring(
    shell: InteractiveShell, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> Callable[..., tuple[str, Any]]:
    """Run a cell with the reference in the earlier lesson's notebook, parts of it replaced."""

    def bring(source: str, *replaced: tuple[str, str]) -> tuple[str, Any]:
        earlier = REAL.lesson(EARLIER)
        answers = {c.id: c.source for c in earlier.notebook().cells if kind(c) is Kind.SOLUTION}
        notebook = earlier.release()
        for cell in notebook.cells:
            cell.source = answers.get(cell.id, cell.source)
            for old, new in replaced:
                cell.source = cell.source.replace(old, new)
        path = tmp_path / "work" / EARLIER / "optimizers.ipynb"
        path.parent.mkdir(exist_ok=True)
        path.write_bytes(to_bytes(notebook))
        shell.payload_manager.clear_payload()
        shell.run_cell(source, store_history=True).raise_error()
        payload = shell.payload_manager.read_payload()
        return capsys.readouterr().out.strip(), payload[0]["text"] if payload else None

    return bring


def given() -> str:
    cells = REAL.lesson(TRAINER).release().cells
    return next(str(c.source) for c in cells if c.id == "bring_Adam")


def test_what_it_calls_comes_along(bring: Any, shell: Any) -> None:
    said, text = bring(f"{given()}\n%bring")
    assert said == (
        "Brought `Adam` from work/05_optimizers/optimizers.ipynb, with `_shapes`, `adam_step`: it "
        "stands in this cell now, and has run."
    )
    assert text.index("def adam_step(") < text.index("class Adam:")
    assert "import" not in text  # NumPy is there
    assert "SOLUTION" not in text
    array = shell.user_ns["np"].ones(2)
    shell.user_ns["Adam"]([{"params": [array]}], lr=0.1).step([[array.copy()]])
    assert array.round(6).tolist() == [0.9, 0.9]


def test_what_it_calls_is_named_where_that_is_wrong(bring: Any, shell: Any) -> None:
    said, text = bring(f"{given()}\n%bring", ("1 - beta1**t", "1 - beta2**t"))
    assert text is None
    assert "`Adam` is not right yet" in said
    assert ", for it calls `adam_step`, which is not right yet either: open work/05" in said
    assert "run `%check adam_step` to see what differs" in said
    assert said.endswith("The given `Adam` stays.")
    assert shell.user_ns["Adam"] is shell.user_ns["Momentum"]


def test_an_optimizer_of_another_name_can_be_brought(bring: Any) -> None:
    _, text = bring("%bring adam_step")
    assert text.startswith("# bring: adam_step (lesson 05)\ndef adam_step(")
    assert "class Adam" not in text


@pytest.mark.parametrize(
    ("line", "lesson", "asked"),
    [
        ("Adam", TRAINER, Wanted(("Adam",), 5)),
        ("Adam 5", TRAINER, Wanted(("Adam",), 5)),
        ("Adam, (lesson 05)", TRAINER, Wanted(("Adam",), 5)),
        ("forward__backward", "10_training_loop", Wanted(("forward", "backward"), 8)),
        ("backward, init_mlp 08", "10_training_loop", Wanted(("backward", "init_mlp"), 8)),
        ("minibatches EarlyStopping", TRAINER, Wanted(("minibatches", "EarlyStopping"), 7)),
    ],
)
def test_a_line_says_which_names_of_which_lesson(line: str, lesson: str, asked: Wanted) -> None:
    assert requested(line, REAL.lesson(lesson), REAL) == asked


def test_names_of_several_lessons_are_not_guessed() -> None:
    with pytest.raises(CourseError, match="No one lesson has all of these: `Adam` is in lesson 05"):
        requested("Adam EarlyStopping", REAL.lesson(TRAINER), REAL)
