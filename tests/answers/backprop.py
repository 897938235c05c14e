"""Independent answers to lesson 02, written in other ways than the reference: see the modules
that this one gathers."""

from __future__ import annotations

from typing import Any

from . import backprop_checks as checks
from . import backprop_layers as layers
from . import backprop_losses as losses
from . import backprop_mlp as mlp
from . import backprop_wild as wild


def named(key: str, **answers: Any) -> dict[str, dict[str, Any]]:
    """Label -> names, of an exercise with one name."""
    return {label: {key: answer} for label, answer in answers.items()}


def paired(layer: str, **answers: tuple[Any, Any]) -> dict[str, dict[str, Any]]:
    """Label -> names, of a forward and its backward."""
    ahead, back = f"{layer}_forward", f"{layer}_backward"
    return {label: {ahead: one, back: other} for label, (one, other) in answers.items()}


LINEAR = "linear_forward__linear_backward"
RELU = "relu_forward__relu_backward"
SIGMOID = "sigmoid_forward__sigmoid_backward"
TANH = "tanh_forward__tanh_backward"

RIGHT = {
    "numerical_gradient": named(
        "numerical_gradient",
        units=checks.along_unit_vectors,
        nditer=checks.with_nditer_on_a_copy,
        c_order=checks.flat_in_c_order,
        flat=checks.through_flat_iterators,
    ),
    "relative_error": named(
        "relative_error",
        loops=checks.error_by_loops,
        where=checks.error_with_where,
        zero_dimensional=checks.error_zero_dimensional,
    ),
    LINEAR: paired(
        "linear",
        einsum=(layers.linear_einsum, layers.linear_einsum_back),
        loops=(layers.linear_loops, layers.linear_loops_back),
        closure=(layers.linear_closure, layers.call),
    ),
    RELU: paired(
        "relu",
        where=(layers.relu_where, layers.relu_where_back),
        copy=(layers.relu_on_a_copy, layers.relu_on_a_copy_back),
        closure=(layers.relu_closure, layers.call),
        object=(layers.relu_object, layers.call_back),
    ),
    SIGMOID: paired(
        "sigmoid",
        naive=(layers.sigmoid_naive, layers.sigmoid_naive_back),
        tanh=(layers.sigmoid_by_tanh, layers.sigmoid_by_tanh_back),
        masks=(layers.sigmoid_by_masks, layers.call),
        logaddexp=(layers.sigmoid_by_logaddexp, layers.times_cache),
    ),
    TANH: paired(
        "tanh",
        cosh=(layers.tanh_by_sigmoid, layers.tanh_by_cosh_back),
        factors=(layers.tanh_factors, layers.call),
        squared=(layers.tanh_squared, layers.times_cache),
    ),
    "softmax_cross_entropy": named(
        "softmax_cross_entropy",
        eye=losses.loss_with_eye,
        rows=losses.loss_by_rows,
        logaddexp=losses.loss_by_logaddexp,
    ),
    "mse_backward": named(
        "mse_backward",
        loops=losses.mse_by_loops,
        target=losses.mse_from_the_target,
        copy=losses.mse_on_a_copy,
    ),
    "mlp_loss_and_grads": named(
        "mlp_loss_and_grads",
        inline=mlp.network_inline,
        rows=mlp.network_by_rows,
        homogeneous=mlp.network_homogeneous,
    ),
    "train_mlp": named(
        "train_mlp",
        in_place_on_copies=mlp.train_in_place_on_copies,
        recursion=mlp.train_by_recursion,
        zero_dimensional=mlp.train_zero_dimensional_losses,
    ),
}

WRONG = {
    "numerical_gradient": named(
        "numerical_gradient",
        five_points=checks.five_points,
        written_to_between_calls=checks.written_to_between_calls,
        another_default=checks.another_default,
        relative_steps=checks.relative_steps,
        flat_result=checks.flat_result,
        single_precision=checks.single_precision,
        only_vectors=checks.only_vectors,
        in_place=wild.nudged_in_place,
        one_sided_in_place=wild.one_sided_in_place,
        rows_apart=wild.rows_apart,
        axis_0=wild.counted_along_axis_0,
        one_sided_and_flat=wild.one_sided_and_flat,
    ),
    "relative_error": named(
        "relative_error",
        in_place=checks.error_in_place,
        as_array=checks.error_as_array,
        halved=checks.error_halved,
        floored_low=checks.error_floored_low,
        norms_without_floor=wild.error_of_norms_without_floor,
        to_the_larger=wild.error_to_the_larger,
        mean_with_floor_added=wild.error_of_the_mean,
    ),
    LINEAR: paired(
        "linear",
        other_order=(layers.linear_plain, layers.linear_other_order),
        view_of_one_row=(layers.linear_plain, layers.linear_view_of_one_row),
        spends_for_good=(layers.linear_list, layers.linear_spends_for_good),
        dout_scaled=(layers.linear_plain, layers.linear_dout_scaled),
        cache_scaled=(layers.linear_plain, layers.linear_cache_scaled),
        bias_twice=(layers.linear_weights_scaled, layers.linear_right_back),
        of_m_examples=(layers.linear_plain, wild.linear_of_m_examples),
        sums_everything=(layers.linear_plain, wild.linear_sums_everything),
        into_x=(layers.linear_plain, wild.linear_into_x),
    ),
    RELU: paired(
        "relu",
        leaky=(layers.relu_leaky, layers.relu_leaky_back),
        capped=(layers.relu_capped, layers.relu_where_back),
        dead_zone=(layers.relu_where, layers.relu_dead_zone_back),
        single_precision=(layers.relu_single_precision, layers.relu_where_back),
        half_at_zero=(layers.relu_where, layers.relu_half_at_zero_back),
        used_once=(layers.relu_used_once, layers.relu_used_once_back),
        mask_spent=(layers.relu_mask_spent, layers.relu_mask_spent_back),
        out_overwritten=(layers.relu_out_overwritten, layers.relu_out_overwritten_back),
        into_dout=(wild.relu_keeps_x, wild.relu_into_dout),
        by_sign=(wild.relu_keeps_x, wild.relu_by_sign),
        relu6=(wild.relu6, wild.relu6_back),
    ),
    SIGMOID: paired(
        "sigmoid",
        clipped=(layers.sigmoid_clipped, layers.out_times_rest),
        hard=(layers.sigmoid_hard, layers.out_times_rest),
        overflowing_back=(layers.sigmoid_plain, layers.sigmoid_overflowing_back),
        out_overwritten=(layers.sigmoid_plain, layers.out_overwritten),
        dout_overwritten=(layers.sigmoid_plain, layers.dout_overwritten),
        of_e_x=(wild.sigmoid_of_e_x, layers.out_times_rest),
        prime_of_e_x=(wild.sigmoid_of_e_x, wild.sigmoid_prime),
    ),
    TANH: paired(
        "tanh",
        clipped=(layers.tanh_clipped, layers.one_minus_square),
        a_sigmoid=(layers.tanh_doubled, layers.one_minus_square),
        out_squared_in_place=(layers.tanh_plain, layers.tanh_out_squared_in_place),
        plus=(layers.tanh_plain, layers.tanh_plus_back),
        of_e_2x=(wild.tanh_of_e_2x, layers.one_minus_square),
        difference_of_e_2x=(wild.tanh_of_e_2x, wild.tanh_times_the_difference),
    ),
    "softmax_cross_entropy": named(
        "softmax_cross_entropy",
        clipped_logits=losses.loss_clipped_logits,
        smoothed=losses.loss_smoothed,
        unbiased=losses.loss_unbiased,
        vector=losses.loss_as_a_vector,
        single_precision=losses.loss_single_precision,
        bits=losses.loss_in_bits,
        shifts_in_place=losses.loss_shifts_in_place,
        ignores_class_zero=losses.loss_ignores_class_zero,
        gradient_in_logits=losses.loss_gradient_in_logits,
        without_a_shift=wild.loss_without_a_shift,
        by_log_sum_exp=wild.loss_by_log_sum_exp,
        eps_undivided=wild.loss_with_eps_undivided,
        mean_of_one_hot=wild.loss_mean_of_one_hot,
        columns_of_targets=wild.loss_with_columns_of_targets,
    ),
    "mse_backward": named(
        "mse_backward",
        columns=losses.mse_columns,
        absolute=losses.mse_absolute,
        in_place=losses.mse_in_place,
        root=losses.mse_root,
        squared_size=losses.mse_squared_size,
        half_over_rows=wild.mse_half_over_rows,
    ),
    "mlp_loss_and_grads": named(
        "mlp_loss_and_grads",
        decayed=mlp.network_decayed,
        swapped_results=mlp.network_swapped_results,
        with_inputs=mlp.network_with_inputs,
        remembers=mlp.network_remembers,
        positional=mlp.network_positional,
        tanh=mlp.network_tanh,
        flat_biases=mlp.network_flat_biases,
        sum=mlp.network_sum,
        unstable=mlp.network_unstable,
        shifts_x=mlp.network_shifts_x,
        undivided_unshifted=wild.network_undivided_unshifted,
        open_and_averaged=wild.network_open_and_averaged,
        of_values=wild.network_of_values,
    ),
    "train_mlp": named(
        "train_mlp",
        shallow=mlp.train_shallow,
        momentum=mlp.train_with_momentum,
        row_by_row=mlp.train_row_by_row,
        one_step_short=mlp.train_one_step_short,
        best=mlp.train_returns_the_best,
        last_loss=mlp.train_last_loss,
        at_least_once=mlp.train_at_least_once,
        decaying=mlp.train_decaying,
        swapped_results=mlp.train_swapped_results,
        running_mean=mlp.train_running_mean,
        callers_arrays=wild.train_in_the_callers_arrays,
        uphill_and_late=wild.train_uphill_and_late,
        late_in_the_callers_dict=wild.train_late_in_the_callers_dict,
        on_one_gradient=wild.train_on_one_gradient,
        clipped=wild.train_clipped,
    ),
}

# What is said of the wrong answers that people write: one name, or two.
NAMED = {
    "numerical_gradient": {
        "in_place": "default_of_1e_5 + perturbed_in_place",
        "one_sided_in_place": "forward_difference",
        "rows_apart": "row_by_row",
        "axis_0": "flat_index",
        "one_sided_and_flat": "forward_difference + flattened_result",
        "flat_result": "flattened_result",
        "another_default": "default_of_1e_5",
    },
    "relative_error": {
        "norms_without_floor": "ratio_of_norms + no_floor",
        "to_the_larger": "larger_of_the_two + floor_of_1e_8",
        "mean_with_floor_added": "mean_of_ratios + floor_added",
        "halved": "mean_of_the_two",
    },
    LINEAR: {
        "of_m_examples": "bias_keeps_an_axis + divided_by_rows",
        "sums_everything": "bias_summed_to_a_number",
        "into_x": "inputs_overwritten",
    },
    RELU: {
        "into_dout": "open_at_zero",
        "by_sign": "half_open_at_zero",
        "relu6": "capped_at_six",
        "leaky": "leaky",
        "half_at_zero": "half_open_at_zero",
        "used_once": "cache_popped",
    },
    SIGMOID: {"of_e_x": "overflow", "prime_of_e_x": "local_derivative_only"},
    TANH: {
        "of_e_2x": "overflow_of_e_2x",
        "difference_of_e_2x": "difference_squared",
        "a_sigmoid": "stretched_sigmoid",
        "plus": "square_added",
    },
    "softmax_cross_entropy": {
        "without_a_shift": "no_maximum_in_the_ratio",
        "by_log_sum_exp": "no_maximum_either_way",
        "eps_undivided": "gradient_not_divided_by_rows + log_of_softmax_plus_eps_1e_8",
        "mean_of_one_hot": "loss_divided_by_classes_too",
        "columns_of_targets": "one_hot_in_whole_columns",
    },
    "mse_backward": {
        "half_over_rows": "factor_two_missing + divided_by_rows_only",
        "columns": "divided_by_columns_only",
    },
    "mlp_loss_and_grads": {
        "undivided_unshifted": "never_divided",
        "open_and_averaged": "open_at_zero + biases_averaged",
        "of_values": "parameters_by_position",
        "sum": "loss_summed",
        "flat_biases": "biases_keep_an_axis",
        "tanh": "tanh_instead",
    },
    "train_mlp": {
        "callers_arrays": "updated_in_place",
        "uphill_and_late": "loss_after_update + uphill",
        "late_in_the_callers_dict": "loss_after_update",
        "on_one_gradient": "losses_of_the_start_too",
        "shallow": "shared_without_steps",
    },
}
