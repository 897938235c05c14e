"""The judge: sends probes to a runner, and makes verdicts of what comes back.

It holds the reference, the bank, the seed and every expected value, and never the learner's code.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field, replace
from pathlib import Path

from autograder.course.lesson import Exercise, Lesson, LessonError
from autograder.course.needs import require
from autograder.course.reference import load_reference
from autograder.harness.local import LocalRunner
from autograder.harness.observation import Lost, Observation, Raised
from autograder.harness.payloads import Payloads
from autograder.harness.probe import Probe, load_probes
from autograder.harness.runner import Runner
from autograder.judging.bank import load_bank
from autograder.judging.compare import Difference, first_difference
from autograder.judging.counterexample.shown import Differing, Shown, can_be_shown, shown_call
from autograder.judging.describe import describe_difference, describe_result
from autograder.judging.diagnosis import Case, diagnose, nothing
from autograder.judging.differing import Observations
from autograder.judging.known import Known
from autograder.judging.missing import missing_name
from autograder.judging.predictions import prediction_verdict
from autograder.judging.slips import (
    Evidence,
    declared,
    literal_cause,
    other_cause,
    stub_left,
    swaps,
)
from autograder.judging.telling import Telling
from autograder.judging.values import as_arrays
from autograder.judging.verdict import ProbeVerdict, Status, Verdict
from autograder.static_analysis.program import Program

MOST_SHOWN = 2  # failing probes in which a call is looked for


Blame = Callable[[], tuple[str, ...]]
Wrote = Callable[[], Program | None]


def nobody() -> tuple[str, ...]:
    """No exercise is to blame but the one that is judged."""
    return ()


@dataclass(frozen=True)
class Findings:
    """What came out of an exercise's probes, and calls that show what differs, by probe name."""

    exercise: str
    observations: Observations
    raw: Observations = field(default_factory=dict)  # before an observer of the bank looked at it
    shown: Mapping[str, Shown] = field(default_factory=dict)


class Judge:
    """Judges the exercises of one lesson with the inputs of one seed."""

    def __init__(self, lesson: Lesson, seed: int, kept: Path | None = None) -> None:
        """Get ready.

        Args:
            kept: a folder in which `Known.keep` wrote for this lesson and seed.

        Raises:
            NotInstalled: the lesson needs a package that is not there.
        """
        require(lesson)
        self.lesson = lesson
        self.seed = seed
        self.payloads = Payloads()  # for runners elsewhere
        self._probes = load_probes(lesson.slug)
        self.bank = load_bank(lesson, self._probes)
        self.known = Known(lesson, seed, self._probes, self.bank, kept)
        self._compared: dict[tuple[str, str], tuple[Observation, Difference | None]] = {}

    def probes(self, exercise: str) -> list[Probe]:
        """The probes of an exercise, in order."""
        return self._probes[exercise]

    def examine(self, exercise: str, runner: Runner, *, show: bool = True) -> Findings:
        """Run every probe of an exercise where the learner's code lives.

        Args:
            show: look for a call that shows what differs, which takes some calls more.
        """
        self.known.read(exercise)
        names, probes = self.lesson.exercises[exercise].names, self.probes(exercise)
        came = runner.run_all([(p, self.known.inputs(exercise, p).inputs) for p in probes], names)
        raw = {probe.name: one for probe, one in zip(probes, came, strict=True)}
        seen = {p.name: self.known.observed(exercise, p, raw[p.name]) for p in probes}
        shown: Mapping[str, Shown] = {}
        with suppress(LessonError):  # of an observer: the verdict says it
            shown = self._shown(exercise, seen, runner) if show else {}
        return Findings(exercise, seen, raw, shown)

    def verdict(
        self,
        findings: Findings,
        *,
        blame: Blame = nobody,
        wrote: Wrote = nothing,
        named: bool = True,
    ) -> Verdict:
        """Compare with the reference, and where that differs with the bank.

        Args:
            blame: finds the exercises that this one calls and that failed; then nothing is named.
                Asked only where something differs.
            wrote: what the learner wrote, in which slips are looked for; asked only there, too.
            named: whether there is time to look for a thought behind what differs.
        """
        exercise = self.lesson.exercises[findings.exercise]
        probes, got = self.probes(exercise.key), findings.observations
        expected = {p.name: self.expected(exercise.key, p) for p in probes}
        if exercise.is_prediction and not isinstance(got[probes[0].name], Raised | Lost):
            return self._letter(exercise, probes[0], got)
        judged = tuple(self._probe_verdict(exercise, p, got[p.name], findings) for p in probes)
        status = overall_status([p.status for p in judged])
        verdict = Verdict(
            exercise.key,
            status,
            round(sum(p.score for p in judged), 6),
            exercise.points,
            judged,
        )
        if status == "not_attempted":
            return replace(verdict, note=stub_left(exercise, wrote()))
        if exercise.is_prediction or status == "passed" or not named:
            return verdict
        if culprits := blame():
            *others, last = culprits
            said = f"{', '.join(others)} and {last}" if others else last
            are, those = ("are", "those") if others else ("is", "that")
            note = f"It calls {said}, which {are} not right yet: fix {those} first."
            return replace(verdict, note=note)
        raw = findings.raw
        evidence = Evidence(
            *(self.lesson, exercise, probes, expected, got, wrote()),
            observe_as_arrays=lambda p: self.known.observed(
                exercise.key, p, as_arrays(raw.get(p.name))
            ),
        )
        case = Case(
            self.lesson,
            probes,
            expected,
            got,
            self.bank.by_exercise.get(exercise.key, []),
            slip=lambda: other_cause(evidence),
            literal=literal_cause(evidence),
            declared=declared(evidence),
            made=lambda: swaps(evidence),
            telling=self._telling(exercise.key, judged),
        )
        return replace(verdict, diagnosis=diagnose(case, self.known.misconceived))

    def _letter(self, exercise: Exercise, probe: Probe, got: Observations) -> Verdict:
        shown = self.expected(exercise.key, probe)
        why = self.bank.shown.get(exercise.key, "")
        return prediction_verdict(exercise, probe, got[probe.name], shown, why)

    def not_attempted(self, exercise: str) -> Verdict:
        """The verdict of a cell that is as it was released."""
        points = self.lesson.exercises[exercise].points
        return Verdict(
            exercise, "not_attempted", 0.0, points, self._all(exercise, "not_attempted", "")
        )

    def refused(self, exercise: str, status: Status, note: str) -> Verdict:
        """The verdict where no probe counts: a forbidden call, a kernel that never got so far."""
        points = self.lesson.exercises[exercise].points
        return Verdict(exercise, status, 0.0, points, self._all(exercise, status, note), None, note)

    def expected(self, exercise: str, probe: Probe) -> Observation:
        """What the reference does on this probe: see `Known.expected`."""
        return self.known.expected(exercise, probe)

    def _telling(self, exercise: str, judged: tuple[ProbeVerdict, ...]) -> Telling:
        return Telling(
            self.probes(exercise),
            lambda probe: self.known.seconds(exercise, probe),
            [verdict.name for verdict in judged if verdict.status != "passed"],
        )

    def _shown(self, exercise: str, seen: Observations, runner: Runner) -> dict[str, Shown]:
        """A call that shows a difference, of one probe: the first that differs and has one."""
        if self.lesson.exercises[exercise].is_prediction:
            return {}
        differing = []
        for probe in sorted(self.probes(exercise), key=lambda p: p.kind != "values"):
            expected, got = self.expected(exercise, probe), seen[probe.name]
            difference = self._difference(exercise, probe, got)
            if difference is not None and can_be_shown(difference):
                differing.append(Differing(probe, expected, got, difference))
        for one in differing[:MOST_SHOWN]:
            shown = self._call_of(exercise, one, runner)
            if shown is not None:
                return {one.probe.name: shown}
        return {}

    def _call_of(self, exercise: str, one: Differing, runner: Runner) -> Shown | None:
        wanted = self.lesson.exercises[exercise].names
        reference = load_reference(self.lesson).__dict__
        return shown_call(
            one,
            {name: reference[name] for name in wanted},
            {name: reference[name] for name in one.probe.uses if name in reference},
            self.known.inputs(exercise, one.probe).inputs,
            lambda probe, given: LocalRunner(reference).run(probe, wanted, given),
            lambda probe, given: runner.run(probe, wanted, given),
        )

    def _difference(self, exercise: str, probe: Probe, got: Observation) -> Difference | None:
        """From the reference; an observation is compared once, though a call that shows the
        difference is looked for first, and the verdict comes later."""
        key = exercise, probe.name
        if key not in self._compared or self._compared[key][0] is not got:
            expected = self.expected(exercise, probe)
            self._compared[key] = got, first_difference(expected, got, probe.tolerance)
        return self._compared[key][1]

    def _probe_verdict(
        self,
        exercise: Exercise,
        probe: Probe,
        got: Observation,
        findings: Findings,
    ) -> ProbeVerdict:
        missing = missing_name(got, exercise, self.lesson)
        if isinstance(got, Raised) and got.not_written and not missing:
            return ProbeVerdict(
                probe.name, probe.topic, "not_attempted", probe.points, 0.0, got.message
            )
        difference = self._difference(exercise.key, probe, got)
        if difference is None:
            return ProbeVerdict(probe.name, probe.topic, "passed", probe.points, probe.points)
        shown = None if missing else findings.shown.get(probe.name)
        message = missing or describe_difference(difference)
        return ProbeVerdict(
            probe.name,
            probe.topic,
            failed_status(got),
            probe.points,
            0.0,
            describe_result(shown.difference) if shown else message,
            probe.experiment if difference.is_of("values") or difference.is_of(probe.kind) else "",
            kind=probe.kind,
            certain=difference.is_of(probe.kind),
            call=shown.call if shown else "",
        )

    def _all(self, exercise: str, status: Status, message: str) -> tuple[ProbeVerdict, ...]:
        return tuple(
            ProbeVerdict(p.name, p.topic, status, p.points, 0.0, message)
            for p in self.probes(exercise)
        )


def failed_status(got: Observation) -> Status:
    """How a probe failed: by a value, by an exception or a lost kernel, or by its time."""
    if isinstance(got, Lost):
        return "timeout" if got.timeout else "error"
    return "error" if isinstance(got, Raised) else "failed"


def overall_status(statuses: list[Status]) -> Status:
    """One word for an exercise: passed and not attempted only when all probes are."""
    kinds = set(statuses)
    if len(kinds) == 1:
        return statuses[0]
    if "timeout" in kinds:
        return "timeout"
    if kinds <= {"error", "not_attempted"}:
        return "error"
    return "failed"
