# ---
# jupyter:
#   kernelspec:
#     display_name: Python 3 (ipykernel)
#     language: python
#     name: python3
# ---

# %% [markdown]
# # 16 - Elective: the same step on a tape
#
# Sooner or later you'll read, port or inherit a model written in TensorFlow. The mathematics is what you know. The
# handles are different, and a few of them turn the other way without telling you. In this lesson you write
# lesson 10's training step once more, with TensorFlow's gradient tape and a Keras model, hold it against PyTorch weight by weight, and
# find out where two libraries that "both have Adam" part ways.
#
# **You will be able to**
#
# - write a training step with `tf.GradientTape`, and say what took the place of `zero_grad`, `backward` and `p.grad`;
# - carry weights from PyTorch to Keras, kernels, channels and all, and prove that both compute the same;
# - say where epsilon stands in either Adam, and what the rate does inside the velocity;
# - keep a loss on logits, and know what a loss on probabilities gives away;
# - find the two arguments that a Keras step forgets most often.
#
# **You need** lessons 03 (the tape), 05 (momentum, Adam) and 10 (the five lines). And TensorFlow: `make tensorflow` in
# the course's folder installs it, and the next cell says so if it isn't there.
#
# **It takes** about 75 minutes: one exercise, two predictions, three questions. The cell beneath the exercise checks
# it (`%check`), as often as you like.

# %% jupyter={"source_hidden": true} tags=["setup"]
# needs: tensorflow
import os

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")  # its notes at the start go past Python
os.environ.setdefault("TF_NUM_INTRAOP_THREADS", "1")  # what is computed here is small
os.environ.setdefault("TF_NUM_INTEROP_THREADS", "1")
os.environ["KERAS_BACKEND"] = "tensorflow"
try:
    import tensorflow as tf
except (ImportError, AttributeError, OSError, RuntimeError, TypeError, ValueError) as error:
    if isinstance(error, ModuleNotFoundError) and error.name == "tensorflow":
        why = "is not installed here", "Install it"
    else:  # it is there, and broken
        first, *_ = str(error).splitlines() or [""]
        why = f"can't be imported here ({type(error).__name__}: {first})", "Install it again"
    print(
        f"TensorFlow {why[0]}, so the cells below do nothing. {why[1]} (`make tensorflow` in "
        "the course's folder, or %pip install tensorflow) and restart the kernel."
    )
    from IPython import get_ipython

    get_ipython().input_transformers_cleanup.append(
        lambda lines: lines if "".join(lines).lstrip().startswith(("%", "!")) else []
    )

# %% jupyter={"source_hidden": true} tags=["setup"]
# Given: keras, torch, NumPy as np, Matplotlib as plt, find_data, the clothes, and what shows a figure.
import time
from pathlib import Path

import keras
import matplotlib.pyplot as plt
import numpy as np
import torch
from torch import nn
from torch.nn import functional as F

BLUE, ORANGE, GREEN, PINK, GREY = "#0072B2", "#D55E00", "#009E73", "#CC79A7", "#555555"
plt.rcParams["figure.dpi"] = 72


def find_data(name):
    """The path of one of the course's data sets: upward from here, then in DESCENT_DATA."""
    here = Path.cwd().resolve()
    places = [folder / "data" for folder in (here, *here.parents)]
    places += [here, Path(os.environ.get("DESCENT_DATA", here))]
    for place in places:
        if (place / name).is_file():
            return place / name
    raise FileNotFoundError(
        f"{name} is not here: put the data folder of the course's repository beside this notebook, "
        "or set DESCENT_DATA to its path"
    )


def clothes_batches(size, steps):
    """Batches of photographs, channels last: float32 (size, 28, 28, 1), and int64 (size,)."""
    with np.load(find_data("fashion_mnist.npz")) as fashion:
        images, labels = fashion["x_train"], fashion["y_train"].astype(np.int64)
    order = np.random.default_rng(16).permutation(len(images))[: size * steps]
    x = images[order].astype(np.float32)[..., None] / 255 - 0.286
    return list(zip(np.split(x, steps), np.split(labels[order], steps), strict=True))


def as_torch(batch):
    """The same batch for PyTorch: channels first, as tensors."""
    x, y = batch
    return torch.from_numpy(x.transpose(0, 3, 1, 2).copy()), torch.from_numpy(y)


def image_of(figure, alt):
    """The figure as an HTML image with a description, for those who do not see it; closes it."""
    from base64 import b64encode
    from html import escape
    from io import BytesIO

    png = BytesIO()
    figure.savefig(png, format="png", bbox_inches="tight")
    plt.close(figure)
    data = b64encode(png.getvalue()).decode()
    return f'<img alt="{escape(alt)}" src="data:image/png;base64,{data}">'


def show_figure(alt):
    """Show the current figure, with a description of what is to be seen in it."""
    from IPython.display import display

    image = image_of(plt.gcf(), alt)
    display({"text/html": image, "text/plain": alt}, raw=True)


# %% tags=["bring"]
# bring: train_step (lesson 10)
def train_step(model, batch, criterion, optimizer):
    """One step on one batch; the loss before it, as a number."""
    optimizer.zero_grad()
    loss = criterion(model(batch[0]), batch[1])
    loss.backward()
    optimizer.step()
    return loss.item()


# %% [markdown]
# ## 1. Where does the gradient live?
#
# In lesson 03 you wrote a `Tape` that records what happens inside its block and answers for it afterwards. TensorFlow's is the original.

# %% tags=["demo"]
w = tf.Variable([1.0, -2.0])
with tf.GradientTape() as tape:
    cubes = tf.reduce_sum(w**3)
print("3 w squared:", tape.gradient(cubes, w).numpy())
try:
    tape.gradient(cubes, w)
except RuntimeError as error:
    print("asked again:", str(error).split(".")[0])

with tf.GradientTape() as tape:
    pass
print("computed elsewhere:", tape.gradient(tf.reduce_sum(w**3), w))

# %% [markdown]
# Three lines of output, three differences from PyTorch:
#
# - The gradient is a **return value**. Nothing is stored in the variable, so nothing adds up and there is no `zero_grad`.
# - A tape answers once, then lets go of what it recorded. `tf.GradientTape(persistent=True)` answers as often as you like, and keeps its memory until
#   it is deleted.
# - What ran outside the block wasn't recorded, and the answer is `None`: not zero, and not an error.

# %% jupyter={"source_hidden": true} tags=["demo"]
# The same step twice, drawn as who hands what to whom.
fig, axes = plt.subplots(1, 2, figsize=(9.5, 3.1))
box = {"boxstyle": "round,pad=0.4", "fc": "white", "ec": "black"}
slot = {"boxstyle": "square,pad=0.3", "fc": "#dddddd", "ec": "black", "ls": "--"}
texts = {
    "PyTorch: the gradient lives in the weight": (
        ("loss", 0.12, 0.5, box),
        ("weight p", 0.55, 0.72, box),
        ("p.grad", 0.55, 0.38, slot),
        ("optimizer", 0.88, 0.5, box),
    ),
    "TensorFlow: the gradient is handed over": (
        ("tape", 0.12, 0.5, box),
        ("weight v", 0.55, 0.82, box),
        ("a list of gradients", 0.5, 0.3, slot),
        ("optimizer", 0.88, 0.5, box),
    ),
}
arrows = (
    (
        ("backward() adds to it", (0.19, 0.48), (0.46, 0.39), (0.29, 0.27)),
        ("step() reads it", (0.64, 0.4), (0.79, 0.47), (0.76, 0.31)),
        ("and changes p", (0.85, 0.58), (0.66, 0.72), (0.83, 0.76)),
        ("zero_grad() empties it", (0.55, 0.08), (0.55, 0.28), (0.55, 0.02)),
    ),
    (
        ("gradient(loss, vs) returns", (0.19, 0.46), (0.3, 0.33), (0.24, 0.12)),
        ("apply_gradients\ntakes pairs", (0.7, 0.33), (0.81, 0.43), (0.86, 0.2)),
        ("and changes v", (0.85, 0.58), (0.66, 0.8), (0.87, 0.78)),
        ("watches", (0.45, 0.8), (0.17, 0.58), (0.2, 0.78)),
    ),
)
for ax, (title, words), drawn in zip(axes, texts.items(), arrows, strict=True):
    for text, x, y, style in words:
        ax.text(x, y, text, ha="center", va="center", bbox=style)
    for text, begin, end, at in drawn:
        ax.annotate("", end, begin, arrowprops={"arrowstyle": "-|>", "lw": 1.4})
        ax.text(*at, text, ha="center", va="center", fontsize=9)
    ax.set(title=title, xlim=(0, 1), ylim=(-0.05, 1))
    ax.axis("off")
plt.tight_layout()
show_figure(
    "Two diagrams. PyTorch: backward adds to a slot p.grad at the weight, step reads the slot and changes "
    "the weight, zero_grad empties it. TensorFlow: the tape watches the weight and returns a list of "
    "gradients, which apply_gradients takes to change the weight. No slot is left behind."
)

# %% [markdown]
# | | PyTorch | TensorFlow and Keras |
# | --- | --- | --- |
# | clear | `optimizer.zero_grad()` | nothing to clear |
# | forward | `model(x)` in whatever mode it is in | `model(x, training=...)` inside the tape's block |
# | loss | `criterion(outputs, targets)` | `loss_fn(y_true, y_pred)`: **targets first** |
# | backward | `loss.backward()` | `tape.gradient(loss, variables)` |
# | step | `optimizer.step()` | `optimizer.apply_gradients(pairs)`, each pair (gradient, variable) |
# | what is trained | parameters with `requires_grad` | `model.trainable_variables` |
# | mode | `model.train()`, kept in the model | an argument of each call, `False` unless you say so |

# %% [markdown]
# ## 2. The same numbers in another order
#
# To compare two libraries you need one set of weights. They hold the same numbers in different orders, because Keras puts channels **last**: a batch of images is
# `(N, H, W, C)` there and `(N, C, H, W)` in PyTorch. Below, `net` is a convolution, tanh, average pooling, flattening and a linear layer:
# smooth all the way, since a ReLU at 1e-9 here and at -1e-9 there would part the two by more than rounding.


# %% tags=["setup"]
def as_keras(net):
    """The weights of a small PyTorch network in the order in which its Keras twin holds them."""
    conv, linear = net[0], net[-1]
    kernel = conv.weight.permute(2, 3, 1, 0)  # (out, in, H, W) becomes (H, W, in, out)
    # What was flattened channel by channel is flattened pixel by pixel there. Then (out, in) turns.
    matrix = (
        linear.weight.unflatten(1, (len(conv.weight), 14, 14)).permute(2, 3, 1, 0).flatten(0, 2)
    )
    return [t.detach().numpy().copy() for t in (kernel, conv.bias, matrix, linear.bias)]


# %% jupyter={"source_hidden": true} tags=["setup"]
# Given: the two networks, and how far apart two sets of weights are.
def keras_net():
    """A convolution, tanh, pooling, flattening and a dense layer, in Keras."""
    layers = keras.layers
    return keras.Sequential(
        [
            keras.Input((28, 28, 1)),
            layers.Conv2D(8, 3, padding="same", activation="tanh"),
            layers.AveragePooling2D(2),
            layers.Flatten(),
            layers.Dense(10),
        ]
    )


def twins(seed=0):
    """The same network in PyTorch and in Keras, with the same weights."""
    with torch.random.fork_rng():
        torch.manual_seed(seed)
        convolution, linear = nn.Conv2d(1, 8, 3, padding=1), nn.Linear(8 * 14 * 14, 10)
    net = nn.Sequential(convolution, nn.Tanh(), nn.AvgPool2d(2), nn.Flatten(), linear)
    model = keras_net()
    model.set_weights(as_keras(net))
    return net, model


def gap(net, model):
    """The largest difference between a weight of one and the same weight of the other."""
    pairs = zip(as_keras(net), model.get_weights(), strict=True)
    return max(float(np.abs(one - other).max()) for one, other in pairs)


# %% tags=["demo"]
net, model = twins()
((x, y),) = clothes_batches(64, 1)
theirs = net(as_torch((x, y))[0]).detach().numpy()
print("outputs equal to 1e-5:", np.abs(model(x).numpy() - theirs).max() < 1e-5)

careless = as_keras(net)
careless[2] = net[-1].weight.detach().numpy().T  # the right shape, and the wrong order
model.set_weights(careless)
print("with the last matrix only transposed:", np.abs(model(x).numpy() - theirs).max() < 1e-5)

# %% [markdown]
# The second line is the trap. A transpose gives the matrix the right shape, so nothing complains, and every weight behind the flattening meets the wrong
# pixel. Shapes are no proof. Compare outputs on a real batch.

# %% [markdown]
# ## 3. The step
#
# ### Exercise: `tf_train_step` (20 minutes, difficulty 3 of 5)
#
# Write lesson 10's step for a Keras model: equal, step for step, to what PyTorch does with the same weights and data. Before you write, decide three things.
# What has to happen inside the block, and what may wait? Lesson 10's step left the mode to its caller: who sets it here? And which variables do you ask the
# tape about, if the model has batch norm, or layers that somebody froze?
#
# The loss is `loss_fn`'s alone, as in lesson 10. (Keras layers can carry penalties of their own. None do here, so adding them isn't tested: section 8.)


# %% nbgrader={"grade": false, "grade_id": "tf_train_step", "locked": false, "schema_version": 3, "solution": true, "task": false}
def tf_train_step(model, optimizer, loss_fn, x, y):
    """Change the weights once, by the gradient of one batch.

    Args:
        model: keras.Model. It runs in training mode: dropout drops, batch norm uses the batch and
            updates its moving averages, once. What is frozen stays as it is.
        optimizer: keras.optimizers.Optimizer, whatever its rule. It takes the step.
        loss_fn: loss_fn(y_true, y_pred) gives the mean loss of the batch, a tensor of shape ().
        x, y: the batch, NumPy arrays or tensors in the form that model and loss_fn ask for: inputs
            (N, ...), floats or ints, and targets (N, ...). They stay as they are.

    Returns:
        float: the loss of this batch before the step. A number, not a tensor.

    Source: Agrawal et al. (2019), TensorFlow Eager: a multi-stage, Python-embedded DSL for machine
    learning, section 4.2.
    """
    ### BEGIN SOLUTION
    with tf.GradientTape() as tape:
        outputs = model(x, training=True)
        loss = loss_fn(y, outputs)
    variables = model.trainable_variables
    grads = tape.gradient(loss, variables)
    optimizer.apply_gradients(zip(grads, variables, strict=True))
    return float(loss)
    ### END SOLUTION


# %% nbgrader={"grade": true, "grade_id": "test_tf_train_step", "locked": true, "points": 2, "schema_version": 3, "solution": false, "task": false}
line = keras.layers.Dense(1, use_bias=False, kernel_initializer="ones")
model = keras.Sequential([keras.Input((1,)), line, keras.layers.BatchNormalization()])
x, y = np.array([[1.0], [3.0]], np.float32), np.array([[4.0], [4.0]], np.float32)
loss = tf_train_step(model, keras.optimizers.SGD(0.1), keras.losses.MeanSquaredError(), x, y)
assert not isinstance(loss, tf.Tensor), "the loss comes back as a number"
assert abs(loss - 17) < 0.02, "with normalized outputs of -1 and 1: the mean of 25 and 9"
assert model.layers[1].moving_mean[0] > 0, "batch norm has seen one batch: training mode"

line.trainable, before = False, float(line.kernel[0, 0])
optimizer = keras.optimizers.SGD(0.1, weight_decay=0.5)
tf_train_step(model, optimizer, keras.losses.MeanSquaredError(), x, y)
assert float(line.kernel[0, 0]) == before, "what is frozen stays: no gradient, and no decay"

first = tf_train_step(
    model, optimizer, lambda y_true, y_pred: tf.reduce_mean(y_true + 0 * y_pred), x, y
)
assert abs(first - 4) < 0.02, "Keras losses take the targets first: their mean is 4"

### BEGIN HIDDEN TESTS
from autograder.hidden.tensorflow_step import grade

grade("tf_train_step")
### END HIDDEN TESTS

# %% [markdown]
# <details><summary>Hint 1: what belongs inside the block?</summary>
#
# Everything between the variables and the loss: the tape knows only what it saw. Asking it for the gradient comes afterwards.
#
# </details>
#
# <details><summary>Hint 2: mode and variables</summary>
#
# A Keras model isn't switched to training mode; each call is told: `training=True`. And `model.variables` includes moving averages and what is frozen. Another list
# leaves them out.
#
# </details>
#
# <details><summary>Hint 3: almost the lines</summary>
#
# `tape.gradient(loss, ...)` returns a list in the order of the variables you asked for. `zip` it with the same list, gradients first, and let
# `optimizer.apply_gradients` have the pairs. Return the loss from inside the block as a Python number, and don't compute it again.
#
# </details>

# %% [markdown]
# ### The look: ten steps, two libraries
#
# The twins again, from equal weights, through the same ten batches: your `train_step` from lesson 10 on one side, your `tf_train_step` on the other. After every step the
# largest difference between any two weights. Below the dashed line they agree to 1e-5.


# %% jupyter={"source_hidden": true} tags=["demo"]
# Ten steps with each of four optimizers, both libraries on the same weights and batches.
def race(theirs, ours, batches, before_step=None):
    """The gap between the twins' weights after each step."""
    net, model = twins()
    theirs, gaps = theirs(net.parameters()), []
    criterion = keras.losses.SparseCategoricalCrossentropy(from_logits=True)
    for t, (x, y) in enumerate(batches, 1):
        if before_step:
            before_step(ours, t)
        train_step(net, as_torch((x, y)), F.cross_entropy, theirs)
        tf_train_step(model, ours, criterion, x, y)
        gaps.append(gap(net, model))
    return gaps


ten = clothes_batches(64, 10)
rivals = {
    "SGD": (lambda p: torch.optim.SGD(p, lr=0.1), keras.optimizers.SGD(0.1), "-o"),
    "momentum": (
        lambda p: torch.optim.SGD(p, lr=0.05, momentum=0.9),
        keras.optimizers.SGD(0.05, momentum=0.9),
        "--s",
    ),
    "Nesterov": (
        lambda p: torch.optim.SGD(p, lr=0.05, momentum=0.9, nesterov=True),
        keras.optimizers.SGD(0.05, momentum=0.9, nesterov=True),
        ":^",
    ),
    "Adam, both at eps = 1e-8": (
        lambda p: torch.optim.Adam(p, lr=1e-3, eps=1e-8),
        keras.optimizers.Adam(1e-3, epsilon=1e-8),
        "-.D",
    ),
}
fig, ax = plt.subplots(figsize=(7.5, 3.3))
for (name, (theirs, ours, style)), color in zip(
    rivals.items(), (BLUE, GREEN, PINK, ORANGE), strict=True
):
    gaps = race(theirs, ours, ten)
    ax.semilogy(range(1, 11), np.maximum(gaps, 1e-9), style, color=color, ms=4, label=name)
    print(f"{name:25} weights equal to 1e-5: {max(gaps) < 1e-5}")
ax.axhline(1e-5, color=GREY, ls="--", lw=1)
ax.set(xlabel="step", ylabel="largest difference", title="PyTorch against Keras")
ax.set(xticks=range(1, 11), ylim=(1e-8, 3e-2))
ax.legend(loc="upper right", ncol=2, fontsize=9)
show_figure(
    "Largest difference of weights over ten steps, logarithmic. SGD, momentum and Nesterov lie between "
    "1e-8 and 1e-6, below the dashed line at 1e-5. Adam starts above 1e-4 with the very first step and "
    "stays there."
)

# %% [markdown]
# SGD, momentum and Nesterov differ by rounding. Adam doesn't: some weight is off by a good part of the rate after *one* step, with the same rate, the same betas and the same
# epsilon. Your step is right. So what is it?

# %% [markdown]
# ## 4. Where epsilon goes
#
# Here are both updates, with $\hat m = m / (1 - \beta_1^t)$ and $\hat v = v / (1 - \beta_2^t)$, where $m$ and $v$ are the running averages of the gradient and its square, $\eta$ is the rate and $t$ the step, from 1:
#
# $$\text{PyTorch: } \frac{\eta\,\hat m}{\sqrt{\hat v} + \epsilon} \qquad\qquad \text{Keras: } \frac{\eta\,\hat m}{\sqrt{\hat v} + \epsilon / \sqrt{1 - \beta_2^t}}$$
#
# Keras folds the corrections into the rate and adds $\epsilon$ to the *uncorrected* $\sqrt v$. (Kingma and Ba mention that order as the faster one, with "epsilon hat".) At $t = 1$ and $\beta_2 = 0.999$ its
# epsilon counts 32 times as much, and the factor fades over thousands of steps. If the formulas are right, a Keras Adam whose epsilon you multiply by $\sqrt{1 - \beta_2^t}$ before each step must match PyTorch:


# %% jupyter={"source_hidden": true} tags=["demo"]
# Adam once more: epsilon as it is, epsilon corrected before each step; and the very first step.
def corrected(optimizer, t):
    """Make Keras's epsilon count as PyTorch's does in step t."""
    optimizer.epsilon = 1e-8 * (1 - 0.999**t) ** 0.5


fig, ax = plt.subplots(figsize=(7.5, 2.9))
for label, before_step, style, color in (
    ("epsilon as it is", None, "-.D", ORANGE),
    ("epsilon corrected before each step", corrected, "-o", BLUE),
):
    ours = keras.optimizers.Adam(1e-3, epsilon=1e-8)
    gaps = race(lambda p: torch.optim.Adam(p, lr=1e-3, eps=1e-8), ours, ten, before_step)
    ax.semilogy(range(1, 11), gaps, style, color=color, ms=4, label=label)
    print(f"{label}: weights equal to 1e-5: {max(gaps) < 1e-5}")
ax.axhline(1e-5, color=GREY, ls="--", lw=1)
ax.set(xlabel="step", ylabel="largest difference", title="Adam, eps = 1e-8", xticks=range(1, 11))
ax.legend(loc="center right")
show_figure(
    "Largest difference of weights over ten steps of Adam, logarithmic. With epsilon as it is: above 1e-4 from "
    "the first step on. With epsilon corrected before each step: below the dashed line at 1e-5."
)


def first_step(theirs, ours, g):
    """How far either moves a weight in its first step, at rate 1."""
    p, v = nn.Parameter(torch.zeros(1)), keras.Variable(np.zeros(1, np.float32))
    p.grad = torch.tensor([g])
    theirs([p]).step()
    ours.apply([tf.constant([g])], [v])
    return -p.item(), -float(v[0])


for name, theirs, ours in (
    ("Adam", torch.optim.Adam, keras.optimizers.Adam(1.0, epsilon=1e-6)),
    ("RMSprop", torch.optim.RMSprop, keras.optimizers.RMSprop(1.0, rho=0.99, epsilon=1e-6)),
):
    one, other = first_step(lambda p, kind=theirs: kind(p, lr=1.0, eps=1e-6), ours, 1e-6)
    print(f"{name}, gradient = eps = 1e-6: PyTorch moves by {one:.4f}, Keras by {other:.4f}")

# %% [markdown]
# The difference is all in the weights with tiny gradients, where epsilon has a say. RMSprop is further apart: PyTorch divides by
# $\sqrt v + \epsilon$, Keras by $\sqrt{v + \epsilon}$, where an epsilon of 1e-6 acts like one of 1e-3. On top of it come the defaults: 1e-8 in PyTorch, 1e-7 in Keras. None of this ruins a run. All of it keeps you from
# reproducing one exactly, so write epsilon into the paper.

# %% [markdown]
# ## 5. Where the rate goes
#
# Momentum agreed to seven digits. Keras writes it in the older form, your `classical_momentum_step` of lesson 05. With gradient $g$, velocity $u$ and momentum $\mu$:
#
# $$\text{PyTorch: } u \leftarrow \mu u + g,\;\; w \leftarrow w - \eta u \qquad\qquad \text{Keras: } u \leftarrow \mu u - \eta g,\;\; w \leftarrow w + u$$
#
# ### Prediction: the rate falls to zero
#
# A weight on a constant slope of 1, momentum 0.9, rate 0.1. After ten steps the rate is set to 0 and the run goes on. What do the weights do?
#
# - (a) both stand still from then on
# - (b) both coast on for a while
# - (c) PyTorch's stands still, Keras's coasts on
# - (d) Keras's stands still, PyTorch's coasts on

# %% nbgrader={"grade": false, "grade_id": "prediction_rate_to_zero", "locked": false, "schema_version": 3, "solution": true, "task": false}
### BEGIN SOLUTION
prediction_rate_to_zero = "c"
### END SOLUTION

# %% nbgrader={"grade": true, "grade_id": "test_prediction_rate_to_zero", "locked": true, "points": 1, "schema_version": 3, "solution": false, "task": false}
if prediction_rate_to_zero is None:
    raise NotImplementedError("prediction_rate_to_zero is not written yet")
letter = str(prediction_rate_to_zero).strip(" ().").lower()
assert letter in ("a", "b", "c", "d"), "a prediction is one letter: a, b, c or d"

### BEGIN HIDDEN TESTS
from autograder.hidden.tensorflow_step import grade

grade("prediction_rate_to_zero")
### END HIDDEN TESTS

# %% jupyter={"source_hidden": true} tags=["demo", "prediction_rate_to_zero"]
# One weight on a constant slope, in both libraries; the rate is 0 from step 10 on.
p, v = nn.Parameter(torch.zeros(1)), keras.Variable(np.zeros(1, np.float32))
theirs = torch.optim.SGD([p], lr=0.1, momentum=0.9)
ours = keras.optimizers.SGD(0.1, momentum=0.9)
paths = [[0.0], [0.0]]
for step in range(30):
    if step == 10:
        theirs.param_groups[0]["lr"] = ours.learning_rate = 0.0
    p.grad = torch.ones(1)
    theirs.step()
    ours.apply([tf.ones(1)], [v])
    paths[0].append(p.item())
    paths[1].append(float(v[0]))
fig, ax = plt.subplots(figsize=(7, 2.8))
ax.plot(paths[0], "-", color=BLUE, lw=2, label="PyTorch")
ax.plot(paths[1], "--", color=ORANGE, lw=2, label="Keras")
ax.axvline(10, color=GREY, ls=":")
ax.text(10.3, -0.6, "rate = 0", color=GREY)
ax.set(xlabel="step", ylabel="weight", title="Momentum 0.9 on a constant slope")
ax.legend()
show_figure(
    "The weight over 30 steps. Until step 10 the two curves are one. Then the rate becomes 0: PyTorch's "
    "weight stays where it is, Keras's goes on falling and levels off near step 30."
)

# %% [markdown]
# Look at the formulas again: who multiplies by the rate last? While the rate is constant, both forms are the same. Under a schedule they aren't: after every drop, Keras moves on for about $1/(1-\mu)$ steps at
# the speed of the old rate. And when you save an optimizer's state in one form and load it in the other, each velocity is off by a factor of the rate.

# %% [markdown]
# ## 6. Probabilities or logits
#
# Lesson 01 taught you to keep the logits and let the loss take the logarithm. A Keras loss assumes *probabilities* unless you say `from_logits=True`. Since a logarithm of 0 would be infinite, it clips them at 1e-7. Here is
# what that costs, for one sample with target 1:

# %% jupyter={"source_hidden": true} tags=["demo"]
# Binary cross-entropy of target 1 over its logit, and its gradient, by either way.
logits = tf.Variable(np.linspace(-30, 10, 161, dtype=np.float32)[:, None])
ones = tf.ones_like(logits)
fig, (left, right) = plt.subplots(1, 2, figsize=(9, 2.9))
for given, style, color, name in (
    (True, "-", BLUE, "from logits"),
    (False, "--", ORANGE, "from probabilities"),
):
    binary = keras.losses.BinaryCrossentropy(from_logits=given, reduction=None)
    with tf.GradientTape() as tape:
        losses = binary(ones, logits if given else tf.sigmoid(logits))
    slopes = tape.gradient(losses, logits)
    left.plot(logits[:, 0], losses, style, color=color, lw=2, label=name)
    right.plot(logits[:, 0], slopes[:, 0], style, color=color, lw=2, label=name)
    print(f"{name:19} at logit -30: loss {losses[0]:.2f}, gradient {slopes[0, 0]:.2f}")
left.set(xlabel="logit", ylabel="loss", title="Loss for target 1")
right.set(xlabel="logit", ylabel="gradient", title="What trains the network")
left.legend()
plt.tight_layout()
show_figure(
    "Left: loss over the logit. From logits it rises in a straight line to 30. From probabilities it goes "
    "along and stays at 16 below a logit of -16. Right: the gradient is -1 there from logits, and 0 from "
    "probabilities: the worst samples no longer train."
)

# %% [markdown]
# The sample that the network gets most wrong gives no gradient at all. It is the one that should pull hardest. And the mistake in the other direction is as quiet: logits handed to a loss that expects
# probabilities are clipped and normalized until they look like some.

# %% [markdown]
# ## 7. What goes wrong: a call without `training`
#
# ### Prediction: nobody said `training=True`
#
# A network with six batch norms, and a step that calls `model(x)`: no error. Then it is tested with `model(x, training=False)`, as it should be. What do you see, against the same network trained
# with the flag?
#
# - (a) much the same: batch norm adapts either way
# - (b) the training loss falls as fast, but the test accuracy is near chance
# - (c) the training loss falls more slowly, and the test agrees with it

# %% nbgrader={"grade": false, "grade_id": "prediction_no_flag", "locked": false, "schema_version": 3, "solution": true, "task": false}
### BEGIN SOLUTION
prediction_no_flag = "c"
### END SOLUTION

# %% nbgrader={"grade": true, "grade_id": "test_prediction_no_flag", "locked": true, "points": 1, "schema_version": 3, "solution": false, "task": false}
if prediction_no_flag is None:
    raise NotImplementedError("prediction_no_flag is not written yet")
letter = str(prediction_no_flag).strip(" ().").lower()
assert letter in ("a", "b", "c"), "a prediction is one letter: a, b or c"

### BEGIN HIDDEN TESTS
from autograder.hidden.tensorflow_step import grade

grade("prediction_no_flag")
### END HIDDEN TESTS


# %% jupyter={"source_hidden": true} tags=["demo", "prediction_no_flag"]
# A deep network with batch norm, by your step and by one that forgets the flag, from two seeds.
class Unflagged(keras.Sequential):
    """A model that doesn't hear `training`."""

    def call(self, inputs, training=None, mask=None):
        return super().call(inputs, training=False, mask=mask)


def deep_net(kind, seed):
    """Six dense layers, each with batch norm and ReLU."""
    keras.utils.set_random_seed(seed)
    layers = [keras.Input((28, 28, 1)), keras.layers.AveragePooling2D(2), keras.layers.Flatten()]
    for _ in range(6):
        layers.append(keras.layers.Dense(32, use_bias=False))
        layers += [keras.layers.BatchNormalization(momentum=0.9), keras.layers.ReLU()]
    return kind([*layers, keras.layers.Dense(10)])


*batches, (x_test, y_test) = clothes_batches(100, 46)
criterion = keras.losses.SparseCategoricalCrossentropy(from_logits=True)
fig, ax = plt.subplots(figsize=(7, 3))
for kind, style, color, name in (
    (keras.Sequential, "-", BLUE, "training=True"),
    (Unflagged, "--", ORANGE, "no flag"),
):
    for seed in (0, 1):
        model, losses = deep_net(kind, seed), []
        optimizer = keras.optimizers.SGD(0.05, momentum=0.9)
        for x, y in batches:
            losses.append(tf_train_step(model, optimizer, criterion, x, y))
        right = np.mean(model(x_test, training=False).numpy().argmax(axis=1) == y_test)
        norm = next(one for one in model.layers if isinstance(one, keras.layers.BatchNormalization))
        ax.plot(
            np.convolve(losses, np.ones(5) / 5, "valid"),
            style,
            color=color,
            lw=1.8,
            label=None if seed else name,
        )
        print(
            f"{name:14} seed {seed}: last losses {np.mean(losses[-10:]):.1f}, test right "
            f"{right:.1f}, moving mean moved: {bool(np.any(norm.moving_mean))}"
        )
ax.set(xlabel="step", ylabel="batch loss, mean of 5", title="Six batch norms, two seeds each")
ax.legend()
show_figure(
    "Batch loss over 45 steps, two seeds each. With training=True both runs fall from 2.3 to about 1. "
    "Without the flag both fall later and less far."
)

# %% [markdown]
# Without the flag, batch norm divides by the moving averages. Those are updated in training mode only, so they stay at 0 and 1 for good, and the layer does nothing but scale and shift. You trained a network
# without normalization. It is consistent with itself, so no test gives it away: it is only worse. Dropout goes the same way: it never drops. Print a moving mean after the first step, once per project.

# %% [markdown]
# ## 8. Penalties that nobody adds
#
# In Keras a layer can carry a penalty: `kernel_regularizer=keras.regularizers.L2(0.01)`. The layer only *offers* it, in `model.losses`. `fit` adds it; a step like yours doesn't, without a word. (PyTorch has no such
# list: there the decay is the optimizer's.) You don't need a new step for it. `model.losses` is computed when you ask for it, so a `loss_fn` that asks inside the block is enough:

# %% tags=["demo"]
penalty = keras.regularizers.L2(0.1)
models = [
    keras.Sequential(
        [
            keras.Input((3,)),
            keras.layers.Dense(1, "linear", True, "ones", kernel_regularizer=penalty),
        ]
    )
    for _ in range(3)
]
error = keras.losses.MeanSquaredError()
x, y = np.eye(3, dtype=np.float32), np.ones((3, 1), np.float32)  # the fit is perfect already
tf_train_step(models[0], keras.optimizers.SGD(0.1), error, x, y)
own = models[1]


def penalized(y_true, y_pred):
    return error(y_true, y_pred) + sum(own.losses)


tf_train_step(own, keras.optimizers.SGD(0.1), penalized, x, y)
models[2].compile(keras.optimizers.SGD(0.1), error)
models[2].fit(x, y, batch_size=3, verbose=0)
for name, one in zip(("your step", "with model.losses in the loss", "fit"), models, strict=True):
    print(f"{name:30} first weight {float(one.layers[0].kernel[0, 0]):.3f}")

# %% [markdown]
# ## 9. Eager, or a graph
#
# All of this ran **eagerly**: line by line, as PyTorch does. `tf.function` runs a Python function once with placeholders instead of numbers, keeps the graph of operations that it saw (this is **tracing**), and from then on runs the
# graph without Python. That is what `fit` does for you.

# %% tags=["demo"]
traced = []


@tf.function
def predict(images):
    traced.append(images.shape[0])  # Python: runs while tracing, and never again
    return model(images, training=False)


for size in (32, 32, 32, 20, 32, 20):
    predict(tf.constant(x_test[:size]))
print("six calls, traced for batches of", traced)


# %% tags=["demo"]
@tf.function
def as_number(tensor):
    return float(tensor)


@tf.function
def as_numpy(tensor):
    return tensor.numpy()


print("float inside a graph gives:", type(as_number(tf.constant(2.0))).__name__)
try:
    as_numpy(tf.constant(2.0))
except AttributeError as error:
    print(".numpy() inside a graph:", type(error).__name__)

# %% [markdown]
# A new shape is a new trace, so an odd last batch costs one more. A `print` or an `append` happens while tracing only. And inside a graph there are no
# numbers yet: TensorFlow rewrites `float` into an operation, and a tensor comes back; `.numpy()` has nothing to answer with. So a compiled step returns its loss as a tensor, and you
# take the number outside. How much does compiling buy?

# %% jupyter={"source_hidden": true} tags=["demo", "nbval-ignore-output"]
# Milliseconds for a step of the small network: your eager step, and Keras's own, which is a graph.
(x, y), model = ten[0], keras_net()
model.compile(keras.optimizers.SGD(0.1), criterion)
optimizer = keras.optimizers.SGD(0.1)
for name, call in (
    ("your step, eager", lambda: tf_train_step(model, optimizer, criterion, x, y)),
    ("train_on_batch, a graph", lambda: model.train_on_batch(x, y)),
):
    times = []
    for _ in range(12):
        begin = time.perf_counter()
        call()
        times.append(time.perf_counter() - begin)
    print(f"{name:25} first {1000 * times[0]:6.0f} ms, then {1000 * np.median(times[2:]):5.1f} ms")

# %% [markdown]
# The first call pays for the trace. Develop eagerly, where a debugger and a `print` tell the truth, and compile what runs for long. (PyTorch's `torch.compile` is the same bargain.)

# %% [markdown]
# ## 10. In practice
#
# Few people write the step. `compile` and `fit` hold it, and your step says what they do: ten batches in order, the same weights.

# %% tags=["demo"]
_, fitted = twins()
_, stepped = twins()
fitted.compile(keras.optimizers.SGD(0.05, momentum=0.9), criterion)
images, labels = (np.concatenate(parts) for parts in zip(*ten, strict=True))
fitted.fit(images, labels, batch_size=64, shuffle=False, verbose=0)
optimizer = keras.optimizers.SGD(0.05, momentum=0.9)
for x, y in ten:
    tf_train_step(stepped, optimizer, criterion, x, y)
pairs = zip(fitted.get_weights(), stepped.get_weights(), strict=True)
print("fit and your step, equal to 1e-5:", max(np.abs(a - b).max() for a, b in pairs) < 1e-5)

# %% [markdown]
# | | PyTorch | TensorFlow and Keras | JAX |
# | --- | --- | --- | --- |
# | gradient | `loss.backward()` | `tape.gradient(loss, variables)` | `jax.grad(loss_fn)(params)` |
# | where it is | in `p.grad`, added up | returned | returned |
# | mode | `model.train()` | `training=True` in the call | an argument |
# | update | `optimizer.step()` | `optimizer.apply_gradients(pairs)` | `optax.apply_updates(params, updates)` |
# | whole loop | yours, or Lightning | `model.fit` | yours |
# | compile | `torch.compile` | `tf.function` | `jax.jit` |
#
# Keras runs on PyTorch and JAX as well (`KERAS_BACKEND`, before the import). Its layers and optimizers then keep *Keras's* conventions: epsilon, momentum and all.

# %% [markdown]
# Three more defaults that differ, each checked:

# %% tags=["demo"]
theirs, ours = nn.BatchNorm1d(1), keras.layers.BatchNormalization()
two = np.array([[0.0], [2.0]], np.float32)
theirs(torch.from_numpy(two))
ours(two, training=True)
print(f"batch norm eps: {theirs.eps:.0e} and {ours.epsilon:.0e}")
print(f"weight of a new batch: {theirs.momentum} and {1 - ours.momentum:.2f}")
print(
    f"variance of 0 and 2 in the running average, 2 or 1: {(theirs.running_var.item() - 0.9) / 0.1:.0f}"
    f" and {(float(ours.moving_variance[0]) - 0.99) / 0.01:.0f}"
)
print(
    f"rate of SGD: {torch.optim.SGD(theirs.parameters()).defaults['lr']} and {float(keras.optimizers.SGD().learning_rate):.3f}"
)

# %% [markdown]
# ## To come back to
#
# | | PyTorch | Keras 3 |
# | --- | --- | --- |
# | images | (N, C, H, W) | (N, H, W, C) |
# | kernel of a linear layer | (out, in) | (in, out) |
# | kernel of a convolution | (out, in, H, W) | (H, W, in, out) |
# | order of a loss | outputs, targets | targets, outputs |
# | classification losses take | logits | probabilities, unless `from_logits=True` |
# | Adam's denominator | $\sqrt{\hat v} + \epsilon$, eps = 1e-8 | $\sqrt{\hat v} + \epsilon/\sqrt{1-\beta_2^t}$, eps = 1e-7 |
# | RMSprop's | $\sqrt v + \epsilon$, decay 0.99 | $\sqrt{v + \epsilon}$, decay 0.9 |
# | momentum | rate outside the velocity | rate inside |
# | batch norm | eps = 1e-5, new batch weighs 0.1, variance with $N-1$ | eps = 1e-3, weighs 0.01, with $N$ |
# | a linear layer starts | uniform, bound $1/\sqrt{\text{in}}$, biases too | Glorot uniform, biases 0 |
#
# | symptom | likely cause | try |
# | --- | --- | --- |
# | "No gradients provided for any variable" | forward or loss outside the block | move both inside |
# | some gradients are `None` | a variable that the loss doesn't reach; a detour through NumPy | stay with `tf` operations inside the block |
# | trains slowly, test agrees | no `training=True` | look at a moving mean |
# | ported model is wrong, shapes are right | flattening order, or batch norm's eps | compare outputs layer by layer on one batch |
# | first steps differ from PyTorch with Adam | epsilon | larger gradients, or correct it as above |
# | overshoots after each drop of the rate | momentum with the rate inside | expect it, or lower the rate earlier |
# | weights don't shrink, regularizer or not | `model.losses` not added | ask for them inside `loss_fn` |
# | slow, and "retracing" warnings | a new shape or a Python number at each call | fixed batch sizes, tensors as arguments |

# %% [markdown]
# ## Mastery questions
#
# Write a few sentences each. A person reads them.

# %% [markdown] nbgrader={"grade": false, "grade_id": "no_zero_grad", "locked": true, "points": 3, "schema_version": 3, "solution": false, "task": true}
# **1. No `zero_grad`.** Why does a TensorFlow step need none? Name one thing that PyTorch's design makes easier, and one that TensorFlow's does. What would you write for gradient accumulation over four batches with a tape?
#
# === BEGIN MARK SCHEME ===
# - 1 point: the gradient is a return value of `tape.gradient`; nothing is stored in the variable, so there is nothing to add to.
# - 1 point: accumulation comes free with `p.grad` (and hooks, clipping in place); TensorFlow has no stale gradients, and gradients of several losses are told apart.
# - 1 point: four tapes, their lists added by hand (divided by four), then one `apply_gradients`.
# === END MARK SCHEME ===

# %% [markdown]
# *Your answer here.*

# %% [markdown] nbgrader={"grade": false, "grade_id": "ported_and_wrong", "locked": true, "points": 3, "schema_version": 3, "solution": false, "task": true}
# **2. Ported, and wrong.** You carried a convolutional network with batch norm from PyTorch to Keras. Every array fits. In evaluation mode its outputs differ by a few percent, after fine-tuning the accuracy is two points lower. Give
# three causes from this lesson, and for each the cheapest test that confirms it.
#
# === BEGIN MARK SCHEME ===
# One point for each cause with its test, up to three:
# - batch norm's eps (1e-3 against 1e-5): set it, outputs agree in evaluation mode;
# - order after flattening: compare the activations on both sides of it on one batch;
# - no `training=True` in the fine-tuning step: moving averages don't move;
# - momentum of the moving averages (0.99 against 0.9 in Keras's meaning): compare them after a few batches;
# - loss on probabilities fed with logits, or Adam's epsilon: one step on equal weights, compare weights.
# === END MARK SCHEME ===

# %% [markdown]
# *Your answer here.*

# %% [markdown] nbgrader={"grade": false, "grade_id": "rate_in_velocity", "locked": true, "points": 3, "schema_version": 3, "solution": false, "task": true}
# **3. A schedule, twice.** The same network, momentum 0.9, and a rate that drops from 0.1 to 0.001 at epoch 30. In PyTorch the loss falls at once; in Keras it first jitters on for a few dozen steps. Explain with both update
# rules. Does either have a disadvantage when a run is resumed at another rate?
#
# === BEGIN MARK SCHEME ===
# - 1 point: Keras's velocity holds steps at the old rate and decays by 0.9 a step; PyTorch's holds gradients and is multiplied by the new rate.
# - 1 point: so Keras moves on by up to $\mu u/(1-\mu)$, ten times the last step; PyTorch's steps shrink a hundredfold at once.
# - 1 point: a saved velocity is only meaningful together with its rate in Keras (it carries the old one); in PyTorch it is independent of the rate. With a *rising* rate, Keras lags behind, which is gentler.
# === END MARK SCHEME ===

# %% [markdown]
# *Your answer here.*

# %% [markdown]
# ## Further reading
#
# - A. Agrawal et al. (2019), *TensorFlow Eager: A Multi-Stage, Python-Embedded DSL for Machine Learning*: the tape, and why tracing.
# - M. Abadi et al. (2016), *TensorFlow: A System for Large-Scale Machine Learning*: the graph that came first.
# - D. Kingma and J. Ba (2015), *Adam*, end of section 2: the order of computation that Keras took.
# - I. Sutskever et al. (2013), *On the importance of initialization and momentum in deep learning*: momentum with the rate inside.
# - R. Frostig, M. Johnson and C. Leary (2018), *Compiling machine learning programs via high-level tracing*: the same idea in JAX.
#
# **Next**, if you like: [lesson 17](../17_pixels_and_boxes/pixels_and_boxes.ipynb), an elective in NumPy: a class for every pixel, a box, an embedding.
