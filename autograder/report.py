"""A batch as people read it: a progress bar while it runs, a table at its end."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from rich.console import Console
from rich.markup import escape
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn
from rich.table import Table

from autograder.batch import BatchReport, Entry
from autograder.batch import Progress as Callback
from autograder.messages import points


@contextmanager
def progress_bar(title: str) -> Iterator[Callback]:
    """A bar with a count and the time that is left; what it yields is called as results arrive.

    Nothing is drawn before the first of them, so that bad input is answered by one line alone.
    """
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn())
    bar = Progress(*columns, TimeRemainingColumn(), console=Console(stderr=True))
    task = bar.add_task(title, total=None)

    def advance(done: int, total: int, student: str) -> None:
        bar.start()
        bar.update(task, completed=done, total=total)

    try:
        yield advance
    finally:
        bar.stop()


def print_report(report: BatchReport) -> None:
    """Who got what, which misconceptions, what needs a person, how long."""
    console = Console(width=None if Console().is_terminal else 140)
    table = Table(title=f"{report.lesson}, seed {report.seed}")
    table.add_column("learner", no_wrap=True)
    table.add_column("score", justify="right", no_wrap=True)
    table.add_column("what came out")
    table.add_column("s", justify="right")
    for entry in report.entries:
        table.add_row(
            escape(entry.student), score(entry), escape(summary(entry)), f"{entry.seconds:.1f}"
        )
    console.print(table)
    for who in report.failed:
        console.print(f"nbgrader could not enter: {escape(who)}", soft_wrap=True)
    seconds = sum(entry.seconds for entry in report.entries)
    console.print(
        f"{len(report.entries)} submissions in {report.seconds:.1f} s "
        f"({seconds:.1f} s of grading in all workers; the rest is bookkeeping and feedback)"
    )


def score(entry: Entry) -> str:
    """As the gradebook has it, before a late penalty."""
    if entry.verdict is None:
        return "0"
    return f"{points(entry.verdict.score)}/{points(entry.verdict.max_score)}"


def summary(entry: Entry) -> str:
    """One line: the misconceptions that were named, else which exercises are open."""
    if entry.verdict is None:
        return entry.problem
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
    return "; ".join(parts) or "all right"
