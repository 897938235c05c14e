"""A verdict as a card in a notebook: readable in light and dark, without colour, and by ear."""

from __future__ import annotations

import html
import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from autograder.summary import Line
    from autograder.verdict import Status, Verdict

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


class Card:
    """A verdict in a notebook: a card in JupyterLab, plain text elsewhere."""

    def __init__(self, verdict: Verdict) -> None:
        self.verdict = verdict

    def __repr__(self) -> str:
        from autograder.messages import explain

        text, note = explain(self.verdict), self.verdict.note
        head, *rest = text.split("\n")
        if self.verdict.run:
            head = f"{head.removesuffix('.')}. Judged: {self.verdict.run}."
        text = "\n".join([head, *rest])
        return text if note in text else f"{text}\n{note}"

    def _repr_html_(self) -> str:
        verdict = self.verdict
        sign, colour = SIGNS.get(verdict.status, UNFINISHED)
        word = word_of(verdict)
        label = html.escape(f"{verdict.exercise}: {score(verdict)}, {word}", quote=True)
        return (
            f"{LIVE}<div role='group' aria-label='{label}' style='{CARD.format(colour=colour)}'>"
            f"<div style='{HEAD}'><span><span aria-hidden='true' style='color:{colour}'>{sign}"
            f"</span> <code>{html.escape(verdict.exercise)}</code>: <strong>{word}</strong>"
            f"{_run(verdict)}</span>"
            f"<span>{score(verdict)}</span></div>{_body(verdict)}</div></div>"
        )


class Cards:
    """Several verdicts, one beneath the other."""

    def __init__(self, verdicts: list[Verdict]) -> None:
        self.cards = [Card(verdict) for verdict in verdicts]

    def __repr__(self) -> str:
        return "\n\n".join(map(repr, self.cards))

    def _repr_html_(self) -> str:
        return "".join(card._repr_html_() for card in self.cards)


def word_of(verdict: Verdict) -> str:
    """What a verdict is called: a prediction earns its point right or wrong, and of an exercise in
    stages, what is written may be right."""
    statuses = {probe.status for probe in verdict.probes}
    if verdict.exercise.startswith("prediction_") and verdict.status == "passed":
        return "answered"
    return "right so far" if statuses == {"passed", "not_attempted"} else WORDS[verdict.status]


def score(verdict: Verdict) -> str:
    """`0.5 of 2 points`."""
    from autograder.messages import points

    return f"{points(verdict.score)} of {points(verdict.max_score)} points"


def with_code(text: str) -> str:
    """The text as HTML, with what is code in it marked as such."""
    pieces, end = [], 0
    for found in CODE.finditer(text):
        pieces.append(html.escape(text[end : found.start()]))
        pieces.append(f"<code>{html.escape(found['ticked'] or found[0])}</code>")
        end = found.end()
    return "".join([*pieces, html.escape(text[end:])])


def _run(verdict: Verdict) -> str:
    """Which run of its cells was judged, in small print."""
    grey = "color:var(--jp-ui-font-color2, #808080);font-size:smaller"
    return f" <span style='{grey}'>{html.escape(verdict.run)}</span>" if verdict.run else ""


def _body(verdict: Verdict) -> str:
    """The lines of its summary as HTML."""
    from autograder.summary import summary

    return "".join(map(_line, summary(verdict)))


def _line(line: Line) -> str:
    head = f"<strong>{line.head}:</strong> " if line.head else ""
    if not line.code:
        return f"<p style='{TEXT}'>{head}{with_code(line.text)}</p>"
    said = with_code(f"{line.said[:1].upper()}{line.said[1:]}.")
    return (
        f"<p style='{TEXT}'>{head}{with_code(line.text)} With</p>"
        f"<pre style='{PRE}'><code>{html.escape(line.code)}</code></pre>"
        f"<p style='{TEXT}'>{said}</p>"
    )
