"""Wrong answers to lesson 02 as people write them: whole, in their own names, often two mistakes at
once or a side condition missed beside one. The tests of the lesson say what each is named."""

from __future__ import annotations

import numpy as np

from .backprop_mlp import network_inline

# numerical_gradient


def nudged_in_place(f, x, eps=1e-5):
    grad = np.zeros_like(x)
    it = np.nditer(x, flags=["multi_index"], op_flags=["readwrite"])
    while not it.finished:
        ix = it.multi_index
        old = x[ix]
        x[ix] = old + eps
        fxph = f(x)
        x[ix] = old - eps
        fxmh = f(x)
        x[ix] = old
        grad[ix] = (fxph - fxmh) / (2 * eps)
        it.iternext()
    return grad


def one_sided_in_place(f, x, eps=1e-6):
    fx = f(x)
    grad = np.zeros(x.shape)
    for ix in np.ndindex(x.shape):
        old = x[ix]
        x[ix] = old + eps
        grad[ix] = (f(x) - fx) / eps
        x[ix] = old
    return grad


def no_batch(f, x, eps):
    grad = np.zeros_like(x)
    for i in range(x.size):
        kept = x[i]
        x[i] = kept + eps
        high = f(x)
        x[i] = kept - eps
        grad[i] = (high - f(x)) / (2 * eps)
        x[i] = kept
    return grad


def rows_apart(f, x, eps=1e-6):
    if x.ndim == 1:
        return no_batch(f, x, eps)
    grad = np.zeros_like(x)
    for i, row in enumerate(x):
        grad[i] = no_batch(f, row, eps)
    return grad


def counted_along_axis_0(f, x, eps=1e-6):
    grad = np.zeros(x.shape)
    for i in range(x.size):
        a, b = np.copy(x), np.copy(x)
        a[i] += eps
        b[i] -= eps
        grad[i] = (f(a) - f(b)) / (2 * eps)
    return grad


def one_sided_and_flat(f, x, eps=1e-6):
    slopes = []
    for i in range(x.size):
        step = np.zeros(x.size)
        step[i] = eps
        slopes.append((f(x + step.reshape(x.shape)) - f(x)) / eps)
    return np.array(slopes)


# relative_error


def error_of_norms_without_floor(a, b):
    return np.linalg.norm(a - b) / (np.linalg.norm(a) + np.linalg.norm(b))


def error_to_the_larger(a, b):
    return np.max(np.abs(a - b) / np.maximum(1e-8, np.maximum(np.abs(a), np.abs(b))))


def error_of_the_mean(a, b):
    return np.mean(np.abs(a - b) / (np.abs(a) + np.abs(b) + 1e-12))


# layers


def linear_of_m_examples(dout, cache):
    x, W, _ = cache
    m = x.shape[0]
    dW = 1 / m * np.dot(x.T, dout)
    db = 1 / m * np.sum(dout, axis=0, keepdims=True)
    return np.dot(dout, W.T), dW, db


def linear_sums_everything(dout, cache):
    x, W, _ = cache
    return dout.dot(W.T), x.T.dot(dout), np.sum(dout)


def linear_into_x(dout, cache):
    x, W, _ = cache
    dW = x.T @ dout
    np.dot(dout, W.T, out=x)
    return x, dW, dout.sum(axis=0)


def relu_keeps_x(x):
    return np.maximum(0, x), x


def relu_into_dout(dout, cache):
    dx = dout
    dx[cache < 0] = 0
    return dx


def relu_by_sign(dout, cache):
    return dout * (np.sign(cache) + 1) / 2


def relu6(x):
    return np.minimum(np.maximum(x, 0), 6), x


def relu6_back(dout, cache):
    return dout * ((cache > 0) & (cache < 6))


def sigmoid_of_e_x(x):
    s = np.exp(x) / (1 + np.exp(x))
    return s, s


def sigmoid_prime(dout, cache):
    return cache * (1 - cache)


def tanh_of_e_2x(x):
    e = np.exp(2 * x)
    out = (e - 1) / (e + 1)
    return out, out


def tanh_times_the_difference(dout, cache):
    return dout * (1 - cache) ** 2


# losses


def softmax(z):
    e = np.exp(z)
    return e / np.sum(e, axis=1, keepdims=True)


def loss_without_a_shift(logits, targets):
    n = logits.shape[0]
    p = softmax(logits)
    loss = -np.sum(np.log(p[np.arange(n), targets])) / n
    p[np.arange(n), targets] -= 1
    return loss, p / n


def loss_by_log_sum_exp(logits, targets):
    n = logits.shape[0]
    log_sum = np.log(np.sum(np.exp(logits), axis=1))
    grad = softmax(logits)
    grad[range(n), targets] -= 1
    return np.mean(log_sum - logits[range(n), targets]), grad / n


def loss_with_eps_undivided(logits, targets):
    rows = np.arange(len(logits))
    p = softmax(logits - np.max(logits, axis=1, keepdims=True))
    grad = p.copy()
    grad[rows, targets] -= 1
    return -np.log(p[rows, targets] + 1e-8).mean(), grad


def loss_mean_of_one_hot(logits, targets):
    n, c = logits.shape
    p = softmax(logits - logits.max())
    y = np.eye(c)[targets]
    return -np.mean(y * np.log(p + 1e-12)), (p - y) / n


def mse_half_over_rows(pred, target):
    return (pred - target) / len(pred)


# mlp_loss_and_grads and train_mlp


def network_by_hand(params, x, y, *, gate, share, bias):
    a = x @ params["W1"] + params["b1"]
    h = np.maximum(a, 0)
    p = softmax(h @ params["W2"] + params["b2"])
    loss = np.mean(-np.log(p[np.arange(len(y)), y]))
    p[np.arange(len(y)), y] -= 1
    g = p / share(x)
    ga = (g @ params["W2"].T) * gate(a)
    return loss, {"W1": x.T @ ga, "b1": bias(ga), "W2": h.T @ g, "b2": bias(g)}


def network_undivided_unshifted(params, x, y):
    return network_by_hand(
        params, x, y, gate=lambda a: a > 0, share=lambda x: 1, bias=lambda g: g.sum(0)
    )


def network_open_and_averaged(params, x, y):
    return network_by_hand(params, x, y, gate=lambda a: a >= 0, share=len, bias=lambda g: g.mean(0))


def train_in_the_callers_arrays(params, x, y, lr, steps):
    losses = []
    for _ in range(steps):
        loss, grads = network_inline(params, x, y)
        losses.append(loss)
        for k in params:
            params[k] -= lr * grads[k]
    return params, np.array(losses)


def train_uphill_and_late(params, x, y, lr, steps):
    p, losses = {k: v.copy() for k, v in params.items()}, []
    for _ in range(steps):
        _, grads = network_inline(p, x, y)
        for k in p:
            p[k] += lr * grads[k]
        losses.append(network_inline(p, x, y)[0])
    return p, losses


def train_late_in_the_callers_dict(params, x, y, lr, steps):
    losses = []
    for _ in range(steps):
        _, grads = network_inline(params, x, y)
        for k in params:
            params[k] = params[k] - lr * grads[k]
        losses.append(network_inline(params, x, y)[0])
    return params, losses
