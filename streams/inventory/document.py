"""From an asset's profile to its inventory document, as the contract has it."""

from __future__ import annotations

import re
import sys
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from pandian.semantics import semantic_types
from streams.inventory import sections
from streams.inventory.base import UNKNOWN, Classification, FieldEvidence, Pii
from streams.inventory.details import Details
from streams.inventory.freshness import age, instant, last_event, lateness, latest_instant, newest
from streams.inventory.histogram import histogram
from streams.inventory.intervals import wilson
from streams.inventory.masking.tags import TAGS
from streams.inventory.missing_share import Places, missing_share
from streams.inventory.profile.asset import AssetProfile
from streams.inventory.profile.clip import shown
from streams.inventory.profile.evidence import evidence_of
from streams.inventory.profile.field import FieldProfile
from streams.inventory.profile.figures import Figures
from streams.inventory.profile.numerals import Number
from streams.inventory.quality.base import FieldQuality
from streams.inventory.quality.findings import Findings
from streams.inventory.quality.forms import FORMS
from streams.inventory.quality.grade import quality
from streams.inventory.quality.judged import malformed
from streams.inventory.quality.part import QualityPart
from streams.inventory.quality.thresholds import NOTHING_ASKED, AssetThresholds

#: Most frequent values listed of a field.
TOP = 20
#: Shares of the values for which the quantile is given.
RANKS = (0.01, 0.05, 0.25, 0.5, 0.75, 0.95, 0.99)


def field_evidence(asset: AssetProfile) -> list[FieldEvidence]:
    """Return the evidence of all fields of a merged profile, CSV columns by their header names."""
    return [evidence_of(name, field) for name, field in asset.named_fields().items()]


def asset_document(
    asset: AssetProfile,
    *,
    name: str,
    source: dict[str, Any],
    classification: Mapping[str, Classification],
    kind: str,
    reasons: Mapping[str, int],
    now_ms: int,
    thresholds: AssetThresholds = NOTHING_ASKED,
    details: Details | None = None,
) -> dict[str, Any]:
    """Return one asset of the inventory.

    Args:
        asset: its profile, merged over the partitions; left as it is.
        name: the asset's name.
        source: ``topic`` or ``file``, and ``partitions``; format and envelope are added.
        classification: what each field means, by the paths of :func:`field_evidence`.
        kind: one of :data:`pandian.semantics.KINDS`.
        reasons: records that could not be read, by reason.
        now_ms: the time of the document, epoch milliseconds.
        thresholds: what is asked of its quality.
        details: remembers what was worked out of the fields before.

    Guarantees: JSON values only, whole numbers within 64 bits; no value of a field that is masked in the profile or
    classified as personal. What the policy of the profile does not count is None.
    """
    base = asset.records - asset.header_records
    quarantined = sum(reasons.values())
    profiles = asset.named_fields()
    fields = [
        _Field.of(path, profile, classification.get(path, UNKNOWN), _base(path, profiles, base))
        for path, profile in profiles.items()
    ]
    known = details or Details()
    names = asset.layouts.names()
    masked = {field.path for field in fields if field.profile.masked_as is not None}
    found = _findings(asset, masked)
    noticed = sections.noticed(asset)
    drift, evidence = sections.drift(asset, noticed, names, masked)
    times = _times(fields)
    event = newest(map(_latest, _happened(times, fields)), now_ms)
    overflow = asset.overflow_names.estimate()
    return {
        "asset": name,
        "kind": kind,
        "records": asset.records,
        "header_records": asset.header_records,
        "quarantined": quarantined,
        "quarantined_reasons": dict(reasons),
        "bytes": asset.bytes,
        "source": {"format": _format(asset), "envelope": _envelope(asset)} | source,
        "lineage": asset.lineage.document(),
        "columns": dict(asset.layouts.names()),
        "freshness": {
            "last_event": last_event(event, asset.times),
            "age_s": None if _is_coarse(times) else age(event, asset.times),
            "lateness_s": lateness(asset.times),
            **sections.pace(asset, [field.path for field in times], now_ms),
        },
        "quality": quality(
            kind,
            [field.quality(found) for field in fields],
            asset.records,
            quarantined,
            found,
            thresholds,
        ),
        "duplicates": sections.duplicates(asset, names),
        "schema_changes": sections.schema_changes(noticed, names),
        "drift": drift,
        "drift_evidence": evidence,
        "relations": None,
        "keys": None,
        "overflow": {"values": asset.overflow_values, "fields": overflow._asdict()},
        "missing_share": missing_share({field.path: field.places for field in fields}),
        "fields": [
            field.document()
            | known.of((name, field.path), field.profile, field.figures, field.meaning, now_ms)
            for field in fields
        ],
    }


def _findings(asset: AssetProfile, masked: Collection[str]) -> Findings:
    """Return what the checked records say; nothing of what was found to be personal only now."""
    part = sections.part_of(asset, QualityPart)
    return Findings() if part is None else part.findings(asset.layouts.names(), masked)


def _format(asset: AssetProfile) -> str | None:
    """Return the formats of the records, the most frequent first, joined by ``+``."""
    formats = sorted(asset.formats.items(), key=lambda item: (-item[1], item[0]))
    return "+".join(name for name, count in formats if count) or None


def _envelope(asset: AssetProfile) -> str | None:
    """Return the envelopes of the records, the most frequent first, joined by a comma."""
    return ", ".join(name for name, _ in asset.lineage.envelopes.most_common()) or None


def _base(path: str, profiles: Mapping[str, FieldProfile], records: int) -> int:
    """Return how many places there were for a field: records, or elements of the array it is in."""
    array = path.rfind("[]")
    if array < 0:
        return records
    elements = profiles.get(path[: array + 2])
    return elements.occurrences if elements is not None else profiles[path].occurrences


@dataclass(frozen=True, slots=True)
class _Field:
    """A field with all that its document is made of."""

    path: str
    profile: FieldProfile
    figures: Figures
    meaning: Classification
    base: int

    @classmethod
    def of(cls, path: str, profile: FieldProfile, meaning: Classification, base: int) -> _Field:
        if meaning.masked and profile.masked_as is None:
            # Found out only now, from all partitions together: nothing of it may be shown.
            profile = profile.copy()
            profile.mask(meaning.semantic_type)
        if profile.masked_as is not None and not meaning.masked:
            meaning = _as_masked(profile.masked_as)
        return cls(path, profile, profile.figures(), meaning, base)

    @property
    def present(self) -> int:
        profile = self.profile
        return profile.seen + profile.objects + profile.arrays - self.figures.blanks

    @property
    def places(self) -> Places:
        return Places(self.base, self.present, self.profile.occurrences)

    @property
    def numeric(self) -> bool:
        """Whether numbers are the majority, so that extremes are those of the numbers."""
        return self.figures.moments.count * 2 >= max(self.present - self.figures.spelled, 1)

    @property
    def extremes(self) -> tuple[str | Number | None, str | Number | None]:
        if self.numeric:
            return self.figures.moments.minimum, self.figures.moments.maximum
        return self.figures.minimum, self.figures.maximum

    def quality(self, found: Findings) -> FieldQuality:
        counts, exact = self.profile.kept() if self.meaning.semantic_type in FORMS else ({}, False)
        masked = self.profile.masked_as is not None
        return FieldQuality(
            semantic_type=self.meaning.semantic_type,
            base=self.base,
            present=self.present,
            spelled=self.figures.spelled,
            types=self.profile.types,
            # Of a masked field only the JSON types are known.
            numbers=self.profile.numbers if masked else self.figures.moments.count + self._hidden(),
            distinct=self.figures.distinct,
            path=self.path,
            malformed=malformed(self.meaning.semantic_type, counts, exact, found.judged.get(self.path)),
        )

    def _hidden(self) -> int:
        """Return how many of mostly numbers were masked, such as one that passes for a card: each is a text now."""
        numbers = self.figures.moments.count
        if not self.present > numbers > self.present / 2:
            return 0
        kept, _ = self.profile.kept()
        return sum(kept.get(tag, 0) for tag in TAGS)

    def document(self) -> dict[str, Any]:
        figures = self.figures
        low, high = map(_json, self.extremes)
        return {
            "field": self.path,
            "types": self.profile.types,
            "semantic_type": self.meaning.semantic_type,
            "confidence": self.meaning.confidence,
            "evidence": self.meaning.evidence,
            "pii": _pii(self.meaning.pii),
            "masked": self.profile.masked_as is not None,
            "count": self.present,
            "missing": max(self.base - self.present, 0),
            "nulls": self.profile.nulls,
            "blanks": figures.blanks,
            "missing_spelled": figures.spelled,
            "min": low,
            "max": high,
            **self._numbers(),
            "distinct": figures.distinct._asdict(),
            "lengths": self._lengths(),
            "top": [
                {"value": _json(top.value), "count": top.count, "low": top.low, "high": top.high}
                for top in self.profile.top(TOP)
            ],
        }

    def _numbers(self) -> dict[str, Any]:
        moments, distribution = self.figures.moments, self.figures.distribution
        if not self.numeric or distribution is None:
            return {
                "numbers": moments.count,
                "sum": None,
                "mean": None,
                "stddev": None,
                "quantiles": {},
                "histogram": None,
            }
        return {
            "numbers": moments.count,
            "sum": _json(moments.sum),
            "mean": moments.mean,
            "stddev": moments.stddev,
            "quantiles": {str(rank): distribution.quantile(rank)._asdict() for rank in RANKS},
            "histogram": histogram(distribution, moments),
        }

    def _lengths(self) -> dict[str, Any] | None:
        lengths = self.figures.lengths
        if lengths.minimum is None:
            return None
        return {
            "min": lengths.minimum,
            "mean": lengths.mean,
            "max": lengths.maximum,
            "median": round(lengths.distribution().quantile(0.5).value),
        }


def _as_masked(semantic_type: str) -> Classification:
    """Return the meaning of a field that was masked earlier: that decision stands."""
    known = semantic_types().get(semantic_type)
    cls = known.pii if known is not None and known.masked else "personal"
    return Classification(
        semantic_type, 1.0, f"taken for {semantic_type} when it was masked, which is not undone", Pii(cls)
    )


def _pii(pii: Pii) -> dict[str, Any]:
    """Return how personal a field is, and the share of its values that shows it by its form.

    Where none does, only the name tells: then all values are taken to be personal, and nothing is known for sure.
    """
    if pii.cls != "none" and not pii.hits:
        return {"class": pii.cls, "prevalence": 1.0, "low": 0.0, "high": 1.0}
    share = wilson(pii.hits, pii.checked)
    return {"class": pii.cls, "prevalence": share.score, "low": share.low, "high": share.high}


#: What names call times that are still to come.
_PLANNED = re.compile(
    "(?:^|[^a-z])(?:eta|due|until|expected|estimated|planned|scheduled|promised|next|valid)(?:[^a-z]|$)"
    "|expir|deadline|预计|承诺|到期|截止|有效期|fällig|échéance|vencimiento|scadenza"
)
_CAMEL = re.compile("(?<=[a-z])(?=[A-Z])")


def _times(fields: Sequence[_Field], semantic_type: str = "timestamp") -> list[_Field]:
    """Return the fields that hold the time of the event, the surest first, and plans last."""
    times = [field for field in fields if field.meaning.semantic_type == semantic_type]
    return sorted(
        times, key=lambda field: (_planned(field.path), -field.meaning.confidence, -field.present, field.path)
    )


def _planned(path: str) -> bool:
    return _PLANNED.search(_CAMEL.sub("_", path).lower()) is not None


def _happened(times: Sequence[_Field], fields: Sequence[_Field]) -> list[_Field]:
    """Return the fields that tell the last event: where no field holds the time, those that hold the day of it."""
    return list(times) or [field for field in _times(fields, "date") if not _planned(field.path)]


def _is_coarse(times: Sequence[_Field]) -> bool:
    """Tell whether no field holds more of the time than the hour or the day: then nobody knows how old an event is."""
    known = [moment for field in times[:1] for moment in map(instant, field.extremes) if moment is not None]
    return all(moment.timestamp() % 3_600 == 0 for moment in known) if known else not times


def _latest(field: _Field) -> str | Number | None:
    latest = field.extremes[1]
    if not isinstance(latest, str) or instant(latest) is not None:
        return latest
    # Other notations do not sort by time: each value is read, where all are known.
    kept, exact = field.profile.kept()
    return latest_instant(kept) if exact else None


def _json(value: str | Number | bool | None) -> str | Number | bool | None:
    """Return a value as JSON readers can take it: long texts shortened, integers beyond 64 bits as doubles.

    None for an integer beyond the range of doubles (a sum can be).
    """
    if isinstance(value, str):
        return shown(value)
    if type(value) is int and not -(2**63) <= value < 2**63:
        return float(value) if abs(value) <= sys.float_info.max else None
    return value
