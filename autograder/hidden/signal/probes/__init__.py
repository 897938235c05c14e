"""Probes of lesson 04: all of this may enter a kernel. None of it looks into a cache.

Its modules are sent by value together: who registers a package registers what is in it.
"""

from __future__ import annotations

from autograder.api import Probes
from autograder.hidden.signal.probes import batches, chains, draws, rows, units

probes = Probes("04_signal", __name__)
for module in (units, chains, draws, batches, rows):
    module.declare(probes)
for topic in ("equal_start", "ten_percent", "scaled_weights"):
    probes.prediction(topic)
