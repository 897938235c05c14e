"""What a batch's entries and pages depend on apart from the lesson: the course's configuration of
nbgrader, the libraries that write them, and the looks of a page."""

from __future__ import annotations

import hashlib
import importlib.metadata
import json
import re
from collections.abc import Iterator
from functools import lru_cache
from importlib.resources import files
from pathlib import Path
from typing import Any

from traitlets.config import Config

# Code in these packages is known by its version.
KNOWN = frozenset({"autograder", "nbgrader", "nbconvert"})
DOTTED = re.compile(r"[A-Za-z_]\w*(\.[A-Za-z_]\w*)+")
WRITERS = ("nbgrader", "nbconvert", "nbformat", "sqlalchemy", "jinja2", "mistune", "latex2mathml")


def settings_as_text(config: Config, root: Path) -> str | None:
    """A configuration as text, the same wherever the course's folder is moved to; None if it holds,
    or names, code that is not nbgrader's or ours: a hook, a step or a plugin that may do anything.
    """
    values = list(_values(config))
    named = {value.split(".")[0] for value in values if DOTTED.fullmatch(str(value))}
    try:
        text = json.dumps(config, sort_keys=True) if named <= KNOWN else None
    except (TypeError, ValueError):
        return None
    return text and text.replace(json.dumps(str(root))[1:-1], "")


def _values(value: Any) -> Iterator[Any]:
    if isinstance(value, dict):
        for each in value.values():
            yield from _values(each)
    elif isinstance(value, list | tuple | set):
        for each in value:
            yield from _values(each)
    elif isinstance(value, str):
        yield value


@lru_cache(maxsize=1)
def versions() -> dict[str, str]:
    """Of whatever writes notebooks, rows and pages."""
    looks = files("autograder.feedback")
    text = "".join((looks / name).read_text("utf-8") for name in ("page.css", "page.html.j2"))
    installed = {name: importlib.metadata.version(name) for name in WRITERS}
    return {**installed, "looks": hashlib.sha256(text.encode()).hexdigest()}
