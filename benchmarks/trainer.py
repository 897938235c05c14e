"""The NumPy trainer of lesson 08 against the same model in PyTorch: samples a second.

Both train the same network on the same images, in float64, on as many threads as OMP_NUM_THREADS
says, with the lesson's given optimizer and its twin, `torch.optim.SGD` with momentum. They take
turns, so that a busy machine slows both.
"""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable
from itertools import pairwise
from typing import Any

import numpy as np
import torch
from rich.table import Table

from autograder.course import Course
from autograder.reference import load_reference

SIZES, BATCH, LR, DROPOUT = [784, 256, 10], 64, 0.01, 0.3
REPEATS = 9


def numpy_epoch(course: Course, x: Any, y: Any) -> Callable[[], object]:
    """One epoch of the lesson's reference, to be called again and again."""
    lesson = load_reference(course.lesson("08_numpy_trainer"))
    rng = np.random.default_rng(0)
    params = lesson.init_mlp(SIZES, rng)
    optimizer = lesson.Momentum([{"params": list(params.values())}])
    return lambda: lesson.train_epoch(params, optimizer, x, y, BATCH, LR, DROPOUT, rng)


def torch_epoch(x: Any, y: Any) -> Callable[[], object]:
    """The same in PyTorch, with its data in memory and no loader."""
    layers: list[Any] = []
    for fan_in, fan_out in pairwise(SIZES):
        linear = torch.nn.Linear(fan_in, fan_out, dtype=torch.float64)
        layers += [linear, torch.nn.ReLU(), torch.nn.Dropout(DROPOUT)]
    model = torch.nn.Sequential(*layers[:-2])
    optimizer = torch.optim.SGD(model.parameters(), lr=LR, momentum=0.9)
    images, labels = torch.from_numpy(x), torch.from_numpy(y)

    def epoch() -> float:
        total = 0.0
        order: Any = torch.randperm(len(images))
        for rows in order.split(BATCH):
            optimizer.zero_grad()
            loss: Any = torch.nn.functional.cross_entropy(model(images[rows]), labels[rows])
            loss.backward()
            optimizer.step()
            total += loss.item() * len(rows)
        return total / len(images)

    return epoch


def trainer_table(course: Course) -> Table:
    """Samples a second of both, with n and spread, and their ratio."""
    with np.load(course.data / "fashion_mnist.npz") as fashion:
        x = fashion["x_train"].reshape(-1, SIZES[0]) / 255.0
        y = fashion["y_train"]
    epochs = {"NumPy, by hand": numpy_epoch(course, x, y), "PyTorch": torch_epoch(x, y)}
    rates: dict[str, list[float]] = {name: [] for name in epochs}
    for epoch in epochs.values():
        epoch()
    for _ in range(REPEATS):
        for name, epoch in epochs.items():
            start = time.perf_counter()
            epoch()
            rates[name].append(len(x) / (time.perf_counter() - start))
    ours, theirs = rates.values()
    rates["ratio"] = [one / other for one, other in zip(ours, theirs, strict=True)]
    return _table(rates)


def _table(rates: dict[str, list[float]]) -> Table:
    title = f"lesson 08 against PyTorch, float64, {torch.get_num_threads()} thread(s): samples/s"
    table = Table(title=title)
    table.add_column("what")
    for column in ("n", "min", "median", "max"):
        table.add_column(column, justify="right")
    for name, values in rates.items():
        spread = (min(values), statistics.median(values), max(values))
        digits = 2 if name == "ratio" else 0
        table.add_row(name, str(len(values)), *(f"{value:.{digits}f}" for value in spread))
    return table
