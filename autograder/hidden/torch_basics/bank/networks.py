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
    """Which numbers occur, and how many survive: of 9000 chances the share is told to 0.04."""
    if "training" not in raw:
        return raw
    training, chain = np.asarray(raw["training"]), np.asarray(raw["training"])[:, :30]
    share = float((chain != 0).mean())
    near = [known for known in (0.36, 0.6, 0.16, 0.216, 1.0, 0.4, 0.0) if abs(share - known) < 0.04]
    evaluation = np.asarray(raw["evaluation"])
    return {
        "which outputs occur in training mode": kinds(chain),
        "the share of them that is not 0": number((near or [round(share, 1)])[0]),
        "the output that is only a bias": kinds(training[:, 31]),
        "which outputs occur in evaluation mode": kinds(evaluation[:, :30]),
    }


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
        "Hidden layers end in tanh, or another activation function. The text asks for ReLU, which "
        "passes positive numbers on as they are."
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
        "The constructor never calls that of nn.Module, which opens the account of parameters and "
        "modules: the first assignment raises. super().__init__() comes first."
    ),
}
for (name, *edits), text in NETWORK_ANYTHING.items():
    mlp.edit(name, text, *edits, about="anything")
