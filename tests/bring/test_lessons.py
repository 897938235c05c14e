"""What the lessons ask for can be brought, and what they bring serves."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from nbformat import NotebookNode

from autograder.bring.notebooks import Own, own_notebook
from autograder.bring.reference import brought_reference, solution_notebook, source_of
from autograder.bring.trial import tried
from autograder.course.bring_header import Wanted
from autograder.course.cells import Kind, kind
from autograder.course.course import Course
from autograder.course.lesson import Lesson
from autograder.course.reference import execute_source
from autograder.grading.grade import grade_notebook
from autograder.submission.rebuild import Rebuilt, rebuild

ROOT = Path(__file__).resolve().parents[2]
COURSE = Course(ROOT)
TRAINER = "08_numpy_trainer"
FIT = """
def fit(x, y, config, rng):
    order = rng.permutation(len(x))
    held = round(config["val_fraction"] * len(x))
    val, train = order[:held], order[held:]
    params = init_mlp(config["sizes"], rng)
    groups = [{"params": list(params.values())}]
    optimizer = Optimizer(groups, lr=config["lr"], weight_decay=config["weight_decay"])
    history = {name: [] for name in ("train_loss", "val_loss", "val_accuracy", "lr")}
    stopper = EarlyStopping(config["patience"])
    for epoch in range(config["epochs"]):
        lr = warmup_cosine(
            epoch, config["lr"], config["warmup_epochs"], config["epochs"], config["min_lr"]
        )
        loss = train_epoch(
            params, optimizer, x[train], y[train], config["batch_size"], lr, config["dropout"], rng
        )
        val_loss, val_accuracy = evaluate(params, x[val], y[val])
        for name, value in zip(history, (loss, val_loss, val_accuracy, lr), strict=True):
            history[name].append(value)
        if stopper.update(val_loss, params):
            break
    return stopper.best_params, history
"""


def solved(lesson: Lesson) -> Own:
    """The reference, as a learner who wrote it would have it."""
    notebook = lesson.release()
    answers = {cell.id: cell.source for cell in solution_notebook(lesson).cells}
    for cell in notebook.cells:
        if kind(cell) in (Kind.SOLUTION, Kind.BRING):
            cell.source = answers[cell.id]
    return Own(lesson, Path("solved.ipynb"), rebuild(notebook, lesson).notebook)


def brought(own: Own, *names: str) -> str:
    asked = Wanted(names, int(own.lesson.id[:2]))
    return f"{asked.line}\n{own.extract(names).source}"


@pytest.mark.parametrize("lesson_id", COURSE.lesson_ids())
def test_every_exercise_is_right_when_it_is_brought(lesson_id: str) -> None:
    """Alone: what the reference of an exercise reaches, and nothing else of its lesson."""
    own = solved(COURSE.lesson(lesson_id))
    for exercise in own.lesson.exercises.values():
        if not exercise.is_prediction:
            trial = tried(own, [exercise], None)
            assert not trial.stopped, (exercise.key, trial.stopped)
            assert trial.verdicts[exercise.key].status == "passed", trial


@pytest.mark.parametrize("lesson_id", COURSE.lesson_ids())
def test_every_bring_cell_runs_on_the_setup_above_it(lesson_id: str) -> None:
    """Nothing but setup and bring cells is run; the solution's and the given part bind the same."""
    lesson = COURSE.lesson(lesson_id)
    given, filled = lesson.release().cells, solution_notebook(lesson).cells
    for cells in (given, filled):
        ran = [c.source for c in cells if kind(c) in (Kind.SETUP, Kind.BRING)]
        names = vars(execute_source("\n\n".join(ran), "setup"))
        for index, cell in enumerate(lesson.notebook().cells):
            if kind(cell) is Kind.BRING:
                asked, _ = brought_reference(lesson, index)
                assert set(asked.names) <= set(names)


def answered(lesson: Lesson, cells: dict[str, str], extra: str = "") -> Rebuilt:
    """The lesson with the reference in it, some cells changed, and one more above the last but one
    exercise."""
    own = solved(lesson).notebook
    for cell in own.cells:
        cell.source = cells.get(cell.id, cell.source)
    at = next(i for i, cell in enumerate(own.cells) if cell.id == "fit")
    made = {"cell_type": "code", "id": "c0ffee00", "metadata": {}, "source": extra, "outputs": []}
    own.cells.insert(at, NotebookNode(made))
    return rebuild(own, lesson)


@pytest.mark.sealed
def test_a_brought_adam_trains_in_a_sealed_kernel() -> None:
    lesson = COURSE.lesson(TRAINER)
    adam = brought(solved(COURSE.lesson("05_optimizers")), "Adam")
    rebuilt = answered(
        lesson, {"bring_Adam": adam}, "Optimizer = Adam\nassert Adam is not Momentum"
    )
    [cell] = [c for c in rebuilt.notebook.cells if c.id == "bring_Adam"]
    assert (cell.source, kind(cell)) == (adam, Kind.BRING)
    graded = grade_notebook(rebuilt, seed=1)
    verdicts = graded.verdict.exercises.values()
    assert [v.exercise for v in verdicts if v.status != "passed"] == []
    [extra] = [c for c in graded.notebook.cells if c.id == "extra-1"]
    assert not any(output.output_type == "error" for output in extra.outputs)


def test_a_fit_of_earlier_functions_is_right() -> None:
    """`warmup_cosine` and `EarlyStopping`, each brought into a cell of its own."""
    extra = "\n\n".join(
        [
            brought(solved(COURSE.lesson("06_schedules")), "warmup_cosine"),
            brought(solved(COURSE.lesson("07_generalization")), "EarlyStopping"),
        ]
    )
    lesson = COURSE.lesson(TRAINER)
    own = Own(lesson, Path("mine.ipynb"), answered(lesson, {"fit": FIT}, extra))
    trial = tried(own, [lesson.exercises["fit"]], None)
    assert trial.verdicts["fit"].status == "passed", trial


@pytest.fixture
def later(tmp_path: Path) -> Any:
    """A course with the trainer, what it brings from, and a made-up lesson 11 and 12."""
    root = tmp_path / "course"
    for name in ("05_optimizers", "07_generalization", TRAINER):
        (root / "solutions").mkdir(parents=True, exist_ok=True)
        (root / "solutions" / name).symlink_to(COURSE.solutions / name)
    (root / "data").symlink_to(COURSE.data)
    text = (ROOT / "tests/fixtures/bring_course/solutions/91_more/more.py").read_text()
    first = text.index("# bring: Counter"), text.index("# %% [markdown]\n# ## Tally")

    def lesson(lesson_id: str, bring: str, *renames: tuple[str, str]) -> Lesson:
        """The fixture's second lesson under another number, with another bring cell."""
        source = f"{text[: first[0]]}{bring}\n\n{text[first[1] :]}"
        for old, new in renames:
            source = source.replace(old, new)
        path = root / "solutions" / lesson_id / f"{lesson_id[3:]}.py"
        path.parent.mkdir(parents=True)
        path.write_text(source)
        return Course(root).lesson(lesson_id)

    return lesson


def test_the_trainers_network_comes_along(later: Any) -> None:
    """Of two exercises, one of which defines two names."""
    given = "def init_mlp(): ...\ndef forward(): ...\ndef backward(): ..."
    lesson = later("09_again", f"# bring: init_mlp, forward, backward (lesson 08)\n{given}")
    [source] = [c.source for c in solution_notebook(lesson).cells if kind(c) is Kind.BRING]
    names = vars(execute_source(f"import numpy as np\n{source}", "brought"))
    rng = names["np"].random.default_rng(0)
    params = names["init_mlp"]([3, 4, 2], rng)
    logits, caches = names["forward"](params, rng.normal(size=(5, 3)), 0.0, None, False)
    assert set(names["backward"](logits, caches)) == set(params)
    assert "train_epoch" not in source


def test_a_lesson_may_bring_from_one_that_brings(later: Any) -> None:
    """What 11 asks for may need what 11 has brought: 12 gets both."""
    norm = "def global_grad_norm(grads):"
    later(
        "11_stability",
        "# bring: Adam (lesson 05)\nAdam = abs",
        ("tally", "global_grad_norm"),
        ("def global_grad_norm(counter, steps):", "def global_grad_norm(counter, steps, by=Adam):"),
    )
    lesson = later("12_half", f"# bring: global_grad_norm (lesson 11)\n{norm} ...")
    assert source_of(Wanted(("global_grad_norm",), 11), lesson).id == "11_stability"
    [source] = [c.source for c in solution_notebook(lesson).cells if kind(c) is Kind.BRING]
    assert source.index("class Adam") < source.index("def global_grad_norm")
    assert "STEP" in source


def test_a_notebook_that_is_not_there_is_none(tmp_path: Path) -> None:
    lesson = Lesson.read(ROOT / "tests/fixtures/tiny_course/solutions/90_tiny/tiny.py")
    assert own_notebook(lesson, [], tmp_path / "91_more") is None
