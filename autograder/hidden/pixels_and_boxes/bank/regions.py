"""Mistakes in pixel_cross_entropy and dice_loss."""

from autograder.api import Bank

bank = Bank()
pixels, dice = bank.exercise("pixel_cross_entropy"), bank.exercise("dice_loss")

MOVED = "np.moveaxis(logits, 1, -1).reshape(-1, logits.shape[1])"
CALLED = "return cross_entropy(pixels, targets.reshape(-1))"
OWN = "[np.arange(targets.size), targets.reshape(-1)]"

for (name, old, new), text in {
    ("reshaped_without_moving", MOVED, "logits.reshape(-1, logits.shape[1])"): (
        "The logits are reshaped to rows of C numbers as they lie in memory, which mixes pixels "
        "with classes. Move the classes to the last axis first."
    ),
    ("reshaped_to_classes_first", MOVED, "logits.reshape(logits.shape[1], -1).T"): (
        "The logits are reshaped to C rows as they lie in memory, which is right for one image and "
        "mixes the images of a batch. Move the classes to the last axis first."
    ),
    (
        "rows_and_columns_swapped",
        MOVED,
        "np.transpose(logits, (0, 3, 2, 1)).reshape(-1, logits.shape[1])",
    ): (
        "Moving the classes to the end also swaps height and width, so each pixel gets the target "
        "of another one. The order of the other axes has to stay."
    ),
    (
        "softmax_over_columns",
        CALLED,
        "logs = np.moveaxis(np.log(softmax(logits)), 1, -1)\n"
        "    return -np.mean(np.take_along_axis(logs, targets[..., None], axis=-1))",
    ): (
        "The softmax runs along the last axis, which is the width of the image. The classes of a "
        "pixel share the probability, and they are on the second axis."
    ),
    ("summed_over_an_image", CALLED, f"{CALLED} * targets[0].size"): (
        "The pixels of an image are summed, and only images are averaged, so larger images cost "
        "more. The mean is over all pixels."
    ),
    ("summed_over_everything", "targets.reshape(-1))", 'targets.reshape(-1), "sum")'): (
        "The pixels of all images are summed and never divided by their number, so larger images "
        "and batches cost more. The mean is over all pixels."
    ),
    ("averaged_over_classes_too", CALLED, f"{CALLED} / logits.shape[1]"): (
        "The sum is divided by the number of all logits. There is one surprise for each pixel, so "
        "the mean is over the pixels."
    ),
    ("softmax_twice", "cross_entropy(pixels,", "cross_entropy(softmax(pixels),"): (
        "The logits go through a softmax before the cross-entropy, which contains one already. "
        "Even a sure and right pixel then costs something."
    ),
    (
        "background_left_out",
        CALLED,
        "shown = targets.reshape(-1) > 0\n"
        "    return cross_entropy(pixels[shown], targets.reshape(-1)[shown])",
    ): (
        "Pixels of class 0 are left out of the mean, as if it were background that does not count. "
        "Here every pixel counts."
    ),
}.items():
    pixels.edit(name, text, (old, new))
pixels.edit(
    "softmax_over_the_batch",
    "The softmax runs along the first axis, over the images of the batch, so the classes of a "
    "pixel don't share its probability. The classes are on the second axis.",
    (
        CALLED,
        "logs = logits - np.logaddexp.reduce(logits, axis=0)\n"
        "    return -np.mean(np.take_along_axis(logs, targets[:, None], axis=1))",
    ),
)
for eps, most in {"1e-8": 18, "1e-10": 23, "1e-12": 28}.items():
    pixels.edit(
        f"on_paper_plus_{eps.replace('-', '_')}",
        f"The logarithm is taken of a quotient of exponentials plus {eps}: exp(1e4) is inf, and no "
        f"pixel costs more than about {most}. Hand your cross_entropy the pixels as rows.",
        (
            CALLED,
            "parts = np.exp(pixels)\n    parts = parts / np.sum(parts, axis=-1, keepdims=True)\n"
            f"    return -np.mean(np.log(parts{OWN} + {eps}))",
        ),
    )
# The guards that are typed most often, and the most that a pixel costs with them.
for eps, most in {"1e-6": 14, "1e-7": 16, "1e-8": 18, "1e-9": 21, "1e-10": 23, "1e-12": 28}.items():
    for name, guarded in (
        ("plus", f"softmax(pixels){OWN} + {eps}"),
        ("clipped_at", f"np.clip(softmax(pixels){OWN}, {eps}, 1 - {eps})"),
    ):
        pixels.edit(
            f"log_of_softmax_{name}_{eps.replace('-', '_')}",
            "The probability is kept away from 0 before its logarithm, so no pixel costs more than "
            f"about {most}, however wrong it is. Let your cross_entropy take the logarithms.",
            (CALLED, f"return -np.mean(np.log({guarded}))"),
        )
for (name, new), text in {
    (
        "no_maximum_subtracted",
        "logs = pixels - np.log(np.sum(np.exp(pixels), axis=-1, keepdims=True))\n"
        f"    return -np.mean(logs{OWN})",
    ): (
        "The logits are exponentiated as they are, and exp(1e4) is inf. Your cross_entropy does "
        "this safely: hand it the pixels as rows."
    ),
    (
        "as_on_paper",
        "parts = np.exp(pixels)\n"
        f"    return -np.mean(np.log((parts / np.sum(parts, axis=-1, keepdims=True)){OWN}))",
    ): (
        "Exponentials, their sum, a quotient, a logarithm: in float64, exp(1e4) is inf and "
        "exp(-1e4) is 0. Your cross_entropy does this safely: hand it the pixels as rows."
    ),
    (
        "maximum_of_everything",
        "parts = np.exp(pixels - pixels.max())\n"
        f"    return -np.mean(np.log((parts / np.sum(parts, axis=-1, keepdims=True)){OWN}))",
    ): (
        "One maximum, of all pixels, is subtracted, so a pixel far below it has exponentials that "
        "are all 0. Each pixel has its own maximum; your cross_entropy does that."
    ),
    ("log_of_softmax", f"return -np.mean(np.log(softmax(pixels){OWN}))"): (
        "The logarithm is taken of a probability that has rounded to 0, and the loss is inf. Let "
        "your cross_entropy take the logarithms."
    ),
    (
        "map_not_averaged",
        'return cross_entropy(pixels, targets.reshape(-1), "none").reshape(targets.shape)',
    ): (
        "The loss of each pixel comes back, a whole map of them. The result is a single number, "
        "the mean over all pixels of all images."
    ),
}.items():
    pixels.edit(name, text, (CALLED, new), about="anything")

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
