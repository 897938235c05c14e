"""Mistakes in dice_loss."""

from autograder.api import Bank

bank = Bank()
dice = bank.exercise("dice_loss")

FRACTION = "(2 * overlap + eps) / (sizes + eps)"
BEGIN = '    """\n'
EPS_IGNORED = (
    "A number written into the formula is added to both sums, so the argument eps has "
    "no effect. Look at what the caller passes in."
)
for (name, old, new), text in {
    ("factor_two_missing", "2 * overlap", "overlap"): (
        "The overlap is counted once in the numerator and twice in the denominator, so even a "
        "perfect mask costs a half. In the numerator the overlap is doubled."
    ),
    ("jaccard", FRACTION, "(overlap + eps) / (sizes - overlap + eps)"): (
        "This is one minus the intersection over the union. Dice divides twice the overlap by the "
        "sum of both sizes, without subtracting the overlap."
    ),
    ("eps_below_only", "overlap + eps", "overlap"): (
        "eps is added to the denominator only, so an empty mask that was predicted empty "
        "costs 1. It goes into both."
    ),
    ("eps_above_only", "(sizes + eps)", "sizes"): (
        "eps is added to the numerator only, so nothing keeps an empty denominator away from "
        "0. It goes into both."
    ),
    ("eps_doubled", "2 * overlap + eps", "2 * (overlap + eps)"): (
        "The factor 2 multiplies the small number as well, so an empty mask that was predicted "
        "empty gives -1. Only the overlap is doubled."
    ),
    ("coefficient_not_loss", "return 1 - ", "return "): (
        "This is the Dice coefficient, 1 for a perfect mask. A loss is small where things are "
        "right: subtract it from 1."
    ),
    ("coefficient_negated", "return 1 - ", "return -1.0 * "): (
        "This is minus the Dice coefficient, -1 for a perfect mask. Its gradient is the same, but "
        "the loss that is defined here is 1 minus the coefficient."
    ),
    ("logarithm_of_the_coefficient", f"1 - {FRACTION}", f"-np.log({FRACTION})"): (
        "This is minus the logarithm of the Dice coefficient, as in log-Dice losses. Here the loss "
        "is 1 minus the coefficient."
    ),
    (
        "means_for_sums",
        FRACTION,
        "(2 * overlap + eps * np.size(probs)) / (sizes + eps * np.size(probs))",
    ): (
        "Means are taken in place of sums, so eps weighs as much as one in every element. The sums "
        "over all elements keep eps as small as it looks."
    ),
    ("eps_left_out", FRACTION, "2 * overlap / sizes"): (
        "Nothing is added to numerator and denominator, so an empty mask that was predicted empty "
        "is 0 / 0. eps goes in both places, and makes that case a loss of 0."
    ),
    ("eps_in_each_size", "(sizes + eps)", "(sizes + 2 * eps)"): (
        "eps is added to each of the two sizes, so twice to the denominator, and an empty mask "
        "that was predicted empty costs a half. Once above, once below."
    ),
    ("eps_as_a_floor", FRACTION, "2 * overlap / max(sizes, eps)"): (
        "eps is the least that the denominator may be, so an empty mask that was predicted empty "
        "costs 1. It is added, to the numerator as well."
    ),
    ("empty_handled_apart", f"1 - {FRACTION}", "0.0 if sizes == 0 else 1 - 2 * overlap / sizes"): (
        "Two empty masks are looked after by themselves, and eps has no effect on any other. It is "
        "added to both sums, and then needs no case of its own."
    ),
    ("twice_the_overlap_over_the_union", "(sizes + eps)", "(sizes - overlap + eps)"): (
        "The numerator is that of Dice, the denominator that of the IoU, so a perfect mask has a "
        "loss of -1. Dice divides by the plain sum of both sizes."
    ),
    (
        "denominator_without_brackets",
        FRACTION,
        "(2 * overlap + eps) / np.sum(probs) + np.sum(target) + eps",
    ): (
        "Without brackets the fraction is divided by the first sum alone, and the rest is added to "
        "it. The whole sum of both sizes and eps is the denominator."
    ),
    ("overlap_counted", "np.sum(probs * target)", "np.sum(np.logical_and(probs, target))"): (
        "The overlap counts every element where both are not 0, so a probability of 0.01 overlaps "
        "as much as one of 0.99. Multiply instead: each counts with its probability."
    ),
    (
        "elements_averaged",
        f"1 - {FRACTION}",
        "np.mean(1 - (2 * probs * target + eps) / (probs + target + eps))",
    ): (
        "Each element has a fraction of its own, and these are averaged, so empty background is "
        "perfect. Sum first, over all elements, then divide once."
    ),
    ("elements_counted", "np.sum(probs) + np.sum(target)", "np.size(probs) + np.size(target)"): (
        "The sizes are the numbers of elements, marked or not. |X| and |Y| are the sums of the "
        "elements: how much is marked."
    ),
    (
        "background_averaged_in",
        f"return 1 - {FRACTION}",
        "without, n = np.size(probs) - sizes, np.size(probs)\n"
        "    other = (2 * (without + overlap) + eps) / (n + without + eps)\n"
        f"    return 1 - ({FRACTION} + other) / 2",
    ): (
        "The overlap of the background is averaged in, so a mask that finds nothing still gets "
        "nearly half. Only what is marked counts here."
    ),
    ("eps_fixed_at_one", BEGIN, f"{BEGIN}    eps = 1.0\n"): EPS_IGNORED,
    ("eps_fixed", BEGIN, f"{BEGIN}    eps = 1e-6\n"): EPS_IGNORED,
    ("thresholded", BEGIN, f"{BEGIN}    probs = (probs > 0.5).astype(float)\n"): (
        "The probabilities are cut at 0.5 first. Then the loss does not change when they move a "
        "little, and a descent has nothing to go by."
    ),
    ("sigmoid_of_probabilities", BEGIN, f"{BEGIN}    probs = 1 / (1 + np.exp(-1.0 * probs))\n"): (
        "The probabilities go through a sigmoid, as if they were logits, so each of them ends up "
        "between 0.5 and 0.73. They are probabilities already: use them as they are."
    ),
}.items():
    dice.edit(name, text, (old, new))
dice.edit(
    "squares_below",
    "The sizes are sums of squares, as in V-Net. Here they are plain sums, and for probabilities "
    "between 0 and 1 that is not the same.",
    ("np.sum(probs) + np.sum(target)", "np.sum(probs**2) + np.sum(target**2)"),
    source="Milletari, Navab and Ahmadi, V-Net (2016), section 3",
)
EACH = "axis=tuple(range(1, np.ndim(probs)))"
for name, each in (
    ("averaged_over_rows", "axis=-1"),
    ("averaged_over_columns", "axis=0"),
    ("averaged_over_images", EACH),
    ("averaged_over_maps", f"{EACH} if np.ndim(probs) > 2 else None"),
):
    dice.edit(
        name,
        "The loss is computed for each row or image and then averaged. Here all elements of the "
        "batch count as one mask.",
        ("np.sum(probs * target)", f"np.sum(probs * target, {each})"),
        ("np.sum(probs) + np.sum(target)", f"np.sum(probs, {each}) + np.sum(target, {each})"),
        (
            "def dice_loss(",
            "def averaged(loss):\n    return lambda *args, **named: np.mean(loss(*args, **named))"
            "\n\n\n@averaged\ndef dice_loss(",
        ),
    )
dice.edit(
    "eps_of_one",
    "The default of eps is 1, the smooth of much code for competitions. It shifts the loss of "
    "every small mask; here the default is 1e-6.",
    ("eps=1e-6", "eps=1.0"),
    source="jocicmarko/ultrasound-nerve-segmentation, train.py",
)
dice.edit(
    "summed_over_the_first_axis",
    "Python's sum adds up the rows of an array and leaves the other axes, so a row of losses comes "
    "back. All elements count as one mask: np.sum without an axis.",
    ("np.sum(probs * target)", "sum(probs * target)"),
    ("np.sum(probs) + np.sum(target)", "sum(probs) + sum(target)"),
    about="anything",
)
dice.edit(
    "matrix_product_for_overlap",
    "The overlap is a matrix product, which multiplies every row with every other. It is the "
    "product of each element with its own partner, summed.",
    ("np.sum(probs * target)", "np.sum(probs @ target.T)"),
    about="anything",
)
