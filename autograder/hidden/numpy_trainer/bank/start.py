"""The start: what all right answers share, and mistakes."""

from __future__ import annotations

from typing import Any

import numpy as np

from autograder.api import Bank, Number
from autograder.hidden.numpy_trainer.bank.reading import same, shape_of

KEY = "init_mlp"
DRAW = "rng.normal(0.0, np.sqrt(2 / fan_in), size=(fan_in, fan_out))"


def spread(raw: Any, inputs: Any, secrets: Any) -> Any:
    """Variance, centre and tails of each W, in steps that chance does not cross.

    150,000 and 20,000 weights: the estimated variance has a relative deviation of 0.4 % and 1 %, a
    step is 9 % to either side; the centre is allowed 7 deviations; 4.6 % of a normal sample lie
    beyond two deviations, give or take 0.15 %, and 3.3 % to 6 % are allowed; 0.27 % of the larger
    one beyond three, give or take 0.013 %, and 0.15 % to 0.4 % are allowed. False alarms: < 1e-15.
    """
    return {
        where: {f"of {name}": _spread(name, params[name]) for name in params}
        for where, params in raw.items()
    }


def _spread(name: str, array: Any) -> Any:
    if name.startswith("b"):
        return {"the largest bias": Number(float(np.abs(array).max()), "float64")}
    size = float(np.sqrt(np.mean(array**2)))
    near_zero = abs(float(array.mean())) < 7 * size / np.sqrt(array.size)
    steps = np.round(4 * np.log2(size**2 * len(array))) if size > 0 else -np.inf
    beyond = [float(np.mean(np.abs(array) > k * size)) for k in (2, 3)]
    far_tails = array.size < 100_000 or 0.0015 < beyond[1] < 0.004
    return {
        "variance in units of 1 / fan_in": Number(float(2 ** (steps / 4)), "float64"),
        "mean near 0": bool(near_zero),
        "tails of a normal distribution": bool(0.033 < beyond[0] < 0.06 and far_tails),
    }


def shapes(raw: Any, inputs: Any, secrets: Any) -> Any:
    """The shape and type of everything, and the biases."""
    return {
        where: {
            name: {**shape_of(array), **({"values": array} if name.startswith("b") else {})}
            for name, array in sorted(params.items())
        }
        for where, params in raw.items()
    }


def draws(raw: Any, inputs: Any, secrets: Any) -> Any:
    """Which of the starts are equal. Two normal draws of 16 numbers never are."""
    first = raw["first"]
    return {
        "the same seed gives the same start": same(first, raw["again"]),
        "another seed gives the same start": same(first, raw["other"]),
        "a second start by one generator is the same": same(first, raw["second"]),
        "W1 equals W2": same(first["W1"], first["W2"]),
        "sizes afterwards": raw["sizes"],
    }


def declare(bank: Bank) -> None:
    bank.observe(KEY, "spread")(spread)
    bank.observe(KEY, "shapes")(shapes)
    bank.observe(KEY, "draws")(draws)
    _scales(bank)
    _others(bank)


def _scales(bank: Bank) -> None:
    bank.edit(
        KEY,
        "variance_as_deviation",
        "2 / fan_in is handed to the generator as a deviation. It is the variance: the deviation "
        "is its square root, and far larger. Compare W1.std() with the rule.",
        ("np.sqrt(2 / fan_in)", "2 / fan_in"),
    )
    bank.edit(
        KEY,
        "fan_out",
        "The variance is 2 over the number of outputs. What has to stay level is the signal on "
        "its way forward, and a unit adds up as many terms as it has inputs.",
        ("np.sqrt(2 / fan_in)", "np.sqrt(2 / fan_out)"),
    )
    bank.edit(
        KEY,
        "xavier",
        "This is the rule of Xavier and Glorot, 2 over inputs plus outputs, made for tanh. ReLU "
        "lets half of the signal through, and He's rule makes up for it with 2 / fan_in.",
        ("np.sqrt(2 / fan_in)", "np.sqrt(2 / (fan_in + fan_out))"),
        source="Glorot and Bengio (2010), section 4.2.1",
    )
    bank.edit(
        KEY,
        "without_the_gain",
        "The variance is 1 / fan_in. ReLU sets half of the signal to zero, so that every layer "
        "halves its power: He's rule has a 2 above the line.",
        ("np.sqrt(2 / fan_in)", "np.sqrt(1 / fan_in)"),
        about="anything",
    )
    bank.edit(
        KEY,
        "plain_normal",
        "The weights are drawn with deviation 1, whatever the width. A unit with hundreds of "
        "inputs then starts with huge values: scale by the root of 2 / fan_in.",
        ("np.sqrt(2 / fan_in)", "1.0"),
    )
    bank.edit(
        KEY,
        "small_constant",
        "The weights have deviation 0.01, whatever the width. The signal shrinks at every layer; "
        "the scale has to follow fan_in.",
        ("np.sqrt(2 / fan_in)", "0.01"),
        source="Krizhevsky, Sutskever and Hinton (2012), ImageNet Classification, section 5",
    )
    bank.edit(
        KEY,
        "uniform",
        "The weights are uniform between plus and minus the root of 2 / fan_in, whose variance "
        "is a third of what it should be. The contract asks for a normal distribution.",
        (DRAW, "rng.uniform(-1.0, 1.0, size=(fan_in, fan_out)) * np.sqrt(2 / fan_in)"),
    )


def _others(bank: Bank) -> None:
    bank.edit(
        KEY,
        "all_zero",
        "All weights start at zero. Then all units of a layer get the same gradient, and stay "
        "copies of each other for ever. Draw them at random.",
        (DRAW, "np.zeros((fan_in, fan_out))"),
        about="anything",
    )
    bank.edit(
        KEY,
        "random_biases",
        "The biases are drawn at random too. Nothing is gained by that: symmetry is broken by "
        "the weights, and biases start at zero.",
        ("np.zeros(fan_out)", "rng.normal(0.0, np.sqrt(2 / fan_in), size=fan_out)"),
    )
    bank.edit(
        KEY,
        "transposed",
        "The weights have the shape (fan_out, fan_in), as PyTorch keeps them. Here a layer "
        "computes x @ W + b, which takes (fan_in, fan_out).",
        ("size=(fan_in, fan_out)", "size=(fan_out, fan_in)"),
        source="torch.nn.Linear",
        about="anything",
    )
    bank.edit(
        KEY,
        "counted_from_zero",
        "The layers are counted from 0, so that there is a W0 and the last one is missing. The "
        "contract's names begin with W1 and b1.",
        ("start=1", "start=0"),
        about="anything",
    )
    bank.edit(
        KEY,
        "global_generator",
        "The weights come from NumPy's global generator, and rng is ignored: with the same seed "
        "two starts differ. Every draw has to come from rng.",
        ("rng.normal(", "np.random.normal("),
        about="anything",
    )
    bank.edit(
        KEY,
        "seeded_inside",
        "A generator is made and seeded inside, and rng is ignored: every network, and every "
        "layer of one shape, starts the same. Every draw has to come from rng.",
        (
            '        params[f"W{layer}"]',
            '        rng = np.random.default_rng(0)\n        params[f"W{layer}"]',
        ),
        about="anything",
    )
