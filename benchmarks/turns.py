"""Contenders that take turns in one run, and the table of what each of them reached."""

from __future__ import annotations

import gc
import statistics
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from rich.table import Table

Rates = dict[str, list[float]]


@dataclass(frozen=True)
class Ratio:
    """A line that divides the rates of `one` by those of `other`, and what was aimed at."""

    one: str
    other: str
    aim: float | None = None

    @property
    def name(self) -> str:
        """How the table calls it."""
        return f"{self.one} / {self.other}"

    def values(self, rates: Mapping[str, Sequence[float]]) -> list[float]:
        """One quotient a round: what slows a whole round leaves it as it is."""
        pairs = zip(rates[self.one], rates[self.other], strict=True)
        return [one / other for one, other in pairs]

    def verdict(self, rates: Mapping[str, Sequence[float]]) -> str:
        """The aim, and whether the median reaches it."""
        if self.aim is None:
            return ""
        reached = statistics.median(self.values(rates)) >= self.aim
        return f"{self.aim:.2f} {'reached' if reached else 'missed'}"


def take_turns(turns: Mapping[str, Callable[[], float]], rounds: int) -> Rates:
    """The results of `rounds` turns of each, after one that is not counted.

    They alternate, so that a busy machine slows all alike, and each round begins with another one.
    """
    names = list(turns)
    for name in names:
        turns[name]()
    rates: Rates = {name: [] for name in names}
    for number in range(rounds):
        first = number % len(names)
        for name in names[first:] + names[:first]:
            gc.collect()  # nobody pays for what the one before left behind
            rates[name].append(turns[name]())
    return rates


def rate_table(
    title: str, rates: Mapping[str, Sequence[float]], ratios: Sequence[Ratio] = (), digits: int = 0
) -> Table:
    """n, the smallest, the median and the largest of each, then the ratios with their aims."""
    aims = any(ratio.aim is not None for ratio in ratios)
    table = Table(title=title)
    table.add_column("what")
    for column in ("n", "min", "median", "max"):
        table.add_column(column, justify="right")
    if aims:
        table.add_column("aim")
    for name, values in rates.items():
        table.add_row(name, *spread(values, digits))
    for ratio in ratios:
        verdict = [ratio.verdict(rates)] if aims else []
        table.add_row(ratio.name, *spread(ratio.values(rates), 2), *verdict)
    return table


def spread(values: Sequence[float], digits: int) -> list[str]:
    """How many there are, the smallest, the median and the largest."""
    numbers = (min(values), statistics.median(values), max(values))
    return [str(len(values)), *(f"{number:.{digits}f}" for number in numbers)]
