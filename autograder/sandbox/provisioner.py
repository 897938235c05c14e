"""Starts Jupyter kernels sealed; entry point `descent-sealed` of jupyter_client's provisioners."""

from __future__ import annotations

import asyncio
import signal
import sys
from pathlib import Path
from typing import Any, cast

from jupyter_client.connect import KernelConnectionInfo
from jupyter_client.provisioning.provisioner_base import KernelProvisionerBase
from traitlets import Bool, Dict, Unicode

from autograder.sandbox.policy import Limits, Policy
from autograder.sandbox.process import SealedProcess
from autograder.sandbox.spec import CONNECTION_FILE, connection_text

PORTS = {"shell_port": 1, "iopub_port": 2, "stdin_port": 3, "control_port": 4, "hb_port": 5}
KERNEL = [sys.executable, "-m", "ipykernel_launcher"]  # what a warm parent makes kernels of
POLL_SECONDS = 0.05


class SealedProvisioner(KernelProvisionerBase):
    """A kernel in namespaces of its own.

    Whatever transport its manager asked for, the kernel is reached over Unix sockets in a folder
    that exists only in its namespace; the connection info that `launch_kernel` returns says so.
    """

    data = Unicode(None, allow_none=True, help="`Policy.data`").tag(config=True)
    torch = Bool(True, help="`Policy.torch`").tag(config=True)
    warm = Bool(True, help="fork kernels from a process that has the libraries").tag(config=True)
    limits = Dict(help="fields of `Limits` that differ from its defaults").tag(config=True)

    process: SealedProcess | None = None

    @property
    def policy(self) -> Policy:
        """What the kernelspec's configuration asks for."""
        data = None if self.data is None else Path(self.data)
        return Policy(data=data, torch=self.torch, limits=Limits(**self.limits))

    @property
    def has_process(self) -> bool:
        """Whether there is a process that nobody has waited for."""
        return self.process is not None

    async def poll(self) -> int | None:
        """None while the kernel runs."""
        return 0 if self.process is None else self.process.poll()

    async def wait(self) -> int | None:
        """Wait until nothing of the kernel is left."""
        if self.process is None:
            return 0
        while (status := self.process.poll()) is None:
            await asyncio.sleep(POLL_SECONDS)
        self.process.close()
        self.process = None
        return status

    async def send_signal(self, signum: int) -> None:
        """SIGINT reaches the kernel's main process; any other signal ends the whole namespace."""
        if self.process is None:
            return
        if signum == signal.SIGINT:
            self.process.interrupt()
        elif signum != 0:
            self.process.kill()

    async def kill(self, restart: bool = False) -> None:
        """End the whole namespace."""
        await self.send_signal(signal.SIGKILL)

    async def terminate(self, restart: bool = False) -> None:
        """End the whole namespace: there is nothing in it to save."""
        await self.send_signal(signal.SIGTERM)

    async def pre_launch(self, **kwargs: Any) -> dict[str, Any]:
        """Fill in the command; environment and folder of the manager do not count here."""
        extra = kwargs.pop("extra_arguments", [])
        program, *arguments = self.kernel_spec.argv
        if program in ("python", f"python{sys.version_info.major}"):
            program = sys.executable  # as jupyter_client has it
        arguments = [part.replace("{connection_file}", CONNECTION_FILE) for part in arguments]
        return await super().pre_launch(cmd=[program, *arguments, *extra], **kwargs)

    async def launch_kernel(self, cmd: list[str], **kwargs: Any) -> KernelConnectionInfo:
        """Start the kernel; returns when it is sealed. Raises: SealingError."""
        manager: Any = self.parent
        info = {
            "transport": "ipc",
            "key": manager.session.key,
            "signature_scheme": manager.session.signature_scheme,
            **PORTS,
        }
        text = connection_text(info)
        warm = self.warm and cmd[:3] == KERNEL
        self.process = SealedProcess(self.policy, cmd, text, warm=warm)
        seen_from_here = f"/proc/self/fd/{self.process.sockets}/k"
        self.connection_info = cast(KernelConnectionInfo, {**info, "ip": seen_from_here})
        return self.connection_info

    async def cleanup(self, restart: bool = False) -> None:
        """Remove what is left."""
        if self.process is not None:
            self.process.close()
            self.process = None
