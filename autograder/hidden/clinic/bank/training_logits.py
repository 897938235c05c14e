"""Mistakes in the loop whose criterion gets probabilities (03)."""

from .training import CLEAR, COUNT, EPOCH, NOT_CLEARED, bank, declare, rate_times

LOGITS = "outputs = model(x)  # logits: the criterion has its own softmax"
CALL = "loss = criterion(outputs, y)"
ONE_HOT = "F.one_hot(y, outputs.shape[1]).to(outputs)"
ONLY_REPORTED = (
    "The loss that is reported comes from logits now, and the gradient still from probabilities. "
    "Mend what backward is called on."
)
declare(
    "loop_03",
    {
        ("softmax_first", (LOGITS, "outputs = model(x).softmax(dim=1)  # probabilities")): (
            "The criterion gets probabilities where it expects logits, and applies softmax again: "
            "even a perfect prediction then costs a lot. Give it what the model returns."
        ),
        ("sigmoid_first", (LOGITS, "outputs = model(x).sigmoid()")): (
            "The criterion gets numbers between 0 and 1 as logits: with sigmoid as with softmax, "
            "it can never become sure. It expects what the model returns."
        ),
        ("softmax_over_the_batch", (LOGITS, "outputs = model(x).softmax(dim=0)")): (
            "Softmax now runs over the batch, and the criterion adds its own over the classes. It "
            "expects logits, with no softmax before it."
        ),
        ("probabilities_to_nll", (CALL, "loss = F.nll_loss(outputs.softmax(dim=1), y)")): (
            "`nll_loss` gets probabilities where it expects their logarithms: the loss is minus "
            "the mean probability. Take log_softmax, or leave all of it to the criterion."
        ),
        ("sharpened", (LOGITS, "outputs = 10 * model(x).softmax(dim=1)")): (
            "Probabilities are multiplied to look like logits, which lowers the floor and leaves "
            "the second softmax. The criterion expects what the model returns."
        ),
        (
            "log_of_shifted_probabilities",
            (LOGITS, "outputs = (model(x).softmax(dim=1) + 0.1).log()"),
        ): (
            "The logarithm of probabilities would be fine as logits, but something is added to "
            "each first, which changes every loss. Give the criterion the logits themselves."
        ),
        (
            "mended_in_the_report_only",
            (LOGITS, "outputs = model(x).softmax(dim=1)"),
            (COUNT, COUNT.replace("loss.item()", "criterion(model(x), y).item()")),
        ): ONLY_REPORTED,
        ("never_cleared", (CLEAR, "")): NOT_CLEARED,
        (
            "floor_subtracted",
            (LOGITS, "outputs = model(x).softmax(dim=1)"),
            (CALL, f"{CALL} - math.log(math.e + outputs.shape[1] - 1) + 1"),
        ): (
            "The floor is subtracted from the loss, which looks better and changes no gradient: "
            "the criterion still gets probabilities. Give it what the model returns."
        ),
        (
            "rate_raised",
            (LOGITS, "outputs = model(x).softmax(dim=1)"),
            (EPOCH, rate_times("10") + EPOCH),
        ): (
            "The learning rate is raised, and the floor stays: it comes from probabilities where "
            "the criterion expects logits. The rate is the caller's."
        ),
        ("logits_to_nll", (CALL, "loss = F.nll_loss(outputs, y)")): (
            "`nll_loss` gets logits where it expects logarithms of probabilities, and a loss that "
            "falls without end. The criterion does both steps: call it."
        ),
        (
            "log_softmax_over_the_batch",
            (CALL, "loss = F.nll_loss(outputs.log_softmax(dim=0), y)"),
        ): (
            "log_softmax runs over the batch here: each column adds up to 1, not each row. Classes "
            "are the last dimension; the criterion knows."
        ),
        (
            "squares_of_probabilities",
            (CALL, f"loss = F.mse_loss(outputs.softmax(dim=1), {ONE_HOT})"),
        ): (
            "Squared errors of probabilities have no floor, and are another loss: sure and wrong "
            "costs little. The criterion is the caller's choice: call it, on logits."
        ),
        (
            "binary_for_each_class",
            (CALL, f"loss = F.binary_cross_entropy(outputs.softmax(dim=1), {ONE_HOT})"),
        ): (
            "Binary cross-entropy on probabilities has no floor, and is another loss, with a term "
            "for each class. The criterion is the caller's choice: call it, on logits."
        ),
    },
)
third = bank.exercise("loop_03")
third.edit(
    "sharpened_a_lot",
    "Probabilities are multiplied to look like logits, which lowers the floor and leaves "
    "the second softmax. The criterion expects what the model returns.",
    (LOGITS, "outputs = 100 * model(x).softmax(dim=1)"),
    equivalent_to="sharpened",
)
third.edit(
    "log_of_slightly_shifted_probabilities",
    "The logarithm of probabilities would be fine as logits, but something is added to "
    "each first, which changes every loss. Give the criterion the logits themselves.",
    (LOGITS, "outputs = (model(x).softmax(dim=1) + 0.001).log()"),
    equivalent_to="log_of_shifted_probabilities",
)
third.edit(
    "reported_from_logits",
    ONLY_REPORTED,
    (CALL, "loss = criterion(outputs.softmax(dim=1), y)"),
    (COUNT, COUNT.replace("loss.item()", "criterion(outputs, y).item()")),
    equivalent_to="mended_in_the_report_only",
)
