"""Commands run for a user without a home folder, who gets one for as long as a command takes."""

from __future__ import annotations

import os
from pathlib import Path
from typing import NoReturn

import pytest

from autograder.cli.home import home_folder


def no_home() -> NoReturn:
    """What pathlib says to a number without HOME and without a passwd entry."""
    raise RuntimeError("Could not determine home directory.")


def lent() -> Path:
    """The home folder that a command and what it starts find, written to and gone afterwards."""
    with home_folder():
        folder = Path(os.environ["HOME"])
        (folder / "file").touch()
    assert not folder.exists()
    return folder


def test_a_number_that_no_passwd_entry_names(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("HOME", raising=False)
    monkeypatch.setattr(Path, "home", no_home)
    lent()
    assert "HOME" not in os.environ


@pytest.mark.parametrize("home", ["/nonexistent", "", "/dev/null"])
def test_a_home_that_is_no_folder(home: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOME", home)
    assert str(lent()) != home
    assert os.environ["HOME"] == home


def test_a_home_that_is_there_stays(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOME", str(tmp_path))
    with home_folder():
        assert os.environ["HOME"] == str(tmp_path)
    assert tmp_path.is_dir()
