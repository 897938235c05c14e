"""Seeds: what follows from one."""

import numpy as np

from autograder.harness.probe import Probe


def test_inputs_follow_from_the_seed_the_exercise_and_the_probe():
    def draw(name, seed, exercise):
        probe = Probe(name, "", 1.0, lambda rng: {"x": rng.normal(size=3)}, lambda i, g: None)
        return tuple(probe.given(seed, exercise).inputs["x"])

    assert draw("p", 1, "e") == draw("p", 1, "e")
    distinct = {draw("p", 1, "e"), draw("q", 1, "e"), draw("p", 2, "e"), draw("p", 1, "f")}
    assert len(distinct | {draw("p", 1 + 2**40, "e")}) == 5
    assert np.isfinite(draw("p", 2**53 - 1, "e")).all()
