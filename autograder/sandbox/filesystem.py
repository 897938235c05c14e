"""The file system of a sealed kernel: a list of what is there, made from the running interpreter.

Each entry says what the launcher puts where (see `launcher/tree.py`). Folders of the interpreter
keep their paths, so that scripts and shared libraries find each other; everything else of the host
is absent because nobody put it on the list.
"""

from __future__ import annotations

import os
import site
import sys
import sysconfig
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import autograder
from autograder.sandbox.errors import SealingError
from autograder.sandbox.policy import MIB, Policy
from autograder.static_analysis.forbidden import AUTOGRAD_LIBRARIES

USER = 65534  # nobody, on every Linux
SYSTEM = ("/usr", "/bin", "/sbin", "/lib", "/lib32", "/lib64", "/libx32")
SYSTEM_READ_ONLY = (
    "/etc/alternatives",
    "/etc/fonts",
    "/etc/ld.so.cache",
    "/nix/store",
    "/sys/devices/system/cpu",
    "/sys/devices/system/node",
)
DEVICES = ("null", "zero", "full", "random", "urandom")
SETTINGS = ("etc/ipython", "etc/jupyter", "share/jupyter")
COURSE_FILES = ("nbgrader_config.py", "gradebook.db", "submitted", "solutions")
TOO_WIDE = ("/", "/etc", "/home", "/opt", "/root", "/srv", "/tmp", "/var")
PACKAGE = "autograder"
NO_PACKAGE = f"raise ModuleNotFoundError(\"No module named '{PACKAGE}'\")\n"
STUB = Path(__file__).parent / "stub"

PASSWD = f"root:x:0:0::/:/bin/false\nlearner:x:{USER}:{USER}::/scratch:/bin/false\n"
GROUP = f"root:x:0:\nlearner:x:{USER}:\n"
HOSTS = "127.0.0.1 localhost sealed\n::1 localhost\n"

Entry = dict[str, Any]


@dataclass
class FileSystem:
    """What goes into a root that starts out empty, in order."""

    entries: list[Entry] = field(default_factory=list)

    def bind(
        self, source: str | Path, target: str | Path | None = None, *, device: bool = False
    ) -> None:
        """A file or folder of the host, read-only: a device can be written to, its mode cannot."""
        self._add("bind", target or source, source=str(source), device=device)

    def again(self, source: str, target: str) -> None:
        """A folder of the new root at a second, writable place."""
        self._add("again", target, source=source)

    def tmpfs(self, target: str, size: int, files: int, *, mode: str = "700") -> None:
        """A folder in memory, which the kernel's user may write to."""
        options = f"size={size},nr_inodes={files},mode={mode},uid={USER},gid={USER}"
        self._add("tmpfs", target, options=options)

    def folder(self, target: str) -> None:
        """An empty folder of the kernel's user."""
        self._add("folder", target, owner=USER)

    def link(self, target: str, to: str) -> None:
        """A symbolic link."""
        self._add("link", target, to=to)

    def text(self, target: str, text: str, owner: int = 0) -> None:
        """A small file that cannot be written to."""
        self._add("file", target, text=text, owner=owner)

    def mask(self, path: Path) -> None:
        """Empty what is there."""
        self._add("empty" if path.is_dir() else "blank", path)
        if path.name == PACKAGE:  # an empty folder could still be imported
            self.text(str(path / "__init__.py"), NO_PACKAGE)

    def _add(self, kind: str, target: str | Path, **more: Any) -> None:
        self.entries.append({"kind": kind, "target": str(target), **more})


def plan(policy: Policy, connection: str, fonts: dict[str, str]) -> FileSystem:
    """All that a kernel sees. Raises: SealingError, where that would be too much."""
    files = FileSystem()
    _add_scratch(files, policy.limits.file_bytes, fonts)
    _add_libraries(files, policy)
    for name, text in (("passwd", PASSWD), ("group", GROUP), ("hosts", HOSTS)):
        files.text(f"/etc/{name}", text)
    if Path("/etc/localtime").exists():
        files.bind(Path("/etc/localtime").resolve(), "/etc/localtime")
    _add_devices(files, policy.limits.file_bytes)
    files.tmpfs("/run/kernel", 1 * MIB, files=64)
    files.text("/run/connection.json", connection, owner=USER)
    if policy.data is not None:
        files.bind(policy.data.resolve(), "/course/data")
    return files


def _add_scratch(files: FileSystem, size: int, fonts: dict[str, str]) -> None:
    """One folder in memory with all that may be written to; the interpreter may lie below /tmp."""
    files.tmpfs("/scratch", size, files=20_000)
    for folder in (".config", ".config/matplotlib", "tmp", "work"):
        files.folder(f"/scratch/{folder}")
    for name, text in fonts.items():
        files.text(f"/scratch/.config/matplotlib/{name}", text, owner=USER)
    files.again("/scratch/work", "/course/work")
    files.again("/scratch/tmp", "/tmp")


def _add_devices(files: FileSystem, shared_bytes: int) -> None:
    for name in DEVICES:
        files.bind(f"/dev/{name}", device=True)
    for name, to in (("fd", ""), ("stdin", "/0"), ("stdout", "/1"), ("stderr", "/2")):
        files.link(f"/dev/{name}", f"/proc/self/fd{to}")
    files.tmpfs("/dev/shm", shared_bytes, files=1_000)


def _add_libraries(files: FileSystem, policy: Policy) -> None:
    """System, interpreter and libraries, without what of the grader's lies among them."""
    shown = []
    for name in SYSTEM:
        path = Path(name)
        if path.is_symlink():
            files.link(name, os.path.relpath(path.resolve(), "/"))
        elif path.is_dir():
            shown.append(path)
    shown += [Path(name) for name in SYSTEM_READ_ONLY if Path(name).exists()]
    _show_and_hide(files, [*shown, *interpreter_folders()], private_paths(policy))
    if not policy.torch:
        for path in _in_site_folders(AUTOGRAD_LIBRARIES):
            files.bind(STUB, path)


def _show_and_hide(files: FileSystem, shown: list[Path], hidden: list[Path]) -> None:
    """Bind and mask from the outside in: of two folders around a path, the inner one counts."""
    done: dict[Path, bool] = {}
    wanted = {**dict.fromkeys(shown, True), **dict.fromkeys(hidden, False)}
    for path, show in sorted(wanted.items(), key=lambda item: len(item[0].parts)):
        around = next((done[folder] for folder in path.parents if folder in done), False)
        if show == around:
            continue
        done[path] = show
        if show:
            files.bind(path)
        else:
            files.mask(path)


def interpreter_folders() -> list[Path]:
    """Where the running interpreter and its environment are. Raises: SealingError."""
    binary = Path(sys.executable).resolve()
    named = [Path(sys.prefix), Path(sys.exec_prefix), Path(sys.base_prefix), binary.parent.parent]
    folders = {path: None for name in named for path in (name.absolute(), name.resolve())}
    too_wide = {Path.home(), *Path.home().parents, *map(Path, TOO_WIDE)}
    for path in folders:
        if path in too_wide or (path / PACKAGE / "sandbox").is_dir():
            raise SealingError(
                f"the Python environment is {path} itself, which holds more than Python",
                "use a virtual environment in a folder of its own (python -m venv .venv)",
            )
    return list(folders)


def private_paths(policy: Policy) -> list[Path]:
    """What of the grader's and the course's could lie inside the folders of the interpreter."""
    package = Path(autograder.__file__).resolve().parent
    hidden = {*_in_site_folders((PACKAGE,)), *_metadata()}
    hidden |= {Path(sys.prefix) / name for name in SETTINGS}
    hidden |= {Path(sys.base_prefix) / name for name in SETTINGS}
    if (package.parent / "pyproject.toml").exists():  # the repository, installed or not
        hidden.add(package.parent)
    beside_data = [] if policy.data is None else [policy.data.resolve().parent]
    for folder in (*beside_data, Path.cwd(), *Path.cwd().parents):
        if any((folder / name).exists() for name in COURSE_FILES):
            hidden.add(folder)
    return [path for path in hidden if path.exists()]


def _metadata() -> Iterator[Path]:
    """Files in site-packages that say where an editable install of the grader is."""
    for folder in site_folders():
        yield from folder.glob("*descent*.pth")
        yield from folder.glob("__editable___descent_*_finder.py")
        yield from folder.glob("descent-*.dist-info/direct_url.json")
        yield from folder.glob("descent-*.dist-info/RECORD")


def site_folders() -> list[Path]:
    """Where this interpreter looks for installed packages."""
    paths = sysconfig.get_paths()
    names = [*site.getsitepackages(), paths["purelib"], paths["platlib"]]
    return list({path: None for name in names for path in (Path(name), Path(name).resolve())})


def _in_site_folders(names: Iterable[str]) -> list[Path]:
    places = [folder / name for folder in site_folders() for name in names]
    return [path for path in places if path.is_dir()]
