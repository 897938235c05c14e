"""Probes of files that cannot be loaded: damaged ones, and those of other models."""

import io
import zipfile
from collections.abc import Iterator
from typing import Any

import numpy as np

from autograder.api import Inputs, Probes, outcome
from autograder.hidden.numpy_trainer.probes.keeper import SHAPES, Run, run_seeds, scratch

probes = Probes()
checkpoints = probes.exercise("save_checkpoint__load_checkpoint")

MOST = 3  # members that are altered, and left out, in turn


def truncated(content: bytes) -> Iterator[tuple[str, bytes]]:
    """Only the beginning of a file."""
    for kept in (0, len(content) - 1):
        yield f"{kept} bytes", content[:kept]


def altered(content: bytes) -> Iterator[tuple[str, bytes]]:
    """One byte of what one member holds is another one."""
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        members = [m for m in archive.infolist() if m.compress_size > 0]
    for member in spaced(members):
        at = member.header_offset
        name, extra = (int.from_bytes(content[at + i : at + i + 2], "little") for i in (26, 28))
        start = at + 30 + name + extra
        stored = member.compress_type == zipfile.ZIP_STORED
        size = member.compress_size
        place = start + (size - 1 if stored else size // 2)
        flipped = bytes([content[place] ^ 0x55])
        yield member.filename, content[:place] + flipped + content[place + 1 :]


def lacking(content: bytes) -> Iterator[tuple[str, bytes]]:
    """A whole archive in which one member is missing."""
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        members = {name: archive.read(name) for name in archive.namelist()}
    for missing in spaced(list(members)):
        buffer = io.BytesIO()
        with zipfile.ZipFile(buffer, "w") as archive:
            for name, data in members.items():
                if name != missing:
                    archive.writestr(name, data)
        yield missing, buffer.getvalue()


def foreign(content: bytes) -> Iterator[tuple[str, bytes]]:
    """Files of other kinds."""
    buffer = io.BytesIO()
    np.savez(buffer, x=np.zeros(3))
    yield "another archive", buffer.getvalue()
    yield "text", b"epoch: 3\n" * 40


def spaced(things: list[Any]) -> list[Any]:
    """All of them, or `MOST`, the first and the last among them."""
    if len(things) <= MOST:
        return things
    return [things[i] for i in np.linspace(0, len(things) - 1, MOST).astype(int)]


KINDS = {
    "that are cut short": truncated,
    "with an altered byte": altered,
    "with a member missing": lacking,
    "of another kind": foreign,
}


@checkpoints.probe(
    "damaged files are refused and change nothing",
    points=0.75,
    inputs=run_seeds,
    kind="side",
    experiment="cut a file short at several places, and flip a byte near its beginning.",
)
def refuses(impl: Any, inputs: Inputs) -> Any:
    """What a load of every damaged file raises, and everything as it is afterwards."""
    one = Run(inputs["seeds"][0]).go(2)
    seen: dict[str, Any] = {kind: [] for kind in KINDS}
    with scratch() as folder:
        path = folder / "run.npz"
        one.save(impl, path, inputs["epoch"])
        content = path.read_bytes()
        for kind, variants in KINDS.items():
            for _, damaged in variants(content):
                path.write_bytes(damaged)
                seen[kind].append(_answer(impl, path, Run(inputs["seeds"][1], lr=0.7)))
    return seen


OTHERS: dict[str, Any] = {
    "with a transposed array": {**SHAPES, "W1": (4, 3)},
    "with one axis more": {**SHAPES, "b2": (1, 2)},
    "with one row where there are four": {**SHAPES, "W2": (1, 2)},
    "with an array less": {name: SHAPES[name] for name in ("b2", "W1", "b1")},
    "with other names": {"b4": (2,), "W3": (3, 4), "b3": (4,), "W4": (4, 2)},
}


@checkpoints.probe(
    "checkpoints of other models are refused and change nothing",
    points=0.375,
    inputs=run_seeds,
    kind="side",
    experiment="save a model with b1 of five numbers, load it into one of four.",
)
def strangers(impl: Any, inputs: Inputs) -> Any:
    """One checkpoint for several other models, and one for other optimizers."""
    one, other = inputs["seeds"][:2]
    seen: dict[str, Any] = {}
    with scratch() as folder:
        path = folder / "plain.npz"
        Run(one, plain=True).go(2).save(impl, path, 3)
        for what, shapes in OTHERS.items():
            seen[f"by a model {what}"] = _answer(impl, path, Run(other, shapes, 0.7, plain=True))
        path = folder / "full.npz"
        Run(one).go(1).save(impl, path, 3)
        wider = {**SHAPES, "b1": (5,)}
        for what, run in (
            ("by an optimizer with another state", Run(other, lr=0.7, full=False)),
            ("by an optimizer of another model", Run(other, wider, 0.7)),
        ):
            seen[what] = _answer(impl, path, run)
    return seen


@checkpoints.probe(
    "where there is no file",
    points=0.125,
    inputs=run_seeds,
    kind="side",
    experiment="load a path that does not exist, and read the name of the error.",
)
def missing(impl: Any, inputs: Inputs) -> Any:
    """No file at all, by a Path and by a str."""
    run = Run(inputs["seeds"][0], plain=True)
    with scratch() as folder:
        path = folder / "nowhere.npz"
        return {
            "where there is no file": _answer(impl, path, run),
            "where there is no file, by a str": _answer(impl, str(path), run),
        }


def _answer(impl: Any, path: Any, run: Run) -> Any:
    kept = run.go(1).state()
    answer = outcome(run.load, impl, path)
    if isinstance(answer, Exception):  # its frames would keep the damaged file open
        answer.__cause__ = answer.__context__ = answer.__traceback__ = None
    return {"answer": answer, "before": kept, "after": run.state()}
