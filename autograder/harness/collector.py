"""Gathers what a kernel says while it runs something."""

from __future__ import annotations

import json
from typing import Any

from nbformat import NotebookNode
from nbformat.v4 import output_from_msg

SHOWN = ("display_data", "stream", "execute_result", "error")
SURROGATE = "\\ud"  # how JSON in ASCII writes one, in a pair or not


Published = tuple[dict[str, Any], dict[str, Any]]


class Collector:
    """Gathers the messages of one execution, within a limit of bytes.

    outputs: what a learner would see of it; of a private one, nothing.
    published: of a private one, the data and metadata of what was displayed.
    """

    FLOOD = 64

    def __init__(self, limit: int, private: bool) -> None:
        self.outputs: list[NotebookNode] = []
        self.published: list[Published] = []
        self.idle = False
        self.failed = False
        self.flooded = False
        self._limit = limit if not private else limit * self.FLOOD
        self._private = private
        self._seen = 0

    def take(self, message: dict[str, Any]) -> None:
        kind, content = message.get("msg_type"), message.get("content", {})
        if kind == "status":
            self.idle = content.get("execution_state") == "idle"
            return
        text = json.dumps(content, default=str)
        self._seen += len(text)
        self.flooded = self._seen > self._limit * self.FLOOD
        self.failed = self.failed or kind == "error"
        if kind not in SHOWN or self._seen > self._limit:
            return
        if SURROGATE in text:
            content = in_utf8(content)
        if self._private:
            self._publish(kind, content)
            return
        try:
            self._append(output_from_msg({**message, "content": content}))
        except (KeyError, TypeError, ValueError, AttributeError):
            return  # not a message that a kernel would send

    def _publish(self, kind: Any, content: Any) -> None:
        data, metadata = content.get("data"), content.get("metadata")
        if kind == "display_data" and isinstance(data, dict) and isinstance(metadata, dict):
            self.published.append((data, metadata))

    def _append(self, output: NotebookNode) -> None:
        last = self.outputs[-1] if self.outputs else None
        streams = last is not None and output.output_type == last.output_type == "stream"
        if streams and last is not None and output.name == last.name:
            last.text += output.text
        else:
            self.outputs.append(output)


def in_utf8(content: Any) -> Any:
    """What a kernel says, with a question mark for each half of a surrogate pair, which Python's
    strings may hold and files may not."""
    text = json.dumps(content, ensure_ascii=False, default=str)
    return json.loads(text.encode("utf-8", "replace"))
