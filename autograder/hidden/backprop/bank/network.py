"""Mistakes in the two-layer network."""

from autograder.api import Bank

bank = Bank()
mlp = bank.exercise("mlp_loss_and_grads")

for name, times, gate in (
    ("relu_skipped_backwards", "1 everywhere", "dh"),
    ("mask_from_the_gradient", "1 where that gradient is positive", "dh * (dh > 0)"),
    ("open_at_zero", "1 at exactly 0, too", "dh * (z1 >= 0)"),
    ("value_for_derivative", "its output", "dh * h"),
):
    mlp.edit(
        name,
        f"On its way back through the ReLU the gradient is multiplied by {times}. It passes "
        "unchanged where the hidden unit's input was above 0, and nowhere else.",
        ("relu_backward(dh, relu1)", gate),
    )
mlp.edit(
    "hidden_before_relu",
    "The gradient of W2 is made with the hidden values before the ReLU. The second layer saw them "
    "after it: use what went into that layer.",
    ('"W2": dW2', '"W2": z1.T @ dlogits'),
    source="Nielsen (2015), equation BP4",
)
mlp.edit(
    "no_bend",
    "There is no ReLU between the two linear layers, neither forward nor back. Two linear layers "
    "in a row are one linear layer.",
    ("h, relu1 = relu_forward(z1)", "h = z1"),
    ("relu_backward(dh, relu1)", "dh"),
)
mlp.edit(
    "relu_on_the_logits",
    "A second ReLU stands behind the second linear layer, so no logit is ever negative. The "
    "logits go into the softmax as they are.",
    ("loss, dlogits", "logits, relu2 = relu_forward(logits)\n    loss, dlogits"),
    ("linear_backward(dlogits,", "linear_backward(relu_backward(dlogits, relu2),"),
)
BIASES = [(f'"b{i}": db{i}', f'"b{i}": db{i} / len(x)') for i in (1, 2)]
WEIGHTS = [(f'"W{i}": dW{i}', f'"W{i}": dW{i} / len(x)') for i in (1, 2)]
ALL = [("linear_backward(dlogits,", "linear_backward(dlogits / len(x),")]
for name, divided, edits in (
    ("divided_twice", "All gradients", ALL),
    ("biases_averaged", "The gradients of the biases", BIASES),
    ("weights_averaged", "The gradients of the weights", WEIGHTS),
):
    mlp.edit(
        name,
        f"{divided} are divided by the number of rows once more. dlogits already holds the 1/N of "
        "the mean: it is divided once, in the loss, and each layer adds up its rows.",
        *edits,
    )
UNDIVIDED = ("linear_backward(dlogits,", "linear_backward(dlogits * len(x),")
mlp.edit(
    "never_divided",
    "The loss is a mean over the batch, and the gradients are those of the sum: they grow with "
    "the number of rows. The 1/N of the loss belongs in them.",
    UNDIVIDED,
)
for name, *edits in (("loss_summed", UNDIVIDED), ("loss_summed_gradient_averaged",)):
    mlp.edit(
        name,
        "The loss is a sum over the rows. It is a mean over the batch: stack the batch on itself, "
        "and neither the loss nor the gradients may change.",
        ("return loss,", "return loss * len(x),"),
        *edits,
    )
mlp.edit(
    "one_hot_not_subtracted",
    "The gradient starts as the probabilities, without the one-hot targets taken away, so every "
    "logit is pressed down. It is what was said minus what is true.",
    ("dh, dW2,", "dlogits[np.arange(len(y)), y] += 1 / len(y)\n    dh, dW2,"),
)
for name, forward, derivative in (
    ("tanh_instead", "np.tanh(z1)", "1 - h**2"),
    ("sigmoid_instead", "1 / (1 + np.exp(-z1))", "h * (1 - h)"),
):
    mlp.edit(
        name,
        "The hidden layer has another activation function, forward and back. The network here is "
        "linear, ReLU, linear, softmax cross-entropy.",
        ("relu_forward(z1)", f"{forward}, None"),
        ("relu_backward(dh, relu1)", f"dh * ({derivative})"),
    )
mlp.edit(
    "biases_keep_an_axis",
    "The gradients of the biases keep the rows' axis, so their shapes are (1, H) and (1, C). A "
    "gradient has the shape of what it is the gradient of.",
    ('"b1": db1', '"b1": db1[None]'),
    ('"b2": db2', '"b2": db2[None]'),
    about="anything",
)
mlp.edit(
    "keys_of_gradients",
    "The gradients come back under other keys than the parameters. A loop over the parameters "
    "looks for each gradient under its parameter's own key.",
    *((f'"{name}":', f'"d{name}":') for name in ("W1", "b1", "W2", "b2")),
    source="Coursera Deep Learning Specialization",
    about="anything",
)

OVERFLOW = (
    "The softmax exponentiates the logits as they are, and exp(1e4) is inf. Use "
    "softmax_cross_entropy, or subtract each row's maximum as it does."
)
ROUNDED_TO_ZERO = (
    "The logarithm is taken of a probability that rounds to 0, so the loss is inf, or stops at "
    "what an added small number allows. Use softmax_cross_entropy, which takes it by algebra."
)
SHIFTED, RATIO = "logits - logits.max(axis=1, keepdims=True)", "e / e.sum(axis=1, keepdims=True)"
LOG_OF_P, LOG_SUM_EXP = "-np.log(p[rows, y])", "np.log(e.sum(axis=1)) - logits[rows, y]"
EXP_OF_LOG = "np.exp(logits - np.log(e.sum(axis=1))[:, None])"
SMALL = ("1e-12", "1e-15", "1e-10", "1e-9", "1e-8", "1e-7")
for name, text, exponent, p, loss in (
    ("no_maximum_subtracted", OVERFLOW, "logits", RATIO, LOG_OF_P),
    ("no_maximum_in_the_loss", OVERFLOW, "logits", RATIO, LOG_SUM_EXP),
    ("no_maximum_anywhere", OVERFLOW, "logits", EXP_OF_LOG, LOG_SUM_EXP),
    ("log_of_softmax", ROUNDED_TO_ZERO, SHIFTED, RATIO, LOG_OF_P),
    *(
        (
            f"log_of_softmax_plus_{eps}",
            ROUNDED_TO_ZERO,
            SHIFTED,
            RATIO,
            f"-np.log(p[rows, y] + {eps})",
        )
        for eps in SMALL
    ),
):
    mlp.edit(
        name.replace("-", "_"),
        text,
        (
            "loss, dlogits = softmax_cross_entropy(logits, y)",
            f"rows, e = np.arange(len(y)), np.exp({exponent})\n    p = {p}\n"
            f"    loss = np.mean({loss})\n    dlogits = (p - np.eye(p.shape[1])[y]) / len(y)",
        ),
        about="anything",
    )
