"""Answers to `fit` of lesson 13: two loops by other hands, and wrong ones made of them."""

import contextlib
import copy
import time
from pathlib import Path
from typing import Any

import torch
from torch import nn
from torch.nn import functional as F

from .gpu_loop_parts import ByStateDict, by_lambda, by_modules

COLUMNS = ["train_loss", "val_loss", "val_accuracy", "lr", "grad_norm", "skipped_steps", "seconds"]


def in_one_piece(
    model: Any, train_loader: Any, val_loader: Any, config: Any, *, resume: Any = None,
    callbacks: Any = (),
) -> Any:  # fmt: skip
    """Everything in one function, with PyTorch's own scaler, clipping and schedules."""
    device = next(model.parameters()).device
    if config.capture:
        raise ValueError("capture: this loop has no graph")
    torch.manual_seed(config.seed)
    if config.channels_last:
        model = model.to(memory_format=torch.channels_last)
    network = torch.compile(model) if config.compile else model
    optimizer = by_modules(model, config)
    k = config.accumulation_steps
    scheduler = by_lambda(optimizer, config, -(-len(train_loader) // k))
    half = {"float16": torch.float16, "bfloat16": torch.bfloat16}.get(config.precision)
    scaler = torch.amp.GradScaler(device.type, enabled=half is torch.float16)
    average = ByStateDict(model, config.ema_decay) if config.ema_decay is not None else None
    history: dict[str, list[float]] = {name: [] for name in COLUMNS}
    best, bad, first, kept = float("inf"), 0, 0, None
    generator = getattr(train_loader, "generator", None)
    if resume is not None:
        file = torch.load(resume, weights_only=False)
        model.load_state_dict(file["model"])
        optimizer.load_state_dict(file["optimizer"])
        scheduler.load_state_dict(file["scheduler"])
        scaler.load_state_dict(file["scaler"])
        torch.set_rng_state(file["rng"])
        if generator is not None:
            generator.set_state(file["order"])
        if average is not None:
            average.avg = file["average"]
        history, best, bad, first = file["history"], file["best"], file["bad"], file["epoch"]
        kept = file["kept"]
    writer = None
    if config.log_dir:
        with contextlib.suppress(ImportError):
            from torch.utils.tensorboard import SummaryWriter

            writer = SummaryWriter(str(config.log_dir), purge_step=first)

    def autocast() -> Any:
        return torch.autocast(device.type, dtype=half, enabled=half is not None)

    for epoch in range(first, config.epochs):
        start = time.time()
        model.train()
        total, count, norms, skipped = 0.0, 0, [], 0
        batches = [list(batch) for batch in train_loader]
        for i in range(0, len(batches), k):
            group = batches[i : i + k]
            n = sum(len(y) for _, y in group)
            optimizer.zero_grad(set_to_none=True)
            for x, y in group:
                x, y = x.to(device), y.to(device)
                if config.channels_last and x.dim() == 4:
                    x = x.contiguous(memory_format=torch.channels_last)
                with autocast():
                    loss = F.cross_entropy(network(x), y, label_smoothing=config.label_smoothing)
                scaler.scale(loss * len(y) / n).backward()
                total += loss.item() * len(y)
                count += len(y)
            scaler.unscale_(optimizer)
            limit = float("inf") if config.max_grad_norm is None else config.max_grad_norm
            norm = nn.utils.clip_grad_norm_(model.parameters(), limit)
            before = scaler.get_scale()
            scaler.step(optimizer)
            scaler.update()
            if scaler.get_scale() < before:
                skipped += 1
                continue
            norms.append(float(norm))
            rate = optimizer.param_groups[0]["lr"]
            scheduler.step()
            if average is not None:
                average.update(model)
        model.eval()
        right = measured = seen = 0
        with average.swap(model) if average else contextlib.nullcontext(), torch.no_grad():
            for x, y in val_loader:
                logits = model(x.to(device)).float() if half else model(x.to(device))
                measured += F.cross_entropy(logits, y.to(device), reduction="sum").item()
                right += (logits.argmax(1) == y.to(device)).sum().item()
                seen += len(y)
        row = [total / count, measured / seen, right / seen, rate, max(norms), skipped]
        for name, value in zip(COLUMNS, [*row, time.time() - start], strict=True):
            history[name].append(float(value))
            if writer is not None:
                writer.add_scalar(f"run/{name}", value, epoch)
        if measured / seen < best:
            best, bad = measured / seen, 0
            kept = copy.deepcopy(average.avg if average else model.state_dict())
        else:
            bad += 1
        if config.progress:
            print(f"epoch {epoch + 1}: {history['val_loss'][-1]:.3f}")
        if config.checkpoint_path:
            torch.save(
                {
                    "model": model.state_dict(),
                    "optimizer": optimizer.state_dict(),
                    "scheduler": scheduler.state_dict(),
                    "scaler": scaler.state_dict(),
                    "rng": torch.get_rng_state(),
                    "order": None if generator is None else generator.get_state(),
                    "average": None if average is None else average.avg,
                    "history": history,
                    "best": best,
                    "bad": bad,
                    "kept": kept,
                    "epoch": epoch + 1,
                },
                config.checkpoint_path,
            )
        stops = [call(history) for call in callbacks]
        if True in stops or (config.patience is not None and bad >= config.patience):
            break
    if writer is not None:
        writer.close()
    if config.patience is not None:
        model.load_state_dict(kept)
    elif average is not None:
        model.load_state_dict(average.avg)
    return history


class Trainer:
    """An object with a method for each part; keeps the best weights, and saves last of all."""

    def __init__(self, model: Any, loaders: Any, config: Any) -> None:
        self.model, (self.train, self.val), self.config = model, loaders, config
        if config.capture:
            raise ValueError("there is no graph here")
        torch.manual_seed(config.seed)
        self.images = torch.channels_last if config.channels_last else torch.contiguous_format
        if config.channels_last:
            model.to(memory_format=torch.channels_last)
        if config.compile:
            model.compile()
        self.optimizer = by_modules(model, config)
        steps = (len(self.train) + config.accumulation_steps - 1) // config.accumulation_steps
        self.schedule = by_lambda(self.optimizer, config, steps)
        wanted = "bfloat16" if config.precision == "auto" else config.precision
        self.dtype = getattr(torch, wanted)
        self.scale, self.good = 2.0**16 if wanted == "float16" else 1.0, 0
        self.ema: Any = None
        if config.ema_decay is not None:
            self.ema = [copy.deepcopy(model).requires_grad_(False), config.ema_decay]
        self.history: Any = {name: [] for name in COLUMNS}
        self.best: Any = None

    def batches(self) -> Any:
        """Groups of batches."""
        group = []
        for x, y in self.train:
            x = x.to(memory_format=self.images) if x.ndim == 4 else x
            group.append((x, y))
            if len(group) == self.config.accumulation_steps:
                yield group
                group = []
        if group:
            yield group

    def step(self, group: Any) -> Any:
        """Summed gradients, divided at the end; a scale by hand."""
        self.optimizer.zero_grad()
        total, n = 0.0, sum(y.numel() for _, y in group)
        cast = torch.autocast("cpu", self.dtype, enabled=self.dtype != torch.float32)
        criterion = nn.CrossEntropyLoss(
            label_smoothing=self.config.label_smoothing, reduction="sum"
        )
        for x, y in group:
            with cast:
                loss = criterion(self.model(x), y)
            total = total + loss.detach()
            (loss * (self.scale / n)).backward()
        grads = [p.grad for p in self.model.parameters() if p.grad is not None]
        for g in grads:
            g.div_(self.scale)
        norm = torch.linalg.vector_norm(torch.stack([g.norm() for g in grads]))
        if self.dtype == torch.float16 and not torch.isfinite(norm):
            self.scale, self.good = self.scale / 2, 0
            return total, n, None
        if self.config.max_grad_norm is not None and norm > self.config.max_grad_norm:
            for g in grads:
                g.mul_(self.config.max_grad_norm / norm)
        self.optimizer.step()
        self.schedule.step()
        self.average()
        return total, n, norm

    @torch.no_grad()
    def average(self) -> None:
        if self.ema is not None:
            shadow, decay = self.ema
            for mine, theirs in zip(shadow.parameters(), self.model.parameters(), strict=True):
                mine.lerp_(theirs, 1 - decay)
            for mine, theirs in zip(shadow.buffers(), self.model.buffers(), strict=True):
                mine.copy_(theirs)

    @torch.no_grad()
    def validate(self) -> Any:
        model = self.ema[0] if self.ema else self.model
        model.eval()
        outputs = [(model(x), y) for x, y in self.val]
        logits, y = (torch.cat(part) for part in zip(*outputs, strict=True))
        hits = (logits.argmax(-1) == y).double().mean().item()
        return F.cross_entropy(logits, y).item(), hits

    def epoch(self) -> None:
        begin = time.perf_counter()
        rate = self.schedule.get_last_lr()[0]
        self.model.train()
        steps = [self.step(group) for group in self.batches()]
        loss = sum(float(t) for t, _, _ in steps) / sum(n for _, n, _ in steps)
        norms = [float(norm) for _, _, norm in steps if norm is not None]
        row = (loss, *self.validate(), rate, norms[-1], len(steps) - len(norms))
        for name, value in zip(COLUMNS, (*row, time.perf_counter() - begin), strict=True):
            self.history[name].append(float(value))
        if self.history["val_loss"][-1] == min(self.history["val_loss"]):
            self.best = copy.deepcopy((self.ema[0] if self.ema else self.model).state_dict())

    def finish(self) -> None:
        """Hand over what was measured."""
        if self.config.patience is not None:
            self.model.load_state_dict(self.best)
        elif self.ema:
            self.model.load_state_dict(self.ema[0].state_dict())

    def generators(self) -> list[Any]:
        found = [getattr(loader, "generator", None) for loader in (self.train, self.val)]
        return [g for g in found if g is not None]

    def parts(self) -> Any:
        found = {"model": self.model, "optimizer": self.optimizer, "schedule": self.schedule}
        return {**found, **({"ema": self.ema[0]} if self.ema else {})}

    def save(self, path: Any) -> None:
        states = {name: part.state_dict() for name, part in self.parts().items()}
        extra = {"history": self.history, "scale": self.scale, "drawn": torch.get_rng_state()}
        extra["best"] = self.best
        orders = [g.get_state() for g in self.generators()]
        torch.save({**states, **extra, "orders": orders}, Path(path))

    def load(self, path: Any) -> None:
        saved = torch.load(Path(path), weights_only=True)
        for name, part in self.parts().items():
            part.load_state_dict(saved[name])
        self.history, self.scale, self.best = saved["history"], saved["scale"], saved["best"]
        for g, state in zip(self.generators(), saved["orders"], strict=True):
            g.set_state(state)
        torch.set_rng_state(saved["drawn"])

    def is_over(self) -> bool:
        losses = self.history["val_loss"]
        patience = self.config.patience
        if patience is None:
            return False
        return len(losses) - 1 - losses.index(min(losses)) >= patience


def by_an_object(
    model: Any, train_loader: Any, val_loader: Any, config: Any, *, resume: Any = None,
    callbacks: Any = (), kind: Any = Trainer,
) -> Any:  # fmt: skip
    """Calls its callbacks before it saves."""
    trainer = kind(model, (train_loader, val_loader), config)
    if resume is not None:
        trainer.load(resume)
    writer = None
    if config.log_dir is not None:
        try:
            from torch.utils import tensorboard

            begun = len(trainer.history["lr"])
            writer = tensorboard.SummaryWriter(log_dir=str(config.log_dir), purge_step=begun)
        except ImportError:
            print("no TensorBoard")
    from tqdm import tqdm

    epochs = range(len(trainer.history["lr"]), config.epochs)
    for number in tqdm(epochs, disable=not config.progress):
        trainer.epoch()
        if writer is not None:
            for name in COLUMNS:
                writer.add_scalar(name, trainer.history[name][-1], global_step=number)
        stop = False
        for callback in callbacks:
            stop = bool(callback(trainer.history)) or stop
        if config.checkpoint_path is not None:
            trainer.save(config.checkpoint_path)
        if stop or trainer.is_over():
            break
    if writer is not None:
        writer.close()
    trainer.finish()
    return trainer.history


def without_resume(model: Any, train_loader: Any, val_loader: Any, config: Any, **rest: Any) -> Any:
    """Begins again, and throws away what it was given to resume."""
    rest.pop("resume", None)
    return in_one_piece(model, train_loader, val_loader, config, **rest)


def never_accumulates(
    model: Any, train_loader: Any, val_loader: Any, config: Any, **rest: Any
) -> Any:
    """Another config than the one that it was given."""
    from dataclasses import replace

    return in_one_piece(
        model, train_loader, val_loader, replace(config, accumulation_steps=1), **rest
    )


def only_history(model: Any, train_loader: Any, val_loader: Any, config: Any, **rest: Any) -> Any:
    """Trains a copy, so that the model stays what it was."""
    return by_an_object(copy.deepcopy(model), train_loader, val_loader, config, **rest)


RIGHT: dict[str, Any] = {
    "fit": {"in one piece": {"fit": in_one_piece}, "an object": {"fit": by_an_object}}
}
WRONG: dict[str, Any] = {
    "fit": {
        "no resume": {"fit": without_resume},
        "no accumulation": {"fit": never_accumulates},
        "a copy is trained": {"fit": only_history},
    }
}
NAMED: dict[str, Any] = {"fit": {"no accumulation": "accumulation_ignored + total_in_batches"}}
