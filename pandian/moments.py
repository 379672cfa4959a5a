"""Moments in words."""

from __future__ import annotations

from datetime import UTC, datetime

import numpy as np


def moment(epoch_ms: int) -> str:
    """Return a moment for people, to the minute: ``2026-03-01 10:15 UTC``.

    Of any number, as times are what records say: one that no calendar has is told as numpy does.
    """
    try:
        return datetime.fromtimestamp(epoch_ms / 1000, UTC).strftime("%Y-%m-%d %H:%M UTC")
    except (OverflowError, ValueError, OSError):
        return f"{np.datetime64(epoch_ms, 'ms')} UTC"
