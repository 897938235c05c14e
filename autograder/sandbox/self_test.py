"""Whether kernels can be sealed here, found out by sealing a process and letting it look around."""

from __future__ import annotations

import functools
import subprocess
import sys

from autograder.sandbox.errors import SealingError
from autograder.sandbox.policy import Policy
from autograder.sandbox.process import SealedProcess

TRIAL_SECONDS = 60.0
TRIAL = """
import contextlib, ctypes, importlib.util, os
status = dict(line.split(":", 1) for line in open("/proc/self/status"))
assert int(status["CapEff"], 16) == int(status["CapBnd"], 16) == 0, "capabilities are left"
assert status["NoNewPrivs"].strip() == "1", "no_new_privs is not set"
assert open("/proc/sys/user/max_user_namespaces").read().strip() == "0", "namespaces are left"
assert os.getuid() != 0 and os.getppid() == 1, "the user or the process namespace is the host's"
assert ctypes.CDLL(None).unshare(0x10000000) != 0, "a user namespace can be made"
assert not os.access("/usr", os.W_OK) and not os.access("/", os.W_OK), "files can be written"
with contextlib.suppress(ModuleNotFoundError):
    import autograder
    raise AssertionError("the grader can be imported")
assert importlib.util.find_spec("ipykernel") is not None, "ipykernel cannot be imported"
"""


@functools.cache
def require_sealing() -> None:
    """Seal a process, and see that it is. Raises: SealingError, which says what to do."""
    argv = [sys.executable, "-c", TRIAL]
    process = SealedProcess(Policy(data=None, torch=True), argv)
    try:
        status = process.wait(TRIAL_SECONDS)
    except subprocess.TimeoutExpired as error:
        raise SealingError("a sealed process did not end", "try again, on a quieter machine") from (
            error
        )
    finally:
        process.close()
    if status != 0:
        last = (process.output.strip().splitlines() or [f"exit status {status}"])[-1]
        raise SealingError(
            f"a sealed process looked around and found: {last}",
            "see that the Python environment is complete in its own folder",
        )
