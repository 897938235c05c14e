"""Wrong answers to lesson 04 as people write them, and the misconceptions in them."""

import numpy as np

BATCH = "batchnorm_forward__batchnorm_backward"
LAYER = "layernorm_forward__layernorm_backward"


def bn_back(dout, cache):
    xhat, gamma, ivar = cache
    m = dout.shape[0]
    dxhat = dout * gamma
    dx = (
        (1.0 / m) * ivar * (m * dxhat - np.sum(dxhat, axis=0) - xhat * np.sum(dxhat * xhat, axis=0))
    )
    return dx, np.sum(dout * xhat, axis=0), np.sum(dout, axis=0)


def bn_cs231n(x, gamma, beta, running_mean, running_var, momentum=0.9, eps=1e-5, training=True):
    if training:
        mu = np.mean(x, axis=0)
        v = np.var(x, axis=0)
        xh = (x - mu) / np.sqrt(v + eps)
        running_mean = momentum * running_mean + (1 - momentum) * mu
        running_var = momentum * running_var + (1 - momentum) * v
    else:
        xh = (x - running_mean) / np.sqrt(running_var + eps)
        v = running_var
    return gamma * xh + beta, (xh, gamma, 1 / np.sqrt(v + eps)), running_mean, running_var


def bn_biased_eps(x, gamma, beta, running_mean, running_var, momentum=0.1, eps=1e-5, training=True):
    if training:
        mu = np.mean(x, axis=0)
        v = np.var(x, axis=0)
        running_mean = momentum * mu + (1 - momentum) * running_mean
        running_var = momentum * v + (1 - momentum) * running_var
    else:
        mu, v = running_mean, running_var
    s = np.sqrt(v) + eps
    xh = (x - mu) / s
    return gamma * xh + beta, (xh, gamma, 1 / s), running_mean, running_var


def bn_inplace(x, gamma, beta, running_mean, running_var, momentum=0.1, eps=1e-5, training=True):
    if training:
        mu = np.mean(x, axis=0)
        v = np.var(x, axis=0)
        running_mean *= 1 - momentum
        running_mean += momentum * mu
        running_var *= 1 - momentum
        running_var += momentum * v
    else:
        mu, v = running_mean, running_var
    iv = 1 / np.sqrt(v + eps)
    xh = (x - mu) * iv
    return gamma * xh + beta, (xh, gamma, iv), running_mean, running_var


def right(x, gamma, beta, running_mean, running_var, momentum=0.1, eps=1e-5, training=True):
    if training:
        n = x.shape[0]
        mu = np.mean(x, axis=0)
        v = np.var(x, axis=0)
        running_mean = momentum * mu + (1 - momentum) * running_mean
        running_var = momentum * v * n / (n - 1) + (1 - momentum) * running_var
    else:
        mu, v = running_mean, running_var
    iv = 1 / np.sqrt(v + eps)
    xh = (x - mu) * iv
    return gamma * xh + beta, (xh, gamma, iv), running_mean, running_var


def bn_back_noscale(dout, cache):
    xhat, gamma, ivar = cache
    return dout * gamma * ivar, (dout * xhat).mean(0), dout.mean(0)


def bn_back_novar(dout, cache):
    xhat, gamma, ivar = cache
    d = dout * gamma * ivar
    return d - d.mean(axis=0), (dout * xhat).sum(0), dout.sum(0)


def ln(x, gamma, beta, eps=1e-5):
    m = np.mean(x, axis=1, keepdims=True)
    v = np.var(x, axis=1, keepdims=True)
    xh = (x - m) / np.sqrt(v + eps)
    return gamma * xh + beta, (xh, gamma, 1 / np.sqrt(v + eps))


def ln_back(dout, cache):
    xh, gamma, iv = cache
    D = dout.shape[-1]
    dxh = dout * gamma
    dx = (
        iv
        / D
        * (D * dxh - dxh.sum(axis=1, keepdims=True) - xh * (dxh * xh).sum(axis=1, keepdims=True))
    )
    return dx, (dout * xh).sum(axis=0), dout.sum(axis=0)


def ln_T(x, gamma, beta, eps=1e-5):
    xt = x.T
    m = xt.mean(0)
    v = xt.var(0)
    xh = ((xt - m) / np.sqrt(v + eps)).T
    return gamma * xh + beta, (xh, gamma, (1 / np.sqrt(v + eps))[:, None])


def ln_u(x, gamma, beta, eps=1e-5):
    m = x.mean(-1, keepdims=True)
    s = x.std(-1, keepdims=True, ddof=1)
    xh = (x - m) / (s + eps)
    return gamma * xh + beta, (xh, gamma, 1 / (s + eps))


def ln_back_ok(dout, cache):
    xh, gamma, iv = cache
    ax = tuple(range(dout.ndim - 1))
    dxh = dout * gamma
    dx = iv * (dxh - dxh.mean(-1, keepdims=True) - xh * (dxh * xh).mean(-1, keepdims=True))
    return dx, (dout * xh).sum(axis=ax), dout.sum(axis=ax)


def ln_back_const(dout, cache):
    xh, gamma, iv = cache
    return dout * gamma * iv, (dout * xh).sum(0), dout.sum(0)


def statistics_of_z(x, weights, activation):
    means, deviations = [], []
    for w in weights:
        z = x @ w
        x = activation(z)
        means.append(z.mean())
        deviations.append(z.std())
    return np.array(means), np.array(deviations)


def statistics_of_inputs(x, weights, activation):
    acts = [x]
    for w in weights:
        acts.append(activation(acts[-1] @ w))
    return [a.mean() for a in acts[:-1]], [a.std() for a in acts[:-1]]


def statistics_unbiased(x, weights, activation):
    ms, ss = [], []
    for w in weights:
        x = activation(x.dot(w))
        ms.append(float(np.sum(x) / x.size))
        ss.append(float(np.sqrt(((x - x.mean()) ** 2).sum() / (x.size - 1))))
    return ms, ss


def by_unique(W, tol=1e-12):
    return len(np.unique(W, axis=1).T)


def by_rows(W, tol=1e-12):
    seen = []
    for j in range(W.shape[0]):
        if not any(np.all(np.abs(W[j] - s) <= tol) for s in seen):
            seen.append(W[j])
    return len(seen)


def by_allclose(W, tol=1e-12):
    seen = []
    for j in range(W.shape[1]):
        if not any(np.allclose(W[:, j], s, atol=tol) for s in seen):
            seen.append(W[:, j])
    return len(seen)


def drawn_normal(fan_in, fan_out, rng):
    return rng.normal(0, np.sqrt(2 / (fan_in + fan_out)), (fan_in, fan_out))


def drawn_globally(fan_in, fan_out, rng):
    lim = np.sqrt(6 / (fan_in + fan_out))
    return np.random.uniform(-lim, lim, (fan_in, fan_out))  # noqa: NPY002 (the mistake)


def for_both_fans(fan_in, fan_out, rng):
    return rng.standard_normal((fan_in, fan_out)) * np.sqrt(2.0 / (fan_in + fan_out))


def turned_round(fan_in, fan_out, rng):
    return rng.standard_normal((fan_out, fan_in)) * np.sqrt(2.0 / fan_out)


def without_root(fan_in, fan_out, rng):
    return rng.normal(scale=2 / fan_in, size=(fan_in, fan_out))


def both(forward, backward):
    kind = "batchnorm" if forward.__name__.startswith(("bn", "right")) else "layernorm"
    return {f"{kind}_forward": forward, f"{kind}_backward": backward}


REAL = {
    BATCH: {
        "as in CS231n": both(bn_cs231n, bn_back),
        "biased, eps beside the deviation": both(bn_biased_eps, bn_back),
        "biased, in place": both(bn_inplace, bn_back),
        "a scale and means": both(right, bn_back_noscale),
        "the mean only": both(right, bn_back_novar),
    },
    LAYER: {
        "axis 1": both(ln, ln_back),
        "transposed": both(ln_T, ln_back),
        "unbiased, eps beside the deviation": both(ln_u, ln_back_ok),
    },
    "forward_statistics": {
        "before": {"forward_statistics": statistics_of_z},
        "what goes in": {"forward_statistics": statistics_of_inputs},
        "n - 1": {"forward_statistics": statistics_unbiased},
    },
    "distinct_units": {
        "unique": {"distinct_units": by_unique},
        "rows": {"distinct_units": by_rows},
        "allclose": {"distinct_units": by_allclose},
    },
    "xavier_uniform": {
        "normal": {"xavier_uniform": drawn_normal},
        "global": {"xavier_uniform": drawn_globally},
    },
    "he_normal": {
        "xavier": {"he_normal": for_both_fans},
        "fan_out": {"he_normal": turned_round},
        "no root": {"he_normal": without_root},
    },
}

NAMED = {
    BATCH: {
        "as in CS231n": "momentum_of_the_old_and_biased",
        "biased, eps beside the deviation": "eps_outside_the_root + running_variance_biased",
        "biased, in place": "running_variance_biased",
        "a scale and means": "mean_and_variance_constant + averaged_over_rows",
        "the mean only": "variance_constant",
    },
    LAYER: {
        "unbiased, eps beside the deviation": "unbiased_variance + eps_outside_the_root",
    },
    "forward_statistics": {
        "before": "before_the_activation",
        "what goes in": "inputs_of_the_layers",
        "n - 1": "unbiased_deviation",
    },
    "distinct_units": {
        "unique": "equal_to_the_bit",
        "rows": "rows_counted",
        "allclose": "relative_tolerance",
    },
    "xavier_uniform": {"normal": "normal_not_uniform", "global": "global_generator"},
    "he_normal": {
        "xavier": "xavier_normal",
        "fan_out": "arguments_swapped",
        "no root": "variance_as_deviation",
    },
}
