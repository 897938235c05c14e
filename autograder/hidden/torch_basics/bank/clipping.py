"""Mistakes in `ClippedSquare`."""

from typing import Any

from autograder.api import Bank

Mistakes = dict[tuple[Any, ...], str]  # (name, (old, new), ...): sentence
bank = Bank()
clipped = bank.exercise("ClippedSquare")

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

UNPACKED = (
    "backward computes with something that is no tensor. ctx.saved_tensors is a tuple, also where "
    "one was saved. Unpack it: the one tensor is its first element."
)
ABS_FIRST = "(x.abs() < 1) * upstream * 2 * x"
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
    ("tuple_not_unpacked", (LOAD, "x = ctx.saved_tensors")): UNPACKED,
    ("tuple_asked_for_its_size", (LOAD, "x = ctx.saved_tensors"), (BACK, ABS_FIRST)): UNPACKED,
}
for (name, *edits), text in CLIPPED_ANYTHING.items():
    clipped.edit(name, text, *edits, about="anything")

NOT_ONE_GRADIENT = (
    "torch refuses what backward returns: it has to be one gradient of x's shape, no sum, and no "
    "tuple, which is what ctx.saved_tensors is. Unpack that, and give each element its own number."
)
SUMMED = (BACK, "(upstream * 2 * x * (x.abs() < 1)).sum()")
clipped.edit("summed_gradient", NOT_ONE_GRADIENT, SUMMED, about="anything")
clipped.edit(
    "tuple_times_two",
    NOT_ONE_GRADIENT,
    (LOAD, "x = ctx.saved_tensors"),
    (BACK, "2 * x"),
    about="anything",
    equivalent_to="summed_gradient",
)
clipped.by_exceptions(
    *("tuple_not_unpacked", "tuple_asked_for_its_size", "summed_gradient", "tuple_times_two")
)
