"""The start: what all right answers share, and mistakes."""

from functools import partial
from typing import Any

import numpy as np

from autograder.api import AFTERWARDS, Bank, Number
from autograder.hidden.numpy_trainer.bank.reading import same, shape_of, told_apart

bank = Bank()
start = bank.exercise("init_mlp")
flagged = partial(start.edit, about="anything")  # no number shows these
DRAW = "rng.normal(0.0, np.sqrt(2 / fan_in), size=(fan_in, fan_out))"
SIZE = "size=(fan_in, fan_out)"


@start.observe("spread")
def spread(raw: Any, inputs: Any, secrets: Any) -> Any:
    """Variance, centre and tails of each W, in steps that chance does not cross.

    60,000 weights each: the estimated variance has a relative deviation of 0.6 %, a step is 9 % to
    either side; the centre is allowed 7 deviations; 4.6 % of a normal sample lie beyond two
    deviations, give or take 0.09 %, and 3.3 % to 6 % are allowed; 0.27 % beyond three, give or take
    0.021 %, and 0.12 % to 0.46 % are allowed. False alarms: < 1e-11. The sizes are such that the
    usual wrong rules fall near the middle of a step as well.
    """
    return {
        where: {
            f"of {name}": _spread(name, array, inputs[where]["sizes"])
            for name, array in params.items()
        }
        for where, params in raw.items()
    }


def _spread(name: str, array: Any, sizes: Any) -> Any:
    if name.startswith("b"):
        return {"the largest bias": Number(float(np.abs(array).max()), "float64")}
    size = float(np.sqrt(np.mean(array**2)))
    fan_in = sizes[int(name[1:]) - 1]
    steps = np.round(4 * np.log2(size**2 * fan_in)) if size > 0 else -np.inf
    beyond = [float(np.mean(np.abs(array) > k * size)) for k in (2, 3)]
    return {
        "variance in units of 1 / fan_in": Number(float(2 ** (steps / 4)), "float64"),
        "mean near 0": bool(abs(float(array.mean())) < 7 * size / np.sqrt(array.size)),
        "tails beyond two deviations": bool(0.033 < beyond[0] < 0.06),
        "tails beyond three deviations": bool(0.0012 < beyond[1] < 0.0046),
    }


@start.observe("shapes", "small")
def shapes(raw: Any, inputs: Any, secrets: Any) -> Any:
    """The shape and type of everything, and the biases."""
    return {
        where: {
            name: {**shape_of(array), **({"values": array} if name.startswith("b") else {})}
            for name, array in sorted(params.items())
        }
        for where, params in raw.items()
    }


@start.observe("draws")
def draws(raw: Any, inputs: Any, secrets: Any) -> Any:
    """Which of the starts are equal. Two normal draws of 16 numbers never are."""
    first = raw["first"]
    return {
        **told_apart(raw),
        "W1 equals W2": same(first["params"]["W1"], first["params"]["W2"]),
        AFTERWARDS: first[AFTERWARDS],
    }


start.edit(
    "variance_as_deviation",
    "2 / fan_in is handed to the generator as a deviation. It is the variance: the deviation is "
    "its square root, and far larger. Compare W1.std() with the rule.",
    ("np.sqrt(2 / fan_in)", "2 / fan_in"),
)
start.edit(
    "fan_out",
    "The variance is 2 over the number of outputs. What has to stay level is the signal on its way "
    "forward, and a unit adds up as many terms as it has inputs.",
    ("np.sqrt(2 / fan_in)", "np.sqrt(2 / fan_out)"),
)
start.edit(
    "xavier",
    "This is the rule of Xavier and Glorot, 2 over inputs plus outputs, made for tanh. ReLU lets "
    "half of the signal through, and He's rule makes up for it with 2 / fan_in.",
    ("np.sqrt(2 / fan_in)", "np.sqrt(2 / (fan_in + fan_out))"),
    source="Glorot and Bengio (2010), section 4.2.1",
)
start.edit(
    "scale_of_the_first_layer",
    "All layers are drawn with the scale of the first one. Each layer adds up as many terms as it "
    "has inputs of its own: take fan_in from its own pair of sizes.",
    ("np.sqrt(2 / fan_in)", "np.sqrt(2 / sizes[0])"),
)
flagged(
    "without_the_gain",
    "The variance is 1 / fan_in. ReLU sets half of the signal to zero, so that every layer halves "
    "its power: He's rule has a 2 above the line.",
    ("np.sqrt(2 / fan_in)", "np.sqrt(1 / fan_in)"),
)
start.edit(
    "plain_normal",
    "The weights are drawn with deviation 1, whatever the width. A unit with hundreds of inputs "
    "then starts with huge values: scale by the root of 2 / fan_in.",
    ("np.sqrt(2 / fan_in)", "1.0"),
)
start.edit(
    "small_constant",
    "The weights have deviation 0.01, whatever the width. The signal shrinks at every layer: the "
    "scale has to follow fan_in.",
    ("np.sqrt(2 / fan_in)", "0.01"),
    source="Krizhevsky, Sutskever and Hinton (2012), ImageNet Classification, section 5",
)
start.edit(
    "uniform",
    "The weights are uniform between plus and minus the root of 2 / fan_in, whose variance is a "
    "third of what it should be. The contract asks for a normal distribution.",
    (DRAW, "rng.uniform(-1.0, 1.0, size=(fan_in, fan_out)) * np.sqrt(2 / fan_in)"),
)
flagged(
    "uniform_of_the_right_variance",
    "The weights are uniform between plus and minus the root of 6 / fan_in. That has He's "
    "variance, but the contract asks for a normal distribution: rng.normal.",
    (DRAW, f"rng.uniform(-1.0, 1.0, {SIZE}) * np.sqrt(6 / fan_in)"),
    source="torch.nn.init.kaiming_uniform_",
)
flagged(
    "uniform_xavier",
    "The weights are uniform with Xavier's bound, the root of 6 over inputs plus outputs. The "
    "contract asks for a normal distribution with He's variance, 2 / fan_in.",
    (DRAW, f"rng.uniform(-1.0, 1.0, {SIZE}) * np.sqrt(6 / (fan_in + fan_out))"),
    source="Glorot and Bengio (2010), equation 16",
)
flagged(
    "uniform_of_one_over_the_root",
    "The weights are uniform between plus and minus 1 over the root of fan_in, PyTorch's default. "
    "That variance is 1 / (3 fan_in), a sixth of He's, and the contract asks for a normal one.",
    (DRAW, f"rng.uniform(-1.0, 1.0, {SIZE}) / np.sqrt(fan_in)"),
    source="torch.nn.Linear, parameter weight",
)
flagged(
    "never_negative",
    "The weights are drawn between 0 and 1, so that none is negative and every unit sees the same "
    "sum. Draw from a normal distribution around 0.",
    (DRAW, f"rng.random({SIZE}) * np.sqrt(2 / fan_in)"),
)
flagged(
    "all_zero",
    "All weights start at zero. Then all units of a layer get the same gradient, and stay copies "
    "of each other for ever. Draw them at random.",
    (DRAW, "np.zeros((fan_in, fan_out))"),
)
start.edit(
    "random_biases",
    "The biases are drawn at random too. Nothing is gained by that: symmetry is broken by the "
    "weights, and biases start at zero.",
    ("np.zeros(fan_out)", "rng.normal(0.0, np.sqrt(2 / fan_in), size=fan_out)"),
)

for called, value in (("ones", "np.ones(fan_out)"), ("a_hundredth", "np.full(fan_out, 0.01)")):
    flagged(
        f"biases_of_{called}",
        "The biases start above zero, so that most units are open at first whatever the input. "
        "Here they start at exactly 0, and learn what they should be.",
        ("np.zeros(fan_out)", value),
    )

for called, shape in (("a_row", "(1, fan_out)"), ("a_column", "(fan_out, 1)")):
    flagged(
        f"biases_as_{called}",
        "Each bias is a table with one row or one column. The contract asks for an array of one "
        "axis, fan_out numbers long: its gradient and its checkpoint have the same shape.",
        ("np.zeros(fan_out)", f"np.zeros({shape})"),
    )

flagged(
    "transposed",
    "The weights have the shape (fan_out, fan_in), as PyTorch keeps them. Here a layer computes x "
    "@ W + b, which takes (fan_in, fan_out).",
    ("size=(fan_in, fan_out)", "size=(fan_out, fan_in)"),
    source="torch.nn.Linear",
)
flagged(
    "counted_from_zero",
    "The layers are counted from 0, so that there is a W0 and the last one is missing. The "
    "contract's names begin with W1 and b1.",
    ("start=1", "start=0"),
)
flagged(
    "global_generator",
    "The weights come from NumPy's global generator, and rng is ignored: with the same seed two "
    "starts differ. Every draw has to come from rng.",
    ("rng.normal(", "np.random.normal("),
)
flagged(
    "global_generator_seeded",
    "NumPy's global generator is seeded inside and drawn from: every network starts the same, and "
    "the caller's random state is another one. Every draw has to come from rng.",
    ("    params = {}\n", "    params = {}\n    np.random.seed(0)\n"),
    ("rng.normal(", "np.random.normal("),
)
flagged(
    "seeded_inside",
    "A generator is made and seeded inside, and rng is ignored: every network, and every layer of "
    "one shape, starts the same. Every draw has to come from rng.",
    ("rng.normal(", "np.random.default_rng(0).normal("),
)
