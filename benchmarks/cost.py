"""What a command costs: wall time, and CPU time of it and of all that it started.

A kernel is ended by the end of its PID namespace, and of a process that ends so nobody is told what
it took: `getrusage` and `times` leave out all that learners' code did. So the command runs in a
control group of its own, in which the system counts everything, whoever started it and however it
ended.
"""

from __future__ import annotations

import contextlib
import ctypes
import json
import os
import subprocess
import sys
import time
import uuid
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

PR_SET_CHILD_SUBREAPER = 36
LAST_LINES = 15
END_SECONDS = 10.0


class CannotCount(Exception):
    """No control group can be made here."""

    def __init__(self, why: object) -> None:
        super().__init__(
            f"CPU time is counted in a control group (cgroup v2), and none can be made ({why}); "
            "be root, or try `systemd-run --user --scope -p Delegate=yes make bench`"
        )


class CommandFailed(Exception):
    """A command that is to be timed did not do what it is for."""


@dataclass(frozen=True)
class Cost:
    """Seconds of one command.

    Attributes:
        wall: until the command itself had ended.
        cpu: of it and of everything that it started, until all of that had ended.
    """

    wall: float
    cpu: float


def cost_of(command: Sequence[str], folder: Path, environment: Mapping[str, str]) -> Cost:
    """Run a command in a folder.

    Raises:
        CannotCount: the system does not let us.
        CommandFailed: its exit status is not 0.
    """
    with _control_group() as group:
        done = subprocess.run(
            [sys.executable, __file__, str(group), *command],
            cwd=folder,
            env=dict(environment),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            errors="replace",
            check=False,
        )
    said = done.stdout.strip().splitlines()
    if done.returncode != 0:
        status = f"{' '.join(command)}: exit status {done.returncode}"
        raise CommandFailed("\n".join([status, *said[-LAST_LINES:-1]]))
    return Cost(*json.loads(said[-1]))


@contextlib.contextmanager
def _control_group() -> Iterator[Path]:
    """The folder of a new control group, below that of this process. Raises: CannotCount."""
    try:
        group = _own_group() / f"descent-bench-{uuid.uuid4().hex}"
        group.mkdir()
    except OSError as error:
        raise CannotCount(error.strerror or error) from error
    try:
        yield group
    finally:
        _remove(group)


def _own_group() -> Path:
    """Where the control groups below this process's are. Raises: CannotCount, OSError."""
    mounts = (line.split() for line in Path("/proc/mounts").read_text().splitlines())
    mount = next((words[1] for words in mounts if words[2] == "cgroup2"), None)
    lines = Path("/proc/self/cgroup").read_text().splitlines()
    own = next((line.removeprefix("0::") for line in lines if line.startswith("0::")), None)
    if mount is None or own is None:
        raise CannotCount("there are none")
    return Path(mount) / own.strip("/")


def _remove(group: Path) -> None:
    """A group can be removed once its last process has been buried."""
    end = time.monotonic() + END_SECONDS
    while time.monotonic() < end:
        try:
            group.rmdir()
        except OSError:
            time.sleep(0.05)
        else:
            return


def _measure(group: Path, command: Sequence[str]) -> int:
    """Run it in the group, in this process's care, and print what it cost as the last line; returns
    its exit status."""
    # What loses its parent becomes a child of this process, which can wait for its end.
    ctypes.CDLL(None).prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0)
    (group / "cgroup.procs").write_text(str(os.getpid()))
    before, start = _cpu_seconds(group), time.perf_counter()
    status = subprocess.call(command)
    wall = time.perf_counter() - start
    with contextlib.suppress(ChildProcessError):
        while True:
            os.wait()
    print(f"\n{json.dumps([wall, _cpu_seconds(group) - before])}", flush=True)
    return status


def _cpu_seconds(group: Path) -> float:
    words = (line.split() for line in (group / "cpu.stat").read_text().splitlines())
    return next(int(number) for name, number in words if name == "usage_usec") / 1e6


if __name__ == "__main__":
    sys.exit(_measure(Path(sys.argv[1]), sys.argv[2:]))
