"""Where an implementation lives and probes run: this process, or a kernel."""

from autograder.runners.base import Runner
from autograder.runners.local import LocalRunner

__all__ = ["LocalRunner", "Runner"]
