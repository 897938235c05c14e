"""Independent answers to lesson 07, written in other ways than the reference: see the modules that
this one gathers."""

from __future__ import annotations

from typing import Any

from . import generalization_batches as batches
from . import generalization_dropout as dropping
from . import generalization_parts as parts
from . import generalization_people as people
from . import generalization_states as states

DROPOUT = "dropout_forward__dropout_backward"


def named(key: str, **answers: Any) -> dict[str, dict[str, Any]]:
    """Label -> names, of an exercise with one name."""
    return {label: {key: answer} for label, answer in answers.items()}


def of_module(module: Any, key: str, prefix: str, *labels: str) -> dict[str, dict[str, Any]]:
    """Label -> names, of functions `<prefix>_<label>`."""
    return {label: {key: getattr(module, f"{prefix}_{label}")} for label in labels}


def dropout(**answers: tuple[Any, Any]) -> dict[str, dict[str, Any]]:
    """Label -> names, of a forward and its backward."""
    return {
        label: {"dropout_forward": ahead, "dropout_backward": back}
        for label, (ahead, back) in answers.items()
    }


def pair(answer: Any) -> tuple[Any, ...]:
    """What defines the names of an exercise, one or two."""
    return answer if isinstance(answer, tuple) else (answer,)


RIGHT = {
    "split": of_module(
        parts,
        "split",
        "split",
        "exactly",
        "by_keys",
        "by_choice",
        "by_a_spawned_seed",
        "empty_floats",
        "isclose",
        "round_robin",
        "at_cuts",
    ),
    "stratified_split": of_module(
        parts, "stratified_split", "stratified", "by_rounded_cuts", "by_sorting", "by_split"
    ),
    "k_fold": of_module(parts, "k_fold", "folds", "by_stride", "by_number", "by_lists"),
    "standardize": of_module(
        batches,
        "standardize",
        "standardize",
        "by_columns",
        "by_factors",
        "with_nans",
        "in_one_pass",
    ),
    "minibatches": of_module(
        batches, "minibatches", "batches", "by_split", "by_iterator", "by_expression", "by_pairs"
    ),
    DROPOUT: dropout(
        binomial=(dropping.drop_binomial, dropping.back_multiply),
        where=(dropping.drop_where, dropping.back_where),
        one_by_one=(dropping.drop_one_by_one, dropping.back_multiply),
        choice=(dropping.drop_choice, dropping.back_where),
    ),
    "EarlyStopping": named(
        "EarlyStopping",
        from_distance=states.FromDistance,
        from_history=states.FromHistory,
        countdown=states.Countdown,
    ),
    "confusion_matrix": of_module(
        states, "confusion_matrix", "matrix", "by_bincount", "by_one_hot", "by_pairs", "by_masks"
    ),
    "accuracy": of_module(states, "accuracy", "accuracy", "by_loops", "by_maxima", "by_sorting"),
}

WRONG = {
    "split": of_module(
        parts,
        "split",
        "split",
        "rotated",
        "reversed",
        "floats",
        "masks",
        "lists",
        "copied_rng",
        "seeds_the_global",
        "from_one",
        "rescaled",
        "wrong_error",
        "without_empty_parts",
        "python_random",
    ),
    "stratified_split": of_module(
        parts,
        "stratified_split",
        "stratified",
        "two_classes",
        "by_int",
        "truncating",
        "remainder_first",
        "sorts_labels",
        "values",
        "same_rows",
    ),
    "k_fold": of_module(
        parts,
        "k_fold",
        "folds",
        "only_first",
        "only_validation",
        "one_short",
        "of_n_minus_1",
        "rolled",
        "lists",
        "masks",
        "random_sizes",
        "bootstrap",
        "balanced_late",
    ),
    "standardize": of_module(
        batches,
        "standardize",
        "standardize",
        "second_others",
        "one_other",
        "as_array",
        "single",
        "last_axis",
        "isclose",
        "clipped",
        "median",
        "integers",
        "others_in_place",
    ),
    "minibatches": of_module(
        batches,
        "minibatches",
        "batches",
        "swapped",
        "flat",
        "views",
        "endless",
        "first_only",
        "equalised",
        "indices",
        "as_floats",
        "copied_rng",
        "pixels_shuffled",
    ),
    DROPOUT: dropout(
        block=(dropping.drop_block, dropping.back_multiply),
        in_place=(dropping.drop_in_place, dropping.back_multiply),
        boolean=(dropping.drop_boolean, dropping.back_multiply),
        no_mask=(dropping.drop_no_mask, dropping.back_multiply),
        last_axis=(dropping.drop_last_axis, dropping.back_multiply),
        half=(dropping.drop_half, dropping.back_multiply),
        assertion=(dropping.drop_assertion, dropping.back_multiply),
        zero_is_refused=(dropping.drop_zero_is_refused, dropping.back_multiply),
        swapped=(dropping.drop_swapped, dropping.back_multiply),
        evaluation_by_default=(dropping.drop_training_by_default, dropping.back_multiply),
        renormalised=(dropping.drop_renormalised, dropping.back_multiply),
        dout_in_place=(dropping.drop_binomial, dropping.back_in_place),
        squared=(dropping.drop_binomial, dropping.back_squared),
        mask_in_place=(dropping.drop_binomial, dropping.back_of_mask_in_place),
    ),
    "EarlyStopping": named(
        "EarlyStopping",
        int_answer=states.IntAnswer,
        no_answer=states.NoAnswer,
        raises_on_nan=states.RaisesOnNaN,
        stops_on_nan=states.StopsOnNaN,
        nan_skipped=states.NaNSkipped,
        first_counts=states.FirstCounts,
        self_reset=states.SelfReset,
        rounded=states.Rounded,
        arrays=states.Arrays,
        restores=states.Restores,
        two_chances=states.TwoChances,
        from_a_number=states.FromZero,
        half_reset=states.HalfReset,
    ),
    "confusion_matrix": of_module(
        states,
        "confusion_matrix",
        "matrix",
        "small_ints",
        "bytes",
        "lists",
        "from_one",
        "sorted",
        "with_totals",
        "first_only",
        "flat",
    ),
    "accuracy": of_module(
        states,
        "accuracy",
        "accuracy",
        "among_two",
        "whole",
        "per_row",
        "balanced",
        "rounded",
        "absolute",
        "unbiased",
        "in_place",
    ),
}

for key, labelled in people.PEOPLE.items():
    for label, (answer, _) in labelled.items():
        WRONG[key][f"people_{label}"] = dict(zip(key.split("__"), pair(answer), strict=True))

NAMED = {
    key: {f"people_{label}": name for label, (_, name) in labelled.items()}
    for key, labelled in people.PEOPLE.items()
}
