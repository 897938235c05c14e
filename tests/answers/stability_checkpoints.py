"""Right answers to the checkpoints of lesson 11: other layouts, other orders of checks."""

import copy
import hashlib
import io
import os
import random
import tempfile
import zipfile
from pathlib import Path
from typing import Any

import numpy as np
import torch

KEY = "save_checkpoint__load_checkpoint"

# In a wrapper of its own: a digest, then the bytes of torch.save.


def save_with_a_digest(
    path: Any,
    *,
    model: Any,
    optimizer: Any,
    scheduler: Any = None,
    scaler: Any = None,
    epoch: Any,
    best: Any,
) -> None:
    numpy: Any = np.random.get_state()  # noqa: NPY002
    payload = {
        "states": [
            None if part is None else part.state_dict()
            for part in (model, optimizer, scheduler, scaler)
        ],
        "sizes": [tuple(p.shape) for g in optimizer.param_groups for p in g["params"]],
        "rng": [
            list(random.getstate()),
            [numpy[0], [int(word) for word in numpy[1]], *numpy[2:]],
            torch.random.get_rng_state(),
            torch.cuda.get_rng_state_all() if torch.cuda.is_available() else [],
        ],
        "returned": {"epoch": epoch, "best": best},
    }
    buffer = io.BytesIO()
    torch.save(payload, buffer)
    content = buffer.getvalue()
    descriptor, temporary = tempfile.mkstemp(dir=os.path.dirname(os.path.abspath(path)))  # noqa: PTH100, PTH120
    try:
        with os.fdopen(descriptor, "wb") as file:
            file.write(hashlib.sha256(content).digest() + content)
            file.flush()
            os.fsync(file.fileno())
        os.replace(temporary, path)  # noqa: PTH105
    except BaseException:
        os.unlink(temporary)  # noqa: PTH108
        raise


def load_with_a_digest(
    path: Any, *, model: Any, optimizer: Any = None, scheduler: Any = None, scaler: Any = None
) -> Any:
    with open(path, "rb") as file:  # noqa: PTH123
        content = file.read()
    if hashlib.sha256(content[32:]).digest() != content[:32]:
        raise ValueError(f"{path} is damaged")
    try:
        saved = torch.load(io.BytesIO(content[32:]), map_location="cpu", weights_only=True)
        python, numpy, on_cpu, on_cuda = saved["rng"]
        states, returned, sizes = saved["states"], saved["returned"], saved["sizes"]
    except Exception as error:
        raise ValueError("not a checkpoint") from error
    parts = [model, optimizer, scheduler, scaler]
    for part, state in zip(parts, states, strict=True):
        if part is not None and state is None:
            raise ValueError("that state was not saved")
    if optimizer is not None:
        own = [tuple(p.shape) for g in optimizer.param_groups for p in g["params"]]
        if own != sizes:
            raise ValueError(f"optimizer: {own}, saved {sizes}")
    held = [None if part is None else copy.deepcopy(part.state_dict()) for part in parts]
    loaded: list[int] = []
    try:
        for i, (part, state) in enumerate(zip(parts, states, strict=True)):
            if part is not None:
                loaded.append(i)
                part.load_state_dict(state)
    except Exception as error:
        for i in loaded:
            parts[i].load_state_dict(held[i])
        raise ValueError(str(error)) from error
    random.setstate((python[0], tuple(python[1]), python[2]))
    np.random.set_state((numpy[0], np.array(numpy[1], dtype=np.uint32), *numpy[2:]))  # noqa: NPY002
    torch.random.set_rng_state(on_cpu)
    if torch.cuda.is_available():
        torch.cuda.set_rng_state_all(on_cuda)
    return returned


# A flat dict, written into memory first; checks by comparing states; parts tried on copies.


def save_flat(
    path: Any,
    *,
    model: Any,
    optimizer: Any,
    scheduler: Any = None,
    scaler: Any = None,
    epoch: Any,
    best: Any,
) -> None:
    state: Any = np.random.get_state()  # noqa: NPY002
    kind, keys, place, has, cached = state
    flat: dict[str, Any] = {
        "model_state_dict": model.state_dict(),
        "optimizer_state_dict": optimizer.state_dict(),
        "epoch": epoch,
        "best": best,
        "python_rng": random.getstate(),
        "numpy_kind": kind,
        "numpy_keys": torch.from_numpy(keys.astype(np.int64)),
        "numpy_rest": [place, has, cached],
        "torch_rng": torch.get_rng_state(),
        "cuda_rng": [torch.cuda.get_rng_state(i) for i in range(torch.cuda.device_count())],
    }
    if scheduler is not None:
        flat["scheduler_state_dict"] = scheduler.state_dict()
    if scaler is not None:
        flat["scaler_state_dict"] = scaler.state_dict()
    memory = io.BytesIO()
    torch.save(flat, memory)
    path = Path(path)
    temporary = path.parent / (path.name + ".tmp")
    try:
        temporary.write_bytes(memory.getvalue())
        temporary.rename(path)
    finally:
        if temporary.exists():
            temporary.unlink()


def fits(optimizer: Any, state: Any) -> bool:
    """Compares the shapes of the state's tensors with those of the parameters they belong to."""
    params = [p for group in optimizer.param_groups for p in group["params"]]
    order = [i for group in state["param_groups"] for i in group["params"]]
    if len(params) != len(order):
        return False
    shapes = dict(zip(order, (p.shape for p in params), strict=True))
    return all(
        value.shape in (shapes[index], torch.Size([]))
        for index, values in state["state"].items()
        for value in values.values()
        if isinstance(value, torch.Tensor)
    )


def load_flat(
    path: Any, *, model: Any, optimizer: Any = None, scheduler: Any = None, scaler: Any = None
) -> Any:
    path = Path(path)
    if not path.exists():
        raise FileNotFoundError(path)
    try:
        with zipfile.ZipFile(path) as archive:
            assert archive.testzip() is None
        flat = torch.load(path, map_location=torch.device("cpu"), weights_only=True)
        python = random.Random()
        python.setstate(flat["python_rng"])
        numpy: Any = (flat["numpy_kind"], flat["numpy_keys"].numpy().astype(np.uint32))
        numpy = (*numpy, *flat["numpy_rest"])
        torch.Generator().set_state(flat["torch_rng"])
        result = {"epoch": flat["epoch"], "best": flat["best"], "path": str(path)}
        weights = flat["model_state_dict"]
        own = model.state_dict()
        assert list(own) == list(weights)
        assert all(own[name].shape == weights[name].shape for name in own)
        if optimizer is not None:
            assert fits(optimizer, flat["optimizer_state_dict"])
            copy.deepcopy(optimizer).load_state_dict(flat["optimizer_state_dict"])
        if scaler is not None:
            copy.deepcopy(scaler).load_state_dict(flat["scaler_state_dict"])
        if scheduler is not None:
            assert set(flat["scheduler_state_dict"]) == set(scheduler.state_dict())
    except Exception as error:  # noqa: BLE001 (damage has many names)
        raise ValueError(f"{path}: {type(error).__name__} {error}") from None
    model.load_state_dict(weights)
    for name, part in (("optimizer", optimizer), ("scheduler", scheduler), ("scaler", scaler)):
        if part is not None:
            part.load_state_dict(flat[f"{name}_state_dict"])
    random.setstate(flat["python_rng"])
    np.random.set_state(numpy)  # noqa: NPY002
    torch.set_rng_state(flat["torch_rng"])
    for i, state in enumerate(flat["cuda_rng"][: torch.cuda.device_count()]):
        torch.cuda.set_rng_state(state, i)
    return result


RIGHT: Any = {
    KEY: {
        "with a digest": {
            "save_checkpoint": save_with_a_digest,
            "load_checkpoint": load_with_a_digest,
        },
        "flat": {"save_checkpoint": save_flat, "load_checkpoint": load_flat},
    }
}
