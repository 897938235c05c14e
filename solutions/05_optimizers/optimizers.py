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
# # 05 - Rules for the step
#
# A gradient says which way is up. It does not say how far to go, and it says nothing about yesterday.
# Everything between `x - lr * grad` and the AdamW that trains today's networks is a better answer
# to one question: *given the gradients so far, what is the next step?*
#
# **You will be able to**
#
# - write SGD, momentum in both of its forms, Nesterov, Adagrad, RMSprop, Adam, AdamW, RAdam and
#   Newton's step from their formulas, and a class `Adam` with groups and a state to save;
# - say of each rule what the one before it did badly;
# - choose a rule and its first rate, count its memory, and read a run that went wrong.
#
# **You need** lesson 00 (the step `x - lr * grad`, the largest stable rate) and NumPy. Gradients are
# given here.
#
# **It takes** about three hours: eleven exercises and three predictions. The cell beneath each
# exercise checks it (`%check`), as often as you like.

# %% jupyter={"source_hidden": true} tags=["setup"]
# Given: NumPy as np, Matplotlib as plt, the ravine, and what follows a rule and draws it.
import copy

import matplotlib.pyplot as plt
import numpy as np

BLUE, SKY, ORANGE, GREEN, RED, PINK, GREY = (
    "#0072B2", "#56B4E9", "#E69F00", "#009E73", "#D55E00", "#CC79A7", "#555555"
)  # fmt: skip

plt.rcParams["figure.dpi"] = 72
CURVATURES = np.array([1.0, 40.0])
START = np.array([-9.0, 1.0])

# Where each rule should be on the ravine after some steps, computed with torch.optim.
STEPS_SHOWN = [2, 5, 10, 20, 40, 60]
SHOULD_BE = {
    "SGD": [(-8.208, 0.64), (-7.149, -0.328), (-5.679, 0.107), (-3.584, 0.012), (-1.427, 0.0), (-0.568, 0.0)],
    "momentum": [(-8.74, 0.0), (-7.845, -0.729), (-5.59, 0.517), (-1.06, 0.233), (1.235, 0.011), (-0.036, -0.022)],
    "Nesterov": [(-8.588, -0.266), (-7.546, -0.165), (-5.244, 0.022), (-1.037, 0.0), (0.982, 0.0), (0.02, 0.0)],
    "Adagrad": [(-7.336, 0.0), (-6.003, 0.0), (-4.608, 0.0), (-2.944, 0.0), (-1.31, 0.0), (-0.598, 0.0)],
    "RMSprop": [(-7.334, 0.0), (-5.991, 0.0), (-4.571, 0.0), (-2.85, 0.0), (-1.143, 0.0), (-0.43, 0.0)],
    "Adam": [(-8.001, 0.034), (-6.517, -0.585), (-4.143, 0.18), (-0.326, -0.239), (0.946, -0.001), (-0.338, 0.011)],
}  # fmt: skip


def close(a, b):
    """Whether two results agree in shape and, up to rounding, in value."""
    return np.shape(a) == np.shape(b) and np.allclose(a, b, rtol=1e-9, atol=1e-12)


def raises(error, call):
    """Whether `call()` raises `error`."""
    try:
        call()
    except error:
        return True
    return False


def ravine(points):
    """The loss (x**2 + 40 y**2) / 2 at points float64 (..., 2)."""
    return 0.5 * points**2 @ CURVATURES


def ravine_grad(point):
    """Its gradient at one point, float64 (2,)."""
    return CURVATURES * point


def follow(step, grad_fn, start, steps, memory=0, **options):
    """The points that a rule visits: float64 (steps + 1, *start.shape).

    `memory` is the number of arrays that the rule hands on from one step to the next; a rule with
    two of them is told the number of the step, t.
    """
    x = np.array(start, dtype=float)
    state, path = [np.zeros_like(x)] * memory, [x]
    for t in range(1, steps + 1):
        counted = {"t": t} if memory == 2 else {}
        result = step(x, grad_fn(x), *state, **counted, **options)
        x, *state = result if isinstance(result, tuple) else (result,)
        path.append(x)
    return np.array(path)


def draw_contours(ax, loss=ravine, x=(-10.0, 4.0), y=(-1.6, 1.6), levels=None):
    """Lines of equal loss, and a star at the minimum of the ravine."""
    X, Y = np.meshgrid(np.linspace(*x, 140), np.linspace(*y, 120))
    Z = loss(np.stack([X, Y], axis=-1))
    levels = np.geomspace(0.3, 100, 9) if levels is None else levels
    ax.contour(X, Y, Z, levels=levels, colors="#bbbbbb", linewidths=0.8)
    ax.set(xlabel="x", ylabel="y")


def draw_path(ax, path, color, style, label, marker=None, should=None):
    """A path, and open circles where the rule `should` be after some of its steps."""
    ax.plot(*path.T, color=color, ls=style, lw=1.6, marker=marker, ms=4, label=label)
    if should:
        circles = np.array([START, *SHOULD_BE[should]])
        ax.plot(*circles.T, "o", mfc="none", mec="black", ms=9, label="where it should be")


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
# ## 1. The ravine
#
# One loss carries most of this lesson. It has two weights, $x$ and $y$, and one minimum, at zero:
#
# $$L(x, y) = \tfrac12\left(x^2 + 40\,y^2\right)$$
#
# The numbers 1 and 40 are its *curvatures*: how fast the slope changes along $x$ and along $y$. Their
# ratio, 40, is the *condition number*. The larger it is, the narrower the ravine.

# %% jupyter={"source_hidden": true} tags=["demo"]
# The ravine from the side and from above, with its gradients.
fig = plt.figure(figsize=(9.6, 3.6))
X, Y = np.meshgrid(np.linspace(-10, 4, 60), np.linspace(-1.6, 1.6, 60))
left = fig.add_subplot(1, 2, 1, projection="3d")
left.plot_surface(X, Y, ravine(np.stack([X, Y], axis=-1)), cmap="cividis", rcount=24, ccount=24)
left.set(xlabel="x", ylabel="y", zlabel="loss")
left.view_init(38, -60)
right = fig.add_subplot(1, 2, 2)
draw_contours(right)
for point in np.array([[-9.0, 1.0], [-7.0, -0.8], [-4.0, 0.6], [-1.5, -0.4]]):
    downhill = -ravine_grad(point)
    arrow = point + 0.028 * downhill
    right.annotate("", arrow, point, arrowprops={"arrowstyle": "->", "color": RED, "lw": 1.8})
right.plot(0, 0, "k*", ms=12)
right.set_title("steepest descent points across the valley")
fig.tight_layout()
show_figure(
    "Left: a 3-D surface shaped like a long, steep-sided valley. Right: the same valley as long "
    "flat ellipses; at four points an arrow shows the direction of steepest descent, which points "
    "almost straight across the valley, and not along it to the star at the minimum."
)

# %% [markdown]
# *What to see.* From none of the four points does the arrow point at the star. Steepest descent looks
# at the walls, because they are steep; the way home is along the floor, which is almost flat.
#
# ### Exercise: `sgd_step` (5 minutes, difficulty 1 of 5)
#
# The rule that you know, with one addition. Weight decay adds $\lambda\,p$ to the gradient, which is
# the gradient of a penalty $\tfrac{\lambda}{2}\lVert p \rVert^2$ on large weights:
#
# $$p \leftarrow p - \eta\,(g + \lambda p)$$
#
# $p$ is an array of weights of any shape, $g$ its gradient of the same shape, $\eta$ the learning rate
# (`lr`), $\lambda$ the strength of the decay (`weight_decay`). Called with the gradient of a whole data set, it is gradient
# descent; with the gradient of a random batch, *stochastic* gradient descent, SGD.


# %% nbgrader={"grade": false, "grade_id": "sgd_step", "locked": false, "schema_version": 3, "solution": true, "task": false}
def sgd_step(param, grad, lr, weight_decay=0.0):
    """One step against the gradient, with L2 weight decay added to the gradient.

    Args:
        param: weights, float64, any shape.
        grad: gradient of the loss at `param`, same shape.
        lr: learning rate, >= 0.
        weight_decay: strength of L2 decay, >= 0; `weight_decay * param` is added to `grad`.

    Returns:
        The new weights, a new array of the same shape. The inputs are not changed.

    Source: Robbins and Monro (1951); with decay as in `torch.optim.SGD`.
    """
    ### BEGIN SOLUTION
    g = grad + weight_decay * param
    step = lr * g
    return param - step
    ### END SOLUTION


# %% nbgrader={"grade": true, "grade_id": "test_sgd_step", "locked": true, "points": 1, "schema_version": 3, "solution": false, "task": false}
p, g = np.array([1.0, -2.0]), np.array([0.5, 0.5])
assert close(sgd_step(p, g, lr=0.1), [0.95, -2.05]), "the step goes against the gradient"
assert close(sgd_step(p, g, lr=0.0), p), "a rate of 0 changes nothing"
assert close(sgd_step(p, np.zeros(2), lr=0.1, weight_decay=0.5), [0.95, -1.9]), (
    "where the gradient is 0, decay alone pulls each weight towards 0, by lr * decay * weight"
)
assert close((p, g), ([1.0, -2.0], [0.5, 0.5])), "the inputs are not changed"
### BEGIN HIDDEN TESTS
from autograder.hidden.optimizers import grade

grade("sgd_step")
### END HIDDEN TESTS


# %% [markdown]
# <details><summary>Hint 1: direction</summary>
#
# Two things pull at a weight: the loss and the decay. What is the sum of the two gradients?
#
# </details>
# <details><summary>Hint 2: method</summary>
#
# Make a new array for the gradient with decay; do not write `grad += ...`, which would change the
# caller's array. Then step against it.
#
# </details>
# <details><summary>Hint 3: almost the line</summary>
#
# `total = grad + ... * param`, and return `param - ... * total`.
#
# </details>
#
# ### The look: your steps on the ravine

# %% jupyter={"source_hidden": true} tags=["demo"]
# Your steps on the ravine at three rates.
paths = {lr: follow(sgd_step, ravine_grad, START, 60, lr=lr) for lr in (0.005, 0.045, 0.051)}
fig = plt.figure(figsize=(9.6, 3.8))
X, Y = np.meshgrid(np.linspace(-10, 4, 60), np.linspace(-1.6, 1.6, 60))
left = fig.add_subplot(1, 2, 1, projection="3d", computed_zorder=False)
left.plot_surface(X, Y, ravine(np.stack([X, Y], axis=-1)), cmap="cividis", rcount=24, ccount=24)
x, y = paths[0.045].T
left.plot(x, y, ravine(paths[0.045]) + 0.5, color="white", marker="o", ms=3, lw=1.5)
left.set(xlabel="x", ylabel="y", zlabel="loss", title="lr = 0.045")
left.view_init(52, -70)
right = fig.add_subplot(1, 2, 2)
draw_contours(right)
draw_path(right, paths[0.051][:20], RED, ":", "lr = 0.051", marker="^")
draw_path(right, paths[0.045], BLUE, "-", "lr = 0.045", marker=".", should="SGD")
draw_path(right, paths[0.005], ORANGE, "--", "lr = 0.005", marker="s")
right.plot(0, 0, "k*", ms=12)
right.legend(loc="lower right", fontsize=8)
fig.tight_layout()
show_figure(
    "Left: the 3-D valley with a path that zigzags from wall to wall and then creeps along the "
    "floor. Right: three paths on the contours. With rate 0.005 it hardly moves along x; with "
    "0.045 it zigzags, creeps, and passes through the open circles; with 0.051 each zigzag is "
    "larger than the last."
)
for lr, path in paths.items():
    print(f"lr = {lr}: loss after 60 steps {ravine(path[-1]):.3g}")

# %% [markdown]
# *What to see.* Your path goes through the circles. With 0.005 it creeps; with 0.051 it leaps from wall
# to wall, further each time.
#
# **What goes wrong.** Each coordinate is multiplied by $1 - \eta c$ in every step, where $c$ is its
# curvature. For $y$, $c = 40$: stable only if $\eta < 2/40 = 0.05$. For $x$, $c = 1$: at that
# rate it keeps 95 % of its distance in every step. The steep direction sets the rate, and the flat one pays.
#
# **In practice.** `torch.optim.SGD(params, lr=0.1, weight_decay=1e-4)`. The last section compares all of
# your steps with PyTorch's.

# %% [markdown]
# ## 2. Momentum: remember a direction
#
# The zigzag in the last figure has a pattern. Across the ravine, each gradient contradicts the last one; along it, they all
# agree. A rule that adds up past gradients would cancel the first and collect the second.
#
# Give the weights a *velocity* $v$, of their shape, that starts at zero:
#
# $$v \leftarrow \mu v + g, \qquad p \leftarrow p - \eta v$$
#
# $\mu$ (`momentum`, in $[0, 1)$) is the part of the velocity that survives a step. Under a steady
# gradient $v$ grows to $g\,(1 + \mu + \mu^2 + \dots) = g/(1-\mu)$: with $\mu = 0.9$, ten times as far per
# step.
#
# *Nesterov's* variant looks ahead. The velocity is going to carry on anyway, so step along the
# gradient plus what the velocity will be worth after its next decay:
#
# $$v \leftarrow \mu v + g, \qquad p \leftarrow p - \eta\,(g + \mu v)$$
#
# where the $v$ on the right is the new one. This is the form that PyTorch uses.
#
# ### Exercise: `momentum_step` (10 minutes, difficulty 2 of 5)


# %% nbgrader={"grade": false, "grade_id": "momentum_step", "locked": false, "schema_version": 3, "solution": true, "task": false}
def momentum_step(param, grad, velocity, lr, momentum=0.9, nesterov=False):
    """One step of momentum in PyTorch's form: the rate multiplies the velocity.

    Args:
        param: weights, float64, any shape.
        grad: gradient at `param`, same shape.
        velocity: what the previous step returned; zeros before the first, same shape.
        lr: learning rate, >= 0.
        momentum: mu, the part of the velocity that is kept, in [0, 1).
        nesterov: if true, step along `grad + momentum * new velocity`, else along the new velocity.

    Returns:
        `(param, velocity)`, both new arrays. The inputs are not changed.

    Source: Polyak (1964); Sutskever et al. (2013), section 2; form of `torch.optim.SGD`.
    """
    ### BEGIN SOLUTION
    velocity = momentum * velocity + grad
    if nesterov:
        direction = grad + momentum * velocity
    else:
        direction = velocity
    step = lr * direction
    return param - step, velocity
    ### END SOLUTION


# %% nbgrader={"grade": true, "grade_id": "test_momentum_step", "locked": true, "points": 2, "schema_version": 3, "solution": false, "task": false}
p, g, still = np.array([1.0, 2.0]), np.array([1.0, -1.0]), np.zeros(2)
p1, v1 = momentum_step(p, g, still, lr=0.1, momentum=0.5)
assert close(v1, [1.0, -1.0]), "from rest, the first velocity is the gradient itself"
assert close(p1, [0.9, 2.1]), "from rest, the first step is a step of SGD"
p2, v2 = momentum_step(p1, g, v1, lr=0.1, momentum=0.5)
assert close(v2, [1.5, -1.5]), "half of the old velocity stays, and the whole gradient is added"
assert close(p2, [0.75, 2.25]), "the step is the rate times the new velocity"
p2, v2 = momentum_step(p1, g, v1, lr=0.1, momentum=0.5, nesterov=True)
assert close(v2, [1.5, -1.5]), "Nesterov changes the step, not the velocity"
assert close(p2, [0.725, 2.275]), "Nesterov steps along the gradient plus momentum * new velocity"
assert close((still, p), ([0.0, 0.0], [1.0, 2.0])), "the inputs are not changed"
### BEGIN HIDDEN TESTS
from autograder.hidden.optimizers import grade

grade("momentum_step")
### END HIDDEN TESTS


# %% [markdown]
# <details><summary>Hint 1: direction</summary>
#
# Which comes first, the new velocity or the step? Read off the formula which $v$ the step uses.
#
# </details>
# <details><summary>Hint 2: method</summary>
#
# Compute the new velocity and use it in both variants. They differ in one expression: the
# direction. The rate enters only at the end.
#
# </details>
# <details><summary>Hint 3: almost the line</summary>
#
# `velocity = ... * velocity + ...` makes a new array. The direction is `velocity`, or
# `grad + momentum * ...` for Nesterov. Return two values.
#
# </details>
#
# ### The look: memory against zigzag

# %% jupyter={"source_hidden": true} tags=["demo"]
# SGD, momentum and Nesterov on the ravine, and their losses.
fig, (left, right) = plt.subplots(1, 2, figsize=(9.6, 3.6))
draw_contours(left)
sgd = follow(sgd_step, ravine_grad, START, 60, lr=0.01)
plain = follow(momentum_step, ravine_grad, START, 60, memory=1, lr=0.01)
ahead = follow(momentum_step, ravine_grad, START, 60, memory=1, lr=0.01, nesterov=True)
draw_path(left, sgd, GREY, ":", "SGD", marker="s")
draw_path(left, plain, BLUE, "--", "momentum", marker=".", should="momentum")
draw_path(left, ahead, RED, "-", "Nesterov", marker="^")
circles = np.array(SHOULD_BE["Nesterov"])
left.plot(*circles.T, "o", mfc="none", mec="black", ms=9)
left.plot(0, 0, "k*", ms=12)
left.legend(fontsize=8, loc="lower left", ncols=2)
left.set_title("60 steps, lr = 0.01")
for mu, color, style in ((0.0, GREY, ":"), (0.9, BLUE, "--"), (0.99, RED, "-")):
    path = follow(momentum_step, ravine_grad, START, 150, memory=1, lr=0.01, momentum=mu)
    right.semilogy(ravine(path), color=color, ls=style, label=f"mu = {mu}")
    print(f"mu = {mu}: loss after 150 steps {ravine(path[-1]):.2g}")
right.set(xlabel="step", ylabel="loss", title="how much memory?", ylim=(1e-6, 200))
right.legend(fontsize=8)
fig.tight_layout()
show_figure(
    "Left: on the contours, the zigzag of SGD, the wide swings of momentum and the short ones of "
    "Nesterov, momentum and Nesterov through their open circles. Right: the loss on a log scale "
    "over 150 steps for mu = 0, 0.9 and 0.99, all with lr 0.01: 0 falls slowly and straight, 0.9 "
    "falls fastest, with waves, 0.99 rings and is the highest of the three for most of the run."
)

# %% [markdown]
# *What to see.* At the same rate, SGD has covered less than half of the way when momentum has overshot the
# minimum and come back. Nesterov does the same with less swing across: its look-ahead brakes early.
#
# **What goes wrong.** With $\mu = 0.99$ a gradient is remembered for about 100 steps. The point rings like a
# bell, and after 150 steps it is worse than with no memory at all.
#
# **In practice.** `torch.optim.SGD(params, lr=0.1, momentum=0.9, nesterov=True)`.

# %% [markdown]
# ## 3. The other momentum
#
# Many books put the rate inside the velocity, so that $v$ is the step itself and points downhill:
#
# $$v \leftarrow \mu v - \eta g, \qquad p \leftarrow p + v$$
#
# As long as $\eta$ is constant, this $v$ is $-\eta$ times the other one, and the paths are the same. But
# rates are not constant: lesson 06 is about nothing else.
#
# ### Prediction: the rate is cut
#
# Both forms run with $\mu = 0.9$ under a steady gradient of 1, long enough for each step to have
# size $10\,\eta$. Then the rate is cut to a tenth. Which form takes the larger next step?
#
# - (a) PyTorch's, with the rate outside the velocity
# - (b) the classical one, with the rate inside
# - (c) both steps have the same size

# %% nbgrader={"grade": false, "grade_id": "prediction_rate_cut", "locked": false, "schema_version": 3, "solution": true, "task": false}
### BEGIN SOLUTION
prediction_rate_cut = "b"
### END SOLUTION


# %% nbgrader={"grade": true, "grade_id": "test_prediction_rate_cut", "locked": true, "points": 1, "schema_version": 3, "solution": false, "task": false}
if prediction_rate_cut is None:
    raise NotImplementedError("prediction_rate_cut is not written yet")
letter = str(prediction_rate_cut).strip(" ().").lower()
assert letter in ("a", "b", "c"), "a prediction is one letter: a, b or c"
### BEGIN HIDDEN TESTS
from autograder.hidden.optimizers import grade

grade("prediction_rate_cut")
### END HIDDEN TESTS


# %% [markdown]
# ### Exercise: `classical_momentum_step` (5 minutes, difficulty 1 of 5)


# %% nbgrader={"grade": false, "grade_id": "classical_momentum_step", "locked": false, "schema_version": 3, "solution": true, "task": false}
def classical_momentum_step(param, grad, velocity, lr, momentum=0.9):
    """One step of momentum in the classical form: the rate is inside the velocity.

    Args:
        param: weights, float64, any shape.
        grad: gradient at `param`, same shape.
        velocity: what the previous step returned; zeros before the first, same shape. It points
            where the weights move: downhill.
        lr: learning rate, >= 0.
        momentum: mu, the part of the velocity that is kept, in [0, 1).

    Returns:
        `(param, velocity)`, both new arrays. The inputs are not changed.

    Source: Sutskever et al. (2013), equations 1 and 2.
    """
    ### BEGIN SOLUTION
    velocity = momentum * velocity - lr * grad
    return param + velocity, velocity
    ### END SOLUTION


# %% nbgrader={"grade": true, "grade_id": "test_classical_momentum_step", "locked": true, "points": 2, "schema_version": 3, "solution": false, "task": false}
p, g, still = np.array([1.0, 2.0]), np.array([1.0, -1.0]), np.zeros(2)
p1, v1 = classical_momentum_step(p, g, still, lr=0.1, momentum=0.5)
assert close(v1, [-0.1, 0.1]), "the velocity is a displacement: downhill, the rate included"
assert close(p1, [0.9, 2.1]), "from rest, the first step is a step of SGD"
p2, v2 = classical_momentum_step(p1, g, v1, lr=0.2, momentum=0.5)
assert close(v2, [-0.25, 0.25]), "the new rate scales the new gradient only, not what was kept"
assert close(p2, [0.65, 2.35]), "the step is the new velocity"
assert close((still, p), ([0.0, 0.0], [1.0, 2.0])), "the inputs are not changed"
### BEGIN HIDDEN TESTS
from autograder.hidden.optimizers import grade

grade("classical_momentum_step")
### END HIDDEN TESTS


# %% [markdown]
# <details><summary>Hint 1: direction</summary>
#
# Which sign does the velocity have when the weights go downhill?
#
# </details>
# <details><summary>Hint 2: method</summary>
#
# The rate appears once, beside the gradient. The step is the whole new velocity, with nothing in
# front of it.
#
# </details>
# <details><summary>Hint 3: almost the line</summary>
#
# `velocity = momentum * velocity - ...`, and return `param + ..., velocity`.
#
# </details>
#
# ### The look: the same path, until the rate changes

# %% jupyter={"source_hidden": true} tags=["demo", "prediction_rate_cut"]
# Two forms of momentum: the same path, until the rate changes.
fig, (left, right) = plt.subplots(1, 2, figsize=(9.6, 3.4))
draw_contours(left)
ours = follow(classical_momentum_step, ravine_grad, START, 60, memory=1, lr=0.01)
theirs = follow(momentum_step, ravine_grad, START, 60, memory=1, lr=0.01)
draw_path(left, theirs, SKY, "-", "PyTorch's", should="momentum")
draw_path(left, ours, BLUE, "--", "classical", marker=".")
left.legend(fontsize=8, loc="lower left")
left.set_title("constant rate")
for step, color, style, label in (
    (momentum_step, SKY, "-", "PyTorch's"),
    (classical_momentum_step, BLUE, "--", "classical"),
):
    x, velocity, sizes = np.zeros(1), np.zeros(1), []
    for t in range(100):
        new, velocity = step(x, np.ones(1), velocity, lr=0.1 if t < 50 else 0.01)
        sizes.append((x - new)[0])
        x = new
    right.plot(sizes, color=color, ls=style, lw=2, label=label)
    print(f"{label}: step before the cut {sizes[49]:.2f}, after it {sizes[50]:.2f}")
right.axvline(50, color=GREY, lw=0.8, ls=":")
right.set(xlabel="step", ylabel="size of the step", title="the rate is cut at step 50")
right.legend(fontsize=8)
fig.tight_layout()
show_figure(
    "Left: on the ravine at a constant rate, the classical path lies exactly on PyTorch's and "
    "goes through the circles. Right: size of the step over 100 steps of a steady gradient; both "
    "rise together to 1; at step 50 the rate is cut to a tenth: PyTorch's drops to 0.1 at once, "
    "the classical one falls gradually over some 30 steps."
)

# %% [markdown]
# *What to see.* On the left one path hides the other. On the right PyTorch's form obeys the new rate at once;
# the classical one still spends steps that were bought at the old rate, and needs some 30
# steps to slow down.
#
# **What goes wrong.** A schedule tuned in one form, copied to the other. Cuts are felt late; and after
# a warm-up, the first full-rate steps come late too.
#
# **In practice.** `torch.optim.SGD` has the rate outside. Keras's `SGD(momentum=0.9)` and the equations in
# Sutskever et al. (2013) have it inside. Others average, $v \leftarrow \mu v + (1-\mu) g$: with
# $\mu = 0.9$ the same as PyTorch's at a tenth of the rate.

# %% [markdown]
# ## 4. Adagrad: a rate for every weight
#
# Momentum remembers a direction. It does not know that one weight lives on a cliff and another on a
# plain: both get the same rate. Here are two weights like that. One belongs to a loud feature (value 6 in every sample), the
# other to a rare one (value 1, in one sample of 20); both should become 1.


# %% tags=["setup"]
def rare_feature_grad(seed):
    """A gradient function, one random sample a call, for two weights that should both become 1.

    The first weight's feature is 6 in every sample; the second's is 1 in one sample of 20, else 0.
    """
    rng = np.random.default_rng(seed)

    def grad_fn(w):
        x = np.array([6.0, float(rng.uniform() < 0.05)])
        return (x @ w - x.sum()) * x

    return grad_fn


# %% jupyter={"source_hidden": true} tags=["demo"]
# A loud and a rare feature under SGD.
path = follow(sgd_step, rare_feature_grad(0), np.zeros(2), 400, lr=0.027)
fig, ax = plt.subplots(figsize=(6.4, 3.0))
ax.plot(path[:, 0], color=GREY, ls="--", label="loud feature")
ax.plot(path[:, 1], color=BLUE, label="rare feature")
ax.set(xlabel="step", ylabel="weight", title="SGD, lr = 0.027", ylim=(-0.1, 1.3))
ax.legend(fontsize=8)
show_figure(
    "Two curves over 400 steps: the weight of the loud feature reaches 1 within 2 steps; the "
    "weight of the rare feature rises in small stairs to about 0.4."
)
print(f"after 400 steps: loud {path[-1, 0]:.2f}, rare {path[-1, 1]:.2f}")

# %% [markdown]
# *What to see.* The loud feature allows no rate above 2/36; at half of that it is learnt at once, and
# the rare weight climbs a small stair whenever its feature turns up.
#
# Adagrad keeps, for every weight, the sum $s$ of its squared gradients, and divides by the root:
#
# $$s \leftarrow s + g^2, \qquad p \leftarrow p - \eta\,\frac{g}{\sqrt{s} + \varepsilon}$$
#
# All of it is elementwise: $s$ (`square_sum`) has the shape of $p$ and starts at zero. Multiply a loss by 1000 and $g$
# and $\sqrt{s}$ both grow by 1000: the path is the same. $\varepsilon$ keeps a weight without gradients from
# dividing by zero; mind that it stands beside the root, not under it.
#
# ### Exercise: `adagrad_step` (8 minutes, difficulty 2 of 5)


# %% nbgrader={"grade": false, "grade_id": "adagrad_step", "locked": false, "schema_version": 3, "solution": true, "task": false}
def adagrad_step(param, grad, square_sum, lr, eps=1e-10):
    """One step of Adagrad: each weight's rate shrinks with the sum of its squared gradients.

    Args:
        param: weights, float64, any shape.
        grad: gradient at `param`, same shape.
        square_sum: sum of the squared gradients so far; zeros before the first step, same shape.
        lr: learning rate, >= 0.
        eps: > 0, added to the root, so that a weight without gradients divides by eps, not by 0.

    Returns:
        `(param, square_sum)`, both new arrays. The inputs are not changed.

    Source: Duchi, Hazan and Singer (2011), section 1; the diagonal form, as `torch.optim.Adagrad`.
    """
    ### BEGIN SOLUTION
    square_sum = square_sum + grad**2
    step = lr * grad / (np.sqrt(square_sum) + eps)
    return param - step, square_sum
    ### END SOLUTION


# %% nbgrader={"grade": true, "grade_id": "test_adagrad_step", "locked": true, "points": 2, "schema_version": 3, "solution": false, "task": false}
p, g, none_yet = np.array([1.0, 1.0]), np.array([4.0, -0.001]), np.zeros(2)
p1, s1 = adagrad_step(p, g, none_yet, lr=0.1, eps=0.0)
assert close(s1, [16.0, 1e-6]), "the sum grows by the square of the gradient"
assert close(p1, [0.9, 1.1]), "the first step has size lr for every weight, large gradient or small"
p2, s2 = adagrad_step(p1, g, s1, lr=0.1, eps=0.0)
assert close(s2, [32.0, 2e-6]), "nothing is forgotten: the same gradient again doubles the sum"
assert close(p2, p1 + 0.1 / np.sqrt(2) * np.array([-1, 1])), "the second step is sqrt(2) smaller"
p1, _ = adagrad_step(p, np.array([4.0, 0.0]), none_yet, lr=0.1, eps=1.0)
assert close(p1, [0.92, 1.0]), "eps stands beside the root: 0.1 * 4 / (4 + 1)"
assert close((none_yet, p), ([0.0, 0.0], [1.0, 1.0])), "the inputs are not changed"
### BEGIN HIDDEN TESTS
from autograder.hidden.optimizers import grade

grade("adagrad_step")
### END HIDDEN TESTS


# %% [markdown]
# <details><summary>Hint 1: direction</summary>
#
# After one step, $s = g^2$. What does dividing by its root leave of the gradient?
#
# </details>
# <details><summary>Hint 2: method</summary>
#
# First the new sum, then the step, with the new sum in it. NumPy squares, takes roots and divides
# element by element.
#
# </details>
# <details><summary>Hint 3: almost the line</summary>
#
# `square_sum = square_sum + ...`, and the step is `lr * grad / (np.sqrt(...) + eps)`.
#
# </details>
#
# ### The look: the ravine is gone, and the rare feature is learnt

# %% jupyter={"source_hidden": true} tags=["demo"]
# Adagrad on the ravine, and on the rare feature.
fig, (left, right) = plt.subplots(1, 2, figsize=(9.6, 3.4))
draw_contours(left)
sgd = follow(sgd_step, ravine_grad, START, 60, lr=0.045)
ours = follow(adagrad_step, ravine_grad, START, 60, memory=1, lr=1.0)
draw_path(left, sgd, GREY, ":", "SGD, lr = 0.045")
draw_path(left, ours, ORANGE, "-", "Adagrad, lr = 1", marker=".", should="Adagrad")
left.plot(0, 0, "k*", ms=12)
left.legend(fontsize=8, loc="lower right")
for step, memory, lr, color, style, label in (
    (sgd_step, 0, 0.027, GREY, ":", "SGD"),
    (adagrad_step, 1, 0.5, ORANGE, "-", "Adagrad"),
):
    path = follow(step, rare_feature_grad(0), np.zeros(2), 400, memory=memory, lr=lr)
    right.plot(path[:, 1], color=color, ls=style, label=f"{label}, lr = {lr}")
    print(f"{label}: rare weight after 400 steps {path[-1, 1]:.2f}")
right.set(xlabel="step", ylabel="weight of the rare feature", ylim=(-0.1, 1.3))
right.legend(fontsize=8)
fig.tight_layout()
show_figure(
    "Left: on the ravine, Adagrad at lr 1 goes straight along the floor and through its circles, "
    "while SGD zigzags. Right: the rare feature's weight jumps past 0.7 at the first samples that "
    "have it and goes on to 0.98 with Adagrad; the SGD curve stays below and ends at 0.37."
)

# %% [markdown]
# *What to see.* No zigzag: $y$ is done at once, and $x$ no longer has to wait. The rare weight takes a
# large step when its feature turns up, because its sum is still small.
#
# **What goes wrong.** The sum never shrinks. Under steady gradients of 1, step $t$ has size $\eta/\sqrt{t}$; and one bad
# batch is held against a weight for ever. The next section breaks it on purpose.
#
# **In practice.** `torch.optim.Adagrad(params, lr=0.01)`.

# %% [markdown]
# ## 5. RMSprop: learn to forget
#
# Take the bowl $x^2/2$, start at 5, and let the first gradient be 100 times too large, as a corrupt
# sample would make it. Run the next cell.


# %% tags=["setup"]
def bad_first_batch():
    """A gradient function of the bowl x**2 / 2 whose first gradient is 100 times too large."""
    calls = []

    def grad_fn(x):
        calls.append(x)
        return x * (100.0 if len(calls) == 1 else 1.0)

    return grad_fn


# %% jupyter={"source_hidden": true} tags=["demo"]
# Adagrad after one bad gradient.
path = follow(adagrad_step, bad_first_batch(), np.array([5.0]), 300, memory=1, lr=0.1)
fig, ax = plt.subplots(figsize=(6.4, 2.6))
ax.plot(path, color=ORANGE, label="Adagrad, lr = 0.1")
ax.set(xlabel="step", ylabel="x", title="after one bad gradient", ylim=(-0.5, 5.5))
ax.legend(fontsize=8)
show_figure("One curve over 300 steps: after one bad gradient, Adagrad's x creeps from 4.9 to 4.6.")
print(f"x after 300 steps: {path[-1, 0]:.2f}")

# %% [markdown]
# *What to see.* One gradient of 500, and 300 steps later the weight has moved from 5 to 4.6.
#
# Replace the sum by a running average. Old gradients fade, and the denominator follows the size that
# gradients have now:
#
# $$s \leftarrow \alpha s + (1 - \alpha)\,g^2, \qquad p \leftarrow p - \eta\,\frac{g}{\sqrt{s} + \varepsilon}$$
#
# $\alpha$ (`alpha`, 0.99) is the part of $s$ that is kept: an average over roughly the last
# $1/(1-\alpha) = 100$ steps. Its root is the *root mean square* of the gradient, hence the name.
#
# ### Exercise: `rmsprop_step` (5 minutes, difficulty 1 of 5)


# %% nbgrader={"grade": false, "grade_id": "rmsprop_step", "locked": false, "schema_version": 3, "solution": true, "task": false}
def rmsprop_step(param, grad, square_avg, lr, alpha=0.99, eps=1e-8):
    """One step of RMSprop: each weight's rate is divided by a running root mean square.

    Args:
        param: weights, float64, any shape.
        grad: gradient at `param`, same shape.
        square_avg: running average of the squared gradient; zeros before the first step, same shape.
        lr: learning rate, >= 0.
        alpha: the part of the old average that is kept, in [0, 1).
        eps: > 0, added to the root.

    Returns:
        `(param, square_avg)`, both new arrays. The inputs are not changed.

    Source: Tieleman and Hinton (2012), lecture 6.5; form of `torch.optim.RMSprop`.
    """
    ### BEGIN SOLUTION
    square_avg = alpha * square_avg + (1 - alpha) * grad**2
    step = lr * grad / (np.sqrt(square_avg) + eps)
    return param - step, square_avg
    ### END SOLUTION


# %% nbgrader={"grade": true, "grade_id": "test_rmsprop_step", "locked": true, "points": 2, "schema_version": 3, "solution": false, "task": false}
p, g, none_yet = np.array([1.0, 1.0]), np.array([4.0, -0.001]), np.zeros(2)
p1, s1 = rmsprop_step(p, g, none_yet, lr=0.1, alpha=0.75, eps=0.0)
assert close(s1, [4.0, 0.25e-6]), "a quarter of the squared gradient enters the average"
assert close(p1, [0.8, 1.2]), "the first step is lr / sqrt(1 - alpha) for every weight: here 2 * lr"
s = none_yet
for _ in range(200):
    _, s = rmsprop_step(p, g, s, lr=0.1, alpha=0.75)
assert close(s, g**2), "an average, not a sum: under a steady gradient it settles at its square"
p1, _ = rmsprop_step(p, np.array([4.0, 0.0]), none_yet, lr=0.1, alpha=0.75, eps=3.0)
assert close(p1, [0.92, 1.0]), "eps stands beside the root: 0.1 * 4 / (2 + 3)"
assert close((none_yet, p), ([0.0, 0.0], [1.0, 1.0])), "the inputs are not changed"
### BEGIN HIDDEN TESTS
from autograder.hidden.optimizers import grade

grade("rmsprop_step")
### END HIDDEN TESTS


# %% [markdown]
# <details><summary>Hint 1: direction</summary>
#
# In which one line does this differ from Adagrad?
#
# </details>
# <details><summary>Hint 2: method</summary>
#
# The weights of an average add up to 1: the old value gets `alpha`. What is left for the new one?
#
# </details>
# <details><summary>Hint 3: almost the line</summary>
#
# `square_avg = alpha * square_avg + (...) * grad**2`; the step is Adagrad's.
#
# </details>
#
# ### The look: it recovers, and it does not settle

# %% jupyter={"source_hidden": true} tags=["demo"]
# RMSprop on the ravine, after a bad gradient, and near the minimum.
fig, (left, middle, right) = plt.subplots(1, 3, figsize=(10.4, 3.3))
draw_contours(left)
ours = follow(rmsprop_step, ravine_grad, START, 60, memory=1, lr=0.1)
draw_path(left, ours, GREEN, "-", "RMSprop, lr = 0.1", marker=".", should="RMSprop")
left.legend(fontsize=8, loc="lower right")
start = np.array([5.0])
adagrad = follow(adagrad_step, bad_first_batch(), start, 300, memory=1, lr=0.1)
rmsprop = follow(rmsprop_step, bad_first_batch(), start, 300, memory=1, lr=0.1, alpha=0.9)
middle.plot(adagrad, color=ORANGE, ls="--", label="Adagrad")
middle.plot(rmsprop, color=GREEN, label="RMSprop, alpha = 0.9")
middle.set(xlabel="step", ylabel="x", title="after one bad gradient")
middle.legend(fontsize=8)
steady = follow(rmsprop_step, np.ones_like, np.zeros(1), 400, memory=1, lr=0.01)
sizes = -np.diff(steady[:, 0])
right.semilogy(np.arange(1, 401), sizes, color=GREEN)
right.axhline(0.01, color=GREY, ls=":", label="lr")
right.set(xlabel="step", ylabel="size of the step", title="steady gradient, lr = 0.01")
right.legend(fontsize=8)
fig.tight_layout()
show_figure(
    "Left: on the ravine, RMSprop at lr 0.1 goes along the floor through its circles. Middle: "
    "after one bad gradient, Adagrad stays above 4.6 and RMSprop with alpha 0.9 falls to 0 by "
    "about step 140. Right: the size of the step under a steady gradient of 1, lr 0.01: it starts "
    "at 0.1, ten times the rate, and falls to 0.01 over some 200 steps."
)
print("around the minimum, RMSprop's last x:", [f"{abs(v):.3f}" for v in rmsprop[-3:, 0]])
print(f"first step {sizes[0]:.3f}, last step {sizes[-1]:.3f}")

# %% [markdown]
# *What to see.* In the middle, forgetting pays. The printed line shows its price: near the minimum the
# denominator shrinks along with the gradient, so that steps stay about as large as the rate.
#
# **What goes wrong.** Look at the right. The average starts at zero, so the first denominator is
# $\sqrt{0.01\,g^2} = |g|/10$, and the first step is ten times the rate. At the very start, where weights
# are random and gradients worst, this rule takes its largest steps.
#
# **In practice.** `torch.optim.RMSprop(params, lr=1e-2, alpha=0.99)`.

# %% [markdown]
# ## 6. Adam: two averages, corrected
#
# Momentum averages gradients over time. RMSprop divides by their usual size. Adam does both, and mends the
# start. Both of its averages begin at zero:
#
# $$m \leftarrow \beta_1 m + (1-\beta_1)\,g, \qquad v \leftarrow \beta_2 v + (1-\beta_2)\,g^2$$
#
# with $\beta_1 = 0.9$ and $\beta_2 = 0.999$. Here $m$ is an average gradient, and $v$ an average *squared* gradient, no
# longer a velocity; both have the shape of $p$.
#
# ### Prediction: the first average
#
# After the first step, how large is $v$, compared with the squared gradient $g^2$?
#
# - (a) equal
# - (b) a tenth
# - (c) a thousandth

# %% nbgrader={"grade": false, "grade_id": "prediction_first_average", "locked": false, "schema_version": 3, "solution": true, "task": false}
### BEGIN SOLUTION
prediction_first_average = "c"
### END SOLUTION


# %% nbgrader={"grade": true, "grade_id": "test_prediction_first_average", "locked": true, "points": 1, "schema_version": 3, "solution": false, "task": false}
if prediction_first_average is None:
    raise NotImplementedError("prediction_first_average is not written yet")
letter = str(prediction_first_average).strip(" ().").lower()
assert letter in ("a", "b", "c"), "a prediction is one letter: a, b or c"
### BEGIN HIDDEN TESTS
from autograder.hidden.optimizers import grade

grade("prediction_first_average")
### END HIDDEN TESTS


# %% [markdown]
# After $t$ steps the weights in such an average add up to $1 - \beta^t$ and not to 1; the rest still belongs
# to the zero it started from. So divide by that sum:
#
# $$\hat m = \frac{m}{1 - \beta_1^t}, \qquad \hat v = \frac{v}{1 - \beta_2^t}, \qquad p \leftarrow p - \eta\,\frac{\hat m}{\sqrt{\hat v} + \varepsilon}$$
#
# $t$ counts the steps from 1. The hats are for this step only: $m$ and $v$ go on to the next step as
# they are. If the gradient is steady, $\hat m / \sqrt{\hat v} = \pm 1$: every weight moves by
# the learning rate. If it is noise, $\hat m$ is small and so is the step.
#
# ### Exercise: `adam_step` (15 minutes, difficulty 3 of 5)


# %% nbgrader={"grade": false, "grade_id": "adam_step", "locked": false, "schema_version": 3, "solution": true, "task": false}
def adam_step(param, grad, m, v, t, lr=1e-3, beta1=0.9, beta2=0.999, eps=1e-8):
    """One step of Adam: the averaged gradient over the root of the averaged squared gradient.

    Args:
        param: weights, float64, any shape.
        grad: gradient at `param`, same shape.
        m: running average of the gradient; zeros before the first step, same shape.
        v: running average of the squared gradient; zeros before the first step, same shape.
        t: the number of this step, counted from 1.
        lr: learning rate, >= 0.
        beta1: the part of `m` that is kept, in [0, 1).
        beta2: the part of `v` that is kept, in [0, 1).
        eps: > 0, added to the root of the corrected `v`.

    Returns:
        `(param, m, v)`, new arrays; `m` and `v` are the raw averages, not the corrected ones.
        The inputs are not changed.

    Raises:
        ValueError: `t` is below 1.

    Source: Kingma and Ba (2015), algorithm 1.
    """
    ### BEGIN SOLUTION
    if t < 1:
        raise ValueError(f"t counts from 1, got {t}")
    m = beta1 * m + (1 - beta1) * grad
    v = beta2 * v + (1 - beta2) * grad**2
    m_hat = m / (1 - beta1**t)
    v_hat = v / (1 - beta2**t)
    step = lr * m_hat / (np.sqrt(v_hat) + eps)
    return param - step, m, v
    ### END SOLUTION


# %% nbgrader={"grade": true, "grade_id": "test_adam_step", "locked": true, "points": 4, "schema_version": 3, "solution": false, "task": false}
p, g, zeros = np.array([1.0, 1.0]), np.array([4.0, -0.001]), np.zeros(2)
p1, m1, v1 = adam_step(p, g, zeros, zeros, t=1, lr=0.1, eps=0.0)
assert close(m1, 0.1 * g), "m takes a tenth of the gradient (1 - beta1), and is returned as it is"
assert close(v1, 0.001 * g**2), "v takes a thousandth of the squared gradient (1 - beta2)"
assert close(p1, [0.9, 1.1]), "the first step has size lr for every weight, whatever its gradient"
p2, m2, v2 = adam_step(p1, g, m1, v1, t=2, lr=0.1, eps=0.0)
assert close(m2, 0.19 * g), "the averages go on from the raw ones"
assert close(v2, 0.001999 * g**2), "the averages go on from the raw ones"
assert close(p2, [0.8, 1.2]), "under a steady gradient, every step has size lr"
p1, _, _ = adam_step(p, np.array([4.0, 0.0]), zeros, zeros, t=1, lr=0.1, eps=1.0)
assert close(p1, [0.92, 1.0]), "eps is added to the root of the corrected v: 0.1 * 4 / (4 + 1)"
assert raises(ValueError, lambda: adam_step(p, g, zeros, zeros, t=0)), "t = 0 is a ValueError"
assert close((zeros, p), ([0.0, 0.0], [1.0, 1.0])), "the inputs are not changed"
### BEGIN HIDDEN TESTS
from autograder.hidden.optimizers import grade

grade("adam_step")
### END HIDDEN TESTS


# %% [markdown]
# <details><summary>Hint 1: direction</summary>
#
# What is $v$ after one step? What would you have to divide by to undo that? The prediction has the number.
#
# </details>
# <details><summary>Hint 2: method</summary>
#
# Five lines, in the order of the formulas: `m`, `v`, corrected copies of both, the step. Return the
# raw averages; the next call corrects them afresh, with its own `t`.
#
# </details>
# <details><summary>Hint 3: almost the line</summary>
#
# `m_hat = m / (1 - beta1**t)`, likewise `v_hat`; the step is `lr * ... / (np.sqrt(...) + eps)`. Before all
# of it: `if t < 1: raise ValueError(...)`.
#
# </details>
#
# ### The look: Adam on the ravine, with and without its correction
#
# For a huge $t$, both corrections are 1. So `t=10**9` switches them off in your own function.

# %% jupyter={"source_hidden": true} tags=["demo"]
# Adam on the ravine, and its steps with and without the correction.
fig, (left, right) = plt.subplots(1, 2, figsize=(9.6, 3.4))
draw_contours(left)
ours = follow(adam_step, ravine_grad, START, 60, memory=2, lr=0.5)
draw_path(left, ours, RED, "-", "Adam, lr = 0.5", marker=".", should="Adam")
left.plot(0, 0, "k*", ms=12)
left.legend(fontsize=8, loc="lower right")
for corrected, color, style in ((True, RED, "-"), (False, GREY, "--")):
    x, m, v, sizes = np.zeros(1), np.zeros(1), np.zeros(1), []
    for t in range(1, 301):
        new, m, v = adam_step(x, np.ones(1), m, v, t=t if corrected else 10**9, lr=1.0)
        sizes.append((x - new)[0])
        x = new
    label = "corrected" if corrected else "not corrected"
    right.plot(np.arange(1, 301), sizes, color=color, ls=style, label=label)
    print(
        f"{label}: first step {sizes[0]:.2f} lr, "
        f"largest {max(sizes):.2f} lr, hundredth {sizes[99]:.2f} lr"
    )
right.set(xlabel="step", ylabel="size of the step / lr", title="steady gradient", ylim=(0, 7))
right.legend(fontsize=8)
fig.tight_layout()
show_figure(
    "Left: on the ravine, Adam at lr 0.5 rolls along the floor in soft waves through its circles. "
    "Right: the size of the step, in units of lr, under a steady gradient: 1 throughout with "
    "correction; without, it starts at 3.2, rises to 6.6 at step 12 and comes down slowly, still "
    "3.2 at step 100."
)

# %% [markdown]
# *What to see.* With correction every step is one rate long. Without it, the first is three
# times too long, the twelfth nearly seven, the hundredth three again: $v$ takes thousands of steps to fill, $m$ tens.
#
# **What goes wrong, 1: $\varepsilon$.** It decides which gradients count as zero. A weight whose gradient is far
# below $\varepsilon$ moves by $\eta\,g/\varepsilon$: it is back to plain SGD. Watch the knee.

# %% jupyter={"source_hidden": true} tags=["demo"]
# The size of Adam's first step against the size of the gradient.
sizes = np.geomspace(1e-12, 1.0, 60)
zero = np.zeros_like(sizes)
fig, ax = plt.subplots(figsize=(6.4, 2.8))
for eps, color, style in ((1e-8, RED, "-"), (1e-3, BLUE, "--")):
    moved, _, _ = adam_step(zero, sizes, zero, zero, t=1, lr=0.01, eps=eps)
    ax.loglog(sizes, -moved, color=color, ls=style, label=f"eps = {eps:g}")
    ax.axvline(eps, color=color, ls=":", lw=0.8)
ax.set(xlabel="size of the gradient", ylabel="size of the step", title="lr = 0.01")
ax.legend(fontsize=8)
show_figure(
    "Log-log plot of the size of Adam's first step against the size of the gradient, for eps 1e-8 "
    "and 1e-3. Each is flat at lr for gradients well above eps and falls in proportion below it."
)

# %% [markdown]
# *What to see.* Left of its dotted line, each curve falls in proportion to the gradient. A model with
# tiny gradients (a mean over many outputs, a small loss) may live there without anyone noticing.
#
# **What goes wrong, 2: axes.** Dividing weight by weight flattens a ravine that runs along an axis. Turn the
# ravine by 30 degrees, and neither weight is the steep one.


# %% tags=["setup"]
def turned_ravine(degrees=30.0):
    """The ravine turned around its minimum: its loss, its gradient, and the start, turned too."""
    angle = np.deg2rad(degrees)
    turn = np.array([[np.cos(angle), -np.sin(angle)], [np.sin(angle), np.cos(angle)]])

    def loss(points):
        return ravine(points @ turn)

    def grad(point):
        return turn @ ravine_grad(point @ turn)

    return loss, grad, turn @ START


# %% jupyter={"source_hidden": true} tags=["demo"]
# Four rules on the straight ravine and on the turned one.
fig, panels = plt.subplots(1, 2, figsize=(9.6, 3.2), sharey=True)
for ax, degrees in zip(panels, (0.0, 30.0), strict=True):
    loss, grad, start = turned_ravine(degrees)
    for label, step, memory, lr, color, style in (
        ("SGD", sgd_step, 0, 0.045, GREY, ":"),
        ("momentum", momentum_step, 1, 0.02, BLUE, "--"),
        ("RMSprop", rmsprop_step, 1, 0.2, GREEN, "-."),
        ("Adam", adam_step, 2, 0.5, RED, "-"),
    ):
        losses = loss(follow(step, grad, start, 100, memory=memory, lr=lr))
        below = np.flatnonzero(losses < 0.1)
        ax.semilogy(losses, color=color, ls=style, label=f"{label}, lr = {lr}")
        reached = f"after {below[0]} steps" if len(below) else "not within 100 steps"
        print(f"{degrees:.0f} degrees, {label}: loss below 0.1 {reached}")
    ax.set(xlabel="step", title=f"turned by {degrees:.0f} degrees", ylim=(1e-6, 200))
panels[0].set_ylabel("loss")
panels[0].legend(fontsize=8)
fig.tight_layout()
show_figure(
    "Loss over 100 steps, log scale, two panels. Straight ravine: RMSprop falls fastest. Turned "
    "by 30 degrees: RMSprop is much slower than before; SGD and momentum are exactly as before."
)

# %% [markdown]
# *What to see.* SGD and momentum do not notice the turn. RMSprop loses what it had gained, and Adam lives on its
# momentum. An adaptive rule knows one scale for each weight; it does not know directions.
#
# **In practice.** `torch.optim.Adam(params, lr=1e-3, betas=(0.9, 0.999), eps=1e-8)`.

# %% [markdown]
# ## 7. AdamW: decay that nothing divides
#
# Weight decay should pull every weight towards zero at the same relative speed. SGD did this by adding $\lambda p$ to the
# gradient. In Adam, whatever is added to the gradient gets divided by $\sqrt{\hat v}$, decay included.
#
# ### Prediction: who decays?
#
# Two kinds of weights start at 1. None of them matters to the loss: their gradients are noise around zero, of
# size 10 for the first kind and 0.1 for the second. Adam runs with $0.1\,p$ added to the gradient. Which
# kind shrinks faster?
#
# - (a) both at the same speed
# - (b) the one with the large gradients
# - (c) the one with the small gradients

# %% nbgrader={"grade": false, "grade_id": "prediction_uneven_decay", "locked": false, "schema_version": 3, "solution": true, "task": false}
### BEGIN SOLUTION
prediction_uneven_decay = "c"
### END SOLUTION


# %% nbgrader={"grade": true, "grade_id": "test_prediction_uneven_decay", "locked": true, "points": 1, "schema_version": 3, "solution": false, "task": false}
if prediction_uneven_decay is None:
    raise NotImplementedError("prediction_uneven_decay is not written yet")
letter = str(prediction_uneven_decay).strip(" ().").lower()
assert letter in ("a", "b", "c"), "a prediction is one letter: a, b or c"
### BEGIN HIDDEN TESTS
from autograder.hidden.optimizers import grade

grade("prediction_uneven_decay")
### END HIDDEN TESTS


# %% [markdown]
# The remedy is to keep decay out of the averages. First shrink the weights, then take Adam's step with the
# gradient of the loss alone:
#
# $$p \leftarrow (1 - \eta\lambda)\,p, \qquad p \leftarrow p - \eta\,\frac{\hat m}{\sqrt{\hat v} + \varepsilon}$$
#
# This is called *decoupled* decay. The rate multiplies $\lambda$, so a schedule that lowers the
# rate lowers the decay with it.
#
# ### Exercise: `adamw_step` (5 minutes, difficulty 2 of 5)


# %% nbgrader={"grade": false, "grade_id": "adamw_step", "locked": false, "schema_version": 3, "solution": true, "task": false}
def adamw_step(param, grad, m, v, t, lr=1e-3, beta1=0.9, beta2=0.999, eps=1e-8, weight_decay=0.01):
    """One step of AdamW: shrink the weights by `lr * weight_decay`, then take Adam's step.

    Args:
        param: weights, float64, any shape.
        grad: gradient at `param`, same shape; the decay does not enter it.
        m: running average of the gradient; zeros before the first step, same shape.
        v: running average of the squared gradient; zeros before the first step, same shape.
        t: the number of this step, counted from 1.
        lr: learning rate, >= 0; it scales the decay too.
        beta1: the part of `m` that is kept, in [0, 1).
        beta2: the part of `v` that is kept, in [0, 1).
        eps: > 0, added to the root of the corrected `v`.
        weight_decay: strength of the decay, >= 0.

    Returns:
        `(param, m, v)`, new arrays; `m` and `v` are the raw averages. The inputs are not changed.

    Raises:
        ValueError: `t` is below 1.

    Source: Loshchilov and Hutter (2019), algorithm 2; order and scale of `torch.optim.AdamW`.
    """
    ### BEGIN SOLUTION
    shrunk = param * (1 - lr * weight_decay)
    return adam_step(shrunk, grad, m, v, t, lr, beta1, beta2, eps)
    ### END SOLUTION


# %% nbgrader={"grade": true, "grade_id": "test_adamw_step", "locked": true, "points": 2, "schema_version": 3, "solution": false, "task": false}
p, g, zeros = np.array([2.0, -2.0]), np.array([4.0, -0.001]), np.zeros(2)
p1, m1, v1 = adamw_step(p, zeros, zeros, zeros, t=1, lr=0.1, weight_decay=0.5)
assert close(p1, [1.9, -1.9]), "without a gradient, decay alone multiplies by 1 - lr * decay = 0.95"
assert close(m1, zeros), "the decay leaves no trace in m and v"
assert close(v1, zeros), "the decay leaves no trace in m and v"
p1, m1, v1 = adamw_step(p, g, zeros, zeros, t=1, lr=0.1, eps=0.0, weight_decay=0.5)
assert close(p1, [1.8, -1.8]), "first shrunk to 95 %, then moved by lr against the gradient"
assert close(m1, 0.1 * g), "m and v are Adam's"
assert close(v1, 0.001 * g**2), "m and v are Adam's"
assert raises(ValueError, lambda: adamw_step(p, g, zeros, zeros, t=0)), "t = 0 is a ValueError"
assert close((zeros, p), ([0.0, 0.0], [2.0, -2.0])), "the inputs are not changed"
### BEGIN HIDDEN TESTS
from autograder.hidden.optimizers import grade

grade("adamw_step")
### END HIDDEN TESTS


# %% [markdown]
# <details><summary>Hint 1: direction</summary>
#
# If the gradient is zero from the start, what is left of Adam's step? So what should one step do to a weight of 2?
#
# </details>
# <details><summary>Hint 2: method</summary>
#
# Multiply the weights first, into a new array. What remains is a step that you have written
# already: call it, with every option passed on.
#
# </details>
# <details><summary>Hint 3: almost the line</summary>
#
# `shrunk = param * (1 - ...)`, then `return adam_step(shrunk, grad, m, v, t, ...)`.
#
# </details>
#
# ### The look: the same decay, added and decoupled

# %% jupyter={"source_hidden": true} tags=["demo", "prediction_uneven_decay"]
# The same decay, added to the gradient and decoupled from it.
sizes = np.array([[10.0], [0.1]])
noise = sizes * np.random.default_rng(0).normal(size=(300, 2, 400))  # steps, kinds, weights
lr, decay = 0.01, 0.1
added, decoupled = [np.ones((2, 400))], [np.ones((2, 400))]
m = v = m_w = v_w = np.zeros((2, 400))
for t, grad in enumerate(noise, start=1):
    p, m, v = adam_step(added[-1], grad + decay * added[-1], m, v, t=t, lr=lr)
    added.append(p)
    p, m_w, v_w = adamw_step(decoupled[-1], grad, m_w, v_w, t=t, lr=lr, weight_decay=decay)
    decoupled.append(p)
added, decoupled = np.mean(added, axis=2), np.mean(decoupled, axis=2)
fig, panels = plt.subplots(1, 2, figsize=(9.6, 3.2), sharey=True)
for ax, path, title in (
    (panels[0], added, "decay added to the gradient"),
    (panels[1], decoupled, "AdamW: decoupled"),
):
    ax.plot(path[:, 0], color=RED, ls="--", label="gradients of size 10")
    ax.plot(path[:, 1], color=BLUE, label="gradients of size 0.1")
    t = np.arange(0, 301, 50)
    ax.plot(t, (1 - lr * decay) ** t, "o", mfc="none", mec="black", label="decay alone")
    ax.set(xlabel="step", title=title)
panels[0].set_ylabel("mean of 400 weights")
panels[0].legend(fontsize=8, loc="lower left")
fig.tight_layout()
show_figure(
    "Two panels over 300 steps. Adam with decay added to the gradient: the weights with small "
    "gradients fall to nearly 0 within 300 steps while those with large gradients stay near 1. "
    "AdamW: both kinds fall together along the open circles, to about 0.74."
)
print(f"after 300 steps, added:     {added[-1].round(2)}")
print(f"after 300 steps, decoupled: {decoupled[-1].round(2)}")

# %% [markdown]
# *What to see.* On the left, the weights with small gradients are dragged to zero, and those
# with large gradients feel next to nothing. On the right both kinds follow the circles.
#
# **What goes wrong.** Turning `Adam(weight_decay=...)` up because it "does nothing" hits the quiet
# weights only.
#
# **In practice.** `torch.optim.AdamW(params, weight_decay=0.01)`; `torch.optim.Adam(weight_decay=...)` is the other one.
# Biases and the scales of normalisation layers usually get a group without decay: section 10.

# %% [markdown]
# ## 8. RAdam: full-sized steps on one gradient
#
# Bias correction makes $\hat m$ and $\hat v$ right on average. At $t = 1$ it also makes them the first gradient
# and its square, so $\hat m/\sqrt{\hat v}$ is $\pm 1$: every weight moves by a full rate, whichever way that one
# gradient happened to point. Take noisy gradients, of mean 0.1 and deviation 1, and measure: how long are Adam's
# steps, and how many of them go the right way?

# %% jupyter={"source_hidden": true} tags=["demo"]
# The length of Adam's steps on noisy gradients, and the share of them that go the right way, on five seeds.
shown, lengths, right_way = (1, 2, 5, 10, 30, 100, 300), [], []
for seed in range(5):
    rng = np.random.default_rng(seed)
    x = m = v = np.zeros(20_000)
    steps = []
    for t in range(1, 301):
        new, m, v = adam_step(x, rng.normal(0.1, 1.0, size=x.size), m, v, t=t, lr=1.0)
        steps.append(x - new)
        x = new
    lengths.append(np.quantile(np.abs(steps), [0.05, 0.5, 0.95], axis=1))
    right_way.append(np.mean(np.array(steps) > 0, axis=1))
low, median, high = np.mean(lengths, axis=0)
fig, (left, right) = plt.subplots(1, 2, figsize=(9.6, 3.0))
left.fill_between(np.arange(1, 301), low, high, color=SKY, alpha=0.5, label="nine weights of ten")
left.plot(np.arange(1, 301), median, color=BLUE, label="median")
left.set(xscale="log", xlabel="step", ylabel="length of the step / lr")
left.legend(fontsize=8)
for share in right_way:
    right.plot(np.arange(1, 301), share, color=RED, lw=1)
right.axhline(0.5, color=GREY, ls=":", label="a coin")
right.set(xscale="log", xlabel="step", ylabel="share of steps the right way", ylim=(0.45, 0.75))
right.legend(fontsize=8)
fig.tight_layout()
show_figure(
    "Two panels over 300 steps on a logarithmic axis. Left: the length of Adam's steps is exactly 1 lr "
    "for all weights at step 1, and its median falls to 0.71 at step 2, 0.25 at step 10 and 0.17 from "
    "step 100 on. Right: the share of steps that go the right way starts at 0.54, next to the dotted "
    "line of a coin, and rises to 0.67 by step 30; five seeds lie on top of each other."
)
for t in shown:
    shares = [share[t - 1] for share in right_way]
    print(
        f"step {t:3d}: median length {median[t - 1]:.2f} lr, "
        f"the right way {min(shares):.2f} to {max(shares):.2f}"
    )

# %% [markdown]
# *What to see.* The longest steps come first, when they are little better than a coin. Once $m$ has averaged over
# some gradients the noise cancels, and the steps shrink to a sixth of the rate while more of them go the right
# way. So the rate should be small at first and grow: a *warm-up*.
#
# RAdam builds one in. Its authors argue from $\hat v$, which rests on few gradients early on: $\rho_t$ is roughly
# the number of gradients in it.
#
# $$\rho_\infty = \frac{2}{1-\beta_2} - 1, \qquad \rho_t = \rho_\infty - \frac{2t\,\beta_2^t}{1-\beta_2^t}$$
#
# If $\rho_t > 5$, the step is Adam's times a number $r_t$ that grows from almost 0 to 1; otherwise there is no
# denominator at all:
#
# $$r_t = \sqrt{\frac{(\rho_t-4)(\rho_t-2)\,\rho_\infty}{(\rho_\infty-4)(\rho_\infty-2)\,\rho_t}}, \qquad p \leftarrow p - \eta\,\hat m \cdot \begin{cases} r_t\,\dfrac{\sqrt{1-\beta_2^t}}{\sqrt{v}+\varepsilon} & \rho_t > 5\\[2ex] 1 & \text{else}\end{cases}$$
#
# Note where $\varepsilon$ stands: beside the root of the raw $v$, before the correction. `torch.optim.RAdam` does it this way.
#
# ### Exercise: `radam_step` (15 minutes, difficulty 3 of 5)


# %% nbgrader={"grade": false, "grade_id": "radam_step", "locked": false, "schema_version": 3, "solution": true, "task": false}
def radam_step(param, grad, m, v, t, lr=1e-3, beta1=0.9, beta2=0.999, eps=1e-8):
    """One step of RAdam: Adam's step, damped while `v` rests on few gradients.

    With `rho_inf = 2 / (1 - beta2) - 1` and `rho_t = rho_inf - 2 t beta2**t / (1 - beta2**t)`:

    - `rho_t > 5`: the step is `lr * m_hat * r_t * sqrt(1 - beta2**t) / (sqrt(v) + eps)`, with
      `r_t**2 = (rho_t - 4) (rho_t - 2) rho_inf / ((rho_inf - 4) (rho_inf - 2) rho_t)`; eps is added
      to the root of the raw `v`, before the correction;
    - else: the step is `lr * m_hat`.

    Args:
        param: weights, float64, any shape.
        grad: gradient at `param`, same shape.
        m: running average of the gradient; zeros before the first step, same shape.
        v: running average of the squared gradient; zeros before the first step, same shape.
        t: the number of this step, counted from 1.
        lr: learning rate, >= 0.
        beta1: the part of `m` that is kept, in [0, 1).
        beta2: the part of `v` that is kept, in [0, 1).
        eps: > 0, added to the root of the raw `v`.

    Returns:
        `(param, m, v)`, new arrays; `m` and `v` are the raw averages. The inputs are not changed.

    Raises:
        ValueError: `t` is below 1.

    Source: Liu et al. (2020), algorithm 2; threshold and eps of `torch.optim.RAdam`.
    """
    ### BEGIN SOLUTION
    if t < 1:
        raise ValueError(f"t counts from 1, got {t}")
    m = beta1 * m + (1 - beta1) * grad
    v = beta2 * v + (1 - beta2) * grad**2
    m_hat = m / (1 - beta1**t)
    rho_inf = 2 / (1 - beta2) - 1
    rho_t = rho_inf - 2 * t * beta2**t / (1 - beta2**t)
    if rho_t > 5:
        above = (rho_t - 4) * (rho_t - 2) * rho_inf
        below = (rho_inf - 4) * (rho_inf - 2) * rho_t
        r_t = np.sqrt(above / below)
        step = lr * m_hat * r_t * np.sqrt(1 - beta2**t) / (np.sqrt(v) + eps)
    else:
        step = lr * m_hat
    return param - step, m, v
    ### END SOLUTION


# %% nbgrader={"grade": true, "grade_id": "test_radam_step", "locked": true, "points": 4, "schema_version": 3, "solution": false, "task": false}
p, g, zeros = np.array([1.0, 1.0]), np.array([4.0, -0.001]), np.zeros(2)
p1, m1, v1 = radam_step(p, g, zeros, zeros, t=1, lr=0.1)
assert close(p1, [0.6, 1.0001]), "at t = 1 there is no denominator: the step is lr * m_hat"
assert close(m1, 0.1 * g), "m and v are Adam's raw averages"
assert close(v1, 0.001 * g**2), "m and v are Adam's raw averages"
p5, _, _ = radam_step(p, g, zeros, zeros, t=5, lr=0.1)
p6, _, _ = radam_step(p, g, zeros, zeros, t=6, lr=0.1, eps=0.0)
assert not np.isclose((p - p5)[0], -(p - p5)[1]), (
    "with beta2 = 0.999, rho is still below 5 at t = 5"
)
assert np.isclose((p - p6)[0], -(p - p6)[1]), "from t = 6 on, each weight moves by the same size"
late, _, _ = radam_step(p, g, g, g**2, t=100_000, lr=0.1, eps=1.0)
assert close(late, p - 0.1 * g / (np.abs(g) + 1.0)), "after many steps r is 1: Adam's own step"
assert raises(ValueError, lambda: radam_step(p, g, zeros, zeros, t=0)), "t = 0 is a ValueError"
assert close((zeros, p), ([0.0, 0.0], [1.0, 1.0])), "the inputs are not changed"
### BEGIN HIDDEN TESTS
from autograder.hidden.optimizers import grade

grade("radam_step")
### END HIDDEN TESTS


# %% [markdown]
# <details><summary>Hint 1: direction</summary>
#
# Up to $\hat m$ this is Adam. Which quantities depend on `t` and `beta2` only, and are plain numbers?
#
# </details>
# <details><summary>Hint 2: method</summary>
#
# Compute $\rho_\infty$ and $\rho_t$, then branch on $\rho_t > 5$. Take the root for $r_t$ only inside the branch:
# below 4 it would be the root of a negative number.
#
# </details>
# <details><summary>Hint 3: almost the line</summary>
#
# `step = lr * m_hat * r_t * np.sqrt(1 - beta2**t) / (... + eps)`, else `step = lr * ...`. $\rho_t$ is a
# number, so a plain `if` will do.
#
# </details>
#
# ### The look: a warm-up without a schedule

# %% jupyter={"source_hidden": true} tags=["demo"]
# The size of Adam's and RAdam's steps under a steady gradient.
fig, ax = plt.subplots(figsize=(6.4, 3.0))
for label, step, color, style in (("Adam", adam_step, RED, "--"), ("RAdam", radam_step, PINK, "-")):
    path = follow(step, np.ones_like, np.zeros(1), 3000, memory=2, lr=1.0)
    sizes = -np.diff(path[:, 0])
    ax.loglog(np.arange(1, 3001), sizes, color=color, ls=style, label=label)
shown = [1, 5, 6, 10, 100, 1000, 3000]
should = [1.0, 1.0, 0.0258, 0.0490, 0.2153, 0.6453, 0.9179]  # from torch.optim.RAdam
ax.plot(shown, should, "o", mfc="none", mec="black", ms=9, label="where it should be")
ax.set(xlabel="step", ylabel="size of the step / lr", title="steady gradient of 1")
ax.legend(fontsize=8)
show_figure(
    "Log-log plot of the size of the step under a steady gradient of 1: Adam is 1 throughout; "
    "RAdam is 1 for five steps, drops to 0.026 at step 6, and rises through the open circles to "
    "0.92 at step 3000."
)
print(f"RAdam's step 5: {sizes[4]:.3f}, step 6: {sizes[5]:.3f}, step 1000: {sizes[999]:.3f}")

# %% [markdown]
# *What to see.* From step 6 on, RAdam takes Adam's direction with a rate that warms up over thousands of steps.
#
# **What goes wrong.** The first five steps have no denominator: they are momentum's, with Adam's rate. With
# gradients of size 1 they are as long as Adam's; with gradients of size 1000, a thousand times longer.
#
# **In practice.** `torch.optim.RAdam(params, lr=1e-3)`. More common: AdamW and a schedule with a linear warm-up (lesson 06).

# %% [markdown]
# ## 9. Newton: second order, and why not
#
# Adam guesses a scale for every weight. The second derivatives know the scales, and the directions as well. The matrix of
# second derivatives, the *Hessian* $H$, shape $(n, n)$, says how the gradient changes when you move by $d$: it becomes about $g + H d$.
# Newton's step asks for the $d$ that makes this zero:
#
# $$H d = -g, \qquad x \leftarrow x + d = x - H^{-1} g$$
#
# ### Exercise: `newton_step` (5 minutes, difficulty 2 of 5)
#
# Solve the linear system; do not invert the matrix, which costs more and is less accurate.


# %% nbgrader={"grade": false, "grade_id": "newton_step", "locked": false, "schema_version": 3, "solution": true, "task": false}
def newton_step(x, grad, hessian):
    """One step of Newton's method: to where the local quadratic has gradient zero.

    Args:
        x: the point, float64 (n,).
        grad: gradient at `x`, (n,).
        hessian: matrix of second derivatives at `x`, (n, n), symmetric and invertible; it may be
            indefinite, and then the step goes to a saddle of the quadratic.

    Returns:
        The new point, a new array (n,). The inputs are not changed.

    Source: Nocedal and Wright (2006), Numerical Optimization, section 2.2.
    """
    ### BEGIN SOLUTION
    step = np.linalg.solve(hessian, grad)
    return x - step
    ### END SOLUTION


# %% nbgrader={"grade": true, "grade_id": "test_newton_step", "locked": true, "points": 1, "schema_version": 3, "solution": false, "task": false}
H = np.array([[2.0, 1.0], [1.0, 3.0]])
lowest, x = np.array([4.0, -1.0]), np.array([10.0, 10.0])
assert close(newton_step(x, H @ (x - lowest), H), lowest), "on a quadratic, one step is enough"
H = np.array([[1.0, 2.0], [2.0, 1.0]])
assert close(newton_step(x, H @ (x - lowest), H), lowest), "an indefinite Hessian: to the saddle"
assert close(x, [10.0, 10.0]), "the inputs are not changed"
### BEGIN HIDDEN TESTS
from autograder.hidden.optimizers import grade

grade("newton_step")
### END HIDDEN TESTS


# %% [markdown]
# <details><summary>Hint 1: direction</summary>
#
# You need the $d$ that solves $H d = -g$, not $H^{-1}$ itself.
#
# </details>
# <details><summary>Hint 2: method</summary>
#
# `np.linalg` has a function that takes a matrix and a right-hand side, and returns the solution.
#
# </details>
# <details><summary>Hint 3: almost the line</summary>
#
# `return x - np.linalg.solve(..., ...)`.
#
# </details>
#
# ### The look: the banana and the saddle
#
# Rosenbrock's function $(1-x)^2 + 100\,(y-x^2)^2$ has a curved valley with its minimum at (1, 1). It is the second loss of
# this lesson. Beside it stands $x^4/4 - x^2/2 + y^2/2$, with minima at (1, 0) and (-1, 0) and a saddle between them.


# %% jupyter={"source_hidden": true} tags=["setup"]
# Given: Rosenbrock's valley, its gradient and its Hessian.
def rosenbrock(points):
    """The loss (1 - x)**2 + 100 (y - x**2)**2 at points float64 (..., 2)."""
    x, y = points[..., 0], points[..., 1]
    return (1 - x) ** 2 + 100 * (y - x**2) ** 2


def rosenbrock_grad(point):
    """Its gradient at one point, float64 (2,)."""
    x, y = point
    return np.array([-2 * (1 - x) - 400 * x * (y - x**2), 200 * (y - x**2)])


def rosenbrock_hessian(point):
    """Its second derivatives at one point, float64 (2, 2)."""
    x, y = point
    return np.array([[2 - 400 * (y - 3 * x**2), -400 * x], [-400 * x, 200.0]])


# %% jupyter={"source_hidden": true} tags=["demo"]
# Newton's steps in Rosenbrock's valley, and at a saddle.
saddle_grad = lambda p: np.array([p[0] ** 3 - p[0], p[1]])
saddle_hessian = lambda p: np.diag([3 * p[0] ** 2 - 1, 1.0])
fig, (left, right) = plt.subplots(1, 2, figsize=(9.6, 3.8))
draw_contours(left, rosenbrock, (-1.8, 1.8), (-3.6, 2.2), np.geomspace(0.5, 2000, 10))
path = [np.array([-1.2, 1.0])]
for _ in range(6):
    here = path[-1]
    path.append(newton_step(here, rosenbrock_grad(here), rosenbrock_hessian(here)))
path = np.array(path)
adam = follow(adam_step, rosenbrock_grad, path[0], 300, memory=2, lr=0.1)
draw_path(left, adam, RED, "--", "Adam, 300 steps, lr = 0.1")
draw_path(left, path, BLUE, "-", "Newton, 6 steps", marker="o")
left.plot(1, 1, "k*", ms=12)
left.legend(fontsize=8, loc="lower center")
print(f"Rosenbrock: Newton after 6 steps {rosenbrock(path[-1]):.0e}", end=", ")
print(f"Adam after 300 {rosenbrock(adam[-1]):.2f}")
saddle = lambda p: p[..., 0] ** 4 / 4 - p[..., 0] ** 2 / 2 + p[..., 1] ** 2 / 2
draw_contours(right, saddle, (-1.5, 1.5), (-1.0, 1.2), np.linspace(-0.24, 1, 12))
path = [np.array([0.3, 1.0])]
for _ in range(5):
    path.append(newton_step(path[-1], saddle_grad(path[-1]), saddle_hessian(path[-1])))
sgd = follow(sgd_step, saddle_grad, path[0], 40, lr=0.3)
draw_path(right, sgd, GREY, "--", "SGD, lr = 0.3", marker=".")
draw_path(right, np.array(path), BLUE, "-", "Newton", marker="o")
right.plot([-1, 1], [0, 0], "k*", ms=12)
right.legend(fontsize=8)
fig.tight_layout()
show_figure(
    "Left: on Rosenbrock's curved valley, Newton reaches the minimum at (1, 1) in a few long "
    "steps, over the wall and back, while Adam follows the floor. Right: from (0.3, 1), Newton's "
    "first step lands at the saddle at (0, 0) and stays; SGD goes to the minimum at (1, 0)."
)
print(f"the saddle: Newton ends at x = {abs(path[-1][0]):.2f}, SGD at x = {sgd[-1, 0]:.2f}")

# %% [markdown]
# *What to see.* Newton crosses the banana in six steps that no contour line would suggest. On the
# right it walks to the saddle: it looks for a point with gradient zero, and does not mind which kind.
#
# **Why not.** Three reasons, each enough.
#
# 1. *Size.* The Hessian of $n$ weights has $n^2$ entries, and the solve costs about $n^3$ operations. Run the next cell.
# 2. *Saddles.* The loss of a network has many directions that curve down; Newton is drawn to its saddles.
# 3. *Noise.* A gradient from a batch of 64 is a usable guess; a Hessian from 64 samples is mostly noise, and solving
#    with it makes the noise larger.

# %% tags=["demo"]
for label, n in (("the ravine", 2), ("this lesson's digits", 1810), ("a language model", 7e9)):
    print(f"{label}: {n:.0f} weights, Hessian of {4 * n**2 / 1e9:.3g} GB in float32")

# %% [markdown]
# **In practice.** `torch.optim.LBFGS` for small problems without noise: it builds a picture of $H^{-1}$ from the last few
# gradients. What deep learning keeps of the second order are cheap shadows of it: the diagonal (Adam's $\sqrt{\hat v}$ plays
# this part, though it is not the Hessian's diagonal), or a small matrix for each layer (K-FAC, Shampoo).

# %% [markdown]
# ## 10. A class that remembers
#
# So far you carried `m`, `v` and `t` by hand. A network has many arrays, and someone has to keep their averages apart, count
# steps, let some arrays have other options, and survive a restart. That is what an optimizer object is for.
#
# **Groups.** Parameters come in groups, and each group may override any option. The usual reason: weights decay, biases do not.
#
# **In place.** Others hold references to the arrays (the network does), so `param = param - step` would move a copy that nobody looks
# at. Write into the array: `param[...] = ...`.
#
# **State.** A run that stops and goes on has to give the same weights, to the last bit. So a snapshot holds everything that
# the next step reads, except the parameters, and shares no memory with the running optimizer.
#
# ### Exercise: `Adam` (30 minutes, difficulty 4 of 5)


# %% nbgrader={"grade": false, "grade_id": "Adam", "locked": false, "schema_version": 3, "solution": true, "task": false}
class Adam:
    """Adam and AdamW over groups of parameters, each group with its own options.

    Attributes:
        groups: a list of new dicts, one for each group, with `params` (the caller's arrays) and
            every option: `lr`, `betas`, `eps`, `weight_decay`, `decoupled`. What is written here,
            `optimizer.groups[0]["lr"] = 0.01`, takes effect at the next step.

    Source: Kingma and Ba (2015); Loshchilov and Hutter (2019); groups as in `torch.optim`.
    """

    def __init__(
        self,
        groups,
        lr=1e-3,
        betas=(0.9, 0.999),
        eps=1e-8,
        weight_decay=0.0,
        decoupled=True,
    ):
        """Start with zero averages for every parameter.

        Args:
            groups: list of dicts `{"params": [float64 arrays of any shape], ...}`; any option
                below may stand in a group and holds there, 0.0 and False included. The dicts are
                not changed; the arrays are kept, not copied.
            lr: learning rate, >= 0.
            betas: `(beta1, beta2)`, each in [0, 1).
            eps: > 0, added to the root of the corrected second average.
            weight_decay: strength of the decay, >= 0.
            decoupled: if true, decay as in AdamW; else `weight_decay * param` is added to the
                gradient (L2).
        """
        ### BEGIN SOLUTION
        options = {
            "lr": lr,
            "betas": betas,
            "eps": eps,
            "weight_decay": weight_decay,
            "decoupled": decoupled,
        }
        self.groups = [{**options, **group, "params": list(group["params"])} for group in groups]
        self.t = 0
        self.m = [[np.zeros_like(param) for param in group["params"]] for group in self.groups]
        self.v = [[np.zeros_like(param) for param in group["params"]] for group in self.groups]
        ### END SOLUTION

    def step(self, grads):
        """Update every parameter in place. The step counter advances once, for all of them.

        Args:
            grads: `grads[i][j]` is the gradient of `groups[i]["params"][j]`, of its shape. Not
                changed.
        """
        ### BEGIN SOLUTION
        self.t = self.t + 1
        for i, group in enumerate(self.groups):
            for j, param in enumerate(group["params"]):
                new = self._updated(group, param, grads[i][j], self.m[i][j], self.v[i][j])
                param[...], self.m[i][j], self.v[i][j] = new

    def _updated(self, group, param, grad, m, v):
        """The parameter and its two averages after this step, as new arrays."""
        lr, eps, decay = group["lr"], group["eps"], group["weight_decay"]
        beta1, beta2 = group["betas"]
        if group["decoupled"]:
            param = param * (1 - lr * decay)
        else:
            grad = grad + decay * param
        return adam_step(param, grad, m, v, self.t, lr, beta1, beta2, eps)
        ### END SOLUTION

    def state_dict(self):
        """A snapshot of all that a resumed run needs beside the parameters: the step counter, both
        averages, and the options of every group as they are now. Later steps do not change it.

        Returns:
            Nothing but dicts, lists, tuples, arrays, numbers and strings, nested as you like.
        """
        ### BEGIN SOLUTION
        options = [{k: v for k, v in group.items() if k != "params"} for group in self.groups]
        state = {"t": self.t, "m": self.m, "v": self.v, "options": options}
        return copy.deepcopy(state)
        ### END SOLUTION

    def load_state_dict(self, state):
        """Continue from a snapshot, the options of its groups included. The snapshot is copied, so
        that later steps do not change it; the parameters are left as they are.

        Args:
            state: what `state_dict` of an `Adam` over parameters of the same shapes returned.

        Raises:
            ValueError: the state has another number of groups, another number of parameters in a
                group, or a parameter of another shape, whether or not a step was taken. Then
                nothing has changed.
        """
        ### BEGIN SOLUTION
        here, there = _shapes(self.m), _shapes(state["m"])
        if here != there:
            raise ValueError(f"state has to be of shapes {here}, got {there}")
        state = copy.deepcopy(state)
        self.t, self.m, self.v = state["t"], state["m"], state["v"]
        for group, options in zip(self.groups, state["options"], strict=True):
            group.update(options)


def _shapes(groups):
    """The shapes of the arrays, nested as they are."""
    return [[array.shape for array in group] for group in groups]
    ### END SOLUTION


# %% nbgrader={"grade": true, "grade_id": "test_Adam", "locked": true, "points": 6, "schema_version": 3, "solution": false, "task": false}
rng = np.random.default_rng(0)
w, b = rng.normal(size=(2, 3)), rng.normal(size=3)
w_grads, b_grads = rng.normal(size=(6, 2, 3)), rng.normal(size=(6, 3))
w_start, b_start = w.copy(), b.copy()

asked = [{"params": [w]}, {"params": [b], "lr": 0.5, "weight_decay": 0.0}]
optimizer = Adam(asked, lr=0.1, weight_decay=0.3)
assert asked[0].keys() == {"params"}, "the caller's dicts are not changed"
assert optimizer.groups[0]["lr"] == 0.1, "a group has the options that it does not override"
assert optimizer.groups[1]["lr"] == 0.5, "a group's own rate holds in that group"
assert optimizer.groups[1]["weight_decay"] == 0.0, "an override of 0.0 is an override"

optimizer.step([[w_grads[0]], [b_grads[0]]])
expected_w, m_w, v_w = adam_step(w_start * 0.97, w_grads[0], 0 * w, 0 * w, t=1, lr=0.1)
expected_b, m_b, v_b = adam_step(b_start, b_grads[0], 0 * b, 0 * b, t=1, lr=0.5)
assert close(w, expected_w), "the array itself is updated: shrunk by 1 - lr * decay, then moved"
assert close(b, expected_b), "the second group has its own rate and no decay"
optimizer.groups[0]["lr"] = 0.01
optimizer.step([[w_grads[1]], [b_grads[1]]])
expected_w, _, _ = adam_step(expected_w * 0.997, w_grads[1], m_w, v_w, t=2, lr=0.01)
expected_b, _, _ = adam_step(expected_b, b_grads[1], m_b, v_b, t=2, lr=0.5)
assert close(w, expected_w), "a rate written into groups holds from the next step on"
assert close(b, expected_b), "t is 2 at the second step, for every parameter"

w_saved, b_saved, state = w.copy(), b.copy(), optimizer.state_dict()
for i in range(2, 6):
    optimizer.step([[w_grads[i]], [b_grads[i]]])
resumed = Adam([{"params": [w_saved]}, {"params": [b_saved]}])
resumed.load_state_dict(state)
for i in range(2, 6):
    resumed.step([[w_grads[i]], [b_grads[i]]])
assert np.array_equal(w, w_saved), "saved, loaded and continued equals uninterrupted, bit for bit"
assert np.array_equal(b, b_saved), "the options of a group are a part of the state"
other = Adam([{"params": [np.zeros((3, 2))]}, {"params": [np.zeros(3)]}])
assert raises(ValueError, lambda: other.load_state_dict(state)), "other shapes are a ValueError"
other = Adam([{"params": [np.zeros((2, 3)), np.zeros(3)]}])
assert raises(ValueError, lambda: other.load_state_dict(state)), "other groups are a ValueError"
### BEGIN HIDDEN TESTS
from autograder.hidden.optimizers import grade

grade("Adam")
### END HIDDEN TESTS


# %% [markdown]
# <details><summary>Hint 1: direction</summary>
#
# Make a list of what one parameter's next step reads: its array, its gradient, its two averages, the step counter, its group's
# options. Where does each of them live, and which belong in the snapshot?
#
# </details>
# <details><summary>Hint 2: method</summary>
#
# A group is the defaults overridden by the caller's dict: `{**defaults, **group}` is a new dict, and an override of 0.0 counts. Keep
# `m` and `v` as lists of lists beside the groups, addressed by `[i][j]`: two arrays of one shape must not share them. `step` adds 1 to `t`
# once, then calls your `adam_step` for each parameter. `copy.deepcopy` makes a snapshot. Compare all shapes before you change anything.
#
# </details>
# <details><summary>Hint 3: almost the line</summary>
#
# `new, self.m[i][j], self.v[i][j] = adam_step(..., self.t, ...)` and `param[...] = new`, where the array that goes in has been
# shrunk (decoupled), or the gradient has had `weight_decay * param` added to it, as a new array (L2). When loading: collect the
# `.shape` of every array in your `m` and in the state's; `raise ValueError` if they differ; then copy, and
# `group.update(options)`.
#
# </details>
#
# ### The look: your class trains on digits
#
# The third loss of this lesson is real: 1797 handwritten digits of 8x8 pixels, a network with one hidden layer of 24 units and 1810
# weights, batches of 64. The gradients are given; lesson 02 derives them.

# %% jupyter={"source_hidden": true} tags=["setup"]
# Given: find_data, the digits, and a small network with its gradients.
import os
from pathlib import Path


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
    """Handwritten digits: x float64 (1797, 64) in [0, 1], y int64 (1797,)."""
    with np.load(find_data("digits.npz")) as digits:
        return digits["x"].reshape(-1, 64) / 16.0, digits["y"]


def init_digits(seed=0):
    """Weights W1 (64, 24), b1 (24,), W2 (24, 10), b2 (10,) of a network that has learnt nothing."""
    rng = np.random.default_rng(seed)
    W1 = rng.normal(size=(64, 24)) * np.sqrt(2 / 64)
    W2 = rng.normal(size=(24, 10)) * np.sqrt(2 / 24)
    return [W1, np.zeros(24), W2, np.zeros(10)]


def digits_loss_and_grads(params, x, y):
    """Mean cross-entropy of the network on a batch, and its gradients, in the order of params."""
    W1, b1, W2, b2 = params
    hidden = np.maximum(x @ W1 + b1, 0)
    logits = hidden @ W2 + b2
    normaliser = np.logaddexp.reduce(logits, axis=1)
    true = np.eye(10)[y]
    loss = np.mean(normaliser - (true * logits).sum(axis=1))
    dlogits = (np.exp(logits - normaliser[:, None]) - true) / len(y)
    dhidden = dlogits @ W2.T * (hidden > 0)
    return loss, [x.T @ dhidden, dhidden.sum(axis=0), hidden.T @ dlogits, dlogits.sum(axis=0)]


def batches(x, y, steps, seed=1, size=64):
    """Random batches of the data, the same ones for the same seed."""
    rng = np.random.default_rng(seed)
    for _ in range(steps):
        rows = rng.integers(0, len(x), size)
        yield x[rows], y[rows]


def weights_and_biases(params):
    """Two groups: weights with decay, biases without."""
    W1, b1, W2, b2 = params
    return [{"params": [W1, W2], "weight_decay": 0.1}, {"params": [b1, b2]}]


def train_digits(optimizer, params, x, y, some_batches):
    """Steps of a class like `Adam` over `weights_and_biases(params)`: the loss on all data before
    the first step, and after each one."""
    losses = [digits_loss_and_grads(params, x, y)[0]]
    for batch in some_batches:
        _, (dW1, db1, dW2, db2) = digits_loss_and_grads(params, *batch)
        optimizer.step([[dW1, dW2], [db1, db2]])
        losses.append(digits_loss_and_grads(params, x, y)[0])
    return np.array(losses)


# %% jupyter={"source_hidden": true} tags=["demo"]
# Your Adam on the digits, and the same run stopped and resumed.
x, y = load_digits()
params = init_digits()
optimizer = Adam(weights_and_biases(params), lr=0.02)
losses = train_digits(optimizer, params, x, y, batches(x, y, 200))

schedule = list(batches(x, y, 200))
halfway = init_digits()
first = Adam(weights_and_biases(halfway), lr=0.02)
train_digits(first, halfway, x, y, schedule[:100])
resumed = {}
for label in ("with its state", "without"):
    params = [array.copy() for array in halfway]
    second = Adam(weights_and_biases(params), lr=0.02)
    if label == "with its state":
        second.load_state_dict(first.state_dict())
    resumed[label] = train_digits(second, params, x, y, schedule[100:])

fig, (left, right) = plt.subplots(1, 2, figsize=(9.6, 3.4))
left.semilogy(losses, color=RED, label="your Adam")
shown = [0, 25, 50, 100, 150, 200]
should = [2.6962, 0.4842, 0.2387, 0.1299, 0.1092, 0.1011]  # from torch.optim.AdamW
left.plot(shown, should, "o", mfc="none", mec="black", ms=9, label="where it should be")
left.set(xlabel="step", ylabel="loss on all digits")
left.legend(fontsize=8)
right.plot(np.arange(90, 141), losses[90:141], color=GREY, lw=4, alpha=0.4, label="uninterrupted")
for (label, curve), style in zip(resumed.items(), ("-", "--"), strict=True):
    right.plot(np.arange(100, 141), curve[:41], color=RED, ls=style, label=f"resumed {label}")
right.axvline(100, color=GREY, lw=0.8, ls=":")
right.set(xlabel="step", ylabel="loss on all digits")
right.legend(fontsize=8)
fig.tight_layout()
show_figure(
    "Left: the loss on digits falls from 2.5 to about 0.1 in 200 steps, through the open circles. "
    "Right: the same run stopped at step 100 and resumed: with its state it lies on the "
    "uninterrupted one; without, its loss jumps up for some steps."
)
same = np.array_equal(resumed["with its state"], losses[100:])
print(f"loss after 200 steps {losses[-1]:.3f}; resumed with its state, equal bit for bit: {same}")
print(f"worst loss in the next 20 steps, with its state: {losses[100:121].max():.3f}", end=", ")
print(f"without: {resumed['without'][:21].max():.3f}")

# %% [markdown]
# *What to see.* Your class goes through the circles, two groups and all. On the right is **what goes wrong** when only the weights
# are saved: the new optimizer starts at $t = 1$ with empty averages, every weight takes full-sized first steps again,
# and the loss jumps.
#
# **In practice.** `torch.optim.AdamW([{"params": weights}, {"params": biases, "weight_decay": 0.0}])`,
# `optimizer.param_groups[0]["lr"] = ...`, `optimizer.state_dict()`. PyTorch skips parameters whose gradient is `None`, and counts
# steps for each parameter. Lesson 11 writes whole checkpoints.

# %% [markdown]
# ## 11. What an optimizer weighs
#
# While you train, memory holds the weights, their gradients, and what the rule remembers: for each weight, a velocity (momentum) or two
# averages (Adam). The step counter does not count: it is one number.
#
# ### Exercise: `optimizer_floats` (3 minutes, difficulty 1 of 5)


# %% nbgrader={"grade": false, "grade_id": "optimizer_floats", "locked": false, "schema_version": 3, "solution": true, "task": false}
def optimizer_floats(n_params, optimizer):
    """The number of values held while training, parameters and gradients included.

    Args:
        n_params: number of parameters, >= 0.
        optimizer: `"sgd"` (without momentum), `"momentum"`, `"adam"` or `"adamw"`.

    Returns:
        The number of values, an int.

    Raises:
        ValueError: `optimizer` is another name.

    Source: Rajbhandari et al. (2020), ZeRO, section 3.1, without its mixed precision.
    """
    ### BEGIN SOLUTION
    states = {"sgd": 0, "momentum": 1, "adam": 2, "adamw": 2}
    if optimizer not in states:
        raise ValueError(f"optimizer has to be one of {list(states)}, got {optimizer!r}")
    return n_params * (2 + states[optimizer])
    ### END SOLUTION


# %% nbgrader={"grade": true, "grade_id": "test_optimizer_floats", "locked": true, "points": 1, "schema_version": 3, "solution": false, "task": false}
assert optimizer_floats(10, "sgd") == 20, "a weight and its gradient"
assert optimizer_floats(10, "momentum") == 30, "and its velocity"
assert optimizer_floats(10, "adam") == 40, "or its two averages"
assert optimizer_floats(10, "adamw") == 40, "decoupled decay remembers nothing more"
assert raises(ValueError, lambda: optimizer_floats(10, "sdg")), "another name is a ValueError"
### BEGIN HIDDEN TESTS
from autograder.hidden.optimizers import grade

grade("optimizer_floats")
### END HIDDEN TESTS


# %% [markdown]
# <details><summary>Hint 1: direction</summary>
#
# Go back to your step functions. Which arrays of the shape of `param` come in, for each of them?
#
# </details>
# <details><summary>Hint 2: method</summary>
#
# A dict from the name to the number of arrays; a name that is not in it is an error.
#
# </details>
# <details><summary>Hint 3: almost the line</summary>
#
# `return ... * n_params`, with 2 for `"sgd"`: the weight and its gradient.
#
# </details>

# %% jupyter={"source_hidden": true} tags=["demo"]
# The memory to train 7 billion weights with each optimizer.
names = ["sgd", "momentum", "adam", "adamw"]
gigabytes = [4 * optimizer_floats(7_000_000_000, name) / 1e9 for name in names]
fig, ax = plt.subplots(figsize=(6.4, 2.4))
bars = ax.barh(names[::-1], gigabytes[::-1], color=SKY, edgecolor="black")
ax.bar_label(bars, fmt="%.0f GB", padding=3)
ax.axvline(80, color=GREY, ls=":", label="a GPU of 80 GB")
ax.set(xlabel="GB in float32, without activations", xlim=(0, 130))
ax.set_title("to train 7 billion weights")
ax.legend(fontsize=8, loc="upper right")
show_figure(
    "Bars of the memory to train 7 billion weights in float32: SGD 56 GB, momentum 84 GB, Adam "
    "and AdamW 112 GB each; a dotted line at 80 GB, one large GPU, below all but SGD."
)

# %% [markdown]
# *What to see.* Adam's averages weigh as much as the weights and gradients together. This is why large runs shard
# them over machines (ZeRO), keep them in 8 bits, or factorise $v$ (Adafactor).

# %% [markdown]
# ## 12. The race
#
# Seven of your rules, three losses, one start each: the ravine turned by 30 degrees, Rosenbrock, and the digits. A race between rules
# is a race between rates, unless every rule gets the one that suits it. So each tries the rates 1, 2 and 5 times a power of ten,
# from 0.0001 to 5 (on the digits, to save time, 1 and 3 times a power of ten from 0.003 to 3), and races with the best: the one that
# brings the loss below a target soonest, to stay there, or, if none does, ends lowest. The digits' loss is that of every tenth image. `beta2` is 0.99, as RMSprop's `alpha`: in runs of a few hundred steps, 0.999 would never fill.

# %% jupyter={"source_hidden": true} tags=["setup"]
# Given: seven racers, three landscapes, and the race for the best rate of each.
RATES = [a * 10.0**k for k in range(-4, 1) for a in (1, 2, 5)]
LINES = {  # colour, line style, letter on the animation
    "SGD": (GREY, "-", "S"),
    "momentum": (BLUE, "--", "M"),
    "Nesterov": (SKY, "-.", "N"),
    "Adagrad": (ORANGE, ":", "G"),
    "RMSprop": (GREEN, (0, (5, 1, 1, 1)), "R"),
    "Adam": (RED, "-", "A"),
    "RAdam": (PINK, "--", "Q"),
}


def racers():
    """Your rules: step function, arrays that it hands on, options."""
    return {
        "SGD": (sgd_step, 0, {}),
        "momentum": (momentum_step, 1, {}),
        "Nesterov": (momentum_step, 1, {"nesterov": True}),
        "Adagrad": (adagrad_step, 1, {}),
        "RMSprop": (rmsprop_step, 1, {}),
        "Adam": (adam_step, 2, {"beta2": 0.99}),
        "RAdam": (radam_step, 2, {"beta2": 0.99}),
    }


def arrival(losses, target):
    """The step from which on the loss stays below the target, or infinity."""
    above = np.flatnonzero(~(losses < target))
    step = above[-1] + 1 if len(above) else 0
    return float(step) if step < len(losses) else np.inf


def race(loss, new_grad, start, steps, target, rates=RATES):
    """Every rule with every rate: {name: {rate: (path, losses)}}, and {name: the best rate}.

    `loss` takes points (..., n); `new_grad()` gives a fresh gradient function for each run.
    """
    runs, best = {}, {}
    for name, (step, memory, options) in racers().items():
        runs[name], ranks = {}, {}
        for lr in rates:
            with np.errstate(all="ignore"):
                path = follow(step, new_grad(), start, steps, memory=memory, lr=lr, **options)
                losses = np.nan_to_num(loss(path), nan=np.inf)
            runs[name][lr] = path, losses
            ranks[lr] = arrival(losses, target), losses[-1]
        best[name] = min(ranks, key=ranks.get)
    return runs, best


def split_digits(flat):
    """The 1810 weights of the digits' network as its four arrays."""
    W1, b1, W2, b2 = flat[:1536], flat[1536:1560], flat[1560:1800], flat[1800:]
    return [W1.reshape(64, 24), b1, W2.reshape(24, 10), b2]


def race_on_ravine():
    """The race on the ravine turned by 30 degrees: runs and best rates."""
    loss, grad, start = turned_ravine()
    return race(loss, lambda: grad, start, 150, target=0.1)


def race_on_rosenbrock():
    """The race on Rosenbrock's function: runs and best rates."""
    return race(rosenbrock, lambda: rosenbrock_grad, np.array([-0.5, 2.0]), 150, target=0.1)


def race_on_digits(steps=80, rates=(0.003, 0.01, 0.03, 0.1, 0.3, 1.0, 3.0)):
    """The race on the digits: runs, best rates, and the loss at each point of a path."""
    x, y = load_digits()
    x_few, y_few = x[::10].copy(), y[::10].copy()
    start = np.concatenate([array.ravel() for array in init_digits()])

    def loss(path):
        return np.array([digits_loss_and_grads(split_digits(p), x_few, y_few)[0] for p in path])

    def new_grad():
        some = batches(x, y, steps)

        def grad_fn(flat):
            grads = digits_loss_and_grads(split_digits(flat), *next(some))[1]
            return np.concatenate([grad.ravel() for grad in grads])

        return grad_fn

    return *race(loss, new_grad, start, steps, 0.3, rates), loss


def plane_through(paths):
    """The plane in which paths from one start move most: an origin (n,), and axes (2, n).

    The two first principal directions of all their points, as Li et al. (2018), section 7.
    """
    start = paths[0][0]
    moved = np.concatenate([path - start for path in paths])
    return start, np.linalg.svd(moved, full_matrices=False)[2][:2]


# %% jupyter={"source_hidden": true} tags=["setup"]
# Given: what turns the paths of a race into a film.
import base64
import io


def animate(fig, panels, alt, element="race"):
    """A picture with paths that move: HTML with a play button and a slider, without a library.

    `panels` is a list of `(ax, {name: path})`, each path (steps + 1, 2) in the axes' coordinates.
    `alt` describes it. Where scripts do not run, all of each path shows.
    """
    fig.canvas.draw()
    width, height = fig.canvas.get_width_height()
    png = io.BytesIO()
    fig.savefig(png, dpi=fig.dpi, format="png")
    plt.close(fig)
    shapes, tracks = [], []
    for ax, paths in panels:
        box = ax.get_window_extent()
        clip = f"{element}-{len(tracks)}"
        shapes.append(
            f'<clipPath id="{clip}"><rect x="{box.x0:.0f}" y="{height - box.y1:.0f}" '
            f'width="{box.width:.0f}" height="{box.height:.0f}"/></clipPath>'
        )
        for name, path in paths.items():
            color, _, letter = LINES[name]
            pixels = ax.transData.transform(np.clip(path, -1e3, 1e3))
            points = np.round(np.clip(np.c_[pixels[:, 0], height - pixels[:, 1]], -999, 1999), 1)
            tracks.append(len(points))
            line = " ".join(f"{a:g},{b:g}" for a, b in points)
            a, b = points[-1]
            shapes.append(
                f'<g clip-path="url(#{clip})"><polyline points="{line}" fill="none" '
                f'stroke="{color}" stroke-width="1.8" opacity="0.85"/>'
                f'<g class="head" transform="translate({a:g},{b:g})"><circle r="7" fill="{color}" '
                f'stroke="white"/><text text-anchor="middle" dy="3.5" font-size="10" '
                f'font-family="sans-serif" fill="white">{letter}</text></g></g>'
            )
    image = base64.b64encode(png.getvalue()).decode()
    last = max(tracks) - 1
    return f"""<div id="{element}" style="max-width:{width}px">
<svg viewBox="0 0 {width} {height}" width="100%" role="img" aria-label="{alt}">
<image href="data:image/png;base64,{image}" width="{width}" height="{height}"/>{"".join(shapes)}</svg>
<button type="button">play</button>
<input type="range" min="0" max="{last}" value="{last}" style="width:70%" aria-label="step">
<output>step {last}</output></div>
<script>(() => {{
const root = document.getElementById("{element}");
const lines = [...root.querySelectorAll("polyline")], heads = root.querySelectorAll("g.head");
const tracks = lines.map((line) => line.getAttribute("points").split(" "));
const [button, bar, out] = ["button", "input", "output"].map((s) => root.querySelector(s));
const draw = (k) => {{
  tracks.forEach((track, i) => {{
    const n = Math.min(k, track.length - 1);
    lines[i].setAttribute("points", track.slice(0, n + 1).join(" "));
    heads[i].setAttribute("transform", `translate(${{track[n]}})`);
  }});
  bar.value = k; out.textContent = "step " + k;
}};
let timer = null;
const stop = () => {{ clearInterval(timer); timer = null; button.textContent = "play"; }};
button.onclick = () => {{
  if (timer) return stop();
  let k = +bar.value >= {last} ? 0 : +bar.value;
  button.textContent = "pause";
  timer = setInterval(() => {{ draw(k); if (++k > {last}) stop(); }}, 60);
}};
bar.oninput = () => {{ stop(); draw(+bar.value); }};
}})();</script>"""


# %% jupyter={"source_hidden": true} tags=["demo", "nbval-ignore-output"]
# The race, as a film with a slider.
from IPython.display import HTML, display

fig, (left, middle, right) = plt.subplots(1, 3, figsize=(11.5, 4.2), dpi=80)
runs, best = race_on_ravine()
on_ravine = {name: runs[name][best[name]][0] for name in best}
draw_contours(left, turned_ravine()[0], (-10.5, 4.5), (-7.0, 3.0))
left.set_title("the ravine, turned")
left.plot(0, 0, "k*", ms=12)

runs, best = race_on_rosenbrock()
on_rosenbrock = {name: runs[name][best[name]][0] for name in best}
draw_contours(middle, rosenbrock, (-2.0, 2.0), (-1.0, 3.0), np.geomspace(0.3, 2000, 10))
middle.set_title("Rosenbrock")
middle.plot(1, 1, "k*", ms=12)

digits_race = race_on_digits()
runs, best, loss = digits_race
paths = [runs[name][best[name]][0] for name in best]
origin, axes = plane_through(paths)
on_digits = {name: (path - origin) @ axes.T for name, path in zip(best, paths, strict=True)}
reach = np.concatenate(list(on_digits.values()))
(x0, y0), (x1, y1) = reach.min(axis=0) - 1.0, reach.max(axis=0) + 1.0
X, Y = np.meshgrid(np.linspace(x0, x1, 20), np.linspace(y0, y1, 20))
Z = loss(origin + np.c_[X.ravel(), Y.ravel()] @ axes).reshape(X.shape)
right.contour(X, Y, Z, levels=np.geomspace(0.1, 8, 12), colors="#bbbbbb", linewidths=0.8)
right.set(xlabel="first direction", ylabel="second direction", title="digits, 1810 weights")
for name, (color, _, letter) in LINES.items():
    left.plot([], [], color=color, marker="o", ls="-", label=f"{letter} {name}")
fig.legend(*left.get_legend_handles_labels(), loc="lower center", ncols=7, fontsize=9)
fig.tight_layout(rect=(0, 0.09, 1, 1))
alt = (
    "Three panels with lines of equal loss: the turned ravine, Rosenbrock's valley, and the loss of "
    "the digits' network in the plane of the paths. Seven paths, each with a letter at its head, run "
    "from one start; a play button and a slider move them."
)
film = animate(fig, [(left, on_ravine), (middle, on_rosenbrock), (right, on_digits)], alt)
display(HTML(film))

# %% [markdown]
# *What to see.* Press play, or drag the slider. Each letter is a rule. At step 25, Adam (A) has all but finished the ravine, and on Rosenbrock only
# Adam and Nesterov (N) are round the bend. The paths on the digits part at once and do not meet again: a network has more than one place
# to go. They run in 1810 dimensions; the third panel shows their shadows on a plane, and the loss on that plane.

# %% [markdown]
# The numbers behind the picture, and what the rate has to do with them. The best rate is known only after the race; the figure
# shows the digits' loss after 80 steps for every rate that was tried.

# %% jupyter={"source_hidden": true} tags=["demo"]
# The digits' loss after 80 steps, for every rule and rate.
table = {}
for place, target, (runs, best) in (
    ("ravine, turned", 0.1, race_on_ravine()),
    ("Rosenbrock", 0.1, race_on_rosenbrock()),
    ("digits", 0.3, digits_race[:2]),
):
    table[place] = {name: arrival(runs[name][best[name]][1], target) for name in best}
    print(f"{place}: steps until the loss stays below {target}")
    for name, steps in table[place].items():
        reached = f"{steps:.0f}" if np.isfinite(steps) else "not reached"
        print(f"    {name:9} {reached:>11}   lr = {best[name]:g}")

on_digits = digits_race[0]
fig, ax = plt.subplots(figsize=(7.2, 4.0))
for name, (color, style, letter) in LINES.items():
    ends = [losses[-1] for _, losses in on_digits[name].values()]
    rates = list(on_digits[name])
    ax.loglog(rates, ends, color=color, ls=style, marker=f"${letter}$", ms=7, label=name)
ax.set(xlabel="learning rate", ylabel="loss after 80 steps", title="digits")
ax.legend(fontsize=8, loc="center left", bbox_to_anchor=(1, 0.5))
show_figure(
    "Loss on the digits after 80 steps against the learning rate, both on log scales, one line "
    "for each of the seven rules. Each is a valley; SGD's lowest point is at rate 1, RMSprop's "
    "and Adam's lie near 0.01 and 0.03; on both sides of its valley, every rule ends far above "
    "the others' best."
)

floor, banana, digits = table["ravine, turned"], table["Rosenbrock"], table["digits"]
assert floor["momentum"] < floor["RMSprop"] < floor["SGD"], "memory helps along a turned ravine"
assert banana["Nesterov"] < banana["Adam"] < banana["SGD"], "SGD does not get round the bend"
assert digits["Adam"] < digits["SGD"], "on the digits, Adam is there first"

# %% [markdown]
# *What to see.* On the turned ravine, the rules with momentum need a third of SGD's steps; RMSprop and Adagrad are in between. RAdam has
# to keep its rate small for the sake of its first five steps, and does not arrive. Round the bend of Rosenbrock
# only momentum, Nesterov and Adam come in time. On the digits the slowest needs little more than twice the steps of the fastest.
#
# Well tuned, most of the rules end close together; a rate that is wrong by a factor of ten costs more than the wrong
# rule. This is a small network and a short run: do not read a ranking into it. Tune the rate first, then compare.

# %% [markdown]
# ### Turn the knobs yourself
#
# Three settings as a figure; with ipywidgets installed, two sliders below it. Before you move one, say what
# will happen: rate 0.02 with momentum 0.99? Rate 0.06 with momentum 0.5, beyond SGD's limit of 0.05?


# %% jupyter={"source_hidden": true} tags=["demo", "nbval-ignore-output"]
# Momentum on the ravine at three settings, then two sliders.
def draw_knobs(ax, lr, momentum):
    """Sixty steps of your momentum on the ravine."""
    with np.errstate(all="ignore"):
        path = follow(momentum_step, ravine_grad, START, 60, memory=1, lr=lr, momentum=momentum)
    draw_contours(ax)
    draw_path(ax, np.clip(path, -50, 50), BLUE, "-", None, marker=".")
    ax.plot(0, 0, "k*", ms=12)
    ax.set(xlim=(-10, 4), ylim=(-1.6, 1.6))
    ax.set_title(f"lr {lr:g}, momentum {momentum:g}: loss {ravine(path[-1]):.1e}", fontsize=9)


fig, panels = plt.subplots(1, 3, figsize=(10.4, 3.0), sharey=True)
for ax, (lr, momentum) in zip(panels, ((0.002, 0.5), (0.02, 0.7), (0.09, 0.9)), strict=True):
    draw_knobs(ax, lr, momentum)
fig.tight_layout()
show_figure(
    "Three panels of momentum on the ravine. Rate 0.002, momentum 0.5: it stops far from the "
    "minimum. Rate 0.02, momentum 0.7: it arrives. Rate 0.09, momentum 0.9: it swings widely "
    "across and along, and still arrives near the minimum."
)

try:
    from ipywidgets import FloatLogSlider, FloatSlider, interact
except ImportError:
    print("pip install ipywidgets to get two sliders here")
else:

    @interact(
        lr=FloatLogSlider(value=0.02, min=-3, max=-0.7, step=0.05, continuous_update=False),
        momentum=FloatSlider(value=0.9, min=0.0, max=0.99, step=0.01, continuous_update=False),
    )
    def knobs(lr, momentum):
        draw_knobs(plt.figure(figsize=(6.4, 3.0)).gca(), lr, momentum)
        show_figure(f"The ravine with 60 steps at rate {lr:g} and momentum {momentum:g}.")


# %% [markdown]
# *What to see.* Momentum widens the range of stable rates: along a direction of curvature $c$, PyTorch's form is stable for
# $\eta < 2(1+\mu)/c$, which for $\mu = 0.9$ is 0.095 on this ravine. SGD stops at 0.05.

# %% [markdown]
# ## 13. In practice: yours against PyTorch
#
# The same random gradients through your steps and through `torch.optim`: 20 steps, two decays, a large $\varepsilon$ (so that
# its place shows), float64.

# %% open="PyTorch's calls are what to read here" tags=["demo"]
try:
    import torch
except ImportError:
    print("torch is not installed: this comparison is skipped. You need PyTorch from lesson 09 on.")
else:
    rng = np.random.default_rng(0)
    first, grads = rng.normal(size=(3, 2)), rng.normal(size=(20, 3, 2))
    rows = {
        "SGD": (sgd_step, 0, torch.optim.SGD, {"weight_decay": 0.3}),
        "momentum": (momentum_step, 1, torch.optim.SGD, {"momentum": 0.9}),
        "Nesterov": (momentum_step, 1, torch.optim.SGD, {"momentum": 0.9, "nesterov": True}),
        "Adagrad": (adagrad_step, 1, torch.optim.Adagrad, {"eps": 0.01}),
        "RMSprop": (rmsprop_step, 1, torch.optim.RMSprop, {"eps": 0.01}),
        "Adam": (adam_step, 2, torch.optim.Adam, {"eps": 0.01}),
        "AdamW": (adamw_step, 2, torch.optim.AdamW, {"eps": 0.01, "weight_decay": 0.3}),
        "RAdam": (radam_step, 2, torch.optim.RAdam, {"eps": 0.01}),
    }
    for name, (step, memory, theirs, options) in rows.items():
        some = iter(grads)
        path = follow(step, lambda x, some=some: next(some), first, 20, memory, lr=0.1, **options)
        weight = torch.nn.Parameter(torch.tensor(first))
        optimizer = theirs([weight], lr=0.1, **options)
        for grad in grads:
            weight.grad = torch.tensor(grad)
            optimizer.step()
        gap = np.abs(path[-1] - weight.detach().numpy()).max()
        print(f"{name:9} equal to twelve digits: {gap < 1e-12}")

# %% [markdown]
# ## What to come back to
#
# | rule | remembers, per weight | use it when | first values to try | when it fails |
# | --- | --- | --- | --- | --- |
# | SGD | nothing | memory is all; convex problems | lr 0.1 | loss jumps: lr / 10. Creeps: add momentum |
# | momentum, Nesterov | 1 | images with convolutional networks, with a schedule | lr 0.1, mu 0.9, decay 5e-4 | rings: smaller mu or lr. Schedule acts late: which form is it? |
# | Adagrad | 1 | sparse features, short runs | lr 0.01 | stalls: RMSprop |
# | RMSprop | 1 | non-stationary losses, recurrent nets, reinforcement learning | lr 1e-3, alpha 0.99 | bad start: warm up, or Adam. Does not settle: lower the rate |
# | Adam | 2 | first try on anything new | lr 1e-3, betas 0.9, 0.999 | spikes: beta2 0.95 to 0.99, warm-up. Tiny gradients: smaller eps |
# | AdamW | 2 | transformers; whenever you want decay | lr 3e-4, decay 0.01 to 0.1; none on biases and norms | as Adam; overfits: more decay |
# | RAdam | 2 | Adam without a warm-up schedule | lr 1e-3 | leaps in the first five steps: clip, or warm up |
# | Newton, L-BFGS | n, or 2 a remembered step | small n, no noise | step 1 with a line search | goes to a saddle: damp the Hessian |
#
# The values are customary starting points, not results of this lesson. Vary the rate by factors of three before you change the rule.

# %% [markdown]
# ## Mastery questions
#
# Write a few sentences each. A person reads them.

# %% [markdown] nbgrader={"grade": false, "grade_id": "why_two_averages", "locked": true, "points": 3, "schema_version": 3, "solution": false, "task": true}
# **1.** What does each of Adam's two averages do, and what does each of the rules that lacks it do badly? Then: someone trains with
# `beta2=0.999`, leaves out bias correction, and sees the loss leap in the first steps although the rate is small. Explain with numbers why.
#
# === BEGIN MARK SCHEME ===
# 1 point: m averages the gradient over time; it cancels what changes sign and collects what agrees (without it: RMSprop, Adagrad; noise
# goes straight into the step).
# 1 point: v estimates each weight's squared size and sets its scale, so that the step does not depend on the gradient's size (without it:
# SGD, momentum; one rate for the cliff and the plain).
# 1 point: both start at zero and fill at different speeds. At t = 1, m = 0.1 g and sqrt(v) = sqrt(0.001) |g| = 0.032 |g|: the step is 3.2
# times the rate, and grows to about 6.6 times it, because m fills in about 10 steps and v in about 1000.
# === END MARK SCHEME ===

# %% [markdown]
# *Your answer here.*

# %% [markdown] nbgrader={"grade": false, "grade_id": "which_decay", "locked": true, "points": 3, "schema_version": 3, "solution": false, "task": true}
# **2.** For plain SGD, adding `weight_decay * param` to the gradient and shrinking by `1 - lr * weight_decay` are the same; for Adam they
# are not. Show both. Which weights lose most under L2 in Adam, and what happens to AdamW's decay if a schedule takes the rate to zero?
#
# === BEGIN MARK SCHEME ===
# 1 point: SGD: p - lr (g + wd p) = (1 - lr wd) p - lr g. The decay is linear in the step, so both are one formula.
# 1 point: Adam divides what is in the gradient, decay included, by sqrt(v_hat). Weights with small gradients are decayed most, those with
# large ones least; decoupled decay is the same share for all.
# 1 point: AdamW's shrinking is lr * wd a step, so it fades with the rate and ends at zero (in PyTorch's form); total decay depends on the
# sum of the rates.
# === END MARK SCHEME ===

# %% [markdown]
# *Your answer here.*

# %% [markdown] nbgrader={"grade": false, "grade_id": "second_order_price", "locked": true, "points": 3, "schema_version": 3, "solution": false, "task": true}
# **3.** Newton's method needs one step on the ravine, and no rate. Give three reasons why nobody trains a large network with it. Then: on
# which kind of ravine does Adam come close to Newton's step without a Hessian, and on which kind does it not?
#
# === BEGIN MARK SCHEME ===
# 1 point: memory `n**2` and time `n**3` (with a number, such as 7e9 weights), or that a step costs what thousands of gradient steps cost.
# 1 point: two of: drawn to saddles and maxima where the Hessian is indefinite; mini-batch noise is amplified by the inverse; far from the
# minimum the quadratic is wrong, and the step needs damping or a line search.
# 1 point: Adam's scales are one for each weight: a ravine along the axes is flattened, a turned one is not (the experiment with 30
# degrees). Accept: v is the squared gradient, and no second derivative.
# === END MARK SCHEME ===

# %% [markdown]
# *Your answer here.*

# %% [markdown]
# ## Further reading
#
# - Robbins and Monro (1951), *A Stochastic Approximation Method*: rates that shrink, and why.
# - Polyak (1964), *Some methods of speeding up the convergence of iteration methods*; Sutskever, Martens, Dahl and Hinton (2013), *On the
#   importance of initialization and momentum in deep learning*.
# - Duchi, Hazan and Singer (2011), *Adaptive Subgradient Methods for Online Learning and Stochastic Optimization* (Adagrad).
# - Tieleman and Hinton (2012), *Neural Networks for Machine Learning*, lecture 6.5 (RMSprop: slides, never a paper).
# - Kingma and Ba (2015), *Adam: A Method for Stochastic Optimization*: of its fifteen pages, read algorithm 1 and section 3.
# - Reddi, Kale and Kumar (2018), *On the Convergence of Adam and Beyond*: a loss on which Adam goes the wrong way.
# - Loshchilov and Hutter (2019), *Decoupled Weight Decay Regularization* (AdamW).
# - Liu et al. (2020), *On the Variance of the Adaptive Learning Rate and Beyond* (RAdam).
# - Li, Xu, Taylor, Studer and Goldstein (2018), *Visualizing the Loss Landscape of Neural Nets*: how the digits' plane was drawn.
# - Nocedal and Wright (2006), *Numerical Optimization*, chapters 2, 3 and 6: what is done where there is no noise.
#
# **Next:** [lesson 06](../06_schedules/schedules.ipynb). Every rule here was given one rate for the whole run. Should the rate stay the same?
