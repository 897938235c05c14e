"""Lets the user of a kernel read what only its owner may: a grader's files under umask 077, say.

Root turns into `nobody` before the kernel starts, and then cannot read its own private files. A
mount can show them with another owner (Linux 5.12, where the file system can; overlayfs cannot),
and changes nothing on the host. The mount is read-only, so that an owner can do no more than read.
"""

from __future__ import annotations

import errno
import os
import signal
from collections.abc import Iterable
from pathlib import Path

from . import linux


class OwnerBinds:
    """Binds of which `user` is the owner. Made by root, in the namespaces of the host.

    sources: what is to be bound.
    """

    def __init__(self, user: int, sources: Iterable[str]) -> None:
        owners = {Path(source).stat().st_uid for source in sources}
        self._namespaces = {owner: _namespace(f"{owner} {user} 1") for owner in owners}

    def bind(self, source: str, target: str) -> bool:
        """Mount `source`, with what is mounted below it, on `target`; False where that cannot be
        had, and nothing was done."""
        try:
            tree = linux.open_tree(source)
            try:
                linux.map_owner(tree, self._namespaces[Path(source).stat().st_uid])
                linux.attach(tree, target)
            finally:
                os.close(tree)
        except linux.Refused:
            return False
        return True

    def close(self) -> None:
        """Let go of the namespaces; mounts keep what they need of them."""
        for descriptor in self._namespaces.values():
            os.close(descriptor)
        self._namespaces.clear()


def _namespace(mapping: str) -> int:
    """A descriptor of a user namespace with one user; the process that made it has ended."""
    ready, say = os.pipe()
    child = os.fork()
    if child == 0:
        try:
            linux.unshare(linux.CLONE_NEWUSER, "user namespace")
            os.write(say, b".")
            signal.pause()
        finally:
            os._exit(1)
    os.close(say)
    try:
        if not os.read(ready, 1):
            raise linux.Refused("user namespace", errno.EPERM)
        for name in ("uid_map", "gid_map"):
            Path(f"/proc/{child}/{name}").write_text(mapping)
        return os.open(f"/proc/{child}/ns/user", os.O_RDONLY | os.O_CLOEXEC)
    finally:
        os.close(ready)
        os.kill(child, signal.SIGKILL)
        os.waitpid(child, 0)
