"""Mistakes in Tensor's methods: bends, sums, products of matrices, shapes."""

from __future__ import annotations

from autograder.api import Bank

KEY = "Tensor"
SUM = "            return (np.broadcast_to(g, self.data.shape),)"
AXIS = """            if axis is not None and not keepdims:
                g = np.expand_dims(g, axis)
"""
MEAN = "return total * (total.data.size / self.data.size)"
MATMUL = "(g @ other.data.T, self.data.T @ g)"


def declare(bank: Bank) -> None:
    bank.edit(
        KEY,
        "exp_of_nothing",
        "The gradient of exp is multiplied by the input. The derivative of exp is exp itself: the "
        "output, which is at hand.",
        ("(g * out.data,)", "(g * self.data,)"),
        source="karpathy/nn-zero-to-hero, issue 52",
    )
    bank.edit(
        KEY,
        "log_times_input",
        "The gradient of log is multiplied by the input. It is divided by it: the logarithm is "
        "steep near 0 and flat far out.",
        ("(g / self.data,)", "(g * self.data,)"),
    )
    bank.edit(
        KEY,
        "log_of_output",
        "The gradient of log is divided by the output. The slope of the logarithm at t is 1 / t, "
        "with t what went in.",
        ("(g / self.data,)", "(g / out.data,)"),
    )
    bank.edit(
        KEY,
        "tanh_from_the_input",
        "The slope of tanh is computed as 1 - t² from the input. It is 1 minus the square of the "
        "output.",
        ("(1 - out.data**2)", "(1 - self.data**2)"),
    )
    bank.edit(
        KEY,
        "tanh_not_squared",
        "The slope of tanh is taken as out (1 - out), which is that of the sigmoid. For tanh it is "
        "1 minus the square of the output.",
        ("(1 - out.data**2)", "out.data * (1 - out.data)"),
    )
    bank.edit(
        KEY,
        "relu_mask_from_the_gradient",
        "ReLU lets a gradient pass where that gradient is positive. The gate is set on the way "
        "forward: it is open where the input is positive.",
        ("(g * (self.data > 0),)", "(g * (g > 0),)"),
    )
    bank.edit(
        KEY,
        "relu_open_at_zero",
        "ReLU's gate is open where the input is exactly 0. Its derivative there is 0 in this "
        "course, as in PyTorch: look at the comparison.",
        ("(g * (self.data > 0),)", "(g * (self.data >= 0),)"),
    )
    bank.edit(
        KEY,
        "relu_always_open",
        "The gradient passes ReLU as if it were not there. Where the input was negative the output "
        "does not move, and no blame comes through.",
        ("(g * (self.data > 0),)", "(g,)"),
    )
    bank.edit(
        KEY,
        "summed_axis_not_given_back",
        "The gradient of a sum is stretched without the summed axis, so NumPy aligns it with the "
        "wrong one where it can. Give the axis back with size 1 first.",
        (AXIS, ""),
        about="anything",
    )
    bank.edit(
        KEY,
        "sum_shared_out",
        "The gradient of a sum is shared out among its terms, as for a mean. Each term moves the "
        "sum by as much as it moves itself: all get the whole.",
        (
            SUM,
            "            share = g.size / self.data.size\n"
            "            return (share * np.broadcast_to(g, self.data.shape),)",
        ),
    )
    bank.edit(
        KEY,
        "mean_over_everything",
        "The mean along an axis is divided by the number of all elements. It is divided by how "
        "many went into each mean: the elements before over those after.",
        (MEAN, "return total * (1 / self.data.size)"),
    )
    bank.edit(
        KEY,
        "mean_outside_the_graph",
        "The mean's value is right, and its gradient is that of the sum: the division happens "
        "outside the graph. Divide with the Tensor's own operator.",
        (
            MEAN,
            "total.data = total.data * (total.data.size / self.data.size)\n        return total",
        ),
    )
    bank.edit(
        KEY,
        "keepdims_ignored",
        "The summed axes are gone although keepdims asks to keep them with size 1. Hand the option "
        "on to NumPy's sum.",
        ("self.data.sum(axis=axis, keepdims=keepdims)", "self.data.sum(axis=axis)"),
        ("            if axis is not None and not keepdims:", "            if axis is not None:"),
        about="anything",
    )
    bank.edit(
        KEY,
        "matmul_not_transposed",
        "The gradients of a matrix product are made without transposing the other factor. It fits "
        "square matrices only by their shape: write the shapes beneath the formula.",
        (MATMUL, "(g @ other.data, self.data @ g)"),
        about="anything",
    )
    bank.edit(
        KEY,
        "matmul_as_product",
        "The second factor of a matrix product gets the transposed of its gradient. For (N, D) @ "
        "(D, M) it is D by M: the transposed first factor comes first.",
        (MATMUL, "(g @ other.data.T, g.T @ self.data)"),
        about="anything",
    )
    bank.edit(
        KEY,
        "transposed_gradient_as_it_came",
        "The gradient of T is handed on as it came, without being transposed back; for a square "
        "matrix nothing complains. Element (i, j) went to (j, i), and its blame comes from there.",
        ("out.rule = lambda g: (g.T,)", "out.rule = lambda g: (g.reshape(self.data.shape),)"),
    )
    bank.edit(
        KEY,
        "reshaped_gradient_as_it_came",
        "The gradient of reshape keeps the new shape. Put it back into the shape that went in: a "
        "gradient has the shape of what it is the gradient of.",
        ("out.rule = lambda g: (g.reshape(self.data.shape),)", "out.rule = lambda g: (g,)"),
        about="anything",
    )
