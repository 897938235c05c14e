"""Mistakes in pixel_cross_entropy."""

from autograder.api import Bank

bank = Bank()
pixels = bank.exercise("pixel_cross_entropy")

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
    ("all_axes_reversed", MOVED, "logits.T.reshape(-1, logits.shape[1])"): (
        "The transpose reverses all four axes, so the classes are third and the images last, and "
        "the rows still mix them. Only the class axis has to move, to the end."
    ),
    ("last_axis_moved_forward", MOVED, "np.moveaxis(logits, -1, 1).reshape(-1, logits.shape[1])"): (
        "The last axis is moved to second place, which leaves the heights last. It is the other "
        "way round: the second axis goes to the end."
    ),
    (
        "first_image_only",
        CALLED,
        f"count = targets[0].size\n    {CALLED[:-1]}[:count])".replace(
            "(pixels,", "(pixels[:count],"
        ),
    ): (
        "Only the first image of the batch is looked at. The mean is over the pixels of all N "
        "images."
    ),
    ("minus_missing", CALLED, CALLED.replace("return ", "return -1.0 * ")): (
        "This is the mean logarithm of the probability, 0 at best and negative otherwise. The loss "
        "has a minus sign: it falls as the probability rises."
    ),
    ("targets_off_by_one", "targets.reshape(-1))", "targets.reshape(-1) - 1)"): (
        "The classes are read as counting from 1, so each pixel is compared with the class before "
        "its own. They count from 0."
    ),
    (
        "classes_as_yes_or_no",
        CALLED,
        "return bce_with_logits(pixels, np.eye(logits.shape[1])[targets.reshape(-1)])",
    ): (
        "Each class of a pixel is a yes-or-no question of its own. A pixel has one class: the "
        "classes share the probability, in a softmax."
    ),
    (
        "classes_averaged_first",
        CALLED,
        'each, own = cross_entropy(pixels, targets.reshape(-1), "none"), targets.reshape(-1)\n'
        "    return np.mean([np.mean(each[own == c]) for c in np.unique(own)])",
    ): (
        "The pixels of each class are averaged first, so a class with few pixels weighs as much as "
        "one with many. Here every pixel weighs the same."
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
for name, logarithm in (
    ("logarithm_to_base_two", f"{CALLED} / np.log(2)"),
    ("logarithm_to_base_two_on_paper", f"return -np.mean(np.log2(softmax(pixels){OWN}))"),
    ("logarithm_to_base_ten", f"return -np.mean(np.log10(softmax(pixels){OWN}))"),
):
    pixels.edit(
        name,
        "The logarithm is not the natural one, so every loss is off by one factor. Cross-entropy "
        "is meant with np.log: a guess among C classes costs log C.",
        (CALLED, logarithm),
    )
pixels.edit(
    "softmax_over_everything",
    "The exponentials are divided by the sum over the whole batch, so all pixels share one "
    "probability. Each pixel has its own softmax, over its C classes.",
    (
        CALLED,
        "parts = np.exp(pixels - pixels.max())\n"
        f"    return -np.mean(np.log((parts / np.sum(parts)){OWN}))",
    ),
    about="anything",
)
pixels.edit(
    "logits_for_probabilities",
    "The logarithm is taken of the logits themselves, and that of a negative number is nan. A "
    "softmax makes probabilities of them; your cross_entropy contains it.",
    (CALLED, f"return -np.mean(np.log(pixels{OWN}))"),
    about="anything",
)
pixels.edit(
    "images_not_averaged",
    "One loss for each image comes back. The result is a single number, the mean over all pixels "
    "of all images.",
    (
        CALLED,
        'each = cross_entropy(pixels, targets.reshape(-1), "none")\n'
        "    return np.mean(each.reshape(len(targets), -1), axis=1)",
    ),
    about="anything",
)
