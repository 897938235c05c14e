"""Right answers in NumPy keep their points beside whatever a learner compares them with."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from nbformat import NotebookNode
from nbformat.v4 import new_code_cell

from autograder.course.cells import Kind, kind
from autograder.course.course import Course
from autograder.course.lesson import Lesson
from autograder.demo.students import as_bytes, fill_in, full_marks, right_sources
from autograder.grading.grade import grade_notebook
from autograder.judging.judge import Judge
from autograder.judging.policy import forbidden_uses
from autograder.static_analysis.forbidden import opaque_uses
from autograder.submission.rebuild import Rebuilt, rebuild

COURSE = Course.find()
SCRATCH = [
    "import torch as t\nprint(t.__name__)",
    "from torch.autograd import grad",
    "import torch.nn.functional as F",
    "from torch import *",
    "import torch\nx = torch.tensor(3.0, requires_grad=True)\ny = x * x\ny.backward()",
    "from torch import exp, log, mean, relu, softmax, sqrt\nfrom torch.nn.functional import *",
    "import torch as g, torch as lr, torch as p, torch as params, torch as self, torch as state",
    "for step, m in enumerate([torch.sin, torch.cos]):\n    out = m(torch.ones(3))",
    "def compare(param, grad):\n    return torch.optim.SGD([param], lr=0.1).step()",
    "class Net(torch.nn.Module):\n    def forward(self, x):\n        return torch.relu(x)",
    "with torch.no_grad() as v:\n    logits = pred = target = torch.ones(2)",
]


def with_comparisons(lesson: Lesson, scratch: list[str], above: bool = False) -> Rebuilt:
    """The right answers, each given cell that compares with torch edited, and scratch cells."""
    notebook = fill_in(lesson, right_sources(lesson))
    for cell in _comparing(notebook):
        cell.source += "\n# mine: the same again"
    extra = [new_code_cell(source) for source in scratch]
    notebook.cells = [*extra, *notebook.cells] if above else [*notebook.cells, *extra]
    return rebuild(as_bytes(notebook), lesson)


def _comparing(notebook: NotebookNode) -> Iterator[NotebookNode]:
    for cell in notebook.cells:
        if cell.cell_type == "code" and kind(cell) is Kind.DEMO and "torch" in cell.source:
            yield cell


@pytest.mark.parametrize("above", [True, False], ids=["above", "below"])
@pytest.mark.parametrize("lesson_id", COURSE.lesson_ids())
def test_no_comparison_makes_a_right_answer_a_library_call(lesson_id: str, above: bool) -> None:
    lesson = COURSE.lesson(lesson_id)
    rebuilt = with_comparisons(lesson, SCRATCH, above)
    cells = rebuilt.cells
    edited = [cell for cell in cells if "# mine" in cell.source]
    assert edited or not list(_comparing(lesson.release()))
    assert sum(cell.source in SCRATCH for cell in cells) == len(SCRATCH)
    program = rebuilt.program
    judge = Judge(lesson, 1)
    for exercise in lesson.exercises.values():
        assert forbidden_uses(judge, exercise, program) == [], exercise.key
        assert opaque_uses(exercise.names, program) == [], exercise.key


@pytest.mark.sealed
@pytest.mark.parametrize("above", [True, False], ids=["above", "below"])
@pytest.mark.parametrize("lesson_id", ["00_orientation", "05_optimizers"])
def test_comparisons_cost_no_points_in_a_sealed_kernel(lesson_id: str, above: bool) -> None:
    lesson = COURSE.lesson(lesson_id)
    graded = grade_notebook(with_comparisons(lesson, SCRATCH, above), seed=5)
    scores = {key: verdict.score for key, verdict in graded.verdict.exercises.items()}
    assert scores == full_marks(lesson)
    assert graded.verdict.errors == ()
