"""Mistakes in RAdam."""

from __future__ import annotations

from autograder.api import Bank
from autograder.hidden.optimizers.bank import adam_mistakes
from autograder.hidden.optimizers.bank.adam_rule import indented

KEY = "radam_step"
M, V, M_HAT = adam_mistakes.M, adam_mistakes.V, adam_mistakes.M_HAT
STEP = "step = lr * m_hat * r_t * np.sqrt(1 - beta2**t) / (np.sqrt(v) + eps)"
PLAIN = "    else:\n        step = lr * m_hat\n"


def declare(bank: Bank) -> None:
    """Those of the rectification, then those of the averages."""
    _regimes(bank)
    _rectification(bank)
    _averages(bank)


def _regimes(bank: Bank) -> None:
    bank.edit(
        KEY,
        "threshold_of_the_paper",
        "Steps are rectified as soon as rho_t exceeds 4, as in the paper. Here, as in PyTorch, "
        "the threshold is 5: with the default betas the fifth step is still a plain one.",
        ("if rho_t > 5:", "if rho_t > 4:"),
        source="Liu et al. (2020), algorithm 2",
    )
    bank.edit(
        KEY,
        "threshold_on_rho_inf",
        "The regime is chosen by rho_inf, which is the same at every step, so that even the "
        "first ones are rectified. What grows with t is rho_t.",
        ("if rho_t > 5:", "if rho_inf > 5:"),
    )
    bank.edit(
        KEY,
        "always_plain",
        "No step is ever divided by the root of v: this is momentum with a correction. Once "
        "rho_t exceeds 5, the adaptive step takes over.",
        ("if rho_t > 5:", "if False:"),
    )
    bank.edit(
        KEY,
        "adam_below_the_threshold",
        "Where v rests on few gradients, Adam's undamped step is taken. That is the step that "
        "RAdam distrusts: below the threshold, leave the denominator out.",
        (
            PLAIN,
            "    else:\n        step = lr * m_hat * np.sqrt(1 - beta2**t) / (np.sqrt(v) + eps)\n",
        ),
    )
    bank.edit(
        KEY,
        "waits_below_the_threshold",
        "Below the threshold nothing moves, as in the authors' code with degenerated_to_sgd=False. "
        "Here those steps go along the corrected average, without a denominator.",
        (PLAIN, "    else:\n        step = 0.0\n"),
        source="LiyuanLucasLiu/RAdam, radam.py",
    )
    bank.edit(
        KEY,
        "raw_gradient_below_the_threshold",
        "Below the threshold the step goes along the newest gradient, and m waits. RAdam drops the "
        "denominator there, not the average: step along the corrected m.",
        (PLAIN, "    else:\n        step = lr * grad\n"),
    )
    bank.edit(
        KEY,
        "raw_average_below_the_threshold",
        "Below the threshold the step goes along m as it is, a tenth of what it should be at "
        "first. The correction of m belongs to both regimes.",
        (PLAIN, "    else:\n        step = lr * m\n"),
    )


def _rectification(bank: Bank) -> None:
    bank.edit(
        KEY,
        "never_rectified",
        "The factor r_t is missing, so that the step is Adam's as soon as the threshold is "
        "passed. At first r_t is about a fortieth: it lets the adaptive step in slowly.",
        (STEP, "step = lr * m_hat * np.sqrt(1 - beta2**t) / (np.sqrt(v) + eps)"),
    )
    bank.edit(
        KEY,
        "rectified_without_root",
        "The step is multiplied by the square of r_t. The fraction of the three rho terms "
        "compares variances, and a step scales with the root of one.",
        ("r_t = np.sqrt(above / below)", "r_t = above / below"),
    )
    bank.edit(
        KEY,
        "rectified_upside_down",
        "The fraction under the root is upside down, so that r_t is large where it should damp. "
        "It grows towards 1 from below, as rho_t grows towards rho_inf.",
        ("np.sqrt(above / below)", "np.sqrt(below / above)"),
    )
    bank.edit(
        KEY,
        "eps_after_correction",
        "eps is added to the root of the corrected v, as in Adam. PyTorch's RAdam adds it to the "
        "root of the raw v, where it weighs more in early steps.",
        (STEP, "step = lr * m_hat * r_t / (np.sqrt(v / (1 - beta2**t)) + eps)"),
        source="torch.optim.Adam",
    )
    bank.edit(
        KEY,
        "eps_inside_root",
        "eps is added under the root. There an eps of 0.01 weighs like 0.1. Here it stands "
        "outside: first the root of the raw v, then eps.",
        (STEP, "step = lr * m_hat * r_t * np.sqrt(1 - beta2**t) / np.sqrt(v + eps)"),
    )
    bank.edit(
        KEY,
        "eps_left_out",
        "Nothing is added to the root of v. A weight that never had a gradient divides 0 by 0 and "
        "becomes NaN: look at eps.",
        (STEP, "step = lr * m_hat * r_t * np.sqrt(1 - beta2**t) / np.sqrt(v)"),
    )
    bank.edit(
        KEY,
        "squares_not_corrected",
        "The rectified step divides by the root of the raw v, which starts at zero and is too "
        "small at first, so that steps are too long. The root of 1 - beta2**t is missing.",
        (STEP, "step = lr * m_hat * r_t / (np.sqrt(v) + eps)"),
    )
    bank.edit(
        KEY,
        "average_not_corrected",
        "m is used as it is, a tenth of what it should be at the first step. Both regimes step "
        "along m divided by 1 - beta1**t.",
        (M_HAT, "m_hat = m"),
    )
    bank.edit(
        KEY,
        "rho_inf_off_by_one",
        "rho_inf is 2 / (1 - beta2), without the - 1, so that every rho_t is one too large and "
        "the regimes change a step early. Look at the length of the average.",
        ("    rho_inf = 2 / (1 - beta2) - 1\n", "    rho_inf = 2 / (1 - beta2)\n"),
    )
    bank.edit(
        KEY,
        "rho_without_its_two",
        "The term that rho_inf loses is half of what it should be, so that rho_t starts far too "
        "high and every step is rectified. There is a 2 before t.",
        ("rho_t = rho_inf - 2 * t *", "rho_t = rho_inf - t *"),
    )


def _averages(bank: Bank) -> None:
    names = (
        "betas_swapped",
        "weights_of_averages_swapped",
        "second_moment_unsquared",
        "averages_changed_in_place",
        "t_unchecked",
    )
    for mistake in (*adam_mistakes.MISTAKES, adam_mistakes.IN_PLACE, adam_mistakes.UNCHECKED):
        if mistake.name in names:
            bank.edit(
                KEY,
                mistake.name,
                mistake.text,
                *(indented(e) for e in mistake.edits if e[0] != adam_mistakes.V_HAT),
                source=mistake.source,
                about=mistake.about,
            )
    bank.edit(
        KEY,
        "average_corrected_in_place",
        "The corrected m is stored, so that the next step corrects it again. A first step cannot "
        "show it, a second can. Keep the raw averages; correct a copy.",
        (M_HAT, "m_hat = m = m / (1 - beta1**t)"),
    )
    bank.edit(
        KEY,
        "uphill",
        "The step is added, so that the loss climbs: m points the way the gradient does, uphill. "
        "To go down, move against it, and look at the sign.",
        (adam_mistakes.NEW, "return param + step, m, v"),
    )
