"""Drives one kernel, sealed or not: runs cells, sends probes in, gets raw values out.

Nothing that a kernel says is believed but the values of its observations: when it says that it is
idle, when it fakes an output or sends another message's id, only its own submission suffers.
"""

from __future__ import annotations

import functools
import json
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

from nbformat import NotebookNode

from autograder.harness.collector import SURROGATE, Collector, Published, in_utf8
from autograder.harness.guests import PREPARE, guests
from autograder.harness.messages import POLL_SECONDS, receive, send
from autograder.harness.observation import Lost, Observation, WireError, decode
from autograder.harness.payloads import Payloads
from autograder.harness.probe import Probe
from autograder.harness.runner import Asked
from autograder.sandbox import Limits, SealedKernel

MIME = "application/x-observation+json"
DIED = Lost("your code ended its kernel")
NO_RESULT = Lost("no result came back from its kernel")
GARBLED = Lost("its kernel sent something that is not a message")


@dataclass(frozen=True)
class Stop:
    """Where a cell stopped, in the words of its kernel: the line, and the error."""

    line: str
    error: str


@dataclass(frozen=True)
class ExecutionResult:
    """What came of one execution: outputs for display, and why it had no proper end, if it had
    none; of one of ours, what it published."""

    outputs: list[NotebookNode] = field(default_factory=list)
    failed: bool = False
    lost: Lost | None = None
    published: Sequence[Published] = ()


@dataclass(frozen=True)
class Budget:
    """How long an execution may take."""

    cpu_seconds: float
    wall_seconds: float


class KernelRunner:
    """A kernel with a learner's code in it. See `Runner`."""

    def __init__(
        self, kernel: SealedKernel, limits: Limits, payloads: Payloads | None = None
    ) -> None:
        """Make a started kernel ready.

        payloads: kept for longer than one kernel, where several are asked the same.
        """
        self.kernel = kernel
        self.limits = limits
        self._payloads = payloads or Payloads()
        self.dead: Lost | None = None
        # What a kernel publishes in the moment in which it ends is lost. Where it matters what came
        # before that, each probe waits until the result of the one before it is here.
        self.apart = False
        ran = self._execute(PREPARE, Budget(30.0, 60.0), silent=True, carried=guests())
        if ran.failed:
            raise RuntimeError(f"a kernel could not be prepared: {ran.lost or 'it raised'}")

    def run_cell(self, source: str, seconds: float | None = None) -> ExecutionResult:
        """A learner's cell, errors and all."""
        seconds = seconds or self.limits.cell_seconds
        return self._execute(source, Budget(seconds, seconds))

    def go_on(self, *, answer: bool) -> tuple[ExecutionResult, Stop]:
        """Behind a cell that failed: where it stopped, once what it still defines is defined."""
        code = f"__import__('_definitions').go_on({answer!r}, {MIME!r})"
        seconds = self.limits.cell_seconds
        ran = self._execute(code, Budget(seconds, seconds), silent=True)
        said = next((data[MIME] for data, _ in ran.published if MIME in data), None)
        line, error = (_text(said, key) for key in ("line", "error"))
        return ran, Stop(line, error)

    def define(self, source: str) -> ExecutionResult:
        """Of a learner's cell, only what defines something and does nothing else."""
        code = f"__import__('_definitions').define({source!r})"
        return self._execute(code, Budget(*2 * (self.limits.cell_seconds,)), silent=True)

    def outlives(self, seconds: float) -> bool:
        """Whether the kernel, with nothing to do, is still there after that time."""
        end = time.monotonic() + seconds
        while self.dead is None and time.monotonic() < end:
            if not self.kernel.alive():
                self.dead = DIED
            time.sleep(POLL_SECONDS)
        return self.dead is None

    def run_visible_tests(self, source: str) -> ExecutionResult:
        """The visible part of a graded cell: it calls what the learner wrote, as a probe does."""
        return self._execute(source, self._probe_budget(self.limits.probe_cpu_seconds))

    def run(self, probe: Probe, names: tuple[str, ...], inputs: dict[str, Any]) -> Observation:
        """See `Runner.run`."""
        (observation,) = self._ask([(probe, inputs)], names)
        return observation

    def run_all(self, asked: Sequence[Asked], names: tuple[str, ...]) -> list[Observation]:
        """See `Runner.run_all`: by one request, unless they are to be apart."""
        if self.apart:
            return [one for each in asked for one in self._ask([each], names)]
        return self._ask(asked, names)

    def _ask(self, asked: Sequence[Asked], names: tuple[str, ...]) -> list[Observation]:
        """What comes of some probes in one request, which takes longer than most probes do; for
        each of them the clock begins anew."""
        if self.dead is not None:
            return [self.dead] * len(asked)
        uses = [list(probe.uses) for probe, _ in asked]
        code = f"__import__('_probe_guest').publish({list(names)!r}, {uses!r}, {MIME!r})"
        carried = [self._payloads.of(probe, inputs) for probe, inputs in asked]
        sent = send(self.kernel.client, code, silent=True, carried=carried)
        seen: list[Observation] = []
        idle, lost = False, None
        for number, (probe, _) in enumerate(asked):
            ran = Collector(self.limits.output_bytes, private=True)
            ran.idle = idle
            text = functools.partial(_published, ran, number)
            if lost is None:
                until = text if number < len(asked) - 1 else None
                lost = self._collect(sent, ran, self._probe_budget(probe.seconds), until).lost
            idle = ran.idle
            seen.append(lost or _decode(text()))
        return seen

    def close(self) -> None:
        """End the kernel and everything that it started."""
        self.kernel.close()

    def _probe_budget(self, cpu_seconds: float) -> Budget:
        scale = cpu_seconds / self.limits.probe_cpu_seconds
        return Budget(cpu_seconds, self.limits.probe_wall_seconds * max(1.0, scale))

    def _execute(
        self, code: str, budget: Budget, silent: bool = False, carried: bytes = b""
    ) -> ExecutionResult:
        """Run code. What it needs is `carried` beside it: IPython reads code several times, and
        ipykernel hashes it in Python, which of a large payload takes longer than its probe."""
        if self.dead is not None:
            return ExecutionResult(lost=self.dead)
        sent = send(self.kernel.client, code, silent, [carried] if carried else [])
        return self._collect(sent, Collector(self.limits.output_bytes, private=silent), budget)

    def _collect(
        self,
        sent: str,
        ran: Collector,
        budget: Budget,
        until: Callable[[], Any] | None = None,
    ) -> ExecutionResult:
        """Gather what is said of a request until its end, or `until` something has come."""
        client, started, cpu_before = self.kernel.client, time.monotonic(), None
        while not (ran.idle or (until and until() is not None)):
            try:
                message = receive(client)
            except Exception:  # noqa: BLE001 (whoever reads what a kernel made up meets anything)
                return self._end(ran, GARBLED)
            if message is not None and message.get("parent_header", {}).get("msg_id") == sent:
                ran.take(message)
            elapsed = time.monotonic() - started
            if message is None or elapsed > budget.wall_seconds or ran.flooded:
                if cpu_before is None:  # most executions end before anyone has to look
                    cpu_before = self.kernel.usage().cpu_seconds
                lost = self._why_dead(ran, budget, elapsed, cpu_before)
                if lost is not None:
                    return self._end(ran, lost)
        return ExecutionResult(ran.outputs, ran.failed, published=ran.published)

    def _end(self, ran: Collector, lost: Lost) -> ExecutionResult:
        self.dead = lost
        self.kernel.kill()
        return ExecutionResult(ran.outputs, True, lost, ran.published)

    def _why_dead(
        self, ran: Collector, budget: Budget, elapsed: float, cpu_before: float
    ) -> Lost | None:
        if self.kernel.death is not None:
            return Lost(f"it used too much {self.kernel.death}", settled=False)
        if not self.kernel.alive():
            return DIED
        if ran.flooded:
            return Lost("it printed too much")
        if self.kernel.usage().cpu_seconds - cpu_before > budget.cpu_seconds:
            return Lost(f"it took more than {budget.cpu_seconds:g} seconds", timeout=True)
        if elapsed > budget.wall_seconds:
            reason = f"it was still running after {budget.wall_seconds:g} seconds"
            return Lost(reason, timeout=True, settled=False)
        return None


def _text(said: Any, key: str) -> str:
    """A text of a kernel's, whatever it sent instead."""
    return str(said.get(key, ""))[:200] if isinstance(said, dict) else ""


def _published(ran: Collector, number: int) -> Any:
    """What was published as the result of a probe, None if nothing was."""
    for data, metadata in ran.published:
        if MIME in data and metadata.get("probe") == number:
            return data[MIME]
    return None


def _decode(text: Any) -> Observation:
    if not text:
        return NO_RESULT
    try:
        said = json.loads(text)
        return decode(in_utf8(said) if SURROGATE in text else said)
    except (WireError, ValueError, TypeError, RecursionError) as error:
        return Lost(str(error) if isinstance(error, WireError) else "its result could not be read")
