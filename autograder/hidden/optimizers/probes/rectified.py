"""Probes of RAdam's step, with those of `timed`."""

from autograder.api import FORMULA, Probes
from autograder.hidden.optimizers.probes.rules import VARIED
from autograder.hidden.optimizers.probes.timed import RADAM

probes = Probes()
radam = probes.exercise("radam_step")

radam.probe(
    "nine steps in a row with the default betas, eps = 0.01",
    points=1.0,
    inputs=RADAM.steps(*VARIED, 0.1, 0.1, 0.1, steps=9, scale=0.1, size=0.1, eps=1e-2),
    name="nine_steps",
    tolerance=FORMULA,
    experiment="print rho_t beside each step: the two regimes change places after t = 5.",
)(RADAM.in_a_row)
radam.probe(
    "eight steps in a row with short averages: beta1 = 0.8, beta2 = 0.9",
    points=0.75,
    inputs=RADAM.steps(
        *VARIED, 0.1, 0.1, steps=8, shape=(5,), scale=0.1, beta1=0.8, beta2=0.9, eps=1e-2
    ),
    name="short_memory",
    tolerance=FORMULA,
)(RADAM.in_a_row)
radam.probe(
    "averages so short that no step is rectified",
    points=0.5,
    inputs=RADAM.steps(*VARIED, scale=(1e-4, 30.0), beta1=0.8, beta2=0.5, eps=1e-2),
    name="never_rectified",
    tolerance=FORMULA,
)(RADAM.in_a_row)
