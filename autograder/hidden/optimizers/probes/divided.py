"""Probes of the rules that divide by a root: Adagrad and RMSprop."""

from autograder.api import FORMULA, Inputs, Probes
from autograder.hidden.optimizers.probes.rules import VARIED, Rule

probes = Probes()
adagrad = probes.exercise("adagrad_step")
rmsprop = probes.exercise("rmsprop_step")
ADAGRAD = Rule("adagrad_step", ("square_sum",), "square_sum")
RMSPROP = Rule("rmsprop_step", ("square_avg",), "square_avg")

adagrad.probe(
    "six steps in a row, eps = 0.01, the rate changing",
    points=0.75,
    inputs=ADAGRAD.steps(*VARIED, scale=0.1, eps=1e-2),
    name="large_eps",
    tolerance=FORMULA,
    experiment="feed a constant gradient of 2: square_sum should be 4, 8, 12.",
)(ADAGRAD.in_a_row)
adagrad.probe(
    "four steps with tiny gradients and the default eps",
    points=0.5,
    inputs=ADAGRAD.steps(0.1, 0.1, 0.1, 0.1, scale=1e-9),
    name="default_eps",
    kind="side",
    tolerance=FORMULA,
)(ADAGRAD.in_a_row)
rmsprop.probe(
    "six steps in a row, alpha = 0.8, eps = 0.01, the rate changing",
    points=0.75,
    inputs=RMSPROP.steps(*VARIED, scale=0.1, alpha=0.8, eps=1e-2),
    name="large_eps",
    tolerance=FORMULA,
    experiment="feed gradients of 2 with alpha = 0.5: square_avg should be 2, 3, 3.5.",
)(RMSPROP.in_a_row)
rmsprop.probe(
    "four steps with tiny gradients and the default alpha and eps",
    points=0.5,
    inputs=RMSPROP.steps(0.1, 0.1, 0.1, 0.1, scale=1e-7),
    name="defaults",
    kind="side",
    tolerance=FORMULA,
)(RMSPROP.in_a_row)

for rule, kept in ((ADAGRAD, {}), (RMSPROP, {"alpha": 0.9})):
    exercise = probes.exercise(rule.name)
    options: Inputs = {"idle": True, "positional": True, **kept, "eps": 1e-3}
    exercise.probe(
        "large gradients in mid-run, one weight never having had one",
        points=0.25,
        inputs=rule.steps(*VARIED[:3], shape=(5,), scale=40.0, first=5, **options),
        name="idle_weight",
        tolerance=FORMULA,
    )(rule.in_a_row)
    exercise.pure(*rule.labels, points=0.5, inputs=rule.one(lr=0.2))
