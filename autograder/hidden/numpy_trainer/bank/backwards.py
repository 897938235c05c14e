"""Mistakes on the way back."""

from __future__ import annotations

from autograder.api import Bank

KEY = "forward__backward"
GATE = "            gate = (gate & (rng.random(z.shape) >= p)) * (1 / (1 - p))\n"
GATED = "            delta = delta * gate\n"


def declare(bank: Bank) -> None:
    _backward(bank)
    _caches(bank)


def _backward(bank: Bank) -> None:
    bank.edit(
        KEY,
        "divided_by_rows",
        "The gradients are divided by the number of rows. The mean is the loss's business, and "
        "already inside dlogits: divide here, and it is done twice.",
        ("grads, delta = {}, dlogits", "grads, delta = {}, dlogits / len(dlogits)"),
    )
    bank.edit(
        KEY,
        "biases_averaged",
        "The gradient of a bias is the mean of the blame over the rows. Each row used the bias, "
        "and blame adds up: take the sum.",
        ("delta.sum(axis=0)", "delta.mean(axis=0)"),
    )
    bank.edit(
        KEY,
        "gate_ignored_on_the_way_back",
        "The blame passes back as if every unit had been open. A unit that was closed, or "
        "dropped, had no part in the logits: multiply by the gate of its layer.",
        (GATED, "            pass\n"),
        about="anything",
    )
    bank.edit(
        KEY,
        "mask_ignored_on_the_way_back",
        "The blame passes back through ReLU's gate alone, and dropout is forgotten. Units that "
        "were dropped get blamed, and those that stayed too little.",
        (GATED, "            delta = delta * (gate > 0)\n"),
        (GATE, GATE + "            z = z * gate\n            gate = z0 > 0\n"),
        ("        gate = z > 0\n", "        gate, z0 = z > 0, z\n"),
    )
    bank.edit(
        KEY,
        "not_scaled_on_the_way_back",
        "On the way back the gate only opens and closes, and its factor 1 / (1 - p) is missing. "
        "The forward pass multiplied by it, so its derivative has it too.",
        (GATED, "            delta = delta * (gate > 0)\n"),
        about="anything",
    )
    bank.edit(
        KEY,
        "gate_by_the_sign_of_the_blame",
        "ReLU's gate on the way back is taken from the sign of the blame. It is the sign of what "
        "went into ReLU on the way there that decides.",
        (GATED, "            delta = delta * gate * (delta > 0)\n"),
        source="Springenberg et al. (2015), Striving for Simplicity, guided backpropagation",
    )
    bank.edit(
        KEY,
        "open_at_zero",
        "A unit whose input is exactly 0 counts as open on the way back. The gate is 1 where z "
        "is above 0, and 0 at 0.",
        ("gate = z > 0", "gate = z >= 0"),
    )
    bank.edit(
        KEY,
        "first_layer_left_out",
        "The gradients of the first layer are zeros: the blame is not passed on to it. It ends "
        "at the inputs, which need none, and not before W1 and b1.",
        (
            "    return grads",
            '    grads["W1"] = 0 * grads["W1"]\n'
            '    grads["b1"] = 0 * grads["b1"]\n    return grads',
        ),
    )


def _caches(bank: Bank) -> None:
    bank.edit(
        KEY,
        "cache_spent_for_good",
        "The gates are overwritten while they are used, so that a second backward on the same "
        "caches finds other ones. Leave the caches as they are.",
        (GATED, "            delta = delta * gate\n            gate[...] = 0\n"),
        about="anything",
    )
    bank.edit(
        KEY,
        "one_cache_for_all",
        "The caches are kept in one place for all passes, so that the backward of an earlier "
        "pass gets those of the latest. Hand them out, and use those that come back.",
        ("    h, caches = x, []\n", "    h, caches = x, _LATEST\n    caches.clear()\n"),
        ("def backward(", "_LATEST = []\n\n\ndef backward("),
        about="anything",
    )
