"""Mistakes in which rows a whole run uses, and in its other settings."""

from __future__ import annotations

from autograder.api import Bank

KEY = "fit"
PARTS = "    val, train = order[:held], order[held:]\n"
MEASURED = "        val_loss, val_accuracy = evaluate(params, x_val, y_val)\n"
RATE = "        lr = rate_of(epoch, config)\n"


def declare(bank: Bank) -> None:
    _parts(bank)
    _knobs(bank)


def _parts(bank: Bank) -> None:
    bank.edit(
        KEY,
        "trained_on_everything",
        "The validation rows are trained on as well, so that their loss says nothing about new "
        "rows. Train on the others only.",
        (PARTS, "    val, train = order[:held], order\n"),
        about="anything",
    )
    bank.edit(
        KEY,
        "validated_on_training_rows",
        "The validation loss is measured on training rows. It falls as long as the network "
        "memorises, and stops nothing: use rows that are never trained on.",
        (PARTS, "    val, train = order[-held:], order[held:]\n"),
    )
    bank.edit(
        KEY,
        "parts_swapped",
        "The small part is trained on and the large one validates. val_fraction is the part that "
        "is kept for validation.",
        (PARTS, "    train, val = order[:held], order[held:]\n"),
        about="anything",
    )
    bank.edit(
        KEY,
        "targets_of_other_rows",
        "The rows are permuted and their targets are not, so that images and classes no longer "
        "belong together. Index both with the same order.",
        ("x[train], y[train], x[val], y[val]", "x[train], y[held:], x[val], y[:held]"),
        about="anything",
    )
    bank.edit(
        KEY,
        "inputs_standardised",
        "The inputs are standardised inside, so that whoever uses the parameters on the inputs "
        "as they are gets something else. x is used as given: scaling is the caller's business.",
        (
            "    order = rng.permutation(len(x))\n",
            "    x = (x - x.mean()) / (x.std() + 1e-12)\n    order = rng.permutation(len(x))\n",
        ),
        about="anything",
    )


def _knobs(bank: Bank) -> None:
    bank.edit(
        KEY,
        "no_dropout",
        "Training runs without dropout, whatever config says. train_epoch takes p, the probability "
        "to drop a unit: hand it over.",
        ('lr, config["dropout"], rng', "lr, 0.0, rng"),
        about="anything",
    )
    bank.edit(
        KEY,
        "no_decay",
        "weight_decay never reaches the optimizer, so that the weights do not shrink. Hand it "
        "over when the optimizer is made.",
        ('weight_decay=config["weight_decay"]', "weight_decay=0.0"),
        about="anything",
    )
    bank.edit(
        KEY,
        "full_batch",
        "Each epoch is one batch of all rows, and so one step. config's batch_size is what "
        "train_epoch should be given.",
        ('config["batch_size"], lr', "len(x_train), lr"),
        about="anything",
    )
    bank.edit(
        KEY,
        "new_start_every_epoch",
        "The network is started anew in every epoch, so that nothing is ever learned for longer "
        "than one. Parameters and optimizer are made once, before the first epoch.",
        (
            RATE,
            RATE + '        for name, array in init_mlp(config["sizes"], rng).items():\n'
            "            params[name][...] = array\n",
        ),
    )
    bank.edit(
        KEY,
        "config_consumed",
        "config is emptied while it is read, so that the caller cannot use it again. Read its "
        "entries and leave them there.",
        ('config["sizes"], rng', 'config.pop("sizes"), rng'),
        about="anything",
    )
    bank.edit(
        KEY,
        "seeded_inside",
        "A generator with a fixed seed is made inside, so that every run is the same whatever "
        "rng is. All randomness comes from the rng that is passed in.",
        (
            "    order = rng.permutation(len(x))\n",
            "    rng = np.random.default_rng(0)\n    order = rng.permutation(len(x))\n",
        ),
        about="anything",
    )
    bank.edit(
        KEY,
        "evaluated_before_the_epoch",
        "Each epoch's validation is measured before its training, so that the history is one "
        "epoch behind and the last epoch is never judged. Train first.",
        (RATE, RATE + MEASURED),
        ('config["dropout"], rng\n        )\n' + MEASURED, 'config["dropout"], rng\n        )\n'),
    )
