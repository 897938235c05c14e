#!/usr/bin/env bash
# nbgrader 0.9.6 with SQLAlchemy 2.1.9 and its default gradebook, an SQLite file.
#
# `submission.score` sums up the points of one submission. The rows that it adds up are named by grade.notebook_id, a
# foreign key, so one would expect to pay for that submission's rows alone. But SQLite makes no index for a foreign key,
# nbgrader declares none, and the one of UNIQUE (cell_id, notebook_id) begins with the other column. So the sum for one
# learner reads the grades of everyone, of all assignments: ten times the class is ten times the work for each learner,
# and a hundred times for the class. formgrader's lists, autograde and generate_feedback all ask for such sums. An index on
# grade (notebook_id) and one on submitted_notebook (assignment_id) make it the same for every size.
#
# Fails if that ever changes.
set -euo pipefail

folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/env"
"$folder/env/bin/pip" install --quiet nbgrader==0.9.6 sqlalchemy==2.1.9
cd "$folder"
export PATH="$folder/env/bin:$PATH"  # a new gradebook asks the program alembic for its version

"$folder/env/bin/python" -W ignore - <<'PYTHON'
from importlib.metadata import version

from nbgrader.api import Gradebook

print("nbgrader", version("nbgrader"), "SQLAlchemy", version("sqlalchemy"))
CELLS = [f"test_{number}" for number in range(10)]
INDEXES = ("grade (notebook_id)", "submitted_notebook (assignment_id)")


def steps_for_one_score(gradebook, assignment, student):
    """How many instructions SQLite runs to read one submission's score, in tens."""
    gradebook.db.expire_all()
    counted = [0]

    def count():
        counted[0] += 1

    connection = gradebook.db.connection().connection.dbapi_connection
    connection.set_progress_handler(count, 10)
    score = gradebook.find_submission(assignment, student).score
    connection.set_progress_handler(None, 10)
    assert score == 10.0, score
    return counted[0]


def a_class(learners):
    with Gradebook(f"sqlite:///{learners}.db") as gradebook:
        gradebook.add_assignment("ps1")
        gradebook.add_notebook("p1", "ps1")
        for name in CELLS:
            gradebook.add_grade_cell(name, "p1", "ps1", max_score=1, cell_type="code")
        for number in range(learners):
            student = f"s{number}"
            gradebook.add_student(student)
            gradebook.add_submission("ps1", student)
            for name in CELLS:
                gradebook.find_grade(name, "p1", "ps1", student).auto_score = 1.0
            gradebook.db.commit()
        without = steps_for_one_score(gradebook, "ps1", "s7")
        for index in INDEXES:
            name = index.split()[0]
            gradebook.db.connection().exec_driver_sql(f"CREATE INDEX more_{name} ON {index}")
        gradebook.db.commit()
        return without, steps_for_one_score(gradebook, "ps1", "s7")


small, large = a_class(20), a_class(200)
print("steps for one score, 20 learners: ", small[0], "with two indexes:", small[1])
print("steps for one score, 200 learners:", large[0], "with two indexes:", large[1])
assert large[0] > 5 * small[0]
assert large[1] < 1.5 * small[1]
PYTHON
