"""Mistakes in the linear layer and in the three activation functions: ReLU, sigmoid, tanh."""

from autograder.api import Bank

bank = Bank()
linear = bank.exercise("linear_forward__linear_backward")
relu = bank.exercise("relu_forward__relu_backward")
sigmoid = bank.exercise("sigmoid_forward__sigmoid_backward")
tanh = bank.exercise("tanh_forward__tanh_backward")

for exercise, layer, out, kept, read in (
    (linear, "linear", "x @ W + b", "(x, W)", "x, W"),
    (relu, "relu", "np.maximum(x, 0)", "x > 0", "active"),
    (sigmoid, "sigmoid", "out", "out", "out"),
    (tanh, "tanh", "out", "out", "out"),
):
    exercise.edit(
        "one_cache_for_all",
        "The cache is kept in one place for all calls, so a second forward overwrites the first "
        "one's. Hand the cache out, and use the one that comes back.",
        (f"return {out}, {kept}", f"{layer}_forward.last = {kept}\n    return {out}, None"),
        (f"{read} = cache", f"{read} = {layer}_forward.last"),
    )
    exercise.edit(
        "cache_popped",
        "The backward takes out what the cache holds, so a second backward finds nothing there. "
        "Read the cache, and leave it as it was.",
        (f"return {out}, {kept}", f"return {out}, [{kept}]"),
        (f"{read} = cache", f"{read} = cache.pop()"),
        about="anything",
    )

for name, gradient, of, (old, new) in (
    ("transposed_weight_gradient", "dW", "W", ("x.T @ dout", "dout.T @ x")),
    ("transposed_input_gradient", "dx", "x", ("dout @ W.T", "W @ dout.T")),
):
    linear.edit(
        name,
        f"{gradient} comes out transposed: its rows are the columns of {of}. A gradient has the "
        "shape of what it is the gradient of; swap the factors.",
        (old, new),
        about="anything",
    )
for name, what, (old, new) in (
    ("bias_not_summed", "a row for every row of the batch", ("dout.sum(axis=0)", "dout.copy()")),
    ("bias_keeps_an_axis", "the shape (1, M)", ("axis=0)", "axis=0, keepdims=True)")),
    ("bias_summed_over_outputs", "a number for every row", ("axis=0)", "axis=1)")),
    ("bias_summed_to_a_number", "no axis at all", ("axis=0)", ")")),
):
    linear.edit(
        name,
        f"db has {what}. All rows use the same b, so their gradients add up over the rows, the "
        "first axis, and db has the shape of what it is the gradient of: (M,).",
        (old, new),
        about="anything",
    )
linear.edit(
    "weights_not_transposed",
    "dx is dout times W as it stands, which fits only where W is square, and is wrong there too. "
    "Going back, W maps outputs to inputs: transposed.",
    ("dout @ W.T", "dout @ W"),
    about="anything",
)
for name, *edits in (
    ("inputs_overwritten", ("return dx, dW, db", "x[...] = dx\n    return x, dW, db")),
    (
        "cache_overwritten",
        ("(x, W)", "[x, W]"),
        ("return dx, dW, db", "cache[0] = dx\n    return dx, dW, db"),
    ),
):
    linear.edit(
        name,
        "The backward changes what the cache holds, so the cache is good for one backward only, "
        "and a second one fails or finds different numbers. Leave the cache as it was.",
        *edits,
        about="anything",
    )
WEIGHTS, BIAS = ("x.T @ dout", "x.T @ dout / len(x)"), ("dout.sum(axis=0)", "dout.mean(axis=0)")
for name, what, *edits in (
    ("weights_averaged", "dW is", WEIGHTS),
    ("bias_averaged", "db is", BIAS),
    ("divided_by_rows", "dW and db are", WEIGHTS, BIAS),
):
    linear.edit(
        name,
        f"{what} divided by the number of rows. That division belongs to the loss, and dout "
        "already holds it: a layer adds up what its rows send back.",
        *edits,
        source="Coursera Deep Learning Specialization",
    )
linear.edit(
    "bias_left_out",
    "The forward is x @ W without b. Each output has a bias of its own, added to every row.",
    ("return x @ W + b,", "return x @ W,"),
)

for exercise, layer, factor in (
    (relu, "relu", "active"),
    (sigmoid, "sigmoid", "out * (1 - out)"),
    (tanh, "tanh", "(1 - out**2)"),
):
    exercise.edit(
        "dout_overwritten",
        "The numbers are right, but dout itself is written over: anyone who still needs it finds "
        "it changed. Return a new array.",
        (f"return dout * {factor}", f"dout *= {factor}\n    return dout"),
        about="anything",
    )
    exercise.edit(
        "local_derivative_only",
        f"The backward returns the derivative of {layer} alone, without what flows in. The chain "
        "rule is a product: local derivative times dout.",
        ("return dout * ", "return 1.0 * "),
        about="anything",
    )

for exercise, layer, multiplied, in_place in (
    (sigmoid, "sigmoid", "dout * out * (1 - out)", "out *= 1 - out; return dout * out"),
    (tanh, "tanh", "dout * (1 - out**2)", "out **= 2; return dout * (1 - out)"),
):
    exercise.edit(
        "derivative_from_input",
        "The derivative is written with the output, and is given the input instead. Look at what "
        "the forward puts into the cache.",
        ("return out, out", "return out, x"),
    )
    exercise.edit(
        "squashed_twice",
        "The cached output goes through the function once more before the formula. It is an output "
        "already: use it as it is.",
        ("out = cache", f"out, _ = {layer}_forward(cache)"),
        source="Nielsen (2015), network.py, sigmoid_prime",
    )
    exercise.edit(
        "output_overwritten",
        "The numbers are right, but the cached output is changed in place: out differs for anyone "
        "who holds it, and a second backward finds different numbers.",
        (f"return {multiplied}", in_place),
        about="anything",
    )

for name, times, (old, new) in (
    ("mask_from_dout", "1 where dout is positive", ("dout * active", "dout * (dout > 0)")),
    ("open_at_zero", "1 at exactly 0 too", ("x > 0", "x >= 0")),
    ("half_open_at_zero", "1/2 at exactly 0", ("x > 0", "np.heaviside(x, 0.5)")),
    ("value_for_derivative", "the output of the ReLU", ("x > 0", "np.maximum(x, 0)")),
    ("gate_left_out", "1 everywhere", ("return dout * active", "return 1.0 * dout")),
):
    relu.edit(
        name,
        f"dout is multiplied by {times}. The derivative of a ReLU is 1 where the number that went "
        "in was above 0, and 0 elsewhere; at exactly 0 this course chooses 0, as PyTorch does.",
        (old, new),
    )
for name, slope in (("leaky", 0.01), ("leaky_by_a_tenth", 0.1), ("leaky_by_a_fifth", 0.2)):
    relu.edit(
        name,
        "Negative numbers keep a small slope, which is the leaky ReLU. Here they become exactly 0, "
        "and no gradient passes where they were.",
        ("np.maximum(x, 0)", f"np.where(x > 0, x, {slope} * x)"),
        ("dout * active", f"dout * np.where(active, 1, {slope})"),
        source="Maas, Hannun and Ng (2013), Rectifier Nonlinearities",
    )
CAPPED = ("np.maximum(x, 0)", "np.minimum(np.maximum(x, 0), 6)")
for name, *edits in (
    ("output_capped_at_six", CAPPED),
    ("capped_at_six", CAPPED, ("x > 0", "(x > 0) & (x < 6)")),
):
    relu.edit(
        name,
        "The output stops growing at 6, as that of ReLU6 does. Here it has no upper end: a large "
        "positive number comes out as it went in, and its gradient passes.",
        *edits,
        source="torch.nn.ReLU6",
        about="anything",
    )
relu.edit(
    "input_overwritten",
    "The negative numbers are set to 0 in x itself, so the caller's array changes. Return a new "
    "array, and leave x as it was.",
    ("np.maximum(x, 0)", "np.maximum(x, 0, out=x)"),
    about="anything",
)

for name, taken, factor in (
    ("one_factor", "one minus the output", "(1 - out)"),
    ("output_alone", "the output", "out"),
    (
        "tanh_derivative",
        "one minus the square of the output, which is that of tanh",
        "(1 - out**2)",
    ),
):
    sigmoid.edit(
        name,
        f"The slope is taken as {taken}. The sigmoid's is the output times one minus the output: "
        "1/4 at 0, and flat at both ends.",
        (" * out * (1 - out)", f" * {factor}"),
    )
sigmoid.edit(
    "exponent_without_minus",
    "The exponential is that of x, where the formula has that of -x, so the curve falls from 1 to "
    "0. A sigmoid is near 1 for large positive numbers.",
    ("x >= 0", "x < 0"),
)
sigmoid.edit(
    "overflow",
    "At large x the exponential is inf above and below the line, and inf / inf is nan. Choose a "
    "form whose exponential never stands in both places.",
    ("np.where(x >= 0, 1 / (1 + small), small / (1 + small))", "np.exp(x) / (1 + np.exp(x))"),
    about="anything",
)
sigmoid.edit(
    "derivative_overflows",
    "The backward takes exponentials of the input again, and far below 0 that is inf / inf, which "
    "is nan. The derivative needs the output alone, which is finite everywhere.",
    ("return out, out", "return out, x"),
    ("out * (1 - out)", "np.exp(-out) / (1 + np.exp(-out)) ** 2"),
    about="anything",
)

for name, taken, factor in (
    ("not_squared", "one minus the output", "(1 - out)"),
    ("difference_squared", "the square of one minus the output", "(1 - out) ** 2"),
    ("square_added", "one plus the square of the output", "(1 + out**2)"),
    ("sigmoid_derivative", "that of the sigmoid", "out * (1 - out)"),
):
    tanh.edit(
        name,
        f"The slope is taken as {taken}. The derivative of tanh is one minus the square of its "
        "output: 1 at 0, 0.75 where the output is 0.5 or -0.5, and 0 far out.",
        ("(1 - out**2)", factor),
    )
tanh.edit(
    "stretched_sigmoid",
    "This is 2 * sigmoid(x) - 1, which has the range of tanh and half its slope. tanh(x) is 2 * "
    "sigmoid(2x) - 1: the argument is doubled too.",
    ("np.tanh(x)", "2 / (1 + np.exp(-x)) - 1"),
)
for name, formula in (
    ("overflow", "(np.exp(x) - np.exp(-x)) / (np.exp(x) + np.exp(-x))"),
    ("overflow_of_e_2x", "(np.exp(2 * x) - 1) / (np.exp(2 * x) + 1)"),
    ("overflow_of_e_minus_2x", "(1 - np.exp(-2 * x)) / (1 + np.exp(-2 * x))"),
):
    tanh.edit(
        name,
        "Far out the exponentials are inf above and below the line, and inf / inf is nan. Choose a "
        "form that divides by something finite, or the function NumPy has.",
        ("np.tanh(x)", formula),
        about="anything",
    )
