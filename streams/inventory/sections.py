"""What an asset's document says of repeats, changes, drift and pace: from the parts that count them.

A profile whose policy counts none of it, or that an older version wrote, has nothing to say: None.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import Any, TypeVar

from streams.inventory.drift.words import documents as drifts_of
from streams.inventory.duplicates import ContentDuplicates, IdDuplicates
from streams.inventory.pace import PacePart
from streams.inventory.pace.documents import document as pace_of
from streams.inventory.profile.asset import AssetProfile
from streams.inventory.schema_changes.documents import documents as changes_of
from streams.inventory.windows import WindowPart
from streams.inventory.windows.findings import Findings

Part = TypeVar("Part")


def part_of(asset: AssetProfile, kind: type[Part]) -> Part | None:
    """Return the asset's part of a class; None where it has none."""
    return next((part for part in asset.parts.values() if isinstance(part, kind)), None)


def duplicates(asset: AssetProfile, names: Mapping[str, str]) -> dict[str, Any] | None:
    """Return records with equal content, and with equal identifiers by field; None where none is looked for."""
    ids, content = part_of(asset, IdDuplicates), part_of(asset, ContentDuplicates)
    if ids is None and content is None:
        return None
    return {
        "content": content.counts.document() if content is not None and content.counts.records else None,
        "identifiers": {
            names.get(path, path): found for path, found in (ids.document() if ids else {}).items()
        },
    }


def noticed(asset: AssetProfile) -> Findings | None:
    """Return what the windows of all partitions noticed; None where none are counted."""
    part = part_of(asset, WindowPart)
    return None if part is None else part.findings()


def drift(
    asset: AssetProfile, found: Findings | None, names: Mapping[str, str], masked: Collection[str]
) -> tuple[list[dict[str, Any]] | None, dict[str, float]]:
    """Return the drifts, latest first, and the evidence now by field (decimal logarithm of the e-value).

    Args:
        asset: its profile, merged.
        found: what was :func:`noticed`.
        names: what fields are called, by path.
        masked: fields, so called, of which no value may be shown.
    """
    if found is None:
        return None, {}
    hidden = {path for path in asset.fields if names.get(path, path) in masked}
    watching = {path: one.partitions for path, one in found.standing.items()}
    evidence = {names.get(path, path): round(one.log10_evidence, 3) for path, one in found.standing.items()}
    return drifts_of(found.drifts, watching, names=names, masked=hidden), evidence


def schema_changes(found: Findings | None, names: Mapping[str, str]) -> list[dict[str, Any]] | None:
    """Return fields that appeared, vanished or changed their type, the latest first."""
    return None if found is None else changes_of(found.changes, names=names)


def pace(asset: AssetProfile, time_fields: Sequence[str], now_ms: int) -> dict[str, Any]:
    """Return how late events are and how steadily they come, for ``freshness``."""
    part = part_of(asset, PacePart)
    return {} if part is None else pace_of(part, time_fields, now_ms)
