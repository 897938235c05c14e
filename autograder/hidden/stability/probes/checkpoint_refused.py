"""Probes of files that cannot be loaded: damaged ones, strangers, and those that hold code."""

import io
import os
import pickle
import zipfile
from collections.abc import Iterator
from typing import Any

import numpy as np
import torch

from autograder.api import Inputs, Probes, outcome

from .keeper import Run, Strict, run_seeds, saved, scratch, seed_everything

probes = Probes()
checkpoints = probes.exercise("save_checkpoint__load_checkpoint")
MOST = 2  # members that are altered in turn
MINIMAL = ("model", "optimizer")


def altered(content: bytes) -> Iterator[bytes]:
    """One byte of what the file holds is altered: in members of an archive, or anywhere."""
    if not zipfile.is_zipfile(io.BytesIO(content)):
        for place in (len(content) // 4, len(content) // 2, 3 * len(content) // 4):
            yield flipped(content, place)
        return
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        members = [m for m in archive.infolist() if m.compress_size > 0]
    own = [m for m in members if "/data/" in m.filename or m.filename.endswith("data.pkl")]
    for member in spaced(own or members):
        at, size = member.header_offset, member.compress_size
        name, extra = (int.from_bytes(content[at + i : at + i + 2], "little") for i in (26, 28))
        yield flipped(content, at + 30 + name + extra + size // 2)


def flipped(content: bytes, place: int) -> bytes:
    return content[:place] + bytes([content[place] ^ 0x15]) + content[place + 1 :]


def foreign(content: bytes) -> Iterator[bytes]:
    """Archives of something else, and a text."""
    buffer = io.BytesIO()
    parts = small(9).parts()
    states = {name: part.state_dict() for name, part in parts.items()}
    torch.save({**states, "epoch": 1, "best": None}, buffer)  # no random state
    yield buffer.getvalue()
    buffer = io.BytesIO()
    np.savez(buffer, x=np.zeros(3))
    yield from (buffer.getvalue(), b"epoch: 3\n" * 40)


def spaced(things: list[Any]) -> list[Any]:
    """All of them, or `MOST`, the first and the last among them."""
    most = min(MOST, len(things))
    return [things[i] for i in np.linspace(0, len(things) - 1, most).astype(int)]


KINDS: Any = {
    "that are cut short": lambda content: (*(b"", content[: len(content) // 2], content[:-1]),),
    "with an altered byte": altered,
    "of another kind": foreign,
}


def small(seed: int, **options: Any) -> Run:
    return Run(seed, small=True, **options)


def answer_of(impl: Any, path: Any, run: Run, *names: str) -> Any:
    """What a load raises, and digests of everything before and after it."""
    seed_everything(5)
    before = run.marks()
    answer = outcome(impl.load_checkpoint, path, **run.parts(*names))
    if isinstance(answer, Exception):  # its frames would keep the damaged file open
        answer.__cause__ = answer.__context__ = answer.__traceback__ = None
    else:
        answer = dict[str, Any]()  # whatever it is that came back
    return {"answer": answer, "before": before, "after": run.marks()}


@checkpoints.probe(
    "where there is no file",
    points=0.125,
    inputs=run_seeds,
    kind="side",
    experiment="load a path that does not exist, and read the name of the error.",
)
def missing(impl: Any, inputs: Inputs) -> Any:
    """No file at all, by a Path and by a str."""
    run = small(inputs["seeds"][0])
    with scratch() as folder:
        path = folder / "nowhere.pt"
        return {
            "where there is no file": answer_of(impl, path, run),
            "where there is no file, by a str": answer_of(impl, str(path), run),
        }


@checkpoints.probe(
    "damaged files are refused and change nothing",
    points=0.5,
    inputs=run_seeds,
    kind="side",
    experiment="cut a file short at several places; flip a byte in the middle of a weight.",
)
def damaged(impl: Any, inputs: Inputs) -> Any:
    """What a load of every damaged file raises, and everything as it is afterwards."""
    seen: dict[str, Any] = {kind: [] for kind in KINDS}
    run = small(inputs["seeds"][1], lr=0.02).go(1)
    with scratch() as folder:
        path = folder / "run.pt"
        saved(impl, small(inputs["seeds"][0]).go(1), path)
        content = path.read_bytes()
        for kind, variants in KINDS.items():
            for broken in variants(content):
                path.write_bytes(broken)
                seen[kind].append(answer_of(impl, path, run))
    return seen


@checkpoints.probe(
    "other models are refused and change nothing",
    points=0.25,
    inputs=run_seeds,
    kind="side",
    experiment="save a model of 4 outputs, and load it into one of 5; print its weights after.",
)
def other_models(impl: Any, inputs: Inputs) -> Any:
    one, other = inputs["seeds"][:2]
    with scratch() as folder:
        path = folder / "run.pt"
        saved(impl, small(one), path, *MINIMAL)
        fewer, renamed = small(other), small(other)
        fewer.model[0].register_parameter("bias", None)
        renamed.model.add_module("1", renamed.model[0])
        renamed.model[0] = torch.nn.Identity()
        return {
            "by a model of another width": answer_of(impl, path, small(other, hidden=5), *MINIMAL),
            "by a model without a bias": answer_of(impl, path, fewer, "model"),
            "by a model with other names": answer_of(impl, path, renamed, "model"),
        }


@checkpoints.probe(
    "optimizers of other parameters are refused and change nothing",
    points=0.125,
    inputs=run_seeds,
    kind="side",
    experiment="save Adam after a step, and load it into one whose parameter has another shape.",
)
def other_optimizers(impl: Any, inputs: Inputs) -> Any:
    """The model is the same, and what its optimizer steps is not."""
    one, other = inputs["seeds"][:2]
    with scratch() as folder:
        path = folder / "run.pt"
        saved(impl, small(one, width=3).go(1), path, *MINIMAL)
        return {
            f"by an optimizer of {width} numbers": answer_of(
                impl, path, small(other, width=width), *MINIMAL
            )
            for width in (4, 1)
        }


@checkpoints.probe(
    "a state that was not saved is refused and changes nothing",
    points=0.0625,
    inputs=run_seeds,
    kind="side",
    experiment="save without a scheduler, load with one, and print the weights afterwards.",
)
def missing_states(impl: Any, inputs: Inputs) -> Any:
    one, other = inputs["seeds"][:2]
    with scratch() as folder:
        path, run = folder / "run.pt", small(other)
        saved(impl, small(one), path, *MINIMAL)
        return {
            "where no scheduler was saved": answer_of(impl, path, run, *MINIMAL, "scheduler"),
            "where no scaler was saved": answer_of(impl, path, run, *MINIMAL, "scaler"),
        }


@checkpoints.probe(
    "a state that a part refuses, so that nothing changes",
    points=0.0625,
    inputs=run_seeds,
    kind="side",
    experiment="load into a scaler whose load_state_dict raises, and print the weights afterwards.",
)
def refused_states(impl: Any, inputs: Inputs) -> Any:
    one, other = inputs["seeds"][:2]
    with scratch() as folder:
        path = folder / "run.pt"
        saved(impl, small(one), path)
        strict = small(other, scaler=Strict(2.0)).go(1)
        return {"by a scaler that refuses its state": answer_of(impl, path, strict)}


class Code:
    """Makes a folder when it is unpickled."""

    def __init__(self, folder: str) -> None:
        self.folder = folder

    def __reduce__(self) -> Any:
        return os.mkdir, (self.folder,)


@checkpoints.probe(
    "code in a file is not run",
    points=0.25,
    inputs=run_seeds,
    kind="side",
    experiment="read what weights_only=True refuses.",
)
def code(impl: Any, inputs: Inputs) -> Any:
    """Files that hold code: torch's, pickle's, and the learner's own with its pickle replaced."""
    run = small(inputs["seeds"][0])
    seen = {}
    with scratch() as folder:
        path, mark = folder / "run.pt", folder / "it_ran"
        saved(impl, run, path)
        content, evil = path.read_bytes(), pickle.dumps({"model": Code(str(mark))}, protocol=2)
        buffer = io.BytesIO()
        torch.save({"model": Code(str(mark)), "epoch": 1}, buffer)
        files = {
            "saved by torch": buffer.getvalue(),
            "saved by pickle": evil,
            "with its own pickle replaced": _replaced(content, evil),
        }
        for what, holds in files.items():
            path.write_bytes(holds)
            answer = answer_of(impl, path, run)
            seen[f"in a file {what}"] = {**answer, "ran": mark.exists()}
            if mark.exists():
                mark.rmdir()
    return seen


def _replaced(content: bytes, evil: bytes) -> bytes:
    """The same archive, whole, with another pickle in it; of any other layout, the pickle alone."""
    if not zipfile.is_zipfile(io.BytesIO(content)):
        return evil
    buffer = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as source, zipfile.ZipFile(buffer, "w") as target:
        names = source.namelist()
        for name in names:
            is_pickle = name.endswith("data.pkl")
            target.writestr(name, evil if is_pickle else source.read(name))
    return buffer.getvalue() if any(name.endswith("data.pkl") for name in names) else evil
