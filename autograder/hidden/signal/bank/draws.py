"""Mistakes in the two initialisers."""

from typing import Any

import numpy as np

from autograder.api import Bank
from autograder.hidden.signal.bank.features import (
    he_deviations,
    many_small,
    matrices,
    sources,
    xavier_deviations,
)

bank = Bank()
xavier, he = bank.exercise("xavier_uniform"), bank.exercise("he_normal")

BOUND = "np.sqrt(6 / (fan_in + fan_out))"
xavier.observe("wide_and_tall")(matrices(xavier_deviations, bounded=True))
xavier.observe("small")(many_small)
he.observe("wide_and_tall", "few_inputs")(matrices(he_deviations, bounded=False))
for exercise in (xavier, he):
    exercise.observe("sources")(sources)

UNIFORM = "rng.uniform(-bound, bound, size=(fan_in, fan_out))"
SCALE = "np.sqrt(2 / fan_in)"
NORMAL = "rng.normal(0.0, np.sqrt(2 / fan_in), size=(fan_in, fan_out))"


FIXED = (
    "The weights have a deviation of 0.01, whatever the fans are. The more inputs a unit adds up, "
    "the smaller each weight has to be: the fans belong in the formula."
)
UNSCALED = (
    "The draws of the standard normal distribution come back as they are. Sums over many inputs "
    "then explode: the fans say by how much to shrink the weights."
)
xavier.edit(
    "bound_without_root_three",
    "The bound is what the deviation should be. A uniform distribution on [-a, a] has variance "
    "a**2 / 3, so these weights have a third of the variance: solve for a.",
    (BOUND, "np.sqrt(2 / (fan_in + fan_out))"),
)
xavier.edit(
    "normal_not_uniform",
    "The variance is right, but the draws are normal. That is Xavier's other form; this exercise "
    "is about the uniform one, where no weight lies beyond the bound.",
    (UNIFORM, "rng.normal(0, bound / np.sqrt(3), size=(fan_in, fan_out))"),
    source="torch.nn.init.xavier_normal_",
)
xavier.edit(
    "bound_as_deviation",
    "The draws are normal with the bound as their deviation. The bound is root three times "
    "the deviation, and belongs to a uniform distribution: look at the title of the exercise.",
    (UNIFORM, "rng.normal(0, bound, size=(fan_in, fan_out))"),
)
xavier.edit(
    "fan_in_only",
    "The variance is 1 / fan_in: right on the way forward, and blind to the way back. Xavier's "
    "is 2 over the sum of both fans.",
    (BOUND, "np.sqrt(3 / fan_in)"),
    source="LeCun, Bottou, Orr and Müller (1998), section 4.6",
)
xavier.edit(
    "fan_out_only",
    "The variance is 1 / fan_out: right on the way back, and blind to the way forward. "
    "Xavier's is 2 over the sum of both fans.",
    (BOUND, "np.sqrt(3 / fan_out)"),
)
xavier.edit(
    "he_uniform",
    "The variance is 2 / fan_in, which is He's: it makes up for a ReLU. Xavier's has no ReLU "
    "in it, and takes the middle of both fans.",
    (BOUND, "np.sqrt(6 / fan_in)"),
    source="torch.nn.init.kaiming_uniform_",
)
xavier.edit(
    "relu_gain",
    "The weights are larger by the root of 2, the gain for a ReLU. Xavier's rule has no gain: the "
    "variance is 2 over the sum of the fans.",
    (BOUND, "np.sqrt(2) * np.sqrt(6 / (fan_in + fan_out))"),
    source="torch.nn.init.calculate_gain",
)
xavier.edit(
    "linear_layers_default",
    "The bound is 1 / sqrt(fan_in), the default of PyTorch's linear layer. Its variance is a third "
    "of 1 / fan_in: derive the bound from the variance in the text.",
    (BOUND, "1 / np.sqrt(fan_in)"),
    source="torch.nn.Linear",
)
xavier.edit(
    "sum_of_fans",
    "The variance is 1 over the sum of the fans. The mean of n and m is half of their sum, which "
    "puts a 2 in the numerator: these weights have half of the variance.",
    (BOUND, "np.sqrt(3 / (fan_in + fan_out))"),
)
xavier.edit(
    "root_forgotten",
    "The bound is 6 over the sum of the fans, without the root. That is the square of a bound: "
    "take the root to get back to the scale of the weights.",
    (BOUND, "6 / (fan_in + fan_out)"),
)
for name, new, text in (
    (
        "root_of_six_only",
        "np.sqrt(6) / (fan_in + fan_out)",
        "The root is taken of 6 alone, and the sum of the fans stands outside it. The whole "
        "fraction goes under the root.",
    ),
    (
        "roots_added",
        "np.sqrt(6) / (np.sqrt(fan_in) + np.sqrt(fan_out))",
        "The roots of the two fans are added. The root is taken of their sum, which is smaller: "
        "look at the order of the two operations.",
    ),
    (
        "fan_in_divided_first",
        "np.sqrt(6 / fan_in + fan_out)",
        "Without brackets 6 is divided by fan_in alone and fan_out is added afterwards, so the "
        "weights are huge. The sum of the fans is the denominator: put it in brackets.",
    ),
    (
        "one_over_the_sum",
        "np.sqrt(1 / (fan_in + fan_out))",
        "The bound is the root of 1 over the sum of the fans. Xavier's variance is 2 over that "
        "sum, and the variance of a uniform distribution is a third of its squared bound.",
    ),
    ("a_fixed_size", "0.01 * np.sqrt(3)", FIXED),
):
    xavier.edit(name, text, (BOUND, new))
xavier.edit(
    "a_fixed_size_and_normal",
    FIXED,
    (UNIFORM, "0.01 * rng.normal(size=(fan_in, fan_out))"),
)
xavier.edit(
    "variance_as_deviation",
    "The bound is root three times 2 / (fan_in + fan_out), so that number is taken as the "
    "deviation. It is the variance: take its root first.",
    (BOUND, "np.sqrt(3) * 2 / (fan_in + fan_out)"),
)
xavier.edit(
    "never_negative",
    "The draws run from 0 to the bound, so every weight pulls the same way and the mean is not "
    "0. The interval has two sides.",
    (UNIFORM, "rng.uniform(0, bound, size=(fan_in, fan_out))"),
)
he.edit(
    "xavier_gain",
    "The variance is 1 / fan_in, which keeps the scale in a layer without a ReLU. A ReLU sets half "
    "of the squares to 0: look for the factor that makes up for it.",
    (SCALE, "np.sqrt(1 / fan_in)"),
    source="LeCun, Bottou, Orr and Müller (1998), section 4.6",
)
he.edit(
    "xavier_normal",
    "The variance is 2 over the sum of both fans, which is Xavier's. He's counts the inputs "
    "only, and its 2 stands for the ReLU.",
    (SCALE, "np.sqrt(2 / (fan_in + fan_out))"),
    source="torch.nn.init.xavier_normal_",
)
he.edit(
    "fan_out_for_fan_in",
    "The variance is 2 / fan_out. A unit adds up fan_in numbers, the rows of W, so the size of "
    "its sum depends on those: look at which number counts the inputs.",
    (SCALE, "np.sqrt(2 / fan_out)"),
    source='torch.nn.init.kaiming_normal_(mode="fan_out")',
)
he.edit(
    "variance_as_deviation",
    "The normal distribution is given 2 / fan_in as its scale. That number is the variance, "
    "and NumPy's scale is a deviation: its root is missing.",
    (SCALE, "2 / fan_in"),
)
for name, new, text in (
    (
        "two_outside_the_root",
        "2 / np.sqrt(fan_in)",
        "The root is taken of fan_in alone, and the 2 stands outside it. The whole fraction "
        "2 / fan_in goes under the root.",
    ),
    (
        "upside_down",
        "np.sqrt(fan_in / 2)",
        "The draws are divided by the root of 2 / fan_in, so more inputs make larger weights. It "
        "is the deviation, and multiplies draws of deviation 1.",
    ),
    ("a_fixed_size", "0.01", FIXED),
    ("not_scaled", "1.0", UNSCALED),
    (
        "uniform_bound_as_deviation",
        "np.sqrt(6 / fan_in)",
        "The deviation is the root of 6 / fan_in, which is the bound of He's uniform form. The "
        "normal distribution takes the deviation itself: the root of 2 / fan_in.",
    ),
):
    he.edit(name, text, (SCALE, new))
he.edit(
    "never_negative",
    "The draws are uniform from 0 upwards, so no weight is negative and the mean is not 0. Draw "
    "from the normal distribution, which has mean 0.",
    (NORMAL, "rng.uniform(0, np.sqrt(2 / fan_in), size=(fan_in, fan_out))"),
)
he.edit(
    "root_of_two_only",
    "The root is taken of 2 alone, and fan_in stands outside it. The whole fraction is a "
    "variance, so the whole fraction goes under the root.",
    (SCALE, "np.sqrt(2) / fan_in"),
)
he.edit(
    "uniform_not_normal",
    "The variance is right, but the draws are uniform. That is He's other form; this exercise is "
    "about the normal one.",
    (
        NORMAL,
        "rng.uniform(-np.sqrt(6 / fan_in), np.sqrt(6 / fan_in), size=(fan_in, fan_out))",
    ),
    source="torch.nn.init.kaiming_uniform_",
)
he.edit(
    "gain_on_xavier",
    "The variance is 4 over the sum of both fans: Xavier's, times ReLU's gain of 2. He's "
    "counts the inputs only; the two agree where both fans are equal.",
    (SCALE, "np.sqrt(4 / (fan_in + fan_out))"),
    source="torch.nn.init.calculate_gain",
)


@he.wrong(
    "Draws beyond two deviations are drawn again, and the rest is stretched to the right "
    "variance, as in Keras. Here the normal distribution is whole: some weights are larger.",
    source="tf.keras.initializers.HeNormal",
)
def truncated(fan_in: int, fan_out: int, rng: np.random.Generator) -> Any:
    z = rng.normal(size=(fan_in, fan_out))
    while (far := np.abs(z) > 2).any():
        z[far] = rng.normal(size=int(far.sum()))
    return z * np.sqrt(2 / fan_in) / 0.87962566


he.edit(
    "xavier_bound_as_deviation",
    "The deviation is the root of 6 over the sum of the fans, the bound of Xavier's uniform draws. "
    "He's variance is 2 / fan_in, and the normal distribution takes its root.",
    (SCALE, "np.sqrt(6 / (fan_in + fan_out))"),
)
xavier.edit(
    "not_scaled",
    UNSCALED,
    (UNIFORM, "rng.normal(size=(fan_in, fan_out))"),
)
xavier.edit(
    "normal_for_the_inputs",
    "The draws are normal with variance 1 / fan_in, which some courses call Xavier's. Here they "
    "are uniform, and both fans count: the variance is 2 over their sum.",
    (UNIFORM, "rng.normal(0, np.sqrt(1 / fan_in), size=(fan_in, fan_out))"),
    source="Stanford CS231n, notes on setting up the data and the model",
)
xavier.edit(
    "he_normal",
    "The draws are normal with variance 2 / fan_in, which is He's rule for a ReLU. Xavier's draws "
    "are uniform, and their variance is 2 over the sum of both fans.",
    (UNIFORM, "rng.normal(0, np.sqrt(2 / fan_in), size=(fan_in, fan_out))"),
)
for exercise, draw in ((xavier, UNIFORM), (he, NORMAL)):
    exercise.edit(
        "transposed_shape",
        "The matrix has a row for every unit, like the weight of PyTorch's linear layer. Here a "
        "layer is x @ W: a row for every input, a column for every unit.",
        ("size=(fan_in, fan_out)", "size=(fan_out, fan_in)"),
        source="torch.nn.Linear",
        about="anything",
    )
    exercise.edit(
        "global_generator",
        "The draws come from NumPy's global generator, so the seed of rng has no effect, and all "
        "other code that uses the global one is disturbed. Draw from rng.",
        (draw, draw.replace("rng.", "np.random.")),
        about="anything",
    )
    exercise.edit(
        "generator_of_its_own",
        "Every call gives the same weights, whatever rng is, as if a new generator with a fixed "
        "seed were made each time. Draw from the one that is passed in: it moves on by itself.",
        (draw, draw.replace("rng.", "np.random.default_rng(0).")),
        about="anything",
    )
    exercise.edit(
        "row_for_the_bias",
        "The matrix has one row more than there are inputs, for a bias. The bias is kept apart "
        "from the weights here: the shape is (fan_in, fan_out).",
        ("size=(fan_in, fan_out)", "size=(fan_in + 1, fan_out)"),
        about="anything",
    )
