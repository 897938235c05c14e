"""Outputs, pictures and formulas: what of them is shown, and what is refused."""

from __future__ import annotations

import time

import pytest

from autograder.feedback.formulas import mathml
from autograder.feedback.markdown import as_html, as_scheme
from autograder.feedback.outputs import shown_of
from autograder.feedback.pictures import BYTES, checked_uri, picture_source
from tests.feedback.making import (
    PNG,
    display,
    encoded,
    graded,
    html_of,
    png,
    stream,
    verdicts,
    wrong,
)


def test_svg_is_refused():
    assert shown_of([display(**{"image__svg+xml": "<svg/>", "text__plain": "a drawing"})]) == (
        shown_of([stream("a drawing")])
    )


@pytest.mark.parametrize(
    "outputs",
    [
        None, 7, "x", {}, [None, 7, "x", [], {}], [{"output_type": ["stream"]}],
        [{"output_type": "stream", "text": {"a": 1}}], [{"output_type": "display_data", "data": 3}],
        [{"output_type": "display_data", "data": {"image/png": {"a": [1]}, "text/html": [2]}}],
        [{"output_type": "error", "ename": None, "evalue": 3}],
    ],
)  # fmt: skip
def test_outputs_of_no_form_at_all_end_nothing(outputs):
    assert all(not one.picture for one in shown_of(outputs))


def test_a_picture_has_to_be_one():
    assert picture_source("image/png", PNG)
    assert not picture_source("image/png", encoded(b"<svg onload=alert(1)>"))
    assert not picture_source("image/jpeg", PNG)
    assert not picture_source("image/svg+xml", PNG)
    assert not picture_source("image/png", "%%%")
    assert not picture_source("image/png", encoded(png(50_000, 50_000)))
    assert not picture_source("image/png", encoded(png() + b"\0" * BYTES))
    assert checked_uri(f"data:image/png;base64,{PNG}") == f"data:image/png;base64,{PNG}"
    assert not checked_uri(f"data:image/svg+xml;base64,{PNG}")
    assert not checked_uri("https://example.org/x.png")


def test_a_jpeg_and_a_gif_are_measured():
    jpeg = b"\xff\xd8\xff\xe0\x00\x04ab\xff\xc0\x00\x0b\x08\x00\x02\x00\x03\x01\x11\x00\x00\x00"
    assert picture_source("image/jpeg", encoded(jpeg))
    assert not picture_source("image/jpeg", encoded(jpeg.replace(b"\x00\x02\x00\x03", b"\xff" * 4)))
    assert picture_source("image/gif", encoded(b"GIF89a\x03\x00\x02\x00\x00\x00\x00;"))


def test_a_figure_of_the_lessons_keeps_its_picture_and_its_description():
    figure = display(
        text__html=f'<img alt="x" src="data:image/png;base64,{PNG}">', text__plain="A line."
    )
    (shown,) = shown_of([figure])
    assert (shown.picture.alt, shown.picture.source) == ("A line.", f"data:image/png;base64,{PNG}")
    two = display(text__html=figure["data"]["text/html"] * 2, text__plain="two")
    assert shown_of([two])[0].text == "two"


def test_colours_bars_and_what_turns_text_round_are_taken_out():
    (shown,) = shown_of(
        [stream("\x1b[31mred\x1b[0m \x1b]0;title\x07a\u202eb\x00\n 1%\r 50%\r100%\n")]
    )
    assert shown.text == "red ab\n100%"


def test_half_a_character_can_be_written():
    failed = wrong(message="expected 1, got '\ud800'")
    notebook = graded(outputs={"descent_step": [stream("\udfff")]})
    html_of(notebook, verdicts(descent_step=failed)).encode()


def test_a_name_that_stands_for_itself_twice_is_not_a_formula():
    bomb = "\\def\\a{xx}" + "".join(
        f"\\def\\{b}{{\\{a}\\{a}}}" for a, b in zip("abcdefghij", "bcdefghijk", strict=True)
    )
    assert mathml(bomb).startswith("<code>")


@pytest.mark.parametrize(
    ("tex", "has"),
    [
        (r"\frac{m}{\sqrt{v}}", "<mfrac>"), (r"\begin{aligned}a&=b\\c&=d\end{aligned}", "<mtable"),
        (r"\hat\theta", "<mover"), (r"\lVert g \rVert^2", "<msup>"), ("a < b", "&lt;"),
        (r"\sum_{i=1}^N x_i", "<m"), (r"\begin{cases}a&x>0\\b&\text{else}\end{cases}", "<mtable>"),
    ],
)  # fmt: skip
def test_formulas_become_mathml(tex, has):
    made = mathml(tex)
    assert made.startswith("<math")
    assert has in made


@pytest.mark.parametrize("tex", [r"\nonsense{x}", "{" * 900, r"\frac" * 150, "x^x^x", "a" * 5000])
def test_what_is_no_formula_is_shown_as_it_was_typed(tex):
    assert mathml(tex).startswith("<code>")


@pytest.mark.parametrize(
    ("text", "formulas"),
    [
        ("costs $5 and $6", 0), ("$a < b$ and $c$", 2), (r"\$a\$", 0), ("`$a$`", 0),
        ("$$a$$", 1), ("so\n\n$$a\n= b$$\n\nend", 1), ("- list $x$\n- and $$y$$", 2),
        ("\\begin{align}a&=b\\end{align}", 1), ("    $code$", 0),
    ],
)  # fmt: skip
def test_which_dollars_are_formulas(text, formulas):
    assert as_html(text).count("<math") == formulas


@pytest.mark.parametrize(
    "text",
    ["*a " * 3300, "[a" * 4900, "$a " * 3300, "> " * 4900, "`a" * 4900, "~~a " * 2400,
     "$" + "x" * 399 + "$ ", "<" * 9000, "((" * 4900, "- " * 4900, "a\n" * 4900],
)  # fmt: skip
def test_a_text_made_to_be_slow_is_not(text):
    started = time.process_time()
    as_html(text)
    assert time.process_time() - started < 2.0  # 0.3 s where it was measured


def test_headings_of_a_learner_are_none_of_the_page():
    assert (
        as_html("# One\n\n### Two") == "<p><strong>One</strong></p>\n<p><strong>Two</strong></p>\n"
    )


def test_a_mark_scheme_is_a_list_of_what_earns_points():
    made = as_scheme("1 point: says a\nand b.\n2 points: says c.\n- 0.5 points: d.")
    assert made.count("<li>") == 3
    assert "<strong>2 points:</strong> says c." in made


def test_a_long_text_is_cut_and_a_long_picture_is_not():
    picture = f"![a line](data:image/png;base64,{encoded(png() + bytes(60_000))})"
    assert "<img" in as_html(f"see {picture}")
    assert as_html("word " * 3000).startswith('<pre class="typed">')
    shown = shown_of([stream("x\n" * 5000)])[0].text
    assert shown.count("\n") == 40
    assert shown.endswith("the rest is left out")
