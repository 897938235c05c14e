"""Probes of what stands around the steps of `fit`: bar, log, memory format, compiler, graph."""

import contextlib
import io
import sys
import tempfile
import types
from collections.abc import Iterator
from typing import Any
from unittest.mock import patch

import numpy as np
import torch
from torch import nn

from autograder.api import Inputs, Probes, outcome

from .shown import SIDE, Batches, Config, Net, array, columns, trained, two_sets

probes = Probes()
fit = probes.exercise("fit")
SETS = ("train", "validate")


def small_run(impl: Any, inputs: Inputs, model: Any = None, **changes: Any) -> Inputs:
    """A short run, and the weights at its end."""
    model = model or Net(inputs["weights"])
    loaders = Batches(*inputs["train"], 8), Batches(*inputs["validate"], 7)
    resume = changes.pop("resume", None)
    callbacks = changes.pop("callbacks", ())
    config = Config(**{"epochs": 1, **changes})
    history = trained(impl, model, *loaders, config, resume=resume, callbacks=callbacks)
    return {**columns(history, "val_loss"), **model.tensors()}


class Writer:
    """Stands for TensorBoard's SummaryWriter, which may not be installed."""

    made: list["Writer"]

    def __init__(self, log_dir: Any = None, *args: Any, **kwargs: Any) -> None:
        self.log_dir, self.purge_step = str(log_dir), kwargs.get("purge_step")
        self.purge_step = args[1] if len(args) > 1 else self.purge_step
        self.steps, self.scalars, self.closed = set[int](), 0, False
        type(self).made.append(self)

    def __enter__(self) -> "Writer":
        return self

    def __exit__(self, *_: Any) -> None:
        self.close()

    def add_scalar(self, tag: str, value: Any, step: Any = None, **kwargs: Any) -> None:
        self.scalars += 1
        step = kwargs.get("global_step", step)
        self.steps.add(-1 if step is None else int(step))

    def add_scalars(self, main_tag: str, values: Any, step: Any = None, **kwargs: Any) -> None:
        for name, value in values.items():
            self.add_scalar(name, value, step, **kwargs)

    def close(self) -> None:
        self.closed = True

    def __getattr__(self, name: str) -> Any:
        return lambda *args, **kwargs: None


@contextlib.contextmanager
def tensorboard(installed: bool) -> Iterator[type[Writer]]:
    """`torch.utils.tensorboard` as a module that has the Writer above, or as one that is absent."""
    name, kind = "torch.utils.tensorboard", type("SummaryWriter", (Writer,), {"made": []})
    module: Any = types.ModuleType(name)
    module.SummaryWriter = kind
    there = {name: module, "tensorboard": types.ModuleType("tensorboard")}
    absent = dict.fromkeys((name, "tensorboard", "tensorboardX"))
    with contextlib.ExitStack() as stack:
        stack.enter_context(patch.dict(sys.modules, there if installed else absent))
        if installed:
            stack.enter_context(patch.object(torch.utils, "tensorboard", module, create=True))
        yield kind


@fit.probe(
    "a log for TensorBoard",
    points=0.1875,
    inputs=two_sets(8, 7),
    experiment="log two epochs, resume for two more, and look at the curves in TensorBoard.",
    **SIDE,
)
def logs(impl: Any, inputs: Inputs) -> Any:
    with tempfile.TemporaryDirectory() as folder, tensorboard(True) as writer:
        plain = small_run(impl, inputs)
        without = len(writer.made)
        settings: Inputs = {"epochs": 2, "log_dir": folder, "checkpoint_path": f"{folder}/run.pt"}
        small_run(impl, inputs, callbacks=[lambda history: True], **settings)
        small_run(impl, inputs, resume=f"{folder}/run.pt", **settings)
        made = writer.made
    first, second = made if len(made) == 2 else (None, None)
    return {
        "writers without a log_dir": without,
        "writers of a run and of one that resumes it": len(made) - without,
        "is each closed, and in log_dir?": all(w.closed and w.log_dir == folder for w in made),
        "are there numbers of every epoch?": [w.scalars >= 1 for w in made],
        "is the first started from a step?": bool(first is not None and first.purge_step),
        "is the second?": second is not None and second.purge_step is not None,
        **plain,
    }


@fit.probe(
    "a log_dir without TensorBoard",
    points=0.0625,
    inputs=two_sets(8, 7),
    experiment="set sys.modules['torch.utils.tensorboard'] = None, and run with a log_dir.",
    **SIDE,
)
def without_tensorboard(impl: Any, inputs: Inputs) -> Any:
    said = contextlib.redirect_stdout(io.StringIO())
    with tempfile.TemporaryDirectory() as folder, tensorboard(False), said:
        return small_run(impl, inputs, log_dir=folder)


@fit.probe(
    "a progress bar, or silence",
    points=0.0625,
    inputs=two_sets(8, 7),
    experiment="run once with progress=True and once with progress=False, and look at the output.",
    **SIDE,
)
def bars(impl: Any, inputs: Inputs) -> Any:
    return {
        f"does a run with progress={wanted} show anything?": _shows(impl, inputs, wanted)
        for wanted in (True, False)
    }


def _shows(impl: Any, inputs: Inputs, wanted: bool) -> bool:
    """Whether a run writes anything, or makes a bar of tqdm's that is switched on."""
    made, said = list[bool](), io.StringIO()
    with contextlib.ExitStack() as stack:
        stack.enter_context(contextlib.redirect_stdout(said))
        stack.enter_context(contextlib.redirect_stderr(said))
        with contextlib.suppress(ImportError):
            from tqdm import std  # type: ignore[import-untyped]

            start = std.tqdm.__init__

            def noted(self: Any, *args: Any, **kwargs: Any) -> None:
                made.append(not kwargs.get("disable"))
                start(self, *args, **kwargs)

            stack.enter_context(patch.object(std.tqdm, "__init__", noted))
        small_run(impl, inputs, progress=wanted)
    return any(made) or bool(said.getvalue().strip())


class Pixels(nn.Module):
    """A convolution that notes in which memory format images come."""

    def __init__(self) -> None:
        super().__init__()
        self.conv, self.head = nn.Conv2d(2, 3, 1), nn.Linear(3, 3)
        with torch.no_grad():
            for i, p in enumerate(self.double().parameters()):
                p.copy_(torch.linspace(-1, 1 + i, p.numel()).reshape(p.shape))
        self.formats = list[bool]()

    def forward(self, x: Any) -> Any:
        if len(x) == 8 and x.dim() == 4:  # of the batches to train on
            self.formats.append(x.is_contiguous(memory_format=torch.channels_last))
        return self.head(torch.tanh(self.conv(x)).mean((2, 3)))

    def tensors(self) -> Inputs:
        return {name: array(p) for name, p in self.named_parameters()}


@fit.probe(
    "images with their channels last",
    points=0.125,
    inputs=two_sets(8, 7),
    experiment="print x.is_contiguous(memory_format=torch.channels_last) in the forward pass.",
    **SIDE,
)
def memory_formats(impl: Any, inputs: Inputs) -> Any:
    seen: Inputs = {}
    for wanted in (True, False):
        model = Pixels()
        came = small_run(impl, inputs, model, channels_last=wanted)
        seen[f"with channels_last={wanted}"] = {
            "do images come with channels last?": any(model.formats),
            "is it so at every step?": len(set(model.formats)) == 1,
            **came,
        }
    # Rows of numbers have no such format, and channels_last is on by default.
    seen["for rows of numbers"] = small_run(impl, flat(inputs), channels_last=True)
    return seen


def flat(inputs: Inputs) -> Inputs:
    """The same, with each image as a row."""
    rows = {k: (inputs[k][0].reshape(len(inputs[k][0]), -1), inputs[k][1]) for k in SETS}
    return {**inputs, **rows}


@fit.probe("torch.compile, as an option", points=0.0625, inputs=two_sets(8, 7), **SIDE)
def compiled(impl: Any, inputs: Inputs) -> Any:
    """Without a compiler: what torch.compile is given comes back."""
    seen: Inputs = {}
    for wanted in (True, False):
        asked = list[Any]()

        def compiling(model: Any = None, *args: Any, asked: Any = asked, **kwargs: Any) -> Any:
            asked.append(model)
            return model

        with patch.object(torch, "compile", compiling):
            came = small_run(impl, inputs, compile=wanted)
        seen[f"with compile={wanted}"] = {"is torch.compile called?": bool(asked), **came}
    return seen


@fit.probe(
    "capture where it cannot be",
    points=0.1875,
    inputs=two_sets(8, 7),
    experiment="call fit with capture=True for a model on the CPU, and print the error.",
    **SIDE,
)
def captures(impl: Any, inputs: Inputs) -> Any:
    cases: dict[str, Inputs] = {
        "on a CPU": {},
        "with accumulation": {"accumulation_steps": 2},
        "with float16": {"precision": "float16"},
    }
    seen: Inputs = {}
    for where, case in cases.items():
        model = Net(inputs["weights"])
        before = model.tensors()
        came = outcome(small_run, impl, inputs, model, capture=True, **case)
        after = model.tensors()
        seen[where] = {
            "the answer": came if isinstance(came, Exception) else "a history",
            "did the weights stay?": all(np.array_equal(before[k], after[k]) for k in before),
        }
    return seen


@fit.probe(
    "cuDNN's flags afterwards",
    points=0.0625,
    inputs=two_sets(8, 7),
    experiment="print torch.backends.cudnn.deterministic before a run and after it.",
    **SIDE,
)
def flags(impl: Any, inputs: Inputs) -> Any:
    # By its name: a probe travels to another process, and these modules can't be pickled.
    cudnn: Any = sys.modules["torch.backends.cudnn"]
    seen: Inputs = {}
    held = cudnn.deterministic, cudnn.benchmark
    for where, callbacks in (
        ("after a run", ()),
        ("after an exception in a callback", (lambda history: 1 / 0,)),
    ):
        cudnn.deterministic, cudnn.benchmark = False, True
        outcome(small_run, impl, inputs, callbacks=callbacks)
        seen[where] = {
            "deterministic": bool(cudnn.deterministic),
            "benchmark": bool(cudnn.benchmark),
            "deterministic algorithms": torch.are_deterministic_algorithms_enabled(),
        }
        cudnn.deterministic, cudnn.benchmark = held
    return seen
