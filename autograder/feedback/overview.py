"""The sentences at the top of a page: the score, what to do next, and a row for each part."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from autograder.course.cells import PREDICTION
from autograder.feedback.card import word_of
from autograder.feedback.page import ExercisePart, Grade, Page, QuestionPart
from autograder.feedback.summary import Line, summary
from autograder.feedback.text import points
from autograder.judging.verdict import Verdict

NAMED = 6  # of the exercises of one kind; the rest are counted, if more than one
SIGNS = {"passed": "\N{CHECK MARK}", "not_attempted": "\N{WHITE CIRCLE}"}
UNFINISHED = "\N{WHITE UP-POINTING TRIANGLE}"
COMMENTED = "There is a comment on it."
WAITS = "\N{HORIZONTAL ELLIPSIS}"


@dataclass(frozen=True)
class Row:
    """A line of the summary. `state` is the status of a verdict, or `graded` or `waits`."""

    name: str
    state: str
    sign: str
    word: str
    points: str
    said: str = ""


def score_line(page: Page) -> str:
    """`27.5 of 39 points`, what came late taken off."""
    final = max(0.0, page.score - page.late_penalty)
    return f"{points(final)} of {points(page.max_score)} points"


def score_notes(page: Page) -> Iterator[str]:
    """What has to be known of the score."""
    if page.late_penalty > 0:
        yield (
            f"Handed in late: {points(page.late_penalty)} of the {points(page.score)} points that "
            "you earned are taken off."
        )
    waiting = [part for part in page.questions if part.grade.waits]
    if waiting:
        most = points(sum(part.grade.max_score for part in waiting))
        number = _count(len(waiting), "question")
        verb = "is" if len(waiting) == 1 else "are"
        read = ": a person reads your answers" if any(part.cells for part in waiting) else ""
        yield f"{number} for {most} points {verb} not graded yet{read}."


def next_steps(page: Page) -> Iterator[str]:
    """What to do next, most urgent first; names in backticks."""
    if page.problem:
        yield "Check that the file opens in Jupyter, and hand it in again if you still can."
        return
    work = [p for p in page.exercises if p.verdict.status not in ("passed", "not_attempted")]
    blank = [p for p in page.exercises if p.verdict.status == "not_attempted"]
    if work:
        verb = "is" if len(work) == 1 else "are"
        yield f"{_count(len(work), 'exercise')} {verb} not right yet: {_names(work)}."
        start = "" if len(work) == 1 else f"Start with `{work[0].name}`. "
        yield (
            f"{start}Read its card below, change your code in the notebook, then run "
            f"`%check {work[0].name}`, which tries it on fresh inputs."
        )
    if blank:
        verb = "is" if len(blank) == 1 else "are"
        yield f"{_count(len(blank), 'exercise')} {verb} not begun: {_names(blank)}."
    if page.exercises and not work and not blank:
        yield "Every exercise is right."


def rows(page: Page) -> list[Row]:
    """A row for each exercise and each question, in the order of the page."""
    return [*map(_exercise_row, page.exercises), *map(_question_row, page.questions)]


def headline(verdict: Verdict) -> str:
    """The one sentence that says what to look at: the thought behind it, else what differs first.
    Nothing, if all is right."""
    if verdict.diagnosis:
        return verdict.diagnosis.text.split("\n")[0]
    lines = summary(verdict)
    if verdict.exercise.startswith(PREDICTION) and lines:
        return lines[0].text.split(". ")[0].removesuffix(".") + "."
    found = next((line for line in lines if line.head == "Different"), None)
    if found is not None and not verdict.note:
        return _in_short(found)
    return lines[0].text if lines and lines[0].head != "Right" else ""


def by_hand(grade: Grade) -> str:
    """What a person did to the score of an exercise, if anything."""
    if not grade.by_hand:
        return ""
    score = f"{points(grade.score)} of {points(grade.max_score)} points"
    if grade.again:
        return f"A person gave {score} for an earlier version, and will look at this one."
    return f"A person looked at this, and gave {score}."


def of_question(part: QuestionPart) -> str:
    """`2 of 3 points`, or that nobody has graded it yet."""
    most = points(part.grade.max_score)
    if part.grade.waits:
        return f"not graded yet, {most} points"
    score = f"{points(part.grade.score)} of {most} points"
    return f"{score}, for an earlier version" if part.grade.again else score


def of_others(page: Page) -> str:
    """What the cells are that belong to no exercise."""
    number = len(page.others)
    if number == 1:
        return "1 cell that belongs to no exercise; it earns and costs nothing"
    return f"{number} cells that belong to no exercise; they earn and cost nothing"


def _exercise_row(part: ExercisePart) -> Row:
    verdict, grade = part.verdict, part.grade
    score = f"{points(grade.score)} of {points(grade.max_score)}"
    sign = SIGNS.get(verdict.status, UNFINISHED)
    notes = (
        headline(verdict),
        "A person changed the points." if grade.by_hand else "",
        COMMENTED if part.comments else "",
    )
    said = " ".join(filter(None, notes))
    return Row(part.name, verdict.status, sign, word_of(verdict), score, said)


def _question_row(part: QuestionPart) -> Row:
    most = points(part.grade.max_score)
    if part.grade.waits:
        said = "" if part.cells else "Nothing is written below the question."
        return Row(part.name, "waits", WAITS, "not graded yet", f"of {most}", said)
    said = COMMENTED if part.comments else ""
    score = f"{points(part.grade.score)} of {most}"
    return Row(part.name, "graded", SIGNS["passed"], "graded", score, said)


def _in_short(line: Line) -> str:
    text = line.text.removesuffix(".")
    return f"{text}: {line.said}." if line.code else line.text


def _count(number: int, what: str) -> str:
    return f"{number} {what}" if number == 1 else f"{number} {what}s"


def _names(parts: list[ExercisePart]) -> str:
    names = [f"`{part.name}`" for part in parts]
    if len(parts) > NAMED + 1:
        return f"{', '.join(names[:NAMED])} and {len(parts) - NAMED} more"
    return " and ".join(filter(None, (", ".join(names[:-1]), names[-1])))
