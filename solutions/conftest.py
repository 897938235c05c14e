"""How nbval runs and compares the solution notebooks.

It compares what figures are said to show, and not the bytes of their images: those are in HTML
here, which nbval compares, and differ from one machine to another. And its kernels inherit no
backend for files (Agg, common in CI), which shows no figures.
"""

import os
from pathlib import Path

import pytest

os.environ.pop("MPLBACKEND", None)
SANITIZE = Path(__file__).with_name("nbval.cfg")


def pytest_configure(config: pytest.Config) -> None:
    """Read by `pytest --nbval solutions/...`."""
    if config.getoption("nbval_sanitize_with", None) is None:
        config.option.nbval_sanitize_with = str(SANITIZE)
