"""A batch as people read it: a progress bar while it runs, a table at its end."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from rich.console import Console
from rich.markup import escape
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn
from rich.table import Table

from autograder.batch.grade_class import BatchReport, Entry
from autograder.batch.grade_class import Progress as Callback
from autograder.batch.interrupts import held
from autograder.feedback.text import points
from autograder.handins import shown

SEEDS_NAMED = 3


@contextmanager
def progress_bar(title: str) -> Iterator[Callback]:
    """A bar with a count and the time that is left; what it yields is called as results arrive.

    Nothing is drawn before the first of them, so that bad input is answered by one line alone.
    """
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn())
    bar = Progress(*columns, TimeRemainingColumn(), console=Console(stderr=True))
    task = bar.add_task(title, total=None)

    def advance(done: int, total: int, student: str) -> None:
        with held():  # a bar that is half begun cannot be ended
            bar.start()
            bar.update(task, completed=done, total=total)

    try:
        yield advance
    finally:
        bar.stop()


def print_report(report: BatchReport) -> None:
    """Who got what, which misconceptions, what needs a person, how long."""
    console = _Console(width=None if Console().is_terminal else 140)
    seeds = report.seeds
    several = len(seeds) > 1
    named = ", ".join(map(str, seeds[:SEEDS_NAMED])) + (", ..." if seeds[SEEDS_NAMED:] else "")
    title = f"seed{'s' if several else ''} {named}" if seeds else "no verdict"
    table = Table(title=f"{report.lesson}, {title}")
    # Ids and reasons are folded where they are too long, so that all of them can be read.
    table.add_column("learner", overflow="fold", max_width=max(12, console.width // 3))
    table.add_column("score", justify="right", no_wrap=True)
    table.add_column("what came out", overflow="fold")
    table.add_column("s", justify="right", no_wrap=True)
    if several:
        table.add_column("seed", justify="right", no_wrap=True)
    for entry in report.entries:
        seed = [str(entry.verdict.seed if entry.verdict else "")] if several else []
        seconds = f"{entry.seconds:.1f}" if entry.verdict else ""
        said = escape(shown(summary(entry)))
        table.add_row(escape(shown(entry.student)), score(entry), said, seconds, *seed)
    console.print(table)
    for who, why in report.failed.items():
        line = f"nbgrader could not enter {shown(who)}: {shown(why)}"
        console.print(escape(line), soft_wrap=True)
    for name in report.loose:
        said = f"submitted/{shown(name)} is in no learner's folder, and was not looked at"
        console.print(said, soft_wrap=True, markup=False, highlight=False)
    for line in what_helps(report):
        console.print(line, soft_wrap=True, markup=False, highlight=False)
    graded = [entry for entry in report.entries if entry.verdict]
    total = sum(entry.seconds for entry in report.entries)
    of_all = "" if len(graded) == len(report.entries) else f" of {len(report.entries)} learners"
    same = f", {report.unchanged} of them unchanged," if report.unchanged else ""
    console.print(
        f"{len(graded)} submissions{of_all}{same} in {report.seconds:.1f} s "
        f"({total:.1f} s of grading in all workers; the rest is bookkeeping and feedback)"
    )


class _Console(Console):
    """Leaves a reader who went away to whoever runs the command."""

    def on_broken_pipe(self) -> None:
        """Where rich would end the process, with status 1."""
        raise BrokenPipeError


def what_helps(report: BatchReport) -> Iterator[str]:
    """Lines for a shell, one command for each learner of whom nothing could be graded."""
    entries = [entry for entry in report.entries if entry.command]
    if not entries:
        return
    yield "What was not graded, and what helps; then grade again:"
    for entry in entries:
        yield f"# {shown(entry.student)}: {shown(entry.problem)}"
        yield from entry.command.splitlines()


def score(entry: Entry) -> str:
    """What the judge gave, before a late penalty; none where the gradebook has none."""
    if entry.score is None:
        return "-"
    if entry.verdict is None:
        return points(entry.score)
    return f"{points(entry.verdict.score)}/{points(entry.verdict.max_score)}"


def summary(entry: Entry) -> str:
    """One line: the misconceptions that were named, else which exercises are open."""
    if entry.verdict is None:
        kept = entry.score and f", and the gradebook keeps {points(entry.score)} from before"
        return entry.problem or f"{entry.remark}{kept or ''}"
    parts = []
    for key, verdict in entry.verdict.exercises.items():
        if verdict.diagnosis:
            parts.append(f"{key}: {verdict.diagnosis.misconception}")
        elif verdict.status not in ("passed", "not_attempted"):
            parts.append(f"{key}: {verdict.status}")
    blank = sum(v.status == "not_attempted" for v in entry.verdict.exercises.values())
    if blank:
        parts.append(f"{blank} not attempted")
    parts.extend(entry.verdict.errors)
    said = "; ".join([*(parts or ["all right"]), *filter(None, [entry.problem])])
    return f"{said} ({entry.remark})" if entry.remark else said
