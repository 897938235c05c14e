"""Probes of lesson 08: all of this may enter a kernel. None of it looks into a cache.

Its modules are sent by value together: who registers a package registers what is in it.
"""

from __future__ import annotations

from autograder.api import Probes
from autograder.hidden.numpy_trainer.probes import (
    crashes,
    damage,
    digits,
    epoch,
    evaluation,
    files,
    masks,
    passes,
    runs,
    start,
    stopping,
)

probes = Probes("08_numpy_trainer", __name__)
for module in (
    start,
    passes,
    masks,
    epoch,
    evaluation,
    files,
    damage,
    crashes,
    stopping,
    runs,
    digits,
):
    module.declare(probes)
for topic in ("dropout_curve", "forgotten_velocity", "confused_pair"):
    probes.prediction(topic)
