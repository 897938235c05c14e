"""Mistakes in EarlyStopping with what it holds: the best loss and epoch, parameters, defaults."""

from functools import partial

from autograder.api import Bank
from autograder.hidden.generalization.bank.stopping import ELSE, IF, IMPROVED, RESET, START, STORE

bank = Bank()
stopping = bank.exercise("EarlyStopping")
mistake = partial(stopping.edit, about="anything")  # not seen in numbers

DEEP = "copy.deepcopy(params)"
COPY = f"self.best_params = {DEEP}"
SMALL_STEPS = (
    "best_loss follows every lower loss, even one that is no improvement, so many small steps "
    "never add up to one. It changes only on an improvement."
)

stopping.edit(
    "best_follows_small_steps",
    SMALL_STEPS,
    (ELSE, ELSE + "            self.best_loss = min(self.best_loss, val_loss)\n"),
)
stopping.edit(
    "all_of_the_best_follows_small_steps",
    SMALL_STEPS,
    (
        ELSE,
        f"{ELSE}        if val_loss < self.best_loss:\n            {STORE}\n            {COPY}\n",
    ),
)
stopping.edit(
    "best_loss_is_the_last",
    "best_loss is overwritten at every update, so it is the last loss and not the best. It changes "
    "only on an improvement.",
    ("self.epoch += 1\n", "self.epoch += 1\n        self.best_loss = val_loss\n"),
)
stopping.edit(
    "epochs_from_1",
    "best_epoch counts updates from 1. The first update is number 0, as in every index of this "
    "course.",
    ("val_loss, self.epoch", "val_loss, self.epoch + 1"),
)
stopping.edit(
    "epochs_count_improvements",
    "best_epoch counts improvements, because the number of updates advances only there. Every "
    "update counts, whatever its loss.",
    ("        self.epoch += 1\n", ""),
    (RESET, RESET + "            self.epoch += 1\n"),
)
mistake(
    "starts_at_epoch_0",
    "best_epoch is 0 before anything has come in, which is the number of the first update. Before "
    "an improvement it is -1.",
    (START, START.replace("-1", "0")),
)
mistake(
    "other_defaults",
    "The default of patience is not 5. Defaults are part of the interface: look at the signature.",
    ("patience=5", "patience=10"),
)

stopping.edit(
    "kept_by_reference",
    "The best parameters are the caller's own arrays, so the optimizer writes into them and the "
    "best becomes the last. Keep a deep copy.",
    (DEEP, "params"),
    source="pytorch/tutorials, pull request 188",
)
stopping.edit(
    "shallow_copy",
    "The dict or list is copied, and the arrays in it are still the caller's own: the optimizer "
    "writes into them. Copy the arrays as well.",
    (DEEP, "copy.copy(params)"),
    source="PyPOTS, issue 667",
)
stopping.edit(
    "one_level_copied",
    "The arrays of the outer dict or list are copied, those of inner ones are not, and move with "
    "the optimizer. Copy to any depth.",
    (
        COPY,
        "self.best_params = params\n"
        "            if isinstance(params, dict):\n"
        "                self.best_params = {k: copy.copy(v) for k, v in params.items()}\n"
        "            elif isinstance(params, list):\n"
        "                self.best_params = [copy.copy(v) for v in params]",
    ),
)
stopping.edit(
    "latest_params_kept",
    "The parameters are copied at every update, so the last ones are kept and not the best. Copy "
    "on an improvement only.",
    (IF, f"{COPY}\n        {IF}"),
)
stopping.edit(
    "first_params_kept",
    "Parameters are copied at the first improvement and never again, so the best ones are those of "
    "the beginning. Copy on every improvement.",
    (COPY, f"if self.best_params is None:\n                {COPY}"),
)
mistake(
    "params_not_kept",
    "The parameters are never kept, so best_params is None at the end and there is nothing to go "
    "back to. Copy them on every improvement.",
    (DEEP, "None"),
)
mistake(
    "state_in_the_class",
    "What it remembers belongs to the class, so two of them share it and overwrite each other. Set "
    "it in __init__, on self.",
    (STORE, "EarlyStopping.best_so_far = val_loss\n            " + STORE),
    (
        IF,
        "best = min(self.best_loss, getattr(EarlyStopping, 'best_so_far', float('inf')))\n"
        f"        if {IMPROVED.replace('self.best_loss', 'best')}:",
    ),
    (START, START + '\n        EarlyStopping.best_so_far = float("inf")'),
)
