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
# and then beat your own NumPy network with it.
#
# **You will be able to**
#
# - write a training step, an epoch, an evaluation and a whole run, and say what each line is for;
# - tell evaluation mode from gradients that are switched off, and keep a frozen batch norm frozen;
# - report a loss that does not depend on the batch size;
# - repeat a run exactly, down to the order of the batches;
# - step a scheduler at the right moment, and read the curves that come out.
#
# **You need** lessons 05 and 06 (optimizers and schedules), 07 (why validation), 08 (the number to beat)
# and 09 (modules, modes, convolution).
#
# **It takes** about two and a quarter hours: six exercises, three predictions, three questions. The cells run on a
# GPU if there is one, and on the CPU otherwise. The cell below each exercise checks it (`%check`), as often as
# you like.

# %% jupyter={"source_hidden": true} tags=["setup"]
# Given: torch, NumPy as np, Matplotlib as plt, find_data, the digits and the clothes.
import itertools
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
if device.type == "cpu":
    torch.set_num_threads(1)  # sums are then added in the same order on every machine
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


def load_clothes(part):
    """Fashion-MNIST, "train" (10,000) or "test" (2,000): float32 images (N, 1, 28, 28), scaled as in
    lesson 08, and their labels."""
    with np.load(find_data("fashion_mnist.npz")) as fashion:
        images = torch.tensor(fashion[f"x_{part}"]).float().reshape(-1, 1, 28, 28) / 255 - 0.286
        return images, torch.tensor(fashion[f"y_{part}"]).long()


# %% [markdown]
# Lesson 09's network is used all through this lesson. A plain one stands below; `%bring` puts yours there.


# %% tags=["bring"]
# bring: MLP, count_parameters (lesson 09)
class MLP(nn.Module):
    """Linear - ReLU - dropout for each hidden layer, and a linear layer at the end."""

    def __init__(self, sizes, dropout=0.0):
        super().__init__()
        self.parts = nn.ModuleList(itertools.starmap(nn.Linear, itertools.pairwise(sizes)))
        self.dropout = nn.Dropout(dropout)
        for part in self.parts:
            nn.init.kaiming_normal_(part.weight, nonlinearity="relu")
            nn.init.zeros_(part.bias)

    def forward(self, x):
        for part in self.parts[:-1]:
            x = self.dropout(part(x).relu())
        return self.parts[-1](x)


def count_parameters(model, trainable_only=True):
    """How many numbers there are in the parameters of a model."""
    return sum(p.numel() for p in model.parameters() if p.requires_grad or not trainable_only)


# %% jupyter={"source_hidden": true} tags=["setup"]
# Given: colours, data sets, fixed batches, a small network, show_figure.
BLUE, ORANGE, GREEN, PINK, GREY = "#0072B2", "#D55E00", "#009E73", "#CC79A7", "#555555"


def digit_sets():
    """The digits, shuffled once and for all: 1437 to train on, 360 to validate on."""
    images, labels = load_digits()
    order = torch.randperm(len(images), generator=torch.Generator().manual_seed(10))
    train, val = order[:1437], order[1437:]
    return TensorDataset(images[train], labels[train]), TensorDataset(images[val], labels[val])


def clothes_sets():
    """The 10,000 training images, shuffled once and for all: 9,000 to train on, 1,000 to validate on."""
    images, labels = load_clothes("train")
    order = torch.randperm(len(images), generator=torch.Generator().manual_seed(10))
    train, val = order[:9000], order[9000:]
    return TensorDataset(images[train], labels[train]), TensorDataset(images[val], labels[val])


def fixed_batches(dataset, size):
    """A list of batches on `device`, always in the order of the data set."""
    cuts = range(0, len(dataset), size)
    return [tuple(part.to(device) for part in dataset[i : i + size]) for i in cuts]


def small_network(dropout=0.0, seed=0):
    """64 pixels - 64 hidden units - 10 digits, with the same first weights for the same seed."""
    with torch.random.fork_rng():
        torch.manual_seed(seed)
        return nn.Sequential(nn.Flatten(), MLP([64, 64, 10], dropout)).to(device)


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
# ## 1. What the five lines touch
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
things = ["optimizer's memory", ".grad", "graph", "buffers", "weights", "batch"]
reads = [("forward", "batch"), ("forward", "weights"), ("loss", "batch"), ("backward", "graph")]
reads += [("backward", "weights"), ("step", ".grad"), ("step", "optimizer's memory")]
reads += [("forward", "buffers"), ("step", "weights")]
writes = [("zero_grad", ".grad"), ("forward", "graph"), ("loss", "graph"), ("step", "weights")]
writes += [("step", "optimizer's memory"), ("forward", "buffers")]

figure, ax = plt.subplots(figsize=(7.5, 3))
for pairs, marker, face, size, name in [
    (writes, "s", BLUE, 330, "overwrites"),
    ([("backward", ".grad")], "P", ORANGE, 330, "adds to"),
    (reads, "o", "white", 110, "reads"),
]:
    columns = [lines.index(line) for line, _ in pairs]
    rows = [things.index(thing) for _, thing in pairs]
    ax.scatter(columns, rows, size, marker=marker, color=face, edgecolor="black", label=name)
ax.set(xticks=range(5), xticklabels=lines, yticks=range(6), yticklabels=things)
ax.set(xlim=(-0.5, 4.5), ylim=(-0.6, 5.6), title="What each line reads and writes")
ax.grid(alpha=0.3)
ax.legend(loc="center left", bbox_to_anchor=(1, 0.5), labelspacing=1.4)
show_figure(
    "The five parts of a step as columns, and the things that they touch as rows. Zero_grad "
    "overwrites .grad. Forward reads the batch, the weights and the buffers, and writes the graph "
    "and, in training mode, the buffers of batch norm. Loss reads the batch and extends the graph. "
    "Backward reads graph and weights and adds to .grad. Step reads .grad, the weights and the "
    "optimizer's memory, and overwrites the last two."
)

# %% [markdown]
# (Buffers are batch norm's running statistics: the forward pass changes them in training mode.) Look at the row `.grad`:
# every other mark overwrites, `backward` *adds*. That one plus sign
# is behind the most common mistake of all, and behind the next cell.

# %% tags=["demo"]
print("This notebook computes on:", device)
w = torch.tensor(3.0, requires_grad=True)
for call in (1, 2, 3):
    (w**2).backward()
    print(f"after backward number {call}: w.grad = {w.grad.item():.0f}")

# %% [markdown]
# The derivative of $w^2$ at 3 is 6, each time. `.grad` says 6, then 12, then 18: PyTorch adds every new
# gradient to what is already there, until you clear it. (Lesson 11 uses that on purpose.)
#
# ### Prediction: the forgotten line
#
# You will write the step, and then leave lines out. Suppose the gradients are never cleared, with plain
# SGD at a rate of 0.1 on the digits. What does the loss do over the first few hundred steps?
#
# - (a) it stays where it is: the gradients cancel
# - (b) it falls, but more slowly than with clearing
# - (c) it falls **faster** at first, and later diverges
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
# ### Exercise: `train_step` (10 minutes, difficulty 1 of 5)
#
# One batch, one change of the weights, and the loss as a plain number. Two decisions to make:
#
# - **What must not count.** There may be gradients left over from earlier.
# - **What you hand back.** A loss tensor keeps its whole graph alive; a number does not.
#
# The step sets no mode and moves nothing to a device. That is up to the caller.


# %% nbgrader={"grade": false, "grade_id": "train_step", "locked": false, "schema_version": 3, "solution": true, "task": false}
def train_step(model, batch, criterion, optimizer):
    """Change the weights once, by the gradient of one batch.

    Args:
        model: nn.Module, in whatever mode the caller has put it; the mode is left alone.
        batch: a pair (inputs, targets), tuple or list, already on the model's device. Inputs have
            shape (N, ...), targets (N, ...) in the form that the criterion asks for.
        criterion: criterion(outputs, targets) gives the mean loss of the batch, a tensor of shape ().
        optimizer: torch.optim.Optimizer of the model's parameters. Gradients left over from
            earlier must not count.

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
# Go through the figure from left to right. Each column is one call on `model`, `criterion`, `loss` or `optimizer`.
#
# </details>
#
# <details><summary>Hint 2: the order</summary>
#
# Clearing comes before `backward`, and the optimizer's step after it. Between those two nothing may touch `.grad`.
#
# </details>
#
# <details><summary>Hint 3: almost the lines</summary>
#
# Unpack the batch; `optimizer.zero_grad()`; outputs from the model; the loss from outputs and targets, in
# this order; `loss.backward()`; `optimizer.step()`. `.item()` turns a tensor of one element into a number.
#
# </details>

# %% [markdown]
# ### The look: your step over the one you wrote by hand
#
# Without a hidden layer, the gradient is the one of lesson 02: inputs transposed times (softmax
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
# One line in two colours. PyTorch adds convenience; the mathematics is what you wrote.
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
    "Five loss curves over 230 steps. With all five lines the loss falls steadily from about 2.5 to "
    "about 0.3. Without zero_grad it falls to 0.3 within 25 steps, far below the right loop, and "
    "then swings up and down ever more wildly. Without backward, without step, and with zero_grad "
    "between backward and step it stays flat where it began."
)

# %% [markdown]
# Three of the four mistakes are easy to notice: nothing moves. (Their curves lie on top of each other; the
# wiggle is the batches.) The forgotten `zero_grad` is the dangerous one. It sums up all gradients so far, which is
# momentum without friction: after 30 steps its loss is far below that of the right loop. A falling loss proves nothing.

# %% [markdown]
# ## 2. An epoch
#
# A step sees 64 images. An **epoch** is one pass through all of them, and its loss is the first number that
# you show to anyone. It should not depend on how the data happened to be cut.
#
# Let batch $b$ have $n_b$ samples and mean loss $L_b$. The mean over all $N = \sum_b n_b$ samples is
#
# $$L = \frac{1}{N}\sum_b n_b\, L_b ,$$
#
# which is the mean of the $L_b$ only if all batches are the same size. The last one rarely is.
#
# An epoch also takes care of two things that a step leaves alone.
#
# **Device.** Inputs and targets have to be where the weights are. `.to(device)` copies a tensor there, and costs nothing
# if it is there already.
#
# **Mode.** `model.train()` switches dropout on and makes batch norm use the statistics of the batch, and it does so in
# *every* module. That is too much for a network that is fine-tuned: there, batch norm is often frozen (lesson 09), its
# parameters with `requires_grad = False` and its running statistics by evaluation mode. If training mode comes back,
# those statistics move, although not one of its parameters does. So a frozen batch norm has to stay as it is.

# %% [markdown]
# ### Exercise: `train_epoch` (20 minutes, difficulty 3 of 5)
#
# The loader is any iterable of batches. It may be a generator without a length, so count as you go. `BATCH_NORMS`,
# from the setup cell, is a tuple of torch's three batch norm classes, as `isinstance` takes it.


# %% nbgrader={"grade": false, "grade_id": "train_epoch", "locked": false, "schema_version": 3, "solution": true, "task": false}
def train_epoch(model, loader, criterion, optimizer, device):
    """Go through the training data once, one step for each batch, in training mode.

    Args:
        model: nn.Module, on `device`, in any mode. All of it trains in training mode, except batch
            norms (of any dimension) that are frozen. Frozen means all three: it has parameters,
            none of them requires a gradient, and it came in evaluation mode. Those stay in it.
        loader: an iterable of batches (inputs, targets), at least one, on any device. It is gone
            through once and may have no length. Batches may differ in size.
        criterion: criterion(outputs, targets) gives the mean loss of a batch.
        optimizer: torch.optim.Optimizer of the model's parameters.
        device: torch.device to which each batch is moved.

    Returns:
        float: the mean over samples (not over batches) of the losses before each step. Of each batch
        only numbers are kept: memory does not grow with the number of batches.

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

model = nn.Sequential(nn.Linear(1, 2), nn.BatchNorm1d(2), nn.BatchNorm1d(2))
frozen, trainable = model[1].requires_grad_(False).eval(), model[2].eval()
train_epoch(model, [(x, torch.zeros(5, 2))], F.mse_loss, standing_still, torch.device("cpu"))
assert frozen.running_mean.tolist() == [0, 0], "a frozen batch norm keeps its statistics"
assert trainable.running_mean.tolist() != [0, 0], "a trainable one learns, whatever mode it came in"

### BEGIN HIDDEN TESTS
from autograder.hidden.training_loop import grade

grade("train_epoch")
### END HIDDEN TESTS

# %% [markdown]
# <details><summary>Hint 1: what to keep</summary>
#
# Two running numbers: the summed loss of all samples so far, and how many samples there were. And, before anything
# changes mode, a list of the modules that are frozen.
#
# </details>
#
# <details><summary>Hint 2: how</summary>
#
# `train_step` gives the mean of a batch. Times the length of the first axis, `len(inputs)`, it is a sum. For the frozen ones, go
# through `model.modules()`, and look at `module.training` and at the `requires_grad` of `module.parameters()`. `all` of an
# empty list is True.
#
# </details>
#
# <details><summary>Hint 3: almost the lines</summary>
#
# Collect the frozen ones; `model.train()`; `.eval()` on each of them. For each batch: both parts `.to(device)`, one
# `train_step`, add `loss * len(inputs)` and `len(inputs)`. Return one over the other.
#
# </details>

# %% [markdown]
# ### The look: the same data, cut in every way
#
# A trained network, 360 images, and a rate of 0, so that nothing moves. Your epoch's loss has to be one number,
# whatever the batch size. The orange line averages the batch means instead.

# %% jupyter={"source_hidden": true} tags=["demo"]
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
    "Loss against batch size from 20 to 360. The blue line by train_epoch is flat, near 0.13. "
    "The orange line, the mean of batch means, jumps between 0.07 and 0.16, most where the last "
    "batch holds only a few samples."
)
print(f"yours: {min(yours):.2f} to {max(yours):.2f}")
print(f"mean of batch means: {min(batch_means):.2f} to {max(batch_means):.2f}")

# %% [markdown]
# Look at how far the dashed line strays where the last batch is small, though nothing about the network differs. Published
# training scripts report `loss / len(loader)`, and compare runs of different batch sizes by it.
#
# ### What goes wrong: tensors kept alive
#
# `total = total + loss` with the *tensor* looks the same and gives the same number. But each loss holds on to the graph that
# made it, and a sum of losses holds on to all of them. The cell counts the nodes of that graph.


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
# The dashed line never stops rising. On a GPU this ends, hours later, in `CUDA out of memory`, far from the line that caused
# it. Keep numbers: `.item()`, or `.detach()` if it has to stay a tensor.
#
# `.item()` has a price on a GPU: the CPU waits there until everything in the queue is done. On one NVIDIA H200 (torch
# 2.11), calling it at every step gave 0.98 of the speed without it for a small convolutional network in batches of 128, and 0.95 for
# one with 14 times the weights in batches of 1024. If that matters, add up detached losses on the device and call `.item()` once an epoch.
#
# ### What goes wrong: a frozen batch norm that wakes up
#
# Fine-tuning on shifted data, with the batch norm in the middle frozen. Once with `model.train()` and nothing else, once with
# your epoch. None of its parameters can move. What does?

# %% tags=["demo"]
dice = torch.Generator().manual_seed(0)
shifted = TensorDataset(torch.randn(256, 4, generator=dice) + 2, torch.arange(256) % 2)
for name in ("model.train() alone", "your train_epoch"):
    network = nn.Sequential(nn.Linear(4, 4), nn.BatchNorm1d(4), nn.Linear(4, 2)).to(device)
    norm = network[1].requires_grad_(False).eval()
    optimizer = torch.optim.SGD(network.parameters(), lr=0.1)
    batches = fixed_batches(shifted, 32)
    if name == "your train_epoch":
        train_epoch(network, batches, F.cross_entropy, optimizer, device)
    else:
        network.train()
        for batch in batches:
            train_step(network, batch, F.cross_entropy, optimizer)
    moved = norm.running_mean.abs().max().item() > 0
    print(f"{name}: the frozen running mean has moved: {moved}")

# %% [markdown]
# ### In practice: a progress bar costs one word
#
# Your epoch takes any iterable, so `tqdm` goes around the loader, and nothing else changes.

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
# ## 3. How good is it?
#
# The training loss is measured on a moving target: dropout switches units off at random, batch norm looks at the rest of
# the batch, and the weights change with every step. To know how good the network *is*, hold all of that still.
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
    "Forty measurements of one network. In training mode the losses scatter around 0.35. In "
    "evaluation mode all forty lie on one line, near 0.15."
)

# %% [markdown]
# In training mode the result is a matter of luck, and too high: half of the units are missing. Batch norm makes it
# worse: a forward pass in training mode *updates* its running statistics, and the network learns from validation data.
#
# ### Prediction: stuck in evaluation mode
#
# The opposite mistake: a run with dropout 0.5 evaluates after epoch 6, and from then on the model is never put back into
# training mode. What does the **training** loss do from epoch 7 on?
#
# - (a) it jumps up
# - (b) it drops at once
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
# ### Exercise: `evaluate` (20 minutes, difficulty 3 of 5)
#
# Measure, and leave everything as you found it. The caller may be in the middle of training, may be using
# a finished model in evaluation mode, or may have frozen one batch norm of many. So there is no single mode to put back: every
# module has its own. They have to be put back even if the criterion raises, because in a notebook the model
# outlives the error.


# %% nbgrader={"grade": false, "grade_id": "evaluate", "locked": false, "schema_version": 3, "solution": true, "task": false}
def evaluate(model, loader, criterion, device):
    """Measure a classifier, and leave no trace.

    Args:
        model: nn.Module, on `device`, its modules in any modes; gives logits (N, C).
        loader: an iterable of batches (inputs, targets), at least one, on any device, targets int64
            (N,). It is gone through once and may have no length. Batches may differ in size.
        criterion: criterion(logits, targets) gives the mean loss of a batch. What it raises is
            passed on.
        device: torch.device to which each batch is moved.

    Returns:
        (loss, accuracy): two floats, means over samples; accuracy is in [0, 1]. All dropout and batch
        norm is in evaluation mode meanwhile, and no graph is built. Afterwards, and also if the
        criterion raises, the mode of every module, buffers, `requires_grad`, `.grad` and the global
        grad mode are what they were. It draws no random numbers (a loader may draw its own).

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

model[0].eval()
evaluate(model, batches, F.cross_entropy, cpu)
assert (model.training, model[0].training) == (True, False), "a layer in eval mode stays in it"


def broken(outputs, targets):
    """A criterion that raises."""
    raise ValueError("no loss today")


try:
    evaluate(model, batches, broken, cpu)
except ValueError:
    pass
else:
    raise AssertionError("what the criterion raises reaches the caller")
assert (model.training, model[1].training) == (True, True), "after an error, too"

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
# `model.train(mode)` gives one mode to all modules. What you need is a note of `module.training` for each of
# `model.modules()`, taken before you change anything.
#
# </details>
#
# <details><summary>Hint 2: what to sum up, and the way out</summary>
#
# Three numbers: summed loss, correct answers, samples. Divide once, at the end. A prediction is the class with the
# largest logit, along `dim=1`. What stands in `finally:` runs whether or not the block above it raised.
#
# </details>
#
# <details><summary>Hint 3: almost the lines</summary>
#
# A dict from module to mode, then `model.eval()`. In `try:`, loop inside `with torch.no_grad():`. Correct answers are
# `(logits.argmax(dim=1) == targets).sum().item()`. In `finally:`, set `module.training` of each module from the dict.
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
    "and one without (dashed black) are the same curve, falling from 2.1 to about 0.25. The "
    "validation loss (green, dots) lies below it all the way and ends near 0.13."
)
print("training losses identical:", watched == alone)

# %% [markdown]
# The validation loss lies *below* the training loss, as in lesson 08: the training loss is measured with half of
# the units missing, and before each step.
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
ax.set(xlabel="epoch", ylabel="loss", ylim=(0, 1.2), title="A drop that is no progress")
ax.legend(fontsize=8)
show_figure(
    "Training and validation loss for a run that is stuck in evaluation mode from epoch 7 on, "
    "beside the healthy run. The stuck training loss drops to less than half between epochs 6 and "
    "7 and goes on falling to 0.05, the healthy one stays above 0.2. The two validation losses "
    "stay close together."
)
for name in curves:
    before, after = curves[name][5:7, 0]
    print(f"{name}: training loss {before:.2f} in epoch 6, {after:.2f} in epoch 7")

# %% [markdown]
# Look at the drop at the grey line. The network did not get better: dropout was off from there on. On these easy
# images the validation loss hardly changes. Where dropout is needed against overfitting, it would rise later.

# %% [markdown]
# ## 4. The same run twice
#
# "It was better yesterday" means something only if nothing else has changed. Initial weights, dropout masks, the order of
# the data and augmentations are all drawn at random, from **three** global generators that know nothing of each other:
# Python's `random`, NumPy's and torch's.
#
# ### Prediction: one more draw
#
# Two runs start from the same seed and go through the same shuffled `DataLoader`, five epochs each. The second draws one
# extra random number after each epoch; it might be a print of a random sample. In how many of the five epochs do
# both see the samples in the same order?
#
# - (a) in all five: the loader shuffles by itself
# - (b) in the first only
# - (c) in none

# %% nbgrader={"grade": false, "grade_id": "prediction_one_more_draw", "locked": false, "schema_version": 3, "solution": true, "task": false}
### BEGIN SOLUTION
prediction_one_more_draw = "b"
### END SOLUTION

# %% nbgrader={"grade": true, "grade_id": "test_prediction_one_more_draw", "locked": true, "points": 1, "schema_version": 3, "solution": false, "task": false}
if prediction_one_more_draw is None:
    raise NotImplementedError("prediction_one_more_draw is not written yet")
letter = str(prediction_one_more_draw).strip(" ().").lower()
assert letter in ("a", "b", "c"), "a prediction is one letter: a, b or c"

### BEGIN HIDDEN TESTS
from autograder.hidden.training_loop import grade

grade("prediction_one_more_draw")
### END HIDDEN TESTS

# %% [markdown]
# ### Exercise: `seed_everything` (5 minutes, difficulty 1 of 5)
#
# First the seed that both runs start from.


# %% nbgrader={"grade": false, "grade_id": "seed_everything", "locked": false, "schema_version": 3, "solution": true, "task": false}
def seed_everything(seed):
    """Seed every global random generator with one number.

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
# <details><summary>Hint</summary>
#
# Three generators, three calls. `np.random.default_rng(seed)` makes a *new* generator and leaves the global one alone. Torch's
# call seeds the CPU and every CUDA device at once.
#
# </details>

# %% [markdown]
# ### The look: the prediction, tested
#
# Each row is an epoch, each square a sample in the order in which it came, dark to bright by its number.

# %% jupyter={"source_hidden": true} tags=["demo", "prediction_one_more_draw"]
# The order of samples in two runs with one global seed; the second draws one more number an epoch.
counted = TensorDataset(torch.arange(24)[:, None], torch.arange(24))


def orders(loader, extra):
    rows = []
    for _ in range(5):
        rows.append([int(sample) for _, targets in loader for sample in targets])
        torch.rand(extra)
    return np.array(rows)


def draw_orders(pictures, title):
    _, axes = plt.subplots(1, 2, figsize=(8, 1.9), sharey=True, layout="constrained")
    for ax, picture, name in zip(
        axes, pictures, ("as it is", "one more draw an epoch"), strict=True
    ):
        ax.imshow(picture, cmap="cividis", aspect="auto")
        ax.set(title=f"{title}, {name}", xlabel="position in the epoch", yticks=[0, 4])
    axes[0].set(ylabel="epoch", yticklabels=["1", "5"])


pictures = []
for extra in (0, 1):
    seed_everything(3)
    pictures.append(orders(DataLoader(counted, 8, shuffle=True), extra))
draw_orders(pictures, "global seed")
show_figure(
    "Two maps of sample order, 5 epochs by 24 samples, of two runs with the same global seed. The "
    "first rows are the same; all later rows differ."
)
print("rows that agree:", int((pictures[0] == pictures[1]).all(axis=1).sum()), "of 5")

# %% [markdown]
# ### Exercise: `make_loader` (10 minutes, difficulty 2 of 5)
#
# `DataLoader` draws its order from torch's global CPU generator. On the CPU every dropout mask comes from the same one (on a
# GPU, dropout uses the generator of the GPU). Add a layer or one print, and two runs that you
# wanted to compare differ in two things.
#
# The remedy is a generator that nothing else uses. It starts from the seed and runs on from epoch to epoch, so the order
# of the n-th epoch depends on the seed and on n only.


# %% nbgrader={"grade": false, "grade_id": "make_loader", "locked": false, "schema_version": 3, "solution": true, "task": false}
def make_loader(dataset, batch_size, seed, shuffle=True):
    """Batches of a data set, in an order that can be reproduced.

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
# Leave the global generator alone. `torch.Generator()` is one of your own.
#
# </details>
#
# <details><summary>Hint 2: where it goes</summary>
#
# `DataLoader` has an argument `generator`, and draws the order of every epoch from it. `manual_seed` of a generator returns
# that generator. The partial last batch is kept unless you say otherwise.
#
# </details>

# %% [markdown]
# ### The look: your orders
#
# The same two runs, with your loader. Now all rows have to agree.

# %% jupyter={"source_hidden": true} tags=["demo"]
# The order of samples in the two runs, with your loader.
pictures = []
for extra in (0, 1):
    seed_everything(3)
    pictures.append(orders(make_loader(counted, 8, seed=3), extra))
draw_orders(pictures, "your loader")
show_figure("Two maps of sample order, 5 epochs by 24 samples, by make_loader: identical.")
print("rows that agree:", int((pictures[0] == pictures[1]).all(axis=1).sum()), "of 5")

# %% [markdown]
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
# ## 5. The whole run
#
# A run is epochs in a row: train, measure, adjust the rate, write it down. The rate is where loops go wrong. A scheduler
# counts its own `step()` calls and knows nothing of epochs or batches: `T_max=20` means 20 epochs if you step it once an epoch, and 20 batches
# if you step it once a batch. So decide what is counted, and give it numbers in that unit.
#
# | scheduler | usually counts | `step` takes |
# | --- | --- | --- |
# | `StepLR`, `ExponentialLR`, `CosineAnnealingLR`, `LambdaLR` | epochs, or batches | nothing |
# | `ReduceLROnPlateau` | measurements | the validation loss |
# | `OneCycleLR`, linear warm-up | batches | nothing |
#
# Your `fit` counts epochs; lesson 13 counts batches. Making a scheduler already sets the first rate, and
# stepping it before training would skip that one: first train, then step.
#
# ### Exercise: `fit` (20 minutes, difficulty 3 of 5)
#
# The history is the evidence of the run. Its `lr` is the rate that was *used* in the epoch, the one that explains the
# losses beside it. The weights at the end are those of the last epoch. Keeping the best ones, as lesson 08 did, takes a copy of
# everything that training changes, batch norm's buffers included, and a rule for "best": lesson 11 writes both.


# %% nbgrader={"grade": false, "grade_id": "fit", "locked": false, "schema_version": 3, "solution": true, "task": false}
def fit(model, train_loader, val_loader, criterion, optimizer, scheduler, epochs, device):
    """Train for a number of epochs, and write down what happened.

    Each epoch trains on `train_loader`, then measures on `val_loader`, then steps the scheduler.

    Args:
        model: nn.Module, on `device`; gives logits (N, C).
        train_loader, val_loader: iterables of batches (inputs, targets), gone through once each epoch.
        criterion: criterion(logits, targets) gives the mean loss of a batch.
        optimizer: torch.optim.Optimizer of the model's parameters, with one parameter group.
        scheduler: from torch.optim.lr_scheduler, made to count epochs; `ReduceLROnPlateau` gets the
            validation loss; None leaves the rate alone.
        epochs: int >= 1.
        device: torch.device to which each batch is moved.

    Returns:
        dict of lists of floats, one entry an epoch: `train_loss` (mean over samples, while training),
        `val_loss`, `val_accuracy` (in [0, 1]), `lr` (the rate that was used in that epoch). Modes are
        as in `train_epoch` and `evaluate`: a frozen batch norm stays frozen throughout.

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
# Ask `isinstance(scheduler, torch.optim.lr_scheduler.ReduceLROnPlateau)` first, and whether it is `None` after that. The
# current rate is `optimizer.param_groups[0]["lr"]`.
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
# Your history's `lr`, drawn over lesson 06's formulas: a cosine over 20 epochs, and a step every 6. Markers on the lines
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
# ### What goes wrong: a schedule for epochs, stepped for every batch
#
# The loader below steps the scheduler once a batch, out of sight. There are 23 batches in an epoch, so a cosine that was
# planned for 20 epochs reaches zero before the first is over, and then comes up again.


# %% jupyter={"source_hidden": true} tags=["demo"]
# A schedule that is stepped once a batch.
class SteppingLoader:
    """Batches that step a scheduler as they are handed out."""

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
# Nothing raised, and it even learns. Only the curve of the rate gives it away: always draw it beside the losses.

# %% [markdown]
# ## 6. Real images: beat your own number
#
# Lesson 08 read 87.6 % of 2,000 test images of clothes correctly, with 203,530 weights, twenty epochs and NumPy alone. Same
# images, same scaling, and again a tenth of the 10,000 training images set aside for validation. Now 5 epochs of
# your loop, with two networks:
#
# - the MLP of lesson 08 (784 - 256 - 10, dropout 0.3), to see what the loop alone changes;
# - a small convolutional one, made of lesson 09's layers, with batch norm and dropout, so that both modes matter.


# %% open="the network and the run are what to read here" tags=["demo"]
def convolutional():
    """1 x 28 x 28 - 16 x 14 x 14 - 32 x 14 x 14 - pooled to 32 x 7 x 7 - 10 classes."""
    return nn.Sequential(
        nn.Conv2d(1, 16, 5, stride=2, padding=2),
        nn.BatchNorm2d(16),
        nn.ReLU(),
        nn.Conv2d(16, 32, 3, padding=1),
        nn.BatchNorm2d(32),
        nn.ReLU(),
        nn.MaxPool2d(2),
        nn.Flatten(),
        nn.Dropout(0.3),
        nn.Linear(32 * 7 * 7, 10),
    )


def mlp():
    return nn.Sequential(nn.Flatten(), MLP([784, 256, 10], 0.3))


def train_on_clothes(make, lr, seed=0, epochs=5):
    """A network trained by your `fit`, and its history."""
    train_set, val_set = clothes_sets()
    seed_everything(seed)
    network = make().to(device)
    optimizer = torch.optim.AdamW(network.parameters(), lr=lr)
    scheduler = torch.optim.lr_scheduler.CosineAnnealingLR(optimizer, epochs)
    train_loader = make_loader(train_set, 64, seed)
    val_loader = make_loader(val_set, 250, seed, shuffle=False)
    criterion = nn.CrossEntropyLoss()
    history = fit(
        network, train_loader, val_loader, criterion, optimizer, scheduler, epochs, device
    )
    return network, history


# %% jupyter={"source_hidden": true} tags=["demo", "nbval-ignore-output"]
# Both networks, their curves, and the test images, once.
test_images, test_labels = load_clothes("test")
test_batches = fixed_batches(TensorDataset(test_images, test_labels), 250)
rows = {
    "MLP": (mlp, 1e-3, BLUE, "-"),
    "convolutional": (convolutional, 3e-3, ORANGE, "--"),
}
figure, (one, two) = plt.subplots(1, 2, figsize=(9, 3.2), layout="constrained")
accuracies = {}
for name, (make, lr, color, style) in rows.items():
    network, history = train_on_clothes(make, lr)
    _, accuracies[name] = evaluate(network, test_batches, F.cross_entropy, device)
    epochs = range(1, len(history["lr"]) + 1)
    one.plot(epochs, history["train_loss"], color=color, ls=style, label=f"{name}, training")
    one.plot(
        epochs, history["val_loss"], color=color, ls=style, marker="o", label=f"{name}, validation"
    )
    two.plot(epochs, history["val_accuracy"], color=color, ls=style, marker="o", label=name)
    print(
        f"{name:14s} {count_parameters(network):7,d} weights, "
        f"{100 * accuracies[name]:.1f} % of the test images"
    )
print("the convolutional network beats lesson 08:", accuracies["convolutional"] > 0.876)
one.set(xlabel="epoch", title="loss", xticks=epochs, ylim=(0.2, 0.75))
one.legend(fontsize=8)
two.axhline(0.876, color=GREY, ls=":", label="lesson 08, on the test images")
two.set(xlabel="epoch", title="validation accuracy", xticks=epochs, ylim=(0.8, 0.92))
two.legend(fontsize=8, loc="lower right")
show_figure(
    "Two panels over 5 epochs. Left: training and validation loss fall for both networks, those of "
    "the convolutional one faster and lower, its validation loss to about 0.33, the MLP's to "
    "about 0.43. Right: validation accuracy; the convolutional network ends near 0.89, the MLP near "
    "0.85, below the dotted line of lesson 08 at 0.876."
)

# %% [markdown]
# This is one run. Over five seeds, the convolutional network read 88.7 to 89.5 % of the test images (on a CPU), and the
# MLP 85.5 to 86.2 %. All five convolutional runs are above 87.6 %, which is one run of lesson 08; their mean, 89.1 %, leads it
# by 1.5 points. With 2,000 test images the standard error of one accuracy is 0.7 points, so the order of the seeds means nothing.
#
# Two things to read off. Your loop did not beat lesson 08: the same MLP, in a quarter of the epochs, stays below it. The network
# did, with a tenth of the weights: a kernel is used at every place of the image. And the last epoch is close to the best, since the
# cosine has brought the rate down by then. Where the rate stays up, keeping the best weights matters (lesson 11).
#
# Which images does it get wrong?

# %% jupyter={"source_hidden": true} tags=["demo", "nbval-ignore-output"]
# The eight test images whose true class gets the lowest probability.
CLOTHES = ["T-shirt", "trouser", "pullover", "dress", "coat"]
CLOTHES += ["sandal", "shirt", "sneaker", "bag", "boot"]
_, accuracy = evaluate(network, test_batches, F.cross_entropy, device)
network.eval()
with torch.no_grad():
    probabilities = torch.cat([network(x).softmax(dim=1).cpu() for x, _ in test_batches])
print(
    f"{(1 - accuracy) * len(test_labels):.0f} of {len(test_labels)} are read wrong; eight of them:"
)
hardest = probabilities[torch.arange(len(test_labels)), test_labels].argsort()[:8]
figure, axes = plt.subplots(1, 8, figsize=(9, 1.9))
for ax, index in zip(axes, hardest, strict=True):
    ax.imshow(test_images[index, 0], cmap="gray_r")
    read = CLOTHES[probabilities[index].argmax()]
    ax.set_title(f"is {CLOTHES[test_labels[index]]}\nread {read}", fontsize=8)
    ax.axis("off")
show_figure(
    "The eight test images whose true class gets the lowest probability, each with its label and "
    "with the class that was read."
)

# %% [markdown]
# Look at these before you look for a better network. Some labels would puzzle you too.
#
# Now take out `nn.BatchNorm2d`, or `nn.Dropout`, or train for 15 epochs. Say beforehand what each curve will do.

# %% [markdown]
# ## 7. In practice: your loop against the usual one
#
# Keras calls it `model.fit`, Lightning `Trainer.fit`; the arguments are yours. The cell writes out the inline loop of most
# tutorials, and compares.

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
# The two agree on this model. On one with a frozen batch norm they would not: the inline loop switches it back to training mode.
#
# | you wrote | PyTorch and friends | TensorFlow |
# | --- | --- | --- |
# | `train_step` | the five lines; Lightning's `training_step` leaves you two of them | `model.train_on_batch`, or a `GradientTape` |
# | `train_epoch` | a loop over a `DataLoader` | `model.fit(..., epochs=1)` |
# | a frozen batch norm that stays | `.eval()` again after each `model.train()` | `layer.trainable = False` does both |
# | `evaluate` | `eval()` and `inference_mode()`; `torchmetrics` | `model.evaluate` |
# | `seed_everything` | Lightning's `seed_everything` | `keras.utils.set_random_seed` |
# | `make_loader` | `DataLoader(..., generator=...)` | `Dataset.shuffle(n, seed=...)` |
# | `fit` | `Trainer.fit` (Lightning), `Trainer.train` (Hugging Face) | `model.fit` |

# %% [markdown]
# ## 8. To come back to
#
# | curve | healthy | when it is not | try |
# | --- | --- | --- | --- |
# | training loss | falls, steeply, then slowly | flat from the start, near `ln(classes)` | check the order of the five lines, then a rate 10 times higher |
# | | | falls, then diverges or turns NaN | clear the gradients; a rate 3 to 10 times lower |
# | validation loss | falls with it | rises while training falls | stop earlier, more data, dropout, decay (lesson 07) |
# | | | jumps about from epoch to epoch | evaluation mode? enough validation data? |
# | training against validation | a small gap | the training loss alone drops in one epoch | `model.train()` at the start of every epoch |
# | batch norm's running statistics | move only in training | move while frozen | modes per module; `.eval()` after `model.train()` |
# | rate | the schedule that you planned | reaches its end far too early | count in the unit in which you step |
# | memory | constant after the first batches | grows | keep numbers, not tensors |
#
# | you want | write | typical |
# | --- | --- | --- |
# | fresh gradients | `optimizer.zero_grad()` before `backward` | every step; less often to accumulate (lesson 11) |
# | dropout off, batch norm on its statistics | `model.eval()`, and each module's mode back in `finally` | every evaluation |
# | no graph | `with torch.no_grad():` or `inference_mode` | every evaluation |
# | the same order again | a `torch.Generator` for the loader | always |
# | the same run again | seed three libraries | 3 to 5 seeds for a comparison |
# | a rate that falls by plan | `CosineAnnealingLR`, stepped each epoch | `T_max` = epochs |
# | a rate that falls when needed | `ReduceLROnPlateau`, with the validation loss | factor 0.1 to 0.5, patience 5 to 10 |
# | a batch size | the largest at which an epoch still lowers the loss as much | 32 to 256 |

# %% [markdown]
# ## 9. Mastery questions
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
# does the opposite. The network has dropout, and two batch norms, one of them frozen. Say for each colleague what is wrong with the
# numbers, and what is wrong with the model afterwards. A third writes `model.eval()` before the loop and `model.train()` after it: what
# has changed in the model?
#
# === BEGIN MARK SCHEME ===
# 1 point: without eval(), dropout makes the numbers random and pessimistic, and the batch norm that is not frozen uses the statistics
# of the validation batch; its running statistics are updated with validation data (a leak), which stays in the model.
# 1 point: without no_grad(), numbers and model are right; graphs cost memory and time, and grow if losses are kept as
# tensors.
# 1 point: the frozen batch norm is in training mode now, so its statistics move from the next step on (its parameters still do
# not); a model that came in evaluation mode is in training mode; and neither line is undone by an exception in between.
# === END MARK SCHEME ===

# %% [markdown]
# *Your answer here.*

# %% [markdown] nbgrader={"grade": false, "grade_id": "same_seed_other_result", "locked": true, "points": 3, "schema_version": 3, "solution": false, "task": true}
# **Same seed, different result.** Two runs with the same seed and the same code agree for two epochs and differ from the
# third on. Name three possible causes, and for each an experiment that would confirm it or rule it out.
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
# ## 10. Further reading
#
# - H. Robbins and S. Monro (1951), *A Stochastic Approximation Method*: the step with a noisy gradient.
# - I. Goodfellow, Y. Bengio and A. Courville (2016), *Deep Learning*, section 8.1: how learning differs from optimization.
# - N. Srivastava et al. (2014), *Dropout*; S. Ioffe and C. Szegedy (2015), *Batch Normalization*: why a network needs two
#   modes.
# - H. Xiao, K. Rasul and R. Vollgraf (2017), *Fashion-MNIST: a Novel Image Dataset for Benchmarking Machine Learning Algorithms*.
# - A. Paszke et al. (2019), *PyTorch: An Imperative Style, High-Performance Deep Learning Library*.
# - X. Bouthillier et al. (2021), *Accounting for Variance in Machine Learning Benchmarks*: how many seeds are enough.
# - E. Alpaydin and C. Kaynak (1998), *Optical Recognition of Handwritten Digits*: the digits of this lesson.
#
# **Next:** [lesson 11](../11_stability/stability.ipynb). A recurrent network reads Shakespeare, and its gradients explode: how do you notice, and what stops them?
