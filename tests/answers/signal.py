"""Independent answers to lesson 04, written in other ways than the reference: see the modules
that this one gathers."""

from __future__ import annotations

from typing import Any

from . import signal_batchnorm as batches
from . import signal_chains as chains
from . import signal_draws as draws
from . import signal_layernorm as rows


def named(key: str, **answers: Any) -> dict[str, dict[str, Any]]:
    """Label -> names, of an exercise with one name."""
    return {label: {key: answer} for label, answer in answers.items()}


def paired(layer: str, **answers: tuple[Any, Any]) -> dict[str, dict[str, Any]]:
    """Label -> names, of a forward and its backward."""
    ahead, back = f"{layer}_forward", f"{layer}_backward"
    return {label: {ahead: one, back: other} for label, (one, other) in answers.items()}


BATCH = "batchnorm_forward__batchnorm_backward"
LAYER = "layernorm_forward__layernorm_backward"

RIGHT = {
    "distinct_units": named(
        "distinct_units",
        pairs=chains.units_by_pairs,
        components=chains.units_by_components,
        broadcasting=chains.units_by_broadcasting,
        removing=chains.units_by_removing,
    ),
    "forward_statistics": named(
        "forward_statistics",
        recursion=chains.statistics_recursive,
        moments=chains.statistics_by_moments,
        arrays=chains.statistics_in_arrays,
        loops=chains.statistics_by_loops,
    ),
    "xavier_uniform": named(
        "xavier_uniform",
        unit=draws.xavier_from_unit,
        transposed=draws.xavier_transposed,
        shifted=draws.xavier_shifted,
        by_columns=draws.xavier_by_columns,
        integers=draws.xavier_from_integers,
        loops=draws.xavier_by_loops,
        child=draws.xavier_from_a_child,
    ),
    "he_normal": named(
        "he_normal",
        standard=draws.he_standard,
        transposed=draws.he_transposed,
        rows=draws.he_by_rows,
        polar=draws.he_by_box_muller,
        multivariate=draws.he_multivariate,
        seeded=draws.he_seeded_by_rng,
        single=draws.he_from_single_precision,
    ),
    BATCH: paired(
        "batchnorm",
        staged=(batches.staged, batches.staged_back),
        loops=(batches.loops, batches.loops_back),
        closure=(batches.closure, batches.call),
        jacobian=(batches.keeps_x, batches.jacobian_back),
        einsum=(batches.einsum, batches.einsum_back),
    ),
    LAYER: paired(
        "layernorm",
        flat=(rows.flat, rows.flat_back),
        loops=(rows.loops, rows.loops_back),
        closure=(rows.closure, rows.call),
        staged=(rows.staged, rows.staged_back),
    ),
}

WRONG = {
    "distinct_units": named(
        "distinct_units",
        sorted_columns=chains.units_sorted,
        first_only=chains.units_unlike_the_first,
        as_float=chains.units_as_float,
        rank=chains.units_by_rank,
        rounded=chains.units_rounded,
        overwriting=chains.units_overwriting,
        twins=chains.units_with_twins,
    ),
    "forward_statistics": named(
        "forward_statistics",
        from_the_input=chains.statistics_from_the_input,
        swapped=chains.statistics_swapped,
        in_place=chains.statistics_in_place,
        normalised=chains.statistics_normalised,
        absolute=chains.statistics_mean_absolute,
        last_only=chains.statistics_last_only,
        pairs=chains.statistics_as_pairs,
    ),
    "xavier_uniform": named(
        "xavier_uniform",
        two_values=draws.xavier_two_values,
        triangular=draws.xavier_triangular,
        one_row=draws.xavier_one_row,
        copied=draws.xavier_from_a_copy,
        one_more=draws.xavier_one_more,
        product=draws.xavier_product,
        geometric=draws.xavier_geometric,
        flat=draws.xavier_flat,
        single=draws.xavier_single_precision,
        seeds_globally=draws.xavier_seeds_globally,
    ),
    "he_normal": named(
        "he_normal",
        absolute=draws.he_absolute,
        clipped=draws.he_clipped,
        laplace=draws.he_laplace,
        zeros=draws.he_zeros,
        scaled=draws.he_rescaled,
        one_more=draws.he_one_more,
        remembered=draws.he_remembered,
        orthogonal=draws.he_orthogonal,
        bias_row=draws.he_bias_row,
    ),
    BATCH: paired(
        "batchnorm",
        no_eps=(batches.no_eps, batches.plain_back),
        no_gamma_forward=(batches.gamma_left_out, batches.plain_back),
        recovers_xhat=(batches.keeps_out, batches.recovers_xhat_back),
        eps_in_memory=(batches.eps_in_memory, batches.plain_back),
        wrong_order=(batches.other_order, batches.plain_back),
        spends_cache=(batches.keeps_list, batches.spends_back),
        other_order_back=(batches.plain, batches.other_order_back),
        in_place=(batches.centres_in_place, batches.plain_back),
        evaluates_biased=(batches.evaluates_unbiased, batches.plain_back),
        remembers=(batches.remembers, batches.plain_back),
        dout_changed=(batches.plain, batches.dout_changed_back),
        median=(batches.median, batches.plain_back),
    ),
    LAYER: paired(
        "layernorm",
        whole_table=(rows.whole_table, rows.plain_back),
        two_axes_only=(rows.plain, rows.two_axes_only_back),
        recovers_xhat=(rows.keeps_out, rows.recovers_xhat_back),
        axis_one=(rows.axis_one, rows.axis_one_back),
        kept_axes=(rows.plain, rows.kept_axes_back),
        eps_squared=(rows.eps_squared, rows.plain_back),
        in_place=(rows.in_place, rows.plain_back),
        swapped=(rows.plain, rows.swapped_back),
        gamma_changed=(rows.plain, rows.gamma_changed_back),
    ),
}
