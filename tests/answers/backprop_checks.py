"""Independent answers to lesson 02 of numerical_gradient and relative_error, right and wrong."""

from __future__ import annotations

import copy

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


def error_as_array(a, b):
    return np.max(np.abs(a - b) / np.maximum(1e-12, np.abs(a) + np.abs(b)), keepdims=True)


def error_halved(a, b):
    return float(np.max(np.abs(a - b) / np.maximum(1e-12, (np.abs(a) + np.abs(b)) / 2)))


def error_floored_low(a, b):
    return float(np.max(np.abs(a - b) / np.maximum(1e-15, np.abs(a) + np.abs(b))))
