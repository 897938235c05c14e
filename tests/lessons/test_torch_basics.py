"""Lesson 09: right answers by other hands, wrong ones outside the bank, what the text promises."""

from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from torch import nn

from autograder.course.course import source_in
from autograder.course.reference import load_reference
from autograder.judging.judge import Judge
from autograder.judging.policy import forbidden_uses
from autograder.static_analysis.program import Program

from ..answers.torch_basics import NAMED, RIGHT, WRONG
from .common import AnswersAndBank
from .helpers import lesson_of

LESSON = "09_torch"


class TestAnswersAndBank(AnswersAndBank):
    lesson_id, right, wrong, named = LESSON, RIGHT, WRONG, NAMED
    fewest_wrong, fewest_mistakes = 2, 10


@pytest.mark.parametrize(
    ("key", "cell", "path"),
    [
        ("conv2d", "def conv2d(x, w, **k):\n    return F.conv2d(x, w, **k)", "functional.conv2d"),
        ("conv2d", "def conv2d(x, w, **k):\n    return torch.conv2d(x, w, **k)", "torch.conv2d"),
        ("conv2d", "def conv2d(x, w):\n    return nn.Conv2d(1, 1, 3)(x)", "torch.nn.Conv2d"),
        ("conv2d", "def conv2d(x, w):\n    return F.conv_transpose2d(x, w)", "conv_transpose2d"),
        ("Linear", "class Linear(nn.Linear):\n    pass", "torch.nn.Linear"),
        ("Linear", "layer = F.linear\nclass Linear:\n    def f(self):\n        layer(1)", "linear"),
    ],
)
def test_the_library_call_that_is_the_exercise_is_forbidden(key: str, cell: str, path: str) -> None:
    lesson = lesson_of(LESSON)
    imports = "import torch\nfrom torch import nn\nfrom torch.nn import functional as F"
    found = forbidden_uses(Judge(lesson, 1), lesson.exercises[key], Program([imports, cell]))
    assert any(use.endswith(path) for use in found), found


@pytest.mark.parametrize(
    ("key", "cell"),
    [
        ("conv2d", "def conv2d(x, w):\n    return F.unfold(F.pad(x, (1, 1)), 3)"),
        ("MLP", "class MLP(nn.Module):\n    def __init__(self):\n        self.a = nn.Linear(1, 2)"),
        ("Linear", "class Linear(nn.Module):\n    pass\nother = nn.Linear(1, 2)"),
    ],
)
def test_other_library_calls_are_fine(key: str, cell: str) -> None:
    lesson = lesson_of(LESSON)
    imports = "import torch\nfrom torch import nn\nfrom torch.nn import functional as F"
    assert forbidden_uses(Judge(lesson, 1), lesson.exercises[key], Program([imports, cell])) == []


def test_conv2d_against_torch(solved: Any) -> None:
    """The oracle: values and gradients over many shapes, in float64."""
    generator = torch.Generator().manual_seed(0)
    for stride, padding, side in ((1, 0, 3), (2, 1, 3), (3, 2, 2), (1, 3, 4)):
        x = torch.randn(2, 3, 7, 6, generator=generator, dtype=torch.float64)
        w = torch.randn(4, 3, side, 3, generator=generator, dtype=torch.float64)
        both = []
        for convolve in (solved.conv2d, nn.functional.conv2d):
            leaves = [x.clone().requires_grad_(), w.clone().requires_grad_()]
            out = convolve(*leaves, stride=stride, padding=padding)
            (out**2).sum().backward()
            both.append([out, *(one.grad for one in leaves)])
        for own, theirs in zip(*both, strict=True):
            assert torch.allclose(own, theirs, rtol=1e-10, atol=1e-10)


def test_gradients_of_the_custom_function_are_those_of_autograd(solved: Any) -> None:
    x = torch.linspace(-2, 2, 41, dtype=torch.float64)  # 1 is no multiple of 0.1 from -2 in binary
    x = x[(x.abs() - 1).abs() > 1e-6].requires_grad_()
    (own,) = torch.autograd.grad(solved.ClippedSquare.apply(x).sum(), x)
    (theirs,) = torch.autograd.grad((x**2).clamp(max=1).sum(), x)
    assert torch.equal(own, theirs)


def test_prediction_kink() -> None:
    """Three functions that are one, and three slopes at 0."""
    slopes = []
    for f in (torch.relu, lambda z: z.clamp(min=0), lambda z: torch.maximum(z, torch.zeros(()))):
        zero = torch.zeros((), requires_grad=True)
        f(zero).backward()
        slopes.append(zero.grad.item() if zero.grad is not None else None)
    assert slopes == [0.0, 1.0, 0.5]


def test_the_photographs_are_those_of_lesson_08(solved: Any) -> None:
    eight = lesson_of("08_numpy_trainer")

    x, y = solved.load_clothes("test")
    theirs, labels = load_reference(eight).load_clothes("test")
    assert np.array_equal(x, theirs)
    assert np.array_equal(y, labels)


def test_every_norm_layer_of_torch_goes_without_decay(solved: Any) -> None:
    """A norm layer that torch adds one day has to be thought of."""
    affine = [
        nn.BatchNorm1d(4), nn.BatchNorm2d(4), nn.BatchNorm3d(4), nn.SyncBatchNorm(4),
        nn.InstanceNorm1d(4, affine=True), nn.InstanceNorm2d(4, affine=True),
        nn.InstanceNorm3d(4, affine=True), nn.LayerNorm(4), nn.GroupNorm(2, 4), nn.RMSNorm(4),
    ]  # fmt: skip
    for group in solved.parameter_groups(nn.Sequential(*affine), 0.1, 0.2, 0.3):
        assert group["weight_decay"] == 0.0


def test_the_only_source_of_a_folder_is_its_lesson(tmp_path: Path) -> None:
    """`torch.py` would be imported for torch by a kernel that starts beside it."""
    folder = tmp_path / "09_torch"
    folder.mkdir()
    assert source_in(folder) is None
    (folder / "torch_basics.py").touch()
    assert source_in(folder) == folder / "torch_basics.py"
    (folder / "helper.py").touch()
    assert source_in(folder) is None
    (folder / "torch.py").touch()
    assert source_in(folder) == folder / "torch.py"
