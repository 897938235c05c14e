"""A verdict in plain text."""

from __future__ import annotations

from textwrap import indent

from autograder.feedback.summary import Line, summary
from autograder.judging.verdict import Verdict

INLINE = 60  # letters of code that fit into a sentence


def points(number: float) -> str:
    """1, 1.5: never 1.0."""
    return f"{number:g}"


def explain(verdict: Verdict) -> str:
    """The whole of a verdict in plain text: what is right, the first difference, the thought
    behind it."""
    of = f"{points(verdict.score)} of {points(verdict.max_score)}"
    if verdict.status == "passed":
        return "\n".join(filter(None, (f"{verdict.exercise}: {of}", verdict.note)))
    if verdict.status == "not_attempted":
        return f"{verdict.exercise}: {of} points. Not attempted yet. {verdict.note}".rstrip()
    return "\n".join([f"{verdict.exercise}: {of} points.", *map(_plain, summary(verdict))])


def _plain(line: Line) -> str:
    """One line, and code that is long on lines of its own."""
    text = f"{line.head}: {line.text}" if line.head else line.text
    if not line.code:
        return text
    if len(line.code) <= INLINE and "\n" not in line.code and "  # " not in line.code:
        return f"{text} With {line.code}: {line.said}."
    return f"{text} With\n\n{indent(line.code, '    ')}\n\n{line.said[:1].upper()}{line.said[1:]}."
