"""Mistakes in `gradient_of` and in `ClippedSquare`."""

from typing import Any

import torch

from autograder.api import Bank

Mistakes = dict[tuple[Any, ...], str]  # (name, (old, new), ...): sentence
bank = Bank()
gradient, clipped = bank.exercise("gradient_of"), bank.exercise("ClippedSquare")

POINT = "x.detach().clone().requires_grad_()"
GRAD = "(gradient,) = torch.autograd.grad(f(point), point)"
RETURN = "return gradient"


@gradient.wrong(
    "backward adds to the caller's own `.grad`, and that is what comes back: the second call "
    "returns both gradients added up. Collect the gradient at a point that only this call knows.",
    about="anything",
)
def gradients_in_x_grad(f: Any, x: Any) -> Any:
    x.requires_grad_()
    f(x).backward()
    return x.grad.clone()


@gradient.wrong(
    "The caller's `.grad` is emptied before or after the call. What stood there belongs to "
    "somebody else: collect the gradient at a point of your own, which has a `.grad` of its own.",
    about="anything",
)
def grad_of_x_cleared(f: Any, x: Any) -> Any:
    x.requires_grad_()
    x.grad = None
    f(x).backward()
    found, x.grad = x.grad, None
    return found


@gradient.wrong(
    "The copy is still connected with x, so backward goes on through it and adds to the gradients "
    "behind. A clone stays in the graph: leave the graph first, then copy.",
    about="anything",
)
def clone_without_detach(f: Any, x: Any) -> Any:
    point = x.clone()
    point.requires_grad_()
    point.retain_grad()
    f(point).backward()
    return point.grad.clone()


@gradient.wrong(
    "The caller's `.grad` is set to zero before or after the call. What stood there belongs to "
    "somebody else: collect the gradient at a point of your own, which has a `.grad` of its own.",
    about="anything",
)
def grad_of_x_zeroed(f: Any, x: Any) -> Any:
    x.requires_grad_()
    if x.grad is not None:
        x.grad.zero_()
    f(x).backward()
    return x.grad.clone()


@gradient.wrong(
    "Where x asks for gradients, its clone is no leaf, so backward leaves nothing in the clone's "
    "`.grad` and goes on to x itself. Leave the graph first, then copy.",
    about="anything",
)
def grad_of_a_clone(f: Any, x: Any) -> Any:
    point = x.clone().requires_grad_()
    f(point).backward()
    return point.grad


@gradient.wrong(
    "The slope is measured between two points that are a small step apart, and is a little off. "
    "Autograd has the exact one: ask it.",
)
def finite_difference(f: Any, x: Any) -> Any:
    at = x.detach()
    found, step = torch.zeros_like(at).flatten(), 1e-6
    for i in range(found.numel()):
        moved = at.clone().flatten()
        moved[i] += step
        found[i] = (f(moved.reshape(at.shape)) - f(at)) / step
    return found.reshape(at.shape)


@gradient.wrong(
    "The caller's x no longer asks for gradients after the call: the next training step skips it "
    "without a word. Leave the flag alone, and ask at a point of your own.",
    about="anything",
)
def flag_switched_off(f: Any, x: Any) -> Any:
    x.requires_grad_()
    (found,) = torch.autograd.grad(f(x), x)
    if x.is_leaf:
        x.requires_grad_(False)
    return found


ANYTHING: Mistakes = {
    ("asks_x_itself", (POINT, "x.requires_grad_()")): (
        "x itself is asked for gradients, and goes on asking after the call: everything that is "
        "computed from it is recorded from now on. Ask at a copy outside of the graph."
    ),
    ("point_left_outside", (GRAD, GRAD.replace("f(point)", "f(point.detach())"))): (
        "f gets a tensor outside of the graph, so nothing is recorded on the way to the result, "
        "and backward raises. What f gets has to be the point that asks for gradients."
    ),
    ("result_in_the_graph", (GRAD, GRAD.replace(", point)", ", point, create_graph=True)"))): (
        "The gradient comes back with a graph of its own, as for a second derivative: whoever "
        "keeps it keeps the graph. Return it without one."
    ),
    ("shape_lost", (RETURN, "return gradient.flatten()")): (
        "The gradient comes back in another shape than x has. A gradient has one number for each "
        "element of x, in the same place."
    ),
    ("value_returned", (RETURN, "return f(point).detach()")): (
        "What comes back is the value of f, a single number. Its gradient is asked for: one number "
        "for each element of x."
    ),
    ("a_number_for_a_tensor", (RETURN, "return gradient.detach().numpy()")): (
        "The gradient comes back as an array or a number, no longer as a tensor. Whoever goes on "
        "computing with it, on a GPU perhaps, needs a tensor of x's dtype and device."
    ),
}
for (name, *edits), text in ANYTHING.items():
    gradient.edit(name, text, *edits, about="anything")

SLOPES: Mistakes = {
    ("downhill", (RETURN, "return -gradient")): (
        "The sign is turned: this is the direction of descent. The gradient itself points uphill, "
        "and the step subtracts it."
    ),
    ("normalized", (RETURN, "return gradient / gradient.norm()")): (
        "The gradient is scaled to length 1, so that it only says where, and not how steep. "
        "The step's length depends on it: return it as it comes."
    ),
    (
        "value_added",
        (GRAD, "value = f(point)\n    (gradient,) = torch.autograd.grad(value**2 / 2, point)"),
    ): (
        "What is differentiated is a function of f's value, not f: the gradient comes out "
        "multiplied by a factor of its own. Call backward on what f returns."
    ),
}
for (name, *edits), text in SLOPES.items():
    gradient.edit(name, text, *edits)

# ClippedSquare

OUT, BACK = "(x**2).clamp(max=1)", "upstream * 2 * x * (x.abs() < 1)"
SAVE, LOAD = "ctx.save_for_backward(x)", "(x,) = ctx.saved_tensors"

CLIPPING: Mistakes = {
    ("upstream_left_out", (BACK, "2 * x * (x.abs() < 1)")): (
        "backward returns the local slope and leaves the upstream gradient out: right only where "
        "that is 1. The chain rule multiplies: what flows in, times the slope."
    ),
    ("slope_of_the_square_everywhere", (BACK, "upstream * 2 * x")): (
        "Where the square was clipped, the gradient of the square still flows. There the output "
        "is constant, whatever x does: its slope is 0."
    ),
    ("slope_of_the_square_alone", (BACK, "2 * x")): (
        "backward returns the slope of the square: without the upstream gradient, and also where "
        "the square was clipped. It is what flows in, times the slope, which is 0 outside."
    ),
    ("mask_turned_round", (BACK, "upstream * 2 * x * (x.abs() > 1)")): (
        "The gradient flows where the square was clipped, and is 0 where it was not. There the "
        "output is constant; look at the direction of the comparison."
    ),
    ("never_clipped", (OUT, "x**2")): (
        "forward returns the square, however large it is. Where it exceeds 1, 1 comes out."
    ),
    ("never_clipped_either_way", (OUT, "x**2"), (BACK, "upstream * 2 * x")): (
        "This is the plain square, both ways: nothing is clipped. Where the square exceeds 1, "
        "forward gives 1, and backward 0."
    ),
    ("slope_clipped", (BACK, "upstream * (2 * x).clamp(-1, 1)")): (
        "The slope is clipped, not the square. What was cut off in forward has slope 0, and what "
        "was not keeps its full slope."
    ),
    ("factor_two_missing", (BACK, "upstream * x * (x.abs() < 1)")): (
        "The slope inside is x, which is that of half the square. The derivative of x squared has "
        "a factor of two."
    ),
    ("mask_without_absolute_value", (BACK, "upstream * 2 * x * (x < 1)")): (
        "The mask asks whether x is below 1, so everything below -1 passes as well, clipped as it "
        "was. Look at the size of x, not at its sign."
    ),
    ("mask_from_the_upstream", (BACK, "upstream * 2 * x * (upstream.abs() < 1)")): (
        "The mask is taken from the upstream gradient. Whether the square was clipped is decided "
        "by x, which forward has to keep for backward."
    ),
    ("straight_through", (BACK, "torch.where(x.abs() < 1, upstream * 2 * x, upstream)")): (
        "Where the square was clipped, the upstream gradient passes on unchanged. That is the "
        "straight-through estimator; the slope of a constant is 0."
    ),
    ("input_clipped_above_only", (OUT, "x.clamp(max=1) ** 2")): (
        "x is clipped from above and then squared: below -1 the square still grows. It is the "
        "square that may not exceed 1, on both sides."
    ),
    ("maximum_for_minimum", (OUT, "(x**2).clamp(min=1)")): (
        "The larger of the square and 1 comes out: clamp with min= is a floor. The smaller is "
        "asked for, a ceiling."
    ),
    ("sign_lost", (SAVE, "ctx.save_for_backward(x.abs())")): (
        "backward computes with the size of x, or with the root of the output: for negative x the "
        "gradient has the wrong sign. Keep x itself."
    ),
    ("clipped_gradient", (BACK, "(upstream * 2 * x).clamp(-1, 1)")): (
        "The gradient is clipped, not the square. What was cut off in forward has slope 0, and "
        "what was not keeps its full slope."
    ),
    ("output_kept", (SAVE, "ctx.save_for_backward((x**2).clamp(max=1))")): (
        "backward computes with the output instead of the input: the slope is then twice the "
        "square. Keep x, from which the slope is computed."
    ),
    ("square_root_of_loss", (OUT, "x.abs().clamp(max=1)")): (
        "The absolute value is clipped, and nothing is squared. The values agree at 0 and beyond "
        "1 only."
    ),
}
for (name, *edits), text in CLIPPING.items():
    clipped.edit(name, text, *edits)

CLIPPED_ANYTHING: Mistakes = {
    ("kept_on_the_class", (SAVE, "ClippedSquare.kept = x"), (LOAD, "x = ClippedSquare.kept")): (
        "What backward needs is kept in one place for all calls: a second forward overwrites the "
        "first one's. Each call has a `ctx` of its own to keep it in."
    ),
    ("upstream_changed", (BACK, "upstream.mul_(2 * x * (x.abs() < 1))")): (
        "The upstream gradient is multiplied in place, and the neighbours that share it get the "
        "changed one. Multiply into a new tensor."
    ),
    (
        "upstream_masked_in_place",
        (BACK, "upstream.masked_fill_(x.abs() >= 1, 0.0) * 2 * x"),
    ): (
        "Places of the upstream gradient are set to 0 in place, and the neighbours that share it "
        "get the changed one. Multiply by a mask, or copy it first."
    ),
    (
        "input_changed",
        (OUT, "x.pow_(2).clamp_(max=1)"),
        (SAVE, "ctx.save_for_backward(x.clone())"),
    ): (
        "forward works in place, so the caller's x holds squares afterwards. Compute into new "
        "tensors: the methods without an underscore do."
    ),
    ("summed_gradient", (BACK, "(upstream * 2 * x * (x.abs() < 1)).sum()")): (
        "backward returns one number. A gradient has the shape of what it is the gradient of: one "
        "number for each element of x."
    ),
}
for (name, *edits), text in CLIPPED_ANYTHING.items():
    clipped.edit(name, text, *edits, about="anything")
