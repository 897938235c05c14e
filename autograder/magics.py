"""`%check`, `%hint`, `%solution` and `%progress`: the grader at a learner's side in JupyterLab.

Every kernel of the course's environment loads this file at its start, so nothing of ours, nor
NumPy, is imported before the first magic is used.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import cached_property, lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from autograder.unwritten import quieten

if TYPE_CHECKING:
    from autograder.calls import Program
    from autograder.card import Cards
    from autograder.judge import Judge
    from autograder.lesson import Lesson
    from autograder.verdict import Verdict

HINT = re.compile(r"<details>\s*<summary>(?:Hint \d+: )?(.*?)</summary>(.*?)</details>", re.DOTALL)
NOTHING_YET = "Nothing is written yet. Write an exercise, run its cell, then check it: `%check {}`."


def load_ipython_extension(shell: Any) -> None:
    """Called by IPython when a kernel of the course's environment starts."""
    magics = Magics(shell)
    for magic in (magics.check, magics.hint, magics.solution, magics.progress):
        shell.register_magic_function(_without_traceback(magic), "line", magic.__name__)
    for magic in (magics.check, magics.hint, magics.solution):
        shell.set_hook("complete_command", _complete, str_key=f"%{magic.__name__}")
    quieten(shell)


class Magics:
    """The magics of one kernel, and which hints it has shown."""

    def __init__(self, shell: Any) -> None:
        self.shell = shell
        self._hints_shown: dict[tuple[str, str], int] = {}

    def check(self, line: str) -> Cards | None:
        """%check adam_step: run the hidden tests of an exercise on what you have.

        Several names check several, none all that you have begun.
        """
        from autograder.card import Cards

        session = Session(_lesson(), self.shell)
        asked = _exercises(session.lesson, line)
        verdicts = [session.verdict(key) for key in asked or session.lesson.exercises]
        if not asked:
            verdicts = [v for v in verdicts if v.status != "not_attempted"]
        if not verdicts:
            print(NOTHING_YET.format(next(iter(session.lesson.exercises))))
            return None
        return Cards(verdicts)

    def hint(self, line: str) -> Any:
        """%hint adam_step: the next hint to an exercise."""
        from IPython.display import Markdown

        lesson = _lesson()
        key = _one_exercise(lesson, line)
        hints = _hints(lesson, key)
        if lesson.exercises[key].is_prediction:
            return Markdown("A prediction has no hints. Write what you believe; then run on.")
        if not hints:
            return Markdown(f"There is no hint for `{key}`.")
        shown = self._hints_shown.get((lesson.id, key), 0)
        number = min(shown + 1, len(hints))
        self._hints_shown[lesson.id, key] = number
        title, body = hints[number - 1]
        last = "" if shown < len(hints) else f"\n\nThat was the last. `%solution {key}` shows all."
        return Markdown(f"**Hint {number} of {len(hints)}: {title}**\n\n{body}{last}")

    def solution(self, line: str) -> Any:
        """%solution adam_step: the reference, for when you are stuck for good."""
        from IPython.display import Markdown

        from autograder.reference import exercise_source

        lesson = _lesson()
        source = exercise_source(lesson, _one_exercise(lesson, line))
        return Markdown(f"```python\n{source.strip()}\n```")

    def progress(self, line: str) -> Any:
        """%progress: where you stand in this lesson."""
        from IPython.display import Markdown

        from autograder.card import WORDS
        from autograder.messages import points

        session = Session(_lesson(), self.shell)
        verdicts = [session.verdict(key) for key in session.lesson.exercises]
        rows = "\n".join(
            f"| `{v.exercise}` | {points(v.score)} of {points(v.max_score)} | {WORDS[v.status]} |"
            for v in verdicts
        )
        earned = points(sum(v.score for v in verdicts))
        total = f"**{earned} of {points(sum(v.max_score for v in verdicts))} points.**"
        if session.lesson.manual:
            read = points(sum(question.points for question in session.lesson.manual))
            total += f" A person reads your answers to the questions, for up to {read} more."
        return Markdown(f"| exercise | points | |\n|---|---|---|\n{rows}\n\n{total}")


class Session:
    """A lesson, and what its learner has defined in this kernel so far."""

    def __init__(self, lesson: Lesson, shell: Any) -> None:
        self.lesson = lesson
        self._names: dict[str, Any] = shell.user_ns
        self._ran: list[str] = list(shell.history_manager.input_hist_raw)
        self._verdicts: dict[str, Verdict] = {}

    def verdict(self, key: str) -> Verdict:
        """As grading would say it, but of this kernel's names."""
        if key not in self._verdicts:
            self._verdicts[key] = self._judged(key)
        return self._verdicts[key]

    def _judged(self, key: str) -> Verdict:
        from dataclasses import replace

        from autograder.forbidden import forbidden_uses, refusal
        from autograder.runners import LocalRunner

        judge, exercise, program = _judge(self.lesson), self.lesson.exercises[key], self._program
        missing = [name for name in exercise.names if name not in self._names]
        if missing == list(exercise.names):
            note = f"`{missing[0]}` is not known in this kernel: run the cell that defines it."
            return replace(judge.not_attempted(key), note=note)
        forbidden = forbidden_uses(self.lesson, exercise, program)
        if forbidden:
            return judge.refused(key, "forbidden", refusal(self.lesson, forbidden[0]))
        findings = judge.examine(key, LocalRunner(self._names))
        return judge.verdict(findings, blame=lambda: self._blame(key))

    def _blame(self, key: str) -> tuple[str, ...]:
        """The earlier exercises that this one calls and that are not right."""
        used = self._program.reach(self.lesson.exercises[key].names).names
        keys = list(self.lesson.exercises)
        return tuple(
            earlier
            for earlier in keys[: keys.index(key)]
            if used & set(self.lesson.exercises[earlier].names)
            and self.verdict(earlier).status != "passed"
        )

    @cached_property
    def _program(self) -> Program:
        """What was run in this kernel, without the lesson's own demonstrations."""
        from autograder.calls import Program
        from autograder.cells import Kind, kind

        given = {c.source.strip() for c in self.lesson.notebook().cells if kind(c) is Kind.DEMO}
        return Program((source for source in self._ran if source.strip() not in given), ran=True)


@lru_cache(maxsize=4)
def _judge(lesson: Lesson) -> Judge:
    """One for each lesson and kernel: numbers in a message stay the same until they are right."""
    from autograder.judge import Judge
    from autograder.seeds import draw_seed

    return Judge(lesson, draw_seed())


def _lesson() -> Lesson:
    """The lesson whose notebook this is, by the working folder's name."""
    from autograder.course import Course, CourseError

    course = Course.find()
    for folder in (Path.cwd(), *Path.cwd().parents):
        if folder.name in course.lesson_ids():
            return course.lesson(folder.name)
    raise CourseError("open the lesson's notebook from its own folder, notebooks/<lesson>/")


def _exercises(lesson: Lesson, line: str) -> list[str]:
    """The exercises named in a line, by key or by one of the names that they define."""
    return [_exercise(lesson, asked) for asked in re.findall(r"\w+", line)]


def _one_exercise(lesson: Lesson, line: str) -> str:
    from autograder.course import CourseError

    asked = _exercises(lesson, line)
    if len(asked) != 1:
        raise CourseError(f"say which exercise, one of: {', '.join(lesson.exercises)}")
    return asked[0]


def _exercise(lesson: Lesson, asked: str) -> str:
    from difflib import get_close_matches

    from autograder.course import CourseError

    known = {n: key for key, item in lesson.exercises.items() for n in (key, *item.names)}
    if asked in known:
        return known[asked]
    near = get_close_matches(asked, known, n=1)
    meant = f"did you mean {near[0]}? " if near else ""
    raise CourseError(
        f"no exercise {asked!r} in {lesson.id}: {meant}There are {', '.join(lesson.exercises)}."
    )


def _complete(shell: Any, event: Any) -> list[str]:
    """What Tab offers behind `%check ad`: the exercises, or else the names that they define."""
    from autograder.course import CourseError

    try:
        exercises = _lesson().exercises
    except CourseError:
        return []
    names = (name for exercise in exercises.values() for name in exercise.names)
    return [key for key in exercises if key.startswith(event.symbol)] or [
        name for name in names if name.startswith(event.symbol)
    ]


def _hints(lesson: Lesson, exercise: str) -> list[tuple[str, str]]:
    """Title and text of the hints between an exercise's first cell and the next exercise's."""
    from autograder.cells import grade_id

    found: list[tuple[str, str]] = []
    current = ""
    slots = {
        slot: key
        for key, item in lesson.exercises.items()
        for slot in (*item.solution_ids, item.test_id)
    }
    for cell in lesson.notebook().cells:
        current = slots.get(grade_id(cell) or "", current)
        if current == exercise and cell.cell_type == "markdown":
            found += [(title.strip(), body.strip()) for title, body in HINT.findall(cell.source)]
    return found


def _without_traceback(magic: Callable[[str], Any]) -> Callable[[str], Any]:
    """What a learner can mend is one line, and no traceback through the grader."""

    def run(line: str) -> Any:
        from autograder.course import CourseError
        from autograder.lesson import LessonError

        try:
            return magic(line)
        except (CourseError, LessonError) as error:
            print(error)
            return None

    run.__doc__ = magic.__doc__
    return run
