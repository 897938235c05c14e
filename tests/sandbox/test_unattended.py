"""A kernel at which nobody sits: what wants a person, a network or an end costs its line only."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from autograder.harness import shell
from autograder.harness.kernel import ExecutionResult, KernelRunner
from autograder.sandbox import Limits, Policy, SealedKernel

pytestmark = pytest.mark.sealed


@pytest.fixture(scope="module")
def runner() -> Iterator[KernelRunner]:
    """One sealed kernel: none of these lines harms it."""
    with SealedKernel(Policy(data=None, torch=False)) as kernel:
        yield KernelRunner(kernel, Limits())


def text(ran: ExecutionResult) -> str:
    """What a cell printed."""
    return "".join(output.get("text", "") for output in ran.outputs)


def reaches_its_end(runner: KernelRunner, line: str) -> bool:
    """Whether what stands below a line runs, and the kernel after it."""
    ran = runner.run_cell(f"{line}\nprint('beneath')")
    return (
        ran.lost is None and "beneath\n" in text(ran) and "1" in text(runner.run_cell("print(1)"))
    )


@pytest.mark.parametrize(
    "line",
    [
        "!ls",
        "x = !ls",
        "!false",
        "!no_such_command",
        "!sleep 60 &",
        "!(sleep 60 &)",
        "get_ipython().system('ls')",
        "%ls",
        "%sx ls",
        "%memit",
        "x = %no_such_magic",
        "%load_ext no_such_extension",
        "%run no_such_script.py",
        "%cd /no/such/folder",
        "%matplotlib widget",
        "%matplotlib qt",
        "%gui qt",
        "%debug",
        "%pdb on",
        "%check",
        "exit()",
        "quit",
        "get_ipython().ask_exit()",
        "get_ipython().kernel.do_shutdown(True)",
        "breakpoint()",
        "import pdb; pdb.set_trace()",
        "from IPython import embed; embed()",
        "import sys; sys.stdout.close(); sys.stderr.close()",
    ],
)
def test_the_cell_goes_on_below(runner: KernelRunner, line: str) -> None:
    assert reaches_its_end(runner, line)


@pytest.mark.parametrize(
    "line",
    [
        "import os; os._exit(0)",
        "import os; os.abort()",
        "import os, signal; os.kill(os.getpid(), signal.SIGKILL)",
        "import os; os.kill(0, 15)",
        "import os; os.killpg(os.getpgrp(), 9)",
        "import signal; signal.raise_signal(signal.SIGTERM)",
        "import os, sys; os.execv(sys.executable, ['python'])",
        "import sys; sys.exit()",
    ],
)
def test_an_end_is_the_end_of_its_cell_only(runner: KernelRunner, line: str) -> None:
    ran = runner.run_cell(f"{line}\nprint('beneath')")
    assert ran.failed
    assert "beneath" not in text(ran)
    assert text(runner.run_cell("print(2)")) == "2\n"


def test_a_timer_that_ends_the_kernel_does_not(runner: KernelRunner) -> None:
    runner.run_cell("import os, threading\nthreading.Timer(0.05, os._exit, [1]).start()")
    assert text(runner.run_cell("import time; time.sleep(0.3); print(3)")).endswith("3\n")


def test_children_and_handled_signals_are_left_alone(runner: KernelRunner) -> None:
    ran = runner.run_cell(
        "import os, signal\n"
        "child = os.fork()\n"
        "if child == 0: os._exit(7)\n"
        "print(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]))\n"
        "signal.signal(signal.SIGUSR1, lambda *_: print('handled'))\n"
        "os.kill(os.getpid(), signal.SIGUSR1)"
    )
    assert text(ran) == "7\nhandled\n"


def test_a_shell_line_gives_its_output(runner: KernelRunner) -> None:
    cell = "name = 'a b'\nx = !echo '{name}'; echo c\n!echo $name\nprint(x, x.s, _exit_code)"
    assert text(runner.run_cell(cell)) == "a b\n['a b', 'c'] a b c 0\n"


def test_nothing_is_installed_and_that_is_said_once() -> None:
    with SealedKernel(Policy(data=None, torch=False)) as kernel:
        ran = KernelRunner(kernel, Limits()).run_cell(
            "!pip install -q x\n!python3 -m pip install x\n%pip install x\n%conda install x\n"
            "!sudo apt-get update && apt install x"
        )
    assert text(ran).count("\n") == 1
    assert not ran.failed


@pytest.mark.parametrize("command", ["echo pip", "ls pip-cache", "cat conda.txt", "python -V"])
def test_what_installs_nothing_is_run(command: str) -> None:
    assert not shell.INSTALLS.search(command)


def test_a_shell_line_has_a_limit(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(shell, "SHELL_SECONDS", 0.2)
    status, said = shell.run_command("echo first; sleep 60")
    assert (status, said) == (shell.STOPPED, "first\n(stopped after 0.2 seconds)\n")


@pytest.mark.parametrize("magic", ["time", "prun", "memit", "no_such_magic -r 3", "debug"])
def test_a_cell_runs_below_a_magic_that_only_looks_on(runner: KernelRunner, magic: str) -> None:
    runner.run_cell(f"%%{magic}\nbeneath_magic = {magic!r}")
    assert text(runner.run_cell("print(beneath_magic)\ndel beneath_magic")) == f"{magic}\n"


@pytest.mark.parametrize(
    "stream", ["None", "open('log.txt', 'w')", "io.StringIO()", "object()", "closed"]
)
def test_a_stream_that_is_lost_loses_no_result(runner: KernelRunner, stream: str) -> None:
    runner.run_cell(
        "import io, sys\nkept = sys.stdout, sys.stderr\n"
        f"closed = io.StringIO(); closed.close()\nsys.stdout = sys.stderr = {stream}"
    )
    ran = runner.run_cell("from IPython.display import display\ndisplay(5)")
    runner.run_cell("sys.stdout, sys.stderr = kept")
    assert [output.data["text/plain"] for output in ran.outputs] == ["5"]


def test_a_loop_with_a_progress_bar_runs_without_tqdm(runner: KernelRunner) -> None:
    runner.run_cell(  # an installed tqdm would come first
        "import sys\nsys.meta_path.sort(key=lambda finder: type(finder).__name__ != '_Finder')"
    )
    ran = runner.run_cell(
        "from tqdm.auto import tqdm, trange\nimport tqdm.notebook\n"
        "bar = tqdm.notebook.tqdm([1, 2], desc='x')\nbar.set_postfix(loss=1)\n"
        "with tqdm.tqdm(total=2) as other: other.update(2)\n"
        "print(list(bar), list(trange(2)), bar.n, other.n, len(bar))"
    )
    assert text(ran) == "[1, 2] [0, 1] 2 2 2\n"
