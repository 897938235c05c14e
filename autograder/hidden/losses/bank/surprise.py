"""Mistakes in cross_entropy and cross_entropy_one_hot."""

from autograder.api import Bank

bank = Bank()
sparse, one_hot = bank.exercise("cross_entropy"), bank.exercise("cross_entropy_one_hot")

BEGIN = '    """\n'
LOGS = "log_softmax(logits)"


def shifted_by(taken: str) -> str:
    """A log_softmax and a softmax inside the loss, which subtract `taken` from the logits."""
    return (
        f"    def log_softmax(z):\n        z = z - {taken}\n"
        "        return z - np.log(np.sum(np.exp(z), axis=-1, keepdims=True))\n\n"
        f"    def softmax(z):\n        parts = np.exp(z - {taken})\n"
        "        return parts / np.sum(parts, axis=-1, keepdims=True)\n\n"
    )


SUM_OF_ALL = (
    "The exponentials of all rows are added up to one sum, so only the whole batch adds up to 1. "
    "Each row has its own sum: its classes share the probability."
)
# What shows as inf, nan or another dtype, and what shows as other numbers.
FORMS = {
    ("no_maximum_subtracted", BEGIN, BEGIN + shifted_by("0.0")): (
        "The logits are exponentiated as they are, and exp(1e4) is inf. Subtract each row's "
        "largest logit first, or take the logarithms from log_softmax."
    ),
    ("maximum_of_all", BEGIN, BEGIN + shifted_by("np.max(z)")): (
        "The largest logit of the whole array is subtracted, so the exponentials of a row far "
        "below it are all zeros. Each row needs its own maximum."
    ),
    (
        "as_on_paper",
        LOGS,
        "np.log(np.exp(logits) / np.sum(np.exp(logits), axis=-1, keepdims=True))",
    ): (
        "Exponentials, their sum, a quotient, a logarithm: right on paper. In float64, exp(1e4) is "
        "inf and exp(-1e4) is 0. Take the logarithms from log_softmax."
    ),
    (
        "log_of_softmax_less_one_maximum",
        LOGS,
        "np.log(np.exp(logits - np.max(logits)) / "
        "np.sum(np.exp(logits - np.max(logits)), axis=-1, keepdims=True))",
    ): (
        "One maximum of the whole array is subtracted, and the softmax of a row far below it is "
        "0 / 0. Take the logarithms from log_softmax, which subtracts each row's own."
    ),
    ("log_of_softmax", LOGS, "np.log(softmax(logits))"): (
        "The logarithm is taken of a probability that has rounded to 0, and the loss is inf or "
        "nan. Take the logarithms from log_softmax, where nothing is infinite."
    ),
    ("single_precision", LOGS, "log_softmax(np.float32(logits))"): (
        "The computation runs in float32, which has about 7 digits. Results are float64: leave the "
        "dtype of the logits alone."
    ),
}
NUMBERS = {
    ("softmax_twice", LOGS, "log_softmax(softmax(logits))"): (
        "The logits go through a softmax before the log-softmax, which contains one already. Even "
        "a sure and right answer then costs log(e + C - 1) - 1."
    ),
    ("probability_for_logarithm", LOGS, "softmax(logits)"): (
        "The loss is minus the probability of the target, without a logarithm. Being wrong then "
        "costs at most 1 more than being right."
    ),
    ("softmax_over_everything", LOGS, f"({LOGS} - np.log(len(logits)))"): SUM_OF_ALL,
    (
        "softmax_over_everything_after_a_shift",
        LOGS,
        "(lambda z: z - np.log(np.sum(np.exp(z))))(logits - logits.max(axis=-1, keepdims=True))",
    ): SUM_OF_ALL,
    (
        "softmax_over_everything_and_its_logarithm",
        LOGS,
        "(lambda e: np.log(e / np.sum(e)))(np.exp(logits - logits.max(axis=-1, keepdims=True)))",
    ): SUM_OF_ALL,
    ("logits_for_logarithms", LOGS, "(1.0 * logits)"): (
        "The logit of the target is taken as if it were the logarithm of a probability. Raw logits "
        "are not normalised: the other classes have to count, too."
    ),
    ("normalised_over_the_batch", LOGS, "log_softmax(logits.T).T"): (
        "The softmax runs over the rows of the batch. A row belongs to one example, and its "
        "classes share the probability: the last axis."
    ),
}
BITS = (
    "The logarithm is to base 2, so the loss is in bits. Here it is the natural one: knowing "
    "nothing of C classes costs log C."
)
PROBABILITIES = (
    "The logarithm is taken of the logits, as if they were probabilities already, and a negative "
    "one gives nan. They go through a softmax first: log_softmax does both."
)
SIGN = (
    "The logarithm keeps its sign, so the loss is negative, and falls as the answers get worse. A "
    "surprise is minus the logarithm."
)
PICKED = "-log_probs[np.arange(len(targets)), targets]"
SURPRISE = "-np.sum(target_probs * log_softmax(logits), axis=-1)"

# The guards that are typed most often, and the most that a loss costs with them. Each rewrites all
# that comes before the reduction: two at a time would be more pairs than a diagnosis tries.
GUARDS = {
    "1e-5": 12,
    "1e-7": 16,
    "1e-8": 18,
    "1e-9": 21,
    "1e-10": 23,
    "1e-12": 28,
    "1e-15": 35,
}
for loss, old in ((sparse, f"{LOGS}\n    surprise = {PICKED}"), (one_hot, SURPRISE)):
    for eps, most in GUARDS.items():
        at, clipped = eps.replace("-", "_"), f"np.clip(softmax(logits), {eps}, 1 - {eps})"
        loss.edit(
            f"probabilities_clipped_at_{at}",
            "The probabilities are clipped away from 0 and 1, so no class costs more than about "
            f"{most}, and large mistakes look alike. Take the logarithms from log_softmax.",
            (old, old.replace(LOGS, f"np.log({clipped})")),
        )
        loss.edit(
            f"log_of_softmax_plus_{at}",
            "A small number is added to the probability before its logarithm, so no class costs "
            f"more than about {most}, however wrong its logit is. Take the logarithms from "
            "log_softmax.",
            (old, old.replace(LOGS, f"np.log(softmax(logits) + {eps})")),
        )

for (name, old, new), text in {
    **NUMBERS,
    ("bits", "log_probs = ", "log_probs = 1 / np.log(2) * "): BITS,
    ("sign_forgotten", "= -log_probs", "= log_probs"): SIGN,
    ("targets_from_one", ", targets]", ", targets - 1]"): (
        "Targets are read as if classes were counted from 1, so each row is charged for the class "
        "before its own. Class indices start at 0."
    ),
    ("picked_from_the_flat_array", PICKED, "-np.take(log_probs, targets)"): (
        "The targets are taken as positions in the flattened array, so all rows pick from the "
        "first one. Each row needs its own index beside its target."
    ),
    ("likeliest_class", PICKED, "-np.max(log_probs, axis=-1)"): (
        "The log-probability of the likeliest class is taken, whatever the target is. The loss "
        "is about what happened, not about what was expected."
    ),
    (
        "one_minus_the_probability",
        f"{LOGS}\n    surprise = {PICKED}",
        f"1 - softmax(logits)\n    surprise = {PICKED[1:]}",
    ): (
        "The loss is one minus the probability of the target, so being wrong never costs more than "
        "1. A surprise is minus the logarithm of that probability."
    ),
}.items():
    sparse.edit(name, text, (old, new))
for (name, old, new), text in {
    **FORMS,
    ("every_row_with_every_target", "[np.arange(len(targets))", "[:"): (
        "Indexing with a colon takes the targets of all rows from each row, N by N numbers. Each "
        "row has one target: pair the rows with their targets."
    ),
    ("classes_kept_apart", PICKED, "-np.eye(logits.shape[1])[targets] * log_probs"): (
        'The one-hot rows are multiplied in and never summed, so "none" gives (N, C) and the mean '
        "is over N times C numbers. One number is left of each row."
    ),
    ("logits_for_probabilities", LOGS, "np.log(logits)"): PROBABILITIES,
    (
        "averaged_over_classes",
        PICKED,
        "-np.mean(np.eye(logits.shape[1])[targets] * log_probs, axis=-1)",
    ): (
        "The products with the one-hot rows are averaged over the classes, which divides by C. "
        "Only one of them is not 0: sum over the classes."
    ),
    ("indices_for_one_hot", PICKED, "-np.sum(targets * log_probs, axis=-1)"): (
        "The class indices are multiplied by the log-probabilities, as if they were one-hot rows. "
        "An index says which one to take: one number from each row."
    ),
}.items():
    sparse.edit(name, text, (old, new), about="anything")

BINARY = (
    "A second term is added for the classes that are not the target, as if each were a yes-or-no "
    "question. In a softmax the classes compete already."
)
INNER = (
    "Targets and probabilities are multiplied and summed before the logarithm. That is the same "
    "only for one-hot rows: the logarithm comes first, then the weighted sum."
)
HARD, UNSURE = "np.eye(logits.shape[1])[np.argmax(target_probs, axis=1)]", "1 - softmax(logits)"
for (name, old, new), text in {
    **NUMBERS,
    ("bits", "surprise = ", "surprise = 1 / np.log(2) * "): BITS,
    ("sign_forgotten", "-np.sum(", "np.sum("): SIGN,
    ("soft_labels_hardened", "target_probs *", f"{HARD} *"): (
        "The likeliest class of each target row is taken as its index, and the rest of the row is "
        "dropped. Every class counts, with its probability."
    ),
    ("averaged_over_classes", "-np.sum(", "-np.mean("): (
        "The products are averaged over the classes, which divides by C. The classes of a row are "
        "summed; the mean is over rows."
    ),
    (
        "binary_terms_added",
        SURPRISE,
        f"{SURPRISE} - np.sum((1 - target_probs) * np.log({UNSURE} + 1e-12), axis=-1)",
    ): BINARY,
    **{
        (
            f"binary_terms_clipped_at_{eps.replace('-', '_')}",
            SURPRISE,
            f"(lambda p: -np.sum(target_probs * np.log(p) + (1 - target_probs) * np.log(1 - p), "
            f"axis=-1))(np.clip(softmax(logits), {eps}, 1 - {eps}))",
        ): BINARY
        for eps in ("1e-7", "1e-12", "1e-15")
    },
    ("targets_through_a_softmax", "target_probs *", "softmax(1.0 * target_probs) *"): (
        "The targets go through a softmax, which turns a sure target into an unsure one. They are "
        "probabilities already: only the logits need one."
    ),
    (
        "logarithm_of_the_sum",
        SURPRISE,
        "-np.log(np.maximum(np.sum(target_probs * softmax(logits), axis=-1), 1e-300))",
    ): INNER,
    (
        "divergence",
        SURPRISE,
        f"{SURPRISE} + np.sum(target_probs * np.log(np.maximum(target_probs, 1e-300)), axis=-1)",
    ): (
        "The entropy of the labels is subtracted: this is the Kullback-Leibler divergence. It "
        "agrees for one-hot rows and is smaller for soft ones."
    ),
    (
        "roles_swapped",
        SURPRISE,
        "-np.sum(softmax(logits) * np.log(target_probs + 1e-12), axis=-1)",
    ): (
        "The logarithm is taken of the targets and weighted by the predictions: the roles are "
        "swapped. The truth is the weight, and the prediction goes into the logarithm."
    ),
}.items():
    one_hot.edit(name, text, (old, new))
for (name, old, new), text in {
    **FORMS,
    (
        "logarithm_of_the_sum_unguarded",
        SURPRISE,
        "-np.log(np.sum(target_probs * softmax(logits), axis=-1))",
    ): INNER,
    ("logits_for_probabilities", LOGS, "np.log(logits)"): PROBABILITIES,
    ("classes_not_summed", SURPRISE, "-target_probs * log_softmax(logits)"): (
        'The classes of a row stay apart, so "none" gives (N, C) and the mean is over N times C '
        "numbers. Sum over the classes before the reduction."
    ),
    ("summed_over_the_batch", "axis=-1", "axis=0"): (
        "The products are summed along the first axis, over the rows, which leaves one number for "
        "each class. Each row has a loss: sum along the last axis."
    ),
}.items():
    one_hot.edit(name, text, (old, new), about="anything")
