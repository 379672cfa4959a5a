"""From the partition profiles of one topic, or of one file, to the inventory documents of its assets."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from streams.inventory.document import asset_document, field_evidence
from streams.inventory.profile import AssetProfile, PartitionProfile, ProfilePolicy


def topic_documents(
    profiles: Iterable[PartitionProfile],
    name: str,
    source: Mapping[str, Any],
    policy: ProfilePolicy,
    *,
    now_ms: int,
) -> dict[str, dict[str, Any]]:
    """Sum the partitions and describe each asset, by name.

    The decision what fields mean is made here, on everything that was seen. Records that could not be read belong
    to no asset; they are told with the asset that bears the topic's name, which is there even if nothing else is.

    Args:
        profiles: of all partitions; left as they are.
        name: of the topic or file.
        source: the document's ``source``; format and envelope are added.
        policy: the classifier.
        now_ms: the time of the document, epoch milliseconds.
    """
    whole = PartitionProfile(name, policy)
    for profile in profiles:
        whole.merge(profile)
    assets: dict[str, AssetProfile] = {name: AssetProfile(policy), **whole.assets}
    return {asset: _describe(asset, assets[asset], whole, name, source, policy, now_ms) for asset in assets}


def _describe(
    asset: str,
    profile: AssetProfile,
    whole: PartitionProfile,
    name: str,
    source: Mapping[str, Any],
    policy: ProfilePolicy,
    now_ms: int,
) -> dict[str, Any]:
    meaning = policy.classifier.fields(field_evidence(profile))
    return asset_document(
        profile,
        name=asset,
        source=dict(source),
        classification=meaning,
        kind=policy.classifier.kind(asset, meaning),
        quarantined=whole.quarantined if asset == name else 0,
        reasons=whole.reasons if asset == name else {},
        now_ms=now_ms,
    )
