"""Mistakes in Newton's step and in the memory count."""

from autograder.api import Bank

bank = Bank()
newton = bank.exercise("newton_step")
floats = bank.exercise("optimizer_floats")
SOLVED, NEW = "step = np.linalg.solve(hessian, grad)", "return x - step"
STATES = '{"sgd": 0, "momentum": 1, "adam": 2, "adamw": 2}'
COUNTED = "return n_params * (2 + states[optimizer])"
REFUSED = """    if optimizer not in states:
        raise ValueError(f"optimizer has to be one of {list(states)}, got {optimizer!r}")
"""

newton.edit(
    "inverse_of_the_diagonal",
    "The gradient is divided by the Hessian's diagonal. That is Newton's step only where the axes "
    "of the bowl are the coordinates; the other entries turn the step. Solve with all of it.",
    (SOLVED, "step = grad / np.diag(hessian)"),
)
newton.edit(
    "gradient_step",
    "The step is the gradient itself, and the Hessian is left out: gradient descent with a rate of "
    "1. The Hessian says how far to go along each direction.",
    (SOLVED, "step = grad"),
)
newton.edit(
    "multiplied_by_hessian",
    "The gradient is multiplied by the Hessian, so that steep directions take the longest steps. "
    "Newton's step is the vector that the Hessian turns into the gradient: solve for it.",
    (SOLVED, "step = hessian @ grad"),
)
newton.edit(
    "divided_element_by_element",
    "The gradient is divided by the Hessian's entries one by one, and a matrix comes back. Newton "
    "divides by the matrix as a whole: solve H s = g for the step.",
    (SOLVED, "step = grad / hessian"),
    about="anything",
)
newton.edit(
    "inverse_multiplied_element_by_element",
    "The inverse is multiplied with the gradient entry by entry, and a matrix comes back. The "
    "product of a matrix and a vector is @, not *; better still, solve H s = g.",
    (SOLVED, "step = np.linalg.inv(hessian) * grad"),
    about="anything",
)
newton.edit(
    "added",
    "The step is added, away from where the quadratic has gradient zero. Moving by -H^-1 g takes "
    "the gradient to zero: look at the sign.",
    (NEW, "return x + step"),
)
newton.edit(
    "always_downhill",
    "The eigenvalues are replaced by their sizes, so that a saddle is fled: saddle-free Newton. "
    "The step asked for goes to where the gradient is zero, saddles and hills included.",
    (
        SOLVED,
        "values, axes = np.linalg.eigh(hessian)\n"
        "    step = axes @ ((axes.T @ grad) / np.abs(values))",
    ),
    source="Dauphin et al. (2014)",
)
newton.edit(
    "only_for_bowls",
    "What takes the Hessian apart refuses one that is not positive definite, as Cholesky's "
    "factors do. An indefinite one has a Newton step as well: use a general solver.",
    (
        SOLVED,
        "half = np.linalg.cholesky(hessian)\n"
        "    step = np.linalg.solve(half.T, np.linalg.solve(half, grad))",
    ),
    about="exceptions",
)
newton.edit(
    "damped",
    "A small multiple of the identity is added to the Hessian before solving. That is damping, and "
    "along flat directions it shortens the step. The step asked for is undamped.",
    (SOLVED, "step = np.linalg.solve(hessian + 1e-6 * np.eye(len(x)), grad)"),
    source="Levenberg (1944)",
)
newton.edit(
    "step_returned",
    "What comes back is the step, not the point: the solution of H s = g still has to be "
    "subtracted from x.",
    (NEW, "return step"),
)
newton.edit(
    "point_changed_in_place",
    "The step is written into the array that came in, and the caller's point changes with it. "
    "These steps are pure: return a new array.",
    (NEW, "x -= step\n    return x"),
)
floats.edit(
    "gradients_not_counted",
    "Only the parameters and the optimizer's state are counted. The gradients are held at the same "
    "time, and there are as many of them as parameters.",
    (COUNTED, "return n_params * (1 + states[optimizer])"),
)
floats.edit(
    "state_only",
    "Only what the optimizer keeps is counted. Training also holds the parameters and their "
    "gradients: count what has to fit into memory.",
    (COUNTED, "return n_params * states[optimizer]"),
)
floats.edit(
    "adam_with_one_average",
    "Adam is counted with one average a parameter. It keeps two, of the gradient and of its "
    "square, and AdamW the same two.",
    (STATES, '{"sgd": 0, "momentum": 1, "adam": 1, "adamw": 1}'),
)
floats.edit(
    "adamw_with_a_third",
    "AdamW is counted with one value more than Adam. Decoupled decay shrinks the parameter on the "
    "spot: it has nothing to remember.",
    (STATES, '{"sgd": 0, "momentum": 1, "adam": 2, "adamw": 3}'),
)
floats.edit(
    "velocity_for_sgd",
    "SGD is counted with a velocity. Here it has none: without momentum it keeps nothing beside "
    "the parameters and their gradients.",
    (STATES, '{"sgd": 1, "momentum": 1, "adam": 2, "adamw": 2}'),
)
floats.edit(
    "bytes",
    "The count is in bytes, four for each value. What is asked for is the number of values: how "
    "many bytes one takes depends on its type.",
    (COUNTED, "return 4 * n_params * (2 + states[optimizer])"),
)
floats.edit(
    "other_names_looked_up",
    "An unknown name ends in a KeyError of the dict, or in whatever comes out of it. The contract "
    "is a ValueError that says which names there are.",
    (REFUSED, ""),
    about="anything",
)
floats.edit(
    "other_names_counted",
    "An unknown name is counted as if it were SGD, and a typing error gives a number that nobody "
    "questions. Raise a ValueError instead.",
    (REFUSED, ""),
    ("states[optimizer]", "states.get(optimizer, 0)"),
    about="anything",
)
