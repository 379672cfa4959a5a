"""References and keys as documents, as nodes and edges, and as text."""

from __future__ import annotations

import orjson

from streams.inventory.relations.base import End, Interval, Reference
from streams.inventory.relations.finder import find
from streams.inventory.relations.graph import as_text, documents, graph, key_documents, percent
from tests.streams.inventory.relations.worlds import asset, codes, drawn

ITEMS, USERS = codes(300, 1), codes(200, 2)
WORLD = [
    asset(
        "orders",
        "orders",
        {"order": "order_id", "item": "item_id", "user": "user_id"},
        {"order": codes(900, 3), "item": drawn(ITEMS, 900), "user": drawn(USERS, 900)},
    ),
    asset("items", "items", {"sku": "sku"}, {"sku": ITEMS}),
    asset("users", "users", {"id": "user_id"}, {"id": USERS}),
    asset("other", "other", {"x": "identifier"}, {"x": codes(100, 9)}),
]
FOUND = find(WORLD)


def reference(source: str, target: str) -> Reference:
    one = Interval(1.0, 1.0, 1.0)
    return Reference(End(source, "a"), End(target, "b"), one, one, None, 9, 9, 20.0, "9 of 9 compared")


def test_each_end_tells_of_it() -> None:
    assert [one["to"] for one in documents("orders", FOUND)] == [
        {"asset": "items", "field": "sku"},
        {"asset": "users", "field": "id"},
    ]
    (one,) = documents("items", FOUND)
    assert one["from"] == {"asset": "orders", "field": "item"}
    assert one["share"] == {"estimate": 1.0, "low": 1.0, "high": 1.0}
    assert one["orphans"] == {"distinct": {"estimate": 0.0, "low": 0.0, "high": 0.0}, "records": 0}
    assert one["support"] == {"compared": 300, "values": 300}
    assert documents("other", FOUND) == []
    assert orjson.loads(orjson.dumps(documents("orders", FOUND))) == documents("orders", FOUND)


def test_no_evidence_names_a_value() -> None:
    text = orjson.dumps(graph(WORLD, FOUND)).decode()
    assert not any(code in text for code in [*ITEMS, *USERS])


def test_the_graph_has_what_refers_and_layers() -> None:
    drawn_graph = graph(WORLD, FOUND)
    layers = {node["asset"]: node["layer"] for node in drawn_graph["nodes"]}
    assert layers == {"orders": 1, "items": 0, "users": 0}
    assert drawn_graph["nodes"][0]["fields"] == ["item", "user"]
    assert len(drawn_graph["edges"]) == 2


def test_circles_end() -> None:
    circle = [
        reference("a", "b"),
        reference("b", "c"),
        reference("c", "a"),
        reference("a", "a"),
        reference("d", "a"),
    ]
    names = [asset(name, "other", {"x": "identifier"}, {"x": codes(10, 5)}) for name in "abcd"]
    layers = {node["asset"]: node["layer"] for node in graph(names, circle)["nodes"]}
    assert layers["d"] > 0
    assert max(layers.values()) <= 5


def test_keys() -> None:
    keys = {one.asset: key_documents(one.keys) for one in WORLD}
    assert keys["orders"] == [
        {"fields": ["order"], "unique": {"estimate": 1.0, "low": 1.0, "high": 1.0}, "present": 1.0}
    ]
    assert [key["fields"] for key in keys["items"]] == [["sku"]]


def test_a_repeated_or_often_missing_value_is_no_key() -> None:
    twice = asset("twice", "other", {"x": "identifier"}, {"x": codes(50) * 2})
    assert twice.keys == ()
    many = asset("many", "other", {"x": "identifier"}, {"x": codes(9_000)}, partitions=2)
    (key,) = many.keys
    assert key.unique.low > 0.95
    assert key.unique.high == 1.0


def test_text() -> None:
    assert sorted(as_text(FOUND)) == ["orders.item ⊂ items.sku 100 %", "orders.user ⊂ users.id 100 %"]
    assert percent(Interval(0.987, 0.983, 0.9905)) == "98.7 % ± .4"
    assert percent(Interval(0.5, 0.4, 0.62)) == "50 % ± 12.0"
