"""What a kernel may see and use."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

KIB, MIB, GIB = 1024, 1024**2, 1024**3


@dataclass(frozen=True)
class Limits:
    """How much a kernel may take; bytes, and seconds.

    `data_bytes` (RLIMIT_DATA) holds for each process, `processes` counts threads as well,
    `file_bytes` is the size of one file and of the scratch folder, `resident_bytes` the memory of
    everything in the kernel's namespace. The others are for who drives the kernel: a submission has
    `submission_seconds`, and as many again for every cell that had to be given up, within
    `most_seconds`.
    """

    data_bytes: int = 2 * GIB
    processes: int = 64
    file_bytes: int = 256 * MIB
    output_bytes: int = 1 * MIB
    probe_cpu_seconds: float = 10.0
    probe_wall_seconds: float = 30.0
    cell_seconds: float = 60.0
    submission_seconds: float = 300.0
    most_seconds: float = 900.0
    resident_bytes: int = 3 * GIB


@dataclass(frozen=True)
class Policy:
    """What a kernel is for.

    data: a folder to see read-only at /course/data, which DESCENT_DATA names; None for none.
    torch: False puts an inert stub in the place of torch and other autograd libraries.
    """

    data: Path | None
    torch: bool
    limits: Limits = Limits()
