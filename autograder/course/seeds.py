"""A seed for a verdict."""

from __future__ import annotations

import secrets


def draw_seed() -> int:
    """A seed that nobody could have known, for a verdict outside of any batch."""
    return secrets.randbits(53)
