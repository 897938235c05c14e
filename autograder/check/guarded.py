"""Runs probes on a learner's code in the learner's own kernel: `%check`."""

from __future__ import annotations

import ast
import linecache
import math
import os
import time
from collections.abc import MutableMapping
from dataclasses import dataclass
from types import FrameType
from typing import Any

from autograder.check.belongings import Belongings
from autograder.check.deadline import Clock, Stop
from autograder.harness import guest
from autograder.harness.local import LocalRunner
from autograder.harness.observation import Lost, Observation, Raised, decode
from autograder.harness.probe import Probe

USUAL_SECONDS = 10.0  # what most probes declare
MORE = 1.5  # memory that no single call may take, as against what stops a loop
LEAVES = ("SystemExit", "KernelKept")
NOT_RUN = Lost("", timeout=True, settled=False)  # there is nothing to say of it


@dataclass(frozen=True)
class CheckLimits:
    """How long a check may take, by the clock on the wall, and how much memory.

    Attributes:
        probe_seconds: for one probe; more for one that declares more than is usual.
        later_seconds: for all probes together behind one that did not end.
        check_seconds: for an exercise: its probes, those of what it calls, and the diagnosis.
        memory: bytes that a probe may add to what the kernel holds.
    """

    probe_seconds: float = 10.0
    later_seconds: float = 2.0
    check_seconds: float = 30.0
    memory: float = 2e9

    @classmethod
    def chosen(cls) -> CheckLimits:
        """The usual ones, or what DESCENT_PROBE_SECONDS and DESCENT_CHECK_SECONDS say."""
        usual = cls()
        probe = _seconds("DESCENT_PROBE_SECONDS", usual.probe_seconds)
        check = _seconds("DESCENT_CHECK_SECONDS", max(usual.check_seconds, 3 * probe))
        return cls(probe, min(usual.later_seconds, probe), check)

    def clock(self) -> Clock:
        """For one exercise."""
        return Clock(self.check_seconds, self.memory)


class GuardedRunner(LocalRunner):
    """Holds the names of a running kernel, which has to be as it was before, whatever they do.

    Args:
        namespace: the learner's own, in which functions look up their names.
        shell: IPython's, or None.
    """

    def __init__(
        self, namespace: MutableMapping[str, Any], shell: Any, clock: Clock, limits: CheckLimits
    ) -> None:
        super().__init__(namespace)
        self._own = namespace
        self._shell = shell
        self._clock = clock
        self._limits = limits
        self._later: float | None = None  # what is left of it, once a probe did not end
        self._where = ""

    def run(self, probe: Probe, names: tuple[str, ...], inputs: dict[str, Any]) -> Observation:
        """See `Runner.run`.

        Raises:
            Stop: someone pressed Ctrl-C.
        """
        if self._clock.left <= 0 or (self._later is not None and self._later <= 0):
            return NOT_RUN
        self._where, self._clock.frame_seen = "", self._look
        self._clock.begin(self._seconds(probe))
        started = time.monotonic()
        try:
            with Belongings(self._shell, self._own, MORE * self._limits.memory):
                observation = super().run(probe, names, inputs)
        except (KeyboardInterrupt, GeneratorExit) as error:
            observation = self._stopped(error, time.monotonic() - started)
        finally:
            self._clock.end()
            if self._later is not None:
                self._later -= time.monotonic() - started
        return _without_exit(observation)

    def _seconds(self, probe: Probe) -> float:
        if self._later is not None:
            return self._later
        return self._limits.probe_seconds * max(1.0, probe.seconds / USUAL_SECONDS)

    def _stopped(self, error: BaseException, seconds: float) -> Observation:
        if not isinstance(error, Stop):  # the code itself raised it
            return decode(guest.encode_exception(error))
        if self._clock.reason == "interrupt":
            raise error
        if self._later is not None:
            return NOT_RUN
        self._later = self._limits.later_seconds + seconds
        if self._clock.reason == "memory":
            taken = f"it had taken {self._limits.memory / 1e9:g} GB of memory"
            return Lost(f"{taken}{self._where}", settled=False)
        running = f"it was still running after {seconds:.2g} seconds"
        return Lost(f"{running}{self._where}", timeout=True, settled=False)

    def _look(self, frame: FrameType | None) -> None:
        """Where the learner's code was when its time was up: the line, its loop and function."""
        while frame is not None and not guest.is_a_cell(frame.f_code.co_filename):
            frame = None if frame.f_code is guest.observe.__code__ else frame.f_back
        if frame is None:
            return
        lines = linecache.getlines(frame.f_code.co_filename)
        line, loop = _line(lines, frame.f_lineno), _loop(lines, frame.f_lineno)
        self._where = f", at `{line}`" if line else ""
        if loop and loop != line:
            self._where += f" in the loop `{loop}`"
        function = frame.f_code.co_qualname.split(".<locals>")[0]
        if not function.startswith("<"):
            self._where += f" of `{function}`"


def _without_exit(observation: Observation) -> Observation:
    """An exit is said as what it is: the class of what stands in for it says nothing."""
    if not isinstance(observation, Raised) or not set(LEAVES) & set(observation.classes):
        return observation
    at = f" at `{observation.line}`" if observation.line else ""
    return Lost(f"it ended the program{at}: leave that out, a function returns to its caller")


def _line(lines: list[str], number: int) -> str:
    return lines[number - 1].strip()[:100] if 0 < number <= len(lines) else ""


def _loop(lines: list[str], number: int) -> str:
    """The first line of the innermost `while` or `for` around a line."""
    try:
        tree = ast.parse("".join(lines))
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return ""
    loops = [
        node.lineno
        for node in ast.walk(tree)
        if isinstance(node, ast.While | ast.For) and node.lineno <= number <= (node.end_lineno or 0)
    ]
    return _line(lines, max(loops)) if loops else ""


def _seconds(variable: str, usual: float) -> float:
    """A time from the environment, if there is one that can be read."""
    try:
        seconds = float(os.environ.get(variable, ""))
    except ValueError:
        return usual
    return seconds if seconds > 0 and not math.isnan(seconds) else usual
