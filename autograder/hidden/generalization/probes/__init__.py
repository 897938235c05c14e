"""Probes of lesson 07: all of this may enter a kernel. None of it judges what came out.

Its modules are sent by value together: who registers a package registers what is in it.
"""

from __future__ import annotations

from autograder.api import Probes
from autograder.hidden.generalization.probes import (
    batches,
    counting,
    dropping,
    folding,
    scaling,
    splitting,
    stopping,
    stratifying,
)

probes = Probes("07_generalization", __name__)
for module in (splitting, stratifying, folding, scaling, batches, dropping, stopping, counting):
    module.declare(probes)
for topic in ("coin_flips", "batch_size", "too_wide"):
    probes.prediction(topic)
