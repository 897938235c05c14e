"""What code leaves switched on in torch is not there for the next probe."""

from collections.abc import Callable
from typing import Any

import pytest
import torch

from autograder.runners import neutral

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
