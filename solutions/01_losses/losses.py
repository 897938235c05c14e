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
# # 01 - What "wrong" means
#
# A model learns what its loss asks for, and nothing else. Ask for the wrong thing, and every later
# step of the training brings you closer to it. In this lesson you write the losses that most
# networks are trained with, and see what each of them asks for.
#
# **You will be able to**
#
# - write the losses of regression and classification, exact for any size of logits;
# - say what a loss does with outliers, rare classes and hard examples, and choose one for a task;
# - read a loss as an average over data that you have not seen, and a mini-batch as an estimate of
#   it.
#
# **You need** lesson 00 (a number to go down on), NumPy arrays and their axes, exponential and
# logarithm. No derivatives: those come in lesson 02.
#
# **It takes** about two and a half hours: ten exercises, most of them short, and two predictions. The cell
# beneath each exercise checks it (`%check`), as often as you like. Losses for pixels, boxes and embeddings are
# lesson 17, an elective.

# %% jupyter={"source_hidden": true} tags=["setup"]
# Given: NumPy as np, Matplotlib as plt, and helpers that fit a line and make data.
import matplotlib.pyplot as plt
import numpy as np
from matplotlib.patches import Rectangle

BLUE, ORANGE, GREEN, RED, GREY = "#0072B2", "#E69F00", "#009E73", "#D55E00", "#555555"


def refuses(function, *args, **kwargs):
    """Whether a call raises ValueError, as it should where its arguments make no sense."""
    try:
        function(*args, **kwargs)
    except ValueError:
        return True
    return False


def fit_line(loss, x, y, rounds=16):
    """The line `slope * x + offset` of the smallest loss: (slope, offset).

    It tries the lines of a grid, and shrinks the grid around the best one. All it asks of a loss is
    its value, `loss(predictions, y)`.
    """
    slope, offset, width = 0.0, 0.0, 6.0
    for _ in range(rounds):
        moves = width * np.linspace(-1, 1, 7)
        lines = [(slope + a, offset + b) for a in moves for b in moves]
        slope, offset = min(lines, key=lambda line: loss(line[0] * x + line[1], y))
        width *= 0.55
    return slope, offset


def line_with_outliers(depth, n=24):
    """Points around the line 0.5 x + 1; the three at the right end are pulled down by `depth`."""
    x = np.linspace(-2, 2, n)
    y = 0.5 * x + 1 + 0.2 * np.random.default_rng(4).normal(size=n)
    y[-3:] -= depth
    return x, y


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
# ## 1. One number for "wrong"
#
# A model looks at an input $x$ and says something, $\hat y$. The truth was $y$. A **loss**
# $\ell(\hat y, y)$ is one number that says how bad that is: the smaller, the better.
#
# What you want small is not the loss of one example. It is the loss that you will pay *on average*,
# on examples that nature has yet to draw:
#
# $$L = \mathbb{E}_{(x, y)}\bigl[\ell(\hat y(x), y)\bigr] \approx \frac1N \sum_{n=1}^{N} \ell(\hat y(x_n), y_n)$$
#
# $\mathbb{E}$ is the average over all pairs that could be drawn. Nobody has those. You have $N$ of
# them, and the mean over these is an estimate of $L$. Section 3 measures how good an estimate it
# is.
#
# So every loss has two halves: a rule that gives each example a number, and a way to make one
# number of many. The second half is called the **reduction**. It is `"mean"` unless you say
# otherwise, `"sum"`, or `"none"`, which keeps the numbers apart.

# %% [markdown]
# ## 2. How far is far?
#
# First the case where the answer is a number: a price, a temperature, a coordinate. With the
# residual $r = \hat y - y$, the most common answer is to square it:
#
# $$\text{MSE} = \frac1n \sum_i (\hat y_i - y_i)^2$$
#
# The sum runs over **all** $n$ elements. For 32 examples with 3 numbers each, $n$ is 96.
#
# ### Exercise: `mse` (12 minutes, difficulty 2 of 5)
#
# Three functions in one cell. The first two are helpers that every loss below may use. They stop
# two quiet mistakes:
#
# - NumPy stretches arrays whose shapes differ. The difference of an (N, 1) and an (N,) array is a
#   table (N, N), every prediction against every target. The mean of that is a number, and looks
#   like a loss.
# - A misspelt reduction should not fall through to some default.
#
# `mse` is the graded one. Write the helpers your own way, or do without them.


# %% nbgrader={"grade": false, "grade_id": "mse", "locked": false, "schema_version": 3, "solution": true, "task": false}
def residual(pred, target):
    """`pred - target` as float64, for two arrays of one shape.

    Raises:
        ValueError: the shapes are not equal.
    """
    ### BEGIN SOLUTION
    if np.shape(pred) != np.shape(target):
        raise ValueError(f"pred has shape {np.shape(pred)}, target has {np.shape(target)}")
    return np.subtract(pred, target, dtype=np.float64)
    ### END SOLUTION


def reduce_losses(losses, reduction):
    """Many losses as one number (or as they are), by `reduction`: "none", "mean" or "sum".

    Raises:
        ValueError: any other reduction.
    """
    ### BEGIN SOLUTION
    if reduction == "none":
        return losses
    if reduction == "mean":
        return np.mean(losses)
    if reduction == "sum":
        return np.sum(losses)
    raise ValueError(f"reduction must be 'none', 'mean' or 'sum', got {reduction!r}")
    ### END SOLUTION


def mse(pred, target, reduction="mean"):
    """The squared error.

    Args:
        pred, target: arrays of one shape, float64 or int64; not modified.
        reduction: "none", "mean" (over all elements) or "sum".

    Returns:
        A float, also for integers; for "none" a new float64 array of the shape of pred.

    Raises:
        ValueError: the shapes are not equal, or the reduction is none of the three.

    Source: Bishop, Pattern Recognition and Machine Learning (2006), section 1.1, there as half the sum.
    """
    ### BEGIN SOLUTION
    return reduce_losses(residual(pred, target) ** 2, reduction)
    ### END SOLUTION


# %% nbgrader={"grade": true, "grade_id": "test_mse", "locked": true, "points": 2, "schema_version": 3, "solution": false, "task": false}
_pred, _target = np.array([[1.0, 2.0], [3.0, 4.0], [5.0, 6.0]]), np.ones((3, 2))
assert np.array_equal(mse(_pred, _target, "none"), [[0, 1], [4, 9], [16, 25]]), (
    "'none': the square of each difference"
)
assert np.isclose(mse(_pred, _target, "sum"), 55), "'sum': all of them together"
assert np.isclose(mse(_pred, _target), 55 / 6), "the mean is over all elements, here six"
_whole = mse(np.array([1, 2]), np.array([3, 5]), "none")
assert np.asarray(_whole).dtype == np.float64, "integers in, floats out"
assert refuses(mse, np.zeros((4, 1)), np.zeros(4)), "(4, 1) against (4,) is a ValueError"
assert refuses(mse, np.zeros(4), np.zeros(4), reduction="average"), (
    "a reduction that is none of the three is a ValueError"
)
### BEGIN HIDDEN TESTS
from autograder.hidden.losses import grade

grade("mse")
### END HIDDEN TESTS

# %% [markdown]
# <details><summary>Hint 1: direction</summary>
#
# What does `np.zeros((4, 1)) - np.zeros(4)` give? Compare the shapes before you subtract.
# </details>
#
# <details><summary>Hint 2: method</summary>
#
# `np.mean` and `np.sum` without an axis run over all elements. The sum of integers is an integer:
# make floats of the difference early. A chain of `if`s can end in a `raise`.
# </details>
#
# <details><summary>Hint 3: almost the line</summary>
#
# `residual` compares `np.shape` of both, raises or subtracts (`np.subtract` takes `dtype=`).
# `reduce_losses` has one line for each of the three words and ends in `raise ValueError(...)`.
# `mse` squares the first, and hands it to the second.
# </details>

# %% [markdown]
# ### Exercise: `mae` (3 minutes, difficulty 1 of 5)
#
# Why square? The plainest distance is the difference without its sign:
#
# $$\text{MAE} = \frac1n \sum_i |\hat y_i - y_i|$$
#
# The same shapes, the same reductions, the same errors.


# %% nbgrader={"grade": false, "grade_id": "mae", "locked": false, "schema_version": 3, "solution": true, "task": false}
def mae(pred, target, reduction="mean"):
    """The absolute error.

    Args:
        pred, target: arrays of one shape, float64 or int64; not modified.
        reduction: "none", "mean" (over all elements) or "sum".

    Returns:
        A float, also for integers; for "none" a new float64 array of the shape of pred.

    Raises:
        ValueError: the shapes are not equal, or the reduction is none of the three.

    Source: Hastie, Tibshirani and Friedman, The Elements of Statistical Learning (2009), section 10.6.
    """
    ### BEGIN SOLUTION
    return reduce_losses(np.abs(residual(pred, target)), reduction)
    ### END SOLUTION


# %% nbgrader={"grade": true, "grade_id": "test_mae", "locked": true, "points": 1, "schema_version": 3, "solution": false, "task": false}
_pred, _target = np.array([1.0, -2.0, 3.0]), np.array([2.0, 2.0, 2.0])
assert np.array_equal(mae(_pred, _target, "none"), [1, 4, 1]), "the size of each difference"
assert np.isclose(mae(_pred, _target), 2), "their mean"
assert np.isclose(mae(_pred, _target, reduction="sum"), 6), "their sum"
assert refuses(mae, np.zeros((4, 1)), np.zeros(4)), "(4, 1) against (4,) is a ValueError"
assert refuses(mae, _pred, _target, reduction="avg"), "an unknown reduction is a ValueError"
### BEGIN HIDDEN TESTS
from autograder.hidden.losses import grade

grade("mae")
### END HIDDEN TESTS

# %% [markdown]
# <details><summary>Hint 1: direction</summary>
#
# What is the only difference from `mse`?
# </details>
#
# <details><summary>Hint 2: method</summary>
#
# `np.abs` works on each element. Everything else is as before, and your helpers do it.
# </details>
#
# <details><summary>Hint 3: almost the line</summary>
#
# The absolute value of the residual, handed to `reduce_losses` with the reduction.
# </details>

# %% [markdown]
# ### The look: squares and sticks
#
# Five points and a line. On the left each error is drawn as a square: its *area* is the loss. On
# the right as a stick: its *length* is. The shares in the titles come from your functions.

# %% jupyter={"source_hidden": true} tags=["demo"]
# The same errors as squares and as sticks, with the share of each in your loss.
x = np.array([0.0, 1.0, 2.0, 3.0, 4.0])
y = np.array([0.6, 0.5, 1.6, 1.1, 4.6])
line = 0.5 * x + 0.3
squares, sticks = mse(line, y, "none"), mae(line, y, "none")
fig, (left, right) = plt.subplots(1, 2, figsize=(9, 3.8), layout="constrained", sharey=True)
for ax in (left, right):
    ax.plot([-0.3, 4.4], [0.15, 2.5], color=GREY, label="prediction")
    ax.plot(x, y, "o", color="black", label="target")
    ax.set(xlabel="x", xlim=(-0.6, 6.8), ylim=(-0.2, 5.2))
for xi, yi, li, area in zip(x, y, line, squares, strict=True):
    side = np.sqrt(area)
    left.add_patch(
        Rectangle((xi, min(yi, li)), side, side, facecolor=ORANGE, alpha=0.45, edgecolor="black")
    )
for xi, yi, length in zip(x, y, sticks, strict=True):
    right.plot([xi, xi], [yi, yi - np.sign(yi - (0.5 * xi + 0.3)) * length], color=BLUE, lw=5)
left.set_aspect("equal")
right.set_aspect("equal")
left.set(ylabel="y", title=f"mse: the farthest point is {squares[-1] / squares.sum():.0%} of it")
right.set(title=f"mae: the farthest point is {sticks[-1] / sticks.sum():.0%} of it")
left.legend(loc="upper left")
show_figure(
    "Left: a line, five points and for each a square between point and line; the square of the "
    "farthest point covers most of the coloured area. Right: the same points with vertical "
    "sticks; the farthest stick is more than half of the total length."
)

# %% [markdown]
# *What to see.* The same point, the same distance. Squaring makes one far point speak for
# everybody.

# %% [markdown]
# ### Prediction: one number for five
#
# Take the numbers 1, 2, 3, 4 and 90. You may say one number, the same for all five. Which number
# makes the MSE smallest, and which the MAE?
#
# - (a) 20 for both
# - (b) 20 for the MSE, 3 for the MAE
# - (c) 3 for both

# %% nbgrader={"grade": false, "grade_id": "prediction_outlier", "locked": false, "schema_version": 3, "solution": true, "task": false}
### BEGIN SOLUTION
prediction_outlier = "b"
### END SOLUTION

# %% nbgrader={"grade": true, "grade_id": "test_prediction_outlier", "locked": true, "points": 1, "schema_version": 3, "solution": false, "task": false}
if prediction_outlier is None:
    raise NotImplementedError("prediction_outlier is not written yet")
letter = str(prediction_outlier).strip(" ().").lower()
assert letter in ("a", "b", "c"), "a prediction is one letter: a, b or c"
### BEGIN HIDDEN TESTS
from autograder.hidden.losses import grade

grade("prediction_outlier")
### END HIDDEN TESTS

# %% [markdown]
# ### Exercise: `huber` (8 minutes, difficulty 2 of 5)
#
# The square is smooth at 0, where it matters for the last steps of a descent, and gives far points
# too much weight. The absolute value treats far points mildly, and has a kink at 0. Peter Huber
# joined them: a parabola near 0, a straight line beyond a distance $\delta > 0$, with the same
# height and the same slope where they meet.
#
# $$\text{huber}(r) = \begin{cases} \tfrac12 r^2 & |r| \le \delta \\ \delta\,\bigl(|r| - \tfrac12\delta\bigr) & |r| > \delta \end{cases}$$


# %% nbgrader={"grade": false, "grade_id": "huber", "locked": false, "schema_version": 3, "solution": true, "task": false}
def huber(pred, target, delta=1.0, reduction="mean"):
    """Half the squared error up to a distance delta, a straight line beyond it.

    Args:
        pred, target: arrays of one shape, float64 or int64; not modified.
        delta: where the parabola ends, > 0.
        reduction: "none", "mean" (over all elements) or "sum".

    Returns:
        A float; for "none" a new float64 array of the shape of pred.

    Raises:
        ValueError: the shapes are not equal, or the reduction is none of the three.

    Source: Huber, Robust Estimation of a Location Parameter (1964), section 1.
    """
    ### BEGIN SOLUTION
    far = np.abs(residual(pred, target))
    losses = np.where(far <= delta, 0.5 * far**2, delta * (far - 0.5 * delta))
    return reduce_losses(losses, reduction)
    ### END SOLUTION


# %% nbgrader={"grade": true, "grade_id": "test_huber", "locked": true, "points": 2, "schema_version": 3, "solution": false, "task": false}
_pred = np.array([0.5, -1.0, 3.0, -4.0])
assert np.allclose(huber(_pred, np.zeros(4), reduction="none"), [0.125, 0.5, 2.5, 3.5]), (
    "half the square up to 1, then |r| - 1/2, on both sides of 0"
)
assert np.allclose(huber(_pred, np.zeros(4), 2.0, "none"), [0.125, 0.5, 4.0, 6.0]), (
    "with delta = 2 the line starts at 2, and has slope 2"
)
assert np.isclose(huber(_pred, np.zeros(4), delta=100.0), mse(_pred, np.zeros(4)) / 2), (
    "with a large delta it is half the MSE"
)
assert refuses(huber, np.zeros((4, 1)), np.zeros(4)), "(4, 1) against (4,) is a ValueError"
assert refuses(huber, _pred, _pred, reduction=""), "an unknown reduction is a ValueError"
### BEGIN HIDDEN TESTS
from autograder.hidden.losses import grade

grade("huber")
### END HIDDEN TESTS

# %% [markdown]
# <details><summary>Hint 1: direction</summary>
#
# Which of the two formulas holds for $r = -5$? Look at what the condition compares.
# </details>
#
# <details><summary>Hint 2: method</summary>
#
# `np.where(condition, this, that)` chooses element by element. Both branches are arrays of the same
# shape.
# </details>
#
# <details><summary>Hint 3: almost the line</summary>
#
# Take the absolute residual once. Where it is at most delta: half its square. Elsewhere: delta
# times (it minus half of delta). Then reduce.
# </details>

# %% [markdown]
# ### Exercise: `smooth_l1` (5 minutes, difficulty 2 of 5)
#
# Detectors use a sister of Huber's loss. Its tails always have slope 1, whatever its parameter
# $\beta > 0$; what changes is how wide and how steep the parabola between them is:
#
# $$\text{smooth L1}(r) = \begin{cases} \tfrac12 r^2 / \beta & |r| < \beta \\ |r| - \tfrac12\beta & |r| \ge \beta \end{cases}$$
#
# It is Huber's loss divided by something. By what?


# %% nbgrader={"grade": false, "grade_id": "smooth_l1", "locked": false, "schema_version": 3, "solution": true, "task": false}
def smooth_l1(pred, target, beta=1.0, reduction="mean"):
    """The absolute error with its kink rounded off over a distance beta.

    Args:
        pred, target: arrays of one shape, float64 or int64; not modified.
        beta: where the parabola ends, > 0.
        reduction: "none", "mean" (over all elements) or "sum".

    Returns:
        A float; for "none" a new float64 array of the shape of pred.

    Raises:
        ValueError: the shapes are not equal, or the reduction is none of the three.

    Source: Girshick, Fast R-CNN (2015), section 2.3, equation 3, there with beta = 1.
    """
    ### BEGIN SOLUTION
    far = np.abs(residual(pred, target))
    losses = np.where(far < beta, 0.5 * far**2 / beta, far - 0.5 * beta)
    return reduce_losses(losses, reduction)
    ### END SOLUTION


# %% nbgrader={"grade": true, "grade_id": "test_smooth_l1", "locked": true, "points": 1, "schema_version": 3, "solution": false, "task": false}
_pred = np.array([0.25, -1.0, 3.0])
assert np.allclose(smooth_l1(_pred, np.zeros(3), reduction="none"), [0.03125, 0.5, 2.5]), (
    "with beta = 1 it is Huber's loss with delta = 1"
)
assert np.allclose(smooth_l1(_pred, np.zeros(3), 0.5, "none"), [0.0625, 0.75, 2.75]), (
    "with beta = 1/2: r**2 inside, |r| - 1/4 outside"
)
assert refuses(smooth_l1, np.zeros((4, 1)), np.zeros(4)), "(4, 1) against (4,) is a ValueError"
assert refuses(smooth_l1, _pred, _pred, reduction="Mean"), "an unknown reduction is a ValueError"
### BEGIN HIDDEN TESTS
from autograder.hidden.losses import grade

grade("smooth_l1")
### END HIDDEN TESTS

# %% [markdown]
# <details><summary>Hint 1: direction</summary>
#
# Compare the two formulas line by line, with $\delta = \beta$. What is each line of Huber's divided
# by?
# </details>
#
# <details><summary>Hint 2: method</summary>
#
# Either write it like `huber`, with other branches, or call `huber` and divide.
# </details>
#
# <details><summary>Hint 3: almost the line</summary>
#
# Where the absolute residual is below beta: half its square, over beta. Elsewhere: it, minus half
# of beta.
# </details>

# %% [markdown]
# ### The look: four shapes of "wrong"
#
# Your four losses as functions of the residual (lines), over the closed forms at a few points
# (marks).

# %% jupyter={"source_hidden": true} tags=["demo"]
# Your four losses and their slopes against the residual.
r, some = np.linspace(-4, 4, 321), np.linspace(-3.8, 3.8, 20)
size = np.abs(some)
shapes = (
    ("mse", mse, {}, ORANGE, "-", some**2),
    ("mae", mae, {}, BLUE, "--", size),
    (
        "huber, delta = 2",
        huber,
        {"delta": 2.0},
        GREEN,
        "-.",
        np.where(size < 2, some**2 / 2, 2 * size - 2),
    ),
    (
        "smooth_l1, beta = 2",
        smooth_l1,
        {"beta": 2.0},
        RED,
        ":",
        np.where(size < 2, some**2 / 4, size - 1),
    ),
)
fig, (left, right) = plt.subplots(1, 2, figsize=(9.4, 3.9), layout="constrained")
for name, loss, options, color, style, exact in shapes:
    drawn = loss(r, np.zeros_like(r), reduction="none", **options)
    left.plot(r, drawn, color=color, ls=style, lw=2, label=name)
    left.plot(some, exact, "o", color=color, ms=3.5)
    assert np.allclose(loss(some, np.zeros(20), reduction="none", **options), exact)
left.set(xlabel="residual r", ylabel="loss", ylim=(-0.2, 6.5), title="Marks: the closed forms")
left.legend(loc="upper center")
right.plot(r, r**2 / 2, color=GREY, ls=":", lw=2, label="half the square")
for delta, color, style in ((0.5, BLUE, "--"), (1.0, GREEN, "-."), (2.0, ORANGE, "-")):
    drawn = huber(r, np.zeros_like(r), delta=delta, reduction="none")
    right.plot(r, drawn, color=color, ls=style, lw=2, label=f"delta = {delta}")
right.set(xlabel="residual r", ylim=(-0.2, 6.5), title="huber leaves the parabola at delta")
right.legend(loc="upper center")
show_figure(
    "Left: four curves over the residual from -4 to 4. mse is a steep parabola, mae a V, huber "
    "and smooth L1 with parameter 2 are rounded Vs, of slope 2 and slope 1. Marks of the closed "
    "forms lie on the lines. Right: huber for delta 0.5, 1 and 2 beneath the dotted half "
    "parabola."
)

# %% [markdown]
# *What to see.* All of them agree that 0 is best. They differ in what the *next* bit of error
# costs: for the square ever more, for the others never more than a fixed slope. On the right, each
# curve leaves the parabola at its delta, without a corner.

# %% [markdown]
# ### The experiment: three points pulled away
#
# First the five numbers of your prediction. Then a line through 24 points, of which the three at
# the right end are pulled down, farther and farther. `fit_line` tries many lines and keeps the one
# that your loss likes best.

# %% jupyter={"source_hidden": true} tags=["demo", "prediction_outlier"]
# Lines fitted with your losses while three points are pulled down.
numbers = np.array([1.0, 2.0, 3.0, 4.0, 90.0])
guesses = np.linspace(0, 90, 901)
for name, loss in (("mse", mse), ("mae", mae)):
    best = min(guesses, key=lambda guess: loss(np.full(5, guess), numbers))
    print(f"{name}: the best single number is {best:.1f}")

losses_of_a_line = (
    ("mse", mse, ORANGE, "-"),
    ("mae", mae, BLUE, "--"),
    ("huber, delta = 0.5", lambda p, t: huber(p, t, delta=0.5), GREEN, "-."),
)
depths = np.linspace(0, 12, 9)
fig, (left, right) = plt.subplots(1, 2, figsize=(9.4, 3.9), layout="constrained")
x, y = line_with_outliers(6.0)
left.plot(x, y, "o", color="black", ms=4)
left.plot(x, 0.5 * x + 1, color=GREY, ls=":", lw=2, label="without the three")
slopes = {}
for name, loss, color, style in losses_of_a_line:
    slope, offset = fit_line(loss, x, y)
    left.plot(x, slope * x + offset, color=color, ls=style, lw=2, label=name)
    slopes[name] = np.array([fit_line(loss, *line_with_outliers(depth))[0] for depth in depths])
    right.plot(depths, slopes[name], color=color, ls=style, marker="o", ms=4, lw=2, label=name)
exact = [np.polyfit(*line_with_outliers(depth), 1)[0] for depth in depths]
right.plot(depths, exact, "kx", ms=8, label="least squares, closed form")
assert np.abs(slopes["mse"] - exact).max() < 0.01
left.set(xlabel="x", ylabel="y", title="Three of 24 points pulled down by 6")
left.legend(loc="lower left")
right.set(
    xlabel="how far the three are pulled",
    ylabel="fitted slope",
    title="What that does to the slope",
)
right.legend(loc="lower left")
show_figure(
    "Left: 24 points, the last three far below the others. The mse line tilts downwards towards "
    "them; mae and huber stay near the dotted true line. Right: fitted slope against the depth of "
    "the outliers. mse falls along a straight line, on crosses of the least-squares solution; "
    "huber and mae stay near 0.4."
)
for name, found in slopes.items():
    print(
        f"{name:18s}: slope {found[0]:.2f} at first, {found[-1]:.2f} with the three pulled down by 12"
    )

# %% [markdown]
# *What to see.* The two numbers printed first are the mean and the median of the five. A mean
# follows a far point wherever it goes; so does the orange line, in proportion. The
# other two give the three points a fixed pull, and after the first few units no more.
#
# None of them is right in itself. If the three points are broken sensors, you want the blue line.
# If they are the customers who pay for everything, you want the orange one.

# %% [markdown]
# ### A knob between the two
#
# With delta, Huber's loss runs from the MAE's behaviour to the MSE's. The curve below shows the
# slope that it finds, for every delta. Then the slider: find the delta at which the line begins to
# follow the three points.

# %% jupyter={"source_hidden": true} tags=["demo", "nbval-ignore-output"]
# The fitted slope for every delta, then a slider for delta.
x, y = line_with_outliers(6.0)
deltas = np.geomspace(0.1, 10, 13)
found = [fit_line(lambda p, t, d=d: huber(p, t, delta=d), x, y)[0] for d in deltas]
ends = fit_line(mae, x, y)[0], fit_line(mse, x, y)[0]
assert abs(found[0] - ends[0]) < 0.15, "a small delta behaves like the MAE"
assert abs(found[-1] - ends[1]) < 0.01, "a large one like the MSE"
fig, ax = plt.subplots(figsize=(6.4, 3.6))
ax.semilogx(deltas, found, color=GREEN, marker="o", lw=2, label="huber")
ax.axhline(ends[0], color=BLUE, ls="--", label="mae")
ax.axhline(ends[1], color=ORANGE, ls=":", lw=2, label="mse")
ax.set(xlabel="delta", ylabel="fitted slope", title="From one behaviour to the other")
ax.legend()
show_figure(
    "Fitted slope against delta on a logarithmic axis: an S-shaped fall from the dashed level of "
    "mae at small delta to the dotted level of mse at large delta."
)


def show_delta(delta):
    slope, offset = fit_line(lambda p, t: huber(p, t, delta=delta), x, y)
    inside = mae(slope * x + offset, y, "none") <= delta
    _, ax = plt.subplots(figsize=(6.4, 3.6))
    ax.plot(x[inside], y[inside], "o", color="black", label="within delta")
    ax.plot(x[~inside], y[~inside], "x", color=RED, ms=8, label="beyond delta")
    ax.plot(x, slope * x + offset, color=GREEN, lw=2)
    ax.set(xlabel="x", ylabel="y", title=f"delta = {delta:.2f}: slope {slope:.2f}")
    ax.legend(loc="lower left")
    show_figure(f"The points and the line fitted with delta {delta:.2f}, of slope {slope:.2f}.")


try:
    from ipywidgets import FloatLogSlider, interact
except ImportError:
    print("No slider here (ipywidgets is missing). Call show_delta(2.0) with deltas of your own.")
else:
    interact(
        show_delta,
        delta=FloatLogSlider(value=0.5, min=-1, max=1, step=0.1, continuous_update=False),
    )

# %% [markdown]
# *What to see.* Points within delta vote with their squares; points beyond it (the crosses) all
# pull equally hard. A good delta is a little more than the noise that you expect, here 0.2.

# %% [markdown]
# ## 3. A mean over what you have not seen
#
# Back to the expectation of section 1. Your data are a sample of it, and a **mini-batch** is a
# sample of your data. Draw $B$ examples at random, each independently, and take the mean of their
# losses. That number is wrong, but not in a favourite direction: averaged over draws it is exactly
# the mean over all. It is an **unbiased** estimate, and its spread is
#
# $$\text{standard deviation of the batch mean} = \frac{\sigma}{\sqrt{B}}$$
#
# where $\sigma$ is the standard deviation of the losses of single examples. Four times the batch,
# half the noise. The cell measures both on 5000 examples, with your `mse`.

# %% jupyter={"source_hidden": true} tags=["demo"]
# The noise of a batch's loss against the batch size, measured with your mse.
rng = np.random.default_rng(0)
target = rng.normal(size=5000)
pred = target + rng.normal(size=5000) * rng.uniform(0.5, 1.2, size=5000)
each = mse(pred, target, "none")
full = mse(pred, target)
sizes = np.array([1, 4, 16, 64, 256])
means = {size: each[rng.integers(0, 5000, size=(20000, size))].mean(axis=1) for size in sizes}
fig, (left, right) = plt.subplots(1, 2, figsize=(9.4, 3.8), layout="constrained")
for size in sizes[1:]:
    left.plot(size * rng.uniform(0.85, 1.18, size=150), means[size][:150], ".", color=BLUE, ms=3)
left.axhline(full, color="black", ls="--", label="mean over all 5000")
spread = each.std() / np.sqrt(sizes[1:])
left.plot(
    sizes[1:], full + spread, color=RED, ls=":", lw=2, label="plus and minus sigma / root of B"
)
left.plot(sizes[1:], full - spread, color=RED, ls=":", lw=2)
left.set(
    xscale="log",
    xlabel="batch size B",
    ylabel="mse of a batch",
    title="150 of 20000 batches of each size",
)
left.set_xticks(sizes[1:], sizes[1:])
left.legend()
right.axhline(1, color="black", ls="--", label="the value over all")
averages = [means[size].mean() / full for size in sizes]
roots = [np.sqrt(means[size]).mean() / np.sqrt(full) for size in sizes]
right.plot(sizes, averages, color=BLUE, marker="o", lw=2, label="average of mse")
right.plot(
    sizes, roots, color=ORANGE, marker="s", ls="-.", lw=2, label="average of its square root"
)
right.set(xscale="log", xlabel="batch size B", ylabel="relative to all", title="Unbiased, and not")
right.set_xticks(sizes, sizes)
right.legend(loc="lower right")
show_figure(
    "Left: dots of batch means for batch sizes 4 to 256 around the dashed line of the full mean; "
    "their spread follows the dotted curves of plus and minus sigma over the root of B. Right: "
    "the average of the batch means stays at 1, the average of their square roots rises from "
    "about 0.78 at batch size 1 to 1."
)
for size, average in zip(sizes, averages, strict=True):
    spread = means[size].std() / (each.std() / np.sqrt(size))
    print(
        f"B = {size:3d}: average {average:.2f} of the full mean, spread {spread:.2f} of sigma / root of B"
    )

# %% [markdown]
# *What to see.* The averages lie on the line at every batch size, one included. The spread follows
# the dotted curve. The orange line is a warning: the *root* of a batch's MSE is too small on
# average. Unbiased is what means are, and not what you make of them afterwards.

# %% [markdown]
# ## 4. One of several
#
# Now the answer is a class: one of $C$. The model gives a score to each, the **logits** $z_1,
# \dots, z_C$. Any real numbers will do. To make them probabilities, make them positive and let them
# sum to 1:
#
# $$p_c = \frac{e^{z_c}}{\sum_{k} e^{z_k}} \qquad \log p_c = z_c - \log \sum_k e^{z_k}$$
#
# That is the **softmax**, and beside it its logarithm. Only differences of logits matter: adding
# the same number to all of them changes nothing.
#
# ### Exercise: `log_softmax` (10 minutes, difficulty 3 of 5)
#
# On paper the right formula is done. In float64, $e^{710}$ is already `inf`, and $e^{-746}$ is
# already 0, whose logarithm is `-inf`. Use what you know: adding the same number to all logits
# changes nothing. Subtract the largest of **each row**, $m = \max_k z_k$:
#
# $$\log p_c = (z_c - m) - \log \sum_k e^{z_k - m}$$
#
# Now the largest exponent is 0, the sum lies between 1 and $C$, and nothing can go wrong. Your
# function has to be exact for logits of -10000 and 10000, in one row or in different ones.


# %% nbgrader={"grade": false, "grade_id": "log_softmax", "locked": false, "schema_version": 3, "solution": true, "task": false}
def log_softmax(logits):
    """The logarithms of the softmax probabilities, along the last axis.

    Args:
        logits: float64 (..., C), any number of axes from 1 on; exact and finite for entries of
            -1e4 and 1e4; not modified.

    Returns:
        A new float64 array of the same shape.

    Source: Blanchard, Higham and Higham, Accurately Computing the Log-Sum-Exp and Softmax Functions
        (2021), section 1.
    """
    ### BEGIN SOLUTION
    below_best = logits - np.max(logits, axis=-1, keepdims=True)
    return below_best - np.log(np.sum(np.exp(below_best), axis=-1, keepdims=True))
    ### END SOLUTION


# %% nbgrader={"grade": true, "grade_id": "test_log_softmax", "locked": true, "points": 2, "schema_version": 3, "solution": false, "task": false}
_logs = log_softmax(np.array([[0.0, 0.0], [np.log(3), 0.0], [2.0, 2.0]]))
assert np.allclose(np.exp(_logs), [[0.5, 0.5], [0.75, 0.25], [0.5, 0.5]]), (
    "exponentiated, each row is a set of probabilities"
)
assert np.allclose(log_softmax(np.array([1.0, 1.0, 1.0])), -np.log(3)), "one axis: one row"
assert log_softmax(np.zeros((2, 3, 4))).shape == (2, 3, 4), "the last axis is the classes"
assert np.allclose(
    log_softmax(np.array([[0.0, 1e4], [-1e4, -1e4]])), [[-1e4, 0], [-np.log(2)] * 2]
), "exact at 1e4 and at -1e4, each row for itself"
### BEGIN HIDDEN TESTS
from autograder.hidden.losses import grade

grade("log_softmax")
### END HIDDEN TESTS

# %% [markdown]
# <details><summary>Hint 1: direction</summary>
#
# Which number can you subtract from a row so that `np.exp` never overflows, and the sum is never 0?
# </details>
#
# <details><summary>Hint 2: method</summary>
#
# `np.max(a, axis=-1, keepdims=True)` keeps the axis, so that it lines up with the rows. And do not
# take the logarithm of a probability: subtract the logarithm of the sum.
# </details>
#
# <details><summary>Hint 3: almost the line</summary>
#
# Shift every row by its largest logit. The result is the shifted logits, minus the logarithm of the
# sum of their exponentials along the last axis.
# </details>

# %% [markdown]
# ### Exercise: `softmax` (2 minutes, difficulty 1 of 5)
#
# The probabilities themselves. You have their logarithms.


# %% nbgrader={"grade": false, "grade_id": "softmax", "locked": false, "schema_version": 3, "solution": true, "task": false}
def softmax(logits):
    """Probabilities in proportion to the exponentials of the logits, along the last axis.

    Args:
        logits: float64 (..., C), any number of axes from 1 on; exact and finite for entries of
            -1e4 and 1e4; not modified.

    Returns:
        A new float64 array of the same shape; each row sums to 1.

    Source: Bishop, Pattern Recognition and Machine Learning (2006), section 4.2, equation 4.62.
    """
    ### BEGIN SOLUTION
    return np.exp(log_softmax(logits))
    ### END SOLUTION


# %% nbgrader={"grade": true, "grade_id": "test_softmax", "locked": true, "points": 1, "schema_version": 3, "solution": false, "task": false}
_probs = softmax(np.array([[0.0, np.log(3)], [5.0, 5.0]]))
assert np.allclose(_probs, [[0.25, 0.75], [0.5, 0.5]]), "in proportion to the exponentials"
assert np.allclose(softmax(np.arange(12.0).reshape(3, 4)).sum(axis=-1), 1), "each row sums to 1"
assert np.allclose(softmax(np.array([1e4, 0.0, -1e4])), [1, 0, 0]), "no nan, however far apart"
### BEGIN HIDDEN TESTS
from autograder.hidden.losses import grade

grade("softmax")
### END HIDDEN TESTS

# %% [markdown]
# <details><summary>Hint 1: direction</summary>
#
# What undoes a logarithm?
# </details>
#
# <details><summary>Hint 2: method</summary>
#
# Call `log_softmax`. It is stable, so what you make of it is.
# </details>
#
# <details><summary>Hint 3: almost the line</summary>
#
# The exponential of the result of `log_softmax`.
# </details>

# %% [markdown]
# ### Exercise: `cross_entropy` (8 minutes, difficulty 2 of 5)
#
# A model says $p$, and then the truth turns out to be class $y$. How bad was that? Look at the
# probability that it gave to what happened, and at nothing else:
#
# $$\ell = -\log p_{y}$$
#
# Certain and right costs 0. One half costs $\log 2$. Certain and wrong costs as much as you like.
# Over a batch it is the average *surprise*, and it has one more name: the negative log-likelihood.
#
# `targets` holds a class index for each row (libraries call this form *sparse*).


# %% nbgrader={"grade": false, "grade_id": "cross_entropy", "locked": false, "schema_version": 3, "solution": true, "task": false}
def cross_entropy(logits, targets, reduction="mean"):
    """The negative logarithm of the probability of what happened.

    Args:
        logits: float64 (N, C); exact and finite for entries of -1e4 and 1e4; not modified.
        targets: int64 (N,), each in [0, C); not modified.
        reduction: "none", "mean" (over the rows) or "sum".

    Returns:
        A float; for "none" a new float64 array (N,).

    Raises:
        ValueError: the reduction is none of the three.

    Source: Goodfellow, Bengio and Courville, Deep Learning (2016), section 6.2.2.3.
    """
    ### BEGIN SOLUTION
    log_probs = log_softmax(logits)
    surprise = -log_probs[np.arange(len(targets)), targets]
    return reduce_losses(surprise, reduction)
    ### END SOLUTION


# %% nbgrader={"grade": true, "grade_id": "test_cross_entropy", "locked": true, "points": 2, "schema_version": 3, "solution": false, "task": false}
_logits = np.log(np.array([[0.5, 0.25, 0.25], [0.1, 0.1, 0.8]]))
assert np.allclose(
    cross_entropy(_logits, np.array([0, 2]), "none"), [-np.log(0.5), -np.log(0.8)]
), "minus the logarithm of the probability of the target"
assert np.isclose(cross_entropy(_logits, np.array([1, 1])), (np.log(4) + np.log(10)) / 2), (
    "the mean is over the rows"
)
assert np.isclose(cross_entropy(np.zeros((5, 10)), np.arange(5)), np.log(10)), (
    "knowing nothing about ten classes costs log 10"
)
assert np.isclose(cross_entropy(np.array([[0.0, 1e4]]), np.array([0])), 1e4), (
    "ten thousand below the winner costs ten thousand, not inf"
)
assert refuses(cross_entropy, _logits, np.array([0, 2]), "total"), (
    "an unknown reduction is a ValueError"
)
### BEGIN HIDDEN TESTS
from autograder.hidden.losses import grade

grade("cross_entropy")
### END HIDDEN TESTS

# %% [markdown]
# <details><summary>Hint 1: direction</summary>
#
# For each row you need one number out of $C$. Which one, and how do you pick a different column in
# each row?
# </details>
#
# <details><summary>Hint 2: method</summary>
#
# `a[np.arange(N), targets]` picks one element of each row. `a[:, targets]` does something else: try
# both on a small array.
# </details>
#
# <details><summary>Hint 3: almost the line</summary>
#
# The log-probabilities of the rows, one picked from each by its target, with the sign turned. Then
# reduce.
# </details>

# %% [markdown]
# ### The look: what the surprise costs
#
# Three classes. Two logits stay at 0 and 1, the first one moves from -8 to 8.

# %% jupyter={"source_hidden": true} tags=["demo"]
# Probabilities and losses of three classes while one logit moves.
moving = np.linspace(-8, 8, 161)
logits = np.stack([moving, np.zeros(161), np.ones(161)], axis=1)
probs = softmax(logits)
styles = ((BLUE, "-"), (ORANGE, "--"), (GREEN, "-."))
fig, (left, right) = plt.subplots(1, 2, figsize=(9.4, 3.8), layout="constrained")
top = np.exp(moving[::16]), 1.0, np.e
for c, (color, style) in enumerate(styles):
    left.plot(moving, probs[:, c], color=color, ls=style, lw=2, label=f"class {c}")
    left.plot(moving[::16], top[c] / (np.exp(moving[::16]) + 1 + np.e), "o", color="black", ms=3)
    losses = cross_entropy(logits, np.full(161, c), "none")
    right.plot(moving, losses, color=color, ls=style, lw=2, label=f"target {c}")
    assert np.allclose(losses, np.log(np.exp(moving) + 1 + np.e) - logits[:, c])
right.plot(moving, np.log(1 + np.e) - moving, color=GREY, lw=0.8, label="slopes -1 and 1")
right.plot(moving, moving, color=GREY, lw=0.8)
squared = mse(probs[:, 0], np.ones(161), "none")
right.plot(moving, squared, color=RED, ls=":", lw=2, label="target 0: (1 - p) squared")
left.set(
    xlabel="first logit (the others: 0 and 1)",
    ylabel="probability",
    title="softmax (marks: closed form)",
)
right.set(
    xlabel="first logit",
    ylabel="cross-entropy",
    ylim=(-0.3, 9),
    title="cross_entropy, for each target",
)
left.legend()
right.legend(loc="upper center")
show_figure(
    "Left: three softmax probabilities against the first logit; the first rises in an S, the "
    "other two fall, black marks of the closed form on the lines. Right: the cross-entropy for "
    "each possible target; for target 0 it falls along a straight line of slope -1 and flattens "
    "at 0, for the others it is flat and then rises with slope 1, along thin straight lines. A "
    "dotted curve at the bottom goes from 1 to 0 and is flat at both ends."
)

# %% [markdown]
# *What to see.* Far on the wrong side the loss is a straight line: a logit that is 5 too low costs
# about 5. Far on the right side it flattens out at 0, and never gets there. The squared error of
# the probability (dotted, at the bottom) is flat on *both* sides: a descent has nothing to go by
# where the model is most wrong.

# %% [markdown]
# ### Exercise: `cross_entropy_one_hot` (6 minutes, difficulty 2 of 5)
#
# The same loss, with the truth as probabilities $q$ instead of an index (the *categorical*
# form). For a sure truth $q$ is **one-hot**: 1 at the class, 0 elsewhere. It need not be: three of
# four annotators said "cat", one "lynx". Such **soft labels** have a cross-entropy too:
#
# $$\ell = -\sum_c q_c \log p_c$$


# %% nbgrader={"grade": false, "grade_id": "cross_entropy_one_hot", "locked": false, "schema_version": 3, "solution": true, "task": false}
def cross_entropy_one_hot(logits, target_probs, reduction="mean"):
    """Cross-entropy for targets that are probabilities.

    Args:
        logits: float64 (N, C); exact and finite for entries of -1e4 and 1e4; not modified.
        target_probs: float64 or int64 (N, C), each in [0, 1], each row sums to 1: one-hot or soft;
            not modified.
        reduction: "none", "mean" (over the rows) or "sum".

    Returns:
        A float; for "none" a new float64 array (N,).

    Raises:
        ValueError: the reduction is none of the three.

    Source: Szegedy et al., Rethinking the Inception Architecture for Computer Vision (2016), section 7.
    """
    ### BEGIN SOLUTION
    surprise = -np.sum(target_probs * log_softmax(logits), axis=-1)
    return reduce_losses(surprise, reduction)
    ### END SOLUTION


# %% nbgrader={"grade": true, "grade_id": "test_cross_entropy_one_hot", "locked": true, "points": 2, "schema_version": 3, "solution": false, "task": false}
_logits = np.log(np.array([[0.5, 0.25, 0.25], [0.1, 0.1, 0.8]]))
_hot = np.array([[1.0, 0.0, 0.0], [0.0, 0.0, 1.0]])
assert np.isclose(cross_entropy_one_hot(_logits, _hot), cross_entropy(_logits, np.array([0, 2]))), (
    "one-hot rows: the cross-entropy of the indices"
)
_soft = np.array([[0.5, 0.5, 0.0], [0.0, 0.25, 0.75]])
assert np.allclose(
    cross_entropy_one_hot(_logits, _soft, "none"),
    [0.5 * np.log(2) + 0.5 * np.log(4), 0.25 * np.log(10) - 0.75 * np.log(0.8)],
), "soft rows: each class's surprise, weighted by its probability; one number for each row"
assert np.isclose(cross_entropy_one_hot(np.array([[0.0, 1e4]]), np.array([[1.0, 0.0]])), 1e4), (
    "exact for logits of 1e4"
)
assert refuses(cross_entropy_one_hot, _logits, _hot, "rows"), "an unknown reduction is a ValueError"
### BEGIN HIDDEN TESTS
from autograder.hidden.losses import grade

grade("cross_entropy_one_hot")
### END HIDDEN TESTS

# %% [markdown]
# <details><summary>Hint 1: direction</summary>
#
# Over which axis does the sum in the formula run? What is left?
# </details>
#
# <details><summary>Hint 2: method</summary>
#
# The product of the two arrays is (N, C). Sum it over the classes first; the reduction works on the
# (N,) that is left.
# </details>
#
# <details><summary>Hint 3: almost the line</summary>
#
# Minus the sum, along the last axis, of the target probabilities times the log-probabilities. Then
# reduce.
# </details>

# %% [markdown]
# ### Prediction: softmax, twice
#
# A network for ten classes ends in a softmax layer, and its author hands those probabilities to
# `cross_entropy`, which expects logits. Training makes the network ever more certain, and it is
# always right. Where does this loss go?
#
# - (a) to 0, as it should
# - (b) to about 0.1, one over the number of classes
# - (c) to about 1.5, and never below

# %% nbgrader={"grade": false, "grade_id": "prediction_double_softmax", "locked": false, "schema_version": 3, "solution": true, "task": false}
### BEGIN SOLUTION
prediction_double_softmax = "c"
### END SOLUTION

# %% nbgrader={"grade": true, "grade_id": "test_prediction_double_softmax", "locked": true, "points": 1, "schema_version": 3, "solution": false, "task": false}
if prediction_double_softmax is None:
    raise NotImplementedError("prediction_double_softmax is not written yet")
letter = str(prediction_double_softmax).strip(" ().").lower()
assert letter in ("a", "b", "c"), "a prediction is one letter: a, b or c"
### BEGIN HIDDEN TESTS
from autograder.hidden.losses import grade

grade("prediction_double_softmax")
### END HIDDEN TESTS

# %% [markdown]
# ### The experiment
#
# The right class gets the logit $s$, the other nine get 0, and $s$ grows from 0 to 20.

# %% jupyter={"source_hidden": true} tags=["demo", "prediction_double_softmax"]
# The loss of logits, and of probabilities given in their place.
strength = np.linspace(0, 20, 81)
logits = np.zeros((81, 10))
logits[:, 3] = strength
targets = np.full(81, 3)
once = cross_entropy(logits, targets, "none")
twice = cross_entropy(softmax(logits), targets, "none")
floor = np.log(np.e + 9) - 1
fig, ax = plt.subplots(figsize=(6.4, 3.6))
ax.plot(strength, once, color=BLUE, lw=2, label="cross_entropy(logits)")
ax.plot(strength, twice, color=RED, ls="--", lw=2, label="cross_entropy(softmax(logits))")
ax.axhline(floor, color=GREY, ls=":", label=f"log(e + 9) - 1 = {floor:.2f}")
ax.set(
    xlabel="logit of the right class (the others: 0)",
    ylabel="loss",
    title="Certain, right, and punished",
)
ax.legend()
show_figure(
    "Two curves against the winning logit from 0 to 20, both starting at log 10, about 2.3. "
    "cross_entropy of the logits falls to 0. cross_entropy of softmax of the logits falls to a "
    "dotted floor at 1.46 and stays there."
)
print(
    f"at 20: once {once[-1]:.2f}, twice {twice[-1]:.2f}; one-hot form the same: "
    f"{np.isclose(twice[-1], cross_entropy_one_hot(softmax(logits), np.eye(10)[targets], 'none')[-1])}"
)

# %% [markdown]
# *What to see.* The dotted line is the best that this loss can reach: a probability, taken as a
# logit, lies 1 above the other nine at best. No error is raised, the model learns, slowly, and its
# loss stops at a number that looks like a hard problem. If your loss will not fall below $\log(e + C - 1) - 1$, look for
# the second softmax.

# %% [markdown]
# ## 5. Yes or no, many times
#
# A photograph can show a dog *and* a ball. Then classes do not compete: each is a question of its
# own, with its own logit $z$ and its own answer $t$, 1 for yes and 0 for no. The probability of yes
# is the sigmoid $\sigma(z) = 1/(1 + e^{-z})$, and the surprise is the **binary cross-entropy**:
#
# $$\ell = -t\,\log \sigma(z) - (1 - t)\,\log(1 - \sigma(z))$$
#
# ### Exercise: `bce_with_logits` (10 minutes, difficulty 3 of 5)
#
# Written like this it breaks: at $z = 10000$ and $t = 1$ the second term is $0 \cdot (-\infty)$,
# and that is `nan`. Some libraries clip $\sigma$ away from 0 and 1; then every large mistake costs
# the same. Algebra does better. With $-\log\sigma(z) = \log(1 + e^{-z})$ both terms become one:
#
# $$\ell = \max(z, 0) - z\,t + \log\bigl(1 + e^{-|z|}\bigr)$$
#
# The exponent is never positive, so it never overflows. Check it on paper for $t = 1$ and both
# signs of $z$. Soft answers fit in as well: $t = 0.75$, when three of four people said yes.


# %% nbgrader={"grade": false, "grade_id": "bce_with_logits", "locked": false, "schema_version": 3, "solution": true, "task": false}
def bce_with_logits(logits, targets, reduction="mean"):
    """Binary cross-entropy of independent yes-or-no questions.

    Args:
        logits: float64, any shape; exact and finite for entries of -1e4 and 1e4; not modified.
        targets: float64 or int64 in [0, 1], the shape of logits: 1 for yes, 0 for no, between them
            for soft answers; not modified.
        reduction: "none", "mean" (over all elements) or "sum".

    Returns:
        A float; for "none" a new float64 array of the shape of logits.

    Raises:
        ValueError: the reduction is none of the three.

    Source: Goodfellow, Bengio and Courville, Deep Learning (2016), section 6.2.2.2.
    """
    ### BEGIN SOLUTION
    losses = np.maximum(logits, 0) - logits * targets + np.log1p(np.exp(-np.abs(logits)))
    return reduce_losses(losses, reduction)
    ### END SOLUTION


# %% nbgrader={"grade": true, "grade_id": "test_bce_with_logits", "locked": true, "points": 2, "schema_version": 3, "solution": false, "task": false}
_logits, _targets = (
    np.array([[0.0, np.log(3)], [np.log(3), -np.log(3)]]),
    np.array([[1, 1], [0, 0]]),
)
assert np.allclose(bce_with_logits(_logits, _targets, "none"), np.log([[2, 4 / 3], [4, 4 / 3]])), (
    "yes with probability 3/4 costs log(4/3), no costs log 4"
)
assert np.isclose(bce_with_logits(_logits, _targets), np.log(2 * 4 * 16 / 9) / 4), (
    "the mean is over all elements: rows and labels"
)
assert np.allclose(
    bce_with_logits(np.array([1e4, 1e4, -1e4, -1e4]), np.array([1.0, 0.0, 1.0, 0.0]), "none"),
    [0, 1e4, 1e4, 0],
), "sure and right costs 0, sure and wrong costs the logit: never nan, never inf"
assert np.isclose(
    bce_with_logits(np.array([np.log(3)]), np.array([0.25])),
    0.25 * np.log(4 / 3) + 0.75 * np.log(4),
), "a soft answer of 1/4: a quarter of the loss for yes, three quarters of the loss for no"
assert refuses(bce_with_logits, _logits, _targets, None), "an unknown reduction is a ValueError"
### BEGIN HIDDEN TESTS
from autograder.hidden.losses import grade

grade("bce_with_logits")
### END HIDDEN TESTS

# %% [markdown]
# <details><summary>Hint 1: direction</summary>
#
# For $t = 1$ the loss is $\log(1 + e^{-z})$. For which $z$ does that overflow? What is it then,
# nearly?
# </details>
#
# <details><summary>Hint 2: method</summary>
#
# `np.log1p(a)` is `log(1 + a)`, exact for small `a`. `np.maximum(z, 0)` works on each element.
# </details>
#
# <details><summary>Hint 3: almost the line</summary>
#
# Three terms: the larger of logit and 0; minus logit times target; plus `log1p` of the exponential
# of minus the absolute logit.
# </details>

# %% [markdown]
# ### The look
#
# The loss of one question, for both answers. Beside yours, the formula with a clipped sigmoid.

# %% jupyter={"source_hidden": true} tags=["demo"]
# The loss of a yes-or-no question for both answers, and a clipped formula beside it.
z, some = np.linspace(-8, 8, 161), np.linspace(-7, 7, 11)
fig, (left, right) = plt.subplots(1, 2, figsize=(9.4, 3.6), layout="constrained")
for t, color, style in ((1, BLUE, "-"), (0, ORANGE, "--")):
    left.plot(
        z,
        bce_with_logits(z, np.full(161, t), "none"),
        color=color,
        ls=style,
        lw=2,
        label=f"target {t}",
    )
    left.plot(some, np.logaddexp(0, some * (1 - 2 * t)), "o", color="black", ms=3.5)
left.set(xlabel="logit", ylabel="loss", title="bce_with_logits (marks: logaddexp)")
left.legend()
far = np.linspace(-60, 5, 131)
clipped = -np.log(np.clip(1 / (1 + np.exp(-far)), 1e-7, 1 - 1e-7))
right.plot(far, bce_with_logits(far, np.ones(131), "none"), color=BLUE, lw=2, label="yours")
right.plot(far, clipped, color=RED, ls="--", lw=2, label="sigmoid clipped at 1e-7")
right.set(xlabel="logit, target 1", ylabel="loss", title="Clipping makes large mistakes equal")
right.legend()
show_figure(
    "Left: for target 1 the loss falls from about 8 at logit -8 to 0, for target 0 it rises "
    "mirror-like; black marks of logaddexp lie on both. Right: for logits down to -60 your loss "
    "rises along a straight line, the clipped one stays flat at about 16."
)

# %% [markdown]
# *What to see.* On the right, beyond a logit of about -16 the clipped loss is flat: the worst
# mistakes no longer ask to be mended.

# %% [markdown]
# ## 6. Not every example counts the same
#
# A rare disease is one case in a hundred. A model that says "healthy" to all is right in 99 % of
# them. If a missed case is worse, say so: give each example a weight.
#
# $$L = \frac1N \sum_n w_n \ell_n$$
#
# Mind the denominator. It is $N$, the number of examples, and not the sum of the weights. Both are
# used in practice, and they are not the same: with $\frac1N$, doubling all weights doubles the
# loss; divided by the sum, nothing changes.
#
# ### Exercise: `sample_weighted` (2 minutes, difficulty 1 of 5)


# %% nbgrader={"grade": false, "grade_id": "sample_weighted", "locked": false, "schema_version": 3, "solution": true, "task": false}
def sample_weighted(losses, weights):
    """The mean over the examples of loss times weight.

    Args:
        losses: float64 (N,), one for each example; not modified.
        weights: float64 or int64 (N,), >= 0, of any sum; not modified.

    Returns:
        A float: the mean over N, not divided by the sum of the weights.

    Source: Shimodaira, Improving Predictive Inference under Covariate Shift by Weighting the
        Log-Likelihood Function (2000).
    """
    ### BEGIN SOLUTION
    return np.mean(losses * weights)
    ### END SOLUTION


# %% nbgrader={"grade": true, "grade_id": "test_sample_weighted", "locked": true, "points": 1, "schema_version": 3, "solution": false, "task": false}
_losses = np.array([1.0, 2.0, 3.0, 6.0])
assert np.isclose(sample_weighted(_losses, np.ones(4)), 3), "weights of 1: the mean"
assert np.isclose(sample_weighted(_losses, np.array([0.0, 0.0, 2.0, 0.0])), 1.5), (
    "6 / 4: divided by the number of examples, not by the sum of the weights"
)
assert np.isclose(sample_weighted(_losses, np.full(4, 2)), 6), "twice the weights, twice the loss"
### BEGIN HIDDEN TESTS
from autograder.hidden.losses import grade

grade("sample_weighted")
### END HIDDEN TESTS

# %% [markdown]
# <details><summary>Hint 1: direction</summary>
#
# How many examples are there, if some of them have weight 0?
# </details>
#
# <details><summary>Hint 2: method</summary>
#
# Multiply element by element, then take a plain mean.
# </details>
#
# <details><summary>Hint 3: almost the line</summary>
#
# `np.mean` of the product of the two arrays.
# </details>

# %% [markdown]
# ### The look: one weight moves a decision
#
# 1000 people, 20 of them ill, and a model that says the same logit to everybody. Which logit is
# cheapest, if a case weighs 1, 10 or 49?

# %% jupyter={"source_hidden": true} tags=["demo"]
# The cheapest answer to everybody, for three weights of a case.
ill = (np.arange(1000) < 20).astype(np.int64)
shared = np.linspace(-6, 3, 181)
fig, ax = plt.subplots(figsize=(6.8, 3.8))
for weight, color, style in ((1, BLUE, "-"), (10, ORANGE, "--"), (49, GREEN, "-.")):
    weights = np.where(ill == 1, weight, 1)
    losses = [
        sample_weighted(bce_with_logits(np.full(1000, z), ill, "none"), weights) for z in shared
    ]
    best = shared[np.argmin(losses)]
    theory = np.log(20 * weight / 980)
    assert abs(best - theory) < 0.051, (best, theory)
    ax.plot(shared, losses, color=color, ls=style, lw=2, label=f"a case weighs {weight}")
    ax.plot(best, min(losses), "o", color=color, ms=8)
    ax.axvline(theory, color=color, ls=":", lw=1)
ax.set(xlabel="the logit that everybody gets", ylabel="weighted loss", ylim=(0, 2.2))
ax.set_title("Dots: cheapest logit. Dotted: log(20 w / 980)")
ax.legend()
show_figure(
    "Three curves of the weighted loss against a shared logit, for case weights 1, 10 and 49. "
    "Their lowest points move to the right, onto vertical dotted lines at the logit of the "
    "weighted share: -3.9, -1.6 and 0."
)

# %% [markdown]
# *What to see.* Weights do not only make the loss larger, they move its lowest point. At 49 the
# twenty cases weigh as much as the 980 others, and the cheapest answer is "I do not know", a logit
# of 0. The outputs are no longer the probabilities of the data: you asked for something else.

# %% [markdown]
# ## 7. With labels and without
#
# So far each $x$ came with a $y$: **supervised** learning. What changes if it does not? And what if
# the model is to say how the data came about, and not only how to label them?
#
# | setting | the data give | the model says | the loss of one example |
# | --- | --- | --- | --- |
# | supervised, discriminative | $x, y$ | $p(y \mid x)$ | $-\log p(y \mid x)$: cross-entropy, BCE, MSE, MAE |
# | supervised, generative | $x, y$ | $p(x, y) = p(y)\,p(x \mid y)$ | $-\log p(x, y)$ |
# | unsupervised, generative | $x$ | $p(x)$ | $-\log p(x)$ |
# | unsupervised, reconstructing | $x$ | a copy of $x$ through a bottleneck | `mse(copy, x)`: the target is $x$ itself |
#
# **What does not change:** one number for each example, averaged over the data, estimated by
# mini-batches. All of section 3 holds. In three of the four rows that number is a surprise, $-\log
# p$.
#
# So is the MSE of the fourth. If $y$ is Gaussian around $\hat y$ with standard deviation 1, then
# $-\log p(y \mid x) = \tfrac12 (\hat y - y)^2 + \tfrac12 \log 2\pi$. For a Laplace distribution it
# is the absolute error. A loss is a belief about noise.
#
# **What changes** is what has to be explained. A discriminative model explains $y$ only. A
# generative one pays for $x$ as well: $-\log p(x, y) = -\log p(y \mid x) - \log p(x)$.
#
# The cell fits two Gaussians to labelled points by the generative loss, and then hands its joint
# log-probabilities to your `softmax` and `cross_entropy`, as if they were logits. That *is* Bayes'
# rule: $p(y \mid x) = p(x, y) / \sum_k p(x, k)$.

# %% jupyter={"source_hidden": true} tags=["demo"]
# Two Gaussian classes, and Bayes' rule from your softmax and cross_entropy.
rng = np.random.default_rng(2)
y = (rng.uniform(size=4000) < 0.3).astype(np.int64)
x = np.where(y == 1, 1.5 + 0.7 * rng.normal(size=4000), -1 + rng.normal(size=4000))


def log_joint(x):
    """log p(x, y) for both classes, (N, 2), of Gaussians with the shares, means and deviations of the data."""
    columns = []
    for c in (0, 1):
        mean, std = x_train[y_train == c].mean(), x_train[y_train == c].std()
        share = np.mean(y_train == c)
        columns.append(
            np.log(share) - 0.5 * ((x - mean) / std) ** 2 - np.log(std * np.sqrt(2 * np.pi))
        )
    return np.stack(columns, axis=1)


x_train, y_train = x, y
joint = log_joint(x)
discriminative = cross_entropy(joint, y)
generative = -np.mean(joint[np.arange(4000), y])
# log sum exp from log_softmax: joint - log_softmax(joint) is the same number in both columns
explaining_x = -np.mean((joint - log_softmax(joint))[:, 0])
print(
    f"-log p(y|x): {discriminative:.2f}   -log p(x): {explaining_x:.2f}   -log p(x, y): {generative:.2f}"
)
assert np.isclose(generative, discriminative + explaining_x)
shown = np.linspace(-4, 4, 161)
fig, ax = plt.subplots(figsize=(6.8, 3.8))
for c, color, style in ((0, BLUE, "-"), (1, ORANGE, "-.")):
    ax.plot(
        shown, np.exp(log_joint(shown)[:, c]), color=color, ls=style, lw=2, label=f"p(x, y = {c})"
    )
ax.plot(
    shown,
    softmax(log_joint(shown))[:, 1],
    color="black",
    ls="--",
    lw=2,
    label="p(y = 1 | x), by softmax",
)
edges = np.linspace(-3, 3.5, 14)
bins = np.digitize(x, edges)
middles = [(edges[b - 1] + edges[b]) / 2 for b in range(1, 14)]
ax.plot(
    middles,
    [y[bins == b].mean() for b in range(1, 14)],
    "o",
    color=GREY,
    label="share of class 1 in the data",
)
ax.set(xlabel="x", title="A generative model, asked a discriminative question")
ax.legend(loc="upper left")
show_figure(
    "Two bell curves of p(x, y) over x, the left one larger; above them an S-shaped dashed curve, "
    "the probability of class 1 given x, with dots of observed frequencies along it."
)
errors = rng.normal(size=4000)
gaussian = -np.log(np.exp(-0.5 * errors**2) / np.sqrt(2 * np.pi)).mean()
same = np.isclose(gaussian, huber(errors, np.zeros(4000), delta=1e3) + 0.5 * np.log(2 * np.pi))
print(f"a Gaussian's surprise is half the squared error and a constant: {same}")

# %% [markdown]
# *What to see.* The dots lie on the dashed line: the generative model answers the discriminative question too.
# Its loss has a second part, for $x$, and the printed sizes of the two can't be compared: $p(x)$ is a density, so
# $-\log p(x)$ depends on units. Measure $x$ in units ten times as large, and 1.76 becomes -0.54, while $-\log p(y
# \mid x)$ stays as it is. If labels are all you want, the second part is of no use to you; if you want new
# samples, or have few labels, it is the point.

# %% [markdown]
# ## 8. What goes wrong
#
# Two faults, planted on purpose. Neither of them raises an error. Before you run the cell: what will
# the first one say of predictions that are *perfect*?

# %% tags=["demo"]
target = np.array([0.0, 1.0, 2.0, 3.0, 4.0])
column = target[:, None]
print("1. perfect predictions, (5, 1) against (5,)")
print(
    f"   without the check: {np.mean((column - target) ** 2):.1f}, twice the variance of the targets"
)
print(f"   your mse refuses: {refuses(mse, column, target)}")
best = min(np.linspace(0, 4, 401), key=lambda g: np.mean((np.full((5, 1), g) - target) ** 2))
print(f"   and its lowest point: everybody says {best:.1f}, the mean, whatever x is")

rng = np.random.default_rng(1)
pred, truth = rng.uniform(size=(64, 3)), rng.uniform(size=(64, 3))
print("2. the mean over the batch only, of 64 rows with 1, 2 or 3 numbers each")
for d in (1, 2, 3):
    over_rows = mse(pred[:, :d], truth[:, :d], "sum") / 64
    print(
        f"   {d}: {over_rows / mse(pred[:, :d], truth[:, :d]):.0f} times the mean over all elements"
    )

# %% [markdown]
# *What to see.* The first is the worst: its lowest point is a model that ignores its input. The
# second changes the meaning of the learning rate with the number of outputs.
#
# And the third, which most people write first: the logarithm of a softmax, as two steps. Change
# `1e-12` in the cell and look where the plateau goes.

# %% tags=["demo"]
gap = np.linspace(0, 1000, 201)
logits = np.stack([np.zeros(201), gap], axis=1)
yours = cross_entropy(logits, np.zeros(201, dtype=np.int64), "none")
with np.errstate(all="ignore"):
    plain = np.exp(logits) / np.exp(logits).sum(axis=1, keepdims=True)
    two_steps = -np.log(plain[:, 0])
guarded = -np.log(softmax(logits)[:, 0] + 1e-12)
fig, ax = plt.subplots(figsize=(6.8, 3.6))
ax.plot(gap, yours, color=BLUE, lw=5, alpha=0.4, label="yours")
ax.plot(gap, two_steps, color=GREEN, ls="-.", lw=2, label="log of softmax, as on paper")
ax.plot(gap, guarded, color=RED, ls="--", lw=2, label="log of (softmax + 1e-12)")
ax.set(
    xlabel="how far the target's logit lies behind",
    ylabel="loss",
    title="One formula, three programs",
)
ax.legend()
show_figure(
    "Loss of a target that lies behind by 0 to 1000. Yours is a straight line to 1000. The log of "
    "softmax plus 1e-12 is flat at about 28 from there on. The plain log of softmax follows the "
    "line, and ends at about 705."
)
finite = np.isfinite(two_steps)
print(f"as on paper: finite up to {gap[finite].max():.0f}; at 1000 it is {two_steps[-1]}")
print(f"guarded: never above {guarded.max():.1f}; yours at 1000: {yours[-1]:.0f}")

# %% [markdown]
# *What to see.* The guard cures the `inf` and breaks the loss: from a gap of 28 on, all mistakes
# cost the same, and a descent has no reason to mend the worst ones.

# %% [markdown]
# ## 9. In practice
#
# PyTorch has most of these. The numbers are yours.

# %% open="PyTorch's calls are what to read here" tags=["demo"]
try:
    import torch
    import torch.nn.functional as F
except ImportError:
    print("torch is not installed: this comparison is skipped. You need PyTorch from lesson 09 on.")
else:
    rng = np.random.default_rng(6)
    pred, truth = 3 * rng.normal(size=(6, 4)), rng.normal(size=(6, 4))
    classes, yes = rng.integers(0, 4, size=6), rng.integers(0, 2, size=(6, 4))
    soft = softmax(rng.normal(size=(6, 4)))
    each, weights = rng.uniform(size=6), np.array([1.0, 0.0, 2.0, 1.0, 0.5, 3.0])
    t = torch.tensor
    pairs = {
        "mse": (mse(pred, truth), F.mse_loss(t(pred), t(truth))),
        "mae": (mae(pred, truth), F.l1_loss(t(pred), t(truth))),
        "huber": (huber(pred, truth, delta=2.0), F.huber_loss(t(pred), t(truth), delta=2.0)),
        "smooth_l1": (
            smooth_l1(pred, truth, beta=2.0),
            F.smooth_l1_loss(t(pred), t(truth), beta=2.0),
        ),
        "log_softmax": (log_softmax(pred), F.log_softmax(t(pred), dim=-1)),
        "softmax": (softmax(pred), F.softmax(t(pred), dim=-1)),
        "cross_entropy": (cross_entropy(pred, classes), F.cross_entropy(t(pred), t(classes))),
        "cross_entropy_one_hot": (
            cross_entropy_one_hot(pred, soft),
            F.cross_entropy(t(pred), t(soft)),
        ),
        "bce_with_logits": (
            bce_with_logits(pred, yes),
            F.binary_cross_entropy_with_logits(t(pred), t(yes).double()),
        ),
        "sample_weighted": (sample_weighted(each, weights), (t(each) * t(weights)).mean()),
    }
    for name, (ours, theirs) in pairs.items():
        print(
            f"{name:22s} equal to 12 digits: {np.allclose(ours, theirs.numpy(), rtol=1e-12, atol=1e-13)}"
        )
    given = t([1.0, 5.0, 2.0, 1.0]).double()
    rows = cross_entropy(pred, classes, "none")
    theirs = F.cross_entropy(t(pred), t(classes), weight=given).item()
    by_weights = np.sum(rows * given.numpy()[classes]) / np.sum(given.numpy()[classes])
    print(
        f"F.cross_entropy(weight=...) divides by the sum of the weights: {np.isclose(theirs, by_weights)}"
    )

# %% [markdown]
# | you wrote | PyTorch | Keras (TensorFlow) |
# | --- | --- | --- |
# | `mse`, `mae` | `nn.MSELoss`, `nn.L1Loss` | `MeanSquaredError`, `MeanAbsoluteError` |
# | `huber`, `smooth_l1` | `nn.HuberLoss`, `nn.SmoothL1Loss` | `Huber` |
# | `cross_entropy` | `nn.CrossEntropyLoss` on logits | `SparseCategoricalCrossentropy(from_logits=True)` |
# | `cross_entropy_one_hot` | the same, with probabilities as targets | `CategoricalCrossentropy(from_logits=True)` |
# | `bce_with_logits` | `nn.BCEWithLogitsLoss` | `BinaryCrossentropy(from_logits=True)` |
#
# Look twice at two of them. `nn.CrossEntropyLoss(weight=...)` divides by the sum of the weights,
# your `sample_weighted` does not. And Keras losses expect probabilities unless `from_logits=True`:
# the double softmax, the other way round.

# %% [markdown]
# ## 10. To come back to
#
# | the answer is | use | typical values | when it fails |
# | --- | --- | --- | --- |
# | a number, noise of one size | `mse` | scale targets to mean 0, deviation 1: then 1 is "knows nothing" | one batch spikes: outliers, see the next row |
# | a number, with outliers | `huber`, `smooth_l1` | delta, beta: a little above the noise; 1 on scaled targets | too flat: raise delta; still pulled: lower it |
# | a number, the median wanted | `mae` | | rattles near the end: `huber` with a small delta, or a smaller rate |
# | one of C classes | `cross_entropy` on logits | log C at the start (2.30 for ten classes) | stuck at log(e + C - 1) - 1: a second softmax; `nan`: no maximum subtracted |
# | one of C, uncertain labels | `cross_entropy_one_hot` | smoothing 0.1 of ten classes: 0.91 and nine times 0.01, as in PyTorch | never reaches 0: its floor is the labels' own entropy |
# | several yes-or-no answers | `bce_with_logits` | log 2 at the start | all answers "no": weight the positives, or look at the threshold |
# | rare classes | `sample_weighted` | 1 over the class's frequency, or its root | probabilities no longer match frequencies: expected |
# | several at once | a weighted sum, parts logged apart | bring the parts to the same size first | one part stands still: raise its weight |
# | to report | accuracy | | metric falls while the loss does: check the metric's averages |
#
# Three checks before any long run: the loss at the start is what "knows nothing" costs; stacking
# the batch on itself leaves the mean as it is; perfect predictions give the lowest value that the
# formula allows.

# %% [markdown]
# ## 11. Mastery questions
#
# Three questions that are asked in interviews. Write your answer in the cell beneath each; a person
# reads it.

# %% [markdown] nbgrader={"grade": false, "grade_id": "which_loss_and_why", "locked": true, "points": 3, "schema_version": 3, "solution": false, "task": true}
# **1. Which loss, and why.** You predict delivery times in minutes. Most are within 5 of what you
# say; one in fifty is off by hours, because a courier forgot to press a button. Choose between MSE,
# MAE and Huber, with a value for delta if you take it, and say what single number each of the three
# would predict if it could say only one. When would you choose differently?
#
# === BEGIN MARK SCHEME ===
# - 1 point: Huber (or MAE), because the far errors are faults of the record and not of the
#   prediction; delta of the order of the ordinary error, about 5 to 10 minutes.
# - 1 point: MSE predicts the mean, MAE the median; Huber something between them, a mean of those
#   within delta with the others pulling at constant strength.
# - 1 point: MSE (or a quantile) if the far errors are real and cost in proportion to their square
#   or more, or if totals have to be right, since sums follow means.
# === END MARK SCHEME ===

# %% [markdown]
# *Your answer here.*

# %% [markdown] nbgrader={"grade": false, "grade_id": "logits_not_probabilities", "locked": true, "points": 3, "schema_version": 3, "solution": false, "task": true}
# **2. Logits, not probabilities.** Why do frameworks offer cross-entropy on logits, when softmax
# followed by a logarithm is the same on paper? Give the two numerical failures of the two-step
# version, what `eps` inside the logarithm does about them, and how you would notice in a training
# curve that somebody applied softmax twice.
#
# === BEGIN MARK SCHEME ===
# - 1 point: overflow of exp for large logits (inf / inf is nan), underflow to 0 for a target far
#   behind (log gives -inf); the log-sum-exp form with the row's maximum avoids both.
# - 1 point: eps bounds the loss at -log(eps), so large mistakes cost the same and give no gradient;
#   it hides the failure, and does nothing about overflow.
# - 1 point: the loss starts near log C, falls slowly and stops at log(e + C - 1) - 1 (1.46 for ten
#   classes) even if accuracy is high.
# === END MARK SCHEME ===

# %% [markdown]
# *Your answer here.*

# %% [markdown] nbgrader={"grade": false, "grade_id": "batches_and_averages", "locked": true, "points": 3, "schema_version": 3, "solution": false, "task": true}
# **3. Batches and averages.** The loss over a data set is estimated from mini-batches. For which of
# these is the average over equal, random batches an unbiased estimate of the value over all data:
# MSE, cross-entropy, the root of the MSE, the median of the absolute errors? Why? What happens to the spread if
# the batch is four times as large? And what if the last batch is smaller than the others?
#
# === BEGIN MARK SCHEME ===
# - 1 point: MSE and cross-entropy, because they are means of one number for each example; the
#   others are a root and a median, and the average of roots is not the root of the average.
# - 1 point: the spread halves (sigma over the root of B).
# - 1 point: a plain mean of batch means gives the examples of the small batch too much weight;
#   weight each batch by its size, or add sums and divide once.
# === END MARK SCHEME ===

# %% [markdown]
# *Your answer here.*

# %% [markdown]
# ## Further reading
#
# - Huber, *Robust Estimation of a Location Parameter*, 1964. Where the bent parabola comes from,
#   and in which sense it is best.
# - Hastie, Tibshirani and Friedman, *The Elements of Statistical Learning*, 2nd edition, 2009,
#   section 10.6. Losses for regression and classification side by side, and how robust they are.
# - Goodfellow, Bengio and Courville, *Deep Learning*, 2016, sections 4.1 and 6.2. Overflow, and
#   output units with their losses.
# - Ng and Jordan, *On Discriminative vs. Generative Classifiers*, 2002. Which of the two wins with
#   few examples, and which with many.
#
# **Next:** [lesson 02](../02_backprop/backprop.ipynb). You can say how wrong a network is. How does that depend on each of its weights?
