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
# # 06 - How fast, when
#
# The gradient says which way is down. It does not say how far to go. That is the learning rate, the
# one number that most often decides whether a network learns at all. And the best rate at step 1 is
# not the best rate at step 1000.
#
# **You will be able to**
#
# - tell from a loss curve that a rate is too high, too low or right;
# - write the schedules in common use: step, exponential, cosine, warm-up, one-cycle, plateau;
# - find a rate for a new model in one short run, and know when that run misleads you;
# - say how the rate should follow the batch size, and measure where that rule breaks.
#
# **You need** lesson 00 (the step `x - lr * grad` and its limit), momentum from lesson 05, and the
# cosine. A small network is given; what is inside it is lesson 02.
#
# **It takes** about two hours: nine exercises and three predictions. The cell beneath each exercise
# checks it (`%check`), as often as you like.

# %% jupyter={"source_hidden": true} tags=["setup"]
# Given: NumPy as np, Matplotlib as plt, the digits, a small network, and train.
import functools
import os
from pathlib import Path

import matplotlib.pyplot as plt
import numpy as np

BLUE, ORANGE, GREEN, RED, GREY = "#0072B2", "#E69F00", "#009E73", "#D55E00", "#555555"
WIDE = {"color": "0.8", "lw": 7, "solid_capstyle": "round"}  # the reference, beneath your line


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


@functools.cache
def load_digits():
    """1440 digits to train on and 357 held out, as pairs: pixels in [0, 1] and a last column of ones,
    float64 (n, 65), and one-hot classes, float64 (n, 10)."""
    with np.load(find_data("digits.npz")) as digits:
        pixels, classes = digits["x"].reshape(-1, 64) / 16.0, np.eye(10)[digits["y"]]
    pixels = np.concatenate([pixels, np.ones((len(pixels), 1))], axis=1)
    order = np.random.default_rng(0).permutation(len(pixels))
    return [(pixels[rows], classes[rows]) for rows in (order[:1440], order[1440:])]


def new_network(rng, gain=1.0):
    """A 64-32-10 network with ReLU as two matrices, float64 (65, 32) and (33, 10); the last row of
    each is the bias. `gain` above 1 makes the start too large."""
    network = []
    for fan_in, fan_out in ((64, 32), (32, 10)):
        spread = gain * np.sqrt(2 / fan_in)
        weights = spread * rng.standard_normal((fan_in, fan_out))
        network.append(np.concatenate([weights, np.zeros((1, fan_out))]))
    return network


def loss_and_slopes(network, pixels, classes):
    """Mean cross-entropy of a batch (a float), and its gradient for each matrix of the network."""
    into, out = network
    hidden = np.clip(pixels @ into, 0, None)
    hidden = np.concatenate([hidden, np.ones((len(pixels), 1))], axis=1)
    logits = hidden @ out
    log_probs = logits - np.logaddexp.reduce(logits, axis=1, keepdims=True)
    loss = float(-np.mean(np.sum(classes * log_probs, axis=1)))
    dlogits = (np.exp(log_probs) - classes) / len(pixels)
    dbefore = (dlogits @ out[:-1].T) * (hidden[:, :-1] > 0)
    return loss, [pixels.T @ dbefore, hidden.T @ dlogits]


def train(rate_at, steps, batch=64, momentum=0.9, seed=0, gain=1.0, after_epoch=None, epoch=20):
    """SGD with momentum on the digits, with the rate `rate_at(step)`.

    `after_epoch`, if given, is called with the held-out loss after every `epoch` steps. Returns the
    loss on all training digits at the end (a float, 9.9 where it is not finite), and the losses of
    the batches, float64 (steps,).
    """
    (pixels, classes), held_out = load_digits()
    rng = np.random.default_rng(seed)
    network = new_network(rng, gain)
    velocity = [np.zeros_like(weights) for weights in network]
    losses = np.full(steps, np.nan)
    with np.errstate(all="ignore"):
        for step in range(steps):
            rows = rng.integers(0, len(pixels), size=batch)
            losses[step], slopes = loss_and_slopes(network, pixels[rows], classes[rows])
            rate = rate_at(step)
            for weights, speed, slope in zip(network, velocity, slopes, strict=True):
                speed *= momentum
                speed += slope
                weights -= rate * speed
            if after_epoch and (step + 1) % epoch == 0:
                after_epoch(loss_and_slopes(network, *held_out)[0])
        end = loss_and_slopes(network, pixels, classes)[0]
    return (end if np.isfinite(end) else 9.9), losses


def smooth(values, width=9):
    """Means over a window, so that a line of batch losses can be read."""
    return np.convolve(values, np.ones(width) / width, mode="valid")


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
# ## 1. Too low, too high, right
#
# Here is one network, trained three times from the same start on the same batches. Only the rate
# differs. Before you look: what does each kind of wrong rate look like in a loss curve?

# %% jupyter={"source_hidden": true} tags=["demo"]
# One network trained at three rates, and its final loss at twelve.
fig, (left, right) = plt.subplots(1, 2, figsize=(9.6, 3.7), layout="constrained")
for rate, color, style, name in (
    (0.001, ORANGE, "--", "too low"),
    (0.1, BLUE, "-", "right"),
    (2.0, RED, ":", "too high"),
):
    _, losses = train(lambda step, rate=rate: rate, 200)
    left.semilogy(smooth(losses), color=color, ls=style, lw=2, label=f"lr = {rate:g}: {name}")
left.axhline(np.log(10), color=GREY, lw=1, ls="-.", label="knowing nothing: log 10")
left.set(xlabel="step", ylabel="loss (mean of 9 batches)", title="One network, three rates")
left.legend()
rates = np.geomspace(0.001, 3, 12)
ends = [train(lambda step, rate=rate: rate, 200)[0] for rate in rates]
right.loglog(rates, ends, color=BLUE, marker="o")
right.set(
    xlabel="learning rate", ylabel="loss after 200 steps", title="A valley with one steep wall"
)
show_figure(
    "Left: three loss curves over 200 steps. Rate 0.001 falls slowly and evenly and is still "
    "above 1.5, rate 0.1 falls quickly below 0.2, rate 2 stays near 2.3 or above. Right: the loss "
    "after 200 steps against the rate on logarithmic axes is a valley, lowest between 0.1 and "
    "0.3, with a steep right wall."
)

# %% [markdown]
# *What to see.* Too low is smooth and slow: nothing looks broken, and that is the trap. Too high does
# not fall at all. On the right, the valley spans about a factor of ten; its left slope is gentle, its
# right wall is steep. If you have to guess, guess low, and look at the slope.

# %% [markdown]
# ## 2. A constant rate has a floor
#
# Why not find the right rate and keep it? Because the gradient of a mini-batch is not the gradient.
# It is right on average and wrong each time, and a rate turns that noise into motion.
#
# Take the bowl $f(x) = x^2/2$, and a gradient $x + \sigma\xi_t$, where $\xi_t$ is noise of mean 0 and
# variance 1, fresh at each step $t$, and $\sigma$ says how much of it. With a constant rate $\eta$,
# far from the minimum the gradient wins and the loss falls. Near it the noise wins, and the loss
# stops falling at a **floor**.

# %% [markdown]
# ### Prediction: half the rate
#
# A run with a constant rate has reached its floor. You run it again with half the rate, long enough
# to reach its floor too. Where is that?
#
# - (a) at the same loss: it only takes longer to get there
# - (b) at about half the loss
# - (c) at about a quarter of the loss

# %% nbgrader={"grade": false, "grade_id": "prediction_noise_floor", "locked": false, "schema_version": 3, "solution": true, "task": false}
### BEGIN SOLUTION
prediction_noise_floor = "b"
### END SOLUTION

# %% nbgrader={"grade": true, "grade_id": "test_prediction_noise_floor", "locked": true, "points": 1, "schema_version": 3, "solution": false, "task": false}
if prediction_noise_floor is None:
    raise NotImplementedError("prediction_noise_floor is not written yet")
letter = str(prediction_noise_floor).strip(" ().").lower()
assert letter in ("a", "b", "c"), "a prediction is one letter: a, b or c"
### BEGIN HIDDEN TESTS
from autograder.hidden.schedules import grade

grade("prediction_noise_floor")
### END HIDDEN TESTS


# %% tags=["setup"]
def noisy_bowl(rate_at, steps, start=3.0, noise=1.0, copies=4000, seed=0):
    """The mean loss of many runs on x**2 / 2 with a noisy gradient: float64 (steps + 1,)."""
    rng = np.random.default_rng(seed)
    x = np.full(copies, start)
    losses = [np.mean(x**2) / 2]
    for step in range(steps):
        x = x - rate_at(step) * (x + noise * rng.standard_normal(copies))
        losses.append(np.mean(x**2) / 2)
    return np.array(losses)


# %% jupyter={"source_hidden": true} tags=["demo", "prediction_noise_floor"]
# The loss of many noisy runs at three constant rates, with their floors.
fig, ax = plt.subplots(figsize=(6.8, 3.8))
for rate, color, style in ((0.4, RED, "-"), (0.2, ORANGE, "--"), (0.1, BLUE, "-.")):
    losses = noisy_bowl(lambda step, rate=rate: rate, 80)
    floor = rate / (2 * (2 - rate))
    ax.semilogy(losses, color=color, ls=style, lw=2, label=f"lr = {rate}")
    ax.axhline(floor, color=color, ls=":", lw=1)
    print(f"lr = {rate}: floor by the formula {floor:.3f}, measured {np.mean(losses[-30:]):.2f}")
ax.set(xlabel="step", ylabel="loss, mean of 4000 runs", title="Each rate has its floor")
ax.legend()
show_figure(
    "Mean loss of 4000 noisy runs on a logarithmic axis, for the rates 0.4, 0.2 and 0.1. Each "
    "falls, the higher rate faster, and then stays level on its own dotted line: 0.125, 0.056 and "
    "0.026."
)

# %% [markdown]
# *What to see.* Compare the two floors with what you predicted. A step multiplies $x$ by
# $1-\eta$ and adds noise of variance $\eta^2\sigma^2$. The variance $V$ that reproduces itself has
# $V = (1-\eta)^2 V + \eta^2\sigma^2$, so that the loss ends at
#
# $$\frac{V}{2} = \frac{\eta\,\sigma^2}{2(2-\eta)} \approx \frac{\eta\,\sigma^2}{4}$$
#
# A high rate gets down fast and stays high; a low rate gets low and takes its time. The way out:
# begin with the one, end with the other. From here on the rate is a function of the step, $\eta_t$
# with $t = 0, 1, 2, \dots$: a **schedule**.

# %% [markdown]
# ## 3. Go down the stairs
#
# The oldest schedule: keep the rate for a while, then cut it, and again. With $\eta_0$ the first
# rate, $S$ the number of steps on each stair, and $\gamma$ in $(0, 1]$ the factor of each cut:
#
# $$\eta_t = \eta_0\,\gamma^{\lfloor t/S \rfloor}$$
#
# $\lfloor\cdot\rfloor$ rounds down. Steps $0$ to $S-1$ have the full rate; step $S$ is the first one
# after a cut.
#
# ### Exercise: `step_decay` (5 minutes, difficulty 1 of 5)


# %% nbgrader={"grade": false, "grade_id": "step_decay", "locked": false, "schema_version": 3, "solution": true, "task": false}
def step_decay(step, base_lr, step_size, gamma=0.1):
    """The rate at a step, cut by a factor after every `step_size` steps.

    Args:
        step: an int >= 0; the first step is 0.
        base_lr: the first rate, > 0.
        step_size: the steps on each stair, an int >= 1.
        gamma: the factor of each cut, in (0, 1].

    Returns:
        A float: `base_lr * gamma**(step // step_size)`.

    Source: He, Zhang, Ren and Sun, Deep Residual Learning for Image Recognition (2016), section 4.2
        (cuts by 10).
    """
    ### BEGIN SOLUTION
    return float(base_lr * gamma ** (step // step_size))
    ### END SOLUTION


# %% nbgrader={"grade": true, "grade_id": "test_step_decay", "locked": true, "points": 1, "schema_version": 3, "solution": false, "task": false}
assert np.isclose(step_decay(0, 0.4, step_size=3), 0.4), "the first step has the base rate"
assert np.isclose(step_decay(2, 0.4, step_size=3), 0.4), "steps 0, 1 and 2 are one stair of three"
assert np.isclose(step_decay(3, 0.4, step_size=3), 0.04), "step 3 is the first after the cut"
assert np.isclose(step_decay(9, 0.4, 3, gamma=0.5), 0.05), "after nine steps: three cuts in half"
assert np.isclose(step_decay(5, 2, 3, gamma=1), 2), "a factor of 1 cuts nothing"
### BEGIN HIDDEN TESTS
from autograder.hidden.schedules import grade

grade("step_decay")
### END HIDDEN TESTS

# %% [markdown]
# <details><summary>Hint 1: direction</summary>
#
# How many cuts lie behind you at step 2, 3, 5 and 6, if a stair has three steps?
# </details>
#
# <details><summary>Hint 2: method</summary>
#
# Whole-number division counts them: `//` rounds down. The count is the exponent of `gamma`.
# </details>
#
# <details><summary>Hint 3: almost the line</summary>
#
# The base rate times `gamma` to the power of (`step` divided by `step_size`, rounded down).
# </details>

# %% [markdown]
# ### The look
#
# Your stairs over PyTorch's, and what they do to the noisy bowl. From here on the wide grey line is
# always the reference, and the thin one is yours.


# %% jupyter={"source_hidden": true} tags=["demo"]
# Your stairs over PyTorch's, and what they do to the noisy bowl.
try:
    import torch
except ImportError:
    torch = None
    print(
        "torch is not installed: the grey lines are left out. You need PyTorch from lesson 09 on."
    )


def torch_rates(make, lr, steps):
    """The rates that one of PyTorch's schedulers gives to the steps 0 to steps - 1."""
    if torch is None:
        return np.full(steps, np.nan)  # which draws nothing
    optimizer = torch.optim.SGD([torch.nn.Parameter(torch.zeros(1))], lr=lr)
    scheduler = make(optimizer)
    seen = []
    for _ in range(steps):
        seen.append(optimizer.param_groups[0]["lr"])
        optimizer.step()
        scheduler.step()
    return np.array(seen)


schedulers = torch and torch.optim.lr_scheduler
steps = np.arange(120)
yours = [step_decay(t, 0.4, 30, gamma=0.5) for t in steps]
theirs = torch_rates(lambda opt: schedulers.StepLR(opt, 30, gamma=0.5), 0.4, 120)
fig, (left, right) = plt.subplots(1, 2, figsize=(9.6, 3.6), layout="constrained")
left.step(steps, theirs, where="post", label="torch: StepLR", **WIDE)
left.step(steps, yours, where="post", color=BLUE, lw=1.8, label="your step_decay")
left.set(xlabel="step", ylabel="learning rate", title="Four stairs", ylim=(0, 0.45))
left.legend()
right.semilogy(noisy_bowl(lambda t: 0.4, 120), color=RED, ls="--", label="constant, lr = 0.4")
right.semilogy(
    noisy_bowl(lambda t: step_decay(t, 0.4, 30, gamma=0.5), 120),
    color=BLUE,
    label="your step_decay",
)
right.set(xlabel="step", ylabel="loss, mean of 4000 runs", title="On the noisy bowl")
right.legend()
show_figure(
    "Left: a staircase of rates 0.4, 0.2, 0.1, 0.05 over a wide grey line from torch. Right: the "
    "loss falls below the floor of the constant rate in steps, and each new stair has half the "
    "floor."
)

# %% [markdown]
# *What to see.* After each cut the loss drops to the next floor, at about half the one before. If you
# have seen such a cliff in the loss curve of a paper, this was it.

# %% [markdown]
# ### A smooth slope instead of stairs
#
# Where should the stairs be? That is a choice to make for every run. Cut a little at every step, and
# there is one number less to choose:
#
# $$\eta_t = \eta_0\,\gamma^{t}$$
#
# Now $\gamma$ is close to 1: with $\gamma = 0.99$ the rate is halved every 69 steps.
#
# ### Exercise: `exponential_decay` (3 minutes, difficulty 1 of 5)


# %% nbgrader={"grade": false, "grade_id": "exponential_decay", "locked": false, "schema_version": 3, "solution": true, "task": false}
def exponential_decay(step, base_lr, gamma):
    """The rate at a step, cut by the same factor at every step.

    Args:
        step: an int >= 0; the first step is 0.
        base_lr: the rate of step 0, > 0.
        gamma: the factor of each step, in (0, 1].

    Returns:
        A float: `base_lr * gamma**step`.

    Source: Senior, Heigold, Ranzato and Yang, An Empirical Study of Learning Rates in Deep Neural
        Networks for Speech Recognition (2013).
    """
    ### BEGIN SOLUTION
    return float(base_lr * gamma**step)
    ### END SOLUTION


# %% nbgrader={"grade": true, "grade_id": "test_exponential_decay", "locked": true, "points": 1, "schema_version": 3, "solution": false, "task": false}
assert np.isclose(exponential_decay(0, 0.4, 0.9), 0.4), "the first step has the base rate"
assert np.isclose(exponential_decay(2, 0.4, 0.9), 0.4 * 0.81), "two steps, two factors of 0.9"
assert np.isclose(exponential_decay(69, 1.0, 0.99), 0.5, atol=1e-3), "0.99 halves it in 69 steps"
assert np.isclose(exponential_decay(5, 2, 1), 2), "a factor of 1 keeps the rate"
### BEGIN HIDDEN TESTS
from autograder.hidden.schedules import grade

grade("exponential_decay")
### END HIDDEN TESTS

# %% [markdown]
# <details><summary>Hint 1: direction</summary>
#
# How many factors of `gamma` does step 0 have? And step 1?
# </details>
#
# <details><summary>Hint 2: method</summary>
#
# It is `step_decay` with stairs of one step.
# </details>
#
# <details><summary>Hint 3: almost the line</summary>
#
# The base rate times `gamma` to the power of the step.
# </details>

# %% jupyter={"source_hidden": true} tags=["demo"]
# Your slope over PyTorch's, and the stairs that it replaces.
gamma = 0.5 ** (1 / 30)
yours = [exponential_decay(t, 0.4, gamma) for t in steps]
theirs = torch_rates(lambda opt: schedulers.ExponentialLR(opt, gamma), 0.4, 120)
fig, ax = plt.subplots(figsize=(6.8, 3.6))
ax.semilogy(steps, theirs, label="torch: ExponentialLR", **WIDE)
ax.semilogy(steps, yours, color=BLUE, lw=1.8, label="your exponential_decay")
stairs = [step_decay(t, 0.4, 30, gamma=0.5) for t in steps]
ax.step(steps, stairs, where="post", color=ORANGE, ls="--", label="your step_decay")
ax.set(xlabel="step", ylabel="learning rate", title="Halved every 30 steps, in two ways")
ax.legend()
show_figure(
    "Rates on a logarithmic axis over 120 steps. The exponential decay is a straight line over "
    "the wide grey line from torch; the stairs of step_decay wind around it."
)

# %% [markdown]
# *What to see.* On a logarithmic axis the exponential is a straight line: the same factor at every
# step. The stairs touch it at the start of each stair, and run above it in between.

# %% [markdown]
# ## 4. Half a cosine
#
# Both decays spend most of their steps at small rates, and neither knows when the run ends. The
# cosine knows: it stays high for long, comes down in the middle, and lands flat on $\eta_{\min}$ at
# the step $T$ that you name.
#
# $$\eta_t = \eta_{\min} + \frac{\eta_0 - \eta_{\min}}{2}\left(1 + \cos\frac{\pi t}{T}\right) \quad (t < T), \qquad \eta_t = \eta_{\min} \quad (t \ge T)$$
#
# $T$ is `total_steps`, $\eta_0$ is `base_lr`, $\eta_{\min}$ is `min_lr`. The bracket goes from 2 to
# 0, so the half in front of it matters, and so does the difference: only what lies above
# $\eta_{\min}$ swings.
#
# ### Exercise: `cosine` (8 minutes, difficulty 2 of 5)


# %% nbgrader={"grade": false, "grade_id": "cosine", "locked": false, "schema_version": 3, "solution": true, "task": false}
def cosine(step, base_lr, total_steps, min_lr=0.0):
    """Half a cosine from `base_lr` at step 0 down to `min_lr`, and `min_lr` ever after.

    Args:
        step: an int >= 0; may lie beyond total_steps.
        base_lr: the rate of step 0, > 0.
        total_steps: the step at which min_lr is reached, an int >= 1.
        min_lr: the last rate, >= 0.

    Returns:
        A float. Exactly min_lr at and after total_steps.

    Source: Loshchilov and Hutter, SGDR: Stochastic Gradient Descent with Warm Restarts (2017),
        equation 5, without the restarts.
    """
    ### BEGIN SOLUTION
    if step >= total_steps:
        return float(min_lr)
    height = (1 + np.cos(np.pi * step / total_steps)) / 2
    return float(min_lr + (base_lr - min_lr) * height)
    ### END SOLUTION


# %% nbgrader={"grade": true, "grade_id": "test_cosine", "locked": true, "points": 2, "schema_version": 3, "solution": false, "task": false}
assert np.isclose(cosine(0, 0.8, 10), 0.8), "the first step has the base rate"
assert np.isclose(cosine(5, 0.8, 10), 0.4), "half way in time is half way down"
assert np.isclose(cosine(5, 0.8, 10, min_lr=0.2), 0.5), "half way from 0.8 to 0.2 is 0.5"
assert np.isclose(cosine(2, 1.0, 8), 0.5 + 0.5**1.5), (
    "a quarter of the way: (1 + cos 45 degrees) / 2"
)
assert np.isclose(cosine(10, 0.8, 10, min_lr=0.2), 0.2), "at total_steps: min_lr"
assert np.isclose(cosine(15, 0.8, 10, min_lr=0.2), 0.2), "and it stays there"
assert np.isclose(cosine(3, 2, 6, min_lr=1), 1.5), "ints as arguments, and a rate between them"
### BEGIN HIDDEN TESTS
from autograder.hidden.schedules import grade

grade("cosine")
### END HIDDEN TESTS

# %% [markdown]
# <details><summary>Hint 1: direction</summary>
#
# Which angle belongs to step 0, which to step `total_steps`? And what happens to a cosine beyond
# that?
# </details>
#
# <details><summary>Hint 2: method</summary>
#
# First the end: at and after `total_steps` the answer is known. Otherwise a height from 1 down to 0,
# made of the cosine; then stretch it over the distance from `min_lr` up to `base_lr`.
# </details>
#
# <details><summary>Hint 3: almost the line</summary>
#
# The height is one plus the cosine of (pi times `step` over `total_steps`), halved. The rate is
# `min_lr` plus the height times (`base_lr` less `min_lr`).
# </details>

# %% jupyter={"source_hidden": true} tags=["demo"]
# Your cosine over PyTorch's, and past its end.
far = np.arange(141)
yours = [cosine(t, 0.4, 100, min_lr=0.05) for t in far]
theirs = torch_rates(lambda opt: schedulers.CosineAnnealingLR(opt, 100, eta_min=0.05), 0.4, 141)
fig, ax = plt.subplots(figsize=(6.8, 3.6))
ax.plot(far[:101], theirs[:101], label="torch: CosineAnnealingLR", **WIDE)
ax.plot(far[100:], theirs[100:], color=GREY, ls=":", label="torch, after its T_max")
ax.plot(far, yours, color=BLUE, lw=1.8, label="your cosine")
ax.axvline(100, color=GREY, lw=0.8)
ax.set(
    xlabel="step", ylabel="learning rate", title="total_steps = 100, min_lr = 0.05", ylim=(0, 0.43)
)
ax.legend()
show_figure(
    "Rates over 140 steps. Your cosine lies on the wide grey line from torch, from 0.4 down to "
    "0.05 at step 100; after that yours stays at 0.05 while the dotted line of torch rises again."
)

# %% [markdown]
# *What to see.* Yours lies on PyTorch's down to step 100. After that PyTorch's goes up the other side
# of the cosine, without a word. A run that lasts longer than its schedule is a common accident; yours
# stays down.

# %% [markdown]
# ## 5. Warm up first
#
# The largest gradients of a run are often its first. The network below starts with weights three
# times as large as lesson 04 would choose, so that it is confidently wrong. A rate that would be fine
# later is too high for these first steps.

# %% jupyter={"source_hidden": true} tags=["demo"]
# The first 60 losses at three constant rates, from weights that are too large.
fig, ax = plt.subplots(figsize=(6.8, 3.6))
for rate, color, style in ((0.8, RED, "-"), (0.1, BLUE, "--")):
    end, losses = train(lambda t, r=rate: cosine(t, r, 300), 300, momentum=0.0, gain=3.0)
    ax.semilogy(losses[:60], color=color, ls=style, marker=".", label=f"cosine from {rate}")
    print(
        f"cosine from {rate}: first loss {losses[0]:.1f}, highest {losses.max():.0f}, end {end:.2f}"
    )
ax.set(xlabel="step", ylabel="loss of the batch", title="The first 60 steps from a bad start")
ax.legend()
show_figure(
    "Loss of the first 60 batches on a logarithmic axis, from weights three times too large. With "
    "the rate 0.8 the loss jumps from 5 to 12 in two steps, is back after five, and then runs a "
    "little below the other curve; with the rate 0.1 it falls from the first step, slowly."
)

# %% [markdown]
# *What to see.* At 0.8 the first two steps more than double the loss. It is back after five, and that looks
# harmless; the end of this section shows what the jump costs. At 0.1 the loss falls from the first step, and is too
# slow later. The cure costs a few steps: begin low, and climb to the
# full rate $\eta_0$ in $w$ equal steps.
#
# $$\eta_t = \eta_0\,\frac{t+1}{w} \quad (t < w), \qquad \eta_t = \eta_0 \quad (t \ge w)$$
#
# $w$ is `warmup_steps`. Mind the $+1$: the first step has the rate $\eta_0/w$. With $t/w$ it would
# have the rate 0, and a whole batch would be spent on a step that goes nowhere.
#
# ### Exercise: `linear_warmup` (5 minutes, difficulty 1 of 5)


# %% nbgrader={"grade": false, "grade_id": "linear_warmup", "locked": false, "schema_version": 3, "solution": true, "task": false}
def linear_warmup(step, base_lr, warmup_steps):
    """The rate at a step, climbing to `base_lr` in equal steps, and `base_lr` ever after.

    Args:
        step: an int >= 0; the first step is 0.
        base_lr: the full rate, > 0.
        warmup_steps: how many steps the climb has, an int >= 0; 0 means no climb.

    Returns:
        A float: base_lr / warmup_steps at step 0, base_lr from step warmup_steps - 1 on; never 0.

    Source: Goyal et al., Accurate, Large Minibatch SGD: Training ImageNet in 1 Hour (2017),
        section 2.2.
    """
    ### BEGIN SOLUTION
    if step >= warmup_steps:
        return float(base_lr)
    return float(base_lr * (step + 1) / warmup_steps)
    ### END SOLUTION


# %% nbgrader={"grade": true, "grade_id": "test_linear_warmup", "locked": true, "points": 2, "schema_version": 3, "solution": false, "task": false}
assert np.isclose(linear_warmup(0, 0.8, 4), 0.2), "the first step has a quarter of the rate, not 0"
assert np.isclose(linear_warmup(1, 0.8, 4), 0.4), "each step is as high as the one before it"
assert np.isclose(linear_warmup(3, 0.8, 4), 0.8), "the fourth of four steps, step 3, is at the top"
assert np.isclose(linear_warmup(50, 0.8, 4), 0.8), "and the rate stays there"
assert np.isclose(linear_warmup(0, 0.8, 0), 0.8), "no warm-up: the full rate from the first step"
assert np.isclose(linear_warmup(0, 2, 4), 0.5), "ints as arguments, and a rate below 1"
### BEGIN HIDDEN TESTS
from autograder.hidden.schedules import grade

grade("linear_warmup")
### END HIDDEN TESTS

# %% [markdown]
# <details><summary>Hint 1: direction</summary>
#
# With four warm-up steps, write down the four rates by hand. Which of them is at step 0?
# </details>
#
# <details><summary>Hint 2: method</summary>
#
# Two cases: before the top and at the top. If the case at the top comes first, a warm-up of 0 steps
# never meets the division.
# </details>
#
# <details><summary>Hint 3: almost the line</summary>
#
# From step `warmup_steps` on, the base rate. Before that, the base rate times `step + 1`, over
# `warmup_steps`.
# </details>

# %% [markdown]
# ### Warm-up, then cosine
#
# One goes up, the other comes down. Put together they are the schedule of most large models today.
# The cosine starts where the warm-up ends, and so it counts from there:
#
# $$\eta_t = \begin{cases} \text{warm-up}(t) & t < w \\ \text{cosine}(t - w) \text{ over } T - w \text{ steps} & t \ge w \end{cases}$$
#
# $T$ is again `total_steps`, the whole run with its warm-up. The last warm-up step and the first step
# of the cosine both have the full rate.
#
# ### Exercise: `warmup_cosine` (6 minutes, difficulty 2 of 5)
#
# Call your two functions.


# %% nbgrader={"grade": false, "grade_id": "warmup_cosine", "locked": false, "schema_version": 3, "solution": true, "task": false}
def warmup_cosine(step, base_lr, warmup_steps, total_steps, min_lr=0.0):
    """A linear warm-up, then half a cosine down to `min_lr` at `total_steps`.

    Args:
        step: an int >= 0; may lie beyond total_steps.
        base_lr: the rate at the top, > 0.
        warmup_steps: the steps of the climb, an int >= 0.
        total_steps: the step at which min_lr is reached, warm-up included, an int > warmup_steps.
        min_lr: the last rate, >= 0; the warm-up does not look at it.

    Returns:
        A float. For step < warmup_steps `linear_warmup(step, base_lr, warmup_steps)`, else
        `cosine(step - warmup_steps, base_lr, total_steps - warmup_steps, min_lr)`.

    Source: He et al., Bag of Tricks for Image Classification with Convolutional Neural Networks
        (2019), sections 3.1 and 5.1.
    """
    ### BEGIN SOLUTION
    if step < warmup_steps:
        return linear_warmup(step, base_lr, warmup_steps)
    return cosine(step - warmup_steps, base_lr, total_steps - warmup_steps, min_lr)
    ### END SOLUTION


# %% nbgrader={"grade": true, "grade_id": "test_warmup_cosine", "locked": true, "points": 2, "schema_version": 3, "solution": false, "task": false}
assert np.isclose(warmup_cosine(0, 0.8, 4, 12), 0.2), "the climb begins at a quarter of the rate"
assert np.isclose(warmup_cosine(3, 0.8, 4, 12), 0.8), "its last step is at the top"
assert np.isclose(warmup_cosine(4, 0.8, 4, 12), 0.8), "and so is the first step of the cosine"
assert np.isclose(warmup_cosine(8, 0.8, 4, 12), 0.4), "step 8 is half way from step 4 to step 12"
assert np.isclose(warmup_cosine(12, 0.8, 4, 12, min_lr=0.1), 0.1), "at total_steps: min_lr"
assert np.isclose(warmup_cosine(99, 0.8, 4, 12, min_lr=0.1), 0.1), "and it stays there"
assert np.isclose(warmup_cosine(1, 0.8, 4, 12, min_lr=0.1), 0.4), "min_lr does not lift the climb"
assert np.isclose(warmup_cosine(3, 0.8, 0, 6), 0.4), "no warm-up: a cosine from the first step"
### BEGIN HIDDEN TESTS
from autograder.hidden.schedules import grade

grade("warmup_cosine")
### END HIDDEN TESTS

# %% [markdown]
# <details><summary>Hint 1: direction</summary>
#
# At the first step after the climb, what should `cosine` believe that the time is? And how long is
# its run?
# </details>
#
# <details><summary>Hint 2: method</summary>
#
# One `if`, two calls. Both time arguments of `cosine` have the climb taken off.
# </details>
#
# <details><summary>Hint 3: almost the line</summary>
#
# For `step` below `warmup_steps`, `linear_warmup` with the same arguments. Otherwise `cosine` at
# `step - warmup_steps`, over `total_steps - warmup_steps`, with `min_lr`.
# </details>

# %% [markdown]
# ### The look
#
# Your schedule over PyTorch's two, joined by `SequentialLR`, and the bad start once more: the same
# top rate of 0.8 after a warm-up of 0, 5 and 30 steps. With ipywidgets installed there is a slider
# below. Before you move it to 290, nearly all of the run: better or worse than no warm-up at all?


# %% jupyter={"source_hidden": true} tags=["demo", "nbval-ignore-output"]
# Three warm-ups, what they do to the first losses, then a slider.
def torch_warmup_cosine(optimizer, warmup_steps, total_steps):
    """PyTorch's way: LinearLR, then CosineAnnealingLR, switched by SequentialLR."""
    climb = schedulers.LinearLR(
        optimizer, start_factor=1 / warmup_steps, total_iters=warmup_steps - 1
    )
    down = schedulers.CosineAnnealingLR(optimizer, total_steps - warmup_steps)
    return schedulers.SequentialLR(optimizer, [climb, down], milestones=[warmup_steps])


def from_bad_start(warmup_steps, seed=0):
    """300 steps from weights three times too large, top rate 0.8."""
    rate_at = lambda t: warmup_cosine(t, 0.8, warmup_steps, 300)
    run = train(rate_at, 300, momentum=0.0, gain=3.0, seed=seed)
    return [rate_at(t) for t in range(300)], *run


def draw_warmup(left, right, warmup_steps, color, style):
    """One schedule and its first losses; returns the loss at the end."""
    rates, end, losses = from_bad_start(warmup_steps)
    left.plot(
        rates, color=color, ls=style, lw=1.8, label=f"warm-up {warmup_steps}: ends at {end:.3f}"
    )
    right.semilogy(losses[:60], color=color, ls=style, marker=".", label=f"warm-up {warmup_steps}")
    left.set(xlabel="step", ylabel="learning rate", ylim=(0, 1.25))
    right.set(xlabel="step", ylabel="loss of the batch")
    return end


fig, (left, right) = plt.subplots(1, 2, figsize=(9.6, 3.8), layout="constrained")
theirs = torch_rates(lambda opt: torch_warmup_cosine(opt, 30, 300), 0.8, 300)
left.plot(theirs, label="torch: SequentialLR", **WIDE)
ends = {
    w: draw_warmup(left, right, w, color, style)
    for w, color, style in ((0, RED, ":"), (5, ORANGE, "--"), (30, BLUE, "-"))
}
assert ends[30] < ends[0]
for warmup in (0, 30):
    others = [from_bad_start(warmup, seed)[1] for seed in range(5)]
    print(f"warm-up {warmup}, five seeds: ends at {min(others):.2f} to {max(others):.2f}")
assert torch is None or np.allclose(from_bad_start(30)[0], theirs, rtol=1e-12)
left.set(xlabel="step", ylabel="learning rate", title="The schedules", ylim=(0, 1.25))
right.set(xlabel="step", ylabel="loss of the batch", title="The first 60 steps")
left.legend(loc="upper right", fontsize=8.5)
right.legend()
show_figure(
    "Left: three schedules over 300 steps, with climbs of 0, 5 and 30 steps to 0.8 and a cosine "
    "down to 0; the one with 30 lies on a wide grey line from torch. Right: the losses of the "
    "first 60 batches; without warm-up they leap to 12, with 5 steps to 6, with 30 steps they "
    "fall from the start."
)

try:
    from ipywidgets import IntSlider, interact
except ImportError:
    print("pip install ipywidgets to get a slider here; or call slide_warmup(150)")
    interact = None


def slide_warmup(warmup_steps):
    """The two panels for one length of the warm-up, over those without."""
    _, (left, right) = plt.subplots(1, 2, figsize=(9.6, 3.4), layout="constrained")
    draw_warmup(left, right, 0, "0.6", ":")
    draw_warmup(left, right, warmup_steps, BLUE, "-")
    left.legend(loc="upper right", fontsize=8.5)
    show_figure(f"Rates and first losses with a warm-up of {warmup_steps} steps, and with none.")


if interact:
    interact(
        slide_warmup,
        warmup_steps=IntSlider(
            value=30, min=1, max=290, description="warm-up", continuous_update=False
        ),
    )

# %% [markdown]
# *What to see.* Five steps of warm-up take half of the leap away. With thirty, the run ends at 0.07 to
# 0.08 on all five seeds, and without at 0.12 to 0.17. Longer changes little: even 290 steps, a run that only climbs, end far below a run
# without warm-up.
#
# Set `gain=1.0` in `from_bad_start`: from a well-scaled start this small network ends at 0.085 with
# 30 steps of warm-up and without. What a warm-up repairs is a bad beginning. Deep networks, large
# batches, and Adam, whose first averages are made of very few gradients, begin badly more often than
# not.

# %% [markdown]
# ## 6. One cycle
#
# Smith and Topin took warm-up further: a long climb, a peak higher than any rate that you would dare
# to keep, and a landing far below the start. PyTorch's `OneCycleLR` does it with two half cosines.
# You write the same.
#
# Let $\eta_{\max}$ be the peak rate. The run begins at $\eta_{\text{first}} = \eta_{\max} / d$ and
# ends at $\eta_{\text{last}} = \eta_{\text{first}} / f$: $d$ is `div_factor`, $f$ is
# `final_div_factor`, and note what $f$ divides. With $T$ = `total_steps` and $q$ = `pct_start`, the
# peak is at the step
#
# $$p = qT - 1$$
#
# and the last step is $T - 1$. Between two rates $a$ and $b$ the way is always the same half cosine,
# with $s$ from 0 to 1 the part of the way behind you:
#
# $$\text{glide}(a, b, s) = b + \frac{a - b}{2}\left(1 + \cos \pi s\right)$$
#
# - climb, for $t \le p$: from $\eta_{\text{first}}$ to $\eta_{\max}$, with $s = t/p$;
# - descent, for $t > p$: from $\eta_{\max}$ to $\eta_{\text{last}}$, with $s = (t-p)/(T-1-p)$;
# - at and after the step $T-1$: $\eta_{\text{last}}$.

# %% [markdown]
# $p$ need not be a whole number: with $T = 25$ and $q = 0.3$ it is 6.5, so that step 6 is still
# climbing, step 7 already descends, and no step has the peak rate. Do not round it.
#
# $p$ may be *below 0*, in very short runs or with a tiny $q$: then there is no climb, the peak lies
# before step 0, and the formula of the descent holds from the first step. (Not asked: $p$ exactly 0,
# where PyTorch divides 0 by 0, and $q$ of 0 or 1.)
#
# ### Exercise: `one_cycle` (15 minutes, difficulty 3 of 5)


# %% nbgrader={"grade": false, "grade_id": "one_cycle", "locked": false, "schema_version": 3, "solution": true, "task": false}
def one_cycle(step, max_lr, total_steps, pct_start=0.3, div_factor=25.0, final_div_factor=1e4):
    """The one-cycle rate: half a cosine up to `max_lr`, another far down, as torch's OneCycleLR.

    Args:
        step: an int >= 0; may lie beyond total_steps.
        max_lr: the rate at the peak, > 0.
        total_steps: the steps of the run, an int >= 1; the last of them is total_steps - 1.
        pct_start: the part of the run that climbs, 0 < pct_start < 1. The peak is at the step
            pct_start * total_steps - 1, which need not be whole, is not 0, and below 0 leaves only
            the descent.
        div_factor: the first rate is max_lr / div_factor, >= 1.
        final_div_factor: the last rate is the first rate / final_div_factor, >= 1.

    Returns:
        A float. The last rate at and after step total_steps - 1.

    Source: Smith and Topin, Super-Convergence: Very Fast Training of Neural Networks Using Large
        Learning Rates (2018); torch.optim.lr_scheduler.OneCycleLR with anneal_strategy="cos".
    """
    ### BEGIN SOLUTION
    first = max_lr / div_factor
    last = first / final_div_factor
    peak, end = pct_start * total_steps - 1, total_steps - 1
    if step >= end:
        return float(last)
    if step <= peak:
        start, stop, part = first, max_lr, step / peak
    else:
        start, stop, part = max_lr, last, (step - peak) / (end - peak)
    return float(stop + (start - stop) / 2 * (1 + np.cos(np.pi * part)))
    ### END SOLUTION


# %% nbgrader={"grade": true, "grade_id": "test_one_cycle", "locked": true, "points": 4, "schema_version": 3, "solution": false, "task": false}
assert np.isclose(one_cycle(0, 1.0, 20), 0.04), "the first rate is max_lr / 25"
assert np.isclose(one_cycle(5, 1.0, 20), 1.0), "the peak is at step 0.3 * 20 - 1 = 5"
assert np.isclose(one_cycle(2, 1.0, 10, pct_start=0.5, div_factor=5.0), 0.6), (
    "half way up in time is half way up in height: from 0.2 to 1"
)
assert np.isclose(one_cycle(12, 1.0, 20, final_div_factor=4.0), (1.0 + 0.04 / 4) / 2), (
    "half way down from step 5 to step 19: the mean of the peak and the last rate"
)
assert np.isclose(one_cycle(19, 1.0, 20, final_div_factor=4.0), 0.01), "last: first rate / 4"
assert np.isclose(one_cycle(50, 1.0, 20, final_div_factor=4.0), 0.01), "and it stays there"
assert 0.98 < one_cycle(6, 1.0, 25) < 0.999, "a peak at step 6.5: step 6 is close to it, below it"
assert 0.98 < one_cycle(7, 1.0, 25) < 0.999, "and so is step 7, on the other side"
### BEGIN HIDDEN TESTS
from autograder.hidden.schedules import grade

grade("one_cycle")
### END HIDDEN TESTS

# %% [markdown]
# <details><summary>Hint 1: direction</summary>
#
# There are three rates and two times to work out before any cosine: first, peak and last; $p$ and $T
# - 1$. Print them for the defaults and 20 steps.
# </details>
#
# <details><summary>Hint 2: method</summary>
#
# Three cases in order: at or after the end; on the climb; on the descent. The last two differ only in
# where the glide starts, where it stops, and which part of it is behind you. What should the part be
# at the peak, seen from each side?
# </details>
#
# <details><summary>Hint 3: almost the line</summary>
#
# On the climb the part is `step` over the peak's step. On the descent it is the steps since the peak,
# over the steps from the peak to `total_steps - 1`. Then the glide formula, once, for both.
# </details>

# %% jupyter={"source_hidden": true} tags=["demo"]
# Three one-cycle schedules over PyTorch's.
fig, axes = plt.subplots(1, 3, figsize=(11, 3.3), layout="constrained")
for ax, (total, start) in zip(axes, ((100, 0.3), (100, 0.7), (25, 0.3)), strict=True):
    theirs = torch_rates(
        lambda opt, n=total, q=start: schedulers.OneCycleLR(
            opt, 0.5, total_steps=n, pct_start=q, cycle_momentum=False
        ),
        0.5,
        total,
    )
    ax.plot(theirs, label="torch: OneCycleLR", **WIDE)
    yours = [one_cycle(t, 0.5, total, start) for t in range(total)]
    ax.plot(yours, color=BLUE, marker="." if total < 50 else None, lw=1.6, label="your one_cycle")
    ax.axvline(start * total - 1, color=GREY, ls=":", lw=1)
    ax.set(xlabel="step", title=f"{total} steps, pct_start = {start}", ylim=(0, 0.62))
    ax.legend(loc="upper right", fontsize=8)
axes[0].set_ylabel("learning rate")
show_figure(
    "Three one-cycle schedules, each on its wide grey line from torch: 100 steps with a peak at "
    "29, 100 steps with pct_start 0.7, and 25 steps whose fractional peak falls between two "
    "markers."
)

# %% [markdown]
# *What to see.* Each thin line lies in its wide one. On the right the dotted peak falls between two
# markers: step 6 is before it, step 7 after it.

# %% [markdown]
# ## 7. Wait and see
#
# All schedules so far are written before the run. The next one watches. After each epoch you hand it
# a metric, the held-out loss, say; when that has stopped falling, it cuts the rate. It has a state:
# it is a class.
#
# It remembers the **best** metric so far, at first infinity. One call of `step(metric)` does three
# things, in this order:
#
# 1. *Better?* The metric improves if it is below $\text{best}\cdot(1 - \text{threshold})$: below the
#    best, by more than a hair. Then it is the new best, and the count of bad epochs is 0 again.
#    Anything else, NaN included, makes the count one larger.
# 2. *Cooling down?* While a cooldown lasts, this epoch is one of its epochs, and the count of bad
#    epochs is set to 0.
# 3. *Enough?* If the count is larger than `patience`, the rate becomes its product with `factor`, or
#    `min_lr` if that is larger; the count is 0 again, and a cooldown of `cooldown` epochs begins.
#
# The comparison is with the *best*, not with the last. A metric that creeps up and down around one
# level never improves on its best, and that is what a plateau is.
#
# ### Exercise: `ReduceOnPlateau` (20 minutes, difficulty 4 of 5)


# %% nbgrader={"grade": false, "grade_id": "ReduceOnPlateau", "locked": false, "schema_version": 3, "solution": true, "task": false}
class ReduceOnPlateau:
    """Cuts the rate when a metric has stopped falling: lower is better.

    As torch's ReduceLROnPlateau with mode="min", threshold_mode="rel" and eps=0.

    Attributes:
        lr: the rate now, a float.

    Source: torch.optim.lr_scheduler.ReduceLROnPlateau; He, Zhang, Ren and Sun, Deep Residual Learning
        for Image Recognition (2016), section 3.4, cut the rate by hand when the error plateaus.
    """

    def __init__(self, lr, factor=0.1, patience=10, threshold=1e-4, cooldown=0, min_lr=0.0):
        """Start with the full rate and nothing seen.

        Args:
            lr: the first rate, > 0.
            factor: what the rate is multiplied by at a cut, in (0, 1).
            patience: how many bad epochs in a row are tolerated, an int >= 0; the next one cuts.
            threshold: an improvement is below best * (1 - threshold), in [0, 1). Where metrics
                are negative, that lies above the best: the formula is used as it stands.
            cooldown: epochs after a cut in which no bad epoch is counted, an int >= 0.
            min_lr: a cut never goes below it, 0 <= min_lr <= lr.
        """
        ### BEGIN SOLUTION
        self.lr = float(lr)
        self.factor, self.min_lr = factor, min_lr
        self.patience, self.threshold, self.cooldown = patience, threshold, cooldown
        self.best = np.inf
        self.bad_epochs = 0
        self.cooling = 0
        ### END SOLUTION

    def step(self, metric):
        """Take in the metric of one epoch.

        Args:
            metric: a number, lower is better, negative ones and ints included. NaN is a bad epoch.

        Returns:
            The rate from now on, a float, the same as `self.lr`.
        """
        ### BEGIN SOLUTION
        if metric < self.best * (1 - self.threshold):
            self.best = metric
            self.bad_epochs = 0
        else:
            self.bad_epochs += 1
        if self.cooling > 0:
            self.cooling -= 1
            self.bad_epochs = 0
        if self.bad_epochs > self.patience:
            self.lr = float(max(self.lr * self.factor, self.min_lr))
            self.cooling = self.cooldown
            self.bad_epochs = 0
        return self.lr
        ### END SOLUTION


# %% nbgrader={"grade": true, "grade_id": "test_ReduceOnPlateau", "locked": true, "points": 4, "schema_version": 3, "solution": false, "task": false}
def _rates(metrics, **options):
    _plateau = ReduceOnPlateau(1.0, factor=0.5, **options)
    return [float(_plateau.step(metric)) for metric in metrics]


assert np.allclose(_rates([5, 4, 3, 2, 1], patience=0), 1), "a metric that falls: no cut"
assert np.allclose(_rates([3, 3, 3, 3], patience=2), [1, 1, 1, 0.5]), (
    "patience 2 tolerates two bad epochs after the best; the third one cuts"
)
assert np.allclose(_rates([3, 3, 2, 2, 2], patience=1), [1, 1, 1, 1, 0.5]), (
    "an improvement sets the count of bad epochs back to 0"
)
assert np.allclose(_rates([2, 3, 2.5], patience=1), [1, 1, 0.5]), (
    "2.5 is below the last metric, and not below the best: a second bad epoch"
)
assert np.allclose(_rates([8, 7, 6], patience=0, threshold=0.25), [1, 0.5, 0.25]), (
    "with a threshold of a quarter, 7 is no improvement on 8, and exactly 6 is none either"
)
assert np.allclose(_rates([3, 3, 3, 3, 3], patience=0, cooldown=2), [1, 0.5, 0.5, 0.5, 0.25]), (
    "after a cut, two epochs of cooldown are not counted"
)
assert np.allclose(_rates([3, 3, 3, 3], patience=0, min_lr=0.4), [1, 0.5, 0.4, 0.4]), "never below"
assert np.allclose(_rates([3, np.nan, 1], patience=0), [1, 0.5, 0.5]), "NaN: a bad epoch, no best"
_plateau = ReduceOnPlateau(1.0, patience=0)
_first, _second = _plateau.step(3.0), _plateau.step(3.0)
assert np.isclose(_first, 1.0), "step returns the rate, from the first epoch on"
assert np.isclose(_second, 0.1), "by default a cut divides by ten"
assert np.isclose(_plateau.lr, 0.1), "and the rate can be read as .lr"
### BEGIN HIDDEN TESTS
from autograder.hidden.schedules import grade

grade("ReduceOnPlateau")
### END HIDDEN TESTS

# %% [markdown]
# <details><summary>Hint 1: direction</summary>
#
# What has to be remembered from one epoch to the next? There are four things, one of them the rate.
# Play the visible test with `cooldown=2` on paper.
# </details>
#
# <details><summary>Hint 2: method</summary>
#
# Three `if` statements in the order of the text. Each may set the count of bad epochs to 0, so the
# order matters. `nan < anything` is False: if you ask "is it better?", NaN answers by itself.
# </details>
#
# <details><summary>Hint 3: almost the line</summary>
#
# First: metric below the best times (1 less `threshold`), then new best and count 0, else the count
# grows by one. Second: if the cooldown is above 0, one off it and count 0. Third: if the count is
# above `patience`, the rate is the larger of its product with `factor` and `min_lr`, the cooldown is
# set, count 0.
# </details>

# %% [markdown]
# ### The look
#
# Sixty epochs of 20 steps with batches of 8, which are noisy, and your class in charge. The same
# metrics go to PyTorch's scheduler. Below, if your notebook shows it, a slider for the patience.
# Before you move it to 1: will the run end higher or lower?


# %% jupyter={"source_hidden": true} tags=["demo", "nbval-ignore-output"]
# Three patiences, the losses and rates that follow, then a slider.
def run_with_patience(patience):
    """The held-out losses of 60 epochs, the rates after them, and the loss at the end."""
    plateau = ReduceOnPlateau(0.1, 0.3, patience, threshold=0.01, min_lr=1e-4)
    metrics, rates = [], []

    def watch(metric):
        metrics.append(metric)
        rates.append(plateau.step(metric))

    end, _ = train(lambda step: plateau.lr, 1200, batch=8, after_epoch=watch)
    return metrics, rates, end


def torch_plateau(metrics, patience):
    """The rates of PyTorch's scheduler for these metrics."""
    if torch is None:
        return np.full(len(metrics), np.nan)
    optimizer = torch.optim.SGD([torch.nn.Parameter(torch.zeros(1))], lr=0.1)
    scheduler = schedulers.ReduceLROnPlateau(
        optimizer, "min", factor=0.3, patience=patience, threshold=0.01, min_lr=1e-4, eps=0
    )
    seen = []
    for metric in metrics:
        scheduler.step(metric)
        seen.append(optimizer.param_groups[0]["lr"])
    return seen


def draw_patience(left, right, patience, color, style):
    """One run: its metrics, and its rates over PyTorch's."""
    metrics, rates, end = run_with_patience(patience)
    theirs = torch_plateau(metrics, patience)
    left.plot(
        metrics, color=color, ls=style, lw=1.6, label=f"patience {patience}: {end:.3f} at the end"
    )
    right.step(range(60), theirs, where="post", **WIDE)
    right.step(
        range(60), rates, where="post", color=color, ls=style, lw=1.8, label=f"patience {patience}"
    )
    left.set(xlabel="epoch", ylabel="held-out loss", yscale="log")
    right.set(xlabel="epoch", ylabel="learning rate", yscale="log")
    return rates, theirs, end


fig, (left, right) = plt.subplots(1, 2, figsize=(9.8, 3.9), layout="constrained")
runs = {
    patience: draw_patience(left, right, patience, color, style)
    for patience, color, style in ((1, RED, ":"), (4, BLUE, "-"), (20, ORANGE, "--"))
}
assert torch is None or all(np.allclose(y, t, rtol=1e-12) for y, t, _ in runs.values())
left.set(title="What the class sees", ylim=(0.06, 4))
right.set_title("What it does (grey: torch)")
left.legend(fontsize=8.5)
right.legend(fontsize=8.5)
show_figure(
    "Left: the held-out loss over 60 epochs for patience 1, 4 and 20. With patience 1 it soon "
    "stands still, with 4 it falls and calms down, with 20 it stays restless. Right: the three "
    "rates as stairs, each on a wide grey line from torch; with patience 1 the rate has collapsed "
    "to its floor of 0.0001 early."
)


def slide_patience(patience):
    """The two panels for one patience."""
    _, (left, right) = plt.subplots(1, 2, figsize=(9.6, 3.4), layout="constrained")
    draw_patience(left, right, patience, BLUE, "-")
    left.legend()
    show_figure(f"The held-out loss and the rate over 60 epochs, with patience {patience}.")


if interact:
    interact(slide_patience, patience=IntSlider(value=4, min=0, max=20, continuous_update=False))

# %% [markdown]
# *What to see.* Patience 1 takes every wobble for a plateau: its rate is used up while there is much
# left to learn, and the run stands still at more than twice the loss. Patience 20 hardly ever cuts,
# and stays restless on the floor of its first rate. Between them the loss falls after each cut, as on
# the stairs of section 3; but here the run itself says when.

# %% [markdown]
# ## 8. Ask the model
#
# Every schedule has a top rate, and nothing so far says what it should be. Leslie Smith's **range
# test** asks the model itself, in one short run: start with a rate far too low, take one step at each
# rate, raise it by the same factor every time, and watch the loss. It stays, then falls, then leaps.
#
# With $n$ rates from $\eta_1$ = `min_lr` to $\eta_n$ = `max_lr`, both included, the factor between
# neighbours is $(\eta_n/\eta_1)^{1/(n-1)}$: equal distances on a logarithmic axis. The run stops
# early when a loss is not finite, or is more than 4 times the lowest loss before it. That last loss
# is not part of the result, and neither is its rate. (A run that stops with fewer than two losses has
# no slope, and isn't tested.)
#
# Which rate to take? Not the one of the lowest loss: there the curve is already turning. The usual
# choice is where the loss falls most steeply along the logarithm of the rate:
#
# $$i^* = \arg\min_i \frac{\partial L}{\partial \log \eta}\Big|_i$$
#
# `np.gradient(losses, np.log(lrs))` estimates that slope at each rate, from its two neighbours.

# %% [markdown]
# ### Exercise: `lr_range_test` (15 minutes, difficulty 3 of 5)
#
# `loss_at_lr(lr)` takes one training step at that rate and returns a loss. It has a model inside that
# changes with every call: call it once for each rate, in rising order, and not again.


# %% nbgrader={"grade": false, "grade_id": "lr_range_test", "locked": false, "schema_version": 3, "solution": true, "task": false}
def lr_range_test(loss_at_lr, min_lr, max_lr, steps):
    """One step at each of many rising rates, until the loss leaps.

    Args:
        loss_at_lr: takes a rate, trains one step, returns a loss > 0 (any kind of number; inf or nan
            where it broke). Called once for each rate, in rising order, and never after the stop.
        min_lr, max_lr: the first and the last rate, 0 < min_lr < max_lr.
        steps: how many rates, an int >= 2, in geometric spacing, both ends included.

    Returns:
        (lrs, losses, suggestion): two float64 arrays of one length, and a float. The run stops at a
        loss that is not finite or is more than 4 times the lowest before it; that loss and its rate
        are left out. The suggestion is `lrs[argmin(np.gradient(losses, np.log(lrs)))]`; a
        neighbour in lrs is as good. Fewer than two losses before the stop are not asked.

    Source: Smith, Cyclical Learning Rates for Training Neural Networks (2017), section 3.3; the
        choice of the steepest point as in fastai.
    """
    ### BEGIN SOLUTION
    lrs, losses = [], []
    for lr in np.geomspace(min_lr, max_lr, steps):
        loss = float(loss_at_lr(float(lr)))
        if not np.isfinite(loss) or (losses and loss > 4 * min(losses)):
            break
        lrs.append(lr)
        losses.append(loss)
    lrs, losses = np.array(lrs), np.array(losses)
    slopes = np.gradient(losses, np.log(lrs))
    return lrs, losses, float(lrs[np.argmin(slopes)])
    ### END SOLUTION


# %% nbgrader={"grade": true, "grade_id": "test_lr_range_test", "locked": true, "points": 4, "schema_version": 3, "solution": false, "task": false}
def _run(losses, min_lr=0.001, max_lr=10.0):
    _calls, _losses = [], iter(losses)

    def _loss_at_lr(lr):
        _calls.append(float(lr))
        return next(_losses)

    return _calls, *lr_range_test(_loss_at_lr, min_lr, max_lr, len(losses))


_calls, _lrs, _losses, _best = _run([8.0, 7.9, 7.0, 3.0, 2.5])
assert np.allclose(_lrs, [0.001, 0.01, 0.1, 1.0, 10.0]), (
    "the same factor each time, both ends included"
)
assert np.allclose(_calls, _lrs), "one call for each rate, in rising order"
assert np.allclose(_losses, [8.0, 7.9, 7.0, 3.0, 2.5]), "the losses in the order of their rates"
assert 0.01 < _best < 20, (
    "the steepest fall is from 0.1 to 1: one of the rates there, or a neighbour"
)
_calls, _lrs, _losses, _ = _run([4.0, 2.0, 1.0, 4.1, 1.0])
assert len(_lrs) == len(_losses) == 3, "4.1 is more than 4 times 1.0: stop, and leave it out"
assert len(_calls) == 4, "and loss_at_lr is not called again"
_calls, _lrs, _losses, _ = _run([4.0, 2.0, 1.0, 4.0, np.nan])
assert np.allclose(_losses, [4, 2, 1, 4]), "exactly 4 times is no stop; nan is, and is left out"
assert _lrs.dtype == _losses.dtype == np.float64, "two float64 arrays"
### BEGIN HIDDEN TESTS
from autograder.hidden.schedules import grade

grade("lr_range_test")
### END HIDDEN TESTS

# %% [markdown]
# <details><summary>Hint 1: direction</summary>
#
# Which NumPy function gives numbers with the same factor between neighbours? And what has to be known
# when a loss comes back, to decide whether it still counts?
# </details>
#
# <details><summary>Hint 2: method</summary>
#
# A loop over `np.geomspace`. Ask `loss_at_lr` once and keep the answer; decide; only then append. The
# first loss has none before it to be compared with.
# </details>
#
# <details><summary>Hint 3: almost the line</summary>
#
# Break if the loss is not finite, or if there are losses already and this one is above 4 times their
# minimum. After the loop: two arrays, the gradient of the losses with respect to the logarithms of
# the rates, and the rate at the place of its minimum.
# </details>

# %% [markdown]
# ### The look: on a real model
#
# The digits' network, with momentum 0.9 and batches of 256: 100 rates from 0.0001 to 10. The whole
# test costs as much as 100 steps.


# %% jupyter={"source_hidden": true} tags=["demo"]
# Your range test on the network, and the runs that it suggests.
def stepper(seed, batch=256, momentum=0.9):
    """A `loss_at_lr` with the digits' network inside."""
    rng = np.random.default_rng(seed)
    network = new_network(rng)
    velocity = [np.zeros_like(weights) for weights in network]
    pixels, classes = load_digits()[0]

    def loss_at_lr(lr):
        rows = rng.choice(len(pixels), size=batch, replace=False)
        loss, slopes = loss_and_slopes(network, pixels[rows], classes[rows])
        for weights, speed, slope in zip(network, velocity, slopes, strict=True):
            speed *= momentum
            speed += slope
            weights -= lr * speed
        return loss

    return loss_at_lr


with np.errstate(all="ignore"):
    lrs, losses, suggestion = lr_range_test(stepper(seed=0), 1e-4, 10.0, 100)
lowest = lrs[np.argmin(losses)]
assert 0.03 < suggestion < 0.3 < lowest, "the suggestion lies well before the lowest loss"
fig, (left, right) = plt.subplots(1, 2, figsize=(9.8, 3.8), layout="constrained")
left.semilogx(lrs, losses, color=BLUE)
for rate, color, marker, name in (
    (suggestion, GREEN, "o", "suggestion"),
    (lowest, RED, "s", "lowest loss"),
):
    left.plot(
        rate,
        losses[np.argmin(abs(lrs - rate))],
        marker,
        color=color,
        ms=10,
        label=f"{name}: {rate:.2g}",
    )
left.set(
    xlabel="learning rate",
    ylabel="loss",
    title=f"The range test stopped after {len(lrs)} of 100 rates",
)
left.legend()
for rate, color, style in (
    (suggestion, GREEN, "-"),
    (lowest, RED, ":"),
    (suggestion / 10, ORANGE, "--"),
):
    end, curve = train(lambda step, rate=rate: rate, 200)
    right.semilogy(
        smooth(curve), color=color, ls=style, lw=2, label=f"lr = {rate:.2g}: {end:.2f} at the end"
    )
right.set(xlabel="step", ylabel="loss (mean of 9 batches)", title="Three trainings of 200 steps")
right.legend()
show_figure(
    "Left: the loss of the range test against the rate on a logarithmic axis: level near 2.3 "
    "below 0.003, then falling to about 0.2, then turning up. The suggestion, near 0.1, is marked "
    "in the middle of the fall, the lowest loss near 0.6. Right: losses of three trainings; at "
    "the suggestion the loss falls fastest, at a tenth of it slowly, at the rate of the lowest "
    "loss it leaps about and ends higher."
)

# %% [markdown]
# *What to see.* The suggestion sits in the middle of the fall. The next rate after the last one drawn
# made the loss more than 4 times the lowest, and the test stopped. The training at the suggestion is
# the best of the three; the rate of the lowest loss is already restless. Set the suggestion against
# the valley in section 1: one short run has come close to its floor.
#
# The test is noisy, as its batches are. Try other seeds in `stepper`, or batches of 64: a chance jump
# of the loss makes a steep fall right after it, and the suggestion lands there. Look at the curve; do
# not take the number on trust.

# %% [markdown]
# ## 9. The batch and the rate
#
# The floor of section 2 came from noise, and the noise from the batch. So what does a larger batch
# do? Let $g_i$ be the gradient of one example, $G$ the mean over all of them, and $g_B$ the mean over
# a batch of $B$ examples drawn at random. On average $g_B$ is $G$. How far away it is, each time, is
# a matter of its standard deviation: the root of the mean squared distance.
#
# ### Prediction: four times the batch
#
# You take batches four times as large. The standard deviation of the mini-batch gradient becomes
#
# - (a) half as large
# - (b) a quarter as large
# - (c) a sixteenth as large

# %% nbgrader={"grade": false, "grade_id": "prediction_four_times", "locked": false, "schema_version": 3, "solution": true, "task": false}
### BEGIN SOLUTION
prediction_four_times = "a"
### END SOLUTION

# %% nbgrader={"grade": true, "grade_id": "test_prediction_four_times", "locked": true, "points": 1, "schema_version": 3, "solution": false, "task": false}
if prediction_four_times is None:
    raise NotImplementedError("prediction_four_times is not written yet")
letter = str(prediction_four_times).strip(" ().").lower()
assert letter in ("a", "b", "c"), "a prediction is one letter: a, b or c"
### BEGIN HIDDEN TESTS
from autograder.hidden.schedules import grade

grade("prediction_four_times")
### END HIDDEN TESTS


# %% jupyter={"source_hidden": true} tags=["demo", "prediction_four_times"]
# The noise of the batch gradient against the batch size.
def example_gradients(network):
    """The gradient of each training example, float64 (1440, number of weights)."""
    pixels, classes = load_digits()[0]
    rows = []
    for i in range(len(pixels)):
        _, slopes = loss_and_slopes(network, pixels[i : i + 1], classes[i : i + 1])
        rows.append(np.concatenate([slope.ravel() for slope in slopes]))
    return np.array(rows)


def network_after(steps):
    """The digits' network after this many steps at the rate 0.1, without momentum."""
    network, step = new_network(np.random.default_rng(1)), stepper_of(1)
    for _ in range(steps):
        step(network, 0.1)
    return network


def stepper_of(seed):
    """Plain SGD with batches of 64 on a network, in place."""
    rng, (pixels, classes) = np.random.default_rng(seed), load_digits()[0]

    def step(network, lr):
        rows = rng.integers(0, len(pixels), size=64)
        for weights, slope in zip(
            network, loss_and_slopes(network, pixels[rows], classes[rows])[1], strict=True
        ):
            weights -= lr * slope

    return step


rng = np.random.default_rng(0)
batches = 4 ** np.arange(6)
scales = []
fig, ax = plt.subplots(figsize=(7.2, 4.2))
for steps_before, color, marker in ((0, BLUE, "o"), (300, ORANGE, "s")):
    each = example_gradients(network_after(steps_before))
    full = each.mean(axis=0)
    spread = np.mean(np.sum((each - full) ** 2, axis=1))
    distances = []
    for size in batches:
        shares = rng.multinomial(size, np.full(len(each), 1 / len(each)), size=200) / size
        distances.append(np.mean(np.sum((shares @ each - full) ** 2, axis=1)))
    scale = spread / np.sum(full**2)
    scales.append(scale)
    ax.loglog(batches, spread / batches, **WIDE)
    ax.loglog(
        batches,
        distances,
        color=color,
        marker=marker,
        ls="",
        label=f"measured after {steps_before} steps",
    )
    ax.axhline(
        np.sum(full**2), color=color, ls=":", label=f"squared size of G: noise scale {scale:.0f}"
    )
    fall = np.sqrt(distances[1] / distances[2])
    print(
        f"after {steps_before} steps: from 4 to 16 examples, deviation falls by a factor of {fall:.1f}"
    )
ax.set(
    xlabel="batch size B",
    ylabel="mean squared distance from G",
    title="Grey: the variance of one example over B",
)
ax.legend(fontsize=8.5)
show_figure(
    "Mean squared distance of the batch gradient from the full one against the batch size, both "
    "logarithmic. Dots lie on straight lines of slope -1, at the start of training and after 300 "
    "steps. Horizontal dotted lines show the squared size of the full gradient; each is crossed "
    "at the noise scale, about 10 examples at the start and about 770 later."
)
assert 5 < scales[0] < 20 < 300 < scales[1] < 2000, "the noise scale grows as the loss falls"

# %% [markdown]
# *What to see.* The variance falls as $1/B$, so the deviation falls as $1/\sqrt{B}$. Twice the batch brings it
# down by 30 %.
#
# Where the dots cross the dotted line, noise and signal are of one size. That batch size is the
# **noise scale** of the gradient, in its simple form (the full one also weighs each direction by its curvature),
#
# $$B_{\text{simple}} = \frac{\sum_j \operatorname{Var}(g_{ij})}{|G|^2}$$
#
# with the variance of each weight's gradient over the examples, summed over the weights $j$. Below
# it, a batch twice as large makes a better step. Far above it the step is hardly better, and costs
# twice as much. At the start it is about 10 examples, after 300 steps several hundred: the closer to
# the minimum, the smaller the signal in the same noise.

# %% [markdown]
# ### Scale the rate with the batch
#
# A batch of $kB$ does the work of $k$ batches of $B$ in one step. Those $k$ small steps would have
# moved by $\eta$ times the sum of $k$ gradients; one large step moves by its rate times their mean.
# For the same distance, its rate has to be $k\eta$. That is the **linear scaling rule**: with
# $\eta_0$ a rate that works for batches of $B_0$,
#
# $$\eta = \eta_0\,\frac{B}{B_0}$$
#
# ### Exercise: `linear_scaling` (2 minutes, difficulty 1 of 5)


# %% nbgrader={"grade": false, "grade_id": "linear_scaling", "locked": false, "schema_version": 3, "solution": true, "task": false}
def linear_scaling(base_lr, base_batch, batch):
    """The rate for another batch size, by the linear scaling rule.

    Args:
        base_lr: a rate that works for batches of base_batch, > 0.
        base_batch: the batch size that it was found with, an int >= 1.
        batch: the new batch size, an int >= 1, larger or smaller.

    Returns:
        A float: `base_lr * batch / base_batch`.

    Source: Goyal et al., Accurate, Large Minibatch SGD: Training ImageNet in 1 Hour (2017),
        section 2.1.
    """
    ### BEGIN SOLUTION
    return float(base_lr * batch / base_batch)
    ### END SOLUTION


# %% nbgrader={"grade": true, "grade_id": "test_linear_scaling", "locked": true, "points": 1, "schema_version": 3, "solution": false, "task": false}
assert np.isclose(linear_scaling(0.1, 256, 8192), 3.2), (
    "ResNet-50 on ImageNet: 0.1 for 256, 3.2 for 8192"
)
assert np.isclose(linear_scaling(0.1, 256, 64), 0.025), "a smaller batch, a smaller rate"
assert np.isclose(linear_scaling(0.1, 32, 48), 0.15), "half as much again, and nothing is rounded"
assert np.isclose(linear_scaling(3, 4, 2), 1.5), "ints as arguments, and nothing is rounded"
### BEGIN HIDDEN TESTS
from autograder.hidden.schedules import grade

grade("linear_scaling")
### END HIDDEN TESTS

# %% [markdown]
# <details><summary>Hint 1: direction</summary>
#
# Twice the batch, twice the rate. What is it that doubles?
# </details>
#
# <details><summary>Hint 2: method</summary>
#
# The ratio of the two batch sizes is a factor on the rate. Which of the two stands above the line?
# </details>
#
# <details><summary>Hint 3: almost the line</summary>
#
# `base_lr` times `batch`, divided by `base_batch`. `/` and not `//`.
# </details>

# %% [markdown]
# ### Prediction: sixty-four times the batch
#
# The digits' network, five epochs of plain SGD. With batches of 8 and the rate 0.05 it ends at a loss
# of about 0.2. Now batches of 512, with the rate that the rule gives: 3.2. The same number of
# examples is seen, in 14 steps instead of 900. How does it end?
#
# - (a) at about the same loss: that is what the rule is for
# - (b) at about twice the loss
# - (c) where it began, or worse

# %% nbgrader={"grade": false, "grade_id": "prediction_sixty_four", "locked": false, "schema_version": 3, "solution": true, "task": false}
### BEGIN SOLUTION
prediction_sixty_four = "c"
### END SOLUTION

# %% nbgrader={"grade": true, "grade_id": "test_prediction_sixty_four", "locked": true, "points": 1, "schema_version": 3, "solution": false, "task": false}
if prediction_sixty_four is None:
    raise NotImplementedError("prediction_sixty_four is not written yet")
letter = str(prediction_sixty_four).strip(" ().").lower()
assert letter in ("a", "b", "c"), "a prediction is one letter: a, b or c"
### BEGIN HIDDEN TESTS
from autograder.hidden.schedules import grade

grade("prediction_sixty_four")
### END HIDDEN TESTS

# %% [markdown]
# ### The look: the rule, and where it breaks

# %% jupyter={"source_hidden": true} tags=["demo", "prediction_sixty_four"]
# The loss after five epochs against the batch size, with and without the rule.
sizes = 2 ** np.arange(3, 10)
fig, ax = plt.subplots(figsize=(7.2, 4.0))
table = {}
for name, rate_for, color, style, marker in (
    ("rate kept at 0.05", lambda size: 0.05, ORANGE, "--", "s"),
    ("rate by your linear_scaling", lambda size: linear_scaling(0.05, 8, size), BLUE, "-", "o"),
):
    table[name] = []
    for size in sizes:
        rate = rate_for(size)
        steps_of_five_epochs = 5 * 1440 // size
        ends = [
            train(lambda t, r=rate: r, steps_of_five_epochs, batch=size, momentum=0.0, seed=seed)[0]
            for seed in range(3)
        ]
        table[name].append(np.mean(ends))
    ax.loglog(sizes, table[name], color=color, ls=style, marker=marker, lw=1.8, label=name)
ax.axhline(np.log(10), color=GREY, ls=":", lw=1, label="knowing nothing: log 10")
ax.set_xticks(sizes, [f"{size}\nlr {linear_scaling(0.05, 8, size):g}" for size in sizes])
ax.minorticks_off()
ax.set_yticks([0.2, 0.5, 1, 2], ["0.2", "0.5", "1", "2"])
ax.set(
    xlabel="batch size, and the rate of the rule", ylabel="loss after five epochs, mean of 3 runs"
)
ax.legend()
show_figure(
    "Loss after five epochs against the batch size from 8 to 512. With the rate scaled by your "
    "linear_scaling the line is level at about 0.2 up to batches of 128, then leaps to about 2.3. "
    "With the rate kept at 0.05 it rises steadily from 0.2 to 2."
)
lines = [
    f"batch {size:4d}, lr {linear_scaling(0.05, 8, size):.2f}: loss {loss:.1f}"
    for size, loss in zip(sizes, table["rate by your linear_scaling"], strict=True)
]
end, _ = train(lambda step: 3.2, 100, batch=1440, momentum=0.0)
lines.append(f"batch 1440, lr 3.20, 100 steps: loss {end:.1f}")
print("\n".join(lines))

# %% [markdown]
# *What to see.* From 8 to 128 examples, the rule keeps the result: a sixteenth of the steps, the same
# loss. A rate that is kept loses, because it takes fewer steps of the same length. Beyond 128 the
# rule asks for rates above 1. The last point of its curve is the run of your prediction.
#
# It is not noise that breaks the rule. The last line printed has batches as large as the training
# set, where hardly any noise is left, and 100 steps: at 3.2 the network still learns nothing. What
# limits the rate now is curvature, as in lesson 00.
#
# The rule trades noise for speed. It holds while noise is what limits the rate, and ends where
# curvature does. Past that end a larger batch only costs more.

# %% [markdown]
# ## 10. All of them, on one network
#
# 300 steps, and the same top rate of 0.5 for all: a rate at the edge, as the valley in section 1
# shows. Then all again with a top rate of 0.1. Before you run it: does the constant rate come last
# both times?

# %% jupyter={"source_hidden": true} tags=["demo"]
# Six schedules on one network, at two top rates.
contest = {
    "constant": lambda t, top: top,
    "step_decay": lambda t, top: step_decay(t, top, 100, gamma=0.1),
    "exponential_decay": lambda t, top: exponential_decay(t, top, 0.985),
    "cosine": lambda t, top: cosine(t, top, 300),
    "warmup_cosine": lambda t, top: warmup_cosine(t, top, 30, 300),
    "one_cycle": lambda t, top: one_cycle(t, top, 300),
}
colors = (GREY, RED, GREEN, ORANGE, BLUE, "black")
dashes = (":", "--", "-.", (0, (5, 1)), "-", (0, (1, 1)))
fig, (left, right) = plt.subplots(1, 2, figsize=(10.4, 3.9), layout="constrained")
for (name, schedule), color, dash in zip(contest.items(), colors, dashes, strict=True):
    left.plot([schedule(t, 0.5) for t in range(300)], color=color, ls=dash, lw=1.8, label=name)
left.set(xlabel="step", ylabel="learning rate", title="Six schedules, all yours", ylim=(0, 0.72))
left.legend(fontsize=8, loc="upper right", ncols=2)
means = {}
for top, color, marker in ((0.5, BLUE, "o"), (0.1, ORANGE, "s")):
    ends = [
        [train(lambda t, s=schedule, top=top: s(t, top), 300, seed=seed)[0] for seed in range(3)]
        for schedule in contest.values()
    ]
    means[top] = dict(zip(contest, np.mean(ends, axis=1), strict=True))
    right.semilogx(
        list(means[top].values()),
        range(6),
        marker,
        color=color,
        ms=10,
        mec="black",
        label=f"top rate {top}",
    )
    right.semilogx(ends, range(6), ".", color=color, ms=5)
right.set_yticks(range(6), list(contest))
right.invert_yaxis()
right.set(xlabel="training loss at the end (small: single seeds)", title="Where they end")
right.legend(fontsize=8.5)
show_figure(
    "Left: six schedules over 300 steps, all with a top rate of 0.5. Right: the mean final loss "
    "of each on a logarithmic axis, with thin dots for three seeds. At the top rate 0.5, marked "
    "by circles, the constant rate is last at about 0.13 and the three cosine schedules are below "
    "0.02; at 0.1, marked by squares, the constant rate is first at about 0.05 and the "
    "exponential decay last at about 0.16."
)
assert max(means[0.5], key=means[0.5].get) == "constant", "at 0.5 the constant rate ends highest"
assert min(means[0.1], key=means[0.1].get) == "constant", "at 0.1 it ends lowest"

# %% [markdown]
# *What to see.* At 0.5 the constant rate comes last. The three that end in a cosine share the first
# place, with about an eighth of its loss, and a third of the best that the top rate of 0.1 leads to.
# At 0.1 the order is turned round: in so short a run that rate was never too high, and all that a
# decay does is slow it down. The exponential, which spends most of its steps at tiny rates, is last.
#
# A schedule does not find the rate for you. It lets you use a high one. So raise the top when you add
# a schedule, or compare nothing.

# %% [markdown]
# ## 11. What goes wrong
#
# A schedule is a function of the step, and most accidents are a wrong step. Below, one and the same
# right `warmup_cosine` is asked at the wrong times. An epoch has 20 steps; the run has 15 epochs, 300
# steps. Before you run the cell: which of the faults would you notice from the loss alone?

# %% tags=["demo"]
faults = {
    "none": lambda t: warmup_cosine(t, 0.5, 30, 300),
    "stepped once an epoch": lambda t: warmup_cosine(t // 20, 0.5, 30, 300),
    "total_steps given in epochs": lambda t: warmup_cosine(t, 0.5, 2, 15),
    "starts again at a resume": lambda t: warmup_cosine(t % 150, 0.5, 30, 300),
    "run twice as long as planned": lambda t: warmup_cosine(2 * t, 0.5, 30, 300),
    "stopped half way": lambda t: warmup_cosine(t, 0.5, 60, 600),
}
table = [f"{'fault':30s} {'rate at step 299':>17s} {'loss at the end':>16s}"]
for name, rate_at in faults.items():
    end = np.mean([train(rate_at, 300, seed=seed)[0] for seed in range(3)])
    table.append(f"{name:30s} {rate_at(299):17.4f} {end:16.2f}")
print("\n".join(table))

# %% [markdown]
# *What to see.* Only one fault shouts: with `total_steps` in epochs the schedule is over after 15 of
# the 300 steps, and the network stands still. Three others end at two to eight times the loss of the
# right schedule, with curves that nobody would question, and starting again at a resume shows nothing
# at all here.
#
# The rate gives them away. A run that is over should be near 0, and three of these are still at half
# of their top or above. The run planned for half its length is at 0 too soon: look at step 150.
#
# So print the rate, from the optimizer and not from the formula, beside every loss that you log. Then
# add a fault of your own to the cell, and predict both columns before you run it.

# %% [markdown]
# ## 12. In practice
#
# In PyTorch a scheduler writes the rate into the optimizer. `optimizer.step()` comes first,
# `scheduler.step()` after it, once for each unit that the schedule counts in. All rates of this
# lesson, yours and theirs:

# %% open="PyTorch's calls are what to read here" tags=["demo"]
if torch is None:
    print("torch is not installed: this comparison is skipped. You need PyTorch from lesson 09 on.")
else:
    pairs = {
        "StepLR": (
            lambda t: step_decay(t, 0.4, 30),
            lambda opt: schedulers.StepLR(opt, 30),
        ),
        "ExponentialLR": (
            lambda t: exponential_decay(t, 0.4, 0.97),
            lambda opt: schedulers.ExponentialLR(opt, 0.97),
        ),
        "CosineAnnealingLR": (
            lambda t: cosine(t, 0.4, 100, min_lr=0.01),
            lambda opt: schedulers.CosineAnnealingLR(opt, 100, eta_min=0.01),
        ),
        "LinearLR": (
            lambda t: linear_warmup(t, 0.4, 30),
            lambda opt: schedulers.LinearLR(opt, start_factor=1 / 30, total_iters=29),
        ),
        "SequentialLR": (
            lambda t: warmup_cosine(t, 0.4, 30, 100),
            lambda opt: torch_warmup_cosine(opt, 30, 100),
        ),
        "OneCycleLR": (
            lambda t: one_cycle(t, 0.4, 101),
            lambda opt: schedulers.OneCycleLR(opt, 0.4, total_steps=101, cycle_momentum=False),
        ),
    }
    for name, (mine, make) in pairs.items():
        theirs = torch_rates(make, 0.4, 101)
        away = np.max(np.abs(np.array([mine(t) for t in range(101)]) - theirs))
        print(f"{name:18s} equal to 12 digits over 101 steps: {away < 1e-12}")
    metrics = np.random.default_rng(0).choice([0.9, 1.0, 1.1, np.nan], size=60)
    plateau = ReduceOnPlateau(0.1, factor=0.3, patience=2, threshold=0.01, min_lr=1e-4)
    mine = [plateau.step(metric) for metric in metrics]
    away = np.max(np.abs(np.array(mine) - torch_plateau(metrics, 2)))
    print(f"{'ReduceLROnPlateau':18s} equal to 12 digits over 60 epochs: {away < 1e-12}")

# %% [markdown]
# | you wrote | PyTorch | TensorFlow (`keras.optimizers.schedules`) |
# | --- | --- | --- |
# | `step_decay` | `StepLR`; `MultiStepLR` for stairs of your own | `PiecewiseConstantDecay`, `ExponentialDecay(staircase=True)` |
# | `exponential_decay` | `ExponentialLR` | `ExponentialDecay` |
# | `cosine`, `warmup_cosine` | `CosineAnnealingLR`; `SequentialLR` with `LinearLR` | `CosineDecay`, with `warmup_steps` |
# | `one_cycle` | `OneCycleLR`, which also moves the momentum | none |
# | `ReduceOnPlateau` | `ReduceLROnPlateau`, its `step` takes the metric | `keras.callbacks.ReduceLROnPlateau` |
# | any function of the step | `LambdaLR`, which multiplies the optimizer's rate | a subclass of `LearningRateSchedule` |

# %% [markdown]
# ## 13. To come back to
#
# | when | use | typical values | when it fails |
# | --- | --- | --- | --- |
# | you know nothing about the model | `lr_range_test` | 100 rates from 1e-5 to 10 (Adam: to 1) | no clear fall: larger batches, more rates; the suggestion after the leap: read the curve |
# | the length of the run is known | `warmup_cosine` | warm-up 1 to 10 % of the steps, `min_lr` 0 to a tenth of the top | leaps at the start: longer warm-up; still leaps: lower top |
# | few epochs, a fast result | `one_cycle` | top up to ten times the constant rate, `pct_start` 0.3 | diverges near the peak: halve `max_lr` |
# | the length is not known | `ReduceOnPlateau` | factor 0.1 to 0.5, patience 3 to 10 epochs | cuts too soon on a noisy metric: more patience, larger validation set |
# | repeating a classic recipe | `step_decay` | by 10 at 50 % and 75 % of the run | the loss is flat long before a cut: cut earlier |
# | larger or smaller batches | `linear_scaling`, with a warm-up (Adam: often the root of the ratio) | batches up to the noise scale | diverges: you are past the end of the rule |
# | the loss does not move at all | nothing yet: print the rate | | 0, or a schedule that has already ended |

# %% [markdown]
# ## 14. Mastery questions
#
# Three questions that are asked in interviews. Write your answer in the cell beneath each; a person
# reads it.

# %% [markdown] nbgrader={"grade": false, "grade_id": "why_the_rate_comes_down", "locked": true, "points": 3, "schema_version": 3, "solution": false, "task": true}
# **1. Why the rate comes down.** Full-batch gradient descent on a bowl reaches the minimum with a
# constant rate. Say why mini-batch training does not, how the loss that it ends at depends on the
# rate, and why starting with the small rate is no way out.
#
# === BEGIN MARK SCHEME ===
# - 1 point: the mini-batch gradient has a variance that does not vanish at the minimum, so that each
#   step adds noise of variance proportional to the squared rate, and the weights keep moving.
# - 1 point: balance of shrinking and noise gives a floor proportional to the rate (for small rates),
#   and to the variance, that is to 1/B.
# - 1 point: far from the minimum progress per step is proportional to the rate, so a small one needs
#   many times the steps; the large rate first, the small one last gets both. (Also right: large rates
#   leave narrow valleys and get past small bumps.)
# === END MARK SCHEME ===

# %% [markdown]
# *Your answer here.*

# %% [markdown] nbgrader={"grade": false, "grade_id": "eight_times_the_batch", "locked": true, "points": 3, "schema_version": 3, "solution": false, "task": true}
# **2. Eight times the batch.** You move a run from one GPU to eight, with the same batch on each.
# What do you change in the rate, the warm-up and the number of steps, and why? How would you notice
# that eight was too many?
#
# === BEGIN MARK SCHEME ===
# - 1 point: the rate by the linear rule (times 8 for SGD; about the root for Adam), because one step
#   does the work of eight and the gradient's variance is an eighth.
# - 1 point: the same number of epochs, so an eighth of the steps; every length in steps (warm-up,
#   total_steps, stairs) is divided by eight, with a warm-up that is kept at several hundred steps or
#   some epochs, since the higher rate needs it most.
# - 1 point: the loss after the same number of examples is worse although the rate was scaled, or it
#   diverges early: the rate has met the limit of curvature, or the batch is far above the noise
#   scale, which can be measured.
# === END MARK SCHEME ===

# %% [markdown]
# *Your answer here.*

# %% [markdown] nbgrader={"grade": false, "grade_id": "the_resumed_run", "locked": true, "points": 3, "schema_version": 3, "solution": false, "task": true}
# **3. The resumed run.** A run with warm-up and cosine is killed half way and resumed. Its loss
# leaps, comes back, and ends above that of an uninterrupted run. Name two faults that would explain
# it, say which number you would print to tell them apart, and how you would have prevented both.
#
# === BEGIN MARK SCHEME ===
# - 1 point: two faults, for example: the scheduler's step was not saved, so that warm-up and cosine
#   start again; the optimizer's state was not saved (momentum, Adam's averages); total_steps was
#   computed from the remaining steps; the rate was set anew after loading.
# - 1 point: the rate that the optimizer holds at each step, beside the step count: it differs in the
#   first and third, and not in the second.
# - 1 point: save and load the state of model, optimizer and scheduler together, and test that a
#   resumed run equals an uninterrupted one, number by number.
# === END MARK SCHEME ===

# %% [markdown]
# *Your answer here.*

# %% [markdown]
# ## Further reading
#
# - Robbins and Monro, *A Stochastic Approximation Method*, 1951. Where the rate that comes down was
#   proved to be needed.
# - Smith, *Cyclical Learning Rates for Training Neural Networks*, 2017. The range test.
# - Loshchilov and Hutter, *SGDR: Stochastic Gradient Descent with Warm Restarts*, 2017. The cosine,
#   and why one might let it rise again.
# - Goyal et al., *Accurate, Large Minibatch SGD: Training ImageNet in 1 Hour*, 2017. Linear scaling
#   and warm-up, with the remarks on pitfalls that everybody should read.
# - Smith, Kindermans, Ying and Le, *Don't Decay the Learning Rate, Increase the Batch Size*, 2018.
#   The same floor from its other side.
# - McCandlish, Kaplan, Amodei et al., *An Empirical Model of Large-Batch Training*, 2018. The noise
#   scale, measured from digits to Dota.
#
# **Next:** [lesson 07](../07_generalization/generalization.ipynb). You can make the training loss fall. Does it
# fall for data that the network has never seen?
