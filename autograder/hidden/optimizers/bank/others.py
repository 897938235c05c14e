"""Mistakes in Newton's step and in the memory count."""

from __future__ import annotations

from autograder.api import Bank


def declare(bank: Bank) -> None:
    """Both."""
    _newton(bank)
    _memory(bank)


def _newton(bank: Bank) -> None:
    key, solved, new = (
        "newton_step",
        "step = np.linalg.solve(hessian, grad)",
        "return x - step",
    )
    bank.edit(
        key,
        "inverse_of_the_diagonal",
        "The gradient is divided by the Hessian's diagonal. That is Newton's step only where the "
        "axes of the bowl are the coordinates; the other entries turn the step. Solve with the "
        "whole matrix.",
        (solved, "step = grad / np.diag(hessian)"),
    )
    bank.edit(
        key,
        "gradient_step",
        "The step is the gradient itself, and the Hessian is left out: gradient descent with a "
        "rate of 1. The Hessian says how far to go along each direction.",
        (solved, "step = grad"),
    )
    bank.edit(
        key,
        "multiplied_by_hessian",
        "The gradient is multiplied by the Hessian, so that steep directions take the longest "
        "steps. Newton's step is the vector that the Hessian turns into the gradient: solve for "
        "it.",
        (solved, "step = hessian @ grad"),
    )
    bank.edit(
        key,
        "added",
        "The step is added, away from where the quadratic has gradient zero. Moving by -H^-1 g "
        "takes the gradient to zero: look at the sign.",
        (new, "return x + step"),
    )
    bank.edit(
        key,
        "always_downhill",
        "The eigenvalues are replaced by their sizes, so that a saddle is fled: saddle-free "
        "Newton. The step asked for goes to where the gradient is zero, saddles and hills "
        "included.",
        (
            solved,
            "values, axes = np.linalg.eigh(hessian)\n"
            "    step = axes @ ((axes.T @ grad) / np.abs(values))",
        ),
        source="Dauphin et al. (2014)",
    )
    bank.edit(
        key,
        "only_for_bowls",
        "The Hessian is factored by Cholesky, which refuses a matrix that is not positive "
        "definite. An indefinite one has a Newton step as well: use a general solver.",
        (
            solved,
            "half = np.linalg.cholesky(hessian)\n"
            "    step = np.linalg.solve(half.T, np.linalg.solve(half, grad))",
        ),
        about="anything",
    )
    bank.edit(
        key,
        "damped",
        "A small multiple of the identity is added to the Hessian before solving. That is "
        "damping, and along flat directions it shortens the step. The step asked for is undamped.",
        (solved, "step = np.linalg.solve(hessian + 1e-6 * np.eye(len(x)), grad)"),
        source="Levenberg (1944)",
    )
    bank.edit(
        key,
        "step_returned",
        "What comes back is the step, not the point: the solution of H s = g still has to be "
        "subtracted from x.",
        (new, "return step"),
    )
    bank.edit(
        key,
        "point_changed_in_place",
        "The step is written into the array that came in, and the caller's point changes with it. "
        "These steps are pure: return a new array.",
        (new, "x -= step\n    return x"),
    )


def _memory(bank: Bank) -> None:
    key = "optimizer_floats"
    states = '{"sgd": 0, "momentum": 1, "adam": 2, "adamw": 2}'
    counted = "return n_params * (2 + states[optimizer])"
    refused = (
        "    if optimizer not in states:\n"
        '        raise ValueError(f"optimizer has to be one of {list(states)},'
        ' got {optimizer!r}")\n'
    )
    bank.edit(
        key,
        "gradients_not_counted",
        "Only the parameters and the optimizer's state are counted. The gradients are held at the "
        "same time, and there are as many of them as parameters.",
        (counted, "return n_params * (1 + states[optimizer])"),
    )
    bank.edit(
        key,
        "state_only",
        "Only what the optimizer keeps is counted. Training also holds the parameters and their "
        "gradients: count what has to fit into memory.",
        (counted, "return n_params * states[optimizer]"),
    )
    bank.edit(
        key,
        "adam_with_one_average",
        "Adam is counted with one average a parameter. It keeps two, of the gradient and of its "
        "square, and AdamW the same two.",
        (states, '{"sgd": 0, "momentum": 1, "adam": 1, "adamw": 1}'),
    )
    bank.edit(
        key,
        "adamw_with_a_third",
        "AdamW is counted with one value more than Adam. Decoupled decay shrinks the parameter "
        "on the spot: it has nothing to remember.",
        (states, '{"sgd": 0, "momentum": 1, "adam": 2, "adamw": 3}'),
    )
    bank.edit(
        key,
        "velocity_for_sgd",
        "SGD is counted with a velocity. Here it has none: without momentum it keeps nothing "
        "beside the parameters and their gradients.",
        (states, '{"sgd": 1, "momentum": 1, "adam": 2, "adamw": 2}'),
    )
    bank.edit(
        key,
        "bytes",
        "The count is in bytes, four for each value. What is asked for is the number of values: "
        "how many bytes one takes depends on its type.",
        (counted, "return 4 * n_params * (2 + states[optimizer])"),
    )
    bank.edit(
        key,
        "other_names_looked_up",
        "An unknown name ends in a KeyError of the dict, or in whatever comes out of it. The "
        "contract is a ValueError that says which names there are.",
        (refused, ""),
        about="anything",
    )
    bank.edit(
        key,
        "other_names_counted",
        "An unknown name is counted as if it were SGD, and a typing error gives a number that "
        "nobody questions. Raise a ValueError instead.",
        (refused, ""),
        ("states[optimizer]", "states.get(optimizer, 0)"),
        about="anything",
    )
