"""What a run did without: cells that were given up, cells that stopped, kernels that are gone."""

from __future__ import annotations

from dataclasses import dataclass, field

from autograder.harness.kernel import Stop
from autograder.harness.observation import Lost


@dataclass
class GivenUp:
    """Cells, by their index, that were not run to their end: of the first kind the definitions are
    run, of the second nothing."""

    defined: dict[int, Lost] = field(default_factory=dict)
    skipped: dict[int, Lost] = field(default_factory=dict)

    def add(self, index: int, lost: Lost) -> None:
        """Give up a cell, or what was left of it."""
        (self.skipped if index in self.defined else self.defined)[index] = lost


@dataclass(frozen=True)
class Stopped:
    """A cell that failed: where it stopped, and the names that it would have bound."""

    stop: Stop
    names: frozenset[str]


@dataclass(frozen=True)
class Loss:
    """A kernel is gone: to the step `at` a place; to a step `before` another; or, with neither, to
    something that the next run will find out."""

    lost: Lost
    at: int | None = None
    before: int | None = None
