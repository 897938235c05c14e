"""Mistakes in Tensor's operators."""

from __future__ import annotations

from autograder.api import Bank

KEY = "Tensor"
EXPONENT = "g * exponent * base ** (exponent - 1)"


def declare(bank: Bank) -> None:
    bank.edit(
        KEY,
        "second_operand_of_minus",
        "A difference sends the same gradient to both operands. The second is taken away, so its "
        "gradient has the other sign.",
        ("out.rule = lambda g: (g, -g)", "out.rule = lambda g: (g, g)"),
    )
    bank.edit(
        KEY,
        "minus_forgotten_backwards",
        "Unary minus turns the sign of the value, and hands on the gradient as it came. The slope "
        "of -t is -1.",
        ("out.rule = lambda g: (-g,)", "out.rule = lambda g: (g,)"),
    )
    bank.edit(
        KEY,
        "own_factor",
        "A product hands each factor its own value. It is the other factor that says how fast the "
        "product moves when this one does.",
        ("(g * other.data, g * self.data)", "(g * self.data, g * other.data)"),
    )
    bank.edit(
        KEY,
        "division_sign",
        "The gradient of the divisor has the wrong sign. A larger divisor makes the quotient "
        "smaller: the derivative of a / b with respect to b is -a / b².",
        ("-g * self.data / other.data**2", "g * self.data / other.data**2"),
    )
    bank.edit(
        KEY,
        "divisor_not_squared",
        "The gradient of the divisor is divided by it once. The derivative of a / b with "
        "respect to b is -a / b²: derive it from b to the power of -1.",
        ("-g * self.data / other.data**2", "-g * self.data / other.data"),
    )
    bank.edit(
        KEY,
        "always_a_square",
        "The rule of `**` is that of the square, 2 t, whatever the exponent is. The derivative of "
        "a ** b with respect to a is b times a ** (b - 1).",
        (EXPONENT, "g * 2 * base"),
    )
    bank.edit(
        KEY,
        "exponent_not_lowered",
        "The rule of `**` multiplies by the exponent and leaves the power as it was. The exponent "
        "falls by one: the slope of t³ is 3 t².",
        (EXPONENT, "g * exponent * base**exponent"),
    )
    bank.edit(
        KEY,
        "logarithm_forgotten",
        "For `2 ** t` the gradient is the power itself, as for exp. That is right for the base e "
        "alone; for any other base its logarithm is a factor.",
        ("g * out.data * log_base", "g * out.data"),
    )
    bank.edit(
        KEY,
        "exponent_is_a_constant",
        "The exponent gets no gradient, so `2 ** t` does not depend on t. In `a ** b` both can be "
        "what is trained: b moves the value by a ** b times log a.",
        ("g * out.data * log_base", "0 * g * out.data"),
        about="anything",
    )
    bank.edit(
        KEY,
        "reflected_minus_turned",
        "`2 - t` comes out as `t - 2`. The reflected method is called with the operands the other "
        "way round: the number is on the left.",
        ("return as_tensor(other) - self", "return self - other"),
    )
    bank.edit(
        KEY,
        "reflected_division_turned",
        "`2 / t` comes out as `t / 2`. The reflected method is called with the operands the other "
        "way round: the number is above the line.",
        ("return as_tensor(other) / self", "return self / other"),
    )
    bank.edit(
        KEY,
        "reflected_power_turned",
        "`2 ** t` comes out as `t ** 2`. The reflected method is called with the operands the "
        "other way round: the number is the base.",
        ("return as_tensor(other) ** self", "return self**other"),
    )
    bank.edit(
        KEY,
        "negative_base_lost",
        "Powers are computed as exp(b log a), which is nan for a base below 0 and for 0. Let NumPy "
        "compute the power, and keep the logarithm for the exponent's gradient.",
        (
            "Tensor(base**exponent, (self, other)",
            "Tensor(np.exp(exponent * np.log(base)), (self, other)",
        ),
        about="anything",
    )
