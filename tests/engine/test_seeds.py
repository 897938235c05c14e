"""Seeds: one a batch, from a key that stays in the course folder."""

import stat

import numpy as np
import pytest

from autograder.course import Course, CourseError
from autograder.probe import Probe
from autograder.seeds import batch_seed


def test_a_batch_keeps_its_seed_and_a_new_one_draws_another(tmp_path):
    course = Course(tmp_path)
    first = batch_seed(course, "05_optimizers")
    assert batch_seed(course, "05_optimizers") == first
    assert batch_seed(course, "05_optimizers", new=True) != first
    assert batch_seed(course, "02_backprop") != first


def test_two_courses_share_no_seed(tmp_path):
    seeds = set()
    for name in "ab":
        (tmp_path / name).mkdir()
        seeds.add(batch_seed(Course(tmp_path / name), "05_optimizers"))
    assert len(seeds) == 2


def test_only_its_owner_reads_the_key(tmp_path):
    batch_seed(Course(tmp_path), "05_optimizers")
    key = tmp_path / ".autograder" / "course.key"
    assert stat.S_IMODE(key.stat().st_mode) == 0o600


def test_a_damaged_file_is_one_clear_line(tmp_path):
    batch_seed(Course(tmp_path), "05_optimizers")
    (tmp_path / ".autograder" / "batches.json").write_text("{")
    with pytest.raises(CourseError, match="cannot keep"):
        batch_seed(Course(tmp_path), "05_optimizers")


def test_inputs_follow_from_the_seed_the_exercise_and_the_probe():
    def draw(name, seed, exercise):
        probe = Probe(name, "", 1.0, lambda rng: {"x": rng.normal(size=3)}, lambda i, g: None)
        return tuple(probe.given(seed, exercise).inputs["x"])

    assert draw("p", 1, "e") == draw("p", 1, "e")
    distinct = {draw("p", 1, "e"), draw("q", 1, "e"), draw("p", 2, "e"), draw("p", 1, "f")}
    assert len(distinct | {draw("p", 1 + 2**40, "e")}) == 5
    assert np.isfinite(draw("p", 2**53 - 1, "e")).all()
