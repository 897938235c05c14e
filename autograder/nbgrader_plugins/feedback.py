"""Feedback pages: messages and mark schemes; no hidden tests, and no scripts of learners."""

from __future__ import annotations

import re
from typing import Any

from bleach import clean  # type: ignore[import-untyped]
from jinja2 import pass_context
from nbconvert.exporters import HTMLExporter
from nbconvert.exporters.exporter import ResourcesDict
from nbformat import NotebookNode
from nbgrader.preprocessors.base import NbGraderPreprocessor

from autograder import marks
from autograder.batch_seeds import feedback_is_written
from autograder.cells import Kind, kind
from autograder.nbgrader_plugins.context import course_of

TEXT = (
    "a",
    "abbr",
    "b",
    "br",
    "code",
    "del",
    "em",
    "i",
    "img",
    "kbd",
    "s",
    "span",
    "strong",
    "sub",
)
BLOCKS = ("blockquote", "dd", "details", "div", "dl", "dt", "hr", "li", "ol", "p", "pre", "summary")
TABLES = ("table", "tbody", "td", "tfoot", "th", "thead", "tr")
TAGS = {*TEXT, *BLOCKS, *TABLES, "h1", "h2", "h3", "h4", "h5", "h6", "sup", "tt", "u", "ul"}
ATTRIBUTES = {
    "*": ["align", "class", "colspan", "id", "rowspan", "title"],
    "a": ["href"],
    "details": ["open"],
    "img": ["src", "alt", "width", "height"],
}
PROTOCOLS = frozenset({"http", "https", "mailto", "data", "attachment"})
# A verdict is sentences, and a browser does not break the lines of preformatted text by itself.
STYLE = (
    "<style>div.output pre { white-space: pre-wrap; word-break: normal; overflow-wrap: anywhere; }"
    "</style>"
)
BASE64 = re.compile(r"[A-Za-z0-9+/=\s]*")


class CleanCells(NbGraderPreprocessor):
    """Takes hidden tests, check cells, and outputs that a browser would run, out of what feedback
    shows."""

    def preprocess(
        self, nb: NotebookNode, resources: ResourcesDict
    ) -> tuple[NotebookNode, ResourcesDict]:
        """Leave out the cells that only ask for what the page says."""
        nb.cells = [cell for cell in nb.cells if kind(cell) is not Kind.CHECK]
        for index, cell in enumerate(nb.cells):
            self.preprocess_cell(cell, resources, index)
        return nb, resources

    def preprocess_cell(
        self, cell: NotebookNode, resources: ResourcesDict, cell_index: int
    ) -> tuple[NotebookNode, ResourcesDict]:
        """Leave text, figures and tables."""
        if kind(cell) is Kind.GRADED:
            cell.source = marks.without(cell.source, marks.HIDDEN)
        for output in cell.get("outputs", []):
            if "data" in output:
                output.data = NotebookNode(clean_data(output.data))
        return cell, resources


class FeedbackExporter(HTMLExporter):
    """nbgrader's exporter of feedback, with the HTML in text cells and comments made harmless, and
    verdicts that fit on the page."""

    def from_notebook_node(
        self, nb: NotebookNode, resources: dict[str, Any] | None = None, **kw: Any
    ) -> tuple[Any, dict[str, Any]]:
        """The page of one submission, whose inputs are not used again from here on."""
        about = (resources or {}).get("nbgrader", {})
        if "student" in about:
            course = course_of(ResourcesDict(**(resources or {})))
            feedback_is_written(course, str(about["assignment"]), [str(about["student"])])
        page, made = super().from_notebook_node(nb, resources, **kw)
        return page.replace("</head>", f"{STYLE}</head>", 1), made

    @pass_context
    def markdown2html(self, context: Any, source: str) -> str:
        """The filter that the feedback template uses."""
        return clean_html(super().markdown2html(context, source))


def clean_html(html: str) -> str:
    """HTML without scripts, styles, forms and frames."""
    return str(clean(html, tags=TAGS, attributes=ATTRIBUTES, protocols=PROTOCOLS, strip=True))


def clean_data(data: dict[str, Any]) -> dict[str, Any]:
    """Of an output's forms, those that are text or an image, and HTML made harmless."""
    kept: dict[str, Any] = {}
    for mime, value in data.items():
        text = value if isinstance(value, str) else "".join(map(str, value))
        if mime == "text/html":
            kept[mime] = clean_html(text)
        elif mime == "text/plain" or (
            mime in ("image/png", "image/jpeg") and BASE64.fullmatch(text)
        ):
            kept[mime] = text
    return kept
