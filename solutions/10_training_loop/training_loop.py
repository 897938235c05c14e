# ---
# jupyter:
#   kernelspec:
#     display_name: Python 3 (ipykernel)
#     language: python
#     name: python3
# ---

# %% [markdown]
# # 10 - Five lines, and what each is for
#
# In part I you wrote the gradient of every layer yourself. PyTorch does that for you, and what is left
# of training is a loop of five lines. They are easy to copy and easy to get subtly wrong: most wrong
# loops run, and many even learn. In this lesson you write the loop, break it on purpose in every line,
# and end with one that trains a network on real images and keeps an honest record.
#
# **You will be able to**
#
# - write a training step, an epoch, an evaluation and a whole run, and say what each line is for;
# - tell training mode from evaluation mode, and either from gradients that are switched off;
# - report a loss that does not depend on the batch size;
# - have the same run twice, down to the order of the batches;
# - step a scheduler at the right moment, and read the curves that come out.
#
# **You need** lessons 02 (backward), 05 and 06 (optimizers and schedules), 07 (why validation), 09
# (tensors and modules).
#
# **It takes** about 90 minutes: six exercises and three predictions. The cells run on a GPU when there
# is one, and on the CPU otherwise. The cell beneath each exercise checks it (`%check`), as often as
# you like.

# %% jupyter={"source_hidden": true} tags=["setup"]
# Given: torch, NumPy as np, Matplotlib as plt, find_data and the digits.
import os
import random
from pathlib import Path

import matplotlib.pyplot as plt
import numpy as np
import torch
from torch import nn
from torch.nn import functional as F
from torch.utils.data import DataLoader, TensorDataset

device = torch.device("cuda" if torch.cuda.is_available() else "cpu")
BATCH_NORMS = (nn.BatchNorm1d, nn.BatchNorm2d, nn.BatchNorm3d)


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
    """The 1797 handwritten digits as float32 images (1797, 1, 8, 8) in [0, 1], and their labels."""
    with np.load(find_data("digits.npz")) as digits:
        return torch.tensor(digits["x"] / 16.0).float()[:, None], torch.tensor(digits["y"])


# %% jupyter={"source_hidden": true} tags=["setup"]
# Given: colours, the digits as data sets, fixed batches, a small network.
BLUE, ORANGE, GREEN, PINK, GREY = "#0072B2", "#D55E00", "#009E73", "#CC79A7", "#555555"


def digit_sets():
    """The digits, shuffled once and for all: 1437 to train on, 360 to validate on."""
    images, labels = load_digits()
    order = torch.randperm(len(images), generator=torch.Generator().manual_seed(10))
    train, val = order[:1437], order[1437:]
    return TensorDataset(images[train], labels[train]), TensorDataset(images[val], labels[val])


def fixed_batches(dataset, size):
    """A list of batches on `device`, always in the order of the data set."""
    cuts = range(0, len(dataset), size)
    return [tuple(part.to(device) for part in dataset[i : i + size]) for i in cuts]


def small_network(dropout=0.0, seed=0):
    """64 pixels - 64 hidden units - 10 digits, with the same first weights for the same seed."""
    with torch.random.fork_rng():
        torch.manual_seed(seed)
        return nn.Sequential(
            nn.Flatten(), nn.Linear(64, 64), nn.ReLU(), nn.Dropout(dropout), nn.Linear(64, 10)
        ).to(device)


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
# ## What the five lines touch
#
# One step of training has five parts. They talk to each other through things that you do not see in
# the code: the graph that the forward pass records, the gradients in `.grad`, and what the optimizer
# remembers.
#
# For a batch of N inputs $x_i$ with targets $y_i$, a network $f$ with weights $w$, and a loss $\ell$ for
# one sample:
#
# $$L(w) = \frac{1}{N}\sum_{i=1}^{N} \ell\big(f(x_i; w),\, y_i\big), \qquad
# g = \frac{\partial L}{\partial w}, \qquad w \leftarrow \mathrm{rule}(w, g)$$
#
# $L$ is one number, the **batch loss**; $g$ has the shape of $w$; the rule is one of lesson 05's.

# %% jupyter={"source_hidden": true} tags=["demo"]
# What each of the five lines reads and writes.
lines = ["zero_grad", "forward", "loss", "backward", "step"]
things = ["optimizer's memory", ".grad", "graph", "weights", "batch"]
reads = [("forward", "batch"), ("forward", "weights"), ("loss", "batch"), ("backward", "graph")]
reads += [("backward", "weights"), ("step", ".grad"), ("step", "optimizer's memory")]
writes = [("zero_grad", ".grad"), ("forward", "graph"), ("loss", "graph"), ("step", "weights")]
writes += [("step", "optimizer's memory")]

figure, ax = plt.subplots(figsize=(7.5, 3))
for pairs, marker, face, size, name in [
    (writes, "s", BLUE, 330, "overwrites"),
    ([("backward", ".grad")], "P", ORANGE, 330, "adds to"),
    (reads, "o", "white", 110, "reads"),
]:
    columns = [lines.index(line) for line, _ in pairs]
    rows = [things.index(thing) for _, thing in pairs]
    ax.scatter(columns, rows, size, marker=marker, color=face, edgecolor="black", label=name)
ax.set(xticks=range(5), xticklabels=lines, yticks=range(5), yticklabels=things)
ax.set(xlim=(-0.5, 4.5), ylim=(-0.6, 4.6), title="What each line reads and writes")
ax.grid(alpha=0.3)
ax.legend(loc="center left", bbox_to_anchor=(1, 0.5), labelspacing=1.4)
show_figure(
    "The five parts of a step as columns: zero_grad, forward, loss, backward, step. The things "
    "they touch as rows. Zero_grad writes only to .grad. Forward reads inputs and weights and "
    "writes the graph. Loss reads targets and extends the graph. Backward reads graph and weights "
    "and adds to .grad. Step reads .grad, and writes weights and the optimizer's memory."
)

# %% [markdown]
# See the row `.grad`: `backward` is the only line that *adds* where the others overwrite. That one plus sign
# is behind the commonest mistake of all, and behind the next cell.

# %% tags=["demo"]
print("This notebook computes on:", device)
w = torch.tensor(3.0, requires_grad=True)
for call in (1, 2, 3):
    (w**2).backward()
    print(f"after backward number {call}: w.grad = {w.grad.item():.0f}")

# %% [markdown]
# The derivative of $w^2$ at 3 is 6, each time. `.grad` says 6, then 12, then 18: PyTorch adds every new
# gradient to what is already there, until somebody clears it. (Lesson 11 uses that on purpose.)
#
# ### Before you run it: the forgotten line
#
# You will write the step, and then leave lines out. Suppose the gradients are never cleared, with plain
# SGD at a rate of 0.1 on the digits. What does the loss do over the first few hundred steps?
#
# - (a) it stays where it is: the gradients cancel
# - (b) it falls, but more slowly than with clearing
# - (c) it falls **faster** at first, and then breaks out
#
# Set the letter. Any of the three earns the point; being surprised is worth more.

# %% nbgrader={"grade": false, "grade_id": "prediction_forgotten_zero", "locked": false, "schema_version": 3, "solution": true, "task": false}
### BEGIN SOLUTION
prediction_forgotten_zero = "c"
### END SOLUTION

# %% nbgrader={"grade": true, "grade_id": "test_prediction_forgotten_zero", "locked": true, "points": 1, "schema_version": 3, "solution": false, "task": false}
if prediction_forgotten_zero is None:
    raise NotImplementedError("prediction_forgotten_zero is not written yet")
letter = str(prediction_forgotten_zero).strip(" ().").lower()
assert letter in ("a", "b", "c"), "a prediction is one letter: a, b or c"

### BEGIN HIDDEN TESTS
from autograder.hidden.training_loop import grade

grade("prediction_forgotten_zero")
### END HIDDEN TESTS

# %% [markdown]
# ## Exercise: `train_step` (10 minutes, difficulty 1 of 5)
#
# One batch, one change of the weights, and the loss as a plain number. Two things to decide with care:
#
# - **What must not count.** Somebody may have left gradients behind.
# - **What you hand back.** A loss tensor drags its whole graph along; a number does not.
#
# You set no mode and move nothing to a device here. Who calls knows better.


# %% nbgrader={"grade": false, "grade_id": "train_step", "locked": false, "schema_version": 3, "solution": true, "task": false}
def train_step(model, batch, criterion, optimizer):
    """Change the weights once, by what one batch says.

    Args:
        model: nn.Module, in whatever mode the caller has put it; the mode is left alone.
        batch: a pair (inputs, targets), tuple or list, already on the model's device. Inputs have
            shape (N, ...), targets (N, ...) in the form that the criterion asks for.
        criterion: criterion(outputs, targets) gives the mean loss of the batch, a tensor of shape ().
        optimizer: torch.optim.Optimizer of the model's parameters. Gradients that are left
            from earlier must not count.

    Returns:
        float: the loss of this batch before the step. A number, not a tensor.

    Source: Goodfellow, Bengio and Courville (2016), Deep Learning, section 8.1.3 and algorithm 8.1.
    """
    ### BEGIN SOLUTION
    inputs, targets = batch
    optimizer.zero_grad()
    outputs = model(inputs)
    loss = criterion(outputs, targets)
    loss.backward()
    optimizer.step()
    return loss.item()
    ### END SOLUTION


# %% nbgrader={"grade": true, "grade_id": "test_train_step", "locked": true, "points": 2, "schema_version": 3, "solution": false, "task": false}
model = nn.Linear(1, 1, bias=False)
nn.init.constant_(model.weight, 1.0)
batch = torch.tensor([[1.0], [3.0]]), torch.tensor([[0.0], [0.0]])
optimizer = torch.optim.SGD(model.parameters(), lr=0.01)

loss = train_step(model, batch, F.mse_loss, optimizer)
assert not isinstance(loss, torch.Tensor), "the loss comes back as a number, not as a tensor"
assert abs(loss - 5.0) < 1e-6, "it is the batch mean before the step: (1 + 9) / 2"
assert abs(model.weight.item() - 0.9) < 1e-6, "the gradient is 10, the step 0.01 * 10"

loss = train_step(model, batch, F.mse_loss, optimizer)
assert abs(model.weight.item() - 0.81) < 1e-6, "a second step uses its own gradient, 9, only"

model.eval()
train_step(model, batch, F.mse_loss, optimizer)
assert not model.training, "a step leaves the mode as it found it"

### BEGIN HIDDEN TESTS
from autograder.hidden.training_loop import grade

grade("train_step")
### END HIDDEN TESTS

# %% [markdown]
# <details><summary>Hint 1: where do I begin?</summary>
#
# Go through the figure from left to right, and ask for each column which call on `model`, `criterion`,
# `loss` or `optimizer` it is.
#
# </details>
#
# <details><summary>Hint 2: the order</summary>
#
# Only two orders matter: clearing comes before `backward`, and the optimizer's step after it. Between those two
# nothing may touch `.grad`.
#
# </details>
#
# <details><summary>Hint 3: almost the lines</summary>
#
# Unpack the batch; `optimizer.zero_grad()`; outputs from the model; the loss from outputs and targets, in
# this order; `loss.backward()`; `optimizer.step()`. A tensor of one element gives its number by `.item()`.
#
# </details>

# %% [markdown]
# ### The look: your step over the one you wrote by hand
#
# For a network without a hidden layer the gradient is the one of lesson 02: inputs transposed times (softmax
# minus one-hot), over N. The dashed line is 60 steps of that, in NumPy. Your line should lie on it.

# %% jupyter={"source_hidden": true} tags=["demo"]
# Your train_step on softmax regression, and the same in NumPy.
train_set, _ = digit_sets()
batches = fixed_batches(train_set, 64) * 3
model = nn.Sequential(nn.Flatten(), nn.Linear(64, 10)).to(device)
for parameter in model.parameters():
    nn.init.zeros_(parameter)
optimizer = torch.optim.SGD(model.parameters(), lr=0.3)
yours = [train_step(model, batch, F.cross_entropy, optimizer) for batch in batches[:60]]

W, b, by_hand = np.zeros((64, 10)), np.zeros(10), []
for x, y in batches[:60]:
    x, y = x.flatten(1).cpu().double().numpy(), y.cpu().numpy()
    p = np.exp(x @ W + b)
    p /= p.sum(axis=1, keepdims=True)
    by_hand.append(-np.log(p[np.arange(len(y)), y]).mean())
    p[np.arange(len(y)), y] -= 1
    W, b = W - 0.3 * x.T @ p / len(y), b - 0.3 * p.mean(axis=0)

figure, ax = plt.subplots(figsize=(6.5, 3))
ax.plot(yours, color=BLUE, lw=4, alpha=0.6, label="your train_step")
ax.plot(by_hand, color="black", ls="--", lw=1.2, label="lesson 02, in NumPy")
ax.set(xlabel="step", ylabel="batch loss", title="The same descent, twice")
ax.legend()
show_figure(
    "Loss against step for softmax regression on the digits, falling from 2.3 to about 0.8 in 60 "
    "steps. A solid blue line by train_step and a dashed black line by NumPy coincide."
)
print("largest difference below 1e-5:", np.abs(np.subtract(yours, by_hand)).max() < 1e-5)

# %% [markdown]
# One line in two colours. Everything that PyTorch adds is convenience; the mathematics is what you wrote.
#
# ### What goes wrong: each line left out in turn
#
# The next cell switches off one call at a time, inside **your** `train_step`. Compare with your prediction.


# %% jupyter={"source_hidden": true} tags=["demo", "prediction_forgotten_zero"]
# Your train_step with each call switched off in turn.
def losses_without(part):
    model = small_network()
    optimizer = torch.optim.SGD(model.parameters(), lr=0.1)
    step = optimizer.step

    def nothing(*args, **kwargs):
        return None

    def clear_then_step(*args, **kwargs):
        for parameter in model.parameters():
            parameter.grad = None
        return step()

    def criterion(outputs, targets):
        loss = F.cross_entropy(outputs, targets)
        if part == "backward":
            loss.backward = nothing
        return loss

    if part == "zero_grad":
        optimizer.zero_grad = model.zero_grad = nothing
    if part == "step":
        optimizer.step = nothing
    if part == "order":
        optimizer.step = clear_then_step
    return [train_step(model, batch, criterion, optimizer) for batch in sabotage_batches]


sabotage_batches = fixed_batches(digit_sets()[0], 64) * 10
figure, ax = plt.subplots(figsize=(7.5, 3.6))
for part, label, color, style in [
    ("nothing", "all five lines", BLUE, "-"),
    ("zero_grad", "without zero_grad", ORANGE, "--"),
    ("backward", "without backward", GREEN, "-."),
    ("step", "without step", PINK, ":"),
    ("order", "zero_grad between\nbackward and step", GREY, (0, (1, 3))),
]:
    width = 1 if part == "zero_grad" else 1.6
    ax.plot(losses_without(part), color=color, ls=style, lw=width, label=label)
ax.set(xlabel="step", ylabel="batch loss", ylim=(0, 5), title="Five lines, one missing")
ax.legend(loc="center left", bbox_to_anchor=(1, 0.5), fontsize=8)
show_figure(
    "Five loss curves over 230 steps. With all five lines the loss falls steadily from 2.3 to "
    "about 0.4. Without zero_grad it falls to 0.3 within 30 steps, far below the right loop, and "
    "then swings up and down ever more wildly. Without backward, without step, and with zero_grad "
    "between backward and step it stays flat near 2.3."
)

# %% [markdown]
# Three of the four mistakes are honest: nothing moves, and you notice. (Their curves lie on each other; the
# wiggle is the batches.) The forgotten `zero_grad` is the treacherous one. It sums up all gradients so far, which is
# momentum without friction: after 30 steps its loss is a fifth of the right loop's. A loss that falls is no proof.
#
# ### In practice
#
# Every PyTorch program has these five lines. Lightning, Keras and Hugging Face's `Trainer` call them for you;
# `loss.backward()` is then somewhere in their source, and your knowledge of what it adds to still holds.

# %% [markdown]
# ## Exercise: `train_epoch` (10 minutes, difficulty 1 of 5)
#
# A step sees 64 images. An **epoch** is one walk through all of them, and its loss is the first number that
# you will show to anyone. It should not depend on how the data happened to be cut.
#
# Let batch $b$ have $n_b$ samples and mean loss $L_b$. The mean over all $N = \sum_b n_b$ samples is
#
# $$L = \frac{1}{N}\sum_b n_b\, L_b ,$$
#
# which is the mean of the $L_b$ only if all batches are of one size. The last one seldom is.
#
# **Before you run it.** Four batches of 32, 32, 32 and 4 samples have the mean losses 0, 0, 0 and 10. What is the
# mean over samples? (a) 0.4 (b) 2.5 (c) 10

# %% nbgrader={"grade": false, "grade_id": "prediction_uneven_batches", "locked": false, "schema_version": 3, "solution": true, "task": false}
### BEGIN SOLUTION
prediction_uneven_batches = "a"
### END SOLUTION

# %% nbgrader={"grade": true, "grade_id": "test_prediction_uneven_batches", "locked": true, "points": 1, "schema_version": 3, "solution": false, "task": false}
if prediction_uneven_batches is None:
    raise NotImplementedError("prediction_uneven_batches is not written yet")
letter = str(prediction_uneven_batches).strip(" ().").lower()
assert letter in ("a", "b", "c"), "a prediction is one letter: a, b or c"

### BEGIN HIDDEN TESTS
from autograder.hidden.training_loop import grade

grade("prediction_uneven_batches")
### END HIDDEN TESTS

# %% [markdown]
# An epoch also knows two things that a step does not: that this is *training* (dropout drops, batch norm uses the
# batch's own statistics), and where the model lives. Inputs and targets have to be on the same **device** as the
# weights; `.to(device)` copies them there, and costs nothing when they are there already.
#
# The loader is any iterable of batches. It may be a generator without a length, so count as you go.


# %% nbgrader={"grade": false, "grade_id": "train_epoch", "locked": false, "schema_version": 3, "solution": true, "task": false}
def train_epoch(model, loader, criterion, optimizer, device):
    """Go through the training data once, one step for each batch, in training mode.

    Args:
        model: nn.Module, on `device`; it may come in either mode.
        loader: an iterable of batches (inputs, targets), at least one, on any device. It is gone
            through once and may have no length. Batches may differ in size.
        criterion: criterion(outputs, targets) gives the mean loss of a batch.
        optimizer: torch.optim.Optimizer of the model's parameters.
        device: torch.device to which each batch is moved.

    Returns:
        float: the mean over samples (not over batches) of the losses before each step. What it needs
        of a batch is kept as a number: memory does not grow with the number of batches.

    Source: Goodfellow, Bengio and Courville (2016), Deep Learning, section 8.1.3.
    """
    ### BEGIN SOLUTION
    frozen = []
    for module in model.modules():
        needs = [parameter.requires_grad for parameter in module.parameters()]
        if isinstance(module, BATCH_NORMS) and needs and not any(needs) and not module.training:
            frozen.append(module)
    model.train()
    for module in frozen:
        module.eval()
    total, count = 0.0, 0
    for inputs, targets in loader:
        inputs, targets = inputs.to(device), targets.to(device)
        loss = train_step(model, (inputs, targets), criterion, optimizer)
        total += loss * len(inputs)
        count += len(inputs)
    return total / count
    ### END SOLUTION


# %% nbgrader={"grade": true, "grade_id": "test_train_epoch", "locked": true, "points": 2, "schema_version": 3, "solution": false, "task": false}
model = nn.Linear(1, 1, bias=False)
nn.init.constant_(model.weight, 1.0)
model.eval()
modes = []
model.register_forward_hook(lambda module, inputs, outputs: modes.append(module.training))
x = torch.tensor([[1.0], [1.0], [1.0], [1.0], [6.0]])
loader = ((part, torch.zeros_like(part)) for part in (x[:2], x[2:4], x[4:]))
standing_still = torch.optim.SGD(model.parameters(), lr=0.0)

loss = train_epoch(model, loader, F.mse_loss, standing_still, torch.device("cpu"))
assert not isinstance(loss, torch.Tensor), "the loss comes back as a number, not as a tensor"
assert abs(loss - 8.0) < 1e-6, "five samples have the losses 1, 1, 1, 1 and 36: their mean is 8"
assert modes == [True] * 3, "three batches, all in training mode, whatever came before"

### BEGIN HIDDEN TESTS
from autograder.hidden.training_loop import grade

grade("train_epoch")
### END HIDDEN TESTS

# %% [markdown]
# <details><summary>Hint 1: what to carry along</summary>
#
# Two numbers grow while you walk: the summed loss of all samples so far, and how many samples there were.
#
# </details>
#
# <details><summary>Hint 2: from a mean back to a sum</summary>
#
# `train_step` gives the mean of a batch. Times the number of samples in the batch it is their sum. That number is
# the length of the first axis, `len(inputs)`.
#
# </details>
#
# <details><summary>Hint 3: almost the lines</summary>
#
# `model.train()` first. For each batch: both parts `.to(device)`, one `train_step`, add `loss * len(inputs)` and
# `len(inputs)`. Return one over the other.
#
# </details>

# %% [markdown]
# ### The look: the same data, cut in every way
#
# A trained network, 360 images, and a rate of 0, so that nothing moves. The loss of your epoch has to be one number,
# whatever the batch size. The orange line averages batch means in its place.

# %% jupyter={"source_hidden": true} tags=["demo", "prediction_uneven_batches"]
# The loss of an epoch against the batch size, yours and the mean of batch means.
train_set, val_set = digit_sets()
network = small_network()
optimizer = torch.optim.SGD(network.parameters(), lr=0.1, momentum=0.9)
for _ in range(10):
    train_epoch(network, fixed_batches(train_set, 64), F.cross_entropy, optimizer, device)

standing_still = torch.optim.SGD(network.parameters(), lr=0.0)
sizes = range(20, 361, 4)
yours, batch_means = [], []
for size in sizes:
    batches = fixed_batches(val_set, size)
    yours.append(train_epoch(network, batches, F.cross_entropy, standing_still, device))
    with torch.no_grad():
        means = [F.cross_entropy(network(x), y).item() for x, y in batches]
    batch_means.append(np.mean(means))

figure, ax = plt.subplots(figsize=(7, 3))
ax.plot(sizes, batch_means, color=ORANGE, ls="--", lw=1.3, label="mean of batch means")
ax.plot(sizes, yours, color=BLUE, lw=2.5, label="your train_epoch")
ax.set(xlabel="batch size", ylabel="loss of the same 360 images", ylim=(0, None))
ax.set_title("One data set, one network, one loss")
ax.legend()
show_figure(
    "Loss against batch size from 20 to 360. The blue line by train_epoch is flat at about 0.13. "
    "The orange line, the mean of batch means, jumps between 0.07 and 0.16, most where the last "
    "batch holds only a few samples."
)
print(f"yours: {min(yours):.2f} to {max(yours):.2f}")
print(f"mean of batch means: {min(batch_means):.2f} to {max(batch_means):.2f}")

# %% [markdown]
# See how far the dashed line strays where the last batch is small. Nothing about the network differs. Published
# training scripts do this (`loss / len(loader)`), and compare runs of different batch sizes by it.
#
# ### What goes wrong: tensors kept alive
#
# `total = total + loss` with the *tensor* looks the same and gives the same number. But each loss holds the graph that
# made it, and a sum of losses holds all of them. The cell counts the parts of the graph that hang on such a sum.


# %% jupyter={"source_hidden": true} tags=["demo"]
# How much of the graph a sum of losses keeps alive.
def graph_nodes(tensor):
    waiting, seen = [getattr(tensor, "grad_fn", None)], set()
    while waiting:
        node = waiting.pop()
        if node is not None and node not in seen:
            seen.add(node)
            waiting.extend(parent for parent, _ in node.next_functions)
    return len(seen)


model, of_tensors, of_numbers, kept, free = small_network(), 0.0, 0.0, [], []
for x, y in fixed_batches(digit_sets()[0], 64):
    loss = F.cross_entropy(model(x), y)
    of_tensors, of_numbers = of_tensors + loss, of_numbers + loss.item()
    kept.append(graph_nodes(of_tensors))
    free.append(graph_nodes(of_numbers))

figure, ax = plt.subplots(figsize=(6.5, 2.8))
ax.plot(kept, color=ORANGE, ls="--", marker="o", ms=4, label="sum of tensors")
ax.plot(free, color=BLUE, marker="s", ms=4, label="sum of numbers")
ax.set(xlabel="batches seen", ylabel="graph nodes kept", title="What a running sum holds on to")
ax.legend()
show_figure(
    "Number of graph nodes kept alive against batches seen. When numbers are summed it stays at "
    "zero. When tensors are summed it grows in a straight line, eight nodes for each batch."
)

# %% [markdown]
# The dashed line has no top. On a GPU this ends, hours later, in `CUDA out of memory`, far from the line that caused
# it. Keep numbers: `.item()`, or `.detach()` if it has to stay a tensor.
#
# ### In practice: a progress bar costs one word
#
# Your epoch takes any iterable, so a progress bar needs no change in it: `tqdm` goes around the loader.

# %% tags=["demo", "nbval-ignore-output"]
try:
    from tqdm import tqdm
except ImportError:

    def tqdm(iterable):
        """A stand-in where tqdm is not installed."""
        done = 0
        for item in iterable:
            yield item
            done += 1
        print(f"{done}/{done} batches")


model = small_network()
optimizer = torch.optim.SGD(model.parameters(), lr=0.1)
loader = DataLoader(digit_sets()[0], batch_size=64)
loss = train_epoch(model, tqdm(loader), F.cross_entropy, optimizer, device)
print(f"loss {loss:.3f}")

# %% [markdown]
# ## Exercise: `evaluate` (15 minutes, difficulty 2 of 5)
#
# The training loss is measured on a moving target: dropout switches units off at random, batch norm looks at
# its neighbours, and the weights change with every batch. To know how good the network *is*, hold all of that still.
#
# Two switches, and they are not the same one:
#
# | | dropout, batch norm | graph and gradients |
# | --- | --- | --- |
# | `model.eval()` | evaluation behaviour | still recorded |
# | `torch.no_grad()` | as they were | not recorded |
#
# The next cell shows why the first matters: one trained network, one validation set, measured 40 times in each mode.

# %% jupyter={"source_hidden": true} tags=["demo"]
# One network measured forty times in each mode.
train_set, val_set = digit_sets()
network = small_network(dropout=0.5)
optimizer = torch.optim.SGD(network.parameters(), lr=0.05, momentum=0.9)
torch.manual_seed(0)
for _ in range(10):
    train_epoch(network, fixed_batches(train_set, 64), F.cross_entropy, optimizer, device)

(x, y), *_ = fixed_batches(val_set, 360)
with torch.no_grad():
    network.train()
    noisy = [F.cross_entropy(network(x), y).item() for _ in range(40)]
    network.eval()
    still = [F.cross_entropy(network(x), y).item() for _ in range(40)]

figure, ax = plt.subplots(figsize=(6.5, 2.8))
ax.plot(noisy, "o", color=ORANGE, ms=5, label="training mode")
ax.plot(still, "s", color=BLUE, ms=4, label="evaluation mode")
ax.set(
    xlabel="measurement",
    ylabel="validation loss",
    ylim=(0, None),
    title="Same weights, same images",
)
ax.legend()
show_figure(
    "Forty measurements of one network. In training mode the losses scatter between about 0.27 "
    "and 0.36. In evaluation mode all forty lie on one line at about 0.15."
)

# %% [markdown]
# In training mode the result is a matter of luck, and too high: half of the units are missing. With batch norm it would
# be worse. A forward pass in training mode *updates* its running statistics, so the network learns from validation data.
#
# ### Before you run it: stuck in evaluation mode
#
# The opposite mistake: a run with dropout 0.5 evaluates after epoch 6, and from then on the model is never put back into
# training mode. What does the **training** loss do from epoch 7 on?
#
# - (a) it jumps up
# - (b) it drops at once, and looks like good news
# - (c) it goes on as before

# %% nbgrader={"grade": false, "grade_id": "prediction_stuck_in_eval", "locked": false, "schema_version": 3, "solution": true, "task": false}
### BEGIN SOLUTION
prediction_stuck_in_eval = "b"
### END SOLUTION

# %% nbgrader={"grade": true, "grade_id": "test_prediction_stuck_in_eval", "locked": true, "points": 1, "schema_version": 3, "solution": false, "task": false}
if prediction_stuck_in_eval is None:
    raise NotImplementedError("prediction_stuck_in_eval is not written yet")
letter = str(prediction_stuck_in_eval).strip(" ().").lower()
assert letter in ("a", "b", "c"), "a prediction is one letter: a, b or c"

### BEGIN HIDDEN TESTS
from autograder.hidden.training_loop import grade

grade("prediction_stuck_in_eval")
### END HIDDEN TESTS

# %% [markdown]
# Measure like a guest: leave everything as you found it. Whoever calls you may be in the middle of training, or may use
# a finished model in evaluation mode.


# %% nbgrader={"grade": false, "grade_id": "evaluate", "locked": false, "schema_version": 3, "solution": true, "task": false}
def evaluate(model, loader, criterion, device):
    """Measure a classifier, and leave no trace.

    Args:
        model: nn.Module, on `device`, in either mode; gives logits (N, C).
        loader: an iterable of batches (inputs, targets), at least one, on any device, targets int64
            (N,). It is gone through once and may have no length. Batches may differ in size.
        criterion: criterion(logits, targets) gives the mean loss of a batch.
        device: torch.device to which each batch is moved.

    Returns:
        (loss, accuracy): two floats, means over samples; accuracy is in [0, 1]. Dropout and batch
        norm are in evaluation mode and no graph is built. Afterwards `model.training`, buffers,
        `requires_grad`, `.grad` and the global grad mode are what they were before.

    Source: Srivastava et al. (2014), Dropout, section 4 (the network at test time); Ioffe and
    Szegedy (2015), Batch Normalization, section 3.1.
    """
    ### BEGIN SOLUTION
    modes = {module: module.training for module in model.modules()}
    model.eval()
    total, correct, count = 0.0, 0, 0
    try:
        with torch.no_grad():
            for inputs, targets in loader:
                inputs, targets = inputs.to(device), targets.to(device)
                logits = model(inputs)
                total += criterion(logits, targets).item() * len(inputs)
                correct += (logits.argmax(dim=1) == targets).sum().item()
                count += len(inputs)
    finally:
        for module, was_training in modes.items():
            module.training = was_training
    return total / count, correct / count
    ### END SOLUTION


# %% nbgrader={"grade": true, "grade_id": "test_evaluate", "locked": true, "points": 2, "schema_version": 3, "solution": false, "task": false}
model = nn.Sequential(nn.Linear(2, 2, bias=False), nn.Dropout(0.9))
with torch.no_grad():
    model[0].weight.copy_(torch.eye(2))
x = torch.tensor([[2.0, 0.0], [0.0, 2.0], [2.0, 0.0], [2.0, 0.0], [2.0, 0.0]])
y = torch.tensor([0, 1, 0, 0, 1])
batches = [(x[:4], y[:4]), (x[4:], y[4:])]
cpu = torch.device("cpu")

loss, accuracy = evaluate(model.train(), batches, F.cross_entropy, cpu)
assert abs(accuracy - 0.8) < 1e-6, "4 of 5 are right: 0.8, neither a percentage nor 0.5"
assert abs(loss - F.cross_entropy(x, y).item()) < 1e-6, "the mean over samples, without dropout"
assert model.training, "a model in training mode is in it again afterwards"
assert model[1].training, "and so are the layers inside it"

evaluate(model.eval(), batches, F.cross_entropy, cpu)
assert not model.training, "a model in evaluation mode stays in it"
assert model[0].weight.grad is None, "measuring makes no gradients"
assert torch.is_grad_enabled(), "and does not switch them off for everyone"

### BEGIN HIDDEN TESTS
from autograder.hidden.training_loop import grade

grade("evaluate")
### END HIDDEN TESTS

# %% [markdown]
# <details><summary>Hint 1: what to remember</summary>
#
# Before you change the mode, write down which one it was. Every module has the flag `training`.
#
# </details>
#
# <details><summary>Hint 2: what to sum up</summary>
#
# Three numbers: summed loss, right answers, samples. Divide once, at the end. A prediction is the class with the
# largest logit, so look for the largest along the class axis, `dim=1`.
#
# </details>
#
# <details><summary>Hint 3: almost the lines</summary>
#
# `was_training = model.training`, then `model.eval()`. Loop inside `with torch.no_grad():`. Right answers are
# `(logits.argmax(dim=1) == targets).sum().item()`. At the end `model.train(was_training)`: the method takes the mode, and
# tells every layer inside.
#
# </details>

# %% [markdown]
# ### The look: a measurement that leaves no trace
#
# Two runs with dropout. One is evaluated after every epoch, the other never. If your `evaluate` leaves no trace, their
# training losses are one curve.

# %% jupyter={"source_hidden": true} tags=["demo"]
# Training losses with and without an evaluation after each epoch.
train_set, val_set = digit_sets()
watched, val_losses, alone = [], [], []
for losses, watching in ((watched, True), (alone, False)):
    network = small_network(dropout=0.5)
    optimizer = torch.optim.SGD(network.parameters(), lr=0.05, momentum=0.9)
    torch.manual_seed(0)
    for _ in range(15):
        batches = fixed_batches(train_set, 64)
        losses.append(train_epoch(network, batches, F.cross_entropy, optimizer, device))
        if watching:
            batches = fixed_batches(val_set, 100)
            val_losses.append(evaluate(network, batches, F.cross_entropy, device)[0])

epochs = range(1, 16)
figure, ax = plt.subplots(figsize=(6.5, 3.2))
ax.plot(epochs, watched, color=BLUE, lw=4, alpha=0.6, label="training loss, evaluated each epoch")
ax.plot(epochs, alone, color="black", ls="--", lw=1.2, label="training loss, never evaluated")
ax.plot(epochs, val_losses, color=GREEN, marker="o", ms=4, label="validation loss")
ax.set(xlabel="epoch", ylabel="loss", ylim=(0, None), title="Watching changes nothing")
ax.legend()
show_figure(
    "Loss against epoch for 15 epochs. The training losses of a run with evaluations (wide blue) "
    "and one without (dashed black) are the same curve, falling from 2.2 to about 0.25. The "
    "validation loss (green, dots) lies below it all the way and ends near 0.1."
)
print("training losses identical:", watched == alone)

# %% [markdown]
# The validation loss lies *below* the training loss. That is no mistake: the training loss is measured with half of
# the units missing, and before each step rather than after all of them.
#
# ### What goes wrong: stuck in evaluation mode
#
# The same run, but from epoch 7 on nothing can switch this model back to training mode.

# %% jupyter={"source_hidden": true} tags=["demo", "prediction_stuck_in_eval"]
# A run that is stuck in evaluation mode, beside a healthy one.
train_set, val_set = digit_sets()
curves = {}
for name in ("healthy", "stuck"):
    network = small_network(dropout=0.5)
    optimizer = torch.optim.SGD(network.parameters(), lr=0.05, momentum=0.9)
    torch.manual_seed(0)
    rows = []
    for epoch in range(1, 17):
        if name == "stuck" and epoch == 7:
            network.eval()
            network.train = lambda mode=True, network=network: network
        batches = fixed_batches(train_set, 64)
        loss = train_epoch(network, batches, F.cross_entropy, optimizer, device)
        rows.append(
            (loss, *evaluate(network, fixed_batches(val_set, 100), F.cross_entropy, device))
        )
    curves[name] = np.array(rows)

epochs = range(1, 17)
figure, ax = plt.subplots(figsize=(7, 3.4))
for name, color, style in (("healthy", BLUE, "-"), ("stuck", ORANGE, "--")):
    ax.plot(epochs, curves[name][:, 0], color=color, ls=style, label=f"training loss, {name}")
    ax.plot(
        epochs,
        curves[name][:, 1],
        color=color,
        ls=style,
        marker="o",
        ms=4,
        label=f"validation, {name}",
    )
ax.axvline(6.5, color=GREY, lw=0.8)
ax.set(xlabel="epoch", ylabel="loss", ylim=(0, 1.2), title="Good news that is none")
ax.legend(fontsize=8)
show_figure(
    "Training and validation loss for a run that is stuck in evaluation mode from epoch 7 on, "
    "beside the healthy run. The stuck training loss drops from 0.45 to 0.18 between epochs 6 and "
    "7 and goes on falling to 0.06, the healthy one stays above 0.2. The two validation losses "
    "stay close together."
)
for name in curves:
    before, after = curves[name][5:7, 0]
    print(f"{name}: training loss {before:.2f} in epoch 6, {after:.2f} in epoch 7")

# %% [markdown]
# See the drop at the grey line. The network did not get better: it stopped being trained with dropout. On these easy
# images the validation loss hardly minds. Where dropout is needed against learning by heart, it turns up later.
#
# ### In practice
#
# `torch.inference_mode()` is a stricter and slightly faster `no_grad`. `torchmetrics` keeps running sums for dozens of metrics
# as your `evaluate` does for one.

# %% [markdown]
# ## Exercise: `seed_everything` (5 minutes, difficulty 1 of 5)
#
# "It was better yesterday" is only a sentence if nothing else has changed. First weights, dropout masks, the order of
# the data and augmentations are all drawn at random, from **three** global generators that know nothing of each other:
# Python's `random`, NumPy's and torch's.
#
# How much does the draw matter? On the digits, five seeds of one training are five curves; you will draw them below.


# %% nbgrader={"grade": false, "grade_id": "seed_everything", "locked": false, "schema_version": 3, "solution": true, "task": false}
def seed_everything(seed):
    """Start every global random generator from one number.

    Args:
        seed: int in [0, 2**32). Afterwards the draws of Python's `random`, of NumPy's global
            generator (`np.random.rand` and the like) and of torch, on the CPU and on CUDA, depend on it
            only.

    Source: PyTorch documentation, "Reproducibility".
    """
    ### BEGIN SOLUTION
    random.seed(seed)
    np.random.seed(seed)  # noqa: NPY002
    torch.manual_seed(seed)
    ### END SOLUTION


# %% nbgrader={"grade": true, "grade_id": "test_seed_everything", "locked": true, "points": 1, "schema_version": 3, "solution": false, "task": false}
def draw_from_each():
    """One number from each of the three generators."""
    return random.random(), np.random.rand(), torch.rand(()).item()  # noqa: NPY002


seed_everything(7)
first = draw_from_each()
seed_everything(7)
assert draw_from_each() == first, "the same seed, the same draws, from all three generators"
seed_everything(8)
assert all(a != b for a, b in zip(draw_from_each(), first, strict=True)), (
    "another seed, other draws"
)

### BEGIN HIDDEN TESTS
from autograder.hidden.training_loop import grade

grade("seed_everything")
### END HIDDEN TESTS

# %% [markdown]
# <details><summary>Hint 1: how many calls?</summary>
#
# Three generators, three calls.
#
# </details>
#
# <details><summary>Hint 2: global ones</summary>
#
# `np.random.default_rng(seed)` makes a *new* generator and leaves the global one alone. You want the function that sets the
# global one. Torch's sets the CPU and every CUDA device at once.
#
# </details>
#
# <details><summary>Hint 3: almost the lines</summary>
#
# `random.seed`, `np.random.seed`, `torch.manual_seed`.
#
# </details>

# %% [markdown]
# ## Exercise: `make_loader` (10 minutes, difficulty 2 of 5)
#
# A global seed is not enough for the data. `DataLoader` draws its order from torch's global generator, and so does every
# dropout mask. Add a layer, or one print of a random sample, and every later epoch has another order: two runs that you
# wanted to compare now differ in two things.
#
# The way out is a generator that nobody else uses. It starts from the seed and runs on from epoch to epoch, so the order
# of the n-th epoch depends on the seed and on n, and on nothing else.


# %% nbgrader={"grade": false, "grade_id": "make_loader", "locked": false, "schema_version": 3, "solution": true, "task": false}
def make_loader(dataset, batch_size, seed, shuffle=True):
    """Batches of a data set, in an order that can be had again.

    Args:
        dataset: torch.utils.data.Dataset with a length; dataset[i] is a pair (input, target).
        batch_size: int >= 1. The last batch holds what is left, 1 to batch_size samples.
        seed: int in [0, 2**32).
        shuffle: False keeps the order of the data set.

    Returns:
        An iterable of batches (inputs, targets) of tensors, gone through once for each epoch. The
        order of its n-th epoch depends on `seed` and n only, whatever else draws random numbers in
        between, and differs from epoch to epoch. (Each epoch is taken to run to its end.)

    Source: PyTorch documentation, torch.utils.data.DataLoader, `generator`.
    """
    ### BEGIN SOLUTION
    generator = torch.Generator().manual_seed(seed)
    return DataLoader(dataset, batch_size=batch_size, shuffle=shuffle, generator=generator)
    ### END SOLUTION


# %% nbgrader={"grade": true, "grade_id": "test_make_loader", "locked": true, "points": 2, "schema_version": 3, "solution": false, "task": false}
numbers = torch.arange(10)
dataset = TensorDataset(numbers.float()[:, None], numbers)


def two_epochs(seed):
    """The order of the first two epochs, with other random draws in between."""
    loader = make_loader(dataset, 4, seed)
    first = [targets.tolist() for _, targets in loader]
    torch.manual_seed(123)
    torch.rand(5)
    return first, [targets.tolist() for _, targets in loader]


first, second = two_epochs(0)
torch.manual_seed(99)
assert two_epochs(0) == (first, second), "the same seed, the same orders, whatever else is drawn"
assert first != second, "each epoch has an order of its own"
assert [len(batch) for batch in first] == [4, 4, 2], "the last batch holds what is left"
assert sorted(sample for batch in first for sample in batch) == list(range(10)), (
    "every sample comes once"
)
_, targets = next(iter(make_loader(dataset, 4, 0, shuffle=False)))
assert targets.tolist() == [0, 1, 2, 3], "without shuffle the order stays"

### BEGIN HIDDEN TESTS
from autograder.hidden.training_loop import grade

grade("make_loader")
### END HIDDEN TESTS

# %% [markdown]
# <details><summary>Hint 1: whose dice?</summary>
#
# Do not throw the global dice at all. `torch.Generator()` makes a pair of your own.
#
# </details>
#
# <details><summary>Hint 2: who takes it?</summary>
#
# `DataLoader` has an argument `generator`, and draws the order of every epoch from it. It also keeps the partial last batch
# unless told otherwise.
#
# </details>
#
# <details><summary>Hint 3: almost the lines</summary>
#
# `torch.Generator().manual_seed(seed)` gives back the generator. Then one `DataLoader` with `batch_size`, `shuffle` and
# `generator`.
#
# </details>

# %% [markdown]
# ### The look: orders as pictures
#
# Each row is an epoch, each square a sample in the order in which it came, dark to bright by its number. The two runs
# differ in one thing: the second draws one more random number after each epoch. Yours on the left, a loader with only a
# global seed on the right.

# %% jupyter={"source_hidden": true} tags=["demo"]
# The order of samples in two runs, with your loader and with a global seed.
dataset = TensorDataset(torch.arange(24)[:, None], torch.arange(24))


def orders(loader, extra):
    rows = []
    for _ in range(5):
        rows.append([int(sample) for _, targets in loader for sample in targets])
        torch.rand(extra)
    return np.array(rows)


pictures = []
for extra in (0, 1):
    seed_everything(3)
    pictures.append(orders(make_loader(dataset, 8, seed=3), extra))
    seed_everything(3)
    pictures.append(orders(DataLoader(dataset, 8, shuffle=True), extra))

figure, axes = plt.subplots(2, 2, figsize=(8, 3.2), sharex=True, sharey=True)
for ax, picture in zip(axes.flat, pictures, strict=True):
    ax.imshow(picture, cmap="cividis")
    ax.set_yticks([0, 4], [1, 5])
axes[0, 0].set(title="your make_loader", ylabel="epoch")
axes[0, 1].set(title="global seed only")
axes[1, 0].set(ylabel="epoch\n(one more draw)", xlabel="position in the epoch")
axes[1, 1].set(xlabel="position in the epoch")
plt.tight_layout()
show_figure(
    "Four small maps of sample order, 5 epochs by 24 samples. On the left, the two maps of "
    "make_loader are identical. On the right, with a global seed, the first rows agree and all "
    "later rows differ."
)
print("yours, rows that agree:      ", int((pictures[0] == pictures[2]).all(axis=1).sum()), "of 5")
print("global seed, rows that agree:", int((pictures[1] == pictures[3]).all(axis=1).sum()), "of 5")

# %% [markdown]
# Left: two times the same picture. Right: after the first row nothing agrees any more.
#
# ### What goes wrong: one run is no evidence
#
# Seeds make a run repeatable. They do not make it typical. Five seeds of one small training, and the first of them again:


# %% jupyter={"source_hidden": true} tags=["demo"]
# Five seeds of one small training, and the first of them again.
def one_run(seed):
    train_set, val_set = digit_sets()
    seed_everything(seed)
    network = small_network(dropout=0.5, seed=seed)
    optimizer = torch.optim.SGD(network.parameters(), lr=0.1, momentum=0.9)
    loader, losses = make_loader(train_set, 64, seed), []
    for _ in range(8):
        train_epoch(network, loader, F.cross_entropy, optimizer, device)
        losses.append(evaluate(network, fixed_batches(val_set, 360), F.cross_entropy, device)[0])
    return losses


runs = [one_run(seed) for seed in range(5)]
again = one_run(0)
figure, ax = plt.subplots(figsize=(6.5, 3))
for seed, losses in enumerate(runs):
    ax.plot(range(1, 9), losses, color=BLUE, lw=1, ls=["-", "--", "-.", ":", (0, (1, 3))][seed])
ax.plot(range(1, 9), again, "o", color="black", ms=5, label="seed 0 again")
ax.set(xlabel="epoch", ylabel="validation loss", yscale="log", yticks=[0.1, 0.2, 0.5, 1])
ax.set(yticklabels=["0.1", "0.2", "0.5", "1"], title="Five seeds, and one of them twice")
ax.minorticks_off()
ax.legend()
show_figure(
    "Validation loss against epoch for five seeds as thin lines on a logarithmic scale, up to 30 "
    "percent apart. A sixth run with the first seed again, drawn as black dots, lies exactly on "
    "its line."
)
last = [losses[-1] for losses in runs]
print(f"after 8 epochs, worst over best: {max(last) / min(last):.1f}")
print("seed 0 repeats exactly:", again == runs[0])

# %% [markdown]
# The dots lie on their line. But an "improvement" smaller than the spread of the lines is no improvement: report several
# seeds. (On a GPU some kernels add in varying order; `torch.use_deterministic_algorithms(True)` trades speed for exactness.)

# %% [markdown]
# ## Exercise: `fit` (20 minutes, difficulty 3 of 5)
#
# A run is epochs in a row: train, measure, adapt the rate, write it down. The rate is where loops go wrong, because
# schedulers differ in *when* they want to be stepped and in *what* they want to know:
#
# | scheduler | step it | with |
# | --- | --- | --- |
# | `StepLR`, `ExponentialLR`, `CosineAnnealingLR`, `LambdaLR` | once an epoch, after the optimizer's steps | nothing |
# | `ReduceLROnPlateau` | once an epoch, after validation | the validation loss |
# | `OneCycleLR`, warm-up over steps | once a **batch** | nothing |
#
# Your `fit` serves the first two rows; lesson 13 serves the third. Making a scheduler already sets the first rate, so
# stepping it before training would skip that one: first train, last step.
#
# The history is the evidence of the run. Its `lr` is the rate that was *used* in the epoch, the one that explains the
# losses beside it.


# %% nbgrader={"grade": false, "grade_id": "fit", "locked": false, "schema_version": 3, "solution": true, "task": false}
def fit(model, train_loader, val_loader, criterion, optimizer, scheduler, epochs, device):
    """Train for a number of epochs, and write down what happened.

    Each epoch trains on `train_loader`, then measures on `val_loader`, then steps the scheduler.

    Args:
        model: nn.Module, on `device`; gives logits (N, C).
        train_loader, val_loader: iterables of batches (inputs, targets), gone through once each epoch.
        criterion: criterion(logits, targets) gives the mean loss of a batch.
        optimizer: torch.optim.Optimizer of the model's parameters, with one parameter group.
        scheduler: from torch.optim.lr_scheduler, made for one step an epoch; `ReduceLROnPlateau`
            gets the validation loss; None leaves the rate alone.
        epochs: int >= 1.
        device: torch.device to which each batch is moved.

    Returns:
        dict of lists of floats, one entry an epoch: `train_loss` (mean over samples, while training),
        `val_loss`, `val_accuracy` (in [0, 1]), `lr` (the rate that was used in that epoch).

    Source: PyTorch documentation, torch.optim, "How to adjust learning rate".
    """
    ### BEGIN SOLUTION
    history = {"train_loss": [], "val_loss": [], "val_accuracy": [], "lr": []}
    for _ in range(epochs):
        rate = optimizer.param_groups[0]["lr"]
        train_loss = train_epoch(model, train_loader, criterion, optimizer, device)
        val_loss, val_accuracy = evaluate(model, val_loader, criterion, device)
        if isinstance(scheduler, torch.optim.lr_scheduler.ReduceLROnPlateau):
            scheduler.step(val_loss)
        elif scheduler is not None:
            scheduler.step()
        history["train_loss"].append(train_loss)
        history["val_loss"].append(val_loss)
        history["val_accuracy"].append(val_accuracy)
        history["lr"].append(rate)
    return history
    ### END SOLUTION


# %% nbgrader={"grade": true, "grade_id": "test_fit", "locked": true, "points": 4, "schema_version": 3, "solution": false, "task": false}
def tiny_run(schedule, epochs=4):
    """A linear classifier on six points, cut unevenly; `schedule` makes its scheduler."""
    x = torch.tensor([[1.0, 0.0], [0.0, 1.0], [2.0, 1.0], [1.0, 3.0], [3.0, 1.0], [0.0, 2.0]])
    y = torch.tensor([0, 1, 0, 1, 0, 1])
    model = nn.Linear(2, 2)
    nn.init.zeros_(model.weight)
    nn.init.zeros_(model.bias)
    optimizer = torch.optim.SGD(model.parameters(), lr=0.8)
    batches = [(x[:4], y[:4]), (x[4:], y[4:])]
    scheduler = schedule(optimizer) if schedule else None
    criterion = nn.CrossEntropyLoss()
    return fit(
        model, batches, batches, criterion, optimizer, scheduler, epochs, torch.device("cpu")
    )


history = tiny_run(None)
assert set(history) >= {"train_loss", "val_loss", "val_accuracy", "lr"}, "four curves"
assert all(len(history[key]) == 4 for key in history), "one entry an epoch"
assert all(type(value) is not torch.Tensor for key in history for value in history[key]), "numbers"
assert history["lr"] == [0.8] * 4, "without a scheduler the rate stays"
assert history["val_loss"][-1] < history["val_loss"][0], "it learns"

halving = tiny_run(lambda optimizer: torch.optim.lr_scheduler.ExponentialLR(optimizer, 0.5))
assert np.allclose(halving["lr"], [0.8, 0.4, 0.2, 0.1]), "the first epoch uses the first rate"

watching = tiny_run(lambda optimizer: torch.optim.lr_scheduler.ReduceLROnPlateau(optimizer))
assert watching["lr"] == [0.8] * 4, "a loss that still falls leaves the rate alone"

### BEGIN HIDDEN TESTS
from autograder.hidden.training_loop import grade

grade("fit")
### END HIDDEN TESTS

# %% [markdown]
# <details><summary>Hint 1: the order of an epoch</summary>
#
# Note the rate. Train. Measure. Step the scheduler. Write everything down.
#
# </details>
#
# <details><summary>Hint 2: two kinds and none</summary>
#
# Ask `isinstance(scheduler, torch.optim.lr_scheduler.ReduceLROnPlateau)` first, and whether it is `None` after that. Where
# the current rate stands: `optimizer.param_groups[0]["lr"]`.
#
# </details>
#
# <details><summary>Hint 3: almost the lines</summary>
#
# `train_epoch` gives the training loss, `evaluate` the other two. Then `scheduler.step(val_loss)` for the plateau,
# `scheduler.step()` for any other. Append to four lists.
#
# </details>

# %% [markdown]
# ### The look: the rates that were used
#
# Your history's `lr`, drawn over lesson 06's formulas: a cosine over 20 epochs, and a step every 6. Squares on the lines
# mean that every epoch used the rate that its schedule gives it.

# %% jupyter={"source_hidden": true} tags=["demo"]
# The rates of your fit, drawn over the formulas.
train_set, val_set = digit_sets()
schedulers = torch.optim.lr_scheduler
epochs = np.arange(20)
cosine = 0.1 * (1 + np.cos(np.pi * epochs / 20)) / 2
steps = 0.1 * 0.3 ** (epochs // 6)

figure, ax = plt.subplots(figsize=(6.5, 3))
for make, formula, color, marker, style, name in [
    (lambda o: schedulers.CosineAnnealingLR(o, 20), cosine, BLUE, "s", "-", "cosine"),
    (lambda o: schedulers.StepLR(o, 6, gamma=0.3), steps, ORANGE, "o", "--", "step"),
]:
    network = small_network()
    optimizer = torch.optim.SGD(network.parameters(), lr=0.1)
    train_batches, val_batches = fixed_batches(train_set, 256), fixed_batches(val_set, 360)
    record = fit(
        network, train_batches, val_batches, F.cross_entropy, optimizer, make(optimizer), 20, device
    )
    ax.plot(epochs + 1, formula, color=color, ls=style, lw=1, label=f"{name}, by formula")
    ax.plot(epochs + 1, record["lr"], marker, color=color, ms=5, label=f"{name}, your history")
    print(f"{name}: rates as by formula:", np.allclose(record["lr"], formula))
ax.set(xlabel="epoch", ylabel="rate used", xticks=range(0, 21, 5))
ax.set_title("Schedules, as they were used")
ax.legend(fontsize=8)
show_figure(
    "Learning rate against epoch for 20 epochs. Blue squares from fit lie on the cosine curve, "
    "orange circles on the staircase that falls to a third every 6 epochs."
)

# %% [markdown]
# ### What goes wrong: an epoch's schedule, stepped for every batch
#
# The loader below steps the scheduler behind your back, once a batch. There are 23 batches in an epoch, so a cosine that was
# planned for 20 epochs is at zero before the first is over, and then comes up again.


# %% jupyter={"source_hidden": true} tags=["demo"]
# A schedule that is stepped once a batch.
class SteppingLoader:
    """Batches that step a scheduler when nobody looks."""

    def __init__(self, batches, scheduler):
        self.batches, self.scheduler = batches, scheduler

    def __iter__(self):
        for batch in self.batches:
            yield batch
            self.scheduler.step()


train_set, val_set = digit_sets()
figure, (left, right) = plt.subplots(1, 2, figsize=(8, 3))
for name, color, style in (("once an epoch", BLUE, "-"), ("once a batch", ORANGE, "--")):
    network = small_network()
    optimizer = torch.optim.SGD(network.parameters(), lr=0.1)
    scheduler = torch.optim.lr_scheduler.CosineAnnealingLR(optimizer, 20)
    batches, val_batches = fixed_batches(train_set, 64), fixed_batches(val_set, 360)
    if name == "once a batch":
        batches, scheduler = SteppingLoader(batches, scheduler), None
    record = fit(network, batches, val_batches, F.cross_entropy, optimizer, scheduler, 20, device)
    left.plot(range(1, 21), record["lr"], color=color, ls=style, marker="o", ms=3, label=name)
    right.plot(range(1, 21), record["train_loss"], color=color, ls=style, label=name)
left.set(xlabel="epoch", ylabel="rate at its start", title="The rate")
right.set(xlabel="epoch", ylabel="training loss", title="The loss")
right.legend()
plt.tight_layout()
show_figure(
    "Left: the rate in each epoch, a smooth cosine when stepped per epoch, a saw that jumps about "
    "when stepped per batch. Right: training loss, falling steadily when stepped per epoch and "
    "lagging when stepped per batch."
)

# %% [markdown]
# Nothing raised, and it even learns. The curve of the rate is what gives it away: draw it beside the losses, always.
#
# ### In practice: your loop against the one from the tutorials
#
# Keras calls it `model.fit`, Lightning `Trainer.fit`; the arguments are yours. The cell writes out the usual inline loop
# and compares.

# %% open="the usual inline loop is what to read here" tags=["demo"]
train_set, val_set = digit_sets()

seed_everything(1)
network = small_network(dropout=0.3)
optimizer = torch.optim.AdamW(network.parameters(), lr=1e-2)
loader, val_batches = make_loader(train_set, 64, seed=1), fixed_batches(val_set, 360)
record = fit(network, loader, val_batches, F.cross_entropy, optimizer, None, 3, device)

seed_everything(1)
network = small_network(dropout=0.3)
optimizer = torch.optim.AdamW(network.parameters(), lr=1e-2)
generator = torch.Generator().manual_seed(1)
inline = []
for _ in range(3):
    network.train()
    for x, y in DataLoader(train_set, 64, shuffle=True, generator=generator):
        x, y = x.to(device), y.to(device)
        optimizer.zero_grad()
        F.cross_entropy(network(x), y).backward()
        optimizer.step()
    network.eval()
    with torch.no_grad():
        ((x, y),) = val_batches
        inline.append(F.cross_entropy(network(x), y).item())

difference = max(abs(a - b) for a, b in zip(record["val_loss"], inline, strict=True))
print("validation losses differ by less than 1e-6:", difference < 1e-6)

# %% [markdown]
# ## The whole of it, on images
#
# Everything in this last run is yours: seeds, loader, step, epoch, evaluation, history. The network is a small
# convolutional one with batch norm and dropout, so both modes matter.


# %% jupyter={"source_hidden": true} tags=["demo"]
# The last run: a small convolutional network on the digits.
def train_on_digits(epochs=10):
    train_set, val_set = digit_sets()
    seed_everything(0)
    network = nn.Sequential(
        nn.Conv2d(1, 16, 3, padding=1),
        nn.BatchNorm2d(16),
        nn.ReLU(),
        nn.Conv2d(16, 32, 3, padding=1),
        nn.BatchNorm2d(32),
        nn.ReLU(),
        nn.MaxPool2d(2),
        nn.Flatten(),
        nn.Dropout(0.3),
        nn.Linear(512, 10),
    ).to(device)
    optimizer = torch.optim.AdamW(network.parameters(), lr=3e-3)
    scheduler = torch.optim.lr_scheduler.CosineAnnealingLR(optimizer, epochs)
    train_loader = make_loader(train_set, 64, seed=0)
    val_loader = make_loader(val_set, 120, seed=0, shuffle=False)
    history = fit(
        network,
        train_loader,
        val_loader,
        nn.CrossEntropyLoss(),
        optimizer,
        scheduler,
        epochs,
        device,
    )
    return network, history


network, history = train_on_digits()
epochs = range(1, 11)
figure, (one, two, three) = plt.subplots(1, 3, figsize=(9, 2.8))
one.plot(epochs, history["train_loss"], color=BLUE, label="training")
one.plot(epochs, history["val_loss"], color=ORANGE, ls="--", marker="o", ms=4, label="validation")
one.set(xlabel="epoch", title="loss", yscale="log")
one.legend()
two.plot(epochs, history["val_accuracy"], color=ORANGE, ls="--", marker="o", ms=4)
two.set(xlabel="epoch", title="validation accuracy", ylim=(0.9, 1))
three.plot(epochs, history["lr"], color=GREY, marker="s", ms=4)
three.set(xlabel="epoch", title="rate used")
plt.tight_layout()
show_figure(
    "Three panels over 10 epochs: training and validation loss falling on a logarithmic scale to "
    "0.03 and 0.05, validation accuracy rising to about 0.98, and the rate falling along a "
    "cosine."
)
print("at least 97 of 100 validation images are read right:", history["val_accuracy"][-1] >= 0.97)

_, val_set = digit_sets()
network.eval()
with torch.no_grad():
    images, labels = val_set.tensors
    chances = network(images.to(device)).softmax(dim=1).cpu()
hardest = chances[torch.arange(len(labels)), labels].argsort()[:8]
figure, axes = plt.subplots(1, 8, figsize=(9, 1.8))
for ax, index in zip(axes, hardest, strict=True):
    ax.imshow(images[index, 0], cmap="gray_r")
    ax.set_title(f"is {labels[index]}\nread {chances[index].argmax()}", fontsize=9)
    ax.axis("off")
show_figure(
    "The eight digits that the network is least sure of, with what each is and was read as."
)

# %% [markdown]
# Above, the record of a healthy run: both losses fall and stay close, accuracy follows, the rate ends near zero. Below, the
# eight images with the least chance given to the right digit. Look at them before you look for a better network: some would
# puzzle you too.
#
# Train for 40 epochs, or take `nn.Dropout` out, and say beforehand what each curve will do.

# %% [markdown]
# ## To come back to
#
# **What to watch**
#
# | curve | healthy | when it is not | try |
# | --- | --- | --- | --- |
# | training loss | falls, first steep, then flat | flat from the start, near `ln(classes)` | check the order of the five lines, then a rate 10 times higher |
# | | | falls, then breaks out or turns NaN | clear the gradients; a rate 3 to 10 times lower |
# | validation loss | falls with it | rises while training falls | stop earlier, more data, dropout, decay (lesson 07) |
# | | | jumps about from epoch to epoch | evaluation mode? enough validation data? |
# | training *below* validation from the start | small gap | a sudden drop of the training loss alone | `model.train()` at the head of every epoch |
# | rate | the schedule that you planned | reaches its end far too early | stepped for each batch |
# | memory | constant after the first batches | grows | keep numbers, not tensors |
#
# **Which call for what**
#
# | you want | write | typical |
# | --- | --- | --- |
# | fresh gradients | `optimizer.zero_grad()` before `backward` | every step; seldomer to accumulate (lesson 11) |
# | dropout and batch norm at rest | `model.eval()`, and back | every evaluation |
# | no graph | `with torch.no_grad():` or `inference_mode` | every evaluation |
# | the same order again | a `torch.Generator` for the loader | always |
# | the same run again | seed three libraries | 3 to 5 seeds for a comparison |
# | a rate that falls by plan | `CosineAnnealingLR`, stepped each epoch | `T_max` = epochs |
# | a rate that falls when needed | `ReduceLROnPlateau`, with the validation loss | factor 0.1 to 0.5, patience 5 to 10 |
# | batch size | as large as is still quick to learn | 32 to 256 |

# %% [markdown]
# ## Mastery questions
#
# Answer in your own words, in a few sentences each. A person reads them.

# %% [markdown] nbgrader={"grade": false, "grade_id": "why_gradients_add", "locked": true, "points": 3, "schema_version": 3, "solution": false, "task": true}
# **Why do gradients add up?** PyTorch could overwrite `.grad` at each `backward`. Give one thing within a single backward
# pass, and one between passes, that would be harder or impossible if it did. Then say what a run with momentum does in its
# next step if you forget to clear the gradients once.
#
# === BEGIN MARK SCHEME ===
# 1 point: within a pass, a parameter that is used in several places (shared weights, a recurrent cell) gets the sum of
# the contributions of its uses.
# 1 point: between passes, accumulation over micro-batches (a large batch on small memory), or several losses with a backward
# each.
# 1 point: the step uses the sum of two batches' gradients; the velocity takes it in and carries it on for about
# 1 / (1 - momentum) steps, so one slip is seen in several.
# === END MARK SCHEME ===

# %% [markdown]
# *Your answer here.*

# %% [markdown] nbgrader={"grade": false, "grade_id": "eval_and_no_grad", "locked": true, "points": 3, "schema_version": 3, "solution": false, "task": true}
# **Two switches.** A colleague writes `with torch.no_grad():` around the validation loop and leaves out `model.eval()`. Another
# does the opposite. The network has batch norm and dropout. Say for each what is wrong with the numbers, what is wrong
# with the model afterwards, and what it costs.
#
# === BEGIN MARK SCHEME ===
# 1 point: without eval(), dropout makes the numbers random and pessimistic, and batch norm uses the statistics of the
# validation batch, so they depend on the batch size and its composition.
# 1 point: without eval(), the running statistics are updated with validation data (a leak), which stays in the model.
# 1 point: without no_grad(), numbers and model are right; graphs cost memory and time, and grow if losses are kept as
# tensors.
# === END MARK SCHEME ===

# %% [markdown]
# *Your answer here.*

# %% [markdown] nbgrader={"grade": false, "grade_id": "same_seed_other_result", "locked": true, "points": 3, "schema_version": 3, "solution": false, "task": true}
# **Same seed, other result.** Two runs with the same seed and the same code give different curves from the third epoch on, but agree
# before. Name three possible causes, and for each an experiment that would confirm it or rule it out.
#
# === BEGIN MARK SCHEME ===
# 1 point for each cause with a fitting experiment, three at most. For instance: the loader's order comes from the global
# generator and something draws in between (print the indices of each epoch; give the loader its own generator);
# nondeterministic kernels on the GPU (run on the CPU, or with use_deterministic_algorithms); loader workers that seed NumPy
# differently (num_workers=0); a data set or cache on disk that changed (compare checksums); iteration over an unordered set
# (sort it); another library version or thread count (compare environments; one thread).
# === END MARK SCHEME ===

# %% [markdown]
# *Your answer here.*

# %% [markdown]
# ## Further reading
#
# - H. Robbins and S. Monro (1951), *A Stochastic Approximation Method*: the step with a noisy gradient, seventy years early.
# - I. Goodfellow, Y. Bengio and A. Courville (2016), *Deep Learning*, section 8.1: how learning differs from optimization.
# - N. Srivastava et al. (2014), *Dropout*; S. Ioffe and C. Szegedy (2015), *Batch Normalization*: why a network needs two
#   modes.
# - A. Paszke et al. (2019), *PyTorch: An Imperative Style, High-Performance Deep Learning Library*.
# - X. Bouthillier et al. (2021), *Accounting for Variance in Machine Learning Benchmarks*: how many seeds are enough.
# - E. Alpaydin and C. Kaynak (1998), *Optical Recognition of Handwritten Digits*: the images of this lesson.
