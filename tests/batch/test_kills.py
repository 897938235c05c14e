"""Nothing is lost: graders are killed at random moments of a batch, and another goes on.

`DESCENT_DRILL=60,10` drills a class of 60 with ten kills.
"""

from __future__ import annotations

import os
import random
import sys
import time

import pytest

from tests.helpers.drills import (
    Grader,
    a_class,
    copy_of,
    entered,
    files_of,
    none_remains,
    orphans,
)

LEARNERS, KILLS = map(int, os.environ.get("DESCENT_DRILL", "12,3").split(","))

pytestmark = [
    pytest.mark.sealed,
    pytest.mark.slow,
    pytest.mark.skipif(sys.platform != "linux", reason="adopts orphans, and looks into /proc"),
]


def test_killed_graders_lose_nothing_and_leave_nothing_behind(tmp_path):
    calm = a_class(tmp_path / "calm", LEARNERS)
    shaken = copy_of(calm, tmp_path / "shaken")
    started = time.monotonic()
    Grader(calm).finish()
    whole = time.monotonic() - started
    rng = random.Random(LEARNERS)
    killed = 0
    with orphans() as orphaned:
        while killed < KILLS:
            grader = Grader(shaken)
            # What was graded is kept, so each run is shorter than the one before.
            if grader.kill_after(rng.uniform(0, whole)):
                killed += 1
            whole *= 0.9
            assert none_remains(orphaned) == []
            assert list(grader.temporary.iterdir()) == []
        last = Grader(shaken)
        last.finish()
        assert none_remains(orphaned) == []
    assert entered(shaken) == entered(calm)
    found, wanted = files_of(shaken), files_of(calm)
    assert found.keys() == wanted.keys()
    assert [name for name, content in found.items() if content != wanted[name]] == []
    assert list(last.temporary.iterdir()) == []
