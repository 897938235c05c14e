"""Independent answers to lesson 00, written in other ways than the reference."""

from __future__ import annotations

import itertools
import math
from functools import reduce
from typing import Any

import numpy as np

# descent_step


def by_parts(x, grad, lr):
    return np.add(x, np.multiply(grad, -lr))


def on_a_copy(x, grad, lr):
    new = np.array(x, dtype=float)
    new -= lr * np.asarray(grad)
    return new


def element_by_element(x, grad, lr):
    if np.ndim(x) == 0:
        return float(x) - float(lr) * float(grad)
    flat = [a - lr * b for a, b in zip(np.ravel(x), np.ravel(grad), strict=True)]
    return np.array(flat, dtype=float).reshape(np.shape(x))


def with_plus_minus(x, grad, lr):
    return -(lr * grad - x)


# descend


def preallocated(grad_fn, x0, lr, steps):
    path = np.empty((steps + 1, *np.shape(x0)))
    path[0] = x0
    for i in range(steps):
        path[i + 1] = path[i] - lr * grad_fn(path[i])
    return path


def in_place_on_copies(grad_fn, x0, lr, steps):
    x = np.array(x0, dtype=np.float64)
    path = [x.copy()]
    for _ in range(steps):
        x -= lr * grad_fn(x)
        path.append(x.copy())
    return np.stack(path)


def python_numbers(grad_fn, x0, lr, steps):
    x, path = x0, [x0]
    while len(path) <= steps:
        x = x - lr * grad_fn(x)
        path.append(x)
    return np.array(path, dtype="float64")


def accumulated(grad_fn, x0, lr, steps):
    def walk(x, _):
        return x - lr * grad_fn(x)

    start = x0 * 1.0
    return np.asarray(list(itertools.accumulate(range(steps), walk, initial=start)))


def recursive(grad_fn, x0, lr, steps):
    if steps == 0:
        return np.array([x0], dtype=float)
    before = recursive(grad_fn, x0, lr, steps - 1)
    last = before[-1]
    return np.concatenate([before, [last - lr * grad_fn(last)]])


def grown(grad_fn, x0, lr, steps):
    path = np.asarray(x0, dtype=float)[np.newaxis].copy()
    for _ in range(steps):
        g = np.array(grad_fn(path[-1].copy()), dtype=float)
        path = np.append(path, (path[-1] - lr * g)[np.newaxis], axis=0)
    return path


class Descent:
    def __init__(self, grad_fn, lr):
        self.grad_fn, self.lr, self.path = grad_fn, lr, []

    def run(self, x, steps):
        self.path = [x]
        for _ in range(steps):
            self.path.append(self.path[-1] + -self.lr * self.grad_fn(self.path[-1]))
        return self.path


def with_a_class(grad_fn, x0, lr, steps):
    return np.array(Descent(grad_fn, lr).run(np.float64(x0), steps))


def fortran_order(grad_fn, x0, lr, steps):
    return np.asfortranarray(preallocated(grad_fn, x0, lr, steps))


# largest_stable_lr


def by_hand(curvatures):
    steepest = 0
    for c in curvatures:
        if c > steepest:
            steepest = c
    return 2.0 / steepest


RIGHT: dict[str, dict[str, dict[str, Any]]] = {
    "descent_step": {
        f.__name__: {"descent_step": f}
        for f in (by_parts, on_a_copy, element_by_element, with_plus_minus)
    },
    "descend": {
        f.__name__: {"descend": f}
        for f in (
            preallocated,
            in_place_on_copies,
            python_numbers,
            accumulated,
            recursive,
            grown,
            with_a_class,
            fortran_order,
        )
    },
    "largest_stable_lr": {
        "by hand": {"largest_stable_lr": by_hand},
        "numpy": {"largest_stable_lr": lambda curvatures: 2.0 / np.max(curvatures)},
        "tightest bound": {"largest_stable_lr": lambda curvatures: min(2 / c for c in curvatures)},
        "sorted copy": {"largest_stable_lr": lambda curvatures: 2 / sorted(curvatures)[-1]},
        "0-d array": {
            "largest_stable_lr": lambda curvatures: np.asarray(2 / np.asarray(curvatures).max())
        },
        "reduce": {"largest_stable_lr": lambda curvatures: 2 * reduce(max, curvatures) ** -1.0},
    },
}


# Wrong, and not in the bank.


def float32_path(grad_fn, x0, lr, steps):
    return preallocated(grad_fn, x0, lr, steps).astype(np.float32)


def column_for_numbers(grad_fn, x0, lr, steps):
    return preallocated(grad_fn, np.atleast_1d(x0), lr, steps)


def flattened(grad_fn, x0, lr, steps):
    return preallocated(grad_fn, x0, lr, steps).reshape(steps + 1, -1).squeeze()


def one_step_too_few(grad_fn, x0, lr, steps):
    path = preallocated(grad_fn, x0, lr, max(steps - 1, 0))
    return np.concatenate([path, path[-1:]])[: steps + 1]


def stops_when_close(grad_fn, x0, lr, steps):
    path = preallocated(grad_fn, x0, lr, steps)
    for i in range(steps):
        if np.linalg.norm(path[i + 1] - path[i]) < 0.5:
            path[i + 1 :] = path[i + 1]
            break
    return path


def momentum(grad_fn, x0, lr, steps):
    path, velocity = [np.asarray(x0, dtype=float)], 0.0
    for _ in range(steps):
        velocity = 0.9 * velocity + grad_fn(path[-1])
        path.append(path[-1] - lr * velocity)
    return np.array(path)


def clipped(grad_fn, x0, lr, steps):
    return preallocated(lambda x: np.clip(grad_fn(x), -1, 1), x0, lr, steps)


def one_coordinate_at_a_time(grad_fn, x0, lr, steps):
    x = np.array(x0, dtype=float)
    path = [x.copy()]
    for _ in range(steps):
        for index in np.ndindex(x.shape):
            x[index] -= lr * np.asarray(grad_fn(x))[index]
        path.append(x.copy())
    return np.array(path)


def no_zero_steps(grad_fn, x0, lr, steps):
    if steps < 1:
        raise ValueError("steps must be >= 1")
    return preallocated(grad_fn, x0, lr, steps)


def shares_the_start(grad_fn, x0, lr, steps):
    if steps == 0 and isinstance(x0, np.ndarray):
        return x0[np.newaxis]
    return preallocated(grad_fn, x0, lr, steps)


def keeps_the_gradients(grad_fn, x0, lr, steps):
    x, grads = np.asarray(x0, dtype=float), []
    for _ in range(steps):
        grads.append(grad_fn(x))
        x = x - lr * grads[-1]
    moves = np.cumsum([np.zeros_like(x), *grads], axis=0)
    return np.asarray(x0, dtype=float) - lr * moves


def only_down(grad_fn, x0, lr, steps):
    path = preallocated(grad_fn, x0, lr, steps)
    return np.where(np.abs(path) > 3 * np.max(np.abs(x0)), 0.0, path)


def asks_for_lists(grad_fn, x0, lr, steps):
    return preallocated(lambda x: grad_fn(np.round(x, 3)), x0, lr, steps)


def numbers_only(grad_fn, x0, lr, steps):
    return preallocated(grad_fn, float(x0), lr, steps)


def arrays_only(grad_fn, x0, lr, steps):
    path = np.zeros((steps + 1, *x0.shape))
    path[0] = x0
    for i in range(steps):
        path[i + 1] = path[i] - lr * grad_fn(path[i])
    return path


def breaks_below_a_gradient(grad_fn, x0, lr, steps):
    x = np.asarray(x0, dtype=float)
    path = [x]
    for _ in range(steps):
        g = grad_fn(x)
        if np.max(np.abs(g)) < 1e-3:
            break
        x = x - lr * g
        path.append(x)
    return np.array(path)


def a_list_as_default(grad_fn, x0, lr, steps, path=[]):  # noqa: B006 (it is the mistake)
    x = np.asarray(x0, dtype=float)
    path.append(x)
    for _ in range(steps):
        x = x - lr * grad_fn(x)
        path.append(x)
    return np.array(path)


def an_array_that_moves(grad_fn, x0, lr, steps):
    position = np.array(x0, dtype=float)
    visited = [position]
    for _ in range(steps):
        position -= grad_fn(position) * lr
        visited.append(position)
    return np.stack(visited)


def uphill_without_the_start(grad_fn, x0, lr, steps):
    visited = []
    for _ in range(steps):
        x0 = x0 + lr * grad_fn(x0)
        visited.append(x0)
    return np.asarray(visited, dtype=float)


def slope_of_the_start(grad_fn, x0, lr, steps):
    slope = grad_fn(np.asarray(x0, dtype=float))
    return np.stack([np.asarray(x0, dtype=float) - t * lr * slope for t in range(steps + 1)])


def starts_at_one(curvatures):
    steepest = 1
    for c in curvatures:
        steepest = max(steepest, c)
    return 2 / steepest


def _step(function):
    return {"descent_step": function}


def _edge(function):
    return {"largest_stable_lr": function}


WRONG: dict[str, dict[str, dict[str, Any]]] = {
    "descent_step": {
        "the gradient is halved": _step(lambda x, grad, lr: x - lr * grad / 2),
        "squared gradient": _step(lambda x, grad, lr: x - lr * grad**2),
        "arguments in another order": _step(lambda x, lr, grad: x - lr + grad * 0),
        "float32": _step(lambda x, grad, lr: np.float32(x - lr * grad)),
        "a list": _step(lambda x, grad, lr: np.atleast_1d(x - lr * grad).tolist()),
        "summed": _step(lambda x, grad, lr: np.sum(x - lr * grad)),
        "cut to the point's dtype": _step(
            lambda x, grad, lr: np.asarray(x - lr * grad).astype(np.asarray(x).dtype)
        ),
        "numbers only": _step(lambda x, grad, lr: float(x) - lr * float(grad)),
        "arrays only": _step(lambda x, grad, lr: x.copy() - lr * grad),
        "changes the gradient": _step(
            lambda x, grad, lr: (
                x - np.multiply(grad, lr, out=grad)
                if isinstance(grad, np.ndarray) and grad.dtype == float
                else x - lr * grad
            )
        ),
        "an average": _step(lambda x, grad, lr: (1 - lr) * x - lr * grad),
        "never below zero": _step(lambda x, grad, lr: np.maximum(x - lr * grad, 0.0)),
        "the rate is clipped at 1": _step(lambda x, grad, lr: x - min(lr, 1.0) * grad),
        "nothing": _step(lambda x, grad, lr: None),
        "uphill": _step(lambda x, grad, lr: grad * lr + x),
        "only the move": _step(lambda x, grad, lr: -(grad * lr)),
        "two results": _step(lambda x, grad, lr: (x - lr * grad, grad)),
    },
    "descend": {
        f.__name__: {"descend": f}
        for f in (
            float32_path,
            column_for_numbers,
            flattened,
            one_step_too_few,
            stops_when_close,
            momentum,
            clipped,
            one_coordinate_at_a_time,
            no_zero_steps,
            shares_the_start,
            keeps_the_gradients,
            only_down,
            asks_for_lists,
            numbers_only,
            arrays_only,
            breaks_below_a_gradient,
            a_list_as_default,
            an_array_that_moves,
            uphill_without_the_start,
            slope_of_the_start,
        )
    },
    "largest_stable_lr": {
        "geometric mean": _edge(lambda c: 2 / math.exp(sum(map(math.log, c)) / len(c))),
        "median": _edge(lambda c: 2 / np.median(c)),
        "a little below": _edge(lambda c: 1.99 / max(c)),
        "all of them": _edge(lambda c: 2 / np.asarray(c, dtype=float)),
        "one-element array": _edge(lambda c: np.array([2.0 / max(c)])),
        "capped at 1": _edge(lambda c: min(1.0, 2 / max(c))),
        "lists only": _edge(lambda c: 2 / max(c[:] + c[:0] if isinstance(c, list) else None)),
        "arrays only": _edge(lambda c: 2 / c.max()),
        "two at least": _edge(lambda c: 2 / max(*c)),
        "rounded": _edge(lambda c: round(2 / max(c), 3)),
        "text": _edge(lambda c: str(2 / max(c))),
        "the maximum starts at 1": _edge(starts_at_one),
        "two over the mean": _edge(lambda c: 2 / (sum(c) / len(c))),
        "float32": _edge(lambda c: np.float32(2 / max(c))),
    },
}

NAMED = {
    "descent_step": {"uphill": "plus_sign", "only the move": "returns_the_move"},
    "descend": {
        "breaks_below_a_gradient": "stops_when_the_gradient_is_below_1e_3",
        "uphill_without_the_start": "start_left_out + climbs",
        "an_array_that_moves": "path_overwritten",
        "slope_of_the_start": "gradient_at_start_only",
    },
    "largest_stable_lr": {"two over the mean": "mean_curvature"},
}
