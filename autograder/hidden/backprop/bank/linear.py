"""Mistakes in the linear layer."""

from __future__ import annotations

from autograder.api import Bank

KEY = "linear_forward__linear_backward"


def declare(bank: Bank) -> None:
    bank.edit(
        KEY,
        "transposed_weight_gradient",
        "dW comes out transposed: it has a row for every output, and W has a row for every input. "
        "A gradient has the shape of what it is the gradient of; swap the factors.",
        ("x.T @ dout", "dout.T @ x"),
        about="anything",
    )
    bank.edit(
        KEY,
        "bias_not_summed",
        "db keeps one row for every row of the batch. All rows use the same b, so their blame "
        "adds up: db has the shape of b.",
        ("dout.sum(axis=0)", "dout.copy()"),
        about="anything",
    )
    bank.edit(
        KEY,
        "bias_keeps_an_axis",
        "db is summed over the rows but keeps their axis, so its shape is (1, M). A gradient has "
        "the shape of what it is the gradient of: (M,).",
        ("dout.sum(axis=0)", "dout.sum(axis=0, keepdims=True)"),
        source="Coursera Deep Learning Specialization",
        about="anything",
    )
    bank.edit(
        KEY,
        "bias_summed_over_outputs",
        "db is summed over the outputs, which leaves one number for every row. What is shared by "
        "the rows is summed over the rows: the first axis.",
        ("dout.sum(axis=0)", "dout.sum(axis=1)"),
        about="anything",
    )
    bank.edit(
        KEY,
        "bias_averaged",
        "db is the mean over the rows, in place of their sum. The division by N belongs to the "
        "loss, and dout already holds it.",
        ("dout.sum(axis=0)", "dout.mean(axis=0)"),
    )
    bank.edit(
        KEY,
        "divided_by_rows",
        "dW and db are divided by the number of rows. That division belongs to the loss, and dout "
        "already holds it: a layer adds up what its rows send back.",
        ("dW = x.T @ dout", "dW = x.T @ dout / len(x)"),
        ("dout.sum(axis=0)", "dout.mean(axis=0)"),
        source="Coursera Deep Learning Specialization",
    )
    bank.edit(
        KEY,
        "weights_not_transposed",
        "dx is dout times W as it stands, which fits only where W is square, and is wrong there "
        "too. Going back, W maps outputs to inputs: transposed.",
        ("dout @ W.T", "dout @ W"),
        about="anything",
    )
    bank.edit(
        KEY,
        "one_cache_for_all",
        "The cache is kept in one place for all calls, so a second forward overwrites the first "
        "one's. Hand the cache out, and use the one that comes back.",
        ("return x @ W + b, (x, W)", "linear_forward.last = x, W\n    return x @ W + b, None"),
        ("x, W = cache", "x, W = linear_forward.last"),
    )
    bank.edit(
        KEY,
        "bias_left_out",
        "The forward is x @ W without b. Each output has a bias of its own, added to every row.",
        ("return x @ W + b,", "return x @ W,"),
    )
