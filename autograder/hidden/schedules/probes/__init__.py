"""Probes of lesson 06: all of this may enter a kernel.

Its modules are sent by value together: who registers a package registers what is in it.
"""

from __future__ import annotations

from autograder.api import Probes
from autograder.hidden.schedules.probes import (
    climbs,
    cycle,
    decays,
    plateau,
    range_test,
    scaling,
)

probes = Probes("06_schedules", __name__)
for module in (decays, climbs, cycle, plateau, scaling, range_test):
    module.declare(probes)
for topic in ("noise_floor", "four_times", "sixty_four"):
    probes.prediction(topic)
