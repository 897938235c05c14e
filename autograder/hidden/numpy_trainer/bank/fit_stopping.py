"""Stopping and keeping: what all right answers share with any split, and mistakes."""

from functools import partial
from typing import Any

import numpy as np

from autograder.api import Bank
from autograder.hidden.numpy_trainer.bank.reading import column, count, cross_entropy
from autograder.hidden.numpy_trainer.probes.nets import logits_of

bank = Bank()
fit = bank.exercise("fit")
flagged = partial(fit.edit, about="anything")  # no number shows these
CLOSE = 1e-7
NONE = -1
COPY = "copy.deepcopy(params), val_loss, 0"
RATE = "        lr = rate_of(epoch, config)\n"
DONE = 'waited >= config["patience"]'
SHOWN = "(loss, val_loss, val_accuracy, lr)"


def _epoch_of(loss: float, history: Any) -> int:
    """The one epoch, counted from 0, whose validation loss this is."""
    near = np.flatnonzero(np.abs(column(history["val_loss"]) - loss) < CLOSE)
    return int(near[0]) if len(near) == 1 else NONE


@fit.observe("worsens")
def worsens(raw: Any, inputs: Any, secrets: Any) -> Any:
    """How long each run was, and which epoch's parameters came back.

    Every class is one row's. The two of validation have the lowest biases, equal but for rounding;
    the loss of either is log sum exp(b) - b.
    """
    seen = {}
    for where, run in raw.items():
        history, bias = run["history"], run["params"]["b1"]
        loss = float(cross_entropy(np.tile(bias, (2, 1)), np.argsort(bias)[:2]).mean())
        seen[where] = {
            "the number of epochs that ran": count(len(history["val_loss"])),
            "epoch whose parameters are returned": count(_epoch_of(loss, history)),
            "validation accuracies": column(history["val_accuracy"]),
            "the validation loss rises": bool(np.all(np.diff(column(history["val_loss"])) > 0)),
            "first training loss": history["train_loss"][0],
        }
    return seen


@fit.observe("improves")
def improves(raw: Any, inputs: Any, secrets: Any) -> Any:
    """How long each run was, and which epoch's validation loss is nearest to that of the parameters
    that came back."""
    seen = {}
    for where, run in raw.items():
        trained, losses = (column(run["history"][name]) for name in ("train_loss", "val_loss"))
        loss = cross_entropy(logits_of(run["params"], inputs["x"][:1]), inputs["y"][:1])[0]
        seen[where] = {
            "the number of epochs that ran": count(len(losses)),
            "epoch whose parameters are returned": count(np.argmin(np.abs(losses - loss))),
            "every epoch is a single step": np.allclose(trained[1:], losses[:-1], 1e-12, 0.0),
        }
    return seen


@fit.observe("turns")
def turns(raw: Any, inputs: Any, secrets: Any) -> Any:
    """Whether each run ended where the rule ends it, by the losses that it wrote down itself, and
    whether its parameters are those of the lowest."""
    return {
        where: _turned(run, inputs["often"], patience)
        for (where, run), patience in zip(raw.items(), (3, 5), strict=True)
    }


def _turned(run: Any, often: int, patience: int) -> Any:
    """Of the ten validation rows some are of the large class, and the others of the classes with
    the lowest bias."""
    losses, bias = column(run["history"]["val_loss"]), run["params"]["b1"]
    rows = np.array([often, int(np.argmin(bias))])
    large, alone = cross_entropy(np.tile(bias, (2, 1)), rows)
    found = [_epoch_of((k * large + (10 - k) * alone) / 10, run["history"]) for k in range(11)]
    best = int(np.argmin(losses))
    return {
        "the count of epochs beyond the rule": count(len(losses) - _end(losses, patience, 60)),
        "distance of the returned epoch from the best": count(min(abs(best - e) for e in found)),
    }


def _end(losses: Any, patience: int, epochs: int) -> int:
    """How many epochs a run with these losses should have."""
    lowest, waited = np.inf, 0
    for epoch, loss in enumerate(losses):
        lowest, waited = (loss, 0) if loss < lowest else (lowest, waited + 1)
        if waited == patience:
            return epoch + 1
    return epochs


fit.edit(
    "best_by_reference",
    "What comes back are the parameters of the last epoch: either nothing was kept, or what was "
    "kept is another name for the arrays that every later step changes. Copy every array.",
    (COPY, COPY.replace("copy.deepcopy(params)", "params")),
)
flagged(
    "first_returned",
    "The parameters of the first epoch come back, however much better later ones are. Keep a new "
    "copy whenever the validation loss is the lowest so far.",
    (COPY, f"best if epoch else {COPY}"),
)
fit.edit(
    "highest_accuracy_kept",
    "The parameters with the highest validation accuracy are kept. The contract asks for the "
    "lowest validation loss, which moves on when the accuracy stands still.",
    ("if val_loss < lowest", "if -val_accuracy < lowest"),
    (COPY, COPY.replace("val_loss", "-val_accuracy")),
)
fit.edit(
    "lowest_training_loss_kept",
    "The parameters with the lowest training loss are kept. That loss falls as long as the network "
    "memorises: what decides is the loss on rows it never trained on.",
    ("if val_loss < lowest", "if loss < lowest"),
    (COPY, COPY.replace("val_loss", "loss")),
)
fit.edit(
    "kept_before_the_epoch",
    "The parameters are copied before the epoch whose validation loss decides, so that those of "
    "the epoch before come back. Train, evaluate, then copy.",
    (RATE, RATE + "        before = copy.deepcopy(params)\n"),
    (COPY, COPY.replace("copy.deepcopy(params)", "before")),
)
flagged(
    "never_stops",
    "The run goes on to its last epoch, and patience is not looked at. After that many epochs in a "
    "row without a new lowest validation loss it should stop.",
    (DONE, "False"),
)
flagged(
    "no_early_stopping",
    "The run goes on to its last epoch, whose parameters come back: the validation loss decides "
    "nothing. Keep a copy whenever it is the lowest so far, and stop after patience epochs without "
    "a new lowest.",
    (DONE, "False"),
    (COPY, COPY.replace("copy.deepcopy(params)", "params")),
)
fit.edit(
    "one_epoch_too_patient",
    "The run stops one epoch late: it waits until the count is above patience. It should stop when "
    "the count has reached it.",
    (DONE, DONE.replace(">=", ">")),
)
fit.edit(
    "one_epoch_too_early",
    "The run stops one epoch early: the epoch of the lowest loss is counted as one without "
    "improvement. The count is 0 there.",
    (DONE, 'waited >= max(config["patience"] - 1, 1)'),
)
flagged(
    "stops_at_the_first_rise",
    "The run stops after the first epoch that brings no new lowest validation loss. The loss is "
    "noisy: wait for patience such epochs in a row.",
    (DONE, "waited >= 1"),
)
flagged(
    "count_never_reset",
    "The count of epochs without improvement goes on after a new lowest loss, so that the run "
    "stops after that many in all. Only epochs in a row count: start again at 0.",
    (COPY, COPY.replace("val_loss, 0", "val_loss, waited")),
)
for digits in (3, 4):
    flagged(
        f"better_by_1e{digits}_at_least",
        "A new lowest validation loss counts only where it is lower by some small number. A run "
        "that improves slowly is then stopped and its best epoch lost: any loss below the lowest "
        "counts.",
        ("if val_loss < lowest", f"if val_loss < lowest - 1e-{digits}"),
        source="torch.optim.lr_scheduler.ReduceLROnPlateau, parameter threshold",
    )
flagged(
    "equal_counts_as_better",
    "A validation loss equal to the lowest counts as a new lowest, so that a network that stands "
    "still is never stopped. It has to be below.",
    ("if val_loss < lowest", "if val_loss <= lowest"),
)
fit.edit(
    "stopping_epoch_not_recorded",
    "The epoch in which the run stops is missing from the history. It ran, and it is the reason "
    "for stopping: append first, then decide.",
    (
        "                break\n",
        "                [values.pop() for values in history.values()]\n                break\n",
    ),
)
fit.edit(
    "training_loss_evaluated",
    "The training loss in the history is measured after the epoch, without dropout. The contract's "
    "is what train_epoch returned: the mean of what each batch lost before its step.",
    (SHOWN, SHOWN.replace("(loss,", "(evaluate(params, x_train, y_train)[0],")),
)
fit.edit(
    "training_set_in_the_history",
    "The columns of validation are measured on the rows that are trained on. Evaluate on the rows "
    "that were held back: only they say how good the network is on new ones.",
    (SHOWN, "(loss, *evaluate(params, x_train, y_train), lr)"),
)
