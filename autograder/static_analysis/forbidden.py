"""Library calls that *are* the exercise: they score nothing, whatever they return."""

from __future__ import annotations

from autograder.course.lesson import Exercise, Lesson
from autograder.static_analysis.program import Program

# Lessons 00 to 08, and 17, are written by hand: no library that differentiates or steps for the
# learner.
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

LINEAR = (
    "torch.nn.Linear",
    "torch.nn.LazyLinear",
    "torch.nn.modules.Linear",
    "torch.nn.modules.LazyLinear",
    "torch.nn.modules.linear",
    "torch.nn.functional.linear",
    "torch.ops.aten.linear",
    "torch.ops.aten.addmm",
)
_DIMENSIONS = tuple(f"{kind}{n}d" for kind in ("conv", "conv_transpose") for n in (1, 2, 3))
_MODULES = tuple(f"{kind}{n}d" for kind in ("Conv", "ConvTranspose", "LazyConv") for n in (1, 2, 3))
CONVOLUTION = (
    *(f"{place}.{name}" for place in ("torch", "torch.nn.functional") for name in _DIMENSIONS),
    *(f"{place}.{name}" for place in ("torch.nn", "torch.nn.modules") for name in _MODULES),
    "torch.convolution",
    "torch.mkldnn_convolution",
    "torch.cudnn_convolution",
    "torch.nn.modules.conv",
    "torch.nn.grad",
    "torch.ops.aten.convolution",
    "torch.ops.aten.conv2d",
    "torch.conv_tbc",
)

FORBIDDEN: dict[tuple[str, str], tuple[str, ...]] = {
    ("09_torch", "Linear"): LINEAR,
    ("09_torch", "conv2d"): CONVOLUTION,
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
    "__builtins__",
    "sys.modules",
    "runpy",
    "pkgutil",
)


def forbidden_uses(lesson: Lesson, exercise: Exercise, program: Program) -> list[str]:
    """The forbidden library paths that an exercise's names reach, shortest first."""
    prefixes = FORBIDDEN.get((lesson.id, exercise.key), ()) + (AUTOGRAD if lesson.is_numpy else ())
    uses = program.reach(exercise.names).uses
    return sorted((use for use in uses if _within(use, prefixes)), key=lambda u: (len(u), u))


def refusal(lesson: Lesson, path: str) -> str:
    """What a verdict says of a forbidden library path."""
    if lesson.is_numpy:
        return f"It calls {path}. This lesson is written in NumPy: write that part yourself."
    return f"It calls {path}, which is what this exercise asks for: write it yourself."


def opaque_uses(exercise: Exercise, program: Program) -> list[str]:
    """What could hide a library call in the code of an exercise."""
    reach = program.reach(exercise.names)
    found = {name for name in OPAQUE if name in reach.names}
    found |= {name for name in OPAQUE if any(_within(use, (name,)) for use in reach.uses)}
    found |= program.saying(reach.names.union(exercise.names), OPAQUE)
    if any(_within(path, AUTOGRAD) for path in reach.computed):
        found.add("getattr")
    found |= {use for use in reach.uses if _within(use, AUTOGRAD) and "__" in use}
    for module in program.stars:
        if reach.unseen and _within(module, AUTOGRAD):
            found.add(f"from {module} import *")
    return sorted(found)


def _within(path: str, prefixes: tuple[str, ...]) -> bool:
    """Whether a path is one of `prefixes`, or a part of one."""
    return any(path == prefix or path.startswith(f"{prefix}.") for prefix in prefixes)
