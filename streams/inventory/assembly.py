"""From the partition profiles of one topic, or of one file, to the inventory documents of its assets."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

from streams.inventory.base import Classification
from streams.inventory.details import Details
from streams.inventory.document import asset_document
from streams.inventory.profile import AssetProfile, PartitionProfile, ProfilePolicy
from streams.inventory.quality.thresholds import Thresholds
from streams.inventory.splitting import MOST, Kind, kinds_of

#: Is shown an asset: its name, kind, profile, and what its fields mean.
See = Callable[[str, str, AssetProfile, Mapping[str, Classification]], None]
#: Between the topic's name and what an asset that was split from it holds; no topic has it in its name.
SEPARATOR = ":"


def topic_documents(
    profiles: Iterable[PartitionProfile],
    name: str,
    source: Mapping[str, Any],
    policy: ProfilePolicy,
    *,
    now_ms: int,
    thresholds: Thresholds | None = None,
    details: Details | None = None,
    see: See | None = None,
) -> dict[str, dict[str, Any]]:
    """Sum the partitions and describe each asset, by name.

    The decision what fields mean is made here, on everything that was seen. A topic with several kinds of record is
    several assets; the one that has nearly all records bears the topic's name, the others the topic's and their own.
    Records that could not be read belong to no asset; they are told with the asset that bears the topic's name, which
    is there for them even if nothing else is.

    Args:
        profiles: of all partitions; left as they are.
        name: of the topic or file.
        source: the document's ``source``; format and envelope are added.
        policy: the classifier.
        now_ms: the time of the document, epoch milliseconds.
        thresholds: what is asked of the quality of each asset.
        details: remembers what fields mean, and what was worked out of them before.
        see: is shown every asset.
    """
    profiles, asked = list(profiles), thresholds or Thresholds()
    kinds = kinds_of(profiles)
    known = (details or Details()).meanings
    meanings = [
        known.of((name, kind.name, *sorted(kind.labels)), kind.profile.named_fields(), policy.classifier)
        for kind in kinds
    ]
    reasons: Counter[str] = Counter()
    for profile in profiles:
        reasons.update(profile.reasons)
    documents: dict[str, dict[str, Any]] = {}
    for own, kind, meaning in zip(_names(name, kinds, meanings, policy), kinds, meanings, strict=True):
        sort = policy.classifier.kind(own, meaning)
        if see is not None:
            see(own, sort, kind.profile, meaning)
        documents[own] = asset_document(
            kind.profile,
            name=own,
            source=dict(source),
            classification=meaning,
            kind=sort,
            reasons=reasons if own == name else {},
            now_ms=now_ms,
            thresholds=asked.of(own),
            details=details,
        )
    if name not in documents and (reasons or not documents):
        documents[name] = asset_document(
            AssetProfile(policy),
            name=name,
            source=dict(source),
            classification={},
            kind="other",
            reasons=reasons,
            now_ms=now_ms,
        )
    if len(documents) == 1:
        # What could not be read is part of the only asset there is.
        documents[name]["bytes"] = sum(profile.bytes for profile in profiles)
    return documents


def _names(
    topic: str,
    kinds: Sequence[Kind],
    meanings: Sequence[Mapping[str, Classification]],
    policy: ProfilePolicy,
) -> list[str]:
    """Return the name of each kind's asset: the topic's for the one that is nearly all of it."""
    total = sum(kind.records for kind in kinds)
    found: list[str] = []
    for place, (kind, meaning) in enumerate(zip(kinds, meanings, strict=True)):
        if place == 0 and kind.records >= MOST * total:
            found.append(topic)
            continue
        wanted = f"{topic}{SEPARATOR}{kind.name or policy.classifier.kind('', meaning)}"
        number = sum(one == wanted or one.startswith(f"{wanted}-") for one in found)
        found.append(f"{wanted}-{number + 1}" if number else wanted)
    return found
