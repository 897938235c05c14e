"""`work/`, where learners write. Git ignores it, and nothing in it is ever overwritten.

Each lesson is put there once. When its release changes, a notebook in which nobody wrote is
replaced; any other is carried over into the new edition, and the one before stays beside it.
`work/.descent/given/` has each edition as it was given: what differs from it is the learner's.
"""

from __future__ import annotations

import os
from collections.abc import Iterable
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path

from nbformat import NotebookNode

from autograder.course import files
from autograder.course.course import Course
from autograder.course.exchange import released
from autograder.course.lesson import Lesson
from autograder.course.notebooks import release_path, to_bytes
from autograder.work.blank import written_in
from autograder.work.editions import carry_over, fits, is_same_edition, only_what_is_mine
from autograder.work.working_copy import Unreadable, is_given, read, ready

# nbgrader's Assignment List reads its settings in the folder where assignments are.
CONFIG = """# Made by `autograder work`: nbgrader is configured in the folder above.
load_subconfig("nbgrader_config.py", path={root!r})
"""


@dataclass(frozen=True)
class Filled:
    """What was done, and what could not be: a sentence each."""

    said: list[str] = field(default_factory=list)
    problems: list[str] = field(default_factory=list)


@dataclass(frozen=True)
class Workplace:
    """A course's `work/`."""

    course: Course

    @property
    def root(self) -> Path:
        """The folder itself."""
        return self.course.work

    @property
    def hidden(self) -> Path:
        """What is remembered of it."""
        return self.root / ".descent"

    def notebook(self, lesson: Lesson) -> Path:
        """Where a learner writes a lesson."""
        return self.root / lesson.id / f"{lesson.slug}.ipynb"

    def given(self, lesson: Lesson) -> Path:
        """The edition that the learner's notebook began as."""
        return self.hidden / "given" / f"{lesson.id}.ipynb"

    def has(self, lesson: Lesson) -> bool:
        """Whether there is a notebook, or anything else, where a learner writes a lesson."""
        return os.path.lexists(self.notebook(lesson))


def fill(course: Course, lesson_ids: Iterable[str] = (), renew: bool = True) -> Filled:
    """Put lessons (default: all) into `work/`, and new editions of those that are there.

    Where nbgrader's exchange hands lessons out, a lesson that is not there yet is put there only if
    it is named: `nbgrader fetch_assignment` refuses a folder that exists. Without `renew`, what is
    there is not touched: JupyterLab has it open, perhaps.
    """
    from autograder.work.start_page import write_start_page

    asked = list(lesson_ids)
    lessons = [course.lesson(name) for name in asked or course.lesson_ids()]
    place, done = Workplace(course), Filled()
    (place.hidden / "given").mkdir(parents=True, exist_ok=True)
    with files.locked(place.hidden / "lock"):
        with suppress(FileExistsError):
            files.create(
                place.root / "nbgrader_config.py", CONFIG.format(root=str(course.root)).encode()
            )
        handed_out = released(course)
        new = sum(
            _fill_one(place, lesson, handed_out, bool(asked), renew, done) for lesson in lessons
        )
        if new:
            done.said.insert(0, f"{new} lesson{'s' if new > 1 else ''} put into work/.")
        if renew:
            write_start_page(place)
    return done


def _fill_one(
    place: Workplace,
    lesson: Lesson,
    handed_out: dict[str, Path],
    asked: bool,
    renew: bool,
    done: Filled,
) -> bool:
    """Put a lesson where it belongs, and say what was done; whether it was not there before."""
    try:
        if place.has(lesson):
            done.said.extend(_renew(place, lesson, handed_out.get(lesson.id)) if renew else [])
        elif lesson.id in handed_out and asked:
            fetch = f"nbgrader fetch_assignment {lesson.id}"
            done.problems.append(f"{lesson.id} is handed out by your instructor: `{fetch}`")
        elif asked or not handed_out:
            done.said.extend(_put(place, lesson))
            return True
    except Unreadable as error:
        done.problems.append(f"{_shown(place, lesson)} was left as it is: {error}")
    except files.Changed:
        done.problems.append(f"{_shown(place, lesson)} is being written by something else")
    except OSError as error:
        done.problems.append(f"{error.filename or lesson.id}: {error.strerror or error}")
    return False


def _put(place: Workplace, lesson: Lesson) -> list[str]:
    """A lesson's first notebook: blank, or with what was written in `notebooks/`."""
    content, said = _edition(place, lesson), []
    _remember(place, lesson, content)
    old, release = release_path(place.course, lesson), lesson.release()
    if written_in(old, release):
        there, here = f"notebooks/{lesson.id}", _shown(place, lesson)
        try:
            content = _adopted(read(old.read_bytes()), release, read(content))
            said = [f"What you wrote in {there} has been copied to {here}: go on there."]
        except Unreadable as error:
            said = [f"{here} is blank, for the one in {there} cannot be read: {error}"]
    files.create(place.notebook(lesson), content)
    return said


def _renew(place: Workplace, lesson: Lesson, handed_out: Path | None) -> list[str]:
    """The present edition in the place of an earlier one, with what was written in that."""
    path = place.notebook(lesson)
    if path.is_symlink():
        return []  # whose file this is, and where, is the learner's affair
    mine, given, new = path.read_bytes(), _given(place, lesson), _edition(place, lesson)
    notebook = read(mine)
    if given == new or (handed_out and given is None):
        return _made_ready(path, mine, handed_out) if handed_out else []
    result = new if mine == new else _carried(notebook, lesson, given, new)
    said = _replace(place, lesson, mine, given, result) if result not in (None, mine) else []
    _remember(place, lesson, new)
    return said


def _carried(mine: NotebookNode, lesson: Lesson, given: bytes | None, new: bytes) -> bytes | None:
    """The new edition with what is the learner's; None if the notebook is of that edition."""
    edition = read(new)
    if given is None:
        return _adopted(mine, lesson.release(), edition)
    before = read(given)
    if fits(mine, edition) > fits(mine, before):
        return None  # a crash came between writing it and remembering it
    if is_given(mine, before):
        return new
    return to_bytes(carry_over(mine, before, edition))


def _adopted(mine: NotebookNode, release: NotebookNode, edition: NotebookNode) -> bytes:
    """A notebook that was not given here, with its learner's work in the present edition."""
    if is_same_edition(mine, release):
        return to_bytes(carry_over(mine, release, edition))
    return to_bytes(carry_over(only_what_is_mine(mine, edition), edition, edition))


def _replace(
    place: Workplace, lesson: Lesson, mine: bytes, given: bytes | None, result: bytes
) -> list[str]:
    """Put a new edition in the place of the notebook, and keep that if anyone wrote in it."""
    path = place.notebook(lesson)
    if given is not None and is_given(read(mine), read(given)):
        files.replace(path, result, expected=mine)
        return [f"{lesson.id} is a new edition; you had not begun the one before."]
    if result == to_bytes(ready(read(mine))):  # of this edition, but for its check cells
        files.replace(path, result, expected=mine)
        return []
    kept = _keep(path, mine)
    files.replace(path, result, expected=mine)
    return [
        f"{lesson.id} is a new edition, with what you wrote carried over. "
        f"Your notebook as it was: {path.parent.name}/{kept.name}"
    ]


def _keep(path: Path, content: bytes) -> Path:
    """A copy of a notebook beside it, named for the day: `optimizers (before 2026-11-28).ipynb`."""
    day, number = date.today().isoformat(), 1
    while True:
        which = f"before {day}" if number == 1 else f"before {day}, {number}"
        kept = path.with_name(f"{path.stem} ({which}).ipynb")
        try:
            files.create(kept, content)
        except FileExistsError:
            if kept.is_file() and kept.read_bytes() == content:
                return kept
            number += 1
        else:
            return kept


def _made_ready(path: Path, mine: bytes, handed_out: Path) -> list[str]:
    """Ready check cells in a notebook that was fetched and not yet written in."""
    fetched = handed_out / path.name
    if fetched.is_file() and fetched.read_bytes() == mine:
        content = to_bytes(ready(read(mine)))
        if content != mine:
            files.replace(path, content, expected=mine)
    return []


def _edition(place: Workplace, lesson: Lesson) -> bytes:
    """What a learner begins with: the release, its check cells ready to run.

    The built notebook is asked first, for making a release takes longer than reading one.
    """
    given = _given(place, lesson)
    with suppress(OSError, Unreadable):
        built = to_bytes(ready(read(release_path(place.course, lesson).read_bytes())))
        if built == given:
            return built
    return to_bytes(ready(lesson.release()))


def _given(place: Workplace, lesson: Lesson) -> bytes | None:
    try:
        content = place.given(lesson).read_bytes()
        read(content)
    except (OSError, Unreadable):
        return None
    return content


def _remember(place: Workplace, lesson: Lesson, edition: bytes) -> None:
    if _given(place, lesson) != edition:
        files.replace(place.given(lesson), edition)


def _shown(place: Workplace, lesson: Lesson) -> str:
    return str(place.notebook(lesson).relative_to(place.course.root))
