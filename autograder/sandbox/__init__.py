"""A kernel started inside fresh namespaces: what a submission runs in."""

from autograder.sandbox.errors import SealingError
from autograder.sandbox.kernel import SealedKernel
from autograder.sandbox.policy import Limits, Policy
from autograder.sandbox.processes import Usage
from autograder.sandbox.provisioner import SealedProvisioner
from autograder.sandbox.self_test import require_sealing
from autograder.sandbox.warm import adopt, expect, warm_up

__all__ = [
    "Limits",
    "Policy",
    "SealedKernel",
    "SealedProvisioner",
    "SealingError",
    "Usage",
    "adopt",
    "expect",
    "require_sealing",
    "warm_up",
]
