"""The repository agrees with itself: pins with ranges, commands with what is said of them."""

from __future__ import annotations

import json
import re
import subprocess
import sys
import tomllib
from functools import cache
from importlib.metadata import entry_points, requires, version
from pathlib import Path
from typing import Any

import pytest
import yaml
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

ROOT = Path(__file__).resolve().parents[1]
TARGETS = ["lab", "demo", "test", "test-all", "bench", "lint", "build", "lock", "clean", "help"]


@cache
def project() -> dict[str, Any]:
    with (ROOT / "pyproject.toml").open("rb") as file:
        return tomllib.load(file)


@cache
def lock() -> list[Requirement]:
    lines = (ROOT / "requirements.lock").read_text().splitlines()
    return [Requirement(line) for line in lines if line and not line.startswith("#")]


def pinned(requirement: Requirement) -> str:
    """The one version that a line of the lock allows."""
    [specifier] = requirement.specifier
    assert specifier.operator == "==", requirement
    assert "*" not in specifier.version, requirement
    return specifier.version


def declared() -> list[str]:
    tables = project()["project"]
    return [*tables["dependencies"], *tables["optional-dependencies"]["dev"]]


@pytest.mark.parametrize("line", declared())
def test_each_dependency_is_pinned_within_its_range(line: str) -> None:
    wanted = Requirement(line)
    pins = {canonicalize_name(pin.name): pinned(pin) for pin in lock()}
    assert wanted.specifier, f"{wanted.name} has no range"
    assert wanted.specifier.contains(pins[canonicalize_name(wanted.name)])


def test_lock_names_each_distribution_once_and_nothing_but_versions() -> None:
    names = [canonicalize_name(pin.name) for pin in lock()]
    assert len(names) == len(set(names))
    for pin in lock():
        assert pin.url is None, pin
        assert "+" not in pinned(pin), f"{pin}: a local version exists on one machine only"
    text = (ROOT / "requirements.lock").read_text()
    assert not re.search(r"^\s*-", text, flags=re.MULTILINE), "an option, an index or a path"


def test_lock_is_whole() -> None:
    """What a pinned distribution needs on this machine is pinned too (torch's CUDA parts aside)."""
    pins = {canonicalize_name(pin.name): pin for pin in lock()}
    here = [name for name, pin in pins.items() if pin.marker is None or pin.marker.evaluate()]
    for name in here:
        for line in requires(name) or []:
            needed = Requirement(line)
            if needed.marker is not None and not needed.marker.evaluate({"extra": ""}):
                continue
            if needed.name.startswith(("cuda-", "nvidia-", "triton")):
                continue
            other = canonicalize_name(needed.name)
            assert other in pins, f"{name} needs {needed}, which is not pinned"
            assert needed.specifier.contains(pinned(pins[other]), prereleases=True), (name, line)


def test_this_environment_is_the_lock() -> None:
    for pin in lock():
        if pin.marker is None or pin.marker.evaluate():
            assert version(pin.name).split("+")[0] == pinned(pin), pin.name


def test_conda_environment_installs_the_lock() -> None:
    environment = yaml.safe_load((ROOT / "environment.yml").read_text())
    names = [item for item in environment["dependencies"] if isinstance(item, str)]
    [pip] = [item["pip"] for item in environment["dependencies"] if isinstance(item, dict)]
    python = project()["project"]["requires-python"]
    assert environment["name"] == project()["project"]["name"]
    assert f"python{python}" in names
    assert "pip" in names
    assert pip == ["-r requirements.lock", "-e ."], "pins would live in two places"


def test_entry_points_are_the_declared_ones() -> None:
    [script] = entry_points(group="console_scripts", name="autograder")
    assert script.value == "autograder.cli:main"
    [provisioner] = entry_points(group="jupyter_client.kernel_provisioners", name="descent-sealed")
    assert provisioner.load().__name__ == "SealedProvisioner"
    assert callable(script.load())


@pytest.mark.parametrize("target", TARGETS)
def test_make_target_exists_and_is_explained(target: str) -> None:
    command = ["make", "--no-print-directory", "help"]
    listing = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True).stdout
    assert re.search(rf"^{target}\s+\S", listing, flags=re.MULTILINE)


def test_ci_runs_what_the_readme_says() -> None:
    script = (ROOT / ".ci" / "run").read_text()
    assert re.findall(r"^make \S+", script, flags=re.MULTILINE) == ["make test", "make lint"]
    assert "make test" in (ROOT / "README.md").read_text()


def test_kernels_of_this_environment_load_the_magics() -> None:
    """`make` has copied etc/ipython into the environment, where every IPython looks."""
    copy = Path(sys.prefix) / "etc" / "ipython" / "ipython_config.py"
    assert copy.read_text() == (ROOT / "etc" / "ipython" / "ipython_config.py").read_text()
    code = "print('check' in get_ipython().magics_manager.magics['line'])"
    answer = subprocess.run(
        [sys.executable, "-m", "IPython", "--no-banner", "--colors=NoColor", "-c", code],
        capture_output=True,
        text=True,
        check=True,
    )
    assert answer.stdout.strip() == "True"


def test_lab_asks_nobody_for_news() -> None:
    copy = Path(sys.prefix) / "share" / "jupyter" / "lab" / "settings" / "overrides.json"
    settings = json.loads(copy.read_text())["@jupyterlab/apputils-extension:notification"]
    assert settings["fetchNews"] == "false"
    assert settings["checkForUpdates"] is False


@pytest.mark.parametrize("kind", ["labextension", "server extension"])
def test_nbgrader_extensions_are_enabled(kind: str) -> None:
    answer = subprocess.run(
        [sys.executable, "-m", "jupyter", *kind.split(), "list"],
        capture_output=True,
        text=True,
        check=True,
    )
    listing = answer.stdout + answer.stderr
    assert re.search(r"nbgrader.*enabled", listing), listing


def test_nothing_in_the_repository_is_ignored_by_it() -> None:
    """A tracked file that .gitignore names would be lost by the next clone's author."""
    answer = subprocess.run(
        ["git", "ls-files", "--cached", "--ignored", "--exclude-standard"],
        cwd=ROOT,
        capture_output=True,
        text=True,
    )
    if answer.returncode:
        pytest.skip("not a git clone")
    assert answer.stdout == ""
