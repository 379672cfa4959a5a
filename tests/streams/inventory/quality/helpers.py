"""Records as groups with real offsets, and the quality that is found in them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cache, partial
from typing import Any

import numpy as np
import orjson

from streams.decode.base import Column, RowGroup
from streams.decode.columns import aligned_objects
from streams.decode.registry import BatchDecoder
from streams.inventory.classify import RuleClassifier
from streams.inventory.masking import ShapeMasker
from streams.inventory.profile import BatchMeta
from streams.inventory.profile.codec import BlobReader, BlobWriter
from streams.inventory.profile.field import FieldProfile
from streams.inventory.quality.findings import Findings
from streams.inventory.quality.part import QualityPart
from tests.streams.inventory.profile.doubles import column

MASKER = ShapeMasker()
NOW = 1_700_000_000_000


@cache
def classifier() -> RuleClassifier:
    return RuleClassifier()


def new_part() -> QualityPart:
    return QualityPart(classifier(), MASKER)


def meta(first: int, count: int, partition: int = 0) -> BatchMeta:
    offsets = np.arange(first, first + count)
    return BatchMeta(0, NOW, NOW + offsets * 1000, offsets, partition=partition)


def group_of(rows: Sequence[Mapping[str, Any]]) -> RowGroup:
    """Return rows without nested values as a decoder of JSON would; for what JSON cannot write, too."""
    paths = dict.fromkeys(path for row in rows for path in row)
    columns: list[Column] = [column(path, [row[path] for row in rows if path in row]) for path in paths]
    plain = [dict(row) for row in rows]
    return RowGroup("json", range(len(rows)), columns, aligner=partial(aligned_objects, plain))


def fields_of(groups: Sequence[RowGroup], masked: Sequence[str] = ()) -> dict[str, FieldProfile]:
    paths = [one.path for group in groups for one in group.columns]
    return {path: FieldProfile(MASKER, "email" if path in masked else None) for path in paths}


def feed(
    part: QualityPart,
    rows: Sequence[Mapping[str, Any]],
    cuts: Sequence[int] = (),
    partition: int = 0,
    masked: Sequence[str] = (),
    decode: bool = False,
) -> QualityPart:
    """Give rows to a part, in batches of these sizes, then the rest at once."""
    start = 0
    for size in [*cuts, len(rows)]:
        batch = rows[start : start + size]
        if not batch:
            break
        groups = BatchDecoder().decode(list(map(orjson.dumps, batch))).groups if decode else [group_of(batch)]
        for group in groups:
            part.add(group, fields_of(groups, masked), meta(start, len(batch), partition))
        start += len(batch)
    return part


def found_in(rows: Sequence[Mapping[str, Any]], **options: Any) -> Findings:
    return feed(new_part(), rows, **options).findings({})


def said(findings: Findings) -> set[str]:
    return {rule.says for rule in findings.rules}


def stored(part: QualityPart) -> QualityPart:
    """Return a part after a trip through JSON and bytes."""
    blobs = BlobWriter()
    state = orjson.loads(orjson.dumps(part.state(blobs)))
    twin = new_part()
    twin.restore(state, BlobReader(blobs.joined()))
    return twin


def content(part: QualityPart) -> Any:
    """Return all that a part holds, to compare."""
    blobs = BlobWriter()
    return part.state(blobs), blobs.joined()
