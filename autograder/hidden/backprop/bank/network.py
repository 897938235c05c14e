"""Mistakes in the two-layer network."""

from __future__ import annotations

from autograder.api import Bank

KEY = "mlp_loss_and_grads"


def declare(bank: Bank) -> None:
    bank.edit(
        KEY,
        "relu_skipped_backwards",
        "The blame passes the ReLU as if it were not there. Where a hidden unit was closed "
        "nothing may come through: every forward line has its backward line.",
        ("dz1 = relu_backward(dh, relu1)", "dz1 = dh"),
    )
    bank.edit(
        KEY,
        "mask_from_the_gradient",
        "The ReLU's gate on the way back opens where the incoming gradient is positive. It opens "
        "where the hidden unit's input was positive.",
        ("relu_backward(dh, relu1)", "dh * (dh > 0)"),
    )
    bank.edit(
        KEY,
        "open_at_zero",
        "The gate of the hidden ReLU is open where its input is exactly 0. The derivative there "
        "is 0 in this course: look at the comparison.",
        ("relu_backward(dh, relu1)", "dh * (z1 >= 0)"),
    )
    bank.edit(
        KEY,
        "hidden_before_relu",
        "The gradient of W2 is made with the hidden values before the ReLU. The second layer saw "
        "them after it: use what went into that layer.",
        (
            "dz1 = relu_backward(dh, relu1)",
            "dW2 = z1.T @ dlogits\n    dz1 = relu_backward(dh, relu1)",
        ),
        source="Nielsen (2015), equation BP4",
    )
    bank.edit(
        KEY,
        "no_bend",
        "There is no ReLU between the two linear layers, neither forward nor back. Two linear "
        "layers in a row are one linear layer.",
        ("h, relu1 = relu_forward(z1)", "h = z1"),
        ("dz1 = relu_backward(dh, relu1)", "dz1 = dh"),
    )
    bank.edit(
        KEY,
        "relu_on_the_logits",
        "A second ReLU stands behind the second linear layer, so no logit is ever negative. The "
        "logits go into the softmax as they are.",
        (
            'logits, linear2 = linear_forward(h, params["W2"], params["b2"])',
            'raw, linear2 = linear_forward(h, params["W2"], params["b2"])\n'
            "    logits, relu2 = relu_forward(raw)",
        ),
        (
            "dh, dW2, db2 = linear_backward(dlogits, linear2)",
            "dh, dW2, db2 = linear_backward(relu_backward(dlogits, relu2), linear2)",
        ),
    )
    bank.edit(
        KEY,
        "divided_twice",
        "The gradients are divided by the number of rows once more. dlogits already holds the 1/N "
        "of the mean: it is divided once, in the loss.",
        (
            "dh, dW2, db2 = linear_backward(dlogits, linear2)",
            "dh, dW2, db2 = linear_backward(dlogits / len(x), linear2)",
        ),
    )
    bank.edit(
        KEY,
        "never_divided",
        "The loss is a mean over the batch, and the gradients are those of the sum: they grow "
        "with the number of rows. The 1/N of the loss belongs in them.",
        (
            "dh, dW2, db2 = linear_backward(dlogits, linear2)",
            "dh, dW2, db2 = linear_backward(dlogits * len(x), linear2)",
        ),
    )
    bank.edit(
        KEY,
        "one_hot_not_subtracted",
        "The blame starts as the probabilities, without the one-hot targets taken away, so every "
        "logit is pressed down. It is what was said minus what is true.",
        (
            "dh, dW2, db2 = linear_backward(dlogits, linear2)",
            "dlogits[np.arange(len(y)), y] += 1 / len(y)\n"
            "    dh, dW2, db2 = linear_backward(dlogits, linear2)",
        ),
    )
    bank.edit(
        KEY,
        "no_maximum_subtracted",
        "The softmax exponentiates the logits as they are, and exp(1e4) is inf. Use "
        "softmax_cross_entropy, or subtract each row's maximum as it does.",
        (
            "loss, dlogits = softmax_cross_entropy(logits, y)",
            "rows = np.arange(len(y))\n"
            "    probs = np.exp(logits) / np.exp(logits).sum(axis=1, keepdims=True)\n"
            "    loss = -np.log(probs[rows, y]).mean()\n"
            "    dlogits = (probs - np.eye(probs.shape[1])[y]) / len(y)",
        ),
        about="anything",
    )
    bank.edit(
        KEY,
        "biases_averaged",
        "The gradients of the biases are means over the rows. They are sums: the 1/N of the loss "
        "is already inside the blame that each row sends back.",
        (
            '{"W1": dW1, "b1": db1, "W2": dW2, "b2": db2}',
            '{"W1": dW1, "b1": db1 / len(x), "W2": dW2, "b2": db2 / len(x)}',
        ),
    )
    bank.edit(
        KEY,
        "keys_of_gradients",
        "The gradients come back under other keys than the parameters. A loop over the parameters "
        "looks for each gradient under its parameter's own key.",
        (
            '{"W1": dW1, "b1": db1, "W2": dW2, "b2": db2}',
            '{"dW1": dW1, "db1": db1, "dW2": dW2, "db2": db2}',
        ),
        source="Coursera Deep Learning Specialization",
        about="anything",
    )
