"""What ``pandian.items`` says of one item."""

from __future__ import annotations

from typing import NamedTuple


class Known(NamedTuple):
    """One item."""

    name: str | None
    category: str | None
    price: float | None
    available: bool | None
    time: int


NOTHING = Known(None, None, None, None, 0)
