"""What the rules that count their steps share: Adam, AdamW, RAdam. Each average by itself shows
neither the other nor a step: where two mistakes meet, each can be seen alone."""

from autograder.api import FORMULA, Inputs, Probes
from autograder.hidden.optimizers.probes.rules import VARIED, Rule

probes = Probes()
ADAM, ADAMW, RADAM = (
    Rule(name, ("m", "v"), "v", timed=True) for name in ("adam_step", "adamw_step", "radam_step")
)
# The points of each probe, the first step with the default options, and options of its own.
SHARED: tuple[tuple[Rule, tuple[float, ...], int, Inputs], ...] = (
    (ADAM, (0.25, 0.75, 0.25, 0.25, 0.375), 0, {}),
    (ADAMW, (0.125, 0.25, 0.25, 0.125, 0.125), 0, {"weight_decay": 0.3}),
    (RADAM, (0.25, 0.25, 0.25, 0.25, 0.25), 2000, {}),
)
FED = {"m": "1, 1.5, 1.75", "v": "2, 3, 3.5"}

for rule, points, late, more in SHARED:
    exercise = probes.exercise(rule.name)
    for average, of in (("m", "gradient"), ("v", "squared gradient")):
        betas: Inputs = {"beta1": 0.6, "beta2": 0.9, **more}
        exercise.probe(
            f"the average of the {of} over five steps",
            points=points[0],
            inputs=rule.steps(
                *VARIED[:5], shape=(5,), scale=(1.0, 30.0), shown=(average,), **betas
            ),
            name=f"average_{average}",
            tolerance=FORMULA,
            experiment=f"feed gradients of 2, betas of 0.5: {average} should be {FED[average]}.",
        )(rule.in_a_row)
    options: Inputs = {"beta1": 0.7, "beta2": 0.9, "eps": 1e-3, **more}
    exercise.probe(
        "large gradients in mid-run, one weight never having had one",
        points=points[1],
        inputs=rule.steps(*VARIED[:4], scale=40.0, first=9, idle=True, positional=True, **options),
        name="mid_run",
        tolerance=FORMULA,
    )(rule.in_a_row)
    exercise.probe(
        "tiny gradients and the default options",
        points=points[2],
        inputs=rule.steps(scale=2e-8, size=0.01, first=late),
        name="defaults",
        kind="side",
        tolerance=FORMULA,
    )(rule.in_a_row)
    exercise.refuses(
        "t counts from 1", *rule.labels, points=points[3], inputs=rule.early, name="t_below_one"
    )
    for t, told in ((7, more), (2, dict.fromkeys(more, 0.0))):
        exercise.pure(
            *rule.labels,
            points=points[4],
            inputs=rule.one(t=t, lr=0.1, **told),
            topic=f"your inputs stay as they were at t = {t}",
            name=f"pure_at_{t}",
        )
