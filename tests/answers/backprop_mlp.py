"""Independent answers to lesson 02 of the network and its training, right and wrong."""

from __future__ import annotations

import copy

import numpy as np

from .backprop_losses import loss_by_logaddexp, loss_by_rows, loss_with_eye

# mlp_loss_and_grads


def network_inline(params, x, y):
    W1, b1, W2, b2 = (params[k] for k in ("W1", "b1", "W2", "b2"))
    n = x.shape[0]
    a = x @ W1 + b1
    h = np.where(a > 0, a, 0)
    z = h @ W2 + b2
    z = z - z.max(1, keepdims=True)
    p = np.exp(z)
    p /= p.sum(1, keepdims=True)
    loss = np.mean(np.log(np.exp(z).sum(1)) - z[np.arange(n), y])
    g = p.copy()
    g[np.arange(n), y] -= 1
    g /= n
    ga = (g @ W2.T) * (a > 0)
    return loss, {"b2": g.sum(0), "W2": h.T @ g, "b1": ga.sum(0), "W1": x.T @ ga}


def network_by_rows(params, x, y):
    total, grads = 0.0, {name: np.zeros(value.shape) for name, value in params.items()}
    for row, target in zip(x, y, strict=True):
        a = row @ params["W1"] + params["b1"]
        h = np.maximum(a, 0)
        loss, g = loss_by_rows((h @ params["W2"] + params["b2"])[None], np.array([target]))
        ga = (params["W2"] @ g[0]) * (h > 0)
        total += loss / len(x)
        outer = {"W1": np.outer(row, ga), "b1": ga, "W2": np.outer(h, g[0]), "b2": g[0]}
        for name, value in outer.items():
            grads[name] += value / len(x)
    return np.float64(total), grads


def network_homogeneous(params, x, y):
    def widened(rows):
        return np.concatenate([rows, np.ones((len(rows), 1))], axis=1)

    first = np.vstack([params["W1"], params["b1"]])
    second = np.vstack([params["W2"], params["b2"]])
    a = widened(x) @ first
    h = widened(np.maximum(a, 0))
    loss, g = loss_by_logaddexp(h @ second, y)
    d2 = h.T @ g
    d1 = widened(x).T @ np.where(a > 0, (g @ second.T)[:, :-1], 0)
    grads = {"W1": d1[:-1], "b1": d1[-1], "W2": d2[:-1], "b2": d2[-1]}
    return np.array(loss), {name: np.array(value) for name, value in grads.items()}


def network_decayed(params, x, y):
    loss, grads = network_inline(params, x, y)
    return loss, {name: g + 1e-4 * params[name] for name, g in grads.items()}


def network_swapped_results(params, x, y):
    return network_inline(params, x, y)[::-1]


def network_with_inputs(params, x, y):
    loss, grads = network_inline(params, x, y)
    return loss, {**grads, "x": np.zeros_like(x)}


def network_remembers(params, x, y):
    loss, grads = network_inline(params, x, y)
    params["grads"] = grads
    return loss, grads


def network_positional(params, x, y):
    W2, W1, b1, b2 = params.values()
    return network_inline({"W1": W1, "b1": b1, "W2": W2, "b2": b2}, x, y)


def network_tanh(params, x, y):
    h = np.tanh(x @ params["W1"] + params["b1"])
    loss, g = loss_with_eye(h @ params["W2"] + params["b2"], y)
    ga = (g @ params["W2"].T) * (1 - h**2)
    return loss, {"W1": x.T @ ga, "b1": ga.sum(0), "W2": h.T @ g, "b2": g.sum(0)}


def network_flat_biases(params, x, y):
    loss, grads = network_inline(params, x, y)
    return loss, {name: np.atleast_2d(g) for name, g in grads.items()}


def network_sum(params, x, y):
    loss, grads = network_inline(params, x, y)
    return loss * len(x), {name: g * len(x) for name, g in grads.items()}


def network_unstable(params, x, y):
    h = np.maximum(x @ params["W1"] + params["b1"], 0)
    z = h @ params["W2"] + params["b2"]
    p = np.exp(z) / np.exp(z).sum(1, keepdims=True)
    loss = -np.log(p[np.arange(len(y)), y] + 1e-300).mean()
    return loss, network_inline(params, x, y)[1]


def network_shifts_x(params, x, y):
    result = network_inline(params, x, y)
    x -= 1e-3
    return result


# train_mlp


def train_in_place_on_copies(params, x, y, lr, steps):
    params = copy.deepcopy(params)
    losses = np.zeros(steps)
    for i in range(steps):
        losses[i], grads = network_inline(params, x, y)
        for name in params:
            params[name] -= lr * grads[name]
    return params, losses


def train_by_recursion(params, x, y, lr, steps):
    if steps == 0:
        return {name: np.array(value) for name, value in params.items()}, ()
    loss, grads = network_by_rows(params, x, y)
    moved = {name: value - lr * grads[name] for name, value in params.items()}
    end, losses = train_by_recursion(moved, x, y, lr, steps - 1)
    return end, (loss, *losses)


def train_zero_dimensional_losses(params, x, y, lr, steps):
    now, losses = {k: v + 0.0 for k, v in params.items()}, []
    while len(losses) < steps:
        loss, grads = network_homogeneous(now, x, y)
        losses.append(loss)
        now = {k: np.add(now[k], -lr * grads[k]) for k in ("b2", "b1", "W2", "W1")}
    return now, losses


def train_shallow(params, x, y, lr, steps):
    params, losses = dict(params), []
    for _ in range(steps):
        loss, grads = network_inline(params, x, y)
        losses.append(loss)
        params = {name: value - lr * grads[name] for name, value in params.items()}
    return params, losses


def train_with_momentum(params, x, y, lr, steps):
    params, losses = copy.deepcopy(params), []
    velocity = dict.fromkeys(params, 0.0)
    for _ in range(steps):
        loss, grads = network_inline(params, x, y)
        losses.append(loss)
        for name in params:
            velocity[name] = 0.9 * velocity[name] + grads[name]
            params[name] = params[name] - lr * velocity[name]
    return params, losses


def train_row_by_row(params, x, y, lr, steps):
    params, losses = copy.deepcopy(params), []
    for _ in range(steps):
        losses.append(network_inline(params, x, y)[0])
        for i in range(len(x)):
            _, grads = network_inline(params, x[i : i + 1], y[i : i + 1])
            params = {name: value - lr / len(x) * grads[name] for name, value in params.items()}
    return params, losses


def train_one_step_short(params, x, y, lr, steps):
    end, losses = train_in_place_on_copies(params, x, y, lr, max(steps - 1, 0))
    return end, [*losses, network_inline(end, x, y)[0]][:steps]


def train_returns_the_best(params, x, y, lr, steps):
    best, losses = copy.deepcopy(params), []
    now = best
    for _ in range(steps):
        loss, grads = network_inline(now, x, y)
        if not losses or loss < min(losses):
            best = now
        losses.append(loss)
        now = {name: value - lr * grads[name] for name, value in now.items()}
    return best, losses


def train_last_loss(params, x, y, lr, steps):
    end, losses = train_in_place_on_copies(params, x, y, lr, steps)
    return end, losses[-1:]


def train_at_least_once(params, x, y, lr, steps):
    return train_in_place_on_copies(params, x, y, lr, max(steps, 1))


def train_decaying(params, x, y, lr, steps):
    params, losses = copy.deepcopy(params), []
    for i in range(steps):
        loss, grads = network_inline(params, x, y)
        losses.append(loss)
        params = {name: value - lr / (1 + i) * grads[name] for name, value in params.items()}
    return params, losses


def train_swapped_results(params, x, y, lr, steps):
    return train_in_place_on_copies(params, x, y, lr, steps)[::-1]


def train_running_mean(params, x, y, lr, steps):
    end, losses = train_in_place_on_copies(params, x, y, lr, steps)
    return end, np.cumsum(losses) / np.arange(1, steps + 1)
