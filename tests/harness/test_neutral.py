"""What code leaves switched on in torch is not there for the next probe."""

import gc
import os
import random
import sys
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
import torch
from torch.optim.optimizer import register_optimizer_step_post_hook

from autograder.harness import neutral

block: Any = torch.autocast
LEFT_ON: dict[str, Callable[[], Any]] = {
    "autocast": lambda: torch.set_autocast_enabled("cpu", True),
    "a block of autocast that was never left": lambda: block("cpu").__enter__(),
    "autocast on a card": lambda: torch.set_autocast_enabled("cuda", True),
    "the format of autocast": lambda: torch.set_autocast_dtype("cpu", torch.float16),
    "autocast without its cache": lambda: torch.set_autocast_cache_enabled(False),
    "nesting alone": torch.autocast_increment_nesting,
    "float64 everywhere": lambda: torch.set_default_dtype(torch.float64),
    "tensors without numbers": lambda: torch.set_default_device("meta"),
    "no gradients": lambda: torch.set_grad_enabled(False),
    "anomalies looked for": lambda: torch.autograd.set_detect_anomaly(True),
    "deterministic algorithms": lambda: torch.use_deterministic_algorithms(True, warn_only=True),
    "products with fewer bits": lambda: torch.set_float32_matmul_precision("medium"),
    "subnormal numbers as zero": lambda: torch.set_flush_denormal(True),
    "no cuDNN": lambda: setattr(torch.backends.cudnn, "enabled", False),
    "algorithms of cuDNN tried": lambda: setattr(torch.backends.cudnn, "benchmark", True),
    "cuDNN as deterministic": lambda: setattr(torch.backends.cudnn, "deterministic", True),
    "cuDNN without TF32": lambda: setattr(torch.backends.cudnn, "allow_tf32", False),
}


def settings() -> list[Any]:
    return [read() for read, _, _ in neutral.torch_settings(torch)]


@pytest.fixture(autouse=True)
def put_back() -> Any:
    """Whatever a test leaves behind."""
    restore = neutral.reset_torch(torch)
    yield
    restore()


@pytest.mark.parametrize("leave", LEFT_ON.values(), ids=LEFT_ON)
def test_what_a_cell_left_on_is_off_in_a_probe_and_on_again_afterwards(
    leave: Callable[[], Any],
) -> None:
    usual = settings()
    leave()
    left = settings()
    assert left != usual
    with neutral.neutral_state():
        assert settings() == usual
    assert settings() == left


@pytest.mark.parametrize("leave", LEFT_ON.values(), ids=LEFT_ON)
def test_what_a_probe_leaves_on_is_off_again(leave: Callable[[], Any]) -> None:
    usual = settings()
    with neutral.neutral_state():
        leave()
    assert settings() == usual


def test_no_copy_of_a_weight_outlives_a_probe() -> None:
    """In a block that is never left, autocast goes on with the copy that it made first."""
    layer, x = torch.nn.Linear(1, 1, bias=False), torch.ones(1, 1)
    with neutral.neutral_state():
        block("cpu").__enter__()
        first = layer(x).item()
        with torch.no_grad():
            layer.weight.add_(1.0)
        assert layer(x).item() == first
    with neutral.neutral_state(), torch.autocast("cpu"):
        assert layer(x).item() == pytest.approx(first + 1, abs=0.02)


# What a block leaves on for as long as it lives


def test_inference_mode_that_a_cell_never_left_is_off_in_a_probe() -> None:
    left: Any = torch.inference_mode()
    left.__enter__()
    try:
        with neutral.neutral_state():
            weight = torch.ones(1, requires_grad=True)
            (2 * weight).sum().backward()
            assert weight.grad is not None
            assert weight.grad.item() == 2
        assert torch.is_inference_mode_enabled()
    finally:
        left.__exit__(None, None, None)


def test_inference_mode_that_a_probe_never_leaves_is_off_in_the_next() -> None:
    left: Any = torch.inference_mode()
    with neutral.neutral_state():
        left.__enter__()
    assert not torch.is_inference_mode_enabled()
    with neutral.neutral_state():
        assert not torch.is_inference_mode_enabled()
        assert torch.is_grad_enabled()
    left.__exit__(None, None, None)
    assert not torch.is_inference_mode_enabled()
    assert torch.is_grad_enabled()


HOOKS: dict[str, Callable[[], Any]] = {
    "forward": lambda: torch.nn.modules.module.register_module_forward_hook(lambda *a: 0),
    "before": lambda: torch.nn.modules.module.register_module_forward_pre_hook(fail),
    "parameters": lambda: torch.nn.modules.module.register_module_parameter_registration_hook(fail),
    "backward": lambda: torch.nn.modules.module.register_module_full_backward_hook(fail),
    "steps": lambda: register_optimizer_step_post_hook(fail),
}


def fail(*args: Any) -> Any:
    raise AssertionError("a hook ran")


def trains() -> None:
    layer = torch.nn.Linear(1, 1)
    x = torch.ones(1, 1, requires_grad=True)
    out = layer(x)
    assert isinstance(out, torch.Tensor)
    out.sum().backward()
    torch.optim.SGD(layer.parameters(), lr=0.1).step()


@pytest.mark.parametrize("register", HOOKS.values(), ids=HOOKS)
def test_hooks_of_every_module_are_away_in_a_probe_and_back_afterwards(
    register: Callable[[], Any],
) -> None:
    handle = register()
    try:
        with neutral.neutral_state():
            trains()
        with pytest.raises(AssertionError):
            trains()
    finally:
        handle.remove()
    trains()


@pytest.mark.parametrize("register", HOOKS.values(), ids=HOOKS)
def test_hooks_that_a_probe_leaves_are_gone(register: Callable[[], Any]) -> None:
    with neutral.neutral_state():
        register()
    trains()


# What a probe changes for the whole process


def gone(tmp_path: Any) -> None:
    """Where a checkpoint's folder was entered, and removed behind it."""
    inner = tmp_path / "inner"
    inner.mkdir()
    os.chdir(inner)
    inner.rmdir()


CHANGES: dict[str, tuple[Callable[[], Any], Callable[[Any], Any]]] = {
    "folder": (os.getcwd, gone),
    "variables": (lambda: dict(os.environ), lambda _: os.environ.update(RANK="3", HOME="/")),
    "a variable less": (lambda: dict(os.environ), lambda _: os.environ.pop("PATH")),
    "recursion": (sys.getrecursionlimit, lambda _: sys.setrecursionlimit(12345)),
    "rubbish": (gc.isenabled, lambda _: gc.disable()),
    "Python's draws": (random.getstate, lambda _: random.seed(1)),
    "NumPy's draws": (lambda: np.random.get_state()[1].tolist(), lambda _: np.random.seed(1)),  # noqa: NPY002
    "torch's draws": (lambda: torch.get_rng_state().tolist(), lambda _: torch.manual_seed(1)),
    "threads": (torch.get_num_threads, lambda _: torch.set_num_threads(5)),
}


@pytest.mark.parametrize(("read", "change"), CHANGES.values(), ids=CHANGES)
def test_what_a_probe_changes_for_the_process_is_as_it_was(
    read: Callable[[], Any], change: Callable[[Any], Any], tmp_path: Any
) -> None:
    before = read()
    try:
        with neutral.neutral_state():
            change(tmp_path)
        assert read() == before
    finally:
        gc.enable()


@pytest.mark.skipif(not torch.cuda.is_available(), reason="there is no card")
def test_the_draws_of_a_card_go_on_where_they_were() -> None:
    torch.cuda.init()
    torch.cuda.manual_seed(7)
    before = torch.cuda.get_rng_state()
    with neutral.neutral_state():
        torch.manual_seed(1)
    assert torch.equal(torch.cuda.get_rng_state(), before)
