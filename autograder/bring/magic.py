"""`%bring`: a learner's own code of an earlier lesson, put into the cell that asks for it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from autograder.bring.fit import Fitted, fit
from autograder.bring.notebooks import Own, own_notebook
from autograder.bring.place import BringCell, with_line_replaced
from autograder.bring.reference import around, source_of
from autograder.bring.request import requested
from autograder.bring.sentences import (
    brought,
    clash,
    no_notebook,
    not_right,
    renamed,
    these,
    what_there_is,
)
from autograder.bring.trial import tried
from autograder.check.runs import Runs
from autograder.course.bring_header import Wanted, wanted
from autograder.course.cells import Kind, kind
from autograder.course.course import Course, CourseError
from autograder.course.lesson import Exercise, Lesson


@dataclass(frozen=True)
class Outcome:
    """What of a request can be brought, and a sentence on everything that is to be said."""

    fitted: Fitted | None
    names: tuple[str, ...]
    said: tuple[str, ...]


class Bringing:
    """The `%bring` of one kernel, and the text of the cell that runs, as far as it is changed."""

    def __init__(self, shell: Any) -> None:
        self._shell = shell
        self._number, self._text = 0, ""
        self._later: Callable[[Any], None] | None = None

    def bring(self, line: str, lesson: Lesson, here: Path) -> str:
        """Bring what a line, or the cell's first line, asks for; what is to be said of it."""
        text = self._cell_text()
        header = wanted(text)
        if not line.strip() and header is None:
            raise CourseError(what_there_is(lesson))
        course = Course(lesson.source_path.parents[2])
        asked = requested(line, lesson, course) if line.strip() else header
        assert asked is not None
        if header and header.number == asked.number and {*asked.names} <= {*header.names}:
            return self._into_bring_cell(header, text, lesson, here)
        return self._into_line(line, asked, text, lesson, here)

    def _into_bring_cell(self, asked: Wanted, text: str, lesson: Lesson, here: Path) -> str:
        cells = lesson.release().cells
        index = next((i for i, c in enumerate(cells) if c.id == asked.cell_id), len(cells))
        given = cells[index].source if index < len(cells) else ""
        outcome = self._outcome(asked, lesson, here, *around(cells, index))
        said = list(outcome.said)
        if len(outcome.names) < len(asked.names):
            stays = ", ".join(f"`{n}`" for n in asked.names if n not in outcome.names)
            said.append(f"The given {stays} stays.")
        if outcome.fitted is not None:
            source = outcome.fitted.extract.source
            self._put(BringCell(asked, text, given).holding(source, outcome.names))
            self._run_after_the_cell(lambda: self._run(self._text))
        return " ".join(said)

    def _into_line(self, line: str, asked: Wanted, text: str, lesson: Lesson, here: Path) -> str:
        cells = lesson.release().cells
        ran = {source.strip() for source in Runs.of(self._shell).sources}
        setup = [c.source for c in cells if kind(c) is Kind.SETUP and c.source.strip() in ran]
        others = [c.source for c in cells if c.cell_type == "code" and c.source not in setup]
        outcome = self._outcome(asked, lesson, here, setup, others)
        if outcome.fitted is not None:
            block = f"{Wanted(outcome.names, asked.number).line}\n{outcome.fitted.extract.source}"
            new = with_line_replaced(text, line, block)
            if new is None:
                raise CourseError("Write %bring on a line of its own, at its very beginning.")
            self._put(new)
            self._run(block)
        return " ".join(outcome.said)

    def _outcome(
        self, asked: Wanted, lesson: Lesson, here: Path, above: list[str], elsewhere: list[str]
    ) -> Outcome:
        origin = source_of(asked, lesson)
        exercises = [e for e in origin.exercises.values() if {*e.names} & {*asked.names}]
        own = own_notebook(origin, exercises, here)
        if own is None:
            return Outcome(None, (), (no_notebook(origin),))
        begun = [e for e in exercises if own.has(e)]
        said = [f"{these(asked, e)} not written yet in {own.shown}, or not saved."
                for e in exercises if e not in begun]  # fmt: skip
        right = [e for e in begun if self._is_right(own, e, asked, said)]
        names = tuple(n for n in asked.names if any(n in e.names for e in right))
        if not names:
            return Outcome(None, (), tuple(said))
        mine = self._own_sources()
        fitted = fit(own.extract(names), Wanted(names, asked.number), above, [*elsewhere, *mine])
        if fitted.clashes:
            return Outcome(None, (), (*said, clash(names, fitted, origin)))
        return Outcome(fitted, names, (brought(names, fitted, own), *renamed(fitted), *said))

    def _is_right(self, own: Own, exercise: Exercise, asked: Wanted, said: list[str]) -> bool:
        """Whether an exercise passes; if not, what is to be said of it is added to `said`."""
        trial = tried(own, [exercise], self._shell)
        verdict = trial.verdicts.get(exercise.key)
        if verdict is not None and verdict.status == "passed":
            return True
        said.append(not_right(own, exercise, asked, trial, self._at_fault(own, exercise)))
        return False

    def _at_fault(self, own: Own, exercise: Exercise) -> Exercise:
        """The first exercise of those that one reaches that is not right; else itself."""
        reached = own.extract(exercise.names).binds
        for other in own.lesson.exercises.values():
            if other is exercise:
                break
            if {*other.names} & reached:
                verdict = tried(own, [other], self._shell).verdicts.get(other.key)
                if verdict is None or verdict.status != "passed":
                    return other
        return exercise

    def _own_sources(self) -> list[str]:
        """The cells that ran in this kernel, but for those that bring something, and this one."""
        sources = Runs.of(self._shell).sources
        return [s for i, s in enumerate(sources) if i != self._number and wanted(s) is None]

    def _cell_text(self) -> str:
        """What stands in the cell that runs, once earlier lines `%bring` of it are replaced."""
        sources = Runs.of(self._shell).sources
        if len(sources) - 1 != self._number:
            self._number = len(sources) - 1
            self._text = sources[-1]
        return self._text

    def _put(self, text: str) -> None:
        """Show a text in the cell that runs; it is what has run there, too."""
        self._text = text
        self._shell.payload_manager.write_payload(
            {"source": "set_next_input", "text": text, "replace": True}
        )
        for kept in ("input_hist_raw", "input_hist_parsed"):
            history = getattr(self._shell.history_manager, kept)
            if self._number < len(history):
                history[self._number] = text

    def _run(self, source: str) -> None:
        """Run a source as if it stood in the cell that runs."""
        plain = self._shell.transform_cell(source)
        name = self._shell.compile.cache(plain, self._number, raw_code=source)
        exec(compile(plain, name, "exec", dont_inherit=True), self._shell.user_ns)

    def _run_after_the_cell(self, run: Callable[[], None]) -> None:
        """Of what stands below `%bring` in its cell, nothing undoes what was brought."""
        events = self._shell.events
        if self._later is not None:
            events.unregister("post_run_cell", self._later)

        def later(result: Any) -> None:
            events.unregister("post_run_cell", later)
            self._later = None
            run()

        self._later = later
        events.register("post_run_cell", later)
