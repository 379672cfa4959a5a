"""Great Expectations 1.x: an expectation suite an asset, as ``gx.ExpectationSuite(**suite)`` and file stores read it.

Columns are named as a flat table has them (``pandas.json_normalize``): ``a.b`` for field ``b`` of the object ``a``.
Fields inside arrays have no column and get no expectation. Numbers that are texts, as in CSV, are checked as numbers
only where the source is CSV: readers of CSV make numbers of them.
"""

from __future__ import annotations

from typing import Any

import orjson

from catalogs.base import Context
from catalogs.checks import Check, checks
from catalogs.document import Asset, Inventory
from catalogs.paths import column
from catalogs.words import asset_line, dimension_lines, markdown


class ExpectationSuite:
    """The suite of one asset."""

    suffix = ".suite.json"
    per_asset = True
    timed = False

    def export(self, document: Inventory, context: Context) -> str:  # noqa: ARG002 - the contract's
        """Return the suite of the only asset.

        Raises:
            ValueError: there is not exactly one.
        """
        (asset,) = document.assets
        suite = {
            "name": asset.name,
            "id": None,
            "expectations": expectations(asset),
            "meta": {
                "pandian": {
                    "kind": asset.kind,
                    "records": asset.records,
                    "quality": asset.quality.model_dump(),
                    "last_event": asset.freshness.last_event,
                }
            },
            "notes": [markdown(asset_line(asset)), *map(markdown, dimension_lines(asset.quality).values())],
        }
        return orjson.dumps(suite, option=orjson.OPT_INDENT_2).decode() + "\n"


def expectations(asset: Asset) -> list[dict[str, Any]]:
    """Return the expectations of an asset's columns, in the order of the fields."""
    made: list[dict[str, Any]] = []
    for check in checks(asset):
        name = column(check.field.path)
        if name and not {"object", "array"} & check.field.types.keys() and _comparable(check, asset):
            made.append(expectation(check, name))
    return made


def expectation(check: Check, name: str) -> dict[str, Any]:
    """Return a check as an expectation of the column with this name."""
    more: dict[str, Any]
    match check.rule:
        case "missing":
            kind, more = "expect_column_values_to_not_be_null", {"mostly": check.at_least}
        case "unique":
            kind, more = (
                "expect_column_proportion_of_unique_values_to_be_between",
                {"min_value": check.at_least},
            )
        case "range":
            kind = "expect_column_values_to_be_between"
            more = {"min_value": check.low, "max_value": check.high, "mostly": check.at_least}
        case "values":
            kind = "expect_column_values_to_be_in_set"
            more = {"value_set": list(check.values), "mostly": check.at_least}
    return {
        "type": kind,
        "kwargs": {"column": name, **more},
        "meta": {"pandian": {"dimension": check.dimension, "measured": check.measured}},
        "notes": markdown(f"{check.field.path}: {check.sentence}"),
        "severity": "warning",
    }


def _comparable(check: Check, asset: Asset) -> bool:
    # A text is not between numbers: only who reads CSV turns it into one.
    from_csv = asset.source.format in ("csv", "tsv")
    return check.rule != "range" or check.field.only_type == "number" or from_csv
