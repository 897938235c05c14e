"""Answers to EarlyStopping of lesson 11."""

import copy
import io
import math
from typing import Any

import torch

KEY = "EarlyStopping"


class ByHistory:
    """Remembers every loss, and works out the rest."""

    def __init__(self, patience: int = 5, min_delta: float = 0.0) -> None:
        self.patience, self.min_delta = patience, min_delta
        self.losses: list[float] = []
        self.best_loss, self.best_epoch = math.inf, -1
        self.best_state: Any = None

    def update(self, val_loss: Any, model: Any = None) -> Any:
        self.losses.append(val_loss)
        if self.best_loss - self.min_delta > val_loss:
            self.best_loss = float(val_loss)
            self.best_epoch = len(self.losses) - 1
            if model is not None:
                self.best_state = {
                    key: value.to("cpu", copy=True) for key, value in model.state_dict().items()
                }
        return len(self.losses) - 1 - self.best_epoch >= self.patience


class ThroughAFile:
    """Copies through the bytes of a file, and loads them on the CPU."""

    def __init__(self, patience: int = 5, min_delta: float = 0.0) -> None:
        self.left = self.patience = patience
        self.min_delta = min_delta
        self.best_loss, self.best_epoch, self.seen = float("inf"), -1, 0
        self.best_state: Any = None

    def update(self, val_loss: Any, model: Any = None) -> Any:
        improved = val_loss < self.best_loss - self.min_delta
        if improved:
            self.best_loss, self.best_epoch, self.left = val_loss, self.seen, self.patience
            if model is not None:
                buffer = io.BytesIO()
                torch.save({k: v.cpu() for k, v in model.state_dict().items()}, buffer)
                buffer.seek(0)
                self.best_state = torch.load(buffer, weights_only=True)
        else:
            self.left -= 1
        self.seen += 1
        return self.left <= 0


class DeepCopied:
    def __init__(self, patience: int = 5, min_delta: float = 0.0) -> None:
        self.patience, self.min_delta = patience, min_delta
        self.best_loss, self.best_epoch, self.best_state = float("inf"), -1, None
        self.counter, self.epoch = 0, -1

    @torch.no_grad()
    def update(self, val_loss: Any, model: Any = None) -> Any:
        self.epoch += 1
        if math.isnan(val_loss) or val_loss >= self.best_loss - self.min_delta:
            self.counter += 1
            return self.counter >= self.patience
        self.counter, self.best_loss, self.best_epoch = 0, val_loss, self.epoch
        if model is None:
            self.best_state = None
        else:
            state = copy.deepcopy(model.state_dict())
            for name in state:
                state[name] = state[name].cpu()
            self.best_state = state
        return False


# wrong


class ByReference(ByHistory):
    def update(self, val_loss: Any, model: Any = None) -> Any:
        before = self.best_epoch
        answer = super().update(val_loss)
        if self.best_epoch != before and model is not None:
            self.best_state = model.state_dict()
        return answer


class OnlyCpu(ByHistory):
    def update(self, val_loss: Any, model: Any = None) -> Any:
        before = self.best_epoch
        answer = super().update(val_loss)
        if self.best_epoch != before and model is not None:
            self.best_state = {k: v.cpu() for k, v in model.state_dict().items()}
        return answer


class OnTheDevice(DeepCopied):
    def update(self, val_loss: Any, model: Any = None) -> Any:
        before = self.best_epoch
        answer = super().update(val_loss)
        if self.best_epoch != before and model is not None:
            self.best_state = copy.deepcopy(model.state_dict())
        return answer


class LoadedOnTheCpu(DeepCopied):
    """Copies through torch.save and torch.load, which brings it to the CPU."""

    where: Any = "cpu"

    def update(self, val_loss: Any, model: Any = None) -> Any:
        before = self.best_epoch
        answer = super().update(val_loss)
        if self.best_epoch != before and model is not None:
            buffer = io.BytesIO()
            torch.save(model.state_dict(), buffer)
            buffer.seek(0)
            self.best_state = torch.load(buffer, map_location=self.where, weights_only=True)
        return answer


class LoadedByAFunction(LoadedOnTheCpu):
    @staticmethod
    def where(storage: Any, place: str) -> Any:
        return storage


class LoadedByADict(LoadedOnTheCpu):
    where: Any = {"cuda:0": "cpu"}  # noqa: RUF012


class LoadedWhereItWas(LoadedOnTheCpu):
    where = None


class MovesTheModel(DeepCopied):
    def update(self, val_loss: Any, model: Any = None) -> Any:
        before = self.best_epoch
        answer = super().update(val_loss)
        if self.best_epoch != before and model is not None:
            self.best_state = copy.deepcopy(model.cpu().state_dict())
        return answer


class OneLate(DeepCopied):
    def update(self, val_loss: Any, model: Any = None) -> Any:
        super().update(val_loss, model)
        return self.counter > self.patience


LOADED = (LoadedOnTheCpu, LoadedByAFunction, LoadedByADict)
SLIPS = (ByReference, OnlyCpu, OnTheDevice, LoadedWhereItWas, MovesTheModel, OneLate)
RIGHT: Any = {KEY: {c.__name__: {KEY: c} for c in (ByHistory, ThroughAFile, DeepCopied, *LOADED)}}
WRONG: Any = {KEY: {c.__name__: {KEY: c} for c in SLIPS}}
NAMED: Any = {
    KEY: {
        "ByReference": "kept_by_reference",
        "OnlyCpu": "cpu_taken_for_a_copy",
        "OnTheDevice": "copied_on_the_device",
        "LoadedWhereItWas": "copied_on_the_device",
        "MovesTheModel": "the_model_brought_to_the_cpu",
        "OneLate": "one_update_late",
    }
}
