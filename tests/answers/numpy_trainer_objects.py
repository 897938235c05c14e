"""Lesson 08 with closures and objects: every layer knows its own way back, a file is one text."""

# ruff: noqa: B905, BLE001, RUF046 (as learners write)

from __future__ import annotations

import io
import json
import os
import tempfile
import zipfile
from pathlib import Path

import numpy as np


def init_mlp(sizes, rng):
    params = {}
    for layer in range(len(sizes) - 1, 0, -1):
        fan_in = sizes[layer - 1]
        params[f"b{layer}"] = 0 * np.ones(sizes[layer])
        params[f"W{layer}"] = rng.normal(
            scale=fan_in**-0.5 * 2**0.5, size=fan_in * sizes[layer]
        ).reshape(fan_in, -1)
    return params


class Layer:
    def __init__(self, number, W, b):
        self.number, self.W, self.b = number, W, b

    def there(self, h):
        self.h = h
        return np.dot(h, self.W) + self.b

    def back(self, blame, grads):
        ones = np.ones(len(blame))
        grads.update({f"W{self.number}": np.dot(self.h.T, blame), f"b{self.number}": ones @ blame})
        return np.dot(blame, self.W.T)


class Bend:
    def __init__(self, p, rng):
        self.p, self.rng = p, rng

    def there(self, h):
        self.closed = h <= 0
        self.factor = 1.0
        if self.rng is not None:
            self.closed = self.closed | (self.rng.uniform(size=h.shape) < self.p)
            self.factor = 1 / (1 - self.p)
        return np.where(self.closed, 0.0, h * self.factor)

    def back(self, blame, grads):
        return np.where(self.closed, 0.0, blame * self.factor)


def forward(params, x, p, rng, training):
    depth, chain, h = len(params) >> 1, [], x
    for number in range(1, depth + 1):
        chain.append(Layer(number, params[f"W{number}"], params[f"b{number}"]))
        if number < depth:
            chain.append(Bend(p, rng if training else None))
    for part in chain:
        h = part.there(h)
    return h, chain


def backward(dlogits, caches):
    grads = {}
    for part in caches[::-1]:
        dlogits = part.back(dlogits, grads)
    return grads


def losses_and_blame(logits, y):
    top = logits.max(1, keepdims=True)
    weights = np.exp(logits - top)
    total = weights.sum(1, keepdims=True)
    picked = np.take_along_axis(logits, y[:, None], 1)
    blame = weights / total
    blame[np.arange(len(y)), y] -= 1.0
    return (top + np.log(total) - picked)[:, 0], blame / len(y)


def train_epoch(params, optimizer, x, y, batch_size, lr, p, rng):
    place = {
        id(array): (i, j)
        for i, group in enumerate(optimizer.groups)
        for j, array in enumerate(group["params"])
    }
    for group in optimizer.groups:
        group["lr"] = lr
    order = np.argsort(rng.random(len(x)))
    seen = np.empty(len(x))
    for rows in np.split(order, range(batch_size, len(x), batch_size)):
        logits, caches = forward(params, x.take(rows, axis=0), p, rng, True)
        seen[rows], blame = losses_and_blame(logits, y.take(rows))
        grads = [[None] * len(group["params"]) for group in optimizer.groups]
        for name, grad in backward(blame, caches).items():
            i, j = place[id(params[name])]
            grads[i][j] = grad
        optimizer.step(grads)
    return seen.mean()


def evaluate(params, x, y):
    total, right = 0.0, 0
    for start in range(0, len(x), 16):
        logits, _ = forward(params, x[start : start + 16], 0.0, None, False)
        total += losses_and_blame(logits, y[start : start + 16])[0].sum()
        right += np.count_nonzero(logits.argmax(-1) == y[start : start + 16])
    return [total / len(x), np.float64(right / len(x))]


class Text(json.JSONEncoder):
    """Everything in one JSON text; the bytes of arrays as hexadecimal digits."""

    def default(self, value):
        if isinstance(value, np.ndarray):
            return {"": [value.dtype.str, list(value.shape), value.tobytes().hex()]}
        return value.item()


def revive(item):
    if list(item) == [""]:
        dtype, shape, digits = item[""]
        return np.frombuffer(bytes.fromhex(digits), dtype).reshape(shape).copy()
    return item


def save_checkpoint(path, params, optimizer, epoch, rng):
    state = [params, optimizer.state_dict(), epoch, rng.bit_generator.state]
    text = np.frombuffer(json.dumps(state, cls=Text).encode(), np.uint8)
    buffer = io.BytesIO()
    np.savez(buffer, text=text)
    target = Path(path)
    with tempfile.TemporaryDirectory(dir=target.parent) as folder:
        aside = Path(folder) / "new"
        aside.write_bytes(buffer.getvalue())
        aside.rename(target)


def load_checkpoint(path, params, optimizer, rng):
    content = Path(path).read_bytes()
    try:
        archive = zipfile.ZipFile(io.BytesIO(content))
        text = np.lib.format.read_array(archive.open("text.npy"), allow_pickle=False)
        saved, state, epoch, generator = json.loads(text.tobytes(), object_hook=revive)
    except Exception:
        raise ValueError(f"{path} cannot be read") from None
    if {k: v.shape for k, v in saved.items()} != {k: v.shape for k, v in params.items()}:
        raise ValueError(f"{path} is of another model")
    optimizer.load_state_dict(state)
    rng.bit_generator.state = generator
    for name, array in params.items():
        array.flat = saved[name].ravel()
    return epoch


class Descent:
    """Momentum again, without options of groups."""

    def __init__(self, groups):
        self.groups, self.speed = groups, {}

    def step(self, grads):
        for group, some in zip(self.groups, grads):
            for array, grad in zip(group["params"], some):
                speed = self.speed.get(id(array), 0.0) * 0.9 + grad
                self.speed[id(array)] = speed
                array *= 1 - group["lr"] * group["decay"]
                array += -group["lr"] * speed


def fit(x, y, config, rng):
    shuffled = rng.permutation(len(x))
    cut = len(x) - int(round(config["val_fraction"] * len(x)))
    parts = [(x[rows], y[rows]) for rows in (shuffled[:cut], shuffled[cut:])]
    params = init_mlp(list(config["sizes"]), rng)
    optimizer = Descent(
        [
            {"params": [array], "lr": 0.0, "decay": config["weight_decay"]}
            for array in params.values()
        ]
    )
    warmup, epochs = config["warmup_epochs"], config["epochs"]
    rising = [config["lr"] * (k + 1) / warmup for k in range(min(warmup, epochs))]
    left = epochs - len(rising)
    falling = [
        config["min_lr"] + 0.5 * (config["lr"] - config["min_lr"]) * (1 + np.cos(np.pi * k / left))
        for k in range(left)
    ]
    rows, best = [], (np.inf, None, -1)
    for epoch, lr in enumerate(rising + falling):
        loss = train_epoch(
            params, optimizer, *parts[0], config["batch_size"], lr, config["dropout"], rng
        )
        judged = evaluate(params, *parts[1])
        rows.append((loss, *judged, lr))
        if judged[0] < best[0]:
            best = (judged[0], {name: array + 0.0 for name, array in params.items()}, epoch)
        if epoch - best[2] == config["patience"]:
            break
    names = ("train_loss", "val_loss", "val_accuracy", "lr")
    return best[1], dict(zip(names, map(list, zip(*rows))))


FILES = os
