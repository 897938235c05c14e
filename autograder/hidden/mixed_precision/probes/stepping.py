"""Probes of a step in mixed precision."""

from typing import Any

import numpy as np
import torch
from torch import nn
from torch.nn import functional as F

from autograder.api import Inputs, Probes, Tolerance, outcome

from .shown import array, plain

probes = Probes()
# Right answers round to 16 bits in the same places: what parts them is the 1e-6 of clipping, and
# float32's rounding.
step = probes.exercise("amp_step", tolerance=Tolerance(2e-5, 1e-6))
Rng = np.random.Generator
CPU = torch.device("cpu")
KEYS = ("loss", "grad_norm", "stepped")


class Net(nn.Module):
    """Two layers, the last of them in float32 whatever the autocast around it says."""

    def __init__(self, weights: Inputs) -> None:
        super().__init__()
        self.first, self.last = nn.Linear(4, 6), nn.Linear(6, 3)
        for p, w in zip(self.parameters(), weights.values(), strict=True):
            p.data = torch.tensor(w).float()
        self.modes = list[bool]()

    def forward(self, x: Any) -> Any:
        self.modes.append(self.training)
        hidden = torch.tanh(self.first(x))
        with torch.autocast("cpu", enabled=False):
            return self.last(hidden.float())

    def tensors(self) -> Inputs:
        """All weights in a row: one array is looked at faster than four."""
        return {"the weights": array(torch.cat([p.detach().flatten() for p in self.parameters()]))}


class Plain(Net):
    """The same layers, with nothing to keep the last one from 16 bits."""

    def forward(self, x: Any) -> Any:
        self.modes.append(self.training)
        return self.last(torch.tanh(self.first(x)))


class Recorded:
    """PyTorch's scaler with the interface of the exercise. It remembers what was called."""

    def __init__(self, **options: Any) -> None:
        self.theirs = torch.amp.GradScaler("cpu", **options)
        self.calls = list[str]()

    def scale(self, loss: Any) -> Any:
        if "scale" not in self.calls:  # whoever asks again, to see the scale, may
            self.calls.append("scale")
        return self.theirs.scale(loss)

    def unscale_(self, optimizer: Any) -> None:
        self.calls.append("unscale_")
        self.theirs.unscale_(optimizer)

    def step(self, optimizer: Any) -> bool:
        self.calls.append("step")
        taken = list[int]()
        hook = optimizer.register_step_pre_hook(lambda *_: taken.append(1))
        self.theirs.step(optimizer)
        hook.remove()
        return bool(taken)

    def update(self) -> None:
        self.calls.append("update")
        self.theirs.update()

    def state_dict(self) -> Inputs:
        return self.theirs.state_dict()

    def load_state_dict(self, state: Inputs) -> None:
        self.theirs.load_state_dict(state)


def some(rng: Rng, steps: int, **more: Any) -> Inputs:
    """Weights, and batches of seven samples."""
    weights = {
        "first.weight": rng.normal(size=(6, 4)) / 2,
        "first.bias": rng.normal(size=6) / 4,
        "last.weight": rng.normal(size=(3, 6)),
        "last.bias": rng.normal(size=3) / 4,
    }
    batches = [(rng.normal(size=(7, 4)), rng.integers(3, size=7)) for _ in range(steps)]
    return {"weights": weights, "batches": batches, **more}


def batch_of(pair: Any) -> Any:
    x, y = pair
    return torch.tensor(x).float(), torch.tensor(y)


def reported(report: Any) -> Any:
    """The three entries of a report; a norm that overflowed, inf or nan, is shown as nan."""
    if not isinstance(report, dict):
        return report
    seen = {name: plain(report[name]) for name in KEYS if name in report}
    norm = seen.get("grad_norm")
    if isinstance(norm, torch.Tensor) and norm.numel() == 1 and not torch.isfinite(norm):
        seen["grad_norm"] = torch.full_like(norm, float("nan"))
    elif isinstance(norm, float) and not np.isfinite(norm):
        seen["grad_norm"] = float("nan")
    return seen


def sgd(model: nn.Module) -> torch.optim.Optimizer:
    return torch.optim.SGD(model.parameters(), lr=0.1, momentum=0.5)


def steps_taken(
    impl: Any, inputs: Inputs, model: Net, scaler: Any, max_norm: float, dtype: torch.dtype
) -> Inputs:
    """The reports of some steps, the model and the scale after each."""
    optimizer, seen = sgd(model), {}
    for i, pair in enumerate(inputs["batches"]):
        args = model, batch_of(pair), F.cross_entropy, optimizer, scaler, max_norm, CPU, dtype
        now = {"the report": reported(outcome(impl.amp_step, *args)), **model.tensors()}
        if scaler is not None:
            now["the scale"] = scaler.state_dict()["scale"]
        seen[f"after step {i + 1}"] = now
    return seen


@step.probe(
    "two steps in float16 with a scaler, clipped",
    points=0.75,
    inputs=lambda rng: some(rng, 2),
    experiment="print the norm of the gradients before and after unscale_, and where you clip.",
)
def clipped(impl: Any, inputs: Inputs) -> Any:
    model, scaler = Net(inputs["weights"]), Recorded(init_scale=256.0, growth_interval=2)
    return steps_taken(impl, inputs, model, scaler, 0.2, torch.float16)


@step.probe(
    "bfloat16 and float32 without a scaler, clipped or not",
    points=0.625,
    inputs=lambda rng: some(rng, 1),
    experiment="print loss and outputs' dtype, and compare with a step without autocast.",
)
def without_scaler(impl: Any, inputs: Inputs) -> Any:
    seen: Inputs = {}
    for dtype, kind, max_norm in (
        (torch.bfloat16, Net, 50.0),
        (torch.bfloat16, Plain, 0.1),
        (torch.float16, Plain, 50.0),
        (torch.float32, Plain, 0.1),
    ):
        model = kind(inputs["weights"])
        where = f"in {str(dtype).removeprefix('torch.')} with max_norm = {max_norm}"
        seen[where] = steps_taken(impl, inputs, model, None, max_norm, dtype)
    return seen


def too_high(rng: Rng) -> Inputs:
    """A scale with which float16 gradients overflow in the first steps."""
    return some(rng, 4, init_scale=2.0**21)


@step.probe(
    "a scale that is too high at first",
    points=0.75,
    inputs=too_high,
    experiment="start with a scale of 2**21, and print stepped and the scale after each step.",
)
def until_it_fits(impl: Any, inputs: Inputs) -> Any:
    options = {"init_scale": inputs["init_scale"], "backoff_factor": 0.03, "growth_interval": 2}
    model, scaler = Plain(inputs["weights"]), Recorded(**options)
    return steps_taken(impl, inputs, model, scaler, 1.0, torch.float16)


@step.probe(
    "gradients left over, and a parameter that has none",
    points=0.5,
    inputs=lambda rng: some(rng, 1),
    experiment="fill every p.grad with ones, take one step, and see whether the ones had a say.",
)
def old_gradients(impl: Any, inputs: Inputs) -> Any:
    model, scaler = Plain(inputs["weights"]), Recorded(init_scale=8.0)
    model.last.bias.requires_grad_(False)
    for p in model.parameters():
        p.grad = torch.ones_like(p) if p.requires_grad else None
    return steps_taken(impl, inputs, model, scaler, 0.5, torch.float16)


def overflowing(rng: Rng) -> Inputs:
    made = some(rng, 1)
    made["batches"][0][0][2, 1] = np.inf
    return made


@step.probe(
    "an overflow without a scaler",
    points=0.375,
    inputs=overflowing,
    experiment="put an inf into the inputs: the norm is reported, and nothing is raised.",
)
def overflow_unscaled(impl: Any, inputs: Inputs) -> Any:
    model = Plain(inputs["weights"])
    optimizer, counted = sgd(model), list[int]()
    optimizer.register_step_post_hook(lambda *_: counted.append(1))
    args = model, batch_of(inputs["batches"][0]), F.cross_entropy, optimizer, None, 1.0, CPU
    report = reported(impl.amp_step(*args, torch.bfloat16))
    if isinstance(report, dict):
        report.pop("loss", None)
    weights = all(torch.isfinite(p).all() for p in model.parameters())
    return {
        "the report but for the loss": report,
        "steps of the optimizer": len(counted),
        "are all weights finite?": bool(weights),
    }


@step.probe(
    "bfloat16 with a scaler, in either mode, by keyword",
    points=0.375,
    inputs=lambda rng: some(rng, 1),
    kind="side",
)
def calls_of_the_scaler(impl: Any, inputs: Inputs) -> Any:
    seen = {}
    for mode in ("training", "evaluation"):
        model, scaler = Plain(inputs["weights"]), Recorded(init_scale=4.0)
        model.train(mode == "training")
        report = impl.amp_step(
            model=model,
            batch=list(batch_of(inputs["batches"][0])),
            criterion=nn.CrossEntropyLoss(),
            optimizer=sgd(model),
            scaler=scaler,
            max_norm=0.3,
            device=CPU,
            dtype=torch.bfloat16,
        )
        seen[f"in {mode} mode"] = {
            "the report": reported(report),
            **model.tensors(),
            "what the scaler was asked": ", ".join(scaler.calls),
            "is the forward pass in training mode?": model.modes[0],
            "is the model in training mode afterwards?": model.training,
        }
    return seen


class Parcel(torch.Tensor):
    """A tensor that has not been moved to any device yet."""

    def to(self, *args: Any, **kwargs: Any) -> Any:
        """Arrive: as a plain tensor."""
        return self.as_subclass(torch.Tensor).to(*args, **kwargs)


@step.probe(
    "a batch that is moved to the device",
    points=0.375,
    inputs=lambda rng: some(rng, 1),
    kind="side",
)
def moves_the_batch(impl: Any, inputs: Inputs) -> Any:
    model, arrived = Plain(inputs["weights"]), dict[str, Any]()
    model.register_forward_pre_hook(lambda _, args: arrived.update(inputs=args[0]))

    def criterion(outputs: Any, targets: Any) -> Any:
        arrived["targets"] = targets
        plain_ones = (t.as_subclass(torch.Tensor) for t in (outputs, targets))
        return F.cross_entropy(*plain_ones)

    batch = tuple(part.as_subclass(Parcel) for part in batch_of(inputs["batches"][0]))
    args = model, batch, criterion, sgd(model), None, 0.3, CPU, torch.bfloat16
    report = reported(impl.amp_step(*args))
    left = {f"were the {name} moved?": not isinstance(t, Parcel) for name, t in arrived.items()}
    return {**left, "the report": report, **model.tensors()}


@step.probe(
    "a criterion of your own",
    points=0.25,
    inputs=lambda rng: some(rng, 2),
    kind="side",
)
def own_criterion(impl: Any, inputs: Inputs) -> Any:
    def criterion(outputs: Any, targets: Any) -> Any:
        return F.cross_entropy(outputs.float(), targets) * 2

    model, seen = Plain(inputs["weights"]), {}
    optimizer = sgd(model)
    for i, pair in enumerate(inputs["batches"]):
        args = model, batch_of(pair), criterion, optimizer, None, 9.0, CPU, torch.bfloat16
        seen[f"after step {i + 1}"] = {"the report": reported(impl.amp_step(*args))}
    return {**seen, **model.tensors()}
