"""What is said of a verdict, line by line: the one value that plain text and a card share."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from autograder.judging.verdict import ProbeVerdict, Verdict

STUB = " is not written yet"


@dataclass(frozen=True)
class Line:
    """A sentence or two, and what they are about; and code, with what is said of it."""

    text: str
    head: str = ""
    code: str = ""
    said: str = ""


def summary(verdict: Verdict) -> list[Line]:
    """What is right, the first difference, what differs besides, and the thought behind it.

    A difference of values is told before one of what a function does besides, and one that a call
    shows before one that none does. What differs for the same reason, or was never reached, is not
    said to be wrong.
    """
    lines = [Line(verdict.note)] if verdict.note else []
    if verdict.status == "not_attempted":
        return lines
    by_kind = sorted(verdict.probes, key=lambda probe: (probe.kind != "values", not probe.call))
    not_run = [p for p in by_kind if p.status == "timeout" and not p.message]
    fine = ("passed", "not_attempted")
    wrong = [p for p in by_kind if p.status not in fine and p not in not_run]
    if verdict.exercise.startswith("prediction_"):
        return [*lines, *(Line(_sentence(probe.message)) for probe in wrong)]
    lines += _topics("Right", (p for p in verdict.probes if p.status == "passed"))
    if wrong and not verdict.note.endswith(wrong[0].message):
        lines.append(_different(wrong[0]))
        lines += _topics("Also different", (p for p in wrong[1:] if p.certain))
        lines += _topics("Also checked", (p for p in wrong[1:] if not p.certain))
        lines += _topics("Not run, for want of time", not_run)
    lines += _unwritten([p for p in verdict.probes if p.status == "not_attempted"])
    if verdict.diagnosis:
        lines += map(Line, verdict.diagnosis.text.split("\n"))
        beside = verdict.diagnosis.beside
        lines += [Line(f"{topic}. {_sentence(said)}", "Besides") for topic, said in beside]
    elif wrong and wrong[0].experiment and wrong[0].status != "timeout":
        lines.append(Line(wrong[0].experiment, "To see why"))
    return lines


def _different(probe: ProbeVerdict) -> Line:
    if probe.call:
        return Line(f"{probe.topic}.", "Different", probe.call, probe.message)
    return Line(f"{probe.topic}. {_sentence(probe.message)}", "Different")


def _unwritten(probes: list[ProbeVerdict]) -> list[Line]:
    """What an exercise in stages still lacks: the parts at which its probes stopped."""
    if not probes:
        return []
    stubs = dict.fromkeys(p.message.removesuffix(STUB) for p in probes if p.message.endswith(STUB))
    if not stubs:
        return _topics("Not written yet", probes)
    wait = f"{len(probes)} parts of this check wait" if len(probes) > 1 else "one part waits"
    missing = ", ".join(f"`{stub}`" for stub in stubs)
    return [Line(f"{missing}; {wait} for that.", "Not written yet")]


def _topics(head: str, probes: Iterable[ProbeVerdict]) -> list[Line]:
    topics = [probe.topic for probe in probes]
    return [Line(f"{'; '.join(topics)}.", head)] if topics else []


def _sentence(text: str) -> str:
    return f"{text[:1].upper()}{text[1:]}."
