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
# # 17 - Pixels and boxes
#
# So far a network has given one answer for a whole image. Ask it *where* things are, and the answer is a class for
# every pixel, or a box, or a point in a space where similar things lie close together. You need no new optimizer for
# that, and hardly a new loss: all of it is built on lesson 01's cross-entropy. What is new is what goes wrong.
#
# This lesson is an elective. It uses NumPy only, and nothing later depends on it.
#
# **You will be able to**
#
# - apply cross-entropy to every pixel of a batch, and say when an overlap loss finds what cross-entropy gives up on;
# - compute the intersection over union of boxes, train a box with it, and say where it gives no gradient;
# - judge masks by mean IoU, and ranked detections by average precision;
# - train two encoders to find each other's other half, and say what the temperature and the negatives are for.
#
# **You need** lesson 00 (`descend`), 01 (cross-entropy, logits) and 02 (the numerical gradient, p minus one-hot).
#
# **It takes** about two and a half hours: seven exercises and three predictions. The cell beneath each exercise checks
# it (`%check`), as often as you like.

# %% jupyter={"source_hidden": true} tags=["setup"]
# Given: NumPy as np, Matplotlib as plt, colours, find_data, and what shows a figure.
import os
from pathlib import Path

import matplotlib.pyplot as plt
import numpy as np
from matplotlib.patches import Rectangle

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


# %% jupyter={"source_hidden": true} tags=["setup"]
# Given: scans with a small bright region each, and digits cut in two.
def disc(size, row, column, radius):
    """A map of 0 and 1, int64 (size, size), with a disc of ones."""
    rows, columns = np.mgrid[:size, :size]
    return ((rows - row) ** 2 + (columns - column) ** 2 <= radius**2).astype(np.int64)


def two_class_logits(z):
    """Logits float64 (N, 2, H, W) whose softmax gives class 1 the probability sigmoid(z)."""
    return np.stack([np.zeros_like(z), z], axis=1)


def blurred(images):
    """Each pixel becomes the mean of its neighborhood of 3 x 3."""
    size = images.shape[1]
    padded = np.pad(images, ((0, 0), (1, 1), (1, 1)), mode="edge")
    return sum(padded[:, i : i + size, j : j + size] for i in range(3) for j in range(3)) / 9


def scans(n, rng, size=24):
    """Scans (n, size, size) with strong noise; features (n, 4, size, size); masks of 0 and 1.

    A pixel's features are its value, two blurred values, each over about its noise, and 1.
    """
    spots = [(*rng.uniform(4, size - 4, size=2), rng.uniform(1.2, 2.8)) for _ in range(n)]
    masks = np.stack([disc(size, *spot) for spot in spots])
    images = 1.3 * masks + 1.4 * rng.normal(size=masks.shape)
    once = blurred(images)
    scaled = [images / 1.4, once / 0.5, blurred(once) / 0.35, np.ones_like(images)]
    return images, np.stack(scaled, axis=1), masks


def digit_halves(rng, test=200):
    """The upper and the lower halves of the digits, centered, with a 1 at the end of each row.

    Returns (uppers, lowers) to train on, (uppers, lowers) to test with, and the images of the
    test part, (test, 8, 8).
    """
    with np.load(find_data("digits.npz")) as digits:
        images = digits["x"][rng.permutation(len(digits["x"]))] / 16.0
    rows = images.reshape(len(images), 64) - images[:-test].reshape(-1, 64).mean(axis=0)
    ones = np.ones((len(rows), 1))
    up, down = np.hstack([rows[:, :32], ones]), np.hstack([rows[:, 32:], ones])
    return (up[:-test], down[:-test]), (up[-test:], down[-test:]), images[-test:]


# %% [markdown]
# Lesson 01's functions are used all through this lesson. What stands here works as well; `%bring` in the cell puts
# yours there.


# %% tags=["bring"]
# bring: cross_entropy, bce_with_logits, softmax (lesson 01)
def cross_entropy(logits, targets, reduction="mean"):
    """Given, until you bring yours."""
    rows, _ = logits.shape  # (N, C), as lesson 01's
    each = np.logaddexp.reduce(logits, axis=1) - logits[np.arange(rows), targets]
    return {"none": each, "mean": each.mean(), "sum": each.sum()}[reduction]


def bce_with_logits(logits, targets, reduction="mean"):
    """Given, until you bring yours."""
    each = targets * np.logaddexp(0, -logits) + (1 - targets) * np.logaddexp(0, logits)
    return {"none": each, "mean": each.mean(), "sum": each.sum()}[reduction]


def softmax(logits):
    """Given, until you bring yours."""
    return np.exp(logits - np.logaddexp.reduce(logits, axis=-1, keepdims=True))


# %% [markdown]
# ## 1. A class for every pixel
#
# **Semantic segmentation** asks for a class at every pixel: road, sky, tumor. An image of $H \times W$ pixels is a
# batch of $H \cdot W$ small classifications, and their cross-entropies are averaged:
#
# $$L = -\frac{1}{N H W} \sum_{n, h, w} \log p_{n,\,y_{nhw},\,h,\,w}$$
#
# $N$ is the number of images, $y_{nhw}$ the true class of a pixel, and $p_{n,c,h,w}$ the probability of class $c$
# there. The one difficulty is where the classes stand: image networks put them on the *second* axis, $(N, C, H, W)$,
# and your `cross_entropy` wants rows of $C$ logits.

# %% jupyter={"source_hidden": true} tags=["demo"]
# Twelve logits of one image, in two ways to make rows of three: by moving the axis, and not.
names = np.array([[f"{color}{pixel}" for pixel in "1234"] for color in "ABC"])
shades = dict(zip("ABC", ("#ffffff", "#c6dbef", "#6baed6"), strict=True))
fig, axes = plt.subplots(1, 3, figsize=(9, 2.6), width_ratios=[2.6, 1, 1], layout="constrained")


def draw_rows(ax, table, title, gap=0.0):
    """Boxes with the names in `table`; the shade says the class, the number the pixel."""
    for (i, j), name in np.ndenumerate(table):
        left = j * (1 + gap * 0.0) + gap * (j // 4)
        ax.add_patch(Rectangle((left, -i), 0.95, 0.9, fc=shades[name[0]], ec="black"))
        ax.text(left + 0.48, 0.45 - i, name, ha="center", va="center")
    width = table.shape[1] + gap * ((table.shape[1] - 1) // 4)
    ax.set(xlim=(-0.1, width + 0.1), ylim=(-table.shape[0] + 0.8, 1.1), title=title, aspect="equal")
    ax.axis("off")


draw_rows(axes[0], names.reshape(1, 12), "in memory: class A of all pixels, then B, then C", 0.3)
draw_rows(axes[1], names.T, "one pixel a row")
draw_rows(axes[2], names.reshape(4, 3), "reshape alone")
show_figure(
    "Left: twelve boxes in a line, A1 to A4, B1 to B4, C1 to C4; a letter is a class, a number a pixel. "
    "Middle: the rows that are wanted, A1 B1 C1, then A2 B2 C2 and so on. Right: what reshape alone "
    "makes of the line, A1 A2 A3, then A4 B1 B2: classes and pixels mixed."
)

# %% [markdown]
# The right-hand rows have the right shape and the wrong contents, so nothing raises an error.
#
# ### Exercise: `pixel_cross_entropy` (8 minutes, difficulty 3 of 5)


# %% nbgrader={"grade": false, "grade_id": "pixel_cross_entropy", "locked": false, "schema_version": 3, "solution": true, "task": false}
def pixel_cross_entropy(logits, targets):
    """Mean cross-entropy over all pixels of a batch.

    Args:
        logits: float64 (N, C, H, W); exact and finite for entries of -1e4 and 1e4; not modified.
        targets: int64 (N, H, W), each in [0, C); not modified.

    Returns:
        A float: the mean over all N * H * W pixels.

    Source: Long, Shelhamer and Darrell, Fully Convolutional Networks (2015), section 3;
        Ronneberger, Fischer and Brox, U-Net (2015), section 3, with a weight for each pixel.
    """
    ### BEGIN SOLUTION
    pixels = np.moveaxis(logits, 1, -1).reshape(-1, logits.shape[1])
    return cross_entropy(pixels, targets.reshape(-1))
    ### END SOLUTION


# %% nbgrader={"grade": true, "grade_id": "test_pixel_cross_entropy", "locked": true, "points": 2, "schema_version": 3, "solution": false, "task": false}
_logits = np.zeros((1, 3, 2, 2))
_logits[0, :, 0, 1] = np.log([0.5, 0.25, 0.25])
_targets = np.array([[[0, 1], [2, 0]]])
assert np.isclose(pixel_cross_entropy(_logits, _targets), (3 * np.log(3) + np.log(4)) / 4), (
    "three pixels know nothing of three classes, one gives its target 1/4"
)
_rng = np.random.default_rng(0)
_logits, _targets = _rng.normal(size=(2, 3, 4, 5)), _rng.integers(0, 3, size=(2, 4, 5))
_by_hand = [
    cross_entropy(_logits[n, :, i, j][None], _targets[n, i, j][None])
    for n in range(2)
    for i in range(4)
    for j in range(5)
]
assert np.isclose(pixel_cross_entropy(_logits, _targets), np.mean(_by_hand)), (
    "each pixel is a row of C logits; the mean is over all of them"
)
### BEGIN HIDDEN TESTS
from autograder.hidden.pixels_and_boxes import grade

grade("pixel_cross_entropy")
### END HIDDEN TESTS

# %% [markdown]
# <details><summary>Hint 1: direction</summary>
#
# You have a function for (rows, classes). Which axis has to become the last one, before you flatten the others?
# </details>
#
# <details><summary>Hint 2: method</summary>
#
# `np.moveaxis` or `transpose` puts the classes last and leaves the order of the other axes alone. The targets are
# flattened in the same order.
# </details>

# %% [markdown]
# ## 2. A region
#
# Ask about the region instead of its pixels: of what was marked and what is true, how much overlaps? Write $X$ for
# the probabilities and $Y$ for the mask of 0 and 1, $|X|$ for the sum of all elements, and $|X \cdot Y|$ for the sum
# of their products. The **Dice coefficient** is twice the overlap over the sum of both sizes, and the Dice
# loss is one minus that:
#
# $$L_\text{Dice} = 1 - \frac{2\,|X \cdot Y| + \varepsilon}{|X| + |Y| + \varepsilon}$$
#
# ### Exercise: `dice_loss` (8 minutes, difficulty 2 of 5)
#
# Before you write it: what does the 2 do for a perfect mask? What would an empty mask, predicted empty, cost without
# $\varepsilon$, and with $\varepsilon$ in the denominator only? All elements count as one mask, whatever the shape.


# %% nbgrader={"grade": false, "grade_id": "dice_loss", "locked": false, "schema_version": 3, "solution": true, "task": false}
def dice_loss(probs, target, eps=1e-6):
    """One minus the overlap of a soft mask with a true one.

    Args:
        probs: float64, any shape, each in [0, 1]; not modified.
        target: 0 or 1, float64 or int64, the shape of probs; not modified.
        eps: > 0, added to the numerator and to the denominator.

    Returns:
        A float, `1 - (2 |X.Y| + eps) / (|X| + |Y| + eps)`, with sums over all elements.

    Source: Milletari, Navab and Ahmadi, V-Net (2016), section 3, there with squares in the denominator.
    """
    ### BEGIN SOLUTION
    overlap = np.sum(probs * target)
    sizes = np.sum(probs) + np.sum(target)
    return 1 - (2 * overlap + eps) / (sizes + eps)
    ### END SOLUTION


# %% nbgrader={"grade": true, "grade_id": "test_dice_loss", "locked": true, "points": 2, "schema_version": 3, "solution": false, "task": false}
_mask = np.array([[1, 1], [0, 0]])
assert np.isclose(dice_loss(_mask.astype(float), _mask), 0), "a perfect mask costs 0"
assert np.isclose(dice_loss(np.array([[1.0, 0.0], [1.0, 0.0]]), _mask), 0.5), (
    "half of each: 1 - 2/4"
)
assert np.isclose(dice_loss(np.full((2, 2), 0.5), _mask), 0.5), (
    "soft masks count with their probability"
)
assert np.isclose(dice_loss(np.zeros((2, 2)), np.zeros((2, 2))), 0), (
    "nothing there, nothing said: perfect"
)
assert np.isclose(dice_loss(np.zeros(4), np.ones(4), eps=1.0), 0.8), "eps in both places: 1 - 1/5"
### BEGIN HIDDEN TESTS
from autograder.hidden.pixels_and_boxes import grade

grade("dice_loss")
### END HIDDEN TESTS

# %% [markdown]
# <details><summary>Hint 1: direction</summary>
#
# Three sums over all elements. Which of them is of a product?
# </details>
#
# <details><summary>Hint 2: method</summary>
#
# `np.sum` without an axis. The probabilities are used as they are: no sigmoid, no threshold.
# </details>

# %% [markdown]
# ### The look: four answers to one scan
#
# A scan of 1024 pixels, 21 of them tumor, and four networks: one that says 2 % everywhere and has found nothing, one
# that is vague, one that is a few pixels off, one that is nearly right. Your two losses judge them.

# %% jupyter={"source_hidden": true} tags=["demo"]
# Four predictions of one small mask, judged by your two losses.
mask = disc(32, 15, 15, 2.5)
rows, columns = np.mgrid[:32, :32]
blur = np.exp(-((rows - 15) ** 2 + (columns - 15) ** 2) / 60)
answers = {
    "found nothing": np.full((32, 32), 0.02),
    "vague": 0.01 + 0.85 * blur,
    "3 pixels off": 0.01 + 0.9 * disc(32, 15, 18, 2.5),
    "nearly right": 0.01 + 0.9 * mask,
}
entropies = [
    float(pixel_cross_entropy(two_class_logits(np.log(p / (1 - p))[None]), mask[None]))
    for p in answers.values()
]
overlaps = [float(dice_loss(p, mask)) for p in answers.values()]
by_hand = [-np.where(mask, np.log(p), np.log(1 - p)).mean() for p in answers.values()]
assert np.allclose(entropies, by_hand)
fig, axes = plt.subplots(
    1, 6, figsize=(12, 2.6), layout="constrained", width_ratios=[1] * 5 + [2.4]
)
for ax, (name, image) in zip(axes, {"truth": mask, **answers}.items(), strict=False):
    ax.imshow(image, cmap="gray_r", vmin=0, vmax=1)
    ax.set(xticks=[], yticks=[], title=name)
places = np.arange(4)
relative = np.array(entropies) / np.log(2)
axes[5].barh(places + 0.2, relative, 0.4, color=BLUE, label="cross-entropy / log 2")
dashes = {"color": ORANGE, "hatch": "//", "edgecolor": "white"}
axes[5].barh(places - 0.2, overlaps, 0.4, label="Dice loss", **dashes)
axes[5].set(yticks=places, yticklabels=list(answers), xlim=(0, 1), ylim=(3.6, -1.6))
axes[5].set_title("Two judges")
axes[5].legend(loc="upper right", fontsize=8)
show_figure(
    "Five small images: the true mask, a small disc; a uniform grey; a wide blur; a disc a few "
    "pixels off; the disc itself. Beside them bars of the cross-entropy divided by log 2 and the "
    "Dice loss: the uniform one has 0.14 and 0.98, the vague one is higher in cross-entropy and "
    "lower in Dice, the shifted one has 0.16 and 0.78, the last one 0.02 and 0.24."
)
for name, entropy, overlap in zip(answers, entropies, overlaps, strict=True):
    print(f"{name:14s} cross-entropy {entropy:.3f}, Dice loss {overlap:.3f}")

# %% [markdown]
# *What to see.* To the cross-entropy, "nothing there" is the *second best* of the four: nearly every pixel is
# background, and nearly right. The Dice loss calls it the worst, because it never looks at background that was left
# alone.

# %% [markdown]
# ## 3. What each of them trains
#
# A loss has to change a little when the weights do. A **metric** says what people want to know, and may jump: "which
# pixels did you get right?" needs a decision for each pixel, and a decision has no slope. The usual metric for masks is
# the **intersection over union** (IoU, or Jaccard index) of pixel sets, one for each class $c$:
#
# $$\text{IoU}_c = \frac{\#\{\text{pred} = c \text{ and } \text{target} = c\}}{\#\{\text{pred} = c \text{ or } \text{target} = c\}}$$
#
# ### Exercise: `mean_iou` (8 minutes, difficulty 3 of 5)
#
# The mean over classes raises a question that papers answer differently. Here: a class that occurs in neither map is
# left out. A class that occurs in one of them counts, with 0. A batch is one large map, not a mean over images.


# %% nbgrader={"grade": false, "grade_id": "mean_iou", "locked": false, "schema_version": 3, "solution": true, "task": false}
def mean_iou(pred, target, n_classes):
    """The intersection over union of class maps, averaged over the classes that occur.

    Args:
        pred, target: int64 arrays of one shape, any shape, not empty, each in [0, n_classes); not
            modified. A batch counts as one map.
        n_classes: the number of classes, some of which may not occur.

    Returns:
        A float in [0, 1]: the mean over the classes that occur in pred, in target, or in both.

    Source: Long, Shelhamer and Darrell, Fully Convolutional Networks (2015), section 5 (mean IU).
    """
    ### BEGIN SOLUTION
    ious = []
    for c in range(n_classes):
        said, true = pred == c, target == c
        either = np.sum(said | true)
        if either > 0:
            ious.append(np.sum(said & true) / either)
    return np.mean(ious)
    ### END SOLUTION


# %% nbgrader={"grade": true, "grade_id": "test_mean_iou", "locked": true, "points": 2, "schema_version": 3, "solution": false, "task": false}
_target = np.array([[0, 0, 1], [0, 0, 1]])
assert mean_iou(_target, _target, 2) == 1, "a perfect map"
assert mean_iou(_target, _target, 5) == 1, "classes that occur nowhere are left out"
assert np.isclose(mean_iou(np.array([[0, 0, 0], [0, 0, 1]]), _target, 2), (4 / 5 + 1 / 2) / 2), (
    "class 0: 4 of 5, class 1: 1 of 2"
)
assert np.isclose(mean_iou(np.array([[2, 0, 1], [0, 0, 1]]), _target, 3), (3 / 4 + 1 + 0) / 3), (
    "class 2 was said and is nowhere true: it counts, with 0"
)
### BEGIN HIDDEN TESTS
from autograder.hidden.pixels_and_boxes import grade

grade("mean_iou")
### END HIDDEN TESTS

# %% [markdown]
# <details><summary>Hint 1: direction</summary>
#
# For one class, both maps become masks of True and False. Which two operations count the overlap and the union?
# </details>
#
# <details><summary>Hint 2: method</summary>
#
# `&` and `|` of Boolean arrays, and `np.sum`. Collect the ratios in a list, and skip a class whose union is empty.
# </details>

# %% [markdown]
# ### The experiment: a mask from four weights
#
# Now train something. Below are noisy scans with one small bright region each, about 2 % of the pixels. The model is
# as small as it can be: one logit for each pixel, a weighted sum of four features (its value, two blurred values, 1).
# Four weights need no backpropagation: your numerical gradient and your `descend` will do.


# %% tags=["bring"]
# bring: descend (lesson 00)
def descend(grad_fn, x0, lr, steps):
    """Given, until you bring yours."""
    path = [np.array(x0, dtype=float)]
    while len(path) <= steps:
        path.append(path[-1] - lr * grad_fn(path[-1]))
    return np.stack(path)


# %% tags=["bring"]
# bring: numerical_gradient (lesson 02)
def numerical_gradient(f, x, eps=1e-6):
    """Given, until you bring yours."""
    nudges = eps * np.eye(x.size).reshape(-1, *x.shape)
    slopes = [(f(x + nudge) - f(x - nudge)) / (2 * eps) for nudge in nudges]
    return np.reshape(slopes, x.shape)


# %% [markdown]
# ### Prediction: few pixels
#
# The same four weights are trained twice to the end, once with your cross-entropy and once with your Dice loss. On new
# scans, every pixel with a probability above one half is marked. How many pixels do the two mark, next to the true
# number?
#
# - (a) both roughly as many
# - (b) cross-entropy marks far too few, Dice roughly as many
# - (c) Dice marks far too few, cross-entropy roughly as many

# %% nbgrader={"grade": false, "grade_id": "prediction_few_pixels", "locked": false, "schema_version": 3, "solution": true, "task": false}
### BEGIN SOLUTION
prediction_few_pixels = "b"
### END SOLUTION

# %% nbgrader={"grade": true, "grade_id": "test_prediction_few_pixels", "locked": true, "points": 1, "schema_version": 3, "solution": false, "task": false}
if prediction_few_pixels is None:
    raise NotImplementedError("prediction_few_pixels is not written yet")
letter = str(prediction_few_pixels).strip(" ().").lower()
assert letter in ("a", "b", "c"), "a prediction is one letter: a, b or c"

### BEGIN HIDDEN TESTS
from autograder.hidden.pixels_and_boxes import grade

grade("prediction_few_pixels")
### END HIDDEN TESTS


# %% tags=["demo"]
# One model of four weights: trained with either loss on eight scans, tried on 24 new ones.
def scores(weights, features):
    return np.einsum("f,nfhw->nhw", weights, features)


def by_entropy(weights, features, masks):
    return pixel_cross_entropy(two_class_logits(scores(weights, features)), masks)


def by_dice(weights, features, masks):
    return dice_loss(1 / (1 + np.exp(-scores(weights, features))), masks)


def trained_mask(loss, features, masks):
    """The weights after 150 steps down the loss, from zero."""
    slope = lambda w: numerical_gradient(lambda v: loss(v, features, masks), w)
    return descend(slope, np.zeros(4), lr=4.0, steps=150)[-1]


# %% jupyter={"source_hidden": true} tags=["demo", "prediction_few_pixels"]
# One new scan with both masks, and how many pixels each loss marks, on four seeds.
mask_runs = []
for seed in range(4):
    rng = np.random.default_rng(seed)
    (_, seen, truth), (images, new, masks) = scans(8, rng), scans(24, rng)
    fits = [trained_mask(loss, seen, truth) for loss in (by_entropy, by_dice)]
    mask_runs.append((images, masks, *(1 / (1 + np.exp(-scores(w, new))) for w in fits)))
fig, axes = plt.subplots(
    1, 5, figsize=(11, 2.5), layout="constrained", width_ratios=[1] * 4 + [1.9]
)
images, masks, entropic, dicey = mask_runs[0]
shown = int(np.argmax(masks.sum(axis=(1, 2))))
panels = {"scan": images, "truth": masks, "cross-entropy": entropic > 0.5, "Dice": dicey > 0.5}
for ax, (name, maps) in zip(axes, panels.items(), strict=False):
    ax.imshow(maps[shown], cmap="gray_r")
    ax.set(xticks=[], yticks=[], title=name)
styles = (("cross-entropy", BLUE, "o"), ("Dice", ORANGE, "s"))
marked = {
    name: [np.sum(run[2 + i] > 0.5) / run[1].sum() for run in mask_runs]
    for i, (name, _, _) in enumerate(styles)
}
for name, color, mark in styles:
    axes[4].plot(range(4), marked[name], mark, color=color, ms=8, label=name)
axes[4].axhline(1, color="black", lw=1, ls=":")
axes[4].set(xticks=range(4), xlabel="seed", ylim=(0, 1.9), title="marked / true pixels")
axes[4].legend(loc="upper right", ncols=2, fontsize=8)
assert max(marked["cross-entropy"]) < 0.3 < 0.55 < min(marked["Dice"])
show_figure(
    "A noisy scan; its true mask, a disc; the mask trained with cross-entropy, a few pixels of the disc; "
    "the mask trained with the Dice loss, most of the disc and a few false alarms. Right: pixels marked over true pixels for four "
    "seeds. Cross-entropy lies at about 0.2, Dice between 0.6 and 1.3."
)
for seed, (_, masks, entropic, dicey) in enumerate(mask_runs):
    judged = {"0.5": entropic > 0.5, "0.2": entropic > 0.2, "Dice": dicey > 0.5}
    iou = {name: mean_iou(said.astype(int), masks, 2) for name, said in judged.items()}
    share = entropic.sum() / masks.sum()
    print(
        f"seed {seed}: mean IoU {iou['0.5']:.2f} cross-entropy, {iou['Dice']:.2f} Dice, "
        f"{iou['0.2']:.2f} cross-entropy cut at 0.2; its probabilities sum to {share:.2f} of the truth"
    )

# %% [markdown]
# *What to see.* Cross-entropy did what it was asked: its probabilities add up to about the true number of pixels. But
# in noise like this a single pixel is rarely more likely bright than not, so few pass one half. Dice was asked
# for overlap. It raises everything that is worth marking towards 1, and its outputs are no longer probabilities.
#
# The knowledge is the same in both: cut at 0.2, cross-entropy's mask is as good. So with few foreground pixels, either
# train the overlap too (nnU-Net, Isensee et al. 2021, adds the two losses) or choose the threshold on validation data.

# %% [markdown]
# ### The look: what accuracy does not see
#
# Road, grass, and a child at the edge of the road: twelve pixels of 576. One network never says "child". Another finds
# it, and is careless with the border between road and grass.

# %% jupyter={"source_hidden": true} tags=["demo"]
# Two segmentations of one scene, with accuracy and mean IoU.
scene = np.zeros((24, 24), dtype=np.int64)
scene[:, 12:] = 1
scene[10:14, 9:12] = 2
blind = np.where(scene == 2, 0, scene)
careless = scene.copy()
careless[::2, 12:14] = 0
careless[10:14, 9:12] = 2
fig, axes = plt.subplots(1, 3, figsize=(8.4, 3.2), layout="constrained")
for ax, (name, said) in zip(
    axes, {"truth": scene, "blind": blind, "careless": careless}.items(), strict=True
):
    score, right = mean_iou(said, scene, 3), np.mean(said == scene)
    confusion = np.zeros((3, 3))
    np.add.at(confusion, (scene.ravel(), said.ravel()), 1)
    union = confusion.sum(axis=0) + confusion.sum(axis=1) - np.diagonal(confusion)
    assert np.isclose(score, np.mean(np.diagonal(confusion) / union))
    ax.imshow(said, cmap="gray_r", vmin=0, vmax=2.4)
    ax.set(xticks=[], yticks=[], title=f"{name}\npixels right {right:.2f}, mean IoU {score:.2f}")
show_figure(
    "Three class maps: the truth, half road, half grass, with a small dark patch; the same "
    "without the patch, pixel accuracy 0.98, mean IoU 0.65; the patch found and the border "
    "ragged, pixel accuracy 0.96, mean IoU 0.95."
)

# %% [markdown]
# *What to see.* By the share of right pixels, the blind network is the better one. The mean IoU gives every class one
# vote, and a class that was never said has an IoU of 0.

# %% [markdown]
# ## 4. Where is it?
#
# A detector draws boxes. A box is four numbers, $x_1, y_1, x_2, y_2$: two opposite corners, with $x_2 > x_1$ and $y_2 >
# y_1$. How wrong is a box? The same question as for masks, and the same answer: the area that both share over the area
# that either covers.
#
# $$\text{IoU}(a, b) = \frac{|a \cap b|}{|a \cup b|}$$
#
# It is 1 for equal boxes, 0 for boxes that don't meet, and doesn't depend on the unit of length. For masks you counted
# pixels. Here you get two areas and an intersection from eight numbers.
#
# ### Exercise: `box_iou` (12 minutes, difficulty 3 of 5)
#
# The intersection of two boxes is a box: its lower corner is the larger of the two lower corners, its upper corner the
# smaller of the two upper ones. Draw two boxes that miss each other in both directions, and work out the sides of that
# "box" before you multiply them.


# %% nbgrader={"grade": false, "grade_id": "box_iou", "locked": false, "schema_version": 3, "solution": true, "task": false}
def box_iou(a, b):
    """Intersection over union of boxes, row by row.

    Args:
        a, b: float64 or int64 (N, 4), rows x1, y1, x2, y2 with x2 > x1 and y2 > y1, in any unit; not
            modified.

    Returns:
        float64 (N,), each in [0, 1]; 0 for boxes that are disjoint or only touch.

    Source: Everingham et al., The PASCAL Visual Object Classes Challenge (2010), section 4.2, with
        coordinates as real numbers.
    """
    ### BEGIN SOLUTION
    low = np.maximum(a[:, :2], b[:, :2])
    high = np.minimum(a[:, 2:], b[:, 2:])
    sides = np.maximum(high - low, 0)
    shared = sides[:, 0] * sides[:, 1]
    area_a = (a[:, 2] - a[:, 0]) * (a[:, 3] - a[:, 1])
    area_b = (b[:, 2] - b[:, 0]) * (b[:, 3] - b[:, 1])
    return shared / (area_a + area_b - shared)
    ### END SOLUTION


# %% nbgrader={"grade": true, "grade_id": "test_box_iou", "locked": true, "points": 2, "schema_version": 3, "solution": false, "task": false}
_box = np.array([[0.0, 0.0, 2.0, 2.0]])
assert np.allclose(box_iou(_box, _box), [1]), "a box and itself"
assert np.allclose(box_iou(_box, _box + 1), [1 / 7]), "shifted by 1 both ways: 1 shared, 7 covered"
assert np.allclose(box_iou(_box, np.array([[0.0, 0.0, 1.0, 1.0]])), [0.25]), "one inside the other"
assert np.allclose(box_iou(_box, np.array([[2.0, 0.0, 4.0, 2.0]])), [0]), (
    "boxes that touch share nothing"
)
assert np.allclose(box_iou(_box, np.array([[5.0, 5.0, 6.0, 6.0]])), [0]), "nor do boxes far apart"
assert box_iou(np.tile(_box, (3, 1)), np.tile(_box, (3, 1))).shape == (3,), (
    "one number for each row"
)
### BEGIN HIDDEN TESTS
from autograder.hidden.pixels_and_boxes import grade

grade("box_iou")
### END HIDDEN TESTS

# %% [markdown]
# <details><summary>Hint 1: direction</summary>
#
# Draw two boxes that overlap. Which of the eight numbers are the corners of the overlap? And if they don't overlap?
# </details>
#
# <details><summary>Hint 2: method</summary>
#
# `np.maximum` and `np.minimum` on the columns `[:, :2]` and `[:, 2:]`. A side is never less than 0: clip each side
# before you multiply.
# </details>
#
# <details><summary>Hint 3: almost the line</summary>
#
# Lower corner: elementwise maximum. Upper corner: elementwise minimum. Sides: their difference, at least 0. The union
# is the sum of both areas, minus the intersection.
# </details>

# %% [markdown]
# ### Prediction: beside its target
#
# A box of the right size lies beside its target: they don't touch. You train its four numbers by descending on $1 -
# \text{IoU}$, with the numerical gradient. Where is it after 300 steps?
#
# - (a) exactly where it was
# - (b) on its target, later than a box that overlapped from the start
# - (c) it has grown until it covers the target

# %% nbgrader={"grade": false, "grade_id": "prediction_disjoint", "locked": false, "schema_version": 3, "solution": true, "task": false}
### BEGIN SOLUTION
prediction_disjoint = "a"
### END SOLUTION

# %% nbgrader={"grade": true, "grade_id": "test_prediction_disjoint", "locked": true, "points": 1, "schema_version": 3, "solution": false, "task": false}
if prediction_disjoint is None:
    raise NotImplementedError("prediction_disjoint is not written yet")
letter = str(prediction_disjoint).strip(" ().").lower()
assert letter in ("a", "b", "c"), "a prediction is one letter: a, b or c"

### BEGIN HIDDEN TESTS
from autograder.hidden.pixels_and_boxes import grade

grade("prediction_disjoint")
### END HIDDEN TESTS

# %% [markdown]
# ### The experiment: train one box
#
# Two losses of a single box: the mean absolute error of its four numbers (L1), and one minus your IoU.

# %% tags=["demo"]
goal = np.array([4.0, 4.0, 7.0, 7.0])


def absolute_error(box):
    return np.mean(np.abs(box - goal))


def overlap_error(box):
    return 1 - box_iou(box[None], goal[None])[0]


def trained_box(loss, start):
    """All 301 boxes from `start` down the loss."""
    return descend(lambda box: numerical_gradient(loss, box), np.array(start), lr=0.2, steps=300)


# %% jupyter={"source_hidden": true} tags=["demo", "prediction_disjoint"]
# Both losses as landscapes over the position of a box, with the paths of two trained boxes.
starts = {"overlapping": [5.5, 5.0, 8.5, 8.0], "beside": [7.8, 4.8, 10.8, 7.8]}
box_paths = {
    (loss, name): trained_box(loss, start)
    for loss in (absolute_error, overlap_error)
    for name, start in starts.items()
}
assert np.ptp(box_paths[overlap_error, "beside"], axis=0).max() == 0
shift = np.linspace(-5, 5, 61)
fig, axes = plt.subplots(1, 3, figsize=(12, 3.4), layout="constrained")
for ax, (loss, title) in zip(
    axes, ((absolute_error, "L1"), (overlap_error, "1 - IoU")), strict=False
):
    heights = [[loss(goal + np.array([dx, dy, dx, dy])) for dx in shift] for dy in shift]
    lines = ax.contour(shift, shift, heights, levels=8, colors=GREY, linewidths=0.8)
    ax.contourf(shift, shift, heights, levels=8, cmap="Greys", alpha=0.35)
    ax.clabel(lines, fontsize=7)
    for (name, style), color in zip(
        {"overlapping": "-o", "beside": "-s"}.items(), (BLUE, ORANGE), strict=True
    ):
        path = box_paths[loss, name]
        x = (path[:, 0] + path[:, 2] - goal[0] - goal[2]) / 2
        y = (path[:, 1] + path[:, 3] - goal[1] - goal[3]) / 2
        ax.plot(x, y, style, color=color, ms=6, markevery=[0], label=name)
    ax.set(title=f"{title}, by how far the box is off", xlabel="shift in x", ylabel="shift in y")
    ax.set_aspect("equal")
    ax.legend(loc="lower left", fontsize=8)
for (loss, name), style in zip(box_paths, ("--", ":", "-", "-."), strict=True):
    path = box_paths[loss, name]
    label = f"{'L1' if loss is absolute_error else '1 - IoU'}, {name}"
    overlap = box_iou(path, np.tile(goal, (len(path), 1)))
    color = BLUE if name == "overlapping" else ORANGE
    axes[2].plot(overlap, style, color=color, lw=2, label=label)
axes[2].set(xlabel="step", title="IoU with the target", ylim=(-0.05, 1.35))
axes[2].legend(loc="upper left", fontsize=8, ncols=2)
show_figure(
    "Left: contours of L1 over the position of a box, a pyramid that slopes everywhere; paths of two boxes "
    "lead to the middle. Middle: contours of 1 - IoU, a funnel of radius 3 in a flat plateau; the overlapping "
    "box runs into the funnel, the box beside it stays at its first point. Right: the IoU of the four boxes "
    "by step; three rise to about 1, the one beside its target with 1 - IoU stays at 0."
)

# %% [markdown]
# *What to see.* The IoU has a plateau: wherever the boxes don't meet, it is 0 and so is its gradient. Not small: zero. A
# box that starts there never moves. L1 has a slope everywhere. Near the target, neither slope gets any smaller, so
# with a fixed rate both end up jumping back and forth by a step.
#
# So why not L1? Because it isn't what you want. It depends on the unit, and it can't tell these boxes apart:

# %% tags=["demo"]
for name, off in {
    "shifted": [1, 1, 1, 1],
    "shrunk": [1, 1, -1, -1],
    "grown": [-1, -1, 1, 1],
}.items():
    box = goal + np.array(off)
    print(f"{name:8s} L1 {absolute_error(box):.0f}, IoU {1 - overlap_error(box):.2f}")

# %% [markdown]
# The **generalized IoU** (Rezatofighi et al. 2019) keeps the IoU and adds a slope to the plateau. Take the smallest box
# around both, the *hull*. The part of it that neither covers is wasted: the further apart the boxes, the larger.


# %% tags=["demo"]
def generalized_error(box):
    """1 - IoU, plus the share of the hull that neither box covers."""
    iou = box_iou(box[None], goal[None])[0]
    areas = np.prod(box[2:] - box[:2]) + np.prod(goal[2:] - goal[:2])
    hull = np.prod(np.maximum(box, goal)[2:] - np.minimum(box, goal)[:2])
    return 1 - iou + 1 - areas / (1 + iou) / hull  # areas / (1 + iou) is the union


freed = trained_box(generalized_error, starts["beside"])
reached = [1 - float(overlap_error(freed[k])) for k in (0, 100, 200, 300)]
print("IoU at steps 0, 100, 200, 300:", [round(iou, 1) for iou in reached])

# %% jupyter={"source_hidden": true} tags=["demo"]
# Three losses of a box that slides away from its target, and what geometry says of the IoU.
shifts = np.linspace(0, 6, 61)
slid = goal + shifts[:, None] * np.array([1, 0, 1, 0])
fig, (left, right) = plt.subplots(1, 2, figsize=(10, 3.2), layout="constrained")
left.add_patch(Rectangle(goal[:2], 3, 3, fc="0.85", ec="black"))
for shift, color, style in ((1.0, BLUE, "--"), (2.0, GREEN, "-."), (4.0, ORANGE, ":")):
    left.add_patch(Rectangle((4 + shift, 4), 3, 3, fill=False, ec=color, ls=style, lw=2.5))
    iou = box_iou(goal[None], goal[None] + np.array([[shift, 0, shift, 0]]))[0]
    left.text(goal[2] + shift, 7.2, f"{iou:.2f}", color=color, ha="center")
left.set(xlim=(3.5, 11.7), ylim=(3.5, 8), aspect="equal", title="IoU with the grey box")
for loss, color, style, label in (
    (overlap_error, ORANGE, "-", "1 - IoU"),
    (generalized_error, BLUE, "--", "1 - GIoU"),
    (absolute_error, GREY, ":", "L1"),
):
    right.plot(shifts, [loss(box) for box in slid], color=color, ls=style, lw=2, label=label)
shared = np.maximum(3 - shifts[::6], 0)
right.plot(shifts[::6], 1 - shared / (6 - shared), "o", color="black", ms=4, label="geometry")
right.axvline(3, color=GREY, lw=1)
right.set(xlabel="shift sideways; from 3 on, the boxes are apart", ylim=(0, 2.2))
right.legend(loc="upper left", fontsize=8, ncols=2)
assert np.allclose([overlap_error(box) for box in slid[::6]], 1 - shared / (6 - shared))
show_figure(
    "Left: a grey box of side 3 and three dashed ones, shifted to the right by 1, 2 and 4: IoU 0.50, 0.20 and "
    "0. Right: losses by shift. 1 - IoU rises to 1 at shift 3 and is flat from there on; marks of the closed "
    "form lie on it. 1 - GIoU is the same up to 3 and rises on. L1 is a straight line."
)

# %% [markdown]
# *What to see.* A shift by a third of the side halves the IoU. Beyond 3 the solid line is flat, and the dashed one
# goes on rising, so the box finds its way back. Slowly: that is why detectors often add L1 all the same.

# %% [markdown]
# ## 5. Three questions at once
#
# A detector answers three questions about each candidate box: *what* is it (cross-entropy over the classes), *where* is
# it (1 - IoU), and is there anything *at all* (binary cross-entropy of one **objectness** logit). Training needs one
# number, so the three losses are added, with weights $w$ that say how much of one is worth how much of another:
#
# $$L = w_0\, L_\text{cls} + w_1\, L_\text{box} + w_2\, L_\text{obj}$$
#
# ### Exercise: `detection_loss` (10 minutes, difficulty 2 of 5)
#
# Each part is a mean over **all** rows, object or not. Real detectors often average the boxes over rows with an object
# only; whatever they do, they have to say it, because the denominator is part of the weight.
#
# Return the parts too, **unweighted**. If you only look at the total, you can't tell which part has stopped falling.


# %% nbgrader={"grade": false, "grade_id": "detection_loss", "locked": false, "schema_version": 3, "solution": true, "task": false}
def detection_loss(
    cls_logits,
    cls_targets,
    boxes,
    box_targets,
    obj_logits,
    obj_targets,
    weights=(1.0, 1.0, 1.0),
):
    """The loss of a detector, and its three parts.

    Args:
        cls_logits: float64 (N, C). cls_targets: int64 (N,), each in [0, C).
        boxes, box_targets: float64 (N, 4), as in `box_iou`.
        obj_logits: float64 (N,). obj_targets: 0 or 1, float64 or int64 (N,).
        weights: three numbers, for class, box and objectness.
            No argument is modified. Logits of -1e4 and 1e4 give exact and finite losses.

    Returns:
        A dict of floats: "cls", the mean cross-entropy; "box", the mean over all rows of 1 - IoU;
        "obj", the mean binary cross-entropy, all three unweighted; and "total", their weighted sum.

    Source: Redmon et al., You Only Look Once (2016), section 2.2, with other parts.
    """
    ### BEGIN SOLUTION
    parts = {
        "cls": cross_entropy(cls_logits, cls_targets),
        "box": np.mean(1 - box_iou(boxes, box_targets)),
        "obj": bce_with_logits(obj_logits, obj_targets),
    }
    total = sum(weight * part for weight, part in zip(weights, parts.values(), strict=True))
    return {**parts, "total": total}
    ### END SOLUTION


# %% nbgrader={"grade": true, "grade_id": "test_detection_loss", "locked": true, "points": 2, "schema_version": 3, "solution": false, "task": false}
_boxes = np.array([[0.0, 0.0, 2.0, 2.0], [0.0, 0.0, 2.0, 2.0]])
_truth = np.array([[0.0, 0.0, 2.0, 2.0], [0.0, 0.0, 1.0, 1.0]])
_arguments = (np.zeros((2, 4)), np.array([0, 3]), _boxes, _truth, np.zeros(2), np.array([1.0, 0.0]))
_parts = detection_loss(*_arguments)
assert {"cls", "box", "obj", "total"} <= set(_parts), "a dict with these four entries"
assert np.isclose(_parts["cls"], np.log(4)), "cls: the mean cross-entropy"
assert np.isclose(_parts["box"], (0 + 0.75) / 2), (
    "box: the mean of 1 - IoU over all rows, object or not"
)
assert np.isclose(_parts["obj"], np.log(2)), "obj: the mean binary cross-entropy"
assert np.isclose(_parts["total"], np.log(4) + 0.375 + np.log(2)), (
    "total: their sum, for weights of 1"
)
_heavy = detection_loss(*_arguments, weights=(2.0, 4.0, 0.0))
assert np.isclose(_heavy["total"], 2 * np.log(4) + 4 * 0.375), "the weights act on the total"
assert np.isclose(_heavy["box"], 0.375), "and not on the parts"
### BEGIN HIDDEN TESTS
from autograder.hidden.pixels_and_boxes import grade

grade("detection_loss")
### END HIDDEN TESTS

# %% [markdown]
# <details><summary>Hint 1: direction</summary>
#
# Three of your functions, each called once. Which of them returns one number for each row?
# </details>
#
# <details><summary>Hint 2: method</summary>
#
# Make a dict of the three means first. Then the total from the dict, so that weights cannot creep into the parts.
# </details>

# %% [markdown]
# ### The look: what the total hides
#
# Three candidates, each with four numbers for its box, three class logits and one objectness logit: 24 numbers, trained
# on your `detection_loss`. In the left figure, the total. Is this run finished?

# %% jupyter={"source_hidden": true} tags=["demo"]
# Three candidates trained on the total: the total alone, then its parts, then the boxes.
truths = np.array([[1.0, 1.0, 4.0, 4.0], [6.0, 1.0, 9.0, 3.0], [1.0, 6.0, 4.0, 9.0]])
first = truths + np.array([[1, 0.5, 0.5, 1], [-1.2, 0.3, -0.3, 1], [4, -1, 4, -1]])
classes, objects = np.array([0, 2, 1]), np.ones(3)


def parts_of(numbers):
    """The four losses of three candidates, (24,)."""
    row = numbers.reshape(3, 8)
    return detection_loss(row[:, 4:7], classes, row[:, :4], truths, row[:, 7], objects)


begin = np.hstack([first, np.zeros((3, 4))]).ravel()
slope = lambda numbers: numerical_gradient(lambda v: parts_of(v)["total"], numbers)
candidates = descend(slope, begin, lr=0.3, steps=200)
along = [parts_of(numbers) for numbers in candidates]
fig, axes = plt.subplots(1, 3, figsize=(12, 3.2), layout="constrained")
axes[0].plot([parts["total"] for parts in along], color="black", lw=2)
axes[0].set(title="total", xlabel="step", ylim=(0, None))
for part, color, style in (("cls", BLUE, "--"), ("box", ORANGE, "-"), ("obj", GREEN, ":")):
    axes[1].plot([parts[part] for parts in along], color=color, ls=style, lw=2, label=part)
axes[1].axhline(1 / 3, color=GREY, lw=1, ls="-.", label="1/3")
axes[1].set(title="its parts", xlabel="step", ylim=(0, None))
axes[1].legend()
for box, last in zip(truths, candidates[-1].reshape(3, 8)[:, :4], strict=True):
    corner, sides = box[:2], box[2:] - box[:2]
    axes[2].add_patch(Rectangle(corner, *sides, fc="0.85", ec="black"))
    axes[2].add_patch(
        Rectangle(last[:2], *(last[2:] - last[:2]), fill=False, ec=ORANGE, ls="--", lw=2)
    )
axes[2].set(xlim=(0, 10), ylim=(0, 10), aspect="equal", title="grey: truth, dashed: trained")
assert 0.33 < along[-1]["box"] < 0.4
show_figure(
    "Left: the total falls from 2.5 and flattens at about 0.4. Middle: the class and objectness parts fall "
    "towards 0, the box part falls from 0.74 and stops at the line of one third. Right: two dashed boxes "
    "lie on their grey truths, the third lies beside its truth and does not meet it."
)

# %% [markdown]
# *What to see.* The box part stops at one third, and no rate or patience will change that: one of the three boxes never
# met its truth. In the total it looks like any other loss that levels off.

# %% [markdown]
# ## 6. A ranked list
#
# A detector returns boxes with scores. A box **matches** an object if their IoU is at least 0.5 (say), and each object
# can be matched once: the second box on the same dog is a miss. Where do you cut the list? Don't. Rank by score, the
# highest first, and look at every cut. After $k$ detections, $h_k$ of which match, with $T$ objects in truth:
#
# $$\text{precision}_k = \frac{h_k}{k} \qquad \text{recall}_k = \frac{h_k}{T}$$
#
# Recall only rises. Precision zigzags: each miss lowers it, each hit lifts it (or leaves it at 1). The **average
# precision** (AP) is the area under this curve, after one repair. If a longer list has the better precision, nobody
# would cut at the shorter one. So at each recall, take the *best* precision that is reached there or further right:
#
# $$\text{AP} = \sum_k (\text{recall}_k - \text{recall}_{k-1}) \cdot \max_{j \ge k} \text{precision}_j \qquad \text{recall}_0 = 0$$
#
# ### Exercise: `average_precision` (12 minutes, difficulty 4 of 5)


# %% nbgrader={"grade": false, "grade_id": "average_precision", "locked": false, "schema_version": 3, "solution": true, "task": false}
def average_precision(scores, is_match, n_truth):
    """The area under the precision-recall steps of ranked detections.

    Args:
        scores: float64 (K,), in any order, higher is surer; not modified.
        is_match: bool (K,), whether each detection matches an object of its own; not modified.
        n_truth: the number of objects in truth, an int >= 0, at least the number of matches.

    Returns:
        A float in [0, 1]; 0.0 if n_truth is 0 or there are no detections.

    Source: Padilla, Netto and da Silva, A Survey on Performance Metrics for Object-Detection Algorithms
        (2020): the interpolation over all points.
    """
    ### BEGIN SOLUTION
    if n_truth == 0 or len(scores) == 0:
        return 0.0
    hits = np.cumsum(is_match[np.argsort(-scores)])
    precision = hits / np.arange(1, len(hits) + 1)
    recall = hits / n_truth
    best_to_come = np.maximum.accumulate(precision[::-1])[::-1]
    return np.sum(np.diff(recall, prepend=0.0) * best_to_come)
    ### END SOLUTION


# %% nbgrader={"grade": true, "grade_id": "test_average_precision", "locked": true, "points": 2, "schema_version": 3, "solution": false, "task": false}
_match = np.array([True, False, True, True])
assert np.isclose(
    average_precision(np.array([0.9, 0.8, 0.7, 0.6]), _match, 4), (1 + 0.75 + 0.75) / 4
), "precisions 1, 1/2, 2/3, 3/4: the second hit takes the 3/4 that comes after it"
assert np.isclose(
    average_precision(np.array([0.7, 0.9, 0.6, 0.8]), np.array([True, True, True, False]), 4),
    2.5 / 4,
), "the same detections in another order"
assert np.isclose(average_precision(np.array([0.9, 0.8]), np.array([True, True]), 4), 0.5), (
    "half of the objects found, without a miss"
)
assert average_precision(np.array([0.9]), np.array([False]), 0) == 0, "nothing to find: 0.0"
assert average_precision(np.array([]), np.array([], dtype=bool), 3) == 0, "nothing found: 0.0"
### BEGIN HIDDEN TESTS
from autograder.hidden.pixels_and_boxes import grade

grade("average_precision")
### END HIDDEN TESTS

# %% [markdown]
# <details><summary>Hint 1: direction</summary>
#
# Sort first: everything after that walks down the list once. Which running count do precision and recall share?
# </details>
#
# <details><summary>Hint 2: method</summary>
#
# `np.argsort(-scores)` ranks, `np.cumsum` of the ranked matches counts hits. "Best from here to the end" is
# `np.maximum.accumulate`, run over the reversed array.
# </details>
#
# <details><summary>Hint 3: almost the line</summary>
#
# Hits over rank is precision, hits over `n_truth` is recall. Multiply the *increase* of recall at each rank (the first
# one starts from 0) by the best precision from there on, and add.
# </details>

# %% [markdown]
# ### The look: a zigzag, made monotone
#
# On the left, forty detections of 25 objects: the raw precision, and the steps under which your function takes the
# area. On the right, boxes: twelve objects, each found by three boxes that are a little off. The AP is drawn against
# the IoU that counts as a match, before and after **non-maximum suppression** (NMS), which drops every box that
# overlaps a better-scored one by more than half.

# %% jupyter={"source_hidden": true} tags=["demo"]
# Raw and monotone precision; the AP of crowded boxes against the IoU that counts as a match.
rng = np.random.default_rng(12)
ratings = rng.uniform(size=40)
match = rng.uniform(size=40) < 0.15 + 0.75 * ratings
ranked = match[np.argsort(ratings)[::-1]]
counts = [int(ranked[: k + 1].sum()) for k in range(40)]
raw, recalls = [h / (k + 1) for k, h in enumerate(counts)], [h / 25 for h in counts]
levels = sorted({0.0, *recalls})
steps = [max(p for p, r in zip(raw, recalls, strict=True) if r >= level) for level in levels[1:]]
area = sum((b - a) * p for a, b, p in zip(levels[:-1], levels[1:], steps, strict=True))
assert np.isclose(average_precision(ratings, match, 25), area)
fig, (left, right) = plt.subplots(1, 2, figsize=(11, 3.6), layout="constrained")
left.plot(recalls, raw, color=GREY, marker=".", lw=1, label="precision after each detection")
left.stairs(steps, levels, color=BLUE, lw=2, label="the best still to come")
left.stairs(steps, levels, fill=True, color=BLUE, alpha=0.15)
left.set(xlabel="recall", ylabel="precision", xlim=(0, 1), ylim=(0, 1.05))
left.set_title(f"average_precision: {average_precision(ratings, match, 25):.2f}")
left.legend(loc="lower left")


def matches(boxes, truth, threshold):
    """Which of the boxes, the surest first, meet an object that no earlier one has taken."""
    free, found = set(range(len(truth))), []
    for box in boxes:
        overlap = box_iou(np.tile(box, (len(truth), 1)), truth)
        best = max(free, key=lambda i: overlap[i], default=None)
        found.append(best is not None and overlap[best] >= threshold)
        free -= {best} if found[-1] else set()
    return np.array(found)


def suppressed(boxes):
    """The rows that non-maximum suppression keeps; the surest come first."""
    kept = []
    for i, box in enumerate(boxes):
        if not kept or box_iou(np.tile(box, (len(kept), 1)), boxes[kept]).max() <= 0.5:
            kept.append(i)
    return kept


corner = np.array([[12.0 * i, 12.0 * j] for i in range(4) for j in range(3)])
objects_at = np.hstack([corner, corner + rng.uniform(6, 9, size=(12, 2))])
boxes = np.repeat(objects_at, 3, axis=0) + rng.normal(size=(36, 4)) * 0.55
sure = rng.permutation(36) / 36.0
boxes, sure = boxes[np.argsort(-sure)], np.sort(sure)[::-1]
thresholds = np.arange(0.5, 1.0, 0.05)
for rows, color, style, label in (
    (np.arange(36), ORANGE, "--s", "all boxes"),
    (suppressed(boxes), BLUE, "-o", "after NMS"),
):
    aps = [
        average_precision(sure[rows], matches(boxes[rows], objects_at, t), 12) for t in thresholds
    ]
    right.plot(thresholds, aps, style, color=color, label=label)
    print(
        f"{label:9s}: {len(rows)} boxes, AP50 {aps[0]:.2f}, AP75 {aps[5]:.2f}, mean {np.mean(aps):.2f}"
    )
right.set(xlabel="IoU that counts as a match", ylim=(0, 1.05), title="AP of crowded boxes")
right.legend(loc="lower left")
show_figure(
    "Left: a grey zigzag of raw precision against recall starts at 1 and ends near 0.5 at recall 0.84; a blue "
    "step curve runs along its upper edge, never rising, and the area beneath it is shaded. Right: AP against "
    "the IoU threshold from 0.5 to 0.95: after NMS it is 1 at first, all boxes lie lower there; both fall "
    "towards 0 at the strictest thresholds."
)
shuffle = rng.permutation(40)
print(f"in another order: {average_precision(ratings[shuffle], match[shuffle], 25):.2f}", end=", ")
print(f"scores squared (the same ranking): {average_precision(ratings**2, match, 25):.2f}")

# %% [markdown]
# *What to see.* Only the ranking counts: squaring the scores changes nothing. Objects that were never found cost area
# too, the white part on the right of the first figure. Duplicates cost precision, which NMS wins back, except at the
# strictest thresholds: it keeps the best-scored box, not the best-placed one. And AP depends on what counts as a match:
# a number without its threshold says little. COCO's "AP" is the mean over the thresholds 0.50, 0.55, ..., 0.95 (and
# over classes); "AP50" is the first of them.

# %% [markdown]
# ## 7. A place in space
#
# The last kind of "where": an **embedding**, a vector for each input, such that what belongs together lies close
# together. There are no labels here, only pairs: a photograph and its caption, or two crops of one image. Here it's
# the upper and the lower half of a handwritten digit. Encoder $f$ sees uppers, encoder $g$ sees lowers, and neither
# sees the other's pixels.
#
# **InfoNCE** turns "belongs together" into a classification. In a batch of $N$ pairs, give upper $i$ a multiple-choice
# question: which of these $N$ lowers is yours? The classes are the *rows of the batch*, the logits are cosine
# similarities over a temperature $\tau$:
#
# $$z_{ij} = \frac{\hat a_i \cdot \hat b_j}{\tau}, \qquad \hat a_i = \frac{a_i}{\lVert a_i \rVert},\quad \hat b_j = \frac{b_j}{\lVert b_j \rVert}$$
#
# The right answer to question $i$ is $i$. The $N - 1$ others are the **negatives**. Then the lowers ask the same about
# the uppers. This is how CLIP (Radford et al. 2021) was trained, with $N = 32{,}768$.
#
# ### Exercise: `info_nce` (12 minutes, difficulty 3 of 5)
#
# You have all the parts. Decide which axis is scaled to length 1, and what the second direction is in terms of the
# first.


# %% nbgrader={"grade": false, "grade_id": "info_nce", "locked": false, "schema_version": 3, "solution": true, "task": false}
def info_nce(a, b, temperature=0.07):
    """The mean cross-entropy of finding each row's partner, in both directions.

    Args:
        a, b: float64 (N, D), embeddings; row i of a belongs to row i of b; no row is zero, of any
            length otherwise; not modified.
        temperature: > 0; the cosine similarities are divided by it.

    Returns:
        A float: the mean of two mean cross-entropies, of the rows of a among those of b, and of
        the rows of b among those of a.

    Source: Radford et al., Learning Transferable Visual Models From Natural Language Supervision
        (2021), figure 3; van den Oord, Li and Vinyals, Contrastive Predictive Coding (2018).
    """
    ### BEGIN SOLUTION
    a = a / np.linalg.norm(a, axis=1, keepdims=True)
    b = b / np.linalg.norm(b, axis=1, keepdims=True)
    logits = a @ b.T / temperature
    own = np.arange(len(a))
    return (cross_entropy(logits, own) + cross_entropy(logits.T, own)) / 2
    ### END SOLUTION


# %% nbgrader={"grade": true, "grade_id": "test_info_nce", "locked": true, "points": 2, "schema_version": 3, "solution": false, "task": false}
_same = np.ones((4, 3))
assert np.isclose(info_nce(_same, _same), np.log(4)), "all alike: a guess among four"
assert np.isclose(info_nce(np.eye(3), np.eye(3), 0.5), np.log(1 + 2 * np.exp(-2))), (
    "cosines of 1 and 0, divided by 0.5"
)
assert np.isclose(info_nce(5 * np.eye(3), np.eye(3) / 7, 0.5), np.log(1 + 2 * np.exp(-2))), (
    "only directions count, not lengths"
)
_up, _down = np.eye(2), np.array([[1.0, 0.0], [1.0, 0.0]])
_there, _back = (np.log(2) + np.log(2)) / 2, (np.log(1 + np.exp(-1)) + np.log(1 + np.e)) / 2
assert np.isclose(info_nce(_up, _down, 1.0), (_there + _back) / 2), (
    "the mean of both directions, which need not be equal"
)
### BEGIN HIDDEN TESTS
from autograder.hidden.pixels_and_boxes import grade

grade("info_nce")
### END HIDDEN TESTS

# %% [markdown]
# <details><summary>Hint 1: direction</summary>
#
# If row i of a table of logits is the question "which lower is mine?", where do you find the question "which upper is
# mine?" of lower j?
# </details>
#
# <details><summary>Hint 2: method</summary>
#
# `np.linalg.norm` with `axis=1, keepdims=True` gives each row's length. All N x N similarities are one matrix product.
# The targets are 0, 1, ..., N - 1, in both directions.
# </details>

# %% [markdown]
# ### Two encoders, trained
#
# Each encoder is one matrix, 33 numbers in (32 pixels and a 1) and 16 out: too many for a numerical gradient, so here
# it is by hand. The inner part is lesson 02's p minus one-hot, once for the rows and once for the columns. What is new
# is the way back through $\hat a = a / \lVert a \rVert$: the length of $a$ doesn't matter, so its gradient can't have a
# part along $a$. That part is subtracted.


# %% open="the gradient by hand is what to read here" tags=["demo"]
def into_length(a, slope):
    """Back through a / |a|: what is left of the gradient at a right angle to a."""
    lengths = np.linalg.norm(a, axis=1, keepdims=True)
    unit = a / lengths
    return (slope - unit * np.sum(unit * slope, axis=1, keepdims=True)) / lengths


def pair_slopes(a, b, temperature):
    """The gradients of info_nce with respect to a and b."""
    unit_a, unit_b = (c / np.sqrt(np.sum(c**2, axis=1, keepdims=True)) for c in (a, b))
    z = unit_a @ unit_b.T / temperature
    dz = (softmax(z) + softmax(z.T).T - 2 * np.eye(len(a))) / (2 * len(a) * temperature)
    return into_length(a, dz @ unit_b), into_length(b, dz.T @ unit_a)


def trained_pair(seed, temperature, slopes=pair_slopes, steps=200, batch=128):
    """Two encoders (2, 33, 16) after 200 steps, the loss by step, and the embedded test halves."""
    rng = np.random.default_rng(seed)
    (ups, downs), (test_ups, test_downs), _ = digit_halves(rng)
    losses = []

    def slope(encoders):
        rows = rng.choice(len(ups), batch, replace=False)
        a, b = ups[rows] @ encoders[0], downs[rows] @ encoders[1]
        losses.append(info_nce(a, b, temperature))
        da, db = slopes(a, b, temperature)
        return np.stack([ups[rows].T @ da, downs[rows].T @ db])

    start = rng.normal(size=(2, 33, 16)) / np.sqrt(33)
    encoders = descend(slope, start, lr=1.0, steps=steps)[-1]
    return encoders, losses, (test_ups @ encoders[0], test_downs @ encoders[1])


rng = np.random.default_rng(0)
a, b = rng.normal(size=(2, 5, 3))
by_nudges = numerical_gradient(lambda v: info_nce(v, b, 0.5), a)
print(
    "as the numerical gradient of your info_nce:", np.allclose(pair_slopes(a, b, 0.5)[0], by_nudges)
)

# %% [markdown]
# ### Prediction: the temperature
#
# Dividing all similarities by $\tau$ doesn't change which of them is the largest. Two trainings differ in $\tau$ alone:
# 0.1 and 1. Pairs that the encoders have never seen are matched afterwards, among 200. What does $\tau = 1$ do?
#
# - (a) nothing: the ranking is the same
# - (b) its loss hardly falls below that of a guess, and its matches are hardly better than chance
# - (c) its loss hardly falls below that of a guess, and yet its matches are far better than chance

# %% nbgrader={"grade": false, "grade_id": "prediction_temperature", "locked": false, "schema_version": 3, "solution": true, "task": false}
### BEGIN SOLUTION
prediction_temperature = "c"
### END SOLUTION

# %% nbgrader={"grade": true, "grade_id": "test_prediction_temperature", "locked": true, "points": 1, "schema_version": 3, "solution": false, "task": false}
if prediction_temperature is None:
    raise NotImplementedError("prediction_temperature is not written yet")
letter = str(prediction_temperature).strip(" ().").lower()
assert letter in ("a", "b", "c"), "a prediction is one letter: a, b or c"

### BEGIN HIDDEN TESTS
from autograder.hidden.pixels_and_boxes import grade

grade("prediction_temperature")
### END HIDDEN TESTS


# %% jupyter={"source_hidden": true} tags=["demo", "prediction_temperature"]
# The loss at two temperatures on three seeds, and how many unseen pairs are found among 200.
def found_within(pair, best=5):
    """The share of uppers whose own lower is among their `best` most similar ones."""
    unit = [c / np.sqrt(np.sum(c**2, axis=1, keepdims=True)) for c in pair]
    similar = unit[0] @ unit[1].T
    return float(np.mean(np.sum(similar > np.diagonal(similar)[:, None], axis=1) < best))


pair_runs = {(t, s): trained_pair(s, t) for t in (0.1, 1.0) for s in range(3)}
fig, (left, right) = plt.subplots(1, 2, figsize=(10.5, 3.4), layout="constrained")
for temperature, color, style in ((0.1, BLUE, "-"), (1.0, ORANGE, "--")):
    for seed in range(3):
        label = f"temperature {temperature}" if seed == 0 else None
        losses = pair_runs[temperature, seed][1]
        left.plot(losses, color=color, ls=style, lw=1.2, label=label)
left.axhline(np.log(128), color="black", lw=1, ls=":")
left.text(200, np.log(128) + 0.1, "a guess: log 128", ha="right")
left.set(xlabel="step", title="InfoNCE, batches of 128", ylim=(0, None))
left.legend(loc="lower left")
for offset, temperature, color, hatch in ((-0.2, 0.1, BLUE, None), (0.2, 1.0, ORANGE, "//")):
    shares = [found_within(pair_runs[temperature, seed][2]) for seed in range(3)]
    look = {"color": color, "hatch": hatch, "edgecolor": "white"}
    right.bar(np.arange(3) + offset, shares, 0.4, label=f"temperature {temperature}", **look)
    first = [found_within(pair_runs[temperature, seed][2], best=1) for seed in range(3)]
    print(
        f"temperature {temperature}: last loss {pair_runs[temperature, 0][1][-1]:.1f}; own half first "
        f"in {min(first):.2f} to {max(first):.2f}, in the best five in {min(shares):.2f} to {max(shares):.2f}"
    )
right.axhline(5 / 200, color="black", lw=1, ls=":", label="chance")
right.set(xticks=range(3), xlabel="seed", ylim=(0, 1), title="own half among the best five of 200")
right.legend(loc="upper right", fontsize=8)
assert min(pair_runs[1.0, 0][1]) > 4
assert pair_runs[0.1, 0][1][-1] < 3
show_figure(
    "Left: losses by step on three seeds. At temperature 0.1 they start near 7 and fall to about 2.3; at "
    "temperature 1 they start at 4.9, next to the dotted line log 128, and stay above 4. Right: the share of "
    "unseen halves found among the best five of 200: about 0.64 at 0.1, about 0.5 at 1, chance at 0.025."
)

# %% [markdown]
# *What to see.* At $\tau = 1$ the logits lie between -1 and 1. Even the best embedding leaves the softmax nearly flat
# over 128 rows, so the loss has a high floor. The encoders learn all the same, but every negative pushes about as hard
# as every other. A small $\tau$ lets the most similar negatives count most, and those are the ones worth
# telling apart. **Losses at different temperatures, or different $N$, can't be compared**: matches can.

# %% jupyter={"source_hidden": true} tags=["demo"]
# Similarities of sixteen unseen pairs before and after training, and what six uppers found.
encoders, _, pair = trained_pair(0, 0.1)
rng = np.random.default_rng(0)
_, (test_ups, test_downs), digits = digit_halves(rng)
fresh = np.random.default_rng(1).normal(size=(2, 33, 16))
fig = plt.figure(figsize=(11, 3.4), layout="constrained")
before, after, found = fig.subfigures(1, 3, width_ratios=[1, 1, 2])
for part, (title, one, two) in zip(
    (before, after),
    (("before", test_ups @ fresh[0], test_downs @ fresh[1]), ("after", *pair)),
    strict=True,
):
    unit = [c[:16] / np.sqrt(np.sum(c[:16] ** 2, axis=1, keepdims=True)) for c in (one, two)]
    ax = part.subplots()
    ax.imshow(unit[0] @ unit[1].T, cmap="Greys", vmin=-1, vmax=1)
    ax.set(xticks=[], yticks=[], xlabel="lower", ylabel="upper", title=f"similarity, {title}")
unit = [c / np.sqrt(np.sum(c**2, axis=1, keepdims=True)) for c in pair]
nearest = np.argmax(unit[0] @ unit[1].T, axis=1)
for column, axes in enumerate(found.subplots(2, 8).T):
    chosen = np.concatenate([digits[column, :4], digits[nearest[column], 4:]])
    for ax, image in zip(axes, (digits[column], chosen), strict=True):
        ax.imshow(image, cmap="gray_r", vmin=0, vmax=1)
        ax.axhline(3.5, color=ORANGE, lw=1.5, ls="--")
        ax.set(xticks=[], yticks=[])
found.suptitle("top: the digit; below: its upper half with the lower half it found")
show_figure(
    "Two tables of similarities of sixteen uppers and lowers. Before training it is noise; after it, the diagonal "
    "is dark, and some places beside it are too. On the right eight digits, and beneath each its upper half with "
    "the lower half that the encoders found: mostly plausible digits, some with another digit's lower half."
)

# %% [markdown]
# Look at the ones that went wrong: often the found half would fit. Among 128 digits about a dozen are of the same kind,
# and the loss counts each of them as a wrong answer. Such **false negatives** are the price of having no labels.

# %% [markdown]
# ## 8. What goes wrong
#
# **No negatives.** Why ask the multiple-choice question at all? Pull the two halves of each pair together, and be done:
# maximize the mean of $\hat a_i \cdot \hat b_i$. The next cell does that, with the same encoders and steps.


# %% jupyter={"source_hidden": true} tags=["demo"]
# Training that only pulls pairs together, beside InfoNCE, on three seeds.
def pull_only(a, b, temperature):
    """The gradients of minus the mean cosine of the pairs."""
    unit_a, unit_b = (c / np.sqrt(np.sum(c**2, axis=1, keepdims=True)) for c in (a, b))
    return into_length(a, -unit_b / len(a)), into_length(b, -unit_a / len(b))


for name, slopes in (("InfoNCE", pair_slopes), ("pull only", pull_only)):
    for seed in range(3):
        _, _, pair = trained_pair(seed, 0.1, slopes)
        unit = [c / np.sqrt(np.sum(c**2, axis=1, keepdims=True)) for c in pair]
        own, any_pair = np.sum(unit[0] * unit[1]) / 200, np.mean(unit[0] @ unit[1].T)
        print(
            f"{name:9s} seed {seed}: similarity of partners {own:.2f}, of any two halves "
            f"{any_pair:.2f}; found in five of 200: {found_within(pair):.2f}"
        )

# %% [markdown]
# *What to see.* Partners are at a similarity of 0.99, and so is everybody else: all halves have moved to one place. This
# is **collapse**. Pulling makes partners alike, negatives keep the rest apart (Wang and Isola 2020 call the two alignment
# and uniformity), and a loss that is close to perfect proves nothing if a constant would get it too.
#
# **Four silent faults**, each from real code. None raises an error. Before you run the cell: which of them
# do you expect to be the worst?

# %% open="each fault is a line to read" tags=["demo"]
right_classes = np.random.default_rng(0).integers(0, 3, size=(1, 4, 6))
perfect = 20.0 * np.eye(3)[right_classes].transpose(0, 3, 1, 2)
mixed = cross_entropy(perfect.reshape(24, 3), right_classes.ravel())
print(
    f"1. classes not moved: perfect pixels cost {mixed:.1f}, not {pixel_cross_entropy(perfect, right_classes):.1f}"
)

here, there = np.array([0.0, 0.0, 1.0, 1.0]), np.array([2.0, 2.0, 3.0, 3.0])
sides = np.minimum(here, there)[2:] - np.maximum(here, there)[:2]
print(
    f"2. sides not clipped: boxes apart have an IoU of {np.prod(sides) / (1 + 1 - np.prod(sides)):.1f}"
)

small = np.array([0.1, 0.1, 0.3, 0.3])
apart = small + 0.5
sides = np.maximum(np.minimum(small, apart)[2:] - np.maximum(small, apart)[:2] + 1, 0)
iou = np.prod(sides) / (2 * 1.2 * 1.2 - np.prod(sides))
print(
    f"3. the +1 of whole pixels, with boxes in fractions of an image: apart, and the IoU is {iou:.2f}"
)

mask = disc(32, 15, 15, 2.5)
twice = dice_loss(1 / (1 + np.exp(-mask.astype(float))), mask)
print(
    f"4. a sigmoid of probabilities: the perfect mask costs {twice:.2f}, not {dice_loss(1.0 * mask, mask):.0f}"
)

# %% [markdown]
# The second turns a detector upside down: two boxes that miss each other in both directions get a full score.

# %% [markdown]
# ## 9. In practice
#
# PyTorch has the parts; the numbers are yours.

# %% open="PyTorch's calls are what to read here" tags=["demo"]
try:
    import torch
    import torch.nn.functional as F
except ImportError:
    print("torch is not installed: this comparison is skipped. You need PyTorch from lesson 09 on.")
else:
    rng = np.random.default_rng(6)
    t = torch.tensor
    maps, labels = rng.normal(size=(2, 3, 5, 4)), rng.integers(0, 3, size=(2, 5, 4))
    theirs = F.cross_entropy(t(maps), t(labels))  # classes on the second axis, as they come
    print("pixel_cross_entropy:", np.isclose(pixel_cross_entropy(maps, labels), theirs, rtol=1e-12))
    a, b = rng.normal(size=(2, 8, 4))
    z = F.normalize(t(a)) @ F.normalize(t(b)).T / 0.07
    theirs = (F.cross_entropy(z, torch.arange(8)) + F.cross_entropy(z.T, torch.arange(8))) / 2
    print("info_nce:", np.isclose(info_nce(a, b), theirs, rtol=1e-12))

# %% [markdown]
# | you wrote | PyTorch | Keras | elsewhere |
# | --- | --- | --- | --- |
# | `pixel_cross_entropy` | `nn.CrossEntropyLoss` on (N, C, H, W) | `SparseCategoricalCrossentropy(from_logits=True)`, classes last | |
# | `dice_loss` | none in torch itself | `losses.Dice` | MONAI `DiceLoss`: per image and class, eps 1e-5 |
# | `mean_iou` | torchmetrics `JaccardIndex` | `metrics.MeanIoU` | |
# | `box_iou` | `torchvision.ops.box_iou`, all N x M pairs | `keras.utils.bounding_boxes.compute_iou` | |
# | 1 - GIoU | `torchvision.ops.generalized_box_iou_loss` | | |
# | `average_precision` | torchmetrics `MeanAveragePrecision` | | pycocotools: 101 recalls instead of every step |
# | NMS | `torchvision.ops.nms` | `tf.image.non_max_suppression` | |
# | `info_nce` | `F.cross_entropy`, twice | | OpenCLIP: $1/\tau$ is learned, at most 100 |
#
# Read the documentation of a Dice or an AP before you compare numbers: averages per image or per batch, background in
# or out, and the interpolation all differ.

# %% [markdown]
# ## To come back to
#
# | you want | train with | report | typical values |
# | --- | --- | --- | --- |
# | a class for each pixel | `pixel_cross_entropy` | `mean_iou` | starts at log C |
# | a small region | Dice, or Dice + cross-entropy | Dice or IoU of that class | eps 1e-6 to 1 |
# | a box | L1 or smooth L1 first, GIoU after | AP at a stated IoU | match at 0.5; NMS at 0.5 |
# | a detector | a weighted sum, parts logged apart | AP, mean over classes | bring the parts to one size |
# | embeddings of pairs | `info_nce` | share found among the best k | temperature 0.05 to 0.1; large batches |
#
# | symptom | likely cause | try |
# | --- | --- | --- |
# | 98 % of pixels right, masks empty | rare foreground, threshold 0.5 | add Dice; choose the threshold on validation data |
# | pixel loss near log C, never below | classes not on the axis you think | one pixel, by hand |
# | Dice jumps from batch to batch | few foreground pixels; batches without any | larger batches; eps 1; add cross-entropy |
# | box part level, the others at 0 | boxes that don't meet: no gradient | L1 first, or GIoU |
# | IoU above 1 or below 0 | sides not clipped, corners swapped | print the sides |
# | high recall, low AP | duplicates | NMS |
# | InfoNCE stays at log N | temperature too high, or rows shuffled apart | 0.07; check that row i belongs to row i |
# | loss near 0, nothing found | collapse, or partners that share a shortcut | spread of all similarities |

# %% [markdown]
# ## Mastery questions
#
# Write a few sentences each. A person reads them.

# %% [markdown] nbgrader={"grade": false, "grade_id": "empty_masks", "locked": true, "points": 3, "schema_version": 3, "solution": false, "task": true}
# **1. Empty masks.** A network for tumors of 1 % of the pixels is trained with cross-entropy. It reports 99 % accuracy, and
# on most scans its mask is empty. Is it broken? Explain the accuracy, say what you would look at before you change the
# loss, and name two remedies with what each one costs.
#
# === BEGIN MARK SCHEME ===
# - 1 point: accuracy is the share of background; empty masks have 99 % too. IoU or Dice of the tumor class shows it.
# - 1 point: not necessarily broken: look at the probabilities inside true regions. If they are well above the rest, the
#   network knows and the threshold of 0.5 is wrong for it.
# - 1 point: two of: a lower threshold chosen on validation data (free, probabilities stay calibrated); Dice or Dice + CE
#   (no longer probabilities; noisy with small regions); class weights (probabilities shift); sampling patches with
#   foreground (changes the share).
# === END MARK SCHEME ===

# %% [markdown]
# *Your answer here.*

# %% [markdown] nbgrader={"grade": false, "grade_id": "boxes_that_stand_still", "locked": true, "points": 3, "schema_version": 3, "solution": false, "task": true}
# **2. Boxes that stand still.** A detector trained on 1 - IoU has a box loss that levels off at 0.4; class and objectness
# are near 0. What is your first suspicion, and how do you test it in one line? Why does L1 not have this fault, and
# why is it not used alone?
#
# === BEGIN MARK SCHEME ===
# - 1 point: some boxes don't overlap their targets: their IoU and its gradient are exactly 0. Count the rows with IoU 0
#   (or with a zero gradient).
# - 1 point: L1 has a gradient of constant size everywhere, whether boxes meet or not.
# - 1 point: L1 depends on the unit and the size of the box, and equal L1 can be very different IoU; better: L1 first, or
#   GIoU/DIoU, or both added.
# === END MARK SCHEME ===

# %% [markdown]
# *Your answer here.*

# %% [markdown] nbgrader={"grade": false, "grade_id": "what_negatives_are_for", "locked": true, "points": 3, "schema_version": 3, "solution": false, "task": true}
# **3. What negatives are for.** Why does training on pairs alone collapse? What does doubling the batch do to InfoNCE's
# value at the start, and to the difficulty of its question? And what is a false negative, and when do larger batches make it
# worse?
#
# === BEGIN MARK SCHEME ===
# - 1 point: a constant embedding makes all partners equal, the perfect score of pulling; negatives are what makes a
#   constant expensive (log N).
# - 1 point: a guess costs log N, so it rises by log 2; more alternatives make a harder question, and a better gradient.
# - 1 point: another row that truly fits (same class, same caption) and is pushed away; with few classes, or many near-duplicates,
#   a larger batch has more of them.
# === END MARK SCHEME ===

# %% [markdown]
# *Your answer here.*

# %% [markdown]
# ## Further reading
#
# - Long, Shelhamer and Darrell (2015), *Fully Convolutional Networks for Semantic Segmentation*; Ronneberger, Fischer
#   and Brox (2015), *U-Net*.
# - Milletari, Navab and Ahmadi (2016), *V-Net*: the overlap of two masks as a loss. Isensee et al. (2021), *nnU-Net*: how far
#   the sum of both goes.
# - Lipton, Elkan and Naryanaswamy (2014), *Optimal Thresholding of Classifiers to Maximize F1 Measure*: why one half is the
#   wrong cut for an overlap.
# - Lin et al. (2017), *Focal Loss for Dense Object Detection*: a cross-entropy for a thousand easy negatives to each hard example.
# - Rezatofighi et al. (2019), *Generalized Intersection over Union*.
# - Hosang, Benenson and Schiele (2017), *Learning Non-Maximum Suppression*: what NMS gets wrong.
# - Radford et al. (2021), *CLIP*; Chen et al. (2020), *SimCLR*; Wang and Isola (2020), *Understanding Contrastive Representation
#   Learning through Alignment and Uniformity on the Hypersphere*.
