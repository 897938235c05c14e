"""Mistakes in the whole run."""

from __future__ import annotations

from autograder.api import Bank

KEY = "fit"
BETTER = (
    "        if val_loss < lowest:\n"
    "            best, lowest, waited = copy.deepcopy(params), val_loss, 0\n"
)
WARM = "        return lr * (epoch + 1) / warmup\n"
RATE = "        lr = rate_of(epoch, config)\n"


def declare(bank: Bank) -> None:
    _rates(bank)
    _keeping(bank)
    _stopping(bank)


def _rates(bank: Bank) -> None:
    bank.edit(
        KEY,
        "warm_up_from_zero",
        "The warm-up begins at the rate 0, so that the first epoch learns nothing. Its first "
        "rate is lr / warmup_epochs: count the epoch from 1 in that formula.",
        (WARM, "        return lr * epoch / warmup\n"),
    )
    bank.edit(
        KEY,
        "no_warm_up",
        "The run begins at the full rate, and the cosine at epoch 0. For the first warmup_epochs "
        "the rate rises in equal steps, and the cosine starts after them.",
        ("    if epoch < warmup:\n" + WARM, "    warmup = 0\n"),
    )
    bank.edit(
        KEY,
        "cosine_not_shifted",
        "The cosine is counted from epoch 0, as if there had been no warm-up, so that the rate "
        "jumps where the two meet. It begins at its top when the warm-up ends.",
        (
            '(epoch - warmup) / (config["epochs"] - warmup)',
            'epoch / config["epochs"]',
        ),
    )
    bank.edit(
        KEY,
        "cosine_to_the_last_epoch",
        "The cosine reaches min_lr in the last epoch, because it is divided by one epoch less. "
        "By the formula min_lr would be reached one epoch after the end.",
        (
            '(epoch - warmup) / (config["epochs"] - warmup)',
            '(epoch - warmup) / max(config["epochs"] - warmup - 1, 1)',
        ),
    )
    bank.edit(
        KEY,
        "min_lr_ignored",
        "The cosine goes down to 0, and min_lr is not looked at. It is the floor of the curve, "
        "and lr - min_lr its height.",
        ("min_lr + (lr - min_lr)", "lr"),
    )
    bank.edit(
        KEY,
        "height_without_min_lr",
        "min_lr is added to a cosine of the height lr, so that the curve begins above lr. The "
        "height is lr - min_lr.",
        ("(lr - min_lr) *", "lr *"),
    )
    bank.edit(
        KEY,
        "linear_decay",
        "After the warm-up the rate falls along a straight line. The contract asks for half a "
        "cosine, flat at both ends.",
        ("(1 + np.cos(np.pi * done)) / 2", "(1 - done)"),
    )
    bank.edit(
        KEY,
        "schedule_only_in_the_history",
        "The rates are written to the history, and the epochs train with config's lr. What "
        "train_epoch is given is the rate of the epoch.",
        (
            'config["batch_size"], lr, config["dropout"]',
            'config["batch_size"], config["lr"], config["dropout"]',
        ),
        about="anything",
    )


def _keeping(bank: Bank) -> None:
    bank.edit(
        KEY,
        "best_by_reference",
        "The best parameters are kept as another name for the arrays, which every later step "
        "changes, so that the last ones come back. Copy every array.",
        (BETTER, BETTER.replace("copy.deepcopy(params)", "params")),
    )
    bank.edit(
        KEY,
        "first_returned",
        "The parameters of the first epoch come back, however much better later ones are. Keep a "
        "new copy whenever the validation loss is the lowest so far.",
        (
            BETTER,
            BETTER.replace(
                "copy.deepcopy(params), val_loss",
                "best if epoch else copy.deepcopy(params), val_loss",
            ),
        ),
        about="anything",
    )
    bank.edit(
        KEY,
        "highest_accuracy_kept",
        "The parameters with the highest validation accuracy are kept. The contract asks for the "
        "lowest validation loss, which moves on when the accuracy stands still.",
        (
            BETTER,
            BETTER.replace("val_loss < lowest", "-val_accuracy < lowest").replace(
                "val_loss, 0", "-val_accuracy, 0"
            ),
        ),
    )
    bank.edit(
        KEY,
        "lowest_training_loss_kept",
        "The parameters with the lowest training loss are kept. That loss falls as long as the "
        "network memorises: what decides is the loss on rows it never trained on.",
        (BETTER, BETTER.replace("val_loss", "loss")),
    )
    bank.edit(
        KEY,
        "kept_before_the_epoch",
        "The parameters are copied before the epoch whose validation loss decides, so that those "
        "of the epoch before come back. Train, evaluate, then copy.",
        (RATE, RATE + "        before = copy.deepcopy(params)\n"),
        (BETTER, BETTER.replace("copy.deepcopy(params)", "before")),
    )


def _stopping(bank: Bank) -> None:
    bank.edit(
        KEY,
        "never_stops",
        "The run goes on to its last epoch, and patience is not looked at. After that many "
        "epochs in a row without a new lowest validation loss it should stop.",
        ('            if waited >= config["patience"]:\n                break\n', ""),
        about="anything",
    )
    bank.edit(
        KEY,
        "one_epoch_too_patient",
        "The run stops one epoch late: it waits until the count is above patience. It should "
        "stop when the count has reached it.",
        ("waited >= config", "waited > config"),
    )
    bank.edit(
        KEY,
        "one_epoch_too_early",
        "The run stops one epoch early: the epoch of the lowest loss is counted as one without "
        "improvement. The count is 0 there.",
        ('waited >= config["patience"]', 'waited >= max(config["patience"] - 1, 1)'),
    )
    bank.edit(
        KEY,
        "count_never_reset",
        "The count of epochs without improvement goes on after a new lowest loss, so that the run "
        "stops after that many in all. Only epochs in a row count: start again at 0.",
        (BETTER, BETTER.replace("val_loss, 0", "val_loss, waited")),
        about="anything",
    )
    bank.edit(
        KEY,
        "equal_counts_as_better",
        "A validation loss equal to the lowest counts as a new lowest, so that a network that "
        "stands still is never stopped. It has to be below.",
        ("val_loss < lowest", "val_loss <= lowest"),
        about="anything",
    )
    bank.edit(
        KEY,
        "stopping_epoch_not_recorded",
        "The epoch in which the run stops is missing from the history. It ran, and it is the "
        "reason for stopping: append first, then decide.",
        (
            "    return best, history\n",
            '    if waited >= config["patience"]:\n'
            "        history = {name: values[:-1] for name, values in history.items()}\n"
            "    return best, history\n",
        ),
    )
