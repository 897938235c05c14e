"""The learners of a course, and what each of them handed in for a lesson."""

from __future__ import annotations

import fnmatch
import unicodedata
from collections.abc import Iterator
from difflib import get_close_matches
from pathlib import Path

from autograder.course.course import Course, CourseError
from autograder.course.lesson import Lesson
from autograder.handins.commands import Commands
from autograder.handins.decide import Decision
from autograder.handins.items import HandIn, is_litter, is_named_notebook
from autograder.handins.spelling import shown

UNFIT = frozenset({"Cc", "Cs", "Zl", "Zp"})  # line breaks, and bytes that are not UTF-8
ARCHIVES = (".zip", ".tar", ".tgz", ".gz", ".bz2", ".xz", ".7z", ".rar")


def hand_ins(course: Course, lesson: Lesson, students: list[str]) -> Iterator[HandIn]:
    """What each learner handed in; whatever goes wrong with one is said of that one."""
    for student in students:
        try:
            yield _refused(course, lesson, student) or Decision(course, lesson, student).hand_in()
        except Exception as error:  # noqa: BLE001 (an error of ours must not stop the batch)
            problem = f"the grader failed on it: {type(error).__name__}: {error}"
            command = Commands(course, lesson, student).ask()
            yield HandIn(student, problem=problem, command=command, entered=False)


def chosen_learners(course: Course, student: str) -> list[str]:
    """One learner, or all whom a pattern fits; an id that is there is taken as it stands.

    Raises:
        CourseError: it is no id, or nobody has it.
    """
    if "/" in student or student in ("", ".", ".."):
        raise CourseError(f"not a learner's id: {student!r}")
    everyone = learners(course)
    if student in everyone:
        return [student]
    chosen = [who for who in everyone if fnmatch.fnmatchcase(who, student)]
    if chosen or student == "*":
        return chosen
    near = _near(student, everyone)
    meant = f"; did you mean {' or '.join(map(repr, near))}?" if near else ""
    raise CourseError(f"no learner {student!r} in {course.root / 'submitted'}{meant}")


def learners(course: Course) -> list[str]:
    """The folders in `submitted/`, but those of systems and tools."""
    return sorted(path.name for path in _handed_in(course) if path.is_dir())


def loose_files(course: Course) -> list[str]:
    """Notebooks, archives and broken links in `submitted/` that are in no learner's folder."""
    return [
        path.name
        for path in _handed_in(course)
        if not path.is_dir()
        and (
            path.is_symlink()
            or is_named_notebook(path.name)
            or path.name.lower().endswith(ARCHIVES)
        )
    ]


def _handed_in(course: Course) -> list[Path]:
    folder = course.root / "submitted"
    if not folder.is_dir():
        return []
    return sorted(path for path in folder.iterdir() if not is_litter(path.name))


def _near(student: str, everyone: list[str]) -> list[str]:
    plain = {who.casefold(): who for who in reversed(everyone)}
    asked = student.casefold()
    near = [*get_close_matches(asked, plain, n=3, cutoff=0.7)]
    near += [who for who in plain if asked in who]
    return [plain[who] for who in dict.fromkeys(near)][:3]


def _refused(course: Course, lesson: Lesson, student: str) -> HandIn | None:
    """Why a folder is not a learner's, if it is not."""
    folder, commands = course.root / "submitted" / student, Commands(course, lesson, student)
    if student in course.lesson_ids():
        problem = "this folder has the name of a lesson: it should have a learner's, and that of "
        problem += "the lesson below it"
        return _no_learner(student, problem, commands.look(folder))
    if not UNFIT.isdisjoint(map(unicodedata.category, student)):
        problem = (
            "the folder's name cannot be an id: it has line breaks, or bytes that are not UTF-8"
        )
        return _no_learner(student, problem, commands.rename(folder))
    if folder.is_symlink() and folder.resolve().is_relative_to(course.root.resolve()):
        to = shown(str(folder.resolve().relative_to(course.root.resolve())))
        problem = f"the folder is a link to {to}"
        return _no_learner(student, problem, commands.look(folder))
    return None


def _no_learner(student: str, problem: str, command: str) -> HandIn:
    return HandIn(student, problem=problem, command=command, entered=False)
