"""Library calls that *are* the exercise: they score nothing, whatever they return."""

from __future__ import annotations

import ast

from autograder.calls import Program
from autograder.lesson import Exercise, Lesson

# Lessons 00 to 08 are written by hand: no library that differentiates or steps for the learner.
AUTOGRAD = (
    "torch",
    "jax",
    "jaxlib",
    "tensorflow",
    "keras",
    "autograd",
    "tinygrad",
    "mxnet",
    "optax",
)

FORBIDDEN: dict[tuple[str, str], tuple[str, ...]] = {
    ("09_torch", "Linear"): ("torch.nn.Linear", "torch.nn.functional.linear"),
    ("11_stability", "clip_grad_norm"): (
        "torch.nn.utils.clip_grad_norm_",
        "torch.nn.utils.get_total_norm",
    ),
    ("11_stability", "clip_grad_value"): ("torch.nn.utils.clip_grad_value_",),
    ("12_mixed_precision", "DynamicLossScaler"): (
        "torch.amp.GradScaler",
        "torch.cuda.amp.GradScaler",
    ),
    ("13_gpu_loop", "EMA"): ("torch.optim.swa_utils",),
    ("14_scaling_out", "shard_indices"): (
        "torch.utils.data.DistributedSampler",
        "torch.utils.data.distributed",
    ),
    ("14_scaling_out", "average_gradients"): ("torch.nn.parallel.DistributedDataParallel",),
}

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
)


def forbidden_uses(lesson: Lesson, exercise: Exercise, program: Program) -> list[str]:
    """The forbidden library paths that an exercise's names reach, shortest first."""
    prefixes = FORBIDDEN.get((lesson.id, exercise.key), ()) + (AUTOGRAD if lesson.is_numpy else ())
    uses = program.dotted_uses(exercise.names)
    return sorted(
        (use for use in uses if any(use == p or use.startswith(f"{p}.") for p in prefixes)), key=len
    )


def opaque_uses(exercise: Exercise, program: Program) -> list[str]:
    """Names in the code of an exercise that could hide a library call."""
    statements = program.reached(exercise.names)
    names = {n.id for s in statements for n in ast.walk(s) if isinstance(n, ast.Name)}
    imports = {path.split(".")[0] for path in program.dotted_uses(exercise.names)}
    return sorted((names | imports) & set(OPAQUE))
