"""The shop's events say what the order lines say, all of it, and of customers who they are made out to be."""

from __future__ import annotations

import csv
from itertools import zip_longest

import orjson
import pytest

from streams.decode.registry import BatchDecoder
from streams.demo.dataset import OrderLine, count, order_lines
from streams.demo.people import person
from streams.demo.shop import CUSTOMERS, ITEMS, ORDERS, TOPICS, Event, Shop, number
from tests.support.data import needs_data, online_retail_rows

LINE = OrderLine("1", "85123A", "T-LIGHT", "6", "2010-12-01 08:26:00", "2.55", "17850.0", "United Kingdom")


def names(events: list[Event]) -> list[str]:
    return [event.topic.name for event in events]


@needs_data
def test_the_lines_are_those_of_the_source() -> None:
    differing = [
        (ours, theirs)
        for ours, theirs in zip_longest(order_lines(), online_retail_rows())
        if ours is None or theirs is None or ours._asdict() != theirs
    ]
    assert not differing


def test_count_is_the_number_of_lines() -> None:
    assert count() == sum(1 for _ in order_lines()) == 320_705
    assert count(7) == len(list(order_lines(7))) == 7


def test_every_line_becomes_one_order_in_order_and_nothing_is_mentioned_before_it_is_announced() -> None:
    shop = Shop()
    items: set[str] = set()
    customers: set[str] = set()
    for line in order_lines():
        *news, order = shop.events(line)
        for event in news:
            (items if event.topic is ITEMS else customers).add(event.key.decode())
        assert order.topic is ORDERS
        cells = orjson.loads(order.value)
        assert [same(cells[name], cell) for name, cell in line._asdict().items()] == [True] * 8
        assert line.StockCode in items
        assert not line.CustomerID or line.CustomerID in customers


def same(value: object, cell: str) -> bool:
    if isinstance(value, int | float):
        return value == float(cell)
    return (value or "") == cell


def test_first_order_announces_item_and_customer() -> None:
    item, customer, order = Shop().events(LINE)
    assert (item.topic, item.key) == (ITEMS, b"85123A")
    assert orjson.loads(item.value) == {
        "sku": "85123A",
        "title": "T-LIGHT",
        "pricing": {"price": 2.55, "currency": "GBP"},
        "updated_at": "2010-12-01 08:26:00",
    }
    assert customer == (
        CUSTOMERS,
        b"17850.0",
        b"17850.0,United Kingdom,2010-12-01 08:26:00,Amelia Williams,amelia.williams.17850@example.net,"
        b"+44 113 496 0956",
    )
    assert (order.topic, order.key) == (ORDERS, b"17850.0")
    assert orjson.loads(order.value) == {
        **LINE._asdict(), "Quantity": 6, "UnitPrice": 2.55, "CustomerID": 17850.0
    }  # fmt: skip


def test_items_are_news_with_a_new_title_or_price_only() -> None:
    shop = Shop()
    assert names(shop.events(LINE))[0] == "shop.items"
    assert names(shop.events(LINE)) == ["shop.orders"]
    assert names(shop.events(LINE._replace(UnitPrice="2.10"))) == ["shop.items", "shop.orders"]
    assert names(shop.events(LINE)) == ["shop.orders"]
    assert names(shop.events(LINE._replace(Description="?"))) == ["shop.items", "shop.orders"]


def test_customers_are_news_at_first_and_in_another_country() -> None:
    shop = Shop()
    shop.events(LINE)
    assert names(shop.events(LINE._replace(InvoiceDate="2011-01-01 09:00:00"))) == ["shop.orders"]
    customer, _ = shop.events(LINE._replace(InvoiceDate="2011-02-01 09:00:00", Country="Eire, Republic of"))
    (cells,) = csv.reader([customer.value.decode()])
    assert cells == ["17850.0", "Eire, Republic of", "2010-12-01 08:26:00", *person("17850.0")]


def test_dirt_stays() -> None:
    shop = Shop()
    item, order = shop.events(LINE._replace(Description="", CustomerID="", UnitPrice="-11062.06"))
    assert orjson.loads(item.value)["title"] == ""
    record = orjson.loads(order.value)
    assert (record["Description"], record["CustomerID"], record["UnitPrice"]) == ("", None, -11062.06)
    assert order.key == b"85123A"


@pytest.mark.parametrize(
    ("cell", "value"),
    [("6", 6), ("-1", -1), ("2.55", 2.55), ("", None), (" ", None), ("6 pcs", "6 pcs"), ("nan", "nan")],
)
def test_numbers(cell: str, value: object) -> None:
    assert number(cell) == value


def test_the_decoder_reads_every_record() -> None:
    shop = Shop()
    by_topic: dict[str, list[Event]] = {topic.name: [] for topic in TOPICS}
    for line in order_lines(3_000):
        for event in shop.events(line):
            by_topic[event.topic.name].append(event)
    for topic in TOPICS:
        events = by_topic[topic.name]
        headers = [topic.headers] * len(events) if topic.headers else None
        decoded = BatchDecoder(max_fields=100).decode([event.value for event in events], headers)
        assert not decoded.rejects
        (group,) = decoded.groups
        assert (group.records, group.format) == (len(events), "csv" if topic is CUSTOMERS else "json")
