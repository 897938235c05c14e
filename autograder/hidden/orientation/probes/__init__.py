"""Probes of lesson 00: all of this may enter a kernel.

Its modules are sent by value together: who registers a package registers what is in it.
"""

from __future__ import annotations

from autograder.api import Probes
from autograder.hidden.orientation.probes import path, rate, step

probes = Probes("00_orientation", __name__)
for topic in ("small_rate", "edge", "bowl"):
    probes.prediction(topic)
for module in (step, path, rate):
    module.declare(probes)
