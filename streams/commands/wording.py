"""Places, shares with intervals and chances in words, for a terminal."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

#: From this time on epoch milliseconds are written as years of four digits.
_LAST_MS = 253_402_300_799_999


def place(found: Mapping[str, Any] | None) -> str:
    """Return where a record stands: ``offset 1,203 of partition 0, 2026-11-23 09:30``; empty where nobody knows."""
    if not found:
        return ""
    parts = []
    if found.get("offset") is not None:
        partition = found.get("partition")
        parts.append(
            f"offset {found['offset']:,}" + ("" if partition is None else f" of partition {partition}")
        )
    parts.append(moment(found.get("time", found.get("time_ms"))))
    return ", ".join(filter(None, parts))


def without_partitions(found: Any) -> Any:
    """Return what was found without the partition of each place in it: a file has none, though it counts as one."""
    if isinstance(found, Mapping):
        left_out = "partition" if "offset" in found else None
        return {name: without_partitions(value) for name, value in found.items() if name != left_out}
    return [without_partitions(value) for value in found] if isinstance(found, list) else found


def moment(time: str | int | None) -> str:
    """Return a time to the minute, in UTC, from ISO 8601 or epoch milliseconds; empty where there is none."""
    if isinstance(time, str):
        return time[:16].replace("T", " ")
    if time is None or not 0 < time <= _LAST_MS:
        return ""
    return datetime.fromtimestamp(time / 1000, UTC).strftime("%Y-%m-%d %H:%M")


def percent(share: float | None) -> str:
    """Return a share, with as many digits as it takes not to read as none or all."""
    if share is None:
        return "–"
    if share in {0.0, 1.0}:
        return f"{share:.0%}".replace("%", " %")
    digits = next((digits for digits in (1, 2, 3, 4) if 0 < round(share * 100, digits) < 100), None)
    if digits is None:
        return "<0.0001 %" if share < 0.5 else ">99.9999 %"
    return f"{share * 100:.{digits}f} %"


def between(low: float | None, high: float | None) -> str:
    """Return the ends of an interval of a share, told apart; empty where it has no width."""
    if low is None or high is None or low == high:
        return ""
    digits = next((n for n in (1, 2, 3) if f"{low * 100:.{n}f}" != f"{high * 100:.{n}f}"), 4)
    return f"({low * 100:.{digits}f} to {high * 100:.{digits}f})"


def chance(log10: float) -> str:
    """Return a power of ten: of evidence only the size matters."""
    return f"10^{log10:.0f}"
