"""Dropout in the two passes: what all right answers share, and mistakes."""

from functools import partial
from typing import Any

import numpy as np

from autograder.api import Bank, Number
from autograder.hidden.numpy_trainer.bank.passes import GATED, LAST, SCORES
from autograder.hidden.numpy_trainer.bank.reading import count, same, told_apart

bank = Bank()
passes = bank.exercise("forward__backward")
flagged = partial(passes.edit, about="anything")  # no number shows these
DROP = "    if training and p > 0:\n        {0} = {0} * (rng.random({0}.shape) >= p) / (1 - p)\n"
KEPT = "(rng.random(z.shape) >= p)"
SCALE = " * (1 / (1 - p))"
GATED_LAST = "caches[-1] = (h, W, gate)\n    return z * gate, caches"
CACHED = "        caches.append((h, W, gate))\n"


@passes.observe("gates")
def gates(raw: Any, inputs: Any, secrets: Any) -> Any:
    """Levels and fractions of what passes two gates, compared with what would pass without.

    16,000 pairs of gates are open with probability 0.49, which has a deviation of 0.004; a tenth is
    told from the next at 10 deviations. Rows with the mask of the first one are expected to be 1 in
    180 at most: 11 of 2000 at the likeliest mask's rate, and 100 are allowed.
    """
    is_open, passed = _passed(raw["logits"], inputs)
    alike = np.all((passed > 0) == (passed[0] > 0), axis=1).sum()
    return {
        "between units with and without their gates": _levels(passed),
        "fraction that is not zero, in tenths": count(np.round(10 * np.mean(passed != 0))),
        "rows share one mask": bool(alike > 100),
        "units that ReLU closes give 0": not raw["logits"][:, ~is_open].any(),
    }


@passes.observe("blames")
def blames(raw: Any, inputs: Any, secrets: Any) -> Any:
    """The gradient's gates against the forward pass's."""
    is_open, passed = _passed(raw["logits"], inputs)
    b1 = np.ravel(raw["b1"])
    back = b1[is_open]
    return {
        "between gradients with and without gates": _levels(back),
        "units that were dropped get a gradient": bool(back[passed[0] == 0].any()),
        "all units that took part get one": bool(back[passed[0] != 0].all()),
        "units that ReLU closes get a gradient": bool(b1[~is_open].any()),
    }


def _passed(logits: Any, inputs: Any) -> Any:
    """Which units ReLU leaves open, and which part of each of them arrives."""
    params = inputs["params"]
    z = (inputs["x"] @ params["W1"] + params["b1"])[0]
    return z > 0, logits[:, z > 0] / z[z > 0]


def _levels(values: Any) -> Any:
    """How many different values there are, up to rounding, and the ends of their list."""
    levels = np.unique(np.round(values, 6))
    return {
        "the count of different factors": count(len(levels)),
        "the largest factor": Number(float(levels[-1]), "float64"),
        "the smallest factor": Number(float(levels[0]), "float64"),
    }


@passes.observe("draws")
def draws(raw: Any, inputs: Any, secrets: Any) -> Any:
    """Which passes are equal. 420 gates at p = 0.5 never are by chance."""
    first = raw["first"]
    again = same(first["back"], first["back again"])
    return {**told_apart(raw), "a second backward gives the same": again}


passes.edit(
    "dropout_on_the_logits",
    "Dropout is applied to the logits as well, so whole classes vanish at random. It belongs after "
    "each hidden layer, and nowhere else.",
    (LAST, f"{SCORES}gate = np.ones(z.shape)\n{DROP.format('gate')}    {GATED_LAST}"),
)
passes.edit(
    "dropout_on_the_inputs",
    "Dropout is applied to the inputs as well as to the hidden layers. Here the inputs stay as "
    "they are: the first gate comes after the first ReLU.",
    ("    h, caches = x, []\n", "    h, caches = x, []\n" + DROP.format("h")),
)
flagged(
    "never_dropped",
    "Nothing is ever dropped: p is ignored. In training each hidden unit is set to zero with "
    "probability p, and the others are divided by 1 - p.",
    ("training and p > 0", "False"),
)
flagged(
    "not_scaled",
    "The units that stay are not divided by 1 - p, so training sees a smaller signal than "
    "evaluation does. Inverted dropout scales while training; look at the mean of a layer.",
    (SCALE, ""),
)
passes.edit(
    "scaled_in_evaluation",
    "The units that stay keep their size in training, and evaluation multiplies by 1 - p, as in "
    "the first paper. Inverted dropout divides in training, and leaves evaluation alone.",
    (SCALE, ""),
    (CACHED, "        gate = gate if training else gate * (1 - p)\n" + CACHED),
    source="Srivastava et al. (2014), Dropout, figure 2",
)
passes.edit(
    "p_is_the_probability_to_keep",
    "p is used as the probability to keep a unit, and the scale is 1 / p. Here p is the "
    "probability to drop one, so 1 - p stay.",
    (KEPT, "(rng.random(z.shape) < p)"),
    (SCALE, " * (1 / p)"),
    source="tf.nn.dropout with keep_prob, TensorFlow 1",
)
passes.edit(
    "scaled_by_p",
    "The units that stay are divided by p. What is left of the sum is a part of 1 - p, so dividing "
    "by 1 - p brings the mean back.",
    (SCALE, " * (1 / p)"),
)
passes.edit(
    "scaled_twice",
    "The units that stay are divided by 1 - p twice, so training sees a larger signal than "
    "evaluation. One division brings the mean back.",
    (SCALE, SCALE + SCALE),
)
flagged(
    "one_mask_for_all_rows",
    "One mask is drawn for each layer and shared by all rows of the batch. Each row is a pass of "
    "its own: draw a mask of the shape of the whole layer's output.",
    ("rng.random(z.shape)", "rng.random(z.shape[1])"),
)
flagged(
    "seeded_mask",
    "The masks come from a generator that is made anew in every pass, so the same units are "
    "dropped every time. Draw from the rng that is passed in.",
    ("rng.random(z.shape)", "np.random.default_rng(0).random(z.shape)"),
)
flagged(
    "global_generator",
    "The masks come from NumPy's global generator, and rng is ignored: equal generators give "
    "different passes. Draw from the rng that is passed in.",
    ("rng.random(z.shape)", "np.random.random(z.shape)"),
)

for when, condition in (
    ("in_evaluation", "p > 0"),
    ("wherever_there_is_a_generator", "rng is not None and p > 0"),
):
    flagged(
        f"dropped_{when}",
        "In evaluation a mask is drawn, too. When training is False the whole network takes part: "
        "nothing is drawn and nothing is dropped, whatever p and rng are.",
        ("training and p > 0", condition),
    )
passes.by_exceptions("dropped_in_evaluation")

flagged(
    "gate_ignored_on_the_way_back",
    "The gradient passes back as if every unit had been open. A unit that was closed, or dropped, "
    "had no part in the logits: multiply by the gate of its layer.",
    (GATED, "            pass\n"),
)
flagged(
    "mask_ignored_on_the_way_back",
    "The gradient passes back through ReLU's gate alone, and dropout is forgotten. Units that were "
    "dropped get a gradient, and those that stayed too small a one.",
    (CACHED, CACHED.replace("gate", "z > 0")),
)
for called, times, used in (
    ("relu_skipped_on_the_way_back", "by the dropout mask alone", "gate"),
    ("relu_by_the_gradient", "by the mask, and cut off where it is negative", "gate * (delta > 0)"),
):
    passes.edit(
        called,
        f"The gradient is multiplied {times} and the ReLU's input is ignored. A unit that was "
        "not above 0 in the forward pass passes nothing back.",
        ("gate = z > 0\n", "gate, mask = z > 0, np.ones(z.shape)\n"),
        (f"gate = (gate & {KEPT}){SCALE}", f"mask = {KEPT}{SCALE}\n            gate = gate * mask"),
        (CACHED, CACHED.replace("gate", "mask")),
        (GATED, GATED.replace("gate\n", f"{used}\n")),
    )
flagged(
    "not_scaled_on_the_way_back",
    "In the backward pass the gate only opens and closes, and its factor 1 / (1 - p) is missing. "
    "The forward pass multiplied by it, so its derivative has it too.",
    (GATED, "            delta = delta * (gate > 0)\n"),
)
flagged(
    "kept_and_dropped_exchanged",
    "Each unit is dropped with probability 1 - p, and those that stay are divided by 1 - p. p is "
    "the probability to drop: a unit stays where the random number is at least p.",
    (KEPT, "(rng.random(z.shape) < p)"),
)
flagged(
    "dropout_instead_of_relu",
    "In training the mask takes the place of ReLU's gate, so units below zero pass. Dropout comes "
    "after ReLU: a unit is open where z is above 0 and its mask keeps it.",
    (f"(gate & {KEPT})", KEPT),
)
flagged(
    "drawn_again_on_the_way_back",
    "The backward pass draws masks of its own, so some units that took part get no gradient, and "
    "some that did not get one. Keep the mask of the forward pass in the cache.",
    (CACHED, CACHED.replace("gate", "(z > 0, p, rng)")),
    (
        GATED,
        "            relu, p, rng = gate\n"
        "            delta = delta * relu * (rng.random(relu.shape) >= p) / (1 - p)\n",
    ),
)
