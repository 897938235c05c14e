"""What the rules that count their steps share: Adam, AdamW, RAdam. The averages alone show no step:
where two mistakes meet, each can be seen by itself."""

from typing import Any

from autograder.api import FORMULA, Probes
from autograder.hidden.optimizers.probes.rules import VARIED, Rule

probes = Probes()
ADAM, ADAMW, RADAM = (
    Rule(name, ("m", "v"), "v", timed=True) for name in ("adam_step", "adamw_step", "radam_step")
)
# The points of each probe, the steps with the default options, and further options.
SHARED: tuple[tuple[Rule, tuple[float, ...], dict[str, Any], dict[str, Any]], ...] = (
    (ADAM, (0.5, 0.75, 0.25, 0.25, 0.75), {"size": 0.01}, {}),
    (ADAMW, (0.25, 0.25, 0.25, 0.125, 0.25), {"size": 0.1}, {"weight_decay": 0.3}),
    (RADAM, (0.5, 0.25, 0.25, 0.25, 0.5), {"size": 0.01, "steps": 3, "first": 2000}, {}),
)

for rule, points, defaults, more in SHARED:
    exercise = probes.exercise(rule.name)
    exercise.probe(
        "both averages over five steps",
        points=points[0],
        inputs=rule.steps(*VARIED[:5], shape=(5,), scale=(1.0, 30.0), beta1=0.6, beta2=0.9, **more),
        name="averages",
        tolerance=FORMULA,
        experiment="feed a constant gradient: m / (1 - beta1**t) should equal it at every t.",
    )(rule.states_in_a_row)
    large = rule.steps(
        *VARIED[:4],
        scale=40.0,
        first=9,
        idle=True,
        positional=True,
        **{"beta1": 0.7, "beta2": 0.9, "eps": 1e-3, **more},
    )
    exercise.probe(
        "large gradients in mid-run, one weight never having had one",
        points=points[1],
        inputs=large,
        name="mid_run",
        tolerance=FORMULA,
    )(rule.in_a_row)
    exercise.probe(
        "tiny gradients and the default options",
        points=points[2],
        inputs=rule.steps(scale=2e-8, **defaults),
        name="defaults",
        kind="side",
        tolerance=FORMULA,
    )(rule.in_a_row)
    exercise.refuses(
        "t counts from 1", *rule.labels, points=points[3], inputs=rule.early, name="t_below_one"
    )
    exercise.pure(*rule.labels, points=points[4], inputs=rule.one(t=7, lr=0.1, **more))
