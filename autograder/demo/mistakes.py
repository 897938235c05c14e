"""The known mistakes of a lesson, as learners would have handed them in."""

from __future__ import annotations

import builtins
from collections.abc import Iterator
from types import ModuleType

from autograder.course.lesson import Lesson
from autograder.course.reference import execute_source
from autograder.demo.students import Student, as_bytes, fill_in, right_sources
from autograder.harness.local import LocalRunner
from autograder.judging.judge import Judge
from autograder.judging.misconception import Misconception
from autograder.static_analysis.names import used_names


def mistaken_students(lesson: Lesson, seed: int, most: int | None = None) -> Iterator[Student]:
    """Each learner holds one misconception of every exercise: few notebooks, every mistake.

    What each should get is judged here, on the same code, in this process.

    Args:
        most: how many learners; of a longer bank, misconceptions from its beginning to its end.
    """
    judge = Judge(lesson, seed)
    banks = {
        key: [m for m in bank if stands_alone(lesson, m)]
        for key, bank in judge.bank.by_exercise.items()
    }
    count = max(len(bank) for bank in banks.values())
    count = count if most is None else min(most, count)
    for number in range(count):
        chosen = {key: m for key, bank in banks.items() if (m := _pick(bank, number, count))}
        sources = right_sources(lesson)
        for key, misconception in chosen.items():
            first, *rest = lesson.exercises[key].solution_ids
            sources[first] = misconception.code(lesson)
            sources.update(dict.fromkeys(rest, "pass"))
        expected, named = {}, {}
        names = _run(lesson, sources).__dict__
        for key in lesson.exercises:
            verdict = judge.verdict(judge.examine(key, LocalRunner(names)))
            expected[key] = verdict.score
            if verdict.diagnosis and not _calls_another(lesson, sources, key, chosen):
                named[key] = verdict.diagnosis.misconception
        notebook = as_bytes(fill_in(lesson, sources))
        yield Student(f"mistakes-{number + 1:02}", notebook, expected, named)


def _pick(bank: list[Misconception], number: int, count: int) -> Misconception | None:
    """The misconception that learner `number` of `count` holds; None where they are used up."""
    if len(bank) <= count:
        return bank[number] if number < len(bank) else None
    return bank[number * len(bank) // count]


def stands_alone(lesson: Lesson, misconception: Misconception) -> bool:
    """Whether the code of a misconception needs nothing but what a learner's notebook has."""
    known = set(_run(lesson, right_sources(lesson)).__dict__) | set(dir(builtins))
    return used_names(misconception.code(lesson)) <= known | set(lesson.exercises)


def _calls_another(
    lesson: Lesson, sources: dict[str, str], key: str, chosen: dict[str, Misconception]
) -> bool:
    own = "\n".join(sources[slot] for slot in lesson.exercises[key].solution_ids)
    others = {name for k in chosen if k != key for name in lesson.exercises[k].names}
    return bool(used_names(own) & others)


def _run(lesson: Lesson, sources: dict[str, str]) -> ModuleType:
    setup = [c.source for c in lesson.release().cells if "setup" in c.metadata.get("tags", [])]
    return execute_source("\n\n".join([*setup, *sources.values()]), "handed_in")
