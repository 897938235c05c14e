"""The state in which a probe runs: whatever a learner's cells, or a probe before it, left behind.

The source of this file is sent into kernels as text, beside `guest.py`.
"""

from __future__ import annotations

import contextlib
import gc
import io
import os
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
    before, restore_process = np.geterr(), process_kept()
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
        restore_process()
        if restore_torch is not None:
            restore_torch()
        if standin:
            torch.in_probe = False  # type: ignore[union-attr]


def process_kept() -> Any:
    """What a probe may change for the whole process; returns what puts it back.

    It is left as the cells made it: a folder, a seed or a variable may be what an answer rests on.
    """
    generators = random.getstate(), np.random.get_state()  # noqa: NPY002 (what learners may have used)
    variables: Any = os.environ._data  # type: ignore[attr-defined] # the mapping itself is slow
    environment, limit, collects = dict(variables), sys.getrecursionlimit(), gc.isenabled()
    try:
        folder = os.getcwd()  # noqa: PTH109 (as pathlib would ask, which may be patched)
    except OSError:  # it is gone
        folder = ""

    def restore() -> None:
        random.setstate(generators[0])
        np.random.set_state(generators[1])  # noqa: NPY002
        sys.setrecursionlimit(limit)
        (gc.enable if collects else gc.disable)()
        if variables != environment:
            os.environ.clear()
            os.environ.update({os.fsdecode(k): os.fsdecode(v) for k, v in environment.items()})
        if folder:
            with contextlib.suppress(OSError):
                os.chdir(folder)

    return restore


def reset_torch(torch: Any) -> Any:
    """What holds for all of torch as it is at first; returns what restores it, and its draws.

    What is as it should be is not set again: some of it takes long.
    """
    settings, generator = torch_settings(torch), torch.get_rng_state()
    on_cards = torch.cuda.get_rng_state_all() if torch.cuda.is_initialized() else None
    before, threads = [read() for read, _, _ in settings], torch.get_num_threads()

    def settle(values: Any) -> None:
        for (read, put, _), value in zip(settings, values, strict=True):
            if read() != value:
                put(value)

    def restore() -> None:
        normal.__exit__(None, None, None)
        settle(before)
        put_back()
        torch.clear_autocast_cache()
        torch.set_rng_state(generator)
        if on_cards is not None:
            torch.cuda.set_rng_state_all(on_cards)
        if torch.get_num_threads() != threads:
            torch.set_num_threads(threads)

    put_back = without_hooks(torch)
    settle([usual for _, _, usual in settings])
    # A block of inference mode that was begun and never left can't be left from here. This one
    # lies above it, and where the probe itself leaves one, it is gone with this.
    normal = torch.inference_mode(False)
    normal.__enter__()
    return restore


def without_hooks(torch: Any) -> Any:
    """Takes away the hooks that hold for every module, or optimizer, of torch's; returns what puts
    them back. One that was registered to look at a network sees the probes' networks, too."""
    owners = (torch.nn.modules.module, sys.modules["torch.optim.optimizer"])
    held = [
        (hooks, dict(hooks))
        for owner in owners
        for name, hooks in vars(owner).items()
        if name.startswith("_global") and isinstance(hooks, dict)
    ]
    full = torch.nn.modules.module._global_is_full_backward_hook

    def put_back() -> None:
        for hooks, before in held:
            if hooks or before:
                hooks.clear()
                hooks.update(before)
        torch.nn.modules.module._global_is_full_backward_hook = full

    for hooks, _ in held:
        hooks.clear()
    torch.nn.modules.module._global_is_full_backward_hook = None
    return put_back


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

    def of_cudnn(what: str, usual: bool) -> Any:
        inner = torch._C
        return getattr(inner, f"_get_cudnn_{what}"), getattr(inner, f"_set_cudnn_{what}"), usual

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
        of_cudnn("enabled", True),
        of_cudnn("benchmark", False),
        of_cudnn("deterministic", False),
        of_cudnn("allow_tf32", True),
        (flushes, torch.set_flush_denormal, False),
        (torch.is_autocast_cache_enabled, torch.set_autocast_cache_enabled, True),
        (nested, nest, 0),
        *of("cpu", torch.bfloat16),
        *of("cuda", torch.float16),
    ]
