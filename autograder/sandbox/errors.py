"""Why a kernel cannot be sealed, and what to do about it."""

from __future__ import annotations

import os
import sys
from pathlib import Path

UNSEALED = "or grade with --unsealed, if you trust every submission"
CONTAINER = (
    "a container has to allow it, for instance with docker run --security-opt seccomp=unconfined "
    "--security-opt apparmor=unconfined --security-opt systempaths=unconfined --cap-add SYS_ADMIN"
)


class SealingError(Exception):
    """A kernel cannot be sealed here: `why`, and `remedy`, what to do."""

    def __init__(self, why: str, remedy: str) -> None:
        super().__init__(f"a kernel cannot be sealed here: {why}; {remedy}, {UNSEALED}")
        self.why = why
        self.remedy = remedy


def refusal(step: str, errno: int, detail: str) -> SealingError:
    """The error for a step of the launcher that the system refused."""
    why = f"{step or 'the launcher'} failed ({detail})"
    return SealingError(why, _remedy(step, errno))


def not_linux() -> SealingError:
    """The error of every system without namespaces."""
    return SealingError(f"this is {sys.platform}, and sealing needs Linux", "grade on Linux")


def _remedy(step: str, errno: int) -> str:
    if step.startswith("read "):
        path = step.removeprefix("read ")
        return f"let other users read it (chmod -R go+rX {path})"
    if step == "mount_setattr":
        return "use Linux 5.12 or later, or a container whose seccomp profile knows mount_setattr"
    if step.startswith("mount proc"):
        return f"let /proc be mounted: {CONTAINER}"
    if os.geteuid() != 0:
        for name, bad, good in (
            ("user/max_user_namespaces", "0", "10000"),
            ("kernel/unprivileged_userns_clone", "0", "1"),
            ("kernel/apparmor_restrict_unprivileged_userns", "1", "0"),
        ):
            if _sysctl(name) == bad:
                return f"allow user namespaces: sysctl -w {name.replace('/', '.')}={good}"
    if step:
        return f"allow new namespaces ({os.strerror(errno)}): {CONTAINER}"
    return "see whether this Python starts at all with `python -I -S`"


def _sysctl(name: str) -> str:
    try:
        return (Path("/proc/sys") / name).read_text().strip()
    except OSError:
        return ""
