"""The import that goes wrong: what becomes of a line, where it begins and ends, and what is said of alerts."""

from __future__ import annotations

import orjson

from models.config import TrainConfig
from streams.demo.act_two import ActTwo
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
    config = TrainConfig()
    assert ends < config.train_share * learnt, "settings are chosen by what came after the repair"


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
    assert said[1:] == ["         moved in the same time: shop.orders.UnitPrice: 2 → 200"] * 3
    lines.look([alert("auc-drop", "resolved"), alert("auc-drop", "firing")], 3.0)
    assert said[-1] == "  3.0 s  over: auc-drop resolved"
    assert not lines.is_firing("auc-drop")


def test_what_came_of_it_is_timed_from_the_first_wrong_record() -> None:
    second = ActTwo(1_000.0)
    assert second.document()["wrong_to_alert_s"] is None
    assert "did not come" in " ".join(second.lines())
    second.alerts = [
        {**alert("drift", "firing", "0"), "time": 999_000, "subject": "before"},
        {**alert("drift", "firing", "1"), "time": 1_004_500, "subject": "shop.orders.UnitPrice values"},
        {**alert("auc-drop", "firing", "2"), "time": 1_008_000, "subject": "m@1"},
        {**alert("auc-drop", "resolved", "2"), "time": 1_025_000, "subject": "m@1"},
    ]
    second.repaired, second.retraining, second.answers, second.why = 1_010.0, 1_030.0, 1_052.5, "better"
    found = second.document()
    assert found["causes"][0]["field"] == "UnitPrice"
    assert {name: value for name, value in found.items() if name.endswith("_s")} == {
        "wrong_to_drift_s": 4.5,
        "wrong_to_alert_s": 8.0,
        "wrong_to_repaired_s": 10.0,
        "wrong_to_over_s": 25.0,
        "alert_to_promoted_s": 44.5,
        "retrain_s": 22.5,
    }
    said = list(second.lines())
    assert "an alert of drift: 4.5 s after, shop.orders.UnitPrice values" in said
    assert any("first cause shop.orders.UnitPrice: 2 → 200" in one for one in said)
    assert said[-1] == "retrained: better"
