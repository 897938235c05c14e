"""The verdict of a prediction: its point is for committing to one of the letters on offer.

Which of them the run shows, and why, is said here and nowhere else: not in the notebook, and not in
a kernel. It earns and costs nothing.
"""

from __future__ import annotations

from autograder.course.lesson import Exercise
from autograder.harness.observation import Observation
from autograder.harness.probe import Probe
from autograder.judging.verdict import ProbeVerdict, Status, Verdict


def prediction_verdict(
    exercise: Exercise, probe: Probe, got: Observation, shown: Observation, why: str
) -> Verdict:
    """What is said of what stands in the place of a letter.

    Args:
        got: what the probe read.
        shown: the letter that the run shows, from the reference.
        why: the author's sentences on it.
    """
    committed = isinstance(got, str) and got in exercise.offered
    if committed:
        agrees = "as you predicted" if got == shown else f"and you predicted ({got})"
        message, note = "", f"The run shows ({shown}), {agrees}. {why}"
    else:
        *others, last = (f'"{letter}"' for letter in exercise.offered)
        message, note = f"write one of the letters, {', '.join(others)} or {last}, in quotes", ""
    status: Status = "passed" if committed else "failed"
    score = exercise.points if committed else 0.0
    judged = ProbeVerdict(probe.name, probe.topic, status, probe.points, score, message)
    return Verdict(exercise.key, status, score, exercise.points, (judged,), note=note)
