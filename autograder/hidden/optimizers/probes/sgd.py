"""Probes of the step of SGD."""

from autograder.api import FORMULA, Probes
from autograder.hidden.optimizers.probes.rules import VARIED, Rule

probes = Probes()
sgd = probes.exercise("sgd_step")
SGD = Rule("sgd_step")
SCALES = (0.5, 1e-5, 40.0)

sgd.probe(
    "three steps without decay",
    points=0.25,
    inputs=SGD.steps(*VARIED[:3], scale=SCALES),
    name="plain",
    tolerance=FORMULA,
)(SGD.in_a_row)
sgd.probe(
    "three steps with a decay of 0.3",
    points=0.5,
    inputs=SGD.steps(*VARIED[2:5], shape=(5,), size=20.0, positional=True, weight_decay=0.3),
    name="decayed",
    tolerance=FORMULA,
    experiment="set the gradient to 0: at lr = 0.1, decay 0.3, a weight keeps 0.97 of itself.",
)(SGD.in_a_row)
for name, decay in (("pure", 0.3), ("pure_without_decay", 0.0)):
    inputs = SGD.one(lr=0.2, weight_decay=decay)
    topic = f"your inputs stay as they were, with a decay of {decay}"
    sgd.pure("param", points=0.125, inputs=inputs, topic=topic, name=name)
