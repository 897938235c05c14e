"""Mistakes in the loops that train for some epochs (01, 02, 03): faults, and half repairs."""

from autograder.api import Bank

Mistakes = dict[tuple[object, ...], str]  # (name, (old, new), ...): sentence
bank = Bank()

EPOCH = "    for _ in range(epochs):\n"
BATCH = "        for x, y in loader:\n"
CLEAR = "            optimizer.zero_grad()\n"
BACKWARD = "            loss.backward()\n"
STEP = "            optimizer.step()\n"
COUNT = "            total += loss.item() * len(x)\n"
APPEND = "        losses.append(total / seen)\n"
GROUPS = "            for group in optimizer.param_groups:\n"
MANUAL = """            with torch.no_grad():
                for group in optimizer.param_groups:
                    for p in group["params"]:
                        p -= RATE * p.grad
"""

MEAN_OF_ALL = (
    "The loss of an epoch is the mean over all epochs so far: the sums are never set back to 0. "
    "Each epoch has a mean of its own."
)


def declare(key: str, mistakes: Mistakes, about: str = "values") -> None:
    """One edit of the reference for each."""
    for (name, *edits), text in mistakes.items():
        bank.exercise(key).edit(name, text, *edits, about=about)  # type: ignore[arg-type]


KEPT = "optimizer.zero_grad()  # backward adds to what is there"
declare(
    "loop_01",
    {
        (
            "cleared_once_an_epoch",
            (f"            {KEPT}\n", ""),
            (BATCH, f"        optimizer.zero_grad()\n{BATCH}"),
        ): (
            "Gradients are cleared once an epoch. Within it they still pile up, batch after "
            "batch: the clearing belongs inside the inner loop."
        ),
        ("cleared_before_the_step", (f"            {KEPT}\n", ""), (STEP, CLEAR + STEP)): (
            "Gradients are cleared between backward and step, so that the step finds nothing. "
            "Clear them before backward, or after the step."
        ),
        (
            "every_second_batch",
            (
                f"            {KEPT}\n",
                "            if seen % (2 * len(x)) == 0:\n                optimizer.zero_grad()\n",
            ),
        ): (
            "Gradients are cleared at every second batch, so that the others step along a sum of "
            "two. The docstring asks for the gradient of one batch alone."
        ),
        (
            "averaged_instead",
            (f"            {KEPT}\n", ""),
            (
                STEP,
                "            for p in model.parameters():\n"
                "                p.grad /= seen / len(x) + 1\n" + STEP,
            ),
        ): (
            "What has piled up is divided by the number of batches, so the gradients of earlier "
            "batches still count. They belong to weights that are gone: clear them."
        ),
        (
            "sums_never_set_back",
            ("        total = seen = 0\n", ""),
            (EPOCH, f"    total = seen = 0\n{EPOCH}"),
        ): MEAN_OF_ALL,
    },
)

PILED_UP = (
    "Gradients are never cleared between two batches, and each backward adds to the sum of all "
    "earlier ones. Something has to empty `.grad` once for every batch."
)
first = bank.exercise("loop_01")
first.edit(
    "never_cleared", PILED_UP, (f"            {KEPT}\n", "            # backward overwrites\n")
)
first.edit(
    "cleared_once_for_all",
    PILED_UP,
    (f"            {KEPT}\n", ""),
    (EPOCH, f"    optimizer.zero_grad()\n{EPOCH}"),
    equivalent_to="never_cleared",
)

ONLY = "            optimizer.step()  # the only one who moves the weights\n"
declare(
    "loop_02",
    {
        ("both_updates", (ONLY, MANUAL.replace("RATE", 'group["lr"]') + STEP)): (
            "Each gradient moves the weights twice: once by hand, and once by the optimizer. Take "
            "one away, and think about which one knows the optimizer's rule."
        ),
        ("by_hand_only", (ONLY, MANUAL.replace("RATE", 'group["lr"]'))): (
            "The weights move by hand, by rate times gradient, and the optimizer is never asked. "
            "Momentum, Adam's averages and weight decay are lost: its `step` is the one to keep."
        ),
        (
            "half_the_rate_twice",
            (
                ONLY,
                MANUAL.replace("RATE", '0.5 * group["lr"]')
                + GROUPS
                + '                group["lr"] /= 2\n'
                + STEP
                + GROUPS
                + '                group["lr"] *= 2\n',
            ),
        ): (
            "Both updates stay, each with half the rate. For plain SGD that adds up to one step; "
            "for momentum or Adam, half of each step ignores the optimizer's rule."
        ),
        (
            "half_the_gradient",
            (
                ONLY,
                "            for p in model.parameters():\n                p.grad /= 2\n"
                + MANUAL.replace("RATE", 'group["lr"]')
                + STEP,
            ),
        ): (
            "Both updates stay, on half the gradient each. For plain SGD that adds up to one "
            "step, but half of it still bypasses the optimizer's rule."
        ),
        ("never_cleared", (CLEAR, "")): (
            "Gradients are no longer cleared, so each step uses the sum of all earlier ones. That "
            "line was fine: put it back."
        ),
        ("no_step_at_all", (ONLY, "")): (
            "Nothing moves the weights any more. Of the two updates one has to stay: the "
            "optimizer's."
        ),
    },
)

LOGITS = "outputs = model(x)  # logits: the criterion has its own softmax"
CALL = "loss = criterion(outputs, y)"
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
            "The logarithm of probabilities would be fine as logits, but here 0.1 is added to "
            "each first, which changes every loss. Give the criterion the logits themselves."
        ),
        (
            "mended_in_the_report_only",
            (LOGITS, "outputs = model(x).softmax(dim=1)"),
            (COUNT, COUNT.replace("loss.item()", "criterion(model(x), y).item()")),
        ): (
            "The loss that is reported is right now, and taken after the step; the gradient still "
            "comes from probabilities. Mend what backward is called on."
        ),
    },
)
