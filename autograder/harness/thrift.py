"""What a kernel at which nobody sits need not do for each request.

The source of this file is sent into kernels as text (see `guests.py`). Nothing that it does is
relied on by the judge.
"""

from __future__ import annotations

import logging
import re
import zlib
from collections.abc import Callable
from typing import Any

from ipykernel import compiler

# Without one of these, nothing in a text is for IPython: at the beginning of a line, behind `=`, or
# anywhere. To find out by its tokens takes as long as to compile it.
FOR_IPYTHON = re.compile(r"^\s*[!%,;/]|=\s*[!%]|\?", re.MULTILINE)
AWAITS = re.compile("async|await")


def install(shell: Any) -> None:
    """Have a running kernel say and do less; what comes out of a cell stays the same."""
    kernel = shell.kernel
    kernel._execute_sleep = 0.0  # before each reply, in case that what was printed is not out yet
    _look_before_tokens(shell.input_transformer_manager)
    kernel.log.setLevel(logging.WARNING)  # else each message is made a line that nobody prints
    kernel._publish_execute_input = lambda *args: None
    kernel._publish_status = _only_idle(kernel._publish_status)
    shell.compile.get_code_name = _name_of_a_cell
    # ipykernel and IPython both ask both questions, and between them nothing is run.
    transform, is_async = shell.transform_cell, shell.should_run_async
    remembered: dict[tuple[str, str], Any] = {}

    def transform_cell(raw_cell: str) -> str:
        """The cell as Python. What we ask is Python already."""
        asked = kernel.get_parent().get("content", {})
        if asked.get("silent") and raw_cell == asked.get("code"):
            return raw_cell
        key = ("transformed", raw_cell)
        if key not in remembered:
            remembered[key] = transform(raw_cell)
        text: str = remembered[key]
        return text

    def should_run_async(
        raw_cell: str, *, transformed_cell: Any = None, preprocessing_exc_tuple: Any = None
    ) -> bool:
        """Whether a cell awaits something."""
        settings = {
            "transformed_cell": transformed_cell,
            "preprocessing_exc_tuple": preprocessing_exc_tuple,
        }
        if preprocessing_exc_tuple is not None or not isinstance(transformed_cell, str):
            return bool(is_async(raw_cell, **settings))
        if not AWAITS.search(transformed_cell):
            return False
        key = ("is async", transformed_cell)
        if key not in remembered:
            remembered[key] = is_async(raw_cell, **settings)
        return bool(remembered[key])

    shell.transform_cell, shell.should_run_async = transform_cell, should_run_async
    shell.events.register("pre_execute", remembered.clear)


def _look_before_tokens(manager: Any) -> None:
    """Have IPython's own transformers run only where there may be something for them."""
    transform, known = manager.do_token_transforms, list(manager.token_transformers)

    def do_token_transforms(lines: list[str]) -> Any:
        if manager.token_transformers == known and not FOR_IPYTHON.search("".join(lines)):
            return lines
        return transform(lines)

    manager.do_token_transforms = do_token_transforms


def _only_idle(publish: Callable[..., None]) -> Callable[..., None]:
    """That a request was begun, nobody waits for."""

    def publish_status(status: str, *where: Any, **settings: Any) -> None:
        if status != "busy":
            publish(status, *where, **settings)

    return publish_status


def _name_of_a_cell(raw_code: str, code: str, number: int) -> str:
    """As ipykernel calls it, whose hash is computed in Python."""
    folder = compiler.get_tmp_directory()  # type: ignore[no-untyped-call]
    return f"{folder}/{zlib.crc32(raw_code.encode('utf-8', 'replace'))}.py"
