"""What all right answers share, where chance or the optimizer is the learner's own."""

from __future__ import annotations

from typing import Any

import numpy as np

from autograder.api import Bank, Number
from autograder.hidden.numpy_trainer.bank.reading import (
    cross_entropy,
    logits_of,
    number,
    same,
)

FINE = 1e-9


def count(value: Any) -> Number:
    return Number(int(value), "int64")


def declare(bank: Bank) -> None:
    passes, epoch, checkpoint = (
        "forward__backward",
        "train_epoch",
        "save_checkpoint__load_checkpoint",
    )
    bank.observe(passes, "gates")(gates)
    bank.observe(passes, "blames")(blames)
    bank.observe(passes, "draws")(mask_draws)
    bank.observe(epoch, "batches")(batches)
    bank.observe(epoch, "dropped")(dropped)
    bank.observe(checkpoint, "resumes")(resumes)
    bank.observe(checkpoint, "fresh")(fresh)
    bank.observe(checkpoint, "refuses")(refuses)
    bank.observe(checkpoint, "strangers")(strangers)
    bank.observe(checkpoint, "missing")(strangers)
    bank.observe(checkpoint, "crashes")(crashes)


# Dropout. In `gates` 16,000 pairs of gates are open with probability 0.49, which has a deviation of
# 0.004; a tenth is told from the next at 10 deviations. Rows with the mask of the first one are
# expected to be 1 in 180 at most: 11 of 2000 at the likeliest mask's rate, and 100 are allowed.


def gates(raw: Any, inputs: Any, secrets: Any) -> Any:
    """Levels and fractions of what passes two gates, compared with what would pass without."""
    open_gates = _ratio(raw["logits"], inputs)
    alike = np.all((open_gates > 0) == (open_gates[0] > 0), axis=1).sum()
    return {
        "between units with and without their gates": _levels(open_gates),
        "fraction that is not zero, in tenths": count(np.round(10 * np.mean(open_gates != 0))),
        "rows share one mask": bool(alike > 100),
    }


def blames(raw: Any, inputs: Any, secrets: Any) -> Any:
    """The gradient's gates against the forward pass's."""
    forwards = _ratio(raw["logits"], inputs)[0]
    return {
        "between gradients with and without gates": _levels(raw["b1"]),
        "gradients that are not zero where the unit was dropped, or zero where it was not": count(
            np.sum((raw["b1"] != 0) != (forwards != 0))
        ),
        "a second backward gives the same": same(raw["b1"], raw["b1 again"]),
    }


def _ratio(logits: Any, inputs: Any) -> Any:
    params = inputs["params"]
    return logits / (inputs["x"] @ params["W1"] + params["b1"])


def _levels(values: Any) -> Any:
    """How many different values there are, up to rounding, and the ends of their list."""
    levels = np.unique(np.round(values, 6))
    return {
        "the count of different factors": count(len(levels)),
        "the largest factor": Number(float(levels[-1]), "float64"),
        "the smallest factor": Number(float(levels[0]), "float64"),
    }


def mask_draws(raw: Any, inputs: Any, secrets: Any) -> Any:
    """Which passes are equal. 420 gates at p = 0.5 never are by chance."""
    first = raw["first"]
    return {
        "an equal generator gives the same pass": same(first, raw["again"]),
        "another generator gives the same pass": same(first, raw["other"]),
        "two passes by one generator are the same": same(first, raw["second"]),
        "two evaluations are the same": same(raw["evaluated"], raw["evaluated again"]),
        "evaluated": raw["evaluated"],
    }


# One epoch. An order of 15 rows is another one with probability 1 - 1e-12.


def batches(raw: Any, inputs: Any, secrets: Any) -> Any:
    """Who was in which batch, with which target, read from gradients."""
    members = [np.flatnonzero(np.any(grad != 0, axis=1)) for grad in raw["fours"]["W1"]]
    n = len(inputs["y"])
    used, targets, scale = np.zeros(n, dtype=np.int64), np.full(n, -1), []
    for rows, grad in zip(members, raw["fours"]["W1"], strict=True):
        used[rows] += 1
        targets[rows] = np.argmin(grad[rows], axis=1)
        told = logits_of(inputs["params"], inputs["x"])[rows]
        right = np.exp(-cross_entropy(told, inputs["y"][rows])) - 1
        scale.append(grad[rows, inputs["y"][rows]] / right)
    first, second = (_order(raw["ones"], n, part) for part in (0, 1))
    return {
        "rows in each batch": [count(len(rows)) for rows in members],
        "times that each row is used": used,
        "targets by which each row is blamed": targets,
        "weight of each row in its batch": [np.round(some, 9) for some in scale],
        "returned loss": raw["fours"]["losses"][0],
        "losses in batches of one": raw["ones"]["losses"],
        "steps in two epochs of batches of one": count(len(raw["ones"]["W1"])),
        "the rows are taken as they come": first == list(range(n)),
        "two epochs have the same order": first == second,
        "an equal generator gives the same order": first == _order(raw["again"], n, 0),
        "another generator gives the same order": first == _order(raw["other"], n, 0),
    }


def _order(epochs: Any, n: int, part: int) -> list[int]:
    grads = epochs["W1"][part * n : (part + 1) * n]
    return [int(row) for grad in grads for row in np.flatnonzero(np.any(grad != 0, axis=1))]


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


# Checkpoints


def resumes(raw: Any, inputs: Any, secrets: Any) -> Any:
    """In how many places what was loaded, and what came of it, is not the run that goes on."""
    saved, end = raw["before"], raw["end"]
    return {
        "epoch": raw["epoch"],
        "the arrays of params are the same objects": raw["in place"],
        "after saving": _parting(saved, raw["after"]),
        "after loading": _parting(saved, raw["loaded"]),
        "at the end of the resumed run": _parting(end, raw["resumed"]),
        "after going back in the same run": _parting(end, raw["back"]),
    }


def fresh(raw: Any, inputs: Any, secrets: Any) -> Any:
    """The same before the first step."""
    return {"epoch": raw["epoch"], "after loading": _parting(raw["before"], raw["loaded"])}


def _parting(one: Any, other: Any) -> Any:
    seen = {
        f"in the {part}": {"the count of wrong numbers": count(_count(one[part], other.get(part)))}
        for part in one
    }
    return {**seen, "parameters": other["parameters"]}


def _count(one: Any, other: Any) -> int:
    if isinstance(one, dict):
        return sum(_count(one[key], other.get(key)) for key in one)
    if isinstance(one, list | tuple):
        return sum(_count(a, b) for a, b in zip(one, other, strict=True))
    if isinstance(one, np.ndarray):
        return int(np.sum(one != other))
    return int(one != other)


def refuses(raw: Any, inputs: Any, secrets: Any) -> Any:
    """How many files of each kind were refused with anything but a ValueError, or changed things.

    Each answer's file has members of its own, so that only the counts of what went wrong compare.
    """
    return {
        f"for files {kind}": {
            "the count of answers other than ValueError": count(
                sum("ValueError" not in a["answer"] for a in answers)
            ),
            "the count of refusals that changed something": count(
                sum(bool(changed(a)) for a in answers)
            ),
        }
        for kind, answers in raw.items()
    }


def strangers(raw: Any, inputs: Any, secrets: Any) -> Any:
    """The answer, as far as the contract names it, and what changed."""
    return {
        where: {
            "answer": _named(seen["answer"], "no file" in where),
            "changed": changed(seen),
        }
        for where, seen in raw.items()
    }


def changed(seen: Any) -> list[str]:
    """Which parts of a run a load has changed in any bit."""
    before, after = seen["before"], seen["after"]
    return [part for part in before if not same(before[part], after[part])]


def _named(classes: Any, missing: bool) -> str:
    wanted = "FileNotFoundError" if missing else "ValueError"
    if wanted in classes:
        return wanted
    return classes[0] if classes else "no exception"


def crashes(raw: Any, inputs: Any, secrets: Any) -> Any:
    """Old, new or nothing is left, and no file beside it."""
    return {
        where: {
            "files beside it": [name for name in seen["files"] if name != "run.npz"],
            "what is left can be loaded": _whole(seen["left"], where),
        }
        for where, seen in raw.items()
    }


def _whole(left: Any, where: str) -> bool:
    """The old file, the whole new one of epoch 2, or nothing where there was nothing."""
    if isinstance(left, str):
        return left == "old" or (left == "nothing" and "none" in where)
    return isinstance(left, Number) and left.value == 2
