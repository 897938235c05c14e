"""Mistakes in the step of SGD."""

from autograder.api import Bank

bank = Bank()
sgd = bank.exercise("sgd_step")
DECAYED, STEP, NEW = "g = grad + weight_decay * param", "step = lr * g", "return param - step"

sgd.edit(
    "uphill",
    "The step is added, so that the loss climbs: the gradient points uphill. To go down, move "
    "against it, and look at the sign in front of the step.",
    (NEW, "return param + step"),
)
sgd.edit(
    "rate_left_out",
    "The whole gradient is subtracted, and the rate is never used. It says how far to go: multiply "
    "the gradient, decay included, by lr.",
    (STEP, "step = g"),
)
sgd.edit(
    "gradient_normalised",
    "The gradient is divided by its length, so that every step is as long as lr says. SGD keeps "
    "the length: where the slope is gentle, the step is short.",
    (STEP, "step = lr * g / np.linalg.norm(g)"),
)
sgd.edit(
    "decay_left_out",
    "The decay is never used: with a gradient of zero nothing moves. L2 adds weight_decay times "
    "the parameter to the gradient, before the rate multiplies it.",
    (DECAYED, "g = grad"),
)
sgd.edit(
    "decay_not_scaled_by_lr",
    "The parameter loses weight_decay times itself, whatever the rate. L2 adds the decay to the "
    "gradient, so that the rate multiplies both.",
    (DECAYED, "g = grad"),
    (NEW, "return param - step - weight_decay * param"),
)
sgd.edit(
    "decay_grows",
    "The decay is subtracted from the gradient, so that weights grow away from zero. The step goes "
    "against the gradient: what should shrink a weight is added there.",
    (DECAYED, "g = grad - weight_decay * param"),
)
sgd.edit(
    "decay_of_signs",
    "The sign of the parameter is added, which is the gradient of an L1 penalty: every weight "
    "shrinks by the same amount. L2 adds a multiple of the weight itself.",
    (DECAYED, "g = grad + weight_decay * np.sign(param)"),
)
sgd.edit(
    "decay_doubled",
    "The decay counts twice, as the gradient of weight_decay * w**2. The convention here is half "
    "of that penalty, whose gradient is weight_decay times w.",
    (DECAYED, "g = grad + 2 * weight_decay * param"),
    source="tf.keras.regularizers.L2",
)
sgd.edit(
    "decay_after_step",
    "The decay shrinks the parameter that has already stepped. L2 is a part of the gradient, and a "
    "gradient is taken where the step starts: at the old parameter.",
    (DECAYED, "g = grad"),
    (NEW, "return (param - step) * (1 - lr * weight_decay)"),
)
sgd.edit(
    "parameter_changed_in_place",
    "The step is written into the array that came in, and the caller's parameter changes with it. "
    "These steps are pure: return a new array.",
    (NEW, "param -= step\n    return param"),
)
sgd.edit(
    "gradient_changed_in_place",
    "The decay is added into the array of the gradient, and the caller finds another gradient "
    "afterwards. Make a new array for the sum.",
    (DECAYED, "g = grad\n    g += weight_decay * param"),
    source="CMU 10-714, homework 2",
)
