"""Probes of AdamW's step, with those of `timed`. Without gradients the decay is alone."""

from autograder.api import FORMULA, Probes
from autograder.hidden.optimizers.probes.rules import VARIED
from autograder.hidden.optimizers.probes.timed import ADAMW

probes = Probes()
adamw = probes.exercise("adamw_step")

adamw.probe(
    "six steps in a row, a decay of 0.3, eps = 0.01, the rate changing",
    points=0.5,
    inputs=ADAMW.steps(*VARIED, scale=0.1, beta1=0.8, beta2=0.95, eps=1e-2, weight_decay=0.3),
    name="six_steps",
    tolerance=FORMULA,
    experiment="print m_hat for a constant gradient: it should equal the gradient at every t.",
)(ADAMW.in_a_row)
adamw.probe(
    "a decay of 0.3 where every gradient is zero",
    points=0.375,
    inputs=ADAMW.steps(*VARIED[2:5], shape=(5,), scale=0.0, size=20.0, weight_decay=0.3),
    name="no_gradient",
    tolerance=FORMULA,
    experiment="set every gradient to zero: a weight keeps 1 - lr * weight_decay of itself.",
)(ADAMW.in_a_row)
