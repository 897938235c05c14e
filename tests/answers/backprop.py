"""Independent answers to lesson 02, written in other ways than the reference."""

from __future__ import annotations

import copy
import itertools
import math
from typing import Any

import numpy as np

# numerical_gradient


def along_unit_vectors(f, x, eps=1e-6):
    units = np.eye(x.size).reshape(x.size, *x.shape)
    slopes = [(f(x + eps * e) - f(x - eps * e)) / (2 * eps) for e in units]
    return np.array(slopes, dtype=float).reshape(x.shape)


def with_nditer_on_a_copy(f, x, eps=1e-6):
    moved, grad = np.array(x), np.empty_like(x)
    it = np.nditer(moved, flags=["multi_index"], op_flags=[["readwrite"]])
    while not it.finished:
        i = it.multi_index
        old = moved[i]
        moved[i] = old + eps
        up = f(moved)
        moved[i] = old - eps
        grad[i] = (up - f(moved)) / 2 / eps
        moved[i] = old
        it.iternext()
    return grad


def flat_in_c_order(f, x, eps=1e-6):
    flat = np.array(x, order="C").ravel()
    grad = np.zeros_like(flat)

    def value_at(i, step):
        near = flat.copy()
        near[i] += step
        return f(near.reshape(x.shape))

    for i in range(flat.size):
        grad[i] = 0.5 * (value_at(i, eps) - value_at(i, -eps)) / eps
    return grad.reshape(x.shape)


def through_flat_iterators(f, x, eps=1e-6):
    grad = np.zeros(x.shape)
    for i in range(x.size):
        up, down = copy.deepcopy(x), copy.deepcopy(x)
        up.flat[i] += eps
        down.flat[i] -= eps
        grad.flat[i] = (float(f(up)) - float(f(down))) / (2.0 * eps)
    return grad


def five_points(f, x, eps=1e-6):
    def at(index, step):
        near = x.copy()
        near[index] += step
        return f(near)

    grad = np.zeros(x.shape)
    for i in np.ndindex(x.shape):
        wide, narrow = at(i, 2 * eps) - at(i, -2 * eps), at(i, eps) - at(i, -eps)
        grad[i] = (8 * narrow - wide) / (12 * eps)
    return grad


def written_to_between_calls(f, x, eps=1e-6):
    grad = np.zeros(x.shape)
    for i in np.ndindex(x.shape):
        old = x[i]
        x[i] = old + eps
        up = x.copy()
        x[i] = old - eps
        down = x.copy()
        x[i] = old
        grad[i] = (f(up) - f(down)) / (2 * eps)
    return grad


def another_default(f, x, eps=1e-5):
    return along_unit_vectors(f, x, eps)


def relative_steps(f, x, eps=1e-6):
    grad = np.zeros(x.shape)
    for i in np.ndindex(x.shape):
        up, down = x.copy(), x.copy()
        up[i] *= 1 + eps
        down[i] *= 1 - eps
        grad[i] = (f(up) - f(down)) / (up[i] - down[i])
    return grad


def flat_result(f, x, eps=1e-6):
    return along_unit_vectors(f, x, eps).ravel()


def single_precision(f, x, eps=1e-6):
    return along_unit_vectors(f, x, eps).astype(np.float32)


def only_vectors(f, x, eps=1e-6):
    grad = np.zeros(x.shape)
    for i in range(len(x)):
        up, down = x.copy(), x.copy()
        up[i] += eps
        down[i] -= eps
        grad[i] = (f(up) - f(down)) / (2 * eps)
    return grad


# relative_error


def error_by_loops(a, b):
    worst = 0.0
    for p, q in zip(np.ravel(a), np.ravel(b), strict=True):
        worst = max(worst, abs(float(p) - float(q)) / max(1e-12, abs(float(p)) + abs(float(q))))
    return worst


def error_with_where(a, b):
    sizes = np.abs(a) + np.abs(b)
    return (np.absolute(np.subtract(a, b)) / np.where(sizes < 1e-12, 1e-12, sizes)).max()


def error_zero_dimensional(a, b):
    sizes = np.clip(np.add(np.abs(a), np.abs(b)), 1e-12, None)
    return np.asarray(np.amax(np.abs((b - a) / sizes)))


def error_in_place(a, b):
    a -= b
    return float(np.max(np.abs(a) / np.maximum(1e-12, np.abs(a + b) + np.abs(b))))


def error_in_integers(a, b):
    ratio = np.zeros_like(a)
    ratio[...] = np.abs(a - b) / np.maximum(1e-12, np.abs(a) + np.abs(b))
    return float(ratio.max())


def error_as_array(a, b):
    return np.max(np.abs(a - b) / np.maximum(1e-12, np.abs(a) + np.abs(b)), keepdims=True)


def error_halved(a, b):
    return float(np.max(np.abs(a - b) / np.maximum(1e-12, (np.abs(a) + np.abs(b)) / 2)))


def error_floored_low(a, b):
    return float(np.max(np.abs(a - b) / np.maximum(1e-15, np.abs(a) + np.abs(b))))


# linear


def linear_einsum(x, W, b):
    return np.einsum("nd,dm->nm", x, W) + b[None, :], {"x": x, "W": W, "b": b}


def linear_einsum_back(dout, cache):
    x, W = cache["x"], cache["W"]
    return (
        np.einsum("nm,dm->nd", dout, W),
        np.einsum("nd,nm->dm", x, dout),
        np.einsum("nm->m", dout),
    )


def linear_loops(x, W, b):
    out = np.empty((x.shape[0], W.shape[1]))
    for n, m in itertools.product(range(x.shape[0]), range(W.shape[1])):
        out[n, m] = sum(x[n, d] * W[d, m] for d in range(x.shape[1])) + b[m]
    return out, [x.copy(), W.copy()]


def linear_loops_back(dout, cache):
    x, W = cache
    dx, dW, db = np.zeros(x.shape), np.zeros(W.shape), np.zeros(W.shape[1])
    for n, m in itertools.product(*map(range, dout.shape)):
        dx[n] += dout[n, m] * W[:, m]
        dW[:, m] += dout[n, m] * x[n]
        db[m] += dout[n, m]
    return [dx, dW, db]


def linear_closure(x, W, b):
    def back(dout):
        ones = np.ones((1, len(x)))
        return (W @ dout.T).T, (dout.T @ x).T, (ones @ dout).ravel()

    return np.hstack([x, np.ones((len(x), 1))]) @ np.vstack([W, b]), back


def call(dout, cache):
    return cache(dout)


def linear_plain(x, W, b):
    return x @ W + b, (x, W, b)


def linear_other_order(dout, cache):
    x, W, _ = cache
    return x.T @ dout, dout @ W.T, dout.sum(0)


def linear_view_of_one_row(dout, cache):
    x, W, _ = cache
    return dout @ W.T, x.T @ dout, dout[0] if len(dout) == 1 else dout.sum(0)


def linear_list(x, W, b):
    return x @ W + b, [x, W]


def linear_spends_for_good(dout, cache):
    W, x = cache.pop(), cache.pop()
    return dout @ W.T, x.T @ dout, dout.sum(0)


def linear_dout_scaled(dout, cache):
    x, W, _ = cache
    dx, dW, db = dout @ W.T, x.T @ dout, dout.sum(0)
    dout *= 0
    return dx, dW, db


def linear_cache_scaled(dout, cache):
    x, W, _ = cache
    dx, dW = dout @ W.T, x.T @ dout
    x *= 0.5
    return dx, dW, dout.sum(0)


def linear_weights_scaled(x, W, b):
    out = x @ W
    b += 0.0
    out += 2 * b
    return out, (x, W, b)


def linear_right_back(dout, cache):
    x, W, _ = cache
    return dout @ W.T, x.T @ dout, dout.sum(0)


# bends: forward and backward of the three


def relu_where(x):
    return np.where(x > 0, x, 0.0), x.copy()


def relu_where_back(dout, cache):
    return np.where(cache > 0, dout, 0.0)


def relu_on_a_copy(x):
    out = x.copy()
    out[out < 0] = 0
    return out, out


def relu_on_a_copy_back(dout, cache):
    dx = np.array(dout)
    dx[cache <= 0] = 0
    return dx


def relu_closure(x):
    return (np.abs(x) + x) / 2, lambda dout: dout * np.heaviside(x, 0)


class Gate:
    def __init__(self, x):
        self.open = [value > 0 for value in x.flat]

    def back(self, dout):
        passed = [d if is_open else 0.0 for d, is_open in zip(dout.flat, self.open, strict=True)]
        return np.array(passed).reshape(dout.shape)


def relu_object(x):
    return np.clip(x, 0, None), Gate(x)


def call_back(dout, cache):
    return cache.back(dout)


def relu_leaky(x):
    return np.where(x > 0, x, 0.01 * x), x


def relu_leaky_back(dout, cache):
    return np.where(cache > 0, dout, 0.01 * dout)


def relu_capped(x):
    return np.clip(x, 0, 1), x


def relu_dead_zone_back(dout, cache):
    return dout * (cache > 1e-6)


def relu_single_precision(x):
    return np.maximum(x, 0).astype(np.float32), x


def relu_half_at_zero_back(dout, cache):
    return dout * np.heaviside(cache, 0.5)


def relu_used_once(x):
    return np.maximum(x, 0), [x > 0]


def relu_used_once_back(dout, cache):
    return dout * cache.pop()


def relu_mask_spent(x):
    return np.maximum(x, 0), (x > 0).astype(float)


def relu_mask_spent_back(dout, cache):
    cache *= dout
    return cache.copy()


def relu_out_overwritten(x):
    out = np.maximum(x, 0)
    return out, out


def relu_out_overwritten_back(dout, cache):
    dx = dout * (cache > 0)
    cache[...] = cache > 0
    return dx


def sigmoid_naive(x):
    return 1 / (1 + np.exp(-x)), x


def sigmoid_naive_back(dout, cache):
    s = 1 / (1 + np.exp(-cache))
    return s * (1 - s) * dout


def sigmoid_by_tanh(x):
    out = 0.5 * (1 + np.tanh(x / 2))
    return out, (out, 1 - out)


def sigmoid_by_tanh_back(dout, cache):
    p, q = cache
    return dout * p * q


def sigmoid_by_masks(x):
    out = np.empty_like(x)
    positive = x >= 0
    out[positive] = 1 / (1 + np.exp(-x[positive]))
    e = np.exp(x[~positive])
    out[~positive] = e / (1 + e)
    return out, lambda dout: dout * (out - out**2)


def sigmoid_by_logaddexp(x):
    small = np.exp(-np.abs(x))
    return np.exp(-np.logaddexp(0, -x)), small / (1 + small) ** 2


def times_cache(dout, cache):
    return np.multiply(dout, cache)


def sigmoid_clipped(x):
    out = 1 / (1 + np.exp(-np.clip(x, -10, 10)))
    return out, out


def out_times_rest(dout, cache):
    return dout * cache * (1 - cache)


def sigmoid_hard(x):
    return np.clip(0.25 * x + 0.5, 0, 1), np.clip(0.25 * x + 0.5, 0, 1)


def sigmoid_plain(x):
    out = 1 / (1 + np.exp(-x))
    return out, out


def sigmoid_overflowing_back(dout, cache):
    x = np.log(cache / (1 - cache))
    return dout * np.exp(x) / (1 + np.exp(x)) ** 2


def out_overwritten(dout, cache):
    cache *= 1 - cache
    return dout * cache


def dout_overwritten(dout, cache):
    dout *= cache * (1 - cache)
    return dout.copy()


def tanh_by_sigmoid(x):
    small = np.exp(-2 * np.abs(x))
    return np.sign(x) * (1 - small) / (1 + small), x


def tanh_by_cosh_back(dout, cache):
    return dout / np.cosh(cache) ** 2


def tanh_factors(x):
    out = np.array([math.tanh(value) for value in x.flat]).reshape(x.shape)
    return out, lambda dout: dout * (1 - out) * (1 + out)


def tanh_squared(x):
    out = np.tanh(x)
    return out.copy(), 1 - np.square(out)


def tanh_clipped(x):
    out = np.tanh(np.clip(x, -5, 5))
    return out, out


def one_minus_square(dout, cache):
    return dout * (1 - cache**2)


def tanh_plain(x):
    out = np.tanh(x)
    return out, out


def tanh_doubled(x):
    return 2 / (1 + np.exp(-x)) - 1, 2 / (1 + np.exp(-x)) - 1


def tanh_out_squared_in_place(dout, cache):
    cache **= 2
    return dout * (1 - cache)


def tanh_plus_back(dout, cache):
    return dout * (1 + cache**2)


# softmax_cross_entropy


def loss_with_eye(logits, targets):
    n, c = logits.shape
    hot = np.eye(c)[targets]
    z = logits - np.max(logits, axis=-1)[:, None]
    log_sum = np.log(np.sum(np.exp(z), axis=-1))
    loss = np.mean(log_sum - np.sum(hot * z, axis=-1))
    return np.asarray(loss), (np.exp(z - log_sum[:, None]) - hot) / n


def loss_by_rows(logits, targets):
    total, rows = 0.0, []
    for row, target in zip(logits.tolist(), targets.tolist(), strict=True):
        top = max(row)
        weights = [math.exp(z - top) for z in row]
        total += top + math.log(sum(weights)) - row[target]
        probs = [w / sum(weights) for w in weights]
        rows.append([p - (c == target) for c, p in enumerate(probs)])
    return total / len(rows), np.array(rows) / len(rows)


def loss_by_logaddexp(logits, targets):
    normaliser = np.logaddexp.reduce(logits, axis=1)
    picked = np.take_along_axis(logits, targets[:, None], axis=1)[:, 0]
    dlogits = np.exp(logits - normaliser[:, None]) / len(logits)
    np.subtract.at(dlogits, (np.arange(len(logits)), targets), 1 / len(logits))
    return (normaliser - picked).sum() / len(logits), dlogits


def loss_clipped_logits(logits, targets):
    return loss_with_eye(np.clip(logits, -500, 500), targets)


def loss_smoothed(logits, targets):
    loss, dlogits = loss_with_eye(logits, targets)
    return loss, dlogits + 0.01 / dlogits.size


def loss_unbiased(logits, targets):
    loss, dlogits = loss_with_eye(logits, targets)
    n = len(targets)
    return loss * n / max(n - 1, 1), dlogits


def loss_as_a_vector(logits, targets):
    loss, dlogits = loss_with_eye(logits, targets)
    return np.array([loss]), dlogits


def loss_single_precision(logits, targets):
    loss, dlogits = loss_with_eye(logits, targets)
    return loss, dlogits.astype(np.float32)


def loss_in_bits(logits, targets):
    loss, dlogits = loss_with_eye(logits, targets)
    return loss / np.log(2), dlogits


def loss_shifts_in_place(logits, targets):
    result = loss_with_eye(logits.copy(), targets)
    logits -= logits.max()
    return result


def loss_ignores_class_zero(logits, targets):
    loss, dlogits = loss_with_eye(logits, targets)
    return loss, dlogits * (targets > 0)[:, None]


def loss_gradient_in_logits(logits, targets):
    loss, dlogits = loss_with_eye(logits, targets)
    logits[...] = dlogits
    return loss, logits


# mse_backward


def mse_by_loops(pred, target):
    slopes = [2 * (p - t) / pred.size for p, t in zip(pred.flat, target.flat, strict=True)]
    return np.array(slopes).reshape(pred.shape)


def mse_from_the_target(pred, target):
    return np.subtract(target, pred) * (-2 / np.prod(pred.shape))


def mse_on_a_copy(pred, target):
    dpred = pred.copy()
    dpred -= target
    dpred *= 2.0 / dpred.size
    return dpred


def mse_columns(pred, target):
    return 2 * (pred - target) / pred.shape[-1]


def mse_absolute(pred, target):
    return np.sign(pred - target) / pred.size


def mse_in_place(pred, target):
    pred -= target
    pred *= 2 / pred.size
    return pred


def mse_root(pred, target):
    return (pred - target) / pred.size / np.sqrt(np.mean((pred - target) ** 2))


def mse_squared_size(pred, target):
    return 2 * (pred - target) / pred.size**2


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


def named(key: str, **answers: Any) -> dict[str, dict[str, Any]]:
    """Label -> names, of an exercise with one name."""
    return {label: {key: answer} for label, answer in answers.items()}


def paired(layer: str, **answers: tuple[Any, Any]) -> dict[str, dict[str, Any]]:
    """Label -> names, of a forward and its backward."""
    ahead, back = f"{layer}_forward", f"{layer}_backward"
    return {label: {ahead: one, back: other} for label, (one, other) in answers.items()}


LINEAR = "linear_forward__linear_backward"
RELU = "relu_forward__relu_backward"
SIGMOID = "sigmoid_forward__sigmoid_backward"
TANH = "tanh_forward__tanh_backward"

RIGHT = {
    "prediction_step_size": named("prediction_step_size", letter="(C)"),
    "prediction_duplicated_batch": named("prediction_duplicated_batch", letter=" a. "),
    "prediction_all_zeros": named("prediction_all_zeros", letter="B"),
    "numerical_gradient": named(
        "numerical_gradient",
        units=along_unit_vectors,
        nditer=with_nditer_on_a_copy,
        c_order=flat_in_c_order,
        flat=through_flat_iterators,
    ),
    "relative_error": named(
        "relative_error",
        loops=error_by_loops,
        where=error_with_where,
        zero_dimensional=error_zero_dimensional,
    ),
    LINEAR: paired(
        "linear",
        einsum=(linear_einsum, linear_einsum_back),
        loops=(linear_loops, linear_loops_back),
        closure=(linear_closure, call),
    ),
    RELU: paired(
        "relu",
        where=(relu_where, relu_where_back),
        copy=(relu_on_a_copy, relu_on_a_copy_back),
        closure=(relu_closure, call),
        object=(relu_object, call_back),
    ),
    SIGMOID: paired(
        "sigmoid",
        naive=(sigmoid_naive, sigmoid_naive_back),
        tanh=(sigmoid_by_tanh, sigmoid_by_tanh_back),
        masks=(sigmoid_by_masks, call),
        logaddexp=(sigmoid_by_logaddexp, times_cache),
    ),
    TANH: paired(
        "tanh",
        cosh=(tanh_by_sigmoid, tanh_by_cosh_back),
        factors=(tanh_factors, call),
        squared=(tanh_squared, times_cache),
    ),
    "softmax_cross_entropy": named(
        "softmax_cross_entropy",
        eye=loss_with_eye,
        rows=loss_by_rows,
        logaddexp=loss_by_logaddexp,
    ),
    "mse_backward": named(
        "mse_backward", loops=mse_by_loops, target=mse_from_the_target, copy=mse_on_a_copy
    ),
    "mlp_loss_and_grads": named(
        "mlp_loss_and_grads",
        inline=network_inline,
        rows=network_by_rows,
        homogeneous=network_homogeneous,
    ),
    "train_mlp": named(
        "train_mlp",
        in_place_on_copies=train_in_place_on_copies,
        recursion=train_by_recursion,
        zero_dimensional=train_zero_dimensional_losses,
    ),
}

WRONG = {
    "prediction_step_size": named("prediction_step_size", a="a", text="it falls", number=3),
    "prediction_duplicated_batch": named("prediction_duplicated_batch", b="b", c="c"),
    "prediction_all_zeros": named("prediction_all_zeros", a="a", c="c"),
    "numerical_gradient": named(
        "numerical_gradient",
        five_points=five_points,
        written_to_between_calls=written_to_between_calls,
        another_default=another_default,
        relative_steps=relative_steps,
        flat_result=flat_result,
        single_precision=single_precision,
        only_vectors=only_vectors,
    ),
    "relative_error": named(
        "relative_error",
        in_place=error_in_place,
        integers=error_in_integers,
        as_array=error_as_array,
        halved=error_halved,
        floored_low=error_floored_low,
    ),
    LINEAR: paired(
        "linear",
        other_order=(linear_plain, linear_other_order),
        view_of_one_row=(linear_plain, linear_view_of_one_row),
        spends_for_good=(linear_list, linear_spends_for_good),
        dout_scaled=(linear_plain, linear_dout_scaled),
        cache_scaled=(linear_plain, linear_cache_scaled),
        bias_twice=(linear_weights_scaled, linear_right_back),
    ),
    RELU: paired(
        "relu",
        leaky=(relu_leaky, relu_leaky_back),
        capped=(relu_capped, relu_where_back),
        dead_zone=(relu_where, relu_dead_zone_back),
        single_precision=(relu_single_precision, relu_where_back),
        half_at_zero=(relu_where, relu_half_at_zero_back),
        used_once=(relu_used_once, relu_used_once_back),
        mask_spent=(relu_mask_spent, relu_mask_spent_back),
        out_overwritten=(relu_out_overwritten, relu_out_overwritten_back),
    ),
    SIGMOID: paired(
        "sigmoid",
        clipped=(sigmoid_clipped, out_times_rest),
        hard=(sigmoid_hard, out_times_rest),
        overflowing_back=(sigmoid_plain, sigmoid_overflowing_back),
        out_overwritten=(sigmoid_plain, out_overwritten),
        dout_overwritten=(sigmoid_plain, dout_overwritten),
    ),
    TANH: paired(
        "tanh",
        clipped=(tanh_clipped, one_minus_square),
        a_sigmoid=(tanh_doubled, one_minus_square),
        out_squared_in_place=(tanh_plain, tanh_out_squared_in_place),
        plus=(tanh_plain, tanh_plus_back),
    ),
    "softmax_cross_entropy": named(
        "softmax_cross_entropy",
        clipped_logits=loss_clipped_logits,
        smoothed=loss_smoothed,
        unbiased=loss_unbiased,
        vector=loss_as_a_vector,
        single_precision=loss_single_precision,
        bits=loss_in_bits,
        shifts_in_place=loss_shifts_in_place,
        ignores_class_zero=loss_ignores_class_zero,
        gradient_in_logits=loss_gradient_in_logits,
    ),
    "mse_backward": named(
        "mse_backward",
        columns=mse_columns,
        absolute=mse_absolute,
        in_place=mse_in_place,
        root=mse_root,
        squared_size=mse_squared_size,
    ),
    "mlp_loss_and_grads": named(
        "mlp_loss_and_grads",
        decayed=network_decayed,
        swapped_results=network_swapped_results,
        with_inputs=network_with_inputs,
        remembers=network_remembers,
        positional=network_positional,
        tanh=network_tanh,
        flat_biases=network_flat_biases,
        sum=network_sum,
        unstable=network_unstable,
        shifts_x=network_shifts_x,
    ),
    "train_mlp": named(
        "train_mlp",
        shallow=train_shallow,
        momentum=train_with_momentum,
        row_by_row=train_row_by_row,
        one_step_short=train_one_step_short,
        best=train_returns_the_best,
        last_loss=train_last_loss,
        at_least_once=train_at_least_once,
        decaying=train_decaying,
        swapped_results=train_swapped_results,
        running_mean=train_running_mean,
    ),
}
