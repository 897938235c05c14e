"""The page as a document: read aloud, on paper, in the dark, and small."""

from __future__ import annotations

import re
import time
from importlib.resources import files
from itertools import pairwise

import pytest

from autograder.course.reference import execute_source
from autograder.demo.mistakes import stands_alone
from autograder.demo.students import fill_in, right_sources
from autograder.feedback.card import Card
from autograder.feedback.collect import collect
from autograder.feedback.page import Grade, Grades
from autograder.feedback.render import render
from autograder.harness.local import LocalRunner
from autograder.judging.judge import Judge
from autograder.judging.verdict import Diagnosis, ProbeVerdict, Verdict
from autograder.submission.rebuild import rebuild
from tests.feedback.making import (
    COURSE,
    PNG,
    QUESTION,
    Tags,
    answer,
    display,
    graded,
    grades,
    html_of,
    stream,
    verdicts,
    without_pictures,
    wrong,
)

PICTURE = {"p.png": {"image/png": PNG}}
MOST = 100_000  # bytes of a page without the learner's own pictures
LARGEST = ("05_optimizers", "08_numpy_trainer", "13_gpu_loop", "17_pixels_and_boxes")
DARK = re.compile(r"prefers-color-scheme: dark\) \{\s*:root \{(.*?)\}", re.DOTALL)


@pytest.fixture(scope="module")
def page():
    """One with everything on it."""

    def change(notebook):
        answer(notebook, "# Flat\n\n![](attachment:p.png) $f'(x) = 0$\n\n|a|\n|-|\n|1|", PICTURE)
        notebook.cells[1].source += "\n\nmy own note"

    outputs = {"descent_step": [stream("hello"), display(image__png=PNG, text__plain="<Figure>")]}
    notes = ["descend: found by the name that it defines"]
    notebook = graded(change, outputs, {"problem": "", "notes": notes})
    given = grades(
        late=1.0, comments={QUESTION: "Good."}, **{QUESTION: Grade(2.0, 3.0, by_hand=True)}
    )
    return html_of(notebook, verdicts(descent_step=wrong()), given)


def test_it_says_its_language_and_its_title(page):
    (html,) = Tags(page).all("html")
    assert html["lang"] == "en"
    assert Tags(page).texts("title") == ["Feedback: 00 - The descent"]
    assert page.startswith("<!DOCTYPE html>")


def test_headings_come_in_order(page):
    levels = [int(tag[1]) for tag, _ in Tags(page).found if re.fullmatch(r"h\d", tag)]
    assert levels[0] == 1
    assert levels.count(1) == 1
    assert all(after <= before + 1 for before, after in pairwise(levels))
    assert set(levels) == {1, 2, 3, 4}


def test_landmarks_are_named_and_links_lead_somewhere(page):
    tags = Tags(page)
    ids = [attributes["id"] for _, attributes in tags.found if "id" in attributes]
    assert len(ids) == len(set(ids))
    assert len(tags.all("main")) == len(tags.all("header")) == 1
    assert {section["aria-labelledby"] for section in tags.all("section")} <= set(ids)
    links = [a["href"][1:] for a in tags.all("a") if a["href"].startswith("#")]
    assert len(links) == len(COURSE.lesson("00_orientation").exercises) + 3
    assert set(links) <= set(ids)


def test_tables_have_headers_and_pictures_descriptions(page):
    tags = Tags(page)
    assert {th["scope"] for th in tags.all("th")} == {"col", "row"}
    images = tags.all("img")
    assert len(images) == 2
    assert all(len(image["alt"]) > 10 for image in images)
    assert all("tabindex" in pre for pre in tags.all("pre") if "class" not in pre)


def test_a_card_is_what_check_shows(page):
    def words(html):
        return " ".join(re.sub(r"<[^>]*>", " ", html).split())

    for verdict in verdicts(descent_step=wrong()).values():
        assert words(Card(verdict)._repr_html_()) in words(page)


def test_nothing_is_asked_of_the_network(page):
    assert "http:" not in page.replace("http://www.w3.org", "")
    assert "@import" not in page
    assert "@font-face" not in page


def _colours(block):
    return dict(re.findall(r"--(\w+): (#[0-9a-f]+)", block))


def _luminance(colour):
    digits = colour[1:] if len(colour) == 7 else "".join(2 * c for c in colour[1:])
    parts = [int(digits[i : i + 2], 16) / 255 for i in (0, 2, 4)]
    linear = [c / 12.92 if c <= 0.03928 else ((c + 0.055) / 1.055) ** 2.4 for c in parts]
    return sum(w * c for w, c in zip((0.2126, 0.7152, 0.0722), linear, strict=True))


@pytest.mark.parametrize("dark", [False, True])
def test_everything_that_is_read_stands_out(dark):
    style = (files("autograder.feedback") / "page.css").read_text(encoding="utf-8")
    found = DARK.search(style)
    colours = _colours(found[1] if dark else style[: found.start()])
    assert colours.keys() == {*("page", "text", "soft", "line", "code", "link"), "right",
                              "unfinished", "blank"}  # fmt: skip
    for ground in ("page", "code"):
        for ink in ("text", "soft", "link", "right", "unfinished", "blank"):
            one, other = sorted((_luminance(colours[ground]), _luminance(colours[ink])))
            assert (other + 0.05) / (one + 0.05) >= 4.5, (ground, ink)


def test_dark_is_for_screens_alone():
    style = (files("autograder.feedback") / "page.css").read_text(encoding="utf-8")
    assert re.findall(r"@media[^{]*dark[^{]*", style) == [
        "@media screen and (prefers-color-scheme: dark) "
    ]


def _judged(lesson):
    """A lesson with a mistake in every exercise that has one to make: the longest page of it."""
    judge, sources = Judge(lesson, 7), right_sources(lesson)
    for key, bank in judge.bank.by_exercise.items():
        made = next((m for m in bank if stands_alone(lesson, m)), None)
        if made is not None:
            first, *rest = lesson.exercises[key].solution_ids
            sources[first] = made.code(lesson)
            sources.update(dict.fromkeys(rest, "pass"))
    setup = [c.source for c in lesson.release().cells if "setup" in c.metadata.get("tags", [])]
    names = execute_source("\n\n".join([*setup, *sources.values()]), "handed_in").__dict__
    verdicts = {k: judge.verdict(judge.examine(k, LocalRunner(names))) for k in lesson.exercises}
    return rebuild(fill_in(lesson, sources), lesson).notebook, verdicts


@pytest.mark.slow
@pytest.mark.parametrize("lesson_id", COURSE.lesson_ids())
def test_every_lessons_page_is_small(lesson_id):
    lesson = COURSE.lesson(lesson_id)
    notebook, judged = _judged(lesson)
    page = render(collect(notebook, lesson, judged, Grades(0.0, 0.0), "ana"))
    assert without_pictures(page) < MOST


@pytest.mark.parametrize("lesson_id", LARGEST)
def test_the_largest_page_of_all_is_small(lesson_id):
    """Whatever is written into it: each cell as long as it likes, and ten more besides."""
    lesson = COURSE.lesson(lesson_id)

    def fill(cell):
        cell.source += "\n" + "x = '<&>'  # filled\n" * 4000
        if "outputs" in cell:
            cell.outputs = [stream("<&>" * 9000), stream("<&>\n" * 9000)] * 9

    notebook = rebuild(fill_in(lesson, right_sources(lesson)), lesson).notebook
    for cell in notebook.cells:
        if cell.cell_type == "code" and not cell.id.startswith(("test_", "check_")):
            fill(cell)
    judged = {k: wrong_in(lesson, k) for k in lesson.exercises}
    page = render(collect(notebook, lesson, judged, Grades(0.0, 0.0), "ana"))
    assert without_pictures(page) < MOST
    assert "more characters are left out here" in page


def wrong_in(lesson, key):
    """A verdict of a lesson's exercise that is not right."""
    most = lesson.exercises[key].points
    probes = tuple(
        ProbeVerdict(f"p{n}", f"what is looked at in probe {n}", "failed", 1.0, 0.0,
                     "expected 1.25, got -1.25", certain=True, call=f"{key}({n}.0, {n}.5)[0]")
        for n in range(6)
    )  # fmt: skip
    return Verdict(key, "failed", 0.0, most, probes, Diagnosis("m", "It does so. " * 12))


def test_a_page_takes_a_fifth_of_a_second_at_most():
    lesson = COURSE.lesson("05_optimizers")
    notebook = rebuild(fill_in(lesson, right_sources(lesson)), lesson).notebook
    judged = {key: wrong_in(lesson, key) for key in lesson.exercises}
    seconds = []
    for _ in range(3):
        started = time.process_time()
        render(collect(notebook, lesson, judged, Grades(0.0, 0.0), "ana"))
        seconds.append(time.process_time() - started)
    assert min(seconds) < 0.2  # 0.02 where it was measured
