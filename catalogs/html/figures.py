"""Numbers for people."""

from __future__ import annotations

from datetime import UTC, datetime

from catalogs.document import Estimate, Value

_UNITS = ((10**9, "GB"), (10**6, "MB"), (10**3, "kB"))


def whole(count: float) -> str:
    """Return a count with its thousands apart."""
    return f"{count:,.0f}"


def figure(number: float) -> str:
    """Return a number of the data in at most six digits after rounding; whole numbers whole."""
    if number == int(number) and abs(number) < 10**15:
        return f"{number:,.0f}"
    return f"{number:,.6g}" if abs(number) >= 1e-4 else f"{number:.4g}"


def rough(number: float) -> str:
    """Return a number in four digits."""
    return f"{number:,.0f}" if abs(number) >= 1000 else f"{number:.4g}"


def shown(value: Value | None) -> str:
    """Return a value of the data; numbers as they are, as many are names of things."""
    if value is None:
        return "–"
    if isinstance(value, bool):
        return str(value).lower()
    return f"{value:.6g}" if isinstance(value, float) and value != int(value) else f"{value}"


def instant(text: str | None) -> str:
    """Return a time of the document in words that are easy to compare; what is no time as it is."""
    try:
        read = datetime.fromisoformat(text or "")
    except ValueError:
        return text or "–"
    return f"{read.astimezone(UTC) if read.tzinfo else read:%Y-%m-%d %H:%M} UTC"


def size(count: int) -> str:
    """Return a number of bytes."""
    return next((f"{count / unit:,.1f} {name}" for unit, name in _UNITS if count >= unit), f"{count} B")


def estimate(found: Estimate | None) -> tuple[str, str]:
    """Return an estimate, and what is to be known of it: that it is exact, or its interval."""
    if found is None:
        return "–", ""
    if found.exact:
        return whole(found.estimate), "exact"
    return f"~{whole(found.estimate)}", f"{whole(found.low)} to {whole(found.high)}"
