"""Pictures: data that is one by its first bytes, and of a size that a browser bears."""

from __future__ import annotations

import base64
import binascii
import re
import struct

BYTES = 2_000_000  # of one picture
PIXELS = 40_000_000  # that a browser has to hold once it is unpacked
DATA_URI = re.compile(r"data:(image/(?:png|jpeg|gif));base64,([A-Za-z0-9+/=\s]*)", re.ASCII)
# JPEG: the markers of a frame, whose header has its height and width.
FRAMES = frozenset(range(0xC0, 0xD0)) - {0xC4, 0xC8, 0xCC}


def picture_source(mime: str, encoded: str) -> str:
    """A data URI for a picture; nothing, if it is none, or too large.

    Args:
        encoded: base64, as notebooks hold it.
    """
    if len(encoded) > BYTES * 4 // 3 + 100_000:
        return ""
    try:
        content = base64.b64decode("".join(encoded.split()), validate=True)
    except (binascii.Error, ValueError):
        return ""
    pixels = _pixels(mime, content)
    if len(content) > BYTES or not 0 < pixels <= PIXELS:
        return ""
    return f"data:{mime};base64,{base64.b64encode(content).decode()}"


def checked_uri(uri: str) -> str:
    """A data URI, made anew if it holds a picture; nothing, for any other address."""
    found = DATA_URI.fullmatch(uri)
    return picture_source(found[1], found[2]) if found else ""


def _pixels(mime: str, content: bytes) -> int:
    """Width times height; 0, if the content is not what it is said to be."""
    try:
        if mime == "image/png" and content.startswith(b"\x89PNG\r\n\x1a\n"):
            width, height = struct.unpack(">II", content[16:24])
        elif mime == "image/gif" and content[:6] in (b"GIF87a", b"GIF89a"):
            width, height = struct.unpack("<HH", content[6:10])
        elif mime == "image/jpeg" and content.startswith(b"\xff\xd8"):
            height, width = _jpeg_size(content)
        else:
            return 0
    except struct.error:
        return 0
    return int(width * height)


def _jpeg_size(content: bytes) -> tuple[int, int]:
    at = 2
    while at + 9 < len(content) and content[at] == 0xFF:
        if content[at + 1] in FRAMES:
            height, width = struct.unpack(">HH", content[at + 5 : at + 9])
            return height, width
        at += 2 + max(2, int.from_bytes(content[at + 2 : at + 4], "big"))
    return 0, 0
