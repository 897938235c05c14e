"""The rows of an epoch: what all right answers share, and mistakes."""

from functools import partial
from typing import Any

import numpy as np

from autograder.api import AFTERWARDS, Bank
from autograder.hidden.numpy_trainer.bank.reading import (
    count,
    cross_entropy,
    number,
    same,
    told_apart,
)
from autograder.hidden.numpy_trainer.probes.nets import logits_of

bank = Bank()
epoch = bank.exercise("train_epoch")
flagged = partial(epoch.edit, about="anything")  # no number shows these
FINE = 1e-6
ORDER = "order = rng.permutation(len(x))"
ROWS = "        rows = order[start : start + batch_size]\n"
TARGETS = "loss_and_gradient(logits, y[rows])"
BATCHES = "range(0, len(x), batch_size)"


@epoch.observe("batches")
def batches(raw: Any, inputs: Any, secrets: Any) -> Any:
    """Who was in which batch, with which target, read from gradients: in words that hold for every
    order of the rows."""
    x, y, grads = inputs["x"], inputs["y"], raw["fours"]["W1"]
    members = [np.flatnonzero(np.any(grad != 0, axis=1)) for grad in grads]
    losses = cross_entropy(logits_of(inputs["params"], x), y)
    used = [row for rows in members for row in rows]
    means = [losses[rows].mean() for rows in members]
    loss, orders = number(raw["fours"]["loss"]), [_order(ones) for ones in raw["ones"]]
    weights = [
        grad[rows, y[rows]] / (np.exp(-losses[rows]) - 1) * len(rows)
        for rows, grad in zip(members, grads, strict=True)
    ]
    return {
        "rows in each batch": [count(len(rows)) for rows in members],
        "no row is left out": len(set(used)) == len(y),
        "no row is used twice": len(set(used)) == len(used),
        "each row is judged by its own class": all(
            np.array_equal(np.argmin(grad[rows], axis=1), y[rows])
            for rows, grad in zip(members, grads, strict=True)
        ),
        "a batch of n rows gives each the weight 1 / n": bool(
            np.allclose(np.concatenate(weights), 1)
        ),
        "the loss is the mean over all rows": bool(np.isclose(loss, losses.mean())),
        "the loss is the mean over the rows in use": bool(np.isclose(loss, losses[used].mean())),
        "the loss is the mean over batches": bool(np.isclose(loss, np.mean(means))),
        "the loss is the last batch's": bool(np.isclose(loss, means[-1])),
        "losses in batches of one": [ones["loss"] for ones in raw["ones"]],
        "steps in two epochs of batches of one": count(sum(len(o["W1"]) for o in raw["ones"])),
        "the rows are taken as they come": orders[0] == list(range(len(y))),
        "two epochs have the same order": orders[0] == orders[1],
    }


def _order(ones: Any) -> list[int]:
    return [int(row) for grad in ones["W1"] for row in np.flatnonzero(np.any(grad != 0, axis=1))]


@epoch.observe("draws")
def draws(raw: Any, inputs: Any, secrets: Any) -> Any:
    """Which orders are equal. Two orders of 15 rows are with probability 1e-12."""
    kept = {name: inputs[name] for name in ("x", "y")}
    orders = {name: _order(ones) for name, ones in raw.items() if name != "global state"}
    return {
        **told_apart({**raw, **orders}),
        "x and y stay as they were": all(
            same(ones[AFTERWARDS], kept) for name, ones in raw.items() if name != "global state"
        ),
    }


@epoch.observe("dropped")
def dropped(raw: Any, inputs: Any, secrets: Any) -> Any:
    """How many of 4000 units were dropped (0.8 stay, give or take 0.006), and whether the loss is
    that of the network without them."""
    params, p = inputs["params"], inputs["p"]
    kept = np.any(raw["W2"] != 0, axis=1)
    logits = (kept / (1 - p)) @ params["W2"] + params["b2"]
    loss = float(cross_entropy(logits[None], inputs["y"])[0])
    return {
        "units that take part, in tenths": count(np.round(10 * kept.mean())),
        "the loss is that of the network with its masks": abs(loss - number(raw["loss"])) < FINE,
    }


flagged(
    "not_shuffled",
    "The rows are taken as they come, in every epoch the same. Neighbours in a file are often "
    "alike: draw a new permutation from rng each time.",
    (ORDER, "order = np.arange(len(x))"),
)
flagged(
    "same_order_every_epoch",
    "All epochs take the rows in one and the same order, as from a generator that is seeded anew, "
    "so that the same rows always meet in a batch. Draw a permutation from rng each time.",
    ("order = rng.permutation", "order = np.random.default_rng(0).permutation"),
)
flagged(
    "global_generator",
    "The permutation comes from NumPy's global generator, so that equal generators give different "
    "epochs. Draw it from the rng that is passed in.",
    ("order = rng.permutation", "order = np.random.permutation"),
)
epoch.edit(
    "targets_not_permuted",
    "The inputs are permuted and the targets are not, so that each row is blamed by another's "
    "target. Use the same rows for both.",
    (TARGETS, "loss_and_gradient(logits, y[start : start + batch_size])"),
)
epoch.edit(
    "shuffled_apart",
    "Inputs and targets are each permuted in an order of their own, so that they no longer belong "
    "together. One permutation serves both.",
    (TARGETS, "loss_and_gradient(logits, y[other[start : start + batch_size]])"),
    ("    total = 0.0\n", "    total = 0.0\n    other = rng.permutation(len(x))\n"),
)
flagged(
    "shuffled_in_place",
    "The rows of x and y are shuffled where they are, so that the caller's data comes back in "
    "another order. Draw an order, and index with it.",
    (ORDER, "order = rng.permutation(len(x))\n    x[...], y[...] = x[order], y[order]"),
    (ROWS, "        rows = np.arange(start, min(start + batch_size, len(x)))\n"),
)

WHOLE = (
    "Only whole batches are used: the rows of a smaller last one are left out, so that some are "
    "never seen in an epoch. The contract keeps the last batch, however small."
)
for called, starts, mean in (
    ("used", "max(len(x) - batch_size, 0) + 1", "max(len(x) - len(x) % batch_size, 1)"),
    ("all", "max(len(x) - batch_size, 0) + 1", "len(x)"),
    ("all_or_none", "len(x) - batch_size + 1", "len(x)"),
    ("used_or_none", "len(x) - batch_size + 1", "max(len(x) - len(x) % batch_size, 1)"),
):
    flagged(
        f"last_batch_dropped_mean_over_{called}",
        WHOLE,
        (BATCHES, f"range(0, {starts}, batch_size)"),
        ("return total / len(x)", f"return total / {mean}"),
        source="torch.utils.data.DataLoader with drop_last=True",
    )

for called, size in (("", "len(rows)"), ("_in_whole_batches", "batch_size")):
    flagged(
        f"drawn_with_replacement{called}",
        "Each batch is drawn at random from all rows, so that some are used twice in an epoch and "
        "others never. One permutation, cut into slices, uses each once.",
        (ORDER, "order = np.arange(len(x))"),
        (ROWS, f"{ROWS}        rows = rng.integers(len(x), size={size})\n"),
    )
