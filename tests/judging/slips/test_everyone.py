"""Each slip that everyone makes, made of the reference of several exercises and named as itself."""

from __future__ import annotations

import pytest

from autograder.judging.slips.spelling import closest

from . import made
from .session import Kernel

# Functions and methods of every lesson; each is judged in a part of a second.
EXERCISES = {
    "00_orientation": ("descent_step", "descend"),
    "01_losses": ("mse", "softmax"),
    "02_backprop": ("relative_error", "relu_forward__relu_backward"),
    "03_autograd": ("unbroadcast", "Tape"),
    "04_signal": ("distinct_units", "layernorm_forward__layernorm_backward"),
    "05_optimizers": ("momentum_step", "newton_step"),
    "06_schedules": ("step_decay", "one_cycle", "ReduceOnPlateau"),
    "07_generalization": ("confusion_matrix", "accuracy", "EarlyStopping"),
    "08_numpy_trainer": ("evaluate",),
    "09_torch": ("combined_loss", "count_parameters"),
    "10_training_loop": ("train_step", "make_loader"),
    "12_mixed_precision": ("underflow_fraction",),
    "13_gpu_loop": ("carbon_grams",),
    "14_scaling_out": ("shard_indices",),
    "15_clinic": ("loop_04", "loop_07"),
    "16_tensorflow": ("tf_train_step",),
    "17_pixels_and_boxes": ("box_iou", "info_nce"),
}
# In a bank, a slip may have a name of its own, which says more.
KNOWN = {
    ("train_step", "nothing_returned"): "returns_nothing",
    ("ReduceOnPlateau", "nothing_returned"): "nothing_returned",
    ("Tape", "nothing_returned"): "tape_not_returned",
}
SLIPS = {
    "nothing_returned": (made.no_return, made.bare_expression),
    "printed_not_returned": (made.printed,),
    "argument_missing": (made.no_parameter, made.no_default),
    "self_missing": (made.no_self,),
    "misspelt_name": (made.misspelt_local, made.misspelt_attribute, made.misspelt_definition),
}


def cases() -> list[object]:
    return [pytest.param(lesson, key, id=key) for lesson, keys in EXERCISES.items() for key in keys]


@pytest.fixture(scope="module")
def kernels() -> dict[str, Kernel]:
    return {}


def kernel_of(kernels: dict[str, Kernel], lesson: str) -> Kernel:
    if lesson not in kernels:
        kernels[lesson] = Kernel(lesson)
    return kernels[lesson]


@pytest.mark.parametrize("name", SLIPS)
@pytest.mark.parametrize(("lesson", "key"), cases())
def test_a_slip_is_named_in_every_exercise(
    lesson: str, key: str, name: str, kernels: dict[str, Kernel]
) -> None:
    kernel = kernel_of(kernels, lesson)
    for change in SLIPS[name]:
        for function, cell in made.slipped(kernel.lesson, key, change):
            verdict = kernel.verdict(key, cell)
            if function == "Tape.__exit__":
                continue  # None is the right answer of it
            assert verdict.status != "passed", function
            said = verdict.diagnosis and verdict.diagnosis.misconception
            assert said in (name, KNOWN.get((key, name))), (function, verdict.probes[0].message)


@pytest.mark.parametrize(
    ("lesson", "key", "change", "name"),
    [
        ("00_orientation", "descend", made.as_list, "list_for_array"),
        ("00_orientation", "descend", made.too_early, "returned_too_early"),
        ("00_orientation", "descend", made.order, "arguments_swapped"),
        ("01_losses", "softmax", made.as_list, "list_for_array"),
        ("01_losses", "softmax", made.as_generator, "generator_returned"),
        ("17_pixels_and_boxes", "box_iou", made.as_map, "generator_returned"),
        ("17_pixels_and_boxes", "average_precision", made.one_path, "nothing_returned"),
        ("17_pixels_and_boxes", "mean_iou", made.overwritten, "name_overwritten"),
        ("02_backprop", "relu_forward__relu_backward", made.as_list, "list_for_array"),
        ("02_backprop", "tanh_forward__tanh_backward", made.order, "arguments_swapped"),
        ("03_autograd", "topological_order", made.not_called, "not_called"),
        ("04_signal", "he_normal", made.as_list, "list_for_array"),
        ("04_signal", "he_normal", made.as_generator, "generator_returned"),
        ("05_optimizers", "sgd_step", made.as_list, "list_for_array"),
        ("05_optimizers", "rmsprop_step", made.comma, None),
        ("05_optimizers", "sgd_step", made.comma, "tuple_by_comma"),
        ("05_optimizers", "newton_step", made.without_np, "name_without_owner"),
        ("05_optimizers", "rmsprop_step", made.results_swapped, "results_swapped"),
        ("07_generalization", "accuracy", made.comma, "tuple_by_comma"),
    ],
)
def test_a_slip_is_named_where_it_can_be_made(
    lesson: str, key: str, change: made.Change, name: str | None, kernels: dict[str, Kernel]
) -> None:
    kernel = kernel_of(kernels, lesson)
    cells = [cell for _, cell in made.slipped(kernel.lesson, key, change)]
    assert bool(cells) == bool(name)
    for cell in cells:
        verdict = kernel.verdict(key, cell)
        if verdict.status != "passed":
            assert verdict.diagnosis is not None, cell
            assert verdict.diagnosis.misconception == name, verdict.diagnosis.text


@pytest.mark.parametrize(
    ("name", "known", "meant"),
    [
        ("momentom", {"momentum", "moments"}, "momentum"),
        ("mHat", {"m_hat", "v_hat"}, "m_hat"),
        ("lss", {"loss", "less"}, ""),
        ("losss", {"loss"}, "loss"),
        ("beta1", {"beta2"}, ""),
        ("m_hat", {"v_hat"}, ""),
        ("pred", {"prev"}, ""),
        ("x", {"y", "X"}, "X"),
        ("descent_stp", {"descent_step", "descend"}, "descent_step"),
        ("train", {"brain", "strain"}, ""),
    ],
)
def test_the_name_that_is_meant_is_found_if_there_is_one(
    name: str, known: set[str], meant: str
) -> None:
    assert closest(name, known) == meant
