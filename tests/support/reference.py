"""What an inventory must say, computed in the plainest way from the records themselves."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from typing import Any

import pytest


def figures(records: Iterable[Mapping[str, Any]]) -> dict[str, dict[str, Any]]:
    """Return the exact figures of each field: present, missing, and of its numbers count, min, max and sum."""
    rows = list(records)
    names = dict.fromkeys(name for row in rows for name in row)
    return {name: _field([row.get(name) for row in rows]) for name in names}


def _field(values: list[Any]) -> dict[str, Any]:
    present = [value for value in values if value is not None and str(value).strip()]
    numbers = [value for value in present if isinstance(value, int | float)]
    return {
        "count": len(present),
        "missing": len(values) - len(present),
        "min": min(numbers) if numbers else None,
        "max": max(numbers) if numbers else None,
        "mean": math.fsum(numbers) / len(numbers) if numbers else None,
    }


def assert_same(asset: Mapping[str, Any], records: list[Mapping[str, Any]], quarantined: int = 0) -> None:
    """Compare an asset's document with the records it was made of."""
    assert (asset["records"], asset["quarantined"]) == (len(records), quarantined)
    found = {field["field"]: field for field in asset["fields"]}
    expected = figures(records)
    assert found.keys() == expected.keys()
    for name, exact in expected.items():
        field = found[name]
        assert (field["count"], field["missing"]) == (exact["count"], exact["missing"]), name
        if exact["mean"] is not None:
            assert (field["min"], field["max"]) == (exact["min"], exact["max"]), name
            assert field["mean"] == pytest.approx(exact["mean"], rel=1e-12), name
