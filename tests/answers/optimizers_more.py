"""More right answers of lesson 05: single ideas that the three whole sets do not have."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np


def sgd_by_einsum(param, grad, lr, weight_decay=0.0):
    terms = np.stack([param, grad, param])
    return np.einsum("i,i...->...", np.array([1.0, -lr, -lr * weight_decay]), terms)


def momentum_expanded(param, grad, velocity, lr, momentum=0.9, nesterov=False):
    new = np.add(grad, np.multiply(momentum, velocity))
    if not nesterov:
        return param - np.multiply(lr, new), new
    return param - lr * ((1 + momentum) * grad + momentum**2 * velocity), new


def classical_as_difference(param, grad, velocity, lr, momentum=0.9):
    new = param - lr * grad + momentum * velocity
    return new, velocity * momentum + grad * (-lr)


def adagrad_by_power(param, grad, square_sum, lr, eps=1e-10):
    total = np.sum([square_sum, grad * grad], axis=0)
    return param - np.divide(lr, eps + total**0.5) * grad, total


def rmsprop_by_average(param, grad, square_avg, lr, alpha=0.99, eps=1e-8):
    new = np.average(np.stack([square_avg, np.square(grad)]), axis=0, weights=[alpha, 1 - alpha])
    return np.copy(param) - lr * np.divide(grad, np.sqrt(new) + eps), new


class TooEarly(ValueError):
    """An error of one's own is a ValueError as well."""


def adam_epsilon_hat(param, grad, m, v, t, lr=1e-3, beta1=0.9, beta2=0.999, eps=1e-8):
    """Kingma and Ba, end of section 2: the same step, if eps is scaled along."""
    if t < 1:
        raise TooEarly(t)
    m, v = np.array(m), np.array(v)
    m[...] = m * beta1 + grad * (1 - beta1)
    v[...] = v * beta2 + grad * (grad * (1 - beta2))
    root = np.sqrt(-np.expm1(t * np.log(beta2)))
    return param - lr * root / (1 - beta1**t) * m / (np.sqrt(v) + eps * root), m, v


def adamw_by_hand(
    param, grad, m, v, t, lr=1e-3, beta1=0.9, beta2=0.999, eps=1e-8, weight_decay=0.01
):
    if not isinstance(t, int) or t < 1:
        raise ValueError(t)
    first, second = np.subtract(m, grad), np.subtract(v, grad**2)
    m, v = grad + beta1 * first, grad**2 + beta2 * second
    update = (m / (1 - beta1**t)) / ((v / (1 - beta2**t)) ** 0.5 + eps) + weight_decay * param
    return param - lr * update, m, v


def radam_masked(param, grad, m, v, t, lr=1e-3, beta1=0.9, beta2=0.999, eps=1e-8):
    """Both regimes computed, one chosen."""
    if t < 1:
        raise TooEarly(t)
    m, v = beta1 * m + (1 - beta1) * grad, beta2 * v + (1 - beta2) * grad * grad
    full = 2.0 / (1.0 - beta2) - 1.0
    decayed = beta2**t
    rho = full - 2.0 * t * decayed / (1.0 - decayed)
    ratio = ((rho - 4) / (full - 4)) * ((rho - 2) / (full - 2)) * (full / rho)
    with np.errstate(all="ignore"):
        rect = np.sqrt(np.float64(ratio)) * np.sqrt(1 - decayed) / (np.sqrt(v) + eps)
    factor = np.where(rho > 5, rect, 1.0)
    return param - lr * factor * m / (1 - beta1**t), m, v


def newton_by_eigenvectors(x, grad, hessian):
    values, axes = np.linalg.eigh(hessian)
    return x - axes @ ((axes.T @ grad) / values)


def newton_by_least_squares(x, grad, hessian):
    return np.linalg.lstsq(hessian, hessian @ x - grad, rcond=None)[0]


def newton_as_column(x, grad, hessian):
    return (x[:, None] - np.linalg.pinv(hessian) @ grad[:, None])[:, 0]


def floats_by_index(n_params, optimizer):
    rank = ["sgd", "momentum", "adam"].index("adam" if optimizer == "adamw" else optimizer)
    return int(n_params) * (rank + 2)


class AdamInGroups:
    """The state lives in the groups' own dicts, beside their options."""

    def __init__(
        self, groups, lr=1e-3, betas=(0.9, 0.999), eps=1e-8, weight_decay=0.0, decoupled=True
    ):
        self.groups = []
        for given in groups:
            group = dict(given)
            for key, value in (
                ("lr", lr),
                ("betas", tuple(betas)),
                ("eps", eps),
                ("weight_decay", weight_decay),
                ("decoupled", decoupled),
            ):
                group.setdefault(key, value)
            group["t"] = 0
            group["moments"] = [np.zeros((2, *p.shape)) for p in group["params"]]
            self.groups.append(group)

    def step(self, grads):
        for group, given in zip(self.groups, grads, strict=True):
            group["t"] += 1
            for param, grad, moments in zip(group["params"], given, group["moments"], strict=True):
                self._move(param, grad, moments, group)

    def _move(self, param, grad, moments, group):
        t, lr, decay = group["t"], group["lr"], group["weight_decay"]
        kept = np.asarray(group["betas"]).reshape(2, *[1] * param.ndim)
        old = param.copy()
        if not group["decoupled"]:
            grad = grad + decay * old
        moments *= kept
        moments += (1 - kept) * np.stack([grad, grad**2])
        first, second = moments / (1 - kept**t)
        param[:] = old - lr * first / (np.sqrt(second) + group["eps"])
        if group["decoupled"]:
            param -= lr * decay * old

    def state_dict(self):
        return {
            "groups": [
                {
                    **{k: v for k, v in group.items() if k not in ("params", "moments")},
                    "moments": [moments.copy() for moments in group["moments"]],
                }
                for group in self.groups
            ]
        }

    def load_state_dict(self, state):
        saved = state["groups"]
        if len(saved) != len(self.groups):
            raise ValueError("another number of groups")
        for group, other in zip(self.groups, saved, strict=True):
            if len(group["moments"]) != len(other["moments"]):
                raise ValueError("another number of parameters")
            for ours, theirs in zip(group["moments"], other["moments"], strict=True):
                if ours.shape != theirs.shape:
                    raise ValueError("another shape")
        for group, other in zip(self.groups, saved, strict=True):
            group.update({**other, "moments": [moments.copy() for moments in other["moments"]]})


@dataclass
class _Slot:
    shape: tuple
    m: float | np.ndarray = 0.0
    v: float | np.ndarray = 0.0


class AdamOfSlots:
    """Averages start as the number 0.0; what is saved is nested lists of plain numbers."""

    def __init__(
        self, groups, lr=1e-3, betas=(0.9, 0.999), eps=1e-8, weight_decay=0.0, decoupled=True
    ):
        own = {"lr": lr, "betas": betas, "eps": eps, "weight_decay": weight_decay}
        own["decoupled"] = decoupled
        self.steps = 0
        self.groups = [own | group for group in groups]
        self.slots = [[_Slot(p.shape) for p in g["params"]] for g in self.groups]

    def step(self, grads):
        self.steps += 1
        for group, slots, given in zip(self.groups, self.slots, grads, strict=True):
            (b1, b2), decay = group["betas"], group["weight_decay"]
            for p, slot, g in zip(group["params"], slots, given, strict=True):
                g = g + (0.0 if group["decoupled"] else decay) * p
                slot.m = b1 * slot.m + (1 - b1) * g
                slot.v = b2 * slot.v + (1 - b2) * g * g
                root = (slot.v / (1 - b2**self.steps)) ** 0.5 + group["eps"]
                shrink = group["lr"] * decay * group["decoupled"]
                np.subtract(
                    p * (1 - shrink), group["lr"] * slot.m / (1 - b1**self.steps) / root, out=p
                )

    def state_dict(self):
        slots = [
            [
                [
                    list(s.shape),
                    np.broadcast_to(s.m, s.shape).tolist(),
                    np.broadcast_to(s.v, s.shape).tolist(),
                ]
                for s in group
            ]
            for group in self.slots
        ]
        options = [[(k, v) for k, v in g.items() if k != "params"] for g in self.groups]
        return {"steps": self.steps, "slots": slots, "options": options}

    def load_state_dict(self, state):
        saved = [[tuple(entry[0]) for entry in group] for group in state["slots"]]
        if saved != [[p.shape for p in g["params"]] for g in self.groups]:
            raise TooEarly(f"shapes {saved}")
        self.steps = int(state["steps"])
        self.slots = [
            [_Slot(tuple(shape), np.array(m), np.array(v)) for shape, m, v in group]
            for group in state["slots"]
        ]
        for group, options in zip(self.groups, state["options"], strict=True):
            group.update(options)
