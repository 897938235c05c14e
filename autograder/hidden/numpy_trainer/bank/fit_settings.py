"""Rows, other settings and chance: what all right answers share, and mistakes."""

from functools import partial
from typing import Any

import numpy as np

from autograder.api import AFTERWARDS, Bank, Number
from autograder.hidden.numpy_trainer.bank.reading import (
    column,
    count,
    cross_entropy,
    number,
    told_apart,
)
from autograder.hidden.numpy_trainer.probes.nets import logits_of

bank = Bank()
fit = bank.exercise("fit")
flagged = partial(fit.edit, about="anything")  # no number shows these
CLOSE = 1e-7
PARTS = "    val, train = order[:held], order[held:]\n"
MEASURED = "        val_loss, val_accuracy = evaluate(params, x_val, y_val)\n"
RATE = "        lr = rate_of(epoch, config)\n"
SPLIT = "    order = rng.permutation(len(x))\n"
AGAIN = "        for name in params:\n            params[name][...] = start[name]\n"
HELD = 'round(config["val_fraction"] * len(x))'


@fit.observe("stands_still")
def stands_still(raw: Any, inputs: Any, secrets: Any) -> Any:
    """With one network all the time, the two losses make up the loss of all rows. The size of W1 is
    He's: 160 weights of a variance known to 11 %."""
    return {where: _still(run, inputs[where]) for where, run in raw.items()}


def _still(run: Any, given: Any) -> Any:
    x, y = given["x"], given["y"]
    history = {name: column(values) for name, values in run["history"].items()}
    losses = cross_entropy(logits_of(run["params"], x), y)
    loss, held = history["val_loss"][0], round(len(x) / 4)
    both = ((len(x) - held) * history["train_loss"][0] + held * loss) / len(x)
    size = float(np.sqrt(np.mean(run["params"]["W1"] ** 2)) / np.sqrt(2 / 4))
    seen = {
        "the number of epochs that ran": count(len(history["val_loss"])),
        "the validation loss is the same in every epoch": bool(np.ptp(history["val_loss"]) < CLOSE),
        "the training loss is the same in every epoch": bool(np.ptp(history["train_loss"]) < CLOSE),
        "the number of validation rows": _rows_of(history["val_accuracy"][0], len(x)),
        "the first rows validate": bool(abs(losses[:held].mean() - loss) < CLOSE),
        "the last rows validate": bool(abs(losses[-held:].mean() - loss) < CLOSE),
        "W1 has the size of its start": 0.5 < size < 1.6,
    }
    if not given["dropout"]:
        seen["training and validation rows are all rows"] = bool(
            abs(both - losses.mean()) < CLOSE * max(1.0, losses.mean())
        )
    return seen


def _rows_of(accuracy: float, n: int) -> Number:
    """The first of the likely numbers of rows that could give this accuracy."""
    likely = [round(n / 4), n // 4, n // 4 + 1, n - round(n / 4), n]
    fits = [
        m for m in likely if 0 <= accuracy <= 1 and abs(accuracy * m - round(accuracy * m)) < CLOSE
    ]
    return count(fits[0] if fits else -1)


@fit.observe("knobs")
def knobs(raw: Any, inputs: Any, secrets: Any) -> Any:
    """With inputs of zeros only biases learn, and weights only decay.

    At a hundredth of the rate 0.3 the loss of the validation rows rises by 0.015 at most, at 0.3
    by 0.045 at least. Decay of 4 at the rate 0.1 takes 0.4 of the weights in a step. In batches of
    one row the later rows are of classes that others have pushed down, so that the mean is above
    log 8.
    """
    size = {name: float(np.linalg.norm(raw[name]["params"]["W1"])) for name in ("kept", "decayed")}
    risen = number(raw["tiny"]["history"]["val_loss"][0]) - np.log(8)
    alone = number(raw["ones"]["history"]["train_loss"][0]) - np.log(8)
    return {
        "the first of 100 warm-up epochs moves little": bool(risen < 0.025),
        "it moves": bool(risen > 1e-5),
        "weight decay makes weights smaller": size["decayed"] < 0.9 * size["kept"],
        "one row a batch makes a step for every row": bool(alone > 1e-4),
    }


@fit.observe("draws")
def draws(raw: Any, inputs: Any, secrets: Any) -> Any:
    """Which runs are equal, and what was given to the first of them, afterwards."""
    return {**told_apart(raw), AFTERWARDS: raw["first"][AFTERWARDS]}


flagged(
    "trained_on_everything",
    "The validation rows are trained on as well, so that their loss says nothing about new rows. "
    "Train on the others only.",
    (PARTS, "    val, train = order[:held], order\n"),
)
fit.edit(
    "validated_on_training_rows",
    "The validation loss is measured on training rows. It falls as long as the network memorises, "
    "and stops nothing: use rows that are never trained on.",
    (PARTS, "    val, train = order[-held:], order[held:]\n"),
)
flagged(
    "parts_swapped",
    "The small part is trained on and the large one validates. val_fraction is the part that is "
    "kept for validation.",
    ("val, train = ", "train, val = "),
)
flagged(
    "targets_of_other_rows",
    "The rows are permuted and their targets are not, so that images and classes no longer belong "
    "together. Index both with the same order.",
    ("x[train], y[train], x[val], y[val]", "x[train], y[held:], x[val], y[:held]"),
)
flagged(
    "inputs_standardised",
    "The inputs are standardised inside, so that whoever uses the parameters on the inputs as they "
    "are gets something else. x is used as given: scaling is the caller's business.",
    (SPLIT, "    x = (x - x.mean()) / (x.std() + 1e-12)\n" + SPLIT),
)
flagged(
    "no_dropout",
    "Training runs without dropout, whatever config says. train_epoch takes p, the probability to "
    "drop a unit: hand it over.",
    ('lr, config["dropout"], rng', "lr, 0.0, rng"),
)
flagged(
    "no_decay",
    "weight_decay never reaches the optimizer, so that the weights do not shrink. Hand it over "
    "when the optimizer is made.",
    ('weight_decay=config["weight_decay"]', "weight_decay=0.0"),
)
flagged(
    "full_batch",
    "Each epoch is one batch of all rows, and so one step. config's batch_size is what train_epoch "
    "should be given.",
    ('config["batch_size"], lr', "len(x_train), lr"),
)
fit.edit(
    "new_start_every_epoch",
    "The network is started anew in every epoch, so that nothing is ever learned for longer than "
    "one. Parameters and optimizer are made once, before the first epoch.",
    (RATE, f"{RATE}        start = init_mlp(config['sizes'], rng)\n{AGAIN}"),
)
flagged(
    "config_consumed",
    "config is emptied while it is read, so that the caller cannot use it again. Read its entries "
    "and leave them there.",
    ('config["sizes"], rng', 'config.pop("sizes"), rng'),
)
flagged(
    "seeded_inside",
    "A generator with a fixed seed is made inside, so that every run is the same whatever rng is. "
    "All randomness comes from the rng that is passed in.",
    (SPLIT, "    rng = np.random.default_rng(0)\n" + SPLIT),
)
flagged(
    "evaluated_before_the_epoch",
    "Each epoch's validation is measured before its training, so that the history is one epoch "
    "behind and the last epoch is never judged. Train first.",
    (RATE, RATE + MEASURED),
    ('config["dropout"], rng\n        )\n' + MEASURED, 'config["dropout"], rng\n        )\n'),
)

for how, rows in (
    ("down", "int(config['val_fraction'] * len(x))"),
    ("up", f"-round(-{HELD[6:-1]} - 0.5)"),
):
    flagged(
        f"rows_rounded_{how}",
        "The number of validation rows is cut off to a whole number in one direction. The contract "
        "rounds it: round(val_fraction * N).",
        (HELD, rows),
    )

for which, order in (("first", "np.arange(len(x))"), ("last", "np.arange(len(x))[::-1]")):
    flagged(
        f"{which}_rows_validate",
        "Which rows validate is not left to chance: it is always those at one end of the data. "
        "Files are often sorted by class: draw the rows by rng.",
        (SPLIT, f"    order = {order}\n"),
    )
