"""The import that goes wrong: what becomes of a line, where it begins and ends, and what is said of alerts."""

from __future__ import annotations

import orjson

from streams.demo.acts import history_lines, wrong_lines
from streams.demo.alert_lines import AlertLines
from streams.demo.dataset import count, order_lines
from streams.demo.shop import ITEMS, ORDERS, Shop
from streams.demo.wrong_import import wrong


def test_codes_prices_and_titles_are_wrong_and_the_rest_is_as_it_was() -> None:
    right = next(order_lines(1))
    found = wrong(right)
    assert (right.StockCode, right.UnitPrice) == ("85123A", "2.55")
    assert (found.StockCode, found.UnitPrice, found.Description) == ("gb-85123a", "255", "")
    assert found[:1] + found[3:5] + found[6:] == right[:1] + right[3:5] + right[6:]
    assert wrong(right._replace(UnitPrice="")).UnitPrice == ""


def test_catalogue_and_orders_say_the_same() -> None:
    shop = Shop()
    line = next(order_lines(1))
    shop.events(line)
    events = {event.topic: orjson.loads(event.value) for event in shop.events(wrong(line))}
    assert events[ITEMS]["sku"] == events[ORDERS]["StockCode"] == "gb-85123a"
    assert events[ITEMS]["pricing"]["price"] == events[ORDERS]["UnitPrice"] == 255


def test_it_begins_and_ends_after_the_history() -> None:
    first, end = history_lines(), count()
    begins, ends, learnt = wrong_lines(first, end)
    assert first < begins < ends < learnt < end


def alert(kind: str, state: str, number: str = "1") -> dict[str, object]:
    cause = {"asset": "shop.orders", "field": "UnitPrice", "before": "2", "after": "200", "evidence": "much"}
    return {
        "alert_id": number,
        "kind": kind,
        "state": state,
        "text": f"{kind} {state}",
        "causes": [cause] * 5 if state == "firing" else [],
    }


def test_alerts_are_said_once_in_order_and_with_what_moved() -> None:
    said: list[str] = []
    lines = AlertLines(said.append)
    lines.look([alert("auc-drop", "firing"), alert("calibration", "firing", "2")], 1.0)
    lines.look([alert("auc-drop", "firing")], 2.0)
    assert lines.is_firing("auc-drop")
    assert said[0] == "  1.0 s  alert: auc-drop firing"
    assert said[1:] == ["         moved in the same time: shop.orders.UnitPrice: 2 before, 200 after"] * 3
    lines.look([alert("auc-drop", "resolved"), alert("auc-drop", "firing")], 3.0)
    assert said[-1] == "  3.0 s  over: auc-drop resolved"
    assert not lines.is_firing("auc-drop")
