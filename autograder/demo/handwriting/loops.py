"""Element by element, in plain Python, as somebody new to NumPy writes it."""
# ruff: noqa: F821 (a cell finds `np` in the notebook)

# --- sgd_step
def sgd_step(param, grad, lr, weight_decay=0.0):
    new = np.empty(np.shape(param))
    for i in np.ndindex(new.shape):
        new[i] = param[i] - lr * (grad[i] + weight_decay * param[i])
    return new

# --- momentum_step
def momentum_step(param, grad, velocity, lr, momentum=0.9, nesterov=False):
    new_v = np.empty(np.shape(param))
    new_p = np.empty(np.shape(param))
    for i in np.ndindex(new_v.shape):
        new_v[i] = momentum * velocity[i] + grad[i]
        direction = grad[i] + momentum * new_v[i] if nesterov else new_v[i]
        new_p[i] = param[i] - lr * direction
    return new_p, new_v

# --- classical_momentum_step
def classical_momentum_step(param, grad, velocity, lr, momentum=0.9):
    v = [momentum * a - lr * b for a, b in zip(np.ravel(velocity), np.ravel(grad))]
    v = np.array(v).reshape(np.shape(param))
    return param + v, v

# --- adagrad_step
def adagrad_step(param, grad, square_sum, lr, eps=1e-10):
    s = square_sum + grad ** 2
    return param - lr / (s ** 0.5 + eps) * grad, s

# --- rmsprop_step
def rmsprop_step(param, grad, square_avg, lr, alpha=0.99, eps=1e-8):
    s = square_avg + (1 - alpha) * (grad ** 2 - square_avg)
    return param - lr * (grad / (np.sqrt(s) + eps)), s

# --- adam_step
def adam_step(param, grad, m, v, t, lr=1e-3, beta1=0.9, beta2=0.999, eps=1e-8):
    if t < 1:
        raise ValueError("t starts at 1")
    m = m + (1 - beta1) * (grad - m)
    v = v + (1 - beta2) * (grad * grad - v)
    correction1 = 1 - beta1 ** t
    correction2 = 1 - beta2 ** t
    denominator = np.sqrt(v) / correction2 ** 0.5 + eps
    return param - (lr / correction1) * m / denominator, m, v

# --- adamw_step
def adamw_step(param, grad, m, v, t, lr=1e-3, beta1=0.9, beta2=0.999, eps=1e-8, weight_decay=0.01):
    shrunk = param - lr * weight_decay * param
    return adam_step(shrunk, grad, m, v, t, lr, beta1, beta2, eps)

# --- radam_step
def radam_step(param, grad, m, v, t, lr=1e-3, beta1=0.9, beta2=0.999, eps=1e-8):
    if not t >= 1:
        raise ValueError(f"t must be >= 1, got {t}")
    m = beta1 * m + (1 - beta1) * grad
    v = beta2 * v + (1 - beta2) * grad**2
    m_hat = m / (1 - beta1**t)
    rho_inf = 2 / (1 - beta2) - 1
    rho = rho_inf - 2 * t * beta2**t / (1 - beta2**t)
    if rho <= 5:
        return param - lr * m_hat, m, v
    r = (((rho - 4) * (rho - 2) * rho_inf) / ((rho_inf - 4) * (rho_inf - 2) * rho)) ** 0.5
    adaptive = (1 - beta2**t) ** 0.5 / (v**0.5 + eps)
    return param - lr * m_hat * r * adaptive, m, v

# --- newton_step
def newton_step(x, grad, hessian):
    return x - np.linalg.inv(hessian) @ grad

# --- Adam
class Adam:
    def __init__(self, groups, lr=1e-3, betas=(0.9, 0.999), eps=1e-8, weight_decay=0.0, decoupled=True):
        defaults = dict(lr=lr, betas=betas, eps=eps, weight_decay=weight_decay, decoupled=decoupled)
        self.groups = [{**defaults, **g, "params": list(g["params"])} for g in groups]
        self.count = 0
        self.moments = [
            [(np.zeros_like(p), np.zeros_like(p)) for p in g["params"]] for g in self.groups
        ]

    def step(self, grads):
        self.count += 1
        for group, group_grads, moments in zip(self.groups, grads, self.moments):
            b1, b2 = group["betas"]
            rate, decay = group["lr"], group["weight_decay"]
            for p, g, (m, v) in zip(group["params"], group_grads, moments):
                if group["decoupled"]:
                    p *= 1 - rate * decay
                else:
                    g = g + decay * p
                m *= b1
                m += (1 - b1) * g
                v *= b2
                v += (1 - b2) * g * g
                m_hat = m / (1 - b1 ** self.count)
                v_hat = v / (1 - b2 ** self.count)
                p -= rate * m_hat / (np.sqrt(v_hat) + group["eps"])

    def state_dict(self):
        options = [{k: v for k, v in g.items() if k != "params"} for g in self.groups]
        moments = [[(m.copy(), v.copy()) for m, v in group] for group in self.moments]
        return {"count": self.count, "moments": moments, "options": options}

    def load_state_dict(self, state):
        shapes = [[np.shape(m) for m, _ in group] for group in state["moments"]]
        if shapes != [[p.shape for p in g["params"]] for g in self.groups]:
            raise ValueError("this state belongs to other parameters")
        self.count = state["count"]
        self.moments = [[(m.copy(), v.copy()) for m, v in group] for group in state["moments"]]
        for group, options in zip(self.groups, state["options"]):
            group.update(options)

# --- optimizer_floats
def optimizer_floats(n_params, optimizer):
    if optimizer == "sgd":
        return n_params + n_params
    if optimizer == "momentum":
        return 3 * n_params
    if optimizer in ("adam", "adamw"):
        return 4 * n_params
    raise ValueError("unknown optimizer: " + str(optimizer))
