"""Independent answers to lesson 04, right and wrong: layer norm."""

from __future__ import annotations

import numpy as np


def flat(x, gamma, beta, eps=1e-5):
    table = x.reshape(-1, x.shape[-1])
    centred = table - table.mean(1)[:, None]
    root = np.sqrt((centred**2).mean(1)[:, None] + eps)
    z = centred / root
    return (z * gamma + beta).reshape(x.shape), (z, root, gamma)


def flat_back(dout, cache):
    z, root, gamma = cache
    g = dout.reshape(z.shape)
    d = z.shape[1]
    scaled = g * gamma
    sums, products = scaled.sum(1, keepdims=True), (scaled * z).sum(1, keepdims=True)
    dx = (d * scaled - sums - z * products) / (d * root)
    return dx.reshape(dout.shape), (g * z).sum(0), g.sum(0)


def loops(x, gamma, beta, eps=1e-5):
    out, notes = np.empty(x.shape), {}
    for index in np.ndindex(x.shape[:-1]):
        row = x[index]
        root = (row.var() + eps) ** 0.5
        notes[index] = ((row - row.mean()) / root, root)
        out[index] = gamma * notes[index][0] + beta
    return out, (notes, gamma.copy())


def loops_back(dout, cache):
    notes, gamma = cache
    dx, dgamma, dbeta = np.empty(dout.shape), np.zeros(len(gamma)), np.zeros(len(gamma))
    for index, (z, root) in notes.items():
        g = dout[index]
        dgamma += g * z
        dbeta += g
        jacobian = (np.eye(len(z)) - 1 / len(z) - np.outer(z, z) / len(z)) / root
        dx[index] = jacobian @ (gamma * g)
    return [dx, dgamma, dbeta]


def closure(x, gamma, beta, eps=1e-5):
    scale = (np.var(x, axis=-1, keepdims=True) + eps) ** -0.5
    z = (x - np.mean(x, axis=-1, keepdims=True)) * scale

    def back(dout):
        g = dout * gamma * scale
        g = g - g.mean(-1, keepdims=True)
        dx = g - z * (g * z).mean(-1, keepdims=True)
        leading = tuple(range(dout.ndim - 1))
        return (
            dx,
            np.tensordot(dout, z, (leading, leading)).diagonal().copy(),
            dout.reshape(-1, len(gamma)).sum(0),
        )

    return np.einsum("...d,d->...d", z, gamma) + beta, back


def call(dout, cache):
    return cache(dout)


def staged(x, gamma, beta, eps=1e-5):
    mean = np.average(x, axis=x.ndim - 1)[..., None]
    centred = x - mean
    var = np.average(np.square(centred), axis=x.ndim - 1)[..., None]
    return centred / np.sqrt(var + eps) * gamma + beta, (centred, var + eps, gamma)


def staged_back(dout, cache):
    centred, var, gamma = cache
    d, leading = dout.shape[-1], tuple(range(dout.ndim - 1))
    dxhat = dout * gamma
    dvar = -0.5 * (dxhat * centred).sum(-1, keepdims=True) * var**-1.5
    dcentred = dxhat / np.sqrt(var) + 2 * centred * dvar / d
    dmean = -dcentred.sum(-1, keepdims=True)
    return dcentred + dmean / d, (dout * centred / np.sqrt(var)).sum(leading), dout.sum(leading)


# wrong


plain, plain_back = flat, flat_back


def whole_table(x, gamma, beta, eps=1e-5):
    z = (x - x.mean()) / np.sqrt(x.var() + eps)
    root = np.full((x.size // x.shape[-1], 1), np.sqrt(x.var() + eps))
    return z * gamma + beta, (z.reshape(-1, x.shape[-1]), root, gamma)


def two_axes_only_back(dout, cache):
    dx, _, _ = flat_back(dout, cache)
    return dx, (dout * cache[0].reshape(dout.shape)).sum(0), dout.sum(0)


def keeps_out(x, gamma, beta, eps=1e-5):
    out, (_, root, _) = flat(x, gamma, beta, eps)
    return out, (out.copy(), root, gamma, beta)


def recovers_xhat_back(dout, cache):
    out, root, gamma, beta = cache
    with np.errstate(all="ignore"):
        return flat_back(dout, (((out - beta) / gamma).reshape(-1, len(gamma)), root, gamma))


def axis_one(x, gamma, beta, eps=1e-5):
    mean, var = x.mean(axis=1, keepdims=True), x.var(axis=1, keepdims=True)
    scale = 1 / np.sqrt(var + eps)
    return gamma * (x - mean) * scale + beta, ((x - mean) * scale, scale, gamma)


def axis_one_back(dout, cache):
    z, scale, gamma = cache
    leading = tuple(range(dout.ndim - 1))
    g = dout * gamma
    inner = g - g.mean(axis=1, keepdims=True) - z * (g * z).mean(axis=1, keepdims=True)
    return scale * inner, (dout * z).sum(leading), dout.sum(leading)


def kept_axes_back(dout, cache):
    dx, dgamma, dbeta = flat_back(dout, cache)
    return dx, dgamma[None], dbeta[None]


def eps_squared(x, gamma, beta, eps=1e-5):
    return flat(x, gamma, beta, eps**2)


def in_place(x, gamma, beta, eps=1e-5):
    out, cache = flat(x, gamma, beta, eps)
    x[...] = out
    return x, cache


def swapped_back(dout, cache):
    dx, dgamma, dbeta = flat_back(dout, cache)
    return dx, dbeta, dgamma


def gamma_changed_back(dout, cache):
    grads = flat_back(dout, cache)
    cache[2][...] *= 0.5
    return grads
