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


COMPARED = (
    "Every target other than 1 counts as a full no. Targets may lie between 0 and 1: then both "
    "terms count, each with its share."
)
for (name, old, new), text in {
    ("guard_of_the_other_sign", GUARD, "np.maximum(-logits, 0)"): (
        "The term in front is max(-z, 0) where the formula has max(z, 0), so the loss is off by z. "
        "Try a logit of 5 with target 1."
    ),
    ("sign_forgotten", LOSSES, f"-({LOSSES})"): (
        "The loss has the wrong sign: it is never positive, and falls as the answers get worse. It "
        "is minus the logarithm of the probability of the right answer."
    ),
    ("guard_subtracted", LOSSES, f"-{LOSSES}"): (
        "max(z, 0) is subtracted where the formula adds it, so for positive logits the loss is off "
        "by 2 z. Try a logit of 5 with target 1."
    ),
    ("guard_missing", LOSSES, LOSSES.removeprefix(f"{GUARD} ")): (
        "The term max(z, 0) is missing. Factoring it out is what makes the exponent in the "
        "logarithm negative. Try a logit of 5 with target 1."
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
        "The labels of a row go through a softmax and compete. Here each one is a separate "
        "yes-or-no question, with its own sigmoid."
    ),
    ("sigmoid_twice", "losses = ", f"logits = {SIGMOID}\n    losses = "): (
        "The logits go through a sigmoid before the loss, which contains one already and takes the "
        "probabilities for logits. A sure and right answer then still costs 0.31."
    ),
    ("targets_compared_with_one", PRODUCT, "logits * (targets == 1)"): COMPARED,
}.items():
    bce.edit(name, text, (old, new))

# The guards that are typed most often, and the most that a question costs with them.
GUARDS = {
    "1e-7": 16,
    "1e-8": 18,
    "1e-9": 21,
    "1e-10": 23,
    "1e-12": 28,
    "1e-15": 35,
}
for eps, most in GUARDS.items():
    at, clipped = eps.replace("-", "_"), f"np.clip({SIGMOID}, {eps}, 1 - {eps})"
    bce.edit(
        f"sigmoid_clipped_at_{at}",
        f"The sigmoid is clipped before its logarithm, so no mistake costs more than about {most}, "
        "and large ones look alike. Combine the two logarithms by algebra.",
        (LOSSES, by_logarithms(clipped, f"1 - {clipped}")),
    )
    bce.edit(
        f"logarithm_plus_{at}",
        f"A small number is added inside both logarithms, which bounds the loss at about {most}. "
        "Combine the two logarithms by algebra, and nothing needs a guard.",
        (LOSSES, by_logarithms(f"{SIGMOID} + {eps}", f"1 - {SIGMOID} + {eps}")),
    )
    clipped = f"np.clip(logits, {eps}, 1 - {eps})"
    bce.edit(
        f"logits_for_probabilities_clipped_at_{at}",
        "The logits are taken for probabilities and clipped to lie between 0 and 1, without a "
        "sigmoid. Any logit above 1 then looks like a sure yes.",
        (LOSSES, by_logarithms(clipped, f"1 - {clipped}")),
    )

for (name, old, new), text in {
    ("logarithms_of_the_sigmoid", LOSSES, by_logarithms(SIGMOID, f"1 - {SIGMOID}")): (
        "The logarithms are taken of a sigmoid that has rounded to 0 or 1, and 0 times -inf is "
        "nan. Combine the two logarithms by algebra."
    ),
    ("overflow_for_no", LOSSES, "np.log1p(np.exp(-1.0 * logits)) + (1 - targets) * logits"): (
        "The two terms are combined, but exp(-z) still overflows for a large negative logit. Use "
        "the form whose exponent is never positive."
    ),
    ("overflow_for_yes", LOSSES, "np.log1p(np.exp(logits)) - targets * logits"): (
        "The two terms are combined, but exp(z) still overflows for a large positive logit. Use "
        "the form whose exponent is never positive."
    ),
    (
        "targets_compared_with_one_as_on_paper",
        LOSSES,
        f"-np.log(np.where(targets == 1, {SIGMOID}, 1 - {SIGMOID}))",
    ): COMPARED,
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
        "The weights are scaled to sum to 1 and the result is still averaged, which divides by the "
        "sum of the weights and by N. Here it is divided by N alone.",
        "np.mean(losses * weights / np.sum(weights))",
        "",
    ),
    (
        "summed",
        "The weighted losses are summed, not averaged, so the loss grows with the batch. Divide by "
        "the number of examples.",
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
        "0 costs nothing, but it is still one of the N.",
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
    "The weighted losses come back one by one. The result is a single number: their mean over the "
    "examples.",
    ("np.mean(losses * weights)", "losses * weights"),
    about="anything",
)
