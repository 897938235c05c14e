"""Independent answers to lesson 01, written in other ways than the reference: see the modules that
this one gathers."""

from __future__ import annotations

from typing import Any

from . import losses_classes as classes
from . import losses_distances as distances
from .losses_typed import TYPED
from .losses_wild import WILD


def gathered(key: str, module: Any, *names: str) -> dict[str, dict[str, Any]]:
    """Label -> names, of an exercise with one name."""
    return {name: {key: getattr(module, name)} for name in names}


RIGHT = {
    "mse": gathered("mse", distances, "mse_by_loops", "mse_by_norm", "mse_by_einsum"),
    "mae": gathered("mae", distances, "mae_by_loops", "mae_by_maximum"),
    "huber": gathered("huber", distances, "huber_by_loops", "huber_by_clipping"),
    "smooth_l1": gathered("smooth_l1", distances, "smooth_l1_by_loops", "smooth_l1_by_huber"),
    "log_softmax": gathered(
        "log_softmax",
        classes,
        "log_softmax_by_rows",
        "log_softmax_by_logaddexp",
        "log_softmax_on_a_copy",
    ),
    "softmax": gathered(
        "softmax", classes, "softmax_by_ratio", "softmax_by_rows", "softmax_by_differences"
    ),
    "cross_entropy": gathered(
        "cross_entropy",
        classes,
        "cross_entropy_by_rows",
        "cross_entropy_by_gaps",
        "cross_entropy_with_eye",
    ),
    "cross_entropy_one_hot": gathered(
        "cross_entropy_one_hot",
        classes,
        "one_hot_by_loops",
        "one_hot_by_diagonal",
        "one_hot_by_logits",
    ),
    "bce_with_logits": gathered(
        "bce_with_logits", classes, "bce_by_logaddexp", "bce_two_terms", "bce_by_loops"
    ),
    "sample_weighted": gathered("sample_weighted", classes, "weighted_by_dot", "weighted_by_loops"),
}

_WRONG = {
    "mse": gathered(
        "mse",
        distances,
        "mse_unbiased",
        "mse_in_place",
        "mse_asserts",
        "mse_flat_none",
        "mse_single_precision",
        "mse_sum_by_default",
    ),
    "mae": gathered("mae", distances, "mae_relative", "mae_largest", "mae_warns"),
    "huber": gathered(
        "huber", distances, "huber_pseudo", "huber_one_piece_for_all", "huber_options_swapped"
    ),
    "smooth_l1": gathered(
        "smooth_l1",
        distances,
        "smooth_l1_tails_of_beta",
        "smooth_l1_log_cosh",
        "smooth_l1_tenth",
    ),
    "log_softmax": gathered(
        "log_softmax",
        classes,
        "log_softmax_clipped",
        "log_softmax_single",
        "log_softmax_rounded_max",
        "log_softmax_tables_only",
    ),
    "softmax": gathered(
        "softmax", classes, "softmax_tempered", "softmax_squared", "softmax_base_two"
    ),
    "cross_entropy": gathered(
        "cross_entropy",
        classes,
        "cross_entropy_smoothed",
        "cross_entropy_column",
        "cross_entropy_brier",
        "cross_entropy_ignores_zero",
    ),
    "cross_entropy_one_hot": gathered(
        "cross_entropy_one_hot",
        classes,
        "one_hot_first_axis",
        "one_hot_largest_only",
        "one_hot_normalised",
    ),
    "bce_with_logits": gathered(
        "bce_with_logits",
        classes,
        "bce_weights_yes",
        "bce_of_hard_answers",
        "bce_of_any_yes",
        "bce_hinge",
        "bce_of_rows",
        "bce_clipped_logits",
    ),
    "sample_weighted": gathered(
        "sample_weighted", classes, "weighted_half", "weighted_rooted", "weighted_scaled"
    ),
}

WRONG = {
    key: {
        **labelled,
        **{answer.__name__: {key: answer} for answer in (*WILD.get(key, ()), *TYPED.get(key, ()))},
    }
    for key, labelled in _WRONG.items()
}
