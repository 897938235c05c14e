"""One connection for a batch, a session for each step, and nothing left behind."""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

import nbgrader.api
import pytest
from nbgrader.api import Gradebook, MissingEntry
from nbgrader.dbutil import _temp_alembic_ini
from sqlalchemy.exc import OperationalError

from autograder.nbgrader_plugins.mends import mend_nbgrader
from autograder.nbgrader_plugins.shared_gradebook import shared_gradebook

mend_nbgrader()


@pytest.fixture
def url(tmp_path):
    return f"sqlite:///{tmp_path / 'gradebook.db'}"


def test_steps_have_one_connection_and_sessions_of_their_own(url):
    with shared_gradebook(url):
        with Gradebook(url) as first:
            first.add_student("ana")
            first.find_student("ana").last_name = "not committed"
        with Gradebook(url, "descent") as second:
            assert second.engine is first.engine
            assert second.find_student("ana").last_name is None
            with Gradebook(url, "descent") as inner:
                inner.add_student("ben")
            second.find_student("ana").first_name = "Ana"  # still in its session
            second.db.commit()
    with Gradebook(url) as after:
        assert after.engine is not first.engine
        assert sorted(student.id for student in after.students) == ["ana", "ben"]
        assert after.find_student("ana").first_name == "Ana"
        courses = after.db.query(nbgrader.api.Course.id).all()
    assert sorted(name for (name,) in courses) == ["default_course", "descent"]


def test_another_database_is_another_connection(url, tmp_path):
    other = f"sqlite:///{tmp_path / 'other.db'}"
    with shared_gradebook(url), Gradebook(url) as first:
        first.add_student("ana")
        with Gradebook(other) as second, pytest.raises(MissingEntry):
            second.find_student("ana")


def test_what_could_not_be_opened_is_tried_again(url, tmp_path):
    with shared_gradebook(url):
        (tmp_path / "gradebook.db").mkdir()
        for _ in range(2):
            with pytest.raises(OperationalError):
                Gradebook(url)
        (tmp_path / "gradebook.db").rmdir()
        with Gradebook(url) as gradebook:
            gradebook.add_student("ana")
        with Gradebook(url) as gradebook:
            assert [student.id for student in gradebook.students] == ["ana"]


def test_a_new_database_has_the_version_that_alembic_would_name():
    alembic = shutil.which("alembic", path=str(Path(sys.executable).parent))
    with _temp_alembic_ini("sqlite://") as configuration:
        said = subprocess.run(
            [alembic, "-c", configuration, "heads"], capture_output=True, text=True, check=True
        )
    assert said.stdout.split()[0] == nbgrader.api.get_alembic_version()
