"""Cells run in an IPython shell in this process, and two answers to lesson 00 for them."""

from __future__ import annotations

from IPython.core.interactiveshell import InteractiveShell

UPHILL = "def descent_step(x, grad, lr):\n    return x + lr * grad"
DOWNHILL = "def descent_step(x, grad, lr):\n    return x - lr * grad"


def run(shell: InteractiveShell, source: str) -> object:
    """The value of a cell that has run without an error."""
    result = shell.run_cell(source, store_history=True, silent=False)
    result.raise_error()
    return result.result
