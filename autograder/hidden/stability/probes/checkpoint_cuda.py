"""A probe of CUDA's random state, on machines that have no card: three devices are made up."""

from contextlib import ExitStack, contextmanager
from typing import Any
from unittest.mock import patch

import torch

from autograder.api import EXACT, Inputs, Probes

from .keeper import Run, run_seeds, saved, scratch

probes = Probes()
checkpoints = probes.exercise("save_checkpoint__load_checkpoint")


class Cards:
    """The random state of three cards that are not there."""

    def __init__(self, seed: int) -> None:
        generator = torch.Generator().manual_seed(seed)
        self.states = [
            torch.randint(256, (16,), generator=generator, dtype=torch.uint8) for _ in range(3)
        ]

    def get(self, device: Any = "cuda") -> Any:
        return self.states[number_of(device)].clone()

    def get_all(self) -> Any:
        return [state.clone() for state in self.states]

    def put(self, new_state: Any, device: Any = "cuda") -> None:
        self.states[number_of(device)] = new_state.cpu().clone()

    def put_all(self, new_states: Any) -> None:
        for i, state in enumerate(new_states):
            self.put(state, i)

    @contextmanager
    def installed(self) -> Any:
        """Their functions in torch.cuda, and in its module of generators."""
        generators = {
            "get_rng_state": self.get,
            "get_rng_state_all": self.get_all,
            "set_rng_state": self.put,
            "set_rng_state_all": self.put_all,
        }
        there = {
            "is_available": lambda: True,
            "is_initialized": lambda: True,
            "device_count": lambda: 3,
            "current_device": lambda: 0,
        }
        with ExitStack() as stack:
            for name, function in {**generators, **there}.items():
                stack.enter_context(patch.object(torch.cuda, name, function))
            for name, function in generators.items():
                stack.enter_context(patch.object(torch.cuda.random, name, function))
            yield


def number_of(device: Any) -> int:
    if isinstance(device, str):
        device = torch.device(device)
    return (device.index or 0) if isinstance(device, torch.device) else int(device)


@checkpoints.probe(
    "the random state of every CUDA device",
    points=0.25,
    inputs=run_seeds,
    tolerance=EXACT,
    experiment="read torch.cuda.get_rng_state_all() before saving and after loading.",
)
def cuda(impl: Any, inputs: Inputs) -> Any:
    one, other, *_ = inputs["seeds"]
    run = Run(one, small=True)
    with scratch() as folder:
        with Cards(one).installed():
            saved(impl, run, folder / "run.pt")
        cards = Cards(other)
        with cards.installed():
            impl.load_checkpoint(folder / "run.pt", model=run.model)
    return {
        f"of device {i}": {"random state": state.numpy()} for i, state in enumerate(cards.states)
    }
