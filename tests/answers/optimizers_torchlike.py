"""Right answers of lesson 05 in the order of operations of libraries: copies changed in place, the
corrections folded into the step's size, state made when it is first needed."""

from __future__ import annotations

import math

import numpy as np


def sgd_step(param, grad, lr, weight_decay=0.0):
    new = np.array(param, copy=True)
    if weight_decay != 0:
        new *= 1.0 - lr * weight_decay
    new -= np.multiply(grad, lr)
    return new


def momentum_step(param, grad, velocity, lr, momentum=0.9, nesterov=False):
    buffer = velocity.copy()
    buffer *= momentum
    buffer += grad
    update = buffer.copy()
    if nesterov:
        update *= momentum
        update += grad
    new = param.copy()
    np.subtract(new, lr * update, out=new)
    return [new, buffer]


def classical_momentum_step(param, grad, velocity, lr, momentum=0.9):
    buffer = np.multiply(velocity, momentum)
    buffer -= lr * grad
    return np.add(param, buffer), buffer


def _divide_step(param, grad, squares, lr, eps):
    denominator = np.sqrt(squares)
    denominator += eps
    return param + (-lr) * (grad / denominator)


def adagrad_step(param, grad, square_sum, lr, eps=1e-10):
    total = np.square(grad)
    total += square_sum
    return _divide_step(param, grad, total, lr, eps), total


def rmsprop_step(param, grad, square_avg, lr, alpha=0.99, eps=1e-8):
    average = square_avg + (1 - alpha) * (grad * grad - square_avg)
    return _divide_step(param, grad, average, lr, eps), average


def _moments(grad, m, v, beta1, beta2):
    m = m.copy()
    m += (1 - beta1) * (grad - m)
    v = v.copy()
    v *= beta2
    v += (1 - beta2) * grad * grad
    return m, v


def _check(t):
    if not t >= 1:
        raise ValueError(f"t counts from 1, got {t}")


def adam_step(param, grad, m, v, t, lr=1e-3, beta1=0.9, beta2=0.999, eps=1e-8):
    _check(t)
    m, v = _moments(grad, m, v, beta1, beta2)
    step_size = lr / (1 - math.pow(beta1, t))
    denominator = np.sqrt(v) / math.sqrt(1 - math.pow(beta2, t)) + eps
    return param - step_size * (m / denominator), m, v


def adamw_step(param, grad, m, v, t, lr=1e-3, beta1=0.9, beta2=0.999, eps=1e-8, weight_decay=0.01):
    stepped, m, v = adam_step(param, grad, m, v, t, lr, beta1, beta2, eps)
    stepped -= lr * weight_decay * param
    return stepped, m, v


def radam_step(param, grad, m, v, t, lr=1e-3, beta1=0.9, beta2=0.999, eps=1e-8):
    _check(t)
    m, v = _moments(grad, m, v, beta1, beta2)
    correction1, correction2 = 1 - beta1**t, 1 - beta2**t
    rho_inf = (1 + beta2) / (1 - beta2)
    rho = rho_inf - 2 * t * (1 - correction2) / correction2
    update = m / correction1
    if rho > 5.0:
        rect = math.sqrt((rho - 4) / (rho_inf - 4) * (rho - 2) / (rho_inf - 2) * rho_inf / rho)
        update *= rect
        update *= math.sqrt(correction2)
        update /= np.sqrt(v) + eps
    update *= -lr
    update += param
    return update, m, v


def newton_step(x, grad, hessian):
    return x - np.linalg.inv(hessian) @ grad


def optimizer_floats(n_params, optimizer):
    match optimizer:
        case "sgd":
            state = 0
        case "momentum":
            state = n_params
        case "adam" | "adamw":
            state = 2 * n_params
        case _:
            raise ValueError(f"optimizer must be sgd, momentum, adam or adamw, got {optimizer}")
    return n_params + n_params + state


class Adam:
    """State made at the first step, kept by position; the options saved with it."""

    def __init__(
        self, groups, lr=1e-3, betas=(0.9, 0.999), eps=1e-8, weight_decay=0.0, decoupled=True
    ):
        self.groups = []
        for group in groups:
            self.groups.append(
                {
                    "params": group["params"],
                    "lr": group.get("lr", lr),
                    "betas": group.get("betas", betas),
                    "eps": group.get("eps", eps),
                    "weight_decay": group.get("weight_decay", weight_decay),
                    "decoupled": group.get("decoupled", decoupled),
                }
            )
        self.state = {}

    def _numbered(self):
        number = 0
        for i, group in enumerate(self.groups):
            for j, param in enumerate(group["params"]):
                yield number, i, j, group, param
                number += 1

    def step(self, grads):
        for number, i, j, group, param in self._numbered():
            slot = self.state.setdefault(
                number, {"step": 0, "m": np.zeros(param.shape), "v": np.zeros(param.shape)}
            )
            slot["step"] += 1
            self._update(param, grads[i][j], slot, group)

    @staticmethod
    def _update(param, grad, slot, group):
        lr, (beta1, beta2), decay = group["lr"], group["betas"], group["weight_decay"]
        if decay and group["decoupled"]:
            param *= 1 - lr * decay
        elif decay:
            grad = grad + decay * param
        slot["m"] *= beta1
        slot["m"] += (1 - beta1) * grad
        slot["v"] *= beta2
        slot["v"] += (1 - beta2) * grad * grad
        t = slot["step"]
        denominator = np.sqrt(slot["v"]) / math.sqrt(1 - beta2**t)
        denominator += group["eps"]
        param += -lr / (1 - beta1**t) * slot["m"] / denominator

    def state_dict(self):
        groups, number = [], 0
        for group in self.groups:
            options = {key: value for key, value in group.items() if key != "params"}
            count = len(group["params"])
            options["numbers"] = list(range(number, number + count))
            options["shapes"] = [tuple(p.shape) for p in group["params"]]
            number += count
            groups.append(options)
        state = {
            number: {"step": slot["step"], "m": slot["m"].copy(), "v": slot["v"].copy()}
            for number, slot in self.state.items()
        }
        return {"state": state, "groups": groups}

    def load_state_dict(self, state):
        groups = state["groups"]
        if len(groups) != len(self.groups):
            raise ValueError(f"state has {len(groups)} groups, the optimizer {len(self.groups)}")
        for ours, theirs in zip(self.groups, groups, strict=True):
            if [tuple(p.shape) for p in ours["params"]] != theirs["shapes"]:
                raise ValueError(f"state has shapes {theirs['shapes']}")
        for ours, theirs in zip(self.groups, groups, strict=True):
            for key in ("lr", "betas", "eps", "weight_decay", "decoupled"):
                ours[key] = theirs[key]
        self.state = {
            number: {"step": slot["step"], "m": slot["m"].copy(), "v": slot["v"].copy()}
            for number, slot in state["state"].items()
        }
