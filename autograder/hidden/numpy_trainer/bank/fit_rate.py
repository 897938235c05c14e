"""The rate and the form of the history: what all right answers share, and mistakes."""

from typing import Any

import numpy as np

from autograder.api import Bank
from autograder.hidden.numpy_trainer.bank.reading import column, count

bank = Bank()
fit = bank.exercise("fit")
WARM = "return lr * (epoch + 1) / warmup"
DONE = '(epoch - warmup) / (config["epochs"] - warmup)'
COSINE = "min_lr + (lr - min_lr) * (1 + np.cos(np.pi * done)) / 2"
RATE = "lr = rate_of(epoch, config)"


@fit.observe("columns", "short")
def columns(raw: Any, inputs: Any, secrets: Any) -> Any:
    """Names, lengths, and the rates, which are nobody's choice."""
    seen = {}
    for where, run in raw.items():
        history = run["history"]
        seen[f"in a run {where}"] = {
            "lr": column(history["lr"]),
            "columns": sorted(history),
            "lengths of the columns": {name: count(len(history[name])) for name in sorted(history)},
            "all are finite numbers": all(np.isfinite(column(c)).all() for c in history.values()),
            "shapes of the parameters": {
                name: [count(n) for n in array.shape]
                for name, array in sorted(run["params"].items())
            },
        }
    return seen


fit.edit(
    "warm_up_from_zero",
    "The warm-up begins at the rate 0, so that the first epoch learns nothing. Its first rate is "
    "lr / warmup_epochs: count the epoch from 1 in that formula.",
    (WARM, "return lr * epoch / warmup"),
)
fit.edit(
    "no_warm_up",
    "The run begins at the full rate, and the cosine at epoch 0. For the first warmup_epochs the "
    "rate rises in equal steps, and the cosine starts after them.",
    ("if epoch < warmup:\n        " + WARM, "warmup = 0"),
)
fit.edit(
    "cosine_not_shifted",
    "The cosine is counted from epoch 0, as if there had been no warm-up, so that the rate jumps "
    "where the two meet. It begins at its top when the warm-up ends.",
    (DONE, 'epoch / config["epochs"]'),
)
fit.edit(
    "cosine_to_the_last_epoch",
    "The cosine reaches min_lr in the last epoch, because it is divided by one epoch less. By the "
    "formula min_lr would be reached one epoch after the end.",
    (DONE, '(epoch - warmup) / max(config["epochs"] - warmup - 1, 1)'),
)
fit.edit(
    "min_lr_ignored",
    "The cosine goes down to 0, and min_lr is not looked at. It is the floor of the curve, and lr "
    "- min_lr its height.",
    ("min_lr + (lr - min_lr)", "lr"),
)
fit.edit(
    "height_without_min_lr",
    "min_lr is added to a cosine of the height lr, so that the curve begins above lr. The height "
    "is lr - min_lr.",
    ("(lr - min_lr) *", "lr *"),
)
fit.edit(
    "linear_decay",
    "After the warm-up the rate falls along a straight line. The contract asks for half a cosine, "
    "flat at both ends.",
    ("(1 + np.cos(np.pi * done)) / 2", "(1 - done)"),
)
fit.edit(
    "schedule_only_in_the_history",
    "The rates are written to the history, and the epochs train with config's lr. What train_epoch "
    "is given is the rate of the epoch.",
    ('config["batch_size"], lr,', 'config["batch_size"], config["lr"],'),
    about="anything",
)
fit.edit(
    "warm_up_one_epoch_longer",
    "The warm-up is divided by one epoch more, so that it never reaches the full rate. Its last "
    "epoch has the rate lr: divide by warmup_epochs.",
    (WARM, "return lr * (epoch + 1) / (warmup + 1)"),
)
fit.edit(
    "one_epoch_ahead",
    "The rate is that of the next epoch: the warm-up begins with its second step, and the cosine "
    "ends at min_lr. Epochs are counted from 0, and the formula adds the 1 itself.",
    (RATE, "lr = rate_of(epoch + 1, config)"),
    about="anything",
)
fit.edit(
    "floor_instead_of_height",
    "The cosine goes from lr to 0, and min_lr cuts off what falls below it. min_lr is where the "
    "curve ends: add it to a cosine of the height lr - min_lr.",
    (COSINE, "max(min_lr, lr * (1 + np.cos(np.pi * done)) / 2)"),
)
fit.edit(
    "whole_period",
    "The cosine runs through a whole period, so that the rate is back at lr in the end. Half a "
    "period leads from lr to min_lr: the angle goes from 0 to pi.",
    ("np.pi * done", "2 * np.pi * done"),
)
fit.edit(
    "quarter_period",
    "The cosine runs through a quarter of its period and comes down steeply at the end. The "
    "contract's is half a period, shifted up by 1 and halved: flat at both ends.",
    ("(1 + np.cos(np.pi * done)) / 2", "np.cos(np.pi / 2 * done)"),
)
fit.edit(
    "warm_up_from_min_lr",
    "The warm-up rises from min_lr instead of from 0, so that all of its epochs but the last are "
    "too fast. Its rate is lr times (epoch + 1) / warmup_epochs.",
    (WARM, "return min_lr + (lr - min_lr) * (epoch + 1) / warmup"),
)
