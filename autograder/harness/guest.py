"""What runs a probe where the implementation lives, and writes what came out in the wire format.

The source of this file is sent into kernels as text: there it imports nothing of ours but what was
sent along, and leaves nothing in the learner's namespace. See `observation.py` for the other end.
"""

from __future__ import annotations

import base64
import json
import linecache
import pickle
import sys
import traceback
import types
from typing import Any

import numpy as np

if __name__ == "_probe_guest":  # in a kernel, where `guests.py` has put them before
    from _neutral import neutral_state  # type: ignore[import-not-found, unused-ignore]
    from _raising import where_raised  # type: ignore[import-not-found, unused-ignore]
else:
    from autograder.harness.neutral import neutral_state
    from autograder.harness.raising import where_raised

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
    _kernel["trigger"] = shell.events.trigger


def publish(names: list[str], uses: list[list[str]], mime: str) -> None:
    """Run the payloads that came with this request, one after another, against the names that the
    notebook defines, and send out what came of each at once; nothing where that was no end.

    uses: the further names that each looks at.
    """
    payloads = _kernel["request"]()["buffers"]
    for number, used in enumerate(uses):
        if number:  # as between two requests: open figures are closed, streams put back
            _kernel["trigger"]("post_execute")
            _kernel["trigger"]("pre_execute")
        try:
            text = _observed(payloads[number], names, used)
        except (KeyboardInterrupt, GeneratorExit):  # which the learner's code has raised itself
            text = ""
        _kernel["publisher"].publish({mime: text}, {"probe": number})


def _observed(payload: Any, names: list[str], uses: list[str]) -> str:
    run, inputs = pickle.loads(payload)
    return json.dumps(observe(run, names, uses, sys.modules["__main__"].__dict__, inputs))


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
    try:
        where = where_raised(error)
    except Exception:  # noqa: BLE001 (so may what it says of itself)
        where = ""
    return raised(classes, message, learners_line(error), where)


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


def raised(classes: list[str], message: str, line: str, where: str = "") -> Any:
    """The wire form of an exception."""
    body = {"classes": classes, "message": message[:200], "line": line[:200], "where": where[:200]}
    return {"raised": body}
