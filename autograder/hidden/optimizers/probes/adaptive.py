"""Probes of the rules that correct their averages: Adam, AdamW and RAdam."""

from __future__ import annotations

from autograder.api import Probes
from autograder.hidden.optimizers.probes.rules import VARIED, Rule, RuleProbes

MOMENTS = ("m", "v")


def declare(probes: Probes) -> None:
    """Declare them in the order of the lesson."""
    for name, fill in (("adam_step", _adam), ("adamw_step", _adamw), ("radam_step", _radam)):
        fill(RuleProbes(probes, Rule(name, MOMENTS, ("v",), timed=True)))


def _adam(adam: RuleProbes) -> None:
    adam.in_a_row(
        "first_step",
        "the first step",
        0.5,
        options={},
        steps=1,
        size=0.01,
        experiment="try gradients of 0.001, 1 and 1000: each weight should move by about lr.",
    )
    adam.in_a_row(
        "six_steps",
        "six steps in a row, eps = 0.01, the rate changing",
        1.0,
        options={"beta1": 0.8, "beta2": 0.95, "eps": 1e-2},
        rates=VARIED,
        scale=0.1,
        experiment="feed a constant gradient: m / (1 - beta1**t) should equal it at every t.",
    )
    adam.in_a_row(
        "defaults",
        "six steps with tiny gradients and the default options",
        0.5,
        options={},
        scale=2e-8,
        size=0.01,
    )
    adam.in_a_row(
        "mid_run",
        "steps in mid-run, one weight never having had a gradient",
        0.75,
        options={"beta1": 0.7, "beta2": 0.9, "eps": 1e-3},
        rates=VARIED,
        steps=4,
        first=9,
        idle=True,
        positional=True,
    )
    adam.refuses_early_steps(0.5)
    adam.pure(0.75, options={"lr": 0.1})


def _adamw(adamw: RuleProbes) -> None:
    adamw.in_a_row(
        "six_steps",
        "six steps in a row, a decay of 0.3, eps = 0.01, the rate changing",
        0.75,
        options={"beta1": 0.8, "beta2": 0.95, "eps": 1e-2, "weight_decay": 0.3},
        rates=VARIED,
        scale=0.1,
        experiment="set every gradient to zero: a weight keeps 1 - lr * weight_decay of itself.",
    )
    adamw.in_a_row(
        "defaults",
        "six steps with tiny gradients and the default options",
        0.5,
        options={},
        scale=2e-8,
        size=0.1,
    )
    adamw.in_a_row(
        "mid_run",
        "steps in mid-run, one weight never having had a gradient",
        0.25,
        options={"beta1": 0.7, "beta2": 0.9, "eps": 1e-3, "weight_decay": 0.2},
        rates=VARIED,
        steps=4,
        first=9,
        idle=True,
        positional=True,
    )
    adamw.refuses_early_steps(0.25)
    adamw.pure(0.25, options={"lr": 0.1, "weight_decay": 0.3})


def _radam(radam: RuleProbes) -> None:
    radam.in_a_row(
        "nine_steps",
        "nine steps in a row with the default betas, eps = 0.01",
        1.0,
        options={"eps": 1e-2},
        rates=(*VARIED, 0.1, 0.1, 0.1),
        steps=9,
        scale=0.1,
        size=0.1,
        experiment="print rho_t beside each step: the two regimes change places after t = 5.",
    )
    radam.in_a_row(
        "short_memory",
        "eight steps in a row with short averages: beta1 = 0.8, beta2 = 0.9",
        0.75,
        options={"beta1": 0.8, "beta2": 0.9, "eps": 1e-2},
        rates=(*VARIED, 0.1, 0.1),
        steps=8,
        scale=0.1,
    )
    radam.in_a_row(
        "never_rectified",
        "averages so short that no step is rectified",
        0.5,
        options={"beta1": 0.8, "beta2": 0.5, "eps": 1e-2},
        rates=VARIED,
        steps=6,
        scale=0.3,
    )
    radam.in_a_row(
        "defaults",
        "late steps with tiny gradients and the default options",
        0.5,
        options={},
        steps=3,
        first=2000,
        scale=2e-8,
        size=0.01,
    )
    radam.in_a_row(
        "idle_weight",
        "steps in mid-run, one weight never having had a gradient",
        0.25,
        options={"beta1": 0.7, "beta2": 0.95, "eps": 1e-3},
        rates=VARIED,
        steps=3,
        first=30,
        idle=True,
        positional=True,
    )
    radam.refuses_early_steps(0.5)
    radam.pure(0.5, options={"lr": 0.1})
