"""Lesson 08: other right answers pass, other wrong ones do not, the numbers in its prose hold."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

from autograder.course.course import data_file
from autograder.course.reference import execute_source, load_reference
from autograder.feedback.text import explain
from autograder.harness.probe import load_probes
from autograder.hidden.numpy_trainer.probes.fit_unseen import fresh_split, predicts
from autograder.hidden.numpy_trainer.probes.nets import logits_of

from ..answers import numpy_trainer_plain as plain
from ..answers.numpy_trainer import NAMED, RIGHT, WRONG
from .common import AnswersAndBank
from .helpers import judge_names, lesson_of

LESSON = "08_numpy_trainer"


class TestAnswersAndBank(AnswersAndBank):
    lesson_id, right, wrong, named = LESSON, RIGHT, WRONG, NAMED
    fewest_wrong = 10


def test_probes_stand_alone(tmp_path: Path) -> None:
    """Every payload loads and runs where nothing of the course can be imported."""
    for key, probes in load_probes("numpy_trainer").items():
        for probe in probes:
            payload = probe.payload(probe.given(1, key).inputs)
            assert b"misconception" not in payload
            (tmp_path / f"{key}.{probe.name}.pkl").write_bytes(payload)
    script = f"""
import pathlib, pickle, runpy, sys, types
sys.modules["autograder"] = None
names = runpy.run_path({plain.__file__!r})
for file in sorted(pathlib.Path({str(tmp_path)!r}).glob("*.pkl")):
    run, inputs = pickle.loads(file.read_bytes())
    key = file.name.split(".")[0]
    run(types.SimpleNamespace(**{{name: names.get(name, "a") for name in key.split("__")}}), inputs)
"""
    subprocess.run([sys.executable, "-c", script], check=True, cwd=tmp_path)


def test_held_out_images_and_their_labels_stay_with_the_judge() -> None:
    given = fresh_split(np.random.default_rng(0))
    assert set(given.secrets) == {"images", "labels"}
    assert len(given.secrets["labels"]) == len(given.secrets["images"]) > 400
    assert set(given.inputs) == {"x", "y", "config", "seed"}
    training = {image.tobytes() for image in given.inputs["x"]}
    assert not [image for image in given.secrets["images"] if image.tobytes() in training]


def test_parameters_that_answer_for_themselves_are_arrays_to_the_judge(solved: Any) -> None:
    """A product that knows the answers never meets the images."""

    class Knowing(np.ndarray):
        def __rmatmul__(self, other: Any) -> Any:
            raise AssertionError("somebody asked")

    def fit(x: Any, y: Any, config: Any, rng: Any) -> Any:
        params, history = solved.fit(x, y, {**config, "epochs": 1, "lr": 0.0}, rng)
        return {name: array.view(Knowing) for name, array in params.items()}, history

    verdict = judge_names(LESSON, "fit", {"fit": fit})
    [predicted] = [probe for probe in verdict.probes if probe.name == "predicts"]
    assert predicted.status == "failed"
    assert predicted.message.endswith("expected yes, got no")


@pytest.mark.parametrize("optimizer", ["Momentum", "InnerAdam"])
def test_digits_are_far_from_the_threshold(solved: Any, optimizer: str) -> None:
    """Ten splits each; see `fresh_split` for the 400 that its margin was measured on."""
    fit = solved.fit if optimizer == "Momentum" else plain.fit
    right = []
    for seed in range(10):
        given = fresh_split(np.random.default_rng(seed))
        params = predicts(SimpleNamespace(fit=fit), given.inputs)
        said = np.argmax(logits_of(params, given.secrets["images"]), axis=1)
        right.append(np.mean(said == given.secrets["labels"]))
    assert min(right) > 0.96
    assert np.mean(right) > 0.98


def test_a_learners_own_adam_serves() -> None:
    """`fit` of this lesson, with the `Adam` of lesson 05 in the cell that asks for one."""
    own = execute_source(lesson_of(LESSON).reference_source, "own")
    own.Optimizer = load_reference(lesson_of("05_optimizers")).Adam
    for seed in (1, 2, 3):
        assert_seed_passes("fit", vars(own), seed)


def assert_seed_passes(key: str, names: dict[str, Any], seed: int) -> None:
    verdict = judge_names(LESSON, key, names, seed)
    assert verdict.status == "passed", explain(verdict)


# The reference against PyTorch


def test_reference_equals_torch(solved: Any) -> None:
    torch = pytest.importorskip("torch")
    rng = np.random.default_rng(7)
    params = solved.init_mlp([6, 5, 4, 3], rng)
    x, y = rng.normal(size=(32, 6)), rng.integers(0, 3, size=32)
    leaves = {name: torch.tensor(value, requires_grad=True) for name, value in params.items()}
    optimizer = solved.Momentum([{"params": list(params.values())}])
    theirs = torch.optim.SGD(list(leaves.values()), lr=0.1, momentum=0.9)
    for step in range(20):
        rows = slice(8 * (step % 4), 8 * (step % 4) + 8)
        loss = solved.train_epoch(params, optimizer, x[rows], y[rows], 8, 0.1, 0.0, rng)
        h = torch.tensor(x[rows])
        for layer in (1, 2):
            h = torch.relu(h @ leaves[f"W{layer}"] + leaves[f"b{layer}"])
        logits = h @ leaves["W3"] + leaves["b3"]
        their_loss = torch.nn.functional.cross_entropy(logits, torch.tensor(y[rows]))
        theirs.zero_grad()
        their_loss.backward()
        theirs.step()
        np.testing.assert_allclose(loss, their_loss.item(), rtol=1e-10)
        for name in params:
            np.testing.assert_allclose(params[name], leaves[name].detach().numpy(), atol=1e-10)


def test_dropout_equals_torch_with_the_same_masks(solved: Any) -> None:
    torch = pytest.importorskip("torch")
    rng = np.random.default_rng(8)
    params = solved.init_mlp([5, 7, 3], rng)
    x, pull = rng.normal(size=(9, 5)), rng.normal(size=(9, 3))
    logits, caches = solved.forward(params, x, 0.4, np.random.default_rng(1), True)
    keep = torch.tensor((np.random.default_rng(1).random((9, 7)) >= 0.4) / 0.6)
    leaves = {name: torch.tensor(value, requires_grad=True) for name, value in params.items()}
    h = torch.relu(torch.tensor(x) @ leaves["W1"] + leaves["b1"]) * keep
    theirs = h @ leaves["W2"] + leaves["b2"]
    theirs.backward(torch.tensor(pull))
    np.testing.assert_allclose(logits, theirs.detach().numpy(), atol=1e-12)
    for name, grad in solved.backward(pull, caches).items():
        np.testing.assert_allclose(grad, leaves[name].grad.numpy(), atol=1e-12)


# The numbers in the prose


@pytest.mark.parametrize("seed", range(3))
def test_three_rates_on_the_digits(solved: Any, seed: int) -> None:
    x, y = solved.load_digits()
    losses = {}
    for lr in (0.001, 0.03, 0.4):
        rng = np.random.default_rng(seed)
        params = solved.init_mlp([64, 32, 10], rng)
        optimizer = solved.Momentum([{"params": list(params.values())}])
        run = [solved.train_epoch(params, optimizer, x, y, 32, lr, 0.0, rng) for _ in range(12)]
        losses[lr] = run
    assert max(losses[0.03][4:]) < 0.1
    assert np.all(np.diff(losses[0.001]) < 0)
    assert losses[0.001][-1] > 0.2
    assert losses[0.4][0] < np.log(10)
    assert losses[0.4][-1] > (np.log(10) if seed == 0 else 2.0)  # the figure shows seed 0


def test_no_row_has_a_say_in_what_another_becomes(solved: Any) -> None:
    """What is cut into training and validation rows afterwards was not centred on all of them."""
    grey = np.load(data_file("digits.npz"))["x"].reshape(-1, 64) / 16
    x, _ = solved.load_digits()
    np.testing.assert_allclose(x, 4 * grey - 1.2, atol=1e-12)
    clothes = np.load(data_file("fashion_mnist.npz"))
    for part in ("train", "test"):
        pixels = clothes[f"x_{part}"][:50].reshape(50, 784) / 255
        np.testing.assert_allclose(solved.load_clothes(part)[0][:50], pixels - 0.286, atol=1e-12)


def test_numpy_is_pinned_to_one_thread_where_it_is_timed() -> None:
    """In a process of its own: the setting stays."""
    cells = lesson_of(LESSON).notebook().cells
    [cell] = [c.source for c in cells if "def numpy_on_one_thread" in c.source]
    asked = cell.split("if torch is None")[0]
    code = (
        "from pathlib import Path\nimport numpy as np\nx = np.ones((900, 900)); x @ x\n"
        f"{asked}\nif numpy_on_one_thread():\n"
        "    wall, cpu = time.perf_counter(), time.process_time()\n"
        "    for _ in range(20): x @ x\n"
        "    print((time.process_time() - cpu) / (time.perf_counter() - wall))"
    )
    free = {k: v for k, v in os.environ.items() if not k.endswith("_NUM_THREADS")}
    ran = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True, env=free
    )
    assert ran.stdout == "" or float(ran.stdout) < 1.2  # two threads at work are near 2


def test_the_clothes_are_what_the_text_says(solved: Any) -> None:
    x, y = solved.load_clothes("train")
    assert x.shape == (10000, 784)
    assert abs(x.mean()) < 0.002
    assert np.bincount(y).tolist() == 10 * [1000]
    assert sum(a.size for n, a in solved.init_mlp([784, 256, 10], np.random.default_rng(0)).items()
               if n[0] == "W") == pytest.approx(200_000, rel=0.02)  # fmt: skip


def test_the_noise_of_a_test_accuracy() -> None:
    assert np.sqrt(0.87 * 0.13 / 2000) == pytest.approx(0.0075, abs=5e-5)
