"""Probes of lesson 10: all of this may enter a kernel.

Models are built inside `run` from arrays in the inputs, in float64 and without kinks, so that every
right order of operations agrees to far less than the tolerance.
"""

from __future__ import annotations

import functools
import random
import weakref
from collections.abc import Callable, Iterator
from typing import Any

import numpy as np
import torch
from torch import nn
from torch.nn import functional as F
from torch.utils.data import DataLoader, Dataset, TensorDataset

from autograder.api import FLOAT32, Probe, Probes, Tolerance

probes = Probes("10_training_loop", __name__)
for asked in ("forgotten_zero", "uneven_batches", "stuck_in_eval"):
    probes.prediction(asked)

FEATURES, HIDDEN, CLASSES = 4, 5, 3
CPU = torch.device("cpu")
# In float64 right answers differ by a float32 running sum at most, 1e-7 of the value.
CLOSE = Tolerance(1e-5, 1e-7)


# What the probes are made of


class Notes(list[Any]):
    """What a model notes; a copy of the model notes it in the same place."""

    def __deepcopy__(self, memo: Any) -> Notes:
        return self


class Net(nn.Module):
    """Two layers, between them batch norm or dropout on request; notes each forward pass."""

    def __init__(self, weights: dict[str, Any], norm: bool = False, dropout: float = 0.0) -> None:
        super().__init__()
        self.first = nn.Linear(FEATURES, HIDDEN)
        self.norm = nn.BatchNorm1d(HIDDEN) if norm else nn.Identity()
        self.dropout = nn.Dropout(dropout)
        self.last = nn.Linear(HIDDEN, weights["last.bias"].shape[0])
        self.to(torch.float64)
        with torch.no_grad():
            for name, value in weights.items():
                self.get_parameter(name).copy_(torch.as_tensor(value))
        self.passes = Notes()

    def forward(self, x: Any) -> Any:
        out = self.last(self.dropout(torch.tanh(self.norm(self.first(x)))))
        self.passes.append({"training": self.training, "graph": out.requires_grad})
        return out


def some_weights(rng: np.random.Generator, outputs: int = CLASSES) -> dict[str, Any]:
    return {
        "first.weight": rng.normal(size=(HIDDEN, FEATURES)) / 2,
        "first.bias": rng.normal(size=HIDDEN) / 4,
        "last.weight": rng.normal(size=(outputs, HIDDEN)),
        "last.bias": rng.normal(size=outputs) / 4,
    }


def numpy_logits(weights: dict[str, Any], x: Any) -> Any:
    hidden = np.tanh(x @ weights["first.weight"].T + weights["first.bias"])
    return hidden @ weights["last.weight"].T + weights["last.bias"]


def lopsided(outputs: Any, targets: Any) -> Any:
    """A batch mean that tells outputs from targets."""
    return ((outputs - targets) ** 2 * (1 + targets**2)).mean()


def plain(value: Any) -> Any:
    """Any 0-d NumPy value is a float; what else comes is shown as it is (a tensor is no float)."""
    if isinstance(value, np.generic) or (isinstance(value, np.ndarray) and value.ndim == 0):
        return float(value)
    return [plain(item) for item in value] if isinstance(value, list | tuple) else value


def array(value: Any) -> Any:
    """A copy of a tensor's numbers; what is no tensor is shown as it is."""
    return value.detach().cpu().numpy().copy() if isinstance(value, torch.Tensor) else value


def weights_of(model: nn.Module) -> dict[str, Any]:
    return {name: array(value) for name, value in model.named_parameters()}


def buffers_of(model: nn.Module) -> dict[str, Any]:
    return {name: array(value) for name, value in model.named_buffers()}


def modes_of(model: Net) -> dict[str, bool]:
    parts = {"model": model, "batch norm": model.norm, "dropout": model.dropout}
    return {f"training flag of the {name}": part.training for name, part in parts.items()}


def cut(sizes: list[int], *arrays: Any) -> list[tuple[Any, ...]]:
    """Batches of these sizes, as tuples of tensors."""
    ends = np.cumsum(sizes)
    return [
        tuple(torch.as_tensor(a[end - size : end]) for a in arrays)
        for size, end in zip(sizes, ends, strict=True)
    ]


def once(batches: list[Any]) -> Iterator[Any]:
    """Batches that can be gone through once, and that have no length."""
    yield from batches


def sgd(model: nn.Module, lr: float) -> torch.optim.Optimizer:
    return torch.optim.SGD(model.parameters(), lr=lr, momentum=0.9)


def labelled(sizes: list[int]) -> Callable[[np.random.Generator], dict[str, Any]]:
    """Inputs for batches of these sizes. Later batches are harder, so that their sizes matter."""

    def inputs(rng: np.random.Generator) -> dict[str, Any]:
        n = sum(sizes)
        harder = np.repeat(np.linspace(0.5, 3.0, len(sizes)), sizes)
        return {
            "weights": some_weights(rng),
            "sizes": sizes,
            "x": rng.normal(size=(n, FEATURES)) * harder[:, None],
            "y": rng.integers(CLASSES, size=n),
        }

    return inputs


# train_step


def regression(rng: np.random.Generator) -> dict[str, Any]:
    return {
        "weights": some_weights(rng, outputs=2),
        "x": rng.normal(size=(3, 6, FEATURES)),
        "y": rng.normal(size=(3, 6, 2)) + 1,
    }


@probes.probe(
    "train_step",
    "three steps in a row, with momentum",
    points=1.0,
    inputs=regression,
    tolerance=CLOSE,
    experiment="call your train_step twice and print the gradients, p.grad, just before the step.",
)
def three_steps(impl: Any, inputs: dict[str, Any]) -> Any:
    model = Net(inputs["weights"])
    optimizer = sgd(model, 0.02)
    seen = {}
    for step, (x, y) in enumerate(zip(inputs["x"], inputs["y"], strict=True), 1):
        batch = torch.as_tensor(x), torch.as_tensor(y)
        loss = impl.train_step(model, batch, lopsided, optimizer)
        seen[f"after step {step}"] = {"the returned loss": plain(loss), **weights_of(model)}
    return seen


@probes.probe(
    "train_step",
    "a first step, with gradients left over from earlier",
    points=0.5,
    inputs=labelled([7]),
    tolerance=CLOSE,
    experiment="fill every p.grad with ones, take one step, and see whether the ones had a say.",
)
def old_gradients(impl: Any, inputs: dict[str, Any]) -> Any:
    model = Net(inputs["weights"])
    optimizer = torch.optim.SGD(model.parameters(), lr=0.1, weight_decay=0.05)
    for number, p in enumerate(model.parameters()):
        p.grad = torch.full_like(p, 1.0 + number)
    batch = [torch.as_tensor(inputs["x"]), torch.as_tensor(inputs["y"])]
    loss = impl.train_step(model, batch, nn.CrossEntropyLoss(), optimizer)
    return {"the returned loss": plain(loss), **weights_of(model)}


@probes.probe(
    "train_step",
    "training and evaluation mode left alone",
    points=0.25,
    inputs=labelled([7]),
    tolerance=CLOSE,
)
def mode_left_alone(impl: Any, inputs: dict[str, Any]) -> Any:
    seen = {}
    for mode in ("training mode", "evaluation mode", "training mode but for a frozen batch norm"):
        model = Net(inputs["weights"], norm=True).train(mode != "evaluation mode")
        if "frozen" in mode:
            model.norm.eval()
        batch = torch.as_tensor(inputs["x"]), torch.as_tensor(inputs["y"])
        loss = impl.train_step(model, batch, F.cross_entropy, sgd(model, 0.1))
        seen[f"in {mode}"] = {
            "the returned loss": plain(loss),
            **modes_of(model),
            **buffers_of(model),
            **weights_of(model),
        }
    return seen


@probes.probe(
    "train_step",
    "the batch itself stays as it was",
    points=0.25,
    inputs=labelled([7]),
    tolerance=FLOAT32,
)
def batch_unchanged(impl: Any, inputs: dict[str, Any]) -> Any:
    model = Net(inputs["weights"]).float()
    x, y = torch.as_tensor(inputs["x"]).float(), torch.as_tensor(inputs["y"])
    loss = impl.train_step(model, (x, y), F.cross_entropy, sgd(model, 0.1))
    return {
        "the returned loss": plain(loss),
        **weights_of(model),
        "inputs afterwards": {"the batch's inputs": array(x), "the batch's targets": array(y)},
    }


# train_epoch


def epoch_seen(impl: Any, model: Net, loader: Any, criterion: Any, lr: float) -> dict[str, Any]:
    loss = impl.train_epoch(model, loader, criterion, sgd(model, lr), CPU)
    return {"the returned loss": plain(loss), **weights_of(model)}


@probes.probe(
    "train_epoch",
    "batches of 6, 6, 6 and 2, from a generator",
    points=0.75,
    inputs=labelled([6, 6, 6, 2]),
    tolerance=CLOSE,
    experiment="with lr=0 the result has to be the same number for every batch size: try 10 and 7.",
)
def uneven_batches(impl: Any, inputs: dict[str, Any]) -> Any:
    loader = once(cut(inputs["sizes"], inputs["x"], inputs["y"]))
    return epoch_seen(impl, Net(inputs["weights"]), loader, F.cross_entropy, 0.05)


@probes.probe(
    "train_epoch",
    "training mode, for a model that comes in evaluation mode",
    points=0.5,
    inputs=labelled([6, 4]),
    tolerance=CLOSE,
)
def in_training_mode(impl: Any, inputs: dict[str, Any]) -> Any:
    model = Net(inputs["weights"], norm=True).eval()
    loader = cut(inputs["sizes"], inputs["x"], inputs["y"])
    seen = epoch_seen(impl, model, loader, nn.CrossEntropyLoss(), 0.05)
    modes = [one["training"] for one in model.passes if one["graph"]]
    return {"training mode in the forward passes": all(modes), **buffers_of(model), **seen}


def table_of_targets(rng: np.random.Generator) -> dict[str, Any]:
    return {
        "weights": some_weights(rng, outputs=2),
        "x": rng.normal(size=(9, FEATURES)),
        "y": rng.normal(size=(9, 2)) * np.linspace(0.5, 3, 9)[:, None],
    }


@probes.probe(
    "train_epoch",
    "two targets a sample, and a last batch of one",
    points=0.25,
    inputs=table_of_targets,
    tolerance=CLOSE,
)
def last_batch_of_one(impl: Any, inputs: dict[str, Any]) -> Any:
    pairs = TensorDataset(torch.as_tensor(inputs["x"]), torch.as_tensor(inputs["y"]))
    return epoch_seen(
        impl, Net(inputs["weights"]), DataLoader(pairs, batch_size=4), lopsided, 0.005
    )


class Noting(nn.Module):
    """Notes whether outputs and targets are on one device, and gives a loss on the CPU."""

    def __init__(self) -> None:
        super().__init__()
        self.apart = False

    def forward(self, outputs: Any, targets: Any) -> Any:
        self.apart = self.apart or outputs.device != targets.device
        return torch.tensor(0.5, requires_grad=True)


class Placed(nn.Module):
    """A linear model on the device without memory ("meta") that notes where its inputs are."""

    def __init__(self) -> None:
        super().__init__()
        self.layer = nn.Linear(FEATURES, CLASSES, device="meta")
        self.arrived = Notes()

    def forward(self, x: Any) -> Any:
        self.arrived.append(x.device.type)
        return self.layer(x)


def where_batches_go(call: Callable[[Placed, Noting, torch.device], Any]) -> dict[str, Any]:
    """Where inputs and targets are when they reach a model on another device.

    Tensors on "meta" have no numbers, so a right answer may well stop at its first `.item()`: what
    counts is what was noted before.
    """
    model, criterion = Placed(), Noting()
    apart = False
    try:
        call(model, criterion, torch.device("meta"))
    except Exception as error:
        if "is not written yet" in str(error):
            raise
        apart = "expected device" in str(error) or "same device" in str(error)
    return {
        "the device of the inputs": max(model.arrived, key="meta".__ne__, default="none"),
        "anything reached the model": bool(model.arrived),
        "outputs and targets on different devices": criterion.apart or apart,
    }


def small_batches(inputs: dict[str, Any]) -> list[tuple[Any, ...]]:
    return cut(inputs["sizes"], inputs["x"].astype(np.float32), inputs["y"])


def on_the_cpu(inputs: dict[str, Any]) -> tuple[Net, list[tuple[Any, ...]]]:
    """A model and batches whose numbers can be looked at: a side condition alone earns nothing."""
    return Net(inputs["weights"]), cut(inputs["sizes"], inputs["x"], inputs["y"])


@probes.probe(
    "train_epoch",
    "batches moved to the device",
    points=0.25,
    inputs=labelled([5, 4]),
    tolerance=CLOSE,
)
def epoch_moves_batches(impl: Any, inputs: dict[str, Any]) -> Any:
    places = where_batches_go(
        lambda model, criterion, device: impl.train_epoch(
            model,
            small_batches(inputs),
            criterion,
            torch.optim.SGD(model.parameters(), lr=0.1),
            device,
        )
    )
    here = epoch_seen(impl, *on_the_cpu(inputs), F.cross_entropy, 0.05)
    return {**places, "on the CPU": here}


class Mark:
    """A gradient hook that lives as long as the graph that it hangs on."""

    def __call__(self, gradient: Any) -> None:
        return None


@probes.probe(
    "train_epoch",
    "memory that does not grow from batch to batch",
    points=0.25,
    inputs=labelled([3] * 8),
    tolerance=CLOSE,
)
def graphs_let_go(impl: Any, inputs: dict[str, Any]) -> Any:
    marks: list[Any] = []
    alive: list[int] = []

    def criterion(outputs: Any, targets: Any) -> Any:
        alive.append(sum(mark() is not None for mark in marks))
        loss: Any = F.cross_entropy(outputs, targets)
        mark = Mark()
        loss.register_hook(mark)
        marks.append(weakref.ref(mark))
        return loss

    loader = cut(inputs["sizes"], inputs["x"], inputs["y"])
    loss = impl.train_epoch(
        model := Net(inputs["weights"]), loader, criterion, sgd(model, 0.05), CPU
    )
    return {"the returned loss": plain(loss), "graphs of earlier batches": max(alive)}


# evaluate


def partly_right(rng: np.random.Generator) -> dict[str, Any]:
    """Batches of 6, 6 and 1 of which the model has 5, 3 and 0 right."""
    weights, x = some_weights(rng), rng.normal(size=(13, FEATURES)) * 2
    hits = np.array([1, 1, 0, 1, 1, 1, 0, 1, 0, 1, 0, 1, 0], dtype=bool)
    best = numpy_logits(weights, x).argmax(axis=1)
    misses = (best + rng.integers(1, CLASSES, size=13)) % CLASSES
    return {"weights": weights, "sizes": [6, 6, 1], "x": x, "y": np.where(hits, best, misses)}


def named(result: Any) -> dict[str, Any]:
    return result if isinstance(result, dict) else {"result": result}


def measured(result: Any) -> Any:
    """(loss, accuracy) with names; anything else as it came."""
    if isinstance(result, list | tuple) and len(result) == 2:
        return {"the loss": plain(result[0]), "the accuracy": plain(result[1])}
    return result


@probes.probe(
    "evaluate",
    "batches of 6, 6 and 1, from a generator",
    points=0.75,
    inputs=partly_right,
    tolerance=CLOSE,
    experiment="evaluate the same data in batches of 13, of 6 and of 1: nothing may change.",
)
def uneven_evaluation(impl: Any, inputs: dict[str, Any]) -> Any:
    loader = once(cut(inputs["sizes"], inputs["x"], inputs["y"]))
    return measured(impl.evaluate(Net(inputs["weights"]), loader, F.cross_entropy, CPU))


@probes.probe(
    "evaluate",
    "dropout and batch norm in evaluation mode, and training mode again afterwards",
    points=0.5,
    inputs=labelled([6, 3]),
    tolerance=CLOSE,
)
def training_model(impl: Any, inputs: dict[str, Any]) -> Any:
    return {"for a model in training mode": traces(impl, inputs, training=True)}


@probes.probe(
    "evaluate",
    "no trace left on a model in evaluation mode, gradients switched off",
    points=0.25,
    inputs=labelled([6, 3]),
    tolerance=CLOSE,
)
def evaluation_model(impl: Any, inputs: dict[str, Any]) -> Any:
    with torch.no_grad():
        return {"for a model in evaluation mode": traces(impl, inputs, training=False)}


def traces(impl: Any, inputs: dict[str, Any], training: bool) -> dict[str, Any]:
    model = Net(inputs["weights"], norm=True, dropout=0.5).train(training)
    norm: Any = model.norm
    norm.running_mean.add_(0.3)
    norm.running_var.mul_(1.7)
    model.last.weight.requires_grad_(False)
    for p in (model.first.weight, model.first.bias):
        p.grad = torch.full_like(p, 0.25)
    torch.manual_seed(inputs["sizes"][0])
    loader = cut(inputs["sizes"], inputs["x"], inputs["y"])
    result = impl.evaluate(model, loader, nn.CrossEntropyLoss(), CPU)
    return {
        **named(measured(result)),
        "afterwards": {
            **modes_of(model),
            **buffers_of(model),
            **weights_of(model),
            "global grad mode": torch.is_grad_enabled(),
            **{f"{n}.requires_grad": p.requires_grad for n, p in model.named_parameters()},
            **{f"{n}.grad": array(p.grad) for n, p in model.named_parameters()},
        },
    }


@probes.probe("evaluate", "no graph", points=0.25, inputs=labelled([6, 3]), tolerance=CLOSE)
def no_graph(impl: Any, inputs: dict[str, Any]) -> Any:
    model = Net(inputs["weights"])
    loader = cut(inputs["sizes"], inputs["x"], inputs["y"])
    result = impl.evaluate(model, loader, nn.CrossEntropyLoss(), CPU)
    graph = any(one["graph"] for one in model.passes)
    return {"a graph behind the outputs": graph, **named(measured(result))}


@probes.probe(
    "evaluate", "batches moved to the device", points=0.25, inputs=labelled([5, 4]), tolerance=CLOSE
)
def evaluation_moves_batches(impl: Any, inputs: dict[str, Any]) -> Any:
    places = where_batches_go(
        lambda model, criterion, device: impl.evaluate(
            model, small_batches(inputs), criterion, device
        )
    )
    here = measured(impl.evaluate(*on_the_cpu(inputs), F.cross_entropy, CPU))
    return {**places, "on the CPU": here}


# seed_everything


class Draws:
    """Draws of one generator: after a seed, after the same again, and after another."""

    def __init__(self, draw: Callable[[], list[float]]) -> None:
        self.draw = draw

    def __call__(self, impl: Any, inputs: dict[str, Any]) -> list[Any]:
        drawn = []
        for seed in (*inputs["seeds"], inputs["seeds"][0], 0):
            impl.seed_everything(seed)
            drawn.append(self.draw())
            for _ in range(seed % 3):
                self.draw()
        return drawn


def python_draws() -> list[float]:
    return [random.random() for _ in range(4)]


def numpy_draws() -> list[float]:
    return [float(x) for x in np.random.rand(4)]  # noqa: NPY002


def torch_draws() -> list[float]:
    return [float(x) for x in torch.rand(4, dtype=torch.float64)]


def two_seeds(rng: np.random.Generator) -> dict[str, Any]:
    one = int(rng.integers(1, 2**31))
    return {"seeds": [one, one + int(rng.integers(1, 1000))]}


SOURCES = {
    "python": ("Python's random", 0.25, python_draws),
    "numpy": ("NumPy's global generator", 0.25, numpy_draws),
    "torch": ("torch's generator", 0.5, torch_draws),
}
for source, (called, worth, draws) in SOURCES.items():
    probes.add(
        "seed_everything",
        Probe(f"{source}_draws", called, worth, two_seeds, Draws(draws), FLOAT32),
    )


# make_loader


SAMPLES, BATCH = 23, 5


class Numbered(Dataset[Any]):
    """Pairs that say which sample they are."""

    def __init__(self, n: int) -> None:
        self.n = n

    def __len__(self) -> int:
        return self.n

    def __getitem__(self, index: int) -> tuple[Any, int]:
        if not 0 <= index < self.n:
            raise IndexError(index)
        return torch.tensor([float(index), 0.5]), 2 * int(index) + 1


def numbered(n: int) -> Any:
    """The same pairs as a TensorDataset, as most data come."""
    index = torch.arange(n)
    return TensorDataset(torch.stack([index.float(), torch.full((n,), 0.5)], dim=1), 2 * index + 1)


def one_epoch(loader: Any) -> list[Any]:
    """Which samples came, batch by batch."""
    return [[int(sample) for sample in batch[0][:, 0]] for batch in loader]


def loader_seeds(rng: np.random.Generator) -> dict[str, Any]:
    seed = int(rng.integers(1, 2**31))
    return {"seed": seed, "other": seed + int(rng.integers(1, 1000)), "noise": seed % 97}


def disturb(noise: int) -> None:
    """What else may draw random numbers in a run."""
    for generator in (random.seed, np.random.seed, torch.manual_seed):
        generator(noise)
    torch.rand(noise % 5 + 1)


@probes.probe(
    "make_loader",
    "the same order again, whatever else draws random numbers",
    points=0.75,
    inputs=loader_seeds,
)
def same_order_again(impl: Any, inputs: dict[str, Any]) -> Any:
    quiet = impl.make_loader(numbered(SAMPLES), BATCH, inputs["seed"])
    alone = [one_epoch(quiet) for _ in range(3)]
    disturb(inputs["noise"])
    busy = impl.make_loader(numbered(SAMPLES), BATCH, inputs["seed"])
    disturbed = []
    for epoch in range(3):
        disturb(inputs["noise"] + 7 * epoch)
        disturbed.append(one_epoch(busy))
    return {"alone": alone, "disturbed": disturbed}


@probes.probe(
    "make_loader", "another order in each epoch and for each seed", points=0.5, inputs=loader_seeds
)
def orders_differ(impl: Any, inputs: dict[str, Any]) -> Any:
    one = impl.make_loader(numbered(SAMPLES), BATCH, inputs["seed"])
    other = impl.make_loader(numbered(SAMPLES), BATCH, inputs["other"])
    return {"one": [one_epoch(one) for _ in range(3)], "other": [one_epoch(other)]}


@probes.probe(
    "make_loader",
    "every sample once, inputs with their targets, the partial last batch kept",
    points=0.5,
    inputs=loader_seeds,
)
def every_sample_once(impl: Any, inputs: dict[str, Any]) -> Any:
    seen = {}
    for n in (SAMPLES, 2):
        loader = impl.make_loader(Numbered(n), BATCH, inputs["seed"])
        seen[n] = [(array(x), array(y)) for x, y in loader]
    return seen


@probes.probe(
    "make_loader", "the order of the data set without shuffle", points=0.25, inputs=loader_seeds
)
def order_kept(impl: Any, inputs: dict[str, Any]) -> Any:
    loader = impl.make_loader(numbered(SAMPLES), BATCH, inputs["seed"], shuffle=False)
    return {f"in epoch {epoch}": {"order": one_epoch(loader)} for epoch in (1, 2)}


# fit


KEYS = ("lr", "train_loss", "val_loss", "val_accuracy")


def training_and_validation(rng: np.random.Generator) -> dict[str, Any]:
    """A rule to learn; for validation other samples, some with labels that break it, and
    samples of the training with labels that all follow the rule, or all break it."""
    rule = rng.normal(size=(FEATURES, CLASSES))
    x, other = rng.normal(size=(16, FEATURES)), rng.normal(size=(11, FEATURES))
    y, y_other = (x @ rule).argmax(axis=1), (other @ rule).argmax(axis=1)
    return {
        "weights": some_weights(rng),
        "train": (x, y),
        "mixed": (other, (y_other + (np.arange(11) % 4 == 0)) % CLASSES),
        "following": (x[:11], y[:11]),
        "breaking": (x[:11], (y[:11] + 1) % CLASSES),
    }


def fitted(
    impl: Any,
    inputs: dict[str, Any],
    schedule: Callable[[Any], Any] | None,
    epochs: int,
    val: str = "mixed",
    norm: bool = False,
    lr: float = 0.1,
) -> dict[str, Any]:
    model = Net(inputs["weights"], norm=norm)
    optimizer = sgd(model, lr)
    history = impl.fit(
        model,
        cut([6, 6, 4], *inputs["train"]),
        cut([5, 5, 1], *inputs[val]),
        F.cross_entropy,
        optimizer,
        None if schedule is None else schedule(optimizer),
        epochs,
        CPU,
    )
    seen = {"in the history": columns(history), "after the last epoch": weights_of(model)}
    return {**seen, "in batch norm afterwards": buffers_of(model)} if norm else seen


def columns(history: Any) -> Any:
    """The four lists of a history; others beside them are the learner's own."""
    if not isinstance(history, dict):
        return history
    return {key: plain(history[key]) for key in KEYS if key in history}


@probes.probe(
    "fit",
    "five epochs with a step schedule",
    points=1.5,
    inputs=training_and_validation,
    tolerance=CLOSE,
    experiment="print the rate at the start of each epoch, and again when the epoch is over.",
)
def step_schedule(impl: Any, inputs: dict[str, Any]) -> Any:
    return fitted(impl, inputs, lambda o: torch.optim.lr_scheduler.StepLR(o, 2, gamma=0.3), 5)


@probes.probe(
    "fit",
    "a rate that falls when the validation loss stops falling",
    points=1.0,
    inputs=training_and_validation,
    tolerance=CLOSE,
    experiment="scale up the validation loss alone, and see whether the rate takes any notice.",
)
def plateau(impl: Any, inputs: dict[str, Any]) -> Any:
    def schedule(optimizer: Any) -> Any:
        return torch.optim.lr_scheduler.ReduceLROnPlateau(optimizer, factor=0.5, patience=0)

    # At 0.1 the broken labels' loss rises while training falls; at 0.01 the samples' loss falls in
    # every epoch, and their accuracy does not.
    return {
        f"with validation labels {val} the rule": fitted(impl, inputs, schedule, 6, val, lr=lr)
        for val, lr in (("breaking", 0.1), ("following", 0.01))
    }


@probes.probe(
    "fit",
    "no scheduler, and a model with batch norm",
    points=0.5,
    inputs=training_and_validation,
    tolerance=CLOSE,
)
def without_scheduler(impl: Any, inputs: dict[str, Any]) -> Any:
    return fitted(impl, inputs, None, 3, norm=True)


class Told:
    """Batches that say when someone begins to go through them."""

    def __init__(self, name: str, batches: list[Any], events: list[str]) -> None:
        self.name, self.batches, self.events = name, batches, events

    def __len__(self) -> int:
        return len(self.batches)

    def __iter__(self) -> Iterator[Any]:
        self.events.append(self.name)
        yield from self.batches


@probes.probe(
    "fit",
    "train, validate, step the scheduler: in this order, once an epoch",
    points=0.75,
    inputs=training_and_validation,
    tolerance=CLOSE,
)
def order_of_an_epoch(impl: Any, inputs: dict[str, Any]) -> Any:
    model, events = Net(inputs["weights"]), list[str]()
    optimizer = torch.optim.Adam(model.parameters(), lr=0.01)
    scheduler = torch.optim.lr_scheduler.LambdaLR(
        optimizer, lambda epoch: (1.0, 0.2, 0.7, 0.4)[epoch % 4]
    )
    step = scheduler.step

    @functools.wraps(step)
    def told(*args: Any, **kwargs: Any) -> None:
        events.append("schedule")
        step(*args, **kwargs)

    scheduler.step = told  # type: ignore[method-assign]
    history = impl.fit(
        model,
        Told("train", cut([6, 6, 4], *inputs["train"]), events),
        Told("validate", cut([5, 5, 1], *inputs["mixed"]), events),
        F.cross_entropy,
        optimizer,
        scheduler,
        3,
        CPU,
    )
    return {"events": events, "in the history": columns(history)}


@probes.probe(
    "fit", "batches moved to the device", points=0.25, inputs=labelled([5, 4]), tolerance=CLOSE
)
def fit_moves_batches(impl: Any, inputs: dict[str, Any]) -> Any:
    def call(model: Placed, criterion: Noting, device: torch.device) -> Any:
        optimizer = torch.optim.SGD(model.parameters(), lr=0.1)
        batches = small_batches(inputs)
        return impl.fit(model, batches, batches, criterion, optimizer, None, 1, device)

    places = where_batches_go(call)
    model, batches = on_the_cpu(inputs)
    history = impl.fit(model, batches, batches, F.cross_entropy, sgd(model, 0.1), None, 1, CPU)
    return {**places, "in the history on the CPU": columns(history)}
