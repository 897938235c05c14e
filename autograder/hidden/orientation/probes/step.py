"""Probes of a single step, and the predictions."""

import numpy as np

from autograder.api import FORMULA, Calls, Inputs, Probes

probes = Probes()
probes.predictions("small_rate", "edge", "bowl")
step = probes.exercise("descent_step", tolerance=FORMULA)

TRY_ONE_STEP = "call descent_step(1.0, 2.0, 0.25) and work out by hand what it should give."
STEP = Calls("descent_step", "x_new", order="x, grad, lr")


def numbers(rng: np.random.Generator) -> Inputs:
    def one(sign: float, scale: float, lr: float) -> Inputs:
        grad = sign * scale * float(rng.uniform(0.5, 3.0))
        return {"x": scale * float(rng.normal()), "grad": grad, "lr": lr}

    cases = {
        "where uphill is to the right": one(1.0, 1.0, float(rng.uniform(0.1, 0.9))),
        "where uphill is to the left": one(-1.0, 1.0, float(rng.uniform(0.1, 0.9))),
        "with a rate above 1": one(1.0, 1.0, float(rng.uniform(1.5, 2.5))),
        "with tiny numbers": one(-1.0, 1e-6, float(rng.uniform(1e-3, 1e-2))),
        "with large numbers": one(1.0, 1e4, float(rng.uniform(0.1, 0.9))),
    }
    # By place, as `descend` calls it: in another order, the parameters are not those asked for.
    return {where: tuple(given.values()) for where, given in cases.items()}


def two_rows(rng: np.random.Generator) -> Inputs:
    grad = rng.normal(size=(2, 3))
    grad[0, 1] = 0.0
    return {"x": rng.normal(size=(2, 3)), "grad": grad, "lr": float(rng.uniform(0.1, 0.9))}


def integers(rng: np.random.Generator) -> Inputs:
    x, grad = rng.integers(1, 9, size=4), rng.integers(1, 9, size=4)
    lr = float(rng.uniform(0.1, 0.3))
    return {
        "for a number": {"x": int(x[0]), "grad": int(grad[0]), "lr": lr},
        "for an array": {"x": x, "grad": grad, "lr": lr},
    }


step.probe(
    "single numbers, on both sides of a valley",
    points=0.25,
    inputs=numbers,
    name="numbers",
    experiment=TRY_ONE_STEP,
)(STEP)
step.probe(
    "integers as the point and the gradient",
    points=0.25,
    inputs=integers,
    name="integers",
)(STEP)
step.probe(
    "an array of two rows",
    points=0.25,
    inputs=lambda rng: {"for two rows": two_rows(rng)},
    name="two_rows",
    experiment=TRY_ONE_STEP,
)(STEP)
step.pure("x_new", points=0.25, inputs=two_rows)
