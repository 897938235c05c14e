"""Probes of lesson 02: all of this may enter a kernel. None of it looks into a cache."""

from __future__ import annotations

import sys
from collections.abc import Callable
from typing import Any

import numpy as np

from autograder.probe import Probe, Probes, Tolerance
from autograder.toolbox import overwrite, snapshot

probes = Probes("02_backprop", __name__)

Inputs = dict[str, Any]
AFTERWARDS = "inputs afterwards"
OVERWRITTEN = "result after its inputs were overwritten"
CHECK_LAYER = "compare each gradient with numerical_gradient, on a batch whose sizes all differ."


def label(results: Any, labels: tuple[str, ...]) -> dict[str, Any]:
    """The results of a call under their names: one thing, or a tuple of several."""
    if len(labels) == 1:
        return {labels[0]: results}
    if not isinstance(results, list | tuple) or len(results) != len(labels):
        raise TypeError(f"({', '.join(labels)}) should come back, got {type(results).__name__}")
    return dict(zip(labels, results, strict=True))


class Pure:
    """Runs `name(**inputs)` and shows its results by name, the inputs afterwards, and the results
    again once the inputs were overwritten."""

    def __init__(self, name: str, *labels: str) -> None:
        self.name, self.labels = name, labels

    def __call__(self, impl: Any, inputs: Inputs) -> Any:
        named = label(getattr(impl, self.name)(**inputs), self.labels)
        seen = {**snapshot(named), AFTERWARDS: snapshot(inputs)}
        overwrite(inputs)
        seen[OVERWRITTEN] = snapshot(named)
        return seen


# numerical_gradient: large steps make the formula itself visible, far above rounding noise.


def cubic(rng: np.random.Generator) -> Inputs:
    return {"x": rng.uniform(0.5, 1.5, size=4), "c": rng.uniform(0.5, 1.5, size=4), "eps": 0.1}


@probes.probe(
    "numerical_gradient",
    "central differences of a cubic, eps = 0.1",
    points=0.5,
    inputs=cubic,
    experiment="try f(x) = x**3 at 1 with eps = 0.1: the two values are 1.331 and 0.729.",
)
def central_differences(impl: Any, inputs: Inputs) -> Any:
    def f(x: Any) -> Any:
        return np.sum(inputs["c"] * x**3) + x[0] * x[1] * x[2]

    return {"gradient": impl.numerical_gradient(f, inputs["x"], eps=inputs["eps"])}


@probes.probe(
    "numerical_gradient",
    "the default eps",
    points=0.25,
    inputs=lambda rng: {"x": rng.uniform(0.1, 1.0, size=3)},
    tolerance=Tolerance(1e-6, 1e-3),  # a wave of slope 1e5: rounding noise is about 1e-5
    experiment="count how f is called when nobody says what eps is.",
)
def default_eps(impl: Any, inputs: Inputs) -> Any:
    return {"gradient": impl.numerical_gradient(lambda x: np.sum(np.sin(1e5 * x)), inputs["x"])}


def shapes(rng: np.random.Generator) -> Inputs:
    sizes = {"a 0-d array": (), "a vector": (3,), "a table": (2, 3), "three axes": (2, 2, 3)}
    return {where: {"x": rng.normal(size=s), "w": rng.normal(size=s)} for where, s in sizes.items()}


@probes.probe(
    "numerical_gradient",
    "arrays of 0, 1, 2 and 3 axes",
    points=0.5,
    inputs=shapes,
    experiment="print the shape of what f gets: it is the shape of x.",
)
def any_shape(impl: Any, inputs: Inputs) -> Any:
    return {
        f"for {where}": {"gradient": slopes(impl, np.asarray(one["x"]), one["w"])}
        for where, one in inputs.items()
    }


def slopes(impl: Any, x: Any, w: Any) -> Any:
    """The learner's gradient of a sum of weighted sines and a product of neighbours."""
    return impl.numerical_gradient(lambda z: np.sum(np.sin(z) * w) + np.mean(z) ** 3, x, 0.01)


def table(rng: np.random.Generator) -> Inputs:
    return {"x": rng.normal(size=(4, 3)), "w": rng.normal(size=(4, 3))}


@probes.probe(
    "numerical_gradient",
    "arrays in Fortran order, and views",
    points=0.25,
    inputs=table,
    experiment="try x.T in place of x: is a flattened x.T a view, or a copy?",
)
def memory_order(impl: Any, inputs: Inputs) -> Any:
    x, w = inputs["x"], inputs["w"]
    return {
        "in Fortran order": {"gradient": slopes(impl, np.asfortranarray(x), w)},
        "for a transposed array": {"gradient": slopes(impl, x.T, w.T)},
        "for every other row": {"gradient": slopes(impl, np.repeat(x, 2, axis=0)[::2], w)},
        "for reversed rows": {"gradient": slopes(impl, x[::-1], w)},
    }


@probes.probe(
    "numerical_gradient",
    "a function that closes over x",
    points=0.25,
    inputs=table,
    experiment="print x inside f: it is the same at every call.",
)
def closes_over_x(impl: Any, inputs: Inputs) -> Any:
    x = inputs["x"]
    gradient = impl.numerical_gradient(lambda z: np.sum(z * x), x, eps=0.01)
    return {"gradient": gradient, AFTERWARDS: {"x": snapshot(x)}}


@probes.probe(
    "numerical_gradient",
    "x at every moment",
    points=0.25,
    inputs=table,
    experiment="set x.flags.writeable = False first: a write then shows its line.",
)
def every_moment(impl: Any, inputs: Inputs) -> Any:
    x, before, written = inputs["x"], inputs["x"].tobytes(), []

    def watch(frame: Any, event: str, arg: Any) -> Any:
        if x.tobytes() != before:
            written.append(event)
        return watch

    outer = sys.gettrace()
    sys.settrace(watch)
    try:
        gradient = impl.numerical_gradient(lambda z: np.sum(z**3), x, 0.01)
    finally:
        sys.settrace(outer)
    seen = {
        "gradient": snapshot(gradient),
        "x while it ran": "written to" if written else "untouched",
    }
    overwrite(inputs)
    return {**seen, OVERWRITTEN: snapshot(gradient)}


# relative_error


def near(rng: np.random.Generator) -> Inputs:
    a = rng.uniform(0.5, 2.0, size=(3, 4)) * rng.choice([-1, 1], size=(3, 4))
    a[1, 2] = abs(a[1, 2])
    away = rng.uniform(0.02, 0.1, size=(3, 4))
    away[1, 2] = rng.uniform(0.3, 0.6)  # the largest ratio, where a - b is negative
    return {"a": a, "b": a * (1 + away)}


def small_beside_large(rng: np.random.Generator) -> Inputs:
    a, b = near(rng).values()
    a[0, 0], a[2, 1] = 1e6, 1e-3
    b[0, 0], b[2, 1] = 1e6 * (1 + 1e-3), 1e-3 * rng.uniform(-0.5, -0.2)
    same = {"a": abs(a), "b": abs(b)}
    return {"where all signs are equal": same, "where two signs differ": {"a": a, "b": b}}


def relative_error_of(
    topic: str, name: str, inputs: Callable[..., Inputs], experiment: str
) -> None:
    """A probe that measures several pairs of arrays, each under its own phrase."""

    def run(impl: Any, given: Inputs) -> Any:
        return {where: {"error": impl.relative_error(p["a"], p["b"])} for where, p in given.items()}

    probe = Probe(name, topic, 0.25, inputs, run, experiment=experiment)
    probes.add("relative_error", probe)


def at_the_floor(rng: np.random.Generator) -> Inputs:
    unit = rng.uniform(0.8, 1.2)
    pairs = {
        "for zeros": (0.0, 0.0),
        "below the floor": (4e-13 * unit, 1e-13),
        "above the floor": (3e-12 * unit, 1e-12),
        "near 1e-9": (3e-9 * unit, 1e-9),
    }
    return {
        where: {"a": np.array([0.0, a]), "b": np.array([0.0, b])} for where, (a, b) in pairs.items()
    }


def whole_numbers(rng: np.random.Generator) -> Inputs:
    a = rng.integers(20, 40, size=5)
    return {"a": a, "b": a + rng.integers(1, 9, size=5)}


relative_error_of(
    "two arrays of one size",
    "one_scale",
    lambda rng: {"for a table": near(rng)},
    "try [3.0] against [1.0] and [1.0] against [3.0]: both are 0.5.",
)
relative_error_of(
    "a small entry beside a large one",
    "two_scales",
    small_beside_large,
    "try [1000, 0.003] against [1000, 0.001]: the second entry decides.",
)
relative_error_of(
    "zeros and the floor of 1e-12",
    "floor",
    at_the_floor,
    "try [0.0] against [0.0], and 4e-13 against 1e-13.",
)
probes.add(
    "relative_error",
    Probe("integers", "arrays of integers", 0.25, whole_numbers, Pure("relative_error", "error")),
)


# Pairs of a forward and a backward


class Layer:
    """A pair by the name of its layer. Gradients come back under their names."""

    def __init__(self, layer: str, *grads: str) -> None:
        self.layer, self.grads = layer, grads

    @property
    def key(self) -> str:
        return f"{self.layer}_forward__{self.layer}_backward"

    def forward(self, impl: Any, given: Inputs) -> Any:
        """`(out, cache)` for the arrays of `given`, without its dout."""
        arrays = {name: array for name, array in given.items() if name in ("x", "W", "b")}
        out, cache = getattr(impl, f"{self.layer}_forward")(**arrays)
        return out, cache

    def backward(self, impl: Any, dout: Any, cache: Any) -> dict[str, Any]:
        """The gradients by name."""
        return label(getattr(impl, f"{self.layer}_backward")(dout, cache), self.grads)


class Forward:
    """The values on the way forward, for each batch of the inputs."""

    def __init__(self, layer: Layer) -> None:
        self.layer = layer

    def __call__(self, impl: Any, inputs: Inputs) -> Any:
        return {where: {"out": self.layer.forward(impl, one)[0]} for where, one in inputs.items()}


class Backward:
    """The gradients, for each batch of the inputs."""

    def __init__(self, layer: Layer) -> None:
        self.layer = layer

    def __call__(self, impl: Any, inputs: Inputs) -> Any:
        seen = {}
        for where, one in inputs.items():
            _, cache = self.layer.forward(impl, one)
            seen[where] = self.layer.backward(impl, one["dout"], cache)
        return seen


class Outstanding:
    """Two forwards, then the first one's backward, the second one's, and the first one's again."""

    def __init__(self, layer: Layer) -> None:
        self.layer = layer

    def __call__(self, impl: Any, inputs: Inputs) -> Any:
        one, two = inputs.values()
        (_, first), (_, second) = self.layer.forward(impl, one), self.layer.forward(impl, two)
        return {
            where: snapshot(self.layer.backward(impl, dout, cache))
            for where, dout, cache in (
                ("in the earlier of two backward passes", one["dout"].copy(), first),
                ("in the later of two backward passes", two["dout"].copy(), second),
                ("when the earlier cache is used again", one["dout"][::-1].copy(), first),
            )
        }


class PurePair:
    """Values; then inputs, dout and out afterwards; then results once those were overwritten."""

    def __init__(self, layer: Layer) -> None:
        self.layer = layer

    def __call__(self, impl: Any, inputs: Inputs) -> Any:
        seen = {}
        for where, one in inputs.items():
            out, cache = self.layer.forward(impl, one)
            ahead = {"out": snapshot(out)}
            results = self.layer.backward(impl, one["dout"], cache)
            seen[where] = {
                **ahead,
                **snapshot(results),
                AFTERWARDS: snapshot(one),
                "after the backward": {"out": snapshot(out)},
            }
            overwrite(one)
            seen[where][OVERWRITTEN] = snapshot({"out": out, **results})
        return seen


LINEAR = Layer("linear", "dx", "dW", "db")


def linear_batch(rng: np.random.Generator, n: int, d: int, m: int) -> Inputs:
    sizes = {"x": (n, d), "W": (d, m), "b": (m,), "dout": (n, m)}
    return {name: rng.normal(size=size) for name, size in sizes.items()}


def linear_batches(**sizes: tuple[int, int, int]) -> Callable[[np.random.Generator], Inputs]:
    """Inputs for several batches, each under the phrase that names it."""

    def inputs(rng: np.random.Generator) -> Inputs:
        return {where.replace("_", " "): linear_batch(rng, *size) for where, size in sizes.items()}

    return inputs


for probe in (
    Probe(
        "forward",
        "the forward of a linear layer",
        0.5,
        linear_batches(for_five_rows=(5, 3, 4), for_one_row=(1, 2, 3), for_one_column=(4, 2, 1)),
        Forward(LINEAR),
    ),
    Probe(
        "backward",
        "its three gradients",
        0.5,
        linear_batches(for_five_rows=(5, 3, 4), for_two_rows=(2, 4, 3)),
        Backward(LINEAR),
        experiment=CHECK_LAYER,
    ),
    Probe(
        "square_and_one",
        "gradients where all sizes are equal, and for one row",
        0.5,
        linear_batches(for_square_arrays=(3, 3, 3), for_one_row=(1, 3, 2), for_one_input=(4, 1, 2)),
        Backward(LINEAR),
        experiment="check W alone with numerical_gradient, where all sizes are 3.",
    ),
    Probe(
        "outstanding",
        "two caches at once, and one used twice",
        0.25,
        linear_batches(first=(3, 2, 4), second=(3, 2, 4)),
        Outstanding(LINEAR),
        experiment="run two forwards before the first backward.",
    ),
    Probe(
        "pure",
        "nothing that was handed in is changed",
        0.25,
        linear_batches(for_three_rows=(3, 2, 4), for_one_row=(1, 2, 3)),
        PurePair(LINEAR),
    ),
):
    probes.add(LINEAR.key, probe)


def bend_batch(rng: np.random.Generator, *shape: int) -> Inputs:
    return {"x": 1.5 * rng.normal(size=shape), "dout": rng.normal(size=shape)}


def bend_batches(**shapes: tuple[int, ...]) -> Callable[[np.random.Generator], Inputs]:
    """Inputs of an elementwise layer, each under the phrase that names it."""

    def inputs(rng: np.random.Generator) -> Inputs:
        return {where.replace("_", " "): bend_batch(rng, *shape) for where, shape in shapes.items()}

    return inputs


class At:
    """Inputs at chosen points, with a random dout."""

    def __init__(self, where: str, *points: float) -> None:
        self.where, self.points = where, points

    def __call__(self, rng: np.random.Generator) -> Inputs:
        x = np.array(self.points)[:, None] * np.ones(2)
        return {self.where: {"x": x, "dout": rng.uniform(0.5, 1.5, size=x.shape)}}


class ForwardAndBackward:
    """Both ways, for each batch of the inputs."""

    def __init__(self, layer: Layer) -> None:
        self.layer = layer

    def __call__(self, impl: Any, inputs: Inputs) -> Any:
        ahead, back = Forward(self.layer)(impl, inputs), Backward(self.layer)(impl, inputs)
        return {where: {**ahead[where], **back[where]} for where in inputs}


def bend(layer: str, edge: At, topic: str, experiment: str) -> None:
    """The probes of one elementwise layer."""
    pair = Layer(layer, "dx")
    for probe in (
        Probe(
            "forward",
            f"the values of {layer}",
            0.5,
            bend_batches(for_a_batch=(4, 5), for_three_axes=(2, 3, 2)),
            Forward(pair),
        ),
        Probe(
            "backward",
            f"the gradient of {layer}",
            0.5,
            bend_batches(for_a_batch=(4, 5), for_three_axes=(2, 3, 2)),
            Backward(pair),
            experiment="compare it with numerical_gradient of np.sum(out * dout), dout random.",
        ),
        Probe("edge", topic, 0.5, edge, ForwardAndBackward(pair), experiment=experiment),
        Probe(
            "outstanding",
            "two caches at once, and one used twice",
            0.25,
            bend_batches(first=(3, 4), second=(3, 4)),
            Outstanding(pair),
            experiment="run two forwards before the first backward, and one backward twice.",
        ),
        Probe(
            "pure",
            "nothing that was handed in is changed",
            0.25,
            bend_batches(for_a_batch=(4, 5), for_one_row=(1, 3)),
            PurePair(pair),
        ),
    ):
        probes.add(pair.key, probe)


bend(
    "relu",
    At("around 0", 0.0, -0.0, 1e-9, -1e-9, 2.0, -2.0),
    "exactly at 0, and close to it",
    "try x = 0.0 and 1e-9 with dout = 1: the gradients are 0 and 1.",
)
FAR_OUT = (-1e4, -700.0, -30.0, 0.0, 30.0, 800.0, 1e4)
bend("sigmoid", At("far out", *FAR_OUT), "far out, at -1e4 and 1e4", "print out and dx at x = 1e4.")
bend("tanh", At("far out", *FAR_OUT), "far out, at -1e4 and 1e4", "print out and dx at x = 1e4.")


# softmax_cross_entropy


def batch_of_logits(rng: np.random.Generator, n: int, c: int) -> Inputs:
    return {"logits": 2 * rng.normal(size=(n, c)), "targets": rng.integers(0, c, size=n)}


def loss_batches(rng: np.random.Generator) -> Inputs:
    return {
        "for six rows": batch_of_logits(rng, 6, 4),
        "for three rows": batch_of_logits(rng, 3, 5),
    }


def one_and_doubled(rng: np.random.Generator) -> Inputs:
    once = batch_of_logits(rng, 3, 4)
    twice = {name: np.concatenate([array, array]) for name, array in once.items()}
    square = {"logits": rng.normal(size=(3, 3)), "targets": np.array([2, 0, 2])}
    return {
        "for one row": batch_of_logits(rng, 1, 3),
        "for every row twice": twice,
        "for as many rows as classes": square,
    }


def far_logits(rng: np.random.Generator) -> Inputs:
    near_rows = rng.normal(size=(3, 4))
    shifts = np.array([[1e4], [-1e4], [0.0]])
    gap = float(rng.uniform(0.5, 2.0))
    return {
        "for rows of -1e4 and of 1e4": {
            "logits": near_rows + shifts,
            "targets": rng.integers(0, 4, size=3),
        },
        "for a target 1e4 below": {"logits": np.array([[0.0, 1e4]]), "targets": np.array([0])},
        "for a target 2e4 below": {
            "logits": np.array([[1e4, -1e4, 1e4 - gap]]),
            "targets": np.array([1]),
        },
        "for a target 1e4 above": {"logits": np.array([[1e4, 0.0]]), "targets": np.array([0])},
        "for a target 100 below": {
            "logits": np.array([[-50.0 - gap, 50.0]]),
            "targets": np.array([0]),
        },
    }


def loss_only(impl: Any, inputs: Inputs) -> Any:
    return {where: {"loss": impl.softmax_cross_entropy(**b)[0]} for where, b in inputs.items()}


def dlogits_only(impl: Any, inputs: Inputs) -> Any:
    return {where: {"dlogits": impl.softmax_cross_entropy(**b)[1]} for where, b in inputs.items()}


def loss_and_dlogits(impl: Any, inputs: Inputs) -> Any:
    seen = {}
    for where, batch in inputs.items():
        loss, dlogits = impl.softmax_cross_entropy(**batch)
        seen[where] = {"loss": loss, "dlogits": dlogits}
    return seen


for probe in (
    Probe(
        "loss",
        "the loss of two batches",
        0.5,
        loss_batches,
        loss_only,
        experiment="try logits of all zeros: the loss is the logarithm of the number of classes.",
    ),
    Probe(
        "gradient",
        "the gradient of two batches",
        0.5,
        loss_batches,
        dlogits_only,
        experiment="sum each row of dlogits, and compare with numerical_gradient of the loss.",
    ),
    Probe(
        "batch_sizes",
        "one row, and every row twice",
        0.25,
        one_and_doubled,
        loss_and_dlogits,
        experiment="stack a batch on itself: the loss stays, each row's gradient halves.",
    ),
    Probe(
        "stable",
        "logits of -1e4 and 1e4",
        0.5,
        far_logits,
        loss_and_dlogits,
        experiment="try logits [[0, 1e4]] with target 0: the loss is 10000.",
    ),
    Probe(
        "pure",
        "nothing that was handed in is changed",
        0.25,
        lambda rng: batch_of_logits(rng, 4, 3),
        Pure("softmax_cross_entropy", "loss", "dlogits"),
    ),
):
    probes.add("softmax_cross_entropy", probe)


# mse_backward


def predictions(*shape: int) -> Callable[[np.random.Generator], Inputs]:
    return lambda rng: {"pred": rng.normal(size=shape), "target": rng.normal(size=shape)}


def dpred(impl: Any, inputs: Inputs) -> Any:
    return {"dpred": impl.mse_backward(**inputs)}


COMPARE_MSE = "compare it with numerical_gradient of np.mean((pred - target) ** 2)."
for probe in (
    Probe("vector", "a vector", 0.25, predictions(5), dpred, experiment=COMPARE_MSE),
    Probe("table", "a table", 0.5, predictions(4, 3), dpred, experiment=COMPARE_MSE),
    Probe(
        "pure",
        "three axes, and nothing that was handed in is changed",
        0.25,
        predictions(2, 3, 2),
        Pure("mse_backward", "dpred"),
    ),
):
    probes.add("mse_backward", probe)


# mlp_loss_and_grads, train_mlp


def network(rng: np.random.Generator, n: int, d: int, h: int, c: int) -> Inputs:
    sizes = {"b2": (c,), "W1": (d, h), "b1": (h,), "W2": (h, c)}  # an order that is not the text's
    return {
        "params": {name: rng.normal(size=size) for name, size in sizes.items()},
        "x": rng.normal(size=(n, d)),
        "y": rng.integers(0, c, size=n),
    }


def networks(**sizes: tuple[int, int, int, int]) -> Callable[[np.random.Generator], Inputs]:
    """Several networks with a batch each, under the phrase that names them."""

    def inputs(rng: np.random.Generator) -> Inputs:
        return {where.replace("_", " "): network(rng, *size) for where, size in sizes.items()}

    return inputs


def corners(rng: np.random.Generator) -> Inputs:
    """A row of zeros with zero biases puts hidden units exactly at 0."""
    at_zero = network(rng, 4, 3, 5, 3)
    at_zero["x"][1] = 0.0
    at_zero["params"]["b1"][[0, 2, 3]] = 0.0
    return {"for hidden units at 0": at_zero, "for one row": network(rng, 1, 3, 4, 3)}


def large_logits(rng: np.random.Generator) -> Inputs:
    wide = network(rng, 4, 3, 5, 3)
    wide["params"]["b2"] = np.array([1e4, 0.0, -1e4])
    apart = network(rng, 3, 2, 4, 3)
    apart["params"]["b2"] += 1e4
    return {"for logits 1e4 apart": wide, "for logits near 1e4": apart}


class LossAndGrads:
    """The loss or some of the gradients, for each network of the inputs."""

    def __init__(self, *names: str) -> None:
        self.names = names

    def __call__(self, impl: Any, inputs: Inputs) -> Any:
        seen = {}
        for where, one in inputs.items():
            loss, grads = impl.mlp_loss_and_grads(**one)
            named = {
                "loss": loss,
                **{f"the gradient of {name}": grad for name, grad in grads.items()},
            }
            seen[where] = {name: named[name] for name in self.names}
        return seen


HIDDEN = ("the gradient of W1", "the gradient of b1")
OUTPUT = ("the gradient of W2", "the gradient of b2")
CHECK_NETWORK = "check one parameter at a time with numerical_gradient, the last layer first."
two_networks = networks(for_a_batch=(6, 3, 5, 4), for_square_arrays=(3, 3, 3, 3))
for probe in (
    Probe("loss", "the loss", 0.5, two_networks, LossAndGrads("loss")),
    Probe(
        "output_layer",
        "the gradients of W2 and b2",
        1.0,
        two_networks,
        LossAndGrads(*OUTPUT),
        experiment=CHECK_NETWORK,
    ),
    Probe(
        "hidden_layer",
        "the gradients of W1 and b1",
        1.0,
        two_networks,
        LossAndGrads(*HIDDEN),
        experiment=CHECK_NETWORK,
    ),
    Probe(
        "corners",
        "hidden units exactly at 0, and one row",
        0.5,
        corners,
        LossAndGrads("loss", *OUTPUT, *HIDDEN),
        experiment="set a row of x and b1 to 0: its hidden units sit at 0, and pass no blame.",
    ),
    Probe(
        "stable",
        "logits near 1e4",
        0.5,
        large_logits,
        LossAndGrads("loss", *OUTPUT, *HIDDEN),
        experiment="add 10000 to b2: neither loss nor gradients change.",
    ),
    Probe(
        "pure",
        "its keys, and nothing that was handed in is changed",
        0.5,
        lambda rng: network(rng, 4, 2, 3, 3),
        Pure("mlp_loss_and_grads", "loss", "grads"),
    ),
):
    probes.add("mlp_loss_and_grads", probe)


def training(steps: int, lr: float) -> Callable[[np.random.Generator], Inputs]:
    return lambda rng: {**network(rng, 7, 3, 4, 3), "lr": lr, "steps": steps}


class Train:
    """The parameters or the losses after training; losses may be any sequence of floats."""

    def __init__(self, *names: str) -> None:
        self.names = names

    def __call__(self, impl: Any, inputs: Inputs) -> Any:
        params, losses = impl.train_mlp(**inputs)
        seen = {"params": snapshot(params), "losses": np.array(losses, dtype=np.float64)}
        seen = {name: seen[name] for name in self.names}
        if "params" in self.names and "losses" in self.names:
            seen[AFTERWARDS] = snapshot(inputs)
            overwrite(inputs)
            seen[OVERWRITTEN] = snapshot(params)
        return seen


for probe in (
    Probe(
        "one_step",
        "the parameters after one step",
        0.5,
        training(1, 0.7),
        Train("params"),
        experiment="take one step, and subtract: new - old is -lr times the gradient.",
    ),
    Probe(
        "six_steps",
        "the parameters after six steps",
        0.5,
        training(6, 0.3),
        Train("params"),
        experiment="compare train_mlp(..., steps=2) with two calls of steps=1.",
    ),
    Probe(
        "losses",
        "the losses of six steps",
        0.5,
        training(6, 0.3),
        Train("losses"),
        experiment="compare losses[0] with the loss of the parameters that you were given.",
    ),
    Probe("no_steps", "no steps at all", 0.25, training(0, 0.3), Train("params", "losses")),
    Probe(
        "pure",
        "nothing that was handed in is changed",
        0.25,
        training(2, 0.3),
        Train("params", "losses"),
    ),
):
    probes.add("train_mlp", probe)


for topic in ("step_size", "duplicated_batch", "all_zeros"):
    probes.prediction(topic)
