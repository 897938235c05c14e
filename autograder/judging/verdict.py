"""Verdicts: what the judge says, and the JSON that graders elsewhere rely on."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, Literal

Status = Literal["passed", "failed", "error", "timeout", "not_attempted", "forbidden"]


@dataclass(frozen=True)
class ProbeVerdict:
    """One probe. `topic` may be shown to learners, `name` only to instructors; `experiment` is what
    would show the learner why, `kind` whether values or what surrounds them were looked at.

    Attributes:
        message: what was expected and what came; where there is a `call`, that is what it gives.
        call: code that shows the difference, where there is some: lines, the last an expression.
        certain: what differs is what the probe is about, and no exception or wrong number on the
            way there.
    """

    name: str
    topic: str
    status: Status
    points: float
    score: float
    message: str = ""
    experiment: str = ""
    kind: str = "values"
    certain: bool = False
    call: str = ""

    def as_json(self, whole: bool = False) -> dict[str, Any]:
        """The contract's form; its message stands alone. `whole` has what a card needs besides."""
        contract = {
            "name": self.name,
            "status": self.status,
            "points": self.points,
            "score": self.score,
            "message": f"{_with(self.call)}{self.message}",
            "call": self.call,
        }
        besides = ("topic", "kind", "certain", "experiment") if whole else ()
        return contract | {name: getattr(self, name) for name in besides}

    @classmethod
    def from_json(cls, data: dict[str, Any]) -> ProbeVerdict:
        """A verdict that was kept; not whole, it has no topic."""
        call = data.get("call", "")
        message = data["message"].removeprefix(_with(call))
        return cls(**{"topic": "", **data, "message": message})


def _with(call: str) -> str:
    return f"with {'; '.join(call.splitlines())}: " if call else ""


@dataclass(frozen=True)
class Diagnosis:
    """The misconception, or the two at once, that did exactly what the learner's code did.

    `beside` has the topics of side conditions that fail for another reason, and what differs there.
    """

    misconception: str
    text: str
    second: str | None = None
    beside: tuple[tuple[str, str], ...] = ()

    def as_json(self, whole: bool = False) -> dict[str, Any]:
        """The contract's form, or all of it."""
        said = {"misconception": self.misconception, "second": self.second, "text": self.text}
        return said | ({"beside": [list(pair) for pair in self.beside]} if whole else {})

    @classmethod
    def from_json(cls, data: dict[str, Any]) -> Diagnosis:
        """A diagnosis that was kept."""
        return cls(**{**data, "beside": tuple((t, said) for t, said in data.get("beside", ()))})


@dataclass(frozen=True)
class Verdict:
    """One exercise. `note` is said before anything else: a reason that no probe can see; `run` says
    what a check judged: `In [63]`; `visible` which of the visible tests failed first, in
    grading."""

    exercise: str
    status: Status
    score: float
    max_score: float
    probes: tuple[ProbeVerdict, ...] = ()
    diagnosis: Diagnosis | None = None
    note: str = ""
    run: str = ""
    visible: str = ""

    def as_json(self, whole: bool = False) -> dict[str, Any]:
        """The contract's form, or all of it but `run`, which only a check has."""
        contract = {
            "status": self.status,
            "score": self.score,
            "max_score": self.max_score,
            "probes": [probe.as_json(whole) for probe in self.probes],
            "diagnosis": self.diagnosis.as_json(whole) if self.diagnosis else None,
            "note": self.note,
        }
        return contract | ({"visible": self.visible} if whole else {})

    @classmethod
    def from_json(cls, exercise: str, data: dict[str, Any]) -> Verdict:
        """A verdict that was kept."""
        probes = tuple(map(ProbeVerdict.from_json, data["probes"]))
        diagnosis = Diagnosis.from_json(data["diagnosis"]) if data["diagnosis"] else None
        return cls(
            exercise,
            data["status"],
            data["score"],
            data["max_score"],
            probes,
            diagnosis,
            data["note"],
            visible=data.get("visible", ""),
        )


@dataclass(frozen=True)
class LessonVerdict:
    """One submission."""

    lesson: str
    seed: int
    sealed: bool
    exercises: dict[str, Verdict]
    manual: tuple[tuple[str, float], ...] = ()
    errors: tuple[str, ...] = field(default=())

    @property
    def score(self) -> float:
        """Points earned over all exercises."""
        return float(sum(verdict.score for verdict in self.exercises.values()))

    @property
    def max_score(self) -> float:
        """What the judge grades; a person's points are listed under `manual`."""
        return float(sum(verdict.max_score for verdict in self.exercises.values()))

    def as_json(self, whole: bool = False) -> dict[str, Any]:
        """The object that `autograder judge --json` prints; `whole`, what is kept of a verdict."""
        return {
            "lesson": self.lesson,
            "seed": self.seed,
            "sealed": self.sealed,
            "score": self.score,
            "max_score": self.max_score,
            "exercises": {key: one.as_json(whole) for key, one in self.exercises.items()},
            "manual": [{"name": name, "max_score": points} for name, points in self.manual],
            "errors": list(self.errors),
        }

    @classmethod
    def from_json(cls, data: dict[str, Any]) -> LessonVerdict:
        """A verdict that was kept as JSON."""
        exercises = {key: Verdict.from_json(key, item) for key, item in data["exercises"].items()}
        manual = tuple((item["name"], item["max_score"]) for item in data["manual"])
        return cls(
            data["lesson"],
            data["seed"],
            data["sealed"],
            exercises,
            manual,
            tuple(data["errors"]),
        )
