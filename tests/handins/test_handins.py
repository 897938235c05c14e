"""Which of what a learner handed in is the notebook: told by what is in it, not by its name."""

import json

import pytest

from tests.helpers.handing_in import (
    HOME,
    LESSON,
    OTHER,
    PACKERS,
    blank,
    different,
    found,
    hand_in,
    make_course,
    right,
    zipped,
)

HERE = LESSON.id


@pytest.fixture
def course(tmp_path):
    return make_course(tmp_path)


def graded(hand_in):
    """What is graded, once it is clear that nothing is in the way."""
    assert hand_in.problem == ""
    return hand_in.content


def test_the_notebook_in_its_place_needs_no_remark(course):
    hand_in(course, {HOME: right()})
    assert graded(found(course)) == right()
    assert found(course).remark == ""


@pytest.mark.parametrize(
    "place",
    [
        f"{HERE}/{HERE}/orientation.ipynb",
        f"{HERE}/a/b/c d/e/orientation.ipynb",
        f"{HERE}/orientation.ipynb/orientation.ipynb",
        f"{HERE}/orientation-2.ipynb",
        f"{HERE}/orientation (1).ipynb",
        f"{HERE}/Copy of orientation.ipynb",
        f"{HERE}/Kopie von orientation.ipynb",
        f"{HERE}/orientation-Copy1.ipynb",
        f"{HERE}/Doe_Jane_12345_orientation.ipynb",
        f"{HERE}/12345_orientation.ipynb",
        f"{HERE}/doejane_LATE_98_76_orientation-1.ipynb",
        f"{HERE}/Orientation.ipynb",
        f"{HERE}/ORIENTATION.IPYNB",
        f"{HERE}/orientation.ipynb.txt",
        f"{HERE}/orientation.ipynb.json",
        f"{HERE}/orientation",
        f"{HERE}/Untitled3.ipynb",
        "orientation.ipynb",
        "homework.ipynb",
        "00-orientation/orientation.ipynb",
        "Orientation/orientation.ipynb",
        "Lesson 0/orientation.ipynb",
        "week one/orientation.ipynb",
        f"{OTHER.id}/orientation.ipynb",
    ],
)
def test_a_notebook_elsewhere_is_found_by_what_is_in_it(course, place):
    hand_in(course, {place: right()})
    assert graded(found(course)) == right()
    assert place in found(course).remark


def test_what_systems_leave_beside_a_notebook_is_nothing(course):
    litter = (f"{HERE}/__MACOSX/._orientation.ipynb", f"{HERE}/.DS_Store", "__MACOSX/x.ipynb")
    checkpoint = f"{HERE}/.ipynb_checkpoints/orientation-checkpoint.ipynb"
    hand_in(course, {f"{HERE}/x/orientation.ipynb": right(), checkpoint: different()})
    hand_in(course, dict.fromkeys(litter, "\0\1"))
    assert graded(found(course)) == right()


@pytest.mark.parametrize("kind", PACKERS)
@pytest.mark.parametrize("name", ["orientation.ipynb", "a/b/Orientation (2).ipynb", "../x.ipynb"])
def test_a_notebook_in_an_archive_is_read_there(course, kind, name):
    packed = PACKERS[kind]({name: right(), "__MACOSX/._x.ipynb": b"\0", "notes.txt": b"hello"})
    folder = hand_in(course, {f"{HERE}/orientation.{kind}": packed})
    before = sorted(folder.rglob("*"))
    assert graded(found(course)) == right()
    assert sorted(folder.rglob("*")) == before, "nothing is unpacked"


def test_an_archive_may_lie_in_an_archive_and_have_the_wrong_name(course):
    hand_in(course, {HOME: zipped({"all.zip": zipped({"orientation.ipynb": right()})})})
    assert graded(found(course)) == right()


def test_of_a_whole_course_in_one_archive_this_lesson_is_taken(course):
    both = {"c/00_orientation/orientation.ipynb": right(), "c/01_losses/losses.ipynb": right(OTHER)}
    hand_in(course, {"course.zip": zipped(both)})
    assert graded(found(course)) == right()
    assert graded(found(course, lesson=OTHER)) == right(OTHER)


def test_copies_that_are_graded_alike_are_one(course):
    again = json.loads(right())
    again["cells"].append({"cell_type": "code", "metadata": {}, "source": "", "outputs": []})
    files = {"a.ipynb": right(), "b.ipynb": right(), "c.ipynb": json.dumps(again)}
    hand_in(course, {f"{HERE}/{name}": content for name, content in files.items()})
    assert graded(found(course)) == right()


def test_the_exact_name_wins_and_another_that_differs_is_named(course):
    hand_in(course, {HOME: right(), f"{HERE}/orientation-2.ipynb": different()})
    assert graded(found(course)) == right()
    assert "orientation-2.ipynb differs" in found(course).remark


def test_of_two_the_one_that_was_worked_on_is_graded(course):
    hand_in(course, {HOME: blank(), f"{HERE}/orientation-Copy1.ipynb": right()})
    assert graded(found(course)) == right()
    assert "orientation.ipynb is as it was released" in found(course).remark


def test_a_broken_notebook_does_not_hide_a_whole_one(course):
    hand_in(course, {HOME: right()[:900], f"{HERE}/orientation (1).ipynb": right()})
    assert graded(found(course)) == right()
    assert "orientation.ipynb is no notebook" in found(course).remark


def test_two_that_differ_need_a_person(course):
    names = ("orientation (1).ipynb", "orientation (2).ipynb")
    contents = (right(), different())
    hand_in(course, {f"{HERE}/{name}": text for name, text in zip(names, contents, strict=True)})
    assert found(course).content is None
    assert all(name in found(course).problem for name in names)
    assert found(course).command.startswith(f"mv '{course.root}/submitted/ana/{HERE}/orientation (")


def test_two_lessons_in_one_notebook_are_handed_in_for_both(course):
    both = json.loads(right())
    both["cells"] += json.loads(right(OTHER))["cells"]
    hand_in(course, {HOME: json.dumps(both)})
    assert graded(found(course))
    assert graded(found(course, lesson=OTHER))


def test_answers_without_any_metadata_are_known_by_their_names(course):
    bare = {
        "cells": [{"cell_type": "code", "source": "def descent_step(x, grad, lr):\n  return x"}]
    }
    hand_in(course, {f"{HERE}/mine.ipynb": json.dumps(bare)})
    assert graded(found(course))


def test_the_notebook_of_another_lesson_is_named_with_its_place(course):
    hand_in(course, {HOME: right(OTHER)})
    one = found(course)
    assert one.problem == f"{HOME} is the notebook of 01_losses"
    assert "mkdir -p" in one.command
    assert one.command.endswith("/submitted/ana/01_losses/losses.ipynb")


def test_a_notebook_of_nothing_is_named(course):
    hand_in(course, {HOME: json.dumps({"cells": []})})
    assert found(course).problem == f"{HOME} has nothing of this lesson"


def test_who_handed_in_other_lessons_only_is_no_problem(course):
    hand_in(course, {f"{OTHER.id}/losses.ipynb": right(OTHER)})
    one = found(course)
    assert (one.content, one.problem, one.command) == (None, "", "")


@pytest.mark.parametrize("name", ["losses.ipynb", "a/losses.ipynb"])
def test_a_notebook_of_another_lesson_elsewhere_is_no_problem(course, name):
    hand_in(course, {name: right(OTHER)})
    assert found(course).problem == ""
    assert found(course).is_absent


def test_a_folder_with_nothing_of_any_lesson_is_named(course):
    hand_in(course, {"README.txt": "hello"})
    assert found(course).problem == "nothing in the folder is of this lesson"


@pytest.mark.parametrize("files", [{HERE: None}, {".": None}, {f"{HERE}/timestamp.txt": "2026"}])
def test_an_empty_folder_is_named(course, files):
    hand_in(course, files)
    assert found(course).problem == "the folder is empty"
    assert f"cp orientation.ipynb {course.root}/submitted/ana/{HOME}" in found(course).command


def test_only_a_checkpoint_is_named_and_can_be_copied(course):
    place = f"{HERE}/.ipynb_checkpoints/orientation-checkpoint.ipynb"
    hand_in(course, {place: right()})
    assert place in found(course).problem
    assert found(course).command.startswith("cp ")


@pytest.mark.parametrize(
    ("name", "content", "said"),
    [
        ("orientation.py", "x = 1\n", "is a script"),
        ("orientation.html", "<!DOCTYPE html><html></html>", "is an HTML page"),
        ("orientation.pdf", "%PDF-1.7\n", "is a PDF"),
        ("orientation.docx", zipped({"word/document.xml": "<?xml"}), "without a notebook"),
        (
            "orientation.zip",
            zipped({"a/orientation.py": "x = 1\n"}),
            "a/orientation.py is a script",
        ),
        ("orientation.ipynb", "%PDF-1.7\n", "is a PDF"),
        ("orientation.ipynb", "", "is an empty file"),
        ("orientation.ipynb", "{", "is no notebook"),
        ("orientation.ipynb", "\x89PNG", "is no notebook"),
        ("orientation.rar", "Rar!\x1a\x07", "is packed in a way that is not read here"),
        ("photo.jpg", b"\xff\xd8\xff", "is no notebook"),
    ],
)
def test_what_is_no_notebook_is_named_with_what_it_is(course, name, content, said):
    hand_in(course, {f"{HERE}/{name}": content})
    one = found(course)
    assert one.content is None
    assert f"{HERE}/{name}" in one.problem
    assert said in one.problem
    assert one.command
