"""`%check`, `%hint`, `%solution` and `%progress`: the grader at a learner's side in JupyterLab.

Every kernel of the course's environment loads this file at its start, so nothing of ours, nor
NumPy, is imported before the first magic is used.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

from autograder.runs import Runs

if TYPE_CHECKING:
    from autograder.card import Cards
    from autograder.lesson import Lesson

HINT = re.compile(r"<details>\s*<summary>(?:Hint \d+: )?(.*?)</summary>(.*?)</details>", re.DOTALL)
NOTHING_YET = "Nothing is written yet. Write an exercise, run its cell, then check it: `%check {}`."


def load_ipython_extension(shell: Any) -> None:
    """Called by IPython when a kernel of the course's environment starts."""
    Runs.of(shell)
    magics = Magics(shell)
    for magic in (magics.check, magics.hint, magics.solution, magics.progress):
        shell.register_magic_function(_without_traceback(magic), "line", magic.__name__)


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
        from autograder.session import Session

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
            said = "A prediction has no hints: write what you believe. Any letter earns the point."
            return Markdown(said)
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

        from autograder.card import word_of
        from autograder.messages import points
        from autograder.session import Session

        session = Session(_lesson(), self.shell)
        verdicts = [session.verdict(key) for key in session.lesson.exercises]
        rows = "\n".join(
            f"| `{v.exercise}` | {points(v.score)} of {points(v.max_score)} | {word_of(v)} |"
            for v in verdicts
        )
        earned = points(sum(v.score for v in verdicts))
        total = f"**{earned} of {points(sum(v.max_score for v in verdicts))} points.**"
        if session.lesson.manual:
            read = points(sum(question.points for question in session.lesson.manual))
            total += f" A person reads your answers to the questions, for up to {read} more."
        return Markdown(f"| exercise | points | |\n|---|---|---|\n{rows}\n\n{total}")


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
        except KeyboardInterrupt:
            raise Interrupted(f"%{magic.__name__} was interrupted before it was done.") from None

    run.__doc__ = magic.__doc__
    return run


class Interrupted(KeyboardInterrupt):
    """Ctrl-C, which ends a run of several cells as it does elsewhere, but says one sentence."""

    def _render_traceback_(self) -> list[str]:
        """Called by IPython."""
        return [str(self)]
