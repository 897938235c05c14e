"""However a kernel ends, everything of it ends, and what was too much has a reason."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from autograder.sandbox import Limits, Policy, SealedKernel
from autograder.sandbox.policy import MIB
from autograder.sandbox.processes import tree

pytestmark = pytest.mark.sealed
Ask = Callable[..., Any]
PLAIN = Policy(data=None, torch=False)


def wait_until(true: Callable[[], bool], seconds: float = 10.0) -> bool:
    """Whether something becomes true in time."""
    end = time.monotonic() + seconds
    while not true():
        if time.monotonic() > end:
            return False
        time.sleep(0.05)
    return True


def pids(kernel: SealedKernel) -> list[int]:
    """The supervisor, the init, the kernel, and what the kernel started."""
    return [process.pid for process in tree(kernel._root)]


def gone(processes: list[int]) -> bool:
    """Whether none of them is left, not even as a zombie."""
    return not any(Path(f"/proc/{pid}").exists() for pid in processes)


def open_descriptors() -> int:
    """How many this process has."""
    return len(list(Path("/proc/self/fd").iterdir()))


def test_close_leaves_nothing_behind(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    mounts, threads = Path("/proc/self/mounts").read_text(), threading.active_count()
    descriptors = open_descriptors()
    kernel = SealedKernel(PLAIN)
    kernel.start()
    running = pids(kernel)
    assert len(running) == 3
    assert list(tmp_path.iterdir()) == []
    kernel.close()
    kernel.close()
    assert gone(running)
    assert not kernel.alive()
    assert threading.active_count() == threads
    assert Path("/proc/self/mounts").read_text() == mounts
    assert open_descriptors() <= descriptors + 3  # asyncio's own, kept for later


def test_kill_takes_daemons_along(own: SealedKernel, run: Ask) -> None:
    run(
        own,
        "child = os.fork()\n"
        "if child == 0:\n"
        "    os.setsid()\n"
        "    if os.fork() == 0:\n"
        "        import signal, time\n"
        "        signal.pthread_sigmask(signal.SIG_BLOCK, signal.valid_signals())\n"
        "        time.sleep(600)\n"
        "    os._exit(0)\n"
        "os.waitpid(child, 0)",
    )
    assert wait_until(lambda: len(pids(own)) == 4)
    running = pids(own)
    own.kill()
    assert gone(running)
    assert own.death is None


def test_a_daemon_ends_with_its_kernel(own: SealedKernel, run: Ask) -> None:
    run(own, "import subprocess\nsubprocess.Popen(['sleep', '600'], start_new_session=True)")
    running = pids(own)
    own.client.execute("os._exit(3)")
    assert wait_until(lambda: not own.alive())
    assert gone(running[1:])


def test_orphans_are_buried(own: SealedKernel, run: Ask) -> None:
    run(own, "os.system('(sleep 0.1 &) ; (sleep 0.1 &)')")
    assert wait_until(lambda: len(pids(own)) == 3)


def test_a_fork_bomb_is_bounded_and_ends(own: SealedKernel) -> None:
    own.client.execute(
        "while True:\n    try: os.fork()\n    except OSError: pass".replace(
            "os.", "__import__('os')."
        )
    )
    assert wait_until(lambda: len(pids(own)) > 20)
    time.sleep(0.5)
    assert wait_until(lambda: len(pids(own)) <= 64 + 2)
    started = time.monotonic()
    own.kill()
    assert time.monotonic() - started < 5.0
    assert not own.alive()


@pytest.mark.parametrize(
    "hog",
    [
        "import numpy as np\nkept = [np.ones(4 << 20) for _ in range(100)]",
        # Shared memory is not in RLIMIT_DATA; and several processes may each keep below it.
        "import mmap\nkept = mmap.mmap(-1, 2 << 30)\nfor i in range(0, 2 << 30, 4096): kept[i] = 1",
        "import os\nfor _ in range(5): os.fork()\nkept = bytes(range(256)) * (1 << 19)",
    ],
    ids=["one process", "shared memory", "many processes"],
)
def test_a_memory_hog_is_killed_with_a_reason(hog: str) -> None:
    limits = Limits(resident_bytes=400 * MIB)
    with SealedKernel(Policy(data=None, torch=False, limits=limits)) as kernel:
        kernel.client.execute(hog + "\nimport time; time.sleep(60)")
        assert wait_until(lambda: not kernel.alive(), 30.0)
        assert kernel.death == "memory, more than 0.391 GB"


def test_data_of_one_process_is_limited(run: Ask) -> None:
    limits = Limits(data_bytes=512 * MIB)
    with SealedKernel(Policy(data=None, torch=False, limits=limits)) as kernel:
        assert (
            run(
                kernel,
                "try: bytearray(600 << 20); answer = ''\n"
                "except MemoryError: answer = 'MemoryError'",
            )
            == "MemoryError"
        )
        assert kernel.alive()


def test_usage_counts_children_that_have_ended(own: SealedKernel, run: Ask) -> None:
    before = own.usage()
    assert 20 * MIB < before.resident_bytes < 500 * MIB
    burn = "import time\nwhile time.process_time() < 0.5: pass"
    run(own, f"import subprocess, sys\nsubprocess.run([sys.executable, '-c', {burn!r}])")
    assert own.usage().cpu_seconds - before.cpu_seconds > 0.45


def test_an_interrupt_reaches_the_learners_code(own: SealedKernel, run: Ask) -> None:
    forever = "import time\nwhile True: time.sleep(0.1)"
    sent = own.client.execute(forever, stop_on_error=False)  # or what follows is aborted with it
    time.sleep(0.5)
    own._manager.interrupt_kernel()
    while (reply := own.client.get_shell_msg(timeout=10))["parent_header"]["msg_id"] != sent:
        pass
    assert reply["content"]["ename"] == "KeyboardInterrupt"
    assert run(own, "answer = 1") == 1


@pytest.mark.parametrize("end", ["os._exit(0)", "os.abort()", "os.kill(os.getpid(), 9)"])
def test_code_that_ends_its_kernel_is_noticed(own: SealedKernel, end: str) -> None:
    own.client.execute(f"import os; {end}")
    assert wait_until(lambda: not own.alive())
    assert own.death is None


GRADER = """
import sys, time
from autograder.sandbox import Policy, SealedKernel
from autograder.sandbox.processes import tree
kernel = SealedKernel(Policy(data=None, torch=False))
kernel.start()
print(*[process.pid for process in tree(kernel._root)], flush=True)
time.sleep(600)
"""


def test_the_death_of_the_grader_ends_the_kernel() -> None:
    grader = subprocess.Popen([sys.executable, "-c", GRADER], stdout=subprocess.PIPE, text=True)
    with grader:
        assert grader.stdout is not None
        running = [int(pid) for pid in grader.stdout.readline().split()]
        assert len(running) == 3
        grader.send_signal(signal.SIGKILL)
    assert wait_until(lambda: gone(running))


def test_the_death_of_the_supervisor_ends_the_kernel(own: SealedKernel) -> None:
    supervisor, *inside = pids(own)
    os.kill(supervisor, signal.SIGKILL)
    assert wait_until(lambda: gone(inside))
    assert not own.alive()
