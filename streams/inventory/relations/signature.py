"""What an asset shows to others so that references can be found: its identifiers with the sketches of their values.

A signature is bounded (64 fields of at most 1,920 hashes, two sketches each) and goes into one byte string, so that
assets whose profiles are on different workers can be compared. It holds hashes and counts, and no value. Hashes of
values that anybody may see can be looked up by guessing; of masked fields it has none, but for keyed ones.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any, Final

import numpy as np
import orjson
import zstandard
from datasketches import compact_theta_sketch

from pandian.errors import PandianError
from streams.inventory.base import UNKNOWN, Classification
from streams.inventory.profile.asset import AssetProfile
from streams.inventory.profile.codec import BlobReader, BlobWriter
from streams.inventory.profile.distinct import Estimate
from streams.inventory.profile.field import FieldProfile
from streams.inventory.relations.base import REFERRING, VAGUE, FieldSet, Interval, Key, Signature
from streams.inventory.relations.counted import counts_by_hash
from streams.inventory.relations.keys import single_keys
from streams.inventory.relations.nearby import near
from streams.inventory.relations.pairs import PairsPart
from streams.inventory.relations.sketch import keyable, sketch_of

#: Fields of an asset that are compared.
MOST_FIELDS: Final = 64
#: At least this share of a field's different values must be such as may be keys.
_MOSTLY: Final = 0.5
_MAX_BYTES: Final = 1 << 24
_LENGTH: Final = 4


def signature_of(
    name: str, kind: str, asset: AssetProfile, meanings: Mapping[str, Classification]
) -> Signature:
    """Return what an asset shows to others.

    Args:
        name: of the asset.
        kind: of its records.
        asset: its profile, merged over the partitions; left as it is.
        meanings: what its fields mean, by the names of :meth:`AssetProfile.named_fields`.
    """
    records = asset.records - asset.header_records
    fields = []
    for path, profile in asset.named_fields().items():
        meaning = meanings.get(path, UNKNOWN)
        masked = meaning.masked or profile.masked_as is not None
        found = _field(path, profile, profile.masked_as or meaning.semantic_type, masked=masked)
        if found is not None:
            fields.append(found)
    fields.sort(key=lambda one: (one.semantic_type in VAGUE, -one.distinct.estimate, one.path))
    kept = tuple(fields[:MOST_FIELDS])
    singles = single_keys(kept, records)
    types = {path: meaning.semantic_type for path, meaning in meanings.items() if not meaning.masked}
    alone = {path for key in singles for path in key.fields}
    pairs = [
        key
        for part in asset.parts.values()
        if isinstance(part, PairsPart)
        for key in part.keys(asset.layouts.names(), types, alone)
    ]
    return Signature(name, kind, records, kept, (*singles, *pairs))


def _field(path: str, profile: FieldProfile, semantic_type: str, *, masked: bool) -> FieldSet | None:
    """Return a field as others may see it; None when it can be neither a key nor a reference."""
    if semantic_type not in REFERRING:
        return None
    if masked and profile.masked_as is None:
        return None  # found to be personal only now: its hashes are not keyed
    values = profile.keys()
    distinct = profile.distinct()
    if values is None or distinct.estimate < 2 or values.get_upper_bound(2) < _MOSTLY * distinct.estimate:
        return None
    found = FieldSet(path, semantic_type, masked, profile.present, distinct, values, sketch_of(()))
    return found if masked else _with_values(found, profile)


def _with_values(found: FieldSet, profile: FieldProfile) -> FieldSet:
    """Add what the values that are counted one by one say."""
    kept, exact = profile.kept()
    repeated = sum(kept.values()) - len(kept)
    distinct = found.distinct
    most = max(min(distinct.high, found.count - repeated), distinct.low)
    texts = keyable(list(kept))
    hashes, counts = counts_by_hash(kept) if exact else (found.hashes, found.counts)
    low, high = _middle(profile)
    return replace(
        found,
        distinct=Estimate(min(distinct.estimate, most), distinct.low, most),
        near=sketch_of(near(texts)),
        hashes=hashes,
        counts=counts,
        low=low,
        high=high,
    )


def _middle(profile: FieldProfile) -> tuple[float | None, float | None]:
    """Return the 1st and the 99th percentile where all values are numbers."""
    figures = profile.figures()
    if figures.distribution is None or figures.moments.count < profile.present:
        return None, None
    return figures.distribution.quantile(0.01).value, figures.distribution.quantile(0.99).value


def to_bytes(signature: Signature) -> bytes:
    """Return a signature as one byte string."""
    blobs = BlobWriter()
    state = {
        "asset": signature.asset,
        "kind": signature.kind,
        "records": signature.records,
        "fields": [_state(one, blobs) for one in signature.fields],
        "keys": [[list(key.fields), list(key.unique), key.present] for key in signature.keys],
    }
    text = orjson.dumps(state)
    return zstandard.ZstdCompressor().compress(len(text).to_bytes(_LENGTH, "little") + text + blobs.joined())


def _state(one: FieldSet, blobs: BlobWriter) -> list[Any]:
    return [
        one.path,
        one.semantic_type,
        one.masked,
        one.count,
        list(one.distinct),
        blobs.put(bytes(one.values.serialize(compress=True))),
        blobs.put(bytes(one.near.serialize(compress=True))),
        blobs.put(one.hashes.astype("<u8").tobytes()),
        blobs.put(one.counts.astype("<i8").tobytes()),
        one.low,
        one.high,
    ]


def from_bytes(data: bytes) -> Signature:
    """Return the signature that :func:`to_bytes` wrote.

    Raises:
        PandianError: when it is damaged, or was written by a version that says it differently.
    """
    try:
        body = zstandard.ZstdDecompressor().decompress(data, max_output_size=_MAX_BYTES)
        end = _LENGTH + int.from_bytes(body[:_LENGTH], "little")
        state, blobs = orjson.loads(body[_LENGTH:end]), BlobReader(body[end:])
        return Signature(
            state["asset"],
            state["kind"],
            state["records"],
            tuple(_restored(one, blobs) for one in state["fields"]),
            tuple(
                Key(tuple(fields), Interval(*unique), present) for fields, unique, present in state["keys"]
            ),
        )
    except (zstandard.ZstdError, ValueError, TypeError, LookupError, RuntimeError, MemoryError) as error:
        raise PandianError(
            f"{len(data)} bytes of an asset's signature",
            "must be whole and of this version",
            "leave them out: the asset's references are missing until it is written again",
        ) from error


def _restored(state: list[Any], blobs: BlobReader) -> FieldSet:
    path, semantic_type, masked, count, distinct, values, around, hashes, counts, low, high = state
    return FieldSet(
        path,
        semantic_type,
        masked,
        count,
        Estimate(*distinct),
        compact_theta_sketch.deserialize(blobs.get(values)),
        compact_theta_sketch.deserialize(blobs.get(around)),
        np.frombuffer(blobs.get(hashes), "<u8").astype(np.uint64),
        np.frombuffer(blobs.get(counts), "<i8").astype(np.int64),
        low,
        high,
    )
