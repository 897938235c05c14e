"""Probes of the norm of all gradients, and of the two ways to clip them."""

import math
from typing import Any

import numpy as np

from autograder.api import AFTERWARDS, EXACT, Inputs, Probes, Tolerance, outcome

from .values import CLOSE, SIDE, array, grads_of, is_number, number, with_grads

probes = Probes()
probes.predictions("first_steps", "direction", "forgotten_parts")
norm = probes.exercise("global_grad_norm", tolerance=CLOSE)
by_norm = probes.exercise("clip_grad_norm", tolerance=CLOSE)
by_value = probes.exercise("clip_grad_value", tolerance=CLOSE)
Rng = np.random.Generator
RESULT, GRADS = "the returned norm", "the gradients"


def gradients(rng: Rng) -> Inputs:
    """Lists of gradients, each of norms between 2 and 20."""
    small = rng.normal(size=(3, 2)) / 100
    return {
        "for two tensors": [rng.normal(size=3) + 2, rng.normal(size=(2, 2)) - 2],
        "for tensors of many shapes": [
            rng.normal(size=(2, 3)),
            rng.normal(size=()) + 3,
            rng.normal(size=5),
            rng.normal(size=(1, 2, 3)),
        ],
        "for one tensor": [rng.normal(size=(3, 3)) + 1],
        "for a large and a small one": [small, rng.normal(size=4) + 4],
    }


def with_gaps(rng: Rng) -> Inputs:
    """Gradients of which some are None."""
    return {
        "with the first one missing": [None, rng.normal(size=3) + 2, rng.normal(size=2)],
        "with one missing in the middle": [rng.normal(size=2) + 2, None, rng.normal(size=4)],
        "with all but the last missing": [None, None, rng.normal(size=3) + 2],
    }


def odd(rng: Rng) -> Inputs:
    a, b = rng.normal(size=3) + 2, rng.normal(size=2)
    return {
        "with inf in one of them": [a, np.array([b[0], math.inf]), b],
        "with -inf in one of them": [np.array([-math.inf, a[0]]), b],
        "with NaN in one of them": [a, b, np.array([math.nan, b[1]])],
    }


@norm.probe("gradients of several tensors", points=0.75, inputs=gradients)
def several(impl: Any, inputs: Inputs) -> Any:
    return {
        where: {RESULT: number(impl.global_grad_norm(with_grads(grads)))}
        for where, grads in inputs.items()
    }


@norm.probe(
    "an iterator, and parameters without a gradient",
    points=0.5,
    inputs=with_gaps,
    experiment="give it iter([...]), with one parameter whose .grad is None.",
)
def iterated(impl: Any, inputs: Inputs) -> Any:
    return {
        where: {RESULT: number(impl.global_grad_norm(p for p in with_grads(grads)))}
        for where, grads in inputs.items()
    }


@norm.probe("no gradients at all, and gradients of zero", points=0.25, inputs=lambda rng: {})
def nothing(impl: Any, inputs: Inputs) -> Any:
    zeros = [np.zeros(3), np.zeros((2, 2))]
    cases: dict[str, list[Any]] = {
        "without parameters": [],
        "with every gradient missing": [None, None],
        "for gradients of zero": zeros,
    }
    return {
        where: {RESULT: number(impl.global_grad_norm(with_grads(grads)))}
        for where, grads in cases.items()
    }


@norm.probe("inf and NaN", points=0.25, inputs=odd)
def not_finite(impl: Any, inputs: Inputs) -> Any:
    return {
        where: {RESULT: number(impl.global_grad_norm(with_grads(grads)))}
        for where, grads in inputs.items()
    }


@norm.probe("a plain number, from gradients left alone", points=0.25, inputs=gradients, **SIDE)
def left_alone(impl: Any, inputs: Inputs) -> Any:
    parameters = with_grads(inputs["for two tensors"])
    came = impl.global_grad_norm(parameters=parameters)
    return {
        "is a number returned, not a tensor?": is_number(came),
        RESULT: number(came),
        AFTERWARDS: {GRADS: grads_of(parameters)},
    }


def clipped(impl: Any, grads: list[Any], *args: Any, **options: Any) -> Inputs:
    """What comes back of a clip by norm, and the gradients afterwards."""
    parameters = with_grads(grads)
    came = impl.clip_grad_norm(parameters, *args, **options)
    return {RESULT: number(came), GRADS: grads_of(parameters)}


@by_norm.probe(
    "gradients that are too long",
    points=0.625,
    inputs=lambda rng: {"grads": gradients(rng), "most": rng.uniform(0.3, 1.9, size=4)},
    experiment="compare the ratio of two elements of different tensors before and after.",
)
def too_long(impl: Any, inputs: Inputs) -> Any:
    pairs = zip(inputs["grads"].items(), inputs["most"], strict=True)
    return {where: clipped(impl, grads, float(most)) for (where, grads), most in pairs}


@by_norm.probe(
    "gradients that are short enough",
    points=0.375,
    inputs=lambda rng: {"grads": gradients(rng), "most": rng.uniform(30, 90, size=4)},
)
def short_enough(impl: Any, inputs: Inputs) -> Any:
    pairs = zip(inputs["grads"].items(), inputs["most"], strict=True)
    seen = {where: clipped(impl, grads, float(most)) for (where, grads), most in pairs}
    zeros = [np.zeros(3), np.zeros((2, 2))]
    return {**seen, "for gradients of zero": clipped(impl, zeros, 1.0)}


@by_norm.probe(
    "the eps in the factor",
    points=0.25,
    tolerance=Tolerance(1e-5, 1e-12),
    inputs=lambda rng: {"grads": gradients(rng)["for two tensors"], "eps": rng.uniform(0.5, 2)},
)
def with_eps(impl: Any, inputs: Inputs) -> Any:
    grads, eps = inputs["grads"], float(inputs["eps"])
    return {
        "for a large eps": clipped(impl, grads, 0.75, eps=eps),
        "for eps by position": clipped(impl, grads, 0.5, eps / 2),
        "for eps = 0": clipped(impl, grads, 0.5, 0.0),
        "for the default eps": clipped(impl, [g / 1e6 for g in grads], 1e-6),
        "for a norm below eps": clipped(impl, [g / 100 for g in grads], 0.02, eps),
    }


@by_norm.probe(
    "an iterator, and parameters without a gradient",
    points=0.25,
    inputs=with_gaps,
    experiment="clip net.parameters() of a small network, and print its gradients.",
)
def iterated_clip(impl: Any, inputs: Inputs) -> Any:
    seen: Inputs = {}
    for where, grads in inputs.items():
        parameters = with_grads(grads)
        came = impl.clip_grad_norm(iter(parameters), max_norm=1.25)
        seen[where] = {RESULT: number(came), GRADS: grads_of(parameters)}
    none = impl.clip_grad_norm(iter(with_grads([None])), 1.0)
    return {**seen, "with every gradient missing": {RESULT: number(none)}}


@by_norm.probe(
    "a norm that is inf or NaN is refused and changes nothing",
    points=0.25,
    inputs=odd,
    kind="side",
    tolerance=EXACT,
    experiment="put math.inf into one gradient, clip, and print the others.",
)
def refuses_odd(impl: Any, inputs: Inputs) -> Any:
    seen = {}
    for where, grads in inputs.items():
        parameters = with_grads(grads)
        came = outcome(impl.clip_grad_norm, parameters, 1.0)
        seen[where] = {"the answer": number(came), AFTERWARDS: {GRADS: grads_of(parameters)}}
    return seen


@by_norm.probe("a plain number comes back", points=0.125, inputs=gradients, **SIDE)
def plain_number(impl: Any, inputs: Inputs) -> Any:
    parameters = with_grads(inputs["for two tensors"])
    came = impl.clip_grad_norm(parameters=parameters, max_norm=1.0, eps=1e-6)
    return {"is a number returned, not a tensor?": is_number(came), RESULT: number(came)}


@by_norm.probe("in place, and gradients only", points=0.125, inputs=gradients, **SIDE)
def in_place(impl: Any, inputs: Inputs) -> Any:
    parameters = with_grads(inputs["for tensors of many shapes"])
    held = [p.grad for p in parameters]
    impl.clip_grad_norm(parameters, 1.0)
    return {
        "the tensors that were in .grad": [array(grad) for grad in held],
        AFTERWARDS: {"parameters": [array(p) for p in parameters]},
    }


def mixed(rng: Rng) -> Inputs:
    """Gradients with elements on both sides of both limits, and the limit."""
    v = float(rng.uniform(0.5, 1.5))
    far = np.array([2.0, -3.0, 0.5, -0.25, 1.0]) * v
    return {
        "value": v,
        "grads": {
            "for two tensors": [far + 0.01, rng.permutation(far).reshape(1, 5) * 1.5],
            "for a number without a shape": [np.array(-4 * v), far[:3]],
            "for small gradients": [far / 10, far[::-1] / 20],
            "for infinite gradients": [np.array([math.inf, -math.inf, 0.1 * v])],
        },
    }


@by_value.probe("elements on both sides of both limits", points=0.5, inputs=mixed)
def limits(impl: Any, inputs: Inputs) -> Any:
    seen = {}
    for where, grads in inputs["grads"].items():
        parameters = with_grads(grads)
        impl.clip_grad_value(parameters, inputs["value"])
        seen[where] = {GRADS: grads_of(parameters)}
    return seen


@by_value.probe("an iterator, and parameters without a gradient", points=0.25, inputs=with_gaps)
def iterated_value(impl: Any, inputs: Inputs) -> Any:
    seen = {}
    for where, grads in inputs.items():
        parameters = with_grads(grads)
        impl.clip_grad_value(parameters=iter(parameters), clip_value=0.5)
        seen[where] = {GRADS: grads_of(parameters)}
    return seen


@by_value.probe("in place, and gradients only", points=0.25, inputs=mixed, **SIDE)
def value_in_place(impl: Any, inputs: Inputs) -> Any:
    parameters = with_grads(inputs["grads"]["for two tensors"])
    held = [p.grad for p in parameters]
    impl.clip_grad_value(parameters, inputs["value"])
    return {
        "the tensors that were in .grad": [array(grad) for grad in held],
        AFTERWARDS: {"parameters": [array(p) for p in parameters]},
    }
