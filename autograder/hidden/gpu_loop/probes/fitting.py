"""Probes of `fit`: what its numbers are, and what each knob of the config does to them."""

from collections.abc import Iterator
from typing import Any

import numpy as np
import torch

from autograder.api import Inputs, Probes

from .shown import CLOSE, Batches, Config, Net, Norms, columns, trained, two_sets

probes = Probes()
fit = probes.exercise("fit", tolerance=CLOSE)
MEANS = ("train_loss", "val_loss", "val_accuracy")


def loaders(inputs: Inputs, sizes: tuple[int, ...]) -> tuple[Batches, Batches]:
    return Batches(*inputs["train"], *sizes), Batches(*inputs["validate"], 4, 3)


def run(impl: Any, inputs: Inputs, sizes: tuple[int, ...] = (4, 4, 3), **changes: Any) -> Inputs:
    """A run with some settings: its means, epoch by epoch, and the weights at its end."""
    model, (train, validate) = Net(inputs["weights"]), loaders(inputs, sizes)
    history = trained(impl, model, train, validate, Config(**changes))
    return {"in the history": columns(history, *MEANS), "after the last epoch": model.tensors()}


@fit.probe(
    "one epoch of plain SGD",
    points=0.25,
    inputs=two_sets(11, 7),
    experiment="train for one epoch on batches of 4, 4 and 3, and work out the mean loss by hand.",
)
def one_epoch(impl: Any, inputs: Inputs) -> Any:
    """Quick, so that few mistakes are tried on the long ones."""
    return run(impl, inputs, epochs=1)


@fit.probe(
    "two epochs, clipped, with a warm-up and a cosine",
    points=0.5,
    inputs=two_sets(11, 7),
    experiment="print the rate at each step, the norm before clipping and after it.",
)
def warm_and_clipped(impl: Any, inputs: Inputs) -> Any:
    model, (train, validate) = Net(inputs["weights"]), loaders(inputs, (4, 4, 3))
    norms = Norms(model)
    settings = {"schedule": "warmup_cosine", "warmup_steps": 2, "min_lr": 0.05, "lr": 0.6}
    config = Config(epochs=2, max_grad_norm=0.4, **settings)  # type: ignore[arg-type]
    history = trained(impl, model, train, validate, config)
    return {
        "in the history": columns(history, *MEANS),
        "after the last epoch": model.tensors(),
        "grad_norm": columns(history, "grad_norm"),
        "lr": columns(history, "lr"),
        "norms": norms.each(),
    }


@fit.probe(
    "AdamW, one_cycle, and no clipping",
    points=0.1875,
    inputs=two_sets(11, 7),
    experiment="take a run of two epochs beside torch's AdamW and OneCycleLR.",
)
def adamw_one_cycle(impl: Any, inputs: Inputs) -> Any:
    settings: Inputs = {
        "optimizer": "adamw",
        "schedule": "one_cycle",
        "weight_decay": 0.3,
        "lr": 0.05,
    }
    return run(impl, inputs, epochs=2, warmup_steps=5, **settings)


@fit.probe(
    "accumulation, with a last group that is not full",
    points=0.4375,
    inputs=two_sets(18, 7),
    experiment="five batches and accumulation_steps=2: count the steps, and divide by hand.",
)
def accumulated(impl: Any, inputs: Inputs) -> Any:
    """Batches of one size, so that what is asked is the short group."""
    settings = {"lr": 0.4, "epochs": 1, "max_grad_norm": 0.5}
    plans: dict[int, Inputs] = {2: {"schedule": "warmup_cosine", "warmup_steps": 1}, 3: {}}
    inputs = {**inputs, "train": tuple(part[:15] for part in inputs["train"])}
    sizes = (3, 3, 3, 3, 3)
    return {
        f"with accumulation_steps={k}": run(
            impl, inputs, sizes, accumulation_steps=k, **settings, **plan
        )
        for k, plan in plans.items()
    }


@fit.probe(
    "accumulation over batches of several sizes",
    points=0.125,
    inputs=two_sets(18, 7),
    experiment="compare with the same samples as one large batch for each group.",
)
def uneven_groups(impl: Any, inputs: Inputs) -> Any:
    return run(impl, inputs, (6, 6, 5, 1), accumulation_steps=3)


@fit.probe(
    "a frozen layer, and gradients too short to be clipped",
    points=0.0625,
    inputs=two_sets(11, 7),
    experiment="freeze a layer of a model, and train it with max_grad_norm=50.",
)
def frozen(impl: Any, inputs: Inputs) -> Any:
    """Its gradients are None, and have no part in a norm, which is below the limit here."""
    model, (train, validate) = Net(inputs["weights"]), loaders(inputs, (4, 4, 3))
    model.first.requires_grad_(False)
    trained(impl, model, train, validate, Config(epochs=1, max_grad_norm=50.0))
    return {"after the epoch": model.tensors()}


@fit.probe(
    "label smoothing",
    points=0.1875,
    inputs=two_sets(11, 7),
    experiment="take one step with label_smoothing=0.3 beside F.cross_entropy's own.",
)
def smoothed(impl: Any, inputs: Inputs) -> Any:
    return run(impl, inputs, epochs=1, label_smoothing=0.3)


@fit.probe(
    "validation on averaged weights",
    points=0.1875,
    inputs=two_sets(11, 7),
    experiment="print val_loss with ema_decay=0.9 and without, and train_loss as well.",
)
def averages(impl: Any, inputs: Inputs) -> Any:
    """The history alone: which weights a model has after the run, a probe of its own asks."""
    seen = run(impl, inputs, epochs=2, ema_decay=0.8, accumulation_steps=2, lr=0.5)
    return {"in the history": seen["in the history"]}


class Told(Batches):
    """One batch, and how often it was gone through: which epoch this is."""

    epoch = -1

    def __iter__(self) -> Iterator[list[Any]]:
        self.epoch += 1
        return super().__iter__()


class Foretold(Batches):
    """Images to validate on, of the classes that the epoch has in a script."""

    script: tuple[tuple[int, ...], ...]
    train: Told

    def __iter__(self) -> Iterator[list[Any]]:
        for x, _ in super().__iter__():
            yield [x, torch.tensor(self.script[self.train.epoch])]


# Which classes are to be validated on in each epoch. To a network that hardly moves, and says 0
# throughout, class 2 is a greater loss than 1: a best one, a worse, a new best, a worse, and one
# that falls, but not below the best. With patience=2 that is the end. No answer is ever right.
BEST, MIDDLE, WORST = (1, 1, 1), (1, 1, 2), (2, 2, 2)
SCRIPT = (MIDDLE, WORST, BEST, WORST, MIDDLE, MIDDLE, MIDDLE)


@fit.probe(
    "patience",
    points=0.1875,
    inputs=two_sets(3, 3),
    experiment="print val_loss and the lowest so far, epoch by epoch, with patience=2.",
)
def patience(impl: Any, inputs: Inputs) -> Any:
    _, history = foretold(impl, inputs, SCRIPT, patience=2, lr=1e-6)
    return {"epochs": len(columns(history, "val_loss")["val_loss"])}


def foretold(impl: Any, inputs: Inputs, script: Any, **changes: Any) -> tuple[Net, Any]:
    """The model and the history of a run whose validation follows a script."""
    weights = {name: 0.1 * value for name, value in inputs["weights"].items()}
    weights["last.bias"] = np.array([2.0, 0.0, -2.0])
    train, validate = Told(*inputs["train"], 3), Foretold(*inputs["validate"], 3)
    validate.script, validate.train = script, train
    model = Net(weights)
    history = trained(impl, model, train, validate, Config(epochs=len(script), **changes))
    return model, history


@fit.probe(
    "the weights that the model has afterwards",
    points=0.0625,
    inputs=two_sets(3, 3),
    kind="side",
    experiment="evaluate the model after a run, and compare with what the history says.",
)
def afterwards(impl: Any, inputs: Inputs) -> Any:
    averaged, _ = foretold(impl, inputs, (BEST, BEST), ema_decay=0.7)
    best, _ = foretold(impl, inputs, (BEST, WORST), patience=3)
    return {"with ema_decay": averaged.tensors(), "with patience": best.tensors()}


class Watched(Net):
    """It notes its mode for batches of so many images."""

    def __init__(self, weights: Inputs) -> None:
        super().__init__(weights)
        self.modes: dict[int, list[bool]] = {}

    def forward(self, x: Any) -> Any:
        self.modes.setdefault(len(x), []).append(self.training)
        return super().forward(x)


@fit.probe(
    "training mode and evaluation mode",
    points=0.0625,
    inputs=two_sets(8, 7),
    experiment="print model.training in the forward pass, for two epochs.",
)
def modes(impl: Any, inputs: Inputs) -> Any:
    model, (train, validate) = Watched(inputs["weights"]), loaders(inputs, (8,))
    trained(impl, model.eval(), train, validate, Config(epochs=2))
    training = model.modes.pop(8, [False])
    return {
        "always in training mode where it trains?": all(training),
        "ever in training mode where it is validated?": any(map(any, model.modes.values())),
    }


@fit.probe(
    "callbacks",
    points=0.1875,
    inputs=two_sets(8, 7),
    experiment="pass two callbacks, let the first return True after epoch 2, count their calls.",
)
def callbacks(impl: Any, inputs: Inputs) -> Any:
    told: Inputs = {"the first": [], "the second": []}

    def first(history: Any) -> Any:
        told["the first"].append(columns(history, *MEANS)["val_loss"])
        return len(told["the first"]) == 2

    def second(history: Any) -> None:
        told["the second"].append(columns(history, *MEANS)["train_loss"])

    model, (train, validate) = Net(inputs["weights"]), loaders(inputs, (8,))
    config = Config(epochs=4)
    history = trained(impl, model, train, validate, config, callbacks=[first, second])
    losses = columns(history, "val_loss")["val_loss"]
    return {"what they were told": told, "epochs": len(losses), **model.tensors()}


@fit.probe(
    "a history of plain numbers",
    points=0.1875,
    inputs=two_sets(11, 7),
    kind="side",
    experiment="print the history of two epochs, and the type of every entry.",
)
def history(impl: Any, inputs: Inputs) -> Any:
    names = (*MEANS, "lr", "grad_norm", "skipped_steps", "seconds")
    model, (train, validate) = Net(inputs["weights"]), loaders(inputs, (11,))
    came = impl.fit(
        model=model, train_loader=train, val_loader=validate, config=Config(max_grad_norm=1.0)
    )
    if not isinstance(came, dict):
        return {"the history": came}
    entries = [value for name in names for value in came.get(name, ())]
    return {
        "the columns": sorted(set(names) & set(came)),
        "entries in each": sorted({len(came.get(name, ())) for name in names}),
        "are all of them plain numbers?": all(
            isinstance(v, int | float | np.generic) and not isinstance(v, bool) for v in entries
        ),
        "did each epoch take time?": all(0 < float(v) < 60 for v in came.get("seconds", ())),
        "skipped_steps": columns(came, "skipped_steps"),
    }
