"""Library calls that a program's names reach: those of some libraries, and what may hide them."""

from __future__ import annotations

from collections.abc import Collection, Iterable

from autograder.static_analysis.program import Program

# They differentiate or step for whoever calls them. What is graded without them may not call one,
# and in its kernels there are none (`sandbox/stub`).
AUTOGRAD_LIBRARIES = (
    "aesara",
    "autograd",
    "chainer",
    "functorch",
    "jax",
    "jaxlib",
    "keras",
    "micrograd",
    "mxnet",
    "optax",
    "paddle",
    "pytensor",
    "tensorflow",
    "theano",
    "tinygrad",
    "torch",
    "torchaudio",
    "torchvision",
)

# What the tree cannot see through: a person has to look.
OPAQUE = (
    "exec",
    "eval",
    "compile",
    "__import__",
    "globals",
    "vars",
    "importlib",
    "ctypes",
    "builtins",
    "__builtins__",
    "sys.modules",
    "runpy",
    "pkgutil",
)


def library_uses(names: Iterable[str], program: Program, paths: Collection[str]) -> list[str]:
    """What of some library paths, and of all within them, names reach, shortest first."""
    uses = program.reach(names).uses
    return sorted((use for use in uses if _within(use, paths)), key=lambda use: (len(use), use))


def opaque_uses(names: Collection[str], program: Program) -> list[str]:
    """What could hide a library call in the code of some names."""
    reach = program.reach(names)
    found = {name for name in OPAQUE if name in reach.names}
    found |= {name for name in OPAQUE if any(_within(use, (name,)) for use in reach.uses)}
    found |= program.saying(reach.names.union(names), OPAQUE)
    if any(_within(path, AUTOGRAD_LIBRARIES) for path in reach.computed):
        found.add("getattr")
    found |= {use for use in reach.uses if _within(use, AUTOGRAD_LIBRARIES) and "__" in use}
    for module in program.stars:
        if reach.unseen and _within(module, AUTOGRAD_LIBRARIES):
            found.add(f"from {module} import *")
    return sorted(found)


def _within(path: str, prefixes: Collection[str]) -> bool:
    """Whether a path is one of `prefixes`, or a part of one."""
    return any(path == prefix or path.startswith(f"{prefix}.") for prefix in prefixes)
