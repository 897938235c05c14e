"""Judges notebooks of lessons as another machine would, in a process of its own.

What is varied is read when libraries are loaded. The order comes on stdin, the verdicts go to
stdout. An order has two sides: the kernels, whose environment is an allow-list that does not let
any of this in, and the process that holds the reference.
"""

from __future__ import annotations

import functools
import json
import os
import re
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

SEED = 20260728
# What both sides have unless something else is asked for; the kernels' own are the same.
USUAL = {"OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1", "MKL_NUM_THREADS": "1"}
# Where an object lay, as `id` and the usual `repr` of it say: a verdict quotes what the learner's
# own exceptions say, and two processes never agree on this.
ADDRESS = re.compile(r"\b(?:0x[0-9a-f]{6,}|1[34]\d{13}|9[34]\d{12})\b")
# Sums that every generation of processors, and every number of threads, rounds in its own way.
FACTS = """
import ctypes, hashlib, os, sys
import numpy as np
def _facts():
    def digest(array):
        return hashlib.sha256(array.tobytes()).hexdigest()[:12]
    rng = np.random.default_rng(0)
    a, b = rng.normal(size=(301, 257)), rng.normal(size=(257, 289))
    said = {"hash": hash("descent"), "matmul": digest(a @ b), "threads": {}, "core": ""}
    for path in {line.split()[-1] for line in open("/proc/self/maps") if "openblas" in line}:
        blas = ctypes.CDLL(path)
        for name in ("scipy_openblas_get_corename64_", "openblas_get_corename"):
            if hasattr(blas, name):
                getattr(blas, name).restype = ctypes.c_char_p
                said["core"] = getattr(blas, name)().decode()
        for name in ("scipy_openblas_get_num_threads64_", "openblas_get_num_threads"):
            if hasattr(blas, name):
                said["threads"]["openblas"] = getattr(blas, name)()
    torch = sys.modules.get("torch")
    if torch is not None and hasattr(torch, "get_num_threads"):
        x, y = torch.from_numpy(a).float(), torch.from_numpy(b).float()
        said["threads"]["torch"] = torch.get_num_threads()
        said["capability"] = torch.backends.cpu.get_cpu_capability()
        said["torch matmul"] = digest((x @ y).numpy())
        said["torch sum"] = digest(torch.softmax(x, 1).sum(0).numpy())
        image = x[:256, :256].reshape(1, 4, 128, 128)
        said["torch conv"] = digest(torch.conv2d(image, y[:9, :96].T.reshape(24, 4, 3, 3)).numpy())
    return said
"""


@dataclass(frozen=True)
class Elsewhere:
    """What is different there.

    Attributes:
        ours: environment variables of the process that judges.
        kernels: those of the kernels.
        cold: start kernels instead of forking them; a warm parent has one thread at the most.
        backwards: the notebooks in the opposite order.
    """

    ours: dict[str, str] = field(default_factory=dict)
    kernels: dict[str, str] = field(default_factory=dict)
    cold: bool = False
    backwards: bool = False
    seed: int = SEED

    @classmethod
    def both(cls, **variables: str) -> Elsewhere:
        """The same variables on both sides."""
        threads = variables.get("OPENBLAS_NUM_THREADS", "1")
        return cls(ours=variables, kernels=variables, cold=threads != "1")


def judged(where: Elsewhere, notebooks: dict[str, dict[str, str]]) -> dict[str, Any]:
    """What comes out there, by lesson and by the name of the notebook, whose text is given. Under
    "facts" stands what both sides say of their libraries, with and without torch."""
    order = json.dumps({"where": asdict(where), "notebooks": notebooks})
    done = subprocess.run(
        [sys.executable, "-m", __name__],
        input=order,
        env={**os.environ, **USUAL, **where.ours},
        cwd=Path(__file__).resolve().parents[2],
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode != 0:
        raise AssertionError(done.stderr[-3000:])
    said = ADDRESS.sub("an address", done.stdout.splitlines()[-1])
    answer: dict[str, Any] = json.loads(said)
    return answer


@contextmanager
def kernels_as(where: Elsewhere) -> Iterator[None]:
    """Kernels, and what they are forked from, get the variables; for the rest of this process."""
    from autograder.grading import grade
    from autograder.sandbox import SealedKernel, spec, warm

    usual = spec.environment

    def environment(policy: Any) -> dict[str, str]:
        return {**usual(policy), **where.kernels}

    for module in (spec, warm):
        module.__dict__["environment"] = environment
    grade.__dict__["SealedKernel"] = functools.partial(SealedKernel, warm=not where.cold)
    yield


def facts_of_a_kernel(torch: bool, cold: bool) -> dict[str, Any]:
    """What a kernel says of its libraries."""
    from autograder.harness.kernel import KernelRunner
    from autograder.sandbox import Limits, Policy, SealedKernel

    with SealedKernel(Policy(data=None, torch=torch), warm=not cold) as kernel:
        asked = f"{'import torch' * torch}\n{FACTS}\nimport json\nprint(json.dumps(_facts()))"
        outputs = KernelRunner(kernel, Limits()).run_cell(asked).outputs
        facts: dict[str, Any] = json.loads(outputs[0].text)
        return facts


def facts_of_ours() -> dict[str, Any]:
    """What this process says of the same."""
    import torch  # noqa: F401 (looked for among the modules)

    names: dict[str, Any] = {}
    exec(FACTS, names)
    facts: dict[str, Any] = names["_facts"]()
    return facts


def main() -> None:
    """Judge what is ordered on stdin, in the environment that this process has."""
    order = json.loads(sys.stdin.read())
    where = Elsewhere(**order["where"])
    with kernels_as(where):
        answer: dict[str, Any] = {
            "facts": {
                "ours": facts_of_ours(),
                "numpy": facts_of_a_kernel(False, where.cold),
                "torch": facts_of_a_kernel(True, where.cold),
            }
        }
        for lesson_id, notebooks in order["notebooks"].items():
            answer[lesson_id] = _judge(lesson_id, notebooks, where)
    print(json.dumps(answer))


def _judge(lesson_id: str, notebooks: dict[str, str], where: Elsewhere) -> dict[str, Any]:
    from autograder.course.course import Course
    from autograder.grading.grade import grade_notebook
    from autograder.judging.judge import Judge
    from autograder.submission.rebuild import rebuild

    lesson = Course.find().lesson(lesson_id)
    judge = Judge(lesson, where.seed)
    verdicts = {}
    for name in sorted(notebooks, reverse=where.backwards):
        rebuilt = rebuild(notebooks[name].encode(), lesson)
        graded = grade_notebook(rebuilt, seed=where.seed, judge=judge)
        if not graded.settled:  # a clock ran out on a busy machine: once more, as a batch does
            graded = grade_notebook(rebuilt, seed=where.seed, judge=judge)
        verdicts[name] = graded.verdict.as_json(whole=True)
    return verdicts


if __name__ == "__main__":
    main()
