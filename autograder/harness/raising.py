"""Where an exception was raised, in words that need no message: at which operation, of what.

Messages change with a library's version, and hold the learner's numbers. The operation does not:
`@`, an index, a call of `backward`, an attribute of None. The source of this file is sent into
kernels as text, beside `guest.py`.
"""

from __future__ import annotations

import builtins
import dis
import functools
import os
import traceback
from types import CodeType, FrameType
from typing import Any

LIBRARY = os.__file__.removesuffix("os.py")
# What the interpreter does, by the beginning of its instruction's name.
OPERATIONS = (
    ("BINARY_SUBSCR", "an index"),
    ("BINARY_SLICE", "an index"),
    ("STORE_SUBSCR", "an assignment to an index"),
    ("DELETE_SUBSCR", "an index"),
    ("LOAD_ATTR", "an attribute"),
    ("LOAD_METHOD", "an attribute"),
    ("STORE_ATTR", "an assignment to an attribute"),
    ("CALL", "a call"),
    ("PRECALL", "a call"),
    ("UNPACK", "unpacking"),
    ("GET_ITER", "a loop"),
    ("FOR_ITER", "a loop"),
    ("POP_JUMP", "a question of true or false"),
    ("JUMP_IF", "a question of true or false"),
    ("TO_BOOL", "a question of true or false"),
    ("UNARY_NOT", "a question of true or false"),
    ("COMPARE", "a comparison"),
)


def where_raised(error: BaseException) -> str:
    """The operation that raised, in the innermost code that is no library's."""
    frames = list(traceback.walk_tb(error.__traceback__))
    places = list(_places(error))
    at = max((i for i, (frame, _) in enumerate(frames) if not _is_library(frame)), default=None)
    if at is None:
        return ""
    frame, _ = frames[at]
    if (of := _attribute(error)) and at == len(frames) - 1:
        return of
    operation = _operation(frame, places[at])
    if operation == "raise":
        return f"raise in {frame.f_code.co_name}"
    if operation != "a call":
        return operation
    called = _called(frame, places[at])
    if not called and at + 1 < len(frames):  # what a library says of itself: its own name for it
        called = frames[at + 1][0].f_code.co_name
    return f"a call of {called}" if called else operation


@functools.lru_cache(maxsize=32)  # the probes of an exercise raise in the same few functions
def _instructions(code: CodeType) -> tuple[dis.Instruction, ...]:
    return tuple(dis.get_instructions(code))


def _called(frame: FrameType, place: int) -> str:
    """What was called, where that has one name for everybody: a method, a library's, a builtin."""
    before = [one for one in _instructions(frame.f_code) if one.offset <= place]
    call = max(before, key=lambda one: one.offset).positions
    loads = [
        one
        for one in before
        if one.opname.startswith("LOAD")
        and call is not None
        and one.positions is not None
        and one.positions[::2] == call[::2]  # in Python's words, where the call itself begins
    ]
    if not loads:
        return ""
    last = loads[-1]
    everyones = last.opname in ("LOAD_METHOD", "LOAD_ATTR") or last.argval in vars(builtins)
    return str(last.argval) if everyones else ""


def _attribute(error: BaseException) -> str:
    """Of what an attribute was asked; of None, which it was says nothing."""
    name = getattr(error, "name", None)
    if not isinstance(error, AttributeError) or not isinstance(name, str):
        return ""
    return "an attribute of None" if error.obj is None else f"{name} of {type(error.obj).__name__}"


def _places(error: BaseException) -> Any:
    at = error.__traceback__
    while at is not None:
        yield at.tb_lasti
        at = at.tb_next


def _is_library(frame: FrameType) -> bool:
    name = frame.f_code.co_filename
    ours = f"{os.sep}autograder{os.sep}" in name
    return not ours and (name.startswith((LIBRARY, "<frozen")) or "site-packages" in name)


def _operation(frame: FrameType, place: int) -> str:
    """What the interpreter was about when it raised; a call may have stopped in a slot of its
    cache, behind itself."""
    before = (one for one in _instructions(frame.f_code) if one.offset <= place)
    one = max(before, key=lambda one: one.offset, default=None)
    if one is None:
        return ""
    if one.opname == "BINARY_OP":
        return "an index" if "[" in one.argrepr else one.argrepr.rstrip("=")
    if one.opname.startswith("RAISE"):
        return "raise"
    known = (said for start, said in OPERATIONS if one.opname.startswith(start))
    return next(known, one.opname.lower())
