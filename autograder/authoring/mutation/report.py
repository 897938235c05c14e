"""What mutation testing found in a lesson, as lines of text."""

from __future__ import annotations

from collections.abc import Iterator

from autograder.authoring.mutation.mutants import Mutant
from autograder.authoring.mutation.run import MutationReport
from autograder.course.cells import nbgrader_of
from autograder.course.lesson import Lesson
from autograder.course.reference import exercise_source


def report_lines(report: MutationReport) -> Iterator[str]:
    """Survivors without an explanation, explanations without a survivor, and the counts."""
    for mutant in report.unexplained:
        number = file_line(report.lesson, mutant)
        yield (
            f"survivor: {report.lesson.source_path.name}:{number}: {mutant.exercise}, "
            f"{mutant.operator}{f' in {mutant.where}' if mutant.where != mutant.exercise else ''}"
        )
        yield f"  - {_indented(mutant.was)}"
        yield f"  + {_indented(mutant.becomes)}"
    for explained, why in report.stale:
        yield f"stale: {explained.exercise}: {why}, and declared {explained.kind}"
        yield f"  - {_indented(explained.was)}"
        yield f"  + {_indented(explained.becomes)}"
    yield f"= {report.lesson.id}: {summary(report)}"


def _indented(statement: str) -> str:
    return statement.replace("\n", "\n    ")


def summary(report: MutationReport) -> str:
    """How many mutants there are, and what became of them."""
    caught = [outcome for _, outcome in report.tried if outcome.caught_by]
    lost = sum(outcome.lost for outcome in caught)
    explained = [m for m in report.survivors if m not in report.unexplained]
    kinds = [next(e.kind for e in report.declared if e.fits(m)) for m in explained]
    return ", ".join(
        [
            f"{len(report.tried)} mutants",
            f"{len(caught)} caught ({lost} by their time or a lost process)",
            f"{kinds.count('equivalent')} equivalent",
            f"{kinds.count('ungraded')} ungraded",
            f"{len(report.unexplained)} unexplained",
            f"{len(report.stale)} stale",
            f"{report.seconds:.0f} s",
        ]
    )


def file_line(lesson: Lesson, mutant: Mutant) -> int:
    """Where a mutant's statement stands in the lesson's source, counted from 1."""
    below = _numbered(lesson, lesson.exercises[mutant.exercise].solution_ids)
    number = 0
    for text in exercise_source(lesson, mutant.exercise).splitlines()[: mutant.line]:
        if text.strip():
            number = next((number for number, line in below if line == text), number)
    return number


def _numbered(lesson: Lesson, solution_ids: tuple[str, ...]) -> Iterator[tuple[int, str]]:
    for cell in lesson.notebook().cells:
        if nbgrader_of(cell).get("grade_id") in solution_ids:
            first = lesson.source[: lesson.source.find(cell.source)].count("\n") + 1
            yield from enumerate(cell.source.splitlines(), first)
