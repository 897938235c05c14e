"""Waits for a kernel's first answer, without jupyter_client's pauses."""

from __future__ import annotations

import queue
import time
from collections.abc import Callable

from jupyter_client.blocking.client import BlockingKernelClient

READY_SECONDS = 60.0
ASK_AGAIN_SECONDS = 0.05


def wait_until_it_answers(client: BlockingKernelClient, alive: Callable[[], bool]) -> None:
    """Return once what the kernel publishes arrives here, and all of it from then on.

    jupyter_client's `wait_for_ready` ends with a fifth of a second of silence on that channel. A
    subscription takes effect some time after it was asked for, so what counts is that the answer
    to a request of ours came over it.

    Raises:
        RuntimeError: the kernel ended, or said nothing for `READY_SECONDS`.
    """
    asked: set[str] = set()
    end = time.monotonic() + READY_SECONDS
    while time.monotonic() < end:
        asked.add(client.kernel_info())
        try:
            while True:
                message = client.get_iopub_msg(timeout=ASK_AGAIN_SECONDS)
                if message["parent_header"].get("msg_id") in asked:
                    return
        except queue.Empty:
            if not alive():
                raise RuntimeError("the kernel ended before it was ready") from None
    raise RuntimeError(f"the kernel said nothing for {READY_SECONDS:g} seconds")
