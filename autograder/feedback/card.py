"""A verdict as a card in a notebook: readable in light and dark, without colour, and by ear."""

from __future__ import annotations

import html
import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from autograder.feedback.summary import Line
    from autograder.judging.verdict import Status, Verdict

# What a status is called, its sign, and its colour: JupyterLab's own, else one that both a white
# and a black page bear. The word says it; sign and colour only repeat it.
WORDS: dict[Status, str] = {
    "passed": "right",
    "failed": "not right yet",
    "error": "not right yet",
    "timeout": "did not end in time",
    "not_attempted": "not begun",
    "forbidden": "left to a library",
}
SIGNS: dict[Status, tuple[str, str]] = {
    "passed": ("&#10003;", "var(--jp-success-color1, #388e3c)"),
    "not_attempted": ("&#9675;", "var(--jp-ui-font-color2, #808080)"),
}
UNFINISHED = ("&#9651;", "var(--jp-warn-color1, #d9720b)")

# Names, indexed names and calls (`x_new`, `path[0]`, `grad_fn(x)`, `path_of()`), what stands in
# backticks, and the two values of a difference, unless they are words.
CODE = re.compile(
    r"`(?P<ticked>[^`]+)`"
    r"|\b(?:[A-Za-z]\w*\.)*[A-Za-z]\w*(?:\[[^\][]*\]|\((?:[^()]|\([^()]*\))*\))"
    r"|\b(?:[A-Za-z]\w*\.)*[A-Za-z]\w*_\w+\b"
    r"|(?:(?<=\b[Ee]xpected )|(?<=\bgot ))(?!(?!nan\b|inf\b|bool\b)[a-z]+\b(?!\d))"
    r"(?:\([^()]*\)|\S+?)(?=[,;.]?(?:\s|$))"
)
CARD = (
    "border:1px solid var(--jp-border-color2, #bdbdbd);border-left:5px solid {colour};"
    "padding:8px 14px;margin:2px 0 6px;max-width:46em;overflow-wrap:anywhere;line-height:1.5"
)
TEXT = "margin:4px 0 0"
PRE = (
    "margin:4px 0 0;padding:4px 10px;background:rgba(128, 128, 128, 0.12);white-space:pre-wrap;"
    "overflow-wrap:anywhere;line-height:1.4"
)
LIVE = "<div role='status' aria-live='polite'>"  # a screen reader says it when it appears
HEAD = "display:flex;flex-wrap:wrap;justify-content:space-between;column-gap:2em"
STYLES = {
    "card": CARD,
    "head": HEAD,
    "sign": "color:{colour}",
    "run": "color:var(--jp-ui-font-color2, #808080);font-size:smaller",
    "text": TEXT,
    "code": PRE,
}


class Card:
    """A verdict in a notebook: a card in JupyterLab, plain text elsewhere."""

    def __init__(self, verdict: Verdict) -> None:
        self.verdict = verdict

    def __repr__(self) -> str:
        from autograder.feedback.text import explain

        text, note = explain(self.verdict), self.verdict.note
        head, *rest = text.split("\n")
        if self.verdict.run:
            head = f"{head.removesuffix('.')}. Judged: {self.verdict.run}."
        text = "\n".join([head, *rest])
        return text if note in text else f"{text}\n{note}"

    def _repr_html_(self) -> str:
        return f"{LIVE}{card_html(self.verdict)}</div>"


class Cards:
    """Several verdicts, one beneath the other."""

    def __init__(self, verdicts: list[Verdict]) -> None:
        self.cards = [Card(verdict) for verdict in verdicts]

    def __repr__(self) -> str:
        return "\n\n".join(map(repr, self.cards))

    def _repr_html_(self) -> str:
        return "".join(card._repr_html_() for card in self.cards)


@dataclass(frozen=True)
class Dress:
    """How the parts of a card are dressed: in styles, or in the classes of a page.

    Attributes:
        title: the element of what is checked and what became of it.
        of: the attributes of a part (`card`, `head`, `sign`, `run`, `text`, `code`) of a card with
            a status.
    """

    title: str
    of: Callable[[str, Status], str]


def card_html(verdict: Verdict, dressed: Dress | None = None) -> str:
    """The card of a verdict; by default as a notebook shows it, which has no style sheet of
    ours."""
    dressed = dressed or IN_A_NOTEBOOK
    sign, _ = SIGNS.get(verdict.status, UNFINISHED)
    word, title = word_of(verdict), dressed.title
    label = html.escape(f"{verdict.exercise}: {score(verdict)}, {word}", quote=True)

    def of(part: str) -> str:
        return dressed.of(part, verdict.status)

    return (
        f"<div role='group' aria-label='{label}' {of('card')}>"
        f"<div {of('head')}><{title}><span aria-hidden='true' {of('sign')}>{sign}"
        f"</span> <code>{html.escape(verdict.exercise)}</code>: <strong>{word}</strong>"
        f"{_run(verdict, of)}</{title}>"
        f"<span>{score(verdict)}</span></div>{_body(verdict, of)}</div>"
    )


def _styles(part: str, status: Status) -> str:
    _, colour = SIGNS.get(status, UNFINISHED)
    return f"style='{STYLES[part].format(colour=colour)}'"


def word_of(verdict: Verdict) -> str:
    """What a verdict is called: a prediction earns its point right or wrong, and of an exercise in
    stages, what is written may be right."""
    statuses = {probe.status for probe in verdict.probes}
    if verdict.exercise.startswith("prediction_") and verdict.status in ("passed", "failed"):
        return "answered" if verdict.status == "passed" else "no letter yet"
    return "right so far" if statuses == {"passed", "not_attempted"} else WORDS[verdict.status]


def score(verdict: Verdict) -> str:
    """`0.5 of 2 points`."""
    from autograder.feedback.text import points

    return f"{points(verdict.score)} of {points(verdict.max_score)} points"


def with_code(text: str) -> str:
    """The text as HTML, with what is code in it marked as such."""
    pieces, end = [], 0
    for found in CODE.finditer(text):
        pieces.append(html.escape(text[end : found.start()]))
        pieces.append(f"<code>{html.escape(found['ticked'] or found[0])}</code>")
        end = found.end()
    return "".join([*pieces, html.escape(text[end:])])


def _run(verdict: Verdict, of: Callable[[str], str]) -> str:
    """Which run of its cells was judged, in small print."""
    return f" <span {of('run')}>{html.escape(verdict.run)}</span>" if verdict.run else ""


def _body(verdict: Verdict, of: Callable[[str], str]) -> str:
    """The lines of its summary as HTML."""
    from autograder.feedback.summary import summary

    return "".join(_line(line, of) for line in summary(verdict))


def _line(line: Line, of: Callable[[str], str]) -> str:
    head = f"<strong>{line.head}:</strong> " if line.head else ""
    if not line.code:
        return f"<p {of('text')}>{head}{with_code(line.text)}</p>"
    said = with_code(f"{line.said[:1].upper()}{line.said[1:]}.")
    return (
        f"<p {of('text')}>{head}{with_code(line.text)} With</p>"
        f"<pre {of('code')}><code>{html.escape(line.code)}</code></pre>"
        f"<p {of('text')}>{said}</p>"
    )


IN_A_NOTEBOOK = Dress("span", _styles)
