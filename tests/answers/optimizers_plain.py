"""Right answers of lesson 05 as most people write them: the formulas, one line each."""

from __future__ import annotations

import copy

import numpy as np


def sgd_step(param, grad, lr, weight_decay=0.0):
    grad = grad + weight_decay * param
    return param - lr * grad


def momentum_step(param, grad, velocity, lr, momentum=0.9, nesterov=False):
    velocity = momentum * velocity + grad
    direction = grad + momentum * velocity if nesterov else velocity
    param = param - lr * direction
    return param, velocity


def classical_momentum_step(param, grad, velocity, lr, momentum=0.9):
    velocity = momentum * velocity - lr * grad
    param = param + velocity
    return param, velocity


def adagrad_step(param, grad, square_sum, lr, eps=1e-10):
    square_sum = square_sum + grad**2
    param = param - lr * grad / (np.sqrt(square_sum) + eps)
    return param, square_sum


def rmsprop_step(param, grad, square_avg, lr, alpha=0.99, eps=1e-8):
    square_avg = alpha * square_avg + (1 - alpha) * grad**2
    param = param - lr * grad / (np.sqrt(square_avg) + eps)
    return param, square_avg


def adam_step(param, grad, m, v, t, lr=1e-3, beta1=0.9, beta2=0.999, eps=1e-8):
    if t < 1:
        raise ValueError(f"t must be at least 1, got {t}")
    m = beta1 * m + (1 - beta1) * grad
    v = beta2 * v + (1 - beta2) * grad**2
    m_hat = m / (1 - beta1**t)
    v_hat = v / (1 - beta2**t)
    param = param - lr * m_hat / (np.sqrt(v_hat) + eps)
    return param, m, v


def adamw_step(param, grad, m, v, t, lr=1e-3, beta1=0.9, beta2=0.999, eps=1e-8, weight_decay=0.01):
    if t < 1:
        raise ValueError(f"t must be at least 1, got {t}")
    m = beta1 * m + (1 - beta1) * grad
    v = beta2 * v + (1 - beta2) * grad**2
    m_hat = m / (1 - beta1**t)
    v_hat = v / (1 - beta2**t)
    param = param * (1 - lr * weight_decay)
    param = param - lr * m_hat / (np.sqrt(v_hat) + eps)
    return param, m, v


def radam_step(param, grad, m, v, t, lr=1e-3, beta1=0.9, beta2=0.999, eps=1e-8):
    if t < 1:
        raise ValueError(f"t must be at least 1, got {t}")
    m = beta1 * m + (1 - beta1) * grad
    v = beta2 * v + (1 - beta2) * grad**2
    m_hat = m / (1 - beta1**t)
    rho_inf = 2 / (1 - beta2) - 1
    rho = rho_inf - 2 * t * beta2**t / (1 - beta2**t)
    if rho > 5:
        rect = np.sqrt((rho - 4) * (rho - 2) * rho_inf / ((rho_inf - 4) * (rho_inf - 2) * rho))
        scale = np.sqrt(1 - beta2**t) / (np.sqrt(v) + eps)
        param = param - lr * m_hat * rect * scale
    else:
        param = param - lr * m_hat
    return param, m, v


def newton_step(x, grad, hessian):
    direction = np.linalg.solve(hessian, grad)
    return x - direction


def optimizer_floats(n_params, optimizer):
    copies = {"sgd": 2, "momentum": 3, "adam": 4, "adamw": 4}
    if optimizer not in copies:
        raise ValueError(f"unknown optimizer {optimizer!r}")
    return copies[optimizer] * n_params


class Adam:
    def __init__(
        self, groups, lr=1e-3, betas=(0.9, 0.999), eps=1e-8, weight_decay=0.0, decoupled=True
    ):
        defaults = {"lr": lr, "betas": betas, "eps": eps}
        defaults |= {"weight_decay": weight_decay, "decoupled": decoupled}
        self.groups = [{**defaults, **group} for group in groups]
        self.t = 0
        self.m = [[np.zeros_like(p) for p in g["params"]] for g in self.groups]
        self.v = [[np.zeros_like(p) for p in g["params"]] for g in self.groups]

    def step(self, grads):
        self.t += 1
        for i, group in enumerate(self.groups):
            beta1, beta2 = group["betas"]
            for j, p in enumerate(group["params"]):
                g = grads[i][j]
                if group["decoupled"]:
                    p *= 1 - group["lr"] * group["weight_decay"]
                else:
                    g = g + group["weight_decay"] * p
                m = self.m[i][j] = beta1 * self.m[i][j] + (1 - beta1) * g
                v = self.v[i][j] = beta2 * self.v[i][j] + (1 - beta2) * g**2
                m_hat = m / (1 - beta1**self.t)
                v_hat = v / (1 - beta2**self.t)
                p -= group["lr"] * m_hat / (np.sqrt(v_hat) + group["eps"])

    def state_dict(self):
        options = [{k: v for k, v in g.items() if k != "params"} for g in self.groups]
        return copy.deepcopy({"t": self.t, "m": self.m, "v": self.v, "options": options})

    def load_state_dict(self, state):
        ours = [[p.shape for p in g["params"]] for g in self.groups]
        theirs = [[m.shape for m in ms] for ms in state["m"]]
        if ours != theirs:
            raise ValueError(f"the state has shapes {theirs}, the parameters {ours}")
        state = copy.deepcopy(state)
        self.t, self.m, self.v = state["t"], state["m"], state["v"]
        for group, options in zip(self.groups, state["options"], strict=True):
            group.update(options)
