"""Print requirements.lock: what pip chooses for this project and its `dev` extra, pinned.

With the name of another extra, print what that one adds to the pins of requirements.lock.
`make lock` runs it in a fresh environment. Pip resolves for the machine it runs on, so what
another system of `SYSTEMS` needs in addition is looked up one by one and gets that system's marker.
"""

import json
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name
from packaging.version import Version

ROOT = Path(__file__).resolve().parents[1]
LOCK = ROOT / "requirements.lock"
SYSTEMS = {
    "darwin": {"sys_platform": "darwin", "platform_system": "Darwin", "os_name": "posix"},
    "win32": {"sys_platform": "win32", "platform_system": "Windows", "os_name": "nt"},
}
WHEELS = {"darwin": "macosx_11_0_arm64", "win32": "win_amd64"}
# Raised by hand, with the numbers of every lesson looked at again.
CHOSEN = ["torch==2.13.0"]
# A CUDA build of torch brings its own, which torch itself pins.
ACCELERATORS = ("cuda-", "nvidia-", "triton")
HEADER = """\
# Exact pins of everything that `make` and CI install. Made by `make lock`: do not edit.
# torch has no local version here: any build of it (CPU, CUDA) will do.
"""
ADDED = """\
# What the extra `{extra}` adds to the pins of requirements.lock. Made by `make lock`: do not edit.
"""
# The build of TensorFlow without CUDA is for one kind of machine; the others have only the one.
CPU_ONLY = 'sys_platform == "linux" and platform_machine == "x86_64"'
OTHERS = 'sys_platform != "linux" or platform_machine != "x86_64"'


def resolve(*arguments: str) -> list[dict[str, Any]]:
    """The distributions that pip would install, as its report describes them."""
    command = [sys.executable, "-m", "pip", "install", "-qq", "--dry-run"]
    command += ["--ignore-installed", "--report", "-", *arguments]
    answer = subprocess.run(command, check=True, stdout=subprocess.PIPE, cwd=ROOT)
    return [item["metadata"] for item in json.loads(answer.stdout)["install"]]


def missing(found: list[dict[str, Any]], system: str) -> Iterator[Requirement]:
    """What the found distributions need on that system, and is not among them."""
    names = {canonicalize_name(item["name"]) for item in found}
    for item in found:
        for requirement in map(Requirement, item.get("requires_dist", [])):
            wanted = requirement.marker is None or requirement.marker.evaluate(
                {**SYSTEMS[system], "extra": ""}
            )
            if wanted and canonicalize_name(requirement.name) not in names:
                names.add(canonicalize_name(requirement.name))
                yield requirement


def pin(item: dict[str, Any], marker: str = "") -> str:
    """One line of the lock file."""
    return f"{canonicalize_name(item['name'])}=={Version(item['version']).public}{marker}"


def pins(*arguments: str) -> list[str]:
    """What pip chooses, and what other systems need in addition, a line each."""
    found = [item for item in resolve(*arguments) if item["name"] != "descent"]
    lines = [pin(item) for item in found if not item["name"].startswith(ACCELERATORS)]
    for system, platform in WHEELS.items():
        for requirement in missing(found, system):
            elsewhere = ["--platform", platform, "--only-binary=:all:", "--target", "unused"]
            wanted = f"{requirement.name}{requirement.specifier}"
            [item] = resolve("--no-deps", *elsewhere, wanted)
            lines.append(pin(item, f' ; sys_platform == "{system}"'))
    return sorted(lines)


def main(extra: str = "") -> None:
    """Resolve and print, one of the locks."""
    if not extra:
        print(HEADER + "\n".join(pins(".[dev]", *CHOSEN)))
        return
    pinned = LOCK.read_text().splitlines()
    found = pins(f".[dev,{extra}]", "--constraint", str(LOCK))
    added = [line for line in found if line not in pinned]
    print(ADDED.format(extra=extra) + "\n".join(line for pin in added for line in by_machine(pin)))


def by_machine(line: str) -> list[str]:
    """A pin, for each kind of machine that has a distribution of its own."""
    name, _, version = line.partition("==")
    if name != "tensorflow-cpu":
        return [line]
    return [f"{line} ; {CPU_ONLY}", f"tensorflow=={version} ; {OTHERS}"]


if __name__ == "__main__":
    main(*sys.argv[1:])
