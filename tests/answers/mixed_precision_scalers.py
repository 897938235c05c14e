"""Loss scalers for lesson 12, right and wrong, of several builds."""

import math
from enum import Enum
from typing import Any

import torch


class ScalerOfTensors:
    """As PyTorch's own: a scale that is a tensor, and PyTorch's two kernels."""

    def __init__(
        self,
        init_scale: float = 2.0**16,
        growth_factor: float = 2.0,
        backoff_factor: float = 0.5,
        growth_interval: int = 2000,
    ) -> None:
        self.value = torch.tensor(float(init_scale))
        self.tracker = torch.tensor(0, dtype=torch.int32)
        self.growth_factor, self.backoff_factor = growth_factor, backoff_factor
        self.growth_interval = growth_interval
        self.found: Any = None
        self.done = False

    def scale(self, loss: Any) -> Any:
        return loss * self.value.to(loss.device)

    def unscale_(self, optimizer: Any) -> None:
        if self.found is not None:
            raise RuntimeError("unscale_() has already been called since the last update()")
        self.found = torch.zeros(())
        grads = [
            p.grad
            for group in optimizer.param_groups
            for p in group["params"]
            if p.grad is not None
        ]
        if grads:
            inverse = self.value.double().reciprocal().float()
            torch._amp_foreach_non_finite_check_and_unscale_(grads, self.found, inverse)

    def step(self, optimizer: Any) -> bool:
        if self.done:
            raise RuntimeError("step() has already been called since the last update()")
        if self.found is None:
            self.unscale_(optimizer)
        self.done = True
        taken = bool(self.found.item() == 0)
        if taken:
            optimizer.step()
        return taken

    def update(self) -> None:
        torch._amp_update_scale_(
            self.value,
            self.tracker,
            self.found,
            self.growth_factor,
            self.backoff_factor,
            self.growth_interval,
        )
        self.found, self.done = None, False

    def state_dict(self) -> dict[str, Any]:
        return {
            "scale": self.value.item(),
            "growth_factor": self.growth_factor,
            "backoff_factor": self.backoff_factor,
            "growth_interval": self.growth_interval,
            "_growth_tracker": self.tracker.item(),
        }

    def load_state_dict(self, state_dict: dict[str, Any]) -> None:
        self.value.fill_(state_dict["scale"])
        self.tracker.fill_(state_dict["_growth_tracker"])
        for name in ("growth_factor", "backoff_factor", "growth_interval"):
            setattr(self, name, state_dict[name])


class Stage(Enum):
    READY, UNSCALED, STEPPED = range(3)


class ScalerOfAttributes:
    """Gradients are replaced, and the steps that are left until it grows are counted down."""

    def __init__(
        self,
        init_scale: Any = 2.0**16,
        growth_factor: Any = 2.0,
        backoff_factor: Any = 0.5,
        growth_interval: Any = 2000,
    ) -> None:
        self.current, self.up, self.down = init_scale, growth_factor, backoff_factor
        self.interval = self.left = growth_interval
        self.stage, self.bad = Stage.READY, False

    def scale(self, loss: Any) -> Any:
        return self.current * loss

    @torch.no_grad()
    def unscale_(self, optimizer: Any) -> None:
        if self.stage is not Stage.READY:
            raise RuntimeError("out of turn")
        self.stage = Stage.UNSCALED
        params = [p for group in optimizer.param_groups for p in group["params"]]
        for p in (p for p in params if p.grad is not None):
            p.grad = p.grad * (1 / self.current)
            self.bad |= not math.isfinite(p.grad.double().sum().item())

    def step(self, optimizer: Any) -> bool:
        if self.stage is Stage.STEPPED:
            raise RuntimeError("out of turn")
        if self.stage is Stage.READY:
            self.unscale_(optimizer)
        self.stage = Stage.STEPPED
        if self.bad:
            return False
        optimizer.step()
        return True

    def update(self) -> None:
        self.left = self.interval if self.bad else self.left - 1
        if self.bad:
            self.current = self.current * self.down
        elif self.left == 0:
            self.current, self.left = self.current * self.up, self.interval
        self.stage, self.bad = Stage.READY, False

    def state_dict(self) -> dict[str, Any]:
        return {"scale": self.current, "left": self.left}

    def load_state_dict(self, state: dict[str, Any]) -> None:
        self.current, self.left = state["scale"], state["left"]


class ScalerWithAList:
    """Remembers every finding of the run, and reads the count off the end of it."""

    def __init__(
        self,
        init_scale: Any = 65536.0,
        growth_factor: Any = 2.0,
        backoff_factor: Any = 0.5,
        growth_interval: Any = 2000,
    ) -> None:
        self.options = growth_factor, backoff_factor, growth_interval
        self.state: dict[str, Any] = {"scale": float(init_scale), "good": []}
        self.finite: bool | None = None
        self.stepped = False

    def scale(self, loss: Any) -> Any:
        return torch.mul(loss, self.state["scale"])

    def unscale_(self, optimizer: Any) -> None:
        if self.finite is not None or self.stepped:
            raise RuntimeError("unscaled already")
        grads = [p.grad for g in optimizer.param_groups for p in g["params"] if p.grad is not None]
        self.finite = all(bool(g.isfinite().all()) for g in grads)
        torch._foreach_div_(grads, self.state["scale"])

    def step(self, optimizer: Any) -> bool:
        if self.stepped:
            raise RuntimeError("stepped already")
        if self.finite is None:
            self.unscale_(optimizer)
        self.stepped = True
        if self.finite:
            optimizer.step()
        return bool(self.finite)

    def update(self) -> None:
        growth, backoff, interval = self.options
        good = self.state["good"]
        good.append(1)
        if not self.finite:
            self.state["scale"] *= backoff
            good.clear()
        elif len(good) == interval:
            self.state["scale"] *= growth
            good.clear()
        self.finite, self.stepped = None, False

    def state_dict(self) -> dict[str, Any]:
        return {"scale": self.state["scale"], "good": list(self.state["good"])}

    def load_state_dict(self, state: dict[str, Any]) -> None:
        self.state = {"scale": state["scale"], "good": list(state["good"])}


class ScalerThatSteps(ScalerOfAttributes):
    """It finds an inf, backs off, and has stepped all the same."""

    def step(self, optimizer: Any) -> bool:
        if self.stage is Stage.STEPPED:
            raise RuntimeError("out of turn")
        if self.stage is Stage.READY:
            self.unscale_(optimizer)
        self.stage = Stage.STEPPED
        optimizer.step()
        return not self.bad


class ScalerOfInf(ScalerOfAttributes):
    """It looks for inf alone, before it divides."""

    @torch.no_grad()
    def unscale_(self, optimizer: Any) -> None:
        if self.stage is not Stage.READY:
            raise RuntimeError("out of turn")
        self.stage = Stage.UNSCALED
        for group in optimizer.param_groups:
            for p in group["params"]:
                if p.grad is not None:
                    self.bad = self.bad or bool(p.grad.isinf().any())
                    p.grad /= self.current


class ScalerThatDividesTwice(ScalerOfAttributes):
    """Its step never asks whether the gradients are unscaled."""

    def step(self, optimizer: Any) -> bool:
        if self.stage is Stage.STEPPED:
            raise RuntimeError("out of turn")
        self.stage = Stage.READY
        return super().step(optimizer)


class ScalerWithoutMemory(ScalerOfAttributes):
    """Its state is the scale."""

    def state_dict(self) -> dict[str, Any]:
        return {"scale": self.current}

    def load_state_dict(self, state: dict[str, Any]) -> None:
        self.current = state["scale"]


class ScalerThatAllowsEverything(ScalerOfAttributes):
    """Whoever calls out of turn divides and steps once more."""

    def unscale_(self, optimizer: Any) -> None:
        self.stage = Stage.READY
        super().unscale_(optimizer)

    def step(self, optimizer: Any) -> bool:
        self.stage = Stage.UNSCALED if self.stage is Stage.STEPPED else self.stage
        return super().step(optimizer)


def answers(**classes: Any) -> dict[str, dict[str, Any]]:
    return {label.replace("_", " "): {"DynamicLossScaler": made} for label, made in classes.items()}


RIGHT_SCALERS = answers(
    tensors=ScalerOfTensors, attributes=ScalerOfAttributes, a_list=ScalerWithAList
)
WRONG_SCALERS = answers(
    steps_on_inf=ScalerThatSteps,
    inf_only=ScalerOfInf,
    twice=ScalerThatDividesTwice,
    count_forgotten=ScalerWithoutMemory,
    everything_allowed=ScalerThatAllowsEverything,
)
