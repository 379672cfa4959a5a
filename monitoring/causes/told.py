"""Signals that a document tells by itself: drift, changes of the schema, silence."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any

from monitoring.causes.base import Document, Kind, Signal

#: Of these types each value is new or moves on by itself: that their values change says nothing.
PASSING = frozenset(
    {"timestamp", "date", "time_of_day", "event_id", "order_id", "session_id", "uuid", "hash"}
)
_LEAST_ERROR_MS = 1_000.0
_ASPECTS: Mapping[str, Kind] = {
    "missing": "missing",
    "types": "types",
    "distinct": "distinct",
    "values": "values",
}
_CHANGES: Mapping[str, tuple[str, str]] = {
    "appeared": ("not there", "in {:.1%} of the records"),
    "vanished": ("in {:.1%} of the records", "not there"),
}
#: Far surer than any bar: a change of the schema is told with a bound on chance, not with an e-value.
_MOST = 300.0
#: Evidence of what somebody judged without a bound: two decisions of a confidence of .8 each, which stood for a while.
_JUDGED = 2.0


def signals(document: Document, now_ms: int) -> Iterator[Signal]:
    """Yield what an asset's document tells.

    Args:
        document: as the inventory has it.
        now_ms: its time, epoch milliseconds.
    """
    types = {one["field"]: one["semantic_type"] for one in document["fields"]}
    for one in document.get("drift") or ():
        if one["aspect"] in ("values", "distinct") and types.get(one["field"]) in PASSING:
            continue
        yield _drift(document["asset"], one, now_ms)
    for one in document.get("schema_changes") or ():
        yield _change(document["asset"], one, now_ms)
    silence = (document.get("freshness") or {}).get("silence")
    if silence is not None and silence["unusual"]:
        yield _silence(document, silence, now_ms)


def _drift(asset: str, one: Mapping[str, Any], now_ms: int) -> Signal:
    since = epoch(one["since"]["time"], now_ms)
    spread = (epoch(one["noticed"]["time"], now_ms) - since) / 2
    return Signal(
        asset,
        one["field"],
        _ASPECTS[one["aspect"]],
        since,
        max(spread, _LEAST_ERROR_MS),
        one["evidence"],
        one["effect"]["size"],
        one["before"],
        one["after"],
    )


def _change(asset: str, one: Mapping[str, Any], now_ms: int) -> Signal:
    before, after = _CHANGES.get(one["change"], ("", ""))
    # A change of meaning has neither share nor bound: it is a judgement of the whole field.
    share, chance = one.get("share", 1.0), one.get("log10_chance", -_JUDGED)
    return Signal(
        asset,
        one["field"],
        "schema",
        epoch(one["time"], now_ms),
        _LEAST_ERROR_MS,
        min(-chance, _MOST),
        share,
        one.get("before") or before.format(share),
        one.get("after") or after.format(share),
    )


def _silence(document: Document, silence: Mapping[str, Any], now_ms: int) -> Signal:
    usual = ((document["freshness"].get("rate")) or {}).get("usual")
    return Signal(
        document["asset"],
        "",
        "silence",
        round(now_ms - 1000 * silence["gap_s"]),
        1000 * silence["longest_gap_s"] + _LEAST_ERROR_MS,
        min(-silence["log10_tail"], _MOST),
        1.0,
        f"{usual:,.0f} records a minute" if usual is not None else "records came",
        f"none for {silence['gap_s'] / 60:,.0f} min, where {silence['expected']:,.0f} were to be expected",
    )


def epoch(text: str | None, otherwise: int) -> int:
    """Return a time of a document in epoch milliseconds."""
    if text is None:
        return otherwise
    return round(datetime.fromisoformat(text).timestamp() * 1000)
