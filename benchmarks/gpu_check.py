"""`make gpu-check`: lessons 10 to 14 on CUDA, what ran, at which precision and how fast.

Without a GPU nothing is run, which is said and is no error: the lessons run on the CPU as well.
"""

from __future__ import annotations

import json
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from types import ModuleType
from typing import Any

import torch
from nbclient import NotebookClient
from nbclient.exceptions import CellExecutionError, CellTimeoutError, DeadKernelError
from nbformat.v4 import new_code_cell
from rich.console import Console
from rich.table import Table
from traitlets.config import Config

from autograder.authoring.figures import kernel_environment
from autograder.bring.reference import solution_notebook
from autograder.course.course import Course
from autograder.course.lesson import Lesson
from autograder.course.reference import load_reference

FIRST, LAST = 10, 14
MIXED = "12_mixed_precision"  # its step is timed, at each precision
CELL_SECONDS = 600
WIDTHS, BATCH = (16, 64), 256
# Behind a lesson's cells: where they computed, and the most memory that they held there.
ASK = """
import json, torch
print(json.dumps([
    str(globals().get("device", "")),
    torch.cuda.max_memory_allocated() / 2**20 if torch.cuda.is_available() else 0.0,
]))
"""


@dataclass(frozen=True)
class LessonRun:
    """A lesson's notebook, run to its end or to `problem`."""

    lesson: str
    cells: int
    seconds: float
    device: str = ""
    megabytes: float = 0.0
    problem: str = ""


def chosen(course: Course) -> list[Lesson]:
    """Those of lessons 10 to 14 that are there."""
    return [course.lesson(name) for name in course.lesson_ids() if FIRST <= int(name[:2]) <= LAST]


def run_lesson(lesson: Lesson) -> LessonRun:
    """Every cell of a lesson's solution notebook, hidden tests and all; nothing is written."""
    notebook = solution_notebook(lesson)
    notebook.cells.append(new_code_cell(ASK))
    code = [cell for cell in notebook.cells if cell.cell_type == "code"]
    start, problem = time.perf_counter(), ""
    with tempfile.TemporaryDirectory(prefix="descent-") as sockets:
        client = NotebookClient(
            notebook,
            timeout=CELL_SECONDS,
            kernel_name="python3",
            config=Config(KernelManager=Config(transport="ipc", ip=f"{sockets}/kernel")),
            resources={"metadata": {"path": str(lesson.source_path.parent)}},
        )
        try:
            client.execute(env=kernel_environment())
        except CellExecutionError as error:
            problem = f"{error.ename}: {error.evalue}"
        except (CellTimeoutError, DeadKernelError) as error:
            problem = type(error).__name__
    seconds = time.perf_counter() - start
    ended = sum(cell.execution_count is not None for cell in code[:-1])
    if problem:
        return LessonRun(lesson.id, ended, seconds, problem=(problem.splitlines() or [""])[0])
    where, megabytes = json.loads(code[-1].outputs[-1].text.splitlines()[-1])
    return LessonRun(lesson.id, ended, seconds, where, megabytes)


def precisions(names: ModuleType) -> Iterator[tuple[str, torch.dtype, Any, str]]:
    """What a step is timed at: a name, the dtype, how its scaler is made, TF32 or not."""
    yield "float32", torch.float32, None, "highest"
    yield "float32 (TF32)", torch.float32, None, "high"
    yield "bfloat16", torch.bfloat16, None, "highest"
    yield "float16, scaled", torch.float16, names.DynamicLossScaler, "highest"


def samples_per_second(
    names: ModuleType, dtype: torch.dtype, scaler: Any, width: int, steps: int = 30
) -> float:
    """How many images lesson 12's `amp_step` trains on in a second, after a few to warm up."""
    device, size = names.device, min(BATCH, 32 * steps)
    batches = names.clothes_batches(size, 4)
    net = names.conv_net(width)
    optimizer = torch.optim.AdamW(net.parameters(), lr=1e-3)
    made = scaler() if scaler else None

    def step(number: int) -> None:
        batch = batches[number % len(batches)]
        loss = torch.nn.functional.cross_entropy
        names.amp_step(net, batch, loss, optimizer, made, 1.0, device, dtype)

    for number in range(max(1, steps // 5)):
        step(number)
    start = _now(device)
    for number in range(steps):
        step(number)
    return size * steps / (_now(device) - start)


def _now(device: torch.device) -> float:
    """The time, once the device has done what it was given."""
    if device.type == "cuda":
        torch.cuda.synchronize()
    return time.perf_counter()


def lesson_table(results: Sequence[LessonRun]) -> Table:
    """One row for each notebook."""
    table = Table(title="the solution notebooks, hidden tests included")
    for column in ("lesson", "cells", "seconds", "on", "peak MiB", "came to its end"):
        table.add_column(column)
    for ran in results:
        row = (str(ran.cells), f"{ran.seconds:.0f}", ran.device, f"{ran.megabytes:.0f}")
        table.add_row(ran.lesson, *row, ran.problem or "yes")
    return table


def speed_table(names: ModuleType, widths: Sequence[int] = WIDTHS, steps: int = 30) -> Table:
    """Samples a second at each precision, for each width of the network."""
    table = Table(title=f"{MIXED}: amp_step, AdamW, clipped, batch {BATCH}: samples/s, one run")
    for column in ("precision", *(f"width {width}" for width in widths)):
        table.add_column(column)
    before = torch.get_float32_matmul_precision()
    try:
        for label, dtype, scaler, matmul in precisions(names):
            torch.set_float32_matmul_precision(matmul)
            rates = [samples_per_second(names, dtype, scaler, width, steps) for width in widths]
            table.add_row(label, *(f"{rate:,.0f}" for rate in rates))
    finally:
        torch.set_float32_matmul_precision(before)
    return table


def main() -> int:
    """The exit status: 1 where a notebook did not come to its end, or not on the GPU."""
    console = Console()
    if not torch.cuda.is_available():
        console.print(f"gpu-check: skipped: torch {torch.__version__} finds no CUDA device here")
        return 0
    console.print(f"{torch.cuda.get_device_name(0)}, torch {torch.__version__}")
    course = Course.find()
    results = [run_lesson(lesson) for lesson in chosen(course)]
    console.print(lesson_table(results))
    if MIXED in course.lesson_ids():
        console.print(speed_table(load_reference(course.lesson(MIXED))))
    fine = all(not ran.problem and ran.device.startswith("cuda") for ran in results)
    return 0 if fine else 1


if __name__ == "__main__":
    sys.exit(main())
