"""Assets made of values: profiled as records are, classified by what the test says, and shown to others."""

from __future__ import annotations

import random
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from streams.decode.base import Column, RowGroup
from streams.inventory.base import Classification, Classifier, FieldEvidence, Pii
from streams.inventory.masking import ShapeMasker
from streams.inventory.profile import AssetProfile, BatchMeta, ProfilePolicy
from streams.inventory.relations.base import Reference, Signature
from streams.inventory.relations.finder import find
from streams.inventory.relations.signature import signature_of

_BATCH = 3_000


class Told(Classifier):
    """Says of fields what the test says; those of masked types are masked."""

    def __init__(self, types: Mapping[str, str], masked: frozenset[str] = frozenset()) -> None:
        self._types = types
        self._masked = masked

    def fields(self, evidence: Sequence[FieldEvidence]) -> dict[str, Classification]:
        return {one.path: self._one(one.path) for one in evidence}

    def _one(self, path: str) -> Classification:
        pii = Pii("personal" if path in self._masked else "none")
        return Classification(self._types.get(path, "unknown"), 1.0, "told", pii)

    def kind(self, asset: str, fields: Mapping[str, Classification]) -> str:
        return "other"


def asset(
    name: str,
    kind: str,
    types: Mapping[str, str],
    columns: Mapping[str, Sequence[Any]],
    *,
    masked: frozenset[str] = frozenset(),
    masker: ShapeMasker | None = None,
    partitions: int = 1,
) -> Signature:
    """Return the signature of an asset with these columns."""
    classifier = Told(types, masked)
    policy = ProfilePolicy(classifier, masker or ShapeMasker())
    size = len(next(iter(columns.values())))
    profiles = [AssetProfile(policy) for _ in range(partitions)]
    for number, start in enumerate(range(0, size, _BATCH)):
        stop = min(start + _BATCH, size)
        group = RowGroup(
            format="json",
            indexes=range(stop - start),
            columns=[
                Column(path, list(values[start:stop]), kind=type(values[start]).__name__)
                for path, values in columns.items()
            ],
        )
        meta = BatchMeta(0, 0, offsets=np.arange(start, stop))
        profiles[number % partitions].add(group, meta)
    whole = AssetProfile(policy)
    for profile in profiles:
        whole.merge(profile)
    meanings = classifier.fields([FieldEvidence(path, {}, (), 0, 0) for path in columns])
    return signature_of(name, kind, whole, meanings)


def ends(found: Sequence[Reference]) -> list[tuple[str, str]]:
    """Return the references as names of both ends."""
    return [(".".join(one.source), ".".join(one.target)) for one in found]


def found(*signatures: Signature) -> list[tuple[str, str]]:
    """Return the references among assets as names of both ends."""
    return ends(find(signatures))


def codes(count: int, seed: int = 0) -> list[str]:
    """Return different codes of a letter and seven digits."""
    chance = random.Random(seed)
    return [f"{chance.choice('ABC')}{number:07d}" for number in chance.sample(range(10**7), count)]


def drawn(values: Sequence[Any], count: int, seed: int = 0) -> list[Any]:
    """Return so many of the values, each of them at least once where there is room."""
    chance = random.Random(seed)
    records = [*values[:count], *chance.choices(values, k=max(count - len(values), 0))]
    chance.shuffle(records)
    return records
