"""Mistakes as a table: a name, what is typed instead of what, and the sentence."""

from typing import Any

from autograder.api import About

Rows = dict[tuple[Any, ...], str]


def table(
    exercise: Any, rows: Rows, sources: dict[str, str] | None = None, about: About = "values"
) -> None:
    """Declare the edits of each row, `(name, (old, new), ...)`, with its sentence."""
    for (name, *edits), text in rows.items():
        exercise.edit(name, text, *edits, source=(sources or {}).get(name, ""), about=about)
