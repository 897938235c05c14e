"""Mistakes in the linear layer."""

from autograder.api import Bank

bank = Bank()
linear = bank.exercise("linear_forward__linear_backward")

linear.edit(
    "transposed_weight_gradient",
    "dW comes out transposed: it has a row for every output, and W has a row for every input. A "
    "gradient has the shape of what it is the gradient of; swap the factors.",
    ("x.T @ dout", "dout.T @ x"),
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
linear.edit(
    "one_cache_for_all",
    "The cache is kept in one place for all calls, so a second forward overwrites the first "
    "one's. Hand the cache out, and use the one that comes back.",
    ("return x @ W + b, (x, W)", "linear_forward.last = x, W\n    return x @ W + b, None"),
    ("x, W = cache", "x, W = linear_forward.last"),
)
for name, *edits in (
    ("inputs_overwritten", ("return dx, dW, db", "x[...] = dx\n    return x, dW, db")),
    (
        "cache_overwritten",
        ("(x, W)", "[x, W]"),
        ("return dx, dW, db", "cache[0] = dx\n    return dx, dW, db"),
    ),
    ("cache_popped", ("(x, W)", "[x, W]"), ("x, W = cache", "W, x = cache.pop(), cache.pop()")),
):
    linear.edit(
        name,
        "The backward changes what the cache holds, so the cache is good for one backward only, "
        "and a second one fails or finds other numbers. Leave the cache as it was.",
        *edits,
        about="anything",
    )
WEIGHTS, BIAS = ("x.T @ dout", "x.T @ dout / len(x)"), ("dout.sum(", "dout.mean(")
for name, what, *edits in (
    ("weights_averaged", "dW is", WEIGHTS),
    ("bias_averaged", "db is", BIAS),
    ("divided_by_rows", "dW and db are", WEIGHTS, BIAS),
    ("inputs_averaged", "dx is", ("dout @ W.T", "dout @ W.T / len(x)")),
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
