"""A known mistake with another beside it: whatever is named is true of that code."""

from __future__ import annotations

import pytest

from autograder.course.reference import execute_source_over, load_reference
from autograder.harness.probe import load_probes
from autograder.judging.bank import load_bank
from autograder.judging.misconception import edited_source

from .helpers import judge_names, lesson_of

# Lesson, exercise, the mistake of its bank, what else is typed instead of what, and what would be
# false of the two; with None, named alone: the other mistake would be hidden behind it.
COMPOUNDS = [
    (
        *("02_backprop", "linear_forward__linear_backward", "bias_averaged"),
        *("dout.mean(axis=0)", "dout.mean(axis=1)", {"bias_averaged"}),  # not by the number of rows
    ),
    (
        *("07_generalization", "minibatches", "global_random_state"),
        *("y[taken]", "-y[taken]", {"shuffled_apart"}),
    ),
    (
        *("02_backprop", "linear_forward__linear_backward", "weights_not_transposed"),
        *("x.T @ dout", "dout.T @ x", {"results_swapped"}),
    ),
    (
        *("07_generalization", "accuracy", "best_row_of_each_class"),
        *("== targets", "!= targets", {"best_row_of_each_class", None}),
    ),
    (
        *("08_numpy_trainer", "forward__backward", "weights_not_transposed"),
        *("h.T @ delta", "(h * 2).T @ delta", {"parameters_by_position"}),
    ),
    (
        *("02_backprop", "softmax_cross_entropy", "axis_not_kept"),
        *(
            "-log_probs[rows, targets].mean()",
            "log_probs[rows, targets].sum()",
            {"axis_not_kept", None},
        ),
    ),
]


@pytest.mark.filterwarnings("ignore::RuntimeWarning")
@pytest.mark.parametrize(("lesson_id", "key", "mistake", "old", "new", "false"), COMPOUNDS)
def test_what_is_named_is_true_of_both(
    lesson_id: str, key: str, mistake: str, old: str, new: str, false: set[str | None]
) -> None:
    lesson = lesson_of(lesson_id)
    bank = load_bank(lesson, load_probes(lesson.slug)).by_exercise[key]
    source = edited_source(lesson, next(m for m in bank if m.name == mistake))
    assert source.count(old) == 1
    names = execute_source_over(
        source.replace(old, new), f"compound_{key}", load_reference(lesson).__dict__
    )
    for seed in (1, 2):
        verdict = judge_names(lesson_id, key, names, seed)
        assert verdict.score < verdict.max_score
        said = verdict.diagnosis
        named = {said.misconception, said.second} if said else {None}
        assert not false <= named, named
