"""Drifts of one or several partitions as they are shown: summed, and in sentences that a person can check.

The partitions of an asset watch apart. Drifts of one field and aspect that began at about the same time are one: their
counts are added bin by bin, bins that only one partition has stand beside the others, and the evidence is the mean of
the partitions' e-values (Vovk and Wang, 2021), where a partition that noticed nothing gives 0.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Container, Mapping, Sequence
from typing import Any

from streams.inventory.drift.effect import union
from streams.inventory.drift.found import VALUES, Drift

#: Bins named in a sentence.
_NAMED = 3
#: Began within this many milliseconds of each other: one drift.
_TOGETHER_MS = 60_000


def documents(
    drifts: Sequence[Drift],
    watching: Mapping[str, int],
    *,
    names: Mapping[str, str],
    masked: Container[str],
) -> list[dict[str, Any]]:
    """Return the drifts as JSON values, the latest first.

    Args:
        drifts: of all partitions.
        watching: how many partitions watch a field, by path.
        names: names of fields by path, where they have another one.
        masked: paths of fields of which no value may be shown.
    """
    found = [
        _document(together, max(watching.get(together[0].field, 1), len(together)), names, masked)
        for together in _together(drifts)
    ]
    return sorted(
        found, key=lambda one: (one["since"]["time"] or "", one["since"]["offset"] or 0), reverse=True
    )


def _together(drifts: Sequence[Drift]) -> list[list[Drift]]:
    groups: list[list[Drift]] = []
    latest: dict[tuple[str, str], list[Drift]] = {}
    for drift in sorted(drifts, key=lambda one: (one.since.time_ms or 0, one.since.offset or 0)):
        key = drift.field, drift.aspect
        group = latest.get(key)
        if group is None or not _overlap(group[-1], drift):
            group = latest[key] = []
            groups.append(group)
        group.append(drift)
    return groups


def _overlap(one: Drift, later: Drift) -> bool:
    """Tell whether a drift began before another one was noticed. Without times nothing is known to be one."""
    if one.since.time_ms is None or one.noticed.time_ms is None or later.since.time_ms is None:
        return False
    return later.since.time_ms <= one.noticed.time_ms + _TOGETHER_MS


def _document(
    drifts: Sequence[Drift], partitions: int, names: Mapping[str, str], masked: Container[str]
) -> dict[str, Any]:
    first = drifts[0]
    before, after = _sum([drift.before for drift in drifts]), _sum([drift.after for drift in drifts])
    hidden = first.aspect == VALUES and (first.field in masked or not before)
    records = [max(sum(drift.after.values()), 1) for drift in drifts]
    low, high = (
        sum(weight * bound for weight, bound in zip(records, bounds, strict=True)) / sum(records)
        for bounds in ([drift.effect.low for drift in drifts], [drift.effect.high for drift in drifts])
    )
    size = first.effect.size if len(drifts) == 1 else union(before, after)
    return {
        "field": names.get(first.field, first.field),
        "aspect": first.aspect,
        "since": first.since.document(),
        "noticed": first.noticed.document(),
        "evidence": round(_mean(drifts, partitions), 1),
        "threshold": max(drift.threshold for drift in drifts),
        "effect": {
            "size": round(size, 4),
            "low": round(min(low, size), 4),
            "high": round(max(high, size), 4),
        },
        "partitions": {"changed": len(drifts), "watching": partitions},
        "before": "not shown: the field is personal" if hidden else in_words(before, before, after),
        "after": "not shown: the field is personal" if hidden else in_words(after, before, after),
    }


def _sum(counts: Sequence[Mapping[str, int]]) -> dict[str, int]:
    total: Counter[str] = Counter()
    for one in counts:
        total.update(one)
    return dict(total)


def _mean(drifts: Sequence[Drift], partitions: int) -> float:
    """Return the decimal logarithm of the mean of the e-values."""
    highest = max(drift.log10_evidence for drift in drifts)
    total = sum(10 ** (drift.log10_evidence - highest) for drift in drifts)
    return highest + math.log10(total / partitions)


def in_words(counts: Mapping[str, int], before: Mapping[str, int], after: Mapping[str, int]) -> str:
    """Return the shares of the bins that changed most: ``Germany 1.8 %, United Kingdom 91.3 %``."""
    whole, sum_before, sum_after = (max(sum(one.values()), 1) for one in (counts, before, after))

    def change(label: str) -> float:
        return abs(before.get(label, 0) / sum_before - after.get(label, 0) / sum_after)

    labels = sorted(before.keys() | after.keys(), key=lambda label: (-change(label), label))
    if len(labels) == 2:
        # Both changed by as much: the one that the aspect is named after.
        labels = [next(iter({**before, **after}))]
    return ", ".join(f"{label} {100 * counts.get(label, 0) / whole:.1f} %" for label in labels[:_NAMED])
