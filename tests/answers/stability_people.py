"""Checkpoints of lesson 11 as people write them, part by part: right ones, and each slip alone."""

import copy
import io
import os
import random
import shutil
import tempfile
import zipfile
import zlib
from pathlib import Path
from typing import Any

import numpy as np
import torch

from .stability_checkpoints import KEY


def shapes(optimizer: Any) -> Any:
    return [[list(p.shape) for p in group["params"]] for group in optimizer.param_groups]


class InMemory:
    """Right: everything goes through bytes in memory; the model's shapes are compared as well."""

    def states(self) -> dict[str, Any]:
        kind, words, *rest = np.random.get_state()  # noqa: NPY002
        return {
            "python": random.getstate(),
            "numpy": [kind, np.asarray(words).tolist(), *rest],
            "torch": torch.get_rng_state(),
            "cuda": torch.cuda.get_rng_state_all(),
        }

    def pack(self, run: Any) -> bytes:
        buffer = io.BytesIO()
        torch.save(run, buffer)
        return buffer.getvalue()

    def write(self, content: bytes, path: str) -> None:
        number, aside = tempfile.mkstemp(dir=os.path.dirname(path), prefix="aside-")  # noqa: PTH120
        try:
            with os.fdopen(number, "wb") as file:
                file.write(content)
                file.flush()
                os.fsync(file.fileno())
            os.replace(aside, path)  # noqa: PTH105
        except BaseException:
            Path(aside).unlink(missing_ok=True)
            raise

    def unpack(self, content: bytes) -> Any:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            if archive.testzip() is not None:
                raise ValueError("damaged")
        return self.loaded(content)

    def loaded(self, content: bytes) -> Any:
        return torch.load(io.BytesIO(content), map_location="cpu", weights_only=True)

    def check(self, run: Any, parts: dict[str, Any]) -> None:
        own = parts["model"].state_dict()
        if {n: t.shape for n, t in own.items()} != {n: t.shape for n, t in run["model"].items()}:
            raise ValueError("another model")
        if "optimizer" in parts and shapes(parts["optimizer"]) != run["shapes"]:
            raise ValueError("another optimizer")
        if any(run[name] is None for name in parts):
            raise ValueError("not saved")

    def fill(self, run: Any, parts: dict[str, Any]) -> None:
        before = {name: self.kept(part) for name, part in parts.items()}
        try:
            for name, part in parts.items():
                part.load_state_dict(run[name])
        except Exception as error:
            for name, part in parts.items():
                part.load_state_dict(before[name])
            raise ValueError("a part refuses its state") from error
        self.draw_as(run)

    def kept(self, part: Any) -> Any:
        return copy.deepcopy(part.state_dict())

    def draw_as(self, run: Any) -> None:
        random.setstate(run["python"])
        kind, words, *rest = run["numpy"]
        np.random.set_state((kind, np.array(words, np.uint32), *rest))  # noqa: NPY002
        torch.set_rng_state(run["torch"])
        self.cards_as(run)

    def cards_as(self, run: Any) -> None:
        if torch.cuda.is_available():
            torch.cuda.set_rng_state_all(run["cuda"])

    def answer(self, run: Any) -> Any:
        return {"epoch": run["epoch"], "best": run["best"]}

    def pair(self) -> Any:
        """The two functions."""

        def save_checkpoint(
            path: Any,
            *,
            model: Any,
            optimizer: Any,
            scheduler: Any = None,
            scaler: Any = None,
            epoch: Any,
            best: Any,
        ) -> None:
            parts = {"model": model, "optimizer": optimizer, "scheduler": scheduler}
            run: dict[str, Any] = {
                name: None if part is None else part.state_dict()
                for name, part in {**parts, "scaler": scaler}.items()
            }
            run |= {"epoch": epoch, "best": best, "shapes": shapes(optimizer), **self.states()}
            self.write(self.pack(run), os.fspath(path))

        def load_checkpoint(
            path: Any,
            *,
            model: Any,
            optimizer: Any = None,
            scheduler: Any = None,
            scaler: Any = None,
        ) -> Any:
            content = Path(path).read_bytes()
            given = {"model": model, "optimizer": optimizer}
            given |= {"scheduler": scheduler, "scaler": scaler}
            parts = {name: part for name, part in given.items() if part is not None}
            try:
                run = self.unpack(content)
                missing = {"python", "numpy", "torch", "cuda", "epoch", "best", *parts} - set(run)
            except Exception as error:
                raise ValueError("no whole checkpoint") from error
            if missing:
                raise ValueError(f"without {missing}")
            self.check(run, parts)
            self.fill(run, parts)
            return self.answer(run)

        return {"save_checkpoint": save_checkpoint, "load_checkpoint": load_checkpoint}


class NoArchive(InMemory):
    """Right: torch's old format, which is no zip, and a checksum behind it."""

    def pack(self, run: Any) -> bytes:
        buffer = io.BytesIO()
        torch.save(run, buffer, _use_new_zipfile_serialization=False)
        return buffer.getvalue() + zlib.crc32(buffer.getvalue()).to_bytes(4, "little")

    def unpack(self, content: bytes) -> Any:
        if zlib.crc32(content[:-4]).to_bytes(4, "little") != content[-4:]:
            raise ValueError("damaged")
        return self.loaded(content[:-4])


class ArchiveInAnArchive(InMemory):
    """Right: one member in a zip of its own."""

    def pack(self, run: Any) -> bytes:
        buffer = io.BytesIO()
        with zipfile.ZipFile(buffer, "w") as archive:
            archive.writestr("run.pt", super().pack(run))
        return buffer.getvalue()

    def unpack(self, content: bytes) -> Any:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            if archive.testzip() is not None:
                raise ValueError("damaged")
            return self.loaded(archive.read("run.pt"))


class FolderBeside(InMemory):
    """Right: the temporary file lies in a temporary folder in the same folder."""

    def write(self, content: bytes, path: str) -> None:
        with tempfile.TemporaryDirectory(dir=Path(path).parent) as folder:
            aside = Path(folder) / "aside"
            aside.write_bytes(content)
            aside.rename(path)


class WholeFileLeft(InMemory):
    def write(self, content: bytes, path: str) -> None:
        aside = Path(path + ".aside")
        aside.write_bytes(content)
        aside.replace(path)


class OnAnotherDisk(InMemory):
    def write(self, content: bytes, path: str) -> None:
        with tempfile.TemporaryDirectory() as folder:
            aside = Path(folder) / "aside"
            aside.write_bytes(content)
            aside.replace(path)


class Moved(InMemory):
    def write(self, content: bytes, path: str) -> None:
        with tempfile.TemporaryDirectory() as folder:
            aside = Path(folder) / "aside"
            aside.write_bytes(content)
            shutil.move(aside, path)


class Silent(InMemory):
    def write(self, content: bytes, path: str) -> None:
        try:
            super().write(content, path)
        except OSError as error:
            self.said = str(error)


class WithABackup(InMemory):
    def write(self, content: bytes, path: str) -> None:
        aside, old = Path(path + ".aside"), Path(path)
        try:
            aside.write_bytes(content)
            if old.exists():
                old.replace(path + ".bak")
            aside.replace(path)
        finally:
            aside.unlink(missing_ok=True)


class OneCard(InMemory):
    def states(self) -> dict[str, Any]:
        one = [torch.cuda.get_rng_state()] if torch.cuda.is_available() else []
        return {**super().states(), "cuda": one}


class TorchAlone(InMemory):
    def draw_as(self, run: Any) -> None:
        torch.set_rng_state(run["torch"])
        self.cards_as(run)


class TorchOnTheCpuAlone(InMemory):
    def draw_as(self, run: Any) -> None:
        torch.set_rng_state(run["torch"])


class SeedForState(InMemory):
    def states(self) -> dict[str, Any]:
        return {**super().states(), "torch": torch.initial_seed()}

    def draw_as(self, run: Any) -> None:
        super().draw_as({**run, "torch": torch.get_rng_state()})
        torch.manual_seed(run["torch"])


class NoCardsAndNoChecks(InMemory):
    """Several things are missing; a resume on a GPU shows the first of them."""

    def unpack(self, content: bytes) -> Any:
        return torch.load(io.BytesIO(content), map_location="cpu", weights_only=False)

    def check(self, run: Any, parts: dict[str, Any]) -> None:
        pass

    def cards_as(self, run: Any) -> None:
        pass


class LoadedWhereItWas(InMemory):
    def loaded(self, content: bytes) -> Any:
        return torch.load(io.BytesIO(content), weights_only=True)


class NotPutBack(InMemory):
    def fill(self, run: Any, parts: dict[str, Any]) -> None:
        try:
            for name, part in parts.items():
                part.load_state_dict(run[name])
        except Exception as error:
            raise ValueError("a part refuses its state") from error
        self.draw_as(run)


class PutBackByReference(InMemory):
    def kept(self, part: Any) -> Any:
        return part.state_dict()


class DrawsFirst(InMemory):
    def fill(self, run: Any, parts: dict[str, Any]) -> None:
        self.draw_as(run)
        super().fill(run, parts)


class ATuple(InMemory):
    def answer(self, run: Any) -> Any:
        return run["epoch"], run["best"]


class Nothing(InMemory):
    def answer(self, run: Any) -> Any:
        return None


SLIPS: Any = {
    WholeFileLeft: "whole_file_left",
    OnAnotherDisk: "written_on_another_disk",
    Moved: "moved_from_another_disk",
    Silent: "failure_swallowed",
    WithABackup: "backup_left",
    OneCard: "one_card_only",
    TorchAlone: "only_torch_random_restored",
    TorchOnTheCpuAlone: "only_torch_on_the_cpu_restored",
    SeedForState: "seed_for_state",
    NoCardsAndNoChecks: "cuda_random_forgotten",
    LoadedWhereItWas: "loaded_where_it_was",
    NotPutBack: "not_put_back_of_one_model",
    PutBackByReference: "put_back_by_reference_of_one_model",
    DrawsFirst: "random_state_not_put_back_of_one_model",
    ATuple: "a_tuple_for_the_dict",
    Nothing: "nothing_comes_back",
}
RIGHT: Any = {
    KEY: {
        made.__name__: made().pair()
        for made in (InMemory, NoArchive, ArchiveInAnArchive, FolderBeside)
    }
}
WRONG: Any = {KEY: {made.__name__: made().pair() for made in SLIPS}}
NAMED: Any = {KEY: {made.__name__: name for made, name in SLIPS.items()}}
