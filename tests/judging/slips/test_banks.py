"""A misconception that a bank has keeps its name when its code is seen, too."""

from __future__ import annotations

import pytest

from autograder.harness.probe import load_probes
from autograder.judging.bank import load_bank

from .session import Kernel


@pytest.mark.parametrize(
    ("lesson", "key"),
    [
        ("00_orientation", "descend"),
        ("01_losses", "mse"),
        ("03_autograd", "topological_order"),
        ("06_schedules", "ReduceOnPlateau"),
        ("07_generalization", "minibatches"),
        ("09_torch", "combined_loss"),
        ("10_training_loop", "train_step"),
        ("12_mixed_precision", "underflow_fraction"),
        ("13_gpu_loop", "carbon_grams"),
        ("14_scaling_out", "shard_indices"),
        ("15_clinic", "loop_11"),
        ("16_tensorflow", "tf_train_step"),
        ("17_pixels_and_boxes", "info_nce"),
    ],
)
def test_a_slip_takes_no_name_from_a_bank(lesson: str, key: str) -> None:
    kernel = Kernel(lesson)
    bank = load_bank(kernel.lesson, load_probes(kernel.lesson.slug))
    for known in bank.by_exercise[key]:
        said = kernel.verdict(key, known.code(kernel.lesson)).diagnosis
        assert said is not None, known.name
        assert said.misconception in (known.name, known.equivalent_to)
