"""Probes of files that cannot be loaded: damaged ones, and those of other models."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Iterator
from typing import Any

import numpy as np

from autograder.hidden.numpy_trainer.probes.keeper import KEY, SHAPES, Run, raised, scratch, seeds
from autograder.probe import Inputs, Probe, Probes

MOST = 6  # members that are altered, and left out, in turn


def truncated(content: bytes) -> Iterator[tuple[str, bytes]]:
    """Only the beginning of a file."""
    for kept in (0, len(content) // 3, len(content) - 30, len(content) - 1):
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
    buffer = io.BytesIO()
    np.save(buffer, np.zeros(3))
    yield "one array", buffer.getvalue()
    yield "text", b"epoch: 3\n" * 40


def spaced(things: list[Any]) -> list[Any]:
    """All of them, or `MOST`, the first and the last among them."""
    if len(things) <= MOST:
        return things
    return [things[i] for i in np.linspace(0, len(things) - 1, MOST).astype(int)]


KINDS = {
    "truncated": truncated,
    "with altered bytes": altered,
    "with a member missing": lacking,
    "of another kind": foreign,
}


def refuses(impl: Any, inputs: Inputs) -> Any:
    """What a load of every damaged file raises, and whether anything has changed afterwards."""
    one = Run(inputs["seeds"][0]).go(2)
    other = Run(inputs["seeds"][1], lr=0.7).go(1)
    kept = other.state()
    seen: dict[str, Any] = {kind: [] for kind in KINDS}
    with scratch() as folder:
        path = folder / "run.npz"
        one.save(impl, path, inputs["epoch"])
        content = path.read_bytes()
        for kind, variants in KINDS.items():
            for _, damaged in variants(content):
                path.write_bytes(damaged)
                answer = raised(other.load, impl, path)
                now = other.state()
                seen[kind].append({"answer": answer, "changed": changes(kept, now)})
                if seen[kind][-1]["changed"]:
                    other = Run(inputs["seeds"][1], lr=0.7).go(1)
    return seen


def changes(one: Any, other: Any) -> list[str]:
    """Which parts of a run differ in any bit."""
    return [part for part in one if not _same(one[part], other[part])]


def _same(one: Any, other: Any) -> bool:
    if isinstance(one, dict):
        return set(one) == set(other) and all(_same(one[key], other[key]) for key in one)
    if isinstance(one, list | tuple):
        return len(one) == len(other) and all(map(_same, one, other))
    if isinstance(one, np.ndarray):
        return np.array_equal(one, other)
    return bool(one == other)


OTHERS: dict[str, Any] = {
    "with a transposed array": {**SHAPES, "W1": (4, 3)},
    "with one number more": {**SHAPES, "b1": (5,)},
    "with one axis more": {**SHAPES, "b2": (1, 2)},
    "with one row where there are four": {**SHAPES, "W2": (1, 2)},
    "with an array less": {name: SHAPES[name] for name in ("b2", "W1", "b1")},
    "with an array more": {**SHAPES, "W3": (2, 2)},
    "with other names": {"b4": (2,), "W3": (3, 4), "b3": (4,), "W4": (4, 2)},
}


def strangers(impl: Any, inputs: Inputs) -> Any:
    """Checkpoints of other models, of another optimizer, and none at all."""
    seen: dict[str, Any] = {}
    with scratch() as folder:
        for index, (what, shapes) in enumerate(OTHERS.items()):
            path = folder / f"{index}.npz"
            Run(inputs["seeds"][0], shapes, plain=True).go(2).save(impl, path, 3)
            seen[f"for a model {what}"] = _answer(impl, path, inputs, plain=True)
        for what, other in (
            ("another state", Run(inputs["seeds"][0], full=False)),
            ("arrays of other shapes", Run(inputs["seeds"][0], OTHERS["with one number more"])),
        ):
            path = folder / f"{what}.npz"
            other.go(1).save(impl, path, 3)
            seen[f"for an optimizer with {what}"] = _answer(impl, path, inputs)
        seen["where there is no file"] = _answer(impl, folder / "nowhere.npz", inputs)
        seen["where there is no file, by a str"] = _answer(impl, str(folder / "nowhere"), inputs)
    return seen


def _answer(impl: Any, path: Any, inputs: Inputs, plain: bool = False) -> Any:
    mine = Run(inputs["seeds"][1], lr=0.7, plain=plain).go(1)
    kept = mine.state()
    answer = raised(mine.load, impl, path)
    return {"answer": answer, "changed": changes(kept, mine.state())}


def declare(probes: Probes) -> None:
    for probe in (
        Probe(
            "strangers",
            "checkpoints of other models are refused and change nothing",
            0.5,
            seeds,
            strangers,
            experiment="save a model with b1 of five numbers, load it into one of four.",
        ),
        Probe(
            "refuses",
            "damaged files are refused and change nothing",
            0.75,
            seeds,
            refuses,
            experiment="cut a file short at several places, and flip a byte near its beginning.",
        ),
    ):
        probes.add(KEY, probe)
