"""Mistakes in the step of SGD."""

from __future__ import annotations

from autograder.api import Bank


def declare(bank: Bank) -> None:
    key, decayed, new = "sgd_step", "g = grad + weight_decay * param", "return param - step"
    bank.edit(
        key,
        "uphill",
        "The step is added, so that the loss climbs: the gradient points uphill. To go down, move "
        "against it, and look at the sign in front of the step.",
        (new, "return param + step"),
    )
    bank.edit(
        key,
        "decay_left_out",
        "The decay is never used: with a gradient of zero nothing moves. L2 adds weight_decay "
        "times the parameter to the gradient, before the rate multiplies it.",
        (decayed, "g = grad"),
    )
    bank.edit(
        key,
        "decay_not_scaled_by_lr",
        "The parameter loses weight_decay times itself, whatever the rate. L2 adds the decay to "
        "the gradient, so that the rate multiplies both.",
        (decayed, "g = grad"),
        (new, "return param - step - weight_decay * param"),
    )
    bank.edit(
        key,
        "decay_grows",
        "The decay is subtracted from the gradient, so that weights grow away from zero. The "
        "step goes against the gradient: what should shrink a weight is added there.",
        (decayed, "g = grad - weight_decay * param"),
    )
    bank.edit(
        key,
        "decay_of_signs",
        "The sign of the parameter is added, which is the gradient of an L1 penalty: every weight "
        "shrinks by the same amount. L2 adds a multiple of the weight itself.",
        (decayed, "g = grad + weight_decay * np.sign(param)"),
    )
    bank.edit(
        key,
        "decay_doubled",
        "The decay counts twice, as the gradient of weight_decay * w**2. The convention here is "
        "half of that penalty, whose gradient is weight_decay times w.",
        (decayed, "g = grad + 2 * weight_decay * param"),
        source="tf.keras.regularizers.L2",
    )
    bank.edit(
        key,
        "decay_after_step",
        "The decay shrinks the parameter that has already stepped. L2 is a part of the gradient, "
        "and a gradient is taken where the step starts: at the old parameter.",
        (decayed, "g = grad"),
        (new, "return (param - step) * (1 - lr * weight_decay)"),
    )
    bank.edit(
        key,
        "parameter_changed_in_place",
        "The step is written into the array that came in, and the caller's parameter changes "
        "with it. These steps are pure: return a new array.",
        (new, "param -= step\n    return param"),
    )
    bank.edit(
        key,
        "gradient_changed_in_place",
        "The decay is added into the array of the gradient, and the caller finds another gradient "
        "afterwards. Make a new array for the sum.",
        (decayed, "g = grad\n    g += weight_decay * param"),
        source="CMU 10-714, homework 2",
    )
