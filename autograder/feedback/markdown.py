"""Markdown -> HTML that holds nothing but text, formulas, links and pictures.

HTML in it is shown as it was typed. Headings become bold lines, so that those of the page stay in
their order. A picture elsewhere on the network is named, and not asked for.
"""

from __future__ import annotations

import html
import re
from collections.abc import Mapping
from typing import Any

import mistune
from mistune.plugins.formatting import strikethrough
from mistune.plugins.table import table

from autograder.feedback.cut import DATA
from autograder.feedback.formulas import mathml
from autograder.feedback.pictures import checked_uri, picture_source

CHARACTERS = 10_000  # of one text, its pictures aside; longer ones are shown as they were typed
NESTED = re.compile(r"[\[\]*_`~<>(]{40}")  # and so is what only parsers are fed with
LINK = re.compile(r"(?:https?://|mailto:)[^\s\"'<>]{1,500}", re.ASCII)
INLINE = (
    r"\$\$(?P<inline_display>(?:\\.|[^$\\]){1,1000}?)\$\$"
    r"|\$(?=[^\s$])(?P<inline_tex>(?:\\.|[^$\\]){1,400}?)(?<=[^\s\\])\$(?!\d)"
)
ENVIRONMENT = r"\\begin\{(?P<environment>align|equation|gather|eqnarray)\*?\}"
BLOCK = (
    r"^ {0,3}(?:\$\$(?P<block_tex>[^$]{1,1000}?)\$\$"
    rf"|(?P<block_environment>{ENVIRONMENT}[\s\S]{{1,1000}}?\\end\{{(?P=environment)\*?\}}))"
    r"[ \t]*(?:\n|$)"
)
WIDE = 80  # characters of TeX: a line does not break in it, and a telephone is narrow
UNNAMED = "A picture without a description."

Attachments = Mapping[str, Mapping[str, str]]


class _Renderer(mistune.HTMLRenderer):
    def __init__(self, attachments: Attachments) -> None:
        super().__init__(escape=True)
        self._attachments = attachments

    def heading(self, text: str, level: int, **attributes: Any) -> str:
        return f"<p><strong>{text}</strong></p>\n"

    def link(self, text: str, url: str, title: str | None = None) -> str:
        if not LINK.fullmatch(url):
            return text
        return f'<a href="{html.escape(url)}" rel="noopener noreferrer nofollow">{text}</a>'

    def image(self, text: str, url: str, title: str | None = None) -> str:
        alt = html.escape(html.unescape(re.sub(r"<[^<>]*>", "", text)).strip() or UNNAMED)
        source = self._attached(url) or checked_uri(url)
        if source:
            return f'<img src="{source}" alt="{alt}">'
        return f"[picture, not shown here: {alt}]"

    def _attached(self, url: str) -> str:
        name = url.removeprefix("attachment:")
        bundle = self._attachments.get(name, {}) if name != url else {}
        made = (picture_source(mime, encoded) for mime, encoded in bundle.items())
        return next(filter(None, made), "")

    def block_code(self, code: str, info: str | None = None) -> str:
        return f'<pre tabindex="0"><code>{html.escape(code)}</code></pre>\n'

    def table(self, text: str) -> str:
        return f'<div class="scroll" tabindex="0"><table>\n{text}</table></div>\n'

    def table_cell(self, text: str, align: str | None = None, head: bool = False) -> str:
        return f'<th scope="col">{text}</th>\n' if head else f"<td>{text}</td>\n"

    def inline_math(self, text: str) -> str:
        made = mathml(text)
        return f'<span class="long" tabindex="0">{made}</span>' if len(text) > WIDE else made

    def block_math(self, text: str) -> str:
        return f'<div class="scroll" tabindex="0">{mathml(text, display=True)}</div>\n'


def as_html(source: str, attachments: Attachments | None = None) -> str:
    """A text that anyone may have written, as HTML."""
    if len(DATA.sub("", source)) > CHARACTERS or NESTED.search(source):
        return f'<pre class="typed">{html.escape(source)}</pre>'
    parser = mistune.Markdown(renderer=_Renderer(attachments or {}), plugins=[strikethrough, table])
    parser.inline.register("inline_math", INLINE, _inline_math, before="escape")
    parser.block.register("block_math", BLOCK, _block_math, before="setex_heading")
    try:
        made = str(parser(source))
    except RecursionError:
        return f'<pre class="typed">{html.escape(source)}</pre>'
    tables = made.replace("<th>", '<th scope="col">').replace(
        "<table>", '<div class="scroll"><table>'
    )
    return tables.replace("</table>", "</table></div>")


def as_scheme(source: str) -> str:
    """A mark scheme as HTML: a list, wherever its lines begin with their points."""
    lines = re.sub(r"(?m)^(?:[-*] +)?(\d+(?:\.\d+)? points?:)", r"- **\1**", source)
    return as_html(lines)


def _inline_math(inline: Any, found: re.Match[str], state: Any) -> int:
    shown = found["inline_display"]
    state.append_token({"type": "inline_math", "raw": shown or found["inline_tex"]})
    return found.end()


def _block_math(block: Any, found: re.Match[str], state: Any) -> int:
    tex = found["block_tex"] or found["block_environment"]
    state.append_token({"type": "block_math", "raw": tex})
    return found.end()
