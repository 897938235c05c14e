"""Builds the file system of a sealed kernel from the list that the grader sent."""

from __future__ import annotations

import errno
import os
from pathlib import Path
from typing import TYPE_CHECKING, Any

from . import linux

if TYPE_CHECKING:
    from .owner import OwnerBinds

READ_ONLY = linux.ATTR_RDONLY | linux.ATTR_NOSUID
SOCKETS = "/run/kernel"


def isolate() -> None:
    """From here on nothing that is mounted shows up on the host. Comes before any other mount."""
    linux.mount("none", "/", "", linux.MS_REC | linux.MS_PRIVATE)


def build(stage: str, entries: list[dict[str, Any]], owned: OwnerBinds | None) -> None:
    """Lay out the new root on `stage`; what is not in the list is not there.

    owned: shows what is bound as the kernel's own, where that is another user than this one.
    """
    linux.mount("tmpfs", stage, "tmpfs", linux.MS_NOSUID | linux.MS_NODEV, "size=4m,mode=755")
    freeze = [stage]
    for entry in entries:
        target = stage + entry["target"]
        if entry["kind"] == "bind":
            _bind(entry["source"], target, device=entry["device"], owned=owned)
        elif entry["kind"] == "again":
            _bind(stage + entry["source"], target, writable=True)
        elif entry["kind"] == "tmpfs":
            _tmpfs(target, entry["options"])
        elif entry["kind"] == "folder":
            Path(target).mkdir(parents=True, exist_ok=True)
            os.chown(target, entry["owner"], entry["owner"])
        elif entry["kind"] == "empty":
            _tmpfs(target, "size=64k,mode=755")
            freeze.append(target)
        elif entry["kind"] == "blank":
            _bind("/dev/null", target)
        elif entry["kind"] == "link":
            _parent(target).joinpath(Path(target).name).symlink_to(entry["to"])
        elif entry["kind"] == "file":
            _write(target, entry["text"], entry["owner"])
    _proc(stage + "/proc")
    linux.restrict_mount(stage + SOCKETS, linux.ATTR_NOSYMFOLLOW, recursive=False)
    for folder in freeze:
        linux.restrict_mount(folder, READ_ONLY | linux.ATTR_NODEV, recursive=False)


def sources(entries: list[dict[str, Any]]) -> list[str]:
    """The files and folders of the host that `build` shows, devices left out."""
    return [e["source"] for e in entries if e["kind"] == "bind" and not e["device"]]


def require_readable(entries: list[dict[str, Any]]) -> None:
    """That what was bound can be read, now that this process has its user. Raises: Refused."""
    for entry in entries:
        target = entry["target"]
        needed = os.R_OK | (os.X_OK if Path(target).is_dir() else 0)
        if entry["kind"] == "bind" and not os.access(target, needed):
            raise linux.Refused(f"read {entry['source']}", errno.EACCES)


def writable_proc(stage: str) -> int:
    """A descriptor of a /proc of these namespaces that can be written to, and that has no path."""
    linux.mount("proc", stage, "proc", linux.MS_NOSUID | linux.MS_NODEV | linux.MS_NOEXEC)
    proc = os.open(stage, os.O_PATH | os.O_DIRECTORY | os.O_CLOEXEC)
    linux.detach(stage)
    return proc


def write_proc(proc: int, name: str, text: str) -> None:
    """Write a file below `writable_proc`. Raises: Refused."""
    try:
        file = os.open(name, os.O_WRONLY | os.O_CLOEXEC, dir_fd=proc)
        try:
            os.write(file, text.encode())
        finally:
            os.close(file)
    except OSError as error:
        raise linux.Refused(f"write /proc/{name}", error.errno or 0) from error


def _parent(target: str) -> Path:
    parent = Path(target).parent
    parent.mkdir(parents=True, exist_ok=True)
    return parent


def _bind(
    source: str,
    target: str,
    *,
    writable: bool = False,
    device: bool = False,
    owned: OwnerBinds | None = None,
) -> None:
    if Path(source).is_dir():
        Path(target).mkdir(parents=True, exist_ok=True)
    elif not Path(target).exists():
        _parent(target)
        Path(target).touch()
    if device or owned is None or not owned.bind(source, target):
        linux.mount(source, target, "", linux.MS_BIND | linux.MS_REC)
    attributes = linux.ATTR_NOSUID
    attributes |= 0 if device else linux.ATTR_NODEV
    attributes |= 0 if writable else linux.ATTR_RDONLY
    linux.restrict_mount(target, attributes, recursive=True)


def _tmpfs(target: str, options: str) -> None:
    Path(target).mkdir(parents=True, exist_ok=True)
    linux.mount("tmpfs", target, "tmpfs", linux.MS_NOSUID | linux.MS_NODEV, options)


def _write(target: str, text: str, owner: int) -> None:
    path = _parent(target) / Path(target).name
    path.write_text(text, encoding="utf-8")
    path.chmod(0o444)
    if owner:  # root, who has no number in the user namespace of an ordinary user, owns the rest
        os.chown(path, owner, owner)


def _proc(target: str) -> None:
    Path(target).mkdir(parents=True, exist_ok=True)
    flags = linux.MS_NOSUID | linux.MS_NODEV | linux.MS_NOEXEC
    linux.mount("proc", target, "proc", flags)
    linux.restrict_mount(target, linux.ATTR_RDONLY, recursive=False)
