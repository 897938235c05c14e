"""Answers that end in the exceptions of a known mistake, and for another reason, do not get its
name."""

from __future__ import annotations

import pytest

from autograder.course.reference import execute_source_over, exercise_source, load_reference

from .helpers import judge_names, lesson_of

ADD = "np.add.at(counts, (targets, predictions), 1)"
# Exercise -> whose name it must not get -> what is typed instead of what in the reference.
OTHERS: dict[str, dict[str, dict[str, tuple[tuple[str, str], ...]]]] = {
    "00_orientation": {
        "largest_stable_lr": {
            "sorts_the_callers": (("return", "curvatures.flatten()\n    return"),)
        },
    },
    "01_losses": {
        "huber": {
            "if_on_an_array": (("losses = ", "far = far + np.ones(far.size + 2)\n    losses = "),),
        },
        "softmax": {"axis_one": (("return", "logits[0, 0]\n    return"),)},
    },
    "02_backprop": {
        "linear_forward__linear_backward": {
            "weights_not_transposed": (("dout @ W.T", "x @ W.T"),),
        },
        "softmax_cross_entropy": {
            "axis_not_kept": (("- logits.max(axis=1, keepdims=True)", "- targets"),),
        },
        "mlp_loss_and_grads": {"parameters_by_position": (("return", "x @ x\n    return"),)},
        "numerical_gradient": {
            "flat_index": (("    grad = ", "    if x.ndim > 1:\n        {}[0]\n    grad = "),)
        },
    },
    "04_signal": {
        "forward_statistics": {
            "every_layer_from_the_input": (("activation(h @ W)", "activation(h @ W @ x.T)"),)
        },
    },
    "05_optimizers": {
        "newton_step": {
            "only_for_bowls": (("step = ", "np.linalg.inv(hessian * 0)\n    step = "),)
        },
        "Adam": {
            "t_advances_afterwards": (
                (
                    "    def step(self, grads):",
                    "    def step(self, grads):\n        np.zeros(3) + np.zeros(2)",
                ),
            ),
        },
    },
    "06_schedules": {
        "cosine": {"nothing_after_the_end": (("return float(min_lr)\n", "return [].pop()\n"),)},
    },
    "07_generalization": {
        "accuracy": {"best_row_of_each_class": (("== targets", "== targets[1:]"),)},
        "confusion_matrix": {
            "bincount_too_short": (
                (
                    ADD,
                    f"{ADD}\n    if {{*targets}} < {{*range(n_classes)}}:\n        int('')",
                ),
            )
        },
        "split": {
            "sum_compared_exactly": (
                ("    shares = ", "    if fractions.sum() != 1:\n        int('')\n    shares = "),
            )
        },
    },
    "08_numpy_trainer": {
        "forward__backward": {
            "weights_not_transposed": (("delta = delta @ W.T", "delta = delta @ h.T"),),
            "parameters_by_position": (("return h @ W", "x @ x\n    return h @ W"),),
        },
    },
    "09_torch": {
        "gradient_of": {
            "point_left_outside": (
                ("    (gradient,)", "    torch.ones(2) @ torch.ones(3)\n    (gradient,)"),
            )
        },
        "conv2d": {
            "kernel_transposed": (("    out = ", "    torch.ones(2) @ torch.ones(3)\n    out = "),),
            "graph_cut_altogether": (
                (
                    "    out = torch",
                    "    if x.requires_grad:\n        torch.ones(2) @ x[:9]\n    out = torch",
                ),
            ),
        },
        "parameter_groups": {
            "names_for_parameters": (("    groups = {}", "    groups = {}\n    len(model)"),)
        },
    },
    "10_training_loop": {
        "evaluate": {
            "best_sample_for_each_class": (("logits.argmax(dim=1)", "logits.argmax(dim=1)[1:]"),)
        },
    },
    "12_mixed_precision": {
        "DynamicLossScaler": {
            "none_not_skipped": (
                ("        return loss * self._scale", "        return loss * self.factor"),
            ),
            "never_ready_again": (
                (
                    "                p.grad.div_",
                    "                p.grad @ torch.ones(99)\n                p.grad.div_",
                ),
            ),
        },
    },
}


@pytest.mark.parametrize(
    ("lesson_id", "key", "name", "edits"),
    [
        pytest.param(lesson_id, key, name, edits, id=f"{key}-{name}")
        for lesson_id, exercises in OTHERS.items()
        for key, named in exercises.items()
        for name, edits in named.items()
    ],
)
@pytest.mark.filterwarnings("ignore::RuntimeWarning")
def test_another_reason_gets_another_name_or_none(
    lesson_id: str, key: str, name: str, edits: tuple[tuple[str, str], ...]
) -> None:
    lesson = lesson_of(lesson_id)
    source = exercise_source(lesson, key)
    for old, new in edits:
        assert old in source
        source = source.replace(old, new)
    names = execute_source_over(source, f"other_{key}", load_reference(lesson).__dict__)
    for seed in (1, 2):
        verdict = judge_names(lesson_id, key, names, seed)
        assert verdict.score < verdict.max_score
        assert verdict.diagnosis is None, verdict.diagnosis
