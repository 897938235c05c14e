"""nbval compares what figures are said to show, and not the bytes of their images.

Those are in HTML here, which nbval compares, and differ from one machine to another.
"""

from pathlib import Path

import pytest

SANITIZE = Path(__file__).with_name("nbval.cfg")


def pytest_configure(config: pytest.Config) -> None:
    """Read by `pytest --nbval solutions/...`."""
    if config.getoption("nbval_sanitize_with", None) is None:
        config.option.nbval_sanitize_with = str(SANITIZE)
