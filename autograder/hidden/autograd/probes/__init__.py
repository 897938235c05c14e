"""Probes of lesson 03: all of this may enter a kernel.

Its modules are sent by value together: who registers a package registers what is in it.
"""

from __future__ import annotations

from autograder.api import Probes
from autograder.hidden.autograd.probes import broadcast, machine, operations, orders, tapes

probes = Probes("03_autograd", __name__)
for module in (broadcast, orders, operations, machine, tapes):
    module.declare(probes)
for topic in ("repeated_row", "doublings", "never_cleared"):
    probes.prediction(topic)
