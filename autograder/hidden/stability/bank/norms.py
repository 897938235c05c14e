"""Mistakes in the norm of all gradients, and in clipping them."""

from typing import Any

from autograder.api import Bank

Mistakes = dict[tuple[Any, ...], str]  # (name, (old, new), ...): sentence
bank = Bank()
norm, by_norm, by_value = (
    bank.exercise(key) for key in ("global_grad_norm", "clip_grad_norm", "clip_grad_value")
)
by_norm.forbids("torch.nn.utils.clip_grad_norm_", "torch.nn.utils.get_total_norm")
by_value.forbids("torch.nn.utils.clip_grad_value_")

GRADS = "    grads = [p.grad.double() for p in parameters if p.grad is not None]\n"
ROOT = "return math.sqrt(sum(grad.square().sum().item() for grad in grads))"
EACH = "[grad.square().sum().sqrt().item() for grad in grads]"

OF_THE_NORM: Mistakes = {
    ("sum_of_norms", (ROOT, f"return sum({EACH})")): (
        "The norms of the tensors are added up. Norms don't add, squares do: 3 and 4 make 5. "
        "Add the squares of all elements, and take one root at the end."
    ),
    ("mean_of_norms", (ROOT, f"return sum({EACH}) / max(1, len(grads))")): (
        "The mean of the tensors' norms comes back, so it depends on how the network is cut into "
        "tensors. All gradients together are one long vector: its length is asked for."
    ),
    ("largest_norm", (ROOT, f"return max({EACH}, default=0.0)")): (
        "The norm of the largest tensor comes back; the others don't count. All gradients together "
        "are one long vector: add the squares of all of them before the root."
    ),
    ("largest_element", (ROOT, "return max((g.abs().max().item() for g in grads), default=0.0)")): (
        "The largest element comes back, which is the maximum norm. Asked for is the "
        "Euclidean one: the root of the sum of all squares."
    ),
    ("sum_of_absolutes", (ROOT, "return float(sum(g.abs().sum().item() for g in grads))")): (
        "Absolute values are added up, which is the L1 norm. Asked for is the Euclidean one: the "
        "root of the sum of all squares."
    ),
    ("root_left_out", ("math.sqrt(sum(", "float(sum(")): (
        "The sum of squares comes back without its root. It grows with the square of the gradient, "
        "and can't be compared with a threshold for its length."
    ),
    (
        "root_mean_square",
        (
            ROOT,
            "n = max(1, sum(g.numel() for g in grads))\n    "
            + ROOT.replace("grads))", "grads) / n)"),
        ),
    ): (
        "The squares are averaged before the root, so the number of parameters is divided out. The "
        "length of a vector is the root of the sum of its squares."
    ),
    ("norm_of_the_weights", ("p.grad.double()", "p.detach().double()")): (
        "The norm of the parameters comes back, not that of their gradients. What the next step is "
        "made of stands in p.grad."
    ),
    ("last_gradient_only", ("for grad in grads))", "for grad in grads[-1:]))")): (
        "Only the last gradient counts, because each overwrites the one before. Add up the squares "
        "of all of them, then take the root."
    ),
}
for (name, *edits), text in OF_THE_NORM.items():
    norm.edit(name, text, *edits)

OF_THE_NORM_ANYTHING: Mistakes = {
    ("missing_gradients_not_skipped", (" if p.grad is not None", "")): (
        "A parameter without a gradient raises an error: its .grad is None. Frozen layers, "
        "and heads that a loss doesn't use, have none: skip them."
    ),
    ("returns_the_tensor", (ROOT, "return torch.tensor(" + ROOT.removeprefix("return ") + ")")): (
        "A tensor comes back where a number is asked for. The value is right, but it sits on its "
        "device and is no float: take the number out of it."
    ),
    (
        "iterator_gone_through_twice",
        (
            GRADS,
            "    if not any(p.grad is not None for p in parameters):\n        return 0.0\n" + GRADS,
        ),
    ): (
        "The parameters are gone through twice, but model.parameters() is an iterator: by "
        "then what the first look took is gone. Make a list of it first."
    ),
    (
        "not_finite_raises",
        (
            ROOT,
            "norm = "
            + ROOT.removeprefix("return ")
            + (
                "\n"
                "    if not math.isfinite(norm):\n"
                "        raise RuntimeError(norm)\n"
                "    return norm"
            ),
        ),
    ): (
        "A norm that is inf or NaN raises an error here. Measuring is for looking: the clip "
        "refuses, the measurement says what is there."
    ),
    (
        "nan_and_inf_skipped",
        ("if p.grad is not None]", "if p.grad is not None and p.grad.isfinite().all()]"),
    ): (
        "Gradients with inf or NaN in them are left out, so the norm looks healthy when the step "
        "would not be. One inf makes the whole norm inf."
    ),
    ("nothing_raises", (GRADS, GRADS + "    grads[0]\n")): (
        "Without any gradient it raises an error, where 0.0 is asked for: a list of norms may be "
        "empty, and an empty sum is 0."
    ),
    (
        "clips_while_it_measures",
        (
            GRADS,
            (
                "    parameters = list(parameters)\n"
                "    for p in parameters:\n"
                "        if p.grad is not None:\n"
                "            p.grad.nan_to_num_(nan=math.nan).clamp_(-1e6, 1e6).mul_(0.5)\n"
            )
            + GRADS.replace("double()", "double() * 2"),
        ),
    ): (
        "The gradients are changed while they are measured. A measurement leaves them alone: the "
        "step that comes after uses them."
    ),
}
for (name, *edits), text in OF_THE_NORM_ANYTHING.items():
    norm.edit(name, text, *edits, about="anything")

LISTED = "    parameters = [p for p in parameters if p.grad is not None]\n"
MEASURED = "    norm = global_grad_norm(parameters)\n"
SCALE = "    scale = min(1.0, max_norm / (norm + eps))"
REFUSED = (
    "    if not math.isfinite(norm):\n"
    '        raise RuntimeError(f"the gradient norm is {norm}: nothing was clipped")\n'
)
SCALED, RETURN = "p.grad.mul_(scale)", "return norm"
LOOP = f"    for p in parameters:\n        {SCALED}\n"
ALONE = "alone = p.grad.norm().item()\n        "

OF_CLIPPING: Mistakes = {
    ("always_rescaled", (SCALE, "    scale = max_norm / (norm + eps)")): (
        "Every gradient gets the length max_norm, short ones are made longer. A clip is an upper "
        "limit: the factor is at most 1."
    ),
    (
        "each_tensor_by_its_own_norm",
        (SCALED, ALONE + "p.grad.mul_(min(1.0, max_norm / (alone + eps)))"),
    ): (
        "Each tensor is scaled by its own norm, so the directions of large and small layers no "
        "longer fit together. One factor, from the global norm, for all."
    ),
    ("clipped_by_value", (SCALED, "p.grad.clamp_(-max_norm, max_norm)")): (
        "Every element is cut to max_norm by itself, which turns the gradient. Clipping by norm "
        "multiplies all of it by one factor, and keeps the direction."
    ),
    ("norm_afterwards", (RETURN, "return global_grad_norm(parameters)")): (
        "The norm after clipping comes back. It is never above max_norm and tells nothing: the one "
        "before shows the spikes."
    ),
    ("smaller_of_norm_and_limit", (RETURN, "return min(norm, max_norm)")): (
        "The norm that comes back is cut to max_norm. Asked for is the norm before clipping: "
        "a curve of cut values can't show a spike."
    ),
    ("factor_comes_back", (RETURN, "return scale")): (
        "The factor comes back, not the norm. What is worth drawing is how long the gradient was "
        "before it was clipped."
    ),
    (
        "eps_left_out",
        ("min(1.0, max_norm / (norm + eps))", "min(1.0, max_norm / max(norm, 1e-30))"),
    ): (
        "eps has no part in the factor. It is max_norm / (norm + eps): the argument is there to be "
        "used, and it also keeps the division safe."
    ),
    (
        "eps_as_a_floor",
        ("min(1.0, max_norm / (norm + eps))", "min(1.0, max_norm / max(norm, eps))"),
    ): (
        "The norm is replaced by eps where it is smaller. The factor is max_norm / (norm + "
        "eps): eps is added, always."
    ),
    (
        "eps_outside",
        ("min(1.0, max_norm / (norm + eps))", "min(1.0, max_norm / max(norm, 1e-30) + eps)"),
    ): (
        "eps is added to the quotient, not to the norm. The factor is max_norm / (norm + "
        "eps): look at the brackets."
    ),
    ("upside_down", (SCALE, "    scale = min(1.0, (norm + eps) / max_norm)")): (
        "The factor is turned over: norm over max_norm. Long gradients then stay as they are, and "
        "short ones shrink. It is max_norm over the norm."
    ),
    ("squared_norm", (SCALE, "    scale = min(1.0, max_norm / (norm**2 + eps))")): (
        "The factor is made of the squared norm, so what comes out is too short. The norm is the "
        "root of the sum of squares."
    ),
    ("nothing_is_scaled", (LOOP, "")): (
        "The norm comes back, and the gradients stay as long as they were. The scaled gradient has "
        "to be written into the tensors that stand in .grad."
    ),
    ("weights_scaled", (SCALED, "p.data.mul_(scale)")): (
        "The parameters are scaled, not their gradients. Clipping changes what the next step "
        "is made of, and leaves the network alone."
    ),
    ("first_tensor_only", ("for p in parameters:", "for p in parameters[:1]:")): (
        "Only the first gradient is scaled: the others stay long, and the direction turns. One "
        "factor for all of them."
    ),
}
for (name, *edits), text in OF_CLIPPING.items():
    by_norm.edit(name, text, *edits)

OF_CLIPPING_ANYTHING: Mistakes = {
    (
        "iterator_gone_through_twice",
        (LISTED, ""),
        (LOOP, f"    for p in parameters:\n        if p.grad is not None:\n            {SCALED}\n"),
    ): (
        "The parameters are gone through twice, but model.parameters() is an iterator, empty after "
        "the first time: the norm is right, and nothing is scaled. Make a list first."
    ),
    ("missing_gradients_not_skipped", (LISTED, "    parameters = list(parameters)\n")): (
        "A parameter without a gradient raises an error: its .grad is None. The norm skips "
        "those, and scaling has to skip them as well."
    ),
    ("not_finite_goes_on", (REFUSED, "")): (
        "A norm of inf or NaN goes on into the factor, which becomes 0 or NaN, and inf times 0 is "
        "NaN. Ask for it first: RuntimeError, and no gradient touched."
    ),
    ("nan_goes_on", ("if not math.isfinite(norm):", "if norm == math.inf:")): (
        "Only inf is refused. A NaN in one gradient makes the factor NaN, and with it every "
        "gradient of the network: refuse both."
    ),
    ("refused_too_late", (REFUSED, ""), (f"    {RETURN}", REFUSED + f"    {RETURN}")): (
        "The error comes after the gradients were scaled: by then they are 0 or NaN. Ask before "
        "anything is touched."
    ),
    (
        "zeroed_instead_of_refused",
        (
            REFUSED,
            (
                "    if not math.isfinite(norm):\n"
                "        for p in parameters:\n"
                "            p.grad.zero_()\n"
                "        return norm\n"
            ),
        ),
    ): (
        "With a norm of inf or NaN the gradients are set to zero, and the run goes on without a "
        "word. Say so: RuntimeError, and leave them as they are."
    ),
    ("skipped_in_silence", (REFUSED, "    if not math.isfinite(norm):\n        return norm\n")): (
        "With a norm of inf or NaN nothing is clipped and nothing is said, and the step that "
        "follows ruins the weights. Raise a RuntimeError."
    ),
    ("a_value_error", ("raise RuntimeError", "raise ValueError")): (
        "The error is of another kind than asked for. Nothing is wrong with the arguments: a "
        "computation went wrong, which is a RuntimeError."
    ),
    ("new_tensors_in_grad", (SCALED, "p.grad = p.grad * scale")): (
        "A new tensor takes the place of each gradient, and the old one stays long: whoever "
        "holds it sees no clip. Write into the tensor that is there."
    ),
    ("returns_the_tensor", (RETURN, "return torch.tensor(norm)")): (
        "A tensor comes back where a number is asked for. The value is right, but it is no float: "
        "take the number out of it."
    ),
    ("returns_nothing", (f"    {RETURN}\n", "")): (
        "The gradients are clipped, and nothing comes back. The norm before clipping is what shows "
        "that something happened: look at the last line."
    ),
}
for (name, *edits), text in OF_CLIPPING_ANYTHING.items():
    by_norm.edit(name, text, *edits, about="anything")

CUT = "p.grad.clamp_(-clip_value, clip_value)"
SKIP = "        if p.grad is not None:\n            " + CUT
OF_VALUES: Mistakes = {
    ("upper_limit_only", (CUT, "p.grad.clamp_(max=clip_value)")): (
        "Only large positive elements are cut. A gradient of -1000 is as large: the limits are "
        "-clip_value and clip_value."
    ),
    ("absolute_values", (CUT, "p.grad.abs_().clamp_(max=clip_value)")): (
        "The signs get lost: the absolute values are cut and kept. Each element keeps its sign, "
        "and is cut at both limits."
    ),
    (
        "scaled_by_the_largest",
        (CUT, "p.grad.mul_(min(1.0, clip_value / p.grad.abs().max().item()))"),
    ): (
        "The whole tensor is scaled until its largest element fits. Clipping by value cuts each "
        "element by itself, and leaves the small ones alone."
    ),
    ("scaled_by_the_norm", (CUT, "p.grad.mul_(min(1.0, clip_value / p.grad.norm().item()))")): (
        "Each tensor is scaled by its norm. Clipping by value cuts each element by itself at "
        "the two limits, and leaves the small ones alone."
    ),
    ("signs_only", (CUT, "p.grad.copy_(p.grad.sign() * clip_value)")): (
        "Every element becomes plus or minus clip_value, small ones too. What lies between "
        "the limits stays as it is."
    ),
    ("weights_cut", (CUT, "p.data.clamp_(-clip_value, clip_value)")): (
        "The parameters are cut, not their gradients. Clipping changes what the next step is "
        "made of, and leaves the network alone."
    ),
    ("not_written_back", (CUT, "p.grad.clamp(-clip_value, clip_value)")): (
        "The cut gradient is made and dropped: without the underscore, torch gives a new "
        "tensor and leaves the old one. Write into the tensor that stands in .grad."
    ),
    ("first_tensor_only", (SKIP, SKIP + "\n            break")): (
        "Only the first gradient is cut, and the loop ends. Every parameter's gradient has to be "
        "gone through."
    ),
}
for (name, *edits), text in OF_VALUES.items():
    by_value.edit(name, text, *edits)
OF_VALUES_ANYTHING: Mistakes = {
    ("lower_limit_of_zero", (CUT, "p.grad.clamp_(0, clip_value)")): (
        "Negative elements become 0. A gradient has two signs, and both limits: -clip_value and "
        "clip_value."
    ),
    ("large_ones_become_zero", (CUT, "p.grad[p.grad.abs() > clip_value] = 0.0")): (
        "Elements beyond the limits become 0. They are cut to the limit that they exceed, and keep "
        "their sign."
    ),
}
for (name, *edits), text in OF_VALUES_ANYTHING.items():
    by_value.edit(name, text, *edits, about="anything")
for what, edit, text in (
    (
        "missing_gradients_not_skipped",
        ("if p.grad is not None:", "if True:"),
        (
            "A parameter without a gradient raises an error: its .grad is None. Frozen layers "
            "have none: skip them."
        ),
    ),
    (
        "new_tensors_in_grad",
        (CUT, "p.grad = p.grad.clamp(-clip_value, clip_value)"),
        "A new tensor takes the place of each gradient, and the old one stays as it was: whoever "
        "holds it sees no clip. Write into the tensor that is there.",
    ),
    (
        "stops_at_a_missing_gradient",
        (SKIP, "        if p.grad is None:\n            break\n        " + CUT),
        "The loop ends at the first parameter without a gradient, and those after it are not cut. "
        "Skip that one, and go on.",
    ),
):
    by_value.edit(what, text, edit, about="anything")
norm.by_exceptions("missing_gradients_not_skipped", "not_finite_raises", "nothing_raises")
by_norm.by_exceptions("missing_gradients_not_skipped")
by_value.by_exceptions("missing_gradients_not_skipped")
