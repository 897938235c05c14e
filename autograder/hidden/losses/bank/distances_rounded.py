"""Mistakes in the two distances whose kink is rounded off: huber and smooth_l1."""

from autograder.api import Bank

bank = Bank()
huber, smooth_l1 = bank.exercise("huber"), bank.exercise("smooth_l1")

DIFFERENCE = "residual(pred, target)"
# Where the pieces meet, the test for it, both of them, and how the second one begins.
PIECES = {
    "huber": ("delta", "far <= delta", "0.5 * far**2", "delta * (far - 0.5 * delta)", "* ("),
    "smooth_l1": ("beta", "far < beta", "0.5 * far**2 / beta", "far - 0.5 * beta", ", "),
}
SIGN_TESTED = (
    "The signed difference is compared with {}, so whatever is far off in one direction lands on "
    "the parabola. Compare its size."
)
SIGN_DRAWN = (
    "Beyond {} the difference keeps its sign, so what is far off in one direction gets a negative "
    "loss. The line rises with the size of the error."
)

for key, (edge, test, near, far, line) in PIECES.items():
    chosen, offset = f"np.where({test}, {near}, {far})", f"0.5 * {edge}"
    for (name, old, new), text in {
        ("offset_missing", f" - {offset}", ""): (
            f"Beyond {edge} the line lacks its offset, and the loss jumps there. Half of {edge} is "
            "subtracted from the error, so that the two pieces meet."
        ),
        (
            "offset_everywhere",
            chosen,
            f"np.where({test}, {near}, {far.replace(f' - {offset}', '')}) - "
            + (f"{offset}**2" if edge == "delta" else offset),
        ): (
            f"The offset is subtracted on both sides of {edge}, so a perfect prediction has a "
            "negative loss. It belongs to the line alone: look at the brackets."
        ),
        ("offset_not_scaled", offset, "0.5"): (
            f"Beyond {edge} a half is subtracted, whatever {edge} is. It should be half of {edge}: "
            f"the two agree only for {edge} = 1."
        ),
        ("offset_not_halved", offset, edge): (
            f"Beyond {edge} the whole of {edge} is subtracted, and the line starts at 0 where the "
            "parabola has already risen. Subtract half of it."
        ),
        ("half_missing", near, near.removeprefix("0.5 * ")): (
            "Near 0 the whole square is taken, and the line starts at half of it: the loss jumps "
            f"at {edge}. The parabola is half the square."
        ),
        ("sign_kept_in_the_test", test, test.replace("far", DIFFERENCE)): SIGN_TESTED.format(edge),
        ("other_sign_kept_in_the_test", test, test.replace("far", f"-{DIFFERENCE}")): (
            SIGN_TESTED.format(edge)
        ),
        ("sign_kept_in_the_line", f"{line}far", f"{line}{DIFFERENCE}"): SIGN_DRAWN.format(edge),
        ("other_sign_kept_in_the_line", f"{line}far", f"{line}-{DIFFERENCE}"): (
            SIGN_DRAWN.format(edge)
        ),
        ("pieces_swapped", chosen, chosen.replace("<", ">")): (
            "The parabola is used for large errors and the line for small ones: the condition is "
            "the wrong way round for the two pieces. Try a difference of 0."
        ),
        ("smaller_of_the_two", f"np.where({test}, ", "np.minimum("): (
            "The smaller of the two pieces is taken everywhere. The line lies below the parabola "
            f"on both sides of {edge}, and below 0 near 0: choose by the size of the error."
        ),
        (f"{edge}_ignored", "far = np.abs", f"{edge} = 1.0\n    far = np.abs"): (
            f"The pieces meet at 1, whatever {edge} is. Look at where {edge} appears in the "
            "formula: in both pieces and in the condition."
        ),
        ("square_compared", chosen, chosen.replace("far <", "far**2 <")): (
            f"The square of the error is compared with {edge}, so the pieces change places at the "
            f"root of {edge}. Compare the size of the error."
        ),
        ("clipped_errors", chosen, near.replace("far", f"np.minimum(far, {edge})")): (
            f"The error is clipped at {edge} and then squared, so the loss is flat for large "
            f"errors and their gradient is 0. Beyond {edge} it keeps rising, along a line."
        ),
        ("one_piece_for_all", chosen, f"{near} if np.all({test}) else {far}"): (
            f"The parabola is used only if all errors are within {edge}; otherwise each gets the "
            "line. Choose element by element, as `np.where` does."
        ),
        (
            "one_piece_by_the_mean",
            chosen,
            f"{near} if np.mean(far) {test.split()[1]} {edge} else {far}",
        ): (
            f"The mean error is compared with {edge}, and all elements get the same piece. Choose "
            "element by element, as `np.where` does."
        ),
    }.items():
        bank.exercise(key).edit(name, text, (old, new))
    bank.exercise(key).edit(
        "if_on_an_array",
        "One question of true or false, as `if` and `and` ask it, is asked of a whole array, which "
        "NumPy refuses to answer. The piece is chosen element by element, as `np.where` does.",
        ("losses = ", f"if {test}:\n        pass\n    losses = "),
        about="exceptions",
    )

_, _, NEAR, _, _ = PIECES["huber"]
SLOPE = "delta * ("
SOURCES = {
    "smooth_l1_in_disguise": "Fast R-CNN (2015), section 2.3",
    "twice_as_large": "Hastie, Tibshirani and Friedman (2009), equation 10.23",
    "sigma_for_beta": "rbgirshick/caffe-fast-rcnn, smooth_L1_loss_layer.cu",
}
for (name, *edits), text in {
    (
        "smooth_everywhere",
        f"np.where(far <= delta, {NEAR}, {PIECES['huber'][3]})",
        "delta**2 * (np.sqrt(1 + (far / delta) ** 2) - 1)",
    ): (
        "This is the pseudo-Huber loss, one smooth formula for all errors. It is close to Huber's "
        "and equal to it only at 0: here two pieces are joined at delta."
    ),
    (
        "logarithm_of_the_cosine",
        f"np.where(far <= delta, {NEAR}, {PIECES['huber'][3]})",
        "np.log(np.cosh(far))",
    ): (
        "This is the log-cosh loss, another smooth mixture of both errors, without a delta. "
        "Huber's has two pieces, a parabola and a line, joined at delta."
    ),
    ("slope_of_one", SLOPE, "("): (
        "The straight line has slope 1 for every delta, and does not meet the parabola. Its slope "
        "is delta: the slope that the parabola has there."
    ),
    ("smooth_l1_in_disguise", NEAR, f"{NEAR} / delta", SLOPE, "("): (
        "This is smooth L1: all of it is divided by delta, and the tails have slope 1. Huber's "
        "loss has tails of slope delta."
    ),
    ("twice_as_large", NEAR, "far**2", SLOPE, f"2 * {SLOPE}"): (
        "Both pieces are twice as large: the whole square, and a line of slope 2 delta. Some books "
        "define it that way; here the parabola is half the square, and the slope is delta."
    ),
}.items():
    huber.edit(name, text, *zip(edits[::2], edits[1::2], strict=True), source=SOURCES.get(name, ""))

_, _, NEAR, FAR, _ = PIECES["smooth_l1"]
for (name, *edits), text in {
    ("not_divided_by_beta", NEAR, "0.5 * far**2"): (
        "The parabola is not divided by beta, so it does not meet the line at beta. The line has "
        "slope 1, and the parabola has to have it there too."
    ),
    ("huber_in_disguise", NEAR, "0.5 * far**2", FAR, f"beta * ({FAR})"): (
        "This is Huber's loss, beta times as large: its tails have slope beta. Those of smooth L1 "
        "have slope 1."
    ),
    ("tails_of_beta", FAR, f"beta * ({FAR})"): (
        "Beyond beta the line has slope beta, as Huber's has, while the parabola is divided by "
        "beta: they do not meet. The tails of smooth L1 have slope 1."
    ),
    ("divided_by_beta_squared", NEAR, "0.5 * (far / beta) ** 2"): (
        "The error is divided by beta before it is squared, which divides by beta twice. The "
        "square is divided by beta once."
    ),
    (
        "error_divided_by_beta",
        "far = np.abs(",
        "far, beta = np.abs(",
        "target))",
        "target)) / beta, 1.0",
    ): (
        "The error is divided by beta in both pieces, so the line has slope 1 / beta. Its slope is "
        "1: only the parabola is divided by beta."
    ),
    ("multiplied_by_beta", NEAR, "0.5 * far**2 * beta"): (
        "The parabola is multiplied by beta, so a wide one is steep. It is divided by beta, and "
        "then meets the line with the same height and slope."
    ),
    ("sigma_for_beta", "losses = np.where", "beta = 1 / beta**2\n    losses = np.where"): (
        "Beta is used as the sigma of older detectors, whose pieces meet at 1 / sigma squared. "
        "Here they meet at beta itself."
    ),
}.items():
    smooth_l1.edit(
        name, text, *zip(edits[::2], edits[1::2], strict=True), source=SOURCES.get(name, "")
    )
