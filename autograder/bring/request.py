"""What `%bring` is asked for: which names, of which earlier lesson."""

from __future__ import annotations

import re
from collections import defaultdict
from difflib import get_close_matches

from autograder.course.bring_header import Wanted
from autograder.course.course import Course, CourseError
from autograder.course.lesson import Lesson

HOW = "say what: `%bring NAME`, or `%bring NAME LESSON`, as in `%bring Adam 05`"


def requested(line: str, lesson: Lesson, course: Course) -> Wanted:
    """The names, and the one earlier lesson that asks for them.

    Raises:
        CourseError: there is none, or several; or this lesson asks for one of the names itself.
    """
    words = re.findall(r"\w+", line)
    numbers = [word for word in words if word.isdigit() or re.fullmatch(r"\d\d_\w+", word)]
    names = [word for word in words if word not in numbers and word != "lesson"]
    if not names or len(numbers) > 1:
        raise CourseError(HOW)
    asked_here = {name for key, e in lesson.exercises.items() for name in (key, *e.names)}
    if own := [name for name in names if name in asked_here]:
        raise CourseError(f"`{own[0]}` is what this lesson asks you to write: write it anew here.")
    known = bringable(lesson, course)
    for name in names:
        if name not in known:
            raise CourseError(_unknown(name, known))
    number = int(numbers[0][:2]) if numbers else _only_lesson(names, known)
    lacking = [name for name in names if number not in known[name]]
    if lacking:
        raise CourseError(
            f"Lesson {number:02d} has no exercise `{lacking[0]}`; {_where(lacking[0], known)}."
        )
    return Wanted(tuple(dict.fromkeys(n for name in names for n in known[name][number])), number)


def bringable(lesson: Lesson, course: Course) -> dict[str, dict[int, tuple[str, ...]]]:
    """What earlier lessons ask for: by name or key, and by the lesson's number, the names."""
    found: dict[str, dict[int, tuple[str, ...]]] = defaultdict(dict)
    for name in course.lesson_ids():
        if name >= lesson.id:
            continue
        for key, exercise in course.lesson(name).exercises.items():
            if not exercise.is_prediction:
                found[key][int(name[:2])] = exercise.names
                for one in exercise.names:
                    found[one].setdefault(int(name[:2]), (one,))
    return dict(found)


def _only_lesson(names: list[str], known: dict[str, dict[int, tuple[str, ...]]]) -> int:
    """The lesson that is meant where none was said."""
    common = set.intersection(*(set(known[name]) for name in names))
    if len(common) == 1:
        return common.pop()
    if not common:
        raise CourseError(f"No one lesson has all of these: {_where(names[0], known)}.")
    said = " ".join(names)
    choices = " or ".join(f"`%bring {said} {number:02d}`" for number in sorted(common))
    raise CourseError(f"Several lessons ask for `{said}`: {choices}.")


def _where(name: str, known: dict[str, dict[int, tuple[str, ...]]]) -> str:
    numbers = [f"{number:02d}" for number in sorted(known[name])]
    return f"`{name}` is in lesson{'s' if len(numbers) > 1 else ''} {' and '.join(numbers)}"


def _unknown(name: str, known: dict[str, dict[int, tuple[str, ...]]]) -> str:
    near = get_close_matches(name, known, n=1)
    meant = f" Did you mean `{near[0]}`?" if near else ""
    return f"No earlier lesson asks for `{name}`.{meant}"
