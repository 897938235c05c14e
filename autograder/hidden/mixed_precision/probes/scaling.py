"""Probes of the loss scaler: sequences of finite and infinite gradients, and what comes of them."""

from typing import Any

import numpy as np
import torch

from autograder.api import FLOAT32, Inputs, Probes, Resumed, outcome

from .shown import array, plain

probes = Probes()
scaler = probes.exercise("DynamicLossScaler", tolerance=FLOAT32)
Rng = np.random.Generator
INF, NAN = float("inf"), float("nan")
SIZES = (3, 2, 4)


def script(rng: Rng, bad: dict[int, tuple[int, float]], steps: int, **options: Any) -> Inputs:
    """True gradients of three parameters in each step; in step i of `bad`, one of them has one such
    value."""
    slopes = [[rng.normal(size=n) + 1 for n in SIZES] for _ in range(steps)]
    for step, (which, value) in bad.items():
        slopes[step][which][int(rng.integers(SIZES[which]))] = value
    return {"start": [rng.normal(size=n) for n in SIZES], "slopes": slopes, "options": options}


class Run:
    """A scaler, an optimizer with two groups, and parameters, of which one never has a gradient
    unless the inputs say that there is none `unused`."""

    def __init__(self, impl: Any, inputs: Inputs, kind: Any = torch.optim.SGD, **how: Any) -> None:
        self.params = [torch.nn.Parameter(torch.tensor(p).float()) for p in inputs["start"]]
        unused = [torch.nn.Parameter(torch.ones(2))] if inputs.get("unused", True) else []
        groups = [{"params": [*unused, *self.params[:2]]}, {"params": self.params[2:], "lr": 0.05}]
        self.optimizer = kind(groups, **(how or {"lr": 0.1, "momentum": 0.5, "foreach": False}))
        options = inputs["options"]
        make = impl.DynamicLossScaler
        self.scaler = make(*options.values()) if inputs.get("by place") else make(**options)

    def backward(self, slopes: Any) -> None:
        """Gradients as a backward pass of the scaled loss leaves them; a real one takes longer."""
        scale = self.now()
        for p, slope in zip(self.params, slopes, strict=True):
            p.grad = torch.from_numpy(slope * scale).float()

    def real_backward(self, slopes: Any) -> None:
        """The same, of a loss."""
        self.optimizer.zero_grad()
        pairs = zip(self.params, slopes, strict=True)
        loss = sum((p * torch.tensor(s).float()).sum() for p, s in pairs)
        self.scaler.scale(loss).backward()

    def grads(self) -> list[Any]:
        return [array(p.grad) for p in self.params]

    def weights(self) -> list[Any]:
        return [array(p) for p in self.params]

    def iterate(self, slopes: Any) -> Inputs:
        """One iteration without unscale_, and what is to be seen of it."""
        self.backward(slopes)
        return {"was the step taken?": self.step(), **self.after()}

    def step(self) -> Any:
        return plain(self.scaler.step(self.optimizer))

    def after(self) -> Inputs:
        self.scaler.update()
        return {"the weights": self.weights(), "the scale after update": self.now()}

    def now(self) -> Any:
        """The scale, as the next loss will feel it."""
        return float(self.scaler.scale(torch.tensor(1.0, dtype=torch.float64)))


def iterations(impl: Any, inputs: Inputs) -> Inputs:
    run = Run(impl, inputs)
    return {f"in step {i + 1}": run.iterate(s) for i, s in enumerate(inputs["slopes"])}


def overflowing(rng: Rng) -> Inputs:
    """Two overflows, each in another parameter, one in the middle of a count of three."""
    bad = {1: (0, INF), 4: (1, NAN)}
    options = {"init_scale": 64.0, "growth_factor": 4.0, "growth_interval": 3}
    return script(rng, bad, 9, **options)


def other_factors(rng: Rng) -> Inputs:
    """All four options by place; overflows in a row, from -inf, in the second group too, which
    take the scale below 1."""
    bad = {2: (2, NAN), 3: (0, -INF), 4: (2, INF)}
    options = {"init_scale": 10.0, "growth_factor": 3.0, "backoff_factor": 0.2}
    return {**script(rng, bad, 9, **options, growth_interval=2), "by place": True}


scaler.probe(
    "nine steps, of which two overflow",
    points=1.5,
    inputs=overflowing,
    name="nine_steps",
    experiment="print scale and the count of good steps after each update, with inf in step 2.",
)(iterations)
scaler.probe(
    "other factors, and three overflows in a row",
    points=0.75,
    inputs=other_factors,
    name="other_factors",
    experiment="print scale and the count of good steps after each update.",
)(iterations)


@scaler.probe(
    "gradients looked at between unscale_ and step",
    points=1.0,
    inputs=lambda rng: script(rng, {2: (1, INF)}, 4, init_scale=32.0, growth_interval=1),
    experiment="print p.grad after backward, after unscale_ and after step: it is divided once.",
)
def unscaled_first(impl: Any, inputs: Inputs) -> Any:
    run, seen = Run(impl, inputs), {}
    for i, slopes in enumerate(inputs["slopes"]):
        run.real_backward(slopes)
        now = {"gradients before": run.grads()}
        run.scaler.unscale_(run.optimizer)
        now["gradients after unscale_"] = finite(run.grads())
        for grad in (p.grad for p in run.params):  # as clipping does it
            if grad is not None:
                grad.mul_(0.5)
        now["was the step taken?"] = run.step()
        now["gradients after step"] = finite(run.grads())
        seen[f"in step {i + 1}"] = {**now, **run.after()}
    return seen


def finite(grads: list[Any]) -> Any:
    """Gradients that overflowed are no numbers to compare: inf / 2 and inf * 0.5 may differ."""
    if all(g is None or np.isfinite(g).all() for g in grads):
        return grads
    return [None if g is None else np.full_like(g, NAN) for g in grads]


def all_used(rng: Rng) -> Inputs:
    """Every parameter has a gradient."""
    return {**script(rng, {0: (0, INF), 2: (2, NAN)}, 4, init_scale=2.0**12), "unused": False}


@scaler.probe(
    "Adam, plain and fused",
    points=0.5,
    inputs=all_used,
    experiment="compare optimizer.state before and after a step that is skipped.",
)
def with_adam(impl: Any, inputs: Inputs) -> Any:
    seen = {}
    for fused in (False, True):
        run = Run(impl, inputs, torch.optim.Adam, lr=0.1, fused=fused)
        steps = [run.iterate(slopes) for slopes in inputs["slopes"]]
        seen["with a fused optimizer" if fused else "with a plain optimizer"] = steps
    return seen


def start(impl: Any, inputs: Inputs) -> Run:
    return Run(impl, inputs)


def advance(run: Run, inputs: Inputs, steps: tuple[int, int]) -> Any:
    return [run.iterate(slopes) for slopes in inputs["slopes"][slice(*steps)]]


def save(run: Run) -> Inputs:
    """The scaler's state, and the weights and the optimizer's, which are not what is asked."""
    kept = run.weights(), [s["momentum_buffer"].clone() for s in run.optimizer.state.values()]
    return {"scaler": run.scaler.state_dict(), "kept": kept}


def load(run: Run, state: Inputs) -> None:
    weights, momenta = state["kept"]
    for p, weight, momentum in zip(run.params, weights, momenta, strict=True):
        with torch.no_grad():
            p.copy_(torch.tensor(weight))
        run.optimizer.state[p]["momentum_buffer"] = momentum.clone()
    run.scaler.load_state_dict(state["scaler"])


def interrupted(rng: Rng) -> Inputs:
    """A run of eight steps that is saved two steps after an overflow, one before it would grow."""
    made = script(rng, {1: (0, INF), 6: (1, INF)}, 8, init_scale=64.0, growth_interval=3)
    return {**made, "saved_after": 4, "steps": 8}


scaler.probe(
    "a run saved in the middle of a count, and resumed",
    points=0.75,
    inputs=interrupted,
    name="resumed",
    experiment="save one good step before the scale grows, load into a new scaler, and take it.",
)(Resumed(start, advance, save, load))


@scaler.probe(
    "the state, and a loss that is scaled",
    points=0.25,
    inputs=lambda rng: script(rng, {0: (0, INF)}, 1, init_scale=48.0),
    kind="side",
)
def state_and_loss(impl: Any, inputs: Inputs) -> Any:
    run = Run(impl, inputs)
    loss = run.params[0].sum()
    before = loss.item()
    scaled = run.scaler.scale(loss)
    seen = {"the scaled loss": array(scaled), "the loss afterwards": [before, loss.item()]}
    run.iterate(inputs["slopes"][0])
    state = run.scaler.state_dict()
    return {**seen, "state_dict()['scale']": float(state["scale"])}


@scaler.probe(
    "calls out of turn",
    points=0.75,
    inputs=lambda rng: script(rng, {1: (1, INF)}, 3, init_scale=16.0, growth_interval=2),
    kind="side",
    experiment="call unscale_ twice before update, then step twice, then unscale_ after step.",
)
def out_of_turn(impl: Any, inputs: Inputs) -> Any:
    run, seen = Run(impl, inputs), {}
    for i, slopes in enumerate(inputs["slopes"]):
        run.backward(slopes)
        run.scaler.unscale_(run.optimizer)
        now: Inputs = {"unscale_ after unscale_": outcome(run.scaler.unscale_, run.optimizer)}
        now["was the step taken?"] = run.step()
        now["step after step"] = outcome(run.scaler.step, run.optimizer)
        now["unscale_ after step"] = outcome(run.scaler.unscale_, run.optimizer)
        seen[f"in iteration {i + 1}"] = {**now, **run.after()}
    return seen


@scaler.probe(
    "gradients that are large and finite",
    points=0.0625,
    inputs=lambda rng: {"slope": float(rng.uniform(1, 9)) * 1e30},
    kind="side",
    experiment="give a parameter a gradient of 1e30, and call step.",
)
def large_gradients(impl: Any, inputs: Inputs) -> Any:
    weight = torch.nn.Parameter(torch.zeros(2))
    weight.grad = torch.full((2,), inputs["slope"])
    made, optimizer = impl.DynamicLossScaler(init_scale=4.0), torch.optim.SGD([weight], lr=1e-30)
    taken = plain(made.step(optimizer))
    return {"was the step taken?": taken, "the weights": array(weight)}


@scaler.probe("the defaults", points=0.4375, inputs=lambda rng: {"steps": 2000}, kind="side")
def defaults(impl: Any, inputs: Inputs) -> Any:
    """A scale of 65536 that grows after 2000 steps."""
    made, weight = impl.DynamicLossScaler(), torch.nn.Parameter(torch.ones(1))
    optimizer, seen = torch.optim.SGD([weight], lr=0.1), {}
    optimizer.step = lambda: None  # type: ignore[assignment, method-assign, misc] # no time is lost
    weight.grad = torch.ones(1)

    def now() -> float:
        return float(made.scale(torch.tensor(1.0, dtype=torch.float64)))

    seen["the scale at first"] = now()
    for step in range(inputs["steps"]):
        if step == inputs["steps"] - 1:
            seen["the scale after 1999 steps"] = now()
        made.step(optimizer)
        made.update()
    seen["the scale after 2000 steps"] = now()
    weight.grad = torch.tensor([INF])
    made.step(optimizer)
    made.update()
    return {**seen, "the scale after an overflow": now()}
