"""What is shown to the classifier: evidence of fields, from a batch at hand and from what was counted before."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence

from streams.decode.base import Column
from streams.inventory.base import FieldEvidence
from streams.inventory.profile.field import FieldProfile
from streams.inventory.profile.missing import is_spelled_missing

#: Distinct values shown of a field.
MAX_SAMPLES = 256
#: Values of a batch that are looked at. More tell nothing new, and a batch may be large.
_MAX_VALUES = 10_000


class _Bare:
    """A masker that masks nothing, for throw-away profiles: the classifier has to see what a value looks like."""

    def value(self, text: str, semantic_type: str) -> str:
        del semantic_type
        return text

    def text(self, text: str) -> str:
        return text

    def suspicious(self, texts: Sequence[str]) -> bool:
        del texts
        return False


def evidence_of(path: str, profile: FieldProfile, limit: int = MAX_SAMPLES) -> FieldEvidence:
    """Return the evidence of what a profile counted, with at most ``limit`` samples."""
    # Some more are taken, because missing spellings are left out.
    top = profile.top(limit + 16)
    samples = [(value.text, value.count) for value in top if not is_spelled_missing(value.text)]
    return FieldEvidence(
        path=path,
        types=profile.types,
        samples=samples[:limit],
        count=profile.present,
        distinct=profile.distinct().estimate,
        masked_as=profile.masked_as,
    )


def evidence_of_column(path: str, column: Column) -> FieldEvidence:
    """Return the evidence of a batch that was not counted yet, with its values as they are.

    Nothing of it is kept: the profile it is made with is dropped on return.
    """
    profile = FieldProfile(_Bare())
    profile.add(Column(path, column.values[:_MAX_VALUES], column.nulls, column.containers, column.kind))
    return evidence_of(path, profile)


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
    )
