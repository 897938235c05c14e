"""`%check`, `%hint`, `%solution` and `%progress`: the grader at a learner's side in JupyterLab."""

from __future__ import annotations

import html
import re
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from autograder.messages import explain, points

if TYPE_CHECKING:
    from autograder.judge import Judge
    from autograder.lesson import Lesson
    from autograder.verdict import Verdict

COLOURS = {"passed": "#1b7837", "not_attempted": "#666666"}
HINT = re.compile(r"<details>\s*<summary>(.*?)</summary>(.*?)</details>", re.DOTALL)


def load_ipython_extension(shell: Any) -> None:
    """Called by IPython when a kernel of the course's environment starts."""
    for name, magic in (
        ("check", check),
        ("hint", hint),
        ("solution", solution),
        ("progress", progress),
    ):
        shell.register_magic_function(_quiet_errors(shell, magic), "line", name)


def check(shell: Any, line: str) -> Any:
    """%check adam_step: run the hidden probes of one exercise on what this notebook defines."""
    lesson = _lesson()
    exercise = _exercise(lesson, line)
    return Card(_judge_here(lesson, exercise, shell.user_ns))


def hint(shell: Any, line: str) -> Any:
    """%hint adam_step: the next hint that you have not seen."""
    from IPython.display import Markdown

    lesson = _lesson()
    exercise = _exercise(lesson, line)
    hints = _hints(lesson, exercise)
    shown = shell.user_ns.setdefault("_hints_shown", {})
    number = min(shown.get(exercise, 0), len(hints) - 1)
    shown[exercise] = number + 1
    if not hints:
        return Markdown(f"There is no hint for `{exercise}`.")
    title, body = hints[number]
    return Markdown(f"**{title}**\n\n{body}\n\n*Hint {number + 1} of {len(hints)}.*")


def solution(shell: Any, line: str) -> Any:
    """%solution adam_step: the reference, for when you are stuck for good."""
    from IPython.display import Markdown

    from autograder.misconception import exercise_source

    lesson = _lesson()
    exercise = _exercise(lesson, line)
    return Markdown(f"```python\n{exercise_source(lesson, exercise).strip()}\n```")


def progress(shell: Any, line: str) -> Any:
    """%progress: where you stand in this lesson."""
    from IPython.display import Markdown

    lesson = _lesson()
    verdicts = [_judge_here(lesson, key, shell.user_ns) for key in lesson.exercises]
    rows = "\n".join(
        f"| `{v.exercise}` | {points(v.score)} of {points(v.max_score)} "
        f"| {v.status.replace('_', ' ')} |"
        for v in verdicts
    )
    total = (
        f"{points(sum(v.score for v in verdicts))} of {points(sum(v.max_score for v in verdicts))}"
    )
    return Markdown(f"| exercise | points | |\n|---|---|---|\n{rows}\n\n**{total} points.**")


class Card:
    """A verdict in a notebook: a card in JupyterLab, plain text elsewhere."""

    def __init__(self, verdict: Verdict) -> None:
        self.verdict = verdict

    def __repr__(self) -> str:
        return explain(self.verdict)

    def _repr_html_(self) -> str:
        title, *lines = explain(self.verdict).splitlines()
        colour = COLOURS.get(self.verdict.status, "#b35806")
        mark = {"passed": "&#10003;", "not_attempted": "&middot;"}.get(
            self.verdict.status, "&#9651;"
        )
        body = "".join(f"<p style='margin:.3em 0'>{_emphasise(text)}</p>" for text in lines)
        return (
            f"<div style='border-left:4px solid {colour};padding:.3em 1em;max-width:46em'>"
            f"<p style='margin:.3em 0'><b>{mark} {html.escape(title)}</b></p>{body}</div>"
        )


def _emphasise(text: str) -> str:
    head, colon, rest = text.partition(": ")
    if colon and head in ("Right", "Different", "Also", "To see why"):
        return f"<b>{head}:</b> {html.escape(rest)}"
    return html.escape(text)


def _judge_here(lesson: Lesson, exercise: str, namespace: dict[str, Any]) -> Verdict:
    from autograder.runners import LocalRunner

    judge = _judge(lesson)
    return judge.verdict(judge.examine(exercise, LocalRunner(namespace)))


@lru_cache(maxsize=4)
def _judge(lesson: Lesson) -> Judge:
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


def _exercise(lesson: Lesson, line: str) -> str:
    from autograder.course import CourseError

    asked = line.strip()
    for key, exercise in lesson.exercises.items():
        if asked == key or asked in exercise.names:
            return key
    known = ", ".join(lesson.exercises)
    raise CourseError(f"no exercise {asked!r} in {lesson.id}; there are: {known}")


def _hints(lesson: Lesson, exercise: str) -> list[tuple[str, str]]:
    """The hint blocks between an exercise's solution cell and the next exercise's."""
    from autograder.cells import grade_id

    found: list[tuple[str, str]] = []
    current = ""
    slots = {
        slot: key
        for key, item in lesson.exercises.items()
        for slot in (*item.solution_ids, item.test_id)
    }
    for cell in lesson.release().cells:
        current = slots.get(grade_id(cell) or "", current)
        if current == exercise and cell.cell_type == "markdown":
            found += [(title.strip(), body.strip()) for title, body in HINT.findall(cell.source)]
    return found


def _quiet_errors(shell: Any, magic: Any) -> Any:
    """What a learner can mend is one line and not a traceback through the grader."""

    def run(line: str) -> Any:
        from autograder.course import CourseError
        from autograder.lesson import LessonError

        try:
            return magic(shell, line)
        except (CourseError, LessonError) as error:
            print(error)
            return None

    run.__doc__ = magic.__doc__
    return run
