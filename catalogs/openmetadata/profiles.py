"""What was measured, as ``CreateTableProfileRequest`` has it."""

from __future__ import annotations

from typing import Any

from catalogs.document import Asset, Field, Value
from catalogs.openmetadata.names import entity_name, qualified
from catalogs.paths import steps


def table_profile(asset: Asset, time_ms: int) -> dict[str, Any]:
    """Return the profile of a table and of its columns; of masked ones only counts. Fields in arrays have none."""
    return {
        "tableProfile": {
            "timestamp": time_ms,
            "columnCount": len(asset.fields),
            "rowCount": asset.records - asset.header_records,
            "sizeInByte": asset.bytes,
        },
        "columnProfile": [
            _profile(field, time_ms) for field in asset.fields if None not in steps(field.path)
        ],
    }


def _profile(field: Field, time_ms: int) -> dict[str, Any]:
    distinct = field.distinct
    figures: dict[str, Any] = {
        "name": qualified(*(entity_name(step or "") for step in steps(field.path))),
        "timestamp": time_ms,
        "valuesCount": field.count,
        "valuesPercentage": field.count / field.places if field.places else None,
        "nullCount": field.missing,
        "nullProportion": field.missing / field.places if field.places else None,
        "distinctCount": round(distinct.estimate) if distinct else None,
        "distinctProportion": min(distinct.estimate / field.count, 1.0) if distinct and field.count else None,
        "min": _plain(field.minimum),
        "max": _plain(field.maximum),
        "mean": field.mean,
        "stddev": field.stddev,
        "median": _at(field, 0.5),
        "firstQuartile": _at(field, 0.25),
        "thirdQuartile": _at(field, 0.75),
    }
    if field.histogram is not None and field.histogram.drawable:
        figures["histogram"] = {
            "boundaries": [f"{edge:g}" for edge in field.histogram.edges],
            "frequencies": list(field.histogram.counts),
        }
    return {key: value for key, value in figures.items() if value is not None}


def _at(field: Field, rank: float) -> float | None:
    found = field.quantile(rank)
    return found.value if found else None


def _plain(value: Value | None) -> str | float | None:
    return str(value).lower() if isinstance(value, bool) else value
