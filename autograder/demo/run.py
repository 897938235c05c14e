"""Hand in a class, grade it as an instructor would, and hold every score against what it should
be."""

from __future__ import annotations

import datetime
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from rich.console import Console

from autograder.batch.grade_class import BatchReport, Entry, grade_lesson
from autograder.batch.gradebook import set_due_date
from autograder.batch.report import print_report, progress_bar
from autograder.course.course import Course, CourseError
from autograder.course.lesson import Lesson
from autograder.demo.hostile import hostile_pupils
from autograder.demo.mangled import mangled_pupils
from autograder.demo.mistakes import mistaken_pupils
from autograder.demo.sample_answers import answers
from autograder.demo.students import Pupil, as_bytes, fill_in, full_marks, right_sources
from autograder.grading.batch_seeds import batch_seed

LESSON = "05_optimizers"
MISTAKEN = 12  # learners with a mistake in every exercise, unless every mistake is asked for
DUE = datetime.datetime(2026, 1, 15, 12, 0)
# What an instructor would write into their own nbgrader_config.py: nothing for what comes late.
LATE_POLICY = '\nget_config().LateSubmissionPlugin.penalty_method = "zero"\n'


def run_demo(
    keep: Path | None = None, workers: int | None = None, every_mistake: bool = False
) -> bool:
    """Grade a class in a temporary folder, or in `keep`; print who got what; True if all is as it
    should be."""
    with _folder(keep) as folder:
        course = make_course(Course.find(), folder)
        lesson = course.lesson(LESSON)
        most = None if every_mistake else MISTAKEN
        pupils = list(the_class(lesson, batch_seed(course, LESSON), most))
        hand_in(course, lesson, pupils)
        with progress_bar(f"grading {len(pupils)} submissions") as progress:
            report = grade_lesson(course, LESSON, workers=workers, progress=progress)
        print_report(report)
        problems = list(check(report, pupils, course, lesson))
    console = Console()
    for problem in problems:
        console.print(problem, markup=False, soft_wrap=True)
    right = len(pupils) - len({problem.split(":")[0] for problem in problems})
    console.print(f"{right} of {len(pupils)} submissions got what they should.")
    return not problems


def make_course(source: Course, folder: Path) -> Course:
    """A course folder of its own: one lesson, the data, the configuration, a due date to come."""
    if any(folder.iterdir()):
        raise CourseError(f"{folder} is not empty: name a new folder")
    shutil.copytree(
        source.solutions / LESSON,
        folder / "solutions" / LESSON,
        ignore=shutil.ignore_patterns("__pycache__", ".ipynb_checkpoints"),
    )
    if source.data.is_dir():
        shutil.copytree(source.data, folder / "data")
    config = (source.root / "nbgrader_config.py").read_text(encoding="utf-8")
    (folder / "nbgrader_config.py").write_text(config + LATE_POLICY, encoding="utf-8")
    course = Course(folder)
    set_due_date(course, LESSON, DUE)
    return course


def the_class(lesson: Lesson, seed: int, mistaken: int | None) -> Iterator[Pupil]:
    """Right in several ways, blank, late, unreadable, mistaken, mangled, hostile."""
    full = full_marks(lesson)
    yield Pupil("right-reference", as_bytes(fill_in(lesson, right_sources(lesson))), full)
    for name, sources in answers().items():
        own = {**right_sources(lesson), **sources}  # the predictions are letters, whoever writes
        yield Pupil(f"right-{name}", as_bytes(fill_in(lesson, own)), full)
    yield Pupil("blank", as_bytes(lesson.release()))
    half = dict(list(right_sources(lesson).items())[:4])
    done = {key: full[key] for key in list(full)[:4]}
    yield Pupil("half-done", as_bytes(fill_in(lesson, half)), done)
    yield Pupil("late", as_bytes(fill_in(lesson, right_sources(lesson))), full, late=True)
    yield Pupil("truncated", as_bytes(lesson.release())[:5000], unreadable=True)
    yield Pupil("empty-file", b"", unreadable=True)
    yield Pupil("not-a-notebook", b"\x89PNG\r\n" + bytes(range(256)), unreadable=True)
    yield from mangled_pupils(lesson)
    yield from mistaken_pupils(lesson, seed, mistaken)
    yield from hostile_pupils(lesson)


def hand_in(course: Course, lesson: Lesson, pupils: list[Pupil]) -> None:
    """Write `submitted/`, as collecting from the exchange would."""
    for pupil in pupils:
        folder = course.root / "submitted" / pupil.name / lesson.id
        folder.mkdir(parents=True)
        (folder / f"{lesson.slug}.ipynb").write_bytes(pupil.notebook)
        for name, content in pupil.beside.items():
            (folder / name).write_bytes(content)
        handed_in = DUE + datetime.timedelta(days=2 if pupil.late else -2)
        (folder / "timestamp.txt").write_text(handed_in.strftime("%Y-%m-%d %H:%M:%S UTC"))


def check(
    report: BatchReport, pupils: list[Pupil], course: Course, lesson: Lesson
) -> Iterator[str]:
    """Everything that is not as it should be, a line each."""
    entries = {entry.student: entry for entry in report.entries}
    for who, why in report.failed.items():
        yield f"{who}: nbgrader could not enter the submission: {why}"
    for pupil in pupils:
        entry = entries.get(pupil.name)
        if entry is None:
            yield f"{pupil.name}: was not graded"
        elif pupil.unreadable:
            if entry.verdict is not None or entry.score != 0:
                yield f"{pupil.name}: should be unreadable, and get 0 in the gradebook"
        else:
            yield from _check_verdict(pupil, entry)
        feedback = course.root / "feedback" / pupil.name / lesson.id / f"{lesson.slug}.html"
        if not feedback.is_file():
            yield f"{pupil.name}: has no feedback"
        else:
            yield from _check_feedback(pupil.name, feedback.read_text(encoding="utf-8"))


def _check_verdict(pupil: Pupil, entry: Entry) -> Iterator[str]:
    if entry.verdict is None:
        yield f"{pupil.name}: has no verdict: {entry.problem}"
        return
    for key, verdict in entry.verdict.exercises.items():
        wanted = pupil.expected.get(key, 0.0)
        if verdict.score != wanted:
            why = next((p.message for p in verdict.probes if p.message), verdict.note)
            yield f"{pupil.name}: {key} got {verdict.score:g} and should get {wanted:g} ({why})"
        said = verdict.diagnosis.misconception if verdict.diagnosis else None
        if key in pupil.named and said != pupil.named[key]:
            yield f"{pupil.name}: {key} is told {said} and should be told {pupil.named[key]}"
    in_gradebook = 0.0 if pupil.late else sum(pupil.expected.values())
    if entry.score != in_gradebook:
        yield f"{pupil.name}: the gradebook says {entry.score}, and should say {in_gradebook:g}"


def _check_feedback(name: str, page: str) -> Iterator[str]:
    for secret in ("BEGIN HIDDEN", "autograder.hidden", "<script>document.title"):
        if secret in page:
            yield f"{name}: its feedback page shows {secret!r}"


@contextmanager
def _folder(keep: Path | None) -> Iterator[Path]:
    if keep is None:
        with tempfile.TemporaryDirectory(prefix="descent-demo-") as name:
            yield Path(name).resolve()
    else:
        keep.mkdir(parents=True, exist_ok=True)
        yield keep.resolve()
