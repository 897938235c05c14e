"""Right answers of lesson 05 without broadcasting: one weight at a time, in plain Python."""

from __future__ import annotations

import math

import numpy as np


def _each(rule, count, *arrays):
    """`rule` on the elements of arrays of one shape; `count` new arrays."""
    results = tuple(np.empty(arrays[0].shape) for _ in range(count))
    for index in np.ndindex(*arrays[0].shape):
        values = rule(*(float(array[index]) for array in arrays))
        for result, value in zip(results, values, strict=True):
            result[index] = value
    return results


def sgd_step(param, grad, lr, weight_decay=0.0):
    return _each(lambda p, g: (p - lr * (g + weight_decay * p),), 1, param, grad)[0]


def momentum_step(param, grad, velocity, lr, momentum=0.9, nesterov=False):
    def rule(p, g, v):
        v = v * momentum + g
        if nesterov:
            return p - lr * g - lr * momentum * v, v
        return p - lr * v, v

    return _each(rule, 2, param, grad, velocity)


def classical_momentum_step(param, grad, velocity, lr, momentum=0.9):
    def rule(p, g, v):
        return p + momentum * v - lr * g, momentum * v - lr * g

    return _each(rule, 2, param, grad, velocity)


def adagrad_step(param, grad, square_sum, lr, eps=1e-10):
    def rule(p, g, s):
        return p - lr / (math.sqrt(s + g * g) + eps) * g, s + g * g

    return _each(rule, 2, param, grad, square_sum)


def rmsprop_step(param, grad, square_avg, lr, alpha=0.99, eps=1e-8):
    def rule(p, g, s):
        s = s - (1 - alpha) * (s - g * g)
        return p - lr / (s**0.5 + eps) * g, s

    return _each(rule, 2, param, grad, square_avg)


def adam_step(param, grad, m, v, t, lr=1e-3, beta1=0.9, beta2=0.999, eps=1e-8):
    return adamw_step(param, grad, m, v, t, lr, beta1, beta2, eps, weight_decay=0.0)


def adamw_step(param, grad, m, v, t, lr=1e-3, beta1=0.9, beta2=0.999, eps=1e-8, weight_decay=0.01):
    if t <= 0:
        raise ValueError("t: " + str(t))

    def rule(p, g, m, v):
        m = beta1 * m + g - beta1 * g
        v = beta2 * v + g * g - beta2 * g * g
        root = math.sqrt(v / (1 - math.exp(t * math.log(beta2))))
        return p - lr * weight_decay * p - lr * m / ((1 - beta1**t) * (root + eps)), m, v

    return _each(rule, 3, param, grad, m, v)


def radam_step(param, grad, m, v, t, lr=1e-3, beta1=0.9, beta2=0.999, eps=1e-8):
    if t <= 0:
        raise ValueError("t: " + str(t))
    rho_inf = 2 / (1 - beta2) - 1
    rho = rho_inf - 2 * t * beta2**t / (1 - beta2**t)

    def rule(p, g, m, v):
        m = beta1 * m + (1 - beta1) * g
        v = beta2 * v + (1 - beta2) * g * g
        update = m / (1 - beta1**t)
        if rho > 5:
            square = (rho - 4) * (rho - 2) * rho_inf / ((rho_inf - 4) * (rho_inf - 2) * rho)
            update *= math.sqrt(square * (1 - beta2**t)) / (math.sqrt(v) + eps)
        return p - lr * update, m, v

    return _each(rule, 3, param, grad, m, v)


def newton_step(x, grad, hessian):
    """Gauss with pivoting."""
    n = len(x)
    rows = [[*map(float, hessian[i]), float(grad[i])] for i in range(n)]
    for k in range(n):
        pivot = max(range(k, n), key=lambda i: abs(rows[i][k]))
        rows[k], rows[pivot] = rows[pivot], rows[k]
        for i in range(k + 1, n):
            factor = rows[i][k] / rows[k][k]
            rows[i] = [a - factor * b for a, b in zip(rows[i], rows[k], strict=True)]
    step = [0.0] * n
    for k in reversed(range(n)):
        known = sum(rows[k][i] * step[i] for i in range(k + 1, n))
        step[k] = (rows[k][n] - known) / rows[k][k]
    return np.array([a - b for a, b in zip(x, step, strict=True)])


def optimizer_floats(n_params, optimizer):
    if optimizer == "sgd":
        return np.int64(2 * n_params)
    if optimizer == "momentum":
        return 3 * n_params
    if optimizer in ("adam", "adamw"):
        return sum([n_params, n_params, n_params, n_params])
    raise ValueError(optimizer)


class _Weight:
    """One array with its two averages."""

    def __init__(self, array):
        self.array = array
        self.m = np.zeros(array.shape)
        self.v = np.zeros(array.shape)

    def step(self, grad, t, lr, betas, eps, weight_decay, decoupled):
        if not decoupled:
            grad = grad + weight_decay * self.array
        new, self.m, self.v = adamw_step(
            self.array, grad, self.m, self.v, t, lr, *betas, eps, weight_decay if decoupled else 0.0
        )
        np.copyto(self.array, new)


class Adam:
    """An object for each array; groups that carry a word of their own; state as one flat list."""

    def __init__(
        self, groups, lr=1e-3, betas=(0.9, 0.999), eps=1e-8, weight_decay=0.0, decoupled=True
    ):
        self.count = 0
        self.groups = []
        self.weights = []
        for number, group in enumerate(groups):
            new = {"params": list(group["params"]), "lr": lr, "betas": betas, "eps": eps}
            new |= {"weight_decay": weight_decay, "decoupled": decoupled, "name": f"group {number}"}
            for key in group:
                if key != "params":
                    new[key] = group[key]
            self.groups.append(new)
            self.weights.append([_Weight(array) for array in new["params"]])

    @property
    def t(self):
        return self.count

    def step(self, grads):
        self.count = self.count + 1
        for group, weights, given in zip(self.groups, self.weights, grads, strict=True):
            options = [group[k] for k in ("lr", "betas", "eps", "weight_decay", "decoupled")]
            for weight, grad in zip(weights, given, strict=True):
                weight.step(grad, self.count, *options)

    def state_dict(self):
        layout = tuple(tuple(w.array.shape for w in weights) for weights in self.weights)
        flat = [w for weights in self.weights for w in weights]
        everything = [np.concatenate([w.m.ravel(), w.v.ravel()]) for w in flat]
        options = [
            (float(g["lr"]), tuple(g["betas"]), g["eps"], g["weight_decay"], int(g["decoupled"]))
            for g in self.groups
        ]
        return {"kind": "adam", "t": self.count, "layout": layout, "of": everything, "at": options}

    def load_state_dict(self, state):
        layout = [[w.array.shape for w in weights] for weights in self.weights]
        saved = [[tuple(shape) for shape in shapes] for shapes in state["layout"]]
        if saved != layout:
            raise ValueError(f"this state is of {saved}, the parameters are {layout}")
        self.count = state["t"]
        flat = [w for weights in self.weights for w in weights]
        for weight, numbers in zip(flat, state["of"], strict=True):
            m, v = np.split(numbers, 2)
            weight.m = m.reshape(weight.array.shape).copy()
            weight.v = v.reshape(weight.array.shape).copy()
        for group, (lr, betas, eps, decay, decoupled) in zip(self.groups, state["at"], strict=True):
            group.update(lr=lr, betas=tuple(betas), eps=eps, weight_decay=decay)
            group["decoupled"] = bool(decoupled)
