"""A lesson's source -> the executed solution notebook and the learner's notebook.

The learner's notebook is the same bytes at every build. Of the solution notebook, sources and
metadata are: outputs are nbval's business.
"""

from __future__ import annotations

import tempfile
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import nbformat
from nbformat import NotebookNode

from autograder.authoring.figures import add_look, kernel_environment, lost_figures, take_look
from autograder.authoring.lint import problems
from autograder.authoring.source_cells import locate
from autograder.bring.reference import solution_notebook
from autograder.course.cells import identify_cells
from autograder.course.course import Course, CourseError
from autograder.course.lesson import Lesson
from autograder.course.needs import lacking
from autograder.course.notebooks import release_path, solution_path, to_bytes
from autograder.work.blank import refusal

if TYPE_CHECKING:
    from nbclient import NotebookClient

CELL_SECONDS = 120
SOLUTION_BYTES = 1_500_000


class BuildError(CourseError):
    """The source cannot be built: a line with file and line for each reason."""


@dataclass(frozen=True)
class Stale:
    """A built file that is not what its source gives; `left` if a build could not change that."""

    path: Path
    why: str
    left: bool = False

    def __str__(self) -> str:
        return f"{self.path}: {self.why}"


def build(course: Course, lesson_ids: Iterable[str] = (), check: bool = False) -> list[Stale]:
    """Build the notebooks of some lessons (default: all), and say which files were not current.

    With `check`, nothing is run or written. Every lesson is looked at before anything is written.
    Where a lesson cannot be run for lack of a package, its solution notebook stays as it was,
    outputs and all.

    Raises:
        BuildError: a source is not what a lesson has to be, a solution cell fails, or someone wrote
            in a learner's notebook that would be replaced.
        CourseError: there is no such lesson.
    """
    lessons = [course.lesson(name) for name in list(lesson_ids) or course.lesson_ids()]
    wrong = [str(problem) for lesson in lessons for problem in problems(lesson)]
    if not wrong and not check:
        wrong += filter(None, (refusal(course, lesson) for lesson in lessons))
    if wrong:
        raise BuildError("\n".join(wrong))
    stale: list[Stale] = []
    for lesson in lessons:
        found = stale_files(course, lesson)
        if not check:
            write_release(course, lesson)
            if why := lacking(lesson):
                found = _left(found, solution_path(course, lesson), why)
            else:
                write_solution(course, lesson)
        stale += found
    return stale


def _left(stale: list[Stale], solved: Path, why: str) -> list[Stale]:
    """What was found stale, of which the solution notebook still is: it was not run again."""
    return [
        Stale(one.path, f"{one.why}, and left so: {why}", left=True) if one.path == solved else one
        for one in stale
    ]


def stale_files(course: Course, lesson: Lesson) -> list[Stale]:
    """The two notebooks of a lesson, if they are missing or say something else than its source."""
    stale: list[Stale] = []
    released = release_path(course, lesson)
    if not released.is_file():
        stale.append(Stale(released, "missing"))
    elif released.read_bytes() != to_bytes(lesson.release()):
        stale.append(Stale(released, "not what its source gives"))
    solved = solution_path(course, lesson)
    if not solved.is_file():
        stale.append(Stale(solved, "missing"))
    else:
        why = _difference(solved, solution_notebook(lesson))
        stale += [Stale(solved, why)] if why else []
    return stale


def write_release(course: Course, lesson: Lesson) -> None:
    """Write the learner's notebook."""
    _write(release_path(course, lesson), to_bytes(lesson.release()))


def write_solution(course: Course, lesson: Lesson) -> None:
    """Run the lesson in its own folder, and write it with its outputs.

    Raises:
        BuildError: a cell fails, figures got lost, or the outputs are too large.
    """
    path = solution_path(course, lesson)
    notebook = execute(lesson, path.parent)
    if lost := list(lost_figures(path, notebook)):
        raise BuildError(
            f"{lesson.source_path}:1: no figure came of {', '.join(lost)}, as it did before: "
            f"see what is missing here, or delete {path} if that is meant"
        )
    content = to_bytes(notebook)
    if len(content) > SOLUTION_BYTES:
        raise BuildError(
            f"{lesson.source_path}:1: the solution notebook is {len(content) / 1e6:.1f} MB, "
            f"at most {SOLUTION_BYTES / 1e6:.1f} MB: draw fewer or smaller figures"
        )
    _write(path, content)


def execute(lesson: Lesson, folder: Path) -> NotebookNode:
    """The lesson's notebook with the outputs of a run, without its warnings and its widgets.

    Raises:
        BuildError: a cell fails, or a figure is drawn and not shown.
    """
    from nbclient.exceptions import CellExecutionError, CellTimeoutError, DeadKernelError

    notebook = solution_notebook(lesson)
    add_look(notebook)
    try:
        with tempfile.TemporaryDirectory(prefix="descent-") as sockets:
            client = _client(notebook, folder, f"{sockets}/kernel")
            client.execute(env=kernel_environment())
    except CellExecutionError as error:
        where = _failed_cell(lesson, notebook)
        raise BuildError(f"{where}: {error.ename}: {_first_line(error.evalue)}") from None
    except (CellTimeoutError, DeadKernelError) as error:
        raise BuildError(f"{_failed_cell(lesson, notebook)}: {_first_line(error)}") from None
    if take_look(notebook):
        raise BuildError(
            f"{lesson.source_path}:1: figures were drawn and not shown: matplotlib's backend has "
            "to stay the inline one"
        )
    for cell in notebook.cells:
        if cell.cell_type == "code":
            cell.outputs = [o for o in cell.outputs if not (_is_stderr(o) or _is_widget(o))]
    return identify_cells(notebook)


def _client(notebook: NotebookNode, folder: Path, sockets: str) -> NotebookClient:
    """What runs a notebook in `folder`; its kernel is reached over Unix sockets named `sockets`."""
    from nbclient import NotebookClient
    from traitlets.config import Config

    return NotebookClient(
        notebook,
        timeout=CELL_SECONDS,
        kernel_name="python3",
        config=Config(KernelManager=Config(transport="ipc", ip=sockets)),
        resources={"metadata": {"path": str(folder)}},
        record_timing=False,
        store_widget_state=True,  # nbclient's own Output widget needs it; identify_cells drops it
    )


def _difference(path: Path, wanted: NotebookNode) -> str | None:
    """How the sources and metadata of a built solution notebook differ, if they do."""
    try:
        built = nbformat.read(path, as_version=4)
    except (OSError, ValueError, KeyError, AttributeError) as error:
        return f"not a notebook: {_first_line(error)}"
    if built.metadata != wanted.metadata:
        return "other metadata than its source gives"
    if [_without_outputs(c) for c in built.cells] != [_without_outputs(c) for c in wanted.cells]:
        return "other cells than its source has"
    if not any(cell.outputs for cell in built.cells if cell.cell_type == "code"):
        return "not executed"
    return None


def _without_outputs(cell: NotebookNode) -> dict[str, Any]:
    return {k: v for k, v in cell.items() if k not in ("outputs", "execution_count")}


def _is_stderr(output: NotebookNode) -> bool:
    return bool(output.output_type == "stream" and output.name == "stderr")


def _is_widget(output: NotebookNode) -> bool:
    """A slider without its kernel is an error message: the static figure beside it stays."""
    return "application/vnd.jupyter.widget-view+json" in output.get("data", {})


def _failed_cell(lesson: Lesson, notebook: NotebookNode) -> str:
    """`file:line: cell` of the last cell that ran."""
    ran = [
        (place, cell)
        for place, cell in zip(locate(lesson), notebook.cells, strict=False)
        if cell.cell_type == "code" and (cell.execution_count or cell.outputs)
    ]
    line, name = (ran[-1][0].line, ran[-1][1].id) if ran else (1, "the first cell")
    return f"{lesson.source_path}:{line}: {name}"


def _first_line(error: object) -> str:
    """The first line of a message: problems are one line each."""
    return (str(error).strip() or type(error).__name__).splitlines()[0]


def _write(path: Path, content: bytes) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    if not path.is_file() or path.read_bytes() != content:
        path.write_bytes(content)
