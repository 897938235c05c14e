"""Mistakes in `MLP`, and what its right answers share: which units dropout drops is free."""

from typing import Any

import numpy as np

from autograder.api import Bank

from .layers import number

Mistakes = dict[tuple[Any, ...], str]  # (name, (old, new), ...): sentence
bank = Bank()
mlp = bank.exercise("MLP")


@mlp.observe("dropped")
def which_values(raw: Any, inputs: Any, secrets: Any) -> Any:
    """Which numbers occur, and how many survive: of 18000 chances the share is told to 0.04. Of 600
    rows and 30 columns none is of one kind, unless they are drawn as wholes."""
    if "training" not in raw:
        return raw
    training, chain = np.asarray(raw["training"]), np.asarray(raw["training"])[:, :30]
    share = float((chain != 0).mean())
    near = [known for known in (0.36, 0.6, 0.16, 0.216, 1.0, 0.4, 0.0) if abs(share - known) < 0.04]
    whole = {what: of_one_kind(a) for what, a in (("rows", chain), ("columns", chain.T))}
    if any(whole.values()):
        near = [0.36]  # too few draws to tell
    evaluation = np.asarray(raw["evaluation"])
    return {
        "which outputs occur in training mode": kinds(chain),
        **{f"are whole {what} dropped at once?": known for what, known in whole.items()},
        "the share of them that is not 0": number(
            min(near or [round(share, 1)], key=lambda known: abs(share - known))
        ),
        "the output that is only a bias": kinds(training[:, 31]),
        "which outputs occur in evaluation mode": kinds(evaluation[:, :30]),
    }


def of_one_kind(rows: Any) -> bool:
    """Whether there are zeros, and most rows are all zero or have none."""
    zero = rows == 0
    return bool(zero.any() and (zero.all(axis=1) | ~zero.any(axis=1)).mean() > 0.5)


def kinds(values: Any) -> Any:
    """The different numbers, to four digits, if they are few."""
    found = np.unique(np.round(values.astype(np.float64), 4))
    return found if len(found) <= 3 else "many different numbers"


PAIR = "layers += [Linear(fan_in, fan_out), nn.ReLU(), nn.Dropout(dropout)]"
KEEP, FORWARD = "self.layers = nn.Sequential(*layers[:-2])", "return self.layers(x)"
LISTED = "for layer in self.layers:\n            x = layer(x)\n        return x"

NETWORK: Mistakes = {
    ("relu_after_the_last", (KEEP, "self.layers = nn.Sequential(*layers[:-1])")): (
        "A ReLU follows the last linear layer, so no logit is ever negative. ReLU and dropout come "
        "after hidden layers; nothing comes after the last."
    ),
    ("no_relu", (PAIR, PAIR.replace("nn.ReLU(), ", "nn.Identity(), "))): (
        "There is no activation function between the layers: several linear layers in a row are "
        "one linear layer. A ReLU follows every hidden one."
    ),
    ("tanh_for_relu", (PAIR, PAIR.replace("nn.ReLU()", "nn.Tanh()"))): (
        "Hidden layers end in tanh, which saturates on both sides. The text asks for ReLU, which "
        "passes positive numbers on as they are."
    ),
    ("gelu_for_relu", (PAIR, PAIR.replace("nn.ReLU()", "nn.GELU()"))): (
        "Hidden layers end in GELU, a smooth relative of ReLU. The text asks for ReLU itself: 0 "
        "below 0, and unchanged above."
    ),
    ("leaky_relu", (PAIR, PAIR.replace("nn.ReLU()", "nn.LeakyReLU()"))): (
        "Hidden layers end in a leaky ReLU, which lets a hundredth of negative numbers through. "
        "The text asks for ReLU, which is 0 there."
    ),
    ("relu_on_the_inputs", (FORWARD, "return self.layers(x.relu())")): (
        "The inputs go through a ReLU before the first layer: everything negative in them is lost. "
        "It comes after hidden layers only."
    ),
    (
        "dropout_once",
        (PAIR, PAIR.replace("nn.Dropout(dropout)", "nn.Dropout(dropout if not layers else 0.0)")),
    ): (
        "Only one of the hidden layers is followed by dropout. Each of them is, the last one "
        "included."
    ),
    (
        "probability_to_keep",
        (PAIR, PAIR.replace("nn.Dropout(dropout)", "nn.Dropout(1 - dropout if dropout else 0.0)")),
    ): (
        "The argument is taken for the probability to keep a unit. It is that to drop one, as in "
        "lesson 07 and in nn.Dropout."
    ),
    (
        "probability_to_keep_by_default",
        (PAIR, PAIR.replace("nn.Dropout(dropout)", "nn.Dropout(1 - dropout)")),
    ): (
        "The argument is taken for the probability to keep a unit, so the default of 0 drops every "
        "one. It is that to drop one, as in nn.Dropout."
    ),
    (
        "relu_and_dropout_after_the_last",
        (KEEP, "self.layers = nn.Sequential(*layers[:-1], nn.Dropout(dropout))"),
    ): (
        "ReLU and dropout follow the last layer as well: no logit is negative, and some are set to "
        "0 at random. Both belong to hidden layers; nothing comes after the last."
    ),
    (
        "dropout_on_logits",
        (KEEP, "self.layers = nn.Sequential(*layers[:-2], nn.Dropout(dropout))"),
    ): (
        "Dropout follows the last layer as well: logits are set to 0 at random. It is for hidden "
        "units; nothing comes after the last layer."
    ),
}
for (name, *edits), text in NETWORK.items():
    mlp.edit(name, text, *edits)

NETWORK_ANYTHING: Mistakes = {
    ("sigmoid_for_relu", (PAIR, PAIR.replace("nn.ReLU()", "nn.Sigmoid()"))): (
        "Hidden layers end in a sigmoid, whose slope is a quarter at most. The text asks for ReLU, "
        "which passes positive numbers on as they are."
    ),
    (
        "not_scaled",
        (
            FORWARD,
            "for layer in self.layers:\n            x = layer(x)\n"
            "            if isinstance(layer, nn.Dropout) and self.training:\n"
            "                x = x * (1 - layer.p)\n        return x",
        ),
    ): (
        "What survives dropout isn't scaled up, so the network is louder in evaluation than in "
        "training. Inverted dropout divides by 1 - p; nn.Dropout does it for you."
    ),
    (
        "dropout_on_inputs",
        (FORWARD, "return self.layers(self.layers[2](x) if len(self.layers) > 1 else x)"),
    ): (
        "Dropout falls on the inputs as well: pixels are set to 0 before the first layer sees "
        "them. It follows the ReLU of hidden layers, and nothing else."
    ),
    (
        "dropout_in_evaluation",
        (
            FORWARD,
            "return F.dropout(self.layers(x), 0.0) if self.training else self.layers.train()(x)",
        ),
    ): (
        "Dropout is active in evaluation mode as well, as F.dropout is by default. nn.Dropout, or "
        "training=self.training, follows the mode."
    ),
    ("no_dropout", (PAIR, PAIR.replace("nn.Dropout(dropout)", "nn.Identity()"))): (
        "The dropout argument changes nothing: no hidden unit is ever dropped. It follows the ReLU "
        "of every hidden layer."
    ),
    ("log_softmax_at_the_end", (FORWARD, "return self.layers(x).log_softmax(dim=-1)")): (
        "The outputs are log-probabilities, as NLLLoss wants them. Logits are asked for: nothing "
        "comes after the last linear layer."
    ),
    ("softmax_at_the_end", (FORWARD, "return self.layers(x).softmax(dim=-1)")): (
        "The outputs go through a softmax. Cross-entropy takes one itself, and two flatten the "
        "gradient: give logits."
    ),
    (
        "whole_rows_dropped",
        (PAIR, PAIR.replace("nn.Dropout(dropout)", "nn.Dropout1d(dropout)")),
    ): (
        "Dropout falls on whole samples: all hidden units of a row survive, or none does. Each "
        "unit of each sample is drawn by itself, as nn.Dropout does it."
    ),
    (
        "one_mask_for_the_batch",
        (
            FORWARD,
            "for layer in self.layers:\n"
            "            if isinstance(layer, nn.Dropout) and self.training:\n"
            "                x = x * layer(torch.ones_like(x[:1]))\n"
            "            else:\n                x = layer(x)\n        return x",
        ),
    ): (
        "One mask serves the whole batch: a unit is dropped for all samples, or for none. Each "
        "unit of each sample is drawn by itself, as nn.Dropout does it."
    ),
    ("squeezed", (FORWARD, "return self.layers(x).squeeze()")): (
        "squeeze drops every axis of size 1, the batch's too: one sample, or one output, comes "
        "back with an axis less. The logits are (N, outputs) for every N."
    ),
    (
        "hidden_layers_in_a_list",
        (KEEP, "self.hidden, self.last = layers[:-3], layers[-3]"),
        (
            FORWARD,
            "for layer in self.hidden:\n            x = layer(x)\n        return self.last(x)",
        ),
    ): (
        "Only the last layer is registered: the hidden ones are in a plain list, "
        "which the module doesn't look into. ModuleList or Sequential are seen."
    ),
    (
        "one_layer_short",
        ("pairwise(sizes)", "pairwise(sizes[:-1] if len(sizes) > 2 else sizes)"),
    ): (
        "A layer is missing: n sizes make n - 1 layers, one for each pair of neighbours. Look at "
        "where the range ends."
    ),
    ("layers_in_a_list", (KEEP, "self.layers = layers[:-2]"), (FORWARD, LISTED)): (
        "The layers are in a plain list, which the module does not look into: there are no "
        "parameters for the optimizer, and `.to` moves nothing. ModuleList or Sequential are seen."
    ),
    (
        "one_hidden_layer",
        (
            PAIR,
            PAIR.replace(
                "layers +=",
                "layers =" + " [] if len(layers) > 3 else layers\n            layers +=",
            ),
        ),
    ): (
        "The number of layers is fixed, whatever sizes says. Neighbouring pairs of sizes are "
        "layers: go through all of them."
    ),
    (
        "sizes_changed",
        (
            "        layers = []\n",
            "        layers = []\n        if isinstance(sizes, list):\n"
            "            sizes = [sizes.pop(0), *sizes]\n",
        ),
    ): (
        "The caller's list of sizes is shorter afterwards: pop takes from the list itself. Go "
        "through neighbouring pairs, or copy the list first."
    ),
    (
        "no_bias",
        (PAIR, PAIR.replace("Linear(fan_in, fan_out)", "nn.Linear(fan_in, fan_out, bias=False)")),
    ): ("The linear layers have no bias. Each has one number for each of its outputs."),
    (
        "only_the_first_layer_learns",
        (
            FORWARD,
            "if len(self.layers) < 2:\n            return self.layers(x)\n"
            "        return self.layers[1:](self.layers[0](x).detach())",
        ),
    ): (
        "The graph is cut between the layers: some of the parameters get no gradient. Hand "
        "tensors on as they are, without `.data`, `.detach()` or NumPy."
    ),
    (
        "norm_in_between",
        (PAIR, PAIR.replace("nn.ReLU(), ", "nn.Sequential(nn.LayerNorm(fan_out), nn.ReLU()), ")),
    ): (
        "There are more parameters than those of the linear layers: a norm layer, say. The text "
        "asks for linear, ReLU and dropout only."
    ),
    ("no_super", ("        super().__init__()\n", "")): (
        "The constructor never calls that of nn.Module, without which no layer can be registered: "
        "the first assignment raises. super().__init__() comes first."
    ),
}
for (name, *edits), text in NETWORK_ANYTHING.items():
    mlp.edit(name, text, *edits, about="anything")
mlp.by_exceptions("no_super")
