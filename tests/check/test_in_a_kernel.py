"""`%check` in a real kernel, as JupyterLab starts it: endless code, exits, figures and Ctrl-C."""

from __future__ import annotations

import os
import signal
import sys
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from jupyter_client.manager import KernelManager

from .conftest import ROOT

SECONDS = 60
RIGHT = "    return x - lr * grad"
SLOW = "    time.sleep(0.01)\n" + RIGHT


class Kernel:
    """A kernel, and what came of the cells that it ran."""

    def __init__(self, manager: KernelManager) -> None:
        self.manager = manager
        self.client = manager.client()
        self.client.start_channels()
        self.client.wait_for_ready(timeout=SECONDS)

    def run(self, source: str, interrupt_after: float | None = None) -> list[dict[str, Any]]:
        """The outputs of a cell."""
        outputs: list[dict[str, Any]] = []
        if interrupt_after is not None:
            kernel = self.manager.provisioner.pid
            threading.Timer(interrupt_after, os.kill, (kernel, signal.SIGINT)).start()

        def take(message: dict[str, Any]) -> None:
            if message["msg_type"] in ("stream", "error", "execute_result", "display_data"):
                outputs.append({"type": message["msg_type"], **message["content"]})

        self.client.execute_interactive(source, timeout=SECONDS, output_hook=take)
        return outputs

    def check(self, body: str, interrupt_after: float | None = None) -> list[dict[str, Any]]:
        """What `%check` shows of a `descent_step`."""
        assert self.run(f"def descent_step(x, grad, lr):\n{body}") == []
        return self.run("%check descent_step", interrupt_after)


@pytest.fixture(scope="module")
def kernel(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Kernel]:
    home = tmp_path_factory.mktemp("ipython")
    profile = home / "profile_default"
    profile.mkdir()
    config = (ROOT / "etc" / "ipython" / "ipython_config.py").read_text("utf-8")
    (profile / "ipython_config.py").write_text(config)
    # Over TCP, Jupyter warns that nothing is encrypted.
    manager = KernelManager(transport="ipc", ip=str(tmp_path_factory.mktemp("kernel") / "socket"))
    lesson = Path(ROOT, "notebooks", "00_orientation")
    kept = {key: value for key, value in os.environ.items() if not key.startswith("MPL")}
    paths = {"IPYTHONDIR": str(home), "PYTHONPATH": str(ROOT)}
    manager.start_kernel(cwd=str(lesson), env={**kept, **paths})
    kernel = Kernel(manager)
    try:
        kernel.run("import os, sys, time\nimport numpy as np\nimport matplotlib.pyplot as plt")
        yield kernel
    finally:
        kernel.client.stop_channels()
        manager.shutdown_kernel(now=True)


def text(outputs: list[dict[str, Any]]) -> str:
    """The one card that a check shows, beside what is said once of where one works."""
    (output,) = (output for output in outputs if "data" in output)
    return str(output["data"]["text/plain"])


def hurried(kernel: Kernel, body: str) -> str:
    """The card of a check whose probes have little time."""
    kernel.run("os.environ['DESCENT_PROBE_SECONDS'] = '0.3'")
    card = text(kernel.check(body))
    kernel.run("del os.environ['DESCENT_PROBE_SECONDS']")
    return card


def test_a_loop_that_never_ends_is_a_verdict_with_its_line(kernel: Kernel) -> None:
    card = hurried(kernel, "    while True:\n        time.sleep(0.01)")
    assert "at `time.sleep(0.01)` in the loop `while True:` of `descent_step`" in card


def test_the_end_of_an_object_has_an_end(kernel: Kernel) -> None:
    last = "    class Last:\n        def __del__(self):\n            while True: pass\n"
    card = hurried(kernel, f"{last}    last = Last()\n    del last\n{RIGHT}")
    assert "It was still running after " in card


@pytest.mark.parametrize(
    "call",
    [
        "exit()",
        "quit()",
        "exit(keep_kernel=True)",
        "os._exit(1)",
        "sys.exit()",
        "get_ipython().kernel.do_shutdown(False)",
        "os.kill(os.getpid(), 9)",
    ],
)
def test_the_kernel_outlives_an_exit(kernel: Kernel, call: str) -> None:
    assert f"It ended the program at `{call}`" in text(kernel.check(f"    {call}\n{RIGHT}"))
    assert text(kernel.run("'still here'")) == "'still here'"


def test_nobody_is_asked(kernel: Kernel) -> None:
    assert "nobody is at the keyboard" in text(kernel.check("    return float(input())"))


def test_figures_of_an_answer_are_not_shown(kernel: Kernel) -> None:
    drawn = "    plt.figure()\n    plt.plot([1, 2])\n"
    assert "1 of 1" in text(kernel.check(f"{drawn}    plt.show()\n{RIGHT}"))
    assert "1 of 1" in text(kernel.check(drawn + RIGHT))
    assert text(kernel.run("plt.get_fignums()")) == "[]"


@pytest.mark.skipif(sys.platform == "win32", reason="interrupts are events there")
@pytest.mark.parametrize(
    "body",
    [SLOW, "    while True: pass", "    while True:\n        try: x = x + 0\n        except: pass"],
    ids=["slow", "endless", "caught"],
)
def test_ctrl_c_is_one_sentence(kernel: Kernel, body: str) -> None:
    kernel.check(RIGHT)
    before = text(kernel.run("import signal; signal.getsignal(2), sys.gettrace(), np.geterr()"))
    (output,) = kernel.check(body, interrupt_after=0.05)
    assert output["traceback"] == ["%check was interrupted before it was done."]
    after = text(kernel.run("signal.getsignal(2), sys.gettrace(), np.geterr()"))
    assert after == before
