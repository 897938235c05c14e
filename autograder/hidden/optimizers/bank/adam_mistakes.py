"""Mistakes in Adam's rule: what each changes in its lines, and what to say of it."""

from __future__ import annotations

from dataclasses import dataclass

from autograder.api import About

BODY = """
if t < 1:
    raise ValueError(f"t counts from 1, got {t}")
m = beta1 * m + (1 - beta1) * grad
v = beta2 * v + (1 - beta2) * grad**2
m_hat = m / (1 - beta1**t)
v_hat = v / (1 - beta2**t)
step = lr * m_hat / (np.sqrt(v_hat) + eps)
return param - step, m, v
"""
M, V = "m = beta1 * m + (1 - beta1) * grad", "v = beta2 * v + (1 - beta2) * grad**2"
M_HAT, V_HAT = "m_hat = m / (1 - beta1**t)", "v_hat = v / (1 - beta2**t)"
STEP = "step = lr * m_hat / (np.sqrt(v_hat) + eps)"
NEW = "return param - step, m, v"
CHECK = 'if t < 1:\n    raise ValueError(f"t counts from 1, got {t}")\n'


@dataclass(frozen=True)
class Mistake:
    """Lines of BODY put in the place of others, and what to say of it."""

    name: str
    text: str
    edits: tuple[tuple[str, str], ...]
    source: str = ""
    about: About = "values"

    def body(self) -> str:
        """The rule with the mistake in it."""
        text = BODY.strip()
        for old, new in self.edits:
            if text.count(old) != 1:
                raise ValueError(f"{self.name}: {old!r} is not once in the rule")
            text = text.replace(old, new)
        return text


MISTAKES = (
    Mistake(
        "no_bias_correction",
        "The step uses the raw averages. They start at zero and are too small at first, v more "
        "than m, so the first steps are about three times too long. Divide each by what it lacks.",
        ((M_HAT, "m_hat = m"), (V_HAT, "v_hat = v")),
    ),
    Mistake(
        "only_m_corrected",
        "The average of the gradient is corrected, that of the squares is not. v starts at zero "
        "as well, and lacks far more: the first steps come out some thirty times too long.",
        ((V_HAT, "v_hat = v"),),
        "phlippe/uvadlc_notebooks, pull request 35",
    ),
    Mistake(
        "only_v_corrected",
        "The average of the squares is corrected, that of the gradient is not. m starts at zero as "
        "well, so that the first step is a tenth of what it should be.",
        ((M_HAT, "m_hat = m"),),
    ),
    Mistake(
        "moments_corrected_in_place",
        "The corrected averages are stored, so that the next step corrects them again. A first "
        "step cannot show it, a second can. Keep the raw m and v; correct copies.",
        ((M_HAT, "m_hat = m = m / (1 - beta1**t)"), (V_HAT, "v_hat = v = v / (1 - beta2**t)")),
    ),
    Mistake(
        "corrected_by_beta_alone",
        "Every step divides by 1 - beta, which is right at t = 1 only. What the averages lack "
        "shrinks with every step, as beta to the power t: look at the exponent.",
        ((M_HAT, "m_hat = m / (1 - beta1)"), (V_HAT, "v_hat = v / (1 - beta2)")),
    ),
    Mistake(
        "corrected_by_multiplying",
        "The averages are multiplied by 1 - beta**t, which makes what was too small smaller "
        "still. They hold that fraction of what they should: divide by it.",
        ((M_HAT, "m_hat = m * (1 - beta1**t)"), (V_HAT, "v_hat = v * (1 - beta2**t)")),
    ),
    Mistake(
        "one_step_late",
        "The correction uses the power t + 1, as if t counted from 0. At t = 1 the averages have "
        "seen one gradient, so what they lack is beta to the power 1.",
        ((M_HAT, "m_hat = m / (1 - beta1**(t + 1))"), (V_HAT, "v_hat = v / (1 - beta2**(t + 1))")),
    ),
    Mistake(
        "t_from_zero",
        "The correction uses the power t - 1, which is 0 at the first step: it divides by 1 - 1. "
        "At t = 1 the averages have seen one gradient, so the power is 1.",
        ((M_HAT, "m_hat = m / (1 - beta1**(t - 1))"), (V_HAT, "v_hat = v / (1 - beta2**(t - 1))")),
        about="anything",
    ),
    Mistake(
        "eps_inside_root",
        "eps is added under the root, as fastai's lessons do. There an eps of 0.01 weighs like "
        "0.1. Here it stands outside: first the root of the corrected v, then eps.",
        ((STEP, "step = lr * m_hat / np.sqrt(v_hat + eps)"),),
        "fastai, course22p2, 12_accel_sgd",
    ),
    Mistake(
        "eps_before_correction",
        "eps is added to the root of the raw v, before the correction: TensorFlow's epsilon hat. "
        "There it weighs more in the first steps. Add it to the root of the corrected v.",
        ((STEP, "step = lr * m_hat * np.sqrt(1 - beta2**t) / (np.sqrt(v) + eps)"),),
        "Kingma and Ba (2015), section 2, last paragraph; tf.keras.optimizers.Adam",
    ),
    Mistake(
        "eps_left_out",
        "Nothing is added to the root of v. A weight that never had a gradient divides 0 by 0 "
        "and becomes NaN, and tiny gradients take full steps: look at eps.",
        ((STEP, "step = lr * m_hat / np.sqrt(v_hat)"),),
    ),
    Mistake(
        "betas_swapped",
        "beta2 averages the gradient and beta1 its square. With a constant gradient nobody sees "
        "it. The first beta belongs to m, the second, longer memory to v.",
        (
            (M, "m = beta2 * m + (1 - beta2) * grad"),
            (V, "v = beta1 * v + (1 - beta1) * grad**2"),
            (M_HAT, "m_hat = m / (1 - beta2**t)"),
            (V_HAT, "v_hat = v / (1 - beta1**t)"),
        ),
    ),
    Mistake(
        "weights_of_averages_swapped",
        "Each average keeps 1 - beta of itself and takes beta of the new value, so that it hardly "
        "remembers. beta is the part that stays: 0.9 of the old, a tenth of the new.",
        (
            (M, "m = (1 - beta1) * m + beta1 * grad"),
            (V, "v = (1 - beta2) * v + beta2 * grad**2"),
        ),
    ),
    Mistake(
        "averages_that_add_up",
        "The new value is added whole, without its factor 1 - beta. m and v then grow to ten and "
        "a thousand times an average: the two parts of an average have to sum to 1.",
        ((M, "m = beta1 * m + grad"), (V, "v = beta2 * v + grad**2")),
    ),
    Mistake(
        "second_moment_unsquared",
        "v averages the gradient itself. Its sign is lost on nothing: below zero the root is "
        "NaN. v is the average of the squared gradient, element by element.",
        ((V, "v = beta2 * v + (1 - beta2) * grad"),),
    ),
    Mistake(
        "second_moment_of_sizes",
        "v averages the size of the gradient, and the step still takes a root of it. The root "
        "undoes a square: average the squares of the gradient.",
        ((V, "v = beta2 * v + (1 - beta2) * np.abs(grad)"),),
    ),
    Mistake(
        "square_of_the_average",
        "v averages m squared instead of the gradient squared. Gradients that change sign cancel "
        "in m, and then the step is divided by too little.",
        ((V, "v = beta2 * v + (1 - beta2) * m**2"),),
    ),
    Mistake(
        "root_left_out",
        "The step divides by v, not by its root. v has the unit of a squared gradient, so that "
        "large gradients take the smallest steps: take the root first.",
        ((STEP, "step = lr * m_hat / (v_hat + eps)"),),
    ),
    Mistake(
        "raw_gradient_stepped",
        "The step goes along the newest gradient and leaves m unused: that is RMSprop with a "
        "correction. Adam goes along the corrected average m.",
        ((STEP, "step = lr * grad / (np.sqrt(v_hat) + eps)"),),
    ),
    Mistake(
        "old_averages_stepped",
        "The step uses m and v as they were before this gradient came in, so that it is always one "
        "gradient late. Update both averages first, then step.",
        (
            (M, "m, before = beta1 * m + (1 - beta1) * grad, m"),
            (V, "v, squares = beta2 * v + (1 - beta2) * grad**2, v"),
            (M_HAT, "m_hat = before / (1 - beta1**t)"),
            (V_HAT, "v_hat = squares / (1 - beta2**t)"),
        ),
    ),
    Mistake(
        "uphill",
        "The step is added, so that the loss climbs: m points the way the gradient does, uphill. "
        "To go down, move against it, and look at the sign.",
        ((NEW, "return param + step, m, v"),),
    ),
)

IN_PLACE = Mistake(
    "averages_changed_in_place",
    "The arrays m and v that came in are changed in place, and the caller who kept them finds "
    "other numbers. Make new arrays: an augmented assignment writes into the old one.",
    (
        (M, "m *= beta1\nm += (1 - beta1) * grad"),
        (V, "v *= beta2\nv += (1 - beta2) * grad**2"),
    ),
)
UNCHECKED = Mistake(
    "t_unchecked",
    "A step number below 1 is accepted, and the correction then divides by zero or by something "
    "negative. Counting from 0 is the commonest slip here: refuse it with a ValueError.",
    ((CHECK, ""),),
    about="anything",
)
