"""One kernel, sealed or not, with everything that belongs to it."""

from __future__ import annotations

import logging
import shutil
import subprocess
import sys
import tempfile
import uuid
from dataclasses import asdict
from pathlib import Path
from types import TracebackType
from typing import Any

import zmq
from jupyter_client.blocking.client import BlockingKernelClient
from jupyter_client.kernelspec import KernelSpec, KernelSpecManager
from jupyter_client.manager import KernelManager

from autograder.sandbox.errors import SealingError
from autograder.sandbox.policy import Policy
from autograder.sandbox.process import SealedProcess
from autograder.sandbox.processes import Usage, kill_tree, usage
from autograder.sandbox.provisioner import SealedProvisioner
from autograder.sandbox.ready import wait_until_it_answers
from autograder.sandbox.watcher import Watcher

RECONNECT_MILLISECONDS = 5
ARGV = (
    sys.executable,
    "-m",
    "ipykernel_launcher",
    "--HistoryManager.enabled=False",
    "-f",
    "{connection_file}",
)


class SealedKernel:
    """A Python kernel, started by `start` and gone without a trace after `close`.

    client: the connected client, once `start` has returned.
    """

    client: BlockingKernelClient

    def __init__(self, policy: Policy, *, sealed: bool = True, warm: bool = True) -> None:
        """Nothing is started yet.

        warm: where it is sealed, fork it from a process that has the libraries already.
        """
        self.policy = policy
        self.sealed = sealed
        self._warm = warm
        self._manager: KernelManager | None = None
        self._watcher: Watcher | None = None
        self._home: str | None = None
        self._last = Usage(0.0, 0)

    def start(self) -> None:
        """Start the kernel and wait until it answers.

        Raises:
            SealingError: it cannot be sealed here, or does not come up when it is.
            RuntimeError: an unsealed kernel does not come up.
        """
        try:
            self._manager = self._sealed_manager() if self.sealed else self._local_manager()
            self._manager.start_kernel(**({} if self._home is None else {"cwd": self._home}))
            self._watcher = Watcher(self._root, self.policy.limits, self.kill)
            self.client = self._manager.client()
            # A socket that is not there yet is tried again soon, and not after a tenth of a second.
            self.client.context.setsockopt(zmq.RECONNECT_IVL, RECONNECT_MILLISECONDS)
            self.client.start_channels(stdin=False, hb=False)
            self._wait_for_ready()
        except BaseException:
            self.close()
            raise

    def alive(self) -> bool:
        """Whether the kernel's process runs."""
        process = self._process
        return process is not None and process.poll() is None

    def usage(self) -> Usage:
        """CPU time and resident memory of the kernel and everything that it started.

        Once the kernel has ended: what was seen last.
        """
        if self.alive():
            now = usage(self._root)
            cpu_seconds = max(self._last.cpu_seconds, now.cpu_seconds)
            self._last = Usage(cpu_seconds, now.resident_bytes, now.processes)
        return self._last

    @property
    def death(self) -> str | None:
        """Why the watcher killed it, or None."""
        return None if self._watcher is None else self._watcher.death

    def kill(self) -> None:
        """End the kernel and everything that it started, at once."""
        process = self._process
        if isinstance(process, SealedProcess):
            process.kill()
        elif process is not None and process.poll() is None:
            kill_tree(process.pid)
            process.wait()

    def close(self) -> None:
        """Kill it, and remove every file and thread of it. May be called again."""
        if self._watcher is not None:
            self._watcher.stop()
        self.kill()
        if hasattr(self, "client"):
            self.client.stop_channels()
        if self._manager is not None:
            self._manager.cleanup_resources()
            self._manager = None
        if self._home is not None:
            shutil.rmtree(self._home, ignore_errors=True)
            self._home = None

    def __enter__(self) -> SealedKernel:
        """Start it."""
        self.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Close it."""
        self.close()

    @property
    def _process(self) -> SealedProcess | subprocess.Popen[bytes] | None:
        provisioner = None if self._manager is None else self._manager.provisioner
        process: SealedProcess | subprocess.Popen[bytes] | None
        process = getattr(provisioner, "process", None)
        return process

    @property
    def _root(self) -> int:
        """The process from which everything of this kernel descends."""
        process = self._process
        return -1 if process is None else process.pid

    def _sealed_manager(self) -> KernelManager:
        config = {**_provisioner_config(self.policy), "warm": self._warm}
        spec = _spec("descent-sealed", config)
        manager = _SealedManager(kernel_spec_manager=_OneSpec(spec), log=_quiet_log())
        # Made here, so that it does not depend on the entry points of what is installed.
        manager.kernel_id = str(uuid.uuid4())
        manager.provisioner = SealedProvisioner(
            kernel_id=manager.kernel_id, kernel_spec=spec, parent=manager, **config
        )
        return manager

    def _local_manager(self) -> KernelManager:
        self._home = tempfile.mkdtemp(prefix="descent-")
        private = Path(self._home) / ".kernel"
        private.mkdir()
        return KernelManager(
            kernel_spec_manager=_OneSpec(_spec("local-provisioner", {})),
            connection_file=str(private / "k.json"),
            transport="ipc",
            log=_quiet_log(),
        )

    def _wait_for_ready(self) -> None:
        try:
            wait_until_it_answers(self.client, self.alive)
        except RuntimeError as error:
            process = self._process
            if not isinstance(process, SealedProcess):
                raise
            process.kill()
            last = (process.output.strip().splitlines() or [str(error)])[-1]
            raise SealingError(
                f"the sealed kernel did not come up: {last}",
                "see that the Python environment is complete in its own folder",
            ) from error


class _SealedManager(KernelManager):
    """Writes no connection file: the provisioner puts one inside, and the host needs none."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(connection_file="/dev/null/none.json", transport="ipc", **kwargs)

    def write_connection_file(self, **kwargs: Any) -> None:
        """Nothing to write."""


class _OneSpec(KernelSpecManager):
    """Knows one kernelspec, whatever is installed."""

    def __init__(self, spec: KernelSpec) -> None:
        super().__init__()
        self._spec = spec

    def get_kernel_spec(self, kernel_name: str) -> KernelSpec:
        """The one."""
        return self._spec


def _spec(provisioner: str, config: dict[str, Any]) -> KernelSpec:
    stanza = {"provisioner_name": provisioner, "config": config}
    metadata = {"kernel_provisioner": stanza}
    return KernelSpec(argv=list(ARGV), display_name="Descent", metadata=metadata)


def _provisioner_config(policy: Policy) -> dict[str, Any]:
    """A policy as the traits of `SealedProvisioner`."""
    data = None if policy.data is None else str(policy.data)
    return {"data": data, "torch": policy.torch, "limits": asdict(policy.limits)}


def _quiet_log() -> logging.Logger:
    """What goes wrong is raised; jupyter_client would also print it."""
    log = logging.getLogger("autograder.sandbox.jupyter_client")
    log.addHandler(logging.NullHandler())
    log.propagate = False
    return log
