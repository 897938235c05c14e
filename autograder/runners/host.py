"""What runs a probe where the implementation lives, and writes what came out in the wire format.

The source of this file is sent into kernels as text: it imports nothing of ours, and leaves nothing
in the learner's namespace. See `observation.py` for the other end.
"""

from __future__ import annotations

import base64
import contextlib
import io
import json
import linecache
import pickle
import random
import sys
import traceback
import types
import warnings
from functools import partial
from typing import Any

import numpy as np

MAX_NODES = 200_000
MAX_DEPTH = 20
MAX_BYTES = 48 * 1024 * 1024
_BITS = (*(f"{sign}int{n}" for sign in ("", "u") for n in (8, 16, 32, 64)), "float16", "float32")
NAMES = {np.dtype(name): name for name in (*_BITS, "float64", "complex64", "complex128", "bool")}


class Budget:
    """How much more may be written."""

    def __init__(self) -> None:
        self.nodes = MAX_NODES
        self.bytes = MAX_BYTES

    def spend(self, size: int = 0) -> None:
        self.nodes -= 1
        self.bytes -= size
        if self.nodes < 0 or self.bytes < 0:
            raise OverflowError("the result is too large to look at")


_kernel: dict[str, Any] = {}


def install(shell: Any) -> None:
    """Keep what results are sent with: what IPython takes for its shell may change."""
    _kernel["publisher"], _kernel["request"] = shell.display_pub, shell.kernel.get_parent


def publish(names: list[str], uses: list[str], mime: str) -> None:
    """Run the payload that came with this request against the names that the notebook defines, and
    send out what came of it."""
    run, inputs = pickle.loads(_kernel["request"]()["buffers"][0])
    text = json.dumps(observe(run, names, uses, sys.modules["__main__"].__dict__, inputs))
    _kernel["publisher"].publish({mime: text})


def observe(
    run: Any,
    names: list[str],
    uses: list[str],
    namespace: dict[str, Any],
    inputs: Any,
    write: Any = None,
) -> Any:
    """Run one probe in a neutral state; the wire form of its result, or of its exception.

    All of `names` have to be defined; of those that it `uses` besides, the defined ones are there.
    `write` makes something else of a result than its wire form.
    """
    missing = [name for name in names if name not in namespace]
    if missing:
        return raised(["Undefined"], f"{missing[0]} is not defined", "")
    known = [*names, *(name for name in uses if name in namespace)]
    impl = types.SimpleNamespace(**{name: namespace[name] for name in known})
    with neutral_state():
        try:
            raw = run(impl, inputs)
            return encode(raw, Budget(), 0) if write is None else write(raw)
        except (KeyboardInterrupt, GeneratorExit):
            raise
        except BaseException as error:  # noqa: BLE001 (an exception is an observation)
            return encode_exception(error)


@contextlib.contextmanager
def neutral_state() -> Any:
    """Reset what a learner's cells may have changed for everyone, and put it back afterwards."""
    torch = sys.modules.get("torch")
    standin = torch is not None and hasattr(torch, "in_probe")
    before = np.geterr()
    python_state, numpy_state = random.getstate(), np.random.get_state()  # noqa: NPY002 (what learners may have used)
    np.seterr(divide="warn", over="warn", under="ignore", invalid="warn")
    restore_torch = reset_torch(torch) if torch is not None and not standin else None
    if standin:
        torch.in_probe = True  # type: ignore[union-attr]
    quiet = io.StringIO()
    try:
        with (
            warnings.catch_warnings(),
            contextlib.redirect_stdout(quiet),
            contextlib.redirect_stderr(quiet),
        ):
            warnings.simplefilter("ignore")
            yield
    finally:
        np.seterr(**before)
        random.setstate(python_state)
        np.random.set_state(numpy_state)  # noqa: NPY002
        if restore_torch is not None:
            restore_torch()
        if standin:
            torch.in_probe = False  # type: ignore[union-attr]


def reset_torch(torch: Any) -> Any:
    """What holds for all of torch as it is at first; returns what restores that, and the generator.

    What is as it should be is not set again: some of it takes long.
    """
    settings, generator = torch_settings(torch), torch.get_rng_state()
    before = [read() for read, _, _ in settings]

    def settle(values: Any) -> None:
        for (read, put, _), value in zip(settings, values, strict=True):
            if read() != value:
                put(value)

    def restore() -> None:
        settle(before)
        torch.clear_autocast_cache()
        torch.set_rng_state(generator)

    settle([usual for _, _, usual in settings])
    return restore


def torch_settings(torch: Any) -> Any:
    """Of each: how it is read, how it is set, and what it is at first."""
    cpu = torch.device("cpu")

    def nested() -> int:
        inside: int = torch.autocast_increment_nesting()
        torch.autocast_decrement_nesting()
        return inside - 1

    def nest(depth: int) -> None:
        """Blocks that were begun and never left would keep their copies of weights for good."""
        for _ in range(nested() - depth):
            torch.autocast_decrement_nesting()
        for _ in range(depth - nested()):
            torch.autocast_increment_nesting()

    def strictness() -> tuple[bool, bool]:
        only_warns = torch.is_deterministic_algorithms_warn_only_enabled()
        return torch.are_deterministic_algorithms_enabled(), only_warns

    def be_strict(how: tuple[bool, bool]) -> None:
        torch.use_deterministic_algorithms(how[0], warn_only=how[1])

    def flushes() -> bool:
        return not torch.tensor(1e-40, dtype=torch.float32, device="cpu")  # a subnormal one

    def of(kind: str, dtype: Any) -> Any:
        enabled = (
            partial(torch.is_autocast_enabled, kind),
            partial(torch.set_autocast_enabled, kind),
        )
        cast_to = partial(torch.get_autocast_dtype, kind), partial(torch.set_autocast_dtype, kind)
        return (*enabled, False), (*cast_to, dtype)

    precision = torch.get_float32_matmul_precision, torch.set_float32_matmul_precision
    return [
        (torch.get_default_dtype, torch.set_default_dtype, torch.float32),
        (
            torch.get_default_device,
            lambda d: torch.set_default_device(None if d == cpu else d),
            cpu,
        ),
        (torch.is_grad_enabled, torch.set_grad_enabled, True),
        (torch.is_anomaly_enabled, torch.autograd.set_detect_anomaly, False),
        (strictness, be_strict, (False, False)),
        (*precision, "highest"),
        (flushes, torch.set_flush_denormal, False),
        (torch.is_autocast_cache_enabled, torch.set_autocast_cache_enabled, True),
        (nested, nest, 0),
        *of("cpu", torch.bfloat16),
        *of("cuda", torch.float16),
    ]


def encode(value: Any, budget: Budget, depth: int) -> Any:
    """The wire form of a value; types that no contract speaks of become their names."""
    budget.spend()
    if depth > MAX_DEPTH:
        raise OverflowError("the result is nested too deeply")
    if value is None or isinstance(value, bool):
        return value
    if isinstance(value, np.bool_):
        return bool(value)
    if isinstance(value, str):
        return str.__str__(value)[:200]
    if isinstance(value, np.generic):
        return encode_array(np.asarray(value), budget)
    if isinstance(value, int):
        return {"int": [int.__repr__(value)[:400], "int64"]}
    if isinstance(value, float):
        return {"float": [float.__repr__(value), "float64"]}
    if isinstance(value, np.ndarray):
        return encode_array(value, budget)
    if isinstance(value, list | tuple):
        kind = "list" if isinstance(value, list) else "tuple"
        return {kind: [encode(item, budget, depth + 1) for item in value]}
    if isinstance(value, dict):
        items = value.items()
        return {"dict": [[encode_key(k), encode(v, budget, depth + 1)] for k, v in items]}
    if isinstance(value, BaseException):  # a probe that makes several calls shows what each raised
        return encode_exception(value)
    torch = sys.modules.get("torch")
    tensor_type = None if torch is None else torch.__dict__.get("Tensor")
    if isinstance(tensor_type, type) and isinstance(value, tensor_type):
        return encode_tensor(torch, value, budget)
    return {"other": type(value).__name__}


def encode_key(key: Any) -> Any:
    """Dict keys are strings and ints; anything else is written as text."""
    return key if type(key) in (str, int) else str(key)[:200]


def encode_array(array: Any, budget: Budget) -> Any:
    """dtype, shape and bytes; arrays of objects are only named."""
    if array.dtype.kind not in "biufc" or array.dtype.itemsize > 16:
        return {"other": f"array of {array.dtype}"}
    budget.spend(array.nbytes)
    native = np.ascontiguousarray(array, dtype=array.dtype.newbyteorder("="))
    name = NAMES.get(native.dtype) or native.dtype.name  # NumPy makes it anew each time
    body = {"dtype": name, "shape": list(array.shape)}
    return {"array": {**body, "data": base64.b64encode(native.tobytes()).decode()}}


def encode_tensor(torch: Any, tensor: Any, budget: Budget) -> Any:
    """A tensor's numbers on the CPU, its dtype's name, and whether it carries a graph."""
    plain = tensor.detach().cpu()
    name = str(plain.dtype).removeprefix("torch.")
    if plain.dtype == torch.bfloat16:
        plain = plain.float()
    body = encode_array(plain.resolve_conj().resolve_neg().numpy(), budget)
    if "array" not in body:
        return body
    return {"tensor": {**body["array"], "name": name, "grad": bool(tensor.requires_grad)}}


def encode_exception(error: BaseException) -> Any:
    """The classes of an exception, its message, and the last line of the learner's that it
    passed."""
    classes = [cls.__name__ for cls in type(error).__mro__ if cls is not object]
    try:
        message = str(error)
    except Exception:  # noqa: BLE001 (a learner's __str__ may do anything)
        message = ""
    return raised(classes, message, learners_line(error))


def learners_line(error: BaseException) -> str:
    """The source line, in a notebook's cell, where an exception came from."""
    lines = [
        linecache.getline(frame.f_code.co_filename, number or 0).strip()
        for frame, number in traceback.walk_tb(error.__traceback__)
        if is_a_cell(frame.f_code.co_filename)
    ]
    return lines[-1] if lines else ""


def is_a_cell(filename: str) -> bool:
    """Whether code came from a notebook's cell."""
    return "ipykernel_" in filename or "ipython-input" in filename


def raised(classes: list[str], message: str, line: str) -> Any:
    """The wire form of an exception."""
    return {"raised": {"classes": classes, "message": message[:200], "line": line[:200]}}
