"""Mistakes in the loops that train for some epochs (01, 02): faults, and half repairs."""

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


# What the repair of any of these loops may break in its report.
REPORTS: Mistakes = {
    ("summed", (APPEND, "        losses.append(total)\n")): (
        "The losses of an epoch are added up. The docstring asks for their mean over the epoch's "
        "samples."
    ),
    ("divided_by_batches", (APPEND, "        losses.append(total / len(loader))\n")): (
        "A sum over samples is divided by the number of batches, so that the loss is too large by "
        "the size of a batch. Divide by the number of samples."
    ),
    ("last_batch_only", (APPEND, "        losses.append(loss.item())\n")): (
        "The list has the loss of each epoch's last batch. The mean over all of the epoch's "
        "samples is asked for."
    ),
    (
        "a_loss_for_each_batch",
        (COUNT, COUNT + "            losses.append(loss.item())\n"),
        (APPEND, ""),
    ): "The list has a loss for each batch. One for each epoch is asked for, its mean.",
    ("one_epoch_only", (APPEND, APPEND + "        return losses\n")): (
        "The loop returns at the end of its first epoch: the return stands inside the loop over "
        "epochs. All of them are trained, and each has its loss."
    ),
    (
        "measured_afterwards",
        (
            APPEND,
            "        with torch.no_grad():\n"
            "            again = [criterion(model(x), y).item() for x, y in loader]\n"
            "        losses.append(sum(again) / len(again))\n",
        ),
    ): (
        "The loss is measured once more when the epoch is over, on weights that have moved since. "
        "It is asked for as seen while training."
    ),
}
NOT_CLEARED = (
    "Gradients are no longer cleared, so each step uses the sum of all earlier ones. That line was "
    "fine: put it back."
)
CLIP = "            nn.utils.clip_grad_norm_(model.parameters(), 1.0)\n"
CLIPPED_TOO = (
    "The fault is gone, and gradients are clipped as well, which nobody asked for: each step is to "
    "be taken on the batch's gradient as it is."
)


def rate_times(factor: str) -> str:
    return f'    for group in optimizer.param_groups:\n        group["lr"] *= {factor}\n'


for each in ("loop_01", "loop_02", "loop_03", "loop_08", "loop_09"):
    declare(each, REPORTS, about="anything")

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
        ("clipped_instead", (f"            {KEPT}\n", ""), (STEP, CLIP + STEP)): (
            "Gradients are clipped, and those of earlier batches still count: only the length of "
            "the step is mended, not where it leads. Find out what makes them grow."
        ),
        (
            "rate_lowered",
            (f"            {KEPT}\n", ""),
            (EPOCH, rate_times("0.1") + EPOCH),
        ): (
            "The learning rate is lowered, and gradients still pile up: it explodes later. The "
            "rate is the caller's choice. Find out what makes the gradients grow."
        ),
        ("clipped_as_well", (STEP, CLIP + STEP)): CLIPPED_TOO,
        (
            "one_step_an_epoch",
            (f"            {KEPT}\n", ""),
            (BATCH, f"        optimizer.zero_grad()\n{BATCH}"),
            (STEP, ""),
            (APPEND, "        optimizer.step()\n" + APPEND),
        ): (
            "The gradients of all batches are summed for one step an epoch. That is accumulation, "
            "and another method: here each batch moves the weights once."
        ),
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
    "divided_by_the_batches_of_an_epoch",
    "What has piled up is divided by the number of batches, so the gradients of earlier "
    "batches still count. They belong to weights that are gone: clear them.",
    (f"            {KEPT}\n", ""),
    (
        STEP,
        "            for p in model.parameters():\n                p.grad /= len(loader)\n" + STEP,
    ),
    equivalent_to="averaged_instead",
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
            "The weights move by rate times gradient, and the caller's optimizer is never asked. "
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
        ("never_cleared", (CLEAR, "")): NOT_CLEARED,
        ("no_step_at_all", (ONLY, "")): (
            "Nothing moves the weights any more. Of the two updates one has to stay: the "
            "optimizer's."
        ),
        ("stepped_twice", (ONLY, STEP + STEP)): (
            "`optimizer.step` is called twice for each batch, so one gradient still moves the "
            "weights twice. One call is enough."
        ),
        (
            "gradient_doubled",
            (BACKWARD, "            loss.backward(retain_graph=True)\n" + BACKWARD),
        ): (
            "`backward` is called twice for each batch and adds the gradient to itself: a step of "
            "plain SGD is as long as before. One call is enough."
        ),
    },
)
second = bank.exercise("loop_02")
second.edit(
    "both_updates_the_other_way_round",
    "Each gradient moves the weights twice: once by hand, and once by the optimizer. Take "
    "one away, and think about which one knows the optimizer's rule.",
    (ONLY, STEP + MANUAL.replace("RATE", 'group["lr"]')),
    equivalent_to="both_updates",
)
second.edit(
    "half_the_rate_left",
    "Both updates stay, each with half the rate. For plain SGD that adds up to one step; "
    "for momentum or Adam, half of each step ignores the optimizer's rule.",
    (EPOCH, rate_times("0.5") + EPOCH),
    (ONLY, MANUAL.replace("RATE", 'group["lr"]') + STEP),
    equivalent_to="half_the_rate_twice",
)
second.edit(
    "by_hand_with_decay",
    "The weights move by rate times gradient, and the caller's optimizer is never asked. "
    "Momentum, Adam's averages and weight decay are lost: its `step` is the one to keep.",
    (
        ONLY,
        MANUAL.replace(
            "RATE * p.grad",
            'group["lr"] * (p.grad + group["weight_decay"] * p)',
        ),
    ),
    equivalent_to="by_hand_only",
)
