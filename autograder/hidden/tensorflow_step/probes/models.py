"""Small Keras models, and what probes show of them."""

from typing import Any

import keras
import numpy as np
import tensorflow as tf

from autograder.api import Inputs

Rng = np.random.Generator


def kind_of(given: Any) -> str:
    """What the numbers of an array or a tensor are."""
    return "ints" if tf.convert_to_tensor(given).dtype.is_integer else "floats"


class Line(keras.Model):
    """A linear layer by hand: two variables, and no layer whose calls would take their time."""

    def __init__(self, weights: Any) -> None:
        super().__init__()
        self.matrix = self.add_weight(shape=weights[0].shape, name="matrix")
        self.bias = self.add_weight(shape=weights[1].shape, name="bias")
        self.built = True
        self.set_weights(weights)

    def call(self, x: Any, training: Any = None) -> Any:
        return tf.matmul(x, self.matrix) + self.bias


class Moody(Line):
    """A linear layer, batch norm and dropout: it is another function in training mode."""

    def __init__(self, weights: Any) -> None:
        super().__init__(weights)
        self.norm = keras.layers.BatchNormalization(momentum=0.5)
        self.norm.build((None, len(weights[1])))
        self.drop = keras.layers.Dropout(0.4, seed=3)

    def call(self, x: Any, training: Any = None) -> Any:
        return self.drop(self.norm(super().call(x), training=training), training=training)


class Words(keras.Model):
    """Logits of a mean of embeddings: its inputs are ints, and some of its gradients are sparse."""

    inputs_are = "never given to the model"

    def __init__(self, weights: Any) -> None:
        super().__init__()
        table, matrix = weights
        self.table = self.add_weight(shape=table.shape, name="table")
        self.matrix = self.add_weight(shape=matrix.shape, name="matrix")
        self.built = True
        self.set_weights(weights)

    def call(self, x: Any, training: Any = None) -> Any:
        self.inputs_are = kind_of(x)
        rows = tf.gather(self.table, tf.cast(x, tf.int32))
        return tf.matmul(tf.reduce_mean(rows, axis=1), self.matrix)


class Half(keras.Model):
    """Two lines in a row, of which the first may be frozen."""

    def __init__(self, first: Any, last: Any) -> None:
        super().__init__()
        self.first, self.last = Line(first), Line(last)
        self.built = True

    def call(self, x: Any, training: Any = None) -> Any:
        return self.last.call(tf.tanh(self.first.call(x)))


class Noting(keras.optimizers.SGD):
    """SGD that notes what it is handed, and stands still where Keras's own would only raise."""

    handed = "nothing"

    def apply(self, grads: Any, trainable_variables: Any = None) -> None:
        grads, known = list(grads), trainable_variables is None
        variables = self._trainable_variables if known else list(trainable_variables)
        if any(isinstance(g, keras.Variable) for g in grads):
            self.handed = "variables in front of their gradients"
        elif not all(isinstance(v, keras.Variable) for v in variables):
            self.handed = "what is no pair of a gradient and a variable"
        elif all(g is None for g in grads):
            self.handed = "None for every variable"
        else:
            self.handed = "gradients and variables"
            super().apply(grads, trainable_variables)


def surprise(y_true: Any, y_pred: Any) -> Any:
    """The mean cross-entropy of logits; classes may come as floats, which Keras's own step makes
    of targets."""
    classes = tf.cast(y_true, tf.int32)
    return tf.reduce_mean(
        tf.nn.sparse_softmax_cross_entropy_with_logits(labels=classes, logits=y_pred)
    )


def lopsided(y_true: Any, y_pred: Any) -> Any:
    """A mean loss that is not symmetric: targets and outputs cannot be taken for each other."""
    off = tf.cast(y_true, tf.float32) - y_pred
    return tf.reduce_mean(tf.square(off) * (1.0 + 0.5 * tf.tanh(y_pred)) + 0.3 * off)


def normal(rng: Rng, *shape: int) -> Any:
    """Numbers of size one, in float32."""
    return rng.normal(size=shape).astype(np.float32)


def line(rng: Rng, ins: int, outs: int) -> list[Any]:
    """The weights of a linear layer."""
    return [normal(rng, ins, outs), normal(rng, outs)]


def number(value: Any) -> Any:
    """A number of NumPy's, or in a tensor without axes, as a float; else the value as it is."""
    has_no_axes = isinstance(value, np.generic | np.ndarray) or tf.is_tensor(value)
    return float(value) if has_no_axes and value.shape == () else value


def flat(variables: Any) -> Any:
    """Variables in a row: one array is looked at faster than four."""
    return np.concatenate([np.ravel(np.array(v)) for v in variables])


def shown(loss: Any, model: Any) -> Inputs:
    """What one step gave, and what the model's variables are after it."""
    seen: Inputs = {"the returned loss": number(loss)}
    averages = [v for v in model.variables if v.name.startswith("moving_")]
    known = {id(v) for v in averages}
    seen["the weights"] = flat(
        v for v in model.variables if v.dtype == "float32" and id(v) not in known
    )
    return {**seen, "the moving averages": flat(averages)} if averages else seen
