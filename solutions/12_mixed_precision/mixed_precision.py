# ---
# jupyter:
#   kernelspec:
#     display_name: Python 3 (ipykernel)
#     language: python
#     name: python3
# ---

# %% [markdown]
# # 12 - Half the bits
#
# Every number you have trained with so far took 32 bits or more. Half of them are enough for most of the work:
# less memory to move, and on the right hardware several times the speed. But sixteen bits can't hold what 32 can. In
# this lesson you find out which numbers get lost, rescue them with one multiplication, and write a training
# step that knows when to throw a batch away.
#
# **You will be able to**
#
# - read a floating-point format: its largest number, its smallest, and the spacing in between;
# - measure which gradients turn into zero in 16 bits, and scale the loss so that they don't;
# - write the scaler that finds that scale by itself, equal to `torch.amp.GradScaler` step for step;
# - put autocast, scaling, unscaling, clipping and the step in the right order;
# - count what mixed precision saves, and measure from which size on it pays.
#
# **You need** lesson 04 (gradients that vanish), 05 (Adam), 10 (the five lines) and 11 (the norm of all gradients,
# clipping).
#
# **It takes** about two hours: four exercises and three predictions. The cells run on a GPU when there is one, and on
# the CPU otherwise. The cell beneath each exercise checks it (`%check`), as often as you like.

# %% jupyter={"source_hidden": true} tags=["setup"]
# Given: torch, NumPy as np, Matplotlib as plt, the device, colours, find_data and the clothes.
import math
import os
import time
from contextlib import nullcontext
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


def clothes_batches(size, steps):
    """Batches of photographs on `device`: float32 (size, 1, 28, 28), and int64 (size,)."""
    with np.load(find_data("fashion_mnist.npz")) as fashion:
        images, labels = fashion["x_train"], fashion["y_train"]
    order = np.random.default_rng(12).permutation(len(images))[: size * steps]
    x = torch.tensor(images[order]).float()[:, None] / 255 - 0.286
    y = torch.tensor(labels[order])
    return list(zip(x.to(device).split(size), y.to(device).split(size), strict=True))


# %% jupyter={"source_hidden": true} tags=["setup"]
# Given: two networks, and what shows a figure.
def conv_net(width, seed=0):
    """Lesson 10's kind of network: two blocks of convolution, batch norm, ReLU and pooling."""
    with torch.random.fork_rng():
        torch.manual_seed(seed)
        layers = []
        for channels_in, channels in ((1, width), (width, 2 * width)):
            layers += [nn.Conv2d(channels_in, channels, 3, padding=1), nn.BatchNorm2d(channels)]
            layers += [nn.ReLU(), nn.MaxPool2d(2)]
        return nn.Sequential(*layers, nn.Flatten(), nn.Linear(98 * width, 10)).to(device)


def deep_net(seed=0, depth=14, width=32):
    """A deep and narrow network: 16 linear layers in a row, with PyTorch's own initialization."""
    with torch.random.fork_rng():
        torch.manual_seed(seed)
        layers = [nn.AvgPool2d(2), nn.Flatten(), nn.Linear(196, width), nn.ReLU()]
        for _ in range(depth):
            layers += [nn.Linear(width, width), nn.ReLU()]
        return nn.Sequential(*layers, nn.Linear(width, 10)).to(device)


def smoothed(values, width=10):
    """The means of each `width` values in a row."""
    return np.convolve(values, np.ones(width) / width, mode="valid")


def raises(error, call):
    """Whether `call()` raises `error`."""
    try:
        call()
    except error:
        return True
    return False


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
# ## 1. Two ways to spend sixteen bits
#
# A floating-point number is a sign, an exponent and a fraction: scientific notation in base 2.
#
# $$x = (-1)^s \cdot \Big(1 + \frac{f}{2^m}\Big) \cdot 2^{\,e - b}, \qquad b = 2^{k-1} - 1$$
#
# $s$ is the sign bit; $e$ is the exponent field, an unsigned integer of $k$ bits, and $b$ its **bias**; $f$ is the
# fraction field (or *mantissa*), an unsigned integer of $m$ bits. More exponent bits buy range. More fraction bits buy
# precision. float16 and bfloat16 have the same sixteen bits and spend them differently.

# %% jupyter={"source_hidden": true} tags=["demo"]
# The bits of float32, bfloat16 and float16, one box for each.
fig, ax = plt.subplots(figsize=(8, 2.2))
for row, (name, k, m) in enumerate((("float16", 5, 10), ("bfloat16", 8, 7), ("float32", 8, 23))):
    fields = ["white"] + ["#c9c9c9"] * k + [BLUE] * m
    for place, color in enumerate(fields):
        hatch = "///" if color == "#c9c9c9" else None
        ax.add_patch(
            plt.Rectangle((place, row), 0.9, 0.7, fc=color, ec="black", hatch=hatch, lw=0.8)
        )
    ax.text(-0.4, row + 0.35, name, ha="right", va="center")
    ax.text(len(fields) + 0.3, row + 0.35, f"1 + {k} + {m}", va="center", fontsize=9)
ax.text(0.4, 2.95, "s", ha="center")
ax.text(5, 2.95, "exponent e", ha="center")
ax.text(20, 2.95, "fraction f", ha="center")
ax.set(xlim=(-6, 37), ylim=(-0.1, 3.4))
ax.axis("off")
show_figure(
    "Three rows of boxes, one box a bit. float32: 1 sign bit, 8 exponent bits (hatched), 23 fraction "
    "bits (dark). bfloat16: 1, 8 and 7, the first half of float32. float16: 1, 5 and 10."
)

# %% [markdown]
# bfloat16 is float32 with its last sixteen bits cut off: the same range, and a spacing 65,536 times as coarse. float16
# keeps three more fraction bits and pays with range.
#
# Two values of the exponent field are reserved. All ones means inf or nan. All zeros means **subnormal**: the leading 1
# becomes a 0 and the exponent stays at that of $e = 1$, so the numbers run out evenly down to zero, losing bits on the
# way.
#
# ### Exercise: `float_format` (10 minutes, difficulty 2 of 5)
#
# Three numbers tell you what a format can do: its largest finite number, its smallest *normal* number, and **eps**, the
# distance from 1 to the next larger number. `torch.finfo` knows them. Work them out from $k$ and $m$ instead, once in
# your life, and let the next cell compare: which $e$ and which $f$ give each of the three?


# %% nbgrader={"grade": false, "grade_id": "float_format", "locked": false, "schema_version": 3, "solution": true, "task": false}
def float_format(dtype):
    """The range of a floating-point format, and its spacing above 1.

    Args:
        dtype: torch.float16, torch.bfloat16 or torch.float32.

    Returns:
        dict with the keys "max" (the largest finite number), "smallest_normal" (the smallest
        positive number that has all its fraction bits) and "eps" (the next number after 1, less 1):
        Python floats, exact.

    Source: IEEE 754 (2019), section 3.4; Kalamkar et al. (2019), A Study of BFLOAT16.
    """
    ### BEGIN SOLUTION
    exponent_bits = {torch.float16: 5, torch.bfloat16: 8, torch.float32: 8}[dtype]
    fraction_bits = {torch.float16: 10, torch.bfloat16: 7, torch.float32: 23}[dtype]
    bias = 2 ** (exponent_bits - 1) - 1
    eps = 2.0**-fraction_bits
    largest = (2 - eps) * 2.0**bias
    return {"max": largest, "smallest_normal": 2.0 ** (1 - bias), "eps": eps}
    ### END SOLUTION


# %% nbgrader={"grade": true, "grade_id": "test_float_format", "locked": true, "points": 2, "schema_version": 3, "solution": false, "task": false}
half, brain, single = map(float_format, (torch.float16, torch.bfloat16, torch.float32))
for found in (half, brain, single):
    assert {"max", "smallest_normal", "eps"} <= found.keys(), "three numbers, by name"
    assert all(isinstance(found[n], float) for n in ("max", "smallest_normal", "eps")), "as floats"
one = torch.tensor(1.0, dtype=torch.bfloat16)
assert (one + brain["eps"]).item() == 1 + brain["eps"], "1 + eps is a bfloat16"
assert (one + brain["eps"] / 2).item() == 1, "and half way there is not: it rounds back to 1"
assert math.isfinite(torch.tensor(half["max"]).half()), "the largest float16 is finite"
assert math.isinf(torch.tensor(half["max"] * (1 + half["eps"])).half()), "the next step is inf"
assert brain["smallest_normal"] == single["smallest_normal"], "same exponent bits, same range"

### BEGIN HIDDEN TESTS
from autograder.hidden.mixed_precision import grade

grade("float_format")
### END HIDDEN TESTS

# %% [markdown]
# <details><summary>Hint 1: which fields?</summary>
#
# The largest number has the largest exponent that isn't reserved, and all fraction bits set. The smallest normal number
# has the smallest exponent that isn't reserved, and none. What are $e$ and $f$ for 1, and for the number after it?
#
# </details>
#
# <details><summary>Hint 2: put them into the formula</summary>
#
# The largest $e$ is $2^k - 2$, which is $2b$. So the factor $2^{e-b}$ is at most $2^b$. With all its bits set, $f = 2^m - 1$.
#
# </details>

# %% [markdown]
# ### The look: range and spacing
#
# Below, your numbers as lines: how far apart neighbours are, as a share of their size (vertical), at each magnitude (horizontal). Lower is
# finer, and a line ends where the format does. The dotted parts are subnormal: the spacing stays, and the numbers shrink.

# %% jupyter={"source_hidden": true} tags=["demo"]
# Relative spacing against magnitude, from your float_format, and a comparison with torch.finfo.
styles = ((torch.float32, BLUE, "-"), (torch.bfloat16, ORANGE, "--"), (torch.float16, GREEN, "-."))
formats = [(float_format(dtype), *rest) for dtype, *rest in styles]
fig, ax = plt.subplots(figsize=(8, 3.2))
for (dtype, *_), (found, color, style) in zip(styles, formats, strict=True):
    name, known = str(dtype).removeprefix("torch."), torch.finfo(dtype)
    low, high = np.log10(found["smallest_normal"]), np.log10(found["max"])
    fine = np.log10(found["eps"])
    ax.plot([low, high], [fine, fine], color=color, ls=style, lw=2.4, label=name)
    ax.plot([low + fine, low], [0, fine], color=color, ls=":", lw=2)
    ax.plot(high, fine, "|", color=color, ms=14, mew=2)
    same = found == {"max": known.max, "smallest_normal": known.smallest_normal, "eps": known.eps}
    print(f"{name:9} max {found['max']:<8.3g} eps {found['eps']:<8.2g} as torch.finfo: {same}")
ax.set(xlabel="magnitude, as a power of 10", ylabel="spacing / magnitude\n(power of 10)")
ax.set(xlim=(-47, 42), title="How far apart the numbers are")
ax.legend(loc="upper left", bbox_to_anchor=(1, 1))
show_figure(
    "Spacing divided by magnitude, against magnitude, both logarithmic: three flat lines. float32 is the "
    "lowest, at 1e-7, and runs from 1e-38 to 3e38. bfloat16 has the same range, at nearly 1e-2. float16 "
    "is at 1e-3 and short: 6e-5 to 65504. To the left of each a dotted subnormal part rises to 1."
)

# %% [markdown]
# float16's line is *finer* than bfloat16's, and very short: nothing beyond 65,504, nothing below $6 \cdot 10^{-8}$. Both ends bite, and so
# does the spacing:

# %% tags=["demo"]
print("70,000 ones summed in float16:", torch.ones(70_000).half().sum().item())
print("their mean:", torch.ones(70_000).half().mean().item(), "(the sum inside is kept in float32)")
weight = torch.tensor(1.0)
print("1 - 0.0001 in float16 is still 1:", (weight.half() - 1e-4).item() == 1)
print("1 - 0.001 in bfloat16 is still 1:", (weight.bfloat16() - 1e-3).item() == 1)

# %% [markdown]
# The last two lines are why nobody keeps the *weights* in 16 bits. A step of rate times gradient is often a ten-thousandth of the
# weight, and rounds away to nothing, each time. So the weights stay in float32: these are the **master weights**. Forward and backward
# passes use 16-bit copies of them. That mix is **mixed precision**.

# %% [markdown]
# ## 2. Where gradients fall to zero
#
# Activations have a size near 1 if you initialize well (lesson 04). Gradients don't. Here is a network of sixteen linear layers with
# PyTorch's default initialization, whose gradients shrink from layer to layer on their way back. In float32, Adam trains it all the
# same: it divides each gradient by its own size (lesson 05), so it doesn't mind that they are small.
#
# ### Prediction: Adam in float16
#
# The same network, data and Adam, with forward and backward pass in float16 and the weights in float32. What does the training loss do in
# the first 160 steps?
#
# - (a) it falls as in float32: Adam rescales what is small
# - (b) it stays where it is
# - (c) it turns into nan

# %% nbgrader={"grade": false, "grade_id": "prediction_adam_in_half", "locked": false, "schema_version": 3, "solution": true, "task": false}
### BEGIN SOLUTION
prediction_adam_in_half = "b"
### END SOLUTION

# %% nbgrader={"grade": true, "grade_id": "test_prediction_adam_in_half", "locked": true, "points": 1, "schema_version": 3, "solution": false, "task": false}
if prediction_adam_in_half is None:
    raise NotImplementedError("prediction_adam_in_half is not written yet")
letter = str(prediction_adam_in_half).strip(" ().").lower()
assert letter in ("a", "b", "c"), "a prediction is one letter: a, b or c"

### BEGIN HIDDEN TESTS
from autograder.hidden.mixed_precision import grade

grade("prediction_adam_in_half")
### END HIDDEN TESTS

# %% jupyter={"source_hidden": true} tags=["demo", "prediction_adam_in_half"]
# The deep network with Adam, in float32 and in float16, from two initializations.
batches = clothes_batches(60, 160)
fig, ax = plt.subplots(figsize=(7.5, 3.2))
for dtype, color, style in ((torch.float32, BLUE, "-"), (torch.float16, ORANGE, "--")):
    for seed in (0, 1):
        net, losses = deep_net(seed), []
        optimizer = torch.optim.Adam(net.parameters(), lr=1e-3)
        for x, y in batches:
            optimizer.zero_grad()
            with torch.autocast(device.type, dtype, enabled=dtype != torch.float32):
                loss = F.cross_entropy(net(x), y)
            loss.backward()
            optimizer.step()
            losses.append(loss.item())
        label = str(dtype).removeprefix("torch.") if seed == 0 else None
        ax.plot(smoothed(losses), color=color, ls=style, lw=1.8, label=label)
ax.axhline(math.log(10), color=GREY, lw=0.8, ls=":")
ax.set(xlabel="step", ylabel="batch loss, mean of 10", title="16 layers, Adam, no scaling")
ax.legend()
show_figure(
    "Batch loss of the deep network over 150 steps, two runs each. In float32 both runs leave ln 10 "
    "= 2.3 after about 80 steps and reach 1.6. In float16 both stay flat at 2.3."
)

# %% [markdown]
# No error, no nan, no warning: a flat line. What happened to the gradients?
#
# ### Exercise: `underflow_fraction` (8 minutes, difficulty 2 of 5)
#
# A number **underflows** when it isn't zero and the nearest number in the new format is. Measure the share of a model's gradients that
# do. Think about two things: which numbers count at all, and at which magnitude zero really begins. (Look at the dotted lines above: it
# isn't where the normal numbers end.)


# %% nbgrader={"grade": false, "grade_id": "underflow_fraction", "locked": false, "schema_version": 3, "solution": true, "task": false}
def underflow_fraction(grads, dtype):
    """Of all values that are not zero, the share that becomes zero in another format.

    Args:
        grads: a tensor of any shape, or an iterable of tensors (which may be a generator, and of
            which some may be None: a parameter without a gradient). They stay as they are.
        dtype: the format to round to, such as torch.float16.

    Returns:
        float in [0, 1], over the values of all tensors together; 0.0 if no value is different
        from zero.

    Source: Micikevicius et al. (2018), Mixed Precision Training, section 3.2 and figure 3.
    """
    ### BEGIN SOLUTION
    if isinstance(grads, torch.Tensor):
        grads = [grads]
    lost, nonzero = 0, 0
    for g in grads:
        if g is None:
            continue
        counts = g != 0
        lost += (counts & (g.to(dtype) == 0)).sum().item()
        nonzero += counts.sum().item()
    return lost / nonzero if nonzero else 0.0
    ### END SOLUTION


# %% nbgrader={"grade": true, "grade_id": "test_underflow_fraction", "locked": true, "points": 2, "schema_version": 3, "solution": false, "task": false}
grads = [torch.tensor([1.0, -1e-9, 0.0, 1e-7]), None, torch.tensor([[0.5], [1e-10]])]
share = underflow_fraction(grads, torch.float16)
assert not isinstance(share, torch.Tensor), "a number, not a tensor"
assert abs(share - 0.4) < 1e-9, "two of the five values that are not zero: -1e-9 and 1e-10"
assert underflow_fraction(grads, torch.bfloat16) == 0, "bfloat16 has float32's range: none is lost"
assert underflow_fraction(grads[0], torch.float16) == 1 / 3, "one tensor will do"
assert underflow_fraction(iter([None, torch.zeros(3)]), torch.float16) == 0, "nothing to lose: 0"
assert grads[0][1] == torch.tensor(-1e-9), "the gradients stay as they are"

### BEGIN HIDDEN TESTS
from autograder.hidden.mixed_precision import grade

grade("underflow_fraction")
### END HIDDEN TESTS

# %% [markdown]
# <details><summary>Hint 1: let the format say it</summary>
#
# You don't need to know the threshold. `g.to(dtype)` returns a rounded copy, and you can ask which of its values are 0.
#
# </details>
#
# <details><summary>Hint 2: counts, not shares</summary>
#
# Keep two counts over all tensors, and divide once in the end. A mean of shares would weigh a bias of 10 values as much as a matrix of
# 10,000.
#
# </details>

# %% [markdown]
# ### The look: real gradients
#
# Three histograms on one logarithmic axis, with your `underflow_fraction` above each. Hatched: everything that is zero in float16.

# %% jupyter={"source_hidden": true} tags=["demo"]
# Histograms of gradients: lesson 10's kind of network after 60 steps, and the deep network.
batches = clothes_batches(60, 61)
conv, deep, kept = conv_net(8), deep_net(), {}
optimizer = torch.optim.Adam(conv.parameters(), lr=3e-3)
for x, y in batches:
    logits = conv(x)
    logits.retain_grad()
    optimizer.zero_grad()
    F.cross_entropy(logits, y).backward()
    kept = {"conv net, its weights": [p.grad.clone() for p in conv.parameters()]}
    kept["conv net, its logits"] = [logits.grad.clone()]
    optimizer.step()
F.cross_entropy(deep(x), y).backward()
kept["deep net, its weights"] = [p.grad for p in deep.parameters()]

shares = [underflow_fraction(some, torch.float16) for some in kept.values()]
floor = np.log10(2.0**-25)
fig, axes = plt.subplots(1, 3, figsize=(9.5, 2.9), sharex=True)
for ax, (name, some), share in zip(axes, kept.items(), shares, strict=True):
    values = torch.cat([g.flatten() for g in some]).abs().cpu().numpy()
    ax.hist(np.log10(values[values > 0]), bins=np.arange(-16, 1, 0.5), color=BLUE, ec="white")
    ax.axvspan(-16, floor, fc="none", ec=GREY, hatch="///", lw=0)
    ax.axvline(floor, color="black", lw=1.2)
    ax.set(title=f"{name}\n{share:.0%} become 0", xlabel="magnitude, as a power of 10", yticks=[])
plt.tight_layout()
show_figure(
    "Three histograms of gradient magnitudes, with everything below 3e-8 hatched. Weights of the "
    "convolutional network: around 1e-2, next to nothing in the hatched part. Its logits: most around "
    "1e-4, a tail into the hatched part. Weights of the deep network: a broad hill, most of it hatched."
)

# %% [markdown]
# Left, the good news: in a network with batch norm and a loss near 1, the gradients of the weights are safe. In the middle, what suffers first: the gradient at the logits is $(p - y)/N$, and an image that the network is sure about
# has a tiny one. That tail grows as training goes on. Right, the flat line: most of the gradient is gone before Adam sees it, and zero divided by its own
# size is still zero.

# %% [markdown]
# ## 3. Scale the loss
#
# float16 has room at the other end: the largest of these gradients is far below 65,504. So shift them all up before they are rounded. You can't reach
# into the backward pass, but you don't have to. By the chain rule, a loss that is $S$ times as large has gradients that are $S$ times
# as large, all of them, at every layer:
#
# $$\frac{\partial (S L)}{\partial w} = S\, \frac{\partial L}{\partial w}$$
#
# Multiply the loss by a **scale** $S$, run the backward pass in float16, and divide the gradients (by now in float32, like their
# weights) by $S$ before anybody looks at them: **unscale**.
#
# How large should $S$ be? Too small, and gradients underflow. Too large, and one overflows to inf. So let the run find it:
#
# - start high, at $2^{16}$;
# - if any gradient is inf or nan, **skip the step**, and **back off**: $S$ times 0.5;
# - after `growth_interval` good steps *in a row*, **grow**: $S$ times 2.
#
# A skipped step costs one batch. A step with an inf in it costs the run.
#
# ### Exercise: `DynamicLossScaler` (35 minutes, difficulty 4 of 5)
#
# Write that as a class with the interface of `torch.amp.GradScaler`, without using it. One iteration looks like this, with `unscale_`
# only if somebody wants to see or clip the gradients:
#
# ```python
# optimizer.zero_grad()
# scaler.scale(loss).backward()
# scaler.unscale_(optimizer)        # optional
# taken = scaler.step(optimizer)    # unscales if that wasn't done
# scaler.update()                   # only here does the scale change
# ```
#
# Decide before you write: what do you have to remember from one call to the next, and which call forgets it? Dividing twice by 65,536
# would be silent, so `unscale_` and `step` refuse to be called out of turn.


# %% nbgrader={"grade": false, "grade_id": "DynamicLossScaler", "locked": false, "schema_version": 3, "solution": true, "task": false}
class DynamicLossScaler:
    """Scales a loss so that its gradients fit into float16, and adapts the scale to the run.

    Args:
        init_scale: the scale at first, > 0.
        growth_factor: what the scale is multiplied by after `growth_interval` steps in a row that
            were taken, > 1.
        backoff_factor: what it is multiplied by after a step that was skipped, in (0, 1).
        growth_interval: a number of steps, >= 1. The count starts anew after each growth and each
            skipped step.

    Methods:
        scale(loss): the loss times the scale, a tensor that can be differentiated.
        unscale_(optimizer): divides the gradients of all its parameters by the scale, in place, and
            notes whether any of them has an inf or nan. Parameters may have no gradient (None).
        step(optimizer) -> bool: unscales if that was not done since the last update. If all
            gradients are finite, calls optimizer.step() and returns True; otherwise leaves
            weights and optimizer alone and returns False. Gradients stay where they are.
        update(): once an iteration, after step: backs off, counts or grows, and starts the next
            iteration.
        state_dict(): dict of plain values with "scale" and all that a resume needs, so that a
            scaler made with the same arguments goes on as if nothing had happened.
        load_state_dict(state): takes such a dict over.

    Raises:
        RuntimeError: unscale_ or step is called a second time before update, or unscale_ after
            step.

    One scaler serves one optimizer.

    Source: Micikevicius et al. (2018), Mixed Precision Training, sections 3.2 and 3.3.
    """

    def __init__(
        self, init_scale=2.0**16, growth_factor=2.0, backoff_factor=0.5, growth_interval=2000
    ):
        ### BEGIN SOLUTION
        self._scale = float(init_scale)
        self._growth_factor = growth_factor
        self._backoff_factor = backoff_factor
        self._growth_interval = growth_interval
        self._taken_in_a_row = 0
        self._stage = "scaled"
        self._overflowed = False
        ### END SOLUTION

    def scale(self, loss):
        """The loss times the scale."""
        ### BEGIN SOLUTION
        return loss * self._scale
        ### END SOLUTION

    def unscale_(self, optimizer):
        """Divide the gradients by the scale, in place; note whether any is inf or nan."""
        ### BEGIN SOLUTION
        if self._stage != "scaled":
            raise RuntimeError(f"unscale_ was called on gradients that are {self._stage} already")
        for group in optimizer.param_groups:
            for p in group["params"]:
                if p.grad is None:
                    continue
                p.grad.div_(self._scale)
                if not torch.isfinite(p.grad).all():
                    self._overflowed = True
        self._stage = "unscaled"
        ### END SOLUTION

    def step(self, optimizer):
        """Step, unless a gradient is inf or nan; whether the step was taken."""
        ### BEGIN SOLUTION
        if self._stage == "stepped":
            raise RuntimeError("step was called twice without an update in between")
        if self._stage == "scaled":
            self.unscale_(optimizer)
        if not self._overflowed:
            optimizer.step()
        self._stage = "stepped"
        return not self._overflowed
        ### END SOLUTION

    def update(self):
        """Adapt the scale, and begin the next iteration."""
        ### BEGIN SOLUTION
        if self._overflowed:
            self._scale *= self._backoff_factor
            self._taken_in_a_row = 0
        else:
            self._taken_in_a_row += 1
            if self._taken_in_a_row == self._growth_interval:
                self._scale *= self._growth_factor
                self._taken_in_a_row = 0
        self._stage = "scaled"
        self._overflowed = False
        ### END SOLUTION

    def state_dict(self):
        """What a resume needs."""
        ### BEGIN SOLUTION
        return {"scale": self._scale, "taken_in_a_row": self._taken_in_a_row}
        ### END SOLUTION

    def load_state_dict(self, state):
        """Take over what `state_dict` gave."""
        ### BEGIN SOLUTION
        self._scale = float(state["scale"])
        self._taken_in_a_row = int(state["taken_in_a_row"])
        ### END SOLUTION


# %% nbgrader={"grade": true, "grade_id": "test_DynamicLossScaler", "locked": true, "points": 6, "schema_version": 3, "solution": false, "task": false}
weight = nn.Parameter(torch.tensor([1.0, 1.0]))
unused = nn.Parameter(torch.tensor([5.0]))
optimizer = torch.optim.SGD([weight, unused], lr=0.5)
scaler = DynamicLossScaler(init_scale=8.0, growth_interval=2)

scaler.scale(weight.sum()).backward()
assert weight.grad.tolist() == [8.0, 8.0], "the gradients are scaled with the loss"
scaler.unscale_(optimizer)
assert weight.grad.tolist() == [1.0, 1.0], "unscale_ takes the scale out again, in place"
assert raises(RuntimeError, lambda: scaler.unscale_(optimizer)), "twice would divide by 64"
assert scaler.step(optimizer) is True, "a finite gradient: the step is taken"
assert weight.tolist() == [0.5, 0.5], "with the true gradient, divided once"
assert raises(RuntimeError, lambda: scaler.step(optimizer)), "one step an iteration"
scaler.update()

optimizer.zero_grad()
scaler.scale((weight * torch.tensor([1.0, math.inf])).sum()).backward()
assert scaler.step(optimizer) is False, "an infinite gradient: the step is skipped"
assert weight.tolist() == [0.5, 0.5], "and no weight moves, also not where it is finite"
scaler.update()
assert scaler.state_dict()["scale"] == 4.0, "after a skipped step the scale backs off"

for wanted in (4.0, 8.0):
    optimizer.zero_grad()
    scaler.scale(weight.sum()).backward()
    assert scaler.step(optimizer) is True, "step unscales by itself"
    scaler.update()
    assert scaler.state_dict()["scale"] == wanted, "two good steps in a row and it grows"

### BEGIN HIDDEN TESTS
from autograder.hidden.mixed_precision import grade

grade("DynamicLossScaler")
### END HIDDEN TESTS

# %% [markdown]
# <details><summary>Hint 1: what to remember</summary>
#
# The scale, and how many steps were taken in a row: these last for the whole run, and belong to the state. Whether this iteration's gradients are
# unscaled or stepped with, and whether one of them overflowed: these last until `update`.
#
# </details>
#
# <details><summary>Hint 2: finding the parameters</summary>
#
# An optimizer has `param_groups`, a list of dicts; each has its parameters in `["params"]`. One bad value in any of them counts. Don't let a later good
# gradient overwrite the finding. `torch.isfinite` is False for inf and for nan.
#
# </details>
#
# <details><summary>Hint 3: the three stages</summary>
#
# Keep a stage: scaled, unscaled, stepped. `unscale_` needs the first and leaves the second. `step` refuses the third, calls `unscale_` in the first, and
# leaves the third. `update` goes back to the first and clears the finding.
#
# </details>

# %% [markdown]
# ### The look: yours and PyTorch's, on a script
#
# The same script of finite and infinite gradients, through your scaler and through `torch.amp.GradScaler`, once with a plain Adam and once with a
# **fused** one, which does its whole update in a single kernel. A hook counts how often the optimizer's `step` ran.


# %% open="the comparison with GradScaler is what to read here" tags=["demo"]
def follow_script(scaler, script, fused):
    """Scales after each update, the weights in the end, and how often a step's hook fired."""
    weight, fired, scales = nn.Parameter(torch.ones(3, device=device)), [], []
    optimizer = torch.optim.Adam([weight], lr=0.1, fused=fused)
    optimizer.register_step_post_hook(lambda *_: fired.append(1))
    for slope in script:
        optimizer.zero_grad()
        scaler.scale((weight * slope).sum()).backward()
        scaler.step(optimizer)
        scaler.update()
        scales.append(scaler.state_dict()["scale"])
    return scales, weight.detach(), len(fired)


script = [1.0, 2.0, math.inf, 1.0, math.nan, math.inf, 0.5, 1.0, 2.0, 1.0, 3.0, 1.0, 2.0, 1.0, 1.0]
options = {"init_scale": 1024.0, "growth_interval": 4}
for fused in (False, True):
    ours = follow_script(DynamicLossScaler(**options), script, fused)
    theirs = follow_script(torch.amp.GradScaler(device.type, **options), script, fused)
    print("Adam, fused:" if fused else "Adam, plain:", end=" ")
    print("same scales:", ours[0] == theirs[0], end="; ")
    print("same weights:", torch.allclose(ours[1], theirs[1], rtol=1e-6), end="; ")
    print(f"hooks in {len(script)} steps: yours {ours[2]}, GradScaler {theirs[2]}")

# %% jupyter={"source_hidden": true} tags=["demo"]
# The scale over the script: yours as a line, GradScaler's as circles, skipped steps as crosses.
ours = follow_script(DynamicLossScaler(**options), script, fused=True)
theirs = follow_script(torch.amp.GradScaler(device.type, **options), script, fused=True)
fig, ax = plt.subplots(figsize=(7.5, 2.8))
steps = np.arange(1, len(script) + 1)
ax.step(steps, ours[0], where="mid", color=BLUE, lw=2.2, label="your scale")
ax.plot(steps, theirs[0], "o", mfc="none", mec="black", ms=9, label="GradScaler")
skipped = [i for i, slope in enumerate(script, 1) if not math.isfinite(slope)]
ax.plot(
    skipped, [2600] * len(skipped), "x", color=ORANGE, ms=9, mew=2.5, label="inf or nan: skipped"
)
ax.set(xlabel="iteration", ylabel="scale after it", yscale="log", ylim=(80, 3600))
ax.set_yticks([128, 256, 512, 1024, 2048], ["128", "256", "512", "1024", "2048"])
ax.minorticks_off()
ax.legend(loc="center left", bbox_to_anchor=(1, 0.5))
show_figure(
    "The scale over 15 iterations: 1024, halved at iterations 3, 5 and 6, where crosses mark inf or nan, "
    "to 128; doubled at iterations 10 and 14 to 512. Your line goes through all of GradScaler's circles."
)

# %% [markdown]
# Look at the last number of each row. With a fused optimizer, `GradScaler` *does* call `step` when it skips: it hands the finding over, and the kernel
# leaves the weights alone. The hook fires all the same. And `GradScaler.step` returns None either way. So if a schedule, or an average of the
# weights, should advance only on steps that counted, there is one reliable sign: **after a skipped step the scale is smaller than before.**
#
# ## 4. Autocast: who computes in what
#
# Inside `with torch.autocast(...)`, each operation picks its own format. Matrix products and convolutions cast their inputs to 16 bits: they are most of the cost, and they
# add up in float32 inside. What is known to go wrong in 16 bits gets float32. All others take what comes. The lists are PyTorch's, and they
# *differ between CPU and GPU*. Don't guess; ask:

# %% open="the table is what to read here" tags=["demo"]
x, W = torch.rand(4, 8, device=device), torch.rand(8, 8, device=device)
labels, mean, var = torch.arange(4, device=device), torch.zeros(8, device=device), x.new_ones(8)
operations = {
    "linear, @, conv": lambda h: F.linear(h, W),
    "relu": F.relu,
    "batch_norm": lambda h: F.batch_norm(h, mean, var),
    "h + x, x float32": lambda h: h + x,
    "prod": lambda h: h.prod(),
    "cross_entropy": lambda h: F.cross_entropy(h, labels),
    "mse_loss": lambda h: F.mse_loss(h, x),
    "l1_loss": lambda h: F.l1_loss(h, x),
    "softmax": lambda h: h.softmax(dim=1),
    "layer_norm": lambda h: F.layer_norm(h, (8,)),
    "sum": lambda h: h.sum(),
    "exp": torch.exp,
    "mean": lambda h: h.mean(),
}
wide_everywhere = {"h + x, x float32", "prod", "cross_entropy", "mse_loss", "l1_loss"}
wide_on_cuda = {"softmax", "layer_norm", "sum", "exp"}

with torch.autocast(device.type, dtype=torch.bfloat16):
    h = F.linear(x, W)  # bfloat16, on either device
    found = {name: operation(h).dtype for name, operation in operations.items()}
for name, dtype in found.items():
    print(f"{name:17} {str(dtype).removeprefix('torch.')}")
wide = wide_everywhere | (wide_on_cuda if device.type == "cuda" else set())
assert {name for name, dtype in found.items() if dtype == torch.float32} == wide

# %% [markdown]
# On a CPU, softmax, layer norm and sums stay in 16 bits; on a GPU they are widened. The losses come out in float32 on both, so compute the loss *inside* the
# block. `backward` belongs outside: each operation's backward runs in the format that its forward chose.
#
# ### Prediction: sixteen bytes
#
# A float32 run with Adam holds 16 bytes for each parameter: 4 for the weight, 4 for its gradient, 8 for two averages. Now forward and backward pass run under bfloat16
# autocast. How many bytes does a parameter hold between two steps?
#
# - (a) 16
# - (b) 12: weight and gradient are in 16 bits now
# - (c) 8: everything is

# %% nbgrader={"grade": false, "grade_id": "prediction_bytes_held", "locked": false, "schema_version": 3, "solution": true, "task": false}
### BEGIN SOLUTION
prediction_bytes_held = "a"
### END SOLUTION

# %% nbgrader={"grade": true, "grade_id": "test_prediction_bytes_held", "locked": true, "points": 1, "schema_version": 3, "solution": false, "task": false}
if prediction_bytes_held is None:
    raise NotImplementedError("prediction_bytes_held is not written yet")
letter = str(prediction_bytes_held).strip(" ().").lower()
assert letter in ("a", "b", "c"), "a prediction is one letter: a, b or c"

### BEGIN HIDDEN TESTS
from autograder.hidden.mixed_precision import grade

grade("prediction_bytes_held")
### END HIDDEN TESTS


# %% jupyter={"source_hidden": true} tags=["demo", "prediction_bytes_held"]
# Bytes held between two steps, and bytes that the forward pass keeps for backward.
def bytes_of_a_step(dtype):
    """Bytes a parameter between steps, and bytes kept for backward besides the weights."""
    net, kept = deep_net(width=256), {}
    own = {p.data_ptr() for p in net.parameters()}
    optimizer = torch.optim.Adam(net.parameters())
    ((x, y),) = clothes_batches(1024, 1)

    def keep(tensor):
        storage = tensor.untyped_storage()
        if storage.data_ptr() not in own:
            kept[storage.data_ptr()] = storage.nbytes()
        return tensor

    with (
        torch.autograd.graph.saved_tensors_hooks(keep, lambda tensor: tensor),
        torch.autocast(device.type, dtype, enabled=dtype != torch.float32),
    ):
        loss = F.cross_entropy(net(x), y)
    loss.backward()
    optimizer.step()
    states = [t for s in optimizer.state.values() for t in s.values() if t.dim() > 0]
    held = [*net.parameters(), *(p.grad for p in net.parameters()), *states]
    count = sum(p.numel() for p in net.parameters())
    return sum(t.nbytes for t in held) / count, sum(kept.values())


wide, narrow = bytes_of_a_step(torch.float32), bytes_of_a_step(torch.bfloat16)
print(f"bytes a parameter holds: float32 {wide[0]:.0f}, under autocast {narrow[0]:.0f}")
print(f"kept for backward, under autocast against float32: {narrow[1] / wide[1]:.2f}")

# %% [markdown]
# Autocast saves **activations**, not state. What the forward pass keeps for backward halves, plus the 16-bit copies of the weights, which go once backward is done. The batch and the
# depth decide how much that is; the 16 bytes stay. (On an H200, resident after a step: 16.0 bytes with and without.)
#
# ### What goes wrong: stale copies, and casting too much
#
# Autocast keeps its copy of each weight until the *outermost* block ends. Put one block around several steps, and the forward pass goes on with the old copy, even if that outer
# block is switched off (`enabled=False`) and each forward pass has a block of its own. The second mistake casts the model itself: the master weights are gone, and Adam's eps of 1e-8 is 0 in float16.

# %% open="the two mistakes are what to read here" tags=["demo"]
(x, y), *_ = clothes_batches(200, 1)
for around, block in (
    ("each forward pass", nullcontext()),
    ("all three steps", torch.autocast(device.type, torch.bfloat16)),
    ("all three, but off", torch.autocast(device.type, torch.bfloat16, enabled=False)),
):
    net, losses = deep_net(depth=0), []
    optimizer = torch.optim.Adam(net.parameters(), lr=0.01)
    with block:
        for _ in range(3):
            optimizer.zero_grad()
            with torch.autocast(device.type, torch.bfloat16):
                loss = F.cross_entropy(net(x), y)
            loss.backward()
            optimizer.step()
            losses.append(f"{loss.item():.3f}")
    print(f"autocast around {around:18}: losses", *losses)

weight = nn.Parameter(torch.ones(2, dtype=torch.float16))
optimizer = torch.optim.Adam([weight], lr=0.1, foreach=False)
weight.grad = torch.tensor([0.0, 1e-3], dtype=torch.float16)
optimizer.step()
print("float16 weights after one step of Adam:", weight.tolist())

# %% [markdown]
# ## 5. One step in mixed precision
#
# Now the whole step, lesson 10's five lines and four more. It measures the gradient with what you wrote in lesson 11. Run `%bring` in the next cell to have your own; what
# is given does the same.


# %% tags=["bring"]
# bring: global_grad_norm (lesson 11)
def global_grad_norm(parameters):
    """The norm of all gradients together, as a float; parameters without one are left out."""
    grads = [p.grad for p in parameters if p.grad is not None]
    return float(nn.utils.get_total_norm(grads))


# %% [markdown]
# ### Prediction: clip, then unscale
#
# A colleague clips at 1.0 right after `backward` and unscales after that. The scale is 65,536, the true gradient norms are between 0.2 and 0.9, the optimizer is SGD. What does this run do, next to the
# one that unscales first?
#
# - (a) the same: such norms need no clipping
# - (b) it diverges
# - (c) it hardly moves

# %% nbgrader={"grade": false, "grade_id": "prediction_clip_first", "locked": false, "schema_version": 3, "solution": true, "task": false}
### BEGIN SOLUTION
prediction_clip_first = "c"
### END SOLUTION

# %% nbgrader={"grade": true, "grade_id": "test_prediction_clip_first", "locked": true, "points": 1, "schema_version": 3, "solution": false, "task": false}
if prediction_clip_first is None:
    raise NotImplementedError("prediction_clip_first is not written yet")
letter = str(prediction_clip_first).strip(" ().").lower()
assert letter in ("a", "b", "c"), "a prediction is one letter: a, b or c"

### BEGIN HIDDEN TESTS
from autograder.hidden.mixed_precision import grade

grade("prediction_clip_first")
### END HIDDEN TESTS

# %% [markdown]
# ### Exercise: `amp_step` (20 minutes, difficulty 3 of 5)
#
# The order is the exercise. Three decisions on the way:
#
# - **bfloat16 needs no scaler**: it has float32's range. The caller then passes `None`, and every step is taken. Whether to scale is the *caller's* decision, whatever the dtype.
# - **An infinite norm is no accident here.** It is how an overflow looks. Lesson 11's clipping raises on it; this step reports it, doesn't clip, and leaves the rest to the scaler.
# - **A skipped step still updates the scaler.** Otherwise the scale never comes down, and every step from here on is skipped.


# %% nbgrader={"grade": false, "grade_id": "amp_step", "locked": false, "schema_version": 3, "solution": true, "task": false}
def amp_step(model, batch, criterion, optimizer, scaler, max_norm, device, dtype):
    """Train on one batch in mixed precision, with scaling and clipping.

    Args:
        model: nn.Module on `device`, with float32 parameters; its mode is left alone.
        batch: a pair (inputs, targets) on any device.
        criterion: criterion(outputs, targets) gives the mean loss of the batch. It is computed
            under autocast, as the forward pass is.
        optimizer: torch.optim.Optimizer of the model's parameters. Gradients that are left from
            earlier must not count.
        scaler: None, and nothing is scaled and the step is always taken; or an object with the methods
            of DynamicLossScaler, which is used whatever dtype is.
        max_norm: the largest norm of all (unscaled) gradients together with which a step is taken, > 0;
            longer ones are shortened by max_norm / (norm + 1e-6). No clipping if the norm is not finite.
        device: torch.device to which the batch is moved.
        dtype: torch.float16 or torch.bfloat16, for autocast; torch.float32 means no autocast.

    Returns:
        dict with "loss" (float, not scaled), "grad_norm" (float: of the unscaled gradients before
        clipping; inf or nan if they overflowed, which raises nothing) and "stepped" (bool: whether
        the step was taken).

    Source: Micikevicius et al. (2018), section 3.2; Pascanu, Mikolov and Bengio (2013), On the
    Difficulty of Training Recurrent Neural Networks, section 3.2 (clipping).
    """
    ### BEGIN SOLUTION
    inputs, targets = (part.to(device) for part in batch)
    optimizer.zero_grad()
    with torch.autocast(device.type, dtype=dtype, enabled=dtype != torch.float32):
        loss = criterion(model(inputs), targets)
    if scaler is None:
        loss.backward()
    else:
        scaler.scale(loss).backward()
        scaler.unscale_(optimizer)
    norm = global_grad_norm(model.parameters())
    if math.isfinite(norm):
        for p in model.parameters():
            if p.grad is not None:
                p.grad.mul_(min(1.0, max_norm / (norm + 1e-6)))
    if scaler is None:
        optimizer.step()
        stepped = True
    else:
        stepped = scaler.step(optimizer)
        scaler.update()
    return {"loss": loss.item(), "grad_norm": norm, "stepped": stepped}
    ### END SOLUTION


# %% nbgrader={"grade": true, "grade_id": "test_amp_step", "locked": true, "points": 4, "schema_version": 3, "solution": false, "task": false}
model = nn.Linear(1, 1, bias=False)
nn.init.constant_(model.weight, 1.0)
batch = torch.tensor([[1.0], [3.0]]), torch.tensor([[0.0], [0.0]])
optimizer = torch.optim.SGD(model.parameters(), lr=0.01)
cpu = torch.device("cpu")

report = amp_step(model, batch, F.mse_loss, optimizer, None, 100.0, cpu, torch.bfloat16)
assert report["stepped"] is True, "without a scaler the step is always taken"
assert abs(report["loss"] - 5.0) < 1e-6, "the batch mean before the step: (1 + 9) / 2"
assert abs(report["grad_norm"] - 10.0) < 1e-6, "the gradient is 10"
assert abs(model.weight.item() - 0.9) < 1e-6, "0.01 * 10 down; the weight itself is in float32"

scaler = DynamicLossScaler(init_scale=1024.0)
nn.init.constant_(model.weight, 1.0)
report = amp_step(model, batch, F.mse_loss, optimizer, scaler, 2.0, cpu, torch.float16)
assert abs(report["loss"] - 5.0) < 1e-6, "the loss comes back without the scale"
assert abs(report["grad_norm"] - 10.0) < 1e-6, "so does the norm, from before the clipping"
assert abs(model.weight.item() - 0.98) < 1e-6, "clipped to 2: a step of 0.01 * 2"

huge = torch.tensor([[6e4], [6e4]]), torch.tensor([[0.0], [0.0]])
report = amp_step(model, huge, F.mse_loss, optimizer, scaler, 2.0, cpu, torch.float16)
assert not math.isfinite(report["grad_norm"]), "this gradient doesn't fit into float16"
assert report["stepped"] is False, "so the step is skipped"
assert abs(model.weight.item() - 0.98) < 1e-6, "and the weight stays"
assert scaler.state_dict()["scale"] == 512.0, "the scaler has been told"

### BEGIN HIDDEN TESTS
from autograder.hidden.mixed_precision import grade

grade("amp_step")
### END HIDDEN TESTS

# %% [markdown]
# <details><summary>Hint 1: the order</summary>
#
# Move, clear, forward and loss under autocast, scale and backward, unscale, measure, clip, step, update. Everything from measuring on sees true gradients.
#
# </details>
#
# <details><summary>Hint 2: with and without a scaler</summary>
#
# Only two places differ: around `backward`, and around the step. Measuring and clipping come in between, and are the same either way.
#
# </details>
#
# <details><summary>Hint 3: almost the lines</summary>
#
# `with torch.autocast(device.type, dtype=dtype, enabled=dtype != torch.float32):` around model and criterion only. After `unscale_`, clip by `p.grad.mul_(...)` or with torch's own function, if the norm is
# finite. `stepped` is what `scaler.step` returned.
#
# </details>

# %% [markdown]
# ### The look: the deep network, rescued
#
# The network that stood still in section 2, now by your `amp_step` in three formats: float16 with your scaler, bfloat16 and float32 without.

# %% jupyter={"source_hidden": true} tags=["demo"]
# The deep network by amp_step, in three formats, and the scale of the float16 run.
batches, curves = clothes_batches(60, 160), {}
for dtype in (torch.float32, torch.bfloat16, torch.float16):
    net, reports, scales = deep_net(), [], []
    optimizer = torch.optim.Adam(net.parameters(), lr=1e-3)
    scaler = DynamicLossScaler(growth_interval=40) if dtype == torch.float16 else None
    for batch in batches:
        reports.append(amp_step(net, batch, F.cross_entropy, optimizer, scaler, 1.0, device, dtype))
        scales.append(scaler.state_dict()["scale"] if scaler else 1.0)
    name = str(dtype).removeprefix("torch.") + (", scaled" if scaler else "")
    curves[name] = smoothed([r["loss"] for r in reports])
fig, (left, right) = plt.subplots(1, 2, figsize=(9, 3.1))
for (name, curve), (color, style) in zip(
    curves.items(), ((BLUE, "-"), (GREEN, "-."), (ORANGE, "--")), strict=True
):
    left.plot(curve, color=color, ls=style, label=name)
left.axhline(math.log(10), color=GREY, lw=0.8, ls=":")
left.set(xlabel="step", ylabel="batch loss, mean of 10", title="Three formats")
left.legend()
skipped = [i for i, r in enumerate(reports) if not r["stepped"]]
right.plot(np.log2(scales), color=ORANGE, ls="--")
right.plot(skipped, np.log2(scales)[skipped], "kx", ms=8, mew=2, label="skipped")
right.set(xlabel="step", ylabel="scale, as a power of 2", title="What the scaler did")
right.legend()
plt.tight_layout()
show_figure(
    "Left: batch loss of the deep network over 150 steps in float32, bfloat16 and scaled float16: all "
    "three leave 2.3 near step 90 and reach 1.6. Right: the scale of the float16 run climbs twice in 80 "
    "steps, then falls by one power of two at each of five crosses, where a step was skipped."
)

# %% [markdown]
# Three curves where there was a flat line. To the right, the scaler follows the gradients: they are tiny at first, and it climbs. Then the
# network begins to learn, its gradients grow, and a few skipped steps bring the scale down after them. Such skips are healthy. Skips that
# never end are not: then something else makes the inf. (It may grow every 40 steps here, so that you see it. The default is 2000.)
#
# ### What goes wrong: clip first


# %% jupyter={"source_hidden": true} tags=["demo", "prediction_clip_first"]
# Your amp_step, and a step that clips before it unscales, with SGD.
def clip_before_unscaling(model, batch, criterion, optimizer, scaler, max_norm, device, dtype):
    x, y = batch
    optimizer.zero_grad()
    with torch.autocast(device.type, dtype=dtype):
        loss = criterion(model(x), y)
    scaler.scale(loss).backward()
    nn.utils.clip_grad_norm_(model.parameters(), max_norm)  # they are still 65,536 times too large
    scaler.step(optimizer)
    scaler.update()
    return {"loss": loss.item()}


batches, curves = clothes_batches(60, 100), []
for step in (amp_step, clip_before_unscaling):
    net = deep_net(depth=1)
    optimizer = torch.optim.SGD(net.parameters(), lr=0.1)
    scaler = torch.amp.GradScaler(device.type) if step != amp_step else DynamicLossScaler()
    losses = []
    for batch in batches:
        args = (net, batch, F.cross_entropy, optimizer, scaler, 1.0, device, torch.float16)
        losses.append(step(*args)["loss"])
    curves.append(smoothed(losses))
fig, ax = plt.subplots(figsize=(7, 2.8))
ax.plot(curves[0], color=BLUE, lw=1.8, label="your amp_step: unscale, clip")
ax.plot(curves[1], color=ORANGE, ls="--", lw=1.8, label="clip, unscale")
ax.set(xlabel="step", ylabel="batch loss, mean of 10", title="Where the clipping stands")
ax.legend()
show_figure(
    "Batch loss over 90 steps with SGD. Unscaling before clipping, it falls from 2.3 to about 1.3. "
    "Clipping before unscaling, it stays at 2.3."
)

# %% [markdown]
# Nothing raises, and with Adam you would hardly notice: it rescales the tiny gradient (and then everything is clipped, at every step). Look at the *reported* norm. If it is around 10,000 and
# your loss is around 1, you measured scaled gradients.

# %% [markdown]
# ## 6. Does it pay?
#
# So far 16 bits made nothing faster, and no sentence here promised it. Whether they do depends on how much of a step is arithmetic, and on what your device does in 16 bits. Find the edge yourself: one training
# step at growing widths, on the device at hand.


# %% jupyter={"source_hidden": true} tags=["demo", "nbval-ignore-output"]
# Seconds for a training step at growing widths, 16 bits against float32.
def seconds_a_step(width, dtype, repeats=5):
    """The median time of a step of a network of three square layers, batch 256."""
    layers = [part for _ in range(3) for part in (nn.Linear(width, width), nn.ReLU())]
    net = nn.Sequential(*layers, nn.Linear(width, 10)).to(device)
    optimizer = torch.optim.SGD(net.parameters(), lr=0.01)
    x, y = torch.randn(256, width, device=device), torch.zeros(256, device=device).long()
    times = []
    for _ in range(repeats + 2):
        begin = time.perf_counter()
        amp_step(net, (x, y), F.cross_entropy, optimizer, None, 1.0, device, dtype)
        if device.type == "cuda":
            torch.cuda.synchronize()
        times.append(time.perf_counter() - begin)
    return float(np.median(times[2:]))


widths = [64, 256, 1024] + ([4096, 8192] if device.type == "cuda" else [])
kinds = [(torch.bfloat16, BLUE, "-o")]
kinds += [(torch.float16, ORANGE, "--s")] if device.type == "cuda" else []
base = [seconds_a_step(width, torch.float32) for width in widths]
fig, ax = plt.subplots(figsize=(6, 2.8))
for dtype, color, style in kinds:
    ratio = [b / seconds_a_step(w, dtype) for w, b in zip(widths, base, strict=True)]
    name = str(dtype).removeprefix("torch.")
    ax.plot(widths, ratio, style, color=color, label=name)
    print(name, *(f"width {w}: {r:.2f}" for w, r in zip(widths, ratio, strict=True)), sep="  ")
ax.axhline(1, color="black", lw=1, ls=":")
ax.set(xscale="log", xlabel="width", ylabel="speed, float32 = 1", title=f"On this {device.type}")
ax.set_xticks(widths, map(str, widths))
ax.minorticks_off()
ax.legend()
show_figure(
    "Speed of a 16-bit training step relative to float32, against the width of the network, with a "
    "dotted line at 1: below it, 16 bits are slower. What it shows depends on the machine."
)

# %% [markdown]
# Expect to be below 1 on the left: casts cost something, and there is little arithmetic to save. On the right it depends. A CPU without 16-bit instructions stays below 1 at any width.
#
# For comparison, measured on one H200 (torch 2.11, medians, samples per second, a convolutional network with AdamW and clipping):
#
# | width, batch | parameters | float32 | TF32 | bfloat16 | float16, scaled |
# | --- | --- | --- | --- | --- | --- |
# | 16, 128 | 29 k | 44 k | 44 k | 41 k | 32 k |
# | 64, 512 | 393 k | 107 k | 144 k | 128 k | 142 k |
# | 128, 1024 | 1.5 M | 52 k | 126 k | 169 k | 193 k |
# | 256, 1024 | 6.0 M | 17 k | 49 k | 78 k | 86 k |
#
# On the smallest network mixed precision was *slower*; from 1.5 million parameters on, 3 to 5 times as fast. TF32, float32 numbers multiplied with ten fraction bits, gets much of that with
# one switch: `torch.set_float32_matmul_precision("high")`.

# %% [markdown]
# ## 7. In practice
#
# This is the loop that you'll find in other people's code, with PyTorch's scaler and clipping. Yours does the same. (Older code says `torch.cuda.amp.autocast` and
# `torch.cuda.amp.GradScaler`: deprecated names of the same things.)

# %% open="PyTorch's calls are what to read here" tags=["demo"]
batches = clothes_batches(60, 12)
ours, theirs = deep_net(depth=2), deep_net(depth=2)
optimizer = torch.optim.AdamW(ours.parameters(), lr=1e-3)
scaler = DynamicLossScaler(init_scale=2.0**24)  # too high at first, to have some steps skipped
taken = [
    amp_step(ours, batch, F.cross_entropy, optimizer, scaler, 0.5, device, torch.float16)["stepped"]
    for batch in batches
]

optimizer = torch.optim.AdamW(theirs.parameters(), lr=1e-3)
scaler, counted = torch.amp.GradScaler(device.type, init_scale=2.0**24), []
for x, y in batches:
    optimizer.zero_grad()
    with torch.autocast(device.type, dtype=torch.float16):
        loss = F.cross_entropy(theirs(x), y)
    scaler.scale(loss).backward()
    scaler.unscale_(optimizer)
    nn.utils.clip_grad_norm_(theirs.parameters(), 0.5)
    before = scaler.get_scale()
    scaler.step(optimizer)
    scaler.update()
    counted.append(scaler.get_scale() >= before)  # a skipped step is noticed by the scale

gaps = [
    (a - b).abs().max().item() for a, b in zip(ours.parameters(), theirs.parameters(), strict=True)
]
print("some steps were skipped, the same ones:", not all(taken) and taken == counted)
print("weights equal to 1e-6:", max(gaps) < 1e-6)

# %% [markdown]
# | | PyTorch | Lightning | Keras | JAX |
# | --- | --- | --- | --- | --- |
# | 16-bit forward | `torch.autocast` | `precision="bf16-mixed"` | `mixed_precision.set_global_policy("mixed_bfloat16")` | cast yourself, or `jmp` |
# | loss scaling | `torch.amp.GradScaler` | with `"16-mixed"`, built in | `LossScaleOptimizer` | `jmp.DynamicLossScale` |
# | clipping, unscaled | after `scaler.unscale_` | `gradient_clip_val` | `global_clipnorm` | `optax.clip_by_global_norm`, after unscaling |

# %% [markdown]
# ## To come back to
#
# | | float32 | TF32 | bfloat16 | float16 |
# | --- | --- | --- | --- | --- |
# | bits: sign, exponent, fraction | 1, 8, 23 | 1, 8, 10 | 1, 8, 7 | 1, 5, 10 |
# | largest | 3.4e38 | 3.4e38 | 3.4e38 | 65,504 |
# | spacing above 1 | 1.2e-7 | 9.8e-4 | 7.8e-3 | 9.8e-4 |
# | scaler | no | no | no | yes |
# | use it | reference, small networks | first thing to try on a GPU | default on hardware that has it | GPUs without bfloat16; where precision matters more than range |
#
# | symptom | likely cause | try |
# | --- | --- | --- |
# | loss flat in float16, fine in float32 | underflow | a scaler; `underflow_fraction` tells |
# | scale falls below 1 | inf or nan that no scale can help | look at the loss, then at the activations |
# | every step skipped | `update` missing after a skip; nan in the data | print scale and `stepped` |
# | nan after the first step | weights in float16, Adam's eps is 0 | keep the weights in float32 |
# | loss repeats itself | one autocast block around several steps | one block for each forward pass |
# | norms around 10,000 | measured before `unscale_` | unscale first |
# | slower than float32 | small network, or no 16-bit hardware | stay with float32, or TF32 |

# %% [markdown]
# ## Mastery questions
#
# Write a few sentences each. A person reads them.

# %% [markdown] nbgrader={"grade": false, "grade_id": "bfloat16_or_float16", "locked": true, "points": 3, "schema_version": 3, "solution": false, "task": true}
# **1. Why no scaler for bfloat16?** Explain why float16 needs loss scaling and bfloat16 doesn't, although both have sixteen bits. What does bfloat16 pay for that? And why do the weights stay in float32
# with both?
#
# === BEGIN MARK SCHEME ===
# - 1 point: float16 has 5 exponent bits: zero below about 3e-8, inf beyond 65,504, and gradients reach both. bfloat16 has float32's 8 exponent bits, so what fits
#   into float32 fits its range.
# - 1 point: bfloat16 pays with precision: 7 fraction bits, a spacing of 1/128 above 1 (two to three digits).
# - 1 point: an update is often smaller than half the spacing at the weight (1e-4 on 1.0), and rounds away; float32 master weights collect it.
# === END MARK SCHEME ===

# %% [markdown]
# *Your answer here.*

# %% [markdown] nbgrader={"grade": false, "grade_id": "order_of_the_step", "locked": true, "points": 3, "schema_version": 3, "solution": false, "task": true}
# **2. The order.** Someone's step is: scaled backward, clip at 1.0, `scaler.step`, `scheduler.step`, `scaler.update`. Name the two faults, say how each would show in the logs, and with which optimizer the
# first is hard to see and why.
#
# === BEGIN MARK SCHEME ===
# - 1 point: it clips scaled gradients: nearly always active, and after unscaling the norm is at most 1/65,536. Logged norms are in the thousands; SGD stands still.
# - 1 point: with Adam it hides, because the step doesn't depend on the gradient's scale (until eps matters); every step is clipped to one length.
# - 1 point: the scheduler advances on skipped steps too; the rate is ahead of the number of updates. Advance it only if the scale did not fall.
# === END MARK SCHEME ===

# %% [markdown]
# *Your answer here.*

# %% [markdown] nbgrader={"grade": false, "grade_id": "half_the_memory", "locked": true, "points": 3, "schema_version": 3, "solution": false, "task": true}
# **3. Half the memory?** A model of 1 billion parameters doesn't fit on a 16 GB GPU with AdamW. "Turn on bfloat16 autocast," says a colleague, "that halves it." What does autocast save and what not? Estimate the memory for
# weights, gradients and optimizer. Name two things that would really reduce it.
#
# === BEGIN MARK SCHEME ===
# - 1 point: autocast saves activations kept for backward (and bandwidth); weights, gradients and averages stay in float32.
# - 1 point: 16 bytes a parameter, so 16 GB before any activation, with or without autocast.
# - 1 point: two of: an optimizer with less state (SGD, Adafactor, 8-bit averages); sharding over devices; freezing most parameters or low-rank adapters; offloading to the
#   CPU; pure bfloat16 weights with care. (Checkpointing activations and smaller batches save activations only.)
# === END MARK SCHEME ===

# %% [markdown]
# *Your answer here.*

# %% [markdown]
# ## Further reading
#
# - P. Micikevicius et al. (2018), *Mixed Precision Training*: master weights, loss scaling, and the histogram that started it.
# - D. Kalamkar et al. (2019), *A Study of BFLOAT16 for Deep Learning Training*.
# - D. Goldberg (1991), *What Every Computer Scientist Should Know About Floating-Point Arithmetic*: rounding and subnormals, once and thoroughly.
# - N. Wang et al. (2018), *Training Deep Neural Networks with 8-bit Floating Point Numbers*; P. Micikevicius et al. (2022), *FP8 Formats for Deep Learning*: the next halving.
# - S. Rajbhandari et al. (2020), *ZeRO*, section 3: where the memory of a large run goes.
#
# **Next:** [lesson 13](../13_gpu_loop/gpu_loop.ipynb). Every part of a modern training step is yours now; it puts them into one loop that trains,
# logs, resumes and stops on its own.
