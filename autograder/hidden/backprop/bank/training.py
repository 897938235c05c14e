"""Mistakes in the training of the network."""

from __future__ import annotations

from autograder.api import Bank

KEY = "train_mlp"


def declare(bank: Bank) -> None:
    bank.edit(
        KEY,
        "updated_in_place",
        "The training is right, but it changes the arrays that were handed in: copying a dict "
        "copies references, not arrays. Each array needs a copy of its own.",
        ("{name: value.copy() for name, value in params.items()}", "dict(params)"),
        (
            "params = {name: value - lr * grads[name] for name, value in params.items()}",
            "for name in params:\n            params[name] -= lr * grads[name]",
        ),
        about="anything",
    )
    bank.edit(
        KEY,
        "uphill",
        "The update adds lr times the gradient, so the loss climbs: the gradient points uphill. "
        "Look at the sign in front of lr.",
        ("value - lr", "value + lr"),
    )
    bank.edit(
        KEY,
        "loss_after_update",
        "losses[i] is measured after update i, so the loss of the parameters that were given is "
        "missing. Note the loss before each update.",
        ("losses.append(loss)", "pass"),
        (
            "params = {name: value - lr * grads[name] for name, value in params.items()}",
            "params = {name: value - lr * grads[name] for name, value in params.items()}\n"
            "        losses.append(mlp_loss_and_grads(params, x, y)[0])",
        ),
    )
    bank.edit(
        KEY,
        "one_loss_too_many",
        "There is one loss more than there are steps: that of the final parameters. losses[i] is "
        "the loss before update i, and nothing else.",
        (
            "return params, losses",
            "losses.append(mlp_loss_and_grads(params, x, y)[0])\n    return params, losses",
        ),
        about="anything",
    )
    bank.edit(
        KEY,
        "gradients_of_the_start",
        "The gradients are taken once, at the start, and used for every step. Each step needs the "
        "gradients at the parameters as they are then.",
        (
            "    for _ in range(steps):\n        loss, grads = mlp_loss_and_grads(params, x, y)",
            "    start = params\n    for _ in range(steps):\n"
            "        loss = mlp_loss_and_grads(params, x, y)[0]\n"
            "        grads = mlp_loss_and_grads(start, x, y)[1]",
        ),
    )
    bank.edit(
        KEY,
        "biases_not_trained",
        "Only the weights move, and the biases stay where they began. They are parameters like "
        "the others: every key of the dict is updated.",
        ("value - lr * grads[name]", 'value - lr * grads[name] * (name[0] == "W")'),
    )
    bank.edit(
        KEY,
        "step_divided_by_rows",
        "The step is divided by the number of rows. The loss is a mean, so its gradient is "
        "divided already, and the step is lr times the gradient.",
        ("lr * grads[name]", "lr * grads[name] / len(x)"),
    )
    bank.edit(
        KEY,
        "one_parameter_at_a_time",
        "Each parameter is updated before the gradient of the next one is taken, so the later "
        "ones see a network that has already moved. Take all gradients first, then move "
        "everything.",
        (
            "        params = {name: value - lr * grads[name] for name, value in params.items()}",
            '        for name in ("W1", "b1", "W2", "b2"):\n'
            "            _, grads = mlp_loss_and_grads(params, x, y)\n"
            "            params[name] = params[name] - lr * grads[name]",
        ),
    )
