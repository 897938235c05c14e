"""Mistakes in the two passes."""

from __future__ import annotations

from autograder.misconception import Bank

KEY = "forward__backward"
LAST = 'return h @ W + params[f"b{depth}"], caches'
GATE = "            gate = (gate & (rng.random(z.shape) >= p)) * (1 / (1 - p))\n"
GATED = "            delta = delta * gate\n"
UNSCALED = (
    "The units that stay are not divided by 1 - p, so that training sees a smaller signal than "
    "evaluation does. Inverted dropout scales while training; look at the mean of a layer."
)


def declare(bank: Bank) -> None:
    _forward(bank)
    _dropout(bank)
    _backward(bank)
    _caches(bank)


def _forward(bank: Bank) -> None:
    bank.edit(
        KEY,
        "relu_on_the_logits",
        "The last layer passes through ReLU too, so that no logit is negative. The logits are "
        "plain scores: the last layer is linear and nothing else.",
        (
            LAST,
            'z = h @ W + params[f"b{depth}"]\n'
            "    caches[-1] = (h, W, z > 0)\n    return z * (z > 0), caches",
        ),
    )
    bank.edit(
        KEY,
        "no_relu",
        "The hidden layers are linear, so that the whole network is one linear map, however "
        "deep. ReLU belongs after every hidden layer, and its gate on the way back.",
        ("gate = z > 0", "gate = np.ones(z.shape, dtype=bool)"),
    )
    bank.edit(
        KEY,
        "biases_forgotten_on_hidden_layers",
        "The hidden layers are computed without their biases, and only the logits have theirs. "
        "Every layer is x @ W + b.",
        ('        z += params[f"b{layer}"]\n', ""),
    )
    bank.edit(
        KEY,
        "parameters_by_position",
        "The parameters are taken in the order in which the dict happens to hold them. Its keys "
        "may come in any order: fetch each one by its name.",
        (
            "    depth = len(params) // 2\n",
            "    depth = len(params) // 2\n"
            '    values = [[v for k, v in params.items() if k[0] == c] for c in "Wb"]\n'
            '    params = {f"{c}{i + 1}": v for c, some in zip("Wb", values) '
            "for i, v in enumerate(some)}\n",
        ),
        about="anything",
    )


def _dropout(bank: Bank) -> None:
    bank.edit(
        KEY,
        "dropout_on_the_logits",
        "Dropout is applied to the logits as well, so that whole classes vanish at random. It "
        "belongs after each hidden layer, and nowhere else.",
        (
            LAST,
            'z = h @ W + params[f"b{depth}"]\n'
            "    if training and p > 0:\n"
            "        gate = (rng.random(z.shape) >= p) / (1 - p)\n"
            "        caches[-1] = (h, W, gate)\n"
            "        z = z * gate\n"
            "    return z, caches",
        ),
    )
    bank.edit(
        KEY,
        "dropout_on_the_inputs",
        "Dropout is applied to the inputs as well as to the hidden layers. Here the inputs stay "
        "as they are: the first gate comes after the first ReLU.",
        (
            "    h, caches = x, []\n",
            "    h, caches = x, []\n"
            "    if training and p > 0:\n"
            "        h = h * (rng.random(h.shape) >= p) / (1 - p)\n",
        ),
    )
    bank.edit(
        KEY,
        "never_dropped",
        "Nothing is ever dropped: p is not looked at. In training each hidden unit is set to "
        "zero with probability p, and the others are divided by 1 - p.",
        (GATE, "            gate = gate * 1.0\n"),
        about="anything",
    )
    bank.edit(
        KEY,
        "not_scaled",
        UNSCALED,
        (GATE, "            gate = gate & (rng.random(z.shape) >= p)\n"),
        about="anything",
    )
    bank.edit(
        KEY,
        "scaled_in_evaluation",
        "The units that stay keep their size in training, and evaluation multiplies by 1 - p. "
        "That is dropout as it was first written. Inverted dropout divides in training, and "
        "leaves evaluation alone.",
        (
            GATE,
            "            gate = gate & (rng.random(z.shape) >= p)\n"
            "        if not training:\n            gate = gate * (1 - p)\n",
        ),
        source="Srivastava et al. (2014), Dropout, figure 2",
    )
    bank.edit(
        KEY,
        "p_is_the_probability_to_keep",
        "p is used as the probability to keep a unit, and the scale is 1 / p. Here p is the "
        "probability to drop one, so that 1 - p stay.",
        (
            "if training and p > 0:\n" + GATE,
            "if training and p > 0:\n"
            "            gate = (gate & (rng.random(z.shape) < p)) * (1 / p)\n",
        ),
        source="tf.nn.dropout with keep_prob, TensorFlow 1",
    )
    bank.edit(
        KEY,
        "scaled_by_p",
        "The units that stay are divided by p. What is left of the sum is a part of 1 - p, so "
        "that dividing by 1 - p brings the mean back.",
        ("(1 / (1 - p))", "(1 / p)"),
    )
    bank.edit(
        KEY,
        "one_mask_for_all_rows",
        "One mask is drawn for each layer and shared by all rows of the batch. Each row is a "
        "pass of its own: draw a mask of the shape of the whole layer's output.",
        ("rng.random(z.shape)", "rng.random(z.shape[1])"),
        about="anything",
    )
    bank.edit(
        KEY,
        "seeded_mask",
        "The masks come from a generator that is made anew in every pass, so that the same units "
        "are dropped every time. Draw from the rng that is passed in.",
        ("rng.random(z.shape)", "np.random.default_rng(0).random(z.shape)"),
        about="anything",
    )
    bank.edit(
        KEY,
        "global_generator",
        "The masks come from NumPy's global generator, and rng is ignored: equal generators give "
        "different passes. Draw from the rng that is passed in.",
        ("rng.random(z.shape)", "np.random.random(z.shape)"),
        about="anything",
    )
    bank.edit(
        KEY,
        "dropped_in_evaluation",
        "Units are dropped in evaluation too, which then depends on chance and needs a "
        "generator. When training is False the whole network takes part.",
        (
            "if training and p > 0:\n",
            "rng = np.random.default_rng(0) if rng is None else rng\n        if p > 0:\n",
        ),
    )


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
