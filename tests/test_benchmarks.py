"""The arithmetic of `make bench`, its lines on what is missing, a tiny run of lesson 13's loops."""

from __future__ import annotations

import contextlib
import importlib.util
import io
import tomllib
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
import torch
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name
from rich.console import Console

from autograder.course.course import Course
from benchmarks import cuda_loop, full_loop, lightning_loop
from benchmarks.setting import Clock, Resident, Setting, clothes
from benchmarks.turns import Ratio, rate_table, take_turns

ROOT = Path(__file__).resolve().parents[1]
COURSE = Course.find()
TINY = replace(full_loop.SMALL, batch=64, samples=128, epochs=2)


def said(table: object) -> str:
    console = Console(file=io.StringIO(), width=200)
    console.print(table)
    assert isinstance(console.file, io.StringIO)
    return console.file.getvalue()


def test_turns_alternate_begin_in_turn_and_leave_out_the_first() -> None:
    calls: list[str] = []

    def turn(name: str) -> float:
        calls.append(name)
        return float(len(calls))

    rates = take_turns({name: lambda name=name: turn(name) for name in "abc"}, rounds=3)
    assert "".join(calls) == "abc" + "abc" + "bca" + "cab"
    assert rates == {"a": [4.0, 9.0, 11.0], "b": [5.0, 7.0, 12.0], "c": [6.0, 8.0, 10.0]}


def test_ratios_are_of_one_round_each() -> None:
    """A machine that is four times slower in one round changes no ratio."""
    rates = {"fit": [400.0, 100.0, 300.0], "other": [200.0, 50.0, 200.0]}
    assert Ratio("fit", "other").values(rates) == [2.0, 2.0, 1.5]
    assert Ratio("fit", "other", 2.0).verdict(rates) == "2.00 reached"
    assert Ratio("fit", "other", 2.01).verdict(rates) == "2.01 missed"
    assert Ratio("fit", "other").verdict(rates) == ""


def test_a_table_says_n_and_spread() -> None:
    rates = {"fit": [400.0, 100.0, 300.0], "other": [200.0, 50.0, 200.0]}
    text = said(rate_table("rates", rates, [Ratio("fit", "other", 1.3)]))
    rows = [[cell.strip() for cell in line.split("│")[1:-1]] for line in text.splitlines()]
    assert [row for row in rows if row] == [
        ["fit", "3", "100", "300", "400", ""],
        ["other", "3", "50", "200", "200", ""],
        ["fit / other", "3", "1.50", "2.00", "2.00", "1.30 reached"],
    ]
    assert "aim" not in said(rate_table("rates", rates, [Ratio("fit", "other")]))


def test_a_clock_counts_from_the_end_of_the_first_epoch() -> None:
    assert Clock("cpu", [100.0, 102.0, 104.0]).rate(samples=50) == 25.0
    assert Clock("cpu").read({"val_loss": [0.1]}) is None, "a callback that returns True ends a run"


def test_a_setting_takes_whole_batches_only() -> None:
    with pytest.raises(ValueError, match="whole batches"):
        replace(TINY, samples=100).loaders(COURSE.data)
    with pytest.raises(ValueError, match="whole batches"):
        replace(TINY, samples=64 * 1000).loaders(COURSE.data)


@pytest.mark.parametrize("resident", [False, True])
def test_an_epoch_shows_every_sample_once(resident: bool) -> None:
    setting = replace(TINY, resident=resident)
    train, held = setting.loaders(COURSE.data)
    assert isinstance(train, Resident) is resident
    assert len(train) == 2
    assert len(list(held)) == 1, "validation costs both loops one batch"
    images, labels = clothes(COURSE.data, "train")
    shown = [(x, y) for x, y in train]
    assert [len(x) for x, _ in shown] == [64, 64]
    pixels = torch.cat([x for x, _ in shown]).double().sum(0)
    assert torch.allclose(pixels, images[:128].double().sum(0), atol=1e-9)
    assert sorted(torch.cat([y for _, y in shown]).tolist()) == sorted(labels[:128].tolist())


@pytest.mark.parametrize("setting", [TINY, replace(TINY, net=full_loop.CONV.net, resident=True)])
def test_fit_and_the_same_inline_train_the_same_net(
    setting: Setting, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What is timed is one run, written twice: its weights at the end are the same."""
    lesson = full_loop.solution_of(COURSE.lesson(full_loop.LESSON))
    made: list[torch.nn.Module] = []
    fresh = Setting.model

    def model(self: Setting) -> torch.nn.Module:
        made.append(fresh(self))
        torch.manual_seed(0)  # the order of the batches; `fit` seeds with 0 as well
        return made[-1]

    monkeypatch.setattr(Setting, "model", model)
    loaders = setting.loaders(COURSE.data)
    assert full_loop.fit_turn(lesson, setting, *loaders) > 0
    assert full_loop.inline_turn(lesson, setting, *loaders) > 0
    start = fresh(setting)
    for one, other, first in zip(
        made[0].parameters(), made[1].parameters(), start.parameters(), strict=True
    ):
        assert torch.allclose(one, other, atol=1e-5), "float32, six steps of 1e-3"
        assert not torch.allclose(one, first, atol=1e-4)


def test_the_table_of_the_loops(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(lightning_loop, "is_installed", lambda: False)
    table = full_loop.loop_table(COURSE, COURSE.lesson(full_loop.LESSON), TINY, 1.3, rounds=2)
    text = said(table)
    assert "fit / the same inline" in text
    assert "Lightning" not in text
    assert "50,890 parameters" in text
    assert f"{torch.get_num_threads()} thread(s)" in text


def test_what_is_missing_is_said_in_one_line(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(lightning_loop, "is_installed", lambda: False)
    monkeypatch.setattr(torch.cuda, "is_available", lambda: False)
    assert next(full_loop.loop_tables(COURSE)) == lightning_loop.MISSING
    assert lightning_loop.installed_version() == ""
    assert list(cuda_loop.cuda_tables(COURSE)) == [cuda_loop.NO_CUDA]
    for line in (lightning_loop.MISSING, cuda_loop.NO_CUDA):
        assert len(line) <= 80


def test_the_line_of_an_accuracy_counts_the_runs_that_did_not_reach_it() -> None:
    assert "4 of 5 runs, after 0.30 to 0.90 s, median 0.50 s" in cuda_loop.accuracy_said(
        [0.9, 0.4, 0.3, 0.6], 5
    )
    assert "not reached within 8 epochs in 5 runs" in cuda_loop.accuracy_said([], 5)


@pytest.fixture
def without_a_graph(monkeypatch: pytest.MonkeyPatch) -> list[bool]:
    """Lesson 13 with a `fit` that notes whether a graph was asked for, and then does without."""
    solved = full_loop.solution_of(COURSE.lesson(full_loop.LESSON))
    asked: list[bool] = []

    def fit(model: object, train: object, val: object, config: Any, **rest: Any) -> object:
        asked.append(config.capture)
        here = replace(config, capture=False, precision="float32")
        return solved.fit(model, train, val, here, **rest)

    lesson = SimpleNamespace(TrainConfig=solved.TrainConfig, fit=fit)
    monkeypatch.setattr(cuda_loop, "solution_of", lambda _: lesson)
    monkeypatch.setattr(torch.cuda, "synchronize", lambda _: None)
    return asked


def test_the_table_of_the_graph(
    without_a_graph: list[bool], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(cuda_loop, "ROUNDS", 2)
    text = said(cuda_loop.capture_table(COURSE, replace(TINY, resident=True)))
    assert "fit, capture=True / fit" in text
    assert "3.50" in text
    assert without_a_graph == [False, True, False, True, True, False]


@pytest.mark.parametrize(("asked", "end"), [(0.0, "2 of 2 runs, after "), (1.1, "in 2 runs")])
def test_the_time_to_an_accuracy(
    asked: float, end: str, without_a_graph: list[bool], monkeypatch: pytest.MonkeyPatch
) -> None:
    def few(*_: object) -> Resident:
        return Resident(*(part[:4] for part in clothes(COURSE.data, "test")), batch=2)

    monkeypatch.setattr(cuda_loop, "resident", few)
    monkeypatch.setattr(cuda_loop, "RUNS", 2)
    monkeypatch.setattr(cuda_loop, "ACCURACY", asked)
    assert end in cuda_loop.accuracy_line(COURSE, "cpu")
    assert without_a_graph == [True] * 3, "one run that is not counted, and two that are"


def test_threads_are_put_back() -> None:
    before = torch.get_num_threads()
    with contextlib.suppress(KeyError), full_loop.threads_set(before + 1):
        assert torch.get_num_threads() == before + 1
        raise KeyError
    assert torch.get_num_threads() == before


@pytest.mark.parametrize("name", ["adamw", "sgd"])
def test_an_unfused_optimizer_is_otherwise_the_same(name: str) -> None:
    lesson = full_loop.solution_of(COURSE.lesson(full_loop.LESSON))
    config = TINY.config(lesson, optimizer=name, lr=0.02)
    optimizer = lesson.build_optimizer(TINY.model(), config)
    other = lightning_loop.unfused(optimizer)
    assert type(other) is type(optimizer)
    assert not other.defaults["fused"]
    for one, two in zip(optimizer.param_groups, other.param_groups, strict=True):
        assert all(a is b for a, b in zip(one["params"], two["params"], strict=True))
        free = {"params", "fused", "foreach"}
        assert {k: v for k, v in one.items() if k not in free} == {
            k: v for k, v in two.items() if k not in free
        }


@pytest.mark.skipif(
    importlib.util.find_spec("lightning") is None, reason="only `make bench` installs Lightning"
)
def test_lightning_takes_part() -> None:
    lesson = full_loop.solution_of(COURSE.lesson(full_loop.LESSON))
    loader, _ = TINY.loaders(COURSE.data)
    assert lightning_loop.turn(lesson, TINY, loader) > 0
    assert lightning_loop.turn(lesson, replace(TINY, precision="bfloat16"), loader) > 0


def test_the_bench_extra_is_pinned_beside_the_lock_of_the_course() -> None:
    def pins(path: str) -> dict[str, str]:
        lines = (ROOT / path).read_text().splitlines()
        found = [Requirement(line) for line in lines if line and not line.startswith("#")]
        return {canonicalize_name(pin.name): str(pin.specifier) for pin in found}

    course, bench = pins("requirements.lock"), pins("benchmarks/requirements.lock")
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    [wanted] = map(Requirement, project["optional-dependencies"]["bench"])
    assert wanted.specifier.contains(bench[wanted.name].removeprefix("=="))
    assert all(specifier.startswith("==") for specifier in bench.values())
    assert "lightning" not in course, "what the course needs is installed without it"
    assert not bench.keys() & course.keys(), "a pin has one place"
