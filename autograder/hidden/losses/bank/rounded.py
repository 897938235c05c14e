"""Mistakes in the two losses whose kink is rounded off: huber and smooth_l1."""

from __future__ import annotations

from autograder.api import Bank

NEAR, FAR = "0.5 * far**2", "delta * (far - 0.5 * delta)"


def declare(bank: Bank) -> None:
    """In the order of the lesson."""
    _huber(bank)
    _smooth_l1(bank)


def _huber(bank: Bank) -> None:
    bank.edit(
        "huber",
        "offset_missing",
        "Beyond delta the loss is delta times the error, without the half delta that is taken "
        "off. The two pieces do not meet: there is a jump at delta.",
        (FAR, "delta * far"),
    )
    bank.edit(
        "huber",
        "offset_not_scaled",
        "Beyond delta a half is taken off, whatever delta is. It is half of delta; the two agree "
        "for delta = 1 only.",
        (FAR, "delta * (far - 0.5)"),
    )
    bank.edit(
        "huber",
        "slope_of_one",
        "The straight line has slope 1 for every delta, and does not meet the parabola. Its slope "
        "is delta: the slope that the parabola has there.",
        (FAR, "(far - 0.5 * delta)"),
    )
    bank.edit(
        "huber",
        "half_missing",
        "Near 0 the whole square is taken, and the line beyond delta starts at half of it. Huber's "
        "parabola is half the square.",
        (NEAR, "far**2"),
    )
    bank.edit(
        "huber",
        "smooth_l1_in_disguise",
        "This is smooth L1: all of it is divided by delta, and the tails have slope 1. Huber's "
        "loss has tails of slope delta.",
        (NEAR, "0.5 * far**2 / delta"),
        (FAR, "(far - 0.5 * delta)"),
        source="Fast R-CNN (2015), section 2.3",
    )
    bank.edit(
        "huber",
        "sign_kept_in_the_test",
        "The signed difference is compared with delta, so every prediction that is too low lands "
        "on the parabola. Compare its size.",
        ("far <= delta", "residual(pred, target) <= delta"),
    )
    bank.edit(
        "huber",
        "pieces_swapped",
        "The parabola is used far out and the line near 0: the condition and the two pieces do "
        "not belong together. Try a difference of 0.",
        ("far <= delta", "far > delta"),
    )
    bank.edit(
        "huber",
        "smaller_of_the_two",
        "The smaller of the two pieces is taken everywhere. The line lies below the parabola on "
        "both sides of delta, and below 0 near 0: choose by the size of the error.",
        ("np.where(far <= delta, ", "np.minimum("),
    )
    bank.edit(
        "huber",
        "delta_ignored",
        "The bend is at 1 whatever delta is. Look at where delta stands in both pieces and in the "
        "condition.",
        ("far = np.abs", "delta = 1.0\n    far = np.abs"),
    )
    bank.edit(
        "huber",
        "square_compared",
        "The square of the error is compared with delta, so the bend is at the root of delta. "
        "The size of the error is what is compared.",
        ("far <= delta", "far**2 <= delta"),
    )
    bank.edit(
        "huber",
        "clipped_errors",
        "The error is clipped at delta and then squared, so the loss is flat far out, and nothing "
        "pulls there. Beyond delta it keeps rising, along a line.",
        (f"np.where(far <= delta, {NEAR}, {FAR})", "0.5 * np.minimum(far, delta) ** 2"),
    )


def _smooth_l1(bank: Bank) -> None:
    near, far = "0.5 * far**2 / beta", "far - 0.5 * beta"
    bank.edit(
        "smooth_l1",
        "not_divided_by_beta",
        "The parabola is not divided by beta, so it does not meet the line at beta. The line has "
        "slope 1, and the parabola has to have it there too.",
        (near, "0.5 * far**2"),
    )
    bank.edit(
        "smooth_l1",
        "huber_in_disguise",
        "This is Huber's loss, beta times as large: its tails have slope beta. Those of smooth L1 "
        "have slope 1.",
        (near, "0.5 * far**2"),
        (far, "beta * (far - 0.5 * beta)"),
    )
    bank.edit(
        "smooth_l1",
        "offset_missing",
        "Beyond beta the plain absolute error is taken, and the loss jumps there. Half of beta is "
        "taken off, so that the two pieces meet.",
        (far, "far"),
    )
    bank.edit(
        "smooth_l1",
        "offset_not_scaled",
        "Beyond beta a half is taken off, whatever beta is. It is half of beta; the two agree for "
        "beta = 1 only.",
        (far, "far - 0.5"),
    )
    bank.edit(
        "smooth_l1",
        "divided_by_beta_squared",
        "The error is divided by beta before it is squared, which divides by beta twice. The "
        "square is divided by beta once.",
        (near, "0.5 * (far / beta) ** 2"),
    )
    bank.edit(
        "smooth_l1",
        "sigma_for_beta",
        "Beta is used as the sigma of older detectors: the bend is at 1 / sigma squared. Here the "
        "bend is at beta itself.",
        ("losses = np.where", "beta = 1 / beta**2\n    losses = np.where"),
        source="rbgirshick/caffe-fast-rcnn, smooth_L1_loss_layer.cu",
    )
    bank.edit(
        "smooth_l1",
        "beta_ignored",
        "The bend is at 1 whatever beta is. Look at where beta stands in both pieces and in the "
        "condition.",
        ("far = np.abs", "beta = 1.0\n    far = np.abs"),
    )
    bank.edit(
        "smooth_l1",
        "sign_kept_in_the_test",
        "The signed difference is compared with beta, so every prediction that is too low lands "
        "on the parabola. Compare its size.",
        ("far < beta", "residual(pred, target) < beta"),
    )
