"""Wrong answers to lesson 00 as tutorials type them, and what each should be named as."""

from __future__ import annotations

import numpy as np


def until_the_move_is_small(grad_fn, x0, lr, steps):
    vector = np.array(x0, dtype=float)
    history = [vector]
    for _ in range(steps):
        diff = -lr * grad_fn(vector)
        if np.all(np.abs(diff) <= 1e-6):
            break
        vector = vector + diff
        history.append(vector)
    return np.array(history)


def a_table_without_the_start(grad_fn, x0, lr, steps):
    position = np.array(x0, dtype=float)
    history = np.zeros((steps, *position.shape))
    for t in range(steps):
        position = position - lr * grad_fn(position)
        history[t] = position
    return history


def a_table_uphill(grad_fn, x0, lr, steps):
    return a_table_without_the_start(grad_fn, x0, -lr, steps)


def with_memory(grad_fn, x0, lr, steps):
    x, move = np.array(x0, dtype=float), 0.0
    visited = [x]
    for _ in range(steps):
        move = 0.9 * move - lr * grad_fn(x)
        x = x + move
        visited.append(x)
    return np.array(visited)


def an_integer_table(grad_fn, x0, lr, steps):
    path = np.zeros_like([x0] * (steps + 1))
    path[0] = x0
    for t in range(steps):
        path[t + 1] = path[t] - lr * grad_fn(path[t])
    return path


TYPED = {
    "descent_step": {
        "a direction": {
            "descent_step": lambda x, grad, lr: x - lr * grad / (np.linalg.norm(grad) + 1e-12)
        },
        "clipped slopes": {"descent_step": lambda x, grad, lr: x - lr * np.clip(grad, -1, 1)},
    },
    "descend": {
        f.__name__: {"descend": f}
        for f in (
            until_the_move_is_small,
            a_table_without_the_start,
            a_table_uphill,
            with_memory,
            an_integer_table,
        )
    },
}
NAMED = {
    "descent_step": {
        "a direction": "unit_length_with_a_small_guard",
        "clipped slopes": "gradient_clipped",
    },
    "descend": {
        "until_the_move_is_small": "stops_when_the_move_is_below_1e_6",
        "a_table_without_the_start": "start_left_out_of_an_array",
        "a_table_uphill": "start_left_out_of_an_array + climbs",
        "with_memory": "momentum",
        "an_integer_table": "cut_to_integers_on_the_way",
    },
}
