"""A kernel's messages, without an event loop."""

from __future__ import annotations

import json
from typing import Any

from jupyter_client.blocking.client import BlockingKernelClient

POLL_SECONDS = 0.1


def send(client: BlockingKernelClient, code: str, silent: bool, carried: list[bytes]) -> str:
    """Ask for an execution; returns the message's id. `client.execute` sends no buffers."""
    request = {
        "code": code,
        "silent": silent,
        "store_history": not silent,
        "user_expressions": {},
        "allow_stdin": False,
        "stop_on_error": False,
    }
    message = client.session.msg("execute_request", request)
    client.session.send(client.shell_channel.socket, message, buffers=carried or None)
    return str(message["header"]["msg_id"])


def receive(client: BlockingKernelClient) -> dict[str, Any] | None:
    """The next message that was published, None if there is none for `POLL_SECONDS`.

    As `client.get_iopub_msg` does it, which makes an event loop's turn of each message, and a date
    of each text that could be one. Who has signed it makes no difference: the kernel has the key.
    """
    channel = client.iopub_channel.socket
    if not channel.poll(1000 * POLL_SECONDS):
        return None
    _, (_, *parts) = client.session.feed_identities(channel.recv_multipart())
    header, parent, _, content = (json.loads(part.decode("utf-8", "replace")) for part in parts[:4])
    if not all(isinstance(part, dict) for part in (header, parent, content)):
        raise ValueError("not a message")
    kind = header["msg_type"]
    return {"header": header, "msg_type": kind, "parent_header": parent, "content": content}
