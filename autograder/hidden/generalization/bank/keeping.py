"""Mistakes in EarlyStopping with what it keeps: parameters, and whose they are."""

from __future__ import annotations

from autograder.api import Bank
from autograder.hidden.generalization.bank.stopping import IF, KEY, START, STORE

COPY = "self.best_params = copy.deepcopy(params)"


def declare(bank: Bank) -> None:
    bank.edit(
        KEY,
        "kept_by_reference",
        "The best parameters are the caller's own arrays, so the optimizer writes into them and "
        "the best becomes the last. Keep a deep copy.",
        (COPY, "self.best_params = params"),
        source="pytorch/tutorials, pull request 188",
    )
    bank.edit(
        KEY,
        "shallow_copy",
        "The dict or list is copied, and the arrays in it are still the caller's own: the "
        "optimizer writes into them. Copy the arrays as well.",
        (COPY, "self.best_params = copy.copy(params)"),
        source="PyPOTS, issue 667",
    )
    bank.edit(
        KEY,
        "one_level_copied",
        "The arrays of the outer dict or list are copied, those of inner ones are not, and move "
        "with the optimizer. Copy to any depth.",
        (
            COPY,
            "self.best_params = params\n"
            "            if isinstance(params, dict):\n"
            "                self.best_params = {k: copy.copy(v) for k, v in params.items()}\n"
            "            elif isinstance(params, list):\n"
            "                self.best_params = [copy.copy(v) for v in params]",
        ),
    )
    bank.edit(
        KEY,
        "latest_params_kept",
        "The parameters are copied at every update, so that the last ones are kept and not the "
        "best. Copy on an improvement only.",
        (IF, f"{COPY}\n        {IF}"),
    )
    bank.edit(
        KEY,
        "first_params_kept",
        "Parameters are copied at the first improvement and never again, so that the best ones are "
        "those of the beginning. Copy on every improvement.",
        (COPY, f"if self.best_params is None:\n                {COPY}"),
    )
    bank.edit(
        KEY,
        "state_in_the_class",
        "What it remembers belongs to the class, so two of them share it and overwrite each other. "
        "Set it in __init__, on self.",
        (STORE, "EarlyStopping.best_so_far = val_loss\n            " + STORE),
        (
            IF,
            "best = min(self.best_loss, getattr(EarlyStopping, 'best_so_far', float('inf')))\n"
            "        if val_loss < best - self.min_delta:",
        ),
        (START, START + '\n        EarlyStopping.best_so_far = float("inf")'),
        about="anything",
    )
