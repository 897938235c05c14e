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


def altered(content: bytes) -> Iterator[bytes]:
    """One byte of what one member holds is another one."""
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        members = [m for m in archive.infolist() if m.compress_size > 0]
    for member in spaced(members):
        at, size = member.header_offset, member.compress_size
        name, extra = (int.from_bytes(content[at + i : at + i + 2], "little") for i in (26, 28))
        stored = member.compress_type == zipfile.ZIP_STORED
        place = at + 30 + name + extra + (size - 1 if stored else size // 2)
        yield content[:place] + bytes([content[place] ^ 0x55]) + content[place + 1 :]


def lacking(content: bytes) -> Iterator[bytes]:
    """A whole archive in which one member is missing."""
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        members = {name: archive.read(name) for name in archive.namelist()}
    for missing in spaced(list(members)):
        buffer = io.BytesIO()
        with zipfile.ZipFile(buffer, "w") as archive:
            for name in [name for name in members if name != missing]:
                archive.writestr(name, members[name])
        yield buffer.getvalue()


def foreign(content: bytes) -> Iterator[bytes]:
    """An archive of something else, and a text."""
    buffer = io.BytesIO()
    np.savez(buffer, x=np.zeros(3))
    yield from (buffer.getvalue(), b"epoch: 3\n" * 40)


def spaced(things: list[Any]) -> list[Any]:
    """All of them, or `MOST`, the first and the last among them."""
    most = min(MOST, len(things))
    return [things[i] for i in np.linspace(0, len(things) - 1, most).astype(int)]


KINDS: Any = {
    "that are cut short": lambda content: (b"", content[:-1]),
    "with an altered byte": altered,
    "with a member missing": lacking,
    "of another kind": foreign,
}
OTHERS: Any = {
    "with a transposed array": {**SHAPES, "W1": (4, 3)},
    "with one axis more": {**SHAPES, "b2": (1, 2)},
    "with one row where there are four": {**SHAPES, "W2": (1, 2)},
    "with an array less": {name: SHAPES[name] for name in ("b2", "W1", "b1")},
    "with other names": {"b4": (2,), "W3": (3, 4), "b3": (4,), "W4": (4, 2)},
}


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
    with scratch() as folder:
        plain, full = folder / "plain.npz", folder / "full.npz"
        Run(one, plain=True).go(2).save(impl, plain, 3)
        Run(one).go(1).save(impl, full, 3)
        wider = {**SHAPES, "b1": (5,)}
        return {
            **{
                f"by a model {what}": _answer(impl, plain, Run(other, shapes, 0.7, plain=True))
                for what, shapes in OTHERS.items()
            },
            "by an optimizer with another state": _answer(impl, full, Run(other, full=False)),
            "by an optimizer of another model": _answer(impl, full, Run(other, wider)),
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
    seen: dict[str, Any] = {kind: [] for kind in KINDS}
    with scratch() as folder:
        path = folder / "run.npz"
        Run(inputs["seeds"][0]).go(2).save(impl, path, inputs["epoch"])
        content = path.read_bytes()
        for kind, variants in KINDS.items():
            for damaged in variants(content):
                path.write_bytes(damaged)
                seen[kind].append(_answer(impl, path, Run(inputs["seeds"][1], lr=0.7)))
    return seen


def _answer(impl: Any, path: Any, run: Run) -> Any:
    kept = run.go(1).state()
    answer = outcome(run.load, impl, path)
    if isinstance(answer, Exception):  # its frames would keep the damaged file open
        answer.__cause__ = answer.__context__ = answer.__traceback__ = None
    return {"answer": answer, "before": kept, "after": run.state()}
