"""Mistakes in forward_statistics and in sigmoid_gradient_bound."""

from autograder.api import Bank

bank = Bank()
statistics = bank.exercise("forward_statistics")
bound = bank.exercise("sigmoid_gradient_bound")

STEP = "h = activation(h @ W)"
statistics.edit(
    "before_the_activation",
    "Mean and deviation are noted before the activation. The layer's output is what comes "
    "after it: move the two lines below it.",
    (STEP, "z = h @ W\n        h = activation(z)"),
    ("np.mean(h)", "np.mean(z)"),
    ("np.std(h)", "np.std(z)"),
)
statistics.edit(
    "input_included",
    "The first entry is that of the input, so there is one too many. Only the layers' outputs "
    "have an entry: len(weights) of them.",
    ("    h = x\n", "    h = x\n    means.append(np.mean(h))\n    stds.append(np.std(h))\n"),
    about="anything",
)
statistics.edit(
    "inputs_of_the_layers",
    "Each entry describes what goes into a layer: the first is that of x, and the last layer's "
    "output is missing. Note the numbers after the layer, not before it.",
    (f"        {STEP}\n", ""),
    ("stds.append(np.std(h))\n", f"stds.append(np.std(h))\n        {STEP}\n"),
)
statistics.edit(
    "last_layer_without_activation",
    "The last layer goes without its activation, as an output layer often does. Here every "
    "layer has it, the last one too.",
    (
        "for W in weights:\n        h = activation(h @ W)",
        "for i, W in enumerate(weights):\n"
        "        h = activation(h @ W) if i + 1 < len(weights) else h @ W",
    ),
)
statistics.edit(
    "no_activation",
    "The activation is never called, so these are the statistics of a chain of linear layers. "
    "Each layer is activation(h @ W).",
    (STEP, "h = h @ W"),
)
statistics.edit(
    "activation_not_carried",
    "The activated numbers are measured, but the ones before activation go into the next "
    "layer. What comes out of a layer is what goes into the next one.",
    (STEP, "h = h @ W"),
    ("np.mean(h)", "np.mean(activation(h))"),
    ("np.std(h)", "np.std(activation(h))"),
)
statistics.edit(
    "unbiased_deviation",
    "The squared distances are divided by the number of elements less one. That is the "
    "unbiased form, torch's default; here it is the biased one.",
    ("np.std(h)", "np.std(h, ddof=1)"),
    source="torch.std",
)
statistics.edit(
    "variance_for_deviation",
    "The second sequence holds variances. The deviation is their root: it has the units of the "
    "numbers themselves.",
    ("np.std(h)", "np.var(h)"),
)
statistics.edit(
    "root_mean_square",
    "The root of the mean square is taken without subtracting the mean. After a ReLU the mean "
    "is not 0, and the deviation is smaller than that.",
    ("np.std(h)", "np.sqrt(np.mean(h**2))"),
)
statistics.edit(
    "averaged_over_units",
    "The deviation is taken for each unit over the batch, and then averaged over the units. "
    "Here it is one deviation over all elements, differences between units included.",
    ("np.std(h)", "np.mean(np.std(h, axis=0))"),
)
statistics.edit(
    "averaged_over_rows",
    "The deviation is taken for each row over its units, and then averaged over the rows. Here "
    "it is one deviation over all elements, differences between rows included.",
    ("np.std(h)", "np.mean(np.std(h, axis=1))"),
)
bound.edit(
    "product_for_power",
    "A quarter is multiplied by the depth, which grows. Each sigmoid takes its own quarter of "
    "what the one before left: factors, not summands.",
    ("return 0.25**depth", "return 0.25 * depth"),
)
bound.edit(
    "shared_out",
    "A quarter is divided by the depth. The sigmoids do not share one loss: each multiplies "
    "what is left by a quarter.",
    ("return 0.25**depth", "return 0.25 / max(depth, 1)"),
)
bound.edit(
    "one_layer_short",
    "The power is one too low, as if the first sigmoid lost nothing. One sigmoid leaves a "
    "quarter, and none leaves 1.",
    ("return 0.25**depth", "return 0.25 ** (depth - 1)"),
)
bound.edit(
    "one_layer_too_many",
    "The power is one too high: without any sigmoid there is already a quarter left. None "
    "leaves 1, and one leaves a quarter.",
    ("return 0.25**depth", "return 0.25 ** (depth + 1)"),
)
bound.edit(
    "value_for_slope",
    "The factor is 0.5, the sigmoid's value at 0. What multiplies the blame is its slope "
    "there, s (1 - s), which is half of that.",
    ("return 0.25**depth", "return 0.5**depth"),
)
bound.edit(
    "what_is_lost",
    "This is the share that gets lost, one minus the bound. The bound is what is left at best, "
    "and it goes to 0 with depth.",
    ("return 0.25**depth", "return 1 - 0.25**depth"),
)
bound.edit(
    "explodes",
    "The power grows with depth: 4 in the place of a quarter. A sigmoid passes on at most a "
    "quarter of the blame, and never more than came in.",
    ("return 0.25**depth", "return 4.0**depth"),
)
