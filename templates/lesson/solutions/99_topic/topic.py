# ---
# jupyter:
#   kernelspec:
#     display_name: Python 3 (ipykernel)
#     language: python
#     name: python3
# ---

# %% [markdown]
# # Topic: what it does, in five words
#
# **You will be able to** smooth a noisy series with an exponential average, and say what its first
# values are worth.
#
# **You need** lesson 00. **It takes** 10 minutes.

# %% jupyter={"source_hidden": true} tags=["setup"]
# Given: NumPy as np, Matplotlib as plt.
import matplotlib.pyplot as plt
import numpy as np


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
# ## The gap
#
# A training loss jumps from batch to batch. Whether it falls is hard to see. Run the next cell, and say
# where it was lowest.

# %% tags=["demo"]
rng = np.random.default_rng(0)
losses = np.exp(-np.arange(200) / 80) + rng.normal(0, 0.15, 200)

fig, ax = plt.subplots(figsize=(6, 2.5))
ax.plot(losses, color="0.7")
ax.set(xlabel="step", ylabel="loss")
show_figure("A noisy loss that falls over 200 steps; single values jump by 0.3.")

# %% [markdown]
# ## The idea
#
# Keep one number, and move it a little towards each new value:
#
# $$s_t = \beta\, s_{t-1} + (1 - \beta)\, x_t, \qquad s_0 = 0$$
#
# $x_t$ is the value at step $t$, $s_t$ the average after it, and $\beta$, in $[0, 1)$, how much of the old
# average stays. Both are single numbers.

# %% [markdown]
# ## Before you write it
#
# With $\beta = 0.9$, how large is $s_1$, compared with $x_1$?
#
# (a) equal &nbsp; (b) a tenth &nbsp; (c) nine tenths

# %% nbgrader={"grade": false, "grade_id": "prediction_first_value", "locked": false, "schema_version": 3, "solution": true, "task": false}
### BEGIN SOLUTION
prediction_first_value = "b"
### END SOLUTION

# %% nbgrader={"grade": true, "grade_id": "test_prediction_first_value", "locked": true, "points": 1, "schema_version": 3, "solution": false, "task": false}
letter = str(prediction_first_value).strip(" ().").lower()
assert letter in ("a", "b", "c"), "a prediction is one letter: a, b or c"

### BEGIN HIDDEN TESTS
from autograder.hidden.topic import grade

grade("prediction_first_value")
### END HIDDEN TESTS

# %% [markdown]
# ## Exercise: `smooth`
#
# *5 minutes, one star of three.* A loop, or anything that gives the same numbers.


# %% nbgrader={"grade": false, "grade_id": "smooth", "locked": false, "schema_version": 3, "solution": true, "task": false}
def smooth(values, beta=0.9):
    """The exponential average of a series after each of its values, started from 0.

    values: float64 (n,), n >= 1; not modified.
    beta: how much of the old average stays, in [0, 1).
    Returns: float64 (n,).
    Raises: ValueError if beta is outside [0, 1).
    Source: Roberts 1959, Control Chart Tests Based on Geometric Moving Averages.
    """
    ### BEGIN SOLUTION
    if not 0 <= beta < 1:
        raise ValueError(f"beta must be in [0, 1), got {beta}")
    smoothed = np.empty(len(values))
    average = 0.0
    for t, value in enumerate(values):
        average = beta * average + (1 - beta) * value
        smoothed[t] = average
    return smoothed
    ### END SOLUTION


# %% nbgrader={"grade": true, "grade_id": "test_smooth", "locked": true, "points": 4, "schema_version": 3, "solution": false, "task": false}
ones = smooth(np.ones(3), beta=0.5)
assert ones.shape == (3,), "one average for each value"
assert np.allclose(ones, [0.5, 0.75, 0.875]), "each step goes half of the way to 1"

try:
    smooth(np.ones(3), beta=1.0)
    raised = False
except ValueError:
    raised = True
assert raised, "a beta of 1 would never listen: it raises ValueError"

### BEGIN HIDDEN TESTS
from autograder.hidden.topic import grade

grade("smooth")
### END HIDDEN TESTS

# %% [markdown]
# <details><summary>Hint 1: what has to be remembered?</summary>
#
# One number, from one value to the next. What is it before the first?
#
# </details>
#
# <details><summary>Hint 2: the loop</summary>
#
# Go through the values in order. Update the average, then write it into the result at the same place.
#
# </details>
#
# <details><summary>Hint 3: almost the line</summary>
#
# `average` becomes `beta` times itself, plus the rest of the weight times the value.
#
# </details>

# %% [markdown]
# ## Look
#
# Your averages, over the series that they smooth. A larger beta is calmer and later.

# %% tags=["demo"]
fig, ax = plt.subplots(figsize=(6, 2.5))
ax.plot(losses, color="0.85")
for beta in (0.5, 0.9, 0.98):
    ax.plot(smooth(losses, beta), label=f"beta = {beta}")
ax.set(xlabel="step", ylabel="loss")
ax.legend()
show_figure("The noisy loss and three averages of it: the larger beta, the smoother and the later.")

# %% [markdown]
# ## What goes wrong
#
# All three curves begin near 0, where no loss ever was: the average still believes its start. Divide by
# $1 - \beta^t$, the weight that real values have so far, and look again.

# %% tags=["demo"]
t = np.arange(1, len(losses) + 1)

fig, ax = plt.subplots(figsize=(6, 2.5))
ax.plot(losses, color="0.85")
ax.plot(smooth(losses, 0.98), label="as it is")
ax.plot(smooth(losses, 0.98) / (1 - 0.98**t), label="divided by its weight")
ax.set(xlabel="step", ylabel="loss")
ax.legend()
show_figure(
    "The noisy loss and two averages with beta 0.98: as it is, one starts near 0 and climbs for "
    "fifty steps; divided by its weight, it lies in the noise from the first step."
)

# %% [markdown]
# ## In practice
#
# `torch.optim.swa_utils.AveragedModel` does this to a model's parameters, and every Adam to its gradients.

# %% [markdown] nbgrader={"grade": false, "grade_id": "why_divide", "locked": true, "points": 3, "schema_version": 3, "solution": false, "task": true}
# ## A question to master
#
# With $\beta = 0.999$, after how many values is the start worth less than 1% of the average? Say how you
# know, and what follows for a run of 100 steps.
#
# === BEGIN MARK SCHEME ===
#
# 1 point: the weight of the start is $\beta^t$. 1 point: $t > \ln 0.01 / \ln 0.999$, about 4,600.
# 1 point: such a run never leaves its start, so it needs the division.
#
# === END MARK SCHEME ===

# %% [markdown]
# *Your answer here.*

# %% [markdown]
# ## To come back to
#
# | when | beta | if it fails |
# | --- | --- | --- |
# | reading a loss curve | 0.9 to 0.98 | divide by $1 - \beta^t$, or look at fewer steps |
#
# **Reading.** Roberts 1959, Control Chart Tests Based on Geometric Moving Averages.
