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
# # 02 - Backpropagation
#
# A network is wrong by some amount, its loss. How does the loss change when one weight changes? In this lesson
# you answer that for every weight at once, for about the price of running the network three times.
#
# **You will be able to**
#
# - derive and write the backward pass of a linear layer, of ReLU, sigmoid, tanh, softmax
#   cross-entropy and the mean squared error;
# - chain them into the gradients of a two-layer network, and train it;
# - prove with a gradient check that a backward pass is right, and know when that proof lies.
#
# **You need** lesson 00 (the step `x - lr * grad`), softmax and cross-entropy from lesson 01, the
# product of two matrices, and the derivative of a function of one number.
#
# **It takes** about two hours: ten exercises and three predictions. The cell beneath each
# exercise checks it (`%check`), as often as you like.

# %% jupyter={"source_hidden": true} tags=["setup"]
# Given: NumPy as np, Matplotlib as plt, two half moons, new weights, drawings of a network.
import matplotlib.pyplot as plt
import numpy as np
from matplotlib.cm import ScalarMappable
from matplotlib.colors import PowerNorm

BLUE, ORANGE, GREEN, RED, GREY = "#0072B2", "#E69F00", "#009E73", "#D55E00", "#555555"


def half_moons(rng, n=120, noise=0.12):
    """Two interleaved arcs: x float64 (n, 2), y int64 (n,) with the classes 0 and 1."""
    y = np.arange(n) % 2
    angle = np.pi * rng.uniform(size=n)
    upper = np.stack([np.cos(angle) - 0.5, np.sin(angle) - 0.25], axis=1)
    x = np.where(y[:, None] == 0, upper, -upper)
    return x + noise * rng.normal(size=x.shape), y


def init_params(rng, inputs=2, hidden=8, classes=2):
    """Random weights and zero biases of a network with one hidden layer."""
    return {
        "W1": rng.normal(size=(inputs, hidden)) * np.sqrt(2 / inputs),
        "b1": np.zeros(hidden),
        "W2": rng.normal(size=(hidden, classes)) * np.sqrt(2 / hidden),
        "b2": np.zeros(classes),
    }


def draw_network(ax, grads, scale, title):
    """A network whose edges are as bright and as wide as the gradient of their weight is large
    (full at `scale`); solid where the gradient is positive, dashed where it is negative."""
    glow = ScalarMappable(PowerNorm(0.5, 0, scale, clip=True), "inferno")
    layers = [grads["W1"], grads["W2"]]
    sizes = [layers[0].shape[0], layers[0].shape[1], layers[1].shape[1]]
    heights = [np.linspace(1, -1, n + 2)[1:-1] for n in sizes]
    ax.set_facecolor("#15121f")
    for depth, grad in enumerate(layers):
        for (i, j), g in np.ndenumerate(grad):
            strength = float(glow.norm(abs(g)))
            ends = [heights[depth][i], heights[depth + 1][j]]
            style = "-" if g >= 0 else (0, (4, 2))
            color = glow.cmap(0.2 + 0.8 * strength)
            width = 0.6 + 4 * strength
            ax.plot([depth, depth + 1], ends, ls=style, color=color, lw=width, zorder=1 + strength)
    for depth, ys in enumerate(heights):
        ax.scatter([depth] * len(ys), ys, s=110, color="white", edgecolor="black", zorder=3)
    ax.set(xticks=[0, 1, 2], xticklabels=["inputs", "hidden", "logits"], yticks=[], title=title)
    ax.set_xlim(-0.15, 2.15)
    return glow


def add_scale(fig, axes, glow):
    """The scale of brightness, to the right of the drawings."""
    ticks = glow.norm.vmax * np.array([0, 0.1, 0.4, 1])
    fig.colorbar(glow, ax=axes, label="size of the gradient", ticks=ticks, format="%.2f")


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
# ## 1. Ask every weight in turn
#
# The gradient of a loss with respect to a weight answers one question: *if this weight moved a
# little, how fast would the loss move?* The bluntest way to find out is to move it.
#
# Nudge one coordinate of $x$ up by $\varepsilon$, then down by $\varepsilon$, and look at the
# difference of the two losses:
#
# $$\frac{\partial f}{\partial x_i} \approx \frac{f(x + \varepsilon e_i) - f(x - \varepsilon e_i)}{2\varepsilon}$$
#
# Here $f$ takes an array and gives one number, $e_i$ is 1 at coordinate $i$ and 0 elsewhere, and
# $\varepsilon$ is a small positive number. Looking both ways is what makes it *central*: the
# curvature of $f$ adds the same to both values, and drops out of their difference.

# %% jupyter={"source_hidden": true} tags=["demo"]
# The forward and the central difference beside the tangent.
curve = lambda x: x**3 - x
at, eps = 1.0, 0.45
grid = np.linspace(0.3, 1.7, 100)
fig, ax = plt.subplots(figsize=(6.4, 3.6))
ax.plot(grid, curve(grid), color=GREY, lw=2, label="f")
ax.plot(grid, curve(at) + 2 * (grid - at), color="black", lw=1.5, ls=":", label="tangent at x = 1")
for left, color, style, label in ((at, ORANGE, "--", "forward"), (at - eps, BLUE, "-.", "central")):
    ends = np.array([left, at + eps])
    ax.plot(ends, curve(ends), color=color, ls=style, marker="o", lw=2, label=f"{label} difference")
ax.set(xlabel="x", ylabel="f(x)", title="Two ways to guess a slope, eps = 0.45")
ax.legend()
show_figure(
    "A curve with two straight lines through the point x = 1. The forward difference is visibly "
    "steeper than the tangent; the central difference is nearly parallel to it."
)

# %% [markdown]
# *What to see.* The dashed line looks one way only, and is too steep, by about half of the curvature times
# eps. The line that looks both ways is nearly parallel to the dotted tangent.

# %% [markdown]
# ### Prediction: how small is small enough?
#
# You will compare central differences with an exact derivative, for `eps` = 0.1, 0.01, and so on
# down to 0.0000000000001, in float64. What does the error do?
#
# - (a) it falls all the way
# - (b) it is the same for all of them
# - (c) it falls, then rises again

# %% nbgrader={"grade": false, "grade_id": "prediction_step_size", "locked": false, "schema_version": 3, "solution": true, "task": false}
### BEGIN SOLUTION
prediction_step_size = "c"
### END SOLUTION

# %% nbgrader={"grade": true, "grade_id": "test_prediction_step_size", "locked": true, "points": 1, "schema_version": 3, "solution": false, "task": false}
if prediction_step_size is None:
    raise NotImplementedError("prediction_step_size is not written yet")
letter = str(prediction_step_size).strip(" ().").lower()
assert letter in ("a", "b", "c"), "a prediction is one letter: a, b or c"
### BEGIN HIDDEN TESTS
from autograder.hidden.backprop import grade

grade("prediction_step_size")
### END HIDDEN TESTS

# %% [markdown]
# ### Exercise: `numerical_gradient` (12 minutes, difficulty 2 of 5)
#
# Write the formula above for an array of any shape. Two traps wait here. `f` may look at the very
# array that you were given, so that array must never change, *not even for a moment*. And a
# flattened array is sometimes a view and sometimes a copy; which one depends on its memory order.


# %% nbgrader={"grade": false, "grade_id": "numerical_gradient", "locked": false, "schema_version": 3, "solution": true, "task": false}
def numerical_gradient(f, x, eps=1e-6):
    """The gradient of `f` at `x` by central differences.

    Args:
        f: takes a float64 array of the shape of x, returns one number (a float or a 0-d array).
            It may close over x.
        x: float64 array of any shape, 0-d included, and of any memory order (transposed, sliced).
            Never written to, not even for a moment.
        eps: the step to either side, > 0.

    Returns:
        A new float64 array of the shape of x; its element i is
        `(f(x + eps e_i) - f(x - eps e_i)) / (2 eps)`.

    Source: Nocedal and Wright, Numerical Optimization (2006), section 8.1.
    """
    ### BEGIN SOLUTION
    grad = np.zeros(x.shape)
    for index in np.ndindex(x.shape):
        up, down = x.copy(), x.copy()
        up[index] += eps
        down[index] -= eps
        grad[index] = (f(up) - f(down)) / (2 * eps)
    return grad
    ### END SOLUTION


# %% nbgrader={"grade": true, "grade_id": "test_numerical_gradient", "locked": true, "points": 2, "schema_version": 3, "solution": false, "task": false}
_point = np.array([1.0, -2.0, 0.5])
_slope = numerical_gradient(lambda x: np.sum(x**2), _point)
assert _slope.shape == _point.shape, "a gradient has the shape of what it is the gradient of"
assert np.allclose(_slope, 2 * _point), "the gradient of the sum of squares is 2x"

_wide = numerical_gradient(lambda x: np.sum(x**3), np.array([1.0]), eps=0.1)
assert np.allclose(_wide, 3.01), "for x**3 at 1 with eps = 0.1: ((1.1)**3 - (0.9)**3) / 0.2 = 3.01"

_table = np.arange(6.0).reshape(2, 3)
_closed = numerical_gradient(lambda x: np.sum(x * _table), _table)
assert np.allclose(_closed, _table), "f closes over x: while f runs, x is what it always was"
assert np.array_equal(_table, np.arange(6.0).reshape(2, 3)), "x comes back as it was"
assert np.allclose(numerical_gradient(lambda x: np.sum(x**2), _table.T), 2 * _table.T), (
    "a transposed array has another memory order, and the same gradient"
)
### BEGIN HIDDEN TESTS
from autograder.hidden.backprop import grade

grade("numerical_gradient")
### END HIDDEN TESTS

# %% [markdown]
# <details><summary>Hint 1: direction</summary>
#
# You need one number for every coordinate, and two calls of `f` for each of them. What can you hand
# to `f` that is not `x` itself?
# </details>
#
# <details><summary>Hint 2: method</summary>
#
# `np.ndindex(x.shape)` gives every index of an array of any shape, also `()` for a 0-d one. Indexing
# with it needs no flattening, so the memory order never matters.
# </details>
#
# <details><summary>Hint 3: almost the line</summary>
#
# For each index: two fresh copies of `x`, one with `eps` added at that index and one with `eps` taken
# away there. The difference of `f` on the two, over the distance between them, goes into the result.
# </details>

# %% [markdown]
# ### The look
#
# Your arrows over the exact ones, on the bowl of lesson 00, seen from above.

# %% jupyter={"source_hidden": true} tags=["demo"]
# Your gradients as arrows over the exact ones, on the bowl.
bowl = lambda p: p[0] ** 2 + 2 * p[1] ** 2
xs, ys = np.meshgrid(np.linspace(-1, 1, 5), np.linspace(-1, 1, 5))
measured = np.array([numerical_gradient(bowl, p) for p in np.stack([xs.ravel(), ys.ravel()], 1)])
fig, ax = plt.subplots(figsize=(7, 4.4), layout="constrained")
fine_x, fine_y = np.meshgrid(np.linspace(-1.5, 1.5, 80), np.linspace(-1.5, 1.5, 80))
ax.contour(fine_x, fine_y, bowl([fine_x, fine_y]), levels=9, colors="0.75", linewidths=0.8)
arrows = {"angles": "xy", "scale_units": "xy", "scale": 10, "minlength": 0}
ax.quiver(xs, ys, 2 * xs, 4 * ys, color="0.7", width=0.018, label="exact", **arrows)
ax.quiver(xs, ys, *measured.T, color=BLUE, width=0.005, label="numerical_gradient", **arrows)
ax.set(xlabel="x[0]", ylabel="x[1]", title="Uphill, measured by nudging", aspect="equal")
ax.legend(loc="upper left", bbox_to_anchor=(1.02, 1))
show_figure(
    "Contours of an elongated bowl. At 25 points a thin blue arrow from numerical_gradient lies "
    "inside a wide grey arrow of the exact gradient."
)

# %% [markdown]
# *What to see.* Each thin arrow lies inside its wide one, and all of them point uphill.

# %% [markdown]
# ## 2. How close is close?
#
# Two gradients agree to 0.001. Is that good? Not if the gradients themselves are 0.002. What counts
# is the difference compared with the size of the two:
#
# $$\text{error}(a, b) = \max_i \frac{|a_i - b_i|}{\max(10^{-12},\ |a_i| + |b_i|)}$$
#
# It is 0 when the two are equal, and 1 when they have opposite signs or one of them is 0. The ratio
# is taken element by element *before* the maximum, so that one large entry cannot hide a small one
# that is wrong. The floor $10^{-12}$ keeps 0 against 0 from being 0/0.
#
# ### Exercise: `relative_error` (5 minutes, difficulty 1 of 5)


# %% nbgrader={"grade": false, "grade_id": "relative_error", "locked": false, "schema_version": 3, "solution": true, "task": false}
def relative_error(a, b):
    """The largest elementwise difference of two arrays, relative to their sizes.

    Args:
        a, b: arrays of one shape, not empty.

    Returns:
        A float from 0 (equal) to 1 (opposite signs):
        `max(|a - b| / maximum(1e-12, |a| + |b|))`, the ratio elementwise first.

    Source: the gradient check of Stanford's CS231n notes (section "Gradient checks"), with the sum of
        the two sizes below the line.
    """
    ### BEGIN SOLUTION
    ratio = np.abs(a - b) / np.maximum(1e-12, np.abs(a) + np.abs(b))
    return float(np.max(ratio))
    ### END SOLUTION


# %% nbgrader={"grade": true, "grade_id": "test_relative_error", "locked": true, "points": 1, "schema_version": 3, "solution": false, "task": false}
assert relative_error(np.array([1.0, 2.0]), np.array([1.0, 2.0])) == 0, "equal arrays: no error"
assert np.isclose(relative_error(np.array([3.0]), np.array([1.0])), 0.5), "|3 - 1| / (3 + 1) is 0.5"
assert np.isclose(relative_error(np.array([1000.0, 0.003]), np.array([1000.0, 0.001])), 0.5), (
    "a large entry that is right does not hide a small one that is wrong"
)
assert relative_error(np.zeros(3), np.zeros(3)) == 0, "0 against 0 is no error, and no 0/0"
### BEGIN HIDDEN TESTS
from autograder.hidden.backprop import grade

grade("relative_error")
### END HIDDEN TESTS

# %% [markdown]
# <details><summary>Hint 1: direction</summary>
#
# Which comes first, the division or the maximum over the elements? Try both on
# `[1000, 0.003]` against `[1000, 0.001]`.
# </details>
#
# <details><summary>Hint 2: method</summary>
#
# `np.maximum(1e-12, ...)` compares elementwise and returns an array; `np.max(...)` reduces an array to
# one number. You need one of each.
# </details>
#
# <details><summary>Hint 3: almost the line</summary>
#
# Above the line the absolute difference, below the line the floored sum of the two absolute values;
# both are arrays. The result is the largest element of their quotient.
# </details>

# %% [markdown]
# ### The look
#
# Now the experiment of your prediction: the error of the central difference for thirteen sizes of
# `eps`, measured with your own ruler. Beside it the forward difference, which looks one way only.

# %% jupyter={"source_hidden": true} tags=["demo", "prediction_step_size"]
# The error of both differences for thirteen sizes of eps.
wave = lambda x: np.sum(np.sin(x))
points = np.linspace(0.3, 1.2, 7)
exact = np.cos(points)
eps_values = 10.0 ** -np.arange(1, 14)
central = [relative_error(numerical_gradient(wave, points, eps), exact) for eps in eps_values]
forward = [relative_error((np.sin(points + e) - np.sin(points)) / e, exact) for e in eps_values]
fig, ax = plt.subplots(figsize=(6.4, 3.8))
ax.loglog(eps_values, forward, color=ORANGE, ls="--", marker="s", label="forward difference")
ax.loglog(eps_values, central, color=BLUE, marker="o", label="your central difference")
ax.axvline(1e-6, color=GREY, ls=":", label="the default, 1e-6")
ax.set(xlabel="eps", ylabel="relative error", title="The derivative of sin, measured")
ax.legend()
show_figure(
    "Two curves of relative error against eps on logarithmic axes, both shaped like a V. The "
    "central difference reaches below 1e-9 near eps = 1e-5, the forward difference only about "
    "1e-8 near eps = 1e-8."
)

# %% [markdown]
# *What to see.* Both curves are a V. On the right `eps` is too coarse: the central error falls by 100
# for each factor of 10, the forward one by 10. On the left the two values of $f$ are so close that
# their difference is rounding noise, about $10^{-16}/\varepsilon$. The default
# of $10^{-6}$ sits near the bottom of the central curve.

# %% [markdown]
# ## 3. Blame flows backwards
#
# Nudging works, and does not scale. Two passes through the network for every weight: a network with
# 100 million weights would need 200 million passes for one step. Something has to be shared.
#
# What is shared is this. A network is a chain of small steps, and each step knows only its own
# *local* derivative. Walk back from the loss, and at each step multiply what flows in by the local
# derivative. That is the chain rule, read from the end:
#
# $$\frac{\partial L}{\partial w} = \frac{\partial L}{\partial h}\cdot\frac{\partial h}{\partial z}\cdot\frac{\partial z}{\partial w}$$

# %% jupyter={"source_hidden": true} tags=["demo"]
# A chain of four boxes: values to the right, gradients to the left.
x1, w, b, target = 1.5, 0.8, -0.2, 2.0
z = w * x1 + b
h = max(z, 0.0)
loss = (h - target) ** 2
dh = 2 * (h - target)
dz = dh * (z > 0)
boxes = (
    f"     x     \n{x1}",
    f"z = w x + b\n{z:.1f}",
    f"h = relu(z)\n{h:.1f}",
    f"L = (h - 2)²\n{loss:.1f}",
)
gradients = (
    f"dL/dx = w · dL/dz = {w * dz:.1f}",
    f"dL/dz = 1 · dL/dh = {dz:.1f}",
    f"dL/dh = 2 (h - 2) = {dh:.1f}",
)
fig, ax = plt.subplots(figsize=(9.5, 3.0))
box = {"boxstyle": "round,pad=0.6", "facecolor": "0.95"}
for i, text in enumerate(boxes):
    ax.text(3 * i, 0, text, ha="center", va="center", bbox=box)
for i, text in enumerate(gradients):
    start, end = 3 * i + (0.75 if i else 0.55), 3 * i + 2.25
    right = {"arrowstyle": "->", "color": BLUE, "lw": 2}
    left = {"arrowstyle": "->", "color": RED, "lw": 2, "ls": "--"}
    ax.annotate("", (end, 0.15), (start, 0.15), arrowprops=right)
    ax.annotate("", (start, -0.15), (end, -0.15), arrowprops=left)
    ax.text(3 * i + 1.5, -0.85, text, ha="center", color=RED, fontsize=9.5)
ax.text(1.5, 0.55, f"w = {w}, b = {b}", ha="center", color=BLUE)
parameters = f"dL/dw = x · dL/dz = {x1 * dz:.1f}      dL/db = 1 · dL/dz = {dz:.1f}"
ax.text(3, -1.45, parameters, ha="center", color=RED)
ax.set_title("Values to the right (solid), gradients to the left (dashed)")
ax.set(xlim=(-1, 10.2), ylim=(-1.8, 1.0))
ax.axis("off")
show_figure(
    "A chain of four boxes: x = 1.5, z = w x + b = 1.0, h = relu(z) = 1.0, L = (h - 2) squared = "
    "1.0. Arrows to the right carry values; arrows to the left carry gradients: -2 into h, -2 "
    "into z, -1.6 into x, and below -3 into w and -2 into b."
)

# %% [markdown]
# *What to see.* Each red number is the one to its right times one local derivative. What arrives from the right
# is called the **upstream gradient**. For the gradient of $w$ you also need $x$, a value from the way forward. That is why a forward pass keeps a **cache**, and a backward
# pass spends it.
#
# Every layer of this lesson is such a pair:
#
# - `thing_forward(inputs) -> (out, cache)`: the value, and a private note to itself. Nobody else looks
#   into a cache: it may be a tuple, an array, an object.
# - `thing_backward(dout, cache) -> gradients`: `dout` is $\partial L/\partial\text{out}$, of the shape
#   of `out`. The layer never learns what the loss was.

# %% [markdown]
# ### The linear layer
#
# For a batch of $N$ rows, $\text{out} = xW + b$ with $x$ $(N, D)$, $W$ $(D, M)$, $b$ $(M,)$. Write $G$
# for the upstream gradient `dout`, $(N, M)$. Element by element,
#
# $$\text{out}_{nm} = \sum_d x_{nd} W_{dm} + b_m$$
#
# How does $L$ depend on one weight, $W_{dm}$? It goes into the outputs of column $m$, one in each row, and into no
# others. Its local derivative in row $n$ is $x_{nd}$. Every use sends its share back, and the shares add up:
#
# $$\frac{\partial L}{\partial W_{dm}} = \sum_n G_{nm}\, x_{nd} = \sum_n (x^\top)_{dn}\, G_{nm} = (x^\top G)_{dm}$$
#
# The other two go the same way. Fill in the blanks before you read on: an input $x_{nd}$ goes into the outputs of
# row __, so its shares are summed over __; a bias $b_m$ goes into column __ with local derivative __.
#
# $$\frac{\partial L}{\partial x} = G\,W^\top \qquad \frac{\partial L}{\partial W} = x^\top G \qquad \frac{\partial L}{\partial b_m} = \sum_n G_{nm}$$
#
# As a check, write the shapes beneath: $(N, D)$ can only be made of $(N, M)$ and $(D, M)$ in one way.
#
# ### Exercise: `linear_forward`, `linear_backward` (15 minutes, difficulty 3 of 5)


# %% nbgrader={"grade": false, "grade_id": "linear_forward__linear_backward", "locked": false, "schema_version": 3, "solution": true, "task": false}
def linear_forward(x, W, b):
    """A linear layer for a batch of rows.

    Args:
        x: float64 (N, D). W: float64 (D, M). b: float64 (M,).

    Returns:
        (out, cache): `out = x @ W + b`, float64 (N, M), and whatever `linear_backward` needs.

    Source: Goodfellow, Bengio and Courville, Deep Learning (2016), section 6.5.
    """
    ### BEGIN SOLUTION
    return x @ W + b, (x, W)
    ### END SOLUTION


def linear_backward(dout, cache):
    """The gradients of a linear layer.

    Several caches may be outstanding, a backward may be called twice on one, and nothing is modified:
    neither `dout`, nor the cache, nor what went into the forward.

    Args:
        dout: float64 (N, M), the gradient of the loss with respect to `out`.
        cache: what `linear_forward` returned beside that `out`.

    Returns:
        (dx, dW, db), new arrays of shapes (N, D), (D, M) and (M,). The rows' contributions are added:
        any division by N is the loss's business, and already inside `dout`.

    Source: Goodfellow, Bengio and Courville, Deep Learning (2016), section 6.5.6.
    """
    ### BEGIN SOLUTION
    x, W = cache
    dx = dout @ W.T
    dW = x.T @ dout
    db = dout.sum(axis=0)
    return dx, dW, db
    ### END SOLUTION


# %% nbgrader={"grade": true, "grade_id": "test_linear_forward__linear_backward", "locked": true, "points": 2, "schema_version": 3, "solution": false, "task": false}
_x = np.array([[1.0, 2.0], [0.0, -1.0], [3.0, 1.0]])
_W = np.array([[1.0, 0.0, 2.0, -1.0], [0.0, 1.0, 1.0, 1.0]])
_b = np.array([0.5, 0.0, 0.0, -0.5])
_out, _cache = linear_forward(_x, _W, _b)
assert _out.shape == (3, 4), "a row of out for every row of x, a column for every column of W"
assert np.allclose(_out[0], [1.5, 2.0, 4.0, 0.5]), "each row of out is the row of x times W, plus b"

_dout = np.ones((3, 4))
_dx, _dW, _db = linear_backward(_dout, _cache)
assert _dx.shape == _x.shape, "dx has the shape of x"
assert _dW.shape == _W.shape, "dW has the shape of W"
assert _db.shape == _b.shape, "db has the shape of b: the rows' gradients are added"
assert np.allclose(_db, 3), "three rows, each with gradient 1, add up to 3"

_fd = numerical_gradient(lambda W: np.sum(linear_forward(_x, W, _b)[0] * _dout), _W)
assert relative_error(_dW, _fd) < 1e-6, "dW is what nudging W gives"
_fd = numerical_gradient(lambda x: np.sum(linear_forward(x, _W, _b)[0] * _dout), _x)
assert relative_error(_dx, _fd) < 1e-6, "dx is what nudging x gives"
### BEGIN HIDDEN TESTS
from autograder.hidden.backprop import grade

grade("linear_forward__linear_backward")
### END HIDDEN TESTS

# %% [markdown]
# <details><summary>Hint 1: direction</summary>
#
# Which of `x`, `W` and `b` appears in each of the three formulas? That is what the cache has to hold.
# </details>
#
# <details><summary>Hint 2: method</summary>
#
# Write the shapes under the formula: `(N, D)` from `(N, M)` and `(D, M)`; `(D, M)` from `(N, D)` and
# `(N, M)`. Transpose whichever makes the inner sizes meet. For `db` there is nothing to multiply.
# </details>
#
# <details><summary>Hint 3: almost the line</summary>
#
# `dx` is `dout` times the transposed weights. `dW` is the transposed input times `dout`. `db` is `dout`
# summed over its first axis, the rows.
# </details>

# %% [markdown]
# ### The look
#
# Every entry of your `dx`, `dW` and `db` against what nudging gives. A right backward puts every mark
# on the diagonal.

# %% jupyter={"source_hidden": true} tags=["demo"]
# Every entry of your dx, dW and db against what nudging gives.
rng = np.random.default_rng(0)
x, W, b = rng.normal(size=(6, 4)), rng.normal(size=(4, 3)), rng.normal(size=3)
dout = rng.normal(size=(6, 3))
_, cache = linear_forward(x, W, b)
yours = dict(zip(("dx", "dW", "db"), linear_backward(dout, cache), strict=True))
nudged = {
    "dx": numerical_gradient(lambda v: np.sum(linear_forward(v, W, b)[0] * dout), x),
    "dW": numerical_gradient(lambda v: np.sum(linear_forward(x, v, b)[0] * dout), W),
    "db": numerical_gradient(lambda v: np.sum(linear_forward(x, W, v)[0] * dout), b),
}
fig, ax = plt.subplots(figsize=(5.2, 4.4))
ax.axline((0, 0), slope=1, color="0.7", lw=6, zorder=0, label="equal")
for name, marker, color in (("dx", "o", BLUE), ("dW", "s", ORANGE), ("db", "^", "black")):
    ax.plot(nudged[name].ravel(), yours[name].ravel(), marker, color=color, mec="black", label=name)
ax.set(xlabel="by nudging", ylabel="by your backward", title="A linear layer's gradients, two ways")
ax.legend()
show_figure(
    "Scatter plot of analytic against numerical gradients of a linear layer: circles for dx, "
    "squares for dW, triangles for db, all on the diagonal line."
)
print(f"all within 1e-7: {all(relative_error(yours[k], nudged[k]) < 1e-7 for k in yours)}")

# %% [markdown]
# *What to see.* 24 circles, 12 squares and 3 triangles, all on the grey line. Nudging called the layer
# 78 times for them; your backward ran once. It has two products of matrices where the forward has one:
# all gradients together cost about three forward passes, however many weights there are.

# %% [markdown]
# ## 4. Three activation functions
#
# Two linear layers in a row are one linear layer. An **activation function** between them makes a network more
# than that. It works on each element alone, so its local derivative is one number for each element, and its
# backward is one product:
#
# $$\frac{\partial L}{\partial x} = \text{dout} \cdot a'(x) \quad\text{(element by element)}$$
#
# | activation | value | local derivative | from the output |
# | --- | --- | --- | --- |
# | ReLU | $\max(0, x)$ | 1 where $x > 0$, else 0 | 1 where out > 0 |
# | sigmoid | $1/(1 + e^{-x})$ | $s(x)\,(1 - s(x))$ | out (1 - out) |
# | tanh | $\tanh x$ | $1 - \tanh^2 x$ | 1 - out² |
#
# ReLU has no derivative at exactly 0. Any value between 0 and 1 would do; here, as in PyTorch, it is 0.
#
# ### Exercise: `relu_forward`, `relu_backward` (6 minutes, difficulty 1 of 5)


# %% nbgrader={"grade": false, "grade_id": "relu_forward__relu_backward", "locked": false, "schema_version": 3, "solution": true, "task": false}
def relu_forward(x):
    """Rectified linear unit: negative numbers become 0.

    Args:
        x: float64, any shape, batch axis first; not modified.

    Returns:
        (out, cache): `out = max(x, 0)` element by element, a new array, and whatever `relu_backward`
        needs.

    Source: Nair and Hinton, Rectified Linear Units Improve Restricted Boltzmann Machines (2010).
    """
    ### BEGIN SOLUTION
    return np.maximum(x, 0), x > 0
    ### END SOLUTION


def relu_backward(dout, cache):
    """The gradient of a ReLU; its derivative at 0 is 0.

    Args:
        dout: float64, the shape of `out`; not modified. cache: from the `relu_forward` of that `out`;
            not modified, and usable again.

    Returns:
        dx: float64, the shape of x, a new array.

    Source: Glorot, Bordes and Bengio, Deep Sparse Rectifier Neural Networks (2011), section 3.
    """
    ### BEGIN SOLUTION
    active = cache
    return dout * active
    ### END SOLUTION


# %% nbgrader={"grade": true, "grade_id": "test_relu_forward__relu_backward", "locked": true, "points": 2, "schema_version": 3, "solution": false, "task": false}
_x = np.array([[-2.0, 0.0, 3.0], [0.5, -0.1, 1.0]])
_out, _cache = relu_forward(_x)
assert np.array_equal(_out, [[0.0, 0.0, 3.0], [0.5, 0.0, 1.0]]), "negative numbers become 0"
assert _x[0, 0] == -2.0, "the input keeps its numbers"
_dx = relu_backward(np.array([[5.0, 5.0, -5.0], [1.0, 2.0, -3.0]]), _cache)
assert _dx[0, 0] == 0, "no gradient passes where the input was negative"
assert _dx[0, 1] == 0, "the derivative at exactly 0 is 0"
assert _dx[0, 2] == -5, "it passes unchanged where the input was positive, also if it is negative"
### BEGIN HIDDEN TESTS
from autograder.hidden.backprop import grade

grade("relu_forward__relu_backward")
### END HIDDEN TESTS

# %% [markdown]
# <details><summary>Hint 1: direction</summary>
#
# Which numbers decide whether the gate is open: those that came in on the way forward, or those that
# come back?
# </details>
#
# <details><summary>Hint 2: method</summary>
#
# A comparison gives an array of booleans. Multiplied by floats, True counts as 1 and False as 0.
# </details>
#
# <details><summary>Hint 3: almost the line</summary>
#
# Cache where the input is strictly above 0. The gradient is `dout` times that mask, in a new array.
# </details>

# %% [markdown]
# ### Exercise: `sigmoid_forward`, `sigmoid_backward` (8 minutes, difficulty 2 of 5)
#
# The derivative of the sigmoid can be written with its *output* alone, so the output is all the cache
# has to hold. Mind the formula you choose for the value: $e^x/(1 + e^x)$ is the same on paper, and is
# inf/inf at $x = 1000$.


# %% nbgrader={"grade": false, "grade_id": "sigmoid_forward__sigmoid_backward", "locked": false, "schema_version": 3, "solution": true, "task": false}
def sigmoid_forward(x):
    """The logistic function, from (-inf, inf) to [0, 1].

    Args:
        x: float64, any shape, batch axis first; not modified.

    Returns:
        (out, cache): `out = 1 / (1 + exp(-x))`, a new array, finite at -1e4 and at 1e4, and whatever
        `sigmoid_backward` needs.

    Source: Rumelhart, Hinton and Williams, Learning Representations by Back-propagating Errors (1986),
        equation 2.
    """
    ### BEGIN SOLUTION
    small = np.exp(-np.abs(x))  # at most 1: never overflows
    out = np.where(x >= 0, 1 / (1 + small), small / (1 + small))
    return out, out
    ### END SOLUTION


def sigmoid_backward(dout, cache):
    """The gradient of a sigmoid.

    Args:
        dout: float64, the shape of `out`; not modified. cache: from the `sigmoid_forward` of that
            `out`; not modified, and usable again.

    Returns:
        dx: float64, the shape of x, a new array; finite wherever `dout` is.

    Source: Rumelhart, Hinton and Williams (1986), equation 5.
    """
    ### BEGIN SOLUTION
    out = cache
    return dout * out * (1 - out)
    ### END SOLUTION


# %% nbgrader={"grade": true, "grade_id": "test_sigmoid_forward__sigmoid_backward", "locked": true, "points": 2, "schema_version": 3, "solution": false, "task": false}
_x = np.array([0.0, np.log(3), -np.log(3)])
_out, _cache = sigmoid_forward(_x)
assert np.allclose(_out, [0.5, 0.75, 0.25]), (
    "sigmoid(log 3) is 3/4, and sigmoid(-x) is 1 - sigmoid(x)"
)
_dx = sigmoid_backward(np.array([1.0, 1.0, 2.0]), _cache)
assert np.allclose(_dx, [0.25, 0.1875, 0.375]), "what flows in, times out * (1 - out)"
_out, _cache = sigmoid_forward(np.array([-1e4, 1e4]))
assert np.allclose(_out, [0, 1]), "far out the sigmoid is 0 or 1, never nan"
assert np.allclose(sigmoid_backward(np.ones(2), _cache), 0), "and flat: its derivative there is 0"
### BEGIN HIDDEN TESTS
from autograder.hidden.backprop import grade

grade("sigmoid_forward__sigmoid_backward")
### END HIDDEN TESTS

# %% [markdown]
# <details><summary>Hint 1: direction</summary>
#
# Differentiate $1/(1 + e^{-x})$, then look for the sigmoid itself in what you get. What do you have to
# keep from the way forward?
# </details>
#
# <details><summary>Hint 2: method</summary>
#
# Choose a form of the value whose exponential never stands both above and below the line. `exp(-abs(x))`
# never overflows.
# </details>
#
# <details><summary>Hint 3: almost the line</summary>
#
# Cache `out`. The gradient has three factors: what flows in, the cached output, and one minus the cached
# output.
# </details>

# %% [markdown]
# ### Exercise: `tanh_forward`, `tanh_backward` (5 minutes, difficulty 1 of 5)


# %% nbgrader={"grade": false, "grade_id": "tanh_forward__tanh_backward", "locked": false, "schema_version": 3, "solution": true, "task": false}
def tanh_forward(x):
    """The hyperbolic tangent, from (-inf, inf) to [-1, 1].

    Args:
        x: float64, any shape, batch axis first; not modified.

    Returns:
        (out, cache): `out = tanh(x)`, a new array, finite at -1e4 and at 1e4, and whatever
        `tanh_backward` needs.

    Source: LeCun, Bottou, Orr and Müller, Efficient BackProp (1998), section 4.4.
    """
    ### BEGIN SOLUTION
    out = np.tanh(x)
    return out, out
    ### END SOLUTION


def tanh_backward(dout, cache):
    """The gradient of a tanh.

    Args:
        dout: float64, the shape of `out`; not modified. cache: from the `tanh_forward` of that `out`;
            not modified, and usable again.

    Returns:
        dx: float64, the shape of x, a new array; finite wherever `dout` is.

    Source: LeCun, Bottou, Orr and Müller, Efficient BackProp (1998), section 4.4.
    """
    ### BEGIN SOLUTION
    out = cache
    return dout * (1 - out**2)
    ### END SOLUTION


# %% nbgrader={"grade": true, "grade_id": "test_tanh_forward__tanh_backward", "locked": true, "points": 2, "schema_version": 3, "solution": false, "task": false}
_x = np.array([0.0, np.log(2), -np.log(2)])
_out, _cache = tanh_forward(_x)
assert np.allclose(_out, [0.0, 0.6, -0.6]), "tanh(log 2) is 3/5, and tanh(-x) is -tanh(x)"
_dx = tanh_backward(np.array([1.0, 1.0, 2.0]), _cache)
assert np.allclose(_dx, [1.0, 0.64, 1.28]), "what flows in, times one minus the output squared"
_out, _cache = tanh_forward(np.array([-1e4, 1e4]))
assert np.allclose(_out, [-1, 1]), "far out tanh is -1 or 1, never nan"
assert np.allclose(tanh_backward(np.ones(2), _cache), 0), "and flat: its derivative there is 0"
### BEGIN HIDDEN TESTS
from autograder.hidden.backprop import grade

grade("tanh_forward__tanh_backward")
### END HIDDEN TESTS

# %% [markdown]
# <details><summary>Hint 1: direction</summary>
#
# As with the sigmoid: the derivative can be written with the output alone.
# </details>
#
# <details><summary>Hint 2: method</summary>
#
# NumPy has a tanh that is right everywhere. If you build yours from exponentials, look at what happens
# at 1000.
# </details>
#
# <details><summary>Hint 3: almost the line</summary>
#
# Cache `out`. The gradient is what flows in, times one minus the square of the cached output.
# </details>

# %% [markdown]
# ### The look
#
# Your three activation functions, and what is left of an upstream gradient of 1 that passes back through each.

# %% jupyter={"source_hidden": true} tags=["demo"]
# Your three activation functions, and the gradient that passes back through each.
activations = {
    "relu": (relu_forward, relu_backward, GREEN, "-", "o"),
    "sigmoid": (sigmoid_forward, sigmoid_backward, ORANGE, "--", "s"),
    "tanh": (tanh_forward, tanh_backward, BLUE, "-.", "^"),
}
grid, marks_at = np.linspace(-4, 4, 401), np.linspace(-3.9, 3.9, 14)
drawn = {}
for name, (forward, backward, *_) in activations.items():
    out, cache = forward(grid)
    nudged = numerical_gradient(lambda v, forward=forward: np.sum(forward(v)[0]), marks_at)
    drawn[name] = (out, backward(np.ones_like(grid), cache), nudged)
fig, (left, right) = plt.subplots(1, 2, figsize=(9, 3.6), layout="constrained")
for name, (_, _, color, style, marker) in activations.items():
    out, slope, nudged = drawn[name]
    left.plot(grid, out, color=color, ls=style, lw=2, label=name)
    right.plot(grid, slope, color=color, ls=style, lw=2, label=name)
    right.plot(marks_at, nudged, marker, color=color, mec="black", ms=5)
left.set(xlabel="x", ylabel="out", title="Forward", ylim=(-1.2, 2.2))
right.set(xlabel="x", ylabel="dx for dout = 1", title="Backward (marks: by nudging)")
left.legend()
right.axhline(0.25, color=GREY, ls=":", lw=1)
show_figure(
    "Left: relu, sigmoid and tanh from -4 to 4. Right: their derivatives by backward as lines, "
    "with numerical derivatives as marks on the lines: relu a step from 0 to 1, tanh a bell of "
    "height 1, sigmoid a bell of height 0.25."
)

# %% [markdown]
# *What to see.* The marks lie on your lines. A sigmoid passes on a quarter of the upstream gradient at
# best (the dotted line), and far out nothing; ReLU passes on all or nothing. Ten sigmoids in a row leave at most
# $0.25^{10}$, less than one millionth. Lesson 04 comes back to this.

# %% [markdown]
# ## 5. Where backpropagation begins
#
# The loss is the last node of the chain, and the first to be asked. For softmax cross-entropy with
# logits $z$ $(N, C)$, probabilities $p$ and targets $y$ (one class index for each row):
#
# $$L = -\frac1N\sum_n \log p_{n, y_n} \qquad p_{nc} = \frac{e^{z_{nc}}}{\sum_k e^{z_{nk}}}$$
#
# The logarithm undoes the exponential: one row costs $-z_y + \log\sum_k e^{z_k}$. Differentiate both terms with
# respect to $z_c$. The first gives $-1$ if $c$ is the target and 0 if not, written $-[c = y]$. The second gives
# $e^{z_c} / \sum_k e^{z_k}$, which is $p_c$ again. So
#
# $$\frac{\partial L}{\partial z_{nc}} = \frac{1}{N}\,\bigl(p_{nc} - [c = y_n]\bigr)$$
#
# *what you said, minus what is true*. Each row sums to 0: what one class gains, the others lose.

# %% [markdown]
# ### Prediction: every row twice
#
# You stack a batch on top of itself: $2N$ rows, each of the old ones twice. The loss is a mean. What
# happens to the gradient of a weight of the network?
#
# - (a) it stays the same
# - (b) it doubles
# - (c) it halves

# %% nbgrader={"grade": false, "grade_id": "prediction_duplicated_batch", "locked": false, "schema_version": 3, "solution": true, "task": false}
### BEGIN SOLUTION
prediction_duplicated_batch = "a"
### END SOLUTION

# %% nbgrader={"grade": true, "grade_id": "test_prediction_duplicated_batch", "locked": true, "points": 1, "schema_version": 3, "solution": false, "task": false}
if prediction_duplicated_batch is None:
    raise NotImplementedError("prediction_duplicated_batch is not written yet")
letter = str(prediction_duplicated_batch).strip(" ().").lower()
assert letter in ("a", "b", "c"), "a prediction is one letter: a, b or c"
### BEGIN HIDDEN TESTS
from autograder.hidden.backprop import grade

grade("prediction_duplicated_batch")
### END HIDDEN TESTS

# %% [markdown]
# ### Exercise: `softmax_cross_entropy` (15 minutes, difficulty 3 of 5)
#
# Loss and gradient in one function: nothing comes after it, so nothing has to be cached. Subtract the
# largest logit *of each row* before you exponentiate. That changes no probability, and no exponential
# overflows. And take the logarithm by algebra, not by `np.log` of a probability, which may be 0:
#
# $$\log p_{nc} = z_{nc} - m_n - \log\sum_k e^{z_{nk} - m_n}, \qquad m_n = \max_k z_{nk}$$


# %% nbgrader={"grade": false, "grade_id": "softmax_cross_entropy", "locked": false, "schema_version": 3, "solution": true, "task": false}
def softmax_cross_entropy(logits, targets):
    """Mean cross-entropy of a batch, and its gradient.

    Args:
        logits: float64 (N, C); exact and finite for entries of -1e4 and 1e4; not modified.
        targets: int64 (N,), each in [0, C); not modified.

    Returns:
        (loss, dlogits): the mean over the batch, a float, and its gradient with respect to the logits,
        a new float64 array (N, C).

    Source: Bishop, Pattern Recognition and Machine Learning (2006), section 4.3.4, equation 4.109.
    """
    ### BEGIN SOLUTION
    rows = np.arange(len(targets))
    shifted = logits - logits.max(axis=1, keepdims=True)
    log_probs = shifted - np.log(np.exp(shifted).sum(axis=1, keepdims=True))
    loss = -log_probs[rows, targets].mean()
    dlogits = np.exp(log_probs)
    dlogits[rows, targets] -= 1
    dlogits /= len(targets)
    return loss, dlogits
    ### END SOLUTION


# %% nbgrader={"grade": true, "grade_id": "test_softmax_cross_entropy", "locked": true, "points": 2, "schema_version": 3, "solution": false, "task": false}
_loss, _dlogits = softmax_cross_entropy(np.zeros((2, 4)), np.array([0, 3]))
assert np.isclose(_loss, np.log(4)), "who knows nothing about 4 classes pays log 4"
assert np.allclose(_dlogits[0], [-0.375, 0.125, 0.125, 0.125]), (
    "(p - 1) / N at the target, p / N elsewhere"
)
assert np.allclose(_dlogits.sum(axis=1), 0), "each row's gradient sums to 0"

_logits = np.array([[1.0, -0.5, 0.2], [0.3, 2.0, -1.0]])
_fd = numerical_gradient(lambda z: softmax_cross_entropy(z, np.array([1, 1]))[0], _logits)
assert relative_error(softmax_cross_entropy(_logits, np.array([1, 1]))[1], _fd) < 1e-6, (
    "dlogits is what nudging the logits gives"
)
_loss, _dlogits = softmax_cross_entropy(np.array([[0.0, 1e4]]), np.array([0]))
assert np.isclose(_loss, 1e4), "ten thousand below the winner costs ten thousand, not inf"
assert np.allclose(_dlogits, [[-1, 1]]), "and its gradient is finite"
### BEGIN HIDDEN TESTS
from autograder.hidden.backprop import grade

grade("softmax_cross_entropy")
### END HIDDEN TESTS

# %% [markdown]
# <details><summary>Hint 1: direction</summary>
#
# Get the logarithms of the probabilities first. Both results come from them: the loss by picking one
# of each row, the gradient by exponentiating.
# </details>
#
# <details><summary>Hint 2: method</summary>
#
# `a[np.arange(N), targets]` picks one element of each row, and can be assigned to. `keepdims=True` keeps
# a row's maximum and sum aligned with the row.
# </details>
#
# <details><summary>Hint 3: almost the line</summary>
#
# The gradient starts as the probabilities. Take 1 away at each row's target. Divide everything by the
# number of rows, the ones at the targets too.
# </details>

# %% [markdown]
# ### The look
#
# One row with five classes: the probabilities, and the push on each logit.

# %% jupyter={"source_hidden": true} tags=["demo"]
# The probabilities of one row, and the push on each of its logits.
logits, target = np.array([[1.2, 0.1, 0.6, -1.0, 2.0]]), np.array([2])
loss, dlogits = softmax_cross_entropy(logits, target)
nudged = numerical_gradient(lambda z: softmax_cross_entropy(z, target)[0], logits)
probs = dlogits[0] + (np.arange(5) == target[0])
hatch = ["//" if c == target[0] else "" for c in range(5)]
fig, (left, right) = plt.subplots(1, 2, figsize=(9, 3.4), layout="constrained")
left.bar(range(5), probs, color=BLUE, edgecolor="white", hatch=hatch)
left.set(xlabel="class (target hatched)", ylabel="probability", title="What the network said")
right.bar(range(5), -dlogits[0], color=ORANGE, edgecolor="white", hatch=hatch)
right.plot(range(5), -nudged[0], "o", color="black", label="by nudging")
right.axhline(0, color="black", lw=0.8)
right.set(
    xlabel="class (target hatched)", ylabel="- dlogits", title="Which way a step moves each logit"
)
right.legend()
show_figure(
    "Left: bars of five probabilities, the target class 2 hatched. Right: the negative gradient "
    "for each logit as bars: upwards only for the target, downwards for the others, with round "
    "marks from nudging on the tip of each bar."
)

# %% [markdown]
# *What to see.* A step lifts the target's logit and presses every other one down, in proportion to how
# much of the probability it had taken. The bar of a class that got nothing has no height.

# %% [markdown]
# ### Exercise: `mse_backward` (5 minutes, difficulty 1 of 5)
#
# The mean squared error of lesson 01 is $L = \frac1n\sum_i (\text{pred}_i - \text{target}_i)^2$ over **all** $n$
# elements: for a table of 32 rows and 3 columns, $n$ is 96. Differentiate it with respect to one
# prediction.


# %% nbgrader={"grade": false, "grade_id": "mse_backward", "locked": false, "schema_version": 3, "solution": true, "task": false}
def mse_backward(pred, target):
    """The gradient of the mean squared error (reduction "mean") with respect to `pred`.

    Args:
        pred, target: float64 arrays of one shape, any shape; not modified.

    Returns:
        dpred: float64, the shape of pred, a new array. The mean is over all elements.

    Source: Bishop, Pattern Recognition and Machine Learning (2006), section 5.3.
    """
    ### BEGIN SOLUTION
    return 2 * (pred - target) / pred.size
    ### END SOLUTION


# %% nbgrader={"grade": true, "grade_id": "test_mse_backward", "locked": true, "points": 1, "schema_version": 3, "solution": false, "task": false}
_dpred = mse_backward(np.array([3.0, 1.0]), np.array([1.0, 1.0]))
assert np.allclose(_dpred, [2.0, 0.0]), "2 * (3 - 1) / 2 where it is off, 0 where it is right"
_pred, _target = np.arange(6.0).reshape(3, 2), np.ones((3, 2))
_fd = numerical_gradient(lambda p: np.mean((p - _target) ** 2), _pred)
assert relative_error(mse_backward(_pred, _target), _fd) < 1e-6, "it is what nudging the mean gives"
### BEGIN HIDDEN TESTS
from autograder.hidden.backprop import grade

grade("mse_backward")
### END HIDDEN TESTS

# %% [markdown]
# <details><summary>Hint 1: direction</summary>
#
# Only one term of the sum contains `pred[i]`. What is its derivative, and what stands before the sum?
# </details>
#
# <details><summary>Hint 2: method</summary>
#
# `a.size` is the number of elements of an array of any shape; `len(a)` is the number of its rows.
# </details>
#
# <details><summary>Hint 3: almost the line</summary>
#
# Twice the difference, prediction minus target, over the number of all elements.
# </details>

# %% [markdown]
# ### The look
#
# Nine predictions, their targets, and the way each would move.

# %% jupyter={"source_hidden": true} tags=["demo"]
# Nine predictions, their targets, and the way each would move.
rng = np.random.default_rng(3)
target = np.linspace(-1, 1, 9)
pred = target + rng.normal(size=9)
pull = -mse_backward(pred, target)
fig, ax = plt.subplots(figsize=(6.4, 3.4))
ax.quiver(
    np.arange(9),
    pred,
    np.zeros(9),
    pull * pred.size / 2,
    angles="xy",
    scale_units="xy",
    scale=1,
    color=ORANGE,
    width=0.006,
    label="-dpred, times n/2",
)
ax.plot(range(9), pred, "o", color=BLUE, mfc="white", label="pred")
ax.plot(range(9), target, "x", color="black", ms=8, label="target")
ax.set(xlabel="element", ylabel="value", title="The pull of the squared error")
ax.legend()
show_figure(
    "Nine hollow circles (predictions) and crosses (targets). From each circle an arrow along "
    "minus the gradient points to its cross and ends on it."
)

# %% [markdown]
# *What to see.* Every arrow, scaled by $n/2$, ends on its cross: the pull is proportional to the
# distance. Cross-entropy's push was never larger than $1/N$; this one has no bound.

# %% [markdown]
# ## 6. The whole chain
#
# Now put the pieces in a row:
#
# $$x \to \text{linear}(W_1, b_1) \to \text{relu} \to \text{linear}(W_2, b_2) \to \text{softmax cross-entropy} \to L$$
#
# Forward, left to right, keeping three caches. Backward, right to left, spending them in the opposite
# order. What one layer returns as its `dx` is the next one's `dout`. No new mathematics is needed.

# %% [markdown]
# ### Prediction: all zeros
#
# Set every weight and every bias of this network to 0, and give it twice as many examples of class 0 as
# of class 1. Which gradients are not 0?
#
# - (a) none of them
# - (b) that of `b2` only
# - (c) those of `b1` and `b2`

# %% nbgrader={"grade": false, "grade_id": "prediction_all_zeros", "locked": false, "schema_version": 3, "solution": true, "task": false}
### BEGIN SOLUTION
prediction_all_zeros = "b"
### END SOLUTION

# %% nbgrader={"grade": true, "grade_id": "test_prediction_all_zeros", "locked": true, "points": 1, "schema_version": 3, "solution": false, "task": false}
if prediction_all_zeros is None:
    raise NotImplementedError("prediction_all_zeros is not written yet")
letter = str(prediction_all_zeros).strip(" ().").lower()
assert letter in ("a", "b", "c"), "a prediction is one letter: a, b or c"
### BEGIN HIDDEN TESTS
from autograder.hidden.backprop import grade

grade("prediction_all_zeros")
### END HIDDEN TESTS

# %% [markdown]
# ### Exercise: `mlp_loss_and_grads` (15 minutes, difficulty 3 of 5)
#
# Call what you have written. If one of your layers is not right yet, mend that one first: a chain hides
# where it is broken.


# %% nbgrader={"grade": false, "grade_id": "mlp_loss_and_grads", "locked": false, "schema_version": 3, "solution": true, "task": false}
def mlp_loss_and_grads(params, x, y):
    """The loss of a two-layer network on a batch, and the gradient of every parameter.

    The network is linear - relu - linear - softmax cross-entropy (mean over the batch).

    Args:
        params: dict with the keys "W1" float64 (D, H), "b1" (H,), "W2" (H, C), "b2" (C,), in any order;
            not modified.
        x: float64 (N, D). y: int64 (N,), each in [0, C). Neither is modified.

    Returns:
        (loss, grads): a float, finite for logits of -1e4 and 1e4, and a new dict with the same four
        keys; grads[key] is a new array of the shape of params[key].

    Source: Goodfellow, Bengio and Courville, Deep Learning (2016), section 6.5.7.
    """
    ### BEGIN SOLUTION
    z1, linear1 = linear_forward(x, params["W1"], params["b1"])
    h, relu1 = relu_forward(z1)
    logits, linear2 = linear_forward(h, params["W2"], params["b2"])
    loss, dlogits = softmax_cross_entropy(logits, y)
    dh, dW2, db2 = linear_backward(dlogits, linear2)
    dz1 = relu_backward(dh, relu1)
    _, dW1, db1 = linear_backward(dz1, linear1)
    return loss, {"W1": dW1, "b1": db1, "W2": dW2, "b2": db2}
    ### END SOLUTION


# %% nbgrader={"grade": true, "grade_id": "test_mlp_loss_and_grads", "locked": true, "points": 4, "schema_version": 3, "solution": false, "task": false}
_rng = np.random.default_rng(0)
_params = init_params(_rng, inputs=3, hidden=5, classes=4)
_x, _y = _rng.normal(size=(6, 3)), np.array([0, 1, 2, 3, 0, 1])
_loss, _grads = mlp_loss_and_grads(_params, _x, _y)
assert set(_grads) == {"W1", "b1", "W2", "b2"}, "a gradient for every parameter"
for _name in _params:
    assert _grads[_name].shape == _params[_name].shape, f"the gradient of {_name} has its shape"
for _name in _params:
    _fd = numerical_gradient(
        lambda value, name=_name: mlp_loss_and_grads({**_params, name: value}, _x, _y)[0],
        _params[_name],
    )
    assert relative_error(_grads[_name], _fd) < 1e-5, (
        f"the gradient of {_name} is what nudging gives"
    )
_zero = {name: np.zeros_like(value) for name, value in _params.items()}
assert np.isclose(mlp_loss_and_grads(_zero, _x, _y)[0], np.log(4)), "knowing nothing costs log 4"
### BEGIN HIDDEN TESTS
from autograder.hidden.backprop import grade

grade("mlp_loss_and_grads")
### END HIDDEN TESTS

# %% [markdown]
# <details><summary>Hint 1: direction</summary>
#
# Write the four forward lines first, and give every cache a name of its own. Then read them upwards:
# each forward line gives one backward line.
# </details>
#
# <details><summary>Hint 2: method</summary>
#
# The first upstream gradient is `dlogits`. It goes into the backward of the second linear layer, with that layer's
# cache. Of the three gradients that come back, one travels on.
# </details>
#
# <details><summary>Hint 3: almost the line</summary>
#
# Backward: linear (second cache), relu, linear (first cache). Each takes the `dx` of the one before as
# its `dout`. Collect `dW` and `db` of both linear layers under their keys.
# </details>

# %% [markdown]
# ### The look: edges that glow
#
# The network, drawn after twelve small steps. Every edge is a weight; it is as bright and as wide as the
# gradient that your backward pass sends through it. Left, the example that it gets most wrong. Right, the
# one that it is surest of.

# %% jupyter={"source_hidden": true} tags=["demo"]
# The gradients in a small network for two examples: the most wrong, and the surest.
rng = np.random.default_rng(5)
x, y = half_moons(rng)
params = init_params(rng)
for _ in range(12):
    _, grads = mlp_loss_and_grads(params, x, y)
    params = {name: value - 0.3 * grads[name] for name, value in params.items()}
costs = np.array([mlp_loss_and_grads(params, x[i : i + 1], y[i : i + 1])[0] for i in range(len(x))])
worst, best = int(costs.argmax()), int(costs.argmin())
shown = {}
for who, i in (("wrong", worst), ("right", best)):
    shown[who] = (costs[i], mlp_loss_and_grads(params, x[i : i + 1], y[i : i + 1])[1])
scale = max(float(np.abs(shown["wrong"][1][name]).max()) for name in ("W1", "W2"))
fig, axes = plt.subplots(1, 2, figsize=(9.4, 3.9), layout="constrained")
for ax, (who, (cost, grads)) in zip(axes, shown.items(), strict=True):
    glow = draw_network(ax, grads, scale, f"an example it gets {who}: loss {cost:.2f}")
add_scale(fig, axes, glow)
show_figure(
    "Two drawings of a 2-8-2 network on a dark ground. On the left, for a misclassified example, "
    "two edges from one hidden unit are bright and wide. On the right, for the example it is surest "
    "of, a third of the edges are of a medium brightness and none is brighter."
)

# %% [markdown]
# *What to see.* The gradient starts at the logits, is sent back along the weights, and stops dead at hidden
# units whose ReLU was closed: all edges of such a unit are dark. Where the network is right, less is sent:
# here at most a third as much.

# %% [markdown]
# ### The two predictions, tested

# %% tags=["demo", "prediction_duplicated_batch", "prediction_all_zeros"]
rng = np.random.default_rng(5)
x, y = half_moons(rng)
params = init_params(rng)
_, once = mlp_loss_and_grads(params, x, y)
_, twice = mlp_loss_and_grads(params, np.concatenate([x, x]), np.concatenate([y, y]))
same = max(relative_error(once[name], twice[name]) for name in params) < 1e-6
print(f"every row twice: gradients unchanged: {same}")
zeros = {name: np.zeros_like(value) for name, value in params.items()}
uneven = (np.arange(len(x)) % 3 == 0).astype(np.int64)  # a third of class 1
_, grads = mlp_loss_and_grads(zeros, x, uneven)
for name, grad in grads.items():
    print(f"all zeros: largest gradient of {name} is {np.abs(grad).max():.3f}")

# %% [markdown]
# Say why, for both, before `%check` tells you: which factor of each gradient is 0, or has halved? A network of
# zeros learns how frequent each class is, and nothing else, for ever. Lesson 04 shows how to start.

# %% [markdown]
# ## 7. Descend
#
# With gradients for everything, training is the loop of lesson 00: look at the loss, take the gradients,
# move every parameter against its own. Here each step sees the whole data set (*full batch*).
#
# $$\theta \leftarrow \theta - \eta\,\frac{\partial L}{\partial \theta} \qquad \theta \in \{W_1, b_1, W_2, b_2\}$$
#
# $\eta$ is the learning rate, `lr` in the code.
#
# ### Exercise: `train_mlp` (8 minutes, difficulty 2 of 5)


# %% nbgrader={"grade": false, "grade_id": "train_mlp", "locked": false, "schema_version": 3, "solution": true, "task": false}
def train_mlp(params, x, y, lr, steps):
    """Full-batch gradient descent on the network of `mlp_loss_and_grads`.

    Args:
        params: as in `mlp_loss_and_grads`; neither the dict nor its arrays are modified.
        x: float64 (N, D). y: int64 (N,). Neither is modified.
        lr: the learning rate, >= 0. steps: the number of updates, an int >= 0.

    Returns:
        (params, losses): a new dict of new arrays (also when steps is 0), and a sequence of `steps`
        floats; losses[i] is the loss before update i, so losses[0] belongs to the params given.

    Source: Goodfellow, Bengio and Courville, Deep Learning (2016), section 4.3.
    """
    ### BEGIN SOLUTION
    params = {name: value.copy() for name, value in params.items()}
    losses = []
    for _ in range(steps):
        loss, grads = mlp_loss_and_grads(params, x, y)
        losses.append(loss)
        params = {name: value - lr * grads[name] for name, value in params.items()}
    return params, losses
    ### END SOLUTION


# %% nbgrader={"grade": true, "grade_id": "test_train_mlp", "locked": true, "points": 2, "schema_version": 3, "solution": false, "task": false}
_rng = np.random.default_rng(1)
_x, _y = half_moons(_rng, n=30)
_start = init_params(_rng)
_W1 = _start["W1"].copy()
_first, _grads = mlp_loss_and_grads(_start, _x, _y)
_end, _losses = train_mlp(_start, _x, _y, lr=0.5, steps=1)
assert len(_losses) == 1, "one loss for every step"
assert np.isclose(_losses[0], _first), "losses[0] is the loss before the first update"
assert np.allclose(_end["W1"], _W1 - 0.5 * _grads["W1"]), (
    "one step: each parameter minus lr times its gradient"
)
assert np.array_equal(_start["W1"], _W1), "the parameters that you were given stay as they were"
_end, _losses = train_mlp(_start, _x, _y, lr=0.5, steps=50)
assert _losses[-1] < 0.75 * _losses[0], "fifty steps downhill"
_end, _losses = train_mlp(_start, _x, _y, lr=0.5, steps=0)
assert len(_losses) == 0, "no steps, no losses"
assert _end["W1"] is not _start["W1"], "and still new arrays"
### BEGIN HIDDEN TESTS
from autograder.hidden.backprop import grade

grade("train_mlp")
### END HIDDEN TESTS

# %% [markdown]
# <details><summary>Hint 1: direction</summary>
#
# In which order do you note the loss and update? And whose arrays are you updating?
# </details>
#
# <details><summary>Hint 2: method</summary>
#
# Copy every array once, before the loop; copying the dict alone leaves you with the caller's arrays.
# `a -= b` changes an array, `a = a - b` makes a new one.
# </details>
#
# <details><summary>Hint 3: almost the line</summary>
#
# Each step: loss and gradients at the parameters as they are now; append the loss; then for every key,
# the parameter minus `lr` times the gradient of the same key.
# </details>

# %% [markdown]
# ### The look: a network learns
#
# 400 steps on two half moons, with your functions from the first line to the last.

# %% jupyter={"source_hidden": true} tags=["demo"]
# Your network's loss over 400 steps, and the border that it learns.
rng = np.random.default_rng(5)
x, y = half_moons(rng)
start = init_params(rng)
trained, losses = train_mlp(start, x, y, lr=1.0, steps=400)
gx, gy = np.meshgrid(np.linspace(-2, 2, 120), np.linspace(-1.6, 1.6, 120))
hidden, _ = relu_forward(
    linear_forward(np.stack([gx.ravel(), gy.ravel()], 1), trained["W1"], trained["b1"])[0]
)
scores, _ = linear_forward(hidden, trained["W2"], trained["b2"])
margin = (scores[:, 1] - scores[:, 0]).reshape(gx.shape)
fig, (left, right) = plt.subplots(1, 2, figsize=(9.4, 3.7), layout="constrained")
left.semilogy(losses, color=BLUE, lw=2)
left.axhline(np.log(2), color=GREY, ls=":", label="knowing nothing: log 2")
left.set(xlabel="step", ylabel="loss", title="Full-batch gradient descent, lr = 1")
left.legend()
right.contourf(gx, gy, margin, levels=[-1e9, 0, 1e9], colors=["#d8e8f5", "#fdeccb"])
right.contour(gx, gy, margin, levels=[0], colors="black", linewidths=1.5)
for label, marker, color in ((0, "o", BLUE), (1, "^", ORANGE)):
    right.plot(*x[y == label].T, marker, color=color, mec="black", ms=5, label=f"class {label}")
right.set(xlabel="x[0]", ylabel="x[1]", title="What it learned")
right.legend(loc="upper right")
show_figure(
    "Left: the training loss falls from about 1 to below 0.02 in 400 steps on a logarithmic axis. "
    "Right: two half moons, circles and triangles, with a curved decision boundary that "
    "separates them."
)

# %% [markdown]
# *What to see.* The loss starts above what knowing nothing costs, and ends far below. The boundary is made of
# straight pieces: each hidden ReLU adds one fold.

# %% [markdown]
# And what the gradients did meanwhile: the same network's edges before training, and after 25 and 400 steps,
# all on one scale. Move the slider, if your notebook shows one, to see the steps between.

# %% jupyter={"source_hidden": true} tags=["demo", "nbval-ignore-output"]
# The network's gradients before, during and after training, then a slider for the step.
from IPython.display import display

rng = np.random.default_rng(5)
x, y = half_moons(rng)
history = {0: init_params(rng)}
for before, step in ((0, 5), (5, 25), (25, 100), (100, 400)):
    history[step], _ = train_mlp(history[before], x, y, lr=1.0, steps=step - before)
glows = {step: mlp_loss_and_grads(params, x, y) for step, params in history.items()}
scale = max(float(np.abs(glows[0][1][name]).max()) for name in ("W1", "W2"))
assert all(np.abs(glows[400][1][name]).max() < scale / 4 for name in ("W1", "W2"))
fig, axes = plt.subplots(1, 3, figsize=(12, 3.7), layout="constrained")
for ax, step in zip(axes, (0, 25, 400), strict=True):
    glow = draw_network(ax, glows[step][1], scale, f"after {step} steps: loss {glows[step][0]:.2f}")
add_scale(fig, axes, glow)
show_figure(
    "Three drawings of the 2-8-2 network: before training the edges are bright, after 25 steps "
    "darker, after 400 steps almost black."
)


def picture_of(step):
    """One drawing of the network as an image, for the slider."""
    fig, ax = plt.subplots(figsize=(5.6, 3.7), layout="constrained")
    glow = draw_network(ax, glows[step][1], scale, f"after {step} steps: loss {glows[step][0]:.2f}")
    add_scale(fig, ax, glow)
    return image_of(fig, f"The gradients in the network after {step} steps.")


try:
    from ipywidgets import HTML, SelectionSlider, VBox

    picture = HTML(value=picture_of(0))
    slider = SelectionSlider(options=list(glows), value=0, description="step")
    slider.observe(lambda change: setattr(picture, "value", picture_of(change["new"])), "value")
    display(VBox([slider, picture]))
except ImportError:
    print("Install ipywidgets for a slider; the figure above has three of its steps.")

# %% [markdown]
# *What to see.* The glow fades as the loss falls: a network that is right sends back
# small gradients. The steps shrink with it, although `lr` never changed.

# %% [markdown]
# ## 8. What goes wrong
#
# A wrong backward pass rarely crashes, and it often learns. Below, four faults are planted in your own
# layers, one at a time, and the same network trains with each of them. (A fault acts where your
# `mlp_loss_and_grads` calls that layer.) Before you run the cell: which of them would you notice from the
# loss alone?


# %% jupyter={"source_hidden": true} tags=["demo"]
# Trains with each planted fault and prints what shows; open it to read the faults.
from contextlib import contextmanager

right_relu, right_linear, right_loss = relu_backward, linear_backward, softmax_cross_entropy


@contextmanager
def planted(name, fault):
    """For the length of a block, another function stands behind one of your names."""
    kept = globals()[name]
    globals()[name] = fault
    try:
        yield
    finally:
        globals()[name] = kept


def averaged_bias(dout, cache):
    dx, dW, db = right_linear(dout, cache)
    return dx, dW, db / len(dout)


def undivided(logits, targets):
    loss, dlogits = right_loss(logits, targets)
    return loss, dlogits * len(targets)


rng = np.random.default_rng(5)
x, y = half_moons(rng)
start = init_params(rng)
faults = {
    "none": ("relu_backward", right_relu),
    "relu ignored on the way back": ("relu_backward", lambda dout, cache: dout),
    "relu mask from dout": ("relu_backward", lambda dout, cache: dout * (dout > 0)),
    "db averaged, not summed": ("linear_backward", averaged_bias),
    "1/N forgotten": ("softmax_cross_entropy", undivided),
}
table = [f"{'fault':30s} {'gradient check':>14s} {'loss after 200 steps':>21s}"]
for said, (name, fault) in faults.items():
    with planted(name, fault):
        _, grads = mlp_loss_and_grads(start, x, y)
        params = start
        for _ in range(200):
            _, step = mlp_loss_and_grads(params, x, y)
            params = {key: params[key] - 0.3 * step[key] for key in params}
    loss, _ = mlp_loss_and_grads(params, x, y)
    check = 0.0
    for key in start:
        nudged = lambda v, key=key: mlp_loss_and_grads({**start, key: v}, x, y)[0]
        check = max(check, relative_error(grads[key], numerical_gradient(nudged, start[key])))
    end = f"{loss:.2f}" if loss < 1 else "above 1"
    verdict = "below 1e-5" if check < 1e-5 else f"{check:.2f}"
    table.append(f"{said:30s} {verdict:>14s} {end:>21s}")
print("\n".join(table))

# %% [markdown]
# *What to see.* Only the forgotten 1/N shouts: its step is 120 times too long. Two of the faults bring
# the loss down to about 0.25, and would pass for a rate that needs tuning; with the wrong mask the network
# hardly gets below log 2 = 0.69, which looks like a hard problem. The gradient check is never in doubt.
#
# A check that has never said no may not be able to. Plant a fault, as here, and watch yours find it. Then
# add one of your own to `faults`, and predict both columns before you run it.

# %% [markdown]
# ## 9. In practice
#
# In PyTorch the forward pass writes the caches for you, and `loss.backward()` spends them: lesson 03
# builds that machine. The numbers are yours.

# %% tags=["demo"]
try:
    import torch
except ImportError:
    print("torch is not installed: this comparison is skipped. You need PyTorch from lesson 09 on.")
else:
    rng = np.random.default_rng(5)
    x, y = half_moons(rng)
    params = init_params(rng)
    loss, grads = mlp_loss_and_grads(params, x, y)
    leaves = {name: torch.tensor(value, requires_grad=True) for name, value in params.items()}
    hidden = torch.relu(torch.tensor(x) @ leaves["W1"] + leaves["b1"])
    torch_loss = torch.nn.functional.cross_entropy(
        hidden @ leaves["W2"] + leaves["b2"], torch.tensor(y)
    )
    torch_loss.backward()
    print(f"loss: equal to 12 digits: {abs(torch_loss.item() - loss) < 1e-12}")
    for name in params:
        close = np.abs(leaves[name].grad.numpy() - grads[name]).max() < 1e-12
        print(f"{name}: equal to 12 digits: {close}")
    logits = torch.tensor(rng.normal(size=(4, 3)), requires_grad=True)
    criterion = lambda z: torch.nn.functional.cross_entropy(z, torch.tensor([0, 2, 1, 1]))
    print(
        f"torch.autograd.gradcheck, the check of this lesson: {torch.autograd.gradcheck(criterion, logits)}"
    )

# %% [markdown]
# | you wrote | PyTorch | TensorFlow |
# | --- | --- | --- |
# | `mlp_loss_and_grads` | `loss.backward()`, then `param.grad` | `tape.gradient(loss, params)` |
# | `softmax_cross_entropy` | `nn.CrossEntropyLoss()` on logits | `SparseCategoricalCrossentropy(from_logits=True)` |
# | a forward and its backward | `torch.autograd.Function` | `tf.custom_gradient` |
# | the gradient check | `torch.autograd.gradcheck`, in float64 | `tf.test.compute_gradient` |

# %% [markdown]
# ## 10. To come back to
#
# | you want | use | typical values | when it fails |
# | --- | --- | --- | --- |
# | the gradient of a few numbers, once | central differences | eps 1e-6 in float64 | change eps by 100 both ways: it should not matter |
# | to test a backward pass | `relative_error` against central differences | below 1e-6: right; above 1e-3: wrong; between: look for a kink | see the next row |
# | to find which layer is wrong | check each layer alone, with a random `dout` | 5 rows, sizes all different | a square layer hides a transposed product |
# | an activation inside a network | ReLU | derivative 0 or 1 | units that are closed for every row: lower rate, other start |
# | a gate, or a value in a range | sigmoid, tanh | derivative at most 0.25, 1 | far out no gradient passes: keep inputs within about 4 |
# | a loss over classes | softmax and cross-entropy as one function | loss at the start near log C | nan: the row's maximum was not subtracted |
# | gradients that do not grow with the batch | divide by N once, in the loss | duplicate the batch: nothing changes | twice divided, or never |

# %% [markdown]
# ## 11. Mastery questions
#
# Three questions that are asked in interviews. Write your answer in the cell beneath each; a person
# reads it.

# %% [markdown] nbgrader={"grade": false, "grade_id": "what_the_cache_costs", "locked": true, "points": 3, "schema_version": 3, "solution": false, "task": true}
# **1. What the cache costs.** Training a network takes several times the memory of running it. Say what
# each of linear, ReLU and sigmoid has to keep for its backward, and how that grows with batch size and
# depth. Then name one way to use less memory, and its price.
#
# === BEGIN MARK SCHEME ===
# - 1 point: linear keeps its input x (and refers to W); ReLU one bit for each element (or its input or
#   output); sigmoid its output.
# - 1 point: all of it is proportional to the batch size, and adds up over depth, because the first
#   layer's cache is spent last. The weights' memory does not depend on the batch.
# - 1 point: a way with its price. For example: keep only some activations and compute the others again
#   on the way back (checkpointing: about one more forward pass); smaller batches with accumulation (more
#   passes); lower precision (rounding).
# === END MARK SCHEME ===

# %% [markdown]
# *Your answer here.*

# %% [markdown] nbgrader={"grade": false, "grade_id": "why_minus_one_hot", "locked": true, "points": 3, "schema_version": 3, "solution": false, "task": true}
# **2. Said minus true.** A row has soft labels: $L = -\sum_c q_c \log p_c$ with $\sum_c q_c = 1$. Derive
# $\partial L/\partial z_c$. Then say what goes wrong, in numbers, if softmax and the logarithm are two separate
# layers and the logit of a sure target is 1000 below the largest one.
#
# === BEGIN MARK SCHEME ===
# - 1 point: L = -sum_k q_k z_k + log sum_k exp(z_k), where sum q = 1 was used; or the chain through p with
#   its Jacobian p_c ([c = k] - p_k).
# - 1 point: the derivative is p_c - q_c.
# - 1 point: exp(-1000) is 0 in float64, so log gives -inf, and the two-layer backward has 1/p = inf times
#   p = 0, that is nan; together the loss is 1000 and the gradient is -1 and 1.
# === END MARK SCHEME ===

# %% [markdown]
# *Your answer here.*

# %% [markdown] nbgrader={"grade": false, "grade_id": "when_the_check_lies", "locked": true, "points": 3, "schema_version": 3, "solution": false, "task": true}
# **3. When the check lies.** Give two situations in which a right backward fails a gradient check, and
# two in which a wrong one passes. For each, say how you would change the check.
#
# === BEGIN MARK SCHEME ===
# - 1 point: two right ones that fail. For example: float32 with eps = 1e-6 (use float64); a ReLU input
#   within eps of 0 (choose other inputs, or a smaller eps); dropout drawn anew at each call (fix the
#   mask); entries near 0 where rounding noise is all there is (look at the absolute difference too).
# - 1 point: two wrong ones that pass. For example: dout all ones, or a symmetric or square W that hides a
#   transpose; N = 1, which hides a missing 1/N or an unsummed db; inputs all positive, where no ReLU is
#   closed; a tolerance that is absolute while gradients are tiny; a numerical gradient that changes x.
# - 1 point: a fitting change for each of the four.
# === END MARK SCHEME ===

# %% [markdown]
# *Your answer here.*

# %% [markdown]
# ## Further reading
#
# - Rumelhart, Hinton and Williams, *Learning Representations by Back-propagating Errors*, Nature, 1986.
#   Four pages; your `sigmoid_backward` is its equation 5.
# - Baur and Strassen, *The Complexity of Partial Derivatives*, 1983. Why all gradients together cost a
#   small multiple of one evaluation.
# - LeCun, Bottou, Orr and Müller, *Efficient BackProp*, 1998. What helps gradients flow.
# - Griewank and Walther, *Evaluating Derivatives*, 2nd edition, 2008. Reverse mode in full, and trading
#   memory for time.
# - Goodfellow, Bengio and Courville, *Deep Learning*, 2016, section 6.5.
#
# **Next:** [lesson 03](../03_autograd/autograd.ipynb). You wrote every backward pass by hand. Which of them could a program write?
