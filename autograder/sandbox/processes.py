"""What a process and everything below it takes: seconds of CPU, resident memory."""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

PROC = Path("/proc")


@dataclass(frozen=True)
class Usage:
    """What a process tree took until now, the memory that it holds, in bytes, and how many
    processes it is."""

    cpu_seconds: float
    resident_bytes: int
    processes: int = 0


@dataclass(frozen=True)
class Process:
    """One row of the process table. CPU time includes that of children which have ended."""

    pid: int
    parent: int
    cpu_seconds: float
    resident_bytes: int


def tree(root: int) -> list[Process]:
    """The living processes at and below `root`."""
    children: dict[int, list[Process]] = {}
    found: list[Process] = []
    for process in _table():
        children.setdefault(process.parent, []).append(process)
        if process.pid == root:
            found.append(process)
    for process in found:  # grows as it goes
        found.extend(children.get(process.pid, []))
    return found


def usage(root: int) -> Usage:
    """What the processes at and below `root` take together."""
    processes = tree(root)
    return Usage(
        sum(process.cpu_seconds for process in processes),
        sum(process.resident_bytes for process in processes),
        len(processes),
    )


def proportional_bytes(root: int) -> int:
    """The same memory with shared pages counted once; slower, so only looked at near a limit."""
    return sum(_proportional(process) for process in tree(root))


def kill_tree(root: int) -> None:
    """SIGKILL for every process at and below `root`, of those that can be found."""
    for process in tree(root):
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.kill(process.pid, signal.SIGKILL)


def _table() -> Iterator[Process]:
    return _proc_table() if sys.platform == "linux" else _ps_table()


def _proc_table() -> Iterator[Process]:
    page, ticks = os.sysconf("SC_PAGE_SIZE"), os.sysconf("SC_CLK_TCK")
    for folder in PROC.iterdir():
        if not folder.name.isdigit():
            continue
        try:
            text = (folder / "stat").read_text(errors="replace")
        except OSError:
            continue  # it ended meanwhile
        # The name, in brackets, may itself hold spaces and brackets. See proc_pid_stat(5).
        fields = text.rpartition(")")[2].split()
        cpu_ticks = sum(int(value) for value in fields[11:15])
        yield Process(int(folder.name), int(fields[1]), cpu_ticks / ticks, int(fields[21]) * page)


def _ps_table() -> Iterator[Process]:
    """The same from `ps`, where there is no /proc (macOS)."""
    command = ["ps", "-axo", "pid=,ppid=,rss=,time="]
    listing = subprocess.run(command, capture_output=True, text=True, check=False).stdout
    for line in listing.splitlines():
        pid, parent, kilobytes, time = line.split()
        yield Process(int(pid), int(parent), _seconds(time), int(kilobytes) * 1024)


def _seconds(text: str) -> float:
    """Seconds of `[[days-]hours:]minutes:seconds`."""
    days, _, clock = text.rpartition("-")
    total = 0.0
    for part in clock.split(":"):
        total = total * 60 + float(part)
    return total + 86400 * int(days or 0)


def _proportional(process: Process) -> int:
    try:
        lines = (PROC / str(process.pid) / "smaps_rollup").read_text().splitlines()
    except OSError:
        return process.resident_bytes
    sizes = [int(line.split()[1]) * 1024 for line in lines if line.startswith("Pss:")]
    return sizes[0] if sizes else process.resident_bytes
