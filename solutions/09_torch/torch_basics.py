# ---
# jupyter:
#   kernelspec:
#     display_name: Python 3 (ipykernel)
#     language: python
#     name: python3
# ---

# %% [markdown]
# # 09 - The same machine, industrial
#
# You have written reverse-mode differentiation, layers, losses and optimizers in NumPy. PyTorch is the same
# machine, built for production. What's new is where it surprises people. In this lesson you meet those places, write a
# convolution from nothing, and check every result of part I against the library.
#
# **You will be able to**
#
# - say what a tensor records, what `backward` adds to, and how to stay out of the graph;
# - write a convolution by hand, and read any tensor of images as `(N, C, H, W)`;
# - build modules whose parameters an optimizer can find, and tell parameters from buffers;
# - pair a loss with the output and the targets that it expects;
# - freeze part of a network, count what is left, and give each parameter its own rate and decay.
#
# **You need** lessons 03 (autograd), 04 (batch norm), 05 (weight decay), 07 (dropout) and 08, whose network comes back.
#
# **It takes** about two hours and fifty minutes: nine exercises and three predictions. The cells run on a GPU if
# there is one, and on the CPU otherwise. The cell beneath each exercise checks it (`%check`), as often as you like.

# %% jupyter={"source_hidden": true} tags=["setup"]
# Given: torch, NumPy as np, Matplotlib as plt, colours, find_data, the photographs of lesson 08.
import os
from itertools import pairwise
from pathlib import Path

import matplotlib.pyplot as plt
import numpy as np
import torch
from torch import nn
from torch.nn import functional as F
from torch.utils.data import DataLoader, TensorDataset

device = torch.device("cuda" if torch.cuda.is_available() else "cpu")
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


def load_clothes(part):
    """The photographs of one part, "train" or "test", as lesson 08 has them: x float64 (N, 784),
    grey levels from 0 to 1, less 0.286; y int64 (N,)."""
    with np.load(find_data("fashion_mnist.npz")) as fashion:
        return fashion[f"x_{part}"].reshape(-1, 784) / 255.0 - 0.286, fashion[f"y_{part}"]


def raises(error, call):
    """Whether `call()` raises `error`."""
    try:
        call()
    except error:
        return True
    return False


def close(tensor, numbers):
    """Whether a tensor has these numbers in this shape, but for rounding."""
    wanted = torch.tensor(numbers)
    return tensor.shape == wanted.shape and torch.allclose(tensor.float(), wanted, atol=1e-4)


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


def draw_numbers(ax, values, title="", frame=None, color=BLUE):
    """A matrix of numbers as a grid; `frame` is (row, column, height, width) of a window."""
    values = np.asarray(values)
    ax.imshow(values, cmap="Greys", vmin=values.min() - 1, vmax=values.max() + 14)
    for (row, column), value in np.ndenumerate(values):
        ax.text(column, row, f"{value:g}", ha="center", va="center", fontsize=9)
    if frame:
        row, column, height, width = frame
        place = (column - 0.5, row - 0.5)
        ax.add_patch(plt.Rectangle(place, width, height, fill=False, ec=color, lw=3))
    ax.set_title(title, fontsize=9)
    ax.set(xticks=[], yticks=[])


# %% [markdown]
# ## 1. The tensor
#
# A tensor is an array that knows its **dtype**, its **device**, and whether gradients are wanted. Four facts cover
# most error messages. Read the next cell line by line: each assertion is something that later lessons rely on.

# %% tags=["demo"]
x, y = torch.tensor([1.5, 2.0]), torch.tensor([3, 1])
assert x.dtype == torch.float32
assert y.dtype == torch.int64
assert torch.tensor(np.ones(2)).dtype == torch.float64  # NumPy's default is not torch's
assert isinstance(x.sum().item(), float)  # .item(): a Python number, if there is one element

array = np.zeros(2)
shared, copied = torch.from_numpy(array), torch.tensor(array)
array[0] = 7
assert shared[0] == 7
assert copied[0] == 0

halves = torch.tensor(np.full(2, 0.5)).float()  # convert first: tensor * array warns,
assert torch.equal(x * halves, x / 2)  # and array * tensor raises or leaves the graph
assert x.to(torch.float64) is not x
assert x.dtype == torch.float32
print("This notebook computes on:", device)

# %% [markdown]
# ## 2. The graph is what ran
#
# In lesson 03 each operation stored its parents and a rule. PyTorch does that for every operation on a tensor with
# `requires_grad`, and keeps it in `grad_fn`. There is no separate step that builds the graph: Python's `if` and `for`
# decide what gets recorded. The figure shows two calls of one function.


# %% jupyter={"source_hidden": true} tags=["demo"]
# The graphs that autograd recorded in two calls of one function, read from grad_fn.
def branching(w, b, x):
    """Another formula for a negative input: another graph."""
    return (w * x + b) ** 2 if x > 0 else (w - x).abs()


def recorded(root):
    """Each node of a graph with its depth, and the edges between them."""
    depth, edges, waiting = {root: 0}, [], [root]
    while waiting:
        node = waiting.pop(0)
        for parent, _ in node.next_functions:
            if parent is not None:
                depth[parent] = max(depth.get(parent, 0), depth[node] + 1)
                edges.append((parent, node))
                waiting.append(parent)
    return depth, edges


def draw_recorded(ax, loss, leaves):
    depth, edges = recorded(loss.grad_fn)
    rows, place = {}, {}
    for node, level in depth.items():
        row = rows[level] = rows.get(level, -1) + 1
        place[node] = (-2.1 * level, -1.0 * row)
    for start, end in edges:
        ax.annotate(
            "",
            place[end],
            place[start],
            arrowprops={"arrowstyle": "->", "shrinkA": 22, "shrinkB": 26},
        )
    for node, at in place.items():
        leaf = hasattr(node, "variable")
        name = leaves[id(node.variable)] if leaf else node.name().removesuffix("Backward0")
        style = {
            "boxstyle": "round",
            "fc": "white" if leaf else "#eaf3fa",
            "ec": ORANGE if leaf else BLUE,
            "lw": 1.8,
        }
        ax.text(
            *at, f"leaf {name}" if leaf else name, ha="center", va="center", fontsize=10, bbox=style
        )
    ax.set(xlim=(-7.3, 1.0), ylim=(-1.7, 0.7))
    ax.axis("off")


w, b = torch.tensor(2.0, requires_grad=True), torch.tensor(-1.0, requires_grad=True)
fig, axes = plt.subplots(1, 2, figsize=(11, 2.2))
for ax, value in zip(axes, (3.0, -3.0), strict=True):
    loss = branching(w, b, torch.tensor(value))
    draw_recorded(ax, loss, {id(w): "w", id(b): "b"})
    ax.set_title(f"branching(w, b, {value:g}) recorded", fontsize=10)
    loss.backward()
assert w.grad == 2 * 5 * 3 + 1
assert b.grad == 2 * 5
show_figure(
    "Two graphs side by side. For the input 3: leaf w goes into Mul, Mul and leaf b into Add, Add into "
    "Pow. For the input -3: leaf w goes into Sub, Sub into Abs; b does not occur."
)

# %% [markdown]
# Follow the arrows from right to left: that is `backward`. In the second graph `b` doesn't occur, and gets nothing.
#
# **Gradients accumulate.** `backward` *adds* to `.grad` of every leaf. It has to: a weight that is used twice gets two
# contributions, in one pass or in two. Clearing is your business, and there are two ways, which an optimizer tells apart.

# %% tags=["demo"]
w = torch.tensor(3.0, requires_grad=True)
assert w.grad is None  # nothing has come yet
for times in (1, 2, 3):
    (w**2).backward()
    assert w.grad == 6 * times  # it adds: 6, 12, 18

for cleared, expected in ((None, 3.0), (torch.tensor(0.0), 2.4)):
    w = torch.tensor(3.0, requires_grad=True)
    w.grad = cleared
    torch.optim.SGD([w], lr=0.1, weight_decay=2.0).step()
    assert abs(w.item() - expected) < 1e-6  # None: not touched. Zero: weight decay still acts

with torch.no_grad():
    assert not (w * 2).requires_grad  # nothing is recorded in this block
outside = w.detach()
assert not outside.requires_grad  # the same numbers, outside of the graph
assert outside.data_ptr() == w.data_ptr()  # the same memory, too
print("w after a step without a gradient, and with a gradient of zero:", 3.0, 2.4)

# %% [markdown]
# ### Exercise: `gradient_of` (12 minutes, difficulty 2 of 5)
#
# From $f$ and $x$ to $\nabla f(x)$, without leaving a trace. A gradient that ends up in the caller's `x.grad`, or an `x` that
# suddenly wants gradients, breaks a training loop three cells later.
#
# `x` may be a plain tensor, a parameter with a gradient of its own, or the result of other operations. Where can you
# collect a gradient that nobody else sees?


# %% nbgrader={"grade": false, "grade_id": "gradient_of", "locked": false, "schema_version": 3, "solution": true, "task": false}
def gradient_of(f, x):
    """The gradient of a scalar function at a point, without a trace on the point.

    Args:
        f: takes a tensor of x's shape and dtype, returns a tensor of shape () that depends on it, and
            changes nothing.
        x: floating-point tensor of any shape, () included; a leaf or not, with or without requires_grad.

    Returns:
        A tensor of x's shape, dtype and device that requires no gradient. x's values, `.grad`, `requires_grad`
        and the graph behind it are as they were.

    Source: Baydin et al., Automatic Differentiation in Machine Learning: a Survey (2018), section 3.2.
    """
    ### BEGIN SOLUTION
    point = x.detach().clone().requires_grad_()
    (gradient,) = torch.autograd.grad(f(point), point)
    return gradient
    ### END SOLUTION


# %% nbgrader={"grade": true, "grade_id": "test_gradient_of", "locked": true, "points": 2, "schema_version": 3, "solution": false, "task": false}
_x = torch.tensor([1.0, -2.0, 3.0])
_g = gradient_of(lambda z: (z**3).sum(), _x)
assert torch.equal(_g, 3 * _x**2), "the gradient of sum z**3 is 3 z**2"
assert not _g.requires_grad, "a gradient is a plain tensor: nobody differentiates it again"
assert not _x.requires_grad, "x is as it was: it did not ask for gradients"
assert _x.grad is None, "nothing is left at x"
assert torch.equal(gradient_of(lambda z: (z**3).sum(), _x), _g), "a second call adds nothing up"

_w = torch.tensor([2.0], requires_grad=True)
_w.grad = torch.tensor([5.0])
assert gradient_of(lambda z: (z * z).sum(), _w) == 4, "at a parameter, too"
assert _w.grad == 5, "whose own gradient is somebody else's"
assert _w.requires_grad, "and which still wants one"

_inner = _w.exp()
gradient_of(lambda z: (z * z).sum(), _inner)
_inner.sum().backward()
assert torch.isclose(_w.grad, 5 + torch.exp(_w)), "the graph behind x still works afterwards"

### BEGIN HIDDEN TESTS
from autograder.hidden.torch_basics import grade

grade("gradient_of")
### END HIDDEN TESTS

# %% [markdown]
# <details><summary>Hint 1: whose point?</summary>
#
# Anything that you ask of the caller's `x` stays with it. Make a point of your own, with the same numbers.
#
# </details>
#
# <details><summary>Hint 2: two calls</summary>
#
# `detach` leaves the graph behind, `clone` gets new memory, `requires_grad_()` asks for gradients. `torch.autograd.grad`
# returns gradients instead of adding them to `.grad`.
#
# </details>

# %% [markdown]
# ### The look: slopes by your function
#
# Your `gradient_of` on a bumpy surface. The arrows point downhill; they should cross the contours at right angles.


# %% jupyter={"source_hidden": true} tags=["demo"]
# Your gradients of a surface, as arrows over its contours.
def bumpy(z):
    return torch.sin(2 * z[0]) * torch.cos(z[1]) + 0.1 * (z**2).sum()


axis = torch.linspace(-2.2, 2.2, 80, dtype=torch.float64)
grid = torch.stack(torch.meshgrid(axis, axis, indexing="xy"))
fig, ax = plt.subplots(figsize=(5.6, 4.2))
ax.contour(
    axis,
    axis,
    torch.sin(2 * grid[0]) * torch.cos(grid[1]) + 0.1 * (grid**2).sum(0),
    14,
    cmap="Greys_r",
)
points = [
    torch.tensor([a, b]).double() for a in np.linspace(-2, 2, 11) for b in np.linspace(-2, 2, 11)
]
slopes = torch.stack([gradient_of(bumpy, point) for point in points])
at = torch.stack(points)
ax.quiver(at[:, 0], at[:, 1], -slopes[:, 0], -slopes[:, 1], color=BLUE, width=0.004)
ax.set(xlabel="z[0]", ylabel="z[1]", title="Minus the gradient, by gradient_of")
ax.set_aspect("equal")
show_figure(
    "Contours of a surface with two valleys, and arrows by gradient_of that cross them at right angles, downhill."
)
exact = 2 * torch.cos(2 * at[:, 0]) * torch.cos(at[:, 1]) + 0.2 * at[:, 0]
assert torch.allclose(slopes[:, 0], exact)

# %% [markdown]
# ### What goes wrong: three ways out of the graph
#
# `.detach()` gives the numbers and stays honest: change them in place, and `backward` complains. `.data` is older, does the
# same, and **doesn't tell autograd**: the gradient is wrong, in silence. And a trip through NumPy cuts the graph.

# %% tags=["demo"]
for outside in ("detach", "data"):
    x = torch.tensor([1.0, 2.0], requires_grad=True)
    y = x.exp()  # exp's rule needs y itself on the way back
    numbers = y.detach() if outside == "detach" else y.data
    numbers.mul_(0)
    try:
        y.sum().backward()
        print(
            f".{outside}: no complaint, and the gradient is",
            x.grad.tolist(),
            "instead of [2.7, 7.4]",
        )
        assert outside == "data"
        assert not x.grad.any()
    except RuntimeError as error:
        print(f".{outside}: RuntimeError,", str(error).split(":")[0])
        assert outside == "detach"

x = torch.tensor([1.0, 2.0], requires_grad=True)
through_numpy = torch.tensor(np.exp(x.detach().numpy()))
assert not through_numpy.requires_grad  # the numbers came through, the graph did not

# %% [markdown]
# ## 3. An operation of your own
#
# Sometimes you know a derivative better than autograd: it's more stable, cheaper, or a choice. Then you write both
# directions, as in lesson 02. `forward` stores what it needs in `ctx`, its cache. `backward` gets the **upstream gradient**
# $\partial L / \partial y$, and returns $\partial L / \partial x$ in the shape of $x$:
#
# $$y = \min(x^2, 1) \qquad \frac{\partial L}{\partial x} = \frac{\partial L}{\partial y} \cdot \begin{cases} \ ? & |x| < 1 \\ \ ? & |x| > 1 \end{cases}$$
#
# At $|x| = 1$ there is a kink, and no derivative: either value is a choice.
#
# ### Exercise: `ClippedSquare` (12 minutes, difficulty 2 of 5)


# %% nbgrader={"grade": false, "grade_id": "ClippedSquare", "locked": false, "schema_version": 3, "solution": true, "task": false}
class ClippedSquare(torch.autograd.Function):
    """min(x**2, 1), element by element, with its own backward; used as `ClippedSquare.apply(x)`.

    forward: x, a floating-point tensor of any shape, not modified; returns a new tensor of its shape and dtype.
    backward: from the upstream gradient, which is not modified, to the gradient with respect to x, of x's
        shape. At |x| = 1 any choice will do.

    Source: PyTorch documentation, Extending PyTorch; the clipping as in Huber (1964), Robust Estimation of a
        Location Parameter.
    """

    @staticmethod
    def forward(ctx, x):
        """The values; `ctx` keeps what backward needs."""
        ### BEGIN SOLUTION
        ctx.save_for_backward(x)
        return (x**2).clamp(max=1)
        ### END SOLUTION

    @staticmethod
    def backward(ctx, upstream):
        """The gradient with respect to x."""
        ### BEGIN SOLUTION
        (x,) = ctx.saved_tensors
        return upstream * 2 * x * (x.abs() < 1)
        ### END SOLUTION


# %% nbgrader={"grade": true, "grade_id": "test_ClippedSquare", "locked": true, "points": 2, "schema_version": 3, "solution": false, "task": false}
_x = torch.tensor([-3.0, -0.5, 0.25, 2.0], dtype=torch.float64, requires_grad=True)
_y = ClippedSquare.apply(_x)
assert torch.equal(_y, torch.tensor([1, 0.25, 0.0625, 1]).double()), "the square, and 1 at most"
(10 * _y).sum().backward()
assert torch.equal(_x.grad, torch.tensor([0, -10, 5, 0]).double()), (
    "2 x inside, 0 outside, times the upstream gradient, which is 10 here"
)
assert torch.autograd.gradcheck(ClippedSquare.apply, _x), "the numerical gradient says so, too"

### BEGIN HIDDEN TESTS
from autograder.hidden.torch_basics import grade

grade("ClippedSquare")
### END HIDDEN TESTS

# %% [markdown]
# <details><summary>Hint 1: the cache</summary>
#
# `ctx.save_for_backward(x)` stores, and `ctx.saved_tensors` is a tuple.
#
# </details>
#
# <details><summary>Hint 2: the slope</summary>
#
# Where the square was clipped, moving x a little changes nothing. A comparison gives a mask, and a mask multiplies.
#
# </details>

# %% [markdown]
# ### Before you run it: a kink
#
# `relu(x)`, `x.clamp(min=0)` and `torch.maximum(x, zero)` are one function. Its derivative at 0 doesn't exist. What does
# autograd say at exactly 0?
#
# - (a) 0, for all three
# - (b) 1/2, for all three: the middle of both slopes
# - (c) something else for each of them
#
# Set the letter.

# %% nbgrader={"grade": false, "grade_id": "prediction_kink", "locked": false, "schema_version": 3, "solution": true, "task": false}
### BEGIN SOLUTION
prediction_kink = "c"
### END SOLUTION

# %% nbgrader={"grade": true, "grade_id": "test_prediction_kink", "locked": true, "points": 1, "schema_version": 3, "solution": false, "task": false}
if prediction_kink is None:
    raise NotImplementedError("prediction_kink is not written yet")
letter = str(prediction_kink).strip(" ().").lower()
assert letter in ("a", "b", "c"), "a prediction is one letter: a, b or c"

### BEGIN HIDDEN TESTS
from autograder.hidden.torch_basics import grade

grade("prediction_kink")
### END HIDDEN TESTS

# %% jupyter={"source_hidden": true} tags=["demo", "prediction_kink"]
# One function written three times, and your ClippedSquare: values and gradients, the kinks marked.
zero = torch.zeros(())
three = {
    "relu(x)": torch.relu,
    "x.clamp(min=0)": lambda x: x.clamp(min=0),
    "maximum(x, 0)": lambda x: torch.maximum(x, zero),
}
at_zero = {name: gradient_of(f, zero).item() for name, f in three.items()}
for name, slope in at_zero.items():
    print(f"{name:15} at 0: {slope:g}")

fig, (left, right) = plt.subplots(1, 2, figsize=(8.5, 3))
line = torch.linspace(-1, 1, 201)
left.plot(line, torch.relu(line), color="black", label="all three")
left.plot(
    line[line.abs() > 0.004],
    (line > 0).float()[line.abs() > 0.004],
    color=GREY,
    ls="--",
    label="slope",
)
for (name, slope), marker, color in zip(at_zero.items(), "osD", (BLUE, ORANGE, GREEN), strict=True):
    left.plot(0, slope, marker, color=color, mec="black", ms=8, label=f"slope of {name}")
left.set(xlabel="x", ylim=(-0.1, 2.3), title="One function, three slopes at 0")
left.legend(fontsize=8)
x = torch.linspace(-1.8, 1.8, 240, requires_grad=True)
y = ClippedSquare.apply(x)
y.sum().backward()
right.plot(x.detach(), y.detach(), color=BLUE, label="ClippedSquare")
right.plot(x.detach(), x.grad, color=ORANGE, ls="--", label="its backward")
right.set(xlabel="x", title="Your operation, both ways")
right.legend(fontsize=8)
plt.tight_layout()
show_figure(
    "Left: relu and its slope, a step from 0 to 1; at 0, relu says 0, clamp says 1, maximum says one half. "
    "Right: ClippedSquare, a parabola cut off at 1, and its backward, a line of slope 2 between -1 and 1 "
    "and zero elsewhere."
)

# %% [markdown]
# At a kink the library has to choose, and each function chose for itself. Exact zeros are common: padding and dropout make them.
#
# **A check that can be fooled.** `gradcheck` compares your backward with central differences, as lesson 02 did. Next is a
# function with no kink at all, whose gradient is cut off: it passes.

# %% tags=["demo"]
smooth = torch.linspace(-2, 2, 5, dtype=torch.float64, requires_grad=True)
assert torch.autograd.gradcheck(
    lambda x: torch.ones(5).double() * 3, smooth
)  # never uses x: passes

at_the_kink = torch.zeros(1, dtype=torch.float64, requires_grad=True)
assert torch.autograd.gradcheck(torch.abs, at_the_kink)  # 0 is the central difference by luck
assert not torch.autograd.gradcheck(torch.relu, at_the_kink, raise_exception=False)
print("gradcheck passes a function that ignores its input, and fails a correct relu at 0")

# %% [markdown]
# So check at random points, away from kinks, and make sure that the output depends on the input at all.
#
# ## 4. Convolution, from nothing
#
# A linear layer on a photograph has a weight for every pair of pixel and unit. It has to learn an edge anew at each place. A
# **convolution** learns one small **kernel** and slides it over the image: at each place, multiply element by element and add
# up. One kernel, one kind of pattern, looked for everywhere.

# %% jupyter={"source_hidden": true} tags=["demo"]
# A kernel that slides over numbers: stride 1 without padding, and stride 2 with padding 1.
image = np.array([[1, 1, 5, 5, 5]] * 3 + [[1, 1, 1, 1, 1]] * 2, dtype=float)
kernel = np.array([[-1, 0, 1]] * 3, dtype=float)


def slide(image, kernel, stride):
    steps = [range(0, size - 2, stride) for size in image.shape]
    return np.array(
        [[(image[i : i + 3, j : j + 3] * kernel).sum() for j in steps[1]] for i in steps[0]]
    )


padded = np.pad(image, 1)
fig, axes = plt.subplots(2, 4, figsize=(10.5, 5.2), gridspec_kw={"width_ratios": (5, 5, 3, 3)})
for row, (data, stride, name) in enumerate(
    ((image, 1, "stride 1"), (padded, 2, "padding 1, stride 2"))
):
    result = slide(data, kernel, stride)
    for column, (i, j) in enumerate(((0, 0), (1, 1))):
        color = (BLUE, RED)[column]
        frame = (i * stride, j * stride, 3, 3)
        draw_numbers(axes[row, column], data, f"{name}: window for output [{i}, {j}]", frame, color)
        at = (j - 0.5, i - 0.5)
        axes[row, 3].add_patch(plt.Rectangle(at, 1, 1, fill=False, ec=color, lw=3, zorder=3))
    draw_numbers(axes[row, 2], kernel, "kernel")
    draw_numbers(axes[row, 3], result, f"output {result.shape[0]} x {result.shape[1]}")
plt.tight_layout()
show_figure(
    "Two rows. Above: an image of 5 by 5 numbers, a window of 3 by 3 at the upper left and one a row and a column "
    "further, the kernel with columns -1, 0, 1, and the 3 by 3 output with the two places marked. Below: the image with a "
    "border of zeros, windows two apart, and a 3 by 3 output."
)
theirs = F.conv2d(
    torch.tensor(image)[None, None], torch.tensor(kernel)[None, None], stride=2, padding=1
)
assert np.array_equal(theirs[0, 0], result)

# %% [markdown]
# Check one number by hand: the blue window's right column minus its left column. **Padding** puts zeros around the image,
# so that its border gets windows of its own. The **stride** is how far the window moves at a time. (The signal-processing
# textbook flips the kernel first. Deep learning doesn't: strictly speaking, this is cross-correlation.)
#
# Real images have channels, and come in batches: `(N, C, H, W)`, or NCHW. A kernel reaches through all C channels, and
# each of F kernels makes one channel of the output:
#
# $$y_{n f i j} = b_f + \sum_{c=1}^{C} \sum_{u=0}^{k_h - 1} \sum_{v=0}^{k_w - 1} w_{f c u v}\; x_{n c,\; s i + u - p,\; s j + v - p} \qquad H' = \left\lfloor \frac{H + 2p - k_h}{s} \right\rfloor + 1$$
#
# $x$ is 0 outside of the image; $s$ is the stride, $p$ the padding, $k_h \times k_w$ the kernel's size, $b_f$ the bias of kernel
# $f$; $H'$ is the height of the output, and $W'$ is analogous. What doesn't fit at the end is left out.
#
# ### Exercise: `conv2d` (30 minutes, difficulty 4 of 5)
#
# Write it with loops over places, or with `unfold`, which makes a view of all windows. (`F.unfold` copies them into columns,
# so that a convolution is one matrix product: im2col.) Autograd does the backward pass, as long as every number stays in the
# graph. `conv2d` and its relatives in torch are off limits in here.


# %% nbgrader={"grade": false, "grade_id": "conv2d", "locked": false, "schema_version": 3, "solution": true, "task": false}
def conv2d(x, weight, bias=None, stride=1, padding=0):
    """A 2-D convolution as deep learning has it (no flip), differentiable by autograd.

    Args:
        x: float tensor (N, C, H, W); not modified.
        weight: float tensor (F, C, kh, kw), F kernels; sides need not be equal or odd.
        bias: float tensor (F,), or None for none.
        stride: how far the window moves, in both directions, an int >= 1.
        padding: rows and columns of zeros on each of the four sides, an int >= 0.

    Returns:
        A tensor (N, F, H', W') of x's dtype, on its device; H' = (H + 2 padding - kh) // stride + 1, W' likewise.

    Raises:
        ValueError: x and weight have different channels, bias is not (F,), or a kernel is larger than the padded
            image.

    Source: LeCun et al., Gradient-Based Learning Applied to Document Recognition (1998), section II.A; Dumoulin and
        Visin, A Guide to Convolution Arithmetic for Deep Learning (2016).
    """
    ### BEGIN SOLUTION
    kernels, channels, kh, kw = weight.shape
    if x.shape[1] != channels:
        raise ValueError(f"weight is for {channels} channels, x has {x.shape[1]}")
    if bias is not None and bias.shape != (kernels,):
        raise ValueError(f"bias has to be ({kernels},), got {tuple(bias.shape)}")
    if kh > x.shape[2] + 2 * padding or kw > x.shape[3] + 2 * padding:
        raise ValueError(f"weight has a kernel of {kh} x {kw}: larger than the padded image")
    x = F.pad(x, (padding, padding, padding, padding))
    windows = x.unfold(2, kh, stride).unfold(3, kw, stride)  # (N, C, H', W', kh, kw)
    out = torch.einsum("nchwuv,fcuv->nfhw", windows, weight)
    return out if bias is None else out + bias[:, None, None]
    ### END SOLUTION


# %% nbgrader={"grade": true, "grade_id": "test_conv2d", "locked": true, "points": 4, "schema_version": 3, "solution": false, "task": false}
_image = torch.tensor([[[[1.0, 2, 3], [4, 5, 6], [7, 8, 9]]]])
_corner = torch.tensor([[[[1.0, 0], [0, 0]]]])
assert close(conv2d(_image, _corner), [[[[1.0, 2.0], [4.0, 5.0]]]]), (
    "a kernel that looks at its upper left corner gives the image back: no flip"
)
assert close(conv2d(_image, torch.ones(1, 1, 2, 2), stride=2), [[[[12.0]]]]), (
    "1 + 2 + 4 + 5; the next window would not fit"
)
assert close(conv2d(_image, torch.ones(1, 1, 1, 1), stride=2), [[[[1.0, 3.0], [7.0, 9.0]]]]), (
    "with stride 2, windows start at every second row and column"
)
assert close(conv2d(_image, torch.ones(1, 1, 3, 3), padding=1)[0, 0, 0, 0], 12.0), (
    "with zeros around, the corner adds up 1, 2, 4 and 5"
)
_two = torch.cat([_image, 10 * _image], dim=1)
assert close(conv2d(_two, torch.ones(3, 2, 3, 3)).flatten(), [495.0] * 3), (
    "a kernel adds up over all channels: 45 and 450"
)
assert close(
    conv2d(_image, _corner.repeat(2, 1, 1, 1), torch.tensor([0.5, 7]))[0, :, 1],
    [[4.5, 5.5], [11, 12]],
), "each kernel has its own bias, added once at every place"

_weight = torch.ones(1, 1, 2, 2, requires_grad=True)
conv2d(_image, _weight).sum().backward()
assert close(_weight.grad, [[[[12.0, 16.0], [24.0, 28.0]]]]), "gradients reach the kernel"

for _bad in (
    {"weight": torch.ones(1, 2, 2, 2)},
    {"weight": torch.ones(2, 1, 2, 2), "bias": torch.ones(1)},
    {"weight": torch.ones(1, 1, 6, 1), "padding": 1},
):
    assert raises(ValueError, lambda bad=_bad: conv2d(_image, **bad)), "what doesn't fit is refused"

### BEGIN HIDDEN TESTS
from autograder.hidden.torch_basics import grade

grade("conv2d")
### END HIDDEN TESTS

# %% [markdown]
# <details><summary>Hint 1: one output number</summary>
#
# Take output place (i, j). Which rows and columns of the padded image does its window cover? Cut it out for the whole batch:
# `(N, C, kh, kw)`. What has to be multiplied with what, and over which axes do you add up to get `(N, F)`?
#
# </details>
#
# <details><summary>Hint 2: all of them</summary>
#
# With loops: compute the `(N, F)` of every place, `torch.stack` them, reshape to `(N, F, H', W')`. Without:
# `x.unfold(2, kh, stride)` puts the windows of a row axis into a new last axis; do the same for the columns.
#
# </details>
#
# <details><summary>Hint 3: almost the lines</summary>
#
# `F.pad(x, (left, right, top, bottom))`; two `unfold`s give `(N, C, H', W', kh, kw)`; `torch.einsum` with letters for the axes
# multiplies by `(F, C, kh, kw)` and adds up over the letters that the result doesn't have. The bias needs two more axes.
#
# </details>

# %% [markdown]
# ### The look: kernels that you can read
#
# Your `conv2d` on three photographs, with kernels chosen by hand. Before you scroll: which kernel lights up the sides of a
# trouser leg, and which one its hem?

# %% jupyter={"source_hidden": true} tags=["demo"]
# Three photographs through your conv2d, with four kernels drawn beside them.
x_train, y_train = load_clothes("train")
chosen = [int(np.flatnonzero(y_train == label)[k]) for label, k in ((1, 0), (7, 1), (8, 2))]
photos = torch.tensor(x_train[chosen].reshape(-1, 1, 28, 28) + 0.286).float()
by_hand = torch.tensor(
    [
        [[-1, 0, 1], [-2, 0, 2], [-1, 0, 1]],
        [[-1, -2, -1], [0, 0, 0], [1, 2, 1]],
        [[0, 1, 0], [1, -4, 1], [0, 1, 0]],
        [[1, 1, 1], [1, 1, 1], [1, 1, 1]],
    ]
).float()[:, None]
filtered = conv2d(photos, by_hand, padding=1)
assert torch.allclose(filtered, F.conv2d(photos, by_hand, padding=1), atol=1e-5)
fig, axes = plt.subplots(4, 5, figsize=(9, 7.2))
axes[0, 0].axis("off")
for k, name in enumerate(("left to right", "top to bottom", "any change", "blur")):
    draw_numbers(axes[0, k + 1], by_hand[k, 0], name)
for row, photo in enumerate(photos, start=1):
    axes[row, 0].imshow(photo[0], cmap="gray")
    axes[row, 0].set_title(CLOTHES[y_train[chosen[row - 1]]], fontsize=9)
    for k in range(4):
        top = filtered[row - 1, k].abs().max()
        axes[row, k + 1].imshow(filtered[row - 1, k], cmap="gray", vmin=-top, vmax=top)
for ax in axes[1:].flat:
    ax.set(xticks=[], yticks=[])
plt.tight_layout()
show_figure(
    "A trouser, a sneaker and a bag, each filtered by four kernels of 3 by 3. Differences from left to right light up "
    "vertical edges white and black, differences from top to bottom horizontal ones; the third kernel draws the "
    "outlines, the fourth blurs."
)

# %% [markdown]
# A trained network finds kernels like these by itself; you'll draw some at the end.
#
# **Max pooling** keeps the largest number of each window, in each channel by itself. It has no parameters, halves the image
# (2 × 2 windows, stride 2), and cares less about where exactly a pattern was.

# %% tags=["demo"]
small = torch.tensor([[[[1.0, 3, 0, 0], [2, 4, 0, 9], [0, 0, 5, 6], [7, 0, 8, 0]]]])
pooled = F.max_pool2d(small, kernel_size=2)
assert pooled.tolist() == [[[[4, 9], [7, 8]]]]  # the largest of each 2 x 2 block
assert torch.equal(pooled, small.unfold(2, 2, 2).unfold(3, 2, 2).amax((-1, -2)))
moved = torch.roll(small[..., :2], 1, dims=3)  # the 4 moves to the left, inside of its block
assert F.max_pool2d(moved, 2)[0, 0, 0, 0] == 4  # and its maximum doesn't notice

layer = nn.Conv2d(in_channels=3, out_channels=8, kernel_size=5)
assert layer.weight.shape == (8, 3, 5, 5)
assert layer.bias.shape == (8,)
print(
    "parameters of the convolution:",
    8 * 3 * 25 + 8,
    " of a linear layer of equal shape:",
    3 * 28**2 * 8 * 24**2,
)

# %% [markdown]
# **What sliding brings along.** Move the image, and the output moves with it: a convolution is **equivariant** to
# translation. And each output number depends on one window only, its **receptive field**. Layers on top of each other see
# more. How much, your own functions can tell: the gradient of one output number is zero at every pixel outside of its field.

# %% jupyter={"source_hidden": true} tags=["demo"]
# Which pixels one number depends on, by your gradient_of and your conv2d.
ones = torch.ones(1, 1, 3, 3)


def field(strides):
    """The gradient of a number in the middle, after layers of 3 x 3 kernels with these strides."""

    def in_the_middle(x):
        for stride in strides:
            x = conv2d(x, ones, stride=stride, padding=1)
        return x[0, 0, x.shape[2] // 2, x.shape[3] // 2]

    return gradient_of(in_the_middle, torch.zeros(1, 1, 17, 17))[0, 0]


fig, axes = plt.subplots(1, 4, figsize=(10, 2.7))
widths = []
for ax, strides in zip(axes, ((1,), (1, 1), (1, 1, 1), (2, 1, 1)), strict=True):
    weight = field(strides)
    widths.append(int((weight != 0).any(dim=0).sum()))
    ax.imshow(weight / weight.max(), cmap="Greys", vmin=0, vmax=1)
    ax.set(xticks=[], yticks=[], xlabel=f"strides {', '.join(map(str, strides))}")
    ax.set_title(f"layers: {len(strides)}, field: {widths[-1]} x {widths[-1]}", fontsize=10)
show_figure(
    "Four squares of 17 by 17 pixels, dark where one number in the middle depends on them: 3 by 3 pixels after one layer, "
    "5 by 5 after two, 7 by 7 after three, 11 by 11 after three of which the first has stride 2; darkest in the middle."
)
assert widths == [3, 5, 7, 11]

generator = torch.Generator().manual_seed(0)
image, kernel = (torch.randn(1, 1, size, size, generator=generator) for size in (12, 3))
here, moved = conv2d(image, kernel), conv2d(torch.roll(image, 2, dims=3), kernel)
print("the image moved by 2, the output too:", torch.allclose(moved[..., 2:], here[..., :-2]))

# %% [markdown]
# Each layer of 3 × 3 adds 2 to the field's width, and after a stride of 2 every later layer adds twice as much. That is why networks
# shrink their images early. Look at the shading, too: the middle is reached on the most paths, and counts most. A kernel of
# 1 × 1 sees a single pixel: it mixes channels, and nothing else.
#
# ## 5. Modules: who owns the weights
#
# A layer is weights plus a function. `nn.Module` **registers** what you assign to an attribute if it is an `nn.Parameter`
# or another module. `parameters()`, `state_dict()`, `.to(device)` and `.train()` go through what is registered. Anything
# else doesn't exist for them.
#
# The convention of `nn.Linear` differs from yours in part I: the weight is `(out, in)`, and $y = x W^\top + b$.
#
# ### Exercise: `Linear` (12 minutes, difficulty 2 of 5)
#
# Start it for a ReLU, by He's rule: mean 0, standard deviation $\sqrt{2 / D}$ for $D$ inputs. `nn.Linear` and `F.linear` are off
# limits here, but not in later exercises.


# %% nbgrader={"grade": false, "grade_id": "Linear", "locked": false, "schema_version": 3, "solution": true, "task": false}
class Linear(nn.Module):
    """A linear layer with a bias.

    Args:
        in_features, out_features: ints >= 1.

    Parameters (their names are yours): one weight, (out_features, in_features) or transposed, drawn with mean 0 and
        standard deviation sqrt(2 / in_features); one bias of out_features zeros.

    Input: float (..., in_features), any number of leading axes, none included. Output: (..., out_features).

    Source: He, Zhang, Ren and Sun, Delving Deep into Rectifiers (2015), section 2.2.
    """

    def __init__(self, in_features, out_features):
        ### BEGIN SOLUTION
        super().__init__()
        std = (2 / in_features) ** 0.5
        self.weight = nn.Parameter(std * torch.randn(out_features, in_features))
        self.bias = nn.Parameter(torch.zeros(out_features))
        ### END SOLUTION

    def forward(self, x):
        """The outputs for x."""
        ### BEGIN SOLUTION
        return x @ self.weight.T + self.bias
        ### END SOLUTION


# %% nbgrader={"grade": true, "grade_id": "test_Linear", "locked": true, "points": 2, "schema_version": 3, "solution": false, "task": false}
_layer = Linear(300, 200)
_sizes = sorted(p.numel() for p in _layer.parameters())
assert _sizes == [200, 60000], "a bias and a weight, both known to the module"
_bias, _weight = sorted(_layer.parameters(), key=torch.Tensor.numel)
assert not _bias.any(), "the bias starts at zero"
assert abs(_weight.std() / (2 / 300) ** 0.5 - 1) < 0.05, "the deviation is the root of 2 / 300"
assert _layer(torch.zeros(4, 300)).shape == (4, 200), "a row of outputs for a row of inputs"
assert _layer(torch.zeros(2, 3, 300)).shape == (2, 3, 200), "leading axes stay as they are"
_layer(torch.ones(300)).sum().backward()
assert all(p.grad is not None for p in _layer.parameters()), "gradients reach both"

### BEGIN HIDDEN TESTS
from autograder.hidden.torch_basics import grade

grade("Linear")
### END HIDDEN TESTS

# %% [markdown]
# <details><summary>Hint: what gets registered</summary>
#
# `super().__init__()` comes first: without it nothing can be registered. Assigning `nn.Parameter(tensor)` to an attribute of
# `self` registers it. `@` works on the last two axes and leaves the others alone.
#
# </details>

# %% [markdown]
# **Parameters, buffers, and the rest.** A batch norm has two parameters, which the optimizer moves, and three **buffers**, which
# `forward` itself moves in training mode. Buffers travel with `state_dict` and `.to`, and get no gradient. The next cell
# also shows the mode, one flag for each module, and the one `.to` that works in place.

# %% tags=["demo"]
norm = nn.BatchNorm1d(3)
assert [name for name, _ in norm.named_parameters()] == ["weight", "bias"]
assert [name for name, _ in norm.named_buffers()] == [
    "running_mean",
    "running_var",
    "num_batches_tracked",
]

model = nn.Sequential(nn.Linear(4, 3), norm, nn.Dropout(0.5))
assert [module.training for module in model.modules()] == [True] * 4  # one flag each
model[1].eval()  # a part of a model may be in another mode
assert [module.training for module in model.modules()] == [True, True, False, True]
model.train()  # sets every flag, and wakes that part again
assert norm.training

x = torch.ones(2, 4)
moved = model.to(torch.float64)
assert moved is model
assert model[0].weight.dtype == torch.float64
x.to(torch.float64)  # Tensor.to doesn't: this line does nothing
assert x.dtype == torch.float32
x = x.to(torch.float64)
print("state_dict:", ", ".join(model.state_dict()))

# %% [markdown]
# ### Before you run it: a frozen batch norm
#
# You freeze a batch norm: `requires_grad = False` on its weight and bias. Then you run ten batches through it in
# training mode, without any optimizer. What happens to what it says in evaluation mode?
#
# - (a) nothing: none of it can be trained
# - (b) it changes
# - (c) the forward pass raises, because there is nothing to train
#
# Set the letter.

# %% nbgrader={"grade": false, "grade_id": "prediction_frozen_norm", "locked": false, "schema_version": 3, "solution": true, "task": false}
### BEGIN SOLUTION
prediction_frozen_norm = "b"
### END SOLUTION

# %% nbgrader={"grade": true, "grade_id": "test_prediction_frozen_norm", "locked": true, "points": 1, "schema_version": 3, "solution": false, "task": false}
if prediction_frozen_norm is None:
    raise NotImplementedError("prediction_frozen_norm is not written yet")
letter = str(prediction_frozen_norm).strip(" ().").lower()
assert letter in ("a", "b", "c"), "a prediction is one letter: a, b or c"

### BEGIN HIDDEN TESTS
from autograder.hidden.torch_basics import grade

grade("prediction_frozen_norm")
### END HIDDEN TESTS

# %% tags=["demo", "prediction_frozen_norm"]
norm = nn.BatchNorm1d(3)
for parameter in norm.parameters():
    parameter.requires_grad = False
probe = torch.ones(1, 3)
batches = torch.randn(10, 32, 3, generator=torch.Generator().manual_seed(0)) * 2 + 5
before = norm.eval()(probe)
norm.train()
for batch in batches:
    norm(batch)
after = norm.eval()(probe)
print("before:", before.numpy().round(2), " after:", after.numpy().round(2))
assert not torch.allclose(before, after, atol=0.5)

for batch in batches:  # now in evaluation mode
    norm(batch)
assert torch.equal(norm(probe), after)

# %% [markdown]
# A frozen batch norm needs both: `requires_grad = False` for its parameters, and `.eval()` for its buffers. And
# `model.train()` at the head of the next epoch wakes it again: lesson 10 takes care of that.
#
# ### Exercise: `MLP` (15 minutes, difficulty 2 of 5)
#
# Lesson 08's network as a module, of any depth. Build it from your `Linear`, or from `nn.Linear`: here both are fine. Mind
# where the layers live, and where dropout stops.


# %% nbgrader={"grade": false, "grade_id": "MLP", "locked": false, "schema_version": 3, "solution": true, "task": false}
class MLP(nn.Module):
    """A network of linear layers: linear - ReLU - dropout for each hidden layer, then linear.

    Args:
        sizes: a sequence of at least two ints, from the number of inputs to the number of outputs; not modified.
            Two sizes are a network without a hidden layer.
        dropout: the probability to drop a hidden unit in training mode, in [0, 1). None on inputs or outputs.

    Input: float (N, sizes[0]). Output: float (N, sizes[-1]), the logits: nothing comes after the last linear layer.

    Attribute names are yours; all parameters are registered, and a `state_dict` can be loaded into another `MLP` of
    the same sizes.

    Source: Srivastava et al., Dropout (2014), section 4.
    """

    def __init__(self, sizes, dropout=0.0):
        ### BEGIN SOLUTION
        super().__init__()
        layers = []
        for fan_in, fan_out in pairwise(sizes):
            layers += [Linear(fan_in, fan_out), nn.ReLU(), nn.Dropout(dropout)]
        self.layers = nn.Sequential(*layers[:-2])
        ### END SOLUTION

    def forward(self, x):
        """The logits of a batch."""
        ### BEGIN SOLUTION
        return self.layers(x)
        ### END SOLUTION


# %% nbgrader={"grade": true, "grade_id": "test_MLP", "locked": true, "points": 2, "schema_version": 3, "solution": false, "task": false}
_sizes = [5, 7, 6, 3]
_net = MLP(_sizes)
assert _sizes == [5, 7, 6, 3], "the sizes are the caller's"
assert sum(p.numel() for p in _net.parameters()) == 5 * 7 + 7 + 7 * 6 + 6 + 6 * 3 + 3, (
    "three weights and three biases, all registered"
)
_x = torch.randn(200, 5)
assert _net(_x).shape == (200, 3), "logits for every row"
assert any((MLP(_sizes)(_x) < 0).any() for _ in range(20)), "no ReLU after the last layer"

_other = MLP(_sizes)
_other.load_state_dict(_net.state_dict())
assert torch.allclose(_other(_x), _net(_x)), "a state_dict carries everything that is learned"

_net = MLP([5, 400, 3], dropout=0.5)
assert not torch.equal(_net(_x), _net(_x)), "in training mode dropout draws anew"
_net.eval()
assert torch.equal(_net(_x), _net(_x)), "in evaluation mode it sleeps"

### BEGIN HIDDEN TESTS
from autograder.hidden.torch_basics import grade

grade("MLP")
### END HIDDEN TESTS

# %% [markdown]
# <details><summary>Hint 1: from sizes to layers</summary>
#
# Neighbouring pairs of sizes are layers: `pairwise(sizes)`. What follows the last one differs from what follows the others.
#
# </details>
#
# <details><summary>Hint 2: where they live</summary>
#
# What is in a Python list isn't registered. `nn.ModuleList(layers)` and `nn.Sequential(*layers)` register every layer.
#
# </details>

# %% [markdown]
# ### Before you run it: layers in a list
#
# A colleague keeps the hidden layers in a Python list, `self.hidden = [...]`, and only the last layer in an attribute. The
# optimizer gets `model.parameters()`. How does training on the photographs go?
#
# - (a) it raises: half of the network is missing
# - (b) it runs, and the accuracy stays at 10 %
# - (c) it runs, and gets most photographs right
#
# Set the letter.

# %% nbgrader={"grade": false, "grade_id": "prediction_plain_list", "locked": false, "schema_version": 3, "solution": true, "task": false}
### BEGIN SOLUTION
prediction_plain_list = "c"
### END SOLUTION

# %% nbgrader={"grade": true, "grade_id": "test_prediction_plain_list", "locked": true, "points": 1, "schema_version": 3, "solution": false, "task": false}
if prediction_plain_list is None:
    raise NotImplementedError("prediction_plain_list is not written yet")
letter = str(prediction_plain_list).strip(" ().").lower()
assert letter in ("a", "b", "c"), "a prediction is one letter: a, b or c"

### BEGIN HIDDEN TESTS
from autograder.hidden.torch_basics import grade

grade("prediction_plain_list")
### END HIDDEN TESTS


# %% jupyter={"source_hidden": true} tags=["setup"]
# Given: the photographs as tensors, and a short training run; lesson 10 is about its five lines.
def clothes_tensors(part, count=None):
    """The photographs as float32 (N, 784) and int64 (N,) tensors, the first `count` of them."""
    x, y = load_clothes(part)
    return torch.tensor(x[:count]).float(), torch.tensor(y[:count])


def train_briefly(model, x, y, criterion, epochs=3, lr=0.05, seed=0):
    """SGD with momentum in batches of 64, on `device`; returns the mean loss of each epoch."""
    model.to(device).train()
    loader = DataLoader(
        TensorDataset(x, y), 64, shuffle=True, generator=torch.Generator().manual_seed(seed)
    )
    optimizer, means = torch.optim.SGD(model.parameters(), lr=lr, momentum=0.9), []
    for _ in range(epochs):
        total = 0.0
        for inputs, targets in loader:
            optimizer.zero_grad()
            loss = criterion(model(inputs.to(device)), targets.to(device))
            loss.backward()
            optimizer.step()
            total += len(targets) * loss.item()
        means.append(total / len(x))
    return means


def accuracy_of(model, x, y):
    """The share of right answers, in evaluation mode."""
    model.to(device).eval()
    with torch.no_grad():
        return (model(x.to(device)).argmax(dim=1).cpu() == y).float().mean().item()


# %% open="the fault is what to read here" tags=["demo", "prediction_plain_list"]
class Forgetful(nn.Module):
    """The hidden layers are in a plain list."""

    def __init__(self):
        super().__init__()
        self.hidden = [nn.Linear(784, 256, device=device), nn.Linear(256, 256, device=device)]
        self.last = nn.Linear(256, 10)

    def forward(self, x):
        for layer in self.hidden:
            x = torch.relu(layer(x))
        return self.last(x)


x_train, y_train = clothes_tensors("train", 4000)
x_test, y_test = clothes_tensors("test")
torch.manual_seed(0)
forgetful = Forgetful()
before = forgetful.hidden[0].weight.clone()
train_briefly(forgetful, x_train, y_train, F.cross_entropy, epochs=6, lr=0.1)
right = accuracy_of(forgetful, x_test, y_test)
print("parameters that the optimizer saw:", [name for name, _ in forgetful.named_parameters()])
print(
    f"more than 60 % right: {right > 0.6}; hidden layers unchanged:",
    torch.equal(before, forgetful.hidden[0].weight),
)
assert right > 0.6

# %% [markdown]
# The hidden layers stay as they were drawn, and the last layer makes do with random features. Nothing complains. It shows
# in the number of parameters, in the `state_dict`, and on a GPU, where `.to(device)` leaves the list behind. Count before
# you train.
#
# ## 6. A loss, its outputs and its targets
#
# The losses are lesson 01's. What is left to get wrong is how they're paired with outputs and targets.
#
# | task | the network's last layer gives | targets | loss in PyTorch | in TensorFlow |
# | --- | --- | --- | --- | --- |
# | one of C classes | logits `(N, C)`, no softmax | int64 `(N,)` | `CrossEntropyLoss` | `SparseCategoricalCrossentropy(from_logits=True)` |
# | the same, soft labels | logits `(N, C)` | float `(N, C)` | `CrossEntropyLoss` | `CategoricalCrossentropy(from_logits=True)` |
# | the same, after `log_softmax` | log-probabilities `(N, C)` | int64 `(N,)` | `NLLLoss` | - |
# | yes or no, several at once | logits, any shape | float, same shape | `BCEWithLogitsLoss` | `BinaryCrossentropy(from_logits=True)` |
# | a number | any shape | float, **same** shape | `MSELoss`, `L1Loss`, `HuberLoss` | `MeanSquaredError`, ... |
# | a class for each pixel | logits `(N, C, H, W)` | int64 `(N, H, W)` | `CrossEntropyLoss` | as the first, channels last |

# %% tags=["demo"]
generator = torch.Generator().manual_seed(0)
logits, targets = torch.randn(6, 4, generator=generator), torch.tensor([0, 3, 1, 1, 2, 0])
once = nn.CrossEntropyLoss()(logits, targets)
assert torch.isclose(once, nn.NLLLoss()(F.log_softmax(logits, dim=1), targets))  # the same thing
perfect = 100 * F.one_hot(targets, 4).float()
assert nn.CrossEntropyLoss()(perfect, targets) < 1e-6
floor = nn.CrossEntropyLoss()(perfect.softmax(dim=1), targets)  # softmax twice
assert abs(floor - (np.log(np.e + 3) - 1)) < 1e-6  # 0.74 for a flawless answer, with 4 classes

column, row = torch.zeros(5, 1), torch.arange(5.0)
assert raises(ValueError, lambda: nn.CrossEntropyLoss()(logits, targets[:5]))
assert (column - row).shape == (5, 5)  # (N, 1) against (N,): every pair. MSELoss only warns

weight, two = torch.tensor([1.0, 3.0]), torch.zeros(2, 2)
as_index = F.cross_entropy(two, torch.tensor([1, 1]), weight=weight)
as_probabilities = F.cross_entropy(two, torch.tensor([[0.0, 1], [0, 1]]), weight=weight)
print(
    f"class weight 3, as indices: {as_index / np.log(2):.0f} ln 2; as probabilities: {as_probabilities / np.log(2):.0f} ln 2"
)

logits.requires_grad_()
nothing = F.cross_entropy(logits, torch.full((6,), -100))  # -100 means: ignore this target
nothing.backward()
assert nothing.isnan()
assert not logits.grad.any()

# %% [markdown]
# With class weights, the mean over indices is divided by the sum of the weights; over probabilities, by N. And a batch whose
# targets are all ignored has a loss of `nan` and gradients of 0.
#
# ### What goes wrong: softmax, and then a loss that takes one itself
#
# Two runs of your `MLP`, equal but for a softmax at the end. The second one learns. Look at where its loss stops.

# %% jupyter={"source_hidden": true} tags=["demo"]
# Your MLP on the photographs, with logits and with a softmax too many.
x_train, y_train = clothes_tensors("train", 4000)
x_test, y_test = clothes_tensors("test")
fig, ax = plt.subplots(figsize=(6.2, 3.2))
for name, color, style, marker, last in (
    ("logits", BLUE, "-", "o", nn.Identity()),
    ("softmax, then cross-entropy", ORANGE, "--", "s", nn.Softmax(dim=1)),
):
    torch.manual_seed(0)
    net = nn.Sequential(MLP([784, 64, 10]), last)
    losses = train_briefly(net, x_train, y_train, F.cross_entropy, epochs=8)
    ax.plot(range(1, 9), losses, color=color, ls=style, marker=marker, label=name)
    print(f"{name}: last training loss {'above' if losses[-1] > 1.46 else 'below'} 1.46")
ax.axhline(
    np.log(np.e + 9) - 1, color="black", ls=":", label="1.46, the least that two softmaxes allow"
)
ax.set(xlabel="epoch", ylabel="training loss", ylim=(0, 2.3), title="A softmax too many")
ax.legend(fontsize=8, loc="upper right", bbox_to_anchor=(1, 0.6))
show_figure(
    "Training loss over 8 epochs. With logits it falls from 0.9 to about 0.3; with a softmax before the loss it falls from "
    "1.8 and stays above the dotted floor at 1.46."
)

# %% [markdown]
# The floor is $\ln(e + C - 1) - 1$, for C classes: probabilities lie in [0, 1], and the second softmax flattens them. A
# classifier whose loss won't go below 1.46 has this fault.
#
# ### Exercise: `combined_loss` (8 minutes, difficulty 2 of 5)
#
# A custom loss is a function of tensors that returns one number with its graph. This one adds the mean absolute error to the
# mean squared error, so that small errors still pull. Mind the moment when a prediction is exactly right: one way to
# write an absolute value has a gradient of `nan` there.


# %% nbgrader={"grade": false, "grade_id": "combined_loss", "locked": false, "schema_version": 3, "solution": true, "task": false}
def combined_loss(predictions, targets, mae_weight=0.1):
    """Mean squared error plus `mae_weight` times mean absolute error, both over all elements.

    Args:
        predictions, targets: float tensors of equal shape, any; not modified.
        mae_weight: float >= 0.

    Returns:
        A tensor of shape (), with its graph. Its gradient is finite also where predictions equal targets.

    Source: Goodfellow, Bengio and Courville, Deep Learning (2016), sections 5.5.1 and 6.2.1.
    """
    ### BEGIN SOLUTION
    error = predictions - targets
    return (error**2).mean() + mae_weight * error.abs().mean()
    ### END SOLUTION


# %% nbgrader={"grade": true, "grade_id": "test_combined_loss", "locked": true, "points": 1, "schema_version": 3, "solution": false, "task": false}
_p = torch.tensor([[1.0, 2.0], [3.0, 5.0]], requires_grad=True)
_t = torch.tensor([[1.0, 4.0], [3.0, 1.0]])
_loss = combined_loss(_p, _t, mae_weight=0.5)
assert abs(_loss.item() - (20 / 4 + 0.5 * 6 / 4)) < 1e-6, "(0 + 4 + 0 + 16) / 4 and half of 6 / 4"
assert abs(combined_loss(_p, _t).item() - 5.15) < 1e-6, (
    "by default the absolute error counts a tenth"
)
_loss.backward()
assert _p.grad.isfinite().all(), "finite also at the two predictions that are exactly right"
assert abs(_p.grad[0, 1].item() - (-1 - 0.125)) < 1e-6, "2 * (-2) / 4, and -0.5 / 4"

### BEGIN HIDDEN TESTS
from autograder.hidden.torch_basics import grade

grade("combined_loss")
### END HIDDEN TESTS

# %% [markdown]
# <details><summary>Hint: two means</summary>
#
# Both are `.mean()` over all elements of a function of the error. What is the derivative of a square root at 0?
#
# </details>

# %% [markdown]
# ## 7. Freeze, count, and treat each by its own rules
#
# To fine-tune, you freeze what is already good and train a new **head**, often at a higher rate. And weight decay is for
# weights that multiply inputs: on biases and on the scales of norm layers it does little good, and recipes leave it out.
#
# ### Exercise: `freeze` (4 minutes, difficulty 1 of 5)


# %% nbgrader={"grade": false, "grade_id": "freeze", "locked": false, "schema_version": 3, "solution": true, "task": false}
def freeze(module):
    """Set `requires_grad = False` on every parameter of a module and of all modules below it.

    Values, buffers and modes stay as they are.

    Args:
        module: nn.Module, of any depth, some of it perhaps already frozen.

    Source: Yosinski et al., How Transferable Are Features in Deep Neural Networks? (2014), section 3.
    """
    ### BEGIN SOLUTION
    for parameter in module.parameters():
        parameter.requires_grad = False
    ### END SOLUTION


# %% nbgrader={"grade": true, "grade_id": "test_freeze", "locked": true, "points": 1, "schema_version": 3, "solution": false, "task": false}
_model = nn.Sequential(nn.Sequential(nn.Linear(3, 4), nn.BatchNorm1d(4)), nn.Linear(4, 2))
freeze(_model[0])
assert [p.requires_grad for p in _model.parameters()] == [False] * 4 + [True] * 2, (
    "all four parameters of the frozen part, and nothing else"
)
assert all(m.training for m in _model.modules()), "modes are another matter"
_model(torch.randn(5, 3)).sum().backward()
assert _model[0][0].weight.grad is None, "backward leaves the frozen part alone"
assert _model[1].weight.grad is not None, "and still reaches the rest"

### BEGIN HIDDEN TESTS
from autograder.hidden.torch_basics import grade

grade("freeze")
### END HIDDEN TESTS

# %% [markdown]
# <details><summary>Hint: how far down?</summary>
#
# `module.children()` stops one level down. Which method goes all the way?
#
# </details>
#
# ### Exercise: `count_parameters` (4 minutes, difficulty 1 of 5)
#
# What is left to train? Think of what is held twice, and of what a `state_dict` holds besides.


# %% nbgrader={"grade": false, "grade_id": "count_parameters", "locked": false, "schema_version": 3, "solution": true, "task": false}
def count_parameters(model, trainable_only=True):
    """How many numbers a model holds as parameters; a shared parameter counts once, buffers do not count.

    Args:
        model: nn.Module.
        trainable_only: leave out parameters that require no gradient.

    Returns:
        int.

    Source: Press and Wolf, Using the Output Embedding to Improve Language Models (2017): why weights are shared.
    """
    ### BEGIN SOLUTION
    wanted = [p for p in model.parameters() if p.requires_grad or not trainable_only]
    return sum(p.numel() for p in wanted)
    ### END SOLUTION


# %% nbgrader={"grade": true, "grade_id": "test_count_parameters", "locked": true, "points": 1, "schema_version": 3, "solution": false, "task": false}
_model = nn.Sequential(nn.Linear(3, 4), nn.BatchNorm1d(4), nn.Linear(4, 2))
assert count_parameters(_model) == 16 + 8 + 10, "weights and biases, and no running statistics"
_model[0].weight.requires_grad = False
assert count_parameters(_model) == 34 - 12, "what is frozen does not count"
assert count_parameters(_model, trainable_only=False) == 34, "unless you ask for it"
_model[2] = _model[0]
assert count_parameters(_model, False) == 24, "a layer that is used twice is held once"

### BEGIN HIDDEN TESTS
from autograder.hidden.torch_basics import grade

grade("count_parameters")
### END HIDDEN TESTS

# %% [markdown]
# <details><summary>Hint: who names each once?</summary>
#
# `model.parameters()` goes all the way down, and names a shared parameter once. `named_modules` and `state_dict` don't do
# both.
#
# </details>
#
# ### Exercise: `parameter_groups` (25 minutes, difficulty 3 of 5)
#
# Lesson 05's `Adam` took groups; so do torch's optimizers: a list of dicts, each with `params` and options. Sort the
# parameters of any model by two questions: is it in the head, and does it decay?
#
# A name tells you where a parameter lives (`"encoder.0.weight"`), but not in what: the `weight` of a batch norm looks like
# any other. And names are slippery: `header.weight` is not in `head`.


# %% nbgrader={"grade": false, "grade_id": "parameter_groups", "locked": false, "schema_version": 3, "solution": true, "task": false}
def parameter_groups(model, lr, head_lr, weight_decay, head="head"):
    """Groups for an optimizer of torch.optim: the head at its own rate, biases and norm layers without decay.

    Args:
        model: nn.Module. Its norm layers are torch's: batch, instance, layer, group and RMS norm, of any kind.
        lr: the rate of all parameters outside of the head.
        head_lr: the rate of the parameters named `head` or `head.` and anything.
        weight_decay: the decay of all parameters but biases (whose own name is "bias") and the weights of norm
            layers; those have 0.0.
        head: the name, from the model's top; may contain dots.

    Returns:
        A list of dicts, as many as you like, each with "params" (a list), "lr" and "weight_decay". Every parameter is in
        exactly one of them, frozen ones too; a shared one once. Nothing about the model changes.

    Source: He et al., Bag of Tricks for Image Classification with Convolutional Neural Networks (2019), section 3.1.
    """
    ### BEGIN SOLUTION
    norms = (
        nn.modules.batchnorm._NormBase,  # batch and instance norms of every kind
        nn.LayerNorm,
        nn.GroupNorm,
        nn.RMSNorm,
    )
    in_norms = {
        id(p)
        for module in model.modules()
        if isinstance(module, norms)
        for p in module.parameters()
    }
    groups = {}
    for name, parameter in model.named_parameters():
        in_head = name == head or name.startswith(f"{head}.")
        bare = name.split(".")[-1] == "bias" or id(parameter) in in_norms
        key = (head_lr if in_head else lr, 0.0 if bare else weight_decay)
        groups.setdefault(key, []).append(parameter)
    return [
        {"params": parameters, "lr": rate, "weight_decay": decay}
        for (rate, decay), parameters in groups.items()
    ]
    ### END SOLUTION


# %% nbgrader={"grade": true, "grade_id": "test_parameter_groups", "locked": true, "points": 4, "schema_version": 3, "solution": false, "task": false}
_model = nn.Sequential()
_model.add_module("body", nn.Sequential(nn.Linear(3, 4), nn.BatchNorm1d(4)))
_model.add_module("header", nn.Linear(4, 4))
_model.add_module("head", nn.Linear(4, 2))
_groups = parameter_groups(_model, lr=0.1, head_lr=1.0, weight_decay=0.01)
_rules = {id(p): (g["lr"], g["weight_decay"]) for g in _groups for p in g["params"]}
assert sum(len(g["params"]) for g in _groups) == len(_rules) == 8, "each of 8 parameters, once"
assert _rules[id(_model.body[0].weight)] == (0.1, 0.01), "a weight decays"
assert _rules[id(_model.body[0].bias)] == (0.1, 0.0), "a bias doesn't"
assert _rules[id(_model.body[1].weight)] == (0.1, 0.0), "nor does the weight of a batch norm"
assert _rules[id(_model.head.weight)] == (1.0, 0.01), "the head has its own rate"
assert _rules[id(_model.head.bias)] == (1.0, 0.0), "and its bias doesn't decay either"
assert _rules[id(_model.header.weight)] == (0.1, 0.01), "header is not head"
_optimizer = torch.optim.AdamW(_groups)

### BEGIN HIDDEN TESTS
from autograder.hidden.torch_basics import grade

grade("parameter_groups")
### END HIDDEN TESTS

# %% [markdown]
# <details><summary>Hint 1: two passes</summary>
#
# Which parameters belong to norm layers? Only modules know: go through `model.modules()` with `isinstance`. Then go through
# the names.
#
# </details>
#
# <details><summary>Hint 2: identity</summary>
#
# Tensors can't be compared with `==` to find one in a list. `id(parameter)` can go into a set.
#
# </details>
#
# <details><summary>Hint 3: almost the lines</summary>
#
# A dict from `(rate, decay)` to a list; for each `name, parameter` of `model.named_parameters()`: is the name `head`, or does it
# begin with `head` and a dot? Is its last part `bias`, or its id in the set? Then make a dict of each list.
#
# </details>

# %% [markdown]
# ### The look: what your groups do
#
# One step with all gradients set to zero. Whatever shrinks, decays; how far, is rate times decay.

# %% jupyter={"source_hidden": true} tags=["demo"]
# The shrinking of each parameter in one step of AdamW without gradients, by your groups.
torch.manual_seed(0)
small_net = nn.Sequential()
small_net.add_module("conv", nn.Conv2d(1, 4, 3))
small_net.add_module("norm", nn.BatchNorm2d(4))
small_net.add_module("head", nn.Linear(4, 10))
nn.init.ones_(small_net.norm.bias)
groups = parameter_groups(small_net, lr=0.1, head_lr=0.5, weight_decay=0.4)
before = {name: p.detach().clone() for name, p in small_net.named_parameters()}
for p in small_net.parameters():
    p.grad = torch.zeros_like(p)
torch.optim.AdamW(groups).step()
shrunk = {
    name: 100 * (1 - (p / before[name]).mean().item()) for name, p in small_net.named_parameters()
}
fig, ax = plt.subplots(figsize=(6.2, 2.6))
bars = ax.barh(
    list(shrunk),
    list(shrunk.values()),
    color=[ORANGE if name.startswith("head") else BLUE for name in shrunk],
)
for bar, name in zip(bars, shrunk, strict=True):
    bar.set_hatch("//" if name.startswith("head") else "")
ax.invert_yaxis()
ax.set(xlabel="shrunk by, in %", title="Decay in one step: rate times 0.4")
show_figure(
    "Bars for six parameters: conv.weight shrinks by 4 percent, head.weight by 20, and both biases and the norm's "
    "weight and bias by nothing."
)
assert abs(shrunk["conv.weight"] - 4) < 1e-3
assert abs(shrunk["head.weight"] - 20) < 1e-3

# %% [markdown]
# ## 8. Part I, against the library
#
# The next cells are for your own functions of Part I. Each holds torch's own, so that it runs as it stands;
# `%bring` in a cell puts yours there. Then one cell compares them all with torch, and says which are still given.


# %% tags=["bring"]
# bring: cross_entropy (lesson 01)
def cross_entropy(logits, targets, reduction="mean"):
    """Given: torch's own, until you bring yours."""
    losses = F.cross_entropy(torch.tensor(logits), torch.tensor(targets), reduction=reduction)
    return losses.numpy()


cross_entropy.given = True


# %% jupyter={"source_hidden": true} tags=["bring"]
# bring: Tensor (lesson 03)
class Tensor:
    """Given: a torch tensor with the interface of lesson 03, until you bring yours."""

    given = True

    def __init__(self, data, parents=(), op=""):
        known = isinstance(data, torch.Tensor)
        self.inner = data if known else torch.tensor(data, dtype=torch.float64, requires_grad=True)
        self.parents, self.op = tuple(parents), op

    @property
    def data(self):
        return self.inner.detach().numpy()

    @property
    def grad(self):
        return None if self.inner.grad is None else self.inner.grad.numpy()

    def __add__(self, other):
        return Tensor(self.inner + other.inner)

    def __mul__(self, other):
        return Tensor(self.inner * other.inner)

    def __matmul__(self, other):
        return Tensor(self.inner @ other.inner)

    def relu(self):
        return Tensor(self.inner.relu())

    def sum(self, axis=None, keepdims=False):
        return Tensor(self.inner.sum())

    def backward(self, grad=None):
        self.inner.backward(None if grad is None else torch.tensor(grad))


# %% tags=["bring"]
# bring: batchnorm_forward (lesson 04)
def batchnorm_forward(
    x, gamma, beta, running_mean, running_var, momentum=0.1, eps=1e-5, training=True
):
    """Given: torch's own, until you bring yours."""
    mean, var = torch.tensor(running_mean), torch.tensor(running_var)  # copies, to be written to
    scale, shift = torch.tensor(gamma), torch.tensor(beta)
    out = F.batch_norm(torch.tensor(x), mean, var, scale, shift, training, momentum, eps)
    return out.numpy(), None, mean.numpy(), var.numpy()


batchnorm_forward.given = True


# %% tags=["bring"]
# bring: adam_step (lesson 05)
def adam_step(param, grad, m, v, t, lr=1e-3, beta1=0.9, beta2=0.999, eps=1e-8):
    """Given: one step of torch's own, until you bring yours."""
    w = torch.tensor(param, requires_grad=True)
    w.grad = torch.tensor(grad)
    optimizer = torch.optim.Adam([w], lr, (beta1, beta2), eps)
    state = {"step": torch.tensor(t - 1.0), "exp_avg": torch.tensor(m)}
    optimizer.state[w] = state | {"exp_avg_sq": torch.tensor(v)}
    optimizer.step()
    state = optimizer.state[w]
    return w.detach().numpy(), state["exp_avg"].numpy(), state["exp_avg_sq"].numpy()


adam_step.given = True


# %% tags=["bring"]
# bring: warmup_cosine (lesson 06)
def warmup_cosine(step, base_lr, warmup_steps, total_steps, min_lr=0.0):
    """Given: torch's own, until you bring yours."""
    optimizer = torch.optim.SGD([torch.zeros(1)], lr=base_lr)
    schedule = torch.optim.lr_scheduler
    parts = [
        schedule.LinearLR(optimizer, 1 / warmup_steps, total_iters=warmup_steps - 1),
        schedule.CosineAnnealingLR(optimizer, total_steps - warmup_steps, min_lr),
    ]
    both = schedule.SequentialLR(optimizer, parts, [warmup_steps])
    for _ in range(step):
        optimizer.step()
        both.step()
    return optimizer.param_groups[0]["lr"]


warmup_cosine.given = True


# %% jupyter={"source_hidden": true} tags=["bring"]
# bring: init_mlp, forward, backward (lesson 08)
def init_mlp(sizes, rng):
    """Given: by torch, until you bring yours."""
    drawn = torch.Generator().manual_seed(int(rng.integers(2**31)))
    params = {}
    for layer, (rows, columns) in enumerate(pairwise(sizes), start=1):
        W = torch.empty(rows, columns, dtype=torch.float64)
        params[f"W{layer}"] = nn.init.kaiming_normal_(W.T, generator=drawn).T.numpy()
        params[f"b{layer}"] = torch.zeros(columns, dtype=torch.float64).numpy()
    return params


def forward(params, x, p, rng, training):
    """Given: by torch and without dropout, until you bring yours."""
    leaves = {name: torch.tensor(value, requires_grad=True) for name, value in params.items()}
    h = torch.tensor(x)
    for layer in range(1, len(params) // 2 + 1):
        h = h.relu() if layer > 1 else h
        h = h @ leaves[f"W{layer}"] + leaves[f"b{layer}"]
    return h.detach().numpy(), (h, leaves)


def backward(dlogits, caches):
    """Given: by autograd, until you bring yours."""
    logits, leaves = caches
    upstream = torch.tensor(dlogits)
    grads = torch.autograd.grad(logits, list(leaves.values()), upstream, retain_graph=True)
    return dict(zip(leaves, (grad.numpy() for grad in grads), strict=True))


forward.given = True


# %% jupyter={"source_hidden": true} tags=["demo"]
# Part I against torch, in float64: the digits on which each pair agrees.
rng = np.random.default_rng(9)
rows = {}


def agree(name, function, theirs_name, pairs):
    """Digits of agreement, counted to 12: the largest difference over the largest number."""
    worst = max(
        np.abs(np.asarray(a) - np.asarray(b)).max() / np.abs(np.asarray(b)).max() for a, b in pairs
    )
    digits = int(min(12, -np.log10(worst + 1e-300)))
    rows[name] = (theirs_name, digits, getattr(function, "given", False))


def as_64(array):
    return torch.tensor(array, dtype=torch.float64)


z, y = rng.normal(size=(20, 5)) * 10, rng.integers(5, size=20)
agree(
    "01 cross_entropy",
    cross_entropy,
    "F.cross_entropy",
    [(cross_entropy(z, y), F.cross_entropy(as_64(z), torch.tensor(y)))],
)

a, W, b = rng.normal(size=(7, 4)), rng.normal(size=(4, 3)), rng.normal(size=3)
mine = [Tensor(value) for value in (a, W, b)]
((mine[0] @ mine[1] + mine[2]).relu() * Tensor(np.full((7, 3), 0.5))).sum().backward()
theirs = [as_64(value).requires_grad_() for value in (a, W, b)]
((theirs[0] @ theirs[1] + theirs[2]).relu() * 0.5).sum().backward()
agree(
    "03 Tensor",
    Tensor,
    "Tensor.backward",
    [(m.grad, t.grad) for m, t in zip(mine, theirs, strict=True)],
)

norm, batch = nn.BatchNorm1d(3, dtype=torch.float64), rng.normal(size=(16, 3)) * 3 + 1
out, _, mean, var = batchnorm_forward(batch, np.ones(3), np.zeros(3), np.zeros(3), np.ones(3))
said = norm(as_64(batch)).detach()
agree(
    "04 batchnorm_forward",
    batchnorm_forward,
    "nn.BatchNorm1d",
    [(out, said), (mean, norm.running_mean), (var, norm.running_var)],
)

param, m, v = rng.normal(size=6), np.zeros(6), np.zeros(6)
w = as_64(param).requires_grad_()
optimizer, pairs = torch.optim.Adam([w], lr=0.1), []
for t in range(1, 21):
    grad = rng.normal(size=6)
    param, m, v = adam_step(param, grad, m, v, t, lr=0.1)
    w.grad = as_64(grad)
    optimizer.step()
    pairs.append((param, w.detach().numpy().copy()))
agree("05 adam_step, 20 steps", adam_step, "optim.Adam", pairs)

optimizer = torch.optim.SGD([w], lr=1.0)
schedule = torch.optim.lr_scheduler
warm = schedule.LinearLR(optimizer, start_factor=1 / 5, total_iters=4)
both = schedule.SequentialLR(
    optimizer, [warm, schedule.CosineAnnealingLR(optimizer, 15)], milestones=[5]
)
rates = []
for _ in range(20):
    rates.append(optimizer.param_groups[0]["lr"])
    optimizer.step()
    both.step()
agree(
    "06 warmup_cosine",
    warmup_cosine,
    "SequentialLR",
    [([warmup_cosine(i, 1.0, 5, 20) for i in range(20)], rates)],
)

params = init_mlp([6, 8, 7, 4], rng)
x, y = rng.normal(size=(12, 6)), rng.integers(4, size=12)
logits, caches = forward(params, x, 0.0, None, False)
theirs = {name: as_64(value).requires_grad_() for name, value in params.items()}
h = as_64(x)
for layer in (1, 2, 3):
    h = (h.relu() if layer > 1 else h) @ theirs[f"W{layer}"] + theirs[f"b{layer}"]
h.backward(as_64(np.ones((12, 4))))
grads = backward(np.ones((12, 4)), caches)
agree(
    "08 forward, backward",
    forward,
    "autograd",
    [(logits, h.detach()), *((grads[n], theirs[n].grad) for n in params)],
)

weight = rng.normal(size=(5, 3, 3, 2))
pictures = rng.normal(size=(2, 3, 9, 8))
own, library = (f(as_64(pictures), as_64(weight), None, 2, 1) for f in (conv2d, F.conv2d))
agree("09 conv2d", conv2d, "F.conv2d", [(own, library)])

for name, (theirs_name, digits, given) in rows.items():
    note = "given so far, so torch against itself: %bring yours" if given else ""
    print(f"{name:24} {theirs_name:16} {digits:2} digits or more  {note}".rstrip())
assert all(digits == 12 for _, digits, _ in rows.values())

# %% [markdown]
# Twelve digits everywhere: the rest is rounding.
#
# ## 9. Lesson 08's network as a module
#
# The same sizes, the same photographs. The NumPy parameters go into your `MLP`, and both networks are asked the same: logits,
# and gradients of the loss. Mind the layout, and who is float64.

# %% jupyter={"source_hidden": true} tags=["demo"]
# Lesson 08's parameters in your MLP: logits and gradients of one batch, both ways.
sizes = [784, 256, 10]
params = init_mlp(sizes, np.random.default_rng(0))
model = MLP(sizes).double()  # float64, as NumPy's
wanted = {(256, 784): "W1", (256,): "b1", (10, 256): "W2", (10,): "b2"}
wanted |= {shape[::-1]: name for shape, name in wanted.items() if len(shape) == 2}
slots = {}
with torch.no_grad():  # writing into a parameter is no part of the graph
    for parameter in model.parameters():
        name = slots[parameter] = wanted[tuple(parameter.shape)]
        values = torch.tensor(params[name])
        parameter.copy_(values if values.shape == parameter.shape else values.T)

x, y = load_clothes("test")
x, y = x[:128], y[:128]
logits = model(torch.tensor(x))
F.cross_entropy(logits, torch.tensor(y)).backward()

own_logits, caches = forward(params, x, 0.0, None, False)
p = np.exp(own_logits - own_logits.max(axis=1, keepdims=True))
p /= p.sum(axis=1, keepdims=True)
p[np.arange(128), y] -= 1
own_grads = backward(p / 128, caches)
assert np.allclose(own_logits, logits.detach(), rtol=1e-9, atol=1e-12)
for parameter, name in slots.items():
    by_hand = own_grads[name] if own_grads[name].shape == parameter.shape else own_grads[name].T
    same = np.allclose(by_hand, parameter.grad, rtol=1e-9, atol=1e-12)
    print(f"{name}: {params[name].shape} in NumPy, {tuple(parameter.shape)} in your MLP, ", end="")
    print(f"{by_hand.size:,} gradients, equal to nine digits: {same}")
    assert same, name
print(f"{count_parameters(model):,} parameters in all")

# %% [markdown]
# **Batches.** `TensorDataset` pairs inputs with targets, and `DataLoader` makes batches of them. Shuffling draws from a
# `torch.Generator`; give it one of its own, and the order can be reproduced.

# %% tags=["demo"]
pairs = TensorDataset(torch.arange(10.0), torch.arange(10))


def order(seed):
    loader = DataLoader(
        pairs, batch_size=4, shuffle=True, generator=torch.Generator().manual_seed(seed)
    )
    return [targets.tolist() for _, targets in loader]


assert len(pairs) == 10
assert pairs[3] == (torch.tensor(3.0), torch.tensor(3))
assert [len(batch) for batch in order(0)] == [4, 4, 2]  # the last batch is short
assert order(0) == order(0) != order(1)  # the generator decides, nobody else
assert all(
    torch.equal(x.long(), y) for x, y in DataLoader(pairs, 4, shuffle=True)
)  # pairs stay pairs
print(order(0))

# %% [markdown]
# ## 10. All of it yours: kernels that learn
#
# A network of your parts: eight kernels of your `conv2d`, ReLU, max pooling, and your `MLP` on top, with your
# `parameter_groups`. It starts with random kernels. After training on 2,000 photographs, what do they look for? (If your
# `conv2d` loops over images, this takes a few minutes.)


# %% jupyter={"source_hidden": true} tags=["demo"]
# A convolutional network of your own parts, trained; its kernels, and what they see.
class SmallConvNet(nn.Module):
    def __init__(self, kernels=8):
        super().__init__()
        self.kernels = nn.Parameter(0.2 * torch.randn(kernels, 1, 5, 5))
        self.bias = nn.Parameter(torch.zeros(kernels))
        self.head = MLP([kernels * 7 * 7, 64, 10])

    def features(self, x):
        return torch.relu(conv2d(x, self.kernels, self.bias, stride=2, padding=2))

    def forward(self, x):
        return self.head(F.max_pool2d(self.features(x.reshape(-1, 1, 28, 28)), 2).flatten(1))


torch.manual_seed(1)
net = SmallConvNet().to(device)
x_train, y_train = clothes_tensors("train", 2000)
x_test, y_test = clothes_tensors("test")
optimizer = torch.optim.AdamW(parameter_groups(net, lr=4e-3, head_lr=2e-3, weight_decay=0.01))
generator = torch.Generator().manual_seed(1)
for _ in range(8):
    for inputs, targets in DataLoader(
        TensorDataset(x_train, y_train), 50, True, generator=generator
    ):
        optimizer.zero_grad()
        F.cross_entropy(net(inputs.to(device)), targets.to(device)).backward()
        optimizer.step()
right = accuracy_of(net, x_test, y_test)
with torch.no_grad():
    seen = net.features(photos.to(device) - 0.286).cpu()
fig, axes = plt.subplots(4, 9, figsize=(11, 5))
axes[0, 0].axis("off")
for row, photo in enumerate(photos, start=1):
    axes[row, 0].imshow(photo[0], cmap="gray")
for k in range(8):
    kernel = net.kernels[k, 0].detach().cpu()
    axes[0, k + 1].imshow(kernel, cmap="gray", vmin=-kernel.abs().max(), vmax=kernel.abs().max())
    axes[0, k + 1].set_title(f"kernel {k}", fontsize=9)
    for row in (1, 2, 3):
        axes[row, k + 1].imshow(seen[row - 1, k], cmap="gray")
for ax in axes.flat:
    ax.set(xticks=[], yticks=[])
plt.tight_layout()
show_figure(
    "Above, eight learned kernels of 5 by 5, several of them light on one side and dark on the other. Below, a trouser, a "
    "sneaker and a bag, and what each kernel makes of them: edges of one direction, or surfaces."
)
print(
    f"parameters: {count_parameters(net)}; at least 80 % of the test photographs right: {right >= 0.8}"
)
assert right >= 0.8

# %% [markdown]
# Several of them answer to edges of one direction; nobody told them to. With an eighth of the parameters of lesson 08's
# network and a fifth of its photographs, this isn't 08's 87.6 % yet. Lesson 10 writes the loop that beats it.
#
# ## 11. In practice
#
# | you wrote | PyTorch | TensorFlow |
# | --- | --- | --- |
# | `gradient_of` | `torch.func.grad` | `tf.GradientTape` |
# | `ClippedSquare` | `torch.autograd.Function` | `tf.custom_gradient` |
# | `conv2d` | `F.conv2d`, `nn.Conv2d` (NCHW) | `tf.nn.conv2d`, `layers.Conv2D` (NHWC) |
# | `Linear` | `nn.Linear`, weight `(out, in)` | `layers.Dense`, kernel `(in, out)` |
# | `MLP` | `nn.Sequential` | `keras.Sequential` |
# | `freeze` | `module.requires_grad_(False)` | `layer.trainable = False` (freezes a batch norm's statistics, too) |
# | `parameter_groups` | a list of dicts for the optimizer | `exclude_from_weight_decay`, one rate |
#
# ## 12. To come back to
#
# | symptom | look at | do |
# | --- | --- | --- |
# | the gradient grows from step to step | `.grad` accumulates | clear it before `backward` |
# | `element 0 of tensors does not require grad` | the graph was cut: `.item()`, `.detach()`, NumPy, `no_grad` | stay in tensors |
# | `expected scalar type Float but found Double` | float64 from NumPy | `.float()` |
# | `expected scalar type Long` | class targets | int64, `(N,)` |
# | `Expected all tensors to be on the same device` | a plain list, a tensor made inside `forward`, `x.to(device)` without `x =` | register it; `x.new_zeros(...)`; assign |
# | the loss stops at 1.46 (10 classes) | softmax before `CrossEntropyLoss` | pass on logits |
# | a loss of `nan`, gradients 0 | every target ignored | skip the batch |
# | gradients `nan` where predictions are exact | `sqrt` at 0 | `abs`, or add a small number inside of the root |
# | a frozen layer still changes | batch norm's buffers; weight decay on a gradient of zero | `.eval()`; `.grad = None` |
# | fewer parameters than you think | layers in a list or a dict | `ModuleList`, `ModuleDict` |
#
# | you want | typical |
# | --- | --- |
# | a kernel | 3 × 3, padding 1 keeps the size; 5 × 5 or 7 × 7 in a first layer |
# | half the size | stride 2, or max pooling of 2 × 2 |
# | more channels | twice as many whenever the size is halved |
# | a receptive field | 1 + n (k - 1) wide after n layers of k × k; each stride of 2 doubles what later layers add |
# | the head's rate when fine-tuning | 10 times the body's |
# | weight decay | 0.01 to 0.1 with AdamW; 0 for biases and norm layers |

# %% [markdown]
# ## 13. Mastery questions
#
# Answer in your own words, in a few sentences each. A person reads them.

# %% [markdown] nbgrader={"grade": false, "grade_id": "grad_of_a_nonleaf", "locked": true, "points": 3, "schema_version": 3, "solution": false, "task": true}
# **1. Where is my gradient?** A colleague writes `w = torch.randn(3, requires_grad=True) * 0.01`, trains with plain tensors, and finds
# `w.grad` is `None` after `backward`. Explain why, give two ways to mend it, and say what `w.data = w.data - lr * g` hides from autograd.
#
# === BEGIN MARK SCHEME ===
# 1 point: the product is not a leaf: the leaf is the tensor before the multiplication; backward stores gradients in leaves only.
# 1 point: two of: scale first and then requires_grad_(); nn.Parameter of the scaled values; w.retain_grad() (works, but training would
# move the wrong tensor); multiply inside no_grad.
# 1 point: .data bypasses the version counter: if the old values were saved for a backward pass, that pass is silently wrong. In place
# under torch.no_grad() is noticed.
# === END MARK SCHEME ===

# %% [markdown]
# *Your answer here.*

# %% [markdown] nbgrader={"grade": false, "grade_id": "why_convolution", "locked": true, "points": 3, "schema_version": 3, "solution": false, "task": true}
# **2. Why slide?** A linear layer can do whatever a convolution does. Say what a convolution assumes about images, name two things that it
# saves, and give a task for which the assumption is wrong.
#
# === BEGIN MARK SCHEME ===
# 1 point: the same pattern means the same wherever it is (weights are shared over places), and what belongs together is close by
# (locality).
# 1 point: two of: parameters; data (a pattern seen in one place is known in all); computation and memory for gradients. With a number or a
# formula: F C kh kw against C H W times F H' W'.
# 1 point: a task where the place matters or neighbours mean nothing: columns of a table, pixels in a shuffled order, reading a gauge by where
# its needle is, portraits that are always aligned.
# === END MARK SCHEME ===

# %% [markdown]
# *Your answer here.*

# %% [markdown] nbgrader={"grade": false, "grade_id": "frozen_and_moving", "locked": true, "points": 3, "schema_version": 3, "solution": false, "task": true}
# **3. Frozen, and yet it moves.** You freeze the body of a network with batch norms by `requires_grad = False`, and train the head with an
# optimizer that was given all parameters and has weight decay. Name everything about the body that may still change, and how to stop each.
#
# === BEGIN MARK SCHEME ===
# 1 point: the running statistics of batch norms change in every forward pass in training mode; eval() on those modules, again after each
# model.train().
# 1 point: parameters whose .grad is not None (left from before, cleared to zeros) are still stepped: weight decay and momentum move them.
# Set .grad to None (zero_grad's default does), or leave them out of the optimizer.
# 1 point: no gradient at all means that the optimizer skips the parameter, decay included; or: dropout in the body stays random in training
# mode and changes what the head sees, which eval() stops as well.
# === END MARK SCHEME ===

# %% [markdown]
# *Your answer here.*

# %% [markdown]
# ## Further reading
#
# - LeCun, Bottou, Bengio and Haffner (1998), *Gradient-Based Learning Applied to Document Recognition*: the convolutional network, section II.
# - Dumoulin and Visin (2016), *A Guide to Convolution Arithmetic for Deep Learning*: every stride and padding, drawn.
# - Paszke et al. (2019), *PyTorch: An Imperative Style, High-Performance Deep Learning Library*: why the graph is what ran.
# - Baydin, Pearlmutter, Radul and Siskind (2018), *Automatic Differentiation in Machine Learning: a Survey*.
# - Chellapilla, Puri and Simard (2006), *High Performance Convolutional Neural Networks for Document Processing*: convolution as one matrix
#   product of unfolded windows.
# - Luo, Li, Urtasun and Zemel (2016), *Understanding the Effective Receptive Field in Deep Convolutional Neural Networks*.
# - Yosinski, Clune, Bengio and Lipson (2014), *How Transferable Are Features in Deep Neural Networks?*: what to freeze.
# - Bolte and Pauwels (2020), *A Mathematical Model for Automatic Differentiation in Machine Learning*: what autograd computes at a kink.
#
# **Next:** [lesson 10](../10_training_loop/training_loop.ipynb). The machine is there. Which five lines make it learn?
