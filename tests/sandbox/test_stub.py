"""The stub for torch: imports and demonstrations pass, and a probe that uses it fails."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

pytestmark = pytest.mark.sealed
Inside = Callable[[str], Any]

DEMO = """
import torch
import torch.nn.functional as F
from torch import nn, Tensor
from torch.utils.data import DataLoader

class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.linear = nn.Linear(2, 1)

    def forward(self, x: Tensor) -> Tensor:
        return F.relu(self.linear(x)) * 2 + 1

@torch.no_grad()
def plain(x):
    return x + 1

x = torch.tensor([1.0, 2.0], requires_grad=True)
net = Net()
optimizer = torch.optim.SGD(net.parameters(), lr=0.1)
with torch.enable_grad():
    loss = ((net(x) - x[0]) ** 2).mean()
loss.backward()
optimizer.step()
text = f"{loss.item():.3f}"
for batch in DataLoader([1, 2]):
    raise AssertionError
assert not isinstance(1, Tensor)
assert torch.allclose(x, x)
answer = plain(1), isinstance(net, Net), float(loss) != float(loss)
"""


def test_a_demonstration_runs_to_its_end(inside: Inside) -> None:
    assert inside(DEMO) == (2, True, True)


def test_a_star_import_brings_nothing(inside: Inside) -> None:
    code = "names = {}\nexec('from torch import *', names)\n"
    assert inside(f"{code}answer = sorted(set(names) - {{'__builtins__'}})") == []


@pytest.mark.parametrize(
    "use",
    [
        "torch.tensor([1.0])",
        "kept_tensor.sum()",
        "kept_tensor + 1",
        "1 / kept_tensor",
        "float(kept_tensor)",
        "KeptNet()",
        "kept_function(3)",
        "F.softmax",
        "list(kept_tensor)",
    ],
)
def test_every_use_in_a_probe_raises(inside: Inside, use: str) -> None:
    assert inside(
        "import sys, torch, torch.nn.functional as F\n"
        "class KeptNet(torch.nn.Module): pass\n"
        "kept_tensor, kept_function = torch.tensor([1.0]), F.softmax\n"
        "sys.modules['torch'].in_probe = True\n"
        "try:\n"
        f"    {use}\n"
        "except RuntimeError as error:\n"
        "    answer = str(error)\n"
        "finally:\n"
        "    torch.in_probe = False"
    ) == ("torch is not available while this exercise is graded: write the mathematics with NumPy")


def test_numpy_and_matplotlib_live_with_it(inside: Inside) -> None:
    assert inside(
        "import numpy as np, torch, matplotlib\n"
        "matplotlib.use('agg')\n"
        "import matplotlib.pyplot as plt\n"
        "plt.plot(np.arange(3), np.arange(3)); plt.close()\n"
        "answer = True"
    )


def test_a_lesson_with_torch_has_torch(run: Callable[..., Any]) -> None:
    from autograder.sandbox import Policy, SealedKernel

    with SealedKernel(Policy(data=None, torch=True)) as kernel:
        assert run(kernel, "import torch\nanswer = float(torch.ones(3).sum())", 60.0) == 3.0
