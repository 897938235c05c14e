"""Where brought code goes: the text of the cell in which `%bring` ran, and what runs of it."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

from autograder.bring.extract import extract, pieces_of
from autograder.course.bring_header import Wanted, wanted

ASKS = re.compile(r"^[ \t]*%bring\b[ \t]*(?P<asked>.*?)[ \t]*$", re.MULTILINE)
MAGIC = re.compile(r"^(?!%bring\b)[%!].*$", re.MULTILINE)


@dataclass(frozen=True)
class BringCell:
    """A bring cell: what it asks for, what stands in it, and what the release has there."""

    asked: Wanted
    text: str
    given: str

    def holding(self, brought: str, names: Iterable[str]) -> str:
        """Its text with what was brought for some of its names. Of others the given part stays, and
        so does what the learner has added."""
        body = ASKS.sub("", self.text)
        others = tuple(name for name in self.asked.names if name not in {*names})
        kept = extract([body], others)
        if kept.missing:
            kept = extract([self.given], others)
        known = {
            p.text for p in (*extract([body], self.asked.names).pieces, *pieces_of([self.given]))
        }
        added = [p.text for p in pieces_of([body]) if p.text not in {*known, "pass"}]
        said = [brought, kept.source, "\n".join(added), "\n".join(MAGIC.findall(body))]
        return "\n".join([self.asked.line, "\n\n\n".join(filter(None, said))])


def asked_in(text: str) -> Wanted | None:
    """What the first line of the cell asks for, if it is a bring cell's."""
    return wanted(text)


def with_line_replaced(text: str, line: str, brought: str) -> str | None:
    """A cell in which `%bring line` stands, with what was brought in its place; None where it does
    not stand on a line of its own."""
    for found in ASKS.finditer(text):
        if found["asked"] == line.strip() and found[0].startswith("%"):
            return text[: found.start()] + brought + text[found.end() :]
    return None
