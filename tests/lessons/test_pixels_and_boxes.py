"""Lesson 17: other right answers pass, other wrong ones do not, what its text says holds."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from ..answers.pixels_and_boxes import NAMED, RIGHT, WRONG
from ..answers.pixels_typed import ap_with_a_tiny_guard
from .common import AnswersAndBank
from .helpers import judge_names

LESSON = "17_pixels_and_boxes"


class TestAnswersAndBank(AnswersAndBank):
    lesson_id, right, wrong, named = LESSON, RIGHT, WRONG, NAMED
    nearest = 99  # an eps of 1e-10 in a denominator is that close to none


def test_a_zero_without_its_point_is_a_zero() -> None:
    assert (
        judge_names(
            LESSON,
            "average_precision",
            {
                "average_precision": lambda scores, is_match, n_truth: (
                    0
                    if n_truth == 0 or len(scores) == 0
                    else RIGHT["average_precision"]["ap_by_loops"]["average_precision"](
                        scores, is_match, n_truth
                    )
                )
            },
        ).status
        == "passed"
    )


@pytest.mark.parametrize("seed", range(5))
def test_a_tiny_guard_beneath_a_fraction_costs_nothing(seed: int) -> None:
    """1e-9, which is typed often, does not lie where rounding decides."""
    names = {"average_precision": ap_with_a_tiny_guard}
    assert judge_names(LESSON, "average_precision", names, seed).status == "passed"


def test_a_missing_entry_of_the_dict_is_called_by_its_name(solved: Any) -> None:
    def without_total(*args: Any, **named: Any) -> Any:
        parts = solved.detection_loss(*args, **named)
        return {name: parts[name] for name in ("cls", "box", "obj")}

    verdict = judge_names(LESSON, "detection_loss", {"detection_loss": without_total})
    assert verdict.score == 0
    assert "should have an entry 'total'" in verdict.probes[0].message


def test_the_given_cross_entropy_wants_rows_as_lesson_01s_does(solved: Any) -> None:
    """Or `cross_entropy(logits, targets)` of whole maps is the answer, without a thought."""
    with pytest.raises(ValueError, match="unpack"):
        solved.cross_entropy(np.zeros((3, 3, 3, 3)), np.zeros((3, 3, 3), dtype=np.int64))


def test_reference_equals_torch(solved: Any) -> None:
    torch = pytest.importorskip("torch")
    F, t = torch.nn.functional, torch.tensor
    rng = np.random.default_rng(7)
    maps, labels = rng.normal(size=(2, 3, 5, 4)), rng.integers(0, 3, size=(2, 5, 4))
    ours = solved.pixel_cross_entropy(maps, labels)
    np.testing.assert_allclose(ours, F.cross_entropy(t(maps), t(labels)), rtol=1e-12)
    a, b = 3 * rng.normal(size=(2, 8, 4))
    z = F.normalize(t(a)) @ F.normalize(t(b)).T / 0.07
    theirs = (F.cross_entropy(z, torch.arange(8)) + F.cross_entropy(z.T, torch.arange(8))) / 2
    np.testing.assert_allclose(solved.info_nce(a, b), theirs, rtol=1e-12)


def test_a_guess_among_n_costs_its_logarithm(solved: Any) -> None:
    assert solved.info_nce(np.ones((7, 2)), np.ones((7, 2))) == pytest.approx(np.log(7))


# The numbers in the prose


def test_finding_nothing_pleases_one_of_two(solved: Any) -> None:
    mask = solved.disc(32, 15, 15, 2.5)
    assert mask.sum() == 21
    nothing = np.full((32, 32), 0.02)
    logits = solved.two_class_logits(np.log(nothing / (1 - nothing))[None])
    assert solved.pixel_cross_entropy(logits, mask[None]) == pytest.approx(0.1, abs=0.001)
    assert solved.dice_loss(nothing, mask) == pytest.approx(0.98, abs=0.005)


def test_a_class_that_was_never_said_costs_its_vote(solved: Any) -> None:
    scene = np.zeros((24, 24), dtype=np.int64)
    scene[:, 12:], scene[10:14, 9:12] = 1, 2
    blind = np.where(scene == 2, 0, scene)
    assert np.sum(scene == 2) == 12
    assert np.mean(blind == scene) == pytest.approx(0.98, abs=0.005)
    assert solved.mean_iou(blind, scene, 3) == pytest.approx(0.65, abs=0.005)


def test_half_a_box_of_shift_leaves_a_third(solved: Any) -> None:
    unit = np.array([[0.0, 0.0, 1.0, 1.0]])
    assert solved.box_iou(unit, unit + np.array([0.5, 0, 0.5, 0]))[0] == pytest.approx(1 / 3)


def slope(solved: Any, f: Any) -> Any:
    return lambda x: solved.numerical_gradient(f, x)


@pytest.mark.parametrize("seed", range(4))
def test_cross_entropy_marks_a_fifth_and_dice_about_as_many(solved: Any, seed: int) -> None:
    """Prediction b, on the seeds of the figure; and the threshold that mends the first."""
    rng = np.random.default_rng(seed)
    (_, seen, truth), (_, new, masks) = solved.scans(8, rng), solved.scans(24, rng)
    z = lambda w, features: np.einsum("f,nfhw->nhw", w, features)
    sigmoid = lambda v: 1 / (1 + np.exp(-v))
    losses = (
        lambda w: solved.pixel_cross_entropy(solved.two_class_logits(z(w, seen)), truth),
        lambda w: solved.dice_loss(sigmoid(z(w, seen)), truth),
    )
    entropic, dicey = (
        sigmoid(z(solved.descend(slope(solved, f), np.zeros(4), 4.0, 150)[-1], new)) for f in losses
    )
    assert 0.1 < np.sum(entropic > 0.5) / masks.sum() < 0.3
    assert 0.55 < np.sum(dicey > 0.5) / masks.sum() < 1.4
    assert entropic.sum() == pytest.approx(masks.sum(), rel=0.2)
    iou = lambda said: solved.mean_iou(said.astype(np.int64), masks, 2)
    assert iou(entropic > 0.5) + 0.03 < iou(dicey > 0.5)
    assert iou(entropic > 0.2) == pytest.approx(iou(dicey > 0.5), abs=0.02)


def test_a_box_beside_its_target_never_moves(solved: Any) -> None:
    """Prediction a."""
    goal, start = np.array([4.0, 4.0, 7.0, 7.0]), np.array([7.8, 4.8, 10.8, 7.8])
    loss = lambda box: 1 - solved.box_iou(box[None], goal[None])[0]
    assert np.array_equal(solved.descend(slope(solved, loss), start, 0.2, 20)[-1], start)
    near = solved.descend(slope(solved, loss), start - np.array([2.3, 0, 2.3, 0]), 0.2, 100)[-1]
    assert loss(near) < 0.15


def test_the_plain_of_a_high_temperature_has_a_floor(solved: Any) -> None:
    """Prediction c: even a perfect embedding of 128 orthogonal pairs costs more than 3."""
    assert solved.info_nce(np.eye(128), np.eye(128), 1.0) > np.log(128) - 1
    assert solved.info_nce(np.eye(128), np.eye(128), 0.1) < 0.01


def test_the_halves_of_the_digits_belong_together(solved: Any) -> None:
    (ups, downs), (test_ups, test_downs), images = solved.digit_halves(np.random.default_rng(0))
    assert ups.shape == downs.shape == (1597, 33)
    assert test_ups.shape == test_downs.shape == (200, 33)
    whole = np.hstack([test_ups[:, :32], test_downs[:, :32]])
    shift = whole - images.reshape(200, 64)
    np.testing.assert_allclose(shift, np.tile(shift[:1], (200, 1)), atol=1e-12)
    np.testing.assert_allclose(ups[:, :32].mean(axis=0), 0, atol=1e-12)


def test_boxes_apart_get_a_full_score_when_sides_are_not_clipped() -> None:
    here, there = np.array([0.0, 0.0, 1.0, 1.0]), np.array([2.0, 2.0, 3.0, 3.0])
    shared = np.prod(np.minimum(here, there)[2:] - np.maximum(here, there)[:2])
    assert shared / (2 - shared) == 1
