"""The loop of lesson 13, the same loop written inline, and Lightning's: samples a second.

All train the same net on the same loader with the same optimizer, clipping and precision, and take
turns. What a turn needs to get going is not timed, nor is its first epoch. Once a turn, `fit` and
the inline loop validate with one batch at the end of each epoch; Lightning does not validate.
"""

from __future__ import annotations

import contextlib
import os
from collections.abc import Callable, Iterator
from functools import lru_cache, partial
from types import ModuleType
from typing import Any

import torch
from rich.console import RenderableType
from torch import nn

from autograder.bring.reference import solved_sources
from autograder.course.course import Course
from autograder.course.lesson import Lesson
from autograder.course.reference import execute_source
from benchmarks import lightning_loop
from benchmarks.setting import MAX_NORM, Clock, Setting, conv_net, small_mlp
from benchmarks.turns import Ratio, rate_table, take_turns

LESSON = "13_gpu_loop"
ROUNDS = 25
INLINE, FIT, LIGHTNING = "the same inline", "fit", "Lightning"
SMALL = Setting("MLP 784-64-10", small_mlp, batch=32, samples=960, epochs=4)
CONV = Setting("conv 8-16-32", partial(conv_net, 8), batch=128, samples=640, epochs=3)


def loop_tables(course: Course) -> Iterator[RenderableType]:
    """The small net on one thread and on two, then a net whose arithmetic is the cost."""
    if not lightning_loop.is_installed():
        yield lightning_loop.MISSING
    lesson = course.lesson(LESSON)
    for setting, threads, aim in ((SMALL, 1, 1.3), (SMALL, 2, 1.3), (CONV, 2, None)):
        if threads <= (os.cpu_count() or 1):
            with threads_set(threads):
                yield loop_table(course, lesson, setting, aim)


def loop_table(
    course: Course, lesson: Lesson, setting: Setting, aim: float | None, rounds: int = ROUNDS
) -> RenderableType:
    """Samples a second of each, and `fit` against the others; `aim` is the one for Lightning."""
    rates = take_turns(contenders(course, lesson, setting), rounds)
    ratios = [Ratio(FIT, INLINE, 0.97)]
    if LIGHTNING in rates:
        ratios.append(Ratio(FIT, LIGHTNING, aim))
    where = f"{torch.get_num_threads()} thread(s)" if setting.device == "cpu" else setting.device
    title = (
        f"lesson 13's fit, {setting.name} ({setting.parameters():,} parameters), batches of "
        f"{setting.batch}, {setting.precision}, {where}: samples/s"
    )
    return rate_table(title, rates, ratios)


def contenders(course: Course, lesson: Lesson, setting: Setting) -> dict[str, Callable[[], float]]:
    """Who takes part, by name."""
    solved = solution_of(lesson)
    loaders = setting.loaders(course.data)
    turns: dict[str, Callable[[], float]] = {
        INLINE: partial(inline_turn, solved, setting, *loaders),
        FIT: partial(fit_turn, solved, setting, *loaders),
    }
    if lightning_loop.is_installed():
        turns[LIGHTNING] = partial(lightning_loop.turn, solved, setting, loaders[0])
    return turns


@lru_cache(maxsize=1)
def solution_of(lesson: Lesson) -> ModuleType:
    """The names of its solution notebook: earlier lessons' parts are those written there."""
    return execute_source("\n\n".join(solved_sources(lesson)), f"solution_{lesson.id}")


def fit_turn(
    lesson: Any, setting: Setting, train_loader: Any, val_loader: Any, **knobs: Any
) -> float:
    """Samples a second of lesson 13's `fit`."""
    clock = Clock(setting.device)
    config = setting.config(lesson, **knobs)
    lesson.fit(setting.model(), train_loader, val_loader, config, callbacks=[clock.read])
    return clock.rate(setting.samples)


def inline_turn(lesson: Any, setting: Setting, train_loader: Any, val_loader: Any) -> float:
    """Samples a second of what a person writes who needs this run and no other."""
    device, clock = setting.device, Clock(setting.device)
    model = setting.model()
    optimizer = lesson.build_optimizer(model, setting.config(lesson))
    criterion = nn.CrossEntropyLoss()
    layout = torch.channels_last if setting.channels_last else torch.preserve_format
    for _ in range(setting.epochs + 1):
        model.train()
        total, count = torch.zeros((), device=device), 0
        for x, y in train_loader:
            x = x.to(device, non_blocking=True, memory_format=layout)
            y = y.to(device, non_blocking=True)
            optimizer.zero_grad()
            with precision_of(setting):
                loss = criterion(model(x), y)
            loss.backward()
            nn.utils.clip_grad_norm_(model.parameters(), MAX_NORM)
            optimizer.step()
            total += loss.detach() * len(x)
            count += len(x)
        model.eval()
        with torch.no_grad(), precision_of(setting):
            for x, y in val_loader:
                x = x.to(device, memory_format=layout)
                criterion(model(x), y.to(device)).item()
        (total / count).item()
        clock.read()
    return clock.rate(setting.samples)


def precision_of(setting: Setting) -> contextlib.AbstractContextManager[object]:
    """Autocast, or nothing at all in float32."""
    if setting.precision == "float32":
        return contextlib.nullcontext()
    return torch.autocast(setting.device, getattr(torch, setting.precision))


@contextlib.contextmanager
def threads_set(count: int) -> Iterator[None]:
    """Torch on so many threads, and then as before."""
    before = torch.get_num_threads()
    torch.set_num_threads(count)
    try:
        yield
    finally:
        torch.set_num_threads(before)
