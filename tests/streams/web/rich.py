"""An inventory with all that can be found: the documents of the parts that find it, on top of the realistic one."""

from __future__ import annotations

import copy
import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np

from streams.inventory.drift.effect import Effect
from streams.inventory.drift.found import Drift
from streams.inventory.drift.found import Place as At
from streams.inventory.drift.words import documents as drift_documents
from streams.inventory.duplicates import DuplicateCounts
from streams.inventory.intervals import wilson
from streams.inventory.noise import Outliers, noise
from streams.inventory.profile.batch import BatchMeta
from streams.inventory.profile.distinct import Estimate
from streams.inventory.quality.base import FieldQuality, Malformed
from streams.inventory.quality.findings import Findings, FoundRule
from streams.inventory.quality.grade import quality
from streams.inventory.quality.judged import Judged
from streams.inventory.quality.places import Place, Span
from streams.inventory.quality.thresholds import AssetThresholds
from streams.inventory.relations.base import End, Interval, Key, Reference
from streams.inventory.relations.graph import documents as relation_documents
from streams.inventory.relations.graph import key_documents
from streams.inventory.schema_changes.change import Change
from streams.inventory.schema_changes.documents import documents as change_documents

PLAIN = Path(__file__).with_name("online_retail.json")
#: The time of the first point of the realistic inventory's history, and that of the last one.
T0, T1 = 1_795_426_200_000, 1_795_426_334_000
SPAN = Span(Place(T0, 0, 1203), Place(T1, 1, 160_112))


def references() -> list[Reference]:
    """Two references of orders, and one back from customers."""
    return [
        _reference(("shop.orders", "StockCode"), ("shop.catalogue", "sku"), (0.987, 0.983, 0.991), 1_204),
        _reference(("shop.orders", "CustomerID"), ("shop.customers", "id"), (0.998, 0.996, 0.9991), 96),
    ]


def _reference(
    source: tuple[str, str], target: tuple[str, str], share: tuple[float, float, float], orphans: int
) -> Reference:
    return Reference(
        source=End(*source),
        target=End(*target),
        share=Interval(*share),
        used=Interval(0.91, 0.9, 0.92),
        orphan_records=orphans,
        compared=3_612,
        values=3_684,
        strength=1_830.0,
        evidence=f"{share[0]:.1%} of 3,684 different values are values of {'.'.join(target)}, which is unique",
    )


def drifts() -> list[dict[str, Any]]:
    """A drift of countries, and one of missing customers."""
    countries = (
        {"United Kingdom": 91_300, "Germany": 1_800, "France": 1_700, "others": 5_200},
        {"United Kingdom": 72_500, "Germany": 20_700, "France": 1_600, "others": 5_200},
    )
    missing = ({"missing": 25_000, "there": 75_000}, {"missing": 41_000, "there": 59_000})
    found = [
        _drift("Country", "values", 16.0, Effect(0.189, 0.15, 0.24), *countries, T0 + 40_000),
        _drift("CustomerID", "missing", 22.4, Effect(0.16, 0.13, 0.19), *missing, T0 + 74_000),
    ]
    return drift_documents(found, {"Country": 2, "CustomerID": 2}, names={}, masked=())


def _drift(
    field: str,
    aspect: str,
    evidence: float,
    effect: Effect,
    before: Mapping[str, int],
    after: Mapping[str, int],
    at: int,
) -> Drift:
    return Drift(
        field, aspect, At(100_000, at), At(102_000, at + 2_000), evidence, 7.5, effect, before, after
    )


def changes() -> list[dict[str, Any]]:
    """A field that appeared, one whose type changed, one that vanished."""
    found = [
        Change(
            "appeared", "channel", At(64_000, T0 + 27_000), 64_000, 0.998, -120.0, producer="shop-web 2.3"
        ),
        Change(
            "type",
            "Quantity",
            At(120_300, T0 + 90_000),
            120_300,
            0.51,
            -45.0,
            ("number",),
            ("number", "string"),
        ),
        Change("vanished", "coupon", At(140_000, T0 + 110_000), 140_000, 0.33, -88.0),
    ]
    return change_documents(found, names={})


def duplicates() -> dict[str, Any]:
    """Records that came twice, by content and by identifier."""

    def counts(share: float) -> dict[str, Any]:
        found = DuplicateCounts()
        for start in range(0, 320_705, 80_000):
            some = np.arange(min(80_000, 320_705 - start))
            meta = BatchMeta(1, T0, offsets=some + start, timestamps=some * 10 + T0)
            found.add(some % round(1 / share) == 7, some.tolist(), meta, 1e-13)
        return found.document()

    return {"content": counts(0.0103), "identifiers": {"InvoiceNo": counts(0.002)}}


def rules() -> list[FoundRule]:
    """Rules found in orders."""
    return [
        FoundRule(
            "Amount = Quantity x UnitPrice", "arithmetic", ("Amount", "Quantity", "UnitPrice"),
            wilson(319_900, 320_100), 319_900, 320_100, SPAN,
        ),
        FoundRule(
            "StockCode decides Description", "dependency", ("StockCode", "Description"),
            wilson(99_120, 104_377), 99_120, 104_377, SPAN,
        ),
        FoundRule(
            "Quantity is negative where InvoiceNo begins with C", "conditional", ("InvoiceNo", "Quantity"),
            wilson(5_410, 5_412), 5_410, 5_412, SPAN,
        ),
    ]  # fmt: skip


def found_quality(asset: Mapping[str, Any]) -> dict[str, Any]:
    """The quality of an asset with five dimensions, where they are, and what is asked of it."""
    found = Findings(rules=rules())
    found.add_gap("CustomerID", SPAN)
    judged = Judged("price")
    judged.checked, judged.wrong, judged.span = 20_000, 31, SPAN
    found.add_judged("UnitPrice", judged)
    found.delays.counts[:4] = [310_000, 8_000, 1_500, 800]
    fields = [
        FieldQuality(
            semantic_type=field["semantic_type"],
            base=field["count"] + field["missing"],
            present=field["count"],
            spelled=field["missing_spelled"],
            types=field["types"],
            numbers=field.get("numbers") or 0,
            distinct=Estimate(**field["distinct"]),
            path=field["field"],
            malformed=Malformed(31, 20_000, exact=False) if field["field"] == "UnitPrice" else None,
        )
        for field in asset["fields"]
    ]
    asked = AssetThresholds(completeness=0.97)
    return quality("orders", fields, asset["records"], asset["quarantined"], found, asked)


def clean(field: dict[str, Any]) -> None:
    """Add what cleaning and noise say of a field."""
    example = {"before": "caf\u00c3\u00a9", "after": "caf\u00e9"}
    rules = {"mojibake": {"count": 9, "low": 9, "high": 21, "examples": [example]}}
    field["cleaning"] = {"rules": rules if field["field"] == "Description" else {}, "notes": []}
    field["outliers"] = field["impossible"] = field["noise"] = None
    if field["field"] == "UnitPrice":
        found = Outliers(
            -117.1, 117.1, 0.0021, 0.0, 0.0092, "log", "half of the numbers lie from 1.25 to 4.13, around 2.1"
        )
        field["outliers"] = found.document()
        says = "a price is never negative"
        places = {
            "count": 2,
            "high": 2,
            "first": {"time_ms": T0, "offset": 1203},
            "latest": {"time_ms": T1, "offset": 9},
        }
        field["impossible"] = [{"what": "negative", "odd": False, "says": says, **places}]
    if field["field"] == "Description":
        field["noise"] = noise({"asdfasdf": 3, "test 1": 2, "HAT": 900}, 12)


def rich_document() -> dict[str, Any]:
    """Return the inventory: orders, customers and a catalogue, and events with lineage."""
    assets: list[dict[str, Any]] = copy.deepcopy(json.loads(PLAIN.read_text(encoding="utf-8"))["assets"])
    orders, customers, catalogue = assets
    orders |= {
        "quality": found_quality(orders),
        "drift": drifts(),
        "drift_evidence": {"Country": 15.7, "UnitPrice": 0.4},
        "schema_changes": changes(),
        "duplicates": duplicates(),
        "freshness": {
            **orders["freshness"],
            "event": {"by": "InvoiceDate", "count": 1_252, "ahead": 0, **_lateness()},
            "rate": {"records_per_minute": 9_120.0, "usual": 8_800.0, "low": 7_900.0, "high": 9_700.0},
            "silence": {
                "gap_s": 4.2,
                "expected": 610.0,
                "log10_tail": -2.1,
                "longest_gap_s": 31.0,
                "unusual": False,
            },
        },
    }
    for field in orders["fields"]:
        clean(field)
    customers["freshness"]["silence"] = {
        "gap_s": 5_400.0, "expected": 812.0, "log10_tail": -31.0, "longest_gap_s": 600.0, "unusual": True,
    }  # fmt: skip
    customers["lineage"] = {
        "envelopes": {"debezium": 3_360},
        "facts": {"operation": {"c": 3_300, "u": 55, "d": 5}, "source": {"mysql shop.customers": 3_360}},
        "first_ms": T0,
        "last_ms": T1,
    }
    for number, point in enumerate(orders["history"]):
        point["score"] = 0.93 - 0.0004 * number
        point["quarantined"] = number // 16
    for asset in assets:
        asset["relations"] = relation_documents(asset["asset"], references())
    catalogue["keys"] = key_documents([Key(("sku",), Interval(0.999, 0.998, 1.0), 1.0)])
    return {"assets": [orders, customers, catalogue, _split(orders)]}


def _lateness() -> dict[str, Any]:
    return {name: {"value": value, "low": value * 0.98, "high": value * 1.02} for name, value in
            (("p50", 1.9), ("p95", 4.1), ("p99", 6.4))}  # fmt: skip


def _split(orders: Mapping[str, Any]) -> dict[str, Any]:
    """An asset that was split from a topic of several kinds."""
    whole = copy.deepcopy(
        {
            **orders,
            "asset": "shop.events:orders",
            "records": 1_204,
            "source": {**orders["source"], "topic": "shop.events"},
        }
    )
    return {
        **whole,
        "drift": [],
        "schema_changes": [],
        "relations": [],
        "duplicates": None,
        "fields": whole["fields"][:3],
    }


def many(assets: int = 500, fields: int = 30) -> dict[str, Any]:
    """Return an inventory of many assets with many fields each, of several kinds, grades and classes."""
    orders = rich_document()["assets"][0]
    kinds, grades = ("orders", "items", "users", "logs"), "ABCDEF"
    found = []
    for number in range(assets):
        own = [
            {**orders["fields"][place % 8], "field": f"{orders['fields'][place % 8]['field']}_{place}"}
            for place in range(fields)
        ]
        found.append(
            {
                **orders,
                "asset": f"topic.{number:03}",
                "kind": kinds[number % 4],
                "quality": {**orders["quality"], "grade": grades[number % 6]},
                "fields": own,
                "drift": orders["drift"] if number % 10 == 0 else [],
                "relations": [],
            }
        )
    return {"assets": found}
