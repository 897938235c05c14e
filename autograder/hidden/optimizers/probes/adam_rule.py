"""Probes of Adam's step, with those of `timed`. The first step shows no eps."""

from autograder.api import FORMULA, Probes
from autograder.hidden.optimizers.probes.rules import VARIED
from autograder.hidden.optimizers.probes.timed import ADAM

probes = Probes()
adam = probes.exercise("adam_step")

adam.probe(
    "the first step, with large gradients",
    points=0.5,
    inputs=ADAM.steps(0.1, scale=1e6, eps=0.0),
    name="first_step",
    tolerance=FORMULA,
    experiment="try gradients of 0.001, 1 and 1000: each weight should move by about lr.",
)(ADAM.in_a_row)
adam.probe(
    "six steps in a row, eps = 0.01, the rate changing",
    points=1.0,
    inputs=ADAM.steps(*VARIED, scale=0.1, beta1=0.8, beta2=0.95, eps=1e-2),
    name="six_steps",
    tolerance=FORMULA,
    experiment="print m_hat for a constant gradient: it should equal the gradient at every t.",
)(ADAM.in_a_row)
