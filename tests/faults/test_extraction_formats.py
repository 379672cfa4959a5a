"""What topics hold beside plain JSON objects: no value, rubbish, CSV with its header line, JSON and CSV in one."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from typing import Any

import orjson

from pandian import topics
from tests.faults.test_interactions import START_MS, extracted
from tests.support.brokers import Broker
from tests.support.extracted import interactions_of_topic
from tests.support.topics import Value, create_topic, produce, read_all
from tests.support.worker import WorkerProcess

ROWS = 1_200
HEADER = b"user_id,item_id,event_type,timestamp"
Row = dict[str, Any]


def clicks(prefix: str) -> list[Row]:
    return [
        {
            "user_id": f"{prefix}-{number % 90}",
            "item_id": f"sku-{number % 310}",
            "event_type": ("view", "add_to_cart", "purchase")[number % 3],
            "timestamp": START_MS + number * 1000,
        }
        for number in range(ROWS)
    ]


def as_csv(row: Row) -> bytes:
    return ",".join(map(str, row.values())).encode()


def catalogue(rows: int) -> list[Row]:
    return [
        {
            "sku": f"AB-{number:07}",
            "title": "Ask jane.doe@example.org" if number == 7 else f"Mug number {number % 50}, red",
            "category": ("Tees", "Mugs", "Caps")[number % 3],
            "price": 9.5 + number % 4,
            "availability": "in stock",
        }
        for number in range(rows)
    ]


def mixed(prefix: str) -> list[Value]:
    """Return clicks as JSON and as CSV in turn, below a header line, with a tombstone and rubbish after every 100."""
    values: list[Value] = [HEADER]
    for number, row in enumerate(clicks(prefix)):
        values.append(as_csv(row) if number % 3 == 1 else orjson.dumps(row))
        if number % 100 == 0:
            values += [None, b'{"user_id": "cut o']
    return values


def said(found: Sequence[Row]) -> Counter[tuple[Any, ...]]:
    return Counter((one["user_id"], one["item_id"], one["action"], one["time"]) for one in found)


def expected(rows: Sequence[Row]) -> Counter[tuple[Any, ...]]:
    actions = {"view": "view", "add_to_cart": "cart", "purchase": "purchase"}
    return Counter(
        (row["user_id"], row["item_id"], actions[row["event_type"]], row["timestamp"]) for row in rows
    )


def test_records_of_every_form(embedded_broker: Broker, unique: Callable[[str], str]) -> None:
    prefix, address = unique("forms"), embedded_broker.address
    topic = {name: f"{prefix}.{name}" for name in ("csv", "named", "mixed", "products")}
    for name in topic.values():
        create_topic(address, name, 1)
    lines = [as_csv(row) for row in clicks(prefix)]
    produce(address, topic["csv"], [HEADER, *lines[:700], HEADER, *lines[700:]])
    produce(address, topic["named"], lines, headers=[("pandian.columns", HEADER)])
    produce(address, topic["mixed"], mixed(prefix))
    items = catalogue(ROWS)
    produce(address, topic["products"], [orjson.dumps(row) for row in [*items, *items]])
    want = expected(clicks(prefix))
    with WorkerProcess(address, unique("group"), [f"{prefix}.*"]) as worker:

        def outcomes(name: str) -> Row:
            found: Row = extracted(worker, topic[name])["outcomes"]
            return found

        for name, wanted in {
            "csv": {"interaction": ROWS, "header-line": 2},
            "named": {"interaction": ROWS},
            "mixed": {"interaction": ROWS, "header-line": 1, "unreadable": 24},
            "products": {"item": ROWS, "same-item": ROWS},
        }.items():
            worker.wait(
                lambda name=name, wanted=wanted: outcomes(name) == wanted, f"{name} to be {wanted}", 60
            )
    for name in ("csv", "named", "mixed"):
        found = interactions_of_topic(address, topic[name])
        assert said(found) == want, name
        places = [one["source"]["offset"] for one in found]
        assert len(set(places)) == ROWS
    told = [orjson.loads(record.value or b"{}") for record in read_all(address, topics.ITEMS)]
    mine = {one["item_id"]: one for one in told if one["item_id"].startswith("AB-")}
    assert len(mine) == ROWS
    assert mine["AB-0000001"]["name"] == "Mug number 1, red"
    assert "Ask" in mine["AB-0000007"]["name"]
    assert not any("jane" in str(one["name"]) for one in mine.values())
