"""A class that hands in anything, for tests: a course folder, and files by name in `submitted/`."""

from __future__ import annotations

import bz2
import gzip
import io
import tarfile
import zipfile
from functools import lru_cache

from autograder.course.course import Course
from autograder.demo.students import as_bytes, fill_in, right_sources
from autograder.handins import hand_ins

COURSE = Course.find()
LESSON = COURSE.lesson("00_orientation")
OTHER = COURSE.lesson("01_losses")
HOME = f"{LESSON.id}/orientation.ipynb"


@lru_cache
def right(lesson=LESSON):
    """The bytes of a notebook with every answer right."""
    return as_bytes(fill_in(lesson, right_sources(lesson)))


def signed(who, lesson=LESSON):
    """The same, and nobody else's."""
    sources = right_sources(lesson)
    name, source = next((n, s) for n, s in sources.items() if not n.startswith("prediction"))
    return as_bytes(fill_in(lesson, {**sources, name: f"# by {who}\n{source}"}))


@lru_cache
def blank():
    """The bytes of the notebook as it was released."""
    return as_bytes(LESSON.release())


@lru_cache
def different():
    """The bytes of a notebook with other answers."""
    return as_bytes(
        fill_in(LESSON, {"descent_step": "def descent_step(x, grad, lr):\n    return x"})
    )


QUICKLY = 1  # of the nine levels of packing


def quick_gzip(data):
    """The bytes of a gzip archive."""
    return gzip.compress(data, QUICKLY)


def zipped(files, method=zipfile.ZIP_DEFLATED):
    """A zip archive of files by name."""
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", method, compresslevel=QUICKLY) as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    return made.getvalue()


def tarred(files, pack=quick_gzip):
    """A tar archive of files by name, packed."""
    made = io.BytesIO()
    with tarfile.open(fileobj=made, mode="w") as archive:
        for name, content in files.items():
            info = tarfile.TarInfo(name)
            info.size = len(content)
            archive.addfile(info, io.BytesIO(content))
    return pack(made.getvalue())


PACKERS = {
    "zip": zipped,
    "tar": lambda files: tarred(files, bytes),
    "tar.gz": tarred,
    "tar.bz2": lambda files: tarred(files, bz2.compress),
}


def make_course(folder):
    """A course folder with two lessons, in which nobody has handed in anything."""
    (folder / "solutions").mkdir()
    for lesson in (LESSON, OTHER):
        (folder / "solutions" / lesson.id).symlink_to(COURSE.solutions / lesson.id)
    (folder / "data").symlink_to(COURSE.data)
    (folder / "nbgrader_config.py").write_bytes((COURSE.root / "nbgrader_config.py").read_bytes())
    return Course(folder)


def hand_in(course, files, who="ana"):
    """Write a learner's files, by their paths in the learner's folder; None makes a folder."""
    for name, content in files.items():
        path = course.root / "submitted" / who / name
        path.parent.mkdir(parents=True, exist_ok=True)
        if content is None:
            path.mkdir(parents=True, exist_ok=True)
        else:
            path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return course.root / "submitted" / who


def found(course, who="ana", lesson=LESSON):
    """What a learner is found to have handed in."""
    (one,) = hand_ins(course, lesson, [who])
    return one
