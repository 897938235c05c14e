"""Mistakes in log_softmax and softmax."""

from itertools import product

from autograder.api import Bank

bank = Bank()
log_softmax, softmax = bank.exercise("log_softmax"), bank.exercise("softmax")

MAX = "np.max(logits, axis=-1, keepdims=True)"
SUM = "np.sum(np.exp(below_best), axis=-1, keepdims=True)"
RETURN = f"return below_best - np.log({SUM})"
PROBS = f"np.exp(below_best) / {SUM}"

NO_MAXIMUM = (
    "The logits are exponentiated as they are, and exp(1e4) is inf. Subtract the largest logit of "
    "each row first."
)
OF_ALL = (
    "One maximum is subtracted from all rows, so those far below it become zeros. Each row needs "
    "its own."
)
FIRST_AXIS = (
    "The exponentials are summed along the first axis, over the batch. Each row adds up to 1: use "
    "the last axis."
)
AXIS_ONE = (
    "Axis 1 is the last one only for a table: a vector has no such axis, and three axes end with "
    "another. Count from the end: axis -1 is right for any number of axes."
)
EVERYTHING = (
    "The exponentials of all rows are added up to one sum. Each row has its own, along the last "
    "axis."
)
NO_KEEPDIMS = (
    "A reduction drops the last axis, so its result is lined up with the columns instead of the "
    "rows. Keep the axis: `keepdims=True`."
)
EPS = (
    "A small number is added to the sum of the exponentials. With the maximum subtracted that sum "
    "is at least 1, so nothing needs it, and the result is off by as much."
)
MEAN_TAKEN = (
    "The mean of each row is subtracted, so a logit far above it still overflows. Subtract the "
    "maximum: then no exponent is above 0."
)
CLIPPED = (
    "The logits are clipped first, so two of them beyond the limit look alike. Subtract each row's "
    "maximum instead: the exponentials stay finite and nothing is lost."
)
UP_TO_TWO = "-1 if logits.ndim < 3 else None"
TABLE_OR_ROW = (
    "Tables and single rows are told apart, and whatever has more axes shares one sum. Counted "
    "from the end, axis -1 is right for any number of axes."
)
BUT_FIRST = "tuple(range(1, logits.ndim))"
EACH_ITEM = (
    "Each item along the first axis gets one sum, however many axes it has, and for a single row "
    "each number is an item. Sum along the last axis."
)
SINGLE = (
    "The computation runs in float32, which has about 7 digits. Results are float64: leave the "
    "dtype of the logits alone."
)

for (name, *edits), text in {
    ("first_axis", MAX, MAX.replace("-1", "0"), SUM, SUM.replace("-1", "0")): FIRST_AXIS,
    ("first_axis_of_the_sum", SUM, SUM.replace("-1", "0")): FIRST_AXIS,
    ("summed_over_everything", SUM, "np.sum(np.exp(below_best))"): EVERYTHING,
    ("table_or_one_row", MAX, MAX.replace("-1", UP_TO_TWO), SUM, SUM.replace("-1", UP_TO_TWO)): (
        TABLE_OR_ROW
    ),
    ("each_item_one_row", MAX, MAX.replace("-1", BUT_FIRST), SUM, SUM.replace("-1", BUT_FIRST)): (
        EACH_ITEM
    ),
    ("eps_in_the_sum", SUM, f"({SUM} + 1e-6)"): EPS,
    ("maximum_lost", "return below_best", "return logits"): (
        "The maximum is subtracted inside the exponentials but not in front of the logarithm, so "
        "the result depends on how large the logits are. Use the shifted logits in both places."
    ),
    ("sign_turned", RETURN, f"return np.log({SUM}) - below_best"): (
        "The sign is turned: this is minus the logarithm. The logarithm of a probability is at "
        "most 0; the minus sign comes later, in the cross-entropy."
    ),
    ("probabilities_returned", RETURN, f"return {PROBS}"): (
        "These are the probabilities themselves, which come in the next exercise. Here their "
        "logarithms are wanted: look at the last step."
    ),
    ("sum_without_its_logarithm", "np.log(np.sum", "(np.sum"): (
        "The sum of the exponentials is subtracted as it is. What normalises a row of logarithms "
        "is the logarithm of that sum."
    ),
}.items():
    log_softmax.edit(name, text, *zip(edits[::2], edits[1::2], strict=True))

# The guards that are typed most often, and the lowest logarithm that there is with them.
GUARDS = {"1e-7": -16, "1e-8": -18, "1e-9": -21, "1e-10": -23, "1e-12": -28, "1e-15": -35}
for eps, least in GUARDS.items():
    for name, guarded in (("plus", f"{PROBS} + {eps}"), ("above", f"np.maximum({PROBS}, {eps})")):
        log_softmax.edit(
            f"log_of_softmax_{name}_{eps.replace('-', '_')}",
            "A small number keeps the probability away from 0 before its logarithm, so no "
            f"logarithm is below about {least}, however far behind a logit is. Take the logarithm "
            "by algebra.",
            (RETURN, f"return np.log({guarded})"),
        )

BARE_MAX, BARE_SUM = (part.replace(", keepdims=True", "") for part in (MAX, SUM))
for (name, *edits), text in {
    # The maximum stays where it is, so that a wrong axis can come together with this.
    ("no_maximum_subtracted", "below_best = logits -", "below_best = logits - 0 *"): NO_MAXIMUM,
    ("mean_subtracted", MAX, MAX.replace("np.max", "np.mean")): MEAN_TAKEN,
    ("axis_one", MAX, MAX.replace("-1", "1"), SUM, SUM.replace("-1", "1")): AXIS_ONE,
    ("maximum_of_all", MAX, "np.max(logits)"): OF_ALL,
    ("keepdims_forgotten", MAX, BARE_MAX, SUM, BARE_SUM): NO_KEEPDIMS,
    ("keepdims_of_the_sum_forgotten", SUM, BARE_SUM): NO_KEEPDIMS,
    ("keepdims_of_the_maximum_forgotten", MAX, BARE_MAX): NO_KEEPDIMS,
    ("single_precision", "logits - np.max", "np.float32(logits) - np.max"): SINGLE,
    ("as_on_paper", RETURN, f"below_best = logits\n    return np.log({PROBS})"): (
        "Exponentials, their sum, a quotient, a logarithm: right on paper. In float64, exp(1e4) is "
        "inf and exp(-1e4) is 0. Shift each row by its maximum, and subtract logarithms."
    ),
    ("log_of_softmax", RETURN, f"return np.log({PROBS})"): (
        "The logarithm is taken of a probability that has rounded to 0, and is -inf. By algebra it "
        "is the shifted logit minus the logarithm of a sum."
    ),
    (
        "logits_overwritten",
        f"below_best = logits - {MAX}",
        f"logits -= {MAX}\n    below_best = logits",
    ): (
        "The numbers are right, but the maximum is subtracted from the caller's array. Make a new "
        "array of the shifted logits."
    ),
}.items():
    log_softmax.edit(name, text, *zip(edits[::2], edits[1::2], strict=True), about="anything")

WHOLE = "return np.exp(log_softmax(logits))"
SHIFTS = {
    "": (MAX, ""),
    "no_maximum_subtracted": ("0.0", NO_MAXIMUM),
    "maximum_of_all": ("np.max(logits)", OF_ALL),
}
SUMS = {
    "": (", axis=-1, keepdims=True", ""),
    "first_axis_of_the_sum": (", axis=0, keepdims=True", FIRST_AXIS),
    "summed_over_everything": ("", EVERYTHING),
    "keepdims_forgotten": (", axis=-1", NO_KEEPDIMS),
    **{
        f"eps_in_the_sum_{eps.replace('-', '_')}": (f", axis=-1, keepdims=True) + ({eps}", EPS)
        for eps in ("1e-5", "1e-6", "1e-7", "1e-8")
    },
}
for (shift, (taken, why)), (total, (options, so)) in product(SHIFTS.items(), SUMS.items()):
    # Without an axis to line up with, one maximum of all is as good as none.
    if (shift or total) and (shift, total) != ("maximum_of_all", "keepdims_forgotten"):
        parts = f"parts = np.exp(logits - {taken})"
        said = so if total == "keepdims_forgotten" else " ".join(filter(None, (why, so)))
        if shift and so is EPS:
            said = f"{why} The small number in the sum does not help there, and nothing needs it."
        softmax.edit(
            "_and_".join(filter(None, (shift, total))),
            said,
            (WHOLE, f"{parts}\n    return parts / (np.sum(parts{options}))"),
            about="anything" if shift or total == "keepdims_forgotten" else "values",
        )

for (name, new), text in {
    (
        "first_axis",
        "return np.exp(logits - np.logaddexp.reduce(logits, axis=0, keepdims=True))",
    ): FIRST_AXIS,
    (
        "table_or_one_row",
        f"best = np.max(logits, axis={UP_TO_TWO}, keepdims=True)\n"
        "    parts = np.exp(logits - best)\n"
        f"    return parts / np.sum(parts, axis={UP_TO_TWO}, keepdims=True)",
    ): TABLE_OR_ROW,
    ("sigmoid_of_each", "return np.exp(-np.logaddexp(0, -1.0 * logits))"): (
        "Each logit goes through its own sigmoid, and a row need not add up to 1. In a softmax the "
        "classes compete: they share one sum."
    ),
    ("logits_clipped", "return np.exp(log_softmax(np.clip(logits, -500, 500)))"): CLIPPED,
    ("largest_is_one", f"return np.exp(logits - {MAX})"): (
        "The exponentials are divided by the largest of them, so that one becomes 1. They are "
        "divided by their sum."
    ),
    (
        "without_the_exponential",
        "parts = logits - np.min(logits, axis=-1, keepdims=True) + 1e-9\n"
        "    return parts / np.sum(parts, axis=-1, keepdims=True)",
    ): (
        "The shifted logits are divided by their sum, without being exponentiated. Ratios of "
        "probabilities follow from differences of logits: through the exponential."
    ),
    ("logarithms_returned", "return log_softmax(logits)"): (
        "These are the logarithms of the probabilities, all of them negative. Undo the logarithm "
        "to get the probabilities themselves."
    ),
}.items():
    softmax.edit(name, text, (WHOLE, new))

for (name, new), text in {
    (
        "axis_one",
        "parts = np.exp(logits - np.max(logits, axis=1, keepdims=True))\n"
        "    return parts / np.sum(parts, axis=1, keepdims=True)",
    ): AXIS_ONE,
    (
        "mean_subtracted",
        "parts = np.exp(logits - np.mean(logits, axis=-1, keepdims=True))\n"
        "    return parts / np.sum(parts, axis=-1, keepdims=True)",
    ): MEAN_TAKEN,
    (
        "single_precision",
        f"parts = np.exp(np.float32(logits) - np.float32({MAX}))\n"
        "    return parts / np.sum(parts, axis=-1, keepdims=True)",
    ): SINGLE,
    ("logits_overwritten", f"logits -= {MAX}\n    return np.exp(log_softmax(logits))"): (
        "The numbers are right, but the caller's logits were shifted in place. Make a new array."
    ),
}.items():
    softmax.edit(name, text, (WHOLE, new), about="anything")
for key in ("softmax", "log_softmax"):
    bank.exercise(key).by_exceptions("axis_one")
