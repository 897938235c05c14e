"""Which folders are shown: decided from paths alone, without a kernel."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from autograder.sandbox import Policy, SealingError, filesystem
from autograder.sandbox.filesystem import FileSystem, _show_and_hide, interpreter_folders
from autograder.sandbox.launcher import seccomp


def shown(folders: list[Path], hidden: list[Path]) -> list[tuple[str, str]]:
    files = FileSystem()
    _show_and_hide(files, folders, hidden)
    return [(entry["kind"], entry["target"]) for entry in files.entries]


def test_of_an_environment_in_the_repository_only_the_environment_is_shown() -> None:
    assert shown([Path("/repo/.venv")], [Path("/repo")]) == [("bind", "/repo/.venv")]


def test_a_repository_in_a_library_folder_is_masked_around_its_environment() -> None:
    usr, repo = Path("/usr"), Path("/usr/local")  # folders that exist everywhere
    assert shown([usr, repo / "lib"], [repo]) == [
        ("bind", "/usr"),
        ("empty", "/usr/local"),
        ("bind", "/usr/local/lib"),
    ]


def test_a_folder_is_not_bound_twice() -> None:
    assert shown([Path("/usr"), Path("/usr/local")], []) == [("bind", "/usr")]


def test_an_installed_grader_is_masked(tmp_path: Path) -> None:
    package = tmp_path / "site-packages" / "autograder"
    package.mkdir(parents=True)
    assert shown([tmp_path], [package]) == [
        ("bind", str(tmp_path)),
        ("empty", str(package)),
        ("file", str(package / "__init__.py")),  # which raises
    ]


def test_what_lies_beside_the_data_is_private(tmp_path: Path) -> None:
    (tmp_path / "solutions").mkdir()
    (tmp_path / "data").mkdir()
    policy = Policy(data=tmp_path / "data", torch=True)
    assert tmp_path.resolve() in filesystem.private_paths(policy)


@pytest.mark.parametrize("prefix", ["/", "/home", "~", "repository"])
def test_an_environment_that_holds_more_than_python_is_refused(
    prefix: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    repository = Path(filesystem.__file__).resolve().parents[2]
    path = repository if prefix == "repository" else Path(prefix).expanduser()
    monkeypatch.setattr(sys, "prefix", str(path))
    with pytest.raises(SealingError, match="holds more than Python"):
        interpreter_folders()


def test_a_filter_is_whole_instructions_and_only_for_known_machines() -> None:
    program = seccomp.program("x86_64")
    assert program is not None
    assert len(program) % 8 == 0
    assert seccomp.program("riscv64") is None
