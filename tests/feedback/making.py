"""Pages for tests: a graded notebook of lesson 00, made without a kernel; what a browser sees."""

from __future__ import annotations

import base64
import re
import struct
import zlib
from html.parser import HTMLParser

from autograder.course.course import Course
from autograder.demo.students import fill_in, right_sources
from autograder.feedback.collect import HAND_IN, collect
from autograder.feedback.page import Grade, Grades
from autograder.feedback.render import render
from autograder.judging.verdict import Diagnosis, ProbeVerdict, Verdict
from autograder.submission.rebuild import rebuild

COURSE = Course.find()
LESSON = COURSE.lesson("00_orientation")
QUESTION = "gradient_zero"
EMPTY = frozenset({"img", "meta", "br", "hr", "wbr", "input"})


def png(width=3, height=2):
    """The bytes of a small picture, whatever size it says it has."""

    def chunk(kind, data):
        return (
            struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))
        )

    header = struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0)
    rows = zlib.compress(b"\0" * 8)
    return (
        b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", rows) + chunk(b"IEND", b"")
    )


def encoded(content):
    return base64.b64encode(content).decode()


PNG = encoded(png())


def verdicts(**changed):
    """Full marks, except where a verdict is given."""
    return {
        key: changed.get(key, Verdict(key, "passed", e.points, e.points))
        for key, e in LESSON.exercises.items()
    }


def wrong(key="descent_step", **probe):
    """A verdict of an exercise that is not right."""
    most = LESSON.exercises[key].points
    said = {"message": "expected 1.5, got 2.5", "call": f"{key}(1.0)", **probe}
    failed = ProbeVerdict("p", "single numbers", "failed", most, 0.0, **said)
    text = "It climbs: the gradient points uphill."
    return Verdict(key, "failed", 0.0, most, (failed,), Diagnosis("uphill", text))


def grades(score=7.0, most=16.0, late=0.0, comments=None, **by_id):
    """What the gradebook says; questions are not graded yet, unless they are."""
    known = {e.test_id: Grade(e.points, e.points) for e in LESSON.exercises.values()}
    known |= {q.name: Grade(0.0, q.points, waits=True) for q in LESSON.manual}
    return Grades(score, most, late, known | by_id, comments or {})


def graded(change=None, outputs=None, hand_in=None, sources=None):
    """A notebook as grading leaves it.

    Args:
        change: what is done to what is handed in.
        outputs: of cells, by id.
        hand_in: what grading found out about the file.
    """
    handed_in = fill_in(LESSON, right_sources(LESSON) if sources is None else sources)
    if change:
        change(handed_in)
    notebook = rebuild(handed_in, LESSON).notebook
    for cell in notebook.cells:
        if outputs and cell.id in outputs:
            cell.outputs = outputs[cell.id]
    notebook.metadata[HAND_IN] = hand_in or {"problem": "", "notes": []}
    return notebook


def page_of(notebook=None, judged=None, given=None, student="ana"):
    """What the page of a submission says."""
    notebook = graded() if notebook is None else notebook
    return collect(notebook, LESSON, judged or verdicts(), given or grades(), student)


def html_of(*args, **kwargs):
    """The page of a submission as HTML."""
    return render(page_of(*args, **kwargs))


def answer(notebook, text, attachments=None):
    """Write below the first question."""
    places = [i for i, cell in enumerate(notebook.cells) if cell.id == QUESTION]
    cell = notebook.cells[places[0] + 1]
    cell.source = text
    if attachments:
        cell.attachments = attachments


def stream(text):
    """What a cell printed."""
    return {"output_type": "stream", "name": "stdout", "text": text}


def display(**data):
    """What a cell displayed, by MIME type: `text__plain`."""
    return {
        "output_type": "display_data",
        "data": {k.replace("__", "/"): v for k, v in data.items()},
    }


class Tags(HTMLParser):
    """Every element of a page with its attributes, and the text in each."""

    def __init__(self, page):
        super().__init__()
        self.found = []
        self.inside = []
        self.text = []
        self.feed(page)

    def handle_starttag(self, tag, attrs):
        self.found.append((tag, dict(attrs)))
        self.text.append([tag, ""])
        if tag not in EMPTY:
            self.inside.append((tag, len(self.text) - 1))

    def handle_endtag(self, tag):
        if tag not in EMPTY:
            assert self.inside.pop()[0] == tag, f"</{tag}> closes something else"

    def handle_data(self, data):
        for _, index in self.inside:
            self.text[index][1] += data

    def all(self, *names):
        return [attrs for tag, attrs in self.found if tag in names]

    def texts(self, *names):
        return [" ".join(text.split()) for tag, text in self.text if tag in names]


def said(page):
    """The words of a page as they are read."""
    return " ".join(Tags(page).texts("body"))


def without_pictures(page):
    """The bytes of a page, its pictures aside."""
    return len(re.sub(r"data:image/[^\"']*", "", page).encode())
