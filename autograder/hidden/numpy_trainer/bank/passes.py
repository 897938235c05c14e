"""Mistakes in the two passes."""

from __future__ import annotations

from autograder.api import Bank

KEY = "forward__backward"
LAST = 'return h @ W + params[f"b{depth}"], caches'
GATE = "            gate = (gate & (rng.random(z.shape) >= p)) * (1 / (1 - p))\n"
UNSCALED = (
    "The units that stay are not divided by 1 - p, so that training sees a smaller signal than "
    "evaluation does. Inverted dropout scales while training; look at the mean of a layer."
)


def declare(bank: Bank) -> None:
    _forward(bank)
    _dropout(bank)


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
