"""Mistakes in AdamW's decay, and in Adam's rule, which it repeats."""

from autograder.api import Bank
from autograder.hidden.optimizers.bank.adam_rule import ALL

bank = Bank()
adamw = bank.exercise("adamw_step")
ABOVE = 'order and scale of `torch.optim.AdamW`.\n    """\n'
SHRUNK = "shrunk = param * (1 - lr * weight_decay)"

adamw.edit(
    "l2_in_place_of_decoupled",
    "The decay is added to the gradient, and Adam divides it away again: weights with large "
    "gradients hardly decay. That is L2 in Adam. Shrink the parameter itself, outside m and v.",
    (SHRUNK, "shrunk, grad = param, grad + weight_decay * param"),
    source="Loshchilov and Hutter (2019), section 2",
)
adamw.edit(
    "decay_not_scaled_by_lr",
    "The parameter shrinks by weight_decay itself, as in the paper's algorithm with its own "
    "schedule. Here the factor is 1 - lr * weight_decay: a smaller rate decays less.",
    (SHRUNK, "shrunk = param * (1 - weight_decay)"),
    source="Loshchilov and Hutter (2019), algorithm 2, line 12",
)
adamw.edit(
    "decay_after_step",
    "The decay shrinks the parameter that has already stepped, so that the step itself decays too. "
    "Shrink the old parameter first, then take Adam's step.",
    # The same as a factor on the result, and it leaves the call to other mistakes.
    (SHRUNK, f"{SHRUNK}\n    lr = lr * (1 - lr * weight_decay)"),
)
adamw.edit(
    "decay_left_out",
    "There is no decay: with a gradient of zero the parameter stays where it is. It should keep 1 "
    "- lr * weight_decay of itself, whatever the gradient.",
    (SHRUNK, "shrunk = param"),
)
adamw.edit(
    "decay_grows",
    "The decay is added, so that weights grow away from zero. Decay takes a part of each weight "
    "away: look at the sign in front of lr * weight_decay.",
    (SHRUNK, "shrunk = param * (1 + lr * weight_decay)"),
)
adamw.edit(
    "decay_of_signs",
    "Every weight loses the same amount, whatever its size: that is the decay of an L1 penalty. "
    "Decoupled decay takes the same fraction of each weight.",
    (SHRUNK, "shrunk = param - lr * weight_decay * np.sign(param)"),
)
adamw.edit(
    "decay_divided_with_the_step",
    "The decay joins m in the numerator, so that Adam's denominator divides it as well, and each "
    "weight decays at a rate of its own. Keep it outside the fraction.",
    (
        SHRUNK,
        "v_hat = (beta2 * v + (1 - beta2) * grad**2) / (1 - beta2**t)\n"
        "    shrunk = param - lr * weight_decay * param / (np.sqrt(v_hat) + eps)",
    ),
)
adamw.edit(
    "decayed_twice",
    "The decay acts twice: on the parameter, and through the gradient as L2. Decoupled means only "
    "the first: Adam's averages should see the gradient of the loss alone.",
    (SHRUNK, f"{SHRUNK}\n    grad = grad + weight_decay * param"),
)
adamw.edit(
    "parameter_shrunk_in_place",
    "The decay is written into the array that came in, and the caller's parameter changes with it. "
    "These steps are pure: make a new array.",
    (SHRUNK, "param *= 1 - lr * weight_decay\n    shrunk = param"),
)
for mistake in ALL:
    adamw.edit(mistake.name, mistake.text, mistake.called(ABOVE, indent=4), **mistake.more)
