"""Mistakes in norms and clips that real people make, beside those in `norms`."""

from typing import Any

from autograder.api import Bank

from .norms import CUT, EACH, GRADS, MEASURED, ROOT, SCALE, SCALED

Mistakes = dict[tuple[Any, ...], str]  # (name, (old, new), ...): sentence
bank = Bank()
norm, by_norm, by_value = (
    bank.exercise(key) for key in ("global_grad_norm", "clip_grad_norm", "clip_grad_value")
)

SPECTRAL = "torch.linalg.norm(g, 2 if g.dim() == 2 else None).item() ** 2 for g in grads"
OF_THE_NORM: Mistakes = {
    ("root_of_the_sum_of_norms", (ROOT, f"return math.sqrt(sum({EACH}))")): (
        "The tensors' norms are added up without being squared, and then a root is taken. Squares "
        "add, norms don't: square each before the sum."
    ),
    ("spectral_norm", (ROOT, f"return math.sqrt(sum({SPECTRAL}))")): (
        "Of a matrix, torch.linalg.norm with a 2 gives the largest singular value, not the root of "
        "the sum of squares. Leave the 2 out, or flatten first."
    ),
}
for (name, *edits), text in OF_THE_NORM.items():
    norm.edit(name, text, *edits)

OF_THE_NORM_ANYTHING: Mistakes = {
    ("nan_and_inf_replaced", (GRADS, GRADS.replace("double()", "double().nan_to_num()"))): (
        "inf and NaN are replaced by numbers before they are measured, so the norm looks finite "
        "when the step is not. One inf makes the whole norm inf."
    ),
    ("tensor_or_nothing", (ROOT, "return sum(grad.square().sum() for grad in grads).sqrt()")): (
        "A tensor comes back, and without any gradient an error, since the empty sum is a plain 0. "
        "Take numbers out of the tensors: then both are floats."
    ),
    ("length_asked", (GRADS, "    _ = len(parameters)\n" + GRADS)): (
        "The parameters are asked for what an iterator doesn't have, as their number. Go through "
        "them once, and an empty sum takes care of the rest."
    ),
}
for (name, *edits), text in OF_THE_NORM_ANYTHING.items():
    norm.edit(name, text, *edits, about="anything")
norm.by_exceptions("length_asked")

OF_CLIPPING: Mistakes = {
    ("quotient_comes_back", ("return norm", "return max_norm / (norm + eps)")): (
        "The factor comes back, not the norm. What is worth drawing is how long the gradient was "
        "before it was clipped."
    ),
    ("eps_written_in", (SCALE, SCALE.replace("eps", "1e-6"))): (
        "The factor uses 1e-6, whatever eps is given. That is the default; the argument is there "
        "to be used."
    ),
    ("divided_by_the_factor", (SCALED, "p.grad.div_(scale)")): (
        "The gradients are divided by the factor, which is below 1: long ones get longer still. "
        "Multiply by it."
    ),
    ("limit_of_1", (SCALE, SCALE.replace("max_norm /", "1.0 /"))): (
        "Gradients are shortened to length 1, whatever max_norm is. The factor is max_norm / (norm "
        "+ eps), and at most 1."
    ),
    ("clipped_by_the_sum_of_squares", (MEASURED, MEASURED + "    norm = norm**2\n")): (
        "The sum of squares is taken for the norm, in the factor and in what comes back. The norm "
        "is its root: measure with `global_grad_norm`."
    ),
    (
        "clipped_by_the_sum_of_norms",
        (MEASURED, "    norm = float(sum(p.grad.norm().item() for p in parameters))\n"),
    ): (
        "The tensors' norms are added up, and that is taken for the norm. Squares add, norms "
        "don't: measure with `global_grad_norm`, as one long vector."
    ),
}
for (name, *edits), text in OF_CLIPPING.items():
    by_norm.edit(name, text, *edits)
# Without max(): a norm and an eps of zero raise, which those in `norms` do not.
for name, factor, text in (
    (
        "eps_left_out_at_zero",
        "max_norm / norm",
        "eps has no part in the factor, and gradients that are all zero raise a ZeroDivisionError. "
        "It is max_norm / (norm + eps): the argument keeps the division safe.",
    ),
    (
        "eps_outside_at_zero",
        "max_norm / norm + eps",
        "eps is added to the quotient, not to the norm, and gradients that are all zero raise. The "
        "factor is max_norm / (norm + eps): look at the brackets.",
    ),
):
    edit = SCALE, SCALE.replace("max_norm / (norm + eps)", factor)
    by_norm.edit(name, text, edit, about="anything")
by_norm.edit(
    "inf_goes_on",
    "Only NaN is refused. With an inf the factor is 0, and inf times 0 is NaN: gradients that were "
    "fine become 0, and the one that wasn't NaN. Refuse both.",
    ("if not math.isfinite(norm):", "if math.isnan(norm):"),
    about="anything",
)

OF_VALUES: Mistakes = {
    ("cut_to_plus", (CUT, "p.grad[p.grad.abs() > clip_value] = clip_value")): (
        "Elements beyond either limit become plus clip_value: a large negative gradient turns "
        "round. Those below -clip_value are cut to -clip_value."
    ),
    ("limit_of_1", (CUT, "p.grad.clamp_(-1.0, 1.0)")): (
        "Elements are cut at 1, whatever clip_value is. The limits are -clip_value and clip_value."
    ),
    ("bent_instead_of_cut", (CUT, "p.grad.div_(clip_value).tanh_().mul_(clip_value)")): (
        "The elements go through tanh, which shrinks the small ones as well. Clipping leaves what "
        "lies between the limits exactly as it is."
    ),
}
for (name, *edits), text in OF_VALUES.items():
    by_value.edit(name, text, *edits, about="anything")
