"""Mistakes in pixel_cross_entropy and dice_loss."""

from __future__ import annotations

from autograder.api import Bank

PIXELS, DICE = "pixel_cross_entropy", "dice_loss"
MOVED = "np.moveaxis(logits, 1, -1).reshape(-1, logits.shape[1])"
CALLED = "return cross_entropy(pixels, targets.reshape(-1))"
FRACTION = "(2 * overlap + eps) / (sizes + eps)"


def declare(bank: Bank) -> None:
    """In the order of the lesson."""
    _pixels(bank)
    _dice(bank)


def _pixels(bank: Bank) -> None:
    bank.edit(
        PIXELS,
        "reshaped_without_moving",
        "The logits are reshaped to rows of C numbers as they lie in memory, which mixes pixels "
        "with classes. Move the classes to the last axis first.",
        (MOVED, "logits.reshape(-1, logits.shape[1])"),
    )
    bank.edit(
        PIXELS,
        "rows_and_columns_swapped",
        "Moving the classes to the end also swaps height and width, so each pixel gets the target "
        "of another one. The order of the other axes has to stay.",
        (MOVED, "np.transpose(logits, (0, 3, 2, 1)).reshape(-1, logits.shape[1])"),
    )
    bank.edit(
        PIXELS,
        "softmax_over_columns",
        "The softmax runs along the last axis, which is the width of the image. The classes of a "
        "pixel share the probability, and they are on the second axis.",
        (
            CALLED,
            "logs = np.moveaxis(log_softmax(logits), 1, -1)\n"
            "    return -np.mean(np.take_along_axis(logs, targets[..., None], axis=-1))",
        ),
    )
    bank.edit(
        PIXELS,
        "summed_over_an_image",
        "The pixels of an image are summed, and only images are averaged, so larger images cost "
        "more. The mean is over all pixels.",
        (CALLED, f"{CALLED} * targets[0].size"),
    )
    bank.edit(
        PIXELS,
        "averaged_over_classes_too",
        "The sum is divided by the number of all logits. There is one surprise for each pixel, so "
        "the mean is over the pixels.",
        (CALLED, f"{CALLED} / logits.shape[1]"),
    )
    bank.edit(
        PIXELS,
        "softmax_twice",
        "The logits go through a softmax before the cross-entropy, which has one of its own. Even "
        "a sure and right pixel then costs something.",
        (CALLED, "return cross_entropy(softmax(pixels), targets.reshape(-1))"),
    )
    bank.edit(
        PIXELS,
        "log_of_softmax_plus_eps",
        "A small number is added to the probability before its logarithm, so no pixel costs more "
        "than about 28, however wrong it is. Let your cross_entropy take the logarithms.",
        (
            CALLED,
            "probs = softmax(pixels)[np.arange(targets.size), targets.reshape(-1)]\n"
            "    return -np.mean(np.log(probs + 1e-12))",
        ),
    )
    bank.edit(
        PIXELS,
        "no_maximum_subtracted",
        "The logits are exponentiated as they are, and exp(1e4) is inf. Your cross_entropy does "
        "this safely: hand it the pixels as rows.",
        (
            CALLED,
            "logs = pixels - np.log(np.sum(np.exp(pixels), axis=-1, keepdims=True))\n"
            "    return -np.mean(logs[np.arange(targets.size), targets.reshape(-1)])",
        ),
        about="anything",
    )
    bank.edit(
        PIXELS,
        "background_left_out",
        "Pixels of class 0 are left out of the mean, as if it were background that does not count. "
        "Here every pixel counts.",
        (
            CALLED,
            "shown = targets.reshape(-1) > 0\n"
            "    return cross_entropy(pixels[shown], targets.reshape(-1)[shown])",
        ),
    )


def _dice(bank: Bank) -> None:
    for name, text, new, source in (
        (
            "factor_two_missing",
            "The overlap is counted once above the line and twice below it, so even a perfect mask "
            "costs a half. The overlap is doubled.",
            "(overlap + eps) / (sizes + eps)",
            "",
        ),
        (
            "jaccard",
            "This is one minus the intersection over the union. Dice divides twice the overlap by "
            "the sum of both sizes, without taking the overlap off.",
            "(overlap + eps) / (sizes - overlap + eps)",
            "",
        ),
        (
            "eps_below_only",
            "The small number stands below the line only, so an empty mask that was predicted "
            "empty costs 1. It stands above and below.",
            "(2 * overlap) / (sizes + eps)",
            "",
        ),
        (
            "eps_above_only",
            "The small number stands above the line only: nothing keeps an empty denominator away "
            "from 0. It stands above and below.",
            "(2 * overlap + eps) / sizes",
            "",
        ),
        (
            "eps_doubled",
            "The factor 2 multiplies the small number too, so an empty mask that was predicted "
            "empty gives -1. Only the overlap is doubled.",
            "2 * (overlap + eps) / (sizes + eps)",
            "",
        ),
    ):
        bank.edit(DICE, name, text, (FRACTION, new), source=source)
    bank.edit(
        DICE,
        "squares_below",
        "The sizes are sums of squares, as in V-Net. Here they are plain sums, and for "
        "probabilities between 0 and 1 that is not the same.",
        ("np.sum(probs) + np.sum(target)", "np.sum(probs**2) + np.sum(target**2)"),
        source="Milletari, Navab and Ahmadi, V-Net (2016), section 3",
    )
    bank.edit(
        DICE,
        "coefficient_not_loss",
        "This is the Dice coefficient, 1 for a perfect mask. A loss is small where things are "
        "right: take it from 1.",
        (f"1 - {FRACTION}", FRACTION),
    )
    bank.edit(
        DICE,
        "thresholded",
        "The probabilities are cut at 0.5 first. Then the loss does not change when they move a "
        "little, and a descent has nothing to go by.",
        ("overlap = ", "probs = (probs > 0.5).astype(float)\n    overlap = "),
    )
    bank.edit(
        DICE,
        "averaged_over_images",
        "The loss is computed for each row or image and then averaged. Here all elements of the "
        "batch count as one mask.",
        (
            "overlap = np.sum(probs * target)",
            "images = (len(probs), -1)\n"
            "    probs, target = probs.reshape(images), target.reshape(images)\n"
            "    overlap = np.sum(probs * target, axis=1)",
        ),
        ("np.sum(probs) + np.sum(target)", "np.sum(probs, axis=1) + np.sum(target, axis=1)"),
        (f"return 1 - {FRACTION}", f"return np.mean(1 - {FRACTION})"),
    )
    bank.edit(
        DICE,
        "eps_of_one",
        "The default of eps is 1, the smooth of much code for competitions. It shifts the loss of "
        "every small mask; here the default is 1e-6.",
        ("eps=1e-6", "eps=1.0"),
        source="jocicmarko/ultrasound-nerve-segmentation, train.py",
    )
