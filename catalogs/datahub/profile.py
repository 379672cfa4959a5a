"""What was measured of an asset at a time: ``datasetProfile``, and ``operation`` for its freshness."""

from __future__ import annotations

from typing import Any

from catalogs.datahub.aspects import Aspect
from catalogs.document import Asset, Field, Value

_TOP = 10
PARTITION = {"partition": "FULL_TABLE_SNAPSHOT", "type": "FULL_TABLE"}


def profile(asset: Asset, urn: str, time_ms: int) -> Aspect:
    """Return the figures of an asset; of masked fields only counts."""
    value = {
        "timestampMillis": time_ms,
        "partitionSpec": PARTITION,
        "rowCount": asset.records - asset.header_records,
        "columnCount": len(asset.fields),
        "fieldProfiles": [_field(field) for field in asset.fields],
        "sizeInBytes": asset.bytes,
    }
    return Aspect("dataset", urn, "datasetProfile", value)


def operation(asset: Asset, urn: str, time_ms: int) -> Aspect | None:
    """Return when the asset was last written to; None where that is not known."""
    last = asset.freshness.last_event_ms
    if last is None:
        return None
    value = {
        "timestampMillis": time_ms,
        "partitionSpec": PARTITION,
        "operationType": "INSERT",
        "lastUpdatedTimestamp": last,
    }
    return Aspect("dataset", urn, "operation", value)


def _field(field: Field) -> dict[str, Any]:
    made: dict[str, Any] = {"fieldPath": field.path, "nullCount": field.missing}
    if field.places:
        made["nullProportion"] = field.missing / field.places
    if field.distinct is not None:
        made["uniqueCount"] = round(field.distinct.estimate)
        if field.count:
            made["uniqueProportion"] = min(field.distinct.estimate / field.count, 1.0)
    made |= _extremes(field)
    if field.histogram is not None and field.histogram.drawable:
        made["histogram"] = {
            "boundaries": [_text(edge) for edge in field.histogram.edges],
            "heights": [float(count) for count in field.histogram.counts],
        }
    if field.top:
        made["distinctValueFrequencies"] = [
            {"value": _text(one.value), "frequency": one.count} for one in field.top[:_TOP]
        ]
    return made


def _extremes(field: Field) -> dict[str, Any]:
    median = field.quantile(0.5)
    figures = {
        "min": field.minimum,
        "max": field.maximum,
        "mean": field.mean,
        "median": median.value if median else None,
        "stdev": field.stddev,
    }
    made: dict[str, Any] = {name: _text(value) for name, value in figures.items() if value is not None}
    if field.quantiles:
        made["quantiles"] = [
            {"quantile": rank, "value": _text(found.value)} for rank, found in field.quantiles.items()
        ]
    return made


def _text(value: Value) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)
