"""Mistakes in `gradient_of`."""

from typing import Any

import torch

from autograder.api import Bank

Mistakes = dict[tuple[Any, ...], str]  # (name, (old, new), ...): sentence
bank = Bank()
gradient = bank.exercise("gradient_of")

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


ZEROED = (
    "The caller's `.grad` is set to zero before the call, and holds the new gradient after it. "
    "What stood there belongs to somebody else: collect the gradient at a point of your own."
)


@gradient.wrong(ZEROED, about="anything")
def grad_of_x_zeroed(f: Any, x: Any) -> Any:
    x.requires_grad_()
    if x.grad is not None:
        x.grad.zero_()
    f(x).backward()
    return x.grad.clone()


@gradient.wrong(ZEROED, about="anything")
def grad_of_x_zeroed_and_the_flag_assigned(f: Any, x: Any) -> Any:
    x.requires_grad = True
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
        "The result of f doesn't hang on the point that is asked, so its gradient can't be taken: "
        "f got something outside of the graph. What f gets has to be the point that asks for one."
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
gradient.by_exceptions("point_left_outside")
