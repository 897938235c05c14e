"""`%check`, `%hint`, `%solution`, `%bring`, `%progress`, `%work`: the grader at a learner's side.

Every kernel of the course's environment loads this file at its start, so nothing of ours, nor
NumPy, is imported before the first magic is used.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

from autograder.check import prepare
from autograder.check.runs import Runs
from autograder.notebook.unwritten import quieten

if TYPE_CHECKING:
    from autograder.bring.magic import Bringing
    from autograder.course.lesson import Lesson
    from autograder.feedback.card import Cards
    from autograder.notebook.standing import Standing

HINT = re.compile(r"<details>\s*<summary>(?:Hint \d+: )?(.*?)</summary>(.*?)</details>", re.DOTALL)


def load_ipython_extension(shell: Any) -> None:
    """Called by IPython when a kernel of the course's environment starts."""
    Runs.of(shell)
    magics = Magics(shell)
    for magic in (
        *(magics.check, magics.hint, magics.solution),
        *(magics.bring, magics.progress, magics.work),
    ):
        shell.register_magic_function(_without_traceback(magic), "line", magic.__name__)
    for magic in (magics.check, magics.hint, magics.solution):
        shell.set_hook("complete_command", _complete, str_key=f"%{magic.__name__}")
    shell.set_hook("complete_command", _complete_bring, str_key="%bring")
    quieten(shell)
    _prepare_checks(shell)


class Magics:
    """The magics of one kernel, and which hints it has shown."""

    def __init__(self, shell: Any) -> None:
        self.shell = shell
        self._hints_shown: dict[tuple[str, str], int] = {}

    def check(self, line: str) -> Cards | None:
        """%check adam_step: run the hidden tests of an exercise on what you have.

        Several names check several, none all that you have begun.
        """
        from autograder.check.session import Session
        from autograder.feedback.card import Cards

        session = Session(_lesson(), self.shell)
        asked = _exercises(session.lesson, line)
        verdicts = [session.verdict(key) for key in asked or session.lesson.exercises]
        if not asked:
            verdicts = [v for v in verdicts if v.status != "not_attempted"]
        if not verdicts:
            print(self._standing.nothing_to_check(session.lesson))
            return None
        self._standing.remember(session.lesson, verdicts, Runs.of(self.shell).sources)
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

        from autograder.course.reference import exercise_source

        lesson = _lesson()
        source = exercise_source(lesson, _one_exercise(lesson, line))
        return Markdown(f"```python\n{source.strip()}\n```")

    def bring(self, line: str) -> None:
        """%bring: in a cell that begins with `# bring: ...`, put what you wrote in that lesson.

        %bring Adam 05 does so in any cell. The lesson may be left out where only one asks for it.
        What is brought has to pass its checks there. It is put in the place of the line, and runs.
        """
        print(self._bringing.bring(line, _lesson(), _lesson_folder()))

    def progress(self, line: str) -> Any:
        """%progress: where you stand in this lesson. %progress all: in the whole course."""
        from IPython.display import Markdown

        from autograder.check.session import Session
        from autograder.course.needs import skipped

        if _lesson_id() is None:
            return Markdown(self._standing.whole_course())
        if why := skipped(_lesson()):
            print(why)
            return Markdown(self._standing.whole_course())
        session = Session(_lesson(), self.shell)
        verdicts = [session.verdict(key) for key in session.lesson.exercises]
        self._standing.remember(session.lesson, verdicts, Runs.of(self.shell).sources)
        if line.strip() == "all":
            return Markdown(self._standing.whole_course())
        return Markdown(self._standing.lesson_table(session.lesson, verdicts))

    def work(self, line: str) -> Any:
        """%work 05_optimizers: put a lesson into work/, where it was not handed out yet."""
        from IPython.display import Markdown

        from autograder.notebook.standing import put_into_work

        return Markdown(put_into_work(line.split()))

    @cached_property
    def _bringing(self) -> Bringing:
        from autograder.bring.magic import Bringing

        return Bringing(self.shell)

    @cached_property
    def _standing(self) -> Standing:
        from autograder.notebook.standing import Standing

        return Standing()


def _prepare_checks(shell: Any) -> None:
    """When the first cell has run: a kernel in which nothing runs prepares nothing."""

    def once(_result: Any) -> None:
        shell.events.unregister("post_run_cell", once)
        prepare.start(shell.events)

    shell.events.register("post_run_cell", once)


def _lesson() -> Lesson:
    """The lesson whose notebook this is, by the working folder's name."""
    from autograder.course.course import Course, CourseError

    name = _lesson_id()
    if name is None:
        raise CourseError("open the lesson's notebook from its own folder, work/<lesson>/")
    return Course.find().lesson(name)


def _lesson_id() -> str | None:
    from autograder.course.course import Course

    folder = Course.find().lesson_folder(Path.cwd())
    return None if folder is None else folder.name


def _lesson_folder() -> Path:
    """The folder of the lesson whose notebook this is."""
    from autograder.course.course import Course

    return Course.find().lesson_folder(Path.cwd()) or Path.cwd()


def _exercises(lesson: Lesson, line: str) -> list[str]:
    """The exercises named in a line, by key or by one of the names that they define."""
    return [_exercise(lesson, asked) for asked in re.findall(r"\w+", line)]


def _one_exercise(lesson: Lesson, line: str) -> str:
    from autograder.course.course import CourseError

    asked = _exercises(lesson, line)
    if len(asked) != 1:
        raise CourseError(f"say which exercise, one of: {', '.join(lesson.exercises)}")
    return asked[0]


def _exercise(lesson: Lesson, asked: str) -> str:
    from difflib import get_close_matches

    from autograder.course.course import CourseError

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
    from autograder.course.course import CourseError

    try:
        exercises = _lesson().exercises
    except CourseError:
        return []
    names = (name for exercise in exercises.values() for name in exercise.names)
    return [key for key in exercises if key.startswith(event.symbol)] or [
        name for name in names if name.startswith(event.symbol)
    ]


def _complete_bring(shell: Any, event: Any) -> list[str]:
    """What Tab offers behind `%bring A`: the names that earlier lessons ask for; behind a name, the
    lessons that do."""
    from autograder.bring.request import bringable
    from autograder.course.course import Course, CourseError

    try:
        lesson = _lesson()
        known = bringable(lesson, Course.find())
    except CourseError:
        return []
    words = event.line.split()[1:]
    before = words[:-1] if event.symbol else words
    numbers = {n for word in before for n in known.get(word, ())}
    offered = [f"{n:02d}" for n in sorted(numbers)] or [
        name for name in known if "__" not in name and name not in lesson.exercises
    ]
    return [one for one in offered if one.startswith(event.symbol)]


def _hints(lesson: Lesson, exercise: str) -> list[tuple[str, str]]:
    """Title and text of the hints between an exercise's first cell and the next exercise's."""
    from autograder.course.cells import grade_id

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
        from autograder.course.course import CourseError
        from autograder.course.lesson import LessonError

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
