"""The call that a message shows: whoever types it in gets the numbers of the message."""

import sys
from dataclasses import replace
from types import SimpleNamespace

import numpy as np
import pytest

from autograder.course.course import Course
from autograder.course.reference import load_reference
from autograder.feedback.text import explain
from autograder.harness.local import LocalRunner
from autograder.judging.compare import first_difference
from autograder.judging.counterexample.script import LINE, MOST_LINES
from autograder.judging.describe import describe_result
from autograder.judging.judge import Judge

LESSONS = Course.find().lesson_ids()
EVERY, SLOWLY = 40, 5  # of the misconceptions of an exercise, one in so many is tried
NOT_PASTEABLE = "  # "


class Typed:
    """A probe's run that gives what some lines give."""

    def __init__(self, text):
        self.text = text

    def __call__(self, impl, inputs):
        known = {"np": np, "torch": sys.modules.get("torch"), **vars(impl)}
        *before, last = self.text.splitlines()
        exec("\n".join(before), known)
        return eval(last, known)


def typed_in(probe, shown, wanted, *implementations):
    """What the text of a call gives on each implementation, apart from all that made it."""
    typed = replace(probe, run=Typed(shown.call))
    return [LocalRunner(names).run(typed, wanted, {}) for names in implementations]


@pytest.mark.parametrize("every", [EVERY, pytest.param(SLOWLY, marks=pytest.mark.slow)])
@pytest.mark.parametrize("lesson_id", LESSONS)
def test_a_shown_call_gives_what_its_message_says(lesson_id, every):
    lesson = Course.find().lesson(lesson_id)
    judge, reference = Judge(lesson, 11), load_reference(lesson).__dict__
    for key, exercise in lesson.exercises.items():
        probes = {probe.name: probe for probe in judge.probes(key)}
        for misconception in judge.bank.by_exercise.get(key, [])[::every]:
            names = {**reference, **misconception.names(lesson)}
            for name, shown in judge.examine(key, LocalRunner(names)).shown.items():
                lines = shown.call.splitlines()
                assert len(lines) <= MOST_LINES
                assert max(map(len, lines)) <= LINE + 20 or NOT_PASTEABLE in lines[-1]
                if NOT_PASTEABLE in shown.call:
                    continue
                came = typed_in(probes[name], shown, exercise.names, reference, names)
                difference = first_difference(*came, probes[name].tolerance)
                assert difference is not None, shown.call
                assert describe_result(difference) == describe_result(shown.difference), shown.call


@pytest.fixture(scope="module")
def orientation():
    return Judge(Course.find().lesson("00_orientation"), 5)


@pytest.fixture(scope="module")
def shown(orientation):
    """The call and the message of a wrong answer to an exercise of lesson 00."""
    reference = load_reference(orientation.lesson).__dict__

    def shown(key, function, judge=orientation):
        findings = judge.examine(key, LocalRunner({**reference, key: function}))
        verdict = judge.verdict(findings)
        return next(((p.call, p.message) for p in verdict.probes if p.call), None)

    return shown


def test_a_call_is_short_and_its_numbers_are_those_of_a_call(shown):
    call, message = shown("descent_step", lambda x, grad, lr: x - 2 * lr * grad)
    x, grad, lr = eval(call, {"descent_step": lambda x, grad, lr: (x, grad, lr)})
    assert len(call) < 60
    assert message == f"expected {x - lr * grad:.6g}, got {x - 2 * lr * grad:.6g}"


def test_a_function_that_is_handed_in_is_written_out(shown):
    def too_far(grad_fn, x0, lr, steps):
        return load_reference(Course.find().lesson("00_orientation")).descend(
            grad_fn, x0, 1.1 * lr, steps
        )

    call, _ = shown("descend", too_far)
    assert call.startswith("descend(lambda x: ")
    assert call.endswith("[1]")


def test_nothing_returned_is_shown_with_its_call(shown):
    call, message = shown("descent_step", lambda x, grad, lr: None)
    assert call.startswith("descent_step(")
    assert message == "expected a float, got None"


def test_an_exception_is_shown_with_the_call_that_raises_it(shown):
    def divides(x, grad, lr):
        return x // 0

    call, message = shown("descent_step", divides)
    assert call.startswith("descent_step(")
    assert message.startswith("it raised ZeroDivisionError")


def test_what_shows_nothing_by_itself_is_not_shown(shown):
    """An answer that is wrong at its second call only: no call alone would give what came."""
    count = []

    def tires(x, grad, lr):
        count.append(1)
        return x - lr * grad + (len(count) == 2)

    assert shown("descent_step", tires) is None


def test_a_right_path_in_a_list_is_not_told_that_its_points_are_wrong(orientation):
    reference = load_reference(orientation.lesson)

    def listed(grad_fn, x0, lr, steps):
        return list(reference.descend(grad_fn, x0, lr, steps))

    names = {**vars(reference), "descend": listed}
    said = explain(orientation.verdict(orientation.examine("descend", LocalRunner(names))))
    assert "got a list of 7" in said
    assert "To see why" not in said
    assert "Also different" not in said


def test_what_changes_no_input_is_not_told_that_it_does(orientation):
    names = {"largest_stable_lr": lambda curvatures: 1.9 / max(curvatures)}
    findings = orientation.examine("largest_stable_lr", LocalRunner(names))
    said = explain(orientation.verdict(findings)).splitlines()
    assert "Also checked: curvatures left as they were." in said
    assert not any("as they were" in line for line in said if line.startswith("Also different"))


def test_a_prediction_shows_no_call(orientation):
    findings = orientation.examine(
        "prediction_edge", LocalRunner({"prediction_edge": "nothing that is offered"})
    )
    assert not findings.shown


def test_a_reference_and_its_classes_are_as_they_were_after_recording():
    lesson = Course.find().lesson("05_optimizers")
    reference = load_reference(lesson)
    before = dict(vars(reference.Adam))
    judge = Judge(lesson, 3)
    names = {**vars(reference), **judge.bank.by_exercise["Adam"][0].names(lesson)}
    assert judge.examine("Adam", LocalRunner(names)).shown
    assert dict(vars(reference.Adam)) == before


def test_only_text_and_plain_data_go_where_the_learners_code_is():
    """Neither the reference nor what it returned is sent along with a call."""
    lesson = Course.find().lesson("02_backprop")
    judge, reference = Judge(lesson, 3), load_reference(lesson).__dict__
    sent = []

    class Watched(LocalRunner):
        def run(self, probe, names, inputs):
            if probe.name == "shown_call":
                sent.append((probe.payload(inputs), inputs))
            return super().run(probe, names, inputs)

    for key in ("numerical_gradient", "mlp_loss_and_grads", "linear_forward__linear_backward"):
        for misconception in judge.bank.by_exercise[key][:4]:
            names = {**reference, **misconception.names(lesson)}
            judge.examine(key, Watched(names))
    assert sent
    for payload, inputs in sent:
        assert b"reference_02_backprop" not in payload
        for script in inputs["scripts"]:
            assert all(type(line) is str for line in script["lines"])
            assert all(map(is_data, script["data"].values()))


def is_data(value):
    if isinstance(value, dict):
        return all(map(is_data, value.values()))
    if isinstance(value, list | tuple):
        return all(map(is_data, value))
    return isinstance(value, np.ndarray | float | int | str | None)


def test_an_impl_may_be_asked_for_its_signature():
    """A probe may look at what it calls: a recorded function still looks like itself."""
    import inspect

    from autograder.judging.counterexample.recorder import record

    def double(x, times=2):
        return x * times

    seen = []

    def run(impl, inputs):
        seen.append(str(inspect.signature(impl.double)))
        return impl.double(**inputs)

    (call,) = record(run, {"double": double}, {}, {"x": 3})
    assert seen == ["(x, times=2)"]
    assert (call.name, call.args, call.kwargs) == ("double", [], {"x": 3})
    assert SimpleNamespace(**call.kwargs).x == 3
