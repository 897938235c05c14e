# ---
# jupyter:
#   kernelspec:
#     display_name: Python 3 (ipykernel)
#     language: python
#     name: python3
# ---

# %% [markdown]
# # 11 - Clip, accumulate, stop, resume
#
# The loop of lesson 10 works as long as nothing happens. Then a gradient explodes, the batch doesn't fit
# into memory, the validation loss turns, or somebody pulls the plug after nine of ten hours. Each of the
# four has a repair of a few lines, and each repair has a version that looks right and isn't.
#
# **You will be able to**
#
# - watch the gradient norm, choose a threshold from what you saw, and clip without turning the gradient;
# - train with a batch that is larger than your memory, and get the same weights as if it had fitted;
# - keep the best weights of a run, as a copy;
# - write a checkpoint that survives a kill, refuses damage, and resumes a run bit for bit.
#
# **You need** lessons 04 (why signals explode), 07 (early stopping), 08 (a checkpoint in NumPy) and 10 (the
# loop).
#
# **It takes** about three hours: six exercises and three predictions. The cells run on a GPU when there is
# one, and on the CPU otherwise. The cell beneath each exercise checks it (`%check`), as often as you like.

# %% jupyter={"source_hidden": true} tags=["setup"]
# Given: torch, NumPy as np, Matplotlib as plt, find_data, show_figure, and two helpers for the tests.
import copy
import io
import math
import os
import random
import tempfile
import zipfile
from pathlib import Path

import matplotlib.pyplot as plt
import numpy as np
import torch
from torch import nn
from torch.nn import functional as F
from torch.utils.data import DataLoader, TensorDataset

device = torch.device("cuda" if torch.cuda.is_available() else "cpu")
BLUE, ORANGE, GREEN, PINK, GREY = "#0072B2", "#D55E00", "#009E73", "#CC79A7", "#555555"


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


def show_figure(alt):
    """Show the current figure, with a description of what is to be seen in it."""
    from base64 import b64encode
    from html import escape

    from IPython.display import display

    png = io.BytesIO()
    figure = plt.gcf()
    figure.savefig(png, format="png", bbox_inches="tight")
    plt.close(figure)
    data = b64encode(png.getvalue()).decode()
    image = f'<img alt="{escape(alt)}" src="data:image/png;base64,{data}">'
    display({"text/html": image, "text/plain": alt}, raw=True)


def with_grads(*grads):
    """Parameters with these gradients; None for one that has none."""
    made = []
    for grad in grads:
        made.append(nn.Parameter(torch.zeros(2 if grad is None else len(grad))))
        made[-1].grad = None if grad is None else torch.tensor(grad)
    return made


def raises(kind, call):
    """Whether a call raises an exception of this kind."""
    try:
        call()
    except kind:
        return True
    return False


# %% jupyter={"source_hidden": true} tags=["setup"]
# Given: the plays as numbers, lines of them as a data set, the recurrent network and its loss.
def load_plays():
    """Three plays as int64 codes (419122,), and the 73 characters that the codes stand for."""
    with np.load(find_data("shakespeare.npz")) as plays:
        text = plays["text"]
    letters, codes = np.unique(text, return_inverse=True)
    return torch.from_numpy(codes.astype(np.int64)), letters.tobytes().decode("ascii")


def lines_of(plays, n, length, seed):
    """A data set of n lines that begin anywhere: inputs (length,), targets shifted by one."""
    drawn = torch.Generator().manual_seed(seed)
    starts = torch.randint(len(plays) - length, (n,), generator=drawn)
    rows = plays[starts[:, None] + torch.arange(length + 1)]
    return TensorDataset(rows[:, :-1], rows[:, 1:])


class PlayNet(nn.Module):
    """Reads characters (N, T) and gives logits (N, T, 73) for the next one at every place."""

    def __init__(self, seed, hidden=64, kind="relu", scale=0.8):
        super().__init__()
        with torch.random.fork_rng():
            torch.manual_seed(seed)
            self.embed = nn.Embedding(73, 32)
            self.rnn = nn.RNN(32, hidden, nonlinearity=kind, batch_first=True)
            self.head = nn.Linear(hidden, 73)
            with torch.no_grad():
                self.rnn.weight_hh_l0.copy_(scale * torch.eye(hidden))
        self.to(device)

    def forward(self, x):
        states, _ = self.rnn(self.embed(x))
        return self.head(states)


def per_character(logits, targets):
    """The mean cross-entropy of logits (N, T, 73) and targets (N, T)."""
    return F.cross_entropy(logits.flatten(0, 1), targets.flatten())


plays, letters = load_plays()


# %% tags=["bring"]
# bring: train_step, make_loader (lesson 10)
def train_step(model, batch, criterion, optimizer):
    """One step on one batch; the loss before it, as a number."""
    optimizer.zero_grad()
    loss = criterion(model(batch[0]), batch[1])
    loss.backward()
    optimizer.step()
    return float(loss.detach())


def make_loader(dataset, batch_size, seed, shuffle=True):
    """Batches in an order that depends on the seed and the number of the epoch only."""
    own = torch.Generator()
    own.manual_seed(seed)
    return DataLoader(dataset, batch_size, shuffle, generator=own)


# %% [markdown]
# ## 1. A network that reads, and explodes
#
# So far every input had one size. Text doesn't. A **recurrent network** reads one character at a time and
# carries a state along, so one set of weights serves texts of any length:
#
# $$h_t = \mathrm{relu}(W h_{t-1} + U x_t + b), \qquad z_t = V h_t + c$$
#
# $x_t$ is the embedding of character $t$ (32 numbers, looked up in a table), $h_t$ the **hidden state** (64 numbers,
# $h_0 = 0$), and $z_t$ the logits for the next of 73 characters. The same $W$ is used at every step. That is the
# strength of it, and the trouble. Backwards through time, each step multiplies by the same matrix again:
#
# $$\frac{\partial L}{\partial h_{t-1}} = W^\top \left( \mathbb{1}[h_t > 0] \odot \frac{\partial L}{\partial h_t} \right)$$
#
# where $\odot$ is the element-wise product. Fifty steps back, that is roughly $W$ to the power of fifty.
# You met it in lesson 04 as depth; here the depth is the length of the text. The next figure follows one
# gradient back through 50 characters of Hamlet, for three sizes of $W$.

# %% jupyter={"source_hidden": true} tags=["demo"]
# The size of one gradient, followed back through time, for three sizes of W.
x = torch.stack([line for line, _ in lines_of(plays, 16, 50, seed=0)]).to(device)
figure, ax = plt.subplots(figsize=(6.5, 3))
for scale, color, style in ((0.7, BLUE, "-"), (1.0, GREEN, "--"), (1.2, ORANGE, "-.")):
    net = PlayNet(0, scale=scale)
    h, states = torch.zeros(16, 64, device=device), []
    for t in range(50):
        drive = net.embed(x[:, t]) @ net.rnn.weight_ih_l0.T + net.rnn.bias_ih_l0
        h = torch.relu(drive + h @ net.rnn.weight_hh_l0.T + net.rnn.bias_hh_l0)
        h.retain_grad()
        states.append(h)
    torch.logsumexp(net.head(h), dim=1).mean().backward()
    sizes = np.array([state.grad.norm().item() for state in states])[::-1]
    ax.plot(sizes / sizes[0], color=color, ls=style, lw=2, label=f"W = {scale} I")
ax.set(xlabel="characters back", ylabel="size of the gradient", yscale="log")
ax.set_title("One gradient, on its way back through time")
ax.legend()
show_figure(
    "The size of a gradient on a logarithmic scale against the number of characters back, 0 to 49, "
    "relative to where it starts. With W = 0.7 times the identity it falls in a straight line by "
    "many powers of ten. With the identity it falls slowly. With 1.2 it rises by powers of ten."
)

# %% [markdown]
# Straight lines on a logarithmic axis: growth or decay by a factor each step. **Vanishing** is the lower
# line, **exploding** the upper one. At 0.8, where our network starts, you would expect no explosion at all.
#
# ### Before you run it
#
# The network starts at $W = 0.8\,I$. Its first gradient has a norm of about 2, and its first loss is near
# $\ln 73 = 4.3$, that of pure guessing. Plain SGD, a rate of 0.5, batches of 16 lines of 50 characters. What does the
# loss do in the first 25 steps?
#
# - (a) it falls, with a bump here and there
# - (b) it jumps once or twice, and each time comes back by itself
# - (c) it leaves for infinity

# %% nbgrader={"grade": false, "grade_id": "prediction_first_steps", "locked": false, "schema_version": 3, "solution": true, "task": false}
### BEGIN SOLUTION
prediction_first_steps = "c"
### END SOLUTION

# %% nbgrader={"grade": true, "grade_id": "test_prediction_first_steps", "locked": true, "points": 1, "schema_version": 3, "solution": false, "task": false}
if prediction_first_steps is None:
    raise NotImplementedError("prediction_first_steps is not written yet")
letter = str(prediction_first_steps).strip(" ().").lower()
assert letter in ("a", "b", "c"), "a prediction is one letter: a, b or c"

### BEGIN HIDDEN TESTS
from autograder.hidden.stability import grade

grade("prediction_first_steps")
### END HIDDEN TESTS


# %% jupyter={"source_hidden": true} tags=["demo", "prediction_first_steps"]
# Three runs without clipping; reading_run is the run that all of this part uses.
def reading_run(seed, steps, before_step=None, lr=0.5):
    """The losses of some steps of SGD; before_step sees the parameters with their gradients."""
    net = PlayNet(seed)
    optimizer = torch.optim.SGD(net.parameters(), lr=lr)

    def hook(*_):
        if before_step is not None:
            before_step(net.parameters())

    optimizer.register_step_pre_hook(hook)
    losses = []
    for batch in make_loader(lines_of(plays, 16 * steps, 50, seed), 16, seed):
        batch = [part.to(device) for part in batch]
        losses.append(train_step(net, batch, per_character, optimizer))
        if not math.isfinite(losses[-1]):
            break
    return losses


unclipped = [reading_run(seed, 25) for seed in range(3)]
figure, ax = plt.subplots(figsize=(6.5, 3))
for losses, style, marker in zip(unclipped, ("-", "--", ":"), "os^", strict=True):
    shown = [min(loss, 1e12) if math.isfinite(loss) else 1e12 for loss in losses]
    ax.plot(shown, color=ORANGE, ls=style, marker=marker, ms=4, label=f"{len(losses)} steps")
ax.axhline(math.log(73), color=GREY, lw=0.8)
ax.set(xlabel="step", ylabel="loss (cut at 1e12)", yscale="log", title="Three seeds")
ax.legend(title="until the end, or not finite")
show_figure(
    "Loss against step on a logarithmic scale for three seeds. All start at 4.3. One rises by powers "
    "of ten from its first step on; two stay near 4 for some steps, and then rise as steeply. All "
    "three are at the upper edge of the figure within nine steps."
)
gone = [not math.isfinite(losses[-1]) for losses in unclipped]
print("runs whose loss is infinite or NaN within 25 steps, of 3:", sum(gone))

# %% [markdown]
# Three of three. Nothing is wrong with the first steps: their gradients are small. But they make $W$ larger,
# and once it is past the edge, the next gradient is enormous. A single step of that size throws the weights
# far away, and from there the run ends at infinity, sooner or later.
#
# A loss can't warn you: it only shows what the last step did. The gradient shows what the *next* one will
# do. So you watch its size, over all parameters together, as if they were one long vector $g$:
#
# $$\lVert g \rVert = \sqrt{\sum_p \lVert g_p \rVert^2}$$
#
# $g_p$ is the gradient of parameter $p$, and $\lVert g_p \rVert^2$ the sum of its squares. This is the **global gradient norm**.
#
# ### Exercise: `global_grad_norm` (10 minutes, difficulty 1 of 5)
#
# You get whatever `model.parameters()` gives. That is an iterator: you can go through it once.


# %% nbgrader={"grade": false, "grade_id": "global_grad_norm", "locked": false, "schema_version": 3, "solution": true, "task": false}
def global_grad_norm(parameters):
    """The norm of all gradients together, as if they were one vector.

    Args:
        parameters: an iterable of nn.Parameter, gone through once (an iterator, perhaps). Those
            whose `.grad` is None are skipped. Gradients have any shape, and are not modified.

    Returns:
        float: at least 0, inf or NaN where a gradient is; 0.0 where there are none.

    Source: Pascanu, Mikolov and Bengio (2013), On the difficulty of training recurrent neural
    networks, section 3.2.
    """
    ### BEGIN SOLUTION
    grads = [p.grad.double() for p in parameters if p.grad is not None]
    return math.sqrt(sum(grad.square().sum().item() for grad in grads))
    ### END SOLUTION


# %% nbgrader={"grade": true, "grade_id": "test_global_grad_norm", "locked": true, "points": 2, "schema_version": 3, "solution": false, "task": false}
_norm = global_grad_norm(with_grads([3.0, 0.0], [0.0, 4.0]))
assert not isinstance(_norm, torch.Tensor), "a number, not a tensor"
assert abs(_norm - 5.0) < 1e-6, "3 and 4 together make 5: neither 7, nor 3.5, nor 4"
assert abs(global_grad_norm(iter(with_grads([2.0], None, [1.0, 2.0]))) - 3.0) < 1e-6, (
    "an iterator will do, and a parameter without a gradient is skipped"
)
assert global_grad_norm([]) == 0.0, "no gradients at all: 0.0"
assert math.isinf(global_grad_norm(with_grads([1.0], [math.inf]))), "one inf makes it inf"

### BEGIN HIDDEN TESTS
from autograder.hidden.stability import grade

grade("global_grad_norm")
### END HIDDEN TESTS

# %% [markdown]
# <details><summary>Hint 1: direction</summary>
#
# Squares can be added across tensors; norms can't. So what do you add up, and when do you take the root?
# </details>
#
# <details><summary>Hint 2: almost the line</summary>
#
# For each `p` whose `p.grad` is not None: `p.grad.square().sum().item()`. The root of their sum is the
# answer, and the root of an empty sum is 0.
# </details>

# %% [markdown]
# ### The look: the warning
#
# The same runs, now with your norm at every step. (`optimizer.register_step_pre_hook` calls a function
# before each step: lesson 10's `train_step` stays as it is.)

# %% jupyter={"source_hidden": true} tags=["demo", "nbval-ignore-output"]
# Your norm at every step of the runs without clipping, beside their losses.
watched = []
for seed in range(3):
    norms = []
    losses = reading_run(seed, 25, lambda p, norms=norms: norms.append(global_grad_norm(p)))
    watched.append((norms, losses))
figure, ax = plt.subplots(figsize=(6.5, 3.2))
for seed, style, marker in zip(range(3), ("-", "--", ":"), "os^", strict=True):
    norms, losses = watched[seed]
    for values, color, name in ((norms, BLUE, "norm"), (losses, ORANGE, "loss")):
        shown = [min(v, 1e12) if math.isfinite(v) else 1e12 for v in values]
        label = name if seed == 0 else None
        ax.plot(shown, color=color, ls=style, marker=marker, ms=4, label=label)
ax.axhline(1.0, color=GREY, lw=0.8)
ax.set(xlabel="step", ylabel="loss, gradient norm", yscale="log", title="The norm jumps further")
ax.legend()
show_figure(
    "Loss in orange and gradient norm in blue against step for three seeds, on a logarithmic scale. "
    "The norm starts near 2. It jumps at the step at which the loss leaves 4, and by more powers of "
    "ten than the loss."
)
print("the first step at which the norm is above 10:")
for norms, losses in watched:
    at = next((step for step, norm in enumerate(norms) if norm > 10), 0)
    loss, norm = losses[at], norms[at]
    print(f"  step {at}: loss {loss:8.3g}, norm {norm:8.3g}, length of the step {0.5 * norm:8.3g}")

# %% [markdown]
# Look at the three lines of numbers. On the way there, a step was about 1 long. The last column is how long the
# next one will be: near a hundred, even where the loss has only doubled. That is the step to change.
#
# ## 2. Clip it
#
# If the gradient is too long, shorten it. Keep its direction, which is the only thing in it that you trust:
#
# $$g \leftarrow c\,g, \qquad c = \min\left(1, \frac{\theta}{\lVert g \rVert + \epsilon}\right)$$
#
# $\theta$ is the threshold (`max_norm`) and $\epsilon = 10^{-6}$ keeps the division safe. One $c$ for all parameters:
# that is what keeps the direction. It goes between `backward` and `step`.
#
# What about a norm that is inf or NaN? Then $c$ is 0 or NaN, and inf times 0 is NaN: the clip would write
# NaN into every parameter's gradient. There is nothing left to save in that batch, so say so loudly and
# change nothing.
#
# ### Exercise: `clip_grad_norm` (15 minutes, difficulty 2 of 5)
#
# Scale the tensors in `.grad` themselves, in place: anyone else who holds one of them should see it. What
# you return is the norm *before* clipping, the one worth drawing. And remember what an iterator is: you'll
# need the parameters twice.


# %% nbgrader={"grade": false, "grade_id": "clip_grad_norm", "locked": false, "schema_version": 3, "solution": true, "task": false}
def clip_grad_norm(parameters, max_norm, eps=1e-6):
    """Scale all gradients in place, by one factor, so that their global norm is at most max_norm.

    Args:
        parameters: an iterable of nn.Parameter, perhaps an iterator. Without a gradient: skipped.
        max_norm: float > 0. The factor is min(1, max_norm / (norm + eps)).
        eps: float >= 0.

    Returns:
        float: the global norm before clipping; 0.0 where there are no gradients.

    Raises:
        RuntimeError: the norm is inf or NaN. The gradients are as they were.

    Source: Pascanu, Mikolov and Bengio (2013), On the difficulty of training recurrent neural
    networks, algorithm 1.
    """
    ### BEGIN SOLUTION
    parameters = [p for p in parameters if p.grad is not None]
    norm = global_grad_norm(parameters)
    if not math.isfinite(norm):
        raise RuntimeError(f"the gradient norm is {norm}: nothing was clipped")
    scale = min(1.0, max_norm / (norm + eps))
    for p in parameters:
        p.grad.mul_(scale)
    return norm
    ### END SOLUTION


# %% nbgrader={"grade": true, "grade_id": "test_clip_grad_norm", "locked": true, "points": 2, "schema_version": 3, "solution": false, "task": false}
_two = with_grads([3.0, 0.0], None, [0.0, 4.0])
_held = _two[0].grad
assert abs(clip_grad_norm(iter(_two), 1.0) - 5.0) < 1e-6, "what comes back is the norm before"
assert torch.allclose(_two[0].grad, torch.tensor([0.6, 0.0]), atol=1e-5), "one factor, 1/5, for all"
assert torch.allclose(_two[2].grad, torch.tensor([0.0, 0.8]), atol=1e-5), "for this one, too"
assert _two[0].grad is _held, "the gradient tensor itself is scaled, in place"

_two = with_grads([3.0, 0.0], [0.0, 4.0])
clip_grad_norm(_two, 10.0)
assert _two[0].grad.tolist() == [3.0, 0.0], "below the threshold nothing changes"
_two = with_grads([3.0, 0.0], [0.0, math.inf])
assert raises(RuntimeError, lambda: clip_grad_norm(_two, 1.0)), "a norm of inf is an error"
assert _two[0].grad.tolist() == [3.0, 0.0], "and leaves the gradients as they were"

### BEGIN HIDDEN TESTS
from autograder.hidden.stability import grade

grade("clip_grad_norm")
### END HIDDEN TESTS

# %% [markdown]
# <details><summary>Hint 1: direction</summary>
#
# Three parts: make a list of what has a gradient, ask `global_grad_norm`, decide. What must happen *before*
# any gradient is touched?
# </details>
#
# <details><summary>Hint 2: method</summary>
#
# `math.isfinite` tells inf and NaN apart from numbers. `tensor.mul_(c)` writes into the tensor; `p.grad =
# p.grad * c` puts another one in its place.
# </details>

# %% [markdown]
# ### The look: the cure

# %% jupyter={"source_hidden": true} tags=["demo"]
# The three runs again: without clipping, and with your clip at 1.
clipped, clip_norms = [], []
for seed in range(3):
    norms = []
    clipped.append(reading_run(seed, 70, lambda p, n=norms: n.append(clip_grad_norm(p, 1.0))))
    clip_norms.append(norms)
figure, (left, right) = plt.subplots(1, 2, figsize=(9, 3.2))
for seed, style in enumerate(("-", "--", ":")):
    label = "not clipped" if seed == 0 else None
    shown = [min(loss, 1e12) if math.isfinite(loss) else 1e12 for loss in unclipped[seed]]
    left.plot(clipped[seed], color=BLUE, ls=style, lw=1.2, label="clipped" if seed == 0 else None)
    left.plot(shown, color=ORANGE, ls=style, lw=2.2, marker="os^"[seed], ms=4, label=label)
    right.plot(clip_norms[seed], color=BLUE, ls=style, lw=1.2)
left.axhline(math.log(73), color=GREY, lw=0.8)
left.set(xlabel="step", ylabel="loss", yscale="log", ylim=(1, 1e8), title="Loss, three seeds")
left.legend()
right.axhline(1.0, color=GREY, lw=1)
right.set(
    xlabel="step", ylabel="norm before clipping", yscale="log", title="What the clip held back"
)
plt.tight_layout()
show_figure(
    "Left: losses of three seeds, on a logarithmic scale. Without clipping they leave the figure "
    "within eight steps and end. With clipping they jump about for ten steps or more, and then all "
    "three fall to below 3. Right: the norms before clipping, on a logarithmic scale: spikes up to "
    "some 100,000 at first, near 1 later."
)
print("with clipping, every run ends below 3:", all(np.mean(run[-10:]) < 3 for run in clipped))

# %% [markdown]
# Look at the spikes on the right: the explosions still come. Each one costs a step of ordinary size instead
# of the run.
#
# ### How a threshold is chosen
#
# Watch first. Run some dozens of steps, draw the norms, and put the threshold where healthy steps end and
# spikes begin. If almost every step is clipped, you have really set the learning rate: each step then has
# length `lr * max_norm`. If none is, you have a safety net, and that's fine. Two that were published:
# Zaremba, Sutskever and Vinyals (2014) clipped the norm at 5 for their medium LSTM and at 10 for the large
# one; GPT-3 was trained with the norm clipped at 1.0 (Brown et al., 2020, appendix B). Neither is a law for
# your network: start there, and then look.


# %% jupyter={"source_hidden": true} tags=["demo", "nbval-ignore-output"]
# One seed with several thresholds, and a low rate without any: steps clipped, loss at the end.
def end_of(threshold, lr):
    """How often it was clipped, and the mean of the last ten losses; NaN if the run was lost."""
    norms = []
    try:
        losses = reading_run(0, 60, lambda p: norms.append(clip_grad_norm(p, threshold)), lr)
    except NotImplementedError:
        raise
    except RuntimeError:  # the norm is no number any more
        losses = [math.nan]
    return np.mean(np.array(norms) > threshold), np.mean(losses[-10:])


ends = {}
for threshold, lr in ((0.05, 0.5), (1.0, 0.5), (5.0, 0.5), (1000.0, 0.5), (1e9, 0.1)):
    share, ends[threshold] = end_of(threshold, lr)
    if len(ends) == 1:
        print("threshold   rate   steps clipped   loss at the end")
    print(f"{threshold:9g}   {lr:4g}   {share:12.0%}   {ends[threshold]:15.2f}")
assert ends[1.0] < ends[0.05]
assert ends[1.0] < ends[1e9]

# %% [markdown]
# Too low and every step is short; too high and a spike gets through. Between the two there is room: a
# threshold needs no tuning to the second digit. The last row is the other way out, a rate that is low
# enough to do without. It survives, and pays for a few spikes with every single step.
#
# ### Or clip every number by itself?
#
# There is a simpler clip: cut each element of each gradient to $[-v, v]$. It is local, it is one call, and
# no number gets past it.
#
# ### Before you run it
#
# Take a gradient from one of the spikes above, and shorten it to length 1 in both ways: by its norm, and by
# cutting its elements at the $v$ that gives length 1. By norm, the direction stays. How far does cutting by
# value turn it?
#
# - (a) by a few degrees: most elements are small and stay as they are
# - (b) by 20 to 30 degrees
# - (c) by more than 60 degrees

# %% nbgrader={"grade": false, "grade_id": "prediction_direction", "locked": false, "schema_version": 3, "solution": true, "task": false}
### BEGIN SOLUTION
prediction_direction = "c"
### END SOLUTION

# %% nbgrader={"grade": true, "grade_id": "test_prediction_direction", "locked": true, "points": 1, "schema_version": 3, "solution": false, "task": false}
if prediction_direction is None:
    raise NotImplementedError("prediction_direction is not written yet")
letter = str(prediction_direction).strip(" ().").lower()
assert letter in ("a", "b", "c"), "a prediction is one letter: a, b or c"

### BEGIN HIDDEN TESTS
from autograder.hidden.stability import grade

grade("prediction_direction")
### END HIDDEN TESTS

# %% [markdown]
# ### Exercise: `clip_grad_value` (5 minutes, difficulty 1 of 5)


# %% nbgrader={"grade": false, "grade_id": "clip_grad_value", "locked": false, "schema_version": 3, "solution": true, "task": false}
def clip_grad_value(parameters, clip_value):
    """Cut every element of every gradient to [-clip_value, clip_value], in place.

    Args:
        parameters: an iterable of nn.Parameter, perhaps an iterator. Without a gradient: skipped.
        clip_value: float > 0.

    Source: Mikolov (2012), Statistical Language Models Based on Neural Networks, section 3.2.2.
    """
    ### BEGIN SOLUTION
    for p in parameters:
        if p.grad is not None:
            p.grad.clamp_(-clip_value, clip_value)
    ### END SOLUTION


# %% nbgrader={"grade": true, "grade_id": "test_clip_grad_value", "locked": true, "points": 1, "schema_version": 3, "solution": false, "task": false}
_two = with_grads([3.0, 0.25], None, [-4.0])
_held = _two[0].grad
clip_grad_value(iter(_two), 1.0)
assert _two[0].grad.tolist() == [1.0, 0.25], "what is above the value is cut, what is below stays"
assert _two[2].grad.tolist() == [-1.0], "what is far below zero is cut at -clip_value"
assert _two[0].grad is _held, "in place"

### BEGIN HIDDEN TESTS
from autograder.hidden.stability import grade

grade("clip_grad_value")
### END HIDDEN TESTS

# %% [markdown]
# <details><summary>Hint</summary>
#
# Torch has a method for it, with and without an underscore at its end. Which of the two writes into the
# tensor?
# </details>


# %% jupyter={"source_hidden": true} tags=["demo", "prediction_direction"]
# Left: two arrows clipped in both ways. Right: how far each turns the gradients of a real run.
def angle(one, other):
    """Degrees between two vectors."""
    one, other = one.double(), other.double()
    cosine = (one @ other / (one.norm() * other.norm())).clamp(-1, 1)
    return math.degrees(math.acos(cosine.item()))


def flat(parameters):
    """All gradients as one vector."""
    return torch.cat([p.grad.flatten() for p in parameters])


def holder(vector):
    """A parameter with this gradient."""
    parameter = nn.Parameter(torch.zeros_like(vector))
    parameter.grad = vector.clone()
    return [parameter]


def value_for_length_one(vector):
    """The v at which cutting by value gives a vector of length 1, by bisection."""
    low, high = 0.0, vector.abs().max().item()
    for _ in range(30):
        middle = (low + high) / 2
        low, high = (middle, high) if vector.clamp(-middle, middle).norm() < 1 else (low, middle)
    return high


turned = []


def note_angles(parameters):
    parameters = list(parameters)
    before = flat(parameters)
    if before.norm() > 1:
        cut = holder(before)
        clip_grad_value(cut, value_for_length_one(before))
        clip_grad_norm(parameters, 1.0)
        turned.append(
            (before.norm().item(), angle(before, cut[0].grad), angle(before, flat(parameters)))
        )


reading_run(1, 40, note_angles)
sizes, by_value, by_norm = map(np.array, zip(*turned, strict=True))
figure, (left, right) = plt.subplots(1, 2, figsize=(9, 3.4))
arrow = torch.tensor([0.5, 3.0])
for vector, color, style, name in (
    (arrow, GREY, ":", "gradient"),
    (holder(arrow), BLUE, "-", "by norm"),
    (holder(arrow), ORANGE, "--", "by value"),
):
    if name == "by norm":
        clip_grad_norm(vector, 1.0)
    if name == "by value":
        clip_grad_value(vector, 1.0)
    tip = vector if name == "gradient" else vector[0].grad
    left.plot([0, tip[0]], [0, tip[1]], color=color, ls=style, lw=2.5, marker="o", label=name)
left.plot([-1, 1, 1, -1, -1], [-1, -1, 1, 1, -1], color=ORANGE, lw=0.8)
left.add_patch(plt.Circle((0, 0), 1, fill=False, color=BLUE, lw=0.8))
left.set(xlim=(-1.3, 3.4), ylim=(-1.3, 3.2), aspect="equal", title="Two numbers")
left.legend(loc="center right", fontsize=8)
right.plot(sizes, by_value, "s", color=ORANGE, ms=5, label="by value")
right.plot(sizes, by_norm, "o", color=BLUE, ms=5, label="by norm")
right.set(xscale="log", xlabel="norm before", ylabel="turned by (degrees)", ylim=(-3, 90))
right.set(title="The network's gradients, cut to length 1")
right.legend()
plt.tight_layout()
show_figure(
    "Left: a gradient that points steeply up. Clipped by norm it is shorter and points the same "
    "way, to the unit circle. Clipped by value it leans over to the right, inside a square. Right: "
    "degrees turned against the norm before. By norm: zero everywhere. By value: from a few degrees "
    "near norm 1 to about 70 degrees for spikes."
)
print("spikes turned by more than 60 degrees:", bool((by_value[sizes > 50] > 60).all()))

# %% [markdown]
# Cutting by value keeps the signs and little else: for a spike, almost every element ends at $\pm v$. If
# you want that, use an optimizer that is built on signs. For a guard against spikes, clip by norm.
#
# ### What goes wrong: two clips that look right
#
# Two versions that people write, on three seeds. Before you run the cell, decide which of them still
# protects the run.


# %% jupyter={"source_hidden": true} tags=["demo"]
# A clip after the step, and one on each tensor alone, on three seeds.
def each_alone(parameters):
    for parameter in parameters:
        clip_grad_norm([parameter], 1.0)


def after_the_step(seed):
    """The losses of a run that clips when the optimizer has already stepped."""
    net, losses = PlayNet(seed), []
    optimizer = torch.optim.SGD(net.parameters(), lr=0.3)
    for batch in make_loader(lines_of(plays, 16 * 40, 50, seed), 16, seed):
        losses.append(train_step(net, [b.to(device) for b in batch], per_character, optimizer))
        if not math.isfinite(losses[-1]) or not math.isfinite(global_grad_norm(net.parameters())):
            return [math.inf]
        clip_grad_norm(net.parameters(), 1.0)
    return losses


variants = {
    "before the step, one factor": [run[:40] for run in clipped],
    "after the step": [after_the_step(seed) for seed in range(3)],
    "each tensor by its own norm": [reading_run(seed, 40, each_alone) for seed in range(3)],
}
for name, runs in variants.items():
    alive = all(math.isfinite(run[-1]) and run[-1] < 4.3 for run in runs)
    print(f"{name:28s} all three are better than guessing after 40 steps: {alive}")
net = PlayNet(0)
x, y = next(iter(make_loader(lines_of(plays, 16, 50, 0), 16, 0)))
per_character(net(x.to(device)), y.to(device)).backward()
before = flat(net.parameters())
for parameter in net.parameters():
    clip_grad_norm([parameter], 0.1)
turn = angle(before, flat(net.parameters()))
print(f"each tensor by its own norm turns the very first gradient by {turn:.0f} degrees")

# %% [markdown]
# A clip after the step is no clip. One norm for each tensor does protect, so nobody notices, but it turns
# the gradient: large parameters lose, small ones don't.
#
# ### In practice
#
# `torch.nn.utils.clip_grad_norm_(parameters, max_norm, error_if_nonfinite=True)` is yours. Without that
# argument it carries on with NaN.

# %% tags=["demo"]
ours, theirs = with_grads([3.0, -1.0], [0.5]), with_grads([3.0, -1.0], [0.5])
norm = clip_grad_norm(ours, 0.7)
their_norm = nn.utils.clip_grad_norm_(theirs, 0.7, error_if_nonfinite=True).item()
same = all(torch.allclose(a.grad, b.grad, atol=1e-6) for a, b in zip(ours, theirs, strict=True))
print("as torch:", same and abs(norm - their_norm) < 1e-6)
half = torch.full((4,), 60000.0).half()
print("a norm taken in float16:", half.norm().item(), "and in float32:", half.float().norm().item())

# %% [markdown]
# The last line is a trap for lesson 12: 60000 is a fine float16, its square isn't. Convert before you
# square.

# %% [markdown]
# ## 3. A batch that doesn't fit
#
# Memory during training is mostly activations, kept for `backward`, and they grow with the batch. If 64
# lines don't fit but 16 do, do what the plus sign of `.grad` was made for: four backward passes, then one
# step. This is **gradient accumulation**. It's only honest if the result is the one that the large batch
# would have given.


# %% jupyter={"source_hidden": true} tags=["demo"]
# The bytes that a forward pass keeps for the backward, for 64 lines at once and for 16.
def bytes_kept(net, lines):
    """The size of all tensors that autograd saves in one forward pass, parameters not counted."""
    own, kept = {p.data_ptr() for p in net.parameters()}, {}

    def note(tensor):
        if tensor.data_ptr() not in own:
            kept[tensor.data_ptr()] = tensor.numel() * tensor.element_size()
        return tensor

    with torch.autograd.graph.saved_tensors_hooks(note, lambda tensor: tensor):
        per_character(net(lines), lines)
    return sum(kept.values())


net = nn.Sequential(nn.Embedding(73, 256), nn.Linear(256, 256), nn.ReLU(), nn.Linear(256, 73))
lines = torch.stack([x for x, _ in lines_of(plays, 64, 50, seed=0)])
large, small = bytes_kept(net, lines), bytes_kept(net, lines[:16])
print(f"64 lines keep {large / small:.1f} times what 16 lines keep")

# %% [markdown]
# Write the large batch's loss as a sum over its samples. Group $G$ has $n = \sum_b n_b$ samples in
# micro-batches $b$; $\bar\ell_b$ is the mean that `criterion` returns for one of them:
#
# $$L_G = \frac{1}{n} \sum_{i \in G} \ell_i = \sum_{b \in G} \frac{?}{?}\;\bar\ell_b$$
#
# Fill in the fraction, and look at it for two cases: all $n_b$ equal, and a last micro-batch of 3 samples
# beside three of 16. Most published loops divide by the number of micro-batches, which is right in the
# first case only. Many also forget the last group when it is not full, or divide it by the full number.
#
# ### Exercise: `accumulate_epoch` (30 minutes, difficulty 3 of 5)
#
# The difficulty: when the first micro-batch of a group arrives, you don't know yet how many samples its
# group will have. There are several ways out.
#
# Batch norm is left out here: its statistics come from each micro-batch, and no weighting can repair that.


# %% nbgrader={"grade": false, "grade_id": "accumulate_epoch", "locked": false, "schema_version": 3, "solution": true, "task": false}
def accumulate_epoch(model, loader, criterion, optimizer, accumulation_steps, device):
    """One epoch in which the optimizer steps once for each group of batches.

    The steps are those of an epoch with batches of `accumulation_steps * batch_size` samples in the
    same order: within a group every sample weighs the same. The last group may have fewer batches,
    and the last batch fewer samples; they count in full, in a step of their own group.

    Args:
        model: nn.Module, on `device`, in either mode; afterwards, and during the epoch, in training mode.
        loader: an iterable of batches (inputs, targets), at least one, on any device, gone through once;
            it may have no length. The number of samples in a batch is len(inputs).
        criterion: criterion(outputs, targets) gives the mean loss of a batch, a tensor of shape ().
        optimizer: torch.optim.Optimizer of the model's parameters. Gradients left from earlier don't count; parameters may be frozen.
        accumulation_steps: int >= 1, the number of batches in a group.
        device: torch.device to which each batch is moved.

    Returns:
        float: the mean over all samples of the loss, each measured before its group's step. Memory does not
        grow with the number of batches, nor with accumulation_steps.

    Source: Goyal et al. (2017), Accurate, Large Minibatch SGD, section 2.3; Ott et al. (2018), Scaling Neural
    Machine Translation, section 3.2 (the loss is divided by the tokens of the whole group).
    """
    ### BEGIN SOLUTION
    model.train()
    optimizer.zero_grad()
    total, count, held = 0.0, 0, 0
    for number, (inputs, targets) in enumerate(loader, 1):
        inputs, targets = inputs.to(device), targets.to(device)
        loss = criterion(model(inputs), targets) * len(inputs)  # the sum over the batch
        loss.backward()
        total += loss.item()
        count += len(inputs)
        held += len(inputs)
        if number % accumulation_steps == 0:
            step_with_mean(optimizer, held)
            held = 0
    if held > 0:
        step_with_mean(optimizer, held)
    return total / count


def step_with_mean(optimizer, samples):
    """Turn summed gradients into means, step, and clear them."""
    for group in optimizer.param_groups:
        for p in group["params"]:
            if p.grad is not None:
                p.grad.div_(samples)
    optimizer.step()
    optimizer.zero_grad()
    ### END SOLUTION


# %% nbgrader={"grade": true, "grade_id": "test_accumulate_epoch", "locked": true, "points": 4, "schema_version": 3, "solution": false, "task": false}
def _one_weight():
    """A model y = w x with w = 1, and SGD at a rate of 0.1."""
    line = nn.Linear(1, 1, bias=False)
    nn.init.constant_(line.weight, 1.0)
    return line, torch.optim.SGD(line.parameters(), lr=0.1)


_x = torch.tensor([[1.0], [1.0], [1.0], [1.0], [2.0]])
_batches = [(part, torch.zeros_like(part)) for part in (_x[:2], _x[2:4], _x[4:])]
_cpu = torch.device("cpu")

_model, _optimizer = _one_weight()
_loss = accumulate_epoch(_model.eval(), iter(_batches), F.mse_loss, _optimizer, 3, _cpu)
assert not isinstance(_loss, torch.Tensor), "a number, not a tensor"
assert abs(_loss - 8 / 5) < 1e-6, "the mean over five samples: four losses of 1 and one of 4"
assert abs(_model.weight.item() - (1 - 0.1 * 16 / 5)) < 1e-6, (
    "one step for the group of three, by the mean gradient of its five samples: 16 / 5"
)
assert _model.training, "in training mode"

_model, _optimizer = _one_weight()
accumulate_epoch(_model, iter(_batches), F.mse_loss, _optimizer, 2, _cpu)
assert abs(_model.weight.item() - 0.8 * 0.2) < 1e-6, (
    "two steps: the group of two gives w = 0.8, and the last group, of one batch, is stepped as well"
)

### BEGIN HIDDEN TESTS
from autograder.hidden.stability import grade

grade("accumulate_epoch")
### END HIDDEN TESTS

# %% [markdown]
# <details><summary>Hint 1: direction</summary>
#
# Backward adds. If each micro-batch adds the *sum* of its samples' gradients instead of the mean, nothing
# has to be known in advance. What is then missing before the step?
# </details>
#
# <details><summary>Hint 2: method</summary>
#
# Either collect sums, and divide every `.grad` by the samples of the group before the step. Or collect the
# group's batches in a list first, which costs memory for inputs only, and give each the weight $n_b / n$.
# After the loop, one question remains: is there a group that was not stepped?
# </details>
#
# <details><summary>Hint 3: almost the lines</summary>
#
# `loss = criterion(...) * len(inputs)`, `loss.backward()`, add `len(inputs)` to the samples held. At every
# `accumulation_steps`-th batch, and at the end if any are held: `p.grad.div_(held)` for each parameter with
# a gradient, `step`, `zero_grad`, `held = 0`.
# </details>

# %% [markdown]
# ### The look: the same weights
#
# 150 lines in batches of 16, groups of 4: two full groups, and a last one of 16 and 6. The figure shows how
# far the weights are from those of a run with batches of 64.


# %% jupyter={"source_hidden": true} tags=["demo"]
# The distance of the weights from a run with large batches: yours, and the loss divided by 4.
def weights_of(model):
    return torch.cat([p.detach().flatten() for p in model.parameters()])


def divided_by_groups(model, loader, criterion, optimizer, k, device):
    """The usual loop: the loss divided by k, a step at every k-th batch and at the end."""
    batches = list(loader)
    for number, (x, y) in enumerate(batches, 1):
        (criterion(model(x.to(device)), y.to(device)) / k).backward()
        if number % k == 0 or number == len(batches):
            optimizer.step()
            optimizer.zero_grad()


def large_batches(model, loader, criterion, optimizer, k, device):
    for batch in DataLoader(loader.dataset, 64):
        train_step(model, [part.to(device) for part in batch], criterion, optimizer)


lines, paths = lines_of(plays, 150, 20, seed=0), {}
for name, epoch in (
    ("large", large_batches),
    ("yours", accumulate_epoch),
    ("loss / 4", divided_by_groups),
):
    net = PlayNet(0, kind="tanh")
    optimizer = torch.optim.SGD(net.parameters(), lr=0.5, momentum=0.9)
    paths[name] = []
    for _ in range(8):
        epoch(net, DataLoader(lines, 16), per_character, optimizer, 4, device)
        paths[name].append(weights_of(net))
figure, ax = plt.subplots(figsize=(6.5, 3))
for name, color, style, marker in (("yours", BLUE, "-", "o"), ("loss / 4", ORANGE, "--", "s")):
    apart = [(a - b).norm().item() for a, b in zip(paths[name], paths["large"], strict=True)]
    ax.plot(range(1, 9), apart, color=color, ls=style, marker=marker, label=name)
    paths[name] = apart
ax.set(xlabel="epoch", ylabel="distance of the weights", yscale="log", ylim=(1e-8, 100))
ax.set_title("How far from the run with large batches?")
ax.legend()
show_figure(
    "Distance of the weights from a run with batches of 64, on a logarithmic scale over 8 epochs. "
    "Your accumulation stays near one millionth, rounding error. The loop that divides the loss by 4 "
    "is near 0.1 after the first epoch and grows."
)
print("yours stays within rounding:", max(paths["yours"]) < 1e-3)
print("loss / 4 is at least 100 times as far:", paths["loss / 4"][-1] > 100 * paths["yours"][-1])

# %% [markdown]
# The lower line is rounding: sums in another order. The upper one is a different run, because its last
# group counts less than its samples. Nothing in its loss curve would tell you.
#
# With class weights in the criterion, "mean" divides by the sum of weights, so sums of samples are no
# longer what you add up. And where targets are padded, the unit that weighs the same is the token, not the
# line: large projects had this wrong for years.
#
# ## 4. Keep the best
#
# Lesson 10's `fit` hands back the last weights, not the best. That was on purpose. A `state_dict` doesn't
# hold copies: it holds the tensors that the optimizer goes on writing into. Kept as it is, the "best" state
# quietly becomes the last one, and there is no error, ever. To keep it right you need a copy, and here it
# comes, together with lesson 07's rule for stopping.
#
# The copy belongs on the CPU: the GPU's memory is for training. And here is a trap that depends on your
# machine: `.cpu()` copies a tensor that is on a GPU. One that is on the CPU already, it returns as it is.
#
# ### Exercise: `EarlyStopping` (15 minutes, difficulty 2 of 5)
#
# Lesson 07's class, for modules. The counting is the same; what is kept is new.


# %% nbgrader={"grade": false, "grade_id": "EarlyStopping", "locked": false, "schema_version": 3, "solution": true, "task": false}
class EarlyStopping:
    """Says when the validation loss has not improved for a while, and keeps the best weights.

    Args:
        patience: the number of consecutive updates without improvement at which to stop, an int >= 1.
        min_delta: how much lower than the best a loss must be, >= 0: an improvement is
            `val_loss < best_loss - min_delta`. NaN is no improvement.

    Attributes:
        best_loss: the loss at the last improvement, a float; inf at first.
        best_epoch: the update of the last improvement, counted from 0; -1 at first.
        best_state: a copy of the `state_dict` at the last improvement, buffers included, on the CPU: nothing
            that happens to the model later changes it. None at first.
        The three change only on an improvement.

    Source: Prechelt, Early Stopping - But When? (1998); Goodfellow, Bengio and Courville (2016), Deep
    Learning, algorithm 7.1.
    """

    def __init__(self, patience=5, min_delta=0.0):
        ### BEGIN SOLUTION
        self.patience, self.min_delta = patience, min_delta
        self.best_loss, self.best_epoch, self.best_state = float("inf"), -1, None
        self.epoch, self.waited = 0, 0
        ### END SOLUTION

    def update(self, val_loss, model=None):
        """Take note of one more validation loss.

        Args:
            val_loss: a float; inf and NaN may come.
            model: nn.Module, on any device; not modified. None: there is nothing to keep.

        Returns:
            A bool: True from the `patience`-th consecutive update without improvement on, else False.
        """
        ### BEGIN SOLUTION
        if val_loss < self.best_loss - self.min_delta:
            self.best_loss, self.best_epoch = val_loss, self.epoch
            state = {} if model is None else model.state_dict()
            copied = {name: tensor.cpu().clone() for name, tensor in state.items()}
            self.best_state = copied or None
            self.waited = 0
        else:
            self.waited += 1
        self.epoch += 1
        return self.waited >= self.patience
        ### END SOLUTION


# %% nbgrader={"grade": true, "grade_id": "test_EarlyStopping", "locked": true, "points": 2, "schema_version": 3, "solution": false, "task": false}
_stopper = EarlyStopping(patience=2)
assert _stopper.best_loss == math.inf, "no loss yet: the best is inf"
assert (_stopper.best_epoch, _stopper.best_state) == (-1, None), "no epoch and no state yet"
_answers = [_stopper.update(loss) for loss in (1.0, 0.8, 0.9, 0.85, 0.7, 0.75)]
assert _answers == [False, False, False, True, False, False], (
    "True at the second update in a row without improvement; an improvement starts the count anew"
)
assert (_stopper.best_loss, _stopper.best_epoch) == (0.7, 4), "the lowest, and its update from 0"
assert EarlyStopping(patience=1).update(math.nan), "NaN is no improvement, not even at first"

_stopper = EarlyStopping(patience=2, min_delta=0.25)
assert [_stopper.update(loss) for loss in (1.0, 0.75, 0.875)] == [False, False, True], (
    "lower by no more than min_delta is no improvement"
)

_stopper, _model = EarlyStopping(), nn.BatchNorm1d(2)
_stopper.update(1.0, _model)
with torch.no_grad():
    _model.weight.mul_(5)
    _model.running_mean.add_(5)
_stopper.update(2.0, _model)
assert _stopper.best_state["weight"].tolist() == [1, 1], "the best weights stay what they were"
assert _stopper.best_state["running_mean"].tolist() == [0, 0], "buffers belong to them"
_model.load_state_dict(_stopper.best_state)
assert _model.weight.tolist() == [1, 1], "and load_state_dict takes them back"

### BEGIN HIDDEN TESTS
from autograder.hidden.stability import grade

grade("EarlyStopping")
### END HIDDEN TESTS

# %% [markdown]
# <details><summary>Hint 1: direction</summary>
#
# Start from your class of lesson 07. Only one line asks for a new thought: what has to happen to every
# tensor of `model.state_dict()`?
# </details>
#
# <details><summary>Hint 2: almost the line</summary>
#
# `{name: tensor.cpu().clone() for name, tensor in model.state_dict().items()}`. Which of the two calls is
# the copy?
# </details>

# %% [markdown]
# ### The look, and what goes wrong: three ways to keep the best
#
# A small network learns 60 lines of the plays by heart; the validation loss turns. At the end the best
# weights go back in, kept in three ways: by your class, by reference, and with `.cpu()` taken for a copy.


# %% jupyter={"source_hidden": true} tags=["demo"]
# A run that overfits, what your class keeps of it, and what two others keep.
def loss_on(model, dataset):
    """The mean loss per character of a data set, in evaluation mode."""
    model.eval()
    with torch.no_grad():
        x, y = (part.to(device) for part in dataset.tensors)
        return per_character(model(x), y).item()


few, held_out = lines_of(plays[:300_000], 60, 40, 0), lines_of(plays[300_000:], 200, 40, 1)
net = PlayNet(0, hidden=96, kind="tanh")
optimizer = torch.optim.Adam(net.parameters(), lr=0.01)
stopper, curves, kept = EarlyStopping(patience=8), [], {}
for epoch in range(40):
    batches = make_loader(few, 20, seed=epoch)
    own = accumulate_epoch(net, batches, per_character, optimizer, 1, device)
    curves.append((own, loss_on(net, held_out)))
    before = stopper.best_epoch
    stop = stopper.update(curves[-1][1], net)
    if stopper.best_epoch != before:
        kept["by reference"] = net.state_dict()
        kept["with .cpu()"] = {name: tensor.cpu() for name, tensor in net.state_dict().items()}
    if stop:
        break
kept["by your class"] = stopper.best_state
own, val = np.array(curves).T
figure, ax = plt.subplots(figsize=(6.5, 3))
ax.plot(own, color=BLUE, label="training")
ax.plot(val, color=ORANGE, ls="--", marker="o", ms=3, label="validation")
ax.plot(stopper.best_epoch, stopper.best_loss, "*", color="black", ms=13, label="kept")
ax.set(xlabel="epoch", ylabel="loss per character", title="Where you stop, and what you keep")
ax.legend()
show_figure(
    "Training and validation loss against epoch. The training loss goes on falling. The validation "
    "loss falls, turns after about twenty epochs and rises a little; a star marks its lowest point. The run "
    "stops eight epochs later."
)
for name, state in kept.items():
    state = {key: tensor.detach().clone() for key, tensor in state.items()}
    fresh = PlayNet(1, hidden=96, kind="tanh")
    fresh.load_state_dict(state)
    came = loss_on(fresh, held_out)
    is_best, is_last = abs(came - val.min()) < 1e-5, abs(came - val[-1]) < 1e-5
    print(f"{name:14s} gives back the best weights: {is_best}, the last ones: {is_last}")

# %% [markdown]
# By reference, the last weights were kept, and the log says the best loss all the same. With `.cpu()` too,
# if this ran on the CPU; on a GPU the same line is a copy, and right. To find out, load what was kept and
# *measure it again*: one line.
#
# ## 5. Survive a kill
#
# A long run gets killed: a crash, a quota, a cheaper machine that is taken away. Resuming means that nobody
# can tell afterwards. What is a run made of?
#
# | part | where it lives | if it is forgotten |
# | --- | --- | --- |
# | weights, buffers | `model.state_dict()` | you notice |
# | the optimizer's memory | `optimizer.state_dict()` | velocities and averages start at zero |
# | the schedule's position | `scheduler.state_dict()` | warm-up again, at full rate |
# | the loss scale (lesson 12) | `scaler.state_dict()` | skipped steps until it is found again |
# | random state | Python's `random`, NumPy, torch on the CPU, torch on every GPU | other masks, other augmentations |
# | the order of the data | the loader's own generator | some samples twice, some never |
# | the best so far, epoch, history | your own variables: `best` | the run stops at another epoch |
#
# ### Before you run it
#
# You will save a run in the middle and resume it seven times: each time one of the parts in the table is
# forgotten (the weights never). How many of the seven would you notice in the loss curve, that is, by an
# end that is more than a tenth worse?
#
# - (a) at most two
# - (b) three to five
# - (c) six or all seven

# %% nbgrader={"grade": false, "grade_id": "prediction_forgotten_parts", "locked": false, "schema_version": 3, "solution": true, "task": false}
### BEGIN SOLUTION
prediction_forgotten_parts = "a"
### END SOLUTION

# %% nbgrader={"grade": true, "grade_id": "test_prediction_forgotten_parts", "locked": true, "points": 1, "schema_version": 3, "solution": false, "task": false}
if prediction_forgotten_parts is None:
    raise NotImplementedError("prediction_forgotten_parts is not written yet")
letter = str(prediction_forgotten_parts).strip(" ().").lower()
assert letter in ("a", "b", "c"), "a prediction is one letter: a, b or c"

### BEGIN HIDDEN TESTS
from autograder.hidden.stability import grade

grade("prediction_forgotten_parts")
### END HIDDEN TESTS

# %% [markdown]
# Three promises make a file a checkpoint.
#
# - **Atomic.** At every moment there is an old file or a new one, whole. Write under another name in the
#   same folder, get it onto the disk (`os.fsync`), then `os.replace`: a rename is one step, a write isn't.
#   If anything fails, the other name is removed.
# - **All or nothing.** Check everything that can be checked before you change anything. If a load still
#   fails halfway, put back what was there.
# - **Data, not code.** `torch.load` with `weights_only=True` reads tensors, numbers, strings, and lists and
#   dicts of them. Without it, a file can run any code on your machine.
#
# And a surprise: a file from `torch.save` is a zip archive with a checksum for every member, and
# `torch.load` doesn't look at it.

# %% tags=["demo"]
with tempfile.TemporaryDirectory() as folder:
    file = Path(folder) / "weights.pt"
    torch.save({"weight": torch.full((4,), 0.5)}, file)
    content = bytearray(file.read_bytes())
    content[content.index(np.float32(0.5).tobytes()) + 3] ^= 0x40  # one bit, as a bad disk would
    file.write_bytes(content)
    print("torch.load:", torch.load(file, weights_only=True)["weight"])
    with zipfile.ZipFile(file) as archive:
        print("the archive's checksums say what is damaged:", archive.testzip())

# %% [markdown]
# Two more surprises, measured on torch 2.13. An optimizer's `load_state_dict` compares the number of
# parameters and *not their shapes*: Adam's averages of another model go in, and the next step fails, or
# broadcasts. And some schedulers change the optimizer's rate when they are *built*, `LinearLR` for one:
# build it before you load.
#
# ### Exercise: `save_checkpoint`, `load_checkpoint` (60 minutes, difficulty 5 of 5)
#
# The layout of the file is yours. What is graded: what a resumed run does, what is in the folder, and what
# has changed after a refusal. Bytes are altered in what the file holds, never in padding. Everything after
# the star in a signature is passed by keyword.


# %% nbgrader={"grade": false, "grade_id": "save_checkpoint__load_checkpoint", "locked": false, "schema_version": 3, "solution": true, "task": false}
def save_checkpoint(path, *, model, optimizer, scheduler=None, scaler=None, epoch, best):
    """Write all that a run needs to go on, at exactly `path`, or leave what is there untouched.

    Whatever goes wrong on the way is raised, and afterwards `path` holds the old file or the new one, whole, and
    the folder holds no other file. Nothing of the run changes, random state included.

    Args:
        path: str or Path, in a folder that exists; an older file is replaced.
        model, optimizer, scheduler, scaler: have `state_dict()`. None: there is none, and none is saved.
        epoch: int. best: plain Python values and tensors, or a dict or list of them, nested as they come.

    The random state of Python's `random`, NumPy's global generator, torch on the CPU and on every CUDA device is
    saved as well. `torch.load(..., weights_only=True)` can read what is in the file.

    Source: Pillai et al., All File Systems Are Not Created Equal (2014), on what a crash leaves of a file;
    PyTorch documentation, "Saving and Loading Models".
    """
    ### BEGIN SOLUTION
    run = {"epoch": epoch, "best": best, "random": random_state()}
    run["shapes"] = shapes_of(optimizer)
    for name, part in asked(model, optimizer, scheduler, scaler).items():
        run[name] = part.state_dict()
    path = Path(path)
    aside = path.with_name(f"{path.name}.{os.getpid()}.partial")
    try:
        with aside.open("wb") as file:
            torch.save(run, file)
            file.flush()
            os.fsync(file.fileno())  # the content is on the disk before the name is
        aside.replace(path)
    finally:
        aside.unlink(missing_ok=True)


def asked(model, optimizer, scheduler, scaler):
    """The parts of a run that there are, by name."""
    parts = {"model": model, "optimizer": optimizer, "scheduler": scheduler, "scaler": scaler}
    return {name: part for name, part in parts.items() if part is not None}


def shapes_of(optimizer):
    """The shapes of an optimizer's parameters, group by group: its own load doesn't compare them."""
    return [[p.shape for p in group["params"]] for group in optimizer.param_groups]


def random_state():
    """The state of every global generator, as plain values and tensors."""
    version, words, gauss = random.getstate()
    kind, keys, *rest = np.random.get_state()  # noqa: NPY002
    return {
        "python": (version, torch.tensor(words), gauss),  # one tensor loads faster than 625 numbers
        "numpy": (kind, torch.from_numpy(keys), *rest),
        "torch": torch.get_rng_state(),
        "cuda": torch.cuda.get_rng_state_all(),  # none where there is no card
    }
    ### END SOLUTION


def load_checkpoint(path, *, model, optimizer=None, scheduler=None, scaler=None):
    """Go back to a saved run: its states into these objects, its random state into the global generators.

    Args:
        path: str or Path.
        model, optimizer, scheduler, scaler: have `state_dict()` and `load_state_dict()`; of the same kind as those
            saved, in any state. None: that state is not asked for. The random state is always restored.

    Returns:
        dict with `epoch` and `best`, as they were saved (tensors on the CPU). What the run does next is, bit for bit,
        what the saved one would have done.

    Raises:
        FileNotFoundError: there is no file.
        ValueError: the file is truncated, altered, or no checkpoint; the model, or the parameters of the optimizer,
            have other shapes; or a state is asked for that was not saved. Nothing has changed then, random state
            included. Code in a file is never run.
    """
    ### BEGIN SOLUTION
    saved = read_checkpoint(path)
    parts = asked(model, optimizer, scheduler, scaler)
    refuse_strangers(saved, parts)
    before = {name: copy.deepcopy(part.state_dict()) for name, part in parts.items()}
    drawn = random_state()
    try:
        for name, part in parts.items():
            part.load_state_dict(saved[name])
        set_random_state(saved["random"])
    except Exception as error:  # whatever a part has against its state
        for name, part in parts.items():
            part.load_state_dict(before[name])
        set_random_state(drawn)
        raise ValueError(f"{path} does not fit this run: {error}") from error
    return {"epoch": saved["epoch"], "best": saved["best"]}


def read_checkpoint(path):
    """The dict in a file; every kind of damage is a ValueError."""
    content = Path(path).read_bytes()  # read once: what is checked is what is loaded
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            if damaged := archive.testzip():
                raise ValueError(f"the checksum of {damaged} does not fit")
        saved = torch.load(io.BytesIO(content), map_location="cpu", weights_only=True)
        missing = {"model", "epoch", "best", "random", "shapes"} - set(saved)
    except Exception as error:  # zip, pickle, key, type, end of file: damage has many names
        raise ValueError(f"{path} is not a whole checkpoint: {error}") from error
    if missing:
        raise ValueError(f"{path} is no checkpoint of a run: it has no {missing}")
    return saved


def refuse_strangers(saved, parts):
    """Raise ValueError for what no load_state_dict looks at: missing parts, an optimizer's shapes."""
    if missing := set(parts) - set(saved):
        raise ValueError(f"asked for, and not saved: {missing}")
    if "optimizer" in parts and saved["shapes"] != shapes_of(parts["optimizer"]):
        raise ValueError("the checkpoint is of an optimizer with other parameters")


def set_random_state(state):
    """Put every global generator where it was."""
    version, words, gauss = state["python"]
    random.setstate((version, tuple(words.tolist()), gauss))
    kind, keys, *rest = state["numpy"]
    np.random.set_state((kind, keys.numpy(), *rest))  # noqa: NPY002
    torch.set_rng_state(state["torch"])
    for index, one in enumerate(state["cuda"][: torch.cuda.device_count()]):
        torch.cuda.set_rng_state(one, index)
    ### END SOLUTION


# %% nbgrader={"grade": true, "grade_id": "test_save_checkpoint__load_checkpoint", "locked": true, "points": 6, "schema_version": 3, "solution": false, "task": false}
def _new_run(seed, hidden=3):
    """A model with dropout, Adam and a schedule, as load_checkpoint takes them."""
    torch.manual_seed(seed)
    layers = nn.Sequential(nn.Linear(2, hidden), nn.Dropout(0.5), nn.Linear(hidden, 1))
    optimizer = torch.optim.Adam(layers.parameters(), lr=0.1)
    schedule = torch.optim.lr_scheduler.ExponentialLR(optimizer, 0.5)
    return {"model": layers, "optimizer": optimizer, "scheduler": schedule}


def _go_on(model, optimizer, scheduler):
    """Three steps on random data; the weights after them, and a draw from Python and from NumPy."""
    for _ in range(3):
        x = torch.randn(4, 2) + random.random() + np.random.rand()  # noqa: NPY002
        optimizer.zero_grad()
        F.mse_loss(model(x), x.sum(1, keepdim=True)).backward()
        optimizer.step()
        scheduler.step()
    return [p.tolist() for p in model.parameters()], random.random(), np.random.rand()  # noqa: NPY002


with tempfile.TemporaryDirectory() as _folder:
    _path, _one, _other = Path(_folder) / "run.pt", _new_run(1), _new_run(2)
    _go_on(**_one)
    save_checkpoint(str(_path), **_one, epoch=7, best={"loss": 0.5, "state": [torch.ones(2)]})
    assert [item.name for item in Path(_folder).iterdir()] == ["run.pt"], "one file, at that path"
    _uninterrupted = _go_on(**_one)
    _back = load_checkpoint(_path, **_other)
    assert _go_on(**_other) == _uninterrupted, "a resumed run is the same, bit for bit"
    assert _back["epoch"] == 7, "the epoch comes back as it was saved"
    assert _back["best"]["state"][0].tolist() == [1, 1], "and so does what was kept in best"

    _whole = _path.read_bytes()
    for _what, _content in (("empty", b""), ("cut short", _whole[:-40]), ("a text", b"no zip" * 9)):
        _path.write_bytes(_content)
        _before = _other["model"][0].weight.tolist(), torch.get_rng_state().tolist()
        assert raises(ValueError, lambda: load_checkpoint(_path, **_other)), f"{_what}: ValueError"
        assert _before == (_other["model"][0].weight.tolist(), torch.get_rng_state().tolist()), (
            f"{_what}: nothing has changed, random state included"
        )
    _path.write_bytes(_whole)
    assert raises(ValueError, lambda: load_checkpoint(_path, **_new_run(3, hidden=4))), (
        "a checkpoint of another model is a ValueError"
    )
    _plain = _new_run(1)
    save_checkpoint(_path, model=_plain["model"], optimizer=_plain["optimizer"], epoch=0, best=None)
    assert raises(ValueError, lambda: load_checkpoint(_path, **_other)), "no scheduler was saved"
    _missing = Path(_folder) / "elsewhere.pt"
    assert raises(FileNotFoundError, lambda: load_checkpoint(_missing, **_other)), "no file at all"

### BEGIN HIDDEN TESTS
from autograder.hidden.stability import grade

grade("save_checkpoint__load_checkpoint")
### END HIDDEN TESTS

# %% [markdown]
# <details><summary>Hint 1: direction</summary>
#
# Saving has two halves: one dict of plain values and tensors, then getting it onto the disk. Loading has
# three: read everything, check everything, change everything. Make each a function.
# </details>
#
# <details><summary>Hint 2: what weights_only takes</summary>
#
# Tensors, numbers, strings, and tuples, lists and dicts of them: `random.getstate()` is fine as it is.
# NumPy's state holds an array: make it a list or a tensor. Shapes: save those of the optimizer's parameters
# yourself, group by group.
# </details>
#
# <details><summary>Hint 3: almost the lines</summary>
#
# Save: open `path.with_name(path.name + ".partial")`, `torch.save` into it, `flush`, `os.fsync`, close,
# `os.replace`; in a `finally`, `unlink(missing_ok=True)`. Load: read the bytes once; inside a `try`,
# `zipfile.ZipFile(io.BytesIO(content)).testzip()` has to be None, then `torch.load(io.BytesIO(content),
# map_location="cpu", weights_only=True)`; any exception becomes a ValueError. Compare the shapes. Keep
# `copy.deepcopy(part.state_dict())` of each part, load, and if one refuses, load the copies back.
# </details>

# %% [markdown]
# ### The look: the prediction, tested
#
# A small regression with dropout, noise from three libraries, a schedule, a toy loss scale, and shuffled
# data, saved after 12 of 24 epochs by your function.


# %% jupyter={"source_hidden": true} tags=["demo", "prediction_forgotten_parts"]
# A run resumed whole, and seven times with one part as a new run has it.
class ToyScale:
    """A loss scale that doubles; gradients pass through float16 at that scale (lesson 12)."""

    def __init__(self):
        self.scale = 2.0**-14

    def round(self, parameters):
        for p in parameters:
            p.grad = (p.grad * self.scale).half().float() / self.scale
        self.scale *= 1.06

    def state_dict(self):
        return {"scale": self.scale}

    def load_state_dict(self, state):
        self.scale = state["scale"]


class ToyRun:
    """All parts of a small run on the CPU, and its epochs."""

    def __init__(self, seed):
        torch.manual_seed(seed), random.seed(seed), np.random.seed(seed)  # noqa: NPY002
        layers = nn.Linear(6, 32), nn.Tanh(), nn.Dropout(0.1), nn.Linear(32, 1)
        model = nn.Sequential(*layers)
        optimizer = torch.optim.Adam(model.parameters(), lr=0.02)
        schedule = torch.optim.lr_scheduler.CosineAnnealingLR(optimizer, 24)
        self.parts = {
            "model": model,
            "optimizer": optimizer,
            "scheduler": schedule,
            "scaler": ToyScale(),
        }
        self.order = torch.Generator().manual_seed(seed)

    def epochs(self, count):
        """The losses and the weights of some epochs."""
        model, optimizer, scheduler, scaler = self.parts.values()
        x = torch.linspace(-2, 2, 240).reshape(40, 6)
        y = torch.sin(3 * x.sum(1, keepdim=True)) + x[:, :1]
        losses, weights = [], []
        for _ in range(count):
            for rows in torch.randperm(40, generator=self.order).split(10):
                noise = 0.02 * (random.random() - 0.5) + 0.02 * (np.random.rand() - 0.5)  # noqa: NPY002
                optimizer.zero_grad()
                F.mse_loss(model(x[rows] + noise), y[rows]).backward()
                scaler.round(model.parameters())
                optimizer.step()
            scheduler.step()
            model.eval()
            with torch.no_grad():
                losses.append(F.mse_loss(model(x), y).item())
            model.train()
            weights.append(weights_of(model))
        return losses, weights


def forget(run, part):
    """Put one part of a resumed run where a new run has it."""
    if part in run.parts:
        run.parts[part].load_state_dict(ToyRun(9).parts[part].state_dict())
    states = {
        "Python's random": random.seed,
        "NumPy's": np.random.seed,
        "torch's": torch.manual_seed,
    }
    if part in states:
        states[part](9)
    if part == "order of the data":
        run.order.manual_seed(9)


with tempfile.TemporaryDirectory() as folder:
    file, run = Path(folder) / "toy.pt", ToyRun(0)
    first, _ = run.epochs(12)
    save_checkpoint(file, **run.parts, epoch=12, best={"order": run.order.get_state()})
    rest, truth = run.epochs(12)
    resumed = {}
    for part in (
        "nothing",
        "optimizer",
        "scheduler",
        "scaler",
        "Python's random",
        "NumPy's",
        "torch's",
        "order of the data",
    ):
        run = ToyRun(1)
        run.order.set_state(load_checkpoint(file, **run.parts)["best"]["order"])
        kept = random.getstate(), np.random.get_state(), torch.get_rng_state()  # noqa: NPY002
        forget(run, part)
        if (
            part in run.parts or part == "order of the data"
        ):  # making a run for comparison has drawn
            random.setstate(kept[0]), np.random.set_state(kept[1]), torch.set_rng_state(kept[2])  # noqa: NPY002
        resumed[part] = run.epochs(12)

figure, (left, right) = plt.subplots(1, 2, figsize=(11, 3.8))
left.plot(range(1, 25), first + rest, color="0.75", lw=6, label="uninterrupted")
looks = zip(
    ("k", BLUE, ORANGE, GREEN, PINK, GREY, "#56B4E9", "#8C510A"), "o" + "svD^Px*", strict=True
)
for (part, (losses, weights)), (color, marker) in zip(resumed.items(), looks, strict=True):
    apart = [(one - other).abs().max().item() for one, other in zip(weights, truth, strict=True)]
    label = "resumed whole" if part == "nothing" else f"without: {part}"
    left.plot(range(13, 25), losses, color=color, marker=marker, ms=4, lw=1)
    right.plot(range(13, 25), apart, color=color, marker=marker, ms=4, lw=1, label=label)
left.set(xlabel="epoch", ylabel="loss", title="What you would see")
left.legend()
right.set_yscale("symlog", linthresh=1e-7)
right.set(xlabel="epoch", ylabel="largest difference of a weight", ylim=(-3e-8, 3))
right.set(title="Distance from the uninterrupted run")
right.legend(fontsize=8, loc="center left", bbox_to_anchor=(1, 0.5))
plt.tight_layout()
show_figure(
    "Left: loss by epoch of the uninterrupted run and eight resumed ones; most of them follow it closely. "
    "Right: largest difference of a weight from the uninterrupted run after each resumed epoch. The run that was "
    "resumed whole is at zero. All seven that forgot something are far above it, six from the first epoch on "
    "and the one without its schedule from the second."
)
noticed = [part for part, (losses, _) in resumed.items() if losses[-1] > 1.1 * rest[-1]]
same = [part for part, (_, weights) in resumed.items() if torch.equal(weights[-1], truth[-1])]
print("the same, bit for bit, without:", same)
print("an end more than a tenth worse, without:", noticed)

# %% [markdown]
# Only the black line is at zero on the right. On the left most of the others pass for the real one: a
# checkpoint that forgets something doesn't fail, it makes a run that nobody can repeat.
#
# ### What goes wrong: killed in the middle of a write
#
# Now for real. A process of its own trains the run below and saves after each epoch with **your**
# `save_checkpoint`. While it saves for the eighth time, with half of the bytes written, it is killed by
# SIGKILL, which no `finally` survives. Then this notebook resumes from what is on the disk. Beside it, the
# same with a plain `torch.save` to the path.

# %% jupyter={"source_hidden": true} tags=["demo"]
# A process that is killed while it saves, and the run that is resumed from what it left.
import linecache
import subprocess
import sys

RUN = """
import copy, io, math, os, random, signal, sys, tempfile, zipfile
from pathlib import Path
import numpy as np
import torch
from torch import nn
from torch.nn import functional as F

def new_parts(seed):
    torch.manual_seed(seed); random.seed(seed); np.random.seed(seed)
    model = nn.Sequential(nn.Linear(6, 16), nn.Tanh(), nn.Dropout(0.2), nn.Linear(16, 1))
    optimizer = torch.optim.Adam(model.parameters(), lr=0.02)
    schedule = torch.optim.lr_scheduler.CosineAnnealingLR(optimizer, 12)
    return {"model": model, "optimizer": optimizer, "scheduler": schedule}

def one_epoch(model, optimizer, scheduler, order):
    x = torch.linspace(-2, 2, 240).reshape(40, 6)
    for rows in torch.randperm(40, generator=order).split(10):
        noise = 0.1 * random.random() + 0.1 * np.random.rand()
        optimizer.zero_grad()
        F.mse_loss(model(x[rows] + noise), x[rows, :1]).backward()
        optimizer.step()
    scheduler.step()
"""
KILLED = '''
def plain_save(path, *, model, optimizer, scheduler, epoch, best):
    torch.save({"model": model.state_dict(), "epoch": epoch, "best": best}, path)

def half_and_die(run, file, *args, **kwargs):
    """Write half of what torch.save would, and die."""
    whole = io.BytesIO()
    real_save(run, whole)
    half = whole.getvalue()[: len(whole.getvalue()) // 2]
    if hasattr(file, "write"):
        file.write(half)
        file.flush()
    else:
        Path(file).write_bytes(half)
    os.kill(os.getpid(), signal.SIGKILL)

real_save, parts, order = torch.save, new_parts(0), torch.Generator().manual_seed(0)
save = {"yours": globals().get("save_checkpoint"), "plain": plain_save}[sys.argv[2]]
for epoch in range(12):
    one_epoch(**parts, order=order)
    if epoch == 7:
        torch.save = half_and_die
    save(sys.argv[1], **parts, epoch=epoch, best={"order": order.get_state()})
'''


def cell_of(function):
    """The source of the notebook cell that defines a function."""
    return "".join(linecache.getlines(function.__code__.co_filename))


toy = {}
exec(RUN, toy)
parts, order = toy["new_parts"](0), torch.Generator().manual_seed(0)
for _ in range(12):
    toy["one_epoch"](**parts, order=order)
truth = weights_of(parts["model"])

with tempfile.TemporaryDirectory() as folder:
    save_checkpoint(Path(folder) / "trial.pt", **parts, epoch=11, best=None)
    load_checkpoint(Path(folder) / "trial.pt", **parts)
    program = Path(folder) / "program.py"
    program.write_text(RUN + cell_of(save_checkpoint) + KILLED)
    running = {}
    for name in ("yours", "plain"):
        (Path(folder) / name).mkdir()
        command = [sys.executable, program, Path(folder) / name / "run.pt", name]
        running[name] = subprocess.Popen(command, stderr=subprocess.PIPE, text=True)
    for name, process in running.items():
        _, said = process.communicate()
        print(f"{name}: killed by SIGKILL: {process.returncode == -9} {said[-300:]}")
        parts, order = toy["new_parts"](1), torch.Generator()
        try:
            back = load_checkpoint(Path(folder) / name / "run.pt", **parts)
        except (ValueError, FileNotFoundError):
            print(f"{name}: what lies there is refused, and the run is lost")
            continue
        order.set_state(back["best"]["order"])
        for _ in range(back["epoch"] + 1, 12):
            toy["one_epoch"](**parts, order=order)
        same = torch.equal(weights_of(parts["model"]), truth)
        print(
            f"{name}: resumed after {back['epoch'] + 1} epochs; at the end the same bit for bit: {same}"
        )

# %% [markdown]
# Seven epochs survived, and the eighth was done again. The plain version had replaced a good file by half
# of one: its most dangerous moment was the one in which it saved. (A half file under the other name does
# stay after a SIGKILL. It's harmless, and nobody takes it for a checkpoint.)
#
# ## 6. All of it
#
# The last run reads the plays with everything you wrote: accumulation, the clip (in a hook before each
# step), the best weights, and a checkpoint after each epoch. Halfway it is thrown away and resumed from the
# file. The gray line is the same run without the interruption.


# %% jupyter={"source_hidden": true} tags=["demo", "nbval-ignore-output"]
# The last run: accumulated, clipped, checkpointed, thrown away halfway, resumed.
def new_reader():
    """A network, its optimizer with your clip before each step, and a schedule."""
    net = PlayNet(3, hidden=96, kind="tanh", scale=1.0)
    optimizer = torch.optim.Adam(net.parameters(), lr=0.006)
    norms = []
    optimizer.register_step_pre_hook(lambda *_: norms.append(clip_grad_norm(net.parameters(), 1.0)))
    schedule = torch.optim.lr_scheduler.CosineAnnealingLR(optimizer, 8)
    return {"model": net, "optimizer": optimizer, "scheduler": schedule}, norms


def read_on(parts, norms, order, stopper, epochs, file=None):
    """The validation losses of some epochs, each of them saved to file."""
    losses = []
    for epoch in epochs:
        batches = DataLoader(train_lines, 16, shuffle=True, generator=order)
        accumulate_epoch(parts["model"], batches, per_character, parts["optimizer"], 2, device)
        parts["scheduler"].step()
        losses.append(loss_on(parts["model"], val_lines))
        stopper.update(losses[-1], parts["model"])
        if file is not None:
            kept = {"order": order.get_state(), "state": stopper.best_state, "losses": losses}
            save_checkpoint(file, **parts, epoch=epoch, best=kept)
    return losses


train_lines, val_lines = (
    lines_of(plays[:370_000], 600, 50, 0),
    lines_of(plays[370_000:], 200, 50, 1),
)
deterministic = torch.backends.cudnn.deterministic
torch.backends.cudnn.deterministic = True  # on a GPU, float32 repeats bit for bit only with this
with tempfile.TemporaryDirectory() as folder:
    file = Path(folder) / "reader.pt"
    (parts, norms), order, stopper = (
        new_reader(),
        torch.Generator().manual_seed(0),
        EarlyStopping(3),
    )
    read_on(parts, norms, order, stopper, range(4), file)
    rest_of_it = read_on(parts, norms, order, stopper, range(4, 8))
    truth, all_norms = weights_of(parts["model"]), list(norms)

    (parts, norms), order = new_reader(), torch.Generator()
    back = load_checkpoint(file, **parts)
    order.set_state(back["best"]["order"])
    resumed = read_on(parts, norms, order, EarlyStopping(3), range(back["epoch"] + 1, 8))
torch.backends.cudnn.deterministic = deterministic

figure, (left, right) = plt.subplots(1, 2, figsize=(9, 3.2))
before = back["best"]["losses"]
left.plot(range(1, 9), before + rest_of_it, color="0.75", lw=6, label="not interrupted")
left.plot(range(1, 5), before, color=BLUE, marker="o", label="until it was thrown away")
left.plot(range(5, 9), resumed, color=ORANGE, ls="--", marker="s", label="resumed")
left.set(xlabel="epoch", ylabel="validation loss per character", title="One run, in two parts")
left.legend(fontsize=8)
right.plot(all_norms, color=BLUE, lw=1)
right.axhline(1.0, color=GREY, lw=1)
right.set(xlabel="step", ylabel="norm before clipping", yscale="log", title="Watched to the end")
right.set_yticks([0.2, 0.5, 1, 2], ["0.2", "0.5", "1", "2"])
right.minorticks_off()
plt.tight_layout()
show_figure(
    "Left: validation loss against epoch, falling from 3.0 to about 2.35. A wide gray line is the run without "
    "interruption; the first four epochs in blue and the last four, resumed, in orange lie on it. Right: "
    "the gradient norm at every step on a logarithmic scale, below 1 nearly everywhere."
)
print(
    "resumed and uninterrupted agree bit for bit:", torch.equal(weights_of(parts["model"]), truth)
)
print(f"loss per character: {resumed[-1]:.2f}, by guessing {math.log(73):.2f}")

# What it writes, character by character.
net, generator = parts["model"].eval(), torch.Generator().manual_seed(1)
written = [letters.index(letter) for letter in "ROMEO. "]
with torch.no_grad():
    for _ in range(240):
        logits = net(torch.tensor([written[-60:]], device=device))[0, -1].cpu()
        written.append(torch.multinomial((logits / 0.7).softmax(0), 1, generator=generator).item())
print("".join(letters[code] for code in written))

# %% [markdown]
# It spells some words, and has no idea what it says: 600 lines and eight epochs. Give it `hidden=256` and
# ten times the lines, over lunch. You can always stop it.
#
# ### In practice
#
# | | PyTorch | TensorFlow | Lightning |
# | --- | --- | --- | --- |
# | clip by norm | `nn.utils.clip_grad_norm_` | `tf.clip_by_global_norm`, `global_clipnorm=` of an optimizer | `gradient_clip_val=` |
# | clip by value | `nn.utils.clip_grad_value_` | `clipvalue=` of an optimizer | `gradient_clip_algorithm="value"` |
# | accumulate | your loop | `gradient_accumulation_steps=` of an optimizer | `accumulate_grad_batches=` (divides a short last group by the full number) |
# | stop early | your class | `EarlyStopping(restore_best_weights=True)` | `EarlyStopping`, `ModelCheckpoint` |
# | checkpoint | `torch.save`, `torch.distributed.checkpoint` | `tf.train.Checkpoint` | `ckpt_path=` of `Trainer.fit` |
# | in the middle of an epoch | `torchdata`'s `StatefulDataLoader` | `tf.data` iterators in a checkpoint | the same |
#
# ## To come back to
#
# | you see | it is | try |
# | --- | --- | --- |
# | loss jumps to inf or NaN within a few steps | exploding gradients | draw the norm; clip at 1.0 or 5.0, look again |
# | single spikes of the norm, loss fine | rare hard batches | leave the clip on; look at those batches |
# | nearly every step is clipped | the threshold sets the rate | raise the threshold, or lower the rate and say so |
# | norm inf while the loss is finite | float16 somewhere, or a true overflow | convert before you square; skip the step (lesson 12) |
# | out of memory | activations of the batch | halve the batch, double `accumulation_steps` |
# | accumulated run differs from the large batch | uneven groups, batch norm, dropout | weigh samples; layer or group norm |
# | restored "best" scores like the last | kept by reference | a copy, and measure it again after loading |
# | loss bumps after a resume | optimizer's or scheduler's state missing | build, then load; compare 3 steps with the original |
# | `UnpicklingError` on loading | something that isn't plain data in `best` | convert NumPy numbers to Python's |
#
# | knob | typical |
# | --- | --- |
# | `max_norm` | 1.0, or the 90th percentile of healthy steps |
# | `accumulation_steps` | target batch / what fits; 2 to 64 |
# | `patience` | 3 to 10 epochs; more where the curve trembles |
# | save | every 10 to 30 minutes of work that you would hate to repeat; keep the last two, and the best |

# %% [markdown]
# ## Mastery questions
#
# Answer in your own words, in a few sentences each. A person reads them.

# %% [markdown] nbgrader={"grade": false, "grade_id": "clip_and_rate", "locked": true, "points": 3, "schema_version": 3, "solution": false, "task": true}
# **Clip, or lower the rate?** A colleague sees spikes in the gradient norm of a recurrent network, and
# proposes to divide the learning rate by 100 instead of clipping. Another clips at 0.01. What does each of
# the two do to the steps that were healthy? What does clipping at a sensible threshold do to the expected
# gradient, and why is that accepted? How would you choose the threshold?
#
# === BEGIN MARK SCHEME ===
# 1 point: the lower rate slows every step by 100 for the sake of a few; clipping at 0.01 clips every step,
# so that each has length 0.01 * lr, whatever the gradient says: in effect a normalised gradient and another
# learning rate.
# 1 point: clipping biases the gradient (rare large ones count less than in the mean), but keeps the
# direction of each, and one huge step does more harm than the bias.
# 1 point: watch the norms of some dozens of healthy steps and set the threshold near their upper end (a
# percentile), or start at 1.0 or 5.0, look at the share of clipped steps, and adjust.
# === END MARK SCHEME ===

# %% [markdown]
# *Your answer here.*

# %% [markdown] nbgrader={"grade": false, "grade_id": "accumulation_limits", "locked": true, "points": 3, "schema_version": 3, "solution": false, "task": true}
# **The same as a large batch?** A network with batch norm and dropout is trained with micro-batches of 8
# and 16 accumulation steps, "so the batch size is 128". Name what is the same as with real batches of 128
# and what isn't, and say where in the loop the clip and the scheduler's step go.
#
# === BEGIN MARK SCHEME ===
# 1 point: the gradient is the same if samples weigh the same (for layers that treat samples independently),
# and so are number of steps and rate per sample; memory of activations is that of 8, time isn't smaller.
# 1 point: batch norm's statistics come from 8 samples (noisier, and the running averages are updated 16
# times as often); dropout masks are drawn in another order, so only equal in distribution.
# 1 point: clip once per group, on the accumulated gradient, just before the step (clipping each micro-batch
# is another thing); the scheduler steps once per optimizer step, or per epoch, never per micro-batch.
# === END MARK SCHEME ===

# %% [markdown]
# *Your answer here.*

# %% [markdown] nbgrader={"grade": false, "grade_id": "prove_the_resume", "locked": true, "points": 3, "schema_version": 3, "solution": false, "task": true}
# **Prove it.** Somebody shows you a training script with checkpoints, and says "resuming works: the loss
# goes on where it was". Describe an experiment that could refute this, what you would compare and with
# which tolerance, and two faults that it would reveal and the loss curve wouldn't. What has to be added for
# a GPU?
#
# === BEGIN MARK SCHEME ===
# 1 point: train 2n steps; train n, save, start a new process, load, train n; compare all weights (and the
# next draws) bit for bit, tolerance zero, on one machine.
# 1 point: two of: optimizer's state, scheduler's position, random states (dropout, augmentation), order of
# the data, best so far; each with why the loss hardly shows it.
# 1 point: on a GPU float32 kernels are not deterministic by themselves: the cuDNN deterministic flag (or
# deterministic algorithms), CUDA's random state, and the two uninterrupted runs have to agree with each
# other first.
# === END MARK SCHEME ===

# %% [markdown]
# *Your answer here.*

# %% [markdown]
# ## Further reading
#
# - Y. Bengio, P. Simard and P. Frasconi (1994), *Learning Long-Term Dependencies with Gradient Descent is
#   Difficult*.
# - R. Pascanu, T. Mikolov and Y. Bengio (2013), *On the difficulty of training recurrent neural networks*:
#   the clip, and why.
# - Q. Le, N. Jaitly and G. Hinton (2015), *A Simple Way to Initialize Recurrent Networks of Rectified
#   Linear Units*: the network of this lesson.
# - J. Zhang et al. (2020), *Why Gradient Clipping Accelerates Training*.
# - W. Zaremba, I. Sutskever and O. Vinyals (2014), *Recurrent Neural Network Regularization*, and T. Brown
#   et al. (2020), *Language Models are Few-Shot Learners*, appendix B: the thresholds they used.
# - M. Ott et al. (2018), *Scaling Neural Machine Translation*: accumulation, weighted by tokens.
# - L. Prechelt (1998), *Early Stopping - But When?*
# - T. Pillai et al. (2014), *All File Systems Are Not Created Equal*: what a crash leaves of a file.
#
# **Next:** [lesson 12](../12_mixed_precision/mixed_precision.ipynb). Half of the bits, and what it takes to keep the gradients.
