"""Probes of a training step on a tape, and the predictions."""

from typing import Any

import keras
import numpy as np
import tensorflow as tf

from autograder.api import AFTERWARDS, Inputs, Probes, Tolerance

from .models import (
    Half,
    Line,
    Moody,
    Noting,
    Rng,
    Words,
    line,
    lopsided,
    normal,
    number,
    shown,
    surprise,
)

probes = Probes()
probes.predictions("rate_to_zero", "no_flag")
# Every right answer has TensorFlow compute the same things in float32.
step = probes.exercise("tf_train_step", tolerance=Tolerance(1e-5, 1e-6))


def regression(rng: Rng) -> Inputs:
    return {"weights": line(rng, 2, 2), "x": normal(rng, 2, 5, 2), "y": normal(rng, 2, 5, 2)}


def steps(impl: Any, model: Any, optimizer: Any, loss_fn: Any, inputs: Inputs) -> Inputs:
    """Each batch once: what every step gave, and the model after it."""
    seen = {}
    for number_of, (x, y) in enumerate(zip(inputs["x"], inputs["y"], strict=True), 1):
        loss = impl.tf_train_step(model, optimizer, loss_fn, x, y)
        seen[f"after step {number_of}"] = shown(loss, model)
    if isinstance(optimizer, Noting):
        seen["what the optimizer is handed"] = optimizer.handed
    return seen


@step.probe(
    "two steps of SGD with momentum",
    points=0.5,
    inputs=regression,
    experiment="take two steps on one small layer and print its kernel after each; do the same "
    "with lesson 10's train_step.",
)
def two_steps(impl: Any, inputs: Inputs) -> Any:
    optimizer = Noting(0.2, momentum=0.9)
    return steps(impl, Line(inputs["weights"]), optimizer, lopsided, inputs)


@step.probe(
    "batch norm and dropout",
    points=0.375,
    inputs=lambda rng: {
        "weights": line(rng, 2, 3),
        "x": 2 + normal(rng, 1, 6, 2),
        "y": normal(rng, 1, 6, 3),
    },
    experiment="print a batch norm's moving_mean before and after one step.",
)
def training_mode(impl: Any, inputs: Inputs) -> Any:
    optimizer = keras.optimizers.SGD(0.2)
    return steps(impl, Moody(inputs["weights"]), optimizer, lopsided, inputs)


@step.probe(
    "a frozen layer, with an optimizer that decays weights",
    points=0.375,
    inputs=lambda rng: {
        "first": line(rng, 2, 3),
        "last": line(rng, 3, 1),
        "x": normal(rng, 1, 5, 2),
        "y": normal(rng, 1, 5, 1),
    },
    experiment="freeze a layer, take a step of AdamW, and print all of model.get_weights() before "
    "and after it.",
)
def frozen(impl: Any, inputs: Inputs) -> Any:
    model = Half(inputs["first"], inputs["last"])
    model.first.trainable = False
    optimizer = Noting(0.2, weight_decay=0.5)
    return steps(impl, model, optimizer, lopsided, inputs)


@step.probe(
    "words as ints, logits, and Adam",
    points=0.25,
    inputs=lambda rng: {
        "weights": [normal(rng, 6, 2), normal(rng, 2, 3)],
        "x": rng.integers(6, size=(1, 4, 3)),
        "y": rng.integers(3, size=(1, 4)),
    },
    experiment="print what loss_fn gets: dtype and shape of both arguments.",
)
def words(impl: Any, inputs: Inputs) -> Any:
    optimizer = keras.optimizers.Adam(0.1, epsilon=1e-3)
    model = Words(inputs["weights"])
    seen = steps(impl, model, optimizer, surprise, inputs)
    return {**seen, "the inputs": model.inputs_are}


@step.probe("what comes back is a number", points=0.25, inputs=regression, kind="side")
def plain_number(impl: Any, inputs: Inputs) -> Any:
    x, y = inputs["x"][0], inputs["y"][0]
    args = Line(inputs["weights"]), keras.optimizers.SGD(0.1), lopsided, x, y
    loss = impl.tf_train_step(*args)
    return {"the returned loss": loss if tf.is_tensor(loss) else number(loss)}


@step.probe(
    "a tensor and an array, by keyword, that stay as they were",
    points=0.25,
    inputs=regression,
    kind="side",
)
def by_keyword(impl: Any, inputs: Inputs) -> Any:
    model, optimizer = Line(inputs["weights"]), keras.optimizers.SGD(0.1)
    x, y = tf.constant(inputs["x"][0]), np.array(inputs["y"][0])
    loss = impl.tf_train_step(model=model, optimizer=optimizer, loss_fn=lopsided, x=x, y=y)
    return {**shown(loss, model), AFTERWARDS: {"x": np.array(x), "y": y}}
