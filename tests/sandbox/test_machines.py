"""Kernels are sealed whatever the umask, the map of users or the modes of the grader's files."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from autograder.sandbox import Policy, SealedKernel, SealingError, fonts
from autograder.sandbox.launcher import confine

pytestmark = pytest.mark.sealed
LOOK = """
import subprocess, sys
from autograder.sandbox import Policy, require_sealing
from autograder.sandbox.process import SealedProcess
require_sealing()
inside = '''
import os
print(os.getuid(), os.getpid(), os.listdir("/course/work"), os.umask(0) == 0o077)
for refused in (
    lambda: os.chmod("/dev/null", 0o600),
    lambda: os.chmod("/usr", 0o777),
    lambda: open("/proc/sys/kernel/hostname", "w"),
    lambda: open("/proc/sysrq-trigger", "w"),
    lambda: os.setuid(0),
    lambda: os.mkdir("/etc/new"),
):
    try: refused()
    except OSError: continue
    print("was not refused")
open("/dev/null", "w").write("x")
'''
process = SealedProcess(Policy(data=None, torch=False), [sys.executable, "-c", inside])
process.wait(30)
print(process.output.strip())
process.close()
"""
SEALED = "65534 2 [] True"


def look_around(*before: str, **settings: Any) -> str:
    """What a sealed process says, started by a Python that is started by `before`."""
    done = subprocess.run(
        [*before, sys.executable, "-c", LOOK],
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
        **settings,
    )
    return done.stdout.strip() or done.stderr


@pytest.mark.parametrize("umask", [0o022, 0o027, 0o077, 0o007, 0o777], ids=oct)
def test_every_umask(umask: int) -> None:
    assert look_around(umask=umask) == SEALED


@pytest.mark.parametrize("umask", [0o022, 0o077], ids=oct)
def test_root_of_a_namespace_with_a_single_user(umask: int) -> None:
    if shutil.which("unshare") is None:
        pytest.skip("needs unshare, of util-linux")
    assert look_around("unshare", "--user", "--map-root-user", umask=umask) == SEALED


@pytest.mark.parametrize(
    ("maps", "can"),
    [
        (("0 0 4294967295", "0 0 4294967295"), True),
        (("0 1000 1\n1 100000 65536", "0 1000 1\n1 100000 65536"), True),
        (("0 1000 1", "0 1000 1"), False),
        (("0 1000 1\n1 100000 65536", "0 1000 1"), False),
        (("0 1000 1\n1 100000 1000", "0 1000 1\n1 100000 1000"), False),
    ],
    ids=["host", "a range", "one user", "one group", "a range that ends below"],
)
def test_root_becomes_another_user_where_there_is_one(
    maps: tuple[str, str], can: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    texts = dict(zip(("uid_map", "gid_map"), maps, strict=True))
    monkeypatch.setattr(confine, "_map", lambda name: texts[name])
    monkeypatch.setattr(os, "geteuid", lambda: 0)
    assert confine.can_become(65534) is can
    monkeypatch.setattr(os, "geteuid", lambda: 1000)
    assert not confine.can_become(65534)


def test_files_that_only_their_owner_may_read(tmp_path: Path, run: Callable[..., Any]) -> None:
    data = tmp_path / "data"
    data.mkdir(mode=0o700)
    (data / "numbers.txt").write_text("1 2 3")
    (data / "numbers.txt").chmod(0o600)
    try:
        with SealedKernel(Policy(data=data, torch=False)) as kernel:
            said = run(kernel, "answer = open('/course/data/numbers.txt').read()")
            assert run(kernel, "answer = os.access('/course/data/numbers.txt', os.W_OK)") is False
    except SealingError as error:  # root, on a file system whose owners no mount can change
        said = error.remedy
    assert said in ("1 2 3", f"let other users read it (chmod -R go+rX {data})")


def test_fonts_are_listed_for_a_user_without_a_folder_to_keep_the_list_in(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "file").touch()
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "file"))
    assert fonts.font_lists.__wrapped__() != {}
