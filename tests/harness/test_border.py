"""What enters a kernel: payloads that stand alone, and carry nothing that is worth knowing."""

import base64
import json
import subprocess
import sys

import pytest

from autograder.course.course import Course
from autograder.course.needs import skipped
from autograder.harness.probe import load_probes
from autograder.judging.bank import load_bank

LESSONS = Course.find().lesson_ids()

# Loads payloads where no module of the course can be imported, as in a sealed kernel.
LOADER = """
import base64, json, pickle, sys
for name in list(sys.modules):
    assert not name.startswith("autograder")
class Blocked:
    def find_spec(self, name, path=None, target=None):
        if name.split(".")[0] == "autograder":
            raise ImportError(name)
sys.meta_path.insert(0, Blocked())
for where, payload in json.load(sys.stdin):
    try:
        run, inputs = pickle.loads(base64.b64decode(payload))
    except Exception as error:
        raise SystemExit(f"{where}: {type(error).__name__}: {error}")
    assert callable(run), where
"""


def payloads(lesson_id, seed=11):
    for key, probes in load_probes(Course.find().lesson(lesson_id).slug).items():
        for probe in probes:
            given = probe.given(seed, key)
            yield key, probe, probe.payload(given.inputs), given


@pytest.mark.parametrize("in_numpy", [True, False], ids=["numpy", "torch"])
def test_a_payload_loads_where_nothing_of_ours_is(in_numpy):
    lessons = [Course.find().lesson(lesson_id) for lesson_id in LESSONS]
    made = [
        (f"{key}: {probe.name}", base64.b64encode(payload).decode())
        for lesson in lessons
        if lesson.is_numpy is in_numpy and not skipped(lesson)
        for key, probe, payload, _ in payloads(lesson.id)
    ]
    assert len(made) > 100
    done = subprocess.run(
        [sys.executable, "-I", "-c", LOADER],
        input=json.dumps(made),
        capture_output=True,
        text=True,
        timeout=120,
    )
    assert done.returncode == 0, done.stderr[-2000:]


@pytest.mark.parametrize("lesson_id", LESSONS)
def test_a_payload_carries_no_misconception_and_no_seed(lesson_id):
    course = Course.find()
    bank = load_bank(course.lesson(lesson_id), load_probes(Course.find().lesson(lesson_id).slug))
    sentences = [m.text[:40].encode() for ms in bank.by_exercise.values() for m in ms]
    seed = 0x1D5EED5EED5E
    everything = list(payloads(lesson_id, seed))
    for key, probe, payload, _ in everything:
        assert not any(text in payload for text in sentences), (key, probe.name)
        assert b".bank" not in payload, (key, probe.name)
        assert str(seed).encode() not in payload, (key, probe.name)
        assert seed.to_bytes(8, "little") not in payload, (key, probe.name)


@pytest.mark.parametrize("lesson_id", LESSONS)
def test_no_generator_of_the_judges_goes_in(lesson_id):
    for key, probe, payload, given in payloads(lesson_id):
        assert b"numpy.random" not in payload or "rng" not in given.inputs, (key, probe.name)
        assert b"_generator" not in payload or b"PCG64" not in payload, (key, probe.name)


@pytest.mark.parametrize("lesson_id", LESSONS)
def test_the_same_seed_gives_the_same_payload(lesson_id):
    first = [p for _, _, p, _ in payloads(lesson_id)]
    again = [p for _, _, p, _ in payloads(lesson_id)]
    assert first == again
