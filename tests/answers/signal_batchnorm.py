"""Independent answers to lesson 04, right and wrong: batch norm."""

from __future__ import annotations

import math

import numpy as np


def memory(x, running_mean, running_var, momentum):
    """Both running averages after a batch."""
    return (
        running_mean + momentum * (x.mean(0) - running_mean),
        running_var + momentum * (np.var(x, axis=0, ddof=1) - running_var),
    )


def staged(x, gamma, beta, running_mean, running_var, momentum=0.1, eps=1e-5, training=True):
    if not training:
        out = gamma * (x - running_mean) / np.sqrt(running_var + eps) + beta
        return out, None, running_mean.copy(), running_var.copy()
    n = x.shape[0]
    mu = np.sum(x, axis=0) / n
    centred = x - mu
    var = np.sum(centred**2, axis=0) / n
    root = np.sqrt(var + eps)
    inverse = 1.0 / root
    xhat = centred * inverse
    new = memory(x, running_mean, running_var, momentum)
    return gamma * xhat + beta, (xhat, gamma, centred, inverse, root, var, eps), *new


def staged_back(dout, cache):
    xhat, gamma, centred, inverse, root, var, eps = cache
    n, d = dout.shape
    dbeta, dgamma = np.sum(dout, axis=0), np.sum(dout * xhat, axis=0)
    dxhat = dout * gamma
    dinverse = np.sum(dxhat * centred, axis=0)
    dvar = 0.5 / np.sqrt(var + eps) * (-1.0 / root**2) * dinverse
    dcentred = dxhat * inverse + 2 * centred * (np.ones((n, d)) / n * dvar)
    dx = dcentred + np.ones((n, d)) / n * (-np.sum(dcentred, axis=0))
    return dx, dgamma, dbeta


def loops(x, gamma, beta, running_mean, running_var, momentum=0.1, eps=1e-5, training=True):
    n, d = x.shape
    out, xhat = np.empty((n, d)), np.empty((n, d))
    new_mean, new_var, roots = running_mean.copy(), running_var.copy(), np.empty(d)
    for j in range(d):
        mean, var = running_mean[j], running_var[j]
        if training:
            mean = sum(x[i, j] for i in range(n)) / n
            squares = sum((x[i, j] - mean) ** 2 for i in range(n))
            var = squares / n
            new_mean[j] = momentum * mean + new_mean[j] * (1 - momentum)
            new_var[j] = momentum * squares / (n - 1) + new_var[j] * (1 - momentum)
        roots[j] = math.sqrt(var + eps)
        for i in range(n):
            xhat[i, j] = (x[i, j] - mean) / roots[j]
            out[i, j] = gamma[j] * xhat[i, j] + beta[j]
    return [out, {"xhat": xhat, "roots": roots, "gamma": gamma.copy()}, new_mean, new_var]


def loops_back(dout, cache):
    n, d = dout.shape
    dx, dgamma, dbeta = np.empty((n, d)), np.zeros(d), np.zeros(d)
    for j in range(d):
        xhat = cache["xhat"][:, j]
        dbeta[j] = sum(dout[:, j])
        dgamma[j] = sum(g * h for g, h in zip(dout[:, j], xhat, strict=True))
        for i in range(n):
            inner = n * dout[i, j] - dbeta[j] - xhat[i] * dgamma[j]
            dx[i, j] = cache["gamma"][j] / (n * cache["roots"][j]) * inner
    return [dx, dgamma, dbeta]


def closure(x, gamma, beta, running_mean, running_var, momentum=0.1, eps=1e-5, training=True):
    mean, var = (x.mean(0), x.var(0)) if training else (running_mean, running_var)
    scale = (var + eps) ** -0.5
    z = (x - mean) * scale

    def back(dout):
        g = dout * gamma * scale
        g = g - g.mean(0)
        return g - z * (g * z).mean(0), np.einsum("nd,nd->d", dout, z), dout.sum(0)

    if training:
        running_mean, running_var = memory(x, running_mean, running_var, momentum)
    return z * gamma + beta, back, running_mean, running_var


def call(dout, cache):
    return cache(dout)


def keeps_x(x, gamma, beta, running_mean, running_var, momentum=0.1, eps=1e-5, training=True):
    if not training:
        running = running_mean, running_var
        return (x - running_mean) * gamma / (running_var + eps) ** 0.5 + beta, 0, *running
    out = gamma * (x - x.mean(0)) / np.sqrt(x.var(0) + eps) + beta
    return out, (x.copy(), gamma.copy(), eps), *memory(x, running_mean, running_var, momentum)


def jacobian_back(dout, cache):
    """The whole matrix of derivatives, feature by feature."""
    x, gamma, eps = cache
    n, d = x.shape
    centring = np.eye(n) - 1 / n
    dx = np.empty((n, d))
    xhat = (x - x.mean(0)) / np.sqrt(x.var(0) + eps)
    for j in range(d):
        local = centring - np.outer(xhat[:, j], xhat[:, j]) / n
        dx[:, j] = gamma[j] / math.sqrt(x[:, j].var() + eps) * local @ dout[:, j]
    return dx, np.diag(dout.T @ xhat).copy(), np.ones(n) @ dout


def einsum(x, gamma, beta, running_mean, running_var, momentum=0.1, eps=1e-5, training=True):
    mean, var = running_mean, running_var
    if training:
        mean = np.einsum("nd->d", x) / len(x)
        var = np.einsum("nd,nd->d", x - mean, x - mean) / len(x)
        running_mean, running_var = memory(x, running_mean, running_var, momentum)
    xhat = (x - mean) / np.sqrt(var + eps)
    slope = gamma / np.sqrt(var + eps)
    return xhat * gamma + beta, (xhat, slope), np.array(running_mean), np.array(running_var)


def einsum_back(dout, cache):
    xhat, slope = cache
    n = len(dout)
    dgamma = np.einsum("nd,nd->d", dout, xhat)
    along = np.einsum("nd,kd,kd->nd", xhat, xhat, dout) / n
    return slope * (dout - np.einsum("kd->d", dout) / n - along), dgamma, dout.sum(0)


# wrong


def plain(x, gamma, beta, running_mean, running_var, momentum=0.1, eps=1e-5, training=True):
    return einsum(x, gamma, beta, running_mean, running_var, momentum, eps, training)


plain_back = einsum_back


def no_eps(x, gamma, beta, running_mean, running_var, momentum=0.1, eps=1e-5, training=True):
    return plain(x, gamma, beta, running_mean, running_var, momentum, 1e-12, training)


def gamma_left_out(
    x, gamma, beta, running_mean, running_var, momentum=0.1, eps=1e-5, training=True
):
    _, cache, *new = plain(x, gamma, beta, running_mean, running_var, momentum, eps, training)
    return cache[0] + beta, cache, *new


def keeps_out(x, gamma, beta, running_mean, running_var, momentum=0.1, eps=1e-5, training=True):
    out, (_, slope), *new = plain(
        x, gamma, beta, running_mean, running_var, momentum, eps, training
    )
    return out, (out.copy(), gamma, beta, slope), *new


def recovers_xhat_back(dout, cache):
    out, gamma, beta, slope = cache
    with np.errstate(all="ignore"):
        return einsum_back(dout, ((out - beta) / gamma, slope))


def eps_in_memory(x, gamma, beta, running_mean, running_var, momentum=0.1, eps=1e-5, training=True):
    *rest, var = plain(x, gamma, beta, running_mean, running_var, momentum, eps, training)
    return *rest, var + momentum * eps if training else var


def other_order(x, gamma, beta, running_mean, running_var, momentum=0.1, eps=1e-5, training=True):
    out, cache, mean, var = plain(
        x, gamma, beta, running_mean, running_var, momentum, eps, training
    )
    return out, mean, var, cache


def keeps_list(*args, **kwargs):
    out, cache, *new = plain(*args, **kwargs)
    return out, list(cache), *new


def spends_back(dout, cache):
    slope, xhat = cache.pop(), cache.pop()
    return einsum_back(dout, (xhat, slope))


def other_order_back(dout, cache):
    dx, dgamma, dbeta = einsum_back(dout, cache)
    return dx, dbeta, dgamma


def centres_in_place(
    x, gamma, beta, running_mean, running_var, momentum=0.1, eps=1e-5, training=True
):
    out, cache, *new = plain(x, gamma, beta, running_mean, running_var, momentum, eps, training)
    x -= x.mean(0)
    return out, cache, *new


def evaluates_unbiased(
    x, gamma, beta, running_mean, running_var, momentum=0.1, eps=1e-5, training=True
):
    if not training and len(x) > 1:
        running_var = running_var * len(x) / (len(x) - 1)
    return plain(x, gamma, beta, running_mean, running_var, momentum, eps, training)


def remembers(x, gamma, beta, running_mean, running_var, momentum=0.1, eps=1e-5, training=True):
    running_mean = getattr(remembers, "mean", running_mean)
    running_mean = running_mean if running_mean.shape == gamma.shape else 0 * gamma
    out, cache, mean, var = plain(
        x, gamma, beta, running_mean, running_var, momentum, eps, training
    )
    remembers.mean = mean
    return out, cache, mean, var


def dout_changed_back(dout, cache):
    grads = einsum_back(dout, cache)
    dout -= dout.mean(0)
    return grads


def median(x, gamma, beta, running_mean, running_var, momentum=0.1, eps=1e-5, training=True):
    out, cache, mean, var = plain(
        x, gamma, beta, running_mean, running_var, momentum, eps, training
    )
    if training:
        mean = (1 - momentum) * running_mean + momentum * np.median(x, axis=0)
    return out, cache, mean, var
