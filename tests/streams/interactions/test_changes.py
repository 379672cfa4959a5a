"""Change logs: what was made is told once, what was touched is not told again."""

from __future__ import annotations

from collections import Counter
from typing import Any

import orjson

from streams.decode.registry import BatchDecoder
from streams.interactions.base import FieldMapping, Part
from streams.interactions.changes import happened
from streams.interactions.interactions import OUTCOMES, Places, interactions_of

MAPPING = FieldMapping(
    "interactions",
    {"user": Part("user_id", ""), "item": Part("item_id", ""), "time": Part("at", "")},
    "purchase",
)
PLACES = Places("cdc", "id", 0, range(100), [1_700_000_000_000] * 100)


def change(op: str, number: int) -> dict[str, Any]:
    row = {"user_id": f"u{number}", "item_id": f"i{number}", "at": 1_700_000_000_000 + number}
    source = {"connector": "mysql", "name": "prod", "db": "shop", "table": "orders", "ts_ms": 1}
    before, after = (row, None) if op == "d" else (None, row)
    return {"before": before, "after": after, "source": source, "op": op, "ts_ms": 1}


def told(values: list[bytes]) -> tuple[list[dict[str, Any]], Counter[str]]:
    outcomes: Counter[str] = Counter()
    found = [
        one
        for group in BatchDecoder().decode(values).groups
        for some in interactions_of(happened(group, "interactions", outcomes), MAPPING, PLACES, outcomes)
        for one in some
    ]
    return [orjson.loads(one.value) for one in sorted(found)], +outcomes


def test_only_rows_that_were_made_are_interactions() -> None:
    rows, outcomes = told([orjson.dumps(change(op, number)) for number, op in enumerate("crudc")])
    assert [row["user_id"] for row in rows] == ["u0", "u1", "u4"]
    assert [row["source"]["offset"] for row in rows] == [0, 1, 4]
    assert outcomes == {"interaction": 3, "changed": 1, "deleted": 1} and outcomes.keys() <= OUTCOMES.keys()


def test_items_take_news_of_changed_rows_too() -> None:
    outcomes: Counter[str] = Counter()
    [group] = BatchDecoder().decode([orjson.dumps(change(op, 1)) for op in "cud"]).groups
    assert list(happened(group, "items", outcomes).indexes) == [0, 1]
    assert outcomes == {"deleted": 1}


def test_rows_of_one_record_have_places_of_their_own() -> None:
    lines = [orjson.dumps(change("c", number)["after"]) for number in range(3)]
    rows, _ = told([b"\n".join(lines), lines[0]])
    assert [(row["source"]["offset"], row["source"]["index"]) for row in rows] == [
        (0, 0),
        (0, 1),
        (0, 2),
        (1, 0),
    ]


def test_rows_of_one_record_in_several_envelopes_have_places_of_their_own() -> None:
    plain = orjson.dumps(change("c", 7)["after"])
    rows, _ = told([b"\n".join([orjson.dumps(change("c", 1)), plain, orjson.dumps(change("c", 2)), plain])])
    assert [row["source"]["index"] for row in rows] == [0, 1, 2, 3]
