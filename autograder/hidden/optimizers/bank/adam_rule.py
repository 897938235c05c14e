"""Mistakes in Adam's step: in the correction, in the fraction, in the averages."""

from autograder.api import Bank
from autograder.hidden.optimizers.bank.adam_mistakes import Mistake

bank = Bank()
adam = bank.exercise("adam_step")
M, V = "m = beta1 * m + (1 - beta1) * grad\n", "v = beta2 * v + (1 - beta2) * grad**2"
NEW_GRADIENT, NEW_SQUARE = "(1 - beta1) * grad\n", "(1 - beta2) * grad**2"
M_HAT, V_HAT = "m_hat = m / (1 - beta1**t)", "v_hat = v / (1 - beta2**t)"
ALONG, DIVIDED = "step = lr * m_hat", "(np.sqrt(v_hat) + eps)"
STEP = f"{ALONG} / {DIVIDED}"
NEW = "return param - step, m, v"
CHECK = '    if t < 1:\n        raise ValueError(f"t counts from 1, got {t}")\n'

MISTAKES = (
    Mistake(
        "no_bias_correction",
        "The step uses the raw averages. They start at zero and are too small at first, v more "
        "than m, so the first steps are about three times too long. Divide each by what it lacks.",
        (M_HAT, "m_hat = m"),
        (V_HAT, "v_hat = v"),
        call=("v, {t}, lr,", "v, {t} * 10**9, lr,"),  # a power that is zero
    ),
    Mistake(
        "only_m_corrected",
        "The average of the gradient is corrected, that of the squares is not. v starts at zero "
        "as well, and lacks far more: the first steps come out some thirty times too long.",
        (V_HAT, "v_hat = v"),
        source="phlippe/uvadlc_notebooks, pull request 35",
    ),
    Mistake(
        "only_v_corrected",
        "The average of the squares is corrected, that of the gradient is not. m starts at zero as "
        "well, so that the first step is a tenth of what it should be.",
        (M_HAT, "m_hat = m"),
    ),
    Mistake(
        "moments_corrected_in_place",
        "The corrected averages are stored, so that the next step corrects them again. A first "
        "step cannot show it, a second can. Keep the raw m and v; correct copies.",
        (M_HAT, "m_hat = m = m / (1 - beta1**t)"),
        (V_HAT, "v_hat = v = v / (1 - beta2**t)"),
    ),
    Mistake(
        "corrected_by_beta_alone",
        "Every step divides by 1 - beta, which is right at t = 1 only. What the averages lack "
        "shrinks with every step, as beta to the power t: look at the exponent.",
        (M_HAT, "m_hat = m / (1 - beta1)"),
        (V_HAT, "v_hat = v / (1 - beta2)"),
        call=("v, {t}, lr,", "v, min({t}, 1), lr,"),
    ),
    Mistake(
        "corrected_by_multiplying",
        "The averages are multiplied by 1 - beta**t, which makes what was too small smaller "
        "still. They hold that fraction of what they should: divide by it.",
        (M_HAT, "m_hat = m * (1 - beta1**t)"),
        (V_HAT, "v_hat = v * (1 - beta2**t)"),
    ),
    Mistake(
        "corrected_by_a_product",
        "The averages are divided by 1 - beta * t, which is right at t = 1 only, and soon below "
        "zero, where the root is NaN. What is left of the start is beta to the power t.",
        (M_HAT, "m_hat = m / (1 - beta1 * t)"),
        (V_HAT, "v_hat = v / (1 - beta2 * t)"),
        about="anything",
    ),
    Mistake(
        "corrections_swapped",
        "m is corrected with beta2, and v with beta1. Each average lacks a power of the beta that "
        "it was made with: beta1 belongs to m, beta2 to v.",
        (M_HAT, "m_hat = m / (1 - beta2**t)"),
        (V_HAT, "v_hat = v / (1 - beta1**t)"),
    ),
    Mistake(
        "one_step_late",
        "The correction uses the power t + 1, as if t counted from 0. At t = 1 the averages have "
        "seen one gradient, so what they lack is beta to the power 1.",
        (M_HAT, "m_hat = m / (1 - beta1**(t + 1))"),
        (V_HAT, "v_hat = v / (1 - beta2**(t + 1))"),
        call=("v, {t}, lr,", "v, {t} + 1, lr,"),
    ),
    Mistake(
        "t_from_zero",
        "The correction uses the power t - 1, which is 0 at the first step: it divides by 1 - 1. "
        "At t = 1 the averages have seen one gradient, so the power is 1.",
        (M_HAT, "m_hat = m / (1 - beta1**(t - 1))"),
        (V_HAT, "v_hat = v / (1 - beta2**(t - 1))"),
        about="anything",
    ),
    Mistake(
        "eps_inside_root",
        "eps is added under the root, as fastai's lessons do. There an eps of 0.01 weighs like "
        "0.1. Here it stands outside: first the root of the corrected v, then eps.",
        (DIVIDED, "np.sqrt(v_hat + eps)"),
        source="fastai, course22p2, 12_accel_sgd",
    ),
    Mistake(
        "eps_before_correction",
        "eps is added to the root of the raw v, before the correction: TensorFlow's epsilon hat. "
        "There it weighs more in the first steps. Add it to the root of the corrected v.",
        (DIVIDED, "(np.sqrt(v) + eps) * np.sqrt(1 - beta2**t)"),
        call=(" eps)", " eps / np.sqrt(1 - beta2**{t}))"),
        source="Kingma and Ba (2015), section 2, last paragraph; tf.keras.optimizers.Adam",
    ),
    Mistake(
        "eps_left_out",
        "Nothing is added to the root of v. A weight that never had a gradient divides 0 by 0 "
        "and becomes NaN, and tiny gradients take full steps: look at eps.",
        (DIVIDED, "np.sqrt(v_hat)"),
        call=(" eps)", " 0.0)"),
    ),
    Mistake(
        "eps_written_in",
        "1e-8 is written into the formula, and the eps that came in changes nothing. Whoever asks "
        "for another one gets the default: use the argument.",
        (DIVIDED, "(np.sqrt(v_hat) + 1e-8)"),
        call=(" eps)", " 1e-8)"),
    ),
    Mistake(
        "eps_on_both",
        "eps is added to the corrected m as well as to the root of v, so that a weight moves "
        "although it never had a gradient. It belongs to the denominator alone.",
        (ALONG, "step = lr * (m_hat + eps)"),
    ),
    Mistake(
        "bracket_closed_early",
        "The bracket closes before eps: (lr / sqrt(v) + eps) times m. The root divides alone, "
        "0 where there never was a gradient. eps belongs beside it, under the fraction.",
        (STEP, "step = (lr / np.sqrt(v_hat) + eps) * m_hat"),
    ),
    Mistake(
        "bracket_left_out",
        "The brackets around the denominator are missing, so that only the root divides, and eps "
        "is added to the result. A fraction on one line needs them: / (sqrt(v) + eps).",
        (NEW, "return param - lr * m_hat / np.sqrt(v_hat) + eps, m, v"),
    ),
    Mistake(
        "bracket_left_out_of_step",
        "The brackets around the denominator are missing, so that only the root divides, and eps "
        "is added to the result. A fraction on one line needs them: / (sqrt(v) + eps).",
        (DIVIDED, "np.sqrt(v_hat) + eps"),
    ),
    Mistake(
        "betas_swapped",
        "beta2 averages the gradient and beta1 its square. With a constant gradient nobody sees "
        "it. The first beta belongs to m, the second, longer memory to v.",
        (M, "m = beta2 * m + (1 - beta2) * grad\n"),
        (V, "v = beta1 * v + (1 - beta1) * grad**2"),
        (M_HAT, "m_hat = m / (1 - beta2**t)"),
        (V_HAT, "v_hat = v / (1 - beta1**t)"),
        call=("beta1, beta2,", "beta2, beta1,"),
    ),
    Mistake(
        "beta1_for_both",
        "v is averaged with beta1, as m is, and corrected with beta2. The squares have a memory of "
        "their own, a hundred times longer by default: v keeps beta2 of itself.",
        (V, "v = beta1 * v + (1 - beta1) * grad**2"),
    ),
    Mistake(
        "weights_of_averages_swapped",
        "Each average keeps 1 - beta of itself and takes beta of the new value, so that it hardly "
        "remembers. beta is the part that stays: 0.9 of the old, a tenth of the new.",
        (M, "m = (1 - beta1) * m + beta1 * grad\n"),
        (V, "v = (1 - beta2) * v + beta2 * grad**2"),
    ),
    Mistake(
        "averages_that_add_up",
        "The new value is added whole, without its factor 1 - beta. m and v then grow to ten and "
        "a thousand times an average: the two parts of an average have to sum to 1.",
        (NEW_GRADIENT, "grad\n"),
        (NEW_SQUARE, "grad**2"),
    ),
    Mistake(
        "m_kept_as_velocity",
        "m adds the whole gradient to what it keeps, as momentum's velocity does, and grows to ten "
        "times an average. In Adam only 1 - beta1 of the new gradient enters.",
        (NEW_GRADIENT, "grad\n"),
    ),
    Mistake(
        "squares_that_add_up",
        "v adds the whole square to what it keeps, and grows to a thousand times an average, so "
        "that steps are far too short. Only 1 - beta2 of the new square enters.",
        (NEW_SQUARE, "grad**2"),
    ),
    Mistake(
        "second_moment_unsquared",
        "v averages the gradient itself. Its sign is lost on nothing: below zero the root is "
        "NaN. v is the average of the squared gradient, element by element.",
        (NEW_SQUARE, "(1 - beta2) * grad"),
    ),
    Mistake(
        "second_moment_of_sizes",
        "v averages the size of the gradient, and the step still takes a root of it. The root "
        "undoes a square: average the squares of the gradient.",
        (NEW_SQUARE, "(1 - beta2) * np.abs(grad)"),
    ),
    Mistake(
        "square_of_the_average",
        "v averages m squared instead of the gradient squared. Gradients that change sign cancel "
        "in m, and then the step is divided by too little.",
        (NEW_SQUARE, "(1 - beta2) * m**2"),
    ),
    Mistake(
        "root_left_out",
        "The step divides by v, not by its root. v has the unit of a squared gradient, so that "
        "large gradients take the smallest steps: take the root first.",
        (DIVIDED, "(v_hat + eps)"),
    ),
    Mistake(
        "raw_gradient_stepped",
        "The step goes along the newest gradient and leaves m unused: that is RMSprop with a "
        "correction. Adam goes along the corrected average m.",
        (ALONG, "step = lr * grad"),
    ),
    Mistake(
        "old_averages_stepped",
        "The step uses m and v as they were before this gradient came in, so that it is always one "
        "gradient late. Update both averages first, then step.",
        (M, "m, before = beta1 * m + (1 - beta1) * grad, m\n"),
        (V, "v, squares = beta2 * v + (1 - beta2) * grad**2, v"),
        (M_HAT, "m_hat = before / (1 - beta1**t)"),
        (V_HAT, "v_hat = squares / (1 - beta2**t)"),
    ),
    Mistake(
        "averages_not_returned",
        "The m and v that came in are returned, so that the next step starts from them again. "
        "Return the new averages, which the step was taken with.",
        (M, "old_m, m = m, beta1 * m + (1 - beta1) * grad\n"),
        (V, "old_v, v = v, beta2 * v + (1 - beta2) * grad**2"),
        (NEW, "return param - step, old_m, old_v"),
    ),
    Mistake(
        "uphill",
        "The step is added, so that the loss climbs: m points the way the gradient does, uphill. "
        "To go down, move against it, and look at the sign.",
        (NEW, "return param + step, m, v"),
    ),
)
# What only a pure function can do.
IN_PLACE = Mistake(
    "averages_changed_in_place",
    "The arrays m and v that came in are changed in place, and the caller who kept them finds "
    "other numbers. Make new arrays: an augmented assignment writes into the old one.",
    (M, "m *= beta1\n    m += (1 - beta1) * grad\n"),
    (V, "v *= beta2\n    v += (1 - beta2) * grad**2"),
)
UNCHECKED = Mistake(
    "t_unchecked",
    "A step number below 1 is accepted, and the correction then divides by zero or by something "
    "negative. Counting from 0 is the commonest slip here: refuse it with a ValueError.",
    (CHECK, ""),
    about="anything",
)
ALL = (*MISTAKES, IN_PLACE, UNCHECKED)

for mistake in ALL:
    adam.edit(mistake.name, mistake.text, *mistake.edits, **mistake.more)
