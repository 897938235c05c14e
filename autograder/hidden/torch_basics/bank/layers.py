"""Mistakes in `Linear`, and what its right answers share: draws are free."""

from typing import Any

import numpy as np

from autograder.api import Bank, Number

Mistakes = dict[tuple[Any, ...], str]  # (name, (old, new), ...): sentence
bank = Bank()
linear = bank.exercise("Linear")
linear.forbids(
    "torch.nn.Linear",
    "torch.nn.LazyLinear",
    "torch.nn.modules.Linear",
    "torch.nn.modules.LazyLinear",
    "torch.nn.modules.linear",
    "torch.nn.functional.linear",
    "torch.ops.aten.linear",
    "torch.ops.aten.addmm",
)

# Deviations that people write, over the right one, for 200 inputs and 150 outputs, 60 and 500.
FANS = ((200, 150), (60, 500))


def number(value: float) -> Number:
    return Number(float(value), "float64")


def deviations(a: int, b: int) -> list[float]:
    """Right first; then 1/in, 2/out, Xavier, torch's default, a variance for a deviation, none."""
    right = np.sqrt(2 / a)
    others = (np.sqrt(1 / a), np.sqrt(2 / b), np.sqrt(2 / (a + b)), np.sqrt(1 / (3 * a)))
    more = (2 / a, np.sqrt(2 / (3 * a)), 0.01, 1.0, 0.0)
    return [1.0, *(value / right for value in (*others, *more))]


def all_of(biases: list[Any]) -> Any:
    """The number that all of them are, 0 where there are none."""
    found = np.unique(np.concatenate([np.ravel(p) for p in biases])) if biases else np.zeros(1)
    return number(found[0]) if len(found) == 1 else "different numbers"


@linear.observe("start")
def at_the_start(raw: Any, inputs: Any, secrets: Any) -> Any:
    """The deviation is told to 4 %: of 30000 draws it is off by that much in one of 1e20 runs."""
    seen, weights = {}, []
    for which, layer in raw.items():
        if which == "another":
            continue
        parameters = layer["parameters"]
        a, b = layer["fan_in"].value, layer["fan_out"].value
        where = f"for {a} inputs and {b} outputs"
        weight = np.asarray(parameters[-1], dtype=np.float64)
        ratio = float(weight.std() / np.sqrt(2 / a))
        near = [known for known in deviations(a, b) if abs(ratio - known) <= 0.04 * known]
        seen[where] = {
            "how many parameters are there?": number(len(parameters)),
            "the numbers in the bias": all_of(parameters[:-1]),
            "the weight's deviation over the root of 2 / inputs": number(
                round((near or [round(ratio, 1)])[0], 4)
            ),
            "is the weight's mean near 0?": bool(
                abs(weight.mean()) <= 8 * weight.std() / np.sqrt(weight.size) + 1e-12
            ),
        }
        weights.append(weight)
    other = np.asarray(raw["another"]["parameters"][-1], dtype=np.float64)
    same = other.shape == weights[0].shape and bool(np.array_equal(other, weights[0]))
    return {**seen, "do two layers start from the same weights?": same}


INIT, SUPER = "std * torch.randn(out_features, in_features)", "        super().__init__()\n"
STD, OUT = "(2 / in_features) ** 0.5", "x @ self.weight.T + self.bias"
BIAS, ZEROS = "nn.Parameter(torch.zeros(out_features))", "torch.zeros(out_features)"
WEIGHT = f"nn.Parameter({INIT})"

LINEAR: Mistakes = {
    ("bias_not_added", (OUT, "x @ self.weight.T + 0 * self.bias")): (
        "The bias is there and is never added, or only multiplied away. The output is the product "
        "plus one number for each output."
    ),
    ("bias_forgotten", (OUT, "x @ self.weight.T")): (
        "The bias is there, and forward never adds it: it gets no gradient, and stays zero. The "
        "output is the product plus one number for each output."
    ),
    ("bias_taken_off", (OUT, "x @ self.weight.T - self.bias")): (
        "The bias is subtracted. It is added: learning finds its sign, but only if everyone agrees."
    ),
    ("uniform_from_zero", (INIT, "std * torch.rand(out_features, in_features)")): (
        "The weights are drawn by rand, uniform from 0 on: their mean isn't 0, and their deviation "
        "is too small. randn draws with mean 0 and deviation 1."
    ),
    ("a_hundredth", (STD, "0.01")): (
        "The deviation is 0.01 for every width. Signals shrink from layer to layer: He's rule "
        "makes it depend on the number of inputs."
    ),
    ("relu_inside", (OUT, f"({OUT}).relu()")): (
        "The layer ends in a ReLU. A linear layer doesn't: what comes after it is the network's "
        "decision, and nothing does after the last one."
    ),
    ("variance_for_deviation", (STD, "2 / in_features")): (
        "The weights are multiplied by the variance, 2 over the inputs. A draw of deviation 1 "
        "times a factor has that factor as its deviation: take the root."
    ),
    ("gain_of_one", (STD, "(1 / in_features) ** 0.5")): (
        "The variance is 1 over the inputs: right without an activation function. A ReLU drops "
        "half of the signal, and He's factor of 2 makes up for it."
    ),
    ("fan_out_for_fan_in", (STD, "(2 / out_features) ** 0.5")): (
        "The deviation is computed from the outputs. A unit adds up as many products as it has "
        "inputs: those decide how small each has to be."
    ),
    ("both_fans", (STD, "(2 / (in_features + out_features)) ** 0.5")): (
        "The variance is 2 over both fans, which is Xavier's rule. He's is for layers with a ReLU, "
        "and looks at the inputs only."
    ),
    (
        "uniform_with_the_deviation_as_bound",
        (INIT, "std * (2 * torch.rand(out_features, in_features) - 1)"),
    ): (
        "The draws are uniform with the deviation as their bound: their deviation is smaller by "
        "the root of 3. Widen the bound by that, or draw normally."
    ),
    ("torch_default", (STD, "(1 / (3 * in_features)) ** 0.5")): (
        "The deviation is that of torch's own default, the root of 1 over three times the inputs. "
        "He's rule for a ReLU asks for the root of 2 over the inputs."
    ),
    ("unscaled", (INIT, "torch.randn(out_features, in_features)")): (
        "The weights are drawn with deviation 1, whatever the number of inputs: sums over many of "
        "them explode. Scale by He's rule."
    ),
}
for (name, *edits), text in LINEAR.items():
    linear.edit(name, text, *edits)

LINEAR_ANYTHING: Mistakes = {
    ("bias_of_ones", (ZEROS, "torch.ones(out_features)")): (
        "The bias starts at one. It starts at zero: no unit has a reason yet to be above another."
    ),
    ("weight_is_no_parameter", (WEIGHT, f"({INIT}).requires_grad_()")): (
        "The weight is a plain tensor in an attribute: the module doesn't know it, the optimizer "
        "never gets it, and `.to` leaves it behind. nn.Parameter registers it."
    ),
    (
        "weight_is_a_buffer",
        (f"self.weight = {WEIGHT}", f'self.register_buffer("weight", {INIT})'),
    ): (
        "The weight is a buffer: it travels with the module and is saved, and no optimizer moves "
        "it. What is learned is an nn.Parameter."
    ),
    ("one_bias_for_all", (BIAS, "nn.Parameter(torch.zeros(1))")): (
        "One bias is shared by all outputs: broadcasting adds it everywhere. "
        "Each output has its own."
    ),
    ("transposed_at_use", (OUT, "x @ self.weight + self.bias")): (
        "A product with the weight does not fit: kept as (out, in), it is used as (in, out). "
        "Transpose it where it is used, or keep it the other way round."
    ),
    ("data_at_use", (OUT, "x @ self.weight.data.T + self.bias")): (
        "The product uses `.data`, which is outside of the graph: the weight gets no gradient, and "
        "never learns. Use the parameter itself."
    ),
    ("data_of_both", (OUT, "x @ self.weight.data.T + self.bias.data")): (
        "forward uses `.data` of weight and bias, which is outside of the graph: neither gets a "
        "gradient, and nothing is learned. Use the parameters themselves."
    ),
    ("bias_for_inputs", (BIAS, "nn.Parameter(torch.zeros(in_features))")): (
        "The bias has a number for each input. It is added to the outputs: one for each of them."
    ),
    ("bias_drawn", (ZEROS, "torch.randn(out_features)")): (
        "The bias is drawn at random. It starts at zero: no unit has a reason yet to be above "
        "another."
    ),
    ("float64_weights", (INIT, f"({INIT}).double()")): (
        "The weights are float64. Inputs are float32, as everything in torch is by default, and a "
        "product of the two raises: draw in the default dtype, or convert."
    ),
    ("leading_axes_flattened", (OUT, "x.flatten(0, -2) @ self.weight.T + self.bias")): (
        "The leading axes are flattened into one and don't come back, and an input without any "
        "raises. `@` leaves leading axes alone: nothing has to be flattened."
    ),
    ("zero_weights", (INIT, "torch.zeros(out_features, in_features)")): (
        "The weight starts at zero: all units compute the same and get the same gradient, and stay "
        "equal for ever. Draw it, with He's deviation."
    ),
    ("seeded_inside", (SUPER, SUPER + "        torch.manual_seed(0)\n")): (
        "The constructor seeds torch, so all layers of one shape start from the same weights, and "
        "the caller's seed is overwritten. Draw from the generator as it is."
    ),
    ("no_super", (SUPER, "")): (
        "The constructor never calls that of nn.Module, without which no parameter can be "
        "registered: the first assignment raises. super().__init__() comes first."
    ),
}
for (name, *edits), text in LINEAR_ANYTHING.items():
    linear.edit(name, text, *edits, about="anything")
linear.by_exceptions("no_super", "transposed_at_use", "leading_axes_flattened")

WITHOUT_BIAS = (
    "No bias is registered: there is none, or it is a plain tensor, which stays zero "
    "for ever because no optimizer gets it. Make it an nn.Parameter, one number an output."
)
NO_BIAS = (f"        self.bias = {BIAS}\n", ""), (OUT, "x @ self.weight.T")
linear.edit("no_bias", WITHOUT_BIAS, *NO_BIAS, about="anything")
linear.edit(
    "bias_is_no_parameter",
    WITHOUT_BIAS,
    (BIAS, ZEROS),
    about="anything",
    equivalent_to="no_bias",
)
