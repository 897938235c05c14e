"""Mistakes in dropout, both ways."""

from __future__ import annotations

from autograder.api import Bank

KEY = "dropout_forward__dropout_backward"
CHECK = "if not 0 <= p < 1:"
MASK = "mask = (rng.random(x.shape) >= p) / (1 - p)"
ONES = "mask = np.ones(x.shape)"
OUT = "return x * mask, mask"
BACK = "return dout * mask"


def declare(bank: Bank) -> None:
    _scale(bank)
    _modes(bank)
    _lots(bank)
    _backward(bank)
    _checks(bank)


def _scale(bank: Bank) -> None:
    bank.edit(
        KEY,
        "not_scaled",
        "What is kept is not scaled up, so in evaluation the next layer gets larger sums than it "
        "was trained on. In training, kept elements are divided by 1 - p.",
        (MASK, "mask = (rng.random(x.shape) >= p) * 1.0"),
        about="anything",
    )
    bank.edit(
        KEY,
        "scaled_at_test_time",
        "This is the dropout of the paper: no scaling in training, and 1 - p in evaluation. "
        "Inverted dropout scales in training, so that evaluation needs nothing.",
        (MASK, "mask = (rng.random(x.shape) >= p) * 1.0"),
        (ONES, "mask = np.full(x.shape, 1.0 - p)"),
        source="Srivastava et al. (2014), section 4",
    )
    bank.edit(
        KEY,
        "scaled_at_test_time_but_for_the_mask",
        "This is the dropout of the paper: no scaling in training, and 1 - p in evaluation. "
        "Inverted dropout scales in training, so that evaluation needs nothing.",
        (MASK, "mask = (rng.random(x.shape) >= p) * 1.0"),
        (OUT, "return (x * mask if training else x * (1 - p)), mask"),
        source="Srivastava et al. (2014), section 4",
    )
    bank.edit(
        KEY,
        "p_to_keep",
        "p is taken for the probability to keep, as in the paper: with p = 0.2 four fifths are "
        "dropped. Here p is the probability to drop.",
        (MASK, "mask = (rng.random(x.shape) < p) / max(p, 1e-300)"),
        source="Srivastava et al. (2014); TensorFlow 1, tf.nn.dropout (keep_prob)",
    )
    bank.edit(
        KEY,
        "scaled_by_p",
        "What is kept is divided by p, the probability to drop. To keep the expected value it is "
        "divided by the probability to be kept, 1 - p.",
        (MASK, "mask = (rng.random(x.shape) >= p) / (p or 1.0)"),
    )
    bank.edit(
        KEY,
        "comparison_reversed",
        "The comparison is the wrong way round: elements are kept with probability p, and scaled "
        "as if with 1 - p. A uniform number is at least p with probability 1 - p.",
        (MASK, "mask = (rng.random(x.shape) < p) / (1 - p)"),
    )
    bank.edit(
        KEY,
        "mask_without_scale",
        "out is scaled and the mask that comes back is not, so the backward passes too little "
        "blame. The factor 1 / (1 - p) belongs into the mask.",
        (MASK, "mask = (rng.random(x.shape) >= p) * 1.0"),
        (OUT, "return (x * mask / (1 - p) if training else x * mask), mask"),
        about="anything",
    )
    bank.edit(
        KEY,
        "scaled_twice",
        "The factor 1 / (1 - p) is in the mask and is applied to out once more, so that out grows "
        "on average. Multiply by the mask, and by nothing else.",
        (OUT, "return (x * mask / (1 - p) if training else x * mask), mask"),
    )
    bank.edit(
        KEY,
        "gaussian_noise",
        "Every element is multiplied by a random number around 1, so nothing is ever switched off. "
        "That is Gaussian dropout; here the mask holds 0 and 1 / (1 - p).",
        (MASK, "mask = 1 + np.sqrt(p / (1 - p)) * rng.normal(size=x.shape)"),
        source="Srivastava et al. (2014), section 10",
        about="anything",
    )


def _modes(bank: Bank) -> None:
    bank.edit(
        KEY,
        "active_in_evaluation",
        "Elements are dropped in evaluation too, so that one input gives another answer each time. "
        "With training=False out is x, and the mask is all ones.",
        (ONES, MASK),
        about="anything",
    )
    bank.edit(
        KEY,
        "evaluation_scaled",
        "Evaluation multiplies by 1 - p, although training has scaled up already. With inverted "
        "dropout nothing is left to correct: out is x.",
        (ONES, "mask = np.full(x.shape, 1.0 - p)"),
    )
    bank.edit(
        KEY,
        "evaluation_scaled_but_for_the_mask",
        "Evaluation multiplies by 1 - p, although training has scaled up already. With inverted "
        "dropout nothing is left to correct: out is x.",
        (OUT, "return (x * mask if training else x * (1 - p)), mask"),
    )
    bank.edit(
        KEY,
        "drawn_in_evaluation",
        "Random numbers are drawn in evaluation and thrown away, so validating changes the next "
        "training step. Draw inside the branch of training only.",
        (ONES, "mask = np.ones_like(rng.random(x.shape))"),
        about="anything",
    )
    bank.edit(
        KEY,
        "input_handed_back",
        "In evaluation x itself comes back, not a copy: who writes into out writes into x. Return "
        "a new array.",
        (OUT, "return (x * mask if training else x), mask"),
        about="anything",
    )


def _lots(bank: Bank) -> None:
    bank.edit(
        KEY,
        "one_lot_for_a_row",
        "Each row is dropped or kept as a whole: the random numbers have one column. Every element "
        "needs a lot of its own: draw in the shape of x.",
        (
            MASK,
            "lots = rng.random(x.shape[:1] + (1,) * (x.ndim - 1))\n"
            "        mask = np.ones(x.shape) * (lots >= p) / (1 - p)",
        ),
        about="anything",
    )
    bank.edit(
        KEY,
        "one_lot_for_a_feature",
        "All rows of a batch share one mask, so that a feature is off for all of them or for none. "
        "Every element needs a lot of its own: draw in the shape of x.",
        (MASK, "mask = np.ones(x.shape) * (rng.random(x.shape[1:]) >= p) / (1 - p)"),
        about="anything",
    )
    bank.edit(
        KEY,
        "exactly_a_share_dropped",
        "Exactly a fraction p of the elements is dropped at every call, so their lots depend on "
        "each other. Each is dropped with probability p, whatever the others do.",
        (
            MASK,
            "mask = np.full(x.size, 1 / (1 - p))\n"
            "        mask[rng.permutation(x.size)[: round(p * x.size)]] = 0\n"
            "        mask = mask.reshape(x.shape)",
        ),
        about="anything",
    )
    bank.edit(
        KEY,
        "same_mask_every_call",
        "A generator with a seed of its own is made inside, so every call drops the same elements. "
        "Draw from the rng that was handed in.",
        (MASK, "mask = (np.random.default_rng(0).random(x.shape) >= p) / (1 - p)"),
        about="anything",
    )
    bank.edit(
        KEY,
        "global_random_state",
        "The mask comes from NumPy's global state, and the rng that was handed in is not used: the "
        "same seed gives another mask each time. Call a method of rng.",
        (MASK, "mask = (np.random.rand(*x.shape) >= p) / (1 - p)"),
        about="anything",
    )


def _backward(bank: Bank) -> None:
    bank.edit(
        KEY,
        "backward_without_mask",
        "The backward hands dout on as it is, so elements that were off get blame. They had no "
        "part in the loss: multiply by the mask.",
        (BACK, "return 1.0 * dout"),
    )
    bank.edit(
        KEY,
        "backward_without_scale",
        "The backward passes blame where the mask is not 0, but without its factor. out was scaled "
        "by 1 / (1 - p), and so is the gradient.",
        (BACK, "return dout * (mask > 0)"),
    )
    bank.edit(
        KEY,
        "backward_undoes_the_scale",
        "The backward divides by the mask's factor. The derivative of a product is the factor "
        "itself: blame is multiplied by what x was multiplied by.",
        (BACK, "return np.where(mask > 0, dout / np.where(mask > 0, mask, 1.0), 0.0)"),
    )
    bank.edit(
        KEY,
        "mask_handed_back",
        "The backward returns the mask alone. The chain rule is a product: the local derivative, "
        "which is the mask, times dout.",
        (BACK, "return mask.copy()"),
    )


def _checks(bank: Bank) -> None:
    bank.edit(
        KEY,
        "p_of_1_accepted",
        "p = 1 is accepted, and 1 / (1 - p) divides by 0. The range is [0, 1): 1 itself is refused "
        "with a ValueError.",
        (CHECK, "if not 0 <= p <= 1:"),
        about="anything",
    )
    bank.edit(
        KEY,
        "p_not_checked",
        "p is never looked at: with p below 0 nothing is dropped and everything shrinks, and p = 1 "
        "divides by 0. Refuse what is outside [0, 1).",
        (CHECK, "if False:"),
        about="anything",
    )
    bank.edit(
        KEY,
        "p_checked_in_training_only",
        "In evaluation a wrong p passes unseen, and the error comes hours later, with the first "
        "training step. Check p before asking for the mode.",
        (CHECK, "if training and not 0 <= p < 1:"),
        about="anything",
    )
