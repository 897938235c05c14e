"""Whatever a learner wrote or printed, the page runs nothing and asks the network for nothing."""

from __future__ import annotations

import base64
import hashlib
import re

import pytest

from autograder.feedback.formulas import ELEMENTS
from autograder.judging.verdict import Verdict
from tests.feedback.making import (
    PNG,
    Tags,
    answer,
    display,
    graded,
    grades,
    html_of,
    said,
    stream,
    verdicts,
    wrong,
)

TAGS = {
    *("html", "head", "meta", "title", "style", "body", "header", "main", "section", "article"),
    *("h1", "h2", "h3", "h4", "p", "a", "code", "pre", "samp", "span", "strong", "em", "del"),
    *("ul", "ol", "li", "blockquote", "hr", "br", "wbr", "img", "div", "details", "summary"),
    *("table", "caption", "thead", "tbody", "tr", "th", "td"),
    *ELEMENTS,
}
ATTRIBUTES = {
    *("alt", "aria-hidden", "aria-label", "aria-labelledby", "charset", "class", "content", "href"),
    *("http-equiv", "id", "lang", "name", "rel", "role", "scope", "src", "start", "tabindex"),
}
SCRIPT = "<script>alert(1)</script>"
ATTACKS = (
    SCRIPT,
    "<img src=x onerror=alert(1)>",
    "<svg onload=alert(1)><script>alert(1)</script></svg>",
    "<iframe src='javascript:alert(1)'></iframe>",
    "<a href='javascript:alert(1)'>x</a>",
    "<style>body { background: url(http://evil.example/x) }</style>",
    "<link rel=stylesheet href=http://evil.example/x.css>",
    "<meta http-equiv=refresh content='0;url=http://evil.example'>",
    "<base href=http://evil.example>",
    "<form action=http://evil.example><input name=x></form>",
    "</code></pre></article></main><script>alert(1)</script>",
    "--></style></title></textarea><script>alert(1)</script>",
    "![x](http://evil.example/x.png)",
    "![x](//evil.example/x.png)",
    "![x](data:image/svg+xml;base64,PHN2Zz4=)",
    '![x" onerror="alert(1)](attachment:x.png)',
    "[x](javascript:alert(1)) [y](data:text/html;base64,PHNjcmlwdD4=) [z](JaVaScRiPt&colon;a)",
    '[x](http://a.example/"onmouseover="alert(1))',
    "<javascript:alert(1)> <http://evil.example>",
    "| a |\n|:-:|\n| <script>alert(1)</script> |",
    '```html" onclick="alert(1)\n<script>\n```',
    "$\\href{javascript:alert(1)}{x}$ $\\text{<script>alert(1)</script>}$",
    "$$\\style{background:url(http://evil.example)}{x}\\class{y}{z}$$",
    "$\\color{red;background:url(http://evil.example)}{x}$",
    "$\\text{&lt;script&gt;alert(1)&lt;/script&gt;}$",
)


def assert_safe(page):
    """Only known elements and attributes, and addresses that load nothing."""
    tags = Tags(page)
    assert {tag for tag, _ in tags.found} <= TAGS
    for tag, attributes in tags.found:
        known = ATTRIBUTES if tag not in ELEMENTS else set(attributes)
        assert attributes.keys() <= known, (tag, attributes)
        assert not {name for name in attributes if name.startswith("on") or name == "style"}
        assert re.match(r"#\w|https?://|mailto:", attributes.get("href", "#x"))
        source = attributes.get("src", "data:image/png;base64,aa==")
        assert re.fullmatch(r"data:image/(png|jpeg|gif);base64,[A-Za-z0-9+/=]+", source)
    for tag, attributes in tags.found:
        if tag in ELEMENTS:
            assert not attributes.keys() & {"href", "class", "style", "mathcolor", "id"}
    assert not re.search(r"<(script|iframe|object|embed|link|base|form|svg)", page, re.IGNORECASE)


@pytest.mark.parametrize("attack", ATTACKS)
def test_an_answer_in_words_runs_nothing(attack):
    page = html_of(graded(lambda nb: answer(nb, attack, {"x.png": {"image/png": PNG}})))
    assert_safe(page)


@pytest.mark.parametrize("attack", ATTACKS)
def test_code_outputs_and_names_run_nothing(attack):
    def change(notebook):
        cells = {cell.id: cell for cell in notebook.cells}
        cells["descent_step"].source += f"\n# {attack}"
        answer(notebook, "words")

    outputs = [
        stream(attack),
        stream([attack, 7, attack]),
        display(text__html=attack, text__plain=attack),
        display(image__svg_xml=attack, **{"image__svg+xml": attack}, application__javascript="x"),
        display(image__png=attack, text__plain="p"),
        display(image__png=PNG, text__plain=attack),
        {"output_type": "error", "ename": attack, "evalue": attack, "traceback": [attack]},
    ]
    hand_in = {"problem": "", "notes": [f"{attack}: {attack}"]}
    notebook = graded(change, {"descent_step": outputs}, hand_in)
    failed = wrong(message=f"expected `{attack}`, got {attack}", call=attack)
    noted = Verdict("descend", "error", 0.0, 2.0, note=attack, visible=attack)
    given = grades(comments={"descent_step": attack, "gradient_zero": attack})
    judged = verdicts(descent_step=failed, descend=noted)
    assert_safe(html_of(notebook, judged, given, student=attack))


@pytest.mark.parametrize("attack", ATTACKS)
def test_a_reason_runs_nothing(attack):
    page = html_of(graded(hand_in={"problem": f"**{attack}**", "notes": []}))
    assert_safe(page)


def test_html_is_shown_as_the_text_beside_it():
    outputs = [display(text__html=f"<b>bold</b>{SCRIPT}", text__plain="a table of 3 rows")]
    page = html_of(graded(outputs={"descent_step": outputs}))
    assert "a table of 3 rows" in said(page)
    assert "bold" not in page


def test_what_was_attacked_with_is_there_to_be_read():
    """Or nothing above would be a test of anything."""
    notebook = graded(lambda nb: answer(nb, SCRIPT), {"descent_step": [stream(SCRIPT)]})
    given = grades(comments={"descent_step": SCRIPT, "gradient_zero": SCRIPT})
    judged = verdicts(descent_step=wrong(message=SCRIPT, call=SCRIPT))
    assert said(html_of(notebook, judged, given, student=SCRIPT)).count(SCRIPT) >= 7


def test_the_policy_allows_the_pages_own_style_and_nothing_else():
    page = html_of()
    (style,) = re.findall(r"<style>(.*?)</style>", page, re.DOTALL)
    digest = base64.b64encode(hashlib.sha256(style.encode()).digest()).decode()
    policy = next(m["content"] for m in Tags(page).all("meta") if "http-equiv" in m)
    assert policy.split("; ") == [
        "default-src 'none'", "img-src data:", f"style-src 'sha256-{digest}'",
        "base-uri 'none'", "form-action 'none'",
    ]  # fmt: skip
    assert "url(" not in style
    assert page.index("http-equiv") < page.index("<style>")
