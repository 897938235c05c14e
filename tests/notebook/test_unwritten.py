"""What is not written yet is one line in a kernel of the course's environment."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from IPython.core.interactiveshell import InteractiveShell
from jupyter_client.manager import start_new_kernel

ROOT = Path(__file__).resolve().parents[2]
STUB = "def adam_step(x):\n    raise NotImplementedError('adam_step is not written yet')"
DEMO = "rate = adam_step(1)\ntwice = 2 * rate"


@pytest.fixture
def shell(monkeypatch: pytest.MonkeyPatch) -> Iterator[InteractiveShell]:
    """A shell in the folder of lesson 02, with the magics and no history on disk."""
    monkeypatch.chdir(ROOT / "notebooks" / "02_backprop")
    InteractiveShell.clear_instance()
    shell = InteractiveShell.instance()
    shell.history_manager.enabled = False
    shell.extension_manager.load_extension("autograder.magics")
    yield shell
    shell.history_manager.end_session()
    InteractiveShell.clear_instance()


def run(shell: InteractiveShell, source: str) -> BaseException | None:
    """The error with which a cell ended."""
    return shell.run_cell(source, store_history=True).error_in_exec


def test_a_stub_is_one_line_and_still_an_error(shell, capsys) -> None:
    run(shell, STUB)
    assert isinstance(run(shell, DEMO), NotImplementedError)
    assert capsys.readouterr().out == "adam_step is not written yet\n"


def test_what_a_stopped_cell_would_have_made_is_one_line_too(shell, capsys) -> None:
    run(shell, STUB)
    run(shell, DEMO)
    capsys.readouterr()
    assert isinstance(run(shell, "half = twice / 2"), NameError)
    said = (
        "twice is missing: the cell that makes it stopped, because adam_step was not written yet."
    )
    assert capsys.readouterr().out == f"{said} Run that cell first.\n"
    run(shell, "print(half)")  # and so on
    assert capsys.readouterr().out.startswith("half is missing: the cell that makes it stopped")


def test_a_name_that_is_there_after_all_is_used(shell, capsys) -> None:
    run(shell, STUB)
    run(shell, DEMO)
    run(shell, "def adam_step(x):\n    return 3 * x")
    capsys.readouterr()
    assert run(shell, DEMO) is None
    assert run(shell, "print(twice)") is None
    assert capsys.readouterr().out == "6\n"


@pytest.mark.parametrize(
    "source",
    [
        "raise NotImplementedError('complex numbers')",
        "raise NotImplementedError",
        "class Own(NotImplementedError): pass\nraise Own('x is not written yet')",
        "tvice",
        "1 / 0",
        "def f():\n    print(z)\n    z = 1\nf()",
        "x = = 1",
    ],
)
def test_every_other_error_keeps_its_traceback(shell, capsys, source) -> None:
    run(shell, STUB)
    run(shell, DEMO)
    shell.set_custom_exc((), None)
    shell.run_cell(source)
    plain = capsys.readouterr().out.split("\n", 1)[1]
    shell.extension_manager.reload_extension("autograder.magics")
    capsys.readouterr()
    shell.run_cell(source)
    assert "Traceback" in plain or "SyntaxError" in plain
    assert [line for line in capsys.readouterr().out.split("\n") if "Error" in line] == [
        line for line in plain.split("\n") if "Error" in line
    ]


def test_validate_sees_the_errors_that_it_looks_for(shell, capsys, monkeypatch) -> None:
    shell.set_custom_exc((), None)
    monkeypatch.setenv("NBGRADER_EXECUTION", "validate")
    shell.extension_manager.reload_extension("autograder.magics")
    run(shell, STUB)
    run(shell, DEMO)
    assert "Traceback" in capsys.readouterr().out


# In a kernel, as JupyterLab asks it.


@pytest.fixture(scope="module")
def client(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Any]:
    """A kernel in the folder of lesson 02 that has loaded the magics."""
    home = tmp_path_factory.mktemp("ipython")
    manager, client = start_new_kernel(
        kernel_name="python3",
        cwd=str(ROOT / "notebooks" / "02_backprop"),
        env={**os.environ, "IPYTHONDIR": str(home), "PYTHONPATH": str(ROOT)},
    )
    client.execute_interactive("%reload_ext autograder.magics", timeout=60)
    yield client
    client.stop_channels()
    manager.shutdown_kernel(now=True)


def test_a_kernel_shows_a_line_and_answers_with_an_error(client) -> None:
    shown: list[Any] = []
    source = f"{STUB}\n{DEMO}"
    answer = client.execute_interactive(source, output_hook=shown.append, timeout=60)
    assert answer["content"]["status"] == "error"  # so that Run All stops or goes on as it would
    assert answer["content"]["ename"] == "NotImplementedError"
    assert answer["content"]["traceback"] == ["adam_step is not written yet"]
    outputs = [message for message in shown if message["msg_type"] in ("error", "display_data")]
    assert [message["msg_type"] for message in outputs] == ["display_data"]
    html = outputs[0]["content"]["data"]["text/html"]
    assert html.startswith("<div style='color: ")
    assert html.endswith(">adam_step is not written yet</div>")


@pytest.mark.parametrize(
    ("line", "offered"),
    [
        ("%check num", ["numerical_gradient"]),
        ("%hint num", ["numerical_gradient"]),
        ("%solution mlp", ["mlp_loss_and_grads"]),
        ("%check numerical_gradient rel", ["relative_error", "relu_forward__relu_backward"]),
        ("%check relu_b", ["relu_backward"]),
        ("%check prediction_", None),
    ],
)
def test_tab_completes_the_names_of_exercises(client, line, offered) -> None:
    answer = client.complete(line, reply=True, timeout=60)["content"]
    matches = answer["matches"]
    if offered is None:
        assert matches
        assert all(match.startswith("prediction_") for match in matches)
    else:
        assert matches == offered
    assert line[answer["cursor_start"] :] == line.split()[-1]


def test_tab_behind_the_magic_alone_offers_every_exercise(client) -> None:
    from autograder.course.course import Course

    matches = client.complete("%check ", reply=True, timeout=60)["content"]["matches"]
    assert set(Course.find(ROOT).lesson("02_backprop").exercises) <= set(matches)
    assert "print" not in matches
