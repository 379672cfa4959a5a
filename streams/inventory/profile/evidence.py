"""What is shown to the classifier: evidence of fields, from a batch at hand and from what was counted before."""

from __future__ import annotations

import sys
from collections import Counter
from collections.abc import Iterable, Sequence
from operator import itemgetter
from typing import Any

from streams.decode.base import Column
from streams.inventory.base import FieldEvidence
from streams.inventory.profile.clip import MAX_TEXT
from streams.inventory.profile.field import FieldProfile
from streams.inventory.profile.missing import is_spelled_missing
from streams.inventory.profile.numerals import number_texts

#: Distinct values shown of a field.
MAX_SAMPLES = 256
#: Values of a batch that are looked at. More tell nothing new, and a batch may be large.
_MAX_VALUES = 2_000
#: Taken besides the samples, because missing spellings are left out.
_SPARE = 16

_JSON_TYPES = {"str": "string", "int": "number", "float": "number", "bool": "boolean"}


def evidence_of(path: str, profile: FieldProfile, limit: int = MAX_SAMPLES) -> FieldEvidence:
    """Return the evidence of what a profile counted, with at most ``limit`` samples."""
    top, distinct = profile.samples(limit + _SPARE)
    return FieldEvidence(
        path=path,
        types=profile.types,
        samples=_samples(top, limit),
        count=profile.present,
        distinct=distinct,
        masked_as=profile.masked_as,
    )


def evidence_of_column(path: str, column: Column) -> FieldEvidence:
    """Return the evidence of the first values of a batch, as they are and before any of them is counted.

    Nothing of it is kept. Its counts are those of the values looked at.
    """
    values = column.values[:_MAX_VALUES]
    types: Counter[str] = Counter(column.containers)
    texts: Counter[str] = Counter()
    for kind in [column.kind] if column.kind else sorted({type(value).__name__ for value in values}):
        same = values if column.kind else [value for value in values if type(value).__name__ == kind]
        types[_JSON_TYPES[kind]] += len(same)
        texts.update(_texts(kind, Counter(same)))
    for blank in [text for text in texts if not text.strip()]:
        del texts[blank]
    top = sorted(texts.items(), key=itemgetter(1), reverse=True)[: MAX_SAMPLES + _SPARE]
    return FieldEvidence(
        path=path,
        types=dict(types),
        samples=_samples(top, MAX_SAMPLES),
        count=texts.total() + sum(column.containers.values()),
        distinct=len(texts),
    )


def _texts(kind: str, counts: Counter[Any]) -> dict[str, int]:
    """Return counts by text; numbers that have no text are left out."""
    if kind == "str":
        return counts
    if kind == "bool":
        return {"true" if value else "false": count for value, count in counts.items()}
    finite = [number for number in counts if abs(number) <= sys.float_info.max]
    return {text: counts[number] for number, text in zip(finite, number_texts(finite), strict=True)}


def _samples(top: Sequence[tuple[str, int]], limit: int) -> list[tuple[str, int]]:
    return [(text[:MAX_TEXT], count) for text, count in top if not is_spelled_missing(text)][:limit]


def united(evidence: Iterable[FieldEvidence]) -> list[FieldEvidence]:
    """Join evidence of the same path, so that each path is there once; the order stays."""
    by_path: dict[str, FieldEvidence] = {}
    for one in evidence:
        before = by_path.get(one.path)
        by_path[one.path] = one if before is None else _joined(before, one)
    return list(by_path.values())


def _joined(one: FieldEvidence, other: FieldEvidence) -> FieldEvidence:
    types = Counter(one.types)
    types.update(other.types)
    samples = Counter(dict(one.samples))
    samples.update(dict(other.samples))
    shared = len(one.samples) + len(other.samples) - len(samples)
    return FieldEvidence(
        path=one.path,
        types=dict(types),
        samples=samples.most_common(MAX_SAMPLES),
        count=one.count + other.count,
        distinct=max(one.distinct, other.distinct, one.distinct + other.distinct - shared),
        masked_as=one.masked_as or other.masked_as,
        tells=None if one.tells is None or other.tells is None else one.tells or other.tells,
    )
