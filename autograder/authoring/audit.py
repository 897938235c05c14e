"""Tests of the hidden tests: every misconception is caught, told apart, and fails for its own
reason."""

from __future__ import annotations

import contextlib
import io
import math
import warnings
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from autograder.authoring.orders import order_problem
from autograder.course.lesson import Exercise, Lesson, LessonError
from autograder.course.reference import load_reference
from autograder.harness.local import LocalRunner
from autograder.harness.observation import Number, Observation, Raised, TensorValue
from autograder.harness.probe import Probe, Tolerance
from autograder.judging.compare import first_difference
from autograder.judging.judge import Findings, Judge
from autograder.judging.misconception import Misconception
from autograder.judging.values import by_exceptions_alone, same_values

SEEDS = (1, 2, 3)
SAFETY = 10.0


@dataclass(frozen=True)
class Row:
    """One misconception: which probes see it, and what is said of it.

    Attributes:
        caught_by: probes that it fails, for each of the seeds the same.
        diagnosed_as: the name that a verdict gives it; itself, or a documented equivalent.
        factor: how many tolerances it is away from right, where it is furthest (inf: not by
        numbers).
        visible: the visible tests already catch it.
    """

    misconception: Misconception
    caught_by: tuple[str, ...]
    diagnosed_as: str | None
    factor: float
    visible: bool


@dataclass
class Audit:
    """What is wrong with a lesson's hidden tests, and the matrix of misconceptions against
    probes."""

    lesson: str
    rows: list[Row] = field(default_factory=list)
    problems: list[str] = field(default_factory=list)


def audit_lesson(
    lesson: Lesson,
    seeds: Sequence[int] = SEEDS,
    judge_with: Callable[[Lesson, int], Judge] = Judge,
) -> Audit:
    """Judge the reference and every misconception of every exercise with several seeds.

    judge_with: makes the judge of the lesson and a seed, or has one that remembers something.
    """
    audit = Audit(lesson.id)
    judges = [judge_with(lesson, seed) for seed in seeds]
    for exercise in lesson.exercises.values():
        _audit_points(judges[0], exercise, audit)
        _audit_prediction(judges[0], exercise, audit)
        if not all(_audit_reference(judge, exercise, audit) for judge in judges):
            continue
        for misconception in judges[0].bank.by_exercise.get(exercise.key, []):
            audit.rows.append(_audit_misconception(judges, exercise, misconception, audit))
    return audit


def _audit_points(judge: Judge, exercise: Exercise, audit: Audit) -> None:
    total = sum(probe.points for probe in judge.probes(exercise.key))
    if total != exercise.points:
        audit.problems.append(
            f"{exercise.key}: its probes are worth {total:g}, its cell {exercise.points:g}"
        )


def _audit_prediction(judge: Judge, exercise: Exercise, audit: Audit) -> None:
    """The run has a reason, and the letter that it shows is one of those on offer."""
    if not exercise.is_prediction:
        return
    if not 10 <= len(judge.bank.shown.get(exercise.key, "").split()) <= 60:
        audit.problems.append(f"{exercise.key}: say in 10 to 60 words why the run shows its letter")
    shown = judge.expected(exercise.key, judge.probes(exercise.key)[0])
    if shown not in exercise.offered:
        offered = ", ".join(exercise.offered) or "none"
        audit.problems.append(
            f"{exercise.key}: the run shows {shown!r}, and the text above it offers {offered}"
        )


def _audit_reference(judge: Judge, exercise: Exercise, audit: Audit) -> bool:
    """Whether the reference could be observed: without it, nothing can be said of the bank."""
    try:
        verdict = judge.verdict(
            judge.examine(exercise.key, LocalRunner(load_reference(judge.lesson).__dict__))
        )
    except LessonError as error:
        audit.problems.append(str(error))
        return False
    if verdict.status != "passed":
        first = next(p for p in verdict.probes if p.status != "passed")
        audit.problems.append(f"{exercise.key}: the reference fails {first.name}: {first.message}")
    for probe in judge.probes(exercise.key):
        raised = judge.expected(exercise.key, probe)
        problem = order_problem(probe, load_reference(judge.lesson).__dict__)
        if isinstance(raised, Raised):  # so does every right answer, whatever it computes
            problem = f"the reference raises {raised.name}: {raised.message}"
        if problem and (said := f"{exercise.key}, {probe.name}: {problem}") not in audit.problems:
            audit.problems.append(said)
    return True


def _audit_misconception(
    judges: Sequence[Judge], exercise: Exercise, misconception: Misconception, audit: Audit
) -> Row:
    where = f"{exercise.key}: {misconception.name}"
    caught: list[tuple[str, ...]] = []
    said: list[str | None] = []
    factors: list[float] = []
    names: Mapping[str, Any] = {}
    for judge in judges:
        names = {**load_reference(judge.lesson).__dict__, **misconception.names(judge.lesson)}
        findings = judge.examine(exercise.key, LocalRunner(names), show=False)
        verdict = judge.verdict(findings)
        caught.append(tuple(p.name for p in verdict.probes if p.status != "passed"))
        said.append(verdict.diagnosis.misconception if verdict.diagnosis else None)
        factors.append(_factor(judge, findings))
        allowed = {misconception.name, misconception.equivalent_to} - {None}
        if not caught[-1]:
            audit.problems.append(f"{where} survives with seed {judge.seed}")
        elif said[-1] not in allowed:
            audit.problems.append(f"{where} is diagnosed as {said[-1]} with seed {judge.seed}")
            if said[-1] is None and _ends(judge, findings):
                audit.problems.append(
                    f"{where} ends in exceptions, which other mistakes do, too: find a probe where "
                    "it gives a number, or see to it that its sentence is true of them, and say "
                    "about='exceptions'"
                )
        if misconception.about == "values":
            _audit_types(judge, findings, where, audit)
        elif misconception.about == "exceptions" and not _ends(judge, findings):
            audit.problems.append(f"{where} shows more than exceptions: say about='anything'")
    factor = min(factors)
    if factor < SAFETY:
        audit.problems.append(f"{where} is only {factor:.1f} tolerances away from right")
    if not misconception.text or not 10 <= len(misconception.text.split()) <= 45:
        audit.problems.append(f"{where}: its sentence should have 15 to 40 words")
    visible = caught_by_visible_tests(judges[0].lesson, exercise, names)
    return Row(misconception, caught[0], said[0], factor, visible)


def _audit_types(judge: Judge, findings: Findings, where: str, audit: Audit) -> None:
    """A misconception returns the right types and shapes, unless that is its subject."""
    for probe in judge.probes(findings.exercise):
        difference = first_difference(
            judge.expected(findings.exercise, probe),
            findings.observations[probe.name],
            probe.tolerance,
        )
        if difference is not None and difference.kind not in ("value", "nan"):
            audit.problems.append(
                f"{where} differs by {difference.kind} in {probe.name}: {difference.expected} "
                f"against {difference.got}; say about='anything' if that is its subject"
            )


def _ends(judge: Judge, findings: Findings) -> bool:
    """Whether exceptions are all that differs on probes of values."""
    key, got = findings.exercise, findings.observations
    shown = [
        by_exceptions_alone(judge.expected(key, p), got[p.name], p.tolerance)
        for p in judge.probes(key)
        if p.kind == "values" and not same_values(judge.expected(key, p), got[p.name], p.tolerance)
    ]
    return bool(shown) and all(shown)


def _factor(judge: Judge, findings: Findings) -> float:
    return max(
        tolerances_away(
            judge.expected(findings.exercise, p), findings.observations[p.name], p.tolerance
        )
        for p in judge.probes(findings.exercise)
    )


def tolerances_away(expected: Observation, got: Observation, tol: Tolerance) -> float:
    """The largest `|got - expected| / (atol + rtol |expected|)`; inf where something else
    differs."""
    if isinstance(expected, list | tuple) and isinstance(got, list | tuple):
        if len(expected) != len(got):
            return float("inf")
        pairs = list(zip(expected, got, strict=True))
    elif isinstance(expected, dict) and isinstance(got, dict):
        if expected.keys() != got.keys():
            return float("inf")
        pairs = [(expected[key], got[key]) for key in expected]
    else:
        return _leaf_tolerances(expected, got, tol)
    return max((tolerances_away(one, other, tol) for one, other in pairs), default=0.0)


def _leaf_tolerances(expected: Observation, got: Observation, tol: Tolerance) -> float:
    if first_difference(
        expected, got, Tolerance(tol.rtol * 1e6, tol.atol * 1e6)
    ) is None and isinstance(expected, Number | np.ndarray | TensorValue):
        ours, theirs = _plain(expected), _plain(got)
        if ours.size == 0 or ours.dtype.kind not in "fc":
            return 0.0 if np.array_equal(ours, theirs) else float("inf")
        with np.errstate(all="ignore"):
            away = np.abs(theirs - ours) / (tol.atol + tol.rtol * np.abs(ours))
        return float(np.nanmax(away)) if not np.isnan(away).all() else 0.0
    return 0.0 if first_difference(expected, got, tol) is None else float("inf")


def _plain(value: Any) -> Any:
    if isinstance(value, Number):
        return np.asarray(value.value)
    return value.array if isinstance(value, TensorValue) else np.asarray(value)


def caught_by_visible_tests(lesson: Lesson, exercise: Exercise, names: Mapping[str, Any]) -> bool:
    """Whether the visible part of the graded cell fails on these names."""
    source = lesson.visible_tests[exercise.test_id]
    with contextlib.redirect_stdout(io.StringIO()), warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            exec(
                compile(source, f"<visible tests of {exercise.key}>", "exec", dont_inherit=True),
                dict(names),
            )
        except Exception:  # noqa: BLE001 (any error is a visible failure)
            return True
    return False


def summary(audit: Audit) -> str:
    """How many misconceptions there are, how many are caught and told apart, and how far the
    nearest of those told by numbers is from a right answer."""
    rows = audit.rows
    told = sum(row.diagnosed_as == row.misconception.name for row in rows)
    caught = sum(bool(row.caught_by) for row in rows)
    equivalent = sum(bool(row.diagnosed_as) for row in rows) - told
    nearest = min((row.factor for row in rows), default=math.inf)
    parts = [
        f"{len(rows)} misconceptions",
        f"{caught} caught",
        f"{told} named as themselves",
        f"{equivalent} as a documented equivalent",
        f"{sum(row.visible for row in rows)} seen by the visible tests already",
    ]
    if math.isfinite(nearest):
        parts.append(f"the nearest {nearest:,.0f} tolerances from right")
    return ", ".join(parts)


def matrix(audit: Audit, probes: Mapping[str, Sequence[Probe]]) -> list[str]:
    """The matrix as lines of text: a misconception a line, a column a probe, `x` where it is
    caught."""
    lines = []
    for key in dict.fromkeys(row.misconception.exercise for row in audit.rows):
        columns = [probe.name for probe in probes[key]]
        lines.append(f"{key}: {', '.join(f'{i}={name}' for i, name in enumerate(columns, 1))}")
        for row in (r for r in audit.rows if r.misconception.exercise == key):
            marks = "".join("x" if name in row.caught_by else "." for name in columns)
            seen = "visible" if row.visible else "hidden "
            told = "" if row.diagnosed_as == row.misconception.name else f" (as {row.diagnosed_as})"
            lines.append(f"  {marks}  {seen}  {row.misconception.name}{told}")
    return lines
