"""Probes of lesson 02: all of this may enter a kernel. None of it looks into a cache.

Its modules are sent by value together: who registers a package registers what is in it.
"""

from __future__ import annotations

from autograder.api import Probes
from autograder.hidden.backprop.probes import (
    bends,
    errors,
    linear,
    losses,
    network,
    slopes,
    training,
)

probes = Probes("02_backprop", __name__)
for module in (slopes, errors, linear, bends, losses, network, training):
    module.declare(probes)
for topic in ("step_size", "duplicated_batch", "all_zeros"):
    probes.prediction(topic)
