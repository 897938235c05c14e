"""Seeds of a batch: new for what was handed in after feedback, and only for that."""

import json
import os
import stat
import subprocess
import sys

import pytest

from autograder.course.course import Course, CourseError
from autograder.grading.batch_seeds import batch_seed, feedback_is_written, seeds_of
from autograder.submission.read import read_notebook

LESSON = "05_optimizers"
CLASS = {"ana": "a1", "ben": "b1"}


@pytest.fixture
def course(tmp_path):
    return Course(tmp_path)


def test_a_class_shares_a_seed_and_keeps_it(course):
    first = seeds_of(course, LESSON, CLASS)
    assert len(set(first.values())) == 1
    assert seeds_of(course, LESSON, CLASS) == first
    assert batch_seed(course, LESSON) == first["ana"]
    assert batch_seed(course, "02_backprop") != first["ana"]


def test_what_is_handed_in_before_feedback_joins_the_batch(course):
    first = seeds_of(course, LESSON, CLASS)
    assert seeds_of(course, LESSON, {"ana": "a2", "cleo": "c1"}) == {
        "ana": first["ana"],
        "cleo": first["ana"],
    }


def test_what_is_handed_in_after_feedback_gets_a_new_seed_alone(course):
    first = seeds_of(course, LESSON, CLASS)
    feedback_is_written(course, LESSON, CLASS)
    second = seeds_of(course, LESSON, {**CLASS, "ana": "a2"})
    assert second["ben"] == first["ben"]
    assert second["ana"] != first["ana"]
    assert seeds_of(course, LESSON, {"cleo": "c1"})["cleo"] == second["ana"]
    feedback_is_written(course, LESSON, ["ben"])  # again, on the batch before: nothing new is seen
    assert seeds_of(course, LESSON, {"dan": "d1"})["dan"] == second["ana"]
    feedback_is_written(course, LESSON, ["dan"])
    third = seeds_of(course, LESSON, {"ana": "a3"})["ana"]
    assert len({first["ana"], second["ana"], third}) == 3
    assert seeds_of(course, LESSON, CLASS)["ben"] == first["ben"]


def test_a_new_seed_can_be_asked_for(course):
    first = seeds_of(course, LESSON, CLASS)
    forced = seeds_of(course, LESSON, {"ana": "a1"}, new=True)
    assert forced["ana"] != first["ana"]
    assert seeds_of(course, LESSON, CLASS) == {"ana": forced["ana"], "ben": first["ben"]}


def test_two_courses_share_no_seed(tmp_path):
    seeds = set()
    for name in "ab":
        (tmp_path / name).mkdir()
        seeds.add(batch_seed(Course(tmp_path / name), LESSON))
    assert len(seeds) == 2


def test_only_its_owner_reads_the_key(course):
    batch_seed(course, LESSON)
    assert stat.S_IMODE((course.root / ".autograder" / "course.key").stat().st_mode) == 0o600


def test_a_damaged_file_is_one_clear_line(course):
    batch_seed(course, LESSON)
    for damaged in ("{", "[]", '{"batch": null}', '{"graded": {"ana": 1}}', '{"more": 1}'):
        (course.root / ".autograder" / "batches" / f"{LESSON}.json").write_text(damaged)
        with pytest.raises(CourseError, match="is damaged"):
            batch_seed(course, LESSON)


def test_a_folder_that_cannot_be_written_is_one_clear_line(course):
    (course.root / ".autograder").touch()
    with pytest.raises(CourseError, match="cannot keep the course's key"):
        batch_seed(course, LESSON)


def test_a_run_that_is_killed_leaves_what_was_there(course, monkeypatch):
    first = seeds_of(course, LESSON, CLASS)
    feedback_is_written(course, LESSON, CLASS)

    def killed(*args):
        raise KeyboardInterrupt

    monkeypatch.setattr(os, "replace", killed)
    monkeypatch.setattr("pathlib.Path.replace", killed)
    with pytest.raises(KeyboardInterrupt):
        seeds_of(course, LESSON, {"ana": "a2"})
    monkeypatch.undo()
    assert seeds_of(course, LESSON, CLASS) == first


def test_a_digest_is_of_what_a_person_wrote():
    cell = {"cell_type": "code", "source": "x = 1", "outputs": [], "metadata": {}}
    ran = {**cell, "outputs": [{"output_type": "stream"}], "execution_count": 7, "id": "a"}
    other = {**cell, "source": "x = 2"}
    digests = [
        read_notebook(json.dumps({"cells": [c]}).encode()).digest for c in (cell, ran, other)
    ]
    assert digests[0] == digests[1] != digests[2]


def test_what_another_process_has_kept_in_the_meantime_counts(course):
    first = seeds_of(course, LESSON, CLASS)
    script = (
        "import sys; from pathlib import Path; from autograder.course.course import Course; "
        "from autograder.grading.batch_seeds import feedback_is_written; "
        f"feedback_is_written(Course(Path(sys.argv[1])), {LESSON!r}, ['ana'])"
    )
    subprocess.run([sys.executable, "-c", script, str(course.root)], check=True)
    assert batch_seed(course, LESSON) != first["ana"]
    assert seeds_of(course, LESSON, CLASS) == first
