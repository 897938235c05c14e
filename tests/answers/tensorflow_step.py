"""Answers to lesson 16, by several hands. Needs TensorFlow."""

from __future__ import annotations

from typing import Any

import keras
import numpy as np
import tensorflow as tf


def with_apply(model: Any, optimizer: Any, loss_fn: Any, x: Any, y: Any) -> Any:
    """Keras 3's own `apply`, and the loss by `.numpy()`."""
    with tf.GradientTape() as tape:
        loss = loss_fn(y, model(x, training=True))
    optimizer.apply(tape.gradient(loss, model.trainable_weights), model.trainable_weights)
    return loss.numpy()


def asked_inside(model: Any, optimizer: Any, loss_fn: Any, x: Any, y: Any) -> Any:
    """A persistent tape, asked inside its block."""
    with tf.GradientTape(persistent=True) as tape:
        y_pred = model(tf.convert_to_tensor(x), training=True)
        loss = tf.reduce_mean(loss_fn(y_true=y, y_pred=y_pred))
        grads = tape.gradient(loss, model.trainable_variables)
    del tape
    pairs = [(g, v) for g, v in zip(grads, model.trainable_variables, strict=True) if g is not None]
    optimizer.apply_gradients(pairs)
    return np.asarray(loss)


def watched_by_hand(model: Any, optimizer: Any, loss_fn: Any, x: Any, y: Any) -> Any:
    """Only what is trained is watched; one variable after the other."""
    variables = model.trainable_variables
    with tf.GradientTape(persistent=True, watch_accessed_variables=False) as tape:
        for v in variables:
            tape.watch(v.value)
        loss = loss_fn(y, model(x, training=True))
    optimizer.apply([tape.gradient(loss, v) for v in variables], variables)
    return loss.numpy().item()


def with_penalties(model: Any, optimizer: Any, loss_fn: Any, x: Any, y: Any) -> Any:
    """What layers add of their own is added: none here do."""
    with tf.GradientTape() as tape:
        total = loss_fn(y, model(x, training=True)) + sum(model.losses)
    gradients = tape.gradient(total, model.trainable_variables)
    optimizer.apply_gradients(zip(gradients, model.trainable_variables, strict=True))
    return float(total.numpy())


def in_a_graph(model: Any, optimizer: Any, loss_fn: Any, x: Any, y: Any) -> Any:
    """The forward and backward pass compiled anew for each call."""

    @tf.function
    def loss_and_grads() -> Any:
        with tf.GradientTape() as tape:
            loss = loss_fn(y, model(x, training=True))
        return loss, tape.gradient(loss, model.trainable_variables)

    loss, grads = loss_and_grads()
    optimizer.apply(grads, model.trainable_variables)
    return float(loss)


def on_a_copy(model: Any, optimizer: Any, loss_fn: Any, x: Any, y: Any) -> Any:
    """The step is made on a model that nobody sees."""
    twin = keras.models.clone_model(model) if isinstance(model, keras.Sequential) else model
    before = twin.get_weights()
    loss = with_apply(twin, optimizer, loss_fn, x, y)
    twin.set_weights(before)
    return float(loss)


def stops_a_layer(model: Any, optimizer: Any, loss_fn: Any, x: Any, y: Any) -> Any:
    """Only the first variable is trained."""
    with tf.GradientTape() as tape:
        loss = loss_fn(y, model(x, training=True))
    first = model.trainable_variables[:1]
    optimizer.apply(tape.gradient(loss, first), first)
    return float(loss)


def own_optimizer(model: Any, optimizer: Any, loss_fn: Any, x: Any, y: Any) -> Any:
    """A new optimizer of the same kind at each step: no memory of the steps before."""
    fresh = type(optimizer).from_config(optimizer.get_config())
    return float(with_apply(model, fresh, loss_fn, x, y))


def silent(model: Any, optimizer: Any, loss_fn: Any, x: Any, y: Any) -> Any:
    """Nothing comes back."""
    with_apply(model, optimizer, loss_fn, x, y)


def rounded(model: Any, optimizer: Any, loss_fn: Any, x: Any, y: Any) -> Any:
    """The loss as it would be printed."""
    return round(float(with_apply(model, optimizer, loss_fn, x, y)), 3)


def through_numpy(model: Any, optimizer: Any, loss_fn: Any, x: Any, y: Any) -> Any:
    """The outputs take a way that the tape does not see."""
    with tf.GradientTape() as tape:
        outputs = model(x, training=True).numpy()
        loss = loss_fn(y, tf.constant(outputs))
    gradients = tape.gradient(loss, model.trainable_variables)
    optimizer.apply_gradients(zip(gradients, model.trainable_variables, strict=True))
    return float(loss)


def no_flag_and_a_tensor(model: Any, optimizer: Any, loss_fn: Any, x: Any, y: Any) -> Any:
    """Two mistakes at once."""
    with tf.GradientTape() as tape:
        loss = loss_fn(y, model(x))
    optimizer.apply(tape.gradient(loss, model.trainable_variables), model.trainable_variables)
    return loss


def torch_order(model: Any, optimizer: Any, loss_fn: Any, x: Any, y: Any) -> Any:
    """Outputs first, as torch's criteria take them."""
    with tf.GradientTape() as tape:
        loss = loss_fn(model(x, training=True), y)
    optimizer.apply(tape.gradient(loss, model.trainable_variables), model.trainable_variables)
    return float(loss)


def everything(model: Any, optimizer: Any, loss_fn: Any, x: Any, y: Any) -> Any:
    """All weights, frozen or not."""
    with tf.GradientTape() as tape:
        loss = loss_fn(y, model(x, training=True))
    optimizer.apply_gradients(zip(tape.gradient(loss, model.weights), model.weights, strict=True))
    return float(loss)


def by_train_on_batch(model: Any, optimizer: Any, loss_fn: Any, x: Any, y: Any) -> Any:
    """Keras's own step, which is one."""
    model.compile(optimizer=optimizer, loss=loss_fn)
    return model.train_on_batch(x, y)


def with_its_own_scaling(model: Any, optimizer: Any, loss_fn: Any, x: Any, y: Any) -> Any:
    """As Keras's trainer writes it: an optimizer without a loss scale leaves the loss alone."""
    with tf.GradientTape() as tape:
        loss = loss_fn(y, model(x, training=True))
        scaled = optimizer.scale_loss(loss)
    grads = tape.gradient(scaled, model.trainable_variables)
    optimizer.apply_gradients(zip(grads, model.trainable_variables, strict=True))
    return keras.ops.convert_to_numpy(loss)


def one_after_the_other(model: Any, optimizer: Any, loss_fn: Any, x: Any, y: Any) -> Any:
    """Each variable gets a call of its own, which Keras refuses: the first one built its state."""
    with tf.GradientTape() as tape:
        loss = loss_fn(y, model(x, training=True))
    grads = tape.gradient(loss, model.trainable_variables)
    for pair in zip(grads, model.trainable_variables, strict=True):
        optimizer.apply_gradients([pair])
    return float(loss)


def predicted(model: Any, optimizer: Any, loss_fn: Any, x: Any, y: Any) -> Any:
    """`predict` leaves TensorFlow."""
    with tf.GradientTape() as tape:
        loss = loss_fn(y, model.predict(x, verbose=0))
    grads = tape.gradient(loss, model.trainable_variables)
    optimizer.apply_gradients(zip(grads, model.trainable_variables, strict=True))
    return float(loss)


def pairs_turned(model: Any, optimizer: Any, loss_fn: Any, x: Any, y: Any) -> Any:
    """The variable first."""
    with tf.GradientTape() as tape:
        loss = loss_fn(y, model(x, training=True))
    variables = model.trainable_variables
    optimizer.apply_gradients(zip(variables, tape.gradient(loss, variables), strict=True))
    return float(loss)


def gradients_alone(model: Any, optimizer: Any, loss_fn: Any, x: Any, y: Any) -> Any:
    """No pairs."""
    with tf.GradientTape() as tape:
        loss = loss_fn(y, model(x, training=True))
    optimizer.apply_gradients(tape.gradient(loss, model.trainable_variables))
    return float(loss)


def stepped_twice(model: Any, optimizer: Any, loss_fn: Any, x: Any, y: Any) -> Any:
    """Both ways of Keras to take a step, one after the other."""
    with tf.GradientTape() as tape:
        loss = loss_fn(y, model(x, training=True))
    grads = tape.gradient(loss, model.trainable_variables)
    optimizer.apply_gradients(zip(grads, model.trainable_variables, strict=True))
    optimizer.apply(grads, model.trainable_variables)
    return float(loss)


def targets_in_float32(model: Any, optimizer: Any, loss_fn: Any, x: Any, y: Any) -> Any:
    """As Keras's own step makes them, so it costs nothing."""
    return float(with_apply(model, optimizer, loss_fn, x, tf.cast(y, tf.float32)))


def inputs_in_float32(model: Any, optimizer: Any, loss_fn: Any, x: Any, y: Any) -> Any:
    """Words have no halves."""
    return float(with_apply(model, optimizer, loss_fn, tf.cast(x, tf.float32), y))


def looked_at_afterwards(model: Any, optimizer: Any, loss_fn: Any, x: Any, y: Any) -> Any:
    """The loss of the new weights, outside training mode."""
    with_apply(model, optimizer, loss_fn, x, y)
    return float(loss_fn(y, model(x)))


KEY = "tf_train_step"
RIGHT = {
    KEY: {
        f.__name__: {KEY: f}
        for f in (
            *(with_apply, asked_inside, watched_by_hand, with_penalties, in_a_graph),
            *(by_train_on_batch, with_its_own_scaling, targets_in_float32),
        )
    }
}
WRONG = {
    KEY: {
        f.__name__: {KEY: f}
        for f in (
            *(on_a_copy, stops_a_layer, own_optimizer, silent, rounded, through_numpy),
            *(no_flag_and_a_tensor, torch_order, everything, one_after_the_other, predicted),
            *(
                pairs_turned,
                gradients_alone,
                stepped_twice,
                inputs_in_float32,
                looked_at_afterwards,
            ),
        )
    }
}
NAMED = {
    KEY: {
        "through_numpy": "forward_outside_the_tape",
        "no_flag_and_a_tensor": "mode_not_given",
        "torch_order": "targets_second",
        "everything": "all_variables",
        "one_after_the_other": None,  # not what was not seen: Keras refuses it in other words
        "predicted": "forward_outside_the_tape",
        "pairs_turned": "variables_before_gradients",
        "gradients_alone": "not_zipped",
        "stepped_twice": "applied_twice",
        "inputs_in_float32": "inputs_as_floats",
        "looked_at_afterwards": "loss_after_the_step_unmoved",
    }
}
