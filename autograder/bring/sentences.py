"""What `%bring` says, a sentence at a time."""

from __future__ import annotations

from autograder.bring.fit import Fitted
from autograder.bring.notebooks import Own
from autograder.bring.trial import Trial
from autograder.course.bring_header import Wanted, wanted
from autograder.course.cells import Kind, kind
from autograder.course.lesson import Exercise, Lesson
from autograder.feedback.text import points


def what_there_is(lesson: Lesson) -> str:
    """What `%bring` alone is for, where a cell asks for nothing."""
    headers = [wanted(c.source) for c in lesson.release().cells if kind(c) is Kind.BRING]
    lines = ", ".join(f"{', '.join(h.names)} (lesson {h.number:02d})" for h in headers if h)
    there = f" This notebook has cells to bring {lines} into." if lines else ""
    how = "In a cell that begins with `# bring: ...` write `%bring`; elsewhere `%bring Adam 05`."
    return f"{how}{there}"


def no_notebook(origin: Lesson) -> str:
    """There is nothing to bring from."""
    return (
        f"There is no notebook of lesson {origin.id[:2]} of yours yet: "
        f"`%work {origin.id}` puts one into work/."
    )


def these(asked: Wanted, exercise: Exercise) -> str:
    """The names of an exercise that were asked for, as the beginning of a sentence."""
    names = [f"`{name}`" for name in exercise.names if name in asked.names]
    return f"{' and '.join(names)} {'are' if len(names) > 1 else 'is'}"


def not_right(own: Own, exercise: Exercise, asked: Wanted, trial: Trial, fault: Exercise) -> str:
    """Why something written is not brought, and what to do about it."""
    head = these(asked, exercise)
    verdict = trial.verdicts.get(exercise.key)
    if verdict is None:
        return f"{head} not ready to bring: alone, its cells stop: {trial.stopped} ({own.shown})."
    score = f"{points(verdict.score)} of {points(verdict.max_score)} points"
    because = ""
    if fault is not exercise:
        because = f", for it calls `{fault.key}`, which is not right yet either"
    where = f"open {own.shown} and run `%check {fault.key}` to see what differs"
    return f"{head} not right yet ({score}){because}: {where}."


def brought(names: tuple[str, ...], fitted: Fitted, own: Own) -> str:
    """What stands in the cell now, and what came along."""
    helpers = sorted(
        name
        for piece in fitted.extract.pieces
        if not piece.is_import
        for name in piece.binds
        if name not in names
    )
    also = f", with {', '.join(f'`{name}`' for name in helpers)}" if helpers else ""
    said = ", ".join(f"`{name}`" for name in names)
    return f"Brought {said} from {own.shown}{also}: it stands in this cell now, and has run."


def renamed(fitted: Fitted) -> list[str]:
    """A sentence for each helper that has another name here."""
    return [
        f"This notebook has another `{old}`; yours is called `{new}` here."
        for old, new in fitted.renamed.items()
    ]


def clash(names: tuple[str, ...], fitted: Fitted, origin: Lesson) -> str:
    """A helper of which the notebook has another, and that keeps its name."""
    said, name = ", ".join(f"`{name}`" for name in names), fitted.clashes[0]
    return (
        f"{said} needs `{name}`, and this notebook has another `{name}`: give yours another name "
        f"in lesson {origin.id[:2]}, save, and bring it again."
    )
