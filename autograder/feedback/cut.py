"""How much of what a learner wrote or printed a page shows, and in which characters."""

from __future__ import annotations

import html
import re

ESCAPES = re.compile(r"\x1b(?:\[[0-?]*[ -/]*[@-~]|\][^\x07\x1b]{0,500}(?:\x07|\x1b\\)|[@-Z\\-_])")
# What prints nothing, or turns the text that follows around.
INVISIBLE = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u200e\u200f\u202a-\u202e\u2066-\u2069\ufeff]")
# A picture inside a text, which does not count as text.
DATA = re.compile(r"data:image/[\w.+-]{1,40};base64,[A-Za-z0-9+/=]*", re.ASCII)
HALVES = re.compile(r"[\ud800-\udfff]")


def plain(text: str) -> str:
    """The text without colours, with each progress bar as it was left, and with nothing invisible
    in it."""
    text = ESCAPES.sub("", text.replace("\r\n", "\n"))
    if "\r" in text:
        text = "\n".join(_as_left(line) for line in text.split("\n"))
    return visible(text)


def visible(text: str) -> str:
    """The text without what prints nothing, and with nothing that UTF-8 cannot hold."""
    return INVISIBLE.sub("", HALVES.sub("\N{REPLACEMENT CHARACTER}", text))


def _as_left(line: str) -> str:
    *before, last = line.rstrip("\r").split("\r")
    return last or (before[-1] if before else "")


class Budget:
    """How many bytes of a page the learner's own text may take, as HTML, all of it together."""

    def __init__(self, total: int) -> None:
        self.left = total

    def take(self, text: str, most: int) -> tuple[str, int]:
        """The beginning of a text that fits, and how many of its characters were left out."""
        room = min(most, self.left)
        kept = text[:room]
        while (size := weight(kept)) > room:
            kept = kept[: min(len(kept) - 1, len(kept) * room // size)]
        if len(kept) < len(text) and "\n" in kept:
            kept = kept[: kept.rindex("\n")]
        self.left -= weight(kept)
        return kept, len(text) - len(kept)

    def spend(self, made: str, most: int) -> bool:
        """Whether there is room for a piece of HTML, which is then taken; its pictures count
        elsewhere."""
        size = len(DATA.sub("", made).encode())
        if size > min(most, self.left):
            return False
        self.left -= size
        return True


def weight(text: str) -> int:
    """The bytes of a text in HTML."""
    return len(html.escape(text).encode())
