"""Probes of the rules without bias correction."""

from __future__ import annotations

from autograder.api import Probes
from autograder.hidden.optimizers.probes.rules import VARIED, Rule, RuleProbes


def declare(probes: Probes) -> None:
    """Declare them in the order of the lesson."""
    _sgd(RuleProbes(probes, Rule("sgd_step")))
    _momentum(RuleProbes(probes, Rule("momentum_step", ("velocity",))))
    _classical(RuleProbes(probes, Rule("classical_momentum_step", ("velocity",))))
    _adagrad(RuleProbes(probes, Rule("adagrad_step", ("square_sum",), ("square_sum",))))
    _rmsprop(RuleProbes(probes, Rule("rmsprop_step", ("square_avg",), ("square_avg",))))


def _sgd(sgd: RuleProbes) -> None:
    sgd.in_a_row("plain", "three steps without decay", 0.25, options={}, rates=VARIED, steps=3)
    sgd.in_a_row(
        "decayed",
        "three steps with a decay of 0.3",
        0.5,
        options={"weight_decay": 0.3},
        rates=VARIED[2:],
        steps=3,
        positional=True,
        experiment="set the gradient to 0: at lr = 0.1, decay 0.3, a weight keeps 0.97 of itself.",
    )
    sgd.pure(0.25, options={"lr": 0.2, "weight_decay": 0.3})


def _momentum(momentum: RuleProbes) -> None:
    momentum.in_a_row(
        "six_steps",
        "six steps in a row, the rate changing",
        0.5,
        options={},
        rates=VARIED,
        experiment="print the velocity for a constant gradient of 1: it should be 1, 1.9, 2.71.",
    )
    momentum.in_a_row(
        "nesterov",
        "six steps in a row with Nesterov's look-ahead, the rate changing",
        0.5,
        options={"momentum": 0.7, "nesterov": True},
        rates=VARIED,
        experiment="take one step from velocity 0: Nesterov's moves (1 + momentum) times as far.",
    )
    momentum.in_a_row(
        "mid_run",
        "three steps from a velocity in mid-run",
        0.25,
        options={"momentum": 0.5, "nesterov": False},
        rates=VARIED,
        steps=3,
        first=4,
        positional=True,
    )
    momentum.in_a_row(
        "nesterov_mid_run",
        "three steps of Nesterov's from a velocity in mid-run",
        0.25,
        options={"nesterov": True},
        rates=VARIED,
        steps=3,
        first=4,
    )
    momentum.pure(0.25, options={"lr": 0.2, "momentum": 0.0})
    momentum.pure(
        0.25,
        options={"lr": 0.2, "momentum": 0.6, "nesterov": True},
        name="nesterov_pure",
        topic="your inputs stay as they were, with Nesterov's look-ahead",
    )


def _classical(classical: RuleProbes) -> None:
    classical.in_a_row(
        "six_steps",
        "six steps in a row, the rate changing",
        0.75,
        options={},
        rates=VARIED,
        experiment="halve lr after three steps, and ask which steps the velocity still carries.",
    )
    classical.in_a_row(
        "mid_run",
        "three steps from a velocity in mid-run, momentum 0.5",
        0.5,
        options={"momentum": 0.5},
        rates=VARIED[1:],
        steps=3,
        first=4,
        positional=True,
    )
    classical.pure(0.75, options={"lr": 0.2, "momentum": 0.0})


def _adagrad(adagrad: RuleProbes) -> None:
    adagrad.in_a_row(
        "large_eps",
        "six steps in a row, eps = 0.01, the rate changing",
        0.75,
        options={"eps": 1e-2},
        rates=VARIED,
        scale=0.1,
        experiment="feed a constant gradient of 2: square_sum should be 4, 8, 12.",
    )
    adagrad.in_a_row(
        "default_eps",
        "four steps with tiny gradients and the default eps",
        0.5,
        options={},
        rates=(0.1, 0.1, 0.1, 0.1),
        steps=4,
        scale=1e-9,
    )
    adagrad.in_a_row(
        "idle_weight",
        "steps in mid-run, one weight never having had a gradient",
        0.25,
        options={"eps": 1e-3},
        rates=VARIED,
        steps=3,
        first=5,
        idle=True,
        positional=True,
    )
    adagrad.pure(0.5, options={"lr": 0.2})


def _rmsprop(rmsprop: RuleProbes) -> None:
    rmsprop.in_a_row(
        "large_eps",
        "six steps in a row, alpha = 0.8, eps = 0.01, the rate changing",
        0.75,
        options={"alpha": 0.8, "eps": 1e-2},
        rates=VARIED,
        scale=0.1,
        experiment="feed gradients of 2 with alpha = 0.5: square_avg should be 2, 3, 3.5.",
    )
    rmsprop.in_a_row(
        "defaults",
        "four steps with tiny gradients and the default alpha and eps",
        0.5,
        options={},
        rates=(0.1, 0.1, 0.1, 0.1),
        steps=4,
        scale=1e-7,
    )
    rmsprop.in_a_row(
        "idle_weight",
        "steps in mid-run, one weight never having had a gradient",
        0.25,
        options={"alpha": 0.9, "eps": 1e-3},
        rates=VARIED,
        steps=3,
        first=5,
        idle=True,
        positional=True,
    )
    rmsprop.pure(0.5, options={"lr": 0.2})
