"""Mistakes in Tensor's operators and methods."""

from autograder.api import Bank

bank = Bank()
tensor = bank.exercise("Tensor")

PRODUCT = "(g * other.data, g * self.data)"
DIVISOR = "-g * self.data / other.data**2"
POWER, EXPONENT = "g * exponent * base ** (exponent - 1)", "g * value * log_base"
EXP, LOG = "(g * value,)", "(g / self.data,)"
TANH, RELU = "(g * (1 - value**2),)", "(g * (self.data > 0),)"
SUM = "(np.broadcast_to(g, self.data.shape),)"
AXIS = """            if axis is not None and not keepdims:
                g = np.expand_dims(g, axis)
"""
MEAN = "total * (total.data.size / self.data.size)"
MATMUL = "(g @ other.data.T, self.data.T @ g)"
RULE = "lambda g: "
T, RESHAPE = f"{RULE}(g.T,)", f"{RULE}(g.reshape(self.data.shape),)"
# Minus and division made of products and powers, as micrograd has them.
COMPOSED = (
    (
        f'return Tensor.made(self.data - other.data, (self, other), "-", {RULE}(g, -g))',
        "return self + other * -1",
    ),
    (f'return Tensor.made(-self.data, (self,), "neg", {RULE}(-g,))', "return self * -1"),
    (
        f"rule = {RULE}(g / other.data, {DIVISOR})\n"
        '        return Tensor.made(self.data / other.data, (self, other), "/", rule)',
        "return self * other**-1",
    ),
)
FROM_A_POWER = ("return as_tensor(other) / self", "return self**-1 * other")

BY_ROWS = (
    "The mean is divided by the number of rows, whichever axis was summed. It is divided by how "
    "many elements went into it: those before over those after."
)
ROWS = "self.data.size if axis is None else len(self.data)"
for (name, old, new), text in {
    ("mean_by_rows", MEAN, "total * (1 / len(self.data))"): BY_ROWS,
    ("mean_along_an_axis_by_rows", MEAN, f"total * (1 / ({ROWS}))"): BY_ROWS,
    ("second_operand_of_minus", "(g, -g)", "(g, g)"): (
        "A difference sends the same gradient to both operands. The second is taken away, so its "
        "gradient has the other sign."
    ),
    ("minus_forgotten_backwards", f"{RULE}(-g,)", f"{RULE}(g,)"): (
        "Unary minus turns the sign of the value, and hands on the gradient as it came. The slope "
        "of -t is -1."
    ),
    ("dividend_multiplied", "(g / other.data, -g", "(g * other.data, -g"): (
        "The gradient of the dividend is multiplied by the divisor. The quotient a / b moves by "
        "1 / b when a moves by one: divide what flows in by b."
    ),
    ("logarithm_forgotten", EXPONENT, "g * value"): (
        "For `2 ** t` the gradient is the power itself, as for exp. That is right for the base e "
        "alone; for any other base its logarithm is a factor."
    ),
    ("exponential_by_the_power_rule", EXPONENT, "g * exponent * base ** (exponent - 1.0)"): (
        "For `2 ** t` the gradient is t · 2 ** (t - 1), as if t were the base. Where the exponent "
        "moves, the slope is the power itself times the logarithm of the base."
    ),
    ("exp_of_nothing", EXP, "(g * self.data,)"): (
        "The gradient of exp is multiplied by the input. The derivative of exp is exp itself: the "
        "output, which is at hand."
    ),
    ("log_times_input", LOG, "(g * self.data,)"): (
        "The gradient of log is multiplied by the input. It is divided by it: the logarithm is "
        "steep near 0 and flat far out."
    ),
    ("log_of_output", LOG, "(g / np.log(self.data),)"): (
        "The gradient of log is divided by the output. The slope of the logarithm at t is 1 / t, "
        "with t what went in."
    ),
    ("relu_mask_from_the_gradient", RELU, "(g * (g > 0),)"): (
        "ReLU lets a gradient pass where that gradient is positive. The gate is set on the way "
        "forward: it is open where the input is positive."
    ),
    ("relu_open_at_zero", RELU, "(g * (self.data >= 0),)"): (
        "ReLU's gate is open where the input is exactly 0. Its derivative there is 0 in this "
        "course, as in PyTorch: look at the comparison."
    ),
    ("relu_always_open", RELU, "(g,)"): (
        "The gradient passes ReLU as if it were not there. Where the input was negative the output "
        "does not move, and nothing is sent back."
    ),
    ("whole_sum_to_every_term", SUM, "(np.full(self.data.shape, g.sum()),)"): (
        "Every term of a sum along an axis gets the gradients of all sums together. It went into "
        "one of them: give it that one's, along the axis that was summed."
    ),
    ("sum_shared_out", SUM, SUM.replace("(g,", "(g * g.size / self.data.size,")): (
        "The gradient of a sum is shared out among its terms, as for a mean. Each term moves the "
        "sum by as much as it moves itself: all get the whole."
    ),
    ("mean_over_everything", MEAN, "total * (1 / self.data.size)"): (
        "The mean along an axis is divided by the number of all elements. It is divided by how "
        "many went into each mean: the elements before over those after."
    ),
    (
        "mean_outside_the_graph",
        f"return {MEAN}",
        f"total.data = ({MEAN}).data\n        return total",
    ): (
        "The mean's value is right, and its gradient is that of the sum: the division happens "
        "outside the graph. Divide with the Tensor's own operator."
    ),
}.items():
    source = "karpathy/nn-zero-to-hero, issue 52" if name == "exp_of_nothing" else ""
    tensor.edit(name, text, (old, new), source=source)

# Each of these stands for itself, and once more where other operators are made of this one.
for (name, old, new), text in {
    ("own_factor", PRODUCT, "(g * self.data, g * other.data)"): (
        "A product hands each factor its own value. It is the other factor that says how fast the "
        "product moves when this one does."
    ),
    ("division_sign", DIVISOR, "g * self.data / other.data**2"): (
        "The gradient of the divisor has the wrong sign. A larger divisor makes the quotient "
        "smaller: the derivative of a / b with respect to b is -a / b²."
    ),
    ("divisor_not_squared", DIVISOR, "-g * self.data / other.data"): (
        "The gradient of the divisor is divided by it once. The derivative of a / b with "
        "respect to b is -a / b²: derive it from b to the power of -1."
    ),
    ("always_a_square", POWER, "g * 2 * base"): (
        "The rule of `**` is that of the square, 2 t, whatever the exponent is. The derivative of "
        "a ** b with respect to a is b times a ** (b - 1)."
    ),
    ("exponent_not_lowered", POWER, "g * exponent * base**exponent"): (
        "The rule of `**` multiplies by the exponent and leaves the power as it was. The exponent "
        "falls by one: the slope of t³ is 3 t²."
    ),
    ("coefficient_lost", POWER, "g * base ** (exponent - 1)"): (
        "The rule of `**` lowers the exponent and does not multiply by it. The slope of t³ is "
        "3 t²: the old exponent comes down as a factor."
    ),
}.items():
    tensor.edit(name, text, (old, new))
    more = (FROM_A_POWER,) if old == DIVISOR else COMPOSED
    tensor.edit(f"{name}_composed", text, (old, new), *more)

for name, old, new in (
    ("exp", EXP, "(value,)"),
    ("log", LOG, "(1 / self.data,)"),
    ("tanh", TANH, "(1 - value**2,)"),
    ("relu", RELU, "(1.0 * (self.data > 0),)"),
    ("product", PRODUCT, "(0 * g + other.data, 0 * g + self.data)"),
    ("power", POWER, POWER[4:]),
):
    forgotten = f"upstream_gradient_forgotten_by_{name}"
    text = (
        f"The rule of {name} hands on its local derivative alone, and the gradient that flows in "
        "is lost. The chain rule multiplies the two: look at what the rule does with g."
    )
    tensor.edit(forgotten, text, (old, new))
    if name in ("product", "power"):
        tensor.edit(f"{forgotten}_composed", text, (old, new), *COMPOSED)

OPERAND = "self.rule = lambda g: [0 * p.data for p in self.parents]\n        "
for name, made in (
    ("exp", "value, (self,)"),
    ("log", "np.log(self.data), (self,)"),
    ("tanh", "value, (self,)"),
    ("relu", "np.maximum(self.data, 0), (self,)"),
    ("@", "self.data @ other.data, (self, other)"),
):
    returned = f'return Tensor.made({made}, "{name}"'
    tensor.edit(
        f"rule_of_{name}_on_its_operand",
        f"The rule of {name} is stored on its operand, in place of the operand's own, so nothing "
        "flows on to what the operand was made of. It belongs to the result.",
        (returned, OPERAND + returned),
    )

for name, slope, said in (
    ("tanh_from_the_input", "1 - self.data**2", "1 - t², with t the input"),
    ("tanh_not_squared", "value * (1 - value)", "out (1 - out), which is the sigmoid's"),
    ("tanh_one_minus_output", "1 - value", "1 - out"),
    ("tanh_of_the_output", "1 - np.tanh(value) ** 2", "1 - tanh², with tanh taken twice"),
):
    tensor.edit(
        name,
        f"The slope of tanh is computed as {said}. It is 1 minus the square of the output: compare "
        "with the slope that nudging t gives.",
        ("(1 - value**2)", f"({slope})"),
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
    tensor.edit(
        f"reflected_{name}_missing",
        f"`2 {sign} t` is an error. A number knows nothing of Tensors, so Python asks the Tensor "
        f"for `__r{special}__`, and there is none.",
        (f"def __r{special}__(", f"def _r{special}("),
        about="anything",
    )

TURNED = (
    "The gradient of T is handed on as it came, without being transposed back; for a square matrix "
    "nothing complains. Element (i, j) went to (j, i), and its gradient comes from there."
)
RESHAPED = (
    "The gradient of reshape keeps the new shape. Put it back into the shape that went in: a "
    "gradient has the shape of what it is the gradient of."
)
for (name, old, new), text in {
    ("transposed_gradient_as_it_came", T, RESHAPE): TURNED,
    ("transposed_gradient_in_its_shape", T, f"{RULE}(g,)"): TURNED,
    ("transposed_gradient_added_as_it_came", T, f"{RULE}(0 * self.data + g,)"): TURNED,
    ("reshaped_gradient_as_it_came", RESHAPE, f"{RULE}(g,)"): RESHAPED,
    ("reshaped_gradient_added_as_it_came", RESHAPE, f"{RULE}(0 * self.data + g,)"): RESHAPED,
    ("exponent_is_a_constant", EXPONENT, f"0 * {EXPONENT}"): (
        "The exponent gets no gradient, so `2 ** t` does not depend on t. In `a ** b` both can be "
        "what is trained: b moves the value by a ** b times log a."
    ),
    ("negative_base_lost", "value = base**exponent", "value = np.exp(exponent * np.log(base))"): (
        "Powers are computed as exp(b log a), which is nan for a base below 0 and for 0. Let NumPy "
        "compute the power, and keep the logarithm for the exponent's gradient."
    ),
    ("relu_clears_its_input", "np.maximum(self.data, 0)", "np.maximum(self.data, 0, self.data)"): (
        "ReLU writes its zeros into the array that it was given, so the operand itself has changed "
        "afterwards. Make a new array for the result."
    ),
    ("summed_axis_not_given_back", AXIS, ""): (
        "The gradient of a sum is stretched without the summed axis, so NumPy aligns it with the "
        "wrong one where it can. Give the axis back with size 1 first."
    ),
    ("matmul_not_transposed", MATMUL, "(g @ other.data, self.data @ g)"): (
        "The gradients of a matrix product are made without transposing the other factor. It fits "
        "square matrices only by their shape: write the shapes beneath the formula."
    ),
    ("matmul_as_product", MATMUL, "(g @ other.data.T, g.T @ self.data)"): (
        "The second factor of a matrix product gets the transpose of its gradient. For (N, D) @ "
        "(D, M) it is D by M: the first factor's transpose comes first."
    ),
    ("matmul_in_the_wrong_order", MATMUL, "(other.data.T @ g, g @ self.data.T)"): (
        "The gradients of a matrix product have their factors the wrong way round. Matrix products "
        "do not commute: write the shapes beneath, and the inner ones have to agree."
    ),
}.items():
    tensor.edit(name, text, (old, new), about="anything")  # by nan, a shape or an exception

tensor.edit(
    "keepdims_ignored",
    "The summed axes are gone although keepdims asks to keep them with size 1. Hand the option on "
    "to NumPy's sum.",
    ("self.data.sum(axis=axis, keepdims=keepdims)", "self.data.sum(axis=axis)"),
    ("            if axis is not None and not keepdims:", "            if axis is not None:"),
    about="anything",
)
tensor.by_exceptions(
    *(f"reflected_{name}_missing" for name in ("minus", "division", "power")),
    "reshaped_gradient_added_as_it_came",
)
