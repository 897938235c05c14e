"""The page as HTML: one file that asks for nothing, runs nothing, and reads aloud in order."""

from __future__ import annotations

import base64
import hashlib
import re
from functools import cache, lru_cache
from importlib.resources import files

from jinja2 import Environment, StrictUndefined, Template
from markupsafe import Markup

from autograder.feedback import overview
from autograder.feedback.card import Dress, card_html, with_code
from autograder.feedback.cut import DATA, Budget, plain, visible
from autograder.feedback.markdown import as_html, as_scheme
from autograder.feedback.page import Page, Picture, Written
from autograder.judging.verdict import Verdict

TEXT = 60_000  # bytes of a learner's own text on a page, as HTML
CELL, OTHER_CELL, PROSE = 12_000, 3_000, 30_000  # of one cell
OTHERS = 30  # cells that belong to no exercise
PICTURES, PICTURE_BYTES = 20, 8_000_000  # on one page
CLASSES = Dress("h3", lambda part, status: f'class="{part} {status}"')


def render(page: Page) -> str:
    """The page as one HTML file."""
    template, style = _template()
    digest = base64.b64encode(hashlib.sha256(style.encode()).digest()).decode()
    made = template.render(
        page=page,
        show=_Shower(),
        overview=overview,
        style=Markup(style),
        digest=digest,
        others=page.others[:OTHERS],
        unshown=max(0, len(page.others) - OTHERS),
    )
    return visible(made)  # a verdict may quote what a learner's code said


class _Shower:
    """Makes HTML of a page's parts, and counts what of the learner's it has shown."""

    def __init__(self) -> None:
        self._text, self._pictures, self._bytes = Budget(TEXT), 0, 0

    def card(self, verdict: Verdict) -> Markup:
        """The card that `%check` shows, dressed in the page's classes."""
        return Markup(card_html(verdict, CLASSES))

    def name(self, name: str) -> Markup:
        """A name that may be broken where its words end."""
        return Markup("_<wbr>").join(name.split("_"))

    def words(self, text: str) -> Markup:
        """A sentence of ours, with what is code in it marked as such."""
        return Markup(with_code(plain(text)))

    def markdown(self, text: str) -> Markup:
        """A person's text."""
        return Markup(as_html(plain(text)))

    def lesson(self, text: str) -> Markup:
        """A text of the lesson's, which is the same on the pages of a whole class."""
        return Markup(_of_lesson(text))

    def scheme(self, text: str) -> Markup:
        """A mark scheme."""
        return Markup(_of_scheme(text))

    def source(self, cell: Written, *, other: bool = False) -> Markup:
        """A learner's code or text, as much of it as there is room for."""
        text = plain(cell.source).strip("\n")
        if not cell.is_code:
            return self._prose(text, cell)
        kept, missing = self._text.take(text, OTHER_CELL if other else CELL)
        code = Markup('<pre tabindex="0"><code>{}</code></pre>').format(kept)
        return code + _missing(missing)

    def _prose(self, text: str, cell: Written) -> Markup:
        made, missing = as_html(text, cell.attachments), 0
        if not self._text.spend(made, PROSE):
            kept, missing = self._text.take(DATA.sub("", text), CELL)
            made = Markup('<pre class="typed">{}</pre>').format(kept)
        shown = Markup(re.sub(r"<img [^>]*>", self._count, made))
        return Markup('<div class="prose">{}</div>').format(shown) + _missing(missing)

    def printed(self, text: str) -> Markup:
        """What a cell printed."""
        kept, missing = self._text.take(text, OTHER_CELL)
        return Markup('<pre tabindex="0"><samp>{}</samp></pre>').format(kept) + _missing(missing)

    def picture(self, picture: Picture) -> Markup:
        """What a cell drew."""
        made = Markup('<img src="{}" alt="{}">').format(picture.source, picture.alt)
        return Markup(self._count(re.match(r"[\s\S]*", made)))

    def _count(self, found: re.Match[str] | None) -> str:
        image = found[0] if found else ""
        self._pictures += 1
        self._bytes += len(image)
        if self._pictures > PICTURES or self._bytes > PICTURE_BYTES:
            return "[a picture that is left out: there are too many, or they are too large]"
        return image


def _missing(characters: int) -> Markup:
    if not characters:
        return Markup()
    return Markup('<p class="note">{:,} more characters are left out here.</p>').format(characters)


_of_lesson, _of_scheme = lru_cache(256)(as_html), lru_cache(64)(as_scheme)


@cache
def _template() -> tuple[Template, str]:
    """The template, and the style that the page allows itself."""
    here = files("autograder.feedback")
    environment = Environment(
        autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True
    )
    style = (here / "page.css").read_text(encoding="utf-8").strip()
    return environment.from_string((here / "page.html.j2").read_text(encoding="utf-8")), style
