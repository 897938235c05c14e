"""The loop of lesson 13 on a GPU: against the others, as one CUDA graph, and to an accuracy."""

from __future__ import annotations

import time
from collections.abc import Iterator
from dataclasses import replace
from functools import partial
from typing import Any

import torch
from rich.console import RenderableType

from autograder.course.course import Course
from benchmarks.full_loop import LESSON, fit_turn, loop_table, solution_of
from benchmarks.setting import Resident, Setting, clothes, conv_net
from benchmarks.turns import Ratio, rate_table, spread, take_turns

NO_CUDA = "No CUDA here: the tables of lesson 13's fit on a GPU are left out."
ROUNDS, RUNS = 9, 5
ACCURACY, EPOCHS = 0.9, 8
CAPTURED, EAGER = "fit, capture=True", "fit"


def cuda_tables(course: Course, device: str = "cuda") -> Iterator[RenderableType]:
    """Three tables, or the one line that says why there are none."""
    if not torch.cuda.is_available():
        yield NO_CUDA
        return
    setting = Setting(
        "conv 32-64-128",
        partial(conv_net, 32),
        batch=128,
        samples=9984,
        epochs=3,
        device=device,
        precision="bfloat16",
        channels_last=True,
    )
    yield f"on {torch.cuda.get_device_name(device)}, CUDA {torch.version.cuda}"
    yield loop_table(course, course.lesson(LESSON), setting, aim=1.45, rounds=ROUNDS)
    yield capture_table(course, replace(setting, resident=True))
    yield accuracy_line(course, device)


def capture_table(course: Course, setting: Setting) -> RenderableType:
    """The whole step as one CUDA graph against the eager loop, data resident for both."""
    lesson = solution_of(course.lesson(LESSON))
    loaders = setting.loaders(course.data)
    turns = {
        EAGER: partial(fit_turn, lesson, setting, *loaders),
        CAPTURED: partial(fit_turn, lesson, setting, *loaders, capture=True),
    }
    title = (
        f"one CUDA graph a step, {setting.name} ({setting.parameters():,} parameters), batches of "
        f"{setting.batch}, {setting.precision}, data resident: samples/s"
    )
    return rate_table(title, take_turns(turns, ROUNDS), [Ratio(CAPTURED, EAGER, 3.5)])


def accuracy_line(course: Course, device: str) -> str:
    """Seconds from the call of `fit` until it has 90 % of the test images right, some seeds."""
    lesson = solution_of(course.lesson(LESSON))
    train, test = resident(course, "train", device, 250), resident(course, "test", device, 2000)
    seconds_to_accuracy(lesson, device, train, test, seed=RUNS)  # once, so that CUDA is under way
    runs = [seconds_to_accuracy(lesson, device, train, test, seed) for seed in range(RUNS)]
    return accuracy_said([seconds for seconds in runs if seconds is not None], RUNS)


def resident(course: Course, part: str, device: str, batch: int) -> Resident:
    """All images of a part, on the device."""
    images, labels = clothes(course.data, part)
    return Resident(images.to(device), labels.to(device), batch)


def accuracy_said(reached: list[float], runs: int) -> str:
    """What came of the runs, those that did not get there counted."""
    said = f"{ACCURACY:.0%} of the 2,000 test images, width 64, capture=True: "
    if not reached:
        return f"{said}not reached within {EPOCHS} epochs in {runs} runs"
    _, smallest, median, largest = spread(reached, 2)
    return (
        f"{said}{len(reached)} of {runs} runs, after {smallest} to {largest} s, median {median} s"
    )


def seconds_to_accuracy(
    lesson: Any, device: str, train_loader: Any, test_loader: Any, seed: int
) -> float | None:
    """The time of one run, validation and the capture included; None if it does not get there."""
    torch.manual_seed(seed)
    model = conv_net(64).to(device)
    config = lesson.TrainConfig(
        epochs=EPOCHS,
        batch_size=train_loader.batch,
        lr=6e-3,
        warmup_steps=60,
        precision="bfloat16",
        seed=seed,
        progress=False,
        capture=True,
    )
    start = time.perf_counter()
    reached: list[float] = []

    def stop(history: dict[str, list[float]]) -> bool:
        if history["val_accuracy"][-1] >= ACCURACY:
            torch.cuda.synchronize(device)
            reached.append(time.perf_counter() - start)
        return bool(reached)

    lesson.fit(model, train_loader, test_loader, config, callbacks=[stop])
    return reached[0] if reached else None
