"""Mistakes in Tensor's operators and methods."""

from functools import partial

from autograder.api import Bank

bank = Bank()
tensor = bank.exercise("Tensor")
shows = partial(tensor.edit, about="anything")  # by an exception, nan or a shape

PRODUCT = "(g * other.data, g * self.data)"
DIVISOR = "-g * self.data / other.data**2"
EXPONENT = "g * exponent * base ** (exponent - 1)"
LOGARITHM = "g * out.data * log_base"
EXP, LOG = "(g * out.data,)", "(g / self.data,)"
TANH, RELU = "(g * (1 - out.data**2),)", "(g * (self.data > 0),)"
SUM = "            return (np.broadcast_to(g, self.data.shape),)"
AXIS = """            if axis is not None and not keepdims:
                g = np.expand_dims(g, axis)
"""
MEAN = "return total * (total.data.size / self.data.size)"
MATMUL = "(g @ other.data.T, self.data.T @ g)"
RESHAPE = "out.rule = lambda g: (g.reshape(self.data.shape),)"
# Minus and division made of products and powers, as micrograd has them.
MINUS = """out = Tensor(self.data - other.data, (self, other), "-")
        out.rule = lambda g: (g, -g)"""
NEGATED = """out = Tensor(-self.data, (self,), "neg")
        out.rule = lambda g: (-g,)"""
DIVIDED = """out = Tensor(self.data / other.data, (self, other), "/")
        out.rule = lambda g: (g / other.data, -g * self.data / other.data**2)"""
COMPOSED = (
    (MINUS, "out = self + other * -1"),
    (NEGATED, "out = self * -1"),
    (DIVIDED, "out = self * other**-1"),
)
FROM_A_POWER = ("return as_tensor(other) / self", "return self**-1 * other")


def everywhere(name: str, text: str, *edits: tuple[str, str]) -> None:
    """Declare a mistake, and the same where some operators are made of others."""
    quotient = any(DIVISOR in old for old, _ in edits)
    tensor.edit(name, text, *edits)
    tensor.edit(f"{name}_composed", text, *edits, *([FROM_A_POWER] if quotient else COMPOSED))


# Arithmetic

tensor.edit(
    "second_operand_of_minus",
    "A difference sends the same gradient to both operands. The second is taken away, so its "
    "gradient has the other sign.",
    ("out.rule = lambda g: (g, -g)", "out.rule = lambda g: (g, g)"),
)
tensor.edit(
    "minus_forgotten_backwards",
    "Unary minus turns the sign of the value, and hands on the gradient as it came. The slope of "
    "-t is -1.",
    ("out.rule = lambda g: (-g,)", "out.rule = lambda g: (g,)"),
)
everywhere(
    "own_factor",
    "A product hands each factor its own value. It is the other factor that says how fast the "
    "product moves when this one does.",
    (PRODUCT, "(g * self.data, g * other.data)"),
)
everywhere(
    "division_sign",
    "The gradient of the divisor has the wrong sign. A larger divisor makes the quotient smaller: "
    "the derivative of a / b with respect to b is -a / b².",
    (DIVISOR, "g * self.data / other.data**2"),
)
everywhere(
    "divisor_not_squared",
    "The gradient of the divisor is divided by it once. The derivative of a / b with respect to b "
    "is -a / b²: derive it from b to the power of -1.",
    (DIVISOR, "-g * self.data / other.data"),
)
everywhere(
    "always_a_square",
    "The rule of `**` is that of the square, 2 t, whatever the exponent is. The derivative of "
    "a ** b with respect to a is b times a ** (b - 1).",
    (EXPONENT, "g * 2 * base"),
)
everywhere(
    "exponent_not_lowered",
    "The rule of `**` multiplies by the exponent and leaves the power as it was. The exponent "
    "falls by one: the slope of t³ is 3 t².",
    (EXPONENT, "g * exponent * base**exponent"),
)
everywhere(
    "coefficient_lost",
    "The rule of `**` lowers the exponent and does not multiply by it. The slope of t³ is 3 t²: "
    "the old exponent comes down as a factor.",
    (EXPONENT, "g * base ** (exponent - 1)"),
)
tensor.edit(
    "logarithm_forgotten",
    "For `2 ** t` the gradient is the power itself, as for exp. That is right for the base e "
    "alone; for any other base its logarithm is a factor.",
    (LOGARITHM, "g * out.data"),
)
tensor.edit(
    "exponential_by_the_power_rule",
    "For `2 ** t` the gradient is t · 2 ** (t - 1), as if t were the base. Where the exponent "
    "moves, the slope is the power itself times the logarithm of the base.",
    (LOGARITHM, "g * exponent * base ** (exponent - 1.0)"),
)
shows(
    "exponent_is_a_constant",
    "The exponent gets no gradient, so `2 ** t` does not depend on t. In `a ** b` both can be what "
    "is trained: b moves the value by a ** b times log a.",
    (LOGARITHM, "0 * g * out.data"),
)
for name, special, sign, place in (
    ("minus", "sub", "-", "on the left"),
    ("division", "truediv", "/", "above the line"),
    ("power", "pow", "**", "the base"),
):
    tensor.edit(
        f"reflected_{name}_turned",
        f"`2 {sign} t` comes out as `t {sign} 2`. The reflected method is called with the operands "
        f"the other way round: the number is {place}.",
        (f"return as_tensor(other) {sign} self", f"return self {sign} other"),
    )
    shows(
        f"reflected_{name}_missing",
        f"`2 {sign} t` is an error. A number knows nothing of Tensors, so Python asks the Tensor "
        f"for `__r{special}__`, and there is none.",
        (f"def __r{special}__(", f"def _r{special}("),
    )
shows(
    "negative_base_lost",
    "Powers are computed as exp(b log a), which is nan for a base below 0 and for 0. Let NumPy "
    "compute the power, and keep the logarithm for the exponent's gradient.",
    ("Tensor(base**exponent, (self,", "Tensor(np.exp(exponent * np.log(base)), (self,"),
)

# Functions

for name, old, new in (
    ("product", PRODUCT, "(0 * g + other.data, 0 * g + self.data)"),
    ("power", EXPONENT, "exponent * base ** (exponent - 1)"),
    ("exp", EXP, "(out.data,)"),
    ("log", LOG, "(1 / self.data,)"),
    ("tanh", TANH, "(1 - out.data**2,)"),
    ("relu", RELU, "(1.0 * (self.data > 0),)"),
):
    (everywhere if name[0] == "p" else tensor.edit)(
        f"upstream_gradient_forgotten_by_{name}",
        f"The rule of {name} hands on its local derivative alone, and the gradient that flows in "
        "is lost. The chain rule multiplies the two: look at what the rule does with g.",
        (old, new),
    )
for name, old in (("exp", EXP), ("log", LOG), ("tanh", TANH), ("relu", RELU), ("@", MATMUL)):
    tensor.edit(
        f"rule_of_{name}_on_its_operand",
        f"The rule of {name} is stored on its operand, in place of the operand's own, so nothing "
        "flows on to what the operand was made of. It belongs to the result.",
        (
            f"g: {old}",
            f"g: {old}\n        self.rule = lambda g: [0 * p.data for p in self.parents]",
        ),
    )
tensor.edit(
    "exp_of_nothing",
    "The gradient of exp is multiplied by the input. The derivative of exp is exp itself: the "
    "output, which is at hand.",
    (EXP, "(g * self.data,)"),
    source="karpathy/nn-zero-to-hero, issue 52",
)
tensor.edit(
    "log_times_input",
    "The gradient of log is multiplied by the input. It is divided by it: the logarithm is steep "
    "near 0 and flat far out.",
    (LOG, "(g * self.data,)"),
)
tensor.edit(
    "log_of_output",
    "The gradient of log is divided by the output. The slope of the logarithm at t is 1 / t, with "
    "t what went in.",
    (LOG, "(g / out.data,)"),
)
for name, slope, said in (
    ("tanh_from_the_input", "1 - self.data**2", "1 - t², with t the input"),
    (
        "tanh_not_squared",
        "out.data * (1 - out.data)",
        "out (1 - out), which is that of the sigmoid",
    ),
    ("tanh_one_minus_output", "1 - out.data", "1 - out"),
    ("tanh_of_the_output", "1 - np.tanh(out.data) ** 2", "1 - tanh², with tanh taken twice"),
):
    tensor.edit(
        name,
        f"The slope of tanh is computed as {said}. It is 1 minus the square of the output: compare "
        "with the slope that nudging t gives.",
        ("(1 - out.data**2)", f"({slope})"),
    )
tensor.edit(
    "relu_mask_from_the_gradient",
    "ReLU lets a gradient pass where that gradient is positive. The gate is set on the way "
    "forward: it is open where the input is positive.",
    (RELU, "(g * (g > 0),)"),
)
tensor.edit(
    "relu_open_at_zero",
    "ReLU's gate is open where the input is exactly 0. Its derivative there is 0 in this course, "
    "as in PyTorch: look at the comparison.",
    (RELU, "(g * (self.data >= 0),)"),
)
tensor.edit(
    "relu_always_open",
    "The gradient passes ReLU as if it were not there. Where the input was negative the output "
    "does not move, and no blame comes through.",
    (RELU, "(g,)"),
)
shows(
    "relu_clears_its_input",
    "ReLU writes its zeros into the array that it was given, so the operand itself has changed "
    "afterwards. Make a new array for the result.",
    ("Tensor(np.maximum(self.data, 0),", "Tensor(np.maximum(self.data, 0, out=self.data),"),
)

# Sums and shapes

shows(
    "summed_axis_not_given_back",
    "The gradient of a sum is stretched without the summed axis, so NumPy aligns it with the wrong "
    "one where it can. Give the axis back with size 1 first.",
    (AXIS, ""),
)
tensor.edit(
    "whole_sum_to_every_term",
    "Every term of a sum along an axis gets the gradients of all sums together. It went into one "
    "of them: give it that one's, along the axis that was summed.",
    (SUM, "            return (np.full(self.data.shape, g.sum()),)"),
)
tensor.edit(
    "sum_shared_out",
    "The gradient of a sum is shared out among its terms, as for a mean. Each term moves the sum "
    "by as much as it moves itself: all get the whole.",
    (SUM, SUM.replace("g,", "g * g.size / self.data.size,")),
)
tensor.edit(
    "mean_over_everything",
    "The mean along an axis is divided by the number of all elements. It is divided by how many "
    "went into each mean: the elements before over those after.",
    (MEAN, "return total * (1 / self.data.size)"),
)
for name, rows in (
    ("mean_by_rows", "len(self.data)"),
    ("mean_along_an_axis_by_rows", "(self.data.size if axis is None else len(self.data))"),
):
    tensor.edit(
        name,
        "The mean is divided by the number of rows, whichever axis was summed. It is divided by "
        "how many elements went into it: those before over those after.",
        (MEAN, f"return total * (1 / {rows})"),
    )
tensor.edit(
    "mean_outside_the_graph",
    "The mean's value is right, and its gradient is that of the sum: the division happens outside "
    "the graph. Divide with the Tensor's own operator.",
    (MEAN, MEAN.replace("return total", "total.data = total.data") + "\n        return total"),
)
shows(
    "keepdims_ignored",
    "The summed axes are gone although keepdims asks to keep them with size 1. Hand the option on "
    "to NumPy's sum.",
    ("self.data.sum(axis=axis, keepdims=keepdims)", "self.data.sum(axis=axis)"),
    ("            if axis is not None and not keepdims:", "            if axis is not None:"),
)
shows(
    "matmul_not_transposed",
    "The gradients of a matrix product are made without transposing the other factor. It fits "
    "square matrices only by their shape: write the shapes beneath the formula.",
    (MATMUL, "(g @ other.data, self.data @ g)"),
)
shows(
    "matmul_as_product",
    "The second factor of a matrix product gets the transposed of its gradient. For (N, D) @ "
    "(D, M) it is D by M: the transposed first factor comes first.",
    (MATMUL, "(g @ other.data.T, g.T @ self.data)"),
)
shows(
    "matmul_in_the_wrong_order",
    "The gradients of a matrix product have their factors the wrong way round. Matrix products do "
    "not commute: write the shapes beneath, and the inner ones have to agree.",
    (MATMUL, "(other.data.T @ g, g @ self.data.T)"),
)
for name, part in (
    ("transposed_gradient_as_it_came", "g.reshape(self.data.shape)"),
    ("transposed_gradient_in_its_shape", "g"),
    ("transposed_gradient_added_as_it_came", "0 * self.data + g"),
):
    shows(
        name,
        "The gradient of T is handed on as it came, without being transposed back; for a square "
        "matrix nothing complains. Element (i, j) went to (j, i), and its blame comes from there.",
        ("out.rule = lambda g: (g.T,)", f"out.rule = lambda g: ({part},)"),
    )
for name, part in (
    ("reshaped_gradient_as_it_came", "g"),
    ("reshaped_gradient_added_as_it_came", "0 * self.data + g"),
):
    shows(
        name,
        "The gradient of reshape keeps the new shape. Put it back into the shape that went in: a "
        "gradient has the shape of what it is the gradient of.",
        (RESHAPE, f"out.rule = lambda g: ({part},)"),
    )
