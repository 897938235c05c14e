"""What a learner's cell put out, as text and pictures.

HTML, SVG and whatever else a browser would run or ask the network for is shown as the plain text
that comes with it.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from itertools import groupby
from typing import Any

from autograder.feedback.cut import plain
from autograder.feedback.page import Picture, Shown
from autograder.feedback.pictures import checked_uri, picture_source

CHARACTERS, LINES = 2_000, 40  # of one output
OUTPUTS = 12  # of one cell
READ = 20_000  # characters of one output; a line of it may be a long progress bar
REST = "\N{HORIZONTAL ELLIPSIS} the rest is left out"
IMAGES = ("image/png", "image/jpeg", "image/gif")
# What `show_figure` in the lessons displays: an image, described in the plain text beside it.
FIGURE = re.compile(r"\s*<img\s[^<>]*?\bsrc=[\"'](data:image/[^\"'<>]*)[\"'][^<>]*>\s*")
UNDESCRIBED = re.compile(r"<[^<>]*>|")  # `<Figure size 640x480 with 1 Axes>`
DRAWN = "A picture that this cell drew; it has no description."
TOO_LARGE = "A picture is left out: it is too large, or cannot be read."


def shown_of(outputs: Any) -> tuple[Shown, ...]:
    """What is shown of the outputs of a cell."""
    listed = [o for o in outputs if isinstance(o, Mapping)] if isinstance(outputs, list) else []
    found = list(_joined(one for output in listed[:200] for one in _shown(output)))
    if len(found) > OUTPUTS:
        more = f"\N{HORIZONTAL ELLIPSIS} and {len(found) - OUTPUTS} more outputs"
        return (*found[:OUTPUTS], Shown(more))
    return tuple(found)


def cut_text(text: str) -> str:
    """The beginning of a text, and whether something is missing."""
    kept = "\n".join(text[:CHARACTERS].split("\n")[:LINES])
    return text if kept == text else f"{kept}\n{REST}"


def _shown(output: Mapping[str, Any]) -> Iterator[Shown]:
    kind = output.get("output_type")
    if kind == "stream":
        yield from _text(output.get("text"))
    elif kind == "error":
        name, said = _string(output.get("ename")), _string(output.get("evalue"))
        yield from _text(f"{name}: {said}" if said else name)
    elif kind in ("display_data", "execute_result") and isinstance(output.get("data"), Mapping):
        yield from _data(output["data"])


def _data(data: Mapping[str, Any]) -> Iterator[Shown]:
    said = plain(_string(data.get("text/plain"))).strip()
    figure = FIGURE.fullmatch(_raw(data.get("text/html")))
    encoded = [(mime, _raw(data[mime])) for mime in IMAGES if mime in data]
    if not figure and not encoded:
        yield from _text(said)
        return
    source = checked_uri(figure[1]) if figure else picture_source(*encoded[0])
    if not source:
        yield Shown(TOO_LARGE)
        return
    alt = DRAWN if UNDESCRIBED.fullmatch(said) else said
    yield Shown(picture=Picture(source, alt[:1000]))


def _text(value: Any) -> Iterator[Shown]:
    text = plain(_string(value)).rstrip()
    if text.strip():
        yield Shown(text)


def _joined(parts: Iterable[Shown]) -> Iterator[Shown]:
    """One after another, with what was printed in several pieces in one."""
    for drawn, those in groupby(parts, lambda part: part.picture is not None):
        if drawn:
            yield from those
        else:
            yield Shown(cut_text("\n".join(one.text for one in those)))


def _string(value: Any) -> str:
    return _raw(value)[:READ]


def _raw(value: Any) -> str:
    """A text, which notebooks hold as one or as a list of lines; nothing, for anything else."""
    lines = value if isinstance(value, list) else [value]
    return "".join(line for line in lines if isinstance(line, str))
