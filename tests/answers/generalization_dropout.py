"""Independent answers to lesson 07 of dropout, both ways, right and wrong."""

from __future__ import annotations

import numpy as np


def refuse(p):
    if p < 0 or p >= 1:
        raise ValueError(f"p = {p}")


def drop_binomial(x, p, rng, training=True):
    refuse(p)
    if not training:
        return np.array(x), np.full_like(x, 1.0)
    mask = rng.binomial(1, 1 - p, size=x.shape) / (1 - p)
    return np.multiply(mask, x), mask


def drop_where(x, p, rng, training=True):
    refuse(p)
    mask = np.ones_like(x)
    if training:
        mask = np.where(rng.uniform(size=x.shape) < p, 0.0, 1 / (1 - p))
    return [np.where(mask == 0, 0.0, x * mask), mask]


def drop_one_by_one(x, p, rng, training=True):
    refuse(p)
    mask = np.ones(x.shape)
    if training:
        for index in np.ndindex(x.shape):
            mask[index] = 0.0 if rng.random() < p else 1.0 / (1.0 - p)
    return x * mask, mask


def drop_choice(x, p, rng, training=True):
    refuse(p)
    keep = 1.0 - p
    values, odds = ([0.0, 1.0 / keep], [p, keep]) if training else ([1.0], None)
    if not training:
        return x + 0.0, np.ones(x.shape)
    mask = rng.choice(values, size=x.shape, p=odds)
    return x * mask, mask


def back_multiply(dout, mask):
    return np.multiply(dout, mask)


def back_where(dout, mask):
    dx = np.zeros_like(dout)
    on = mask != 0
    dx[on] = dout[on] * mask[on]
    return dx


def drop_block(x, p, rng, training=True):
    refuse(p)
    if not training:
        return x.copy(), np.ones_like(x)
    flat = np.repeat(rng.random(-(-x.size // 2)) >= p, 2)[: x.size]
    mask = flat.reshape(x.shape) / (1 - p)
    return x * mask, mask


def drop_in_place(x, p, rng, training=True):
    out, mask = drop_binomial(x, p, rng, training)
    x[...] = out
    return x, mask


def drop_boolean(x, p, rng, training=True):
    out, mask = drop_binomial(x, p, rng, training)
    return out, mask != 0


def drop_no_mask(x, p, rng, training=True):
    out, mask = drop_binomial(x, p, rng, training)
    return out, mask if training else None


def drop_last_axis(x, p, rng, training=True):
    refuse(p)
    if not training:
        return x.copy(), np.ones_like(x)
    mask = np.broadcast_to(rng.random((*x.shape[:-1], 1)) >= p, x.shape) / (1 - p)
    return x * mask, mask


def drop_half(x, p, rng, training=True):
    refuse(p)
    return drop_binomial(x, 0.5 if p else 0.0, rng, training)


def drop_assertion(x, p, rng, training=True):
    assert 0 <= p < 1
    return drop_binomial(x, p, rng, training)


def drop_zero_is_refused(x, p, rng, training=True):
    if not 0 < p < 1:
        raise ValueError(p)
    return drop_binomial(x, p, rng, training)


def drop_swapped(x, p, rng, training=True):
    return drop_binomial(x, p, rng, training)[::-1]


def drop_training_by_default(x, p, rng, training=False):
    return drop_binomial(x, p, rng, training)


def drop_renormalised(x, p, rng, training=True):
    refuse(p)
    if not training:
        return x.copy(), np.ones_like(x)
    on = rng.random(x.shape) >= p
    mask = on / max(on.mean(), 1e-9)
    return x * mask, mask


def back_in_place(dout, mask):
    dout *= mask
    return dout


def back_squared(dout, mask):
    return dout * mask**2


def back_of_mask_in_place(dout, mask):
    mask *= dout
    return mask
