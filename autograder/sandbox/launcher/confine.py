"""Takes from this process what a sealed kernel must not have: its user, its rights, its excess."""

from __future__ import annotations

import fcntl
import os
import resource
import signal
import socket
import struct
from pathlib import Path
from typing import Any

from . import linux, seccomp
from .tree import write_proc

NAMESPACES = (
    linux.CLONE_NEWNS
    | linux.CLONE_NEWPID
    | linux.CLONE_NEWIPC
    | linux.CLONE_NEWUTS
    | linux.CLONE_NEWNET
    | linux.CLONE_NEWCGROUP
)
HOSTNAME = "sealed"
SIOCSIFFLAGS, IFF_UP, IFF_RUNNING = 0x8914, 0x1, 0x40


def can_become(user: int) -> bool:
    """Whether this process is root, and has the kernel's user and group to turn into.

    In a user namespace with a single user (`unshare --map-root-user`, a rootless container) there
    is nobody else to become, and root has power over that namespace alone. There the kernel is
    sealed as an ordinary user's is: a user namespace of its own, in which it is `user` and has no
    capability, and whose owner is whoever started the container. It keeps the number that root has
    outside. Where that is an ordinary user's, what the number can do is what `nobody` could: every
    mount but the scratch folder is read-only, /proc/sys belongs to the host's root, processes,
    sockets and shared memory are in namespaces, keys are behind the filter.

    Where it is the host's own root that made the namespace, files of root's are the kernel's too,
    and the read-only mounts alone are what keeps it from /proc/sys, /sys, devices' modes and its
    own libraries: it has no capability to make one writable, nor mount, nor a namespace in which to
    get one. RLIMIT_NPROC does not hold for that number: the grader counts processes (`Watcher`).
    """
    return os.geteuid() == 0 and _is_mapped(user, "uid_map") and _is_mapped(user, "gid_map")


def _is_mapped(number: int, name: str) -> bool:
    ranges = [[int(field) for field in line.split()] for line in _map(name).splitlines()]
    return any(first <= number < first + count for first, _, count in ranges)


def _map(name: str) -> str:
    return Path(f"/proc/self/{name}").read_text(encoding="ascii")


def enter_namespaces(user: int, *, as_root: bool) -> None:
    """New namespaces; an ordinary user needs a user namespace before the others are allowed."""
    if not as_root:
        _own_user_namespace("/proc", user, os.getuid(), os.getgid())
    linux.unshare(NAMESPACES, "namespaces")


def raise_loopback() -> None:
    """127.0.0.1 works inside; nothing else is reachable."""
    socket.sethostname(HOSTNAME)
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as lo:
        fcntl.ioctl(lo, SIOCSIFFLAGS, struct.pack("16sH22x", b"lo", IFF_UP | IFF_RUNNING))


def become(user: int, proc: int) -> None:
    """Root turns into an unprivileged user, and only then enters a user namespace.

    The mounts and the network belong to the namespace above, over which the user namespace has
    no power at all.
    """
    if Path("/proc/self/setgroups").read_text() != "deny\n":
        os.setgroups([])
    os.setresgid(user, user, user)
    os.setresuid(user, user, user)
    linux.prctl("dumpable", linux.PR_SET_DUMPABLE, 1)  # or /proc/self stays root's
    _own_user_namespace(f"/proc/self/fd/{proc}", user, user, user)


def limit(proc: int, limits: dict[str, int]) -> None:
    """No further user namespaces; the first to go when memory is short; hard limits."""
    write_proc(proc, "sys/user/max_user_namespaces", "0")
    write_proc(proc, "self/oom_score_adj", "1000")
    for name, value in limits.items():
        which = getattr(resource, f"RLIMIT_{name}")
        most = resource.getrlimit(which)[1]
        bound = value if most == resource.RLIM_INFINITY else min(value, most)
        resource.setrlimit(which, (bound, bound))


def surrender() -> None:
    """Give up every right for good, and end when the parent does."""
    linux.drop_capabilities()
    linux.prctl("no_new_privs", linux.PR_SET_NO_NEW_PRIVS, 1)
    linux.prctl("dumpable", linux.PR_SET_DUMPABLE, 0)  # the init is nobody's to read or trace
    linux.prctl("parent's death", linux.PR_SET_PDEATHSIG, int(signal.SIGKILL))
    seccomp.install()


def _own_user_namespace(proc: str, inside: int, uid: int, gid: int) -> None:
    """A user namespace with one user in it, who is not its root."""
    linux.unshare(linux.CLONE_NEWUSER, "user namespace")
    folder = os.open(proc, os.O_PATH | os.O_DIRECTORY | os.O_CLOEXEC)
    maps: dict[str, Any] = {"setgroups": "deny", "uid_map": uid, "gid_map": gid}
    for name, value in maps.items():
        text = value if isinstance(value, str) else f"{inside} {value} 1"
        write_proc(folder, f"self/{name}", text)
    os.close(folder)
