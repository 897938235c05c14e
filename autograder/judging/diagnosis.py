"""Which misconception did exactly what the learner's code did, if one did; or which two."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

from autograder.course.lesson import Lesson, LessonError
from autograder.harness.observation import Observation, Raised, inside
from autograder.harness.probe import Probe, Tolerance
from autograder.judging.compare import equal, first_difference
from autograder.judging.describe import describe_difference
from autograder.judging.differing import Observations, is_evidence
from autograder.judging.misconception import Misconception, pairs
from autograder.judging.slips.returns import PRINTED
from autograder.judging.telling import Telling
from autograder.judging.values import by_exceptions_alone, raised_at, same_values
from autograder.judging.verdict import Diagnosis

Held = tuple[Misconception, ...]
Observe = Callable[[Held, Probe], Observation]
Same = Callable[[Any, Any, Tolerance], bool]

MOST_PAIRS = 400


def nothing() -> None:
    """No slip is known."""


@dataclass(frozen=True)
class Case:
    """What there is to explain, and with what.

    Attributes:
        expected, got: the reference's and the learner's observations, by probe name.
        most_pairs: how many pairs of candidates may be tried; with more than that to try, none is.
        slip: finds a slip that needs no candidate; asked for where no single one fits.
        literal: a slip without which there would have been a result: it is said, unless the bank
            has something that ends in exactly the same words.
        declared: a candidate made of what the learner's code says; where there are no numbers to
            tell others by, it is asked first.
        made: the candidates that are in no bank, because every exercise has them; tried last.
        telling: in which order candidates are asked; the first probe that does not fit ends it.
    """

    lesson: Lesson
    probes: Sequence[Probe]
    expected: Observations
    got: Observations
    candidates: Sequence[Misconception]
    most_pairs: int = MOST_PAIRS
    slip: Callable[[], Diagnosis | None] = nothing
    literal: Diagnosis | None = None
    declared: Sequence[Misconception] = ()
    made: Callable[[], Sequence[Misconception]] = tuple
    telling: Telling | None = None


def diagnose(case: Case, observe: Observe) -> Diagnosis | None:
    """Name the one misconception, or the one pair, that does what the learner's code does.

    Thoughts are looked for on the probes of values, where all have to fit, those that passed
    included; what probes of side conditions say may differ, and is said beside. Where every value
    is right, the side conditions are all there is, and have to fit exactly.

    Args:
        observe: runs one probe on one misconception, or on some at once (and remembers it).

    Returns:
        None when nothing fits, when what fits says different things, or when what differs could
        come from anywhere: NaN alone, exceptions, None, booleans, shapes, one constant.
    """
    search = _Search.of(case, observe)
    if case.literal:
        if case.literal.misconception == PRINTED:  # of which no observation shows anything
            return case.literal
        same = [held for held in search.singles(case.candidates) if search.ends_alike(held)]
        return search.named(same) or case.literal
    first, then = case.candidates, case.declared
    if not search.numbers:
        first, then = then, first
    fitting = search.singles(first) or search.singles(then)
    if not fitting and (slip := case.slip()):
        return slip
    fitting = fitting or search.singles(case.made()) or search.pairs()
    if len(fitting) > 1:  # side conditions choose between them; where there is one, it is the one
        fitting = [held for held in fitting if search.fits_exactly(held)] or fitting
    return search.named(fitting)


@dataclass(frozen=True)
class _Search:
    """The probes that have to fit, and what it means to fit there."""

    case: Case
    observe: Observe
    asked: Sequence[Probe]
    same: Same
    numbers: bool
    telling: Telling
    values_differ: bool

    @classmethod
    def of(cls, case: Case, observe: Observe) -> _Search:
        """Search by values where one is wrong, else by everything."""
        asked: Sequence[Probe] = [p for p in case.probes if p.kind == "values"]
        same: Same = same_values
        right = all(same(case.expected[p.name], case.got[p.name], p.tolerance) for p in asked)
        if right:
            asked, same = case.probes, equal
        numbers = is_evidence(asked, case.expected, case.got)
        telling = case.telling or Telling(case.probes)
        return cls(case, observe, asked, same, numbers, telling, not right)

    def singles(self, candidates: Sequence[Misconception]) -> list[Held]:
        """Misconceptions that fit alone."""
        held: list[Held] = [(m,) for m in self._those_to_ask(candidates)]
        return [one for one in held if self._fits(one) and self._is_shown(one)]

    def pairs(self) -> list[Held]:
        """Pairs that fit, of misconceptions that do not touch and that, between them, differ from
        the reference on the probes where the learner does."""
        learners = self._differing(lambda p: self.case.got[p.name])
        asked = self._those_to_ask(self.case.candidates)
        shown = {}
        for m in asked:
            differing = self._differing(partial(self.observe, (m,)), within=learners)
            if differing:
                shown[m.name] = differing
        candidates = [m for m in asked if m.name in shown]
        tried = [
            (one, other)
            for one, other in pairs(self.case.lesson, candidates)
            if shown[one.name] | shown[other.name] == learners
        ]
        likely = [pair for pair in tried if self._is_likely(pair, shown)]  # runs nothing new
        if not self._few(likely):
            return []
        fitting: list[Held] = [pair for pair in likely if self._fits(pair)]
        if not fitting and self._few(tried):
            fitting = [pair for pair in tried if pair not in likely and self._fits(pair)]
        return [pair for pair in fitting if self._is_shown(pair)]

    def _is_likely(self, pair: Held, shown: dict[str, frozenset[str]]) -> bool:
        """Whether each does what the learner's code does where the other shows nothing."""
        one, other = pair
        return self._fits((one,), shown[one.name] - shown[other.name]) and self._fits(
            (other,), shown[other.name] - shown[one.name]
        )

    def fits_exactly(self, held: Held) -> bool:
        """Whether the side conditions fit as well."""
        got = self.case.got
        return all(equal(self.observe(held, p), got[p.name], p.tolerance) for p in self.case.probes)

    def ends_alike(self, held: Held) -> bool:
        """Whether what is raised says the same, too."""
        return all(
            _messages(self.observe(held, p)) == _messages(self.case.got[p.name]) for p in self.asked
        )

    def named(self, fitting: list[Held]) -> Diagnosis | None:
        """What all that fit say; None where they say different things, or nothing fits."""
        if len({tuple(m.text for m in held) for held in fitting}) != 1:
            return None
        first, *rest = fitting[0]
        opening = ["Two things at once."] if rest else []
        text = "\n".join([*opening, *(m.text for m in fitting[0])])
        second = rest[0].name if rest else None
        return Diagnosis(first.name, text, second, self._beside(fitting[0]))

    def _those_to_ask(self, candidates: Sequence[Misconception]) -> list[Misconception]:
        return [m for m in candidates if self.numbers or m.about != "values"]

    def _is_shown(self, held: Held) -> bool:
        """Whether what fits is shown by more than exceptions: other mistakes raise them, too.

        Of what was declared to be about nothing else, it is enough that they were raised at the
        same operations.
        """
        return not self.values_differ or all(
            one in self.case.declared  # which the learner's code says itself
            or any(self._speaks(p, one) for p in self.case.probes)
            or (one.about == "exceptions" and self._ends_there(one, held))
            for one in held
        )

    def _speaks(self, probe: Probe, one: Misconception) -> bool:
        """Whether on a probe something came, no exception, that one thought explains."""
        expected, got = self.case.expected[probe.name], self.case.got[probe.name]
        thought, tolerance = self.observe((one,), probe), probe.tolerance
        if self.same(expected, thought, tolerance) or self.same(expected, got, tolerance):
            return False
        if by_exceptions_alone(expected, got, tolerance):
            return False
        return probe in self.asked or equal(thought, got, tolerance)

    def _ends_there(self, one: Misconception, held: Held) -> bool:
        """Whether what the learner's code raises comes from the same operations."""
        case = self.case
        shown = self._differing(partial(self.observe, (one,)))
        return all(
            raised_at(self.observe(held, p)) == raised_at(case.got[p.name])
            for p in self.asked
            if p.name in shown
        )

    def _few(self, tried: list[Any]) -> bool:
        """A search that could not be finished names nothing; and it is bounded by a number, never
        by a clock, so that one seed gives one verdict."""
        return len(tried) <= self.case.most_pairs

    def _fits(self, held: Held, among: Collection[str] | None = None) -> bool:
        """Whether all probes fit, or those named."""
        asked = [p for p in self.asked if among is None or p.name in among]
        try:
            return not any(self._tells(p, held) for p in self.telling.sorted(asked))
        except (LessonError, SyntaxError):  # one edit rewrites, or breaks, what the other edits
            return False

    def _tells(self, probe: Probe, held: Held) -> bool:
        """Whether what is held does something else there than the learner's code does."""
        fits = self.same(self.observe(held, probe), self.case.got[probe.name], probe.tolerance)
        return self.telling.asked(probe, told=not fits)

    def _differing(
        self, seen: Callable[[Probe], Observation], within: frozenset[str] | None = None
    ) -> frozenset[str]:
        """The probes on which something differs from the reference; none where one of them is not
        `within` those given."""
        found = set()
        for probe in self.asked:
            if not self.same(self.case.expected[probe.name], seen(probe), probe.tolerance):
                if within is not None and probe.name not in within:
                    return frozenset()
                found.add(probe.name)
        return frozenset(found)

    def _beside(self, held: Held) -> tuple[tuple[str, str], ...]:
        """Where the learner's code parts from the thought itself, on probes of side conditions that
        it fails: topics, and what differs there."""
        expected, got = self.case.expected, self.case.got
        declared = sorted(self.case.probes, key=lambda p: list(got).index(p.name))

        def asked_of(probe: Probe) -> Observation:
            """What would come of the thought alone; of one that raises, what was asked for."""
            alone = self.observe(held, probe)
            return expected[probe.name] if isinstance(alone, Raised) else alone

        found = (
            (p.topic, first_difference(asked_of(p), got[p.name], p.tolerance))
            for p in declared
            if p not in self.asked and not equal(expected[p.name], got[p.name], p.tolerance)
        )
        known = set(_stops(got[p.name] for p in self.asked))
        return tuple(
            (topic, describe_difference(one))
            for topic, one in found
            if one is not None and known.isdisjoint(_stops([one.got]))
        )


def _stops(observations: Iterable[Observation]) -> Iterator[tuple[str, str]]:
    """Where the learner's code raised, and what: in one place, it is one thing to say."""
    for observation in observations:
        for one in inside(observation):
            if isinstance(one, Raised) and one.line:
                yield one.name, one.line


def _messages(observation: Observation) -> list[str]:
    return [one.message for one in inside(observation) if isinstance(one, Raised)]
