# ---
# jupyter:
#   kernelspec:
#     display_name: Python 3 (ipykernel)
#     language: python
#     name: python3
# ---

# %% [markdown]
# # 15 - The clinic
#
# Most broken training code runs. It raises nothing, prints a loss, and the loss may even fall. In this lesson twelve
# such loops come in as patients. You see their curves first, commit to a diagnosis, and only then open the code and mend it.
#
# **You will be able to**
#
# - tell five kinds of training run apart by two curves, and say which question to ask first;
# - order the measurement that settles a suspicion: a ratio, a repeat, a corrupted row;
# - mend twelve common faults, and prove each repair by what the loop does afterwards;
# - say which faults a clever optimizer hides.
#
# **You need** to have read a PyTorch training loop before. Lessons 09 to 12 teach all the parts; if you come from elsewhere, the
# glossary below is enough.
#
# **It takes** about two and a half hours: twelve repairs, one exercise, three predictions. The cells run on a GPU when there is one, and
# on the CPU otherwise. The cell beneath each exercise checks it (`%check`), as often as you like.
#
# | term | what it is | lesson |
# | --- | --- | --- |
# | **logits** | a network's raw scores, one for each class; softmax turns them into probabilities | [01](../01_losses/losses.ipynb) |
# | **cross-entropy** | the loss for classes: minus the log of the true class's probability. Guessing among C classes costs $\ln C$; PyTorch's takes logits | [01](../01_losses/losses.ipynb) |
# | **step** | clear the gradients, forward pass, loss, backward pass, update: once for each batch. An **epoch** is one pass over all batches | [10](../10_training_loop/training_loop.ipynb) |
# | **gradient norm** | the length of all gradients taken as one long vector | [11](../11_stability/stability.ipynb) |
# | **SGD, momentum, Adam** | the rules of the update. SGD moves by rate times gradient; the other two remember: averages of past gradients, and Adam divides by an average of their squares | [05](../05_optimizers/optimizers.ipynb) |
# | **dropout** | while training, a layer that sets random numbers to 0; in use, it does nothing | [07](../07_generalization/generalization.ipynb) |
# | **batch norm** | a layer that standardizes its inputs: while training by the batch's own mean and deviation, in use by running averages of them | [04](../04_signal/signal.ipynb) |
# | **mode** | `train()` or `eval()`: which of the two those layers do | [10](../10_training_loop/training_loop.ipynb) |
# | **schedule** | a rule for the learning rate over time; its `step` moves it on by one | [06](../06_schedules/schedules.ipynb) |
# | **clipping** | shortening a gradient whose norm is above a limit | [11](../11_stability/stability.ipynb) |
# | **autocast, loss scaler** | autocast runs the forward pass in 16 bits, where small gradients become 0. A scaler multiplies the loss, so that they survive; its `unscale_` divides the gradients again | [12](../12_mixed_precision/mixed_precision.ipynb) |
# | **checkpoint** | all that a run needs in order to go on, in a file | [11](../11_stability/stability.ipynb) |

# %% jupyter={"source_hidden": true} tags=["setup"]
# Given: torch, NumPy as np, Matplotlib as plt, the device, the digits, a network, show_figure.
import copy
import functools
import math
import os
import random
import tempfile
from pathlib import Path

import matplotlib.pyplot as plt
import numpy as np
import torch
from torch import nn
from torch.nn import functional as F

device = torch.device("cuda" if torch.cuda.is_available() else "cpu")
BLUE, ORANGE, GREEN, PINK, GREY = "#0072B2", "#D55E00", "#009E73", "#CC79A7", "#555555"
plt.rcParams["figure.dpi"] = 72
torch.set_num_threads(1)  # the matrices here are small: more threads would wait for each other


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


def digits(part, size=None):
    """Handwritten digits on `device`, shuffled once and for all: "train" (1200) or "val" (597).

    Images as float32 (N, 64) in [0, 1], digits as int64 (N,); with a `size`, the first so many.
    """
    with np.load(find_data("digits.npz")) as file:
        x, y = file["x"].reshape(-1, 64) / 16.0, file["y"]
    order = np.random.default_rng(15).permutation(len(x))
    order = (order[:1200] if part == "train" else order[1200:])[:size]
    return torch.tensor(x[order]).float().to(device), torch.tensor(y[order]).long().to(device)


def batches(part="train", size=50):
    """A list of batches (x, y) of the digits, always in one order."""
    x, y = digits(part)
    return list(zip(x.split(size), y.split(size), strict=True))


def network(seed=0, dropout=0.0, norm=False):
    """64 pixels, two hidden layers of 64, ten logits: the same first weights for the same seed."""
    with torch.random.fork_rng():
        torch.manual_seed(seed)
        layers = []
        for _ in range(2):
            layers += [nn.Linear(64, 64)] + [nn.BatchNorm1d(64)] * norm
            layers += [nn.ReLU()] + [nn.Dropout(dropout)] * (dropout > 0)
        return nn.Sequential(*layers, nn.Linear(64, 10)).to(device)


def accuracy_of(model, part="val"):
    """The fraction of digits that a model names correctly, measured on a copy of it."""
    x, y = digits(part)
    with torch.no_grad():
        return (copy.deepcopy(model).eval()(x).argmax(dim=1) == y).float().mean().item()


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


# %% jupyter={"source_hidden": true} tags=["setup", "given"]
# Given: the twelve loops as they were admitted. Don't open this: each waits for you further down.
def given_loop_01(model, loader, criterion, optimizer, epochs):
    """As admitted."""
    losses = []
    model.train()
    for _ in range(epochs):
        total = seen = 0
        for x, y in loader:
            loss = criterion(model(x), y)
            loss.backward()
            optimizer.step()
            total += loss.item() * len(x)
            seen += len(x)
        losses.append(total / seen)
    return losses


def given_loop_02(model, loader, criterion, optimizer, epochs):
    """As admitted."""
    losses = []
    model.train()
    for _ in range(epochs):
        total = seen = 0
        for x, y in loader:
            optimizer.zero_grad()
            loss = criterion(model(x), y)
            loss.backward()
            with torch.no_grad():
                for part in optimizer.param_groups:
                    for p in part["params"]:
                        p -= part["lr"] * p.grad
            optimizer.step()
            total += loss.item() * len(x)
            seen += len(x)
        losses.append(total / seen)
    return losses


def given_loop_03(model, loader, criterion, optimizer, epochs):
    """As admitted."""
    losses = []
    model.train()
    for _ in range(epochs):
        total = seen = 0
        for x, y in loader:
            optimizer.zero_grad()
            outputs = model(x).softmax(dim=1)
            loss = criterion(outputs, y)
            loss.backward()
            optimizer.step()
            total += loss.item() * len(x)
            seen += len(x)
        losses.append(total / seen)
    return losses


def given_loop_04(model, loader):
    """As admitted."""
    correct = seen = 0
    with torch.no_grad():
        for x, y in loader:
            predicted = model(x).argmax(dim=1)
            correct += (predicted == y).sum().item()
            seen += len(y)
    return correct / seen


def given_loop_05(x, y, model, epochs, seed):
    """As admitted."""
    x = (x - x.mean(dim=0)) / (x.std(dim=0) + 1e-6)
    draw = torch.Generator()
    draw.manual_seed(seed)
    order = torch.randperm(len(x), generator=draw).to(x.device)
    held = len(x) // 5
    test, train = order[:held], order[held:]
    optimizer = torch.optim.SGD(model.parameters(), lr=0.1)
    model.train()
    for _ in range(epochs):
        optimizer.zero_grad()
        F.cross_entropy(model(x[train]), y[train]).backward()
        optimizer.step()
    model.eval()
    with torch.no_grad():
        predicted = model(x[test]).argmax(dim=1)
    return (predicted == y[test]).float().mean().item()


def given_loop_06(x, y, batch_size, seed):
    """As admitted."""
    draw = torch.Generator()
    draw.manual_seed(seed)
    x = x[torch.randperm(len(x), generator=draw).to(x.device)]
    y = y[torch.randperm(len(y), generator=draw).to(y.device)]
    for first in range(0, len(x), batch_size):
        yield x[first : first + batch_size], y[first : first + batch_size]


def given_loop_07(probabilities, targets):
    """As admitted."""
    chosen = F.one_hot(targets, probabilities.shape[1])
    surprise = -(chosen * probabilities.log()).sum(dim=1)
    return surprise.mean()


def given_loop_08(model, loader, criterion, optimizer, epochs):
    """As admitted."""
    losses = []
    model.train()
    for part in optimizer.param_groups:
        part["lr"] = part["lr"] / 0.01
    for _ in range(epochs):
        total = seen = 0
        for x, y in loader:
            optimizer.zero_grad()
            loss = criterion(model(x), y)
            loss.backward()
            optimizer.step()
            total += loss.item() * len(x)
            seen += len(x)
        losses.append(total / seen)
    return losses


def given_loop_09(model, loader, criterion, optimizer, epochs):
    """As admitted."""
    losses = []
    model.train()
    *body, head = model.children()
    for _ in range(epochs):
        total = seen = 0
        for x, y in loader:
            optimizer.zero_grad()
            features = x
            with torch.no_grad():
                for layer in body:
                    features = layer(features)
            loss = criterion(head(features), y)
            loss.backward()
            optimizer.step()
            total += loss.item() * len(x)
            seen += len(x)
        losses.append(total / seen)
    return losses


def given_loop_10(model, loader, criterion, optimizer, scaler, max_norm):
    """As admitted."""
    losses = []
    model.train()
    for x, y in loader:
        optimizer.zero_grad()
        with torch.autocast(x.device.type, dtype=torch.float16):
            loss = criterion(model(x), y)
        scaler.scale(loss).backward()
        nn.utils.clip_grad_norm_(model.parameters(), max_norm)
        scaler.unscale_(optimizer)
        scaler.step(optimizer)
        scaler.update()
        losses.append(loss.item())
    return losses


def given_loop_11(model, loader, criterion, optimizer, scheduler, epochs):
    """As admitted."""
    rates = []
    model.train()
    for _ in range(epochs):
        rates.append(optimizer.param_groups[0]["lr"])
        for x, y in loader:
            optimizer.zero_grad()
            loss = criterion(model(x), y)
            loss.backward()
            optimizer.step()
            scheduler.step()
    return rates


def given_loop_12(path, model, optimizer):
    """As admitted."""
    run = torch.load(path, weights_only=True)
    model.load_state_dict(run["model"])
    model.train()
    return run["epoch"]


# %% jupyter={"source_hidden": true} tags=["setup"]
# Given: what refuses a loop that nobody has mended, and what saves a run as lesson 11 does.
def must_differ(loop, given):
    """Stop where a loop is still the one that was admitted, instruction by instruction."""
    ours, theirs = loop.__code__, given.__code__
    same = ours.co_code == theirs.co_code and ours.co_names == theirs.co_names
    if same and ours.co_consts[1:] == theirs.co_consts[1:]:  # the first is the docstring
        raise NotImplementedError(f"{loop.__name__} is not written yet")


def save_run(path, model, optimizer, epoch):
    """Save a run with all that lesson 11's `save_checkpoint` puts into a file."""
    v, words, g = random.getstate()
    name, keys, *more = np.random.get_state()  # noqa: NPY002
    rngs = {"python": (v, torch.tensor(words), g), "torch": torch.get_rng_state()}
    rngs["numpy"] = (name, torch.from_numpy(keys), *more)
    rngs["cuda"] = torch.cuda.get_rng_state_all()
    run = {"epoch": epoch, "best": None, "random": rngs}
    run["shapes"] = [[p.shape for p in part["params"]] for part in optimizer.param_groups]
    run |= {"model": model.state_dict(), "optimizer": optimizer.state_dict()}
    torch.save(run, path)


# %% [markdown]
# ## 1. Read the curves
#
# Before you look at any code, look at two curves: the loss on the training data and the loss on data held out for validation, once an epoch.
# Divide both by the first training loss, so that every run starts near 1. Then five patterns cover most of what you will ever see:
#
# | word | what the curves do (as fractions of the first training loss) |
# | --- | --- |
# | `"diverging"` | some loss isn't finite, or training ends above where it began |
# | `"overfitting"` | training falls on, while validation ends 20 % or more above its own earlier minimum |
# | `"underfitting"` | training ends above 3/4, and validation close by |
# | `"plateau"` | training fell by a third or more, then moves by less than 3 % of the first loss over the last half (highest minus lowest), and ends above 0.4 |
# | `"healthy"` | both end below 0.4, with a small gap |


# %% jupyter={"source_hidden": true} tags=["setup"]
# Given: five runs of 20 epochs, made up, one for each word.
def made_up_runs(epochs=20, start=2.3):
    """Histories by the word that fits: training and validation loss, one number an epoch."""
    t = np.linspace(0, 1, epochs)
    shapes = {
        "healthy": (0.1 + 0.9 * np.exp(-6 * t), 0.15 + 0.87 * np.exp(-5.5 * t)),
        "overfitting": (0.03 + 0.97 * np.exp(-6 * t), 0.35 + 0.7 * np.exp(-9 * t) + 0.45 * t**2),
        "plateau": (0.55 + 0.45 * np.exp(-14 * t), 0.58 + 0.44 * np.exp(-14 * t)),
        "underfitting": (1 - 0.1 * t, 1.01 - 0.09 * t),
        "diverging": (0.8 + 0.2 * np.cos(9 * t) + 2.2 * t**3, 0.9 + 0.2 * np.cos(9 * t) + 2 * t**3),
    }
    return {
        word: {"train_loss": (start * a).tolist(), "val_loss": (start * b).tolist()}
        for word, (a, b) in shapes.items()
    }


# %% jupyter={"source_hidden": true} tags=["demo"]
# Five made-up runs: training and validation loss over the first training loss.
fig, axes = plt.subplots(1, 5, figsize=(12, 2.4), sharey=True)
for ax, (word, run) in zip(axes, made_up_runs().items(), strict=True):
    first = run["train_loss"][0]
    ax.plot(np.array(run["train_loss"]) / first, color=BLUE, label="training")
    ax.plot(np.array(run["val_loss"]) / first, color=ORANGE, ls="--", label="validation")
    ax.axhline(0.4, color=GREY, lw=0.8, ls=":")
    ax.set(title=word, xlabel="epoch", ylim=(0, 1.8))
axes[0].set(ylabel="loss / first loss")
axes[0].legend()
show_figure(
    "Five panels of two curves each. Healthy: both fall below 0.4 and stay together. Overfitting: "
    "training goes to 0, validation falls, then climbs to 0.8. Plateau: both fall to 0.55 and stay. "
    "Underfitting: both stay above 0.9. Diverging: both fall a little, then climb far above 1."
)

# %% [markdown]
# ### Exercise: `diagnose` (20 minutes, difficulty 3 of 5)
#
# Turn the table into a **decision tree**: questions with a yes or no, asked in an order in which every run above gets its one word. The order
# is the exercise. Some runs answer yes to two of the questions: which one has to be asked first? And what does a comparison with nan say?
#
# "Validation close by" and "a small gap": the two last losses are within a tenth of the first training loss of each other. "Falls on": training ends lower than it was where validation had its minimum. No graded run lies at a limit.
#
# The table is short of words: some runs fit none of its rows. They aren't graded; return the word that you find closest, and the map below will show you where they are.


# %% nbgrader={"grade": false, "grade_id": "diagnose", "locked": false, "schema_version": 3, "solution": true, "task": false}
def diagnose(history):
    """The one word that fits a training run.

    Args:
        history: dict with the lists "train_loss" and "val_loss": floats, one an epoch, of equal
            length, 10 epochs or more. It may have other entries. It stays as it is.

    Returns:
        str: "diverging", "overfitting", "underfitting", "plateau" or "healthy", as the table above
        has them. All limits are fractions of the first training loss, but for that of overfitting,
        which is 20 % of validation's own minimum.

    Source: Goodfellow, Bengio and Courville (2016), Deep Learning, section 11.5.
    """
    ### BEGIN SOLUTION
    train, val = history["train_loss"], history["val_loss"]
    first, last = train[0], train[-1]
    # Comparisons with nan are False, so that what is not finite has to be asked for first.
    if not all(map(math.isfinite, [*train, *val])) or last > first:
        return "diverging"
    lowest = min(val)
    if val[-1] >= 1.2 * lowest and last < train[val.index(lowest)]:
        return "overfitting"
    if last > 0.75 * first:
        return "underfitting"
    late = train[len(train) // 2 :]
    if last <= first * 2 / 3 and max(late) - min(late) < 0.03 * first and last > 0.4 * first:
        return "plateau"
    return "healthy"
    ### END SOLUTION


# %% nbgrader={"grade": true, "grade_id": "test_diagnose", "locked": true, "points": 4, "schema_version": 3, "solution": false, "task": false}
for word, run in made_up_runs().items():
    assert diagnose(run) == word, f"this run is {word}"
for word, run in made_up_runs(epochs=40, start=0.07).items():
    assert diagnose(run) == word, "everything is relative to the first training loss"
broken = made_up_runs()["healthy"]
broken["val_loss"][7] = math.nan
assert diagnose(broken) == "diverging", "one loss that isn't finite is enough"

### BEGIN HIDDEN TESTS
from autograder.hidden.clinic import grade

grade("diagnose")
### END HIDDEN TESTS

# %% [markdown]
# <details><summary>Hint 1: which question first?</summary>
#
# `nan > 1` is False, and so is `nan <= 1`. Every question that compares numbers answers "no" for a run with nan: what does your tree end in then?
#
# </details>
#
# <details><summary>Hint 2: who answers yes twice?</summary>
#
# A run whose validation loss climbs has a training loss that lies low and hardly moves. And a run that never got going hardly moves either: "moves by less than 3 %" alone isn't a plateau.
#
# </details>
#
# <details><summary>Hint 3: almost the lines</summary>
#
# Five `if`s and returns. For overfitting you need validation's minimum, and the training loss in that epoch: it has to be lower at the end. The last half is `train[len(train) // 2 :]`.
#
# </details>

# %% [markdown]
# ### The look: the map that your tree draws
#
# Two numbers decide most cases: where training ends, and where validation ends. Below, your tree is asked about a thousand runs that end in different places, and each answer gets its own mark.


# %% jupyter={"source_hidden": true} tags=["demo"]
# The answers of your diagnose to runs that end in many places.
def run_that_ends(train_end, val_end):
    """Twenty epochs that fall early and settle; validation may climb from its minimum again."""
    fall = np.exp(-np.linspace(0, 12, 20))
    train = train_end + (1 - train_end) * fall
    low = min(val_end, train_end + 0.05)
    val = low + (1.02 - low) * fall + (val_end - low) * np.linspace(0, 1, 20) ** 3
    return {"train_loss": train.tolist(), "val_loss": val.tolist()}


marks = {"healthy": "o", "overfitting": "^", "plateau": "s", "underfitting": "D", "diverging": "x"}
hues = dict(zip(marks, (GREEN, ORANGE, BLUE, PINK, "black"), strict=True))
places = {word: [] for word in marks}


def is_in_no_row(end, val_end, run):
    """Whether a run of this kind fits none of the table's rows. (Its training always falls on.)"""
    together = abs(val_end - end) <= 0.1
    climbed = val_end / min(run["val_loss"]) >= 1.2
    healthy = together and max(end, val_end) < 0.4
    return not (end > 1 or climbed or healthy or 0.4 < end <= 2 / 3 or (end > 0.75 and together))


unnamed = []
for train_end in np.linspace(0.02, 1.2, 26):
    for val_end in np.linspace(0.05, 1.3, 26):
        if val_end > train_end - 0.05:
            run = run_that_ends(train_end, val_end)
            places[diagnose(run)].append((train_end, val_end))
            if is_in_no_row(train_end, val_end, run):
                unnamed.append((train_end, val_end))
fig, ax = plt.subplots(figsize=(6, 3.6))
for word, found in places.items():
    ax.plot(*np.array(found).reshape(-1, 2).T, marks[word], color=hues[word], ms=4, label=word)
ring = {"ls": "none", "marker": "o", "ms": 9, "mfc": "none", "mec": "black", "mew": 0.8}
ax.plot(*np.array(unnamed).T, **ring, label="ringed: no row fits")
ax.set(xlabel="training ends at", ylabel="validation ends at", title="What your tree says")
ax.legend(loc="center left", bbox_to_anchor=(1, 0.5))
show_figure(
    "A map: where training ends (horizontal) against where validation ends (vertical). Far above the "
    "diagonal everything is overfitting. Along the diagonal, from left to right: healthy up to 0.4, "
    "plateau up to two thirds, a strip of ringed runs that fit no row, underfitting above 3/4, "
    "diverging above 1. More rings lie where validation ends a little above training."
)

# %% [markdown]
# The ringed runs fit no row, and whatever your tree calls them is a guess. Between two thirds and 3/4 training isn't over: only more epochs will tell. The other rings have a gap that is too large for "healthy" or "underfitting", and didn't climb: that is the data's or the
# model's gap, and time won't close it. When a colleague asks, say "none of the five", and why.
#
# And note what the map can't show. It says *what* happens, never *why*: each word has several causes, and some faults look healthy. That is what the clinic is for.

# %% jupyter={"source_hidden": true} tags=["demo"]
# The decision tree, from the first question to what to try.
diagnose(made_up_runs()["healthy"])  # the tree is drawn for those who have built theirs
steps = [
    ("a loss not finite,\nor training ends\nabove its start?", "diverging"),
    ("validation 20 %\nabove its minimum,\ntraining falling on?", "overfitting"),
    ("training ends\nabove 3/4?", "underfitting"),
    ("stands still\nabove 0.4?", "plateau"),
    ("both end below\n0.4, together?", "healthy"),
]
remedies = (
    "lower the rate; look for\nlog(0), 0/0, gradients\nthat pile up; clip",
    "stop earlier; more data,\naugmentation, decay,\ndropout",
    "overfit one batch: if that\nfails, it's a bug (labels,\nloss, frozen parts)",
    "rate too low, or lowered\ntoo soon? a loss with a\nfloor? a small model?",
    "distrust it: ask twice,\nspoil a test row,\nshuffle the labels",
    "more epochs; then ask\nagain. A gap that stays:\nmore data, dropout",
)
fig, ax = plt.subplots(figsize=(13.5, 3.6))
box = {"boxstyle": "round", "fc": "white", "ec": "black"}
for i, (question, word) in enumerate(steps):
    ax.text(i, 1, question, ha="center", va="center", bbox=box, fontsize=9)
    ax.annotate("", (i, 0.34), (i, 0.8), arrowprops={"arrowstyle": "->"})
    ax.annotate("", (i + 0.58, 1), (i + 0.42, 1), arrowprops={"arrowstyle": "->"})
    ax.text(i + 0.04, 0.6, "yes", fontsize=9)
    ax.text(i + 0.49, 1.06, "no", ha="center", fontsize=9)
    ax.text(i, 0.24, word, ha="center", weight="bold")
ax.text(5, 1, "no row fits", ha="center", va="center", weight="bold")
ax.annotate("", (5, 0.3), (5, 0.9), arrowprops={"arrowstyle": "->"})
for i, remedy in enumerate(remedies):
    ax.text(i, 0.05, remedy, ha="center", va="center", fontsize=9)
ax.set(xlim=(-0.5, 5.5), ylim=(-0.2, 1.25))
ax.axis("off")
show_figure(
    "Five questions in a row. A loss not finite, or training ends above its start: diverging, lower the "
    "rate, look for log(0), clip. Else validation 20 % above its minimum while training falls: "
    "overfitting, stop earlier, more data. Else training ends above 3/4: underfitting, overfit one batch "
    "first. Else stands still above 0.4: plateau, rate or a floor. Else both end below 0.4, together: "
    "healthy, distrust it. Else no row fits: more epochs, then ask again."
)


# %% jupyter={"source_hidden": true} tags=["setup"]
# Given: a plain loop for what the wards need, and what measures the vital signs of each patient.
def losses_of(model, loader, optimizer, epochs, loss_of=F.cross_entropy):
    """The mean of the batch losses of each epoch, while `model` is trained."""
    means = []
    for _ in range(epochs):
        seen = []
        for x, y in loader:
            optimizer.zero_grad()
            seen.append(loss_of(model(x), y))
            seen[-1].backward()
            optimizer.step()
        means.append(torch.stack(seen).mean().item())
    return means


def sgd(model, lr=0.05, momentum=0.9):
    return torch.optim.SGD(model.parameters(), lr=lr, momentum=momentum)


@functools.cache  # for each loop once
def epochs_of(loop, epochs=20, seed=0, **options):
    """The losses that a loop reports, with SGD."""
    model = network(seed)
    return loop(model, batches(), F.cross_entropy, sgd(model, **options), epochs)


@functools.cache
def ratio_of(loop, lr, seed=0):
    """How far one step of plain SGD moves the weights, over rate times gradient norm."""
    model = network(seed)
    first = nn.utils.parameters_to_vector(model.parameters()).detach()
    batch = batches()[0]
    loss = F.cross_entropy(model(batch[0]), batch[1])
    norm = torch.cat([g.flatten() for g in torch.autograd.grad(loss, [*model.parameters()])]).norm()
    loop(model, [batch], F.cross_entropy, sgd(model, lr, momentum=0), 1)
    moved = nn.utils.parameters_to_vector(model.parameters()).detach() - first
    return (moved.norm() / (lr * norm)).item()


@functools.cache
def repeats_of(loop, sizes=(2, 4, 20, 100, 400), repeats=4, seed=0):
    """Accuracies of one trained network on the same 400 digits, by batch size, some times each."""
    model = network(seed, dropout=0.5, norm=True)
    losses_of(model, batches(), sgd(model), 8)
    x, y = digits("val", 400)
    cut = {size: list(zip(x.split(size), y.split(size), strict=True)) for size in sizes}
    return {size: [loop(copy.deepcopy(model), cut[size]) for _ in range(repeats)] for size in sizes}


@functools.cache
def corrupted_of(loop, factor=1000, seed=0):
    """The reported accuracy on 60 digits, and the sorted ones with each row far too bright."""
    x, y = digits("train", 60)
    seen = []
    for row in range(len(x)):
        spoilt = x.clone()
        spoilt[row] *= factor
        seen.append(loop(spoilt, y, network(seed), 60, seed))
    return loop(x, y, network(seed), 60, seed), sorted(seen)


class Reshuffled:
    """A loader whose epochs come from one of the loops."""

    def __init__(self, loop):
        self.loop, self.epoch = loop, 0

    def __iter__(self):
        self.epoch += 1
        return iter(self.loop(*digits("train"), 50, self.epoch))


@functools.cache
def fed_by(loop, epochs=15, seed=0):
    """The losses of a network that gets its batches from a loop."""
    model = network(seed)
    return losses_of(model, Reshuffled(loop), sgd(model), epochs)


@functools.cache
def judged_by(loop, epochs=15, seed=0):
    """The losses of a network on bright pixels (0 to 16), with a loss on probabilities."""
    model = network(seed)
    bright = [(16 * x, y) for x, y in batches()]
    return losses_of(model, bright, sgd(model), epochs, lambda z, y: loop(z.softmax(dim=1), y))


@functools.cache
def scaled_by(loop, passes=4, seed=0):
    """Batch losses of passes in float16 with a loss scaler, means of eight."""
    model, scaler, seen = network(seed), torch.amp.GradScaler(device.type), []
    optimizer = sgd(model, lr=0.2, momentum=0)
    for _ in range(passes):
        seen += loop(model, batches(), F.cross_entropy, optimizer, scaler, 1.0)
    return np.reshape(seen, (-1, 8)).mean(axis=1)


@functools.cache
def rates_of(loop, epochs=10, seed=0):
    """The rates of a run whose schedule takes a fifth off each epoch, and its last batch losses."""
    model, seen = network(seed), []
    optimizer = sgd(model)
    schedule = torch.optim.lr_scheduler.ExponentialLR(optimizer, 0.8)

    def noted(logits, y):
        seen.append(F.cross_entropy(logits, y))
        return seen[-1]

    rates = loop(model, batches(), noted, optimizer, schedule, epochs)
    return rates, [value.item() for value in seen[-24:]]


def smoothed_batches(model, optimizer, passes=2):
    """Batch losses of some passes, each the mean of up to four: the first is that of one batch."""
    seen = [losses_of(model, [batch], optimizer, 1)[0] for batch in batches() * passes]
    return np.array([np.mean(seen[max(0, i - 3) : i + 1]) for i in range(len(seen))])


@functools.cache
def resumed_by(loop, make=lambda model: torch.optim.Adam(model.parameters(), lr=0.01), seed=0):
    """Batch losses after six epochs: of the run itself, and of one that a loop restored."""
    model, fresh = network(seed), network(seed + 10)
    optimizer, new = make(model), make(fresh)
    losses_of(model, batches(), optimizer, 6)
    with tempfile.TemporaryDirectory() as folder:
        save_run(Path(folder, "run.pt"), model, optimizer, 6)
        loop(Path(folder, "run.pt"), fresh, new)
    return smoothed_batches(model, optimizer), smoothed_batches(fresh, new)


ARROW = {"arrowstyle": "->"}
SICK, WELL = {"color": ORANGE, "marker": "o", "ms": 4}, {"color": BLUE, "ls": "--", "lw": 2}


# %% jupyter={"source_hidden": true} tags=["setup"]
# Given: the charts of the three wards, each for the loops as admitted or for yours as well.
def ward(draw, title, loops):
    """One ward's charts: for `loops` alone, or beside them for what you made of them."""
    fig, axes = plt.subplots(1, 4, figsize=(13, 2.7))
    for style, name, four in loops:
        for panel, ax, loop in zip(draw, axes, four, strict=True):
            panel(ax, loop, {**style, "label": name})
    for ax in axes:
        ax.legend(fontsize=8)
    fig.suptitle(title)
    plt.tight_layout()


def chart_01(ax, loop, style):
    ax.plot(epochs_of(loop, lr=0.1, momentum=0), **style)
    ax.set(title="Patient 1", xlabel="epoch", ylabel="training loss", ylim=(0, 5))


def chart_02(ax, loop, style):
    rates = (0.01, 0.03, 0.1, 0.3)
    ax.plot(rates, [ratio_of(loop, lr) for lr in rates], **style)
    ax.set(title="Patient 2", xlabel="learning rate", xscale="log", ylim=(0, 3))
    ax.set(ylabel="distance / (rate x gradient)")


def chart_03(ax, loop, style):
    model = network()
    optimizer = torch.optim.Adam(model.parameters(), lr=0.003)
    ax.plot(loop(model, batches(), F.cross_entropy, optimizer, 20), **style)
    ax.set(title="Patient 3", xlabel="epoch", ylabel="training loss", ylim=(0, 2.5))
    print(f"patient 3, {style['label']}: {accuracy_of(model):.0%} of the validation digits right")


def chart_04(ax, loop, style):
    seen = repeats_of(loop)
    flat = [(size, value) for size, values in seen.items() for value in values]
    ax.plot(*zip(*flat, strict=True), **{**style, "ls": "none", "marker": style.get("marker", "x")})
    ax.set(title="Patient 4", xlabel="batch size", xscale="log", ylabel="accuracy, 4 times each")


def chart_05(ax, loop, style):
    whole, seen = corrupted_of(loop)
    ax.plot(seen, **style)
    ax.axhline(whole, color=style["color"], lw=1.2, ls=":" if style["color"] == ORANGE else "-.")
    ax.set(title="Patient 5", xlabel="spoilt row, sorted", ylabel="reported accuracy", ylim=(0, 1))


def chart_06(ax, loop, style):
    ax.plot(fed_by(loop), **style)
    ax.set(title="Patient 6", xlabel="epoch", ylabel="training loss", ylim=(0, 2.6))


def chart_07(ax, loop, style):
    losses = judged_by(loop)
    ax.plot(losses, **style)
    ax.set(title="Patient 7", xlabel="epoch", ylabel="training loss", xlim=(-0.7, 14.7))
    if style["color"] == ORANGE:
        ax.annotate(
            "nan from here", (np.isnan(losses).argmax() - 1, 0.42), (6, 0.7), arrowprops=ARROW
        )
    print(f"patient 7, {style['label']}: nan in {sum(map(math.isnan, losses))} of 15 epochs")


def chart_08(ax, loop, style):
    ax.plot(epochs_of(loop, lr=0.1, momentum=0), **style)
    ax.axhline(math.log(10), color=GREY, lw=0.8, ls=":")
    ax.set(title="Patient 8", xlabel="epoch", ylabel="training loss", ylim=(0, 3.5))


def chart_09(ax, loop, style):
    ax.plot(epochs_of(loop), **style)
    ax.set(title="Patient 9", xlabel="epoch", ylabel="training loss", ylim=(0, 2.5))


def chart_10(ax, loop, style):
    ax.plot(8 * np.arange(1, 13), scaled_by(loop), **style)
    ax.set(title="Patient 10", xlabel="step", ylabel="training loss", ylim=(0, 2.5))


def chart_11(ax, loop, style):
    rates, losses = rates_of(loop)
    ax.plot(rates, **style)
    ax.set(title="Patient 11", xlabel="epoch", ylabel="learning rate", yscale="log")
    print(f"patient 11, {style['label']}: training loss of the last epoch {np.mean(losses):.2f}")


def chart_12(ax, loop, style):
    whole, resumed = resumed_by(loop)
    ax.plot(resumed, **{**style, "marker": ""})
    if style["color"] == ORANGE:
        ax.plot(whole, color=GREY, lw=1, ls=":", label="never interrupted")
    ax.set(title="Patient 12", xlabel="batch after the restart", ylabel="training loss")


WARDS = (
    (chart_01, chart_02, chart_03, chart_04),
    (chart_05, chart_06, chart_07, chart_08),
    (chart_09, chart_10, chart_11, chart_12),
)
GIVEN = (
    (given_loop_01, given_loop_02, given_loop_03, given_loop_04),
    (given_loop_05, given_loop_06, given_loop_07, given_loop_08),
    (given_loop_09, given_loop_10, given_loop_11, given_loop_12),
)

# %% [markdown]
# ## 2. How the clinic works
#
# Three wards, four patients each. For each ward:
#
# 1. **Look** at the charts and the complaints. You haven't seen any code yet.
# 2. **Commit**: put one letter for each patient into the cell beneath the charts. Nobody grades it; you'll compare it with what you find.
# 3. **Open** the loop, find the fault, mend it *in its cell*. A repair is as small as you can make it, and keeps what the docstring promises.
# 4. **Check**, and see the charts again, with your loop beside the one that was admitted.
#
# Each patient has one fault. The suspects, of which two are innocent:
#
# | | | | |
# | --- | --- | --- | --- |
# | (a) test data reach the training | (b) gradients of earlier batches still count | (c) the wrong rows belong together | (d) the learning rate isn't what was asked for |
# | (e) part of the network isn't trained | (f) the network measures itself in the wrong mode | (g) the loss gets what it doesn't expect | (h) a gradient is shortened at the wrong moment |
# | (i) a number that no arithmetic survives | (j) the schedule's clock runs too fast | (k) a part of the run's memory is lost | (l) one gradient moves the weights twice |
# | (m) the weights are decayed twice | (n) the batches are always the same | | |
#
# ## 3. The first ward
#
# - **Patient 1.** "I learn faster than my colleagues, and then I lose it." Plain SGD at 0.1; a healthy run ends near 0.16 on this chart.
# - **Patient 2.** "I train well. But the rates that others recommend are too high for me, always by the same factor." The chart shows one step of plain SGD: how far the weights moved, over learning rate times gradient norm.
# - **Patient 3.** "My accuracy is fine, and my loss won't come down." Adam at 0.003; a healthy run ends below 0.05.
# - **Patient 4** measures accuracy. "Ask me twice and I say two things." The chart: one trained network with dropout and batch norm, the same 400 images, four times for each batch size.

# %% jupyter={"source_hidden": true} tags=["demo"]
# The first ward, as admitted.
ward(WARDS[0], "The first ward, as admitted", [(SICK, "admitted", GIVEN[0])])
show_figure(
    "Four charts. Patient 1: training loss falls for a few epochs, then jumps far above its start. "
    "Patient 2: the ratio is 2 at each of four rates. Patient 3: training loss falls to about 1.5 and "
    "stays. Patient 4: accuracies of one network, from below 0.5 at batches of two to about 0.9 at "
    "batches of 400, with repeats that differ."
)

# %% tags=["demo"]
diagnosed = {1: "", 2: "", 3: "", 4: ""}  # your letters, before you go on
print("committed:", diagnosed)

# %% [markdown]
# ### Patient 1: `loop_01` (8 minutes, difficulty 1 of 5)
#
# The loop stands in the cell below, as it came in. Mend it there. What it should do is in its docstring; the tests know nothing else.


# %% nbgrader={"grade": false, "grade_id": "loop_01", "locked": false, "schema_version": 3, "solution": true, "task": false}
def loop_01(model, loader, criterion, optimizer, epochs):
    """Train for some epochs, and report.

    Each batch moves all parameters once, by the optimizer's rule, on the gradient of that batch's
    mean loss alone.

    Args:
        model: nn.Module; its outputs are logits (N, C). Every parameter is trained.
        loader: batches (x, y) on the model's device, x float (N, D), y int64 (N,); each pass gives all.
        criterion: cross-entropy of logits: criterion(logits, y) is the batch mean, shape ().
        optimizer: over all parameters; its learning rate is the caller's choice.
        epochs: int, 1 or more.

    Returns:
        list of floats: for each epoch the mean loss over its samples, as seen while training.

    Source: Goodfellow, Bengio and Courville (2016), Deep Learning, section 8.1.3.
    """
    ### BEGIN SOLUTION
    losses = []
    model.train()
    for _ in range(epochs):
        total = seen = 0
        for x, y in loader:
            optimizer.zero_grad()  # backward adds to what is there
            loss = criterion(model(x), y)
            loss.backward()
            optimizer.step()
            total += loss.item() * len(x)
            seen += len(x)
        losses.append(total / seen)
    return losses
    ### END SOLUTION


# %% nbgrader={"grade": true, "grade_id": "test_loop_01", "locked": true, "points": 2, "schema_version": 3, "solution": false, "task": false}
must_differ(loop_01, given_loop_01)
by_hand, model = nn.Linear(2, 3), nn.Linear(2, 3)
model.load_state_dict(by_hand.state_dict())
data = [(torch.eye(2), torch.tensor([0, 1])), (torch.eye(2), torch.tensor([2, 2]))]
losses = loop_01(model, data, F.cross_entropy, sgd(model, 0.5, momentum=0), 1)
seen = []
for x, y in data:
    loss = F.cross_entropy(by_hand(x), y)
    seen.append(loss.item())
    slopes = torch.autograd.grad(loss, [by_hand.weight, by_hand.bias])
    with torch.no_grad():
        for p, slope in zip(by_hand.parameters(), slopes, strict=True):
            p.sub_(0.5 * slope)
close = torch.allclose(model.weight, by_hand.weight, atol=1e-6)
assert close, "two batches, two steps, each along the gradient of its own batch"
assert abs(losses[0] - np.mean(seen)) < 1e-5, "an epoch's loss is the mean of what was seen"

### BEGIN HIDDEN TESTS
from autograder.hidden.clinic import grade

grade("loop_01")
### END HIDDEN TESTS

# %% [markdown]
# <details><summary>Hint 1: what grows?</summary>
#
# Leave the forward pass alone for a moment. Print the norm of `p.grad` for one parameter, before each step, with a learning rate of 0. The weights don't move; should the norm of the same batch's gradient?
#
# </details>
#
# <details><summary>Hint 2: which line is missing?</summary>
#
# `backward` doesn't overwrite `.grad`, it adds to it. Something has to empty it, once for each batch, and not between `backward` and `step`.
#
# </details>

# %% [markdown]
# ### Patient 2: `loop_02` (8 minutes, difficulty 2 of 5)
#
# A ratio that is 2 at every rate: too exact for chance. Halving the rate would make the chart look right. Would it make the loop right, for every optimizer?


# %% nbgrader={"grade": false, "grade_id": "loop_02", "locked": false, "schema_version": 3, "solution": true, "task": false}
def loop_02(model, loader, criterion, optimizer, epochs):
    """Train for some epochs, and report.

    Each batch moves all parameters once, by the optimizer's rule, on the gradient of that batch's
    mean loss alone.

    Args:
        model: nn.Module; its outputs are logits (N, C). Every parameter is trained.
        loader: batches (x, y) on the model's device, x float (N, D), y int64 (N,); each pass gives all.
        criterion: cross-entropy of logits: criterion(logits, y) is the batch mean, shape ().
        optimizer: over all parameters; its learning rate is the caller's choice.
        epochs: int, 1 or more.

    Returns:
        list of floats: for each epoch the mean loss over its samples, as seen while training.

    Source: Goodfellow, Bengio and Courville (2016), Deep Learning, section 8.1.3.
    """
    ### BEGIN SOLUTION
    losses = []
    model.train()
    for _ in range(epochs):
        total = seen = 0
        for x, y in loader:
            optimizer.zero_grad()
            loss = criterion(model(x), y)
            loss.backward()
            optimizer.step()  # the only one who moves the weights
            total += loss.item() * len(x)
            seen += len(x)
        losses.append(total / seen)
    return losses
    ### END SOLUTION


# %% nbgrader={"grade": true, "grade_id": "test_loop_02", "locked": true, "points": 2, "schema_version": 3, "solution": false, "task": false}
must_differ(loop_02, given_loop_02)
for lr in (0.01, 0.3):
    assert abs(ratio_of(loop_02, lr) - 1) < 0.01, "a step of plain SGD is rate times gradient"
model, twin = network(), network()
loop_02(model, batches()[:4], F.cross_entropy, sgd(model, momentum=0.9), 1)
loop_02(twin, batches()[:4], F.cross_entropy, sgd(twin, momentum=0.0), 1)
assert not torch.equal(model[0].weight, twin[0].weight), "the optimizer's own rule has its say"

### BEGIN HIDDEN TESTS
from autograder.hidden.clinic import grade

grade("loop_02")
### END HIDDEN TESTS

# %% [markdown]
# <details><summary>Hint 1: count</summary>
#
# How many places in the loop change a weight?
#
# </details>
#
# <details><summary>Hint 2: which one goes?</summary>
#
# One of the two knows nothing of momentum, of Adam's averages, of weight decay. The caller chose an optimizer: which line is its?
#
# </details>

# %% [markdown]
# ### Prediction: the second patient on another drug
#
# Patient 2, as admitted, is given Adam at 0.001 instead of SGD, and beside it your mended loop with the same. What do the two loss curves look like?
#
# - (a) the admitted loop falls about twice as fast
# - (b) the admitted loop diverges
# - (c) you can hardly tell them apart

# %% nbgrader={"grade": false, "grade_id": "prediction_second_on_adam", "locked": false, "schema_version": 3, "solution": true, "task": false}
### BEGIN SOLUTION
prediction_second_on_adam = "c"
### END SOLUTION

# %% nbgrader={"grade": true, "grade_id": "test_prediction_second_on_adam", "locked": true, "points": 1, "schema_version": 3, "solution": false, "task": false}
if prediction_second_on_adam is None:
    raise NotImplementedError("prediction_second_on_adam is not written yet")
letter = str(prediction_second_on_adam).strip(" ().").lower()
assert letter in ("a", "b", "c"), "a prediction is one letter: a, b or c"

### BEGIN HIDDEN TESTS
from autograder.hidden.clinic import grade

grade("prediction_second_on_adam")
### END HIDDEN TESTS


# %% jupyter={"source_hidden": true} tags=["demo", "prediction_second_on_adam"]
# Patient 2 with SGD and with Adam, from two initializations: as admitted, and mended.
def second_patient(make, epochs=12):
    """Losses of the admitted and the mended loop, for two seeds."""
    runs = []
    for seed in (0, 1):
        for loop, style in ((given_loop_02, SICK), (loop_02, WELL)):
            model = network(seed)
            seen = loop(model, batches(), F.cross_entropy, make(model.parameters()), epochs)
            runs.append((seen, style, seed))
    return runs


must_differ(loop_02, given_loop_02)
fig, axes = plt.subplots(1, 2, figsize=(9, 2.8), sharey=True)
makers = {
    "SGD, 0.1": lambda parameters: torch.optim.SGD(parameters, lr=0.1),
    "Adam, 0.001": lambda parameters: torch.optim.Adam(parameters, lr=0.001),
}
for ax, (name, make) in zip(axes, makers.items(), strict=True):
    for seen, style, seed in second_patient(make):
        label = ("admitted" if style is SICK else "mended") if seed == 0 else None
        ax.plot(seen, **{**style, "label": label})
    ax.set(title=name, xlabel="epoch")
axes[0].set(ylabel="training loss")
axes[0].legend()
show_figure(
    "Two panels of loss curves, two seeds each. With SGD the admitted loop falls clearly faster than "
    "the mended one. With Adam the curves of both loops lie on each other."
)

# %% [markdown]
# Adam moves every weight by about its rate, however small the gradient. The stray step is rate times gradient, and gradients are small: it drowns. That is the trouble with adaptive optimizers in a clinic: they carry ill loops around
# for months. The fault is still there. With another optimizer, or a loss on another scale, it's back.

# %% [markdown]
# ### Patient 3: `loop_03` (8 minutes, difficulty 2 of 5)
#
# The order of the classes survives, so accuracy is fine. But the loss stands on a floor. Work out where a floor of about 1.5 comes from, for ten classes, and you have it.


# %% nbgrader={"grade": false, "grade_id": "loop_03", "locked": false, "schema_version": 3, "solution": true, "task": false}
def loop_03(model, loader, criterion, optimizer, epochs):
    """Train for some epochs, and report.

    Each batch moves all parameters once, by the optimizer's rule, on the gradient of that batch's
    mean loss alone.

    Args:
        model: nn.Module; its outputs are logits (N, C). Every parameter is trained.
        loader: batches (x, y) on the model's device, x float (N, D), y int64 (N,); each pass gives all.
        criterion: cross-entropy of logits: criterion(logits, y) is the batch mean, shape ().
        optimizer: over all parameters; its learning rate is the caller's choice.
        epochs: int, 1 or more.

    Returns:
        list of floats: for each epoch the mean loss over its samples, as seen while training.

    Source: Goodfellow, Bengio and Courville (2016), Deep Learning, section 8.1.3.
    """
    ### BEGIN SOLUTION
    losses = []
    model.train()
    for _ in range(epochs):
        total = seen = 0
        for x, y in loader:
            optimizer.zero_grad()
            outputs = model(x)  # logits: the criterion has its own softmax
            loss = criterion(outputs, y)
            loss.backward()
            optimizer.step()
            total += loss.item() * len(x)
            seen += len(x)
        losses.append(total / seen)
    return losses
    ### END SOLUTION


# %% nbgrader={"grade": true, "grade_id": "test_loop_03", "locked": true, "points": 2, "schema_version": 3, "solution": false, "task": false}
must_differ(loop_03, given_loop_03)
model = nn.Linear(2, 2, bias=False)
with torch.no_grad():
    model.weight.copy_(20 * torch.eye(2))
batch = torch.eye(2), torch.tensor([0, 1])
loss = loop_03(model, [batch], F.cross_entropy, sgd(model, 0.0), 1)[0]
assert loss < 1e-6, "a network that is right and sure of it has a loss of nearly 0"
batch = torch.eye(2), torch.tensor([1, 0])
loss = loop_03(model, [batch], F.cross_entropy, sgd(model, 0.0), 1)[0]
assert abs(loss - 20) < 1e-3, "one that is sure and wrong pays for it: 20 for a gap of 20"

### BEGIN HIDDEN TESTS
from autograder.hidden.clinic import grade

grade("loop_03")
### END HIDDEN TESTS

# %% [markdown]
# <details><summary>Hint 1: the floor</summary>
#
# Suppose the network is perfect, and as sure as can be. What does the criterion get then, and what number does it make of that?
#
# </details>
#
# <details><summary>Hint 2: what the criterion expects</summary>
#
# `nn.CrossEntropyLoss` takes logits, and applies log-softmax itself. Fed with numbers between 0 and 1 as logits, its best for ten classes is $\ln(e + 9) - 1 \approx 1.46$.
#
# </details>

# %% [markdown]
# ### Patient 4: `loop_04` (8 minutes, difficulty 2 of 5)
#
# No loss here, only a number that isn't one number. Smaller batches make it worse, and even at 400 two answers differ.


# %% nbgrader={"grade": false, "grade_id": "loop_04", "locked": false, "schema_version": 3, "solution": true, "task": false}
def loop_04(model, loader):
    """The accuracy of a network in use, in the middle of its training.

    Called between two epochs. Training goes on afterwards as if nobody had asked: nothing about the
    model has changed.

    Args:
        model: nn.Module with logits (N, C) as outputs, in training mode, and so afterwards.
        loader: batches (x, y) on the model's device, y int64 (N,); sizes may differ.

    Returns:
        float: the fraction of all samples whose largest logit is the right one.

    Source: Ioffe and Szegedy (2015), Batch Normalization, section 3.1; Srivastava et al. (2014), Dropout.
    """
    ### BEGIN SOLUTION
    correct = seen = 0
    model.eval()  # no dropout; batch norm uses, and keeps, what it learned
    with torch.no_grad():
        for x, y in loader:
            predicted = model(x).argmax(dim=1)
            correct += (predicted == y).sum().item()
            seen += len(y)
    model.train()
    return correct / seen
    ### END SOLUTION


# %% nbgrader={"grade": true, "grade_id": "test_loop_04", "locked": true, "points": 2, "schema_version": 3, "solution": false, "task": false}
must_differ(loop_04, given_loop_04)
model = network(dropout=0.5, norm=True)
losses_of(model, batches(), sgd(model), 3)
before = copy.deepcopy(model.state_dict())
x, y = digits("val", 300)
first, second = (loop_04(model, list(zip(x.split(n), y.split(n), strict=True))) for n in (3, 100))
assert abs(first - second) < 1e-6, "the batches that you cut the data into make no difference"
kept = all(torch.equal(before[name], value) for name, value in model.state_dict().items())
assert kept, "and the network has learned nothing from being asked"
assert model.training, "training goes on afterwards"

### BEGIN HIDDEN TESTS
from autograder.hidden.clinic import grade

grade("loop_04")
### END HIDDEN TESTS

# %% [markdown]
# <details><summary>Hint 1: two layers that know</summary>
#
# Which layers do something else while training than in use? What do they do with a batch of two?
#
# </details>
#
# <details><summary>Hint 2: there and back</summary>
#
# One call switches the whole model over, another switches it back. `no_grad` does neither: it only saves memory.
#
# </details>

# %% [markdown]
# ### The look: discharge

# %% jupyter={"source_hidden": true} tags=["demo"]
# The first ward again: your loops beside the ones that were admitted.
mine = (loop_01, loop_02, loop_03, loop_04)
for own, admitted in zip(mine, GIVEN[0], strict=True):
    must_differ(own, admitted)
ward(
    WARDS[0],
    "The first ward, before and after",
    [(SICK, "admitted", GIVEN[0]), (WELL, "yours", mine)],
)
show_figure(
    "The first ward's four charts with a second, dashed curve each. Patient 1 falls steadily to about "
    "0.16. Patient 2 has a ratio of 1. Patient 3 falls below 0.1. Patient 4 has one accuracy, about "
    "0.97, at every batch size."
)

# %% [markdown]
# Compare with your letters above. Where you were wrong: which measurement would have told you?
#
# ## 4. The second ward
#
# - **Patient 5** splits its data, trains and tests. "I've never trained on a test row, I swear. And yet no row can be spoilt without my accuracy falling." The chart: 60 digits, twelve of them for the test; one row at a time is made a thousand times brighter. The dotted line is the accuracy with no row spoilt. In a healthy pipeline twelve points, those of the test rows, stay within one prediction (a twelfth) of it.
# - **Patient 6** makes batches. "Whoever trains with me learns nothing." A healthy run ends below 0.1.
# - **Patient 7** is a loss. "I was doing well. Then I stopped being a number." It's used behind a softmax, on pixels that nobody scaled.
# - **Patient 8.** "I know nothing, and can't even guess." The dotted line is $\ln 10$: what guessing costs; the first epoch is above the chart. The optimizer is SGD at 0.1, as for patient 1.

# %% jupyter={"source_hidden": true} tags=["demo"]
# The second ward, as admitted.
ward(WARDS[1], "The second ward, as admitted", [(SICK, "admitted", GIVEN[1])])
show_figure(
    "Four charts. Patient 5: sixty reported accuracies, sorted, all below 0.6; without a spoilt row "
    "it is 0.75. Patient 6: training loss flat at 2.3. Patient 7: training loss falls for "
    "four epochs and ends there. Patient 8: training loss flat at 2.4, just above the dotted line."
)

# %% tags=["demo"]
diagnosed |= {5: "", 6: "", 7: "", 8: ""}  # your letters, before you go on
print("committed:", diagnosed)

# %% [markdown]
# ### Patient 5: `loop_05` (12 minutes, difficulty 3 of 5)


# %% nbgrader={"grade": false, "grade_id": "loop_05", "locked": false, "schema_version": 3, "solution": true, "task": false}
def loop_05(x, y, model, epochs, seed):
    """Split, standardize, train and test: an honest accuracy.

    A fifth of the rows, chosen at random by `seed`, are for the test. The others train. Until the
    test, nothing depends on the test rows. Columns reach the model with mean 0 and standard
    deviation 1 on the training rows; x and y stay as they are.

    Args:
        x: float tensor (N, D). y: int64 tensor (N,), classes. Both on the model's device.
        model: nn.Module with logits (N, C) as outputs; it is trained.
        epochs: int, 1 or more: passes over the training rows.
        seed: int; the same seed gives the same test rows.

    Returns:
        float: the fraction of the test rows that the trained model names correctly.

    Source: Hastie, Tibshirani and Friedman (2009), The Elements of Statistical Learning, section 7.10.2.
    """
    ### BEGIN SOLUTION
    draw = torch.Generator()
    draw.manual_seed(seed)
    order = torch.randperm(len(x), generator=draw).to(x.device)
    held = len(x) // 5
    test, train = order[:held], order[held:]
    known = x[train]  # all that the scaling may know
    x = (x - known.mean(dim=0)) / (known.std(dim=0) + 1e-6)
    optimizer = torch.optim.SGD(model.parameters(), lr=0.1)
    model.train()
    for _ in range(epochs):
        optimizer.zero_grad()
        F.cross_entropy(model(x[train]), y[train]).backward()
        optimizer.step()
    model.eval()
    with torch.no_grad():
        predicted = model(x[test]).argmax(dim=1)
    return (predicted == y[test]).float().mean().item()
    ### END SOLUTION


# %% nbgrader={"grade": true, "grade_id": "test_loop_05", "locked": true, "points": 2, "schema_version": 3, "solution": false, "task": false}
must_differ(loop_05, given_loop_05)
draw = torch.Generator().manual_seed(1)
x = (5 * torch.randn(40, 3, generator=draw) + 2).to(device)
y, net, met = (x[:, 0] > 2).long(), nn.Linear(3, 2).to(device), []
net.register_forward_hook(lambda _, rows, out: met.append(rows[0]) if out.requires_grad else None)
reported = loop_05(x, y, net, 200, seed=0)
rows = torch.unique(torch.cat(met), dim=0)
assert 20 < len(rows) < 40, "some rows are kept for the test, and most are trained on"
assert rows.mean(dim=0).abs().max() < 1e-4, "each column has mean 0 on the rows that train"
assert (rows.std(dim=0) - 1).abs().max() < 0.05, "and standard deviation 1"
assert 0.6 < reported <= 1, "what can be learned is learned"

### BEGIN HIDDEN TESTS
from autograder.hidden.clinic import grade

grade("loop_05")
### END HIDDEN TESTS

# %% [markdown]
# <details><summary>Hint 1: who contributes?</summary>
#
# Go through the lines in order. At which line does a test row first have an influence on a number that training uses?
#
# </details>
#
# <details><summary>Hint 2: what may be known</summary>
#
# Mean and standard deviation are learned from data, exactly as weights are. Learn them from the training rows, then apply them to all.
#
# </details>

# %% [markdown]
# ### Prediction: a test for patient 5
#
# A well-known test for leaks: shuffle the labels, so that there is nothing to learn, and run the whole pipeline. If it still reports more than chance (0.1 for ten digits), something leaks. What does patient 5 report?
#
# - (a) clearly more than 0.1: the test finds the leak
# - (b) about 0.1: this test doesn't see what is wrong with it
# - (c) clearly less than 0.1

# %% nbgrader={"grade": false, "grade_id": "prediction_shuffled_labels", "locked": false, "schema_version": 3, "solution": true, "task": false}
### BEGIN SOLUTION
prediction_shuffled_labels = "b"
### END SOLUTION

# %% nbgrader={"grade": true, "grade_id": "test_prediction_shuffled_labels", "locked": true, "points": 1, "schema_version": 3, "solution": false, "task": false}
if prediction_shuffled_labels is None:
    raise NotImplementedError("prediction_shuffled_labels is not written yet")
letter = str(prediction_shuffled_labels).strip(" ().").lower()
assert letter in ("a", "b", "c"), "a prediction is one letter: a, b or c"

### BEGIN HIDDEN TESTS
from autograder.hidden.clinic import grade

grade("prediction_shuffled_labels")
### END HIDDEN TESTS

# %% jupyter={"source_hidden": true} tags=["demo", "prediction_shuffled_labels"]
# Patient 5, as admitted, on digits whose labels were shuffled: thirty runs.
x, y = digits("train", 300)
reported = []
for seed in range(30):
    order = torch.randperm(len(y), generator=torch.Generator().manual_seed(seed)).to(y.device)
    reported.append(given_loop_05(x, y[order], network(seed), 60, seed))
error = np.std(reported) / len(reported) ** 0.5
print(f"mean over 30 runs: {np.mean(reported):.3f}, standard error {error:.3f}; chance is 0.1")
fig, ax = plt.subplots(figsize=(6, 2.2))
ax.hist(reported, bins=np.arange(0, 0.31, 1 / 60), color=BLUE, ec="white")
ax.axvline(0.1, color="black", ls="--", label="chance")
ax.set(xlabel="reported test accuracy", ylabel="runs", title="Patient 5 with shuffled labels")
ax.legend()
show_figure("A histogram of thirty reported accuracies, spread around 0.1, which is chance.")

# %% [markdown]
# Shuffling finds leaks of *labels*. Here only inputs leak: every training row was scaled with numbers to which the test rows had contributed. That needs the other test, the corrupted row. In a clean pipeline a row is either trained on, or it costs one
# prediction at most; for a fifth of the rows the chart should stay at its dotted line.

# %% [markdown]
# ### Patient 6: `loop_06` (6 minutes, difficulty 1 of 5)
#
# Flat at $\ln 10$ from the first epoch to the last: whoever trains on these batches learns that all digits are equally likely, and that is the truth about these batches.


# %% nbgrader={"grade": false, "grade_id": "loop_06", "locked": false, "schema_version": 3, "solution": true, "task": false}
def loop_06(x, y, batch_size, seed):
    """Batches of one epoch, in random order.

    Args:
        x: tensor (N, ...), inputs. y: tensor (N, ...), the target of each. They stay as they are.
        batch_size: int, 1 or more; the last batch may be smaller.
        seed: int; the same seed gives the same order, another seed another.

    Yields:
        (x, y) of each batch: every sample exactly once, beside its own target.

    Source: Bottou (2012), Stochastic Gradient Descent Tricks, section 3.
    """
    ### BEGIN SOLUTION
    draw = torch.Generator()
    draw.manual_seed(seed)
    order = torch.randperm(len(x), generator=draw)  # one order for both
    for rows in order.to(x.device).split(batch_size):
        yield x[rows], y[rows]
    ### END SOLUTION


# %% nbgrader={"grade": true, "grade_id": "test_loop_06", "locked": true, "points": 2, "schema_version": 3, "solution": false, "task": false}
must_differ(loop_06, given_loop_06)
x = torch.arange(23.0)[:, None].to(device)
y = torch.arange(23, device=device)
cut = list(loop_06(x, y, 5, seed=3))
assert all(torch.equal(a[:, 0].long(), b) for a, b in cut), "each input beside its own target"
assert [len(b) for _, b in cut] == [5, 5, 5, 5, 3], "the last batch may be smaller"
order = torch.cat([b for _, b in cut])
assert sorted(order.tolist()) == list(range(23)), "every sample once"
assert order.tolist() != list(range(23)), "in random order"
again = torch.cat([b for _, b in loop_06(x, y, 5, seed=3)])
assert torch.equal(order, again), "the same seed gives the same order"

### BEGIN HIDDEN TESTS
from autograder.hidden.clinic import grade

grade("loop_06")
### END HIDDEN TESTS

# %% [markdown]
# <details><summary>Hint 1: look at one batch</summary>
#
# Use inputs that say which row they are: `x = torch.arange(10)`, and `y` the same. What comes out?
#
# </details>
#
# <details><summary>Hint 2: how many draws?</summary>
#
# A generator moves on with every draw. Two draws, two orders.
#
# </details>

# %% [markdown]
# ### Patient 7: `loop_07` (10 minutes, difficulty 3 of 5)
#
# The first nan came out of a batch in which the network was *sure and right*. A softmax in float32 gives an exact 0 for a class whose logit is about 104 or more below the largest. From there on every weight is nan.


# %% nbgrader={"grade": false, "grade_id": "loop_07", "locked": false, "schema_version": 3, "solution": true, "task": false}
def loop_07(probabilities, targets):
    """Cross-entropy on probabilities: the mean of -log(probability of the true class).

    Args:
        probabilities: float tensor (N, C), rows that add up to 1; some may be exactly 0 or 1.
        targets: int64 tensor (N,), the true classes.

    Returns:
        tensor of shape (). Exact to 1e-4 wherever the true classes have probabilities of 0.05 or more,
        whatever the others are, and differentiable there: no gradient is nan either. A true class of
        probability 0 costs a lot (more than 5 for that sample, or inf), and is never nan.

    Source: Goodfellow, Bengio and Courville (2016), Deep Learning, section 4.1.
    """
    ### BEGIN SOLUTION
    chosen = F.one_hot(targets, probabilities.shape[1])
    smallest = torch.finfo(probabilities.dtype).tiny
    logs = probabilities.clamp(min=smallest).log()  # 0 * log(0) is nan, 0 * log(tiny) is 0
    surprise = -(chosen * logs).sum(dim=1)
    return surprise.mean()
    ### END SOLUTION


# %% nbgrader={"grade": true, "grade_id": "test_loop_07", "locked": true, "points": 2, "schema_version": 3, "solution": false, "task": false}
must_differ(loop_07, given_loop_07)
sure = torch.tensor([[1.0, 0.0, 0.0], [0.0, 0.0, 1.0]])
assert loop_07(sure, torch.tensor([0, 2])).abs() < 1e-4, "sure and right costs nothing"
half = torch.tensor([[0.5, 0.5, 0.0]], requires_grad=True)
loss = loop_07(half, torch.tensor([1]))
assert abs(loss.item() - math.log(2)) < 1e-4, "a zero elsewhere changes nothing"
loss.backward()
assert half.grad.isfinite().all(), "nor does it turn the gradient into nan: it can be trained with"
loss = loop_07(sure, torch.tensor([1, 2]))
assert loss > 2.5, "sure and wrong costs a lot, and is a number or inf"

### BEGIN HIDDEN TESTS
from autograder.hidden.clinic import grade

grade("loop_07")
### END HIDDEN TESTS

# %% [markdown]
# <details><summary>Hint 1: which product?</summary>
#
# Print the two factors for a row with a 0 in it. What is 0 times that?
#
# </details>
#
# <details><summary>Hint 2: two ways out</summary>
#
# Keep 0 away from the logarithm (by how little?), or pick the true class's probability first and take its logarithm alone. Mending what comes *out* of the logarithm is too late: the way back still goes through it. (Best is a third: never to build probabilities at all, and give logits to `F.cross_entropy`.)
#
# </details>

# %% tags=["demo"]
print(
    "log(0) =",
    torch.tensor(0.0).log().item(),
    "and 0 * log(0) =",
    (0 * torch.tensor(0.0).log()).item(),
)
p = torch.tensor([0.0, 1.0], requires_grad=True)
torch.xlogy(torch.tensor([0.0, 1.0]), p).sum().backward()
print("torch.xlogy mends the value; its gradient at 0 is", p.grad[0].item())

# %% [markdown]
# ### Patient 8: `loop_08` (6 minutes, difficulty 1 of 5)
#
# Above the cost of guessing, and flat: after a few enormous steps all ReLUs are off, and nothing but the last bias still moves. Clipping would hide that. The cause is elsewhere.


# %% nbgrader={"grade": false, "grade_id": "loop_08", "locked": false, "schema_version": 3, "solution": true, "task": false}
def loop_08(model, loader, criterion, optimizer, epochs):
    """Train for some epochs, and report.

    Each batch moves all parameters once, by the optimizer's rule, on the gradient of that batch's
    mean loss alone.

    Args:
        model: nn.Module; its outputs are logits (N, C). Every parameter is trained.
        loader: batches (x, y) on the model's device, x float (N, D), y int64 (N,); each pass gives all.
        criterion: cross-entropy of logits: criterion(logits, y) is the batch mean, shape ().
        optimizer: over all parameters; its learning rate is the caller's choice.
        epochs: int, 1 or more.

    Returns:
        list of floats: for each epoch the mean loss over its samples, as seen while training.

    Source: Goodfellow, Bengio and Courville (2016), Deep Learning, section 8.1.3.
    """
    ### BEGIN SOLUTION
    losses = []
    model.train()
    for _ in range(epochs):  # at the rate with which the optimizer came
        total = seen = 0
        for x, y in loader:
            optimizer.zero_grad()
            loss = criterion(model(x), y)
            loss.backward()
            optimizer.step()
            total += loss.item() * len(x)
            seen += len(x)
        losses.append(total / seen)
    return losses
    ### END SOLUTION


# %% nbgrader={"grade": true, "grade_id": "test_loop_08", "locked": true, "points": 2, "schema_version": 3, "solution": false, "task": false}
must_differ(loop_08, given_loop_08)
for lr in (0.01, 0.1):
    assert abs(ratio_of(loop_08, lr) - 1) < 0.01, "a step of plain SGD is rate times gradient"
model = network()
optimizer = sgd(model)
first, *_, last = loop_08(model, batches(), F.cross_entropy, optimizer, 8)
assert optimizer.param_groups[0]["lr"] == 0.05, "the rate is the caller's, and stays"
assert last < 0.2 < first, "and with a rate that fits, it learns"

### BEGIN HIDDEN TESTS
from autograder.hidden.clinic import grade

grade("loop_08")
### END HIDDEN TESTS

# %% [markdown]
# <details><summary>Hint 1: the same ratio</summary>
#
# Measure what patient 2's chart shows: `ratio_of(loop_08, 0.01)`. What number is that?
#
# </details>
#
# <details><summary>Hint 2: percent</summary>
#
# Someone thought that rates come in percent. They don't.
#
# </details>

# %% [markdown]
# ### The look: discharge

# %% jupyter={"source_hidden": true} tags=["demo"]
# The second ward again: your loops beside the ones that were admitted.
mine = (loop_05, loop_06, loop_07, loop_08)
for own, admitted in zip(mine, GIVEN[1], strict=True):
    must_differ(own, admitted)
ward(
    WARDS[1],
    "The second ward, before and after",
    [(SICK, "admitted", GIVEN[1]), (WELL, "yours", mine)],
)
show_figure(
    "The second ward's charts with a second, dashed curve each. Patient 5: about a fifth of the spoilt "
    "rows leave the accuracy at the dotted line. Patients 6 and 7 fall below 0.1. Patient 8 falls to "
    "about 0.16."
)

# %% [markdown]
# Patient 5's honest accuracy isn't lower here: among twelve test digits, this leak moves it by one at most, up or down. A leak doesn't always flatter. It makes the number unfounded.
#
# ## 5. The third ward
#
# - **Patient 9.** "I learn, but slowly." A healthy run with the same network at the same rate is below 0.1 after ten epochs.
# - **Patient 10** trains in float16, with a loss scaler, and clips at a norm of 1. "I stand still. My gradients are fine: I looked." SGD at 0.2.
# - **Patient 11** follows a schedule that takes a fifth off the rate *each epoch*, from 0.05 on. "I begin like everyone, and then I stand still." The chart: the rate that each epoch used. A healthy run's loss is near 0.15 after ten epochs.
# - **Patient 12** was saved after six epochs and restored. The dotted curve is the same run, never interrupted. Adam at 0.01.

# %% jupyter={"source_hidden": true} tags=["demo"]
# The third ward, as admitted.
ward(WARDS[2], "The third ward, as admitted", [(SICK, "admitted", GIVEN[2])])
show_figure(
    "Four charts. Patient 9: training loss falls almost straight from 2.3 to 1.8. Patient 10: flat at "
    "2.3. Patient 11: the rate falls by more than two powers of ten in each epoch. Patient 12: both "
    "curves begin in one point; then the loss climbs to several times the dotted one, and comes back."
)

# %% tags=["demo"]
diagnosed |= {9: "", 10: "", 11: "", 12: ""}  # your letters, before you go on
print("committed:", diagnosed)

# %% [markdown]
# ### Patient 9: `loop_09` (8 minutes, difficulty 2 of 5)
#
# A network of random features with a trained last layer also learns. It looks like a network that is too small, or a rate that is too low.


# %% nbgrader={"grade": false, "grade_id": "loop_09", "locked": false, "schema_version": 3, "solution": true, "task": false}
def loop_09(model, loader, criterion, optimizer, epochs):
    """Train for some epochs, and report.

    Each batch moves all parameters once, by the optimizer's rule, on the gradient of that batch's
    mean loss alone.

    Args:
        model: nn.Module; its outputs are logits (N, C). Every parameter is trained.
        loader: batches (x, y) on the model's device, x float (N, D), y int64 (N,); each pass gives all.
        criterion: cross-entropy of logits: criterion(logits, y) is the batch mean, shape ().
        optimizer: over all parameters; its learning rate is the caller's choice.
        epochs: int, 1 or more.

    Returns:
        list of floats: for each epoch the mean loss over its samples, as seen while training.

    Source: Goodfellow, Bengio and Courville (2016), Deep Learning, section 8.1.3.
    """
    ### BEGIN SOLUTION
    losses = []
    model.train()
    for _ in range(epochs):
        total = seen = 0
        for x, y in loader:
            optimizer.zero_grad()
            loss = criterion(model(x), y)  # with a graph through every layer
            loss.backward()
            optimizer.step()
            total += loss.item() * len(x)
            seen += len(x)
        losses.append(total / seen)
    return losses
    ### END SOLUTION


# %% nbgrader={"grade": true, "grade_id": "test_loop_09", "locked": true, "points": 2, "schema_version": 3, "solution": false, "task": false}
must_differ(loop_09, given_loop_09)
model, before = network(), network()
loop_09(model, batches()[:5], F.cross_entropy, sgd(model), 1)
for (name, p), old in zip(model.named_parameters(), before.parameters(), strict=True):
    assert not torch.equal(p, old), f"every parameter is trained, {name} too"
assert all(p.requires_grad for p in model.parameters()), "and may be trained again"

### BEGIN HIDDEN TESTS
from autograder.hidden.clinic import grade

grade("loop_09")
### END HIDDEN TESTS

# %% [markdown]
# <details><summary>Hint 1: who moves?</summary>
#
# Compare each parameter before and after an epoch. Which ones are exactly as they were?
#
# </details>
#
# <details><summary>Hint 2: why no gradient?</summary>
#
# `.grad` is None for those: there is no graph from the loss to them. Which line keeps it from being recorded?
#
# </details>

# %% jupyter={"source_hidden": true} tags=["demo"]
# How far each parameter of patient 9's network moves in five epochs, as admitted.
model, before = network(), network()
given_loop_09(model, batches(), F.cross_entropy, sgd(model), 5)
for (name, p), old in zip(model.named_parameters(), before.parameters(), strict=True):
    print(f"{name:9} moved by {(p - old).norm().item():.3f}")

# %% [markdown]
# ### Patient 10: `loop_10` (8 minutes, difficulty 2 of 5)
#
# "I looked," it says. The question is when.


# %% nbgrader={"grade": false, "grade_id": "loop_10", "locked": false, "schema_version": 3, "solution": true, "task": false}
def loop_10(model, loader, criterion, optimizer, scaler, max_norm):
    """One epoch in float16, with gradients of a norm of at most max_norm.

    Args:
        model: nn.Module with logits (N, C) as outputs, weights in float32.
        loader: batches (x, y) on the model's device.
        criterion: criterion(logits, y) is the batch mean, shape ().
        optimizer: over all parameters.
        scaler: torch.amp.GradScaler, or what has its scale, unscale_, step and update. It decides
            about each step, and is kept up to date.
        max_norm: float > 0: longer gradients, all parameters together, are shortened to it.

    Returns:
        list of floats: the loss of each batch, before its step and without the scale.

    Source: Micikevicius et al. (2018), Mixed Precision Training, section 3.2.
    """
    ### BEGIN SOLUTION
    losses = []
    model.train()
    for x, y in loader:
        optimizer.zero_grad()
        with torch.autocast(x.device.type, dtype=torch.float16):
            loss = criterion(model(x), y)
        scaler.scale(loss).backward()
        scaler.unscale_(optimizer)  # first: max_norm is meant for true gradients
        nn.utils.clip_grad_norm_(model.parameters(), max_norm)
        scaler.step(optimizer)
        scaler.update()
        losses.append(loss.item())
    return losses
    ### END SOLUTION


# %% nbgrader={"grade": true, "grade_id": "test_loop_10", "locked": true, "points": 2, "schema_version": 3, "solution": false, "task": false}
must_differ(loop_10, given_loop_10)
model, before = network(), network()
optimizer = sgd(model, lr=0.1, momentum=0)
scaler = torch.amp.GradScaler(device.type)
losses = loop_10(model, batches()[:1], F.cross_entropy, optimizer, scaler, 0.01)
ends, starts = (nn.utils.parameters_to_vector(net.parameters()) for net in (model, before))
moved = (ends - starts).norm().item()
assert abs(moved / (0.1 * 0.01) - 1) < 0.05, "clipped at 0.01: a step of 0.1 * 0.01"
assert abs(losses[0] - math.log(10)) < 0.1, "the loss that comes back has no scale"

### BEGIN HIDDEN TESTS
from autograder.hidden.clinic import grade

grade("loop_10")
### END HIDDEN TESTS

# %% [markdown]
# <details><summary>Hint 1: how large?</summary>
#
# Print the norm that the clipping sees. Then think of the scale, 65,536.
#
# </details>
#
# <details><summary>Hint 2: what is clipped</summary>
#
# A limit of 1 is meant for gradients of the loss. Until they are unscaled, they are gradients of 65,536 times the loss.
#
# </details>

# %% [markdown]
# ### Patient 11: `loop_11` (5 minutes, difficulty 1 of 5)
#
# Its loss is 2.29 after ten epochs: your tree says underfitting, and people reach for a larger network. Log the rate beside the loss, always.


# %% nbgrader={"grade": false, "grade_id": "loop_11", "locked": false, "schema_version": 3, "solution": true, "task": false}
def loop_11(model, loader, criterion, optimizer, scheduler, epochs):
    """Train with a schedule that is made for epochs, and report the rates.

    Args:
        model: nn.Module with logits (N, C) as outputs.
        loader: batches (x, y) on the model's device; each pass gives all.
        criterion: criterion(logits, y) is the batch mean, shape ().
        optimizer: over all parameters, one group, at the schedule's first rate.
        scheduler: torch.optim.lr_scheduler, whose n-th step gives the rate of epoch n, counted from 0.
        epochs: int, 1 or more.

    Returns:
        list of floats: the rate that each epoch used.

    Source: Loshchilov and Hutter (2017), SGDR, section 3.
    """
    ### BEGIN SOLUTION
    rates = []
    model.train()
    for _ in range(epochs):
        rates.append(optimizer.param_groups[0]["lr"])
        for x, y in loader:
            optimizer.zero_grad()
            loss = criterion(model(x), y)
            loss.backward()
            optimizer.step()
        scheduler.step()  # once an epoch
    return rates
    ### END SOLUTION


# %% nbgrader={"grade": true, "grade_id": "test_loop_11", "locked": true, "points": 2, "schema_version": 3, "solution": false, "task": false}
must_differ(loop_11, given_loop_11)
model = network()
optimizer = sgd(model, lr=0.08)
scheduler = torch.optim.lr_scheduler.StepLR(optimizer, 2, 0.5)
rates = loop_11(model, batches()[:3], F.cross_entropy, optimizer, scheduler, 5)
assert np.allclose(rates, [0.08, 0.08, 0.04, 0.04, 0.02]), "halved every two epochs"

### BEGIN HIDDEN TESTS
from autograder.hidden.clinic import grade

grade("loop_11")
### END HIDDEN TESTS

# %% [markdown]
# <details><summary>Hint: count the ticks</summary>
#
# How many times does `scheduler.step()` run in one epoch of 24 batches? How many epochs does the schedule think have passed?
#
# </details>

# %% [markdown]
# ### Patient 12: `loop_12` (6 minutes, difficulty 2 of 5)
#
# The weights are the saved ones, to the last bit: the two curves begin in one point. (Each point is the mean of up to four batches, the first of one.) Then something goes wrong, and heals.


# %% nbgrader={"grade": false, "grade_id": "loop_12", "locked": false, "schema_version": 3, "solution": true, "task": false}
def loop_12(path, model, optimizer):
    """Go back to a saved run, so that it goes on as if it had never stopped.

    Args:
        path: str or Path of a file as lesson 11's `save_checkpoint` writes it: `torch.load(path,
            weights_only=True)` gives a dict whose entries "model", "optimizer" and "epoch" are the
            state of the model, the state of the optimizer and an int (there may be more entries).
        model, optimizer: of the same kind and shapes, made anew. The caller goes on with these objects.

    Returns:
        int: the epoch that was saved.

    Source: PyTorch documentation, "Saving and Loading a General Checkpoint".
    """
    ### BEGIN SOLUTION
    run = torch.load(path, weights_only=True)
    model.load_state_dict(run["model"])
    optimizer.load_state_dict(run["optimizer"])  # its averages are part of the run
    model.train()
    return run["epoch"]
    ### END SOLUTION


# %% nbgrader={"grade": true, "grade_id": "test_loop_12", "locked": true, "points": 2, "schema_version": 3, "solution": false, "task": false}
must_differ(loop_12, given_loop_12)
model, fresh = network(0), network(1)
optimizer = torch.optim.Adam(model.parameters(), lr=0.01)
new = torch.optim.Adam(fresh.parameters(), lr=0.01)
losses_of(model, batches()[:5], optimizer, 1)
with tempfile.TemporaryDirectory() as folder:
    save_run(Path(folder, "run.pt"), model, optimizer, 7)
    assert loop_12(Path(folder, "run.pt"), fresh, new) == 7, "the epoch that was saved"
for net, rule in ((model, optimizer), (fresh, new)):
    losses_of(net, batches()[5:10], rule, 1)
there, here = (nn.utils.parameters_to_vector(net.parameters()) for net in (model, fresh))
gap = (there - here).abs().max().item()
assert gap < 1e-6, "five batches later, restored and uninterrupted are still one run"

### BEGIN HIDDEN TESTS
from autograder.hidden.clinic import grade

grade("loop_12")
### END HIDDEN TESTS

# %% [markdown]
# <details><summary>Hint 1: what else does a run remember?</summary>
#
# The weights came back. What does Adam keep for every weight, and how large is it in a fresh Adam?
#
# </details>
#
# <details><summary>Hint 2: it is in the file</summary>
#
# Look at `run.keys()`.
#
# </details>

# %% [markdown]
# ### Prediction: whose memory matters?
#
# As admitted, patient 12 forgets what the optimizer remembers. Take two runs, one with SGD and momentum 0.9 at a rate of 0.02, one with Adam at 0.01. Which one's loss suffers more from the restart, within the next 48 batches?
#
# - (a) SGD with momentum
# - (b) Adam
# - (c) both about the same

# %% nbgrader={"grade": false, "grade_id": "prediction_empty_memory", "locked": false, "schema_version": 3, "solution": true, "task": false}
### BEGIN SOLUTION
prediction_empty_memory = "b"
### END SOLUTION

# %% nbgrader={"grade": true, "grade_id": "test_prediction_empty_memory", "locked": true, "points": 1, "schema_version": 3, "solution": false, "task": false}
if prediction_empty_memory is None:
    raise NotImplementedError("prediction_empty_memory is not written yet")
letter = str(prediction_empty_memory).strip(" ().").lower()
assert letter in ("a", "b", "c"), "a prediction is one letter: a, b or c"

### BEGIN HIDDEN TESTS
from autograder.hidden.clinic import grade

grade("prediction_empty_memory")
### END HIDDEN TESTS

# %% jupyter={"source_hidden": true} tags=["demo", "prediction_empty_memory"]
# Restarts as admitted, with momentum and with Adam: loss over that of the run never interrupted.
makers = (
    ("SGD, momentum 0.9, at 0.02", lambda model: sgd(model, 0.02), BLUE, "-"),
    ("Adam at 0.01", lambda model: torch.optim.Adam(model.parameters(), lr=0.01), ORANGE, "--"),
)
fig, ax = plt.subplots(figsize=(7, 2.8))
for name, make, color, style in makers:
    for seed in (0, 1, 2):
        whole, resumed = resumed_by(given_loop_12, make, seed)
        ax.plot(resumed / whole, color=color, ls=style, label=name if seed == 0 else None)
ax.axhline(1, color="black", lw=0.8, ls=":")
ax.set(
    xlabel="batch after the restart", ylabel="loss / loss uninterrupted", title="Three seeds each"
)
ax.legend()
show_figure(
    "Ratio of the restarted run's loss to the uninterrupted one's, three seeds each. With momentum it "
    "stays between 1 and 1.2. With Adam it climbs to between 2 and 5 within ten batches, and returns."
)

# %% [markdown]
# Momentum's buffer is a sum of recent gradients: it refills within some ten batches. Adam also *divides* by a running average of squares. Near the end of training that average is long and calm; a fresh one makes every weight move by the full rate at once, in whatever direction the first batch says.
#
# ### The look: discharge

# %% jupyter={"source_hidden": true} tags=["demo"]
# The third ward again: your loops beside the ones that were admitted.
mine = (loop_09, loop_10, loop_11, loop_12)
for own, admitted in zip(mine, GIVEN[2], strict=True):
    must_differ(own, admitted)
ward(
    WARDS[2],
    "The third ward, before and after",
    [(SICK, "admitted", GIVEN[2]), (WELL, "yours", mine)],
)
show_figure(
    "The third ward's charts with a second, dashed curve each. Patient 9 falls below 0.1. Patient 10 "
    "falls. Patient 11's rate falls by a fifth an epoch. Patient 12 lies on the dotted curve."
)

# %% [markdown]
# ## 6. What goes wrong: a cure that hides the illness
#
# Patient 1 exploded. Most people's first reaction to a loss that explodes is clipping. Try it on the loop as admitted: a hook shortens the gradient before each step, to a norm of 1 in one run and of 10 in another.


# %% jupyter={"source_hidden": true} tags=["demo"]
# Patient 1 as admitted, as admitted with clipping, and mended.
def with_clipping(optimizer, limit):
    """The same optimizer; before each step the gradient is shortened to `limit`."""
    parameters = [p for group in optimizer.param_groups for p in group["params"]]

    def shorten(*_):
        nn.utils.clip_grad_norm_(parameters, limit)

    optimizer.register_step_pre_hook(shorten)
    return optimizer


must_differ(loop_01, given_loop_01)
fig, ax = plt.subplots(figsize=(7, 2.8))
runs = (
    (given_loop_01, 1e9, ORANGE, "-o", "admitted"),
    (given_loop_01, 10.0, GREY, ":", "admitted, clipped at 10"),
    (given_loop_01, 1.0, PINK, "-.", "admitted, clipped at 1"),
    (loop_01, 1e9, BLUE, "--", "mended"),
)
for loop, limit, color, style, name in runs:
    for seed in (0, 1):
        model = network(seed)
        optimizer = with_clipping(sgd(model, lr=0.1, momentum=0), limit)
        seen = loop(model, batches(), F.cross_entropy, optimizer, 20)
        ax.plot(seen, style, color=color, ms=3, label=name if seed == 0 else None)
ax.set(xlabel="epoch", ylabel="training loss", ylim=(0, 5), title="Clipping a sick loop")
ax.legend(loc="center left", bbox_to_anchor=(1, 0.5))
show_figure(
    "Training loss over 20 epochs, two seeds each. As admitted, and clipped at 10, it falls, then "
    "climbs to between 2 and 4. Clipped at 1, it falls below 0.1. Mended, it falls to about 0.17."
)

# %% [markdown]
# Clipped at 1, the sick loop looks healthier than the mended one. Clipping shortens what is *stored* in `.grad`, so old gradients fade: an accidental momentum, whose strength depends on how large the gradients happen to be. With a limit of 10 it is as ill as ever, and so would it be at 1
# with a loss on another scale. A remedy that removes the symptom takes your best clue away. First find out *what* is large and *when* it began. Then decide whether clipping is the cure (lesson 11 has runs in which it is).
#
# ## 7. In practice: four checks before the first long run
#
# Every one takes seconds, needs no knowledge of the code, and would have caught several of your patients. Here they are on your own `loop_01`.

# %% tags=["demo"]
must_differ(loop_01, given_loop_01)
x, y = digits("train", 20)
model = network()
start = F.cross_entropy(model(x), y).item()
print(f"1. the loss at the start is about ln(10) = {math.log(10):.2f}: {start:.2f}")

last = loop_01(model, [(x, y)], F.cross_entropy, sgd(model), 150)[-1]
print(f"2. one small batch can be learned by heart: loss {last:.4f}")

model = network()
before = copy.deepcopy(model)
loop_01(model, [(x, y)], F.cross_entropy, sgd(model), 1)
pairs = zip(model.parameters(), before.parameters(), strict=True)
print("3. every parameter moves:", all(not torch.equal(p, q) for p, q in pairs))

order = torch.randperm(1200, generator=torch.Generator().manual_seed(0)).to(device)
x, y = digits("train")
wrong = list(zip(x.split(50), y[order].split(50), strict=True))
model = network()
loop_01(model, wrong, F.cross_entropy, sgd(model), 5)
print(f"4. with shuffled labels it validates at chance: {accuracy_of(model):.2f}")

# %% [markdown]
# | check | patients it finds |
# | --- | --- |
# | loss at the start is $\ln C$ | 7: it starts at 2.57, as its pixels were never scaled |
# | overfit one batch | 1, 3, 8, 9, 10; 6 if its batches are remade each epoch |
# | every parameter moves, by rate times gradient | 1 (at the second batch), 2, 8, 9, 10 |
# | shuffled labels give chance | leaks of labels (not 5) |
# | ask twice, get one answer | 4 |
# | spoil a test row | 5 |
# | log the rate beside the loss | 11 |
# | save, restore, compare the next ten losses | 12 |
#
# | | PyTorch | Lightning | Keras |
# | --- | --- | --- | --- |
# | stop at the first nan | `torch.autograd.set_detect_anomaly(True)` | `detect_anomaly=True` | `TerminateOnNaN` |
# | overfit one batch | slice the loader | `overfit_batches=1` | `fit` on one batch |
# | a rehearsal of every part | your own short run | `fast_dev_run=True` | `steps_per_epoch=1` |
# | norms and rates in the log | hooks, or by hand | `LearningRateMonitor` | `LearningRateScheduler(verbose=1)` |
#
# ## To come back to
#
# | what you see | first suspect | the measurement that settles it |
# | --- | --- | --- |
# | falls fast, then explodes | gradients of earlier batches; rate | gradient norm of *one* batch at rate 0, twice |
# | above guessing, flat | rate far too high | step over rate times gradient; try a hundredth |
# | exactly at guessing, flat | labels and inputs apart; nothing moves | look at ten samples; distance of the weights |
# | flat in float16, fine in float32 | clipping before unscaling; underflow | the norm that the clipping sees |
# | flat above zero, accuracy fine | softmax twice | loss of a perfect prediction |
# | nan after good epochs | log(0), 0/0, sqrt'(0) | the first batch with nan; `set_detect_anomaly` |
# | slow, at a rate that suits others | frozen layers | which `.grad` are None |
# | stands still after a few good steps | rate decayed too soon | the rate, logged |
# | jumps at a restart | optimizer's state lost | next ten losses against the uninterrupted run |
# | validation worse at small batches, or differs from call to call | training mode | ask twice |
# | validation too good, or touched by any row | leak | spoil a test row; shuffle the labels; look for duplicates |
# | training fine, validation climbs | overfitting, honestly | more data, or stop earlier |
# | all healthy, others' rates too high for you | gradients applied twice | step over rate times gradient |
#
# ## Mastery questions
#
# Write a few sentences each. A person reads them.

# %% [markdown] nbgrader={"grade": false, "grade_id": "the_forgotten_line", "locked": true, "points": 3, "schema_version": 3, "solution": false, "task": true}
# **1. The forgotten line.** A colleague's loop never clears its gradients, and yet it has trained a model that is in use. Explain what its gradient is after n batches, why the loss falls faster at first, and name a setting in which not clearing is right.
#
# === BEGIN MARK SCHEME ===
# - 1 point: `.grad` is the sum of the gradients of all n batches, most of them taken at weights that are gone.
# - 1 point: at first they agree, so steps grow with n, as with momentum 1: faster until it overshoots, and nothing ever damps it. A low rate, a short run or an adaptive optimizer may hide it.
# - 1 point: accumulation on purpose: several small batches for one step, divided by their number, cleared after the step.
# === END MARK SCHEME ===

# %% [markdown]
# *Your answer here.*

# %% [markdown] nbgrader={"grade": false, "grade_id": "healthy_and_wrong", "locked": true, "points": 3, "schema_version": 3, "solution": false, "task": true}
# **2. Healthy and wrong.** Your tree says "healthy". Name three faults of this lesson that it can't see, and for each the experiment that does.
#
# === BEGIN MARK SCHEME ===
# - 1 point for each fault with an experiment that fits (three at most): a leak of test data (spoil a test row, and see whether training changes); evaluation in training mode (evaluate twice, or with other batch sizes); gradients applied twice (distance of a step over rate times gradient); optimizer state lost at a restart (next losses against the uninterrupted run); a fault that Adam hides (SGD instead).
# - No point for an experiment that would come out the same with and without the fault.
# === END MARK SCHEME ===

# %% [markdown]
# *Your answer here.*

# %% [markdown] nbgrader={"grade": false, "grade_id": "order_of_suspicion", "locked": true, "points": 3, "schema_version": 3, "solution": false, "task": true}
# **3. The order of suspicion.** A network of ten classes has a training loss of 2.30 after an hour. Which three checks do you make first, in which order, and what does each outcome rule out? You may change neither the architecture nor the data.
#
# === BEGIN MARK SCHEME ===
# - 1 point: starts from cheap checks that rule out much: overfit one batch (if that works: model, loss and step are fine, look at the feeding of data), then look at inputs beside their labels.
# - 1 point: do the weights move, all of them, and by rate times gradient? (frozen parts, clipping of scaled gradients, a rate of almost 0)
# - 1 point: only then rates: ten times more and less; says that 2.30 is ln 10, guessing, and what that means: no signal arrives, as against 2.4 or nan.
# === END MARK SCHEME ===

# %% [markdown]
# *Your answer here.*

# %% [markdown]
# ## Further reading
#
# - I. Goodfellow, Y. Bengio and A. Courville (2016), *Deep Learning*, chapter 11: practical methodology, debugging strategies.
# - A. Karpathy (2019), *A Recipe for Training Neural Networks*: become one with the data, overfit one batch.
# - S. Kapoor and A. Narayanan (2023), *Leakage and the Reproducibility Crisis in Machine-Learning-Based Science*: eight kinds of leaks in print.
# - D. Sculley et al. (2015), *Hidden Technical Debt in Machine Learning Systems*.
# - J. M. Zhang et al. (2020), *Machine Learning Testing: Survey, Landscapes and Horizons*.
#
# **Where to go:** take a loop of your own that you trust, and run the four checks on it.
#
# **Next**, if you like: [lesson 16](../16_tensorflow/tensorflow_step.ipynb), an elective: the same step, on TensorFlow's tape.
