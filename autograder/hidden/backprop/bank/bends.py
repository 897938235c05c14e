"""Mistakes in the three elementwise layers: ReLU, sigmoid, tanh."""

from __future__ import annotations

from autograder.api import Bank

RELU = "relu_forward__relu_backward"
SIGMOID = "sigmoid_forward__sigmoid_backward"
TANH = "tanh_forward__tanh_backward"


def declare(bank: Bank) -> None:
    """In the order of the lesson."""
    _relu(bank)
    _sigmoid(bank)
    _tanh(bank)


def _relu(bank: Bank) -> None:
    bank.edit(
        RELU,
        "mask_from_dout",
        "The gate opens where the gradient that flows in is positive. What decides is the number "
        "that went in on the way forward: negative blame passes too.",
        ("return dout * active", "return dout * (dout > 0)"),
    )
    bank.edit(
        RELU,
        "open_at_zero",
        "The gate is open at exactly 0. The derivative there is a choice, and this course chooses "
        "0, as PyTorch does: look at the comparison.",
        ("x > 0", "x >= 0"),
    )
    bank.edit(
        RELU,
        "local_derivative_only",
        "The backward returns its own derivative, 0 or 1, without what flows in. The chain rule "
        "is a product: local derivative times dout.",
        ("return dout * active", "return 1.0 * active"),
        about="anything",
    )
    bank.edit(
        RELU,
        "value_for_derivative",
        "dout is multiplied by the output of the ReLU. The derivative of max(x, 0) is 0 or 1, "
        "whatever the size of x.",
        ("np.maximum(x, 0), x > 0", "np.maximum(x, 0), np.maximum(x, 0)"),
    )
    bank.edit(
        RELU,
        "gate_left_out",
        "The backward passes dout on as it is. Where the input was negative the output did not "
        "depend on it, so no blame passes there.",
        ("return dout * active", "return 1.0 * dout"),
    )
    bank.edit(
        RELU,
        "dout_overwritten",
        "The numbers are right, but dout is set to 0 in place: whoever still needs it finds it "
        "changed. Return a new array.",
        ("return dout * active", "dout[~active] = 0\n    return dout"),
        about="anything",
    )
    bank.edit(
        RELU,
        "input_overwritten",
        "The negative numbers are set to 0 in x itself, so the caller's array changes. Return a "
        "new array, and leave x as it was.",
        (
            "return np.maximum(x, 0), x > 0",
            "active = x > 0\n    x[~active] = 0\n    return x, active",
        ),
        about="anything",
    )
    bank.edit(
        RELU,
        "one_cache_for_all",
        "The cache is kept in one place for all calls, so a second forward overwrites the first "
        "one's. Hand the cache out, and use the one that comes back.",
        (
            "return np.maximum(x, 0), x > 0",
            "relu_forward.last = x > 0\n    return np.maximum(x, 0), None",
        ),
        ("active = cache", "active = relu_forward.last"),
    )


def _sigmoid(bank: Bank) -> None:
    bank.edit(
        SIGMOID,
        "derivative_from_input",
        "The formula out * (1 - out) is used with the input in the place of the output. Look at "
        "what the forward puts into the cache.",
        ("return out, out", "return out, x"),
    )
    bank.edit(
        SIGMOID,
        "squashed_twice",
        "The cached output goes through the sigmoid once more before the formula. It is an output "
        "already: use it as it is.",
        ("out = cache", "out = 1 / (1 + np.exp(-cache))"),
        source="Nielsen (2015), network.py, sigmoid_prime",
    )
    bank.edit(
        SIGMOID,
        "local_derivative_only",
        "The backward returns out * (1 - out) without what flows in. The chain rule is a product: "
        "local derivative times dout.",
        ("dout * out * (1 - out)", "out * (1 - out)"),
    )
    bank.edit(
        SIGMOID,
        "one_factor",
        "The derivative has two factors, the output and one minus the output; only the second one "
        "is there. At large x the first is 1, far below 0 it is not.",
        ("dout * out * (1 - out)", "dout * (1 - out)"),
    )
    bank.edit(
        SIGMOID,
        "tanh_derivative",
        "One minus the square of the output is the derivative of tanh. The sigmoid's is the "
        "output times one minus the output.",
        ("dout * out * (1 - out)", "dout * (1 - out**2)"),
    )
    bank.edit(
        SIGMOID,
        "overflow",
        "At large x the exponential is inf above and below the line, and inf / inf is nan. Choose "
        "a form whose exponential never stands in both places.",
        ("np.where(x >= 0, 1 / (1 + small), small / (1 + small))", "np.exp(x) / (1 + np.exp(x))"),
        about="anything",
    )
    bank.edit(
        SIGMOID,
        "one_cache_for_all",
        "The cache is kept in one place for all calls, so a second forward overwrites the first "
        "one's. Hand the cache out, and use the one that comes back.",
        ("return out, out", "sigmoid_forward.last = out\n    return out, None"),
        ("out = cache", "out = sigmoid_forward.last"),
    )


def _tanh(bank: Bank) -> None:
    bank.edit(
        TANH,
        "derivative_from_input",
        "The formula 1 - out**2 is used with the input in the place of the output. Look at what "
        "the forward puts into the cache.",
        ("return out, out", "return out, x"),
    )
    bank.edit(
        TANH,
        "not_squared",
        "The derivative is taken as one minus the output; the output has to be squared. At 0.5 "
        "the right factor is 0.75.",
        ("dout * (1 - out**2)", "dout * (1 - out)"),
    )
    bank.edit(
        TANH,
        "squashed_twice",
        "The cached output goes through tanh once more before the formula. It is an output "
        "already: use it as it is.",
        ("out = cache", "out = np.tanh(cache)"),
    )
    bank.edit(
        TANH,
        "local_derivative_only",
        "The backward returns 1 - out**2 without what flows in. The chain rule is a product: "
        "local derivative times dout.",
        ("dout * (1 - out**2)", "(1 - out**2)"),
    )
    bank.edit(
        TANH,
        "sigmoid_derivative",
        "The output times one minus the output is the derivative of the sigmoid. The derivative "
        "of tanh is one minus the square of its output.",
        ("dout * (1 - out**2)", "dout * out * (1 - out)"),
    )
    bank.edit(
        TANH,
        "overflow",
        "Far out the exponentials are inf above and below the line, and inf / inf is nan. Choose "
        "a form that divides by something finite, or the function NumPy has.",
        ("np.tanh(x)", "(np.exp(x) - np.exp(-x)) / (np.exp(x) + np.exp(-x))"),
        about="anything",
    )
    bank.edit(
        TANH,
        "one_cache_for_all",
        "The cache is kept in one place for all calls, so a second forward overwrites the first "
        "one's. Hand the cache out, and use the one that comes back.",
        ("return out, out", "tanh_forward.last = out\n    return out, None"),
        ("out = cache", "out = tanh_forward.last"),
    )
