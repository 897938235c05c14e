"""Lesson 15: right answers by other hands, wrong ones outside the bank, what the text promises."""

import math
from typing import Any

import numpy as np
import pytest
import torch
from torch.nn import functional as F

from autograder.course.delimiters import squeeze
from autograder.course.given import given_bodies
from autograder.harness.probe import load_probes
from autograder.judging.bank import load_bank

from ..answers import clinic, clinic_wild
from .common import AnswersAndBank
from .helpers import SEEDS, judge_names, lesson_of, merged

LESSON = "15_clinic"
LOOPS = [f"loop_{number:02d}" for number in range(1, 13)]


class TestAnswersAndBank(AnswersAndBank):
    lesson_id = LESSON
    right = merged(clinic.RIGHT, clinic_wild.RIGHT)
    wrong = merged(clinic.WRONG, clinic_wild.WRONG)
    named = merged(clinic.NAMED, clinic_wild.NAMED)
    # An added 1e-8 is as right as a clamp; a thousandth shows itself at some hundred times more.
    nearest = 100


def test_every_loop_is_given_and_no_other_exercise_is() -> None:
    assert sorted(given_bodies(lesson_of(LESSON).notebook().cells)) == LOOPS


@pytest.mark.parametrize("key", LOOPS)
def test_a_loop_as_it_was_given_earns_nothing_and_is_named(solved: Any, key: str) -> None:
    """Handed in with a comment more, say: then it was attempted."""
    given = getattr(solved, f"given_{key}")
    for seed in SEEDS:
        verdict = judge_names(LESSON, key, {key: given}, seed)
        assert verdict.score == 0
        assert all(probe.score == 0 for probe in verdict.probes)
        assert verdict.diagnosis is not None


@pytest.mark.parametrize("key", LOOPS)
def test_a_loop_that_is_still_the_given_one_is_refused_by_its_visible_test(
    solved: Any, key: str
) -> None:
    """Each cell is compiled by itself, as in a notebook: an import beside it changes the code."""
    names, cells = dict(solved.__dict__), lesson_of(LESSON).release().cells
    exec(next(c.source for c in cells if "given" in c.metadata.get("tags", [])), names)
    exec(next(c.source for c in cells if c.id == key), names)
    given = names[f"given_{key}"]
    with pytest.raises(NotImplementedError, match=f"{key} is not written yet"):
        solved.must_differ(names[key], given)
    solved.must_differ(getattr(solved, key), given)


def test_no_docstring_or_heading_says_what_is_wrong() -> None:
    released = [c for c in lesson_of(LESSON).release().cells if c.id in LOOPS]
    assert len(released) == len(LOOPS)
    for cell in released:
        text = cell.source.split('"""')[1].lower()
        for word in ("wrong", "bug", "fault", "mistake", "mend", "forgot", "leak", "twice"):
            assert word not in text, cell.id


# What the charts show, on the seeds that no figure uses.


@pytest.mark.parametrize("seed", [1, 2])
def test_the_first_ward_is_as_ill_as_its_complaints_say(solved: Any, seed: int) -> None:
    first = solved.epochs_of(solved.given_loop_01, lr=0.1, momentum=0, seed=seed)
    assert min(first[:4]) < first[0] - 0.3
    assert first[-1] > 2
    assert solved.ratio_of(solved.given_loop_02, 0.1, seed) == pytest.approx(2, abs=0.01)
    model = solved.network(seed)
    optimizer = torch.optim.Adam(model.parameters(), lr=0.003)
    third = solved.given_loop_03(model, solved.batches(), F.cross_entropy, optimizer, 20)
    assert 1.46 < third[-1] < 1.55
    assert solved.accuracy_of(model) > 0.93
    fourth = solved.repeats_of(solved.given_loop_04, (2, 400), 4, seed)
    assert max(fourth[2]) < 0.5 < 0.8 < min(fourth[400])
    assert len(set(fourth[400])) > 1


@pytest.mark.slow
@pytest.mark.parametrize("seed", [1, 2])
def test_the_second_ward_is_as_ill_as_its_complaints_say(solved: Any, seed: int) -> None:
    whole, spoilt = solved.corrupted_of(solved.given_loop_05, seed=seed)
    cost = np.array(spoilt) < whole - 1.5 / 12
    assert cost.mean() > 0.95
    _, spoilt = solved.corrupted_of(solved.loop_05, seed=seed)
    assert (np.array(spoilt) > whole - 1.5 / 12).sum() >= 12
    assert solved.fed_by(solved.given_loop_06, 6, seed)[-1] == pytest.approx(math.log(10), abs=0.01)
    seventh = solved.judged_by(solved.given_loop_07, seed=seed)
    assert math.isfinite(seventh[1])
    assert math.isnan(seventh[-1])
    eighth = solved.epochs_of(solved.given_loop_08, 6, seed, lr=0.1, momentum=0)
    assert eighth[-1] > math.log(10)


@pytest.mark.parametrize("seed", [1, 2])
def test_the_third_ward_is_as_ill_as_its_complaints_say(solved: Any, seed: int) -> None:
    assert solved.epochs_of(solved.given_loop_09, 10, seed)[-1] > 1.8
    assert solved.epochs_of(solved.loop_09, 10, seed)[-1] < 0.1
    assert solved.scaled_by(solved.given_loop_10, seed=seed)[-1] > 2.25
    rates, losses = solved.rates_of(solved.given_loop_11, 10, seed)
    assert rates[1] < rates[0] / 100
    assert np.mean(losses) > 2.2
    assert np.mean(solved.rates_of(solved.loop_11, 10, seed)[1]) < 0.25
    for make, least, most in (
        (lambda model: solved.sgd(model, 0.02), 1.0, 1.3),
        (lambda model: torch.optim.Adam(model.parameters(), lr=0.01), 1.5, 50),
    ):
        whole, resumed = solved.resumed_by(solved.given_loop_12, make, seed)
        assert least < (resumed / whole).max() < most


@pytest.mark.parametrize("seed", [1, 2])
def test_clipping_hides_the_first_illness(solved: Any, seed: int) -> None:
    """What section 6 says: at 1 it looks healthy, at 10 it does not."""
    last = {}
    for limit in (1.0, 10.0):
        model = solved.network(seed)
        optimizer = solved.sgd(model, lr=0.1, momentum=0)

        def shorten(*_: Any, model: Any = model, limit: float = limit) -> None:
            torch.nn.utils.clip_grad_norm_(model.parameters(), limit)

        optimizer.register_step_pre_hook(shorten)
        losses = solved.given_loop_01(model, solved.batches(), F.cross_entropy, optimizer, 20)
        last[limit] = losses[-1]
    assert last[1.0] < 0.1
    assert last[10.0] > 1.5


def test_the_text_of_each_word_fits_its_made_up_run(solved: Any) -> None:
    for epochs in (10, 20, 60):
        for word, run in solved.made_up_runs(epochs).items():
            assert solved.diagnose(run) == word


def test_no_misconception_is_the_cell_as_it_was_given() -> None:
    """Handed in, it would not be an attempt, and nothing could be named."""
    lesson = lesson_of(LESSON)
    released = {cell.id: squeeze(cell.source) for cell in lesson.release().cells}
    for key, mistakes in load_bank(lesson, load_probes(lesson.slug)).by_exercise.items():
        for mistake in mistakes:
            assert squeeze(mistake.code(lesson)) != released[key], mistake.name


def rows_that_fit(run: Any) -> set[str]:
    """The rows of the text's table that such a run is in, read strictly and in no order."""
    train, val = np.array(run["train_loss"]), np.array(run["val_loss"])
    if not (np.isfinite(train).all() and np.isfinite(val).all()):
        return {"diverging"}
    val, train = val / train[0], train / train[0]
    end, late, best = train[-1], train[len(train) // 2 :], int(val.argmin())
    together = abs(val[-1] - end) <= 0.1
    rows = {
        "diverging": end > 1,
        "overfitting": end < train[best] and val[-1] >= 1.2 * val[best],
        "underfitting": end > 0.75 and together and end <= 1,
        "plateau": 0.4 < end <= 2 / 3 and np.ptp(late) < 0.03,
        "healthy": max(end, val[-1]) < 0.4 and together,
    }
    return {word for word, fits in rows.items() if fits}


@pytest.mark.parametrize("seed", SEEDS)
def test_every_run_that_is_graded_fits_one_row_alone(solved: Any, seed: int) -> None:
    for probe in load_probes("clinic")["diagnose"]:
        for where, inputs in probe.inputs(np.random.default_rng(seed)).items():
            run = inputs["history"]
            assert rows_that_fit(run) == {solved.diagnose(run)}, where
