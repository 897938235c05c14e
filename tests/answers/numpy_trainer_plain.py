"""Lesson 08 in plain steps: rows one by one, arrays flattened by path, an Adam inside `fit`."""

# ruff: noqa: B905, PTH105, PTH107, PTH110, UP031 (as learners write)

from __future__ import annotations

import json
import math
import os
import zipfile
import zlib
from pathlib import Path

import numpy as np


def init_mlp(sizes, rng):
    layers = list(zip(list(sizes)[:-1], list(sizes)[1:]))
    weights = {
        f"W{k + 1}": rng.standard_normal((i, o)) / math.sqrt(i / 2)
        for k, (i, o) in enumerate(layers)
    }
    biases = {f"b{k + 1}": np.full(o, 0.0) for k, (_, o) in enumerate(layers)}
    return {**biases, **weights}


def forward(params, x, p, rng, training):
    depth = sum(1 for name in params if name[0] == "W")
    h, trail = np.array(x, dtype=float), []
    for k in range(1, depth + 1):
        z = np.einsum("nd,dm->nm", h, params["W%d" % k]) + params["b%d" % k]
        trail.append({"into": h, "weights": params["W%d" % k].copy()})
        if k == depth:
            break
        passed = np.where(z > 0, 1.0, 0.0)
        if training:
            keep = rng.binomial(1, 1.0 - p, size=z.shape)
            passed = passed * keep / (1.0 - p)
        trail[-1]["passed"] = passed
        h = passed * z
    return z, tuple(trail)


def backward(dlogits, caches):
    grads, blame = {}, np.array(dlogits)
    for k in reversed(range(len(caches))):
        layer = caches[k]
        if "passed" in layer:
            blame = blame * layer["passed"]
        grads["b%d" % (k + 1)] = np.einsum("nm->m", blame)
        grads["W%d" % (k + 1)] = np.einsum("nd,nm->dm", layer["into"], blame)
        blame = np.einsum("nm,dm->nd", blame, layer["weights"])
    return grads


def row_losses(logits, y):
    total = np.logaddexp.reduce(logits, axis=1)
    return total - logits[np.arange(len(y)), y], total


def train_epoch(params, optimizer, x, y, batch_size, lr, p, rng):
    for group in optimizer.groups:
        group.update(lr=lr)
    order = list(range(len(x)))
    rng.shuffle(order)
    losses = []
    while order:
        rows, order = order[:batch_size], order[batch_size:]
        logits, caches = forward(params, x[rows], p, rng, True)
        some, total = row_losses(logits, y[rows])
        losses.extend(some)
        blame = (np.exp(logits - total[:, None]) - np.eye(logits.shape[1])[y[rows]]) / len(rows)
        grads = backward(blame, caches)
        dealt = []
        for group in optimizer.groups:
            dealt.append(
                tuple(
                    next(grads[name] for name in params if params[name] is array)
                    for array in group["params"]
                )
            )
        optimizer.step(tuple(dealt))
    return np.float64(sum(losses) / len(losses))


def evaluate(params, x, y):
    logits, _ = forward(params, x, 0.5, None, False)
    losses, _ = row_losses(logits, y)
    right = [int(np.argsort(row)[-1] == target) for row, target in zip(logits, y)]
    return np.asarray(losses.mean()), sum(right) / len(right)


def flatten(value, path, arrays, shape):
    """Arrays by their path; numbers, strings and the form of the nest in `shape`."""
    if isinstance(value, np.ndarray):
        arrays["/".join(path)] = value
        shape.append([path, "array", None])
    elif isinstance(value, dict):
        shape.append([path, "dict", list(value)])
        for key, item in value.items():
            flatten(item, [*path, key], arrays, shape)
    elif isinstance(value, (list, tuple)):
        shape.append([path, "list", len(value)])
        for number, item in enumerate(value):
            flatten(item, [*path, str(number)], arrays, shape)
    else:
        shape.append([path, "leaf", value.item() if isinstance(value, np.generic) else value])


def restore(shape, arrays):
    path, kind, about = shape.pop(0)
    if kind == "array":
        return arrays["/".join(path)]
    if kind == "dict":
        return {key: restore(shape, arrays) for key in about}
    if kind == "list":
        return [restore(shape, arrays) for _ in range(about)]
    return about


def save_checkpoint(path, params, optimizer, epoch, rng):
    arrays, shape = {}, []
    everything = {
        "params": dict(params),
        "optimizer": optimizer.state_dict(),
        "epoch": epoch,
        "rng": rng.bit_generator.state,
    }
    flatten(everything, [], arrays, shape)
    arrays["shape"] = np.frombuffer(json.dumps(shape).encode(), dtype=np.uint8)
    path = os.fspath(path)
    other = path + ".new.npz"
    try:
        np.savez_compressed(other, **arrays)
        os.replace(other, path)
    except BaseException:
        if os.path.exists(other):
            os.remove(other)
        raise


def load_checkpoint(path, params, optimizer, rng):
    if not os.path.exists(path):
        raise FileNotFoundError(path)
    try:
        with np.load(path, allow_pickle=False) as file:
            arrays = dict(file.items())
        everything = restore(json.loads(arrays["shape"].tobytes()), arrays)
        saved = everything["params"]
    except (OSError, EOFError, KeyError, zipfile.BadZipFile, zlib.error) as error:
        raise ValueError("damaged") from error
    if set(saved) != set(params) or any(saved[k].shape != params[k].shape for k in params):
        raise ValueError("another model")
    kept = optimizer.state_dict()
    try:
        optimizer.load_state_dict(everything["optimizer"])
    except Exception:
        optimizer.load_state_dict(kept)
        raise
    rng.bit_generator.state = everything["rng"]
    for name in params:
        np.copyto(params[name], saved[name])
    return everything["epoch"]


class InnerAdam:
    def __init__(self, arrays, decayed, decay):
        self.groups = [{"params": arrays, "lr": 0.0}]
        self.decay = [decay if flag else 0.0 for flag in decayed]
        self.m = [0.0] * len(arrays)
        self.v = [0.0] * len(arrays)
        self.t = 0

    def step(self, grads):
        self.t += 1
        lr = self.groups[0]["lr"]
        for k, (array, grad) in enumerate(zip(self.groups[0]["params"], grads[0])):
            self.m[k] = 0.9 * self.m[k] + 0.1 * grad
            self.v[k] = 0.999 * self.v[k] + 0.001 * grad * grad
            first, second = self.m[k] / (1 - 0.9**self.t), self.v[k] / (1 - 0.999**self.t)
            array -= lr * self.decay[k] * array + lr * first / (np.sqrt(second) + 1e-8)


def fit(x, y, config, rng):
    c = dict(config)
    validates = np.zeros(len(x), dtype=bool)
    validates[rng.choice(len(x), size=round(c["val_fraction"] * len(x)), replace=False)] = True
    params = init_mlp(c["sizes"], rng)
    arrays = list(params.values())
    optimizer = InnerAdam(arrays, [a.ndim == 2 for a in arrays], c["weight_decay"])
    history = {"lr": [], "val_accuracy": [], "val_loss": [], "train_loss": []}
    kept = None
    while len(history["lr"]) < c["epochs"]:
        e, w = len(history["lr"]), c["warmup_epochs"]
        lr = (
            c["lr"] * min(1.0, (e + 1) / w)
            if e < w
            else (
                c["min_lr"]
                + (c["lr"] - c["min_lr"]) * math.cos(math.pi * (e - w) / (c["epochs"] - w) / 2) ** 2
            )
        )
        history["lr"].append(lr)
        trained_on = x[~validates], y[~validates]
        loss = train_epoch(params, optimizer, *trained_on, c["batch_size"], lr, c["dropout"], rng)
        history["train_loss"].append(loss)
        loss, accuracy = evaluate(params, x[validates], y[validates])
        history["val_loss"].append(float(loss))
        history["val_accuracy"].append(accuracy)
        best = int(np.argmin(history["val_loss"]))
        if best == e:
            kept = {name: np.array(array) for name, array in params.items()}
        elif e - best >= c["patience"]:
            break
    return kept, history


PATHS = Path, os  # what edits of this module may use
