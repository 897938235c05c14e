"""Starting kernels: in a running loop, side by side, through nbclient, unsealed, or not at all."""

from __future__ import annotations

import asyncio
import os
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import nbformat
import pytest
from nbclient import NotebookClient

from autograder.sandbox import Limits, Policy, SealedKernel, SealingError
from autograder.sandbox import errors as errors_module
from autograder.sandbox import kernel as kernel_module
from autograder.sandbox.errors import refusal
from autograder.sandbox.policy import MIB
from autograder.sandbox.process import SealedProcess
from autograder.sandbox.processes import tree

Ask = Callable[..., Any]
PLAIN = Policy(data=None, torch=False)


@pytest.mark.sealed
def test_a_kernel_starts_where_a_loop_is_running(run: Ask) -> None:
    async def formgrader() -> int:
        with SealedKernel(PLAIN) as kernel:
            return run(kernel, "answer = 6 * 7")

    assert asyncio.run(formgrader()) == 42


@pytest.mark.sealed
def test_kernels_start_side_by_side_in_threads_that_end(run: Ask) -> None:
    kernels = [SealedKernel(PLAIN) for _ in range(2)]

    def start(kernel: SealedKernel) -> None:
        kernel.start()
        asyncio.get_event_loop().close()  # jupyter_client leaves one in each thread

    threads = [threading.Thread(target=start, args=[kernel]) for kernel in kernels]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    try:
        assert [run(kernel, "answer = os.getpid()") for kernel in kernels] == [2, 2]
    finally:
        for kernel in kernels:
            kernel.close()


@pytest.mark.sealed
def test_nbclient_drives_a_kernel_through_the_provisioner(tmp_path: Path) -> None:
    spec = tmp_path / "kernels" / "sealed"
    spec.mkdir(parents=True)
    spec.joinpath("kernel.json").write_text(
        '{"argv": ["python", "-m", "ipykernel_launcher", "-f", "{connection_file}"],'
        ' "display_name": "x", "language": "python", "metadata": {"kernel_provisioner":'
        ' {"provisioner_name": "descent-sealed", "config": {"torch": false}}}}'
    )
    cell = nbformat.v4.new_code_cell("import os; print(os.getcwd(), os.getpid())")
    notebook = nbformat.v4.new_notebook(cells=[cell])
    client = NotebookClient(notebook, kernel_name="sealed", timeout=60)
    client.create_kernel_manager()
    client.km.kernel_spec_manager.kernel_dirs.insert(0, str(spec.parent))
    client.execute(cleanup_kc=True)
    assert notebook.cells[0].outputs[0].text.strip() == "/course/work 2"


@pytest.mark.sealed
def test_a_kernel_that_does_not_come_up_says_why(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(kernel_module, "ARGV", (sys.executable, "-m", "no_such_kernel"))
    with pytest.raises(SealingError, match="No module named no_such_kernel"):
        SealedKernel(PLAIN).start()


@pytest.mark.sealed
def test_a_step_that_is_refused_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("autograder.sandbox.filesystem.DEVICES", ("no_such_device",))
    with pytest.raises(SealingError, match="mount /dev/no_such_device"):
        SealedProcess(PLAIN, [sys.executable, "-c", "pass"])


def test_another_system_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.platform", "darwin")
    with pytest.raises(SealingError, match="this is darwin, and sealing needs Linux"):
        SealedProcess(PLAIN, [sys.executable])


@pytest.mark.parametrize(
    ("step", "setting", "remedy"),
    [
        ("user namespace", ("kernel/unprivileged_userns_clone", "0"), "userns_clone=1"),
        ("mount tmpfs on x", ("kernel/apparmor_restrict_unprivileged_userns", "1"), "userns=0"),
        ("user namespace", ("user/max_user_namespaces", "0"), "max_user_namespaces=10000"),
        ("mount proc on x", ("", ""), "systempaths=unconfined"),
        ("mount_setattr", ("", ""), "Linux 5.12"),
        ("read /course/data", ("", ""), "chmod -R go+rX /course/data"),
        ("namespaces", ("", ""), "docker run"),
    ],
)
def test_each_refusal_says_what_to_do(
    step: str, setting: tuple[str, str], remedy: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(os, "geteuid", lambda: 1000)
    name, value = setting
    monkeypatch.setattr(errors_module, "_sysctl", lambda asked: value if asked == name else "")
    error = refusal(step, 1, "Operation not permitted")
    assert remedy in error.remedy
    assert "--unsealed" in str(error)


def test_an_unsealed_kernel_has_the_same_interface(run: Ask) -> None:
    with SealedKernel(PLAIN, sealed=False) as kernel:
        folder = run(kernel, "answer = os.getcwd()")
        run(kernel, "import subprocess\nsubprocess.Popen(['sleep', '600'], start_new_session=True)")
        running = [process.pid for process in tree(kernel._root)]
        assert len(running) == 2
        assert kernel.usage().resident_bytes > 20 * MIB
        kernel.kill()
        assert not kernel.alive()
    assert not Path(folder).exists()
    time.sleep(0.2)
    assert not [pid for pid in running if _runs(pid)]


def test_an_unsealed_kernel_is_watched() -> None:
    limits = Limits(resident_bytes=200 * MIB)
    with SealedKernel(Policy(data=None, torch=False, limits=limits), sealed=False) as kernel:
        kernel.client.execute("kept = b'x' * (400 << 20)\nimport time; time.sleep(60)")
        assert kernel._watcher is not None
        kernel._watcher._thread.join(20)
        assert kernel.death is not None
        assert not kernel.alive()


def _runs(pid: int) -> bool:
    """Whether it is more than a zombie, which an orphan stays until the host's init looks."""
    cmdline = Path(f"/proc/{pid}/cmdline")
    return cmdline.exists() and cmdline.read_bytes() != b""


TRY_AS_USER = """
import os, sys
os.environ["HOME"] = sys.argv[1]
try:
    os.setgroups([])
    os.setresgid(12345, 12345, 12345)
    os.setresuid(12345, 12345, 12345)
    open(sys.executable).close()
    from autograder.sandbox import Policy, SealedKernel, require_sealing
except (OSError, ImportError) as error:
    sys.exit(77)
require_sealing()
with SealedKernel(Policy(data=None, torch=False)) as kernel:
    seen = []
    hook = lambda m: seen.append(m["content"].get("text", m["content"].get("evalue", "")))
    kernel.client.execute_interactive(
        "import os; print(os.getuid(), os.getpid(), os.path.exists('/etc/shadow'))",
        output_hook=hook, allow_stdin=False, timeout=30)
    print("".join(seen), end="")
    assert kernel.usage().resident_bytes > 20e6
"""


@pytest.mark.sealed
@pytest.mark.skipif(os.geteuid() != 0, reason="only root can become another user")
def test_an_ordinary_user_can_seal_too(tmp_path: Path) -> None:
    tmp_path.chmod(0o777)
    done = subprocess.run(
        [sys.executable, "-c", TRY_AS_USER, str(tmp_path)],
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    if done.returncode == 77:
        pytest.skip("there is no other user, or none who can read this Python environment")
    assert done.stdout.strip() == "65534 2 False", done.stderr
