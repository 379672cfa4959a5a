"""Inventories to export: of the demo's shop, of an empty worker, and of what somebody hostile or careless sent."""

from __future__ import annotations

import copy
import random
import tempfile
from collections import defaultdict
from functools import cache
from pathlib import Path
from typing import Any

import orjson

from streams.commands.profile import profile_files
from streams.demo.dataset import order_lines
from streams.demo.shop import Shop

Document = dict[str, Any]

ORDER_LINES = 3000
NOW_MS = 1_772_443_172_405

#: Planted where the document must not show them; each is found by no other text.
SECRETS = (
    "wang.xiaoming@example.org",
    "13912345678",
    "6222021234567890128",
    "zhang-san-7731",
    "3.14159265e77",
)

LONG = "x" * 500
HOSTILE = (
    "</script><script>alert(1)</script>",
    '"><img src=x onerror=alert(1)>',
    'it\'s "quoted" and `ticked`',
    "two\nlines\r\nand\ta tab",
    '=HYPERLINK("http://evil.example")',
    "+1+1",
    "@SUM(A1)",
    "-2+3",
    "\u202eevil\u202c",
    "مرحبا",
    "价格（元）",
    "a.b[c]",
    "a::b>c",
    "[click](javascript:alert(1))",
    "${jndi:ldap://x}",
    "{{7*7}}",
    "%s%n",
    "null",
    " ",
    LONG,
)


def shop_records(lines: int = ORDER_LINES) -> dict[str, list[bytes]]:
    """Return the first records of the demo's topics, with people added who have names, addresses and numbers."""
    shop, records = Shop(), defaultdict(list)
    for line in order_lines(lines):
        for event in shop.events(line):
            records[event.topic.name].append(event.value)
    records["shop.users"] = people(500)
    return dict(records)


def people(count: int) -> list[bytes]:
    """Return invented people."""
    chance = random.Random(7)
    names = ("Ann", "Bo", "Chen", "Dana", "Emil", "Fatima", "Gao", "Hana")
    return [
        orjson.dumps(
            {
                "user_id": 10_000 + number,
                "email": f"{chance.choice(names).lower()}.{number}@example.com",
                "phone": f"139{chance.randrange(10**8):08}",
                "age": chance.randrange(18, 80),
                "tier": chance.choice(("gold", "silver", "basic")),
                "newsletter": chance.random() < 0.3,
                "address": {
                    "city": chance.choice(("Leeds", "York", "Bath")),
                    "street_address": f"{number} Park Row",
                },
                "tags": chance.sample(("new", "vip", "late", "kind"), 2),
            }
        )
        for number in range(count)
    ]


def profiled(records: dict[str, list[bytes]]) -> Document:
    """Return the inventory of records as a worker has it: a topic each, of the name given."""
    with tempfile.TemporaryDirectory() as folder:
        paths = []
        for name, values in records.items():
            csv = values[:1] and not values[0].startswith(b"{")
            path = Path(folder) / f"{name.replace('.', '_')}.{'csv' if csv else 'jsonl'}"
            header = b"customer_id,country,first_order_at,name,email,phone\n" if csv else b""
            path.write_bytes(header + b"\n".join(value.rstrip(b"\n") for value in values) + b"\n")
            paths.append(str(path))
        assets = profile_files(paths)
    for asset, name in zip(assets, records, strict=True):
        partitions = {"0": {"next_offset": asset["records"], "gone": 0}}
        source = {
            "topic": name,
            "topic_id": f"id-{name}",
            "format": asset["source"]["format"],
            "envelope": None,
        }
        asset |= {"asset": name, "source": source | {"partitions": partitions}}
    return {"assets": assets}


@cache
def _shop() -> Document:
    document = profiled(shop_records())
    orders = next(asset for asset in document["assets"] if asset["asset"] == "shop.orders")
    orders["relations"] = [
        {"kind": "reference", "from": "shop.orders.StockCode", "to": "shop.items.sku", "overlap": 0.987},
        {
            "kind": "reference",
            "from": {"asset": "shop.orders", "field": "CustomerID"},
            "to": {"asset": "shop.customers", "field": "customer_id"},
            "share": {"estimate": 1.0, "low": 0.99, "high": 1.0},
        },
        {"kind": "reference", "from": "shop.orders.Country", "to": "gone.countries.name", "overlap": 1.0},
    ]
    orders["schema_changes"] = [
        {"change": "appeared", "field": "Country", "time": "2011-03-01T09:00:00+00:00", "records": 1200},
        {
            "change": "meaning",
            "field": "CustomerID",
            "before": "quantity",
            "after": "user_id",
            "time": "2011-03-02T09:14:00+00:00",
            "records": 1300,
        },
    ]
    orders["history"] = [
        {"time": "2011-03-01T09:00:00+00:00", "records": 900, "score": 0.95},
        {"time": "2011-03-02T09:00:00+00:00", "records": orders["records"], "score": 0.97},
    ]
    orders["lineage"] = {
        "envelopes": {"debezium": 3},
        "facts": {"operation": {"c": 2, "u": 1}},
        "first_ms": 1,
        "last_ms": 2,
    }
    return document


def shop() -> Document:
    """Return the inventory of the demo's shop with people, with relations, changes, history and lineage."""
    return copy.deepcopy(_shop())


@cache
def _hostile() -> Document:
    record = {name: f"{name} {number}" for number, name in enumerate(HOSTILE)}
    nested = {"o": record, "l": [record], "m": [[1, 2], [3]], "n": None, "": 1}
    document = profiled({"hostile": [orjson.dumps(record | nested)] * 40 + [b"{}", orjson.dumps({"n": [1]})]})
    (asset,) = document["assets"]
    others = [
        copy.deepcopy(asset) | {"asset": name, "kind": name, "fields": copy.deepcopy(asset["fields"][:3])}
        for name in HOSTILE
    ]
    for other in others:
        other["source"]["topic"] = other["asset"]
        other["schema_changes"] = [
            {"change": other["asset"], "field": other["asset"], "time": other["asset"]}
        ]
        other["quarantined_reasons"] = {other["asset"]: 1}
        other["freshness"]["last_event"] = other["asset"]
        other["lineage"] = {"envelopes": {}, "facts": {other["asset"]: {other["asset"]: 1}}}
        for field in other["fields"]:
            field |= {"semantic_type": other["asset"], "evidence": other["asset"]}
    end = f"hostile.{asset['fields'][0]['field']}"
    asset["relations"] = [{"from": end, "to": f"{name}.{asset['fields'][0]['field']}"} for name in HOSTILE]
    return {"assets": [asset, *others]}


def hostile() -> Document:
    """Return an inventory whose names are out to break what reads them, and whose other texts are as well."""
    return copy.deepcopy(_hostile())


@cache
def _masked() -> Document:
    records = [
        orjson.dumps(
            {"email": SECRETS[0], "phone": SECRETS[1], "bank_card": SECRETS[2], "full_name": SECRETS[3]}
        )
    ] * 30
    document = profiled({"people": records})
    (asset,) = document["assets"]
    text, _, _, secret, number = *SECRETS[:4], SECRETS[4]
    planted = {
        "min": secret, "max": text, "numbers": 30, "sum": float(number), "mean": float(number), "stddev": float(number),
        "quantiles": {"0.5": {"value": float(number), "low": float(number), "high": float(number)}},
        "histogram": {"edges": [0.0, float(number)], "counts": [30]},
        "lengths": {"min": 1, "mean": 2.0, "max": 3, "median": 2},
        "top": [{"value": one, "count": 10, "low": 10, "high": 10} for one in SECRETS],
    }  # fmt: skip
    for place, field in enumerate(asset["fields"]):
        # By either sign alone it is masked.
        sign = (
            {"masked": True} if place % 2 else {"masked": False, "pii": field["pii"] | {"class": "sensitive"}}
        )
        field.update(planted | sign)
    return document


def masked() -> Document:
    """Return an inventory of personal fields with their values planted wherever a document could hold one."""
    return copy.deepcopy(_masked())


def sparse() -> Document:
    """Return the least that an inventory can say."""
    nothing = {"asset": "null", "kind": "other", "records": 3, "relations": None, "schema_changes": None}
    nothing |= {"quality": {"grade": None, "score": None, "dimensions": {}}, "source": {"file": "x"}}
    fields = [{"field": "n", "types": {}, "nulls": 3, "missing": 3}]
    return {"assets": [{"asset": "bare", "fields": []}, nothing | {"fields": fields}]}


EMPTY: Document = {"assets": []}
DOCUMENTS = {
    "shop": shop,
    "hostile": hostile,
    "masked": masked,
    "sparse": sparse,
    "empty": lambda: copy.deepcopy(EMPTY),
}
