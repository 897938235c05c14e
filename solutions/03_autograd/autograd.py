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
# # 03 - Reverse-mode automatic differentiation
#
# In lesson 02 you wrote a backward pass for one network. Change one layer, and you'd have to write it again.
# In this lesson you write it once, for every network that you will ever type.
#
# **You will be able to**
#
# - build what `loss.backward()` does, for any expression made of a dozen operations;
# - say why the walk back needs a special order, and why gradients are added and never assigned;
# - undo broadcasting in a gradient;
# - record operations on a tape, and read the gradients that you want off the record.
#
# **You need** lesson 02 (the chain rule as local derivatives times what flows in), classes in Python,
# and NumPy's broadcasting.
#
# **It takes** about three and a half hours: four exercises and three predictions. The third exercise is the
# heart of it, and comes in six stages. The cell beneath each exercise checks it (`%check`), as often
# as you like.

# %% jupyter={"source_hidden": true} tags=["setup"]
# Given: NumPy as np, Matplotlib as plt, a Node to draw graphs with, spirals, new weights.
import matplotlib.pyplot as plt
import numpy as np

BLUE, ORANGE, GREEN, RED, GREY = "#0072B2", "#E69F00", "#009E73", "#D55E00", "#555555"


class Node:
    """A box in a graph: a number, the boxes that it was made of, the operation, a gradient."""

    def __init__(self, data, parents=(), op="", grad=None):
        self.data, self.parents, self.op, self.grad = (
            np.array(data, float),
            tuple(parents),
            op,
            grad,
        )


def short(value):
    """A number with two decimals, an array as its shape."""
    value = np.asarray(value)
    return f"{value.item():.2f}".replace("-", "−") if value.size == 1 else f"{value.shape}"


def columns_of(order):
    """A column for each node: right of all its parents; a leaf one to the left of its first child."""
    column = {}
    for node in order:
        column[id(node)] = max((column[id(p)] + 1 for p in node.parents), default=0)
    for node in reversed(order):
        for parent in node.parents:
            if not parent.parents:
                column[id(parent)] = column[id(node)] - 1
    return column


def draw_graph(ax, order, names, title="", last=None):
    """Draw nodes with their values and gradients. `order` has parents before children; `names` maps
    `id(node)` to a name. With `last`, only the last so many nodes of `order` show a gradient.
    Returns the place of each node, by `id`."""
    column, rows, place = columns_of(order), {}, {}
    for node in order:
        rows.setdefault(column[id(node)], []).append(node)
    for x, nodes in rows.items():
        for i, node in enumerate(nodes):
            place[id(node)] = (x, (len(nodes) - 1) / 2 - i)
    hidden = set() if last is None else {id(node) for node in order[: len(order) - last]}
    for node in order:
        x, y = place[id(node)]
        for turn, parent in enumerate(node.parents):
            start = place[id(parent)]
            far = x - start[0] > 1 and y == start[1]
            curve, lift = (-0.42, 0.28) if far else (0, 0)  # over what stands between
            if sum(p is parent for p in node.parents) > 1:
                curve, lift = (0.3, -0.3)[turn % 2], 0.12
            arrow = {"arrowstyle": "-|>", "color": GREY, "lw": 1.5}
            arrow |= {"connectionstyle": f"arc3,rad={curve}", "shrinkA": 1, "shrinkB": 1}
            ends = (x - 0.31, y + lift), (start[0] + 0.31, start[1] + lift)
            ax.annotate("", *ends, arrowprops=arrow)
        name = names.get(id(node), "")
        made = f"{name} = {node.op}" if name and node.op else name or node.op
        known = node.grad is not None and id(node) not in hidden
        face = "#fdeccb" if known else "0.95"
        ax.add_patch(plt.Rectangle((x - 0.31, y - 0.36), 0.62, 0.72, fc=face, ec="black", lw=1.2))
        middle = {"ha": "center", "va": "center", "fontsize": 9.5}
        ax.text(x, y + 0.22, made, **middle)
        ax.text(x, y, short(node.data), **middle)
        gradient = f"grad {short(node.grad)}" if known else "grad ?"
        ax.text(x, y - 0.22, gradient, color=RED, **middle)
    ax.set(xlim=(-0.45, max(column.values()) + 0.45), title=title)
    tall = max(len(nodes) for nodes in rows.values()) / 2 + 0.05
    ax.set_ylim(-tall, tall)
    ax.axis("off")
    return place


def spirals(rng, n=150, classes=3, noise=0.12):
    """Spiral arms, one for each class: x float64 (n, 2), y int64 (n,)."""
    y = np.arange(n) % classes
    along = rng.uniform(0.15, 1, size=n)
    angle = 2 * np.pi * y / classes + 3.5 * along + noise * rng.normal(size=n)
    return np.stack([along * np.cos(angle), along * np.sin(angle)], axis=1), y


def start_params(rng, inputs=2, hidden=24, classes=3):
    """Weights and biases of a network with one hidden layer: a dict of float64 arrays."""
    return {
        "W1": 1.5 * rng.normal(size=(inputs, hidden)),
        "b1": rng.normal(size=hidden),
        "W2": rng.normal(size=(hidden, classes)) / np.sqrt(hidden),
        "b2": np.zeros(classes),
    }


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
# ## 1. A program is a graph
#
# Take one input $x$, a weight $w$, a bias $b$, a target $y$, and the squared error
# $L = (w x + b - y)^2$. A computer doesn't see this formula. It takes four small steps, and each makes a new
# number out of one or two that it already has.
#
# Draw a box for each number, and an arrow from what was used to what was made of it: a **computational
# graph**. The boxes that went in are its **leaves**, the boxes that a box was made of are its **parents**, and
# the one at the end, the loss, is the **root**.

# %% jupyter={"source_hidden": true} tags=["demo"]
# A graph of eight boxes, each with its value and its gradient.
w, x, b, y = Node(0.5, grad=-9), Node(3, grad=-1.5), Node(1, grad=-3), Node(4, grad=3)
p = Node(1.5, (w, x), "w x", grad=-3)
s = Node(2.5, (p, b), "p + b", grad=-3)
d = Node(-1.5, (s, y), "s − y", grad=-3)
L = Node(2.25, (d,), "d²", grad=1)
names = dict(zip(map(id, (w, x, b, y, p, s, d, L)), "wxbypsdL", strict=True))
fig, ax = plt.subplots(figsize=(9.6, 2.9), layout="constrained")
draw_graph(
    ax,
    [w, x, p, b, s, y, d, L],
    names,
    "Black: values, made from left to right. Red: gradients of L",
)
show_figure(
    "A graph of eight boxes from left to right: w = 0.5 and x = 3 into p = 1.5; p and b = 1 into "
    "s = 2.5; s and y = 4 into d = -1.5; d into L = 2.25. Each box also shows its gradient: L 1, "
    "d -3, s -3, y 3, p -3, b -3, w -9, x -1.5."
)

# %% [markdown]
# *What to see.* Read the red numbers from the right: each is the one before it times one local derivative.
# $L = d^2$ hands $2d = -3$ to $d$. A sum hands on what it gets, and a difference flips the sign for its second
# parent. A product hands each factor the *other* factor: $w$ gets $-3 \cdot 3 = -9$.
#
# The chain rule can be read in the other direction as well. **Forward mode** carries along how much each box
# moves when one leaf moves: for $w$ that is $\dot w = 1$, then $\dot p = x\,\dot w = 3$, $\dot s = 3$,
# $\dot d = 3$ and $\dot L = 2d\,\dot d = -9$. The same number, and it needs nothing from later on. But it
# answers for $w$ alone; $b$ takes a second pass: $\dot b = 1$, $\dot s = 1$, $\dot d = 1$, $\dot L = -3$.
#
# | | carries | passes here | for a million weights and one loss |
# | --- | --- | --- | --- |
# | forward mode | $\partial\,\text{box}/\partial\,\text{one leaf}$ | four: one for each leaf | a million |
# | reverse mode | $\partial L/\partial\,\text{box}$ | one, for all leaves | one, but all values must be kept |
#
# Neither needed the formula, only the parents of each box and one rule for each kind of step. You will build
# reverse mode. Two of its parts come first, because each has a trap in it.

# %% [markdown]
# ## 2. What broadcasting did has to be undone
#
# NumPy adds a row `b` of shape `(3,)` to a table `x` of shape `(4, 3)` as if `b` stood there four
# times. This is *broadcasting*: axes that are missing on the left are put in front, axes of size 1 are
# repeated.
#
# ### Prediction: the gradient of a repeated row
#
# `out = x + b`, with `x` of shape `(4, 3)` and `b` of shape `(3,)`, and the loss is the sum of all of
# `out`. Every element of `out` has the gradient 1. What is the gradient of `b`?
#
# - (a) `[1, 1, 1]`
# - (b) `[4, 4, 4]`
# - (c) a table of ones, of shape `(4, 3)`

# %% nbgrader={"grade": false, "grade_id": "prediction_repeated_row", "locked": false, "schema_version": 3, "solution": true, "task": false}
### BEGIN SOLUTION
prediction_repeated_row = "b"
### END SOLUTION

# %% nbgrader={"grade": true, "grade_id": "test_prediction_repeated_row", "locked": true, "points": 1, "schema_version": 3, "solution": false, "task": false}
if prediction_repeated_row is None:
    raise NotImplementedError("prediction_repeated_row is not written yet")
letter = str(prediction_repeated_row).strip(" ().").lower()
assert letter in ("a", "b", "c"), "a prediction is one letter: a, b or c"
### BEGIN HIDDEN TESTS
from autograder.hidden.autograd import grade

grade("prediction_repeated_row")
### END HIDDEN TESTS

# %% [markdown]
# ### Exercise: `unbroadcast` (10 minutes, difficulty 2 of 5)
#
# The general case. An array of shape `shape` was broadcast to a larger one on the way forward. On the
# way back you have `grad`, the gradient of the large one, and want that of the small one. Each small element
# was used in several places, each place sends a gradient back, and they add up.
#
# Two things can have happened, and both at once: axes were put in front, and axes of size 1 were
# stretched. From `(3, 1)` to `(2, 3, 4)`, for instance, one of each.


# %% nbgrader={"grade": false, "grade_id": "unbroadcast", "locked": false, "schema_version": 3, "solution": true, "task": false}
def unbroadcast(grad, shape):
    """The gradient of an array before it was broadcast, from its gradient after.

    Args:
        grad: float64 array, the gradient of the broadcast array; not modified.
        shape: tuple of ints, the shape before: one that NumPy broadcasts to `grad.shape`. `()` is a
            number.

    Returns:
        float64 array of shape `shape`: each element is the sum of `grad` over the places where it was
        used. May be `grad` itself when nothing was broadcast.

    Source: NumPy manual, Broadcasting ("General broadcasting rules"), read backwards.
    """
    ### BEGIN SOLUTION
    if grad.shape == tuple(shape):
        return grad
    in_front = grad.ndim - len(shape)
    grad = grad.sum(axis=tuple(range(in_front)))
    stretched = tuple(i for i, n in enumerate(shape) if n == 1)
    return grad.sum(axis=stretched, keepdims=True)
    ### END SOLUTION


# %% nbgrader={"grade": true, "grade_id": "test_unbroadcast", "locked": true, "points": 2, "schema_version": 3, "solution": false, "task": false}
_grad = np.arange(12.0).reshape(4, 3)
_row = unbroadcast(_grad, (3,))
assert np.shape(_row) == (3,), "a row that was used four times has the gradient of a row"
assert np.allclose(_row, [18, 22, 26]), "each element gets the sum of its column"
assert np.shape(unbroadcast(_grad, (4, 1))) == (4, 1), "a stretched axis is of size 1 again"
assert np.allclose(unbroadcast(_grad, (4, 1)), [[3], [12], [21], [30]]), "the sum of each row"
assert np.shape(unbroadcast(_grad, ())) == (), "a number that was added to a table gets a number"
assert np.allclose(unbroadcast(_grad, ()), 66), "the sum of everything"
assert np.allclose(unbroadcast(_grad, (4, 3)), _grad), "nothing was broadcast: nothing to undo"
_both = unbroadcast(np.ones((2, 3, 4)), (3, 1))
assert np.shape(_both) == (3, 1), "an axis in front and a stretched one, both at once"
assert np.allclose(_both, 8), "each of the three elements was used 2 times 4 times"
### BEGIN HIDDEN TESTS
from autograder.hidden.autograd import grade

grade("unbroadcast")
### END HIDDEN TESTS

# %% [markdown]
# <details><summary>Hint 1: direction</summary>
#
# Write the two shapes beneath each other, aligned on the right, for `(2, 3, 4)` and `(3, 1)`. Which axes
# of the large one does the small one not have? Which does it have with size 1?
# </details>
#
# <details><summary>Hint 2: method</summary>
#
# `array.sum(axis=(0, 2))` sums over several axes at once, and over none for `axis=()`. With
# `keepdims=True` the summed axes stay, with size 1. You need both ways, one after the other.
# </details>
#
# <details><summary>Hint 3: almost the line</summary>
#
# First sum over the first `grad.ndim - len(shape)` axes, which disappear. Now the axes correspond: sum
# over those where `shape` says 1, and keep them.
# </details>

# %% [markdown]
# ### The look
#
# Three small arrays, stretched over one table, and what comes back to each.

# %% jupyter={"source_hidden": true} tags=["demo", "prediction_repeated_row"]
# Three arrays stretched over one table, and what comes back to each.
rng = np.random.default_rng(0)
upstream = rng.integers(0, 5, size=(4, 3)).astype(float)
back = {shape: unbroadcast(upstream, shape) for shape in ((4, 3), (4, 1), (3,), ())}
fig, axes = plt.subplots(
    2, 2, figsize=(5.2, 4.6), width_ratios=[3, 1], height_ratios=[4, 1], layout="constrained"
)
for ax, (shape, grad) in zip(axes.flat, back.items(), strict=True):
    cells = np.atleast_2d(grad)
    ax.imshow(cells, cmap="Greys", vmin=0, vmax=60, aspect="auto")
    for (i, j), value in np.ndenumerate(cells):
        ax.text(j, i, f"{value:.0f}", ha="center", va="center", fontsize=13)
    ax.set(xticks=[], yticks=[], title=f"shape {shape}")
show_figure(
    "Four panels of numbers in a grid. A random upstream gradient, 4 by 3; below it the row of its "
    "column sums; to its right the column of its row sums; and in the corner one number, the sum "
    "of all."
)
print(
    f"ones of shape (4, 3), back to a row of three: {unbroadcast(np.ones((4, 3)), (3,)).tolist()}"
)

# %% [markdown]
# *What to see.* Top left is what flows in. A stretched column `(4, 1)` gets the sum of each row, a row
# `(3,)` the sum of each column, a number the sum of all. The printed line is the case of the prediction.

# %% [markdown]
# ## 3. In which order?
#
# A box is sent a gradient by every box that used it, and may hand on the sum only when *all* of them have
# sent theirs. In the wrong order, some of it arrives too late.
#
# Two walks come to mind, and neither works. The first is the one that most people write: start at the root,
# hand a gradient to each parent, and let each parent do the same.
#
# ### Prediction: twenty doublings
#
# `x1 = x + x`, then `x2 = x1 + x1`, and so on, twenty times: 21 numbers. A walk starts at the last one.
# Whenever it meets a number, it goes on to both parents, and from there to theirs, whether it has been
# there before or not. How many visits does it make?
#
# - (a) about 20
# - (b) about 400
# - (c) about two million

# %% nbgrader={"grade": false, "grade_id": "prediction_doublings", "locked": false, "schema_version": 3, "solution": true, "task": false}
### BEGIN SOLUTION
prediction_doublings = "c"
### END SOLUTION

# %% nbgrader={"grade": true, "grade_id": "test_prediction_doublings", "locked": true, "points": 1, "schema_version": 3, "solution": false, "task": false}
if prediction_doublings is None:
    raise NotImplementedError("prediction_doublings is not written yet")
letter = str(prediction_doublings).strip(" ().").lower()
assert letter in ("a", "b", "c"), "a prediction is one letter: a, b or c"
### BEGIN HIDDEN TESTS
from autograder.hidden.autograd import grade

grade("prediction_doublings")
### END HIDDEN TESTS

# %% [markdown]
# The second walk visits every box once, nearest to the root first. It fails where something is used twice,
# once directly and once through a detour. In $y = h + g$ with $g = 3h$, both $h$ and $g$ are one step from
# $y$. If $h$ has its turn first, it hands on a gradient that $g$'s share is still missing from. Residual
# networks (lesson 04) are made of this shape.
#
# What you need is a **topological order**: a list of all boxes, each once, in which every box comes after all
# of its parents. Read from its end, every box has its turn when all that used it have had theirs.
#
# ### Exercise: `topological_order` (20 minutes, difficulty 3 of 5)
#
# A loop of 10,000 steps makes a chain of 10,000 boxes. Python gives up on functions that call themselves
# about 1,000 deep, so recursion is out. And two different boxes may hold equal numbers, or claim to be
# equal: tell them apart by identity, with `id(node)` or `is`.


# %% nbgrader={"grade": false, "grade_id": "topological_order", "locked": false, "schema_version": 3, "solution": true, "task": false}
def topological_order(root):
    """All nodes that `root` was made of, parents before children.

    Args:
        root: any object with `.parents`, a sequence of objects of the same kind; a leaf has none. A
            node may be its child's parent twice, and may have many children. No node is modified.

    Returns:
        A list of nodes: each once (told apart by identity, never by `==`), each behind all of its
        parents, `root` last. Takes time in proportion to the number of arrows, and works on chains of
        10,000 nodes, whatever the recursion limit.

    Source: Cormen, Leiserson, Rivest and Stein, Introduction to Algorithms (2009), section 22.4.
    """
    ### BEGIN SOLUTION
    order, seen, stack = [], set(), [(root, False)]
    while stack:
        node, parents_done = stack.pop()
        if parents_done:
            order.append(node)
        elif id(node) not in seen:
            seen.add(id(node))
            stack.append((node, True))
            stack.extend((parent, False) for parent in node.parents)
    return order
    ### END SOLUTION


# %% nbgrader={"grade": true, "grade_id": "test_topological_order", "locked": true, "points": 2, "schema_version": 3, "solution": false, "task": false}
def _place(node, order):
    return next((i for i, other in enumerate(order) if other is node), -1)


_x = Node(2.0)
assert len(topological_order(_x)) == 1, "a leaf stands alone"
_h = Node(4.0, (_x, _x))
_g = Node(12.0, (_h,))
_y = Node(16.0, (_h, _g))
_order = topological_order(_y)
assert len(_order) == 4, "every node once, also one that is a parent twice"
assert all(_place(_n, _order) >= 0 for _n in (_x, _h, _g, _y)), "and none is missing"
assert _order[-1] is _y, "the root is last"
assert _place(_x, _order) < _place(_h, _order), "a parent stands before its child"
assert _place(_h, _order) < _place(_g, _order), "and h before g, although y used h directly too"
_swapped = topological_order(Node(16.0, (_g, _h)))
assert _place(_h, _swapped) < _place(_g, _swapped), "in whichever order y names them"

_chain = [Node(0.0)]
for _ in range(10_000):
    _chain.append(Node(0.0, (_chain[-1],)))
assert len(topological_order(_chain[-1])) == 10_001, "a chain of 10,000 is no problem"
del _chain
### BEGIN HIDDEN TESTS
from autograder.hidden.autograd import grade

grade("topological_order")
### END HIDDEN TESTS

# %% [markdown]
# <details><summary>Hint 1: direction</summary>
#
# When may a node be put into the list? Write the recursive version on paper first: where in it does the
# line that appends the node stand, before its parents' turn or after?
# </details>
#
# <details><summary>Hint 2: method</summary>
#
# A recursive function comes back to a node when its parents are done. Do that by hand: keep a list as a
# stack, of nodes that still have something to do, and with each of them whether its parents' turn is over.
# A set of `id`s says who has been met. (Another way: count the children of each node, start at the root, and
# release a node when its last child has been taken. That gives the order from its end.)
# </details>
#
# <details><summary>Hint 3: almost the line</summary>
#
# Take a pair from the stack. If the parents' turn is over, the node goes into the list. If not, and it has
# not been met: note its `id`, put the node back with the mark that its parents come next, and put each
# parent on top of it.
# </details>

# %% [markdown]
# ### The look
#
# Left: visits of the walk that starts anew at each meeting, counted, against the length of your order.
# Right: the graph $y = h + g$, $g = 3h$, $h = wx$, laid out in your order, and by the distance from $y$,
# farthest first.


# %% jupyter={"source_hidden": true} tags=["demo", "prediction_doublings"]
# Visits of a walk along every path against your order, and one graph in two layouts.
def visits(doublings):
    """How often the walk that forgets where it was meets a node, counted for small graphs."""
    root = Node(1.0)
    for _ in range(doublings):
        root = Node(2 * root.data, (root, root))
    waiting, met = [root], 0
    while waiting:
        met += 1
        waiting.extend(waiting.pop().parents)
    return met, len(topological_order(root))


sizes = np.arange(0, 13, 2)
met, ordered = np.array([visits(n) for n in sizes]).T
fig, (left, right) = plt.subplots(1, 2, figsize=(10.5, 3.9), layout="constrained")
left.semilogy(range(21), 2.0 ** np.arange(1, 22) - 1, color=GREY, ls=":", label="2^(n+1) - 1")
left.semilogy(sizes, met, "s", color=RED, label="visits, counted")
left.semilogy(sizes, ordered, "o-", color=BLUE, label="length of your order")
left.set(
    xlabel="doublings n",
    ylabel="nodes met",
    title="Meeting the same nodes again",
    xticks=range(0, 21, 4),
)
left.legend()

w, x = Node(2), Node(5)
h = Node(10, (w, x))
g = Node(30, (h,))
y = Node(40, (h, g))
letters = dict(zip(map(id, (w, x, h, g, y)), "wxhgy", strict=True))
rows = {"your order": topological_order(y), "farthest first": [x, w, g, h, y]}
for height, (title, row) in zip((1.6, 0), rows.items(), strict=True):
    spot = {id(node): i for i, node in enumerate(row)}
    right.text(-0.4, height + 0.95, title, fontsize=11)
    for node in row:
        for parent in node.parents:
            ends = spot[id(parent)], spot[id(node)]
            late = ends[0] > ends[1]
            arc = {"arrowstyle": "-|>", "connectionstyle": f"arc3,rad={0.5 if late else -0.5}"}
            arc |= {"color": RED, "ls": "--", "lw": 2} if late else {"color": GREY, "lw": 1.3}
            arc |= {"shrinkA": 11, "shrinkB": 11}
            right.annotate("", (ends[1], height), (ends[0], height), arrowprops=arc)
        right.plot(spot[id(node)], height, "o", ms=21, color="white", mec="black", zorder=3)
        right.text(spot[id(node)], height, letters[id(node)], ha="center", va="center", zorder=4)
right.set(xlim=(-0.6, 4.6), ylim=(-0.9, 2.9))
right.axis("off")
show_figure(
    "Left: on a logarithmic axis the visits of the path-following walk grow as a straight line to "
    "two million at 20 doublings, while the length of the topological order stays at 21. Right: "
    "two rows of five circles with arcs from parents to children. In the upper row all arcs point "
    "right. In the lower row one dashed red arc, from h to g, points left."
)

# %% [markdown]
# *What to see.* With 20 doublings the forgetful walk makes two million visits, (c); your order has 21
# nodes. On the right every arc runs from a parent to its child. In your order all of them point to the
# right. By distance, the dashed one points left: walked from its end, $h$ has its turn before
# $g$ has sent its share.

# %% [markdown]
# ## 4. The tensor
#
# A `Tensor` is an array that remembers its parents. Every operation makes a new one and leaves a note on it:
# the **rule** that turns the gradient of the result into one gradient for each parent. Here is the whole of
# one operation:
#
#     def __add__(self, other):
#         other = as_tensor(other)                                 # 2 becomes Tensor(2)
#         return Tensor.made(self.data + other.data, (self, other), "+", lambda g: (g, g))
#
# $g$ is the **upstream gradient** $\partial L/\partial\text{out}$, of the shape of `out.data`. A rule needn't
# think of broadcasting: `pullback` applies it and calls `unbroadcast` on what comes out, with each parent's
# shape. A function from the gradient of a result to those of its inputs is called a pullback, or a
# *vector-Jacobian product*.
#
# | operation | value | gradients of its parents, from $g$ |
# | --- | --- | --- |
# | `a + b`, `a - b`, `-a` | | $g$ and $g$; $g$ and $-g$; $-g$ |
# | `a * b` | $ab$ | $g\,b$ and $g\,a$ |
# | `a / b` | $a/b$ | $g/b$ and $-g\,a/b^2$ |
# | `a ** b` | $a^b$ | $g\,b\,a^{b-1}$ and, for $a > 0$, $g\,a^b \ln a$ |
# | `a @ b` | matrix product | $g\,b^\top$ and $a^\top g$ |
# | `a.exp()`, `a.log()` | $e^a$, $\ln a$ | $g\,e^a$; $g/a$ |
# | `a.tanh()`, `a.relu()` | $\tanh a$, $\max(a, 0)$ | $g\,(1 - \tanh^2 a)$; $g$ where $a > 0$, else 0 |
# | `a.sum(...)` | sum over axes | $g$, copied to wherever it was summed |
# | `a.reshape(...)`, `a.T` | the same numbers elsewhere | $g$, put back to its place |
#
# Python turns `2 - t` into `t.__rsub__(2)`: the *reflected* method, with the operands the other way round.
# `+ - * / **` have one here; `@` takes two Tensors and needs none.
#
# At the edge of its domain a formula can fail. For `t ** 0` at $t = 0$ the one above gives $0 \cdot 0^{-1}$,
# which is nan; PyTorch has a special case and returns 0.
#
# `Tensor.made` does one more thing: it calls every function in the list `Tensor.watchers` with the new
# Tensor, its parents and its pullback. The list is empty until section 7.

# %% [markdown]
# ### The walk back
#
# `backward` puts the pieces together:
#
# 1. The root's gradient is what the caller gives, or 1 if the root is a single number.
# 2. Go through `topological_order` from its end. When a node has its turn, its gradient is complete.
# 3. Apply its pullback, and *add* what comes out to what each parent has been sent so far. In `x * x` the
#    same parent is sent two shares.
#
# What if `backward` is called twice? **Leaves accumulate**: their `.grad` grows by the same amount again.
# That is how PyTorch does it, and how gradients of several batches are added up (lesson 11). Nodes in between
# must *not* start from what an earlier call left on them, or that would be handed on again. So collect the
# gradients of one call in a dict of their own, and write each into `.grad` when its node has its turn.

# %% [markdown]
# ### Exercise: `Tensor` (60 minutes, difficulty 4 of 5)
#
# About twenty methods, most of them two or three lines long. The constructor, `made` and `+` are given, as one
# way of doing it: you may change anything in this cell, as long as what the docstring says stays true. Write
# in the order of the stages, and run the cell below after each: it tells you how far you are.
#
# | stage | methods | what works then |
# | --- | --- | --- |
# | 1 | `__mul__`, `__rmul__`, `pullback`, `backward` | gradients of `a * b + c`, of `x * x`, and for calls in a row |
# | 2 | `__neg__`, `__sub__`, `__truediv__`, `__pow__`, reflected ones | all arithmetic, numbers on either side |
# | 3 | (nothing new) | broadcasting |
# | 4 | `exp`, `log`, `tanh`, `relu` | functions, activations among them |
# | 5 | `sum`, `mean` | losses |
# | 6 | `__matmul__`, `reshape`, `T` | networks, and chains of 10,000 |


# %% nbgrader={"grade": false, "grade_id": "Tensor", "locked": false, "schema_version": 3, "solution": true, "task": false}
def as_tensor(value):
    """A Tensor as it is, a number as a new leaf."""
    return value if isinstance(value, Tensor) else Tensor(value)


class Tensor:
    """An array that remembers how it was made, so that gradients can be sent back through it.

    Args:
        data: an array, a number, or nested lists of numbers, of any shape.
        parents: the Tensors that it was made of; none for a leaf.
        op: what was done with them, for drawings.

    Attributes:
        data: float64 array (integers are converted); may share memory with what was handed in.
        grad: None before a `backward`; after it, on every node that the root was made of, a float64
            array of the shape of `data`.
        parents: a tuple of Tensors.
        watchers: a list on the class, empty at first. For each Tensor that an operation makes, every
            function in it is called once as `watch(out, parents, pullback)`: `pullback(g)` takes the
            gradient of `out` and returns one gradient per parent, in the parents' shapes, and
            changes nothing.

    Operators: `+ - * / @ **` between Tensors, unary minus, and a number on either side of all but `@`
    (`2 - t`, `2 / t`, `2 ** t`). Shapes broadcast as in NumPy. `@` takes two 2-D operands; operands
    that are arrays and not Tensors aren't tested. `**` has a real result: a negative base only with a
    whole exponent.

    Nothing that goes in is modified, and no operation changes its operands.

    Source: Baydin, Pearlmutter, Radul and Siskind, Automatic Differentiation in Machine Learning: a
        Survey (2018), section 3.2; the interface is that of PyTorch's autograd.
    """

    watchers = []
    __array_ufunc__ = None  # an array to the left of an operator leaves the operator to us

    def __init__(self, data, parents=(), op=""):
        self.data = np.asarray(data, dtype=np.float64)
        self.parents = tuple(parents)
        self.op = op
        self.grad = None
        self.rule = lambda g: ()  # from the gradient of this node to one for each parent

    @staticmethod
    def made(data, parents, op, rule):
        """What an operation returns: a Tensor with its rule. The watchers are told of it."""
        out = Tensor(data, parents, op)
        out.rule = rule
        for watch in Tensor.watchers:
            watch(out, out.parents, out.pullback)
        return out

    def __add__(self, other):
        """self + other."""
        other = as_tensor(other)
        return Tensor.made(self.data + other.data, (self, other), "+", lambda g: (g, g))

    def __radd__(self, other):
        """other + self, for a number on the left."""
        return as_tensor(other) + self

    # Stage 1

    def __mul__(self, other):
        """self * other, element by element."""
        ### BEGIN SOLUTION
        other = as_tensor(other)
        rule = lambda g: (g * other.data, g * self.data)
        return Tensor.made(self.data * other.data, (self, other), "*", rule)
        ### END SOLUTION

    def __rmul__(self, other):
        """other * self, for a number on the left."""
        ### BEGIN SOLUTION
        return as_tensor(other) * self
        ### END SOLUTION

    def pullback(self, g):
        """One gradient for each parent, each of its parent's shape, from the gradient of this node.

        Nothing is modified, `g` and the `.grad`s included.
        """
        ### BEGIN SOLUTION
        parts = zip(self.parents, self.rule(g), strict=True)
        return [unbroadcast(part, parent.data.shape) for parent, part in parts]
        ### END SOLUTION

    def backward(self, grad=None):
        """Write the gradient of this node with respect to every node it was made of into `.grad`.

        Args:
            grad: float64 array of the shape of `data`, where the walk begins: the gradient of the loss
                with respect to this node. Ones if it is left out. Not modified.

        Leaf gradients accumulate over calls: a second call doubles what the first has added. Nodes in
        between hand on what they are sent in this call, and nothing that an earlier call has left.
        Works on graphs 10,000 operations deep.

        Raises:
            ValueError: `grad` is left out and `data` has more than one element.
        """
        ### BEGIN SOLUTION
        if grad is None:
            if self.data.size > 1:
                raise ValueError(f"grad is needed for data of shape {self.data.shape}, got None")
            grad = np.ones(self.data.shape)
        sent = {id(self): np.array(grad, dtype=np.float64)}
        for node in reversed(topological_order(self)):
            g = sent.pop(id(node))
            if node.grad is None or node.parents:
                node.grad = np.array(g)
            else:
                node.grad = node.grad + g
            for parent, part in zip(node.parents, node.pullback(g), strict=True):
                sent[id(parent)] = sent.get(id(parent), 0) + part
        ### END SOLUTION

    # Stage 2

    def __neg__(self):
        """-self."""
        ### BEGIN SOLUTION
        return Tensor.made(-self.data, (self,), "neg", lambda g: (-g,))
        ### END SOLUTION

    def __sub__(self, other):
        """self - other."""
        ### BEGIN SOLUTION
        other = as_tensor(other)
        return Tensor.made(self.data - other.data, (self, other), "-", lambda g: (g, -g))
        ### END SOLUTION

    def __rsub__(self, other):
        """other - self, for a number on the left."""
        ### BEGIN SOLUTION
        return as_tensor(other) - self
        ### END SOLUTION

    def __truediv__(self, other):
        """self / other."""
        ### BEGIN SOLUTION
        other = as_tensor(other)
        rule = lambda g: (g / other.data, -g * self.data / other.data**2)
        return Tensor.made(self.data / other.data, (self, other), "/", rule)
        ### END SOLUTION

    def __rtruediv__(self, other):
        """other / self, for a number on the left."""
        ### BEGIN SOLUTION
        return as_tensor(other) / self
        ### END SOLUTION

    def __pow__(self, other):
        """self ** other; the gradient of the exponent is taken where the base is above 0."""
        ### BEGIN SOLUTION
        other = as_tensor(other)
        base, exponent = self.data, other.data
        value = base**exponent
        log_base = np.log(np.where(base > 0, base, 1))
        rule = lambda g: (g * exponent * base ** (exponent - 1), g * value * log_base)
        return Tensor.made(value, (self, other), "**", rule)
        ### END SOLUTION

    def __rpow__(self, other):
        """other ** self, for a number on the left, above 0."""
        ### BEGIN SOLUTION
        return as_tensor(other) ** self
        ### END SOLUTION

    # Stage 4

    def exp(self):
        """e to the power of each element."""
        ### BEGIN SOLUTION
        value = np.exp(self.data)
        return Tensor.made(value, (self,), "exp", lambda g: (g * value,))
        ### END SOLUTION

    def log(self):
        """The natural logarithm of each element, all of them above 0."""
        ### BEGIN SOLUTION
        return Tensor.made(np.log(self.data), (self,), "log", lambda g: (g / self.data,))
        ### END SOLUTION

    def tanh(self):
        """The hyperbolic tangent of each element."""
        ### BEGIN SOLUTION
        value = np.tanh(self.data)
        return Tensor.made(value, (self,), "tanh", lambda g: (g * (1 - value**2),))
        ### END SOLUTION

    def relu(self):
        """The larger of each element and 0; its derivative at exactly 0 is 0."""
        ### BEGIN SOLUTION
        rule = lambda g: (g * (self.data > 0),)
        return Tensor.made(np.maximum(self.data, 0), (self,), "relu", rule)
        ### END SOLUTION

    # Stage 5

    def sum(self, axis=None, keepdims=False):
        """The sum over an axis (an int; negative counts from the end), or of all elements.

        With `keepdims` the summed axes stay, with size 1; without, they are gone.
        """
        ### BEGIN SOLUTION

        def rule(g):
            if axis is not None and not keepdims:
                g = np.expand_dims(g, axis)
            return (np.broadcast_to(g, self.data.shape),)

        return Tensor.made(self.data.sum(axis=axis, keepdims=keepdims), (self,), "sum", rule)
        ### END SOLUTION

    def mean(self, axis=None, keepdims=False):
        """The mean, with the arguments of `sum`."""
        ### BEGIN SOLUTION
        total = self.sum(axis, keepdims)
        return total * (total.data.size / self.data.size)
        ### END SOLUTION

    # Stage 6

    def __matmul__(self, other):
        """The matrix product of (N, D) and (D, M), both Tensors."""
        ### BEGIN SOLUTION
        rule = lambda g: (g @ other.data.T, self.data.T @ g)
        return Tensor.made(self.data @ other.data, (self, other), "@", rule)
        ### END SOLUTION

    def reshape(self, *shape):
        """The same elements, in the same order, in another shape: `t.reshape(2, 3)`."""
        ### BEGIN SOLUTION
        rule = lambda g: (g.reshape(self.data.shape),)
        return Tensor.made(self.data.reshape(*shape), (self,), "reshape", rule)
        ### END SOLUTION

    @property
    def T(self):
        """The transpose of a 2-D Tensor: rows become columns."""
        ### BEGIN SOLUTION
        return Tensor.made(self.data.T, (self,), "T", lambda g: (g.T,))
        ### END SOLUTION


# %% nbgrader={"grade": true, "grade_id": "test_Tensor", "locked": true, "points": 6, "schema_version": 3, "solution": false, "task": false}
def _nudged(f, value, direction):
    """The slope of f at value in a direction, by central differences."""
    ahead, behind = f(value + 1e-6 * direction), f(value - 1e-6 * direction)
    return (float(ahead.data) - float(behind.data)) / 2e-6


def _agrees(f, value):
    """Whether the gradient of f(Tensor), one number, is what nudging the value gives."""
    leaf, direction = Tensor(value), np.cos(np.arange(1.0, value.size + 1)).reshape(value.shape)
    f(leaf).backward()
    slope = _nudged(lambda moved: f(Tensor(moved)), value, direction)
    return np.shape(leaf.grad) == value.shape and np.isclose(
        np.sum(leaf.grad * direction), slope, rtol=1e-5, atol=1e-6
    )


_a, _b, _c = Tensor(3), Tensor(-2.0), Tensor(10.0)
assert _a.data.dtype == np.float64, "integers are converted"
assert _a.grad is None, "no gradient before a backward"
_p = _a * _b
_y = _p + _c
assert float(_y.data) == 4.0, "3 * -2 + 10 is 4"
_y.backward()
assert float(_c.grad) == 1.0, "a sum hands on what it gets"
assert float(_a.grad) == -2.0, "a product hands each factor the other one"
assert float(_p.grad) == 1.0, "every node that the root was made of has a gradient"
_y.backward()
assert float(_a.grad) == -4.0, "leaves accumulate: twice gives twice, and not three times"
_x = Tensor(3.0)
(_x * _x).backward()
assert float(_x.grad) == 6.0, "x used twice is sent two shares: the slope of x * x at 3 is 6"
_w, _x = Tensor(2.0), Tensor(5.0)
_h = _w * _x
(_h + 3 * _h).backward()
assert float(_w.grad) == 20.0, "h hands on its gradient when all that used it have sent theirs"
_v = Tensor([1.0, 2.0]) * 3
_v.backward(np.array([1.0, 10.0]))
assert np.allclose(_v.grad, [1, 10]), "the walk begins with the gradient that is given"
try:
    (Tensor([1.0, 2.0]) * 3).backward()
    _refused = False
except ValueError:
    _refused = True
assert _refused, "two numbers and no gradient to begin with: a ValueError"
print("stage 1 of 6: one product, one sum, and the walk back")

_t = np.array(1.7)
for _name, _f in {
    "-t": lambda t: -t,
    "t - 2": lambda t: t - 2,
    "2 - t": lambda t: 2 - t,
    "t / 2": lambda t: t / 2,
    "2 / t": lambda t: 2 / t,
    "t ** 3": lambda t: t**3,
    "t ** -0.5": lambda t: t**-0.5,
    "2 ** t": lambda t: 2**t,
    "t / (1 + t * t)": lambda t: t / (1 + t * t),
}.items():
    assert np.isclose(float(_f(Tensor(_t)).data), float(_f(_t))), f"the value of {_name} at 1.7"
    assert _agrees(_f, _t), f"the gradient of {_name} at 1.7 is what nudging t gives"
print("stage 2 of 6: arithmetic, with numbers on either side")

_table, _row = Tensor(np.ones((4, 3))), Tensor([1.0, 2.0, 3.0])
(_table * _row).backward(np.ones((4, 3)))
assert np.shape(_row.grad) == (3,), "a gradient has the shape of what it is the gradient of"
assert np.allclose(_row.grad, 4), "four rows, each with gradient 1"
print("stage 3 of 6: broadcasting")

_t = np.array(0.6)
for _name in ("exp", "log", "tanh", "relu"):
    assert _agrees(lambda t, name=_name: getattr(t, name)(), _t), f"the gradient of {_name} at 0.6"
assert _agrees(lambda t: t.relu(), np.array(-0.6)), "relu is flat below 0"
print("stage 4 of 6: functions")

_t = np.array([[0.2, -0.5, 1.1], [0.7, 0.3, -0.9]])
for _name, _f in {
    "sum()": lambda t: t.sum(),
    "sum(axis=0)": lambda t: (t.sum(axis=0) ** 2).sum(),
    "sum(axis=1, keepdims=True)": lambda t: (t * t.sum(axis=1, keepdims=True)).sum(),
    "mean()": lambda t: t.mean(),
    "mean(axis=-1)": lambda t: (t.mean(axis=-1) ** 2).sum(),
}.items():
    assert _agrees(_f, _t), f"the gradient of {_name} is what nudging gives"
assert Tensor(_t).sum(axis=0).data.shape == (3,), "a summed axis is gone"
assert Tensor(_t).mean(axis=1, keepdims=True).data.shape == (2, 1), "with keepdims it stays"
print("stage 5 of 6: sums and means")

_m = np.array([[1.0, 2.0], [0.5, -1.0], [3.0, 0.3]])
for _name, _f in {
    "t @ m": lambda t: ((t @ Tensor(_m)) ** 2).sum(),
    "m @ t": lambda t: ((Tensor(_m) @ t) ** 2).sum(),
    "t.T": lambda t: (t.T * Tensor(_m)).sum(),
    "t.reshape(3, 2)": lambda t: (t.reshape(3, 2) * Tensor(_m)).sum(),
}.items():
    assert _agrees(_f, _t), f"the gradient of {_name} is what nudging gives"
_long = _one = Tensor(1.0)
for _ in range(10_000):
    _long = _long + _one
_long.backward()
assert float(_one.grad) == 10_001.0, "a chain of 10,000 sums is no problem"
del _long
_told = []
Tensor.watchers.append(lambda *made: _told.append(made))
_t, _row = Tensor(_m), Tensor([1.0, -1.0])
_y = _t * _row
Tensor.watchers.clear()
_t + _row
assert len(_told) == 1, "a watcher is told of each operation once, and of nothing else"
assert _told[0][0] is _y, "first comes the new Tensor"
assert _told[0][1][0] is _t, "then its parents"
assert _told[0][1][1] is _row, "all of them"
_parts = _told[0][2](np.ones((3, 2)))
assert np.allclose(_parts[0], [[1, -1]] * 3), "and its pullback: one gradient for each parent,"
assert np.shape(_parts[1]) == (2,), "in the shape of that parent"
assert _t.grad is None, "which writes nothing into .grad"
print("stage 6 of 6: matrix products, shapes, depth, and watchers")
### BEGIN HIDDEN TESTS
from autograder.hidden.autograd import grade

grade("Tensor")
### END HIDDEN TESTS

# %% [markdown]
# <details><summary>Hint 1: direction</summary>
#
# Write `__mul__` beside `__add__`: only the value and the rule differ. For `backward`, ask for each node:
# what has it been sent in *this* call, and when is that complete? For `mean` and the
# reflected methods, ask what you have already.
# </details>
#
# <details><summary>Hint 2: method</summary>
#
# In `backward`, a dict from `id(node)` to the gradient so far serves well: it starts with the root alone, and
# is forgotten when the call ends. Reflected methods: make the number a Tensor, and use the operator the right
# way round. `sum`: the gradient of a sum goes to every element that was summed, so give the lost axis back with
# `np.expand_dims` and stretch with `np.broadcast_to`. `2 ** t` differs from `t ** 2` in which parent is
# asked: fill in both gradients of `a ** b`, and mind the logarithm of a base that is not above 0.
# </details>
#
# <details><summary>Hint 3: almost the line</summary>
#
# For each node from the end of the order: take its gradient out of the dict; write it into `.grad`, added to
# what is there if the node is a leaf that has one, replacing it otherwise; call the pullback; add each part to
# its parent's entry (0 if there is none). In `pullback`: the rule, and `unbroadcast` for each part. `mean` is the sum times (elements after / elements before).
# </details>

# %% [markdown]
# ### The look: the graph, drawn by the machine
#
# The same loss as in section 1, and one where a number is used three times. Values and gradients come
# from your `Tensor`, the arrangement from your `topological_order`.

# %% jupyter={"source_hidden": true} tags=["demo"]
# The graphs of two losses, with values and gradients from your Tensor.
w, x, b, target = Tensor(0.5), Tensor(3), Tensor(1), Tensor(4)
d = w * x + b - target
loss = d * d
loss.backward()
again = Tensor(0.25), Tensor(2.0)
h = (again[0] * again[1]).tanh()
out = h + h * h
out.backward()
fig, (left, right) = plt.subplots(
    1, 2, figsize=(13.2, 3.1), width_ratios=[5, 4.6], layout="constrained"
)
names = dict(zip(map(id, (w, x, b, target)), "wxby", strict=True))
draw_graph(left, topological_order(loss), names | {id(loss): "L"}, "The squared error")
names = {id(again[0]): "w", id(again[1]): "x", id(h): "h", id(out): "y"}
draw_graph(right, topological_order(out), names, "y = h + h h: one number, used three times")
show_figure(
    "Left: the graph of (w x + b - y) squared with the same values and gradients as in section 1. "
    "Right: the graph of r = w x, h = tanh(r), y = h + h h, where two arrows go from h into the "
    "product and one past it into the sum."
)

# %% [markdown]
# *What to see.* On the left are the numbers of section 1, and this time your Tensor worked them out. On the
# right $h = 0.46$ is sent three shares: 1 from the sum, and $h$ twice from the product. Together
# $1 + 2h = 1.92$.

# %% [markdown]
# Now step by step. Every frame gives one more node its turn, from the end of your order. Move the slider,
# if your notebook shows one.

# %% jupyter={"source_hidden": true} tags=["demo", "nbval-ignore-output"]
# The walk back, one node at a time, then a slider for the turn.
from IPython.display import display

again = Tensor(0.25), Tensor(2.0)
h = (again[0] * again[1]).tanh()
out = h + h * h
out.backward()
names = {id(again[0]): "w", id(again[1]): "x", id(h): "h", id(out): "y"}
order = topological_order(out)
total = float(h.grad)
assert abs(total - (1 + 2 * np.tanh(0.5))) < 1e-12  # complete when its turn comes
fig, axes = plt.subplots(3, 1, figsize=(7.4, 7.4), layout="constrained")
for ax, turns in zip(axes, (1, 3, len(order)), strict=True):
    draw_graph(ax, order, names, f"after {turns} turn{'s' * (turns > 1)}", last=turns)
show_figure(
    "Three drawings of the graph of y = h + h h. After one turn only y has a gradient, after "
    "three turns y, the product and h have one, at the end all nodes have."
)


def frame(turns):
    """One drawing as an image, for the slider."""
    fig, ax = plt.subplots(figsize=(7.4, 2.6), layout="constrained")
    draw_graph(ax, order, names, f"after {turns} turns", last=turns)
    return image_of(
        fig, f"The graph of y = h + h h, and the gradients that it has after {turns} turns."
    )


try:
    from ipywidgets import HTML, IntSlider, VBox

    picture = HTML(value=frame(0))
    slider = IntSlider(value=0, min=0, max=len(order), description="turns")
    slider.observe(lambda change: setattr(picture, "value", frame(change["new"])), "value")
    display(VBox([slider, picture]))
except ImportError:
    print("Install ipywidgets for a slider; the figure above has three of its frames.")

# %% [markdown]
# *What to see.* The turn of `h` comes after both nodes that used it. Its gradient is complete then, and
# is handed on once.

# %% [markdown]
# ### The look: every operation, checked
#
# One gradient holds many numbers. A cheap check looks at all of them at once: nudge the input along a
# random direction $v$, and compare the slope that you measure with the product of your gradient and $v$.

# %% jupyter={"source_hidden": true} tags=["demo"]
# The slope of every operation, from your Tensor and measured by nudging.
operations = {
    "a + b": lambda a, b: a + b,
    "a - b": lambda a, b: a - b,
    "a * b": lambda a, b: a * b,
    "a / b": lambda a, b: a / b,
    "a ** 3": lambda a, b: a**3,
    "2 ** a": lambda a, b: 2**a,
    "a @ b.T": lambda a, b: a @ b.T,
    "a.exp()": lambda a, b: a.exp(),
    "a.log()": lambda a, b: a.log(),
    "a.tanh()": lambda a, b: a.tanh(),
    "a.relu()": lambda a, b: (a - 1).relu(),
    "a.sum(axis=0)": lambda a, b: a.sum(axis=0),
    "a.mean(axis=1)": lambda a, b: a.mean(axis=1),
    "a.reshape(4, 3)": lambda a, b: a.reshape(4, 3),
    "row of a + b": lambda a, b: a.sum(axis=0, keepdims=True) + b,
}
rng = np.random.default_rng(1)
start, other = rng.uniform(0.5, 1.5, size=(2, 3, 4))
along = rng.normal(size=(3, 4))
ours, nudged = [], []
for f in operations.values():
    a = Tensor(start)
    out = f(a, Tensor(other))
    weights = rng.normal(size=out.data.shape)
    out.backward(weights)
    ours.append(np.sum(a.grad * along))
    ends = [f(Tensor(start + step * along), Tensor(other)).data for step in (1e-6, -1e-6)]
    nudged.append(np.sum(weights * (ends[0] - ends[1])) / 2e-6)
fig, ax = plt.subplots(figsize=(7, 4.8), layout="constrained")
rows = np.arange(len(operations))
ax.plot(nudged, rows, "s", ms=11, mfc="none", mec="black", label="by nudging")
ax.plot(ours, rows, "o", ms=5, color=BLUE, label="by your Tensor")
ax.set_yticks(rows, list(operations), family="monospace")
ax.invert_yaxis()
ax.grid(axis="y", color="0.9")
ax.set(xlabel="slope along a random direction", title="Every operation against nudging")
ax.legend(loc="lower right")
show_figure(
    "A dot plot with one row for each of fifteen operations. In each row a filled blue circle, "
    "the slope from the Tensor's gradient, lies inside a hollow square, the slope measured by "
    "nudging."
)
print(f"all within 1e-7: {np.allclose(ours, nudged, rtol=1e-7, atol=1e-7)}")

# %% [markdown]
# *What to see.* A dot in every square. Here `a` went in, and `weights` stood for whatever a loss would have
# sent back.

# %% [markdown]
# ## 5. The network of lesson 02, without its backward pass
#
# Three spiral arms, one hidden layer of ReLUs, softmax cross-entropy: the network of lesson 02. There, every
# layer needed a second function for its gradients. Here the five lines of the forward pass are all there is.
#
# Subtracting each row's maximum changes nothing in the result, so it may enter as a constant.


# %% open="the loss is to be read as it is written" tags=["setup"]
def loss_of(params, x, one_hot):
    """The loss of the two-layer network, as a Tensor; `params` is a dict of Tensors."""
    hidden = (Tensor(x) @ params["W1"] + params["b1"]).relu()
    logits = hidden @ params["W2"] + params["b2"]
    shifted = logits - Tensor(logits.data.max(axis=1, keepdims=True))
    log_probs = shifted - shifted.exp().sum(axis=1, keepdims=True).log()
    return -(log_probs * Tensor(one_hot)).sum() / len(x)


def loss_by_hand(params, x, one_hot):
    """The same loss with its gradients written out, as in lesson 02: a float and a dict of arrays."""
    before = x @ params["W1"] + params["b1"]
    hidden = before * (before > 0)
    scores = hidden @ params["W2"] + params["b2"]
    odds = np.exp(scores - scores.max(axis=1, keepdims=True))
    probs = odds / odds.sum(axis=1, keepdims=True)
    loss = -np.sum(one_hot * np.log(probs)) / len(x)
    dlogits = (probs - one_hot) / len(x)
    dbefore = (dlogits @ params["W2"].T) * (before > 0)
    grads = {"W2": hidden.T @ dlogits, "b2": dlogits.sum(axis=0)}
    return loss, grads | {"W1": x.T @ dbefore, "b1": dbefore.sum(axis=0)}


# %% jupyter={"source_hidden": true} tags=["demo"]
# Training with your Tensor beside training with gradients by hand.
rng = np.random.default_rng(3)
x, y = spirals(rng)
one_hot = np.eye(3)[y]
start = start_params(rng)

params, losses = {name: Tensor(value) for name, value in start.items()}, []
for _ in range(400):
    loss = loss_of(params, x, one_hot)
    loss.backward()
    losses.append(float(loss.data))
    params = {name: Tensor(p.data - 0.3 * p.grad) for name, p in params.items()}

plain, by_hand = start, []
for _ in range(400):
    value, grads = loss_by_hand(plain, x, one_hot)
    by_hand.append(value)
    plain = {name: plain[name] - 0.3 * grads[name] for name in plain}

gx, gy = np.meshgrid(np.linspace(-1.2, 1.2, 140), np.linspace(-1.2, 1.2, 140))
points = Tensor(np.stack([gx.ravel(), gy.ravel()], axis=1))
scores = (points @ params["W1"] + params["b1"]).relu() @ params["W2"] + params["b2"]
region = scores.data.argmax(axis=1).reshape(gx.shape)
fig, (left, right) = plt.subplots(1, 2, figsize=(9.6, 3.8), layout="constrained")
left.semilogy(losses, color=BLUE, lw=2, label="your Tensor")
left.semilogy(range(0, 400, 40), by_hand[::40], "s", mfc="none", mec="black", label="by hand")
left.axhline(np.log(3), color=GREY, ls=":", label="knowing nothing: log 3")
left.set(xlabel="step", ylabel="loss", title="Full-batch gradient descent, lr = 0.3")
left.legend()
right.contourf(gx, gy, region, levels=[-0.5, 0.5, 1.5, 2.5], colors=["#d8e8f5", "#fdeccb", "0.88"])
for label, marker, color in ((0, "o", BLUE), (1, "^", ORANGE), (2, "s", GREY)):
    right.plot(*x[y == label].T, marker, color=color, mec="black", ms=5, label=f"class {label}")
right.set(xlabel="x[0]", ylabel="x[1]", title="What it learned")
right.legend(loc="upper right")
show_figure(
    "Left: training loss over 400 steps, a blue line from about 1.4 to about 0.05, with hollow "
    "black squares of the hand-written gradients lying on it. Right: three spiral arms of "
    "circles, triangles and squares, each inside a region of its own."
)
apart = max(np.abs(params[name].data - plain[name]).max() for name in plain)
print(f"after 400 steps the two sets of weights agree to 9 digits: {apart < 1e-9}")

# %% [markdown]
# *What to see.* The squares lie on your line all the way, and after 400 steps the weights themselves are
# equal to nine digits.
#
# Each step makes new leaves, `Tensor(p.data - lr * p.grad)`, which have no gradient yet. If you keep a leaf and
# change its `.data`, you have to clear its `.grad` yourself. What if you don't?

# %% [markdown]
# ### Prediction: a gradient that is never cleared
#
# Minimise $f(x) = x^2/2$ from $x = 1$ with lr = 0.1, and *one* leaf that is kept: every step calls
# `backward` and subtracts `0.1 * x.grad`, but `x.grad` is never cleared. With clearing, $x$ falls to 0.
# Without?
#
# - (a) it falls to 0 as well, only faster
# - (b) it falls to 0, and stays close to it
# - (c) it swings through 0 and back, again and again, as far as it started

# %% nbgrader={"grade": false, "grade_id": "prediction_never_cleared", "locked": false, "schema_version": 3, "solution": true, "task": false}
### BEGIN SOLUTION
prediction_never_cleared = "c"
### END SOLUTION

# %% nbgrader={"grade": true, "grade_id": "test_prediction_never_cleared", "locked": true, "points": 1, "schema_version": 3, "solution": false, "task": false}
if prediction_never_cleared is None:
    raise NotImplementedError("prediction_never_cleared is not written yet")
letter = str(prediction_never_cleared).strip(" ().").lower()
assert letter in ("a", "b", "c"), "a prediction is one letter: a, b or c"
### BEGIN HIDDEN TESTS
from autograder.hidden.autograd import grade

grade("prediction_never_cleared")
### END HIDDEN TESTS


# %% jupyter={"source_hidden": true} tags=["demo", "prediction_never_cleared"]
# A descent with gradients cleared, and one without.
def descend_with(clear, lr=0.1, steps=60):
    """The path of x on x * x / 2, the gradient cleared before each backward or never."""
    x, path = Tensor(1.0), [1.0]
    for _ in range(steps):
        if clear:
            x.grad = None
        (x * x / 2).backward()
        x.data = x.data - lr * x.grad
        path.append(float(x.data))
    return np.array(path)


cleared, kept = descend_with(clear=True), descend_with(clear=False)
fig, ax = plt.subplots(figsize=(7, 3.6), layout="constrained")
ax.plot(cleared, color=BLUE, lw=2, label="cleared before each backward")
ax.plot(kept, color=RED, ls="--", marker="o", ms=3, label="never cleared")
ax.axhline(0, color=GREY, lw=0.8)
ax.set(xlabel="step", ylabel="x", title="Gradient descent on x²/2 from x = 1, lr = 0.1")
ax.set_ylim(-1.2, 1.7)
ax.legend(loc="upper right")
show_figure(
    "x over 60 steps. A solid line with clearing falls to 0. A dashed line without clearing "
    "swings between about 1 and -1, three times in 60 steps."
)
print(
    f"at the end with clearing {cleared[-1]:.4f}; farthest in the last 20 steps without {np.abs(kept[-20:]).max():.2f}"
)

# %% [markdown]
# *What to see.* The sum of all gradients so far acts as a velocity: $x$ rolls through the minimum and up the
# other side. In PyTorch the missing line is `optimizer.zero_grad()`.

# %% [markdown]
# ## 6. What goes wrong
#
# Three walks with a fault each, on plain numbers. The first *assigns*: a node keeps the gradient that it was
# sent last, and hands it on. The second *hands on its total*: it adds, and then hands on everything that it
# has received so far. The third gives each node one turn, but takes the *nearest first*.
#
# Before you run the cell: on which of the four expressions does each of them agree with your Tensor?


# %% jupyter={"source_hidden": true} tags=["demo"]
# Four expressions under three faulty walks; open it to read the faults.
def box(data, *parents_and_slopes):
    """A number with its parents, and its local derivative for each of them."""
    made = Node(data, [parent for parent, _ in parents_and_slopes], grad=0.0)
    made.slopes = [slope for _, slope in parents_and_slopes]
    return made


def product(a, b):
    return box(a.data * b.data, (a, float(b.data)), (b, float(a.data)))


def plus(a, b):
    return box(a.data + b.data, (a, 1.0), (b, 1.0))


def assigns(node, g=1.0):
    node.grad = g
    for parent, slope in zip(node.parents, node.slopes, strict=True):
        assigns(parent, g * slope)


def hands_on_its_total(node, g=1.0):
    node.grad += g
    for parent, slope in zip(node.parents, node.slopes, strict=True):
        hands_on_its_total(parent, node.grad * slope)


def nearest_first(root):
    row = [root]
    for node in row:  # grows while it is walked
        row += [p for p in dict.fromkeys(node.parents) if p not in row]
    root.grad = 1.0
    for node in row:
        for parent, slope in zip(node.parents, node.slopes, strict=True):
            parent.grad += node.grad * slope


def detour(w, x, times):
    h = times(w, x)
    return h, times(h, h)


expressions = {
    "w * x": (1, lambda w, x, times, add: times(w, x)),
    "w * w": (1, lambda w, x, times, add: times(w, w)),
    "h + h * h, with h = w * x": (1, lambda w, x, times, add: add(*detour(w, x, times))),
    "(w * x) * x, called twice": (2, lambda w, x, times, add: times(times(w, x), x)),
}
print(
    f"{'slope of w at w = 2, x = 5':28s}{'your Tensor':>12s}{'assigns':>10s}{'total':>10s}{'nearest':>10s}"
)
for name, (calls, build) in expressions.items():
    w = Tensor(2.0)
    root = build(w, Tensor(5.0), lambda a, b: a * b, lambda a, b: a + b)
    for _ in range(calls):
        root.backward()
    found = [float(w.grad)]
    for machine in (assigns, hands_on_its_total, nearest_first):
        w = box(2.0)
        root = build(w, box(5.0), product, plus)
        for _ in range(calls):
            machine(root)
        found.append(w.grad)
    print(f"{name:28s}{found[0]:12.0f}" + "".join(f"{value:10.0f}" for value in found[1:]))

# %% [markdown]
# *What to see.* On a single product all of them are right: a first test with `w * x` finds nothing. The walk
# that assigns loses every share but the last. The one that hands on its total is right while only leaves are
# used twice; in the third row $h$ hands on its earlier shares again. Nearest first, $h$ has its turn before
# the square's share has come: 5 instead of 105.
#
# In the last row the second call should add 25 to the 25 of the first. The last two walks also hand on what
# the first call left in between.

# %% [markdown]
# ## 7. The same gradients, from a tape
#
# There is another way to keep track: write down every operation in the order in which it runs, on a **tape**.
# That order needs no search. A number can only be used after it was made, so the record is already in
# topological order, and the walk back reads it from the end.
#
# Your Tensor announces each operation to `Tensor.watchers`. Here a watcher is put in after $h$ was made, and
# taken out before $z$ is.

# %% jupyter={"source_hidden": true} tags=["demo"]
# What a watcher sees: put in after h was made, taken out before z is.
w, x = Tensor(0.5), Tensor(3.0)
h = (w * x).tanh()
record = []
Tensor.watchers.append(lambda *made: record.append(made))
q = h * h
y = h + q
Tensor.watchers.clear()
z = y.tanh()
names = dict(zip(map(id, (w, x, h, q, y, z)), "wxhqyz", strict=True))
fig, ax = plt.subplots(figsize=(10.5, 2.9), layout="constrained")
place = draw_graph(
    ax, topological_order(z), names, "Framed: what the watcher was told, in this order"
)
for i, (out, _, _) in enumerate(record, start=1):
    column, height = place[id(out)]
    ax.add_patch(
        plt.Rectangle((column - 0.36, height - 0.41), 0.72, 0.82, fill=False, ec=BLUE, lw=3)
    )
    ax.text(column - 0.31, height + 0.45, f"line {i}", color=BLUE, fontsize=10)
ax.set_ylim(ax.get_ylim()[0], ax.get_ylim()[1] + 0.25)
show_figure(
    "The graph of z = tanh(y) with y = h + h h and h = tanh(w x). Two boxes are framed: q = h h is line 1 "
    "and y = h + q is line 2. The leaves, w x, h and z are not framed."
)
(_, _, back_through_q), (_, _, back_through_y) = record
to_h, to_q = back_through_y(np.ones(()))  # the last line first
left, right = back_through_q(to_q)
known = any(parent is w for _, parents, _ in record for parent in parents)
print(f"from these two lines: dy/dh = 1 + 2 h = {to_h + left + right:.4f}; dy/dw is known: {known}")

# %% [markdown]
# *What to see.* Two lines, each with a new Tensor, its parents and its pullback. They are enough for the
# gradient of $y$ with respect to $h$. They say nothing about $w$: $h$ was made before anybody watched, so to
# this record it is a leaf.
#
# TensorFlow works this way. Its numbers remember nothing, and a `GradientTape` writes down what happens inside
# its block.
#
# | | `loss.backward()` | `tape.gradient(loss, sources)` |
# | --- | --- | --- |
# | works from | the parents of each Tensor | what was recorded inside the block |
# | the answer | in `.grad` of everything | a list, in your order |
# | two calls | accumulate on the leaves | each stands alone |
# | something the loss does not depend on | `.grad` stays None | zeros |
# | asked again | allowed | only if the tape is persistent |
#
# The last row is about memory: a record holds every value of the forward pass, and TensorFlow lets go of it
# after the first answer unless you ask it to keep it. Your tape makes the same promise.

# %% [markdown]
# ### Exercise: `Tape` (25 minutes, difficulty 3 of 5)
#
# Use your Tensors from the outside only: `.data` and `Tensor.watchers`. Then your tape works with anybody's.
#
# A block can end in an error, and tapes can be nested: take out your own watcher, in both cases, and no other.


# %% nbgrader={"grade": false, "grade_id": "Tape", "locked": false, "schema_version": 3, "solution": true, "task": false}
class Tape:
    """Records what operations make inside a block, and finds gradients from the record.

        with Tape() as tape:
            loss = (w * x).sum()
        dw, dx = tape.gradient(loss, [w, x])

    Args:
        persistent: whether `gradient` may be called more than once.

    Source: Agrawal et al., TensorFlow Eager: A Multi-Stage, Python-Embedded DSL for Machine Learning
        (2019), and the interface of `tf.GradientTape`.
    """

    def __init__(self, persistent=False):
        ### BEGIN SOLUTION
        self.persistent = persistent
        self.asked = False
        self.record = []
        ### END SOLUTION

    def __enter__(self):
        """What `as tape` names: this tape. From here on it records, through `Tensor.watchers`."""
        ### BEGIN SOLUTION
        self.watch = lambda *made: self.record.append(made)
        Tensor.watchers.append(self.watch)
        return self
        ### END SOLUTION

    def __exit__(self, kind, error, traceback):
        """The end of the block: no more is recorded, and an error in the block travels on."""
        ### BEGIN SOLUTION
        Tensor.watchers.remove(self.watch)
        return False
        ### END SOLUTION

    def gradient(self, loss, sources):
        """The gradients of a loss, by a walk back over what was recorded; called after the block.

        Args:
            loss: a Tensor of one element. sources: a list of Tensors, leaves or not.

        Returns:
            A list of float64 arrays in the order of `sources`, each of the shape of its source's data:
            1 for the loss itself, and zeros for a source that nothing in the record connects with
            the loss; so zeros, too, if the loss was made outside the block. No tensor's `.grad` is
            read or changed.

        Raises:
            RuntimeError: a second call on a tape that is not persistent.
        """
        ### BEGIN SOLUTION
        if self.asked and not self.persistent:
            raise RuntimeError("this tape has answered; use Tape(persistent=True) to ask again")
        self.asked = True
        grads = {id(loss): np.ones(loss.data.shape)}
        for out, parents, pullback in reversed(self.record):
            if id(out) in grads:
                for parent, part in zip(parents, pullback(grads[id(out)]), strict=True):
                    grads[id(parent)] = grads.get(id(parent), 0) + part
        return [grads.get(id(source), np.zeros(source.data.shape)) for source in sources]
        ### END SOLUTION


# %% nbgrader={"grade": true, "grade_id": "test_Tape", "locked": true, "points": 4, "schema_version": 3, "solution": false, "task": false}
Tensor.watchers.clear()  # an earlier attempt may have left one in
_w, _x, _other = Tensor([2.0, -1.0]), Tensor([5.0, 3.0]), Tensor(np.ones((2, 2)))
_early = _w * _x
with Tape() as _tape:
    _h = _w * _x
    _loss = (_h * _h).sum()
_answer = _tape.gradient(_loss, [_x, _other, _h, _w, _loss])
assert len(_answer) == 5, "one gradient for each source"
assert np.allclose(_answer[0], [40, 6]), "the gradient of x comes first: 2 h w"
assert np.shape(_answer[1]) == (2, 2), "an unconnected source gets a gradient of its own shape"
assert np.allclose(_answer[1], 0), "and it is zero"
assert np.allclose(_answer[2], [20, -6]), "a source need not be a leaf: 2 h"
assert np.allclose(_answer[3], [100, -18]), "the gradient of w: 2 h x"
assert np.allclose(_answer[4], 1), "the loss moves by as much as it moves"
assert all(_t.grad is None for _t in (_w, _x, _other, _h, _loss)), "no tensor's .grad is changed"
try:
    _tape.gradient(_loss, [_w])
    _refused = False
except RuntimeError:
    _refused = True
assert _refused, "a tape that is not persistent answers once"

(_w * 7).backward(np.ones(2))
with Tape(persistent=True) as _tape:
    _loss = (_early * _x).sum()
_late = (_w * _x).sum()
for _ in range(2):
    assert np.allclose(_tape.gradient(_loss, [_early])[0], [5, 3]), "each answer stands alone"
assert np.allclose(_tape.gradient(_loss, [_w])[0], 0), "w was used before the block, not in it"
assert np.allclose(_tape.gradient(_late, [_w])[0], 0), "a loss made after the block is not recorded"
assert np.allclose(_w.grad, 7), "what an earlier backward left on a leaf is still there"

with Tape() as _outer:
    try:
        with Tape() as _inner:
            raise KeyError("an error in the block")
    except KeyError:
        _loss = (_w * _x).sum()
assert np.allclose(_inner.gradient(_loss, [_w])[0], 0), "an error ends the recording as well"
assert np.allclose(_outer.gradient(_loss, [_w])[0], [5, 3]), "and the outer tape goes on"
assert Tensor.watchers == [], "at the end nobody watches any more"
### BEGIN HIDDEN TESTS
from autograder.hidden.autograd import grade

grade("Tape")
### END HIDDEN TESTS

# %% [markdown]
# <details><summary>Hint 1: direction</summary>
#
# The cell above the exercise has most of it. What has to happen at the beginning of a block, at its end, and
# when the tape is asked? What about a line whose result the loss doesn't depend on?
# </details>
#
# <details><summary>Hint 2: method</summary>
#
# `__enter__` appends a function to `Tensor.watchers` that keeps `(out, parents, pullback)`; `__exit__` removes
# that same function. `gradient` starts a new dict from `id(tensor)` to gradient, with the loss alone in it, and
# goes through the record from its end. Skip a line whose result is not in the dict.
# </details>
#
# <details><summary>Hint 3: almost the line</summary>
#
# Keep the watcher on the tape, `self.watch = ...`, so that `Tensor.watchers.remove(self.watch)` finds it. Add
# each part to its parent's entry with `+`, which makes a new array; `+=` may write into one that another
# parent was handed too. Then one list over `sources`: the entry of each, or zeros of its data's shape.
# </details>

# %% [markdown]
# ### The look
#
# A question that training never asks: how much does the answer change when the *input* changes? The network
# of section 5, after training, is asked about 6,400 points. The loss is the probability of its surest class,
# summed over the points, and the source is the table of points.

# %% jupyter={"source_hidden": true} tags=["demo"]
# Where the trained network's answer is sensitive to its input.
gx, gy = np.meshgrid(np.linspace(-1.2, 1.2, 80), np.linspace(-1.2, 1.2, 80))
points = Tensor(np.stack([gx.ravel(), gy.ravel()], axis=1))
with Tape() as tape:
    scores = (points @ params["W1"] + params["b1"]).relu() @ params["W2"] + params["b2"]
    odds = (scores - Tensor(scores.data.max(axis=1, keepdims=True))).exp()
    probs = odds / odds.sum(axis=1, keepdims=True)
    surest = (probs * Tensor(np.eye(3)[probs.data.argmax(axis=1)])).sum()
(slopes,) = tape.gradient(surest, [points])
length = np.sqrt((slopes**2).sum(axis=1)).reshape(gx.shape)
fig, ax = plt.subplots(figsize=(5.6, 4.3), layout="constrained")
shade = ax.pcolormesh(gx, gy, length, cmap="cividis", shading="gouraud")
winner = probs.data.argmax(axis=1).reshape(gx.shape)
for label in range(3):
    ax.contour(gx, gy, winner == label, levels=[0.5], colors="white", linewidths=1.2)
ax.set(xlabel="x[0]", ylabel="x[1]", title="Where a small step changes the answer", aspect="equal")
fig.colorbar(shade, ax=ax, label="length of the gradient with respect to the point")
show_figure(
    "A map of the plane, bright where the trained network's answer is sensitive to the point and "
    "dark where it is not, with the borders between the three classes as white lines: the bright "
    "stripes follow the borders."
)
print(f".grad of every parameter as before: {all(p.grad is None for p in params.values())}")

# %% [markdown]
# *What to see.* One question to the tape gave the gradients at 6,400 points. They are long along the borders
# between the classes, where a small step changes the answer, and short far from them.

# %% [markdown]
# ## 8. In practice
#
# The same lines with `torch.tensor(..., requires_grad=True)` give the same gradients.

# %% open="PyTorch's calls are what to read here" tags=["demo"]
try:
    import torch
except ImportError:
    print("torch is not installed: this comparison is skipped. You need PyTorch from lesson 09 on.")
else:
    rng = np.random.default_rng(3)
    x, y = spirals(rng)
    one_hot = np.eye(3)[y]
    start = start_params(rng)

    params = {name: Tensor(value) for name, value in start.items()}
    loss = loss_of(params, x, one_hot)
    loss.backward()
    _, by_hand = loss_by_hand(start, x, one_hot)

    leaves = {name: torch.tensor(value, requires_grad=True) for name, value in start.items()}
    hidden = torch.relu(torch.tensor(x) @ leaves["W1"] + leaves["b1"])
    theirs = torch.nn.functional.cross_entropy(
        hidden @ leaves["W2"] + leaves["b2"], torch.tensor(y)
    )
    theirs.backward()
    print(f"loss: equal to 12 digits: {abs(theirs.item() - float(loss.data)) < 1e-12}")
    for name, p in params.items():
        torch_close = np.abs(leaves[name].grad.numpy() - p.grad).max() < 1e-12
        hand_close = np.abs(by_hand[name] - p.grad).max() < 1e-12
        print(f"{name}: torch to 12 digits: {torch_close}; by hand to 12 digits: {hand_close}")

    w = torch.tensor(2.0, requires_grad=True)
    for _ in range(2):
        (3 * w).backward()
    print(f"leaves accumulate there too: 3 + 3 = {w.grad.item():.0f}")
    h = 5 * w
    (answer,) = torch.autograd.grad(h * h, [h])
    print(f"torch.autograd.grad returns a list, as your tape does: 2 h = {answer.item():.0f}")

# %% [markdown]
# | you wrote | PyTorch | TensorFlow |
# | --- | --- | --- |
# | `Tensor(value)` | `torch.tensor(value, requires_grad=True)` | `tf.Variable(value)` |
# | `t.parents`, `t.rule` | `t.grad_fn.next_functions`, `t.grad_fn` | records on the tape |
# | `loss.backward()` | the same; the graph is freed after it, unless `retain_graph=True` | |
# | `t.grad` of a node in between | only after `t.retain_grad()` | name it as a source |
# | `x.grad = None` | `optimizer.zero_grad()` | not needed |
# | `Tape`, `tape.gradient` | `torch.autograd.grad` (on the graph) | `tf.GradientTape`, `tape.gradient` |
# | `Tensor.watchers` | `torch.overrides.TorchFunctionMode` | every active tape |
# | `Tape(persistent=True)` | `retain_graph=True` | `tf.GradientTape(persistent=True)` |
# | zeros for an unconnected source | `allow_unused=True` gives None | None, unless `unconnected_gradients="zero"` |

# %% [markdown]
# ## 9. To come back to
#
# | you want | use | typical values | when it fails |
# | --- | --- | --- | --- |
# | the gradients of one loss for many parameters | reverse mode: `backward` | about three forward passes, all values kept | memory: smaller batches, or compute values again on the way back |
# | the derivatives of many outputs for one input | forward mode | one pass for each input | many inputs: reverse mode |
# | gradients without side effects, or of inputs | a tape, `torch.autograd.grad` | each answer alone | None or zeros: the source was not used inside the block, or its value was copied out with `.data` |
# | training steps in a row | new leaves, or cleared gradients | cleared once a step | `x` swings: nobody clears |
# | a gradient with the parameter's shape | `unbroadcast` after every rule | sums over batch and repeated axes | a bias gradient with a batch axis |
# | a new operation | value, parents, rule | three lines | check along a random direction, sizes all different |
# | trust | small graphs: `x * x`, the detour, two calls | equal to twelve digits | look at the first node, from the end, that differs |

# %% [markdown]
# ## 10. Mastery questions
#
# Three questions that are asked in interviews. Write your answer in the cell beneath each; a person
# reads it.

# %% [markdown] nbgrader={"grade": false, "grade_id": "why_backwards", "locked": true, "points": 3, "schema_version": 3, "solution": false, "task": true}
# **1. Why backwards?** The chain rule can be worked out from the inputs to the loss as well (forward mode).
# For a network with a million parameters and one loss, compare the cost of the two. Then name a problem
# where forward mode is the better choice.
#
# === BEGIN MARK SCHEME ===
# - 1 point: forward mode carries the derivative with respect to one input (or one direction) at a time: a
#   million passes for a million parameters.
# - 1 point: reverse mode gets all of them in one walk back, at a small multiple of one forward pass, but
#   has to keep the values of the forward pass in memory.
# - 1 point: few inputs and many outputs, for example the sensitivity of a whole simulation to one
#   constant, or a product of the Jacobian with one direction; forward mode also keeps no values.
# === END MARK SCHEME ===

# %% [markdown]
# *Your answer here.*

# %% [markdown] nbgrader={"grade": false, "grade_id": "why_topological_order", "locked": true, "points": 3, "schema_version": 3, "solution": false, "task": true}
# **2. Why this order?** Somebody writes `backward` as a function that adds the incoming gradient to
# `self.grad`, and then calls itself on every parent with its share of `self.grad`. For which graphs is
# that right? Give a small graph where it is wrong, with numbers, and two ways to mend it.
#
# === BEGIN MARK SCHEME ===
# - 1 point: right for trees, where every node is used once; wrong as soon as a node in between is used
#   twice, because the second visit hands on the first share again.
# - 1 point: a graph with numbers. For example h = w x, y = h + h with w = 2, x = 5: the first visit sends
#   1 * 5, the second (1 + 1) * 5, so w gets 15, and 10 is right.
# - 1 point: hand on only the share that has arrived (right, but exponential in the number of paths), or
#   give each node one turn in reverse topological order.
# === END MARK SCHEME ===

# %% [markdown]
# *Your answer here.*

# %% [markdown] nbgrader={"grade": false, "grade_id": "what_breaks_the_graph", "locked": true, "points": 3, "schema_version": 3, "solution": false, "task": true}
# **3. What cuts the graph?** A colleague's loss falls, but one layer's weights never move, and their gradient
# is None. Give three different lines of code that could cause this in PyTorch (or with your Tensor), and say
# how you would find the place.
#
# === BEGIN MARK SCHEME ===
# - 1 point: two lines that cut the graph. For example `.detach()`, `.data`, `.item()` or a detour through
#   NumPy; `torch.no_grad()` around the layer; a new tensor made of an old one's value; an operation with no
#   gradient, such as argmax or rounding (that gives an error or zeros).
# - 1 point: a third of another kind. For example the layer is created and never called, it is called on
#   the wrong input, `requires_grad` is False, or the optimizer holds other parameters (then the gradient is
#   not None: saying so is worth the point).
# - 1 point: how to find it. Walk from the loss over the parents (`grad_fn.next_functions`) until the path to
#   the layer ends; or print `requires_grad` and `grad_fn` after each step.
# === END MARK SCHEME ===

# %% [markdown]
# *Your answer here.*

# %% [markdown]
# ## Further reading
#
# - Wengert, *A Simple Automatic Derivative Evaluation Program*, Communications of the ACM, 1964. Two pages;
#   the list of operations that you recorded in section 7 is still called a Wengert list.
# - Linnainmaa, *Taylor Expansion of the Accumulated Rounding Error*, BIT, 1976. The first publication in
#   English of the walk back.
# - Griewank and Walther, *Evaluating Derivatives*, 2nd edition, 2008. The book of the field.
# - Baydin, Pearlmutter, Radul and Siskind, *Automatic Differentiation in Machine Learning: a Survey*, 2018.
# - Paszke et al., *PyTorch: An Imperative Style, High-Performance Deep Learning Library*, 2019. The machine
#   of this lesson, with GPUs.
# - Karpathy, *micrograd*, 2020. The same idea on numbers, on two screens of code.
#
# **Next:** [lesson 04](../04_signal/signal.ipynb). You can get the gradient of anything. Why does it vanish on
# its way through fifty layers?
