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
from autograder.demo.hostile import hostile_students
from autograder.demo.mangled import mangled_students
from autograder.demo.mistakes import mistaken_students
from autograder.demo.sample_answers import answers
from autograder.demo.students import Student, as_bytes, fill_in, full_marks, right_sources
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
        students = list(the_class(lesson, batch_seed(course, LESSON), most))
        hand_in(course, lesson, students)
        with progress_bar(f"grading {len(students)} submissions") as progress:
            report = grade_lesson(course, LESSON, workers=workers, progress=progress)
        print_report(report)
        problems = list(problems_of(report, students, course, lesson))
    console = Console()
    for problem in problems:
        console.print(problem, markup=False, soft_wrap=True)
    right = len(students) - len({problem.split(":")[0] for problem in problems})
    console.print(f"{right} of {len(students)} submissions got what they should.")
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


def the_class(lesson: Lesson, seed: int, mistaken: int | None) -> Iterator[Student]:
    """Right in several ways, blank, late, unreadable, mistaken, mangled, hostile."""
    full = full_marks(lesson)
    yield Student("right-reference", as_bytes(fill_in(lesson, right_sources(lesson))), full)
    for name, sources in answers().items():
        own = {**right_sources(lesson), **sources}  # the predictions are letters, whoever writes
        yield Student(f"right-{name}", as_bytes(fill_in(lesson, own)), full)
    yield Student("blank", as_bytes(lesson.release()))
    half = dict(list(right_sources(lesson).items())[:4])
    done = {key: full[key] for key in list(full)[:4]}
    yield Student("half-done", as_bytes(fill_in(lesson, half)), done)
    yield Student("late", as_bytes(fill_in(lesson, right_sources(lesson))), full, late=True)
    yield Student("truncated", as_bytes(lesson.release())[:5000], unreadable=True)
    yield Student("empty-file", b"", unreadable=True)
    yield Student("not-a-notebook", b"\x89PNG\r\n" + bytes(range(256)), unreadable=True)
    yield from mangled_students(lesson)
    yield from mistaken_students(lesson, seed, mistaken)
    yield from hostile_students(lesson)


def hand_in(course: Course, lesson: Lesson, students: list[Student]) -> None:
    """Write `submitted/`, as collecting from the exchange would."""
    for student in students:
        folder = course.root / "submitted" / student.name / lesson.id
        folder.mkdir(parents=True)
        (folder / f"{lesson.slug}.ipynb").write_bytes(student.notebook)
        for name, content in student.beside.items():
            (folder / name).write_bytes(content)
        handed_in = DUE + datetime.timedelta(days=2 if student.late else -2)
        (folder / "timestamp.txt").write_text(handed_in.strftime("%Y-%m-%d %H:%M:%S UTC"))


def problems_of(
    report: BatchReport, students: list[Student], course: Course, lesson: Lesson
) -> Iterator[str]:
    """Everything that is not as it should be, a line each."""
    entries = {entry.student: entry for entry in report.entries}
    for who, why in report.failed.items():
        yield f"{who}: nbgrader could not enter the submission: {why}"
    for student in students:
        entry = entries.get(student.name)
        if entry is None:
            yield f"{student.name}: was not graded"
        elif student.unreadable:
            if entry.verdict is not None or entry.score != 0:
                yield f"{student.name}: should be unreadable, and get 0 in the gradebook"
        else:
            yield from _verdict_problems(student, entry)
        feedback = course.root / "feedback" / student.name / lesson.id / f"{lesson.slug}.html"
        if not feedback.is_file():
            yield f"{student.name}: has no feedback"
        else:
            yield from _feedback_problems(student.name, feedback.read_text(encoding="utf-8"))


def _verdict_problems(student: Student, entry: Entry) -> Iterator[str]:
    if entry.verdict is None:
        yield f"{student.name}: has no verdict: {entry.problem}"
        return
    for key, verdict in entry.verdict.exercises.items():
        wanted = student.expected.get(key, 0.0)
        if verdict.score != wanted:
            why = next((p.message for p in verdict.probes if p.message), verdict.note)
            yield f"{student.name}: {key} got {verdict.score:g} and should get {wanted:g} ({why})"
        said = verdict.diagnosis.misconception if verdict.diagnosis else None
        if key in student.named and said != student.named[key]:
            yield f"{student.name}: {key} is told {said} and should be told {student.named[key]}"
    in_gradebook = 0.0 if student.late else sum(student.expected.values())
    if entry.score != in_gradebook:
        yield f"{student.name}: the gradebook says {entry.score}, and should say {in_gradebook:g}"


def _feedback_problems(name: str, page: str) -> Iterator[str]:
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
