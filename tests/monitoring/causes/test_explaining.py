"""Faults in records that go through the real inventory: the field that broke is named first."""

from __future__ import annotations

import orjson
import pytest

from benchmarks.causes_replay import Replay, policy
from monitoring.causes import Alarm, Fall, explain
from tests.monitoring.causes.shop import ITEMS, LOOK, ORDERS, STEP_MS, SUBJECT, Change, Record, SmallShop

BEFORE, AFTER = 3_600, 900


def changing(topic: str, field: str, change: object) -> Change:
    """Return a change of one field."""

    def changed(name: str, record: Record) -> list[Record]:
        if name != topic:
            return [record]
        return [{**record, field: change(record[field]) if callable(change) else change}]

    return changed


def times(topic: str, number: int) -> Change:
    """Return that each record of a topic is sent so many times."""
    return lambda name, record: [record] * (number if name == topic else 1)


@pytest.fixture(scope="module")
def before() -> SmallShop:
    return SmallShop(Replay(policy())).sell(BEFORE)


@pytest.mark.parametrize(
    ("asset", "field", "change"),
    [
        (ITEMS, "price", changing(ITEMS, "price", lambda price: price * 100)),
        (ITEMS, "category", changing(ITEMS, "category", "")),
        (ITEMS, "currency", changing(ITEMS, "currency", "EUR")),
        (ITEMS, "", times(ITEMS, 2)),
        (ORDERS, "item_id", changing(ORDERS, "item_id", str.lower)),
        (ORDERS, "user_id", changing(ORDERS, "user_id", lambda who: f"{who}{who[::-1]}")),
        (ORDERS, "", times(ORDERS, 2)),
    ],
    ids=["price", "category", "currency", "items twice", "items", "users", "orders twice"],
)
def test_what_broke_is_named_first_and_called_data(
    before: SmallShop, asset: str, field: str, change: Change
) -> None:
    shop = before.fork()
    since = shop.now
    found = shop.sell(AFTER, change).asked(since)
    first = found.suspects[0]
    assert (first.cause.asset, first.cause.field) == (asset, field)
    assert found.verdict == "data"
    assert abs(first.since - since) <= 2 * LOOK * STEP_MS
    assert first.path[-1] == SUBJECT
    assert f"{asset}.{field}" in found.text if field else f"the records of {asset}" in found.text


def test_nothing_is_blamed_where_nothing_broke(before: SmallShop) -> None:
    shop = before.fork()
    found = shop.sell(AFTER).asked(before.now)
    assert found.verdict == "unknown"
    assert "Nothing" in found.text


def test_a_version_that_began_then_is_blamed_where_nothing_broke(before: SmallShop) -> None:
    shop = before.fork()
    assert shop.sell(AFTER).asked(before.now, before.now - 1_000).verdict == "model"
    assert shop.asked(before.now, before.now - 40 * 3_600_000).verdict == "unknown"


def test_a_field_that_no_model_reads_is_named_but_convinces_nobody(before: SmallShop) -> None:
    shop = before.fork()
    found = shop.sell(AFTER, changing(ORDERS, "note", "")).asked(before.now)
    assert (found.causes[0].asset, found.causes[0].field) == (ORDERS, "note")
    assert found.verdict == "unknown"


def test_what_changed_long_before_is_told_after_what_changed_then(before: SmallShop) -> None:
    shop = before.fork().sell(AFTER, changing(ITEMS, "category", "all"))
    since = shop.now

    def both(topic: str, record: Record) -> list[Record]:
        return changing(ITEMS, "price", lambda price: price * 100)(topic, {**record, "category": "all"})

    found = shop.sell(AFTER, both).asked(since, uncertainty_ms=60_000)
    assert [one.field for one in found.causes[:2]] == ["price", "category"]


def test_without_observations_only_what_documents_tell_is_known(before: SmallShop) -> None:
    shop = before.fork().sell(AFTER, changing(ITEMS, "category", ""))
    found = shop.asked(before.now)
    alone = explain(Alarm(SUBJECT, before.now, shop.now, 0.05), shop.documents, shop.lineage())
    assert found.causes
    assert not alone.causes


def test_segments_that_fell_more_than_the_whole_are_told(before: SmallShop) -> None:
    falls = (
        Fall("user", "known", 0.11, 0.07, 4_000),
        Fall("user", "new", 0.01, -0.02, 3_000),
        Fall("group", "toys", 0.2, 0.01, 100),
    )
    found = before.asked(before.now - 600_000, falls=falls)
    assert [(one.segment, one.value) for one in found.segments] == [("user", "known")]
    assert "user known" in found.text


def test_the_order_of_documents_and_observations_changes_nothing(before: SmallShop) -> None:
    shop = before.fork().sell(AFTER, changing(ITEMS, "category", ""))
    alarm = Alarm(SUBJECT, before.now, shop.now, 0.05)
    seen = shop.memory.observations()
    one = explain(alarm, shop.documents, shop.lineage(), seen)
    other = explain(alarm, shop.documents[::-1], shop.lineage(), seen[::-1])
    assert one == other


def test_an_explanation_is_json(before: SmallShop) -> None:
    shop = before.fork().sell(AFTER, changing(ITEMS, "category", ""))
    found = shop.asked(before.now, falls=(Fall("user", "known", 0.11, 0.07, 4_000),))
    document = orjson.loads(orjson.dumps(found.document()))
    assert list(document) == ["verdict", "causes", "segments", "text"]
    first = document["causes"][0]
    assert (first["asset"], first["field"], first["role"]) == (ITEMS, "category", "category")
    assert document["segments"][0]["value"] == "known"
