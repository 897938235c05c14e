"""The command line: one program, `autograder`."""

from __future__ import annotations

import json
import sys
from pathlib import Path

import click

from autograder.cli.errors import DONE, PROBLEMS, STOPPED, clear_errors, fail
from autograder.cli.home import home_folder
from autograder.course.course import Course, CourseError
from autograder.course.lesson import Lesson


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="descent")
@click.pass_context
def main(context: click.Context) -> None:
    """Build, judge and grade the lessons of Descent."""
    context.with_resource(home_folder())


@main.command()
@click.argument("lessons", nargs=-1)
@click.option("--check", is_flag=True, help="Only say what is stale; change nothing.")
@clear_errors
def build(lessons: tuple[str, ...], check: bool) -> None:
    """Make the solution notebook and the learner's notebook from each lesson's source.

    Example: autograder build 05_optimizers
    """
    from autograder.authoring.build import build as build_lessons

    course = Course.find()
    stale = build_lessons(course, list(lessons) or course.lesson_ids(), check=check)
    for item in stale:
        click.echo(str(item))
    sys.exit(PROBLEMS if stale and (check or any(item.left for item in stale)) else DONE)


@main.command()
@click.argument("lessons", nargs=-1)
@clear_errors
def work(lessons: tuple[str, ...]) -> None:
    """Put lessons into work/, where learners write, and new editions of those that are there.

    What was written is never lost: it is carried over into a new edition, and the notebook as it
    was stays beside it.

    Example: autograder work 05_optimizers
    """
    from autograder.work.workplace import fill

    done = fill(Course.find(), lessons)
    for line in done.said:
        click.echo(line)
    for line in done.problems:
        click.echo(f"autograder: {line}", err=True)
    sys.exit(PROBLEMS if done.problems else DONE)


@main.command()
@click.argument("notebook", type=click.Path(path_type=Path))
@click.option(
    "--lesson", "lesson_id", metavar="L", help="By default, the lesson that it resembles."
)
@click.option("--seed", type=click.IntRange(0, 2**53), help="Repeat a verdict: the seed it names.")
@click.option("--json", "as_json", is_flag=True, help="Print the verdict as one JSON object.")
@click.option("--unsealed", is_flag=True, help="Run the code with your own rights. Your choice.")
@click.option("--full", is_flag=True, help="Run demo cells too.")
@clear_errors
def judge(
    notebook: Path,
    lesson_id: str | None,
    seed: int | None,
    as_json: bool,
    unsealed: bool,
    full: bool,
) -> None:
    """Judge one notebook, without a gradebook. Exit status 1 if points are missing.

    Example: autograder judge work/05_optimizers/optimizers.ipynb --json
    """
    from autograder.course.seeds import draw_seed
    from autograder.feedback.text import explain, points
    from autograder.grading.grade import grade_notebook
    from autograder.handins.asked import read_asked
    from autograder.submission.rebuild import identify, rebuild

    course = Course.find()
    submission = read_asked(notebook)
    lesson = course.lesson(lesson_id) if lesson_id else identify(submission, course)
    graded = grade_notebook(
        rebuild(submission, lesson),
        seed=draw_seed() if seed is None else seed,
        sealed=not unsealed,
        full=full,
    )
    verdict = graded.verdict
    if as_json:
        click.echo(json.dumps(verdict.as_json(), indent=2))
    else:
        for item in verdict.exercises.values():
            click.echo(explain(item) + "\n")
        for problem in verdict.errors:
            click.echo(problem)
        total = f"{points(verdict.score)} of {points(verdict.max_score)}"
        click.echo(f"{lesson.id}: {total} points (seed {verdict.seed}).")
    sys.exit(DONE if verdict.score == verdict.max_score else PROBLEMS)


@main.command()
@click.argument("lesson")
@click.option("--student", default="*", metavar="S", help="One learner's id; by default, everyone.")
@click.option("--workers", type=click.IntRange(1), help="Processes; by default, one for each core.")
@click.option("--scheduler", metavar="A", help="Address of a dask scheduler: use its workers.")
@click.option("--force", is_flag=True, help="Draw a new seed, and grade everything again.")
@click.option("--full", is_flag=True, help="Run demo cells too.")
@click.option("--unsealed", is_flag=True, help="Run the code with your own rights. Your choice.")
@clear_errors
def grade(
    lesson: str,
    student: str,
    workers: int | None,
    scheduler: str | None,
    force: bool,
    full: bool,
    unsealed: bool,
) -> None:
    """Grade everything in submitted/ into the gradebook, and write feedback.

    What is handed in after feedback was written meets new inputs. Exit status 1 if a person has to
    look at something.

    Example: autograder grade 05_optimizers --workers 2
    """
    from autograder.batch.local_workers import compute_with_one_thread

    compute_with_one_thread()  # before NumPy is imported

    from autograder.batch.grade_class import grade_lesson
    from autograder.batch.report import print_report, progress_bar

    if workers and scheduler:
        raise click.UsageError("--workers is of this machine; with --scheduler, start more there")
    try:
        with progress_bar(f"grading {lesson}") as progress:
            report = grade_lesson(
                Course.find(),
                lesson,
                student=student,
                workers=workers,
                scheduler=scheduler,
                force=force,
                full=full,
                sealed=not unsealed,
                progress=progress,
            )
    except KeyboardInterrupt:
        fail("stopped; what was graded is kept, and the same command goes on from there", STOPPED)
    print_report(report)
    sys.exit(PROBLEMS if report.needs_a_person else DONE)


@main.command()
@click.argument("lessons", nargs=-1)
@click.option("--mutate", is_flag=True, help="Change the reference; list what no probe sees.")
@click.option("--exercise", metavar="KEY", help="With --mutate: of one exercise only.")
@clear_errors
def audit(lessons: tuple[str, ...], mutate: bool, exercise: str | None) -> None:
    """Test the hidden tests: each misconception against each probe.

    With --mutate: every small change of the reference has to be seen by a probe, or explained in
    the lesson's survivors.toml.

    Example: autograder audit 05_optimizers
    """
    if mutate:
        _mutate(lessons, exercise)
    elif exercise:
        raise click.UsageError("--exercise goes with --mutate")
    else:
        _audit(lessons)


def _mutate(lessons: tuple[str, ...], exercise: str | None) -> None:
    from autograder.authoring.mutation import mutate_lesson, report_lines
    from autograder.batch.report import progress_bar

    course = Course.find()
    chosen = [course.lesson(lesson_id) for lesson_id in lessons or course.lesson_ids()]
    chosen = [lesson for lesson in chosen if not _skip(lesson)]
    if exercise:
        chosen = [lesson for lesson in chosen if exercise in lesson.exercises]
        if not chosen:
            raise CourseError(f"no exercise {exercise!r} in {', '.join(lessons) or 'any lesson'}")
    problems = False
    for lesson in chosen:
        with progress_bar(f"changing {lesson.id}") as progress:
            result = mutate_lesson(lesson, [exercise] if exercise else [], progress=progress)
        click.echo(f"# {lesson.id}")
        for line in report_lines(result):
            click.echo(line)
        problems = problems or not result.fine
    sys.exit(PROBLEMS if problems else DONE)


def _skip(lesson: Lesson) -> bool:
    """Whether a lesson needs what is not installed, which is said."""
    from autograder.course.needs import skipped

    said = skipped(lesson)
    if said:
        click.echo(said)
    return bool(said)


def _audit(lessons: tuple[str, ...]) -> None:
    from autograder.authoring.audit import audit_lesson, matrix, summary
    from autograder.harness.probe import load_probes

    course = Course.find()
    problems = 0
    for lesson_id in lessons or course.lesson_ids():
        lesson = course.lesson(lesson_id)
        if _skip(lesson):
            continue
        result = audit_lesson(lesson)
        problems += len(result.problems)
        click.echo(f"# {lesson_id}")
        for line in matrix(result, load_probes(lesson.slug)):
            click.echo(line)
        for problem in result.problems:
            click.echo(f"problem: {problem}")
        click.echo(f"= {lesson_id}: {summary(result)}")
    sys.exit(PROBLEMS if problems else DONE)


@main.command()
@clear_errors
def doctor() -> None:
    """Say what this machine can do, and what to do about what is missing.

    Example: autograder doctor
    """
    from autograder.cli.doctor import examine

    healthy = True
    for finding in examine():
        click.echo(str(finding))
        healthy = healthy and finding.fine
    sys.exit(DONE if healthy else PROBLEMS)


@main.command()
@click.option("--keep", type=click.Path(path_type=Path), help="Make the class here, and leave it.")
@click.option("--workers", type=click.IntRange(1), help="Processes; by default, one for each core.")
@click.option("--every-mistake", is_flag=True, help="Hand in every misconception of the bank.")
@clear_errors
def demo(keep: Path | None, workers: int | None, every_mistake: bool) -> None:
    """Grade a whole class of lesson 05 in a temporary folder, and check every score.

    Example: autograder demo --keep /tmp/class
    """
    from autograder.demo import run_demo

    sys.exit(DONE if run_demo(keep, workers, every_mistake) else PROBLEMS)


if __name__ == "__main__":
    main()
