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
# # 00 - The descent
#
# Everything that is called *training* in this course is one line, repeated:
#
# $$ x \leftarrow x - \eta\, g $$
#
# Stand at $x$. Ask which way is up ($g$, the gradient). Take a step the other way, of a length that you
# choose ($\eta$, the learning rate). In this lesson you write that line, walk down two valleys with it, and
# find the one number that decides whether it arrives or blows up.
#
# **Afterwards you can** write gradient descent from memory, read from a path whether its rate is too low,
# right or too high, and compute the largest rate that is still stable.
#
# **You need** Python functions and loops, and what a derivative is. NumPy arrays are used as vectors, no
# more. **Time:** about 60 minutes, half of them writing.

# %% [markdown]
# ## How these notebooks work
#
# A notebook is a column of **cells**. Click into one and press Shift+Enter: it runs, and the next one is
# selected. All cells share one memory, in the order in which *you* ran them. When that order has become a
# mystery, choose *Kernel → Restart Kernel* and run from the top.
#
# | a cell with | what you do | does it count |
# | --- | --- | --- |
# | a function that ends in `raise NotImplementedError(...)` | replace that line by your code | the tests decide |
# | `assert` lines, right after it | run it, and read it: it says what your code has to do | yes: it holds the points |
# | `prediction_... = None` | write a letter in quotes *before* you run what follows | 1 point, whichever letter |
# | a figure or an experiment | run it, change it, break it | never |
# | a question in words | answer in the text cell beneath it | read by a person |
#
# Text goes the same way: double-click to edit, Shift+Enter to set it.
#
# Under each exercise are **hints**, closed: one for a single step, three for a longer way. The first gives a
# direction, the second a method, the third almost the line. Opening them costs nothing.
#
# Now run the next cell. It loads what this lesson uses: two libraries, two valleys, two drawing helpers. It is
# folded, like every cell that only prepares or draws: click its bar to read it.

# %% jupyter={"source_hidden": true} tags=["setup"]
# Given: NumPy as np, Matplotlib as plt, two valleys with their gradients, two drawing helpers.
import matplotlib.pyplot as plt
import numpy as np

BLUE, ORANGE, GREEN, RED, GREY = "#0072B2", "#E69F00", "#009E73", "#D55E00", "#666666"
plt.rcParams.update({"figure.dpi": 80, "axes.spines.top": False, "axes.spines.right": False})


def parabola(x):
    """f(x) = x**2, for a number or an array of numbers."""
    return x**2


def parabola_gradient(x):
    """The gradient of the parabola: 2 x."""
    return 2 * x


def bowl(x):
    """f(x) = x_1**2 + 2 x_2**2. x: float64 (2,) or (..., 2), one point a row."""
    return x[..., 0] ** 2 + 2 * x[..., 1] ** 2


def bowl_gradient(x):
    """The gradient of the bowl, float64 (2,): one slope for each coordinate."""
    return np.array([2 * x[0], 4 * x[1]])


def draw_parabola(ax, path, color, marker, label=None):
    """A path of numbers, float64 (steps + 1,), on the curve of the parabola."""
    reach = max(1.1, 1.1 * np.abs(path).max())
    line = np.linspace(-reach, reach, 200)
    ax.plot(line, parabola(line), color="0.75", linewidth=3, zorder=1)
    ax.plot(path, parabola(path), color=color, marker=marker, linewidth=1, label=label)
    ax.plot(path[0], parabola(path[0]), "o", color="black", markersize=9, fillstyle="none")
    ax.set_xlabel("x")


def draw_bowl(ax, path, color, marker, label=None):
    """A path of points, float64 (steps + 1, 2), on the contour lines of the bowl, seen from above."""
    first, second = np.meshgrid(np.linspace(-2.2, 2.2, 90), np.linspace(-2.2, 2.2, 90))
    heights = bowl(np.stack([first, second], axis=-1))
    ax.contour(first, second, heights, levels=[0.1, 0.5, 1.5, 3, 5, 8, 12], colors="0.8")
    ax.plot(path[:, 0], path[:, 1], color=color, marker=marker, linewidth=1, label=label)
    ax.plot(path[0, 0], path[0, 1], "o", color="black", markersize=9, fillstyle="none")
    ax.set(xlim=(-2.2, 2.2), ylim=(-2.2, 2.2), xlabel="$x_1$", ylabel="$x_2$", aspect="equal")


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
# ### Your machine
#
# Run this to see what you work on. Lessons 00 to 08 need NumPy, matplotlib and a processor. If PyTorch is
# missing, the cells that compare your numbers with PyTorch's say so, and nothing else changes. From lesson 09
# on you need it. There, the same cells run on a CUDA card if you have one, and take longer if you don't.

# %% tags=["demo", "nbval-ignore-output"]
import os
import platform

print(f"Python {platform.python_version()}, {platform.system()}, {os.cpu_count()} processor cores")
print(f"NumPy {np.__version__}")
try:
    import torch
except ImportError:
    print("torch is not installed. You need PyTorch from lesson 09 on.")
else:
    card = torch.cuda.get_device_name(0) if torch.cuda.is_available() else None
    print(f"PyTorch {torch.__version__}, device: {'cuda, ' + card if card else 'cpu'}")

# %% [markdown]
# ### How you are graded
#
# - **Visible tests** are the `assert` lines in the notebook. Passing them is a good sign, and not the whole.
# - **Hidden tests** call your functions on fresh random inputs, in a sealed process, and compare what comes
#   out with what a right solution gives. Each exercise has several, each worth a part of its points. Under
#   *Also tested* you read what they look at; their numbers are new each time.
# - The **verdict** says what is right, then the first difference with numbers. If your results are exactly
#   those of a mistake that many people make, it says which.
# - If you opened this notebook with `make lab`, you need not wait. Beneath each exercise stands a cell like
#   `%check descent_step`: run it (without its `#`, if it has one), and the hidden tests run on what you have, as
#   often as you like. `%hint descent_step` opens the next hint, `%progress` shows where you stand.
#
# **The grader never**
#
# - reads your style. Loops, NumPy, helper functions, a class: what comes out counts, and any right way is right;
# - takes points for a warning, a `print`, an added, split or moved cell, a figure that you changed, or a
#   second attempt;
# - looks at the outputs saved in your notebook: it runs your code itself;
# - lets one exercise that is unfinished, crashes or never ends cost another one its points;
# - guesses. When no known mistake fits your results exactly, it says what differed and stops there.
#
# **What it does ask:** write the mathematics yourself. A library call that *is* the exercise scores 0 for it,
# and in lessons 00 to 08 that holds for PyTorch altogether (outside the comparison cells that are given).

# %% [markdown]
# ### One notation for the whole course
#
# | symbol | in code | means |
# | --- | --- | --- |
# | $x$, $y$ | `x`, `y` | inputs, targets |
# | $z$, $p$ | `logits`, `probs` | scores before, probabilities after the softmax |
# | $W$, $b$ | `params` (a dict of them) | weights and bias: what training changes |
# | $L$ | `loss` | how wrong the model is: one number |
# | $g$ | `grad`, `grads` | gradient of the loss, in the shape of what it is the gradient of |
# | $\eta$ | `lr` | learning rate |
# | $\mu$, $\beta_1$, $\beta_2$ | `momentum`, `beta1`, `beta2` | how much of the past an average keeps (lesson 05) |
# | $\varepsilon$ | `eps` | a small number that keeps a division finite |
# | $t$ | `t` | step, counted from 1 |
# | $N$, $D$, $C$ | | examples in a batch, features, classes |
# | | `rng` | a NumPy random generator, always handed in |
#
# A lesson may give a letter a meaning of its own, and says so. In this one there are no data yet: $x$ is the
# point that moves, $f(x)$ its height, and $x_1, x_2$ are its coordinates, `x[0]` and `x[1]` in code.

# %% [markdown]
# ## Which way is down
#
# You stand somewhere on a curve in fog. You cannot see the valley, but you can feel the slope under your
# feet. That slope is the **gradient**: $g = f'(x)$, here $2x$ for $f(x) = x^2$. Where it is positive, the
# curve rises to the right.
#
# Run the cell, and compare the direction of each arrow with where the bottom is.

# %% jupyter={"source_hidden": true} tags=["demo"]
# The parabola, and its gradient as an arrow at five places.
fig, ax = plt.subplots(figsize=(7, 3.4))
line = np.linspace(-2, 2, 200)
ax.plot(line, parabola(line), color="0.75", linewidth=3)
for x in (-1.2, -0.6, 0.0, 0.6, 1.2):
    arrow = {"arrowstyle": "->", "color": RED, "linewidth": 2}
    tip = (x + 0.35 * parabola_gradient(x), parabola(x))
    ax.annotate("", xy=tip, xytext=(x, parabola(x)), arrowprops=arrow)
    ax.plot(x, parabola(x), "o", color=BLUE)
ax.set(
    xlabel="x", ylabel="$f(x) = x^2$", title="The gradient, drawn to the side (0.35 of its length)"
)
show_figure(
    "The parabola x squared with five dots on it. From each dot a horizontal arrow shows the "
    "gradient. All arrows point away from the bottom at 0, and they are longer the farther out "
    "they start."
)

# %% [markdown]
# Every arrow points uphill, away from the bottom, and is longer where the curve is steeper. At the bottom
# its length is zero. So to go down, go against it:
#
# $$ x_{\text{new}} = x - \eta\, g $$
#
# - $x$: where you stand, a number or an array of any shape;
# - $g$: the gradient there, in the shape of $x$;
# - $\eta > 0$, in code `lr`: the **learning rate**. It is no distance: the move is $\eta g$, long where it is
#   steep, short near the bottom, without anyone slowing it down.
#
# Why does that lower $f$? Near $x$ the curve is almost its tangent, so a small move $\Delta$ changes $f$ by about
# $g \cdot \Delta$. Here $\Delta = -\eta g$, and the change is about $-\eta \lVert g \rVert^2$: never
# positive, whatever $g$ is. On $x^2$ at $x = 2$ with $\eta = 0.01$ this promises a decrease of $0.01 \cdot 4^2 =
# 0.16$, and the step to $1.96$ brings $0.1584$. With a large $\eta$ the tangent is no guide any more.

# %% [markdown]
# ## Exercise: `descent_step` (5 minutes, difficulty 1 of 5)
#
# One step, for a number and for an array alike. *Also tested:* integers, arrays of two dimensions, and that
# the caller's `x` and `grad` are unchanged.


# %% nbgrader={"grade": false, "grade_id": "descent_step", "locked": false, "schema_version": 3, "solution": true, "task": false}
def descent_step(x, grad, lr):
    """One step of gradient descent.

    x: float, or array of any shape. Integers are allowed; the result is float64 all the same.
    grad: the gradient at x, in the shape of x.
    lr: learning rate, a float > 0.

    Returns the new point, in the shape of x. `x` and `grad` are not changed, and the result shares no
    memory with them.

    Source: Cauchy (1847); Goodfellow, Bengio and Courville, Deep Learning (2016), section 4.3.
    """
    ### BEGIN SOLUTION
    return x - lr * grad
    ### END SOLUTION


# %% nbgrader={"grade": true, "grade_id": "test_descent_step", "locked": true, "points": 1, "schema_version": 3, "solution": false, "task": false}
assert descent_step(1.0, 2.0, 0.25) == 0.5, "from 1, uphill is to the right: the step goes left"
assert descent_step(-1.0, -2.0, 0.25) == -0.5, "from -1, uphill is to the left: the step goes right"
assert descent_step(3.0, 0.0, 0.25) == 3.0, "where the gradient is zero, nothing moves"
assert descent_step(1.0, 4.0, 0.25) == 0.0, "twice the gradient, twice the move"

start, slope = np.array([1.0, -2.0]), np.array([2.0, 8.0])
assert np.allclose(descent_step(start, slope, 0.5), [0.0, -6.0]), "each coordinate moves on its own"
assert np.array_equal(start, [1.0, -2.0]), "the point that was handed in stays where it was"
assert np.array_equal(slope, [2.0, 8.0]), "and the gradient stays what it was"

### BEGIN HIDDEN TESTS
from autograder.hidden.orientation import grade

grade("descent_step")
### END HIDDEN TESTS

# %% [markdown]
# <details><summary>Hint 1: a direction</summary>
#
# From 1, with gradient 2 and rate 0.25, you should arrive at 0.5. Which of the three numbers do you multiply?
# With which sign does the product go to 1?
#
# </details>
# <details><summary>Hint 2: a method</summary>
#
# Return the new point, not the move. Arrays calculate element by element, so one expression serves numbers
# and arrays. An expression makes a new array; `-=` writes into the old one.
#
# </details>
# <details><summary>Hint 3: almost the line</summary>
#
# `return x - ...`: what is missing is the product of the rate and the gradient.
#
# </details>

# %% [markdown]
# **Look.** One step of yours from four places, over where it should arrive.

# %% jupyter={"source_hidden": true} tags=["demo"]
# One step of your descent_step from four places, and where each should arrive.
starts = np.array([-1.5, -0.7, 0.3, 1.1])
arrived = descent_step(starts, parabola_gradient(starts), 0.2)
fig, ax = plt.subplots(figsize=(7, 3.4))
ax.plot(line := np.linspace(-1.7, 1.7, 200), parabola(line), color="0.75", linewidth=3)
ax.plot(0.6 * starts, parabola(0.6 * starts), "o", color="black", markersize=13, fillstyle="none")
ax.plot(starts, parabola(starts), "s", color=GREY)
ax.plot(arrived, parabola(arrived), "o", color=BLUE)
for x, x_new in zip(starts, arrived, strict=True):
    arrow = {"arrowstyle": "->", "color": BLUE}
    ax.annotate("", (x_new, parabola(x_new)), (x, parabola(x)), arrowprops=arrow)
ax.legend(["f(x)", "where it should arrive", "start", "your step, lr = 0.2"], loc="upper center")
ax.set(xlabel="x", ylabel="$f(x) = x^2$", ylim=(-0.15, 3.4))
show_figure(
    "The parabola with four starting squares. From each an arrow leads 40 percent of the way to "
    "the bottom and ends in a hollow ring that marks where one step should arrive."
)

# %% [markdown]
# Each blue dot sits in a ring. Every start went the same *fraction* of its way, two fifths, so the far ones
# moved far and the near ones little.

# %% [markdown]
# ## Exercise: `descend` (15 minutes, difficulty 2 of 5)
#
# One step is not enough: the slope was measured where you stood, and you no longer stand there. So measure
# again, step again, and keep every place you were at. That list is the **path**, and most of what you will
# learn about optimizers you will read from paths.
#
# $$ x^{(0)} = x_0, \qquad x^{(t)} = x^{(t-1)} - \eta\, g\big(x^{(t-1)}\big), \qquad t = 1, \dots, \text{steps} $$
#
# The path has $\text{steps} + 1$ points: the start is one of them.
#
# *Also tested:* no steps at all, integers as a start, a rate so high that the path flies away, how often the
# gradient is asked for and where, a `grad_fn` that hands out the same array each time.


# %% nbgrader={"grade": false, "grade_id": "descend", "locked": false, "schema_version": 3, "solution": true, "task": false}
def descend(grad_fn, x0, lr, steps):
    """Gradient descent from a start, with every point that it visits.

    grad_fn: a function; grad_fn(x) is the gradient at x, in the shape of x. It is called exactly `steps`
        times, on one point after another. What it returns belongs to it, and may be the same array
        object each time: read it, do not change it.
    x0: the start, a float or an array of any shape. Integers are allowed. It is not changed.
    lr: learning rate, a float > 0.
    steps: how many updates, an int >= 0.

    Returns the path: float64 (steps + 1, *x0.shape), and (steps + 1,) when x0 is a number. path[0] is
    the start, path[t] the point after t updates. It shares no memory with x0.

    Source: Cauchy (1847); Goodfellow, Bengio and Courville, Deep Learning (2016), section 4.3.
    """
    ### BEGIN SOLUTION
    x = np.asarray(x0, dtype=np.float64)
    path = [x]
    for _ in range(steps):
        x = descent_step(x, grad_fn(x), lr)
        path.append(x)
    return np.array(path)
    ### END SOLUTION


# %% nbgrader={"grade": true, "grade_id": "test_descend", "locked": true, "points": 2, "schema_version": 3, "solution": false, "task": false}
halving = descend(lambda x: 2 * x, 1.0, 0.25, 3)
assert isinstance(halving, np.ndarray), "the path is an array"
assert halving.shape == (4,), "3 steps from a number: 4 points, the start included"
assert halving[0] == 1.0, "the first point is the start"
assert np.allclose(halving, [1.0, 0.5, 0.25, 0.125]), "each step measures the slope where it stands"

corner = np.array([2.0, -1.0])
down = descend(lambda x: np.array([2 * x[0], 4 * x[1]]), corner, 0.25, 2)
assert down.shape == (3, 2), "2 steps from a point in the plane: 3 rows, one coordinate a column"
assert np.allclose(down, [[2.0, -1.0], [1.0, 0.0], [0.5, 0.0]]), "every row is another point"
assert np.array_equal(corner, [2.0, -1.0]), "the start that was handed in is unchanged"
assert descend(lambda x: 2 * x, 1.0, 0.25, 0).tolist() == [1.0], "no steps: the start alone"

### BEGIN HIDDEN TESTS
from autograder.hidden.orientation import grade

grade("descend")
### END HIDDEN TESTS

# %% [markdown]
# <details><summary>Hint 1: a direction</summary>
#
# How many points does the path have after 0 steps? After 1? What has to be in it before the loop begins?
#
# </details>
# <details><summary>Hint 2: a method</summary>
#
# Hold the current point in `x`, as float64. Loop `steps` times: ask for the gradient at `x`, make the next
# point with `descent_step`, keep it. Make a *new* array each time. If you write into one array and keep it
# again and again, every entry of your list is that one array.
#
# </details>
# <details><summary>Hint 3: almost the line</summary>
#
# `x = np.asarray(x0, dtype=np.float64)` and `path = [x]`; in the loop `x = descent_step(x, grad_fn(x), lr)`,
# then append; at the end `np.array(path)`.
#
# </details>

# %% [markdown]
# **Look.** Your path in time, over a formula. On the parabola one step multiplies $x$ by $1 - 2\eta$,
# because $x - \eta \cdot 2x = (1 - 2\eta)\,x$. So after $t$ steps it should stand at $(1 - 2\eta)^t x_0$.

# %% jupyter={"source_hidden": true} tags=["demo"]
# The path of your descend beside the formula, and on the parabola.
path = descend(parabola_gradient, 1.0, 0.1, 20)
fig, (left, right) = plt.subplots(1, 2, figsize=(9.5, 3.4))
left.plot(0.8 ** np.arange(21), color="black", linestyle="--", label="$0.8^t$")
left.plot(path, "o", color=BLUE, markersize=5, label="your path, lr = 0.1")
left.set(xlabel="step t", ylabel="x")
left.legend()
draw_parabola(right, path, BLUE, "o")
right.set_ylabel("$f(x) = x^2$")
show_figure(
    "Left: x against the step, dots falling smoothly from 1 towards 0 on a dashed line. Right: "
    "the same path as dots on the parabola, sliding to the bottom with ever shorter moves."
)
print(f"after 20 steps: x = {path[-1]:.6f}, formula {0.8**20:.6f}")

# %% [markdown]
# Dots on the dashed line: your loop does what the formula says. The moves shrink although the rate never
# changes, because the slope does.

# %% [markdown]
# ## The rate: too low
#
# With a rate of 0.1, the first step that brings you within 0.01 of the bottom is step 21 (from a start at 1).
#
# **Predict, before you run anything.** With a tenth of that rate, `lr = 0.01`, it takes
#
# - (a) about 3 times as many steps: the path is a curve, and a curve forgives
# - (b) about 10 times as many
# - (c) about 100 times as many: the moves are smaller *and* there are more of them
#
# Write your letter in quotes. Any of the three earns the point: it is for making up your mind. When you have
# run the experiment, `%check prediction_small_rate` says which letter it shows, and why.

# %% nbgrader={"grade": false, "grade_id": "prediction_small_rate", "locked": false, "schema_version": 3, "solution": true, "task": false}
### BEGIN SOLUTION
prediction_small_rate = "b"
### END SOLUTION

# %% nbgrader={"grade": true, "grade_id": "test_prediction_small_rate", "locked": true, "points": 1, "schema_version": 3, "solution": false, "task": false}
if prediction_small_rate is None:
    raise NotImplementedError("prediction_small_rate is not written yet")
letter = str(prediction_small_rate).strip(" ().").lower()
assert letter in ("a", "b", "c"), "a prediction is one letter: a, b or c"

### BEGIN HIDDEN TESTS
from autograder.hidden.orientation import grade

grade("prediction_small_rate")
### END HIDDEN TESTS

# %% jupyter={"source_hidden": true} tags=["demo", "prediction_small_rate"]
# The distance from the bottom at two rates, one ten times the other.
fig, ax = plt.subplots(figsize=(7, 3.4))
for lr, color, style in ((0.1, BLUE, "-"), (0.01, ORANGE, "--")):
    distance = np.abs(descend(parabola_gradient, 1.0, lr, 300))
    arrival = int(np.argmax(distance < 0.01))
    print(f"lr = {lr}: within 0.01 at step {arrival}")
    ax.semilogy(distance[distance > 1e-4], color=color, linestyle=style, label=f"lr = {lr}")
    ax.plot(arrival, distance[arrival], "o", color=color)
ax.axhline(0.01, color=GREY, linestyle=":")
ax.set(xlabel="step t", ylabel="distance |x| from the bottom")
ax.legend()
show_figure(
    "Distance from the bottom against the step, on a logarithmic axis. Two straight lines: the "
    "one for rate 0.1 crosses 0.01 at step 21, the one for rate 0.01 at step 228."
)

# %% [markdown]
# On a logarithmic axis both paths are straight lines, and the rate sets the slope. A rate that is too low
# still arrives; you pay for it in steps.

# %% [markdown]
# ## The rate: too high
#
# If small is slow, take more. On the parabola, `lr = 0.5` multiplies by $1 - 2 \cdot 0.5 = 0$: it lands on
# the bottom in one step. What if you double that?
#
# **Predict.** From 1, with `lr = 1.0`, the path
#
# - (a) reaches the bottom in one step as well, and stays
# - (b) flies away, farther with every step
# - (c) jumps between 1 and -1, for ever

# %% nbgrader={"grade": false, "grade_id": "prediction_edge", "locked": false, "schema_version": 3, "solution": true, "task": false}
### BEGIN SOLUTION
prediction_edge = "c"
### END SOLUTION

# %% nbgrader={"grade": true, "grade_id": "test_prediction_edge", "locked": true, "points": 1, "schema_version": 3, "solution": false, "task": false}
if prediction_edge is None:
    raise NotImplementedError("prediction_edge is not written yet")
letter = str(prediction_edge).strip(" ().").lower()
assert letter in ("a", "b", "c"), "a prediction is one letter: a, b or c"

### BEGIN HIDDEN TESTS
from autograder.hidden.orientation import grade

grade("prediction_edge")
### END HIDDEN TESTS

# %% jupyter={"source_hidden": true} tags=["demo", "prediction_edge"]
# Paths at four rates, from too small to too large, and the numbers at lr = 1.0.
print("lr = 1.0:", descend(parabola_gradient, 1.0, 1.0, 6))
rates = (
    (0.02, "too low: crawls"),
    (0.4, "right"),
    (0.9, "high: oscillates"),
    (1.05, "too high: diverges"),
)
fig, axes = plt.subplots(1, 4, figsize=(12, 3), layout="constrained")
for ax, (lr, name), color, marker in zip(
    axes, rates, (ORANGE, GREEN, BLUE, RED), "sovD", strict=True
):
    draw_parabola(ax, descend(parabola_gradient, 1.0, lr, 10), color, marker)
    ax.set_title(f"lr = {lr}\n{name}")
axes[0].set_ylabel("$f(x) = x^2$")
show_figure(
    "Four parabolas with paths from 1. At rate 0.02 ten dots crawl down one side. At 0.4 the path "
    "is at the bottom after a few steps. At 0.9 it jumps from side to side, lower each time. At "
    "1.05 it jumps from side to side, higher each time."
)

# %% [markdown]
# The ring marks the start. Read the four as one story: crawl, arrive, jump over the bottom and still get
# lower, jump over it and get higher. The printed path, at `lr = 1.0`, is the edge between the last two.

# %% [markdown]
# ## A bowl
#
# A model has more than one number to change. Two can still be drawn: $f(x) = x_1^2 + 2 x_2^2$, with the
# gradient $(2 x_1,\ 4 x_2)$. The bowl is twice as steep along $x_2$. Your `descend` needs no change: arrays
# move as numbers do.

# %% jupyter={"source_hidden": true} tags=["demo"]
# A path in the bowl, from the side and from above.
path = descend(bowl_gradient, np.array([-2.0, 1.0]), 0.1, 25)
fig = plt.figure(figsize=(10.5, 4.4), layout="constrained")
surface = fig.add_subplot(1, 2, 1, projection="3d", computed_zorder=False)
first, second = np.meshgrid(np.linspace(-2.2, 2.2, 45), np.linspace(-2.0, 2.0, 45))
heights = bowl(np.stack([first, second], axis=-1))
surface.plot_surface(first, second, heights, cmap="Greys", alpha=0.55, linewidth=0, zorder=1)
surface.plot(path[:, 0], path[:, 1], bowl(path), "o-", color=BLUE, markersize=4, zorder=2)
surface.set(xlabel="$x_1$", ylabel="$x_2$", zlabel="f(x)")
surface.view_init(elev=42, azim=-70)
above = fig.add_subplot(1, 2, 2)
draw_bowl(above, path, BLUE, "o")
above.set_title("from above, lr = 0.1")
show_figure(
    "Left: the bowl as a surface in three dimensions, with the path sliding down its inside from "
    "the rim to the bottom. Right: the same path from above on oval contour lines; it first heads "
    "for the long axis and then runs along it to the middle."
)

# %% [markdown]
# Follow the path from above. It does not head for the middle. The steep coordinate $x_2$ is used up first,
# then the path turns and walks along the flat one. One rate, two speeds.
#
# **Predict.** On the parabola $x^2$ a rate of 0.6 converges: its factor is $1 - 1.2 = -0.2$. Use 0.6 on the
# bowl $x_1^2 + 2x_2^2$:
#
# - (a) $x_1$ settles and $x_2$ flies away
# - (b) both settle, $x_2$ faster, because it is steeper
# - (c) both fly away: they share one rate

# %% nbgrader={"grade": false, "grade_id": "prediction_bowl", "locked": false, "schema_version": 3, "solution": true, "task": false}
### BEGIN SOLUTION
prediction_bowl = "a"
### END SOLUTION

# %% nbgrader={"grade": true, "grade_id": "test_prediction_bowl", "locked": true, "points": 1, "schema_version": 3, "solution": false, "task": false}
if prediction_bowl is None:
    raise NotImplementedError("prediction_bowl is not written yet")
letter = str(prediction_bowl).strip(" ().").lower()
assert letter in ("a", "b", "c"), "a prediction is one letter: a, b or c"

### BEGIN HIDDEN TESTS
from autograder.hidden.orientation import grade

grade("prediction_bowl")
### END HIDDEN TESTS

# %% tags=["demo", "prediction_bowl"]
path = descend(bowl_gradient, np.array([-2.0, 1.0]), 0.6, 8)
print("step      x_1        x_2       f(x)")
for t, point in enumerate(path):
    print(f"{t:4d} {point[0]:9.4f} {point[1]:10.4f} {bowl(point):10.4f}")

# %% [markdown]
# Work out the factor of a step along $x_1$ and along $x_2$, and find both in the table. Then look at the
# height: it falls for one step and then grows. A loss that goes down first proves little about the rate.
#
# ### Where is the edge?
#
# Search for it. The next cell tries 120 rates and draws where each ends after 60 steps.

# %% jupyter={"source_hidden": true} tags=["demo"]
# Where each of 120 rates ends after 60 steps.
rates = np.arange(1, 121) * 0.005
start = np.array([-2.0, 1.0])
paths = [descend(bowl_gradient, start, lr, 60) for lr in rates]
ends = np.array([bowl(path[-1]) for path in paths])
falls = np.array([bowl(path[-1]) < bowl(path[30]) for path in paths])
fig, ax = plt.subplots(figsize=(7.5, 3.4))
ax.semilogy(rates, np.maximum(ends, 1e-30), color=BLUE)
ax.axhline(bowl(start), color=GREY, linestyle=":", label="height of the start")
ax.set(xlabel="learning rate", ylabel="f(x) after 60 steps", ylim=(1e-31, 1e20))
ax.legend(loc="upper left")
show_figure(
    "Height after 60 steps, on a logarithmic axis, against the learning rate. The curve falls "
    "until 0.22, lies on the floor of the figure until 0.39, and rises steeply; at 0.5 it crosses "
    "the dotted line that marks the height of the start."
)
print(f"still falling between steps 30 and 60: up to lr = {rates[falls].max():.3f}")

# %% [markdown]
# Up to a point, more is better. Then more is worse. And past 0.5 it is over: the curve goes up through the
# height of the start. (The flat floor is the figure's: heights below 1e-30 are drawn at 1e-30.)

# %% [markdown]
# ## Exercise: `largest_stable_lr` (10 minutes, difficulty 2 of 5)
#
# Searching cost 7200 gradients. For a bowl, one line gives the edge. Write the bowl with its **curvatures**:
#
# $$ f(x) = \tfrac{1}{2} \sum_i c_i x_i^2, \qquad g_i = c_i x_i, \qquad
#    x_i^{(t)} = (1 - \eta c_i)\, x_i^{(t-1)} $$
#
# $c_i > 0$ is the second derivative along coordinate $i$: how fast the slope changes. For
# $x_1^2 + 2x_2^2$ it is $c = (2, 4)$; mind the one half. Each coordinate is multiplied by its own factor in
# every step. It shrinks when that factor lies strictly between -1 and 1, and the path arrives when *all* of
# them shrink.
#
# Find the edge: below this rate every start arrives, at it or above it some start does not. *Also tested:* lists, tuples
# and arrays in any order, one curvature alone, integers.


# %% nbgrader={"grade": false, "grade_id": "largest_stable_lr", "locked": false, "schema_version": 3, "solution": true, "task": false}
def largest_stable_lr(curvatures):
    """The edge of stability of gradient descent on f(x) = sum(c_i * x_i**2 / 2).

    curvatures: the c_i, a non-empty sequence (list, tuple or 1-D array) of positive numbers, in any
        order. It is not changed.

    Returns a float: gradient descent converges from every start for 0 < lr < this.

    Source: LeCun, Bottou, Orr and Müller, Efficient BackProp (1998), section 5.
    """
    ### BEGIN SOLUTION
    return 2 / max(curvatures)
    ### END SOLUTION


# %% nbgrader={"grade": true, "grade_id": "test_largest_stable_lr", "locked": true, "points": 1, "schema_version": 3, "solution": false, "task": false}
assert np.isclose(largest_stable_lr([2.0]), 1.0), "x**2 has curvature 2: its edge was at lr = 1"
assert np.isclose(largest_stable_lr([2.0, 4.0]), 0.5), "the bowl's edge was at 0.5"
assert np.isclose(largest_stable_lr([4.0, 2.0]), 0.5), (
    "the order of the coordinates does not matter"
)
assert np.isclose(largest_stable_lr((0.1, 0.2, 0.3, 50.0)), 0.04), "one coordinate can decide alone"

### BEGIN HIDDEN TESTS
from autograder.hidden.orientation import grade

grade("largest_stable_lr")
### END HIDDEN TESTS

# %% [markdown]
# <details><summary>Hint 1: a direction</summary>
#
# Take one coordinate. For which rates is $1 - \eta c$ above -1? Now take two coordinates: both have to agree.
# Which of them objects first when you raise the rate?
#
# </details>
# <details><summary>Hint 2: a method</summary>
#
# $1 - \eta c > -1$ means $\eta < 2 / c$. Of all these bounds the tightest counts, and the tightest one belongs
# to one of the curvatures. Use something that reads any sequence, and does not sort the caller's list.
#
# </details>
# <details><summary>Hint 3: almost the line</summary>
#
# Two, divided by the largest of them.
#
# </details>

# %% [markdown]
# **Look.** Three bowls, searched with your `descend`; the vertical lines are your `largest_stable_lr`. Each
# curve should cross the height of its start, drawn at 1, at its line.

# %% jupyter={"source_hidden": true} tags=["demo"]
# Three bowls, searched for their edge, and your largest_stable_lr as vertical lines.
bowls = (((1.0, 8.0), ORANGE, "--"), ((2.0, 4.0), BLUE, "-"), ((2.0,), GREEN, "-."))
fig, ax = plt.subplots(figsize=(8, 3.6))
for curvatures, color, style in bowls:
    c = np.array(curvatures)
    edge, name = largest_stable_lr(curvatures), f"c = ({', '.join(f'{v:g}' for v in curvatures)})"
    rates = np.linspace(0.02, 1.1 * edge, 150)
    ends = [c @ descend(lambda x, c=c: c * x, np.ones(len(c)), lr, 100)[-1] ** 2 for lr in rates]
    height = np.maximum(np.array(ends) / c.sum(), 1e-30)
    ax.semilogy(rates, height, color=color, linestyle=style, label=name)
    ax.axvline(edge, color=color, linestyle=":", linewidth=2)
ax.axhline(1, color=GREY, linewidth=1)
ax.set(xlabel="learning rate", ylabel="height after 100 steps\n(start = 1)", ylim=(1e-31, 1e20))
ax.legend(loc=(0.6, 0.68))
show_figure(
    "Three curves of final height, divided by the height of the start, against the learning rate. "
    "Each has a vertical dashed line where it crosses 1: at 0.25 for curvatures 1 and 8, at 0.5 "
    "for 2 and 4, at 1.0 for 2 alone."
)

# %% [markdown]
# For $c = (1, 8)$ even the best rate leaves about 1e-22 of the height, where the other two bowls are below
# the floor of 1e-30. The steep coordinate limits the rate, and the flat one has to live with it. Lesson 05
# begins there.

# %% [markdown]
# ### The same, under your hand
#
# Below are four stops on the way, 20 steps each. Then the slider: move it through 0.5 slowly, and watch which
# coordinate lets go.


# %% jupyter={"source_hidden": true} tags=["demo", "nbval-ignore-output"]
# Four rates seen from above, then a slider for the rate.
def show_rate(lr, ax):
    path = descend(bowl_gradient, np.array([-2.0, 1.0]), lr, 20)
    lands = "arrives" if lr < largest_stable_lr([2.0, 4.0]) else "does not arrive"
    draw_bowl(ax, path, BLUE, "o")
    ax.set_title(f"lr = {lr:.2f}: {lands}\nf(x) = {bowl(path[-1]):.2g} after 20 steps")
    return path


def slide(lr):
    _, ax = plt.subplots(figsize=(4.6, 4.6))
    show_rate(lr, ax)
    show_figure(f"The bowl from above with a path of 20 steps at rate {lr:.2f}.")


fig, axes = plt.subplots(1, 4, figsize=(13, 3.9), layout="constrained")
paths = [show_rate(lr, ax) for lr, ax in zip((0.03, 0.3, 0.48, 0.51), axes, strict=True)]
show_figure(
    "Four views of the bowl from above. At rate 0.03 the path has not yet reached the middle. At "
    "0.3 it has. At 0.48 it jumps up and down along the vertical axis and closes in on the "
    "middle. At 0.51 it jumps up and down and leaves the figure."
)
final = [bowl(path[-1]) for path in paths]
assert final[1] < final[2] < final[3], "from 0.3 on, a higher rate ends higher"

try:
    from ipywidgets import FloatSlider, interact
except ImportError:
    print("No slider here (ipywidgets is missing). Call slide(0.4) with rates of your own.")
else:
    interact(
        slide, lr=FloatSlider(value=0.3, min=0.01, max=0.55, step=0.01, continuous_update=False)
    )

# %% [markdown]
# At 0.51 one coordinate has settled: $x_1$ is at the bottom. $x_2$ jumps over it, 4 percent farther each time.
# One coordinate is enough.

# %% [markdown]
# ## What goes wrong
#
# ### The run that ends in `nan`
#
# The path diverges, and its numbers grow by the same factor in every step until they no longer fit into 64 bits
# and become `inf`. Then `inf - inf` is `nan`, and from there on everything is. Run it, then find a rate at
# which the first `nan` comes later.

# %% tags=["demo"]
with np.errstate(over="ignore", invalid="ignore"):
    heights = bowl(descend(bowl_gradient, np.array([-2.0, 1.0]), 0.6, 2500))
for name, bad in (("inf", np.isinf(heights)), ("nan", np.isnan(heights))):
    print(f"first {name} at step {np.argmax(bad)}")
print("step 1000:", f"{heights[1000]:.1e}")

# %% [markdown]
# A `nan` is a late symptom: here the height has grown since step 2, more than two thousand steps before. When you
# see one, go back to where the loss began to rise, and divide the rate by ten.
#
# ### The path that is one point
#
# Most people write this loop first. Guess what it prints, then run it.

# %% tags=["demo"]
x = np.array([-2.0, 1.0])
kept = [x]
for _ in range(3):
    x -= 0.1 * bowl_gradient(x)
    kept.append(x)
print(np.array(kept).round(4))

# %% [markdown]
# `-=` writes into the array that `x` names, and the list holds that same array four times. `x = x - ...`
# makes a new one. The same line in a function also changes the caller's array: the reason why the tests look
# at `x0` after your function has returned.

# %% [markdown]
# ## In practice
#
# In PyTorch nobody writes the gradient, and nobody writes the step. `loss.backward()` computes $g$ (lesson
# 03 builds it), `optimizer.step()` is your `descent_step`. The other two lines are book-keeping that lesson 10
# takes apart.

# %% tags=["demo"]
mine = descend(bowl_gradient, np.array([-2.0, 1.0]), 0.1, 25)
try:
    import torch
except ImportError:
    print("torch is not installed: this comparison is skipped. You need PyTorch from lesson 09 on.")
else:
    x = torch.tensor([-2.0, 1.0], dtype=torch.float64, requires_grad=True)
    optimizer = torch.optim.SGD([x], lr=0.1)
    for _ in range(25):
        optimizer.zero_grad()
        loss = x[0] ** 2 + 2 * x[1] ** 2
        loss.backward()
        optimizer.step()
    agree = np.allclose(x.detach().numpy(), mine[-1], rtol=1e-12, atol=0)
    for name, point in (("torch", x.detach().numpy()), ("yours", mine[-1])):
        print(name, f"{point[0]:.8f} {point[1]:.8f}")
    print("equal to twelve digits:", agree)

# %% [markdown]
# ## To come back to
#
# | what you see | what it is | what to try |
# | --- | --- | --- |
# | the loss falls, slowly and evenly | rate too low | 3 to 10 times as much |
# | falls fast, then flattens | about right, or one flat coordinate is left | more steps; lesson 05 |
# | goes up and down, lower on the whole | a coordinate jumps over the bottom: rate near the edge | half the rate |
# | falls, then grows; `inf`, `nan` | rate above the edge of the steepest coordinate | a tenth; then lesson 11 |
# | grows from the first step on | the sign, or a rate far too high | check the sign on one number; then a tenth |
# | does not move at all | gradient zero, or the update is lost | print the gradient; print `x` after the step |
#
# | rate, for largest curvature $c_{\max}$ and smallest $c_{\min}$ | what it gives |
# | --- | --- |
# | $1 / c_{\max}$ | safe: no coordinate ever jumps over the bottom |
# | $2 / (c_{\max} + c_{\min})$ | the fastest in the long run: the slowest coordinate is as fast as it can be |
# | $2 / c_{\max}$ | the edge: the steepest coordinate jumps for ever |
#
# A real loss is no bowl, its curvature changes as you move, and nobody hands you the $c_i$. The edge is there
# all the same: for networks it is found by trying (lesson 06 has a method for that).

# %% [markdown]
# ## Mastery questions
#
# Answer in your own words, two to five sentences each. A person reads them.

# %% [markdown] nbgrader={"grade": false, "grade_id": "nan_or_bug", "locked": true, "points": 3, "schema_version": 3, "solution": false, "task": true}
# **1. Rate or bug?** A run's loss falls for 50 steps, rises, and is `nan` at step 400. A colleague says that the
# gradient must be wrong. Which two experiments, each a few minutes long, tell a wrong gradient from a rate that is too
# high, and what do you expect to see in either case?
#
# === BEGIN MARK SCHEME ===
#
# 1 point: run again with the rate divided by ten (or more). If the rate was the cause, the loss goes on
# falling.
#
# 1 point: check the gradient by itself: compare with $(f(x + h) - f(x - h)) / 2h$ at a point, or take one tiny
# step and see that the loss falls by about $\eta \lVert g \rVert^2$. A wrong gradient fails at any rate.
#
# 1 point: says why the first 50 steps prove nothing: while the flat coordinates still fall, a steep one
# grows by a factor below -1 from something small.
#
# === END MARK SCHEME ===

# %% [markdown]
# *Your answer here.*

# %% [markdown] nbgrader={"grade": false, "grade_id": "one_rate_for_all", "locked": true, "points": 3, "schema_version": 3, "solution": false, "task": true}
# **2. One rate for all.** A bowl has the curvatures 1 and 100. Which rates are stable? At that edge, about how many steps does
# the flat coordinate need to shrink to a hundredth? What does a fixed rate for all coordinates cost here, and
# what would you want instead?
#
# === BEGIN MARK SCHEME ===
#
# 1 point: $0 < \eta < 2/100 = 0.02$; the steep coordinate decides.
#
# 1 point: the flat factor is then $1 - 0.02 \cdot 1 = 0.98$, and $0.98^t < 0.01$ from $t = 228$ on. Any answer
# between 200 and 250 with the reason counts.
#
# 1 point: the number of steps grows with the ratio of the curvatures (the condition number); wanted is a rate
# for each coordinate, or a memory of direction. (Lesson 05.)
#
# === END MARK SCHEME ===

# %% [markdown]
# *Your answer here.*

# %% [markdown] nbgrader={"grade": false, "grade_id": "gradient_zero", "locked": true, "points": 3, "schema_version": 3, "solution": false, "task": true}
# **3. The gradient is zero.** What does `descend` do on $f(x) = x_1^2 - x_2^2$ from $(1, 0)$, and from $(1, 10^{-6})$, with a
# rate of 0.1? Someone stops training because "the gradient is almost zero, so this is the minimum". What do you answer?
#
# === BEGIN MARK SCHEME ===
#
# 1 point: from $(1, 0)$ it runs to $(0, 0)$ and stays there: a saddle, no minimum.
#
# 1 point: from $(1, 10^{-6})$ it first does the same, then leaves along $x_2$: that coordinate grows by the
# factor $1.2$ a step, without bound.
#
# 1 point: a zero gradient is necessary for a minimum and not sufficient (a saddle, a maximum, a plateau); a small
# one can also mean a flat slope and a long way to go.
#
# === END MARK SCHEME ===

# %% [markdown]
# *Your answer here.*

# %% [markdown]
# ## Further reading
#
# - Cauchy (1847), *Méthode générale pour la résolution des systèmes d'équations simultanées*: the step, on three
#   pages, with the orbits of planets in mind.
# - LeCun, Bottou, Orr and Müller (1998), *Efficient BackProp*: the edge $2 / c_{\max}$, and what to do about it.
# - Goh (2017), *Why Momentum Really Works* (Distill): the factors $1 - \eta c_i$, with sliders.
# - Cohen, Kaur, Li, Kolter and Talwalkar (2021), *Gradient Descent on Neural Networks Typically Occurs at the
#   Edge of Stability*: in real networks the curvature rises until it meets $2 / \eta$. (Papers write $L$ or
#   $\lambda$ for our $c_{\max}$.)
#
# **Next:** [lesson 01](../01_losses/losses.ipynb). What is $f$ when there are data? It is a loss, and choosing it decides what your model
# learns.
