"""The references between all assets, as a graph."""

import orjson

from streams.web.documents import Documents, summarise
from streams.web.relations import relation_graph
from tests.streams.web.conftest import Source
from tests.streams.web.rich import rich_document


def ends(graph):
    return [
        tuple(f"{one[end]['asset']}.{one[end]['field']}" for end in ("from", "to")) for one in graph["edges"]
    ]


def test_each_reference_is_told_once_and_each_asset_has_the_fields_they_end_at() -> None:
    graph = relation_graph(rich_document())
    assert ends(graph) == [
        ("shop.orders.CustomerID", "shop.customers.id"),
        ("shop.orders.StockCode", "shop.catalogue.sku"),
    ]
    nodes = {node["asset"]: node for node in graph["nodes"]}
    assert list(nodes) == ["shop.orders", "shop.customers", "shop.catalogue"]
    assert nodes["shop.orders"]["fields"] == ["CustomerID", "StockCode"]
    assert nodes["shop.orders"]["records"] == 320_705
    assert [key["fields"] for key in nodes["shop.catalogue"]["keys"]] == [["sku"]]


def test_an_asset_that_is_gone_is_still_named_and_older_shapes_are_left_out(source) -> None:
    document = rich_document()
    document["assets"] = document["assets"][:1]
    document["assets"][0]["relations"] += ["text", None, {"from": "a.b", "to": "c.d"}, {"from": {}, "to": {}}]
    graph = relation_graph(document)
    gone = [node for node in graph["nodes"] if node["asset"] != "shop.orders"]
    assert [(node["asset"], node["kind"], node["records"]) for node in gone] == [
        ("shop.catalogue", None, None),
        ("shop.customers", None, None),
    ]
    assert len(graph["edges"]) == 2
    assert relation_graph(source.content) == {"nodes": [], "edges": []}, "relations of an older document"


async def test_it_is_served_with_an_etag(client) -> None:
    client_source = rich_document()
    assert (await (await client.get("/v1/relations")).json()) == {"nodes": [], "edges": []}
    documents = Documents(Source(client_source))
    assert orjson.loads(documents.relations().body)["edges"] == relation_graph(client_source)["edges"]
    answer = await client.get("/v1/relations")
    assert (
        await client.get("/v1/relations", headers={"If-None-Match": answer.headers["ETag"]})
    ).status == 304


def test_the_summary_says_which_fields_drifted_or_changed_and_who_is_silent() -> None:
    orders, customers, catalogue, _ = summarise(rich_document())["assets"]
    assert orders["findings"] == {
        "drift": ["CustomerID", "Country"],
        "schema_changes": ["coupon", "Quantity", "channel"],
        "silent": False,
    }
    assert customers["findings"]["silent"]
    assert catalogue["findings"] == {"drift": [], "schema_changes": [], "silent": False}
    assert not {"rules", "fields", "missed"} & orders["quality"].keys()
    assert orders["quality"]["dimensions"]
