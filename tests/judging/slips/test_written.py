"""Slips as somebody typed them, and code that looks like one and is none."""

from __future__ import annotations

import pytest

from .session import Kernel

LOOP = """
def descend(grad_fn, x0, lr, steps):
    path = [np.array(x0, dtype=float)]
    for _ in range(steps):
        {step}
    {end}
"""
STEP = "path.append(path[-1] - lr * grad_fn(path[-1]))"
END = "return np.array(path)"
TWICE = """
def largest_stable_lr(curvatures):
    positive = {made}
    if not {first}:
        raise ValueError("no curvature")
    return 2.0 / {second}
"""
MSE = """
def mse(pred, target, reduction="mean"):
    losses = {square}
    if reduction == "mean":
        return losses.mean()
    if reduction == "sum":
        return losses.sum()
    {last}
"""
PIXELS = """
def pixel_cross_entropy(logits, targets):
    logits, targets = np.moveaxis(logits, 1, -1).reshape(-1, logits.shape[1]), targets.reshape(-1)
    return cross_entropy({given})
"""


@pytest.fixture(scope="module")
def orientation() -> Kernel:
    return Kernel("00_orientation")


@pytest.fixture(scope="module")
def losses() -> Kernel:
    return Kernel("01_losses")


@pytest.fixture(scope="module")
def regions() -> Kernel:
    return Kernel("17_pixels_and_boxes")


def named(kernel: Kernel, key: str, *cells: str) -> str | None:
    verdict = kernel.verdict(key, *cells)
    assert verdict.status != "passed"
    return verdict.diagnosis.misconception if verdict.diagnosis else None


def text(kernel: Kernel, key: str, *cells: str) -> str:
    verdict = kernel.verdict(key, *cells)
    assert verdict.diagnosis is not None
    return verdict.diagnosis.text


@pytest.mark.parametrize(
    ("step", "end", "name"),
    [
        ("path = path.append(path[-1] - lr * grad_fn(path[-1]))", END, "in_place_returns_nothing"),
        (STEP, "return np.array(paths)", "misspelt_name"),
        (STEP, "return np.aray(path)", "misspelt_name"),
        (STEP, "return array(path)", "name_without_owner"),
        (STEP, "print(np.array(path))", "printed_not_returned"),
        (STEP, "path = np.array(path)", "nothing_returned"),
        (STEP, "return path", "list_of_points"),
        (STEP, "return np.array(path).tolist", "not_called"),
        (STEP, "return map(float, path)", "generator_returned"),
        (f"{STEP}\n        return np.array(path)", "", "returned_too_early"),
        ("x = next_point(path[-1])\n        path.append(x)", END, None),
    ],
)
def test_slips_in_a_loop(orientation: Kernel, step: str, end: str, name: str | None) -> None:
    cell = LOOP.format(step=step, end=end or "pass")
    said = named(orientation, "descend", cell)
    assert said == name or (name == "list_of_points" and said == "list_for_array")


@pytest.mark.parametrize(
    ("made", "first", "second", "name"),
    [
        ("(c for c in curvatures if c > 0)", "sum(positive)", "max(positive)", True),
        ("filter(lambda c: c > 0, curvatures)", "list(positive)", "max(positive)", True),
        ("[c for c in curvatures if c > 0]", "sum(positive)", "min(positive)", False),
        ("iter(curvatures)", "next(positive)", "max(positive)", False),
    ],
)
def test_an_iterator_is_gone_through_once(
    orientation: Kernel, made: str, first: str, second: str, name: bool
) -> None:
    cell = TWICE.format(made=made, first=first, second=second)
    said = named(orientation, "largest_stable_lr", cell)
    assert (said == "generator_used_up") is name


def test_an_iterator_made_outside_a_loop_is_used_up_in_its_first_pass(regions: Kernel) -> None:
    cell = """
def mean_iou(pred, target, n_classes):
    found = []
    pairs = zip(pred.ravel(), target.ravel())
    for c in range(n_classes):
        both = sum(p == c and t == c for p, t in pairs)
        either = np.sum((pred == c) | (target == c))
        if either:
            found.append(both / either)
    return np.mean(found)
"""
    assert named(regions, "mean_iou", cell) == "generator_used_up"


@pytest.mark.parametrize(
    ("square", "last", "name"),
    [
        ("(pred - target) ** 2", "print(losses)", "printed_not_returned"),
        ("(pred - target) ** 2,", "return losses", "tuple_by_comma"),
        ("squared(pred - target)", "return losses", "nothing_returned"),
        ("(pred - target).square", "return losses", None),
    ],
)
def test_slips_on_a_path_or_in_a_helper(
    losses: Kernel, square: str, last: str, name: str | None
) -> None:
    helper = "def squared(x):\n    x ** 2"
    assert named(losses, "mse", helper, MSE.format(square=square, last=last)) == name


def test_a_call_with_its_arguments_in_each_others_places_is_shown(regions: Kernel) -> None:
    swapped = PIXELS.format(given="targets, logits")
    assert "`cross_entropy(targets, logits)`" in text(regions, "pixel_cross_entropy", swapped)
    assert named(regions, "pixel_cross_entropy", swapped) == "arguments_swapped"
    lacking = PIXELS.format(given="logits")
    assert named(regions, "pixel_cross_entropy", lacking) == "argument_missing"
    assert "`cross_entropy(logits, targets, reduction='mean')`" in text(
        regions, "pixel_cross_entropy", lacking
    )


def test_the_signature_that_was_asked_for_is_shown(orientation: Kernel) -> None:
    said = text(
        orientation, "descent_step", "def descent_step(x, grad):\n    return x - 0.1 * grad"
    )
    assert "`descent_step(x, grad, lr)`" in said


def test_a_name_with_a_letter_amiss_is_asked_about(orientation: Kernel) -> None:
    verdict = orientation.verdict(
        "descent_step", "def descent_stp(x, grad, lr):\n    return x - lr * grad"
    )
    assert verdict.status == "not_attempted"
    assert "you have `descent_stp`" in verdict.note


def test_a_builtin_that_a_cell_took_is_named(orientation: Kernel) -> None:
    cell = LOOP.format(step=STEP, end=END)
    assert named(orientation, "descend", "range = [0, 1]", cell) == "name_overwritten"
    inside = cell.replace("    for _", "    range = 3\n    for _")
    assert named(orientation, "descend", inside) == "name_overwritten"


def test_an_answer_that_a_cell_took_is_named(orientation: Kernel) -> None:
    cell = "def descent_step(x, grad, lr):\n    return x - lr * grad"
    said = text(orientation, "descent_step", cell, "descent_step = descent_step(1.0, 2.0, 0.1)")
    assert "run the cell that defines `descent_step` again" in said


def test_a_parameter_that_no_caller_gives_is_named(orientation: Kernel) -> None:
    cell = "def descent_step(x, grad, lr, t):\n    return x - lr * grad"
    assert "asks for `t` at every call" in text(orientation, "descent_step", cell)


def test_an_answer_that_yields_is_told_to_return(orientation: Kernel) -> None:
    cell = LOOP.format(step=f"yield x\n        {STEP}", end="")
    assert "`descend` has a `yield`" in text(orientation, "descend", cell)


def test_code_that_is_nested_too_deeply_is_left_alone(orientation: Kernel) -> None:
    deep = "def descent_step(x, grad, lr):\n    return x" + " - lr * grad" * 900 + " + grad"
    orientation.verdict("descent_step", deep)


@pytest.mark.parametrize("body", ["exit()", "while True: pass"])
def test_what_ended_or_overran_has_no_slip_beside_it(
    orientation: Kernel, monkeypatch: pytest.MonkeyPatch, body: str
) -> None:
    monkeypatch.setenv("DESCENT_PROBE_SECONDS", "0.2")
    said = orientation.verdict("descent_step", f"def descent_step(x, grad, lr):\n    {body}")
    assert said.probes[0].status in ("error", "timeout")
    assert said.diagnosis is None


@pytest.mark.parametrize(
    "body",
    [
        "    step = lr * grad\n    {stub}",
        "    {stub}\n    return x - lr * grad",
        '    """Downhill."""\n    if True:\n        {stub}\n    return x - lr * grad',
    ],
)
def test_a_stub_that_was_left_is_said(orientation: Kernel, body: str) -> None:
    stub = 'raise NotImplementedError("descent_step is not written yet")'
    verdict = orientation.verdict(
        "descent_step", f"def descent_step(x, grad, lr):\n{body.format(stub=stub)}"
    )
    assert verdict.status == "not_attempted"
    assert "`descent_step` still has the line `raise NotImplementedError(...)`" in verdict.note


def test_a_stub_alone_is_not_begun(orientation: Kernel) -> None:
    stub = 'raise NotImplementedError("descent_step is not written yet")'
    cell = f'def descent_step(x, grad, lr):\n    """Downhill."""\n    {stub}'
    assert orientation.verdict("descent_step", cell).note == ""


def test_parameters_in_another_order_are_named(orientation: Kernel) -> None:
    cell = "def descent_step(grad, x, lr):\n    return x - lr * grad"
    assert named(orientation, "descent_step", cell) == "arguments_swapped"


def test_one_failing_line_is_said_once(losses: Kernel) -> None:
    cell = """def huber(pred, target, delta=1.0, reduction="mean"):
    far = np.abs(residual(pred, target))
    if far <= delta:
        losses = 0.5 * far**2
    else:
        losses = delta * (far - 0.5 * delta)
    return reduce_losses(losses, reduction)"""
    verdict = losses.verdict("huber", cell)
    assert verdict.diagnosis is not None
    assert verdict.diagnosis.beside == ()
