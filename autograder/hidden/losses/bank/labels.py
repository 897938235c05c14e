"""Mistakes in bce_with_logits and sample_weighted."""

from autograder.api import Bank

bank = Bank()
bce, sample_weighted = bank.exercise("bce_with_logits"), bank.exercise("sample_weighted")

GUARD, PRODUCT, EXPONENT = "np.maximum(logits, 0)", "logits * targets", "np.exp(-np.abs(logits))"
LOSSES = f"{GUARD} - {PRODUCT} + np.log1p({EXPONENT})"
SIGMOID = "1 / (1 + np.exp(-1.0 * logits))"


def by_logarithms(yes: str, no: str) -> str:
    """The two terms as they stand on paper, with `yes` and `no` for the probabilities."""
    return f"-targets * np.log({yes}) - (1 - targets) * np.log({no})"


for (name, old, new), text in {
    ("guard_of_the_other_sign", GUARD, "np.maximum(-logits, 0)"): (
        "The term that keeps the exponent in hand is max(-z, 0), and the formula asks for "
        "max(z, 0): the loss is off by z. Try a logit of 5 with target 1."
    ),
    ("guard_subtracted", LOSSES, f"-{LOSSES}"): (
        "max(z, 0) is subtracted, and the formula adds it: for positive logits the loss is off by "
        "2 z. Try a logit of 5 with target 1."
    ),
    ("guard_missing", LOSSES, LOSSES.removeprefix(f"{GUARD} ")): (
        "The term max(z, 0) is missing. It belongs to the logarithm, whose exponent was made "
        "negative by taking it out. Try a logit of 5 with target 1."
    ),
    ("product_added", f"- {PRODUCT}", f"+ {PRODUCT}"): (
        "The product of logit and target is added, so a sure and right yes costs the most. It is "
        "subtracted: try a logit of 5 with target 1."
    ),
    ("answers_swapped", PRODUCT, "logits * (1 - targets)"): (
        "Yes and no have changed places: a sure and right answer costs most. Try a logit of 5 with "
        "target 1."
    ),
    ("targets_compared_with_half", PRODUCT, "logits * (targets > 0.5)"): (
        "Each target is compared with a half and counts as a full yes or a full no. Targets may "
        "lie between 0 and 1: then both terms count, each with its share."
    ),
    ("no_absolute_value", EXPONENT, "np.exp(-1.0 * logits)"): (
        "The exponent lacks its absolute value, so a negative logit counts twice, and a large "
        "negative one overflows. The exponent is never positive."
    ),
    (
        "roles_swapped",
        LOSSES,
        "np.maximum(targets, 0) - logits * targets + np.log1p(np.exp(-np.abs(targets)))",
    ): (
        "Logits and targets have changed places in the formula. The guard and the exponent are of "
        "the logit, which may have any size; the target stays within 0 and 1."
    ),
    ("yes_only", LOSSES, "np.logaddexp(0, -1.0 * logits) * targets"): (
        "Only questions whose answer is yes cost something. Where the answer is no, the second "
        "term counts: minus the logarithm of the probability of no."
    ),
    ("minus_one_for_no", LOSSES, "np.logaddexp(0, -targets * logits)"): (
        "This is the form for answers of 1 and -1. With 0 for no, the logit drops out, and every "
        "no costs log 2."
    ),
    (
        "softmax_over_labels",
        LOSSES,
        "-targets * log_softmax(logits) - (1 - targets) * np.log1p(-np.minimum("
        "softmax(logits), 1 - 1e-12))",
    ): (
        "The labels of a row go through a softmax and compete. Here each one is a yes-or-no "
        "question of its own, with a sigmoid of its own."
    ),
    ("sigmoid_twice", "losses = ", f"logits = {SIGMOID}\n    losses = "): (
        "The logits go through a sigmoid first, and the loss, which has one of its own, takes "
        "those probabilities for logits. Sure and right then still costs 0.31."
    ),
    (
        "logits_for_probabilities",
        LOSSES,
        by_logarithms("np.clip(logits, 1e-7, 1 - 1e-7)", "1 - np.clip(logits, 1e-7, 1 - 1e-7)"),
    ): (
        "The logits are taken for probabilities, clipped to lie between 0 and 1, without a "
        "sigmoid. Any logit above 1 then looks like a sure yes."
    ),
}.items():
    bce.edit(name, text, (old, new))

# The guards that are typed most often, and the most that a question costs with them.
GUARDS = {"1e-7": 16, "1e-8": 18, "1e-9": 21, "1e-10": 23, "1e-12": 28, "1e-15": 35}
for eps, most in GUARDS.items():
    at, clipped = eps.replace("-", "_"), f"np.clip({SIGMOID}, {eps}, 1 - {eps})"
    bce.edit(
        f"sigmoid_clipped_at_{at}",
        f"The sigmoid is clipped before its logarithm, so no mistake costs more than about {most}, "
        "and large ones look alike. Put the two logarithms together by algebra.",
        (LOSSES, by_logarithms(clipped, f"1 - {clipped}")),
    )
    bce.edit(
        f"logarithm_plus_{at}",
        f"A small number is added inside both logarithms, which bounds the loss at about {most}. "
        "Put the two logarithms together by algebra, and nothing needs a guard.",
        (LOSSES, by_logarithms(f"{SIGMOID} + {eps}", f"1 - {SIGMOID} + {eps}")),
    )

for (name, old, new), text in {
    ("logarithms_of_the_sigmoid", LOSSES, by_logarithms(SIGMOID, f"1 - {SIGMOID}")): (
        "The logarithms are taken of a sigmoid that has rounded to 0 or 1, and 0 times -inf is "
        "nan. Put the two logarithms together by algebra."
    ),
    ("overflow_for_no", LOSSES, "np.log1p(np.exp(-1.0 * logits)) + (1 - targets) * logits"): (
        "The two terms are together, and exp(-z) still overflows for a large negative logit. Take "
        "the form whose exponent is never positive."
    ),
    ("overflow_for_yes", LOSSES, "np.log1p(np.exp(logits)) - targets * logits"): (
        "The two terms are together, and exp(z) still overflows for a large positive logit. Take "
        "the form whose exponent is never positive."
    ),
    ("exponent_of_the_other_sign", EXPONENT, "np.exp(np.abs(logits))"): (
        "The exponent is |z|, and exp(1e4) is inf. The formula has -|z|, which is never positive."
    ),
}.items():
    bce.edit(name, text, (old, new), about="anything")

for name, text, new, source in (
    (
        "divided_by_the_weights",
        "The sum is divided by the sum of the weights, as np.average does. Here it is divided by "
        "N: doubling all weights doubles the loss.",
        "np.sum(losses * weights) / np.sum(weights)",
        "numpy.average; torch.nn.CrossEntropyLoss with weight",
    ),
    (
        "divided_twice",
        "The weights are made to sum to 1 and the result is averaged all the same: this divides "
        "by the sum of the weights and by N. Here it is N alone.",
        "np.mean(losses * weights / np.sum(weights))",
        "",
    ),
    (
        "summed",
        "The weighted losses are summed and not averaged, so the loss grows with the batch. Divide "
        "by the number of examples.",
        "np.sum(losses * weights)",
        "",
    ),
    (
        "product_of_means",
        "The mean loss is multiplied by the mean weight, so it does not matter which example has "
        "which weight. Multiply example by example first.",
        "np.mean(losses) * np.mean(weights)",
        "",
    ),
    (
        "zero_weights_not_counted",
        "The sum is divided by the number of examples whose weight is not 0. An example of weight "
        "0 costs nothing, and still is one of N.",
        "np.sum(losses * weights) / np.count_nonzero(weights)",
        "",
    ),
    (
        "weights_ignored",
        "This is the plain mean of the losses: the weights have no effect. Multiply each loss by "
        "its weight first.",
        "np.mean(losses)",
        "",
    ),
):
    sample_weighted.edit(name, text, ("np.mean(losses * weights)", new), source=source)
sample_weighted.edit(
    "not_averaged",
    "The weighted losses come back one by one. One number is asked for: their mean over the "
    "examples.",
    ("np.mean(losses * weights)", "losses * weights"),
    about="anything",
)
