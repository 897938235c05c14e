"""The state in which a probe runs: whatever a learner's cells, or a probe before it, left behind.

The source of this file is sent into kernels as text, beside `host.py`.
"""

from __future__ import annotations

import contextlib
import io
import random
import sys
import warnings
from functools import partial
from typing import Any

import numpy as np


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
