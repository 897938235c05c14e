"""Runs the bank of a lesson before anyone asks: `python -m autograder.check.prepare` in its folder.

A kernel starts it in the background when the first cell has run. It works while no cell does, alone
in a course, does one seed at most, and ends with its kernel. On two cores, a process beside a cell
that works on both of them makes that cell several times slower, however low its priority.
"""

from __future__ import annotations

import ctypes
import os
import pickle
import re
import signal
import subprocess
import sys
import warnings
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from autograder.course.course import Course
    from autograder.course.lesson import Lesson

THREADS = ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS")
SWITCH = "DESCENT_PREPARE"
LINUX = sys.platform == "linux"
PR_SET_PDEATHSIG = 1
_started: list[Any] = []  # kept: one that is forgotten while it runs draws a warning


def is_on() -> bool:
    """Whether checks are prepared: not in CI, where nobody comes back, nor where the user says
    `DESCENT_PREPARE=0`."""
    said = os.environ.get(SWITCH)
    return said not in ("", "0") if said is not None else not os.environ.get("CI")


def start(events: Any) -> None:
    """Start it for the lesson of the working folder, if that may be one; once in a kernel.

    events: IPython's. While a cell runs, the process stands still.
    """
    if _started or not is_on() or not any(re.match(r"\d\d_", part) for part in Path.cwd().parts):
        return
    with suppress(OSError):  # without it, checks take longer
        _started.append(
            subprocess.Popen(
                [sys.executable, "-m", "autograder.check.prepare"],
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL,
                env={**os.environ, **dict.fromkeys(THREADS, "1"), "MPLBACKEND": "agg"},
                start_new_session=True,  # Ctrl-C is the kernel's
            )
        )
    if LINUX:  # elsewhere, one that stands still would outlive its kernel
        events.register("pre_run_cell", lambda _info: _send(signal.SIGSTOP))
        events.register("post_run_cell", lambda _result: _send(signal.SIGCONT))


def _send(number: signal.Signals) -> None:
    for process in _started:
        if process.poll() is None:
            process.send_signal(number)


def _end_with_the_kernel() -> None:
    """Also where it stands still, and where the kernel is killed."""
    parent = os.getppid()
    ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGKILL)
    if os.getppid() != parent:
        os._exit(1)


def prepare(course: Course, lesson: Lesson) -> None:
    """Finish the seed that was begun, or else begin one more while there are too few.

    Raises:
        OSError: the course folder cannot be written.
    """
    from autograder.check.seeds import MOST, Seeds
    from autograder.course.files import locked

    seeds = Seeds(course, lesson)
    seeds.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    with locked(seeds.folder.parents[1] / "lock"):
        seeds.forget_others()
        known = seeds.known()
        begun = [seed for seed in known if not seeds.is_complete(seed)]
        if begun or len(known) < MOST:
            _run_bank(lesson, seeds, begun[0] if begun else seeds.draw())


def _run_bank(lesson: Lesson, seeds: Any, seed: int) -> None:
    from autograder.course.lesson import LessonError
    from autograder.judging.judge import Judge

    known = Judge(lesson, seed, seeds.place(seed)).known
    for exercise in lesson.exercises:
        if not known.read(exercise):
            # What cannot be kept is run by whoever asks, and told by whoever meets it.
            with suppress(LessonError, SyntaxError, TypeError, AttributeError, pickle.PickleError):
                known.keep(exercise)
    seeds.complete(seed)


def main() -> None:
    """Prepare the lesson of the working folder, if there is one that can be run here."""
    from autograder.course.course import Course, CourseError
    from autograder.course.needs import lacking

    if LINUX:
        _end_with_the_kernel()
    with suppress(CourseError, OSError):
        course = Course.find()
        folder = course.lesson_folder(Path.cwd())
        if folder is None or lacking(course.lesson(folder.name)):
            return
        if hasattr(os, "nice"):
            os.nice(19)
        warnings.simplefilter("ignore")
        prepare(course, course.lesson(folder.name))


if __name__ == "__main__":
    main()
