"""Time spans in words."""

from __future__ import annotations


def duration(seconds: float) -> str:
    """Return a time span in the largest unit of which it has two: ``90 min``, ``6.4 s``, ``5,743 days``."""
    for size, unit in ((86_400, "days"), (3_600, "h"), (60, "min")):
        if abs(seconds) >= 2 * size:
            return f"{seconds / size:,.0f} {unit}"
    return f"{seconds:,.3g} s"
