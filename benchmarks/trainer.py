"""The NumPy trainer of lesson 08 against the same model in PyTorch: samples a second.

Both train the same network on the same images, in float64, on as many threads as OMP_NUM_THREADS
says, with the lesson's given optimizer and its twin, `torch.optim.SGD` with momentum. They take
turns, so that a busy machine slows both.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from functools import partial
from itertools import pairwise
from typing import Any

import numpy as np
import torch
from rich.table import Table

from autograder.course.course import Course
from autograder.course.reference import load_reference
from benchmarks.turns import Ratio, rate_table, take_turns

SIZES, BATCH, LR, DROPOUT = [784, 256, 10], 64, 0.01, 0.3
ROUNDS = 9
OURS, THEIRS = "NumPy, by hand", "PyTorch"


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
    epochs = {OURS: numpy_epoch(course, x, y), THEIRS: torch_epoch(x, y)}
    turns = {name: partial(timed, epoch, len(x)) for name, epoch in epochs.items()}
    title = f"lesson 08 against PyTorch, float64, {torch.get_num_threads()} thread(s): samples/s"
    return rate_table(title, take_turns(turns, ROUNDS), [Ratio(OURS, THEIRS, 0.5)])


def timed(epoch: Callable[[], object], samples: int) -> float:
    """Samples a second of one epoch."""
    start = time.perf_counter()
    epoch()
    return samples / (time.perf_counter() - start)
