"""An IPython shell in this process, in the folder of lesson 00."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from IPython.core.interactiveshell import InteractiveShell

ROOT = Path(__file__).resolve().parents[2]
IMPORTS = "import contextlib, os, signal, sys, threading, time\nimport numpy as np"
Check = Callable[[str], Any]


@pytest.fixture
def shell(monkeypatch: pytest.MonkeyPatch) -> Iterator[InteractiveShell]:
    """With the magics, and no history on disk."""
    monkeypatch.chdir(ROOT / "notebooks" / "00_orientation")
    monkeypatch.delenv("JPY_SESSION_NAME", raising=False)
    InteractiveShell.clear_instance()
    shell = InteractiveShell.instance()
    shell.history_manager.enabled = False
    shell.extension_manager.load_extension("autograder.magics")
    yield shell
    shell.history_manager.end_session()
    InteractiveShell.clear_instance()


@pytest.fixture
def check(shell: InteractiveShell) -> Check:
    """The card of `descent_step`, once its cell with a given body has run."""
    shell.run_cell(IMPORTS, store_history=True).raise_error()

    def check(body: str) -> Any:
        source = "def descent_step(x, grad, lr):\n" + body
        shell.run_cell(source, store_history=True).raise_error()
        checked = shell.run_cell("%check descent_step", store_history=True)
        checked.raise_error()
        return checked.result.cards[0]

    return check
