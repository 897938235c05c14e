"""Mistakes in RAdam's step: in the rectification, then in the averages."""

from autograder.api import Bank
from autograder.hidden.optimizers.bank.adam_rule import ALL, M_HAT, V_HAT

bank = Bank()
radam = bank.exercise("radam_step")
RECTIFIED, FACTOR = "r_t = np.sqrt(above / below)", "m_hat * r_t * np."
CORRECTED, DIVIDED = "np.sqrt(1 - beta2**t) / ", "(np.sqrt(v) + eps)\n"
PLAIN = "    else:\n        step = lr * m_hat\n"
OWN = (
    "betas_swapped",
    "weights_of_averages_swapped",
    "averages_that_add_up",
    "m_kept_as_velocity",
    "squares_that_add_up",
    "second_moment_unsquared",
    "second_moment_of_sizes",
    "square_of_the_average",
    "averages_not_returned",
    "averages_changed_in_place",
    "t_unchecked",
    "uphill",
)

radam.edit(
    "threshold_of_the_paper",
    "Steps are rectified as soon as rho_t exceeds 4, as in the paper. Here, as in PyTorch, the "
    "threshold is 5: with the default betas the fifth step is still a plain one.",
    ("if rho_t > 5:", "if rho_t > 4:"),
    source="Liu et al. (2020), algorithm 2",
)
radam.edit(
    "threshold_on_rho_inf",
    "The regime is chosen by rho_inf, which is the same at every step, so that even the first ones "
    "are rectified. What grows with t is rho_t.",
    ("if rho_t > 5:", "if rho_inf > 5:"),
)
radam.edit(
    "always_plain",
    "A step is not divided by the root of v where rho_t exceeds 5, either: it is momentum with a "
    "correction still. There the adaptive step takes over.",
    ("if rho_t > 5:", "if False:"),
)
radam.edit(
    "adam_below_the_threshold",
    "Where v rests on few gradients, Adam's undamped step is taken. That is the step that RAdam "
    "distrusts: below the threshold, leave the denominator out.",
    (PLAIN, PLAIN.replace("m_hat", "m_hat * np.sqrt(1 - beta2**t) / (np.sqrt(v) + eps)")),
)
radam.edit(
    "waits_below_the_threshold",
    "Below the threshold nothing moves, as in the authors' code with degenerated_to_sgd=False. "
    "Here those steps go along the corrected average, without a denominator.",
    (PLAIN, "    else:\n        step = 0.0\n"),
    source="LiyuanLucasLiu/RAdam, radam.py",
)
radam.edit(
    "raw_gradient_below_the_threshold",
    "Below the threshold the step goes along the newest gradient, and m waits. RAdam drops the "
    "denominator there, not the average: step along the corrected m.",
    (PLAIN, "    else:\n        step = lr * grad\n"),
)
radam.edit(
    "raw_average_below_the_threshold",
    "Below the threshold the step goes along m as it is, a tenth of what it should be at first. "
    "The correction of m belongs to both regimes.",
    (PLAIN, "    else:\n        step = lr * m\n"),
)
radam.edit(
    "never_rectified",
    "The factor r_t is missing, so that the step is Adam's as soon as the threshold is passed. At "
    "first r_t is about a fortieth: it lets the adaptive step in slowly.",
    (FACTOR, "m_hat * np."),
)
radam.edit(
    "rectified_without_root",
    "The step is multiplied by the square of r_t. The fraction of the three rho terms compares "
    "variances, and a step scales with the root of one.",
    (RECTIFIED, "r_t = above / below"),
)
radam.edit(
    "rectified_upside_down",
    "The fraction under the root is upside down, so that r_t is large where it should damp. It "
    "grows towards 1 from below, as rho_t grows towards rho_inf.",
    (RECTIFIED, "r_t = np.sqrt(below / above)"),
)
radam.edit(
    "eps_after_correction",
    "eps is added to the root of the corrected v, as in Adam. PyTorch's RAdam adds it to the root "
    "of the raw v, where it weighs more in early steps.",
    (CORRECTED + DIVIDED, "1 / (np.sqrt(v / (1 - beta2**t)) + eps)\n"),
    source="torch.optim.Adam",
)
radam.edit(
    "eps_inside_root",
    "eps is added under the root. There an eps of 0.01 weighs like 0.1. Here it stands outside: "
    "first the root of the raw v, then eps.",
    (DIVIDED, "np.sqrt(v + eps)\n"),
)
radam.edit(
    "eps_left_out",
    "Nothing is added to the root of v. A weight that never had a gradient divides 0 by 0 and "
    "becomes NaN: look at eps.",
    (DIVIDED, "np.sqrt(v)\n"),
)
radam.edit(
    "eps_written_in",
    "1e-8 is written into the formula, and the eps that came in changes nothing. Whoever asks for "
    "another one gets the default: use the argument.",
    (DIVIDED, "(np.sqrt(v) + 1e-8)\n"),
)
radam.edit(
    "squares_corrected_without_root",
    "The rectified step is multiplied by 1 - beta2**t, not by its root. What v lacks is divided "
    "out under the root: outside it, the root of that is left.",
    (CORRECTED, "(1 - beta2**t) / "),
)
radam.edit(
    "squares_not_corrected",
    "The rectified step divides by the root of the raw v, which starts at zero and is too small at "
    "first, so that steps are too long. The root of 1 - beta2**t is missing.",
    (CORRECTED, "1 / "),
)
radam.edit(
    "average_not_corrected",
    "m is used as it is, a tenth of what it should be at the first step. Both regimes step along m "
    "divided by 1 - beta1**t.",
    (M_HAT, "m_hat = m"),
)
radam.edit(
    "rho_inf_off_by_one",
    "rho_inf is 2 / (1 - beta2), without the - 1, so that every rho_t is one too large and the "
    "regimes change a step early. Look at the length of the average.",
    ("    rho_inf = 2 / (1 - beta2) - 1\n", "    rho_inf = 2 / (1 - beta2)\n"),
)
radam.edit(
    "rho_without_its_two",
    "The term that rho_inf loses is half of what it should be, so that rho_t starts far too high "
    "and every step is rectified. There is a 2 before t.",
    ("rho_t = rho_inf - 2 * t *", "rho_t = rho_inf - t *"),
)
radam.edit(
    "average_corrected_in_place",
    "The corrected m is stored, so that the next step corrects it again. A first step cannot show "
    "it, a second can. Keep the raw averages; correct a copy.",
    (M_HAT, "m_hat = m = m / (1 - beta1**t)"),
)
for mistake in ALL:
    if mistake.name in OWN:
        edits = (edit for edit in mistake.edits if edit[0] != V_HAT)
        radam.edit(mistake.name, mistake.text, *edits, **mistake.more)
