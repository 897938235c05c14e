"""As few lines as will do, and helpers shared between exercises."""
# ruff: noqa: F821 (a cell finds `np` in the notebook)

# --- sgd_step
sgd_step = lambda param, grad, lr, weight_decay=0.0: (1 - lr * weight_decay) * param - lr * grad

# --- momentum_step
def momentum_step(param, grad, velocity, lr, momentum=0.9, nesterov=False):
    v = velocity * momentum + grad
    return param - lr * (grad + momentum * v if nesterov else v), v

# --- classical_momentum_step
def classical_momentum_step(param, grad, velocity, lr, momentum=0.9):
    return param + (v := momentum * velocity - lr * grad), v

# --- adagrad_step
def adagrad_step(param, grad, square_sum, lr, eps=1e-10):
    return param - lr * grad / (np.sqrt(s := square_sum + np.square(grad)) + eps), s

# --- rmsprop_step
def rmsprop_step(param, grad, square_avg, lr, alpha=0.99, eps=1e-8):
    s = np.average([square_avg, np.square(grad)], axis=0, weights=[alpha, 1 - alpha])
    return param - np.divide(lr * grad, np.sqrt(s) + eps), s

# --- adam_step
def ema(old, new, beta):
    return beta * old + (1 - beta) * new


def adam_step(param, grad, m, v, t, lr=1e-3, beta1=0.9, beta2=0.999, eps=1e-8, decay=1.0):
    if t < 1:
        raise ValueError(f"t must be at least 1, got {t}")
    m, v = ema(m, grad, beta1), ema(v, grad**2, beta2)
    hat = lambda a, beta: a / (1 - beta**t)
    return decay * param - lr * hat(m, beta1) / (hat(v, beta2) ** 0.5 + eps), m, v

# --- adamw_step
def adamw_step(param, grad, m, v, t, lr=1e-3, beta1=0.9, beta2=0.999, eps=1e-8, weight_decay=0.01):
    return adam_step(param, grad, m, v, t, lr, beta1, beta2, eps, decay=1 - lr * weight_decay)

# --- radam_step
def radam_step(param, grad, m, v, t, lr=1e-3, beta1=0.9, beta2=0.999, eps=1e-8):
    if t < 1:
        raise ValueError(f"t must be at least 1, got {t}")
    m, v = ema(m, grad, beta1), ema(v, grad**2, beta2)
    top = 2 / (1 - beta2) - 1
    rho = top - 2 * t * beta2**t / (1 - beta2**t)
    scale = 1.0
    if rho > 5:
        scale = np.sqrt((rho - 4) * (rho - 2) * top / ((top - 4) * (top - 2) * rho))
        scale = scale * np.sqrt(1 - beta2**t) / (np.sqrt(v) + eps)
    return param - lr / (1 - beta1**t) * m * scale, m, v

# --- newton_step
def newton_step(x, grad, hessian):
    return x + np.linalg.solve(hessian, -grad)

# --- Adam
class Adam:
    OPTIONS = ("lr", "betas", "eps", "weight_decay", "decoupled")

    def __init__(self, groups, lr=1e-3, betas=(0.9, 0.999), eps=1e-8, weight_decay=0.0, decoupled=True):
        given = dict(zip(self.OPTIONS, (lr, betas, eps, weight_decay, decoupled)))
        self.groups = [dict(given) | dict(group) for group in groups]
        flat = [p for g in self.groups for p in g["params"]]
        self.m, self.v, self.t = [0.0 * p for p in flat], [0.0 * p for p in flat], 0

    def step(self, grads):
        self.t, i = self.t + 1, 0
        for group, own in zip(self.groups, grads):
            lr, betas, eps, decay, decoupled = (group[name] for name in self.OPTIONS)
            for p, g in zip(group["params"], own):
                rule = adamw_step if decoupled else adam_step
                extra = {"weight_decay": decay} if decoupled else {}
                g = g if decoupled else g + decay * p
                p[...], self.m[i], self.v[i] = rule(
                    p, g, self.m[i], self.v[i], self.t, lr, *betas, eps, **extra
                )
                i += 1

    def _shapes(self):
        return [[list(np.shape(p)) for p in g["params"]] for g in self.groups]

    def state_dict(self):
        return {
            "shapes": self._shapes(),
            "m": [a.copy() for a in self.m],
            "v": [a.copy() for a in self.v],
            "t": self.t,
            "groups": [{name: g[name] for name in self.OPTIONS} for g in self.groups],
        }

    def load_state_dict(self, state):
        if state["shapes"] != self._shapes():
            raise ValueError(f"state for {state['shapes']}, parameters are {self._shapes()}")
        self.m, self.v = [a.copy() for a in state["m"]], [a.copy() for a in state["v"]]
        self.t = state["t"]
        for group, options in zip(self.groups, state["groups"]):
            group.update(options)

# --- optimizer_floats
def optimizer_floats(n_params, optimizer):
    copies = {"sgd": 2, "momentum": 3, "adam": 4, "adamw": 4}
    if optimizer not in copies:
        raise ValueError(f"optimizer must be one of {sorted(copies)}, got {optimizer!r}")
    return copies[optimizer] * n_params
