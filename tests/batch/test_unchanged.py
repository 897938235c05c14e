"""A batch leaves out whom nothing has happened to, and nobody else."""

from __future__ import annotations

import contextlib
import json
import shutil
import sqlite3
from datetime import datetime
from pathlib import Path

import pytest
from traitlets.config import Config

from autograder.batch import grade_class
from autograder.batch.converters import Enter, MakeFeedback
from autograder.batch.gradebook import course_config, scores, set_due_date
from autograder.batch.settings import settings_as_text
from tests.helpers.handing_in import HOME, LESSON, blank, different, hand_in, make_course, right

CLASS = {"ana": right(), "ben": different(), "cleo": blank()}
EVERYONE = sorted(CLASS)


@pytest.fixture(scope="module")
def left(tmp_path_factory):
    """A class that was graded; a test may do with it what it likes."""
    root = tmp_path_factory.mktemp("unchanged") / "course"
    root.mkdir()
    course = make_course(root)
    for who, notebook in CLASS.items():
        hand_in(course, {HOME: notebook}, who)
    grade_class.grade_lesson(course, LESSON.id, workers=1)
    kept = root.with_name("kept")
    shutil.copytree(root, kept, symlinks=True)
    return course, kept


@pytest.fixture
def course(left):
    course, kept = left
    shutil.rmtree(course.root)
    shutil.copytree(kept, course.root, symlinks=True)
    return course


@pytest.fixture
def done(monkeypatch):
    """Whom each step was done for."""
    done = {"entered": [], "written": []}
    for step, kind in (("entered", Enter), ("written", MakeFeedback)):
        one_by_one = kind.convert_learner

        def noted(self, student, step=step, one_by_one=one_by_one):
            done[step].append(student)
            one_by_one(self, student)

        monkeypatch.setattr(kind, "convert_learner", noted)
    return done


def grade(course, **settings):
    return grade_class.grade_lesson(course, LESSON.id, workers=1, **settings)


def run(course, statement):
    with contextlib.closing(sqlite3.connect(course.root / "gradebook.db")) as connection:
        changed = connection.execute(statement).rowcount
        connection.commit()
    assert changed > 0


def of(who):
    return (
        "notebook_id IN (SELECT n.id FROM submitted_notebook n JOIN submitted_assignment a"
        f" ON a.id = n.assignment_id WHERE a.student_id = '{who}')"
    )


def of_cell(name):
    return f"cell_id IN (SELECT id FROM base_cell WHERE name = '{name}')"


def tree(course):
    files = [path for path in course.root.rglob("*") if path.is_file()]
    skipped = (".autograder", "gradebook.db", "notebooks")  # the release is written each time
    return {
        str(p.relative_to(course.root)): (p.read_bytes(), p.stat().st_mtime_ns)
        for p in files
        if p.relative_to(course.root).parts[0] not in skipped
    }


@pytest.mark.sealed
def test_nothing_is_done_for_whom_nothing_has_happened_to(course, done):
    before, given = tree(course), scores(course, LESSON)
    report = grade(course)
    assert done == {"entered": [], "written": []}
    assert {entry.student: entry.score for entry in report.entries} == given
    assert not report.needs_a_person
    assert report.unchanged == len(CLASS)
    assert tree(course) == before


def edit(folder, name):
    def change(course):
        path = course.root / folder / "ben" / LESSON.id / name
        path.chmod(0o644)
        path.write_bytes(path.read_bytes() + b" ")

    return change


def remove(folder, name):
    return lambda course: (course.root / folder / "ben" / LESSON.id / name).unlink()


def sql(statement):
    return lambda course: run(course, statement)


BY_BEN = "student_id = 'ben'"
IS_BENS = f"id IN (SELECT notebook_id FROM grade WHERE {of('ben')})"
LONGER = "1970-01-02 00:00:00"  # an interval of a day, as SQLite keeps it
CHANGES = {
    "another notebook": lambda course: hand_in(course, {HOME: right()}, "ben"),
    "a timestamp": lambda c: hand_in(c, {f"{LESSON.id}/timestamp.txt": "2026-01-05 UTC"}, "ben"),
    "a picture": lambda course: hand_in(course, {f"{LESSON.id}/sketch.png": b"\x89PNG"}, "ben"),
    "the notebook that was graded": edit("autograded", "orientation.ipynb"),
    "no verdict": remove("autograded", "orientation.verdict.json"),
    "a score": sql(f"UPDATE grade SET auto_score = 1 WHERE auto_score = 0 AND {of('ben')}"),
    "no scores": sql(f"UPDATE grade SET auto_score = NULL WHERE {of('ben')}"),
    "a remark by the grader": sql(f"UPDATE comment SET auto_comment = '?' WHERE {of('ben')}"),
    "a penalty": sql(f"UPDATE submitted_notebook SET late_submission_penalty = 2 WHERE {IS_BENS}"),
    "longer time": sql(f"UPDATE submitted_assignment SET extension = '{LONGER}' WHERE {BY_BEN}"),
    "a record of nothing": lambda course: forget(course, "ben"),
}  # fmt: skip


def forget(course, who):
    path = course.root / ".autograder" / "entered" / f"{LESSON.id}.json"
    record = json.loads(path.read_text())
    record[who] = {"entry": [], "page": "x"}
    path.write_text(json.dumps(record))


@pytest.mark.sealed
@pytest.mark.parametrize("what", CHANGES)
def test_whoever_has_changed_is_entered_anew(what, course, done):
    CHANGES[what](course)
    grade(course)
    assert done["entered"] == ["ben"]
    assert set(done["written"]) <= {"ben"}
    done["entered"].clear()
    done["written"].clear()
    grade(course)
    assert done == {"entered": [], "written": []}


@pytest.mark.sealed
def test_what_was_edited_is_what_it_was_again(course):
    given = scores(course, LESSON)
    run(course, f"UPDATE grade SET auto_score = 1 WHERE auto_score = 0 AND {of('ben')}")
    edit("feedback", "orientation.html")(course)
    assert scores(course, LESSON) != given
    before = tree(course)
    grade(course)
    assert scores(course, LESSON) == given
    page = f"feedback/ben/{LESSON.id}/orientation.html"
    assert tree(course)[page][0] + b" " == before[page][0]


PAGES = {
    "an edited page": edit("feedback", "orientation.html"),
    "no page": remove("feedback", "orientation.html"),
    "a word by a person": sql(f"UPDATE comment SET manual_comment = 'good' WHERE {of('ben')}"),
    "extra points": sql(f"UPDATE grade SET extra_credit = 1 WHERE {of('ben')}"),
}


@pytest.mark.sealed
@pytest.mark.parametrize("what", PAGES)
def test_a_page_alone_is_written_anew(what, course, done):
    PAGES[what](course)
    grade(course)
    assert done == {"entered": [], "written": ["ben"]}


@pytest.mark.sealed
def test_what_a_person_has_graded_does_not_wait_for_them_again(course, done):
    """nbgrader, entering a submission again, has them look at it a second time."""
    by_hand = f"{of('ben')} AND {of_cell('nan_or_bug')}"
    run(course, f"UPDATE grade SET manual_score = 2, needs_manual_grade = 0 WHERE {by_hand}")
    given = scores(course, LESSON)["ben"]
    grade(course)
    assert done == {"entered": [], "written": ["ben"]}
    assert scores(course, LESSON)["ben"] == given
    with contextlib.closing(sqlite3.connect(course.root / "gradebook.db")) as connection:
        asked = f"SELECT manual_score, needs_manual_grade FROM grade WHERE {by_hand}"
        assert connection.execute(asked).fetchall() == [(2.0, 0)]
    hand_in(course, {HOME: right() + b"\n"}, "ben")
    grade(course)
    assert done["entered"] == ["ben"]


@pytest.mark.sealed
@pytest.mark.parametrize("force", [True, False])
def test_all_are_entered_when_that_is_asked_for_or_the_lesson_is_due_at_another_time(
    force, course, done
):
    if not force:
        set_due_date(course, LESSON.id, datetime(2026, 3, 1))
    grade(course, force=force)
    assert done["entered"] == EVERYONE


HOOK = "c.Autograde.post_convert_hook = lambda **about: None\n"


@pytest.mark.sealed
@pytest.mark.parametrize(
    ("added", "always"), [("c.LimitOutput.max_lines = 7\n", False), (HOOK, True)]
)
def test_another_configuration_enters_all_and_one_with_foreign_code_always(
    added, always, course, done
):
    with (course.root / "nbgrader_config.py").open("a") as file:
        file.write(added)
    for expected in (EVERYONE, EVERYONE if always else []):
        grade(course)
        assert done["entered"] == expected
        done["entered"].clear()


@pytest.mark.sealed
@pytest.mark.parametrize("content", ["{", "[]", '{"ben": 3}', "\ud800"])
def test_a_damaged_record_costs_time_and_nothing_else(content, course, done):
    path = course.root / ".autograder" / "entered" / f"{LESSON.id}.json"
    path.write_bytes(content.encode(errors="surrogatepass"))
    grade(course)
    assert done["entered"] == EVERYONE


@pytest.mark.sealed
def test_a_result_that_another_run_may_not_have_is_not_recorded(course, done, monkeypatch):
    """A clock ran out: that was entered, and the next batch, which finds time, enters anew."""
    hand_in(course, {HOME: right() + b" "}, "ben")
    graded = grade_class.grade_submission

    def in_haste(task):
        outcome = graded(task)
        losses = grade_class.replace(outcome.graded, settled=False)
        return grade_class.replace(outcome, graded=losses)

    with monkeypatch.context() as patch:
        patch.setattr(grade_class, "in_workers", lambda do, tasks, _: in_turn(in_haste, tasks))
        grade(course)
    assert done["entered"] == ["ben"]
    grade(course)
    assert done["entered"] == ["ben", "ben"]


def in_turn(do, tasks):
    for who in tasks:
        yield who, do(tasks[who])


@pytest.mark.parametrize(
    ("settings", "known"),
    [
        ({"Autograde": {"exporter_class": "autograder.nbgrader_plugins.reader.X"}}, True),
        ({"AssignLatePenalties": {"plugin_class": "late.Policy"}}, False),
        ({"Autograde": {"autograde_preprocessors": ["nbgrader.X", "mine.steps.Step"]}}, False),
        ({"Autograde": {"pre_convert_hook": print}}, False),
        ({"CourseDirectory": {"db_url": "sqlite:///a.db", "ignore": ["*.pyc"]}}, True),
    ],
)
def test_a_configuration_is_known_where_it_names_no_foreign_code(settings, known):
    assert (settings_as_text(Config(settings), Path("/course")) is not None) == known


def test_the_courses_own_configuration_is_known_wherever_the_course_is(tmp_path):
    settings = []
    for name in ("here", "ö 'there"):
        (tmp_path / name).mkdir()
        course = make_course(tmp_path / name)
        settings.append(settings_as_text(course_config(course), course.root))
    assert settings[0] == settings[1]
    assert settings[0]
