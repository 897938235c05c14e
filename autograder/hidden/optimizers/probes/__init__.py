"""Probes of lesson 05: all of this may enter a kernel.

Its modules are sent by value together: who registers a package registers what is in it.
"""

from __future__ import annotations

from autograder.api import Probes
from autograder.hidden.optimizers.probes import adam_probes, adam_state, adaptive, others, steps

probes = Probes("05_optimizers", __name__)
steps.declare(probes)
adaptive.declare(probes)
others.declare_newton(probes)
adam_probes.declare(probes)
adam_state.declare(probes)
others.declare_memory(probes)
for topic in ("rate_cut", "first_average", "uneven_decay"):
    probes.prediction(topic)
