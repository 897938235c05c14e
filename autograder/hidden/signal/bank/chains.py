"""Mistakes in forward_statistics."""

from autograder.api import Bank

bank = Bank()
statistics = bank.exercise("forward_statistics")

STEP = "h = activation(h @ W)"
statistics.edit(
    "before_the_activation",
    "Mean and deviation are taken before the activation function. The layer's output is what "
    "comes after it: measure h, not h @ W.",
    # Applied on the way into the next layer, so that what is measured can be wrong as well.
    ("for W in weights:", "for W in weights:\n        h = activation(h) if means else h"),
    (STEP, "h = h @ W"),
)
statistics.edit(
    "means_and_deviations_swapped",
    "The deviations come first and the means second. The result is (means, stds), in this order: "
    "look at the return.",
    ("return means, stds", "return stds, means"),
)
statistics.edit(
    "input_included",
    "The first entry is the input's, so there is one too many. Only the layers' outputs "
    "have an entry: len(weights) of them.",
    ("    h = x\n", "    h = x\n    means.append(np.mean(h))\n    stds.append(np.std(h))\n"),
    about="anything",
)
statistics.edit(
    "inputs_of_the_layers",
    "Each entry describes what goes into a layer: the first is the input's, and the last layer's "
    "output is missing. Take the two numbers after the layer, not before it.",
    (f"        {STEP}\n", ""),
    ("stds.append(np.std(h))\n", f"stds.append(np.std(h))\n        {STEP}\n"),
)
statistics.edit(
    "last_layer_without_activation",
    "The last layer has no activation function, like most output layers. Here every layer has it, "
    "the last one too.",
    (
        "for W in weights:\n        h = activation(h @ W)",
        "for i, W in enumerate(weights):\n"
        "        h = activation(h @ W) if i + 1 < len(weights) else h @ W",
    ),
)
statistics.edit(
    "no_activation",
    "The activation function is never called, so these are the statistics of a chain of linear "
    "layers. Each layer is activation(h @ W).",
    (STEP, "h = h @ W"),
)
for name, fixed in (("tanh", "np.tanh(h @ W)"), ("relu", "np.maximum(h @ W, 0)")):
    statistics.edit(
        f"always_{name}",
        f"Every layer uses {name}, and the argument activation has no effect. Look at what the "
        "caller passes in: the function is called on h @ W.",
        (STEP, f"h = {fixed}"),
    )
statistics.edit(
    "every_layer_from_the_input",
    "Every layer is computed from the input x, so nothing passes from one layer to the next. The "
    "output of a layer is the input of the one after it.",
    (STEP, "h = activation(x @ W)"),
    about="anything",
)
statistics.edit(
    "one_pair_for_each_layer",
    "A list with a pair for each layer comes back. The result is two sequences, first all means "
    "and then all deviations: look at the return.",
    ("return means, stds", "return list(zip(means, stds))"),
    about="anything",
)
statistics.edit(
    "one_for_each_unit",
    "Means and deviations are taken for each unit, over the batch, so an entry is a vector. Each "
    "is one number over all elements of the layer's output.",
    ("np.mean(h)", "np.mean(h, axis=0)"),
    ("np.std(h)", "np.std(h, axis=0)"),
    about="anything",
)
statistics.edit(
    "mean_size",
    "The mean is taken of the absolute values, so it says how large the outputs are, not where "
    "they are centred. Signs count: take the mean of h itself.",
    ("np.mean(h)", "np.mean(np.abs(h))"),
)
statistics.edit(
    "activation_not_carried",
    "The activations are measured, but what goes into the next layer is h @ W without the "
    "activation function. A layer's output is the next one's input.",
    (STEP, "h = h @ W"),
    ("np.mean(h)", "np.mean(activation(h))"),
    ("np.std(h)", "np.std(activation(h))"),
)
statistics.edit(
    "unbiased_deviation",
    "The squared distances are divided by the number of elements minus one. That is the unbiased "
    "form, torch's default; here it is the biased one.",
    ("np.std(h)", "np.std(h, ddof=1)"),
    source="torch.std",
)
statistics.edit(
    "variance_for_deviation",
    "The second sequence holds variances. A standard deviation is the square root of one: it has "
    "the units of the numbers themselves.",
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
