"""The process that kernels are forked from, and that what is forked is as good as started."""

from __future__ import annotations

import contextlib
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from autograder.sandbox import Policy, SealedKernel, SealingError, process, warm
from autograder.sandbox.launcher import warm as launcher
from autograder.sandbox.processes import tree
from autograder.sandbox.warm import WarmParent, adopt, expect, warm_up

from .conftest import Ask, ask

NUMPY, TORCH = Policy(data=None, torch=False), Policy(data=None, torch=True)
STATE = """
import gc, locale, signal, sys, threading, tempfile, time, resource
import numpy, matplotlib
def numbers(prefix):
    lines = open("/proc/self/status").read().splitlines()
    return {line.split(":")[0]: line.split(":")[1].strip() for line in lines
            if line.startswith(prefix)}
mask = os.umask(0); os.umask(mask)
answer = {
    "path": sys.path, "argv": sys.argv, "orig_argv": sys.orig_argv, "flags": str(sys.flags),
    "environment": {k: v for k, v in os.environ.items()}, "folder": os.getcwd(),
    "interpreter": [sys.executable, sys.prefix, sys.base_prefix],
    "signals": [str(signal.getsignal(n)).split(" at ")[0] for n in range(1, 32)],
    "mask": str(signal.pthread_sigmask(signal.SIG_BLOCK, [])),
    "threads": sorted(t.name.split("-")[0] for t in threading.enumerate()),
    "files": sorted({os.readlink(f"/proc/self/fd/{n}").split(":")[0]
                     for n in range(100) if os.path.lexists(f"/proc/self/fd/{n}")}),
    "limits": [resource.getrlimit(n) for n in range(10)],
    "umask": mask, "rights": numbers(("Cap", "NoNew", "Seccomp", "Uid", "Gid", "NSpid", "Sig")),
    "encodings": [sys.getdefaultencoding(), str(locale.getlocale()), time.tzname],
    "finders": [str(getattr(f, "__name__", f)).split(" at ")[0] for f in sys.meta_path],
    "numpy": numpy.geterr(), "matplotlib": {k: str(v) for k, v in matplotlib.rcParams.items()
                                            if k != "backend"},
    "backend": matplotlib.get_backend(auto_select=False),
    "folders": [matplotlib.get_configdir(), matplotlib.get_cachedir(), tempfile.gettempdir()],
    "main": sorted(globals()), "owner": os.stat("/proc/self/mem").st_uid,
    "session": [os.getsid(0), os.getpgid(0), os.getpid(), os.getppid()],
    "collector": [gc.isenabled(), gc.get_threshold()],
}
"""
FIGURE = """
import matplotlib.pyplot as plt
from IPython.utils.capture import capture_output
with capture_output() as shown:
    figure, axes = plt.subplots()
    axes.plot([1, 2])
    plt.show()
answer = [sorted(output.data) for output in shown.outputs]
"""
DRAWS = "import random, numpy as np\nanswer = [random.random(), np.random.rand()]"
TORCH_DRAWS = "import torch\nanswer = [torch.rand(1).item(), torch.initial_seed()]"
OWNER = """
import sys, time
from autograder.sandbox import Policy, SealedKernel
from autograder.sandbox.warm import warm_up
kernel = SealedKernel(Policy(data=None, torch=False))
kernel.start()
print(warm_up(torch=False), kernel._root, flush=True)
time.sleep(60)
"""


@pytest.fixture
def parent(monkeypatch: pytest.MonkeyPatch) -> Iterator[WarmParent]:
    """A warm parent of the test's own, from which kernels are forked meanwhile."""
    monkeypatch.setattr(warm, "_started", {})
    made = WarmParent(torch=False)
    warm._started[False] = made
    yield made
    made.close()


def test_a_forked_kernel_is_as_one_that_was_started(run: Ask) -> None:
    states = []
    for forked in (True, False):
        with SealedKernel(NUMPY, warm=forked) as kernel:
            states.append(run(kernel, STATE))
    different = {key: (states[0][key], states[1][key]) for key in states[0]}
    assert not {key: both for key, both in different.items() if both[0] != both[1]}


@pytest.mark.parametrize("forked", [True, False], ids=["warm", "cold"])
def test_figures_are_drawn_inline(run: Ask, forked: bool) -> None:
    with SealedKernel(NUMPY, warm=forked) as kernel:
        assert run(kernel, FIGURE) == [["image/png", "text/plain"]]


def test_every_kernel_draws_numbers_of_its_own(run: Ask) -> None:
    drawn: list[Any] = []
    for policy, code in ((NUMPY, DRAWS), (TORCH, DRAWS), (TORCH, TORCH_DRAWS)):
        for _ in range(2):
            with SealedKernel(policy) as kernel:
                drawn += run(kernel, code)
    assert len(set(drawn)) == len(drawn)


@pytest.mark.parametrize("torch", [False, True], ids=["numpy", "torch"])
def test_the_parent_has_one_thread_and_no_file_of_the_course(torch: bool, run: Ask) -> None:
    with SealedKernel(Policy(data=None, torch=torch)):
        process = Path(f"/proc/{warm._started[torch]._process.pid}")
        assert "Threads:\t1\n" in process.joinpath("status").read_text()
        open_files = [str(file.readlink()) for file in process.joinpath("fd").iterdir()]
        course = str(Path(warm.__file__).parents[2])
        assert not [name for name in open_files if name.startswith(course)]


def test_nothing_of_the_grader_is_in_a_forked_kernel(run: Ask) -> None:
    looked = (
        "import importlib.util, sys\n"
        "names = [n for n in sys.modules if n.split('.')[0] in ('autograder', 'launcher')]\n"
        "names += [n for n in sys.modules if 'descent' in n]\n"
        "answer = [names, importlib.util.find_spec('autograder') and 'found', "
        "[p for p in sys.path if not p.startswith(sys.base_prefix) and "
        "not p.startswith(sys.prefix)], sys.stdout.errors]"
    )
    with SealedKernel(NUMPY) as kernel:
        names, found, paths, _ = run(
            kernel, looked.replace("importlib.util.find_spec('autograder') and 'found'", "None")
        )
    assert (names, found) == ([], None)
    assert paths in ([], [""])


def test_a_lost_kernel_costs_its_neighbours_and_their_parent_nothing(
    parent: WarmParent, run: Ask
) -> None:
    with SealedKernel(NUMPY) as lost, SealedKernel(NUMPY) as other:
        lost.kill()
        assert not tree(lost._root)
        assert run(other, "answer = 1") == 1
        with SealedKernel(NUMPY) as later:
            assert run(later, "answer = 2") == 2
    assert parent.runs


def test_a_parent_that_is_killed_takes_its_kernels_along_and_is_replaced(
    parent: WarmParent, run: Ask
) -> None:
    with SealedKernel(NUMPY) as kernel:
        parent._process.kill()
        parent._process.wait()
        assert _soon(lambda: not kernel.alive())
    with SealedKernel(NUMPY) as kernel:
        assert run(kernel, "answer = 1") == 1
    assert warm._started[False] is not parent
    assert not parent.folder.exists()
    warm._started[False].close()


def test_nothing_remains_of_a_grader_that_was_killed() -> None:
    grader = subprocess.Popen([sys.executable, "-c", OWNER], stdout=subprocess.PIPE, text=True)
    assert grader.stdout is not None
    folder, root = grader.stdout.readline().split()
    assert tree(int(root))
    assert Path(folder).is_dir()
    grader.send_signal(signal.SIGKILL)
    grader.wait()
    assert _soon(lambda: not tree(int(root)) and not Path(folder).exists())
    grader.stdout.close()


def test_another_process_may_share_it(parent: WarmParent) -> None:
    shared = (
        "import sys; from pathlib import Path\n"
        "from autograder.sandbox import Policy, SealedKernel, adopt, warm\n"
        "adopt({False: Path(sys.argv[1])})\n"
        "with SealedKernel(Policy(data=None, torch=False)) as kernel:\n"
        "    print(kernel.alive(), warm._started)"
    )
    with SealedKernel(NUMPY):  # it has begun to serve
        command = [sys.executable, "-c", shared, str(parent.folder)]
        done = subprocess.run(command, capture_output=True, text=True, check=True, timeout=60)
    assert done.stdout == "True {}\n"


def test_who_expects_a_kernel_has_a_parent_started_once(
    monkeypatch: pytest.MonkeyPatch, parent: WarmParent
) -> None:
    expect(torch=False)
    assert warm._started == {False: parent}
    parent.close()
    expect(torch=False)
    assert warm._started[False] is not parent
    assert warm._started[False].runs
    warm._started[False].close()


def test_who_expects_a_kernel_of_anothers_parent_starts_none(
    monkeypatch: pytest.MonkeyPatch, parent: WarmParent
) -> None:
    monkeypatch.setattr(warm, "_started", {})
    monkeypatch.setattr(warm, "_folders", {})
    adopt({False: parent.folder})
    expect(torch=False)
    assert warm._started == {}


def test_one_that_cannot_import_says_why(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(warm, "_started", {})
    monkeypatch.setattr(warm, "BOOT", "import no_such_library")
    with pytest.raises(SealingError, match="No module named 'no_such_library'"):
        SealedKernel(NUMPY).start()
    warm._started[False].close()


def test_its_socket_has_a_short_name_wherever_temporary_files_are(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    deep = tmp_path / ("long" * 30)
    deep.mkdir()
    monkeypatch.setattr("tempfile.tempdir", str(deep))
    monkeypatch.setattr(warm, "_started", {})
    with SealedKernel(NUMPY) as kernel:
        assert ask(kernel, "answer = 1") == 1
    assert warm_up(torch=False).is_relative_to(deep)
    warm._started[False].close()
    assert not list(deep.iterdir())


def _soon(happened: Callable[[], bool], seconds: float = 20.0) -> bool:
    end = time.monotonic() + seconds
    while not happened():
        if time.monotonic() > end:
            return False
        time.sleep(0.05)
    return True


def test_what_a_killed_worker_leaves_is_in_the_folder_that_the_warm_parent_removes(
    tmp_path: Path,
) -> None:
    with process._stage(tmp_path) as stage:
        assert Path(stage).parent == tmp_path
    with process._stage(tmp_path / "gone") as stage:
        assert Path(stage).is_dir()


def test_a_warm_parent_removes_what_workers_put_there_meanwhile(tmp_path: Path) -> None:
    folder = tmp_path / "descent-0"
    folder.mkdir()
    end = time.monotonic() + 0.5

    def put() -> None:
        with contextlib.suppress(FileNotFoundError):
            while time.monotonic() < end:
                (folder / f"stage-{time.monotonic_ns()}").mkdir()

    worker = threading.Thread(target=put)
    worker.start()
    launcher._remove(str(folder))
    worker.join()
    assert not folder.exists()
