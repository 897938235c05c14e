"""Mistakes in the two passes."""

from functools import partial

from autograder.api import Bank

bank = Bank()
passes = bank.exercise("forward__backward")
flagged = partial(passes.edit, about="anything")  # no number shows these
DEPTH = "    depth = len(params) // 2\n"
IN_PLACE = """    names = [k for k in params if k[0] == "{0}"]
    params = params | dict(zip(sorted(names), [params[k] for k in names], strict=True))
"""
LAST = 'return h @ W + params[f"b{depth}"], caches'
SCORES = 'z = h @ W + params[f"b{depth}"]\n    '
GATED = "            delta = delta * gate\n"


passes.edit(
    "relu_on_the_logits",
    "The last layer passes through ReLU too, so that no logit is negative. The logits are plain "
    "scores: the last layer is linear and nothing else.",
    (LAST, SCORES + "caches[-1] = (h, W, z > 0)\n    return z * (z > 0), caches"),
)

for kind, shift in (("stable", " - z.max(axis=1, keepdims=True)"), ("unstable", "")):
    passes.edit(
        f"{kind}_probabilities_for_logits",
        "The network ends in a softmax, so that probabilities come back. The logits are plain "
        "scores: the loss applies the softmax itself, and would do so a second time.",
        (LAST, f"{SCORES}e = np.exp(z{shift})\n    return e / e.sum(1, keepdims=True), caches"),
    )
passes.edit(
    "no_relu",
    "The hidden layers are linear, so that the whole network is one linear map, however deep. ReLU "
    "belongs after every hidden layer, and its gate on the way back.",
    ("gate = z > 0", "gate = np.ones(z.shape, dtype=bool)"),
)
passes.edit(
    "leaky",
    "Hidden units below zero still pass a hundredth of their value on. That is leaky ReLU: here a "
    "unit below zero gives exactly 0, on the way there and on the way back.",
    ("gate = z > 0", "gate = np.where(z > 0, 1.0, 0.01)"),
    ("(gate & (", "(gate * ("),
    source="Maas, Hannun and Ng (2013), Rectifier Nonlinearities",
)
passes.edit(
    "biases_forgotten_on_hidden_layers",
    "The hidden layers are computed without their biases, and only the logits have theirs. Every "
    "layer is x @ W + b.",
    ('        z += params[f"b{layer}"]\n', ""),
)
flagged(
    "parameters_by_position",
    "The parameters are taken in the order in which the dict happens to hold them. Its keys may "
    "come in any order: fetch each one by its name.",
    (DEPTH, DEPTH + "".join(IN_PLACE.format(kind) for kind in "Wb")),
)
passes.edit(
    "divided_by_rows",
    "The gradients are divided by the number of rows. The mean is the loss's business, and already "
    "inside dlogits: divide here, and it is done twice.",
    ("grads, delta = {}, dlogits", "grads, delta = {}, dlogits / len(dlogits)"),
)
passes.edit(
    "biases_averaged",
    "The gradient of a bias is the mean over the rows of what comes back. Each row used the bias, "
    "and their contributions add up: take the sum.",
    ("delta.sum(axis=0)", "delta.mean(axis=0)"),
)
passes.edit(
    "gate_by_the_sign_of_the_blame",
    "ReLU's gate on the way back is taken from the sign of the gradient. It is the sign of what "
    "went into ReLU on the way there that decides.",
    (GATED, "            delta = delta * gate * (delta > 0)\n"),
    source="Springenberg et al. (2015), Striving for Simplicity, guided backpropagation",
)
passes.edit(
    "open_at_zero",
    "A unit whose input is exactly 0 counts as open on the way back. The gate is 1 where z is "
    "above 0, and 0 at 0.",
    ("gate = z > 0", "gate = z >= 0"),
)
passes.edit(
    "half_at_zero",
    "A unit whose input is exactly 0 passes half of the gradient back. The gate is 1 where z is "
    "above 0, and 0 at 0.",
    ("gate = z > 0", "gate = np.heaviside(z, 0.5)"),
    ("(gate & (", "(gate * ("),
)
flagged(
    "closed_units_let_through",
    "On the way back the gate is turned round: the gradient passes where the unit was closed or "
    "dropped, and stops where it was open. Multiply by the gate itself.",
    (GATED, "            delta = delta * (gate == 0)\n"),
)
flagged(
    "biases_not_added_up",
    "The gradient of a bias has a row for each row of the batch. All rows use the same bias, so "
    "their contributions add up: sum over the batch axis.",
    ("delta.sum(axis=0)", "delta.copy()"),
)
flagged(
    "biases_as_rows",
    "The gradient of a bias is a table with one row. It has the shape of its parameter, one axis: "
    "sum over the batch axis without keeping it.",
    ("delta.sum(axis=0)", "delta.sum(axis=0, keepdims=True)"),
)
flagged(
    "weight_gradient_transposed",
    "The gradient of W has the shape (fan_out, fan_in): its two factors stand in the wrong order. "
    "It has the shape of W: the transposed input times the gradient.",
    ("h.T @ delta", "delta.T @ h"),
)
flagged(
    "weights_not_transposed",
    "On the way back the gradient is multiplied by W as it is, which fits square layers only, and "
    "mixes up their units. The way back goes through the transposed W.",
    ("delta @ W.T", "delta @ W"),
)
passes.edit(
    "first_layer_left_out",
    "The gradients of the first layer are zeros: nothing is passed back to it. The way back ends "
    "at the inputs, which need none, and not before W1 and b1.",
    ("    return grads", "    return grads | {k: 0 * grads[k] for k in ('W1', 'b1')}"),
)
flagged(
    "cache_spent_for_good",
    "The gates are overwritten while they are used, so that a second backward on the same caches "
    "finds other ones. Leave the caches as they are.",
    (GATED, "            delta = delta * gate\n            gate[...] = 0\n"),
)
flagged(
    "one_cache_for_all",
    "The caches are kept in one place for all passes, so that the backward of an earlier pass gets "
    "those of the latest. Hand them out, and use those that come back.",
    ("    h, caches = x, []\n", "    h, caches = x, _LATEST\n    caches.clear()\n"),
    ("def backward(", "_LATEST = []\n\n\ndef backward("),
)
flagged(
    "gradients_kept_between_calls",
    "The dict of gradients is made once and handed out by every call, so that a second call "
    "overwrites what the first one gave. Make a new dict in each call.",
    ("grads, delta = {}, dlogits", "grads, delta = _GRADS, dlogits\n    grads.clear()"),
    ("def backward(", "_GRADS = {}\n\n\ndef backward("),
)
