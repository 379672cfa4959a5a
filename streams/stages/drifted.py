"""Drifts as alerts: what changed of which field, in words."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from monitoring.finding import Finding
from pandian.events import DRIFT
from streams.inventory.freshness import instant

RUNBOOK = "docs/runbooks/drift.md"
#: What changed, by aspect.
_WHAT: Mapping[str, str] = {
    "missing": "How much of {field} is missing in {asset} changed",
    "types": "The types of {field} in {asset} changed",
    "distinct": "How many different values {field} has in {asset} changed",
    "values": "The values of {field} in {asset} changed",
}


def drifted(asset: str, document: Mapping[str, Any]) -> Iterator[Finding]:
    """Yield the latest drift of each field and aspect.

    Args:
        asset: its name.
        document: of the asset, whose drifts are the latest first.
    """
    seen: set[str] = set()
    for one in document.get("drift") or ():
        subject = f"{asset}.{one['field']} {one['aspect']}"
        if subject in seen:
            continue
        seen.add(subject)
        offset, size = one["since"]["offset"], one["effect"]["size"]
        since = "" if offset is None else f", since offset {offset:,}"
        evidence = (
            f"{one['before']} → {one['after']}; evidence 10^{one['evidence']:.1f} where 10^{one['threshold']:.1f} is"
            f" asked for, effect {100 * size:.1f} %{since}"
        )
        text = f"{_WHAT[one['aspect']].format(field=one['field'], asset=asset)}: {evidence}."
        yield Finding(DRIFT, subject, evidence, size, text, RUNBOOK, _epoch(one["since"]["time"]))


def over(subject: str) -> Finding:
    """Return what is said when the alert of a drift ends: by itself, as the drift is an event that was told."""
    text = f"The drift of {subject} was told an hour ago: its alert is over."
    return Finding(DRIFT, subject, text, 0.0, text, RUNBOOK)


def _epoch(text: str | None) -> int | None:
    moment = instant(text)
    return None if moment is None else int(moment.timestamp() * 1000)
