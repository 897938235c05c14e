"""What the right answers to `fit` share: observers of its probes."""

from typing import Any

import numpy as np

from autograder.api import EXACT, Bank, Number, Raised, equal

bank = Bank()
fit = bank.exercise("fit")
LONG = "is any longer than max_grad_norm?"
BETWEEN = "is each epoch's number between its smallest and its largest step?"


def numbers(values: Any) -> Any:
    """A list of observed numbers as an array; NaN for what is no number."""
    if isinstance(values, np.ndarray):
        return values.astype(float)
    read = [float(v.value.real) if isinstance(v, Number) else np.nan for v in values or ()]
    return np.array(read)


def column(history: Any, name: str) -> Any:
    """One column of a history; empty if there is none."""
    return numbers(history[name]) if isinstance(history, dict) and name in history else np.array([])


def whole(value: float) -> Any:
    """The nearest whole number, to be compared exactly; -999 for what is no number."""
    return Number(int(np.rint(value)) if np.isfinite(value) else -999, "int64")


@fit.observe("warm_and_clipped")
def warm_and_clipped(raw: Any, inputs: Any, secrets: Any) -> Any:
    """The mean, the largest or the last step may stand for an epoch's norm, and its first, its last
    or its next for the rate: the contract has one number an epoch, and leaves open which."""
    steps = numbers(raw["norms"]).reshape(-1, 3) if np.size(raw["norms"]) == 6 else np.zeros((2, 3))
    seen = {k: raw[k] for k in ("in the history", "after the last epoch")}
    norms, rates = column(raw["grad_norm"], "grad_norm"), column(raw["lr"], "lr")
    planned = np.array([_rate(n) for n in range(7)])
    windows = np.array([planned[i : i + 4] for i in (0, 3)])
    return {
        **seen,
        "grad_norm": {BETWEEN: _within(norms, steps), LONG: bool(np.any(norms > 0.4001))},
        "lr": {BETWEEN: _within(rates, windows)},
    }


def _rate(n: int) -> float:
    """The rate of that probe: 2 steps of warm-up to 0.6, then a cosine to 0.05 over 4."""
    if n < 2:
        return 0.6 * (n + 1) / 2
    return float(0.05 + 0.275 * (1 + np.cos(np.pi * min(n - 2, 4) / 4)))


def _within(values: Any, rows: Any) -> bool:
    if len(values) != len(rows):
        return False
    low, high = rows.min(axis=1), rows.max(axis=1)
    return bool(np.all((values >= low * (1 - 1e-4)) & (values <= high * (1 + 1e-4))))


@fit.observe("skips", "clipped_in_half", "skips_and_averages")
def drifted(raw: Any, inputs: Any, secrets: Any) -> Any:
    """Whole numbers: the way of the weights in steps of the first rate, and of their average in
    sixteenths of one. float16 is off by a thousandth."""
    return {where: _drift(one) for where, one in raw.items()}


def _drift(one: Any) -> Any:
    way = numbers(one["weights"])
    said = "the sum of the rates of its steps, in halves of the first"
    seen: Any = {
        said: [whole(2 * w) for w in way],
        "skipped_steps": [whole(v) for v in column(one, "skipped_steps")],
    }
    if "grad_norm" in one:
        seen["is each grad_norm finite?"] = bool(np.all(np.isfinite(column(one, "grad_norm"))))
    loss = column(one, "val_loss")
    if one["faint"].value == 1 and len(loss):
        # loss = log(1 + exp(-4 w)) for validation images of 2, weights of w and -w
        average = -np.log(np.expm1(np.maximum(loss, 1e-6))) / 4 / one["unit"].value
        seen["the weight that was validated, in sixteenths"] = [whole(16 * a) for a in average]
    return seen


@fit.observe("formats")
def formats(raw: Any, inputs: Any, secrets: Any) -> Any:
    """On a CPU "auto" may be float32 or bfloat16: either is in the end a choice."""
    seen = dict(raw)
    auto = dict(seen["for auto"])
    auto["autocast in training"] = auto["autocast in training"] != ["torch.float16"]
    seen["for auto"] = auto
    return seen


@fit.observe("resumes", "resumes_averages", "resumes_order", "resumes_patience")
def resumes(raw: Any, inputs: Any, secrets: Any) -> Any:
    """Whether a run in two parts is the run in one, each compared with itself. The last entry of
    each column is looked at, which both have in any case."""
    written = {"is there a file when an epoch has ended?": raw["a file"]}
    if not raw["a file"]:
        return written
    first, second = raw["whole"]["history"], raw["again"]["history"]
    if not isinstance(first, dict) or not isinstance(second, dict):
        return {"the history": second}
    lengths = [len(h.get("val_loss") or ()) for h in (first, second)]
    same = {
        f"is the last {name} the same?": equal(_last(first, name), _last(second, name), EXACT)
        for name in ("lr", "train_loss", "val_loss")
    }
    return {
        **written,
        "are both histories of one length?": lengths[0] == lengths[1],
        "epochs in one piece": whole(lengths[0]),
        "epochs that the resumed run trains": raw["epochs"],
        **same,
        "are the weights the same?": equal(raw["whole"]["weights"], raw["again"]["weights"], EXACT),
    }


def _last(history: Any, name: str) -> Any:
    values = history.get(name)
    return values[-1:] if isinstance(values, list) else None


@fit.observe("captures")
def captures(raw: Any, inputs: Any, secrets: Any) -> Any:
    """A ValueError, and a model as it was."""
    return {
        where: {
            "is it a ValueError?": isinstance(one["the answer"], Raised)
            and "ValueError" in one["the answer"].classes,
            "did the weights stay?": one["did the weights stay?"],
        }
        for where, one in raw.items()
    }


@fit.observe("predicts")
def predicts(raw: Any, inputs: Any, secrets: Any) -> Any:
    """Whether 60 of 100 are right; images and labels are here, and in no kernel. Twenty steps read
    76 of 100, give or take two."""
    x = secrets["images"].reshape(len(secrets["images"]), -1)
    hidden = np.maximum(x @ raw["1.weight"].T + raw["1.bias"], 0)
    said = np.argmax(hidden @ raw["3.weight"].T + raw["3.bias"], axis=1)
    right = float(np.mean(said == secrets["labels"]))
    return {"at least 60 % of the held-out images are right": right >= 0.6}
