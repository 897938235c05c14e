"""Drives one kernel, sealed or not: runs cells, sends probes in, gets raw values out.

Nothing that a kernel says is believed but the values of its observations: when it says that it is
idle, when it fakes an output or sends another message's id, only its own submission suffers.
"""

from __future__ import annotations

import base64
import json
import queue
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from nbformat import NotebookNode
from nbformat.v4 import output_from_msg

from autograder.observation import Lost, Observation, WireError, decode
from autograder.probe import Probe
from autograder.runners import host
from autograder.sandbox import Limits, SealedKernel

MIME = "application/x-observation+json"
POLL_SECONDS = 0.1
ENDED = "your code ended its kernel"

# The first thing that a kernel runs. Magics that a course environment offers do nothing here, so
# that a cell which holds one still defines what stands beneath it; and the probes' host is put
# where no learner's name is. A submission that changes it changes only what comes out of itself.
PREPARE = """
def _prepare(host):
    import sys, types
    from IPython import get_ipython
    shell = get_ipython()
    for name in ("check", "hint", "solution", "progress"):
        shell.register_magic_function(lambda *args: None, "line_cell", name)
    module = sys.modules["_probe_host"] = types.ModuleType("_probe_host")
    exec(compile(host, "<probe_host>", "exec"), module.__dict__)
_prepare({host!r})
del _prepare
"""


@dataclass(frozen=True)
class Ran:
    """What came of one execution: outputs for display, and why it had no proper end, if it had
    none."""

    outputs: list[NotebookNode] = field(default_factory=list)
    failed: bool = False
    lost: Lost | None = None


@dataclass(frozen=True)
class Budget:
    """How long an execution may take."""

    cpu_seconds: float
    wall_seconds: float


class KernelRunner:
    """A kernel with a learner's code in it. See `Runner`."""

    def __init__(self, kernel: SealedKernel, limits: Limits) -> None:
        self.kernel = kernel
        self.limits = limits
        self.dead: Lost | None = None
        source = Path(host.__file__).read_text(encoding="utf-8")
        self._execute(PREPARE.replace("{host!r}", repr(source)), Budget(30.0, 60.0), silent=True)

    def run_cell(self, source: str) -> Ran:
        """A learner's cell, errors and all."""
        seconds = self.limits.cell_seconds
        return self._execute(source, Budget(seconds, seconds))

    def run_visible_tests(self, source: str) -> Ran:
        """The visible part of a graded cell: it calls what the learner wrote, as a probe does."""
        return self._execute(source, self._probe_budget(self.limits.probe_cpu_seconds))

    def run(self, probe: Probe, names: tuple[str, ...], inputs: dict[str, Any]) -> Observation:
        """See `Runner.run`."""
        payload = base64.b64encode(probe.payload(inputs)).decode()
        asked = f"{payload!r}, {list(names)!r}, {list(probe.uses)!r}, {MIME!r}"
        code = f"__import__('_probe_host').publish({asked})"
        ran = self._execute(code, self._probe_budget(probe.seconds), silent=True)
        if ran.lost is not None:
            return ran.lost
        for output in ran.outputs:
            if output.output_type == "display_data" and MIME in output.data:
                return _decode(output.data[MIME])
        return Lost("no result came out of the kernel")

    def close(self) -> None:
        """End the kernel and everything that it started."""
        self.kernel.close()

    def _probe_budget(self, cpu_seconds: float) -> Budget:
        scale = cpu_seconds / self.limits.probe_cpu_seconds
        return Budget(cpu_seconds, self.limits.probe_wall_seconds * max(1.0, scale))

    def _execute(self, code: str, budget: Budget, silent: bool = False) -> Ran:
        if self.dead is not None:
            return Ran(lost=self.dead)
        client = self.kernel.client
        sent = client.execute(
            code, silent=silent, store_history=not silent, allow_stdin=False, stop_on_error=False
        )
        ran = _Collector(self.limits.output_bytes, private=silent)
        started, cpu_before = time.monotonic(), None
        while not ran.idle:
            try:
                message = client.get_iopub_msg(timeout=POLL_SECONDS)
            except queue.Empty:
                message = None
            if message is not None and message.get("parent_header", {}).get("msg_id") == sent:
                ran.take(message)
            elapsed = time.monotonic() - started
            if message is None or elapsed > budget.wall_seconds or ran.flooded:
                if cpu_before is None:  # most executions end before anyone has to look
                    cpu_before = self.kernel.usage().cpu_seconds
                self.dead = self._why_dead(ran, budget, elapsed, cpu_before)
                if self.dead is not None:
                    self.kernel.kill()
                    return Ran(ran.outputs, failed=True, lost=self.dead)
        return Ran(ran.outputs, failed=ran.failed)

    def _why_dead(
        self, ran: _Collector, budget: Budget, elapsed: float, cpu_before: float
    ) -> Lost | None:
        if self.kernel.death is not None:
            return Lost(f"its kernel was stopped: {self.kernel.death}", settled=False)
        if not self.kernel.alive():
            return Lost(ENDED)
        if ran.flooded:
            return Lost("its kernel was stopped: too much output")
        if self.kernel.usage().cpu_seconds - cpu_before > budget.cpu_seconds:
            return Lost(f"it took more than {budget.cpu_seconds:g} seconds", timeout=True)
        if elapsed > budget.wall_seconds:
            reason = f"it did not end within {budget.wall_seconds:g} seconds"
            return Lost(reason, timeout=True, settled=False)
        return None


class _Collector:
    """Gathers the messages of one execution, within a limit of bytes."""

    FLOOD = 64

    def __init__(self, limit: int, private: bool) -> None:
        self.outputs: list[NotebookNode] = []
        self.idle = False
        self.failed = False
        self.flooded = False
        self._limit = limit if not private else limit * self.FLOOD
        self._private = private
        self._seen = 0

    def take(self, message: dict[str, Any]) -> None:
        kind, content = message.get("msg_type"), message.get("content", {})
        if kind == "status":
            self.idle = content.get("execution_state") == "idle"
            return
        self._seen += len(json.dumps(content, default=str))
        self.flooded = self._seen > self._limit * self.FLOOD
        self.failed = self.failed or kind == "error"
        wanted = kind == "display_data" or (
            not self._private and kind in ("stream", "execute_result", "error")
        )
        if not wanted or self._seen > self._limit:
            return
        try:
            self._append(output_from_msg(message))
        except (KeyError, TypeError, ValueError, AttributeError):
            return  # not a message that a kernel would send

    def _append(self, output: NotebookNode) -> None:
        last = self.outputs[-1] if self.outputs else None
        streams = last is not None and output.output_type == last.output_type == "stream"
        if streams and last is not None and output.name == last.name:
            last.text += output.text
        else:
            self.outputs.append(output)


def _decode(text: Any) -> Observation:
    try:
        return decode(json.loads(text))
    except (WireError, ValueError, TypeError, RecursionError) as error:
        return Lost(str(error) if isinstance(error, WireError) else "its result could not be read")
