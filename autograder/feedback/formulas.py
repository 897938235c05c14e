"""TeX -> MathML, so that formulas are there without a network and can be read aloud.

Learners write formulas too: of what the converter makes, only known elements are kept, and of their
attributes those that move or stretch something.
"""

from __future__ import annotations

import html
import re
from xml.etree.ElementTree import Element

from latex2mathml.converter import convert_to_element

CHARACTERS = 1_000
ELEMENTS = {
    *("math", "mrow", "mi", "mn", "mo", "ms", "mtext", "mspace", "mfrac", "msqrt", "mroot"),
    *("mstyle", "mpadded", "mphantom", "menclose", "msub", "msup", "msubsup", "munder", "mover"),
    *("munderover", "mmultiscripts", "mtable", "mtr", "mtd"),
}
LENGTH = re.compile(r"-?\d{0,2}(?:\.\d{1,3})?(?:em|ex|pt|px|mu)( \d{0,2}(?:\.\d{1,3})?(?:em|ex))*")
WORDS = re.compile(r"[a-z0-9+ -]{1,40}")
ATTRIBUTES = {
    **dict.fromkeys(("columnspacing", "depth", "height", "lspace", "rowspacing", "width"), LENGTH),
    **dict.fromkeys(("linethickness", "maxsize", "minsize", "rspace", "voffset"), LENGTH),
    **dict.fromkeys(("accent", "columnalign", "columnlines", "display", "displaystyle"), WORDS),
    **dict.fromkeys(("fence", "form", "largeop", "mathvariant", "movablelimits"), WORDS),
    **dict.fromkeys(("notation", "rowlines", "scriptlevel", "separator", "stretchy"), WORDS),
}
# A name that stands for itself twice makes a page of a line.
DEFINES = re.compile(r"\\(?:def|let|newcommand|renewcommand|providecommand)\b")
# What the converter does not know, as other ways to say the same.
SAME = (
    (re.compile(r"\\(begin|end)\{(?:aligned|align|eqnarray\*?)\}"), r"\\\1{align*}"),
    (re.compile(r"\\(begin|end)\{(?:gather(?:ed)?|equation)\*?\}"), r"\\\1{split}"),
    (re.compile(r"\\(?:label|tag)\{[^{}]*\}|\\nonumber\b|\\(?:big|Big|bigg|Bigg)[lr]?\b"), ""),
)


def mathml(tex: str, *, display: bool = False) -> str:
    """A formula as MathML; as the TeX that it is, where that cannot be had."""
    tex = tex.strip()
    if len(tex) > CHARACTERS or DEFINES.search(tex):
        return _as_code(tex[:CHARACTERS])
    said = tex
    for pattern, instead in SAME:
        said = pattern.sub(instead, said)
    try:
        element = convert_to_element(said, display="block" if display else "inline")
        _refuse_what_is_left(element)
        return _written(element)
    except Exception:  # noqa: BLE001 (TeX is whatever a learner typed)
        return _as_code(tex)


def _as_code(tex: str) -> str:
    return f"<code>{html.escape(tex)}</code>"


def _refuse_what_is_left(element: Element) -> None:
    """A command that the converter did not know is no formula, and neither is a lost `&`."""
    for part in element.iter():
        text = part.text or ""
        if part.tag != "mtext" and (text == "&" or re.match(r"\\[A-Za-z]", text)):
            raise ValueError(text)


def _written(element: Element) -> str:
    inside = html.escape(html.unescape(element.text or ""), quote=False)
    inside += "".join(map(_written, element))
    if element.tag not in ELEMENTS:
        return inside
    kept = "".join(
        f' {name}="{value}"'
        for name, value in element.attrib.items()
        if (known := ATTRIBUTES.get(name)) and known.fullmatch(value)
    )
    return f"<{element.tag}{kept}>{inside}</{element.tag}>"
