"""What code in a sealed kernel can see and do: the promises of the design, seen from inside."""

from __future__ import annotations

import os
import socket
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from autograder.sandbox import SealedKernel

pytestmark = pytest.mark.sealed
REPOSITORY = Path(__file__).resolve().parents[2]
Inside = Callable[[str], Any]


def test_the_network_of_the_host_is_out_of_reach(inside: Inside) -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
        assert inside(f"answer = socket.socket().connect_ex(('127.0.0.1', {port})) != 0")
    assert inside("answer = [name for _, name in socket.if_nameindex()]") == ["lo"]


def test_abstract_sockets_of_the_host_are_out_of_reach(inside: Inside) -> None:
    with socket.socket(socket.AF_UNIX) as server:
        server.bind("\0descent-test")
        server.listen()
        assert inside("answer = socket.socket(socket.AF_UNIX).connect_ex('\\0descent-test') != 0")


def test_loopback_works_inside(inside: Inside) -> None:
    assert inside(
        "with socket.create_server(('127.0.0.1', 0)) as server:\n"
        "    socket.create_connection(server.getsockname(), timeout=5).close()\n"
        "    answer = True"
    )


def test_only_listed_folders_are_there(inside: Inside, tmp_path: Path) -> None:
    names = set(inside("answer = os.listdir('/')"))
    allowed = {"bin", "lib", "lib32", "lib64", "libx32", "sbin", "usr", "sys", "etc", "dev"}
    allowed |= {"proc", "run", "scratch", "tmp", "course"}
    interpreter = {Path(os.path.realpath(path)).parts[1] for path in _interpreter()}
    assert names <= allowed | interpreter
    assert inside("answer = sorted(os.listdir('/course'))") == ["data", "work"]
    assert inside("answer = [f for f in os.listdir('/etc') if 'shadow' in f]") == []


@pytest.mark.parametrize("folder", ["/root", "/home", "/tmp", "/var", "/boot", "/mnt", "/srv"])
def test_folders_of_the_host_hold_at_most_the_interpreter(inside: Inside, folder: str) -> None:
    seen = inside(f"answer = sorted(os.listdir({folder!r})) if os.path.isdir({folder!r}) else []")
    base = Path(folder)
    needed = {path.relative_to(base).parts[0] for path in _interpreter() if base in path.parents}
    assert set(seen) <= needed


def test_files_of_the_host_are_not_there(inside: Inside, tmp_path: Path, data_folder: Path) -> None:
    marker = tmp_path / "marker.txt"
    marker.write_text("secret")
    course = data_folder.parent
    hidden = [
        marker,
        REPOSITORY / "pyproject.toml",
        REPOSITORY / "solutions",
        REPOSITORY / "autograder",
        course / "solutions",
        course / "submitted",
        course / "gradebook.db",
        Path("/etc/shadow"),
        Path("/etc/hostname"),
    ]
    names = [str(path) for path in hidden]
    assert inside(f"answer = [p for p in {names!r} if os.path.lexists(p)]") == []


def test_the_repository_shows_at_most_its_environment(inside: Inside) -> None:
    folder = str(REPOSITORY)
    code = f"answer = os.listdir({folder!r}) if os.path.isdir({folder!r}) else []"
    assert set(inside(code)) <= {".venv", "venv"}


def test_the_grader_cannot_be_imported(inside: Inside) -> None:
    code = "try: import autograder\nexcept ModuleNotFoundError as error: answer = str(error)"
    assert inside(code) == "No module named 'autograder'"


def test_the_place_of_an_editable_install_is_not_told(inside: Inside) -> None:
    assert not inside(
        "import pathlib, site\n"
        "files = [f for d in site.getsitepackages() for f in pathlib.Path(d).glob('*descent*')]\n"
        "files += [g for f in files if f.is_dir() for g in f.iterdir()]\n"
        f"answer = [str(f) for f in files if f.is_file() and {str(REPOSITORY)!r} in f.read_text()]"
    )


def test_data_is_found_and_cannot_be_changed(inside: Inside) -> None:
    assert inside("answer = os.getcwd(), os.environ['DESCENT_DATA']") == (
        "/course/work",
        "/course/data",
    )
    assert inside("answer = open('../data/file.txt').read()") == "data"
    assert inside(_refused("open('/course/data/file.txt', 'w')")).startswith("OSError")
    assert inside(_refused("os.chmod('/course/data/file.txt', 0o777)")).startswith("OSError")


@pytest.mark.parametrize(
    "place", ["/", "/usr", "/usr/lib", "/etc", "/run", "/dev", "/course", "/proc/sys/kernel"]
)
def test_nothing_outside_the_scratch_folder_can_be_written(inside: Inside, place: str) -> None:
    assert inside(_refused(f"open('{place}/descent-test', 'w')")).startswith("OSError")


def test_libraries_cannot_be_written(inside: Inside) -> None:
    assert inside("import numpy\n" + _refused("open(numpy.__file__, 'a')")).startswith("OSError")
    assert inside("import sys\n" + _refused("open(sys.executable, 'ab')")).startswith("OSError")


def test_scratch_can_be_written(inside: Inside) -> None:
    assert inside(
        "import os, tempfile, pathlib\n"
        "tempfile.TemporaryFile().close()\n"
        "places = ['/course/work/x', os.path.expanduser('~/x'), '/dev/shm/x']\n"
        "answer = [pathlib.Path(p).write_text('x') for p in places]"
    ) == [1, 1, 1]


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("kernel/hostname", "x"),
        ("kernel/core_pattern", "x"),
        ("user/max_user_namespaces", "9"),
        ("vm/overcommit_memory", "1"),
    ],
)
def test_settings_of_the_system_cannot_be_written(inside: Inside, name: str, value: str) -> None:
    assert inside(_refused(f"open('/proc/sys/{name}', 'w').write('{value}')")).startswith("OSError")


def test_only_its_own_processes_are_there(inside: Inside) -> None:
    assert inside("answer = sorted(int(p) for p in os.listdir('/proc') if p.isdigit())") == [
        1,
        2,
    ]
    assert inside("answer = os.getpid(), os.getppid()") == (2, 1)


def test_no_rights_are_left(inside: Inside) -> None:
    status = inside(
        "answer = {k: v.strip() for k, v in (l.split(':', 1) for l in open('/proc/self/status'))}"
    )
    for name in ("CapInh", "CapPrm", "CapEff", "CapBnd", "CapAmb"):
        assert int(status[name], 16) == 0, name
    assert status["NoNewPrivs"] == "1"
    assert status["Uid"].split() == ["65534"] * 4
    assert inside("answer = open('/proc/sys/user/max_user_namespaces').read().strip()") == "0"
    assert inside("answer = open('/proc/self/uid_map').read().split()")[0] == "65534"


@pytest.mark.parametrize(
    "call",
    [
        "setuid(0)",
        "setgid(0)",
        "unshare(0x10000000)",
        "unshare(0x00020000)",
        "mount(b'none', b'/scratch', b'tmpfs', 0, None)",
        "umount2(b'/course/data', 2)",
        "chroot(b'/scratch')",
        "sethostname(b'x', 1)",
        "setns(0, 0)",
        "ptrace(16, 1, 0, 0)",
        "reboot(0x01234567)",
    ],
)
def test_rights_cannot_be_had(inside: Inside, call: str) -> None:
    assert inside(f"import ctypes\nanswer = ctypes.CDLL(None).{call}") == -1


@pytest.mark.skipif(os.uname().machine != "x86_64", reason="the number of clone is another one")
def test_a_user_namespace_cannot_be_had_by_clone_either(inside: Inside) -> None:
    # SIGCHLD | CLONE_NEWUSER, which no filter looks at: the namespace's own limit refuses it.
    assert (
        inside("import ctypes\nanswer = ctypes.CDLL(None).syscall(56, 0x10000011, 0, 0, 0, 0)")
        == -1
    )


def test_memory_on_nobodys_account_cannot_be_had(inside: Inside) -> None:
    assert inside("import ctypes\nanswer = ctypes.CDLL(None).memfd_create(b'x', 0)") == -1
    assert inside("import ctypes\nanswer = ctypes.CDLL(None).shmget(0, 4096, 0o1600)") == -1


def test_no_program_gives_rights(inside: Inside) -> None:
    assert inside(
        "import os, pathlib\n"
        "flags = [l.split()[5].split(',') for l in open('/proc/self/mountinfo')]\n"
        "answer = all('nosuid' in f for f in flags)"
    )


def test_the_init_is_not_to_be_read(inside: Inside) -> None:
    assert inside(_refused("os.readlink('/proc/1/fd/1')")) == "OSError 13"
    assert inside(_refused("os.readlink('/proc/1/exe')")) == "OSError 13"
    assert inside(_refused("open('/proc/1/mem', 'rb')")) == "OSError 13"


def test_the_environment_is_clean(inside: Inside) -> None:
    names = set(inside("answer = list(os.environ)"))
    assert not any("SECRET" in name or "JUPYTER" in name or "PYTEST" in name for name in names)
    assert {"HOME", "PATH", "DESCENT_DATA", "OMP_NUM_THREADS"} <= names
    assert inside(_refused("open('/proc/1/environ').read()")).startswith("OSError")
    assert b"hunter2" not in inside("answer = open('/proc/self/environ', 'rb').read()")


def test_no_descriptor_of_the_grader_is_open(inside: Inside) -> None:
    links = inside(
        "answer = []\n"
        "for fd in os.listdir('/proc/self/fd'):\n"
        "    try: answer.append(os.readlink(f'/proc/self/fd/{fd}'))\n"
        "    except OSError: pass"
    )
    files = [link for link in links if link.startswith("/") and not link.startswith("/proc")]
    assert set(files) <= {"/dev/null", "/dev/urandom"}


def test_limits_are_hard(inside: Inside) -> None:
    limits = inside(
        "import resource as r\n"
        "names = ['DATA', 'NPROC', 'FSIZE', 'CORE']\n"
        "answer = {n: r.getrlimit(getattr(r, 'RLIMIT_' + n)) for n in names}"
    )
    assert limits == {
        "DATA": (2 << 30, 2 << 30),
        "NPROC": (64, 64),
        "FSIZE": (256 << 20, 256 << 20),
        "CORE": (0, 0),
    }


def test_files_are_limited_in_size_and_number(inside: Inside) -> None:
    refused = inside(
        "answer = []\n"
        "try:\n"
        "    with open('/scratch/big', 'wb') as f:\n"
        "        for _ in range(300): f.write(bytes(1 << 20))\n"
        "except OSError as e: answer.append(e.errno)\n"
        "os.remove('/scratch/big')\n"
        "os.makedirs('/scratch/many')\n"
        "try:\n"
        "    for i in range(30_000): open(f'/scratch/many/{i}', 'w').close()\n"
        "except OSError as e: answer.append(e.errno)\n"
        "import shutil; shutil.rmtree('/scratch/many')"
    )
    assert refused[0] in (27, 28)  # EFBIG, ENOSPC
    assert refused[1] == 28


def test_the_folder_of_the_sockets_is_small(inside: Inside) -> None:
    assert (
        inside(
            "try:\n"
            "    open('/run/kernel/big', 'wb').write(bytes(2 << 20)); answer = 0\n"
            "except OSError as e: answer = e.errno\n"
            "os.remove('/run/kernel/big')"
        )
        == 28
    )


def test_links_among_the_sockets_lead_nowhere(inside: Inside, shared: SealedKernel) -> None:
    # The grader follows this path: a link would lead it to a socket of the host.
    inside("os.symlink('/', '/run/kernel/link')")
    folder = Path(shared._manager.ip).parent
    assert (folder / "link").is_symlink()
    with pytest.raises(OSError, match="symbolic links"):
        list((folder / "link").iterdir())
    inside("os.remove('/run/kernel/link')")


def test_plots_need_no_new_list_of_fonts(inside: Inside) -> None:
    assert inside(
        "import glob, matplotlib, matplotlib.pyplot as plt\n"
        "answer = len(glob.glob(matplotlib.get_cachedir() + '/fontlist-*.json'))"
    )


def _refused(expression: str) -> str:
    """Code that answers with the errno that an expression meets, '' if it meets none."""
    return (
        "try:\n"
        f"    {expression}\n"
        "    answer = ''\n"
        "except OSError as error:\n"
        "    answer = f'OSError {error.errno}'"
    )


def _interpreter() -> list[Path]:
    names = [sys.prefix, sys.base_prefix, sys.executable]
    return [path for name in names for path in (Path(name), Path(name).resolve())]
