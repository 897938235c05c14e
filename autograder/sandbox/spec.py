"""The whole order for the launcher: file system, limits, environment, command."""

from __future__ import annotations

import json
import os
import sys
from pathlib import Path
from typing import Any

from autograder.sandbox.filesystem import USER, plan
from autograder.sandbox.fonts import font_lists
from autograder.sandbox.policy import Policy

WORK = "/course/work"
DATA = "/course/data"
SOCKETS = "/run/kernel/k"  # with "-1" to "-5" behind it
CONNECTION_FILE = "/run/connection.json"
PASSED_ON = ("LANG", "LC_ALL", "LC_CTYPE", "TZ")


def environment(policy: Policy) -> dict[str, str]:
    """The environment of a kernel, by allow-list."""
    chosen = {
        "PATH": f"{Path(sys.executable).parent}:/usr/bin:/bin",
        "HOME": "/scratch",
        "TMPDIR": "/scratch/tmp",
        "USER": "learner",
        "LANG": "C.UTF-8",
        "IPYTHONDIR": "/scratch/.ipython",
        "MPLCONFIGDIR": "/scratch/.config/matplotlib",
        "OMP_NUM_THREADS": "1",
        "OPENBLAS_NUM_THREADS": "1",
        "MKL_NUM_THREADS": "1",
        "PYTHONDONTWRITEBYTECODE": "1",
        "PYTHONNOUSERSITE": "1",
        "PYTHONBREAKPOINT": "0",
        "PIP_DISABLE_PIP_VERSION_CHECK": "1",
        "PIP_NO_INPUT": "1",
        "PIP_RETRIES": "0",  # there is no network to wait for
    }
    for name in PASSED_ON:
        if name in os.environ:
            chosen[name] = os.environ[name]
    if policy.data is not None:
        chosen["DESCENT_DATA"] = DATA
    return chosen


def resource_limits(policy: Policy) -> dict[str, int]:
    """The resource limits of each process, by the end of their names (RLIMIT_...)."""
    limits = policy.limits
    return {
        "DATA": limits.data_bytes,
        "NPROC": limits.processes,
        "FSIZE": limits.file_bytes,
        "NOFILE": 1024,
        "CORE": 0,
        "MEMLOCK": 64 * 1024,
        "MSGQUEUE": 0,
    }


def order(policy: Policy, stage: Path, argv: list[str], connection: str = "") -> dict[str, Any]:
    """What `launcher/main.py` reads. Raises: SealingError.

    stage: an empty folder of the host on which the new root is laid out, and where it leaves no
        trace.
    connection: the text of the kernel's connection file.
    """
    return {
        "stage": str(stage),
        "user": USER,
        "entries": plan(policy, connection, font_lists()).entries,
        "limits": resource_limits(policy),
        "env": environment(policy),
        "cwd": WORK,
        "argv": argv,
    }


def connection_text(info: dict[str, Any]) -> str:
    """A connection file that names the sockets as the kernel sees them."""
    key = info["key"]
    text = key.decode() if isinstance(key, bytes) else key
    return json.dumps({**info, "key": text, "ip": SOCKETS})
