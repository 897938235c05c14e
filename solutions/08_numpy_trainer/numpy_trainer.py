# ---
# jupyter:
#   descent:
#     written_in: numpy
#   kernelspec:
#     display_name: Python 3 (ipykernel)
#     language: python
#     name: python3
# ---

# %% [markdown]
# # 08 - Everything, by hand
#
# This is the first capstone. You have met every part alone: the loss, the backward pass, the start, the
# optimizer, the schedule, the three sets. Here they become one machine, written by you in NumPy, and it learns
# to tell ten kinds of clothes apart in photographs.
#
# **You will be able to**
#
# - assemble a classifier of any depth: start, forward with dropout, backward, one epoch, evaluation;
# - save a run so that no crash can spoil it, and resume it so that not one bit differs;
# - train with warm-up, cosine and early stopping, and keep the best network, not the last;
# - show that your machine makes the same steps as PyTorch, and say how fast it is.
#
# **You need** softmax cross-entropy (01), the backward pass (02), He's start (04), an optimizer (05), warm-up and
# cosine (06), dropout and early stopping (07). What you need of them is said again where you need it.
#
# **It takes** about three and a half hours: six exercises and three predictions. The cell beneath each exercise
# checks it (`%check`), as often as you like.

# %% jupyter={"source_hidden": true} tags=["setup"]
# Given: NumPy as np, Matplotlib as plt, find_data, two data sets, a check for errors.
import copy
import json
import os
import tempfile
import zipfile
from itertools import pairwise
from pathlib import Path

import matplotlib.pyplot as plt
import numpy as np

BLUE, ORANGE, GREEN, RED, GREY = "#0072B2", "#E69F00", "#009E73", "#D55E00", "#555555"
plt.rcParams["figure.dpi"] = 72
CLOTHES = (
    "T-shirt", "trouser", "pullover", "dress", "coat", "sandal", "shirt", "sneaker", "bag", "boot"
)  # fmt: skip


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


def load_digits():
    """Small images, for quick experiments: x float64 (1797, 64), -1.2 to 2.8; y int64 (1797,).

    Grey levels from 0 to 1, less 0.3, times 4: fixed numbers, so no row has a say in another's.
    """
    digits = np.load(find_data("digits.npz"))
    return 4 * (digits["x"].reshape(-1, 64) / 16.0 - 0.3), digits["y"]


def load_clothes(part):
    """The photographs of one part, "train" or "test": x float64 (N, 784), y int64 (N,).

    Grey levels from 0 to 1, less 0.286, for every pixel of either part.
    """
    fashion = np.load(find_data("fashion_mnist.npz"))
    return fashion[f"x_{part}"].reshape(-1, 784) / 255.0 - 0.286, fashion[f"y_{part}"]


def raises(error, call):
    """Whether `call()` raises `error`."""
    try:
        call()
    except error:
        return True
    return False


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


# %% [markdown]
# ## 1. The machine and its parts
#
# Eight functions, and who calls whom. You write them from the inside out, and each of them works, and can be
# looked at, before the next one needs it.


# %% jupyter={"source_hidden": true} tags=["demo"]
# The machine that you will build: who calls whom.
def draw_box(ax, x, y, width, height, text, color, style="-", fill="white", top=False):
    """A labelled box; `top` writes the label at its upper edge."""
    frame = plt.Rectangle((x, y), width, height, fc=fill, ec=color, ls=style, lw=1.8)
    ax.add_patch(frame)
    at = (x + width / 2, y + height - 0.28) if top else (x + width / 2, y + height / 2)
    ax.text(*at, text, ha="center", va="center", fontsize=10)


fig, ax = plt.subplots(figsize=(11, 4.4))
draw_box(
    ax,
    0,
    0,
    9.9,
    5,
    "fit: for each epoch set the rate, train, evaluate, keep the best",
    GREY,
    top=True,
)
draw_box(ax, 0.25, 1.9, 1.3, 0.9, "init_mlp", BLUE, fill="#eaf3fa")
draw_box(
    ax,
    1.95,
    0.45,
    5.6,
    3.8,
    "train_epoch: for each batch of one permutation",
    BLUE,
    fill="#eaf3fa",
    top=True,
)
ring = [
    ("batch", 2.2, 2.4),
    ("forward", 3.55, 2.4),
    ("loss", 4.9, 2.4),
    ("backward", 4.9, 0.8),
    ("step", 2.9, 0.8),
]
for name, x0, y0 in ring:
    draw_box(ax, x0, y0, 1.1, 0.8, name, ORANGE if name in ("loss", "step") else BLUE)
draw_box(ax, 7.85, 2.4, 1.75, 0.8, "evaluate", BLUE, fill="#eaf3fa")
draw_box(ax, 7.85, 0.8, 1.75, 0.8, "best so far", GREY)
draw_box(
    ax,
    10.6,
    1.2,
    2.3,
    2.4,
    "checkpoint\n\nparameters\noptimizer\nepoch\ngenerator",
    GREEN,
    "--",
    "#eaf7f2",
)
arrow = {"arrowstyle": "->", "lw": 1.6}
for start, end in (
    ((3.3, 2.8), (3.55, 2.8)), ((4.65, 2.8), (4.9, 2.8)), ((5.45, 2.4), (5.45, 1.6)), ((4.9, 1.2), (4.0, 1.2)),
    ((3.2, 1.6), (2.75, 2.4)), ((1.55, 2.35), (1.95, 2.35)), ((7.55, 2.8), (7.85, 2.8)), ((8.7, 2.4), (8.7, 1.6)),
):  # fmt: skip
    ax.annotate("", end, start, arrowprops=arrow)
ax.annotate("", (10.6, 2.8), (9.9, 2.8), arrowprops={**arrow, "color": GREEN})
ax.annotate("", (9.9, 2.0), (10.6, 2.0), arrowprops={**arrow, "color": GREEN, "ls": "--"})
ax.text(10.25, 2.95, "save", ha="center", color=GREEN)
ax.text(10.25, 1.65, "load", ha="center", color=GREEN)
ax.set(xlim=(-0.1, 13), ylim=(-0.1, 5.1))
ax.axis("off")
show_figure(
    "Diagram. fit, the widest box, contains init_mlp at its left and, repeated for each epoch, "
    "train_epoch, evaluate and a box that keeps the best parameters. train_epoch contains a ring: "
    "draw a batch, forward, loss, backward, optimizer step. Beside fit stand save_checkpoint and "
    "load_checkpoint, joined to parameters, optimizer and generator by arrows."
)

# %% [markdown]
# *What to see.* The ring in the middle is lesson 02 with an optimizer; its two orange boxes are parts that you may bring
# from earlier lessons. Everything around it serves one question: which parameters do you keep, and could you go on
# from them tomorrow?

# %% [markdown]
# ### Bring your own optimizer
#
# The step is the optimizer's business, and any optimizer with the interface of lesson 05 will do:
#
# - `.groups`: a list of dicts, each with `params` (a list of arrays) and the options of that group, `lr` among them;
# - `.step(grads)`: `grads[i][j]` belongs to `groups[i]["params"][j]`, and that array changes in place;
# - `.state_dict()` and `.load_state_dict(state)`.
#
# The next cell gives you SGD with momentum and decoupled decay: everything below works with it. The cell after it
# is for your own `Adam`. Add a line `%bring` to it and run it: that looks up your notebook of lesson 05, checks the
# class, and puts it into the cell with all that it calls, `adam_step` included. Section 8 runs the two side by side.
# To train with yours throughout, write `Optimizer = Adam` in a new cell beneath.


# %% jupyter={"source_hidden": true} tags=["setup"]
# Given: SGD with momentum, and what `fit` trains with.
class Momentum:
    """SGD with momentum and decoupled weight decay, with the interface of lesson 05's `Adam`."""

    def __init__(self, groups, lr=0.01, momentum=0.9, weight_decay=0.0):
        self.groups, self.velocity, self.move = [], [], []
        for given in groups:
            group = {"lr": lr, "momentum": momentum, "weight_decay": weight_decay}
            group |= given
            group["params"] = list(given["params"])
            self.groups.append(group)
            self.velocity.append([np.zeros(a.shape) for a in group["params"]])
            self.move.append([np.zeros(a.shape) for a in group["params"]])  # room to compute in

    def step(self, grads):
        """Move every parameter, in place."""
        for group, velocities, moves, given in zip(
            self.groups, self.velocity, self.move, grads, strict=True
        ):
            lr, decay = group["lr"], group["weight_decay"]
            for array, v, move, g in zip(group["params"], velocities, moves, given, strict=True):
                v *= group["momentum"]
                v += g
                if decay:
                    array *= 1 - lr * decay
                np.multiply(v, lr, out=move)
                array -= move

    def state_dict(self):
        """A snapshot: velocities, and options by group."""
        options = [
            {name: group[name] for name in group if name != "params"} for group in self.groups
        ]
        return {"velocity": copy.deepcopy(self.velocity), "options": options}

    def load_state_dict(self, state):
        """Copy a snapshot in. Raises ValueError, and changes nothing, where shapes differ."""
        mine = [[v.shape for v in some] for some in self.velocity]
        theirs = [[np.shape(v) for v in some] for some in state["velocity"]]
        if mine != theirs or len(state["options"]) != len(self.groups):
            raise ValueError(f"the state has shapes {theirs}, the optimizer {mine}")
        for group, options, some, saved in zip(
            self.groups, state["options"], self.velocity, state["velocity"], strict=True
        ):
            group.update(options)
            for v, values in zip(some, saved, strict=True):
                v[...] = values


Optimizer = Momentum  # what `fit` trains with

# %% tags=["bring"]
# bring: Adam (lesson 05)
Adam = Momentum  # the given part: SGD with momentum goes by this name until you bring yours

# %% [markdown]
# ## 2. The start
#
# A layer takes $h$ with $D_{l-1}$ features to $h W_l + b_l$ with $D_l$. Start too small and the signal dies on its
# way through the layers; start too large and it explodes. He's rule keeps it level through ReLU, which passes half
# of what it gets:
#
# $$W_l \sim \mathcal{N}\!\left(0,\ \frac{2}{D_{l-1}}\right) \qquad b_l = 0 \qquad l = 1 \dots L$$
#
# $\mathcal{N}(0, s^2)$ is the normal distribution with mean 0 and variance $s^2$, $D_0$ the number of inputs, $D_L$
# the number of classes, $L$ the number of weight matrices.
#
# ### Exercise: `init_mlp` (8 minutes, difficulty 1 of 5)


# %% nbgrader={"grade": false, "grade_id": "init_mlp", "locked": false, "schema_version": 3, "solution": true, "task": false}
def init_mlp(sizes, rng):
    """The parameters of a network at its start.

    Args:
        sizes: a sequence of at least two ints >= 1, from the number of inputs to the number of classes.
            Two sizes are a network without a hidden layer.
        rng: numpy Generator, the only source of randomness.

    Returns:
        A dict with the keys "W1", "b1", ..., "WL", "bL", where L is len(sizes) - 1: W float64
        (fan_in, fan_out), normal with mean 0 and variance 2 / fan_in; b float64 (fan_out,), zeros.

    Source: He, Zhang, Ren and Sun, Delving Deep into Rectifiers (2015), section 2.2.
    """
    ### BEGIN SOLUTION
    params = {}
    for layer, (fan_in, fan_out) in enumerate(pairwise(sizes), start=1):
        params[f"W{layer}"] = rng.normal(0.0, np.sqrt(2 / fan_in), size=(fan_in, fan_out))
        params[f"b{layer}"] = np.zeros(fan_out)
    return params
    ### END SOLUTION


# %% nbgrader={"grade": true, "grade_id": "test_init_mlp", "locked": true, "points": 2, "schema_version": 3, "solution": false, "task": false}
_params = init_mlp([400, 300, 10], np.random.default_rng(0))
assert sorted(_params) == ["W1", "W2", "b1", "b2"], "a W and a b for every layer, counted from 1"
assert _params["W1"].shape == (400, 300), "W1 takes 400 inputs to 300 hidden units"
assert _params["W2"].shape == (300, 10), "W2 takes 300 hidden units to 10 logits"
assert _params["b1"].shape == (300,), "a bias for every output of the layer"
assert not _params["b1"].any(), "biases start at zero"
assert abs(_params["W1"].std() / np.sqrt(2 / 400) - 1) < 0.05, (
    "the deviation of W1 is the root of 2 / 400"
)
assert abs(_params["W2"].std() / np.sqrt(2 / 300) - 1) < 0.2, (
    "the deviation of W2 is the root of 2 / 300"
)
_again = init_mlp([400, 300, 10], np.random.default_rng(0))
assert np.array_equal(_params["W1"], _again["W1"]), "the same generator gives the same start"
assert sorted(init_mlp((5, 3), np.random.default_rng(0))) == ["W1", "b1"], (
    "no hidden layer: W1 and b1"
)
### BEGIN HIDDEN TESTS
from autograder.hidden.numpy_trainer import grade

grade("init_mlp")
### END HIDDEN TESTS

# %% [markdown]
# <details><summary>Hint 1: direction</summary>
#
# How many layers do `n` sizes make? Write down the shapes for `[784, 128, 10]`.
# </details>
#
# <details><summary>Hint 2: method</summary>
#
# Go through neighbouring pairs of sizes, and count them from 1. `rng.normal` takes a mean, a deviation and a shape.
# The rule gives a variance.
# </details>
#
# <details><summary>Hint 3: almost the line</summary>
#
# For each pair `(fan_in, fan_out)`: a normal array of that shape with deviation the square root of 2 over `fan_in`,
# under the key "W" and the number; an array of `fan_out` zeros under "b" and the number.
# </details>

# %% [markdown]
# ### The look
#
# Ten layers of 200 units on the digits, started by your function. Two wrong scales beside it, and the level that
# He's rule promises.

# %% jupyter={"source_hidden": true} tags=["demo"]
# The signal through ten layers, from He's start and from two wrong ones.
x, y = load_digits()
start = init_mlp([64] + 10 * [200], np.random.default_rng(0))
fig, ax = plt.subplots(figsize=(6.6, 3.6))
for factor, color, style, marker in (
    (2.0, RED, "--", "^"),
    (1.0, BLUE, "-", "o"),
    (0.5, ORANGE, "-.", "s"),
):
    h, sizes_of_z = x, []
    for layer in range(1, 11):
        z = h @ (factor * start[f"W{layer}"])
        sizes_of_z.append(np.sqrt(np.mean(z**2)))
        h = np.maximum(z, 0)
    label = "your init_mlp" if factor == 1 else f"its weights times {factor:g}"
    ax.semilogy(range(1, 11), sizes_of_z, color=color, ls=style, marker=marker, label=label)
level = np.sqrt(2 * np.mean(x**2))
ax.axhline(level, color="black", ls=":", label="He's promise: level")
ax.set(xlabel="layer", ylabel="root mean square of z", title="How the signal travels at the start")
ax.legend()
show_figure(
    "Root mean square of each layer's input to ReLU, over ten layers, on a logarithmic axis. He's "
    "start stays on the dotted level; half the scale falls by a thousand, twice the scale rises "
    "by a thousand."
)

# %% [markdown]
# *What to see.* The middle curve stays near the dotted level. The others lose or gain a factor of two at every layer:
# a thousand after ten.

# %% [markdown]
# ## 3. There and back
#
# Every hidden layer does three things: a linear map, ReLU, and *inverted dropout*, which sets each unit to 0 with
# probability $p$ and divides the others by $1 - p$, so that the mean stays. Write both switches as one gate:
#
# $$z_l = h_{l-1} W_l + b_l \qquad g_l = \frac{[z_l > 0]\ k_l}{1 - p} \qquad h_l = g_l \odot z_l \qquad h_0 = x$$
#
# $[z_l > 0]$ is 1 where true and 0 elsewhere, $k_l$ is 0 with probability $p$ and else 1, drawn anew for every
# element in every training pass, $\odot$ multiplies element by element. The last layer has no gate: its $z_L$ are
# the logits. When you evaluate, $k_l$ is 1 and there is no division.
#
# On the way back the gate is a constant. With $\mathcal{L}$ for the loss ($L$ counts the layers) and $\delta_L$ for
# `dlogits`, its gradient with respect to the logits:
#
# $$\frac{\partial \mathcal{L}}{\partial W_l} = h_{l-1}^\top \delta_l \qquad \frac{\partial \mathcal{L}}{\partial b_l} = \sum_{n} \delta_{l,n} \qquad \delta_{l-1} = g_{l-1} \odot \left(\delta_l W_l^\top\right)$$
#
# The sum runs over the rows $n$ of the batch. Nothing asks for $\partial \mathcal{L} / \partial x$, so you need not compute it.
#
# ### Exercise: `forward`, `backward` (25 minutes, difficulty 3 of 5)


# %% nbgrader={"grade": false, "grade_id": "forward__backward", "locked": false, "schema_version": 3, "solution": true, "task": false}
def forward(params, x, p, rng, training):
    """The logits of a batch: linear - ReLU - inverted dropout for every hidden layer, then linear.

    Nothing that comes in is modified.

    Args:
        params: a dict as `init_mlp` makes it, of any depth, its keys in any order.
        x: float64 (N, D).
        p: the probability to drop a hidden unit, in [0, 1). No dropout on inputs or logits.
        rng: numpy Generator, the only source of randomness; may be None when not training.
        training: True draws new masks and applies them; False applies none, whatever p is.

    Returns:
        (logits, caches): float64 (N, C), and what `backward` needs, of any type.

    Source: Srivastava et al., Dropout (2014), section 4; the inverted form as in Stanford's CS231n notes.
    """
    ### BEGIN SOLUTION
    depth = len(params) // 2
    h, caches = x, []
    for layer in range(1, depth):
        W = params[f"W{layer}"]
        z = h @ W
        z += params[f"b{layer}"]
        gate = z > 0
        if training and p > 0:
            gate = (gate & (rng.random(z.shape) >= p)) * (1 / (1 - p))
        caches.append((h, W, gate))
        h = z * gate
    W = params[f"W{depth}"]
    caches.append((h, W, None))
    return h @ W + params[f"b{depth}"], caches
    ### END SOLUTION


def backward(dlogits, caches):
    """The gradients of a forward pass; may be called twice on the same caches, and modifies nothing.

    Args:
        dlogits: float64 (N, C), the gradient of the loss with respect to the logits.
        caches: what `forward` returned beside them.

    Returns:
        A dict of new arrays with the keys of `params`, each of the shape of its parameter. The rows'
        contributions are added: a division by N is the loss's business.

    Source: Goodfellow, Bengio and Courville, Deep Learning (2016), algorithm 6.4.
    """
    ### BEGIN SOLUTION
    grads, delta = {}, dlogits
    for layer in range(len(caches), 0, -1):
        h, W, gate = caches[layer - 1]
        if gate is not None:
            delta = delta * gate
        grads[f"W{layer}"] = h.T @ delta
        grads[f"b{layer}"] = delta.sum(axis=0)
        if layer > 1:
            delta = delta @ W.T
    return grads
    ### END SOLUTION


# %% nbgrader={"grade": true, "grade_id": "test_forward__backward", "locked": true, "points": 4, "schema_version": 3, "solution": false, "task": false}
_params = {
    "W1": np.array([[1.0, -1.0], [0.0, 2.0]]),
    "b1": np.array([0.0, 1.0]),
    "W2": np.array([[1.0, 0.0, 2.0], [-1.0, 1.0, 0.0]]),
    "b2": np.array([0.0, 0.5, 0.0]),
}
_x = np.array([[1.0, 1.0], [-2.0, 3.0]])
_logits, _caches = forward(_params, _x, 0.5, None, False)
assert np.allclose(_logits[0], [-1.0, 2.5, 2.0]), (
    "row 0: hidden units 1 and 2, no dropout when evaluating"
)
assert np.allclose(_logits[1], [-9.0, 9.5, 0.0]), "row 1: the first hidden unit is closed"
_grads = backward(np.ones((2, 3)), _caches)
assert set(_grads) == set(_params), "a gradient for every parameter"
assert all(_grads[name].shape == _params[name].shape for name in _params), "of its shape"
assert np.allclose(_grads["b2"], [2.0, 2.0, 2.0]), "two rows, each with blame 1, add up to 2"
assert np.allclose(_grads["W2"], [[1.0] * 3, [11.0] * 3]), (
    "W2 gets the hidden values: 1 + 0 and 2 + 9"
)
assert np.allclose(_grads["b1"], [3.0, 0.0]), "the closed unit of row 1 passes nothing back"
assert np.allclose(backward(np.ones((2, 3)), _caches)["W1"], _grads["W1"]), "backward works twice"

_wide = {"W1": np.ones((1, 4000)), "b1": np.zeros(4000), "W2": np.eye(4000), "b2": np.zeros(4000)}
_logits, _ = forward(_wide, np.ones((1, 1)), 0.25, np.random.default_rng(0), True)
assert set(np.round(np.unique(_logits), 9)) == {0.0, 1.333333333}, (
    "a unit is 0, or divided by 1 - p"
)
assert 0.70 < np.mean(_logits > 0) < 0.80, "with p = 0.25 about three quarters stay"
### BEGIN HIDDEN TESTS
from autograder.hidden.numpy_trainer import grade

grade("forward__backward")
### END HIDDEN TESTS

# %% [markdown]
# <details><summary>Hint 1: direction</summary>
#
# For each layer, `backward` needs three things that only `forward` knows: what went into the layer, its weights, and
# which units passed something on.
# </details>
#
# <details><summary>Hint 2: method</summary>
#
# Count the layers from `len(params) // 2`, and fetch parameters by name: the dict may be in any order. Keep a list of
# caches, one a layer. `backward` walks it from the end, and carries one array, the blame at the layer's output.
# </details>
#
# <details><summary>Hint 3: almost the line</summary>
#
# On the way back, for each layer from the last: if it had a gate, multiply the blame by it; the weights' gradient is
# the transposed input times the blame, the bias's its sum over rows; then the blame times the transposed weights goes
# to the layer below. Multiply into a new array, or a second call will find a changed one.
# </details>

# %% [markdown]
# ### The look
#
# A network with two hidden layers and dropout of 0.3. Each parameter is nudged, with the generator started anew so
# that every pass draws the same masks; your `backward` on the other axis.

# %% jupyter={"source_hidden": true} tags=["demo"]
# Your gradients against those by nudging.
rng = np.random.default_rng(1)
params = init_mlp([5, 8, 6, 3], rng)
batch, pull = rng.normal(size=(12, 5)), rng.normal(size=(12, 3))
total = lambda: np.sum(forward(params, batch, 0.3, np.random.default_rng(9), True)[0] * pull)
grads = backward(pull, forward(params, batch, 0.3, np.random.default_rng(9), True)[1])
fig, ax = plt.subplots(figsize=(5.2, 4.2))
ax.axline((0, 0), slope=1, color="0.75", lw=6, zorder=0, label="equal")
worst = 0.0
for kind, marker, color in (("W", "o", BLUE), ("b", "^", ORANGE)):
    pairs = []
    for name in [name for name in params if name[0] == kind]:
        for index in np.ndindex(params[name].shape):
            kept = params[name][index]
            params[name][index] = kept + 1e-6
            up = total()
            params[name][index] = kept - 1e-6
            pairs.append(((up - total()) / 2e-6, grads[name][index]))
            params[name][index] = kept
    nudged, yours = np.array(pairs).T
    worst = max(worst, np.abs(nudged - yours).max())
    label = "weights" if kind == "W" else "biases"
    ax.plot(nudged, yours, marker, color=color, mec="black", ms=5, label=label)
ax.set(xlabel="by nudging", ylabel="by your backward", title="Gradients through dropout, two ways")
ax.legend()
show_figure(
    "Scatter plot of the gradients by backward against those by nudging, circles for weights and "
    "triangles for biases, all on the diagonal."
)
print(f"all {sum(a.size for a in params.values())} agree to 1e-6: {worst < 1e-6}")

# %% [markdown]
# *What to see.* Every mark lies on the diagonal. Exactly zero are the gradients of units that were dropped, or closed,
# for all twelve rows.

# %% [markdown]
# ## 4. One epoch
#
# An epoch shows the network every training row once, in an order drawn anew. For each batch: forward, loss, backward,
# step. The loss of one row is the softmax cross-entropy of lesson 01, and a batch's loss is the mean over its rows:
#
# $$\mathcal{L} = \frac{1}{N}\sum_{n}\left(\log\sum_c e^{z_{nc}} - z_{n y_n}\right) \qquad \frac{\partial \mathcal{L}}{\partial z_{nc}} = \frac{1}{N}\left(\frac{e^{z_{nc}}}{\sum_k e^{z_{nk}}} - [c = y_n]\right)$$
#
# $z_{nc}$ is the logit of row $n$ for class $c$, $y_n$ the row's class. Subtract each row's largest logit before the
# exponential, or logits of 1000 overflow.
#
# **The mean over samples.** With 10 rows in batches of 4, 4 and 2, a mean of the three batch losses gives the last
# two rows twice the weight of the others. Add up `loss * rows`, and divide by all rows at the end.
#
# **By identity.** The optimizer holds the very arrays of `params`, in groups of its own choosing, in any order. Which
# gradient belongs to an array? Shapes do not tell: two layers may share one. `array is params[name]` does, and so does
# `id(array)`, the number by which Python knows an object.
#
# ### Exercise: `train_epoch` (30 minutes, difficulty 4 of 5)
#
# The cell has two functions. The first is a helper for the loss, and not graded by itself: it is lesson 02's
# `softmax_cross_entropy`. `%bring softmax_cross_entropy` in a new cell above puts yours there, to be called or copied.


# %% nbgrader={"grade": false, "grade_id": "train_epoch", "locked": false, "schema_version": 3, "solution": true, "task": false}
def loss_and_gradient(logits, y):
    """A helper: the mean softmax cross-entropy of a batch, and its gradient.

    Args:
        logits: float64 (N, C), finite for values of +-1e4. y: int64 (N,) in [0, C).

    Returns:
        (loss, dlogits): a float, and a new float64 (N, C).

    Source: Bishop, Pattern Recognition and Machine Learning (2006), section 4.3.4.
    """
    ### BEGIN SOLUTION
    rows = np.arange(len(y))
    work = logits - logits.max(axis=1, keepdims=True)
    true = work[rows, y]
    np.exp(work, out=work)
    total = work.sum(axis=1)
    loss = float(np.mean(np.log(total) - true))
    work /= (total * len(y))[:, None]
    work[rows, y] -= 1 / len(y)
    return loss, work
    ### END SOLUTION


def train_epoch(params, optimizer, x, y, batch_size, lr, p, rng):
    """One pass over the training set: a step of the optimizer for each batch.

    Args:
        params: a dict as `init_mlp` makes it; the optimizer changes its arrays in place.
        optimizer: has `.groups` (dicts with `params` and `lr`, any number, in any order) and
            `.step(grads)`, with grads[i][j] for groups[i]["params"][j]. Its arrays are those of
            `params`, each once; which is which is told by identity.
        x: float64 (N, D). y: int64 (N,). Neither is modified.
        batch_size: an int >= 1. The rows are taken in the order of one permutation drawn from `rng`,
            batch_size at a time; the last batch may be smaller.
        lr: written to every group before the first step.
        p: the dropout probability of `forward`, in training mode. rng: numpy Generator, the only source.

    Returns:
        A float: the mean over all N samples of the loss that each had in its batch, in training mode,
        before that batch's step.

    Source: Goodfellow, Bengio and Courville, Deep Learning (2016), section 8.1.3.
    """
    ### BEGIN SOLUTION
    for group in optimizer.groups:
        group["lr"] = lr
    name_of = {id(array): name for name, array in params.items()}
    names = [[name_of[id(array)] for array in group["params"]] for group in optimizer.groups]
    order = rng.permutation(len(x))
    total = 0.0
    for start in range(0, len(x), batch_size):
        rows = order[start : start + batch_size]
        logits, caches = forward(params, x[rows], p, rng, True)
        loss, dlogits = loss_and_gradient(logits, y[rows])
        grads = backward(dlogits, caches)
        optimizer.step([[grads[name] for name in some] for some in names])
        total += loss * len(rows)
    return total / len(x)
    ### END SOLUTION


# %% nbgrader={"grade": true, "grade_id": "test_train_epoch", "locked": true, "points": 4, "schema_version": 3, "solution": false, "task": false}
_rng = np.random.default_rng(3)
_params = {
    "W1": _rng.normal(size=(2, 3)),
    "b1": np.zeros(3),
    "W2": _rng.normal(size=(3, 3)),
    "b2": np.zeros(3),
}
_groups = [{"params": [_params["b2"], _params["W2"], _params["b1"]]}, {"params": [_params["W1"]]}]
_optimizer = Momentum(_groups, lr=9.0)
_same, _class = np.ones((5, 2)), np.full(5, 2)
_before = {name: array.copy() for name, array in _params.items()}
_one = (
    np.log(np.sum(np.exp(forward(_params, _same[:1], 0.0, None, False)[0])))
    - forward(_params, _same[:1], 0.0, None, False)[0][0, 2]
)
_loss = train_epoch(_params, _optimizer, _same, _class, 5, 0.1, 0.0, np.random.default_rng(0))
assert [group["lr"] for group in _optimizer.groups] == [0.1, 0.1], "the rate reaches every group"
assert np.isclose(_loss, _one), "one batch: its loss before the step"
assert all(not np.array_equal(_params[name], _before[name]) for name in ("W1", "W2", "b2")), (
    "parameters move in place"
)

_params = {"W1": np.zeros((5, 3)), "b1": np.zeros(3)}
_optimizer = Momentum([{"params": [_params["W1"]]}, {"params": [_params["b1"]]}], momentum=0.0)
_loss = train_epoch(
    _params, _optimizer, np.eye(5), np.array([0, 1, 2, 0, 1]), 2, 0.0, 0.0, np.random.default_rng(0)
)
assert np.isclose(_loss, np.log(3)), (
    "with all weights 0 every row's loss is log 3, in batches of 2, 2 and 1"
)
_loss = train_epoch(
    _params, _optimizer, np.eye(5), np.array([0, 1, 2, 0, 1]), 2, 1.0, 0.0, np.random.default_rng(0)
)
_targets = np.argmax(_params["W1"], axis=1)
assert np.array_equal(_targets, [0, 1, 2, 0, 1]), "each row is used, with its own target"
### BEGIN HIDDEN TESTS
from autograder.hidden.numpy_trainer import grade

grade("train_epoch")
### END HIDDEN TESTS

# %% [markdown]
# <details><summary>Hint 1: direction</summary>
#
# Which three things must happen once for the epoch, and which five for each batch?
# </details>
#
# <details><summary>Hint 2: method</summary>
#
# Make a dict from `id(array)` to the name of the parameter, once. With it, turn the optimizer's groups into groups of
# names, and later groups of names into groups of gradients. Use the same rows of the permutation for `x` and `y`.
# </details>
#
# <details><summary>Hint 3: almost the line</summary>
#
# For each slice of the permutation: forward in training mode, loss and its gradient, backward, a list for every group
# with the gradient of each of its arrays, the optimizer's step; then add the loss times the number of rows in the
# slice. At the end divide by the number of rows in `x`.
# </details>

# %% [markdown]
# ### The look
#
# Twelve epochs on the digits at three rates. Before anything is learned the loss of ten classes is near log 10.

# %% jupyter={"source_hidden": true} tags=["demo"]
# Twelve epochs on the digits at three rates.
x, y = load_digits()
fig, ax = plt.subplots(figsize=(6.8, 3.7))
for lr, color, style, marker in (
    (0.001, ORANGE, "-.", "s"),
    (0.03, BLUE, "-", "o"),
    (0.4, RED, "--", "^"),
):
    rng = np.random.default_rng(0)
    params = init_mlp([64, 32, 10], rng)
    optimizer = Momentum([{"params": list(params.values())}])
    losses = [train_epoch(params, optimizer, x, y, 32, lr, 0.0, rng) for _ in range(12)]
    ax.semilogy(range(1, 13), losses, color=color, ls=style, marker=marker, label=f"lr {lr:g}")
ax.axhline(np.log(10), color="black", ls=":", label="knowing nothing: log 10")
ax.set(xlabel="epoch", ylabel="what train_epoch returns", title="One network, three rates")
ax.legend()
show_figure(
    "Training loss on the digits over twelve epochs on a logarithmic axis for rates 0.001, 0.03 "
    "and 0.4. The middle rate falls fastest and furthest; the smallest falls steadily and is still "
    "above it at the end; the largest begins below the dotted line at log 10 and ends on it."
)

# %% [markdown]
# *What to see.* The middle rate is below 0.1 from the fifth epoch on. The low one is right, and slow. The high one
# learns a little in its first epoch; then its own steps throw it back to where nothing is known, and there it stays.

# %% [markdown]
# ## 5. How good is it?
#
# What `train_epoch` returns is measured while the network changes, and with units missing. It says that training goes
# on. It does not say how good the network *is*. For that, hold everything still.
#
# ### Prediction: the loss you are shown
#
# You will train on the digits with half of the hidden units dropped, and plot two curves: the training loss that
# `train_epoch` returns, and the loss on validation images that the network never trains on, without dropout. Which is
# lower in the first epochs?
#
# - (a) the training loss: it has seen those images
# - (b) they are equal, up to noise
# - (c) the validation loss

# %% nbgrader={"grade": false, "grade_id": "prediction_dropout_curve", "locked": false, "schema_version": 3, "solution": true, "task": false}
### BEGIN SOLUTION
prediction_dropout_curve = "c"
### END SOLUTION

# %% nbgrader={"grade": true, "grade_id": "test_prediction_dropout_curve", "locked": true, "points": 1, "schema_version": 3, "solution": false, "task": false}
if prediction_dropout_curve is None:
    raise NotImplementedError("prediction_dropout_curve is not written yet")
letter = str(prediction_dropout_curve).strip(" ().").lower()
assert letter in ("a", "b", "c"), "a prediction is one letter: a, b or c"
### BEGIN HIDDEN TESTS
from autograder.hidden.numpy_trainer import grade

grade("prediction_dropout_curve")
### END HIDDEN TESTS

# %% [markdown]
# ### Exercise: `evaluate` (8 minutes, difficulty 2 of 5)


# %% nbgrader={"grade": false, "grade_id": "evaluate", "locked": false, "schema_version": 3, "solution": true, "task": false}
def evaluate(params, x, y):
    """How good a network is on a set, without dropout.

    Args:
        params: a dict as `init_mlp` makes it. x: float64 (N, D). y: int64 (N,). Nothing is modified.

    Returns:
        (loss, accuracy): two floats, the mean softmax cross-entropy over the N rows, exact and finite for
        logits of +-1e4, and the fraction, from 0 to 1, of rows whose largest logit is their class's.

    Source: Goodfellow, Bengio and Courville, Deep Learning (2016), sections 5.1.2 and 6.2.2.3.
    """
    ### BEGIN SOLUTION
    logits, _ = forward(params, x, 0.0, None, False)
    loss, _ = loss_and_gradient(logits, y)
    return loss, float(np.mean(np.argmax(logits, axis=1) == y))
    ### END SOLUTION


# %% nbgrader={"grade": true, "grade_id": "test_evaluate", "locked": true, "points": 2, "schema_version": 3, "solution": false, "task": false}
_params = {"W1": np.array([[2.0, 0.0, 1.0]]), "b1": np.array([0.0, 0.5, 0.0])}
_loss, _accuracy = evaluate(
    _params, np.array([[1.0], [1.0], [-1.0], [0.0]]), np.array([0, 2, 1, 0])
)
assert np.isclose(_accuracy, 0.5), "two of four rows have their largest logit in the right place"
_rows = [[2.0, 0.5, 1.0], [2.0, 0.5, 1.0], [-2.0, 0.5, -1.0], [0.0, 0.5, 0.0]]
_losses = [np.log(np.sum(np.exp(row))) - row[c] for row, c in zip(_rows, (0, 2, 1, 0), strict=True)]
assert np.isclose(_loss, np.mean(_losses)), "the loss is the mean of the four rows' losses"
_far = {"W1": np.array([[1e4, 0.0]]), "b1": np.zeros(2)}
assert np.isclose(evaluate(_far, np.array([[1.0]]), np.array([1]))[0], 1e4), (
    "logits of 1e4 stay finite"
)
### BEGIN HIDDEN TESTS
from autograder.hidden.numpy_trainer import grade

grade("evaluate")
### END HIDDEN TESTS

# %% [markdown]
# <details><summary>Hint 1: direction</summary>
#
# You have a function that gives logits without dropout, and one that gives a mean loss.
# </details>
#
# <details><summary>Hint 2: method</summary>
#
# The class that a row is given is the index of its largest logit. Comparing two integer arrays gives booleans, and
# their mean is a fraction.
# </details>
#
# <details><summary>Hint 3: almost the line</summary>
#
# Forward with `training` False and no generator; the loss of those logits; the mean of `argmax` along the last axis
# equal to `y`.
# </details>

# %% [markdown]
# ### The look: the prediction, tested

# %% jupyter={"source_hidden": true} tags=["demo", "prediction_dropout_curve"]
# The loss that training reports beside what evaluate says.
x, y = load_digits()
rng = np.random.default_rng(0)
order = rng.permutation(len(x))
train, val = order[360:], order[:360]
params = init_mlp([64, 64, 10], rng)
optimizer = Momentum([{"params": list(params.values())}])
shown, still, unseen = [], [], []
for _ in range(15):
    shown.append(train_epoch(params, optimizer, x[train], y[train], 32, 0.01, 0.5, rng))
    still.append(evaluate(params, x[train], y[train])[0])
    unseen.append(evaluate(params, x[val], y[val])[0])
fig, ax = plt.subplots(figsize=(6.8, 3.7))
epochs = range(1, 16)
ax.semilogy(epochs, shown, color=BLUE, marker="o", label="training, as train_epoch returns it")
ax.semilogy(epochs, unseen, color=ORANGE, ls="--", marker="s", label="validation, by evaluate")
ax.semilogy(epochs, still, color="black", ls=":", marker=".", label="training rows, by evaluate")
ax.set(xlabel="epoch", ylabel="loss", title="Half of the units dropped: which loss are you shown?")
ax.legend()
show_figure(
    "Three loss curves over fifteen epochs with half of the units dropped. The training loss that "
    "train_epoch returns lies above the validation loss throughout; the same training rows "
    "evaluated without dropout lie lowest."
)
print(
    "validation below what train_epoch returned in epochs 1 to 5:",
    all(np.less(unseen[:5], shown[:5])),
)

# %% [markdown]
# *What to see.* The returned loss is of a network with half of its units missing, and of weights that are, on
# average, half an epoch old. Evaluated fairly, the training rows are below the validation rows, as they should be. Compare like with
# like before you speak of a gap.

# %% [markdown]
# ## 6. A run that survives
#
# A long run will be interrupted. What must be on disk so that you can go on as if nothing had happened? More than the
# parameters. A resumed run takes its next step from four things:
#
# - the parameters;
# - what the optimizer remembers: velocities, averages, its count of steps;
# - the epoch, which sets the rate;
# - the generator, which will draw the next permutation and the next masks.
#
# ### Prediction: the forgotten velocity
#
# You will save a run after some steps and resume it, and leave the optimizer's state out of what is restored. The
# parameters and the generator are exact to the bit. What does the resumed run do, compared with the uninterrupted one?
#
# - (a) it is the same to the bit: the velocities are computed again from the gradients
# - (b) it differs from its first step on, and still learns: nothing in the loss says so
# - (c) its loss jumps back to where training began

# %% nbgrader={"grade": false, "grade_id": "prediction_forgotten_velocity", "locked": false, "schema_version": 3, "solution": true, "task": false}
### BEGIN SOLUTION
prediction_forgotten_velocity = "b"
### END SOLUTION

# %% nbgrader={"grade": true, "grade_id": "test_prediction_forgotten_velocity", "locked": true, "points": 1, "schema_version": 3, "solution": false, "task": false}
if prediction_forgotten_velocity is None:
    raise NotImplementedError("prediction_forgotten_velocity is not written yet")
letter = str(prediction_forgotten_velocity).strip(" ().").lower()
assert letter in ("a", "b", "c"), "a prediction is one letter: a, b or c"
### BEGIN HIDDEN TESTS
from autograder.hidden.numpy_trainer import grade

grade("prediction_forgotten_velocity")
### END HIDDEN TESTS

# %% [markdown]
# **Plain data only.** An `.npz` file is a zip of arrays, and NumPy reads it safely with `allow_pickle=False`. A pickle
# can run code when it is opened, and must not be in there. So the arrays go in as arrays, and what holds them together
# (the nesting of the optimizer's state, numbers, strings) goes in as text: JSON writes floats with all their digits,
# and ints of any length. The generator's state is a dict of such things: `rng.bit_generator.state`.
#
# **Write aside, then rename.** A crash while the file is written leaves half a file, and the old one is gone. So write
# a new file beside the old one, and when it is complete, let it take the old one's name: `os.replace` does that in one
# step that cannot be interrupted. If writing fails, remove the half file.
#
# **Trust nothing that you read.** A zip keeps a checksum (CRC-32) of every member, and `zipfile.ZipFile(path).testzip()`
# compares them all. A truncated, empty or altered file meets many kinds of exception on the way; the caller wants one:
# `ValueError`. And check everything *before* you change anything: parameters that are half loaded are worse than none.
#
# ### Exercise: `save_checkpoint`, `load_checkpoint` (45 minutes, difficulty 4 of 5)
#
# What is graded: bytes altered inside stored arrays or text, not in the zip's own padding. The optimizer's state may
# hold dicts with string keys, lists, tuples, arrays, numbers (Python's or NumPy's) and strings, nested, and empty ones
# too. Generators are those that `np.random.default_rng` makes. An optimizer refuses a state of other counts or shapes by
# itself, with a `ValueError`, and changes nothing then, as lesson 05 asks of one.


# %% nbgrader={"grade": false, "grade_id": "save_checkpoint__load_checkpoint", "locked": false, "schema_version": 3, "solution": true, "task": false}
def save_checkpoint(path, params, optimizer, epoch, rng):
    """Write all that a run needs to go on, at exactly `path`, or leave what is there untouched.

    Whatever goes wrong on the way, afterwards `path` holds the old file or the new one, whole, and the
    folder holds no other file. Params, optimizer and generator are not changed.

    Args:
        path: str or Path, in a folder that exists, with or without a suffix; an older file is replaced.
        params: a dict as `init_mlp` makes it.
        optimizer: its `.state_dict()` is nested dicts with string keys, lists, tuples, arrays, numbers
            and strings.
        epoch: an int. rng: numpy Generator as `np.random.default_rng` makes it.

    The file is an .npz that `np.load(path, allow_pickle=False)` reads.

    Source: NumPy, "numpy.lib.format" (NEP 1); Pillai et al., All File Systems Are Not Created Equal
        (2014), on what a crash leaves of a file.
    """
    ### BEGIN SOLUTION
    arrays = {}
    run = {
        "params": params,
        "optimizer": optimizer.state_dict(),
        "epoch": epoch,
        "generator": rng.bit_generator.state,
    }
    arrays["text"] = np.array(json.dumps(pack(run, arrays)))
    path = Path(path)
    aside = path.with_name(f"{path.name}.{os.getpid()}.partial")
    try:
        with aside.open("wb") as file:
            np.savez(file, **arrays)
            file.flush()
            os.fsync(file.fileno())  # the content is on the disk before the name is
        aside.replace(path)
    finally:
        aside.unlink(missing_ok=True)


def pack(value, arrays):
    """A nested value as plain JSON; its arrays go into `arrays`, their names stay in their places."""
    if isinstance(value, (np.ndarray, np.generic)):
        name = f"array_{len(arrays)}"
        arrays[name] = value
        return {"scalar" if isinstance(value, np.generic) else "array": name}
    if isinstance(value, dict):
        return {"dict": {key: pack(item, arrays) for key, item in value.items()}}
    if isinstance(value, (list, tuple)):
        kind = "tuple" if isinstance(value, tuple) else "list"
        return {kind: [pack(item, arrays) for item in value]}
    return {"plain": value}
    ### END SOLUTION


def load_checkpoint(path, params, optimizer, rng):
    """Go back to a saved run: into these arrays, this optimizer and this generator, all in place.

    Args:
        path: str or Path. params, optimizer, rng: of the same model, in any state.

    Returns:
        The epoch, as saved. Afterwards everything that `params`, `optimizer` and `rng` do is, bit for bit,
        what those saved would have done.

    Raises:
        FileNotFoundError: there is no file.
        ValueError: it is damaged (truncated, empty, bytes altered, members missing), or its parameters
            have other names or shapes, or the optimizer refuses its state. Nothing has changed then.
    """
    ### BEGIN SOLUTION
    saved, state, epoch, generator = read_checkpoint(path)
    here = {name: array.shape for name, array in params.items()}
    there = {name: array.shape for name, array in saved.items()}
    if here != there:
        raise ValueError(f"{path} is of another model: {there}, here {here}")
    copy.deepcopy(rng.bit_generator).state = generator  # raises here, or not at all
    optimizer.load_state_dict(state)  # the last that can refuse; it changes nothing then
    for name, array in params.items():
        array[...] = saved[name]
    rng.bit_generator.state = generator
    return epoch


def unpack(packed, arrays):
    """The value that `pack` packed."""
    ((kind, content),) = packed.items()
    if kind == "array":
        return arrays[content]
    if kind == "scalar":
        return arrays[content][()]
    if kind == "dict":
        return {key: unpack(item, arrays) for key, item in content.items()}
    if kind in ("list", "tuple"):
        items = [unpack(item, arrays) for item in content]
        return tuple(items) if kind == "tuple" else items
    return content


def read_checkpoint(path):
    """What was packed into a file; every kind of damage is a ValueError."""
    try:
        with zipfile.ZipFile(path) as archive:
            damaged = archive.testzip()
        if damaged is not None:
            raise ValueError(f"the checksum of {damaged} does not fit")
        with np.load(path, allow_pickle=False) as members:
            arrays = {name: members[name] for name in members.files}
        saved = unpack(json.loads(arrays.pop("text").item()), arrays)
        return saved["params"], saved["optimizer"], saved["epoch"], saved["generator"]
    except FileNotFoundError:
        raise
    except Exception as error:  # zip, zlib, struct, key, type, end of file: damage has many names
        raise ValueError(f"{path} is not a whole checkpoint: {error}") from error
    ### END SOLUTION


# %% nbgrader={"grade": true, "grade_id": "test_save_checkpoint__load_checkpoint", "locked": true, "points": 4, "schema_version": 3, "solution": false, "task": false}
def _new_run(seed):
    rng = np.random.default_rng(seed)
    params = {"W1": rng.normal(size=(3, 2)), "b1": rng.normal(size=2)}
    return params, Momentum([{"params": [params["b1"], params["W1"]]}], lr=0.1), rng


def _go_on(params, optimizer, rng):
    for _ in range(3):
        optimizer.step([[rng.normal(size=array.shape) for array in optimizer.groups[0]["params"]]])
    return np.concatenate([params["W1"].ravel(), params["b1"]])


with tempfile.TemporaryDirectory() as _folder:
    _path = Path(_folder) / "run.checkpoint"
    _one, _other = _new_run(1), _new_run(2)
    _go_on(*_one)
    save_checkpoint(str(_path), *_one[:2], 7, _one[2])
    assert [item.name for item in Path(_folder).iterdir()] == ["run.checkpoint"], (
        "one file, at exactly the path that was given"
    )
    with np.load(_path, allow_pickle=False) as _file:
        assert all(_file[name].dtype != object for name in _file.files), "no pickle in the file"
    _uninterrupted, _array = _go_on(*_one), _other[0]["W1"]
    assert load_checkpoint(_path, *_other) == 7, "the epoch comes back as it was saved"
    assert _other[0]["W1"] is _array, "parameters are loaded in place"
    assert np.array_equal(_go_on(*_other), _uninterrupted), "a resumed run is the same, bit for bit"

    _content = _path.read_bytes()
    for _damaged in (b"", _content[: len(_content) // 2], b"not a checkpoint at all"):
        _path.write_bytes(_damaged)
        _before = _other[0]["W1"].copy()
        assert raises(ValueError, lambda: load_checkpoint(_path, *_other)), "damage is a ValueError"
        assert np.array_equal(_other[0]["W1"], _before), "and nothing has changed then"
    _missing = Path(_folder) / "elsewhere"
    assert raises(FileNotFoundError, lambda: load_checkpoint(_missing, *_other)), "no file at all"
### BEGIN HIDDEN TESTS
from autograder.hidden.numpy_trainer import grade

grade("save_checkpoint__load_checkpoint")
### END HIDDEN TESTS

# %% [markdown]
# <details><summary>Hint 1: direction</summary>
#
# Saving has two halves: turn the run into arrays and text, then get them onto the disk. Loading has three: read
# everything, check everything, change everything. Write each half as a function of its own.
# </details>
#
# <details><summary>Hint 2: method</summary>
#
# Walk through the nested state by recursion: put each array into a dict under a new name, and its name into a skeleton
# that JSON can write; on the way back, walk the skeleton. A tuple needs a mark, or it comes back as a list. `np.savez`
# appends `.npz` to a name, but not to an open file.
# </details>
#
# <details><summary>Hint 3: almost the line</summary>
#
# Save: open a file of another name in the same folder, `np.savez` into it, close it, `os.replace` it onto `path`; in a
# `finally`, remove the other name if it is still there. Load: inside a `try`, `testzip`, then read every member and
# rebuild; turn any exception but `FileNotFoundError` into `ValueError`. Compare names and shapes. Then the optimizer's
# state, which may be refused; only then fill the arrays, and set the generator's state.
# </details>

# %% [markdown]
# ### The look: the prediction, tested
#
# One run on the digits, with dropout, saved after 3 of 6 epochs. Then it is resumed four times: whole, and with one
# part of the state left as a new run has it.

# %% jupyter={"source_hidden": true} tags=["demo", "prediction_forgotten_velocity"]
# A run resumed whole, and with each part of its state left out.
x, y = load_digits()


def new_run(seed):
    """Parameters, optimizer and generator of a small network."""
    rng = np.random.default_rng(seed)
    params = init_mlp([64, 32, 10], rng)
    return params, Momentum([{"params": list(params.values())}]), rng


def continue_run(params, optimizer, rng, epochs):
    """The losses of some epochs, and the parameters after each as one long array."""
    losses, states = [], []
    for _ in range(epochs):
        losses.append(train_epoch(params, optimizer, x, y, 32, 0.01, 0.2, rng))
        states.append(np.concatenate([a.ravel() for a in params.values()]))
    return losses, states


with tempfile.TemporaryDirectory() as folder:
    path = Path(folder) / "digits.npz"
    run = new_run(0)
    first, _ = continue_run(*run, 3)
    save_checkpoint(path, *run[:2], 3, run[2])
    rest, truth = continue_run(*run, 3)
    resumed = {}
    for forgotten in ("nothing", "velocity", "generator", "parameters"):
        params, optimizer, rng = new_run(1)
        fresh = {name: array.copy() for name, array in params.items()}
        load_checkpoint(path, params, optimizer, rng)
        if forgotten == "velocity":
            optimizer = Momentum([{"params": list(params.values())}])
        if forgotten == "generator":
            rng = np.random.default_rng(1)
        if forgotten == "parameters":
            for name, array in params.items():
                array[...] = fresh[name]
        resumed[forgotten] = continue_run(params, optimizer, rng, 3)

fig, (left, right) = plt.subplots(1, 2, figsize=(11, 3.7), layout="constrained")
left.plot(range(1, 7), first + rest, color="0.75", lw=6, label="uninterrupted")
looks = {
    "nothing": (BLUE, "-", "o"),
    "velocity": (ORANGE, "--", "s"),
    "generator": (GREEN, "-.", "^"),
    "parameters": (RED, ":", "v"),
}
for forgotten, (losses, states) in resumed.items():
    color, style, marker = looks[forgotten]
    label = "resumed whole" if forgotten == "nothing" else f"without the {forgotten}"
    left.plot(range(4, 7), losses, color=color, ls=style, marker=marker, label=label)
    apart = [np.abs(one - other).max() for one, other in zip(states, truth, strict=True)]
    right.plot(range(4, 7), apart, color=color, ls=style, marker=marker, label=label)
left.set(xlabel="epoch", ylabel="training loss", title="What you would see")
right.set_yscale("symlog", linthresh=1e-3)
right.set(xlabel="epoch", ylabel="largest difference of a parameter", ylim=(-2e-4, 4))
right.set(title="Distance from the uninterrupted run", xticks=[4, 5, 6])
left.legend(loc="upper center", bbox_to_anchor=(0.36, 1.0))
show_figure(
    "Left: training loss by epoch; the uninterrupted run and the whole resumed run coincide, the "
    "ones without velocity and without generator lie on them, the one without parameters starts high. Right: "
    "largest difference of a parameter from the uninterrupted run after each resumed epoch: zero "
    "for the whole one, some hundredths without the velocity, about a tenth without the generator, "
    "above 1 without the parameters."
)
for forgotten, (_, states) in resumed.items():
    print(f"without {forgotten:10s}: bit for bit the same: {np.array_equal(states[-1], truth[-1])}")

# %% [markdown]
# *What to see.* On the left the runs without velocity and without generator pass for the real one. On the right
# only one curve lies on zero. A checkpoint that forgets something does not fail. It makes a run that nobody can repeat.

# %% [markdown]
# ## 7. The whole run
#
# What is left is to say when the rate changes, when to stop, and which parameters to keep.
#
# **The rate** is set once an epoch. With $e = 0 \dots E - 1$ for the epoch, $E$ for `epochs`, $w$ for `warmup_epochs`:
#
# $$\eta_e = \begin{cases} \eta\,\dfrac{e + 1}{w} & e < w \\[2ex] \eta_{\min} + \dfrac{\eta - \eta_{\min}}{2}\left(1 + \cos\dfrac{\pi\,(e - w)}{E - w}\right) & e \ge w \end{cases}$$
#
# $\eta$ is `lr` and $\eta_{\min}$ is `min_lr`. It is lesson 06's `warmup_cosine(epoch, lr, warmup_epochs, epochs,
# min_lr)`. The warm-up starts at $\eta / w$, never at 0; the first epoch after it has the full $\eta$; the last one is
# a little above $\eta_{\min}$, which would be reached at $e = E$. Nothing divides by zero: $w = 0$ has no warm-up, and
# $w \ge E$ has no cosine.
#
# **Three parts.** `round(val_fraction * N)` rows, chosen by `rng`, are for validation and never trained on. The others
# are for training. The test set stays outside: `fit` never sees it.
#
# **Stopping and keeping.** After each epoch look at the validation loss. If it is below the lowest so far, keep a *copy*
# of the parameters: the arrays themselves change at the next step. After `patience` epochs in a row without a new
# lowest, stop; the history then has one entry for each epoch that ran. Either way, what you return are the kept ones.
#
# **Decay.** The optimizer gets `weight_decay` for the weights. For the biases, 0 is usual; it is up to you.
#
# ### Exercise: `fit` (50 minutes, difficulty 4 of 5)
#
# It calls what you wrote above, and `Optimizer(groups, lr=..., weight_decay=...)`. If you would rather build on your
# earlier functions than write them again: `%bring warmup_cosine` or `%bring EarlyStopping`, each in a new cell above.


# %% nbgrader={"grade": false, "grade_id": "fit", "locked": false, "schema_version": 3, "solution": true, "task": false}
def fit(x, y, config, rng):
    """Train a classifier, and return it as it was when it was best on rows that it never trained on.

    Args:
        x: float64 (N, D), used as given. y: int64 (N,). Neither is modified.
        config: a dict, not changed, with
            sizes (sequence of ints, as `init_mlp`), epochs (int >= 1), batch_size (int >= 1),
            lr, min_lr (floats), warmup_epochs (int >= 0): the schedule above, once per epoch,
            weight_decay (float, of the weights), dropout (the p of `forward`, in training only),
            patience (int >= 1), val_fraction (float in (0, 1)): round(val_fraction * N) rows validate.
        rng: numpy Generator, the only source of randomness: split, start, permutations, masks.

    Returns:
        (params, history): the parameters after the epoch with the lowest validation loss, and a dict of
        four lists of floats of equal length, one entry for each epoch that ran: "train_loss" (what
        `train_epoch` returned), "val_loss", "val_accuracy" (both after that epoch) and "lr".

    Source: Goodfellow, Bengio and Courville, Deep Learning (2016), algorithm 7.1 (early stopping);
        Loshchilov and Hutter, SGDR (2017), section 3 (the cosine).
    """
    ### BEGIN SOLUTION
    order = rng.permutation(len(x))
    held = round(config["val_fraction"] * len(x))
    val, train = order[:held], order[held:]
    x_train, y_train, x_val, y_val = x[train], y[train], x[val], y[val]
    params = init_mlp(config["sizes"], rng)
    weights = [array for name, array in params.items() if name.startswith("W")]
    biases = [array for name, array in params.items() if name.startswith("b")]
    groups = [{"params": weights}, {"params": biases, "weight_decay": 0.0}]
    optimizer = Optimizer(groups, lr=config["lr"], weight_decay=config["weight_decay"])
    history = {name: [] for name in ("train_loss", "val_loss", "val_accuracy", "lr")}
    best, lowest, waited = copy.deepcopy(params), np.inf, 0
    for epoch in range(config["epochs"]):
        lr = rate_of(epoch, config)
        loss = train_epoch(
            params, optimizer, x_train, y_train, config["batch_size"], lr, config["dropout"], rng
        )
        val_loss, val_accuracy = evaluate(params, x_val, y_val)
        for name, value in zip(history, (loss, val_loss, val_accuracy, lr), strict=True):
            history[name].append(value)
        if val_loss < lowest:
            best, lowest, waited = copy.deepcopy(params), val_loss, 0
        else:
            waited += 1
            if waited >= config["patience"]:
                break
    return best, history


def rate_of(epoch, config):
    """Warm-up, then cosine, for one epoch counted from 0."""
    warmup, lr, min_lr = config["warmup_epochs"], config["lr"], config["min_lr"]
    if epoch < warmup:
        return lr * (epoch + 1) / warmup
    done = (epoch - warmup) / (config["epochs"] - warmup)
    return float(min_lr + (lr - min_lr) * (1 + np.cos(np.pi * done)) / 2)
    ### END SOLUTION


# %% nbgrader={"grade": true, "grade_id": "test_fit", "locked": true, "points": 6, "schema_version": 3, "solution": false, "task": false}
_config = {
    "sizes": [2, 16, 2], "epochs": 8, "batch_size": 8, "lr": 0.04, "min_lr": 0.004, "warmup_epochs": 2,
    "weight_decay": 0.001, "dropout": 0.1, "patience": 8, "val_fraction": 0.25,
}  # fmt: skip
_given = copy.deepcopy(_config)
_rng = np.random.default_rng(0)
_x = _rng.normal(size=(80, 2))
_y = (_x[:, 0] > 0).astype(np.int64)
_params, _history = fit(_x, _y, _config, np.random.default_rng(1))
assert _config == _given, "config comes back as it was"
assert sorted(_params) == ["W1", "W2", "b1", "b2"], "the parameters of a network of these sizes"
assert sorted(_history) == ["lr", "train_loss", "val_accuracy", "val_loss"], "four columns"
assert {len(column) for column in _history.values()} == {8}, "one entry for each of eight epochs"
assert np.allclose(_history["lr"][:3], [0.02, 0.04, 0.04]), (
    "two epochs of warm-up, then the full rate"
)
assert np.isclose(_history["lr"][5], 0.022), "half-way down the cosine: the mean of lr and min_lr"
assert _history["val_loss"][-1] < _history["val_loss"][0], "it learns"
_again = fit(_x, _y, _config, np.random.default_rng(1))
assert np.array_equal(_again[0]["W1"], _params["W1"]), "the same generator gives the same run"
_, _history = fit(
    _x, _y, {**_config, "lr": 0.0, "min_lr": 0.0, "patience": 2}, np.random.default_rng(1)
)
assert len(_history["lr"]) == 3, (
    "nothing moves: the first epoch is the best, and two more are waited for"
)
assert len(set(_history["val_loss"])) == 1, (
    "no dropout in validation: the same network, the same loss"
)
### BEGIN HIDDEN TESTS
from autograder.hidden.numpy_trainer import grade

grade("fit")
### END HIDDEN TESTS

# %% [markdown]
# <details><summary>Hint 1: direction</summary>
#
# Write down in order what happens before the first epoch, in every epoch, and after the last. Which of it draws from
# `rng`?
# </details>
#
# <details><summary>Hint 2: method</summary>
#
# One permutation of the rows, cut in two, makes the parts. The rate is a function of the epoch: write it on its own
# and print it. Three variables carry the stopping: the lowest loss so far, a copy of the parameters that had it, and
# the number of epochs since.
# </details>
#
# <details><summary>Hint 3: almost the line</summary>
#
# In each epoch: rate, `train_epoch` on the training rows, `evaluate` on the validation rows, append to the four lists.
# If the validation loss is below the lowest: remember it, copy every array, set the count to 0. Else count one more,
# and leave the loop if the count has reached `patience`. Return the copy.
# </details>

# %% [markdown]
# ### The look

# %% jupyter={"source_hidden": true} tags=["demo"]
# The rates of a run, on the curve of the formula.
config = {
    "sizes": [64, 32, 10], "epochs": 20, "batch_size": 64, "lr": 0.03, "min_lr": 0.003, "warmup_epochs": 3,
    "weight_decay": 0.001, "dropout": 0.0, "patience": 20, "val_fraction": 0.2,
}  # fmt: skip
x, y = load_digits()
_, history = fit(x, y, config, np.random.default_rng(0))
fine = np.linspace(3, 20, 100)
fig, ax = plt.subplots(figsize=(6.6, 3.4))
ax.plot(
    [0, 1, 2], 0.03 * np.arange(1, 4) / 3, color=ORANGE, ls="--", lw=5, alpha=0.6, label="warm-up"
)
ax.plot(
    fine,
    0.003 + 0.027 * (1 + np.cos(np.pi * (fine - 3) / 17)) / 2,
    color="0.75",
    lw=5,
    label="cosine",
)
ax.plot(history["lr"], "o", color=BLUE, label="your history")
ax.axhline(0.003, color="black", ls=":", label="min_lr")
ax.set(xlabel="epoch, counted from 0", ylabel="lr", title="The rate, once an epoch")
ax.legend()
show_figure(
    "The lr column of a run of twenty epochs, as circles, on the curve of the formula: three "
    "rising epochs, then a cosine down to just above min_lr."
)

# %% [markdown]
# *What to see.* The circles sit on the two curves. At epoch 3 both meet in the full rate, and the last circle is
# above `min_lr`.

# %% [markdown]
# ## 8. Real images
#
# Ten thousand photographs of clothes, 28 by 28 pixels in grey, and two thousand more that nobody touches until the end.

# %% jupyter={"source_hidden": true} tags=["demo"]
# Eight photographs of each of the ten kinds of clothes.
x_clothes, y_clothes = load_clothes("train")
sheet = [np.hstack(x_clothes[y_clothes == c][:8].reshape(-1, 28, 28)) for c in range(10)]
fig, axes = plt.subplots(1, 2, figsize=(9, 3.2), layout="constrained")
for ax, half in zip(axes, (range(5), range(5, 10)), strict=True):
    ax.imshow(np.vstack([sheet[c] for c in half]), cmap="gray_r")
    ax.set_yticks(14 + 28 * np.arange(5), [CLOTHES[c] for c in half])
    ax.set_xticks([])
fig.suptitle("Eight of each class")
show_figure(
    "Ten rows of eight small grey photographs: T-shirts, trousers, pullovers, dresses, coats, "
    "sandals, shirts, sneakers, bags and boots."
)

# %% [markdown]
# ### Prediction: who is taken for whom
#
# You will count, for every pair of classes, how often a test image of one is taken for the other. Look at the
# photographs. Which of these pairs is confused most?
#
# - (a) T-shirt and shirt
# - (b) sneaker and boot
# - (c) trouser and dress

# %% nbgrader={"grade": false, "grade_id": "prediction_confused_pair", "locked": false, "schema_version": 3, "solution": true, "task": false}
### BEGIN SOLUTION
prediction_confused_pair = "a"
### END SOLUTION

# %% nbgrader={"grade": true, "grade_id": "test_prediction_confused_pair", "locked": true, "points": 1, "schema_version": 3, "solution": false, "task": false}
if prediction_confused_pair is None:
    raise NotImplementedError("prediction_confused_pair is not written yet")
letter = str(prediction_confused_pair).strip(" ().").lower()
assert letter in ("a", "b", "c"), "a prediction is one letter: a, b or c"
### BEGIN HIDDEN TESTS
from autograder.hidden.numpy_trainer import grade

grade("prediction_confused_pair")
### END HIDDEN TESTS

# %% [markdown]
# ### The run
#
# 200,000 weights, twenty epochs, some ten seconds. Everything in it is yours but the optimizer, and that can be.


# %% jupyter={"source_hidden": true} tags=["demo", "nbval-ignore-output"]
# The run: twenty epochs on the clothes, and its curves.
def sure_of(params, x):
    """The probability that the network gives to each class, (N, 10)."""
    logits, _ = forward(params, x, 0.0, None, False)
    weights = np.exp(logits - logits.max(axis=1, keepdims=True))
    return weights / weights.sum(axis=1, keepdims=True)


config = {
    "sizes": [784, 256, 10], "epochs": 20, "batch_size": 64, "lr": 0.03, "min_lr": 0.0, "warmup_epochs": 2,
    "weight_decay": 0.0005, "dropout": 0.3, "patience": 8, "val_fraction": 0.1,
}  # fmt: skip
if Optimizer is not Momentum:
    config["lr"] = 0.001  # an Adam wants smaller rates
x_test, y_test = load_clothes("test")
trained = {}  # until fit has run
trained, history = fit(x_clothes, y_clothes, config, np.random.default_rng(0))
test_loss, test_accuracy = evaluate(trained, x_test, y_test)
fig, (left, right) = plt.subplots(1, 2, figsize=(10.4, 3.6), layout="constrained")
epochs = np.arange(1, len(history["lr"]) + 1)
best_epoch = int(np.argmin(history["val_loss"])) + 1
left.plot(
    epochs, history["train_loss"], color=BLUE, marker="o", ms=4, label="training, with dropout"
)
left.plot(epochs, history["val_loss"], color=ORANGE, ls="--", marker="s", ms=4, label="validation")
left.set_xticks(range(0, 21, 5))
left.axvline(best_epoch, color=GREY, ls=":", label=f"kept: epoch {best_epoch}")
left.set(xlabel="epoch", ylabel="loss", title="Loss")
left.legend()
right.plot(
    epochs, history["val_accuracy"], color=ORANGE, ls="--", marker="s", ms=4, label="validation"
)
right.axhline(test_accuracy, color="black", ls=":", label=f"test, once: {test_accuracy:.3f}")
right.set(xlabel="epoch", ylabel="accuracy", title="Accuracy")
right.margins(y=0.1)
right.legend()
show_figure(
    "Left: training and validation loss over twenty epochs of the clothes; training ends near "
    "0.2, validation flattens near 0.37. Right: validation accuracy rises to about 0.87; the "
    "dotted line is the test accuracy."
)
assert test_accuracy > 0.84, "the clothes are learned"
print(f"{test_accuracy:.1%} of the 2000 test images are right: the number to beat")

# %% [markdown]
# *What to see.* The validation loss flattens while the training loss still falls, and the steps grow quiet as the rate
# goes down. The test accuracy, looked at once, is what validation promised, within the noise of 2000 images: about
# $\sqrt{0.87 \cdot 0.13 / 2000} = 0.0075$. Keep the number: in lesson 10 a convolutional network has to beat it, on the
# same images.
#
# ### The same run with your Adam
#
# Is that number the optimizer's? Same seed, so the same split, start, batches and masks; Adam at a rate of 0.001.

# %% jupyter={"source_hidden": true} tags=["demo", "nbval-ignore-output"]
# The same run with the Adam that was brought: its validation loss beside that of momentum.
if Adam is Momentum:
    print("There is no Adam here yet: %bring it in section 1, then run this cell.")
else:
    chosen, Optimizer = Optimizer, Adam
    try:
        by_adam, adam_history = fit(
            x_clothes, y_clothes, {**config, "lr": 0.001}, np.random.default_rng(0)
        )
    finally:
        Optimizer = chosen
    adam_accuracy = evaluate(by_adam, x_test, y_test)[1]
    fig, ax = plt.subplots(figsize=(6.8, 3.5))
    for losses, color, style, marker, label in (
        (history["val_loss"], ORANGE, "--", "s", "the run above"),
        (adam_history["val_loss"], BLUE, "-", "o", "Adam"),
    ):
        ax.plot(
            range(1, len(losses) + 1),
            losses,
            color=color,
            ls=style,
            marker=marker,
            ms=4,
            label=label,
        )
    ax.set(xlabel="epoch", ylabel="validation loss", title="One run, two optimizers")
    ax.set_xticks(range(0, 21, 5))
    ax.legend()
    show_figure(
        "Validation loss over twenty epochs of the run above, with momentum, and of the same run "
        "with Adam. Both flatten at about the same loss, near 0.37."
    )
    assert adam_accuracy > 0.84, "Adam learns the clothes, too"
    print(f"test images right: {test_accuracy:.1%} above, {adam_accuracy:.1%} with Adam")

# %% [markdown]
# *What to see.* The curves end together. On seeds 0, 1 and 2, momentum gets 87.6, 86.8 and 87.6 % of the test images
# right, Adam 87.1, 87.0 and 87.6 %: no more apart than the noise. With a rate that suits it, either will do here.
# What holds the number down is the network, which sees 784 numbers and no picture.
#
# ### Who was taken for whom
#
# Counting is lesson 07's `confusion_matrix`: bring yours, or use the given one.


# %% tags=["bring"]
# bring: confusion_matrix (lesson 07)
def confusion_matrix(targets, predictions, n_classes):
    """The given part: how often each class, by row, was taken for each, by column."""
    pairs, classes = list(zip(targets, predictions, strict=True)), range(n_classes)
    return np.array([[pairs.count((i, j)) for j in classes] for i in classes])


# %% jupyter={"source_hidden": true} tags=["demo", "nbval-ignore-output", "prediction_confused_pair"]
# Which clothes are mistaken for which.
sure = sure_of(trained, x_test)
taken_for = np.argmax(sure, axis=1)
counts = confusion_matrix(y_test, taken_for, 10)
mixed = {
    "sneaker and boot": counts[7, 9] + counts[9, 7],
    "T-shirt and shirt": counts[0, 6] + counts[6, 0],
    "trouser and dress": counts[1, 3] + counts[3, 1],
}
assert counts.sum() == 2000, "every test image is counted once"
assert max(mixed.values()) > 2 * sorted(mixed.values())[1], "one pair stands out"
fig, ax = plt.subplots(figsize=(7, 5.6), layout="constrained")
ax.imshow(np.where(np.eye(10, dtype=bool), np.nan, counts), cmap="Oranges")
for (i, j), count in np.ndenumerate(counts):
    if count:
        weight = "bold" if i == j else "normal"
        ax.text(j, i, count, ha="center", va="center", fontsize=9, weight=weight)
ax.set_xticks(range(10), CLOTHES, rotation=45, ha="right")
ax.set_yticks(range(10), CLOTHES)
ax.set(xlabel="taken for", ylabel="is", title="Your network on 2000 test images")
show_figure(
    "Confusion matrix of ten kinds of clothes. The diagonal holds most of 200 each. Off the "
    "diagonal the largest counts are between T-shirt and shirt; then come pullover and coat, and "
    "each of the two with shirt. Far behind follow sneaker and sandal."
)
print({pair: int(count) for pair, count in mixed.items()})

# %% [markdown]
# *What to see.* Find the darkest cell off the diagonal. Shoes are mistaken for shoes, tops for tops;
# trousers are seldom mistaken for anything. An accuracy of 87 % says none of that.

# %% jupyter={"source_hidden": true} tags=["demo", "nbval-ignore-output"]
# The twelve images that the network is most wrong about.
sure = sure_of(trained, x_test)
taken_for, rows = np.argmax(sure, axis=1), np.arange(len(y_test))
most_wrong = np.argsort(sure[rows, y_test])[:12]
assert np.all(taken_for[most_wrong] != y_test[most_wrong]), "the most wrong are wrong"
fig, axes = plt.subplots(2, 6, figsize=(11, 4.4), layout="constrained")
for ax, i in zip(axes.flat, most_wrong, strict=True):
    ax.imshow(x_test[i].reshape(28, 28), cmap="gray_r")
    said = f"{CLOTHES[taken_for[i]]} ({sure[i, taken_for[i]]:.0%})"
    ax.set_title(f"{CLOTHES[y_test[i]]},\nsays {said}", fontsize=9)
    ax.axis("off")
show_figure(
    "The twelve test images that the network gets most wrong, each with what it is, what it was "
    "taken for and how sure the network was."
)

# %% [markdown]
# *What to see.* Look at each and say what you would have said. Some are hard for you too, and some labels are open to
# question. What the network lacks is doubt: it is often sure, and wrong. Look at such a sheet for every model you train;
# it is the cheapest way to find wrong labels and missing ideas.

# %% [markdown]
# ## 9. What goes wrong
#
# Training code seldom crashes. Below, your functions are sabotaged one at a time, and the digits are trained with each,
# five epochs, momentum, rate 0.03. Before you run it: which of the faults would you notice from the numbers?


# %% jupyter={"source_hidden": true} tags=["demo", "nbval-ignore-output"]
# Trains with each part sabotaged and prints what shows; open it to read the faults.
def sabotaged_run(fault):
    """Training loss of the last epoch and validation accuracy, with one fault planted."""
    x, y = load_digits()
    rng = np.random.default_rng(0)
    order = rng.permutation(len(x))
    train, val = order[360:], order[:360]
    sizes = [64, 32, 32, 10]
    params = init_mlp(sizes, rng)
    if fault == "start at zero":
        params = {name: 0 * array for name, array in params.items()}
    if fault == "start twice too large":
        params = {name: 2 * array for name, array in params.items()}
    held = params if fault != "optimizer holds copies" else copy.deepcopy(params)
    optimizer = Momentum([{"params": list(held.values())}])
    targets = rng.permutation(y[train]) if fault == "labels shuffled apart" else y[train]
    p = 0.3 if fault == "dropout left on in evaluation" else 0.0
    for _ in range(5):
        if fault == "optimizer holds copies":
            lookalike = Momentum([{"params": list(params.values())}])
            lookalike.step = lambda grads: optimizer.step(grads)
            loss = train_epoch(params, lookalike, x[train], targets, 32, 0.03, p, rng)
        else:
            loss = train_epoch(params, optimizer, x[train], targets, 32, 0.03, p, rng)
    if fault == "pixels not centred in evaluation":
        return loss, evaluate(params, x[val] + 1.2, y[val])[1]
    if fault == "dropout left on in evaluation":
        logits, _ = forward(params, x[val], p, rng, True)
        return loss, float(np.mean(np.argmax(logits, axis=1) == y[val]))
    return loss, evaluate(params, x[val], y[val])[1]


faults = (
    "none",
    "pixels not centred in evaluation",
    "dropout left on in evaluation",
    "start twice too large",
    "start at zero",
    "labels shuffled apart",
    "optimizer holds copies",
)
lines = [f"{'fault':34s} {'training loss':>14s} {'validation accuracy':>20s}"]
accuracies = {}
for fault in faults:
    loss, accuracies[fault] = sabotaged_run(fault)
    lines.append(f"{fault:34s} {loss:>14.2f} {accuracies[fault]:>20.2f}")
assert accuracies["none"] > 0.95, "without a fault the digits are learned"
assert accuracies["optimizer holds copies"] < 0.3, "copies are of no use"
print("\n".join(lines))

# %% [markdown]
# *What to see.* The first three faults leave a network that is right about eight times in ten, or more. Nothing shouts:
# without the fair run above them, you would look for a better model. The next two show the number to know by heart. A loss near
# log 10 = 2.30 and an accuracy near 0.1 mean that nothing is learned.
#
# With the copies the optimizer works hard, on arrays that nobody uses. The sign is a loss that stays where it began, at
# the 3 or 4 of an untrained network, to the last digit in every epoch. A run that merely learns badly moves.
#
# Add a fault of your own, and say both numbers before you run it.

# %% [markdown]
# ## 10. In practice: the same run in PyTorch
#
# The same network, start, batches and optimizer in both, in float64, for 40 steps. After every step the loss and all
# parameters are compared. (Dropout is off, because the two draw their masks from different generators.)

# %% open="PyTorch's calls are what to read here" tags=["demo"]
try:
    import torch
except ImportError:
    torch = None
    print("torch is not installed: this comparison is skipped. You need PyTorch from lesson 09 on.")
else:

    def torch_twin(params, sizes, dropout=0.0):
        """The same network as a torch module, with the same weights."""
        layers = []
        for number, (fan_in, fan_out) in enumerate(pairwise(sizes), start=1):
            linear = torch.nn.Linear(fan_in, fan_out, dtype=torch.float64)
            with torch.no_grad():  # torch keeps its weights as (fan_out, fan_in)
                linear.weight.copy_(torch.tensor(params[f"W{number}"].T))
                linear.bias.copy_(torch.tensor(params[f"b{number}"]))
            layers += [linear, torch.nn.ReLU(), torch.nn.Dropout(dropout)]
        return torch.nn.Sequential(*layers[:-2])

    def torch_optimizer(model, lr):
        """The optimizer that corresponds to yours."""
        if Optimizer.__name__ == "Adam":
            return torch.optim.AdamW(model.parameters(), lr=lr, weight_decay=0.0)
        return torch.optim.SGD(model.parameters(), lr=lr, momentum=0.9)

    sizes, lr = [784, 64, 32, 10], 0.01
    params = init_mlp(sizes, np.random.default_rng(0))
    model = torch_twin(params, sizes)
    optimizer = Optimizer([{"params": list(params.values())}], lr=lr)
    theirs = torch_optimizer(model, lr)
    rows = np.random.default_rng(1).permutation(len(x_clothes))
    worst_loss = worst_parameter = 0.0
    for step in range(40):
        batch = rows[64 * step : 64 * (step + 1)]
        x, y = x_clothes[batch], y_clothes[batch]
        loss = train_epoch(params, optimizer, x, y, 64, lr, 0.0, np.random.default_rng(0))
        theirs.zero_grad()
        their_loss = torch.nn.functional.cross_entropy(model(torch.tensor(x)), torch.tensor(y))
        their_loss.backward()
        theirs.step()
        worst_loss = max(worst_loss, abs(loss - their_loss.item()))
        for name, parameter in zip(params, model.parameters(), strict=True):
            values = parameter.detach().numpy()
            gap = np.abs(params[name] - (values.T if values.ndim == 2 else values)).max()
            worst_parameter = max(worst_parameter, gap)
    print(f"40 steps: every loss equal to 1e-6: {worst_loss < 1e-6}")
    print(f"40 steps: every parameter after every step equal to 1e-6: {worst_parameter < 1e-6}")

# %% [markdown]
# And how fast is it? One epoch of each, on one thread and in the same precision.

# %% jupyter={"source_hidden": true} tags=["demo", "nbval-ignore-output"]
# The time of one epoch, yours and PyTorch's.
import ctypes
import time


def numpy_on_one_thread():
    """Ask the OpenBLAS that comes with NumPy for one thread; whether it was there to be asked."""
    folders = (Path(np.__file__).parent / ".dylibs", Path(np.__file__).parents[1] / "numpy.libs")
    for path in (path for folder in folders for path in folder.glob("*openblas*")):
        library = ctypes.CDLL(str(path))
        for ask in ("scipy_openblas_set_num_threads64_", "openblas_set_num_threads64_"):
            if hasattr(library, ask):
                getattr(library, ask)(1)
                return True
    return False


if torch is None:
    print("torch is not installed: there is nothing to race against.")
else:
    one = numpy_on_one_thread()
    torch.set_num_threads(1 if one else os.cpu_count())
    sizes = [784, 256, 10]
    params = init_mlp(sizes, np.random.default_rng(0))
    model = torch_twin(params, sizes, dropout=0.3)
    optimizer, theirs = (
        Optimizer([{"params": list(params.values())}]),
        torch_optimizer(model, 0.001),
    )
    x_tensor, y_tensor = torch.tensor(x_clothes), torch.tensor(y_clothes)

    def torch_epoch():
        """The ring of section 1, in PyTorch."""
        for batch in torch.randperm(len(x_tensor)).split(64):
            theirs.zero_grad()
            torch.nn.functional.cross_entropy(model(x_tensor[batch]), y_tensor[batch]).backward()
            theirs.step()

    rng = np.random.default_rng(0)
    seconds = {"yours": [], "PyTorch": []}
    for _ in range(3):
        start = time.perf_counter()
        train_epoch(params, optimizer, x_clothes, y_clothes, 64, 0.001, 0.3, rng)
        middle = time.perf_counter()
        torch_epoch()
        seconds["yours"].append(middle - start)
        seconds["PyTorch"].append(time.perf_counter() - middle)
    assert min(seconds["yours"]) > 0
    print("each on one thread" if one else "each on as many threads as it takes")
    for name, some in seconds.items():
        print(f"{name:8s} {len(x_clothes) / sorted(some)[1]:8.0f} images a second (median of 3)")

# %% [markdown]
# Both spend their time in the same matrix products. What PyTorch adds is the backward pass that it writes for you,
# the graphics card, and half precision: lessons 09 to 13.
#
# | you wrote | PyTorch | TensorFlow |
# | --- | --- | --- |
# | `init_mlp` | `nn.init.kaiming_normal_(weight, nonlinearity="relu")` | `HeNormal()` as a layer's initializer |
# | `forward` in its two modes | `model.train()`, `model.eval()` | `model(x, training=True)` |
# | `train_epoch` | a loop over a `DataLoader` | `model.fit(..., epochs=1)` |
# | `save_checkpoint` | `torch.save` of all `state_dict`s, `torch.load(weights_only=True)` | `tf.train.Checkpoint` |
# | warm-up and cosine | `SequentialLR` of `LinearLR` and `CosineAnnealingLR` | `CosineDecay(warmup_target=...)` |
# | keeping the best | a callback (Lightning: `ModelCheckpoint`, `EarlyStopping`) | `EarlyStopping(restore_best_weights=True)` |

# %% [markdown]
# ## 11. To come back to
#
# | you want | use | typical values | when it fails |
# | --- | --- | --- | --- |
# | to know that anything is learned | the first loss against log C | 2.3 for ten classes | far above: start too large, or inputs not scaled |
# | to know that the machine works | overfit 20 rows, no dropout, no decay | training loss below 0.01 | a fault in code, not in settings |
# | a rate | the largest at which the loss falls smoothly | momentum 0.01 to 0.1, Adam 1e-3 | jagged: divide by 3; crawling: multiply by 3 |
# | warm-up | a few epochs, or a few hundred steps | 1 to 5 % of the run; here 2 epochs of 20 | a jump in the first steps: longer |
# | less overfitting | dropout, decay, earlier stop, more data | p 0.1 to 0.5; decay 1e-4 to 1e-2 | training loss stays high: less of each |
# | a patience | longer than the noise of the curve | 5 to 20 epochs; longer than the warm-up | stops on a bump: more patience, larger validation set |
# | a batch size | the largest at which each image still counts | 32 to 256 | fewer, larger steps: raise the rate with it |
# | to go on after a crash | parameters, optimizer, epoch, generator, in one file | every epoch, or every 10 minutes | resume, and compare one step with the uninterrupted run |
# | to compare two runs | several seeds, the same test images | 2000 images alone: give or take 0.75 % | a difference within the spread is none |

# %% [markdown]
# ## 12. Mastery questions
#
# Three questions that are asked in interviews. Write your answer in the cell beneath each; a person reads it.

# %% [markdown] nbgrader={"grade": false, "grade_id": "what_a_resume_needs", "locked": true, "points": 3, "schema_version": 3, "solution": false, "task": true}
# **1. What a resume needs.** A colleague saves `params` and the epoch after every epoch, with `np.savez(path)`, straight
# over the old file. List what the resumed run does differently, and what can go wrong on the disk. Then say how you
# would test a checkpoint.
#
# === BEGIN MARK SCHEME ===
# - 1 point: the optimizer's memory starts from zero (velocity, averages, step count) and the generator elsewhere
#   (other batches, other masks), so that the run differs from its first step; early stopping's state too, if it is
#   not saved.
# - 1 point: a crash while writing leaves neither the old nor the new file; write aside in the same folder, flush,
#   then rename. Also: np.savez appends .npz; object arrays become pickles.
# - 1 point: the test: train n steps, save, train m; load into fresh objects, train m; compare bit for bit, once with
#   each part left out (it must fail then). And load truncated or altered files: refused, with nothing changed.
# === END MARK SCHEME ===

# %% [markdown]
# *Your answer here.*

# %% [markdown] nbgrader={"grade": false, "grade_id": "training_above_validation", "locked": true, "points": 3, "schema_version": 3, "solution": false, "task": true}
# **2. Training above validation.** In a run the training loss lies above the validation loss from beginning to end.
# Give three different causes, one of them a fault, and for each the experiment that would confirm it.
#
# === BEGIN MARK SCHEME ===
# - 1 point: dropout (or augmentation, or label smoothing) acts in training only: evaluate the training rows in
#   evaluation mode, and the order turns round.
# - 1 point: the training loss is a mean over an epoch in which the weights improve: evaluate the training rows after
#   the epoch; the gap shrinks as learning slows.
# - 1 point: a fault or an accident: validation rows are also in training (leak: look for equal rows), or the
#   validation set is easier or too small (another split changes it), or the loss is averaged differently (sum or
#   weights). Any one with its experiment.
# === END MARK SCHEME ===

# %% [markdown]
# *Your answer here.*

# %% [markdown] nbgrader={"grade": false, "grade_id": "which_parameters_to_keep", "locked": true, "points": 3, "schema_version": 3, "solution": false, "task": true}
# **3. Which parameters to keep.** You keep the parameters of the epoch with the lowest validation loss of 100, and
# report that loss as the model's quality. What is wrong with the report? What changes if you keep the epoch with the
# highest accuracy? And what is wrong with `best = params`?
#
# === BEGIN MARK SCHEME ===
# - 1 point: the lowest of 100 noisy numbers is too low on average: the set was used to choose. Report on a test set
#   that chose nothing, once.
# - 1 point: accuracy moves in steps of 1/N, has many ties and ignores how sure the network is; loss and accuracy may
#   part (loss rises by a few confident mistakes while accuracy still grows). Decide by what the use needs.
# - 1 point: it is another name for the same arrays, which the next step changes in place: in the end the last
#   parameters are returned. Copy every array.
# === END MARK SCHEME ===

# %% [markdown]
# *Your answer here.*

# %% [markdown]
# ## Further reading
#
# - LeCun, Bottou, Bengio and Haffner, *Gradient-Based Learning Applied to Document Recognition*, 1998. The whole
#   machine, as it was first put to work on images.
# - Xiao, Rasul and Vollgraf, *Fashion-MNIST: a Novel Image Dataset for Benchmarking Machine Learning Algorithms*, 2017.
#   Your photographs, and what other models reach on them.
# - Prechelt, *Early Stopping - But When?*, 1998. Patience, measured.
# - Goyal et al., *Accurate, Large Minibatch SGD*, 2017, section 2. Why a warm-up.
# - Northcutt, Athalye and Mueller, *Pervasive Label Errors in Test Sets Destabilize Machine Learning Benchmarks*, 2021.
#   What a sheet of most wrong images can lead to.
# - Henderson et al., *Deep Reinforcement Learning that Matters*, 2018. Why several seeds.
#
# **Next:** [lesson 09](../09_torch/torch_basics.ipynb). Your trainer works in NumPy. What does the same machine look like in
# PyTorch, and where does it surprise those who know how it works?
