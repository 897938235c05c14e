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
# # 04 - Initialization and normalization
#
# A network can be right on paper and dead before its first step. Its numbers have to get from the first
# layer to the last, and the gradient has to get back, through the same weights. In this lesson you choose
# those weights, watch fifty layers carry a signal or lose it, and build the two layers that repair one.
#
# **You will be able to**
#
# - say why weights must not start equal, too large or too small, and measure each of the three;
# - derive Xavier's and He's deviations, and draw weights with them;
# - write batch norm and layer norm, forward and backward, and tell training from evaluation;
# - read one figure, the norm of the gradient by layer, and say what a network suffers from.
#
# **You need** lesson 02 (a backward pass is the local derivative times what flows in), the variance of a
# sum of independent numbers, and the normal distribution.
#
# **It takes** about two and a half hours: six exercises and three predictions. The cell beneath each
# exercise checks it (`%check`), as often as you like.

# %% jupyter={"source_hidden": true} tags=["setup"]
# Given: NumPy as np, Matplotlib as plt, find_data, activation functions and weights.
import os
from pathlib import Path

import matplotlib.pyplot as plt
import numpy as np

BLUE, ORANGE, GREEN, RED, GREY = "#0072B2", "#E69F00", "#009E73", "#D55E00", "#555555"
WIDTH, ROWS, DEPTH = 256, 64, 50  # units in a layer, rows in a batch, layers


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


def relu(z):
    """The activation function of lesson 02: negative numbers become 0."""
    return np.maximum(z, 0)


def sigmoid(z):
    """The logistic function, by way of tanh, which never overflows."""
    return 0.5 + 0.5 * np.tanh(0.5 * z)


def identity(z):
    """No activation function at all."""
    return z


SLOPES = {
    relu: lambda z: (z > 0).astype(np.float64),
    np.tanh: lambda z: np.cosh(np.clip(z, -300, 300)) ** -2,
    sigmoid: lambda z: sigmoid(z) * sigmoid(-z),
    identity: np.ones_like,
}


layers = np.arange(1, DEPTH + 1)


def square_weights(rng, deviation):
    """DEPTH weight matrices (WIDTH, WIDTH) of normal numbers with mean 0."""
    return [deviation * rng.normal(size=(WIDTH, WIDTH)) for _ in range(DEPTH)]


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
# ## 1. Never all the same
#
# The plainest start is the same number everywhere: 0, or 0.5. Take a small network, two inputs, eight hidden
# units with tanh, one output:
#
# $$h = \tanh(xW) \qquad \text{out} = h\,v$$
#
# $x$ is a batch $(N, 2)$, $W$ $(2, 8)$ holds a column for each hidden unit, and $v$ $(8,)$ says how much each
# unit counts. The next cell trains it on a wavy target with plain gradient descent, and keeps $W$ before
# the first step and after the last.


# %% tags=["setup"]
def train_hidden(W, v, steps=300, lr=0.2):
    """Train out = tanh(x W) v on a wavy target. Returns W before the first step and after each, as an
    array (steps + 1, 2, units), and the last loss."""
    x = np.random.default_rng(3).normal(size=(80, 2))
    wave = np.sin(2 * x[:, 0]) + 0.5 * np.sin(3 * x[:, 1])
    path = [W]
    for _ in range(steps):
        h = np.tanh(x @ W)
        error = (h @ v - wave) / len(x)
        to_hidden = np.outer(error, v) * (1 - h * h)
        W, v = W - lr * np.einsum("nd,nm->dm", x, to_hidden), v - lr * h.T @ error
        path.append(W)
    return np.array(path), float(0.5 * np.mean((np.tanh(x @ W) @ v - wave) ** 2))


# %% [markdown]
# ### Prediction: eight equal units
#
# Every entry of $W$ and of $v$ starts at 0.5. After 300 steps of training, how many of the eight hidden
# units still have a twin that equals them?
#
# - (a) none of them: the data have pulled all eight apart
# - (b) all of them: there is one unit, eight times
# - (c) about half of them

# %% nbgrader={"grade": false, "grade_id": "prediction_equal_start", "locked": false, "schema_version": 3, "solution": true, "task": false}
### BEGIN SOLUTION
prediction_equal_start = "b"
### END SOLUTION

# %% nbgrader={"grade": true, "grade_id": "test_prediction_equal_start", "locked": true, "points": 1, "schema_version": 3, "solution": false, "task": false}
if prediction_equal_start is None:
    raise NotImplementedError("prediction_equal_start is not written yet")
letter = str(prediction_equal_start).strip(" ().").lower()
assert letter in ("a", "b", "c"), "a prediction is one letter: a, b or c"
### BEGIN HIDDEN TESTS
from autograder.hidden.signal import grade

grade("prediction_equal_start")
### END HIDDEN TESTS

# %% [markdown]
# ### Exercise: `distinct_units` (10 minutes, difficulty 2 of 5)
#
# To settle it, count. A hidden unit is a **column** of $W$: the weights with which it listens to the
# layer before. Two units with equal columns compute the same number for every input.
#
# Equal cannot mean equal to the last bit. A matrix product may add up two columns in different orders, and
# leave them $10^{-17}$ apart. So two columns count as equal when no element of them differs by more than
# `tol`.


# %% nbgrader={"grade": false, "grade_id": "distinct_units", "locked": false, "schema_version": 3, "solution": true, "task": false}
def distinct_units(W, tol=1e-12):
    """The number of different columns of a weight matrix.

    Two columns a and b are equal when `max|a - b| <= tol`. How to count a chain, where a equals b and
    b equals c but a does not equal c, is left open, and not graded.

    Args:
        W: float64 (fan_in, fan_out), both at least 1; a column for each unit; not modified.
        tol: the largest difference of two equal elements, >= 0; absolute, whatever the size of W.

    Returns:
        An int from 1 (all columns are equal) to fan_out (no two are).

    Source: Goodfellow, Bengio and Courville, Deep Learning (2016), section 8.4, on breaking symmetry.
    """
    ### BEGIN SOLUTION
    found = []
    for column in W.T:
        if all(np.max(np.abs(column - other)) > tol for other in found):
            found.append(column)
    return len(found)
    ### END SOLUTION


# %% nbgrader={"grade": true, "grade_id": "test_distinct_units", "locked": true, "points": 2, "schema_version": 3, "solution": false, "task": false}
_W = np.array([[1.0, 2.0, 1.0, 3.0], [5.0, 5.0, 5.0, 5.0], [0.0, 1.0, 0.0, 0.0]])
assert distinct_units(_W) == 3, "columns 0 and 2 are equal, though another stands between them"
assert distinct_units(np.full((3, 8), 0.5)) == 1, "eight equal columns are one unit"
assert distinct_units(np.eye(5)) == 5, "no two columns of the identity are equal"
assert distinct_units(np.array([[1.0, 1.0 + 1e-14]])) == 1, "rounding noise is no difference"
assert distinct_units(np.array([[1.0, 1.0 + 1e-9]])) == 2, "a billionth is one: tol is 1e-12"
assert distinct_units(np.array([[0.0, 0.5, 2.0]]), tol=0.5) == 2, "a difference of tol is equal"
assert distinct_units(np.array([[1.0, -1.0], [-1.0, 1.0]])) == 2, "equal sums, different columns"
### BEGIN HIDDEN TESTS
from autograder.hidden.signal import grade

grade("distinct_units")
### END HIDDEN TESTS

# %% [markdown]
# <details><summary>Hint 1: direction</summary>
#
# Go through the columns one by one. What do you have to remember of those that you have seen, to know
# whether the next one is new?
# </details>
#
# <details><summary>Hint 2: method</summary>
#
# Iterating over `W.T` gives the columns. Keep a list of those that are new. A column is new if it differs
# from *every* one on the list, not from the last one only.
# </details>
#
# <details><summary>Hint 3: almost the line</summary>
#
# For a column and one of the list: the largest absolute difference, compared with `tol`. The column goes on
# the list when that is larger than `tol` for all of them. The answer is the length of the list.
# </details>

# %% [markdown]
# ### The look
#
# The same network from two starts. Each hidden unit is a point: its weight from the first input, and its
# weight from the second. You see where the points start, and the paths on which training moves them.

# %% jupyter={"source_hidden": true} tags=["demo", "prediction_equal_start"]
# The units of a hidden layer before and after training, from two starts.
rng = np.random.default_rng(1)
starts = {
    "all 0.5": (np.full((2, 8), 0.5), np.full(8, 0.5)),
    "random": (rng.normal(size=(2, 8)), rng.normal(size=8)),
}
fig, axes = plt.subplots(1, 2, figsize=(9.4, 4.0), layout="constrained")
for ax, (name, (W, v)) in zip(axes, starts.items(), strict=True):
    path, loss = train_hidden(W, v)
    before, after = distinct_units(path[0]), distinct_units(path[-1])
    for unit in range(8):
        ax.plot(*path[:, :, unit].T, color=BLUE, lw=1.5)
    ax.plot(*path[0], "o", color="white", mec="black", ms=7, label=f"before: {before} distinct")
    ax.plot(*path[-1], "s", color=ORANGE, mec="black", ms=7, label=f"after: {after} distinct")
    ax.set(
        xlabel="weight from x[0]", ylabel="weight from x[1]", title=f"{name}: last loss {loss:.2f}"
    )
    ax.legend()
show_figure(
    "Left: from an equal start one path leads away from the point (0.5, 0.5); all eight units "
    "share it. Right: from a random start eight different paths lead to eight different points."
)

# %% [markdown]
# *What to see.* From the equal start there is one path: all eight units walk it together. The gradient of a
# column depends on that column and on its entry of $v$; where these are equal the steps are equal, for
# ever. The loss shows what that costs.
#
# How little is needed to break the symmetry? The next cell tries more starts.

# %% tags=["demo"]
rng = np.random.default_rng(1)
half, noise = np.full((2, 8), 0.5), rng.normal(size=(2, 8))
starts = {
    "W all 0, v all 0": (np.zeros((2, 8)), np.zeros(8)),
    "W all 0.5, v all 0.5": (half, np.full(8, 0.5)),
    "W twice four, v all 0.5": (np.repeat(noise[:, :4], 2, axis=1), np.full(8, 0.5)),
    "W all 0.5, v random": (half, rng.normal(size=8)),
    "W random, v all 0.5": (noise, np.full(8, 0.5)),
}
table = [f"{'start':26s} distinct before  after   last loss"]
for name, (W, v) in starts.items():
    path, loss = train_hidden(W, v)
    counts = f"{distinct_units(path[0]):15d} {distinct_units(path[-1]):6d}"
    table.append(f"{name:26s} {counts} {loss:11.2f}")
print("\n".join(table))

# %% [markdown]
# *What to see.* Zeros never move at all: $v = 0$ sends no gradient to $W$, and $h = 0$ none to $v$. Twins stay
# twins. One random side is enough: a different $v$ pulls equal columns apart. So weights are drawn at random.
# Biases may start at 0: the weights already tell the units apart.

# %% [markdown]
# ## 2. Not too large, not too small
#
# Random, then. But how large? Nothing in one layer tells you. Depth does: what one layer does to the size of
# its numbers, fifty layers do fifty times over.
#
# To see it you need an instrument. Send a batch through the layers,
#
# $$h_0 = x \qquad h_l = \varphi(h_{l-1} W_l) \quad \text{for the layers } l = 1, 2, 3, \dots$$
#
# where $\varphi$ is the activation function, and note the mean and the standard deviation of all elements of each $h_l$. There
# are no biases: at the start they are 0.
#
# ### Exercise: `forward_statistics` (8 minutes, difficulty 2 of 5)


# %% nbgrader={"grade": false, "grade_id": "forward_statistics", "locked": false, "schema_version": 3, "solution": true, "task": false}
def forward_statistics(x, weights, activation):
    """Mean and standard deviation of every layer's output, on the way forward.

    Args:
        x: float64 (N, D), a batch; not modified.
        weights: a sequence of float64 matrices; the first has D rows, each next one as many rows as
            the one before has columns; may be empty; not modified.
        activation: takes a float64 array, returns one of the same shape; used after every layer, the
            last one too.

    Returns:
        (means, stds): two sequences of `len(weights)` floats. Entry l is over all elements of
        `h = activation(h @ weights[l])`; the input x has no entry. The deviation is the biased one: the
        root of the mean squared distance from the mean.

    Source: Glorot and Bengio, Understanding the Difficulty of Training Deep Feedforward Neural Networks
        (2010), section 3.
    """
    ### BEGIN SOLUTION
    means, stds = [], []
    h = x
    for W in weights:
        h = activation(h @ W)
        means.append(np.mean(h))
        stds.append(np.std(h))
    return means, stds
    ### END SOLUTION


# %% nbgrader={"grade": true, "grade_id": "test_forward_statistics", "locked": true, "points": 2, "schema_version": 3, "solution": false, "task": false}
_x = np.array([[1.0, -1.0], [3.0, 1.0]])
_weights = [np.array([[1.0, 0.0, 1.0], [0.0, 1.0, 1.0]]), np.array([[1.0], [0.0], [-1.0]])]
_means, _stds = forward_statistics(_x, _weights, lambda z: z)
assert len(_means) == 2, "one mean for every layer: the last is there, the input is not"
assert len(_stds) == 2, "one deviation for every layer"
assert np.isclose(_means[0], 4 / 3), "layer 1 holds 1, -1, 0 and 3, 1, 4: their mean is 4/3"
assert np.isclose(_stds[0], np.sqrt(26 / 9)), (
    "mean of squares 14/3, minus the squared mean 16/9: the variance is 26/9"
)
assert np.isclose(_means[1], 0), "layer 2 holds 1 and -1"
assert np.isclose(_stds[1], 1), "and their deviation is 1: divided by 2, not by 1"
_means, _ = forward_statistics(_x, _weights, lambda z: np.maximum(z, 0))
assert np.isclose(_means[0], 1.5), "with a ReLU layer 1 holds 1, 0, 0 and 3, 1, 4"
assert np.isclose(_means[1], 0.5), "and layer 2 holds 1 and 0: what comes out of layer 1 goes in"
### BEGIN HIDDEN TESTS
from autograder.hidden.signal import grade

grade("forward_statistics")
### END HIDDEN TESTS

# %% [markdown]
# <details><summary>Hint 1: direction</summary>
#
# A loop over the weights, and one array that is carried from layer to layer. When in the loop is the moment
# to note the two numbers?
# </details>
#
# <details><summary>Hint 2: method</summary>
#
# `np.mean(h)` and `np.std(h)` without an axis are over all elements, and `np.std` divides by the number of
# them. Note them after the activation.
# </details>
#
# <details><summary>Hint 3: almost the line</summary>
#
# Before the loop `h` is `x`. In the loop: `h` becomes the activation of `h` times this layer's weights; append
# its mean to one list and its deviation to the other.
# </details>

# %% [markdown]
# ### The look
#
# Fifty layers of 256 units with ReLU, and normal weights of three deviations. The dashed lines are what
# section 4 will predict.

# %% jupyter={"source_hidden": true} tags=["demo"]
# The spread of the signal through fifty layers, for three sizes of weights.
fig, ax = plt.subplots(figsize=(6.8, 4.0))
for deviation, color, marker in ((1.0, RED, "^"), (0.0884, GREEN, "o"), (0.01, BLUE, "s")):
    rng = np.random.default_rng(0)
    x = rng.normal(size=(ROWS, WIDTH))
    _, stds = forward_statistics(x, square_weights(rng, deviation), relu)
    theory = np.sqrt(1 - 1 / np.pi) * (deviation * np.sqrt(WIDTH / 2)) ** layers
    ax.semilogy(layers, theory, color=color, ls="--", lw=1)
    ax.semilogy(
        layers, stds, marker, color=color, ms=4, label=f"weights of deviation {deviation:g}"
    )
ax.set(xlabel="layer", ylabel="standard deviation of h", title="Fifty layers, three starts")
ax.legend()
show_figure(
    "Standard deviation by layer on a logarithmic axis from 1e-50 to 1e50. For weights of "
    "deviation 0.01 it falls on a straight line to about 1e-48, for deviation 1 it rises to about "
    "1e52, for deviation 0.088 it stays flat near 1."
)

# %% [markdown]
# *What to see.* Straight lines on a logarithmic axis: each layer multiplies by the same factor. With
# deviation 1 the numbers explode, past $10^{50}$. With 0.01 they vanish. A deviation of 0.0884 keeps them, and
# seems to come from nowhere. It is $\sqrt{2/256}$, and section 4 derives it.

# %% [markdown]
# ### Gradients fade too
#
# On the way back it is the same with one more factor: the derivative of the activation function. The
# sigmoid's is $s(1 - s)$, with $s$ between 0 and 1, and that is never more than 0.25. So where the weights
# neither enlarge nor shrink anything, $d$ sigmoid layers pass on at most $0.25^{\,d}$ of the upstream
# gradient: with ten of them, less than a millionth.
#
# To measure it you need a backward pass through many layers. Here is one, given: the chain of lesson 02. It
# returns the norm of the gradient at every layer. `repair` stays empty until section 6.


# %% jupyter={"source_hidden": true} tags=["setup"]
# Given: a backward pass through many layers, which returns the gradient's norm at each.
def repaired(z, repair):
    """z after the normalisation that `repair` names, and the function that takes a gradient back through it.

    The two normalisations are yours, from section 6: without scale and shift, and without a memory.
    """
    ones, zeros = np.ones(z.shape[1]), np.zeros(z.shape[1])
    if "batch norm" in repair:
        normed, note, _, _ = batchnorm_forward(z, ones, zeros, zeros, ones)
        return normed, lambda g: batchnorm_backward(g, note)[0]
    if "layer norm" in repair:
        normed, note = layernorm_forward(z, ones, zeros)
        return normed, lambda g: layernorm_backward(g, note)[0]
    return z, identity


def gradient_norms(x, weights, activation, repair=""):
    """The norm of the gradient at the output of every layer, the input first: len(weights) + 1 numbers.

    The gradient at the last layer is random, of norm 1. `repair` may name "batch norm" or "layer norm"
    (between weights and activation) and "residual" (h + what the layer makes of it).
    """
    h, chain = x, []
    for W in weights:
        z, back = repaired(h @ W, repair)
        chain.append((W, SLOPES[activation](z), back))
        h = activation(z) + h if "residual" in repair else activation(z)
    g = np.random.default_rng(9).normal(size=h.shape)
    g /= np.linalg.norm(g)
    norms = [np.linalg.norm(g)]
    for W, slope, back in reversed(chain):
        through = np.einsum("nm,dm->nd", back(g * slope), W, optimize=True)
        g = through + g if "residual" in repair else through
        norms.append(np.linalg.norm(g))
    return np.array(norms[::-1])


# %% [markdown]
# The weights of this figure are rotations, which change no norm: whatever is lost, the sigmoids lose. The
# dashed line is $0.25^{\,d}$.

# %% jupyter={"source_hidden": true} tags=["demo"]
# The gradient behind one to ten sigmoids, and its bound.
rng = np.random.default_rng(0)
rotations = [np.linalg.qr(rng.normal(size=(WIDTH, WIDTH)))[0] for _ in range(10)]
x = rng.normal(size=(ROWS, WIDTH))
passed = np.arange(11)
through_sigmoid = gradient_norms(x, rotations, sigmoid)[::-1]
through_tanh = gradient_norms(x, rotations, np.tanh)[::-1]
bound = 0.25**passed
assert (through_sigmoid <= bound * (1 + 1e-9)).all()
fig, ax = plt.subplots(figsize=(6.4, 3.8))
ax.semilogy(passed, bound, color=GREY, ls="--", label="bound: 0.25^d")
ax.semilogy(passed, through_sigmoid, "o", color=ORANGE, label="measured: sigmoid")
ax.semilogy(passed, through_tanh, "s", color=BLUE, label="measured: tanh")
ax.set(
    xlabel="activation functions passed on the way back",
    ylabel="norm of the gradient",
    title="Ten activations",
)
ax.legend()
show_figure(
    "Norm of the gradient against the number of sigmoids passed, on a logarithmic axis: circles "
    "fall from 1 to about 5e-7 after ten, just below the dashed line of the bound; squares for "
    "tanh fall to about 0.3."
)

# %% [markdown]
# *What to see.* After ten sigmoids less than a millionth is left, as lesson 02 promised. The circles lie a
# little below the line, because not every unit sits where its sigmoid is steepest. tanh has slope 1 at 0, and
# loses far less. No choice of rate mends this: a rate is one number for all layers, and the last layer needs
# one a million times smaller than the first.

# %% [markdown]
# ## 3. Xavier: keep the variance
#
# Take one unit without its activation function: $z = \sum_i x_i w_i$, a sum of $n_{\text{in}}$ products. That number of inputs is the
# **fan-in**; the number of units that each input goes to, $n_{\text{out}}$, is the **fan-out**. Let the weights
# be independent of each other and of the inputs, with mean 0 and variance $\operatorname{Var}(w)$. Then the cross
# terms drop out, and
#
# $$\operatorname{Var}(z) = n_{\text{in}}\,\operatorname{Var}(w)\,\operatorname{E}[x^2]$$
#
# where $\operatorname{E}$ is the mean over all draws. To keep the size of the numbers on the way forward,
# $n_{\text{in}}\operatorname{Var}(w)$ has to be 1.
#
# On the way back, the gradient of an input is a sum over the $n_{\text{out}}$ units that it went to, so there
# $n_{\text{out}}\operatorname{Var}(w)$ has to be 1. Where the two fans differ you cannot have both. Glorot and
# Bengio took the middle:
#
# $$\operatorname{Var}(w) = \frac{2}{n_{\text{in}} + n_{\text{out}}}$$
#
# They drew from a *uniform* distribution on $[-a, a]$. Its variance is $a^2/3$: the mean of $w^2$ over the
# interval. Set that equal to the middle, and solve for $a$.
#
# ### Exercise: `xavier_uniform` (8 minutes, difficulty 2 of 5)
#
# You are graded by the distribution of many draws, by their shape, and by this: the draws come from `rng`
# and from nothing else. Which of its methods you use, and in which order, is your choice.


# %% nbgrader={"grade": false, "grade_id": "xavier_uniform", "locked": false, "schema_version": 3, "solution": true, "task": false}
def xavier_uniform(fan_in, fan_out, rng):
    """Weights from a uniform distribution around 0, with variance 2 / (fan_in + fan_out).

    Args:
        fan_in, fan_out: the numbers of inputs and of units, ints >= 1.
        rng: numpy.random.Generator, the only source of randomness; it moves on, so that a second call
            gives other weights.

    Returns:
        W: float64 (fan_in, fan_out), independent draws.

    Source: Glorot and Bengio, Understanding the Difficulty of Training Deep Feedforward Neural Networks
        (2010), equation 16.
    """
    ### BEGIN SOLUTION
    bound = np.sqrt(6 / (fan_in + fan_out))
    return rng.uniform(-bound, bound, size=(fan_in, fan_out))
    ### END SOLUTION


# %% nbgrader={"grade": true, "grade_id": "test_xavier_uniform", "locked": true, "points": 2, "schema_version": 3, "solution": false, "task": false}
# Bands of at least eight standard deviations: a right answer fails less than once in 1e12 draws.
_W = xavier_uniform(200, 600, np.random.default_rng(0))
assert _W.shape == (200, 600), "a row for every input, a column for every unit"
assert abs(_W.mean()) < 0.001, "as often negative as positive"
assert abs(_W.var() / (2 / 800) - 1) < 0.03, "the variance is 2 / (fan_in + fan_out) = 0.0025"
assert np.abs(_W).max() <= 0.0867, "uniform: nothing beyond a, and a**2 / 3 = 0.0025"
assert np.abs(_W).max() > 0.0865, "and the draws come close to a"
_again = xavier_uniform(200, 600, np.random.default_rng(0))
assert np.array_equal(_W, _again), "the same seed, the same weights"
_other = xavier_uniform(200, 600, np.random.default_rng(1))
assert not np.array_equal(_W, _other), "another seed, other weights"
### BEGIN HIDDEN TESTS
from autograder.hidden.signal import grade

grade("xavier_uniform")
### END HIDDEN TESTS

# %% [markdown]
# <details><summary>Hint 1: direction</summary>
#
# Two formulas stand above: the variance that you want, and the variance of a uniform distribution on
# $[-a, a]$. What is $a$?
# </details>
#
# <details><summary>Hint 2: method</summary>
#
# $a^2/3 = 2/(n_{\text{in}} + n_{\text{out}})$. `rng.uniform(low, high, size=...)` takes the two ends of the interval.
# </details>
#
# <details><summary>Hint 3: almost the line</summary>
#
# The bound is the root of 6 over the sum of the two fans. Draw from minus the bound to the bound, with
# fan-in rows and fan-out columns.
# </details>

# %% [markdown]
# ### The look
#
# Left, your draws over the rectangle that they should fill. Right, what they do in fifty layers, with no
# activation function and with tanh.

# %% jupyter={"source_hidden": true} tags=["demo"]
# Your Xavier weights as a histogram, and what they do in fifty layers.
rng = np.random.default_rng(0)
W = xavier_uniform(200, 600, rng)
edge = np.sqrt(6 / 800)
x = rng.normal(size=(ROWS, WIDTH))
weights = [xavier_uniform(WIDTH, WIDTH, rng) for _ in range(DEPTH)]
fig, (left, right) = plt.subplots(1, 2, figsize=(9.4, 3.7), layout="constrained")
left.hist(W.ravel(), bins=60, density=True, histtype="step", color=BLUE, lw=2, label="your draws")
corners = [-edge, -edge, edge, edge]
left.plot(corners, [0, 0.5 / edge, 0.5 / edge, 0], color="black", ls="--", label="theory")
left.set(xlabel="weight", ylabel="density", title="xavier_uniform(200, 600)", ylim=(0, 8))
left.legend(loc="upper right")
flat, falling = np.ones(DEPTH), 1 / np.sqrt(1 + 2 * layers)
for activation, name, theory, color, marker in (
    (identity, "no activation", flat, GREEN, "o"),
    (np.tanh, "tanh", falling, BLUE, "s"),
    (relu, "relu", None, ORANGE, "^"),
):
    _, stds = forward_statistics(x, weights, activation)
    right.semilogy(layers[::2], stds[::2], marker, color=color, ms=5, label=name)
    if theory is not None:
        right.semilogy(layers, theory, color=color, ls="--", lw=1)
right.set(xlabel="layer", ylabel="standard deviation of h", title="Fifty layers, Xavier weights")
right.legend()
show_figure(
    "Left: a histogram of weights fills a flat rectangle between -0.087 and 0.087. Right: "
    "standard deviation by layer; without an activation function it stays near 1, with tanh it falls slowly along "
    "the dashed line one over the root of 1 + 2 l."
)

# %% [markdown]
# *What to see.* Without an activation function the size is kept, as derived. tanh squeezes a little at each layer: the
# numbers fall like $1/\sqrt{1 + 2l}$ (dashed), slowly enough to live with. With ReLU they fall on a
# straight line, and end below $10^{-7}$. Xavier counted the weights, and not the ReLU.

# %% [markdown]
# ## 4. He: count the ReLU as well
#
# ReLU sets one half of the numbers to 0. If $z$ is as often negative as positive, then
#
# $$\operatorname{E}[\operatorname{relu}(z)^2] = \tfrac12 \operatorname{Var}(z) = \tfrac12\, n_{\text{in}}\,\operatorname{Var}(w)\,\operatorname{E}[x^2]$$
#
# Half of the squares are gone at each layer, on the way back as well, where half of the gates are closed. To
# keep $\operatorname{E}[h^2]$ from layer to layer the weights have to make up for it:
#
# $$\operatorname{Var}(w) = \frac{2}{n_{\text{in}}}$$
#
# He and his co-authors drew from a *normal* distribution with mean 0. Fan-in alone is enough: fixing the
# forward pass leaves for the backward pass the factor $n_{\text{out}}/n_{\text{in}}$ a layer, which cancels along the network, up to
# its two ends.
#
# ### Exercise: `he_normal` (5 minutes, difficulty 1 of 5)


# %% nbgrader={"grade": false, "grade_id": "he_normal", "locked": false, "schema_version": 3, "solution": true, "task": false}
def he_normal(fan_in, fan_out, rng):
    """Weights from a normal distribution with mean 0 and variance 2 / fan_in, not truncated.

    Args:
        fan_in, fan_out: the numbers of inputs and of units, ints >= 1.
        rng: numpy.random.Generator, the only source of randomness; it moves on, so that a second call
            gives other weights.

    Returns:
        W: float64 (fan_in, fan_out), independent draws.

    Source: He, Zhang, Ren and Sun, Delving Deep into Rectifiers (2015), section 2.2, equation 10.
    """
    ### BEGIN SOLUTION
    return rng.normal(0.0, np.sqrt(2 / fan_in), size=(fan_in, fan_out))
    ### END SOLUTION


# %% nbgrader={"grade": true, "grade_id": "test_he_normal", "locked": true, "points": 1, "schema_version": 3, "solution": false, "task": false}
# Bands of at least seven standard deviations: a right answer fails less than once in 1e11 draws.
_W = he_normal(200, 600, np.random.default_rng(0))
assert _W.shape == (200, 600), "a row for every input, a column for every unit"
assert abs(_W.mean()) < 0.003, "as often negative as positive"
assert abs(_W.var() / (2 / 200) - 1) < 0.03, "the variance is 2 / fan_in = 0.01"
_within = np.mean(np.abs(_W) < 0.1)
assert abs(_within - 0.6827) < 0.01, "normal: 68 % of the draws lie within one deviation of 0"
assert np.abs(_W).max() > 0.35, "and some lie beyond three and a half"
_again = he_normal(200, 600, np.random.default_rng(0))
assert np.array_equal(_W, _again), "the same seed, the same weights"
_other = he_normal(200, 600, np.random.default_rng(1))
assert not np.array_equal(_W, _other), "another seed, other weights"
### BEGIN HIDDEN TESTS
from autograder.hidden.signal import grade

grade("he_normal")
### END HIDDEN TESTS

# %% [markdown]
# <details><summary>Hint 1: direction</summary>
#
# The formula gives a variance. What does NumPy's normal distribution want to be told?
# </details>
#
# <details><summary>Hint 2: method</summary>
#
# `rng.normal(loc, scale, size)` takes the *deviation* as its scale: the root of the variance, the whole
# fraction under the root.
# </details>
#
# <details><summary>Hint 3: almost the line</summary>
#
# Normal draws around 0, with the root of 2 over fan-in as scale, in fan-in rows and fan-out columns.
# </details>

# %% [markdown]
# ### Prediction: ten per cent too much
#
# The weights are He's times 1.1: every one of fifty layers is ten per cent too strong. By how much are the
# numbers too large at the end?
#
# - (a) by a factor of about 1.1
# - (b) by a factor of about 5
# - (c) by a factor of about 100

# %% nbgrader={"grade": false, "grade_id": "prediction_ten_percent", "locked": false, "schema_version": 3, "solution": true, "task": false}
### BEGIN SOLUTION
prediction_ten_percent = "c"
### END SOLUTION

# %% nbgrader={"grade": true, "grade_id": "test_prediction_ten_percent", "locked": true, "points": 1, "schema_version": 3, "solution": false, "task": false}
if prediction_ten_percent is None:
    raise NotImplementedError("prediction_ten_percent is not written yet")
letter = str(prediction_ten_percent).strip(" ().").lower()
assert letter in ("a", "b", "c"), "a prediction is one letter: a, b or c"
### BEGIN HIDDEN TESTS
from autograder.hidden.signal import grade

grade("prediction_ten_percent")
### END HIDDEN TESTS

# %% [markdown]
# ### The look
#
# Your He weights times 0.9, 1 and 1.1, over the theory: $\sqrt{1 - 1/\pi}\; k^l$ for the gain $k$, where
# $\sqrt{1 - 1/\pi} = 0.83$ is the deviation of the positive half of a normal distribution of variance 2. Move
# the slider, if your notebook shows one.

# %% jupyter={"source_hidden": true} tags=["demo", "nbval-ignore-output", "prediction_ten_percent"]
# The spread through fifty layers for three gains, then a slider for the gain.
from IPython.display import display

rng = np.random.default_rng(2)
x = rng.normal(size=(ROWS, WIDTH))
he_weights = [he_normal(WIDTH, WIDTH, rng) for _ in range(DEPTH)]


def stds_with_gain(gain):
    """Standard deviation by layer for He weights times a gain, measured and in theory."""
    _, stds = forward_statistics(x, [gain * W for W in he_weights], relu)
    return np.array(stds), np.sqrt(1 - 1 / np.pi) * gain ** np.arange(1, DEPTH + 1)


def draw_gain(ax, gain, color, marker):
    """Measured deviations as marks, theory as a dashed line."""
    stds, theory = stds_with_gain(gain)
    ax.semilogy(layers, theory, color=color, ls="--", lw=1)
    ax.semilogy(layers, stds, marker, color=color, ms=4, label=f"He times {gain:g}")


def picture_of_gain(gain):
    """One figure as an image, for the slider."""
    fig, ax = plt.subplots(figsize=(6.4, 3.8))
    draw_gain(ax, gain, ORANGE, "o")
    ax.set(xlabel="layer", ylabel="standard deviation of h", ylim=(1e-8, 1e8))
    ax.legend(loc="upper left")
    return image_of(
        fig, f"Standard deviation by layer with gain {gain:.2f}, measured and in theory."
    )


fig, ax = plt.subplots(figsize=(6.8, 4.0))
for gain, color, marker in ((1.1, RED, "^"), (1.0, GREEN, "o"), (0.9, BLUE, "s")):
    draw_gain(ax, gain, color, marker)
    measured, theory = stds_with_gain(gain)
    assert 0.2 < measured[-1] / theory[-1] < 5  # 256 units are not infinitely many
ax.set(
    xlabel="layer", ylabel="standard deviation of h", title="A gain of ten per cent, fifty times"
)
ax.legend()
show_figure(
    "Standard deviation by layer on a logarithmic axis for three gains. Gain 1.1 rises to about "
    "100, gain 1 stays between 0.8 and 1.5, gain 0.9 falls to about 0.004; the marks wander around "
    "the dashed lines of theory, which begin at 0.83."
)
try:
    from ipywidgets import HTML, FloatSlider, VBox

    picture = HTML(value=picture_of_gain(1.1))
    slider = FloatSlider(value=1.1, min=0.7, max=1.4, step=0.05, description="gain")
    slider.continuous_update = False
    slider.observe(
        lambda change: setattr(picture, "value", picture_of_gain(change["new"])), "value"
    )
    display(VBox([slider, picture]))
except ImportError:
    print("Install ipywidgets for a slider; the figure above has three of its positions.")

# %% [markdown]
# *What to see.* The factors of the layers multiply. A gain of 2 would make it $2^{50} = 10^{15}$. The marks wander around the lines, because 256 units are a finite sample.

# %% [markdown]
# ## 5. The same weights, on the way back
#
# Now the figure that this lesson is about. It shows the norm of the gradient at each layer of fifty, on a
# logarithmic axis. A gradient of norm 1 starts at the last layer, on the right, and you read it to the left. The
# weights are normal with deviation 0.01, Xavier's (yours), He's (yours), and normal with deviation 1.
#
# Theory says that each ReLU layer passes on a factor of $\sqrt{n_{\text{out}} \operatorname{Var}(w)/2}$, which is the dashed
# line: half of the gates are closed, and $n_{\text{out}}$ units send a gradient back. The gradient of a layer's weights
# is made of this gradient and of the layer's input. What is lost here is lost for learning.


# %% jupyter={"source_hidden": true} tags=["setup"]
# Given: four starts, and what draws the gradient's norm layer by layer.
def draw_flow(ax, norms, factor, color, marker, label):
    """Gradient norms as marks, and as a line what theory says: a factor for every layer, or one for
    all."""
    places, factors = np.arange(DEPTH + 1), np.broadcast_to(factor, DEPTH)
    theory = np.append(np.cumprod(factors[::-1])[::-1], 1.0)
    ax.semilogy(places, theory, color=color, ls="--", lw=1)
    hollow = {"mfc": "none", "ms": 7} if marker == "s" else {"ms": 4.5}
    ax.semilogy(places[::2], norms[::2], marker, color=color, label=label, **hollow)


def four_starts(rng):
    """Label -> fifty weight matrices, the factor a layer in theory, a colour and a marker."""
    he = [he_normal(WIDTH, WIDTH, rng) for _ in range(DEPTH)]
    xavier = [xavier_uniform(WIDTH, WIDTH, rng) for _ in range(DEPTH)]
    large, small = square_weights(rng, 1.0), square_weights(rng, 0.01)
    return {
        "deviation 1": (large, np.sqrt(WIDTH / 2), RED, "^"),
        "He": (he, 1.0, GREEN, "o"),
        "Xavier": (xavier, np.sqrt(1 / 2), BLUE, "s"),
        "deviation 0.01": (small, 0.01 * np.sqrt(WIDTH / 2), ORANGE, "v"),
    }


# %% jupyter={"source_hidden": true} tags=["demo"]
# The gradient on its way back through fifty layers, from four starts.
rng = np.random.default_rng(0)
x, starts = rng.normal(size=(ROWS, WIDTH)), four_starts(rng)
fig, ax = plt.subplots(figsize=(7.2, 4.3))
for name, (weights, factor, color, marker) in starts.items():
    draw_flow(ax, gradient_norms(x, weights, relu), factor, color, marker, name)
ax.set(
    xlabel="layer", ylabel="norm of the gradient", title="Before: fifty ReLU layers, four starts"
)
ax.legend(loc="upper right")
show_figure(
    "Norm of the gradient against the layer on a logarithmic axis from 1e-50 to 1e50. Read from "
    "the right: He stays flat at 1, Xavier falls to about 1e-8, deviation 0.01 falls to about "
    "1e-47, deviation 1 rises to 1e53. Marks on dashed lines."
)

# %% [markdown]
# *What to see.* With deviation 0.01 the first layer gets $10^{-47}$ of the gradient: its weights never move.
# With deviation 1 the first step makes them useless. He's line is flat. Xavier's loses a factor $\sqrt2$ a layer, which five layers forgive and fifty do not.

# %% [markdown]
# ## 6. Three repairs
#
# He's weights are right on the first day. Training moves them, and nothing keeps them right. Three ideas make
# a network that carries its signal whatever the weights are.
#
# **A road past the layer.** A *residual* block returns $h + f(h)$. Its local derivative is $1 + f'(h)$: however
# small $f'$ is, the 1 remains. Blame walks straight home.
#
# **Batch norm.** Measure each feature's mean and variance over the batch, and scale the feature to mean 0 and
# variance 1. If the numbers are rescaled at every layer they cannot drift.
#
# **Layer norm.** The same along the other axis: each row on its own, over its features.
#
# Both normalisations then let the network choose a scale $\gamma$ and a shift $\beta$ for each feature.

# %% jupyter={"source_hidden": true} tags=["demo"]
# Which numbers share their statistics in batch norm, and which in layer norm.
fig, axes = plt.subplots(1, 2, figsize=(8, 2.9), layout="constrained")
for ax, title in zip(axes, ("batch norm: down a column", "layer norm: along a row"), strict=True):
    shade = np.zeros((6, 8))
    if title.startswith("batch"):
        shade[:, 2] = 1
        ax.annotate("", (2, 5.3), (2, -0.3), arrowprops={"arrowstyle": "->", "lw": 2.5})
    else:
        shade[2, :] = 1
        ax.annotate("", (7.3, 2), (-0.3, 2), arrowprops={"arrowstyle": "->", "lw": 2.5})
    ax.imshow(shade, cmap="Blues", vmin=0, vmax=1.8, aspect="auto")
    ax.set_xticks(np.arange(-0.5, 8), minor=True)
    ax.set_yticks(np.arange(-0.5, 6), minor=True)
    ax.grid(which="minor", color="black", lw=0.6)
    ax.tick_params(which="both", length=0, labelbottom=False, labelleft=False)
    ax.set(xlabel="features (D)", ylabel="rows (N)", title=title)
show_figure(
    "Two tables of 6 rows and 8 columns. In the left one, batch norm, one column is shaded: "
    "statistics over the rows, one feature at a time. In the right one, layer norm, one row is "
    "shaded: statistics over the features, one row at a time."
)

# %% [markdown]
# *What to see.* One mean and one variance for each column, or for each row. A row of batch norm depends on
# who else is in the batch; a row of layer norm does not.

# %% [markdown]
# ### Prediction: a hundred times the weights
#
# A layer computes batch norm of $xW$. You multiply $W$ by 100 (and `eps` is negligible). What happens to the
# gradient of the loss with respect to $x$?
#
# - (a) nothing: it stays the same
# - (b) it is 100 times as large
# - (c) it is a hundredth

# %% nbgrader={"grade": false, "grade_id": "prediction_scaled_weights", "locked": false, "schema_version": 3, "solution": true, "task": false}
### BEGIN SOLUTION
prediction_scaled_weights = "a"
### END SOLUTION

# %% nbgrader={"grade": true, "grade_id": "test_prediction_scaled_weights", "locked": true, "points": 1, "schema_version": 3, "solution": false, "task": false}
if prediction_scaled_weights is None:
    raise NotImplementedError("prediction_scaled_weights is not written yet")
letter = str(prediction_scaled_weights).strip(" ().").lower()
assert letter in ("a", "b", "c"), "a prediction is one letter: a, b or c"
### BEGIN HIDDEN TESTS
from autograder.hidden.signal import grade

grade("prediction_scaled_weights")
### END HIDDEN TESTS

# %% [markdown]
# ### Batch norm, both ways
#
# For a batch $x$ $(N, D)$, feature by feature (all statistics over the $N$ rows):
#
# $$\mu = \frac1N \sum_n x_n \qquad \sigma^2 = \frac1N \sum_n (x_n - \mu)^2 \qquad \hat x_n = \frac{x_n - \mu}{\sqrt{\sigma^2 + \varepsilon}} \qquad \text{out}_n = \gamma\,\hat x_n + \beta$$
#
# $\mu$, $\sigma^2$, $\gamma$ and $\beta$ have shape $(D,)$; $\varepsilon$ is a small number *inside* the root that
# keeps a constant feature from being 0/0.
#
# Later the network must judge one row alone, and one row has no variance. So training also keeps running
# averages, and evaluation uses those instead of $\mu$ and $\sigma^2$:
#
# $$\bar\mu \leftarrow (1 - \rho)\,\bar\mu + \rho\,\mu \qquad \bar\sigma^2 \leftarrow (1 - \rho)\,\bar\sigma^2 + \rho\,\tfrac{N}{N-1}\,\sigma^2$$
#
# $\rho$ is `momentum`: how much the new batch counts, 0.1 by default. Other libraries give the name to the other
# weight, $1 - \rho$. The factor $N/(N-1)$ makes the variance unbiased: this one estimates the variance of all
# data, and a sample measured from its own mean looks too narrow. PyTorch does the same.
#
# On the way back, write $G$ for `dout`. Every $x_n$ has three roads to the loss: its own, through $\mu$, and
# through $\sigma^2$. The last two subtract something:
#
# $$\frac{\partial L}{\partial x_n} = \frac{\gamma}{\sqrt{\sigma^2 + \varepsilon}} \Bigl( G_n - \frac1N\sum_k G_k - \hat x_n\,\frac1N \sum_k G_k \hat x_k \Bigr) \qquad \frac{\partial L}{\partial \gamma} = \sum_n G_n \hat x_n \qquad \frac{\partial L}{\partial \beta} = \sum_n G_n$$
#
# ### Exercise: `batchnorm_forward`, `batchnorm_backward` (30 minutes, difficulty 4 of 5)
#
# In training the batch has two rows or more: with one, $N/(N-1)$ is 1/0. In evaluation one row is enough.


# %% nbgrader={"grade": false, "grade_id": "batchnorm_forward__batchnorm_backward", "locked": false, "schema_version": 3, "solution": true, "task": false}
def batchnorm_forward(
    x, gamma, beta, running_mean, running_var, momentum=0.1, eps=1e-5, training=True
):
    """Batch normalisation of the features of a batch.

    In training the batch's own mean and biased variance normalise it, and the running averages move
    towards its mean and its unbiased variance. In evaluation the running averages normalise, and stay.

    Args:
        x: float64 (N, D); N >= 2 in training, N >= 1 in evaluation.
        gamma, beta: float64 (D,), scale and shift; any numbers, 0 included.
        running_mean, running_var: float64 (D,). None of the arrays is modified.
        momentum: the weight of the new batch in the running averages, from 0 to 1.
        eps: added to the variance, inside the root, > 0.
        training: whether the batch's own statistics are used.

    Returns:
        (out, cache, running_mean, running_var): out float64 (N, D), whatever `batchnorm_backward` needs,
        and the running averages (D,): new arrays in training, unchanged in evaluation (where they may be
        the arrays given).

    Source: Ioffe and Szegedy, Batch Normalization (2015), algorithms 1 and 2; the convention of
        momentum is that of torch.nn.BatchNorm1d.
    """
    ### BEGIN SOLUTION
    mean, var = running_mean, running_var
    if training:
        n = len(x)
        mean, var = x.mean(axis=0), x.var(axis=0)
        running_mean = (1 - momentum) * running_mean + momentum * mean
        running_var = (1 - momentum) * running_var + momentum * (var * n / (n - 1))
    inv_std = 1 / np.sqrt(var + eps)
    xhat = (x - mean) * inv_std
    out = gamma * xhat + beta
    return out, (xhat, gamma, inv_std), running_mean, running_var
    ### END SOLUTION


def batchnorm_backward(dout, cache):
    """The gradients of a batch normalisation in training.

    Several caches may be outstanding, a backward may be called twice on one, and nothing is modified.

    Args:
        dout: float64 (N, D), the gradient of the loss with respect to `out`.
        cache: what a `batchnorm_forward` with training=True returned beside that `out`.

    Returns:
        (dx, dgamma, dbeta), new arrays of shapes (N, D), (D,) and (D,). The mean and the variance
        depend on x, and dx knows it. The running averages are no part of the loss.

    Source: Ioffe and Szegedy, Batch Normalization (2015), section 3.
    """
    ### BEGIN SOLUTION
    xhat, gamma, inv_std = cache
    n = len(dout)
    dbeta = dout.sum(axis=0)
    dgamma = (dout * xhat).sum(axis=0)
    own_road = dout - dbeta / n - xhat * (dgamma / n)
    return gamma * inv_std * own_road, dgamma, dbeta
    ### END SOLUTION


# %% nbgrader={"grade": true, "grade_id": "test_batchnorm_forward__batchnorm_backward", "locked": true, "points": 4, "schema_version": 3, "solution": false, "task": false}
_x = np.array([[1.0, 10.0], [3.0, 10.0], [5.0, 40.0]])
_mean, _var = np.array([1.0, 0.0]), np.array([1.0, 4.0])
_one, _zero = np.ones(2), np.zeros(2)
_out, _, _rm, _rv = batchnorm_forward(_x, _one, _zero, _mean, _var)
assert _out.shape == (3, 2), "out has the shape of x"
assert np.allclose(_out.mean(axis=0), 0), "in training every feature of the batch has mean 0"
assert np.allclose(_out.var(axis=0), 1, atol=1e-4), "and variance 1, the biased one"
assert np.allclose(_rm, [1.2, 2.0]), "0.9 of the old running mean, 0.1 of the batch's: 3 and 20"
assert np.allclose(_rv, [1.3, 33.6]), "the running variance counts the unbiased ones: 4 and 300"
assert np.array_equal(_mean, [1.0, 0.0]), "the running mean that was given stays as it was"

_out, _, _rm, _rv = batchnorm_forward(
    _x[:1], 2 * _one, _one, _mean, _var, eps=1e-12, training=False
)
assert np.allclose(_out, [[1.0, 11.0]]), "in evaluation: 2 (x - running mean) / running std + 1"
assert np.array_equal(_rm, _mean), "and the running mean comes back unchanged"
assert np.array_equal(_rv, _var), "so does the running variance"


def _loss(x, gamma, beta):
    """A loss whose gradient with respect to out is _dout."""
    return np.sum(_dout * batchnorm_forward(x, gamma, beta, _mean, _var, eps=0.5)[0])


_dout = np.array([[1.0, -2.0], [0.5, 1.0], [-2.0, 3.0]])
_gamma, _beta = np.array([1.5, -0.5]), np.array([0.2, 0.1])
_, _cache, _, _ = batchnorm_forward(_x, _gamma, _beta, _mean, _var, eps=0.5)
_dx, _dgamma, _dbeta = batchnorm_backward(_dout, _cache)
assert np.allclose(_dbeta, [-0.5, 2.0]), "dbeta adds up the gradients of the rows"
_up, _down = _gamma + np.array([1e-5, 0]), _gamma - np.array([1e-5, 0])
_nudged = (_loss(_x, _up, _beta) - _loss(_x, _down, _beta)) / 2e-5
assert np.isclose(_dgamma[0], _nudged), "dgamma is what nudging gamma gives"
for _n, _d in ((0, 0), (1, 1), (2, 0)):
    _step = np.zeros((3, 2))
    _step[_n, _d] = 1e-5
    _nudged = (_loss(_x + _step, _gamma, _beta) - _loss(_x - _step, _gamma, _beta)) / 2e-5
    assert np.isclose(_dx[_n, _d], _nudged, atol=1e-7), (
        "dx is what nudging x gives: mean and variance move along"
    )
### BEGIN HIDDEN TESTS
from autograder.hidden.signal import grade

grade("batchnorm_forward__batchnorm_backward")
### END HIDDEN TESTS

# %% [markdown]
# <details><summary>Hint 1: direction</summary>
#
# Write the forward in two steps. Which mean and variance normalise (two cases)? And what comes back as running
# averages (two cases)? Then look at the formula of the gradient: what does it need from the way forward?
# </details>
#
# <details><summary>Hint 2: method</summary>
#
# `x.mean(axis=0)` and `x.var(axis=0)` are over the rows, and `var` divides by N. The unbiased variance is that
# times N / (N - 1). Cache the normalised x, gamma, and one over the root. Make new running averages: do not
# write `+=` or `*=` on those that were given.
# </details>
#
# <details><summary>Hint 3: almost the line</summary>
#
# `dbeta` is the sum of `dout` over the rows, `dgamma` the sum of `dout` times the normalised x. For `dx`: from
# `dout` take away the mean over the rows of `dout`, and the normalised x times the mean over the rows of `dout`
# times it; multiply all of that by gamma and by the cached one over the root.
# </details>

# %% [markdown]
# ### The look
#
# First your prediction: the same layer with $W$ and with $100\,W$. Then a running average on its way: batches of
# 32 rows from a distribution with mean 3 and variance 4, and where the two averages go.

# %% jupyter={"source_hidden": true} tags=["demo", "prediction_scaled_weights"]
# The gradients of W and of 100 W, and the running averages on their way.
rng = np.random.default_rng(4)
x, W, dout = rng.normal(size=(16, 6)), rng.normal(size=(6, 5)), rng.normal(size=(16, 5))
one, zero = np.ones(5), np.zeros(5)
to_x, to_W = {}, {}
for scale in (1, 100):
    _, cache, _, _ = batchnorm_forward(x @ (scale * W), one, zero, zero, one, eps=1e-12)
    to_z = batchnorm_backward(dout, cache)[0]
    to_x[scale], to_W[scale] = to_z @ (scale * W).T, x.T @ to_z
print(f"dx unchanged: {np.allclose(to_x[1], to_x[100])}")
print(f"dW a hundredth: {np.allclose(to_W[1], 100 * to_W[100])}")
history = [(0.0, 1.0)]
for _ in range(60):
    batch = 3 + 2 * rng.normal(size=(32, 1))
    mean, var = (np.array([value]) for value in history[-1])
    _, _, mean, var = batchnorm_forward(batch, np.ones(1), np.zeros(1), mean, var)
    history.append((mean[0], var[0]))
steps = np.arange(61)
fig, (left, right) = plt.subplots(1, 2, figsize=(9.4, 3.7), layout="constrained")
left.axline((0, 0), slope=1, color="0.7", lw=5, label="equal")
left.plot(to_x[1].ravel(), to_x[100].ravel(), "o", color=BLUE, mec="black", ms=5)
left.set(xlabel="dx with W", ylabel="dx with 100 W", title="Batch norm forgets the scale")
left.legend()
for which, (name, start, end, color, marker) in enumerate(
    (("mean", 0, 3, BLUE, "o"), ("variance", 1, 4, ORANGE, "s"))
):
    values = [pair[which] for pair in history]
    right.plot(steps, end + (start - end) * 0.9**steps, color=color, ls="--", lw=1)
    right.plot(steps[::3], values[::3], marker, color=color, ms=5, label=f"running {name}")
right.set(xlabel="batches seen", ylabel="value", title="The memory that evaluation uses")
right.legend()
show_figure(
    "Left: gradients with respect to x for W against those for 100 W: all points on the diagonal. "
    "Right: running mean and running variance over 60 batches, approaching 3 and 4 along dashed "
    "exponential curves."
)

# %% [markdown]
# *What to see.* Left: $100W$ makes the numbers a hundred times as large, and batch norm divides by a
# hundred times as large a deviation. On the way back to $x$, the gradient meets the same two factors.
# The gradient of $W$ meets only the division: it is a hundredth of what it was. Large weights in front of a
# batch norm take small steps. Right, each average
# closes a tenth of its distance with every batch (dashed: without noise). After ten batches a third of the
# starting value is still in it: evaluate too early, and you evaluate with 0 and 1.

# %% [markdown]
# ### Layer norm
#
# Layer norm takes the mean and the variance of each row over its $D$ features. It needs no other rows: no
# running averages, no difference between training and evaluation, no trouble with a batch of one. Language
# models use it, with a batch of sentences $(N, T, D)$: every position is normalised by itself.
#
# $$\hat x = \frac{x - \mu}{\sqrt{\sigma^2 + \varepsilon}} \qquad \text{out} = \gamma\,\hat x + \beta \qquad \mu, \sigma^2 \text{ over the last axis}$$
#
# $$\frac{\partial L}{\partial x} = \frac{1}{\sqrt{\sigma^2 + \varepsilon}} \Bigl( g - \overline{g} - \hat x\;\overline{g\,\hat x} \Bigr) \qquad g = \gamma\, G$$
#
# The bar is the mean over the last axis. Mind the place of $\gamma$: it differs from feature to feature, so it
# goes in *before* the means are taken. $\gamma$ and $\beta$ are shared by every row and every position, and
# their gradients add up over all leading axes.
#
# ### Exercise: `layernorm_forward`, `layernorm_backward` (20 minutes, difficulty 3 of 5)


# %% nbgrader={"grade": false, "grade_id": "layernorm_forward__layernorm_backward", "locked": false, "schema_version": 3, "solution": true, "task": false}
def layernorm_forward(x, gamma, beta, eps=1e-5):
    """Layer normalisation over the last axis.

    Args:
        x: float64 (..., D), with one leading axis or more; not modified.
        gamma, beta: float64 (D,), scale and shift; any numbers, 0 included; not modified.
        eps: added to the biased variance, inside the root, > 0.

    Returns:
        (out, cache): out float64 of the shape of x, and whatever `layernorm_backward` needs.

    Source: Ba, Kiros and Hinton, Layer Normalization (2016), section 3.
    """
    ### BEGIN SOLUTION
    mean = x.mean(axis=-1, keepdims=True)
    var = x.var(axis=-1, keepdims=True)
    inv_std = 1 / np.sqrt(var + eps)
    xhat = (x - mean) * inv_std
    return gamma * xhat + beta, (xhat, gamma, inv_std)
    ### END SOLUTION


def layernorm_backward(dout, cache):
    """The gradients of a layer normalisation.

    Several caches may be outstanding, a backward may be called twice on one, and nothing is modified.

    Args:
        dout: float64 of the shape of x, the gradient of the loss with respect to `out`.
        cache: what `layernorm_forward` returned beside that `out`.

    Returns:
        (dx, dgamma, dbeta), new arrays: dx of the shape of x, dgamma and dbeta (D,), summed over all
        leading axes.

    Source: Ba, Kiros and Hinton, Layer Normalization (2016), section 3; the gradient is that of Ioffe
        and Szegedy (2015), section 3, along the other axis.
    """
    ### BEGIN SOLUTION
    xhat, gamma, inv_std = cache
    leading = tuple(range(dout.ndim - 1))
    dbeta = dout.sum(axis=leading)
    dgamma = (dout * xhat).sum(axis=leading)
    g = gamma * dout
    along_mean = g.mean(axis=-1, keepdims=True)
    along_std = xhat * (g * xhat).mean(axis=-1, keepdims=True)
    return inv_std * (g - along_mean - along_std), dgamma, dbeta
    ### END SOLUTION


# %% nbgrader={"grade": true, "grade_id": "test_layernorm_forward__layernorm_backward", "locked": true, "points": 4, "schema_version": 3, "solution": false, "task": false}
_x = np.array([[[1.0, 2.0, 6.0], [0.0, 3.0, 0.0]], [[-1.0, 1.0, 5.0], [2.0, 2.0, 8.0]]])
_gamma, _beta = np.array([1.0, 2.0, -1.0]), np.array([0.0, 0.5, 1.0])
_out, _cache = layernorm_forward(_x, np.ones(3), np.zeros(3), eps=1e-9)
assert _out.shape == _x.shape, "out has the shape of x, here (2, 2, 3)"
assert np.allclose(_out.mean(axis=-1), 0), "every row of features has mean 0"
assert np.allclose(_out.var(axis=-1), 1), "and variance 1, the biased one"
_alone, _ = layernorm_forward(_x[1:, 1:], np.ones(3), np.zeros(3), eps=1e-9)
assert np.allclose(_alone, _out[1:, 1:]), "a row does not depend on the others of its batch"
_scaled, _ = layernorm_forward(_x, _gamma, _beta, eps=1e-9)
assert np.allclose(_scaled, _gamma * _out + _beta), "feature by feature: gamma scales, beta shifts"


def _loss(x, gamma, beta):
    """A loss whose gradient with respect to out is _dout."""
    return np.sum(_dout * layernorm_forward(x, gamma, beta, eps=0.5)[0])


_dout = np.array([[[1.0, -1.0, 2.0], [0.5, 0.0, 1.0]], [[-1.0, 2.0, 0.0], [3.0, 1.0, -2.0]]])
_, _cache = layernorm_forward(_x, _gamma, _beta, eps=0.5)
_dx, _dgamma, _dbeta = layernorm_backward(_dout, _cache)
assert _dgamma.shape == (3,), "dgamma has the shape of gamma: all leading axes are added up"
assert np.allclose(_dbeta, [3.5, 2.0, 1.0]), "dbeta adds up the gradients of every row and position"
_up, _down = _gamma + np.array([0, 1e-5, 0]), _gamma - np.array([0, 1e-5, 0])
_nudged = (_loss(_x, _up, _beta) - _loss(_x, _down, _beta)) / 2e-5
assert np.isclose(_dgamma[1], _nudged), "dgamma is what nudging gamma gives"
for _index in ((0, 0, 0), (0, 1, 2), (1, 1, 1)):
    _step = np.zeros(_x.shape)
    _step[_index] = 1e-5
    _nudged = (_loss(_x + _step, _gamma, _beta) - _loss(_x - _step, _gamma, _beta)) / 2e-5
    assert np.isclose(_dx[_index], _nudged, atol=1e-7), "dx is what nudging x gives"
### BEGIN HIDDEN TESTS
from autograder.hidden.signal import grade

grade("layernorm_forward__layernorm_backward")
### END HIDDEN TESTS

# %% [markdown]
# <details><summary>Hint 1: direction</summary>
#
# It is batch norm along the other axis, without the memory. Which of its lines change, and which axis does
# each sum run over now?
# </details>
#
# <details><summary>Hint 2: method</summary>
#
# `axis=-1, keepdims=True` keeps a row's statistics aligned with the row, whatever the number of axes. The
# leading axes are `tuple(range(dout.ndim - 1))`; or reshape to two axes first.
# </details>
#
# <details><summary>Hint 3: almost the line</summary>
#
# Let `g` be gamma times `dout`. `dx` is one over the root, times: `g`, minus its mean along the last axis,
# minus the normalised x times the mean along the last axis of `g` times it.
# </details>

# %% [markdown]
# ### The look
#
# Every entry of the gradients of both your normalisations, against PyTorch's.

# %% jupyter={"source_hidden": true} tags=["demo"]
# Your gradients of both normalisations against PyTorch's.
try:
    import torch
except ImportError:
    print("torch is not installed: this comparison is skipped. You need PyTorch from lesson 09 on.")
else:
    rng = np.random.default_rng(6)
    x, dout = rng.normal(size=(8, 5)), rng.normal(size=(8, 5))
    gamma, beta = rng.normal(size=5), rng.normal(size=5)
    _, note, _, _ = batchnorm_forward(x, gamma, beta, np.zeros(5), np.ones(5))
    yours = {"batch norm": batchnorm_backward(dout, note)}
    yours["layer norm"] = layernorm_backward(dout, layernorm_forward(x, gamma, beta)[1])
    calls = {
        "batch norm": lambda x, g, b: torch.nn.functional.batch_norm(
            x, None, None, g, b, training=True
        ),
        "layer norm": lambda x, g, b: torch.nn.functional.layer_norm(x, (5,), g, b),
    }
    fig, axes = plt.subplots(1, 2, figsize=(9, 3.9), layout="constrained")
    for ax, (name, call) in zip(axes, calls.items(), strict=True):
        leaves = [torch.tensor(array, requires_grad=True) for array in (x, gamma, beta)]
        call(*leaves).backward(torch.tensor(dout))
        theirs = [leaf.grad.numpy() for leaf in leaves]
        ax.axline((0, 0), slope=1, color="0.7", lw=5, zorder=0)
        marks = zip(("dx", "dgamma", "dbeta"), "os^", (BLUE, ORANGE, "black"), strict=True)
        for (what, marker, color), mine, other in zip(marks, yours[name], theirs, strict=True):
            ax.plot(other.ravel(), mine.ravel(), marker, color=color, mec="black", label=what)
        ax.set(xlabel="PyTorch's", ylabel="yours", title=name)
        ax.legend()
        close = all(np.allclose(m, o, atol=1e-12) for m, o in zip(yours[name], theirs, strict=True))
        print(f"{name}: equal to 12 digits: {close}")
    show_figure(
        "Two scatter plots of your gradients against PyTorch's, for batch norm and for layer norm: "
        "circles for dx, squares for dgamma, triangles for dbeta, all on the diagonal."
    )

# %% [markdown]
# *What to see.* In each picture 40 circles, five squares and five triangles, all on the line. A `dx` that forgot
# that mean and variance move would put the circles beside it.

# %% [markdown]
# ## 7. After
#
# Now the same figure as in section 5, with the repairs. The weights are the worst of the four, deviation 0.01,
# without any tuning. Only what stands between them is new: your batch norm, your layer norm, or a road past
# each layer.
#
# Each repair has a theory, drawn dashed: the factor that one layer passes on.
#
# - Layer norm divides by the deviation of the row, which is what the weights multiplied by: factor 1.
# - The residual road passes on everything, and the branch adds a little: $\sqrt{1 + \tfrac12 n_{\text{out}}\operatorname{Var}(w)} = 1.006$.
# - Batch norm divides by the deviation *over the batch*. A ReLU's output has second moment 1/2, but part of that
#   is its mean, which batch norm takes away: the variance is $\tfrac12(1 - 1/\pi)$. Divided by too small a
#   number, the gradient *grows*: by $\sqrt{\pi/(\pi - 1)} = 1.21$ a layer.
# - Both together: the road's own variance grows by $\tfrac12(1 - 1/\pi)$ a block, so later branches count for
#   less and less beside it, and their factors come close to 1.

# %% jupyter={"source_hidden": true} tags=["demo"]
# The gradient by layer before and after each repair.
rng = np.random.default_rng(0)
x, starts = rng.normal(size=(ROWS, WIDTH)), four_starts(rng)
small_weights = starts["deviation 0.01"][0]
fig, (left, right) = plt.subplots(1, 2, figsize=(10.5, 4.4), layout="constrained")
for name, (weights, factor, color, marker) in starts.items():
    draw_flow(left, gradient_norms(x, weights, relu), factor, color, marker, name)
branch = np.sqrt(1 + 0.5 * WIDTH * 0.01**2)
growth = np.sqrt(np.pi / (np.pi - 1))
both = np.sqrt(1 + 0.5 / (1 + 0.5 * (1 - 1 / np.pi) * np.arange(DEPTH)))
for repair, factor, color, marker in (
    ("batch norm", growth, RED, "^"),
    ("residual and batch norm", both, GREY, "D"),
    ("residual", branch, BLUE, "s"),
    ("layer norm", 1.0, GREEN, "o"),
    ("", 0.01 * np.sqrt(WIDTH / 2), ORANGE, "v"),
):
    norms = gradient_norms(x, small_weights, relu, repair)
    draw_flow(right, norms, factor, color, marker, repair or "no repair")
left.set(title="Before: the start decides", ylabel="norm of the gradient", xlabel="layer")
right.set(title="After: the same bad start, repaired", xlabel="layer", ylim=(1e-12, 1e8))
for ax in (left, right):
    ax.legend(loc="lower left" if ax is right else "upper right")
show_figure(
    "Norm of the gradient against the layer, logarithmic axis. Left, before: four starts fan out "
    "between 1e-50 and 1e50. Right, after, with weights of deviation 0.01: layer norm and "
    "residual stay near 1, residual with batch norm rises to about 10 and batch norm to about 1e4 "
    "at the first layer; without repair the norm leaves the picture at the bottom."
)
too_strong = gradient_norms(x, starts["He"][0], relu, "residual")[0]
print(f"residual alone, with He's weights: {too_strong:.0e} at the first layer")

# %% [markdown]
# *What to see.* Left, four starts and a factor of $10^{100}$ between them. Right, the worst of the four, with
# three repairs and no tuning. Layer norm and the residual road are flat. Batch norm brings $10^{-47}$ to within
# reach, and then overshoots: $1.21^{50}$ is about $14\,000$. With the road beside it that becomes a factor of
# ten. The road alone is no cure for weights that are too strong: the printed line has He's in each branch.
# Residual blocks with normalised branches are what deep networks are made of today.

# %% [markdown]
# ## 8. What goes wrong
#
# Now break it on purpose. Twenty ReLU layers learn to tell handwritten digits apart, from four starts, with the
# same rate. Before you run the cell: which of the losses moves, and which is still a number after one step?


# %% jupyter={"source_hidden": true} tags=["demo"]
# Twenty-layer networks on the digits, from four starts.
def train_deep(weights, steps=120, lr=0.01):
    """Losses of full-batch gradient descent on 128 digits: ReLU layers, then a linear one to ten
    outputs, half the squared distance to the one-hot target. Stops where the loss passes 1e3."""
    with np.load(find_data("digits.npz")) as data:
        x = data["x"][:128].reshape(128, 64) / 8 - 1
        wanted = np.eye(10)[data["y"][:128]]
    *weights, last = [W.copy() for W in weights]
    losses = []
    for _ in range(steps):
        hs = [x]
        for W in weights:
            hs.append(relu(hs[-1] @ W))
        error = hs[-1] @ last - wanted
        losses.append(0.5 * (error**2).sum(axis=1).mean())
        if losses[-1] > 1e3:
            break
        g, last_step = error @ last.T / len(x), hs[-1].T @ error / len(x)
        for W, before, after in zip(weights[::-1], hs[-2::-1], hs[:0:-1], strict=True):
            gated = g * SLOPES[relu](after)
            g = gated @ W.T
            W -= lr * before.T @ gated
        last -= lr * last_step
    return losses


def deep_start(draw):
    """Twenty square layers from `draw(fan_in, fan_out, rng)`, and a Xavier layer to ten outputs."""
    rng = np.random.default_rng(0)
    return [draw(64, 64, rng) for _ in range(20)] + [xavier_uniform(64, 10, rng)]


recipes = {
    "He": (he_normal, GREEN, "-"),
    "Xavier": (xavier_uniform, BLUE, "--"),
    "deviation 0.01": (lambda n, m, rng: 0.01 * rng.normal(size=(n, m)), ORANGE, ":"),
    "twice He": (lambda n, m, rng: 2 * he_normal(n, m, rng), RED, "-."),
}
fig, ax = plt.subplots(figsize=(6.8, 3.9))
table = [f"{'start':16s} first loss  last loss  steps  lowest of three rates"]
for name, (draw, color, style) in recipes.items():
    losses = train_deep(deep_start(draw))
    others = [train_deep(deep_start(draw), lr=lr) for lr in (0.5, 5)]
    lowest = min(map(min, [losses, *others]))
    shown = f"{losses[0]:10.1e} {losses[-1]:10.1e} {len(losses):6d}"
    table.append(f"{name:16s} {shown} {lowest:12.1e}")
    ax.plot(losses, color=color, ls=style, lw=2, label=name)
ax.axhline(0.5, color=GREY, lw=0.8)
ax.set(xlabel="step", ylabel="loss", ylim=(0, 1.6), title="Twenty layers on digits, lr = 0.01")
ax.legend()
show_figure(
    "Training loss of twenty-layer networks over 120 steps. He falls from 0.8 to about 0.34. "
    "Deviation 0.01 and Xavier stay flat at 0.5, one line on the other; twice He is beyond the "
    "top of the picture."
)
print("\n".join(table))

# %% [markdown]
# *What to see.* Too small a start sits at 0.5, the price of answering 0 to everything. So does Xavier's, with
# ReLU and twenty layers: $(1/\sqrt2)^{20}$ is one thousandth. Both look like a rate that is too low. The last
# column adds rates of 0.5 and 5: Xavier's start gets to 0.45 at best, the small one nowhere. Twice He begins
# at $10^{11}$ and is out after one look. Only He's descends.
#
# Change the cell: 5 layers instead of 20. Predict the curve of Xavier's start before you run it.
#
# The second fault hides in a repair. Batch norm in training mode lets a row's output depend on its
# neighbours. Leave the mode on in evaluation, and watch one row.

# %% tags=["demo"]
rng = np.random.default_rng(8)
row, gamma, beta = np.array([[1.0, -1.0]]), np.ones(2), np.zeros(2)
seen = (np.zeros(2), np.ones(2))
for neighbours in ("calm", "loud"):
    others = rng.normal(size=(7, 2)) * {"calm": 0.1, "loud": 10.0}[neighbours]
    batch = np.concatenate([row, others])
    for training in (True, False):
        out, _, _, _ = batchnorm_forward(batch, gamma, beta, *seen, training=training)
        print(
            f"{neighbours} neighbours, training={training!s:5s}: the row becomes {out[0].round(2)}"
        )

# %% [markdown]
# *What to see.* With `training=True` the same row becomes something else with other neighbours. With
# `training=False` it does not. An accuracy that changes when you shuffle the test set is this fault.

# %% [markdown]
# ## 9. In practice
#
# PyTorch has all of this. Mind two things. `nn.Linear` keeps its weights as (fan-out, fan-in), the transpose of
# yours. And its default start is neither Xavier's nor He's: it is uniform with bound $1/\sqrt{\text{fan-in}}$,
# a variance of $1/(3\,\text{fan-in})$. For fifty ReLU layers that is a factor of $1/\sqrt6$ a layer.

# %% open="PyTorch's calls are what to read here" tags=["demo"]
try:
    import torch
    from torch import nn
except ImportError:
    print("torch is not installed: this comparison is skipped. You need PyTorch from lesson 09 on.")
else:
    torch.manual_seed(0)
    rng = np.random.default_rng(0)
    theirs = nn.init.kaiming_normal_(
        torch.empty(600, 200, dtype=torch.float64), nonlinearity="relu"
    )
    print(
        f"He: deviations within 2 %: {abs(he_normal(200, 600, rng).std() / theirs.std() - 1) < 0.02}"
    )
    theirs = nn.init.xavier_uniform_(torch.empty(600, 200, dtype=torch.float64))
    ratio = np.abs(xavier_uniform(200, 600, rng)).max() / theirs.abs().max()
    print(f"Xavier: bounds within 0.1 %: {abs(ratio - 1) < 1e-3}")
    default = nn.Linear(200, 600).weight.detach().abs().max() * np.sqrt(200)
    print(f"nn.Linear's own bound, times the root of fan-in: {default:.2f}")

    layer = nn.BatchNorm1d(5, dtype=torch.float64)
    mean, var = np.zeros(5), np.ones(5)
    for _ in range(3):
        x = 2 + 3 * rng.normal(size=(8, 5))
        out, _, mean, var = batchnorm_forward(x, np.ones(5), np.zeros(5), mean, var)
        same = np.allclose(out, layer(torch.tensor(x)).detach(), atol=1e-12)
    print(f"BatchNorm1d: out equal to 12 digits: {same}")
    print(f"  running mean: {np.allclose(mean, layer.running_mean, atol=1e-12)}")
    print(f"  running variance: {np.allclose(var, layer.running_var, atol=1e-12)}")
    layer.eval()
    out, _, _, _ = batchnorm_forward(x[:1], np.ones(5), np.zeros(5), mean, var, training=False)
    print(f"  evaluation: {np.allclose(out, layer(torch.tensor(x[:1])).detach(), atol=1e-12)}")

# %% [markdown]
# | you wrote | PyTorch | TensorFlow (Keras) |
# | --- | --- | --- |
# | `xavier_uniform` | `nn.init.xavier_uniform_` | `GlorotUniform()`, the default |
# | `he_normal` | `nn.init.kaiming_normal_(W, nonlinearity="relu")` | `HeNormal()`: truncated at two deviations |
# | `batchnorm_forward` | `nn.BatchNorm1d(D)`, `momentum=0.1` | `BatchNormalization()`, `momentum=0.99` is the old value's weight |
# | `training=False` | `model.eval()` | `model(x, training=False)` |
# | `layernorm_forward` | `nn.LayerNorm(D)` | `LayerNormalization()`, `epsilon=0.001` |

# %% [markdown]
# ## 10. To come back to
#
# | you have | use | typical values | when it fails |
# | --- | --- | --- | --- |
# | ReLU or a relative | He | deviation $\sqrt{2/\text{fan-in}}$, biases 0 | print `forward_statistics`: a straight line on a logarithmic axis is a wrong gain |
# | tanh, sigmoid, no activation | Xavier | variance $2/(\text{fan-in} + \text{fan-out})$ | sigmoid inside a deep network: another activation |
# | a last layer | small weights, biases 0 | a first loss near $\log C$ | a first loss of 10 or more: weights too large |
# | images, batches of 16 and more | batch norm | momentum 0.1, eps 1e-5 | small batches: group or layer norm |
# | sequences, small batches | layer norm | eps 1e-5 | gradients at the start too large: put it inside the residual branch |
# | more than about 20 layers | residual blocks | branch started at 0, or divided by the root of the number of layers | signal grows with depth: the branch is too strong |
# | another result in evaluation | `training=False` | running averages after 100 batches or more | still different: momentum too small, or test data unlike training data |
# | a loss that never moves | the gradient norm by layer | first and last within a factor of 10 | falls to the left: too small, or a sigmoid; rises: too large |

# %% [markdown]
# ## 11. Mastery questions
#
# Three questions that are asked in interviews. Write your answer in the cell beneath each; a person
# reads it.

# %% [markdown] nbgrader={"grade": false, "grade_id": "derive_the_gain", "locked": true, "points": 3, "schema_version": 3, "solution": false, "task": true}
# **1. The two in He's formula.** Derive $\operatorname{Var}(w) = 2/n_{\text{in}}$ for ReLU, and name the assumptions.
# Then derive it for a leaky ReLU that multiplies negative numbers by $a$.
#
# === BEGIN MARK SCHEME ===
# - 1 point: Var(z) = n Var(w) E[x^2] for independent weights with mean 0; E[x^2] and not Var(x), because the
#   outputs of a ReLU do not have mean 0.
# - 1 point: z symmetric around 0 (weights symmetric), so half of E[z^2] is left; n Var(w) / 2 = 1.
# - 1 point: leaky: the factor is (1 + a^2) / 2, so Var(w) = 2 / ((1 + a^2) n); a = 1 gives 1/n.
# === END MARK SCHEME ===

# %% [markdown]
# *Your answer here.*

# %% [markdown] nbgrader={"grade": false, "grade_id": "training_and_evaluation", "locked": true, "points": 3, "schema_version": 3, "solution": false, "task": true}
# **2. Good in training, bad in evaluation.** A network with batch norm has a fine training loss and bad
# predictions after switching to evaluation, on the same data. Name three causes in the batch norm layers,
# and say how you would tell them apart. Why would layer norm not show this?
#
# === BEGIN MARK SCHEME ===
# - 1 point: three causes. For example: too few batches seen for the running averages; momentum reversed or too
#   small; batches too small, so that their statistics are noise; running averages not saved or not loaded;
#   statistics updated by other data (another phase or domain).
# - 1 point: a way to tell them apart. For example: compare the running averages with the mean and variance of
#   the whole training set; run many batches without learning, and see if it heals; vary the batch size.
# - 1 point: layer norm uses the row's own statistics in both modes: there is nothing to be out of date.
# === END MARK SCHEME ===

# %% [markdown]
# *Your answer here.*

# %% [markdown] nbgrader={"grade": false, "grade_id": "the_road_past_the_layer", "locked": true, "points": 3, "schema_version": 3, "solution": false, "task": true}
# **3. The road past the layer.** Why does a residual connection keep the gradient from vanishing? Why does it
# not keep it from exploding? What is done about that?
#
# === BEGIN MARK SCHEME ===
# - 1 point: the derivative of h + f(h) is 1 + f'(h); the product over layers contains the term 1, whatever the
#   branches do.
# - 1 point: each layer adds what the branch makes: with a branch as strong as the road the signal, and the
#   gradients, grow by the root of 2 a layer or more, exponentially in depth.
# - 1 point: a remedy. For example: normalisation inside the branch, so that growth is no longer exponential; the
#   branch's last weights or gamma started at 0; branches divided by the root of
#   the number of layers.
# === END MARK SCHEME ===

# %% [markdown]
# *Your answer here.*

# %% [markdown]
# ## Further reading
#
# - Glorot and Bengio, *Understanding the Difficulty of Training Deep Feedforward Neural Networks*, 2010.
#   Your figures of section 3, for five layers.
# - He, Zhang, Ren and Sun, *Delving Deep into Rectifiers*, 2015. Section 2.2 is two pages, and is section 4
#   of this lesson.
# - Ioffe and Szegedy, *Batch Normalization*, 2015. Ba, Kiros and Hinton, *Layer Normalization*, 2016.
# - He, Zhang, Ren and Sun, *Deep Residual Learning for Image Recognition*, 2016, and *Identity Mappings in
#   Deep Residual Networks*, 2016.
# - Yang, Pennington, Rao, Sohl-Dickstein and Schoenholz, *A Mean Field Theory of Batch Normalization*, 2019.
#   Where the 1.21 of section 7 comes from, and why no start avoids it.
# - Zhang, Dauphin and Ma, *Fixup Initialization*, 2019. Residual networks without any normalisation.
#
# **Next:** [lesson 05](../05_optimizers/optimizers.ipynb). The gradient arrives. What is the best step to make of it?
