"""PyTorch Lightning's Trainer with everything switched off that can be: samples a second."""

from __future__ import annotations

import contextlib
import importlib.util
import inspect
import logging
import warnings
from collections.abc import Iterator
from importlib.metadata import version
from typing import Any

import torch

from benchmarks.setting import MAX_NORM, Clock, Setting

MISSING = "Lightning is not installed: its lines are left out (`make bench` installs it)."
PRECISIONS = {"float32": "32-true", "bfloat16": "bf16-mixed", "float16": "16-mixed"}


def is_installed() -> bool:
    """Whether there is anything to compare with."""
    return importlib.util.find_spec("lightning") is not None


def installed_version() -> str:
    """For the line that says where the numbers come from; empty without Lightning."""
    return version("lightning") if is_installed() else ""


def turn(lesson: Any, setting: Setting, train_loader: Any) -> float:
    """Samples a second of the Trainer: no logger, bar, checkpoint, validation or sanity check."""
    clock = Clock(setting.device)
    model = setting.model()
    optimizer = lesson.build_optimizer(model, setting.config(lesson))
    if setting.precision != "float32":
        optimizer = unfused(optimizer)
    with quiet() as lightning:
        trainer = lightning.Trainer(
            accelerator="cpu" if setting.device == "cpu" else "gpu",
            devices=1,
            max_epochs=setting.epochs + 1,
            precision=PRECISIONS[setting.precision],
            gradient_clip_val=MAX_NORM,
            logger=False,
            enable_progress_bar=False,
            enable_checkpointing=False,
            enable_model_summary=False,
            num_sanity_val_steps=0,
            limit_val_batches=0,
        )
        trainer.fit(module_of(model, optimizer, clock, setting), train_loader)
    return clock.rate(setting.samples)


def module_of(model: Any, optimizer: Any, clock: Clock, setting: Setting) -> Any:
    """The smallest LightningModule that trains the model."""
    import lightning

    class Module(lightning.LightningModule):  # type: ignore[misc]
        def __init__(self) -> None:
            super().__init__()
            self.model = model

        def training_step(self, batch: Any, index: int) -> Any:
            x, y = batch
            if setting.channels_last:
                x = x.to(memory_format=torch.channels_last)
            return torch.nn.functional.cross_entropy(self.model(x), y)

        def configure_optimizers(self) -> Any:
            return optimizer

        def on_train_epoch_end(self) -> None:
            clock.read()

    return Module()


def unfused(optimizer: torch.optim.Optimizer) -> torch.optim.Optimizer:
    """The same rule and settings without `fused`: mixed, the Trainer refuses to clip for one.

    `None` leaves the choice to torch, which takes `foreach` on a GPU.
    """
    known = set(inspect.signature(type(optimizer)).parameters) - {"capturable"}
    settings = {name: value for name, value in optimizer.defaults.items() if name in known}
    own = ("params", "weight_decay")
    groups = [{name: group[name] for name in own} for group in optimizer.param_groups]
    return type(optimizer)(groups, **{**settings, "fused": None, "foreach": None})


@contextlib.contextmanager
def quiet() -> Iterator[Any]:
    """Lightning, without what it says of the machine, of loaders and of its own imports."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        import lightning  # which makes its logger talk

        logger = logging.getLogger("lightning.pytorch")
        before = logger.level
        logger.setLevel(logging.ERROR)
        try:
            yield lightning
        finally:
            logger.setLevel(before)
