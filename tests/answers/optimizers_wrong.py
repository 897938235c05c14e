"""Wrong answers of lesson 05: each breaks one clause of the contract, most of them not in the bank.

Edits of `optimizers_plain.py`, whose lines are not the reference's.
"""

from __future__ import annotations

import inspect
import sys

from . import optimizers_plain as plain

SCALED = "param = param * (1 - lr * weight_decay)"
M, V = "m = beta1 * m + (1 - beta1) * grad", "v = beta2 * v + (1 - beta2) * grad**2"
MOVED = "param = param - lr * m_hat / (np.sqrt(v_hat) + eps)"
EARLY = "if t < 1:"

OF_ADAM = {
    "refuses t = 1": [(EARLY, "if t <= 1:")],
    "refuses only t = 0": [(EARLY, "if t == 0:")],
    "refuses only negative t": [(EARLY, "if t < 0:")],
    "raises TypeError": [("raise ValueError", "raise TypeError")],
    "asserts": [(EARLY, "assert t >= 1\n    if False:")],
    "returns None for t = 0": [("raise ValueError(f", "return print(f")],
    "other lr": [("lr=1e-3", "lr=1e-2")],
    "other beta1": [("beta1=0.9,", "beta1=0.95,")],
    "other beta2": [("beta2=0.999", "beta2=0.99")],
    "other eps": [("eps=1e-8", "eps=1e-7")],
    "swapped parameters": [("beta1=0.9, beta2=0.999", "beta2=0.999, beta1=0.9")],
    "another name": [("eps=1e-8", "epsilon=1e-8"), ("beta1=0.9", "eps=1e-8, beta1=0.9")],
    "moments returned the other way round": [("return param, m, v", "return param, v, m")],
    "hats returned": [("return param, m, v", "return param, m_hat, v_hat")],
    "parameter only": [("return param, m, v", "return param")],
    "float32": [("return param, m, v", "return param.astype(np.float32), m, v")],
    "flattened": [("return param, m, v", "return param.ravel(), m, v")],
    "in place": [(MOVED, "param -= lr * m_hat / (np.sqrt(v_hat) + eps)")],
    "m in place": [(M, "m *= beta1\n    m += (1 - beta1) * grad")],
    "v in place": [(V, "v *= beta2\n    v += (1 - beta2) * grad**2")],
    "gradient squared in place": [(V, "grad **= 2\n    v = beta2 * v + (1 - beta2) * grad")],
    "AMSGrad": [(V, f"{V}\n    v = np.maximum(v, beta2 * v)"), ("v_hat = v", "v_hat = v + 1e-3")],
    "eps twice": [("+ eps)", "+ 2 * eps)")],
    "eps squared": [("+ eps)", "+ eps**2)")],
    "fixed eps": [("+ eps)", "+ 1e-8)")],
    "beta1 for both": [("beta2 * v + (1 - beta2)", "beta1 * v + (1 - beta1)")],
    "corrections swapped": [
        ("m / (1 - beta1**t)", "m / (1 - beta2**t)"),
        ("v / (1 - beta2**t)", "v / (1 - beta1**t)"),
    ],
    "Nadam": [("m_hat = m", "m_hat = (beta1 * m + (1 - beta1) * grad)")],
    "AdaBelief": [("* grad**2", "* (grad - m)**2")],
    "whole norm": [("* grad**2", "* np.mean(grad**2)")],
    "m squared": [("* grad**2", "* m**2")],
    "clipped": [("m_hat = m", "m_hat = np.clip(m, -0.1, 0.1)")],
    "no step for zero gradient": [(M, f"{M}\n    if not grad.all():\n        return param, m, v")],
    "rounded": [("return param, m, v", "return np.round(param, 4), m, v")],
    "lr decays": [("param - lr *", "param - lr / t**0.5 *")],
}
NOT_RADAM = {
    "eps twice",
    "Nadam",
    "clipped",
    "in place",
    "AMSGrad",
    "fixed eps",
    "corrections swapped",
    "lr decays",
    "eps squared",
}

EDITS = {
    "sgd_step": {
        "default decay": [("weight_decay=0.0", "weight_decay=0.01")],
        "rate forgotten": [("lr * grad", "grad")],
        "sign": [("lr * grad", "lr * np.sign(grad)")],
        "normalised": [("lr * grad", "lr * grad / np.linalg.norm(grad)")],
        "in place": [("return param - lr * grad", "param -= lr * grad\n    return param")],
        "gradient in place": [("grad = grad +", "grad +=")],
        "shape": [("return param - lr * grad", "return (param - lr * grad).ravel()")],
        "float32": [("return param - lr * grad", "return np.float32(param - lr * grad)")],
        "tuple": [("return param - lr * grad", "return (param - lr * grad,)")],
        "in place without decay": [
            ("grad = grad", "if weight_decay:\n        grad, param = grad"),
            ("+ weight_decay * param", "+ weight_decay * param, param.copy()"),
            ("return param - lr * grad", "param -= lr * grad\n    return param"),
        ],
        "small gradients ignored": [("lr * grad", "lr * grad * (np.abs(grad).max() > 1e-3)")],
        "clipped": [("lr * grad", "lr * np.clip(grad, -10, 10)")],
        "half a decay": [("+ weight_decay", "+ 0.5 * weight_decay")],
        "decay unscaled and decoupled": [
            ("grad = grad + weight_decay * param", "param = param * (1 - weight_decay)")
        ],
        "decay of the norm": [
            ("weight_decay * param", "weight_decay * param / np.linalg.norm(param)")
        ],
        "decay of gradient": [("weight_decay * param", "weight_decay * grad")],
        "parameters renamed": [("weight_decay", "decay")],
        "order": [("grad, lr, weight_decay=0.0", "grad, lr, unused=0.0, weight_decay=0.0")],
    },
    "momentum_step": {
        "default momentum": [("momentum=0.9", "momentum=0.8")],
        "Nesterov by default": [("nesterov=False", "nesterov=True")],
        "order of the last two": [("momentum=0.9, nesterov=False", "nesterov=False, momentum=0.9")],
        "in place": [("param = param -", "param -=")],
        "velocity in place": [
            ("velocity = momentum * velocity + grad", "velocity *= momentum\n    velocity += grad")
        ],
        "velocity aliases the gradient": [
            (
                "velocity = momentum * velocity + grad",
                "velocity = momentum * velocity + grad if momentum else grad",
            )
        ],
        "old velocity returned": [
            ("velocity = momentum", "new = momentum"),
            ("momentum * velocity if", "momentum * new if"),
            ("else velocity", "else new"),
        ],
        "dampened": [("velocity + grad", "velocity + (1 - momentum) * grad")],
        "look-ahead of the old velocity": [
            (
                "velocity = momentum * velocity + grad",
                "old, velocity = velocity, momentum * velocity + grad",
            ),
            ("momentum * velocity if", "momentum * old if"),
        ],
        "look-ahead twice": [
            ("grad + momentum * velocity if", "grad + 2 * momentum * velocity if")
        ],
        "look-ahead of the plain": [("grad + momentum * velocity if", "velocity + grad if")],
        "momentum left out of the look-ahead": [
            ("grad + momentum * velocity if", "grad + velocity if")
        ],
        "rate on the gradient only": [("lr * direction", "(lr * grad + direction - grad)")],
        "swapped results": [("return param, velocity", "return velocity, param")],
        "nesterov changes the velocity": [("return param, velocity", "return param, direction")],
        "mu and 1 - mu": [("momentum * velocity + grad", "(1 - momentum) * velocity + grad")],
    },
    "classical_momentum_step": {
        "default momentum": [("momentum=0.9", "momentum=0.5")],
        "in place": [("param = param + velocity", "param += velocity")],
        "velocity in place": [
            (
                "velocity = momentum * velocity - lr * grad",
                "velocity *= momentum\n    velocity -= lr * grad",
            )
        ],
        "alias at zero momentum": [
            ("param = param + velocity", "param = param + velocity\n    velocity = param")
        ],
        "PyTorch": [("- lr * grad", "+ grad"), ("param + velocity", "param - lr * velocity")],
        "uphill": [("- lr * grad", "+ lr * grad")],
        "dampened": [("- lr * grad", "- (1 - momentum) * lr * grad")],
        "momentum on all": [
            ("momentum * velocity - lr * grad", "momentum * (velocity - lr * grad)")
        ],
        "look-ahead": [("param + velocity", "param + momentum * velocity - lr * grad")],
        "position only": [("return param, velocity", "return param")],
        "velocity of the parameter": [("return param, velocity", "return param, velocity / lr")],
    },
    "adagrad_step": {
        "other eps": [("eps=1e-10", "eps=1e-7")],
        "eps inside": [("np.sqrt(square_sum) + eps", "np.sqrt(square_sum + eps)")],
        "eps squared inside": [("np.sqrt(square_sum) + eps", "np.sqrt(square_sum + eps**2)")],
        "eps in the sum": [("+ grad**2", "+ grad**2 + eps")],
        "eps by maximum": [("np.sqrt(square_sum) + eps", "np.maximum(np.sqrt(square_sum), eps)")],
        "sum in place": [("square_sum = square_sum + grad**2", "square_sum += grad**2")],
        "in place": [("param = param -", "param -=")],
        "cubed": [("grad**2", "np.abs(grad)**3")],
        "mean over the array": [("grad**2", "np.mean(grad**2)")],
        "other power": [("np.sqrt(square_sum)", "square_sum**0.25")],
        "starts at a tenth": [("+ grad**2", "+ grad**2 + 0.1")],
        "root returned": [("return param, square_sum", "return param, np.sqrt(square_sum)")],
        "decays": [("square_sum + grad", "0.99 * square_sum + grad")],
        "no rate": [("lr * grad", "grad")],
        "sign": [("lr * grad", "-lr * grad")],
    },
    "rmsprop_step": {
        "other eps": [("eps=1e-8", "eps=1e-7")],
        "other alpha": [("alpha=0.99", "alpha=0.999")],
        "eps and alpha change places": [("alpha=0.99, eps=1e-8", "eps=1e-8, alpha=0.99")],
        "eps inside": [("np.sqrt(square_avg) + eps", "np.sqrt(square_avg + eps)")],
        "eps squared inside": [("np.sqrt(square_avg) + eps", "np.sqrt(square_avg + eps**2)")],
        "in place": [("param = param -", "param -=")],
        "average in place": [
            ("square_avg = alpha * square_avg", "square_avg *= alpha\n    square_avg = square_avg")
        ],
        "fixed weight": [("(1 - alpha)", "0.01")],
        "starts with the square": [
            (
                "square_avg = alpha",
                "if not square_avg.any():\n        square_avg = grad**2\n    square_avg = alpha",
            )
        ],
        "centred": [("np.sqrt(square_avg)", "np.sqrt(square_avg - (0.1 * grad)**2)")],
        "corrected once": [("np.sqrt(square_avg)", "np.sqrt(square_avg / (1 - alpha))")],
        "adagrad": [("alpha * square_avg + (1 - alpha) *", "square_avg +")],
        "one average for all": [("grad**2", "np.mean(grad**2)")],
        "old returned": [
            ("square_avg = alpha", "new = alpha"),
            ("np.sqrt(square_avg)", "np.sqrt(new)"),
        ],
    },
    "adam_step": OF_ADAM,
    "adamw_step": {
        **{label: edits for label, edits in OF_ADAM.items() if label != "in place"},
        "other decay": [("weight_decay=0.01", "weight_decay=0.1")],
        "in place without decay": [
            (SCALED, f"if weight_decay:\n        {SCALED}"),
            ("param = param - lr *", "param -= lr *"),
        ],
        "no default decay": [("weight_decay=0.01", "weight_decay=0.0")],
        "decay in place": [(SCALED, "param *= 1 - lr * weight_decay")],
        "L2": [
            ("m = beta1", "grad = grad + weight_decay * param\n    m = beta1"),
            (SCALED, "pass"),
        ],
        "unscaled": [(SCALED, "param = param * (1 - weight_decay)")],
        "after": [(SCALED, "pass"), ("return param, m, v", f"{SCALED}\n    return param, m, v")],
        "decay of the squares": [(SCALED, "param = param - lr * weight_decay * param**2")],
        "squared rate": [(SCALED, "param = param * (1 - lr**2 * weight_decay)")],
        "divided": [(SCALED, "param = param / (1 + lr * weight_decay)")],
        "exponential": [(SCALED, "param = param * np.exp(-lr * weight_decay)")],
        "only where there is a gradient": [
            (SCALED, "param = np.where(grad != 0, param * (1 - lr * weight_decay), param)")
        ],
    },
    "radam_step": {
        **{label: edits for label, edits in OF_ADAM.items() if label not in NOT_RADAM},
        "threshold 4": [("rho > 5", "rho > 4")],
        "in place below": [("param = param - lr * m_hat\n", "param -= lr * m_hat\n")],
        "threshold 6": [("rho > 5", "rho > 6")],
        "threshold by t": [("rho > 5", "t > 5")],
        "rho_inf + 1": [("- 1\n", "+ 1\n")],
        "rho without t": [("2 * t * beta2**t", "2 * beta2**t")],
        "rho_t alone": [
            (
                "rho_inf / ((rho_inf - 4) * (rho_inf - 2) * rho)",
                "1 / ((rho_inf - 4) * (rho_inf - 2))",
            )
        ],
        "4 and 2 exchanged": [
            ("((rho_inf - 4) *", "((rho_inf - 2) *"),
            ("* (rho_inf - 2) *", "* (rho_inf - 2) *"),
        ],
        "corrected eps": [
            (
                "np.sqrt(1 - beta2**t) / (np.sqrt(v) + eps)",
                "1 / (np.sqrt(v / (1 - beta2**t)) + eps)",
            )
        ],
        "eps left out": [("(np.sqrt(v) + eps)", "np.sqrt(v)")],
        "rect twice": [("m_hat * rect * scale", "m_hat * rect**2 * scale")],
        "no correction of v": [("np.sqrt(1 - beta2**t) / ", "1 / ")],
        "correction without root": [("np.sqrt(1 - beta2**t)", "(1 - beta2**t)")],
        "nothing below": [("else:\n        param = param - lr * m_hat", "else:\n        pass")],
        "sign below": [
            (
                "else:\n        param = param - lr * m_hat",
                "else:\n        param = param - lr * np.sign(m_hat)",
            )
        ],
        "eps below": [
            (
                "else:\n        param = param - lr * m_hat",
                "else:\n        param = param - lr * m_hat / (1 + eps)",
            )
        ],
        "other eps": [("eps=1e-8", "eps=1e-7")],
    },
    "newton_step": {
        "half a step": [("x - direction", "x - 0.5 * direction")],
        "stops at small gradients": [
            ("x - direction", "x - direction * (np.linalg.norm(grad) > 1e-3)")
        ],
        "transposed diagonal": [
            ("np.linalg.solve(hessian, grad)", "grad / np.abs(np.diag(hessian))")
        ],
        "symmetric part doubled": [("solve(hessian, grad)", "solve(hessian + hessian.T, grad)")],
        "lower triangle": [("solve(hessian, grad)", "solve(np.tril(hessian), grad)")],
        "pseudo-inverse that cuts": [
            ("np.linalg.solve(hessian, grad)", "np.linalg.pinv(hessian, rcond=1e-3) @ grad")
        ],
        "refuses small determinants": [
            (
                "    return",
                "    if abs(np.linalg.det(hessian)) < 1e-12:\n        return x.copy()\n    return",
            )
        ],
        "refuses saddles": [
            (
                "    return",
                "    if np.linalg.eigvalsh(hessian).min() < 0:\n"
                "        raise ValueError\n    return",
            )
        ],
        "in place": [("return x - direction", "x -= direction\n    return x")],
        "hessian in place": [("direction = ", "hessian += 1e-9\n    direction = ")],
        "column": [("return x - direction", "return (x - direction)[:, None]")],
        "rate": [("x - direction", "x - 0.999 * direction")],
        "no pivots": [
            (
                "direction = np.linalg.solve(hessian, grad)",
                "a, direction = hessian.copy(), grad.copy()\n"
                "    for k in range(len(x)):\n"
                "        for i in range(len(x)):\n"
                "            if i != k:\n"
                "                f = a[i, k] / a[k, k]\n"
                "                a[i] -= f * a[k]\n"
                "                direction[i] -= f * direction[k]\n"
                "    direction = direction / np.diag(a)",
            )
        ],
    },
    "optimizer_floats": {
        "float": [("* n_params", "* float(n_params)")],
        "momentum like adam": [('"momentum": 3', '"momentum": 4')],
        "adamw 5": [('"adamw": 4', '"adamw": 5')],
        "adam 3": [('"adam": 4', '"adam": 3')],
        "sgd 1": [('"sgd": 2', '"sgd": 1')],
        "KeyError": [("if optimizer not in copies:", "if False:")],
        "None": [("raise ValueError(", "return print(")],
        "rmsprop too": [('"adam": 4', '"rmsprop": 3, "adam": 4')],
        "32 bits": [("* n_params", "* np.array(n_params).astype(np.int32)")],
        "names by prefix": [
            (
                "if optimizer not in copies:",
                "optimizer = next((k for k in copies if k.startswith(optimizer[:3])), optimizer)\n"
                "    if optimizer not in copies:",
            )
        ],
        "empty is sgd": [("if optimizer", "optimizer = optimizer or 'sgd'\n    if optimizer")],
    },
}


def edited(thing, edits):
    """A function or class of the right answers with pieces of its source replaced."""
    source = inspect.getsource(thing)
    for old, new in edits:
        if old not in source:
            raise ValueError(f"{thing.__name__} has no {old!r}")
        source = source.replace(old, new)
    names = dict(vars(sys.modules[thing.__module__]))
    exec(compile(source, f"<wrong {thing.__name__}>", "exec"), names)
    return names[thing.__name__]


def all_edited(key, edits):
    return {key: edited(getattr(plain, key), edits)}
