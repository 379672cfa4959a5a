"""What is expected of an asset's fields: ``assertionInfo``, and ``assertionRunEvent`` for the data at hand."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import orjson

from catalogs.checks import Check, checks
from catalogs.datahub import urns
from catalogs.datahub.aspects import Aspect
from catalogs.datahub.profile import PARTITION
from catalogs.document import Asset
from catalogs.words import line


def assertions(asset: Asset, dataset: str, time_ms: int | None) -> Iterator[Aspect]:
    """Give each expectation with, where the time is known, the fact that the data at hand meets it."""
    for check in checks(asset):
        urn = urns.assertion(dataset, check.field.path, check.rule)
        yield Aspect("assertion", urn, "assertionInfo", _info(check, dataset))
        if time_ms is not None:
            yield Aspect("assertion", urn, "assertionRunEvent", _met(check, urn, dataset, time_ms))


def _info(check: Check, dataset: str) -> dict[str, Any]:
    return {
        "customProperties": {"dimension": check.dimension},
        "type": "DATASET",
        "datasetAssertion": {
            "dataset": dataset,
            "scope": "DATASET_COLUMN",
            "fields": [urns.schema_field(dataset, check.field.path)],
            **_rule(check),
            "nativeType": f"pandian:{check.rule}",
            "nativeParameters": {"share": repr(check.at_least)},
        },
        "source": {"type": "EXTERNAL"},
        "description": line(f"{check.field.path}: {check.sentence}"),
    }


def _rule(check: Check) -> dict[str, Any]:
    match check.rule:
        case "missing":
            bound = {"value": _number(check.at_most_missing)}
            return {
                "aggregation": "NULL_PROPORTION",
                "operator": "LESS_THAN_OR_EQUAL_TO",
                "parameters": bound,
            }
        case "unique":
            bound = {"value": _number(check.at_least)}
            return {
                "aggregation": "UNIQUE_PROPOTION",
                "operator": "GREATER_THAN_OR_EQUAL_TO",
                "parameters": bound,
            }
        case "range":
            ends = {"minValue": _number(check.low), "maxValue": _number(check.high)}
            return {"aggregation": "IDENTITY", "operator": "BETWEEN", "parameters": ends}
        case "values":
            allowed = {"value": {"value": orjson.dumps(list(check.values)).decode(), "type": "SET"}}
            return {"aggregation": "IDENTITY", "operator": "IN", "parameters": allowed}


def _number(value: float | None) -> dict[str, str]:
    return {"value": repr(value), "type": "NUMBER"}


def _met(check: Check, urn: str, dataset: str, time_ms: int) -> dict[str, Any]:
    return {
        "timestampMillis": time_ms,
        "runId": f"pandian-{time_ms}",
        "asserteeUrn": dataset,
        "status": "COMPLETE",
        "assertionUrn": urn,
        "partitionSpec": PARTITION,
        "result": {"type": "SUCCESS", "actualAggValue": check.measured},
    }
