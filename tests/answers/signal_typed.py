"""More wrong answers to lesson 04 as people type them, and what each should be named as."""

from __future__ import annotations

import numpy as np

from .signal_real import BATCH, LAYER, bn_back, both, ln_back_ok, right


def bn_own_eps(x, gamma, beta, running_mean, running_var, momentum=0.1, eps=1e-5, training=True):
    return right(x, gamma, beta, running_mean, running_var, momentum, 1e-8, training)


def bn_latest(x, gamma, beta, running_mean, running_var, momentum=0.1, eps=1e-5, training=True):
    out, cache, _, _ = right(x, gamma, beta, running_mean, running_var, momentum, eps, training)
    if training:
        running_mean, running_var = x.mean(axis=0), x.var(axis=0)
    return out, cache, running_mean, running_var


def bn_back_sums(dout, cache):
    xhat, gamma, ivar = cache
    dbeta, dgamma = dout.sum(axis=0), (dout * xhat).sum(axis=0)
    return gamma * ivar * (dout - dbeta - xhat * dgamma), dgamma, dbeta


def bn_back_steps(dout, cache):
    xhat, gamma, ivar = cache
    n, xmu, dxhat = len(dout), xhat / ivar, dout * gamma
    dvar = -0.5 * np.sum(dxhat * xmu, axis=0) * ivar**2
    dmu = -np.sum(dxhat * ivar, axis=0) - 2 * dvar * xmu.mean(axis=0)
    dx = dxhat * ivar + 2 * dvar * xmu / n + dmu / n
    return dx, (dout * xhat).sum(axis=0), dout.sum(axis=0)


def ln_beside(x, gamma, beta, eps=1e-5):
    mean, std = x.mean(-1, keepdims=True), x.std(-1, keepdims=True)
    normalised = (x - mean) / (std + eps)
    return gamma * normalised + beta, (normalised, gamma, 1 / np.sqrt(std**2 + eps))


def ln_plain(x, gamma, beta, eps=1e-5):
    mean, std = x.mean(-1, keepdims=True), np.sqrt(x.var(-1, keepdims=True) + eps)
    return gamma * (x - mean) / std + beta, ((x - mean) / std, gamma, 1 / std)


def ln_back_rows(dout, cache):
    normalised, gamma, inv_std = cache
    d, n, leading = dout * gamma, len(dout), tuple(range(dout.ndim - 1))
    inner = (d * normalised).sum(-1, keepdims=True)
    dx = inv_std * (d - (d.sum(-1, keepdims=True) + normalised * inner) / n)
    return dx, (dout * normalised).sum(leading), dout.sum(leading)


def statistics_tanh(x, weights, activation):
    h, outputs = x, []
    for W in weights:
        h = np.tanh(h.dot(W))
        outputs.append(h)
    return [h.mean() for h in outputs], [h.std() for h in outputs]


def statistics_of_z_unbiased(x, weights, activation):
    means, stds = [], []
    for W in weights:
        z = x @ W
        means.append(z.mean())
        stds.append(z.std(ddof=1))
        x = activation(z)
    return means, stds


def units_rounded(W, tol=1e-12):
    return len({tuple(column) for column in np.round(W, 12).T})


def xavier_of_notes(fan_in, fan_out, rng):
    return rng.standard_normal((fan_in, fan_out)) / np.sqrt(fan_in)


def xavier_of_roots(fan_in, fan_out, rng):
    limit = np.sqrt(6) / (np.sqrt(fan_in) + np.sqrt(fan_out))
    return rng.uniform(-limit, limit, (fan_in, fan_out))


def he_small(fan_in, fan_out, rng):
    return rng.standard_normal((fan_in, fan_out)) * 0.01


def he_divided(fan_in, fan_out, rng):
    return rng.standard_normal((fan_in, fan_out)) / np.sqrt(2 / fan_in)


TYPED = {
    BATCH: {
        "an eps of its own": both(bn_own_eps, bn_back),
        "the latest batch": both(bn_latest, bn_back),
        "sums": both(right, bn_back_sums),
        "step by step": both(right, bn_back_steps),
    },
    LAYER: {
        "eps beside, in the output": both(ln_beside, ln_back_ok),
        "means over the rows": both(ln_plain, ln_back_rows),
    },
    "forward_statistics": {
        "tanh": {"forward_statistics": statistics_tanh},
        "before, n - 1": {"forward_statistics": statistics_of_z_unbiased},
    },
    "distinct_units": {"12 decimals": {"distinct_units": units_rounded}},
    "xavier_uniform": {
        "of lecture notes": {"xavier_uniform": xavier_of_notes},
        "two roots": {"xavier_uniform": xavier_of_roots},
    },
    "he_normal": {"small": {"he_normal": he_small}, "divided": {"he_normal": he_divided}},
}
NAMED = {
    BATCH: {
        "an eps of its own": "eps_fixed_at_1e_8",
        "the latest batch": "running_averages_overwritten_and_biased",
        "sums": "sums_for_means",
        "step by step": "power_of_the_deviation",
    },
    LAYER: {
        "eps beside, in the output": "eps_outside_the_root_of_the_output",
        "means over the rows": "divided_by_the_rows",
    },
    "forward_statistics": {
        "tanh": "always_tanh",
        "before, n - 1": "before_the_activation + unbiased_deviation",
    },
    "distinct_units": {"12 decimals": "rounded_to_twelve_decimals"},
    "xavier_uniform": {"of lecture notes": "normal_for_the_inputs", "two roots": "roots_added"},
    "he_normal": {"small": "a_fixed_size", "divided": "upside_down"},
}
