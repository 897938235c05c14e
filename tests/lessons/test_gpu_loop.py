"""Lesson 13: right answers by other hands, wrong ones outside the bank, what the text promises."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
import torch
from torch import nn
from torch.nn import functional as F

from autograder.course.reference import execute_source, execute_source_over, exercise_source

from ..answers.gpu_loop import NAMED, RIGHT, WRONG
from .common import AnswersAndBank
from .helpers import judge_names, judge_of, lesson_of

LESSON = "13_gpu_loop"
CPU = torch.device("cpu")


class TestAnswersAndBank(AnswersAndBank):
    lesson_id, right, wrong, named = LESSON, RIGHT, WRONG, NAMED
    # A clip with and without its 1e-6 is 5e-6 of a weight apart: the tolerance of a run is 1e-4.
    nearest = 30


def test_a_dataclass_of_a_lesson_finds_its_types() -> None:
    """Compiled with our own future imports, its annotations would be text, and it would raise."""
    made = execute_source(
        "from dataclasses import dataclass\n\n@dataclass\nclass Knobs:\n    lr: float = 0.1\n",
        "knobs",
    )
    assert made.Knobs.__annotations__ == {"lr": float}


def batches(n: int, size: int) -> Any:
    generator = torch.Generator().manual_seed(0)
    x = torch.randn(n, 1, 28, 28, generator=generator)
    y = torch.randint(10, (n,), generator=generator)
    return list(zip(x.split(size), y.split(size), strict=True))


def test_fit_is_the_loop_written_inline(solved: Any) -> None:
    """Weight for weight, with clipping, a warm-up and a last batch that is short."""
    train, val = batches(70, 16), batches(20, 20)
    config = solved.TrainConfig(epochs=2, warmup_steps=3, lr=0.01, progress=False)
    ours, theirs = solved.conv_net(width=2, dropout=0.0), solved.conv_net(width=2, dropout=0.0)
    history = solved.fit(ours, train, val, config)

    theirs.to(memory_format=torch.channels_last)
    optimizer = solved.build_optimizer(theirs, config)
    for step, (x, y) in enumerate(train * 2):
        for group in optimizer.param_groups:
            group["lr"] = solved.warmup_cosine(step, 0.01, 3, 10)
        optimizer.zero_grad()
        F.cross_entropy(theirs.train()(x), y).backward()
        nn.utils.clip_grad_norm_(theirs.parameters(), 1.0)
        optimizer.step()
    for p, q in zip(ours.parameters(), theirs.parameters(), strict=True):
        torch.testing.assert_close(p, q, rtol=1e-4, atol=1e-5)
    loss, _ = solved.evaluate(theirs, val, F.cross_entropy, CPU)
    assert history["val_loss"][-1] == pytest.approx(loss, rel=1e-4)


def test_after_a_run_the_model_has_what_was_validated(solved: Any, tmp_path: Path) -> None:
    """The averages, or the best weights: the last validation, or the best one, can be repeated."""
    train, val = batches(64, 16), batches(40, 20)
    for changes in ({"ema_decay": 0.8}, {"patience": 3}, {"patience": 3, "ema_decay": 0.8}):
        config = solved.TrainConfig(
            epochs=5, lr=0.02, warmup_steps=2, progress=False, precision="float32", **changes
        )
        net = solved.conv_net(width=2)
        history = solved.fit(net, train, val, config)
        loss, _ = solved.evaluate(net, val, F.cross_entropy, CPU)
        wanted = min(history["val_loss"]) if "patience" in changes else history["val_loss"][-1]
        assert loss == pytest.approx(wanted, rel=1e-6)


def test_a_frozen_batch_norm_stays_frozen(solved: Any) -> None:
    net = solved.conv_net(width=2)
    net[0].requires_grad_(False).eval()
    before = {name: value.clone() for name, value in net[0].state_dict().items()}
    config = solved.TrainConfig(epochs=1, progress=False)
    solved.fit(net, batches(32, 16), batches(16, 16), config)
    assert all(torch.equal(before[name], value) for name, value in net[0].state_dict().items())


def test_averages_cost_no_loop_over_tensors(solved: Any) -> None:
    """One call for all tensors, whatever the number of layers: a few kernels on a GPU."""
    from torch.profiler import profile

    net = nn.Sequential(*[nn.Linear(3, 3) for _ in range(20)])
    average = solved.EMA(net, 0.9)
    with profile() as seen:
        average.update(net)
    operations = [e for e in seen.key_averages() if e.key.startswith("aten::_foreach_lerp")]
    assert sum(e.count for e in operations) == 1


def test_rates_that_are_tensors_are_filled_in_place(solved: Any) -> None:
    """A CUDA graph reads the rate from the address with which it was recorded."""
    rate = torch.tensor(0.5)
    optimizer = torch.optim.SGD([torch.zeros(1)], lr=rate, fused=True)
    config = solved.TrainConfig(lr=0.5, epochs=1, warmup_steps=2)
    schedule = solved.build_scheduler(optimizer, config, 10)
    held = optimizer.param_groups[0]["lr"]
    assert held.item() == pytest.approx(0.25)
    schedule.step()
    assert optimizer.param_groups[0]["lr"] is held
    assert held.item() == pytest.approx(0.5)


def test_five_names_of_lessons_before_work_as_given(solved: Any, tmp_path: Path) -> None:
    """What stands in for a learner's own parts has their interface."""
    assert solved.one_cycle(0, 0.5, 20) == pytest.approx(0.02)
    stopper = solved.EarlyStopping(2)
    assert [stopper.update(loss) for loss in (1.0, 2.0, 3.0)] == [False, False, True]
    net = solved.conv_net(width=2)
    optimizer = torch.optim.SGD(net.parameters(), lr=0.1)
    file = tmp_path / "run.pt"
    solved.save_checkpoint(file, model=net, optimizer=optimizer, epoch=3, best={"a": 1})
    assert solved.load_checkpoint(file, model=net) == {"epoch": 3, "best": {"a": 1}}


def stages(solved: Any, **names: Any) -> None:
    """The cell that says how far `fit` is, with other functions than the reference's."""
    cells = lesson_of(LESSON).notebook().cells
    cell = next(c.source for c in cells if c.source.startswith("# How far you are"))
    exec(cell, {**vars(solved), **names})


def test_the_stages_see_a_group_whose_batches_differ(solved: Any) -> None:
    """Divided by their number instead of sample by sample, they pass no further than stage 2."""
    source = exercise_source(lesson_of(LESSON), "fit")
    by_sample = "loss = loss * (len(targets) / samples)"
    assert source.count(by_sample) == 1
    wrong = source.replace(by_sample, "loss = loss / len(group)")
    stages(solved)
    with pytest.raises(AssertionError, match="stage 3"):
        stages(solved, **execute_source_over(wrong, "divided", vars(solved)))


def test_none_compared_with_a_number_is_said_as_it_is() -> None:
    """What can be is asked before what can't: there, one error is as good as another."""

    @dataclass
    class Knobs:
        patience: Any = None

        def __post_init__(self) -> None:
            if self.patience < 1:
                raise ValueError("patience")

    verdict = judge_names(LESSON, "TrainConfig", {"TrainConfig": Knobs})
    first = next(probe for probe in verdict.probes if probe.status != "passed")
    assert "TypeError" in first.message


def test_the_digits_are_read_far_better_than_is_asked(solved: Any) -> None:
    """60 % is asked of twenty steps; seen with twelve seeds: 72 to 79 %."""
    judge = judge_of(LESSON, 1)
    (probe,) = (p for p in judge.probes("fit") if p.name == "predicts")
    for seed in range(4):
        given = probe.given(seed, "fit")
        raw = probe.run(solved, given.inputs)
        x = given.secrets["images"].reshape(len(given.secrets["images"]), -1)
        hidden = (x @ raw["1.weight"].T + raw["1.bias"]).clip(min=0)
        right = (hidden @ raw["3.weight"].T + raw["3.bias"]).argmax(1) == given.secrets["labels"]
        assert right.mean() > 0.66


def the_run(solved: Any, seed: int) -> float:
    """The lesson's run with another seed: the part of the test images that is read right."""
    config = solved.TrainConfig(
        epochs=12, lr=6e-3, weight_decay=0.05, warmup_steps=71, ema_decay=0.98, seed=seed,
        progress=False,
    )  # fmt: skip
    net = solved.conv_net(seed=seed)
    solved.fit(net, *solved.clothes_loaders(config), config)
    return float(solved.accuracy_on_test(net))


@pytest.mark.slow
def test_the_run_reads_the_test_images_with_three_seeds(solved: Any) -> None:
    """Seen with seeds 0 to 2, on a CPU: 90.15, 90.45 and 90.65 %, a spread of half a point."""
    torch.set_num_threads(2)
    accuracies = [the_run(solved, seed) for seed in range(3)]
    assert min(accuracies) >= 0.895, accuracies
