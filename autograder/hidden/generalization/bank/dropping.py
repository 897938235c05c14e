"""Mistakes in dropout, and what all right answers share: the mask is drawn."""

from functools import partial
from typing import Any

import numpy as np

from autograder.api import FLOAT64, Bank, equal
from autograder.hidden.generalization.bank import forms

bank = Bank()
dropout = bank.exercise("dropout_forward__dropout_backward")
mistake = partial(dropout.edit, about="anything")  # not seen in numbers


@forms.features(
    "the smallest ratio out / x",
    "the largest ratio out / x",
    "the number of different ratios out / x",
    "the share of elements that are dropped, in tenths",
    "the smallest value in the mask",
    "the largest value in the mask",
    "the number of different values in the mask",
    "keeping elements that are 0 in x",
    "being x times the mask",
)
def masked(results: Any, x: Any) -> Any:
    """Of 4000 elements away from 0 the share that is dropped has a standard deviation of at most
    0.0073. Rounded to tenths, a share that should be 0.2 or 0.7 is another one beyond 6.9
    deviations: 6e-12. Of 400 that are 0, none is kept once in 1e62."""
    out, mask = results["out"], results["mask"].astype(float)
    if out.shape != x.shape or mask.shape != x.shape:
        raise ValueError("another shape")
    ratio = out[x != 0] / x[x != 0]
    return (
        forms.real(ratio.min()),
        forms.real(ratio.max()),
        forms.count(len(np.unique(ratio.round(9)))),
        forms.count(np.round(10 * np.mean(ratio == 0))),
        forms.real(mask.min()),
        forms.real(mask.max()),
        forms.count(len(np.unique(mask.round(9)))),
        bool((mask[x == 0] != 0).any()),
        equal(out, _product(x, mask), FLOAT64),
    )


def _product(x: Any, mask: Any) -> Any:
    """What the mask makes of x, infinite values and all."""
    with np.errstate(all="ignore"):
        return x * mask


@dropout.observe("training")
def training(raw: Any, inputs: Any, secrets: Any) -> Any:
    return {where: masked(results, inputs["x"]) for where, results in raw.items()}


@dropout.observe("evaluation")
def evaluation(raw: Any, inputs: Any, secrets: Any) -> Any:
    return {
        where: {
            "out": seen["out"],
            "mask": forms.as_floats(seen["mask"]),
            "drawing from rng": seen["states"][0] != seen["states"][1],
        }
        for where, seen in raw.items()
    }


@forms.features(
    *(f"having one mask all along axis {axis}" for axis in range(3)),
    "having two slices with the same mask",
    "dropping equally many elements at every call",
)
def independent(mask: Any, small: Any, shape: Any) -> Any:
    """A mask of (8, 12, 10) with p = 0.5: two slices of 80 or more are equal by chance once in
    1e22. A hundred masks of 20: all drop equally many once in 1e75."""
    on = mask.reshape(shape) != 0
    along = [np.moveaxis(on, axis, 0).reshape(shape[axis], -1) for axis in range(3)]
    return (
        *(bool((on == on.take([0], axis)).all()) for axis in range(3)),
        any(len(np.unique(slices, axis=0)) < len(slices) for slices in along),
        len({int(np.sum(one == 0)) for one in small}) == 1,
    )


@dropout.observe("chance")
def chance(raw: Any, inputs: Any, secrets: Any) -> Any:
    drawn = raw["draws"]
    return {**independent(drawn["first"], raw["small"], inputs["x"].shape), **forms.draws(drawn)}


@forms.features(
    "the smallest value in the mask", "the largest value in the mask", "being x times the mask"
)
def small_mask(results: Any, x: Any, *case: Any) -> Any:
    """64 elements, with p = 0.5: all are dropped or kept once in 1e19."""
    mask = results["mask"].astype(float)
    return forms.real(mask.min()), forms.real(mask.max()), equal(results["out"], x * mask, FLOAT64)


def both_ways(results: Any, x: Any, *case: Any) -> Any:
    found = {}
    for where, arrays in results["forward"].items():
        dtypes = {f"the dtype of {name}": str(array.dtype) for name, array in arrays.items()}
        found[where] = {**small_mask(arrays, x), **dtypes}
    return {**found, "of the backward": {"dx": results["dx"]}}


dropout.observe("refuses")(forms.refusals(small_mask))
dropout.observe("pure")(forms.kept(both_ways))

CHECK = "if not 0 <= p < 1:"
DRAWN, DROPPED, SCALE = "rng.random(x.shape)", ">= p)", ") / (1 - p)"
MASK = f"mask = ({DRAWN} >= p) / (1 - p)"
ONES = "mask = np.ones(x.shape)"
OUT = "return x * mask, mask"
BACK = "return dout * mask"
UNSCALED = (SCALE, ") * 1.0")

OF_THE_PAPER = (
    "This is the dropout of the paper: no scaling in training, and 1 - p in evaluation. Inverted "
    "dropout scales in training, so evaluation needs nothing."
)
EVALUATION_SCALED = (
    "Evaluation multiplies by 1 - p, although training has scaled up already. With inverted "
    "dropout nothing is left to correct: out is x."
)
SCALED_OUT = (OUT, "return (x * mask if training else x * (1 - p)), mask")

mistake(
    "not_scaled",
    "What is kept is not scaled up, so in evaluation the next layer gets larger sums than it was "
    "trained on. In training, kept elements are divided by 1 - p.",
    UNSCALED,
)
dropout.edit(
    "scaled_at_test_time",
    OF_THE_PAPER,
    UNSCALED,
    (ONES, "mask = np.full(x.shape, 1.0 - p)"),
    source="Srivastava et al. (2014), section 4",
)
dropout.edit(
    "scaled_at_test_time_but_for_the_mask",
    OF_THE_PAPER,
    UNSCALED,
    SCALED_OUT,
    source="Srivastava et al. (2014), section 4",
)
for suffix, keep, drop in (("", "max(p, 1e-300)", "(p or 1.0)"), ("_whatever_it_is", "p", "p")):
    dropout.edit(
        f"p_to_keep{suffix}",
        "p is taken for the probability to keep, as in the paper: with p = 0.2 four fifths are "
        "dropped. Here p is the probability to drop.",
        (">= p) / (1 - p)", f"< p) / {keep}"),
        source="Srivastava et al. (2014); TensorFlow 1, tf.nn.dropout (keep_prob)",
    )
    dropout.edit(
        f"scaled_by_p{suffix}",
        "What is kept is divided by p, the probability to drop. To keep the expected value it is "
        "divided by the probability to be kept, 1 - p.",
        (SCALE, f") / {drop}"),
    )
dropout.edit(
    "normal_numbers_compared",
    "p is compared with normal random numbers, which lie below 0 half of the time, so another "
    "share than p is dropped. Numbers uniform in [0, 1) lie below p with probability p.",
    (DRAWN, "rng.normal(size=x.shape)"),
)
dropout.edit(
    "comparison_reversed",
    "The comparison is the wrong way round: elements are kept with probability p, and scaled as if "
    "with 1 - p. A uniform number is at least p with probability 1 - p.",
    (DROPPED, "< p)"),
)
mistake(
    "mask_without_scale",
    "out is scaled and the mask that comes back is not, so the backward passes too small a "
    "gradient. The factor 1 / (1 - p) belongs in the mask.",
    UNSCALED,
    (OUT, "return (x * mask / (1 - p) if training else x * mask), mask"),
)
dropout.edit(
    "scaled_twice",
    "The factor 1 / (1 - p) is in the mask and is applied to out once more, so out grows on "
    "average. Multiply by the mask, and by nothing else.",
    (OUT, "return (x * mask / (1 - p) if training else x * mask), mask"),
)
mistake(
    "scaled_by_the_share_kept",
    "What is kept is divided by the share that was kept this time, so the scale varies from call "
    "to call. Divide by the probability, 1 - p.",
    (MASK, f"mask = ({DRAWN} >= p) * 1.0\n        mask /= max(mask.mean(), 1e-9)"),
)
mistake(
    "gaussian_noise",
    "Every element is multiplied by a random number around 1, so nothing is ever switched off. "
    "That is Gaussian dropout; here the mask holds 0 and 1 / (1 - p).",
    (MASK, "mask = 1 + np.sqrt(p / (1 - p)) * rng.normal(size=x.shape)"),
    source="Srivastava et al. (2014), section 10",
)
mistake(
    "mask_read_off_the_output",
    "The mask is read off the output, which is also 0 wherever x is, in half of the places after a "
    "ReLU: what was kept there counts as dropped. Keep the mask that was drawn.",
    (OUT, "return x * mask, (mask * (x != 0) if training else mask)"),
)

mistake(
    "x_overwritten",
    "x itself is multiplied by the mask, in place, so the caller's array changes. Return a new "
    "array, and leave x as it was.",
    (OUT, "x *= mask\n    return x, mask"),
)

mistake(
    "active_in_evaluation",
    "Elements are dropped in evaluation too, so one input gives a different answer each time. With "
    "training=False out is x, and the mask is all ones.",
    ("if training:", "if True:"),
)
dropout.edit(
    "evaluation_scaled",
    EVALUATION_SCALED,
    (ONES, "mask = np.full(x.shape, 1.0 - p)"),
)
dropout.edit("evaluation_scaled_but_for_the_mask", EVALUATION_SCALED, SCALED_OUT)
mistake(
    "drawn_in_evaluation",
    "Random numbers are drawn in evaluation and thrown away, so validating changes the next "
    "training step. Draw inside the branch of training only.",
    (ONES, "mask = np.ones_like(rng.random(x.shape))"),
)
mistake(
    "input_handed_back",
    "In evaluation x itself comes back, not a copy: anyone who writes into out writes into x. "
    "Return a new array.",
    (OUT, "return (x * mask if training else x), mask"),
)

mistake(
    "one_lot_for_a_row",
    "Each row is dropped or kept as a whole: the random numbers have one column. Every element is "
    "dropped independently: draw in the shape of x.",
    (DRAWN, "np.ones(x.shape) * rng.random(x.shape[:1] + (1,) * (x.ndim - 1))"),
)
mistake(
    "one_lot_for_a_feature",
    "All rows of a batch share one mask, so a feature is off for all of them or for none. Every "
    "element is dropped independently: draw in the shape of x.",
    (DRAWN, "np.ones(x.shape) * rng.random(x.shape[1:])"),
)
mistake(
    "exactly_a_share_dropped",
    "Exactly a fraction p of the elements is dropped at every call, so they depend on each other. "
    "Each is dropped with probability p, whatever the others do.",
    (DRAWN, "rng.permutation(np.arange(x.size) / x.size).reshape(x.shape)"),
)
forms.declare_strangers(mistake, "same_mask_every_call", "if training:")
