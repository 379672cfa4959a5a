"""Streams of records for watchers: what a shop sends, with changes put in at stated places."""

from __future__ import annotations

import random
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import orjson

from streams.decode.base import Decoded, RowGroup
from streams.decode.registry import BatchDecoder
from streams.inventory.profile import BatchMeta, PartitionProfile, ProfilePolicy
from streams.inventory.profile.codec import BlobReader, BlobWriter
from streams.inventory.profile.part import AssetPart
from streams.inventory.windows import WindowPart
from tests.streams.inventory.profile.doubles import ToyClassifier, ToyMasker

NOW = 1_700_000_000_000
POLICY = ProfilePolicy(ToyClassifier(), ToyMasker())
Record = Mapping[str, Any]


def shop(count: int, seed: int = 1) -> list[dict[str, Any]]:
    """Return records of a shop that does not change."""
    chance = random.Random(seed)
    countries = ["UK"] * 8 + ["DE", "FR"]
    return [
        {
            "order": f"o{chance.randrange(10**6)}",
            "item": f"i{int(chance.paretovariate(0.7)) % 500}",
            "price": round(chance.lognormvariate(2, 1), 2),
            "quantity": str(chance.choice([1, 1, 1, 2, 3, 6, 12])),
            "country": chance.choice(countries),
            "note": None if chance.random() < 0.3 else "ok",
        }
        for _ in range(count)
    ]


def group(records: Sequence[Record], facts: Mapping[str, Sequence[str | None]] | None = None) -> RowGroup:
    """Decode records, as the JSON decoder would."""
    (found,) = BatchDecoder().decode([orjson.dumps(record) for record in records]).groups
    found.facts = facts or {}
    return found


def meta(start: int, count: int, per_second: float | None = 100) -> BatchMeta:
    """Say that records came at a steady rate; their offsets are their numbers."""
    offsets = np.arange(start, start + count, dtype=np.int64)
    times = None if per_second is None else (NOW + offsets * 1000 / per_second).astype(np.int64)
    return BatchMeta(200 * count, NOW + 10**12, times, offsets)


def feed(
    part: AssetPart,
    records: Sequence[Record],
    sizes: Sequence[int] = (5_000,),
    per_second: float | None = 100,
) -> None:
    """Give records to a part, in batches of the sizes in turn, after a profile has counted them."""
    profile = PartitionProfile("t", POLICY)
    start = turn = 0
    while start < len(records):
        batch = records[start : start + sizes[turn % len(sizes)]]
        one, about = group(batch), meta(start, len(batch), per_second)
        profile.add(Decoded([one], []), about)
        part.add(one, profile.assets["t"].fields, about)
        start += len(batch)
        turn += 1


def watched(
    records: Sequence[Record], sizes: Sequence[int] = (5_000,), per_second: float | None = 100
) -> WindowPart:
    """Watch records from the first one on."""
    part = WindowPart(ToyMasker())
    feed(part, records, sizes, per_second)
    return part


def state_of(part: AssetPart) -> tuple[Any, bytes]:
    """Return the whole state, to compare."""
    blobs = BlobWriter()
    return part.state(blobs), blobs.joined()


def restored(part: WindowPart) -> WindowPart:
    """Send a part through bytes."""
    blobs = BlobWriter()
    state = orjson.loads(orjson.dumps(part.state(blobs)))
    twin = WindowPart(ToyMasker())
    twin.restore(state, BlobReader(blobs.joined()))
    return twin
