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
# # 07 - What you really want is the test loss
#
# Every lesson so far made a loss small. That was the means. What you want is a small loss on examples
# that nobody has seen yet, and no gradient leads there. This lesson is about measuring that loss without
# fooling yourself, and about the few things that lower it.
#
# **You will be able to**
#
# - split data in two or three, in equal shares of every class, or in folds, and say which rows may
#   influence what;
# - recognise a leak by an accuracy that cannot be true, and close it;
# - read training and validation curves: underfitting, overfitting, and when to stop;
# - write standardisation, mini-batches, dropout, early stopping, a confusion matrix and the accuracy.
#
# **You need** lesson 01 (cross-entropy), lesson 02 (a forward and its backward), and means and standard
# deviations along an axis. The network that is trained here is given.
#
# **It takes** about two hours: nine exercises and three predictions. The cell beneath each exercise
# checks it (`%check`), as often as you like.

# %% jupyter={"source_hidden": true} tags=["setup"]
# Given: NumPy as np, Matplotlib as plt, find_data, two data sets, two plain models.
import copy
import os
from pathlib import Path

import matplotlib.pyplot as plt
import numpy as np

BLUE, ORANGE, GREEN, RED, GREY = "#0072B2", "#E69F00", "#009E73", "#D55E00", "#555555"
CLOTHES = (
    *("T-shirt", "trouser", "pullover", "dress", "coat"),
    *("sandal", "shirt", "sneaker", "bag", "boot"),
)


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
    """1797 handwritten digits: x float64 (1797, 64) from 0 to 1, y int64 (1797,)."""
    with np.load(find_data("digits.npz")) as digits:
        return digits["x"].reshape(-1, 64) / 16, digits["y"]


def load_clothes(part):
    """Photographs of clothes, averaged to 14x14 pixels: x float64 (n, 196) from 0 to 1, y int64 (n,).

    `part` is "train" (10000 images) or "test" (2000 images).
    """
    with np.load(find_data("fashion_mnist.npz")) as clothes:
        blocks = clothes[f"x_{part}"].reshape(-1, 14, 2, 14, 2)
        return blocks.mean(axis=(2, 4)).reshape(-1, 196) / 255, clothes[f"y_{part}"]


def nearest_label(x, y, new):
    """1-nearest-neighbour: for each row of `new`, the label of the row of x that is closest to it."""
    squared = (x**2).sum(axis=1) - 2 * new @ x.T
    return y[squared.argmin(axis=1)]


def nearest_centre(x, y, new):
    """For each row of `new`, the class whose mean row in x is closest to it."""
    classes = np.unique(y)
    centres = np.array([x[y == c].mean(axis=0) for c in classes])
    return nearest_label(centres, classes, new)


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
# ## 1. Two ways to be right
#
# There are two ways to answer every question of an exam. One is to understand the subject. The other is
# to learn last year's answers by heart. On last year's exam nobody can tell them apart.
#
# A model has the same two ways. Below, polynomials are fitted to 15 noisy points of a curve.

# %% jupyter={"source_hidden": true} tags=["demo"]
# Polynomials fitted to 15 noisy points, and their errors by degree.
rng = np.random.default_rng(4)
wave = lambda t: np.sin(3 * t)
t, grid = np.linspace(-1, 1, 15), np.linspace(-1, 1, 201)
seen = wave(t) + 0.3 * rng.normal(size=15)
degrees, old, new = np.arange(13), [], []
for degree in degrees:
    errors = []
    for _ in range(60):
        values = wave(t) + 0.3 * rng.normal(size=15)
        fit = np.polynomial.Polynomial.fit(t, values, degree)
        fresh = wave(grid) + 0.3 * rng.normal(size=201)
        errors.append((np.mean((fit(t) - values) ** 2), np.mean((fit(grid) - fresh) ** 2)))
    for curve, error in zip((old, new), np.median(errors, axis=0), strict=True):
        curve.append(error)
fig, (left, right) = plt.subplots(1, 2, figsize=(9.6, 3.7), layout="constrained")
for degree, color, style in ((1, ORANGE, "--"), (4, GREEN, "-"), (14, RED, ":")):
    fit = np.polynomial.Polynomial.fit(t, seen, degree)
    left.plot(grid, fit(grid), color=color, ls=style, lw=2, label=f"degree {degree}")
left.plot(t, seen, "o", color="black", label="15 points")
left.set(xlabel="t", ylabel="value", ylim=(-2.2, 2.2), title="Three fits to the same points")
left.legend(ncols=2, fontsize=8)
right.semilogy(degrees, old, color=BLUE, marker="o", label="on the points it was fitted to")
right.semilogy(degrees, new, color=RED, ls="--", marker="s", label="on new points")
right.axhline(0.09, color=GREY, ls=":", label="the noise: 0.09")
right.set(xlabel="degree", ylabel="mean squared error", title="Median of 60 draws")
right.legend(fontsize=8)
show_figure(
    "Left: 15 noisy points of a sine wave with three fitted polynomials: a straight line that "
    "misses the wave, degree 4 that follows it, degree 14 that passes through every point and "
    "swings far out between them. Right: error on the fitted points falls with the degree, error "
    "on new points falls and then rises steeply."
)
best_degree = int(degrees[np.argmin(new)])
print(f"least error on new points: degree {best_degree}")
print(f"degree 12: error on its own points {old[12]:.3f}, on new ones {new[12]:.2f}")

# %% [markdown]
# *What to see.* The straight line is wrong everywhere: it **underfits**. The dotted curve is right on
# every point and wild between them: it **overfits**. On the right, the blue error falls with every
# degree. It cannot tell learning from memorising. The red one can.
#
# In symbols. A model with parameters $\theta$ pays the loss $\ell(f_\theta(x), y)$ on an example $(x,y)$.
# What you want small is the expectation over all examples that could come, the **risk**:
#
# $$R(\theta) = \mathbb{E}_{(x, y)}\bigl[\ell(f_\theta(x), y)\bigr] \qquad\text{and what you have is}\qquad \hat R_S(\theta) = \frac{1}{|S|}\sum_{(x, y) \in S} \ell(f_\theta(x), y)$$
#
# the mean over a finite set $S$ of $|S|$ examples. If $\theta$ was chosen without looking at $S$, then
# $\hat R_S$ is right on average. If $\theta$ was chosen *to make* $\hat R_S$ small, it is too small, and
# by how much, you can't read off.
#
# So the rule of this lesson is one sentence: **a set of examples measures only what it did not help to
# choose.**

# %% [markdown]
# ## 2. Three sets, and why
#
# You choose twice. First the weights, by descent. Then everything else: the width, the rate, how long to
# train, which of ten models to keep. Each choice uses up the set that it was made on. Hence three sets:
#
# | set | chooses | may be looked at |
# | --- | --- | --- |
# | training | the weights | at every step |
# | validation | everything that is not a weight | after every epoch |
# | test | nothing | once, at the end |
#
# Why is validation not enough? The best of 20 models on 100 rows is partly the luckiest of 20. Its
# validation score holds that luck; its test score does not.
#
# ### Exercise: `split` (12 minutes, difficulty 2 of 5)
#
# Cut the rows $0, \dots, n-1$ into parts. Data often lie in a file in some order, by class or by date, so
# the rows are shuffled first.
#
# Part $i$ should get $n f_i$ rows, where $f_i$ is its fraction, and that is rarely a whole number. Any rule
# that leaves each part within one row of its share will do here. One that is fair is **largest remainder**,
# which parliaments use for seats: give every part the whole number below its share. Then hand the rows that
# are left, one each, to the parts that lost most by rounding down.
#
# For $n = 10$ and fractions 0.55, 0.25, 0.2 the shares are 5.5, 2.5 and 2. Rounded down they are 5, 2, 2;
# one row is left; the first two parts lost 0.5 each, so the first gets it: 6, 2, 2.


# %% nbgrader={"grade": false, "grade_id": "split", "locked": false, "schema_version": 3, "solution": true, "task": false}
def split(n, fractions, rng):
    """Shuffle the rows 0 to n - 1 and cut them into parts.

    Args:
        n: the number of rows, an int >= 1.
        fractions: a sequence of numbers >= 0, one for each part, that sum to 1 but for rounding; not
            modified.
        rng: numpy.random.Generator; the result depends on it and on nothing else random. Two calls with
            one rng give two different shuffles.

    Returns:
        A list of 1-D integer arrays, one for each fraction, in shuffled order: every row is in exactly
        one. The size of part i is within one row of n * fractions[i]; which parts are rounded up is
        yours to choose. A part may be left without rows.

    Raises:
        ValueError: fractions do not sum to 1.

    Source: the method of largest remainder, Balinski and Young, Fair Representation (1982).
    """
    ### BEGIN SOLUTION
    fractions = np.asarray(fractions, dtype=float)
    if abs(fractions.sum() - 1) > 1e-8:
        raise ValueError(f"fractions must sum to 1, got {fractions.tolist()}")
    shares = n * fractions
    sizes = np.floor(shares).astype(int)
    lost = np.round(shares - sizes, 9)  # 0.29 * 100 is 28.999999999999996
    first = np.argsort(-lost, kind="stable")
    sizes[first[: n - sizes.sum()]] += 1
    return np.split(rng.permutation(n), np.cumsum(sizes)[:-1])
    ### END SOLUTION


# %% nbgrader={"grade": true, "grade_id": "test_split", "locked": true, "points": 2, "schema_version": 3, "solution": false, "task": false}
_parts = split(10, (0.7, 0.2, 0.1), np.random.default_rng(0))
assert [len(p) for p in _parts] == [7, 2, 1], "10 rows in parts of 0.7, 0.2 and 0.1: 7, 2 and 1"
assert sorted(int(i) for p in _parts for i in p) == list(range(10)), (
    "every row is in exactly one part"
)
_tenths = [len(p) for p in split(16, [0.1] * 10, np.random.default_rng(0))]
assert set(_tenths) <= {1, 2}, "shares of 1.6 rows: each part has one row or two"
assert sum(_tenths) == 16, "and together they have all 16"
_one = np.concatenate(split(40, (0.5, 0.5), np.random.default_rng(1)))
_same = np.concatenate(split(40, (0.5, 0.5), np.random.default_rng(1)))
_other = np.concatenate(split(40, (0.5, 0.5), np.random.default_rng(2)))
assert not np.array_equal(_one, np.arange(40)), "the rows are shuffled"
assert np.array_equal(_one, _same), "one seed, one split"
assert not np.array_equal(_one, _other), "another seed, another split"
try:
    split(10, (0.7, 0.2), np.random.default_rng(0))
except ValueError:
    _raised = True
else:
    _raised = False
assert _raised, "fractions that do not sum to 1 raise ValueError"
### BEGIN HIDDEN TESTS
from autograder.hidden.generalization import grade

grade("split")
### END HIDDEN TESTS

# %% [markdown]
# <details><summary>Hint 1: direction</summary>
#
# There are two separate questions: how many rows does each part get, and which. Answer the first with
# numbers alone. Then one permutation of all rows answers the second.
# </details>
#
# <details><summary>Hint 2: method</summary>
#
# `np.floor` gives the sizes to start with. Sort the parts by what they lost, largest first, with a sort
# that keeps equal ones in their order (`np.argsort(..., kind="stable")`, or `sorted`). How many rows are
# left to hand out?
# </details>
#
# <details><summary>Hint 3: almost the line</summary>
#
# The first `n - sizes.sum()` parts in that order get one row more. `np.split(order, where)` cuts an array
# at the positions in `where`: the cumulative sums of the sizes, without the last.
# </details>

# %% [markdown]
# ### The look
#
# Sixty rows in the order of their file, each in the colour and with the mark of the part that got it.

# %% jupyter={"source_hidden": true} tags=["demo"]
# Which part each of sixty rows went to, for three seeds.
fig, ax = plt.subplots(figsize=(9.4, 2.2), layout="constrained")
marks = (("training", "o", BLUE), ("validation", "s", ORANGE), ("test", "^", "black"))
for seed in range(3):
    parts = split(60, (0.7, 0.2, 0.1), np.random.default_rng(seed))
    for rows, (name, marker, color) in zip(parts, marks, strict=True):
        label = f"{name}: {len(rows)}" if seed == 0 else None
        ax.plot(rows, np.full(len(rows), seed), marker, color=color, ms=5, label=label)
ax.set(xlabel="row in the file", yticks=range(3), yticklabels=[f"seed {s}" for s in range(3)])
ax.set(ylim=(-0.5, 2.5), title="Your split, three times")
ax.legend(loc="center left", bbox_to_anchor=(1.01, 0.5), fontsize=9)
show_figure(
    "Three strips of 60 marks, one for each seed. In every strip blue circles, orange squares and "
    "black triangles are mixed over the whole length, 42, 12 and 6 of them."
)

# %% [markdown]
# *What to see.* Always 42, 12 and 6 marks, always other rows. No stretch of the file belongs to one part.

# %% [markdown]
# ### The same share of every class
#
# A split by chance is fair on average, and you have only one. If a class is rare, chance may leave it out
# of the validation set, and then nothing measures it. The repair: split every class by itself, and put
# the pieces together. Such a split is called **stratified**.
#
# ### Exercise: `stratified_split` (10 minutes, difficulty 2 of 5)
#
# For a class of $m$ rows and a part with fraction $f$, the part holds $fm$ of them, give or take less
# than one row. You may call `split`.


# %% nbgrader={"grade": false, "grade_id": "stratified_split", "locked": false, "schema_version": 3, "solution": true, "task": false}
def stratified_split(labels, fractions, rng):
    """Cut rows into parts that hold every class in the same proportion.

    Args:
        labels: 1-D array (N,), one label a row: strings, or numbers of any kind, in any order, negative
            or with gaps; not modified.
        fractions: as in `split`.
        rng: numpy.random.Generator; which rows of a class go where depends on it, and on nothing else
            random.

    Returns:
        A list of 1-D integer arrays, one for each fraction: every row of `range(N)` is in exactly one.
        For every class and part, |rows of the class in the part - fraction * rows of the class| <= 1.
        The order within a part is free.

    Raises:
        ValueError: as `split`.

    Source: Kohavi, A Study of Cross-Validation and Bootstrap for Accuracy Estimation and Model Selection
        (1995), section 2.
    """
    ### BEGIN SOLUTION
    labels = np.asarray(labels)
    pieces = [[np.arange(0)] for _ in fractions]
    for label in np.unique(labels):
        rows = np.flatnonzero(labels == label)
        for piece, chosen in zip(pieces, split(len(rows), fractions, rng), strict=True):
            piece.append(rows[chosen])
    return [rng.permutation(np.concatenate(piece)) for piece in pieces]
    ### END SOLUTION


# %% nbgrader={"grade": true, "grade_id": "test_stratified_split", "locked": true, "points": 2, "schema_version": 3, "solution": false, "task": false}
_labels = np.array(["cat"] * 20 + ["dog"] * 10 + ["owl"] * 4)
_parts = stratified_split(_labels, (0.5, 0.5), np.random.default_rng(0))
for _name, _count in (("cat", 10), ("dog", 5), ("owl", 2)):
    for _part in _parts:
        assert np.sum(_labels[_part] == _name) == _count, (
            f"half of the rows of {_name} in each part"
        )
assert sorted(int(i) for p in _parts for i in p) == list(range(34)), (
    "every row is in exactly one part"
)
_labels = np.array([-1, 7, -1, 7, 7, -1, 7, -1, 7, 7])
_parts = stratified_split(_labels, (0.7, 0.3), np.random.default_rng(0))
for _label in (-1, 7):
    _share = 0.3 * np.sum(_labels == _label)
    assert abs(np.sum(_labels[_parts[1]] == _label) - _share) <= 1, "labels are any numbers"
_first = [
    set(stratified_split(np.zeros(60), (0.5, 0.5), np.random.default_rng(s))[0]) for s in (1, 2)
]
assert _first[0] != _first[1], "another seed puts other rows of a class into a part"
### BEGIN HIDDEN TESTS
from autograder.hidden.generalization import grade

grade("stratified_split")
### END HIDDEN TESTS

# %% [markdown]
# <details><summary>Hint 1: direction</summary>
#
# `split` cuts the numbers 0 to m - 1. What do these numbers stand for, if m is the number of rows of one
# class?
# </details>
#
# <details><summary>Hint 2: method</summary>
#
# `np.unique(labels)` lists the classes, whatever they are. `np.flatnonzero(labels == label)` has the rows
# of one of them. Collect what each part gets from every class, and concatenate at the end.
# </details>
#
# <details><summary>Hint 3: almost the line</summary>
#
# For every class: split the number of its rows, and index its rows with each of the arrays that come
# back. Piece i of every class goes to part i.
# </details>

# %% [markdown]
# ### The look
#
# 400 rows, 20 of them of a rare class, a validation part of a tenth. How many of the 20 does it hold?
# Three hundred splits of each kind.

# %% jupyter={"source_hidden": true} tags=["demo"]
# How many rare rows land in the validation part, with each kind of split.
from math import comb

labels = np.array([1] * 20 + [0] * 380)
plain, fair = [], []
for seed in range(300):
    plain.append(labels[split(400, (0.9, 0.1), np.random.default_rng(seed))[1]].sum())
    fair.append(labels[stratified_split(labels, (0.9, 0.1), np.random.default_rng(seed))[1]].sum())
counts = np.arange(9)
chance = [300 * comb(20, c) * comb(380, 40 - c) / comb(400, 40) for c in counts]
fig, ax = plt.subplots(figsize=(6.6, 3.4), layout="constrained")
ax.bar(counts, np.bincount(fair, minlength=9)[:9], color="white", edgecolor=ORANGE, hatch="//",
       width=0.9, label="stratified")  # fmt: skip
ax.bar(counts, np.bincount(plain, minlength=9)[:9], color=BLUE, width=0.5, label="plain")
ax.plot(counts, chance, "o--", color="black", label="plain, by theory")
ax.set(xlabel="rare rows in the validation part", ylabel="splits of 300", yscale="symlog")
ax.set(title="Chance is fair on average only")
ax.legend()
show_figure(
    "Histogram of how many of 20 rare rows land in the validation part. Plain splits spread from "
    "0 to about 7 with the binomial-like curve of chance over them; the stratified split is a "
    "single hatched bar at 2."
)
none = np.mean(np.array(plain) == 0)
print(f"plain splits without a single rare row: {'about a tenth' if 0.04 < none < 0.2 else none}")

# %% [markdown]
# *What to see.* The stratified bar stands at 2, a tenth of 20, every time. Plain splits follow the theory
# of drawing 40 of 400, and about one in nine has no rare row at all. (The vertical axis is logarithmic
# above 1.)

# %% [markdown]
# ## 3. An accuracy that cannot be true
#
# A **leak** is any way by which rows that measure have helped to choose. The code runs, the number is
# wonderful, and in use the model fails.
#
# The best way to see a leak is to make success impossible. The next cell takes 300 handwritten digits and
# gives them labels *by lot*, one of ten. There is nothing to learn: no honest accuracy is above 10 %,
# give or take chance. Then each image gets a near twin: the same image with a little noise, and the same
# label. That is what augmented images, two frames of one film or two visits of one patient look like.
#
# The model is the plainest there is: answer with the label of the nearest training row.

# %% jupyter={"source_hidden": true} tags=["demo"]
# The accuracy on random labels, with twins split and with twins together.
digits, _ = load_digits()
by_rows, by_pairs = [], []
for seed in range(20):
    rng = np.random.default_rng(seed)
    images = digits[rng.permutation(len(digits))[:300]]
    lots = rng.integers(0, 10, size=300)
    x = np.concatenate([images, images + 0.1 * rng.normal(size=images.shape)])
    y = np.concatenate([lots, lots])  # row i and row i + 300 are twins
    train, test = split(600, (0.8, 0.2), rng)
    by_rows.append(np.mean(nearest_label(x[train], y[train], x[test]) == y[test]))
    train, test = (np.concatenate([part, part + 300]) for part in split(300, (0.8, 0.2), rng))
    by_pairs.append(np.mean(nearest_label(x[train], y[train], x[test]) == y[test]))
fig, ax = plt.subplots(figsize=(6.4, 3.2), layout="constrained")
for place, (scores_of, marker, color) in enumerate(((by_rows, "o", RED), (by_pairs, "s", BLUE))):
    ax.plot(np.full(20, place) + np.linspace(-0.15, 0.15, 20), scores_of, marker, color=color)
ax.axhline(0.1, color="black", ls="--", label="the best that is possible: 10 %")
ax.set(xticks=[0, 1], xticklabels=["rows split at random", "twins kept together"])
ax.set(xlim=(-0.5, 1.5), ylim=(0, 1), ylabel="test accuracy", title="Labels drawn by lot")
ax.legend()
show_figure(
    "Two groups of dots, 20 each. When rows are split at random, accuracy on labels drawn by lot "
    "lies near 80 percent; when twins stay on one side, near 10 percent, on the dashed line of "
    "chance."
)
print(f"rows at random: {np.mean(by_rows):.1f}, twins together: {np.mean(by_pairs):.1f}")

# %% [markdown]
# *What to see.* Four of five test rows have their twin in the training set, and the accuracy is about
# 0.8, on labels that mean nothing. Split the 300 originals instead of the 600 rows, and it falls to
# chance.
#
# The remedy is to ask, before you split: *which rows belong together?* Split by image, by patient, by
# film; and by time where the future is to be predicted.

# %% [markdown]
# ### What may be computed from what
#
# Rows are not the only way in. Everything that is computed from data and used by the model is part of the
# model: means, deviations, the list of features, the vocabulary. All of it comes from training rows.
#
# Standardising is the commonest case. Features come in all units, and a distance or a step treats them as
# if they had one. So each feature is shifted to mean 0 and scaled to deviation 1:
#
# $$x'_{nd} = \frac{x_{nd} - \mu_d}{\sigma_d} \qquad \mu_d = \frac1N\sum_{n=1}^N x_{nd} \qquad \sigma_d^2 = \frac1N\sum_{n=1}^N (x_{nd} - \mu_d)^2$$
#
# where $n$ runs over the $N$ rows of the **training** set, and $d$ is a feature. Validation and test rows
# use the same $\mu_d$ and $\sigma_d$. They come out with a mean that is not quite 0, and that is right:
# in use, rows come one at a time, and have no mean of their own.
#
# A feature that never varies in training, such as the pixel in a corner, has $\sigma_d = 0$. The model
# could learn nothing from it, so it becomes 0 in every set.
#
# ### Exercise: `standardize` (12 minutes, difficulty 2 of 5)
#
# One trap: thirty copies of 0.1 have a mean that is not exactly 0.1, and a deviation that is tiny but not
# 0. Whether a feature is constant is a question for its largest and smallest value.


# %% nbgrader={"grade": false, "grade_id": "standardize", "locked": false, "schema_version": 3, "solution": true, "task": false}
def standardize(train, *others):
    """Shift and scale every feature by the statistics of the training rows.

    Args:
        train: array (N, ...) with N >= 1, floats or integers, features along all axes but the first.
        others: any number of arrays (M, ...) with the same features. None is modified.

    Returns:
        A list of new float64 arrays, first train, then the others: `(x - mean) / std` with the mean and
        the population standard deviation (division by N) of train along axis 0, and no eps. A feature
        that is constant in train (its max equals its min) is 0 in all of them.

    Source: LeCun, Bottou, Orr and Müller, Efficient BackProp (1998), section 4.3.
    """
    ### BEGIN SOLUTION
    mean, std = train.mean(axis=0), train.std(axis=0)
    constant = train.max(axis=0) == train.min(axis=0)
    scale = np.where(constant, 1.0, std)
    return [np.where(constant, 0.0, (x - mean) / scale) for x in (train, *others)]
    ### END SOLUTION


# %% nbgrader={"grade": true, "grade_id": "test_standardize", "locked": true, "points": 2, "schema_version": 3, "solution": false, "task": false}
_train = np.array([[1.0, 200.0], [3.0, 600.0]])
_valid = np.array([[2.0, 800.0], [5.0, 400.0], [1.0, 0.0]])
_ours, _theirs = standardize(_train, _valid)
assert np.allclose(_ours, [[-1, -1], [1, 1]]), "mean 0 and population deviation 1 in training"
assert np.allclose(_theirs, [[0, 2], [3, 0], [-1, -2]]), (
    "other rows are shifted and scaled by the training rows' mean and deviation"
)
assert _train[0, 0] == 1.0, "what was handed in is unchanged"
_flat = np.full((30, 1), 0.1)
_ours, _theirs = standardize(_flat, np.array([[0.1], [0.7]]))
assert np.all(_ours == 0), "a feature that is constant in training becomes 0"
assert np.all(_theirs == 0), "and 0 in the other sets too, whatever it was there"
assert len(standardize(_train)) == 1, "without others: a list of one"
### BEGIN HIDDEN TESTS
from autograder.hidden.generalization import grade

grade("standardize")
### END HIDDEN TESTS

# %% [markdown]
# <details><summary>Hint 1: direction</summary>
#
# Which of the arrays has a say in the mean and the deviation? And which feature has to be kept away from
# the division?
# </details>
#
# <details><summary>Hint 2: method</summary>
#
# `std(axis=0)` of NumPy divides by N: that is the population deviation. Compare `max(axis=0)` with
# `min(axis=0)` for the features that never vary, and give those a scale of 1 before you divide.
# </details>
#
# <details><summary>Hint 3: almost the line</summary>
#
# Four things from train: mean, deviation, which are constant, and a scale without zeros. Then for train
# and each of the others: 0 where constant, else the difference from the mean over the scale.
# </details>

# %% [markdown]
# ### The look
#
# Four features of photographs of clothes, made by hand: total ink, width in pixels, how far left and
# right differ, and how much neighbouring pixels differ (both below 1). Nearest neighbours on 1000 rows,
# before and after your `standardize`.

# %% jupyter={"source_hidden": true} tags=["demo"]
# Four features before and after standardising, and the accuracy with each.
with np.load(find_data("fashion_mnist.npz")) as clothes:
    rows = np.random.default_rng(3).permutation(10000)[:2000]
    images, y = clothes["x_train"][rows] / 255, clothes["y_train"][rows]
features = np.stack(
    [
        images.sum(axis=(1, 2)),
        (images.max(axis=1) > 0.2).sum(axis=1),
        np.abs(images - images[:, :, ::-1]).mean(axis=(1, 2)),
        np.abs(np.diff(images, axis=2)).mean(axis=(1, 2)),
    ],
    axis=1,
)
train, test = split(2000, (0.5, 0.5), np.random.default_rng(0))
raw = np.mean(nearest_label(features[train], y[train], features[test]) == y[test])
ours, theirs = standardize(features[train], features[test])
scaled = np.mean(nearest_label(ours, y[train], theirs) == y[test])
fig, (left, right) = plt.subplots(1, 2, figsize=(9, 3.3), layout="constrained")
names = ("ink", "width", "asymmetry", "edges")
left.bar(np.arange(4) - 0.2, features[train].std(axis=0), 0.4, color=ORANGE, label="raw")
left.bar(np.arange(4) + 0.2, theirs.std(axis=0), 0.4, color=BLUE, hatch="//", label="standardised")
left.set(yscale="log", xticks=range(4), xticklabels=names, ylabel="standard deviation")
left.set(title="Spread of each feature (test rows)")
left.legend()
right.bar([0, 1], [raw, scaled], color=[ORANGE, BLUE], hatch=["", "//"])
right.axhline(0.1, color="black", ls="--", label="chance")
right.set(xticks=[0, 1], xticklabels=["raw", "standardised"], ylabel="test accuracy")
right.set(title="1-nearest-neighbour, four features")
right.legend()
show_figure(
    "Left: two bars for each of four features on a logarithmic axis. Raw, the standard deviations "
    "run from 100 for the ink to 0.03 for the edges; standardised, all are close to 1. Right: "
    "accuracy of 1-nearest-neighbour, about 0.37 with raw features and 0.55 with standardised "
    "ones, far above the dashed line of chance at 0.1."
)
print(f"standardising helps by more than 0.1: {scaled > raw + 0.1}")

# %% [markdown]
# *What to see.* Raw, the ink decides alone: its spread is a thousand times that of the asymmetry and
# more. Standardised, all four have a say. The bars of the test rows are close to 1 and not quite equal to
# it: the deviations are those of the training rows.

# %% [markdown]
# ## 4. Little data: let every row do both
#
# With 60 rows, a validation set of 12 says little: one row more or less is 8 %. **k-fold
# cross-validation** cuts the rows into $k$ folds. Each fold is the validation set once, while the other
# $k - 1$ train a fresh model. Every row is validated on exactly once, by a model that has not seen it,
# and the mean over the folds uses them all.
#
# The price is $k$ trainings. Common choices are $k = 5$ and $k = 10$; $k = N$ is called leave-one-out.

# %% [markdown]
# ### Prediction: coin flips
#
# 50 rows, each with 3000 features of pure noise, and labels 0 and 1 tossed by a coin. You keep the 20
# features whose correlation with the labels is largest, over all 50 rows. Then you measure a classifier
# on these 20 by 5-fold cross-validation, correctly. What accuracy does it report?
#
# - (a) about 50 %
# - (b) about 60 %
# - (c) above 80 %

# %% nbgrader={"grade": false, "grade_id": "prediction_coin_flips", "locked": false, "schema_version": 3, "solution": true, "task": false}
### BEGIN SOLUTION
prediction_coin_flips = "c"
### END SOLUTION

# %% nbgrader={"grade": true, "grade_id": "test_prediction_coin_flips", "locked": true, "points": 1, "schema_version": 3, "solution": false, "task": false}
if prediction_coin_flips is None:
    raise NotImplementedError("prediction_coin_flips is not written yet")
letter = str(prediction_coin_flips).strip(" ().").lower()
assert letter in ("a", "b", "c"), "a prediction is one letter: a, b or c"
### BEGIN HIDDEN TESTS
from autograder.hidden.generalization import grade

grade("prediction_coin_flips")
### END HIDDEN TESTS

# %% [markdown]
# ### Exercise: `k_fold` (8 minutes, difficulty 2 of 5)
#
# If $k$ does not divide $n$, no row may be dropped: the sizes of the folds differ by at most one. Which
# folds are the larger ones is up to you.


# %% nbgrader={"grade": false, "grade_id": "k_fold", "locked": false, "schema_version": 3, "solution": true, "task": false}
def k_fold(n, k, rng):
    """The k ways to use one of k shuffled folds for validation and the others for training.

    Args:
        n: the number of rows. k: the number of folds, an int with 2 <= k <= n.
        rng: numpy.random.Generator; which rows share a fold depends on it, and on nothing else random.

    Returns:
        A list of k pairs (train, val) of 1-D integer arrays. Every row of `range(n)` is in exactly one
        val; the sizes of the vals differ by at most one; each train holds exactly the rows that its val
        does not. The order within an array is free.

    Source: Stone, Cross-Validatory Choice and Assessment of Statistical Predictions (1974); Hastie,
        Tibshirani and Friedman, The Elements of Statistical Learning (2009), section 7.10.
    """
    ### BEGIN SOLUTION
    folds = np.array_split(rng.permutation(n), k)
    return [(np.concatenate(folds[:i] + folds[i + 1 :]), folds[i]) for i in range(k)]
    ### END SOLUTION


# %% nbgrader={"grade": true, "grade_id": "test_k_fold", "locked": true, "points": 2, "schema_version": 3, "solution": false, "task": false}
_folds = k_fold(10, 3, np.random.default_rng(0))
assert len(_folds) == 3, "k pairs"
assert sorted(len(v) for _, v in _folds) == [3, 3, 4], "10 rows in 3 folds: 3, 3 and 4"
assert sorted(int(i) for _, v in _folds for i in v) == list(range(10)), (
    "every row is validated on exactly once"
)
for _train, _val in _folds:
    assert sorted(int(i) for i in (*_train, *_val)) == list(range(10)), (
        "a training set holds exactly the rows that its fold does not"
    )
_folds = k_fold(40, 4, np.random.default_rng(1))
_other = k_fold(40, 4, np.random.default_rng(2))
assert all(set(v) != set(range(10 * i, 10 * i + 10)) for i, (_, v) in enumerate(_folds)), (
    "the rows are shuffled before they are cut"
)
assert set(_folds[0][1]) != set(_other[0][1]), "another seed, other folds"
assert [len(v) for _, v in k_fold(5, 5, np.random.default_rng(0))] == [1] * 5, (
    "k = n: leave one out"
)
### BEGIN HIDDEN TESTS
from autograder.hidden.generalization import grade

grade("k_fold")
### END HIDDEN TESTS

# %% [markdown]
# <details><summary>Hint 1: direction</summary>
#
# Shuffle once, for all folds. If every fold shuffles anew, they overlap.
# </details>
#
# <details><summary>Hint 2: method</summary>
#
# `np.array_split(order, k)` cuts an array into k pieces whose sizes differ by at most one. It returns a
# list, and lists can be cut and joined.
# </details>
#
# <details><summary>Hint 3: almost the line</summary>
#
# For each i: the folds before i and the folds after i, concatenated, are the training rows; fold i is the
# validation rows.
# </details>

# %% [markdown]
# ### The look: the coin flips
#
# The experiment of your prediction, with your folds. Once the features are chosen on all rows before the
# folds are cut. Once they are chosen inside, for each fold anew, from its training rows.


# %% jupyter={"source_hidden": true} tags=["demo", "prediction_coin_flips"]
# Cross-validated accuracy on coin flips, with features chosen outside and inside.
def most_correlated(x, y, count=20):
    """The columns of x whose correlation with y is largest in size."""
    centred = x - x.mean(axis=0)
    products = np.abs((y - y.mean()) @ centred)
    return np.argsort(-products / np.sqrt((centred**2).sum(axis=0)))[:count]


before, inside = [], []
for seed in range(40):
    rng = np.random.default_rng(seed)
    x, y = rng.normal(size=(50, 3000)), rng.integers(0, 2, size=50)
    chosen, right_before, right_inside = most_correlated(x, y), [], []
    for train, val in k_fold(50, 5, rng):
        guess = nearest_centre(x[train][:, chosen], y[train], x[val][:, chosen])
        right_before.extend(guess == y[val])
        own = most_correlated(x[train], y[train])
        guess = nearest_centre(x[train][:, own], y[train], x[val][:, own])
        right_inside.extend(guess == y[val])
    before.append(np.mean(right_before))
    inside.append(np.mean(right_inside))
bins = np.arange(0.17, 1.04, 0.04)
fig, ax = plt.subplots(figsize=(7, 3.3), layout="constrained")
ax.hist(before, bins, color=RED, label="features chosen on all rows")
ax.hist(inside, bins, color="white", edgecolor=BLUE, hatch="//", label="chosen inside each fold")
ax.axvline(0.5, color="black", ls="--", label="the truth: a coin")
ax.set(xlabel="accuracy by 5-fold cross-validation", ylabel="repetitions of 40")
ax.set(title="3000 features of noise")
ax.legend(loc="upper left", fontsize=8)
show_figure(
    "Histogram of cross-validated accuracy on coin flips over 40 repetitions. Features chosen on "
    "all rows: a group between 0.85 and 1. Features chosen inside the folds: a group around 0.5, "
    "where a dashed line marks chance."
)
print(f"chosen on all rows: above 0.8: {np.mean(before) > 0.8}")
print(f"chosen inside: between 0.4 and 0.6: {0.4 < np.mean(inside) < 0.6}")

# %% [markdown]
# *What to see.* Among 3000 columns of noise, some agree with 50 coin flips by luck,
# *with those in the validation fold too*. They were chosen for that. Nothing after the choice can undo
# it. Chosen inside the folds, the same features are worth what they are worth: nothing.
#
# Published results have gone wrong in exactly this way; see Ambroise and McLachlan below.

# %% [markdown]
# What the folds buy: the accuracy of nearest class means on 60 digits. One split validates on 12 rows,
# five folds on all 60. The truth is measured on the 1737 digits that are left.

# %% jupyter={"source_hidden": true} tags=["demo"]
# How far one split and five folds miss the true accuracy.
digits, labels = load_digits()
single, folded = [], []
for seed in range(150):
    rng = np.random.default_rng(seed)
    order = rng.permutation(len(digits))
    few, rest = order[:60], order[60:]
    truth = np.mean(nearest_centre(digits[few], labels[few], digits[rest]) == labels[rest])
    right = []
    for train, val in k_fold(60, 5, rng):
        guess = nearest_centre(digits[few[train]], labels[few[train]], digits[few[val]])
        right.append(guess == labels[few[val]])
    single.append(np.mean(right[0]) - truth)
    folded.append(np.mean(np.concatenate(right)) - truth)
fig, ax = plt.subplots(figsize=(7, 3.2), layout="constrained")
bins = np.arange(-0.4, 0.41, 0.05)
ax.hist(single, bins, color=ORANGE, alpha=0.9, label="one split: 12 rows")
ax.hist(folded, bins, histtype="step", color="black", lw=2, label="five folds: 60 rows")
ax.axvline(0, color=GREY, ls=":")
ax.set(xlabel="estimated accuracy - true accuracy", ylabel="repetitions of 150")
ax.set(title="Two estimates of the same model")
ax.legend()
show_figure(
    "Two histograms of the error of an estimated accuracy over 150 repetitions. A single split of "
    "12 rows spreads from about -0.3 to 0.2; five folds spread about half as wide."
)
ratio = np.std(single) / np.std(folded)
print(f"the single split's error spreads {ratio:.0f} times as far")

# %% [markdown]
# *What to see.* Both are centred a little below 0 (a model trained on 48 rows is a little worse than one
# on 60). The folds' estimate spreads about half as far, for five times the work.

# %% [markdown]
# ## 5. Mini-batches
#
# A step on all rows is exact and expensive; a step on one row is cheap and noisy. A **mini-batch** of $B$
# rows lies between. One pass over all rows, in $\lceil N/B \rceil$ batches, is an **epoch**.
#
# Two rules keep it honest. Every epoch has a new order, and in each epoch every row appears exactly once.
# And inputs and targets travel together: a shuffle that separates them leaves a data set of random
# labels, and nothing crashes.
#
# ### Exercise: `minibatches` (8 minutes, difficulty 2 of 5)
#
# Write a *generator*: a function with `yield`. It hands out one batch, waits, and goes on when the next
# one is asked for. Indexing with an array of row numbers makes a copy, so a batch never shares memory
# with the data.


# %% nbgrader={"grade": false, "grade_id": "minibatches", "locked": false, "schema_version": 3, "solution": true, "task": false}
def minibatches(x, y, batch_size, rng, drop_last=False):
    """One epoch of shuffled batches: a generator.

    Args:
        x: array (N, ...). y: array (N, ...), one row for each row of x. Neither is modified.
        batch_size: rows in a batch, an int >= 1; may be larger than N.
        rng: numpy.random.Generator; the order depends on it and on nothing else random. Two epochs with
            one rng have two different orders.
        drop_last: leave out the last batch if it has fewer than batch_size rows.

    Yields:
        (x_batch, y_batch), copies of the same rows of x and y. Every row is in one batch, apart from
        those that drop_last leaves out. All batches but the last have batch_size rows.

    Source: Bottou, Curtis and Nocedal, Optimization Methods for Large-Scale Machine Learning (2018),
        section 3.
    """
    ### BEGIN SOLUTION
    order = rng.permutation(x.shape[0])
    end = len(x) - len(x) % batch_size if drop_last else len(x)
    for start in range(0, end, batch_size):
        taken = order[start : start + batch_size]
        yield x[taken], y[taken]
    ### END SOLUTION


# %% nbgrader={"grade": true, "grade_id": "test_minibatches", "locked": true, "points": 2, "schema_version": 3, "solution": false, "task": false}
_x = np.arange(10.0)[:, None] * np.array([1.0, 10.0])
_y = np.arange(10) + 100
_epoch = minibatches(_x, _y, 4, np.random.default_rng(0))
assert hasattr(_epoch, "__next__"), "a generator: it hands out one batch at a time"
assert len(next(_epoch)) == 2, "a batch is a pair: inputs and targets"
_batches = list(minibatches(_x, _y, 4, np.random.default_rng(0)))
assert [len(xb) for xb, _ in _batches] == [4, 4, 2], "the last, partial batch is kept"
for _xb, _yb in _batches:
    assert np.array_equal(_xb[:, 0] + 100, _yb), "each input comes with its own target"
_order = [int(v) for _, yb in _batches for v in yb]
assert sorted(_order) == list(range(100, 110)), "an epoch has every row once"
_rng = np.random.default_rng(0)
_epochs = [[int(v) for _, yb in minibatches(_x, _y, 4, _rng) for v in yb] for _ in range(3)]
assert _epochs[0] != _epochs[1] or _epochs[1] != _epochs[2], "every epoch has an order of its own"
_dropped = list(minibatches(_x, _y, 4, np.random.default_rng(0), drop_last=True))
assert [len(xb) for xb, _ in _dropped] == [4, 4], "drop_last leaves out a partial batch"
_whole = list(minibatches(_x, _y, 5, np.random.default_rng(0), drop_last=True))
assert [len(xb) for xb, _ in _whole] == [5, 5], "and keeps a last batch that is full"
assert [len(xb) for xb, _ in minibatches(_x, _y, 64, np.random.default_rng(0))] == [10], (
    "a batch size above N: one batch of all rows"
)
assert np.array_equal(_y, np.arange(10) + 100), "the data keep their order"
### BEGIN HIDDEN TESTS
from autograder.hidden.generalization import grade

grade("minibatches")
### END HIDDEN TESTS

# %% [markdown]
# <details><summary>Hint 1: direction</summary>
#
# Shuffle row numbers, not rows: one permutation, used for x and for y.
# </details>
#
# <details><summary>Hint 2: method</summary>
#
# Walk through the permutation in steps of the batch size. A slice that reaches beyond the end of an array
# stops at its end, which is what the last batch needs. With `drop_last`, walk only as far as whole
# batches go.
# </details>
#
# <details><summary>Hint 3: almost the line</summary>
#
# For every start: `taken` are the next `batch_size` entries of the permutation; yield x at these rows and
# y at these rows. With drop_last the range ends at N minus the remainder of N by the batch size.
# </details>

# %% [markdown]
# ### A network to try it on
#
# The rest of the lesson needs a network that learns. This one is given: one hidden layer of ReLUs,
# cross-entropy, steps with momentum 0.9. It calls *your* `minibatches`, and later your dropout and your
# early stopping. Read `train` once: it is a whole training loop.


# %% open="the text asks to read train" tags=["setup"]
def with_ones(h):
    """h (N, D) with a column of ones at its right: the last row of a weight matrix is its bias."""
    return np.hstack([h, np.ones((len(h), 1))])


def new_network(rng, width, inputs=196, classes=10):
    """Two random matrices, inputs to hidden and hidden to classes; the biases in their last rows are 0."""
    first = rng.normal(size=(inputs + 1, width)) * np.sqrt(2 / inputs)
    second = rng.normal(size=(width + 1, classes)) * np.sqrt(2 / width)
    first[-1] = second[-1] = 0
    return [first, second]


def logits_of(net, x):
    """The logits (N, classes) of a network, without dropout."""
    return with_ones(np.maximum(with_ones(x) @ net[0], 0)) @ net[1]


def loss_of(net, x, y):
    """Mean cross-entropy of a network on rows x with classes y, without dropout."""
    z = logits_of(net, x)
    z -= z.max(axis=1, keepdims=True)
    return float(np.mean(np.log(np.exp(z).sum(axis=1)) - z[np.arange(len(y)), y]))


def slopes(net, x, y, p, rng, dropout):
    """The gradients of the mean cross-entropy, with dropout of probability p on the hidden layer."""
    below = with_ones(x)
    h = np.maximum(below @ net[0], 0)
    alive = h > 0
    if p > 0:
        h, mask = (dropout or dropout_forward)(h, p, rng)
    above = with_ones(h)
    z = above @ net[1]
    g = np.exp(z - z.max(axis=1, keepdims=True))
    g = (g / g.sum(axis=1, keepdims=True) - np.eye(z.shape[1])[y]) / len(y)
    up = g @ net[1][:-1].T
    if p > 0:
        up = dropout_backward(up, mask)
    return [below.T @ (up * alive), above.T @ g]


def train(data, width=128, epochs=80, batch_size=32, lr=0.02, p=0.0, decay=0.0, seed=1,
          stopper=None, batches=None, dropout=None):  # fmt: skip
    """Train a network, and note the losses on training and validation rows after every epoch.

    Args:
        data: (x, y, x_val, y_val). p: dropout. decay: weight decay (decoupled).
        stopper: an EarlyStopping, asked after every epoch.
        batches, dropout: stand-ins for your `minibatches` and `dropout_forward`.

    Returns:
        (net, losses): losses is an array (epochs + 1, 2), the first row before training.
    """
    x, y, x_val, y_val = data
    rng = np.random.default_rng(seed)
    net = new_network(rng, width, x.shape[1])
    velocity = [np.zeros_like(w) for w in net]
    losses = [(loss_of(net, x, y), loss_of(net, x_val, y_val))]
    for _epoch in range(epochs):
        for x_batch, y_batch in (batches or minibatches)(x, y, batch_size, rng):
            grads = slopes(net, x_batch, y_batch, p, rng, dropout)
            for w, v, grad in zip(net, velocity, grads, strict=True):
                v *= 0.9
                v += grad
                if w.ndim > 1:  # biases don't decay
                    w *= 1 - lr * decay
                w -= lr * v
        losses.append((loss_of(net, x, y), loss_of(net, x_val, y_val)))
        if stopper is not None and stopper.update(losses[-1][1], net):
            break
    return net, np.array(losses)


def clothes_data(rows=300, seed=11):
    """`rows` photographs to train on and 1000 to validate on, in equal shares of the ten classes."""
    x, y = load_clothes("train")
    fractions = (rows / 10000, 0.1, 0.9 - rows / 10000)
    own, val, _ = stratified_split(y, fractions, np.random.default_rng(seed))
    return x[own], y[own], x[val], y[val]


# %% [markdown]
# ### Prediction: few large steps or many small ones
#
# 300 photographs of clothes, 20 epochs, one rate for all. Batches of 8, of 64, or all 300 at once: which
# ends with the lowest loss on its *training* rows?
#
# - (a) 300: its gradient is exact
# - (b) 64
# - (c) 8: its gradient is noisiest

# %% nbgrader={"grade": false, "grade_id": "prediction_batch_size", "locked": false, "schema_version": 3, "solution": true, "task": false}
### BEGIN SOLUTION
prediction_batch_size = "c"
### END SOLUTION

# %% nbgrader={"grade": true, "grade_id": "test_prediction_batch_size", "locked": true, "points": 1, "schema_version": 3, "solution": false, "task": false}
if prediction_batch_size is None:
    raise NotImplementedError("prediction_batch_size is not written yet")
letter = str(prediction_batch_size).strip(" ().").lower()
assert letter in ("a", "b", "c"), "a prediction is one letter: a, b or c"
### BEGIN HIDDEN TESTS
from autograder.hidden.generalization import grade

grade("prediction_batch_size")
### END HIDDEN TESTS

# %% [markdown]
# ### The look
#
# Loss after every epoch, and the same curves against the number of steps taken.

# %% jupyter={"source_hidden": true} tags=["demo", "prediction_batch_size"]
# Training losses at three batch sizes, against epochs and against steps.
data = clothes_data()
fig, (left, right) = plt.subplots(1, 2, figsize=(9.4, 3.5), layout="constrained", sharey=True)
ends = {}
sizes = ((8, BLUE, "-", "o"), (64, ORANGE, "--", "s"), (300, GREEN, "-.", "^"))
for size, color, style, marker in sizes:
    _, losses = train(data, width=64, epochs=20, batch_size=size, lr=0.01)
    ends[size] = losses[-1]
    steps = np.arange(21) * -(-300 // size)
    left.plot(losses[:, 0], color=color, ls=style, marker=marker, ms=4, label=f"batches of {size}")
    right.plot(steps[1:], losses[1:, 0], color=color, ls=style, marker=marker, ms=4)
left.set(xlabel="epoch", ylabel="training loss", title="Per epoch")
right.set(xlabel="steps", xscale="log", title="Per step")
left.legend()
show_figure(
    "Left: training loss against epochs for batch sizes 8, 64 and 300; the smallest batch falls "
    "fastest, the full batch hardly moves. Right: the same against steps on a logarithmic axis: "
    "step for step the three curves lie close together at first, but the full batch has taken "
    "only 20 steps, the smallest 760."
)
for size, (own, val) in ends.items():
    print(
        f"batches of {size:3d}: {20 * -(-300 // size):4d} steps, loss {own:.1f}, validation {val:.1f}"
    )

# %% [markdown]
# *What to see.* The right panel counts steps instead of epochs: in 20 epochs the small batches took 760
# steps, the full batch 20. An exact gradient is worth little if you take so few of them.
#
# Large batches are not worse in themselves. They want a larger rate (lesson 06) and more epochs, and pay
# off where a processor works on all rows of a batch at once.

# %% [markdown]
# ## 6. Under and over
#
# Now the figure of section 1 on real images. A network with more hidden units can bend in more ways. You
# watch two curves: the loss on the training rows, and the loss on validation rows that chose no weight.
#
# | what you see | what it is called | what to try |
# | --- | --- | --- |
# | both high, close together | underfitting | a larger model, more steps, a better rate |
# | training low, validation falling with it | a good fit | go on |
# | training falls on, validation turns and rises | overfitting | more data, regularisation, stop at the turn |

# %% [markdown]
# ### Prediction: far too wide
#
# 300 images, and networks with 2, 8, 32 and 256 hidden units. The widest has 53,002 weights, 177 for
# every image, and can learn all of them by heart. You look at the *lowest point* of each validation
# curve. Where does the widest network stand?
#
# - (a) worst of the four
# - (b) clearly worse than 32 units
# - (c) best, or within 5 % of the best

# %% nbgrader={"grade": false, "grade_id": "prediction_too_wide", "locked": false, "schema_version": 3, "solution": true, "task": false}
### BEGIN SOLUTION
prediction_too_wide = "c"
### END SOLUTION

# %% nbgrader={"grade": true, "grade_id": "test_prediction_too_wide", "locked": true, "points": 1, "schema_version": 3, "solution": false, "task": false}
if prediction_too_wide is None:
    raise NotImplementedError("prediction_too_wide is not written yet")
letter = str(prediction_too_wide).strip(" ().").lower()
assert letter in ("a", "b", "c"), "a prediction is one letter: a, b or c"
### BEGIN HIDDEN TESTS
from autograder.hidden.generalization import grade

grade("prediction_too_wide")
### END HIDDEN TESTS

# %% jupyter={"source_hidden": true} tags=["demo", "prediction_too_wide"]
# Training and validation loss at four widths.
data = clothes_data()
fig, axes = plt.subplots(1, 4, figsize=(11.5, 3.2), layout="constrained", sharey=True)
lowest = {}
for ax, width in zip(axes, (2, 8, 32, 256), strict=True):
    _, losses = train(data, width=width, epochs=60)
    turn = int(losses[:, 1].argmin())
    lowest[width] = losses[turn, 1]
    ax.plot(losses[:, 0], color=BLUE, label="training")
    ax.plot(losses[:, 1], color=RED, ls="--", label="validation")
    ax.plot(turn, losses[turn, 1], "v", color="black", ms=8, label="lowest")
    ax.set(xlabel="epoch", title=f"{width} hidden units", ylim=(0, 2.4))
axes[0].set_ylabel("loss")
axes[3].legend()
show_figure(
    "Four panels for 2, 8, 32 and 256 hidden units: training loss (solid) and validation loss "
    "(dashed) against epochs. With 2 units both stay high; with 8 a gap opens; with 32 and 256 "
    "the training loss goes towards 0 while the validation loss falls, turns at the marked point "
    "and rises."
)
print("lowest validation loss: " + ", ".join(f"{w} units {v:.1f}" for w, v in lowest.items()))
print(f"256 units: within 5 % of the best: {lowest[256] < 1.05 * min(lowest.values())}")

# %% [markdown]
# *What to see.* Two units underfit: both curves stay high. From 32 units on, the training loss goes
# towards 0, and the validation loss turns and climbs. Compare the turns. The widest network *can* memorise, and on
# its way there it learns. What you need is not a smaller network but a way
# to keep it from going on.
#
# Three ways follow: dropout, weight decay, and stopping.

# %% [markdown]
# ## 7. Dropout
#
# A network that memorises relies on conspiracies: a hidden unit that fires for one image, and another
# that corrects it. **Dropout** breaks them up. At every training step each hidden unit is switched off
# with probability $p$, independently. What a unit contributes must then be useful in whatever
# company it finds itself.
#
# In evaluation nothing is dropped. With $p = 0.5$, twice as many units speak as in training, and every
# sum above them is about twice as large: the next layer has never seen such numbers.
#
# *Inverted* dropout repairs that in training. What is kept is multiplied by $1/(1-p)$, so that the
# expected value of every unit stays what it was:
#
# $$\text{out}_i = m_i\,x_i \qquad m_i = \begin{cases} 0 & \text{with probability } p\\ 1/(1-p) & \text{with probability } 1-p\end{cases} \qquad \mathbb{E}[\text{out}_i] = (1-p)\cdot\frac{x_i}{1-p} = x_i$$
#
# where $x_i$ is one element and $m_i$ its entry in the **mask**; evaluation needs no correction at all.
# The mask is also the cache. With $L$ the loss,
#
# $$\frac{\partial L}{\partial x_i} = m_i\,\frac{\partial L}{\partial\,\text{out}_i}$$
#
# A unit that was off gets no gradient.
#
# ### Exercise: `dropout_forward`, `dropout_backward` (10 minutes, difficulty 2 of 5)
#
# Mind the convention: here, as in PyTorch, $p$ is the probability to *drop*. In the paper it is the
# probability to keep.


# %% nbgrader={"grade": false, "grade_id": "dropout_forward__dropout_backward", "locked": false, "schema_version": 3, "solution": true, "task": false}
def dropout_forward(x, p, rng, training=True):
    """Inverted dropout: every element is dropped independently, in training only.

    Args:
        x: float64 array of any shape; not modified.
        p: the probability to drop an element, 0 <= p < 1.
        rng: numpy.random.Generator; in training the mask depends on it and on nothing else random. In
            evaluation nothing is drawn from it.
        training: False in evaluation.

    Returns:
        (out, mask), new float64 arrays of the shape of x, out = x * mask. In training each element of
        mask is 0 with probability p, and 1 / (1 - p) otherwise, independently of all others. In
        evaluation mask is all ones.

    Raises:
        ValueError: p is outside [0, 1), in training and in evaluation.

    Source: Srivastava, Hinton, Krizhevsky, Sutskever and Salakhutdinov, Dropout: A Simple Way to Prevent
        Neural Networks from Overfitting (2014), section 10 (the scaling in training).
    """
    ### BEGIN SOLUTION
    if not 0 <= p < 1:
        raise ValueError(f"p must be in [0, 1), got {p}")
    if training:
        mask = (rng.random(x.shape) >= p) / (1 - p)
    else:
        mask = np.ones(x.shape)
    return x * mask, mask
    ### END SOLUTION


def dropout_backward(dout, mask):
    """The gradient of `dropout_forward`.

    Args:
        dout: float64, the shape of out. mask: what `dropout_forward` returned beside that out. Neither is
            modified.

    Returns:
        dx: float64, the shape of x, a new array.

    Source: Srivastava et al. (2014), section 5.1.
    """
    ### BEGIN SOLUTION
    return dout * mask
    ### END SOLUTION


# %% nbgrader={"grade": true, "grade_id": "test_dropout_forward__dropout_backward", "locked": true, "points": 2, "schema_version": 3, "solution": false, "task": false}
_x = np.ones((100, 200))
_out, _mask = dropout_forward(_x, 0.2, np.random.default_rng(0))
assert _out.shape == _mask.shape == _x.shape, "out and mask have the shape of x"
assert np.allclose(np.unique(_mask), [0, 1.25]), "the mask holds 0 and 1 / (1 - p), nothing else"
assert np.allclose(_out, _x * _mask), "out is x times the mask"
# 20000 elements: 0.02 is seven standard deviations; a right mask fails once in 1e11 seeds
assert abs(np.mean(_mask == 0) - 0.2) < 0.02, "a fifth of the elements is dropped"
assert len(np.unique(_mask, axis=0)) == 100, "every row has a mask of its own"
assert len(np.unique(_mask, axis=1).T) == 200, "every column has a mask of its own"
_rng = np.random.default_rng(0)
_before = str(_rng.bit_generator.state)
_out, _ones = dropout_forward(_x, 0.2, _rng, training=False)
assert np.array_equal(_out, _x), "evaluation drops nothing and scales nothing"
assert np.all(_ones == 1), "its mask is all ones"
assert str(_rng.bit_generator.state) == _before, "and it draws no random number"
_dx = dropout_backward(np.full((100, 200), 3.0), _mask)
assert np.allclose(_dx, 3 * _mask), (
    "the gradient passes where the unit was on, scaled as the unit was"
)
for _training in (True, False):
    for _p in (-0.1, 1.0):
        try:
            dropout_forward(_x, _p, np.random.default_rng(0), _training)
        except ValueError:
            _raised = True
        else:
            _raised = False
        assert _raised, f"p = {_p} raises ValueError, with training={_training} too"
### BEGIN HIDDEN TESTS
from autograder.hidden.generalization import grade

grade("dropout_forward__dropout_backward")
### END HIDDEN TESTS

# %% [markdown]
# <details><summary>Hint 1: direction</summary>
#
# Every element needs a lot of its own. What shape do the random numbers have? And which comparison is
# true with probability 1 - p?
# </details>
#
# <details><summary>Hint 2: method</summary>
#
# `rng.random(shape)` is uniform on [0, 1). The comparison gives booleans, and dividing them by `1 - p`
# gives the mask. The check of p comes first, before the question whether this is training.
# </details>
#
# <details><summary>Hint 3: almost the line</summary>
#
# In training the mask is "uniform number at least p", over `1 - p`. In evaluation it is ones. Either way
# out is x times the mask, and the backward is dout times the mask.
# </details>

# %% [markdown]
# ### The look
#
# The same network as above, with and without your dropout; and with **weight decay**, the other classic.
# Decay shrinks every weight, but no bias, by the factor $1 - \eta\lambda$ at each step ($\eta$ is the rate,
# $\lambda$ the decay), so that a weight stays large only while the data keep asking for it.

# %% jupyter={"source_hidden": true} tags=["demo"]
# Losses of the plain network, with dropout, and with weight decay.
data = clothes_data()
kinds = (
    ("plain", {}, GREY, "-", "o"),
    ("dropout, p = 0.5", {"p": 0.5}, BLUE, "--", "s"),
    ("weight decay 0.05", {"decay": 0.05}, ORANGE, "-.", "^"),
)
curves = {name: train(data, **options)[1] for name, options, *_ in kinds}
fig, (left, right) = plt.subplots(1, 2, figsize=(9.6, 3.6), layout="constrained")
for name, _, color, style, marker in kinds:
    for ax, losses in zip((left, right), curves[name].T, strict=True):
        ax.plot(losses, color=color, ls=style, marker=marker, markevery=8, ms=4, label=name)
left.set(xlabel="epoch", ylabel="loss", yscale="log", title="Training rows (without dropout)")
right.set(xlabel="epoch", ylim=(0.55, 1.1), title="Validation rows")
left.legend()
show_figure(
    "Left: training losses over 80 epochs: plain falls to about 0.1, dropout and decay stay above "
    "it. Right: validation losses: all three fall to about 0.67; plain turns around epoch 35 and "
    "rises past 0.8, dropout stays near 0.68, and decay does too, with a few spikes."
)
late = {name: losses[-10:].mean(axis=0) for name, losses in curves.items()}
for name in ("dropout, p = 0.5", "weight decay 0.05"):
    higher, lower = late[name][0] > late["plain"][0], late[name][1] < late["plain"][1]
    print(f"{name}, last 10 epochs: training loss above plain: {higher}, validation below: {lower}")

# %% [markdown]
# *What to see.* Dropout learns more slowly, and the blue squares end lower and nearly flat: there is
# little to stop for. Decay does almost as much. Both are worse on the rows they are trained on, and that is
# the point.
#
# One warning about such curves. A training loss noted *during* the steps has dropout on and weights that
# are older; it may lie above the validation loss, and nothing is wrong. Here both are measured after the
# epoch, without dropout.

# %% [markdown]
# ## 8. Stop at the turn
#
# The validation curve has a lowest point. Early stopping trains until it is past, and goes back to the
# weights it had there. Two things make that less easy than it sounds.
#
# Curves tremble. A single worse epoch means nothing, so you wait: `patience` is the number of updates *in
# a row* without improvement that you allow. And an improvement of 0.0001 an epoch would keep you waiting
# for ever, so an improvement has to beat the best loss by more than `min_delta`.
#
# "Going back" is the other one. While you wait, the optimizer goes on writing into the very arrays that
# you meant to keep. A reference to them is no memory: keep a *deep copy*.
#
# ### Exercise: `EarlyStopping` (18 minutes, difficulty 3 of 5)
#
# The rules, for the edges: a tie is no improvement; NaN is none; the best loss changes only on an
# improvement, so that many small steps down add up to one. Each improvement starts the count anew, and
# the answer is False again.


# %% nbgrader={"grade": false, "grade_id": "EarlyStopping", "locked": false, "schema_version": 3, "solution": true, "task": false}
class EarlyStopping:
    """Says when the validation loss has not improved for a while, and keeps the best parameters.

    Args:
        patience: the number of consecutive updates without improvement at which to stop, an int >= 1.
        min_delta: how much lower than the best a loss must be, >= 0: an improvement is
            `val_loss < best_loss - min_delta`. NaN is no improvement.

    Attributes:
        best_loss: the loss at the last improvement, a float; inf at first.
        best_epoch: the update of the last improvement, counted from 0; -1 at first.
        best_params: a deep copy of the params of the last improvement; None at first.
        The three change only on an improvement.

    Source: Prechelt, Early Stopping - But When? (1998); Goodfellow, Bengio and Courville, Deep Learning
        (2016), algorithm 7.1.
    """

    def __init__(self, patience=5, min_delta=0.0):
        ### BEGIN SOLUTION
        self.patience, self.min_delta = patience, min_delta
        self.best_loss, self.best_epoch, self.best_params = float("inf"), -1, None
        self.epoch, self.waited = 0, 0
        ### END SOLUTION

    def update(self, val_loss, params=None):
        """Take note of one more validation loss.

        Args:
            val_loss: a float; inf and NaN may come.
            params: dicts, lists and tuples of arrays, nested as they come; not modified. The caller may
                write into these arrays afterwards.

        Returns:
            A bool: True from the `patience`-th consecutive update without improvement on, else False.
        """
        ### BEGIN SOLUTION
        if val_loss < self.best_loss - self.min_delta:
            self.best_loss, self.best_epoch = val_loss, self.epoch
            self.best_params = copy.deepcopy(params)
            self.waited = 0
        else:
            self.waited += 1
        self.epoch += 1
        return self.waited >= self.patience
        ### END SOLUTION


# %% nbgrader={"grade": true, "grade_id": "test_EarlyStopping", "locked": true, "points": 4, "schema_version": 3, "solution": false, "task": false}
_stopper = EarlyStopping(patience=2)
assert _stopper.best_loss == float("inf"), "no loss yet: the best is inf"
assert _stopper.best_epoch == -1, "no epoch yet: -1"
assert _stopper.best_params is None, "no parameters yet"
_answers = [_stopper.update(loss) for loss in (1.0, 0.8, 0.9, 0.85, 0.7, 0.75)]
assert _answers == [False, False, False, True, False, False], (
    "True at the second update in a row without improvement; an improvement starts the count anew"
)
assert _stopper.best_loss == 0.7, "the lowest loss so far"
assert _stopper.best_epoch == 4, "its update, counted from 0"

_stopper = EarlyStopping(patience=2, min_delta=0.25)
assert [_stopper.update(loss) for loss in (1.0, 0.75, 0.875)] == [False, False, True], (
    "lower by no more than min_delta is no improvement"
)
assert _stopper.best_loss == 1.0, "the best loss changes only on an improvement"
_stopper = EarlyStopping(patience=1)
assert _stopper.update(float("nan")), "NaN is no improvement, not even at first"

_stopper = EarlyStopping(patience=3)
_params = {"W": np.zeros(2), "layers": [np.zeros(1)]}
_stopper.update(1.0, _params)
_params["W"] += 5
_params["layers"][0] += 5
_stopper.update(2.0, _params)
assert np.array_equal(_stopper.best_params["W"], [0, 0]), "the best parameters stay what they were"
assert np.array_equal(_stopper.best_params["layers"][0], [0]), "those in inner lists as well"
### BEGIN HIDDEN TESTS
from autograder.hidden.generalization import grade

grade("EarlyStopping")
### END HIDDEN TESTS

# %% [markdown]
# <details><summary>Hint 1: direction</summary>
#
# What has to be remembered between two updates? Five things: three that the contract names, and two
# counters. What sets each of them back?
# </details>
#
# <details><summary>Hint 2: method</summary>
#
# One `if`: the improvement exactly as the docstring writes it. Comparisons with NaN are False, so written
# that way round NaN needs no case of its own. `copy.deepcopy` copies dicts, lists and the arrays in them.
# </details>
#
# <details><summary>Hint 3: almost the line</summary>
#
# On an improvement: store the loss, the number of this update and a deep copy; set the count of waiting
# to 0. Otherwise add 1 to it. Whatever happened, one more update has been seen. Answer whether the count
# has reached patience.
# </details>

# %% [markdown]
# ### The look
#
# The plain network's validation curve, and where your `EarlyStopping` ends the run for three values of
# patience. Move the slider, if your notebook shows one.

# %% jupyter={"source_hidden": true} tags=["demo", "nbval-ignore-output"]
# A validation curve, and where three patiences stop it, then a slider.
from IPython.display import display

_, losses = train(clothes_data(), seed=2)
curve = losses[:, 1]


def stop_at(patience):
    """The epoch at which a run with this patience ends, and the best epoch that it knows by then."""
    stopper = EarlyStopping(patience)
    stopped = next((e for e, loss in enumerate(curve) if stopper.update(loss)), len(curve) - 1)
    return stopped, stopper.best_epoch


def draw_stops(patiences):
    """The curve with one vertical line for each patience, and its best loss so far."""
    fig, ax = plt.subplots(figsize=(7.4, 3.6), layout="constrained")
    ax.plot(curve, color="black", lw=1.5, label="validation loss")
    styles = ((ORANGE, "--", "s"), (BLUE, "-.", "o"), (GREEN, ":", "^"))
    for patience, (color, style, marker) in zip(patiences, styles, strict=False):
        stopped, best = stop_at(patience)
        ax.axvline(stopped, color=color, ls=style, lw=2)
        ax.plot(best, curve[best], marker, color=color, ms=9, mec="black",
                label=f"patience {patience}: stops after {stopped}, keeps {best}")  # fmt: skip
    ax.set(xlabel="epoch", ylabel="validation loss", ylim=(0.55, 1.2))
    ax.set(title="Where you stop (line) and what you keep (mark)")
    ax.legend(fontsize=8)
    return fig


kept = [curve[stop_at(patience)[1]] for patience in range(1, 31)]
assert np.all(np.diff(kept) <= 0)
assert kept[-1] == curve.min()
draw_stops((1, 4, 12))
show_figure(
    "A trembling validation loss against epochs: it falls, reaches its lowest point near epoch 20 "
    "and climbs. Vertical lines of different styles show where patience 1, 4 and 12 stop, at "
    "epochs 5, 16 and 33; a mark of the same colour on the curve shows the epoch that each has "
    "kept. Patience 1 stops far too early."
)


def picture_of(patience):
    """The figure for one patience as an image, for the slider."""
    fig = draw_stops((patience,))
    return image_of(
        fig, f"The validation loss, and where patience {patience} stops and what it keeps."
    )


try:
    from ipywidgets import HTML, IntSlider, VBox

    picture = HTML(value=picture_of(1))
    slider = IntSlider(value=1, min=1, max=30, description="patience")
    slider.observe(lambda change: setattr(picture, "value", picture_of(change["new"])), "value")
    display(VBox([slider, picture]))
except ImportError:
    print("Install ipywidgets for a slider; the figure above has three of its positions.")

# %% [markdown]
# *What to see.* With patience 1 the first tremble ends the run. More patience never keeps a worse epoch,
# and costs epochs: each line stands exactly its patience to the right of its mark.

# %% [markdown]
# ## 9. What kind of wrong
#
# One number hides much. A model that is right on 80 % of ten classes may never find one of them. Two
# functions for the last look: the share of rows that are right, and the table of who was taken for whom.
#
# With $C$ classes, the **confusion matrix** has $C$ rows and $C$ columns: $M_{ij}$ is the number of
# examples of class $i$ that were called $j$. The diagonal is what is right; its sum over $N$ is the
# accuracy.
#
# ### Exercise: `confusion_matrix` (8 minutes, difficulty 2 of 5)
#
# Pairs repeat: an example of class 3 called 5 may come a hundred times, and each of them counts.


# %% nbgrader={"grade": false, "grade_id": "confusion_matrix", "locked": false, "schema_version": 3, "solution": true, "task": false}
def confusion_matrix(targets, predictions, n_classes):
    """How often each class was taken for each.

    Args:
        targets: int64 (N,), the true classes, each in [0, n_classes). Not modified.
        predictions: int64 (N,), the predicted classes, in the same range. Not modified.
        n_classes: the number of classes, also of those that do not occur.

    Returns:
        An int64 array (n_classes, n_classes): element (i, j) is the number of examples of class i that
        were predicted as j. Rows are targets, columns are predictions.

    Source: Kohavi and Provost, Glossary of Terms, Machine Learning 30 (1998).
    """
    ### BEGIN SOLUTION
    counts = np.zeros((n_classes, n_classes), dtype=np.int64)
    np.add.at(counts, (targets, predictions), 1)
    return counts
    ### END SOLUTION


# %% nbgrader={"grade": true, "grade_id": "test_confusion_matrix", "locked": true, "points": 2, "schema_version": 3, "solution": false, "task": false}
_counts = confusion_matrix(np.array([0, 0, 0, 1, 2]), np.array([0, 1, 1, 1, 0]), 4)
assert _counts.shape == (4, 4), "a row and a column for every class, also for one that never occurs"
assert _counts.dtype == np.int64, "counts are whole numbers: int64"
assert _counts[0, 0] == 1, "one example of class 0 was called 0"
assert _counts[0, 1] == 2, "two examples of class 0 (the row) were called 1 (the column)"
assert _counts[1, 0] == 0, "no example of class 1 was called 0"
assert _counts.sum() == 5, "every example is counted once"
### BEGIN HIDDEN TESTS
from autograder.hidden.generalization import grade

grade("confusion_matrix")
### END HIDDEN TESTS

# %% [markdown]
# <details><summary>Hint 1: direction</summary>
#
# Start with a table of zeros, and let each example add 1 in its place. Which index comes first?
# </details>
#
# <details><summary>Hint 2: method</summary>
#
# A loop over pairs is right, and fast enough. `counts[targets, predictions] += 1` is a trap: a place that
# is named twice is increased once. `np.add.at` and `np.bincount` count repeats.
# </details>
#
# <details><summary>Hint 3: almost the line</summary>
#
# `np.add.at(table, (rows, columns), 1)` adds 1 at every pair, repeats included. Mind the dtype of the
# zeros.
# </details>

# %% [markdown]
# ### Exercise: `accuracy` (3 minutes, difficulty 1 of 5)


# %% nbgrader={"grade": false, "grade_id": "accuracy", "locked": false, "schema_version": 3, "solution": true, "task": false}
def accuracy(logits, targets):
    """The share of rows whose largest logit is that of their target.

    Args:
        logits: float64 (N, C), N >= 1; not modified. targets: int64 (N,), each in [0, C); not modified.

    Returns:
        A float in [0, 1].

    Source: Goodfellow, Bengio and Courville, Deep Learning (2016), section 5.1.2.
    """
    ### BEGIN SOLUTION
    return float(np.mean(np.argmax(logits, axis=1) == targets))
    ### END SOLUTION


# %% nbgrader={"grade": true, "grade_id": "test_accuracy", "locked": true, "points": 1, "schema_version": 3, "solution": false, "task": false}
_logits = np.array([[2.0, 1.0, 0.0], [-3.0, -1.0, -2.0], [0.0, 1.0, 5.0], [1.0, 9.0, 0.0]])
assert np.isclose(accuracy(_logits, np.array([0, 1, 2, 1])), 1.0), "all right: 1"
assert np.isclose(accuracy(_logits, np.array([0, 1, 0, 2])), 0.5), "two of four: 0.5, a share"
assert np.isclose(accuracy(_logits, np.array([1, 2, 0, 0])), 0.0), "none: 0"
### BEGIN HIDDEN TESTS
from autograder.hidden.generalization import grade

grade("accuracy")
### END HIDDEN TESTS

# %% [markdown]
# <details><summary>Hint 1: direction</summary>
#
# Which class does the model choose for a row? Softmax would not change the answer.
# </details>
#
# <details><summary>Hint 2: method</summary>
#
# `argmax` along the axis of the classes gives one index for each row. A mean of booleans is a share.
# </details>
#
# <details><summary>Hint 3: almost the line</summary>
#
# The mean of "argmax along axis 1 equals target".
# </details>

# %% [markdown]
# ### The look: the test set, opened once
#
# Everything of this lesson in one run: a stratified split, your batches, your dropout, your early
# stopping. All choices were made on validation rows. Now the 2000 test images, which nothing has seen.

# %% jupyter={"source_hidden": true} tags=["demo"]
# The confusion matrix of the test images.
stopper = EarlyStopping(patience=10)
train(clothes_data(rows=1200), epochs=40, p=0.3, stopper=stopper)
x_test, y_test = load_clothes("test")
logits = logits_of(stopper.best_params, x_test)
share = accuracy(logits, y_test)
counts = confusion_matrix(y_test, np.argmax(logits, axis=1), 10)
fig, ax = plt.subplots(figsize=(6.6, 5.4), layout="constrained")
ax.imshow(counts, cmap="Blues", vmax=250)
for (i, j), count in np.ndenumerate(counts):
    if count:
        ax.text(j, i, count, ha="center", va="center", fontsize=8,
                color="white" if count > 130 else "black")  # fmt: skip
ax.set(xticks=range(10), yticks=range(10), yticklabels=CLOTHES, xlabel="called", ylabel="is")
ax.set_xticklabels(CLOTHES, rotation=45, ha="right")
ax.set_title("2000 test images")
show_figure(
    "A 10 by 10 table in shades of blue with counts, rows true classes, columns predicted ones. "
    "The diagonal is dark, 200 would be full. The row of shirts is the lightest on the diagonal: "
    "many are taken for T-shirts, pullovers and coats. Trousers, sandals, sneakers, bags and "
    "boots are clear."
)
print(
    f"the diagonal over all is the accuracy: {np.isclose(np.trace(counts) / counts.sum(), share)}"
)
print(f"accuracy: {share:.1f}, and a standard error of {np.sqrt(share * (1 - share) / 2000):.2f}")
print(f"the class found least often: {CLOTHES[int(counts.diagonal().argmin())]}")

# %% [markdown]
# *What to see.* Every row sums to 200. Bags and boots are rarely missed; shirts are taken for T-shirts,
# pullovers and coats, and the other way round. One accuracy would not have told you.
#
# An accuracy of $a$ on $N$ rows has a standard error of $\sqrt{a(1-a)/N}$, here 0.01. The difference of two models
# tested on independent rows has $\sqrt2$ times that. On the same rows, count instead the $b$ rows that only the
# first gets right and the $c$ that only the second does: $b - c$ has a standard error of about $\sqrt{b + c}$. And now that you have looked, this test set is spent. If
# you go on tuning because of what you saw, it becomes a validation set.

# %% [markdown]
# ## 10. What goes wrong
#
# Five faults, planted one at a time. None of them crashes. Before you run the cell, say for each where it
# will show: in the training loss, in the validation accuracy, or nowhere.


# %% jupyter={"source_hidden": true} tags=["demo", "nbval-ignore-output"]
# Plants five faults in turn and prints what shows; open it to read them.
def shuffled_apart(x, y, batch_size, rng):
    """Batches whose targets come from another shuffle than their inputs."""
    other = minibatches(x, y, batch_size, rng)
    for (x_batch, _), (_, y_batch) in zip(minibatches(x, y, batch_size, rng), other, strict=True):
        yield x_batch, y_batch


def without_scale(x, p, rng):
    """Dropout that does not make up for what it drops."""
    _, mask = dropout_forward(x, p, rng)
    return x * (mask > 0), 1.0 * (mask > 0)


def noisy_accuracy(net, x, y, p, rng):
    """The accuracy of a network whose dropout was left on."""
    h, _ = dropout_forward(np.maximum(with_ones(x) @ net[0], 0), p, rng)
    return accuracy(with_ones(h) @ net[1], y)


class ByReference(EarlyStopping):
    """Keeps the best parameters without copying them."""

    def update(self, val_loss, params=None):
        before = self.best_epoch
        answer = super().update(val_loss, params)
        if self.best_epoch != before:
            self.best_params = params
        return answer


data = clothes_data()
x, y, x_val, y_val = data
outcomes = {}
for fault, options in (
    ("none", {}),
    ("x and y shuffled apart", {"batches": shuffled_apart}),
    ("kept units not scaled up", {"dropout": without_scale}),
):
    net, losses = train(data, p=0.5, epochs=50, **options)
    outcomes[fault] = losses[-1, 0], losses[-1, 1], accuracy(logits_of(net, x_val), y_val)
    if fault == "none":
        left_on = noisy_accuracy(net, x_val, y_val, 0.5, np.random.default_rng(0))
        outcomes["dropout left on in evaluation"] = (*losses[-1], left_on)
        alone = np.array([standardize(row[None])[0][0] for row in x_val])
        alone_share = accuracy(logits_of(net, alone), y_val)
        outcomes["one row standardised by itself"] = (*losses[-1], alone_share)
print(f"{'fault':32s} {'training':>8s} {'validation':>11s} {'accuracy':>9s}")
for fault, (own, val, share) in outcomes.items():
    print(f"{fault:32s} {own:8.2f} {val:11.2f} {share:9.2f}")

stopper = ByReference(patience=1000)
net, losses = train(data, epochs=60, stopper=stopper)
kept = loss_of(stopper.best_params, x_val, y_val)
print(f"by reference: what was kept is worse than the loss noted: {kept > stopper.best_loss}")
print(f"by reference: what was kept is what came last: {kept == losses[-1, 1]}")

# %% [markdown]
# *What to see.* Targets shuffled apart: the network learns how frequent the classes are, and nothing
# else; its loss stays at log 10 = 2.3. Units that are not scaled up: the loss suffers more than the
# accuracy, because all logits are too large by about the same factor. Dropout left on: a little is lost,
# on each row by another lot; it is the fault that looks most like a slightly worse model. A row that is
# standardised by its own statistics is constant along axis 0, and becomes all zeros.
#
# And parameters kept by reference are the last ones, whatever the log says. Plant one more of your own,
# and predict before you run.

# %% [markdown]
# ## 11. In practice
#
# The numbers are yours, wherever chance is not involved.

# %% open="PyTorch's calls are what to read here" tags=["demo"]
try:
    import torch
except ImportError:
    print("torch is not installed: this comparison is skipped. You need PyTorch from lesson 09 on.")
else:
    rng = np.random.default_rng(0)
    train_rows, other_rows = 5 + 2 * rng.normal(size=(50, 4)), rng.normal(size=(20, 4))
    ours, theirs = standardize(train_rows, other_rows)
    std, mean = torch.std_mean(torch.tensor(train_rows), dim=0, correction=0)
    by_torch = ((torch.tensor(other_rows) - mean) / std).numpy()
    same = np.abs(by_torch - theirs).max() < 1e-12
    print(f"standardize: equal to torch.std_mean to 12 digits: {same}")

    values = rng.normal(size=(30, 40))
    layer = torch.nn.Dropout(0.25)
    leaf = torch.tensor(values, requires_grad=True)
    torch.manual_seed(0)
    dropped = layer(leaf)
    dropped.sum().backward()
    mask = leaf.grad.numpy()  # the gradient of a sum through dropout is its mask
    print(f"nn.Dropout(0.25): the mask holds {np.unique(mask.round(6)).tolist()}")
    _, own_mask = dropout_forward(values, 0.25, rng)
    print(f"dropout_forward:  the mask holds {np.unique(own_mask.round(6)).tolist()}")
    print(f"the backward: equal: {np.allclose(dropout_backward(np.ones((30, 40)), mask), mask)}")
    layer.eval()
    evaluated, _ = dropout_forward(values, 0.25, rng, training=False)
    print(f"in evaluation: equal: {np.array_equal(layer(leaf).detach().numpy(), evaluated)}")

    targets, guesses = rng.integers(0, 5, size=200), rng.integers(0, 5, size=200)
    table = torch.bincount(torch.tensor(5 * targets + guesses), minlength=25).reshape(5, 5).numpy()
    print(
        f"confusion_matrix: equal: {np.array_equal(table, confusion_matrix(targets, guesses, 5))}"
    )

# %% [markdown]
# | you wrote | PyTorch, scikit-learn | TensorFlow |
# | --- | --- | --- |
# | `split` | `torch.utils.data.random_split`; `train_test_split` | `tf.keras.utils.split_dataset` |
# | `stratified_split` | `train_test_split(..., stratify=labels)` | |
# | `k_fold` | `KFold(k, shuffle=True)`, `StratifiedKFold`, `GroupKFold` for twins | |
# | `standardize` | `StandardScaler().fit(train)`, then `transform` | `tf.keras.layers.Normalization`, `adapt(train)` |
# | `minibatches` | `DataLoader(data, batch_size, shuffle=True, drop_last=...)` | `Dataset.shuffle(n).batch(b)` |
# | `dropout_forward` | `nn.Dropout(p)`, `model.train()` and `model.eval()` | `tf.keras.layers.Dropout(p)` |
# | weight decay | `torch.optim.AdamW(..., weight_decay=...)` | `AdamW(weight_decay=...)` |
# | `EarlyStopping` | by hand; lesson 11 | `EarlyStopping(patience=, min_delta=, restore_best_weights=True)` |
# | `confusion_matrix` | `sklearn.metrics.confusion_matrix` | `tf.math.confusion_matrix` |

# %% [markdown]
# ## 12. To come back to
#
# | you want | use | typical values | when it fails |
# | --- | --- | --- | --- |
# | an honest last number | a test set, opened once | 10 to 20 %; 2000 rows for two standard errors of 2 % | it was opened often: get new data |
# | to choose between models | a validation set | 10 to 20 % | the choices are many and the rows few: k-fold |
# | the same, with little data | k-fold | k = 5 or 10 | a choice was made outside the folds: put it inside |
# | rare classes in every part | a stratified split | | classes of one or two rows: merge or collect |
# | rows that belong together | a split by group, or by time | | look for a score that is too good |
# | features on one scale | standardise by training rows | mean 0, deviation 1 | outliers: use ranks or clip; constant ones: drop |
# | cheap steps | mini-batches | 32 to 256 | loss trembles: larger, or a lower rate |
# | training loss high | a larger model, longer, another rate | | still high: look for a fault (lesson 15) |
# | a smaller gap | more data, augmentation | | next rows |
# | | dropout on wide layers | p = 0.1 to 0.5 | training loss rises much: less; none before batch norm |
# | | weight decay | 1e-4 to 0.1 | weights vanish: less; not on biases |
# | | early stopping | patience 5 to 20 | the curve trembles: more patience, more validation rows |
# | to see which classes fail | the confusion matrix | | classes of unequal size: read it row by row |

# %% [markdown]
# ## 13. Mastery questions
#
# Three questions that are asked in interviews. Write your answer in the cell beneath each; a person reads
# it.

# %% [markdown] nbgrader={"grade": false, "grade_id": "find_the_leak", "locked": true, "points": 3, "schema_version": 3, "solution": false, "task": true}
# **1. Find the leak.** A colleague has 4,000 X-ray images of 900 patients. She standardises all pixels,
# adds a mirrored copy of every image, splits the rows at random in 80 and 20 %, trains 30 models, and
# reports the best accuracy on the 20 %: 97 %. Name what is wrong, order it by how much damage you expect,
# and say how to do it.
#
# === BEGIN MARK SCHEME ===
# - 1 point: images of one patient, and an image and its mirrored copy, are on both sides; this is the largest.
#   Split by patient first, augment the training part only.
# - 1 point: the best of 30 on the rows that chose it: a third set is missing. And the statistics of the pixels come
#   from all rows (small damage, same fault): compute them from training rows.
# - 1 point: a sound order: split by patient in three, statistics and augmentation from the training part, choose on
#   validation, report once on test with an error bar (and ask how the accuracy compares with the largest class).
# === END MARK SCHEME ===

# %% [markdown]
# *Your answer here.*

# %% [markdown] nbgrader={"grade": false, "grade_id": "train_and_eval_mode", "locked": true, "points": 3, "schema_version": 3, "solution": false, "task": true}
# **2. Two modes.** With inverted dropout, p = 0.8, somebody forgets to switch to evaluation. What happens
# to the expected value of a unit's output, to its variance, and to the answers for one image asked twice?
# Then: somebody drops without scaling, and does nothing in evaluation. What happens to the inputs of the
# next layer?
#
# === BEGIN MARK SCHEME ===
# - 1 point: the expected value is unchanged; the mask has variance p / (1 - p) = 4, so outputs are noisy, with
#   standard deviation 2 |x|; one image asked twice gets two different answers.
# - 1 point: without scaling the next layer was trained on (1 - p) = 0.2 of the sum and gets all of it in evaluation:
#   five times as much. Logits are too large, the loss suffers more than the accuracy.
# - 1 point: a remedy, and where it belongs: scale by 1 / (1 - p) in training (or by 1 - p in evaluation, not
#   both), and a switch that every evaluation sets (`model.eval()`), tested by asking twice.
# === END MARK SCHEME ===

# %% [markdown]
# *Your answer here.*

# %% [markdown] nbgrader={"grade": false, "grade_id": "validation_below_training", "locked": true, "points": 3, "schema_version": 3, "solution": false, "task": true}
# **3. Strange curves.** The validation loss lies *below* the training loss in every epoch. Give three
# explanations, at least one of them harmless and one of them a fault, and for each a measurement that
# would confirm it.
#
# === BEGIN MARK SCHEME ===
# - 1 point for each explanation with a fitting measurement, up to 3, at least one harmless and one a fault. Harmless:
#   the training loss is noted with dropout (or augmentation, label smoothing, weight penalty) on: measure both in
#   evaluation mode; the training loss is a mean over the epoch's older weights: measure it after the epoch. A fault:
#   the validation rows are in the training set or have twins there: search for near duplicates; the validation part
#   is easier, not stratified or not shuffled: swap rows, compare class counts; it is so small that it is luck: look
#   at the error bar, use k-fold; the means are taken over batches of unequal size.
# === END MARK SCHEME ===

# %% [markdown]
# *Your answer here.*

# %% [markdown]
# ## Further reading
#
# - Stone, *Cross-Validatory Choice and Assessment of Statistical Predictions*, 1974.
# - Ambroise and McLachlan, *Selection Bias in Gene Extraction on the Basis of Microarray Gene-Expression Data*, 2002.
#   The coin flips of section 4, found in published work.
# - Prechelt, *Early Stopping - But When?*, 1998. Fourteen ways to be patient, compared.
# - Srivastava, Hinton, Krizhevsky, Sutskever and Salakhutdinov, *Dropout: A Simple Way to Prevent Neural Networks
#   from Overfitting*, 2014.
# - Zhang, Bengio, Hardt, Recht and Vinyals, *Understanding Deep Learning Requires Rethinking Generalization*, 2017.
#   Networks that learn labels drawn by lot, and what that says about the ones that do not.
# - Recht, Roelofs, Schmidt and Shankar, *Do ImageNet Classifiers Generalize to ImageNet?*, 2019. What happens when a
#   famous test set is made a second time.
# - Kapoor and Narayanan, *Leakage and the Reproducibility Crisis in Machine-Learning-Based Science*, 2023.
#
# **Next:** [lesson 08](../08_numpy_trainer/numpy_trainer.ipynb). You have all the parts. Put them together into a
# trainer that reads real images.
