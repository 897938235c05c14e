"""Probes of momentum in both of its forms."""

from autograder.api import FORMULA, Probes
from autograder.hidden.optimizers.probes.rules import VARIED, Rule

probes = Probes()
momentum = probes.exercise("momentum_step")
classical = probes.exercise("classical_momentum_step")
MOMENTUM = Rule("momentum_step", ("velocity",))
CLASSICAL = Rule("classical_momentum_step", ("velocity",))
SCALES = (0.5, 1e-5, 40.0)

momentum.probe(
    "six steps in a row, the rate changing",
    points=0.5,
    inputs=MOMENTUM.steps(*VARIED),
    name="six_steps",
    tolerance=FORMULA,
    experiment="print the velocity for a constant gradient of 1: it should be 1, 1.9, 2.71.",
)(MOMENTUM.in_a_row)
momentum.probe(
    "six steps in a row with Nesterov's look-ahead, the rate changing",
    points=0.5,
    inputs=MOMENTUM.steps(*VARIED, shape=(5,), momentum=0.7, nesterov=True),
    name="nesterov",
    tolerance=FORMULA,
    experiment="take one step from velocity 0: Nesterov's moves (1 + momentum) times as far.",
)(MOMENTUM.in_a_row)
momentum.probe(
    "three steps from a velocity in mid-run",
    points=0.25,
    inputs=MOMENTUM.steps(
        *VARIED[:3], scale=SCALES, first=4, positional=True, momentum=0.5, nesterov=False
    ),
    name="mid_run",
    tolerance=FORMULA,
)(MOMENTUM.in_a_row)
momentum.probe(
    "three steps of Nesterov's from a velocity in mid-run",
    points=0.25,
    inputs=MOMENTUM.steps(*VARIED[:3], scale=SCALES[::-1], first=4, nesterov=True),
    name="nesterov_mid_run",
    tolerance=FORMULA,
)(MOMENTUM.in_a_row)
momentum.pure("param", "velocity", points=0.25, inputs=MOMENTUM.one(lr=0.2, momentum=0.0))
momentum.pure(
    "param",
    "velocity",
    points=0.25,
    inputs=MOMENTUM.one(lr=0.2, momentum=0.6, nesterov=True),
    topic="your inputs stay as they were, with Nesterov's look-ahead",
    name="nesterov_pure",
)

classical.probe(
    "six steps in a row, the rate changing",
    points=0.75,
    inputs=CLASSICAL.steps(*VARIED),
    name="six_steps",
    tolerance=FORMULA,
    experiment="halve lr after three steps, and ask which steps the velocity still carries.",
)(CLASSICAL.in_a_row)
classical.probe(
    "three steps from a velocity in mid-run, momentum 0.5",
    points=0.5,
    inputs=CLASSICAL.steps(
        *VARIED[1:4], shape=(5,), scale=SCALES, first=4, positional=True, momentum=0.5
    ),
    name="mid_run",
    tolerance=FORMULA,
)(CLASSICAL.in_a_row)
classical.pure("param", "velocity", points=0.75, inputs=CLASSICAL.one(lr=0.2, momentum=0.0))
