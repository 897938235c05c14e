"""What this machine can do, and what to do about what is missing."""

from __future__ import annotations

import importlib.metadata
import os
import platform
import shutil
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass

PACKAGES = ("numpy", "torch", "matplotlib", "jupyterlab", "nbgrader", "nbval", "ipywidgets")


@dataclass(frozen=True)
class Finding:
    """One line of the examination; `advice` where something is missing."""

    what: str
    fine: bool
    said: str
    advice: str = ""

    def __str__(self) -> str:
        mark = "ok     " if self.fine else "missing"
        return f"{mark}  {self.what}: {self.said}" + (f"; {self.advice}" if self.advice else "")


def examine() -> Iterator[Finding]:
    """Every finding, in the order in which one would mend them."""
    yield Finding("Python", sys.version_info >= (3, 11), platform.python_version())
    yield Finding("processor cores", True, str(os.cpu_count()))
    for package in PACKAGES:
        yield _version(package)
    for look in (_alembic, _device, _course, _extras, _sealing):
        yield _careful(look)


def _version(package: str) -> Finding:
    try:
        return Finding(package, True, importlib.metadata.version(package))
    except importlib.metadata.PackageNotFoundError:
        return Finding(
            package, False, "not installed", "run make test, or install requirements.lock"
        )


def _alembic() -> Finding:
    found = shutil.which("alembic")
    advice = "" if found else "nbgrader runs it: put the environment's bin folder on PATH"
    return Finding("alembic on PATH", found is not None, found or "not found", advice)


def _device() -> Finding:
    import torch

    if torch.cuda.is_available():
        return Finding("device", True, f"CUDA, {torch.cuda.get_device_name(0)}")
    return Finding("device", True, "CPU (the same cells run on CUDA where there is one)")


def _course() -> Finding:
    from autograder.course.course import Course

    course = Course.find()
    return Finding("course", True, f"{course.root}, {len(course.lesson_ids())} lessons")


def _extras() -> Finding:
    from autograder.course.course import Course
    from autograder.course.needs import skipped

    course = Course.find()
    left_out = list(filter(None, (skipped(course.lesson(name)) for name in course.lesson_ids())))
    return Finding("extras", True, "; ".join(left_out) or "every lesson has what it needs")


def _sealing() -> Finding:
    from autograder.sandbox import require_sealing

    require_sealing()
    return Finding("sealing", True, "a kernel was started in fresh namespaces, and ended")


def _careful(look: Callable[[], Finding]) -> Finding:
    try:
        return look()
    except Exception as error:  # noqa: BLE001 (a doctor reports, whatever it is)
        return Finding(look.__name__.strip("_"), False, str(error))
