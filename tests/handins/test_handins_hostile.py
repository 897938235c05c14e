"""What a learner's folder may hold to harm a grader: nothing is followed, awaited or unpacked."""

import os
import socket
import struct
import zipfile

import pytest

from autograder.course.course import CourseError
from autograder.handins import archives, chosen_learners, hand_ins, loose_files, search
from autograder.handins.decide import Decision
from tests.helpers.handing_in import (
    HOME,
    LESSON,
    blank,
    different,
    found,
    hand_in,
    make_course,
    quick_gzip,
    right,
    tarred,
    zipped,
)

HERE = LESSON.id
MANY = [str(number) for number in range(6000)]


@pytest.fixture
def course(tmp_path):
    return make_course(tmp_path)


@pytest.mark.parametrize("to", ["../../ben/00_orientation/orientation.ipynb", "/etc/hostname"])
def test_a_link_out_of_the_folder_is_named_and_not_followed(course, to):
    hand_in(course, {HOME: right()}, "ben")
    folder = hand_in(course, {HERE: None})
    (folder / HOME).symlink_to(to)
    assert found(course).content is None
    assert "is a link to" in found(course).problem


@pytest.mark.parametrize("name", [HERE, f"{HERE}/x", "Orientation"])
def test_a_folder_that_is_a_link_out_is_not_followed(course, name):
    hand_in(course, {HOME: right()}, "ben")
    folder = hand_in(course, {".": None} if name == HERE else {HERE: None})
    (folder / name).symlink_to(course.root / "submitted" / "ben" / HERE)
    assert found(course).content is None
    assert "is a link to submitted/ben" in found(course).problem


def test_a_folder_that_is_a_link_to_another_learner_is_none_of_ours(course):
    hand_in(course, {HOME: right()}, "ben")
    (course.root / "submitted" / "ana").symlink_to("ben")
    assert found(course).problem == "the folder is a link to submitted/ben"


def test_a_link_within_the_folder_is_followed(course):
    folder = hand_in(course, {HERE: None, "mine/x.ipynb": right()})
    (folder / HOME).symlink_to("../mine/x.ipynb")
    assert found(course).content == right()


def test_links_that_lead_nowhere_or_in_a_circle_are_named(course):
    folder = hand_in(course, {HERE: None})
    (folder / HOME).symlink_to("gone.ipynb")
    (folder / HERE / "a").symlink_to("b")
    (folder / HERE / "b").symlink_to("a")
    (folder / HERE / "c").symlink_to(".")
    assert found(course).problem.count("leads nowhere") == 3


def test_pipes_and_sockets_are_not_waited_for(course, monkeypatch):
    folder = hand_in(course, {HERE: None})
    os.mkfifo(folder / HOME)
    assert "is a pipe or a device" in found(course).problem
    (folder / HOME).unlink()
    monkeypatch.chdir(folder / HERE)
    with socket.socket(socket.AF_UNIX) as listening:
        listening.bind("orientation.ipynb")
        assert found(course).content is None
        assert HOME in found(course).problem


def bomb():
    """The bytes of a file that is small packed, and fills the memory when it is not."""
    return b"{" + b" " * 300_000_000


# Packed in the test alone: whoever collects all tests would pack them, too.
@pytest.mark.parametrize(
    ("name", "content", "said", "command"),
    [
        ("o.zip", lambda: zipped({"o.ipynb": b"x" * 9000})[:-60], "is broken", "cp "),
        ("o.zip", lambda: b"PK\x03\x04" + bytes(99), "is broken", "cp "),
        ("o.tar.gz", lambda: tarred({"o.ipynb": os.urandom(9000)})[:3000], "is broken", "cp "),
        ("o.gz", lambda: b"\x1f\x8b" + bytes(99), "is broken", "cp "),
        ("o.zip", lambda: zipped({"o": b"x"}, zipfile.ZIP_LZMA), "is packed in a way", "unzip "),
        ("o.tgz", lambda: tarred(dict.fromkeys(MANY, b"")), "more than 5000", "tar -xf "),
        ("o.zip", lambda: zipped(dict.fromkeys(MANY, b"")), "more than 5000", "unzip "),
        ("o.7z", lambda: b"7z\xbc\xaf\x27\x1c", "is packed in a way", "7z x "),
    ],
    ids=["cut zip", "zip header", "cut tar", "gzip header", "lzma", "full tar", "full zip", "7z"],
)
def test_an_archive_that_cannot_be_read_is_named_with_what_helps(
    course, name, content, said, command
):
    hand_in(course, {f"{HERE}/{name}": content()})
    assert said in found(course).problem
    assert found(course).command.splitlines()[-1].startswith(command)


def test_a_locked_archive_is_named_with_the_command_that_asks_for_the_password(course):
    content = bytearray(zipped({"orientation.ipynb": right()}))
    for mark, flags in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        at = content.index(mark) + flags
        content[at : at + 2] = struct.pack("<H", 1)
    hand_in(course, {f"{HERE}/orientation.zip": bytes(content)})
    assert found(course).problem.endswith("is locked with a password")
    assert found(course).command.startswith("unzip ")


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("o.zip", lambda: zipped({"o.ipynb": bomb()})),
        ("o.zip", lambda: zipped({"a.zip": zipped({"b.zip": zipped({"o.ipynb": bomb()})})})),
        ("o.ipynb.gz", lambda: quick_gzip(bomb())),
        ("o.tar.gz", lambda: tarred({"o.ipynb": bomb()})),
    ],
    ids=["zip", "zips in zips", "gzip", "tar"],
)
def test_a_bomb_is_not_unpacked(course, name, content):
    hand_in(course, {f"{HERE}/{name}": content()})
    assert found(course).content is None
    assert found(course).problem


def test_a_bomb_does_not_hide_the_notebook(course, monkeypatch):
    monkeypatch.setattr(search, "Budget", lambda: archives.Budget(files=50, room=3_000_000))
    hand_in(course, {f"{HERE}/a.zip": zipped({"a.ipynb": b"{" + b" " * 9_000_000}), HOME: right()})
    assert found(course).content == right()
    assert "a.zip holds more than" in found(course).remark


def test_many_files_do_not_hide_the_notebook(course):
    hand_in(course, {HOME: right(), **{f"{HERE}/env/{n}.txt": "" for n in range(5100)}})
    assert found(course).content == right()


def test_ids_are_taken_as_they_stand(course):
    for who in ("s1", "s1 [late]", "o'neil", "-dash", "a*", "ab"):
        hand_in(course, {HOME: right()}, who)
    assert chosen_learners(course, "s1 [late]") == ["s1 [late]"]
    assert chosen_learners(course, "a*") == ["a*"]
    assert chosen_learners(course, "s*") == ["s1", "s1 [late]"]
    assert len(chosen_learners(course, "*")) == 6


@pytest.mark.parametrize("asked", ["oneil", "O'Neil", "neil"])
def test_an_unknown_learner_is_told_the_near_names(course, asked):
    hand_in(course, {HOME: right()}, "o'neil")
    with pytest.raises(CourseError, match='did you mean "o\'neil"') as error:
        chosen_learners(course, asked)
    assert repr(asked) in str(error.value)


@pytest.mark.parametrize("student", ["", ".", "..", "a/b", "../ana"])
def test_an_id_names_no_other_folder(course, student):
    with pytest.raises(CourseError, match="not a learner"):
        chosen_learners(course, student)


@pytest.mark.parametrize("who", ["two\nlines", os.fsdecode(b"j\xfcrgen")])
def test_a_folder_whose_name_can_be_no_id_is_named(course, who):
    hand_in(course, {HOME: right()}, who)
    assert "cannot be an id" in found(course, who).problem
    assert found(course, who).command.startswith("mv -n $'")
    assert "\n" not in found(course, who).command


def test_a_folder_with_the_name_of_a_lesson_is_named(course):
    hand_in(course, {"ana/orientation.ipynb": right()}, HERE)
    assert "has the name of a lesson" in found(course, HERE).problem


def test_what_lies_in_nobodys_folder_is_named(course):
    hand_in(course, {"all.zip": b"PK", "orientation.ipynb": right(), "README.txt": "x"}, ".")
    assert loose_files(course) == ["all.zip", "orientation.ipynb"]
    assert chosen_learners(course, "*") == []


def test_an_error_of_ours_is_said_of_one_learner(course, monkeypatch):
    hand_in(course, {HOME: right()}, "ana")
    hand_in(course, {HOME: different()}, "ben")

    def broken(self):
        if self._student == "ana":
            raise RuntimeError("no such luck")
        return real(self)

    real = Decision.hand_in
    monkeypatch.setattr(Decision, "hand_in", broken)
    ana, ben = hand_ins(course, LESSON, ["ana", "ben"])
    assert "RuntimeError: no such luck" in ana.problem
    assert ben.content == different()


@pytest.mark.skipif(os.geteuid() == 0, reason="root may read everything")
def test_a_file_that_may_not_be_read_is_named_with_what_helps(course):
    folder = hand_in(course, {HOME: blank()})
    (folder / HOME).chmod(0)
    assert "cannot be opened" in found(course).problem
    assert found(course).command.startswith("chmod ")
