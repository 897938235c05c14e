"""Same seed, same verdict: on another processor, with more threads, hashed and ordered otherwise,
by one worker or by eight."""

from __future__ import annotations

import math
import os
import re
import shutil
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from autograder.batch.grade_class import grade_lesson
from autograder.course.course import Course
from autograder.course.lesson import Lesson
from autograder.course.needs import runnable
from autograder.demo.mistakes import stands_alone
from autograder.demo.students import as_bytes, fill_in, right_sources
from autograder.harness.probe import load_probes
from autograder.judging.bank import load_bank
from tests.helpers.judging_elsewhere import Elsewhere, judged

COURSE = Course.find()
LESSONS = COURSE.lesson_ids()
BY_WORKERS = ("05_optimizers", "10_training_loop")
AT_ONCE = 2
NUMBER = re.compile(r"-?\d+(?:\.\d+)?(?:e[-+]\d+)?")
SIXTH_DIGIT = 1e-5  # of 1.00000
PROCESSOR = Path("/proc/cpuinfo").read_text() if Path("/proc/cpuinfo").is_file() else ""

# All that can be had here at once; what one of these alone would change is changed with the others.
OLD = {"OPENBLAS_CORETYPE": "Nehalem", "ATEN_CPU_CAPABILITY": "default", "PYTHONHASHSEED": "1"}
OLD |= {"MKL_CBWR": "COMPATIBLE", "ONEDNN_MAX_CPU_ISA": "SSE41"}
NEWER = {"OPENBLAS_CORETYPE": "Haswell", "ATEN_CPU_CAPABILITY": "avx2", "PYTHONHASHSEED": "2"}
NEWER |= {"MKL_CBWR": "AVX2", "ONEDNN_MAX_CPU_ISA": "AVX2"}


def threads(number: int) -> dict[str, str]:
    names = ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS")
    return dict.fromkeys(names, str(number))


HERE = "here"
PLACES = {
    HERE: Elsewhere.both(PYTHONHASHSEED="0"),
    "an old processor, backwards": replace(Elsewhere.both(**OLD), backwards=True),
    "another one, two threads": Elsewhere.both(**NEWER, **threads(2)),
    "four threads, kernels on an old one": Elsewhere(
        ours=threads(4), kernels={**OLD, **threads(4)}, cold=True
    ),
}
# Each lesson is judged here, on an old processor, and at one of the other two.
WHERE = {
    place: LESSONS[(number - 2) :: 2] if number > 1 else LESSONS
    for number, place in enumerate(PLACES)
}

pytestmark = [
    pytest.mark.sealed,
    pytest.mark.slow,
    pytest.mark.skipif(
        "avx2" not in PROCESSOR, reason="processors with AVX2 and older ones are compared"
    ),
]


def notebooks_of(lesson: Lesson, wrong: int = 1) -> dict[str, bytes]:
    """Solved, blank, and so many with a wrong answer of the bank in each exercise."""
    right = right_sources(lesson)
    made = {"blank": lesson.release(), "solved": fill_in(lesson, right)}
    for number in range(wrong):
        mistaken = {**right, **mistakes(lesson, number)}
        made[f"wrong-{number}"] = fill_in(lesson, mistaken)
    return {name: as_bytes(notebook) for name, notebook in made.items()}


def mistakes(lesson: Lesson, number: int) -> dict[str, str]:
    """A mistake in each exercise, by solution cell: the first of its bank, or one that follows."""
    sources: dict[str, str] = {}
    for key, bank in load_bank(lesson, load_probes(lesson.slug)).by_exercise.items():
        usable = [m for m in bank if stands_alone(lesson, m)]
        if usable:
            first, *rest = lesson.exercises[key].solution_ids
            sources[first] = usable[number % len(usable)].code(lesson)
            sources |= dict.fromkeys(rest, "pass")
    return sources


@pytest.fixture(scope="module")
def verdicts() -> dict[str, Any]:
    """What came out at each place."""
    texts = {
        name: {which: text.decode() for which, text in notebooks_of(COURSE.lesson(name)).items()}
        for name in runnable(COURSE)
    }
    with ThreadPoolExecutor(AT_ONCE) as pool:
        asked = {
            place: pool.submit(judged, PLACES[place], {n: texts[n] for n in names if n in texts})
            for place, names in WHERE.items()
        }
        return {place: future.result() for place, future in asked.items()}


CASES = [
    pytest.param(place, name, id=f"{name}, {place}")
    for place, names in WHERE.items()
    for name in names
    if place != HERE
]


@pytest.mark.parametrize(("place", "lesson_id"), CASES)
def test_a_verdict_is_the_same_elsewhere(
    place: str, lesson_id: str, verdicts: dict[str, Any]
) -> None:
    """In full: status, points, diagnosis, messages."""
    here = verdicts[HERE][lesson_id]
    assert not list(differences(here, verdicts[place][lesson_id]))
    statuses = {exercise["status"] for exercise in here["solved"]["exercises"].values()}
    assert statuses == {"passed"}
    assert here["wrong-0"]["score"] < here["solved"]["score"]
    assert here["blank"]["score"] == 0


def differences(one: Any, other: Any, path: str = "") -> Iterator[str]:
    """Where two verdicts differ, and how.

    Two numbers in a message may differ by one in the sixth digit, which is the last that is
    printed: after some steps in float32 sums that are rounded in another order are 1e-7 apart, and
    what lies between 0.765629 and 0.76563 is printed as one or as the other.
    """
    if isinstance(one, dict) and isinstance(other, dict) and one.keys() == other.keys():
        for key in one:
            yield from differences(one[key], other[key], f"{path}/{key}")
    elif isinstance(one, list) and isinstance(other, list) and len(one) == len(other):
        for number, pair in enumerate(zip(one, other, strict=True)):
            yield from differences(*pair, f"{path}/{number}")
    elif not (one == other or same_text(one, other)):
        yield f"{path}: {one!r} and {other!r}"


def same_text(one: Any, other: Any) -> bool:
    if not (isinstance(one, str) and isinstance(other, str)):
        return False
    if NUMBER.split(one) != NUMBER.split(other):
        return False
    pairs = zip(NUMBER.findall(one), NUMBER.findall(other), strict=True)
    return all(math.isclose(float(a), float(b), rel_tol=SIXTH_DIGIT) for a, b in pairs)


def test_only_the_last_printed_digit_may_differ() -> None:
    text = {"message": "expected 0.854409, got 0.76563"}
    assert not list(differences(text, {"message": "expected 0.854409, got 0.765629"}))
    for wrong in ("expected 0.854409, got 0.76565", "expected 0.854409", "Expected 0.854409, got"):
        assert list(differences(text, {"message": wrong}))
    assert list(differences({"score": 1.0}, {"score": 1.000001})), "points are the same"
    assert list(differences([1], [1, 2])) == [": [1] and [1, 2]"]


@pytest.mark.parametrize("side", ["ours", "numpy", "torch"])
def test_what_was_varied_reached_the_libraries(side: str, verdicts: dict[str, Any]) -> None:
    """Of this process, and of kernels with torch and without."""
    here, old, newer, mixed = (verdicts[place]["facts"][side] for place in PLACES)
    sums = [key for key in here if key.startswith(("matmul", "torch "))]
    assert all(here[key] != old[key] for key in sums), "each is rounded in another way"
    assert newer["matmul"] != old["matmul"]
    cores = [facts["core"] for facts in (old, newer, mixed)]
    assert cores == ["Nehalem", "Haswell", here["core"] if side == "ours" else "Nehalem"]
    counts = [facts["threads"]["openblas"] for facts in (here, old, newer, mixed)]
    assert counts == [1, 1, *(min(asked, os.cpu_count() or 1) for asked in (2, 4))]
    assert side == "numpy" or newer["threads"]["torch"] == 2
    assert len({facts["hash"] for facts in (here, old, newer)}) == 3
    if side != "numpy":
        assert (old["capability"], newer["capability"]) == ("DEFAULT", "AVX2")


@pytest.mark.parametrize("lesson_id", BY_WORKERS)
def test_one_worker_or_eight_in_any_order(lesson_id: str, tmp_path: Path) -> None:
    lesson = COURSE.lesson(lesson_id)
    notebooks = notebooks_of(lesson, wrong=6)
    one = by_workers(lesson, notebooks, 1, tmp_path / "one")
    eight = by_workers(lesson, dict(reversed(notebooks.items())), 8, tmp_path / "eight")
    assert one == eight
    assert len({str(verdict) for verdict in one.values()}) == len(notebooks) == 8


def by_workers(
    lesson: Lesson, notebooks: dict[str, bytes], workers: int, root: Path
) -> dict[str, Any]:
    """The verdicts of a class that hands these in, its learners named in this order; with the same
    key as another one's, the batch has the same seed."""
    shutil.copytree(COURSE.solutions / lesson.id, root / "solutions" / lesson.id)
    shutil.copytree(COURSE.data, root / "data")
    shutil.copy(COURSE.root / "nbgrader_config.py", root)
    (root / ".autograder").mkdir(mode=0o700)
    (root / ".autograder" / "course.key").write_bytes(b"the same for both of them, 32 bytes")
    learners = {f"{number:02}": which for number, which in enumerate(notebooks)}
    for learner, which in learners.items():
        folder = root / "submitted" / learner / lesson.id
        folder.mkdir(parents=True)
        (folder / f"{lesson.slug}.ipynb").write_bytes(notebooks[which])
    report = grade_lesson(Course(root), lesson.id, workers=workers, feedback=False)
    return {
        learners[entry.student]: entry.verdict.as_json(whole=True)
        for entry in report.entries
        if entry.verdict
    }
